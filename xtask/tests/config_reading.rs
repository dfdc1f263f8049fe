//! What a config means: files, the overlay, command-line values, rules, the canonical form.
#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use xtask::config::{Change, ConfigError, Document, Scale, Settings, canonical_text, changes};

fn document(text: &str) -> Document {
    Document::parse("c.ron", text).unwrap()
}

fn paper(text: &str) -> Settings {
    document(text).settings(Scale::Paper)
}

fn smoke(text: &str) -> String {
    document(text).settings(Scale::Smoke).canonical()
}

// Files.

#[track_caller]
fn unreadable(path: &Path, expected: &str) {
    let message = Document::read(path).unwrap_err().to_string();
    assert!(message.starts_with(&path.display().to_string()), "{message}");
    assert!(message.contains(expected), "{message} does not say {expected}");
    assert!(!message.contains('\n'), "{message}");
}

#[test]
fn a_file_that_cannot_be_a_config_is_one_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    unreadable(&folder.path().join("none.ron"), ": cannot be read: No such file");
    unreadable(folder.path(), ": is not a regular file");
    unreadable(Path::new("/dev/zero"), ": is not a regular file");
    unreadable(&file("plain", b"x").join("below.ron"), ": cannot be read: Not a directory");
    unreadable(&file("empty.ron", b""), ": is empty");
    unreadable(&file("blank.ron", b" \n\t\n"), ": is empty");
    unreadable(&file("comment.ron", b"// nothing\n"), ":2:1: expected a value, found the end of the file");
    unreadable(&file("latin.ron", b"A(\n  s: \"caf\xe9\",\n)"), ":2:10: byte 0xe9 is not UTF-8");
    unreadable(&file("cut.ron", b"A(s: \"\xc5"), ":1:7: byte 0xc5 is not UTF-8");
    unreadable(&file("bom.ron", b"\xef\xbb\xbfA()"), ": starts with a byte order mark");
    unreadable(&file("null.ron", &[0; 10]), ":1:1: expected a value, found `\\u{0}`");
    unreadable(&file("huge.ron", &vec![b' '; (1 << 20) + 1]), ": has 1048577 bytes; such a file has at most 1048576");
    let largest = format!("A(x: 1){}", " ".repeat((1 << 20) - 7));
    assert!(Document::read(&file("large.ron", largest.as_bytes())).is_ok());
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_one_clear_error() {
    // A link to itself cannot be opened by anyone, root included.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loop.ron");
    std::os::unix::fs::symlink(&path, &path).unwrap();
    unreadable(&path, ": cannot be read: ");
}

