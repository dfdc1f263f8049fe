//! One file per kind of figure: what its config says, which runs it wants, and how they become panels and verdicts.

pub mod catalog;

use crate::study::recipe::{Kind, KindOf};

/// Declares the kinds: for each the module that holds it and the type that is its config.
macro_rules! kinds {
    ($($module:ident::$kind:ident),* $(,)?) => {
        $(pub mod $module;)*
        /// Every kind of figure, by name.
        pub static RECIPES: &[&dyn Kind] = &[$(&KindOf::<$module::$kind>::NEW),*];
    };
}

kinds! {
    alignment_lag::AlignmentLag,
    input_types::InputTypes,
    learning_curves::LearningCurves,
    learning_dynamics::LearningDynamics,
    non_gradient::NonGradient,
    nonlinear_curves::NonlinearCurves,
    nonlinear_transfer::NonlinearTransfer,
    random_student_study::RandomStudentStudy,
    randomized_data::RandomizedData,
    scaling::Scaling,
    signal_through_noise::SignalThroughNoise,
    student_width::StudentWidth,
    sweep::Sweep,
    transfer_benefit::TransferBenefit,
    transfer_setting::TransferSetting,
    varying_examples::VaryingExamples,
}
