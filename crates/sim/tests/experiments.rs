//! Experiments as values: checks, shared draws, cancellation, divergence, pinned results.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use sim::{
    AlignedSpec, Draw, Experiment, InputKind, Labels, LeakyReluSpec, LeakyReluStart, LeakyReluStudentSpec, LinearSpec,
    Outcome, OutputUnits, Precision, Schedule, SequenceSpec, SimError, SpectrumExtent, SpectrumSpec, Stage, Start,
    Stepping, StudentSpec, TaskSpec, TeacherKind, Training, TrainingOutcome, Unattended,
};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

const DRAW: Draw = Draw { seed: 1, run: 0 };

fn training(learning_rate: f64, epochs: u64) -> Training {
    Training::new(learning_rate, epochs, Schedule::listed(vec![])).with_train_thresholds(vec![0.5])
}

fn small_student(layers: usize) -> StudentSpec {
    StudentSpec::new(8, layers, 1e-2)
}

fn linear(task: TaskSpec, start: Start, layers: usize) -> LinearSpec {
    let tracked_modes = task.rank();
    LinearSpec { tracked_modes, ..LinearSpec::new(task, small_student(layers), start, training(5e-3, 400), DRAW) }
}

fn aligned(task: TaskSpec) -> AlignedSpec {
    let tracked_modes = task.rank();
    AlignedSpec { task, student: small_student(2), training: training(5e-3, 400), tracked_modes, draw: DRAW }
}

fn run(experiment: &Experiment) -> TrainingOutcome {
    experiment.run(&Unattended).unwrap().as_training().unwrap().clone()
}

fn small_task() -> TaskSpec {
    TaskSpec::single(16, 10, &[4.0, 2.0])
}

#[test]
fn every_start_and_engine_sees_the_same_data() {
    let spectrum = SpectrumSpec { task: small_task(), extent: SpectrumExtent::All, draw: DRAW };
    let spectrum = Experiment::Spectrum(spectrum).run(&Unattended).unwrap();
    let strengths = &spectrum.as_spectrum().unwrap().data_strengths;
    for experiment in [
        Experiment::Linear(linear(small_task(), Start::Random, 2)),
        Experiment::Linear(linear(small_task(), Start::TrainingAligned, 4)),
        Experiment::Aligned(aligned(small_task())),
    ] {
        assert_eq!(&run(&experiment).data_strengths, strengths);
    }
}

#[test]
fn joint_task_zero_alone_is_one_experiment() {
    let joint = |q: f64| TaskSpec::joint(16, &[6, 5], &[&[3.0], &[2.0]], q);
    assert_eq!(aligned(joint(0.0).task_alone(0)), aligned(joint(0.9).task_alone(0)));
    let together = run(&Experiment::Aligned(aligned(joint(0.5))));
    assert_eq!(together.tests.len(), 2);
    assert!(together.test(2).is_err());
}

#[test]
fn descriptions_and_outcomes_survive_storage_and_unknown_keys_do_not() {
    let experiment = Experiment::Linear(linear(small_task(), Start::Random, 2));
    let text = serde_json::to_string(&experiment).unwrap();
    assert_eq!(serde_json::from_str::<Experiment>(&text).unwrap(), experiment);
    let misspelt = text.replace("\"noise\"", "\"niose\"");
    assert!(serde_json::from_str::<Experiment>(&misspelt).unwrap_err().to_string().contains("niose"));
    let outcome = experiment.run(&Unattended).unwrap();
    let stored = serde_json::to_string(&outcome).unwrap();
    assert_eq!(serde_json::from_str::<Outcome>(&stored).unwrap().as_training().unwrap().epochs, [0, 400]);
}

