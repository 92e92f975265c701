//! `Child`: waiting, signals, usage, and what happens when someone else waits.

mod common;

use common::{Outcome, child, end, errno, kernel, no_child_left, sleeper, status_field};
use libclone3::{Child, CloneArgs, Signal};
use std::fs;
use std::mem::zeroed;
use std::os::fd::AsRawFd;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

tests![
    id_and_pidfd_mean_the_same_process,
    wait_keeps_the_status,
    try_wait_does_not_block,
    wait_timeout_ends_when_the_time_is_over,
    wait_timeout_ends_when_the_child_does,
    wait_timeout_takes_any_duration,
    wait_tells_the_signal,
    wait_tells_a_real_time_signal,
    wait_tells_of_a_core_dump,
    wait_works_with_any_exit_signal,
    wait_after_another_wait_knows_the_status,
    wait_with_sigchld_ignored_does_not_hang,
    wait_usage_is_that_of_the_kernel,
    kill_after_the_end_is_ok,
    kill_after_another_wait_is_ok,
    signal_after_the_end_is_esrch,
    signal_stops_and_continues,
    into_pidfd_gives_the_descriptor,
    drop_detaches,
];

fn id_and_pidfd_mean_the_same_process() {
    let child = sleeper();
    let path = format!("/proc/self/fdinfo/{}", child.pidfd().as_raw_fd());
    let info = fs::read_to_string(path).unwrap();
    assert!(info.contains(&format!("Pid:\t{}\n", child.id())), "{info}");
    // Close-on-exec.
    let flags = info
        .lines()
        .find_map(|line| line.strip_prefix("flags:"))
        .unwrap();
    let flags = i32::from_str_radix(flags.trim(), 8).unwrap();
    assert_ne!(flags & libc::O_CLOEXEC, 0);
    assert!(format!("{child:?}").contains(&child.id().to_string()));
    end(child);
}

fn wait_keeps_the_status() {
    let mut child = child(|| 9);
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(9));
    assert!(no_child_left());
    assert_eq!(child.wait().unwrap(), status);
    assert_eq!(child.try_wait().unwrap(), Some(status));
    assert_eq!(child.wait_timeout(Duration::ZERO).unwrap(), Some(status));
    assert_eq!(child.wait_usage().unwrap(), child.wait_usage().unwrap());
}

fn try_wait_does_not_block() {
    let mut child = sleeper();
    assert_eq!(child.try_wait().unwrap(), None);
    child.signal(Signal::TERM).unwrap();
    let start = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => assert!(start.elapsed() < Duration::from_secs(10)),
        }
    };
    assert_eq!(status.signal(), Some(libc::SIGTERM));
    assert!(no_child_left());
}

fn wait_timeout_ends_when_the_time_is_over() {
    let mut child = sleeper();
    let start = Instant::now();
    assert_eq!(child.wait_timeout(Duration::from_millis(30)).unwrap(), None);
    assert!(start.elapsed() >= Duration::from_millis(30));
    assert_eq!(child.wait_timeout(Duration::ZERO).unwrap(), None);
    assert_eq!(child.wait_timeout(Duration::from_nanos(1)).unwrap(), None);
    assert!(status_field(&child.id().to_string(), "State").starts_with('S'));
    end(child);
}

fn wait_timeout_ends_when_the_child_does() {
    let mut child = child(|| {
        std::thread::sleep(Duration::from_millis(20));
        4
    });
    let status = child.wait_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!(status.and_then(|status| status.code()), Some(4));
    assert!(no_child_left());
}

fn wait_timeout_takes_any_duration() {
    let longest = Duration::from_nanos(i64::MAX as u64);
    for limit in [Duration::MAX, longest, longest + Duration::from_nanos(1)] {
        let mut child = child(|| {
            std::thread::sleep(Duration::from_millis(10));
            0
        });
        assert!(child.wait_timeout(limit).unwrap().unwrap().success());
    }
}

fn ended_by(signal: Signal) -> std::process::ExitStatus {
    let mut child = sleeper();
    child.signal(signal).unwrap();
    child.wait().unwrap()
}

