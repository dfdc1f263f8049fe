//! Error curves and best stopping of aligned and random students against the theory (fig03, fig04).

mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::ensemble::EnsembleOutcome;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::runs::summary::Summary;
use crate::study::draws::Draws;
use crate::study::panels::{letters, short};
use crate::study::rules::{
    self, MOST_DRAWS, MOST_EPOCHS, MOST_POINTS, MOST_SEEDS, ascending_positive, judged_from, least_log_every, title,
};
use crate::study::strengths::strengths_of;
use crate::study::students::{HalvedStep, Students};
use crate::study::{
    Assembled, Claims, Coverage, ErrorKind, Estimate, Found, LatestBest, LinePoint, Optimum, Point, Recipe, Setup,
    Wanted, censored,
};
use crate::wanted;
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sim::Start;

/// Students of one depth on teachers of several ranks and SNRs: one row of four panels per rank.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearningCurves {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// Independent repetitions, drawn and paired.
    pub seeds: u64,
    /// Aligned repetitions that judge the lines; the first `seeds` of them are drawn.
    pub line_seeds: u64,
    /// N₁.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
    /// N₂.
    pub hidden: usize,
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
    /// Ranks of the teachers.
    pub ranks: Vec<usize>,
    /// SNRs of the error curves.
    pub curve_snrs: Vec<f64>,
    /// SNRs of the optima.
    pub optimum_snrs: Vec<f64>,
    /// Claims about optima are made from this SNR on.
    pub judged_snr: f64,
    /// t/τ of the curves.
    pub time_range: (f64, f64),
    /// Number of times plotted as points, equally spaced over the range.
    pub point_times: usize,
    /// Errors and modes are logged every so many epochs.
    pub log_every: u64,
    /// Largest difference of ln of the least test error between the two starts, in the mean over seeds.
    pub same_error_within: f64,
    /// Largest relative delay of a random student's best stopping time that the claim allows; without it the claim is
    /// only that there is one.
    #[serde(default)]
    pub allowed_delay: Option<f64>,
    /// Independent draws of the data for aligned students, at this size; half as many at twice it, a quarter at four times.
    pub aligned_draws: usize,
    /// Independent draws for the exact random student; 0 for none.
    pub random_draws: usize,
    /// Shallower students of the same data, whose delay must be smaller.
    #[serde(default)]
    pub shallow_reference: Option<ShallowReference>,
}

/// How shallower students are trained for comparison; all else is as in the study itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShallowReference {
    /// L.
    pub layers: usize,
    /// Updates of each student.
    pub epochs: u64,
    /// Errors and modes are logged every so many epochs.
    pub log_every: u64,
}

