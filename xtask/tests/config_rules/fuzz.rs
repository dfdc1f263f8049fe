//! Sound configs, spoilt at random: nothing panics, and whatever is refused is refused at a place in the file.

use crate::config_text::{Place, places};
use crate::{FILE, templates};
use linalg_core::generator;
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use xtask::config::{ConfigError, Document, Scale};
use xtask::recipes::{self, RECIPES};
use xtask::runs::results::Results;
use xtask::study::recipe::Recipe;

const CASES: u64 = 2000;
const SEED: u64 = 1;
/// The most that a config may ask for, lest planning alone fills the memory.
const MOST_RUNS: usize = 5_000_000;

const WHOLE: [&str; 14] = [
    "0",
    "1",
    "2",
    "3",
    "5",
    "7",
    "50",
    "100",
    "101",
    "10000",
    "10001",
    "4294967296",
    "9223372036854775808",
    "18446744073709551615",
];
const REAL: [&str; 18] = [
    "0",
    "-0.0",
    "1",
    "-1",
    "0.5",
    "2",
    "1e-5",
    "1e-300",
    "5e-324",
    "1e-3",
    "0.999",
    "1.001",
    "100",
    "1e8",
    "1e300",
    "-1e300",
    "1.7976931348623157e308",
    "3",
];
const WRONG: [&str; 14] = [
    "NaN",
    "inf",
    "1e999",
    "18446744073709551616",
    "-1",
    "\"text\"",
    "None",
    "Some(1)",
    "[]",
    "()",
    "Word",
    "true",
    "[1, 2]",
    "(1, 2)",
];
const SIGNS: [char; 18] =
    ['(', ')', '[', ']', '{', '}', ',', ':', '"', '/', '*', '#', '\'', '\\', '\0', 'é', '\u{202e}', '-'];

trait Random: rand::Rng {}
impl<R: rand::Rng> Random for R {}

fn one<'a, T>(random: &mut impl Random, of: &'a [T]) -> &'a T {
    of.choose(random).expect("something to choose from")
}

/// Another value of the same sort, legal or not.
fn other_value(text: &str, random: &mut impl Random) -> String {
    if let Some(items) =
        text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).filter(|it| !it.contains(['(', '[']))
    {
        let mut items: Vec<&str> = items.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
        match random.random_range(0..4) {
            0 => items.reverse(),
            1 => items.truncate(random.random_range(0..=items.len())),
            2 => items.extend(items.clone()),
            _ => items.push(*one(random, &REAL)),
        }
        return format!("[{}]", items.join(", "));
    }
    match (text.parse::<u64>(), text.parse::<f64>()) {
        (Ok(number), _) if random.random_bool(0.5) => {
            let (factor, less) = (random.random_range(1..4), random.random_range(0..2));
            number.saturating_mul(factor).saturating_sub(less).to_string()
        }
        (Ok(_), _) => (*one(random, &WHOLE)).to_owned(),
        (_, Ok(number)) if random.random_bool(0.5) => (number * 10f64.powi(random.random_range(-3..4))).to_string(),
        (_, Ok(_)) => (*one(random, &REAL)).to_owned(),
        _ => text.to_owned(),
    }
}

/// Changes one value, mostly to one of its sort.
fn spoil_value(text: &mut String, random: &mut impl Random) {
    let all = places(text);
    let values: Vec<&Place> = all.iter().filter(|place| place.path != "smoke").collect();
    let place = *one(random, &values);
    let value = match random.random_range(0..20) {
        0 => (*one(random, &WRONG)).to_owned(),
        // That of another key.
        1 => text[one(random, &values).value.clone()].to_owned(),
        _ => other_value(&text[place.value.clone()], random),
    };
    text.replace_range(place.value.clone(), &value);
}

/// Changes the text without regard to what it says.
fn spoil_text(text: &mut String, random: &mut impl Random) {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let [a, b] = [(); 2].map(|()| *one(random, &ends));
    let (from, to) = (a.min(b), a.max(b));
    match random.random_range(0..4) {
        0 => text.insert(a, *one(random, &SIGNS)),
        1 => drop(text.remove(a)),
        // Something must be left to complain about.
        2 => text.truncate(a.max(ends[ends.len() / 4])),
        _ => {
            let piece = text[from..to].to_owned();
            text.insert_str(a, &piece);
        }
    }
}

