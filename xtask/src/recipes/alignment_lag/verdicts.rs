//! What the alignment of modes claims, judged.

use super::{AlignmentLag, Mode};
use crate::study::comparison::{Excess, Level, Verdict};

impl AlignmentLag {
    /// Every verdict of the figure; all conditions share its false-alarm rate.
    pub(super) fn verdicts(&self, modes: &[Mode<'_>]) -> Vec<Verdict> {
        let (leads, orders, depths) = (self.leads(modes), self.orders(modes), self.depths_compared(modes));
        let level = Level::shared_by(leads.len() + orders.len() + depths.len());
        let all = panels(0..modes.len());
        let several = panels((0..modes.len()).filter(|&index| modes[index].rank > 1));
        let [overlap, grown] = [self.aligned_at, self.grown_at];
        vec![
            Verdict::of_excess_on_the_whole(
                format!("both overlaps reach {overlap} before s/ŝ reaches {grown} (differences in t/τ)"),
                &all,
                &leads,
                level,
            ),
            Verdict::of_excess_on_the_whole("stronger modes align first (differences in t/τ)", several, &orders, level),
            Verdict::of_each_excess(
                "deeper students align later in units of the mode's own rise time",
                all,
                &depths,
                level,
            ),
        ]
    }

    /// Time of growth minus time of alignment.
    fn leads(&self, modes: &[Mode<'_>]) -> Vec<Excess> {
        modes
            .iter()
            .map(|mode| Excess { at: mode.place(), by_seed: mode.times.iter().map(|t| t.grown - t.aligned).collect() })
            .collect()
    }

    /// Time of alignment minus that of the next stronger mode of the same students.
    fn orders(&self, modes: &[Mode<'_>]) -> Vec<Excess> {
        let neighbours = modes.windows(2).filter(|pair| pair[1].mode > 0);
        neighbours
            .map(|pair| {
                let times = pair[1].times.iter().zip(&pair[0].times);
                Excess {
                    at: pair[1].place(),
                    by_seed: times.map(|(weak, strong)| weak.aligned - strong.aligned).collect(),
                }
            })
            .collect()
    }

    /// Lateness minus that of the same mode in the next shallower students.
    fn depths_compared(&self, modes: &[Mode<'_>]) -> Vec<Excess> {
        let stride: usize = self.ranks.iter().sum();
        let pairs = modes.iter().skip(stride).zip(modes);
        pairs
            .map(|(deep, shallow)| {
                let times = deep.times.iter().zip(&shallow.times);
                Excess {
                    at: deep.place(),
                    by_seed: times.map(|(deep, shallow)| deep.lateness() - shallow.lateness()).collect(),
                }
            })
            .collect()
    }
}

impl Mode<'_> {
    /// Which mode of which students, in words.
    fn place(&self) -> String {
        format!("L = {}, rank {}, mode {}", self.depth.layers, self.rank, self.mode + 1)
    }
}

fn panels(indices: impl Iterator<Item = usize>) -> String {
    indices.map(figures::panel_letter).collect::<Vec<_>>().join(", ")
}
