//! Intervals by parametric bootstrap: data like the given ones, drawn again and analysed in the same way.

mod simulated;

pub(crate) use simulated::{SimulatedTasks, projections};

use crate::error::at_least_one;
use crate::noise_analysis::level_of_rest;
use crate::risk_estimate::least_between;
use crate::{NoiseAnalysis, NoiseSource, RiskEstimate, SpikedMatrix, Student, TheoryError};
use linalg_core::faer::Mat;
use linalg_core::{generator, in_order, thin_svd};
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How intervals are drawn: the estimated teacher (its strengths, its noise) is taken for the truth, data are drawn from it at the
/// actual size and analysed as the given ones were; how far the answers then are from that truth is how far the given answer may be
/// from the real one. Their mean is the bias and is taken off.
///
/// Beyond the paper. Same seed, same numbers, at any number of threads.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Bootstrap {
    draws: usize,
    seed: u64,
    confidence: f64,
}

/// An estimate, its bias taken off, and where the truth is with the confidence asked for.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Interval {
    /// The corrected estimate.
    pub estimate: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// When to stop, and what to expect then, from one matrix.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct StoppingForecast {
    /// The time of the least risk, in units of τ, with the interval of the time that is best for these data.
    pub time: Interval,
    /// The test error at that time, relative to the estimated ‖W̄‖².
    pub test_error: Interval,
    /// The least of the risk estimate as it stands, relative to the same: biased low.
    pub least_risk: f64,
    /// s̄ of the modes that stand out.
    pub strengths: Vec<Interval>,
}

impl Bootstrap {
    /// `draws` draws and a confidence of 95 %. 200 are plenty, 40 tell an interval to a tenth of its length.
    ///
    /// # Errors
    /// If there are fewer than 2 draws.
    pub fn new(draws: usize) -> Result<Self, TheoryError> {
        if draws < 2 {
            let allowed = "2 or more";
            return Err(TheoryError::OutOfDomain { parameter: "draws", value: draws as f64, allowed });
        }
        Ok(Self { draws, seed: 0, confidence: 0.95 })
    }

    /// The same from another seed.
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The same with another confidence.
    ///
    /// # Errors
    /// Unless it lies between 0 and 1.
    pub fn with_confidence(self, confidence: f64) -> Result<Self, TheoryError> {
        if !(confidence > 0.0 && confidence < 1.0) {
            let allowed = "between 0 and 1";
            return Err(TheoryError::OutOfDomain { parameter: "confidence", value: confidence, allowed });
        }
        Ok(Self { confidence, ..self })
    }

    /// When a student of one matrix should stop, and with what error.
    ///
    /// `data_strengths` are all singular values of the matrix that `analysis` is of, `pace` is D for W* of P > N₁, else 1; `progress` is
    /// told how many draws are done.
    ///
    /// # Errors
    /// [`TheoryError::ZeroReference`] if no mode stands out; [`TheoryError::OutOfDomain`] if the values are not those that were
    /// analysed; otherwise as [`RiskEstimate::from_strengths`] and [`RiskEstimate::optimal_stopping`].
    pub fn stopping(
        &self,
        analysis: &NoiseAnalysis,
        data_strengths: &[f64],
        student: &Student,
        pace: f64,
        t_max: f64,
        progress: impl Fn(usize) + Sync,
    ) -> Result<StoppingForecast, TheoryError> {
        if analysis.rank() == 0 {
            return Err(TheoryError::ZeroReference { reference: "the teacher, as far as it stands out of the noise," });
        }
        let matrix = analysis.matrix();
        let (rows, columns) = (matrix.rows(), matrix.columns());
        let (values, power) = (values_of(analysis, data_strengths)?, analysis.signal_power());
        let best = RiskEstimate::from_strengths(rows, columns, values, matrix.entry_variance(), student)?
            .with_pace(pace)?
            .with_signal_power(power)?
            .optimal_stopping(t_max)?;
        let strengths: Vec<f64> = analysis.modes().iter().map(|mode| mode.strength).collect();
        let teacher = Mat::from_fn(rows, strengths.len(), |i, j| if i == j { strengths[j] } else { 0.0 });
        let tasks = SimulatedTasks::new(columns, vec![teacher], vec![matrix.entry_variance()]);
        let refit = Refit::of(analysis);
        let deviations = self.draw(progress, |run| {
            let mut rng = generator(self.seed, "bootstrap", &[rows as u64, columns as u64], run);
            let data = tasks.sample(&mut rng).remove(0);
            let svd = thin_svd(data.as_ref())?;
            let (variance, found) = refit.apply(rows, columns, &svd.singular_values)?;
            let risk = RiskEstimate::of_part(&svd, columns, 0..rows, variance, student)?.with_pace(pace)?;
            let towards = projections(&svd, 0, tasks.teacher(0));
            let times = risk.coarse_times(t_max);
            let chosen = least_between(|t| risk.change_at(t), &times);
            let ideal = least_between(|t| risk.distance_change_at(&towards, t), &times);
            let estimated = 1.0 + chosen.test_error / found.iter().map(|s| s * s).sum::<f64>();
            let actual = 1.0 + risk.distance_change_at(&towards, chosen.time) / power;
            // Errors scatter in proportion: their ratio keeps its law where the strengths are misjudged.
            let mut deviations = vec![chosen.time - ideal.time, (estimated.max(LEAST_ERROR) / actual).ln()];
            deviations.extend(found.iter().zip(&strengths).map(|(found, strength)| found - strength));
            Ok(deviations)
        })?;
        let interval =
            |estimate, quantity: usize| self.interval(estimate, deviations.iter().map(|deviation| deviation[quantity]));
        let time = interval(best.time, 0);
        Ok(StoppingForecast {
            // The corrected time would no longer be that of the least risk.
            time: Interval { estimate: best.time, low: time.low.max(0.0), high: time.high.clamp(0.0, t_max) },
            test_error: interval(best.test_error.max(LEAST_ERROR).ln(), 1).exp(),
            least_risk: best.test_error,
            strengths: strengths.iter().enumerate().map(|(mode, &strength)| interval(strength, 2 + mode)).collect(),
        })
    }

