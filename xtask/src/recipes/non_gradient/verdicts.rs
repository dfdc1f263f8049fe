//! What the comparison of the two methods claims, judged.

use super::{ClosedForms, Condition, NonGradient, name, ratios};
use crate::study::comparison::{Comparison, Level, Summary, Verdict, linear_grid, student_quantile};
use crate::study::elements::NoiseKnowledge;

/// What rounding may change in a closed form, relative.
const ROUNDING: f64 = 1e-12;
/// SNRs at which the closed forms of rank one are compared.
const GRID: usize = 60;

impl NonGradient {
    /// Every verdict of the figure; all statistical points share its false-alarm rate.
    pub(super) fn verdicts(
        &self,
        rank_one: &[Condition<'_>],
        teachers: &[Condition<'_>],
    ) -> anyhow::Result<Vec<Verdict>> {
        // Two algorithms on every teacher; the ratio on the paired ones, and each of them against the one that gains most.
        let level = Level::shared_by(2 * (rank_one.len() + teachers.len()) + 2 * teachers.len() - 1);
        let all: Vec<&Condition<'_>> = rank_one.iter().chain(teachers).collect();
        let mut closed: Vec<(String, ClosedForms)> = Vec::new();
        for snr in linear_grid(self.snr_range.0, self.snr_range.1, GRID) {
            closed.push((format!("SNR {snr:.2}"), self.closed_forms(&[snr])?));
        }
        closed.extend(all.iter().map(|c| (name(&c.strengths), c.closed)));
        let listed: Vec<(Vec<f64>, ClosedForms)> = teachers.iter().map(|c| (c.strengths.clone(), c.closed)).collect();
        Ok(vec![
            never_above(&closed),
            pays_most(&listed, &self.pays_most),
            self.pays_most_on_data(teachers, level),
            reaches_closed_form(&all, NoiseKnowledge::Known, level),
            reaches_closed_form(&all, NoiseKnowledge::Estimated, level),
            ratio_as_predicted(teachers, level),
        ])
    }

    /// The mean ratio of the named teacher is below every other's. Judged where chance cannot turn them round.
    fn pays_most_on_data(&self, teachers: &[Condition<'_>], level: Level) -> Verdict {
        let claim = format!("on data shrinkage pays most for {}", name(&self.pays_most));
        let Some(most) = teachers.iter().find(|c| c.strengths == self.pays_most) else {
            return Verdict::not_judged(claim, "c", "the teacher is not among those compared");
        };
        let mut told = Vec::new();
        let mut below_all = true;
        for other in teachers.iter().filter(|c| c.strengths != self.pays_most) {
            let [this, that] = [most, other].map(|c| Summary::of(&ratios(&c.known, &c.stopping)));
            let [this_drawn, that_drawn] =
                [most, other].map(|c| Summary::of(&ratios(&c.ensemble.known, &c.ensemble.stopping)));
            let shares = |count: usize| 1.0 / count as f64 + 1.0 / self.draws as f64;
            let variance =
                this_drawn.deviation.powi(2) * shares(this.count) + that_drawn.deviation.powi(2) * shares(that.count);
            let chance = student_quantile(level.per_point, self.draws) * variance.sqrt();
            if that_drawn.mean - this_drawn.mean < chance {
                let why = format!(
                    "{} seeds at this size cannot tell the ratios {:.3} and {:.3} of {} independent draws apart: chance alone gives {chance:.3}",
                    this.count, this_drawn.mean, that_drawn.mean, self.draws
                );
                return Verdict::not_judged(claim, "c", why);
            }
            below_all &= this.mean < that.mean;
            told.push(format!(
                "{:.4} against {:.4} of {} (chance: {chance:.4})",
                this.mean,
                that.mean,
                name(&other.strengths)
            ));
        }
        let tolerance = format!(
            "below every other; chance at false-alarm rate {:.1e} from {} independent draws",
            level.per_point, self.draws
        );
        Verdict::new(claim, "c", told.join("; "), tolerance, below_all)
    }
}

/// In closed form shrinkage is at or below the best stopping time everywhere.
pub(super) fn never_above(points: &[(String, ClosedForms)]) -> Verdict {
    let claim = "in closed form shrinkage is never above the best stopping time";
    let Some((worst, closed)) = points.iter().max_by(|a, b| a.1.ratio().total_cmp(&b.1.ratio())) else {
        return Verdict::not_judged(claim, "a, b, c", "no point to judge");
    };
    let measured = format!(
        "largest ratio 1 − {:.1e} at {worst} (shrinkage {:.6}, stopping {:.6}) of {} teachers",
        1.0 - closed.ratio(),
        closed.shrinkage,
        closed.stopping,
        points.len()
    );
    let holds = points.iter().all(|(_, closed)| closed.ratio() <= 1.0 + ROUNDING);
    Verdict::new(claim, "a, b, c", measured, format!("at most 1 + {ROUNDING:.0e}: rounding"), holds)
}

/// In closed form the ratio is least for the named teacher.
pub(super) fn pays_most(teachers: &[(Vec<f64>, ClosedForms)], most: &[f64]) -> Verdict {
    let list: Vec<String> = teachers.iter().map(|(s, closed)| format!("{}: {:.4}", name(s), closed.ratio())).collect();
    let least = teachers.iter().find(|(s, _)| s == most).map_or(f64::NAN, |(_, closed)| closed.ratio());
    let holds = teachers.iter().filter(|(s, _)| s != most).all(|(_, closed)| least < closed.ratio());
    let claim = format!("in closed form shrinkage pays most for weak modes of different strength, {}", name(most));
    Verdict::new(claim, "c", format!("ratio for {}", list.join(", ")), "strictly the least", holds)
}

/// ln of the algorithm's test error on data against its closed form.
fn reaches_closed_form(conditions: &[&Condition<'_>], knowledge: NoiseKnowledge, level: Level) -> Verdict {
    let logs = |errors: &[f64]| Summary::of(&errors.iter().map(|e| e.ln()).collect::<Vec<_>>());
    let point = |c: &&Condition<'_>| {
        let (measured, ensemble) = c.shrunk(knowledge);
        Comparison::with_ensemble(
            name(&c.strengths),
            logs(measured),
            c.closed.shrinkage.ln(),
            logs(ensemble),
            0.0,
            level,
        )
    };
    let points: Vec<Comparison> = conditions.iter().map(point).collect();
    let told = match knowledge {
        NoiseKnowledge::Known => "the noise known",
        NoiseKnowledge::Estimated => "the noise estimated",
    };
    Verdict::of_points(format!("on data, {told}, ln ε_te of the algorithm is that of its closed form"), "a, c", &points)
}

/// The ratio of the two errors, pair by pair, against closed form.
fn ratio_as_predicted(teachers: &[Condition<'_>], level: Level) -> Verdict {
    let point = |c: &Condition<'_>| {
        let measured = Summary::of(&ratios(&c.known, &c.stopping));
        let ensemble = Summary::of(&ratios(&c.ensemble.known, &c.ensemble.stopping));
        Comparison::with_ensemble(
            name(&c.strengths),
            measured,
            c.closed.ratio(),
            ensemble,
            c.step * c.closed.ratio(),
            level,
        )
    };
    let points: Vec<Comparison> = teachers.iter().map(point).collect();
    Verdict::of_points("on data the paired ratio of the two errors is that of the closed forms", "c", &points)
}
