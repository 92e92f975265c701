//! Runs a program with another user, limits, cgroup, namespaces, a seccomp filter and a time limit,
//! and tells what it used. `confine_pre_exec` is the same without this crate.
//!
//! ```text
//! cargo run --example confine -- --unshare user,pid,mount --timeout 5 -- ps aux
//! ```

#[path = "common/confine.rs"]
mod common;

use common::{End, Options};
use libclone3::{Cgroup, Command, Namespaces, Resource, Signal, SockFilter};
use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    common::main(confine)
}

fn confine(options: &Options) -> io::Result<End> {
    let filter: Vec<_> = common::filter().into_iter().map(SockFilter::from).collect();
    let mut command = Command::new(&options.program);
    command
        .args(&options.arguments)
        .session()
        .close_other_fds()
        .no_new_privs()
        .parent_death_signal(Signal::KILL)
        .seccomp(&filter);
    if let Some(dir) = &options.cgroup {
        command.cgroup(Cgroup::open(dir)?);
    }
    if options.has(libc::CLONE_NEWUSER) {
        command.map_current_user_to_root();
    }
    if options.namespaces != 0 {
        let set = Namespaces::from_bits(options.namespaces as u64);
        command.namespaces(set.unwrap_or_default());
    }
    if options.has(libc::CLONE_NEWNS) {
        command.private_mounts();
    }
    if options.has(libc::CLONE_NEWNS | libc::CLONE_NEWPID) {
        command.mount_proc();
    }
    if let Some(name) = &options.hostname {
        command.hostname(name);
    }
    for (resource, limit) in [
        (Resource::Nofile, options.nofile),
        (Resource::Nproc, options.nproc),
        (Resource::Cpu, options.cpu),
        (Resource::Fsize, options.fsize),
    ] {
        if let Some(limit) = limit {
            command.rlimit(resource, limit, limit);
        }
    }
    if options.uid.is_some() || options.gid.is_some() {
        command.groups(&[]);
    }
    if let Some(gid) = options.gid {
        command.gid(gid);
    }
    if let Some(uid) = options.uid {
        command.uid(uid);
    }
    let mut child = command.spawn()?;
    if let Some(limit) = options.timeout {
        if child.wait_timeout(limit)?.is_none() {
            child.kill()?;
        }
    }
    let (status, usage) = child.wait_usage()?;
    Ok(End {
        status,
        cpu_time: usage.user_time + usage.system_time,
        max_rss_kib: usage.max_rss_bytes / 1024,
    })
}
