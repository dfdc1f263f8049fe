//! What to change in a config before hours are spent on it: the times in it beside the theory's best stopping times.

use super::panels::short;
use theory::LearningCurve;

/// Random students stop later than the theory's aligned ones: by up to a tenth with one hidden layer, by half with three.
const MARGIN: f64 = 1.5;

/// The latest of the best stopping times of a study, of any length of training.
#[derive(Clone, Debug, PartialEq)]
pub struct LatestBest {
    /// t_opt/τ.
    time: f64,
    /// Of which condition, in words.
    at: String,
}

impl LatestBest {
    /// Of conditions in words and their curves; `None` of none.
    ///
    /// # Errors
    /// If the theory refuses a condition.
    pub fn of(
        conditions: impl IntoIterator<Item = anyhow::Result<(String, LearningCurve)>>,
    ) -> anyhow::Result<Option<Self>> {
        let mut latest: Option<Self> = None;
        for condition in conditions {
            let (at, curve) = condition?;
            let time = curve.optimal_stopping(curve.horizon())?.time;
            if latest.as_ref().is_none_or(|latest| time > latest.time) {
                latest = Some(Self { time, at });
            }
        }
        Ok(latest)
    }

    /// What to change if training ends before it: the `key` that says for how many updates of size `learning_rate`.
    pub fn epochs(&self, key: &str, epochs: u64, learning_rate: f64) -> Option<String> {
        let end = epochs as f64 * learning_rate;
        let enough = rounded_up(MARGIN * self.time / learning_rate);
        (end < self.time).then(|| {
            format!(
                "{key}: {epochs} end at t/τ = {}, before the best stopping time by theory, {} ({}): optima would be \
                 bounds and their claims not judged; {enough} would do",
                short(end),
                short(self.time),
                self.at
            )
        })
    }

    /// What to change if the drawn times, up to `end`, end before it.
    pub fn time_range(&self, key: &str, end: f64) -> Option<String> {
        let enough = rounded_up(MARGIN * self.time);
        (end < self.time).then(|| {
            format!(
                "{key}: ends at t/τ = {}, before the best stopping time by theory, {} ({}): curves would end before they \
                 rise; {enough} would show it",
                short(end),
                short(self.time),
                self.at
            )
        })
    }
}

/// Two significant digits, not less than the value.
fn rounded_up(value: f64) -> f64 {
    let unit = 10f64.powf(value.log10().floor() - 1.0);
    // 1e-9: what is two digits already stays as it is.
    let steps = (value / unit - 1e-9).ceil();
    if unit < 1.0 { steps / (1.0 / unit).round() } else { steps * unit.round() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use theory::{Student, Task};

    #[test]
    fn training_must_reach_the_latest_best_time() {
        let curve = |strengths: &[f64]| {
            let task = Task::new(200, 80, strengths).unwrap();
            LearningCurve::new(&task, &Student::new(80, 3, 1e-5).unwrap())
        };
        let best = curve(&[6.0, 3.0]).optimal_stopping(100.0).unwrap().time;
        let conditions =
            || [("strong", &[9.0, 6.0]), ("weak", &[6.0, 3.0])].map(|(at, s)| Ok((at.to_owned(), curve(s))));
        let latest = LatestBest::of(conditions()).unwrap().unwrap();
        assert!((latest.time - best).abs() < 1e-9 && latest.at == "weak", "{latest:?}");
        let enough = (best / 1e-3).ceil() as u64;
        assert_eq!(latest.epochs("epochs", enough, 1e-3), None);
        let told = latest.epochs("epochs", enough - 2, 1e-3).unwrap();
        assert!(told.starts_with("epochs: ") && told.contains("(weak)"), "{told}");
        assert_eq!(latest.time_range("time_range", best), None);
        assert!(latest.time_range("time_range", 0.9 * best).unwrap().contains("would show it"));
        assert_eq!(LatestBest::of([]).unwrap(), None);
    }

    #[test]
    fn numbers_to_write_into_a_config() {
        assert_eq!([22_875.1, 23_000.0, 4.15, 0.4301, 99.5].map(rounded_up), [23_000.0, 23_000.0, 4.2, 0.44, 100.0]);
    }
}
