//! A run: an independent, seeded piece of work whose outcome depends on its description alone.

use crate::runs::ensemble::{
    EnsembleOutcome, EnsembleSpec, PartnersOutcome, PartnersSpec, PretrainingOutcome, PretrainingSpec,
    ShrinkageOutcome, ShrinkageSpec, StoppingOutcome, StoppingSpec, TransferOutcome, TransferSpec,
};
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sim::{Experiment, Progress};

/// A plain value that says all a piece of work needs; equal runs have equal outcomes, so each is done once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Run {
    /// Something simulated.
    Simulation(Experiment),
    /// The theory at the actual size, over many draws of the data.
    Ensemble(EnsembleSpec),
    /// The non-gradient algorithm, over many draws of the data.
    Shrinkage(ShrinkageSpec),
    /// Rules for stopping, over many draws of the data.
    Stopping(StoppingSpec),
    /// Transfer between two tasks, over many draws of their data.
    Transfer(TransferSpec),
    /// Transfer estimated from data, over many draws of them.
    Partners(PartnersSpec),
    /// Tasks learned one after the other, over many draws of their data.
    Pretraining(PretrainingSpec),
}

/// What a run gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Of [`Run::Simulation`].
    Simulation(sim::Outcome),
    /// Of [`Run::Ensemble`].
    Ensemble(EnsembleOutcome),
    /// Of [`Run::Shrinkage`].
    Shrinkage(ShrinkageOutcome),
    /// Of [`Run::Transfer`].
    Transfer(TransferOutcome),
    /// Of [`Run::Partners`].
    Partners(PartnersOutcome),
    /// Of [`Run::Pretraining`].
    Pretraining(PretrainingOutcome),
    /// Of [`Run::Stopping`].
    Stopping(StoppingOutcome),
}

impl Run {
    /// Version of the numbers that runs of any kind give, as a figure's record gives it.
    pub const ENGINE_VERSION: u32 = 1000 * sim::ENGINE_VERSION + EnsembleSpec::VERSION;

    /// Version of the way a simulation's outcome is stored.
    const STORED_SIMULATION: u32 = 1;

    /// Version of the numbers that this run gives: stored outcomes of another version are never used. A change of the
    /// ensembles leaves the simulations, which take far longer, as they are.
    pub fn engine_version(&self) -> u32 {
        match self {
            Self::Simulation(_) => 1000 * sim::ENGINE_VERSION + Self::STORED_SIMULATION,
            _ => Self::ENGINE_VERSION,
        }
    }

    /// The description that identifies the run: canonical JSON.
    ///
    /// # Errors
    /// If a number in it is not finite (a checked config holds none): JSON has null for all of these, so that different
    /// runs would be one.
    pub fn description(&self) -> anyhow::Result<String> {
        let description = serde_json::to_string(self)?;
        // No part of a run may be absent, so that a null is found in reading it back.
        serde_json::from_str::<Self>(&description)
            .with_context(|| format!("a number is not finite in the run {description}"))?;
        Ok(description)
    }

    /// One line for messages.
    pub fn label(&self) -> String {
        match self {
            Self::Simulation(experiment) => experiment.label(),
            Self::Ensemble(spec) => spec.label(),
            Self::Shrinkage(spec) => spec.label(),
            Self::Stopping(spec) => spec.label(),
            Self::Transfer(spec) => spec.label(),
            Self::Partners(spec) => spec.label(),
            Self::Pretraining(spec) => spec.label(),
        }
    }

    /// Rough seconds on one core, for scheduling and sharding.
    pub fn cost_estimate(&self) -> f64 {
        match self {
            Self::Simulation(experiment) => experiment.cost_estimate(),
            Self::Ensemble(spec) => spec.cost_estimate(),
            Self::Shrinkage(spec) => spec.cost_estimate(),
            Self::Stopping(spec) => spec.cost_estimate(),
            Self::Transfer(spec) => spec.cost_estimate(),
            Self::Partners(spec) => spec.cost_estimate(),
            Self::Pretraining(spec) => spec.cost_estimate(),
        }
    }

