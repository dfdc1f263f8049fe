//! What the command line answers, to right and to wrong questions.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::path::Path;
use std::process::{Command, Stdio};
use workspace_tests::{Answer, Table, Workspace, program, workspace_root, xtask};

/// Runs a command whose words are separated by spaces.
fn ask(folder: &Path, command: &str) -> Answer {
    xtask(folder, &command.split_whitespace().collect::<Vec<_>>())
}

fn files_in(folder: &Path) -> Vec<String> {
    let names = folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn help_names_every_task_and_option() {
    let root = workspace_root();
    let help = ask(&root, "--help").success().stdout;
    let figures = ask(&root, "figures --help").success().stdout;
    for task in ["explain", "figures", "list", "init", "store", "theory", "ci"] {
        assert!(help.contains(task), "{task} is missing from\n{help}");
        ask(&root, &format!("{task} --help")).success();
    }
    for option in [
        "--scale",
        "--jobs",
        "--seed",
        "--config",
        "--out",
        "--store",
        "--format",
        "--dry-run",
        "--force",
        "--plot-only",
        "--check",
        "--shard",
    ] {
        assert!(figures.contains(option), "{option} is missing from\n{figures}");
    }
    for question in ["mode", "spectrum", "curve", "stopping", "regularisation", "transfer", "random", "band"] {
        assert!(ask(&root, &format!("theory {question} --help")).success().stdout.contains("Options:"));
    }
    assert!(ask(&root, "--version").success().stdout.contains(env!("CARGO_PKG_VERSION")));
    // Without a task it explains itself, and the exit status says that nothing was done.
    let nothing = ask(&root, "");
    assert_eq!(nothing.status, Some(2));
    assert!(nothing.stderr.contains("Usage:"), "{nothing}");
}

/// A student that the questions below spoil.
const STUDENT: &str = "--hidden 10 --epsilon 1e-5";
const TASK: &str = "--inputs 20 --outputs 10 --strengths 4";

#[test]
fn wrong_commands_are_refused_in_one_clear_line() {
    let workspace = Workspace::with_configs(&["fig01", "fig03"]);
    let wrong = [
        // Tasks and options.
        ("nonsense", "unrecognized subcommand 'nonsense'"),
        ("figures --sclae smoke", "unexpected argument '--sclae'"),
        ("figures --scale huge", "invalid value 'huge' for '--scale"),
        ("figures fig01 --format gif", "invalid value 'gif' for '--format"),
        ("figures fig01 --jobs 0", "'0' for '--jobs <N>': 0 is not in 1..=1024"),
        ("figures fig01 --jobs -1", "'-1' for '--jobs <N>'"),
        ("figures fig01 --jobs 99999", "99999 is not in 1..=1024"),
        ("figures fig01 --seed -1", "invalid value '-1' for '--seed <S>'"),
        ("figures fig01 --seed 1.5", "invalid value '1.5' for '--seed <S>'"),
        ("figures fig01 --seed 18446744073709551616", "too large"),
        ("figures fig01 --force --plot-only", "'--force' cannot be used with '--plot-only'"),
        ("figures fig01 --check --force", "cannot be used with"),
        ("store dance", "unrecognized subcommand 'dance'"),
        // Shares of the work.
        ("figures fig01 --shard 0/2", "`0/2` is not a share"),
        ("figures fig01 --shard 3/2", "`3/2` is not a share"),
        ("figures fig01 --shard 1/0", "`1/0` is not a share"),
        ("figures fig01 --shard 1", "`1` is not a share"),
        ("figures fig01 --shard -1/2", "`-1/2` is not a share"),
        ("figures fig01 --shard a/b", "such as 2/8"),
        // Stems and configs.
        ("figures fig99", "fig99: no config of that name"),
        ("figures fig", "fits fig01_learning_dynamics, fig03_single_hidden_layer"),
        ("figures configs/fig01_learning_dynamics.ron", "--config configs/fig01_learning_dynamics.ron"),
        ("figures ../fig01", "a stem is the name of a config without folder"),
        ("figures fig01 fig01", "asked for twice"),
        ("figures fig01 fig01_learning_dynamics", "asked for twice"),
        ("list fig99", "fig99: no config of that name"),
        ("figures --config mine.ron", "mine.ron: cannot be read"),
        ("figures --config configs", "configs: is not a regular file"),
        ("figures --config Cargo.toml", "Cargo.toml:2:1"),
        ("figures --config configs/fig01_learning_dynamics.ron fig03", "cannot be used with '[STEM]...'"),
        ("init Nope mine.ron", "unknown kind Nope"),
        ("init Sweep Cargo.toml", "an existing file is not replaced"),
        ("init Sweep nowhere/mine.ron", "cannot make nowhere/mine.ron"),
        ("init Sweep", "required arguments were not provided"),
        // Places.
        ("figures fig01 --scale smoke --out Cargo.toml", "--out Cargo.toml: cannot make this folder"),
        ("figures fig01 --scale smoke --out /proc/nowhere", "--out /proc/nowhere: cannot make this folder"),
        ("figures fig03 --scale smoke --store Cargo.toml", "Cargo.toml is not a folder"),
        ("store --store Cargo.toml", "Cargo.toml is not a folder"),
        // Theory.
        ("theory mode --layers 2 --epsilon 1e-5 --s-hat 1", "required arguments were not provided"),
        ("theory mode --layers 0 --epsilon 1e-5 --s-hat 1 --times 1", "layers is 0"),
        ("theory mode --layers -2 --epsilon 1e-5 --s-hat 1 --times 1", "'-2' for '--layers"),
        ("theory mode --layers 2 --epsilon -1e-5 --s-hat 1 --times 1", "epsilon is -0.00001: it must be positive"),
        ("theory mode --layers 2 --epsilon 1e999 --s-hat 1 --times 1", "must be 0 or from 1e-60 to 1e60 in size"),
        ("theory mode --layers 2 --epsilon NaN --s-hat 1 --times 1", "must be a finite number"),
        ("theory mode --layers 2 --epsilon 1e-5 --s-hat nan --times 1", "must be a decimal number"),
        ("theory mode --layers 2 --epsilon 1e-5 --s-hat -1 --times 1", "--s-hat: -1 given"),
        ("theory mode --layers 2 --epsilon 1e-5 --s-hat 1,,2 --times 1", "invalid value '1,,2' for '--s-hat"),
        ("theory mode --layers 2 --epsilon 1e-5 --s-hat 1 --times -1", "--times: -1 given"),
        ("theory mode --layers 2 --epsilon 1e-5 --s-hat 1 --times 1e999", "must be 0 or from 1e-60"),
        ("theory mode --layers two --epsilon 1e-5 --s-hat 1 --times 1", "invalid value 'two' for '--layers"),
        ("theory spectrum --rows 0 --cols 5 --entry-variance 1 --s-bar 1", "rows is 0"),
        ("theory spectrum --rows 5 --cols 5 --entry-variance -1 --s-bar 1", "entry_variance is -1"),
        ("theory spectrum --rows 5 --cols 5 --entry-variance 1 --s-bar -1", "--s-bar: -1 given"),
        ("theory spectrum --rows 5 --cols 5 --entry-variance 1e308 --s-bar 1", "must be 0 or from 1e-60"),
    ];
    for (command, expected) in wrong {
        let answer = ask(workspace.path(), command);
        assert!(answer.refusal().contains(expected), "{expected:?} is not said\n{answer}");
    }
    let wrong_tasks = [
        ("curve --times 1 --noise -1", "noise is -1"),
        ("curve --times 1 --noise 1e300", "must be 0 or from 1e-60 to 1e60 in size"),
        ("curve --times 1 --examples 0", "examples is 0"),
        ("curve --times nan", "invalid value 'nan' for '--times"),
        ("stopping --t-max -1", "--t-max: -1 given"),
        ("stopping --t-max inf", "must be a finite number"),
        ("band --times 1 --draws 1", "--draws: 1 given"),
        ("band --times 1 --random --layers 4", "layers is 4"),
        ("random --times 1 --seed -3", "'-3' for '--seed"),
        ("random --times 1 --seed 3 --examples 10", "examples is 10"),
        ("random --times 1e308 --seed 3", "must be 0 or from 1e-60"),
        ("curve --times 1 --layers 5000", "layers is 5000: it must be from 1 to 1000"),
        ("curve --times 1 --decay -1", "decay is -1: it must be zero or more"),
        ("curve --times 1 --decay inf", "must be a finite number"),
        ("stopping --decay 0.5 --balance 2", "decay shrinks the balance as e^(−2γt), and no closed form is known then"),
        ("random --times 1 --seed 3 --decay 1 --balance -2", "no closed form is known then"),
        ("band --times 1 --layers 3 --balance 2", "layers is 3: it must be 2 for a balance other than 0"),
        ("random --times 1 --seed 3 --balance 1e70", "must be 0 or from 1e-60 to 1e60 in size"),
        ("regularisation --t-max -1", "--t-max: -1 given"),
        ("regularisation --decay 1", "unexpected argument '--decay'"),
    ];
    for (question, expected) in wrong_tasks {
        let answer = ask(workspace.path(), &format!("theory {question} {TASK} {STUDENT}"));
        assert!(answer.refusal().contains(expected), "{expected:?} is not said\n{answer}");
    }
    let wrong_teachers = [
        ("--inputs 20 --outputs 10 --strengths 2,4", "decreasing order"),
        ("--inputs 20 --outputs 2 --strengths 4,3,2", "rank 3 does not fit"),
        ("--inputs 20 --outputs 10", "not provided: --strengths <STRENGTHS>"),
        ("--inputs 20 --outputs 10 --strengths", "a value is required for '--strengths"),
        ("--inputs 20 --outputs 10 --strengths 1e-300", "must be 0 or from 1e-60 to 1e60"),
        ("--inputs 0 --outputs 10 --strengths 4", "inputs is 0"),
    ];
    for (task, expected) in wrong_teachers {
        let answer = ask(workspace.path(), &format!("theory curve --times 1 {STUDENT} {task}"));
        assert!(answer.refusal().contains(expected), "{expected:?} is not said\n{answer}");
    }
    let huge =
        "theory random --inputs 1000000 --outputs 1000000 --strengths 4 --hidden 10 --epsilon 1e-5 --times 1 --seed 3";
    assert!(ask(workspace.path(), huge).refusal().contains("at most 4 are allowed (--memory)"));
    let pair = "--inputs 20 --outputs-a 10 --outputs-b 10 --hidden 20 --epsilon 1e-5 --t-max 8";
    for (values, expected) in [
        (
            "--strength-a 3 --strength-b 10 --alignment 1.5",
            "--alignment: 1.5 given; q = v̄_A·v̄_B must be between -1 and 1",
        ),
        ("--strength-a 3 --strength-b 10 --alignment NaN", "must be a finite number"),
        ("--strength-a -3 --strength-b 10 --alignment 1", "--strength-a: -3 given"),
        ("--strength-a 3 --strength-b inf --alignment 1", "must be a finite number"),
    ] {
        let answer = ask(workspace.path(), &format!("theory transfer {pair} {values}"));
        assert!(answer.refusal().contains(expected), "{expected:?} is not said\n{answer}");
    }

    // An empty word is an argument too.
    assert!(xtask(workspace.path(), &["figures", ""]).refusal().contains("an empty name is no figure"));
    assert!(xtask(workspace.path(), &["figures", "--config", ""]).refusal().contains("--config"));
    // Outside of any workspace there are no configs.
    let elsewhere = tempfile::tempdir().unwrap();
    assert!(ask(elsewhere.path(), "list").refusal().contains("is not inside the workspace"));
    // Nothing was made by all this.
    assert_eq!(files_in(workspace.path()), ["Cargo.toml", "configs"]);
}

#[test]
fn a_figure_does_not_replace_another_of_its_name() {
    let workspace = Workspace::with_configs(&["fig01"]);
    ask(workspace.path(), "figures fig01 --out out").success();
    let before = files_in(&workspace.path().join("out"));
    let smoke = ask(workspace.path(), "figures fig01 --scale smoke --out out");
    assert!(smoke.refusal().contains("of paper scale, which one of smoke scale would replace"), "{smoke}");
    ask(workspace.path(), "init Sweep fig01_learning_dynamics.ron").success();
    let own = ask(workspace.path(), "figures --config fig01_learning_dynamics.ron --out out");
    assert!(own.refusal().contains("of kind LearningDynamics, which one of kind Sweep would replace"), "{own}");
    assert_eq!(files_in(&workspace.path().join("out")), before);
    ask(workspace.path(), "figures fig01 --out out").success();
}

#[test]
fn wrong_configs_are_refused_by_line_and_column() {
    let workspace = Workspace::with_configs(&["fig01", "fig03"]);
    ask(workspace.path(), "init Sweep sweep.ron").success();
    let wrong = [
        ("learning_rate: 1e-3", "learning_rate: 0.5", "training.learning_rate = 0.5: must be below 0.1"),
        ("learning_rate: 1e-3", "learning_rate: NaN", ":31:24: training.learning_rate = NaN: must be a finite number"),
        (
            "learning_rate: 1e-3",
            "learning_rate: 1e999",
            ":31:24: training.learning_rate = 1e999: must be 0 or from 1e-60",
        ),
        ("learning_rate: 1e-3", "learning_rate: -1e-3", ":31:24: training.learning_rate = -1e-3: must be above 0"),
        ("learning_rate: 1e-3", "learning_rate: \"fast\"", "must be a decimal number"),
        ("learning_rate: 1e-3", "learning_rat: 1e-3", ":31:9: training: unknown key `learning_rat`: did you mean"),
        ("learning_rate: 1e-3", "learning_rate: 1, learning_rate: 2", "`learning_rate` is given twice"),
        ("epochs: 8000,", "", "missing key `epochs`"),
        ("epochs: 8000", "epochs: 8e3", "must be a whole number"),
        ("epsilon: 1e-5", "epsilon: 0", "student.epsilon = 0: must be above 0"),
        ("seeds: 5", "seeds: 999999999999", "must give at most 200000 runs in all"),
        ("seed: 1,", "seed: -1,", "seed = -1: must be a whole number"),
        ("inputs: 100", "inputs: 0", "task.inputs = 0"),
        ("outputs: 50,  ", "outputs: 2,", "a teacher of rank 3 does not fit"),
        ("outputs: 50,  ", "outputs: 10000000,", "a matrix of at most 134217728 entries"),
        ("inputs: 100", "inputs: 10000000", "a matrix of at most 134217728 entries"),
        ("strengths: [6, 4, 2]", "strengths: [2, 4]", "must be in decreasing order"),
        ("strengths: [6, 4, 2]", "strengths: []", "must have at least one item"),
        ("parameter: Hidden", "parameter: Depth", "unknown variant `Depth`"),
        ("parameter: Hidden", "parameter: Alignment", "needs a companion"),
        ("values: [1, 2, 50]", "values: [2, 1]", "must be above the item before it"),
        ("values: [1, 2, 50]", "values: [1.5]", "must be a whole number from 1"),
        ("observable: LeastTestError", "observable: TestCurve", "must not be a curve with two axes"),
        ("companion: None,", "companion: Some((outputs: 50, strength: 10, alignment: 2)),", "must be from -1 to 1"),
        ("start: TrainingAligned", "start: Aligned", "variants: Random, TrainingAligned"),
        ("Sweep(\n", "Sweeep(\n", "unknown kind `Sweeep`: did you mean `Sweep`?"),
        ("Sweep(\n", "Sweep((\n", ":"),
        ("smoke: (seeds: 2,", "smoke: (seedz: 2,", "unknown key `seedz`"),
    ];
    let template = workspace.read("sweep.ron");
    for (from, to, expected) in wrong {
        workspace.write("mine.ron", &template);
        workspace.edit("mine.ron", from, to);
        let answer = ask(workspace.path(), "figures --config mine.ron --scale smoke");
        assert!(answer.refusal().starts_with("error: mine.ron:"), "the place is not said\n{answer}");
        assert!(answer.stderr.contains(expected), "{expected:?} is not said\n{answer}");
    }
    // A committed config is checked in the same way, and every mistake is listed at once.
    workspace.edit("configs/fig03_single_hidden_layer.ron", "learning_rate: 1e-3", "learning_rate: 0.5");
    workspace.edit("configs/fig03_single_hidden_layer.ron", "epsilon: 1e-5", "epsilon: -1");
    let answer = ask(workspace.path(), "figures fig03 --scale smoke");
    answer.refusal();
    assert!(answer.stderr.contains("epsilon = -1: must be above 0"), "{answer}");
    workspace.edit("configs/fig03_single_hidden_layer.ron", "epsilon: -1", "epsilon: 1e-5");
    let answer = ask(workspace.path(), "figures fig03 --scale smoke");
    assert!(answer.refusal().contains("fig03_single_hidden_layer.ron:12:20: learning_rate = 0.5: must be"), "{answer}");
    // The name becomes the name of the outputs.
    workspace.write("my figure.ron", &template);
    let answer = xtask(workspace.path(), &["figures", "--config", "my figure.ron"]);
    assert!(answer.refusal().contains("letters, digits, _ and - only"), "{answer}");
    assert!(!workspace.path().join("target").exists(), "something was made");
}

#[test]
fn theory_answers_what_it_is_asked() {
    let root = workspace_root();
    // By hand: one layer follows ŝ + (ε − ŝ)e^{−t}; no noise leaves ŝ = s̄ and overlaps 1.
    let mode = ask(&root, "theory mode --layers 1 --epsilon 0.5 --s-hat 2 --times 0,1").table();
    assert_eq!(mode.header, ["layers", "epsilon", "s_hat", "t", "s"]);
    assert!((mode.column("s")[1] - (2.0 - 1.5 * (-1.0f64).exp())).abs() < 1e-15 && mode.column("s")[0] == 0.5);
    let spectrum = ask(&root, "theory spectrum --rows 5 --cols 9 --entry-variance 0 --s-bar 3").table();
    assert_eq!(spectrum.rows, [[3.0, 3.0, 1.0, 1.0, 0.0, 0.0, 0.0]]);

    // Sampled answers stand beside the closed form.
    let question = format!("{TASK} {STUDENT} --times 0,1,2,30");
    let curve = ask(&root, &format!("theory curve {question}")).table();
    let band = ask(&root, &format!("theory band {question} --draws 60")).table();
    let random = ask(&root, &format!("theory random {question} --seed 3")).table();
    for (which, name) in ["train", "test"].iter().enumerate() {
        let [low, mean, high] = ["low", "mean", "high"].map(|part| band.column(&format!("{name}_{part}")));
        for k in 0..curve.rows.len() {
            let (formula, single) = (curve.rows[k][which + 1], random.rows[k][which + 1]);
            assert!(low[k] <= mean[k] && mean[k] <= high[k], "{name}: {:?}", band.rows[k]);
            // Networks of 20 inputs scatter widely; a formula or student of another task would not be near at all.
            assert!((formula - mean[k]).abs() < 0.2 + (high[k] - low[k]), "{name} at {:?}: {formula}", band.rows[k]);
            assert!(
                (single - mean[k]).abs() < 0.2 + 2.0 * (high[k] - low[k]),
                "{name} at {:?}: {single}",
                band.rows[k]
            );
        }
    }
    let again = ask(&root, &format!("theory random {question} --seed 3")).table();
    assert_eq!(random, again);
    assert_ne!(random, ask(&root, &format!("theory random {question} --seed 4")).table());
}

#[test]
fn theory_knows_decay_and_balance() {
    let root = workspace_root();
    // By hand: one layer with decay ends at ŝ/(1 + γ); two at ŝ − γ; a lazy student, |λ| ≫ ŝ, follows ŝ(1 − e^{−|λ|t}).
    let last = |options: &str| {
        ask(&root, &format!("theory mode --epsilon 1e-6 --s-hat 3 {options}")).table().column("s").pop().unwrap()
    };
    assert!((last("--layers 1 --decay 0.5 --times 100") - 2.0).abs() < 1e-12);
    assert!((last("--layers 2 --decay 0.5 --times 100") - 2.5).abs() < 1e-12);
    for balance in [1e4, -1e4] {
        let lazy = last(&format!("--layers 2 --balance {balance} --times 1e-4"));
        assert!((lazy - 3.0 * (1.0 - (-1.0f64).exp())).abs() < 1e-5, "{lazy}");
    }
    let plain = last("--layers 2 --times 2");
    assert_eq!(last("--layers 2 --decay 0 --balance 0 --times 2"), plain);

    // Sampled answers stand beside the closed form, and neither is that of a student without brakes.
    for brake in ["--decay 1.5", "--balance 6"] {
        let question = |name: &str, brake: &str| {
            let times = "--times 1,3,30";
            ask(&root, &format!("theory {name} {TASK} {STUDENT} {times} {brake}")).table().column("test_error")
        };
        let curve = question("curve", brake);
        let plain = question("curve", "");
        let random = question("random --seed 3", brake);
        let band = format!("theory band {TASK} {STUDENT} --times 1,3,30 --draws 60 {brake}");
        let mean = ask(&root, &band).table().column("test_mean");
        assert!(curve.iter().zip(&plain).any(|(braked, plain)| (braked - plain).abs() > 0.2), "{curve:?} {plain:?}");
        for k in 0..3 {
            assert!(
                (curve[k] - mean[k]).abs() < 0.2 && (random[k] - mean[k]).abs() < 0.4,
                "{brake}: {curve:?} {mean:?} {random:?}"
            );
        }
    }

    // Decay beside the best time helps a task of several modes, alone and in company; the reference is `stopping`.
    let options = "--hidden 50 --epsilon 1e-5 --decay 0.6";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("q.csv"), "0\n0\n").unwrap();
    let tasks = format!("--inputs 100 --task 3,2 --task 4 --outputs 50,40 --overlaps q.csv {options}");
    let joint = ask(folder.path(), &format!("theory transfer {tasks}")).table();
    let alone = ask(&root, &format!("theory stopping --inputs 100 --outputs 50 --strengths 3,2 {options}")).table();
    assert!((joint.column("error_alone")[0] - alone.column("test_error_opt")[0]).abs() < 1e-12);
    let plain = ask(folder.path(), &format!("theory transfer {}", tasks.replace(" --decay 0.6", ""))).table();
    assert!(joint.column("error_joint")[0] < plain.column("error_joint")[0]);
}

