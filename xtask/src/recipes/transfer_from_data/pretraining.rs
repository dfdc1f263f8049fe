//! (c) Pretraining, joint training and training alone; (d) forgetting.

use super::TransferFromData;
use crate::config::Checks;
use crate::runs::ensemble::{PretrainingOutcome, PretrainingSpec};
use crate::runs::summary::Summary;
use crate::study::benefits::short;
use crate::study::panels::mean_points;
use crate::study::rules::{MOST_DRAWS, MOST_SEEDS};
use crate::study::setup::INDEPENDENT_RUNS;
use crate::study::task_pair::StrengthsOfA;
use crate::study::{Claims, Estimate, Found, Point, Table, Trained, Wanted};
use crate::wanted;
use anyhow::Context as _;
use figures::{Axis, Dash, Legend, Line, Panel, RefLine, Shape, palette};
use serde::{Deserialize, Serialize};
use sim::{
    Experiment, LinearSpec, Schedule, SequenceSpec, Stage, Start, Stepping, TaskSpec, Training, TrainingOutcome,
};
use std::ops::Range;

/// A task A that is learned after, together with, or without a task B; both of rank one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pretraining {
    /// s̄_A.
    pub strength_a: StrengthsOfA,
    /// s̄_B.
    pub strength_b: f64,
    /// q.
    pub alignments: Vec<f64>,
    /// t/τ of training on B.
    pub time: f64,
    /// Independent repetitions.
    pub seeds: u64,
    /// Independent draws of exact students.
    pub draws: usize,
    /// q of panel (d).
    pub forgetting_alignments: Vec<f64>,
    /// t/τ of training on A after B, of panel (d).
    pub times: Vec<f64>,
    /// One of them by which B is forgotten …
    pub forgotten_by: f64,
    /// … so that its error is above this, and that of A below it where B is aligned and above it where it is not.
    pub half_error: f64,
}

/// All that is known of one pair of tasks.
pub(super) struct Sequence {
    strength_a: f64,
    alignment: f64,
    trained: PretrainingOutcome,
    drawn: Found<PretrainingOutcome>,
    /// One independent student with the whole and with half of the step.
    halved: Vec<PretrainingOutcome>,
}

/// How A is learned beside a fresh start alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Pretrained,
    Joint,
}

