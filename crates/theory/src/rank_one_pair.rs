//! The joint modes of two tasks of rank one, in closed form.

use crate::TheoryError;
use crate::error::computable;

/// Two teachers of rank one, s̄_A ū_A v̄_Aᵀ and s̄_B ū_B v̄_Bᵀ, with q = v̄_A·v̄_B.
///
/// The squared joint strengths are the eigenvalues of the 2 × 2 matrix \[\[s̄_A², s̄_A s̄_B q\], \[s̄_A s̄_B q,
/// s̄_B²\]\], and the squared components of its eigenvectors the shares of A and of B (the paper's section 4). This
/// is the case that its figures show; [`crate::JointTask`] does any ranks.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct RankOnePair {
    strength_a: f64,
    strength_b: f64,
    alignment: f64,
}

impl RankOnePair {
    /// Strengths s̄_A, s̄_B and the alignment q.
    ///
    /// # Errors
    /// If a strength is not positive and finite, or beyond 1e±60, or |q| > 1.
    pub fn new(strength_a: f64, strength_b: f64, alignment: f64) -> Result<Self, TheoryError> {
        computable("strength_a", strength_a)?;
        computable("strength_b", strength_b)?;
        if !(-1.0..=1.0).contains(&alignment) {
            let allowed = "between -1 and 1: the cosine of the angle between two input modes";
            return Err(TheoryError::OutOfDomain { parameter: "alignment", value: alignment, allowed });
        }
        Ok(Self { strength_a, strength_b, alignment })
    }

    /// The two joint strengths, s̄_± with s̄_±² = (s̄_A² + s̄_B²)/2 ± √((s̄_A² − s̄_B²)²/4 + s̄_A² s̄_B² q²); the
    /// smaller from the product s̄_+ s̄_− = s̄_A s̄_B √(1 − q²), without cancellation.
    pub fn joint_strengths(&self) -> [f64; 2] {
        let strong = (0.5 * (self.strength_a.powi(2) + self.strength_b.powi(2)) + self.half_splitting()).sqrt();
        let misalignment = ((1.0 - self.alignment) * (1.0 + self.alignment)).sqrt();
        [strong, self.strength_a / strong * self.strength_b * misalignment]
    }

    /// a_α, the share of task A in each joint mode (its outputs' part of |ū_α|²); task B has the rest.
    pub fn shares_of_a(&self) -> [f64; 2] {
        let splitting = 2.0 * self.half_splitting();
        if splitting == 0.0 {
            // Equal strengths at right angles: the joint modes are any rotation of the two; A's own mode first.
            return [1.0, 0.0];
        }
        let difference = (self.strength_a - self.strength_b) * (self.strength_a + self.strength_b);
        // (1 ± difference/splitting)/2, the smaller from a(1−a) = (s̄_A s̄_B q / splitting)².
        let larger = 0.5 * (1.0 + difference.abs() / splitting);
        let smaller = (self.strength_a / splitting * self.strength_b * self.alignment).powi(2) / larger;
        if difference >= 0.0 { [larger, smaller] } else { [smaller, larger] }
    }

    /// √((s̄_A² − s̄_B²)²/4 + (s̄_A s̄_B q)²).
    fn half_splitting(&self) -> f64 {
        let difference = 0.5 * (self.strength_a - self.strength_b) * (self.strength_a + self.strength_b);
        difference.hypot(self.strength_a * self.strength_b * self.alignment)
    }
}
