//! The calls to libclone3 and the libc that Rust's types can make safe, in their terms.

#![allow(unsafe_code)]

use crate::command::{Environment, Plan};
use crate::{
    Capabilities, CapabilitySet, IoPriority, Resource, Scheduler, Signal, SignalSet, Step, Steps,
};
use libclone3_sys as sys;
use std::ffi::{CStr, CString, c_char, c_int, c_long, c_uint, c_ulong};
use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr::null;
use std::time::Duration;

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

pub(crate) fn step_name(step: Step) -> &'static str {
    // SAFETY: takes an integer only; the result is a constant.
    unsafe { constant(sys::clone3_step_name(step.bit())) }
}

/// The program of a plan, and what it gets by exec and before.
pub(crate) struct Program<'a> {
    /// `None`: the plan's descriptor.
    pub(crate) path: Option<&'a CStr>,
    /// `None`: `path` is not looked for.
    pub(crate) search_path: Option<&'a CStr>,
    pub(crate) argv: &'a [CString],
    pub(crate) environment: &'a Environment,
    /// All that are taken, those of the plan among them.
    pub(crate) steps: Steps,
    pub(crate) fds: &'a [sys::clone3_fd],
    pub(crate) default_signals: SignalSet,
}

pub(crate) struct Spawned {
    pub(crate) pid: u32,
    pub(crate) pidfd: OwnedFd,
    pub(crate) emulated: Steps,
    pub(crate) omitted: Steps,
}

pub(crate) struct SpawnFailure {
    pub(crate) step: Option<Step>,
    pub(crate) index: usize,
    pub(crate) errno: Errno,
}

/// An array's address, NULL if it has no element: a step that is not taken must have none.
fn address<T>(array: &[T]) -> *const T {
    if array.is_empty() {
        null()
    } else {
        array.as_ptr()
    }
}

fn string(text: Option<&CStr>) -> *const c_char {
    text.map_or(null(), CStr::as_ptr)
}

fn strings<'a>(texts: impl Iterator<Item = &'a CStr>) -> Vec<*const c_char> {
    texts.map(CStr::as_ptr).chain([null()]).collect()
}

pub(crate) fn spawn(plan: &Plan, program: &Program<'_>) -> Result<Spawned, SpawnFailure> {
    let argv = strings(program.argv.iter().map(CString::as_c_str));
    let envp = strings(program.environment.strings());
    let uid_map: Vec<_> = plan.uid_map.iter().map(|range| (*range).into()).collect();
    let gid_map: Vec<_> = plan.gid_map.iter().map(|range| (*range).into()).collect();
    // What is no pid becomes one that is refused, and so does a level that there is not; without a
    // word of CPUs that step is refused.
    let pid = |pid: &u32| i32::try_from(*pid).unwrap_or(-1);
    let set_tid: Vec<_> = plan.set_tid.iter().map(pid).collect();
    let io_priority = |priority: IoPriority| priority.raw().unwrap_or(u32::MAX);
    let (sched_policy, sched_priority, sched_times) =
        plan.scheduler.map_or((0, 0, [0; 3]), Scheduler::raw);
    let affinity = plan.affinity.words();
    let mount = |(fd, target): &(i32, CString)| sys::clone3_mount {
        mount_fd: *fd,
        reserved: 0,
        target: target.as_ptr(),
    };
    let mounts: Vec<_> = plan.mounts.iter().map(mount).collect();
    let rlimit = |(resource, soft, hard): &(Resource, u64, u64)| sys::clone3_rlimit {
        resource: *resource as u32,
        reserved: 0,
        soft: *soft,
        hard: *hard,
    };
    let rlimits: Vec<_> = plan.rlimits.iter().map(rlimit).collect();
    let raw = sys::clone3_plan {
        size: size_of::<sys::clone3_plan>() as u64,
        steps: program.steps.bits(),
        optional: plan.optional.bits(),
        path: string(program.path),
        argv: argv.as_ptr(),
        envp: envp.as_ptr(),
        search_path: string(program.search_path),
        namespaces: plan.namespaces,
        set_tid: address(&set_tid),
        set_tid_count: set_tid.len(),
        ignore_signals: plan.ignore_signals.bits(),
        default_signals: program.default_signals.bits(),
        joins: address(&plan.joins),
        join_count: plan.joins.len(),
        uid_map: address(&uid_map),
        uid_map_count: uid_map.len(),
        gid_map: address(&gid_map),
        gid_map_count: gid_map.len(),
        monotonic_offset_ns: plan.monotonic_offset_ns,
        boottime_offset_ns: plan.boottime_offset_ns,
        mounts: address(&mounts),
        mount_count: mounts.len(),
        pivot_root: string(plan.pivot_root.as_deref()),
        root: string(plan.root.as_deref()),
        hostname: string(plan.hostname.as_deref()),
        timer_slack_ns: plan.timer_slack_ns,
        sched_flags: 0,
        sched_runtime_ns: sched_times[0],
        sched_deadline_ns: sched_times[1],
        sched_period_ns: sched_times[2],
        affinity: address(&affinity),
        affinity_words: affinity.len(),
        fds: address(program.fds),
        fd_count: program.fds.len(),
        rlimits: address(&rlimits),
        rlimit_count: rlimits.len(),
        caps: plan.caps,
        groups: address(&plan.groups),
        group_count: plan.groups.len(),
        cwd: string(plan.cwd.as_deref()),
        signal_mask: plan.signal_mask.bits(),
        seccomp: address(&plan.seccomp),
        seccomp_count: plan.seccomp.len(),
        cgroup_fd: plan.cgroup_fd,
        process_group: plan.process_group,
        controlling_tty_fd: plan.controlling_tty_fd,
        foreground_fd: plan.foreground_fd,
        oom_score_adj: plan.oom_score_adj,
        umask: plan.umask,
        personality: plan.personality,
        nice: plan.nice,
        sched_policy,
        sched_priority,
        io_priority: plan.io_priority.map_or(0, io_priority),
        gid: plan.gid,
        uid: plan.uid,
        cwd_fd: plan.cwd_fd,
        parent_death_signal: plan.parent_death_signal.map_or(0, Signal::as_raw),
        landlock_fd: plan.landlock_fd,
        exec_fd: plan.exec_fd,
        reserved: 0,
    };
    let mut child = sys::clone3_child {
        size: size_of::<sys::clone3_child>() as u64,
        ..Default::default()
    };
    // SAFETY: both structs say their size. Every address in `raw` is NULL or that of an array or
    // string that lives until the call returns, and the counts are theirs. No Rust code runs in the
    // child, and the descriptors named are only read.
    let value = unsafe { sys::clone3_spawn(&raw, &mut child) };
    match outcome(value).and_then(|_| owned(child.pidfd)) {
        Ok(pidfd) => Ok(Spawned {
            pid: child.pid as u32,
            pidfd,
            emulated: Steps::of_bits(child.emulated),
            omitted: Steps::of_bits(child.omitted),
        }),
        Err(errno) => Err(SpawnFailure {
            step: Step::of_bit(child.failed_step),
            index: child.failed_index as usize,
            errno,
        }),
    }
}

