//! The growth of one mode against hand-made limits, elementary closed forms and direct integration of its equation.

use theory::{ModeGrowth, ModeState};

/// Classical Runge-Kutta in ln s for τ ds/dt = L s^p (ŝ − s), with steps that keep the change of ln s small.
fn integrate(layers: usize, epsilon: f64, s_hat: f64, t: f64) -> f64 {
    let power = 2.0 - 2.0 / layers as f64;
    let rate = |log_s: f64| layers as f64 * ((power - 1.0) * log_s).exp() * (s_hat - log_s.exp());
    let (mut log_s, mut time) = (epsilon.ln(), 0.0);
    while time < t {
        // Both the growth of ln s and the pull towards ŝ set the scale.
        let speed = rate(log_s).abs() + layers as f64 * (power * log_s).exp();
        let step = (2e-3 / speed).min(t - time);
        let k1 = rate(log_s);
        let k2 = rate(log_s + 0.5 * step * k1);
        let k3 = rate(log_s + 0.5 * step * k2);
        let k4 = rate(log_s + step * k3);
        log_s += step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
        time += step;
    }
    log_s.exp()
}

#[test]
fn strength_solves_the_growth_equation() {
    for layers in [1, 2, 3, 4, 5, 8] {
        for epsilon in [1e-3, 0.3] {
            let growth = ModeGrowth::new(layers, epsilon).unwrap();
            for s_hat in [0.0, 0.01, 0.29, 0.31, 1.0, 4.0] {
                for t in [0.1, 1.0, 7.0] {
                    let (s, expected) = (growth.strength_at(s_hat, t), integrate(layers, epsilon, s_hat, t));
                    // Fourth order at 2e-3 per step: 1e-12 a step, a few thousand steps.
                    assert!(
                        (s / expected - 1.0).abs() < 1e-10,
                        "L = {layers}, ε = {epsilon}, ŝ = {s_hat}, t = {t}: {s} {expected}"
                    );
                }
            }
        }
    }
}

#[test]
fn four_layers_follow_the_elementary_closed_form() {
    // t(s) = F(s) − F(ε), F(s) = artanh(√(s/ŝ))/(2ŝ^{3/2}) − 1/(2ŝ√s).
    let growth = ModeGrowth::new(4, 1e-4).unwrap();
    for s_hat in [0.5f64, 2.0, 9.0] {
        let f = |s: f64| (s / s_hat).sqrt().atanh() / (2.0 * s_hat.powf(1.5)) - 1.0 / (2.0 * s_hat * s.sqrt());
        for fraction in [0.001, 0.1, 0.499, 0.501, 0.9, 0.999] {
            let s = fraction * s_hat;
            let t = growth.time_to_reach(s_hat, s).unwrap().unwrap();
            assert!((t / (f(s) - f(1e-4)) - 1.0).abs() < 1e-13, "ŝ = {s_hat}, s = {s}");
            assert!((growth.strength_at(s_hat, t) / s - 1.0).abs() < 1e-11);
        }
    }
}

#[test]
fn the_first_instants_follow_the_tangent() {
    // Where the change is below 1e-9 of ε, its square is below rounding. Modes that decay start at the end of the solver's bracket.
    let mut checked = 0;
    for layers in [1, 2, 3, 4, 5, 7, 10] {
        for epsilon in [1e-3, 0.3, 1.5, 3.5] {
            let growth = ModeGrowth::new(layers, epsilon).unwrap();
            for s_hat in (1..=60).map(|k| 0.05 * f64::from(k) + 1e-3) {
                for t in (0..40).map(|k| 1e-20 * 1.7f64.powi(k)) {
                    let start = ModeState { strength: epsilon, gap: s_hat - epsilon };
                    let change = growth.rate(start) * t;
                    if change.abs() > 1e-9 * epsilon {
                        continue;
                    }
                    let found = growth.strength_at(s_hat, t);
                    checked += 1;
                    assert!(
                        (found - (epsilon + change)).abs() <= 1e-12 * epsilon,
                        "L = {layers}, ε = {epsilon}, ŝ = {s_hat}, t = {t}: {found}"
                    );
                }
            }
        }
    }
    assert!(checked > 50_000, "{checked}");
}