#[test]
fn windows_line_ends_and_comments_are_space() {
    let text = "// a\r\nA( /* x /* nested */ */\r\n  x: 1, // one\r\n  y: [\r\n], )\r\n// end";
    assert_eq!(paper(text).canonical(), r#"{"A":{"x":1,"y":[]}}"#);
    let message = Document::parse("c.ron", "A(\r\n  x: 1,\r\n  y 2)").unwrap_err().to_string();
    assert_eq!(message, "c.ron:3:5: expected `:` after `y`, found `2`");
}

// The overlay.

#[test]
fn the_overlay_replaces_what_it_names_and_nothing_else() {
    for (base, overlay, merged) in [
        ("x: 1, y: 2", "x: 3", json!({"x": 3, "y": 2})),
        ("x: 1", "", json!({"x": 1})),
        ("x: 1", "y: 2", json!({"x": 1, "y": 2})),
        ("x: [1, 2, 3]", "x: [4]", json!({"x": [4]})),
        ("x: (1, 2)", "x: (4, 5)", json!({"x": [4, 5]})),
        ("x: (a: 1, b: (c: 2, d: 3))", "x: (b: (d: 4))", json!({"x": {"a": 1, "b": {"c": 2, "d": 4}}})),
        ("x: (a: 1)", "x: ()", json!({"x": {"a": 1}})),
        ("x: ()", "x: (a: 1)", json!({"x": {"a": 1}})),
        ("x: V(a: 1, b: 2)", "x: V(b: 3)", json!({"x": {"V": {"a": 1, "b": 3}}})),
        ("x: V(a: 1, b: 2)", "x: (b: 3)", json!({"x": {"V": {"a": 1, "b": 3}}})),
        ("x: V(a: 1, b: 2)", "x: W(b: 3)", json!({"x": {"W": {"b": 3}}})),
        ("x: V(a: 1, b: 2)", "x: V", json!({"x": "V"})),
        ("x: V", "x: W", json!({"x": "W"})),
        ("x: Some(1)", "x: None", json!({"x": null})),
        ("x: None", "x: Some(2)", json!({"x": 2})),
        ("x: Some((a: 1, b: 2))", "x: Some((b: 3))", json!({"x": {"a": 1, "b": 3}})),
        ("x: {\"a\": 1, \"b\": 2}", "x: {\"b\": 3, \"c\": 4}", json!({"x": {"a": 1, "b": 3, "c": 4}})),
        ("x: \"a\"", "x: \"b\"", json!({"x": "b"})),
    ] {
        let text = format!("A({base}, smoke: ({overlay}))");
        assert_eq!(smoke(&text), canonical_text(&json!({ "A": merged })), "{text}");
        assert_eq!(paper(&text).canonical(), paper(&format!("A({base})")).canonical(), "{text}");
    }
}

#[test]
fn a_config_may_do_without_an_overlay() {
    let document = document("A(x: 1)");
    assert_eq!(document.settings(Scale::Smoke).canonical(), document.settings(Scale::Paper).canonical());
}

#[derive(Debug, Deserialize)]
struct Sample {
    seed: u64,
    rate: f64,
    #[serde(default = "three")]
    depth: u32,
    strengths: Vec<f64>,
    #[serde(default)]
    student: Option<Student>,
}

fn three() -> u32 {
    3
}

#[derive(Debug, Deserialize)]
struct Student {
    hidden: u32,
}

// Command-line values.

#[test]
fn the_command_line_overrides_and_is_blamed() {
    let text = "A(seed: 1, rate: 2, strengths: [3], smoke: (seed: 4))";
    let mut settings = document(text).settings(Scale::Smoke);
    settings.set("seed", "7", "--seed").unwrap();
    assert_eq!(settings.deserialize::<Sample>().unwrap().seed, 7);
    for (value, expected) in [
        ("-7", "--seed: seed = -7: must be a whole number from 0 to 18446744073709551615"),
        ("[1]", "--seed: seed = [1]: must be a whole number from 0 to 18446744073709551615"),
    ] {
        settings.set("seed", value, "--seed").unwrap();
        assert_eq!(settings.deserialize::<Sample>().unwrap_err().to_string(), expected);
    }
    for value in ["", "1)", "1, rate: 3", "(", "x y", "\u{0}", "\"", "//"] {
        let message = settings.set("seed", value, "--seed").unwrap_err().to_string();
        assert_eq!(message, format!("--seed: cannot read `{value}` as a value of `seed`"));
    }
    let mut checks = settings.checks();
    settings.clone().set("seed", "7", "--seed").unwrap();
    checks.require("seed", false, "must be another");
    assert_eq!(checks.finish().unwrap_err().to_string(), "--seed: seed = [1]: must be another");
}

// Rules.

const RULED: &str = "A(
  seed: 0,
  rate: 0.5,
  strengths: [6, 7, 2,
    2, -1],
  student: Some((hidden: 50)),
)";