#[test]
fn theory_says_what_to_do_about_noise() {
    let root = workspace_root();
    let task = "--inputs 100 --outputs 50 --strengths 6,4,2 --hidden 50 --epsilon 1e-5";
    let answer = ask(&root, &format!("theory regularisation {task} --t-max 12")).table();
    let names = "stopping_time,stopping_error,decay,decay_error,both_time,both_decay,both_error,shrinkage_error";
    assert_eq!(answer.header.join(","), names);
    // Three roads: stopping alone is `stopping`, both together is `stopping` at the best decay, decay alone is the end of `curve`.
    let number = |name: &str| answer.column(name)[0];
    let stopping = |decay: f64| ask(&root, &format!("theory stopping {task} --decay {decay:e}")).table();
    assert!((number("stopping_error") - stopping(0.0).column("test_error_opt")[0]).abs() < 1e-9);
    assert!((number("both_error") - stopping(number("both_decay")).column("test_error_opt")[0]).abs() < 1e-9);
    let curve = ask(&root, &format!("theory curve {task} --times 1e6 --decay {:e}", number("decay"))).table();
    assert!((number("decay_error") - curve.column("test_error")[0]).abs() < 1e-9);
    assert!((number("shrinkage_error") - stopping(0.0).column("shrinkage_error")[0]).abs() < 1e-12);
    for decay in [0.9 * number("both_decay"), 1.1 * number("both_decay")] {
        assert!(stopping(decay).column("test_error_opt")[0] > number("both_error"));
    }
    // Without --t-max the search goes on until everything is learned.
    let free = ask(&root, &format!("theory regularisation {task}")).table();
    for name in ["stopping_error", "decay_error", "both_error"] {
        assert!((free.column(name)[0] - number(name)).abs() < 1e-9, "{name}: {}", free.column(name)[0]);
    }
    let cut = ask(&root, &format!("theory regularisation {task} --t-max 1"));
    assert!(cut.stderr.starts_with("note: censored"), "{cut}");
}

