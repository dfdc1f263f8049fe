//! What the kind of inputs changes and what it does not, judged.

use super::{InputTypes, KindResults, NoiseResults};
use crate::study::comparison::{Comparison, Level, Summary, Verdict, first_crossing};
use crate::study::elements::log_points;
use anyhow::Context as _;
use sim::{ErrorTrack, InputKind, TrainingOutcome};

impl InputTypes {
    /// Every verdict of the figure; all statistical points share its false-alarm rate.
    pub(super) fn verdicts(&self, levels: &[NoiseResults<'_>]) -> anyhow::Result<Vec<Verdict>> {
        // White inputs beside each other at every time but 0; fall, rise, start and least error of Gaussian inputs.
        let level = Level::shared_by(levels.len() * (self.point_times - 1 + 4));
        Ok(vec![
            self.white_inputs_coincide(levels, level)?,
            self.gaussian_keeps_the_shape(levels, level)?,
            self.gaussian_starts_earlier(levels, level)?,
            self.gaussian_is_worse(levels, level)?,
        ])
    }

    fn panels(&self) -> String {
        (0..self.noises.len()).map(figures::panel_letter).collect::<Vec<_>>().join(", ")
    }

    fn white_inputs_coincide(&self, levels: &[NoiseResults<'_>], level: Level) -> anyhow::Result<Verdict> {
        let mut points = Vec::new();
        for results in levels {
            let one_hot = results.of(InputKind::OneHot)?;
            let orthonormal = results.of(InputKind::Orthonormal)?;
            for epoch in self.point_epochs().into_iter().filter(|epoch| *epoch > 0) {
                let logs = |kind: &KindResults<'_>| -> anyhow::Result<Vec<f64>> {
                    let at = |s: &&TrainingOutcome| {
                        Ok(log_points(&[s], |o| Ok(o.test(0)?), &[epoch], self.tau())?[0].log_error.mean)
                    };
                    kind.students.iter().map(at).collect()
                };
                let difference = Summary::of_differences(&logs(orthonormal)?, &logs(one_hot)?);
                let at = format!("σ_z = {}, t/τ = {}", results.noise, epoch as f64 / self.tau());
                points.push(Comparison::with_student_interval(at, difference, 0.0, level));
            }
        }
        let claim = "test errors with one-hot and with orthonormal inputs coincide within intervals (paired ln ε_te)";
        Ok(Verdict::of_points(claim, self.panels(), &points))
    }

    fn gaussian_keeps_the_shape(&self, levels: &[NoiseResults<'_>], level: Level) -> anyhow::Result<Verdict> {
        let mut changes = Vec::new();
        for results in levels {
            let tracks = results.of(InputKind::Gaussian)?.tracks()?;
            let summary = |change: &dyn Fn(&ErrorTrack) -> f64| {
                Summary::of(&tracks.iter().map(|track| change(track)).collect::<Vec<_>>())
            };
            changes.push((
                format!("the fall, σ_z = {}", results.noise),
                summary(&|t| t.logged[0].ln() - t.least.value.ln()),
            ));
            if results.white_inputs_rise() {
                let rise = summary(&|t| t.last.ln() - t.least.value.ln());
                changes.push((format!("the rise, σ_z = {}", results.noise), rise));
            }
        }
        let claim = "with gaussian inputs the test error still falls to a minimum and, where it does so with white inputs \
                     within this time, rises again (change of ln ε_te)";
        Ok(Verdict::of_positive(claim, self.panels(), &changes, level))
    }

    fn gaussian_starts_earlier(&self, levels: &[NoiseResults<'_>], level: Level) -> anyhow::Result<Verdict> {
        let claim = format!("with gaussian inputs the test error falls below {} earlier", self.start_level);
        let (mut leads, mut list) = (Vec::new(), Vec::new());
        for results in levels {
            let starts = |kind: InputKind| -> anyhow::Result<Option<Vec<f64>>> {
                results.of(kind)?.students.iter().map(|student| self.start_time(student)).collect()
            };
            let (Some(gaussian), Some(one_hot)) = (starts(InputKind::Gaussian)?, starts(InputKind::OneHot)?) else {
                return Ok(Verdict::not_judged(
                    claim,
                    self.panels(),
                    format!("some student with σ_z = {} never got there", results.noise),
                ));
            };
            list.push(format!(
                "{:.3} before {:.3} (σ_z = {})",
                Summary::of(&gaussian).mean,
                Summary::of(&one_hot).mean,
                results.noise
            ));
            leads.push((format!("σ_z = {}", results.noise), Summary::of_differences(&one_hot, &gaussian)));
        }
        Ok(with_list(Verdict::of_positive(claim, self.panels(), &leads, level), "t/τ", &list))
    }

    fn gaussian_is_worse(&self, levels: &[NoiseResults<'_>], level: Level) -> anyhow::Result<Verdict> {
        let (mut losses, mut list) = (Vec::new(), Vec::new());
        for results in levels {
            let least = |kind: InputKind| -> anyhow::Result<Vec<f64>> {
                Ok(results.of(kind)?.tracks()?.iter().map(|track| track.least.value.ln()).collect())
            };
            let (gaussian, one_hot) = (least(InputKind::Gaussian)?, least(InputKind::OneHot)?);
            let means = [&gaussian, &one_hot].map(|values| Summary::of(values).mean);
            list.push(format!("{:.3} against {:.3} (σ_z = {})", means[0], means[1], results.noise));
            losses.push((format!("σ_z = {}", results.noise), Summary::of_differences(&gaussian, &one_hot)));
        }
        let verdict = Verdict::of_positive(
            "gaussian inputs reach a worse least test error than one-hot inputs",
            self.panels(),
            &losses,
            level,
        );
        Ok(with_list(verdict, "least ln ε_te", &list))
    }

    /// t/τ at which the test error first is below the level that counts as a start, read off the logged curve.
    pub(super) fn start_time(&self, student: &TrainingOutcome) -> anyhow::Result<Option<f64>> {
        let logged = student.epochs.iter().zip(&student.test(0)?.logged);
        let curve: Vec<(f64, f64)> = logged.map(|(&epoch, &error)| (epoch as f64 / self.tau(), error)).collect();
        Ok(first_crossing(&curve, self.start_level))
    }
}

impl<'a> NoiseResults<'a> {
    /// Whether random students on white inputs are predicted to pass their least mean test error before the last time: with
    /// little noise none of it is learned within the range, and there is no rise whose shape could be kept.
    fn white_inputs_rise(&self) -> bool {
        let means: Vec<f64> = self.exact.test.iter().map(|statistics| statistics.log_error.mean).collect();
        means.last().is_some_and(|last| means.iter().any(|mean| mean < last))
    }

    fn of(&self, kind: InputKind) -> anyhow::Result<&KindResults<'a>> {
        self.kinds.iter().find(|k| k.kind == kind).context("no run has this kind of inputs")
    }
}

impl<'a> KindResults<'a> {
    fn tracks(&self) -> anyhow::Result<Vec<&'a ErrorTrack>> {
        self.students.iter().map(|student| Ok(student.test(0)?)).collect()
    }
}

/// Puts the numbers themselves before the one that decided.
fn with_list(mut verdict: Verdict, what: &str, list: &[String]) -> Verdict {
    verdict.measured = format!("{what} {}; difference, {}", list.join(", "), verdict.measured);
    verdict
}
