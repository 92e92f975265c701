//! `PidFd`: a process, held by descriptor.

use crate::ffi::{self, Errno};
use crate::{Error, Namespaces, PidFdInfo, Result, Signal, Usage};
use libclone3_sys as sys;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

/// A descriptor that refers to a process.
///
/// Unlike a pid it can never come to mean another process. It is close-on-exec, and readable (in
/// poll, epoll or an async runtime's wrapper of descriptors) once the process has ended. Closing it
/// does nothing to the process, unless that was created with
/// [`PIDFD_AUTOKILL`](crate::CloneFlags::PIDFD_AUTOKILL).
///
/// Any descriptor may be turned into a `PidFd`; one that is no pidfd makes every method fail with
/// `EBADF`. Since Linux 5.3. See [pidfd_open(2)].
///
/// ```
/// use libclone3::PidFd;
///
/// let me = PidFd::current()?;
/// match me.info() {
///     Ok(info) => assert_eq!(info.pid, std::process::id()),
///     Err(error) => eprintln!("{error}"), // before Linux 6.13
/// }
/// # Ok::<(), libclone3::Error>(())
/// ```
///
/// [pidfd_open(2)]: https://man7.org/linux/man-pages/man2/pidfd_open.2.html
#[derive(Debug)]
pub struct PidFd(OwnedFd);

impl PidFd {
    /// Opens a pidfd of a running process or zombie, by its pid in the caller's pid namespace.
    ///
    /// The pid may have been taken over by another process before the call, unless it is that of a
    /// child not yet waited for. [`CloneArgs`](crate::CloneArgs) gives a pidfd without that risk.
    ///
    /// Since Linux 5.3. See [pidfd_open(2)].
    ///
    /// # Errors
    ///
    /// `EINVAL` for 0 or a number above `i32::MAX`; `ESRCH`; `ENOENT` (on older kernels `EINVAL`)
    /// for the id of a thread; `EMFILE`, `ENFILE`, `ENOMEM`; `ENOSYS`.
    ///
    /// ```
    /// use libclone3::PidFd;
    /// use std::process::Command;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut child = Command::new("true").spawn()?;
    /// let pidfd = PidFd::open(child.id())?; // not yet waited for: the pid is still its own
    /// assert!(child.wait()?.success());
    /// # drop(pidfd);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [pidfd_open(2)]: https://man7.org/linux/man-pages/man2/pidfd_open.2.html
    #[doc(alias = "pidfd_open")]
    pub fn open(pid: u32) -> Result<PidFd> {
        match ffi::pidfd_open(pid, 0) {
            Ok(fd) => Ok(PidFd(fd)),
            Err(errno) => Err(Error::new(
                format!("cannot open a pidfd of process {pid}"),
                errno,
            )),
        }
    }

    /// Opens a pidfd of a thread, by its thread id.
    ///
    /// It is readable when that thread has ended, and signals go to that thread.
    ///
    /// Since Linux 6.9. See [pidfd_open(2)], `PIDFD_THREAD`.
    ///
    /// # Errors
    ///
    /// As [`open`](PidFd::open); `EINVAL` before Linux 6.9.
    ///
    /// ```
    /// use libclone3::PidFd;
    ///
    /// match PidFd::open_thread(std::process::id()) {
    ///     Ok(main_thread) => println!("{main_thread:?}"),
    ///     Err(error) => eprintln!("{error}"), // before Linux 6.9
    /// }
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [pidfd_open(2)]: https://man7.org/linux/man-pages/man2/pidfd_open.2.html
    #[doc(alias = "PIDFD_THREAD")]
    pub fn open_thread(tid: u32) -> Result<PidFd> {
        match ffi::pidfd_open(tid, sys::CLONE3_OPEN_THREAD) {
            Ok(fd) => Ok(PidFd(fd)),
            Err(errno) => Err(Error::new(
                format!("cannot open a pidfd of thread {tid}"),
                errno,
            )),
        }
    }

