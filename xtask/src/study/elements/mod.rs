//! What several recipes share, written once.

mod benefits;
mod error_curves;
mod mean_points;
mod optima;
mod rules;
mod shrinkage;
mod strengths;
mod task_pair;
mod transfer;

pub use benefits::{benefit_panel, benefits_table, measured_benefits, short, strength_colours};
pub use error_curves::{PointStatistics, log_points};
pub use mean_points::mean_points;
pub use optima::{Optimum, optimum_points};
pub use rules::{
    ARE_SIZES, MOST_DRAWS, MOST_EPOCHS, MOST_LAYERS, MOST_POINTS, MOST_SEEDS, MOST_UNITS, TrainingRules, are_sizes,
    ascending_positive, descending_positive, epochs_at, interval, judged_from, least_log_every, rounded_down, title,
};
pub use shrinkage::{NoiseKnowledge, shrunk};
pub use strengths::{modes_down_from, strengths_of};
pub use task_pair::{StrengthsOfA, TaskPair};
pub use transfer::{TaskInCompany, TransferTheory};

/// Run index from which on draws judge verdicts or estimate step errors and are never part of what is judged.
pub const INDEPENDENT_RUNS: u64 = 1_000_000;
