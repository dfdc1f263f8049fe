//! The three panels, the numbers beside them and the caption.

use super::SignalThroughNoise;
use super::measured::{HistogramData, Quantity, Transition};
use crate::runs::summary::{Summary, student_quantile};
use crate::study::panels::strength_colours;
use crate::study::recipe::Table;
use crate::study::series::linear_grid;
use figures::{Axis, Band, Colour, Dash, Histogram, Legend, Line, Panel, Points, RefLine};

impl SignalThroughNoise {
    /// Counts of one matrix's singular values, the bulk's expected counts and the predicted strengths.
    pub(super) fn histogram_panel(&self, data: &HistogramData) -> Panel {
        let settings = &self.histogram;
        let rank = settings.strengths.len();
        let (signal, noise) = data.values.split_at(rank.min(data.values.len()));
        let title =
            format!("{} × {} data, signal counts × {}", settings.outputs, self.inputs, settings.signal_magnification);
        let mut panel =
            Panel::new(Axis::new("data singular value ŝ"), Axis::new("count")).title(title).legend(Legend::Auto);
        panel = panel.mark(Histogram::of_values("noise values", noise, 0.0, settings.bin).colour(Colour::GREY));
        let scale = strength_colours(&settings.strengths);
        for (k, (&value, &strength)) in signal.iter().zip(&settings.strengths).enumerate() {
            let start = (value / settings.bin).floor() * settings.bin;
            let name = format!("value {} (× {})", k + 1, settings.signal_magnification);
            let bar = Histogram::new(name, [start, start + settings.bin], [settings.signal_magnification]);
            panel = panel.mark(bar.colour(scale.colour(strength)).fill_opacity(0.6));
        }
        if let Some(bulk) = data.matrix.bulk() {
            // The expected count of a bin that is centred at each point.
            let (low, high) = (data.matrix.lower_edge() - settings.bin, data.matrix.edge() + settings.bin);
            let expected = |y: f64| {
                let mass = bulk.cdf(y + settings.bin / 2.0) - bulk.cdf((y - settings.bin / 2.0).max(0.0));
                (y, noise.len() as f64 * mass)
            };
            let curve = linear_grid(low.max(0.0), high, 200).into_iter().map(expected);
            panel = panel.mark(Line::new("expected count of the bulk", curve).colour(Colour::INK).legend("bulk law"));
        }
        for &strength in &settings.strengths {
            let predicted =
                RefLine::vertical(data.matrix.strength(strength)).series(format!("predicted, s̄ = {strength}"));
            let label = format!("predicted ŝ, s̄ = {strength}");
            panel = panel.mark(predicted.colour(scale.colour(strength)).dash(Dash::Dashed).legend(label));
        }
        panel
    }

    /// ŝ against s̄.
    pub(super) fn strength_panel(&self, transitions: &[Transition]) -> Panel {
        let panel = Panel::new(self.true_strength_axis(), Axis::new("data strength ŝ")).title("strength, rank 1");
        let panel = panel.mark(RefLine::diagonal().legend("ŝ = s̄"));
        self.transition_panel(panel, transitions, Quantity::Strength)
    }

    /// O against s̄.
    pub(super) fn overlap_panel(&self, transitions: &[Transition]) -> Panel {
        let panel =
            Panel::new(self.true_strength_axis(), Axis::new("overlap *O*").range(0.0, 1.0)).title("overlap, rank 1");
        self.transition_panel(panel, transitions, Quantity::Overlap).legend(Legend::None)
    }

    fn true_strength_axis(&self) -> Axis {
        let (low, high) = self.transition.strength_range;
        Axis::new("teacher strength s̄").range(low, high)
    }

