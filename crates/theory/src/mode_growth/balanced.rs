//! Growth of a mode between two layers that do not start equally strong.

use super::ModeState;
use linalg_core::gauss_legendre_panel;

/// A mode of a student of two layers with w₂² − w₁² = ±λ between the two weights whose product is s.
///
///   ds/dt = √(λ² + 4s²) (ŝ − s)
///
/// With h = |λ|/2 and s = h sinh x, w = tanh(x/2) follows the Riccati equation dw/dt = ŝ(1 − w²) − 2h w, so that w = p/q with
/// p and q linear in w(0). Every quantity below is a sum of positive terms, so nothing cancels in any of the limits
/// h → 0 (the sigmoid of two equal layers), s ≪ h (exponential, at rate 2h), ŝ → 0, t → ∞.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BalancedGrowth {
    /// h = |λ|/2 > 0.
    half: f64,
    epsilon: f64,
    /// √(ε² + h²).
    radius: f64,
    /// w(0) = ε/(h + √(ε² + h²)).
    start: f64,
    /// (1 − w(0))/h.
    lack: f64,
}

/// μ = √(ŝ² + h²), g = e^(−2μt) and (1 − g)/μ.
struct Passed {
    mu: f64,
    left: f64,
    learned: f64,
}

impl BalancedGrowth {
    pub(super) fn new(balance: f64, epsilon: f64) -> Self {
        let half = 0.5 * balance.abs();
        let radius = epsilon.hypot(half);
        let start = epsilon / (half + radius);
        Self { half, epsilon, radius, start, lack: (1.0 + half / (radius + epsilon)) / (half + radius) }
    }

    pub(super) fn state_at(&self, s_hat: f64, t: f64) -> ModeState {
        let (half, start) = (self.half, self.start);
        let Passed { mu, left, learned } = self.passed(s_hat, t);
        let (pull, idle) = (s_hat / mu, half / mu);
        // 1 − h/μ without cancellation.
        let rest = pull * (s_hat / (mu + half));
        let inward = rest + (1.0 + idle) * left;
        let outward = (1.0 + idle) + rest * left;
        let driven = s_hat * learned;
        let (p, q) = (start * inward + driven, outward + start * driven);
        let sum = outward + start * inward + (1.0 + start) * driven;
        // (q − p)/(2h), with h + ŝ − μ = 2hŝ/(h + ŝ + μ).
        let difference = learned * (1.0 - half * self.lack * s_hat / (mu + half + s_hat)) + left * self.lack;
        let strength = p / sum * (q / difference);
        // u = s + √(s² + h²) follows u′ = (u₊ − u)(u + h²/u₊) up to u₊ = ŝ + μ.
        let (from, to, end) = (self.epsilon + self.radius, strength + strength.hypot(half), s_hat + mu);
        let shift = half * (half / end);
        let speed = (to + shift) / (from + shift);
        ModeState { strength, gap: (s_hat - self.epsilon) * left * speed * speed * (from / to) }
    }

    /// ds/dt.
    pub(super) fn rate(&self, state: ModeState) -> f64 {
        2.0 * state.strength.hypot(self.half) * state.gap
    }

    /// The time from ε to `s`, which lies between ε and ŝ.
    pub(super) fn time_to_reach(&self, s_hat: f64, s: f64) -> f64 {
        let (half, epsilon) = (self.half, self.epsilon);
        let mu = s_hat.hypot(half);
        let (from, to, end) = (epsilon + self.radius, s + s.hypot(half), s_hat + mu);
        let to_end = 1.0 + half / to * (half / end);
        let to_start = 1.0 + half / to * (half / from);
        let relative = (s - epsilon) / (s_hat - s) * (to_end / to_start) / (from + half * (half / end));
        let passed = 2.0 * mu * relative;
        if passed.abs() < 1e-18 { relative } else { passed.ln_1p() / (2.0 * mu) }
    }

    /// The strength between 0 and ŝ at which √(h² + s²) (ŝ − s) is largest; 0 if it falls from the start.
    pub(super) fn steepest_strength(&self, s_hat: f64) -> f64 {
        let discriminant = (s_hat - 8f64.sqrt() * self.half) * (s_hat + 8f64.sqrt() * self.half);
        let inner = if discriminant > 0.0 { 0.25 * (s_hat + discriminant.sqrt()) } else { 0.0 };
        let speed = |s: f64| s.hypot(self.half) * (s_hat - s);
        if speed(inner) > speed(0.0) { inner } else { 0.0 }
    }

    /// ∂s/∂ŝ = 2√(s² + h²) ∫₀ᵗ gap(t)/gap(t′) dt′, on panels that end where s is twice what it is a panel later.
    pub(super) fn sensitivity(&self, s_hat: f64, t: f64) -> f64 {
        let end = self.state_at(s_hat, t);
        let speed = 2.0 * end.strength.hypot(self.half);
        if end.gap == 0.0 {
            // At ŝ = ε nothing moves and the equation is linear; else the mode is learned.
            return if s_hat == self.epsilon { -(-speed * t).exp_m1() } else { 1.0 };
        }
        let ratio = |time: f64| {
            if time > 0.0 { end.gap / self.state_at(s_hat, time).gap } else { end.gap / (s_hat - self.epsilon) }
        };
        let (mut late, mut sum) = (t, 0.0);
        while late > 0.0 && speed * ratio(late) * late > 1e-17 * speed * sum {
            let strength = self.state_at(s_hat, late).strength.max(s_hat);
            let early = (late - 0.25 / strength.hypot(self.half)).max(0.0);
            sum += gauss_legendre_panel(early, late, |time| [ratio(time)])[0];
            late = early;
        }
        speed * sum
    }

    /// Distance in ŝ over which g changes by a factor e: dμ/dŝ = ŝ/μ.
    pub(super) fn width(&self, s_hat: f64, t: f64) -> f64 {
        s_hat.hypot(self.half) / s_hat / (2.0 * t)
    }

    /// h.
    pub(super) fn half(&self) -> f64 {
        self.half
    }

    fn passed(&self, s_hat: f64, t: f64) -> Passed {
        let mu = s_hat.hypot(self.half);
        let (left, learned) = super::passed(mu, t);
        Passed { mu, left, learned }
    }
}
