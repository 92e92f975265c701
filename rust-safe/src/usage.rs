//! `Usage`: what a child consumed.

use libclone3_sys as sys;
use std::time::Duration;

/// The resources that a child used, together with those of its descendants that it waited for.
///
/// All zero for a child whose status was taken by someone else. See [getrusage(2)].
///
/// ```
/// # use libclone3::Command;
/// let mut child = Command::new("true").spawn()?;
/// let (_, usage) = child.wait_usage()?;
/// assert!(usage.max_rss_bytes > 0);
/// println!("{:?} in user mode, {} page faults", usage.user_time, usage.minor_faults);
/// # Ok::<(), libclone3::Error>(())
/// ```
///
/// [getrusage(2)]: https://man7.org/linux/man-pages/man2/getrusage.2.html
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// CPU time in user mode.
    pub user_time: Duration,
    /// CPU time in the kernel.
    pub system_time: Duration,
    /// Largest resident set size, in bytes. At least the caller's, whose memory the child has until
    /// exec: a small program that a large one started seems to be large.
    pub max_rss_bytes: u64,
    /// Page faults that needed no I/O.
    pub minor_faults: u64,
    /// Page faults that needed I/O.
    pub major_faults: u64,
    /// Context switches because it waited.
    pub voluntary_switches: u64,
    /// Context switches because another task was due.
    pub involuntary_switches: u64,
}

impl Usage {
    pub(crate) fn of(exit: &sys::clone3_exit) -> Usage {
        Usage {
            user_time: Duration::from_nanos(exit.user_ns),
            system_time: Duration::from_nanos(exit.system_ns),
            max_rss_bytes: exit.max_rss_bytes,
            minor_faults: exit.minor_faults,
            major_faults: exit.major_faults,
            voluntary_switches: exit.voluntary_switches,
            involuntary_switches: exit.involuntary_switches,
        }
    }
}
