//! The growth of one singular mode of a student under gradient flow.

use crate::TheoryError;
use crate::bracketed_root::bracketed_root;
use crate::error::{computable, depth, non_negative, positive};
use crate::growth_integral::GrowthIntegral;

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
/// Any ŝ ≥ 0 is legal: a mode with ŝ < ε decays, ŝ = ε stays, ŝ = 0 follows (ε^(−p) + L p t)^(−1/p). Accuracy 1e-12
/// relative in s and in ŝ − s where the time itself is known that well: a rounding of t by 1e-16 moves the steep part
/// by 1e-16 L ŝ^p t.
#[derive(Clone, Debug, PartialEq)]
pub struct ModeGrowth {
    layers: usize,
    epsilon: f64,
    exponents: Exponents,
    /// ε^(1−p).
    epsilon_power: f64,
    /// ŝ/ε at which the half-learning time t(ŝ/2; ŝ) is longest, and that time; `None` for L = 1.
    slowest: Option<(f64, f64)>,
}

/// What the number of layers decides.
#[derive(Clone, Debug, PartialEq)]
enum Exponents {
    One,
    Two,
    /// G for growing modes (b = 1−p) and H for decaying ones (b = p).
    Deep {
        growing: GrowthIntegral,
        decaying: GrowthIntegral,
    },
}

