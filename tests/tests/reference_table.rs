//! Every digit of the reference table that the command line can be asked for, through the command line.
//!
//! The accuracy is the table's own: 1e-10 in strengths and overlaps, 1e-9 in errors, 1e-6 in the time of a flat minimum.

use workspace_tests::reference::{Row, groups, relative_error, rows};
use workspace_tests::{Table, workspace_root, xtask};

const STRENGTH: f64 = 1e-10;
const ERROR: f64 = 1e-9;
const STOPPING_TIME: f64 = 1e-6;

/// Asks the theory: each option's value is that of the row's column, and is left out with it.
fn ask(question: &str, row: &Row, options: &[(&str, &str)], lists: &[(&str, Vec<f64>)]) -> Table {
    let mut arguments = vec!["theory".to_owned(), question.to_owned()];
    let given = options.iter().filter_map(|(option, column)| Some((*option, row.argument(column)?)));
    let join = |values: &[f64]| values.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
    let lists = lists.iter().map(|(option, values)| (*option, join(values)));
    for (option, value) in given.chain(lists) {
        arguments.push(format!("{option}={value}"));
    }
    xtask(&workspace_root(), &arguments).table()
}

/// The values of a column, each once, as they come.
fn distinct(rows: &[Row], column: &str) -> Vec<f64> {
    let mut values: Vec<f64> = Vec::new();
    for row in rows {
        let value = row.number(column);
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

/// The result columns of the table row that has the arguments of `row`.
fn assert_close(found: &[f64], header: &[String], row: &Row, accuracy: &[(&str, &str, f64)]) {
    for (column, expected, tolerance) in accuracy {
        let index = header.iter().position(|name| name == column).unwrap_or_else(|| panic!("{column} is missing"));
        let error = relative_error(found[index], row.number(expected));
        assert!(error < *tolerance, "{column} is {}, off by {error:e}, for {row:?}", found[index]);
    }
}

#[test]
fn modes() {
    let mut compared = 0;
    for group in groups(rows("mode_strength"), &["s_hat", "t", "s"]) {
        let lists = [("--s-hat", distinct(&group, "s_hat")), ("--times", distinct(&group, "t"))];
        let table = ask("mode", &group[0], &[("--layers", "layers"), ("--epsilon", "epsilon")], &lists);
        let index = table.index(&["layers", "epsilon", "s_hat", "t"]);
        for row in &group {
            let key = Table::key(["layers", "epsilon", "s_hat", "t"].map(|name| row.number(name)));
            assert_close(&table.rows[index[&key]], &table.header, row, &[("s", "s", STRENGTH)]);
            compared += 1;
        }
    }
    assert_eq!(compared, 360, "the table has changed");
}

#[test]
fn spectra() {
    let results = ["s_bar", "s_hat", "overlap_output", "overlap_input", "threshold", "edge_low", "edge_high"];
    let mut compared = 0;
    for group in groups(rows("spiked"), &results) {
        let lists = [("--s-bar", distinct(&group, "s_bar"))];
        let options = [("--rows", "rows"), ("--cols", "cols"), ("--entry-variance", "entry_variance")];
        let table = ask("spectrum", &group[0], &options, &lists);
        assert_eq!(table.header, results);
        let index = table.index(&["s_bar"]);
        for row in &group {
            let found = &table.rows[index[&Table::key([row.number("s_bar")])]];
            // At the threshold itself an overlap is the root of a rounding error and is compared absolutely.
            let at_threshold = relative_error(row.number("s_bar"), row.number("threshold")) < 1e-12;
            for (column, name) in results.iter().enumerate() {
                let expected = row.number(name);
                if at_threshold && name.starts_with("overlap") {
                    assert!((found[column] - expected).abs() < 1e-7, "{name} is {} for {row:?}", found[column]);
                } else {
                    assert_close(found, &table.header, row, &[(name, name, STRENGTH)]);
                }
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 36, "the table has changed");
}

/// The options of a task and a student, and the columns that they come from.
const TASK: [(&str, &str); 8] = [
    ("--inputs", "inputs"),
    ("--outputs", "outputs"),
    ("--strengths", "snr"),
    ("--examples", "examples"),
    ("--noise", "noise"),
    ("--hidden", "hidden"),
    ("--layers", "layers"),
    ("--epsilon", "epsilon"),
];

#[test]
fn curves() {
    let mut compared = 0;
    for group in groups(rows("curve"), &["t", "train_error", "test_error"]) {
        let table = ask("curve", &group[0], &TASK, &[("--times", distinct(&group, "t"))]);
        let index = table.index(&["t"]);
        for row in &group {
            let found = &table.rows[index[&Table::key([row.number("t")])]];
            let accuracy = [("train_error", "train_error", ERROR), ("test_error", "test_error", ERROR)];
            assert_close(found, &table.header, row, &accuracy);
            compared += 1;
        }
    }
    assert_eq!(compared, 37, "the table has changed");
}

#[test]
fn stopping() {
    let rows = rows("stopping");
    for row in &rows {
        let table = ask("stopping", row, &[&TASK[..], &[("--t-max", "t_max")]].concat(), &[]);
        let accuracy = [
            ("t_opt", "t_opt", STOPPING_TIME),
            ("test_error_opt", "test_error_opt", ERROR),
            ("shrinkage_error", "shrinkage_error", ERROR),
        ];
        assert_close(&table.rows[0], &table.header, row, &accuracy);
    }
    assert_eq!(rows.len(), 4, "the table has changed");
}

#[test]
fn transfer() {
    let options = [
        ("--inputs", "inputs"),
        ("--outputs-a", "outputs_a"),
        ("--outputs-b", "outputs_b"),
        ("--strength-a", "snr_a"),
        ("--strength-b", "snr_b"),
        ("--alignment", "alignment"),
        ("--hidden", "hidden"),
        ("--epsilon", "epsilon"),
        ("--t-max", "t_max"),
    ];
    let rows = rows("transfer");
    for row in &rows {
        let table = ask("transfer", row, &options, &[]);
        let accuracy = [
            ("t_alone", "t_alone", STOPPING_TIME),
            ("error_alone", "error_alone", ERROR),
            ("t_joint", "t_joint", STOPPING_TIME),
            ("error_joint", "error_joint", ERROR),
        ];
        assert_close(&table.rows[0], &table.header, row, &accuracy);
        // A difference of two errors, each good to 1e-9 of itself.
        let allowed = ERROR * (row.number("error_alone") + row.number("error_joint"));
        let benefit = table.column("benefit")[0];
        assert!((benefit - row.number("benefit")).abs() < allowed, "benefit is {benefit} for {row:?}");
    }
    assert_eq!(rows.len(), 4, "the table has changed");
}
