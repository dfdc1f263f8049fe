//! The four panels, the table beside them and the caption.

use super::{Condition, VaryingExamples};
use crate::study::panels::{LINE_POINTS, OptimumOf, least_error_points, mean_points, paired_optima, strength_colours};
use crate::study::series::linear_grid;
use crate::study::{ErrorKind, Optimum, Table};
use figures::math_text::number;
use figures::{Axis, Band, Colour, Dash, Figure, Key, Legend, Line, Panel, RefLine, Shape, palette};
use rayon::prelude::*;

impl VaryingExamples {
    /// All four panels.
    pub(super) fn figure(&self, conditions: &[Condition]) -> anyhow::Result<Figure> {
        let description = "Train and test error over time for few, as many and more examples than inputs; least test error against SNR·√(P/N₁), and with gaussian against orthonormal inputs.";
        Ok(Figure::new("varying-examples", &self.title)
            .description(description)
            .columns(2)
            .key(Key::line("theory", Colour::INK, Dash::Solid).of(["theory"]))
            .key(Key::patch("95 % of single draws", Colour::LIGHT_GREY).of(["95 % of draws"]))
            .key(Key::point("aligned students", Colour::INK, Shape::Circle).of(["aligned"]))
            .panel(self.curve_panel(conditions, ErrorKind::Train)?)
            .panel(self.curve_panel(conditions, ErrorKind::Test)?)
            .panel(self.least_error_panel(conditions)?)
            .panel(self.gaussian_panel(conditions)))
    }

    /// Blue (weak) to red (strong).
    fn colour(&self, snr: f64) -> Colour {
        strength_colours(&self.snrs).colour(snr)
    }

    fn density(&self, examples: usize) -> f64 {
        examples as f64 / self.inputs as f64
    }

    /// ln of an error over time.
    fn curve_panel(&self, conditions: &[Condition], kind: ErrorKind) -> anyhow::Result<Panel> {
        let (epochs, times) = (self.point_epochs(), self.setup(self.inputs).times_of(&self.point_epochs()));
        let mut panel =
            Panel::new(Axis::new("t/τ").range(self.time_range.0, self.time_range.1), Axis::new(kind.label()))
                .title(format!("SNR {}: {} error", self.curve_snr, kind.name()))
                .legend(Legend::Outside);
        for (index, condition) in self.curves(conditions).enumerate() {
            let (name, colour) = (format!("P/N₁ = {}", self.density(condition.examples)), palette(index));
            let statistics = kind.drawn(condition.draws.here()).iter().zip(&times);
            let band = statistics.map(|(statistics, &t)| (t, statistics.low.ln(), statistics.high.ln()));
            panel = panel.mark(Band::new(format!("95 % of draws, {name}"), band).colour(colour));
            let grid = linear_grid(self.time_range.0, self.time_range.1, LINE_POINTS);
            let line = grid.into_iter().map(|t| Ok((t, kind.of(condition.draws.curve(), t)?.ln())));
            let line = line.collect::<anyhow::Result<Vec<_>>>()?;
            panel = panel.mark(Line::new(format!("theory, {name}"), line).colour(colour).legend(&name));
            let points = times.iter().copied().zip(condition.orthonormal.first(self.seeds).log_errors(kind, &epochs)?);
            let mark = mean_points(format!("aligned, {name}"), points);
            panel = panel.mark(mark.colour(colour).radius(2.6).legend(&name));
        }
        Ok(panel)
    }

    /// Least ln ε_te against SNR·√(P/N₁).
    fn least_error_panel(&self, conditions: &[Condition]) -> anyhow::Result<Panel> {
        let x = |examples: usize, snr: f64| snr * self.density(examples).sqrt();
        let mut panel = Panel::new(Axis::new("SNR·√(P/N_1)"), Axis::new("least ln ε_{te}"))
            .title("least test error")
            .legend(Legend::Outside);
        let (fewest, most) = (self.examples[0], self.examples[self.examples.len() - 1]);
        for &snr in &self.snrs {
            let (name, colour) = (format!("SNR {snr}"), self.colour(snr));
            let at = |examples: usize| -> anyhow::Result<(f64, f64)> {
                Ok((x(examples, snr), self.setup(examples).least_test_error(&[snr])?))
            };
            // P is a whole number: a line through every value that it can take.
            let line = (fewest..=most).into_par_iter().map(at).collect::<anyhow::Result<Vec<_>>>()?;
            panel = panel.mark(Line::new(format!("theory, {name}"), line).colour(colour).legend(&name));
            let own = conditions.iter().filter(|c| c.snr == snr);
            let measured: Vec<(f64, &Optimum)> = own.map(|c| (x(c.examples, snr), &c.optimum)).collect();
            panel = panel.mark(least_error_points(format!("aligned, {name}"), &measured).colour(colour).legend(&name));
        }
        Ok(panel)
    }

    /// Least ln ε_te with gaussian against orthonormal inputs.
    fn gaussian_panel(&self, conditions: &[Condition]) -> Panel {
        let mut panel = Panel::new(Axis::new("orthonormal inputs"), Axis::new("gaussian inputs"))
            .title("least ln ε_{te}")
            .same_range()
            .legend(Legend::Outside)
            .mark(RefLine::diagonal());
        for &snr in &self.snrs {
            let name = format!("SNR {snr}");
            let own = conditions.iter().filter(|c| c.snr == snr);
            let pairs: Vec<(&Optimum, &Optimum)> = own.map(|c| (&c.optimum, &c.gaussian)).collect();
            let points = paired_optima(&name, OptimumOf::LeastError, &pairs);
            let path = points.points.clone();
            panel = panel.mark(
                Line::new(format!("{name}, in the order of P"), path).colour(self.colour(snr)).width(1.0).opacity(0.5),
            );
            panel = panel.mark(points.colour(self.colour(snr)).legend(&name));
        }
        panel
    }

    /// Least and final test error of every seed.
    pub(super) fn optima_table(&self, conditions: &[Condition]) -> Table {
        let header =
            ["examples", "snr", "inputs", "run", "ln_least_test_error", "t_opt", "ln_final_test_error", "censored"];
        let mut rows = Vec::new();
        for c in conditions {
            let kinds: [(&str, &Optimum, &[f64]); 2] =
                [("orthonormal", &c.optimum, &c.finals), ("gaussian", &c.gaussian, &c.gaussian_finals)];
            for (kind, optimum, finals) in kinds {
                for (run, last) in finals.iter().enumerate() {
                    let words = [c.examples.to_string(), c.snr.to_string(), kind.to_owned(), run.to_string()];
                    let numbers = [optimum.log_error[run], optimum.time[run], *last].map(|number| number.to_string());
                    rows.push([words.to_vec(), numbers.to_vec(), vec![optimum.censored[run].to_string()]].concat());
                }
            }
        }
        Table { name: "optima".to_owned(), header: header.map(str::to_owned).to_vec(), rows }
    }

    pub(super) fn caption(&self) -> String {
        format!(
            "Aligned students ({n}-{}-{}, ε = {}, λ = {}) of rank-1 teachers on P examples; {} seeds, 95 % intervals. (a, b) Train and test \
             error over time with orthonormal inputs: lines are the theory, bands hold 95 % of single draws at this size. \
             (c) The least test error over SNR and P. (d) The same with gaussian against orthonormal inputs.",
            self.hidden,
            self.outputs,
            number(self.epsilon),
            number(self.learning_rate),
            self.seeds,
            n = self.inputs
        )
    }
}
