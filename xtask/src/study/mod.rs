//! The vocabulary in which a kind of figure is written: from a config to runs, from outcomes to claims and panels.
//!
//! * [`recipe`]: what a kind of figure is;
//! * [`setup`]: the task, student and training that kinds share, with their rules and translations; [`students`] and
//!   [`draws`] what comes of them;
//! * [`wanted`](mod@wanted): which runs are asked for and how they are read, in one expression;
//! * [`claims`], [`point`], [`line`](mod@line), [`estimate`], [`coverage`]: what a figure says and how it is judged, [`verdict`] what comes of it;
//! * [`optimum`], [`series`], [`stages`], [`kolmogorov_smirnov`]: numbers read off outcomes; [`rules`]: rules on config values,
//!   [`advice`] on times in them.

pub mod advice;
pub mod benefits;
pub mod claims;
pub mod coverage;
pub mod draws;
pub mod error_curves;
pub mod estimate;
#[cfg(test)]
pub mod example;
pub mod kolmogorov_smirnov;
pub mod line;
pub mod optimum;
pub mod panels;
pub mod point;
pub mod recipe;
pub mod rules;
pub mod series;
pub mod setup;
pub mod stages;
pub mod strengths;
pub mod students;
pub mod task_pair;
pub mod transfer;
#[cfg(test)]
pub(crate) mod trial;
pub mod verdict;
pub mod wanted;

pub use advice::LatestBest;
pub use claims::Claims;
pub use coverage::Coverage;
pub use error_curves::ErrorKind;
pub use estimate::Estimate;
pub use line::LinePoint;
pub use optimum::{Optimum, censored};
pub use point::Point;
pub use recipe::{Assembled, Recipe, Table};
pub use setup::Setup;
pub use verdict::{Expectation, Outcome, Verdict};
pub use wanted::{Found, Trained, Wanted};
