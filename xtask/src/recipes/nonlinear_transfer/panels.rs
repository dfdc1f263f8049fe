//! One panel per strength of task A, and the caption.

use super::{NonlinearTransfer, Point};
use crate::comparison::Summary;
use figures::{Axis, Colour, ColourScale, Dash, Line, Panel, Points, RefLine};

/// What the three strengths of task A are called.
const NAMES: [&str; 3] = ["weak", "middling", "strong"];

/// The colour of what stands behind the data.
pub(super) fn faint(colour: Colour) -> Colour {
    colour.lighter(0.55)
}

/// A number as short as two decimals allow.
pub(super) fn short(value: f64) -> String {
    ((value * 100.0).round() / 100.0).to_string()
}

impl NonlinearTransfer {
    /// Colours of s̄_B: blue (weak) to red (strong).
    pub(super) fn colours(&self) -> ColourScale {
        let (low, high) = (self.strengths_b[0], self.strengths_b[self.strengths_b.len() - 1]);
        ColourScale::sequential_log(low, if high > low { high } else { 2.0 * low })
    }

    /// T against q.
    pub(super) fn panel(&self, index: usize, strength_a: f64, points: &[&Point]) -> Panel {
        let title = format!("{} task A: s̄_A = {}", NAMES[index.min(2)], short(strength_a));
        let mut panel =
            Panel::new(Axis::new("alignment *q*").range(-0.03, 1.03), Axis::new("transfer benefit *T*^{A←B}"));
        panel = panel.title(title).mark(RefLine::horizontal(0.0));
        let of = |strength_b: f64| points.iter().filter(move |p| p.condition.strength_b == strength_b);
        for &strength_b in &self.strengths_b {
            let line = of(strength_b).map(|p| (p.condition.alignment, p.linear));
            let line =
                Line::new(format!("linear theory, s̄_B = {}", short(strength_b)), line).dash(Dash::Dashed).width(1.3);
            panel = panel.mark(line.colour(faint(self.colours().colour(strength_b))));
        }
        for &strength_b in &self.strengths_b {
            let own: Vec<(f64, Summary)> = of(strength_b).map(|p| (p.condition.alignment, p.benefit())).collect();
            let (name, colour) =
                (format!("leaky ReLU, s̄_B = {}", short(strength_b)), self.colours().colour(strength_b));
            let means: Vec<(f64, f64)> = own.iter().map(|(q, s)| (*q, s.mean)).collect();
            let mut marks = Points::new(&name, means.clone()).colour(colour).radius(2.8);
            if let Some(intervals) = own.iter().map(|(_, s)| s.interval()).collect::<Option<Vec<_>>>() {
                marks = marks.intervals(intervals);
            }
            panel = panel.mark(Line::new(&name, means).colour(colour).width(1.0)).mark(marks);
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
             As in linear networks, T rises with *q*, well aligned company helps (a, b) and a strong task hardly moves (c: note the scale). \
             Other than there, (a) a weak task loses to strong company that is not aligned, where the linear one is left alone, gains less from aligned company, and most from company \
             of middling strength; (b) a middling task loses more at small *q* but breaks even earlier; (c) even weak company costs a strong task a little. \
             The nonlinear teachers are weaker than the linear ones: on small inputs of either sign f passes on only a part. One noise entry has variance σ_z²/N₁.",
            self.rank, self.slope, self.inputs, self.hidden, self.epochs, self.learning_rate, self.seeds
        )
    }
}
