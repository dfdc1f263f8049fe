//! Teachers by rank and SNR.

/// The strengths SNR·(r, r−1, …, 1) of a teacher of rank r.
pub fn strengths_of(rank: usize, snr: f64) -> Vec<f64> {
    (1..=rank).rev().map(|k| k as f64 * snr).collect()
}

/// The strengths s (r, r−1, …, 1)/r of a teacher of rank r whose strongest mode has strength s.
pub fn modes_down_from(strength: f64, rank: usize) -> Vec<f64> {
    (1..=rank).rev().map(|k| strength * k as f64 / rank as f64).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn rank_three() {
        assert_eq!(super::strengths_of(3, 2.0), [6.0, 4.0, 2.0]);
        assert!(super::strengths_of(0, 2.0).is_empty());
        assert_eq!(super::modes_down_from(6.0, 3), [6.0, 4.0, 2.0]);
        assert_eq!(super::modes_down_from(0.3, 1), [0.3]);
    }
}