#[test]
fn an_answer_that_is_only_the_end_of_the_search_says_so() {
    let root = workspace_root();
    let task = "theory stopping --inputs 200 --outputs 80 --strengths 6,2 --hidden 50 --layers 3 --epsilon 1e-5";
    let best = ask(&root, task).table();
    assert_eq!(best.column("censored"), [0.0]);
    let cut = ask(&root, &format!("{task} --t-max {}", 0.5 * best.column("t_opt")[0]));
    assert!(cut.stderr.starts_with("note: censored") && cut.stderr.lines().count() == 1, "{cut}");
    let cut = cut.table();
    assert_eq!(cut.column("censored"), [1.0]);
    assert!(cut.column("test_error_opt")[0] > best.column("test_error_opt")[0]);
    let late = ask(&root, &format!("{task} --t-max {}", 4.0 * best.column("t_opt")[0])).table();
    assert!((late.column("t_opt")[0] / best.column("t_opt")[0] - 1.0).abs() < 1e-6 && late.column("censored") == [0.0]);
    let pair = "theory transfer --inputs 100 --outputs-a 50 --outputs-b 50 --strength-a 3 --strength-b 10 --alignment 0.8 \
                --hidden 50 --epsilon 1e-5";
    assert_eq!(ask(&root, pair).table().column("censored"), [0.0]);
    assert_eq!(ask(&root, &format!("{pair} --t-max 1")).table().column("censored"), [1.0]);
}

