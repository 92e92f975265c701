//! The steps that decide what the program may do.

use crate::{Capabilities, Command, SockFilter, Step};
use std::os::fd::OwnedFd;

impl Command {
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
    /// the user exceeds [`Resource::Nproc`](crate::Resource::Nproc).
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// match Command::new("id").arg("-u").gid(65534).uid(65534).output() {
    ///     Ok(output) => assert_eq!(output.stdout, b"65534\n"),
    ///     Err(error) => eprintln!("{error}"), // not root
    /// }
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
    /// ```
    /// use libclone3::Command;
    ///
    /// match Command::new("id").arg("-g").gid(65534).output() {
    ///     Ok(output) => assert_eq!(output.stdout, b"65534\n"),
    ///     Err(error) => eprintln!("{error}"), // not root
    /// }
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

    /// Sets the supplementary groups; none for an empty slice.
    ///
    /// Needs `CAP_SETGID`.
    ///
    /// See [setgroups(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Groups`], with the index: `EINVAL` for 0xffffffff or more than 65,536; `EPERM`.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// match Command::new("id").arg("-G").groups(&[20]).gid(65534).output() {
    ///     Ok(output) => assert_eq!(output.stdout, b"65534 20\n"),
    ///     Err(error) => eprintln!("{error}"), // not root
    /// }
    /// ```
    ///
    /// [setgroups(2)]: https://man7.org/linux/man-pages/man2/setgroups.2.html
    #[doc(alias = "setgroups")]
    #[doc(alias = "CommandExt")]
    pub fn groups(&mut self, groups: &[u32]) -> &mut Command {
        self.plan.groups = groups.to_vec();
        self.with(Step::Groups)
    }

    /// Gives the child exactly these capabilities when exec is called, and these securebits.
    ///
    /// They survive a change of the [`uid`](Command::uid). [`Capabilities`] tells what exec makes of
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
    /// ```
    /// use libclone3::{Capabilities, CapabilitySet, Command};
    ///
    /// let bind = CapabilitySet::NET_BIND_SERVICE;
    /// let mut command = Command::new("grep");
    /// command.args(["CapEff", "/proc/self/status"]).uid(65534).capabilities(Capabilities {
    ///     bounding: bind,
    ///     permitted: bind,
    ///     inheritable: bind,
    ///     ambient: bind,
    ///     ..Capabilities::empty()
    /// });
    /// match command.output() {
    ///     Ok(output) => assert_eq!(output.stdout, b"CapEff:\t0000000000000400\n"),
    ///     Err(error) => eprintln!("{error}"), // not root
    /// }
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
    /// file capabilities do not count.
    ///
    /// Lets everyone use [`landlock`](Command::landlock) and [`seccomp`](Command::seccomp).
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

    /// Restricts the program by a ruleset of landlock_create_ruleset(2), such as the crate
    /// `landlock` makes.
    ///
    /// The program itself, its interpreter and libraries must be readable and executable by it.
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
    /// /// With a ruleset of landlock_create_ruleset(2).
    /// fn run_restricted(ruleset: OwnedFd) -> libclone3::Result<()> {
    ///     Command::new("sh").no_new_privs().landlock(ruleset).status()?;
    ///     Ok(())
    /// }
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
}
