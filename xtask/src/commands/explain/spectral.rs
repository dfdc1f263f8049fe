//! The answers of the theory for one matrix whose noise is white.

use super::record::{Error, Fit, Missed, Mode, Moment, Noise, Point, Record, Regularised, Stopping, Student};
use super::{Decay, Options};
use faer::{Mat, MatRef};
use linalg_core::{ThinSvd, binary_exponent, scaled_by_power_of_two, thin_svd, times_power_of_two};
use theory::{
    BestDecayAndTime, Bootstrap, Ensemble, LearningCurve, ModeGrowth, NoiseAnalysis, NoiseLevel, NoiseSource,
    Regularisation, RiskEstimate, SpikedMatrix, Task, TheoryError,
};

/// A p-value of the fit below which white noise is contradicted.
const CONTRADICTED: f64 = 0.01;
/// Points of a curve.
const POINTS: usize = 120;

/// What is asked: a matrix, its noise variance if known, and how many times faster than τ it is learned.
pub(super) struct Question<'a> {
    pub matrix: MatRef<'a, f64>,
    pub noise: Option<f64>,
    pub source: &'static str,
    pub pace: f64,
}

/// The record, and what only the picture and the files need.
pub(super) struct Answer {
    pub record: Record,
    /// All singular values, in units of the data.
    pub values: Vec<f64>,
    /// The noise, in units of the data divided by 2^exponent.
    pub law: Option<SpikedMatrix>,
    pub exponent: i32,
    /// Growth of the modes that stand out: s(t) at the times of the curve, in units of the data.
    pub growth: Vec<Vec<f64>>,
    /// The best estimate of the matrix without its noise.
    pub shrunken: Option<Mat<f64>>,
}

/// Units in which numbers are of ordinary size: a strength of 1 is 2^exponent in units of the data.
struct Units {
    exponent: i32,
    power: f64,
}

impl Units {
    fn strength(&self, value: f64) -> f64 {
        times_power_of_two(value, self.exponent)
    }

    fn own(&self, strength: f64) -> f64 {
        times_power_of_two(strength, -self.exponent)
    }

    /// A time in units of τ from one in these units: τ ds/dt ∝ s^p (ŝ − s).
    fn time(&self, time: f64) -> f64 {
        time / self.rate(1.0)
    }

    /// A rate, such as decay, from one in these units.
    fn rate(&self, rate: f64) -> f64 {
        // Of deep students this can be beyond all numbers.
        if rate == 0.0 { 0.0 } else { rate * (f64::from(self.exponent) * self.power).exp2() }
    }
}

