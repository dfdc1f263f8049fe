//! The table of random streams.
//!
//! A stream is named by what it describes. Nothing here knows strengths, σ_z, q, ε, λ, the initialisation or the
//! figure: runs that differ in those share all draws they can share.
//!
//! | stream | keyed by (beside seed and run) | draws |
//! | --- | --- | --- |
//! | `teacher outputs` | task, N₃ of the task, rank | Ū, Haar columns |
//! | `teacher inputs` | task, N₁, rank | task 0: V̄, Haar columns; later tasks: Gaussian columns, made orthonormal against the earlier tasks' |
//! | `orthonormal inputs`, `gaussian inputs` | N₁, P | X |
//! | `noise` | task, N₃ of the task, P | Z / deviation |
//! | `shuffled labels`, `gaussian labels` | task, N₃ of the task, P | the order of the entries; unit Gaussians |
//! | `initial weights` | N₁, N₂, N₃, L, layer | the layer's Haar matrix |
//! | `nonlinear teacher outputs` | task, N₃ of the task, rank | unit output vectors of a nonlinear teacher |
//! | `truncated normal weights` | layer, task (last layer only, else 0), fan-in, fan-out (of the task) | unit draws of a layer |
//! | `aligned rotations` | units, L, layer | R_l of the training aligned start |

use crate::Draw;
use linalg_core::{Generator, generator};

impl Draw {
    pub(crate) fn stream(self, purpose: &str, dimensions: &[usize]) -> Generator {
        let dimensions: Vec<u64> = dimensions.iter().map(|d| *d as u64).collect();
        generator(self.seed, purpose, &dimensions, self.run)
    }

    pub(crate) fn teacher_outputs(self, task: usize, outputs: usize, rank: usize) -> Generator {
        self.stream("teacher outputs", &[task, outputs, rank])
    }

    pub(crate) fn teacher_inputs(self, task: usize, inputs: usize, rank: usize) -> Generator {
        self.stream("teacher inputs", &[task, inputs, rank])
    }

    pub(crate) fn orthonormal_inputs(self, inputs: usize, examples: usize) -> Generator {
        self.stream("orthonormal inputs", &[inputs, examples])
    }

    pub(crate) fn gaussian_inputs(self, inputs: usize, examples: usize) -> Generator {
        self.stream("gaussian inputs", &[inputs, examples])
    }

    pub(crate) fn noise(self, task: usize, outputs: usize, examples: usize) -> Generator {
        self.stream("noise", &[task, outputs, examples])
    }

    pub(crate) fn shuffled_labels(self, task: usize, outputs: usize, examples: usize) -> Generator {
        self.stream("shuffled labels", &[task, outputs, examples])
    }

    pub(crate) fn gaussian_labels(self, task: usize, outputs: usize, examples: usize) -> Generator {
        self.stream("gaussian labels", &[task, outputs, examples])
    }

    pub(crate) fn initial_weights(self, sizes: [usize; 3], layers: usize, layer: usize) -> Generator {
        let [inputs, hidden, outputs] = sizes;
        self.stream("initial weights", &[inputs, hidden, outputs, layers, layer])
    }

    pub(crate) fn nonlinear_teacher_outputs(self, task: usize, outputs: usize, rank: usize) -> Generator {
        self.stream("nonlinear teacher outputs", &[task, outputs, rank])
    }

    pub(crate) fn truncated_normal_weights(self, layer: usize, task: usize, fan: [usize; 2]) -> Generator {
        self.stream("truncated normal weights", &[layer, task, fan[0], fan[1]])
    }

    pub(crate) fn aligned_rotations(self, units: usize, layers: usize, layer: usize) -> Generator {
        self.stream("aligned rotations", &[units, layers, layer])
    }
}
