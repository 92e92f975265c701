//! `Command`: a program to start, as `std::process::Command` has it.

mod environment;
mod failure;
mod fmt;
mod plan;
mod spawn;
mod steps;

pub(crate) use environment::Environment;
pub(crate) use plan::Plan;

use crate::{Stdio, Step};
use std::collections::btree_map;
use std::ffi::{CString, OsStr, OsString};
use std::fmt::Display;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::slice;

/// A program to start, and all that is to be done before it runs.
///
/// The methods of [`std::process::Command`] and its `CommandExt` are here with the same meaning,
/// and beside them one for each further thing that elsewhere needs code between fork and exec. None
/// of them fails: what makes no sense is an error of [`spawn`](Command::spawn), before any process
/// exists, or of the kernel, which names the [step](Step) that failed.
///
/// The order of the calls does not matter; the steps are taken in the kernel's order, that of
/// [`Step`]. A method that is called again replaces what it said before, unless it says otherwise.
///
/// The child shares the caller's memory until exec, as after vfork(2), and runs no code but
/// libclone3's. So the cost does not grow with the size of the caller, and everything here is safe.
/// Only the calling thread is suspended, until exec.
///
/// The program gets, unless something else is said: the caller's environment and directory; the
/// descriptors that are not close-on-exec; the calling thread's signal mask; the signals that the
/// caller ignores, but `SIGPIPE` at its default, as std does.
///
/// A string with a zero byte spoils the command for good, as with std: each spawn is an error then,
/// even if another string has taken its place. A value that a step refuses can be replaced.
///
/// Descriptors that are handed over are kept open until the `Command` is dropped, so that it can be
/// spawned again. As with std, a pipe among them has its end of file only then.
///
/// ```
/// use libclone3::{Command, Resource};
/// use std::time::Duration;
///
/// let mut child = Command::new("sh")
///     .args(["-c", "ulimit -n; exec sleep 10"])
///     .current_dir("/")
///     .session()
///     .no_new_privs()
///     .rlimit(Resource::Nofile, 64, 64)
///     .kill_on_drop(true)
///     .spawn()?;
/// if child.wait_timeout(Duration::from_millis(50))?.is_none() {
///     child.kill()?;
/// }
/// println!("{}", child.wait()?);
/// # Ok::<(), libclone3::Error>(())
/// ```
#[doc(alias = "posix_spawn")]
#[doc(alias = "pre_exec")]
#[doc(alias = "vfork")]
pub struct Command {
    program: CString,
    /// The program's arguments, the zeroth among them.
    argv: Vec<CString>,
    environment: Environment,
    plan: Plan,
    streams: [Option<Stdio>; 3],
    /// What is wrong already: a string with a zero byte.
    fault: Option<(Step, String)>,
    kill_on_drop: bool,
}

/// What stands for a string with a zero byte, as in std.
const NUL: &str = "<string-with-nul>";

/// `None`: it has a zero byte.
fn c_string(text: &OsStr) -> Option<CString> {
    CString::new(text.as_bytes()).ok()
}

fn nul() -> CString {
    c_string(OsStr::new(NUL)).unwrap_or_default()
}

