//! Linux processes created with [clone3(2)] and held by pidfd from birth.
//!
//! * [`CloneArgs`] is the system call in its fork-like forms: every flag that a copy of the memory
//!   allows, with a reason when the kernel would only say `EINVAL`.
//! * [`Child`] and [`PidFd`] wait with a time limit and tell what was consumed, send signals without
//!   a race for the pid, duplicate descriptors, enter namespaces.
//! * [`Cgroup`] is where a child can be born, and how a whole tree of processes is killed.
//! * [`Support`] tells what the kernel and the sandbox allow here.
//!
//! ```
//! use libclone3::{CloneArgs, CloneFlags, Signal};
//! use std::time::Duration;
//!
//! let mut args = CloneArgs::new();
//! args.flags(CloneFlags::CLEAR_SIGHAND);
//! // SAFETY: this program has one thread, and the closure owns nothing.
//! let mut child = unsafe { args.call(|| loop { libc::pause(); }) }?;
//! if child.wait_timeout(Duration::from_millis(20))?.is_none() {
//!     child.signal(Signal::TERM)?;
//! }
//! let (status, usage) = child.wait_usage()?;
//! println!("{status} after {:?} of CPU time", usage.user_time + usage.system_time);
//! # Ok::<(), libclone3::Error>(())
//! ```
//!
//! The C library libclone3 does the work; its crate libclone3-sys compiles it. 64-bit Linux from 5.4
//! on: x86-64, AArch64 and RISC-V.
//!
//! [clone3(2)]: https://man7.org/linux/man-pages/man2/clone3.2.html
#![deny(unsafe_code)]

mod cgroup;
mod child;
mod clone_args;
mod clone_flags;
mod error;
mod ffi;
mod info;
mod namespaces;
mod pidfd;
mod signal;
mod support;
mod usage;

pub use cgroup::Cgroup;
pub use child::Child;
pub use clone_args::{CloneArgs, Fork};
pub use clone_flags::CloneFlags;
pub use error::{Error, Result};
pub use info::{CoreDump, PidFdInfo};
pub use namespaces::Namespaces;
pub use pidfd::PidFd;
pub use signal::Signal;
pub use std::process::ExitStatus;
pub use support::Support;
pub use usage::Usage;
