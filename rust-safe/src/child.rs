//! `Child`: a child process that this program created.

use crate::ffi::{self, Errno};
use crate::{Error, PidFd, Result, Signal, Usage};
use std::os::fd::AsFd;
use std::process::ExitStatus;
use std::time::Duration;

/// A child process, held by its pidfd from birth.
///
/// Dropping it closes the pidfd and lets the child run on; nobody waits for it then, and once it
/// has ended it stays a zombie as long as this program runs, as with [`std::process::Child`].
///
/// ```
/// # use libclone3::CloneArgs;
/// // SAFETY: this program has one thread, and the closure owns nothing.
/// let mut child = unsafe { CloneArgs::new().call(|| 42) }?;
/// assert_eq!(child.wait()?.code(), Some(42));
/// # Ok::<(), libclone3::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a child that nobody waits for stays a zombie"]
pub struct Child {
    pid: u32,
    pidfd: PidFd,
    end: Option<(ExitStatus, Usage)>,
}

impl Child {
    pub(crate) fn new(pid: u32, pidfd: PidFd) -> Child {
        Child {
            pid,
            pidfd,
            end: None,
        }
    }

    /// The pid in the caller's pid namespace.
    ///
    /// After the wait it may come to mean another process; [`pidfd`](Child::pidfd) never does.
    ///
    /// ```
    /// # use libclone3::CloneArgs;
    /// // SAFETY: this program has one thread, and the closure owns nothing.
    /// let mut child = unsafe { CloneArgs::new().call(|| 0) }?;
    /// assert!(std::path::Path::new(&format!("/proc/{}", child.id())).exists());
    /// # child.wait()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn id(&self) -> u32 {
        self.pid
    }

    /// The pidfd.
    ///
    /// A status that is taken through it is kept by neither.
    ///
    /// ```
    /// # use libclone3::CloneArgs;
    /// // SAFETY: this program has one thread, and the closure owns nothing.
    /// let mut child = unsafe { CloneArgs::new().call(|| 0) }?;
    /// println!("{:?}", child.pidfd().info());
    /// # child.wait()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn pidfd(&self) -> &PidFd {
        &self.pidfd
    }

    /// Gives the pidfd away.
    ///
    /// ```
    /// # use libclone3::CloneArgs;
    /// // SAFETY: this program has one thread, and the closure owns nothing.
    /// let pidfd = unsafe { CloneArgs::new().call(|| 0) }?.into_pidfd();
    /// assert!(pidfd.wait()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn into_pidfd(self) -> PidFd {
        self.pidfd
    }

    /// Waits until the child has ended, and reaps it.
    ///
    /// The status is kept: each later call gives it again. If someone else took it (another wait in
    /// this program, `SIGCHLD` ignored, [`AUTOREAP`](crate::CloneFlags::AUTOREAP)), the pidfd still
    /// knows it since Linux 6.15. Never hangs for that.
    ///
    /// Since Linux 5.4. See [waitid(2)].
    ///
    /// # Errors
    ///
    /// `ECHILD` if someone else took the status and the kernel does not know it any more.
    ///
    /// ```
    /// # use libclone3::CloneArgs;
    /// // SAFETY: this program has one thread, and the closure owns nothing.
    /// let mut child = unsafe { CloneArgs::new().call(|| 7) }?;
    /// assert_eq!(child.wait()?.code(), Some(7));
    /// assert_eq!(child.wait()?.code(), Some(7));
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [waitid(2)]: https://man7.org/linux/man-pages/man2/waitid.2.html
    pub fn wait(&mut self) -> Result<ExitStatus> {
        self.wait_usage().map(|(status, _)| status)
    }

    /// Reaps the child if it has ended; `None`: it has not.
    ///
    /// # Errors
    ///
    /// As [`wait`](Child::wait).
    ///
    /// ```
    /// # use libclone3::CloneArgs;
    /// // SAFETY: this program has one thread, and the closure owns nothing.
    /// let mut child = unsafe { CloneArgs::new().call(|| loop { libc::pause(); }) }?;
    /// assert_eq!(child.try_wait()?, None);
    /// # child.kill()?;
    /// # child.wait()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn try_wait(&mut self) -> Result<Option<ExitStatus>> {
        if self.end.is_none() {
            self.end = self.pidfd.try_wait_usage()?;
        }
        Ok(self.status())
    }

    /// Waits for at most `limit`; `None`: the time is over.
    ///
    /// The time is that of the monotonic clock, which stands still while the system sleeps.
    ///
    /// # Errors
    ///
    /// As [`wait`](Child::wait).
    ///
    /// ```
    /// # use libclone3::CloneArgs;
    /// # use std::time::Duration;
    /// // SAFETY: this program has one thread, and the closure owns nothing.
    /// let mut child = unsafe { CloneArgs::new().call(|| loop { libc::pause(); }) }?;
    /// if child.wait_timeout(Duration::from_millis(10))?.is_none() {
    ///     child.kill()?;
    ///     child.wait()?;
    /// }
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn wait_timeout(&mut self, limit: Duration) -> Result<Option<ExitStatus>> {
        if self.end.is_none() {
            self.end = self.pidfd.wait_timeout_usage(limit)?;
        }
        Ok(self.status())
    }

    /// Waits as [`wait`](Child::wait) does, and tells what the child consumed.
    ///
    /// # Errors
    ///
    /// As [`wait`](Child::wait).
    ///
    /// ```
    /// # use libclone3::CloneArgs;
    /// // SAFETY: this program has one thread, and the closure owns nothing.
    /// let mut child = unsafe { CloneArgs::new().call(|| 0) }?;
    /// let (status, usage) = child.wait_usage()?;
    /// println!("{status}, {} KiB", usage.max_rss_bytes / 1024);
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    #[doc(alias = "wait4")]
    pub fn wait_usage(&mut self) -> Result<(ExitStatus, Usage)> {
        if let Some(end) = self.end {
            return Ok(end);
        }
        let end = self.pidfd.wait_usage()?;
        self.end = Some(end);
        Ok(end)
    }

    fn status(&self) -> Option<ExitStatus> {
        self.end.map(|(status, _)| status)
    }

    /// Kills the child with `SIGKILL`; `Ok` if it has ended already.
    ///
    /// # Errors
    ///
    /// `EPERM` if the child changed its ids and the caller may not signal it.
    ///
    /// ```
    /// # use libclone3::{CloneArgs, Signal};
    /// # use std::os::unix::process::ExitStatusExt;
    /// // SAFETY: this program has one thread, and the closure owns nothing.
    /// let mut child = unsafe { CloneArgs::new().call(|| loop { libc::pause(); }) }?;
    /// child.kill()?;
    /// assert_eq!(child.wait()?.signal(), Some(Signal::KILL.as_raw()));
    /// child.kill()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn kill(&mut self) -> Result<()> {
        if self.end.is_some() {
            return Ok(());
        }
        match ffi::pidfd_send_signal(self.pidfd.as_fd(), Signal::KILL) {
            Ok(()) | Err(Errno(libc::ESRCH)) => Ok(()),
            Err(errno) => Err(Error::new("cannot kill a child", errno)),
        }
    }

    /// Sends a signal to the child.
    ///
    /// # Errors
    ///
    /// `ESRCH` if it has been waited for; `EPERM`.
    ///
    /// ```
    /// # use libclone3::{CloneArgs, Signal};
    /// # use std::os::unix::process::ExitStatusExt;
    /// // SAFETY: this program has one thread, and the closure owns nothing.
    /// let mut child = unsafe { CloneArgs::new().call(|| loop { libc::pause(); }) }?;
    /// child.signal(Signal::TERM)?;
    /// assert_eq!(child.wait()?.signal(), Some(libc::SIGTERM));
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn signal(&self, signal: Signal) -> Result<()> {
        self.pidfd.send_signal(signal)
    }

    /// Sends a signal to the child: [`signal`](Child::signal) by the name that [`PidFd`] uses.
    ///
    /// # Errors
    ///
    /// As [`signal`](Child::signal).
    ///
    /// ```
    /// # use libclone3::{CloneArgs, Signal};
    /// // SAFETY: this program has one thread, and the closure owns nothing.
    /// let mut child = unsafe { CloneArgs::new().call(|| loop { libc::pause(); }) }?;
    /// child.send_signal(Signal::TERM)?;
    /// assert!(!child.wait()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn send_signal(&self, signal: Signal) -> Result<()> {
        self.signal(signal)
    }
}
