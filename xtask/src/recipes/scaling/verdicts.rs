//! What the record claims, judged with tolerances of the config.

use super::{CURVES, ENGINES, Scaling, curve_name, epoch_name, find, fraction_of_peak, runs_per_second, threads_name};
use crate::bench::Benchmarks;
use crate::study::comparison::Verdict;

/// Largest over smallest.
fn spread(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest / values.iter().copied().fold(f64::INFINITY, f64::min)
}

/// Largest ratio of a value to one before it: what grows, where [`spread`] also minds what shrinks.
fn growth(values: &[f64]) -> f64 {
    let mut least = f64::INFINITY;
    values.iter().fold(1.0, |growth: f64, value| {
        least = least.min(*value);
        growth.max(value / least)
    })
}

impl Scaling {
    /// Every verdict of the figure.
    pub(super) fn verdicts(&self, record: &Benchmarks) -> anyhow::Result<Vec<Verdict>> {
        let all_epochs = ENGINES.iter().flat_map(|e| self.sizes.iter().map(|size| epoch_name(e.name, *size))).collect();
        let linear = ["linear_L2", "linear_L4"].map(|name| epoch_name(name, self.paper_size)).to_vec();
        let aligned = ["aligned_L2", "aligned_L4"].map(|name| epoch_name(name, self.paper_size)).to_vec();
        let threads = vec![threads_name(1), threads_name(2)];
        let curves = CURVES.iter().flat_map(|(l, ..)| self.points.iter().map(|n| curve_name(*l, *n))).collect();
        Ok(vec![
            self.unless_noisy(record, all_epochs, self.cost_follows_operations(record)?),
            self.unless_noisy(record, [linear.clone(), aligned].concat(), self.aligned_students_are_cheap(record)?),
            self.unless_noisy(record, linear, self.near_the_peak(record)?),
            self.unless_noisy(record, threads, self.threads_add_up(record)),
            self.unless_noisy(record, curves, self.curves_are_linear(record)?),
        ])
    }

    /// The verdict, unless a measurement that it rests on was too much disturbed to be judged by.
    fn unless_noisy(&self, record: &Benchmarks, names: Vec<String>, verdict: Verdict) -> Verdict {
        let used = names.iter().filter_map(|name| record.find(name));
        match used.max_by(|a, b| a.noise.total_cmp(&b.noise)) {
            Some(worst) if worst.noise > self.most_noise => Verdict::not_judged(
                verdict.claim,
                verdict.panel,
                format!(
                    "recorded on a busy machine: {} repeats within {:.0} %, at most {:.0} % can be judged; it reads: {}",
                    worst.name,
                    100.0 * worst.noise,
                    100.0 * self.most_noise,
                    verdict.measured
                ),
            ),
            _ => verdict,
        }
    }

    fn cost_follows_operations(&self, record: &Benchmarks) -> anyhow::Result<Verdict> {
        let mut spreads = Vec::new();
        for engine in ENGINES {
            let each = |size: &u32| find(record, &epoch_name(engine.name, *size)).map(|m| m.at_peak / m.work);
            let times = self.sizes.iter().map(each).collect::<anyhow::Result<Vec<_>>>()?;
            // A small aligned student's epoch is mostly what a call costs, so its operations become cheaper with N.
            spreads.push((engine.label, if engine.matrices { spread(&times) } else { growth(&times) }));
        }
        let list: Vec<String> = spreads.iter().map(|(label, spread)| format!("{label}: {spread:.2}")).collect();
        let range = format!("N = {} to {}", self.sizes[0], self.sizes[self.sizes.len() - 1]);
        Ok(Verdict::new(
            format!("the time of an epoch grows as its operations from {range} (aligned: no faster than they)"),
            "a",
            format!("dearest over cheapest operation (aligned: over a cheaper one of smaller N): {}", list.join("; ")),
            format!("at most {}", self.cost_within),
            spreads.iter().all(|(_, spread)| *spread <= self.cost_within),
        ))
    }

    fn aligned_students_are_cheap(&self, record: &Benchmarks) -> anyhow::Result<Verdict> {
        let at_peak = |name: &str| find(record, &epoch_name(name, self.paper_size)).map(|m| m.at_peak);
        let gain = |layers: u32| Ok(at_peak(&format!("linear_L{layers}"))? / at_peak(&format!("aligned_L{layers}"))?);
        let gains: [anyhow::Result<f64>; 2] = [2, 4].map(gain);
        let [two, four] = gains;
        let (two, four) = (two?, four?);
        Ok(Verdict::new(
            format!("at N = {} an aligned epoch is far cheaper than one with full matrices", self.paper_size),
            "a",
            format!("{two:.0} times for L = 2, {four:.0} times for L = 4"),
            format!("at least {} times", self.least_aligned_gain),
            two.min(four) >= self.least_aligned_gain,
        ))
    }

    fn near_the_peak(&self, record: &Benchmarks) -> anyhow::Result<Verdict> {
        let linear = ENGINES.into_iter().filter(|engine| engine.name.starts_with("linear"));
        let mut fractions = Vec::new();
        for engine in linear {
            let measured = find(record, &epoch_name(engine.name, self.paper_size))?;
            fractions.push((engine.label, fraction_of_peak(record, engine, measured)));
        }
        let list: Vec<String> = fractions.iter().map(|(label, fraction)| format!("{label}: {fraction:.3}")).collect();
        // Above 1 the count of operations or the yardstick would be wrong.
        let holds = fractions.iter().all(|(_, f)| (self.least_fraction_of_peak..=1.0).contains(f));
        Ok(Verdict::new(
            format!("at N = {} the linear engine runs near the register peak, all errors included", self.paper_size),
            "b",
            list.join("; "),
            format!("from {} to 1", self.least_fraction_of_peak),
            holds,
        ))
    }

    fn threads_add_up(&self, record: &Benchmarks) -> Verdict {
        let claim = "two threads do more runs a second than one";
        let runs = runs_per_second(record);
        let speed =
            |wanted: usize| runs.iter().find(|(threads, _)| *threads == wanted).map(|(_, m)| m.work / m.at_peak);
        let (Some(one), Some(two)) = (speed(1), speed(2)) else {
            return Verdict::not_judged(claim, "c", "the record is of a machine with one thread");
        };
        let speedup = two / one;
        // Two threads cannot do more than twice the work of one, but for the noise of the measurements.
        let noise: f64 = runs.iter().map(|(_, m)| m.noise).sum();
        let holds = speedup >= self.least_speedup && speedup <= 2.0 * (1.0 + noise) + 0.1;
        let tolerance = format!("at least {} times, at most 2 and its noise", self.least_speedup);
        Verdict::new(claim, "c", format!("{speedup:.2} times"), tolerance, holds)
    }

    fn curves_are_linear(&self, record: &Benchmarks) -> anyhow::Result<Verdict> {
        let mut spreads = Vec::new();
        for (layers, ..) in CURVES {
            let each =
                |points: &u32| find(record, &curve_name(layers, *points)).map(|m| m.at_peak / f64::from(*points));
            let times = self.points.iter().map(each).collect::<anyhow::Result<Vec<_>>>()?;
            spreads.push((layers, spread(&times)));
        }
        let list: Vec<String> = spreads.iter().map(|(layers, spread)| format!("L = {layers}: {spread:.2}")).collect();
        Ok(Verdict::new(
            "the time of a theory curve grows as its points",
            "d",
            format!("dearest over cheapest point: {}", list.join("; ")),
            format!("at most {}", self.curve_within),
            spreads.iter().all(|(_, spread)| *spread <= self.curve_within),
        ))
    }
}
