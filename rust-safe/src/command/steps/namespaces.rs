//! The steps that make, join and furnish namespaces.

use crate::{Command, IdRange, Namespaces, Step, ffi};
use libclone3_sys as sys;
use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::path::Path;

impl Command {
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
    /// ```
    /// use libclone3::{Command, IdRange, Namespaces};
    ///
    /// let map = [IdRange { inside: 0, outside: 100_000, count: 65_536 }];
    /// let mut command = Command::new("id");
    /// command.arg("-u").namespaces(Namespaces::USER).uid_map(&map).gid_map(&map).uid(0).gid(0);
    /// match command.output() {
    ///     Ok(output) => assert_eq!(output.stdout, b"0\n"),
    ///     Err(error) => eprintln!("{error}"), // needs CAP_SETUID and CAP_SETGID
    /// }
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
    /// ```
    /// use libclone3::{Command, IdRange, Namespaces, PidFd};
    ///
    /// # let Ok(info) = PidFd::current()?.info() else { return Ok(()) };
    /// // Group 7 inside is the caller's own.
    /// let map = [IdRange { inside: 7, outside: info.egid, count: 1 }];
    /// let mut command = Command::new("id");
    /// command.arg("-g").namespaces(Namespaces::USER).deny_setgroups().gid_map(&map);
    /// match command.output() {
    ///     Ok(output) => assert_eq!(output.stdout, b"7\n"),
    ///     Err(error) => eprintln!("{error}"), // not allowed here
    /// }
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

    /// Moves the child into existing namespaces: that of a descriptor (`/proc/PID/ns/*`, or of
    /// [`PidFd::namespace`](crate::PidFd::namespace)), or those of these kinds of a process by its
    /// [`PidFd`](crate::PidFd).
    ///
    /// May be called several times; they are joined in that order, `USER` usually first. In a
    /// joined `PID` namespace the child still is the caller's child. `TIME` cannot be joined. By a
    /// pidfd since Linux 5.8.
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
    /// ```
    /// use libclone3::{Command, Namespaces, PidFd};
    ///
    /// let mut container = Command::new("sleep")
    ///     .arg("60")
    ///     .namespaces(Namespaces::NET)
    ///     .kill_on_drop(true)
    ///     .spawn();
    /// # if container.is_err() { return Ok(()) } // needs CAP_SYS_ADMIN
    /// let pidfd = container.as_mut().unwrap().pidfd().try_clone()?;
    /// let mut command = Command::new("cat");
    /// command.arg("/proc/self/net/dev").join_namespace(pidfd, Namespaces::NET);
    /// println!("{}", String::from_utf8_lossy(&command.output()?.stdout)); // lo alone
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
    /// ```
    /// use libclone3::{Command, Namespaces};
    ///
    /// let day = 86_400_000_000_000;
    /// let mut command = Command::new("cat");
    /// command
    ///     .arg("/proc/uptime")
    ///     .map_current_user_to_root()
    ///     .namespaces(Namespaces::TIME)
    ///     .time_offsets(day, day);
    /// match command.output() {
    ///     Ok(output) => println!("{}", String::from_utf8_lossy(&output.stdout)), // above 86400
    ///     Err(error) => eprintln!("{error}"), // before Linux 6.3, or not allowed
    /// }
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
    /// ```
    /// use libclone3::{Command, Namespaces};
    ///
    /// let mut command = Command::new("sh");
    /// command
    ///     .args(["-c", "mount -t tmpfs none /tmp && ls -A /tmp"])
    ///     .map_current_user_to_root()
    ///     .namespaces(Namespaces::MOUNT)
    ///     .private_mounts();
    /// match command.output() {
    ///     Ok(output) => assert!(output.stdout.is_empty()), // and ours has no tmpfs
    ///     Err(error) => eprintln!("{error}"), // not allowed here
    /// }
    /// ```
    ///
    /// [mount_namespaces(7)]: https://man7.org/linux/man-pages/man7/mount_namespaces.7.html
    #[doc(alias = "MS_PRIVATE")]
    #[doc(alias = "MS_REC")]
    pub fn private_mounts(&mut self) -> &mut Command {
        self.with(Step::PrivateMounts)
    }

    /// Attaches a detached mount (of fsmount(2), or open_tree(2) with `OPEN_TREE_CLONE`) at a
    /// directory or file of the new mount namespace.
    ///
    /// May be called several times. Without [`private_mounts`](Command::private_mounts) it reaches the
    /// caller's namespace, too, where mounts are shared, as systemd makes them.
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
    /// /// With a mount of open_tree(2) and `OPEN_TREE_CLONE`.
    /// fn list(mount: OwnedFd) -> libclone3::Result<()> {
    ///     Command::new("ls")
    ///         .namespaces(Namespaces::MOUNT)
    ///         .private_mounts()
    ///         .mount(mount, "/mnt")
    ///         .status()?;
    ///     Ok(())
    /// }
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

    /// Changes the root directory, and the working directory to it.
    ///
    /// The program is looked for inside. Needs `CAP_SYS_CHROOT`. Does not hold root: [`pivot_root`](Command::pivot_root) does.
    ///
    /// See [chroot(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Root`]: `EPERM`; `ENOENT`, `ENOTDIR`, `EACCES`.
    ///
    /// ```
    /// use libclone3::{Command, Step};
    ///
    /// // The program is looked for inside, and there is none.
    /// let error = Command::new("/bin/sh").root_dir("/proc").spawn().unwrap_err();
    /// println!("{error}");
    /// assert!([Some(Step::Exec), Some(Step::Root)].contains(&error.step())); // root, or not root
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
    /// ```
    /// use libclone3::{Command, Namespaces};
    ///
    /// let mut command = Command::new("sh");
    /// command
    ///     .args(["-c", "cd /proc; echo [0-9]*"])
    ///     .map_current_user_to_root()
    ///     .namespaces(Namespaces::MOUNT | Namespaces::PID)
    ///     .private_mounts()
    ///     .mount_proc();
    /// match command.output() {
    ///     Ok(output) => assert_eq!(output.stdout, b"1\n"), // itself
    ///     Err(error) => eprintln!("{error}"), // not allowed here
    /// }
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
    /// ```
    /// use libclone3::{Command, Namespaces};
    ///
    /// let mut command = Command::new("uname");
    /// command.arg("-n").map_current_user_to_root().namespaces(Namespaces::UTS).hostname("inner");
    /// match command.output() {
    ///     Ok(output) => assert_eq!(output.stdout, b"inner\n"),
    ///     Err(error) => eprintln!("{error}"), // not allowed here
    /// }
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
    /// ```
    /// use libclone3::{Command, Namespaces};
    ///
    /// let mut command = Command::new("cat");
    /// command
    ///     .arg("/proc/net/if_inet6")
    ///     .map_current_user_to_root()
    ///     .namespaces(Namespaces::NET)
    ///     .loopback_up();
    /// match command.output() {
    ///     Ok(output) => println!("{}", String::from_utf8_lossy(&output.stdout)), // ::1, if IPv6
    ///     Err(error) => eprintln!("{error}"), // not allowed here
    /// }
    /// ```
    ///
    /// [netdevice(7)]: https://man7.org/linux/man-pages/man7/netdevice.7.html
    #[doc(alias = "IFF_UP")]
    pub fn loopback_up(&mut self) -> &mut Command {
        self.with(Step::Loopback)
    }
}
