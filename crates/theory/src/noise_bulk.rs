//! What a student has learned of the noise.

use crate::{LearningFront, ModeGrowth, ModeState, SpikedMatrix};
use linalg_core::{BulkPart, BulkRange, Front, MarchenkoPastur};

/// The M − r data modes that carry no detectable teacher mode (r of them do), of which a student of limited width holds the strongest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NoiseBulk {
    /// With the range of what the student holds; `None` without noise: all values are 0.
    law: Option<(MarchenkoPastur, BulkRange)>,
    /// M − r.
    count: f64,
    /// (K − r)₊ / (M − r).
    learnable: f64,
    /// ⟨ŝ²⟩_out.
    mean_square_out: f64,
}

impl NoiseBulk {
    /// The bulk of a spiked matrix beside `rank` detectable spikes, for a student that can hold `capacity` modes.
    ///
    /// `removed` modes are taken from both sides of the matrix: 0 for the asymptotic formula, r for its first-order
    /// finite-size correction.
    pub(crate) fn new(matrix: &SpikedMatrix, rank: usize, capacity: usize, removed: usize) -> Self {
        let modes = matrix.rows().min(matrix.columns());
        let count = modes - rank;
        let learnable = if count == 0 { 0.0 } else { capacity.saturating_sub(rank) as f64 / count as f64 };
        let law = match (matrix.rows().saturating_sub(removed), matrix.columns().saturating_sub(removed)) {
            (0, _) | (_, 0) => None,
            (rows, columns) => MarchenkoPastur::new(rows, columns, matrix.entry_variance()).ok(),
        };
        let square_out = |law: &MarchenkoPastur| match learnable {
            0.0 => law.mean_square(),
            1.0 => 0.0,
            _ => law.integral(BulkPart::Rest(learnable), None, |value| value * value),
        };
        let mean_square_out = law.as_ref().map_or(0.0, square_out);
        let held = if learnable < 1.0 { BulkPart::Top(learnable) } else { BulkPart::All };
        let law = law.map(|law| (law, law.range(held)));
        Self { law, count: count as f64, learnable, mean_square_out }
    }

    /// (M − r)⟨ŝ²⟩.
    pub(crate) fn squared_sum(&self) -> f64 {
        self.count * self.law.as_ref().map_or(0.0, |(law, _)| law.mean_square())
    }

    /// (M − r)⟨ŝ²⟩_out, what the student has no room for.
    pub(crate) fn squared_sum_out(&self) -> f64 {
        self.count * self.mean_square_out
    }

    /// (M − r)⟨f⟩_in for several functions f of a mode's state at time `t` (in units of the data's time constant).
    pub(crate) fn sums_at<const N: usize>(
        &self,
        growth: &ModeGrowth,
        t: f64,
        integrand: impl Fn(ModeState) -> [f64; N],
    ) -> [f64; N] {
        if self.count == 0.0 || self.learnable == 0.0 {
            return [0.0; N];
        }
        let averages = match &self.law {
            None => integrand(growth.state_at(0.0, t)).map(|value| self.learnable * value),
            Some((law, held)) => {
                law.integrals_over(*held, integration_front(growth, t), |value| integrand(growth.state_at(value, t)))
            }
        };
        averages.map(|average| self.count * average)
    }

    /// (M − r)⟨s ds/dt⟩_in, half of the rate at which the learned noise grows.
    pub(crate) fn growth_at(&self, growth: &ModeGrowth, t: f64) -> f64 {
        self.sums_at(growth, t, |state| [state.strength * growth.rate(state)])[0]
    }

    /// Bounds of [`NoiseBulk::growth_at`] that take no integral.
    ///
    /// Every mode has s ds/dt = L s^(p+1) (ŝ − s). Modes with ŝ < ε decay, by no more than L ε^(p+2). For the others s
    /// grows with ŝ, so that s^(p+1) (ŝ − s) is at most s₊^(p+1) ŝ₊ for the edge ŝ₊ and its s₊; nor is it, at any time,
    /// more than its maximum over s, ŝ₊^(p+2) (p+1)^(p+1)/(p+2)^(p+2). The margin covers rounding and quadrature.
    ///
    /// Weight decay takes up to Lγ max(s₊, ε)² from it; a balance λ makes (s² + λ²/4)^½ of one factor s.
    pub(crate) fn growth_bounds_at(&self, growth: &ModeGrowth, t: f64) -> (f64, f64) {
        const MARGIN: f64 = 1.01;
        let (lower, upper) = self.law.as_ref().map_or((0.0, 0.0), |(law, _)| (law.lower_edge(), law.upper_edge()));
        let (epsilon, power) = (growth.epsilon(), growth.power());
        let most = MARGIN * self.count * self.learnable * growth.layers() as f64;
        let decay = if lower > MARGIN * epsilon { 0.0 } else { epsilon.powf(power + 2.0) };
        let strongest = growth.strength_at(upper, t);
        let now = strongest.powf(power + 1.0) * upper;
        let ever = upper.powf(power + 2.0) * (power + 1.0).powf(power + 1.0) / (power + 2.0).powf(power + 2.0);
        if growth.balance() > 0.0 {
            // √(s² + h²) ≤ s + h turns s² into s² + hs: the same bounds with p = 1 and h times those with p = 0.
            let half = 0.5 * growth.balance();
            let (now, ever) = (now + half * strongest * upper, ever + 0.25 * half * upper * upper);
            return (-most * decay * (1.0 + half / epsilon), most * now.min(ever));
        }
        let lost = growth.decay() * strongest.max(epsilon).powi(2);
        (-most * (decay + lost), most * now.min(ever))
    }

    /// By how far (M−r)⟨s²⟩_in can fall after time `t`: the modes with ŝ < ε decay to ŝ, all to their ends with weight decay.
    ///
    /// 0 without noise, when the start in modes without data fades for ever as a power of 1/t.
    pub(crate) fn decay_after(&self, growth: &ModeGrowth, t: f64) -> f64 {
        match &self.law {
            Some(_) if growth.decay() > 0.0 => {
                let square = |s: f64| s * s;
                let excess = |s: ModeState| square(s.strength) - square(growth.final_strength(s.strength + s.gap));
                self.sums_at(growth, t, |state| [excess(state).max(0.0)])[0]
            }
            Some((law, _)) if law.lower_edge() < growth.epsilon() => {
                let excess = |state: ModeState| -state.gap * (2.0 * state.strength + state.gap);
                self.sums_at(growth, t, |state| [excess(state).max(0.0)])[0]
            }
            _ => 0.0,
        }
    }

    /// The largest noise value, if there is any noise to learn.
    pub(crate) fn upper_edge(&self) -> Option<f64> {
        self.law.as_ref().filter(|_| self.count * self.learnable > 0.0).map(|(law, _)| law.upper_edge())
    }
}

/// The place where s(t, ŝ) changes fastest in ŝ: the learning front, or after it the modes that are too weak to have
/// been learned, ŝ^p L t ≲ 1.
fn integration_front(growth: &ModeGrowth, t: f64) -> Option<Front> {
    if t == 0.0 || growth.layers() == 1 {
        return None;
    }
    Some(match growth.front_at(t) {
        Some(LearningFront { position, width }) => Front { position, width },
        // The weakest modes that grow at all.
        None => Front { position: growth.decay(), width: (growth.layers() as f64 * t).powf(-1.0 / growth.power()) },
    })
}
