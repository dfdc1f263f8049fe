//! What the theory says of given data: sensitivities, the risk estimate, noise and rank.

use linalg_core::faer::Mat;
use linalg_core::{
    generator, sample_gaussian, scaled_by_power_of_two, singular_values, squared_frobenius_norm, thin_svd,
};
use serde_json::Value;
use theory::{
    Bootstrap, Interval, ModeGrowth, NoiseAnalysis, NoiseLevel, NoiseSource, RelatedTasks, RiskEstimate, Student,
    TheoryError, TransferEffect,
};

fn rows(table: &str) -> Vec<Value> {
    let tables: Value = serde_json::from_str(include_str!("data/beyond.json")).expect("the reference file is JSON");
    let rows = tables[table].as_array().expect("a table is a list of rows").clone();
    assert!(!rows.is_empty(), "{table} is empty");
    rows
}

fn number(row: &Value, name: &str) -> f64 {
    row[name].as_f64().unwrap_or_else(|| panic!("{name} is missing from {row}"))
}

fn matrix(value: &Value) -> Mat<f64> {
    let rows: Vec<Vec<f64>> = serde_json::from_value(value.clone()).expect("a list of rows of numbers");
    Mat::from_fn(rows.len(), rows[0].len(), |i, j| rows[i][j])
}

#[test]
fn sensitivity_agrees_with_the_reference() {
    for row in rows("sensitivity") {
        let growth = ModeGrowth::new(number(&row, "layers") as usize, number(&row, "epsilon")).unwrap();
        let (value, expected) =
            (growth.sensitivity(number(&row, "s_hat"), number(&row, "t")), number(&row, "ds_ds_hat"));
        assert!((value / expected - 1.0).abs() < 1e-9, "{value} for {row}");
    }
}

/// Continuity where one form hands over to another, and the limits.
#[test]
fn sensitivity_is_the_slope_of_the_strength_everywhere() {
    for layers in [1, 2, 3, 4, 7] {
        for epsilon in [1e-4, 0.3] {
            let growth = ModeGrowth::new(layers, epsilon).unwrap();
            assert_eq!(growth.sensitivity(2.0, 0.0), 0.0);
            for s_hat in [1e-12, 1e-5, 0.9e-4, 1e-4, 1.1e-4, 0.02, 0.3, 0.31, 2.0] {
                for t in [1e-3, 0.1, 1.0, 4.0, 30.0, 1e3] {
                    let value = growth.sensitivity(s_hat, t);
                    let h = 1e-4 * s_hat;
                    let s = |x: f64| growth.strength_at(x, t);
                    let slope =
                        (8.0 * (s(s_hat + h) - s(s_hat - h)) - (s(s_hat + 2.0 * h) - s(s_hat - 2.0 * h))) / (12.0 * h);
                    // Rounding of s over the step, and the fifth derivative on the scale ŝ/(1 + 2Lŝ^p t).
                    let steep = 1.0 + 2.0 * layers as f64 * s_hat.powf(growth.power()) * t;
                    let tolerance = 4e-15 * s(s_hat) / h * steep.max(1.0) + (1e-4 * steep).powi(4) * steep;
                    assert!(
                        (value - slope).abs() <= tolerance,
                        "L = {layers}, ε = {epsilon}, ŝ = {s_hat}, t = {t}: {value}, {slope}"
                    );
                }
            }
            let none = growth.sensitivity(0.0, 1.0);
            let little = growth.sensitivity(1e-12 * epsilon, 1.0);
            assert!((none - little).abs() < 1e-10 * none, "{none} {little}");
        }
    }
}

#[test]
fn risk_agrees_with_the_reference() {
    for row in rows("risk") {
        let data = matrix(&row["data"]);
        let block = number(&row, "rows") as usize;
        let student = Student::new(100, number(&row, "layers") as usize, number(&row, "epsilon")).unwrap();
        let (variance, t) = (number(&row, "entry_variance"), number(&row, "t"));
        let svd = thin_svd(data.as_ref()).unwrap();
        let risk = RiskEstimate::of_block(&svd, 0..block, variance, &student).unwrap().at(t);
        let close = |value: f64, name: &str| {
            assert!((value / number(&row, name) - 1.0).abs() < 1e-9, "{name} is {value} for {row}");
        };
        close(risk.degrees_of_freedom, "divergence");
        close(risk.residual, "residual");
        close(risk.risk, "risk");
        if block == data.nrows() {
            let whole = RiskEstimate::new(data.as_ref(), variance, &student).unwrap().at(t);
            close(whole.degrees_of_freedom, "divergence");
            close(whole.risk, "risk");
        }
    }
}