fn wait_tells_the_signal() {
    for signal in [
        Signal::HUP,
        Signal::INT,
        Signal::KILL,
        Signal::USR1,
        Signal::TERM,
    ] {
        let status = ended_by(signal);
        assert_eq!(
            (status.signal(), status.code()),
            (Some(signal.as_raw()), None)
        );
        assert!(!status.core_dumped());
    }
}

fn wait_tells_a_real_time_signal() {
    for signal in [
        Signal::realtime(0).unwrap(),
        Signal::realtime(7).unwrap(),
        Signal::new(64).unwrap(),
    ] {
        assert_eq!(ended_by(signal).signal(), Some(signal.as_raw()));
    }
}

/// What waitid says of a child without reaping it.
fn peek(child: &Child) -> libc::siginfo_t {
    // SAFETY: all zero is a valid siginfo_t, and the pointer is valid.
    unsafe {
        let mut info: libc::siginfo_t = zeroed();
        let options = libc::WEXITED | libc::WNOWAIT;
        assert_eq!(libc::waitid(libc::P_PID, child.id(), &mut info, options), 0);
        info
    }
}

fn wait_tells_of_a_core_dump() -> Outcome {
    let directory = std::env::temp_dir().join(format!("libclone3-core-{}", std::process::id()));
    fs::create_dir(&directory).unwrap();
    let mut child = child(|| {
        let all = libc::rlimit {
            rlim_cur: libc::RLIM_INFINITY,
            rlim_max: libc::RLIM_INFINITY,
        };
        // SAFETY: `all` is valid.
        unsafe { libc::setrlimit(libc::RLIMIT_CORE, &all) };
        std::env::set_current_dir(&directory).unwrap();
        common::abort()
    });
    let dumped = peek(&child).si_code == libc::CLD_DUMPED;
    let status = child.wait().unwrap();
    fs::remove_dir_all(&directory).unwrap();
    assert_eq!(status.signal(), Some(libc::SIGABRT));
    assert_eq!(status.core_dumped(), dumped);
    if dumped {
        Outcome::Passed
    } else {
        Outcome::Skipped("no core is dumped here".to_owned())
    }
}

fn wait_works_with_any_exit_signal() {
    let mut args = CloneArgs::new();
    args.exit_signal(None);
    let mut child = common::try_child(&args, || 6).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(6));
    assert!(no_child_left());
}

/// The kernel keeps the status of a process that was waited for.
fn status_outlives_the_wait() -> bool {
    kernel() >= (6, 15)
}

fn wait_after_another_wait_knows_the_status() {
    let mut child = child(|| 11);
    let mut status = 0;
    // SAFETY: `status` is a place to write.
    let pid = unsafe { libc::waitpid(child.id() as i32, &mut status, 0) };
    assert_eq!(pid, child.id() as i32);
    if status_outlives_the_wait() {
        assert_eq!(child.wait().unwrap().into_raw(), status);
        assert_eq!(child.try_wait().unwrap().unwrap().into_raw(), status);
    } else {
        assert_eq!(errno(child.wait()), libc::ECHILD);
        assert_eq!(errno(child.try_wait()), libc::ECHILD);
        assert_eq!(errno(child.wait_timeout(Duration::MAX)), libc::ECHILD);
    }
}

fn wait_with_sigchld_ignored_does_not_hang() {
    // SAFETY: no handler is installed.
    let old = unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
    let mut waited = child(|| 12);
    let result = waited.wait();
    let mut limited = child(|| 13);
    let result_limited = limited.wait_timeout(Duration::from_secs(10));
    // SAFETY: what was there before.
    unsafe { libc::signal(libc::SIGCHLD, old) };
    if status_outlives_the_wait() {
        assert_eq!(result.unwrap().code(), Some(12));
        assert_eq!(result_limited.unwrap().unwrap().code(), Some(13));
    } else {
        assert_eq!(
            (errno(result), errno(result_limited)),
            (libc::ECHILD, libc::ECHILD)
        );
    }
    assert!(no_child_left());
}

fn children_usage() -> libc::rusage {
    // SAFETY: all zero is a valid rusage, and the pointer is valid.
    unsafe {
        let mut usage = zeroed();
        assert_eq!(libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage), 0);
        usage
    }
}