#[test]
fn the_cost_estimate_grows_with_the_work() {
    let cost = |layers: usize, epochs: u64| {
        let mut spec = linear(small_task(), Start::Random, layers);
        spec.training.epochs = epochs;
        Experiment::Linear(spec).cost_estimate()
    };
    assert!(cost(4, 10_000) > cost(2, 10_000) && cost(2, 10_000) > 5.0 * cost(2, 1_000));
    let mut paper = linear(TaskSpec::single(100, 50, &[6.0, 4.0, 2.0]), Start::Random, 2);
    paper.student.hidden = 50;
    paper.training.epochs = 10_000;
    // Measured epoch by epoch: 0.31 to 0.34 s.
    let stepping = |stepping| Experiment::Linear(LinearSpec { stepping, ..paper.clone() }).cost_estimate();
    let seconds = stepping(Stepping::EveryEpoch);
    assert!((0.2..0.6).contains(&seconds), "{seconds}");
    assert!(stepping(Stepping::Jumps) < 0.5 * seconds);
}

#[test]
fn a_run_repeats_exactly() {
    let experiment = Experiment::Linear(linear(small_task(), Start::Random, 3));
    assert_eq!(run(&experiment), run(&experiment));
}

#[test]
fn a_run_reports_and_can_be_cancelled() {
    let experiment = Experiment::Linear(linear(small_task(), Start::Random, 2));
    let last = AtomicU64::new(u64::MAX);
    let follow = |done: u64, total: u64| {
        assert_eq!(total, 400);
        last.store(done, Ordering::Relaxed);
        ControlFlow::Continue(())
    };
    experiment.run(&follow).unwrap();
    assert_eq!(last.load(Ordering::Relaxed), experiment.epochs());
    let stop = |done: u64, _: u64| if done > 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    assert_eq!(experiment.run(&stop), Err(SimError::Cancelled));
    let spectrum = SpectrumSpec { task: small_task(), extent: SpectrumExtent::All, draw: DRAW };
    assert_eq!(Experiment::Spectrum(spectrum).run(&|_: u64, _: u64| ControlFlow::Break(())), Err(SimError::Cancelled));
}

#[test]
fn too_large_a_step_is_refused_with_its_bound() {
    let fast = |spec: &AlignedSpec, rate: f64| {
        Experiment::Aligned(AlignedSpec { training: training(rate, 400), ..spec.clone() }).run(&Unattended)
    };
    for examples in [16, 40] {
        let task = TaskSpec { examples, input_kind: InputKind::Orthonormal, ..small_task() };
        let spec = aligned(task);
        let strongest = run(&Experiment::Aligned(spec.clone())).data_strengths[0];
        // L = 2: 2/(2 ŝ₁ D).
        let wanted = 16.0 / (strongest * examples as f64);
        assert!(fast(&spec, 0.99 * wanted).is_ok());
        let Err(SimError::Diverged { bound, epoch: 0, .. }) = fast(&spec, 1.01 * wanted) else {
            panic!("a step above the bound was accepted");
        };
        assert!((bound / wanted - 1.0).abs() < 1e-12);
    }
}

#[test]
fn divergence_that_no_bound_foresees_is_an_error() {
    let task = TaskSpec { input_kind: InputKind::Gaussian, examples: 24, ..small_task() };
    let mut spec = linear(task, Start::Random, 2);
    spec.training.learning_rate = 0.3;
    let error = Experiment::Linear(spec).run(&Unattended).unwrap_err();
    assert!(matches!(&error, SimError::Diverged { epoch, .. } if *epoch > 0));
    let message = error.to_string();
    assert!(
        message.contains("linear student, random start, 16-8-10") && message.contains("learning rate is 0.3"),
        "{message}"
    );
    // A start far above the data makes any bound from the data worthless.
    let mut spec = aligned(small_task());
    spec.student.epsilon = 1e4;
    assert!(matches!(Experiment::Aligned(spec).run(&Unattended), Err(SimError::Diverged { .. })));
}

