//! (b) The partner chosen among several candidates, against the number of examples.

use super::TransferFromData;
use crate::config::Checks;
use crate::runs::ensemble::{PartnersDraw, PartnersSpec};
use crate::runs::summary::Summary;
use crate::study::panels::mean_points;
use crate::study::rules::{MOST_SEEDS, MOST_UNITS};
use crate::study::{Claims, Point, Table, Wanted};
use figures::{Axis, Colour, Legend, Line, Panel, Shape};
use serde::{Deserialize, Serialize};
use sim::{InputKind, TaskSpec};

/// One task and the candidates for its company, all of rank one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranking {
    /// s̄_A.
    pub strength: f64,
    /// The candidates.
    pub candidates: Vec<Candidate>,
    /// P, of all tasks.
    pub examples: Vec<usize>,
    /// Independent repetitions.
    pub draws: u64,
    /// The regret of the choice, on average.
    pub regret_below: f64,
}

/// A task of rank one that may be learned together with another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// s̄_B.
    pub strength: f64,
    /// q.
    pub alignment: f64,
}

/// What was drawn with one number of examples.
pub(super) struct Choice {
    examples: usize,
    draws: Vec<PartnersDraw>,
}

/// How a partner is chosen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Estimate,
    Strongest,
    Any,
}

impl Rule {
    const ALL: [(Self, &'static str, Colour, Shape); 3] = [
        (Self::Any, "any of them", Colour::GREY, Shape::Diamond),
        (Self::Strongest, "the strongest", Colour::ORANGE, Shape::Square),
        (Self::Estimate, "the largest estimate", Colour::BLUE, Shape::Circle),
    ];
}

impl Ranking {
    pub(super) fn check(&self, checks: &mut Checks<'_>, figure: &TransferFromData) {
        checks
            .positive("ranking.strength", self.strength)
            .at_least("ranking.candidates", self.candidates.len(), 2)
            .at_most("ranking.candidates", self.candidates.len(), figure.inputs.saturating_sub(1))
            .each("ranking.candidates", &self.candidates, |c, path, candidate| {
                c.positive(&format!("{path}.strength"), candidate.strength);
                c.in_range(&format!("{path}.alignment"), candidate.alignment, 0.0..=1.0);
            })
            .non_empty("ranking.examples", &self.examples)
            .increasing("ranking.examples", &self.examples)
            .each("ranking.examples", &self.examples, |c, path, examples| {
                c.in_range(path, *examples, 1..=MOST_UNITS);
            })
            .in_range("ranking.draws", self.draws, 2..=MOST_SEEDS)
            .positive("ranking.regret_below", self.regret_below);
    }

    /// The task and all candidates, whose input directions have nothing in common but their parts along the task's.
    fn tasks(&self, figure: &TransferFromData, examples: usize) -> TaskSpec {
        let alignments: Vec<f64> = [1.0].into_iter().chain(self.candidates.iter().map(|c| c.alignment)).collect();
        let strengths: Vec<Vec<f64>> =
            [self.strength].into_iter().chain(self.candidates.iter().map(|c| c.strength)).map(|s| vec![s]).collect();
        let strengths: Vec<&[f64]> = strengths.iter().map(Vec::as_slice).collect();
        let overlap = |i: usize, j: usize| if i == j { 1.0 } else { alignments[i] * alignments[j] };
        let overlaps = (0..alignments.len()).map(|i| (0..alignments.len()).map(|j| overlap(i, j)).collect()).collect();
        let input_kind = if examples == figure.inputs { InputKind::OneHot } else { InputKind::Orthonormal };
        TaskSpec { examples, input_kind, ..figure.tasks(&strengths, 0.0).with_overlaps(overlaps) }
    }

