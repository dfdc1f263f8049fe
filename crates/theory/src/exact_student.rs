//! The exact trajectory of a student with one hidden layer from any balanced start.

mod coordinates;
mod state;

pub use coordinates::ProjectedTeacher;
pub use state::{ModeOverlap, StudentState};

use crate::error::Brakes;
use crate::{InitialWeights, TheoryError};
use coordinates::Coordinates;
use linalg_core::faer::{Mat, MatRef};
use linalg_core::{ThinSvd, frobenius_norm, squared_frobenius_norm, thin_svd};

/// Largest ‖W₂ᵀW₂ − W₁W₁ᵀ − λI‖_F accepted, relative to ‖W₁‖²_F + ‖W₂‖²_F: far above rounding, far below any effect.
const BALANCE_TOLERANCE: f64 = 1e-12;

/// A student with one hidden layer that learns given data by gradient flow from given balanced weights, solved exactly.
///
/// With Σ¹¹ = I the flow τ dW₁/dt = W₂ᵀ(Σ − W₂W₁), τ dW₂/dt = (Σ − W₂W₁)W₁ᵀ of the data matrix Σ = Σ³¹ keeps
/// W₂ᵀW₂ − W₁W₁ᵀ = λI if it holds at the start on the units in use. Stacking Q = \[W₁ᵀ; W₂\] and F = \[\[−λ/2·I, Σᵀ\],
/// \[Σ, λ/2·I\]\] it becomes τ dQ/dt = FQ − ½QQᵀQ, a matrix Riccati equation for QQᵀ with the solution
///
///   QQᵀ(t) = e^{Ft/τ} Q₀ \[ I + Q₀ᵀ (∫₀^{t/τ} e^{2Fs} ds) Q₀ \]⁻¹ Q₀ᵀ e^{Ft/τ},
///
/// whose lower-left block is the student's map W₂W₁ (Fukumizu 1998; Braun, Dominé, Fitzgerald & Saxe, NeurIPS 2022; for λ ≠ 0 Dominé
/// et al. 2024, arXiv:2409.14623). λ = 0 starts rich, |λ| large lazy; one of the matrices zero and the other orthonormal times a is
/// low-rank adaptation, λ = ±a²: give Σ − W₀ for Σ (and W̄ − W₀ for W̄) to adapt a frozen map W₀. Weight decay γ
/// ([`ExactStudent::with_decay`], λ = 0) is F − γI for F.
///
/// * Σ: outputs × inputs (N₃ × N₁), any rank; W₁: hidden × inputs; W₂: outputs × hidden, any width;
/// * t ≥ 0 in units of τ. For more examples than inputs give W* = Σ³¹/D for Σ, tD for t and γ/D for γ.
///
/// **Accuracy.** Absolute errors of the map are of order 10⁻¹⁵ ŝ₁ times the condition number of the initial weights' block on
/// the data modes (about 10 for a random start), at every t from 0 to far past saturation. Against Runge-Kutta integration
/// at 100-50-50: 10⁻¹⁴ at t = 3, 5·10⁻¹⁴ at t = 6.
///
/// **How.** Eigenvectors of F are (αv̂; βû)/√2 and (βv̂; −αû)/√2 with eigenvalues ±√(ŝ² + λ²/4), α = β = 1 for λ = 0, and ∓λ/2 on the input and
/// output directions outside the data modes. In them let B be Q₀, r the eigenvalues (less γ), d² = ∫₀ᵗ e^{2rs} ds and T the
/// triangular factor of A = \[diag(d)B; I\]; then QQᵀ(t) = XXᵀ with X = diag(e^{rt})B T⁻¹. Orthonormal columns of A's
/// thin QR factor give X without forming e^{rt}: rows \[diag(d)B\] T⁻¹ times the bounded e^{rt}/d. As QQᵀ does not change
/// when Q is rotated from the right, B is first rotated until its growing rows (r ≥ 0, decreasing) are lower
/// triangular; scaling each column of A by its largest entry, which QR ignores, then keeps all of A bounded and well
/// conditioned at any t. Nothing overflows, nothing is capped, and no restart is needed.
///
/// # Example
///
/// Learning a random map: the error falls from 1 to 0, the map becomes the data.
///
/// ```
/// use linalg_core::{generator, sample_gaussian};
/// use theory::{InitialWeights, ExactStudent, StudentShape};
///
/// let mut rng = generator(1, "random student", &[], 0);
/// let data = sample_gaussian(5, 8, 0.125, &mut rng);
/// let shape = StudentShape { inputs: 8, hidden: 6, outputs: 5 };
/// let start = InitialWeights::sample_random(shape, 1e-5, &mut rng)?;
/// let student = ExactStudent::new(data.as_ref(), &start)?;
/// assert!((student.state_at(0.0).train_error()? - 1.0).abs() < 1e-4);
/// assert!(student.state_at(1000.0).train_error()? < 1e-20);
/// # Ok::<(), theory::TheoryError>(())
/// ```
/// From the rich start to the lazy one: at λ = 20 half of the map is there at once.
///
/// ```
/// # use linalg_core::{generator, sample_gaussian};
/// # use theory::{ExactStudent, InitialWeights, StudentShape};
/// # let mut rng = generator(1, "random student", &[], 0);
/// # let data = sample_gaussian(5, 8, 0.125, &mut rng);
/// # let shape = StudentShape { inputs: 8, hidden: 5, outputs: 5 };
/// let start = InitialWeights::sample_balanced(shape, 1e-5, 20.0, &mut rng)?;
/// let student = ExactStudent::new(data.as_ref(), &start)?;
/// assert!((student.balance() - 20.0).abs() < 1e-12);
/// assert!((student.state_at(2f64.ln() / 20.0).train_error()? - 0.25).abs() < 0.01);
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExactStudent {
    coordinates: Coordinates,
    /// ŝ, M values in decreasing order.
    data_strengths: Vec<f64>,
    /// ‖Σ‖²_F.
    squared_data_norm: f64,
    balance: f64,
    decay: f64,
    /// α, β for each data mode.
    sides: Vec<[f64; 2]>,
    /// B on all eigenvectors of F: (αv̂; βû)/√2, (βv̂; −αû)/√2, then the input and the output directions outside the data modes.
    start: Mat<f64>,
    /// Rows of B with r ≥ 0, in decreasing order of r, and those with r < 0 (or outside the data modes with r = 0).
    growing_rows: Vec<usize>,
    falling_rows: Vec<usize>,
    /// B on the growing rows, lower trapezoidal.
    growing: Mat<f64>,
    /// ln |B| of the growing rows, −∞ where zero.
    log_growing: Mat<f64>,
}