/// Σ ∂f_ij/∂Y_ij over the rows of a block, by differences of the matrix function, for students that hold some of the modes only,
/// tall and wide; and the sum over blocks with noise of their own.
#[test]
fn degrees_of_freedom_are_the_divergence_for_any_block_and_width() {
    for (rows, columns, hidden) in [(4, 6, 6), (6, 4, 4), (5, 7, 3), (7, 5, 2)] {
        let data = sample_gaussian(rows, columns, 1.0, &mut generator(1, "divergence", &[rows as u64], 0));
        let student = Student::new(hidden, 3, 0.05).unwrap();
        let (growth, t) = (student.mode_growth(), 0.7);
        let map = |data: &Mat<f64>| {
            let mut svd = thin_svd(data.as_ref()).unwrap().leading(hidden);
            svd.singular_values.iter_mut().for_each(|s| *s = growth.strength_at(*s, t));
            svd.reconstruct()
        };
        let slope = |i: usize, j: usize| {
            let at = |step: f64| {
                let mut moved = data.clone();
                moved[(i, j)] += step;
                map(&moved)[(i, j)]
            };
            let h = 1e-3;
            (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h)
        };
        let svd = thin_svd(data.as_ref()).unwrap();
        let mut whole = 0.0;
        for block in [0..2, 2..rows] {
            let expected: f64 = block.clone().map(|i| (0..columns).map(|j| slope(i, j)).sum::<f64>()).sum();
            let found = RiskEstimate::of_block(&svd, block, 0.5, &student).unwrap().at(t).degrees_of_freedom;
            assert!((found - expected).abs() < 1e-7 * expected.abs(), "{rows} × {columns}: {found} for {expected}");
            whole += found;
        }
        let all = RiskEstimate::new(data.as_ref(), 0.5, &student).unwrap().at(t).degrees_of_freedom;
        assert!((all - whole).abs() < 1e-11 * whole, "{all} for {whole}");
    }
}

/// Ties and near ties: the risk is continuous in the data, and no digits are lost between.
#[test]
fn equal_and_nearly_equal_strengths_are_normal() {
    let student = Student::new(9, 4, 1e-2).unwrap();
    let at = |gap: f64, t: f64| {
        let strengths = [2.0 + gap, 2.0, 0.7, 0.7 - gap];
        RiskEstimate::from_strengths(4, 9, &strengths, 0.1, &student).unwrap().at(t).degrees_of_freedom
    };
    for t in [0.3, 2.0, 8.0] {
        let tied = at(0.0, t);
        for gap in [1e-15, 1e-9, 1e-7] {
            assert!(
                (at(gap, t) - tied).abs() < 100.0 * tied * gap + 1e-13 * tied,
                "t = {t}, gap {gap}: {} {tied}",
                at(gap, t)
            );
        }
        // Second differences over the place where quotients take over from mean slopes.
        for gap in [1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1] {
            let second = at(1.01 * gap, t) - 2.0 * at(gap, t) + at(0.99 * gap, t);
            assert!(second.abs() < 5e-12 * (1.0 + tied) + 0.1 * gap * gap, "t = {t}, gap {gap}: {second}");
        }
    }
    let narrow = Student::new(1, 2, 1e-2).unwrap();
    let refused = RiskEstimate::from_strengths(2, 3, &[1.0, 1.0], 0.1, &narrow).unwrap_err();
    assert!(refused.to_string().contains("does not end between equal singular values"));
}

