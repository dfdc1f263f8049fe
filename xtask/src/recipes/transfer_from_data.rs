//! Which other task helps, told from the data, and what it does to learn that task first (figx5).

mod estimates;
mod pretraining;
mod ranking;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::ensemble::Brakes;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::rules::{MOST_UNITS, title};
use crate::study::{Assembled, Claims, Recipe, Setup};
use estimates::Estimates;
use figures::Figure;
use pretraining::Pretraining;
use ranking::Ranking;
use serde::{Deserialize, Serialize};
use sim::TaskSpec;
use theory::SpikedMatrix;

/// Transfer estimated from data, the partner chosen by it, and pretraining beside joint training; one hidden layer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferFromData {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// N₁.
    pub inputs: usize,
    /// N₃ of every task.
    pub outputs: usize,
    /// N₂.
    pub hidden: usize,
    /// ε.
    pub epsilon: f64,
    /// λ.
    pub learning_rate: f64,
    /// Updates of each student; latest stopping time.
    pub epochs: u64,
    /// σ_z.
    pub noise: f64,
    /// Level of the rank tests.
    pub level: f64,
    /// Panel (a).
    pub estimates: Estimates,
    /// Panel (b).
    pub ranking: Ranking,
    /// Panels (c) and (d).
    pub pretraining: Pretraining,
}

impl Recipe for TransferFromData {
    const KIND: &'static str = "TransferFromData";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        self.setup().check(checks);
        checks.in_range("inputs", self.inputs, 2..=MOST_UNITS).positive("noise", self.noise).require(
            "level",
            0.0 < self.level && self.level < 1.0,
            "must be above 0 and below 1",
        );
        self.estimates.check(checks, self);
        self.ranking.check(checks, self);
        self.pretraining.check(checks, self);
        if checks.all_hold() {
            self.setup().training_rules().together(checks, self.strongest_data_mode(), 1.0);
        }
    }

    fn runs(&self) -> Vec<Run> {
        let (estimates, ranking, pretraining) =
            (self.estimates.wanted(self), self.ranking.wanted(self), self.pretraining.wanted(self));
        [estimates.runs(), ranking.runs(), pretraining.runs()].concat()
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let pairs = self.estimates.wanted(self).read(results)?;
        let choices = self.ranking.wanted(self).read(results)?;
        let sequences = self.pretraining.wanted(self).read(results)?;
        let mut claims = Claims::new();
        self.estimates.claims(&mut claims, &pairs);
        self.ranking.claims(&mut claims, &choices);
        self.pretraining.claims(&mut claims, &sequences);
        let figure = Figure::new("transfer-from-data", &self.title)
            .description(
                "Transfer benefit estimated from data against the true one; regret of the chosen partner; least errors after \
                 pretraining, in company and alone; what is forgotten while another task is learned.",
            )
            .columns(2)
            .aspect(0.72)
            .width(1000.0)
            .panel(self.estimates.panel(&pairs))
            .panel(self.ranking.panel(&choices))
            .panel(self.pretraining.wins_panel(&sequences))
            .panel(self.pretraining.forgetting_panel(&sequences));
        let tables =
            vec![self.estimates.table(&pairs), self.ranking.table(&choices), self.pretraining.table(&sequences)];
        Ok(Assembled { figure, claims, tables, caption: self.caption() })
    }
}

impl TransferFromData {
    fn setup(&self) -> Setup {
        let Self { seed, inputs, outputs, hidden, epsilon, learning_rate, epochs, noise, .. } = *self;
        let (examples, layers, log_every, brakes) = (inputs, 2, None, Brakes::default());
        Setup {
            seed,
            inputs,
            outputs,
            examples,
            noise,
            hidden,
            layers,
            epsilon,
            brakes,
            learning_rate,
            epochs,
            log_every,
        }
    }

    /// Tasks of the given strengths, all with as many outputs, learned together.
    fn tasks(&self, strengths: &[&[f64]], alignment: f64) -> TaskSpec {
        let outputs = vec![self.outputs; strengths.len()];
        TaskSpec { noise: self.noise, ..TaskSpec::joint(self.inputs, &outputs, strengths, alignment) }
    }

    /// The largest predicted ŝ, of the strongest pair fully aligned; 0 if the theory refuses the sizes.
    fn strongest_data_mode(&self) -> f64 {
        let (a, b) = self.estimates.strongest();
        let strongest = a.hypot(b).max(self.pretraining.strongest());
        let variance = self.noise * self.noise / self.inputs as f64;
        SpikedMatrix::new(2 * self.outputs, self.inputs, variance).map_or(0.0, |matrix| matrix.strength(strongest))
    }

    fn caption(&self) -> String {
        let Self { inputs, outputs, hidden, estimates, ranking, pretraining, .. } = self;
        let forgetting = pretraining.strength_a.middling;
        format!(
            "Tasks with {outputs} outputs each share {inputs} inputs; students have {hidden} hidden units. (a) The benefit T of a task B \
             for a task A, estimated from their two data matrices alone by the unbiased risk of A's outputs, against the true one of \
             students trained on these data ({} seeds of every pair; filled: rank 1, open: rank 3). (b) One of {} candidates is \
             chosen to be learned together with a task of strength {}: by how much T falls short of the best candidate's, for the \
             candidate of the largest estimate, for the strongest, and for any, over {} draws; 95 % intervals. All \
             tasks have P examples. (c) The least error of A after pretraining on B for {} τ (s̄_B = {}), and of A and B learned together, relative to A \
             learned alone from a fresh start: lines are exact random students over {} draws, points trained ones, {} seeds. (d) Training on A (s̄_A = {forgetting}) \
             after B: what is learned of A and forgotten of B; lines and points as in (c).",
            estimates.seeds,
            ranking.candidates.len(),
            ranking.strength,
            ranking.draws,
            pretraining.time,
            pretraining.strength_b,
            pretraining.draws,
            pretraining.seeds
        )
    }
}