impl ExactStudent {
    /// The student that learns `data` (Σ, outputs × inputs) from the weights `start`, whose balance λ is taken from them.
    ///
    /// # Errors
    /// [`TheoryError::WrongShape`] if the shapes do not fit, [`TheoryError::Unbalanced`] if W₂ᵀW₂ − W₁W₁ᵀ differs from every λI (on the
    /// hidden units that have any weight) by more than 10⁻¹² (‖W₁‖² + ‖W₂‖²), [`TheoryError::Linalg`] for entries that are not finite.
    pub fn new(data: MatRef<'_, f64>, start: &InitialWeights) -> Result<Self, TheoryError> {
        Self::from_svd(&thin_svd(data)?, start)
    }

    /// As [`ExactStudent::new`], for data whose thin singular value decomposition is known.
    ///
    /// # Errors
    /// As [`ExactStudent::new`].
    pub fn from_svd(data: &ThinSvd, start: &InitialWeights) -> Result<Self, TheoryError> {
        check_shapes(data, start)?;
        let used = without_inert_units(start);
        let balance = balance_of(&used)?;
        Ok(Self::solve(data, &used, balance, 0.0))
    }

    /// The same student with weight decay γ: both matrices lose (γ/τ)W per unit of time.
    ///
    /// # Errors
    /// If γ is negative, not finite or beyond 1e±60 (0 is legal), or the weights have a balance λ ≠ 0: decay shrinks it, and no closed form
    /// is known then.
    pub fn with_decay(mut self, decay: f64) -> Result<Self, TheoryError> {
        Brakes { decay, balance: self.balance }.validated(2)?;
        self.decay = decay;
        self.sort_rows();
        Ok(self)
    }

    /// The student that goes on from this one's weights at time `t` (units of τ) with other data of the same shape: the next task of a
    /// sequence, with the same balance and decay. Its own time starts at 0.
    ///
    /// # Errors
    /// [`TheoryError::WrongShape`] if the shapes do not fit, [`TheoryError::Linalg`] for entries that are not finite.
    ///
    /// # Panics
    /// If `t` is negative or not finite.
    pub fn followed_by(&self, t: f64, data: MatRef<'_, f64>) -> Result<Self, TheoryError> {
        let (weights, svd) = (self.state_at(t).weights(), thin_svd(data)?);
        check_shapes(&svd, &weights)?;
        Ok(Self::solve(&svd, &without_inert_units(&weights), self.balance, self.decay))
    }

