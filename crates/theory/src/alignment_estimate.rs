//! The alignment of two tasks, estimated from their data.

use crate::matrix_shrinkage::LEVEL;
use crate::{NoiseAnalysis, NoiseLevel, SpikedMatrix, TheoryError};
use linalg_core::faer::MatRef;
use linalg_core::{BulkPart, Front, MarchenkoPastur, ThinSvd, leading_triplets, thin_svd};

/// |q| = |v̄_A·v̄_B| of two tasks' leading input modes, estimated from one data matrix of each.
///
/// Noise turns each measured mode away from the true one by a known amount, so q ≈ v̂_A·v̂_B / (c_A c_B) with the
/// overlaps c = |v̂·v̄| that the measured strengths imply (beyond the paper). The sign of a singular vector is
/// arbitrary, so only |q| is meaningful, and it is all that transfer depends on. The estimate is not forced below 1.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct AlignmentEstimate {
    /// The estimate of |q|.
    pub alignment: f64,
    /// Its standard error (see [`AlignmentEstimate::from_data`]).
    pub standard_error: f64,
    /// c_A, the overlap of A's measured leading input mode with the true one.
    pub overlap_a: f64,
    /// c_B.
    pub overlap_b: f64,
}

impl AlignmentEstimate {
    /// The estimate from Σ³¹ of each task (outputs × inputs, common inputs; W* = Σ³¹/D for P > N₁), whose noise has
    /// the given level. `None` if the leading mode of one of them is not detectable: then q leaves no trace.
    ///
    /// With N₁ inputs and ℓ = (1 − c²)/c², the signed estimate has the variance
    ///
    /// ```text
    /// (1−q²)(ℓ_A + ℓ_B)/(N₁−1) + ℓ_A ℓ_B (N₁−2+q²)/(N₁−1)² + q² (φ_A + φ_B).
    /// ```
    ///
    /// The first terms come from the noise parts of v̂, which are uniform on the sphere orthogonal to v̄ and
    /// independent between the tasks. φ is the variance of ln(|v̂·v̄|/c): how far the actual overlap scatters about
    /// the one that the same data's ŝ implies, from the linearised resolvent equations of a spike. Sampled at 40 to
    /// 100 × 60 to 100, the standard deviation agrees within 5 % when both strengths are at least twice their
    /// threshold; at 1.5 × the stated error is 30 to 55 % too large, and nearer it only says that q is not known.
    /// Near |q| = 0 the absolute value folds the distribution.
    ///
    /// # Errors
    /// If the matrices differ in their number of columns, are empty or not finite, or the noise variance is negative, or unknown with
    /// fewer than nine singular values.
    pub fn from_data(a: MatRef<'_, f64>, b: MatRef<'_, f64>, noise: NoiseLevel) -> Result<Option<Self>, TheoryError> {
        if a.ncols() != b.ncols() {
            return Err(TheoryError::WrongShape {
                matrix: "data of task B",
                rows: b.nrows(),
                columns: b.ncols(),
                expected_rows: b.nrows(),
                expected_columns: a.ncols(),
            });
        }
        let (Some(a), Some(b)) = (LeadingMode::of(a, noise)?, LeadingMode::of(b, noise)?) else { return Ok(None) };
        let alignment =
            (a.direction.right.col(0).transpose() * b.direction.right.col(0)).abs() / (a.overlap * b.overlap);
        let variance = variance(a.matrix.columns(), alignment.min(1.0), [&a, &b]);
        Ok(Some(Self { alignment, standard_error: variance.sqrt(), overlap_a: a.overlap, overlap_b: b.overlap }))
    }
}

/// The strongest mode of a data matrix and what it says of the teacher.
struct LeadingMode {
    matrix: SpikedMatrix,
    direction: ThinSvd,
    true_strength: f64,
    /// c.
    overlap: f64,
}

impl LeadingMode {
    fn of(data: MatRef<'_, f64>, noise: NoiseLevel) -> Result<Option<Self>, TheoryError> {
        let (direction, entry_variance) = match noise {
            NoiseLevel::EntryVariance(variance) => (leading_triplets(data, 1)?, variance),
            NoiseLevel::Unknown => {
                let all = thin_svd(data)?;
                let found = NoiseAnalysis::of_values(data.nrows(), data.ncols(), &all.singular_values, noise, LEVEL)?;
                (all.leading(1), found.entry_variance())
            }
        };
        let matrix = SpikedMatrix::new(data.nrows(), data.ncols(), entry_variance)?;
        let strength = direction.singular_values[0];
        if strength == 0.0 {
            return Ok(None);
        }
        Ok(matrix.true_strength(strength)?.map(|true_strength| {
            let overlap = matrix.overlap_input(true_strength);
            Self { matrix, direction, true_strength, overlap }
        }))
    }
}