impl Recipe for LearningCurves {
    const KIND: &'static str = "LearningCurves";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        rules::runs(
            checks,
            "line_seeds",
            self.line_seeds,
            &[self.ranks.len(), self.curve_snrs.len() + self.optimum_snrs.len(), 2],
        );
        self.setup().check(checks);
        checks
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("line_seeds", self.line_seeds, self.seeds..=MOST_SEEDS)
            .non_empty("ranks", &self.ranks)
            .increasing("ranks", &self.ranks)
            .positive("same_error_within", self.same_error_within)
            .in_range("point_times", self.point_times, 2..=MOST_POINTS)
            .in_range("aligned_draws", self.aligned_draws, 2..=MOST_DRAWS);
        ascending_positive(checks, "curve_snrs", &self.curve_snrs);
        ascending_positive(checks, "optimum_snrs", &self.optimum_snrs);
        let most = self.inputs.min(self.outputs);
        checks.each("ranks", &self.ranks, |c, path, &rank| {
            let rule = format!("must be at most min(inputs, outputs) = {most}");
            c.at_least(path, rank, 1).consistent(path, "outputs", rank <= most, rule);
        });
        judged_from(checks, ("judged_snr", self.judged_snr), ("optimum_snrs", &self.optimum_snrs));
        let draws = self.random_draws == 0 || (2..=MOST_DRAWS).contains(&self.random_draws);
        checks.require("random_draws", draws, format!("must be 0 (none) or from 2 to {MOST_DRAWS}"));
        let solved = self.layers == 2 || self.random_draws == 0;
        let rule = "must be 0: the random student is solved exactly for layers = 2 only";
        checks.consistent("random_draws", "layers", solved, rule);
        if let Some(delay) = self.allowed_delay {
            checks.at_least("allowed_delay", delay, 0.0);
        }
        if !checks.all_hold() {
            return;
        }
        if let (Some(&rank), Some(&snr)) = (self.ranks.last(), self.all_snrs().last()) {
            self.setup().check_beside(checks, &strengths_of(rank, snr));
        }
        self.setup().check_times(checks, self.time_range, self.point_times);
        if let Some(reference) = &self.shallow_reference {
            checks
                .in_range("shallow_reference.layers", reference.layers, 1..=self.layers.saturating_sub(1))
                .in_range("shallow_reference.epochs", reference.epochs, 1..=MOST_EPOCHS)
                .at_least("shallow_reference.log_every", reference.log_every, least_log_every(reference.epochs));
        }
    }

    fn runs(&self) -> Vec<Run> {
        self.wanted().runs().to_vec()
    }

    fn advice(&self) -> anyhow::Result<Vec<String>> {
        let latest = |setup: &Setup, snrs: &[f64]| {
            let conditions = self.ranks.iter().flat_map(|&rank| snrs.iter().map(move |&snr| (rank, snr)));
            LatestBest::of(conditions.map(|(rank, snr)| {
                Ok((format!("rank {rank}, SNR {}", short(snr)), setup.curve(&strengths_of(rank, snr))?))
            }))
        };
        let of_epochs = |setup: &Setup, key: &str| -> anyhow::Result<Option<String>> {
            let latest = latest(setup, &self.all_snrs())?;
            Ok(latest.and_then(|latest| latest.epochs(key, setup.epochs, setup.learning_rate)))
        };
        let drawn = latest(&self.setup(), &self.curve_snrs)?;
        let shallow = self.shallow().map(|shallow| of_epochs(&shallow, "shallow_reference.epochs")).transpose()?;
        Ok([
            of_epochs(&self.setup(), "epochs")?,
            drawn.and_then(|latest| latest.time_range("time_range", self.time_range.1)),
            shallow.flatten(),
        ]
        .into_iter()
        .flatten()
        .collect())
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let Measured { conditions, full_matrices } = self.wanted().read(results)?;
        let claims = self.claims(&conditions, &full_matrices)?;
        let (figure, table) = (self.figure(&conditions)?, self.optima_table(&conditions));
        Ok(Assembled { figure, claims, tables: vec![table], caption: self.caption() })
    }
}

/// All that the figure is made of.
struct Measured {
    conditions: Vec<Condition>,
    /// One aligned student with full matrices.
    full_matrices: Students,
}

/// All that is known of one rank and SNR.
struct Condition {
    rank: usize,
    snr: f64,
    /// All aligned students, the drawn ones first.
    aligned: Students,
    optima: Optima,
    shallow_optima: Option<Optima>,
    draws: Draws,
    random: Students,
    random_draws: Option<Found<EnsembleOutcome>>,
    step: HalvedStep,
}

/// Best stopping of students on the same data, seed by seed.
struct Optima {
    aligned: Optimum,
    random: Optimum,
}

impl Optima {
    /// Relative delay of each random student's best stopping time.
    fn delays(&self) -> Vec<f64> {
        self.random.time.iter().zip(&self.aligned.time).map(|(random, aligned)| random / aligned - 1.0).collect()
    }

    fn censored(&self) -> Option<String> {
        censored([&self.aligned, &self.random])
    }
}

impl Condition {
    fn place(&self) -> String {
        format!("rank {}, SNR {}", self.rank, self.snr)
    }
}

// What is run.
impl LearningCurves {
    fn setup(&self) -> Setup {
        let Self { seed, inputs, outputs, hidden, layers, epsilon, learning_rate, epochs, noise, .. } = *self;
        let (examples, log_every) = (inputs, Some(self.log_every));
        let student = Setup { hidden, layers, epsilon, learning_rate, epochs, log_every, ..Setup::default() };
        Setup { seed, inputs, outputs, examples, noise, ..student }
    }

    fn shallow(&self) -> Option<Setup> {
        let ShallowReference { layers, epochs, log_every } = *self.shallow_reference.as_ref()?;
        Some(Setup { layers, epochs, log_every: Some(log_every), ..self.setup() })
    }

    fn all_snrs(&self) -> Vec<f64> {
        let mut snrs: Vec<f64> = self.curve_snrs.iter().chain(&self.optimum_snrs).copied().collect();
        snrs.sort_by(f64::total_cmp);
        snrs.dedup();
        snrs
    }

    /// Whether the claims about optima speak of this SNR.
    fn judges(&self, snr: f64) -> bool {
        self.optimum_snrs.contains(&snr) && snr >= self.judged_snr
    }

    fn point_epochs(&self) -> Vec<u64> {
        self.setup().epochs_at(self.time_range, self.point_times)
    }

