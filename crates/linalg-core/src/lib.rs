//! Singular values, Haar and Gaussian matrices, the Marchenko-Pastur law and seeded streams.
