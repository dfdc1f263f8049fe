//! What the committed figures would have shown: no claim about a line is so dull that a deviation of interest passes.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use serde_json::Value;
use workspace_tests::workspace_root;

/// Figure, part of its claims, and the largest deviation that may escape them: of ŝ, of an overlap, of ln ε, of T.
///
/// Of a task at the threshold (fig08, s̄_A = 0.841) ten seeds show no less than 0.066 of T.
const BOUNDS: [(&str, &str, f64); 7] = [
    ("fig02_signal_through_noise", "ŝ above the threshold", 0.02),
    ("fig02_signal_through_noise", "the overlap O above the threshold", 0.05),
    ("fig03_single_hidden_layer", "error over time", 0.1),
    ("fig08_transfer_benefit", "benefits of aligned students, s̄_A = 3.000", 0.05),
    ("fig11_varying_examples", "train error over time", 0.1),
    ("fig11_varying_examples", "test error over time", 0.1),
    ("fig11_varying_examples", "least ln ε_te for every P and SNR", 0.1),
];

#[test]
fn deviations_of_interest_would_have_been_reported() {
    let mut missed = Vec::new();
    for (figure, claim, bound) in BOUNDS {
        let record = std::fs::read(workspace_root().join(format!("figures/{figure}.json"))).unwrap();
        let record: Value = serde_json::from_slice(&record).unwrap();
        let verdicts = record["verdicts"].as_array().unwrap();
        let fitting = verdicts.iter().filter(|verdict| verdict["claim"].as_str().unwrap().contains(claim));
        let mut judged = 0;
        for verdict in fitting {
            judged += 1;
            let detectable = verdict["detectable"].as_f64().unwrap_or(f64::INFINITY);
            if detectable > bound {
                missed.push(format!("{figure}, {}: {detectable} for {bound}", verdict["claim"]));
            }
        }
        assert!(judged > 0, "{figure} makes no claim with {claim:?}");
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
