//! The steps of a command: one method for each.

use super::Command;
use crate::{
    Capabilities, CpuSet, IdRange, IoPriority, Namespaces, Resource, Scheduler, Signal, SignalSet,
    SockFilter, Step, ffi,
};
use libclone3_sys as sys;
use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

impl Command {
    /// Takes the step, whose values are in the plan.
    pub(super) fn with(&mut self, step: Step) -> &mut Command {
        self.plan.steps.insert(step);
        self
    }

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

    /// Creates new namespaces for the child, in addition to those asked for before.
    ///
    /// A kind but `USER` needs `CAP_SYS_ADMIN`, or `USER` beside it. With `PID` the child is
    /// process 1 there. Since Linux 5.4; `TIME` since 6.3, `EMPTY_MOUNT` since 7.1.
    ///
    /// See [namespaces(7)].
    ///
    /// # Errors
    ///
    /// [`Step::Namespaces`]: `EPERM`; `ENOSPC` for a limit in `/proc/sys/user`; `EINVAL` for an
    /// empty set and for a kind that the kernel does not know.
    ///
    /// ```
    /// use libclone3::{Command, Namespaces};
    ///
    /// let set = Namespaces::USER | Namespaces::PID;
    /// match Command::new("sh").args(["-c", "echo $$"]).namespaces(set).output() {
    ///     Ok(output) => assert_eq!(output.stdout, b"1\n"),
    ///     Err(error) => eprintln!("{error}"), // not allowed here
    /// }
    /// ```
    ///
    /// [namespaces(7)]: https://man7.org/linux/man-pages/man7/namespaces.7.html
    #[doc(alias = "unshare")]
    #[doc(alias = "CLONE_NEWNS")]
    #[doc(alias = "CLONE_NEWUSER")]
    #[doc(alias = "CLONE_NEWPID")]
    #[doc(alias = "CLONE_NEWNET")]
    #[doc(alias = "CLONE_NEWUTS")]
    #[doc(alias = "CLONE_NEWIPC")]
    #[doc(alias = "CLONE_NEWCGROUP")]
    #[doc(alias = "CLONE_NEWTIME")]
    pub fn namespaces(&mut self, set: Namespaces) -> &mut Command {
        self.plan.namespaces |= set.bits();
        self.with(Step::Namespaces)
    }

    /// Makes a new user namespace in which the caller's effective user and group are root, and
    /// nobody else is: what every user may do, where user namespaces are allowed at all.
    ///
    /// The same as `namespaces(USER)`, `deny_setgroups()` and maps of one id each.
    ///
    /// See [user_namespaces(7)].
    ///
    /// # Errors
    ///
    /// Those of the four.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// match Command::new("id").arg("-u").map_current_user_to_root().output() {
    ///     Ok(output) => assert_eq!(output.stdout, b"0\n"),
    ///     Err(error) => eprintln!("{error}"), // not allowed here
    /// }
    /// ```
    ///
    /// [user_namespaces(7)]: https://man7.org/linux/man-pages/man7/user_namespaces.7.html
    #[doc(alias = "rootless")]
    pub fn map_current_user_to_root(&mut self) -> &mut Command {
        let (uid, gid) = ffi::current_ids();
        let root = |outside| IdRange {
            inside: 0,
            outside,
            count: 1,
        };
        self.namespaces(Namespaces::USER)
            .deny_setgroups()
            .uid_map(&[root(uid)])
            .gid_map(&[root(gid)])
    }

    /// Maps user ids of the new user namespace to those outside.
    ///
    /// Of any number of ranges: what one process may write by itself, the child writes; for the
    /// rest a helper in the caller does, with the caller's rights, and without a set-user-id
    /// program.
    ///
    /// See [user_namespaces(7)].
    ///
    /// # Errors
    ///
    /// [`Step::UidMap`], with the index of the range: `EINVAL` without a new user namespace, for an
    /// empty map, more than 340 ranges, empty ranges and ranges that overlap; `EPERM` and `EACCES`
    /// by the rules of user_namespaces(7): without `CAP_SETUID` outside, a map has one range, of
    /// one id, the caller's own.
    ///
    /// ```no_run
    /// use libclone3::{Command, IdRange, Namespaces};
    ///
    /// let map = [IdRange { inside: 0, outside: 100_000, count: 65_536 }];
    /// let mut command = Command::new("id");
    /// command.namespaces(Namespaces::USER).uid_map(&map).gid_map(&map).uid(0).gid(0);
    /// command.status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [user_namespaces(7)]: https://man7.org/linux/man-pages/man7/user_namespaces.7.html
    #[doc(alias = "newuidmap")]
    pub fn uid_map(&mut self, map: &[IdRange]) -> &mut Command {
        self.plan.uid_map = map.to_vec();
        self.with(Step::UidMap)
    }

