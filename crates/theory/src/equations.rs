//! Every equation, the function that evaluates it and the test that holds it to account.
//!
//! "Paper" is Lampinen & Ganguli, arXiv:1809.10374; (+) goes beyond it. Tests are `file::name` in
//! `crates/theory/tests`, those in brackets unit tests beside the code. All of `reference::*` compares with digits
//! computed by an unrelated program at 25-digit precision.
//!
//! # Learning dynamics of a mode
//!
//! | equation | function | tests |
//! | --- | --- | --- |
//! | τ ds/dt = L s^p (ŝ − s), p = 2 − 2/L (Saxe et al. 2013; paper, section 2) | [`ModeGrowth::rate`], [`ModeGrowth::strength_at`] | `growth::strength_solves_the_growth_equation` |
//! | L = 1: s = ŝ + (ε − ŝ)e^(−t) | [`ModeGrowth::strength_at`] | `growth::limits_of_time_and_strength`, `reference::mode_strength` |
//! | L = 2: s = 1/\[(1−g)/ŝ + g/ε\], g = e^(−2ŝt) (paper, section 2) | [`ModeGrowth::strength_at`] | `growth::two_layers_steepest_at_half`, `reference::mode_strength` |
//! | L = 4: t = F(s) − F(ε), F = artanh(√(s/ŝ))/(2ŝ^(3/2)) − 1/(2ŝ√s) (paper, supplement) | [`ModeGrowth::time_to_reach`] | `growth::four_layers_follow_the_elementary_closed_form` |
//! | any L: t = ŝ^(−p)/L · \[G(s/ŝ) − G(ε/ŝ)\], G = x^b/b ₂F₁(1,b;1+b;x) (+) | [`ModeGrowth::time_to_reach`], [`ModeGrowth::strength_at`] | `growth::time_and_strength_are_inverse_for_growing_and_decaying_modes`, `reference::learning_time` |
//! | ŝ = 0: s = (ε^(−p) + L p t)^(−1/p) (+) | [`ModeGrowth::strength_at`] | `growth::modes_without_data_decay_by_their_power_law` |
//! | weight decay, L = 1: ŝ/(1+γ), (1+γ)t; L = 2: the sigmoid with ŝ − γ, ends at (ŝ−γ)₊ (+) | [`ModeGrowth::with_decay`], [`ModeGrowth::final_strength`] | `reference::decayed_modes`, `brakes::decayed_strengths_solve_their_equation`, `brakes::two_layers_end_at_the_soft_threshold_and_one_at_the_ridge` |
//! | weight decay, L ≥ 3: τ ds/dt = L s^p (ŝ − s) − Lγs, integrated (+) | [`ModeGrowth::with_decay`] | `reference::decayed_modes`, `brakes::deep_students_with_decay_never_leave_a_small_start` |
//! | balance: τ ds/dt = √(λ² + 4s²)(ŝ − s) (+) (Dominé et al. 2024) | [`ModeGrowth::with_balance`] | `brakes::balanced_strengths_solve_their_equation`, `brakes::a_balanced_gap_closes_at_its_own_rate`, `brakes::nothing_jumps_as_a_brake_vanishes` |
//! | the front ŝ*: t(ŝ*/2; ŝ*) = t (+) | [`ModeGrowth::front_at`] | `growth::front_marks_the_half_learned_mode` |
//!
//! # How the teacher shows in the data
//!
//! | equation | function | tests |
//! | --- | --- | --- |
//! | detectable iff θ > A^(1/4) (Benaych-Georges & Nadakuditi 2012; paper, section 3) | [`SpikedMatrix::threshold`] | `reference::spiked` |
//! | ŝ = κ√((1+θ²)(A+θ²))/θ, else κ(1+√A) | [`SpikedMatrix::strength`] | `spiked::square_matrix_by_hand`, `spiked::sampled_spikes_show_as_predicted` |
//! | (û·ū)² = (θ⁴−A)/(θ²(θ²+A)), (v̂·v̄)² = (θ⁴−A)/(θ²(θ²+1)) | [`SpikedMatrix::overlap_output`], [`SpikedMatrix::overlap_input`] | `spiked::near_the_threshold_the_overlap_rises_as_a_root`, `spiked::sampled_spikes_show_as_predicted` |
//! | 1 − overlaps² without cancellation | [`SpikedMatrix::squared_misalignments`] | `spiked::strong_spikes_keep_the_digits_of_their_misalignment` |
//! | θ² = \[b + √(b²−4A)\]/2, b = (ŝ/κ)² − 1 − A | [`SpikedMatrix::true_strength`] | `spiked::inverse_and_complement_close_the_circle` |
//! | bulk density f(x) (Marchenko & Pastur 1967) | [`SpikedMatrix::bulk`], [`linalg_core::MarchenkoPastur`] | `reference_rows` and others in `crates/linalg-core/tests/marchenko_pastur.rs` |
//! | which matrix the data are, P = N₁ (paper), P ≠ N₁ (+) | [`DataSpectrum`] | `curve::sampled_students_follow_the_curve_for_any_number_of_examples`, `curve::denser_examples_only_shorten_time` |
//!
//! # Errors over time
//!
//! | equation | function | tests |
//! | --- | --- | --- |
//! | ε_te(t) (paper, section 3) | [`LearningCurve::test_error_at`], [`LearningCurve::test_error_parts_at`] | `reference::curve`, `curve::parts_add_up_and_belong_to_their_modes`, `curve::sampled_students_follow_the_curve_for_any_number_of_examples` |
//! | ε_tr(t) (paper, section 3), its residual for P > N₁ (+) | [`LearningCurve::train_error_at`] | `reference::curve`, `curve::bulk_terms_agree_with_another_integration_at_any_depth`, `laws::a_wide_student_learns_all_that_a_linear_map_can` |
//! | only detectable modes count in r | [`LearningCurve::new`] | `curve::undetectable_modes_count_in_the_teachers_norm_alone`, `curve::errors_are_continuous_in_weak_strengths` |
//! | limits t → 0, t → ∞ | [`LearningCurve::errors_at`] | `curve::limits_at_the_start_and_the_end_by_hand`, `laws::the_start_is_a_map_of_singular_values_epsilon` |
//! | what finite size does to noise modes, and what these have of the teacher (+) | [`LearningCurve::with_finite_size_bulk`] | `curve::finite_size_bulk_follows_draws_of_the_data`, `curve::finite_size_bulk_ends_at_the_norm_of_the_noise`, `curve::finite_size_bulk_is_continuous_in_every_strength`, `curve::what_a_spike_does_to_the_noise_modes`, `curve::weak_modes_are_worth_some_training` |
//! | t_opt = argmin ε_te (paper, section 3), when a search for it is long enough (+) | [`LearningCurve::optimal_stopping`], [`LearningCurve::horizon`] | `reference::stopping`, `curve::answers_that_are_only_the_end_of_the_search_are_marked`, `curve::stopping_is_the_global_minimum_of_a_dense_scan`, `curve::of_several_local_minima_the_least_is_found` |
//! | min over γ, and over (γ, t), of ε_te (+) | [`Regularisation`] | `reference::regularisation`, `brakes::the_least_error_is_that_of_a_dense_scan` |
//! | σ_r = √(Σs̄²/N₃ + σ_z²) (paper, randomised data) | [`Task::randomised`] | `curve::randomised_data_have_the_same_power_and_learn_later` |
//!
//! # The non-gradient algorithm
//!
//! | equation | function | tests |
//! | --- | --- | --- |
//! | s = s̄ρO = √((ŝ²−κ²−κ²A)²−4κ⁴A)/ŝ (paper, section 3; Gavish & Donoho 2017) | [`Shrinkage::value`], [`SpikedMatrix::best_strength`] | `shrinkage::frobenius_rule_is_true_strength_times_overlap`, `shrinkage::each_rule_minimises_its_loss_for_any_shape` |
//! | ε = 1 − Σ(s̄ρO)²/Σs̄² | [`shrinkage_error`] | `reference::stopping`, `shrinkage::tasks_error_by_hand_and_at_its_limits`, `laws::shrinkage_bounds_the_signal_part_of_every_error` |
//! | operator norm: x√(min/max of the squared overlaps) (+) (Leeb 2022) | [`Shrinkage::value`] | `shrinkage::each_rule_minimises_its_loss_for_any_shape`, `conformance::operator_rule_of_rectangular_matrices_is_below_the_true_strength` |
//! | nuclear norm: max(0, (x⁴−A−√A x y)/(x²y)) (+) | [`Shrinkage::value`] | `conformance::nuclear_norm_rule_shrinks`, `shrinkage::each_rule_minimises_its_loss_for_any_shape` |
//! | κ from the median singular value (+) | [`MatrixShrinkage`], [`estimated_entry_variance`] | `shrinkage::sampled_matrices_reach_the_predicted_error_with_known_and_with_estimated_noise`, `shrinkage::few_examples_leave_exact_zeros_out_of_the_noise_estimate` |
//!
//! # Transfer
//!
//! | equation | function | tests |
//! | --- | --- | --- |
//! | joint strengths and shares of two rank-one tasks (paper, section 4) | [`RankOnePair`] | `transfer::general_joint_modes_agree_with_the_closed_form_of_two_rank_one_tasks` |
//! | joint modes of any tasks: eigenvalues of S Q S (+) | [`JointTask`] | `transfer::joint_modes_of_any_ranks_are_those_of_a_stacked_matrix` |
//! | ε_{A←B}(t) (paper, section 4) | [`JointCurve::test_error_at`] | `transfer::sampled_joint_students_follow_the_curve`, `transfer::errors_of_the_tasks_weighted_by_their_power_are_the_error_of_the_stack` |
//! | T^{A←B} = min ε_A − min ε_{A←B} | [`JointCurve::benefit`] | `reference::transfer`, `transfer::the_papers_reading_of_support_and_interference` |
//! | q from data: v̂_A·v̂_B/(c_A c_B), and its variance (+) | [`AlignmentEstimate::from_data`] | `transfer::alignment_is_estimated_with_the_stated_error` |
//!
//! # From the data alone (+)
//!
//! | equation | function | tests |
//! | --- | --- | --- |
//! | ∂s/∂ŝ = s^p (ŝ − s) ∫ dx/(x^p (ŝ−x)²) | [`ModeGrowth::sensitivity`] | `own_data::sensitivity_agrees_with_the_reference`, `own_data::sensitivity_is_the_slope_of_the_strength_everywhere` |
//! | R(t) = ‖f(Y) − Y‖² − m n ν + 2ν div (Candès, Sing-Long & Trzasko 2013), and of a block of outputs | [`RiskEstimate`] | `own_data::risk_agrees_with_the_reference`, `own_data::degrees_of_freedom_are_the_divergence_for_any_block_and_width` |
//! | noise level of what r modes leave: Σ ŝ² = ν(n−r)(m−r)(1 − Σ ν/s̄²); rank by the share of the largest value left | [`NoiseAnalysis`] | `own_data::noise_and_rank_of_a_plain_case_at_any_scale`, `own_data::what_rounding_leaves_is_no_mode` |
//! | bias and intervals by parametric bootstrap | [`Bootstrap`] | `own_data::the_forecast_of_a_plain_case` |
//! | T̂ = min R_A(t; A alone) − min R_A(t; stacked), over ‖W̄_A‖² | [`RelatedTasks`] | `own_data::transfer_of_plain_pairs` |
//!
//! # The exact student and finite size (+)
//!
//! | equation | function | tests |
//! | --- | --- | --- |
//! | QQᵀ(t), the Riccati solution for L = 2 (Fukumizu 1998; Braun et al. 2022) | [`ExactStudent`] | \[`agrees_with_runge_kutta_for_every_shape`\], \[`an_aligned_start_follows_the_modes_closed_form`\] |
//! | the same with F = \[\[−λ/2, Σᵀ\], \[Σ, λ/2\]\] for W₂ᵀW₂ − W₁W₁ᵀ = λI (Dominé et al. 2024) | [`ExactStudent`], [`InitialWeights::sample_balanced`] | `reference::balanced`, \[`balanced_starts_agree_with_runge_kutta_for_every_shape_and_both_signs`\], \[`extreme_balances_and_times_agree_with_the_modes_closed_form`\] |
//! | F − γI under weight decay, λ = 0 | [`ExactStudent::with_decay`] | `reference::balanced`, \[`decaying_students_agree_with_runge_kutta_for_every_shape`\], \[`brakes_vanish_without_a_jump`\] |
//! | low-rank adaptation: Σ − W₀ from W₂ = 0, λ = −a² | [`InitialWeights::sample_adapter`] | \[`an_adapter_learns_what_the_frozen_map_lacks`\] |
//! | task after task: restart from Q | [`ExactStudent::followed_by`] | \[`sequences_agree_with_runge_kutta_in_both_orders`\] |
//! | Var ŝ at finite size | [`SpikedMatrix::strength_deviation`] | \[`the_closed_form_is_the_average_over_the_bulk`\], \[`sampled_strengths_scatter_as_stated`\] |
//! | (ŝ₁²/ν − μ)/s is Tracy-Widom | [`LargestNoiseValue`] | \[`p_values_of_noise_are_uniform`\] |
//! | mean and bands over sampled data | [`Ensemble`] | \[`independent_networks_fall_inside_the_bands_as_often_as_stated`\] |