/// Runs a command whose reader went away before it said anything.
#[cfg(unix)]
fn unread(folder: &Path, command: &str) -> (Option<i32>, String) {
    let mut child = Command::new(program::path());
    child.args(command.split_whitespace()).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
#[cfg(unix)]
fn a_reader_that_went_away_stops_nothing() {
    let workspace = Workspace::with_configs(&["fig01", "fig03"]);
    for command in ["theory mode --layers 2 --epsilon 1e-3 --s-hat 1 --times 1", "list", "store", "figures --dry-run"] {
        assert_eq!(unread(workspace.path(), command), (Some(0), String::new()), "{command}");
    }
    assert_eq!(unread(workspace.path(), "figures fig01 --scale smoke --out out").0, Some(0));
    assert!(files_in(&workspace.path().join("out")).contains(&"fig01_learning_dynamics.json".to_owned()));
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_cannot_be_written_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(program::path());
    command.args(["theory", "mode", "--layers", "2", "--epsilon", "1e-3", "--s-hat", "1", "--times", "1"]);
    let output = command.stdout(full).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("error: standard output is not complete") && said.lines().count() == 1, "{said}");
}

#[test]
fn a_sweep_of_ones_own_goes_from_init_to_numbers() {
    let workspace = Workspace::with_configs(&["fig01"]);
    let said = ask(workspace.path(), "init Sweep mine.ron").success();
    assert!(said.stdout.contains("cargo xtask figures --config mine.ron"), "{said}");
    workspace.edit("mine.ron", "values: [0.5, 0.75, 1, 1.5, 2]", "values: [0.5, 2]");
    workspace.edit("mine.ron", "values: [1, 2, 50]", "values: [3, 50]");

    let plan = ask(workspace.path(), "figures --config mine.ron --scale smoke --dry-run").success();
    assert!(plan.stdout.contains("8 would run: new"), "{plan}");
    let answer = ask(workspace.path(), "figures --config mine.ron --scale smoke").success();
    assert!(answer.stdout.contains("8 of 8 runs computed"), "{answer}");
    // Never into the committed figures: a folder of its own under target/.
    assert!(!workspace.path().join("figures").exists());
    let folder = workspace.path().join("target/figures-smoke");
    let expected = ["index.html", "mine.csv", "mine.json", "mine.png", "mine.svg", "mine_points.csv"];
    assert_eq!(files_in(&folder), expected);

    // Two noise levels by two widths; more noise is worse, and theory is near simulation.
    let points = Table::parse(&workspace.read("target/figures-smoke/mine_points.csv"));
    assert_eq!(points.rows.len(), 4);
    let (theory, simulated) = (&points.rows[0][2], &points.rows[0][3]);
    assert!((theory - simulated).abs() < 0.3, "{points:?}");
    let at = |noise: f64, hidden: f64| points.rows.iter().find(|row| row[0] == noise && row[1] == hidden).unwrap()[3];
    assert!(at(2.0, 50.0) > at(0.5, 50.0) + 1.0, "{points:?}");

    // What is stored is not run again; an edit runs what it touches, and says why.
    let again = ask(workspace.path(), "figures --config mine.ron --scale smoke").success();
    assert!(again.stdout.contains("0 of 8 runs computed"), "{again}");
    workspace.edit("mine.ron", "values: [3, 50]", "values: [4, 50]");
    let plan = ask(workspace.path(), "figures --config mine.ron --scale smoke --dry-run").success();
    assert!(plan.stdout.contains("4 would run:") && plan.stdout.contains("hidden"), "{plan}");
    // Stored runs that no committed config wants are dropped.
    let store = ask(workspace.path(), "store").success();
    assert!(store.stdout.contains("smoke") && store.stdout.contains(" 8 "), "{store}");
    let pruned = ask(workspace.path(), "store prune").success();
    assert!(pruned.stdout.contains("kept 0 runs, dropped 8"), "{pruned}");
    let drawn = ask(workspace.path(), "figures --config mine.ron --scale smoke --plot-only");
    assert_eq!(drawn.status, Some(1), "{drawn}");
    assert!(drawn.stdout.contains("is not stored; leave out --plot-only"), "{drawn}");
}

