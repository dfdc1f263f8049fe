//! The Marchenko-Pastur law against reference digits, an independent adaptive integration, limits by hand and sampling.

use linalg_core::{BulkPart, Front, MarchenkoPastur, generator, sample_gaussian, singular_values};
use std::f64::consts::PI;

/// Adaptive Simpson integration to an absolute tolerance: shares nothing with the Gauss panels.
fn simpson(f: &dyn Fn(f64) -> f64, low: f64, high: f64, tolerance: f64) -> f64 {
    fn rule(
        f: &dyn Fn(f64) -> f64,
        [a, b]: [f64; 2],
        [fa, fm, fb]: [f64; 3],
        whole: f64,
        tolerance: f64,
        depth: u32,
    ) -> f64 {
        let middle = 0.5 * (a + b);
        let (f_left, f_right) = (f(0.5 * (a + middle)), f(0.5 * (middle + b)));
        let left = (middle - a) / 6.0 * (fa + 4.0 * f_left + fm);
        let right = (b - middle) / 6.0 * (fm + 4.0 * f_right + fb);
        let change = left + right - whole;
        if depth == 0 || change.abs() <= 15.0 * tolerance {
            return left + right + change / 15.0;
        }
        rule(f, [a, middle], [fa, f_left, fm], left, 0.5 * tolerance, depth - 1)
            + rule(f, [middle, b], [fm, f_right, fb], right, 0.5 * tolerance, depth - 1)
    }
    // Sixty-four pieces first, so that a narrow feature cannot hide between five points.
    let step = (high - low) / 64.0;
    (0..64)
        .map(|piece| {
            let (a, b) = (low + step * f64::from(piece), low + step * f64::from(piece + 1));
            let values = [f(a), f(0.5 * (a + b)), f(b)];
            let whole = (b - a) / 6.0 * (values[0] + 4.0 * values[1] + values[2]);
            rule(f, [a, b], values, whole, tolerance / 64.0, 40)
        })
        .sum()
}

/// ∫ g dμ through the textbook density f(x) in x = (edge mean) − (edge half range) · cos α, which removes the square
/// roots.
fn integral_by_simpson(law: &MarchenkoPastur, g: &dyn Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let (edge_low, edge_high) = (law.lower_edge(), law.upper_edge());
    let (centre, radius) = (0.5 * (edge_low + edge_high), 0.5 * (edge_high - edge_low));
    let angle = |y: f64| ((centre - y) / radius).clamp(-1.0, 1.0).acos();
    let integrand = |alpha: f64| {
        let y = centre - radius * alpha.cos();
        law.density(y) * g(y) * radius * alpha.sin()
    };
    simpson(&integrand, angle(low), angle(high), 1e-13)
}

fn assert_close(actual: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (actual - expected).abs() <= tolerance * expected.abs().max(1e-300),
        "{what}: {actual:e} against {expected:e}"
    );
}

#[test]
fn reference_rows() {
    let text = include_str!("data/bulk.json");
    let tables: serde_json::Value = serde_json::from_str(text).unwrap();
    let rows = tables["bulk"].as_array().unwrap();
    assert_eq!(rows.len(), 20, "every row of the bulk table must be read");
    for row in rows {
        let get = |name: &str| row[name].as_f64().unwrap_or_else(|| panic!("{name} is missing from {row}"));
        let law = MarchenkoPastur::new(get("rows") as usize, get("cols") as usize, get("entry_variance")).unwrap();
        let top = get("top_fraction");
        assert_close(law.density(get("s")), get("density"), 1e-13, "density");
        assert_close(law.upper_quantile(top), get("upper_quantile"), 1e-13, "quantile");
        assert_close(law.mean_square(), get("mean_square"), 1e-14, "mean square");
        assert_close(law.moment(1), get("mean"), 1e-13, "mean");
        let top_square = law.integral(BulkPart::Top(top), None, |y| y * y);
        assert_close(top_square, get("mean_square_top"), 1e-12, "mean square of the top");
    }
}

/// Aspect ratios from tiny through both sides of square to large.
const RATIOS: [f64; 11] = [1e-3, 0.02, 0.5, 0.98, 0.999_999, 1.0, 1.000_001, 1.02, 2.0, 50.0, 1e3];

