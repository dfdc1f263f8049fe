//! A user's own study: parameters over lists of values, theory beside simulation.

mod observable;
mod point;
mod rules;

use crate::config::Checks;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::runs::summary::Summary;
use crate::study::Claims;
use crate::study::panels::mean_points;
use crate::study::recipe::{Assembled, Recipe, Table};
use figures::{
    Axis, Bound, ColourBar, ColourScale, Dash, Figure, HeatMap, Key, Legend, Line, Panel, Points, Scale, Shape,
};
use observable::{Observable, Value};
use point::Point;
use serde::{Deserialize, Serialize};
use sim::{Draw, Start};

/// One observable of a task and a student over one or two parameters.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// Independent repetitions; 0 for theory alone.
    pub seeds: u64,
    /// The task.
    pub task: TaskKeys,
    /// A second task that shares the inputs.
    pub companion: Option<Companion>,
    /// Other tasks of any rank that share the inputs, in the place of `companion`.
    #[serde(default)]
    pub company: Option<Company>,
    /// The student.
    pub student: StudentKeys,
    /// Its training.
    pub training: TrainingKeys,
    /// The parameters that vary.
    pub axes: Vec<AxisKeys>,
    /// What is looked at.
    pub observable: Observable,
    /// A heat map of two axes instead of a family of lines.
    pub as_heat_map: bool,
}

/// The task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskKeys {
    /// N₁.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
    /// P.
    pub examples: usize,
    /// s̄.
    pub strengths: Vec<f64>,
    /// σ_z.
    pub noise: f64,
}

/// The second of two rank-one tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Companion {
    /// Its outputs.
    pub outputs: usize,
    /// Its s̄.
    pub strength: f64,
    /// q.
    pub alignment: f64,
}

/// Tasks of any rank and number beside the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// Their outputs and strengths.
    pub tasks: Vec<CompanyTask>,
    /// Q: overlaps of the input modes of all tasks, those of the first task first; square and symmetric, 1 on the diagonal and 0
    /// elsewhere in each task's own block.
    pub overlaps: Vec<Vec<f64>>,
}

/// One task of a company.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanyTask {
    /// Its outputs.
    pub outputs: usize,
    /// Its s̄.
    pub strengths: Vec<f64>,
}

/// The student.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudentKeys {
    /// N₂.
    pub hidden: usize,
    /// L.
    pub layers: usize,
    /// ε.
    pub epsilon: f64,
    /// Training aligned or random.
    pub start: Start,
    /// The balance W₂ᵀW₂ − W₁W₁ᵀ = balance · I of the start, L = 2 only.
    #[serde(default)]
    pub balance: f64,
    /// What its hidden units are.
    #[serde(default)]
    pub units: Units,
}

/// Hidden units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Units {
    /// As in the theory.
    #[default]
    Linear,
    /// Leaky ReLU, trained in single precision; the outputs stay linear.
    LeakyRelu {
        /// Slope below 0.
        slope: f64,
    },
}

/// The training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingKeys {
    /// λ.
    pub learning_rate: f64,
    /// Number of updates.
    pub epochs: u64,
    /// γ, weight decay.
    #[serde(default)]
    pub decay: f64,
}

/// One parameter and its values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AxisKeys {
    /// Which.
    pub parameter: Parameter,
    /// Its values, increasing.
    pub values: Vec<f64>,
}

/// A scalar that can vary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Parameter {
    /// N₁.
    Inputs,
    /// N₃.
    Outputs,
    /// P.
    Examples,
    /// A factor of all strengths.
    Snr,
    /// σ_z.
    Noise,
    /// N₂.
    Hidden,
    /// L.
    Layers,
    /// ε.
    Epsilon,
    /// λ.
    LearningRate,
    /// Number of updates.
    Epochs,
    /// γ, weight decay.
    Decay,
    /// The balance between two layers.
    Balance,
    /// q of the companion.
    Alignment,
    /// s̄ of the companion.
    CompanionStrength,
}

