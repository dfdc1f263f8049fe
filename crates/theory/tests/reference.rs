//! Every row of the reference digits.
//!
//! `data/theory.json` and `data/beyond.json` were computed with 25-digit arithmetic, or by integration to 1e-13, by programs that
//! share nothing with this project. Each table is read in full: an empty or unknown table, a missing or unknown column is a
//! failure.

mod rows;

use linalg_core::faer::mat;
use rows::{Row, relative_error, table};
use theory::{
    ExactStudent, InitialWeights, JointCurve, JointTask, LearningCurve, ModeGrowth, Regularisation, SpikedMatrix,
    Student, Task, Teacher,
};

#[test]
fn the_file_holds_the_known_tables_and_no_other() {
    let known = [
        "balanced",
        "bulk",
        "curve",
        "decayed_modes",
        "learning_time",
        "mode_strength",
        "regularisation",
        "risk",
        "sensitivity",
        "spiked",
        "stopping",
        "transfer",
    ];
    assert_eq!(rows::table_names(), known);
}

#[test]
fn mode_strength() {
    for row in table("mode_strength", &["layers", "epsilon", "s_hat", "t", "s"]) {
        let growth = growth(&row);
        let s = growth.strength_at(row.number("s_hat"), row.number("t"));
        assert!(relative_error(s, row.number("s")) < 1e-10, "{s} for {row:?}");
    }
}

#[test]
fn decayed_modes() {
    for row in table("decayed_modes", &["layers", "epsilon", "s_hat", "decay", "t", "s"]) {
        let growth = growth(&row).with_decay(row.number("decay")).unwrap();
        let s = growth.strength_at(row.number("s_hat"), row.number("t"));
        assert!(relative_error(s, row.number("s")) < 1e-10, "{s} for {row:?}");
    }
}

#[test]
fn balanced() {
    for row in table("balanced", &["data", "first", "second", "balance", "decay", "t", "map", "accuracy"]) {
        let start = InitialWeights { first: row.matrix("first"), second: row.matrix("second") };
        let student = ExactStudent::new(row.matrix("data").as_ref(), &start).unwrap();
        assert!((student.balance() - row.number("balance")).abs() < 1e-12, "{} for {row:?}", student.balance());
        let student = student.with_decay(row.number("decay")).unwrap();
        let difference = student.map_at(row.number("t")) - row.matrix("map");
        assert!(difference.norm_max() < row.number("accuracy"), "{:e} for {row:?}", difference.norm_max());
    }
}

#[test]
fn learning_time() {
    for row in table("learning_time", &["layers", "epsilon", "s_hat", "s", "t"]) {
        let t = growth(&row).time_to_reach(row.number("s_hat"), row.number("s")).unwrap().unwrap();
        assert!(relative_error(t, row.number("t")) < 1e-10, "{t} for {row:?}");
    }
}

fn growth(row: &Row) -> ModeGrowth {
    ModeGrowth::new(row.count("layers"), row.number("epsilon")).expect("reference arguments are legal")
}

#[test]
fn spiked() {
    let columns = [
        "rows",
        "cols",
        "entry_variance",
        "s_bar",
        "threshold",
        "edge_low",
        "edge_high",
        "s_hat",
        "overlap_output",
        "overlap_input",
    ];
    for row in table("spiked", &columns) {
        let matrix = SpikedMatrix::new(row.count("rows"), row.count("cols"), row.number("entry_variance")).unwrap();
        let s_bar = row.number("s_bar");
        let close = |value: f64, name: &str| {
            let error = relative_error(value, row.number(name));
            assert!(error < 1e-10, "{name} is {value} for {row:?}");
        };
        close(matrix.threshold(), "threshold");
        close(matrix.lower_edge(), "edge_low");
        close(matrix.edge(), "edge_high");
        close(matrix.strength(s_bar), "s_hat");
        // At the threshold itself the overlap is the root of a rounding error.
        if (s_bar / matrix.threshold() - 1.0).abs() < 1e-12 {
            assert!((matrix.overlap_output(s_bar) - row.number("overlap_output")).abs() < 1e-7);
            assert!((matrix.overlap_input(s_bar) - row.number("overlap_input")).abs() < 1e-7);
        } else {
            close(matrix.overlap_output(s_bar), "overlap_output");
            close(matrix.overlap_input(s_bar), "overlap_input");
        }
    }
}

fn learning_curve(row: &Row) -> LearningCurve {
    let mut task = Task::new(row.count("inputs"), row.count("outputs"), &row.numbers("snr")).expect("legal sizes");
    if row.optional("examples").is_some() {
        task = task.with_examples(row.count("examples")).expect("legal examples");
    }
    if let Some(noise) = row.optional("noise") {
        task = task.with_noise(noise).expect("legal noise");
    }
    let student = Student::new(row.count("hidden"), row.count("layers"), row.number("epsilon"));
    LearningCurve::new(&task, &student.expect("legal student"))
}

