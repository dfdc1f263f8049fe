//! The growth of one singular mode of a student under gradient flow.

mod balanced;
mod deep_decay;

use crate::TheoryError;
use crate::bracketed_minimum::bracketed_minimum;
use crate::bracketed_root::bracketed_root;
use crate::error::{Brakes, computable, depth, non_negative, positive};
use crate::growth_integral::GrowthIntegral;
use balanced::BalancedGrowth;
use deep_decay::DeepDecay;

/// How one mode of a student of L weight matrices grows towards its data strength ŝ, from s(0) = ε.
///
///   τ ds/dt = L s^p (ŝ − s),  p = 2 − 2/L
///
/// (Saxe, McClelland & Ganguli 2013; the paper's section 2). Times are in units of τ. Closed forms:
///
/// * L = 1: s = ε e^(−t) + ŝ (1 − e^(−t));
/// * L = 2: s = 1 / \[(1−g)/ŝ + g/ε\], g = e^(−2ŝt);
/// * L ≥ 3: t = ŝ^(−p)/L · \[G(s/ŝ) − G(ε/ŝ)\], G(x) = x^b/b · ₂F₁(1, b; 1+b; x), b = 1−p (beyond the paper, which
///   has L = 4 in elementary functions), solved for s by Newton steps in ln(x/(1−x)), in which the plateau and
///   saturation are equally well scaled.
///
/// [`ModeGrowth::with_decay`] adds weight decay, [`ModeGrowth::with_balance`] a difference between two layers.
///
/// Any ŝ ≥ 0 is legal: a mode with ŝ < ε decays, ŝ = ε stays, ŝ = 0 follows (ε^(−p) + L p t)^(−1/p). Accuracy 1e-12
/// relative in s and in ŝ − s where the time itself is known that well: a rounding of t by 1e-16 moves the steep part
/// by 1e-16 L ŝ^p t.
#[derive(Clone, Debug, PartialEq)]
pub struct ModeGrowth {
    layers: usize,
    epsilon: f64,
    /// γ.
    decay: f64,
    exponents: Exponents,
    /// ε^(1−p).
    epsilon_power: f64,
    /// (ŝ−γ)/ε at which the half-learning time t(ŝ/2; ŝ) is longest, and that time; `None` for L = 1.
    slowest: Option<(f64, f64)>,
}

/// What layers, decay and balance decide.
#[derive(Clone, Debug, PartialEq)]
enum Exponents {
    One,
    Two,
    /// G for growing modes (b = 1−p) and H for decaying ones (b = p).
    Deep {
        growing: GrowthIntegral,
        decaying: GrowthIntegral,
    },
    /// L ≥ 3 with γ > 0.
    DeepDecay(DeepDecay),
    /// L = 2 with λ ≠ 0.
    Balanced(BalancedGrowth),
}

/// A mode's strength and what it still lacks, both to full relative accuracy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModeState {
    /// s.
    pub strength: f64,
    /// ŝ − s; negative for a mode above its data strength.
    pub gap: f64,
}

/// Where learning stands at one time: modes well above `position` are learned, modes well below are not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningFront {
    /// ŝ*, the data strength of the mode that is half learned.
    pub position: f64,
    /// Distance in ŝ over which the learned fraction s/ŝ changes by a factor e in s/(ŝ−s) or so, ŝ*^(1−p)/(L t).
    pub width: f64,
}

impl ModeGrowth {
    /// A student of `layers` weight matrices whose product starts with all singular values at `epsilon`.
    ///
    /// # Errors
    /// If `layers` is 0 or above 1000, or `epsilon` is not positive and finite, or beyond 1e±60.
    pub fn new(layers: usize, epsilon: f64) -> Result<Self, TheoryError> {
        depth(layers)?;
        computable("epsilon", epsilon)?;
        let power = 2.0 - 2.0 / layers as f64;
        let exponents = match layers {
            1 => Exponents::One,
            2 => Exponents::Two,
            _ => Exponents::Deep { growing: GrowthIntegral::new(1.0 - power), decaying: GrowthIntegral::new(power) },
        };
        let epsilon_power = epsilon.powf(1.0 - power);
        let mut growth = Self { layers, epsilon, decay: 0.0, exponents, epsilon_power, slowest: None };
        growth.slowest = growth.slowest_half_learning();
        Ok(growth)
    }

