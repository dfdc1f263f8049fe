//! Least test error of students of several widths (fig12).

mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::runs::summary::Summary;
use crate::study::draws::Draws;
use crate::study::rules::{
    self, MOST_DRAWS, MOST_POINTS, MOST_SEEDS, MOST_UNITS, ascending_positive, judged_from, title,
};
use crate::study::students::HalvedStep;
use crate::study::{Assembled, Claims, Estimate, LatestBest, LinePoint, Optimum, Recipe, Setup, Wanted, censored};
use crate::wanted;
use serde::{Deserialize, Serialize};
use sim::Start;

/// Aligned and random students of several hidden widths on rank-1 teachers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudentWidth {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// Independent repetitions.
    pub seeds: u64,
    /// N₁.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
    /// N₂ of each student, the widest first.
    pub hidden: Vec<usize>,
    /// L.
    pub layers: usize,
    /// ε.
    pub epsilon: f64,
    /// λ.
    pub learning_rate: f64,
    /// Updates of each student.
    pub epochs: u64,
    /// σ_z.
    pub noise: f64,
    /// s̄ of the teachers.
    pub snrs: Vec<f64>,
    /// Claims that compare students are made from this SNR on.
    pub judged_snr: f64,
    /// Largest difference of ln of the least test error between students on the same data, in the median over seeds.
    pub same_error_within: f64,
    /// Points of each line of the theory.
    pub points: usize,
    /// Independent draws of the data at this size; half as many at twice it, a quarter at four times.
    pub ensemble_draws: usize,
}

/// All that is known of one width at one SNR.
struct Condition {
    hidden: usize,
    snr: f64,
    aligned: Optimum,
    random: Optimum,
    draws: Draws,
    step: HalvedStep,
}

impl Condition {
    fn place(&self) -> String {
        format!("N₂ = {}, SNR {}", self.hidden, self.snr)
    }
}

impl Recipe for StudentWidth {
    const KIND: &'static str = "StudentWidth";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        rules::runs(checks, "seeds", self.seeds, &[self.hidden.len(), self.snrs.len(), 3]);
        self.setup(self.hidden.first().copied().unwrap_or(1)).check_but_hidden(checks);
        checks
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .at_least("inputs", self.inputs, 2)
            .at_least("outputs", self.outputs, 2)
            .in_range("hidden", self.hidden.len(), 2..=5)
            .decreasing("hidden", &self.hidden)
            .each("hidden", &self.hidden, |c, path, width| {
                c.in_range(path, *width, 1..=MOST_UNITS);
            })
            .positive("same_error_within", self.same_error_within)
            .in_range("points", self.points, 2..=MOST_POINTS)
            .in_range("ensemble_draws", self.ensemble_draws, 2..=MOST_DRAWS);
        ascending_positive(checks, "snrs", &self.snrs);
        judged_from(checks, ("judged_snr", self.judged_snr), ("snrs", &self.snrs));
        if checks.all_hold() {
            self.setup(self.hidden[0]).check_beside(checks, &self.snrs[self.snrs.len() - 1..]);
        }
    }

    fn runs(&self) -> Vec<Run> {
        self.wanted().runs().to_vec()
    }

    fn advice(&self) -> anyhow::Result<Vec<String>> {
        let widest = self.setup(self.hidden[0]);
        let latest = LatestBest::of(self.snrs.iter().map(|&snr| Ok((format!("SNR {snr}"), widest.curve(&[snr])?))))?;
        Ok(latest.and_then(|latest| latest.epochs("epochs", self.epochs, self.learning_rate)).into_iter().collect())
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let conditions = self.wanted().read(results)?;
        let (figure, claims) = (self.figure(&conditions)?, self.claims(&conditions)?);
        let tables = vec![self.optima_table(&conditions)];
        Ok(Assembled { figure, claims, tables, caption: self.caption() })
    }
}

// What is run.
impl StudentWidth {
    fn setup(&self, hidden: usize) -> Setup {
        let Self { seed, inputs, outputs, layers, epsilon, learning_rate, epochs, noise, .. } = *self;
        let (examples, log_every) = (inputs, None);
        let student = Setup { hidden, layers, epsilon, learning_rate, epochs, log_every, ..Setup::default() };
        Setup { seed, inputs, outputs, examples, noise, ..student }
    }

