//! `cargo xtask explain` on foreign files: real ones, and ones that cannot be read.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use linalg_core::faer::Mat;
use linalg_core::{generator, sample_gaussian};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use workspace_tests::{workspace_root, xtask};

/// An array in NumPy's format, version 1.
fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let dict = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = u16::try_from(dict.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", length.as_slice(), dict.as_bytes(), data].concat()
}

fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// What is wrong with each file, as a name of it, its bytes, and a part of what is said.
fn bad_files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let text = [
        ("empty.csv", "", "is empty"),
        ("blank.csv", "\n\n  \n", "holds no values"),
        ("mark.csv", "\u{feff}", "holds no values"),
        ("comment.csv", "# 1,2\n", "holds no values"),
        ("header.csv", "a,b,c\n", "a header line and no values"),
        ("labels.csv", "name\nx\ny\n", "a column of labels and no values"),
        ("ragged.csv", "1,2,3\n4,5\n", "line 2 has 2 values where line 1 has 3"),
        ("long.csv", "1,2\n3,4\n5,6,7\n", "line 3 has 3 values where line 1 has 2"),
        ("short_header.csv", "a\n1,2\n", "line 2 has 2 values where line 1 has 1"),
        ("mixed.csv", "1,2,3\n4;5;6\n7,8,9\n", "line 2 has 1 value where line 1 has 3 (separated by commas)"),
        ("mixed_line.csv", "1,2;3\n4;5,x\n", "is no number"),
        ("tabs_and_commas.tsv", "1\t2,3\n4\t5,6\n", "\"2,3\" is no number"),
        ("text.csv", "1,2\n3,four\n", "line 2, column 2: \"four\" is no number"),
        ("text_first.csv", "1,x,3\n4,5,6\n", "line 1, column 2: \"x\" is no number"),
        ("named.csv", "\"sit ups\",jumps\n1,2\n3,x\n", "line 3, column 2 (jumps): \"x\" is no number"),
        ("label_text.csv", "who,a,b\nx,1,2\ny,3,?!\n", "line 3, column 2 (b): \"?!\" is no number"),
        ("windows.csv", "a,b\r\n1,2\r\n3,x\r\n", "line 3, column 2 (b): \"x\""),
        ("quoted.csv", "\"1\",\"2\"\n\"3\",\"4,5\"\n", "line 2, column 2: \"4,5\" is no number"),
        ("open_quote.csv", "1,2\n3,\"4\n5,6\n", "line 2, column 2: \"4 5,6"),
        ("missing.csv", "1,2\n,4\n", "line 2, column 1: a value is missing"),
        ("trailing.csv", "1,2,\n3,4,\n", "line 1, column 3: a value is missing"),
        ("na.csv", "a,b\n1,NA\n", "line 2, column 2 (b): a value is missing (NA)"),
        ("nan.csv", "1,nan\n2,3\n", "line 1, column 2: a value is missing (nan)"),
        ("inf.csv", "1,2\n3,-inf\n", "line 2, column 2: -inf is not finite"),
        ("huge.csv", "1,1e999\n3,4\n", "line 1, column 2: 1e999 is not finite"),
        ("dash.csv", "1;-\n3;4\n", "a value is missing (-)"),
        ("thousands.csv", "1 000,2\n3,4\n", "\"1 000\" is no number"),
        ("percent.csv", "1%,2%\n3%,4%\n", "is no number"),
        ("hex.csv", "1,0x10\n", "\"0x10\" is no number"),
        ("date.csv", "day,x,y\n2020-01-01,1,a\n", "line 2, column 2 (y): \"a\""),
        ("json.csv", "[[1, 2], [3, 4]]\n", "holds a header line and no values"),
        ("html.csv", "<html>\n<body>1</body>\n</html>\n", "a column of labels and no values"),
        ("two_points.csv", "1.2.3,4\n5,6\n", "\"1.2.3\" is no number"),
        ("named_array.npy", "1,2\n3,4\n", "is named .npy and does not begin as"),
        ("control.csv", "1,2\n3,\u{7}\u{1b}[31m\n", "\"  [31m\" is no number"),
        (
            "long_cell.csv",
            "1,2\n3,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
            "aaaa…\" is no number",
        ),
    ];
    let arrays = [
        ("bare.npy", b"\x93NUMPY".to_vec(), "damaged header"),
        ("wrong_version.npy", b"\x93NUMPY\x09\x00\x10\x00aaaaaaaaaaaaaaaaa".to_vec(), "header"),
        ("half_header.npy", npy("'<f8'", "(2, 2)", &[])[..30].to_vec(), "damaged header"),
        ("no_dict.npy", b"\x93NUMPY\x01\x00\x04\x00abc\n".to_vec(), "damaged header"),
        ("no_shape.npy", b"\x93NUMPY\x01\x00\x12\x00{'descr': '<f8'}  ".to_vec(), "damaged header"),
        (
            "long_header.npy",
            [b"\x93NUMPY\x02\x00".as_slice(), &[255; 4], &[32; 90]].concat(),
            "header of 4294967295 bytes",
        ),
        ("truncated.npy", npy("'<f8'", "(2, 2)", &doubles(&[1.0, 2.0, 3.0])), "ends early"),
        ("huge.npy", npy("'<f8'", "(1000000000000, 1000000000000)", &doubles(&[1.0])), "ends early"),
        ("wide.npy", npy("'<f8'", "(1, 9223372036854775807)", &doubles(&[1.0])), "ends early"),
        ("no_rows.npy", npy("'<f8'", "(0, 5)", &[]), "0 × 5: there is nothing in it"),
        ("cube.npy", npy("'<f8'", "(1, 2, 1)", &doubles(&[1.0, 2.0])), "has 3 dimensions"),
        ("scalar.npy", npy("'<f8'", "()", &doubles(&[1.0])), "has 0 dimensions"),
        ("negative.npy", npy("'<f8'", "(-1, 2)", &doubles(&[1.0, 2.0])), "damaged header"),
        ("object.npy", npy("'|O'", "(1, 2)", &[0; 16]), "holds Python objects"),
        ("complex.npy", npy("'<c16'", "(1, 2)", &[0; 32]), "holds complex numbers"),
        ("string.npy", npy("'<U3'", "(1, 2)", &[0; 24]), "holds <U3"),
        ("time.npy", npy("'<M8[ns]'", "(1, 2)", &[0; 16]), "holds <M8[ns]"),
        ("long_double.npy", npy("'<f16'", "(1, 2)", &[0; 32]), "holds <f16"),
        ("record.npy", npy("[('a', '<f8'), ('b', '<f8')]", "(1, 1)", &[0; 16]), "holds records"),
        ("nan.npy", npy("'<f8'", "(2, 2)", &doubles(&[1.0, 2.0, f64::NAN, 4.0])), "row 2, column 1: NaN"),
        ("inf.npy", npy("'<f4'", "(1, 2)", &[0, 0, 0, 0, 0, 0, 128, 127]), "row 1, column 2: inf"),
        ("damaged.npz", b"PK\x03\x04 and nothing more".to_vec(), "is a damaged archive"),
        ("latin1.csv", b"gr\xf6\xdfe,b\n1,2\n".to_vec(), "line 1 is not UTF-8"),
        ("latin1_later.csv", b"a,b\n1,2\n\xb5,3\n".to_vec(), "line 3 is not UTF-8"),
        ("utf16.csv", b"\xff\xfe1\x00,\x002\x00".to_vec(), "is UTF-16"),
        ("packed.csv.gz", b"\x1f\x8b\x08\x00\x00".to_vec(), "is packed by gzip"),
        ("image.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".to_vec(), "is neither text nor"),
        ("zeros.csv", vec![0; 10], "is neither text nor"),
    ];
    let text = text.map(|(name, text, told)| (name, text.as_bytes().to_vec(), told));
    text.into_iter().chain(arrays).collect()
}

