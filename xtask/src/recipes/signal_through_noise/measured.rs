//! What the data matrices show, read from the runs.

use super::SignalThroughNoise;
use crate::study::comparison::Summary;
use crate::runs::results::Results;
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
    pub(super) fn read(config: &SignalThroughNoise, results: &Results) -> anyhow::Result<Self> {
        let values = |run: u64| -> anyhow::Result<Vec<f64>> {
            Ok(results.spectrum(&config.histogram_draw(run))?.data_strengths.clone())
        };
        Ok(Self {
            matrix: config.matrix(config.histogram.outputs)?,
            values: values(0)?,
            independent: config.independent_draws().map(values).collect::<anyhow::Result<_>>()?,
        })
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

    /// The scale on which means are judged by their standard errors: ŝ itself, but √O. Below the threshold O is the
    /// product of two nearly normal numbers, with a tail like e^(−x) that means over a few draws inherit; the tail of its
    /// root is like a normal one's.
    pub(super) fn judged(self, value: f64) -> f64 {
        match self {
            Self::Strength => value,
            Self::Overlap => value.sqrt(),
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
    fn read(results: &Results, draws: impl Iterator<Item = Experiment>) -> anyhow::Result<Self> {
        let mut sample = Self { strengths: Vec::new(), overlaps: Vec::new() };
        for draw in draws {
            let spectrum = results.spectrum(&draw)?;
            sample.strengths.push(Quantity::Strength.of(spectrum));
            sample.overlaps.push(Quantity::Overlap.of(spectrum));
        }
        Ok(sample)
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

    /// The summary on the scale that is judged, [`Quantity::judged`].
    pub(super) fn judged(&self, quantity: Quantity) -> Summary {
        Summary::of(&self.values(quantity).iter().map(|&value| quantity.judged(value)).collect::<Vec<_>>())
    }
}

/// One strength of the teacher.
pub(super) struct TransitionPoint {
    /// s̄.
    pub strength: f64,
    /// The draws shown.
    pub seen: Sample,
    /// Independent draws, which tell what to expect at this size.
    pub independent: Sample,
}

/// One aspect ratio.
pub(super) struct Transition {
    /// A.
    pub aspect_ratio: f64,
    /// The law of the matrices.
    pub matrix: SpikedMatrix,
    /// In increasing order of s̄.
    pub points: Vec<TransitionPoint>,
}

impl Transition {
    pub(super) fn read(config: &SignalThroughNoise, aspect_ratio: f64, results: &Results) -> anyhow::Result<Self> {
        let point = |&strength: &f64| -> anyhow::Result<TransitionPoint> {
            let draw = |run: u64| config.transition_draw(aspect_ratio, strength, run);
            Ok(TransitionPoint {
                strength,
                seen: Sample::read(results, (0..config.transition.seeds).map(draw))?,
                independent: Sample::read(results, config.independent_draws().map(draw))?,
            })
        };
        Ok(Self {
            aspect_ratio,
            matrix: config.matrix(config.outputs(aspect_ratio))?,
            points: config.transition.strengths.iter().map(point).collect::<anyhow::Result<_>>()?,
        })
    }
}
