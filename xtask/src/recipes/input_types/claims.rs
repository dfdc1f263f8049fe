//! What the kind of inputs changes and what it does not.

use super::{InputTypes, KindResults, NoiseResults};
use crate::runs::summary::Summary;
use crate::study::error_curves::log_error;
use crate::study::panels::letters;
use crate::study::series::first_crossing;
use crate::study::{Claims, Trained};
use anyhow::Context as _;
use sim::{ErrorTrack, InputKind, TrainingOutcome};

impl InputTypes {
    pub(super) fn claims(&self, levels: &[NoiseResults]) -> anyhow::Result<Claims> {
        let mut claims = Claims::new();
        self.white_inputs_coincide(&mut claims, levels)?;
        self.gaussian_keeps_the_shape(&mut claims, levels)?;
        self.gaussian_starts_earlier(&mut claims, levels)?;
        self.gaussian_is_worse(&mut claims, levels)?;
        Ok(claims)
    }

    fn panels(&self) -> String {
        letters(0..self.noises.len())
    }

    fn white_inputs_coincide(&self, claims: &mut Claims, levels: &[NoiseResults]) -> anyhow::Result<()> {
        let mut differences = Vec::new();
        for results in levels {
            let one_hot = results.of(InputKind::OneHot)?;
            let orthonormal = results.of(InputKind::Orthonormal)?;
            for epoch in self.point_epochs().into_iter().filter(|epoch| *epoch > 0) {
                let logs = |kind: &KindResults| -> anyhow::Result<Vec<f64>> {
                    let at = |student: &Trained| log_error(student, student.test(0)?, epoch);
                    kind.students.outcomes.iter().map(at).collect()
                };
                let difference = Summary::of_differences(&logs(orthonormal)?, &logs(one_hot)?);
                differences.push((format!("σ_z = {}, t/τ = {}", results.noise, epoch as f64 / self.tau()), difference));
            }
        }
        let margin = self.same_error_within;
        let claim = format!(
            "ln ε_te with one-hot and with orthonormal inputs differ by less than {margin} at every time (paired, means)"
        );
        claims.paired_equal(claim, self.panels(), margin, differences).tell("White inputs cannot be told apart.");
        Ok(())
    }

    fn gaussian_keeps_the_shape(&self, claims: &mut Claims, levels: &[NoiseResults]) -> anyhow::Result<()> {
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
        claims.positive(claim, self.panels(), changes).tell("With gaussian inputs the curve keeps its shape.");
        Ok(())
    }

    fn gaussian_starts_earlier(&self, claims: &mut Claims, levels: &[NoiseResults]) -> anyhow::Result<()> {
        let claim =
            format!("with gaussian inputs the test error falls below {} earlier (paired t/τ)", self.start_level);
        let (mut leads, mut never) = (Vec::new(), None);
        for results in levels {
            let starts = |kind: InputKind| -> anyhow::Result<Option<Vec<f64>>> {
                results.of(kind)?.students.outcomes.iter().map(|student| self.start_time(student)).collect()
            };
            match (starts(InputKind::Gaussian)?, starts(InputKind::OneHot)?) {
                (Some(gaussian), Some(one_hot)) => {
                    leads.push((format!("σ_z = {}", results.noise), Summary::of_differences(&one_hot, &gaussian)));
                }
                _ => never = Some(format!("some student with σ_z = {} never got there", results.noise)),
            }
        }
        claims.positive(claim, self.panels(), leads).unless(never);
        claims.tell("With them learning starts earlier, along the inputs' strong directions.");
        Ok(())
    }

    fn gaussian_is_worse(&self, claims: &mut Claims, levels: &[NoiseResults]) -> anyhow::Result<()> {
        let mut losses = Vec::new();
        for results in levels {
            let least = |kind: InputKind| -> anyhow::Result<Vec<f64>> {
                Ok(results.of(kind)?.tracks()?.iter().map(|track| track.least.value.ln()).collect())
            };
            let loss = Summary::of_differences(&least(InputKind::Gaussian)?, &least(InputKind::OneHot)?);
            losses.push((format!("σ_z = {}", results.noise), loss));
        }
        let claim = "gaussian inputs reach a higher least ln ε_te than one-hot inputs within this time (paired)";
        claims.positive(claim, self.panels(), losses);
        claims.tell("What gaussian inputs reach within this time is worse.");
        Ok(())
    }

    /// t/τ at which the test error first is below the level that counts as a start, read off the logged curve.
    pub(super) fn start_time(&self, student: &TrainingOutcome) -> anyhow::Result<Option<f64>> {
        let logged = student.epochs.iter().zip(&student.test(0)?.logged);
        let curve: Vec<(f64, f64)> = logged.map(|(&epoch, &error)| (epoch as f64 / self.tau(), error)).collect();
        Ok(first_crossing(&curve, self.start_level))
    }
}

impl NoiseResults {
    /// Whether random students on white inputs are predicted to pass their least mean test error before the last time: with
    /// little noise none of it is learned within the range, and there is no rise whose shape could be kept.
    fn white_inputs_rise(&self) -> bool {
        let means: Vec<f64> = self.exact.test.iter().map(|statistics| statistics.log_error.mean).collect();
        means.last().is_some_and(|last| means.iter().any(|mean| mean < last))
    }

    fn of(&self, kind: InputKind) -> anyhow::Result<&KindResults> {
        self.kinds.iter().find(|k| k.kind == kind).context("no run has this kind of inputs")
    }
}

impl KindResults {
    fn tracks(&self) -> anyhow::Result<Vec<&ErrorTrack>> {
        self.students.outcomes.iter().map(|student| Ok(student.test(0)?)).collect()
    }
}
