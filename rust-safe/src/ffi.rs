//! The calls to libclone3 that need no more than a borrowed descriptor: safe, and in its terms.

#![allow(unsafe_code)]

use crate::Signal;
use libclone3_sys as sys;
use std::ffi::{CStr, c_char, c_int, c_uint};
use std::mem::size_of;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// An error number, positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Errno(pub(crate) i32);

type Outcome<T> = Result<T, Errno>;

/// Turns 0, a result or a negated errno into a `Result`.
pub(crate) fn outcome(value: c_int) -> Outcome<c_int> {
    if value < 0 {
        Err(Errno(-value))
    } else {
        Ok(value)
    }
}

fn owned(value: c_int) -> Outcome<OwnedFd> {
    let fd = outcome(value)?;
    // SAFETY: each caller passes the result of a function whose descriptor is ours alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

pub(crate) const ARGS_SIZE: usize = size_of::<sys::clone3_args>();

/// A constant string of libclone3; empty for NULL.
///
/// # Safety
///
/// `text` is NULL or what a function of libclone3 gave.
unsafe fn constant(text: *const c_char) -> &'static str {
    if text.is_null() {
        return "";
    }
    // SAFETY: such strings are constants that end with a zero byte.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap_or_default()
}

/// The kernel's fixed rules; the sentence is empty for `Ok`.
pub(crate) fn check(args: &sys::clone3_args) -> (Outcome<()>, &'static str) {
    let mut reason = std::ptr::null();
    // SAFETY: no address in `args` is followed; `reason` receives a constant.
    unsafe {
        let verdict = sys::clone3_check(args, ARGS_SIZE, &mut reason);
        (outcome(verdict).map(drop), constant(reason))
    }
}

pub(crate) fn explain(args: &sys::clone3_args, errno: Errno) -> &'static str {
    // SAFETY: no address in `args` is followed; the result is a constant.
    unsafe { constant(sys::clone3_explain(args, ARGS_SIZE, errno.0)) }
}

pub(crate) fn probe() -> Outcome<sys::clone3_support> {
    let size = size_of::<sys::clone3_support>() as u64;
    let mut support = sys::clone3_support {
        size,
        ..Default::default()
    };
    // SAFETY: the struct says its size.
    outcome(unsafe { sys::clone3_probe(&mut support) })?;
    Ok(support)
}

/// `pid` may be any number: those that are no pid are refused.
pub(crate) fn pidfd_open(pid: u32, flags: u64) -> Outcome<OwnedFd> {
    let pid = c_int::try_from(pid).unwrap_or(-1);
    // SAFETY: takes integers only.
    owned(unsafe { sys::clone3_pidfd_open(pid, flags as c_uint) })
}

pub(crate) fn pidfd_send_signal(pidfd: BorrowedFd<'_>, signal: Signal) -> Outcome<()> {
    // SAFETY: takes integers only.
    let value = unsafe { sys::clone3_pidfd_send_signal(pidfd.as_raw_fd(), signal.as_raw(), 0) };
    outcome(value).map(drop)
}

pub(crate) fn pidfd_getfd(pidfd: BorrowedFd<'_>, target: i32) -> Outcome<OwnedFd> {
    // SAFETY: takes integers only.
    owned(unsafe { sys::clone3_pidfd_getfd(pidfd.as_raw_fd(), target) })
}

/// Looks once; `None`: not ended yet.
pub(crate) fn pidfd_try_wait(pidfd: BorrowedFd<'_>) -> Outcome<Option<sys::clone3_exit>> {
    let mut exit = sys::clone3_exit::default();
    let options = sys::CLONE3_WAIT_NOHANG as c_uint;
    // SAFETY: `exit` is a place to write.
    match outcome(unsafe { sys::clone3_pidfd_wait(pidfd.as_raw_fd(), options, &mut exit) })? {
        0 => Ok(None),
        _ => Ok(Some(exit)),
    }
}

/// Waits for ever.
pub(crate) fn pidfd_wait(pidfd: BorrowedFd<'_>) -> Outcome<sys::clone3_exit> {
    let mut exit = sys::clone3_exit::default();
    // SAFETY: `exit` is a place to write.
    match outcome(unsafe { sys::clone3_pidfd_wait(pidfd.as_raw_fd(), 0, &mut exit) }) {
        // A non-blocking pidfd that came in by From<OwnedFd>.
        Err(Errno(libc::EAGAIN)) => pidfd_wait_timeout(pidfd, -1),
        Err(errno) => Err(errno),
        Ok(_) => Ok(exit),
    }
}

/// `ETIMEDOUT` when the time is over; a negative one never is.
pub(crate) fn pidfd_wait_timeout(pidfd: BorrowedFd<'_>, ns: i64) -> Outcome<sys::clone3_exit> {
    let mut exit = sys::clone3_exit::default();
    let pidfd = pidfd.as_raw_fd();
    // SAFETY: `exit` is a place to write.
    outcome(unsafe { sys::clone3_pidfd_wait_timeout(pidfd, 0, ns, &mut exit) })?;
    Ok(exit)
}

pub(crate) fn pidfd_namespace(pidfd: BorrowedFd<'_>, flag: u64) -> Outcome<OwnedFd> {
    // SAFETY: takes integers only.
    owned(unsafe { sys::clone3_pidfd_namespace(pidfd.as_raw_fd(), flag) })
}

pub(crate) fn pidfd_setns(pidfd: BorrowedFd<'_>, flags: u64) -> Outcome<()> {
    // SAFETY: takes integers only.
    outcome(unsafe { sys::clone3_pidfd_setns(pidfd.as_raw_fd(), flags) }).map(drop)
}

pub(crate) fn pidfd_get_info(
    pidfd: BorrowedFd<'_>,
    wanted: u64,
) -> Outcome<sys::clone3_pidfd_info> {
    let size = size_of::<sys::clone3_pidfd_info>() as u64;
    let mut info = sys::clone3_pidfd_info {
        size,
        mask: wanted,
        ..Default::default()
    };
    // SAFETY: the struct says its size.
    outcome(unsafe { sys::clone3_pidfd_get_info(pidfd.as_raw_fd(), &mut info) })?;
    Ok(info)
}

pub(crate) fn cgroup_kill(cgroup: BorrowedFd<'_>) -> Outcome<()> {
    // SAFETY: takes integers only.
    outcome(unsafe { sys::clone3_cgroup_kill(cgroup.as_raw_fd()) }).map(drop)
}

/// `ETIMEDOUT` when the time is over; a negative one never is.
pub(crate) fn cgroup_wait_empty(cgroup: BorrowedFd<'_>, ns: i64) -> Outcome<()> {
    // SAFETY: takes integers only.
    outcome(unsafe { sys::clone3_cgroup_wait_empty(cgroup.as_raw_fd(), ns) }).map(drop)
}

/// A time limit in libclone3's form; one of more than 292 years is none.
pub(crate) fn nanoseconds(limit: std::time::Duration) -> i64 {
    i64::try_from(limit.as_nanos()).unwrap_or(-1)
}
