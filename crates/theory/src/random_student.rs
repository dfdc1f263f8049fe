//! The exact trajectory of a student with one hidden layer from any balanced start.

mod coordinates;
mod state;

pub use coordinates::ProjectedTeacher;
pub use state::{ModeOverlap, StudentState};

use crate::{InitialWeights, TheoryError};
use coordinates::Coordinates;
use linalg_core::faer::{Mat, MatRef};
use linalg_core::{ThinSvd, frobenius_norm, squared_frobenius_norm, thin_svd};

/// Largest ‖W₁W₁ᵀ − W₂ᵀW₂‖_F accepted, relative to ‖W₁‖²_F + ‖W₂‖²_F: far above rounding, far below any effect.
const BALANCE_TOLERANCE: f64 = 1e-12;

/// A student with one hidden layer that learns given data by gradient flow from given balanced weights, solved exactly.
///
/// With Σ¹¹ = I the flow τ dW₁/dt = W₂ᵀ(Σ − W₂W₁), τ dW₂/dt = (Σ − W₂W₁)W₁ᵀ of the data matrix Σ = Σ³¹ keeps
/// W₁W₁ᵀ = W₂ᵀW₂ if it holds at the start. Stacking Q = \[W₁ᵀ; W₂\] and F = \[\[0, Σᵀ\], \[Σ, 0\]\] it becomes
/// τ dQ/dt = FQ − ½QQᵀQ, a matrix Riccati equation for QQᵀ with the solution
///
///   QQᵀ(t) = e^{Ft/τ} Q₀ \[ I + Q₀ᵀ (∫₀^{t/τ} e^{2Fs} ds) Q₀ \]⁻¹ Q₀ᵀ e^{Ft/τ},
///
/// whose lower-left block is the student's map W₂W₁ (Fukumizu 1998; Braun, Dominé, Fitzgerald & Saxe, NeurIPS 2022).
///
/// * Σ: outputs × inputs (N₃ × N₁), any rank; W₁: hidden × inputs; W₂: outputs × hidden, any width;
/// * t ≥ 0 in units of τ. For more examples than inputs give W* = Σ³¹/D for Σ and tD for t.
///
/// **Accuracy.** Absolute errors of the map are of order 10⁻¹⁵ ŝ₁ times the condition number of the initial weights' block on
/// the data modes (about 10 for a random start), at every t from 0 to far past saturation. Against Runge-Kutta integration
/// at 100-50-50: 10⁻¹⁴ at t = 3, 5·10⁻¹⁴ at t = 6.
///
/// **How.** In the eigenbasis of F (λ = ±ŝ on (v̂; ±û)/√2, λ = 0 elsewhere) let B be Q₀, d² = ∫₀ᵗ e^{2λs} ds and T the
/// triangular factor of A = \[diag(d)B; I\]; then QQᵀ(t) = XXᵀ with X = diag(e^{λt})B T⁻¹. Orthonormal columns of A's
/// thin QR factor give X without forming e^{λt}: rows \[diag(d)B\] T⁻¹ times the bounded e^{λt}/d. As QQᵀ does not change
/// when Q is rotated from the right, B is first rotated until its growing rows (λ = ŝ, decreasing) are lower
/// triangular; scaling each column of A by its largest entry, which QR ignores, then keeps all of A bounded and well
/// conditioned at any t. Nothing overflows, nothing is capped, and no restart is needed.
///
/// # Example
///
/// Learning a random map: the error falls from 1 to 0, the map becomes the data.
///
/// ```
/// use linalg_core::{generator, sample_gaussian};
/// use theory::{InitialWeights, RandomStudent, StudentShape};
///
/// let mut rng = generator(1, "random student", &[], 0);
/// let data = sample_gaussian(5, 8, 0.125, &mut rng);
/// let shape = StudentShape { inputs: 8, hidden: 6, outputs: 5 };
/// let start = InitialWeights::sample_random(shape, 1e-5, &mut rng)?;
/// let student = RandomStudent::new(data.as_ref(), &start)?;
/// assert!((student.state_at(0.0).train_error()? - 1.0).abs() < 1e-4);
/// assert!(student.state_at(1000.0).train_error()? < 1e-20);
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RandomStudent {
    coordinates: Coordinates,
    /// ŝ, M values in decreasing order.
    data_strengths: Vec<f64>,
    /// ‖Σ‖²_F.
    squared_data_norm: f64,
    /// B on the eigenvectors (v̂; û)/√2, M × k, lower trapezoidal.
    growing: Mat<f64>,
    /// ln |B| of the growing rows, −∞ where zero.
    log_growing: Mat<f64>,
    /// B on the eigenvectors (v̂; −û)/√2, M × k.
    decaying: Mat<f64>,
    /// B on the directions outside the data modes: the input ones, then the output ones.
    still: Mat<f64>,
}

