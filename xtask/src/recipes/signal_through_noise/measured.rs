//! What the data matrices show, read from the runs.

use super::{DIVISORS, SignalThroughNoise};
use crate::runs::results::Results;
use crate::runs::summary::Summary;
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
}

impl Transition {
    pub(super) fn read(config: &SignalThroughNoise, aspect_ratio: f64, results: &Results) -> anyhow::Result<Self> {
        let point = |&strength: &f64| -> anyhow::Result<TransitionPoint> {
            let draw = |run: u64| config.transition_draw(aspect_ratio, strength, run);
            let by_size = |&divisor: &usize| {
                Sample::read(results, config.line_draws(aspect_ratio, strength, divisor).into_iter())
            };
            Ok(TransitionPoint {
                strength,
                seen: Sample::read(results, (0..config.transition.seeds).map(draw))?,
                independent: Sample::read(results, config.independent_draws().map(draw))?,
                by_size: DIVISORS.iter().map(by_size).collect::<anyhow::Result<_>>()?,
            })
        };
        Ok(Self {
            aspect_ratio,
            matrix: config.matrix(config.outputs(aspect_ratio))?,
            sizes: DIVISORS.iter().map(|&d| config.part(aspect_ratio, d)).collect::<Result<_, _>>()?,
            points: config.transition.strengths.iter().map(point).collect::<anyhow::Result<_>>()?,
        })
    }
}
