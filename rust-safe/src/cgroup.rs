//! `Cgroup`: a directory of cgroup v2.

use crate::ffi::{self, Errno};
use crate::{Error, Result};
use std::fs::OpenOptions;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

/// A cgroup, by a descriptor of its directory.
///
/// Any descriptor may be turned into a `Cgroup`; one that is no cgroup v2 directory makes every
/// method fail with `EBADF`. See [cgroups(7)].
///
/// ```no_run
/// use libclone3::{Cgroup, CloneArgs};
/// use std::os::fd::AsFd;
///
/// std::fs::create_dir("/sys/fs/cgroup/jobs/1")?;
/// let cgroup = Cgroup::open("/sys/fs/cgroup/jobs/1")?;
/// // SAFETY: this program has one thread, and the closure owns nothing.
/// let mut child = unsafe { CloneArgs::new().cgroup(cgroup.as_fd()).call(|| 0) }?;
/// child.wait()?;
/// cgroup.kill()?; // what the child may have left behind
/// cgroup.wait_empty(None)?;
/// std::fs::remove_dir("/sys/fs/cgroup/jobs/1")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [cgroups(7)]: https://man7.org/linux/man-pages/man7/cgroups.7.html
#[derive(Debug)]
pub struct Cgroup(OwnedFd);

impl Cgroup {
    /// Opens a directory as a path only (`O_PATH`), which needs no right to read it.
    ///
    /// See [open(2)].
    ///
    /// # Errors
    ///
    /// `ENOENT`, `ENOTDIR`, `EACCES`, `EMFILE`. That it is no cgroup is found by the first use.
    ///
    /// ```
    /// use libclone3::Cgroup;
    ///
    /// let error = Cgroup::open("/sys/fs/cgroup/none").unwrap_err();
    /// assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    /// ```
    ///
    /// [open(2)]: https://man7.org/linux/man-pages/man2/open.2.html
    pub fn open<P: AsRef<Path>>(dir: P) -> Result<Cgroup> {
        let dir = dir.as_ref();
        let flags = libc::O_PATH | libc::O_DIRECTORY;
        match OpenOptions::new().read(true).custom_flags(flags).open(dir) {
            Ok(file) => Ok(Cgroup(file.into())),
            Err(error) => Err(Error::new(format!("cannot open cgroup {dir:?}"), error)),
        }
    }

    /// Duplicates the descriptor.
    ///
    /// # Errors
    ///
    /// `EMFILE`.
    ///
    /// ```
    /// # use libclone3::Cgroup;
    /// let cgroup = Cgroup::open("/sys/fs/cgroup")?;
    /// let copy = cgroup.try_clone()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn try_clone(&self) -> Result<Cgroup> {
        match self.0.try_clone() {
            Ok(fd) => Ok(Cgroup(fd)),
            Err(error) => Err(Error::new(
                "cannot duplicate a descriptor of a cgroup",
                error,
            )),
        }
    }

    /// Kills every process in the cgroup and below, those that are just being created too.
    ///
    /// Does not wait for the end: [`wait_empty`](Cgroup::wait_empty) does. What is born into the
    /// cgroup later by [`CloneArgs::cgroup`](crate::CloneArgs::cgroup) is killed too (seen on
    /// Linux 6.18): remove it and make it anew.
    ///
    /// Since Linux 5.14. See [cgroups(7)], `cgroup.kill`.
    ///
    /// # Errors
    ///
    /// `EBADF` for another descriptor; `EOPNOTSUPP` for the root, a threaded cgroup, and before
    /// Linux 5.14; `ENODEV` if it was removed; `EACCES`.
    ///
    /// ```
    /// use libclone3::Cgroup;
    ///
    /// let error = Cgroup::open("/")?.kill().unwrap_err();
    /// assert_eq!(error.raw_os_error(), Some(libc::EBADF)); // no cgroup
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [cgroups(7)]: https://man7.org/linux/man-pages/man7/cgroups.7.html
    #[doc(alias = "cgroup.kill")]
    pub fn kill(&self) -> Result<()> {
        ffi::cgroup_kill(self.as_fd())
            .map_err(|errno| Error::new("cannot kill the processes of a cgroup", errno))
    }

    /// Waits until no process is in the cgroup or below; `false`: the time is over.
    ///
    /// `None` waits for ever. Zombies do not count; but what was just reaped may, for a moment (seen on
    /// Linux 7.2). A cgroup that was removed is empty.
    ///
    /// Since Linux 4.5. See [cgroups(7)], `cgroup.events`.
    ///
    /// # Errors
    ///
    /// `EBADF` for another descriptor; `EOPNOTSUPP` for the root; `EACCES`; `EMFILE`.
    ///
    /// ```
    /// use libclone3::Cgroup;
    /// use std::time::Duration;
    ///
    /// let error = Cgroup::open("/")?.wait_empty(Some(Duration::from_secs(1))).unwrap_err();
    /// assert_eq!(error.raw_os_error(), Some(libc::EBADF)); // no cgroup
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [cgroups(7)]: https://man7.org/linux/man-pages/man7/cgroups.7.html
    #[doc(alias = "cgroup.events")]
    pub fn wait_empty(&self, limit: Option<Duration>) -> Result<bool> {
        match ffi::cgroup_wait_empty(self.as_fd(), limit.map_or(-1, ffi::time_limit)) {
            Ok(()) => Ok(true),
            Err(Errno(libc::ETIMEDOUT)) => Ok(false),
            Err(errno) => Err(Error::new("cannot wait for a cgroup to be empty", errno)),
        }
    }
}

impl AsFd for Cgroup {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl From<OwnedFd> for Cgroup {
    fn from(fd: OwnedFd) -> Cgroup {
        Cgroup(fd)
    }
}

impl From<Cgroup> for OwnedFd {
    fn from(cgroup: Cgroup) -> OwnedFd {
        cgroup.0
    }
}
