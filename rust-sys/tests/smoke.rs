//! Each function of the library is called once from Rust, and the kernel or the library's contract
//! says whether it arrived. Runs without libtest, whose threads have no place beside a fork.

use core::ffi::{CStr, c_int, c_void};
use core::mem::{size_of, zeroed};
use core::ptr::{null, null_mut};
use libclone3_sys::*;

fn arguments() -> clone3_args {
    let mut args = clone3_args::default();
    // SAFETY: args is a valid place to write.
    unsafe { clone3_args_init(&mut args) };
    args
}

fn with_pidfd(pidfd: &mut c_int) -> clone3_args {
    clone3_args {
        flags: CLONE3_PIDFD,
        pidfd: pidfd as *mut c_int as u64,
        ..arguments()
    }
}

/// A child that sleeps until it is killed, and its pidfd.
fn sleeper() -> (c_int, c_int) {
    let mut pidfd = -1;
    let args = with_pidfd(&mut pidfd);
    // SAFETY: the child only sleeps and ends.
    let pid = unsafe { clone3_fork(&args, size_of::<clone3_args>()) };
    if pid == 0 {
        loop {
            // SAFETY: no precondition.
            unsafe { libc::pause() };
        }
    }
    assert!(pid > 0 && pidfd >= 0, "clone3_fork: {pid}, {pidfd}");
    (pid, pidfd)
}

fn kill_and_reap(pidfd: c_int) {
    // SAFETY: plain integers; a null result is allowed.
    unsafe {
        assert_eq!(clone3_pidfd_send_signal(pidfd, libc::SIGKILL, 0), 0);
        assert_eq!(clone3_pidfd_wait(pidfd, 0, null_mut()), 1);
        assert_eq!(libc::close(pidfd), 0);
    }
}

fn text(string: *const core::ffi::c_char) -> &'static str {
    assert!(!string.is_null());
    // SAFETY: the library returns constant, terminated strings.
    unsafe { CStr::from_ptr(string) }.to_str().unwrap()
}

fn args_init_sets_sigchld_alone() {
    let args = arguments();
    assert_eq!(args.exit_signal, libc::SIGCHLD as u64);
    assert_eq!((args.flags, args.stack, args.cgroup), (0, 0, 0));
}

fn fork_and_wait_pass_the_exit_status() {
    let mut pidfd = -1;
    let args = with_pidfd(&mut pidfd);
    // SAFETY: the child only ends.
    let pid = unsafe { clone3_fork(&args, size_of::<clone3_args>()) };
    if pid == 0 {
        // SAFETY: no precondition.
        unsafe { libc::_exit(7) };
    }
    assert!(pid > 0);
    // SAFETY: all zero is a valid clone3_exit.
    let mut exit: clone3_exit = unsafe { zeroed() };
    // SAFETY: exit is a valid place to write.
    assert_eq!(unsafe { clone3_pidfd_wait(pidfd, 0, &mut exit) }, 1);
    assert_eq!(
        (exit.pid, exit.code, exit.status),
        (pid, libc::CLD_EXITED, 7)
    );
    assert_eq!(exit.wait_status, 7 << 8);
    // SAFETY: the descriptor is ours.
    unsafe { libc::close(pidfd) };
}

unsafe extern "C" fn store(arg: *mut c_void) -> c_int {
    // SAFETY: the caller passes the address of an int and waits for us before it reads.
    unsafe { arg.cast::<c_int>().write(42) };
    3
}

