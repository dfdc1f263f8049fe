//! One number each of fig02, fig06, fig12 and fig13, derived by another road than the figure's.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use sim::{
    AlignedSpec, Draw, Experiment, InputKind, Labels, LinearSpec, Schedule, SpectrumExtent, SpectrumOutcome,
    SpectrumSpec, Start, Stepping, StudentSpec, TaskSpec, Training, TrainingOutcome, Unattended,
};

fn spectrum(task: TaskSpec, extent: SpectrumExtent, draw: Draw) -> SpectrumOutcome {
    let outcome = Experiment::Spectrum(SpectrumSpec { task, extent, draw }).run(&Unattended).unwrap();
    outcome.as_spectrum().unwrap().clone()
}

fn training(experiment: &Experiment) -> TrainingOutcome {
    experiment.run(&Unattended).unwrap().as_training().unwrap().clone()
}

fn schedule(learning_rate: f64, epochs: u64) -> Training {
    Training::new(learning_rate, epochs, Schedule::listed(Vec::new()))
}

/// fig02: for square matrices the transition is simple enough to do by hand: ŝ = s̄ + 1/s̄ and O = 1 − 1/s̄² for s̄ > 1.
#[test]
fn square_matrices_show_the_transition_done_by_hand() {
    let (size, draws) = (300, 12);
    for strength in [2.0, 3.0] {
        let (mut strengths, mut overlaps) = (0.0, 0.0);
        for run in 0..draws {
            let task = TaskSpec::single(size, size, &[strength]);
            let found = spectrum(task, SpectrumExtent::Leading(1), Draw { seed: 77, run });
            strengths += found.data_strengths[0] / draws as f64;
            overlaps += found.overlaps_output[0][0] * found.overlaps_input[0][0] / draws as f64;
        }
        // Both scatter by less than 1/√300 = 0.058 a draw; 4.5 standard errors of 12 draws (false alarm below 1e-5 each),
        // and a bias of order 1/size, allowed three times over.
        let allowed = 4.5 * (1.0 / (size * draws as usize) as f64).sqrt() + 3.0 / size as f64;
        assert!((strengths - (strength + 1.0 / strength)).abs() < allowed, "ŝ = {strengths} at s̄ = {strength}");
        assert!((overlaps - (1.0 - strength.powi(-2))).abs() < allowed, "O = {overlaps} at s̄ = {strength}");
    }
}

/// fig06: shuffling keeps the sum of squares, and that sum alone tells where the shuffled bulk ends.
#[test]
fn the_norm_of_the_data_tells_where_their_shuffle_ends() {
    let (inputs, outputs) = (160, 80);
    let values = |labels| {
        let task = TaskSpec { labels, ..TaskSpec::single(inputs, outputs, &[30.0, 20.0, 10.0]) };
        spectrum(task, SpectrumExtent::All, Draw { seed: 78, run: 0 }).data_strengths
    };
    let (original, shuffled) = (values(Labels::Structured), values(Labels::Shuffled));
    let squares = |values: &[f64]| values.iter().map(|s| s * s).sum::<f64>();
    assert!((squares(&original) / squares(&shuffled) - 1.0).abs() < 1e-12);
    // Entries of mean square ‖Y‖²/(N₁N₃): the edge is their root times √N₁ + √N₃.
    let entry = (squares(&original) / (inputs * outputs) as f64).sqrt();
    let edge = entry * ((inputs as f64).sqrt() + (outputs as f64).sqrt());
    // The largest value of noise scatters by 1.3 × 0.5 s/√μ in units of the entries (Tracy-Widom, s/√μ = 0.35 here) around
    // a mean 1.2 such units below the edge: 0.02 of the edge. Five times that; the entries are not quite Gaussian.
    assert!((shuffled[0] / edge - 1.0).abs() < 0.1, "{} and {edge}", shuffled[0]);
    assert!(original[2] > shuffled[0]);
}

/// fig12: a student with one hidden unit passes through every strength from ε to ŝ, so its least error is that of the
/// best strength p = ûᵀW̄v̂ on the data's leading mode, 1 − (p/s̄)².
#[test]
fn one_hidden_unit_reaches_the_best_multiple_of_the_leading_mode() {
    for (run, snr) in [(0, 2.0), (1, 5.0)] {
        let (task, draw) = (TaskSpec::single(60, 60, &[snr]), Draw { seed: 79, run });
        let projection = spectrum(task.clone(), SpectrumExtent::Leading(1), draw).tasks[0].projections[0];
        let expected = 1.0 - (projection / snr).powi(2);
        let (student, training_of) = (StudentSpec::new(1, 2, 1e-5), schedule(1e-3, 8000));
        let aligned = AlignedSpec { task, student, training: training_of, tracked_modes: 0, draw };
        let found = training(&Experiment::Aligned(aligned)).test(0).unwrap().least.value;
        // An epoch moves s by at most 2λŝ s/4 · … < λŝ² and the best s lies within half of that: error (Δs/s̄)².
        let step = 0.5e-3 * (snr + 1.0 / snr).powi(2) / snr;
        assert!(found - expected < step * step && found >= expected - 1e-12, "{found} against {expected}");
    }
}

/// fig13: with white inputs a student wide enough ends by fitting all the noise, whatever the inputs' directions:
/// ε_te = ‖Z‖²/‖W̄‖², about σ_z² N₃ / Σ s̄².
#[test]
fn white_inputs_end_with_all_the_noise() {
    let (inputs, outputs, epochs) = (60, 12, 6000);
    let end = |input_kind| {
        let spec = LinearSpec {
            task: TaskSpec { input_kind, ..TaskSpec::single(inputs, outputs, &[4.0, 3.0, 2.0, 1.0]) },
            student: StudentSpec::new(outputs, 2, 1e-5),
            start: Start::Random,
            training: schedule(5e-3, epochs),
            tracked_modes: 0,
            stepping: Stepping::Jumps,
            draw: Draw { seed: 80, run: 0 },
        };
        training(&Experiment::Linear(spec)).test(0).unwrap().last
    };
    // ‖Z‖² is a sum of 720 squares: relative standard deviation √(2/720); 4.5 of them, false alarm below 1e-5.
    let allowed = 4.5 * (2.0 / (inputs * outputs) as f64).sqrt();
    for kind in [InputKind::OneHot, InputKind::Orthonormal] {
        let ratio = end(kind) / (outputs as f64 / 30.0);
        assert!((ratio - 1.0).abs() < allowed, "{kind:?}: {ratio}");
    }
}
