//! The eight panels, the table beside them and the caption.

use super::claims::{last_errors, least_errors};
use super::{BrakedTeacher, Condition, Measured, Random, Regularisation, name};
use crate::runs::summary::Summary;
use crate::study::panels::{LINE_POINTS, mean_points, short};
use crate::study::series::linear_grid;
use crate::study::{ErrorKind, Table};
use figures::{Axis, Colour, ColourScale, Dash, Figure, Legend, Line, Panel, RefLine, Shape};

/// Means against noise: their names, colours and shapes.
const MEANS: [(&str, Colour, Shape); 3] = [
    ("stopping", Colour::INK, Shape::OpenCircle),
    ("decay and stopping", Colour::RED, Shape::Circle),
    ("decay alone", Colour::BLUE, Shape::Diamond),
];
const SHRINKAGE: Colour = Colour::TEAL;
/// SNRs of the lines of (b), each of which is searched for the best decays.
const LADDER_POINTS: usize = 12;
/// Points of the lines of (d) to (g).
const POINTS: usize = 24;

impl Regularisation {
    pub(super) fn figure(&self, measured: &Measured) -> anyhow::Result<Figure> {
        let description = "Test errors of students that stop in time, whose weights decay, or both; from rich to lazy starts; low-rank adaptation.";
        let mut figure = Figure::new("regularisation", &self.title)
            .description(description)
            .columns(4)
            .aspect(0.95)
            .width(1360.0)
            .panel(self.curve_panel(measured)?)
            .panel(self.ladder_panel(&measured.ladder)?)
            .panel(self.teacher_panel(&measured.teachers)?);
        for (teacher, students) in self.nonlinear.teachers.iter().zip(&measured.nonlinear) {
            figure = figure.panel(self.nonlinear_panel(teacher, students)?);
        }
        let [errors, times] = self.lazy_panels(measured)?;
        Ok(figure.panel(errors).panel(times).panel(self.adapter_panel(measured)?))
    }

    /// (a) ln ε_te over time with several decays.
    fn curve_panel(&self, measured: &Measured) -> anyhow::Result<Panel> {
        let shown = &self.teachers[self.shown];
        let (low, high) = self.time_range;
        let epochs = self.setup(0.0).epochs_at(self.time_range, self.point_times);
        let mut panel = Panel::new(Axis::new("*t*/τ").range(low, high), Axis::new("ln ε_{te}"))
            .title(format!("the error of {} over time", name(&shown.strengths)))
            .legend(Legend::Below);
        let colours = [Colour::INK, Colour::BLUE, Colour::RED, Colour::ORANGE];
        let factors = ["", " (half)", " (best)", " (twice)"];
        for ((way, colour), factor) in measured.curves.iter().zip(colours).zip(factors) {
            let curve = way.draws.curve();
            let line = linear_grid(low, high, LINE_POINTS).into_iter().map(|t| Ok((t, curve.test_error_at(t)?.ln())));
            let label = format!("γ = {}{factor}", short(way.decay));
            let line = line.collect::<anyhow::Result<Vec<_>>>()?;
            let points =
                self.setup(0.0).times_of(&epochs).into_iter().zip(way.students.log_errors(ErrorKind::Test, &epochs)?);
            panel = panel
                .mark(Line::new(format!("{label}, theory"), line).colour(colour).legend(&label))
                .mark(mean_points(format!("{label}, students"), points).colour(colour).radius(2.2));
        }
        let level = measured.curves[0].draws.curve().shrinkage_error()?.ln();
        Ok(panel.mark(
            RefLine::horizontal(level).series("shrinkage").colour(SHRINKAGE).dash(Dash::Dashed).legend("shrinkage"),
        ))
    }