#[test]
fn descriptions_without_meaning_are_refused() {
    let refused = |experiment: Experiment, name: &str| {
        assert!(matches!(experiment.run(&Unattended), Err(SimError::Invalid { field, .. }) if field == name), "{name}");
    };
    let gaussian = TaskSpec { input_kind: InputKind::Gaussian, ..small_task() };
    refused(Experiment::Aligned(aligned(gaussian)), "input_kind");
    refused(Experiment::Aligned(aligned(TaskSpec { noise: 0.0, ..TaskSpec::single(16, 10, &[]) })), "noise");
    refused(Experiment::Aligned(AlignedSpec { tracked_modes: 9, ..aligned(small_task()) }), "tracked_modes");
    let mut spec = linear(small_task(), Start::Random, 2);
    spec.student.epsilon = 0.0;
    refused(Experiment::Linear(spec.clone()), "epsilon");
    spec.student = StudentSpec { layers: 0, ..small_student(2) };
    refused(Experiment::Linear(spec.clone()), "layers");
    spec.student = StudentSpec { hidden: 1_000_000_000_000, ..small_student(2) };
    refused(Experiment::Linear(spec.clone()), "hidden");
    spec.student = StudentSpec { layers: 1_000_000_000_000, ..small_student(2) };
    refused(Experiment::Linear(spec), "layers");
    spec = linear(small_task(), Start::Random, 2);
    spec.training.learning_rate = f64::NAN;
    refused(Experiment::Linear(spec), "learning_rate");
}

#[test]
fn a_zero_teacher_has_a_train_error_only() {
    let outcome = run(&Experiment::Linear(linear(TaskSpec::single(16, 10, &[]), Start::Random, 2)));
    assert!(outcome.train.last < outcome.train.logged[0]);
    assert_eq!(outcome.test(0), Err(SimError::ZeroTeacher { task: 0 }));
}

#[test]
fn outcomes_are_read_as_what_they_are() {
    let outcome = Experiment::Aligned(aligned(small_task())).run(&Unattended).unwrap();
    assert_eq!(
        outcome.as_spectrum().unwrap_err().to_string(),
        "the outcome of a training experiment was read as that of a spectrum experiment"
    );
}

/// What of an outcome is pinned: train and test at the end, least test and its epoch, first strength.
fn digest(outcome: &Outcome) -> Vec<f64> {
    match outcome {
        Outcome::Spectrum(spectrum) => vec![
            spectrum.data_strengths[0],
            spectrum.overlaps_output[0][0],
            spectrum.overlaps_input[0][0],
            spectrum.tasks[0].projections[1],
        ],
        Outcome::Training(training) => {
            let test = training.test(0).unwrap();
            let mode = training.modes[0].points.last().unwrap().unwrap();
            vec![
                training.train.last,
                test.last,
                test.least.value,
                test.least.epoch as f64,
                mode.strength,
                mode.overlap_input,
            ]
        }
        Outcome::Sequence(stages) => {
            let last = |stage: &TrainingOutcome| [0, 1].map(|task| stage.test(task).unwrap().last);
            stages.iter().flat_map(last).collect()
        }
    }
}

/// Task 1, then task 0.
fn sequence() -> SequenceSpec {
    let tasks = TaskSpec::joint(16, &[10, 10], &[&[3.0], &[5.0]], 0.7);
    let stages = [1, 0].map(|task| Stage { task, training: training(5e-3, 200) }).to_vec();
    SequenceSpec { tasks, student: small_student(2), stages, stepping: Stepping::Jumps, draw: DRAW }
}

