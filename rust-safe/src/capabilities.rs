//! `Capabilities` and `CapabilitySet`: the privileges of a process.

use crate::{Error, Result, ffi};
use libclone3_sys as sys;

macro_rules! capability_set {
    ($($name:ident = $number:literal, $alias:literal, $text:literal;)*) => {
        bitflags::bitflags! {
            /// A set of capabilities, by the kernel's names without `CAP_`; bit n is capability n.
            ///
            /// See [capabilities(7)].
            ///
            /// ```
            /// use libclone3::CapabilitySet;
            ///
            /// let set = CapabilitySet::NET_BIND_SERVICE | CapabilitySet::CHOWN;
            /// assert_eq!(set.bits(), 1 << 10 | 1);
            /// ```
            ///
            /// [capabilities(7)]: https://man7.org/linux/man-pages/man7/capabilities.7.html
            #[repr(transparent)]
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
            pub struct CapabilitySet: u64 {
                $(
                    #[doc = concat!("`", $alias, "`: ", $text, ".")]
                    #[doc(alias = $alias)]
                    const $name = 1 << $number;
                )*
                // Defined by the kernel, which may know more.
                const _ = !0;
            }
        }
    };
}

capability_set! {
    CHOWN = 0, "CAP_CHOWN", "give files away";
    DAC_OVERRIDE = 1, "CAP_DAC_OVERRIDE", "pass permission checks of files";
    DAC_READ_SEARCH = 2, "CAP_DAC_READ_SEARCH", "pass those for reading";
    FOWNER = 3, "CAP_FOWNER", "pass checks that the owner passes";
    FSETID = 4, "CAP_FSETID", "keep set-user-id and set-group-id bits";
    KILL = 5, "CAP_KILL", "signal any process";
    SETGID = 6, "CAP_SETGID", "change group ids";
    SETUID = 7, "CAP_SETUID", "change user ids";
    SETPCAP = 8, "CAP_SETPCAP", "drop from the bounding set, change securebits";
    LINUX_IMMUTABLE = 9, "CAP_LINUX_IMMUTABLE", "change immutable and append-only flags";
    NET_BIND_SERVICE = 10, "CAP_NET_BIND_SERVICE", "bind ports below 1024";
    NET_BROADCAST = 11, "CAP_NET_BROADCAST", "unused";
    NET_ADMIN = 12, "CAP_NET_ADMIN", "configure the network";
    NET_RAW = 13, "CAP_NET_RAW", "use raw sockets";
    IPC_LOCK = 14, "CAP_IPC_LOCK", "lock memory";
    IPC_OWNER = 15, "CAP_IPC_OWNER", "pass permission checks of System V IPC";
    SYS_MODULE = 16, "CAP_SYS_MODULE", "load kernel modules";
    SYS_RAWIO = 17, "CAP_SYS_RAWIO", "use I/O ports";
    SYS_CHROOT = 18, "CAP_SYS_CHROOT", "change the root directory";
    SYS_PTRACE = 19, "CAP_SYS_PTRACE", "trace any process";
    SYS_PACCT = 20, "CAP_SYS_PACCT", "switch process accounting";
    SYS_ADMIN = 21, "CAP_SYS_ADMIN", "much of what an administrator does";
    SYS_BOOT = 22, "CAP_SYS_BOOT", "reboot";
    SYS_NICE = 23, "CAP_SYS_NICE", "raise priorities";
    SYS_RESOURCE = 24, "CAP_SYS_RESOURCE", "exceed limits";
    SYS_TIME = 25, "CAP_SYS_TIME", "set the clock";
    SYS_TTY_CONFIG = 26, "CAP_SYS_TTY_CONFIG", "configure terminals";
    MKNOD = 27, "CAP_MKNOD", "make device files";
    LEASE = 28, "CAP_LEASE", "lease any file";
    AUDIT_WRITE = 29, "CAP_AUDIT_WRITE", "write to the audit log";
    AUDIT_CONTROL = 30, "CAP_AUDIT_CONTROL", "configure auditing";
    SETFCAP = 31, "CAP_SETFCAP", "give capabilities to files";
    MAC_OVERRIDE = 32, "CAP_MAC_OVERRIDE", "pass mandatory access control";
    MAC_ADMIN = 33, "CAP_MAC_ADMIN", "configure mandatory access control";
    SYSLOG = 34, "CAP_SYSLOG", "read and clear the kernel's log";
    WAKE_ALARM = 35, "CAP_WAKE_ALARM", "wake the system by a timer";
    BLOCK_SUSPEND = 36, "CAP_BLOCK_SUSPEND", "keep the system from suspending";
    AUDIT_READ = 37, "CAP_AUDIT_READ", "read the audit log";
    PERFMON = 38, "CAP_PERFMON", "monitor performance";
    BPF = 39, "CAP_BPF", "load BPF programs";
    CHECKPOINT_RESTORE = 40, "CAP_CHECKPOINT_RESTORE", "checkpoint and restore processes";
}

