//! The four panels of a row, the table beside them and the caption.

use super::{ErrorKind, LearningCurves, Row};
use crate::study::comparison::{Summary, linear_grid};
use crate::study::elements::{log_points, mean_points, optimum_points};
use crate::study::recipe::Table;
use figures::{Axis, Band, Colour, ColourScale, Dash, Line, Panel, RefLine, Shape};
use rayon::prelude::*;
use theory::LearningCurve;

/// Points of a line of the theory.
const CURVE_POINTS: usize = 200;

impl LearningCurves {
    /// Colours of the SNRs: blue (weak) to red (strong).
    pub(super) fn colours(&self) -> ColourScale {
        let snrs = self.all_snrs();
        let (low, high) = (snrs[0], snrs[snrs.len() - 1]);
        ColourScale::sequential(low, if high > low { high } else { low + 1.0 })
    }

    fn colour(&self, snr: f64) -> Colour {
        self.colours().colour(snr)
    }

    /// ln of an error over time: bands and lines of the theory, points of the students.
    pub(super) fn curve_panel(&self, row: &Row<'_>, kind: ErrorKind) -> anyhow::Result<Panel> {
        let time = Axis::new("t/τ").range(self.time_range.0, self.time_range.1);
        let mut panel =
            Panel::new(time, Axis::new(kind.label())).title(format!("rank {}: {} error", row.rank, kind.name()));
        for results in row.at(&self.curve_snrs) {
            let (snr, colour) = (results.snr, self.colour(results.snr));
            let band = kind.in_ensemble(results.ensemble).iter().zip(self.times());
            let band = band.map(|(statistics, t)| (t, statistics.low.ln(), statistics.high.ln()));
            panel = panel.mark(Band::new(format!("95 % of aligned draws, SNR {snr}"), band).colour(colour));
        }
        for results in row.at(&self.curve_snrs) {
            let (snr, colour) = (results.snr, self.colour(results.snr));
            panel = panel
                .mark(Line::new(format!("theory, SNR {snr}"), self.theory_line(&results.curve, kind)?).colour(colour));
            if let Some(exact) = results.random_ensemble {
                let means = kind.in_ensemble(exact).iter().zip(self.times()).map(|(s, t)| (t, s.log_error.mean));
                panel =
                    panel.mark(Line::new(format!("exact random, SNR {snr}"), means).colour(colour).dash(Dash::Dashed));
            }
            for (name, outcomes, shape) in
                [("aligned", &results.aligned, Shape::Circle), ("random", &results.random, Shape::OpenTriangle)]
            {
                let points = log_points(outcomes, |o| kind.track(o), &self.point_epochs(), self.tau())?;
                let mark = mean_points(format!("{name}, SNR {snr}"), points.iter().map(|p| (p.time, p.log_error)));
                // Random students that no line speaks of stand back.
                let opacity =
                    if shape == Shape::OpenTriangle && results.random_ensemble.is_none() { 0.45 } else { 1.0 };
                panel = panel.mark(mark.shape(shape).colour(colour).radius(2.6).opacity(opacity));
            }
        }
        Ok(panel)
    }

    /// Least ln ε_te: random against aligned.
    pub(super) fn least_error_panel(&self, row: &Row<'_>) -> Panel {
        let panel = Panel::new(Axis::new("aligned"), Axis::new("random"))
            .title(format!("rank {}: least ln ε_{{te}}", row.rank));
        self.optima(row, panel, |r| (r.optima.aligned.log_error_summary(), r.optima.random.log_error_summary()))
    }

    /// t_opt/τ: random against aligned.
    pub(super) fn stopping_panel(&self, row: &Row<'_>) -> Panel {
        let panel =
            Panel::new(Axis::new("aligned"), Axis::new("random")).title(format!("rank {}: t_{{opt}}/τ", row.rank));
        self.optima(row, panel, |r| (r.optima.aligned.time_summary(), r.optima.random.time_summary()))
    }

    fn optima(
        &self,
        row: &Row<'_>,
        panel: Panel,
        pair: impl Fn(&super::SnrResults<'_>) -> (Summary, Summary),
    ) -> Panel {
        let mut panel = panel.same_range().mark(RefLine::diagonal());
        for results in row.at(&self.optimum_snrs) {
            let name = format!("SNR {}", short(results.snr));
            panel = panel.mark(optimum_points(&name, &[pair(results)]).colour(self.colour(results.snr)));
        }
        panel
    }

    fn theory_line(&self, curve: &LearningCurve, kind: ErrorKind) -> anyhow::Result<Vec<(f64, f64)>> {
        let times = linear_grid(self.time_range.0, self.time_range.1, CURVE_POINTS);
        times.into_par_iter().map(|t| Ok((t, kind.of(curve, t)?.ln()))).collect()
    }

    /// t/τ of the points.
    pub(super) fn times(&self) -> impl Iterator<Item = f64> {
        let tau = self.tau();
        self.point_epochs().into_iter().map(move |epoch| epoch as f64 / tau)
    }

    /// Least test error and best stopping time of every seed.
    pub(super) fn optima_table(&self, rows: &[Row<'_>]) -> Table {
        let mut table = Table {
            name: "optima".to_owned(),
            header: ["rank", "snr", "start", "run", "ln_least_test_error", "t_opt"].map(str::to_owned).to_vec(),
            rows: Vec::new(),
        };
        for row in rows {
            for results in &row.snrs {
                for (start, optimum) in [("aligned", &results.optima.aligned), ("random", &results.optima.random)] {
                    for (run, (log_error, time)) in optimum.log_error.iter().zip(&optimum.time).enumerate() {
                        let (rank, snr) = (row.rank.to_string(), results.snr.to_string());
                        let numbers = [run.to_string(), log_error.to_string(), time.to_string()];
                        table.rows.push([vec![rank, snr, start.to_owned()], numbers.to_vec()].concat());
                    }
                }
            }
        }
        table
    }

    pub(super) fn caption(&self) -> String {
        let exact = match self.random_draws {
            0 => String::new(),
            draws => format!(" Dashed: the exact random student, averaged over {draws} draws of the data."),
        };
        let later = match &self.shallow_reference {
            None => "slightly later".to_owned(),
            Some(reference) => format!(
                "later, and by a larger fraction than with L = {}. The wide intervals of t_opt at strong signals are no \
                 disagreement: between the last mode and the first noise the test error is flat for tens of τ, and where on \
                 that floor a single student has its least value is chance",
                reference.layers
            ),
        };
        format!(
            "Students with L = {} weight matrices ({}, ε = {}, λ = {}) on noisy data of a low-rank teacher; one row per \
             rank of the teacher. Train and test error fall in one wave per mode; the test error then rises as noise is learned. \
             Lines: theory of the aligned student in the limit of large size; bands hold 95 % of single draws at this size. \
             Points: means of {} seeds with 95 % intervals, aligned (filled) and random (open) starts.{exact} \
             Right: least test error and best stopping time, random against aligned: the error is nearly the same, the time {later}.",
            self.layers,
            self.sizes(),
            self.epsilon,
            self.learning_rate,
            self.seeds
        )
    }
}

impl LearningCurves {
    /// Widths of all layers, as 100-50-50.
    fn sizes(&self) -> String {
        let hidden = vec![self.hidden; self.layers - 1];
        let widths = [vec![self.inputs], hidden, vec![self.outputs]].concat();
        widths.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
    }
}

/// A number as short as three decimals allow.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
