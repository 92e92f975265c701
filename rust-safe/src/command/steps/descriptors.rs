//! The steps of descriptors.

use crate::{Command, Step};
use libclone3_sys as sys;
use std::os::fd::OwnedFd;

impl Command {
    /// Passes a descriptor on, as number `target` in the program.
    ///
    /// May be called several times. All are passed on at once, so that numbers may be swapped and the order is irrelevant;
    /// nothing that this `Command` needs is overwritten. For 0 to 2 it takes the place of the
    /// default of the stream.
    ///
    /// See [dup(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Fds`], with the index of the call: `EINVAL` for a target that was given before;
    /// `EBADF` for a negative one, or one above the limit of
    /// [`Resource::Nofile`](crate::Resource::Nofile).
    /// [`Step::Check`]: `EINVAL` for 0 to 2 beside [`stdin`](Command::stdin), `stdout` or `stderr`.
    ///
    /// ```
    /// use libclone3::Command;
    /// use std::fs::File;
    ///
    /// let null = File::open("/dev/null")?;
    /// let output = Command::new("readlink").arg("/proc/self/fd/7").fd(7, null.into()).output()?;
    /// assert_eq!(output.stdout, b"/dev/null\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// [dup(2)]: https://man7.org/linux/man-pages/man2/dup.2.html
    #[doc(alias = "dup2")]
    #[doc(alias = "FdMapping")]
    #[doc(alias = "fd_mappings")]
    pub fn fd(&mut self, target: i32, source: OwnedFd) -> &mut Command {
        let source = self.plan.keep(source);
        self.plan.fds.push(sys::clone3_fd { source, target });
        self.with(Step::Fds)
    }

    /// Passes a descriptor on at its own number, which is returned, for an argument or variable.
    ///
    /// See [fcntl(2)].
    ///
    /// # Errors
    ///
    /// As [`fd`](Command::fd).
    ///
    /// ```
    /// use libclone3::Command;
    /// use std::fs::File;
    ///
    /// let mut command = Command::new("readlink");
    /// let number = command.keep_fd(File::open("/dev/null")?);
    /// let output = command.arg(format!("/proc/self/fd/{number}")).output()?;
    /// assert_eq!(output.stdout, b"/dev/null\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// [fcntl(2)]: https://man7.org/linux/man-pages/man2/fcntl.2.html
    #[doc(alias = "FD_CLOEXEC")]
    #[doc(alias = "preserved_fds")]
    pub fn keep_fd(&mut self, fd: impl Into<OwnedFd>) -> i32 {
        let number = self.plan.keep(fd);
        let (source, target) = (number, number);
        self.plan.fds.push(sys::clone3_fd { source, target });
        self.with(Step::Fds);
        number
    }

    /// Closes every descriptor above 2 that is not passed on by [`fd`](Command::fd) or
    /// [`keep_fd`](Command::keep_fd), whether it is close-on-exec or not.
    ///
    /// The cost does not depend on how many the caller has open.
    ///
    /// Since Linux 5.11; before, or where close_range(2) is filtered, by walking `/proc/self/fd`,
    /// which is [reported](crate::Report) as emulated.
    ///
    /// See [close_range(2)].
    ///
    /// # Errors
    ///
    /// [`Step::CloseOthers`]: `ENOENT` where that needs `/proc` and there is none.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// let output = Command::new("ls").arg("/proc/self/fd").close_other_fds().output()?;
    /// assert_eq!(output.stdout, b"0\n1\n2\n3\n"); // 3 is the directory
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [close_range(2)]: https://man7.org/linux/man-pages/man2/close_range.2.html
    #[doc(alias = "close_range")]
    #[doc(alias = "closefrom")]
    #[doc(alias = "CLOSE_RANGE_CLOEXEC")]
    pub fn close_other_fds(&mut self) -> &mut Command {
        self.with(Step::CloseOthers)
    }

    /// Sets the working directory by its descriptor.
    ///
    /// Excludes [`current_dir`](Command::current_dir).
    ///
    /// See [fchdir(2)].
    ///
    /// # Errors
    ///
    /// [`Step::CwdFd`]: `EINVAL` with `current_dir`; `ENOTDIR`; `EACCES`.
    ///
    /// ```
    /// use libclone3::Command;
    /// use std::fs::File;
    ///
    /// let output = Command::new("pwd").current_dir_fd(File::open("/")?).output()?;
    /// assert_eq!(output.stdout, b"/\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// [fchdir(2)]: https://man7.org/linux/man-pages/man2/fchdir.2.html
    #[doc(alias = "fchdir")]
    pub fn current_dir_fd(&mut self, dir: impl Into<OwnedFd>) -> &mut Command {
        self.plan.cwd_fd = self.plan.keep(dir);
        self.with(Step::CwdFd)
    }

    /// Starts the program that a descriptor refers to, such as a memfd; the name that was given to
    /// [`new`](Command::new) is only its zeroth argument then.
    ///
    /// A script works, too: it keeps the descriptor, by which its interpreter opens it.
    ///
    /// See [execveat(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Exec`]: as for any program.
    ///
    /// ```
    /// use libclone3::Command;
    /// use std::fs::File;
    ///
    /// let sh = File::open("/bin/sh")?;
    /// let output = Command::new("name").args(["-c", "echo $0"]).executable_fd(sh).output()?;
    /// assert_eq!(output.stdout, b"name\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// [execveat(2)]: https://man7.org/linux/man-pages/man2/execveat.2.html
    #[doc(alias = "execveat")]
    #[doc(alias = "fexecve")]
    pub fn executable_fd(&mut self, program: impl Into<OwnedFd>) -> &mut Command {
        self.plan.exec_fd = self.plan.keep(program);
        self.with(Step::ExecFd)
    }
}
