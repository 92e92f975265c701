//! `PidFdInfo`: what the kernel tells of a process by its pidfd.

use crate::Signal;
use libclone3_sys as sys;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// What the kernel tells of a process: the answer of [`PidFd::info`](crate::PidFd::info).
///
/// Once the process has been waited for, only `cgroup_id` and `exit_status` are known: then the
/// pids are 0, as none is, and the ids `u32::MAX`, as no user's or group's is.
///
/// ```
/// # use libclone3::{CloneArgs, PidFd};
/// // SAFETY: this program has one thread, and the closure owns nothing.
/// let mut child = unsafe { CloneArgs::new().call(|| 3) }?;
/// if let Ok(info) = child.pidfd().info() {
///     assert_eq!((info.pid, info.ppid), (child.id(), std::process::id())); // since Linux 6.13
///     assert_eq!(info.exit_status, None);
/// }
/// child.wait()?;
/// if let Ok(info) = child.pidfd().info() {
///     assert_eq!(info.exit_status.and_then(|status| status.code()), Some(3)); // since Linux 6.15
/// }
/// # Ok::<(), libclone3::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PidFdInfo {
    /// The thread id in the caller's pid namespace; for a process that of its first thread.
    pub pid: u32,
    /// The process id there.
    pub tgid: u32,
    /// The process id of its parent there; 0 if that is outside.
    pub ppid: u32,
    /// The real user id, in the caller's user namespace like all that follow.
    pub ruid: u32,
    /// The real group id.
    pub rgid: u32,
    /// The effective user id.
    pub euid: u32,
    /// The effective group id.
    pub egid: u32,
    /// The saved user id.
    pub suid: u32,
    /// The saved group id.
    pub sgid: u32,
    /// The user id for file access.
    pub fsuid: u32,
    /// The group id for file access.
    pub fsgid: u32,
    /// The id of its cgroup v2: the inode number of the directory.
    pub cgroup_id: Option<u64>,
    /// How it ended, once it has been waited for. Since Linux 6.15.
    pub exit_status: Option<ExitStatus>,
    /// What became, or would become, of its core dump. Since Linux 6.16.
    pub coredump: Option<CoreDump>,
}

/// What became of a process's core dump, or would become of it: a part of [`PidFdInfo`].
///
/// Since Linux 6.16. See [core(5)].
///
/// ```
/// use libclone3::PidFd;
///
/// if let Some(core) = PidFd::current()?.info().ok().and_then(|info| info.coredump) {
///     assert!(!core.dumped);
///     println!("would be dumped as this user: {}", core.as_user);
/// }
/// # Ok::<(), libclone3::Error>(())
/// ```
///
/// [core(5)]: https://man7.org/linux/man-pages/man5/core.5.html
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CoreDump {
    /// It dumped core.
    pub dumped: bool,
    /// No core is dumped.
    pub skipped: bool,
    /// The core is dumped as the process's user.
    pub as_user: bool,
    /// The core is dumped as root.
    pub as_root: bool,
    /// The signal that made it dump core. Since Linux 6.19.
    pub signal: Option<Signal>,
    /// The `si_code` of that signal. Since Linux 7.1.
    pub code: Option<i32>,
}

// Bits of coredump_mask, from <linux/pidfd.h>.
const DUMPED: u32 = 1;
const SKIPPED: u32 = 2;
const AS_USER: u32 = 4;
const AS_ROOT: u32 = 8;

impl PidFdInfo {
    pub(crate) const WANTED: u64 = sys::CLONE3_INFO_PID
        | sys::CLONE3_INFO_CREDS
        | sys::CLONE3_INFO_CGROUPID
        | sys::CLONE3_INFO_EXIT
        | sys::CLONE3_INFO_COREDUMP
        | sys::CLONE3_INFO_COREDUMP_SIGNAL
        | sys::CLONE3_INFO_COREDUMP_CODE;

    pub(crate) fn of(info: &sys::clone3_pidfd_info) -> PidFdInfo {
        let has = |bit| info.mask & bit != 0;
        // A zero would be root's.
        let id = |id| {
            if has(sys::CLONE3_INFO_CREDS) {
                id
            } else {
                u32::MAX
            }
        };
        PidFdInfo {
            pid: info.pid,
            tgid: info.tgid,
            ppid: info.ppid,
            ruid: id(info.ruid),
            rgid: id(info.rgid),
            euid: id(info.euid),
            egid: id(info.egid),
            suid: id(info.suid),
            sgid: id(info.sgid),
            fsuid: id(info.fsuid),
            fsgid: id(info.fsgid),
            cgroup_id: has(sys::CLONE3_INFO_CGROUPID).then_some(info.cgroup_id),
            exit_status: has(sys::CLONE3_INFO_EXIT).then(|| ExitStatus::from_raw(info.wait_status)),
            coredump: has(sys::CLONE3_INFO_COREDUMP).then(|| CoreDump {
                dumped: info.coredump_mask & DUMPED != 0,
                skipped: info.coredump_mask & SKIPPED != 0,
                as_user: info.coredump_mask & AS_USER != 0,
                as_root: info.coredump_mask & AS_ROOT != 0,
                signal: i32::try_from(info.coredump_signal)
                    .ok()
                    .filter(|_| has(sys::CLONE3_INFO_COREDUMP_SIGNAL))
                    .and_then(Signal::new),
                code: has(sys::CLONE3_INFO_COREDUMP_CODE).then_some(info.coredump_code as i32),
            }),
        }
    }
}
