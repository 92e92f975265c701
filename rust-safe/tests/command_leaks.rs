//! Nothing is left behind, however often.

mod common;

use common::{Snapshot, no_child_left, sh};
use libclone3::{Command, Namespaces, Stdio};
use std::fs::File;
use std::time::{Duration, Instant};

tests![
    ten_thousand_spawns_leave_nothing,
    ten_thousand_spawns_that_fail_leave_nothing,
    failures_of_each_kind_leave_nothing,
    dropped_children_leave_what_std_leaves,
    dropped_children_that_are_killed_leave_nothing,
    children_of_many_threads_leave_nothing,
    memory_does_not_grow,
];

fn program() -> Command {
    let mut command = Command::new("/bin/true");
    command.env_clear();
    command
}

fn ten_thousand_spawns_leave_nothing() {
    let before = Snapshot::take();
    let mut command = program();
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    for n in 0..10_000 {
        let mut child = command.spawn().unwrap();
        match n % 4 {
            0 => assert!(child.wait().unwrap().success()),
            1 => assert!(child.wait_with_output().unwrap().status.success()),
            2 => assert!(child.into_pidfd().wait().unwrap().success()),
            _ => drop(
                child
                    .wait_timeout(Duration::from_secs(60))
                    .unwrap()
                    .unwrap(),
            ),
        }
    }
    assert_eq!(before, Snapshot::take());
    assert!(no_child_left());
}

fn ten_thousand_spawns_that_fail_leave_nothing() {
    let before = Snapshot::take();
    let mut command = Command::new("/nonexistent");
    command
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    for _ in 0..10_000 {
        command.spawn().unwrap_err();
    }
    assert_eq!(before, Snapshot::take());
    assert!(no_child_left());
}

fn failures_of_each_kind_leave_nothing() {
    for _ in 0..50 {
        let null = || File::open("/dev/null").unwrap();
        program()
            .stdout(Stdio::piped())
            .current_dir("/nonexistent")
            .output()
            .unwrap_err();
        program()
            .stdout(Stdio::piped())
            .umask(0o1000)
            .output()
            .unwrap_err();
        program().arg("\0").output().unwrap_err();
        program()
            .fd(5, null().into())
            .fd(5, null().into())
            .output()
            .unwrap_err();
        program().cgroup(null()).output().unwrap_err();
        program()
            .landlock(null())
            .no_new_privs()
            .output()
            .unwrap_err();
        program()
            .namespaces(Namespaces::UTS)
            .loopback_up()
            .output()
            .unwrap_err();
        Command::new("/dev/null").output().unwrap_err();
        Command::new("libclone3-none").output().unwrap_err();
    }
    assert!(no_child_left());
}

/// Reaps this process's children, and tells how many there were.
fn reap_all() -> usize {
    let mut count = 0;
    // SAFETY: a null status is allowed.
    while unsafe { libc::waitpid(-1, std::ptr::null_mut(), 0) } > 0 {
        count += 1;
    }
    count
}

fn dropped_children_leave_what_std_leaves() {
    for _ in 0..200 {
        drop(program().stdin(Stdio::piped()).spawn().unwrap());
    }
    let ours = reap_all();
    for _ in 0..200 {
        let mut std = std::process::Command::new("/bin/true");
        drop(std.stdin(std::process::Stdio::piped()).spawn().unwrap());
    }
    assert_eq!(ours, reap_all());
}

fn dropped_children_that_are_killed_leave_nothing() {
    for _ in 0..500 {
        let mut command = Command::new("/bin/sleep");
        drop(
            command
                .arg("60")
                .kill_on_drop(true)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap(),
        );
    }
    assert_eq!(reap_all(), 0);
    // One that cannot be waited for any more does not hold the drop up.
    let child = program().kill_on_drop(true).spawn().unwrap();
    assert_eq!(reap_all(), 1);
    let start = Instant::now();
    drop(child);
    assert!(start.elapsed() < Duration::from_millis(500));
}

fn children_of_many_threads_leave_nothing() {
    let before = Snapshot::take();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut command = sh("echo out; echo err >&2; exit 3");
                for _ in 0..100 {
                    // A pipe that another thread's child inherited would keep this from ending.
                    let output = command.output().unwrap();
                    assert_eq!(output.status.code(), Some(3));
                    assert_eq!(
                        (&output.stdout[..], &output.stderr[..]),
                        (&b"out\n"[..], &b"err\n"[..])
                    );
                }
            });
        }
    });
    assert_eq!(before, Snapshot::take());
    assert!(no_child_left());
}

/// The resident memory, in KiB.
fn resident() -> usize {
    let text = common::status_field("self", "VmRSS");
    text.split(' ').next().unwrap().parse().unwrap()
}

fn memory_does_not_grow() {
    let mut command = Command::new("/bin/true");
    command
        .env("A", "1")
        .arg("x".repeat(1000))
        .rlimit(libclone3::Resource::Core, 0, 0);
    let mut round = |count| {
        for _ in 0..count {
            command.status().unwrap();
            let error = Command::new("/nonexistent").spawn().unwrap_err();
            drop(error.to_string());
        }
        resident()
    };
    let before = round(200);
    let after = round(2000);
    assert!(after < before + 512, "{before} KiB, then {after}");
}