    /// The same with weight decay γ: every layer loses (γ/τ)W per unit of time, λγW an epoch.
    ///
    ///   τ ds/dt = L s^p (ŝ − s) − L γ s
    ///
    /// * L = 1: ŝ/(1+γ) for ŝ and (1+γ)t for t (ridge regression);
    /// * L = 2: the sigmoid with k = ŝ − γ for ŝ, 1/\[(1−e^(−2kt))/k + e^(−2kt)/ε\], for k ≤ 0 too. It ends at (ŝ−γ)₊: soft
    ///   thresholding, the nuclear norm's shrinkage;
    /// * L ≥ 3: by integration, to 1e-13 relative in s. From a small start with ŝ ε^(1−2/L) < γ a mode decays to 0.
    ///
    /// Beyond the paper.
    ///
    /// # Errors
    /// If `decay` is negative, not finite or beyond 1e±60 (but 0 is legal), or the layers are not balanced equally.
    pub fn with_decay(self, decay: f64) -> Result<Self, TheoryError> {
        let brakes = Brakes { decay, balance: self.balance() }.validated(self.layers)?;
        Self::new(self.layers, self.epsilon).map(|growth| growth.braked(brakes))
    }

    /// The same with the balance λ between the two layers: W₂ᵀW₂ − W₁W₁ᵀ = λI on the units in use, kept for ever (L = 2).
    ///
    ///   τ ds/dt = √(λ² + 4s²) (ŝ − s)
    ///
    /// Rich (a sigmoid) for s ≫ |λ|/2, lazy (an exponential at rate |λ|, as for a single layer) for s ≪ |λ|/2. The sign of λ, which layer
    /// is the stronger, does not matter to a mode. Beyond the paper: Dominé et al. 2024, arXiv:2409.14623.
    ///
    /// # Errors
    /// If `balance` is not finite or its size beyond 1e±60 (but 0 is legal), or the student has not two layers or has weight decay.
    pub fn with_balance(self, balance: f64) -> Result<Self, TheoryError> {
        let brakes = Brakes { decay: self.decay, balance }.validated(self.layers)?;
        Self::new(self.layers, self.epsilon).map(|growth| growth.braked(brakes))
    }

    /// With validated brakes, from one that has none.
    pub(crate) fn braked(mut self, Brakes { decay, balance }: Brakes) -> Self {
        self.decay = decay;
        if balance != 0.0 {
            self.exponents = Exponents::Balanced(BalancedGrowth::new(balance, self.epsilon));
        } else if decay > 0.0 && self.layers > 2 {
            self.exponents = Exponents::DeepDecay(DeepDecay::new(self.layers, self.epsilon, decay));
        }
        self.slowest = self.slowest_half_learning();
        self
    }

    /// L.
    pub fn layers(&self) -> usize {
        self.layers
    }

    /// ε.
    pub fn epsilon(&self) -> f64 {
        self.epsilon
    }

    /// γ, the weight decay; 0 unless said.
    pub fn decay(&self) -> f64 {
        self.decay
    }

    /// |λ|, how much stronger one of two layers is; 0 unless said.
    pub fn balance(&self) -> f64 {
        match &self.exponents {
            Exponents::Balanced(growth) => 2.0 * growth.half(),
            _ => 0.0,
        }
    }

    /// p = 2 − 2/L.
    pub fn power(&self) -> f64 {
        2.0 - 2.0 / self.layers as f64
    }

    /// The strength at which a mode of data strength ŝ grows fastest: ŝ p/(1 + p), the maximum of s^p (ŝ − s), where there is no brake.
    ///
    /// Half of ŝ for L = 2 (of (ŝ−γ)₊ with decay); 0 for L = 1 and for lazy students, where growth only slows down.
    pub fn steepest_strength(&self, data_strength: f64) -> f64 {
        match &self.exponents {
            Exponents::Balanced(growth) => growth.steepest_strength(data_strength),
            Exponents::DeepDecay(growth) => growth.steepest_strength(data_strength),
            Exponents::Two => 0.5 * (data_strength - self.decay).max(0.0),
            _ => data_strength * self.power() / (1.0 + self.power()),
        }
    }

    /// s(∞; ŝ), where a mode of data strength ŝ ends: at ŝ without decay, at ŝ/(1+γ) for L = 1, at (ŝ−γ)₊ for L = 2; for L ≥ 3 at 0
    /// or at the larger root of s^(1−2/L) (ŝ − s) = γ, depending on the start.
    pub fn final_strength(&self, data_strength: f64) -> f64 {
        match &self.exponents {
            Exponents::One => data_strength / (1.0 + self.decay),
            Exponents::Two => (data_strength - self.decay).max(0.0),
            Exponents::DeepDecay(growth) => growth.final_strength(data_strength),
            Exponents::Deep { .. } | Exponents::Balanced(_) => data_strength,
        }
    }

