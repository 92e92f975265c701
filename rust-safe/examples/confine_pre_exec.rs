//! `confine` without this crate: by std's `Command`, with a `pre_exec` closure that makes the system
//! calls by the libc. For comparison, and for whoever wants to see what a step takes.
//!
//! As careful as it can be: the closure runs after fork in a program that may have threads, so that
//! it neither allocates nor takes a lock; std's pipe tells of an error, a shared page of the step.

#[path = "common/confine.rs"]
mod common;

use common::{End, Options};
use std::ffi::{CStr, CString, c_int, c_long, c_ulong, c_void};
use std::fs::{File, OpenOptions};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

fn main() -> ExitCode {
    common::main(confine)
}

fn confine(options: &Options) -> io::Result<End> {
    let step = SharedStep::new()?;
    let plan = Plan::new(options, step.0)?;
    let mut command = Command::new(&options.program);
    command.args(&options.arguments);
    // SAFETY: `run` makes system calls alone; what it needs was made before.
    unsafe { command.pre_exec(move || plan.run()) };
    let child = command.spawn().map_err(|cause| {
        let program = Path::new(&options.program).display();
        let step = step.name();
        let text = format!("cannot start `{program}` in step \"{step}\": {cause}");
        io::Error::new(cause.kind(), text)
    })?;
    if let Some(limit) = options.timeout {
        if let Err(error) = kill_after(&child, limit) {
            let _ = kill(&child);
            let _ = wait(&child);
            return Err(error);
        }
    }
    wait(&child)
}

/// What an error of the child is about. The child says so before it does it.
const STEPS: [&str; 19] = [
    "exec",
    "cgroup",
    "session",
    "namespaces",
    "deny_setgroups",
    "uid_map",
    "gid_map",
    "clone",
    "private_mounts",
    "proc_mount",
    "hostname",
    "close_others",
    "rlimits",
    "groups",
    "gid",
    "uid",
    "parent_death_signal",
    "no_new_privs",
    "seccomp",
];

/// A page that the child shares, though fork copies all other memory: a pipe would do, too.
struct SharedStep(&'static AtomicU32);

impl SharedStep {
    fn new() -> io::Result<SharedStep> {
        let (protection, flags) = (
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_ANONYMOUS,
        );
        // SAFETY: a new mapping, which is unmapped by the drop alone.
        let page = unsafe { libc::mmap(ptr::null_mut(), 4096, protection, flags, -1, 0) };
        if page == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: zeroed, aligned, and there until the drop, after which nobody uses it.
        Ok(SharedStep(unsafe { &*page.cast() }))
    }

    fn name(&self) -> &'static str {
        STEPS
            .get(self.0.load(Ordering::Relaxed) as usize)
            .unwrap_or(&"?")
    }
}

impl Drop for SharedStep {
    fn drop(&mut self) {
        let page: *const AtomicU32 = self.0;
        // SAFETY: mapped by `new`.
        unsafe { libc::munmap(page.cast_mut().cast(), 4096) };
    }
}

/// What the child needs, so that it need not allocate.
struct Plan {
    step: &'static AtomicU32,
    cgroup_procs: Option<OwnedFd>,
    namespaces: c_int,
    is_root_inside: bool,
    uid_map: String,
    gid_map: String,
    hostname: Option<CString>,
    limits: Vec<(c_int, libc::rlimit)>,
    gid: Option<u32>,
    uid: Option<u32>,
    filter: Vec<libc::sock_filter>,
    parent: libc::pid_t,
}

impl Plan {
    fn new(options: &Options, step: &'static AtomicU32) -> io::Result<Plan> {
        let open = |dir: &String| OpenOptions::new().write(true).open(procs(dir));
        // SAFETY: they cannot fail.
        let (uid, gid, parent) = unsafe { (libc::geteuid(), libc::getegid(), libc::getpid()) };
        let limits = [
            (libc::RLIMIT_NOFILE, options.nofile),
            (libc::RLIMIT_NPROC, options.nproc),
            (libc::RLIMIT_CPU, options.cpu),
            (libc::RLIMIT_FSIZE, options.fsize),
        ];
        let rlimit = |limit| libc::rlimit {
            rlim_cur: limit,
            rlim_max: limit,
        };
        Ok(Plan {
            step,
            cgroup_procs: options
                .cgroup
                .as_ref()
                .map(open)
                .transpose()?
                .map(File::into),
            namespaces: options.namespaces,
            is_root_inside: options.has(libc::CLONE_NEWUSER),
            uid_map: format!("0 {uid} 1"),
            gid_map: format!("0 {gid} 1"),
            hostname: options.hostname.clone().map(CString::new).transpose()?,
            limits: limits
                .into_iter()
                .filter_map(|(resource, limit)| Some((resource as c_int, rlimit(limit?))))
                .collect(),
            gid: options.gid,
            uid: options.uid,
            filter: common::filter(),
            parent,
        })
    }

    fn has(&self, namespaces: c_int) -> bool {
        self.namespaces & namespaces == namespaces
    }