#[test]
fn mass_one_exact_second_and_fourth_moments() {
    for ratio in RATIOS {
        let kappa = 0.7;
        let law = MarchenkoPastur::from_aspect_ratio(ratio, kappa).unwrap();
        let [mass, second, fourth] = law.integrals(BulkPart::All, None, |y| [1.0, y * y, y.powi(4)]);
        assert_close(mass, 1.0, 2e-14, "mass");
        assert_close(second, kappa * kappa * ratio.max(1.0), 2e-14, "mean square");
        assert_close(second, law.mean_square(), 2e-14, "mean square");
        // E y⁴ = K⁴ (1 + min(A, 1/A)): the second moment of the Marchenko-Pastur law of eigenvalues.
        assert_close(fourth, law.mean_square().powi(2) * (1.0 + ratio.min(1.0 / ratio)), 3e-14, "mean fourth power");
        assert_close(law.moment(2), law.mean_square(), 2e-14, "moment 2");
    }
}

#[test]
fn square_law_is_the_quarter_circle() {
    // A = 1: f(x) = √(4 − x²)/π on [0, 2], with cdf (x√(4−x²)/2 + 2 arcsin(x/2))/π and mean 8/(3π).
    let law = MarchenkoPastur::from_aspect_ratio(1.0, 1.0).unwrap();
    assert_eq!(law.lower_edge(), 0.0);
    for x in [0.0, 1e-9, 1e-3, 0.5, 1.0, 1.7, 1.999_999] {
        assert!((law.density(x) - ((2.0 - x) * (2.0 + x)).sqrt() / PI).abs() < 1e-15, "density at {x}");
        let cdf = (0.5 * x * (4.0 - x * x).sqrt() + 2.0 * (0.5 * x).asin()) / PI;
        // The arcsine near 1 turns the rounding of its argument into 1e-16/√(2 − x).
        assert!((law.cdf(x) - cdf).abs() < 1e-15 / (2.0 - x).sqrt(), "cdf at {x}: {} against {cdf}", law.cdf(x));
    }
    assert_close(law.moment(1), 8.0 / (3.0 * PI), 1e-14, "mean");
}

#[test]
fn narrow_law_is_a_semicircle() {
    // A → 0: y/κ = 1 + √A z with z on the semicircle of radius 1, up to corrections of order √A.
    let law = MarchenkoPastur::from_aspect_ratio(1e-8, 1.0).unwrap();
    for z in [-0.9, -0.3, 0.0, 0.5, 0.95f64] {
        let semicircle = 2.0 / PI * (1.0 - z * z).sqrt();
        assert!((1e-4 * law.density(1.0 + 1e-4 * z) - semicircle).abs() < 2e-4);
        let cdf = 0.5 + (z * (1.0 - z * z).sqrt() + z.asin()) / PI;
        assert!((law.cdf(1.0 + 1e-4 * z) - cdf).abs() < 1e-4);
    }
}

#[test]
fn cdf_is_the_integral_of_the_density_and_the_quantile_its_inverse() {
    for ratio in RATIOS {
        let law = MarchenkoPastur::from_aspect_ratio(ratio, 1.3).unwrap();
        let (low, high) = (law.lower_edge(), law.upper_edge());
        for part in [0.03, 0.2, 0.5, 0.9, 0.999] {
            let y = low + part * (high - low);
            // Simpson sees y with an error of 1e-16 that the narrow bulk of extreme ratios magnifies.
            let tolerance = 2e-13 + 1e-15 * high / (high - low);
            let integral = integral_by_simpson(&law, &|_| 1.0, low, y);
            assert!((law.cdf(y) - integral).abs() < tolerance, "A = {ratio}: {} against {integral}", law.cdf(y));
            assert_close(law.upper_quantile(1.0 - law.cdf(y)), y, 1e-13, "quantile of the cdf");
            assert!((law.fraction_above(y) + law.cdf(y) - 1.0).abs() < 1e-15);
        }
        assert_close(law.upper_quantile(0.0), high, 4e-16, "largest value");
        assert!((law.upper_quantile(1.0) - low).abs() < 1e-15 * high, "smallest value");
        assert_eq!((law.cdf(0.5 * low), law.cdf(2.0 * high)), (0.0, 1.0));
        assert_eq!(law.density(1.01 * high), 0.0);
        assert!((law.cdf(law.median()) - 0.5).abs() < 1e-14);
    }
}

