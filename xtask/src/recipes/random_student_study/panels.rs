//! The four panels, the tables beside them and the caption.

use super::{Curve, Lag, RandomStudentStudy, SizeCoverage};
use crate::study::ErrorKind;
use crate::study::panels::{mean_points, optimum_points};
use crate::study::recipe::Table;
use crate::study::series::linear_grid;
use figures::math_text::number;
use figures::{Axis, Band, Colour, ColourScale, Dash, Key, Legend, Line, Panel, Points, RefLine, Shape};
use sim::Start;
use std::collections::BTreeSet;

/// Points of a line of the theory.
const CURVE_POINTS: usize = 200;

/// One shape for each ε, repeating.
const SHAPES: [Shape; 4] = [Shape::OpenTriangle, Shape::OpenSquare, Shape::OpenDiamond, Shape::OpenCircle];

impl RandomStudentStudy {
    /// Blue (weak) to red (strong).
    pub(super) fn colours(&self) -> ColourScale {
        let snrs = || self.curve_snrs.iter().chain(&self.lag_snrs).copied();
        let (low, high) = (snrs().fold(f64::INFINITY, f64::min), snrs().fold(0.0, f64::max));
        ColourScale::sequential(low, if high > low { high } else { low + 1.0 })
    }

    /// ln of the test error over time.
    pub(super) fn curve_panel(&self, curves: &[Curve]) -> anyhow::Result<Panel> {
        let mut panel = Panel::new(self.time_axis(), Axis::new("ln ε_{te}")).title("test error").legend(Legend::None);
        for curve in curves {
            let (snr, colour) = (curve.snr, self.colours().colour(curve.snr));
            let band = curve.exact.test.iter().zip(self.times()).map(|(s, t)| (t, s.low.ln(), s.high.ln()));
            panel = panel.mark(Band::new(format!("95 % of random draws, SNR {snr}"), band).colour(colour));
            let times = linear_grid(self.time_range.0, self.time_range.1, CURVE_POINTS);
            let line = times
                .into_iter()
                .map(|t| Ok((t, curve.theory.test_error_at(t)?.ln())))
                .collect::<anyhow::Result<Vec<_>>>()?;
            panel = panel.mark(Line::new(format!("theory, SNR {snr}"), line).colour(colour).width(1.2));
            let exact = curve.exact.test.iter().zip(self.times()).map(|(s, t)| (t, s.log_error.mean));
            panel = panel.mark(Line::new(format!("exact random, SNR {snr}"), exact).colour(colour).dash(Dash::Dashed));
            let points = self.times().zip(curve.random.log_errors(ErrorKind::Test, &self.point_epochs())?);
            let mark = mean_points(format!("random, SNR {snr}"), points);
            panel = panel.mark(mark.shape(Shape::OpenTriangle).colour(colour).radius(2.6));
        }
        Ok(panel)
    }

    /// Measured against predicted delay.
    pub(super) fn lag_panel(&self, lags: &[Lag]) -> Panel {
        let mut panel = Panel::new(Axis::new("predicted"), Axis::new("measured"))
            .title("relative delay of t_{opt}")
            .same_range()
            .legend(Legend::Outside)
            .mark(RefLine::diagonal());
        for (epsilon, shape) in self.lag_epsilons.iter().zip(SHAPES.into_iter().cycle()) {
            for lag in lags.iter().filter(|lag| lag.epsilon == *epsilon) {
                let name = format!("SNR {}, ε = {epsilon:e}", lag.snr);
                let mark = optimum_points(&name, &[(lag.predicted, lag.measured())]);
                panel = panel.mark(mark.shape(shape).colour(self.colours().colour(lag.snr)));
            }
            panel = panel.key(Key::point(format!("ε = {epsilon:e}"), Colour::GREY, shape));
        }
        panel
    }

    /// |v·v̂| over time.
    pub(super) fn alignment_panel(&self, curves: &[Curve]) -> Panel {
        let mut panel = Panel::new(self.time_axis(), Axis::new("|v·v̂|").range(0.0, 1.05))
            .title("alignment of the leading mode")
            .legend(Legend::None);
        for curve in curves {
            let (snr, colour) = (curve.snr, self.colours().colour(curve.snr));
            // At the start every singular value is ε and the vectors mean nothing.
            let exact = || curve.exact.modes[0].input.iter().zip(self.times()).filter(|(_, t)| *t > 0.0);
            let name = format!("95 % of random draws, SNR {snr}");
            panel = panel.mark(Band::new(name, exact().map(|(s, t)| (t, s.low, s.high))).colour(colour));
            panel = panel.mark(
                Line::new(format!("exact random, SNR {snr}"), exact().map(|(s, t)| (t, s.value.mean)))
                    .colour(colour)
                    .dash(Dash::Dashed),
            );
            let measured: Vec<_> =
                self.alignment(curve).into_iter().filter_map(|(t, summary)| Some((t, summary?))).collect();
            if measured.is_empty() {
                continue;
            }
            let mut mark = Points::new(format!("random, SNR {snr}"), measured.iter().map(|(t, s)| (*t, s.mean)));
            if let Some(intervals) = measured.iter().map(|(_, s)| s.interval()).collect::<Option<Vec<_>>>() {
                mark = mark
                    .intervals(intervals.into_iter().map(|(low, high)| (low.clamp(0.0, 1.05), high.clamp(0.0, 1.05))));
            }
            panel = panel.mark(mark.shape(Shape::OpenTriangle).colour(colour).radius(2.6));
        }
        panel
    }

