//! One kind of data set: what the theory says of it and what its runs show.

use crate::study::students::Students;
use crate::study::{Found, Trained};
use anyhow::Context as _;
use sim::{Labels, SpectrumOutcome};
use theory::{LearningCurve, SpikedMatrix, Task};

/// Original or shuffled data.
pub(super) struct Kind {
    /// Whether they are shuffled.
    pub labels: Labels,
    /// What the theory takes them for.
    pub theory: Task,
    /// The aligned student's train error.
    pub curve: LearningCurve,
    /// The students, one per seed.
    pub students: Students,
    /// Independent draws of each of [`SIZES`](crate::study::line::SIZES).
    pub by_size: Vec<Spectra>,
}

/// Independent data matrices of one size.
pub(super) struct Spectra {
    /// Their law.
    pub matrix: SpikedMatrix,
    /// One per draw.
    pub draws: Vec<Found<SpectrumOutcome>>,
}

impl Kind {
    /// Law of the data matrix.
    pub(super) fn matrix(&self) -> &SpikedMatrix {
        self.curve.spectrum().matrix()
    }

    /// s̄ that the data hold: none if shuffled.
    pub(super) fn strengths(&self) -> &[f64] {
        self.theory.strengths()
    }

    /// Number of the teacher's modes in these data.
    pub(super) fn rank(&self) -> usize {
        self.strengths().len()
    }

    /// Singular values of the data set that is shown.
    pub(super) fn shown(&self) -> &[f64] {
        &self.students.outcomes[0].data_strengths
    }

    /// The singular value at `place` of every seed's data set.
    pub(super) fn values(&self, place: usize) -> Vec<f64> {
        self.students.outcomes.iter().map(|student| student.data_strengths[place]).collect()
    }

    /// Places of the bulk's largest and smallest value.
    pub(super) fn bulk_places(&self) -> [usize; 2] {
        [self.rank(), self.shown().len() - 1]
    }

    /// Predicted ends of the bulk: the largest and the smallest value.
    pub(super) fn bulk_ends(&self) -> [f64; 2] {
        [self.matrix().edge(), self.matrix().lower_edge()]
    }

    /// t/τ at which each seed's train error first is below `level`.
    pub(super) fn crossing_times(&self, tau: f64) -> anyhow::Result<Vec<Option<f64>>> {
        let time = |student: &Trained| -> anyhow::Result<Option<f64>> {
            let crossing = student.train_crossings.first().context("the runs recorded no crossing")?;
            Ok(crossing.epoch.map(|epoch| epoch as f64 / tau))
        };
        self.students.outcomes.iter().map(time).collect()
    }
}
