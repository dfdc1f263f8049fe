//! What shuffling does, judged.

use super::RandomizedData;
use super::measured::Kind;
use crate::study::comparison::{Comparison, Level, Summary, Verdict};

impl RandomizedData {
    /// Every verdict of the figure; all statistical points share its false-alarm rate.
    pub(super) fn verdicts(&self, original: &Kind<'_>, shuffled: &Kind<'_>) -> anyhow::Result<Vec<Verdict>> {
        // Signal values, two ends of two bulks; sinking, two rises and the delay.
        let level = Level::shared_by(original.rank() + 4 + 4);
        Ok(vec![
            signal_values(original, level),
            bulk_ends(&[original, shuffled], level),
            self.signal_sinks(original, shuffled, level),
            bulk_rises(original, shuffled, level),
            self.structure_is_learned_earlier(original, shuffled, level)?,
        ])
    }

    /// The weakest of the teacher's values was above everything that the shuffle has.
    fn signal_sinks(&self, original: &Kind<'_>, shuffled: &Kind<'_>, level: Level) -> Verdict {
        let sunk = Summary::of_differences(&original.values(original.rank() - 1), &shuffled.values(0));
        let claim = "shuffling sinks the teacher's singular values: all exceed the largest of the shuffle";
        let at = format!("the weakest of {} values", original.rank());
        let mut verdict = Verdict::of_positive(claim, "a", &[(at, sunk)], level);
        let means = (0..original.rank()).map(|k| format!("{:.2}", Summary::of(&original.values(k)).mean));
        let (before, after) = (means.collect::<Vec<_>>().join(", "), Summary::of(&shuffled.values(0)).mean);
        verdict.measured = format!("{before} before, at most {after:.2} after; {}", verdict.measured);
        verdict
    }

    fn structure_is_learned_earlier(
        &self,
        original: &Kind<'_>,
        shuffled: &Kind<'_>,
        level: Level,
    ) -> anyhow::Result<Verdict> {
        let claim = format!("the train error of structured data falls below {} earlier", self.train_level);
        let times = [original, shuffled].map(|kind| kind.crossing_times(self.tau()));
        let [early, late] = times;
        let (Some(early), Some(late)) =
            (early?.into_iter().collect::<Option<Vec<_>>>(), late?.into_iter().collect::<Option<Vec<_>>>())
        else {
            return Ok(Verdict::not_judged(claim, "b", "some student never got there within its epochs"));
        };
        let mut verdict = Verdict::of_positive(
            claim,
            "b",
            &[("the paired delay in t/τ".to_owned(), Summary::of_differences(&late, &early))],
            level,
        );
        let predicted = [original, shuffled].map(|kind| self.predicted_crossing(kind));
        verdict.measured = format!(
            "t/τ = {:.3} structured, {:.3} shuffled (aligned theory {:.3}, {:.3}); {}",
            Summary::of(&early).mean,
            Summary::of(&late).mean,
            predicted[0],
            predicted[1],
            verdict.measured
        );
        Ok(verdict)
    }

    /// t/τ at which the theory's train error, which falls monotonically, passes the level; the end of training if it is later.
    fn predicted_crossing(&self, kind: &Kind<'_>) -> f64 {
        let (mut low, mut high) = (0.0, self.epochs as f64 * self.learning_rate);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if kind.curve.train_error_at(middle) < self.train_level { high = middle } else { low = middle }
        }
        high
    }
}

fn signal_values(original: &Kind<'_>, level: Level) -> Verdict {
    let compare = |(k, &strength): (usize, &f64)| {
        let (seen, at) = (Summary::of(&original.values(k)), format!("s̄ = {strength}"));
        Comparison::with_ensemble(
            at,
            seen,
            original.matrix.strength(strength),
            original.independent_values(k),
            0.0,
            level,
        )
    };
    let points: Vec<Comparison> = original.strengths.iter().enumerate().map(compare).collect();
    Verdict::of_points("the original's signal values are the predicted ones", "a", &points)
}

fn bulk_ends(kinds: &[&Kind<'_>], level: Level) -> Verdict {
    let mut points = Vec::new();
    for (kind, name) in kinds.iter().zip(["original", "shuffled"]) {
        for ((place, predicted), end) in kind.bulk_places().into_iter().zip(kind.bulk_ends()).zip(["upper", "lower"]) {
            let (seen, at) = (Summary::of(&kind.values(place)), format!("{end} end, {name}"));
            points.push(Comparison::with_ensemble(at, seen, predicted, kind.independent_values(place), 0.0, level));
        }
    }
    let mut verdict = Verdict::of_points("the bulks of original and shuffled data end where predicted", "a", &points);
    let ends: Vec<String> =
        points.iter().map(|p| format!("{} {:.3} (predicted {:.3})", p.at, p.measured, p.expected)).collect();
    verdict.measured = format!("{}; {}", ends.join(", "), verdict.measured);
    verdict
}

fn bulk_rises(original: &Kind<'_>, shuffled: &Kind<'_>, level: Level) -> Verdict {
    let ends = original.bulk_places().into_iter().zip(shuffled.bulk_places()).zip(["upper end", "lower end"]);
    let rises: Vec<(String, Summary)> = ends
        .map(|((before, after), end)| {
            (end.to_owned(), Summary::of_differences(&shuffled.values(after), &original.values(before)))
        })
        .collect();
    Verdict::of_positive("shuffling raises both ends of the bulk", "a", &rises, level)
}
