//! `CloneFlags`: what clone3(2) calls flags.

use libclone3_sys as sys;

bitflags::bitflags! {
    /// The flags of clone3, by the kernel's names without `CLONE_`.
    ///
    /// Bits that this version does not know are kept: a newer kernel may know them. Capabilities
    /// are needed unless [`NEWUSER`](CloneFlags::NEWUSER) is in the same set. Those that a kernel
    /// accepts here are told by [`Support::flags`](crate::Support::flags). Since Linux 5.3 where
    /// nothing else is said. See [clone3(2)].
    ///
    /// ```
    /// use libclone3::CloneFlags;
    ///
    /// let flags = CloneFlags::NEWUSER | CloneFlags::NEWPID;
    /// assert_eq!(flags.bits(), 0x3000_0000);
    /// assert_eq!(CloneFlags::from_name("NEWPID"), Some(CloneFlags::NEWPID));
    /// assert_eq!(CloneFlags::from_bits_retain(1 << 63).bits(), 1 << 63);
    /// ```
    ///
    /// [clone3(2)]: https://man7.org/linux/man-pages/man2/clone3.2.html
    #[repr(transparent)]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct CloneFlags: u64 {
        /// New time namespace. Since Linux 6.3 and stable kernels of March 2023; needs
        /// `CAP_SYS_ADMIN`.
        #[doc(alias = "CLONE_NEWTIME")]
        const NEWTIME = sys::CLONE3_NEWTIME;
        /// Share memory. Refused by [`CloneArgs`](crate::CloneArgs).
        #[doc(alias = "CLONE_VM")]
        #[doc(alias = "SHARE_VM")]
        const VM = sys::CLONE3_VM;
        /// Share root, working directory and umask.
        #[doc(alias = "CLONE_FS")]
        #[doc(alias = "SHARE_FS")]
        const FS = sys::CLONE3_FS;
        /// Share the descriptor table. Refused by [`CloneArgs`](crate::CloneArgs).
        #[doc(alias = "CLONE_FILES")]
        #[doc(alias = "SHARE_FILES")]
        const FILES = sys::CLONE3_FILES;
        /// Share signal handlers; needs `VM`. Refused by [`CloneArgs`](crate::CloneArgs).
        #[doc(alias = "CLONE_SIGHAND")]
        const SIGHAND = sys::CLONE3_SIGHAND;
        /// Give a pidfd. [`CloneArgs`](crate::CloneArgs) always adds it.
        #[doc(alias = "CLONE_PIDFD")]
        const PIDFD = sys::CLONE3_PIDFD;
        /// Whoever traces the caller traces the child too.
        #[doc(alias = "CLONE_PTRACE")]
        const PTRACE = sys::CLONE3_PTRACE;
        /// Suspend the calling thread until the child execs or ends.
        #[doc(alias = "CLONE_VFORK")]
        const VFORK = sys::CLONE3_VFORK;
        /// The caller's parent becomes the child's parent. Refused by
        /// [`CloneArgs`](crate::CloneArgs).
        #[doc(alias = "CLONE_PARENT")]
        #[doc(alias = "SHARE_PARENT")]
        const PARENT = sys::CLONE3_PARENT;
        /// A thread of the calling process; needs `SIGHAND`. Refused by
        /// [`CloneArgs`](crate::CloneArgs).
        #[doc(alias = "CLONE_THREAD")]
        const THREAD = sys::CLONE3_THREAD;
        /// New mount namespace; needs `CAP_SYS_ADMIN`.
        #[doc(alias = "CLONE_NEWNS")]
        #[doc(alias = "NEW_MOUNT")]
        const NEWNS = sys::CLONE3_NEWNS;
        /// Share System V semaphore undo values.
        #[doc(alias = "CLONE_SYSVSEM")]
        #[doc(alias = "SHARE_SYSVSEM")]
        const SYSVSEM = sys::CLONE3_SYSVSEM;
        /// Set the thread pointer. Refused by [`CloneArgs`](crate::CloneArgs).
        #[doc(alias = "CLONE_SETTLS")]
        const SETTLS = sys::CLONE3_SETTLS;
        /// Store the thread id in the caller's memory. Refused by [`CloneArgs`](crate::CloneArgs).
        #[doc(alias = "CLONE_PARENT_SETTID")]
        const PARENT_SETTID = sys::CLONE3_PARENT_SETTID;
        /// Clear a word of the child's memory and wake its futex at the end. Refused by
        /// [`CloneArgs`](crate::CloneArgs).
        #[doc(alias = "CLONE_CHILD_CLEARTID")]
        const CHILD_CLEARTID = sys::CLONE3_CHILD_CLEARTID;
        /// Obsolete: clone3 always refuses it.
        #[doc(alias = "CLONE_DETACHED")]
        const DETACHED = sys::CLONE3_DETACHED;
        /// `PTRACE` cannot be forced on the child.
        #[doc(alias = "CLONE_UNTRACED")]
        const UNTRACED = sys::CLONE3_UNTRACED;
        /// Store the thread id in the child's memory. Refused by [`CloneArgs`](crate::CloneArgs).
        #[doc(alias = "CLONE_CHILD_SETTID")]
        const CHILD_SETTID = sys::CLONE3_CHILD_SETTID;
        /// New cgroup namespace; needs `CAP_SYS_ADMIN`.
        #[doc(alias = "CLONE_NEWCGROUP")]
        #[doc(alias = "NEW_CGROUP")]
        const NEWCGROUP = sys::CLONE3_NEWCGROUP;
        /// New UTS namespace, of host and domain name; needs `CAP_SYS_ADMIN`.
        #[doc(alias = "CLONE_NEWUTS")]
        #[doc(alias = "NEW_UTS")]
        const NEWUTS = sys::CLONE3_NEWUTS;
        /// New IPC namespace; needs `CAP_SYS_ADMIN`.
        #[doc(alias = "CLONE_NEWIPC")]
        #[doc(alias = "NEW_IPC")]
        const NEWIPC = sys::CLONE3_NEWIPC;
        /// New user namespace, in which the child has all capabilities.
        #[doc(alias = "CLONE_NEWUSER")]
        #[doc(alias = "NEW_USER")]
        const NEWUSER = sys::CLONE3_NEWUSER;
        /// New pid namespace, in which the child is pid 1; needs `CAP_SYS_ADMIN`.
        #[doc(alias = "CLONE_NEWPID")]
        #[doc(alias = "NEW_PID")]
        const NEWPID = sys::CLONE3_NEWPID;
        /// New network namespace; needs `CAP_SYS_ADMIN`.
        #[doc(alias = "CLONE_NEWNET")]
        #[doc(alias = "NEW_NET")]
        const NEWNET = sys::CLONE3_NEWNET;
        /// Share the I/O context.
        #[doc(alias = "CLONE_IO")]
        #[doc(alias = "SHARE_IO")]
        const IO = sys::CLONE3_IO;
        /// Handled signals go back to their default, ignored ones stay ignored. Since Linux 5.5.
        #[doc(alias = "CLONE_CLEAR_SIGHAND")]
        const CLEAR_SIGHAND = sys::CLONE3_CLEAR_SIGHAND;
        /// Born in a cgroup. [`CloneArgs::cgroup`](crate::CloneArgs::cgroup) adds it. Since Linux
        /// 5.7.
        #[doc(alias = "CLONE_INTO_CGROUP")]
        const INTO_CGROUP = sys::CLONE3_INTO_CGROUP;
        /// The child never becomes a zombie; goes with no exit signal. Since Linux 7.1.
        #[doc(alias = "CLONE_AUTOREAP")]
        const AUTOREAP = sys::CLONE3_AUTOREAP;
        /// The child has `no_new_privs` from birth. Since Linux 7.1.
        #[doc(alias = "CLONE_NNP")]
        const NNP = sys::CLONE3_NNP;
        /// The child is killed when the last copy of its pidfd closes; needs `AUTOREAP`. A
        /// [`PidFd::try_clone`](crate::PidFd::try_clone) and a fork of the caller make copies.
        /// Since Linux 7.1.
        #[doc(alias = "CLONE_PIDFD_AUTOKILL")]
        const PIDFD_AUTOKILL = sys::CLONE3_PIDFD_AUTOKILL;
        /// New mount namespace with an empty root. Since Linux 7.1; needs `CAP_SYS_ADMIN`.
        #[doc(alias = "CLONE_EMPTY_MNTNS")]
        const EMPTY_MNTNS = sys::CLONE3_EMPTY_MNTNS;

        // Every bit: which are valid is the kernel's business.
        const _ = !0;
    }
}
