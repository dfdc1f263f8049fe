//! One kind of data set: what the theory says of it and what its runs show.

use super::RandomizedData;
use crate::runs::results::Results;
use crate::study::line::SIZES;
use anyhow::Context as _;
use sim::{Labels, TrainingOutcome};
use theory::{LearningCurve, SpikedMatrix, Student};

/// Original or shuffled data.
pub(super) struct Kind<'a> {
    /// Whether they are shuffled.
    pub labels: Labels,
    /// Law of the data matrix.
    pub matrix: SpikedMatrix,
    /// s̄ that it holds: none if shuffled.
    pub strengths: Vec<f64>,
    /// The aligned student's train error.
    pub curve: LearningCurve,
    /// The students, one per seed.
    pub students: Vec<&'a TrainingOutcome>,
    /// Law and singular values of independent draws of each of [`SIZES`].
    pub by_size: Vec<(SpikedMatrix, Vec<&'a [f64]>)>,
}

impl<'a> Kind<'a> {
    pub(super) fn read(config: &RandomizedData, labels: Labels, results: &'a Results) -> anyhow::Result<Self> {
        let task = config.theory_task(labels, 1)?;
        let student = Student::new(config.hidden, config.layers, config.epsilon)?;
        let curve = LearningCurve::new(&task, &student);
        let values = |run| Ok(results.spectrum(&run)?.data_strengths.as_slice());
        let of_size = |&size: &usize| -> anyhow::Result<_> {
            let spectra = config.draws(labels, size).into_iter().map(values).collect::<anyhow::Result<_>>()?;
            Ok((*theory::DataSpectrum::new(&config.theory_task(labels, size)?).matrix(), spectra))
        };
        Ok(Self {
            labels,
            matrix: *curve.spectrum().matrix(),
            strengths: task.strengths().to_vec(),
            curve,
            students: (0..config.seeds)
                .map(|run| results.training(&config.student(labels, run)))
                .collect::<anyhow::Result<_>>()?,
            by_size: SIZES.iter().map(of_size).collect::<anyhow::Result<_>>()?,
        })
    }

    /// Number of the teacher's modes in these data.
    pub(super) fn rank(&self) -> usize {
        self.strengths.len()
    }

    /// Singular values of the data set that is shown.
    pub(super) fn shown(&self) -> &'a [f64] {
        &self.students[0].data_strengths
    }

    /// The singular value at `place` of every seed's data set.
    pub(super) fn values(&self, place: usize) -> Vec<f64> {
        self.students.iter().map(|student| student.data_strengths[place]).collect()
    }

    /// Places of the bulk's largest and smallest value.
    pub(super) fn bulk_places(&self) -> [usize; 2] {
        [self.rank(), self.shown().len() - 1]
    }

    /// Predicted ends of the bulk: the largest and the smallest value.
    pub(super) fn bulk_ends(&self) -> [f64; 2] {
        [self.matrix.edge(), self.matrix.lower_edge()]
    }

    /// t/τ at which each seed's train error first is below `level`.
    pub(super) fn crossing_times(&self, tau: f64) -> anyhow::Result<Vec<Option<f64>>> {
        let time = |student: &&TrainingOutcome| -> anyhow::Result<Option<f64>> {
            let crossing = student.train_crossings.first().context("the runs recorded no crossing")?;
            Ok(crossing.epoch.map(|epoch| epoch as f64 / tau))
        };
        self.students.iter().map(time).collect()
    }
}
