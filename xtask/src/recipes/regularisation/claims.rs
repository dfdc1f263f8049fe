//! What the figure says.

use super::{Condition, Measured, Random, Regularisation, Way, name};
use crate::runs::summary::Summary;
use crate::study::students::{HalvedStep, Students};
use crate::study::{Claims, ErrorKind, Estimate, LinePoint, Point, censored};

/// What a decay of a config may cost, rounded as it is: relative error above the best.
const ROUNDED: f64 = 1e-4;
/// How close the laziest closed form is to one layer's, relative.
const LAZY: f64 = 0.02;

impl Condition {
    /// Theory at the figure's size: the error by stopping, both, decay alone, and shrinkage.
    pub(super) fn closed(&self, study: &Regularisation) -> anyhow::Result<[f64; 4]> {
        let last = study.long(0.0).last_time();
        let least = |way: &Way| {
            let curve = way.draws.curve();
            anyhow::Ok(curve.optimal_stopping(curve.horizon())?.test_error)
        };
        let (alone, shrinkage) =
            (self.alone.draws.curve().test_error_at(last)?, self.stopping.draws.curve().shrinkage_error()?);
        Ok([least(&self.stopping)?, least(&self.both)?, alone, shrinkage])
    }

    /// Per seed, in the same order.
    pub(super) fn measured(&self) -> anyhow::Result<[Vec<f64>; 4]> {
        let least = |way: &Way| anyhow::Ok(exponentials(way.students.optimum(0)?.log_error));
        let alone = exponentials(self.alone.students.final_log_errors(0)?);
        Ok([least(&self.stopping)?, least(&self.both)?, alone, self.shrunk.clone()])
    }
}

fn exponentials(logarithms: Vec<f64>) -> Vec<f64> {
    logarithms.into_iter().map(f64::exp).collect()
}

/// ln a − ln b over the seeds.
pub(super) fn log_ratio(a: &[f64], b: &[f64]) -> Summary {
    Summary::of(&a.iter().zip(b).map(|(a, b)| (a / b).ln()).collect::<Vec<_>>())
}

/// ln of the last test error of every student.
pub(super) fn last_errors(students: &Students) -> anyhow::Result<Vec<f64>> {
    Ok(exponentials(students.final_log_errors(0)?))
}

/// Least test errors of every student.
pub(super) fn least_errors(students: &Students) -> anyhow::Result<Vec<f64>> {
    Ok(exponentials(students.optimum(0)?.log_error))
}

impl Regularisation {
    pub(super) fn claims(&self, measured: &Measured) -> anyhow::Result<Claims> {
        let mut claims = Claims::new();
        let Measured { curves, ladder, teachers, .. } = measured;
        let epochs = self.setup(0.0).epochs_at(self.time_range, self.point_times);
        let mut points = Vec::new();
        for way in curves {
            let place = format!("γ = {}", way.decay);
            points.extend(way.draws.line_points(ErrorKind::Test, &place, &way.students, &way.step, &epochs)?);
        }
        claims.on_line("aligned students' ln test error over time, with and without decay", "a", points);
        self.closed_claims(&mut claims, ladder, teachers)?;

        let all: Vec<&Condition> = ladder.iter().chain(teachers).collect();
        let unreached = |pick: fn(&Condition) -> &Way| -> anyhow::Result<Option<String>> {
            let optima = all.iter().map(|c| pick(c).students.optimum(0)).collect::<anyhow::Result<Vec<_>>>()?;
            Ok(censored(&optima))
        };
        let missed = unreached(|c| &c.stopping)?.or(unreached(|c| &c.both)?);
        let mut gains = Vec::new();
        let mut losses = Vec::new();
        for c in &all {
            let [stopping, both, alone, _] = c.measured()?;
            if c.strengths.len() > 1 {
                gains.push((name(&c.strengths), log_ratio(&stopping, &both)));
            }
            losses.push((name(&c.strengths), log_ratio(&alone, &stopping)));
        }
        let claim = "on the same data decay and stopping together beat stopping alone where several modes differ (ln ε_te, paired)";
        claims.positive(claim, "b, c", gains).unless(missed.clone());
        let claim = "on the same data decay alone does worse than stopping alone (ln ε_te, paired)";
        claims.positive(claim, "b, c", losses).unless(missed.clone());

        let least = |c: &&Condition| -> anyhow::Result<LinePoint> {
            let (way, place) = (&c.stopping, name(&c.strengths));
            let simulated = way.students.optimum(0)?.log_error_summary();
            Ok(LinePoint::new(place, way.draws.least_errors()?).simulated(simulated, way.step.of_least_error()?))
        };
        let points = all.iter().map(least).collect::<anyhow::Result<Vec<_>>>()?;
        claims.on_line("ln of the least test error by stopping", "b, c", points).unless(missed.clone());
        let gain = |c: &&Condition| -> anyhow::Result<LinePoint> {
            let [stopping, both, ..] = c.measured()?;
            let drawn = c.both.draws.least_errors_minus(&c.stopping.draws)?;
            let step = (c.both.step.of_least_error()? - c.stopping.step.of_least_error()?).abs();
            Ok(LinePoint::new(name(&c.strengths), drawn).simulated(log_ratio(&both, &stopping), step))
        };
        let points = all.iter().map(gain).collect::<anyhow::Result<Vec<_>>>()?;
        claims.on_line("what decay beside stopping changes of ln of the least test error (paired)", "b, c", points);
        let alone = |c: &&Condition| -> anyhow::Result<LinePoint> {
            let (way, place) = (&c.alone, name(&c.strengths));
            let last = self.long_epochs;
            let simulated = way.students.log_errors(ErrorKind::Test, &[last])?[0];
            let drawn = way.draws.log_errors(ErrorKind::Test, 0)?;
            Ok(LinePoint::new(place, drawn).simulated(simulated, way.step.of_error(ErrorKind::Test, last)?))
        };
        let points = all.iter().map(alone).collect::<anyhow::Result<Vec<_>>>()?;
        claims.on_line("ln of the test error by decay alone", "b, c", points);

        self.nonlinear_claims(&mut claims, measured)?;
        self.lazy_claims(&mut claims, measured)?;
        self.adapter_claims(&mut claims, measured)?;
        Ok(claims)
    }

