//! Noise level, rank and goodness of fit, from one matrix.

mod calibration;

use crate::error::positive;
use crate::risk_estimate::{check_strengths, rounding_rank};
use crate::{NoiseLevel, SpikedMatrix, Task, TheoryError};
use calibration::{LargestShare, fit_of_bulk};
use linalg_core::faer::MatRef;
use linalg_core::singular_values;

/// What one data matrix says of its noise: its level, how many modes stand out of it, and whether what is left looks like white
/// noise at all.
///
/// Modes are taken out one at a time, spikes first, and the largest value left is held against what pure noise of the size that is
/// left would show: mode r stands out if ŝ_r² is too large a share of Σ_{k≥r} ŝ_k² for (n−r+1) × (m−r+1) noise. A share does not
/// depend on the noise level, so the test needs no estimate of it. Its law is sampled (bidiagonal draws, cheap at any
/// size) and smoothed by a gamma law of the sample's mean, deviation and skewness. The rank is the largest r whose test fails at the
/// level asked for, so that strong modes do not hide behind each other. With the noise given, ŝ_r² itself is the statistic.
///
/// The noise level is that of the values left, whose squares sum to ν(n−r)(m−r)(1 − Σ ν/s̄_α²): the r modes
/// have drawn some of the noise to themselves. Their median is not used: spikes bias it.
///
/// Goodness of fit is the Kolmogorov-Smirnov distance between the values left and the Marchenko-Pastur law of their size and
/// level, against the same distance of sampled noise treated in the same way. Data that fail it are not "low rank + white noise", and
/// no prediction of this theory applies to them.
///
/// Values that are zero but for rounding (as after centring, or with constant or repeated columns) are counted as missing dimensions
/// of the shorter side; with fewer than half of the values left the matrix counts as of low rank without noise.
///
/// Beyond the paper. How often noise alone is taken for a mode, and how well levels and ranks are found, is measured in
/// docs/EXPLAIN.md.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct NoiseAnalysis {
    matrix: SpikedMatrix,
    source: NoiseSource,
    level: f64,
    missing: usize,
    standard_error: f64,
    modes: Vec<FoundMode>,
    next_p_value: Option<f64>,
    fit: Option<BulkFit>,
}

/// Where a noise level comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum NoiseSource {
    /// It was given.
    Given,
    /// Estimated from the bulk of singular values.
    Bulk,
    /// There is none: the matrix is of low rank to rounding.
    Rounding,
}

/// A mode that stands out of the noise.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct FoundMode {
    /// ŝ.
    pub data_strength: f64,
    /// s̄, the estimate of the teacher's strength ([`SpikedMatrix::true_strength`]); the threshold for a mode that is significant but
    /// not above the bulk's edge.
    pub strength: f64,
    /// |û·ū| as implied by the strength.
    pub overlap_output: f64,
    /// |v̂·v̄| as implied by the strength.
    pub overlap_input: f64,
    /// Probability that noise alone, after the stronger modes are taken out, shows a value like this.
    pub p_value: f64,
}

/// How well the values left fit the law of noise.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct BulkFit {
    /// Kolmogorov-Smirnov distance from the Marchenko-Pastur law.
    pub distance: f64,
    /// Probability that white noise is as far from it.
    pub p_value: f64,
}

/// Values of the bulk below which its level cannot be estimated.
pub(crate) const FEWEST: usize = 8;

/// Seed of the calibrating draws: the answer for given data is always the same.
const SEED: u64 = 0;

impl NoiseAnalysis {
    /// Analyses a data matrix (outputs × inputs) at significance `level`, for example 0.05.
    ///
    /// # Errors
    /// As [`NoiseAnalysis::of_values`], or if an entry is not finite.
    pub fn of_matrix(data: MatRef<'_, f64>, noise: NoiseLevel, level: f64) -> Result<Self, TheoryError> {
        Self::of_values(data.nrows(), data.ncols(), &singular_values(data)?, noise, level)
    }