fn variance(columns: usize, q: f64, modes: [&LeadingMode; 2]) -> f64 {
    let directions = (columns as f64 - 1.0).max(1.0);
    let [a, b] = modes.map(|mode| {
        let (_, lost) = mode.matrix.squared_misalignments(mode.true_strength);
        lost / (1.0 - lost)
    });
    let [scatter_a, scatter_b] = modes.map(|mode| overlap_scatter(&mode.matrix, mode.true_strength));
    (1.0 - q * q) * (a + b) / directions
        + a * b * (directions - 1.0 + q * q) / (directions * directions)
        + q * q * (scatter_a + scatter_b)
}

/// φ, the variance of ln(|v̂·v̄|/c) given ŝ, to leading order in the size.
///
/// For a spike s̄ūv̄ᵀ in noise Z put G₁ = ūᵀ z(z²−ZZᵀ)⁻¹ū, G₂ = v̄ᵀ z(z²−ZᵀZ)⁻¹v̄, K = ūᵀ(z²−ZZᵀ)⁻¹Zv̄. The singular
/// equations give 1/s̄ = T(z) = K + √(G₁G₂) at z = ŝ, dŝ/ds̄ = (û·ū)(v̂·v̄) and (û·ū)/(v̂·v̄) = √(G₁/G₂), hence
/// (v̂·v̄)² = −(T²/T′) √(G₂/G₁). Its logarithm is linearised in the fluctuations of G₁, G₂, K and of their
/// derivatives at fixed z, which are sums over the noise modes with the weights |ū_i|² (variance 2/n² each), |v̄_i|²
/// (2/m²) and ū_i v̄_i (1/(nm)).
fn overlap_scatter(matrix: &SpikedMatrix, true_strength: f64) -> f64 {
    let Some(law) = matrix.bulk() else { return 0.0 };
    let (n, m) = (matrix.rows() as f64, matrix.columns() as f64);
    let modes = n.min(m);
    let z = matrix.strength(true_strength);
    // g = z/(z²−y²), k = y/(z²−y²) and their derivatives in z.
    let kernels = |y: f64| {
        let distance = (z - y) * (z + y);
        let (g, k) = (z / distance, y / distance);
        (g, -(z * z + y * y) / (distance * distance), k, -2.0 * z * k / distance)
    };
    let average =
        |size: f64, f: &dyn Fn(f64) -> f64| modes / size * bulk_average(&law, z, f) + (1.0 - modes / size) * f(0.0);
    let [left, right] = [n, m].map(|size| (average(size, &|y| kernels(y).0), average(size, &|y| kernels(y).1)));
    let ((g_left, slope_left), (g_right, slope_right)) = (left, right);
    let t = (g_left * g_right).sqrt();
    let t_slope = 0.5 * t * (slope_left / g_left + slope_right / g_right);
    let ratio = (g_right / g_left).sqrt();
    let log_ratio_slope = 0.5 * (slope_right / g_right - slope_left / g_left);
    let left_weight = |y: f64| {
        let (g, g_slope, ..) = kernels(y);
        0.5 * g / g_left - 0.5 * ratio * (log_ratio_slope * g + g_slope) / t_slope
    };
    let right_weight = |y: f64| {
        let (g, g_slope, ..) = kernels(y);
        1.5 * g / g_right - 0.5 / ratio * (g_slope - log_ratio_slope * g) / t_slope
    };
    let cross_weight = |y: f64| {
        let (.., k, k_slope) = kernels(y);
        2.0 * k / t - k_slope / t_slope
    };
    let spread = |size: f64, weight: &dyn Fn(f64) -> f64| {
        let mean = average(size, weight);
        2.0 / size * average(size, &|y| (weight(y) - mean).powi(2))
    };
    let cross = modes / (n * m) * bulk_average(&law, z, &|y| cross_weight(y).powi(2));
    // A quarter: the logarithm of the overlap, not of its square.
    0.25 * (spread(n, &left_weight) + spread(m, &right_weight) + cross)
}

/// Average over the bulk of a function with a pole at `z` above it.
fn bulk_average(law: &MarchenkoPastur, z: f64, f: &dyn Fn(f64) -> f64) -> f64 {
    law.integral(BulkPart::All, Some(Front { position: z, width: 0.0 }), f)
}
