//! What rules for stopping reach on single draws: those that need no teacher beside those that do.

use super::aligned::AlignedRun;
use super::check_times;
use super::data_draw::{DataDraw, DrawnData, Factors};
use crate::risk_estimate::least_between;
use crate::{ModeGrowth, NoiseAnalysis, NoiseLevel, RiskEstimate, Student, Task, TheoryError};
use linalg_core::faer::Mat;
use linalg_core::{generator, in_order, sample_gaussian, sample_haar_columns};

/// Test errors of a training-aligned student on one draw of its data, stopped by different rules.
///
/// P examples, of which P_v may be held out: their inputs and those of the rest are white (Σ¹¹ = D_v I and D_t I, as when every input is
/// shown equally often), so that the two parts are independent draws Y_v and Y_t of the teacher plus noise of variance σ_z²/P_v and σ_z²/P_t, and
/// all examples together are Y = (P_v Y_v + P_t Y_t)/P. A student that is trained on a part follows the modes of its matrix; its error on
/// the examples held out is ‖Y_v − W(t)‖² and a constant.
///
/// Beyond the paper.
///
/// ```
/// use theory::{StoppingTrial, Student, Task};
///
/// // 100 examples of 20 inputs, as much noise in their mean as in 20 of unit noise.
/// let task = Task::new(20, 10, &[4.0])?.with_examples(100)?.with_noise(5f64.sqrt())?;
/// let trials = StoppingTrial::sample(&task, &Student::new(10, 2, 1e-4)?, 20, 2.0, 50, 1)?;
/// let mean = |error: fn(&StoppingTrial) -> f64| trials.iter().map(error).sum::<f64>() / 50.0;
/// // The estimate from the data alone costs less than a fifth of the examples.
/// assert!(mean(|trial| trial.best) < mean(|trial| trial.by_risk));
/// assert!(mean(|trial| trial.by_risk) < mean(|trial| trial.held_out));
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoppingTrial {
    /// Trained on all examples, at the best time for this draw.
    pub best: f64,
    /// On all examples, where [`RiskEstimate`] with the true noise is least.
    pub by_risk_of_known_noise: f64,
    /// On all examples, where [`RiskEstimate`] with the noise of [`NoiseAnalysis`] (level 0.05) is least.
    pub by_risk: f64,
    /// On all examples, at the time that is best for the mean of 200 other draws: to know it one needs the teacher's strengths.
    pub at_fixed_time: f64,
    /// On the examples that are not held out, where the error on those held out is least.
    pub held_out: f64,
    /// On all examples, for as many updates of that size as [`StoppingTrial::held_out`] says, less by P_t/P since more examples
    /// push harder.
    pub trained_again: f64,
}

/// Draws behind the time fixed beforehand; their run indices start at the second number.
const REHEARSALS: (usize, u64) = (200, 1 << 32);
/// Times at which the mean of these is looked at.
const LOOKS: usize = 400;
/// Significance level of the modes that do not count as noise.
const LEVEL: f64 = 0.05;

impl StoppingTrial {
    /// `draws` draws of the data of `task`, all times within \[0, `t_max`\], with `held_out` = P_v. They depend on `seed`, their index and
    /// the sizes only.
    ///
    /// # Errors
    /// [`TheoryError::OutOfDomain`] if there are no draws, `t_max` is negative or not finite, or the examples held out or those left are
    /// fewer than the inputs; [`TheoryError::ZeroReference`] for a zero teacher; as [`NoiseAnalysis::of_values`].
    pub fn sample(
        task: &Task,
        student: &Student,
        held_out: usize,
        t_max: f64,
        draws: usize,
        seed: u64,
    ) -> Result<Vec<Self>, TheoryError> {
        crate::error::at_least_one("draws", draws)?;
        check_times(&[], t_max)?;
        if task.rank() == 0 {
            return Err(TheoryError::ZeroReference { reference: "the teacher" });
        }
        let left = task.examples().saturating_sub(held_out);
        for (parameter, examples) in [("examples held out", held_out), ("examples left", left)] {
            if examples < task.inputs() {
                let allowed = "at least the number of inputs, or they are not white";
                return Err(TheoryError::OutOfDomain { parameter, value: examples as f64, allowed });
            }
        }
        let study = Study { task, student, held_out, t_max, seed };
        let fixed_time = study.best_time_of_mean()?;
        in_order(draws, |run| study.trial(run as u64, fixed_time)).into_iter().collect()
    }
}

struct Study<'a> {
    task: &'a Task,
    student: &'a Student,
    held_out: usize,
    t_max: f64,
    seed: u64,
}

/// One draw: all examples, those that are not held out, and the latter as they are seen by those held out.
struct Parts {
    all: DataDraw,
    trained: DataDraw,
    validated: DataDraw,
}

