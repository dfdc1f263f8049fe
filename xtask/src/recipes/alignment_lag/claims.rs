//! What the alignment of modes claims.

use super::{AlignmentLag, Mode};
use crate::study::panels::letters;
use crate::study::{Claims, Estimate};

impl AlignmentLag {
    /// In medians, whose intervals do not mind the few students that wait long.
    pub(super) fn claims(&self, modes: &[Mode]) -> Claims {
        let mut claims = Claims::new();
        let all = letters(0..modes.len());
        let [overlap, grown] = [self.aligned_at, self.grown_at];
        let leads = modes
            .iter()
            .map(|mode| (mode.place(), Estimate::median(mode.times.iter().map(|t| t.grown - t.aligned).collect())));
        let claim = format!("both overlaps reach {overlap} before s/ŝ reaches {grown} (differences in t/τ, medians)");
        claims.positive(claim, &all, leads).tell(
            "Both overlaps are near 1 before the mode has grown: a random student first becomes an aligned one, then learns like one.",
        );

        let several = letters((0..modes.len()).filter(|&index| modes[index].rank > 1));
        let orders = modes.windows(2).filter(|pair| pair[1].mode > 0).map(|pair| {
            let times = pair[1].times.iter().zip(&pair[0].times);
            (pair[1].place(), Estimate::median(times.map(|(weak, strong)| weak.aligned - strong.aligned).collect()))
        });
        claims.positive("stronger modes align first (differences in t/τ, medians)", several, orders);

        // The same mode in the next shallower students.
        let stride: usize = self.ranks.iter().sum();
        let depths = modes.iter().skip(stride).zip(modes).map(|(deep, shallow)| {
            let times = deep.times.iter().zip(&shallow.times);
            let later = times.map(|(deep, shallow)| deep.lateness() - shallow.lateness());
            (deep.place(), Estimate::median(later.collect()))
        });
        claims.positive("deeper students align later in units of the mode's own rise time (medians)", all, depths);
        claims.tell("With depth alignment takes a larger part of the time until the rise.");
        claims
    }
}

impl Mode {
    /// Which mode of which students, in words.
    fn place(&self) -> String {
        format!("L = {}, rank {}, mode {}", self.depth.layers, self.rank, self.mode + 1)
    }
}