#[test]
fn what_cannot_be_read_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = std::cell::RefCell::new(Vec::new());
    let refused = |file: &str, told: &str| {
        let answer = xtask(folder.path(), &["explain", file, "--out", "answer"]);
        if answer.status != Some(2) {
            return wrong.borrow_mut().push(format!("{file}: answered with {:?}", answer.status));
        }
        let line = answer.refusal();
        if !(line.contains(told) && line.contains(file)) {
            wrong.borrow_mut().push(format!("{file}: {told:?} expected, not {line}"));
        }
        assert_eq!(answer.stderr.lines().count(), 1, "{answer}");
        assert!(!folder.path().join("answer").exists(), "{file}: something was written");
    };
    let files = bad_files();
    assert!(files.len() >= 58);
    for (name, bytes, told) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
        refused(name, told);
    }
    fs::create_dir(folder.path().join("folder.csv")).unwrap();
    refused("folder.csv", "is a folder");
    refused("nowhere.csv", "cannot be read: No such file");
    // A terabyte, and no end at all.
    File::create(folder.path().join("sparse.csv")).unwrap().set_len(1 << 40).unwrap();
    refused("sparse.csv", "has 1099511627776 bytes");
    if Path::new("/dev/zero").exists() {
        refused("/dev/zero", "is neither text nor");
    }
    assert!(wrong.borrow().is_empty(), "{}", wrong.borrow().join("\n"));
}