#[test]
fn two_layers_steepest_at_half() {
    // s = ŝ/2 at t = ln(ŝ/ε − 1)/(2ŝ).
    let growth = ModeGrowth::new(2, 1e-5).unwrap();
    let t = (3.0 / 1e-5f64 - 1.0).ln() / 6.0;
    assert!((growth.strength_at(3.0, t) - 1.5).abs() < 1e-13);
    let state = growth.state_at(3.0, t);
    assert!((growth.rate(state) - 2.0 * 1.5 * 1.5).abs() < 1e-12);
    let next = growth.strength_at(3.0, t + 1e-6);
    assert!(((next - state.strength) / 1e-6 - growth.rate(state)).abs() < 1e-5);
}

#[test]
fn time_and_strength_are_inverse_for_growing_and_decaying_modes() {
    for layers in 1..=9 {
        let growth = ModeGrowth::new(layers, 0.01).unwrap();
        for s_hat in [0.0, 1e-9, 1e-4, 0.009_999, 0.010_001, 0.02, 3.0] {
            for fraction in [1e-6, 0.01, 0.5, 0.99] {
                let s = 0.01 + fraction * (s_hat - 0.01);
                let t = growth.time_to_reach(s_hat, s).unwrap().unwrap();
                let back = growth.strength_at(s_hat, t);
                // s − ε is known to the rounding of s, and the plateau of deep students magnifies the rounding of t.
                assert!((back / s - 1.0).abs() < 1e-12, "L = {layers}, ŝ = {s_hat}, s = {s}: {back}");
            }
        }
    }
}

#[test]
fn a_single_layer_knows_the_time_of_a_strength_next_to_its_limit() {
    // s − ε and ŝ − ε round to the same number here.
    let growth = ModeGrowth::new(1, 1.0).unwrap();
    let s_hat = 1.745e-9;
    let s = s_hat * (1.0 + 1e-13);
    let t = growth.time_to_reach(s_hat, s).unwrap().unwrap();
    assert!((t - (1.0 / (s - s_hat)).ln()).abs() < 1e-8, "{t}");
}

#[test]
fn strengths_out_of_reach_have_no_time() {
    for layers in [1, 2, 3, 6] {
        let growth = ModeGrowth::new(layers, 0.1).unwrap();
        for (s_hat, s) in [(1.0, 1.0), (1.0, 1.5), (1.0, 0.05), (0.01, 0.01), (0.01, 0.2), (0.0, 0.3), (0.1, 0.2)] {
            assert_eq!(growth.time_to_reach(s_hat, s).unwrap(), None, "L = {layers}, ŝ = {s_hat}, s = {s}");
        }
        assert_eq!(growth.time_to_reach(1.0, 0.1).unwrap(), Some(0.0));
        assert!(growth.time_to_reach(-1.0, 0.5).is_err());
        assert!(growth.time_to_reach(1.0, f64::NAN).is_err());
        assert!(growth.time_to_reach(1.0, 0.0).is_err());
    }
}

#[test]
fn limits_of_time_and_strength() {
    for layers in 1..=7 {
        let growth = ModeGrowth::new(layers, 1e-5).unwrap();
        for s_hat in [0.0, 1e-300, 1e-12, 1e-5, 1e-3, 2.0, 1e8] {
            assert_eq!(growth.strength_at(s_hat, 0.0), 1e-5);
            let ModeState { strength, gap } = growth.state_at(s_hat, 1e300);
            assert!(strength.is_finite() && gap.is_finite(), "L = {layers}, ŝ = {s_hat}");
            if s_hat > 1e-5 || layers == 1 {
                assert_eq!((strength, gap), (s_hat, if s_hat == 0.0 { 0.0 * gap } else { gap }));
            }
            assert!(gap.abs() < 1e-90 || s_hat < 1e-5, "L = {layers}, ŝ = {s_hat}: gap {gap}");
        }
        assert_eq!(growth.strength_at(2.0, f64::INFINITY), 2.0);
        // ŝ = ε stays.
        assert_eq!(growth.strength_at(1e-5, 123.0), 1e-5);
    }
}

#[test]
fn the_gap_keeps_its_digits_at_saturation() {
    // ŝ − s falls by e^{−Lŝ^p} per unit of time when s ≈ ŝ.
    for layers in [1, 2, 3, 4, 6] {
        let growth = ModeGrowth::new(layers, 1e-3).unwrap();
        let start = growth.time_to_reach(1.5, 1.5 * (1.0 - 1e-9)).unwrap().unwrap();
        let (early, late) = (growth.state_at(1.5, start), growth.state_at(1.5, start + 4.0));
        let expected = early.gap * (-(layers as f64) * 1.5f64.powf(growth.power()) * 4.0).exp();
        assert!((early.gap / 1.5e-9 - 1.0).abs() < 1e-6, "L = {layers}: {}", early.gap);
        assert!((late.gap / expected - 1.0).abs() < 2e-8, "L = {layers}: {} against {expected}", late.gap);
    }
}