    /// From weights without inert units, of known balance.
    fn solve(data: &ThinSvd, start: &InitialWeights, balance: f64, decay: f64) -> Self {
        let (coordinates, input, output) = Coordinates::new(data, start.first.transpose(), start.second.as_ref());
        let modes = data.singular_values.len();
        let sides: Vec<[f64; 2]> = data.singular_values.iter().map(|&s_hat| sides(s_hat, balance)).collect();
        let half = 0.5_f64.sqrt();
        let (inputs, outputs) = (input.nrows(), output.nrows());
        let rows = Mat::from_fn(inputs + outputs, start.first.nrows(), |i, j| match i {
            i if i < modes => half * (sides[i][0] * input[(i, j)] + sides[i][1] * output[(i, j)]),
            i if i < 2 * modes => {
                let mode = i - modes;
                half * (sides[mode][1] * input[(mode, j)] - sides[mode][0] * output[(mode, j)])
            }
            i if i < modes + inputs => input[(i - modes, j)],
            i => output[(i - inputs, j)],
        });
        let mut student = Self {
            coordinates,
            squared_data_norm: data.singular_values.iter().map(|s| s * s).sum(),
            data_strengths: data.singular_values.clone(),
            balance,
            decay,
            sides,
            start: rows,
            growing_rows: Vec::new(),
            falling_rows: Vec::new(),
            growing: Mat::zeros(0, 0),
            log_growing: Mat::zeros(0, 0),
        };
        student.sort_rows();
        student
    }

    /// Parts growing from falling rows and rotates B until the growing ones are lower trapezoidal.
    fn sort_rows(&mut self) {
        let modes = self.data_strengths.len();
        let is_growing = |&row: &usize| self.rate(row) > 0.0 || (row < modes && self.rate(row) == 0.0);
        let mut growing: Vec<usize> = (0..self.start.nrows()).filter(is_growing).collect();
        growing.sort_by(|&a, &b| self.rate(b).total_cmp(&self.rate(a)));
        self.falling_rows = (0..self.start.nrows()).filter(|row| !is_growing(row)).collect();
        let block = Mat::from_fn(growing.len(), self.start.ncols(), |i, j| self.start[(growing[i], j)]);
        let rotation = block.transpose().qr().compute_Q();
        self.growing = lower_trapezoid(block * &rotation);
        let rotated = &self.start * &rotation;
        self.start = rotated;
        for (i, &row) in growing.iter().enumerate() {
            (0..self.start.ncols()).for_each(|j| self.start[(row, j)] = self.growing[(i, j)]);
        }
        self.log_growing =
            Mat::from_fn(self.growing.nrows(), self.growing.ncols(), |i, j| self.growing[(i, j)].abs().ln());
        self.growing_rows = growing;
    }

    /// λ, W₂ᵀW₂ − W₁W₁ᵀ = λI on the units in use.
    pub fn balance(&self) -> f64 {
        self.balance
    }