/// The record of the given arguments, from the folder of data.
fn record(folder: &Path, arguments: &[&str]) -> Value {
    let arguments = [&["explain", "--json"], arguments].concat();
    serde_json::from_str(&xtask(folder, &arguments).success().stdout).unwrap()
}

fn data_folder() -> PathBuf {
    workspace_root().join("tests/data")
}

/// A mode of strength `s` along `direction` in noise of deviation 0.1, as CSV.
fn spiked(s: f64, direction: usize, run: u64) -> Mat<f64> {
    let noise = sample_gaussian(30, 60, 0.01, &mut generator(8, "explain", &[], run));
    noise + Mat::from_fn(30, 60, |i, j| if (i, j) == (0, direction) { s } else { 0.0 })
}

fn csv(matrix: &Mat<f64>) -> String {
    let row = |i: usize| matrix.row(i).iter().map(f64::to_string).collect::<Vec<_>>().join(",");
    (0..matrix.nrows()).map(|i| row(i) + "\n").collect()
}

#[test]
fn a_matrix_is_explained_whatever_its_scale_and_side() {
    let folder = tempfile::tempdir().unwrap();
    let matrix = spiked(4.0, 0, 0);
    let ask = |matrix: &Mat<f64>, extra: &[&str]| {
        fs::write(folder.path().join("a.csv"), csv(matrix)).unwrap();
        record(folder.path(), &[&["a.csv"], extra].concat())
    };
    let plain = ask(&matrix, &[]);
    assert_eq!(plain["rank"], 1);
    assert_eq!(plain["fit"]["holds"], true);
    let strength = plain["modes"][0]["strength"].as_f64().unwrap();
    // The strength scatters by about the noise's deviation; its sampled law is in docs/EXPLAIN.md.
    assert!((strength - 4.0).abs() < 0.5, "{plain}");
    for (exponent, extra) in [(990, vec![]), (-990, vec![])] {
        let unit = 2f64.powi(exponent);
        let scaled = ask(&(&matrix * unit), &extra);
        assert_eq!(scaled["modes"][0]["strength"].as_f64().unwrap() / unit, strength);
        for key in ["low", "test_error", "high"] {
            assert_eq!(scaled["stopping"][key], plain["stopping"][key]);
        }
    }
    let turned = ask(&matrix.transpose().to_owned(), &[]);
    let other = turned["modes"][0]["strength"].as_f64().unwrap();
    assert!((other / strength - 1.0).abs() < 1e-9, "{other} for {strength}");
    let back = ask(&matrix.transpose().to_owned(), &["--transpose"]);
    assert!(
        (back["modes"][0]["overlap_input"].as_f64().unwrap() / plain["modes"][0]["overlap_input"].as_f64().unwrap()
            - 1.0)
            .abs()
            < 1e-9
    );
}

#[test]
fn degenerate_matrices_are_answered_or_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, matrix: &Mat<f64>| fs::write(folder.path().join(name), csv(matrix)).unwrap();
    write("ones.csv", &Mat::full(9, 6, 1.0));
    let ones = record(folder.path(), &["ones.csv"]);
    assert_eq!((&ones["rank"], &ones["noise"]["entry_deviation"]), (&json!(1), &json!(0.0)), "{ones}");
    write("zeros.csv", &Mat::zeros(3, 4));
    assert!(xtask(folder.path(), &["explain", "zeros.csv"]).refusal().contains("zeros.csv: every value is zero"));
    write("constant.csv", &Mat::full(9, 6, 1.0));
    let answer = xtask(folder.path(), &["explain", "constant.csv", "--center"]);
    assert!(answer.refusal().contains("every column is constant"), "{answer}");
    for (name, rows, columns) in [("row.csv", 1, 30), ("column.csv", 30, 1), ("one.csv", 1, 1), ("two.csv", 2, 9)] {
        write(name, &spiked(1.0, 0, 1).submatrix(0, 0, rows, columns).to_owned());
        let unknown = record(folder.path(), &[name]);
        assert!(unknown["rank"].is_null() && unknown["warnings"].to_string().contains("--noise"), "{unknown}");
        let given = record(folder.path(), &[name, "--noise", "0.1"]);
        assert_eq!((&given["rank"], &given["noise"]["source"]), (&json!(1), &json!("given")), "{given}");
    }
    let mut doubled = spiked(4.0, 0, 2);
    for i in 0..30 {
        (doubled[(i, 7)], doubled[(i, 9)]) = (doubled[(i, 6)], 2.0);
    }
    write("doubled.csv", &doubled);
    let warnings = record(folder.path(), &["doubled.csv"])["warnings"].to_string();
    assert!(warnings.contains("column 8 equals column 7") && warnings.contains("constant: column 10"), "{warnings}");
}

