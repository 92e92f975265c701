//! Linux programs started with everything that [clone3(2)] and the calls around it offer, at the
//! cost of vfork, and processes held by pidfd from birth.
//!
//! * [`Command`] is [`std::process::Command`] with a method for each thing that elsewhere needs a
//!   `pre_exec` closure: namespaces and id maps, a cgroup, limits, descriptors, credentials,
//!   seccomp, Landlock and more. There is never a fork, so that the cost does not grow with the
//!   caller, and no code of yours runs in the child, so that all of it is safe.
//! * [`Child`] and [`PidFd`] wait with a time limit and tell what was consumed, send signals
//!   without a race for the pid, duplicate descriptors, enter namespaces.
//! * [`Cgroup`] is where a program can be born, and how a whole tree of processes is killed.
//! * [`CloneArgs`] is the system call in its fork-like forms, with a reason when the kernel would
//!   only say `EINVAL`.
//! * [`Support`] tells what the kernel and the sandbox allow here.
//!
//! ```
//! use libclone3::{Command, Resource, Stdio};
//! use std::time::Duration;
//!
//! let mut child = Command::new("sh")
//!     .args(["-c", "ulimit -n; exec sleep 60"])
//!     .stdout(Stdio::null())
//!     .session()
//!     .no_new_privs()
//!     .close_other_fds()
//!     .rlimit(Resource::Nofile, 64, 64)
//!     .spawn()?;
//! if child.wait_timeout(Duration::from_millis(20))?.is_none() {
//!     child.kill()?;
//! }
//! let (status, usage) = child.wait_usage()?;
//! println!("{status}, at most {} KiB", usage.max_rss_bytes / 1024);
//! # Ok::<(), libclone3::Error>(())
//! ```
//!
//! # The guide
//!
//! 1. [Starting programs](guide::spawning), waiting for them, and what to do when a start fails
//! 2. [Namespaces](guide::namespaces): containers, id maps, entering others
//! 3. [Cgroups](guide::cgroups): birth in one, and the end of a whole tree of processes
//! 4. [Waiting without blocking](guide::asynchronous): poll, epoll, the feature `tokio`
//! 5. [Forking](guide::forking): children that run code of this program
//! 6. [Migration](guide::migration) from std, fork and `pre_exec`, `command-fds`, nix and posix_spawn
//!
//! The examples of the crate are programs for use: `cargo run --example run` starts one with most
//! steps from a command line.
//!
//! # Errors
//!
//! An [`Error`] of a spawn says which [`Step`] failed, which of several, and why:
//!
//! ```text
//! cannot start `/opt/tool` in step "cwd" (/nonexistent): No such file or directory (os error 2)
//! ```
//!
//! What an old kernel or a seccomp filter lacks is done by other means with the same guarantee, and
//! [reported](Report); or it is an error, unless the step is [optional](Command::optional).
//!
//! # Requirements
//!
//! 64-bit Linux from 5.4 on: x86-64, AArch64 and RISC-V. What needs a later kernel says since which;
//! all else works since 5.4. The C library libclone3 does the work; its crate libclone3-sys compiles
//! it.
//!
//! [clone3(2)]: https://man7.org/linux/man-pages/man2/clone3.2.html
#![deny(unsafe_code)]

mod capabilities;
mod cgroup;
mod child;
mod clone_args;
mod clone_flags;
mod command;
mod cpu_set;
mod error;
mod ffi;
pub mod guide;
mod id_range;
mod info;
mod namespaces;
mod output;
mod pidfd;
mod priority;
mod resource;
mod signal;
mod signal_set;
mod sock_filter;
mod stdio;
mod step;
mod support;
#[cfg(feature = "tokio")]
mod tokio;
mod usage;

pub use capabilities::{Capabilities, CapabilitySet};
pub use cgroup::Cgroup;
pub use child::Child;
pub use clone_args::{CloneArgs, Fork};
pub use clone_flags::CloneFlags;
pub use command::{Command, CommandArgs, CommandEnvs};
pub use cpu_set::CpuSet;
pub use error::{Error, Result};
pub use id_range::IdRange;
pub use info::{CoreDump, PidFdInfo};
pub use namespaces::Namespaces;
pub use pidfd::PidFd;
pub use priority::{IoPriority, Scheduler};
pub use resource::Resource;
pub use signal::Signal;
pub use signal_set::SignalSet;
pub use sock_filter::SockFilter;
pub use std::process::{ChildStderr, ChildStdin, ChildStdout, ExitStatus, Output};
pub use stdio::Stdio;
pub use step::{Report, Step, Steps};
pub use support::Support;
pub use usage::Usage;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