    /// Opens a pidfd of the calling process.
    ///
    /// Since Linux 5.3. See [pidfd_open(2)].
    ///
    /// # Errors
    ///
    /// `EMFILE`, `ENFILE`, `ENOMEM`; `ENOSYS`.
    ///
    /// ```
    /// let me = libclone3::PidFd::current()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [pidfd_open(2)]: https://man7.org/linux/man-pages/man2/pidfd_open.2.html
    #[doc(alias = "PIDFD_SELF")]
    pub fn current() -> Result<PidFd> {
        PidFd::open(std::process::id())
    }

    /// Duplicates the descriptor.
    ///
    /// Of a process that was created with
    /// [`PIDFD_AUTOKILL`](crate::CloneFlags::PIDFD_AUTOKILL), each duplicate prolongs the life.
    ///
    /// # Errors
    ///
    /// `EMFILE`.
    ///
    /// ```
    /// let me = libclone3::PidFd::current()?;
    /// let copy = me.try_clone()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn try_clone(&self) -> Result<PidFd> {
        match self.0.try_clone() {
            Ok(fd) => Ok(PidFd(fd)),
            Err(error) => Err(Error::new("cannot duplicate a pidfd", error)),
        }
    }

    /// Asks what the kernel knows of the process.
    ///
    /// Since Linux 6.13. See [ioctl_pidfd(2)], `PIDFD_GET_INFO`.
    ///
    /// # Errors
    ///
    /// `EBADF` for another descriptor; `ESRCH` if it has been waited for, before Linux 6.15;
    /// `EREMOTE` if it is in no pid namespace below the caller's; `ENOSYS` before Linux 6.13.
    ///
    /// ```
    /// use libclone3::PidFd;
    ///
    /// match PidFd::current()?.info() {
    ///     Ok(info) => assert_eq!(info.ppid, std::os::unix::process::parent_id()),
    ///     Err(error) => eprintln!("{error}"), // before Linux 6.13
    /// }
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [ioctl_pidfd(2)]: https://man7.org/linux/man-pages/man2/ioctl_pidfd.2.html
    #[doc(alias = "PIDFD_GET_INFO")]
    pub fn info(&self) -> Result<PidFdInfo> {
        match ffi::pidfd_get_info(self.as_fd(), PidFdInfo::WANTED) {
            Ok(info) => Ok(PidFdInfo::of(&info)),
            Err(errno) => Err(Error::new("cannot get information on a process", errno)),
        }
    }

    /// Sends a signal to the process, or to the thread of [`open_thread`](PidFd::open_thread).
    ///
    /// One that has ended but was not waited for takes any signal.
    ///
    /// Since Linux 5.1. See [pidfd_send_signal(2)].
    ///
    /// # Errors
    ///
    /// `EBADF` for another descriptor; `ESRCH` if it has been waited for; `EPERM`; `ENOSYS`.
    ///
    /// ```
    /// use libclone3::{PidFd, Signal};
    ///
    /// PidFd::current()?.send_signal(Signal::WINCH)?; // ignored by default
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [pidfd_send_signal(2)]: https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html
    #[doc(alias = "kill")]
    #[doc(alias = "pidfd_send_signal")]
    pub fn send_signal(&self, signal: Signal) -> Result<()> {
        ffi::pidfd_send_signal(self.as_fd(), signal)
            .map_err(|errno| Error::new(format!("cannot send {signal:?} to a process"), errno))
    }

    /// Waits until the process, a child of the calling one, has ended, and reaps it.
    ///
    /// If its status was taken by someone else (another wait in this program, `SIGCHLD` ignored,
    /// [`AUTOREAP`](crate::CloneFlags::AUTOREAP)), the pidfd still knows it since Linux 6.15.
    ///
    /// Since Linux 5.4. See [waitid(2)], `P_PIDFD`.
    ///
    /// # Errors
    ///
    /// `ECHILD` if it is no child of the calling process, or its status is not known any more;
    /// `EBADF` for another descriptor.
    ///
    /// ```
    /// # use libclone3::Command;
    /// let child = Command::new("sh").args(["-c", "exit 3"]).spawn()?;
    /// assert_eq!(child.into_pidfd().wait()?.code(), Some(3));
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [waitid(2)]: https://man7.org/linux/man-pages/man2/waitid.2.html
    #[doc(alias = "waitid")]
    #[doc(alias = "P_PIDFD")]
    pub fn wait(&self) -> Result<ExitStatus> {
        self.wait_usage().map(|(status, _)| status)
    }

    /// Reaps the child if it has ended; `None`: it has not.
    ///
    /// Otherwise as [`wait`](PidFd::wait).
    ///
    /// # Errors
    ///
    /// As [`wait`](PidFd::wait).
    ///
    /// ```
    /// # use libclone3::{Command, Signal};
    /// let child = Command::new("sleep").arg("60").spawn()?;
    /// assert_eq!(child.pidfd().try_wait()?, None);
    /// child.signal(Signal::KILL)?;
    /// # child.pidfd().wait()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn try_wait(&self) -> Result<Option<ExitStatus>> {
        Ok(self.try_wait_usage()?.map(|(status, _)| status))
    }

    /// Waits for at most `limit`; `None`: the time is over.
    ///
    /// The time is that of the monotonic clock, which stands still while the system sleeps.
    /// Otherwise as [`wait`](PidFd::wait).
    ///
    /// # Errors
    ///
    /// As [`wait`](PidFd::wait).
    ///
    /// ```
    /// # use libclone3::{Command, Signal};
    /// # use std::time::Duration;
    /// let child = Command::new("sleep").arg("60").spawn()?;
    /// assert_eq!(child.pidfd().wait_timeout(Duration::from_millis(10))?, None);
    /// # child.signal(Signal::KILL)?;
    /// # child.pidfd().wait()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn wait_timeout(&self, limit: Duration) -> Result<Option<ExitStatus>> {
        Ok(self.wait_timeout_usage(limit)?.map(|(status, _)| status))
    }

    /// Waits as [`wait`](PidFd::wait) does, and tells what the child consumed.
    ///
    /// # Errors
    ///
    /// As [`wait`](PidFd::wait).
    ///
    /// ```
    /// # use libclone3::Command;
    /// let child = Command::new("true").spawn()?;
    /// let (status, usage) = child.pidfd().wait_usage()?;
    /// assert!(status.success() && usage.minor_faults > 0);
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn wait_usage(&self) -> Result<(ExitStatus, Usage)> {
        ffi::pidfd_wait(self.as_fd()).map(end).map_err(cannot_wait)
    }

    pub(crate) fn try_wait_usage(&self) -> Result<Option<(ExitStatus, Usage)>> {
        ffi::pidfd_try_wait(self.as_fd())
            .map(|exit| exit.map(end))
            .map_err(cannot_wait)
    }

    pub(crate) fn wait_timeout_usage(
        &self,
        limit: Duration,
    ) -> Result<Option<(ExitStatus, Usage)>> {
        match ffi::pidfd_wait_timeout(self.as_fd(), ffi::time_limit(limit)) {
            Ok(exit) => Ok(Some(end(exit))),
            Err(Errno(libc::ETIMEDOUT)) => Ok(None),
            Err(errno) => Err(cannot_wait(errno)),
        }
    }

    /// Duplicates a descriptor of the process; `target` is its number there.
    ///
    /// The new one is close-on-exec. Needs the right to trace the process.
    ///
    /// Since Linux 5.6. See [pidfd_getfd(2)].
    ///
    /// # Errors
    ///
    /// `EBADF` if `target` is not open there, and for another descriptor; `EPERM`; `ESRCH` if it
    /// has ended; `EMFILE`; `ENOSYS`.
    ///
    /// ```
    /// use libclone3::PidFd;
    ///
    /// let me = PidFd::current()?;
    /// let copy = me.get_fd(0)?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [pidfd_getfd(2)]: https://man7.org/linux/man-pages/man2/pidfd_getfd.2.html
    #[doc(alias = "pidfd_getfd")]
    pub fn get_fd(&self, target: i32) -> Result<OwnedFd> {
        ffi::pidfd_getfd(self.as_fd(), target).map_err(|errno| {
            Error::new(
                format!("cannot duplicate descriptor {target} of a process"),
                errno,
            )
        })
    }

    /// Opens a namespace that the process is in; `which` is exactly one kind.
    ///
    /// Since Linux 6.11, and before where `/proc` is mounted. Needs the right to read the process
    /// as a tracer does. See [ioctl_pidfd(2)], `PIDFD_GET_*_NAMESPACE`.
    ///
    /// # Errors
    ///
    /// `EINVAL` for none, several kinds or `EMPTY_MOUNT`; `ESRCH` if it has ended; `EPERM`,
    /// `EACCES`; `EOPNOTSUPP` for a kind that the kernel was built without; `EBADF` for another
    /// descriptor; `EMFILE`; `ENOSYS`.
    ///
    /// ```
    /// use libclone3::{Namespaces, PidFd};
    ///
    /// let uts = PidFd::current()?.namespace(Namespaces::UTS)?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [ioctl_pidfd(2)]: https://man7.org/linux/man-pages/man2/ioctl_pidfd.2.html
    pub fn namespace(&self, which: Namespaces) -> Result<OwnedFd> {
        ffi::pidfd_namespace(self.as_fd(), which.bits())
            .map_err(|errno| Error::new(format!("cannot open {which:?} of a process"), errno))
    }

    /// Moves the calling thread into namespaces of the process: all of `which`, or none.
    ///
    /// `PID` changes where the caller's next children are born. `USER` and `TIME` need a
    /// single-threaded caller, `MOUNT` one that shares its working directory with no other thread,
    /// which those of a Rust program do.
    ///
    /// Since Linux 5.8. See [setns(2)].
    ///
    /// # Errors
    ///
    /// `EINVAL` for none, for `EMPTY_MOUNT`, by a rule above, and before Linux 5.8; `EPERM`;
    /// `ESRCH` if it has ended; `EBADF` for another descriptor; `EUSERS`, `ENOMEM`.
    ///
    /// ```
    /// use libclone3::{Namespaces, PidFd};
    ///
    /// match PidFd::current()?.set_namespaces(Namespaces::UTS) {
    ///     Ok(()) => println!("where we were already"),
    ///     Err(error) => println!("{error}"), // CAP_SYS_ADMIN is missing
    /// }
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [setns(2)]: https://man7.org/linux/man-pages/man2/setns.2.html
    #[doc(alias = "setns")]
    pub fn set_namespaces(&self, which: Namespaces) -> Result<()> {
        ffi::pidfd_setns(self.as_fd(), which.bits())
            .map_err(|errno| Error::new(format!("cannot join {which:?} of a process"), errno))
    }
}

/// Status and usage as std and this crate have them.
fn end(exit: sys::clone3_exit) -> (ExitStatus, Usage) {
    (ExitStatus::from_raw(exit.wait_status), Usage::of(&exit))
}

fn cannot_wait(errno: Errno) -> Error {
    Error::new("cannot wait for a process", errno)
}

impl AsFd for PidFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for PidFd {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

impl IntoRawFd for PidFd {
    fn into_raw_fd(self) -> RawFd {
        self.0.into_raw_fd()
    }
}

impl From<OwnedFd> for PidFd {
    fn from(fd: OwnedFd) -> PidFd {
        PidFd(fd)
    }
}

impl From<PidFd> for OwnedFd {
    fn from(pidfd: PidFd) -> OwnedFd {
        pidfd.0
    }
}