/// A pipe: the end to read and the end to write, close-on-exec.
pub(crate) fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut fds = [-1; 2];
    // SAFETY: there is place for two descriptors, which are ours alone afterwards.
    unsafe {
        if libc::pipe2(fds.as_mut_ptr(), libc::O_CLOEXEC) != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok((OwnedFd::from_raw_fd(fds[0]), OwnedFd::from_raw_fd(fds[1])))
    }
}

/// Waits until one of both can be read without blocking, and tells which.
pub(crate) fn wait_readable(fds: [Option<BorrowedFd<'_>>; 2]) -> io::Result<[bool; 2]> {
    let mut polled = fds.map(|fd| libc::pollfd {
        // poll(2) passes over negative ones.
        fd: fd.map_or(-1, |fd| fd.as_raw_fd()),
        events: libc::POLLIN,
        revents: 0,
    });
    loop {
        // SAFETY: the array has two elements.
        if unsafe { libc::poll(polled.as_mut_ptr(), 2, -1) } > 0 {
            return Ok(polled.map(|fd| fd.revents != 0));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// Effective user and group id.
pub(crate) fn current_ids() -> (u32, u32) {
    // SAFETY: no precondition.
    unsafe { (libc::geteuid(), libc::getegid()) }
}

fn answer(value: c_long) -> Outcome<c_long> {
    if value < 0 {
        let error = io::Error::last_os_error();
        Err(Errno(error.raw_os_error().unwrap_or(libc::EINVAL)))
    } else {
        Ok(value)
    }
}

/// Effective, permitted and inheritable capabilities of the calling thread.
fn capability_sets() -> Outcome<[CapabilitySet; 3]> {
    // The kernel's _LINUX_CAPABILITY_VERSION_3, whose sets are two words each; the calling thread.
    let mut header = [0x2008_0522_u32, 0];
    let mut words = [0_u32; 6];
    // SAFETY: the header names a version whose sets fit into `words`.
    answer(unsafe { libc::syscall(libc::SYS_capget, header.as_mut_ptr(), words.as_mut_ptr()) })?;
    Ok([0, 1, 2].map(|n| {
        CapabilitySet::from_bits_retain(u64::from(words[n]) | u64::from(words[n + 3]) << 32)
    }))
}

/// What the calling thread has.
pub(crate) fn capabilities() -> Outcome<Capabilities> {
    let [effective, permitted, inheritable] = capability_sets()?;
    let ask = |option: c_int, argument: c_ulong, n: c_ulong| {
        // SAFETY: the options that are used below read, and take integers only.
        unsafe { libc::prctl(option, argument, n, 0 as c_ulong, 0 as c_ulong) }
    };
    let all = |has: &dyn Fn(c_ulong) -> c_int| {
        let mut bits = 0;
        for n in 0..64 {
            match answer(has(n).into()) {
                Ok(has) => bits |= u64::from(has == 1) << n,
                // So the kernel ends the list, behind its last capability. Any other error is a
                // seccomp filter's, and no answer.
                Err(Errno(libc::EINVAL)) if n > 0 => break,
                Err(errno) => return Err(errno),
            }
        }
        Ok(CapabilitySet::from_bits_retain(bits))
    };
    let is_ambient = libc::PR_CAP_AMBIENT_IS_SET as c_ulong;
    Ok(Capabilities {
        bounding: all(&|n| ask(libc::PR_CAPBSET_READ, n, 0))?,
        permitted,
        effective,
        inheritable,
        ambient: all(&|n| ask(libc::PR_CAP_AMBIENT, is_ambient, n))?,
        securebits: answer(ask(libc::PR_GET_SECUREBITS, 0, 0).into())? as u32,
    })
}

/// Whether the calling thread may change its groups. If a seccomp filter keeps that from being
/// known it is for setgroups(2) to say: groups that stay are rights.
pub(crate) fn may_set_groups() -> bool {
    capability_sets().map_or(true, |[effective, ..]| {
        effective.contains(CapabilitySet::SETGID)
    })
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
pub(crate) fn time_limit(limit: Duration) -> i64 {
    i64::try_from(limit.as_nanos()).unwrap_or(-1)
}

/// A value for the kernel; too much becomes what it refuses.
pub(crate) fn nanoseconds(value: Duration) -> u64 {
    u64::try_from(value.as_nanos()).unwrap_or(u64::MAX)
}
