//! Claims: what a figure says, each a line of a recipe, and how it is judged.
//!
//! A claim is made of points, each a measured number beside what the claim says of it. Nothing is judged before all
//! claims of a figure are there: they share its false-alarm rate, [`FALSE_ALARMS`], evenly over all their points.

use super::Estimate;
use super::coverage::Coverage;
use super::line::LinePoint;
use super::point::Point;
use super::verdict::{Expectation, Outcome, Verdict, digits};

/// The probability that a figure whose claims are all true shows one that departs by chance.
pub const FALSE_ALARMS: f64 = 0.01;

/// What the points of a claim must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    /// That they do not contradict it: chance may carry each number from its region to where it is.
    Agrees,
    /// The claim itself: chance cannot carry any number out of its region.
    Shows,
}

/// A claim before it is judged.
#[derive(Clone, Debug)]
struct Claim {
    text: String,
    panel: String,
    /// Why it cannot be judged here.
    prevented: Option<String>,
    /// What the caption says if it holds.
    told: Option<String>,
    evidence: Evidence,
}

#[derive(Clone, Debug)]
enum Evidence {
    Points(Test, Vec<Point>),
    /// Draws of growing size beside a line.
    Line(Vec<LinePoint>),
    Coverage(Vec<(String, Coverage)>),
}

/// The claims of a figure, in the order in which they are made.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    claims: Vec<Claim>,
}

impl Claims {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn push(&mut self, text: impl Into<String>, panel: impl Into<String>, evidence: Evidence) -> &mut Self {
        self.claims.push(Claim { text: text.into(), panel: panel.into(), prevented: None, told: None, evidence });
        self
    }

    /// Every number is what the point says ([`Point::equals`]), as far as chance and numerics let one see.
    pub fn equal(
        &mut self,
        claim: impl Into<String>,
        panel: impl Into<String>,
        points: impl IntoIterator<Item = Point>,
    ) -> &mut Self {
        self.push(claim, panel, Evidence::Points(Test::Agrees, points.into_iter().collect()))
    }

    /// Every number is shown to lie where the point says ([`Point::above`], [`Point::below`], [`Point::within`]):
    /// chance and numerics together cannot carry it out.
    pub fn shown(
        &mut self,
        claim: impl Into<String>,
        panel: impl Into<String>,
        points: impl IntoIterator<Item = Point>,
    ) -> &mut Self {
        self.push(claim, panel, Evidence::Points(Test::Shows, points.into_iter().collect()))
    }

    /// Every number, usually a paired difference, is shown to be positive.
    pub fn positive<E: Into<Estimate>>(
        &mut self,
        claim: impl Into<String>,
        panel: impl Into<String>,
        differences: impl IntoIterator<Item = (String, E)>,
    ) -> &mut Self {
        self.shown(claim, panel, differences.into_iter().map(|(at, difference)| Point::new(at, difference).above(0.0)))
    }

    /// Paired differences are shown to be smaller than `margin` in size.
    pub fn paired_equal<E: Into<Estimate>>(
        &mut self,
        claim: impl Into<String>,
        panel: impl Into<String>,
        margin: f64,
        differences: impl IntoIterator<Item = (String, E)>,
    ) -> &mut Self {
        let within = |(at, difference): (String, E)| Point::new(at, difference).within(-margin, margin);
        self.shown(claim, panel, differences.into_iter().map(within))
    }

    /// Independent values lie inside the 95 % band of independent draws as often as they should.
    pub fn covered(
        &mut self,
        claim: impl Into<String>,
        panel: impl Into<String>,
        conditions: impl IntoIterator<Item = (String, Coverage)>,
    ) -> &mut Self {
        self.push(claim, panel, Evidence::Coverage(conditions.into_iter().collect()))
    }

    /// A measured `quantity` lies on a line of the theory. Judged twice, so that neither half can widen the other's
    /// tolerance: what was trained beside independent draws of the same size, and the draws beside the line as the size
    /// grows ([`LinePoint`]).
    pub fn on_line(
        &mut self,
        quantity: &str,
        panel: impl Into<String>,
        points: impl IntoIterator<Item = LinePoint>,
    ) -> &mut Self {
        let (panel, points): (String, Vec<LinePoint>) = (panel.into(), points.into_iter().collect());
        let simulated: Vec<Point> = points.iter().filter_map(LinePoint::simulation_beside_draws).collect();
        if !simulated.is_empty() {
            self.equal(format!("{quantity}: simulation agrees with independent draws of its size"), &panel, simulated);
        }
        let claim = format!("{quantity}: draws approach the theory line as the size grows");
        self.push(claim, panel, Evidence::Line(points))
    }

