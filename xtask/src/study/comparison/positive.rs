//! Claims of the form "this mean is positive".

use super::{Level, Summary, Verdict};

impl Verdict {
    /// Judges that means over seeds (usually of paired differences) are positive: each must exceed its one-sided Student
    /// half width, so that a mean of nothing passes with probability `level.per_point` / 2 at most.
    ///
    /// Reports the mean that stands out least; not judged where a mean has no spread to judge by.
    pub fn of_positive(
        claim: impl Into<String>,
        panel: impl Into<String>,
        means: &[(String, Summary)],
        level: Level,
    ) -> Self {
        let (claim, panel) = (claim.into(), panel.into());
        if means.iter().any(|(_, mean)| mean.count < 2) {
            return Self::not_judged(claim, panel, "a single repetition has no sampling error to judge by");
        }
        let margin = |mean: &Summary| mean.mean - mean.half_width(level.per_point);
        let Some((at, weakest)) = means.iter().min_by(|a, b| margin(&a.1).total_cmp(&margin(&b.1))) else {
            return Self::not_judged(claim, panel, "no point to judge");
        };
        let half = weakest.half_width(level.per_point);
        let measured = format!("smallest: {:.4e} at {at}, of {}", weakest.mean, means.len());
        let tolerance = format!(
            "above {half:.2e}: Student's interval of {} seeds at false-alarm rate {:.1e}",
            weakest.count, level.per_point
        );
        Self::new(claim, panel, measured, tolerance, means.iter().all(|(_, mean)| margin(mean) > 0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_must_exceed_its_interval() {
        let judge = |values: &[f64]| {
            let level = Level { per_point: 0.05, points: 1 };
            Verdict::of_positive("c", "a", &[("x".into(), Summary::of(values))], level).passed
        };
        // t(0.975; 2) = 4.303: the mean 2 must exceed 4.303 s/√3.
        assert_eq!(judge(&[1.5, 2.0, 2.5]), Some(true));
        assert_eq!(judge(&[1.0, 2.0, 3.0]), Some(false));
        assert_eq!(judge(&[-1.5, -2.0, -2.5]), Some(false));
        assert_eq!(judge(&[f64::NAN, 1.0]), Some(false));
        assert_eq!(judge(&[1.0]), None);
        assert_eq!(Verdict::of_positive("c", "a", &[], Level::shared_by(1)).passed, None);
    }
}
