//! What the noise modes of a matrix of finite size have of its spikes.

use crate::SpikedMatrix;
use linalg_core::{BulkNode, BulkPart, BulkRange, Front, MarchenkoPastur};
use std::f64::consts::FRAC_2_PI;

/// The noise modes of a spiked matrix with Gaussian noise, counted and compared with the spikes to first order in 1/size.
///
/// With the variable φ of the bulk, x² = 1 + A + 2√A cos φ, and θ = s̄/κ, w = θ²/√A of a spike, the resolvent of the noise on
/// its two singular vectors is the D transform of Benaych-Georges & Nadakuditi (2012), in the bulk e^(−iφ)/√A, and the resolvent of the
/// data follows from a rank-one change of it. Its determinant 1 − w e^(−iφ) says how a spike moves the noise modes, its
/// off-diagonal element how they overlap with the spike:
///
/// ```text
/// Σᵢ f(ŝᵢ)             = M⟨f⟩ + [f(κ|1−√A|) + f(κ(1+√A))]/4 − ½ ∫ f dφ/π + Σ_α ∫ f (w cos φ − w²)/(1 − 2w cos φ + w²) dφ/π
/// Σᵢ f(ŝᵢ) ûᵢᵀW̄v̂ᵢ     = Σ_α ∫ f · 2θ²κ sin²φ / [x (1 − 2w cos φ + w²)] dφ/π
/// ```
///
/// The sums are over noise modes, those over α over all spikes, detectable (w > 1: the integral of the second fraction is −1,
/// one mode has left the bulk) or not (w ≤ 1: it is 0). The terms without a spike are those of Gaussian noise alone (Bai & Silverstein
/// 2004, real entries). Together with detectable spikes, which take part in the sums with ŝ_α and s̄_α O_α, everything is continuous in
/// every strength, Σ ŝ² = nmν + Σ s̄² and Σ ŝ ûᵀW̄v̂ = Σ s̄² hold exactly, and what is left out is of the order 1/size of what is here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BulkCorrection {
    law: MarchenkoPastur,
    /// M, with spikes.
    modes: f64,
    /// w of every spike.
    weights: Vec<f64>,
    /// The modes that the student holds.
    held: BulkRange,
    /// Whether it holds all.
    is_whole: bool,
}

impl BulkCorrection {
    /// For spikes of the given strengths in the data, the first `detectable` of which have left the bulk, and a student that holds
    /// `capacity` modes of data; `None` without noise, or if there is no noise mode.
    pub(crate) fn new(matrix: &SpikedMatrix, strengths: &[f64], detectable: usize, capacity: usize) -> Option<Self> {
        let modes = matrix.rows().min(matrix.columns());
        let law = matrix.bulk().filter(|_| detectable < modes)?;
        let threshold = matrix.threshold();
        let weights = strengths.iter().map(|strength| (strength / threshold).powi(2)).collect();
        let held = law.range(BulkPart::All);
        let mut bulk = Self { law, modes: modes as f64, weights, held, is_whole: true };
        if capacity < modes {
            bulk.is_whole = false;
            let count = capacity.saturating_sub(detectable) as f64;
            // The value above which `count` noise modes lie, moved as much as the modes are.
            let mut top = count / (modes - detectable) as f64;
            for _ in 0..50 {
                bulk.held = law.range(BulkPart::Top(top));
                let [found] = bulk.sums(None, |_| ([1.0], [0.0]));
                if (count - found).abs() < 1e-12 * bulk.modes {
                    break;
                }
                top = (top + (count - found) / bulk.modes).clamp(0.0, 1.0);
            }
        }
        Some(bulk)
    }

    /// Σᵢ f(ŝᵢ) + Σᵢ g(ŝᵢ) ûᵢᵀW̄v̂ᵢ over the noise modes held, for several pairs of functions (f, g).
    pub(crate) fn sums<const N: usize>(
        &self,
        front: Option<Front>,
        functions: impl Fn(f64) -> ([f64; N], [f64; N]),
    ) -> [f64; N] {
        let projected = 8.0 * self.law.kappa().powi(2) * self.law.aspect_ratio().sqrt();
        let upper = functions(self.law.upper_edge()).0;
        let fronts: Vec<Front> = front.into_iter().chain(self.kernel_front()).collect();
        let mut sums = self.law.sums_over(self.held, &fronts, |BulkNode { value, mass, angle, squared_sine }| {
            let (f, g) = functions(value);
            // (w cos φ − w²)/(1 − 2w cos φ + w²) is ∓½ beside ±½ times a kernel of mass 1 that becomes an atom at the edge as w
            // passes 1: the kernel takes f less its value there.
            let (mut kernels, mut overlap) = (0.0, 0.0);
            for &w in &self.weights {
                let v = w.min(w.recip());
                let distance = (1.0 - v).powi(2) + 4.0 * v * squared_sine;
                kernels += (1.0 - v) * (1.0 + v) / distance * sign_of(w);
                overlap += v / distance;
            }
            let count = self.modes * mass - 0.5 * angle * (1.0 + self.weights.len() as f64);
            // θ² = w√A and sin²φ = 4 sin²(φ/2) cos²(φ/2).
            let projection = angle * projected * squared_sine * (1.0 - squared_sine) / value * overlap;
            std::array::from_fn(|n| count * f[n] + 0.5 * angle * kernels * (f[n] - upper[n]) + projection * g[n])
        });
        let (sine, cosine) = self.held.half_angle().sin_cos();
        let kernel = |&w: &f64| {
            let v = w.min(w.recip());
            FRAC_2_PI * ((1.0 + v) * sine).atan2((1.0 - v) * cosine) * sign_of(w)
        };
        let at_upper = 0.25 + 0.5 * self.weights.iter().map(kernel).sum::<f64>();
        let (at_lower, lower) = match self.is_whole {
            true => (0.25, functions(self.law.lower_edge()).0),
            false => (0.0, [0.0; N]),
        };
        for (n, sum) in sums.iter_mut().enumerate() {
            *sum += at_upper * upper[n] + at_lower * lower[n];
        }
        sums
    }

    /// Where the kernel of the spike that is nearest to the threshold is steep: at the upper edge, with poles at φ = ± i ln v.
    fn kernel_front(&self) -> Option<Front> {
        let nearest = self.weights.iter().map(|&w| w.min(w.recip())).fold(0.0, f64::max);
        let half_range = 0.5 * (self.law.upper_edge() - self.law.lower_edge());
        let width = -0.25 * half_range * nearest.ln();
        (nearest > 0.0).then_some(Front { position: self.law.upper_edge(), width })
    }

    /// Σᵢ ŝᵢ² of the noise modes held.
    pub(crate) fn squared_sum_held(&self) -> f64 {
        self.sums(None, |value| ([value * value], [0.0]))[0]
    }

    /// Σᵢ ŝᵢ² of all noise modes.
    pub(crate) fn squared_sum(&self) -> f64 {
        Self { held: self.law.range(BulkPart::All), is_whole: true, ..self.clone() }.squared_sum_held()
    }
}

/// Whether the kernel of a spike adds to the noise modes (w ≤ 1) or takes from them.
fn sign_of(w: f64) -> f64 {
    if w > 1.0 { -1.0 } else { 1.0 }
}