    /// Share of seeds inside the band against size.
    pub(super) fn coverage_panel(&self, coverages: &[SizeCoverage]) -> Panel {
        let sizes: BTreeSet<usize> = coverages.iter().map(|coverage| coverage.size).collect();
        let size_axis = Axis::log("n = N_1").labelled_ticks(sizes.into_iter().map(|n| (n as f64, n.to_string())));
        let mut panel = Panel::new(size_axis, Axis::new("share inside"))
            .title("single seeds in the 95 % band")
            .legend(Legend::Outside)
            .mark(RefLine::horizontal(0.95));
        let kinds = [
            (Start::TrainingAligned, "aligned", Shape::Circle, Colour::BLUE),
            (Start::Random, "random", Shape::OpenTriangle, Colour::ORANGE),
        ];
        for (start, name, shape, colour) in kinds {
            let counted: Vec<_> = coverages.iter().filter(|c| c.start == start).collect();
            if counted.is_empty() {
                continue;
            }
            // What chance gives 95 times in 100.
            let likely = |c: &SizeCoverage| {
                let (low, high) = c.coverage.likely(0.05);
                (low as f64 / c.coverage.total as f64, high as f64 / c.coverage.total as f64)
            };
            let points = Points::new(name, counted.iter().map(|c| (c.size as f64, c.coverage.share())))
                .shape(shape)
                .colour(colour);
            if counted.len() > 1 {
                let band = counted.iter().map(|c| (c.size as f64, likely(c).0, likely(c).1));
                panel = panel
                    .mark(Band::new(format!("{name}: chance"), band).colour(colour).legend(format!("chance, {name}")));
            }
            panel = panel.mark(points.legend(name));
        }
        panel
    }

    fn time_axis(&self) -> Axis {
        Axis::new("t/τ").range(self.time_range.0, self.time_range.1)
    }

    fn times(&self) -> impl Iterator<Item = f64> {
        self.first_setup().times_of(&self.point_epochs()).into_iter()
    }

    /// Delay of every seed, and the predicted mean.
    pub(super) fn lag_table(&self, lags: &[Lag]) -> Table {
        let rows = |lag: &Lag| {
            let condition = [lag.snr, lag.epsilon].map(|number| number.to_string());
            let predicted = lag.predicted.mean.to_string();
            let row = move |(run, delay): (usize, f64)| {
                [&condition[..], &[run.to_string(), delay.to_string(), predicted.clone()]].concat()
            };
            lag.by_seed().into_iter().enumerate().map(row).collect::<Vec<_>>()
        };
        Table {
            name: "delays".to_owned(),
            header: ["snr", "epsilon", "run", "relative_delay", "predicted_mean"].map(str::to_owned).to_vec(),
            rows: lags.iter().flat_map(rows).collect(),
        }
    }

    /// Counts of seeds inside bands.
    pub(super) fn coverage_table(&self, coverages: &[SizeCoverage]) -> Table {
        let row = |c: &SizeCoverage| {
            let start = if c.start == Start::Random { "random" } else { "aligned" };
            let counts = [c.size, c.coverage.inside, c.coverage.total, c.coverage.sample].map(|n| n.to_string());
            [vec![start.to_owned()], counts.to_vec(), vec![c.coverage.p_value().to_string()]].concat()
        };
        Table {
            name: "coverage".to_owned(),
            header: ["start", "inputs", "inside", "seeds", "draws", "p_value"].map(str::to_owned).to_vec(),
            rows: coverages.iter().map(row).collect(),
        }
    }

    pub(super) fn caption(&self) -> String {
        format!(
            "Random students with one hidden layer ({}-{}-{}, λ = {}) on rank-1 teachers, solved exactly as a matrix Riccati equation on \
             each draw of the data and averaged over {} draws; {} seeds, 95 % intervals. (a) Test error: trained students (triangles), exact \
             mean (dashed; bands hold 95 % of single draws), theory of the aligned student (solid), which the random one follows later. \
             (b) How much later the best stopping time is, over SNR and ε: measured against predicted. (c) The student's leading input \
             direction turns towards the data's. (d) Share of single seeds whose least test error falls into the 95 % band, against size \
             (SNR {}); shaded: what chance gives 95 times in 100.",
            self.inputs,
            self.hidden,
            self.outputs,
            number(self.learning_rate),
            self.random_draws,
            self.seeds,
            self.coverage.snr
        )
    }
}
