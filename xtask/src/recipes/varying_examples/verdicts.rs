//! What the numbers of examples claim, judged.

use super::{Condition, VaryingExamples};
use crate::study::comparison::{Comparison, Excess, Level, Summary, Verdict};
use crate::study::elements::{Optimum, log_points};
use crate::runs::ensemble::ErrorStatistics;
use sim::{ErrorTrack, TrainingOutcome};

/// Which of the two errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ErrorKind {
    Train,
    Test,
}

impl ErrorKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }

    pub(super) fn track(self, outcome: &TrainingOutcome) -> anyhow::Result<&ErrorTrack> {
        match self {
            Self::Train => Ok(&outcome.train),
            Self::Test => Ok(outcome.test(0)?),
        }
    }

    pub(super) fn ensemble<'a>(self, condition: &Condition<'a>) -> &'a [ErrorStatistics] {
        match self {
            Self::Train => &condition.ensemble.train,
            Self::Test => &condition.ensemble.test,
        }
    }

    pub(super) fn theory(self, condition: &Condition<'_>, t: f64) -> anyhow::Result<f64> {
        match self {
            Self::Train => Ok(condition.curve.train_error_at(t)),
            Self::Test => Ok(condition.curve.test_error_at(t)?),
        }
    }
}

impl VaryingExamples {
    /// Every verdict of the figure; all points share its false-alarm rate.
    pub(super) fn verdicts(&self, conditions: &[Condition<'_>]) -> anyhow::Result<Vec<Verdict>> {
        let (falls, peaks, gaps, widest) =
            (self.falls(conditions), self.peaks(conditions), gaps(conditions), self.widest_gap(conditions));
        let curve_points = 2 * self.curve_examples.len() * (self.point_times - 1);
        let signs = [&falls, &peaks, &gaps, &widest].iter().map(|list| list.len() + 1).sum::<usize>();
        // Half of the rate for the many points on lines, half for the few differences.
        let level = Level::shared_by(2 * (curve_points + conditions.len()));
        let sign_level = Level::shared_by(2 * signs);
        Ok(vec![
            self.curves_on_theory(conditions, ErrorKind::Train, "a", level)?,
            self.curves_on_theory(conditions, ErrorKind::Test, "b", level)?,
            self.least_errors_on_theory(conditions, level)?,
            Verdict::of_excess_on_the_whole("least ln ε_te falls with every step of P", "c", &falls, sign_level),
            Verdict::of_each_excess("the final ln ε_te is highest at P = N₁", "b", &peaks, sign_level),
            Verdict::of_excess_on_the_whole(
                "gaussian inputs never have a lower least ln ε_te than orthonormal ones",
                "d",
                &gaps,
                sign_level,
            ),
            Verdict::of_excess_on_the_whole(
                "that gap is wider at P = N₁ than at the fewest and at the most examples",
                "d",
                &widest,
                sign_level,
            ),
        ])
    }

    /// The conditions of the error curves.
    pub(super) fn curves<'a, 'r>(&'a self, conditions: &'a [Condition<'r>]) -> impl Iterator<Item = &'a Condition<'r>> {
        conditions.iter().filter(|c| c.snr == self.curve_snr && self.curve_examples.contains(&c.examples))
    }

    fn curves_on_theory(
        &self,
        conditions: &[Condition<'_>],
        kind: ErrorKind,
        panel: &str,
        level: Level,
    ) -> anyhow::Result<Verdict> {
        let (epochs, tau) = (self.point_epochs(), self.tau());
        let doubled: Vec<u64> = epochs.iter().map(|epoch| 2 * epoch).collect();
        let mut points = Vec::new();
        for condition in self.curves(conditions) {
            let measured = log_points(&condition.orthonormal, |o| kind.track(o), &epochs, tau)?;
            let coarse = log_points(&[condition.coarse], |o| kind.track(o), &epochs, tau)?;
            let fine = log_points(&[condition.fine], |o| kind.track(o), &doubled, 2.0 * tau)?;
            for (index, point) in measured.iter().enumerate().filter(|(_, point)| point.time > 0.0) {
                let expected = kind.theory(condition, point.time)?.ln();
                let ensemble = kind.ensemble(condition)[index].log_error;
                // Halving the step halves the error it makes.
                let step = 2.0 * (coarse[index].log_error.mean - fine[index].log_error.mean).abs();
                let at = format!("{}, t/τ = {}", condition.place(), point.time);
                points.push(Comparison::with_ensemble(at, point.log_error, expected, ensemble, step, level));
            }
        }
        Ok(Verdict::of_points(
            format!("aligned students' {} error lies on the theory line for every P", kind.name()),
            panel,
            &points,
        ))
    }

    fn least_errors_on_theory(&self, conditions: &[Condition<'_>], level: Level) -> anyhow::Result<Verdict> {
        let t_max = self.epochs as f64 / self.tau();
        let point = |c: &Condition<'_>| -> anyhow::Result<Comparison> {
            let expected = c.curve.optimal_stopping(t_max)?.test_error.ln();
            let step = 2.0 * (c.coarse.test(0)?.least.value.ln() - c.fine.test(0)?.least.value.ln()).abs();
            let (measured, ensemble) = (c.orthonormal_optimum.log_error_summary(), Summary::of(&c.ensemble.least_test));
            Ok(Comparison::with_ensemble(c.place(), measured, expected, ensemble, step, level))
        };
        let points = conditions.iter().map(point).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Verdict::of_points("least ln ε_te lies on the theory line for every P and SNR", "c", &points))
    }

    /// Least ln ε_te minus that at the next larger P, seed by seed.
    fn falls(&self, conditions: &[Condition<'_>]) -> Vec<Excess> {
        let steps = conditions.windows(2).filter(|pair| pair[0].snr == pair[1].snr);
        steps
            .map(|pair| {
                let at = format!("{} to {}", pair[0].place(), pair[1].examples);
                let errors = pair[0].orthonormal_optimum.log_error.iter().zip(&pair[1].orthonormal_optimum.log_error);
                Excess { at, by_seed: errors.map(|(fewer, more)| fewer - more).collect() }
            })
            .collect()
    }

    /// Final ln ε_te at P = N₁ minus that at every other P.
    fn peaks(&self, conditions: &[Condition<'_>]) -> Vec<Excess> {
        self.at_inputs_minus(conditions, |c| c.examples != self.inputs, final_log_errors)
    }

    /// Gap between gaussian and orthonormal inputs at P = N₁ minus that at either end of the range of P.
    fn widest_gap(&self, conditions: &[Condition<'_>]) -> Vec<Excess> {
        let ends = [self.examples[0], self.examples[self.examples.len() - 1]];
        self.at_inputs_minus(conditions, |c| ends.contains(&c.examples) && c.examples != self.inputs, |c| c.gaps())
    }

    /// A number at P = N₁ minus the same at other P, seed by seed.
    fn at_inputs_minus(
        &self,
        conditions: &[Condition<'_>],
        others: impl Fn(&Condition<'_>) -> bool,
        number: impl Fn(&Condition<'_>) -> Vec<f64>,
    ) -> Vec<Excess> {
        let mut excesses = Vec::new();
        for square in conditions.iter().filter(|c| c.examples == self.inputs) {
            let at_inputs = number(square);
            for other in conditions.iter().filter(|c| c.snr == square.snr && others(c)) {
                let by_seed = at_inputs.iter().zip(number(other)).map(|(square, other)| square - other).collect();
                excesses.push(Excess { at: other.place(), by_seed });
            }
        }
        excesses
    }
}

impl Condition<'_> {
    fn place(&self) -> String {
        format!("SNR {}, P = {}", self.snr, self.examples)
    }

    /// Least ln ε_te with gaussian minus that with orthonormal inputs, seed by seed.
    fn gaps(&self) -> Vec<f64> {
        let log_error = |optimum: &Optimum| optimum.log_error.clone();
        log_error(&self.gaussian_optimum).iter().zip(&self.orthonormal_optimum.log_error).map(|(g, o)| g - o).collect()
    }
}

fn gaps(conditions: &[Condition<'_>]) -> Vec<Excess> {
    conditions.iter().map(|c| Excess { at: c.place(), by_seed: c.gaps() }).collect()
}

/// ln ε_te at the end of training; NaN, which no verdict passes, for a zero teacher.
pub(super) fn final_log_errors(condition: &Condition<'_>) -> Vec<f64> {
    condition.orthonormal.iter().map(|o| o.test(0).map_or(f64::NAN, |track| track.last.ln())).collect()
}
