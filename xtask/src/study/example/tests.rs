//! The recipe that ARCHITECTURE.md shows is one.

use super::LeastErrors;
use crate::config::{Document, Scale};
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::trial::{assembled, find, five_percent_in_ln, lines_can_fail, verdicts};
use sim::Experiment;

const CONFIG: &str = "LeastErrors(
    title: \"Least test errors\", seed: 1, seeds: 12, inputs: 40, outputs: 20, hidden: 20, layers: 2, epsilon: 1e-5,
    learning_rate: 1e-3, epochs: 8000, noise: 1, snrs: [3, 6], draws: 200,
)";

fn config() -> LeastErrors {
    let document = Document::parse("example.ron", CONFIG).unwrap();
    document.settings(Scale::Paper).deserialize().unwrap()
}

#[test]
fn its_claims_hold_and_can_fail() {
    let verdicts = |noise: f64| {
        verdicts(&config(), move |run| match run.clone() {
            Run::Simulation(Experiment::Aligned(mut spec)) => {
                spec.task.noise *= noise;
                Run::Simulation(Experiment::Aligned(spec))
            }
            other => other,
        })
    };
    assert!(verdicts(1.0).iter().all(|verdict| verdict.outcome == Outcome::Holds), "{:#?}", verdicts(1.0));
    assert_eq!(find(&verdicts(2.0), "simulation").outcome, Outcome::Departs);
    lines_can_fail(&LeastErrors { snrs: vec![6.0], draws: 10000, seeds: 2, ..config() }, five_percent_in_ln);
    assert_eq!(assembled(&config(), Run::clone).tables[0].rows.len(), 24);
}

#[test]
fn it_stands_in_the_architecture_word_for_word() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let [source, text] = ["src/study/example.rs", "../ARCHITECTURE.md"]
        .map(|file| std::fs::read_to_string(root.join(file)).unwrap().replace("\r\n", "\n"));
    let shown = source.replace("#[cfg(test)]\nmod tests;\n\n", "").replace("use super::", "use crate::study::");
    assert!(
        text.contains(&format!("```rust\n{shown}```")),
        "ARCHITECTURE.md shows another file than src/study/example.rs"
    );
}
