//! `Stdio`: what becomes of a standard stream of a new program.

use crate::ffi;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::{ChildStderr, ChildStdin, ChildStdout};

/// What becomes of a standard stream of a new program: [`std::process::Stdio`].
///
/// ```
/// use libclone3::{Command, Stdio};
///
/// let child = Command::new("echo").arg("in").stdout(Stdio::piped()).spawn()?;
/// let output = Command::new("cat").stdin(child.stdout.unwrap()).output()?;
/// assert_eq!(output.stdout, b"in\n");
/// # Ok::<(), libclone3::Error>(())
/// ```
#[derive(Debug)]
pub struct Stdio(Kind);

#[derive(Debug)]
enum Kind {
    Inherit,
    Null,
    Piped,
    Fd(OwnedFd),
    /// The caller's stream of this number, which is never closed.
    Stream(i32),
}

impl Stdio {
    /// The caller's stream.
    ///
    /// ```
    /// use libclone3::{Command, Stdio};
    ///
    /// let output = Command::new("echo").arg("seen").stdout(Stdio::inherit()).output()?;
    /// assert!(output.stdout.is_empty());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn inherit() -> Stdio {
        Stdio(Kind::Inherit)
    }

    /// `/dev/null`.
    ///
    /// ```
    /// use libclone3::{Command, Stdio};
    ///
    /// assert!(Command::new("cat").stdin(Stdio::null()).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn null() -> Stdio {
        Stdio(Kind::Null)
    }

    /// A new pipe, whose other end is a field of [`Child`](crate::Child). See [pipe(2)].
    ///
    /// ```
    /// use libclone3::{Command, Stdio};
    /// use std::io::Write;
    ///
    /// let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    /// child.stdin.as_mut().unwrap().write_all(b"hello").unwrap();
    /// assert_eq!(child.wait_with_output()?.stdout, b"hello");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [pipe(2)]: https://man7.org/linux/man-pages/man2/pipe.2.html
    pub fn piped() -> Stdio {
        Stdio(Kind::Piped)
    }

    /// Opens what the program gets as its descriptor `target`.
    pub(crate) fn open(&self, target: i32) -> io::Result<Stream> {
        let is_input = target == 0;
        let mut ours = None;
        let theirs = match &self.0 {
            Kind::Inherit => Theirs::Inherited,
            Kind::Null => {
                let mut options = OpenOptions::new();
                options.read(is_input).write(!is_input);
                Theirs::Opened(options.open("/dev/null")?.into())
            }
            Kind::Piped => {
                let (reader, writer) = ffi::pipe()?;
                let (end, other) = match is_input {
                    true => (reader, writer),
                    false => (writer, reader),
                };
                ours = Some(other);
                Theirs::Opened(end)
            }
            Kind::Fd(fd) => Theirs::Number(fd.as_raw_fd()),
            Kind::Stream(number) => Theirs::Number(*number),
        };
        Ok(Stream { theirs, ours })
    }
}

/// A standard stream of a program that is being started.
#[derive(Default)]
pub(crate) struct Stream {
    theirs: Theirs,
    /// The other end of the pipe.
    pub(crate) ours: Option<OwnedFd>,
}

/// What the program gets.
#[derive(Default)]
enum Theirs {
    #[default]
    Inherited,
    /// A descriptor that someone else keeps open.
    Number(i32),
    /// One that was opened for this, and is held until the program has it.
    Opened(OwnedFd),
}

impl Stream {
    /// The number of what the program gets; `None`: what the caller has.
    pub(crate) fn source(&self) -> Option<i32> {
        match &self.theirs {
            Theirs::Inherited => None,
            Theirs::Number(number) => Some(*number),
            Theirs::Opened(fd) => Some(fd.as_raw_fd()),
        }
    }
}

impl From<OwnedFd> for Stdio {
    fn from(fd: OwnedFd) -> Stdio {
        Stdio(Kind::Fd(fd))
    }
}

macro_rules! by_descriptor {
    ($($source:ty),*) => {
        $(
            impl From<$source> for Stdio {
                fn from(source: $source) -> Stdio {
                    Stdio(Kind::Fd(source.into()))
                }
            }
        )*
    };
}

by_descriptor!(File, ChildStdin, ChildStdout, ChildStderr);

/// The caller's standard output, for any stream.
impl From<io::Stdout> for Stdio {
    fn from(stdout: io::Stdout) -> Stdio {
        Stdio(Kind::Stream(stdout.as_raw_fd()))
    }
}

/// The caller's standard error, for any stream.
impl From<io::Stderr> for Stdio {
    fn from(stderr: io::Stderr) -> Stdio {
        Stdio(Kind::Stream(stderr.as_raw_fd()))
    }
}
