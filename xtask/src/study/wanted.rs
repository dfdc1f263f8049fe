//! Asking: which runs a figure wants and how they are read, in one expression, so that the two cannot disagree.

use crate::runs::ensemble::{
    EnsembleOutcome, EnsembleSpec, PartnersOutcome, PartnersSpec, PretrainingOutcome, PretrainingSpec,
    ShrinkageOutcome, ShrinkageSpec, StoppingOutcome, StoppingSpec, TransferOutcome, TransferSpec,
};
use crate::runs::results::Results;
use crate::runs::run::{Outcome, Run};
use anyhow::bail;
use sim::{Experiment, SpectrumOutcome, TrainingOutcome};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

type Reader<'a, T> = Box<dyn Fn(&Results) -> anyhow::Result<T> + 'a>;

/// Something that comes of runs: the runs, and how it is read from their outcomes.
///
/// ```ignore
/// let students = Wanted::all((0..seeds).map(|run| Wanted::training(self.student(run))));
/// let ensemble = Wanted::ensemble(self.draws());
/// wanted!(Condition { students: students, ensemble: ensemble; snr: snr })
/// ```
pub struct Wanted<'a, T> {
    runs: Vec<Run>,
    read: Reader<'a, T>,
}

impl<'a, T: 'a> Wanted<'a, T> {
    /// What `read` makes of the outcomes of `runs`.
    pub fn new(runs: Vec<Run>, read: impl Fn(&Results) -> anyhow::Result<T> + 'a) -> Self {
        Self { runs, read: Box::new(read) }
    }

    /// The runs, in the order in which they were asked for; some may be there twice.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Reads the outcomes.
    ///
    /// # Errors
    /// If one is missing or of another kind, or a closed form refuses its input.
    pub fn read(&self, results: &Results) -> anyhow::Result<T> {
        (self.read)(results)
    }

    /// What `make` makes of it.
    pub fn map<U: 'a>(self, make: impl Fn(T) -> anyhow::Result<U> + 'a) -> Wanted<'a, U> {
        let Self { runs, read } = self;
        Wanted::new(runs, move |results| make(read(results)?))
    }

    /// Both.
    pub fn with<U: 'a>(self, other: Wanted<'a, U>) -> Wanted<'a, (T, U)> {
        let (runs, own, others) = ([self.runs, other.runs].concat(), self.read, other.read);
        Wanted::new(runs, move |results| Ok((own(results)?, others(results)?)))
    }

    /// All of them, in order.
    pub fn all(items: impl IntoIterator<Item = Self>) -> Wanted<'a, Vec<T>> {
        let (runs, readers): (Vec<_>, Vec<_>) = items.into_iter().map(|item| (item.runs, item.read)).unzip();
        Wanted::new(runs.concat(), move |results| readers.iter().map(|read| read(results)).collect())
    }

    /// It, or nothing where `self` is none.
    pub fn maybe(item: Option<Self>) -> Wanted<'a, Option<T>> {
        Wanted::all(item).map(|mut items| Ok(items.pop()))
    }
}

/// The outcome of a run, of the kind T, shared with the results that it was read from.
#[derive(Clone, Debug)]
pub struct Found<T>(Arc<Outcome>, PhantomData<T>);

/// An outcome of a kind.
pub trait OfKind {
    /// The outcome as what it is; `None` if it is of another kind.
    fn of(outcome: &Outcome) -> Option<&Self>;
}

macro_rules! kinds {
    ($($pattern:pat => $value:expr => $kind:ty),* $(,)?) => {
        $(impl OfKind for $kind {
            fn of(outcome: &Outcome) -> Option<&Self> {
                match outcome { $pattern => $value, _ => None }
            }
        })*
    };
}

kinds! {
    Outcome::Simulation(outcome) => outcome.as_training().ok() => TrainingOutcome,
    Outcome::Simulation(outcome) => outcome.as_spectrum().ok() => SpectrumOutcome,
    Outcome::Ensemble(outcome) => Some(outcome) => EnsembleOutcome,
    Outcome::Shrinkage(outcome) => Some(outcome) => ShrinkageOutcome,
    Outcome::Stopping(outcome) => Some(outcome) => StoppingOutcome,
    Outcome::Transfer(outcome) => Some(outcome) => TransferOutcome,
    Outcome::Partners(outcome) => Some(outcome) => PartnersOutcome,
    Outcome::Pretraining(outcome) => Some(outcome) => PretrainingOutcome,
    Outcome::Simulation(sim::Outcome::Sequence(outcome)) => Some(outcome) => Vec<TrainingOutcome>,
}

impl<T: OfKind> Deref for Found<T> {
    type Target = T;