#[test]
fn a_dry_run_says_what_training_ends_too_early_for() {
    let workspace = Workspace::with_configs(&["fig03"]);
    let config = workspace.read("configs/fig03_single_hidden_layer.ron");
    let mut own = config.clone();
    for (key, from, to) in [
        ("inputs", "100", "200"),
        ("outputs", "50", "80"),
        ("layers", "2", "3"),
        ("ranks", "[1, 3]", "[2]"),
        ("random_draws", "24", "0"),
        ("epochs", "10000", "8000"),
    ] {
        let (from, to) = (format!("    {key}: {from}, "), format!("    {key}: {to}, "));
        assert!(own.contains(&from), "{from}");
        own = own.replacen(&from, &to, 1);
    }
    // At smoke scale, too.
    workspace.write("own.ron", &own.replace("random_draws: 24", "random_draws: 0"));
    let plan = ask(workspace.path(), "figures --config own.ron --dry-run").success().stdout;
    for part in ["own: epochs: 8000 end at t/τ = 8", "own: time_range: ends at t/τ = 5", "rank 2, SNR 2"] {
        assert!(plan.contains(part), "{part} is missing from\n{plan}");
    }
    let plan = ask(workspace.path(), "figures fig03 --dry-run").success().stdout;
    assert!(!plan.contains("best stopping time"), "{plan}");
}

