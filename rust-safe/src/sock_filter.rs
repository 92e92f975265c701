//! `SockFilter`: one instruction of a seccomp filter.

use libclone3_sys as sys;

/// An instruction of a classic BPF program: the kernel's `struct sock_filter`.
///
/// See [seccomp(2)]. Crates such as `seccompiler` and `libseccomp` make such programs.
///
/// ```
/// use libclone3::SockFilter;
///
/// // BPF_RET | BPF_K, SECCOMP_RET_ALLOW
/// let allow = SockFilter { code: 0x06, jt: 0, jf: 0, k: 0x7fff_0000 };
/// # let _ = allow;
/// ```
///
/// [seccomp(2)]: https://man7.org/linux/man-pages/man2/seccomp.2.html
#[doc(alias = "sock_filter")]
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SockFilter {
    /// What to do.
    pub code: u16,
    /// How many instructions to skip if a test holds.
    pub jt: u8,
    /// How many to skip if it does not.
    pub jf: u8,
    /// The operand.
    pub k: u32,
}

impl From<libc::sock_filter> for SockFilter {
    fn from(filter: libc::sock_filter) -> SockFilter {
        SockFilter {
            code: filter.code,
            jt: filter.jt,
            jf: filter.jf,
            k: filter.k,
        }
    }
}

impl From<SockFilter> for sys::clone3_filter {
    fn from(filter: SockFilter) -> sys::clone3_filter {
        sys::clone3_filter {
            code: filter.code,
            jt: filter.jt,
            jf: filter.jf,
            k: filter.k,
        }
    }
}
