//! How a task's teacher shows in the second-order statistics of its data.

use crate::{SpikedMatrix, Task, TheoryError};

/// The spiked matrix that a task's data are, and how its modes relate to the teacher's.
///
/// | case | rows × columns | ν | spikes seen | factor ρ on v̂·v̄ | pace |
/// | --- | --- | --- | --- | --- | --- |
/// | P = N₁ | Σ³¹: N₃ × N₁ | σ_z²/N₁ | s̄ | 1 | 1 |
/// | P > N₁ | W* = Σ³¹/D: N₃ × N₁ | σ_z²/P | s̄ | 1 | D |
/// | P < N₁ | Σ³¹ on the seen inputs: N₃ × P | σ_z²/N₁ | s̄√D | √D | 1 |
///
/// for orthonormal inputs (Σ¹¹ = D·I for P > N₁). P = N₁ is the paper's case, the others go beyond it. With "pace" D
/// the time constant is τ/D. For P < N₁ the part of a student's map that acts on the N₁ − P unseen directions is not
/// counted.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct DataSpectrum {
    matrix: SpikedMatrix,
    visibility: f64,
    pace: f64,
    residual: f64,
}

impl DataSpectrum {
    /// The spectrum of a task's data.
    pub fn new(task: &Task) -> Self {
        Self::of_sizes(task.inputs(), task.outputs(), task.examples(), task.noise())
            .expect("the task's constructor validated its sizes and noise")
    }

    /// The same from the sizes and the noise, whatever the teacher.
    pub(crate) fn of_sizes(inputs: usize, outputs: usize, examples: usize, noise: f64) -> Result<Self, TheoryError> {
        let density = examples as f64 / inputs as f64;
        let variance = noise * noise;
        let entry_variance = variance / inputs.max(examples) as f64;
        let surplus = examples.saturating_sub(inputs) as f64;
        Ok(Self {
            matrix: SpikedMatrix::new(outputs, inputs.min(examples), entry_variance)?,
            visibility: density.min(1.0).sqrt(),
            pace: density.max(1.0),
            residual: outputs as f64 * surplus * variance / inputs as f64,
        })
    }

    /// The spiked matrix: N₃ rows, min(N₁, P) columns.
    pub fn matrix(&self) -> &SpikedMatrix {
        &self.matrix
    }

    /// M = min(rows, columns), the number of data modes.
    pub fn modes(&self) -> usize {
        self.matrix.rows().min(self.matrix.columns())
    }

    /// ρ, by which both the strength of a spike in the data and the overlap v̂·v̄ are reduced: √D for P < N₁, else 1.
    pub fn visibility(&self) -> f64 {
        self.visibility
    }

    /// τ divided by the time constant of learning: D for P > N₁, else 1.
    pub fn pace(&self) -> f64 {
        self.pace
    }

    /// E = N₃ (P − N₁) σ_z²/N₁ for P > N₁, the squared norm of the noise that no linear map can fit; else 0.
    pub fn residual(&self) -> f64 {
        self.residual
    }

    /// The smallest teacher strength that is detectable: threshold / ρ.
    pub fn threshold(&self) -> f64 {
        self.matrix.threshold() / self.visibility
    }

    /// Whether a teacher mode of strength s̄ shows in the data at all: s̄ > threshold.
    pub fn is_detectable(&self, true_strength: f64) -> bool {
        self.matrix.is_detectable(self.visibility * true_strength)
    }

    /// r′, how many of some strengths in decreasing order are detectable.
    pub(crate) fn detectable(&self, true_strengths: impl Iterator<Item = f64>) -> usize {
        true_strengths.take_while(|&strength| self.is_detectable(strength)).count()
    }

    /// ŝ, the data strength of a teacher mode of strength s̄ (the edge if it is not detectable).
    pub fn strength(&self, true_strength: f64) -> f64 {
        self.matrix.strength(self.visibility * true_strength)
    }

    /// |û·ū|; 0 if not detectable.
    pub fn overlap_output(&self, true_strength: f64) -> f64 {
        self.matrix.overlap_output(self.visibility * true_strength)
    }

    /// ρ|v̂·v̄|; 0 if not detectable.
    pub fn overlap_input(&self, true_strength: f64) -> f64 {
        self.visibility * self.matrix.overlap_input(self.visibility * true_strength)
    }

    /// ρ O(s̄), the overlap of a data mode with its teacher mode.
    pub fn overlap(&self, true_strength: f64) -> f64 {
        self.overlap_output(true_strength) * self.overlap_input(true_strength)
    }

    /// s̄ ρ O(s̄), the strength in a data mode that is closest to the teacher.
    pub fn best_strength(&self, true_strength: f64) -> f64 {
        true_strength * self.overlap(true_strength)
    }

    /// 1 − c_u² and 1 − (ρ c_v)², without cancellation.
    pub(crate) fn squared_misalignments(&self, true_strength: f64) -> (f64, f64) {
        let (output, input) = self.matrix.squared_misalignments(self.visibility * true_strength);
        let squared_visibility = self.visibility * self.visibility;
        (output, (1.0 - squared_visibility) + squared_visibility * input)
    }
}