impl Parameter {
    fn label(self) -> &'static str {
        match self {
            Self::Inputs => "inputs N_{1}",
            Self::Outputs => "outputs N_{3}",
            Self::Examples => "examples P",
            Self::Snr => "factor of all strengths",
            Self::Noise => "noise σ_{z}",
            Self::Hidden => "hidden N_{2}",
            Self::Layers => "layers L",
            Self::Epsilon => "ε",
            Self::LearningRate => "λ",
            Self::Epochs => "epochs",
            Self::Decay => "weight decay γ",
            Self::Balance => "balance W_{2}ᵀW_{2} − W_{1}W_{1}ᵀ",
            Self::Alignment => "alignment q",
            Self::CompanionStrength => "s̄_{B}",
        }
    }

    fn is_size(self) -> bool {
        matches!(self, Self::Inputs | Self::Outputs | Self::Examples | Self::Hidden | Self::Layers | Self::Epochs)
    }
}

impl Recipe for Sweep {
    const KIND: &'static str = "Sweep";
    const TEMPLATE: Option<&'static str> = Some(include_str!("sweep.ron"));

    fn check(&self, checks: &mut Checks<'_>) {
        rules::check(self, checks);
    }

    fn runs(&self) -> Vec<Run> {
        let seeds = || (0..self.seeds).map(|run| Draw { seed: self.seed, run });
        self.points()
            .iter()
            .flat_map(|(_, point)| seeds().flat_map(|draw| point.experiments(draw)).map(Run::from).collect::<Vec<_>>())
            .collect()
    }

    fn advice(&self) -> anyhow::Result<Vec<String>> {
        let (mut bounds, points) = (Vec::new(), self.points());
        for (values, point) in &points {
            if !self.observable.theory(point)?.bounds.is_empty() {
                bounds.push(format!("{values:?}"));
            }
        }
        let Some(first) = bounds.first() else { return Ok(Vec::new()) };
        Ok(vec![format!(
            "training.epochs: at {} of {} points, as at {first} on the axes, they end before the best stopping time by theory: the \
             optimum there would be a bound; train longer",
            bounds.len(),
            points.len()
        )])
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let panel = match (self.observable.is_curve(), self.as_heat_map) {
            (true, _) => vec![self.curves(results)?],
            (false, false) => vec![self.lines(results)?],
            (false, true) => self.heat_maps(results)?,
        };
        let figure = Figure::new("sweep", &self.title)
            .description("A study of one observable over parameters.")
            .columns(panel.len().max(1))
            .panels(panel);
        Ok(Assembled { figure, claims: Claims::new(), tables: vec![self.table(results)?], caption: self.caption() })
    }
}

impl Sweep {
    fn base(&self) -> Point {
        Point {
            task: self.task.clone(),
            companion: self.companion.clone(),
            company: self.company.clone(),
            student: self.student.clone(),
            training: self.training.clone(),
        }
    }

    /// Every point with the axes' values there, the last axis fastest.
    fn points(&self) -> Vec<(Vec<f64>, Point)> {
        let mut points = vec![(Vec::new(), self.base())];
        for axis in &self.axes {
            let extend = |(values, point): (Vec<f64>, Point)| {
                axis.values.iter().map(move |&value| {
                    let mut point = point.clone();
                    point.set(axis.parameter, value);
                    ([values.as_slice(), &[value]].concat(), point)
                })
            };
            points = points.into_iter().flat_map(extend).collect();
        }
        points
    }

    /// The simulated values at a point, one per seed.
    fn simulated(&self, point: &Point, results: &Results) -> anyhow::Result<Vec<Value>> {
        (0..self.seeds).map(|run| self.observable.simulated(point, Draw { seed: self.seed, run }, results)).collect()
    }

    /// Their mean, a bound if one of them is.
    fn mean(&self, point: &Point, results: &Results) -> anyhow::Result<Value> {
        let seeds = self.simulated(point, results)?;
        let bounds = seeds.iter().flat_map(|value| value.bounds.iter().copied()).collect();
        Ok(Value { number: summary(&seeds).mean, bounds })
    }