impl Way {
    const BOTH: [(Self, &'static str, Dash, Shape); 2] = [
        (Self::Pretrained, "after B", Dash::Solid, Shape::Circle),
        (Self::Joint, "with B", Dash::Dashed, Shape::OpenDiamond),
    ];

    /// ln of the least error over that of A alone, for each draw.
    fn ratios(self, outcome: &PretrainingOutcome) -> Vec<f64> {
        let errors = match self {
            Self::Pretrained => &outcome.pretrained,
            Self::Joint => &outcome.joint,
        };
        errors.iter().zip(&outcome.alone).map(|(error, alone)| (error / alone).ln()).collect()
    }
}

/// Students of A alone, of both, and of B and then A.
struct Students {
    alone: Vec<Trained>,
    joint: Vec<Trained>,
    sequences: Vec<Found<Vec<TrainingOutcome>>>,
}

impl Pretraining {
    pub(super) fn check(&self, checks: &mut Checks<'_>, figure: &TransferFromData) {
        let rule = "must have 0 < weak < middling < strong";
        checks
            .require("pretraining.strength_a", self.strength_a.are_ordered(), rule)
            .positive("pretraining.strength_b", self.strength_b)
            .positive("pretraining.time", self.time)
            .in_range("pretraining.seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("pretraining.draws", self.draws, 2..=MOST_DRAWS)
            .non_empty("pretraining.alignments", &self.alignments)
            .increasing("pretraining.alignments", &self.alignments)
            .each("pretraining.alignments", &self.alignments, |c, path, &q| {
                c.in_range(path, q, 0.0..=1.0);
            })
            .non_empty("pretraining.times", &self.times)
            .increasing("pretraining.times", &self.times)
            .positive("pretraining.half_error", self.half_error)
            .consistent(
                "pretraining.forgotten_by",
                "pretraining.times",
                self.times.contains(&self.forgotten_by),
                "must be one of times",
            );
        checks.each("pretraining.forgetting_alignments", &self.forgetting_alignments, |c, path, q| {
            c.consistent(path, "pretraining.alignments", self.alignments.contains(q), "must be one of alignments");
        });
        let (rate, last) = (figure.learning_rate, figure.setup().last_time());
        let is_epoch = move |t: f64| (t / rate - (t / rate).round()).abs() < 1e-6 && t >= rate;
        let rule = "must be a whole number of epochs, one or more, of learning_rate each";
        checks.require("pretraining.time", is_epoch(self.time), rule);
        checks.each("pretraining.times", &self.times, |c, path, &t| {
            c.require(path, is_epoch(t) && t <= last, format!("{rule}, and at most epochs · learning_rate = {last}"));
        });
    }

    /// s̄ of the strongest joint mode.
    pub(super) fn strongest(&self) -> f64 {
        self.strength_a.strong.hypot(self.strength_b)
    }

    pub(super) fn wanted<'a>(&'a self, figure: &'a TransferFromData) -> Wanted<'a, Vec<Sequence>> {
        let conditions = self.strength_a.all().into_iter().flat_map(move |strength_a| {
            self.alignments.iter().map(move |&alignment| {
                let tasks = figure.tasks(&[&[strength_a], &[self.strength_b]], alignment);
                let independent = INDEPENDENT_RUNS..INDEPENDENT_RUNS + 1;
                let halved = [1, 2].map(|divisor| self.trained(figure, &tasks, independent.clone(), divisor));
                wanted!(Sequence {
                    trained: self.trained(figure, &tasks, 0..self.seeds, 1),
                    drawn: Wanted::pretraining(self.spec(figure, strength_a, alignment)),
                    halved: Wanted::all(halved);
                    strength_a: strength_a,
                    alignment: alignment
                })
            })
        });
        Wanted::all(conditions)
    }

    fn spec(&self, figure: &TransferFromData, strength_a: f64, alignment: f64) -> PretrainingSpec {
        PretrainingSpec {
            inputs: figure.inputs,
            outputs: figure.outputs,
            strengths: (strength_a, self.strength_b),
            alignment,
            noise: figure.noise,
            hidden: figure.hidden,
            epsilon: figure.epsilon,
            pretraining: self.time,
            times: self.times.clone(),
            t_max: figure.setup().last_time(),
            draws: self.draws,
            seed: figure.seed,
        }
    }

    /// Students with full matrices, with 1/`divisor` of the step.
    fn trained<'a>(
        &'a self,
        figure: &'a TransferFromData,
        tasks: &TaskSpec,
        runs: Range<u64>,
        divisor: u64,
    ) -> Wanted<'a, PretrainingOutcome> {
        let setup = figure.setup();
        let epochs_at = |t: f64| (t / figure.learning_rate).round() as u64 * divisor;
        let linear = |task: TaskSpec, run: u64| {
            let (student, training, draw) = (setup.student(), setup.training(divisor), setup.draw(run));
            let spec = LinearSpec::new(task, student, Start::Random, training, draw);
            Wanted::training(Experiment::Linear(LinearSpec { tracked_modes: 0, ..spec }))
        };
        let training = |epochs: u64, listed: Vec<u64>| {
            Training::new(figure.learning_rate / divisor as f64, epochs, Schedule::listed(listed))
        };
        let looks: Vec<u64> = self.times.iter().map(|&t| epochs_at(t)).collect();
        let sequence = |run: u64| {
            Wanted::sequence(SequenceSpec {
                tasks: tasks.clone(),
                student: setup.student(),
                stages: vec![
                    Stage { task: 1, training: training(epochs_at(self.time), Vec::new()) },
                    Stage { task: 0, training: training(figure.epochs * divisor, looks.clone()) },
                ],
                stepping: Stepping::Jumps,
                draw: setup.draw(run),
            })
        };
        let students = wanted!(Students {
            alone: Wanted::all(runs.clone().map(|run| linear(tasks.task_alone(0), run))),
            joint: Wanted::all(runs.clone().map(|run| linear(tasks.clone(), run))),
            sequences: Wanted::all(runs.map(sequence)),
        });
        students.map(move |Students { alone, joint, sequences }| {
            let least = |outcome: &TrainingOutcome| anyhow::Ok(outcome.test(0)?.least.value);
            let last = |stages: &Found<Vec<TrainingOutcome>>| stages.last().context("two stages").cloned();
            let after = sequences.iter().map(last).collect::<anyhow::Result<Vec<_>>>()?;
            let errors = |outcome: &TrainingOutcome| -> anyhow::Result<[Vec<f64>; 2]> {
                let of = |task| -> anyhow::Result<Vec<f64>> {
                    let track = outcome.test(task)?;
                    let logged = |epoch: &u64| outcome.logged_index(*epoch).context("an epoch that was not logged");
                    looks.iter().map(|epoch| Ok(track.logged[logged(epoch)?])).collect()
                };
                Ok([of(0)?, of(1)?])
            };
            Ok(PretrainingOutcome {
                alone: alone.iter().map(|student| least(student)).collect::<anyhow::Result<_>>()?,
                joint: joint.iter().map(|student| least(student)).collect::<anyhow::Result<_>>()?,
                pretrained: after.iter().map(least).collect::<anyhow::Result<_>>()?,
                errors: after.iter().map(errors).collect::<anyhow::Result<_>>()?,
            })
        })
    }