#[test]
fn degrees_of_freedom_end_at_the_number_of_entries() {
    let data = sample_gaussian(6, 11, 1.0, &mut generator(3, "end", &[], 0));
    let risk = RiskEstimate::new(data.as_ref(), 0.3, &Student::new(6, 2, 1e-6).unwrap()).unwrap();
    assert!((risk.at(1e4).degrees_of_freedom - 66.0).abs() < 1e-9);
    assert!(risk.at(0.0).degrees_of_freedom.abs() < 1e-3);
    // Nothing is left of the data, and all of the noise is learned.
    assert!((risk.at(1e4).risk - 66.0 * 0.3).abs() < 1e-9);
}

fn spiked(rows: usize, columns: usize, strengths: &[f64], run: u64) -> Mat<f64> {
    let mut rng = generator(7, "own data", &[rows as u64, columns as u64], run);
    let noise = sample_gaussian(rows, columns, 1.0 / columns as f64, &mut rng);
    noise + Mat::from_fn(rows, columns, |i, j| if i == j && i < strengths.len() { strengths[i] } else { 0.0 })
}

#[test]
fn noise_and_rank_of_a_plain_case_at_any_scale() {
    let data = spiked(50, 100, &[6.0, 4.0, 2.0], 1);
    let found = NoiseAnalysis::of_matrix(data.as_ref(), NoiseLevel::Unknown, 0.05).unwrap();
    assert_eq!((found.rank(), found.source(), found.missing()), (3, NoiseSource::Bulk, 0));
    assert!((found.entry_deviation() - 0.1).abs() < 4.0 * found.standard_error());
    assert!(found.modes().iter().all(|mode| mode.p_value < 1e-6) && found.next_p_value().unwrap() > 0.05);
    assert!(found.fit().unwrap().p_value > 0.01);
    for exponent in [-300, 40, 300] {
        let scaled = scaled_by_power_of_two(data.as_ref(), exponent);
        let again = NoiseAnalysis::of_matrix(scaled.as_ref(), NoiseLevel::Unknown, 0.05).unwrap();
        assert_eq!(again.rank(), 3);
        assert!((again.entry_deviation() / found.entry_deviation() / 2f64.powi(exponent) - 1.0).abs() < 1e-12);
        let transposed = NoiseAnalysis::of_matrix(data.transpose(), NoiseLevel::Unknown, 0.05).unwrap();
        assert!((transposed.entry_deviation() / found.entry_deviation() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn what_rounding_leaves_is_no_mode() {
    let ones = Mat::from_fn(9, 6, |_, _| 1.0);
    let found = NoiseAnalysis::of_matrix(ones.as_ref(), NoiseLevel::Unknown, 0.05).unwrap();
    assert_eq!((found.rank(), found.entry_variance(), found.source()), (1, 0.0, NoiseSource::Rounding));
    assert!((found.modes()[0].strength - 54f64.sqrt()).abs() < 1e-13);
    let zeros = NoiseAnalysis::of_matrix(Mat::<f64>::zeros(9, 6).as_ref(), NoiseLevel::Unknown, 0.05).unwrap();
    assert_eq!((zeros.rank(), zeros.entry_variance()), (0, 0.0));
    // A repeated row and a constant one: two dimensions less, the noise as before.
    let mut data = spiked(30, 60, &[5.0], 2);
    for j in 0..60 {
        data[(3, j)] = data[(4, j)];
        data[(7, j)] = 0.0;
    }
    let found = NoiseAnalysis::of_matrix(data.as_ref(), NoiseLevel::Unknown, 0.05).unwrap();
    assert_eq!((found.missing(), found.matrix().rows()), (2, 28));
    assert!(found.rank() >= 1 && (found.entry_deviation() * 60f64.sqrt() - 1.0).abs() < 0.1);
}

#[test]
fn too_few_values_are_refused_unless_the_noise_is_given() {
    for (rows, columns) in [(1, 30), (30, 1), (1, 1), (3, 20), (8, 8)] {
        let data = sample_gaussian(rows, columns, 1.0, &mut generator(4, "few", &[], 0));
        let refused = NoiseAnalysis::of_matrix(data.as_ref(), NoiseLevel::Unknown, 0.05).unwrap_err();
        assert!(matches!(refused, TheoryError::TooFewNoiseValues { needed: 9, .. }), "{refused}");
        let found = NoiseAnalysis::of_matrix(data.as_ref(), NoiseLevel::EntryVariance(1.0), 1e-3).unwrap();
        assert_eq!((found.rank(), found.source()), (0, NoiseSource::Given));
        let quiet = NoiseAnalysis::of_matrix(data.as_ref(), NoiseLevel::EntryVariance(1e-6), 1e-3).unwrap();
        assert_eq!(quiet.rank(), rows.min(columns));
    }
}

#[test]
fn the_forecast_of_a_plain_case() {
    let data = spiked(30, 60, &[5.0, 3.0], 3);
    let svd = thin_svd(data.as_ref()).unwrap();
    let found = NoiseAnalysis::of_matrix(data.as_ref(), NoiseLevel::Unknown, 0.05).unwrap();
    let student = Student::new(30, 2, 1e-5).unwrap();
    let bootstrap = Bootstrap::new(30).unwrap().with_seed(5);
    let forecast = || bootstrap.stopping(&found, &svd.singular_values, &student, 1.0, 10.0, |_| ()).unwrap();
    let said = forecast();
    assert_eq!(said, forecast());
    let Interval { estimate, low, high } = said.test_error;
    // The truth: its intervals hold it 95 times in 100, and here they do.
    let growth = student.mode_growth();
    let mut fitted = svd.clone();
    fitted.singular_values.iter_mut().for_each(|s| *s = growth.strength_at(*s, said.time.estimate));
    let teacher = Mat::from_fn(30, 60, |i, j| if i == j && i < 2 { [5.0, 3.0][i] } else { 0.0 });
    let actual = squared_frobenius_norm((fitted.reconstruct() - teacher).as_ref()) / 34.0;
    assert!(low < actual && actual < high && low < estimate && estimate < high, "{actual} in {said:?}");
    for (interval, strength) in said.strengths.iter().zip([5.0, 3.0]) {
        assert!(interval.low < strength && strength < interval.high);
    }
    // Values of another matrix, too few, too many, or in another order.
    let other = singular_values(spiked(30, 60, &[5.0, 3.0], 4).as_ref()).unwrap();
    let reversed: Vec<f64> = svd.singular_values.iter().rev().copied().collect();
    let more = [svd.singular_values.as_slice(), &[0.0]].concat();
    for (values, what) in [
        (&other, "data_strengths is"),
        (&reversed, "data_strengths is"),
        (&more, "number of data_strengths is 31"),
        (&Vec::new(), "number of data_strengths is 0"),
        (&svd.singular_values[..2].to_vec(), "number of data_strengths is 2"),
    ] {
        let refused = bootstrap.stopping(&found, values, &student, 1.0, 10.0, |_| ()).unwrap_err();
        assert!(refused.to_string().contains(what), "{refused}");
    }
    // One mode and no noise: five values are what rounding leaves.
    let ones = Mat::from_fn(9, 6, |_, _| 1.0);
    let values = singular_values(ones.as_ref()).unwrap();
    let exact = NoiseAnalysis::of_values(9, 6, &values, NoiseLevel::Unknown, 0.05).unwrap();
    let said = bootstrap.stopping(&exact, &values, &student, 1.0, 10.0, |_| ()).unwrap();
    assert!(said.test_error.estimate < 1e-3, "{said:?}");
    assert!(bootstrap.stopping(&exact, &values[..1], &student, 1.0, 10.0, |_| ()).is_err());
    let noise = spiked(30, 60, &[], 3);
    let values = thin_svd(noise.as_ref()).unwrap().singular_values;
    let found = NoiseAnalysis::of_matrix(noise.as_ref(), NoiseLevel::Unknown, 0.01).unwrap();
    let refused = bootstrap.stopping(&found, &values, &student, 1.0, 10.0, |_| ()).unwrap_err();
    assert!(matches!(refused, TheoryError::ZeroReference { .. }));
}

#[test]
fn transfer_of_plain_pairs() {
    let task = |strength: f64, direction: usize, run: u64| {
        let noise = spiked(20, 40, &[], run);
        noise + Mat::from_fn(20, 40, |i, j| if (i, j) == (0, direction) { strength } else { 0.0 })
    };
    let (weak, aligned, across) = (task(0.8, 0, 21), task(8.0, 0, 22), task(8.0, 1, 23));
    let (middling, student) = (task(3.0, 0, 24), Student::new(40, 2, 1e-4).unwrap());
    let data = [&weak, &aligned, &across, &middling].map(Mat::as_ref);
    let tasks = RelatedTasks::new(&data, NoiseLevel::Unknown, 0.01).unwrap();
    let bootstrap = Bootstrap::new(20).unwrap();
    // Nothing is found of the weak task alone, but along the inputs that strong company uses.
    assert_eq!(tasks.analysis(0).unwrap().rank(), 0);
    let helped = tasks.benefit(0, &[1], &student, 8.0, &bootstrap).unwrap();
    assert!(helped.benefit.estimate > 0.0, "{helped:?}");
    let lost = tasks.benefit(0, &[2], &student, 8.0, &bootstrap).unwrap();
    assert!(lost.benefit.estimate < helped.benefit.estimate && lost.effect() != Some(TransferEffect::Support));
    let hurt = tasks.benefit(3, &[2], &student, 8.0, &bootstrap).unwrap();
    assert!(hurt.benefit.estimate < 0.0 && hurt.worth.unwrap() < 0.0, "{hurt:?}");
    assert!(hurt.effect() != Some(TransferEffect::Support));
    assert!((hurt.predicted.unwrap().benefit() - hurt.benefit.estimate).abs() < 0.1, "{hurt:?}");
    let ranked = tasks.rank_partners(3, &student, 8.0, &bootstrap, |_, _| ()).unwrap();
    assert_eq!((ranked.len(), ranked[2].with.clone()), (3, vec![2]));
    let company = tasks.best_company(3, &student, 8.0, |_| ()).unwrap();
    assert!(!company.with.contains(&2) && company.benefit >= 0.0);
    assert!(tasks.benefit(0, &[0], &student, 8.0, &bootstrap).is_err());
    assert!(tasks.benefit(0, &[4], &student, 8.0, &bootstrap).is_err());
}

/// A block's risk with its own noise is unbiased when the other block's noise is another: mean over draws against the true error.
#[test]
fn risks_of_blocks_are_unbiased_with_unequal_noise() {
    let (student, t) = (Student::new(20, 2, 1e-3).unwrap(), 1.2);
    let growth = student.mode_growth();
    let (variances, strengths): ([f64; 2], [f64; 2]) = ([0.01, 0.09], [3.0, 4.0]);
    let mut differences = [Vec::new(), Vec::new()];
    for run in 0..400 {
        let mut rng = generator(8, "unequal noise", &[], run);
        let noise = sample_gaussian(16, 20, 1.0, &mut rng);
        let teacher = Mat::from_fn(16, 20, |i, j| match (i, j) {
            (0, 0) => strengths[0],
            (8, 0) => 0.6 * strengths[1],
            (8, 1) => 0.8 * strengths[1],
            _ => 0.0,
        });
        let data = Mat::from_fn(16, 20, |i, j| teacher[(i, j)] + variances[i / 8].sqrt() * noise[(i, j)]);
        let svd = thin_svd(data.as_ref()).unwrap();
        let mut fitted = svd.clone();
        fitted.singular_values.iter_mut().for_each(|s| *s = growth.strength_at(*s, t));
        let error = fitted.reconstruct() - &teacher;
        for (block, found) in differences.iter_mut().enumerate() {
            let rows = 8 * block..8 * block + 8;
            let risk = RiskEstimate::of_block(&svd, rows.clone(), variances[block], &student).unwrap().at(t).risk;
            found.push(risk - squared_frobenius_norm(error.as_ref().subrows(rows.start, 8)));
        }
    }
    for found in differences {
        let mean = found.iter().sum::<f64>() / 400.0;
        let deviation = (found.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 399.0).sqrt();
        // 4 standard errors: false alarm 6e-5.
        assert!(mean.abs() < 4.0 * deviation / 20.0, "{mean} ± {}", deviation / 20.0);
    }
}

#[path = "own_data/measured.rs"]
mod measured;