    /// The same from the min(rows, columns) singular values in decreasing order.
    ///
    /// # Errors
    /// [`TheoryError::TooFewNoiseValues`] if the noise is unknown and fewer than eight values could be its bulk;
    /// [`TheoryError::OutOfDomain`] if the level is not between 0 and 1, a given noise variance negative, or the values no singular
    /// values.
    pub fn of_values(
        rows: usize,
        columns: usize,
        data_strengths: &[f64],
        noise: NoiseLevel,
        level: f64,
    ) -> Result<Self, TheoryError> {
        check_strengths(rows, columns, data_strengths)?;
        if !(level > 0.0 && level < 1.0) {
            let allowed = "between 0 and 1";
            return Err(TheoryError::OutOfDomain { parameter: "level", value: level, allowed });
        }
        let known = rounding_rank(rows, columns, data_strengths);
        let values = &data_strengths[..known];
        let missing = data_strengths.len() - known;
        let given = match noise {
            NoiseLevel::EntryVariance(0.0) => Some(0.0),
            NoiseLevel::EntryVariance(variance) => Some(positive("entry_variance", variance)?),
            NoiseLevel::Unknown => None,
        };
        let noiseless = given == Some(0.0) || known == 0 || (given.is_none() && 2 * known < data_strengths.len());
        if noiseless {
            let source = if given.is_some() { NoiseSource::Given } else { NoiseSource::Rounding };
            return Self::without_noise(rows, columns, values, source, level, missing);
        }
        if given.is_none() && known <= FEWEST {
            return Err(TheoryError::TooFewNoiseValues { values: known, needed: FEWEST + 1 });
        }
        let [rows, columns] = if rows <= columns { [rows - missing, columns] } else { [rows, columns - missing] };
        let p_values = p_values(rows, columns, values, given)?;
        let rank = p_values.iter().rposition(|&p| p <= level).map_or(0, |last| last + 1);
        let entry_variance = match given {
            Some(variance) => variance,
            None => level_of_rest(rows, columns, values, rank)?,
        };
        let [left_rows, left_columns] = [rows - rank, columns - rank];
        let matrix = SpikedMatrix::new(rows, columns, entry_variance)?;
        let entries = (left_rows * left_columns) as f64;
        let standard_error = if given.is_some() { 0.0 } else { (entry_variance / (2.0 * entries)).sqrt() };
        let modes = (0..rank).map(|mode| FoundMode::new(&matrix, values[mode], p_values[mode]));
        Ok(Self {
            modes: modes.collect::<Result<_, _>>()?,
            next_p_value: p_values.get(rank).copied(),
            fit: fit_of_bulk(left_rows, left_columns, &values[rank..], given)?,
            matrix,
            source: if given.is_some() { NoiseSource::Given } else { NoiseSource::Bulk },
            level,
            missing,
            standard_error,
        })
    }

    fn without_noise(
        rows: usize,
        columns: usize,
        values: &[f64],
        source: NoiseSource,
        level: f64,
        missing: usize,
    ) -> Result<Self, TheoryError> {
        let matrix = SpikedMatrix::new(rows, columns, 0.0)?;
        let modes = values.iter().map(|&value| FoundMode::new(&matrix, value, 0.0)).collect::<Result<_, _>>()?;
        let (standard_error, next_p_value, fit) = (0.0, None, None);
        Ok(Self { matrix, source, level, missing, standard_error, modes, next_p_value, fit })
    }

    /// r, the number of modes that stand out.
    pub fn rank(&self) -> usize {
        self.modes.len()
    }

    /// ν, the variance of one noise entry, as given or as estimated.
    pub fn entry_variance(&self) -> f64 {
        self.matrix.entry_variance()
    }

    /// √ν.
    pub fn entry_deviation(&self) -> f64 {
        self.entry_variance().sqrt()
    }

    /// The standard error of [`NoiseAnalysis::entry_deviation`]; 0 if it was given or there is no noise.
    pub fn standard_error(&self) -> f64 {
        self.standard_error
    }

    /// Where the level comes from.
    pub fn source(&self) -> NoiseSource {
        self.source
    }

    /// The significance level asked for.
    pub fn level(&self) -> f64 {
        self.level
    }

    /// The modes that stand out, strongest first.
    pub fn modes(&self) -> &[FoundMode] {
        &self.modes
    }

    /// The probability that noise alone shows a value like the strongest that does *not* count as a mode; `None` if all values
    /// count or too few are left to tell.
    pub fn next_p_value(&self) -> Option<f64> {
        self.next_p_value
    }

    /// How well the rest fits the law of noise; `None` without noise or with fewer than eight values left.
    pub fn fit(&self) -> Option<BulkFit> {
        self.fit
    }

