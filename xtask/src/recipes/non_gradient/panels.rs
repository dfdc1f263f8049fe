//! The three panels, the table beside them and the caption.

use super::{ClosedForms, Condition, NonGradient, logarithms, name};
use crate::runs::ensemble::NoiseKnowledge;
use crate::runs::summary::Summary;
use crate::study::Table;
use crate::study::panels::{mean_points, strength_colours};
use crate::study::series::linear_grid;
use figures::{Axis, Colour, Dash, Figure, Legend, Line, Panel, Points, RefLine, Shape};
use theory::DataSpectrum;

/// Points of a line of the theory.
const CURVE_POINTS: usize = 300;
/// Least contribution to an error that (b) shows, as a natural logarithm below the least error.
const SHOWN_BELOW: f64 = 3.0;

const STOPPING: Colour = Colour::INK;
const KNOWN: Colour = Colour::RED;
const ESTIMATED: Colour = Colour::TEAL;

impl NonGradient {
    /// All three panels.
    pub(super) fn figure(&self, rank_one: &[Condition], teachers: &[Condition]) -> anyhow::Result<Figure> {
        let description =
            "Least test error by optimal stopping and by shrinkage of singular values, in closed form and on data.";
        Ok(Figure::new("non-gradient", &self.title)
            .description(description)
            .columns(3)
            .column_weights([1.0, 1.05, 1.2])
            .aspect(0.9)
            .width(1120.0)
            .panel(self.error_panel(rank_one)?)
            .panel(self.curve_panel()?)
            .panel(self.ratio_panel(teachers)))
    }

