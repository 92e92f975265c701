//! `CloneArgs`: clone3 in its fork-like forms, on copied memory.

#![allow(unsafe_code)]

use crate::ffi::{self, ARGS_SIZE, Errno};
use crate::{Child, CloneFlags, Error, PidFd, Result, Signal};
use libclone3_sys as sys;
use std::ffi::{c_int, c_void};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What [`CloneArgs::fork`] returned, and where.
///
/// ```
/// use libclone3::{CloneArgs, Fork};
///
/// // SAFETY: this program has one thread, and the child does nothing but end.
/// match unsafe { CloneArgs::new().fork() }? {
///     Fork::Child => unsafe { libc::_exit(0) },
///     Fork::Parent(mut child) => assert!(child.wait()?.success()),
/// }
/// # Ok::<(), libclone3::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "the child runs on here, too"]
pub enum Fork {
    /// In the caller: the child.
    Parent(Child),
    /// In the child.
    Child,
}

/// The arguments of clone3, for a child that has a copy of the caller's memory.
///
/// A new one asks for a child as fork(2) makes it: no flags, `SIGCHLD` at the end. A pidfd is
/// always asked for.
///
/// What a child with a copy of the memory cannot have, or what would let the kernel write to memory
/// that Rust owns, is refused before the system call: the flags `VM`, `THREAD`, `SIGHAND`,
/// `SETTLS`, `FILES`, `PARENT`, `CHILD_SETTID`, `CHILD_CLEARTID`, `PARENT_SETTID`, and
/// `INTO_CGROUP` without [`cgroup`](CloneArgs::cgroup). libclone3-sys offers them.
///
/// Since Linux 5.3; where clone3 is missing or filtered, clone(2) is used if nothing is lost by it.
/// See [clone3(2)].
///
/// ```
/// use libclone3::{CloneArgs, CloneFlags};
///
/// let mut args = CloneArgs::new();
/// args.flags(CloneFlags::NEWUSER | CloneFlags::NEWPID);
/// // SAFETY: this program has one thread, and the closure owns nothing.
/// match unsafe { args.call(|| if std::process::id() == 1 { 0 } else { 1 }) } {
///     Ok(mut child) => assert!(child.wait()?.success()),
///     Err(error) => eprintln!("{error}"),
/// }
/// # Ok::<(), libclone3::Error>(())
/// ```
///
/// [clone3(2)]: https://man7.org/linux/man-pages/man2/clone3.2.html
#[derive(Clone, Debug)]
pub struct CloneArgs<'a> {
    flags: CloneFlags,
    exit_signal: Option<Signal>,
    set_tid: &'a [u32],
    cgroup: Option<BorrowedFd<'a>>,
}

const CANNOT: &str = "cannot create a process with clone3";

/// Flags that would share memory, descriptors or ids with Rust code that does not expect it.
const REFUSED: [(CloneFlags, &str); 9] = [
    (CloneFlags::VM, "CLONE_VM shares memory"),
    (CloneFlags::THREAD, "CLONE_THREAD shares memory"),
    (CloneFlags::SIGHAND, "CLONE_SIGHAND shares memory"),
    (
        CloneFlags::SETTLS,
        "CLONE_SETTLS replaces the thread-local memory of Rust code",
    ),
    (
        CloneFlags::FILES,
        "CLONE_FILES lets the child close the caller's descriptors",
    ),
    (
        CloneFlags::PARENT,
        "CLONE_PARENT makes a child that the caller cannot wait for",
    ),
    (
        CloneFlags::CHILD_SETTID,
        "CLONE_CHILD_SETTID writes to memory by an address",
    ),
    (
        CloneFlags::CHILD_CLEARTID,
        "CLONE_CHILD_CLEARTID writes to memory by an address",
    ),
    (
        CloneFlags::PARENT_SETTID,
        "CLONE_PARENT_SETTID writes to memory by an address",
    ),
];

