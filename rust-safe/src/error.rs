//! `Error`: what failed, and why.

use crate::Step;
use crate::ffi::Errno;
use std::borrow::Cow;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::{fmt, io};

/// The result of this crate's functions.
///
/// ```
/// fn pid() -> libclone3::Result<u32> {
///     Ok(libclone3::PidFd::current()?.info()?.pid)
/// }
/// # let _ = pid();
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An operation that failed.
///
/// Displays as one line: the operation, for a program also the step that failed and what it was
/// about; the cause; and what explains it, if that is known. The cause is its
/// [`source`](std::error::Error::source) as well, an [`io::Error`]: what prints a chain of sources
/// prints it twice, and what needs the line alone can stop at the first. Converts into [`io::Error`], which
/// then holds this one: its kind and text are the same, its `raw_os_error` is `None`, and `get_ref`
/// gives it back.
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
    step: Option<Step>,
    index: Option<usize>,
}

// `io::Error` is neither because it may box anything: `cause` boxes texts at most.
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
            step: None,
            index: None,
        }))
    }

    /// Says where in a spawn it happened.
    pub(crate) fn at(mut self, step: Step, index: Option<usize>) -> Error {
        self.0.step = Some(step);
        self.0.index = index;
        self
    }

    /// The step that failed; `None` if this is no error of a spawn.
    ///
    /// ```
    /// use libclone3::{Command, Step};
    ///
    /// let error = Command::new("/nonexistent").spawn().unwrap_err();
    /// assert_eq!(error.step(), Some(Step::Exec));
    /// ```
    pub fn step(&self) -> Option<Step> {
        self.0.step
    }

    /// Which one failed, of a step with several: in the order of the slice, or of the calls.
    ///
    /// ```
    /// use libclone3::{Command, Resource, Step};
    ///
    /// let error = Command::new("true")
    ///     .rlimit(Resource::Core, 0, 0)
    ///     .rlimit(Resource::Nofile, 64, 32) // more than the hard limit
    ///     .spawn()
    ///     .unwrap_err();
    /// assert_eq!((error.step(), error.index()), (Some(Step::Rlimits), Some(1)));
    /// ```
    pub fn index(&self) -> Option<usize> {
        self.0.index
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
            .field("step", &self.0.step)
            .field("index", &self.0.index)
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