    /// Every width with every SNR, SNR fastest.
    fn wanted(&self) -> Wanted<'_, Vec<Condition>> {
        let of_width = |&hidden: &usize| self.snrs.iter().map(move |&snr| self.condition(hidden, snr));
        Wanted::all(self.hidden.iter().flat_map(of_width))
    }

    fn condition(&self, hidden: usize, snr: f64) -> Wanted<'_, Condition> {
        let setup = self.setup(hidden);
        let task = setup.task(&[snr]);
        let random = setup.linear_students(&task, Start::Random, 0, 0..self.seeds);
        wanted!(Condition {
            aligned: setup.aligned_students(&task, 0..self.seeds).map(|students| students.optimum(0)),
            random: random.map(|students| students.optimum(0)),
            draws: setup.growing_draws(&[snr], &[], self.ensemble_draws),
            step: setup.halved_step(&task);
            hidden: hidden, snr: snr
        })
    }
}

// What is claimed.
impl StudentWidth {
    fn claims(&self, conditions: &[Condition]) -> anyhow::Result<Claims> {
        let mut claims = Claims::new();
        let on_line = |c: &Condition| -> anyhow::Result<LinePoint> {
            let point = LinePoint::new(c.place(), c.draws.least_errors()?);
            let at_threshold = self.setup(c.hidden).is_at_threshold(c.snr)?;
            Ok(point.simulated(c.aligned.log_error_summary(), c.step.of_least_error()?).at_threshold(at_threshold))
        };
        let points = conditions.iter().map(on_line).collect::<anyhow::Result<Vec<_>>>()?;
        claims.on_line("least ln ε_te of aligned students of each width", "b", points);

        let judged: Vec<&Condition> = conditions.iter().filter(|c| c.snr >= self.judged_snr).collect();
        let (margin, from) = (self.same_error_within, self.judged_snr);
        let unreached = || censored(judged.iter().flat_map(|c| [&c.aligned, &c.random]));
        let beside_widest: Vec<(&Condition, &Condition)> = judged
            .iter()
            .filter(|c| c.hidden != self.hidden[0])
            .filter_map(|c| Some((*c, *judged.iter().find(|wide| wide.hidden == self.hidden[0] && wide.snr == c.snr)?)))
            .collect();
        let changed = |(narrow, wide): &(&Condition, &Condition)| -> anyhow::Result<LinePoint> {
            let seen = Summary::of_differences(&narrow.aligned.log_error, &wide.aligned.log_error);
            let step = narrow.step.of_least_error()? + wide.step.of_least_error()?;
            Ok(LinePoint::new(narrow.place(), narrow.draws.least_errors_minus(&wide.draws)?).simulated(seen, step))
        };
        let points = beside_widest.iter().map(changed).collect::<anyhow::Result<Vec<_>>>()?;
        let quantity = format!("what width changes of an aligned student's least ln ε_te (paired, SNR ≥ {from})");
        claims.on_line(&quantity, "b", points).unless(censored(judged.iter().map(|c| &c.aligned)));

        let widths = beside_widest.iter().flat_map(|(narrow, wide)| {
            let starts = [("aligned", &narrow.aligned, &wide.aligned), ("random", &narrow.random, &wide.random)];
            starts.map(|(start, a, b)| (format!("{}, {start}", narrow.place()), difference(a, b)))
        });
        let claim = format!(
            "least ln ε_te of narrow and of the widest students differ by less than {margin} in the median (paired, SNR ≥ {from})"
        );
        claims.paired_equal(claim, "a, b", margin, widths).unless(unreached());
        claims.tell(
            "A narrow student generalises as well as a wide one: it cannot learn most of the noise, but at the best stopping time a wide \
             one has not learned it yet either.",
        );

        let starts = judged.iter().map(|c| (c.place(), difference(&c.random, &c.aligned)));
        let claim = format!(
            "least ln ε_te of random and aligned students differ by less than {margin} in the median (paired, SNR ≥ {from})"
        );
        claims.paired_equal(claim, "a", margin, starts).unless(unreached());
        claims.tell("Random students do as well as aligned ones.");
        Ok(claims)
    }
}

fn difference(a: &Optimum, b: &Optimum) -> Estimate {
    Estimate::median(a.log_error.iter().zip(&b.log_error).map(|(a, b)| a - b).collect())
}