    /// Maps group ids of the new user namespace to those outside: as [`uid_map`](Command::uid_map).
    ///
    /// A caller without `CAP_SETGID` needs [`deny_setgroups`](Command::deny_setgroups) beside it.
    ///
    /// See [user_namespaces(7)].
    ///
    /// # Errors
    ///
    /// [`Step::GidMap`], with the index of the range: `EINVAL` without a new user namespace, for an
    /// empty map, more than 340 ranges, empty ranges and ranges that overlap; `EPERM` and `EACCES`
    /// by the rules of user_namespaces(7): without `CAP_SETGID` outside, a map has one range, of
    /// one id, the caller's own.
    ///
    /// ```no_run
    /// use libclone3::{Command, IdRange, Namespaces};
    ///
    /// let map = [IdRange { inside: 0, outside: 100_000, count: 65_536 }];
    /// let mut command = Command::new("id");
    /// command.namespaces(Namespaces::USER).uid_map(&map).gid_map(&map).uid(0).gid(0);
    /// command.status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [user_namespaces(7)]: https://man7.org/linux/man-pages/man7/user_namespaces.7.html
    #[doc(alias = "newgidmap")]
    pub fn gid_map(&mut self, map: &[IdRange]) -> &mut Command {
        self.plan.gid_map = map.to_vec();
        self.with(Step::GidMap)
    }