impl<'a> CloneArgs<'a> {
    /// Arguments for a child as fork(2) makes it.
    ///
    /// ```
    /// # use libclone3::CloneArgs;
    /// CloneArgs::new().check()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn new() -> CloneArgs<'a> {
        CloneArgs {
            flags: CloneFlags::empty(),
            exit_signal: Some(Signal::CHLD),
            set_tid: &[],
            cgroup: None,
        }
    }

    /// Sets the flags, in place of those set before.
    ///
    /// `PIDFD` need not be among them.
    ///
    /// ```
    /// # use libclone3::{CloneArgs, CloneFlags};
    /// CloneArgs::new().flags(CloneFlags::NEWUTS | CloneFlags::CLEAR_SIGHAND).check()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn flags(&mut self, flags: CloneFlags) -> &mut Self {
        self.flags = flags;
        self
    }

    /// Sets the signal that the caller gets when the child ends; `None`: no signal.
    ///
    /// Waiting works with any. exec resets it to `SIGCHLD`. A signal that kills the caller by
    /// default does so. See [clone(2)], *the child termination signal*.
    ///
    /// ```
    /// # use libclone3::CloneArgs;
    /// // SAFETY: this program has one thread, and the closure owns nothing.
    /// let mut child = unsafe { CloneArgs::new().exit_signal(None).call(|| 0) }?;
    /// assert!(child.wait()?.success()); // and no SIGCHLD came
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [clone(2)]: https://man7.org/linux/man-pages/man2/clone.2.html
    pub fn exit_signal(&mut self, signal: Option<Signal>) -> &mut Self {
        self.exit_signal = signal;
        self
    }

    /// Chooses the child's pids, one for each pid namespace from the innermost outwards.
    ///
    /// An empty slice lets the kernel choose. Needs `CAP_SYS_ADMIN` or `CAP_CHECKPOINT_RESTORE`
    /// (Linux 5.9) over each of the namespaces, which `NEWUSER` with `NEWPID` gives over the new
    /// one. Since Linux 5.5. See [clone(2)], `set_tid`.
    ///
    /// ```
    /// # use libclone3::{CloneArgs, CloneFlags};
    /// let mut args = CloneArgs::new();
    /// args.flags(CloneFlags::NEWUSER | CloneFlags::NEWPID).set_tid(&[1]).check()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [clone(2)]: https://man7.org/linux/man-pages/man2/clone.2.html
    pub fn set_tid(&mut self, pids: &'a [u32]) -> &mut Self {
        self.set_tid = pids;
        self
    }

    /// Lets the child be born in a cgroup, by a descriptor of its cgroup v2 directory.
    ///
    /// Nothing that the child does is charged elsewhere, and no limit is passed by. Needs the right
    /// to write to the `cgroup.procs` of that cgroup and of the nearest one that it has in common
    /// with the caller's. Sets `INTO_CGROUP`. Since Linux 5.7. See [clone(2)], `CLONE_INTO_CGROUP`.
    ///
    /// ```
    /// # use libclone3::{Cgroup, CloneArgs};
    /// use std::os::fd::AsFd;
    ///
    /// let cgroup = Cgroup::open("/sys/fs/cgroup")?;
    /// CloneArgs::new().cgroup(cgroup.as_fd()).check()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [clone(2)]: https://man7.org/linux/man-pages/man2/clone.2.html
    #[doc(alias = "CLONE_INTO_CGROUP")]
    pub fn cgroup(&mut self, dir: BorrowedFd<'a>) -> &mut Self {
        self.cgroup = Some(dir);
        self
    }

    /// Judges the arguments by this crate's rules and the kernel's fixed ones, as of Linux 7.1.
    ///
    /// Says nothing on rights, limits, descriptors, or what the running kernel supports.
    ///
    /// # Errors
    ///
    /// `EINVAL`; the message names each flag at fault.
    ///
    /// ```
    /// # use libclone3::{CloneArgs, CloneFlags};
    /// let error = CloneArgs::new().flags(CloneFlags::VM).check().unwrap_err();
    /// assert!(error.to_string().contains("CLONE_VM"));
    /// ```
    pub fn check(&self) -> Result<()> {
        let mut pidfd = -1;
        match ffi::check(&self.raw(&mut pidfd)?) {
            (Ok(()), _) => Ok(()),
            (Err(errno), reason) => Err(Error::explained(CANNOT, errno, reason)),
        }
    }

    /// Creates a child that continues here, as fork(2) does.
    ///
    /// With [`VFORK`](CloneFlags::VFORK) the calling thread is suspended until the child execs or
    /// ends.
    ///
    /// # Safety
    ///
    /// The child has a copy of the memory and of the calling thread, and of no other:
    ///
    /// * If the process has other threads, the child may only call what is async-signal-safe until
    ///   it execs or ends. A lock that one of them held, the allocator's or that of standard output
    ///   for instance, is held for ever in the child. The handlers of pthread_atfork(3), by which
    ///   libcs and libraries make their own locks right in fork(3), do not run.
    /// * Every value of the caller lives on in the child as well. What is dropped there runs its
    ///   destructor a second time, on what both processes share: files, temporary directories,
    ///   buffers that are written twice. End the child by `libc::_exit`, or by exec, and let
    ///   neither a return nor a panic leave the code meant for it.
    /// * Types that rely on a process id or on there being one owner (of a lock file, of a
    ///   connection) must not be used in both.
    /// * musl remembers the caller's thread id in the child: raise(3) and abort(3), and with the
    ///   latter [`std::process::abort`], would signal the caller. glibc's is put right where the
    ///   kernel can tell its place.
    ///
    /// # Errors
    ///
    /// `EINVAL` for what [`check`](CloneArgs::check) refuses, a flag that the running kernel does
    /// not know, or pids that cannot be; `EPERM`, `EAGAIN`, `ENOMEM`, `ENOSPC`, `EMFILE`, `ENFILE`;
    /// `EEXIST` if a pid is in use; `EBADF`, `ENOENT`, `ENODEV`, `EACCES`, `EBUSY`, `EOPNOTSUPP` of
    /// the cgroup; `ENOSYS`. The message tells the likely causes.
    ///
    /// ```
    /// use libclone3::{CloneArgs, Fork};
    ///
    /// // SAFETY: this program has one thread, and the child does nothing but end.
    /// match unsafe { CloneArgs::new().fork() }? {
    ///     Fork::Child => unsafe { libc::_exit(5) },
    ///     Fork::Parent(mut child) => assert_eq!(child.wait()?.code(), Some(5)),
    /// }
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    #[doc(alias = "clone3")]
    pub unsafe fn fork(&self) -> Result<Fork> {
        let mut pidfd = -1;
        let args = self.raw(&mut pidfd)?;
        // SAFETY: every address in `args` is valid during the call: `pidfd` is ours and `set_tid`
        // borrowed. No flag is set that would write elsewhere or share memory. That the child is
        // well-behaved is what the caller promises.
        match unsafe { sys::clone3_fork(&args, ARGS_SIZE) } {
            0 => Ok(Fork::Child),
            // SAFETY: with PIDFD the call stored a descriptor that is ours.
            pid => unsafe { parent(pid, pidfd, &args) }.map(Fork::Parent),
        }
    }

    /// Creates a child that runs a closure on a copy of the caller's memory and ends with its
    /// value.
    ///
    /// The value is the exit status, of which the kernel keeps the low 8 bits. The child ends
    /// without running exit handlers or flushing buffers. A panic that leaves the closure ends the
    /// child by `SIGABRT`. The closure itself is dropped in the caller, and consumed in the child.
    ///
    /// # Safety
    ///
    /// As for [`fork`](CloneArgs::fork): the closure is the code of the child. Where the process
    /// has other threads, it may only call what is async-signal-safe, which excludes allocation and
    /// printing, and must not panic.
    ///
    /// # Errors
    ///
    /// As for [`fork`](CloneArgs::fork).
    ///
    /// ```
    /// use libclone3::CloneArgs;
    ///
    /// let (a, b) = (40, 2);
    /// // SAFETY: this program has one thread, and the closure owns nothing.
    /// let mut child = unsafe { CloneArgs::new().call(move || a + b) }?;
    /// assert_eq!(child.wait()?.code(), Some(42));
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub unsafe fn call<F: FnOnce() -> i32>(&self, f: F) -> Result<Child> {
        let mut pidfd = -1;
        let args = self.raw(&mut pidfd)?;
        // Both processes have it: the child takes its copy, the caller drops the other one.
        let mut closure = Some(f);
        let place = (&raw mut closure).cast();
        // SAFETY: as in `fork`. `run::<F>` gets the address of the `Option<F>`, valid in the child
        // as the memory is copied, and no other code of the child touches it.
        let pid = unsafe { sys::clone3_call(&args, ARGS_SIZE, Some(run::<F>), place) };
        // SAFETY: with PIDFD the call stored a descriptor that is ours.
        unsafe { parent(pid, pidfd, &args) }
    }

    /// What of the arguments breaks this crate's rules; empty if nothing does.
    fn refusal(&self) -> String {
        let mut reasons: Vec<_> = REFUSED
            .iter()
            .filter(|(flag, _)| self.flags.contains(*flag))
            .map(|(_, why)| *why)
            .collect();
        if self.flags.contains(CloneFlags::INTO_CGROUP) && self.cgroup.is_none() {
            reasons.push("CLONE_INTO_CGROUP needs a cgroup");
        }
        reasons.join(", ")
    }

    /// The struct for the kernel, if this crate's rules allow it. Valid as long as `pidfd` and what
    /// was borrowed.
    fn raw(&self, pidfd: &mut c_int) -> Result<sys::clone3_args> {
        let refusal = self.refusal();
        if !refusal.is_empty() {
            return Err(Error::explained(CANNOT, Errno(libc::EINVAL), refusal));
        }
        let mut flags = self.flags | CloneFlags::PIDFD;
        if self.cgroup.is_some() {
            flags |= CloneFlags::INTO_CGROUP;
        }
        // The kernel refuses an address without a length.
        let set_tid = match self.set_tid {
            [] => 0,
            pids => pids.as_ptr().expose_provenance() as u64,
        };
        Ok(sys::clone3_args {
            flags: flags.bits(),
            pidfd: (&raw mut *pidfd).expose_provenance() as u64,
            exit_signal: self.exit_signal.map_or(0, |signal| signal.as_raw() as u64),
            set_tid,
            set_tid_size: self.set_tid.len() as u64,
            cgroup: self.cgroup.map_or(0, |dir| dir.as_raw_fd() as u64),
            ..Default::default()
        })
    }
}