    /// (b) Errors of one shape of teacher over its strength, in units of shrinkage's.
    fn ladder_panel(&self, ladder: &[Condition]) -> anyhow::Result<Panel> {
        let weakest = |strengths: &[f64]| strengths.last().copied().unwrap_or_default();
        let (first, last) = (&self.ladder[0].strengths, &self.ladder[self.ladder.len() - 1].strengths);
        let shape: Vec<f64> = first.iter().map(|s| s / weakest(first)).collect();
        let snrs = linear_grid(weakest(first), weakest(last), LADDER_POINTS);
        let closed = snrs.iter().map(|snr| self.closed(&shape.iter().map(|s| snr * s).collect::<Vec<_>>()));
        let closed = closed.collect::<anyhow::Result<Vec<[f64; 3]>>>()?;
        let mut panel = Panel::new(Axis::new("SNR of the weakest mode"), Axis::log("ε_{te} / ε_{te} of shrinkage"))
            .title(format!("teachers SNR · {}", name(&shape)))
            .legend(Legend::Below);
        panel = panel.mark(
            RefLine::horizontal(1.0).series("shrinkage").colour(SHRINKAGE).dash(Dash::Dashed).legend("shrinkage"),
        );
        for (which, (label, colour, shape)) in MEANS.into_iter().enumerate() {
            let line = snrs.iter().zip(&closed).map(|(snr, ratios)| (*snr, ratios[which]));
            let points = ladder.iter().map(|c| Ok((weakest(&c.strengths), c.ratio(which)?)));
            let points = points.collect::<anyhow::Result<Vec<_>>>()?;
            panel = panel
                .mark(Line::new(format!("{label}, theory"), line).colour(colour))
                .mark(mean_points(label, points).colour(colour).shape(shape).legend(label));
        }
        Ok(panel)
    }

    /// The three errors in closed form, in units of shrinkage's.
    fn closed(&self, strengths: &[f64]) -> anyhow::Result<[f64; 3]> {
        let setup = self.setup(0.0);
        let best = theory::Regularisation::new(&setup.theory_task(strengths)?, &setup.theory_student()?, None)?;
        Ok([best.stopping.test_error, best.both.test_error, best.decay.test_error]
            .map(|error| error / best.shrinkage_error))
    }

    /// (c) The same for teachers of several shapes.
    fn teacher_panel(&self, teachers: &[Condition]) -> anyhow::Result<Panel> {
        let names = teachers.iter().enumerate().map(|(i, c)| (i as f64, abbreviated(&c.strengths)));
        let axis = Axis::new("teacher's strengths").range(-0.5, teachers.len() as f64 - 0.5).labelled_ticks(names);
        let mut panel = Panel::new(axis, Axis::new("ε_{te} / ε_{te} of shrinkage"))
            .title("teachers of other shapes")
            .legend(Legend::Below);
        panel = panel.mark(
            RefLine::horizontal(1.0).series("shrinkage").colour(SHRINKAGE).dash(Dash::Dashed).legend("shrinkage"),
        );
        let closed = teachers.iter().map(|c| {
            let [stopping, both, alone, shrinkage] = c.closed(self)?;
            Ok([stopping, both, alone].map(|error| error / shrinkage))
        });
        let closed = closed.collect::<anyhow::Result<Vec<_>>>()?;
        for (which, (label, colour, shape)) in MEANS.into_iter().enumerate() {
            let line = closed
                .iter()
                .enumerate()
                .map(|(i, ratios)| vec![(i as f64 - 0.3, ratios[which]), (i as f64 + 0.3, ratios[which])]);
            let points = teachers.iter().enumerate().map(|(i, c)| Ok((i as f64, c.ratio(which)?)));
            let points = points.collect::<anyhow::Result<Vec<_>>>()?;
            panel = panel
                .mark(Line::segments(format!("{label}, theory"), line).colour(colour))
                .mark(mean_points(label, points).colour(colour).shape(shape).legend(label));
        }
        Ok(panel)
    }

    /// (d, e) Leaky-ReLU students over decay, and the theory of linear ones.
    fn nonlinear_panel(
        &self,
        teacher: &BrakedTeacher,
        students: &[crate::study::students::Students],
    ) -> anyhow::Result<Panel> {
        let last = self.small(0.0).last_time();
        let decays: Vec<f64> = self.nonlinear.decay_factors.iter().map(|factor| factor * teacher.decay).collect();
        let decay = Axis::new("γ").extra_tick(teacher.decay, "*γ*_{lin}");
        let mut panel = Panel::new(decay, Axis::log("ε_{te}"))
            .title(format!("leaky ReLU, {}", name(&teacher.strengths)))
            .legend(Legend::Below);
        panel = panel.mark(RefLine::vertical(teacher.decay));
        let grid = linear_grid(0.0, decays[decays.len() - 1], POINTS);
        let ended = format!("after {} τ", short(last));
        for (which, (label, colour, shape)) in
            [("at the best time", Colour::RED, Shape::Circle), (&ended, Colour::BLUE, Shape::Diamond)]
                .into_iter()
                .enumerate()
        {
            let line = grid.iter().map(|&decay| {
                let curve = self.small(decay).curve(&teacher.strengths)?;
                Ok((
                    decay,
                    if which == 0 {
                        curve.optimal_stopping(curve.horizon())?.test_error
                    } else {
                        curve.test_error_at(last)?
                    },
                ))
            });
            let line = line.collect::<anyhow::Result<Vec<_>>>()?;
            let errors = decays.iter().zip(students).map(|(decay, students)| {
                Ok((*decay, Summary::of(&if which == 0 { least_errors(students)? } else { last_errors(students)? })))
            });
            let points = mean_points(format!("leaky ReLU, {label}"), errors.collect::<anyhow::Result<Vec<_>>>()?);
            panel = panel
                .mark(Line::new(format!("linear theory, {label}"), line).colour(colour).dash(Dash::Dashed))
                .mark(points.colour(colour).shape(shape).legend(label));
        }
        Ok(panel.key(figures::Key::line("linear theory", Colour::INK, Dash::Dashed)))
    }

