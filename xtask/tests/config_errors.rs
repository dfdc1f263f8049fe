//! Every way to get a config wrong: the place, the value and the rule that the message gives.
#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use serde::Deserialize;
use xtask::config::{ConfigError, Document, Scale};

/// A config with every form of value that recipes use.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only the reading is tested")]
struct Sample {
    seed: u64,
    student: Student,
    strengths: Vec<f64>,
    input: Input,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    range: Option<(f64, f64)>,
    #[serde(default)]
    single: f32,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only the reading is tested")]
struct Student {
    hidden: u32,
    layers: u8,
    epsilon: f64,
    #[serde(default)]
    frozen: bool,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only the reading is tested")]
enum Input {
    OneHot,
    Gaussian { variance: f64 },
    Mixed(Box<Input>, f64),
    Wrapped(Student),
}

/// A sound config, one key per line, with `{}` where a test puts its own lines (line 7).
fn sample(seed: &str, student: &str, strengths: &str, input: &str, more: &str) -> String {
    format!(
        "Sample(\n  seed: {seed},\n  student: {student},\n  strengths: {strengths},\n  input: {input},\n  // more\n  {more}\n)"
    )
}

const STUDENT: &str = "(hidden: 50, layers: 2, epsilon: 1e-5)";

fn with_more(more: &str) -> String {
    sample("1", STUDENT, "[6, 4, 2]", "OneHot", more)
}

fn read(text: &str) -> Result<Sample, ConfigError> {
    let document = Document::parse("c.ron", text)?;
    document.require_kind(&["Sample", "Simple", "SingleHiddenLayer"])?;
    document.settings(Scale::Smoke).deserialize()
}

/// The one message that `text` gives, which must say `expected`.
#[track_caller]
fn refused(text: &str, expected: &str) {
    let error = read(text).expect_err(text);
    assert_eq!(error.to_string(), expected, "for\n{text}");
    for problem in error.problems() {
        let (line, column) = problem.position.unwrap();
        let rest: String = text.split('\n').nth(line - 1).unwrap().chars().skip(column - 1).collect();
        let value = problem.value.as_deref().unwrap_or_default();
        assert!(rest.starts_with(value), "{problem} points at {rest}");
    }
}

#[test]
fn a_sound_config_reads() {
    let sample = read(&with_more("note: Some(\"x\"), range: Some((0, 2.5)), single: 1e-3")).unwrap();
    assert_eq!((sample.seed, sample.student.hidden, sample.student.epsilon), (1, 50, 1e-5));
    assert_eq!((sample.strengths, sample.range), (vec![6.0, 4.0, 2.0], Some((0.0, 2.5))));
    assert!(matches!(sample.input, Input::OneHot));
}

#[test]
fn every_form_of_a_variant_reads() {
    for (text, debug) in [
        ("Gaussian(variance: 2)", "Gaussian { variance: 2.0 }"),
        ("Mixed(OneHot, 0.5)", "Mixed(OneHot, 0.5)"),
        ("Wrapped((hidden: 1, layers: 2, epsilon: 0))", WRAPPED),
        ("Wrapped(hidden: 1, layers: 2, epsilon: 0,)", WRAPPED),
    ] {
        let sample = read(&sample("1", STUDENT, "[]", text, "")).unwrap();
        assert_eq!(format!("{:?}", sample.input), debug);
    }
}

const WRAPPED: &str = "Wrapped(Student { hidden: 1, layers: 2, epsilon: 0.0, frozen: false })";

#[test]
fn wrong_values_are_located() {
    let number = |text: &str| sample(text, STUDENT, "[1]", "OneHot", "");
    let list = |text: &str| sample("1", STUDENT, text, "OneHot", "");
    let input = |text: &str| sample("1", STUDENT, "[1]", text, "");
    let student = |text: &str| sample("1", text, "[1]", "OneHot", "");
    let u64_rule = "must be a whole number from 0 to 18446744073709551615";
    let float_max = "must be 0 or from 1e-60 to 1e60 in size";
    for (text, expected) in [
        // Whole numbers.
        (number("-1"), format!("c.ron:2:9: seed = -1: {u64_rule}")),
        (number("1.5"), format!("c.ron:2:9: seed = 1.5: {u64_rule}")),
        (number("1e3"), format!("c.ron:2:9: seed = 1e3: {u64_rule}, in digits alone (1000)")),
        (number("99999999999999999999"), format!("c.ron:2:9: seed = 99999999999999999999: {u64_rule}")),
        (number("\"1\""), format!("c.ron:2:9: seed = \"1\": {u64_rule}")),
        (number("true"), format!("c.ron:2:9: seed = true: {u64_rule}")),
        (number("None"), format!("c.ron:2:9: seed = None: {u64_rule}")),
        (number("[1]"), format!("c.ron:2:9: seed = [1]: {u64_rule}")),
        (
            student("(hidden: 50, layers: 256, epsilon: 1)"),
            "c.ron:3:33: student.layers = 256: must be a whole number from 0 to 255".to_owned(),
        ),
        (
            student("(hidden: 4294967296, layers: 2, epsilon: 1)"),
            "c.ron:3:21: student.hidden = 4294967296: must be a whole number from 0 to 4294967295".to_owned(),
        ),
        // Floats.
        (list("[1, 1e999, 2]"), format!("c.ron:4:18: strengths[1] = 1e999: {float_max}")),
        (list("[-1e999]"), format!("c.ron:4:15: strengths[0] = -1e999: {float_max}")),
        (list("[1, 1e-999]"), "c.ron:4:18: strengths[1] = 1e-999: must be 0 or from 1e-60 to 1e60 in size".to_owned()),
        (list("[1,\n   NaN]"), "c.ron:5:4: strengths[1] = NaN: must be a finite number".to_owned()),
        (list("[inf]"), "c.ron:4:15: strengths[0] = inf: must be a finite number".to_owned()),
        (list("[-inf]"), "c.ron:4:15: strengths[0] = -inf: must be a finite number".to_owned()),
        (list("[NaNf64]"), "c.ron:4:15: strengths[0] = NaNf64: must be a finite number".to_owned()),
        (list("[\"x\"]"), "c.ron:4:15: strengths[0] = \"x\": must be a decimal number".to_owned()),
        (list("[0x10]"), "c.ron:4:15: strengths[0] = 0x10: must be a decimal number".to_owned()),
        (list("[Some(1)]"), "c.ron:4:15: strengths[0] = Some(1): must be a decimal number".to_owned()),
        (with_more("single: 1e39"), "c.ron:7:11: single = 1e39: must be at most 3.4028235e38 in size".to_owned()),
        // Other forms.
        (list("3"), "c.ron:4:14: strengths = 3: must be a list `[…]`".to_owned()),
        (list("(1, 2)"), "c.ron:4:14: strengths = (1, 2): must be a list `[…]`".to_owned()),
        (with_more("note: \"x\""), "c.ron:7:9: note = \"x\": must be None or Some(value)".to_owned()),
        (with_more("note: Some(3)"), "c.ron:7:14: note = 3: must be a string in quotes".to_owned()),
        (with_more("range: Some((1, 2, 3))"), "c.ron:7:15: range = (1, 2, 3): must be 2 values in `(…)`".to_owned()),
        (with_more("range: Some((1, x))"), "c.ron:7:19: range[1] = x: must be a decimal number".to_owned()),
        (
            student("(hidden: 1, layers: 2, epsilon: 1, frozen: 1)"),
            "c.ron:3:55: student.frozen = 1: must be true or false".to_owned(),
        ),
        (
            student("50"),
            "c.ron:3:12: student = 50: must be `( key: value, … )` with the keys hidden, layers, epsilon, frozen"
                .to_owned(),
        ),
        (
            student("Student(hidden: 50)"),
            "c.ron:3:12: student = Student(hidden: 50): must be `( key: value, … )` without a name before it"
                .to_owned(),
        ),
        (
            input("Onehot"),
            "c.ron:5:10: input = Onehot: unknown variant `Onehot`: did you mean `OneHot`? \
             (variants: OneHot, Gaussian, Mixed, Wrapped)"
                .to_owned(),
        ),
        (
            input("\"OneHot\""),
            "c.ron:5:10: input = \"OneHot\": must be one of OneHot, Gaussian, Mixed, Wrapped".to_owned(),
        ),
        (input("OneHot(1)"), "c.ron:5:10: input = OneHot(1): must be `OneHot`".to_owned()),
        (
            input("Gaussian"),
            "c.ron:5:10: input = Gaussian: must be `Gaussian( key: value, … )` with the keys variance".to_owned(),
        ),
        (input("Gaussian(variance: \"2\")"), "c.ron:5:29: input.variance = \"2\": must be a decimal number".to_owned()),
        (input("Mixed(OneHot)"), "c.ron:5:10: input = Mixed(OneHot): must be `Mixed(…)` with 2 values".to_owned()),
        (input("Mixed(OneHot, x)"), "c.ron:5:24: input[1] = x: must be a decimal number".to_owned()),
        (
            input("Mixed(Gaussian(variance: x), 1)"),
            "c.ron:5:35: input[0].variance = x: must be a decimal number".to_owned(),
        ),
        (
            input("Wrapped(OneHot)"),
            "c.ron:5:18: input = OneHot: must be `( key: value, … )` with the keys hidden, layers, epsilon, frozen"
                .to_owned(),
        ),
        (
            input("Mixed(Wrapped(hidden: 1, layers: 2, epsilon: x), 1)"),
            "c.ron:5:55: input[0].epsilon = x: must be a decimal number".to_owned(),
        ),
        // Columns count characters, not bytes.
        (with_more("/* s̄ ŝ */ note: Some(3)"), "c.ron:7:25: note = 3: must be a string in quotes".to_owned()),
    ] {
        refused(&text, &expected);
    }
}

#[test]
fn missing_and_unknown_keys_are_located() {
    let keys = "keys: seed, student, strengths, input, note, range, single";
    for (text, expected) in [
        ("Sample()".to_owned(), "c.ron:1:1: missing key `seed`".to_owned()),
        ("Sample(seed: 1)".to_owned(), "c.ron:1:1: missing key `student`".to_owned()),
        (
            sample("1", "(hidden: 50,\n layers: 2)", "[1]", "OneHot", ""),
            "c.ron:3:12: student: missing key `epsilon`".to_owned(),
        ),
        (sample("1", "()", "[1]", "OneHot", ""), "c.ron:3:12: student: missing key `hidden`".to_owned()),
        (sample("1", STUDENT, "[1]", "Gaussian()", ""), "c.ron:5:10: input: missing key `variance`".to_owned()),
        (with_more("sede: 1"), format!("c.ron:7:3: unknown key `sede`: did you mean `seed`? ({keys})")),
        (with_more("qqq: 1"), format!("c.ron:7:3: unknown key `qqq`: {keys}")),
        (
            sample("1", "(hidden: 50, layers: 2, epsilonn: 1, epsilon: 1)", "[1]", "OneHot", ""),
            "c.ron:3:36: student: unknown key `epsilonn`: did you mean `epsilon`? \
             (keys: hidden, layers, epsilon, frozen)"
                .to_owned(),
        ),
        (
            sample("1", STUDENT, "[1]", "Gaussian(variance: 1, mean: 0)", ""),
            "c.ron:5:32: input: unknown key `mean`: keys: variance".to_owned(),
        ),
        // All unknown keys at once.
        (
            with_more("foo: 1,\n  bar: 2"),
            format!("c.ron:7:3: unknown key `foo`: {keys}\nc.ron:8:3: unknown key `bar`: {keys}"),
        ),
        (with_more("seed: 2"), "c.ron:7:3: the key `seed` is given twice, first at 2:3".to_owned()),
        (
            sample("1", "(hidden: 1, layers: 2, hidden: 3, epsilon: 1)", "[1]", "OneHot", "seed: 1"),
            "c.ron:3:35: the key `hidden` is given twice, first at 3:13\n\
             c.ron:7:3: the key `seed` is given twice, first at 2:3"
                .to_owned(),
        ),
    ] {
        refused(&text, &expected);
    }
}

#[test]
fn the_overlay_is_checked_like_the_rest() {
    let keys = "keys: seed, student, strengths, input, note, range, single";
    for (more, expected) in [
        ("smoke: (seed: -1)", "c.ron:7:17: seed = -1: must be a whole number from 0 to 18446744073709551615"),
        ("smoke: (student: (epsilon: x))", "c.ron:7:30: student.epsilon = x: must be a decimal number"),
        ("smoke: (strengths: [1, x])", "c.ron:7:26: strengths[1] = x: must be a decimal number"),
        ("smoke: (sed: 1)", &format!("c.ron:7:11: unknown key `sed`: did you mean `seed`? ({keys})")),
        ("smoke: (smoke: ())", &format!("c.ron:7:11: unknown key `smoke`: {keys}")),
        ("smoke: 3", "c.ron:7:10: expected `smoke: ( key: value, … )`"),
        ("smoke: Sample(seed: 1)", "c.ron:7:10: expected `smoke: ( key: value, … )`"),
        ("smoke: (seed: 1, seed: 2)", "c.ron:7:20: the key `seed` is given twice, first at 7:11"),
    ] {
        refused(&with_more(more), expected);
    }
}

#[test]
fn kinds_are_checked() {
    let expected = "c.ron:1:1: expected `KindName( key: value, … )`";
    for text in ["3", "(seed: 1)", "[1]", "\"x\"", "Sample", "Sample(1, 2)", "None", "{\"a\": 1}"] {
        refused(text, expected);
    }
    refused(
        "\nSampel(seed: 1)",
        "c.ron:2:1: unknown kind `Sampel`: did you mean `Sample`? (kinds: Sample, Simple, SingleHiddenLayer)",
    );
    refused("Xyz(seed: 1)", "c.ron:1:1: unknown kind `Xyz`: kinds: Sample, Simple, SingleHiddenLayer");
}

#[test]
fn broken_syntax_is_located() {
    for (text, expected) in [
        ("Sample(", "1:7: this `(` is never closed"),
        ("Sample(seed: 1", "1:7: this `(` is never closed"),
        ("Sample(\n x: [1, 2\n)", "3:1: expected `,` or `]`, found `)`"),
        ("Sample(seed 1)", "1:13: expected `,` or `)`, found `1`"),
        ("Sample(a: 1, seed 1)", "1:19: expected `:` after `seed`, found `1`"),
        ("Sample(a: 1, seed)", "1:18: expected `:` after `seed`, found `)`"),
        ("Sample(a: 1 b: 2)", "1:13: expected `,` or `)`, found `b`"),
        ("Sample(a: 1,, b: 2)", "1:13: expected a key, found `,`"),
        ("Sample(a: )", "1:11: expected a value, found `)`"),
        ("Sample(a:: 1)", "1:10: expected a value, found `:`"),
        ("Sample(a: 1) 3", "1:14: expected nothing more, found `3`"),
        ("Sample(a: 1))", "1:13: expected nothing more, found `)`"),
        ("Sample(a: 1.2.3)", "1:11: `1.2.3` is not a number"),
        ("Sample(a: 12abc)", "1:11: `12abc` is not a number"),
        ("Sample(a: --1)", "1:11: `--1` is not a number"),
        ("Sample(a: 1e)", "1:11: `1e` is not a number"),
        ("Sample(a: \"x)", "1:11: this string is never closed"),
        ("Sample(a: r#\"x\")", "1:11: this string is never closed"),
        ("Sample(a: \"\\q\")", "1:11: in this string: Unknown escape character"),
        ("Sample(a: /* x)", "1:11: this comment is never closed"),
        ("Sample(a: 'x')", "1:11: expected a value, found `'`"),
        ("Sample(a: b\"x\")", "1:11: expected a value, found `b` before a quote or `#`"),
        ("Sample(a: Some)", "1:11: expected `Some(value)`"),
        ("Sample(a: Some(1, 2))", "1:11: `Some(…)` holds one value"),
        ("Sample(a: {1: 2, 1: 3})", "1:18: the key `1` is given twice, first at 1:12"),
        ("Sample(a: {1 2})", "1:14: expected `:` after `1`, found `2`"),
        ("Sample(a: 1, b)", "1:15: expected `:` after `b`, found `)`"),
        ("Sample(a: \u{a0}1)", "1:11: expected a value, found `\\u{a0}`"),
        ("#![enable(implicit_some)]\nSample()", "1:1: attributes are not used in configs"),
        ("Sample(a: 1..2)", "1:11: `1..2` is not a number"),
        // A letter to us, no start of a name to RON.
        ("Sample(\u{37a}: 1)", "1:8: is not RON: Unexpected char 'ͺ'"),
        ("$", "1:1: expected a value, found `$`"),
    ] {
        refused(text, &format!("c.ron:{expected}"));
    }
}

#[test]
fn deep_nesting_is_refused_without_harm() {
    for (open, close) in [("[", "]"), ("(", ")"), ("Some(", ")"), ("A(a:", ")"), ("{1:", "}")] {
        for depth in [70, 100_000] {
            let text = format!("Sample(a: {}1{})", open.repeat(depth), close.repeat(depth));
            let message = read(&text).unwrap_err().to_string();
            assert!(message.ends_with("nested deeper than 64 levels"), "{message}");
            let unclosed = format!("Sample(a: {}", open.repeat(depth));
            assert!(read(&unclosed).unwrap_err().to_string().ends_with("nested deeper than 64 levels"));
        }
    }
}

/// A file at the size limit made to be slow: nothing in the reader may be quadratic.
#[test]
fn large_nonsense_is_refused_quickly() {
    let size = 1 << 20;
    let repeated =
        |open: &str, unit: &str, close: &str| format!("{open}{}{close}", unit.repeat(size / unit.len() - 10));
    let texts = [
        repeated("Sample(", "a:1,", ")"),
        repeated("Sample(a: {", "1:1,", "})"),
        repeated("Sample(a: [", "1,", "])"),
        repeated("Sample(a: \"", "\\n", "\")"),
        repeated("Sample(a: ", "/**/", "1)"),
        repeated("Sample(a: ", "/*", "1)"),
        repeated("Sample(a: r", "#", ")"),
        repeated("Sample(a: ", "9", ")"),
        repeated("Sample(", "\n", ""),
        format!("Sample({})", (0..70_000).map(|key| format!("k{key}:{key},")).collect::<String>()),
    ];
    let start = std::time::Instant::now();
    for text in &texts {
        assert!(read(text).is_err());
    }
    // 2 to 4 s in all on two busy cores, 2 µs a number; the quarter million keys squared would be minutes.
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}
