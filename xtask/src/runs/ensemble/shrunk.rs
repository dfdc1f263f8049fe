//! The non-gradient algorithm on the singular values of data.

use theory::{DataSpectrum, Loss, Shrinkage, SpikedMatrix, Task, TheoryError, estimated_entry_variance};

/// What the algorithm knows of the noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoiseKnowledge {
    /// The variance of its entries.
    Known,
    /// Nothing: it is estimated from the median singular value.
    Estimated,
}

/// What each of a task's data singular values becomes: the strength that is best for the test error.
///
/// # Errors
/// If there is no singular value or one is not finite.
pub fn shrunk(task: &Task, data_strengths: &[f64], knowledge: NoiseKnowledge) -> Result<Vec<f64>, TheoryError> {
    let spectrum = DataSpectrum::new(task);
    let (rows, columns) = (spectrum.matrix().rows(), spectrum.matrix().columns());
    let matrix = match knowledge {
        NoiseKnowledge::Known => *spectrum.matrix(),
        NoiseKnowledge::Estimated => {
            SpikedMatrix::new(rows, columns, estimated_entry_variance(rows, columns, data_strengths)?)?
        }
    };
    let rule = Shrinkage::new(matrix, Loss::Frobenius);
    data_strengths.iter().map(|&s_hat| rule.value(s_hat)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_cut_and_a_signal_becomes_its_strength_times_its_overlap() {
        let task = Task::new(100, 50, &[4.0]).unwrap();
        let spectrum = DataSpectrum::new(&task);
        let found = shrunk(&task, &[spectrum.strength(4.0), 1.5, 0.3], NoiseKnowledge::Known).unwrap();
        assert!((found[0] - spectrum.best_strength(4.0)).abs() < 1e-12);
        assert_eq!(found[1..], [0.0, 0.0]);
    }

    #[test]
    fn an_estimate_follows_the_scale_of_the_data() {
        // Twice the data have twice the noise: the estimating rule scales with them, the knowing one does not.
        let task = Task::new(20, 10, &[]).unwrap();
        let data = [5.0, 1.4, 1.3, 1.2, 1.0, 0.9, 0.8, 0.7, 0.6, 0.4];
        let at = |factor: f64, knowledge| shrunk(&task, &data.map(|s| factor * s), knowledge).unwrap()[0];
        let (once, twice) = (at(1.0, NoiseKnowledge::Estimated), at(2.0, NoiseKnowledge::Estimated));
        assert!((twice - 2.0 * once).abs() < 1e-12);
        assert!(at(2.0, NoiseKnowledge::Known) - 2.0 * at(1.0, NoiseKnowledge::Known) > 0.01);
    }
}