    /// Forbids setgroups(2) in the new user namespace: the supplementary groups stay.
    ///
    /// See [user_namespaces(7)].
    ///
    /// # Errors
    ///
    /// [`Step::DenySetgroups`]: `EINVAL` without a new user namespace; `EPERM`, `EACCES`.
    ///
    /// ```
    /// use libclone3::{Command, Namespaces};
    ///
    /// match Command::new("true").namespaces(Namespaces::USER).deny_setgroups().status() {
    ///     Ok(status) => assert!(status.success()),
    ///     Err(error) => eprintln!("{error}"),
    /// }
    /// ```
    ///
    /// [user_namespaces(7)]: https://man7.org/linux/man-pages/man7/user_namespaces.7.html
    #[doc(alias = "setgroups")]
    pub fn deny_setgroups(&mut self) -> &mut Command {
        self.with(Step::DenySetgroups)
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
    /// Since Linux 7.1.
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
    #[doc(alias = "CLONE_AUTOREAP")]
    pub fn auto_reap(&mut self) -> &mut Command {
        self.with(Step::AutoReap)
    }

    /// Kills the child when the last copy of its pidfd is closed, even if that is because the
    /// caller was killed. Brings [`auto_reap`](Command::auto_reap) and
    /// [`no_new_privs`](Command::no_new_privs) along.
    ///
    /// Each [`PidFd::try_clone`](crate::PidFd::try_clone), and each process forked by the caller
    /// that does not exec, prolongs the child's life. Since Linux 7.1.
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
    #[doc(alias = "CLONE_PIDFD_AUTOKILL")]
    pub fn kill_on_close(&mut self) -> &mut Command {
        self.with(Step::KillOnClose)
    }

    /// Moves the child into existing namespaces: that of a descriptor (`/proc/PID/ns/*`, or of
    /// [`PidFd::namespace`](crate::PidFd::namespace)), or those of these kinds of a process by its
    /// [`PidFd`](crate::PidFd).
    ///
    /// May be called several times; they are joined in that order, `USER` usually first. In a
    /// joined `PID` namespace the child still is the caller's child. `TIME` cannot be joined.
    ///
    /// See [setns(2)].
    ///
    /// # Errors
    ///
    /// [`Step::JoinNamespaces`], with the index of the call: `EINVAL` if the descriptor is none of
    /// these kinds, or for `TIME`, or for `PID` with [`set_tid`](Command::set_tid),
    /// [`auto_reap`](Command::auto_reap) or [`kill_on_close`](Command::kill_on_close); `EPERM`;
    /// `ESRCH` if the process has ended.
    ///
    /// ```no_run
    /// use libclone3::{Command, Namespaces, PidFd};
    ///
    /// let container = PidFd::open(4711)?;
    /// Command::new("ip").arg("addr").join_namespace(container, Namespaces::NET).status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [setns(2)]: https://man7.org/linux/man-pages/man2/setns.2.html
    #[doc(alias = "setns")]
    #[doc(alias = "nsenter")]
    pub fn join_namespace(&mut self, fd: impl Into<OwnedFd>, kinds: Namespaces) -> &mut Command {
        let join = sys::clone3_join {
            fd: self.plan.keep(fd),
            reserved: 0,
            namespaces: kinds.bits(),
        };
        self.plan.joins.push(join);
        self.with(Step::JoinNamespaces)
    }

    /// Shifts the monotonic and boot clocks of the new time namespace by this many nanoseconds.
    ///
    /// Since Linux 6.3, with `CAP_SYS_TIME` in the user namespace.
    ///
    /// See [time_namespaces(7)].
    ///
    /// # Errors
    ///
    /// [`Step::TimeOffsets`]: `EINVAL` without a new time namespace; `ERANGE` for a clock that
    /// would be negative or too far in the future; `EPERM`.
    ///
    /// ```no_run
    /// use libclone3::{Command, Namespaces};
    ///
    /// let day = 86_400_000_000_000;
    /// Command::new("uptime").namespaces(Namespaces::TIME).time_offsets(day, day).status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [time_namespaces(7)]: https://man7.org/linux/man-pages/man7/time_namespaces.7.html
    #[doc(alias = "timens_offsets")]
    pub fn time_offsets(&mut self, monotonic_ns: i64, boottime_ns: i64) -> &mut Command {
        self.plan.monotonic_offset_ns = monotonic_ns;
        self.plan.boottime_offset_ns = boottime_ns;
        self.with(Step::TimeOffsets)
    }

    /// Makes all mounts of the new mount namespace private: none made there is seen outside, nor
    /// the reverse.
    ///
    /// See [mount_namespaces(7)].
    ///
    /// # Errors
    ///
    /// [`Step::PrivateMounts`]: `EINVAL` without a new mount namespace; `EPERM`.
    ///
    /// ```no_run
    /// use libclone3::{Command, Namespaces};
    ///
    /// Command::new("sh")
    ///     .args(["-c", "mount -t tmpfs none /tmp && exec make"])
    ///     .namespaces(Namespaces::MOUNT)
    ///     .private_mounts()
    ///     .status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [mount_namespaces(7)]: https://man7.org/linux/man-pages/man7/mount_namespaces.7.html
    #[doc(alias = "MS_PRIVATE")]
    #[doc(alias = "MS_REC")]
    pub fn private_mounts(&mut self) -> &mut Command {
        self.with(Step::PrivateMounts)
    }

    /// Attaches a detached mount (of fsmount(2), or open_tree(2) with `OPEN_TREE_CLONE`) at a
    /// directory or file of the new mount namespace. May be called several times.
    ///
    /// See [move_mount(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Mounts`], with the index of the call: `EINVAL` without a new mount namespace, or if
    /// it is no detached mount; `ENOENT`, `ENOTDIR`; `EPERM`.
    ///
    /// ```no_run
    /// use libclone3::{Command, Namespaces};
    /// use std::os::fd::OwnedFd;
    ///
    /// # fn bind_mount_of(_: &str) -> OwnedFd { unimplemented!() }
    /// let source: OwnedFd = bind_mount_of("/srv/data"); // open_tree(2)
    /// Command::new("ls")
    ///     .namespaces(Namespaces::MOUNT)
    ///     .private_mounts()
    ///     .mount(source, "/mnt")
    ///     .status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [move_mount(2)]: https://man7.org/linux/man-pages/man2/move_mount.2.html
    #[doc(alias = "move_mount")]
    #[doc(alias = "open_tree")]
    #[doc(alias = "fsmount")]
    pub fn mount(&mut self, mount: impl Into<OwnedFd>, target: impl AsRef<Path>) -> &mut Command {
        let target = self.string(Step::Mounts, target.as_ref().as_os_str(), "mount's target");
        let mount = self.plan.keep(mount);
        self.plan.mounts.push((mount, target));
        self.with(Step::Mounts)
    }

    /// Makes a mount point the root of the new mount namespace and detaches the old root: unlike
    /// [`root_dir`](Command::root_dir), not even root gets out of it.
    ///
    /// See [pivot_root(2)].
    ///
    /// # Errors
    ///
    /// [`Step::PivotRoot`]: `EINVAL` without a new mount namespace, with `root_dir`, if it is no
    /// mount point, or its mount is shared; `EBUSY` if it lies in the mount of the old root;
    /// `ENOENT`, `ENOTDIR`; `EPERM`.
    ///
    /// ```no_run
    /// use libclone3::{Command, Namespaces};
    ///
    /// Command::new("/bin/sh")
    ///     .namespaces(Namespaces::MOUNT)
    ///     .private_mounts()
    ///     .pivot_root("/srv/root")
    ///     .status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [pivot_root(2)]: https://man7.org/linux/man-pages/man2/pivot_root.2.html
    pub fn pivot_root(&mut self, dir: impl AsRef<Path>) -> &mut Command {
        let dir = self.string(Step::PivotRoot, dir.as_ref().as_os_str(), "directory");
        self.plan.pivot_root = Some(dir);
        self.with(Step::PivotRoot)
    }

    /// Changes the root directory, and the working directory to it. The program is looked for
    /// inside.
    ///
    /// Needs `CAP_SYS_CHROOT`. Does not hold root: [`pivot_root`](Command::pivot_root) does.
    ///
    /// See [chroot(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Root`]: `EPERM`; `ENOENT`, `ENOTDIR`, `EACCES`.
    ///
    /// ```no_run
    /// use libclone3::Command;
    ///
    /// Command::new("/bin/sh").root_dir("/srv/root").status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [chroot(2)]: https://man7.org/linux/man-pages/man2/chroot.2.html
    #[doc(alias = "chroot")]
    pub fn root_dir<P: AsRef<Path>>(&mut self, dir: P) -> &mut Command {
        let dir = self.string(Step::Root, dir.as_ref().as_os_str(), "directory");
        self.plan.root = Some(dir);
        self.with(Step::Root)
    }

    /// Mounts a proc file system that shows the new pid namespace on `/proc`.
    ///
    /// See [proc(5)].
    ///
    /// # Errors
    ///
    /// [`Step::ProcMount`]: `EINVAL` without new mount and pid namespaces and
    /// [`private_mounts`](Command::private_mounts); `ENOENT` without a directory `/proc`; `EPERM`.
    ///
    /// ```no_run
    /// use libclone3::{Command, Namespaces};
    ///
    /// Command::new("ps")
    ///     .namespaces(Namespaces::MOUNT | Namespaces::PID)
    ///     .private_mounts()
    ///     .mount_proc()
    ///     .status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [proc(5)]: https://man7.org/linux/man-pages/man5/proc.5.html
    #[doc(alias = "procfs")]
    pub fn mount_proc(&mut self) -> &mut Command {
        self.with(Step::ProcMount)
    }

    /// Sets the host name of the new UTS namespace.
    ///
    /// See [sethostname(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Hostname`]: `EINVAL` without a new UTS namespace, or for more than 64 bytes;
    /// `EPERM`.
    ///
    /// ```no_run
    /// use libclone3::{Command, Namespaces};
    ///
    /// Command::new("sh").namespaces(Namespaces::UTS).hostname("inner").status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [sethostname(2)]: https://man7.org/linux/man-pages/man2/sethostname.2.html
    #[doc(alias = "sethostname")]
    pub fn hostname<S: AsRef<OsStr>>(&mut self, name: S) -> &mut Command {
        let name = self.string(Step::Hostname, name.as_ref(), "host name");
        self.plan.hostname = Some(name);
        self.with(Step::Hostname)
    }

    /// Brings the interface `lo` of the new network namespace up.
    ///
    /// See [netdevice(7)].
    ///
    /// # Errors
    ///
    /// [`Step::Loopback`]: `EINVAL` without a new network namespace; `EPERM`.
    ///
    /// ```no_run
    /// use libclone3::{Command, Namespaces};
    ///
    /// Command::new("server").namespaces(Namespaces::NET).loopback_up().status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [netdevice(7)]: https://man7.org/linux/man-pages/man7/netdevice.7.html
    #[doc(alias = "IFF_UP")]
    pub fn loopback_up(&mut self) -> &mut Command {
        self.with(Step::Loopback)
    }

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
    /// control does. Needs a group of its own: [`process_group(0)`](Command::process_group), or a
    /// session that has this terminal.
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

    /// Sets the file mode creation mask.
    ///
    /// See [umask(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Umask`]: `EINVAL` above 0o777.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// let output = Command::new("sh").args(["-c", "umask"]).umask(0o027).output()?;
    /// assert_eq!(output.stdout, b"0027\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [umask(2)]: https://man7.org/linux/man-pages/man2/umask.2.html
    pub fn umask(&mut self, mask: u32) -> &mut Command {
        self.plan.umask = mask;
        self.with(Step::Umask)
    }

    /// Sets the execution domain, of `<sys/personality.h>`: such as `ADDR_NO_RANDOMIZE`, 0x40000.
    ///
    /// See [personality(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Personality`]: `EINVAL` for 0xffffffff, which only asks.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// let mut command = Command::new("cat");
    /// let output = command.arg("/proc/self/personality").personality(0x40000).output()?;
    /// assert_eq!(output.stdout, b"00040000\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [personality(2)]: https://man7.org/linux/man-pages/man2/personality.2.html
    #[doc(alias = "setarch")]
    #[doc(alias = "ADDR_NO_RANDOMIZE")]
    pub fn personality(&mut self, persona: u32) -> &mut Command {
        self.plan.personality = persona;
        self.with(Step::Personality)
    }

    /// Makes the child the parent of its descendants' orphans.
    ///
    /// See [PR_SET_CHILD_SUBREAPER(2const)].
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// assert!(Command::new("true").subreaper().status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [PR_SET_CHILD_SUBREAPER(2const)]: https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html
    #[doc(alias = "PR_SET_CHILD_SUBREAPER")]
    pub fn subreaper(&mut self) -> &mut Command {
        self.with(Step::Subreaper)
    }

    /// Sets by how much timers may be late, so that wake-ups can be grouped.
    ///
    /// See [PR_SET_TIMERSLACK(2const)].
    ///
    /// # Errors
    ///
    /// [`Step::TimerSlack`]: `EINVAL` for 0 and for more than 292 years.
    ///
    /// ```
    /// use libclone3::Command;
    /// use std::time::Duration;
    ///
    /// assert!(Command::new("true").timer_slack(Duration::from_millis(1)).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [PR_SET_TIMERSLACK(2const)]: https://man7.org/linux/man-pages/man2/PR_SET_TIMERSLACK.2const.html
    #[doc(alias = "PR_SET_TIMERSLACK")]
    pub fn timer_slack(&mut self, slack: Duration) -> &mut Command {
        self.plan.timer_slack_ns = ffi::nanoseconds(slack);
        self.with(Step::TimerSlack)
    }

    /// Gives the program a new, anonymous session keyring, so that it does not share the caller's
    /// keys.
    ///
    /// See [session-keyring(7)].
    ///
    /// # Errors
    ///
    /// [`Step::Keyring`]: `ENOSYS` in a kernel without keys, `EPERM` from a seccomp filter,
    /// `EDQUOT`.
    ///
    /// ```
    /// use libclone3::{Command, Step};
    ///
    /// let mut command = Command::new("true");
    /// assert!(command.new_keyring().optional(Step::Keyring).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [session-keyring(7)]: https://man7.org/linux/man-pages/man7/session-keyring.7.html
    #[doc(alias = "keyctl")]
    #[doc(alias = "KEYCTL_JOIN_SESSION_KEYRING")]
    pub fn new_keyring(&mut self) -> &mut Command {
        self.with(Step::Keyring)
    }

    /// Makes it more (up to 1000) or less (down to -1000) likely that the program is killed when
    /// memory is short.
    ///
    /// See [proc_pid_oom_score_adj(5)].
    ///
    /// # Errors
    ///
    /// [`Step::OomScoreAdj`]: `EINVAL` for other numbers; `EACCES` for a lower one than the
    /// caller's without `CAP_SYS_RESOURCE`; `ENOENT` without `/proc`.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// let mut command = Command::new("cat");
    /// let output = command.arg("/proc/self/oom_score_adj").oom_score_adj(700).output()?;
    /// assert_eq!(output.stdout, b"700\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [proc_pid_oom_score_adj(5)]: https://man7.org/linux/man-pages/man5/proc_pid_oom_score_adj.5.html
    pub fn oom_score_adj(&mut self, value: i32) -> &mut Command {
        self.plan.oom_score_adj = value;
        self.with(Step::OomScoreAdj)
    }

    /// Sets the nice value: an absolute one, from -20, the most favoured, to 19.
    ///
    /// See [setpriority(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Nice`]: `EINVAL` for other numbers; `EACCES` for a lower one than the caller's
    /// without `CAP_SYS_NICE` or [`Resource::Nice`].
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// assert_eq!(Command::new("nice").nice(19).output()?.stdout, b"19\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [setpriority(2)]: https://man7.org/linux/man-pages/man2/setpriority.2.html
    #[doc(alias = "setpriority")]
    pub fn nice(&mut self, value: i32) -> &mut Command {
        self.plan.nice = value;
        self.with(Step::Nice)
    }

    /// Sets the scheduling policy; the nice value stays, or is that of [`nice`](Command::nice).
    ///
    /// See [sched_setattr(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Scheduler`]: `EINVAL` for a priority or times that the policy does not have;
    /// `EPERM`; `EBUSY` for a deadline that cannot be met, or with
    /// [`cpu_affinity`](Command::cpu_affinity).
    ///
    /// ```
    /// use libclone3::{Command, Scheduler};
    ///
    /// assert!(Command::new("true").scheduler(Scheduler::Idle).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [sched_setattr(2)]: https://man7.org/linux/man-pages/man2/sched_setattr.2.html
    #[doc(alias = "sched_setscheduler")]
    #[doc(alias = "sched_setattr")]
    #[doc(alias = "chrt")]
    pub fn scheduler(&mut self, policy: Scheduler) -> &mut Command {
        self.plan.scheduler = Some(policy);
        self.with(Step::Scheduler)
    }

    /// Lets the program run on these CPUs only; those that do not exist do not count.
    ///
    /// See [sched_setaffinity(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Affinity`]: `EINVAL` if none is left.
    ///
    /// ```
    /// use libclone3::{Command, CpuSet};
    ///
    /// match Command::new("nproc").cpu_affinity(&CpuSet::from_iter([0])).output() {
    ///     Ok(output) => assert_eq!(output.stdout, b"1\n"),
    ///     Err(error) => eprintln!("{error}"), // CPU 0 is not ours
    /// }
    /// ```
    ///
    /// [sched_setaffinity(2)]: https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html
    #[doc(alias = "sched_setaffinity")]
    #[doc(alias = "taskset")]
    pub fn cpu_affinity(&mut self, cpus: &CpuSet) -> &mut Command {
        self.plan.affinity = cpus.clone();
        self.with(Step::Affinity)
    }

    /// Sets the priority of disk access.
    ///
    /// See [ioprio_set(2)].
    ///
    /// # Errors
    ///
    /// [`Step::IoPriority`]: `EINVAL` for a level above 7; `EPERM` for `RealTime`.
    ///
    /// ```
    /// use libclone3::{Command, IoPriority};
    ///
    /// assert!(Command::new("true").io_priority(IoPriority::Idle).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [ioprio_set(2)]: https://man7.org/linux/man-pages/man2/ioprio_set.2.html
    #[doc(alias = "ioprio_set")]
    #[doc(alias = "ionice")]
    pub fn io_priority(&mut self, priority: IoPriority) -> &mut Command {
        self.plan.io_priority = Some(priority);
        self.with(Step::IoPriority)
    }

    /// Limits the use of a resource. May be called several times, once for each; in the unit that
    /// [`Resource`] tells, or [`Resource::UNLIMITED`].
    ///
    /// See [setrlimit(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Rlimits`], with the index of the resource: `EINVAL` if `soft` is above `hard`;
    /// `EPERM` for a hard limit above the caller's without `CAP_SYS_RESOURCE`. [`Step::Exec`]:
    /// `EAGAIN` if the user exceeds [`Resource::Nproc`] already.
    ///
    /// ```
    /// use libclone3::{Command, Resource};
    ///
    /// let mut command = Command::new("sh");
    /// command.args(["-c", "ulimit -n"]).rlimit(Resource::Nofile, 32, 64);
    /// assert_eq!(command.output()?.stdout, b"32\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [setrlimit(2)]: https://man7.org/linux/man-pages/man2/setrlimit.2.html
    #[doc(alias = "setrlimit")]
    #[doc(alias = "prlimit")]
    #[doc(alias = "ulimit")]
    pub fn rlimit(&mut self, resource: Resource, soft: u64, hard: u64) -> &mut Command {
        let limit = (resource, soft, hard);
        match self
            .plan
            .rlimits
            .iter_mut()
            .find(|limit| limit.0 == resource)
        {
            Some(before) => *before = limit,
            None => self.plan.rlimits.push(limit),
        }
        self.with(Step::Rlimits)
    }

    /// Passes a descriptor on, as number `target` in the program. May be called several times.
    ///
    /// All are passed on at once, so that numbers may be swapped and the order is irrelevant;
    /// nothing that this `Command` needs is overwritten. For 0 to 2 it takes the place of the
    /// default of the stream.
    ///
    /// See [dup(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Fds`], with the index of the call: `EINVAL` for a target that was given before;
    /// `EBADF` for a negative one, or one above the limit of [`Resource::Nofile`].
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
    /// [`keep_fd`](Command::keep_fd), whether it is close-on-exec or not. The cost does not depend
    /// on how many the caller has open.
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

    /// Sets the working directory by its descriptor. Excludes
    /// [`current_dir`](Command::current_dir).
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

    /// Sets the real, effective and saved user id; a number of the child's user namespace.
    ///
    /// As with std, all supplementary groups are dropped unless [`groups`](Command::groups) says
    /// otherwise. They stay if the caller lacks `CAP_SETGID`, if setgroups(2) gives `EPERM`, and in
    /// a new user namespace with [`deny_setgroups`](Command::deny_setgroups) or without a
    /// [`gid_map`](Command::gid_map). `EPERM` is what it gives in every user namespace that denies
    /// it: the caller's own (as in `unshare -r`), one below that, or one that is joined. Where they
    /// must not stay, say so: with `groups(&[])` that is an error.
    ///
    /// While the spawn lasts the caller is not dumpable, so that the new user cannot read its
    /// memory.
    ///
    /// See [setresuid(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Uid`]: `EPERM` for another than the caller's without `CAP_SETUID`; `EINVAL` for
    /// 0xffffffff, and for one that the user namespace does not have. [`Step::Exec`]: `EAGAIN` if
    /// the user exceeds [`Resource::Nproc`].
    ///
    /// ```no_run
    /// use libclone3::Command;
    ///
    /// Command::new("server").gid(1000).uid(1000).status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [setresuid(2)]: https://man7.org/linux/man-pages/man2/setresuid.2.html
    #[doc(alias = "setuid")]
    #[doc(alias = "setresuid")]
    #[doc(alias = "CommandExt")]
    pub fn uid(&mut self, uid: u32) -> &mut Command {
        self.plan.uid = uid;
        self.with(Step::Uid)
    }

    /// Sets the real, effective and saved group id; a number of the child's user namespace.
    ///
    /// See [setresgid(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Gid`]: `EPERM` for another than the caller's without `CAP_SETGID`; `EINVAL` for
    /// 0xffffffff, and for one that the user namespace does not have.
    ///
    /// ```no_run
    /// use libclone3::Command;
    ///
    /// Command::new("server").gid(1000).uid(1000).status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [setresgid(2)]: https://man7.org/linux/man-pages/man2/setresgid.2.html
    #[doc(alias = "setgid")]
    #[doc(alias = "setresgid")]
    #[doc(alias = "CommandExt")]
    pub fn gid(&mut self, gid: u32) -> &mut Command {
        self.plan.gid = gid;
        self.with(Step::Gid)
    }

    /// Sets the supplementary groups; none for an empty slice. Needs `CAP_SETGID`.
    ///
    /// See [setgroups(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Groups`], with the index: `EINVAL` for 0xffffffff or more than 65,536; `EPERM`.
    ///
    /// ```no_run
    /// use libclone3::Command;
    ///
    /// Command::new("server").groups(&[]).gid(1000).uid(1000).status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [setgroups(2)]: https://man7.org/linux/man-pages/man2/setgroups.2.html
    #[doc(alias = "setgroups")]
    #[doc(alias = "CommandExt")]
    pub fn groups(&mut self, groups: &[u32]) -> &mut Command {
        self.plan.groups = groups.to_vec();
        self.with(Step::Groups)
    }

    /// Gives the child exactly these capabilities when exec is called, and these securebits. They
    /// survive a change of the [`uid`](Command::uid). [`Capabilities`] tells what exec makes of
    /// them.
    ///
    /// Without [`no_new_privs`](Command::no_new_privs), seccomp and landlock then need
    /// `CAP_SYS_ADMIN` among them.
    ///
    /// See [capabilities(7)].
    ///
    /// # Errors
    ///
    /// [`Step::Capabilities`]: `EPERM` for those that the caller does not have, and for a smaller
    /// bounding set or other securebits without `CAP_SETPCAP`; `EINVAL` if `effective`, or
    /// `ambient`, is not part of what it must be part of, and for those that the kernel does not
    /// know.
    ///
    /// ```no_run
    /// use libclone3::{Capabilities, CapabilitySet, Command};
    ///
    /// let bind = CapabilitySet::NET_BIND_SERVICE;
    /// Command::new("server")
    ///     .uid(1000)
    ///     .capabilities(Capabilities {
    ///         bounding: bind,
    ///         permitted: bind,
    ///         inheritable: bind,
    ///         ambient: bind,
    ///         ..Capabilities::empty()
    ///     })
    ///     .status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [capabilities(7)]: https://man7.org/linux/man-pages/man7/capabilities.7.html
    #[doc(alias = "capset")]
    #[doc(alias = "PR_CAP_AMBIENT")]
    #[doc(alias = "PR_CAPBSET_DROP")]
    #[doc(alias = "setpriv")]
    pub fn capabilities(&mut self, capabilities: Capabilities) -> &mut Command {
        self.plan.caps = capabilities.into();
        self.with(Step::Capabilities)
    }

    /// Keeps the program and its descendants from gaining privileges by exec: set-user-id bits and
    /// file capabilities do not count. Lets everyone use [`landlock`](Command::landlock) and
    /// [`seccomp`](Command::seccomp).
    ///
    /// See [PR_SET_NO_NEW_PRIVS(2const)].
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// let mut command = Command::new("grep");
    /// command.args(["-c", "NoNewPrivs:.1", "/proc/self/status"]).no_new_privs();
    /// assert_eq!(command.output()?.stdout, b"1\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [PR_SET_NO_NEW_PRIVS(2const)]: https://man7.org/linux/man-pages/man2/PR_SET_NO_NEW_PRIVS.2const.html
    #[doc(alias = "PR_SET_NO_NEW_PRIVS")]
    pub fn no_new_privs(&mut self) -> &mut Command {
        self.with(Step::NoNewPrivs)
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
    /// [`Step::ParentDeathSignal`]: `ESRCH` if the caller has ended already.
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

    /// Restricts the program by a ruleset of landlock_create_ruleset(2), such as the crate
    /// `landlock` makes. The program itself, its interpreter and libraries must be readable and
    /// executable by it.
    ///
    /// Since Linux 5.13. Needs [`no_new_privs`](Command::no_new_privs) or `CAP_SYS_ADMIN`.
    ///
    /// See [landlock(7)].
    ///
    /// # Errors
    ///
    /// [`Step::Landlock`]: `EPERM` without either; `EBADFD` if it is no ruleset; `ENOSYS`,
    /// `EOPNOTSUPP` where Landlock is missing. [`Step::Exec`]: `EACCES` if the ruleset forbids the
    /// program.
    ///
    /// ```no_run
    /// use libclone3::Command;
    /// use std::os::fd::OwnedFd;
    ///
    /// # fn ruleset() -> OwnedFd { unimplemented!() }
    /// let ruleset: OwnedFd = ruleset(); // landlock_create_ruleset(2)
    /// Command::new("sh").no_new_privs().landlock(ruleset).status()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [landlock(7)]: https://man7.org/linux/man-pages/man7/landlock.7.html
    #[doc(alias = "landlock_restrict_self")]
    pub fn landlock(&mut self, ruleset: impl Into<OwnedFd>) -> &mut Command {
        self.plan.landlock_fd = self.plan.keep(ruleset);
        self.with(Step::Landlock)
    }

    /// Installs a seccomp filter as the last act before exec: it must allow execve(2) (execveat(2)
    /// for [`executable_fd`](Command::executable_fd)), and exit_group(2) in case that fails.
    ///
    /// Whatever the filter answers, the child cannot return into the caller's code. Needs
    /// [`no_new_privs`](Command::no_new_privs) or `CAP_SYS_ADMIN`.
    ///
    /// See [seccomp(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Seccomp`]: `EINVAL` for an empty filter, one of more than 4,096 instructions, and
    /// one that the kernel's check refuses; `EACCES` without either; `ENOSYS`. [`Step::Exec`]: the
    /// filter's errno. `ECANCELED` if it kills the child.
    ///
    /// ```
    /// use libclone3::{Command, SockFilter};
    ///
    /// let allow_all = [SockFilter { code: 0x06, jt: 0, jf: 0, k: 0x7fff_0000 }];
    /// assert!(Command::new("true").no_new_privs().seccomp(&allow_all).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [seccomp(2)]: https://man7.org/linux/man-pages/man2/seccomp.2.html
    #[doc(alias = "SECCOMP_SET_MODE_FILTER")]
    #[doc(alias = "BPF")]
    pub fn seccomp(&mut self, filter: &[SockFilter]) -> &mut Command {
        self.plan.seccomp = filter.iter().map(|filter| (*filter).into()).collect();
        self.with(Step::Seccomp)
    }

    /// Lets the program start although this step fails; [`Child::report`](crate::Child::report)
    /// then has it as omitted. May be called several times.
    ///
    /// Not allowed for [`Root`](Step::Root), [`PivotRoot`](Step::PivotRoot),
    /// [`Capabilities`](Step::Capabilities), [`Groups`](Step::Groups), [`Gid`](Step::Gid) and
    /// [`Uid`](Step::Uid): without them the program would have more than it was meant to have. Nor
    /// beside the last four for [`Namespaces`](Step::Namespaces) or
    /// [`JoinNamespaces`](Step::JoinNamespaces) with a user namespace, in which they are meant. A
    /// step that needs one that was omitted fails. Nor for [`Fds`](Step::Fds) beside a standard
    /// stream that is not inherited, as those of [`output`](Command::output) are not: it would be
    /// omitted with the others.
    ///
    /// # Errors
    ///
    /// `EINVAL` of the step if it is one of those, or was not asked for; of [`Step::Check`] if it
    /// is only the name of an error.
    ///
    /// ```
    /// use libclone3::{Command, Step};
    ///
    /// let mut child = Command::new("true").nice(-20).optional(Step::Nice).spawn()?;
    /// println!("without {:?}", child.report().omitted);
    /// child.wait()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn optional(&mut self, step: Step) -> &mut Command {
        self.plan.optional.insert(step);
        self
    }
}