    fn deref(&self) -> &T {
        T::of(&self.0).expect("the kind was looked at when it was read")
    }
}

#[cfg(test)]
impl<T: OfKind> Found<T> {
    /// An outcome that no run gave, to see what becomes of it.
    pub(crate) fn made(outcome: Outcome) -> Self {
        Self(Arc::new(outcome), PhantomData)
    }
}

fn one<T: OfKind + 'static>(run: Run) -> Wanted<'static, Found<T>> {
    Wanted::new(vec![run.clone()], move |results| {
        let outcome = results.outcome(&run)?;
        if T::of(&outcome).is_none() {
            bail!("{} has an outcome of another kind", run.label());
        }
        Ok(Found(outcome, PhantomData))
    })
}

/// A student that was trained.
pub type Trained = Found<TrainingOutcome>;

impl Wanted<'static, Trained> {
    /// An experiment that trains.
    pub fn training(experiment: Experiment) -> Self {
        one(experiment.into())
    }
}

impl Wanted<'static, Found<SpectrumOutcome>> {
    /// The spectrum of a data set.
    pub fn spectrum(experiment: Experiment) -> Self {
        one(experiment.into())
    }
}

impl Wanted<'static, Found<EnsembleOutcome>> {
    /// The theory at the actual size.
    pub fn ensemble(spec: EnsembleSpec) -> Self {
        one(spec.into())
    }
}

impl Wanted<'static, Found<ShrinkageOutcome>> {
    /// The non-gradient algorithm at the actual size.
    pub fn shrinkage(spec: ShrinkageSpec) -> Self {
        one(spec.into())
    }
}

impl Wanted<'static, Found<StoppingOutcome>> {
    /// Rules for stopping at the actual size.
    pub fn stopping(spec: StoppingSpec) -> Self {
        one(spec.into())
    }
}

impl Wanted<'static, Found<TransferOutcome>> {
    /// Transfer at the actual size.
    pub fn transfer(spec: TransferSpec) -> Self {
        one(spec.into())
    }
}

impl Wanted<'static, Found<PartnersOutcome>> {
    /// Transfer estimated from data.
    pub fn partners(spec: PartnersSpec) -> Self {
        one(spec.into())
    }
}

impl Wanted<'static, Found<PretrainingOutcome>> {
    /// Tasks in sequence at the actual size.
    pub fn pretraining(spec: PretrainingSpec) -> Self {
        one(spec.into())
    }
}

impl Wanted<'static, Found<Vec<TrainingOutcome>>> {
    /// A student that was trained on tasks in sequence.
    pub fn sequence(spec: sim::SequenceSpec) -> Self {
        one(Experiment::Sequence(spec).into())
    }
}

/// A struct each of whose fields is wanted; after a semicolon, fields that are known already (evaluated when it is read).
#[macro_export]
macro_rules! wanted {
    ($name:ident { $($field:ident : $item:expr),* $(,)? $(; $($known:ident : $value:expr),* $(,)?)? }) => {{
        let ($($field,)*) = ($($item,)*);
        let runs = [$($field.runs()),*].concat();
        $crate::study::Wanted::new(runs, move |results| {
            Ok($name { $($field: $field.read(results)?,)* $($($known: $value,)*)? })
        })
    }};
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::{AlignedSpec, Draw, Schedule, StudentSpec, TaskSpec, Training};

    fn experiment(run: u64) -> Experiment {
        let training = Training::new(1e-2, 3, Schedule::every(1));
        let student = StudentSpec::new(2, 2, 1e-3);
        Experiment::Aligned(AlignedSpec::new(TaskSpec::single(3, 2, &[2.0]), student, training, Draw { seed: 1, run }))
    }

    struct Both {
        students: Vec<Trained>,
        doubled: usize,
        name: &'static str,
    }

    #[test]
    fn what_is_asked_for_is_what_is_read() {
        let seeds = || Wanted::all((0..3).map(|run| Wanted::training(experiment(run))));
        let doubled = seeds().map(|students| Ok(2 * students.len()));
        let wanted = wanted!(Both { students: seeds(), doubled: doubled; name: "both" });
        assert_eq!(wanted.runs().len(), 6);
        let results = Results::compute(wanted.runs(), Run::clone).unwrap();
        let both = wanted.read(&results).unwrap();
        assert_eq!((both.students.len(), both.doubled, both.name), (3, 6, "both"));
        assert!(both.students[0].train.last < 1.0);
        assert!(wanted.read(&Results::new()).is_err());
        assert!(one::<EnsembleOutcome>(experiment(0).into()).read(&results).is_err());
    }
}
