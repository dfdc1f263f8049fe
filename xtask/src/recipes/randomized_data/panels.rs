//! Histograms, train errors, the table beside them and the caption.

use super::RandomizedData;
use super::measured::Kind;
use crate::study::ErrorKind;
use crate::study::panels::strength_colours;
use crate::study::recipe::Table;
use crate::study::series::linear_grid;
use figures::{Axis, Colour, Dash, Histogram, Line, Panel, Points, RefLine, Shape};
use sim::Labels;

/// Points of a line of the theory.
const CURVE_POINTS: usize = 300;

impl RandomizedData {
    /// Singular values of the data set shown, predicted signal values and ends of the bulk.
    pub(super) fn histogram_panel(&self, kind: &Kind, title: &str) -> Panel {
        let range = (0.0, (1.05 * self.setup().steepest_rate(&self.strengths) / self.bin).ceil() * self.bin);
        let strength = Axis::new("data singular value ŝ").range(range.0, range.1);
        let values =
            Histogram::of_values(format!("{title} data"), kind.shown(), 0.0, self.bin).colour(colour(kind.labels));
        let mut panel = Panel::new(strength, Axis::new("count")).title(format!("{title} data")).mark(values);
        let [high, low] = kind.bulk_ends();
        panel = panel.mark(
            RefLine::vertical(low)
                .series("predicted lower end of the bulk")
                .colour(Colour::INK)
                .legend("predicted ends of the bulk"),
        );
        panel = panel.mark(RefLine::vertical(high).series("predicted upper end of the bulk").colour(Colour::INK));
        let scale = strength_colours(&self.strengths);
        for &strength in kind.strengths() {
            let line =
                RefLine::vertical(kind.matrix().strength(strength)).series(format!("predicted ŝ, s̄ = {strength}"));
            panel = panel.mark(
                line.colour(scale.colour(strength)).dash(Dash::Dashed).legend(format!("predicted ŝ, s̄ = {strength}")),
            );
        }
        panel
    }

    /// Train error over time: theory of the aligned student, means of the random ones.
    pub(super) fn train_panel(&self, kinds: &[&Kind]) -> anyhow::Result<Panel> {
        let time = Axis::new("t/τ").range(self.time_range.0, self.time_range.1);
        let mut panel = Panel::new(time, Axis::new("train error ε_{tr}")).title("learning");
        panel = panel.mark(RefLine::horizontal(self.train_level).series("level").colour(Colour::LIGHT_GREY));
        for kind in kinds {
            let name = name(kind.labels);
            let times = linear_grid(self.time_range.0, self.time_range.1, CURVE_POINTS).into_iter();
            let line = Line::new(format!("theory (aligned), {name}"), times.map(|t| (t, kind.curve.train_error_at(t))));
            panel = panel.mark(line.colour(colour(kind.labels)).legend(format!("theory (aligned), {name}")));
        }
        for kind in kinds {
            let name = name(kind.labels);
            let epochs = self.point_epochs();
            let times = self.setup().times_of(&epochs).into_iter();
            let statistics = kind.students.log_errors(ErrorKind::Train, &epochs)?;
            // Means and intervals of the logarithm, drawn on the linear axis.
            let mut points = Points::new(
                format!("random students, {name}"),
                times.zip(&statistics).map(|(t, log_error)| (t, log_error.mean.exp())),
            );
            if let Some(intervals) = statistics.iter().map(|log_error| log_error.interval()).collect::<Option<Vec<_>>>()
            {
                points = points.intervals(intervals.into_iter().map(|(low, high)| (low.exp(), high.exp())));
            }
            let points = points.shape(Shape::OpenTriangle).radius(2.8);
            panel = panel.mark(points.colour(colour(kind.labels)).legend(format!("random students, {name}")));
        }
        Ok(panel)
    }

    /// Of every seed: the leading singular values, the bulk's ends and the time at which learning began.
    pub(super) fn table(&self, kinds: &[&Kind]) -> Table {
        let mut table = Table {
            name: "data".to_owned(),
            header: ["labels", "run", "place", "singular_value"].map(str::to_owned).to_vec(),
            rows: Vec::new(),
        };
        for kind in kinds {
            for (run, student) in kind.students.outcomes.iter().enumerate() {
                for (place, value) in student.data_strengths.iter().enumerate() {
                    let numbers = [run.to_string(), (place + 1).to_string(), value.to_string()];
                    table.rows.push([vec![name(kind.labels).to_owned()], numbers.to_vec()].concat());
                }
            }
        }
        table
    }

    pub(super) fn caption(&self, shuffled: &Kind) -> String {
        format!(
            "(a) Singular values of one {} × {} data set of a teacher with s̄ = {}, above those of the same \
             numbers in random order: what the teacher gave to a few values is spread over a bulk that is wider than the noise had been (dotted: its \
             predicted ends, now {:.2} and {:.2}), though the sum of squares is the same. (b) Train error of students with random \
             starts (open, means of {} seeds with 95 % intervals) and of the aligned student in theory (lines). The grey line marks ε_tr = {}, where learning counts as begun.",
            self.outputs,
            self.inputs,
            self.strengths.iter().map(f64::to_string).collect::<Vec<_>>().join(", "),
            shuffled.matrix().lower_edge(),
            shuffled.matrix().edge(),
            self.seeds,
            self.train_level
        )
    }
}

fn name(labels: Labels) -> &'static str {
    if labels == Labels::Structured { "original" } else { "shuffled" }
}

fn colour(labels: Labels) -> Colour {
    if labels == Labels::Structured { Colour::TEAL } else { Colour::ORANGE }
}
