//! `Scheduler` and `IoPriority`: when a program gets the CPU and the disk.

use crate::ffi::nanoseconds;
use std::time::Duration;

/// A scheduling policy.
///
/// See [sched(7)].
///
/// ```
/// use libclone3::{Command, Scheduler};
///
/// assert!(Command::new("true").scheduler(Scheduler::Batch).status()?.success());
/// # Ok::<(), libclone3::Error>(())
/// ```
///
/// [sched(7)]: https://man7.org/linux/man-pages/man7/sched.7.html
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheduler {
    /// The usual one.
    #[doc(alias = "SCHED_OTHER")]
    Other,
    /// The usual one, for programs that compute and do not interact.
    #[doc(alias = "SCHED_BATCH")]
    Batch,
    /// Only when nothing else wants the CPU.
    #[doc(alias = "SCHED_IDLE")]
    Idle,
    /// Real-time, until it blocks or a higher priority is due. Needs `CAP_SYS_NICE` or
    /// [`Rtprio`](crate::Resource::Rtprio).
    #[doc(alias = "SCHED_FIFO")]
    Fifo {
        /// From 1 to 99.
        priority: u8,
    },
    /// Real-time, in turns with others of the same priority. Needs as `Fifo`.
    #[doc(alias = "SCHED_RR")]
    RoundRobin {
        /// From 1 to 99.
        priority: u8,
    },
    /// `runtime` in each `period`, by the `deadline`. Needs `CAP_SYS_NICE`, and every CPU.
    #[doc(alias = "SCHED_DEADLINE")]
    Deadline {
        /// CPU time in each period, at least 1.024 us.
        runtime: Duration,
        /// From the begin of the period.
        deadline: Duration,
        /// Zero: the deadline.
        period: Duration,
    },
}

impl Scheduler {
    /// The kernel's form: policy, priority, and runtime, deadline and period in nanoseconds.
    pub(crate) fn raw(self) -> (i32, i32, [u64; 3]) {
        let (policy, priority) = match self {
            Scheduler::Other => (libc::SCHED_OTHER, 0),
            Scheduler::Batch => (libc::SCHED_BATCH, 0),
            Scheduler::Idle => (libc::SCHED_IDLE, 0),
            Scheduler::Fifo { priority } => (libc::SCHED_FIFO, priority),
            Scheduler::RoundRobin { priority } => (libc::SCHED_RR, priority),
            Scheduler::Deadline { .. } => (libc::SCHED_DEADLINE, 0),
        };
        let times = match self {
            Scheduler::Deadline {
                runtime,
                deadline,
                period,
            } => [runtime, deadline, period].map(nanoseconds),
            _ => [0; 3],
        };
        (policy, priority.into(), times)
    }
}

/// A class and level of disk access.
///
/// See [ioprio_set(2)].
///
/// ```
/// use libclone3::{Command, IoPriority};
///
/// assert!(Command::new("true").io_priority(IoPriority::BestEffort(7)).status()?.success());
/// # Ok::<(), libclone3::Error>(())
/// ```
///
/// [ioprio_set(2)]: https://man7.org/linux/man-pages/man2/ioprio_set.2.html
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IoPriority {
    /// Only when nobody else wants the disk.
    #[doc(alias = "IOPRIO_CLASS_IDLE")]
    Idle,
    /// The usual class, with a level from 0, the highest, to 7.
    #[doc(alias = "IOPRIO_CLASS_BE")]
    BestEffort(u8),
    /// Before all others, with a level from 0 to 7. Needs `CAP_SYS_ADMIN` or `CAP_SYS_NICE`.
    #[doc(alias = "IOPRIO_CLASS_RT")]
    RealTime(u8),
}

impl IoPriority {
    /// The kernel's form, class << 13 | level. `None` for a level above 7, whose upper bits would
    /// be taken for a hint.
    pub(crate) fn raw(self) -> Option<u32> {
        let (class, level) = match self {
            IoPriority::RealTime(level) => (1, level),
            IoPriority::BestEffort(level) => (2, level),
            IoPriority::Idle => (3, 0),
        };
        (level <= 7).then_some(class << 13 | u32::from(level))
    }
}

#[cfg(test)]
mod tests {
    use super::IoPriority;

    #[test]
    fn io_priorities_have_the_kernels_form() {
        assert_eq!(IoPriority::RealTime(0).raw(), Some(0x2000));
        assert_eq!(IoPriority::BestEffort(7).raw(), Some(0x4007));
        assert_eq!(IoPriority::Idle.raw(), Some(0x6000));
        assert_eq!(IoPriority::BestEffort(8).raw(), None);
    }
}