#[test]
fn init_copies_the_config_of_a_figure() {
    let workspace = Workspace::with_configs(&["fig01"]);
    ask(workspace.path(), "init LearningDynamics mine.ron").success();
    assert_eq!(workspace.read("mine.ron"), workspace.read("configs/fig01_learning_dynamics.ron"));
    let answer = ask(workspace.path(), "init LearningDynamics mine.ron");
    assert!(answer.refusal().contains("an existing file is not replaced"), "{answer}");
    // A seed replaces nothing in closed forms, and is no error.
    let seeded = "figures --config mine.ron --scale smoke --seed 3 --format svg --out";
    ask(workspace.path(), &format!("{seeded} one")).success();
    assert_eq!(files_in(&workspace.path().join("one")), ["index.html", "mine.csv", "mine.json", "mine.svg"]);
}

#[test]
fn an_outcome_that_is_not_expected_fails_the_command() {
    let workspace = Workspace::with_configs(&["fig01"]);
    let command = "figures fig01 --format svg --out out --store runs";
    ask(workspace.path(), command).success();
    let expectation = "LearningDynamics(\n    expectations: [(claim: \"half-rise times fall with ŝ (t/τ)\", outcome: Departs, reason: \"turned round\")],";
    workspace.edit("configs/fig01_learning_dynamics.ron", "LearningDynamics(", expectation);
    let answer = ask(workspace.path(), command);
    assert_eq!(answer.status, Some(1), "{answer}");
    let named = answer.stdout.lines().find(|line| line.starts_with("UNEXPECTED fig01_learning_dynamics")).unwrap();
    assert!(named.contains("half-rise times fall") && named.contains("expected: departs"), "{answer}");
    let record = workspace.read("out/fig01_learning_dynamics.json");
    assert!(record.contains("\"outcome\": \"holds\"") && record.contains("\"unexpected\": 1"), "{record}");
}