impl RandomStudent {
    /// The student that learns `data` (Σ, outputs × inputs) from the weights `start`.
    ///
    /// # Errors
    /// [`TheoryError::WrongShape`] if the shapes do not fit, [`TheoryError::Unbalanced`] if W₁W₁ᵀ and W₂ᵀW₂ differ by more
    /// than 10⁻¹² (‖W₁‖² + ‖W₂‖²), [`TheoryError::Linalg`] for entries that are not finite.
    pub fn new(data: MatRef<'_, f64>, start: &InitialWeights) -> Result<Self, TheoryError> {
        Self::from_svd(&thin_svd(data)?, start)
    }

    /// As [`RandomStudent::new`], for data whose thin singular value decomposition is known.
    ///
    /// # Errors
    /// As [`RandomStudent::new`].
    pub fn from_svd(data: &ThinSvd, start: &InitialWeights) -> Result<Self, TheoryError> {
        check_shapes(data, start)?;
        let (first, second) = without_inert_units(start);
        check_balance(&first, &second)?;
        let (coordinates, input, output) = Coordinates::new(data, first.transpose(), second.as_ref());
        let modes = data.singular_values.len();
        let half = 0.5_f64.sqrt();
        let combine =
            |sign: f64| Mat::from_fn(modes, first.nrows(), |i, j| half * (input[(i, j)] + sign * output[(i, j)]));
        let (growing, decaying) = (combine(1.0), combine(-1.0));
        let (still_input, still_output) = (input.nrows() - modes, output.nrows() - modes);
        let still = Mat::from_fn(still_input + still_output, first.nrows(), |i, j| {
            if i < still_input { input[(modes + i, j)] } else { output[(modes + i - still_input, j)] }
        });
        let rotation = growing.transpose().qr().compute_Q();
        let growing = lower_trapezoid(&growing * &rotation);
        Ok(Self {
            coordinates,
            data_strengths: data.singular_values.clone(),
            squared_data_norm: data.singular_values.iter().map(|s| s * s).sum(),
            log_growing: Mat::from_fn(growing.nrows(), growing.ncols(), |i, j| growing[(i, j)].abs().ln()),
            growing,
            decaying: decaying * &rotation,
            still: still * &rotation,
        })
    }

    /// ŝ: the singular values of the data, in decreasing order.
    pub fn data_strengths(&self) -> &[f64] {
        &self.data_strengths
    }

    /// The student at time `t`, in units of τ.
    ///
    /// # Panics
    /// If `t` is negative or not finite.
    pub fn state_at(&self, t: f64) -> StudentState<'_> {
        assert!(t >= 0.0 && t.is_finite(), "time is {t}: it must be finite and not negative");
        StudentState::new(self, &self.factor_at(t))
    }

    /// The student's map W₂W₁ at time `t` (units of τ), outputs × inputs.
    ///
    /// # Panics
    /// As [`RandomStudent::state_at`].
    pub fn map_at(&self, t: f64) -> Mat<f64> {
        self.state_at(t).map()
    }

    /// A teacher W̄ (outputs × inputs) prepared for [`StudentState::test_error`], once for any number of times.
    ///
    /// # Errors
    /// [`TheoryError::WrongShape`] if W̄ does not have the data's shape, [`TheoryError::ZeroReference`] if it is zero.
    pub fn project(&self, teacher: MatRef<'_, f64>) -> Result<ProjectedTeacher, TheoryError> {
        self.coordinates.project(teacher)
    }

    /// X with XXᵀ = QQᵀ(t), in the eigenbasis of F: growing, decaying, still rows; k columns.
    fn factor_at(&self, t: f64) -> Mat<f64> {
        let (modes, units) = self.growing.shape();
        let rows = 2 * modes + self.still.nrows();
        let scaled = self.scaled_system(t);
        let orthonormal = scaled.qr().compute_thin_Q();
        let rates = |i: usize| match i {
            i if i < modes => self.data_strengths[i],
            i if i < 2 * modes => -self.data_strengths[i - modes],
            _ => 0.0,
        };
        if self.data_strengths.first().copied().unwrap_or(0.0) * t < 1.0 {
            // e/d is unbounded towards t = 0; there e is bounded and the last rows of the orthonormal factor are T⁻¹.
            let inverse = orthonormal.as_ref().subrows(rows, units);
            let mut factor = self.initial_factor() * inverse;
            for i in 0..rows {
                let growth = (rates(i) * t).exp();
                (0..units).for_each(|j| factor[(i, j)] *= growth);
            }
            return factor;
        }
        let mut factor = orthonormal.as_ref().subrows(0, rows).to_owned();
        for i in 0..rows {
            let growth = bounded_growth(rates(i), t);
            (0..units).for_each(|j| factor[(i, j)] *= growth);
        }
        factor
    }

    /// Q₀ in the eigenbasis of F.
    fn initial_factor(&self) -> Mat<f64> {
        let (modes, units) = self.growing.shape();
        let mut factor = Mat::zeros(2 * modes + self.still.nrows(), units);
        factor.as_mut().subrows_mut(0, modes).copy_from(&self.growing);
        factor.as_mut().subrows_mut(modes, modes).copy_from(&self.decaying);
        factor.as_mut().subrows_mut(2 * modes, self.still.nrows()).copy_from(&self.still);
        factor
    }

    /// \[diag(d)B; I\] with each column divided by the larger of 1 and its largest growing entry.
    fn scaled_system(&self, t: f64) -> Mat<f64> {
        let (modes, units) = self.growing.shape();
        let still = self.still.nrows();
        // ln d = ŝt + prefactor, kept apart: differences of ŝt between modes are exact only as (ŝᵢ − ŝⱼ)t.
        // The prefactor is d of the decaying row.
        let decay: Vec<f64> = self.data_strengths.iter().map(|&s| bounded_growth(s, t).recip()).collect();
        let prefactors: Vec<f64> = decay.iter().map(|d| d.ln()).collect();
        let root = t.sqrt();
        let mut system = Mat::zeros(2 * modes + still + units, units);
        for j in 0..units {
            let logs = self.log_growing.col(j);
            let log_entry = |i: usize, rate: f64| (self.data_strengths[i] - rate) * t + prefactors[i] + logs[i];
            let (mut rate, mut largest) = (0.0, 0.0);
            for i in j..modes {
                if log_entry(i, rate) > largest {
                    rate = self.data_strengths[i];
                    largest = log_entry(i, rate);
                }
            }
            let scale = (-rate * t - largest).exp();
            let mut column = system.col_mut(j);
            for i in j..modes {
                column[i] = (log_entry(i, rate) - largest).exp().copysign(self.growing[(i, j)]);
            }
            for i in 0..modes {
                column[modes + i] = scale * decay[i] * self.decaying[(i, j)];
            }
            for i in 0..still {
                column[2 * modes + i] = scale * root * self.still[(i, j)];
            }
            column[2 * modes + still + j] = scale;
        }
        system
    }
}