#[test]
fn modes_without_data_decay_by_their_power_law() {
    // ŝ = 0: s = (ε^{−p} + L p t)^{−1/p}; and tiny ŝ do the same until s has come down to them.
    for layers in [2, 3, 4, 6] {
        let growth = ModeGrowth::new(layers, 0.1).unwrap();
        let p = growth.power();
        for t in [0.01, 1.0, 100.0] {
            let expected = (0.1f64.powf(-p) + layers as f64 * p * t).powf(-1.0 / p);
            for s_hat in [0.0, 1e-250, 1e-40, 1e-18] {
                let s = growth.strength_at(s_hat, t);
                assert!(
                    (s / expected - 1.0).abs() < 1e-13,
                    "L = {layers}, t = {t}, ŝ = {s_hat}: {s} against {expected}"
                );
            }
            // Continuity across the switch to the limit: to first order ŝ/s matters.
            let s = growth.strength_at(1e-9, t);
            assert!((s / expected - 1.0).abs() < 1e-9 * 10.0 / expected, "L = {layers}, t = {t}");
        }
    }
}

#[test]
fn front_marks_the_half_learned_mode() {
    for layers in [2, 3, 4, 6] {
        let growth = ModeGrowth::new(layers, 1e-5).unwrap();
        let mut before = f64::INFINITY;
        for t in [0.01, 1.0, 10.0, 300.0] {
            let front = growth.front_at(t).unwrap();
            // The position is good to a few 1e-14, which a narrow front magnifies.
            let tolerance = 1e-12 + 5e-14 * front.position / front.width;
            let half = growth.strength_at(front.position, t) / front.position;
            assert!((half - 0.5).abs() < tolerance, "L = {layers}, t = {t}: {half}");
            assert!(front.position < before, "the front moves down the spectrum");
            before = front.position;
            // Two widths above and below make most of the difference.
            let fraction = |s_hat: f64| growth.strength_at(s_hat, t) / s_hat;
            assert!(fraction(front.position + 3.0 * front.width) > 0.6, "L = {layers}, t = {t}");
            assert!(fraction(front.position - 3.0 * front.width) < 0.4, "L = {layers}, t = {t}");
        }
        assert_eq!(growth.front_at(0.0), None);
        assert_eq!(growth.front_at(1e300), None);
    }
    assert_eq!(ModeGrowth::new(1, 1e-5).unwrap().front_at(1.0), None);
}

#[test]
fn illegal_students_are_refused_and_illegal_times_panic() {
    assert!(ModeGrowth::new(0, 1e-5).is_err());
    for epsilon in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let message = ModeGrowth::new(2, epsilon).unwrap_err().to_string();
        assert!(message.contains("epsilon") && message.contains("positive"), "{message}");
    }
    let growth = ModeGrowth::new(2, 1e-5).unwrap();
    assert!(std::panic::catch_unwind(|| growth.strength_at(1.0, -1.0)).is_err());
    assert!(std::panic::catch_unwind(|| growth.strength_at(f64::NAN, 1.0)).is_err());
}

#[test]
fn very_deep_students_follow_the_growth_equation() {
    for layers in [300, 1000] {
        let growth = ModeGrowth::new(layers, 0.5).unwrap();
        // Before, during and after the jump at about 1/(L ε) or so.
        for t in [1e-9, 1e-4, 5e-4, 1e-3, 2e-3, 0.1] {
            let (s, expected) = (growth.strength_at(2.0, t), integrate(layers, 0.5, 2.0, t));
            assert!((s / expected - 1.0).abs() < 1e-9, "L = {layers}, t = {t}: {s} {expected}");
        }
    }
    assert!(ModeGrowth::new(1001, 0.5).is_err());
}

#[test]
fn strengths_whose_product_underflows_are_reached() {
    let growth = ModeGrowth::new(2, 1e-60).unwrap();
    let t = growth.time_to_reach(1e-320, 1e-200).unwrap().unwrap();
    assert!((growth.strength_at(1e-320, t) / 1e-200 - 1.0).abs() < 1e-9);
    for (strength, s_hat) in [(1e-60, 1e-61), (2e-61, 2e-61), (1e-62, 2e-61), (2e-60, 3e-61)] {
        let reached = growth.time_to_reach(s_hat, strength).unwrap();
        assert_eq!(reached.is_some(), strength == 1e-60, "{strength} for ŝ = {s_hat}");
    }
}
