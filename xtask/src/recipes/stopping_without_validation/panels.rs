//! The four panels, the table beside them and the caption.

use super::claims::name;
use super::{Curve, Estimated, Stopped, StoppingWithoutValidation};
use crate::runs::ensemble::StoppingOutcome;
use crate::runs::summary::Summary;
use crate::study::Table;
use crate::study::panels::{LINE_POINTS, mean_points, short, strength_colours};
use crate::study::series::linear_grid;
use figures::{Axis, Colour, Dash, Figure, Legend, Line, Panel, Points, RefLine, Shape};
use theory::RiskEstimate;

/// How a rule for stopping is shown.
struct Shown {
    label: &'static str,
    errors: fn(&StoppingOutcome) -> &Vec<f64>,
    colour: Colour,
    shape: Shape,
    /// Pixels to the right, where two all but coincide.
    aside: f64,
}

/// One draw of the data that (a) and (b) show.
struct ShownDraw<'a> {
    run: usize,
    label: String,
    colour: Colour,
    student: &'a Estimated,
    /// Of someone who has the data and nothing else.
    estimate: RiskEstimate,
}

/// The rules for stopping, as they are shown.
const RULES: [Shown; 5] = [
    Shown { label: "validation set", errors: |o| &o.held_out, colour: Colour::BLUE, shape: Shape::Square, aside: 0.0 },
    Shown {
        label: "and trained again",
        errors: |o| &o.trained_again,
        colour: Colour::BLUE,
        shape: Shape::OpenSquare,
        aside: 0.0,
    },
    Shown {
        label: "time fixed beforehand",
        errors: |o| &o.at_fixed_time,
        colour: Colour::GREY,
        shape: Shape::Triangle,
        aside: 0.0,
    },
    Shown {
        label: "estimate, noise estimated",
        errors: |o| &o.by_risk,
        colour: Colour::RED,
        shape: Shape::Circle,
        aside: -3.5,
    },
    Shown {
        label: "estimate, noise known",
        errors: |o| &o.by_risk_of_known_noise,
        colour: Colour::RED,
        shape: Shape::OpenCircle,
        aside: 3.5,
    },
];

/// What the panels of degrees of freedom and of costs leave out below.
const LEAST_FREEDOM: f64 = 1.0;
const LEAST_COST: f64 = 0.1;

impl StoppingWithoutValidation {
    pub(super) fn figure(&self, curves: &[Curve], stopped: &[Stopped]) -> anyhow::Result<Figure> {
        let shown = self.shown(curves)?;
        let (rank_one, teachers) = stopped.split_at(self.snrs.len());
        Ok(Figure::new("stopping-without-validation", &self.title)
            .description(
                "The test error estimated from the data alone, and what stopping by it costs beside other rules.",
            )
            .columns(2)
            .column_weights([1.15, 1.0])
            .aspect(0.72)
            .width(980.0)
            .panel(self.curve_panel(&shown)?)
            .panel(self.freedom_panel(&shown)?)
            .panel(self.cost_panel(rank_one))
            .panel(self.teacher_panel(teachers)))
    }

