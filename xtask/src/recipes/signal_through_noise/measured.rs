//! What the data matrices show, read from the runs.

use crate::runs::summary::Summary;
use crate::study::Wanted;
use sim::{Experiment, SpectrumOutcome};
use theory::SpikedMatrix;

/// The singular values of the histogram's matrix and of independent ones.
pub(super) struct HistogramData {
    /// The law of the matrix.
    pub matrix: SpikedMatrix,
    /// Singular values in decreasing order.
    pub values: Vec<f64>,
    /// The same of each independent draw.
    pub independent: Vec<Vec<f64>>,
}

impl HistogramData {
    /// The matrix that is shown and the independent ones.
    pub(super) fn all(&self) -> impl Iterator<Item = &Vec<f64>> {
        std::iter::once(&self.values).chain(&self.independent)
    }
}

/// Which of the two numbers of a rank-1 teacher's leading mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    /// ŝ.
    Strength,
    /// O = |û·ū||v̂·v̄|.
    Overlap,
}

impl Quantity {
    pub(super) const BOTH: [Self; 2] = [Self::Strength, Self::Overlap];

    pub(super) fn predicted(self, matrix: &SpikedMatrix, true_strength: f64) -> f64 {
        match self {
            Self::Strength => matrix.strength(true_strength),
            Self::Overlap => matrix.overlap(true_strength),
        }
    }

    /// Of the strongest mode of one data matrix.
    fn of(self, spectrum: &SpectrumOutcome) -> f64 {
        match self {
            Self::Strength => spectrum.data_strengths[0],
            Self::Overlap => spectrum.overlaps_output[0][0] * spectrum.overlaps_input[0][0],
        }
    }

    /// The range that values can have.
    pub(super) fn limits(self) -> (f64, f64) {
        match self {
            Self::Strength => (0.0, f64::INFINITY),
            Self::Overlap => (0.0, 1.0),
        }
    }
}

/// ŝ and O over draws of one kind of data matrix.
pub(super) struct Sample {
    strengths: Vec<f64>,
    overlaps: Vec<f64>,
}

impl Sample {
    pub(super) fn wanted(draws: impl IntoIterator<Item = Experiment>) -> Wanted<'static, Self> {
        Wanted::all(draws.into_iter().map(Wanted::spectrum)).map(|spectra| {
            let [strengths, overlaps] =
                Quantity::BOTH.map(|quantity| spectra.iter().map(|spectrum| quantity.of(spectrum)).collect());
            Ok(Self { strengths, overlaps })
        })
    }

    /// The values, one per draw.
    pub(super) fn values(&self, quantity: Quantity) -> &[f64] {
        match quantity {
            Quantity::Strength => &self.strengths,
            Quantity::Overlap => &self.overlaps,
        }
    }

    pub(super) fn summary(&self, quantity: Quantity) -> Summary {
        Summary::of(self.values(quantity))
    }
}

/// One strength of the teacher.
pub(super) struct TransitionPoint {
    /// s̄.
    pub strength: f64,
    /// The draws shown.
    pub seen: Sample,
    /// Independent draws of this size: what to expect of a single one.
    pub independent: Sample,
    /// Independent draws of each of the sizes at which the line is judged.
    pub by_size: Vec<Sample>,
}

/// One aspect ratio.
pub(super) struct Transition {
    /// A.
    pub aspect_ratio: f64,
    /// The law of the matrices.
    pub matrix: SpikedMatrix,
    /// The laws of a quarter, half and the whole of the size.
    pub sizes: Vec<SpikedMatrix>,
    /// In increasing order of s̄.
    pub points: Vec<TransitionPoint>,
    /// s̄ of a teacher so strong that its ŝ tells the noise along its own mode.
    pub strong: f64,
    /// That teacher in the place of each point's, on the draws of [`TransitionPoint::by_size`].
    pub marked: Vec<Sample>,
}