    /// s(t; ŝ), the student's strength at time `t` (in units of τ) for a data strength ŝ.
    ///
    /// # Panics
    /// If either argument is negative or NaN.
    pub fn strength_at(&self, data_strength: f64, t: f64) -> f64 {
        self.state_at(data_strength, t).strength
    }

    /// s(t; ŝ) together with ŝ − s, which keeps its digits as s saturates.
    ///
    /// # Panics
    /// If either argument is negative or NaN.
    pub fn state_at(&self, data_strength: f64, t: f64) -> ModeState {
        assert!(t >= 0.0, "time {t} must be zero or more");
        assert!(data_strength >= 0.0, "data strength {data_strength} must be zero or more");
        let (s_hat, epsilon) = (data_strength, self.epsilon);
        if t == 0.0 || (s_hat == epsilon && self.decay == 0.0) {
            return ModeState { strength: epsilon, gap: s_hat - epsilon };
        }
        match &self.exponents {
            Exponents::One => {
                let (time, end) = ((1.0 + self.decay) * t, s_hat / (1.0 + self.decay));
                let left = (-time).exp();
                let strength = epsilon * left - end * (-time).exp_m1();
                ModeState { strength, gap: (end - epsilon) * left + end * self.decay }
            }
            Exponents::Two => {
                let end = s_hat - self.decay;
                let (g, learned) = passed(end.abs(), t);
                if end < 0.0 {
                    let strength = epsilon * (g / (1.0 + epsilon * learned));
                    return ModeState { strength, gap: s_hat - strength };
                }
                let strength = 1.0 / (learned + g / epsilon);
                ModeState { strength, gap: strength * (g * ((end - epsilon) / epsilon)) + self.decay }
            }
            Exponents::Balanced(growth) => growth.state_at(s_hat, t),
            Exponents::DeepDecay(growth) => growth.state_at(s_hat, t),
            Exponents::Deep { growing, .. } if s_hat > epsilon => self.grown(growing, s_hat, t),
            Exponents::Deep { decaying, .. } => self.decayed(decaying, s_hat, t),
        }
    }

    /// ds/dt = L s^p (ŝ − s) − L γ s (√(λ² + 4s²) (ŝ − s) with a balance λ), the rate of growth in a given state.
    pub fn rate(&self, state: ModeState) -> f64 {
        let layers = self.layers as f64;
        match &self.exponents {
            Exponents::One => state.gap - self.decay * state.strength,
            Exponents::Two => 2.0 * state.strength * (state.gap - self.decay),
            Exponents::Deep { .. } => layers * state.strength.powf(self.power()) * state.gap,
            Exponents::DeepDecay(_) => {
                let root = state.strength.powf(self.power() - 1.0);
                layers * state.strength * (root * state.gap - self.decay)
            }
            Exponents::Balanced(growth) => growth.rate(state),
        }
    }

    /// t(s; ŝ), the time at which a mode of data strength ŝ reaches strength s; `None` if it never does.
    ///
    /// Defined for s from ε (t = 0) up or down to, but not including, [`ModeGrowth::final_strength`].
    ///
    /// # Errors
    /// If `data_strength` is negative or `strength` not positive, or either is not finite.
    pub fn time_to_reach(&self, data_strength: f64, strength: f64) -> Result<Option<f64>, TheoryError> {
        let (s_hat, s, epsilon) =
            (non_negative("data_strength", data_strength)?, positive("strength", strength)?, self.epsilon);
        if s == epsilon {
            return Ok(Some(0.0));
        }
        if let Exponents::DeepDecay(growth) = &self.exponents {
            return Ok(growth.time_to_reach(s_hat, s));
        }
        let end = self.final_strength(s_hat);
        let lies_between = (epsilon < s && s < end) || (end < s && s < epsilon);
        if !lies_between {
            return Ok(None);
        }
        let layers = self.layers as f64;
        Ok(Some(match &self.exponents {
            // ln[(ŝ−ε)/(ŝ−s)], near the start from 1 − (s−ε)/(ŝ−ε).
            Exponents::One => match (s - epsilon) / (end - epsilon) {
                passed if passed < 0.5 => -(-passed).ln_1p() / (1.0 + self.decay),
                _ => ((end - epsilon) / (end - s)).ln() / (1.0 + self.decay),
            },
            // ln[s(k−ε)/(ε(k−s))] / (2k), k = ŝ − γ
            Exponents::Two => {
                let end = s_hat - self.decay;
                let relative = (s - epsilon) / epsilon / (end - s);
                if (end * relative).abs() < 1e-18 { 0.5 * relative } else { (end * relative).ln_1p() / (2.0 * end) }
            }
            Exponents::Balanced(growth) => growth.time_to_reach(s_hat, s),
            Exponents::DeepDecay(_) => unreachable!("answered above"),
            Exponents::Deep { growing, .. } if s_hat > epsilon => {
                let (start, end) = (Fraction::of(epsilon, s_hat), Fraction::of(s, s_hat));
                end.integral_from(growing, start) / (layers * s_hat.powf(self.power()))
            }
            Exponents::Deep { decaying, .. } => {
                let power = self.power();
                let (start, end) = (Fraction::of(s_hat, epsilon), Fraction::of(s_hat, s));
                if end.inside < NEGLIGIBLE {
                    ((epsilon / s).powf(power) - 1.0) / (layers * power * epsilon.powf(power))
                } else {
                    end.integral_from(decaying, start) / (layers * s_hat.powf(power))
                }
            }
        }))
    }

