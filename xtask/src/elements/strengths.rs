//! Teachers by rank and SNR.

/// The strengths SNR·(r, r−1, …, 1) of a teacher of rank r.
pub fn strengths_of(rank: usize, snr: f64) -> Vec<f64> {
    (1..=rank).rev().map(|k| k as f64 * snr).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn rank_three() {
        assert_eq!(super::strengths_of(3, 2.0), [6.0, 4.0, 2.0]);
        assert!(super::strengths_of(0, 2.0).is_empty());
    }
}