#[test]
fn sequences_that_make_no_sense_are_refused_by_field() {
    let good = sequence();
    good.check().unwrap();
    let tasks = |tasks: TaskSpec| SequenceSpec { tasks, ..sequence() };
    let broken = [
        (tasks(good.tasks.task_alone(1)), "alone"),
        (tasks(TaskSpec::joint(16, &[10, 9], &[&[3.0], &[5.0]], 0.7)), "outputs"),
        (tasks(TaskSpec { examples: 9, input_kind: InputKind::Orthonormal, ..good.tasks.clone() }), "examples"),
        (SequenceSpec { stages: vec![], ..sequence() }, "stages"),
        (SequenceSpec { stages: vec![Stage { task: 2, training: training(5e-3, 200) }], ..sequence() }, "task"),
    ];
    for (spec, name) in broken {
        let experiment = Experiment::Sequence(spec);
        let _ = (experiment.label(), experiment.cost_estimate(), experiment.epochs());
        let error = experiment.run(&Unattended).unwrap_err();
        assert!(matches!(error, SimError::Invalid { field, .. } if field == name), "{name}: {error}");
    }
    let stages = vec![Stage { task: 0, training: training(0.5, 200) }];
    let too_fast = SequenceSpec { stages, ..sequence() }.run(&Unattended).unwrap_err();
    assert!(matches!(too_fast, SimError::Diverged { epoch: 0, .. }), "{too_fast}");
}

/// The first stage is the student that learns the task alone, and the second starts where it ended.
#[test]
fn a_sequence_goes_on_from_where_it_was() {
    let spec = sequence();
    let [first, second] = &spec.run(&Unattended).unwrap()[..] else { panic!("two stages") };
    let student = spec.student;
    let alone = LinearSpec {
        tracked_modes: 0,
        ..LinearSpec::new(spec.tasks.task_alone(1), student, Start::Random, training(5e-3, 200), DRAW)
    };
    let alone = alone.run(&Unattended).unwrap();
    assert_eq!((&alone.train, alone.test(0).unwrap()), (&first.train, first.test(1).unwrap()));
    for task in [0, 1] {
        let (before, after) = (first.test(task).unwrap().last, second.test(task).unwrap().logged[0]);
        assert!((before / after - 1.0).abs() < 1e-12, "{before} {after}");
    }
    assert!(second.test(0).unwrap().last < 0.3 && second.test(1).unwrap().last > first.test(1).unwrap().last);
    assert_eq!(second.teacher_squared_norms, [9.0, 25.0]);
}

/// A changed number here means that stored results no longer belong to this engine: raise `ENGINE_VERSION`.
#[test]
fn short_runs_are_pinned() {
    let with = |examples, input_kind, labels| TaskSpec { examples, input_kind, labels, ..small_task() };
    let joint = TaskSpec::joint(16, &[6, 5], &[&[3.0], &[2.0]], 0.7);
    let experiments = [
        Experiment::Spectrum(SpectrumSpec { task: small_task(), extent: SpectrumExtent::All, draw: DRAW }),
        Experiment::Aligned(aligned(small_task())),
        Experiment::Aligned(aligned(joint)),
        Experiment::Linear(linear(small_task(), Start::Random, 2)),
        Experiment::Linear(linear(with(16, InputKind::OneHot, Labels::Shuffled), Start::Random, 4)),
        Experiment::Linear(linear(with(9, InputKind::Orthonormal, Labels::Structured), Start::Random, 2)),
        Experiment::Linear(linear(with(24, InputKind::Orthonormal, Labels::GaussianMatched), Start::Random, 2)),
        Experiment::Linear(linear(with(24, InputKind::Gaussian, Labels::Structured), Start::TrainingAligned, 2)),
        Experiment::Sequence(sequence()),
    ];
    let found: Vec<Vec<f64>> = experiments.iter().map(|e| digest(&e.run(&Unattended).unwrap())).collect();
    assert_eq!(sim::ENGINE_VERSION, 3, "new version: pin its numbers");
    assert_eq!(found.len(), PINNED.len(), "{found:?}");
    for ((found, pinned), experiment) in found.iter().zip(PINNED).zip(&experiments) {
        assert_eq!(found.len(), pinned.len());
        for (a, b) in found.iter().zip(pinned.iter()) {
            assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{}: {found:?}", experiment.label());
        }
    }
}