    /// (a) ln ε_te: trained students, and the estimate from the data of each.
    fn curve_panel(&self, shown: &[ShownDraw<'_>]) -> anyhow::Result<Panel> {
        let judged = self.setup().times_of(&self.setup().epochs_at(self.time_range, self.point_times));
        let title = "rank 1: estimates (lines) and trained students";
        let mut panel = Panel::new(self.time_axis(), Axis::new("ln ε_{te}")).title(title).legend(Legend::Below);
        for draw in shown {
            let line = self.fine_times().into_iter().map(|t| Ok((t, draw.estimate.test_error_at(t)?.ln())));
            let errors = judged.iter().zip(&draw.student.test_errors).map(|(t, error)| (*t, error.ln()));
            let best = draw.estimate.optimal_stopping(self.time_range.1)?;
            let points = Points::new(format!("trained, {}", draw.label), errors).colour(draw.colour).radius(2.8);
            let mut line = draw.line("estimate", line.collect::<anyhow::Result<Vec<_>>>()?);
            let mut least = draw.least((best.time, best.test_error.ln()));
            if draw.run == 0 {
                (line, least) = (line.legend(draw.snr()), least.legend("least estimate: stop here"));
            }
            panel = panel.mark(line).mark(points.shape(shape(draw.run))).mark(least);
        }
        Ok(panel)
    }

    /// (b) The degrees of freedom that each of these students has spent.
    fn freedom_panel(&self, shown: &[ShownDraw<'_>]) -> anyhow::Result<Panel> {
        let entries = (self.inputs * self.outputs) as f64;
        let freedom = Axis::log("degrees of freedom spent").cut(LEAST_FREEDOM, 2.0 * entries);
        let mut panel = Panel::new(self.time_axis(), freedom).title("the same draws").legend(Legend::Below);
        panel = panel.mark(RefLine::horizontal(entries).series("entries").legend("entries of the map"));
        for draw in shown {
            let spent = |t: f64| (t, draw.estimate.at(t).degrees_of_freedom);
            let stop = draw.estimate.optimal_stopping(self.time_range.1)?.time;
            let line = draw.line("freedom", self.fine_times().into_iter().map(spent).collect());
            panel = panel.mark(line).mark(draw.least(spent(stop)));
        }
        Ok(panel)
    }

    fn shown<'a>(&self, curves: &'a [Curve]) -> anyhow::Result<Vec<ShownDraw<'a>>> {
        let colours = strength_colours(&self.curve_snrs);
        let draws = curves.iter().flat_map(|curve| {
            let students = curve.students.iter().take(self.shown_seeds as usize).enumerate();
            students.map(move |(run, student)| (curve.snr, run, student))
        });
        let shown = draws.map(|(snr, run, student)| {
            let label = format!("SNR {}, draw {}", short(snr), run + 1);
            let estimate = self.estimate_from_data(&student.data_strengths)?;
            Ok(ShownDraw { run, label, colour: colours.colour(snr), student, estimate })
        });
        shown.collect()
    }

    fn time_axis(&self) -> Axis {
        Axis::new("*t*/τ").range(self.time_range.0, self.time_range.1)
    }

    fn fine_times(&self) -> Vec<f64> {
        linear_grid(self.time_range.0, self.time_range.1, LINE_POINTS)
    }

    /// (c) What each rule costs, for teachers of rank one.
    fn cost_panel(&self, rank_one: &[Stopped]) -> Panel {
        let snr = Axis::new("SNR").range(0.0, 1.05 * self.snrs.last().copied().unwrap_or(1.0));
        let panel = Panel::new(snr, cost_axis()).title("rank 1").legend(Legend::Below);
        let places: Vec<f64> = rank_one.iter().map(|s| s.strengths[0]).collect();
        costs(panel, rank_one, &places, 0.12, true)
    }

    /// (d) The same for further teachers.
    fn teacher_panel(&self, teachers: &[Stopped]) -> Panel {
        let places: Vec<f64> = (0..teachers.len()).map(|k| k as f64).collect();
        let names = teachers.iter().zip(&places).map(|(s, at)| (*at, abbreviated(&s.strengths)));
        let teacher = Axis::new("teacher's strengths").range(-0.5, teachers.len() as f64 - 0.5).labelled_ticks(names);
        costs(
            Panel::new(teacher, cost_axis()).title("several modes").legend(Legend::None),
            teachers,
            &places,
            0.3,
            false,
        )
    }

    /// Every draw's errors.
    pub(super) fn table(&self, stopped: &[Stopped]) -> Table {
        let rules = || RULES.into_iter().map(|rule| rule.label.replace(", ", "_").replace(' ', "_"));
        let header = ["strengths", "run", "best"].into_iter().map(str::to_owned).chain(rules());
        let rows = stopped.iter().flat_map(|s| {
            (0..s.outcome.best.len()).map(move |run| {
                let errors = RULES.into_iter().map(|rule| (rule.errors)(&s.outcome)[run]);
                let numbers = std::iter::once(s.outcome.best[run]).chain(errors).map(|error| error.to_string());
                [name(&s.strengths), run.to_string()].into_iter().chain(numbers).collect()
            })
        });
        Table { name: "errors".to_owned(), header: header.collect(), rows: rows.collect() }
    }