    /// The same claims of a theory that says `wrong` of what its lines are.
    #[cfg(test)]
    pub(crate) fn with_lines(mut self, wrong: impl Fn(f64) -> f64) -> Self {
        for claim in &mut self.claims {
            if let Evidence::Line(points) = &mut claim.evidence {
                points.iter_mut().for_each(|point| point.set_lines(&wrong));
            }
        }
        self
    }

    /// The claim made last cannot be judged, for this reason, if there is one.
    pub fn unless(&mut self, prevented: Option<String>) -> &mut Self {
        if let (Some(claim), Some(reason)) = (self.claims.last_mut(), prevented) {
            claim.prevented = Some(reason);
        }
        self
    }

    /// What the caption says, in sentences, if the claim made last holds, and only then.
    pub fn tell(&mut self, sentence: impl Into<String>) -> &mut Self {
        if let Some(claim) = self.claims.last_mut() {
            claim.told = Some(sentence.into());
        }
        self
    }

    /// A caption with what its claims, as they were judged, let it say.
    pub fn caption(&self, shown: &str, verdicts: &[Verdict]) -> String {
        let holds = |outcome: Outcome| outcome == Outcome::Holds;
        let told = self.claims.iter().zip(verdicts).filter(|(_, verdict)| holds(verdict.outcome));
        let mut sentences = vec![shown.to_owned()];
        sentences.extend(told.filter_map(|(claim, _)| claim.told.clone()));
        let count = |outcome| verdicts.iter().filter(|verdict| verdict.outcome == outcome).count();
        let (departing, open) = (count(Outcome::Departs), count(Outcome::NotJudged));
        let others = [(departing, if departing == 1 { "departs" } else { "depart" }), (open, "cannot be judged here")];
        let others: Vec<String> =
            others.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        if !others.is_empty() {
            sentences.push(format!("Of the {} claims below, {}.", verdicts.len(), others.join(" and ")));
        }
        sentences.join(" ")
    }

    /// Judges all of them at [`FALSE_ALARMS`], beside what a config expects: that a claim holds, unless it says otherwise.
    /// Where it says nothing at all (`None`), a claim that cannot be judged is no news. An expectation of a claim that is
    /// not made is an error of the config, which is reported as a verdict of its own.
    pub fn judge(self, expectations: Option<&[Expectation]>) -> Vec<Verdict> {
        let points = |claim: &Claim| match &claim.evidence {
            Evidence::Points(_, points) => points.len(),
            Evidence::Line(points) => points.len(),
            Evidence::Coverage(conditions) => conditions.len(),
        };
        let rate = FALSE_ALARMS / self.claims.iter().map(points).sum::<usize>().max(1) as f64;
        let known: Vec<String> = self.claims.iter().map(|claim| claim.text.clone()).collect();
        let mut verdicts: Vec<Verdict> = self.claims.into_iter().map(|claim| claim.judge(rate)).collect();
        if expectations.is_none() {
            let open = verdicts.iter_mut().filter(|verdict| verdict.outcome == Outcome::NotJudged);
            open.for_each(|verdict| verdict.expected = Outcome::NotJudged);
        }
        for expectation in expectations.unwrap_or_default() {
            match verdicts.iter_mut().find(|verdict| verdict.claim == expectation.claim) {
                Some(verdict) => {
                    verdict.expected = expectation.outcome;
                    if verdict.outcome != Outcome::Holds && verdict.outcome == expectation.outcome {
                        verdict.reason = Some(expectation.reason.clone());
                    }
                }
                None => verdicts.push(unknown(expectation, &known)),
            }
        }
        verdicts
    }
}

fn unknown(expectation: &Expectation, known: &[String]) -> Verdict {
    let text = format!("this figure makes no such claim; its claims are: {}", known.join("; "));
    Verdict { expected: expectation.outcome, ..verdict(&expectation.claim, "", Outcome::Departs, 0, text) }
}