    /// (f, g) The least test error and its time from rich to lazy starts.
    fn lazy_panels(&self, measured: &Measured) -> anyhow::Result<[Panel; 2]> {
        let lazy = &measured.lazy[1..];
        let (low, high) = (lazy[0].balance / 2.0, lazy[lazy.len() - 1].balance * 2.0);
        let ratio = (high / low).ln();
        let grid: Vec<f64> = linear_grid(0.0, 1.0, POINTS).into_iter().map(|x| low * (x * ratio).exp()).collect();
        let closed = grid.iter().map(|b| self.closed_lazy(*b)).collect::<anyhow::Result<Vec<_>>>()?;
        let (start, limit) = (self.closed_lazy(0.0)?, self.one_layer()?);
        let panel = |which: usize| -> anyhow::Result<Panel> {
            let axis = Axis::log("size of the balance").range(low, high);
            let (y, title) = match which {
                0 => (Axis::new("least ε_{te}"), format!("from rich to lazy, {}", name(&self.lazy.strengths))),
                _ => (Axis::log("its time, *t*/τ"), "its time".to_owned()),
            };
            let line = grid.iter().zip(&closed).map(|(b, closed)| (*b, closed[which]));
            let mut panel = Panel::new(axis, y).title(title).legend(Legend::Below).mark(
                RefLine::horizontal(start[which])
                    .series("rich")
                    .colour(Colour::GREY)
                    .dash(Dash::Dotted)
                    .legend("rich: balance 0"),
            );
            let one: Vec<(f64, f64)> = match which {
                0 => grid.iter().map(|b| (*b, limit[0])).collect(),
                _ => grid.iter().map(|b| (*b, limit[1] / b)).filter(|(_, t)| *t < 2.0 * start[1]).collect(),
            };
            panel = panel
                .mark(Line::new("one layer", one).colour(SHRINKAGE).dash(Dash::Dashed).legend("lazy: as L = 1"))
                .mark(Line::new("theory, aligned", line).colour(Colour::INK).legend("theory, aligned"));
            let aligned = lazy.iter().map(|l| {
                let optimum = l.aligned.students.optimum(0)?;
                Ok((
                    l.balance,
                    if which == 0 { Summary::of(&least_errors(&l.aligned.students)?) } else { optimum.time_summary() },
                ))
            });
            panel = panel.mark(
                mean_points("aligned", aligned.collect::<anyhow::Result<Vec<_>>>()?)
                    .colour(Colour::INK)
                    .shape(Shape::OpenCircle)
                    .legend("aligned"),
            );
            for (sign, label, colour, shape) in [
                (0, "random, balance > 0", Colour::RED, Shape::Circle),
                (1, "random, balance < 0", Colour::BLUE, Shape::Diamond),
            ] {
                let exact = lazy.iter().map(|l| (l.balance, l.random[sign].exact_means()[which]));
                let points = lazy.iter().map(|l| Ok((l.balance, l.random[sign].means()?[which])));
                panel = panel.mark(Line::new(format!("{label}, exact"), exact).colour(colour).width(1.2)).mark(
                    mean_points(label, points.collect::<anyhow::Result<Vec<_>>>()?)
                        .colour(colour)
                        .shape(shape)
                        .legend(label),
                );
            }
            Ok(panel)
        };
        Ok([panel(0)?, panel(1)?])
    }