    fn wanted(&self) -> Wanted<'_, Measured> {
        let (setup, snrs) = (self.setup(), self.all_snrs());
        let conditions = self.ranks.iter().flat_map(|&rank| snrs.iter().map(move |&snr| self.condition(rank, snr)));
        let checked = setup.task(&strengths_of(self.ranks[0], self.curve_snrs[0]));
        let full_matrices = setup.linear_students(&checked, Start::TrainingAligned, 0, 0..1);
        wanted!(Measured { conditions: Wanted::all(conditions), full_matrices: full_matrices })
    }

    fn condition(&self, rank: usize, snr: f64) -> Wanted<'_, Condition> {
        let (setup, strengths) = (self.setup(), strengths_of(rank, snr));
        let (task, times) = (setup.task(&strengths), setup.times_of(&self.point_epochs()));
        let shallow = self.shallow().filter(|_| self.judges(snr));
        let exact = (self.random_draws > 0)
            .then(|| Wanted::ensemble(setup.ensemble(&strengths, Start::Random, &times, self.random_draws)));
        wanted!(Condition {
            aligned: setup.aligned_students(&task, 0..self.line_seeds),
            optima: optima(&setup, &strengths, 0..self.seeds, rank),
            shallow_optima: Wanted::maybe(shallow.map(|shallow| optima(&shallow, &strengths, 0..self.seeds, rank))),
            draws: setup.growing_draws(&strengths, &times, self.aligned_draws),
            random: setup.linear_students(&task, Start::Random, rank, 0..self.seeds),
            random_draws: Wanted::maybe(exact),
            step: setup.halved_step(&task);
            rank: rank, snr: snr
        })
    }
}

fn optima<'a>(setup: &Setup, strengths: &[f64], seeds: std::ops::Range<u64>, rank: usize) -> Wanted<'a, Optima> {
    let task = setup.task(strengths);
    wanted!(Optima {
        aligned: setup.aligned_students(&task, seeds.clone()).map(|students| students.optimum(0)),
        random: setup.linear_students(&task, Start::Random, rank, seeds).map(|students| students.optimum(0)),
    })
}