    /// (a) Least ln ε_te against SNR.
    fn error_panel(&self, rank_one: &[Condition]) -> anyhow::Result<Panel> {
        let closed = linear_grid(self.snr_range.0, self.snr_range.1, CURVE_POINTS / 3)
            .into_iter()
            .map(|snr| Ok((snr, ClosedForms::of(&self.setup(), &[snr])?)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let threshold = DataSpectrum::new(&self.setup().theory_task(&[])?).threshold();
        let snr = Axis::new("SNR").range(0.0, self.snr_range.1.max(self.snrs[self.snrs.len() - 1]));
        let mut panel = Panel::new(snr, Axis::new("least ln ε_{te}")).title("rank 1").legend(Legend::Below);
        panel = panel
            .mark(RefLine::vertical(threshold).series("threshold").legend("detection threshold"))
            .mark(
                Line::new("optimal stopping, theory", closed.iter().map(|(s, c)| (*s, c.stopping.ln())))
                    .colour(STOPPING)
                    .legend("optimal stopping, theory"),
            )
            .mark(
                Line::new("shrinkage, theory", closed.iter().map(|(s, c)| (*s, c.shrinkage.ln())))
                    .colour(KNOWN)
                    .dash(Dash::Dashed)
                    .legend("shrinkage, theory"),
            );
        for (label, shrunk, shape, colour, radius) in [
            ("optimal stopping", None, Shape::OpenCircle, STOPPING, 5.0),
            ("shrinkage, noise known", Some(NoiseKnowledge::Known), Shape::Square, KNOWN, 2.6),
            ("shrinkage, noise estimated", Some(NoiseKnowledge::Estimated), Shape::Cross, ESTIMATED, 4.0),
        ] {
            let summary =
                |c: &Condition| logarithms(shrunk.map_or(c.stopping.as_slice(), |knowledge| c.shrunk(knowledge)));
            let points = mean_points(label, rank_one.iter().map(|c| (c.strengths[0], summary(c))));
            panel = panel.mark(points.shape(shape).colour(colour).radius(radius).legend(label));
        }
        Ok(panel)
    }

    /// (b) The learning curve of one teacher, taken apart, with the least errors of both methods.
    fn curve_panel(&self) -> anyhow::Result<Panel> {
        let curve = self.setup().curve(&self.shown_strengths)?;
        let (optimum, shrinkage) = (curve.optimal_stopping(self.time_range.1)?, curve.shrinkage_error()?);
        let times = linear_grid(self.time_range.0, self.time_range.1, CURVE_POINTS);
        let parts =
            times.iter().map(|&t| Ok((t, curve.test_error_parts_at(t)?))).collect::<anyhow::Result<Vec<_>>>()?;
        let weakest_first: Vec<f64> = self.shown_strengths.iter().rev().copied().collect();
        let colours = strength_colours(&weakest_first);
        let floor = shrinkage.ln() - SHOWN_BELOW;
        let time = Axis::new("*t*/τ").range(self.time_range.0, self.time_range.1).extra_tick(optimum.time, "*t*_{opt}");
        let title = format!("the error of {} over time", name(&self.shown_strengths));
        let mut panel =
            Panel::new(time, Axis::new("ln ε_{te} and its parts").cut(floor, 0.25)).title(title).legend(Legend::Below);
        panel = panel.mark(RefLine::vertical(optimum.time));
        for (mode, strength) in self.shown_strengths.iter().enumerate() {
            let colour = colours.colour(*strength);
            let part: Vec<(f64, f64)> = parts.iter().map(|(t, p)| (*t, p.modes[mode].ln())).collect();
            let best = part.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
            let label = format!("s̄ = {strength}");
            panel = panel.mark(Line::new(&label, part).colour(colour).legend(&label));
            panel = panel.marks(
                best.map(|best| Points::new(format!("{label}, its best time"), [best]).colour(colour).radius(3.6)),
            );
        }
        let noise = parts.iter().map(|(t, p)| (*t, p.noise.ln()));
        let total = parts.iter().map(|(t, p)| (*t, (p.modes.iter().sum::<f64>() + p.noise).ln()));
        let level = |value: f64| [(self.time_range.0, value), (self.time_range.1, value)];
        Ok(panel
            .mark(Line::new("noise", noise).colour(Colour::GREY).dash(Dash::Dashed).legend("learned noise"))
            .mark(Line::new("test error", total).colour(STOPPING).width(2.6).legend("test error"))
            .mark(
                Line::new("optimal stopping", level(optimum.test_error.ln()))
                    .colour(STOPPING)
                    .dash(Dash::Dotted)
                    .legend("optimal stopping"),
            )
            .mark(Line::new("shrinkage", level(shrinkage.ln())).colour(KNOWN).dash(Dash::Dashed).legend("shrinkage")))
    }

    /// (c) Error by shrinkage over error by stopping.
    fn ratio_panel(&self, teachers: &[Condition]) -> Panel {
        let names = teachers.iter().enumerate().map(|(i, c)| (i as f64, abbreviated(&c.strengths)));
        let teacher = Axis::new("teacher's strengths").range(-0.5, teachers.len() as f64 - 0.5).labelled_ticks(names);
        let mut panel = Panel::new(teacher, Axis::new("shrinkage / optimal stopping"))
            .title("ratio of least test errors")
            .legend(Legend::Below);
        panel = panel.mark(RefLine::horizontal(1.0));
        let level = |(i, ratio): (usize, f64)| vec![(i as f64 - 0.3, ratio), (i as f64 + 0.3, ratio)];
        let theory = teachers.iter().map(|c| c.closed().ratio()).enumerate().map(level);
        let drawn = teachers.iter().map(|c| c.drawn_ratios().mean).enumerate().map(level);
        panel = panel.mark(Line::segments("theory", theory).colour(STOPPING).legend("theory")).mark(
            Line::segments("at this size", drawn).colour(STOPPING).dash(Dash::Dashed).width(1.2).legend("at this size"),
        );
        for (label, knowledge, shift, shape, colour) in [
            ("noise known", NoiseKnowledge::Known, -0.12, Shape::Square, KNOWN),
            ("noise estimated", NoiseKnowledge::Estimated, 0.12, Shape::OpenDiamond, ESTIMATED),
        ] {
            let seeds: Vec<Vec<f64>> = teachers.iter().map(|c| c.ratios(knowledge)).collect();
            let single =
                seeds.iter().enumerate().flat_map(|(i, r)| r.iter().map(move |r| (i as f64 + 2.0 * shift, *r)));
            panel = panel
                .mark(Points::new(format!("{label}, single seeds"), single).colour(colour).radius(1.6).opacity(0.35));
            let means = seeds.iter().enumerate().map(|(i, r)| (i as f64 + shift, Summary::of(r)));
            panel = panel.mark(mean_points(label, means).shape(shape).colour(colour).legend(label));
        }
        panel
    }

    /// Both least errors of every seed.
    pub(super) fn table(&self, conditions: &[Condition]) -> Table {
        let header = ["strengths", "run", "optimal_stopping", "shrinkage_noise_known", "shrinkage_noise_estimated"];
        let mut rows: Vec<Vec<String>> = Vec::new();
        for c in conditions {
            for run in 0..c.stopping.len() {
                let numbers = [c.stopping[run], c.known[run], c.estimated[run]].map(|e| e.to_string());
                rows.push([vec![name(&c.strengths), run.to_string()], numbers.to_vec()].concat());
            }
        }
        Table { name: "errors".to_owned(), header: header.map(str::to_owned).to_vec(), rows }
    }

    pub(super) fn caption(&self) -> String {
        format!(
            "Keeping the data's singular vectors and replacing each singular value by the best one for the teacher, against gradient \
             descent (L = {}, {}-{}-{}) stopped at its best time, on the same data. (a) Rank 1: \
             lines in closed form, points with 95 % intervals over {} seeds. (b) The test error of {} over time is the sum \
             of one part per mode and of the learned noise. Every mode has its own best time (dots); one stopping time cannot \
             serve them all, and by then some noise has been learned: shrinkage serves each mode and learns no noise. (c) The ratio \
             of the two errors on {} paired data matrices for each of the teachers {}, in closed form and (dashed, noise known) averaged over {} draws of this size. The stopping \
             time of each seed is picked by looking at its test error, so it adapts to the sample; the algorithm sees the data alone.",
            self.layers,
            self.inputs,
            self.hidden,
            self.outputs,
            self.seeds,
            name(&self.shown_strengths),
            self.paired_seeds,
            self.teachers.iter().map(|strengths| name(strengths)).collect::<Vec<_>>().join(", "),
            self.draws
        )
    }
}

/// A teacher in few words: (10, …, 2).
fn abbreviated(strengths: &[f64]) -> String {
    match strengths {
        [first, .., last] if strengths.len() > 3 => format!("({first}, …, {last})"),
        _ => name(strengths),
    }
}