#[test]
fn figures_at_smoke_scale_are_made_once() {
    let workspace = Workspace::with_configs(&["fig01", "fig03"]);
    let command = "figures fig01 fig03 --scale smoke --store runs --out out";
    let first = ask(workspace.path(), command).success();
    assert!(!first.stdout.contains("UNEXPECTED"), "{first}");
    for stem in ["fig01_learning_dynamics", "fig03_single_hidden_layer"] {
        let record: serde_json::Value = serde_json::from_str(&workspace.read(&format!("out/{stem}.json"))).unwrap();
        let files = record["files"].as_object().unwrap();
        for ending in ["csv", "svg", "png"] {
            assert!(files.contains_key(&format!("{stem}.{ending}")), "{files:?}");
        }
        for name in files.keys() {
            assert!(workspace.path().join("out").join(name).is_file(), "{name}");
        }
        let verdicts = record["verdicts"].as_array().unwrap();
        assert!(verdicts.iter().any(|verdict| verdict["outcome"] == "holds"), "{stem}: nothing was judged");
    }
    let second = ask(workspace.path(), command).success();
    assert!(second.stdout.contains("fig03_single_hidden_layer: ") && second.stdout.contains("; 0 of "), "{second}");
    let list = ask(workspace.path(), "list fig03 --scale smoke --store runs").success();
    assert!(!list.stdout.contains("would run"), "{list}");
    let list = ask(workspace.path(), "list --scale smoke --store other").success();
    assert!(list.stdout.contains("would run: new") && list.stdout.contains("fig01_learning_dynamics"), "{list}");
    // Another engine or scale shares nothing with it.
    let list = ask(workspace.path(), "list fig03 --store runs").success();
    assert!(list.stdout.contains("would run"), "{list}");
}