// What is claimed.
impl LearningCurves {
    fn claims(&self, conditions: &[Condition], full_matrices: &Students) -> anyhow::Result<Claims> {
        let mut claims = Claims::new();
        for (kind, column) in ErrorKind::BOTH.into_iter().zip(0..) {
            let quantity = format!("aligned students' ln {} error over time", kind.name());
            claims.on_line(&quantity, self.panels(column), self.line_points(conditions, kind)?);
        }
        claims.tell("Train and test error fall in one wave per mode; the test error then rises as noise is learned.");
        let judged: Vec<&Condition> = conditions.iter().filter(|c| self.judges(c.snr)).collect();
        let all = || judged.iter().copied();
        let unreached = || judged.iter().find_map(|c| c.optima.censored());
        let band = |c: &Condition| {
            let coverage = Coverage::of(&c.optima.aligned.log_error, &c.draws.here().least_test)?;
            Some((c.place(), coverage))
        };
        let claim = "aligned students' least ln ε_te lies in the 95 % band of single draws as often as it should";
        claims.covered(claim, self.panels(1), all().filter_map(band)).unless(unreached());

        // Of which the claims above are evidence only as long as neither knows the other's data.
        let independent = |c: &Condition| -> anyhow::Result<Point> {
            let students = c.aligned.optimum(0)?.log_error;
            let pairs: Vec<_> = students.into_iter().zip(c.draws.here().least_test.iter().copied()).collect();
            Ok(Point::new(c.place(), Estimate::correlation(&pairs)).equals(0.0))
        };
        let claim = "aligned students and draws of the same number share no data: their least ln ε_te are uncorrelated (artanh of the correlation)";
        claims.equal(claim, self.panels(1), all().map(independent).collect::<anyhow::Result<Vec<_>>>()?);

        let (margin, from) = (self.same_error_within, self.judged_snr);
        let difference = |c: &Condition| {
            let pairs = c.optima.random.log_error.iter().zip(&c.optima.aligned.log_error);
            (c.place(), Estimate::median(pairs.map(|(random, aligned)| random - aligned).collect()))
        };
        let claim = format!(
            "least ln ε_te of random and aligned students on the same data differ by less than {margin} in the median (SNR ≥ {from})"
        );
        claims.paired_equal(claim, self.panels(2), margin, all().map(difference)).unless(unreached());
        claims.tell("Random and aligned students reach nearly the same least error.");

        let delay = |c: &Condition| (c.place(), Estimate::median(c.optima.delays()));
        match self.allowed_delay {
            Some(most) => {
                let claim = format!(
                    "random students' t_opt is later by up to {} % in the median, and never earlier (paired, SNR ≥ {from})",
                    100.0 * most
                );
                let points = all().map(delay).map(|(at, delay)| Point::new(at, delay).within(0.0, most));
                claims.shown(claim, self.panels(3), points)
            }
            None => {
                let claim = format!("random students' t_opt is later in the median (paired, SNR ≥ {from})");
                claims.positive(claim, self.panels(3), all().map(delay))
            }
        }
        .unless(unreached())
        .tell("Random students stop later.");

        let predicted = |c: &Condition| -> anyhow::Result<Option<Point>> {
            let Some(predicted) = c.random_draws.as_ref().and_then(|draws| draws.delays()) else { return Ok(None) };
            let estimate = Estimate::beside(Summary::of(&c.optima.delays()), predicted);
            let step = c.step.of_stopping_time()?.max(2.0 * self.learning_rate);
            Ok(Some(Point::new(c.place(), estimate).equals(predicted.mean).give_or_take(step)))
        };
        let predicted: Vec<Point> = all().filter_map(|c| predicted(c).transpose()).collect::<anyhow::Result<_>>()?;
        if self.random_draws > 0 {
            let claim = "the delay of random students' t_opt is the one that the exact solution predicts";
            claims.equal(claim, self.panels(3), predicted).unless(unreached());
        }

        if let Some(reference) = &self.shallow_reference {
            let excess = |c: &Condition| {
                let pairs = c.optima.delays().into_iter().zip(c.shallow_optima.as_ref()?.delays());
                Some((c.place(), Estimate::median(pairs.map(|(deep, shallow)| deep - shallow).collect())))
            };
            let claim = format!(
                "the relative delay of random students' t_opt is larger than with L = {} in the median (SNR ≥ {from})",
                reference.layers
            );
            let shallow = judged.iter().find_map(|c| c.shallow_optima.as_ref()?.censored());
            claims.positive(claim, self.panels(3), all().filter_map(excess)).unless(unreached().or(shallow));
            claims.tell(format!("They do so by a larger fraction than with L = {}.", reference.layers));
        }

        let claim = "the scalar recursion of an aligned student equals its full-matrix run";
        let same = conditions.iter().find(|c| c.rank == self.ranks[0] && c.snr == self.curve_snrs[0]);
        let same = same.context("the condition of the student with full matrices")?;
        let (full, scalar) = (&full_matrices.outcomes[0], &same.aligned.outcomes[0]);
        claims.equal(claim, figures::panel_letter(0), full_matrix_points(full, scalar, self.epsilon)?);
        Ok(claims)
    }

    fn line_points(&self, conditions: &[Condition], kind: ErrorKind) -> anyhow::Result<Vec<LinePoint>> {
        let mut points = Vec::new();
        for c in conditions.iter().filter(|c| self.curve_snrs.contains(&c.snr)) {
            points.extend(c.draws.line_points(kind, &c.place(), &c.aligned, &c.step, &self.point_epochs())?);
        }
        Ok(points)
    }

    /// Letters of one column's panels.
    fn panels(&self, column: usize) -> String {
        letters((0..self.ranks.len()).map(|row| 4 * row + column))
    }
}

/// Both roads round each update by 2⁻⁵³ of the strongest mode; what falls into the direction of another mode at the
/// start grows with it, by up to ŝ/ε. Anything but rounding differs by far more.
fn full_matrix_points(
    full: &sim::TrainingOutcome,
    scalar: &sim::TrainingOutcome,
    epsilon: f64,
) -> anyhow::Result<Vec<Point>> {
    let growth = scalar.data_strengths.first().map_or(1.0, |strongest| (strongest / epsilon).max(1.0));
    let rounding = f64::EPSILON / 2.0 * growth * scalar.epochs.last().map_or(1.0, |&epochs| epochs as f64);
    let mut points = Vec::new();
    for kind in ErrorKind::BOTH {
        let (full, scalar) = (&kind.track(full)?.logged, &kind.track(scalar)?.logged);
        anyhow::ensure!(full.len() == scalar.len(), "the two runs were logged at different epochs");
        let differences = full.iter().zip(scalar).map(|(a, b)| (a - b).abs() / b.abs());
        let largest = differences.fold(0.0, |most: f64, d| if d > most || d.is_nan() { d } else { most });
        let at = format!("the largest relative difference of the {} error", kind.name());
        points.push(Point::new(at, largest).equals(0.0).give_or_take(rounding));
    }
    Ok(points)
}