#[test]
fn top_and_rest_make_the_whole() {
    for ratio in RATIOS {
        let law = MarchenkoPastur::from_aspect_ratio(ratio, 1.0).unwrap();
        for fraction in [0.0, 1e-3, 0.3, 0.97, 1.0] {
            let g = |y: f64| [1.0, (-y).exp()];
            let [top_mass, top] = law.integrals(BulkPart::Top(fraction), None, g);
            let [rest_mass, rest] = law.integrals(BulkPart::Rest(fraction), None, g);
            let [_, all] = law.integrals(BulkPart::All, None, g);
            assert!((top_mass - fraction).abs() < 3e-14, "A = {ratio}: {top_mass} against {fraction}");
            assert!((rest_mass + fraction - 1.0).abs() < 3e-14);
            assert!((top + rest - all).abs() < 3e-14);
        }
    }
}

#[test]
fn narrow_fronts_are_resolved() {
    for ratio in [1e-3, 0.5, 0.98, 1.0, 50.0] {
        let law = MarchenkoPastur::from_aspect_ratio(ratio, 1.0).unwrap();
        let (low, high) = (law.lower_edge(), law.upper_edge());
        for place in [-0.05, 0.0, 0.01, 0.4, 1.0, 1.02] {
            for relative_width in [1e-4, 1e-2, 0.3] {
                let width = relative_width * (high - low);
                let front = Front { position: low + place * (high - low), width };
                let step = |y: f64| 1.0 / (1.0 + ((front.position - y) / width).exp());
                let gauss = law.integral(BulkPart::All, Some(front), step);
                let below = integral_by_simpson(&law, &step, low, front.position.clamp(low, high));
                let above = integral_by_simpson(&law, &step, front.position.clamp(low, high), high);
                let tolerance = 1e-12 + 1e-15 * high / (high - low);
                assert!(
                    (gauss - below - above).abs() < tolerance,
                    "A = {ratio}, place {place}, width {relative_width}: {gauss} against {}",
                    below + above
                );
            }
        }
    }
}

#[test]
fn transposition_changes_nothing() {
    let (wide, tall) = (MarchenkoPastur::new(30, 70, 0.02).unwrap(), MarchenkoPastur::new(70, 30, 0.02).unwrap());
    assert_close(wide.upper_edge(), tall.upper_edge(), 1e-15, "edge");
    for y in [0.5, 0.8, 1.2, 1.7] {
        assert_close(wide.density(y), tall.density(y), 1e-13, "density");
        assert_close(wide.cdf(y), tall.cdf(y), 1e-13, "cdf");
    }
    assert_close(wide.kappa(), (0.02f64 * 70.0).sqrt(), 1e-15, "kappa");
    assert_close(tall.aspect_ratio(), 7.0 / 3.0, 1e-15, "aspect ratio");
}

#[test]
fn sampled_singular_values_follow_the_law() {
    // Bulk eigenvalues are rigid: the empirical cdf of an n × n matrix stays within a few times log(n)/n of the law.
    for (rows, columns) in [(120, 200), (200, 120), (150, 150)] {
        let law = MarchenkoPastur::new(rows, columns, 0.01).unwrap();
        let mut rng = generator(11, "marchenko-pastur", &[rows as u64, columns as u64], 0);
        let values = singular_values(sample_gaussian(rows, columns, 0.01, &mut rng).as_ref()).unwrap();
        let count = values.len() as f64;
        for (rank, value) in values.iter().enumerate() {
            let empirical = 1.0 - (rank as f64 + 0.5) / count;
            assert!(
                (law.cdf(*value) - empirical).abs() < 0.03,
                "{rows} × {columns}: {} against {empirical}",
                law.cdf(*value)
            );
        }
    }
}

#[test]
fn impossible_laws_are_refused() {
    assert!(MarchenkoPastur::new(0, 10, 1.0).is_err());
    assert!(MarchenkoPastur::new(10, 0, 1.0).is_err());
    for variance in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = MarchenkoPastur::new(10, 10, variance).unwrap_err();
        assert!(error.to_string().contains("entry_variance"), "{error}");
    }
    assert!(MarchenkoPastur::from_aspect_ratio(0.5, 0.0).is_err());
    assert!(MarchenkoPastur::from_aspect_ratio(f64::NAN, 1.0).is_err());
}
