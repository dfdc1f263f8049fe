//! What the record claims, with bounds of the config.

use super::{CURVES, ENGINES, Scaling, curve_name, epoch_name, find, fraction_of_peak, runs_per_second, threads_name};
use crate::bench::Benchmarks;
use crate::study::{Claims, Point};

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
    pub(super) fn claims(&self, record: &Benchmarks) -> anyhow::Result<Claims> {
        let all_epochs = ENGINES.iter().flat_map(|e| self.sizes.iter().map(|size| epoch_name(e.name, *size))).collect();
        let linear = ["linear_L2", "linear_L4"].map(|name| epoch_name(name, self.paper_size)).to_vec();
        let aligned = ["aligned_L2", "aligned_L4"].map(|name| epoch_name(name, self.paper_size)).to_vec();
        let threads = vec![threads_name(1), threads_name(2)];
        let curves = CURVES.iter().flat_map(|(l, ..)| self.points.iter().map(|n| curve_name(*l, *n))).collect();

        let mut claims = Claims::new();
        let range = format!("N = {} to {}", self.sizes[0], self.sizes[self.sizes.len() - 1]);
        let claim = format!(
            "the time of an epoch grows as its operations from {range}: the most expensive operation costs at most {} times \
             the cheapest (aligned: a cheaper one of smaller N)",
            self.cost_within
        );
        let spreads =
            self.costs(record)?.into_iter().map(|(at, spread)| Point::new(at, spread).below(self.cost_within));
        claims.shown(claim, "a", spreads).unless(self.noise(record, all_epochs));

        let at_peak = |name: &str| find(record, &epoch_name(name, self.paper_size)).map(|m| m.at_peak);
        let gain = |layers: u32| -> anyhow::Result<Point> {
            let gain = at_peak(&format!("linear_L{layers}"))? / at_peak(&format!("aligned_L{layers}"))?;
            Ok(Point::new(format!("L = {layers}"), gain).above(self.least_aligned_gain))
        };
        let claim = format!(
            "at N = {} an aligned epoch is more than {} times cheaper than one with full matrices",
            self.paper_size, self.least_aligned_gain
        );
        let both = [linear.clone(), aligned].concat();
        claims.shown(claim, "a", [gain(2)?, gain(4)?]).unless(self.noise(record, both));

        let mut fractions = Vec::new();
        for engine in ENGINES.into_iter().filter(|engine| engine.name.starts_with("linear")) {
            let measured = find(record, &epoch_name(engine.name, self.paper_size))?;
            let fraction = fraction_of_peak(record, engine, measured);
            // Above 1 the count of operations or the yardstick would be wrong.
            fractions.push(Point::new(engine.label, fraction).within(self.least_fraction_of_peak, 1.0));
        }
        let claim = format!(
            "at N = {} the linear engine runs at more than {} of the register peak, all errors included",
            self.paper_size, self.least_fraction_of_peak
        );
        claims.shown(claim, "b", fractions).unless(self.noise(record, linear));

        self.threads_add_up(&mut claims, record);
        if let Some(reason) = self.noise(record, threads) {
            claims.unless(Some(reason));
        }

        let mut points = Vec::new();
        for (layers, ..) in CURVES {
            let each =
                |points: &u32| find(record, &curve_name(layers, *points)).map(|m| m.at_peak / f64::from(*points));
            let times = self.points.iter().map(each).collect::<anyhow::Result<Vec<_>>>()?;
            points.push(Point::new(format!("L = {layers}"), spread(&times)).below(self.curve_within));
        }
        let claim = format!(
            "the time of a theory curve grows as its points: the most expensive costs at most {} times the cheapest",
            self.curve_within
        );
        claims.shown(claim, "d", points).unless(self.noise(record, curves));
        Ok(claims)
    }

    /// Why a claim cannot be judged whose measurements were too much disturbed.
    fn noise(&self, record: &Benchmarks, names: Vec<String>) -> Option<String> {
        let used = names.iter().filter_map(|name| record.find(name));
        let worst = used.max_by(|a, b| a.noise.total_cmp(&b.noise)).filter(|worst| worst.noise > self.most_noise)?;
        let (repeats, most) = (100.0 * worst.noise, 100.0 * self.most_noise);
        let name = &worst.name;
        Some(format!(
            "recorded on a busy machine: {name} repeats within {repeats:.0} %, at most {most:.0} % can be judged"
        ))
    }

    /// The spread of an operation's cost over sizes, for each engine.
    fn costs(&self, record: &Benchmarks) -> anyhow::Result<Vec<(&'static str, f64)>> {
        let mut spreads = Vec::new();
        for engine in ENGINES {
            let each = |size: &u32| find(record, &epoch_name(engine.name, *size)).map(|m| m.at_peak / m.work);
            let times = self.sizes.iter().map(each).collect::<anyhow::Result<Vec<_>>>()?;
            // A small aligned student's epoch is mostly what a call costs, so its operations become cheaper with N.
            spreads.push((engine.label, if engine.matrices { spread(&times) } else { growth(&times) }));
        }
        Ok(spreads)
    }

    fn threads_add_up(&self, claims: &mut Claims, record: &Benchmarks) {
        let claim = format!("two threads do more than {} times the runs of one", self.least_speedup);
        let runs = runs_per_second(record);
        let speed =
            |wanted: usize| runs.iter().find(|(threads, _)| *threads == wanted).map(|(_, m)| m.work / m.at_peak);
        // Two threads cannot do more than twice the work of one, but for the noise of the measurements.
        let noise: f64 = runs.iter().map(|(_, m)| m.noise).sum();
        let most = 2.0 * (1.0 + noise) + 0.1;
        let speedup = speed(1).zip(speed(2)).map(|(one, two)| two / one);
        let single = speedup.is_none().then(|| "the record is of a machine with one thread".to_owned());
        let points = speedup.map(|speedup| Point::new("two threads", speedup).within(self.least_speedup, most));
        claims.shown(claim, "c", points).unless(single);
    }
}
