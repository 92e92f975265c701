//! Starting the program of a command.

use super::Command;
use crate::ffi::{self, Errno, Program, SpawnFailure};
use crate::stdio::Stream;
use crate::{Child, Namespaces, Result, Signal, SignalSet, Stdio, Step, Steps};
use libclone3_sys as sys;
use std::process::{ExitStatus, Output};

impl Command {
    /// Starts the program.
    ///
    /// Standard streams are inherited unless something else is said. The calling thread is
    /// suspended until the program runs or a step has failed; a step that fails leaves nothing
    /// behind.
    ///
    /// Since Linux 5.4; what an older kernel lacks, or a seccomp filter refuses, is done by other
    /// means with the same guarantee where there are any: [`Child::report`] tells.
    ///
    /// See [execve(2)].
    ///
    /// # Errors
    ///
    /// The kernel's, with the [step](crate::Error::step) and, of several, the
    /// [index](crate::Error::index):
    ///
    /// * `InvalidInput` for a string with a zero byte (no error number), for values that the kernel
    ///   refuses whoever asks, and for a step without what it needs; no process was created.
    /// * [`Step::Exec`]: `ENOENT` if there is no such program, or its interpreter is missing;
    ///   `EACCES` if it may not be executed; `ENOEXEC` if it is no program; `E2BIG`; and the others
    ///   of execve(2).
    /// * [`Step::Clone`]: `EAGAIN`, `ENOMEM`, `EMFILE`, `ENFILE`, `EPERM`, `ENOSYS`.
    /// * `ENOSYS` of any step that neither the kernel nor this version can take.
    /// * `ECANCELED` if the child was killed before the program ran.
    ///
    /// ```
    /// use libclone3::{Command, Step};
    ///
    /// let mut child = Command::new("sleep").arg("0.01").spawn()?;
    /// assert!(child.wait()?.success());
    ///
    /// let error = Command::new("/bin/ls").current_dir("/nonexistent").spawn().unwrap_err();
    /// assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    /// assert_eq!(error.step(), Some(Step::Cwd));
    /// assert_eq!(
    ///     error.to_string(),
    ///     "cannot start `/bin/ls` in step \"cwd\" (/nonexistent): \
    ///      No such file or directory (os error 2)"
    /// );
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [execve(2)]: https://man7.org/linux/man-pages/man2/execve.2.html
    #[doc(alias = "execve")]
    #[doc(alias = "fork")]
    pub fn spawn(&mut self) -> Result<Child> {
        self.start(false)
    }

    /// Starts the program, waits for its end and collects what it writes.
    ///
    /// Standard output and error are pipes and standard input is `/dev/null` unless something else
    /// is said. Both pipes are read at the same time, to their ends.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Command::spawn) and [`Child::wait_with_output`].
    ///
    /// ```
    /// # use libclone3::Command;
    /// let output = Command::new("sh").args(["-c", "echo out; echo err >&2"]).output()?;
    /// assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"out\n"[..], &b"err\n"[..]));
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn output(&mut self) -> Result<Output> {
        self.start(true)?.wait_with_output()
    }

    /// Starts the program and waits for its end.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Command::spawn) and [`Child::wait`].
    ///
    /// ```
    /// # use libclone3::Command;
    /// assert_eq!(Command::new("sh").args(["-c", "exit 3"]).status()?.code(), Some(3));
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn status(&mut self) -> Result<ExitStatus> {
        self.spawn()?.wait()
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn start_captured(&mut self) -> Result<Child> {
        self.start(true)
    }

    /// `captured`: streams that nothing was said of are as for `output`.
    fn start(&mut self, captured: bool) -> Result<Child> {
        let has_zero_byte = !self.environment.capture();
        self.check(has_zero_byte)?;
        let streams = self.open_streams(captured)?;
        self.check_streams(&streams)?;
        let mut fds = self.plan.fds.clone();
        for (target, stream) in (0..).zip(&streams) {
            if let Some(source) = stream.source() {
                fds.push(sys::clone3_fd { source, target });
            }
        }
        let default_signals = self.signals_at_default();
        let is_searched = !self.plan.has(Step::ExecFd);
        let mut program = Program {
            path: is_searched.then_some(&*self.program),
            search_path: is_searched.then(|| self.environment.search_path()),
            argv: &self.argv,
            environment: &self.environment,
            steps: self.steps(&fds, default_signals),
            fds: &fds,
            default_signals,
        };
        let mut result = ffi::spawn(&self.plan, &program);
        if self.may_keep_groups(result.as_ref().err()) {
            program.steps.remove(Step::Groups);
            result = ffi::spawn(&self.plan, &program);
        }
        match result {
            Ok(spawned) => Ok(Child::started(spawned, streams, self.kill_on_drop)),
            Err(failure) => Err(self.failure(failure, &fds)),
        }
    }

    /// Opens what the streams need, but for those that a descriptor of the plan takes the place of.
    fn open_streams(&self, captured: bool) -> Result<[Stream; 3]> {
        let mut streams = <[Stream; 3]>::default();
        for (target, stream) in streams.iter_mut().enumerate() {
            let number = target as i32;
            let opened = match &self.streams[target] {
                Some(stdio) => stdio.open(number),
                None if self.plan.fds.iter().any(|fd| fd.target == number) => continue,
                None if !captured => continue,
                None if target == 0 => Stdio::null().open(number),
                None => Stdio::piped().open(number),
            };
            *stream = opened.map_err(|error| self.stream_failure(target, error))?;
        }
        Ok(streams)
    }

    /// As std does: `SIGPIPE`, which the Rust runtime ignores, is back at its default.
    fn signals_at_default(&self) -> SignalSet {
        let set = self.plan.default_signals;
        match self.plan.ignore_signals.contains(Signal::PIPE) {
            true => set,
            false => set.with(Signal::PIPE),
        }
    }

    /// The steps of the plan, and those that follow from what else was asked for.
    fn steps(&self, fds: &[sys::clone3_fd], default_signals: SignalSet) -> Steps {
        let mut steps = self.plan.steps;
        if !fds.is_empty() {
            steps.insert(Step::Fds);
        }
        if !default_signals.is_empty() {
            steps.insert(Step::DefaultSignals);
        }
        if self.drops_groups() {
            steps.insert(Step::Groups);
        }
        steps
    }

    /// As std does: a user that is set without groups has none of the caller's, if the caller may
    /// drop them. In a new user namespace nobody may before its group map stands.
    fn drops_groups(&self) -> bool {
        let plan = &self.plan;
        let is_new = plan.namespaces & Namespaces::USER.bits() != 0;
        plan.has(Step::Uid)
            && !plan.has(Step::Groups)
            && !plan.has(Step::DenySetgroups)
            && (!is_new || plan.has(Step::GidMap))
            && ffi::may_set_groups()
    }

    /// Whether it failed by groups that nobody asked to drop. The child's user namespace may deny
    /// that to everyone, whether it is the caller's, new in one that does, or joined; only the
    /// kernel can tell. std does not mind this error either.
    fn may_keep_groups(&self, failure: Option<&SpawnFailure>) -> bool {
        let is_denied = |failure: &SpawnFailure| {
            failure.step == Some(Step::Groups) && failure.errno == Errno(libc::EPERM)
        };
        !self.plan.has(Step::Groups) && failure.is_some_and(is_denied)
    }
}
