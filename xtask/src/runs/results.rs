//! The outcomes of a figure's runs, looked up by what was run.

use crate::runs::ensemble::{
    EnsembleOutcome, EnsembleSpec, ShrinkageOutcome, ShrinkageSpec, TransferOutcome, TransferSpec,
};
use crate::runs::run::{Outcome, Run};
use anyhow::{Context as _, bail};
use sim::{Experiment, SpectrumOutcome, TrainingOutcome, Unattended};
use std::collections::HashMap;
use std::sync::Arc;

/// Outcomes by the description of their runs.
#[derive(Clone, Debug, Default)]
pub struct Results {
    outcomes: HashMap<String, Arc<Outcome>>,
}

impl Results {
    /// No outcome yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the outcome of the run that has this description.
    pub fn insert(&mut self, description: String, outcome: Arc<Outcome>) {
        self.outcomes.insert(description, outcome);
    }

    /// Runs everything here and now, without a store. `substitute` says what to run in a run's place: the identity,
    /// or, in a test of a verdict, something wrong.
    ///
    /// # Errors
    /// Those of the first run that fails.
    pub fn compute(runs: &[Run], substitute: impl Fn(&Run) -> Run + Sync) -> anyhow::Result<Self> {
        use rayon::prelude::*;
        let outcomes = runs
            .par_iter()
            .map(|run| Ok((run.description()?, Arc::new(substitute(run).execute(&Unattended)?))))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { outcomes })
    }

    /// The outcome of a run.
    ///
    /// # Errors
    /// If the run was not listed among the recipe's.
    pub fn outcome(&self, run: &Run) -> anyhow::Result<Arc<Outcome>> {
        self.find(run).cloned()
    }

    fn find(&self, run: &Run) -> anyhow::Result<&Arc<Outcome>> {
        let found = self.outcomes.get(&run.description()?);
        found.with_context(|| format!("no outcome of {}: the recipe did not list this run", run.label()))
    }

    /// The outcome of an experiment that trains.
    ///
    /// # Errors
    /// If it was not listed among the recipe's runs, or does not train.
    pub fn training(&self, experiment: &Experiment) -> anyhow::Result<&TrainingOutcome> {
        match &**self.find(&Run::Simulation(experiment.clone()))? {
            Outcome::Simulation(outcome) => Ok(outcome.as_training()?),
            _ => bail!("{} is no simulation", experiment.label()),
        }
    }

    /// The outcome of a spectrum experiment.
    ///
    /// # Errors
    /// If it was not listed among the recipe's runs, or is no spectrum.
    pub fn spectrum(&self, experiment: &Experiment) -> anyhow::Result<&SpectrumOutcome> {
        match &**self.find(&Run::Simulation(experiment.clone()))? {
            Outcome::Simulation(outcome) => Ok(outcome.as_spectrum()?),
            _ => bail!("{} is no simulation", experiment.label()),
        }
    }

    /// The outcome of an ensemble.
    ///
    /// # Errors
    /// If it was not listed among the recipe's runs.
    pub fn ensemble(&self, spec: &EnsembleSpec) -> anyhow::Result<&EnsembleOutcome> {
        match &**self.find(&Run::Ensemble(spec.clone()))? {
            Outcome::Ensemble(outcome) => Ok(outcome),
            _ => bail!("{} is no ensemble", spec.label()),
        }
    }

    /// The outcome of shrinking many draws of data.
    ///
    /// # Errors
    /// If it was not listed among the recipe's runs.
    pub fn shrinkage(&self, spec: &ShrinkageSpec) -> anyhow::Result<&ShrinkageOutcome> {
        match &**self.find(&Run::Shrinkage(spec.clone()))? {
            Outcome::Shrinkage(outcome) => Ok(outcome),
            _ => bail!("{} is no shrinkage", spec.label()),
        }
    }

    /// The outcome of many draws of two tasks.
    ///
    /// # Errors
    /// If it was not listed among the recipe's runs.
    pub fn transfer(&self, spec: &TransferSpec) -> anyhow::Result<&TransferOutcome> {
        match &**self.find(&Run::Transfer(spec.clone()))? {
            Outcome::Transfer(outcome) => Ok(outcome),
            _ => bail!("{} is no transfer", spec.label()),
        }
    }
}