    fn lines(&self, results: &Results) -> anyhow::Result<Panel> {
        let x = &self.axes[0];
        let mut panel = Panel::new(x_axis(x), Axis::new(self.observable.label())).legend(Legend::Below);
        let points = self.points();
        let family = self.axes.get(1);
        for (index, name, colour) in series(family) {
            let at = |place: usize| &points[place * family.map_or(1, |f| f.values.len()) + index];
            let mut theory = Vec::new();
            let mut means: Vec<(f64, Summary)> = Vec::new();
            let (mut of_theory, mut of_means) = (Vec::new(), Vec::new());
            for place in 0..x.values.len() {
                let (values, point) = at(place);
                let value = self.observable.theory(point)?;
                theory.push((values[0], value.number));
                of_theory.push(value.bounds);
                if self.seeds > 0 {
                    let seeds = self.simulated(point, results)?;
                    means.push((values[0], summary(&seeds)));
                    of_means.push(seeds.into_iter().flat_map(|value| value.bounds).collect());
                }
            }
            let named = format!("{}{name}", self.theory_name());
            let ends = of_theory.iter().zip(&theory).filter(|(bounds, _)| !bounds.is_empty());
            let (of_ends, ends): (Vec<_>, Vec<_>) = ends.map(|(bounds, end)| (bounds.clone(), *end)).unzip();
            panel = panel.mark(Line::new(&named, theory).colour(colour).legend(&named));
            if !ends.is_empty() {
                let ends = Points::new(format!("end of training, {named}"), ends).shape(Shape::OpenSquare);
                panel = panel.mark(with_bounds(ends.colour(colour), &of_ends));
            }
            if !means.is_empty() {
                let name = format!("simulation{name}");
                let means = mean_points(&name, means).colour(colour).legend(&name);
                panel = panel.mark(with_bounds(means, &of_means));
            }
        }
        Ok(panel)
    }

    fn curves(&self, results: &Results) -> anyhow::Result<Panel> {
        let mut panel = Panel::new(Axis::new("t/τ"), Axis::new(self.observable.label())).legend(Legend::Below);
        let points = self.points();
        for ((_, name, colour), (_, point)) in series(self.axes.first()).into_iter().zip(&points) {
            let theory = self.observable.theory_curve(point)?;
            let named = format!("{}{name}", self.theory_name());
            panel = panel.mark(Line::new(&named, theory).colour(colour).legend(&named));
            if self.seeds > 0 {
                let runs = (0..self.seeds)
                    .map(|run| self.observable.simulated_curve(point, Draw { seed: self.seed, run }, results));
                let runs = runs.collect::<anyhow::Result<Vec<_>>>()?;
                let mean = |i: usize| (runs[0][i].0, runs.iter().map(|run| run[i].1).sum::<f64>() / runs.len() as f64);
                let line = Line::new(format!("simulation{name}"), (0..runs[0].len()).map(mean))
                    .colour(colour)
                    .dash(Dash::Dashed);
                panel = panel.mark(line);
            }
        }
        if self.seeds == 0 {
            return Ok(panel);
        }
        Ok(panel.key(Key::line("mean of the simulated seeds", figures::Colour::INK, Dash::Dashed)))
    }

    fn heat_maps(&self, results: &Results) -> anyhow::Result<Vec<Panel>> {
        let points = self.points();
        let theory = points.iter().map(|(_, p)| self.observable.theory(p)).collect::<anyhow::Result<Vec<_>>>()?;
        let mut simulated = Vec::new();
        if self.seeds > 0 {
            simulated = points.iter().map(|(_, p)| self.mean(p, results)).collect::<anyhow::Result<Vec<_>>>()?;
        }
        // One scale for both, so that the same colour is the same number.
        let scale = self.colour_scale(theory.iter().chain(&simulated));
        let mut panels = vec![self.heat_map(self.theory_name(), &theory, scale.clone())];
        if self.seeds > 0 {
            panels.push(self.heat_map("simulation", &simulated, scale));
        }
        Ok(panels)
    }