/// Reads and checks at both scales; how many scales got as far as the rules.
fn validated<R: Recipe>(document: &Document) -> (usize, Result<(), ConfigError>) {
    let reached = Cell::new(0);
    let result = document.validate(|recipe: &R, checks| {
        reached.set(reached.get() + 1);
        recipe.check(checks);
    });
    (reached.get(), result)
}

macro_rules! validated_as {
    ($document:expr, $($module:ident::$kind:ident)*) => {
        match $document.kind() {
            $(stringify!($kind) => Some(validated::<recipes::$module::$kind>($document)),)*
            _ => None,
        }
    };
}

/// As [`validated`], for any kind.
fn checked(text: &str) -> (usize, Result<(), ConfigError>) {
    let document = match Document::parse(FILE, text) {
        Ok(document) => document,
        Err(error) => return (0, Err(error)),
    };
    let names: Vec<&str> = RECIPES.iter().map(|kind| kind.name()).collect();
    if let Err(error) = document.require_kind(&names) {
        return (0, Err(error));
    }
    let of_kind = validated_as!(&document,
        alignment_lag::AlignmentLag input_types::InputTypes learning_curves::LearningCurves
        learning_dynamics::LearningDynamics non_gradient::NonGradient nonlinear_curves::NonlinearCurves
        nonlinear_transfer::NonlinearTransfer random_student_study::RandomStudentStudy
        randomized_data::RandomizedData regularisation::Regularisation signal_through_noise::SignalThroughNoise student_width::StudentWidth
        scaling::Scaling stopping_without_validation::StoppingWithoutValidation sweep::Sweep transfer_benefit::TransferBenefit transfer_from_data::TransferFromData
        transfer_setting::TransferSetting varying_examples::VaryingExamples);
    let (reached, result) = of_kind.unwrap_or_else(|| panic!("{} is not among the kinds tested", document.kind()));
    if result.is_ok() {
        let kind = RECIPES.iter().find(|kind| kind.name() == document.kind()).unwrap();
        for scale in Scale::ALL {
            let plan = kind.plan(&document.settings(scale)).expect("what is sound can be planned");
            let runs = plan.runs();
            assert!(runs.len() <= MOST_RUNS, "{} runs", runs.len());
            for run in runs.iter().take(100) {
                assert!(run.cost_estimate() >= 0.0 && run.description().is_ok(), "{}", run.label());
            }
            // Planes of up to 40,000 closed forms take too long here.
            if runs.is_empty() && scale == Scale::Smoke && kind.name() != "TransferSetting" {
                // Closed forms may refuse what they cannot compute, and so may the drawing.
                let _ = plan.assemble(&Results::default()).map(|assembled| figures::render_svg(&assembled.figure));
            }
        }
    }
    (reached, result)
}

/// Whether every complaint names a line and column of the text.
fn is_located(error: &ConfigError, text: &str) -> bool {
    let columns = |line: usize| text.split('\n').nth(line - 1).map(|line| line.chars().count() + 1);
    let is_place = |(line, column): (usize, usize)| {
        line > 0 && columns(line).is_some_and(|columns| (1..=columns).contains(&column))
    };
    let mut problems = error.problems().iter();
    problems.all(|problem| problem.position.map_or(problem.message.contains("more broken rules"), is_place))
}

#[test]
fn spoilt_configs_are_refused_at_a_place_in_the_file_and_never_panic() {
    let templates: Vec<String> = templates().into_values().collect();
    let (mut reached, mut sound) = (0, 0);
    for case in 0..CASES {
        let mut random = generator(SEED, "spoilt configs", &[], case);
        let mut text = templates[case as usize % templates.len()].clone();
        for _ in 0..random.random_range(1..3) {
            spoil_value(&mut text, &mut random);
        }
        if random.random_bool(0.2) {
            spoil_text(&mut text, &mut random);
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| checked(&text)));
        let (scales, result) = outcome.unwrap_or_else(|_| panic!("case {case} panics:\n{text}"));
        reached += u64::from(scales > 0);
        match result {
            Ok(()) => sound += 1,
            Err(error) => assert!(is_located(&error, &text), "case {case}: {error}\nof\n{text}"),
        }
    }
    println!("{CASES} cases: {reached} reach the rules, {sound} are still sound");
    assert!(2 * reached >= CASES, "only {reached} of {CASES} reach the rules");
    assert!(sound < CASES / 2, "{sound} of {CASES} are sound: hardly spoilt");
}
