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
//! # Coming from std
//!
//! Change the `use`: names and meaning are std's. Errors are [`Error`], which becomes an
//! [`io::Error`](std::io::Error) by `?`; [`ExitStatus`], [`Output`] and the pipes are std's own
//! types. A command that was made elsewhere comes over by [`Command::from_std_lossy`]. What
//! differs:
//!
//! * There is no `exec` and no `pre_exec`.
//! * `Debug` prints no value of a variable.
//! * A file that is executable but no program, such as a script without `#!`, is `ENOEXEC`; std
//!   with glibc lets `sh` run it where it forks (as with `pre_exec`, `uid` or `groups`), and does
//!   not where it uses posix_spawn(3).
//! * Of the inherited environment, entries without `=` are dropped, and a name that is there twice
//!   stays twice. std passes on all of them as they are, or with a change of the environment each
//!   name once.
//!
//! | elsewhere | here |
//! |---|---|
//! | `CommandExt::uid` `gid` `groups` `process_group` `arg0` | the same |
//! | `CommandExt::chroot` (unstable), `pre_exec` with `chroot` | [`root_dir`](Command::root_dir), or [`pivot_root`](Command::pivot_root) |
//! | `CommandExt::setsid` (unstable), `pre_exec` with `setsid` | [`session`](Command::session) |
//! | `pre_exec` with `ioctl(TIOCSCTTY)`, `tcsetpgrp` | [`controlling_terminal`](Command::controlling_terminal), [`foreground`](Command::foreground) |
//! | `pre_exec` with `setrlimit` | [`rlimit`](Command::rlimit) |
//! | `pre_exec` with `prctl(PR_SET_PDEATHSIG)` | [`parent_death_signal`](Command::parent_death_signal), [`kill_on_close`](Command::kill_on_close) |
//! | `pre_exec` with `prctl(PR_SET_NO_NEW_PRIVS)` | [`no_new_privs`](Command::no_new_privs) |
//! | `pre_exec` with `prctl(PR_SET_CHILD_SUBREAPER)` | [`subreaper`](Command::subreaper) |
//! | `pre_exec` with `umask`, `nice`, `setpriority`, `personality` | [`umask`](Command::umask), [`nice`](Command::nice), [`personality`](Command::personality) |
//! | `pre_exec` with `sched_setaffinity`, `sched_setscheduler`, `ioprio_set` | [`cpu_affinity`](Command::cpu_affinity), [`scheduler`](Command::scheduler), [`io_priority`](Command::io_priority) |
//! | `pre_exec` with `sigprocmask`, `signal` | [`signal_mask`](Command::signal_mask), [`default_signals`](Command::default_signals), [`ignore_signals`](Command::ignore_signals) |
//! | `pre_exec` with `write("/proc/self/oom_score_adj")` | [`oom_score_adj`](Command::oom_score_adj) |
//! | `pre_exec` with `write(".../cgroup.procs")`, or after the spawn | [`cgroup`](Command::cgroup) |
//! | `pre_exec` with `setns`, `unshare` (nix: `sched::setns`, `sched::unshare`) | [`join_namespace`](Command::join_namespace), [`namespaces`](Command::namespaces) |
//! | `newuidmap`, `newgidmap`, `write("/proc/PID/uid_map")` | [`uid_map`](Command::uid_map), [`gid_map`](Command::gid_map), [`map_current_user_to_root`](Command::map_current_user_to_root) |
//! | `pre_exec` with `capset`, `prctl(PR_CAP_AMBIENT)` (crate `caps`) | [`capabilities`](Command::capabilities) |
//! | `pre_exec` with a filter of `seccompiler`, `libseccomp` | [`seccomp`](Command::seccomp) |
//! | `pre_exec` with `restrict_self` of `landlock` | [`landlock`](Command::landlock) |
//! | `pre_exec` with `dup2`; `fd_mappings` of `command-fds` | [`fd`](Command::fd) |
//! | `pre_exec` with `fcntl(F_SETFD)`; `preserved_fds` of `command-fds` | [`keep_fd`](Command::keep_fd) |
//! | `pre_exec` with `close_range`; crate `close_fds` | [`close_other_fds`](Command::close_other_fds) |
//! | nix `unistd::fork` and `execve`, crate `clone3` | [`spawn`](Command::spawn), [`CloneArgs`] |
//! | nix `sys::wait::waitpid`, crate `wait-timeout` | [`wait`](Child::wait), [`wait_timeout`](Child::wait_timeout), [`wait_usage`](Child::wait_usage) |
//! | `kill(pid)`, nix `sys::signal::kill` | [`signal`](Child::signal) |
//! | tokio `process::Command`, `kill_on_drop` | `wait_async`, `output_async`, [`kill_on_drop`](Command::kill_on_drop) |
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
//! # Async
//!
//! A [`PidFd`] is readable when its process has ended, so that it fits any reactor by its
//! descriptor. The feature `tokio` adds `Child::wait_async`, `PidFd::wait_async` and
//! `Command::output_async`. Without it there is no runtime among the dependencies.
//!
//! # Requirements
//!
//! 64-bit Linux from 5.4 on: x86-64, AArch64 and RISC-V. The C library libclone3 does the work; its
//! crate libclone3-sys compiles it.
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