    fn begin(&self, step: &str) {
        let number = STEPS.iter().position(|name| *name == step);
        self.step
            .store(number.unwrap_or(STEPS.len()) as u32, Ordering::Relaxed);
    }

    /// In the child, after fork.
    fn run(&self) -> io::Result<()> {
        self.join_cgroup()?;
        self.begin("session");
        // SAFETY: no memory is involved.
        check(unsafe { libc::setsid() })?;
        self.make_namespaces()?;
        self.furnish_namespaces()?;
        self.limit()?;
        self.change_ids()?;
        self.give_up_rights()
    }

    /// A move: until then it was charged to the caller's cgroup, and a process that it had created
    /// by now would stay there.
    fn join_cgroup(&self) -> io::Result<()> {
        self.begin("cgroup");
        match &self.cgroup_procs {
            Some(file) => write_all(file.as_raw_fd(), "0"),
            None => Ok(()),
        }
    }

    fn make_namespaces(&self) -> io::Result<()> {
        self.begin("namespaces");
        // SAFETY: no memory is involved.
        check(unsafe { libc::unshare(self.namespaces) })?;
        if self.is_root_inside {
            self.begin("deny_setgroups");
            write_file(c"/proc/self/setgroups", "deny")?;
            self.begin("uid_map");
            write_file(c"/proc/self/uid_map", &self.uid_map)?;
            self.begin("gid_map");
            write_file(c"/proc/self/gid_map", &self.gid_map)?;
        }
        if self.has(libc::CLONE_NEWPID) {
            self.begin("clone");
            enter_pid_namespace()?;
        }
        Ok(())
    }

    fn furnish_namespaces(&self) -> io::Result<()> {
        if self.has(libc::CLONE_NEWNS) {
            self.begin("private_mounts");
            mount(None, c"/", None, libc::MS_REC | libc::MS_PRIVATE)?;
        }
        if self.has(libc::CLONE_NEWNS | libc::CLONE_NEWPID) {
            self.begin("proc_mount");
            let flags = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
            mount(Some(c"proc"), c"/proc", Some(c"proc"), flags)?;
        }
        if let Some(name) = &self.hostname {
            self.begin("hostname");
            if !self.has(libc::CLONE_NEWUTS) {
                return Err(io::Error::from_raw_os_error(libc::EINVAL));
            }
            // SAFETY: so many bytes are there.
            check(unsafe { libc::sethostname(name.as_ptr(), name.as_bytes().len()) })?;
        }
        Ok(())
    }

    fn limit(&self) -> io::Result<()> {
        self.begin("close_others");
        // Close-on-exec, since std's pipe for the error is among them. The libc may lack a wrapper.
        // SAFETY: no memory is involved.
        syscall(unsafe {
            libc::syscall(
                libc::SYS_close_range,
                3,
                c_int::MAX,
                libc::CLOSE_RANGE_CLOEXEC,
            )
        })?;
        self.begin("rlimits");
        for (resource, limit) in &self.limits {
            // SAFETY: the limit is read during the call.
            check(unsafe { libc::setrlimit(*resource as _, limit) })?;
        }
        Ok(())
    }

    /// By raw calls: the libc's change every thread's, of which it has a list with a lock.
    fn change_ids(&self) -> io::Result<()> {
        if self.uid.is_some() || self.gid.is_some() {
            self.begin("groups");
            let none: *const libc::gid_t = ptr::null();
            // SAFETY: no group is read.
            syscall(unsafe { libc::syscall(libc::SYS_setgroups, 0, none) })?;
        }
        if let Some(gid) = self.gid {
            self.begin("gid");
            // SAFETY: no memory is involved.
            syscall(unsafe { libc::syscall(libc::SYS_setresgid, gid, gid, gid) })?;
        }
        if let Some(uid) = self.uid {
            self.begin("uid");
            // SAFETY: no memory is involved.
            syscall(unsafe { libc::syscall(libc::SYS_setresuid, uid, uid, uid) })?;
        }
        Ok(())
    }

    fn give_up_rights(&self) -> io::Result<()> {
        self.begin("parent_death_signal");
        prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL as c_ulong)?;
        // The parent may have ended before. It is 0 in a pid namespace, whose own would have to be
        // told by other means.
        // SAFETY: it cannot fail.
        if ![0, self.parent].contains(&unsafe { libc::getppid() }) {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
        self.begin("no_new_privs");
        prctl(libc::PR_SET_NO_NEW_PRIVS, 1)?;
        self.begin("seccomp");
        let program = libc::sock_fprog {
            len: self.filter.len() as u16,
            filter: self.filter.as_ptr().cast_mut(),
        };
        let mode = libc::SECCOMP_MODE_FILTER as c_ulong;
        // SAFETY: the filter is only read, and outlives the call.
        check(unsafe { libc::prctl(libc::PR_SET_SECCOMP, mode, &program) })?;
        self.begin("exec");
        Ok(())
    }
}

