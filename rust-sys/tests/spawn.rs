//! `clone3_spawn` by the raw bindings: a program that gets what its plan says, and a plan that fails
//! and says where.

use core::ffi::{CStr, c_char, c_int};
use core::mem::size_of;
use core::ptr::null;
use libclone3_sys::*;
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

fn record() -> clone3_child {
    clone3_child {
        size: size_of::<clone3_child>() as u64,
        ..Default::default()
    }
}

/// A plan that starts a shell with the descriptors of the map and 0 to 2. `arguments` and `fds` must
/// outlive it.
fn plan(arguments: &[*const c_char; 4], fds: &[clone3_fd]) -> clone3_plan {
    assert!(arguments[3].is_null());
    clone3_plan {
        size: size_of::<clone3_plan>() as u64,
        steps: CLONE3_STEP_FDS | CLONE3_STEP_CLOSE_OTHERS | CLONE3_STEP_UMASK,
        path: c"/bin/sh".as_ptr(),
        argv: arguments.as_ptr(),
        fds: fds.as_ptr(),
        fd_count: fds.len(),
        umask: 0o123,
        ..Default::default()
    }
}

fn shell(script: &CStr) -> [*const c_char; 4] {
    [c"sh".as_ptr(), c"-c".as_ptr(), script.as_ptr(), null()]
}

#[test]
fn program_gets_the_plan_and_its_status_comes_back() {
    let (mut reader, writer) = pipe();
    let fds = [clone3_fd {
        source: writer.as_raw_fd(),
        target: 1,
    }];
    let arguments = shell(c"umask; exit 7");
    let plan = plan(&arguments, &fds);
    let mut child = record();

    // SAFETY: all that the plan points to lives, arguments and descriptors included.
    let result = unsafe { clone3_spawn(&plan, &mut child) };
    drop(writer);
    assert_eq!((result, child.error, child.failed_step), (0, 0, 0));
    assert!(child.pid > 0 && child.pidfd >= 0);
    // SAFETY: the descriptor is ours.
    let pidfd = unsafe { OwnedFd::from_raw_fd(child.pidfd) };

    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "0123\n");
    let mut end = clone3_exit::default();
    // SAFETY: end is a valid place to write.
    let answer = unsafe { clone3_pidfd_wait(pidfd.as_raw_fd(), 0, &mut end) };
    assert_eq!(answer, 1);
    assert_eq!(
        (end.pid, end.code, end.status),
        (child.pid, libc::CLD_EXITED, 7)
    );
}

#[test]
fn failing_plan_names_step_and_index() {
    // The first number that no process has open: its limit.
    let closed = descriptor_limit();
    let fds = [
        clone3_fd {
            source: 2,
            target: 1,
        },
        clone3_fd {
            source: closed,
            target: 9,
        },
    ];
    let arguments = shell(c"exit 0");
    let mut plan = plan(&arguments, &fds);
    let mut child = record();

    // SAFETY: all that the plan points to lives.
    let result = unsafe { clone3_spawn(&plan, &mut child) };
    assert_eq!(result, -libc::EBADF);
    assert_eq!(
        (child.error, child.failed_step, child.failed_index),
        (libc::EBADF, CLONE3_STEP_FDS, 1)
    );
    assert_eq!((child.pid, child.pidfd), (-1, -1));
    assert_eq!(name(child.failed_step), "fds");

    plan.fd_count = 1;
    plan.path = c"/no/such/program".as_ptr();
    // SAFETY: all that the plan points to lives.
    let result = unsafe { clone3_spawn(&plan, &mut child) };
    assert_eq!(
        (result, child.failed_step, child.failed_index),
        (-libc::ENOENT, CLONE3_STEP_EXEC, 0)
    );
    assert_eq!(name(child.failed_step), "exec");
}

#[test]
fn check_refuses_before_anything_is_created() {
    let arguments = shell(c"exit 0");
    let mut plan = plan(&arguments, &[]);
    let mut child = record();
    plan.umask = 0o1000;
    // SAFETY: all that the plan points to lives.
    let result = unsafe { clone3_spawn(&plan, &mut child) };
    assert_eq!(
        (result, child.failed_step),
        (-libc::EINVAL, CLONE3_STEP_UMASK)
    );
    // SAFETY: a null plan is refused.
    let result = unsafe { clone3_spawn(null(), &mut child) };
    assert_eq!(
        (result, child.failed_step),
        (-libc::EINVAL, CLONE3_STEP_CHECK)
    );
    // SAFETY: so is one that says no size, and a record that says none is not written.
    unsafe {
        plan.size = CLONE3_PLAN_SIZE_VER0 - 1;
        assert_eq!(clone3_spawn(&plan, &mut child), -libc::EINVAL);
        child.size = CLONE3_CHILD_SIZE_VER0 - 1;
        child.pid = 77;
        assert_eq!(clone3_spawn(&plan, &mut child), -libc::EINVAL);
    }
    assert_eq!(child.pid, 77);
}

#[test]
fn structs_have_the_size_of_the_first_version() {
    assert_eq!(size_of::<clone3_plan>() as u64, CLONE3_PLAN_SIZE_VER0);
    assert_eq!(size_of::<clone3_child>() as u64, CLONE3_CHILD_SIZE_VER0);
}

#[test]
fn probe_tells_the_steps() {
    let mut support = clone3_support {
        size: size_of::<clone3_support>() as u64,
        ..Default::default()
    };
    // SAFETY: support is a valid place to write and says its size.
    assert_eq!(unsafe { clone3_probe(&mut support) }, 0);
    assert_ne!(support.steps & CLONE3_STEP_FDS, 0);
    assert_eq!(support.steps & CLONE3_STEP_CLONE, 0);
}

fn name(step: u64) -> &'static str {
    // SAFETY: a plain integer.
    let name = unsafe { clone3_step_name(step) };
    assert!(!name.is_null());
    // SAFETY: the library returns constant, terminated strings.
    unsafe { CStr::from_ptr(name) }.to_str().unwrap()
}

fn pipe() -> (File, File) {
    let mut ends: [c_int; 2] = [-1, -1];
    // SAFETY: ends is a valid place to write two descriptors, which are then owned once each.
    unsafe {
        assert_eq!(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC), 0);
        (File::from_raw_fd(ends[0]), File::from_raw_fd(ends[1]))
    }
}

fn descriptor_limit() -> c_int {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: limit is a valid place to write.
    let result = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) };
    assert_eq!(result, 0);
    c_int::try_from(limit.rlim_cur).unwrap_or(c_int::MAX)
}
