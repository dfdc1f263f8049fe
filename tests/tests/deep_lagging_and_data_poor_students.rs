//! Figures 4, 10 and 11 by other roads: a closed form, an invariance, a limit.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use sim::{
    AlignedSpec, Draw, Experiment, InputKind, LinearSpec, Schedule, Start, Stepping, StudentSpec, TaskSpec, Training,
    TrainingOutcome, Unattended,
};

fn train(experiment: Experiment) -> TrainingOutcome {
    experiment.run(&Unattended).unwrap().as_training().unwrap().clone()
}

fn training(learning_rate: f64, epochs: u64, every: u64) -> Training {
    Training::new(learning_rate, epochs, Schedule::every(every))
}

/// The first t/τ at which the leading mode's number is at least `level`, between logged epochs.
fn crossing(outcome: &TrainingOutcome, learning_rate: f64, level: f64, number: impl Fn(&sim::ModePoint) -> f64) -> f64 {
    let logged = outcome.epochs.iter().zip(&outcome.modes[0].points);
    let series: Vec<(f64, f64)> =
        logged.filter_map(|(&epoch, point)| Some((epoch as f64 * learning_rate, number(point.as_ref()?)))).collect();
    let index = series.iter().position(|(_, y)| *y >= level).unwrap();
    assert!(index > 0, "at least {level} from the start");
    let [(x0, y0), (x1, y1)] = [series[index - 1], series[index]];
    x0 + (level - y0) / (y1 - y0) * (x1 - x0)
}

/// Figure 4: four matrices raise a mode by t(s) = F(s) − F(ε), F(s) = artanh(√(s/ŝ))/(2ŝ^{3/2}) − 1/(2ŝ√s).
#[test]
fn four_matrices_take_the_time_of_the_closed_form() {
    let (rate, epsilon) = (1e-3, 1e-3);
    let outcome = train(Experiment::Linear(LinearSpec {
        task: TaskSpec::single(16, 8, &[3.0]),
        student: StudentSpec::new(8, 4, epsilon),
        start: Start::TrainingAligned,
        training: training(rate, 8000, 20),
        tracked_modes: 1,
        stepping: Stepping::Jumps,
        draw: Draw { seed: 9, run: 0 },
    }));
    let s_hat = outcome.modes[0].data_strength;
    let f = |s: f64| (s / s_hat).sqrt().atanh() / (2.0 * s_hat.powf(1.5)) - 1.0 / (2.0 * s_hat * s.sqrt());
    for share in [0.25, 0.5, 0.75] {
        let (found, expected) =
            (crossing(&outcome, rate, share * s_hat, |p| p.strength), f(share * s_hat) - f(epsilon));
        // Euler's method is late by a time of order λ ln(rise of the rate), below 20 epochs; interpolation adds less than 1.
        assert!((found - expected).abs() < 20.0 * rate, "{share}: {found} for {expected}");
    }
}

/// Figure 10: with one hidden layer all weights grow linearly until the rise, so the time of alignment does not depend on
/// ε, while the rise waits ln(ε/ε′)/(2ŝ) longer.
#[test]
fn alignment_does_not_wait_for_smaller_starts() {
    let rate = 1e-3;
    let student = |epsilon: f64| {
        train(Experiment::Linear(LinearSpec {
            task: TaskSpec::single(24, 12, &[3.0]),
            student: StudentSpec::new(12, 2, epsilon),
            start: Start::Random,
            training: training(rate, 8000, 25),
            tracked_modes: 1,
            stepping: Stepping::Jumps,
            draw: Draw { seed: 3, run: 0 },
        }))
    };
    let (early, late) = (student(1e-10), student(1e-13));
    let s_hat = early.modes[0].data_strength;
    let aligned = |outcome| crossing(outcome, rate, 0.9, |p| p.overlap_output.min(p.overlap_input));
    let grown = |outcome| crossing(outcome, rate, 0.5 * s_hat, |p| p.strength);
    // At alignment s is below 1e-3 of ŝ: what is not linear moves the time by that share of 1/ŝ at most.
    assert!((aligned(&early) - aligned(&late)).abs() < 1e-3 / s_hat, "{} for {}", aligned(&early), aligned(&late));
    let waited = grown(&late) - grown(&early);
    // The clock of gradient descent is slow by λŝ/2, 0.2 %; interpolation within 25 epochs of a sigmoid adds 0.001.
    let expected = 1e3f64.ln() / (2.0 * s_hat);
    assert!((waited - expected).abs() < 0.004 * expected + 0.001, "{waited} for {expected}");
}

/// Figure 11: a student trained to the end has the least-squares map, so ‖W̄‖² ε_te = (1−D)‖W̄‖² + D N₃σ² for P ≤ N₁ and
/// N₃σ²/D beyond, on average: most at P = N₁.
#[test]
fn the_end_of_training_is_least_squares_and_worst_at_as_many_examples_as_inputs() {
    let (inputs, outputs, strength, seeds) = (20, 8, 2.0, 40u64);
    let mean_at = |examples: usize| -> (f64, f64) {
        let final_error = |run: u64| {
            let spec = AlignedSpec {
                task: TaskSpec {
                    examples,
                    input_kind: InputKind::Orthonormal,
                    ..TaskSpec::single(inputs, outputs, &[strength])
                },
                student: StudentSpec::new(outputs, 2, 1e-5),
                training: training(0.05, 20_000, 20_000),
                tracked_modes: 0,
                draw: Draw { seed: 4, run },
            };
            train(Experiment::Aligned(spec)).test(0).unwrap().last
        };
        let errors: Vec<f64> = (0..seeds).map(final_error).collect();
        let mean = errors.iter().sum::<f64>() / seeds as f64;
        let variance = errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (seeds - 1) as f64;
        (mean, (variance / seeds as f64).sqrt())
    };
    let expected = |examples: usize| {
        let density = examples as f64 / inputs as f64;
        let noise = outputs as f64 / strength.powi(2);
        if density <= 1.0 { 1.0 - density + density * noise } else { noise / density }
    };
    let found = [6, 20, 40].map(|examples| (examples, mean_at(examples)));
    for (examples, (mean, error)) in found {
        // 4 standard errors of 40 seeds: false alarm 3e-4 each.
        assert!(
            (mean - expected(examples)).abs() < 4.0 * error,
            "P = {examples}: {mean} ± {error} for {}",
            expected(examples)
        );
    }
    assert!(found[1].1.0 > found[0].1.0 && found[1].1.0 > found[2].1.0, "{found:?}");
}
