//! `Child`: a child process that this program created.

use crate::ffi::{self, Errno};
use crate::output::read_both;
use crate::stdio::Stream;
use crate::{Error, PidFd, Report, Result, Signal, Steps, Usage};
use std::os::fd::AsFd;
use std::process::{self, ChildStderr, ChildStdin, ChildStdout, ExitStatus, Output};
use std::time::Duration;

/// A child process, held by its pidfd from birth.
///
/// Dropping it closes the pidfd and lets the child run on; nobody waits for it then, and once it
/// has ended it stays a zombie as long as this program runs, as with [`std::process::Child`].
/// [`Command::kill_on_drop`](crate::Command::kill_on_drop) changes that. See [pidfd_open(2)].
///
/// ```
/// use libclone3::Command;
///
/// let mut child = Command::new("sh").args(["-c", "exit 42"]).spawn()?;
/// assert_eq!(child.wait()?.code(), Some(42));
/// # Ok::<(), libclone3::Error>(())
/// ```
///
/// [pidfd_open(2)]: https://man7.org/linux/man-pages/man2/pidfd_open.2.html
#[derive(Debug)]
#[must_use = "a child that nobody waits for stays a zombie"]
pub struct Child {
    /// The end of a [pipe](crate::Stdio::piped) to the child's standard input.
    pub stdin: Option<ChildStdin>,
    /// The end of a pipe from the child's standard output.
    pub stdout: Option<ChildStdout>,
    /// The end of a pipe from the child's standard error.
    pub stderr: Option<ChildStderr>,
    process: Process,
    report: Report,
}

/// The process of a child, apart from its pipes: these may be moved out of a `Child`, which itself
/// therefore cannot have a `Drop`.
#[derive(Debug)]
struct Process {
    pid: u32,
    /// Taken by `into_pidfd` alone, which consumes the child.
    pidfd: Option<PidFd>,
    end: Option<(ExitStatus, Usage)>,
    /// The pid of the process that is to kill it when this is dropped: no copy of this in a process
    /// that was forked meanwhile may.
    killer: Option<u32>,
}

/// As long as a drop waits for a child that it killed: one in uninterruptible sleep may take
/// longer.
const REAP_LIMIT: Duration = Duration::from_secs(1);

impl Process {
    fn pidfd(&self) -> &PidFd {
        self.pidfd.as_ref().expect("there until into_pidfd")
    }

    fn kill(&self) -> Result<()> {
        if self.end.is_some() {
            return Ok(());
        }
        match ffi::pidfd_send_signal(self.pidfd().as_fd(), Signal::KILL) {
            Ok(()) | Err(Errno(libc::ESRCH)) => Ok(()),
            Err(errno) => Err(Error::new("cannot kill a child", errno)),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.pidfd.is_some() && self.end.is_none() && self.killer == Some(process::id()) {
            // There is nobody to tell of an error; one that may not be killed is not waited for.
            if self.kill().is_ok() {
                let _ = self.pidfd().wait_timeout(REAP_LIMIT);
            }
        }
    }
}

impl Child {
    pub(crate) fn new(pid: u32, pidfd: PidFd) -> Child {
        Child {
            stdin: None,
            stdout: None,
            stderr: None,
            process: Process {
                pid,
                pidfd: Some(pidfd),
                end: None,
                killer: None,
            },
            report: Report {
                emulated: Steps::empty(),
                omitted: Steps::empty(),
            },
        }
    }

    /// The child of a [`Command`](crate::Command).
    pub(crate) fn started(
        spawned: ffi::Spawned,
        streams: [Stream; 3],
        kill_on_drop: bool,
    ) -> Child {
        let [stdin, stdout, stderr] = streams.map(|stream| stream.ours);
        let mut child = Child::new(spawned.pid, PidFd::from(spawned.pidfd));
        child.stdin = stdin.map(ChildStdin::from);
        child.stdout = stdout.map(ChildStdout::from);
        child.stderr = stderr.map(ChildStderr::from);
        child.process.killer = kill_on_drop.then(process::id);
        child.report.emulated = spawned.emulated;
        child.report.omitted = spawned.omitted;
        child
    }

