//! `CloneArgs`: what the kernel creates, and what is refused.

mod common;

use common::{
    Outcome, Snapshot, child, end, errno, no_child_left, panics, pause, status_field, try_child,
    unless_forbidden,
};
use libclone3::{CloneArgs, CloneFlags, Fork, PidFd, Signal, Support};
use std::cell::Cell;
use std::fs;
use std::io::{Read, Write};
use std::mem::zeroed;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;

tests![
    fork_returns_in_both_processes,
    fork_gives_the_child_no_pidfd,
    call_ends_with_the_value_of_the_closure,
    call_has_a_copy_of_the_memory,
    call_drops_the_closure_in_the_caller_once,
    call_aborts_on_panic,
    call_aborts_on_panic_as_init,
    vfork_suspends_the_caller,
    exit_signal_is_sent,
    exit_signal_none_sends_nothing,
    flags_replace_those_before,
    clear_sighand_resets_a_handler,
    flags_that_share_are_refused,
    flags_that_the_kernel_refuses_are_explained,
    an_unknown_flag_is_refused_by_the_kernel,
    flags_of_linux_7_1_work_or_are_explained,
    set_tid_in_a_new_pid_namespace_is_1,
    set_tid_gives_the_pid,
    set_tid_in_use_is_eexist,
    set_tid_that_cannot_be_is_einval,
    set_tid_of_nothing_lets_the_kernel_choose,
    many_children_leave_nothing,
];

fn fork_returns_in_both_processes() {
    // SAFETY: the tests have one thread; the child does not leave its branch.
    match unsafe { CloneArgs::new().fork() }.unwrap() {
        Fork::Child => {
            // SAFETY: no precondition.
            unsafe { libc::_exit(pause()) }
        }
        Fork::Parent(child) => {
            let pid = child.id().to_string();
            assert_eq!(status_field(&pid, "PPid"), std::process::id().to_string());
            assert_eq!(status_field(&pid, "Threads"), "1");
            let fdinfo = format!("self/fdinfo/{}", child.pidfd().as_raw_fd());
            let fdinfo = fs::read_to_string(format!("/proc/{fdinfo}")).unwrap();
            assert!(fdinfo.contains(&format!("Pid:\t{pid}\n")), "{fdinfo}");
            end(child);
        }
    }
}

fn fork_gives_the_child_no_pidfd() {
    let before = Snapshot::take();
    let mut child = child(|| i32::from(Snapshot::take() != before));
    // The child differs in nothing: same descriptors, no children, same mask.
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

fn call_ends_with_the_value_of_the_closure() {
    for (value, status) in [
        (0, 0),
        (1, 1),
        (255, 255),
        (256 + 7, 7),
        (-1, 255),
        (i32::MIN, 0),
    ] {
        let mut child = child(move || value);
        assert_eq!(child.wait().unwrap().into_raw(), status << 8, "{value}");
    }
}

fn call_has_a_copy_of_the_memory() {
    let text = String::from("copied");
    let value = Cell::new(1);
    let mut child = child(|| {
        value.set(2);
        i32::from(text != "copied" || value.get() != 2)
    });
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(value.get(), 1);
}

fn call_drops_the_closure_in_the_caller_once() {
    struct Counted<'a>(&'a Cell<i32>);
    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let drops = Cell::new(0);
    let counted = Counted(&drops);
    let mut child = child(move || {
        let before = counted.0.get();
        let counter = counted.0;
        drop(counted);
        // Its own copy is dropped once, too.
        if (before, counter.get()) == (0, 1) {
            0
        } else {
            1
        }
    });
    assert_eq!(drops.get(), 1);
    assert_eq!(child.wait().unwrap().code(), Some(0));

    let counted = Counted(&drops);
    let mut args = CloneArgs::new();
    let refused = try_child(args.flags(CloneFlags::VM), move || {
        let whole = &counted;
        whole.0.get()
    });
    assert_eq!(errno(refused), libc::EINVAL);
    assert_eq!(drops.get(), 2);
}

