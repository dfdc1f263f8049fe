//! The four panels, the table beside them and the caption.

use super::verdicts::{ErrorKind, final_log_errors};
use super::{Condition, VaryingExamples};
use crate::study::comparison::linear_grid;
use crate::study::elements::{log_points, mean_points, optimum_points};
use crate::study::recipe::Table;
use figures::{Axis, Band, Colour, ColourScale, Legend, Line, Panel, RefLine, palette};
use rayon::prelude::*;

/// Points of a line of the theory.
const CURVE_POINTS: usize = 200;

impl VaryingExamples {
    /// Blue (weak) to red (strong).
    fn colour(&self, snr: f64) -> Colour {
        let (low, high) = (self.snrs[0], self.snrs[self.snrs.len() - 1]);
        ColourScale::sequential(low, if high > low { high } else { low + 1.0 }).colour(snr)
    }

    fn density(&self, examples: usize) -> f64 {
        examples as f64 / self.inputs as f64
    }

    /// ln of an error over time.
    pub(super) fn curve_panel(&self, conditions: &[Condition<'_>], kind: ErrorKind) -> anyhow::Result<Panel> {
        let (epochs, tau) = (self.point_epochs(), self.tau());
        let label = if kind == ErrorKind::Train { "ln ε_{tr}" } else { "ln ε_{te}" };
        let mut panel = Panel::new(Axis::new("t/τ").range(self.time_range.0, self.time_range.1), Axis::new(label))
            .title(format!("SNR {}: {} error", self.curve_snr, kind.name()))
            .legend(Legend::Outside);
        for (index, condition) in self.curves(conditions).enumerate() {
            let (name, colour) = (format!("P/N₁ = {}", self.density(condition.examples)), palette(index));
            let band = kind.ensemble(condition).iter().zip(&epochs);
            let band = band.map(|(statistics, &epoch)| (epoch as f64 / tau, statistics.low.ln(), statistics.high.ln()));
            panel = panel.mark(Band::new(format!("95 % of draws, {name}"), band).colour(colour));
            let times = linear_grid(self.time_range.0, self.time_range.1, CURVE_POINTS);
            let line = times
                .into_iter()
                .map(|t| Ok((t, kind.theory(condition, t)?.ln())))
                .collect::<anyhow::Result<Vec<_>>>()?;
            panel = panel.mark(Line::new(format!("theory, {name}"), line).colour(colour).legend(&name));
            let points = log_points(&condition.orthonormal, |o| kind.track(o), &epochs, tau)?;
            let mark = mean_points(format!("aligned, {name}"), points.iter().map(|p| (p.time, p.log_error)));
            panel = panel.mark(mark.colour(colour).radius(2.6).legend(&name));
        }
        Ok(panel)
    }

    /// Least ln ε_te against SNR·√(P/N₁).
    pub(super) fn least_error_panel(&self, conditions: &[Condition<'_>]) -> anyhow::Result<Panel> {
        let x = |examples: usize, snr: f64| snr * self.density(examples).sqrt();
        let mut panel = Panel::new(Axis::new("SNR·√(P/N_1)"), Axis::new("least ln ε_{te}"))
            .title("least test error")
            .legend(Legend::Outside);
        let t_max = self.epochs as f64 / self.tau();
        let (fewest, most) = (self.examples[0], self.examples[self.examples.len() - 1]);
        for &snr in &self.snrs {
            let (name, colour) = (format!("SNR {snr}"), self.colour(snr));
            let at = |examples: usize| -> anyhow::Result<(f64, f64)> {
                Ok((x(examples, snr), self.theory(examples, snr)?.optimal_stopping(t_max)?.test_error.ln()))
            };
            // P is a whole number: a line through every value that it can take.
            let line = (fewest..=most).into_par_iter().map(at).collect::<anyhow::Result<Vec<_>>>()?;
            panel = panel.mark(Line::new(format!("theory, {name}"), line).colour(colour).legend(&name));
            let own = conditions.iter().filter(|c| c.snr == snr);
            let measured = own.map(|c| (x(c.examples, snr), c.orthonormal_optimum.log_error_summary()));
            panel = panel.mark(mean_points(format!("aligned, {name}"), measured).colour(colour).legend(&name));
        }
        Ok(panel)
    }

    /// Least ln ε_te with gaussian against orthonormal inputs.
    pub(super) fn gaussian_panel(&self, conditions: &[Condition<'_>]) -> Panel {
        let mut panel = Panel::new(Axis::new("orthonormal inputs"), Axis::new("gaussian inputs"))
            .title("least ln ε_{te}")
            .same_range()
            .legend(Legend::Outside)
            .mark(RefLine::diagonal());
        for &snr in &self.snrs {
            let name = format!("SNR {snr}");
            let pairs: Vec<_> = conditions
                .iter()
                .filter(|c| c.snr == snr)
                .map(|c| (c.orthonormal_optimum.log_error_summary(), c.gaussian_optimum.log_error_summary()))
                .collect();
            let path = pairs.iter().map(|(x, y)| (x.mean, y.mean)).collect::<Vec<_>>();
            panel = panel.mark(
                Line::new(format!("{name}, in the order of P"), path).colour(self.colour(snr)).width(1.0).opacity(0.5),
            );
            panel = panel.mark(optimum_points(&name, &pairs).colour(self.colour(snr)).legend(&name));
        }
        panel
    }

    /// Least and final test error of every seed.
    pub(super) fn optima_table(&self, conditions: &[Condition<'_>]) -> Table {
        let header = ["examples", "snr", "inputs", "run", "ln_least_test_error", "t_opt", "ln_final_test_error"];
        let mut rows = Vec::new();
        for c in conditions {
            let gaussian_finals =
                c.gaussian.iter().map(|o| o.test(0).map_or(f64::NAN, |track| track.last.ln())).collect();
            let kinds = [
                ("orthonormal", &c.orthonormal_optimum, final_log_errors(c)),
                ("gaussian", &c.gaussian_optimum, gaussian_finals),
            ];
            for (kind, optimum, finals) in kinds {
                for (run, last) in finals.iter().enumerate() {
                    let words = [c.examples.to_string(), c.snr.to_string(), kind.to_owned(), run.to_string()];
                    let numbers = [optimum.log_error[run], optimum.time[run], *last].map(|number| number.to_string());
                    rows.push([words.to_vec(), numbers.to_vec()].concat());
                }
            }
        }
        Table { name: "optima".to_owned(), header: header.map(str::to_owned).to_vec(), rows }
    }

    pub(super) fn caption(&self) -> String {
        format!(
            "Aligned students ({n}-{}-{}, ε = {}, λ = {}) of rank-1 teachers on P examples; {} seeds, 95 % intervals. (a, b) Train and test \
             error over time with orthonormal inputs: lines are the theory, bands hold 95 % of single draws at this size. The \
             final test error is worst at P = N₁ = {n}: more examples average the noise, fewer leave the student's map on the unseen directions as it \
             started. (c) The least test error falls with P at every SNR. (d) Gaussian inputs cost test error, most where P is near N₁.",
            self.hidden,
            self.outputs,
            self.epsilon,
            self.learning_rate,
            self.seeds,
            n = self.inputs
        )
    }
}