/// e^{λt}/d with d² = ∫₀ᵗ e^{2λs} ds: √(2λ/(1 − e^{−2λt})), which is 1/√t for λ = 0; between 0 and √(2 max(λ, 0) + 1/t).
fn bounded_growth(rate: f64, t: f64) -> f64 {
    let x = 2.0 * rate * t;
    let ratio = if x == 0.0 { 1.0 } else { -x / (-x).exp_m1() };
    (ratio / t).sqrt()
}

/// Sets the entries above the diagonal, rounding errors of a rotation, to zero.
fn lower_trapezoid(mut matrix: Mat<f64>) -> Mat<f64> {
    for j in 1..matrix.ncols() {
        (0..j.min(matrix.nrows())).for_each(|i| matrix[(i, j)] = 0.0);
    }
    matrix
}

fn check_shapes(data: &ThinSvd, start: &InitialWeights) -> Result<(), TheoryError> {
    let (inputs, outputs, hidden) = (data.right.nrows(), data.left.nrows(), start.first.nrows());
    let expect = |matrix, given: &Mat<f64>, expected_rows, expected_columns| match given.shape() {
        shape if shape == (expected_rows, expected_columns) => Ok(()),
        (rows, columns) => Err(TheoryError::WrongShape { matrix, rows, columns, expected_rows, expected_columns }),
    };
    expect("first weight matrix (hidden × inputs)", &start.first, hidden, inputs)?;
    expect("second weight matrix (outputs × hidden)", &start.second, outputs, hidden)
}

/// W₁W₁ᵀ = W₂ᵀW₂ for weights without inert units, which are balanced by themselves.
fn check_balance(first: &Mat<f64>, second: &Mat<f64>) -> Result<(), TheoryError> {
    let imbalance = first * first.transpose() - second.transpose() * second;
    let size = squared_frobenius_norm(first.as_ref()) + squared_frobenius_norm(second.as_ref());
    let (violation, allowed) = (frobenius_norm(imbalance.as_ref()), BALANCE_TOLERANCE * size);
    // Written so that a violation that is not a number fails.
    if violation <= allowed { Ok(()) } else { Err(TheoryError::Unbalanced { violation, allowed }) }
}

/// W₁ and W₂ without the hidden units whose weights are all zero.
fn without_inert_units(start: &InitialWeights) -> (Mat<f64>, Mat<f64>) {
    let active = |&unit: &usize| start.first.row(unit).norm_max() > 0.0 || start.second.col(unit).norm_max() > 0.0;
    let units: Vec<usize> = (0..start.first.nrows()).filter(active).collect();
    let first = Mat::from_fn(units.len(), start.first.ncols(), |i, j| start.first[(units[i], j)]);
    let second = Mat::from_fn(start.second.nrows(), units.len(), |i, j| start.second[(i, units[j])]);
    (first, second)
}

#[cfg(test)]
mod tests;