#[test]
fn curve() {
    let columns = [
        "inputs",
        "outputs",
        "snr",
        "epsilon",
        "layers",
        "hidden",
        "t",
        "train_error",
        "test_error",
        "examples?",
        "noise?",
    ];
    for row in table("curve", &columns) {
        let curve = learning_curve(&row);
        let t = row.number("t");
        let errors = curve.errors_at(t).unwrap();
        assert!(relative_error(errors.train, row.number("train_error")) < 1e-9, "{errors:?} for {row:?}");
        assert!(relative_error(errors.test, row.number("test_error")) < 1e-9, "{errors:?} for {row:?}");
        assert_eq!(curve.train_error_at(t), errors.train);
        assert_eq!(curve.test_error_at(t).unwrap(), errors.test);
    }
}

#[test]
fn stopping() {
    let columns = [
        "inputs",
        "outputs",
        "snr",
        "epsilon",
        "layers",
        "hidden",
        "t_max",
        "t_opt",
        "test_error_opt",
        "shrinkage_error",
    ];
    for row in table("stopping", &columns) {
        let curve = learning_curve(&row);
        let stopping = curve.optimal_stopping(row.number("t_max")).unwrap();
        assert!(relative_error(stopping.time, row.number("t_opt")) < 1e-6, "{stopping:?} for {row:?}");
        assert!(relative_error(stopping.test_error, row.number("test_error_opt")) < 1e-9, "{stopping:?} for {row:?}");
        let shrinkage = curve.shrinkage_error().unwrap();
        assert!(relative_error(shrinkage, row.number("shrinkage_error")) < 1e-9, "{shrinkage} for {row:?}");
    }
}

#[test]
fn regularisation() {
    let columns = [
        "inputs",
        "outputs",
        "snr",
        "epsilon",
        "t_max",
        "stopping_error",
        "stopping_time",
        "decay_error",
        "decay",
        "both_error",
        "both_time",
        "both_decay",
        "shrinkage_error",
    ];
    for row in table("regularisation", &columns) {
        let task = Task::new(row.count("inputs"), row.count("outputs"), &row.numbers("snr")).expect("legal sizes");
        let student = Student::new(task.data_modes(), 2, row.number("epsilon")).expect("legal student");
        let found = Regularisation::new(&task, &student, row.number("t_max")).unwrap();
        let close = |value: f64, name: &str, allowed: f64| {
            assert!(relative_error(value, row.number(name)) < allowed, "{name} is {value} for {row:?}");
        };
        close(found.stopping.test_error, "stopping_error", 1e-8);
        close(found.stopping.time, "stopping_time", 1e-6);
        close(found.decay.test_error, "decay_error", 1e-8);
        close(found.both.test_error, "both_error", 1e-8);
        close(found.shrinkage_error, "shrinkage_error", 1e-8);
        // Flat minima: an error of 1e-10 of the least value hides 1e-4 of these.
        close(found.decay.decay, "decay", 1e-4);
        close(found.both.decay, "both_decay", 1e-4);
        close(found.both.time, "both_time", 1e-4);
        assert!(found.shrinkage_error < found.both.test_error && found.both.test_error < found.stopping.test_error);
        assert!(found.stopping.test_error < found.decay.test_error);
    }
}

#[test]
fn transfer() {
    let columns = [
        "inputs",
        "outputs_a",
        "outputs_b",
        "snr_a",
        "snr_b",
        "alignment",
        "epsilon",
        "hidden",
        "t_max",
        "error_alone",
        "t_alone",
        "error_joint",
        "t_joint",
        "benefit",
    ];
    for row in table("transfer", &columns) {
        let teacher = |outputs, snr| Teacher { outputs: row.count(outputs), strengths: vec![row.number(snr)] };
        let alignment = mat![[row.number("alignment")]];
        let (a, b) = (teacher("outputs_a", "snr_a"), teacher("outputs_b", "snr_b"));
        let task = JointTask::pair(row.count("inputs"), a, b, alignment.as_ref()).unwrap();
        let student = Student::new(row.count("hidden"), 2, row.number("epsilon")).unwrap();
        let benefit = JointCurve::new(&task, &student).benefit(0, row.number("t_max")).unwrap();
        assert!(relative_error(benefit.alone.test_error, row.number("error_alone")) < 1e-9, "{benefit:?} for {row:?}");
        assert!(relative_error(benefit.joint.test_error, row.number("error_joint")) < 1e-9, "{benefit:?} for {row:?}");
        assert!(relative_error(benefit.alone.time, row.number("t_alone")) < 1e-6, "{benefit:?} for {row:?}");
        assert!(relative_error(benefit.joint.time, row.number("t_joint")) < 1e-6, "{benefit:?} for {row:?}");
        // A difference of two errors, each good to 1e-9.
        assert!((benefit.benefit() - row.number("benefit")).abs() < 2e-9, "{benefit:?} for {row:?}");
    }
}