    /// The pid in the caller's pid namespace.
    ///
    /// After the wait it may come to mean another process; [`pidfd`](Child::pidfd) never does.
    ///
    /// ```
    /// # use libclone3::Command;
    /// let mut child = Command::new("true").spawn()?;
    /// assert!(std::path::Path::new(&format!("/proc/{}", child.id())).exists());
    /// # child.wait()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn id(&self) -> u32 {
        self.process.pid
    }

    /// What was emulated, and what was omitted since it was
    /// [optional](crate::Command::optional).
    ///
    /// ```
    /// # use libclone3::Command;
    /// let mut child = Command::new("true").spawn()?;
    /// assert!(child.report().omitted.is_empty());
    /// # child.wait()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The pidfd.
    ///
    /// A status that is taken through it is kept by neither.
    ///
    /// ```
    /// # use libclone3::Command;
    /// let mut child = Command::new("true").spawn()?;
    /// println!("{:?}", child.pidfd().info());
    /// # child.wait()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn pidfd(&self) -> &PidFd {
        self.process.pidfd()
    }

    /// Gives the pidfd away, and closes the pipes.
    ///
    /// The child is not killed by any drop then.
    ///
    /// ```
    /// # use libclone3::Command;
    /// let pidfd = Command::new("true").spawn()?.into_pidfd();
    /// assert!(pidfd.wait()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn into_pidfd(mut self) -> PidFd {
        self.process.pidfd.take().expect("there until into_pidfd")
    }

    /// Waits until the child has ended, and reaps it.
    ///
    /// Closes [`stdin`](Child::stdin) first, so that a child that reads it to its end does end.
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
    /// # use libclone3::Command;
    /// let mut child = Command::new("sh").args(["-c", "exit 7"]).spawn()?;
    /// assert_eq!(child.wait()?.code(), Some(7));
    /// assert_eq!(child.wait()?.code(), Some(7));
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [waitid(2)]: https://man7.org/linux/man-pages/man2/waitid.2.html
    #[doc(alias = "waitpid")]
    #[doc(alias = "waitid")]
    pub fn wait(&mut self) -> Result<ExitStatus> {
        self.wait_usage().map(|(status, _)| status)
    }

    /// Reaps the child if it has ended; `None`: it has not.
    ///
    /// Leaves `stdin` open. See [waitid(2)], `WNOHANG`.
    ///
    /// # Errors
    ///
    /// As [`wait`](Child::wait).
    ///
    /// ```
    /// # use libclone3::Command;
    /// let mut child = Command::new("sleep").arg("60").spawn()?;
    /// assert_eq!(child.try_wait()?, None);
    /// # child.kill()?;
    /// # child.wait()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [waitid(2)]: https://man7.org/linux/man-pages/man2/waitid.2.html
    pub fn try_wait(&mut self) -> Result<Option<ExitStatus>> {
        if self.process.end.is_none() {
            self.process.end = self.pidfd().try_wait_usage()?;
        }
        Ok(self.status())
    }

    /// Waits for at most `limit`; `None`: the time is over.
    ///
    /// The time is that of the monotonic clock, which stands still while the system sleeps. Unlike
    /// [`wait`](Child::wait) this leaves `stdin` open. See [poll(2)], which the pidfd answers.
    ///
    /// # Errors
    ///
    /// As [`wait`](Child::wait).
    ///
    /// ```
    /// # use libclone3::Command;
    /// # use std::time::Duration;
    /// let mut child = Command::new("sleep").arg("60").spawn()?;
    /// if child.wait_timeout(Duration::from_millis(10))?.is_none() {
    ///     child.kill()?;
    ///     child.wait()?;
    /// }
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [poll(2)]: https://man7.org/linux/man-pages/man2/poll.2.html
    pub fn wait_timeout(&mut self, limit: Duration) -> Result<Option<ExitStatus>> {
        if self.process.end.is_none() {
            self.process.end = self.pidfd().wait_timeout_usage(limit)?;
        }
        Ok(self.status())
    }

    /// Waits as [`wait`](Child::wait) does, and tells what the child consumed.
    ///
    /// It is kept as the status is. See [getrusage(2)].
    ///
    /// # Errors
    ///
    /// As [`wait`](Child::wait).
    ///
    /// ```
    /// # use libclone3::Command;
    /// let mut child = Command::new("true").spawn()?;
    /// let (status, usage) = child.wait_usage()?;
    /// println!("{status}, {} KiB", usage.max_rss_bytes / 1024);
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [getrusage(2)]: https://man7.org/linux/man-pages/man2/getrusage.2.html
    #[doc(alias = "wait4")]
    pub fn wait_usage(&mut self) -> Result<(ExitStatus, Usage)> {
        drop(self.stdin.take());
        if let Some(end) = self.process.end {
            return Ok(end);
        }
        let end = self.pidfd().wait_usage()?;
        self.process.end = Some(end);
        Ok(end)
    }

    /// Keeps what a wait found.
    #[cfg(feature = "tokio")]
    pub(crate) fn ended(&mut self, end: (ExitStatus, Usage)) -> ExitStatus {
        self.process.end = Some(end);
        end.0
    }

    pub(crate) fn status(&self) -> Option<ExitStatus> {
        self.process.end.map(|(status, _)| status)
    }

    /// Collects what the child writes to its pipes, and waits until it has ended.
    ///
    /// Closes `stdin` first; `stdout` and `stderr` are read at the same time, to their ends. What
    /// is no pipe gives nothing.
    ///
    /// # Errors
    ///
    /// As [`wait`](Child::wait); those of reading a pipe.
    ///
    /// ```
    /// use libclone3::{Command, Stdio};
    ///
    /// let child = Command::new("echo").arg("hello").stdout(Stdio::piped()).spawn()?;
    /// let output = child.wait_with_output()?;
    /// assert_eq!(output.stdout, b"hello\n");
    /// assert!(output.status.success() && output.stderr.is_empty());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn wait_with_output(mut self) -> Result<Output> {
        drop(self.stdin.take());
        let (stdout, stderr) = read_both(self.stdout.take(), self.stderr.take())
            .map_err(|error| Error::new("cannot read what a child writes", error))?;
        let status = self.wait()?;
        Ok(Output {
            status,
            stdout,
            stderr,
        })
    }

    /// Kills the child with `SIGKILL`; `Ok` if it has ended already.
    ///
    /// Its own children live on, unless it is process 1 of a pid namespace;
    /// [`Cgroup::kill`](crate::Cgroup::kill) reaches them. See [pidfd_send_signal(2)].
    ///
    /// # Errors
    ///
    /// `EPERM` if the child changed its ids and the caller may not signal it.
    ///
    /// ```
    /// # use libclone3::{Command, Signal};
    /// # use std::os::unix::process::ExitStatusExt;
    /// let mut child = Command::new("sleep").arg("60").spawn()?;
    /// child.kill()?;
    /// assert_eq!(child.wait()?.signal(), Some(Signal::KILL.as_raw()));
    /// child.kill()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [pidfd_send_signal(2)]: https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }

    /// Sends a signal to the child.
    ///
    /// One that has ended but was not waited for takes any. See [pidfd_send_signal(2)].
    ///
    /// # Errors
    ///
    /// `ESRCH` if it has been waited for; `EPERM`.
    ///
    /// ```
    /// # use libclone3::{Command, Signal};
    /// # use std::os::unix::process::ExitStatusExt;
    /// let mut child = Command::new("sleep").arg("60").spawn()?;
    /// child.signal(Signal::TERM)?;
    /// assert_eq!(child.wait()?.signal(), Some(libc::SIGTERM));
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [pidfd_send_signal(2)]: https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html
    #[doc(alias = "pidfd_send_signal")]
    pub fn signal(&self, signal: Signal) -> Result<()> {
        self.pidfd().send_signal(signal)
    }

    /// Sends a signal to the child: [`signal`](Child::signal) by the name that [`PidFd`] uses.
    ///
    /// # Errors
    ///
    /// As [`signal`](Child::signal).
    ///
    /// ```
    /// # use libclone3::{Command, Signal};
    /// let mut child = Command::new("sleep").arg("60").spawn()?;
    /// child.send_signal(Signal::TERM)?;
    /// assert!(!child.wait()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn send_signal(&self, signal: Signal) -> Result<()> {
        self.signal(signal)
    }
}
