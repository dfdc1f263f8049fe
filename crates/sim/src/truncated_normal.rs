//! Initial weights from a truncated normal distribution.

use crate::{Draw, TaskSpec};
use faer::Mat;
use linalg_core::Generator;
use rand::RngExt;
use rand_distr::StandardNormal;

/// Where the normal distribution is cut, in its own standard deviations.
const CUT: f64 = 2.0;

/// Standard deviation of a standard normal variable given |z| ≤ 2: √(1 − 4φ(2)/(2Φ(2) − 1)), φ(2) = e⁻²/√(2π).
const DEVIATION_AFTER_CUT: f64 = 0.879_625_661_034_239_8;

/// W₁, …, W_L with independent entries from a normal distribution cut at ±2 standard deviations, of variance
/// scale / ((fan_in + fan_out)/2) **after** the cut.
///
/// This is "variance scaling with the average fan", truncated normal, as deep-learning libraries have it. Each task's
/// rows of W_L and the layers below have streams of their own, so that a task alone and in company starts from the same
/// draws, scaled by their layer's fans.
pub(crate) fn truncated_normal_weights(
    task: &TaskSpec,
    hidden: usize,
    layers: usize,
    scale: f64,
    draw: Draw,
) -> Vec<Mat<f64>> {
    let outputs = task.total_outputs();
    (0..layers)
        .map(|layer| {
            let fan_in = if layer == 0 { task.inputs } else { hidden };
            let fan_out = if layer == layers - 1 { outputs } else { hidden };
            let unit = if layer == layers - 1 {
                let mut stacked = Mat::zeros(fan_out, fan_in);
                let mut start = 0;
                for index in task.trained_tasks() {
                    let rows = task.outputs[index];
                    let mut rng = draw.truncated_normal_weights(layer, index, [fan_in, rows]);
                    stacked.as_mut().subrows_mut(start, rows).copy_from(unit_draws(rows, fan_in, &mut rng));
                    start += rows;
                }
                stacked
            } else {
                unit_draws(fan_out, fan_in, &mut draw.truncated_normal_weights(layer, 0, [fan_in, fan_out]))
            };
            let variance = scale / ((fan_in + fan_out) as f64 / 2.0);
            faer::Scale(variance.sqrt() / DEVIATION_AFTER_CUT) * unit
        })
        .collect()
}

/// Standard normal draws given |z| ≤ 2, column by column.
fn unit_draws(rows: usize, columns: usize, rng: &mut Generator) -> Mat<f64> {
    let mut unit = Mat::zeros(rows, columns);
    for j in 0..columns {
        for x in unit.col_as_slice_mut(j) {
            *x = loop {
                let z: f64 = rng.sample(StandardNormal);
                if z.abs() <= CUT {
                    break z;
                }
            };
        }
    }
    unit
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAW: Draw = Draw { seed: 9, run: 0 };

    #[test]
    fn the_constant_is_its_formula() {
        let density = (-2.0f64).exp() / std::f64::consts::TAU.sqrt();
        let mass = 0.954_499_736_103_641_6; // erf(√2)
        assert!((DEVIATION_AFTER_CUT - (1.0 - 4.0 * density / mass).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn layers_have_the_stated_variance_and_range() {
        let task = TaskSpec::joint(100, &[50, 30], &[&[1.0], &[1.0]], 0.0);
        for (layer, fans) in truncated_normal_weights(&task, 60, 3, 0.01, DRAW).iter().zip([160.0, 120.0, 140.0]) {
            let variance: f64 = 0.01 / (fans / 2.0);
            let entries: Vec<f64> = (0..layer.ncols()).flat_map(|j| layer.col(j).iter().copied()).collect();
            let mean_square = entries.iter().map(|x| x * x).sum::<f64>() / entries.len() as f64;
            // Squares have a relative standard deviation of 1.09 (4th moment of the cut normal): 5 standard errors.
            assert!((mean_square / variance - 1.0).abs() < 5.0 * 1.09 / (entries.len() as f64).sqrt());
            let largest = entries.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
            let cut = CUT * variance.sqrt() / DEVIATION_AFTER_CUT;
            assert!(largest <= cut && largest > 0.98 * cut);
        }
    }

    #[test]
    fn a_task_starts_alone_as_in_company_up_to_the_layers_scale() {
        let joint = TaskSpec::joint(8, &[3, 4], &[&[2.0], &[1.0]], 0.3);
        let weights = |task: &TaskSpec| truncated_normal_weights(task, 5, 2, 0.01, DRAW);
        let (together, alone) = (weights(&joint), weights(&joint.task_alone(1)));
        assert_eq!(together[0], alone[0]);
        let ratio = (9.0_f64 / 12.0).sqrt();
        for i in 0..4 {
            for j in 0..5 {
                assert!((together[1][(3 + i, j)] / alone[1][(i, j)] / ratio - 1.0).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn the_first_draws_are_pinned() {
        let task = TaskSpec::single(3, 2, &[1.0]);
        let first = &truncated_normal_weights(&task, 2, 2, 0.01, DRAW)[0];
        assert!((first[(0, 0)] + 0.031_790_285_875_913_01).abs() < 1e-15, "{first:?}");
        assert!((first[(1, 0)] - 0.036_121_108_123_815_85).abs() < 1e-15, "{first:?}");
    }
}