/// A new pid namespace is for children: so that a child goes on, and the process that std knows
/// stands in for it.
fn enter_pid_namespace() -> io::Result<()> {
    let (flags, none) = (libc::SIGCHLD as c_ulong, 0 as c_ulong);
    // SAFETY: as fork, without the libc's handlers.
    match syscall(unsafe { libc::syscall(libc::SYS_clone, flags, none, none, none, none) })? {
        0 => Ok(()),
        child => stand_in_for(child as libc::pid_t),
    }
}

/// Ends as the child ends. If it is killed itself the child is, by its parent-death signal.
fn stand_in_for(child: libc::pid_t) -> ! {
    let mut status = 0;
    // SAFETY: `status` is there to be written; nothing is used after the end.
    unsafe {
        // std's pipe is among them: it would wait for its end.
        libc::syscall(libc::SYS_close_range, 0, c_int::MAX, 0);
        while libc::waitpid(child, &mut status, 0) == -1 {}
        if libc::WIFSIGNALED(status) {
            libc::prctl(libc::PR_SET_DUMPABLE, 0 as c_ulong);
            libc::signal(libc::WTERMSIG(status), libc::SIG_DFL);
            libc::kill(libc::getpid(), libc::WTERMSIG(status));
        }
        libc::_exit(libc::WEXITSTATUS(status))
    }
}

fn procs(dir: &String) -> impl AsRef<Path> {
    Path::new(dir).join("cgroup.procs")
}

fn check(result: c_int) -> io::Result<c_int> {
    match result {
        -1 => Err(io::Error::last_os_error()),
        result => Ok(result),
    }
}

fn syscall(result: c_long) -> io::Result<c_long> {
    match result {
        -1 => Err(io::Error::last_os_error()),
        result => Ok(result),
    }
}

fn prctl(option: c_int, value: c_ulong) -> io::Result<c_int> {
    let zero: c_ulong = 0;
    // SAFETY: the options that are used here take a number.
    check(unsafe { libc::prctl(option, value, zero, zero, zero) })
}

fn write_file(path: &CStr, text: &str) -> io::Result<()> {
    // SAFETY: the path ends with a zero; the descriptor that comes back is ours.
    let file = unsafe {
        OwnedFd::from_raw_fd(check(libc::open(
            path.as_ptr(),
            libc::O_WRONLY | libc::O_CLOEXEC,
        ))?)
    };
    write_all(file.as_raw_fd(), text)
}

/// Files of /proc and of cgroups take all of it at once, or nothing.
fn write_all(fd: RawFd, text: &str) -> io::Result<()> {
    // SAFETY: so many bytes are there.
    match unsafe { libc::write(fd, text.as_ptr().cast(), text.len()) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

fn mount(
    source: Option<&CStr>,
    target: &CStr,
    kind: Option<&CStr>,
    flags: c_ulong,
) -> io::Result<c_int> {
    let address = |text: Option<&CStr>| text.map_or(ptr::null(), CStr::as_ptr);
    let data: *const c_void = ptr::null();
    // SAFETY: the strings end with a zero.
    check(unsafe { libc::mount(address(source), target.as_ptr(), address(kind), flags, data) })
}

/// Kills the child unless it ends before the limit. std cannot wait so long.
fn kill_after(child: &Child, limit: Duration) -> io::Result<()> {
    // SAFETY: the pid is the child's until it is waited for; the descriptor that comes back is ours.
    let pidfd = unsafe {
        let fd = syscall(libc::syscall(libc::SYS_pidfd_open, child.id(), 0))?;
        OwnedFd::from_raw_fd(fd as RawFd)
    };
    let mut poll = libc::pollfd {
        fd: pidfd.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    let end = std::time::Instant::now() + limit;
    loop {
        let left = end.saturating_duration_since(std::time::Instant::now());
        let left = c_int::try_from(left.as_micros().div_ceil(1000)).unwrap_or(c_int::MAX);
        // SAFETY: one element.
        match check(unsafe { libc::poll(&mut poll, 1, left) }) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) if left == c_int::MAX => {}
            Ok(0) => return kill(child),
            result => return result.map(drop),
        }
    }
}

fn kill(child: &Child) -> io::Result<()> {
    // SAFETY: no memory is involved; the pid is the child's until it is waited for.
    check(unsafe { libc::kill(child.id() as libc::pid_t, libc::SIGKILL) }).map(drop)
}

/// Waits by wait4, since std does not tell what the child used.
fn wait(child: &Child) -> io::Result<End> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both are there to be written.
    while let Err(error) = check(unsafe {
        libc::wait4(
            child.id() as libc::pid_t,
            &mut status,
            0,
            usage.as_mut_ptr(),
        )
    }) {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    // SAFETY: all zero is valid, and wait4 wrote it.
    let usage = unsafe { usage.assume_init() };
    let time = |time: libc::timeval| {
        Duration::from_secs(time.tv_sec as u64) + Duration::from_micros(time.tv_usec as u64)
    };
    Ok(End {
        status: ExitStatus::from_raw(status),
        cpu_time: time(usage.ru_utime) + time(usage.ru_stime),
        max_rss_kib: usage.ru_maxrss as u64,
    })
}