fn no_core() {
    let none = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: `none` is valid.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &none) };
}

fn call_aborts_on_panic() {
    let mut child = child(|| {
        no_core();
        // SAFETY: no precondition. The panic's messages are not for the log of the tests.
        unsafe { libc::close(2) };
        panic!("in the child");
    });
    assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGABRT));
    // And the caller's panics unwind still.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let unwound = panics(|| panic!("in the caller"));
    std::panic::set_hook(hook);
    assert!(unwound);
}

fn call_aborts_on_panic_as_init() -> Outcome {
    let mut args = CloneArgs::new();
    args.flags(CloneFlags::NEWUSER | CloneFlags::NEWPID);
    let child = try_child(&args, || {
        // SAFETY: no precondition.
        unsafe { libc::close(2) };
        panic!("in the child");
    });
    unless_forbidden(
        "user namespace",
        child.map(|mut child| assert_eq!(child.wait().unwrap().code(), Some(134))),
    )
}

fn vfork_suspends_the_caller() {
    let (mut ours, mut theirs) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let mut args = CloneArgs::new();
    let child = try_child(args.flags(CloneFlags::VFORK), || {
        std::thread::sleep(std::time::Duration::from_millis(30));
        i32::from(theirs.write_all(b"x").is_err())
    });
    // Written by now, although the child slept before.
    assert_eq!(ours.read(&mut [0; 2]).unwrap(), 1);
    assert_eq!(child.unwrap().wait().unwrap().code(), Some(0));
}

/// Which of the signals arrives when the child that `args` create has ended.
fn arrives(args: &CloneArgs<'_>, signals: &[Signal]) -> Vec<Signal> {
    // SAFETY: all zero is a valid set, and the pointers are valid.
    unsafe {
        let (mut set, mut old): (libc::sigset_t, libc::sigset_t) = (zeroed(), zeroed());
        for signal in signals {
            libc::sigaddset(&mut set, signal.as_raw());
        }
        libc::sigprocmask(libc::SIG_BLOCK, &set, &mut old);
        let mut child = try_child(args, || 0).unwrap();
        child.wait().unwrap();
        let mut arrived = Vec::new();
        let none = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        loop {
            let signo = libc::sigtimedwait(&set, std::ptr::null_mut(), &none);
            let Some(signal) = Signal::new(signo) else {
                break;
            };
            arrived.push(signal);
        }
        libc::sigprocmask(libc::SIG_SETMASK, &old, std::ptr::null_mut());
        arrived
    }
}

fn exit_signal_is_sent() {
    let realtime = Signal::realtime(2).unwrap();
    let candidates = [Signal::CHLD, Signal::USR1, realtime];
    let mut args = CloneArgs::default();
    assert_eq!(arrives(&args, &candidates), [Signal::CHLD]);
    for signal in [Signal::USR1, realtime] {
        args.exit_signal(Some(signal));
        assert_eq!(arrives(&args, &candidates), [signal]);
    }
}

fn exit_signal_none_sends_nothing() {
    let mut args = CloneArgs::new();
    args.exit_signal(None);
    assert_eq!(arrives(&args, &[Signal::CHLD, Signal::USR1]), []);
}

fn flags_replace_those_before() {
    let mut args = CloneArgs::new();
    args.flags(CloneFlags::VM).flags(CloneFlags::SYSVSEM);
    args.check().unwrap();
    assert!(format!("{:?}", args.clone()).contains("SYSVSEM"));
}

fn clear_sighand_resets_a_handler() {
    extern "C" fn handler(_: libc::c_int) {}
    let handler = handler as extern "C" fn(libc::c_int) as libc::sighandler_t;
    // SAFETY: the handler does nothing.
    let old = unsafe { libc::signal(libc::SIGUSR2, handler) };
    let bit = 1u64 << (libc::SIGUSR2 - 1);
    let caught = |process: &str| {
        u64::from_str_radix(&status_field(process, "SigCgt"), 16).unwrap() & bit != 0
    };
    let keeps = child(pause);
    let mut args = CloneArgs::new();
    let cleared = try_child(args.flags(CloneFlags::CLEAR_SIGHAND), pause).unwrap();
    assert!(caught("self") && caught(&keeps.id().to_string()));
    assert!(!caught(&cleared.id().to_string()));
    end(keeps);
    end(cleared);
    // SAFETY: what was there before.
    unsafe { libc::signal(libc::SIGUSR2, old) };
}