// The links above need their targets in scope.
#[allow(unused_imports, reason = "named in the documentation only")]
use crate::{
    AlignmentEstimate, Bootstrap, DataSpectrum, Ensemble, ExactStudent, InitialWeights, JointCurve, JointTask,
    LargestNoiseValue, LearningCurve, MatrixShrinkage, ModeGrowth, NoiseAnalysis, RankOnePair, Regularisation,
    RelatedTasks, RiskEstimate, Shrinkage, SpikedMatrix, Task, estimated_entry_variance, shrinkage_error,
};

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// A page that names tests which do not exist is worse than none.
    #[test]
    fn every_test_named_here_exists() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let page = include_str!("equations.rs");
        let rows = page.lines().filter(|line| line.starts_with("//! |") && !line.contains("---"));
        let mut named = 0;
        for code in rows.flat_map(|line| line.split('`').skip(1).step_by(2)) {
            let Some((file, test)) = code.split_once("::").filter(|(file, _)| file.chars().all(char::is_lowercase))
            else {
                continue;
            };
            let path = root.join("tests").join(format!("{file}.rs"));
            let source = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(test == "*" || source.contains(&format!("fn {test}(")), "{file}.rs has no test {test}");
            named += 1;
        }
        assert!(named > 40, "only {named} tests were found on the page");
    }

    /// Unit tests stand in brackets.
    #[test]
    fn every_unit_test_named_here_exists() {
        let page = include_str!("equations.rs");
        let named: Vec<&str> =
            page.split("\\[`").skip(1).filter_map(|rest| rest.split_once("`\\]")).map(|(name, _)| name).collect();
        assert!(named.len() >= 6, "only {named:?} were found on the page");
        let sources = sources_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
        for test in named {
            assert!(sources.contains(&format!("fn {test}(")), "no unit test {test}");
        }
    }

    /// The same page for readers of the repository: links to code become code.
    #[test]
    fn the_page_under_docs_is_this_one() {
        let lines = include_str!("equations.rs").lines().map_while(|line| line.strip_prefix("//!"));
        let text = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n");
        // Brackets that are no links are escaped.
        let text = text.replace("\\[", "\u{1}").replace("\\]", "\u{2}").replace("[`", "`").replace("`]", "`");
        let page = format!(
            "<!-- Written by `cargo test -p theory equations` from the documentation of `theory::equations`. -->\n\n\
             # Equations, functions and tests\n\n{}\n",
            text.replace('\u{1}', "[").replace('\u{2}', "]")
        );
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/EQUATIONS.md");
        if std::fs::read_to_string(&path).ok().as_ref() != Some(&page) {
            std::fs::write(&path, page).unwrap();
            panic!("docs/EQUATIONS.md was not that of the documentation; it has been written anew");
        }
    }

    fn sources_in(folder: &Path) -> String {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let text = |path: std::path::PathBuf| {
            if path.is_dir() { sources_in(&path) } else { std::fs::read_to_string(path).unwrap() }
        };
        entries.map(text).collect()
    }
}
