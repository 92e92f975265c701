//! The steps that the kernel takes by birth.

use crate::{Command, Step};
use std::os::fd::OwnedFd;

impl Command {
    /// Lets the child be born in a cgroup v2, by its directory; a [`Cgroup`](crate::Cgroup) is one,
    /// too.
    ///
    /// Nothing of the program is ever charged elsewhere, and no descendant can escape before the
    /// move. Since Linux 5.7; before, and without clone3, the child joins it as its first act,
    /// which is [reported](crate::Report) as emulated.
    ///
    /// See [clone3(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Cgroup`]: `EBADF` if it is no cgroup v2 directory; `EACCES`; `ENODEV` if it was
    /// removed; `EBUSY`, `EOPNOTSUPP` by the rules of cgroups; `ECANCELED` if the cgroup was ever
    /// killed by [`Cgroup::kill`](crate::Cgroup::kill), which then kills its newborn.
    ///
    /// ```no_run
    /// use libclone3::{Cgroup, Command};
    ///
    /// std::fs::create_dir("/sys/fs/cgroup/jobs/1")?;
    /// let cgroup = Cgroup::open("/sys/fs/cgroup/jobs/1")?;
    /// let mut child = Command::new("make").cgroup(cgroup.try_clone()?).spawn()?;
    /// child.wait()?;
    /// cgroup.kill()?; // what the child left behind
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// [clone3(2)]: https://man7.org/linux/man-pages/man2/clone3.2.html
    #[doc(alias = "CLONE_INTO_CGROUP")]
    pub fn cgroup(&mut self, dir: impl Into<OwnedFd>) -> &mut Command {
        self.plan.cgroup_fd = self.plan.keep(dir);
        self.with(Step::Cgroup)
    }

    /// Chooses the child's pids: the first is that in the innermost pid namespace.
    ///
    /// Needs `CAP_CHECKPOINT_RESTORE` or `CAP_SYS_ADMIN` in each. Since Linux 5.5.
    ///
    /// See [clone3(2)].
    ///
    /// # Errors
    ///
    /// [`Step::SetTid`]: `EEXIST` if a pid is in use; `EPERM`; `EINVAL`; `ENOSYS` without clone3.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// match Command::new("true").set_tid(&[31_000]).spawn() {
    ///     Ok(mut child) => {
    ///         assert_eq!(child.id(), 31_000);
    ///         child.wait()?;
    ///     }
    ///     Err(error) => eprintln!("{error}"),
    /// }
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [clone3(2)]: https://man7.org/linux/man-pages/man2/clone3.2.html
    #[doc(alias = "CRIU")]
    pub fn set_tid(&mut self, pids: &[u32]) -> &mut Command {
        self.plan.set_tid = pids.to_vec();
        self.with(Step::SetTid)
    }

    /// Never leaves a zombie: the child is reaped when it ends, and
    /// [`Child::wait`](crate::Child::wait) gets the status from the pidfd.
    ///
    /// Since Linux 7.1. See [clone(2)], `CLONE_AUTOREAP`.
    ///
    /// # Errors
    ///
    /// [`Step::AutoReap`]: `EINVAL` before Linux 7.1; `ENOSYS`.
    ///
    /// ```
    /// use libclone3::{Command, Step};
    ///
    /// match Command::new("true").auto_reap().status() {
    ///     Ok(status) => assert!(status.success()),
    ///     Err(error) => assert_eq!(error.step(), Some(Step::AutoReap)), // before Linux 7.1
    /// }
    /// ```
    ///
    /// [clone(2)]: https://man7.org/linux/man-pages/man2/clone.2.html
    #[doc(alias = "CLONE_AUTOREAP")]
    pub fn auto_reap(&mut self) -> &mut Command {
        self.with(Step::AutoReap)
    }

    /// Kills the child when the last copy of its pidfd is closed, even if that is because the
    /// caller was killed.
    ///
    /// Brings [`auto_reap`](Command::auto_reap) and [`no_new_privs`](Command::no_new_privs) along.
    ///
    /// Each [`PidFd::try_clone`](crate::PidFd::try_clone), and each process forked by the caller
    /// that does not exec, prolongs the child's life. Since Linux 7.1. See [clone(2)],
    /// `CLONE_PIDFD_AUTOKILL`.
    ///
    /// # Errors
    ///
    /// [`Step::KillOnClose`]: `EINVAL` before Linux 7.1; `ENOSYS`.
    ///
    /// ```
    /// use libclone3::{Command, Step};
    ///
    /// match Command::new("sleep").arg("60").kill_on_close().spawn() {
    ///     Ok(child) => drop(child), // and with it the process
    ///     Err(error) => assert_eq!(error.step(), Some(Step::KillOnClose)), // before Linux 7.1
    /// }
    /// ```
    ///
    /// [clone(2)]: https://man7.org/linux/man-pages/man2/clone.2.html
    #[doc(alias = "CLONE_PIDFD_AUTOKILL")]
    pub fn kill_on_close(&mut self) -> &mut Command {
        self.with(Step::KillOnClose)
    }
}