    /// The front at time `t`: the data strength ŝ* of which half of the end is learned, t(s(∞)/2; ŝ*) = t.
    ///
    /// The half-learning time falls with ŝ for all but the weakest modes (ŝ below a few ε). `None` if there is no
    /// front: for L = 1, where all modes are learned at one pace, at t = 0, and when even the slowest mode is past
    /// half. Modes of three or more layers with decay: below their front they decay, in the end to 0.
    ///
    /// # Panics
    /// If `t` is negative or NaN.
    pub fn front_at(&self, t: f64) -> Option<LearningFront> {
        assert!(t >= 0.0, "time {t} must be zero or more");
        if let Exponents::DeepDecay(growth) = &self.exponents {
            return growth.front_at(t);
        }
        let (slowest_ratio, longest) = self.slowest?;
        if t == 0.0 || t >= longest {
            return None;
        }
        let target = t.ln();
        let lag = |log_ratio: f64| self.half_learning_time(log_ratio.exp()).ln() - target;
        let low = slowest_ratio.ln();
        let mut step = 1.0;
        while lag(low + step) > 0.0 {
            step *= 2.0;
            if low + step + self.epsilon.ln() > f64::MAX.ln() {
                return None;
            }
        }
        let log_ratio = bracketed_root(lag, low, low + step, 1e-14);
        let driven = self.epsilon * log_ratio.exp();
        let width = match &self.exponents {
            Exponents::Balanced(growth) => growth.width(driven, t),
            _ => driven.powf(1.0 - self.power()) / (self.layers as f64 * t),
        };
        Some(LearningFront { position: driven + self.decay, width })
    }

    /// t(ŝ/2; ŝ) for ŝ = `ratio` · ε, ratio > 2; with decay (L = 2) for ŝ − γ instead.
    fn half_learning_time(&self, ratio: f64) -> f64 {
        let s_hat = ratio * self.epsilon;
        match &self.exponents {
            Exponents::One => (2.0 * (1.0 - 1.0 / ratio)).ln(),
            Exponents::Two => (ratio - 1.0).ln() / (2.0 * s_hat),
            Exponents::Deep { growing, .. } => {
                let elapsed = growing.value(0.5, 0.5) - growing.value(1.0 / ratio, 1.0 - 1.0 / ratio);
                elapsed / (self.layers as f64 * s_hat.powf(self.power()))
            }
            Exponents::Balanced(growth) => growth.time_to_reach(s_hat, 0.5 * s_hat),
            Exponents::DeepDecay(_) => unreachable!("has a front of its own"),
        }
    }

