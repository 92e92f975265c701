//! Waiting in tokio's runtime.

use crate::{Child, Command, Error, PidFd, Result, Usage, ffi};
use std::future::{Future, poll_fn};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic::catch_unwind;
use std::pin::pin;
use std::process::{ExitStatus, Output};
use std::task::Poll;
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncReadExt, Interest};
use tokio::net::unix::pipe::Receiver;
use tokio::runtime::Handle;

/// Registers a descriptor with the reactor, to be told when it is readable.
///
/// tokio panics where there is no runtime, which can be asked for, and in a runtime without I/O,
/// which cannot.
fn register(fd: BorrowedFd<'_>) -> io::Result<AsyncFd<BorrowedFd<'_>>> {
    Handle::try_current().map_err(io::Error::other)?;
    // Its successor, which only the newest tokio has, is unsafe since another type's descriptor may
    // change; a borrowed one cannot.
    #[allow(deprecated)]
    let register = || AsyncFd::with_interest(fd, Interest::READABLE);
    let no_io = |_| io::Error::other("there is no reactor running: the runtime is without I/O");
    catch_unwind(register).unwrap_or_else(|panic| Err(no_io(panic)))
}

/// Whether something can be registered here, before anything is started that would then be left.
fn check_reactor() -> io::Result<()> {
    let (reader, _writer) = ffi::pipe()?;
    register(reader.as_fd()).map(drop)
}

impl PidFd {
    /// Waits as [`wait`](PidFd::wait) does, without blocking the thread.
    ///
    /// The descriptor itself is registered with the reactor, not a duplicate; so there can be one
    /// such wait at a time. Dropping the future leaves the process and its status alone.
    ///
    /// # Errors
    ///
    /// As [`wait`](PidFd::wait); `EEXIST` while another such wait goes on; without a number outside
    /// of a runtime and in one without I/O. Of the latter tokio tells by a panic alone, which is
    /// caught here: the panic hook sees it, and a program that is built to abort by panics does.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> libclone3::Result<()> {
    /// let pidfd = libclone3::Command::new("true").spawn()?.into_pidfd();
    /// assert!(pidfd.wait_async().await?.success());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait_async(&self) -> Result<ExitStatus> {
        self.end_async().await.map(|(status, _)| status)
    }

    pub(crate) async fn end_async(&self) -> Result<(ExitStatus, Usage)> {
        if let Some(end) = self.try_wait_usage()? {
            return Ok(end);
        }
        let cannot = |error| Error::new("cannot wait for a process in a runtime", error);
        let pidfd = register(self.as_fd()).map_err(cannot)?;
        loop {
            let mut ready = pidfd.readable().await.map_err(cannot)?;
            if let Some(end) = self.try_wait_usage()? {
                return Ok(end);
            }
            ready.clear_ready();
        }
    }
}

impl Child {
    /// Waits as [`wait`](Child::wait) does, without blocking the thread.
    ///
    /// Closes `stdin` first. The future may be dropped at any time and the wait begun anew.
    ///
    /// # Errors
    ///
    /// As [`PidFd::wait_async`]: `EEXIST` while another such wait goes on, by
    /// [`pidfd`](Child::pidfd).
    ///
    /// ```
    /// use libclone3::Command;
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> libclone3::Result<()> {
    /// let mut child = Command::new("sleep").arg("60").spawn()?;
    /// if tokio::time::timeout(Duration::from_millis(10), child.wait_async()).await.is_err() {
    ///     child.kill()?;
    /// }
    /// assert!(!child.wait_async().await?.success());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait_async(&mut self) -> Result<ExitStatus> {
        drop(self.stdin.take());
        if let Some(status) = self.status() {
            return Ok(status);
        }
        let end = self.pidfd().end_async().await?;
        Ok(self.ended(end))
    }
}

impl Command {
    /// Does what [`output`](Command::output) does, without blocking the thread but for the spawn.
    ///
    /// If the future is dropped the child runs on, unless
    /// [`kill_on_drop`](Command::kill_on_drop) is set.
    ///
    /// # Errors
    ///
    /// As [`output`](Command::output) and [`PidFd::wait_async`]. Outside of a runtime, and in one
    /// without I/O, nothing is started.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> libclone3::Result<()> {
    /// let output = libclone3::Command::new("echo").arg("hello").output_async().await?;
    /// assert_eq!(output.stdout, b"hello\n");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn output_async(&mut self) -> Result<Output> {
        let cannot = |error| Error::new("cannot read what a child writes", error);
        check_reactor().map_err(cannot)?;
        let mut child = self.start_captured()?;
        drop(child.stdin.take());
        let stdout = receiver(child.stdout.take()).map_err(cannot)?;
        let stderr = receiver(child.stderr.take()).map_err(cannot)?;
        let (stdout, stderr) = both(read_all(stdout), read_all(stderr)).await;
        let (stdout, stderr) = (stdout.map_err(cannot)?, stderr.map_err(cannot)?);
        let status = child.wait_async().await?;
        Ok(Output {
            status,
            stdout,
            stderr,
        })
    }
}

fn receiver(pipe: Option<impl Into<OwnedFd>>) -> io::Result<Option<Receiver>> {
    pipe.map(|pipe| Receiver::from_owned_fd(pipe.into()))
        .transpose()
}

async fn read_all(from: Option<Receiver>) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    if let Some(mut from) = from {
        from.read_to_end(&mut all).await?;
    }
    Ok(all)
}

/// Both futures at once: tokio's macro for it needs a procedural one.
async fn both<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut from_a, mut from_b) = (None, None);
    poll_fn(|context| {
        if from_a.is_none() {
            if let Poll::Ready(value) = a.as_mut().poll(context) {
                from_a = Some(value);
            }
        }
        if from_b.is_none() {
            if let Poll::Ready(value) = b.as_mut().poll(context) {
                from_b = Some(value);
            }
        }
        match (from_a.take(), from_b.take()) {
            (Some(value_a), Some(value_b)) => Poll::Ready((value_a, value_b)),
            (a, b) => {
                (from_a, from_b) = (a, b);
                Poll::Pending
            }
        }
    })
    .await
}