/// A mode's strength and what it still lacks, both to full relative accuracy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModeState {
    /// s.
    pub strength: f64,
    /// ŝ − s; negative for a decaying mode.
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
        let mut growth = Self { layers, epsilon, exponents, epsilon_power: epsilon.powf(1.0 - power), slowest: None };
        growth.slowest = growth.slowest_half_learning();
        Ok(growth)
    }

    /// L.
    pub fn layers(&self) -> usize {
        self.layers
    }

    /// ε.
    pub fn epsilon(&self) -> f64 {
        self.epsilon
    }

    /// p = 2 − 2/L.
    pub fn power(&self) -> f64 {
        2.0 - 2.0 / self.layers as f64
    }

    /// The strength ŝ p/(1 + p) at which a mode of data strength ŝ grows fastest: the maximum of s^p (ŝ − s).
    ///
    /// Half of ŝ for L = 2; 0 for L = 1, where growth only slows down.
    pub fn steepest_strength(&self, data_strength: f64) -> f64 {
        data_strength * self.power() / (1.0 + self.power())
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
        if t == 0.0 || s_hat == epsilon {
            return ModeState { strength: epsilon, gap: s_hat - epsilon };
        }
        match &self.exponents {
            Exponents::One => {
                let left = (-t).exp();
                ModeState { strength: epsilon * left - s_hat * (-t).exp_m1(), gap: (s_hat - epsilon) * left }
            }
            Exponents::Two => {
                let angle = 2.0 * s_hat * t;
                // g and (1−g)/ŝ, whose limit for ŝ → 0 is 2t, each without cancellation.
                let (g, learned) = if angle > 0.5 {
                    let g = (-angle).exp();
                    (g, (1.0 - g) / s_hat)
                } else {
                    let fall = (-angle).exp_m1();
                    (1.0 + fall, if angle < 1e-18 { 2.0 * t } else { -fall / s_hat })
                };
                let strength = 1.0 / (learned + g / epsilon);
                ModeState { strength, gap: strength * (g * ((s_hat - epsilon) / epsilon)) }
            }
            Exponents::Deep { growing, .. } if s_hat > epsilon => self.grown(growing, s_hat, t),
            Exponents::Deep { decaying, .. } => self.decayed(decaying, s_hat, t),
        }
    }

    /// ds/dt = L s^p (ŝ − s), the rate of growth in a given state.
    pub fn rate(&self, state: ModeState) -> f64 {
        let layers = self.layers as f64;
        match self.exponents {
            Exponents::One => state.gap,
            Exponents::Two => 2.0 * state.strength * state.gap,
            Exponents::Deep { .. } => layers * state.strength.powf(self.power()) * state.gap,
        }
    }

    /// t(s; ŝ), the time at which a mode of data strength ŝ reaches strength s; `None` if it never does.
    ///
    /// Defined for s from ε (t = 0) up to, but not including, ŝ; for ŝ < ε down to ŝ.
    ///
    /// # Errors
    /// If `data_strength` is negative or `strength` not positive, or either is not finite.
    pub fn time_to_reach(&self, data_strength: f64, strength: f64) -> Result<Option<f64>, TheoryError> {
        let (s_hat, s, epsilon) =
            (non_negative("data_strength", data_strength)?, positive("strength", strength)?, self.epsilon);
        if s == epsilon {
            return Ok(Some(0.0));
        }
        let lies_between = (epsilon < s && s < s_hat) || (s_hat < s && s < epsilon);
        if !lies_between {
            return Ok(None);
        }
        let layers = self.layers as f64;
        Ok(Some(match &self.exponents {
            // ln[(ŝ−ε)/(ŝ−s)], near the start from 1 − (s−ε)/(ŝ−ε).
            Exponents::One => match (s - epsilon) / (s_hat - epsilon) {
                passed if passed < 0.5 => -(-passed).ln_1p(),
                _ => ((s_hat - epsilon) / (s_hat - s)).ln(),
            },
            // ln[s(ŝ−ε)/(ε(ŝ−s))] / (2ŝ)
            Exponents::Two => {
                let relative = (s - epsilon) / epsilon / (s_hat - s);
                if (s_hat * relative).abs() < 1e-18 {
                    0.5 * relative
                } else {
                    (s_hat * relative).ln_1p() / (2.0 * s_hat)
                }
            }
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

    /// The front at time `t`: the data strength ŝ* with t(ŝ*/2; ŝ*) = t.
    ///
    /// The half-learning time falls with ŝ for all but the weakest modes (ŝ below a few ε). `None` if there is no
    /// front: for L = 1, where all modes are learned at one pace, at t = 0, and when even the slowest mode is past
    /// half.
    ///
    /// # Panics
    /// If `t` is negative or NaN.
    pub fn front_at(&self, t: f64) -> Option<LearningFront> {
        assert!(t >= 0.0, "time {t} must be zero or more");
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
        let position = self.epsilon * log_ratio.exp();
        Some(LearningFront { position, width: position.powf(1.0 - self.power()) / (self.layers as f64 * t) })
    }

    /// t(ŝ/2; ŝ) for ŝ = `ratio` · ε, ratio > 2.
    fn half_learning_time(&self, ratio: f64) -> f64 {
        let s_hat = ratio * self.epsilon;
        match &self.exponents {
            Exponents::One => (2.0 * (1.0 - 1.0 / ratio)).ln(),
            Exponents::Two => (ratio - 1.0).ln() / (2.0 * s_hat),
            Exponents::Deep { growing, .. } => {
                let elapsed = growing.value(0.5, 0.5) - growing.value(1.0 / ratio, 1.0 - 1.0 / ratio);
                elapsed / (self.layers as f64 * s_hat.powf(self.power()))
            }
        }
    }

    /// The longest half-learning time, where d/du of u^(−p)\[G(½) − G(1/u)\] vanishes: p \[G(½) − G(1/u)\] = u^p/(u−1).
    fn slowest_half_learning(&self) -> Option<(f64, f64)> {
        let power = self.power();
        let gained = |ratio: f64| match &self.exponents {
            Exponents::One => 0.0,
            Exponents::Two => (ratio - 1.0).ln(),
            Exponents::Deep { growing, .. } => growing.value(0.5, 0.5) - growing.value(1.0 / ratio, 1.0 - 1.0 / ratio),
        };
        if self.layers == 1 {
            return None;
        }
        let slope = |ratio: f64| power * gained(ratio) - ratio.powf(power) / (ratio - 1.0);
        let ratio = bracketed_root(slope, 2.0 + 1e-9, 100.0, 1e-12);
        Some((ratio, self.half_learning_time(ratio)))
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
