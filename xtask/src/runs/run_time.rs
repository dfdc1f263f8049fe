//! The time of a piece of work, without that of other work which its thread did meanwhile.

use std::cell::Cell;
use std::time::{Duration, Instant};

thread_local! {
    /// Time that this thread has given to measured work inside the one being measured.
    static INNER: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Does `work`; its result and how long it took.
///
/// A thread of a pool that waits for the parts of its work takes up other work: what is measured there by the same
/// function does not count here.
pub fn measured<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let of_outer = INNER.replace(Duration::ZERO);
    let start = Instant::now();
    let result = work();
    let took = start.elapsed();
    let inner = INNER.replace(of_outer + took);
    (result, took.saturating_sub(inner))
}

/// The sum of seconds; that of none is 0, where `sum` gives −0, which is shown with its sign.
pub fn total(seconds: impl IntoIterator<Item = f64>) -> f64 {
    seconds.into_iter().fold(0.0, |sum, item| sum + item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::sleep;

    #[test]
    fn the_total_of_nothing_has_no_sign() {
        assert_eq!(format!("{:.2} {:.2}", total([]), total([0.5, 0.25])), "0.00 0.75");
    }

    #[test]
    fn inner_work_is_not_counted_twice() {
        let nap = Duration::from_millis(20);
        let start = Instant::now();
        let (inner, outer) = measured(|| {
            sleep(nap);
            let first = measured(|| sleep(nap)).1;
            first + measured(|| sleep(2 * nap)).1
        });
        let total = start.elapsed();
        assert!(inner >= 3 * nap && outer >= nap);
        assert!(inner + outer <= total, "{inner:?} and {outer:?} of {total:?}");
        // What came before does not count either.
        let (again, _) = measured(|| measured(|| ()).1);
        assert!(again <= total);
    }
}
