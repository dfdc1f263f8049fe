//! Least test errors of aligned students against SNR.

#[cfg(test)]
mod tests;

use super::draws::Draws;
use super::panels::{mean_points, optima_table};
use super::rules::{MOST_DRAWS, MOST_SEEDS, ascending_positive, title};
use super::students::HalvedStep;
use super::{Assembled, Claims, LinePoint, Optimum, Recipe, Setup, Wanted, censored};
use crate::config::Checks;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::wanted;
use figures::{Axis, Figure, Line, Panel};
use serde::{Deserialize, Serialize};

/// What a config of this kind says: `LeastErrors( title: "…", seed: 1, … )`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeastErrors {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// Independent repetitions.
    pub seeds: u64,
    /// N₁.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
    /// N₂.
    pub hidden: usize,
    /// L.
    pub layers: usize,
    /// ε.
    pub epsilon: f64,
    /// λ.
    pub learning_rate: f64,
    /// Updates of each student.
    pub epochs: u64,
    /// σ_z.
    pub noise: f64,
    /// SNRs, rank 1.
    pub snrs: Vec<f64>,
    /// Independent draws of the data.
    pub draws: usize,
}

/// What is known of one SNR.
struct Condition {
    snr: f64,
    optimum: Optimum,
    draws: Draws,
    step: HalvedStep,
}

impl Recipe for LeastErrors {
    const KIND: &'static str = "LeastErrors";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        self.setup().check(checks);
        checks.in_range("seeds", self.seeds, 2..=MOST_SEEDS).in_range("draws", self.draws, 2..=MOST_DRAWS);
        ascending_positive(checks, "snrs", &self.snrs);
        if checks.all_hold() {
            self.setup().check_beside(checks, &self.snrs[self.snrs.len() - 1..]);
        }
    }

    fn runs(&self) -> Vec<Run> {
        self.wanted().runs().to_vec()
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let conditions = self.wanted().read(results)?;
        let mut claims = Claims::new();
        let points = conditions.iter().map(Condition::line_point).collect::<anyhow::Result<Vec<_>>>()?;
        claims.on_line("least ln ε_te", "a", points).unless(censored(conditions.iter().map(|c| &c.optimum)));

        let theory = |c: &Condition| Ok((c.snr, self.setup().least_test_error(&[c.snr])?));
        let theory = conditions.iter().map(theory).collect::<anyhow::Result<Vec<_>>>()?;
        let students = conditions.iter().map(|c| (c.snr, c.optimum.log_error_summary()));
        let panel = Panel::new(Axis::new("SNR"), Axis::new("least ln ε_{te}"))
            .mark(Line::new("theory", theory).legend("theory"))
            .mark(mean_points("aligned students", students).legend("aligned students"));
        let figure = Figure::new("least-errors", &self.title).description("Least test error over SNR.").panel(panel);
        let tables = vec![optima_table(["snr"], conditions.iter().map(|c| ([c.snr.to_string()], &c.optimum)))];
        let caption =
            format!("Least test error of aligned students, means of {} seeds with 95 % intervals.", self.seeds);
        Ok(Assembled { figure, claims, tables, caption })
    }
}

impl LeastErrors {
    fn setup(&self) -> Setup {
        let Self { seed, inputs, outputs, hidden, layers, epsilon, learning_rate, epochs, noise, .. } = *self;
        let (examples, log_every) = (inputs, None);
        let student = Setup { hidden, layers, epsilon, learning_rate, epochs, log_every, ..Setup::default() };
        Setup { seed, inputs, outputs, examples, noise, ..student }
    }

    /// Which runs are wanted and how they are read, in one expression.
    fn wanted(&self) -> Wanted<'_, Vec<Condition>> {
        let condition = |&snr: &f64| {
            let setup = self.setup();
            let task = setup.task(&[snr]);
            wanted!(Condition {
                optimum: setup.aligned_students(&task, 0..self.seeds).map(|students| students.optimum(0)),
                draws: setup.growing_draws(&[snr], &[], self.draws),
                step: setup.halved_step(&task);
                snr: snr
            })
        };
        Wanted::all(self.snrs.iter().map(condition))
    }
}

impl Condition {
    /// Students beside independent draws of their size, and the draws beside the line as the size grows.
    fn line_point(&self) -> anyhow::Result<LinePoint> {
        let point = LinePoint::new(format!("SNR {}", self.snr), self.draws.least_errors()?);
        Ok(point.simulated(self.optimum.log_error_summary(), self.step.of_least_error()?))
    }
}
