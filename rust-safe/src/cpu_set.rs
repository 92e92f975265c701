//! `CpuSet`: the CPUs that a program may run on.

use std::collections::BTreeSet;

/// A set of CPUs, by the kernel's numbers from 0.
///
/// ```
/// use libclone3::CpuSet;
///
/// let mut set: CpuSet = (0..4).collect();
/// set.remove(0);
/// assert!(set.contains(3) && !set.contains(0));
/// ```
#[doc(alias = "cpu_set_t")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuSet(BTreeSet<usize>);

/// As many as libclone3 takes; far more than a kernel can be built for.
const MOST: usize = 65536 * 64;

impl CpuSet {
    /// Adds a CPU; any number, whether there is such a CPU or not.
    ///
    /// ```
    /// let mut set = libclone3::CpuSet::default();
    /// set.insert(1);
    /// assert!(set.contains(1));
    /// ```
    pub fn insert(&mut self, cpu: usize) {
        self.0.insert(cpu);
    }

    /// Removes a CPU, if it is there.
    ///
    /// ```
    /// let mut set = libclone3::CpuSet::from_iter([1, 2]);
    /// set.remove(1);
    /// assert!(!set.contains(1));
    /// ```
    pub fn remove(&mut self, cpu: usize) {
        self.0.remove(&cpu);
    }

    /// Whether the CPU is in the set.
    ///
    /// ```
    /// assert!(!libclone3::CpuSet::default().contains(0));
    /// ```
    pub fn contains(&self, cpu: usize) -> bool {
        self.0.contains(&cpu)
    }

    /// The kernel's form, bit n % 64 of word n / 64, without numbers that no kernel has; empty if
    /// there is no other.
    pub(crate) fn words(&self) -> Vec<u64> {
        let mut words = Vec::new();
        for cpu in self.0.range(..MOST) {
            words.resize(cpu / 64 + 1, 0);
            words[cpu / 64] |= 1 << (cpu % 64);
        }
        words
    }

    /// In the kernel's other form, such as `0-3,8`.
    pub(crate) fn list(&self) -> String {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for cpu in &self.0 {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == *cpu => *last = *cpu,
                _ => ranges.push((*cpu, *cpu)),
            }
        }
        let text = |(first, last): &(usize, usize)| match first == last {
            true => first.to_string(),
            false => format!("{first}-{last}"),
        };
        ranges.iter().map(text).collect::<Vec<_>>().join(",")
    }
}

impl FromIterator<usize> for CpuSet {
    fn from_iter<I: IntoIterator<Item = usize>>(cpus: I) -> CpuSet {
        CpuSet(cpus.into_iter().collect())
    }
}

impl Extend<usize> for CpuSet {
    fn extend<I: IntoIterator<Item = usize>>(&mut self, cpus: I) {
        self.0.extend(cpus);
    }
}

#[cfg(test)]
mod tests {
    use super::{CpuSet, MOST};

    #[test]
    fn words_have_the_kernels_form() {
        assert_eq!(CpuSet::default().words(), []);
        assert_eq!(CpuSet::from_iter([0, 63]).words(), [1 << 63 | 1]);
        assert_eq!(CpuSet::from_iter([64]).words(), [0, 1]);
    }

    #[test]
    fn a_list_has_ranges() {
        assert_eq!(CpuSet::default().list(), "");
        assert_eq!(CpuSet::from_iter([8, 0, 2, 1]).list(), "0-2,8");
        assert_eq!(
            CpuSet::from_iter([0, usize::MAX]).list(),
            format!("0,{}", usize::MAX)
        );
    }

    #[test]
    fn a_number_that_no_kernel_has_takes_no_memory() {
        assert_eq!(CpuSet::from_iter([usize::MAX]).words(), []);
        assert_eq!(CpuSet::from_iter([MOST]).words(), []);
        assert_eq!(CpuSet::from_iter([MOST - 1]).words().len(), 65536);
    }

    #[test]
    fn a_number_that_no_kernel_has_leaves_the_others() {
        assert_eq!(CpuSet::from_iter([1, MOST, usize::MAX]).words(), [2]);
    }
}