#[test]
fn pdf_is_drawn_or_refused_before_any_work() {
    let workspace = Workspace::with_configs(&["fig01"]);
    let answer = ask(workspace.path(), "figures fig01 --scale smoke --format pdf --out out");
    if answer.status == Some(0) {
        let pdf = std::fs::read(workspace.path().join("out/fig01_learning_dynamics.pdf")).unwrap();
        assert!(pdf.starts_with(b"%PDF-"));
    } else {
        assert!(answer.refusal().contains("--features pdf"), "{answer}");
        assert!(!workspace.path().join("out").exists());
    }
}

#[test]
fn theory_takes_ranges_data_strengths_and_any_tasks() {
    let workspace = Workspace::with_configs(&["fig01"]);
    let root = workspace.path();
    let mode = ask(root, "theory mode --layers 2 --epsilon 1e-3 --s-hat 2 --times 0:1:0.25,7").table();
    assert_eq!(mode.column("t"), [0.0, 0.25, 0.5, 0.75, 1.0, 7.0]);
    // From s̄ to ŝ and back.
    let matrix = "theory spectrum --rows 50 --cols 100 --entry-variance 0.01";
    let there = ask(root, &format!("{matrix} --s-bar 2,3")).table();
    let [s_hats, overlaps] = ["s_hat", "overlap_input"].map(|name| there.column(name));
    let back = ask(root, &format!("{matrix} --s-hat {:e},{:e}", s_hats[0], s_hats[1])).table();
    for (k, s_bar) in [2.0, 3.0].into_iter().enumerate() {
        assert!((back.column("s_bar")[k] - s_bar).abs() < 1e-12 * s_bar);
        assert!((back.column("overlap_input")[k] - overlaps[k]).abs() < 1e-12);
    }
    assert!(ask(root, &format!("{matrix} --s-hat 1")).refusal().contains("at or below the edge of the bulk"));
    assert!(ask(root, matrix).refusal().contains("not provided: --s-bar"));

    // A pair of rank-one tasks, asked for in both ways.
    let student = "--inputs 100 --hidden 50 --epsilon 1e-5 --t-max 8";
    let pair = ask(
        root,
        &format!(
            "theory transfer {student} --outputs-a 50 --outputs-b 40 --strength-a 3 --strength-b 10 --alignment 0.8"
        ),
    )
    .table();
    workspace.write("q.csv", "0.8\n");
    workspace.write("full.csv", "1, 0.8\n0.8, 1\n");
    for overlaps in ["q.csv", "full.csv"] {
        let asked = format!("theory transfer {student} --task 3 --task 10 --outputs 50,40 --overlaps {overlaps}");
        let tasks = ask(root, &asked).table();
        assert_eq!(tasks.column("task"), [1.0, 2.0]);
        assert_eq!(tasks.rows[0][1..], pair.rows[0][..]);
    }
    // Three tasks of ranks 3, 2 and 2: orthogonal company changes nothing but the noise that is learned with it.
    let identity: String =
        (0..7).map(|i| (0..7).map(|j| if i == j { "1" } else { "0" }).collect::<Vec<_>>().join(",") + "\n").collect();
    workspace.write("q.csv", &identity);
    let three =
        format!("theory transfer {student} --task 3,2,1 --task 8,6 --task 5,4 --outputs 30,30,20 --overlaps q.csv");
    let three = ask(root, &three).table();
    assert_eq!(three.rows.len(), 3);
    assert!(three.column("benefit").iter().all(|benefit| benefit.abs() < 0.2), "{three:?}");
    for (asked, part) in [
        ("--task 3 --outputs 50 --overlaps q.csv", "given once"),
        ("--task 3 --task 2 --outputs 50 --overlaps q.csv", "one for each of the 2 tasks"),
        ("--task 3 --task 2 --outputs 50,50 --overlaps q.csv", "overlaps"),
        ("--task 3 --task 2 --outputs 50,50 --overlaps none.csv", "none.csv cannot be read"),
        ("--task 3 --task 2 --outputs 50,50", "not provided: --overlaps"),
        ("--task 3 --task 2 --outputs 50,50 --overlaps Cargo.toml", "Cargo.toml:1"),
        ("--task 3 --strength-a 2", "cannot be used with"),
    ] {
        let answer = ask(root, &format!("theory transfer {student} {asked}"));
        assert!(answer.refusal().contains(part), "{part:?} is not said\n{answer}");
    }
}