/// The complaints of all rules of one kind on the sample config.
fn complaints(rules: impl FnOnce(&Sample, &mut xtask::config::Checks<'_>)) -> String {
    let settings = paper(RULED);
    let sample: Sample = settings.deserialize().unwrap();
    let mut checks = settings.checks();
    rules(&sample, &mut checks);
    checks.finish().map_or_else(|error: ConfigError| error.to_string(), |()| String::new())
}

#[test]
fn broken_rules_are_all_told_in_the_order_of_the_file() {
    let told = complaints(|sample, checks| {
        checks
            .non_empty("strengths", &[0.0; 0])
            .below("rate", sample.rate, 0.0123)
            .positive("seed", sample.seed)
            .at_least("student.hidden", sample.student.as_ref().unwrap().hidden, 51)
            .each("strengths", &sample.strengths, |checks, path, strength| {
                checks.positive(path, *strength);
            });
    });
    assert_eq!(
        told,
        "c.ron:2:9: seed = 0: must be above 0\n\
         c.ron:3:9: rate = 0.5: must be below 0.0123\n\
         c.ron:4:14: strengths = [6, 7, 2, 2, -1]: must have at least one item\n\
         c.ron:5:8: strengths[4] = -1: must be above 0\n\
         c.ron:6:26: student.hidden = 50: must be at least 51"
    );
}

#[test]
fn every_rule_holds_and_breaks() {
    let nan = f64::NAN;
    type Rule = Box<dyn Fn(&mut xtask::config::Checks<'_>)>;
    let cases: Vec<(Rule, &str)> = vec![
        (
            Box::new(|c| {
                c.positive("rate", 1e-300).positive("seed", 1_u64);
            }),
            "",
        ),
        (
            Box::new(|c| {
                c.positive("rate", 0.0);
            }),
            "must be above 0",
        ),
        (
            Box::new(move |c| {
                c.positive("rate", nan);
            }),
            "must be above 0",
        ),
        (
            Box::new(|c| {
                c.at_least("rate", 2, 2).at_most("rate", 2, 2).below("rate", 1, 2).in_range("rate", 1.0, 1.0..=1.0);
            }),
            "",
        ),
        (
            Box::new(|c| {
                c.at_least("rate", 1, 2);
            }),
            "must be at least 2",
        ),
        (
            Box::new(move |c| {
                c.at_least("rate", nan, 2.0);
            }),
            "must be at least 2",
        ),
        (
            Box::new(|c| {
                c.at_most("rate", 3, 2);
            }),
            "must be at most 2",
        ),
        (
            Box::new(move |c| {
                c.at_most("rate", nan, 2.0);
            }),
            "must be at most 2",
        ),
        (
            Box::new(|c| {
                c.below("rate", 2, 2);
            }),
            "must be below 2",
        ),
        (
            Box::new(move |c| {
                c.below("rate", nan, 2.0);
            }),
            "must be below 2",
        ),
        (
            Box::new(|c| {
                c.in_range("rate", 1.1, 0.0..=1.0);
            }),
            "must be from 0 to 1",
        ),
        (
            Box::new(move |c| {
                c.in_range("rate", nan, 0.0..=1.0);
            }),
            "must be from 0 to 1",
        ),
        (
            Box::new(|c| {
                c.non_empty("rate", &[0]);
            }),
            "",
        ),
        (
            Box::new(|c| {
                c.increasing("rate", &[1, 2]).decreasing("rate", &[2.0, 1.0]).increasing("rate", &[0; 0]);
            }),
            "",
        ),
        (
            Box::new(|c| {
                c.require("rate", true, "no");
            }),
            "",
        ),
        (
            Box::new(|c| {
                c.require("rate", false, "no");
            }),
            "no",
        ),
        (
            Box::new(|c| {
                c.consistent("rate", "seed", true, "no");
            }),
            "",
        ),
        (
            Box::new(|c| {
                c.consistent("rate", "seed", false, "must be seed / 2");
            }),
            "must be seed / 2 (seed = 0 at 2:9)",
        ),
        (
            Box::new(|c| {
                c.consistent("rate", "depth", false, "must be depth / 2");
            }),
            "must be depth / 2 (depth by default)",
        ),
    ];
    for (index, (rule, expected)) in cases.iter().enumerate() {
        let told = complaints(|_, checks| rule(checks));
        let expected = if expected.is_empty() { String::new() } else { format!("c.ron:3:9: rate = 0.5: {expected}") };
        assert_eq!(told, expected, "case {index}");
    }
}

#[test]
fn order_is_told_for_each_item() {
    let decreasing = complaints(|sample, checks| {
        checks.decreasing("strengths", &sample.strengths);
    });
    assert_eq!(
        decreasing,
        "c.ron:4:18: strengths[1] = 7: must be below the item before it, 6\n\
         c.ron:5:5: strengths[3] = 2: must be below the item before it, 2"
    );
    let not_a_number = complaints(|_, checks| {
        checks.increasing("strengths", &[1.0, f64::NAN]);
    });
    assert_eq!(not_a_number, "c.ron:4:18: strengths[1] = 7: must be above the item before it, 1");
}

#[test]
fn rules_on_defaults_point_at_what_lacks_them() {
    let told = complaints(|sample, checks| {
        checks.at_most("depth", sample.depth, 2).require("student.layers", false, "must be even");
    });
    assert_eq!(
        told,
        "c.ron:1:1: depth = 3 (not given): must be at most 2\n\
         c.ron:6:12: student.layers: must be even"
    );
}

#[test]
fn a_list_of_mistakes_ends_somewhere() {
    let settings = paper(&format!("A(x: [{}])", "0, ".repeat(1000)));
    let mut checks = settings.checks();
    checks.each("x", &[0; 1000], |checks, path, value| {
        checks.positive(path, *value);
    });
    let error = checks.finish().unwrap_err();
    assert_eq!(error.problems().len(), 51);
    assert!(error.to_string().ends_with("\nc.ron: 950 more broken rules"), "{error}");
}

#[test]
fn both_scales_are_validated() {
    let check = |text: &str| {
        let rules = |sample: &Sample, checks: &mut xtask::config::Checks<'_>| {
            checks.positive("seed", sample.seed).below("rate", sample.rate, 1.0);
        };
        document(text).validate(rules).map_or_else(|error| error.to_string(), |()| String::new())
    };
    assert_eq!(check("A(seed: 1, rate: 0.5, strengths: [], smoke: (rate: 0.25))"), "");
    assert_eq!(
        check("A(seed: 0, rate: 0.5, strengths: [], smoke: (rate: 2))"),
        "c.ron:1:9: seed = 0: must be above 0\nc.ron:1:52: rate = 2: must be below 1 [at smoke scale]"
    );
    assert_eq!(
        check("A(seed: 0, rate: 0.5, strengths: [], smoke: (rate: x))"),
        "c.ron:1:9: seed = 0: must be above 0\nc.ron:1:52: rate = x: must be a decimal number [at smoke scale]"
    );
    // What only the overlay mends is wrong all the same.
    assert_eq!(check("A(seed: 0, rate: 0.5, strengths: [], smoke: (seed: 1))"), "c.ron:1:9: seed = 0: must be above 0");
}

// The canonical form.

#[test]
fn layout_and_notation_do_not_matter() {
    let canonical = r#"{"A":{"a":[1,0.5,100000],"b":{"V":{"x":null,"y":"q\"\\"}},"c":["W",true],"d":{"W":2}}}"#;
    for text in [
        r#"A(a: [1, 0.5, 100000], b: V(x: None, y: "q\"\\"), c: [W, true], d: W(2))"#,
        "A(d: W(2.0), c: (W, true,), // end\n b: V(y: r#\"q\"\\\"#, x: None), a: [1.0, 5e-1, 1e5,],)",
        r#"A(a: [0x1, 00.50, 100_000], b: V(x: None, y: "q\"\\"), c: [W, true], d: W(0b10), smoke: (a: [7]))"#,
    ] {
        assert_eq!(paper(text).canonical(), canonical);
        assert_eq!(canonical_text(&paper(text).to_json()), canonical);
    }
    for other in ["A(a: 1)", "A(a: 2)", "A(b: 1)", "B(a: 1)", "A(a: \"1\")", "A(a: [1])", "A(a: 1.0000000000000002)"] {
        assert!(paper(other).canonical() != canonical);
    }
}

#[test]
fn numbers_have_one_form() {
    for (text, canonical) in [
        ("1", "1"),
        ("1.0", "1"),
        ("-0.0", "0"),
        ("1e-5", "0.00001"),
        ("0.00001", "0.00001"),
        ("1e-7", "1e-7"),
        ("0.1", "0.1"),
        ("0.1000000000000000055511151231257827", "0.1"),
        ("9007199254740993", "9007199254740993"),
        ("18446744073709551615", "18446744073709551615"),
        ("1e20", "1e+20"),
        ("100000000000000000000", "1e+20"),
        ("1e999", "\"1e999\""),
    ] {
        assert_eq!(paper(&format!("A(x: {text})")).canonical(), format!("{{\"A\":{{\"x\":{canonical}}}}}"));
    }
    assert!(Document::parse("c.ron", "A(x: 3u8)").is_err(), "a suffix would be a second form");
}

#[test]
fn changes_are_told_key_by_key() {
    let old = json!({"A": {"seed": 1, "student": {"epsilon": 1e-5, "hidden": 50}, "strengths": [6, 4, 2],
                           "init": "Aligned", "gone": 1}});
    let new = json!({"A": {"strengths": [6, 5, 2], "student": {"epsilon": 1e-4, "hidden": 50}, "seed": 1,
                           "init": {"Random": {"s": 1}}, "note": null}});
    let told: Vec<String> = changes(&old, &new).iter().map(Change::to_string).collect();
    assert_eq!(
        told,
        [
            "A.gone: 1 -> (gone)",
            r#"A.init: "Aligned" -> {"Random":{"s":1}}"#,
            "A.note: (none) -> null",
            "A.strengths[1]: 4 -> 5",
            "A.student.epsilon: 0.00001 -> 0.0001",
        ]
    );
    assert_eq!(changes(&old, &old), []);
    let lengths = changes(&json!({"x": [1, 2]}), &json!({"x": [1]}));
    assert_eq!(lengths[0].to_string(), "x: [1,2] -> [1]");
    assert_eq!(changes(&json!(1), &json!(2))[0].to_string(), "(all): 1 -> 2");
}

// Anything at all.

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Unit,
    One(f64),
    Two(i32, Option<bool>),
    Named { text: String, more: Vec<Shape> },
}