fn verdict(claim: &str, panel: &str, outcome: Outcome, points: usize, text: String) -> Verdict {
    Verdict {
        claim: claim.to_owned(),
        panel: panel.to_owned(),
        outcome,
        expected: Outcome::Holds,
        reason: (outcome == Outcome::NotJudged).then(|| text.clone()),
        measured: None,
        target: None,
        allowed: None,
        detectable: None,
        at: None,
        points,
        text,
    }
}

impl Claim {
    fn judge(&self, rate: f64) -> Verdict {
        let not_judged = |why: String, points| verdict(&self.text, &self.panel, Outcome::NotJudged, points, why);
        match (&self.prevented, &self.evidence) {
            (Some(reason), _) => not_judged(reason.clone(), 0),
            (None, Evidence::Points(_, points)) if points.is_empty() => not_judged("no point to judge".to_owned(), 0),
            (None, Evidence::Points(test, points)) => self.judge_points(*test, points, rate),
            (None, Evidence::Line(points)) => {
                let points: Vec<Point> = points.iter().filter_map(LinePoint::draws_beside_line).collect();
                self.judge_points(Test::Agrees, &points, rate)
            }
            (None, Evidence::Coverage(conditions)) => match Coverage::least_likely(conditions) {
                None => not_judged("no band to judge by".to_owned(), 0),
                Some((at, worst)) => self.judge_coverage(at, worst, conditions, rate),
            },
        }
    }

    fn judge_points(&self, test: Test, points: &[Point], rate: f64) -> Verdict {
        let judged = points.iter().map(|point| (point, Judged::of(point, test, rate)));
        let nearer = |a: &Judged, b: &Judged| a.excess.total_cmp(&b.excess).then(b.inside.total_cmp(&a.inside));
        let Some((point, judged)) = judged.max_by(|a, b| nearer(&a.1, &b.1)) else {
            return verdict(&self.text, &self.panel, Outcome::NotJudged, 0, "no point to judge".to_owned());
        };
        let Judged { outcome, target, allowed, .. } = judged;
        let value = point.estimate.value();
        let said = match point.region {
            (low, high) if low == high => format!("expected {}", digits(low)),
            (low, f64::INFINITY) => format!("claimed above {}", digits(low)),
            (f64::NEG_INFINITY, high) => format!("claimed below {}", digits(high)),
            (low, high) => format!("claimed from {} to {}", digits(low), digits(high)),
        };
        let detectable = point.estimate.detectable(allowed);
        let numerics = match point.numerics {
            0.0 => String::new(),
            size => format!(", {} of it numerics", digits(size)),
        };
        let too_few = !allowed.is_finite();
        let text = match too_few {
            true => format!("{} at {}, {said}: too few repetitions to tell chance from it", digits(value), point.at),
            false => format!(
                "{} at {}, {said}; chance ±{}{numerics}; the point that decides of {}; a deviation of {} would show",
                digits(value),
                point.at,
                digits(allowed),
                points.len(),
                digits(detectable)
            ),
        };
        let finite = |number: f64| number.is_finite().then_some(number);
        Verdict {
            measured: finite(value),
            target: finite(target),
            allowed: finite(allowed),
            detectable: finite(detectable),
            at: Some(point.at.clone()),
            ..verdict(&self.text, &self.panel, outcome, points.len(), text)
        }
    }

    fn judge_coverage(&self, at: &str, worst: Coverage, conditions: &[(String, Coverage)], rate: f64) -> Verdict {
        let outcome = if worst.p_value() >= rate { Outcome::Holds } else { Outcome::Departs };
        let (low, high) = worst.likely(rate);
        let share = |count: usize| count as f64 / worst.total.max(1) as f64;
        let (inside, total) = conditions.iter().fold((0, 0), |(i, t), (_, c)| (i + c.inside, t + c.total));
        let text = format!(
            "{} of {} inside at {at}, the least likely of {} conditions (p = {:.2}); {low} to {high} are likely there, \
             since a band of {} draws holds {:.1} %; {inside} of {total} altogether",
            worst.inside,
            worst.total,
            conditions.len(),
            worst.p_value(),
            worst.sample,
            100.0 * worst.expected()
        );
        Verdict {
            measured: Some(worst.share()),
            target: Some(worst.expected()),
            allowed: Some((worst.expected() - share(low)).max(share(high) - worst.expected())),
            detectable: Some(worst.detectable(rate)),
            at: Some(at.to_owned()),
            ..verdict(&self.text, &self.panel, outcome, conditions.len(), text)
        }
    }
}

