//! One panel for each level of noise, the table beside them and the caption.

use super::{InputTypes, KINDS, NoiseResults, name};
use crate::study::ErrorKind;
use crate::study::panels::mean_points;
use crate::study::recipe::Table;
use crate::study::series::linear_grid;
use figures::{Axis, Colour, Dash, Line, Panel, Shape};
use sim::InputKind;

impl InputTypes {
    /// ln ε_te over time: means of each kind of inputs, and the aligned student on white inputs in theory.
    pub(super) fn panel(&self, level: &NoiseResults) -> anyhow::Result<Panel> {
        let time = Axis::new("t/τ").range(self.time_range.0, self.time_range.1);
        let mut panel = Panel::new(time, Axis::new("ln ε_{te}")).title(format!("noise σ_z = {}", level.noise));
        let times = linear_grid(self.time_range.0, self.time_range.1, self.points).into_iter();
        let theory = times.map(|t| Ok((t, level.curve.test_error_at(t)?.ln()))).collect::<anyhow::Result<Vec<_>>>()?;
        panel = panel.mark(
            Line::new("theory (aligned), white inputs", theory)
                .colour(Colour::INK)
                .legend("theory (aligned, white inputs)"),
        );
        let exact = level.exact.test.iter().map(|statistics| statistics.log_error.mean);
        let exact = self.point_times().into_iter().zip(exact);
        let exact = Line::new("exact (random), white inputs", exact).colour(Colour::INK).dash(Dash::Dashed);
        panel = panel.mark(exact.legend("exact (random, white inputs)"));
        for kind in &level.kinds {
            let points = kind.students.log_errors(ErrorKind::Test, &self.point_epochs())?;
            let (colour, shape, dodge) = style(kind.kind);
            let mark = mean_points(name(kind.kind), self.point_times().into_iter().zip(points));
            let legend = format!("{} inputs", name(kind.kind));
            panel = panel.mark(mark.shape(shape).radius(2.4).colour(colour).dodge(dodge).legend(&legend));
        }
        Ok(panel)
    }

    /// Least test error, its time and the time at which learning began, of every seed.
    pub(super) fn optima_table(&self, levels: &[NoiseResults]) -> anyhow::Result<Table> {
        let mut table = Table {
            name: "optima".to_owned(),
            header: ["noise", "inputs", "run", "ln_least_test_error", "t_opt", "t_start"].map(str::to_owned).to_vec(),
            rows: Vec::new(),
        };
        for level in levels {
            for kind in &level.kinds {
                for (run, student) in kind.students.outcomes.iter().enumerate() {
                    let least = student.test(0)?.least;
                    let start = self.start_time(student)?.map_or_else(|| "never".to_owned(), |t| t.to_string());
                    let numbers = [least.value.ln().to_string(), (least.epoch as f64 / self.tau()).to_string(), start];
                    let condition = [level.noise.to_string(), name(kind.kind).to_owned(), run.to_string()];
                    table.rows.push([condition, numbers].concat());
                }
            }
        }
        Ok(table)
    }

    pub(super) fn caption(&self) -> String {
        format!(
            "Test error of students with random starts (N₁ = N₃ = {}, N₂ = {}, teacher of strengths {}) on {} examples whose \
             inputs are {}, at three levels of noise; means of {} seeds with 95 % intervals. One-hot and orthonormal inputs \
             are both white (XXᵀ = I), gaussian ones only on average. \
             Solid: theory of an aligned student on white inputs in the limit of large size; dashed: the exact random \
             student on white inputs of this size, averaged over {} independent draws.",
            self.inputs,
            self.hidden,
            self.strengths.iter().map(f64::to_string).collect::<Vec<_>>().join(", "),
            self.inputs,
            KINDS.map(name).join(", "),
            self.seeds,
            self.random_draws
        )
    }
}

/// Colour, shape, and by how many pixels points stand beside their time: those of white inputs would hide one another.
fn style(kind: InputKind) -> (Colour, Shape, f64) {
    match kind {
        InputKind::OneHot => (Colour::BLUE, Shape::OpenTriangle, -1.8),
        InputKind::Orthonormal => (Colour::GREEN, Shape::OpenSquare, 1.8),
        InputKind::Gaussian => (Colour::ORANGE, Shape::OpenDiamond, 0.0),
    }
}
