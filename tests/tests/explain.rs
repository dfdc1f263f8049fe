//! `cargo xtask explain` on foreign files: real ones, and ones that cannot be read.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs::{self, File};
use std::path::Path;
use workspace_tests::xtask;

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