impl CapabilitySet {
    /// In [`Capabilities`]: leave this set as it is. The value is that of `all()`.
    ///
    /// So it cannot be taken from: `KEEP - SYS_ADMIN` asks for every other capability, those that
    /// the kernel does not know among them, and is refused. All but one are what the caller has
    /// but one:
    ///
    /// ```
    /// use libclone3::{Capabilities, CapabilitySet, Command};
    ///
    /// let capabilities = Capabilities {
    ///     bounding: Capabilities::current()?.bounding - CapabilitySet::SYS_ADMIN,
    ///     ..Capabilities::keep()
    /// };
    /// match Command::new("true").capabilities(capabilities).status() {
    ///     Ok(status) => assert!(status.success()),
    ///     Err(error) => eprintln!("{error}"), // that needs CAP_SETPCAP
    /// }
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// ```
    /// use libclone3::{Capabilities, CapabilitySet};
    ///
    /// assert_eq!(Capabilities::keep().ambient, CapabilitySet::KEEP);
    /// ```
    pub const KEEP: CapabilitySet = CapabilitySet::from_bits_retain(sys::CLONE3_CAPS_KEEP);
}

/// The sets of capabilities that a process has when exec is called.
///
/// What exec makes of them depends on the program and the user: one of uid 0 gains all that the
/// bounding set allows, unless `securebits` says otherwise; any other has the ambient ones alone.
/// See [capabilities(7)].
///
/// ```
/// use libclone3::{Capabilities, CapabilitySet};
///
/// let bind = CapabilitySet::NET_BIND_SERVICE;
/// let caps = Capabilities {
///     permitted: bind,
///     inheritable: bind,
///     ambient: bind,
///     ..Capabilities::empty()
/// };
/// # let _ = caps;
/// ```
///
/// [capabilities(7)]: https://man7.org/linux/man-pages/man7/capabilities.7.html
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// What may ever be gained by exec. To drop one needs `CAP_SETPCAP`: all but some are those of
    /// [`current`](Capabilities::current) but some, not those of [`KEEP`](CapabilitySet::KEEP).
    pub bounding: CapabilitySet,
    /// What may be made effective.
    pub permitted: CapabilitySet,
    /// What counts now; part of `permitted`.
    pub effective: CapabilitySet,
    /// What is kept over exec by files that say so.
    pub inheritable: CapabilitySet,
    /// What is kept over exec by every program without privileges of its own; part of `permitted`
    /// and of `inheritable`.
    pub ambient: CapabilitySet,
    /// `SECBIT_*`: what uid 0 means. All ones leaves them as they are.
    pub securebits: u32,
}

impl Capabilities {
    /// No capability at all, and securebits 0.
    ///
    /// ```
    /// use libclone3::Capabilities;
    ///
    /// assert_eq!(Capabilities::empty(), Capabilities::default());
    /// ```
    pub const fn empty() -> Capabilities {
        Capabilities::uniform(CapabilitySet::empty(), 0)
    }

    /// Everything as it is; for a change of one field.
    ///
    /// ```
    /// use libclone3::{Capabilities, CapabilitySet};
    ///
    /// let no_ambient = Capabilities { ambient: CapabilitySet::empty(), ..Capabilities::keep() };
    /// # let _ = no_ambient;
    /// ```
    pub const fn keep() -> Capabilities {
        Capabilities::uniform(CapabilitySet::KEEP, u32::MAX)
    }

    const fn uniform(set: CapabilitySet, securebits: u32) -> Capabilities {
        Capabilities {
            bounding: set,
            permitted: set,
            effective: set,
            inheritable: set,
            ambient: set,
            securebits,
        }
    }

    /// What the calling thread has.
    ///
    /// See [capget(2)].
    ///
    /// # Errors
    ///
    /// That of a seccomp filter.
    ///
    /// ```
    /// use libclone3::{Capabilities, CapabilitySet};
    ///
    /// let now = Capabilities::current()?;
    /// println!("may chroot: {}", now.effective.contains(CapabilitySet::SYS_CHROOT));
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [capget(2)]: https://man7.org/linux/man-pages/man2/capget.2.html
    #[doc(alias = "capget")]
    pub fn current() -> Result<Capabilities> {
        ffi::capabilities().map_err(|errno| Error::new("cannot read the capabilities", errno))
    }
}

impl From<Capabilities> for sys::clone3_caps {
    fn from(caps: Capabilities) -> sys::clone3_caps {
        sys::clone3_caps {
            bounding: caps.bounding.bits(),
            permitted: caps.permitted.bits(),
            effective: caps.effective.bits(),
            inheritable: caps.inheritable.bits(),
            ambient: caps.ambient.bits(),
            securebits: caps.securebits,
            reserved: 0,
        }
    }
}