    pub(super) fn wanted<'a>(&'a self, figure: &'a TransferFromData) -> Wanted<'a, Vec<Choice>> {
        let setup = figure.setup();
        Wanted::all(self.examples.iter().map(move |&examples| {
            let spec = PartnersSpec {
                tasks: self.tasks(figure, examples),
                hidden: figure.hidden,
                layers: setup.layers,
                epsilon: figure.epsilon,
                t_max: setup.last_time(),
                level: figure.level,
                runs: self.draws,
                seed: figure.seed,
            };
            Wanted::partners(spec).map(move |found| Ok(Choice { examples, draws: found.draws.clone() }))
        }))
    }

    /// By how much T of the choice falls short of the best, in every draw.
    fn regrets(&self, choice: &Choice, rule: Rule) -> Vec<f64> {
        let largest = |numbers: &[f64]| {
            (0..numbers.len()).max_by(|&a, &b| numbers[a].total_cmp(&numbers[b])).expect("two candidates or more")
        };
        let strengths: Vec<f64> = self.candidates.iter().map(|candidate| candidate.strength).collect();
        let regret = |draw: &PartnersDraw| {
            let gained = match rule {
                Rule::Estimate => draw.actual[largest(&draw.estimated)],
                Rule::Strongest => draw.actual[largest(&strengths)],
                Rule::Any => draw.actual.iter().sum::<f64>() / draw.actual.len() as f64,
            };
            draw.actual[largest(&draw.actual)] - gained
        };
        choice.draws.iter().map(regret).collect()
    }

    pub(super) fn claims(&self, claims: &mut Claims, choices: &[Choice]) {
        let at = |choice: &Choice| format!("P = {}", choice.examples);
        let regret = |choice: &Choice| {
            let regret = Summary::of(&self.regrets(choice, Rule::Estimate));
            Point::new(at(choice), regret).below(self.regret_below)
        };
        let claim = format!(
            "at every number of examples the chosen partner's regret is below {} on average",
            self.regret_below
        );
        claims.shown(claim, "b", choices.iter().map(regret));
        for (rule, name, ..) in Rule::ALL.into_iter().filter(|(rule, ..)| *rule != Rule::Estimate) {
            let gap = |choice: &Choice| {
                let (other, own) = (self.regrets(choice, rule), self.regrets(choice, Rule::Estimate));
                (at(choice), Summary::of_differences(&other, &own))
            };
            let claim = format!("choosing by the estimate beats {name} at every number of examples");
            claims.positive(claim, "b", choices.iter().map(gap));
        }
    }

    pub(super) fn panel(&self, choices: &[Choice]) -> Panel {
        let ticks = choices.iter().map(|choice| (choice.examples as f64, choice.examples.to_string()));
        let mut panel = Panel::new(Axis::log("examples P").labelled_ticks(ticks), Axis::new("regret of *T*"))
            .title(format!("the partner chosen among {}", self.candidates.len()))
            .legend(Legend::Below);
        for (rule, name, colour, shape) in Rule::ALL {
            let means: Vec<(f64, Summary)> =
                choices.iter().map(|c| (c.examples as f64, Summary::of(&self.regrets(c, rule)))).collect();
            let path = means.iter().map(|(x, summary)| (*x, summary.mean));
            panel = panel
                .mark(Line::new(format!("{name}, joined"), path).colour(colour).width(1.2).opacity(0.6))
                .mark(mean_points(name, means).colour(colour).shape(shape).legend(name));
        }
        panel
    }

    pub(super) fn table(&self, choices: &[Choice]) -> Table {
        let header = ["examples", "run", "strength", "alignment", "estimated", "exact_students"];
        let mut rows = Vec::new();
        for choice in choices {
            for (run, draw) in choice.draws.iter().enumerate() {
                for (candidate, (estimated, actual)) in
                    self.candidates.iter().zip(draw.estimated.iter().zip(&draw.actual))
                {
                    let keys = [choice.examples.to_string(), run.to_string()];
                    let numbers = [candidate.strength, candidate.alignment, *estimated, *actual].map(|n| n.to_string());
                    rows.push([keys.to_vec(), numbers.to_vec()].concat());
                }
            }
        }
        Table { name: "ranking".to_owned(), header: header.map(str::to_owned).to_vec(), rows }
    }
}
