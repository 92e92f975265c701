//! Quartiles, and whether a run is quiet enough to conclude anything from it.

use serde::Serialize;

/// The quartiles of samples, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// How many samples there were.
    pub samples: usize,
    /// A quarter is below.
    pub first: f64,
    /// Half is below.
    pub median: f64,
    /// Three quarters are below.
    pub third: f64,
}

impl Summary {
    /// `None` without samples.
    pub fn of(samples: &[u64]) -> Option<Summary> {
        let mut sorted = samples.to_vec();
        sorted.sort_unstable();
        let last = sorted.len().checked_sub(1)?;
        // Between two samples, the point that lies on the line through both.
        let at = |quarter: usize| {
            let (index, rest) = (last * quarter / 4, last * quarter % 4);
            let next = sorted[(index + 1).min(last)];
            sorted[index] as f64 + (next - sorted[index]) as f64 * rest as f64 / 4.0
        };
        Some(Summary {
            samples: sorted.len(),
            first: at(1),
            median: at(2),
            third: at(3),
        })
    }

    /// Of a floor's samples: the quartiles differ by 3 times at most.
    pub fn is_quiet(&self) -> bool {
        self.third <= 3.0 * self.first
    }
}

#[cfg(test)]
mod tests {
    use super::Summary;

    #[test]
    fn quartiles_of_five_samples_are_samples() {
        let summary = Summary::of(&[50, 10, 40, 20, 30]).expect("samples");
        assert_eq!(
            (summary.first, summary.median, summary.third),
            (20.0, 30.0, 40.0)
        );
        assert_eq!(summary.samples, 5);
    }

    #[test]
    fn quartiles_lie_between_samples() {
        let summary = Summary::of(&[10, 20, 30, 40]).expect("samples");
        assert_eq!(
            (summary.first, summary.median, summary.third),
            (17.5, 25.0, 32.5)
        );
    }

    #[test]
    fn nothing_has_no_quartiles() {
        assert_eq!(Summary::of(&[]), None);
    }

    #[test]
    fn three_times_is_quiet_and_more_is_not() {
        let quiet = Summary::of(&[100, 100, 200, 300, 300]).expect("samples");
        assert!(quiet.is_quiet());
        let noisy = Summary::of(&[100, 100, 200, 301, 301]).expect("samples");
        assert!(!noisy.is_quiet());
    }
}
