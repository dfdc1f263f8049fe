//! Splitting work between machines that do not talk to each other.

use std::fmt;
use std::str::FromStr;

use super::error::StoreError;
use super::request::Key;

/// The `part`-th of `parts` shares of the work, counted from 1, written `2/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    part: usize,
    parts: usize,
}

impl Shard {
    /// Most shares: more than any cluster gives jobs, and fewer than would cost memory.
    pub const MOST: usize = 100_000;

    /// Share `part` of `parts`, 1 ≤ part ≤ parts.
    pub fn new(part: usize, parts: usize) -> Result<Self, StoreError> {
        if 1 <= part && part <= parts && parts <= Self::MOST {
            Ok(Self { part, parts })
        } else {
            Err(StoreError::Share { given: format!("{part}/{parts}") })
        }
    }

    /// Which runs are this share's: indices into `runs`, in its order.
    ///
    /// The longest run first, each to the share with the least so far (of equal ones the first; of equally long runs
    /// the one with the smaller key first), so the longest share exceeds the best possible one by at most a third
    /// (Graham, *SIAM J. Appl. Math.* 17 (1969) 416, Theorem 2). Every run is in exactly one share, a run listed twice
    /// in one and the same. The split depends on the runs, their estimated costs and the number of shares alone, not
    /// on the order of the list or on what is stored. Costs that are negative or not finite count as 0.
    pub fn select(self, runs: &[(Key, f64)]) -> Vec<usize> {
        let cost = |index: usize| Some(runs[index].1).filter(|cost| cost.is_finite()).unwrap_or(0.0).max(0.0);
        let mut order: Vec<usize> = (0..runs.len()).collect();
        order.sort_by(|&a, &b| cost(b).total_cmp(&cost(a)).then(runs[a].0.cmp(&runs[b].0)));
        // Of more shares than runs the last ones stay empty.
        let mut loads = vec![(0.0, 0_usize); self.parts.min(runs.len())];
        let mut owner = std::collections::HashMap::new();
        for index in order {
            owner.entry(runs[index].0).or_insert_with(|| {
                let share = lightest(&loads);
                // The count spreads runs of cost 0, too.
                loads[share].0 += cost(index);
                loads[share].1 += 1;
                share
            });
        }
        (0..runs.len()).filter(|&index| owner[&runs[index].0] == self.part - 1).collect()
    }
}

fn lightest(loads: &[(f64, usize)]) -> usize {
    let lighter = |a: &usize, b: &usize| loads[*a].0.total_cmp(&loads[*b].0).then(loads[*a].1.cmp(&loads[*b].1));
    (0..loads.len()).min_by(lighter).unwrap_or(0)
}

impl fmt::Display for Shard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.part, self.parts)
    }
}

impl FromStr for Shard {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let refused = || StoreError::Share { given: text.to_owned() };
        let (part, parts) = text.split_once('/').ok_or_else(refused)?;
        let number = |text: &str| text.parse().map_err(|_| refused());
        Self::new(number(part)?, number(parts)?).map_err(|_| refused())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::request::Request;
    use super::*;

    fn runs(costs: &[f64]) -> Vec<(Key, f64)> {
        let key = |run: usize| Request::new(&run, 1, "paper").unwrap().key();
        costs.iter().enumerate().map(|(run, cost)| (key(run), *cost)).collect()
    }

    fn split(runs: &[(Key, f64)], parts: usize) -> Vec<Vec<usize>> {
        (1..=parts).map(|part| Shard::new(part, parts).unwrap().select(runs)).collect()
    }

    fn load(runs: &[(Key, f64)], share: &[usize]) -> f64 {
        share.iter().map(|&index| runs[index].1).sum()
    }

    /// The classical worst case for two shares: 3 + 3 against 2 + 2 + 2 would do, the longest first gives 7 against 5.
    #[test]
    fn the_longest_goes_first() {
        let runs = runs(&[2.0, 3.0, 2.0, 3.0, 2.0]);
        let mut loads: Vec<f64> = split(&runs, 2).iter().map(|share| load(&runs, share)).collect();
        loads.sort_by(f64::total_cmp);
        assert_eq!(loads, [5.0, 7.0]);
    }

    #[test]
    fn shares_are_read_and_refused() {
        for text in ["1/1", "2/8", "8/8"] {
            assert_eq!(text.parse::<Shard>().unwrap().to_string(), text);
        }
        for text in ["0/8", "9/8", "1/0", "0/0", "1", "", "/", "a/b", "-1/2", "1/2/3", "1.5/2", "1 / 2"] {
            let message = text.parse::<Shard>().unwrap_err().to_string();
            assert!(message.starts_with(&format!("`{text}` is not a share")), "{message}");
        }
    }

    #[test]
    fn odd_costs_and_repeated_runs_have_one_share_each() {
        let mut runs = runs(&[f64::NAN, -1.0, f64::INFINITY, 0.0, 0.0, 0.0]);
        runs.push(runs[2]);
        let shares = split(&runs, 3);
        let sizes: Vec<usize> = shares.iter().map(|share| share.iter().filter(|&&index| index < 6).count()).collect();
        assert_eq!(sizes, [2, 2, 2], "runs of no known cost are spread by number");
        assert!(shares.iter().all(|share| share.contains(&2) == share.contains(&6)));
        assert_eq!(split(&[], 2).concat(), [0; 0]);
    }

    #[test]
    fn the_number_of_shares_costs_nothing() {
        let runs = runs(&[1.0, 3.0, 2.0]);
        let share = |part, parts| Shard::new(part, parts).unwrap().select(&runs);
        for parts in [5, Shard::MOST] {
            assert_eq!([1, 2, 3, 4, parts].map(|part| share(part, parts)), [vec![1], vec![2], vec![0], vec![], vec![]]);
        }
    }

    proptest! {
        /// Every run is in one share; the longest share is within Graham's bound of the mean load; order is no matter.
        #[test]
        fn a_split_is_a_balanced_partition(costs in prop::collection::vec(0.0..100.0_f64, 0..60), parts in 1..9_usize) {
            let runs = runs(&costs);
            let shares = split(&runs, parts);
            let mut all = shares.concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..runs.len()).collect::<Vec<_>>());
            // When the last run of the longest share was given to it, no share had less.
            let longest = shares.iter().map(|share| load(&runs, share)).fold(0.0, f64::max);
            let costliest = costs.iter().copied().fold(0.0, f64::max);
            prop_assert!(longest <= costs.iter().sum::<f64>() / parts as f64 + costliest + 1e-9);
            let mut reversed = runs.clone();
            reversed.reverse();
            for (share, again) in shares.iter().zip(split(&reversed, parts)) {
                let mut mirrored: Vec<usize> = again.iter().map(|index| runs.len() - 1 - index).collect();
                mirrored.sort_unstable();
                prop_assert_eq!(share, &mirrored);
            }
        }
    }
}
