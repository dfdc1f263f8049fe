//! One panel per strength of task A, and the caption.

use super::{Point, TransferBenefit};
use crate::study::benefits::{benefit_panel, log_strength_colours, short};
use crate::study::panels::mean_points;
use crate::study::series::linear_grid;
use crate::study::transfer::TaskInCompany;
use figures::{Line, Panel, Points, Shape};
use rayon::prelude::*;

/// Points of a line of the theory.
const CURVE_POINTS: usize = 41;

impl TransferBenefit {
    /// T against q.
    pub(super) fn panel(&self, index: usize, task: &TaskInCompany<'_>, points: &[Point]) -> anyhow::Result<Panel> {
        let (first, last) = (self.alignments[0], self.alignments[self.alignments.len() - 1]);
        // Denser towards parallel tasks, where T rises steeply.
        let mut grid: Vec<f64> =
            linear_grid(0.0, 1.0, CURVE_POINTS).iter().map(|x| last - (last - first) * x * x).collect();
        grid.extend(&self.alignments);
        grid.sort_by(f64::total_cmp);
        grid.dedup();
        let mut panel = benefit_panel(index, task.strength);
        let colours = log_strength_colours(&self.strengths_b);
        let of = |strength_b: f64| points.iter().filter(move |p| p.pair.strength_b == strength_b);
        for &strength_b in &self.strengths_b {
            let at = |q: &f64| Ok((*q, task.benefit(strength_b, *q)?));
            let line = grid.par_iter().map(at).collect::<anyhow::Result<Vec<_>>>()?;
            let name = format!("theory, s̄_B = {}", short(strength_b));
            panel = panel.mark(Line::new(name, line).colour(colours.colour(strength_b)));
        }
        for &strength_b in &self.strengths_b {
            let drawn = of(strength_b).map(|p| (p.pair.alignment, p.drawn[0].mean));
            let name = format!("theory at this size, s̄_B = {}", short(strength_b));
            let marks = Points::new(name, drawn).shape(Shape::OpenDiamond).radius(4.5).opacity(0.7);
            panel = panel.mark(marks.colour(colours.colour(strength_b)));
        }
        for &strength_b in &self.strengths_b {
            let name = format!("aligned students, s̄_B = {}", short(strength_b));
            let marks = mean_points(name, of(strength_b).map(|p| (p.pair.alignment, p.measured.benefit())));
            panel = panel.mark(marks.colour(colours.colour(strength_b)).radius(2.8));
        }
        Ok(panel)
    }

    pub(super) fn caption(&self) -> String {
        format!(
            "Two tasks of rank one with {} and {} outputs share {} inputs; *q* is the overlap of their input modes. The benefit T is the \
             least test error of task A learned alone minus its least error learned with B, both over {} epochs. Theory \
             over the same time, in the limit of large size (lines) and averaged over {} draws of this size (diamonds); points: paired differences of aligned students, means of {} seeds with 95 % intervals. (a) A weak task A, (b) a middling one, (c) a strong one: note the scales. \
             One noise entry has variance σ_z²/N₁, as the paper's text has it; the script behind its figure used σ_z²/N_A.",
            self.outputs.0, self.outputs.1, self.inputs, self.epochs, self.draws, self.seeds
        )
    }
}