impl Command {
    /// A program to start without arguments, with everything inherited.
    ///
    /// A name without a slash is looked for in the directories of `PATH`: the child's, if
    /// [`env`](Command::env) and its kin say something about it. A relative path counts from the
    /// [`current_dir`](Command::current_dir) that is set, and inside a new root.
    ///
    /// # Errors
    ///
    /// Of the spawn: `InvalidInput`, without a number, for a string with a zero byte.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// assert!(Command::new("true").status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn new<S: AsRef<OsStr>>(program: S) -> Command {
        let mut command = Command {
            program: CString::default(),
            argv: Vec::new(),
            environment: Environment::default(),
            plan: Plan::default(),
            streams: [None, None, None],
            fault: None,
            kill_on_drop: false,
        };
        command.program = command.string(Step::Check, program.as_ref(), "program");
        command.argv.push(command.program.clone());
        command
    }

    /// A command with what std lets see of another: program, arguments, changes of the environment
    /// and directory.
    ///
    /// Not what it hides: standard streams, ids, groups, the process group, `arg0`, `env_clear` and
    /// `pre_exec`.
    ///
    /// # Errors
    ///
    /// None of its own.
    ///
    /// ```
    /// let mut std = std::process::Command::new("sh");
    /// std.args(["-c", "exit $CODE"]).env("CODE", "3");
    /// let mut command = libclone3::Command::from_std_lossy(&std);
    /// assert_eq!(command.status()?.code(), Some(3));
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn from_std_lossy(std: &std::process::Command) -> Command {
        let mut command = Command::new(std.get_program());
        command.args(std.get_args());
        for (name, value) in std.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(dir) = std.get_current_dir() {
            command.current_dir(dir);
        }
        command
    }

    /// The string for the kernel. A zero byte is an error that the spawn will report.
    fn string(&mut self, step: Step, text: &OsStr, what: impl Display) -> CString {
        c_string(text).unwrap_or_else(|| {
            self.fault.get_or_insert_with(|| (step, what.to_string()));
            nul()
        })
    }

    /// Adds an argument.
    ///
    /// # Errors
    ///
    /// Of the spawn: `InvalidInput`, without a number, for a string with a zero byte.
    ///
    /// ```
    /// # use libclone3::Command;
    /// assert_eq!(Command::new("echo").arg("-n").arg("a b").output()?.stdout, b"a b");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn arg<S: AsRef<OsStr>>(&mut self, arg: S) -> &mut Command {
        let number = self.argv.len();
        let arg = self.string(Step::Check, arg.as_ref(), format_args!("argument {number}"));
        self.argv.push(arg);
        self
    }

    /// Adds several arguments.
    ///
    /// # Errors
    ///
    /// Of the spawn: `InvalidInput`, without a number, for a string with a zero byte.
    ///
    /// ```
    /// # use libclone3::Command;
    /// assert_eq!(Command::new("echo").args(["a", "b"]).output()?.stdout, b"a b\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn args<I, S>(&mut self, args: I) -> &mut Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        for arg in args {
            self.arg(arg);
        }
        self
    }

    /// Sets the zeroth argument, which otherwise is the program as it was given.
    ///
    /// See [execve(2)].
    ///
    /// # Errors
    ///
    /// Of the spawn: `InvalidInput`, without a number, for a string with a zero byte.
    ///
    /// ```
    /// # use libclone3::Command;
    /// let output = Command::new("sh").arg0("-sh").args(["-c", "echo $0"]).output()?;
    /// assert_eq!(output.stdout, b"-sh\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [execve(2)]: https://man7.org/linux/man-pages/man2/execve.2.html
    #[doc(alias = "CommandExt")]
    pub fn arg0<S: AsRef<OsStr>>(&mut self, arg: S) -> &mut Command {
        self.argv[0] = self.string(Step::Check, arg.as_ref(), "argument 0");
        self
    }

    /// Sets a variable of the environment.
    ///
    /// See [environ(7)].
    ///
    /// # Errors
    ///
    /// Of the spawn: `InvalidInput`, without a number, for a zero byte in the name or the value.
    ///
    /// ```
    /// # use libclone3::Command;
    /// let output = Command::new("sh").args(["-c", "echo $A"]).env("A", "1").output()?;
    /// assert_eq!(output.stdout, b"1\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [environ(7)]: https://man7.org/linux/man-pages/man7/environ.7.html
    pub fn env<K, V>(&mut self, key: K, value: V) -> &mut Command
    where
        K: AsRef<OsStr>,
        V: AsRef<OsStr>,
    {
        self.environment.set(key.as_ref(), value.as_ref());
        self
    }

    /// Sets several variables of the environment.
    ///
    /// # Errors
    ///
    /// As [`env`](Command::env).
    ///
    /// ```
    /// # use libclone3::Command;
    /// let output = Command::new("sh")
    ///     .args(["-c", "echo $A $B"])
    ///     .envs([("A", "1"), ("B", "2")])
    ///     .output()?;
    /// assert_eq!(output.stdout, b"1 2\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn envs<I, K, V>(&mut self, vars: I) -> &mut Command
    where
        I: IntoIterator<Item = (K, V)>,
        K: AsRef<OsStr>,
        V: AsRef<OsStr>,
    {
        for (key, value) in vars {
            self.env(key, value);
        }
        self
    }

    /// Removes a variable that was set, and keeps one from being inherited.
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// ```
    /// # use libclone3::Command;
    /// let output = Command::new("sh").args(["-c", "echo $HOME"]).env_remove("HOME").output()?;
    /// assert_eq!(output.stdout, b"\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn env_remove<K: AsRef<OsStr>>(&mut self, key: K) -> &mut Command {
        self.environment.remove(key.as_ref());
        self
    }

    /// Removes all variables that were set, and keeps any from being inherited.
    ///
    /// The environment that is inherited is copied at each spawn, under std's lock. A command that is
    /// spawned many times can be given it once, by `env_clear().envs(std::env::vars_os())`.
    ///
    /// Without a `PATH` that is set afterwards, a program is looked for in `/bin` and `/usr/bin`
    /// (with musl, in `/usr/local/bin` before), as the libc would do.
    ///
    /// See [environ(7)].
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// ```
    /// # use libclone3::Command;
    /// let output = Command::new("env").env_clear().env("A", "1").output()?;
    /// assert_eq!(output.stdout, b"A=1\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [environ(7)]: https://man7.org/linux/man-pages/man7/environ.7.html
    pub fn env_clear(&mut self) -> &mut Command {
        self.environment.clear();
        self
    }

    /// Sets the working directory, which the program's user must be allowed to enter.
    ///
    /// A relative one counts from the caller's, or from the new root.
    ///
    /// See [chdir(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Cwd`]: `ENOENT`, `ENOTDIR`, `EACCES` and the others of chdir(2); `InvalidInput`,
    /// without a number, for a zero byte.
    ///
    /// ```
    /// # use libclone3::Command;
    /// assert_eq!(Command::new("pwd").current_dir("/").output()?.stdout, b"/\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [chdir(2)]: https://man7.org/linux/man-pages/man2/chdir.2.html
    #[doc(alias = "chdir")]
    pub fn current_dir<P: AsRef<Path>>(&mut self, dir: P) -> &mut Command {
        let dir = self.string(Step::Cwd, dir.as_ref().as_os_str(), "directory");
        self.plan.cwd = Some(dir);
        self.with(Step::Cwd)
    }

    /// Sets the standard input; by default the caller's, for [`output`](Command::output)
    /// `/dev/null`.
    ///
    /// # Errors
    ///
    /// [`Step::Fds`]: `EMFILE`, `ENFILE` or `ENOENT` if the pipe or `/dev/null` cannot be opened;
    /// `EBADF` for a stream of the caller that is closed.
    ///
    /// ```
    /// # use libclone3::{Command, Stdio};
    /// assert!(Command::new("cat").stdin(Stdio::null()).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn stdin<T: Into<Stdio>>(&mut self, stdin: T) -> &mut Command {
        self.streams[0] = Some(stdin.into());
        self
    }

    /// Sets the standard output; by default the caller's, for [`output`](Command::output) a pipe.
    ///
    /// # Errors
    ///
    /// As [`stdin`](Command::stdin).
    ///
    /// ```
    /// # use libclone3::{Command, Stdio};
    /// assert!(Command::new("ls").stdout(Stdio::null()).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn stdout<T: Into<Stdio>>(&mut self, stdout: T) -> &mut Command {
        self.streams[1] = Some(stdout.into());
        self
    }

    /// Sets the standard error; by default the caller's, for [`output`](Command::output) a pipe.
    ///
    /// # Errors
    ///
    /// As [`stdin`](Command::stdin).
    ///
    /// ```
    /// # use libclone3::{Command, Stdio};
    /// assert!(!Command::new("ls").arg("/nonexistent").stderr(Stdio::null()).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn stderr<T: Into<Stdio>>(&mut self, stderr: T) -> &mut Command {
        self.streams[2] = Some(stderr.into());
        self
    }

    /// Kills the child when its [`Child`](crate::Child) is dropped.
    ///
    /// The drop also waits for the end, for a second at most. It does nothing to a child that has
    /// been waited for, nor in a process that was forked meanwhile.
    ///
    /// # Errors
    ///
    /// None: those of the drop are not told.
    ///
    /// ```
    /// # use libclone3::Command;
    /// let child = Command::new("sleep").arg("60").kill_on_drop(true).spawn()?;
    /// drop(child); // and with it the process
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn kill_on_drop(&mut self, kill: bool) -> &mut Command {
        self.kill_on_drop = kill;
        self
    }

    /// The program.
    ///
    /// ```
    /// # use libclone3::Command;
    /// assert_eq!(Command::new("true").get_program(), "true");
    /// ```
    pub fn get_program(&self) -> &OsStr {
        OsStr::from_bytes(self.program.as_bytes())
    }

    /// The arguments, without the zeroth.
    ///
    /// ```
    /// # use libclone3::Command;
    /// let mut command = Command::new("echo");
    /// command.args(["a", "b"]);
    /// assert_eq!(command.get_args().collect::<Vec<_>>(), ["a", "b"]);
    /// ```
    pub fn get_args(&self) -> CommandArgs<'_> {
        CommandArgs(self.argv[1..].iter())
    }

    /// The variables that were set, and as `None` those that were removed.
    ///
    /// ```
    /// # use libclone3::Command;
    /// let mut command = Command::new("env");
    /// command.env("A", "1").env_remove("B");
    /// let envs: Vec<_> = command.get_envs().collect();
    /// assert_eq!(envs, [("A".as_ref(), Some("1".as_ref())), ("B".as_ref(), None)]);
    /// ```
    pub fn get_envs(&self) -> CommandEnvs<'_> {
        CommandEnvs(self.environment.changes())
    }

    /// The working directory, if one was set.
    ///
    /// ```
    /// # use libclone3::Command;
    /// assert_eq!(Command::new("pwd").get_current_dir(), None);
    /// ```
    pub fn get_current_dir(&self) -> Option<&Path> {
        let dir = self.plan.cwd.as_ref()?;
        Some(Path::new(OsStr::from_bytes(dir.as_bytes())))
    }
}

/// The arguments of a [`Command`]: [`Command::get_args`].
///
/// ```
/// let mut command = libclone3::Command::new("echo");
/// assert_eq!(command.arg("a").get_args().len(), 1);
/// ```
#[derive(Clone)]
pub struct CommandArgs<'a>(slice::Iter<'a, CString>);

impl<'a> Iterator for CommandArgs<'a> {
    type Item = &'a OsStr;

    fn next(&mut self) -> Option<&'a OsStr> {
        self.0.next().map(|arg| OsStr::from_bytes(arg.as_bytes()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for CommandArgs<'_> {}

/// The changes of the environment of a [`Command`]: [`Command::get_envs`].
///
/// ```
/// let mut command = libclone3::Command::new("env");
/// assert_eq!(command.env("A", "1").get_envs().len(), 1);
/// ```
#[derive(Clone)]
pub struct CommandEnvs<'a>(btree_map::Iter<'a, OsString, Option<OsString>>);

impl<'a> Iterator for CommandEnvs<'a> {
    type Item = (&'a OsStr, Option<&'a OsStr>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = self.0.next()?;
        Some((name, value.as_deref()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for CommandEnvs<'_> {}
