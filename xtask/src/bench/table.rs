//! A judgement as a table: for a terminal, and in Markdown for a review.

use super::judgement::{Judged, Judgement, MARGIN, NOISES, Outcome};
use super::machine::Machine;
use super::measurement::Yardsticks;
use std::fmt::Write as _;

/// The columns of a benchmark: now, baseline, change, noise, allowed, outcome.
type Cells = [String; 6];

const HEADINGS: [&str; 6] = ["now", "baseline", "change", "noise", "allowed", ""];

/// For a terminal.
pub fn text(machine: &Machine, now: &Yardsticks, judgement: &Judgement) -> String {
    let width = judgement.judged.iter().map(|j| j.name.len()).max().unwrap_or(0).max("benchmark".len());
    let mut text = format!("{}\n{}\n\n", machine.description(), in_words(now));
    let mut line = |name: &str, cells: &Cells| {
        let [time, baseline, change, noise, allowed, outcome] = cells;
        let row = format!("{name:<width$} {time:>9} {baseline:>9} {change:>8} {noise:>7} {allowed:>7} {outcome}");
        let _ = writeln!(text, "{}", row.trim_end());
    };
    line("benchmark", &HEADINGS.map(str::to_owned));
    for judged in &judgement.judged {
        line(&judged.name, &cells(judged, now));
    }
    text + "\n" + &summary(judgement)
}

/// For a review.
pub fn markdown(machine: &Machine, now: &Yardsticks, judgement: &Judgement) -> String {
    let mut text = format!("{}; {}\n\n| benchmark |", machine.description(), in_words(now));
    for heading in HEADINGS {
        let _ = write!(text, " {heading} |");
    }
    text.push_str("\n| --- | --: | --: | --: | --: | --: | --- |\n");
    for judged in &judgement.judged {
        let mut row = cells(judged, now);
        if judged.outcome == Outcome::Regressed {
            row[5] = format!("**{}**", row[5]);
        }
        let _ = writeln!(text, "| `{}` | {} |", judged.name, row.join(" | "));
    }
    text + "\n" + &summary(judgement)
}

fn in_words(y: &Yardsticks) -> String {
    format!(
        "yardsticks: {:.1} GFLOP/s at peak in f64, {:.1} in f32, {:.1} in a product of faer's",
        y.peak_f64 / 1e9,
        y.peak_f32 / 1e9,
        y.product / 1e9
    )
}

fn cells(judged: &Judged, now: &Yardsticks) -> Cells {
    let Judged { now: measured, baseline, change, noise, allowed, outcome, .. } = judged;
    // What the baseline would take at today's clock, so that the two columns can be compared.
    let expected = baseline.as_ref().map(|old| old.at_peak / now.peak_f64);
    let percent = |x: f64| format!("{:.1} %", 100.0 * x);
    let both = measured.is_some() && baseline.is_some();
    let outcome = match outcome {
        Outcome::Unchanged => "",
        Outcome::Improved => "improved",
        Outcome::Regressed => "REGRESSED",
        Outcome::Noisy => "too noisy to tell",
        Outcome::New => "not in the baseline",
        Outcome::Gone => "gone",
    };
    [
        measured.as_ref().map(|m| time(m.seconds)).unwrap_or_default(),
        expected.map(time).unwrap_or_default(),
        if both { format!("{:+.1} %", 100.0 * change) } else { String::new() },
        percent(*noise),
        if both { percent(*allowed) } else { String::new() },
        outcome.to_owned(),
    ]
}

fn summary(judgement: &Judgement) -> String {
    let count = |outcome| judgement.count(outcome);
    let mut text = format!(
        "{} regressed, {} improved, {} unchanged, {} too noisy to tell, {} not in the baseline, {} gone",
        count(Outcome::Regressed),
        count(Outcome::Improved),
        count(Outcome::Unchanged),
        count(Outcome::Noisy),
        count(Outcome::New),
        count(Outcome::Gone)
    );
    let _ =
        write!(text, "; allowed: {NOISES} × noise, at least {:.0} %, as far as both yardsticks agree", 100.0 * MARGIN);
    text
}

/// A time with three digits and its unit.
pub fn time(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s < 1e-6 => (s * 1e9, "ns"),
        s if s < 1e-3 => (s * 1e6, "µs"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    let digits = match value {
        v if v < 10.0 => 2,
        v if v < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::super::judgement::judge;
    use super::super::record::tests::record;
    use super::*;

    #[test]
    fn both_tables_tell_every_benchmark() {
        let (now, old) = (record(&[("a/b", 2e6), ("new", 100.0)]), record(&[("a/b", 1e6), ("gone", 5.0)]));
        let judgement = judge(&now.measured, Some(&old), true);
        let terminal = text(&now.machine, &now.yardsticks, &judgement);
        let row = terminal.lines().find(|line| line.starts_with("a/b")).unwrap();
        let words: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(words, ["a/b", "2.00", "ms", "1.00", "ms", "+100.0", "%", "1.4", "%", "15.0", "%", "REGRESSED"]);
        assert!(terminal.contains("1 regressed, 0 improved, 0 unchanged") && terminal.contains("gone"), "{terminal}");
        let review = markdown(&now.machine, &now.yardsticks, &judgement);
        assert!(
            review.contains("| `a/b` | 2.00 ms | 1.00 ms | +100.0 % | 1.4 % | 15.0 % | **REGRESSED** |"),
            "{review}"
        );
        assert_eq!(review.lines().filter(|line| line.starts_with("| `")).count(), 3);
    }

    #[test]
    fn times_have_three_digits() {
        let times = [5e-9, 1.234e-5, 0.1234, 2.0].map(time);
        assert_eq!(times, ["5.00 ns", "12.3 µs", "123 ms", "2.00 s"]);
    }
}