fn call_runs_a_function_on_a_mapped_stack() {
    let mut stack = clone3_stack {
        base: null_mut(),
        size: 0,
    };
    // SAFETY: stack is a valid place to write.
    assert_eq!(unsafe { clone3_stack_map(65536, &mut stack) }, 0);
    assert!(stack.size >= 65536);
    let (mut pidfd, mut value): (c_int, c_int) = (-1, 0);
    let args = clone3_args {
        flags: CLONE3_PIDFD | CLONE3_VM | CLONE3_VFORK,
        stack: stack.base as u64,
        stack_size: stack.size as u64,
        ..with_pidfd(&mut pidfd)
    };
    let place = (&raw mut value).cast();
    // SAFETY: with VFORK the caller is suspended until `store` has returned; the stack is mapped.
    let pid = unsafe { clone3_call(&args, size_of::<clone3_args>(), Some(store), place) };
    assert!(pid > 0, "clone3_call: {pid}");
    // SAFETY: all zero is a valid clone3_exit.
    let mut exit: clone3_exit = unsafe { zeroed() };
    // SAFETY: exit is a valid place to write; the child has ended, so that the stack is unused.
    unsafe {
        assert_eq!(
            clone3_pidfd_wait_timeout(pidfd, 0, 5_000_000_000, &mut exit),
            1
        );
        assert_eq!(clone3_stack_unmap(&mut stack), 0);
        libc::close(pidfd);
    }
    assert_eq!((exit.status, value), (3, 42));
    assert!(stack.base.is_null() && stack.size == 0);
}

fn check_and_explain_give_reasons() {
    let size = size_of::<clone3_args>();
    let mut reason = null();
    let args = clone3_args {
        flags: CLONE3_SIGHAND,
        ..arguments()
    };
    // SAFETY: args and reason are valid.
    let verdict = unsafe { clone3_check(&args, size, &mut reason) };
    assert_eq!(verdict, -libc::EINVAL);
    assert!(text(reason).contains("CLONE_SIGHAND"));
    // SAFETY: args and reason are valid.
    let verdict = unsafe { clone3_check(&arguments(), size, &mut reason) };
    assert_eq!(verdict, 0);
    assert_eq!(text(reason), "");

    let args = clone3_args {
        flags: CLONE3_NEWNET,
        ..arguments()
    };
    // SAFETY: args is valid.
    let causes = unsafe { clone3_explain(&args, size, libc::EPERM) };
    assert!(text(causes).contains("CAP_SYS_ADMIN"));
}

fn flag_name_and_version_are_strings() {
    // SAFETY: a plain integer.
    let one = unsafe { clone3_flag_name(CLONE3_NEWPID) };
    // SAFETY: a plain integer.
    let two = unsafe { clone3_flag_name(CLONE3_NEWPID | CLONE3_VM) };
    assert_eq!(text(one), "CLONE_NEWPID");
    assert!(two.is_null());

    let built = format!("{CLONE3_VERSION_MAJOR}.{CLONE3_VERSION_MINOR}.{CLONE3_VERSION_PATCH}");
    // SAFETY: no precondition.
    let linked = unsafe { clone3_version() };
    assert_eq!(text(linked), built);
    assert_eq!(built, env!("CARGO_PKG_VERSION"));
}

fn probe_fills_the_struct() {
    let mut support = clone3_support {
        size: size_of::<clone3_support>() as u64,
        ..Default::default()
    };
    // SAFETY: support is a valid place to write and says its size.
    assert_eq!(unsafe { clone3_probe(&mut support) }, 0);
    assert_ne!(support.flags & CLONE3_VFORK, 0);
    assert_eq!(support.flags & CLONE3_DETACHED, 0);
}

fn pidfd_open_refers_to_the_process() {
    let (pid, pidfd) = sleeper();
    // SAFETY: plain integers.
    let second = unsafe { clone3_pidfd_open(pid, 0) };
    assert!(second >= 0);
    let path = format!("/proc/self/fdinfo/{second}");
    let info = std::fs::read_to_string(path).unwrap();
    assert!(
        info.lines().any(|line| line == format!("Pid:\t{pid}")),
        "{info}"
    );
    // SAFETY: the descriptor is ours.
    unsafe { libc::close(second) };
    // SAFETY: plain integers.
    assert_eq!(unsafe { clone3_pidfd_open(0, 0) }, -libc::EINVAL);
    kill_and_reap(pidfd);
}