    /// One value for each draw, in order, on all threads.
    pub(crate) fn draw<T: Send>(
        &self,
        progress: impl Fn(usize) + Sync,
        draw: impl Fn(u64) -> Result<T, TheoryError> + Sync,
    ) -> Result<Vec<T>, TheoryError> {
        at_least_one("draws", self.draws)?;
        let done = AtomicUsize::new(0);
        let draws = in_order(self.draws, |run| {
            let value = draw(run as u64)?;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            Ok(value)
        });
        draws.into_iter().collect()
    }

    /// The interval around an estimate from the deviations of its like from their truth.
    pub(crate) fn interval(&self, estimate: f64, deviations: impl Iterator<Item = f64> + Clone) -> Interval {
        let count = self.draws as f64;
        let bias = deviations.clone().sum::<f64>() / count;
        let spread = (deviations.map(|d| (d - bias).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
        // The deviation of one more draw from the mean of these, both of them and the spread being known from as many draws only.
        let law = StudentsT::new(0.0, 1.0, count - 1.0).expect("two draws or more");
        let reach = law.inverse_cdf(0.5 + 0.5 * self.confidence) * spread * (1.0 + 1.0 / count).sqrt();
        let estimate = estimate - bias;
        Interval { estimate, low: estimate - reach, high: estimate + reach }
    }

    /// The same with draws in pairs that mirror each other ([`SimulatedTasks::sample_mirrored`]): their means tell the bias far better, and
    /// the spread is known from as many values as there are pairs.
    pub(crate) fn interval_of_pairs(&self, estimate: f64, pairs: &[[f64; 2]]) -> Interval {
        let count = pairs.len() as f64;
        let means: Vec<f64> = pairs.iter().map(|[a, b]| 0.5 * (a + b)).collect();
        let bias = means.iter().sum::<f64>() / count;
        let of_bias = means.iter().map(|mean| (mean - bias).powi(2)).sum::<f64>() / (count - 1.0) / count;
        let spread = pairs.iter().flatten().map(|d| (d - bias).powi(2)).sum::<f64>() / (2.0 * count - 1.0);
        let law = StudentsT::new(0.0, 1.0, count - 1.0).expect("two pairs or more");
        let reach = law.inverse_cdf(0.5 + 0.5 * self.confidence) * (spread + of_bias).sqrt();
        let estimate = estimate - bias;
        Interval { estimate, low: estimate - reach, high: estimate + reach }
    }

    /// Half as many draws, two at least: what is drawn in pairs.
    pub(crate) fn halved(&self) -> Self {
        Self { draws: self.draws.div_ceil(2).max(2), ..*self }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }
}

/// Chance can make the estimate of a small error negative; its logarithm starts here.
const LEAST_ERROR: f64 = 1e-6;

impl Interval {
    fn exp(self) -> Self {
        Self { estimate: self.estimate.exp(), low: self.low.exp(), high: self.high.exp() }
    }
}

/// The values of the dimensions that are not missing, or an error if `data_strengths` are not what `analysis` is of.
fn values_of<'a>(analysis: &NoiseAnalysis, data_strengths: &'a [f64]) -> Result<&'a [f64], TheoryError> {
    let (matrix, given) = (analysis.matrix(), data_strengths.len());
    let present = matrix.rows().min(matrix.columns());
    // Without noise nothing was taken off the sizes.
    let missing = if matrix.entry_variance() > 0.0 { analysis.missing() } else { 0 };
    if given != present + missing {
        let (parameter, allowed) = ("number of data_strengths", "that of the matrix that was analysed");
        return Err(TheoryError::OutOfDomain { parameter, value: given as f64, allowed });
    }
    let pairs = data_strengths.iter().zip(analysis.modes());
    if let Some((&value, _)) = pairs.into_iter().find(|(value, mode)| **value != mode.data_strength) {
        let allowed = "the value that was analysed";
        return Err(TheoryError::OutOfDomain { parameter: "data_strengths", value, allowed });
    }
    Ok(&data_strengths[..present])
}

/// How noise and strengths of a drawn matrix are estimated: as those of the given one were, at its rank.
#[derive(Clone, Copy)]
pub(crate) struct Refit {
    rank: usize,
    given: Option<f64>,
}

impl Refit {
    pub(crate) fn of(analysis: &NoiseAnalysis) -> Self {
        let given = (analysis.source() != NoiseSource::Bulk).then_some(analysis.entry_variance());
        Self { rank: analysis.rank(), given }
    }

    /// ν and s̄ of the modes.
    pub(crate) fn apply(&self, rows: usize, columns: usize, values: &[f64]) -> Result<(f64, Vec<f64>), TheoryError> {
        let variance = match self.given {
            Some(variance) => variance,
            None => level_of_rest(rows, columns, values, self.rank)?,
        };
        let matrix = SpikedMatrix::new(rows, columns, variance)?;
        let strength = |&value: &f64| Ok(matrix.true_strength(value)?.unwrap_or(matrix.threshold()));
        Ok((variance, values[..self.rank].iter().map(strength).collect::<Result<_, TheoryError>>()?))
    }
}