const PINNED: &[&[f64]] = &[
    &[4.409845810643088, 0.9897054753557697, 0.9628647649897202, 1.8612649532446341],
    &[0.06005618260449019, 0.24888827146086195, 0.12206384389820571, 246.0, 4.409810881841056, 1.0],
    &[0.10319570210233626, 0.3524756906383442, 0.1917050299192781, 222.0, 3.77838790736797, 1.0],
    &[0.13571489957378782, 0.1651727780868431, 0.13436540977063932, 333.0, 4.409748223707054, 0.9999988589967945],
    &[0.968514850090987, 0.9963694582460075, 0.9963694582460075, 400.0, 0.12627617822340026, 0.08405575194637635],
    &[0.22513975569668224, 0.5948422329937137, 0.5948422329937137, 400.0, 3.1318164856550763, 0.9990201075416503],
    &[0.37936774309528476, 1.90853822510228, 0.9958558501427115, 91.0, 2.8040790750116695, 0.9999979138673647],
    &[0.161298543872488, 0.32145211558397974, 0.2022651047912686, 179.0, 4.29738724763197, 0.7472701890823948],
    &[3.059993490282579, 0.05552235975525654, 0.19301635413773155, 1.0928054842954429],
];

/// A stored result is found by this text: a changed one means that finished runs are done again.
#[test]
fn descriptions_are_written_as_they_always_were() {
    let task = concat!(
        r#"{"inputs":16,"outputs":[10],"examples":16,"input_kind":"OneHot","teacher":{"strengths":[[4.0,2.0]],"#,
        r#""alignment":0.0},"alone":null,"noise":1.0,"noise_scale":"PerInput","labels":"Structured"}"#
    );
    let training = concat!(
        r#"{"learning_rate":0.005,"epochs":400,"schedule":{"spacing":"ListedOnly","listed":[]},"#,
        r#""train_thresholds":[0.5]}"#
    );
    let student = r#"{"hidden":8,"layers":2,"epsilon":0.01}"#;
    let draw = r#"{"seed":1,"run":0}"#;
    let written = |experiment: Experiment| serde_json::to_string(&experiment).unwrap();
    assert_eq!(
        written(Experiment::Spectrum(SpectrumSpec { task: small_task(), extent: SpectrumExtent::All, draw: DRAW })),
        format!(r#"{{"Spectrum":{{"task":{task},"extent":"All","draw":{draw}}}}}"#)
    );
    assert_eq!(
        written(Experiment::Aligned(aligned(small_task()))),
        format!(
            r#"{{"Aligned":{{"task":{task},"student":{student},"training":{training},"tracked_modes":2,"draw":{draw}}}}}"#
        )
    );
    assert_eq!(
        written(Experiment::Linear(linear(small_task(), Start::Random, 2))),
        format!(
            concat!(
                r#"{{"Linear":{{"task":{},"student":{},"start":"Random","training":{},"#,
                r#""tracked_modes":2,"stepping":"Jumps","draw":{}}}}}"#
            ),
            task, student, training, draw
        )
    );
    let units = LeakyReluStudentSpec {
        hidden: 8,
        layers: 2,
        slope: 0.1,
        output: OutputUnits::Linear,
        start: LeakyReluStart::Orthogonal { epsilon: 1e-2 },
    };
    let leaky = LeakyReluSpec {
        task: small_task(),
        teacher: TeacherKind::LeakyRelu { slope: 0.2 },
        student: units,
        training: self::training(5e-3, 400),
        precision: Precision::Single,
        draw: DRAW,
    };
    assert_eq!(
        written(Experiment::LeakyRelu(leaky)),
        format!(
            concat!(
                r#"{{"LeakyRelu":{{"task":{},"teacher":{{"LeakyRelu":{{"slope":0.2}}}},"student":{{"hidden":8,"#,
                r#""layers":2,"slope":0.1,"output":"Linear","start":{{"Orthogonal":{{"epsilon":0.01}}}}}},"#,
                r#""training":{},"precision":"Single","draw":{}}}}}"#
            ),
            task, training, draw
        )
    );
}