impl Default for CloneArgs<'_> {
    fn default() -> Self {
        CloneArgs::new()
    }
}

/// The caller's side of a clone3 with `args` that returned `pid` or a negated errno.
///
/// # Safety
///
/// If `pid` is not negative, `pidfd` is a descriptor that nobody else owns.
unsafe fn parent(pid: c_int, pidfd: c_int, args: &sys::clone3_args) -> Result<Child> {
    match ffi::outcome(pid) {
        Ok(pid) => {
            // SAFETY: the caller promises it.
            let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
            Ok(Child::new(pid as u32, PidFd::from(pidfd)))
        }
        Err(errno) => {
            // What the rules tell is certain; what the errno tells is likely.
            let explanation = match ffi::check(args) {
                (Err(verdict), reason) if verdict == errno => reason,
                _ => ffi::explain(args, errno),
            };
            Err(Error::explained(CANNOT, errno, explanation))
        }
    }
}

/// Runs the closure of [`CloneArgs::call`] in the child.
///
/// # Safety
///
/// `place` is the address of an `Option<F>` that nobody else uses.
unsafe extern "C" fn run<F: FnOnce() -> i32>(place: *mut c_void) -> c_int {
    // SAFETY: the caller promises it.
    let closure = unsafe { &mut *place.cast::<Option<F>>() };
    // What was unwound is never looked at again.
    match closure.take().map(|f| catch_unwind(AssertUnwindSafe(f))) {
        Some(Ok(value)) => value,
        _ => abort_child(),
    }
}

/// Ends a child by `SIGABRT`.
///
/// abort(3) would do so by the thread id that the libc remembers, which in musl is still the
/// caller's: it would end the caller.
fn abort_child() -> ! {
    // SAFETY: the pointers are valid, and all zero is a set of signals.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigaddset(&mut set, libc::SIGABRT);
        libc::signal(libc::SIGABRT, libc::SIG_DFL);
        libc::sigprocmask(libc::SIG_UNBLOCK, &set, std::ptr::null_mut());
        libc::kill(libc::getpid(), libc::SIGABRT);
        // The first process of a pid namespace is immune to its own signals: the shells' number.
        libc::_exit(128 + libc::SIGABRT)
    }
}