    /// The longest half-learning time, where d/du of u^(−p)\[G(½) − G(1/u)\] vanishes: p \[G(½) − G(1/u)\] = u^p/(u−1).
    fn slowest_half_learning(&self) -> Option<(f64, f64)> {
        let power = self.power();
        let gained = |ratio: f64| match &self.exponents {
            Exponents::Deep { growing, .. } => growing.value(0.5, 0.5) - growing.value(1.0 / ratio, 1.0 - 1.0 / ratio),
            _ => (ratio - 1.0).ln(),
        };
        match &self.exponents {
            Exponents::One | Exponents::DeepDecay(_) => return None,
            Exponents::Balanced(growth) => {
                let latest = (1e3f64).max(growth.half() / self.epsilon * 1e3).ln();
                let (log_ratio, negated) =
                    bracketed_minimum(|log_ratio| -self.half_learning_time(log_ratio.exp()), 2f64.ln(), latest);
                return Some((log_ratio.exp(), -negated));
            }
            Exponents::Two | Exponents::Deep { .. } => {}
        }
        let slope = |ratio: f64| power * gained(ratio) - ratio.powf(power) / (ratio - 1.0);
        let ratio = bracketed_root(slope, 2.0 + 1e-9, 100.0, 1e-12);
        Some((ratio, self.half_learning_time(ratio)))
    }

    /// ∂s/∂ŝ at `t` > 0 with decay or balance; see [`ModeGrowth::sensitivity`].
    pub(crate) fn braked_sensitivity(&self, s_hat: f64, t: f64) -> f64 {
        match &self.exponents {
            Exponents::Balanced(growth) => growth.sensitivity(s_hat, t),
            Exponents::DeepDecay(growth) => growth.sensitivity(s_hat, t),
            Exponents::One => -(-(1.0 + self.decay) * t).exp_m1() / (1.0 + self.decay),
            Exponents::Two | Exponents::Deep { .. } => {
                // s = 1/(I + g/ε) with I = ∫₀^2t e^(−kx) dx: its derivative in k is s² (∫₀^2t x e^(−kx) dx + 2t g/ε).
                let (end, span) = (s_hat - self.decay, 2.0 * t);
                let (g, learned) = passed(end.abs(), t);
                let rising = rising_moment(end.abs() * span);
                if end < 0.0 {
                    let fraction = self.strength_at(s_hat, t) / (1.0 + self.epsilon * learned);
                    let falling = learned / span - rising;
                    return fraction * span * (self.epsilon * span * falling + 1.0);
                }
                let strength = self.strength_at(s_hat, t);
                strength * (strength * span * span * rising) + strength * (strength / self.epsilon) * span * g
            }
        }
    }

    /// ŝ > ε: solves G(x) = G(ε/ŝ) + L ŝ^p t for x = s/ŝ.
    fn grown(&self, integral: &GrowthIntegral, s_hat: f64, t: f64) -> ModeState {
        let start = Fraction::of(self.epsilon, s_hat);
        let b = integral.exponent();
        // One power for both: (ε/ŝ)^b, and ŝ^p = ŝ (ε/ŝ)^b / ε^b because p = 1−b.
        let start_power = integral.power(start.inside);
        let elapsed = self.layers as f64 * s_hat * (start_power / self.epsilon_power) * t;
        let target = integral.value_from_power(start.inside, start.outside, start_power) + elapsed;
        // From the left: on the plateau G ≈ x^b/b; past it G ≈ −ln(1−x) + constant.
        let late = target - integral.saturation_constant();
        let guess = if late > 0.0 {
            late.exp_m1().ln()
        } else {
            let plateau = integral.inverse_power(b * target);
            (plateau / (1.0 - plateau).max(0.25)).ln()
        };
        // dG/dw = x^b ≥ 1, so w advances by no more than the elapsed time.
        let x = Fraction::solve(integral, target, guess, [start.logit, start.logit + elapsed]);
        ModeState { strength: s_hat * x.inside, gap: s_hat * x.outside }
    }

    /// ŝ < ε: solves H(y) = H(ŝ/ε) + L ŝ^p t for y = ŝ/s.
    fn decayed(&self, integral: &GrowthIntegral, s_hat: f64, t: f64) -> ModeState {
        let (layers, power, epsilon) = (self.layers as f64, self.power(), self.epsilon);
        // Without a target to reach: s = ε (1 + L p ε^p t)^(−1/p).
        let undriven = epsilon * (layers * power * epsilon.powf(power) * t).ln_1p().mul_add(-1.0 / power, 0.0).exp();
        if s_hat <= NEGLIGIBLE * undriven {
            return ModeState { strength: undriven, gap: s_hat - undriven };
        }
        let start = Fraction::of(s_hat, epsilon);
        let elapsed = layers * s_hat.powf(power) * t;
        let target = integral.value(start.inside, start.outside) + elapsed;
        let late = target - integral.saturation_constant();
        let guess = if late > 0.0 { late.exp_m1().ln() } else { (power * target).ln() / power };
        // dH/dv = y^p ≤ 1, so v advances by at least the elapsed time; and H ≥ −ln(1−y) − 1.
        let y = Fraction::solve(
            integral,
            target,
            guess,
            [start.logit + elapsed, (target + 1.0).max(start.logit + elapsed)],
        );
        let strength = s_hat / y.inside;
        ModeState { strength, gap: -strength * y.outside }
    }
}