impl Study<'_> {
    fn sample(&self, run: u64) -> Result<Parts, TheoryError> {
        let (inputs, outputs, examples) = (self.task.inputs(), self.task.outputs(), self.task.examples());
        let stream = |purpose, size: usize| generator(self.seed, purpose, &[size as u64], run);
        let teacher = Factors {
            left: sample_haar_columns(outputs, self.task.rank(), &mut stream("stopping teacher outputs", outputs)),
            strengths: self.task.strengths().to_vec(),
            right: sample_haar_columns(inputs, self.task.rank(), &mut stream("stopping teacher inputs", inputs)),
        };
        let variance = self.task.noise() * self.task.noise();
        let noise = |purpose, part: usize| {
            sample_gaussian(outputs, inputs, variance / part as f64, &mut stream(purpose, outputs))
        };
        let rest = examples - self.held_out;
        let (held_out, trained) = (noise("stopping noise held out", self.held_out), noise("stopping noise", rest));
        let share = |part: usize| part as f64 / examples as f64;
        let mean = Mat::from_fn(outputs, inputs, |i, j| {
            share(self.held_out) * held_out[(i, j)] + share(rest) * trained[(i, j)]
        });
        let density = |part: usize| part as f64 / inputs as f64;
        let seen = teacher.matrix() + held_out;
        let all = DrawnData::from_parts(teacher.clone(), mean, 0.0, density(examples))?;
        let trained = DrawnData::from_parts(teacher, trained, 0.0, density(rest))?;
        let blocks = [outputs];
        Ok(Parts {
            all: all.reduce(&blocks),
            trained: trained.reduce(&blocks),
            validated: trained.against(seen).reduce(&blocks),
        })
    }

    fn growth(&self, examples: usize) -> ModeGrowth {
        self.student.growth_at_pace(examples as f64 / self.task.inputs() as f64)
    }

    fn trial(&self, run: u64, fixed_time: f64) -> Result<StoppingTrial, TheoryError> {
        let (inputs, outputs, examples) = (self.task.inputs(), self.task.outputs(), self.task.examples());
        let Parts { all, trained, validated } = self.sample(run)?;
        let (growth, held_growth) = (self.growth(examples), self.growth(examples - self.held_out));
        let student = AlignedRun::new(&all, self.student, &growth);
        let error_at = |t: f64| student.block_errors(0, &[t])[0];
        let found = NoiseAnalysis::of_values(outputs, inputs, all.data_strengths(), NoiseLevel::Unknown, LEVEL)?
            .entry_variance();
        let by_risk = |variance: f64| -> Result<f64, TheoryError> {
            let risk = RiskEstimate::from_strengths(outputs, inputs, all.data_strengths(), variance, self.student)?;
            Ok(error_at(risk.with_pace(all.pace())?.least_change(self.t_max)?.time))
        };
        let chosen = AlignedRun::new(&validated, self.student, &held_growth).stopping(0, self.t_max).time;
        Ok(StoppingTrial {
            best: student.stopping(0, self.t_max).test_error,
            by_risk_of_known_noise: by_risk(self.task.noise().powi(2) / examples as f64)?,
            by_risk: by_risk(found)?,
            at_fixed_time: error_at(fixed_time),
            held_out: AlignedRun::new(&trained, self.student, &held_growth).block_errors(0, &[chosen])[0],
            trained_again: error_at(chosen * trained.pace() / all.pace()),
        })
    }

    /// The time at which the mean error of other draws is least.
    fn best_time_of_mean(&self) -> Result<f64, TheoryError> {
        let times: Vec<f64> = (0..=LOOKS).map(|k| self.t_max * k as f64 / LOOKS as f64).collect();
        let growth = self.growth(self.task.examples());
        let errors = in_order(REHEARSALS.0, |run| -> Result<Vec<f64>, TheoryError> {
            let all = self.sample(REHEARSALS.1 + run as u64)?.all;
            Ok(AlignedRun::new(&all, self.student, &growth).block_errors(0, &times))
        });
        let errors = errors.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mean: Vec<f64> = (0..times.len()).map(|k| errors.iter().map(|run| run[k]).sum()).collect();
        let at = |t: f64| mean[(t / self.t_max * LOOKS as f64).round() as usize];
        Ok(if self.t_max > 0.0 { least_between(at, &times).time } else { 0.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn study<'a>(task: &'a Task, student: &'a Student) -> Study<'a> {
        Study { task, student, held_out: 30, t_max: 3.0, seed: 5 }
    }

    fn task() -> Task {
        Task::new(14, 12, &[3.0, 1.5]).unwrap().with_examples(90).unwrap().with_noise(2.0).unwrap()
    }

    #[test]
    fn each_rule_stops_where_it_says() {
        let (task, student) = (task(), Student::new(12, 2, 1e-3).unwrap());
        let study = study(&task, &student);
        let growth = student.mode_growth();
        let fixed_time = study.best_time_of_mean().unwrap();
        for run in 0..5 {
            let (parts, trial) = (study.sample(run).unwrap(), study.trial(run, fixed_time).unwrap());
            let error = |draw: &DataDraw, t: f64| {
                let held = draw.data_strengths().iter().map(|&s| growth.strength_at(s, t * draw.pace()));
                draw.test_error(&held.collect::<Vec<_>>()).unwrap()
            };
            let lowest = |value: &dyn Fn(f64) -> f64, from: f64, step: f64| {
                let times = (0..=1200).map(|k| (from + step * f64::from(k)).max(0.0));
                times.min_by(|a, b| value(*a).total_cmp(&value(*b))).unwrap()
            };
            let least = |value: &dyn Fn(f64) -> f64| {
                let coarse = lowest(value, 0.0, 0.0025);
                lowest(value, coarse - 0.003, 5e-6)
            };
            let close = |value: f64, expected: f64, what: &str| {
                assert!((value - expected).abs() < 2e-5 * expected, "{what} in draw {run}: {value} for {expected}");
            };
            close(trial.best, error(&parts.all, least(&|t| error(&parts.all, t))), "best");
            let chosen = least(&|t| error(&parts.validated, t));
            close(trial.held_out, error(&parts.trained, chosen), "held out");
            close(trial.trained_again, error(&parts.all, chosen * 60.0 / 90.0), "trained again");
            close(trial.at_fixed_time, error(&parts.all, fixed_time), "fixed");
            let risk = RiskEstimate::from_strengths(12, 14, parts.all.data_strengths(), 4.0 / 90.0, &student).unwrap();
            let chosen = least(&|t| risk.at(t * parts.all.pace()).risk);
            close(trial.by_risk_of_known_noise, error(&parts.all, chosen), "risk");
            assert!(trial.by_risk >= trial.best && trial.at_fixed_time >= trial.best);
        }
    }

    /// The noise of all examples is that of their mean; that of the examples held out is independent of the others'.
    #[test]
    fn parts_have_the_noise_of_their_sizes() {
        let (task, student) = (task(), Student::new(12, 2, 1e-3).unwrap());
        let study = study(&task, &student);
        let (draws, entries, power) = (200, 168.0, 11.25);
        let (mut squares, mut seen) = ([0.0; 2], 0.0);
        for run in 0..draws {
            let parts = study.sample(run).unwrap();
            for (square, draw) in squares.iter_mut().zip([&parts.all, &parts.trained]) {
                *square += draw.data_strengths().iter().map(|s| s * s).sum::<f64>() - power;
            }
            // û_kᵀ Z_v v̂_k.
            let noise = |mode| parts.validated.best_strength(0, mode) - parts.trained.best_strength(0, mode);
            seen += (0..12).map(|mode| noise(mode).powi(2)).sum::<f64>();
        }
        let count = draws as f64;
        for (square, examples) in squares.into_iter().zip([90.0, 60.0]) {
            let expected = entries * 4.0 / examples;
            // Of a sum of squares, and of the teacher's product with the noise.
            let deviation = (2.0 / entries + 4.0 * power / (expected * entries)).sqrt() / count.sqrt();
            assert!((square / count / expected - 1.0).abs() < 4.0 * deviation, "{square} for {expected}");
        }
        let ratio = seen / (12.0 * count) / (4.0 / 30.0);
        assert!((ratio - 1.0).abs() < 4.0 * (2.0 / (12.0 * count)).sqrt(), "{ratio}");
    }

    #[test]
    fn parts_without_white_inputs_are_refused() {
        let (task, student) = (task(), Student::new(12, 2, 1e-3).unwrap());
        for held_out in [0, 13, 77, 90, 100] {
            let refused = StoppingTrial::sample(&task, &student, held_out, 3.0, 2, 1).unwrap_err().to_string();
            assert!(refused.contains("at least the number of inputs"), "{refused}");
        }
        assert!(StoppingTrial::sample(&task, &student, 14, f64::NAN, 2, 1).is_err());
        assert!(StoppingTrial::sample(&task, &student, 14, 3.0, 0, 1).is_err());
        let none = Task::new(14, 12, &[]).unwrap().with_examples(90).unwrap();
        assert!(StoppingTrial::sample(&none, &student, 14, 3.0, 2, 1).is_err());
        assert_eq!(StoppingTrial::sample(&task, &student, 14, 0.0, 1, 1).unwrap().len(), 1);
    }
}
