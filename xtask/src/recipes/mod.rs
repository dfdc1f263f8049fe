//! One file per kind of figure: what its config says, which runs it wants, and how they become panels and verdicts.

pub mod alignment_lag;
pub mod catalog;
pub mod input_types;
pub mod learning_curves;
pub mod learning_dynamics;
pub mod non_gradient;
pub mod nonlinear_curves;
pub mod nonlinear_transfer;
pub mod random_student_study;
pub mod randomized_data;
pub mod regularisation;
pub mod scaling;
pub mod signal_through_noise;
pub mod stopping_without_validation;
pub mod student_width;
pub mod sweep;
pub mod transfer_benefit;
pub mod transfer_from_data;
pub mod transfer_setting;
pub mod varying_examples;

use crate::study::recipe::{Kind, KindOf};

/// Every kind of figure, by name.
pub static RECIPES: &[&dyn Kind] = &[
    &KindOf::<alignment_lag::AlignmentLag>::NEW,
    &KindOf::<input_types::InputTypes>::NEW,
    &KindOf::<learning_curves::LearningCurves>::NEW,
    &KindOf::<learning_dynamics::LearningDynamics>::NEW,
    &KindOf::<non_gradient::NonGradient>::NEW,
    &KindOf::<nonlinear_curves::NonlinearCurves>::NEW,
    &KindOf::<nonlinear_transfer::NonlinearTransfer>::NEW,
    &KindOf::<random_student_study::RandomStudentStudy>::NEW,
    &KindOf::<randomized_data::RandomizedData>::NEW,
    &KindOf::<regularisation::Regularisation>::NEW,
    &KindOf::<scaling::Scaling>::NEW,
    &KindOf::<signal_through_noise::SignalThroughNoise>::NEW,
    &KindOf::<stopping_without_validation::StoppingWithoutValidation>::NEW,
    &KindOf::<student_width::StudentWidth>::NEW,
    &KindOf::<sweep::Sweep>::NEW,
    &KindOf::<transfer_benefit::TransferBenefit>::NEW,
    &KindOf::<transfer_from_data::TransferFromData>::NEW,
    &KindOf::<transfer_setting::TransferSetting>::NEW,
    &KindOf::<varying_examples::VaryingExamples>::NEW,
];