/// g = e^(−2rt) and (1−g)/r, whose limit for r → 0 is 2t, each without cancellation.
fn passed(rate: f64, t: f64) -> (f64, f64) {
    let angle = 2.0 * rate * t;
    if angle > 0.5 {
        let g = (-angle).exp();
        (g, (1.0 - g) / rate)
    } else if rate == 0.0 || angle < 1e-18 {
        (1.0, 2.0 * t)
    } else {
        let fall = (-angle).exp_m1();
        (1.0 + fall, -fall / rate)
    }
}

/// ∫₀¹ y e^(−ay) dy = (1 − (1+a)e^(−a))/a² for a ≥ 0, without cancellation.
fn rising_moment(a: f64) -> f64 {
    if a > 1.0 {
        return (1.0 - (1.0 + a) * (-a).exp()) / (a * a);
    }
    // Σ (−a)ⁿ / (n! (n+2))
    let (mut term, mut sum) = (1.0, 0.0);
    for n in 0..20 {
        sum += term / (f64::from(n) + 2.0);
        term *= -a / (f64::from(n) + 1.0);
    }
    sum
}

/// A data strength this much smaller than s pulls s no further down than a data strength of 0.
const NEGLIGIBLE: f64 = 1e-17;

/// A number x between 0 and 1 with 1−x and ln(x/(1−x)) beside it, so that neither end loses digits.
#[derive(Clone, Copy, Debug)]
struct Fraction {
    inside: f64,
    outside: f64,
    logit: f64,
}

impl Fraction {
    /// `part`/`whole`, for 0 < part < whole.
    fn of(part: f64, whole: f64) -> Self {
        let rest = whole - part;
        Self { inside: part / whole, outside: rest / whole, logit: (part / rest).ln() }
    }

    fn from_logit(logit: f64) -> Self {
        let e = (-logit.abs()).exp();
        let (large, small) = (1.0 / (1.0 + e), e / (1.0 + e));
        if logit > 0.0 {
            Self { inside: large, outside: small, logit }
        } else {
            Self { inside: small, outside: large, logit }
        }
    }

    /// G(self) − G(start); close to the start by quadrature in the logit, where the difference would cancel.
    fn integral_from(self, integral: &GrowthIntegral, start: Self) -> f64 {
        if self.logit - start.logit < 1.0 {
            // dG/dw = x^b, whose nearest singularity w = iπ is far outside this panel.
            let slope = |logit: f64| [integral.power(Self::from_logit(logit).inside)];
            return linalg_core::gauss_legendre_panel(start.logit, self.logit, slope)[0];
        }
        integral.value(self.inside, self.outside) - integral.value(start.inside, start.outside)
    }

    /// The root of G = target in `bracket` (of logits), by Newton steps that fall back on bisection.
    ///
    /// A root at an end of the bracket is found there, though rounding puts Newton's step a little outside.
    fn solve(integral: &GrowthIntegral, target: f64, guess: f64, bracket: [f64; 2]) -> Self {
        let [mut low, mut high] = bracket;
        // Beyond this the rest 1−x underflows: saturated.
        if low > 740.0 || target - integral.saturation_constant() > 740.0 {
            return Self { inside: 1.0, outside: 0.0, logit: f64::INFINITY };
        }
        let mut logit = if guess.is_finite() { guess.clamp(low, high) } else { low };
        for _ in 0..200 {
            let here = Self::from_logit(logit);
            let slope = integral.power(here.inside);
            let excess = integral.value_from_power(here.inside, here.outside, slope) - target;
            if excess > 0.0 {
                high = logit;
            } else {
                low = logit;
            }
            let newton = logit - excess / slope;
            let slack = 1e-14 * (1.0 + newton.abs());
            let is_newton = newton >= low - slack && newton <= high + slack;
            let next = if is_newton { newton.clamp(low, high) } else { 0.5 * (low + high) };
            let step = (next - logit).abs();
            logit = next;
            // Newton's next correction is at most step² (|G''/G'| < 2 in the logit).
            if is_newton && step < 1e-8 || high - low <= 1e-15 * logit.abs() {
                break;
            }
        }
        Self::from_logit(logit)
    }
}
