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
    /// Share `part` of `parts`, 1 ≤ part ≤ parts.
    pub fn new(part: usize, parts: usize) -> Result<Self, StoreError> {
        if 1 <= part && part <= parts {
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
        let mut loads = vec![(0.0, 0_usize); self.parts];
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
