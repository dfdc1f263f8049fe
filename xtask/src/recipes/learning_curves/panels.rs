//! The four panels of a row, the table beside them and the caption.

use super::{Condition, LearningCurves};
use crate::study::panels::{LINE_POINTS, OptimumOf, mean_points, optima_table, paired_optima, short, strength_colours};
use crate::study::series::linear_grid;
use crate::study::{ErrorKind, Table};
use figures::math_text::number;
use figures::{Axis, Band, Colour, ColourBar, ColourScale, Dash, Figure, Key, Line, Panel, RefLine, Shape};
use rayon::prelude::*;

impl LearningCurves {
    /// Every panel, a row of four for each rank.
    pub(super) fn figure(&self, conditions: &[Condition]) -> anyhow::Result<Figure> {
        let mut figure = Figure::new("learning-curves", &self.title)
            .description(
                "Train and test error over time, least test error and best stopping time, for each rank and SNR.",
            )
            .columns(4)
            .colour_bar(ColourBar::new(self.colours(), "SNR"))
            .key(Key::line("theory (aligned)", Colour::INK, Dash::Solid).of(["theory"]))
            .key(Key::patch("95 % of single draws", Colour::LIGHT_GREY).of(["95 % of aligned draws"]))
            .key(Key::point("aligned students", Colour::INK, Shape::Circle).of(["aligned"]))
            .key(Key::point("random students", Colour::INK, Shape::OpenTriangle).of(["random"]));
        if self.random_draws > 0 {
            figure = figure.key(Key::line("exact (random)", Colour::INK, Dash::Dashed).of(["exact random"]));
        }
        for row in conditions.chunk_by(|a, b| a.rank == b.rank) {
            for kind in ErrorKind::BOTH {
                figure = figure.panel(self.curve_panel(row, kind)?);
            }
            figure = figure.panel(self.optima(row, "least ln ε_{te}", OptimumOf::LeastError));
            figure = figure.panel(self.optima(row, "t_{opt}/τ", OptimumOf::Time));
        }
        Ok(figure)
    }

    fn colours(&self) -> ColourScale {
        strength_colours(&self.all_snrs())
    }

    /// ln of an error over time: bands and lines of the theory, points of the students.
    fn curve_panel(&self, row: &[Condition], kind: ErrorKind) -> anyhow::Result<Panel> {
        let (epochs, times) = (self.point_epochs(), self.setup().times_of(&self.point_epochs()));
        let time = Axis::new("t/τ").range(self.time_range.0, self.time_range.1);
        let title = format!("rank {}: {} error", row[0].rank, kind.name());
        let mut panel = Panel::new(time, Axis::new(kind.label())).title(title);
        let shown = || row.iter().filter(|c| self.curve_snrs.contains(&c.snr));
        for condition in shown() {
            let statistics = kind.drawn(condition.draws.here()).iter().zip(&times);
            let band = statistics.map(|(statistics, &t)| (t, statistics.low.ln(), statistics.high.ln()));
            let name = format!("95 % of aligned draws, SNR {}", condition.snr);
            panel = panel.mark(Band::new(name, band).colour(self.colours().colour(condition.snr)));
        }
        for condition in shown() {
            let (snr, colour) = (condition.snr, self.colours().colour(condition.snr));
            let grid = linear_grid(self.time_range.0, self.time_range.1, LINE_POINTS);
            let line = grid.into_par_iter().map(|t| Ok((t, kind.of(condition.draws.curve(), t)?.ln())));
            let line = line.collect::<anyhow::Result<Vec<_>>>()?;
            panel = panel.mark(Line::new(format!("theory, SNR {snr}"), line).colour(colour));
            if let Some(exact) = &condition.random_draws {
                let means = kind.drawn(exact).iter().zip(&times).map(|(s, &t)| (t, s.log_error.mean));
                let line = Line::new(format!("exact random, SNR {snr}"), means);
                panel = panel.mark(line.colour(colour).dash(Dash::Dashed));
            }
            let aligned = condition.aligned.first(self.seeds);
            for (name, students, shape) in
                [("aligned", &aligned, Shape::Circle), ("random", &condition.random, Shape::OpenTriangle)]
            {
                let points = times.iter().copied().zip(students.log_errors(kind, &epochs)?);
                // Random students that no line speaks of stand back.
                let speechless = shape == Shape::OpenTriangle && condition.random_draws.is_none();
                let mark = mean_points(format!("{name}, SNR {snr}"), points).shape(shape).colour(colour);
                panel = panel.mark(mark.radius(2.6).opacity(if speechless { 0.45 } else { 1.0 }));
            }
        }
        Ok(panel)
    }

    /// Least ln ε_te or t_opt/τ: random against aligned.
    fn optima(&self, row: &[Condition], what: &str, of: OptimumOf) -> Panel {
        let title = format!("rank {}: {what}", row[0].rank);
        let mut panel = Panel::new(Axis::new("aligned"), Axis::new("random")).title(title).same_range();
        panel = panel.mark(RefLine::diagonal());
        for condition in row.iter().filter(|c| self.optimum_snrs.contains(&c.snr)) {
            let pair = (&condition.optima.aligned, &condition.optima.random);
            let points = paired_optima(&format!("SNR {}", short(condition.snr)), of, &[pair]);
            panel = panel.mark(points.colour(self.colours().colour(condition.snr)));
        }
        panel
    }

    /// Least test error and best stopping time of every seed.
    pub(super) fn optima_table(&self, conditions: &[Condition]) -> Table {
        let rows = conditions.iter().flat_map(|c| {
            let keys = |start: &str| [c.rank.to_string(), c.snr.to_string(), start.to_owned()];
            [(keys("aligned"), &c.optima.aligned), (keys("random"), &c.optima.random)]
        });
        optima_table(["rank", "snr", "start"], rows)
    }

    pub(super) fn caption(&self) -> String {
        let exact = match self.random_draws {
            0 => String::new(),
            draws => format!(" Dashed: the exact random student, averaged over {draws} draws of the data."),
        };
        let flat = match &self.shallow_reference {
            None => "",
            Some(_) => {
                " The wide intervals of t_opt at strong signals are no \
                 disagreement: between the last mode and the first noise the test error is flat for tens of τ, and where on \
                 that floor a single student has its least value is chance."
            }
        };
        format!(
            "Students with L = {} weight matrices ({}, ε = {}, λ = {}) on noisy data of a low-rank teacher; one row per \
             rank of the teacher. \
             Lines: theory of the aligned student in the limit of large size; bands hold 95 % of single draws at this size. \
             Points: means of {} seeds with 95 % intervals, aligned (filled) and random (open) starts.{exact} \
             Right: least test error and best stopping time, random against aligned.{flat}",
            self.layers,
            self.sizes(),
            number(self.epsilon),
            number(self.learning_rate),
            self.seeds
        )
    }

    /// Widths of all layers, as 100-50-50.
    fn sizes(&self) -> String {
        let hidden = vec![self.hidden; self.layers - 1];
        let widths = [vec![self.inputs], hidden, vec![self.outputs]].concat();
        widths.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
    }
}
