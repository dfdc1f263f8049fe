//! The two panels, the table beside them and the caption.

use super::StudentWidth;
use super::measured::Width;
use crate::study::comparison::linear_grid;
use crate::study::elements::optimum_points;
use crate::study::recipe::Table;
use figures::{Axis, Colour, ColourScale, Dash, Key, Legend, Line, Panel, Points, RefLine, Shape};
use rayon::prelude::*;

/// Shapes of the points, by width; circles are the widest.
const SHAPES: [Shape; 5] = [Shape::Circle, Shape::Square, Shape::Triangle, Shape::Diamond, Shape::Cross];
/// Dashes of the theory's lines, by width.
const DASHES: [Dash; 4] = [Dash::Solid, Dash::Dashed, Dash::DashDot, Dash::Dotted];

impl StudentWidth {
    /// Colours of the SNRs: blue (weak) to red (strong).
    pub(super) fn colours(&self) -> ColourScale {
        let (low, high) = (self.snrs[0], self.snrs[self.snrs.len() - 1]);
        ColourScale::sequential(low, if high > low { high } else { low + 1.0 })
    }

    /// Least ln ε_te: random against aligned students.
    pub(super) fn start_panel(&self, widths: &[Width]) -> Panel {
        let axis = |start: &str| Axis::new(format!("least ln ε_{{te}}, {start}"));
        let mut panel =
            Panel::new(axis("aligned"), axis("random")).title("two starts").same_range().mark(RefLine::diagonal());
        for (width, shape) in widths.iter().zip(SHAPES) {
            for optima in &width.optima {
                let name = format!("N_2 = {}, SNR {}", width.hidden, optima.snr);
                let pair = (optima.aligned.log_error_summary(), optima.random.log_error_summary());
                panel =
                    panel.mark(optimum_points(&name, &[pair]).shape(shape).colour(self.colours().colour(optima.snr)));
            }
            panel = panel.key(Key::point(format!("N_2 = {}", width.hidden), Colour::INK, shape));
        }
        panel.legend(Legend::Auto)
    }

    /// Least ln ε_te of aligned students against SNR, with theory.
    pub(super) fn snr_panel(&self, widths: &[Width]) -> anyhow::Result<Panel> {
        let mut panel =
            Panel::new(Axis::new("SNR s̄"), Axis::new("least ln ε_{te}")).title("aligned students and theory");
        let grid = linear_grid(self.snrs[0], self.snrs[self.snrs.len() - 1], self.points);
        for (width, dash) in widths.iter().zip(DASHES.into_iter().cycle()) {
            let line = grid.par_iter().map(|&snr| Ok((snr, self.predicted(width.hidden, snr)?)));
            let line = line.collect::<anyhow::Result<Vec<_>>>()?;
            let label = format!("theory, N_2 = {}", width.hidden);
            panel = panel.mark(Line::new(&label, line).colour(Colour::GREY).dash(dash).width(1.4).legend(&label));
        }
        for (width, shape) in widths.iter().zip(SHAPES) {
            for optima in &width.optima {
                let mean = optima.aligned.log_error_summary();
                let mut points =
                    Points::new(format!("N_2 = {}, SNR {}", width.hidden, optima.snr), [(optima.snr, mean.mean)]);
                if let Some(interval) = mean.interval() {
                    points = points.intervals([interval]);
                }
                panel = panel.mark(points.shape(shape).colour(self.colours().colour(optima.snr)));
            }
        }
        Ok(panel)
    }

    /// Least test error and best stopping time of every seed.
    pub(super) fn optima_table(&self, widths: &[Width]) -> Table {
        let mut table = Table {
            name: "optima".to_owned(),
            header: ["hidden", "snr", "start", "run", "ln_least_test_error", "t_opt"].map(str::to_owned).to_vec(),
            rows: Vec::new(),
        };
        for width in widths {
            for optima in &width.optima {
                for (start, optimum) in [("aligned", &optima.aligned), ("random", &optima.random)] {
                    for (run, (log_error, time)) in optimum.log_error.iter().zip(&optimum.time).enumerate() {
                        let condition = [width.hidden.to_string(), optima.snr.to_string(), start.to_owned()];
                        let numbers = [run.to_string(), log_error.to_string(), time.to_string()];
                        table.rows.push([condition, numbers].concat());
                    }
                }
            }
        }
        table
    }

    pub(super) fn caption(&self) -> String {
        let widths = self.hidden.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        let narrowest = match self.hidden.contains(&1) {
            true => {
                "A student as narrow as its rank-1 teacher generalises as well as a wide one, if both are stopped in time."
            }
            false => "What the width of a student costs whose teacher has rank 1, if it is stopped in time.",
        };
        format!(
            "{narrowest} Students \
             with {} inputs, {} outputs and N₂ = {widths} hidden units (ε = {}, λ = {}), least test error over {} epochs, means \
             of {} seeds with 95 % intervals. (a) Random against aligned starts, all widths and SNRs. (b) Aligned students \
             against SNR, with theory for each width: a narrow student cannot learn most of the noise, but at the best stopping \
             time a wide one has not learned it yet either.",
            self.inputs, self.outputs, self.epsilon, self.learning_rate, self.epochs, self.seeds
        )
    }
}
