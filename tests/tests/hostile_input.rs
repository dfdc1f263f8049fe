//! Input that means harm, or means nothing: one line says what is wrong, within bounded memory and time, and nothing is lost.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::process::Command;
use workspace_tests::{Answer, Workspace, program, xtask};

/// Runs a line of shell in a folder, in which `$X` is the program: with 4 GiB of memory and 20 seconds of computing.
fn shell(folder: &Path, line: &str) -> Answer {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v 4194304; ulimit -t 20; {line}")]).env("X", program::path());
    let output = command.current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Answer {
        command: line.to_owned(),
        status: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// Refused, in one line that says `part`.
fn refused(folder: &Path, line: &str, part: &str) {
    let answer = shell(folder, line);
    assert!(answer.refusal().contains(part), "{part:?} is not said\n{answer}");
    assert_eq!(answer.stderr.lines().count(), 1, "{answer}");
}

const TASK: &str = "--inputs 20 --outputs 10 --strengths 4 --hidden 10 --epsilon 1e-5";

#[test]
fn sizes_beyond_memory_are_refused() {
    let workspace = Workspace::with_configs(&["fig01"]);
    let sizes = |inputs: u64, outputs: u64, hidden: u64| {
        format!("--inputs {inputs} --outputs {outputs} --strengths 2 --hidden {hidden} --epsilon 1e-3 --times 0,1")
    };
    let memory = "GiB of memory; at most 4 are allowed (--memory)";
    for (question, part) in [
        (format!("random {} --seed 1", sizes(1_000_000, 10, 10)), memory),
        (format!("band {}", sizes(134_217_728, 1, 1)), memory),
        (format!("band {TASK} --times 0:100000:1 --draws 1000000"), "more than 100000 numbers"),
        (format!("band {TASK} --times 1:100000:1 --draws 1000000"), memory),
        ("mode --layers 2 --epsilon 1e-3 --s-hat 1:60000:1 --times 1:60000:1".to_owned(), "at most 1000000"),
    ] {
        refused(workspace.path(), &format!("$X theory {question}"), part);
    }
    // Of a wide student only the units are made that can move.
    for question in [
        format!("random {} --seed 1", sizes(100, 50, 100_000)),
        format!("random {} --seed 1", sizes(100, 50, 20_000)),
        format!("band --random --draws 4 {}", sizes(100, 50, 20_000)),
    ] {
        shell(workspace.path(), &format!("$X theory {question}")).success();
    }
    let workspace = Workspace::with_configs(&["fig09"]);
    let config = "configs/fig09_nonlinear_transfer.ron";
    let text = workspace.read(config);
    let line = text.lines().find(|line| line.trim_start().starts_with("alignments:")).unwrap();
    let alignments: Vec<String> = (0..10_000).map(|k| format!("{}e-4", k)).collect();
    workspace.write(config, &text.replacen(line, &format!("alignments: [{}],", alignments.join(", ")), 1));
    let answer = shell(workspace.path(), "$X figures --dry-run");
    answer.refusal();
    for part in ["must have at most 1000 items, not 10000", "must give at most 200000 runs in all"] {
        assert!(answer.stderr.contains(part), "{part:?} is not said\n{answer}");
    }
    assert_eq!(answer.stderr.lines().count(), 2, "{answer}");
    // A million runs, and what does not fit although each size by itself is allowed.
    let long = |items: usize| (1..=items).map(|k| format!("{}e-3", k)).collect::<Vec<_>>().join(", ");
    let lists = text.replacen(line, &format!("alignments: [{}],", long(1000)), 1);
    let seeds = lists.lines().find(|line| line.trim_start().starts_with("seeds:")).unwrap();
    workspace.write(config, &lists.replacen(seeds, "seeds: 10000,", 1));
    refused(workspace.path(), "$X figures --dry-run", "must give at most 200000 runs in all, not ");
    let mut large = text.clone();
    for (key, value) in [("inputs:", "10000"), ("outputs:", "(10000, 10000)"), ("hidden:", "10000")] {
        let line = large.lines().find(|line| line.trim_start().starts_with(key)).unwrap().to_owned();
        large = large.replacen(&line, &format!("{key} {value},"), 1);
    }
    workspace.write(config, &large);
    refused(workspace.path(), "$X figures --dry-run", "GiB of memory; at most 4 are allowed (--memory)");
    shell(workspace.path(), "$X figures --dry-run --memory 10000").success();
    for share in ["1/18446744073709551615", "1000000000/1000000000", "1/18446744073709551616"] {
        refused(workspace.path(), &format!("$X figures --shard {share}"), "K <= N <= 100000");
    }
}

#[test]
fn numbers_at_the_rim_are_answered_or_refused() {
    let workspace = Workspace::with_configs(&["fig10"]);
    for question in ["random --seed 3 --times=-0", "band --random --draws 3 --times=-0,1", "curve --times=-0.0"] {
        shell(workspace.path(), &format!("$X theory {question} {TASK}")).success();
    }
    let rim = "must be 0 or from 1e-60 to 1e60 in size";
    for number in ["1e-400", "1e308", "1e-320", "1e61", "9e-61"] {
        let student = "--hidden 10 --epsilon";
        let sizes = "--inputs 20 --outputs 10 --times 1";
        for question in [
            format!("curve {sizes} --strengths 4 {student} {number}"),
            format!("curve {sizes} --strengths {number} {student} 1e-3"),
            format!("curve {sizes} --strengths 4 --noise {number} {student} 1e-3"),
            format!("mode --layers 2 --epsilon 1e-3 --s-hat {number} --times 1"),
            format!("mode --layers 2 --epsilon 1e-3 --s-hat 1 --times {number}"),
        ] {
            refused(workspace.path(), &format!("$X theory {question}"), rim);
        }
    }
    let config = "configs/fig10_alignment_lag.ron";
    workspace.edit(config, "snr: 2,", "snr: 1e308,");
    let answer = shell(workspace.path(), "$X figures fig10 --dry-run");
    assert!(answer.refusal().contains("snr = 1e308: must be 0 or from 1e-60"), "{answer}");
}

#[test]
fn contradictions_are_refused() {
    let workspace = Workspace::with_configs(&["fig01"]);
    let folder = workspace.path();
    for (command, part) in [
        ("figures --check --shard 1/2", "cannot be used with"),
        ("figures --dry-run --shard 1/2", "cannot be used with"),
        ("figures --dry-run --force", "cannot be used with"),
        ("figures --shard 1/2 --out out", "cannot be used with"),
        ("figures --shard 1/2 --plot-only", "cannot be used with"),
        ("store --store a prune --store b", "--store is given twice"),
        ("figures --scale smoke --out figures", "give another folder"),
        ("figures --seed 5 --out ./figures/", "give another folder"),
        ("figures --config configs/fig01_learning_dynamics.ron --out figures", "give another folder"),
        (
            "theory random --inputs 20 --outputs 10 --hidden 10 --epsilon 1e-3 --times 1 --seed 1",
            "not provided: --strengths",
        ),
        ("theory band --inputs 20 --outputs 10 --hidden 10 --epsilon 1e-3 --times 1", "not provided: --strengths"),
        ("figures \"$(printf 'fig\\033[2J')\"", "control character"),
        ("figures --config \"$(printf 'a\\nb.ron')\"", "control character"),
    ] {
        refused(folder, &format!("$X {command}"), part);
    }
    let long = format!("{}.ron", "a".repeat(238));
    workspace.write(&long, &workspace.read("configs/fig01_learning_dynamics.ron"));
    refused(folder, &format!("$X figures --config {long}"), "at most 100 letters");
    for bad in ["\u{fffe}", "\u{1}", "\u{2028}", "\u{fdd0}", "\u{1ffff}"] {
        let text = workspace.read("configs/fig01_learning_dynamics.ron");
        workspace.write("mine.ron", &text.replacen("title: \"", &format!("title: \"{bad}"), 1));
        refused(folder, "$X figures --config mine.ron --scale smoke", "must be one line of 1 to 200 characters");
    }
    refused(folder, "mkdir gone; cd gone; rmdir ../gone; $X list", "the working folder cannot be found");
    fs::remove_dir_all(folder.join("configs")).unwrap();
    fs::create_dir(folder.join("configs")).unwrap();
    for command in ["figures", "list", "store prune", "figures --check"] {
        refused(folder, &format!("$X {command}"), "holds no config");
    }
    assert!(!folder.join("target").exists() && !folder.join("figures").exists(), "something was made");
}

#[test]
fn what_cannot_be_printed_is_an_error() {
    let workspace = Workspace::with_configs(&["fig01"]);
    for command in ["list", "store", "figures --dry-run", "theory mode --layers 2 --epsilon 1e-3 --s-hat 1 --times 1"] {
        let answer = shell(workspace.path(), &format!("$X {command} > /dev/full"));
        assert_eq!(answer.status, Some(1), "{answer}");
        assert!(answer.stderr.starts_with("error: standard output is not complete"), "{answer}");
    }
}

/// A shell's own way to throw an answer away is no error.
#[test]
fn an_answer_that_nobody_can_read_is_an_error() {
    let workspace = Workspace::with_configs(&["fig01"]);
    let question = "$X theory mode --layers 2 --epsilon 1e-3 --s-hat 1 --times 1";
    let answer = shell(workspace.path(), &format!("{question} >&-"));
    assert_eq!(answer.status, Some(1), "{answer}");
    assert_eq!(answer.stderr, "error: standard output is not complete: it is closed\n", "{answer}");
    shell(workspace.path(), &format!("{question} > /dev/null")).success();
}

#[test]
fn a_checkout_is_left_as_it_is() {
    let workspace = Workspace::with_configs(&["fig01"]);
    let git = "git -c user.name=a -c user.email=a@b.c";
    let made = shell(
        workspace.path(),
        &format!("git init -q && git add -A && {git} commit -q -m a && touch Cargo.toml configs/*"),
    );
    if made.status != Some(0) {
        return;
    }
    let index = fs::read(workspace.path().join(".git/index")).unwrap();
    shell(workspace.path(), "$X figures fig01 --scale smoke --format svg").success();
    assert_eq!(fs::read(workspace.path().join(".git/index")).unwrap(), index);
}

const STEM: &str = "fig01_learning_dynamics";
const OTHER: &str = "fig07_transfer_setting";

#[test]
fn no_record_is_believed_and_no_figure_loses_the_page() {
    let workspace = Workspace::with_configs(&["fig01", "fig07"]);
    let folder = workspace.path();
    shell(folder, "$X figures --scale smoke").success();
    let out = folder.join("target/figures-smoke");
    let record = format!("target/figures-smoke/{OTHER}.json");
    let intact = workspace.read(&record);
    fs::write(folder.join("evil.svg"), "<svg><script>alert(1)</script></svg>").unwrap();
    let at = |name: &str| out.join(name).display().to_string();
    let [json, svg] = ["json", "svg"].map(|ending| at(&format!("{OTHER}.{ending}")));
    for (harm, part) in [
        (format!("sed -i 's/{OTHER}.svg/..\\/..\\/evil.svg/' {json}"), "was changed since it was written"),
        (format!("rm {svg}"), "cannot be read"),
        (format!("rm {svg}; mkfifo {svg}"), "is not a regular file"),
        (format!("rm {svg}; ln -s /dev/zero {svg}"), "is not a regular file"),
        (format!("echo '<svg><script>alert(1)</script></svg>' > {svg}"), "differs from its hash"),
        (format!("rm {json}; mkfifo {json}"), "is not a regular file"),
        (format!("rm {json}; ln -s /dev/zero {json}"), "is not a regular file"),
        (format!("echo '{{}}' > {json}"), "is no record of a figure"),
        (format!("head -c 100000 /dev/zero | tr '\\0' '[' > {json}"), "is no record of a figure"),
        (format!("printf '\\377\\376' > {json}"), "is no record of a figure"),
    ] {
        shell(folder, &harm).success();
        let answer = shell(folder, "$X figures fig01 --scale smoke").success();
        let told = answer.stdout.lines().find(|line| line.starts_with("left out of index.html: "));
        assert!(told.is_some_and(|line| line.contains(part)), "{harm}: {part:?} is not said\n{answer}");
        let page = workspace.read("target/figures-smoke/index.html");
        assert!(page.contains(&format!("id=\"{STEM}\"")) && page.contains("Left out: "), "{harm}");
        assert!(!page.contains("alert(1)") && !page.contains(&format!("id=\"{OTHER}\"")), "{harm}");
        shell(folder, "$X figures fig07 --scale smoke").success();
        shell(folder, "$X figures --check --scale smoke").success();
    }
    // A record that was forged with its hash names no file but its own.
    for name in ["../../evil.svg", "/etc/passwd", "fig01_learning_dynamics.svg", "index.html"] {
        fs::write(&json, forged(&intact, &format!("\"{OTHER}.svg\""), &format!("{name:?}"))).unwrap();
        let answer = shell(folder, "$X figures fig01 --scale smoke").success();
        assert!(answer.stdout.contains("which is no file of its figure"), "{answer}");
    }
}

/// A record with a change, and the hash that it would have.
fn forged(record: &str, from: &str, to: &str) -> String {
    let changed = record.replacen(from, to, 1);
    let (before, after) = changed.split_once("\"hash\": \"").unwrap();
    let (_, rest) = after.split_once('"').unwrap();
    let blank = format!("{before}\"hash\": \"\"{rest}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("blank"), &blank).unwrap();
    let answer = shell(folder.path(), "sha256sum blank").success();
    blank.replacen("\"hash\": \"\"", &format!("\"hash\": \"{}\"", &answer.stdout[..64]), 1)
}

/// Everything that was tried to have `--check` believe a lie: what is done in `figures/`, and what is said of it.
fn tamperings() -> Vec<(String, &'static str)> {
    let [json, svg, png, csv] = ["json", "svg", "png", "csv"].map(|ending| format!("{STEM}.{ending}"));
    let edit = |what: &str| format!("sed -i '{what}' {json}");
    let changed = "was changed since it was written";
    vec![
        (edit("s/\"outcome\": \"holds\"/\"outcome\": \"departs\"/"), changed),
        (edit("s/\"text\": \"/&not /"), changed),
        (edit("s/\"unexpected\": 0/\"unexpected\": 9/"), changed),
        (edit("s/\"title\": \"/&Not /"), changed),
        (edit("s/\"caption\": \"/&Not /"), changed),
        (edit("s/\"kind\": \"/&Not/"), changed),
        (edit("/\"verdicts\": \\[/,/^  \\],/c\\  \"verdicts\": [],"), changed),
        (edit("/\"files\": {/,/^  },/c\\  \"files\": {},"), changed),
        (format!("sed -i '/{csv}/d' {json}; echo 1,2 >> {csv}"), changed),
        (edit("s/\"engine_version\": .*/\"engine_version\": 7,/"), changed),
        (edit("s/\"scale\": \"paper\"/\"scale\": \"smoke\"/"), changed),
        (edit("s/\"epsilon\": 0.001/\"epsilon\": 0.002/"), changed),
        (edit("s/\"hash\": \".*\"/\"hash\": \"\"/"), changed),
        (format!("truncate -s -40 {json}"), "is no record of a figure"),
        (format!("cp {OTHER}.json {json}"), "is the record of"),
        (format!("rm {json}"), "cannot be read"),
        (format!("rm {STEM}*"), "cannot be read"),
        (format!("rm {json}; ln -s /dev/zero {json}"), "is not a regular file"),
        ("rm -r ../figures".to_owned(), "cannot be read"),
        (format!("sed -i s/1/2/ {svg}"), "svg differs from its hash"),
        (format!("sed -i 3s/1/2/ {csv}; echo 1 >> {csv}"), "csv differs from its hash"),
        (format!("rm {png}"), "png cannot be read"),
        (format!("rm {png}; mkfifo {png}"), "is not a regular file"),
        (format!("cp {png} old; cd ..; $X figures fig01 --format svg; mv figures/old figures/{png}"), "made without"),
        (format!("cp {json} figzz_orphan.json"), "no figure's record names it"),
        (format!("cp {csv} {STEM}_x.csv"), "no figure's record names it"),
        (format!("cp {svg} 'fig 99.svg'"), "no figure's record names it"),
        ("sed -i 's/holds/departs/' index.html".to_owned(), "index.html: it does not show"),
        (": > index.html".to_owned(), "index.html: it does not show"),
        ("rm index.html".to_owned(), "index.html: it cannot be read"),
        (
            "sed -i 's/epsilon: 1e-3/epsilon: 2e-3/' ../configs/fig01*.ron".to_owned(),
            "config changed: LearningDynamics.epsilon",
        ),
    ]
}

/// Runs every command that `--check` advises.
fn mend(folder: &Path, check: &Answer) {
    let advised: Vec<&str> =
        check.stdout.lines().filter_map(|line| line.trim().strip_prefix("mend it with: ")).collect();
    assert!(!advised.is_empty(), "{check}");
    for command in advised {
        shell(folder, &command.replacen("cargo xtask", "$X", 1)).success();
    }
}

#[test]
fn every_tampering_is_noticed_and_mended_by_what_is_advised() {
    let workspace = Workspace::with_configs(&["fig01", "fig07"]);
    let folder = workspace.path();
    let absent = shell(folder, "$X figures --check");
    assert_eq!(absent.status, Some(1), "{absent}");
    mend(folder, &absent);
    for (harm, part) in tamperings() {
        let before = shell(folder, "$X figures --check").success();
        assert!(before.stdout.contains("2 of 2 figures in"), "{before}");
        shell(folder, &format!("cd figures && {harm}")).success();
        let answer = shell(folder, "$X figures --check");
        assert_eq!(answer.status, Some(1), "{harm}: not noticed\n{answer}");
        let told = |line: &str| line.starts_with("STALE ") && line.contains(part);
        assert!(answer.stdout.lines().any(told), "{harm}: {part:?} is not said\n{answer}");
        mend(folder, &answer);
        let answer = shell(folder, "$X figures --check");
        assert_eq!(answer.status, Some(0), "{harm}: not mended\n{answer}");
    }
    // A comment changes nothing.
    workspace.edit("configs/fig01_learning_dynamics.ron", "// ŝ of the modes drawn in (a)", "// ŝ");
    shell(folder, "$X figures --check").success();
}

#[test]
fn advice_mends_figures_made_in_any_way() {
    let workspace = Workspace::with_configs(&["fig01", "fig03"]);
    let folder = workspace.path();
    workspace.write("my own.ron", "");
    fs::rename(folder.join("my own.ron"), folder.join("mine.ron")).unwrap();
    workspace.write("mine.ron", &workspace.read("configs/fig01_learning_dynamics.ron"));
    for (asked, made) in [
        ("fig03 --scale smoke", "target/figures-smoke/fig03_single_hidden_layer"),
        ("fig03 --scale smoke --seed 5 --out 'a b' --store runs", "a b/fig03_single_hidden_layer"),
        ("--config mine.ron", "target/figures-own/mine"),
        ("--config mine.ron --out out --format svg", "out/mine"),
    ] {
        shell(folder, &format!("$X figures {asked}")).success();
        shell(folder, &format!("$X figures {asked} --check")).success();
        workspace.write(&format!("{made}.csv"), "1\n");
        let answer = shell(folder, &format!("$X figures {asked} --check"));
        assert_eq!(answer.status, Some(1), "{answer}");
        mend(folder, &answer);
        shell(folder, &format!("$X figures {asked} --check")).success();
    }
}

/// Words of which commands are made: tasks, options, and values that are right, wrong or absurd.
const WORDS: &[&str] = &[
    "figures",
    "list",
    "init",
    "store",
    "theory",
    "prune",
    "mode",
    "spectrum",
    "curve",
    "stopping",
    "transfer",
    "random",
    "band",
    "fig01",
    "fig",
    "",
    "Sweep",
    "--scale",
    "smoke",
    "paper",
    "--seed",
    "--config",
    "--store",
    "--out",
    "--format",
    "svg",
    "png,svg",
    "--dry-run",
    "--plot-only",
    "--check",
    "--shard",
    "1/2",
    "2/1",
    "--jobs",
    "--layers",
    "--epsilon",
    "--s-hat",
    "--s-bar",
    "--times",
    "--rows",
    "--cols",
    "--entry-variance",
    "--inputs",
    "--outputs",
    "--strengths",
    "--examples",
    "--noise",
    "--hidden",
    "--t-max",
    "--outputs-a",
    "--outputs-b",
    "--strength-a",
    "--strength-b",
    "--alignment",
    "--task",
    "--overlaps",
    "--draws",
    "--random",
    "--memory",
    "--finite-size-bulk",
    "0",
    "1",
    "2",
    "3,2,1",
    "0:1:0.1",
    "0:1e9:1e-9",
    "-1",
    "-0",
    "1e-5",
    "1e60",
    "1e-60",
    "1e308",
    "NaN",
    "inf",
    "1000000",
    "18446744073709551615",
    "/dev/null",
    "Cargo.toml",
    "configs",
    "..",
    "ŝ",
    "'",
    "--help",
    "--",
];

/// A question with all its options, whose values are drawn.
fn question() -> impl Strategy<Value = Vec<String>> {
    let number = || prop::sample::select(WORDS[60..].to_vec());
    let size = || prop::sample::select(vec!["1", "2", "7", "50", "3000", "1000000", "0", "-1", "1e3"]);
    let options: Vec<&'static str> = vec![
        "--inputs",
        "--outputs",
        "--hidden",
        "--strengths",
        "--epsilon",
        "--noise",
        "--times",
        "--layers",
        "--t-max",
    ];
    (prop::sample::select(vec!["curve", "stopping", "random", "band"]), prop::collection::vec((size(), number()), 9))
        .prop_map(move |(question, values)| {
            let mut words = vec!["theory".to_owned(), question.to_owned()];
            for (k, (option, (size, number))) in options.iter().zip(values).enumerate() {
                let fits = match question {
                    "stopping" => *option != "--times",
                    _ => *option != "--t-max",
                };
                if fits {
                    words.push(format!("{option}={}", if k < 3 || *option == "--layers" { size } else { number }));
                }
            }
            match question {
                "random" => words.push("--seed=1".to_owned()),
                "band" => words.push("--draws=3".to_owned()),
                _ => {}
            }
            words
        })
}

/// A command is answered (0), fails (1) or is refused in one line (2), whatever it is.
fn is_answered(workspace: &Workspace, words: &[String]) -> Result<(), TestCaseError> {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect();
    let answer = shell(workspace.path(), &format!("$X {}", quoted.join(" ")));
    prop_assert!(matches!(answer.status, Some(0..=2)), "{answer}");
    prop_assert!(!answer.stderr.contains("panicked"), "{answer}");
    let is_help = answer.stderr.contains("Usage:");
    prop_assert!(answer.status != Some(2) || is_help || answer.stderr.lines().count() == 1, "{answer}");
    Ok(())
}

/// The words are drawn, not their meaning, so few cases are enough to try the test itself; for ten minutes:
/// `PROPTEST_CASES=20000 cargo test --release -p workspace-tests --test hostile_input -- --ignored any_command`.
#[test]
#[ignore = "takes ten minutes"]
fn any_command_is_answered() {
    let workspace = Workspace::with_configs(&["fig01"]);
    proptest!(|(words in prop_oneof![
        prop::collection::vec(prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned), 0..8),
        question(),
    ])| is_answered(&workspace, &words)?);
}

/// What may befall a file.
#[derive(Clone, Debug)]
enum Harm {
    Byte(usize, u8),
    Cut(usize),
    Twice(usize),
    Insert(usize, String),
    Swap(usize),
}

fn harm() -> impl Strategy<Value = Harm> {
    let piece = prop_oneof![
        Just("\"../../x.svg\": \"0\",".to_owned()),
        Just("<script>".to_owned()),
        Just("null".to_owned()),
        Just("1e999".to_owned()),
        Just("[[[[".to_owned()),
        ".{1,5}",
    ];
    prop_oneof![
        (any::<usize>(), 1..=255u8).prop_map(|(at, bits)| Harm::Byte(at, bits)),
        any::<usize>().prop_map(Harm::Cut),
        any::<usize>().prop_map(Harm::Twice),
        (any::<usize>(), piece).prop_map(|(at, text)| Harm::Insert(at, text)),
        any::<usize>().prop_map(Harm::Swap),
    ]
}

/// Every change of any file of a figure, its record and the page is noticed, and mended by making the figure again; for ten minutes:
/// `PROPTEST_CASES=3000 cargo test --release -p workspace-tests --test hostile_input -- --ignored any_change`.
#[test]
#[ignore = "takes ten minutes"]
fn any_change_of_a_file_is_noticed_and_mended() {
    let workspace = Workspace::with_configs(&["fig01"]);
    let folder = workspace.path();
    let make = ["figures", "--format", "svg", "--out", "out"];
    let check = ["figures", "--format", "svg", "--out", "out", "--check"];
    xtask(folder, &make).success();
    let files = [".json", ".svg", ".csv"].map(|ending| format!("out/{STEM}{ending}"));
    let files: Vec<String> = files.into_iter().chain(["out/index.html".to_owned()]).collect();
    let whole: Vec<Vec<u8>> = files.iter().map(|file| fs::read(folder.join(file)).unwrap()).collect();
    proptest!(|(which in 0..4usize, harm in harm())| {
        let mut bytes = whole[which].clone();
        let length = bytes.len();
        match &harm {
            Harm::Byte(at, bits) => bytes[at % length] ^= bits,
            Harm::Cut(at) => bytes.truncate(at % length),
            Harm::Twice(at) => bytes.extend_from_within(at % length..),
            Harm::Insert(at, text) => { bytes.splice(at % length..at % length, text.bytes()); }
            Harm::Swap(other) => bytes.clone_from(&whole[(which + 1 + other % 3) % 4]),
        }
        fs::write(folder.join(&files[which]), &bytes).unwrap();
        prop_assert_eq!(xtask(folder, &check).status, Some(1), "{} is not noticed", files[which]);
        let again = xtask(folder, &make);
        prop_assert_eq!(again.status, Some(0), "{}", again);
        prop_assert_eq!(xtask(folder, &check).status, Some(0), "{} is not mended", files[which]);
        for (file, bytes) in files.iter().zip(&whole).skip(1) {
            prop_assert!(fs::read(folder.join(file)).unwrap() == *bytes || file.ends_with("html"), "{file}");
        }
    });
}