fn wait_usage_is_that_of_the_kernel() {
    const BYTES: usize = 48 << 20;
    let before = children_usage();
    let mut child = child(|| {
        let memory = vec![1u8; BYTES];
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(60) {
            std::hint::black_box(&memory);
        }
        3
    });
    let (status, usage) = child.wait_usage().unwrap();
    let after = children_usage();
    assert_eq!(status.code(), Some(3));

    let time = |time: libc::timeval| {
        Duration::from_secs(time.tv_sec as u64) + Duration::from_micros(time.tv_usec as u64)
    };
    let user = time(after.ru_utime) - time(before.ru_utime);
    let system = time(after.ru_stime) - time(before.ru_stime);
    // The kernel scales the sums anew each time: compare the whole, to within 2 ms.
    let (theirs, ours) = (user + system, usage.user_time + usage.system_time);
    assert!(
        theirs.abs_diff(ours) < Duration::from_millis(2),
        "{theirs:?} {ours:?}"
    );
    assert!(ours >= Duration::from_millis(10), "{ours:?}");
    assert!(usage.max_rss_bytes >= BYTES as u64, "{usage:?}");
    assert!(
        usage.max_rss_bytes <= after.ru_maxrss as u64 * 1024,
        "{usage:?}"
    );
    assert_eq!(
        usage.minor_faults,
        (after.ru_minflt - before.ru_minflt) as u64
    );
    assert_eq!(
        usage.major_faults,
        (after.ru_majflt - before.ru_majflt) as u64
    );
    assert_eq!(
        usage.voluntary_switches,
        (after.ru_nvcsw - before.ru_nvcsw) as u64
    );
    assert_eq!(
        usage.involuntary_switches,
        (after.ru_nivcsw - before.ru_nivcsw) as u64
    );
}

fn kill_after_the_end_is_ok() {
    let mut child = child(|| 0);
    peek(&child);
    child.kill().unwrap(); // a zombie
    assert!(child.wait().unwrap().success());
    child.kill().unwrap();
}

fn kill_after_another_wait_is_ok() {
    let mut child = child(|| 0);
    // SAFETY: a null status is allowed.
    unsafe { libc::waitpid(child.id() as i32, std::ptr::null_mut(), 0) };
    child.kill().unwrap();
}

fn signal_after_the_end_is_esrch() {
    let mut child = child(|| 0);
    child.wait().unwrap();
    assert_eq!(errno(child.signal(Signal::TERM)), libc::ESRCH);
    assert_eq!(errno(child.send_signal(Signal::TERM)), libc::ESRCH);
}

fn signal_stops_and_continues() {
    let mut child = sleeper();
    let pid = child.id().to_string();
    let becomes = |state: char| {
        let start = Instant::now();
        while !status_field(&pid, "State").starts_with(state) {
            assert!(start.elapsed() < Duration::from_secs(10));
        }
    };
    child.signal(Signal::STOP).unwrap();
    becomes('T');
    // A stop is no end.
    assert_eq!(child.wait_timeout(Duration::from_millis(5)).unwrap(), None);
    child.send_signal(Signal::CONT).unwrap();
    becomes('S');
    end(child);
}

fn into_pidfd_gives_the_descriptor() {
    let child = sleeper();
    let number = child.pidfd().as_raw_fd();
    let pidfd = child.into_pidfd();
    assert_eq!(pidfd.as_raw_fd(), number);
    pidfd.send_signal(Signal::KILL).unwrap();
    assert_eq!(pidfd.wait().unwrap().signal(), Some(libc::SIGKILL));
}

fn drop_detaches() {
    let child = sleeper();
    let pid = child.id();
    drop(child);
    assert!(status_field(&pid.to_string(), "State").starts_with(['S', 'R']));
    // SAFETY: a null status is allowed; the pid is that of our child.
    unsafe {
        libc::kill(pid as i32, libc::SIGKILL);
        assert_eq!(
            libc::waitpid(pid as i32, std::ptr::null_mut(), 0),
            pid as i32
        );
    }
}