#[test]
fn decay_is_followed_and_the_best_of_it_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut matrix = spiked(4.0, 0, 3);
    matrix[(1, 1)] += 1.2;
    let ask = |matrix: &Mat<f64>, extra: &[&str]| {
        fs::write(folder.path().join("a.csv"), csv(matrix)).unwrap();
        record(folder.path(), &[&["a.csv"], extra].concat())
    };
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("no number: {value}"));
    let plain = ask(&matrix, &[]);
    assert_eq!(plain["student"]["decay"], 0.0);
    assert!(number(&plain["regularised"]["test_error"]) < number(&plain["predicted"]["test_error"]), "{plain}");
    let best = ask(&matrix, &["--decay", "best"]);
    let decay = number(&best["student"]["decay"]);
    assert!(decay > 0.0 && decay < 4.0 && number(&best["regularised"]["decay"]) == decay, "{}", best["regularised"]);
    // Data and closed form agree on what decay is worth, as far as one draw tells.
    let ratio = number(&best["regularised"]["test_error"]) / number(&plain["regularised"]["test_error"]);
    assert!((0.5..2.0).contains(&ratio), "{ratio}");
    let scaled = ask(&(&matrix * 1024.0), &["--decay", "best"]);
    assert!((number(&scaled["student"]["decay"]) / decay / 1024.0 - 1.0).abs() < 1e-6, "{}", scaled["student"]);
    let given = ask(&matrix, &["--decay", "0.3"]);
    assert_eq!(given["student"]["decay"], 0.3);
    assert_ne!(given["stopping"]["time"], plain["stopping"]["time"]);
    for wrong in ["-1", "nan", "inf", "much"] {
        let refused = xtask(folder.path(), &["explain", "a.csv", "--decay", wrong]);
        assert!(refused.refusal().contains("zero or more, or best"), "{refused}");
    }
    let refused = xtask(folder.path(), &["explain", "a.csv", "a.csv", "--decay", "0.1"]);
    assert!(refused.refusal().contains("--decay"), "{refused}");
}

#[test]
fn students_with_hidden_layers_are_trained_on_raw_inputs() {
    let folder = data_folder();
    let regression = ["--inputs", "linnerud_exercise.csv", "--outputs", "linnerud_physiology.csv", "--center"];
    let ask = |extra: &[&str]| record(&folder, &[&regression, extra].concat());
    let (plain, deep) = (ask(&[]), ask(&["--layers", "2"]));
    assert_eq!((&plain["student"]["layers"], &deep["student"]["layers"]), (&json!(1), &json!(2)));
    assert_eq!(deep["measured"]["without_hidden_layers"], plain["stopping"]["test_error"]);
    assert!(deep["student"]["epsilon"].as_f64().unwrap() > 0.0 && !deep["curve"].as_array().unwrap().is_empty());
    let error = deep["stopping"]["test_error"].as_f64().unwrap();
    assert!(error < 1.0 && deep["stopping"]["test_error"] != plain["stopping"]["test_error"], "{error}");
    // So much decay that nothing is learned.
    let held = ask(&["--layers", "2", "--decay", "1e9"]);
    assert!(held["stopping"]["test_error"].as_f64().unwrap() > 0.99, "{}", held["stopping"]);
    let refused = xtask(&folder, &[&["explain"], &regression[..], &["--layers", "2", "--decay", "best"]].concat());
    assert!(refused.refusal().contains("--decay best"), "{refused}");
}