fn pidfd_getfd_duplicates_a_descriptor() {
    let (_, pidfd) = sleeper();
    // SAFETY: plain integers; the descriptor is ours.
    unsafe {
        let copy = clone3_pidfd_getfd(pidfd, 0);
        // A sandbox may forbid it.
        assert!(copy >= 0 || copy == -libc::EPERM, "{copy}");
        if copy >= 0 {
            libc::close(copy);
        }
        assert!(clone3_pidfd_getfd(pidfd, -1) < 0);
    }
    kill_and_reap(pidfd);
}

fn pidfd_namespace_and_setns_take_namespaces_alone() {
    let (_, pidfd) = sleeper();
    // SAFETY: plain integers; the descriptor is ours.
    unsafe {
        let namespace = clone3_pidfd_namespace(pidfd, CLONE3_NEWUTS);
        assert!(namespace >= 0, "{namespace}");
        libc::close(namespace);
        assert_eq!(clone3_pidfd_namespace(pidfd, CLONE3_VM), -libc::EINVAL);
        assert_eq!(clone3_pidfd_setns(pidfd, CLONE3_VM), -libc::EINVAL);
    }
    kill_and_reap(pidfd);
}

fn pidfd_get_info_tells_the_pid() {
    let (pid, pidfd) = sleeper();
    let mut info = clone3_pidfd_info {
        size: size_of::<clone3_pidfd_info>() as u64,
        mask: CLONE3_INFO_PID,
        ..Default::default()
    };
    // SAFETY: info is a valid place to write and says its size.
    assert_eq!(unsafe { clone3_pidfd_get_info(pidfd, &mut info) }, 0);
    assert_ne!(info.mask & CLONE3_INFO_PID, 0);
    assert_eq!(info.tgid, pid as u32);
    kill_and_reap(pidfd);
}

fn cgroup_functions_refuse_other_directories() {
    // SAFETY: a terminated string; the descriptor is ours.
    unsafe {
        let root = libc::open(c"/".as_ptr(), libc::O_PATH | libc::O_CLOEXEC);
        assert!(root >= 0);
        assert_eq!(clone3_cgroup_kill(root), -libc::EBADF);
        assert_eq!(clone3_cgroup_wait_empty(root, 0), -libc::EBADF);
        libc::close(root);
    }
}

fn main() {
    let tests: &[(&str, fn())] = &[
        ("args_init_sets_sigchld_alone", args_init_sets_sigchld_alone),
        (
            "fork_and_wait_pass_the_exit_status",
            fork_and_wait_pass_the_exit_status,
        ),
        (
            "call_runs_a_function_on_a_mapped_stack",
            call_runs_a_function_on_a_mapped_stack,
        ),
        (
            "check_and_explain_give_reasons",
            check_and_explain_give_reasons,
        ),
        (
            "flag_name_and_version_are_strings",
            flag_name_and_version_are_strings,
        ),
        ("probe_fills_the_struct", probe_fills_the_struct),
        (
            "pidfd_open_refers_to_the_process",
            pidfd_open_refers_to_the_process,
        ),
        (
            "pidfd_getfd_duplicates_a_descriptor",
            pidfd_getfd_duplicates_a_descriptor,
        ),
        (
            "pidfd_namespace_and_setns_take_namespaces_alone",
            pidfd_namespace_and_setns_take_namespaces_alone,
        ),
        ("pidfd_get_info_tells_the_pid", pidfd_get_info_tells_the_pid),
        (
            "cgroup_functions_refuse_other_directories",
            cgroup_functions_refuse_other_directories,
        ),
    ];
    for (name, test) in tests {
        test();
        println!("test {name} ... ok");
    }
    println!(
        "\ntest result: ok. {} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        tests.len()
    );
}
