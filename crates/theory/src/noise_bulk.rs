//! What a student has learned of the noise.

use crate::bulk_correction::BulkCorrection;
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
    /// (M − r)⟨ŝ²⟩.
    squared_sum: f64,
    /// (M − r)⟨ŝ²⟩_out, what the student has no room for.
    squared_sum_out: f64,
    /// The sums of first order in place of those above.
    correction: Option<BulkCorrection>,
}

impl NoiseBulk {
    /// The bulk of a spiked matrix beside `rank` detectable spikes, for a student that can hold `capacity` modes.
    pub(crate) fn new(matrix: &SpikedMatrix, rank: usize, capacity: usize) -> Self {
        let modes = matrix.rows().min(matrix.columns());
        let count = modes - rank;
        let learnable = if count == 0 { 0.0 } else { capacity.saturating_sub(rank) as f64 / count as f64 };
        let law = matrix.bulk();
        let square_out = |law: &MarchenkoPastur| match learnable {
            0.0 => law.mean_square(),
            1.0 => 0.0,
            _ => law.integral(BulkPart::Rest(learnable), None, |value| value * value),
        };
        let count = count as f64;
        let squared_sum_out = count * law.as_ref().map_or(0.0, square_out);
        let squared_sum = count * law.as_ref().map_or(0.0, MarchenkoPastur::mean_square);
        let held = if learnable < 1.0 { BulkPart::Top(learnable) } else { BulkPart::All };
        let law = law.map(|law| (law, law.range(held)));
        Self { law, count, learnable, squared_sum, squared_sum_out, correction: None }
    }

    /// The same to first order in 1/size; `strengths` are those of all spikes in the data.
    pub(crate) fn with_correction(mut self, matrix: &SpikedMatrix, strengths: &[f64], capacity: usize) -> Self {
        let modes = matrix.rows().min(matrix.columns());
        let detectable = modes - self.count as usize;
        self.correction = BulkCorrection::new(matrix, strengths, detectable, capacity);
        if let Some(correction) = &self.correction {
            let held = if self.learnable > 0.0 { correction.squared_sum_held() } else { 0.0 };
            self.squared_sum = correction.squared_sum();
            self.squared_sum_out = if self.learnable < 1.0 { self.squared_sum - held } else { 0.0 };
        }
        self
    }

    /// (M − r)⟨ŝ²⟩.
    pub(crate) fn squared_sum(&self) -> f64 {
        self.squared_sum
    }

    /// (M − r)⟨ŝ²⟩_out, what the student has no room for.
    pub(crate) fn squared_sum_out(&self) -> f64 {
        self.squared_sum_out
    }

    /// (M − r)⟨f⟩_in for several functions f of a mode's state at time `t` (in units of the data's time constant).
    pub(crate) fn sums_at<const N: usize>(
        &self,
        growth: &ModeGrowth,
        t: f64,
        integrand: impl Fn(ModeState) -> [f64; N],
    ) -> [f64; N] {
        self.sums_beside_teacher_at(growth, t, integrand, |_| [0.0; N])
    }

    /// The same plus Σ g ûᵀW̄v̂ over the noise modes held, 0 but for the correction of first order: these overlaps of noise modes with
    /// the teacher are of the order 1/size each, together of the order of a spike.
    pub(crate) fn sums_beside_teacher_at<const N: usize>(
        &self,
        growth: &ModeGrowth,
        t: f64,
        integrand: impl Fn(ModeState) -> [f64; N],
        beside_teacher: impl Fn(ModeState) -> [f64; N],
    ) -> [f64; N] {
        if self.count == 0.0 || self.learnable == 0.0 {
            return [0.0; N];
        }
        if let Some(correction) = &self.correction {
            return correction.sums(integration_front(growth, t), |value| {
                let state = growth.state_at(value, t);
                (integrand(state), beside_teacher(state))
            });
        }
        let averages = match &self.law {
            None => integrand(growth.state_at(0.0, t)).map(|value| self.learnable * value),
            Some((law, held)) => {
                law.integrals_over(*held, integration_front(growth, t), |value| integrand(growth.state_at(value, t)))
            }
        };
        averages.map(|average| self.count * average)
    }

    /// (M − r)⟨s²⟩_in, what the learned noise adds to the squared test error (less what it has of the teacher, if that is counted).
    pub(crate) fn learned_at(&self, growth: &ModeGrowth, t: f64) -> f64 {
        let square = |state: ModeState| [state.strength * state.strength];
        self.sums_beside_teacher_at(growth, t, square, |state| [-2.0 * state.strength])[0]
    }

    /// (M − r)⟨s ds/dt⟩_in, half of the rate at which [`NoiseBulk::learned_at`] grows.
    pub(crate) fn growth_at(&self, growth: &ModeGrowth, t: f64) -> f64 {
        let rate = |state: ModeState| [state.strength * growth.rate(state)];
        self.sums_beside_teacher_at(growth, t, rate, |state| [-growth.rate(state)])[0]
    }

    /// Bounds of [`NoiseBulk::growth_at`] that take no integral.
    ///
    /// Every mode has s ds/dt = L s^(p+1) (ŝ − s). Modes with ŝ < ε decay, by no more than L ε^(p+2). For the others s
    /// grows with ŝ, so that s^(p+1) (ŝ − s) is at most s₊^(p+1) ŝ₊ for the edge ŝ₊ and its s₊; nor is it, at any time,
    /// more than its maximum over s, ŝ₊^(p+2) (p+1)^(p+1)/(p+2)^(p+2). The margin covers rounding and quadrature.
    ///
    /// None are known for the correction of first order. Weight decay takes up to Lγ max(s₊, ε)² from it; a balance λ makes (s² + λ²/4)^½ of one factor s.
    pub(crate) fn growth_bounds_at(&self, growth: &ModeGrowth, t: f64) -> (f64, f64) {
        const MARGIN: f64 = 1.01;
        if self.correction.is_some() {
            return (f64::NEG_INFINITY, f64::INFINITY);
        }
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

    /// By how far [`NoiseBulk::learned_at`] can fall after time `t`: what noise modes have of the teacher is still learned, and the modes with ŝ < ε decay to ŝ, all to their ends with weight decay.
    ///
    /// 0 without noise, when the start in modes without data fades for ever as a power of 1/t.
    pub(crate) fn decay_after(&self, growth: &ModeGrowth, t: f64) -> f64 {
        let unlearned = |state: ModeState| growth.final_strength(state.strength + state.gap) - state.strength;
        let of_teacher = |state: ModeState| [2.0 * unlearned(state).max(0.0)];
        let [gain] = match &self.correction {
            Some(_) => self.sums_beside_teacher_at(growth, t, |_| [0.0], of_teacher),
            None => [0.0],
        };
        gain + match &self.law {
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
