//! `Namespaces`: a set of namespace kinds and nothing else.

use crate::CloneFlags;
use libclone3_sys as sys;
use std::fmt;
use std::ops::{BitAnd, BitOr, BitOrAssign, Not, Sub};

/// A set of namespace kinds.
///
/// Holds no other flag, not by any safe means: a set that is passed on cannot ask for shared
/// memory. See [namespaces(7)].
///
/// ```
/// use libclone3::Namespaces;
///
/// let set = Namespaces::PID | Namespaces::MOUNT;
/// assert!(set.contains(Namespaces::PID));
/// assert_eq!(set - Namespaces::PID, Namespaces::MOUNT);
/// assert_eq!(format!("{set:?}"), "Namespaces(MOUNT | PID)");
/// ```
///
/// [namespaces(7)]: https://man7.org/linux/man-pages/man7/namespaces.7.html
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Namespaces(u64);

macro_rules! kinds {
    ($($(#[$attribute:meta])* $name:ident = $flag:ident;)*) => {
        impl Namespaces {
            $($(#[$attribute])* pub const $name: Namespaces = Namespaces(sys::$flag);)*

            const NAMES: &[(&str, Namespaces)] = &[$((stringify!($name), Namespaces::$name),)*];

            /// Every kind.
            ///
            /// ```
            /// use libclone3::Namespaces;
            ///
            /// assert!(Namespaces::all().contains(Namespaces::USER | Namespaces::NET));
            /// ```
            pub const fn all() -> Namespaces {
                Namespaces($(sys::$flag)|*)
            }
        }
    };
}

kinds! {
    /// Cgroup: the root of the cgroup tree that is seen.
    #[doc(alias = "CLONE_NEWCGROUP")]
    CGROUP = CLONE3_NEWCGROUP;
    /// IPC: System V objects and POSIX message queues.
    #[doc(alias = "CLONE_NEWIPC")]
    IPC = CLONE3_NEWIPC;
    /// Mount: the tree of file systems.
    #[doc(alias = "CLONE_NEWNS")]
    MOUNT = CLONE3_NEWNS;
    /// Network: interfaces, addresses, sockets.
    #[doc(alias = "CLONE_NEWNET")]
    NET = CLONE3_NEWNET;
    /// Pid: process numbers; its first process is pid 1.
    #[doc(alias = "CLONE_NEWPID")]
    PID = CLONE3_NEWPID;
    /// Time: offsets of the monotonic and boot clocks. Since Linux 5.6, in clone3 since 6.3.
    #[doc(alias = "CLONE_NEWTIME")]
    TIME = CLONE3_NEWTIME;
    /// User: user and group ids, capabilities.
    #[doc(alias = "CLONE_NEWUSER")]
    USER = CLONE3_NEWUSER;
    /// UTS: host and domain name.
    #[doc(alias = "CLONE_NEWUTS")]
    UTS = CLONE3_NEWUTS;
    /// A mount namespace whose root is empty, to be created only. Since Linux 7.1.
    #[doc(alias = "CLONE_EMPTY_MNTNS")]
    EMPTY_MOUNT = CLONE3_EMPTY_MNTNS;
}

impl Namespaces {
    /// The empty set.
    ///
    /// ```
    /// assert_eq!(libclone3::Namespaces::empty().bits(), 0);
    /// ```
    pub const fn empty() -> Namespaces {
        Namespaces(0)
    }

    /// The set as clone3's flags.
    ///
    /// ```
    /// assert_eq!(libclone3::Namespaces::PID.bits(), libc::CLONE_NEWPID as u64);
    /// ```
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// A set from clone3's flags; `None` if any other bit is set.
    ///
    /// ```
    /// use libclone3::Namespaces;
    ///
    /// assert_eq!(Namespaces::from_bits(0x2000_0000), Some(Namespaces::PID));
    /// assert_eq!(Namespaces::from_bits(libc::CLONE_VM as u64), None);
    /// ```
    pub const fn from_bits(bits: u64) -> Option<Namespaces> {
        if bits & !Namespaces::all().0 == 0 {
            Some(Namespaces(bits))
        } else {
            None
        }
    }

    /// Whether all of `other` is in this set.
    ///
    /// ```
    /// use libclone3::Namespaces;
    ///
    /// assert!(Namespaces::all().contains(Namespaces::UTS));
    /// assert!(!Namespaces::IPC.contains(Namespaces::IPC | Namespaces::UTS));
    /// ```
    pub const fn contains(self, other: Namespaces) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the set is empty.
    ///
    /// ```
    /// assert!(libclone3::Namespaces::default().is_empty());
    /// ```
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Debug for Namespaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Namespaces::NAMES
            .iter()
            .filter(|(_, kind)| self.contains(*kind))
            .map(|(name, _)| *name)
            .collect();
        write!(f, "Namespaces({})", names.join(" | "))
    }
}

impl BitOr for Namespaces {
    type Output = Namespaces;

    fn bitor(self, other: Namespaces) -> Namespaces {
        Namespaces(self.0 | other.0)
    }
}

impl BitOrAssign for Namespaces {
    fn bitor_assign(&mut self, other: Namespaces) {
        self.0 |= other.0;
    }
}

impl BitAnd for Namespaces {
    type Output = Namespaces;

    fn bitand(self, other: Namespaces) -> Namespaces {
        Namespaces(self.0 & other.0)
    }
}

impl Sub for Namespaces {
    type Output = Namespaces;

    fn sub(self, other: Namespaces) -> Namespaces {
        Namespaces(self.0 & !other.0)
    }
}

impl Not for Namespaces {
    type Output = Namespaces;

    fn not(self) -> Namespaces {
        Namespaces::all() - self
    }
}

impl From<Namespaces> for CloneFlags {
    fn from(set: Namespaces) -> CloneFlags {
        CloneFlags::from_bits_retain(set.0)
    }
}