    pub(super) fn claims(&self, claims: &mut Claims, sequences: &[Sequence]) {
        for (way, name, ..) in Way::BOTH {
            let point = |sequence: &Sequence| {
                let [trained, drawn] = [&sequence.trained, &*sequence.drawn].map(|o| Summary::of(&way.ratios(o)));
                let estimate = Estimate::beside(trained, drawn);
                Point::new(sequence.told(), estimate)
                    .equals(drawn.mean)
                    .give_or_take(sequence.step(|o| way.ratios(o)[0]))
            };
            let claim = format!("ln of A's least error {name} over that alone: trained students agree with exact ones");
            claims.equal(claim, "c", sequences.iter().map(point));
        }
        for (task, name) in [(0, "A"), (1, "B")] {
            let mut points = Vec::new();
            for sequence in self.shown(sequences) {
                for (look, t) in self.times.iter().enumerate() {
                    let [trained, drawn] = [&sequence.trained, &*sequence.drawn].map(|o| at(o, task, look));
                    let point =
                        Point::new(format!("q = {}, t/τ = {t}", sequence.alignment), Estimate::beside(trained, drawn));
                    points.push(point.equals(drawn.mean).give_or_take(sequence.step(|o| o.errors[0][task][look])));
                }
            }
            claims.equal(
                format!("error of {name} after B is learned: trained students agree with exact ones"),
                "d",
                points,
            );
        }
        self.findings(claims, sequences);
    }

    /// What the lines of (c) and (d) say, of trained students; scatter is known from exact ones as well.
    fn findings(&self, claims: &mut Claims, sequences: &[Sequence]) {
        let of = |strength: f64,
                  q: Option<&f64>,
                  number: &dyn Fn(&PretrainingOutcome) -> Vec<f64>|
         -> Vec<(String, Estimate)> {
            let own = sequences.iter().filter(|s| s.strength_a == strength && Some(&s.alignment) == q);
            own.map(|s| (s.told(), s.estimate(number))).collect()
        };
        let (first, last) = (self.alignments.first(), self.alignments.last());
        let StrengthsOfA { weak, middling, strong } = self.strength_a;
        let loss = |o: &PretrainingOutcome| Way::Pretrained.ratios(o);
        let all = self.alignments.iter().flat_map(|q| of(weak, Some(q), &loss)).collect::<Vec<_>>();
        claims.positive("at every q a weak task loses by pretraining", "c", all);
        let behind = |o: &PretrainingOutcome| -> Vec<f64> {
            Way::Pretrained.ratios(o).iter().zip(Way::Joint.ratios(o)).map(|(after, joint)| after - joint).collect()
        };
        let claim = "at the largest q a weak and a middling task gain more by company than by pretraining";
        claims.positive(claim, "c", [weak, middling].iter().flat_map(|s| of(*s, last, &behind)).collect::<Vec<_>>());
        let spared = |o: &PretrainingOutcome| behind(o).iter().map(|difference| -difference).collect::<Vec<f64>>();
        let others = self.alignments.iter().filter(|q| Some(*q) != last).flat_map(|q| of(strong, Some(q), &spared));
        let claim = "below the largest q a strong task loses less by pretraining than by company";
        claims.positive(claim, "c", others.collect::<Vec<_>>());
        let look = self.times.iter().position(|t| *t == self.forgotten_by).unwrap_or(0);
        let error =
            |task: usize| move |o: &PretrainingOutcome| o.errors.iter().map(|e| e[task][look]).collect::<Vec<f64>>();
        let above = |(at, error): (String, Estimate)| Point::new(at, error).above(self.half_error);
        let below = |(at, error): (String, Estimate)| Point::new(at, error).below(self.half_error);
        let shown = self.shown(sequences).map(|s| (s.told(), s.estimate(&error(1)))).map(above);
        let by = format!("by t/τ = {}", self.forgotten_by);
        claims.shown(format!("B is forgotten {by}: its error is above {}", self.half_error), "d", shown);
        let learned = of(middling, last, &error(0)).into_iter().map(below);
        let not_yet = of(middling, first, &error(0)).into_iter().map(above);
        let claim = format!("A is learned {by} at the largest q and not yet at the smallest");
        claims.shown(claim, "d", learned.chain(not_yet));
    }

