//! `Error`: what failed, and why.

use crate::ffi::Errno;
use std::borrow::Cow;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::{fmt, io};

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An operation that failed.
///
/// Displays as one line: the operation, the cause, and where a process was to be created,
/// libclone3's explanation of it. Converts into [`io::Error`], which then holds this one: its kind
/// and text are the same, its `raw_os_error` is `None`, and `get_ref` gives it back.
///
/// ```
/// use libclone3::{CloneArgs, CloneFlags, Error};
/// use std::io;
///
/// let error = CloneArgs::new().flags(CloneFlags::FS | CloneFlags::NEWNS).check().unwrap_err();
/// assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
/// assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
/// assert!(error.to_string().contains("CLONE_NEWNS"));
///
/// let error = io::Error::from(error);
/// assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
/// let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
/// assert_eq!(inner.and_then(Error::raw_os_error), Some(libc::EINVAL));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    operation: Cow<'static, str>,
    cause: io::Error,
    explanation: Cow<'static, str>,
}

// `io::Error` is neither because it may box anything: `cause` never does.
impl UnwindSafe for Error {}
impl RefUnwindSafe for Error {}

impl Error {
    pub(crate) fn new(
        operation: impl Into<Cow<'static, str>>,
        cause: impl Into<io::Error>,
    ) -> Error {
        Error::explained(operation, cause, "")
    }

    /// `explanation` says why, or is empty.
    pub(crate) fn explained(
        operation: impl Into<Cow<'static, str>>,
        cause: impl Into<io::Error>,
        explanation: impl Into<Cow<'static, str>>,
    ) -> Error {
        Error(Box::new(Inner {
            operation: operation.into(),
            cause: cause.into(),
            explanation: explanation.into(),
        }))
    }

    /// The error number, unless the failure was found before any system call could give one.
    ///
    /// ```
    /// let error = libclone3::PidFd::open(0).unwrap_err();
    /// assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
    /// ```
    pub fn raw_os_error(&self) -> Option<i32> {
        self.0.cause.raw_os_error()
    }

    /// The kind of the cause, as [`io::Error`] names it.
    ///
    /// ```
    /// let error = libclone3::PidFd::open(0).unwrap_err();
    /// assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    /// ```
    pub fn kind(&self) -> io::ErrorKind {
        self.0.cause.kind()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("operation", &self.0.operation)
            .field("cause", &self.0.cause)
            .field("explanation", &self.0.explanation)
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.operation, self.0.cause)?;
        match &*self.0.explanation {
            "" => Ok(()),
            explanation => write!(f, ": {explanation}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0.cause)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        io::Error::new(error.kind(), error)
    }
}

impl From<Errno> for io::Error {
    fn from(errno: Errno) -> io::Error {
        io::Error::from_raw_os_error(errno.0)
    }
}