fn shapes() -> impl Strategy<Value = Shape> {
    let finite = prop_oneof![
        Just(0.0),
        (-1.0..1.0f64, -59..60).prop_map(|(digits, exponent)| {
            let size = digits.abs().max(1e-1) * 10f64.powi(exponent);
            size.copysign(digits)
        })
    ];
    let leaf = prop_oneof![
        Just(Shape::Unit),
        finite.prop_map(Shape::One),
        any::<(i32, Option<bool>)>().prop_map(|(number, flag)| Shape::Two(number, flag)),
    ];
    leaf.prop_recursive(4, 30, 4, |inner| {
        (any::<String>(), prop::collection::vec(inner, 0..4)).prop_map(|(text, more)| Shape::Named { text, more })
    })
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Whole {
    shape: Shape,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// What the `ron` crate writes we read, compact or pretty.
    #[test]
    fn what_ron_writes_is_read(shape in shapes(), is_pretty: bool) {
        let whole = Whole { shape };
        let text = match is_pretty {
            true => ron::ser::to_string_pretty(&whole, ron::ser::PrettyConfig::new()).unwrap(),
            false => ron::to_string(&whole).unwrap(),
        };
        let settings = paper(&format!("A{text}"));
        prop_assert_eq!(settings.deserialize::<Whole>().unwrap(), whole);
    }

    /// Any text is a config or an error that names a place in it.
    #[test]
    fn nothing_panics(text: String, cut in 0..RULED.len(), junk in "\\PC{0,3}") {
        let mut broken = RULED.to_owned();
        broken.replace_range(cut..cut + 1, &junk);
        for text in [text, broken] {
            let read = Document::parse("c.ron", &text).and_then(|it| it.settings(Scale::Paper).deserialize::<Sample>());
            if let Err(error) = read {
                let lines = text.split('\n').count();
                for problem in error.problems() {
                    prop_assert!(problem.position.is_none_or(|(line, _)| line <= lines), "{}", problem);
                }
            }
        }
    }
}