/// One point, judged.
#[derive(Clone, Copy, Debug)]
struct Judged {
    outcome: Outcome,
    /// The end of the region that it is held against.
    target: f64,
    /// What chance and numerics may do, towards that end.
    allowed: f64,
    /// How far inside the region the number lies.
    inside: f64,
    /// How far the point speaks against the claim, in units of what is allowed; the largest decides.
    excess: f64,
}

impl Judged {
    fn of(point: &Point, test: Test, rate: f64) -> Self {
        let (value, (low, high), (down, up)) = (point.estimate.value(), point.region, point.reach(rate));
        // How far inside the region the number lies, towards its nearer end, and what chance may do in that direction.
        let (target, inside, allowed) = match (value - low, high - value) {
            (from_low, to_high) if from_low <= to_high => (low, from_low, if from_low < 0.0 { up } else { down }),
            (_, to_high) => (high, to_high, if to_high < 0.0 { down } else { up }),
        };
        let excess = match -inside / allowed {
            ratio if ratio.is_finite() => ratio,
            // A number that is none shows nothing and hides something.
            _ if !inside.is_finite() && !value.is_finite() => f64::INFINITY,
            _ if allowed == 0.0 && inside < 0.0 => f64::INFINITY,
            _ if allowed == 0.0 && inside > 0.0 => f64::NEG_INFINITY,
            _ => 0.0,
        };
        // On the rim an exact number shows an equality and no inequality.
        let outcome = match test {
            Test::Agrees if allowed.is_infinite() && value.is_finite() => Outcome::NotJudged,
            Test::Agrees if excess <= 1.0 => Outcome::Holds,
            Test::Agrees => Outcome::Departs,
            Test::Shows if excess < -1.0 => Outcome::Holds,
            Test::Shows if excess > 1.0 || (allowed == 0.0 && inside <= 0.0) => Outcome::Departs,
            Test::Shows => Outcome::NotJudged,
        };
        Self { outcome, target, allowed, inside, excess }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::summary::Summary;

    fn judged(make: impl FnOnce(&mut Claims)) -> Verdict {
        let mut claims = Claims::new();
        make(&mut claims);
        claims.judge(None).remove(0)
    }

    /// Mean 2, standard error 0.1; t(0.995; 24) = 2.797.
    fn mean() -> Summary {
        Summary { mean: 2.0, deviation: 0.5, count: 25 }
    }

    #[test]
    fn an_equality_is_contradicted_or_not() {
        let equal = |target: f64, numerics: f64| {
            judged(|c| {
                c.equal("c", "a", [Point::new("here", mean()).equals(target).give_or_take(numerics)]);
            })
        };
        assert_eq!(equal(2.27, 0.0).outcome, Outcome::Holds);
        assert_eq!(equal(1.72, 0.0).outcome, Outcome::Departs);
        assert_eq!(equal(1.72, 0.01).outcome, Outcome::Holds);
        let verdict = equal(1.72, 0.0);
        assert_eq!((verdict.measured, verdict.target, verdict.points), (Some(2.0), Some(1.72), 1));
        assert!((verdict.allowed.unwrap() - 0.2797).abs() < 1e-4);
        assert!((verdict.detectable.unwrap() - 0.2797 - 0.16449).abs() < 1e-4);
    }

    #[test]
    fn an_inequality_must_be_shown_and_may_stay_open() {
        let above = |bound: f64| {
            judged(|c| {
                c.shown("c", "a", [Point::new("here", mean()).above(bound)]);
            })
            .outcome
        };
        assert_eq!(above(1.7), Outcome::Holds);
        assert_eq!(above(1.8), Outcome::NotJudged);
        assert_eq!(above(2.2), Outcome::NotJudged);
        assert_eq!(above(2.3), Outcome::Departs);
        let within = |low: f64, high: f64| {
            judged(|c| {
                c.shown("c", "a", [Point::new("here", mean()).within(low, high)]);
            })
            .outcome
        };
        assert_eq!(within(1.7, 2.3), Outcome::Holds);
        assert_eq!(within(1.9, 2.3), Outcome::NotJudged);
        assert_eq!(within(-1.0, 1.7), Outcome::Departs);
    }

    #[test]
    fn exact_numbers_have_no_chance_in_them() {
        let above = |value: f64| {
            judged(|c| {
                c.positive("c", "a", [("here".to_owned(), value)]);
            })
            .outcome
        };
        assert_eq!(above(1e-12), Outcome::Holds);
        assert_eq!(above(0.0), Outcome::Departs);
        assert_eq!(above(-1e-12), Outcome::Departs);
        assert_eq!(above(f64::NAN), Outcome::Departs);
    }

    #[test]
    fn the_rate_is_shared_by_all_points_of_all_claims() {
        let mut claims = Claims::new();
        let point = || Point::new("here", mean()).equals(2.3);
        claims.equal("first", "a", [point()]).equal("second", "b", (0..99).map(|_| point()));
        let verdicts = claims.judge(None);
        // t(1 − 0.00005; 24) = 4.654: alone it would depart (0.3 > 0.2797).
        assert!(verdicts.iter().all(|v| v.outcome == Outcome::Holds));
        assert!((verdicts[0].allowed.unwrap() - 0.4654).abs() < 1e-3, "{verdicts:?}");
    }

    #[test]
    fn what_cannot_be_judged_says_why() {
        let one = Summary::of(&[1.0]);
        let verdict = judged(|c| {
            c.positive("c", "a", [("here".to_owned(), one)]);
        });
        assert_eq!(verdict.outcome, Outcome::NotJudged);
        assert!(verdict.reason.unwrap().contains("too few repetitions"));
        let verdict = judged(|c| {
            c.positive("c", "a", [("here".to_owned(), 1.0)]).unless(Some("it was cut short".to_owned()));
        });
        assert_eq!((verdict.outcome, verdict.reason.as_deref()), (Outcome::NotJudged, Some("it was cut short")));
        let verdict = judged(|c| {
            c.equal("c", "a", []);
        });
        assert_eq!(verdict.outcome, Outcome::NotJudged);
    }

    #[test]
    fn expectations_turn_a_departure_into_a_finding_and_back() {
        let expect = |claim: &str, outcome| Expectation {
            claim: claim.to_owned(),
            outcome,
            reason: "the sample is small".to_owned(),
        };
        let judge = |value: f64, expectations: &[Expectation]| {
            let mut claims = Claims::new();
            claims.positive("it is positive", "a", [("here".to_owned(), value)]);
            claims.judge(Some(expectations))
        };
        let recorded = judge(-1.0, &[expect("it is positive", Outcome::Departs)]);
        assert!(!recorded[0].is_unexpected());
        assert_eq!(recorded[0].reason.as_deref(), Some("the sample is small"));
        assert!(judge(1.0, &[expect("it is positive", Outcome::Departs)])[0].is_unexpected());
        assert!(judge(-1.0, &[])[0].is_unexpected());
        let misspelt = judge(1.0, &[expect("it is negative", Outcome::Departs)]);
        assert!(misspelt.len() == 2 && misspelt[1].text.contains("it is positive"));
    }

    #[test]
    fn a_caption_says_what_holds_and_counts_the_rest() {
        let mut claims = Claims::new();
        for (at, value) in [("rises", 1.0), ("falls", -1.0), ("ends", f64::INFINITY)] {
            claims.positive(at, "a", [(at.to_owned(), value)]).tell(format!("It {at}."));
        }
        claims.unless(Some("it was cut short".to_owned()));
        let verdicts = claims.clone().judge(None);
        let caption = claims.caption("Some lines.", &verdicts);
        assert_eq!(caption, "Some lines. It rises. Of the 3 claims below, 1 departs and 1 cannot be judged here.");
        assert_eq!(claims.caption("Some lines.", &verdicts[..1]), "Some lines. It rises.");
    }

    #[test]
    fn too_few_and_too_many_values_inside_a_band_depart() {
        let outcome = |inside| {
            let coverage = Coverage { inside, total: 400, sample: 1999 };
            judged(|c| {
                c.covered("c", "a", [("n = 50".to_owned(), coverage)]);
            })
        };
        assert_eq!(outcome(380).outcome, Outcome::Holds);
        assert_eq!(outcome(360).outcome, Outcome::Departs);
        assert_eq!(outcome(400).outcome, Outcome::Departs);
        // 400 values see a coverage that is off by 4 % or so with 95 % power, not one that is off by 1 %.
        let detectable = outcome(380).detectable.unwrap();
        assert!((0.02..0.06).contains(&detectable), "{detectable}");
    }
}