    /// Closed forms beside closed forms.
    fn closed_claims(&self, claims: &mut Claims, ladder: &[Condition], teachers: &[Condition]) -> anyhow::Result<()> {
        let (mut best, mut closed, mut worse) = (Vec::new(), Vec::new(), Vec::new());
        for c in ladder.iter().chain(teachers) {
            let (setup, place) = (self.setup(0.0), name(&c.strengths));
            let searched =
                theory::Regularisation::new(&setup.theory_task(&c.strengths)?, &setup.theory_student()?, None)?;
            let [stopping, both, _, shrinkage] = c.closed(self)?;
            let ended = c.alone.draws.curve().test_error_at(f64::INFINITY)?;
            for (means, here, least) in
                [("both", both, searched.both.test_error), ("alone", ended, searched.decay.test_error)]
            {
                best.push(Point::new(format!("{place}, {means}"), here / least - 1.0).below(ROUNDED));
            }
            if c.strengths.len() > 1 {
                let share = (stopping - both) / (stopping - shrinkage);
                closed.push(Point::new(&place, share).above(self.gap_closed));
            }
            worse.push((place, ended / stopping - 1.0));
        }
        claims.shown(
            "the decays of the config are the best ones in closed form (relative error above the least)",
            "a, b, c",
            best,
        );
        let claim = format!(
            "in closed form decay and stopping together close at least {} % of the gap from stopping to shrinkage where several modes differ",
            100.0 * self.gap_closed
        );
        claims.shown(claim, "b, c", closed);
        claims.positive("in closed form decay alone does worse than stopping alone (relative)", "b, c", worse);
        Ok(())
    }

    fn nonlinear_claims(&self, claims: &mut Claims, measured: &Measured) -> anyhow::Result<()> {
        let (mut gains, mut losses, mut optima) = (Vec::new(), Vec::new(), Vec::new());
        let factors = &self.nonlinear.decay_factors;
        for (teacher, students) in self.nonlinear.teachers.iter().zip(&measured.nonlinear) {
            let stopping = least_errors(&students[0])?;
            optima.push(students[0].optimum(0)?);
            for (factor, students) in factors.iter().zip(students) {
                let place = format!("{}, γ = {:.3}", name(&teacher.strengths), factor * teacher.decay);
                if *factor == 1.0 {
                    gains.push((place.clone(), log_ratio(&stopping, &least_errors(students)?)));
                    optima.push(students.optimum(0)?);
                }
                if *factor > 0.0 {
                    losses.push((place, log_ratio(&last_errors(students)?, &stopping)));
                }
            }
        }
        let claim = "leaky-ReLU students stopped in time do better with the linear theory's decay than without (ln ε_te, paired)";
        claims.positive(claim, "d, e", gains).unless(censored(&optima));
        let claim = "leaky-ReLU students with decay and no time limit do worse than those stopped in time without decay (ln ε_te, paired)";
        claims.positive(claim, "d, e", losses).unless(censored(&optima[..1]));
        Ok(())
    }

