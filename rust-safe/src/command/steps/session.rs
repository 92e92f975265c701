//! The steps of sessions, terminals and signals.

use crate::{Command, Signal, SignalSet, Step};
use std::os::fd::OwnedFd;

impl Command {
    /// Makes the child the leader of a new session and process group, without a terminal.
    ///
    /// See [setsid(2)].
    ///
    /// # Errors
    ///
    /// None of its own; excludes [`process_group`](Command::process_group).
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// assert!(Command::new("true").session().status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [setsid(2)]: https://man7.org/linux/man-pages/man2/setsid.2.html
    #[doc(alias = "setsid")]
    #[doc(alias = "daemon")]
    pub fn session(&mut self) -> &mut Command {
        self.with(Step::Session)
    }

    /// Puts the child into a process group of the caller's session; 0 makes a new one, whose number
    /// is the child's pid.
    ///
    /// See [setpgid(2)].
    ///
    /// # Errors
    ///
    /// [`Step::ProcessGroup`]: `EINVAL` for a negative number or with
    /// [`session`](Command::session); `EPERM` if there is no such group in the session.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// assert!(Command::new("true").process_group(0).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [setpgid(2)]: https://man7.org/linux/man-pages/man2/setpgid.2.html
    #[doc(alias = "setpgid")]
    #[doc(alias = "CommandExt")]
    pub fn process_group(&mut self, group: i32) -> &mut Command {
        self.plan.process_group = group;
        self.with(Step::ProcessGroup)
    }

    /// Makes a terminal the controlling one of the new session.
    ///
    /// See [TIOCSCTTY(2const)].
    ///
    /// # Errors
    ///
    /// [`Step::ControllingTty`]: `EINVAL` without [`session`](Command::session); `ENOTTY` if it is
    /// no terminal; `EPERM` if it is another session's.
    ///
    /// ```no_run
    /// use libclone3::Command;
    /// use std::fs::File;
    ///
    /// let terminal = File::options().read(true).write(true).open("/dev/pts/3")?;
    /// Command::new("sh").session().controlling_terminal(terminal).spawn()?.wait()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// [TIOCSCTTY(2const)]: https://man7.org/linux/man-pages/man2/TIOCSCTTY.2const.html
    #[doc(alias = "TIOCSCTTY")]
    pub fn controlling_terminal(&mut self, terminal: impl Into<OwnedFd>) -> &mut Command {
        self.plan.controlling_tty_fd = self.plan.keep(terminal);
        self.with(Step::ControllingTty)
    }

    /// Makes the child's process group the foreground group of a terminal, as a shell with job
    /// control does.
    ///
    /// Needs a group of its own: [`process_group(0)`](Command::process_group), or a session that has
    /// this terminal.
    ///
    /// See [tcsetpgrp(3)].
    ///
    /// # Errors
    ///
    /// [`Step::Foreground`]: `ENOTTY` if it is not the session's controlling terminal; `EPERM`.
    ///
    /// ```no_run
    /// use libclone3::Command;
    /// use std::fs::File;
    ///
    /// let terminal = File::open("/dev/tty")?;
    /// Command::new("vi").process_group(0).foreground(terminal).spawn()?.wait()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// [tcsetpgrp(3)]: https://man7.org/linux/man-pages/man3/tcsetpgrp.3.html
    #[doc(alias = "tcsetpgrp")]
    #[doc(alias = "TIOCSPGRP")]
    pub fn foreground(&mut self, terminal: impl Into<OwnedFd>) -> &mut Command {
        self.plan.foreground_fd = self.plan.keep(terminal);
        self.with(Step::Foreground)
    }

    /// Lets the program ignore these signals.
    ///
    /// See [signal(7)].
    ///
    /// # Errors
    ///
    /// [`Step::IgnoreSignals`]: `EINVAL` if `SIGKILL` or `SIGSTOP` is among them.
    ///
    /// ```
    /// use libclone3::{Command, Signal, SignalSet};
    ///
    /// let status = Command::new("sh")
    ///     .args(["-c", "kill -HUP $$"])
    ///     .ignore_signals(SignalSet::from(Signal::HUP))
    ///     .status()?;
    /// assert!(status.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [signal(7)]: https://man7.org/linux/man-pages/man7/signal.7.html
    #[doc(alias = "SIG_IGN")]
    #[doc(alias = "nohup")]
    pub fn ignore_signals(&mut self, set: SignalSet) -> &mut Command {
        self.plan.ignore_signals = set;
        self.with(Step::IgnoreSignals)
    }

    /// Puts these signals back at their default, though the caller ignores them.
    ///
    /// Those that the caller handles are at their default anyway, and so is `SIGPIPE`.
    ///
    /// See [signal(7)].
    ///
    /// # Errors
    ///
    /// [`Step::DefaultSignals`]: `EINVAL` if `SIGKILL` or `SIGSTOP`, or one that is to be
    /// [ignored](Command::ignore_signals), is among them.
    ///
    /// ```
    /// use libclone3::{Command, Signal, SignalSet};
    ///
    /// let set = SignalSet::from(Signal::INT);
    /// assert!(Command::new("true").default_signals(set).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [signal(7)]: https://man7.org/linux/man-pages/man7/signal.7.html
    #[doc(alias = "SIG_DFL")]
    pub fn default_signals(&mut self, set: SignalSet) -> &mut Command {
        self.plan.default_signals = set;
        self.with(Step::DefaultSignals)
    }

    /// Blocks exactly these signals in the program, which otherwise has the calling thread's mask.
    ///
    /// See [sigprocmask(2)].
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// ```
    /// use libclone3::{Command, SignalSet};
    ///
    /// assert!(Command::new("true").signal_mask(SignalSet::empty()).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [sigprocmask(2)]: https://man7.org/linux/man-pages/man2/sigprocmask.2.html
    #[doc(alias = "sigprocmask")]
    pub fn signal_mask(&mut self, set: SignalSet) -> &mut Command {
        self.plan.signal_mask = set;
        self.with(Step::SignalMask)
    }

    /// Sends the program this signal when the calling *thread* ends: spawn from one that lives as
    /// long as the program shall.
    ///
    /// Cleared by the exec of a program that changes ids or gains capabilities.
    ///
    /// See [PR_SET_PDEATHSIG(2const)].
    ///
    /// # Errors
    ///
    /// [`Step::ParentDeathSignal`]: `ESRCH` if the caller has ended already. In another pid namespace
    /// than the caller's a child cannot see that, and a caller that is killed before this step goes
    /// unnoticed.
    ///
    /// ```
    /// use libclone3::{Command, Signal};
    ///
    /// assert!(Command::new("true").parent_death_signal(Signal::KILL).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [PR_SET_PDEATHSIG(2const)]: https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
    #[doc(alias = "PR_SET_PDEATHSIG")]
    pub fn parent_death_signal(&mut self, signal: Signal) -> &mut Command {
        self.plan.parent_death_signal = Some(signal);
        self.with(Step::ParentDeathSignal)
    }
}
