//! `IdRange`: one line of a user namespace's id map.

use libclone3_sys as sys;

/// `count` user or group ids of a new user namespace, from `inside` on, which are those from
/// `outside` on in the caller's.
///
/// See [user_namespaces(7)].
///
/// ```
/// use libclone3::IdRange;
///
/// let range = IdRange { inside: 0, outside: 100_000, count: 65_536 };
/// # let _ = range;
/// ```
///
/// [user_namespaces(7)]: https://man7.org/linux/man-pages/man7/user_namespaces.7.html
#[derive(Clone, Copy, Eq, PartialEq, Hash, Debug)]
pub struct IdRange {
    /// The first id in the namespace.
    pub inside: u32,
    /// The first id outside.
    pub outside: u32,
    /// How many.
    pub count: u32,
}

impl From<IdRange> for sys::clone3_id_range {
    fn from(range: IdRange) -> sys::clone3_id_range {
        sys::clone3_id_range {
            inside: range.inside,
            outside: range.outside,
            count: range.count,
        }
    }
}