    /// The pairs of panel (d).
    fn shown<'a>(&'a self, sequences: &'a [Sequence]) -> impl Iterator<Item = &'a Sequence> {
        let is_shown = |s: &&Sequence| {
            s.strength_a == self.strength_a.middling && self.forgetting_alignments.contains(&s.alignment)
        };
        sequences.iter().filter(is_shown)
    }

    pub(super) fn wins_panel(&self, sequences: &[Sequence]) -> Panel {
        let mut panel = Panel::new(Axis::new("alignment *q*").range(-0.03, 1.03), Axis::new("ln (least ε_A / alone)"))
            .title("learned first, or together?")
            .legend(Legend::Below)
            .mark(RefLine::horizontal(0.0).series("A alone").legend("A alone"));
        for (place, strength) in self.strength_a.all().into_iter().enumerate() {
            let colour = palette(place);
            for (way, name, dash, shape) in Way::BOTH {
                let own = || sequences.iter().filter(|s| s.strength_a == strength);
                let label = format!("s̄_A = {}, {name}", short(strength));
                let line = own().map(|s| (s.alignment, Summary::of(&way.ratios(&s.drawn)).mean));
                let points = own().map(|s| (s.alignment, Summary::of(&way.ratios(&s.trained))));
                panel = panel
                    .mark(Line::new(format!("exact, {label}"), line).colour(colour).dash(dash).legend(&label))
                    .mark(mean_points(format!("trained, {label}"), points).colour(colour).shape(shape).legend(&label));
            }
        }
        panel
    }

    pub(super) fn forgetting_panel(&self, sequences: &[Sequence]) -> Panel {
        let mut panel = Panel::new(Axis::log("*t*/τ of training on A"), Axis::log("test error"))
            .title("what is forgotten")
            .legend(Legend::Below);
        for (place, sequence) in self.shown(sequences).enumerate() {
            let colour = palette(place);
            for (task, name, dash, shape) in
                [(0, "A", Dash::Solid, Shape::Circle), (1, "B", Dash::Dashed, Shape::OpenDiamond)]
            {
                let label = format!("{name}, *q* = {}", sequence.alignment);
                let over_time = |outcome: &PretrainingOutcome| -> Vec<(f64, Summary)> {
                    self.times.iter().enumerate().map(|(look, t)| (*t, at(outcome, task, look))).collect()
                };
                let line = over_time(&sequence.drawn).into_iter().map(|(t, summary)| (t, summary.mean));
                let points = over_time(&sequence.trained);
                panel = panel
                    .mark(Line::new(format!("exact, {label}"), line).colour(colour).dash(dash).legend(&label))
                    .mark(
                        mean_points(format!("trained, {label}"), points)
                            .colour(colour)
                            .shape(shape)
                            .radius(2.4)
                            .legend(&label),
                    );
            }
        }
        panel
    }

    pub(super) fn table(&self, sequences: &[Sequence]) -> Table {
        let header = ["strength_a", "strength_b", "alignment", "students", "run", "alone", "joint", "pretrained"];
        let mut rows = Vec::new();
        for sequence in sequences {
            for (kind, outcome) in [("trained", &sequence.trained), ("exact", &*sequence.drawn)] {
                for run in 0..outcome.alone.len() {
                    let keys = [sequence.strength_a, self.strength_b, sequence.alignment].map(|n| n.to_string());
                    let errors =
                        [outcome.alone[run], outcome.joint[run], outcome.pretrained[run]].map(|n| n.to_string());
                    rows.push([keys.to_vec(), vec![kind.to_owned(), run.to_string()], errors.to_vec()].concat());
                }
            }
        }
        Table { name: "pretraining".to_owned(), header: header.map(str::to_owned).to_vec(), rows }
    }
}

/// An error of a task over draws or seeds, at the time of index `look`.
fn at(outcome: &PretrainingOutcome, task: usize, look: usize) -> Summary {
    Summary::of(&outcome.errors.iter().map(|errors| errors[task][look]).collect::<Vec<_>>())
}

impl Sequence {
    fn told(&self) -> String {
        format!("s̄_A = {}, q = {}", short(self.strength_a), self.alignment)
    }

    /// The mean of a number over trained students, with the scatter of exact ones.
    fn estimate(&self, number: &dyn Fn(&PretrainingOutcome) -> Vec<f64>) -> Estimate {
        let [trained, drawn] = [&self.trained, &*self.drawn].map(|outcome| Summary::of(&number(outcome)));
        Estimate::beside(trained, drawn)
    }

    /// Bound on what the finite step changes of a number.
    fn step(&self, number: impl Fn(&PretrainingOutcome) -> f64) -> f64 {
        2.0 * (number(&self.halved[0]) - number(&self.halved[1])).abs()
    }
}
