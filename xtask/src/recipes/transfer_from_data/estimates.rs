//! (a) T estimated from data against T of students trained on them.

use super::TransferFromData;
use crate::config::Checks;
use crate::runs::ensemble::{PartnersDraw, PartnersSpec};
use crate::runs::summary::Summary;
use crate::study::benefits::{log_strength_colours, short};
use crate::study::rules::{MOST_SEEDS, ascending_positive};
use crate::study::strengths::modes_down_from;
use crate::study::{Claims, Point, Table, Trained, Wanted};
use crate::wanted;
use figures::{Axis, Legend, Panel, Points, RefLine, Shape};
use serde::{Deserialize, Serialize};
use sim::TaskSpec;

/// Pairs of tasks whose transfer is estimated.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimates {
    /// Independent repetitions.
    pub seeds: u64,
    /// r: mode k of a task of strength s has strength s (r + 1 − k)/r.
    pub ranks: Vec<usize>,
    /// s̄_A.
    pub strengths_a: Vec<f64>,
    /// s̄_B.
    pub strengths_b: Vec<f64>,
    /// q between modes of the same number.
    pub alignments: Vec<f64>,
    /// Signs are counted where |T| is above this …
    pub counted_above: f64,
    /// … and right in more than this share for tasks A above the weakest …
    pub right_above: f64,
    /// … and this share for that.
    pub weak_right_above: f64,
    /// What the true T of trained students and of exact ones may differ by.
    pub step_within: f64,
}

/// One pair of tasks, one number per seed.
pub(super) struct Pair {
    rank: usize,
    strength_a: f64,
    strength_b: f64,
    alignment: f64,
    /// T̂.
    estimated: Vec<f64>,
    /// T of trained students.
    trained: Vec<f64>,
    /// T of exact ones on the same data.
    exact: Vec<f64>,
}

struct Read {
    alone: Vec<Trained>,
    joint: Vec<Trained>,
    draws: Vec<PartnersDraw>,
}

impl Estimates {
    pub(super) fn check(&self, checks: &mut Checks<'_>, figure: &TransferFromData) {
        let most = figure.inputs.min(figure.outputs);
        checks
            .in_range("estimates.seeds", self.seeds, 1..=MOST_SEEDS)
            .non_empty("estimates.ranks", &self.ranks)
            .increasing("estimates.ranks", &self.ranks)
            .each("estimates.ranks", &self.ranks, |c, path, rank| {
                c.in_range(path, *rank, 1..=most.min(figure.inputs / 2).max(1));
            })
            .non_empty("estimates.alignments", &self.alignments)
            .increasing("estimates.alignments", &self.alignments)
            .each("estimates.alignments", &self.alignments, |c, path, &q| {
                c.in_range(path, q, 0.0..=1.0);
            })
            .positive("estimates.counted_above", self.counted_above)
            .in_range("estimates.right_above", self.right_above, 0.0..=1.0)
            .in_range("estimates.weak_right_above", self.weak_right_above, 0.0..=1.0)
            .positive("estimates.step_within", self.step_within);
        ascending_positive(checks, "estimates.strengths_a", &self.strengths_a);
        ascending_positive(checks, "estimates.strengths_b", &self.strengths_b);
    }

    /// The strongest A and B.
    pub(super) fn strongest(&self) -> (f64, f64) {
        [&self.strengths_a, &self.strengths_b].map(|list| list.last().copied().unwrap_or(0.0)).into()
    }

    pub(super) fn wanted<'a>(&'a self, figure: &'a TransferFromData) -> Wanted<'a, Vec<Pair>> {
        let pairs = self.ranks.iter().flat_map(move |&rank| {
            self.strengths_a.iter().flat_map(move |&a| {
                self.strengths_b
                    .iter()
                    .flat_map(move |&b| self.alignments.iter().map(move |&q| self.pair(figure, rank, (a, b), q)))
            })
        });
        Wanted::all(pairs)
    }