    /// Rough bytes that the run takes while it works.
    pub fn memory_estimate(&self) -> f64 {
        match self {
            Self::Simulation(experiment) => experiment.memory_estimate(),
            Self::Ensemble(spec) => spec.memory_estimate(),
            Self::Shrinkage(spec) => spec.memory_estimate(),
            Self::Transfer(spec) => spec.memory_estimate(),
            Self::Partners(spec) => spec.memory_estimate(),
            Self::Pretraining(spec) => spec.memory_estimate(),
            Self::Stopping(spec) => spec.memory_estimate(),
        }
    }

    /// Rough bytes of its outcome.
    pub fn outcome_estimate(&self) -> f64 {
        match self {
            Self::Simulation(experiment) => experiment.outcome_estimate(),
            Self::Ensemble(spec) => 8.0 * (3 * spec.draws + 100 * spec.times.len()) as f64,
            Self::Shrinkage(spec) => 24.0 * spec.draws as f64,
            Self::Transfer(spec) => 16.0 * spec.draws as f64,
            Self::Partners(spec) => 16.0 * spec.runs as f64 * spec.tasks.outputs.len() as f64,
            Self::Stopping(spec) => 64.0 * spec.draws as f64,
            Self::Pretraining(spec) => 8.0 * spec.draws as f64 * (3 + 2 * spec.times.len()) as f64,
        }
    }

    /// Does the work on the calling thread (an ensemble also on its pool's other threads).
    ///
    /// # Errors
    /// Those of the engine, under the run's label.
    pub fn execute(&self, progress: &dyn Progress) -> anyhow::Result<Outcome> {
        let result = match self {
            Self::Simulation(experiment) => {
                experiment.run(progress).map(Outcome::Simulation).map_err(anyhow::Error::from)
            }
            Self::Ensemble(spec) => spec.compute().map(Outcome::Ensemble),
            Self::Shrinkage(spec) => spec.compute().map(Outcome::Shrinkage),
            Self::Stopping(spec) => spec.compute().map(Outcome::Stopping),
            Self::Transfer(spec) => spec.compute().map(Outcome::Transfer),
            Self::Partners(spec) => spec.compute().map(Outcome::Partners),
            Self::Pretraining(spec) => spec.compute().map(Outcome::Pretraining),
        };
        result.map_err(|error| error.context(self.label()))
    }
}

impl From<Experiment> for Run {
    fn from(experiment: Experiment) -> Self {
        Self::Simulation(experiment)
    }
}

impl From<EnsembleSpec> for Run {
    fn from(spec: EnsembleSpec) -> Self {
        Self::Ensemble(spec)
    }
}

impl From<ShrinkageSpec> for Run {
    fn from(spec: ShrinkageSpec) -> Self {
        Self::Shrinkage(spec)
    }
}

impl From<StoppingSpec> for Run {
    fn from(spec: StoppingSpec) -> Self {
        Self::Stopping(spec)
    }
}

impl From<TransferSpec> for Run {
    fn from(spec: TransferSpec) -> Self {
        Self::Transfer(spec)
    }
}

impl From<PartnersSpec> for Run {
    fn from(spec: PartnersSpec) -> Self {
        Self::Partners(spec)
    }
}

impl From<PretrainingSpec> for Run {
    fn from(spec: PretrainingSpec) -> Self {
        Self::Pretraining(spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_with_a_number_that_is_not_finite_has_no_description() {
        let described = |noise: f64, times: Vec<f64>| {
            let spec = EnsembleSpec {
                inputs: 4,
                outputs: 2,
                examples: 4,
                noise,
                strengths: vec![2.0],
                hidden: 2,
                layers: 2,
                epsilon: 1e-3,
                start: sim::Start::Random,
                times,
                t_max: 1.0,
                draws: 1,
                seed: 1,
                brakes: Default::default(),
            };
            Run::from(spec).description()
        };
        assert!(described(0.1, vec![1.0 / 3.0, 1e-300]).is_ok());
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for refused in [described(number, Vec::new()), described(0.1, vec![0.0, number])] {
                let error = format!("{:#}", refused.unwrap_err());
                assert!(error.contains("a number is not finite"), "{error}");
            }
        }
    }
}