fn flags_that_share_are_refused() {
    let refused = [
        CloneFlags::VM,
        CloneFlags::THREAD,
        CloneFlags::SIGHAND,
        CloneFlags::SETTLS,
        CloneFlags::FILES,
        CloneFlags::PARENT,
        CloneFlags::CHILD_SETTID,
        CloneFlags::CHILD_CLEARTID,
        CloneFlags::PARENT_SETTID,
        CloneFlags::INTO_CGROUP,
    ];
    for flag in refused {
        let mut args = CloneArgs::new();
        args.flags(flag | CloneFlags::CLEAR_SIGHAND)
            .exit_signal(None);
        let error = args.check().unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL), "{flag:?}");
        let (name, _) = flag.iter_names().next().unwrap();
        assert!(
            error.to_string().contains(&format!("CLONE_{name}")),
            "{error}"
        );
        assert_eq!(errno(try_child(&args, pause)), libc::EINVAL);
        // SAFETY: refused, so that there is no child.
        assert_eq!(errno(unsafe { args.fork() }), libc::EINVAL);
    }
    assert!(no_child_left());
    let mut args = CloneArgs::new();
    let error = args
        .flags(CloneFlags::VM | CloneFlags::FILES)
        .check()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("CLONE_VM") && error.contains("CLONE_FILES"),
        "{error}"
    );
}

fn flags_that_the_kernel_refuses_are_explained() {
    let wrong: &[(CloneFlags, &[&str])] = &[
        (
            CloneFlags::NEWNS | CloneFlags::FS,
            &["CLONE_NEWNS", "CLONE_FS"],
        ),
        (
            CloneFlags::NEWUSER | CloneFlags::FS,
            &["CLONE_NEWUSER", "CLONE_FS"],
        ),
        (
            CloneFlags::NEWIPC | CloneFlags::SYSVSEM,
            &["CLONE_NEWIPC", "CLONE_SYSVSEM"],
        ),
        (CloneFlags::DETACHED, &["CLONE_DETACHED"]),
        (CloneFlags::AUTOREAP, &["CLONE_AUTOREAP"]), // with SIGCHLD
        (
            CloneFlags::PIDFD_AUTOKILL,
            &["CLONE_PIDFD_AUTOKILL", "CLONE_AUTOREAP"],
        ),
    ];
    for (flags, names) in wrong {
        let mut args = CloneArgs::new();
        args.flags(*flags);
        let checked = args.check().unwrap_err();
        assert_eq!(checked.raw_os_error(), Some(libc::EINVAL), "{flags:?}");
        let text = checked.to_string();
        assert!(names.iter().all(|name| text.contains(name)), "{text}");
        // The kernel looks at some rights before these rules.
        let refused = try_child(&args, pause).unwrap_err();
        match refused.raw_os_error() {
            Some(libc::EPERM) => assert!(!refused.to_string().ends_with("(os error 1)")),
            _ => assert_eq!(refused.to_string(), text),
        }
    }
    assert!(no_child_left());
}

fn an_unknown_flag_is_refused_by_the_kernel() {
    let mut args = CloneArgs::new();
    args.flags(CloneFlags::from_bits_retain(1 << 63));
    let error = try_child(&args, pause).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
    assert!(
        error.to_string().len() > "cannot create a process with clone3: Invalid argument".len()
    );
    assert!(no_child_left());
}

