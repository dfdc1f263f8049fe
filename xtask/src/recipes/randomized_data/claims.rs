//! What shuffling does.

use super::RandomizedData;
use super::measured::{Kind, Spectra};
use crate::runs::summary::Summary;
use crate::study::{Claims, LinePoint};

impl RandomizedData {
    pub(super) fn claims(&self, original: &Kind, shuffled: &Kind) -> anyhow::Result<Claims> {
        let mut claims = Claims::new();
        let signal = |(k, strength): (usize, &f64)| original.line_point(format!("s̄ = {strength}"), k, false);
        claims.on_line("the original's signal values", "a", original.strengths().iter().enumerate().map(signal));
        // The largest and the smallest noise value miss the ends of the bulk by an amount that falls as n^(−2/3).
        let ends = [(original, "original"), (shuffled, "shuffled")].map(|(kind, name)| {
            let [upper, lower] = kind.bulk_places();
            [("upper", upper), ("lower", lower)]
                .map(|(end, place)| kind.line_point(format!("{end} end, {name}"), place, true))
        });
        claims.on_line("the ends of both bulks", "a", ends.into_iter().flatten());

        let sunk = Summary::of_differences(&original.values(original.rank() - 1), &shuffled.values(0));
        let claim = "shuffling sinks the teacher's singular values: all exceed the largest of the shuffle";
        claims.positive(claim, "a", [(format!("the weakest of {} values", original.rank()), sunk)]);
        let [before, after] = [original, shuffled].map(Kind::bulk_places);
        let rises = before.into_iter().zip(after).zip(["upper end", "lower end"]).map(|((before, after), end)| {
            (end.to_owned(), Summary::of_differences(&shuffled.values(after), &original.values(before)))
        });
        claims.positive("shuffling raises both ends of the bulk", "a", rises);

        let claim = format!("the train error of structured data falls below {} earlier", self.train_level);
        let [early, late] = [original, shuffled].map(|kind| kind.crossing_times(self.setup().tau()));
        let both =
            early?.into_iter().zip(late?).map(|(early, late)| Some(late? - early?)).collect::<Option<Vec<f64>>>();
        let never = both.is_none().then(|| "some student never got there within its epochs".to_owned());
        let delay = both.map(|delays| ("the paired delay in t/τ".to_owned(), Summary::of(&delays)));
        claims.positive(claim, "b", delay).unless(never);
        claims.tell("Structure speeds learning up: with nothing strong left, nothing is learned early.");
        Ok(claims)
    }
}

impl Kind {
    /// The singular value at `place` of the students' data beside the law's, `place` counted at the figure's own size.
    fn line_point(&self, at: String, place: usize, is_end: bool) -> LinePoint {
        let drawn = self.by_size.iter().map(|Spectra { matrix, draws }| {
            // The smallest value is the last one at every size.
            let last = |values: &[f64]| if place + 1 == self.shown().len() { values.len() - 1 } else { place };
            let values = draws.iter().map(|draw| draw.data_strengths[last(&draw.data_strengths)]);
            let line = match (is_end, place < self.rank() + 1) {
                (false, _) => matrix.strength(self.strengths()[place]),
                (true, true) => matrix.edge(),
                (true, false) => matrix.lower_edge(),
            };
            (Summary::of(&values.collect::<Vec<_>>()), line)
        });
        LinePoint::new(at, drawn.collect()).simulated(Summary::of(&self.values(place)), 0.0).at_threshold(is_end)
    }
}