    fn transition_panel(&self, mut panel: Panel, transitions: &[Transition], quantity: Quantity) -> Panel {
        let (low, high) = self.transition.strength_range;
        let grid = linear_grid(low, high, self.transition.points);
        for (index, transition) in transitions.iter().enumerate() {
            let name = format!("A = {}", transition.aspect_ratio);
            let band = Band::new(format!("95 % of draws, {name}"), single_draws(transition, quantity));
            panel = panel.mark(band.colour(shape_colour(index)));
        }
        for (index, transition) in transitions.iter().enumerate() {
            let (name, colour) = (format!("A = {}", transition.aspect_ratio), shape_colour(index));
            let line = grid.iter().map(|&s| (s, quantity.predicted(&transition.matrix, s)));
            panel = panel.mark(Line::new(format!("theory, {name}"), line).colour(colour).legend(&name));
            let summaries = transition.points.iter().map(|p| (p.strength, p.seen.summary(quantity)));
            // An interval for a mean near 0 may reach beyond what an overlap can be.
            let (least, most) = quantity.limits();
            let interval =
                |mean: Summary| mean.interval().map_or((mean.mean, mean.mean), |(a, b)| (a.max(least), b.min(most)));
            let (points, intervals): (Vec<_>, Vec<_>) =
                summaries.map(|(s, mean)| ((s, mean.mean), interval(mean))).unzip();
            panel = panel
                .mark(Points::new(format!("draws, {name}"), points).intervals(intervals).colour(colour).radius(2.6));
        }
        panel
    }

    /// ŝ and O of every draw shown.
    pub(super) fn draws_table(&self, transitions: &[Transition]) -> Table {
        let mut table = Table {
            name: "draws".to_owned(),
            header: ["aspect_ratio", "true_strength", "run", "data_strength", "overlap"].map(str::to_owned).to_vec(),
            rows: Vec::new(),
        };
        for transition in transitions {
            for point in &transition.points {
                let [strengths, overlaps] = Quantity::BOTH.map(|quantity| point.seen.values(quantity));
                for (run, (strength, overlap)) in strengths.iter().zip(overlaps).enumerate() {
                    let numbers = [transition.aspect_ratio, point.strength, run as f64, *strength, *overlap];
                    table.rows.push(numbers.map(|x| x.to_string()).to_vec());
                }
            }
        }
        table
    }

    pub(super) fn caption(&self) -> String {
        let magnified = match self.histogram.signal_magnification {
            1.0 => String::new(),
            times => format!("Counts of these few values are drawn {times} times too high. "),
        };
        format!(
            "What noise leaves of a teacher. (a) The singular values of one {} × {} data matrix: those of the noise fill a bulk \
             (line: its law, as expected counts), and each mode of the teacher (s̄ = {}) stands out above it, a little stronger \
             than the teacher's own value, where the theory puts it (dashed). {magnified}(b) The strongest data mode of a rank-1 teacher against the teacher's strength, for {} inputs and A times as \
             many outputs: up to s̄ = {} it stays at the edge of the bulk, beyond it rises towards the diagonal from above. (c) Its overlap \
             with the teacher's mode vanishes below the same threshold and rises steeply beyond it. Points: means of {} draws \
             with 95 % intervals; shaded: where 95 % of single draws of this size lie, estimated from {} independent draws at \
             the strengths of the points.",
            self.histogram.outputs,
            self.inputs,
            self.histogram.strengths.iter().map(f64::to_string).collect::<Vec<_>>().join(", "),
            self.inputs,
            self.threshold_in_words(),
            self.transition.seeds,
            self.ensemble_draws
        )
    }
}

/// Where 95 % of single draws lie, by Student's prediction interval of the independent draws.
fn single_draws(transition: &Transition, quantity: Quantity) -> impl Iterator<Item = (f64, f64, f64)> {
    let (least, most) = quantity.limits();
    transition.points.iter().map(move |point| {
        let summary = point.independent.summary(quantity);
        let half =
            student_quantile(0.05, summary.count) * summary.deviation * (1.0 + 1.0 / summary.count as f64).sqrt();
        (point.strength, (summary.mean - half).max(least), (summary.mean + half).min(most))
    })
}

/// Colours of the aspect ratios: the palette without its blue and red, which tell strengths.
fn shape_colour(index: usize) -> Colour {
    figures::palette(index + 2)
}