/// These flags came with Linux 7.1: they work, or are refused and named.
fn flags_of_linux_7_1_work_or_are_explained() {
    let known = Support::probe().unwrap().flags();
    let mut args = CloneArgs::new();
    args.exit_signal(None);
    let mut refused = |flags: CloneFlags, name: &str| {
        args.flags(flags).check().unwrap();
        if known.contains(flags) {
            return false;
        }
        let error = try_child(&args, pause).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
        assert!(error.to_string().contains(name), "{error}");
        true
    };
    let autokill = CloneFlags::PIDFD_AUTOKILL | CloneFlags::AUTOREAP | CloneFlags::NNP;
    let no_autoreap = refused(CloneFlags::AUTOREAP, "CLONE_AUTOREAP");
    let no_nnp = refused(CloneFlags::NNP, "CLONE_NNP");
    let no_autokill = refused(autokill, "CLONE_PIDFD_AUTOKILL");
    assert!(no_child_left());

    if !no_autoreap {
        let mut child = try_child(args.flags(CloneFlags::AUTOREAP), || 5).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(5));
        assert!(no_child_left());
    }
    if !no_nnp {
        let child = try_child(args.flags(CloneFlags::NNP), pause).unwrap();
        assert_eq!(status_field(&child.id().to_string(), "NoNewPrivs"), "1");
        end(child);
    }
    if !no_autokill {
        let child = try_child(args.flags(autokill), pause).unwrap();
        let other = PidFd::open(child.id()).unwrap();
        drop(child);
        assert_eq!(other.wait().unwrap().signal(), Some(libc::SIGKILL));
    }
}

fn set_tid_in_a_new_pid_namespace_is_1() -> Outcome {
    let mut args = CloneArgs::new();
    args.flags(CloneFlags::NEWUSER | CloneFlags::NEWPID)
        .set_tid(&[1]);
    let child = try_child(&args, pause);
    unless_forbidden(
        "user namespace",
        child.map(|child| {
            let pids = status_field(&child.id().to_string(), "NSpid");
            assert!(pids.ends_with("\t1"), "{pids}");
            end(child);
        }),
    )
}

/// A pid that was just free.
fn free_pid() -> u32 {
    let mut child = child(|| 0);
    child.wait().unwrap();
    child.id()
}

fn set_tid_gives_the_pid() -> Outcome {
    let pids = [free_pid()];
    let mut args = CloneArgs::new();
    let child = try_child(args.set_tid(&pids), pause);
    unless_forbidden(
        "set_tid",
        child.map(|child| {
            assert_eq!(child.id(), pids[0]);
            let own = status_field(&child.id().to_string(), "Pid");
            assert_eq!(own, pids[0].to_string());
            end(child);
        }),
    )
}

fn set_tid_in_use_is_eexist() -> Outcome {
    let pids = [std::process::id()];
    let mut args = CloneArgs::new();
    let error = try_child(args.set_tid(&pids), pause).unwrap_err();
    assert!(no_child_left());
    match error.raw_os_error() {
        Some(libc::EEXIST) => Outcome::Passed,
        _ => unless_forbidden("set_tid", Err(error)),
    }
}

fn set_tid_that_cannot_be_is_einval() {
    for pids in [&[0][..], &[u32::MAX], &[i32::MAX as u32], &[1; 33]] {
        let mut args = CloneArgs::new();
        assert_eq!(
            errno(try_child(args.set_tid(pids), pause)),
            libc::EINVAL,
            "{pids:?}"
        );
    }
    assert_eq!(
        errno(CloneArgs::new().set_tid(&[1; 33]).check()),
        libc::EINVAL
    );
    assert!(no_child_left());
}

fn set_tid_of_nothing_lets_the_kernel_choose() {
    let mut child = try_child(CloneArgs::new().set_tid(&[]), || 0).unwrap();
    assert!(child.wait().unwrap().success());
}

fn many_children_leave_nothing() {
    for n in 0..500 {
        let mut child = child(move || n & 0x7f);
        assert_eq!(child.wait().unwrap().code(), Some(n & 0x7f));
    }
    assert!(no_child_left());
}