    fn pair<'a>(
        &'a self,
        figure: &'a TransferFromData,
        rank: usize,
        strengths: (f64, f64),
        q: f64,
    ) -> Wanted<'a, Pair> {
        let setup = figure.setup();
        let modes = [strengths.0, strengths.1].map(|strength| modes_down_from(strength, rank));
        let tasks = figure.tasks(&[&modes[0], &modes[1]], q);
        let trained = |task: TaskSpec| {
            Wanted::all((0..self.seeds).map(|run| Wanted::training(setup.aligned(task.clone(), run, 1))))
        };
        let spec = PartnersSpec {
            tasks: tasks.clone(),
            hidden: figure.hidden,
            layers: setup.layers,
            epsilon: figure.epsilon,
            t_max: setup.last_time(),
            level: figure.level,
            runs: self.seeds,
            seed: figure.seed,
        };
        let read = wanted!(Read {
            alone: trained(tasks.task_alone(0)),
            joint: trained(tasks),
            draws: Wanted::partners(spec).map(|found| Ok(found.draws.clone())),
        });
        read.map(move |Read { alone, joint, draws }| {
            let least = |student: &Trained| anyhow::Ok(student.test(0)?.least.value);
            let benefit = |(alone, joint): (&Trained, &Trained)| Ok(least(alone)? - least(joint)?);
            Ok(Pair {
                rank,
                strength_a: strengths.0,
                strength_b: strengths.1,
                alignment: q,
                estimated: draws.iter().map(|draw| draw.estimated[0]).collect(),
                trained: alone.iter().zip(&joint).map(benefit).collect::<anyhow::Result<_>>()?,
                exact: draws.iter().map(|draw| draw.actual[0]).collect(),
            })
        })
    }

    pub(super) fn claims(&self, claims: &mut Claims, pairs: &[Pair]) {
        let Self { counted_above, step_within, .. } = self;
        for (place, &strength) in self.strengths_a.iter().enumerate() {
            let right_above = if place == 0 { self.weak_right_above } else { self.right_above };
            // Pairs of one seed share their noise: what is independent is the share of each seed.
            let share = |seed: usize| -> Option<f64> {
                let is_counted =
                    |pair: &&Pair| pair.strength_a == strength && pair.trained[seed].abs() > *counted_above;
                let is_right = |pair: &Pair| (pair.estimated[seed] > 0.0) == (pair.trained[seed] > 0.0);
                let counted: Vec<bool> = pairs.iter().filter(is_counted).map(is_right).collect();
                let right = counted.iter().filter(|right| **right).count() as f64;
                (!counted.is_empty()).then(|| right / counted.len() as f64)
            };
            let shares: Vec<f64> = (0..self.seeds as usize).filter_map(share).collect();
            // A task that nothing moves by as much has no signs to count.
            if !shares.is_empty() {
                let claim = format!(
                    "s̄_A = {}: the estimate has the sign of T where |T| > {counted_above}, in a share of more than {right_above}",
                    short(strength)
                );
                let point = Point::new(format!("{} seeds", shares.len()), Summary::of(&shares)).above(right_above);
                claims.shown(claim, "a", [point]);
            }
        }
        let differences = pairs.iter().map(|pair| (pair.told(), Summary::of_differences(&pair.trained, &pair.exact)));
        let claim = format!("T of trained students is that of exact students on the same data to {step_within}");
        claims.paired_equal(claim, "a", *step_within, differences);
    }

    pub(super) fn panel(&self, pairs: &[Pair]) -> Panel {
        let colours = log_strength_colours(&self.strengths_a);
        let mut panel = Panel::new(Axis::new("true *T* of trained students"), Axis::new("*T* from the data alone"))
            .title("which task helps?")
            .legend(Legend::Below)
            .mark(RefLine::horizontal(0.0).series("no benefit"))
            .mark(RefLine::vertical(0.0).series("no benefit, truly"))
            .mark(RefLine::diagonal());
        for (place, &rank) in self.ranks.iter().enumerate() {
            for &strength in &self.strengths_a {
                let own = pairs.iter().filter(|pair| pair.rank == rank && pair.strength_a == strength);
                let points = own.flat_map(|pair| pair.trained.iter().copied().zip(pair.estimated.iter().copied()));
                let name = format!("s̄_A = {}, rank {rank}", short(strength));
                let shape = if place == 0 { Shape::Circle } else { Shape::OpenCircle };
                let points = Points::new(&name, points).shape(shape).radius(1.8).opacity(0.45);
                panel = panel.mark(points.colour(colours.colour(strength)).legend(&name));
            }
        }
        panel
    }

    pub(super) fn table(&self, pairs: &[Pair]) -> Table {
        let header =
            ["rank", "strength_a", "strength_b", "alignment", "run", "estimated", "trained_students", "exact_students"];
        let mut rows = Vec::new();
        for pair in pairs {
            for run in 0..pair.estimated.len() {
                let condition = [pair.strength_a, pair.strength_b, pair.alignment].map(|number| number.to_string());
                let numbers =
                    [pair.estimated[run], pair.trained[run], pair.exact[run]].map(|number| number.to_string());
                rows.push(
                    [vec![pair.rank.to_string()], condition.to_vec(), vec![run.to_string()], numbers.to_vec()].concat(),
                );
            }
        }
        Table { name: "estimates".to_owned(), header: header.map(str::to_owned).to_vec(), rows }
    }
}

impl Pair {
    fn told(&self) -> String {
        let Self { rank, strength_a, strength_b, alignment, .. } = self;
        format!("rank {rank}, s̄_A = {}, s̄_B = {}, q = {alignment}", short(*strength_a), short(*strength_b))
    }
}
