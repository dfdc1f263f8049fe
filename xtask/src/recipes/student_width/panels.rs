//! The two panels, the table beside them and the caption.

use super::{Condition, StudentWidth};
use crate::study::Table;
use crate::study::panels::{OptimumOf, least_error_points, optima_table, paired_optima, strength_colours};
use crate::study::series::linear_grid;
use figures::math_text::number;
use figures::{Axis, Colour, ColourBar, ColourScale, Dash, Figure, Key, Legend, Line, Panel, RefLine, Shape};
use rayon::prelude::*;

/// Shapes of the points, by width; circles are the widest.
const SHAPES: [Shape; 5] = [Shape::Circle, Shape::Square, Shape::Triangle, Shape::Diamond, Shape::Cross];
/// Dashes of the theory's lines, by width.
const DASHES: [Dash; 4] = [Dash::Solid, Dash::Dashed, Dash::DashDot, Dash::Dotted];

/// Pixels between the points of neighbouring widths, which would hide one another.
const DODGE: f64 = 7.0;

impl StudentWidth {
    /// Both panels.
    pub(super) fn figure(&self, conditions: &[Condition]) -> anyhow::Result<Figure> {
        let description = "Least test error of students of four widths: random against aligned starts, and against SNR beside theory.";
        Ok(Figure::new("student-width", &self.title)
            .description(description)
            .columns(2)
            .aspect(0.9)
            .colour_bar(ColourBar::new(self.colours(), "SNR"))
            .panel(self.start_panel(conditions))
            .panel(self.snr_panel(conditions)?))
    }

    fn colours(&self) -> ColourScale {
        strength_colours(&self.snrs)
    }

    /// Pixels by which the points of each width stand beside their x.
    fn dodges(&self) -> impl Iterator<Item = f64> {
        let middle = 0.5 * (self.hidden.len() as f64 - 1.0);
        (0..self.hidden.len()).map(move |index| DODGE * (index as f64 - middle))
    }

    /// Least ln ε_te: random against aligned students.
    fn start_panel(&self, conditions: &[Condition]) -> Panel {
        let axis = |start: &str| Axis::new(format!("least ln ε_{{te}}, {start}"));
        let mut panel =
            Panel::new(axis("aligned"), axis("random")).title("two starts").same_range().mark(RefLine::diagonal());
        for ((width, shape), dodge) in conditions.chunk_by(|a, b| a.hidden == b.hidden).zip(SHAPES).zip(self.dodges()) {
            for c in width {
                let name = format!("N_2 = {}, SNR {}", c.hidden, c.snr);
                let points = paired_optima(&name, OptimumOf::LeastError, &[(&c.aligned, &c.random)]);
                panel = panel.mark(points.shape(shape).colour(self.colours().colour(c.snr)).dodge(dodge));
            }
            panel = panel.key(Key::point(format!("N_2 = {}", width[0].hidden), Colour::INK, shape));
        }
        panel.legend(Legend::Auto)
    }

    /// Least ln ε_te of aligned students against SNR, with theory.
    fn snr_panel(&self, conditions: &[Condition]) -> anyhow::Result<Panel> {
        let mut panel =
            Panel::new(Axis::new("SNR s̄"), Axis::new("least ln ε_{te}")).title("aligned students and theory");
        let grid = linear_grid(self.snrs[0], self.snrs[self.snrs.len() - 1], self.points);
        for (&hidden, dash) in self.hidden.iter().zip(DASHES.into_iter().cycle()) {
            let line = grid.par_iter().map(|&snr| Ok((snr, self.setup(hidden).least_test_error(&[snr])?)));
            let line = line.collect::<anyhow::Result<Vec<_>>>()?;
            let label = format!("theory, N_2 = {hidden}");
            panel = panel.mark(Line::new(&label, line).colour(Colour::GREY).dash(dash).width(1.4).legend(&label));
        }
        for ((width, shape), dodge) in conditions.chunk_by(|a, b| a.hidden == b.hidden).zip(SHAPES).zip(self.dodges()) {
            for c in width {
                let name = format!("N_2 = {}, SNR {}", c.hidden, c.snr);
                let points = least_error_points(name, &[(c.snr, &c.aligned)]);
                panel = panel.mark(points.shape(shape).colour(self.colours().colour(c.snr)).dodge(dodge));
            }
        }
        Ok(panel)
    }

    /// Least test error and best stopping time of every seed.
    pub(super) fn optima_table(&self, conditions: &[Condition]) -> Table {
        let rows = conditions.iter().flat_map(|c| {
            let keys = |start: &str| [c.hidden.to_string(), c.snr.to_string(), start.to_owned()];
            [(keys("aligned"), &c.aligned), (keys("random"), &c.random)]
        });
        optima_table(["hidden", "snr", "start"], rows)
    }

    pub(super) fn caption(&self) -> String {
        let widths = self.hidden.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        format!(
            "What the width of a student costs whose teacher has rank 1, if it is stopped in time. Students \
             with {} inputs, {} outputs and N₂ = {widths} hidden units (ε = {}, λ = {}), least test error over {} epochs, means \
             of {} seeds with 95 % intervals. Points of one SNR stand side by side. (a) Random against aligned starts, all widths and SNRs. (b) Aligned students \
             against SNR, with theory for each width.",
            self.inputs,
            self.outputs,
            number(self.epsilon),
            number(self.learning_rate),
            self.epochs,
            self.seeds
        )
    }
}
