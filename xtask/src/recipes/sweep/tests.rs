//! The template runs, and every kind of plot can be made from it.

use super::{AxisKeys, Companion, Observable, Parameter, Sweep};
use crate::config::{Document, Scale};
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::recipe::Recipe;

fn template() -> Sweep {
    let text = Sweep::TEMPLATE.unwrap();
    Document::parse("sweep.ron", text).unwrap().settings(Scale::Smoke).deserialize().unwrap()
}

fn drawn(sweep: &Sweep) -> String {
    let document = Document::parse("sweep.ron", Sweep::TEMPLATE.unwrap()).unwrap();
    let settings = document.settings(Scale::Smoke);
    let mut checks = settings.checks();
    sweep.check(&mut checks);
    checks.finish().unwrap();
    let results = Results::compute(&sweep.runs(), Run::clone).unwrap();
    figures::render_svg(&sweep.assemble(&results).unwrap().figure).unwrap()
}

#[test]
fn the_template_draws_lines_with_theory_near_simulation() {
    let sweep = template();
    assert!(drawn(&sweep).contains("simulation, hidden N"));
    let results = Results::compute(&sweep.runs(), Run::clone).unwrap();
    for row in sweep.table(&results).unwrap().rows {
        let [theory, mean]: [f64; 2] = [row[2].parse().unwrap(), row[3].parse().unwrap()];
        // Two seeds of a 100 × 50 task: least ln ε_te scatters by about 0.05 each.
        assert!((theory - mean).abs() < 0.3, "{row:?}");
    }
}

#[test]
fn heat_maps_and_curves_are_drawn() {
    let small = |observable, as_heat_map| Sweep { observable, as_heat_map, ..template() };
    assert!(drawn(&small(Observable::StoppingTime, true)).contains("data-kind=\"heat-map\""));
    let curve = Sweep {
        axes: vec![AxisKeys { parameter: Parameter::Snr, values: vec![0.5, 1.0] }],
        ..small(Observable::TrainCurve, false)
    };
    assert!(drawn(&curve).contains("theory, factor of all strengths = 0.5"));
}

#[test]
fn sweeps_over_decay_and_balance_move_theory_and_students_alike() {
    for (parameter, values) in [(Parameter::Decay, vec![0.0, 1.5]), (Parameter::Balance, vec![0.0, 20.0])] {
        let mut sweep =
            Sweep { axes: vec![AxisKeys { parameter, values }], observable: Observable::LeastTestError, ..template() };
        sweep.task.strengths = vec![3.0, 2.5, 2.0, 1.5];
        drawn(&sweep);
        let results = Results::compute(&sweep.runs(), Run::clone).unwrap();
        let column = |i: usize| -> Vec<f64> {
            sweep.table(&results).unwrap().rows.iter().map(|row| row[i].parse().unwrap()).collect()
        };
        let (theory, mean) = (column(1), column(2));
        assert!((theory[0] - theory[1]).abs() > 0.2, "{parameter:?}: {theory:?}");
        assert!((0..2).all(|i| (theory[i] - mean[i]).abs() < 0.15), "{parameter:?}: {theory:?} {mean:?}");
    }
}

#[test]
fn decay_and_balance_together_are_refused() {
    let mut sweep =
        Sweep { axes: vec![AxisKeys { parameter: Parameter::Decay, values: vec![0.0, 0.5] }], ..template() };
    sweep.student.balance = 2.0;
    let document = Document::parse("sweep.ron", Sweep::TEMPLATE.unwrap()).unwrap();
    let settings = document.settings(Scale::Smoke);
    let mut checks = settings.checks();
    sweep.check(&mut checks);
    let refusal = checks.finish().unwrap_err().to_string();
    assert!(refusal.contains("no closed form is known then"), "{refusal}");
}

#[test]
fn transfer_sweeps_over_alignment() {
    let mut sweep = Sweep {
        companion: Some(Companion { outputs: 50, strength: 10.0, alignment: 0.0 }),
        axes: vec![AxisKeys { parameter: Parameter::Alignment, values: vec![0.0, 1.0] }],
        observable: Observable::TransferBenefit,
        ..template()
    };
    sweep.task.strengths = vec![3.0];
    drawn(&sweep);
    let results = Results::compute(&sweep.runs(), Run::clone).unwrap();
    let benefits: Vec<f64> = sweep.table(&results).unwrap().rows.iter().map(|row| row[2].parse().unwrap()).collect();
    // From the reference table of the theory: −0.0625 at q = 0 and +0.0962 at q = 1.
    assert!(benefits[0] < 0.0 && benefits[1] > 0.05, "{benefits:?}");
}
