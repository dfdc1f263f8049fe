//! What several recipes share, written once.

mod benefits;
mod error_curves;
mod optima;
mod task_pair;
mod transfer;

pub use crate::runs::ensemble::{NoiseKnowledge, shrunk};
pub use crate::study::panels::{mean_points, optimum_points};
pub use crate::study::rules::{
    ARE_SIZES, MOST_DRAWS, MOST_EPOCHS, MOST_LAYERS, MOST_POINTS, MOST_SEEDS, MOST_UNITS, TrainingRules, are_sizes,
    ascending_positive, descending_positive, epochs_at, interval, judged_from, least_log_every, rounded_down, title,
};
pub use crate::study::strengths::{modes_down_from, strengths_of};
pub use benefits::{benefit_panel, benefits_table, measured_benefits, short, strength_colours};
pub use error_curves::{PointStatistics, log_points};
pub use optima::Optimum;
pub use task_pair::{StrengthsOfA, TaskPair};
pub use transfer::{TaskInCompany, TransferTheory};

/// Run index from which on draws judge verdicts or estimate step errors and are never part of what is judged.
pub const INDEPENDENT_RUNS: u64 = 1_000_000;