    /// Whose theory it is: closed forms are of aligned students, whatever the simulated ones are.
    fn theory_name(&self) -> &'static str {
        match (self.student.units, self.student.start) {
            (Units::LeakyRelu { .. }, _) => "theory (aligned linear student)",
            (Units::Linear, Start::TrainingAligned) => "theory",
            (Units::Linear, Start::Random) => "theory (aligned student)",
        }
    }

    fn colour_scale<'v>(&self, values: impl Iterator<Item = &'v Value>) -> ColourScale {
        let finite = values.map(|value| value.number).filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (low, high) = if low > high { (0.0, 1.0) } else { (low, high) };
        match self.observable {
            Observable::TransferBenefit => ColourScale::diverging(high.abs().max(low.abs()).max(1e-12)),
            _ => ColourScale::sequential(low, if high > low { high } else { low + 1.0 }),
        }
    }

    fn heat_map(&self, name: &str, values: &[Value], scale: ColourScale) -> Panel {
        let (x, y) = (&self.axes[0], &self.axes[1]);
        let row = |j: usize| (0..x.values.len()).map(move |i| &values[i * y.values.len() + j]);
        let rows = (0..y.values.len()).map(|j| row(j).map(|value| value.number).collect()).collect();
        let hatched = (0..y.values.len()).map(|j| row(j).map(|value| !value.bounds.is_empty()).collect()).collect();
        let swept = |axis: &AxisKeys| (axis.values.clone(), scale_of(axis));
        Panel::new(x_axis(x), x_axis(y))
            .title(name)
            .mark(HeatMap::at(name, swept(x), swept(y), rows, scale.clone()).hatched(hatched))
            .colour_bar(ColourBar::new(scale, self.observable.label()))
    }

    fn table(&self, results: &Results) -> anyhow::Result<Table> {
        let mut header: Vec<String> = self.axes.iter().map(|axis| format!("{:?}", axis.parameter)).collect();
        header.extend(["theory", "mean", "standard_error", "seeds", "theory_censored", "censored"].map(str::to_owned));
        let mut table = Table { name: "points".to_owned(), header, rows: Vec::new() };
        if self.observable.is_curve() {
            return Ok(table);
        }
        for (values, point) in self.points() {
            let (theory, seeds) = (self.observable.theory(&point)?, self.simulated(&point, results)?);
            let simulated = summary(&seeds);
            let mut row: Vec<String> = values.iter().map(f64::to_string).collect();
            row.extend([
                theory.number.to_string(),
                simulated.mean.to_string(),
                simulated.standard_error().to_string(),
                simulated.count.to_string(),
                u8::from(!theory.bounds.is_empty()).to_string(),
                seeds.iter().filter(|value| !value.bounds.is_empty()).count().to_string(),
            ]);
            table.rows.push(row);
        }
        Ok(table)
    }

    fn caption(&self) -> String {
        let axes: Vec<&str> = self.axes.iter().map(|axis| axis.parameter.label()).collect();
        let (observable, axes) = (self.observable.label(), axes.join(" and "));
        let what = match self.observable.is_curve() {
            true => format!("{observable} over t/τ, one line for each value of {axes}"),
            false => format!("{observable} over {axes}"),
        };
        let start = match (self.student.units, self.student.start) {
            (Units::LeakyRelu { slope }, _) => format!("leaky-ReLU units of slope {slope}, random"),
            (Units::Linear, Start::TrainingAligned) => "aligned".to_owned(),
            (Units::Linear, Start::Random) => "random".to_owned(),
        };
        let simulation = match self.seeds {
            0 => String::new(),
            1 => format!(", and one simulated student ({start} start) at each"),
            seeds if self.observable.is_curve() => {
                format!(", and means of {seeds} simulated students ({start} start) at each, dashed")
            }
            seeds => format!(", and means of {seeds} simulated students ({start} start) at each, with 95 % intervals"),
        };
        format!("{what}: theory of the aligned linear student in the limit of large size{simulation}.")
    }
}

fn summary(seeds: &[Value]) -> Summary {
    Summary::of(&seeds.iter().map(|value| value.number).collect::<Vec<_>>())
}

/// Points with the bounds of each.
fn with_bounds(points: Points, bounds: &[Vec<Bound>]) -> Points {
    let ways = bounds.iter().enumerate().flat_map(|(i, ways)| ways.iter().map(move |way| (i, *way)));
    ways.fold(points, |points, (i, way)| points.bounds(way, [i]))
}

/// Index, name and colour of every line of a family; one nameless line without one.
fn series(family: Option<&AxisKeys>) -> Vec<(usize, String, figures::Colour)> {
    let Some(axis) = family else { return vec![(0, String::new(), figures::Colour::BLUE)] };
    let (low, high) = (0.0, axis.values.len().saturating_sub(1).max(1) as f64);
    let scale = ColourScale::sequential(low, high);
    let named = |(index, value): (usize, &f64)| {
        (index, format!(", {} = {value}", axis.parameter.label()), scale.colour(index as f64))
    };
    axis.values.iter().enumerate().map(named).collect()
}

/// Logarithmic where the values span more than a factor of 30.
fn scale_of(axis: &AxisKeys) -> Scale {
    let (first, last) = (axis.values[0], axis.values[axis.values.len() - 1]);
    if first > 0.0 && last / first > 30.0 { Scale::Log } else { Scale::Linear }
}

fn x_axis(axis: &AxisKeys) -> Axis {
    match scale_of(axis) {
        Scale::Log => Axis::log(axis.parameter.label()),
        Scale::Linear => Axis::new(axis.parameter.label()),
    }
}

#[cfg(test)]
mod tests;