    /// γ, the weight decay.
    pub fn decay(&self) -> f64 {
        self.decay
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
    /// As [`ExactStudent::state_at`].
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

    /// √(ŝ² + λ²/4) − |λ|/2 of data mode `mode`.
    fn excess(&self, mode: usize) -> f64 {
        let (s_hat, half) = (self.data_strengths[mode], 0.5 * self.balance.abs());
        if s_hat == 0.0 { 0.0 } else { s_hat * (s_hat / (s_hat.hypot(half) + half)) }
    }

    /// r of a growing row less |λ|/2 − γ: differences between rows stay exact at any |λ| and γ.
    fn growing_excess(&self, row: usize) -> f64 {
        if row < self.data_strengths.len() { self.excess(row) } else { 0.0 }
    }

    /// r of a row of B.
    fn rate(&self, row: usize) -> f64 {
        let (modes, half) = (self.data_strengths.len(), 0.5 * self.balance);
        match row {
            i if i < modes => self.excess(i) + (half.abs() - self.decay),
            i if i < 2 * modes => -(self.excess(i - modes) + half.abs()) - self.decay,
            i if i < modes + self.coordinates.input.ncols() => -half - self.decay,
            _ => half - self.decay,
        }
    }

    /// X with XXᵀ = QQᵀ(t), in the eigenbasis of F; k columns.
    fn factor_at(&self, t: f64) -> Mat<f64> {
        let (rows, units) = self.start.shape();
        let system = self.scaled_system(t);
        let orthonormal = system.qr().compute_thin_Q();
        let fastest = self.growing_rows.first().map_or(0.0, |&row| self.rate(row));
        if fastest * t < 1.0 {
            // e/d is unbounded towards t = 0; there e is bounded and the last rows of the orthonormal factor are T⁻¹.
            let inverse = orthonormal.as_ref().subrows(rows, units);
            let mut factor = &self.start * inverse;
            for i in 0..rows {
                let growth = (self.rate(i) * t).exp();
                (0..units).for_each(|j| factor[(i, j)] *= growth);
            }
            return factor;
        }
        let mut factor = Mat::zeros(rows, units);
        for (i, &row) in self.growing_rows.iter().chain(&self.falling_rows).enumerate() {
            let growth = bounded_growth(self.rate(row), t);
            (0..units).for_each(|j| factor[(row, j)] = orthonormal[(i, j)] * growth);
        }
        factor
    }

    /// \[diag(d)B; I\], growing rows first, with each column divided by the larger of 1 and its largest growing entry.
    fn scaled_system(&self, t: f64) -> Mat<f64> {
        let (rows, units) = self.start.shape();
        let growing = self.growing_rows.len();
        // ln d = rt + prefactor, kept apart: differences of rt between modes are exact only as (rᵢ − rⱼ)t.
        let excesses: Vec<f64> = self.growing_rows.iter().map(|&row| self.growing_excess(row)).collect();
        let offset = 0.5 * self.balance.abs() - self.decay;
        let prefactor = |&row: &usize| bounded_growth(self.rate(row), t).recip().ln();
        let prefactors: Vec<f64> = self.growing_rows.iter().map(prefactor).collect();
        let fall = |&row: &usize| match self.rate(row) {
            0.0 => t.sqrt(),
            rate => bounded_growth(-rate, t).recip(),
        };
        let falls: Vec<f64> = self.falling_rows.iter().map(fall).collect();
        let mut system = Mat::zeros(rows + units, units);
        for j in 0..units {
            let logs = self.log_growing.col(j);
            let log_entry = |i: usize, excess: f64| (excesses[i] - excess) * t + prefactors[i] + logs[i];
            let (mut excess, mut largest) = (-offset, 0.0);
            for (i, &larger) in excesses.iter().enumerate().skip(j) {
                if log_entry(i, excess) > largest {
                    excess = larger;
                    largest = log_entry(i, excess);
                }
            }
            let scale = (-(excess + offset) * t - largest).exp();
            let mut column = system.col_mut(j);
            for i in j..growing {
                column[i] = (log_entry(i, excess) - largest).exp().copysign(self.growing[(i, j)]);
            }
            for (i, &row) in self.falling_rows.iter().enumerate() {
                column[growing + i] = scale * falls[i] * self.start[(row, j)];
            }
            column[rows + j] = scale;
        }
        system
    }
}

/// √2 times the components of v̂ and of û in the growing eigenvector of \[\[−λ/2, ŝ\], \[ŝ, λ/2\]\]: both 1 for λ = 0.
fn sides(s_hat: f64, balance: f64) -> [f64; 2] {
    let half = 0.5 * balance.abs();
    let mu = s_hat.hypot(half);
    if mu == 0.0 {
        return [1.0, 1.0];
    }
    let larger = ((mu + half) / mu).sqrt();
    let smaller = s_hat / (mu * larger);
    if balance < 0.0 { [larger, smaller] } else { [smaller, larger] }
}

/// e^{rt}/d with d² = ∫₀ᵗ e^{2rs} ds: √(2r/(1 − e^{−2rt})), which is 1/√t for r = 0; between 0 and √(2 max(r, 0) + 1/t).
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

/// λ with W₂ᵀW₂ − W₁W₁ᵀ = λI; 0 where that holds to the tolerance.
fn balance_of(used: &InitialWeights) -> Result<f64, TheoryError> {
    let mut imbalance = used.second.transpose() * &used.second - &used.first * used.first.transpose();
    let size = squared_frobenius_norm(used.first.as_ref()) + squared_frobenius_norm(used.second.as_ref());
    let allowed = BALANCE_TOLERANCE * size;
    if frobenius_norm(imbalance.as_ref()) <= allowed {
        return Ok(0.0);
    }
    let units = imbalance.nrows();
    let balance = (0..units).map(|i| imbalance[(i, i)]).sum::<f64>() / units as f64;
    (0..units).for_each(|i| imbalance[(i, i)] -= balance);
    let violation = frobenius_norm(imbalance.as_ref());
    // Written so that a violation that is not a number fails.
    if violation <= allowed { Ok(balance) } else { Err(TheoryError::Unbalanced { violation, allowed }) }
}

/// The weights without the hidden units whose weights are all zero.
fn without_inert_units(start: &InitialWeights) -> InitialWeights {
    let active = |&unit: &usize| start.first.row(unit).norm_max() > 0.0 || start.second.col(unit).norm_max() > 0.0;
    let units: Vec<usize> = (0..start.first.nrows()).filter(active).collect();
    let first = Mat::from_fn(units.len(), start.first.ncols(), |i, j| start.first[(units[i], j)]);
    let second = Mat::from_fn(start.second.nrows(), units.len(), |i, j| start.second[(i, units[j])]);
    InitialWeights { first, second }
}

#[cfg(test)]
mod tests;