    pub(super) fn caption(&self) -> String {
        let Self { layers, inputs, hidden, outputs, seeds, shown_seeds, repetitions, draws, .. } = self;
        format!(
            "When to stop, from the training data alone: Stein's unbiased estimate of the test error, which needs no \
             teacher and no example held out (L = {layers}, {inputs}-{hidden}-{outputs}, aligned students). (a) For \
             {shown_seeds} draws of the data at each SNR, the estimate (lines; noise and the teacher's norm are \
             estimated, too) and the test error of students trained on them (points). The claim is about {seeds} \
             draws. (b) What the estimate adds to the train error is twice the noise variance for each degree of \
             freedom spent: few until the best time (diamonds), in the end one for each entry of the map. (c, d) By \
             how much the test error exceeds the least that the same student has on the same data at any time, means \
             over {draws} draws or more with 95 % intervals. Every input is shown {repetitions} times, so that all \
             examples together have the noise of (a). A validation set takes one of these {repetitions} and leaves \
             the others: both parts have white inputs, which is the best case for it, and the training data have \
             {repetitions}/{rest} of the noise variance. That is most of its price; the rest is choosing by few \
             examples, as those pay who train again on all examples for as long. The time fixed beforehand is the \
             best for the mean of other draws: it costs no data but needs the teacher's strengths. Bars: bounds that \
             are claimed. At the threshold itself (SNR {threshold}) hardly anything can be learned, and choosing \
             among small gains costs more than a fixed time.",
            rest = repetitions - 1,
            threshold = short(self.snrs[0]),
        )
    }
}

fn cost_axis() -> Axis {
    Axis::log("cost over the least error (%)").cut(LEAST_COST, 100.0)
}

/// Means of all rules at the teachers' places, joined or not, and the bounds claimed as bars of this half-width.
fn costs(mut panel: Panel, stopped: &[Stopped], places: &[f64], half: f64, joined: bool) -> Panel {
    let bounds: Vec<Vec<(f64, f64)>> = (stopped.iter().zip(places))
        .filter_map(|(s, at)| s.bound.map(|bound| vec![(at - half, 100.0 * bound), (at + half, 100.0 * bound)]))
        .collect();
    if !bounds.is_empty() {
        let bounds = Line::segments("bound claimed", bounds).colour(Colour::INK).width(2.0);
        panel = panel.mark(bounds.legend("bound claimed"));
    }
    for Shown { label, errors, colour, shape, aside } in RULES {
        let percent = |s: &Stopped| {
            let Summary { mean, deviation, count } = s.costs(errors(&s.outcome));
            Summary { mean: 100.0 * mean, deviation: 100.0 * deviation, count }
        };
        let means: Vec<(f64, Summary)> = stopped.iter().zip(places).map(|(s, at)| (*at, percent(s))).collect();
        if joined {
            let joints = means.iter().map(|(at, cost)| (*at, cost.mean));
            panel = panel.mark(Line::new(format!("{label}, joined"), joints).colour(colour).width(1.0).opacity(0.5));
        }
        let points = mean_points(label, means).colour(colour).shape(shape).dodge(aside).cut_intervals();
        panel = panel.mark(points.legend(label));
    }
    panel
}

impl ShownDraw<'_> {
    fn snr(&self) -> String {
        self.label.split(',').next().unwrap_or_default().to_owned()
    }

    fn line(&self, what: &str, points: Vec<(f64, f64)>) -> Line {
        let dash = if self.run == 0 { Dash::Solid } else { Dash::Dashed };
        Line::new(format!("{what}, {}", self.label), points).colour(self.colour).dash(dash)
    }

    fn least(&self, at: (f64, f64)) -> Points {
        Points::new(format!("least estimate, {}", self.label), [at])
            .colour(self.colour)
            .shape(Shape::Diamond)
            .radius(5.0)
    }
}

fn shape(run: usize) -> Shape {
    if run == 0 { Shape::Circle } else { Shape::OpenCircle }
}

/// A teacher in few words: (10, …, 2).
fn abbreviated(strengths: &[f64]) -> String {
    match strengths {
        [first, .., last] if strengths.len() > 4 => format!("({first}, …, {last})"),
        _ => name(strengths),
    }
}