    fn lazy_claims(&self, claims: &mut Claims, measured: &Measured) -> anyhow::Result<()> {
        let (mut lines, mut exact, mut times) = (Vec::new(), Vec::new(), Vec::new());
        for lazy in &measured.lazy {
            let (way, place) = (&lazy.aligned, format!("|balance| = {}", lazy.balance));
            let simulated = way.students.optimum(0)?.log_error_summary();
            let point = LinePoint::new(place, way.draws.least_errors()?);
            lines.push(point.simulated(simulated, way.step.of_least_error()?));
            for random in &lazy.random {
                let place = format!("balance {}", random.balance);
                exact.push(random.least_error(place.clone(), &way.step)?);
                times.push(random.stopping_time(place, &way.step, self.balanced(random.balance).learning_rate)?);
            }
        }
        claims.on_line("aligned students' ln of the least test error from rich to lazy starts", "f", lines);
        claims.equal(
            "random students from rich to lazy starts reach the least ln ε_te of their exact solution",
            "f",
            exact,
        );
        claims.equal("random students from rich to lazy starts reach it when their exact solution says", "g", times);
        let steps = measured.lazy.windows(2).flat_map(|pair| {
            let rich = &pair[0].random[0];
            pair[1].random.iter().map(move |lazy| {
                let difference = Summary::of_differences(&lazy.exact.least_test, &rich.exact.least_test);
                (format!("from {} to {}", rich.balance, lazy.balance), difference)
            })
        });
        let claim = "every step towards a lazier start costs random students test error (least ln ε_te of exact solutions, paired)";
        claims.positive(claim, "f", steps);
        let lazy = measured.lazy.last().map_or(0.0, |lazy| lazy.balance);
        let [error, time] = self.closed_lazy(lazy)?;
        let [limit, limit_time] = self.one_layer()?;
        let near = |at: &str, value: f64| {
            Point::new(format!("{at}, |balance| = {lazy}"), value).within(1.0 - LAZY, 1.0 + LAZY)
        };
        let points = [near("least error", error / limit), near("|balance| × its time", lazy * time / limit_time)];
        claims.shown(
            "the laziest aligned student learns as one layer does, |balance| times as fast (ratio)",
            "f, g",
            points,
        );
        Ok(())
    }

    /// The least test error and its time of an aligned student in closed form.
    pub(super) fn closed_lazy(&self, balance: f64) -> anyhow::Result<[f64; 2]> {
        let setup = self.balanced(balance);
        let curve = setup.curve(&self.lazy.strengths)?;
        let best = curve.optimal_stopping(curve.horizon())?;
        Ok([best.test_error, best.time])
    }

    /// The same of one layer.
    pub(super) fn one_layer(&self) -> anyhow::Result<[f64; 2]> {
        let setup = crate::study::Setup { layers: 1, ..self.setup(0.0) };
        let curve = setup.curve(&self.lazy.strengths)?;
        let best = curve.optimal_stopping(curve.horizon())?;
        Ok([best.test_error, best.time])
    }

    fn adapter_claims(&self, claims: &mut Claims, measured: &Measured) -> anyhow::Result<()> {
        let (mut exact, mut costs) = (Vec::new(), Vec::new());
        for (rank, adapters) in self.adaptation.ranks.iter().zip(&measured.adapters) {
            for adapter in adapters {
                exact.push(adapter.random.least_error(format!("rank {rank}, a = {}", adapter.scale), &adapter.step)?);
            }
            let [small, .., large] = &adapters[..] else { continue };
            let cost = Summary::of_differences(&large.random.exact.least_test, &small.random.exact.least_test);
            costs.push((format!("rank {rank}"), cost));
        }
        claims.equal("adapters reach the least ln ε_te of their exact solution", "h", exact);
        let (own, smallest) =
            (self.adaptation.strengths.len(), |index: usize| &measured.adapters[index][0].random.exact.least_test);
        let ranks = &self.adaptation.ranks;
        let best = ranks.iter().position(|&rank| rank == own).unwrap_or_default();
        let others = (0..ranks.len()).filter(|index| *index != best);
        let differences = others
            .map(|other| (format!("rank {}", ranks[other]), Summary::of_differences(smallest(other), smallest(best))));
        let claim = format!(
            "from the smallest start adapters of rank {own}, that of the difference, reach the least error (ln ε_te, paired)"
        );
        claims.positive(claim, "h", differences);
        claims.positive("a large start costs adapters test error at every rank (least ln ε_te, paired)", "h", costs);
        Ok(())
    }
}

impl Random {
    /// ln of the least test error beside the exact solution.
    fn least_error(&self, place: String, step: &HalvedStep) -> anyhow::Result<Point> {
        let exact = Summary::of(&self.exact.least_test);
        let estimate = Estimate::beside(self.students.optimum(0)?.log_error_summary(), exact);
        Ok(Point::new(place, estimate).equals(exact.mean).give_or_take(step.of_least_error()?))
    }

    /// ln of its time beside the exact solution's; an epoch at most is lost to rounding.
    fn stopping_time(&self, place: String, step: &HalvedStep, learning_rate: f64) -> anyhow::Result<Point> {
        let logarithms = |times: &[f64]| Summary::of(&times.iter().map(|time| time.ln()).collect::<Vec<_>>());
        let exact = logarithms(&self.exact.stopping_times);
        let estimate = Estimate::beside(logarithms(&self.students.optimum(0)?.time), exact);
        let numerics = step.of_stopping_time()?.max(learning_rate / exact.mean.exp());
        Ok(Point::new(place, estimate).equals(exact.mean).give_or_take(numerics))
    }
}