pub(super) fn answer(question: &Question<'_>, options: &Options, warnings: Vec<String>) -> anyhow::Result<Answer> {
    let exponent = binary_exponent(question.matrix).unwrap_or(0);
    let layers = options.layers.unwrap_or(2);
    let units = Units { exponent, power: 2.0 - 2.0 / layers as f64 };
    let svd = thin_svd(scaled_by_power_of_two(question.matrix, -exponent).as_ref())?;
    let values = svd.singular_values.clone();
    let (rows, columns) = question.matrix.shape();
    let hidden = options.hidden.unwrap_or(rows.min(columns));
    let epsilon = options.epsilon.map_or(1e-5 * values[0], |epsilon| units.own(epsilon));
    let student = theory::Student::new(hidden, layers, epsilon)?;
    let mut record = Record {
        level: options.level,
        student: Student { hidden, layers, epsilon: units.strength(epsilon), decay: 0.0 },
        warnings,
        ..Record::default()
    };
    let noise = match question.noise {
        Some(variance) => NoiseLevel::EntryVariance(times_power_of_two(variance, -2 * exponent)),
        None => NoiseLevel::Unknown,
    };
    let mut answer = Answer {
        values: values.iter().map(|value| units.strength(*value)).collect(),
        record: Record::default(),
        law: None,
        exponent,
        growth: Vec::new(),
        shrunken: None,
    };
    let found = match NoiseAnalysis::of_values(rows, columns, &values, noise, options.level) {
        Ok(found) => found,
        Err(TheoryError::TooFewNoiseValues { values, needed }) => {
            record.warnings.push(format!(
                "The noise cannot be estimated from {values} singular values; {needed} or more are needed. Give it with --noise \
                 (standard deviation of an entry) and every question is answered."
            ));
            return Ok(Answer { record, ..answer });
        }
        Err(error) => return Err(error.into()),
    };
    record.noise = Some(Noise {
        entry_deviation: units.strength(found.entry_deviation()),
        standard_error: units.strength(found.standard_error()),
        source: match found.source() {
            NoiseSource::Given => question.source,
            _ => "bulk",
        },
    });
    record.rank = Some(found.rank());
    record.missed = Missed {
        p_value: found.next_p_value(),
        least_strength: (found.rank() == 0).then(|| found.least_strength()).transpose()?.map(|s| units.strength(s)),
    };
    record.fit =
        found.fit().map(|fit| Fit { distance: fit.distance, p_value: fit.p_value, holds: fit.p_value >= CONTRADICTED });
    if found.missing() > 0 {
        record.warnings.push(format!(
            "{} of {} singular values are zero but for rounding: rows or columns depend on each other (as after centring, or \
             repeated and constant ones). They are left out.",
            found.missing(),
            values.len()
        ));
    }
    let holds = record.fit.is_none_or(|fit| fit.holds);
    let latest = |growth: &ModeGrowth| match options.t_max {
        Some(t) => t / units.time(1.0),
        None => latest(growth, &found, &values) / question.pace,
    };
    let mut best = None;
    let decay = match options.decay {
        Some(Decay::Given(decay)) if decay > 0.0 => decay / units.rate(1.0),
        Some(Decay::Best) if holds && found.rank() > 0 => {
            let risk = risk_estimate(&found, &values, &student, question.pace)?;
            let t_max = latest(&student.mode_growth());
            best.insert(BestDecayAndTime::from_data(&risk, &student, t_max)?).decay
        }
        _ => 0.0,
    };
    let student = student.with_decay(decay)?;
    record.student.decay = units.rate(decay);
    // In data time, of which `pace` units pass in one of t.
    let growth = student.clone().with_decay(decay / question.pace)?.mode_growth();
    let half = |s_hat: f64| {
        let end = growth.final_strength(s_hat);
        let time = growth.time_to_reach(s_hat, 0.5 * end).ok().flatten().filter(|_| end > 2.0 * epsilon);
        time.map(|time| units.time(time / question.pace))
    };
    record.modes = (found.modes().iter())
        .map(|mode| Mode {
            data_strength: units.strength(mode.data_strength),
            strength: units.strength(mode.strength),
            strength_low: None,
            strength_high: None,
            overlap_output: mode.overlap_output,
            overlap_input: mode.overlap_input,
            p_value: mode.p_value,
            half_learned: half(mode.data_strength),
        })
        .collect();
    if found.rank() > 0 {
        let leading = svd.leading(found.rank());
        let strengths =
            leading.singular_values.iter().map(|s| units.strength(found.matrix().best_strength(*s))).collect();
        answer.shrunken = Some(ThinSvd { singular_values: strengths, ..leading }.reconstruct());
    }
    if found.entry_variance() > 0.0 {
        answer.law = Some(*found.matrix());
    }
    if found.rank() > 0 {
        let t_max = latest(&growth);
        let times: Vec<f64> = (0..=POINTS).map(|i| t_max * i as f64 / POINTS as f64).collect();
        answer.growth = (found.modes().iter().take(12))
            .map(|mode| {
                times
                    .iter()
                    .map(|t| units.strength(growth.strength_at(mode.data_strength, t * question.pace)))
                    .collect()
            })
            .collect();
        let power: f64 = values.iter().map(|s| s * s).sum();
        let residual = |t: f64| {
            let left = values.iter().enumerate().map(|(k, &s)| match k < hidden {
                true => (s - growth.strength_at(s, t * question.pace)).powi(2),
                false => s * s,
            });
            left.sum::<f64>() / power
        };
        record.curve = times
            .iter()
            .map(|&t| Point { t: units.time(t), train_error: Some(residual(t)), ..Point::default() })
            .collect();
        if holds {
            record.regularised = best.map(|best| regularised(best, &units));
            forecast(&mut record, &found, &values, (&student, question.pace, t_max), &units, options)?;
        }
    }
    Ok(Answer { record, ..answer })
}

/// When the noise is learned as well, or all there is if there is none.
fn latest(growth: &ModeGrowth, found: &NoiseAnalysis, values: &[f64]) -> f64 {
    let weakest = found.modes().last().map_or(values[0], |mode| mode.data_strength);
    let last = if found.entry_variance() > 0.0 { found.matrix().edge().min(weakest) } else { weakest };
    let last = last.max(1e-3 * values[0]).max(2.0 * growth.epsilon());
    // Noise that decay keeps down is never learned.
    let learned = [last, weakest, values[0]].into_iter().filter(|&s| growth.final_strength(s) > 2.0 * growth.epsilon());
    let time = learned.filter_map(|s| growth.time_to_reach(s, 0.95 * growth.final_strength(s)).ok().flatten()).next();
    1.5 * time.unwrap_or(10.0)
}

