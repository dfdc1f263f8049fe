//! Linear algebra and random matrices for the theory of deep linear networks.
//!
//! Everything that both the closed forms (`theory`) and the simulations (`sim`) stand on, and nothing else:
//!
//! * [`thin_svd`], [`singular_values`], [`leading_triplets`]: singular values in decreasing order, over [`faer`];
//! * [`frobenius_norm`], [`squared_frobenius_norm`]; [`scaled_by_power_of_two`] for whoever squares matrices of unknown size;
//! * [`sample_gaussian`], [`sample_haar_orthogonal`], [`sample_haar_columns`]: random matrices;
//!   [`sample_gaussian_singular_values`]: the singular values of noise without the matrix;
//! * [`MarchenkoPastur`]: the law of the singular values of noise, its quantiles and integrals over it;
//!   [`gauss_legendre_panel`]: the quadrature beneath;
//! * [`generator`]: named, portable random streams, so that a run's draws depend on what it is and on nothing else.
//!
//! # From question to number
//!
//! What is the largest singular value of a 50 × 100 matrix of noise with entry variance 1/100?
//! Its asymptotic value is the edge of the bulk, 1 + √(1/2) ≈ 1.707.
//!
//! ```
//! use linalg_core::{generator, sample_gaussian, singular_values};
//!
//! let mut rng = generator(7, "noise", &[50, 100], 0);
//! let noise = sample_gaussian(50, 100, 1.0 / 100.0, &mut rng);
//! let values = singular_values(noise.as_ref())?;
//! assert!((values[0] - 1.707).abs() < 0.15);
//! # Ok::<(), linalg_core::LinalgError>(())
//! ```

pub use {faer, rand, rand_chacha};

mod binary_scale;
mod error;
mod frobenius;
mod gauss_legendre;
mod gaussian;
mod gaussian_spectrum;
mod haar;
mod lanczos;
mod marchenko_pastur;
mod parallel;
mod stream;
mod svd;

pub use binary_scale::{binary_exponent, scaled_by_power_of_two, times_power_of_two};
pub use error::LinalgError;
pub use frobenius::{frobenius_norm, squared_frobenius_norm};
pub use gauss_legendre::gauss_legendre_panel;
pub use gaussian::sample_gaussian;
pub use gaussian_spectrum::{sample_gaussian_largest_value, sample_gaussian_singular_values};
pub use haar::{sample_haar_columns, sample_haar_orthogonal};
pub use lanczos::leading_triplets;
pub use marchenko_pastur::{BulkNode, BulkPart, BulkRange, Front, MarchenkoPastur};
pub use parallel::in_order;
pub use stream::{Generator, generator};
pub use svd::{ThinSvd, singular_values, thin_svd};