    /// (h) Adapters of several ranks over the scale of their start.
    fn adapter_panel(&self, measured: &Measured) -> anyhow::Result<Panel> {
        let colours = ColourScale::sequential(0.0, self.adaptation.ranks.len() as f64 - 1.0);
        let rank = self.adaptation.strengths.len();
        let mut panel =
            Panel::new(Axis::log("a, the scale of the start"), Axis::new("least ε_{te} / that of the frozen map"))
                .title(format!("adapters of a frozen map that lacks rank {rank}"))
                .legend(Legend::Below);
        for (index, (rank, adapters)) in self.adaptation.ranks.iter().zip(&measured.adapters).enumerate() {
            let (colour, label) = (colours.colour(index as f64), format!("rank {rank}"));
            let exact = adapters.iter().map(|a| (a.scale, a.random.exact_means()[0]));
            let points = adapters.iter().map(|a| Ok((a.scale, a.random.means()?[0])));
            let points = mean_points(&label, points.collect::<anyhow::Result<Vec<_>>>()?);
            panel = panel
                .mark(Line::new(format!("{label}, exact"), exact).colour(colour).width(1.4))
                .mark(points.colour(colour).legend(&label));
        }
        Ok(panel)
    }

    /// Errors of every seed and teacher by every means.
    pub(super) fn table(&self, measured: &Measured) -> anyhow::Result<Table> {
        let header = ["strengths", "run", "stopping", "decay_and_stopping", "decay_alone", "shrinkage"];
        let mut rows = Vec::new();
        for c in measured.ladder.iter().chain(&measured.teachers) {
            let errors = c.measured()?;
            for run in 0..self.seeds as usize {
                let numbers = errors.each_ref().map(|errors| errors[run].to_string());
                rows.push([vec![name(&c.strengths), run.to_string()], numbers.to_vec()].concat());
            }
        }
        Ok(Table { name: "errors".to_owned(), header: header.map(str::to_owned).to_vec(), rows })
    }

    pub(super) fn caption(&self) -> String {
        let shown = &self.teachers[self.shown];
        format!(
            "What to do about noise, for students with one hidden layer ({}-{}-{}; ε = {:e}). (a) The test error of {} over time without weight \
             decay and with half, once and twice the best one: lines in closed form, points means of {} aligned students. (b, c) Test errors \
             in units of that of shrinkage, the best that keeps the data's modes: stopping at the best time, training for ever with the best \
             decay (students: for {} τ), and the best decay with the best time for it. Decay alone is worst; beside a time limit a weak decay \
             parts noise from signal and comes close to shrinkage where modes differ. (d, e) Leaky-ReLU students ({}-{}-{}, slope {}) over \
             decay, at the best time and at the end; dashed, the theory of linear ones; *γ*_lin is the decay that theory advises. \
             (f, g) Starts out of balance, W₂ᵀW₂ − W₁W₁ᵀ = balance · I: the lazier, the more noise is learned with the signal, up to a single \
             layer's error. Coloured lines: means of {} exact solutions; points: trained students. (h) Adapters of several ranks, W₁ = a × orthonormal \
             rows, W₂ = 0, learn what a frozen map lacks, strengths {}. 95 % intervals everywhere.",
            self.inputs,
            self.hidden,
            self.outputs,
            self.epsilon,
            name(&shown.strengths),
            self.seeds,
            short(self.long(0.0).last_time()),
            self.nonlinear.inputs,
            self.nonlinear.hidden,
            self.nonlinear.outputs,
            self.nonlinear.slope,
            self.random_draws,
            name(&self.adaptation.strengths),
        )
    }
}

impl Condition {
    /// Mean of an error over shrinkage's on the same data.
    fn ratio(&self, which: usize) -> anyhow::Result<Summary> {
        let errors = self.measured()?;
        let ratios: Vec<f64> = errors[which].iter().zip(&errors[3]).map(|(error, shrunk)| error / shrunk).collect();
        Ok(Summary::of(&ratios))
    }
}

impl Random {
    /// Least test error and its time of the trained students.
    fn means(&self) -> anyhow::Result<[Summary; 2]> {
        Ok([Summary::of(&least_errors(&self.students)?), self.students.optimum(0)?.time_summary()])
    }

    /// The same of their exact solution.
    fn exact_means(&self) -> [f64; 2] {
        let errors: Vec<f64> = self.exact.least_test.iter().map(|log| log.exp()).collect();
        [Summary::of(&errors).mean, Summary::of(&self.exact.stopping_times).mean]
    }
}

/// A teacher in few words: (10…2).
fn abbreviated(strengths: &[f64]) -> String {
    match strengths {
        [first, .., last] if strengths.len() > 3 => format!("({first}…{last})"),
        _ => name(strengths),
    }
}