fn regularised(best: BestDecayAndTime, units: &Units) -> Regularised {
    Regularised { decay: units.rate(best.decay), time: units.time(best.time), test_error: best.test_error }
}

/// The error that the data tell of, relative to what stands out of the noise.
fn risk_estimate(
    found: &NoiseAnalysis,
    values: &[f64],
    student: &theory::Student,
    pace: f64,
) -> Result<RiskEstimate, TheoryError> {
    let matrix = found.matrix();
    let (rows, columns) = (matrix.rows(), matrix.columns());
    let mut padded = values[..values.len() - found.missing()].to_vec();
    padded.resize(rows.min(columns), 0.0);
    RiskEstimate::from_strengths(rows, columns, &padded, found.entry_variance(), student)?
        .with_pace(pace)?
        .with_signal_power(found.signal_power())
}

/// Everything that needs the noise to be white: risk, closed form, shrinkage, intervals.
fn forecast(
    record: &mut Record,
    found: &NoiseAnalysis,
    values: &[f64],
    (student, pace, t_max): (&theory::Student, f64, f64),
    units: &Units,
    options: &Options,
) -> anyhow::Result<()> {
    let matrix = found.matrix();
    let (rows, columns) = (matrix.rows(), matrix.columns());
    let risk = risk_estimate(found, values, student, pace)?;
    let strengths: Vec<f64> = found.modes().iter().map(|mode| mode.strength).collect();
    let task = Task::new(columns, rows, &strengths)?.with_noise(matrix.kappa())?;
    // In data time.
    let paced = student.clone().with_decay(student.decay() / pace)?;
    let closed = LearningCurve::new(&task, &paced);
    let best = risk.optimal_stopping(t_max)?;
    record.stopping = Some(Stopping {
        time: units.time(best.time),
        epochs: None,
        test_error: best.test_error,
        low: None,
        high: None,
    });
    let predicted = closed.optimal_stopping(t_max * pace)?;
    record.predicted = Some(Moment { time: units.time(predicted.time / pace), test_error: predicted.test_error });
    record.shrinkage = Some(Error { test_error: closed.shrinkage_error()? });
    // Deeper students with decay hardly leave a small start.
    if record.regularised.is_none() && student.layers() <= 2 {
        let BestDecayAndTime { decay, time, test_error, censored } = Regularisation::new(&task, &paced, None)?.both;
        let (decay, time) = (pace * decay, time / pace);
        record.regularised = Some(regularised(BestDecayAndTime { decay, time, test_error, censored }, units));
    }
    for point in &mut record.curve {
        let t = point.t / units.time(1.0);
        point.risk = Some(risk.test_error_at(t)?);
        point.predicted = Some(closed.test_error_at(t * pace)?);
    }
    let draws = (options.work / (rows as f64 * columns as f64 * rows.min(columns) as f64)) as usize;
    if draws < 20 {
        record.warnings.push("No intervals: drawing as many matrices of this size would take too long.".to_owned());
        return Ok(());
    }
    let draws = draws.min(200);
    let progress = |done: usize| options.progress.tell("intervals", done, draws);
    let bootstrap = Bootstrap::new(draws)?.with_seed(options.seed);
    let forecast = bootstrap.stopping(found, values, student, pace, t_max, progress)?;
    if let Some(stopping) = &mut record.stopping {
        stopping.test_error = forecast.test_error.estimate;
        (stopping.low, stopping.high) = (Some(forecast.test_error.low), Some(forecast.test_error.high));
    }
    for (mode, interval) in record.modes.iter_mut().zip(&forecast.strengths) {
        mode.strength_low = Some(units.strength(interval.low.max(0.0)));
        mode.strength_high = Some(units.strength(interval.high));
    }
    let times: Vec<f64> = record.curve.iter().map(|point| point.t / units.time(1.0) * pace).collect();
    let ensemble = Ensemble::sample(&task, draws.min(60), options.seed)?.aligned(&paced, &times, 0.0)?;
    for (point, band) in record.curve.iter_mut().zip(ensemble.test_errors().into_iter().flatten()) {
        [point.low, point.high] = band.band_95.map(Some);
    }
    Ok(())
}