#[test]
fn real_data_are_answered_as_they_deserve() {
    let folder = data_folder();
    let elnino = record(&folder, &["elnino.csv"]);
    assert_eq!(elnino["shape"], json!({ "outputs": 61, "inputs": 12, "examples": 12 }), "the year is a label");
    assert_eq!(elnino["fit"]["holds"], false);
    assert!(elnino["stopping"].is_null() && elnino["predicted"].is_null() && elnino["shrinkage"].is_null());

    let regression = ["--inputs", "linnerud_exercise.csv", "--outputs", "linnerud_physiology.csv", "--center"];
    let linnerud = record(&folder, &regression);
    assert!(linnerud["rank"].as_u64().unwrap() <= 1 && !linnerud["measured"].is_null(), "{linnerud}");

    let digits = record(&folder, &["--inputs", "digits_upper.npy", "--outputs", "digits_lower.csv"]);
    assert!(digits["measured"]["condition_number"].as_f64().unwrap() > 100.0);
    assert!(digits["predicted"].is_null(), "no closed form for inputs that are not white");
    // Least squares by hand: 24 % of the squares are left on new examples.
    assert!((digits["stopping"]["test_error"].as_f64().unwrap() - 0.239).abs() < 0.005, "{}", digits["stopping"]);
    let text = xtask(&folder, &["explain", "digits_upper.npy"]).success().stdout;
    assert!(text.contains("column 1"), "the constant column is named\n{text}");
}

#[test]
fn an_aligned_task_helps_a_weak_one_and_files_are_written() {
    let folder = tempfile::tempdir().unwrap();
    for (run, (name, s, direction)) in
        [("weak.csv", 1.0, 0), ("aligned.csv", 6.0, 0), ("other.csv", 6.0, 1)].into_iter().enumerate()
    {
        fs::write(folder.path().join(name), csv(&spiked(s, direction, 10 + run as u64))).unwrap();
    }
    let arguments = ["weak.csv", "aligned.csv", "other.csv", "--out", "answer"];
    let answer = record(folder.path(), &arguments);
    let effect = |with: &str| {
        let pairs = answer["benefit"].as_array().unwrap();
        pairs.iter().find(|pair| pair["of"] == "weak.csv" && pair["with"] == with).unwrap()["effect"].clone()
    };
    assert_eq!(effect("aligned.csv"), "helps", "{}", answer["benefit"]);
    // A strong task of another direction lowers nothing; whether it hurts a task at the threshold, one draw need not tell.
    assert_ne!(effect("other.csv"), "helps", "{}", answer["benefit"]);
    let company = answer["company"].as_array().unwrap().iter().find(|company| company["of"] == "weak.csv").unwrap();
    assert!(company["with"].as_array().unwrap().contains(&json!("aligned.csv")), "{company}");
    assert!(company["time"].as_f64().unwrap() > 0.0 && company["estimate"].as_f64().unwrap() > 0.0, "{company}");
    // The strong tasks are far above their noise: what they are worth in examples is a number.
    let strong = answer["benefit"].as_array().unwrap().iter().find(|pair| pair["of"] == "other.csv").unwrap();
    assert!(strong["worth"].is_number() && strong["time"].as_f64().unwrap() > 0.0, "{strong}");
    let one = record(folder.path(), &[&arguments[..3], &["--task", "weak.csv"]].concat());
    let same = answer["benefit"].as_array().unwrap().iter().filter(|pair| pair["of"] == "weak.csv");
    let effects = |pairs: &mut dyn Iterator<Item = &Value>| pairs.map(|pair| pair["with"].clone()).collect::<Vec<_>>();
    assert_eq!(effects(&mut one["benefit"].as_array().unwrap().iter()), effects(&mut { same }));
    let answer = xtask(folder.path(), &["explain", "weak.csv", "aligned.csv", "--task", "week.csv"]);
    let refused = answer.refusal();
    assert!(refused.contains("--task: week.csv is none of the tasks: weak.csv, aligned.csv"), "{refused}");
    for ending in ["json", "csv", "svg", "png", "html"] {
        assert!(folder.path().join(format!("answer/weak.{ending}")).is_file(), "{ending}");
    }
    let page = fs::read_to_string(folder.path().join("answer/weak.html")).unwrap();
    assert!(!page.contains("src=\"http") && !page.contains("href=\"http") && !page.contains("url(http"));
}
