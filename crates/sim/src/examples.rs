//! The user's own data: inputs and outputs as they are.

use crate::SimError;
use crate::task::MOST_ENTRIES;
use faer::{Mat, MatRef};
use linalg_core::squared_frobenius_norm;

/// Inputs X (N₁ × P) and outputs Y (N₃ × P) of P ≥ 2 examples, one a column of each, as they are: nothing is centred,
/// scaled or whitened, and no teacher is known. What a student makes of them is measured by
/// [`CrossValidation`](crate::CrossValidation).
#[derive(Clone, Debug)]
pub struct Examples {
    inputs: Mat<f64>,
    outputs: Mat<f64>,
}

impl Examples {
    /// The examples with these inputs and outputs.
    ///
    /// # Errors
    /// [`SimError::Invalid`] if the matrices have different numbers of columns, fewer than two, no rows, more than 2²⁷
    /// entries, an entry that is not finite (named by row and column, from 0), only zeros, or a largest entry that is not
    /// between 1e-60 and 1e60.
    pub fn new(inputs: Mat<f64>, outputs: Mat<f64>) -> Result<Self, SimError> {
        if inputs.ncols() != outputs.ncols() {
            let allowed = format!("as many as the inputs have, {}", inputs.ncols());
            return Err(SimError::invalid("the number of columns of the outputs", outputs.ncols(), allowed));
        }
        if inputs.ncols() < 2 {
            return Err(SimError::invalid("the number of examples", inputs.ncols(), "at least 2"));
        }
        check("inputs", inputs.as_ref())?;
        check("outputs", outputs.as_ref())?;
        Ok(Self { inputs, outputs })
    }

    /// X, N₁ × P.
    pub fn inputs(&self) -> MatRef<'_, f64> {
        self.inputs.as_ref()
    }

    /// Y, N₃ × P.
    pub fn outputs(&self) -> MatRef<'_, f64> {
        self.outputs.as_ref()
    }

    /// P.
    pub fn count(&self) -> usize {
        self.inputs.ncols()
    }

    /// ‖Y‖², the unit of all errors.
    pub(crate) fn output_squared_norm(&self) -> f64 {
        squared_frobenius_norm(self.outputs.as_ref())
    }

    /// The same outputs for other inputs, which are as many.
    pub(crate) fn with_inputs(&self, inputs: Mat<f64>) -> Self {
        Self { inputs, outputs: self.outputs.clone() }
    }

    /// The examples of these indices.
    pub(crate) fn select(&self, indices: &[usize]) -> Self {
        let columns = |matrix: &Mat<f64>| Mat::from_fn(matrix.nrows(), indices.len(), |i, j| matrix[(i, indices[j])]);
        Self { inputs: columns(&self.inputs), outputs: columns(&self.outputs) }
    }
}

fn check(field: &'static str, matrix: MatRef<'_, f64>) -> Result<(), SimError> {
    let (rows, columns) = matrix.shape();
    if rows == 0 || rows as f64 * columns as f64 > MOST_ENTRIES {
        let allowed = format!("at least one row and at most {MOST_ENTRIES} entries");
        return Err(SimError::invalid(field, format!("{rows} × {columns}"), allowed));
    }
    let mut largest = 0.0_f64;
    for j in 0..columns {
        for i in 0..rows {
            let entry = matrix[(i, j)];
            if !entry.is_finite() {
                return Err(SimError::invalid(field, format!("{entry} in row {i}, column {j}"), "finite everywhere"));
            }
            largest = largest.max(entry.abs());
        }
    }
    if !(1e-60..=1e60).contains(&largest) {
        let allowed = "not zero everywhere, with a largest entry between 1e-60 and 1e60";
        return Err(SimError::invalid(field, format!("{largest:e} in its largest entry"), allowed));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_data_is_refused_where_it_is() {
        let full = |rows, columns, value: f64| Mat::from_fn(rows, columns, |_, _| value);
        let refused = |inputs: Mat<f64>, outputs: Mat<f64>, words: &str| {
            let message = Examples::new(inputs, outputs).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        };
        refused(full(3, 4, 1.0), full(2, 5, 1.0), "columns of the outputs is 5: it must be as many");
        refused(full(3, 1, 1.0), full(2, 1, 1.0), "number of examples is 1");
        refused(full(0, 4, 1.0), full(2, 4, 1.0), "inputs is 0 × 4");
        refused(full(3, 4, 1.0), full(2, 4, 0.0), "outputs is 0e0");
        refused(full(3, 4, 1e200), full(2, 4, 1.0), "inputs is 1e200");
        let mut holed = full(3, 4, 1.0);
        holed[(2, 1)] = f64::NAN;
        refused(holed, full(2, 4, 1.0), "NaN in row 2, column 1");
        assert!(Examples::new(full(3, 4, 1.0), full(2, 4, 1.0)).is_ok());
    }
}
