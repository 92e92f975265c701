//! `Plan`: libclone3's plan of steps, owned.

use crate::{CpuSet, IdRange, IoPriority, Resource, Scheduler, Signal, SignalSet, Step, Steps};
use libclone3_sys as sys;
use std::ffi::CString;
use std::os::fd::{AsRawFd, OwnedFd};

/// The members of `struct clone3_plan`, by its names, with this crate's types where an error shows
/// them. Those of a step count if it is in `steps`.
///
/// Descriptors are numbers here, of those in `kept`.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) steps: Steps,
    pub(crate) optional: Steps,
    /// Open as long as the plan, so that it can be carried out again.
    kept: Vec<OwnedFd>,
    pub(crate) namespaces: u64,
    pub(crate) set_tid: Vec<u32>,
    pub(crate) ignore_signals: SignalSet,
    pub(crate) default_signals: SignalSet,
    pub(crate) joins: Vec<sys::clone3_join>,
    pub(crate) uid_map: Vec<IdRange>,
    pub(crate) gid_map: Vec<IdRange>,
    pub(crate) monotonic_offset_ns: i64,
    pub(crate) boottime_offset_ns: i64,
    pub(crate) mounts: Vec<(i32, CString)>,
    pub(crate) pivot_root: Option<CString>,
    pub(crate) root: Option<CString>,
    pub(crate) hostname: Option<CString>,
    pub(crate) timer_slack_ns: u64,
    pub(crate) scheduler: Option<Scheduler>,
    pub(crate) affinity: CpuSet,
    pub(crate) fds: Vec<sys::clone3_fd>,
    /// Resource, soft and hard limit.
    pub(crate) rlimits: Vec<(Resource, u64, u64)>,
    pub(crate) caps: sys::clone3_caps,
    pub(crate) groups: Vec<u32>,
    pub(crate) cwd: Option<CString>,
    pub(crate) signal_mask: SignalSet,
    pub(crate) seccomp: Vec<sys::clone3_filter>,
    pub(crate) cgroup_fd: i32,
    pub(crate) process_group: i32,
    pub(crate) controlling_tty_fd: i32,
    pub(crate) foreground_fd: i32,
    pub(crate) oom_score_adj: i32,
    pub(crate) umask: u32,
    pub(crate) personality: u32,
    pub(crate) nice: i32,
    pub(crate) io_priority: Option<IoPriority>,
    pub(crate) gid: u32,
    pub(crate) uid: u32,
    pub(crate) cwd_fd: i32,
    pub(crate) parent_death_signal: Option<Signal>,
    pub(crate) landlock_fd: i32,
    pub(crate) exec_fd: i32,
}

impl Plan {
    /// Keeps a descriptor open, for a step that has its number.
    pub(crate) fn keep(&mut self, fd: impl Into<OwnedFd>) -> i32 {
        let fd = fd.into();
        let number = fd.as_raw_fd();
        self.kept.push(fd);
        number
    }

    pub(crate) fn has(&self, step: Step) -> bool {
        self.steps.contains(step)
    }
}