    /// The noise and its size: the sizes of the data less those dimensions that are missing but for rounding.
    pub fn matrix(&self) -> &SpikedMatrix {
        &self.matrix
    }

    /// Number of singular values that are zero but for rounding.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// ‖W̄‖² as far as it stands out: Σ s̄² of the modes.
    pub fn signal_power(&self) -> f64 {
        self.modes.iter().map(|mode| mode.strength * mode.strength).sum()
    }

    /// The task that the data speak of: the strengths of the modes that stand out, and the noise, for closed forms
    /// ([`LearningCurve`](crate::LearningCurve)) and ensembles at this size. `pace` is D for W* of P > N₁, else 1.
    ///
    /// # Errors
    /// [`TheoryError::NothingToLearn`] without modes and noise; if `pace` is below 1 or strengths or noise cannot be computed with
    /// (beyond 1e±60: scale the data first).
    pub fn estimated_task(&self, pace: f64) -> Result<Task, TheoryError> {
        let (inputs, outputs) = (self.matrix.columns(), self.matrix.rows());
        let strengths: Vec<f64> = self.modes.iter().map(|mode| mode.strength).collect();
        let examples = (positive("pace", pace)?.max(1.0) * inputs as f64).round();
        Task::new(inputs, outputs, &strengths)?
            .with_examples(examples as usize)?
            // ν = σ_z²/P.
            .with_noise((self.entry_variance() * examples).sqrt())
    }

    /// The strength that a single mode needs to be found with probability one half: that whose ŝ is the critical value of the
    /// largest of pure noise.
    ///
    /// # Errors
    /// If the calibrating decompositions fail.
    pub fn least_strength(&self) -> Result<f64, TheoryError> {
        let (rows, columns) = (self.matrix.rows(), self.matrix.columns());
        if self.entry_variance() == 0.0 {
            return Ok(0.0);
        }
        let law = LargestShare::of(rows, columns, self.source == NoiseSource::Given)?;
        let critical = (law.critical(self.level) * self.entry_variance()).sqrt();
        Ok(self.matrix.true_strength(critical)?.unwrap_or(self.matrix.threshold()))
    }
}

impl FoundMode {
    fn new(matrix: &SpikedMatrix, data_strength: f64, p_value: f64) -> Result<Self, TheoryError> {
        let strength = matrix.true_strength(data_strength)?.unwrap_or(matrix.threshold());
        let (overlap_output, overlap_input) = (matrix.overlap_output(strength), matrix.overlap_input(strength));
        Ok(Self { data_strength, strength, overlap_output, overlap_input, p_value })
    }
}

/// The p-value of mode 1, 2, … after those before it are taken out, as far as enough values are left.
fn p_values(rows: usize, columns: usize, values: &[f64], given: Option<f64>) -> Result<Vec<f64>, TheoryError> {
    // In units of the largest value no square leaves the range.
    let largest = values[0];
    let squares: Vec<f64> = values.iter().map(|value| (value / largest).powi(2)).collect();
    let tested = match given {
        Some(_) => values.len(),
        None => values.len() - FEWEST,
    };
    (0..tested)
        .map(|mode| {
            let [left_rows, left_columns] = [rows - mode, columns - mode];
            let level = match given {
                Some(variance) => (variance.sqrt() / largest).powi(2),
                None => squares[mode..].iter().sum::<f64>() / (left_rows * left_columns) as f64,
            };
            LargestShare::p_value(left_rows, left_columns, squares[mode] / level, given.is_some())
        })
        .collect()
}

/// ν from the values left after `rank` modes: Σ ŝ² = ν(n−r)(m−r)(1 − Σ ν/s̄²), solved by iteration from below.
pub(crate) fn level_of_rest(rows: usize, columns: usize, values: &[f64], rank: usize) -> Result<f64, TheoryError> {
    let entries = ((rows - rank) * (columns - rank)) as f64;
    let sum: f64 = values[rank..].iter().map(|value| value * value).sum();
    let mut variance = sum / entries;
    for _ in 0..20 {
        let matrix = SpikedMatrix::new(rows, columns, variance)?;
        let mut drawn = 0.0;
        for &value in &values[..rank] {
            let strength = matrix.true_strength(value)?.unwrap_or(matrix.threshold());
            drawn += variance / (strength * strength);
        }
        variance = sum / (entries * (1.0 - drawn.min(0.5)));
    }
    Ok(variance)
}
