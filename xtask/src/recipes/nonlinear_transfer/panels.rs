//! One panel per strength of task A, and the caption.

use super::{NonlinearTransfer, Point};
use crate::study::benefits::{benefit_panel, log_strength_colours, short};
use crate::study::panels::{faint, mean_points};
use figures::{Dash, Line, Panel};

impl NonlinearTransfer {
    /// T against q.
    pub(super) fn panel(&self, index: usize, strength_a: f64, points: &[Point]) -> Panel {
        let mut panel = benefit_panel(index, strength_a);
        let colours = log_strength_colours(&self.strengths_b);
        let of = |strength_b: f64| points.iter().filter(move |p| p.pair.strength_b == strength_b);
        for &strength_b in &self.strengths_b {
            let line = of(strength_b).map(|p| (p.pair.alignment, p.linear));
            let line =
                Line::new(format!("linear theory, s̄_B = {}", short(strength_b)), line).dash(Dash::Dashed).width(1.3);
            panel = panel.mark(line.colour(faint(colours.colour(strength_b))));
        }
        for &strength_b in &self.strengths_b {
            let (name, colour) = (format!("leaky ReLU, s̄_B = {}", short(strength_b)), colours.colour(strength_b));
            let own = || of(strength_b).map(|p| (p.pair.alignment, p.measured.benefit()));
            panel = panel.mark(Line::new(&name, own().map(|(q, t)| (q, t.mean))).colour(colour).width(1.0));
            panel = panel.mark(mean_points(&name, own()).colour(colour).radius(2.8));
        }
        panel
    }

    pub(super) fn caption(&self) -> String {
        let (outputs_a, outputs_b) = self.outputs;
        format!(
            "What a second nonlinear task B, learned by the same network, does to a first one, A. Each is y = Σ_k f(u_k s_k f(v_kᵀx)) with {} modes and f leaky ReLU \
             of slope {}, on {} shared inputs with {outputs_a} and {outputs_b} outputs; *q* is the overlap of the k-th input directions of A and B. Students have {} hidden \
             units, f after both layers and small random weights (truncated normal). The benefit T is the least test error of A learned alone minus that learned with B, \
             over {} epochs with λ = {} for the loss ½‖Y − Ŷ‖²; test errors are on one-hot inputs with noiseless targets. Points: paired differences, means of {} seeds with \
             95 % intervals, joined by lines; faint dashes: theory of linear students on linear tasks of the same strengths. \
             (a) A weak task A, (b) a middling one, (c) a strong one: note the scales. \
             The nonlinear teachers are weaker than the linear ones: on small inputs of either sign f passes on only a part. One noise entry has variance σ_z²/N₁.",
            self.rank, self.slope, self.inputs, self.hidden, self.epochs, self.learning_rate, self.seeds
        )
    }
}
