//! Namespaces: new ones at birth, opened by pidfd, and joined.

mod common;

use common::{Outcome, end, errno, no_child_left, pause, sleeper, try_child, unless_forbidden};
use libclone3::{Child, CloneArgs, CloneFlags, Error, Namespaces};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;

tests![
    a_child_is_born_in_new_namespaces,
    namespace_opens_each_kind,
    namespace_takes_exactly_one_kind,
    namespace_of_an_ended_process_is_esrch,
    set_namespaces_moves_the_caller,
    set_namespaces_of_nothing_is_einval,
    set_namespaces_of_an_ended_process_is_esrch,
];

const KINDS: [(Namespaces, &str); 8] = [
    (Namespaces::CGROUP, "cgroup"),
    (Namespaces::IPC, "ipc"),
    (Namespaces::MOUNT, "mnt"),
    (Namespaces::NET, "net"),
    (Namespaces::PID, "pid"),
    (Namespaces::TIME, "time"),
    (Namespaces::USER, "user"),
    (Namespaces::UTS, "uts"),
];

/// The inode of a namespace, which is its identity; `None` if the kernel has not this kind.
fn inode(process: &str, kind: &str) -> Option<u64> {
    fs::metadata(format!("/proc/{process}/ns/{kind}"))
        .ok()
        .map(|file| file.ino())
}

/// A child in new user and UTS namespaces, which needs no right in most places.
fn apart() -> Result<Child, Error> {
    let mut args = CloneArgs::new();
    args.flags(CloneFlags::from(Namespaces::USER | Namespaces::UTS));
    try_child(&args, pause)
}

fn a_child_is_born_in_new_namespaces() -> Outcome {
    let all = Namespaces::all() - Namespaces::TIME - Namespaces::EMPTY_MOUNT;
    let mut args = CloneArgs::new();
    args.flags(all.into());
    unless_forbidden(
        "user namespace",
        try_child(&args, pause).map(|child| {
            for (kind, name) in KINDS {
                let pid = child.id().to_string();
                let same = inode("self", name) == inode(&pid, name);
                assert_eq!(same, !all.contains(kind), "{name}");
            }
            end(child);
        }),
    )
}

fn namespace_opens_each_kind() {
    let child = sleeper();
    for (kind, name) in KINDS {
        let Some(expected) = inode(&child.id().to_string(), name) else {
            continue;
        };
        let namespace = File::from(child.pidfd().namespace(kind).unwrap());
        assert_eq!(namespace.metadata().unwrap().ino(), expected, "{name}");
    }
    end(child);
}

fn namespace_takes_exactly_one_kind() {
    let child = sleeper();
    let wrong = [
        Namespaces::empty(),
        Namespaces::all(),
        Namespaces::PID | Namespaces::UTS,
        Namespaces::EMPTY_MOUNT,
    ];
    for kinds in wrong {
        assert_eq!(
            errno(child.pidfd().namespace(kinds)),
            libc::EINVAL,
            "{kinds:?}"
        );
    }
    end(child);
}

fn namespace_of_an_ended_process_is_esrch() {
    let mut child = sleeper();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(errno(child.pidfd().namespace(Namespaces::UTS)), libc::ESRCH);
}

fn set_namespaces_moves_the_caller() -> Outcome {
    unless_forbidden(
        "user namespace",
        apart().and_then(|apart| {
            let pid = apart.id().to_string();
            // In a child: there is no way back out of a user namespace.
            let mut joiner = try_child(&CloneArgs::new(), || {
                let kinds = Namespaces::USER | Namespaces::UTS;
                match apart.pidfd().set_namespaces(kinds) {
                    Ok(())
                        if ["user", "uts"]
                            .iter()
                            .all(|kind| inode("self", kind) == inode(&pid, kind)) =>
                    {
                        0
                    }
                    Ok(()) => 1,
                    Err(error) => error.raw_os_error().unwrap_or(2),
                }
            })?;
            assert_ne!(inode("self", "uts"), inode(&pid, "uts"));
            let status = joiner.wait()?;
            end(apart);
            assert_eq!(status.code(), Some(0));
            Ok(())
        }),
    )
}

fn set_namespaces_of_nothing_is_einval() {
    let child = sleeper();
    for kinds in [
        Namespaces::empty(),
        Namespaces::EMPTY_MOUNT,
        Namespaces::all(),
    ] {
        assert_eq!(
            errno(child.pidfd().set_namespaces(kinds)),
            libc::EINVAL,
            "{kinds:?}"
        );
    }
    end(child);
}

fn set_namespaces_of_an_ended_process_is_esrch() {
    let mut child = sleeper();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(no_child_left());
    assert_eq!(
        errno(child.pidfd().set_namespaces(Namespaces::UTS)),
        libc::ESRCH
    );
}
