//! `PidFd` against `/proc` and waitid.

mod common;

use common::{Outcome, Snapshot, child, end, errno, kernel, sleeper, status_field};
use libclone3::{Child, Namespaces, PidFd, Signal};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::mem::zeroed;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, IntoRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

tests![
    open_refers_to_the_process,
    open_refuses_what_is_no_process,
    open_thread_ends_with_the_thread,
    current_is_this_process,
    try_clone_refers_to_the_same_process,
    conversions_keep_the_number,
    it_is_readable_after_the_end,
    info_agrees_with_proc,
    info_after_the_wait_has_the_status,
    info_tells_of_a_core_dump,
    send_signal_reaches_the_process,
    wait_twice_gives_the_status_again,
    wait_of_another_process_is_echild,
    waits_agree_on_the_status,
    wait_timeout_takes_any_duration,
    a_non_blocking_pidfd_waits_all_the_same,
    get_fd_shares_the_open_file,
    get_fd_errors,
    every_method_refuses_another_descriptor,
];

fn pid_of(pidfd: &PidFd) -> String {
    let path = format!("/proc/self/fdinfo/{}", pidfd.as_raw_fd());
    let info = fs::read_to_string(path).unwrap();
    info.lines()
        .find_map(|line| line.strip_prefix("Pid:\t"))
        .unwrap()
        .to_owned()
}

fn open_refers_to_the_process() {
    let child = sleeper();
    let pidfd = PidFd::open(child.id()).unwrap();
    assert_eq!(pid_of(&pidfd), child.id().to_string());
    end(child);
    assert_eq!(pid_of(&pidfd), "-1");
}

fn open_refuses_what_is_no_process() {
    for pid in [0, u32::MAX, i32::MAX as u32 + 1, u32::MAX - 9999] {
        let error = PidFd::open(pid).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL), "{pid}");
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        assert_eq!(errno(PidFd::open_thread(pid)), libc::EINVAL, "{pid}");
    }
    assert_eq!(errno(PidFd::open(i32::MAX as u32)), libc::ESRCH);
    let mut ended = child(|| 0);
    ended.wait().unwrap();
    assert_eq!(errno(PidFd::open(ended.id())), libc::ESRCH);
}

fn readable(pidfd: &PidFd, limit: Duration) -> bool {
    let mut poll = libc::pollfd {
        fd: pidfd.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one valid element.
    let count = unsafe { libc::poll(&mut poll, 1, limit.as_millis() as i32) };
    count == 1 && poll.revents & libc::POLLIN != 0
}

fn open_thread_ends_with_the_thread() -> Outcome {
    let (send_tid, tid) = std::sync::mpsc::channel();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        // SAFETY: no precondition.
        send_tid.send(unsafe { libc::gettid() } as u32).unwrap();
        let _ = stopped.recv();
    });
    let tid = tid.recv().unwrap();
    let result = PidFd::open_thread(tid);
    let alive = result
        .as_ref()
        .is_ok_and(|pidfd| !readable(pidfd, Duration::ZERO));
    let process = PidFd::open(tid);
    drop(stop);
    thread.join().unwrap();
    if kernel() < (6, 9) {
        assert_eq!(errno(result), libc::EINVAL);
        return Outcome::Skipped(format!("kernel {:?} has no pidfd of threads", kernel()));
    }
    let pidfd = result.unwrap();
    assert!(alive && readable(&pidfd, Duration::from_secs(10)));
    // EINVAL before: seen on 6.12
    assert!([libc::ENOENT, libc::EINVAL].contains(&errno(process)));
    Outcome::Passed
}

fn current_is_this_process() {
    assert_eq!(
        pid_of(&PidFd::current().unwrap()),
        std::process::id().to_string()
    );
}

fn try_clone_refers_to_the_same_process() {
    let child = sleeper();
    let copy = child.pidfd().try_clone().unwrap();
    assert_ne!(copy.as_raw_fd(), child.pidfd().as_raw_fd());
    assert_eq!(pid_of(&copy), child.id().to_string());
    // SAFETY: takes integers only.
    let flags = unsafe { libc::fcntl(copy.as_raw_fd(), libc::F_GETFD) };
    assert_eq!(flags, libc::FD_CLOEXEC);
    end(child);
}

fn conversions_keep_the_number() {
    let pidfd = PidFd::current().unwrap();
    let number = pidfd.as_raw_fd();
    assert_eq!(pidfd.as_fd().as_raw_fd(), number);
    let owned = OwnedFd::from(pidfd);
    assert_eq!(owned.as_raw_fd(), number);
    let raw = PidFd::from(owned).into_raw_fd();
    assert_eq!(raw, number);
    // SAFETY: the number is that of a descriptor that nobody owns now.
    drop(unsafe { OwnedFd::from_raw_fd(raw) });
}

fn it_is_readable_after_the_end() {
    let child = sleeper();
    assert!(!readable(child.pidfd(), Duration::ZERO));
    child.signal(Signal::KILL).unwrap();
    assert!(readable(child.pidfd(), Duration::from_secs(10)));
    end(child);
}

fn needs_6_13() -> Option<Outcome> {
    let old = kernel() < (6, 13);
    old.then(|| Outcome::Skipped(format!("kernel {:?} has no PIDFD_GET_INFO", kernel())))
}

fn info_agrees_with_proc() -> Outcome {
    let child = sleeper();
    let info = child.pidfd().info();
    let pid = child.id().to_string();
    let (uids, gids) = (status_field(&pid, "Uid"), status_field(&pid, "Gid"));
    let cgroup = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
    end(child);
    if let Some(skip) = needs_6_13() {
        assert_eq!(errno(info), libc::ENOSYS);
        return skip;
    }
    let info = info.unwrap();
    assert_eq!(
        (info.pid, info.tgid),
        (pid.parse().unwrap(), pid.parse().unwrap())
    );
    assert_eq!(info.ppid, std::process::id());
    let ids = |field: &str| {
        field
            .split_whitespace()
            .map(|id| id.parse().unwrap())
            .collect()
    };
    let (uids, gids): (Vec<u32>, Vec<u32>) = (ids(&uids), ids(&gids));
    assert_eq!([info.ruid, info.euid, info.suid, info.fsuid], uids[..]);
    assert_eq!([info.rgid, info.egid, info.sgid, info.fsgid], gids[..]);
    assert_eq!(info.exit_status, None);
    if let Some((directory, group)) = common_cgroup(&cgroup) {
        use std::os::unix::fs::MetadataExt;
        let inode = fs::metadata(format!("{directory}{group}")).unwrap().ino();
        assert_eq!(info.cgroup_id, Some(inode));
    }
    Outcome::Passed
}

/// Where cgroup v2 is mounted, and the path below it that `/proc/PID/cgroup` names.
fn common_cgroup(file: &str) -> Option<(String, &str)> {
    let group = file.lines().find_map(|line| line.strip_prefix("0::"))?;
    let mounts = fs::read_to_string("/proc/mounts").unwrap();
    let directory = mounts.lines().find_map(|line| {
        let mut fields = line.split(' ');
        let (_, directory, kind) = (fields.next()?, fields.next()?, fields.next()?);
        (kind == "cgroup2").then(|| directory.to_owned())
    })?;
    Some((directory, group))
}

fn info_after_the_wait_has_the_status() -> Outcome {
    let mut child = child(|| 21);
    while !readable(child.pidfd(), Duration::from_secs(1)) {}
    let zombie = child.pidfd().info();
    let status = child.wait().unwrap();
    let reaped = child.pidfd().info();
    if kernel() < (6, 15) {
        return Outcome::Skipped(format!("kernel {:?} keeps no status", kernel()));
    }
    let (zombie, reaped) = (zombie.unwrap(), reaped.unwrap());
    assert_eq!((zombie.pid, zombie.exit_status), (child.id(), None));
    assert_eq!((reaped.pid, reaped.exit_status), (0, Some(status)));
    assert_eq!((reaped.ruid, reaped.fsgid), (u32::MAX, u32::MAX));
    assert_eq!(reaped.cgroup_id, zombie.cgroup_id);
    Outcome::Passed
}

fn info_tells_of_a_core_dump() -> Outcome {
    let child = child(|| {
        let none = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: `none` is valid.
        unsafe { libc::setrlimit(libc::RLIMIT_CORE, &none) };
        common::abort()
    });
    while !readable(child.pidfd(), Duration::from_secs(1)) {}
    let info = child.pidfd().info();
    end(child);
    if kernel() < (6, 16) {
        return Outcome::Skipped(format!("kernel {:?} tells nothing of core dumps", kernel()));
    }
    let core = info.unwrap().coredump.expect("an aborted process has one");
    assert!(
        !core.dumped || core.signal.is_none_or(|signal| signal == Signal::ABRT),
        "{core:?}"
    );
    // A process that lives did not dump.
    let core = PidFd::current().unwrap().info().unwrap().coredump;
    assert!(core.is_none_or(|core| !core.dumped));
    Outcome::Passed
}

fn send_signal_reaches_the_process() {
    let mut child = sleeper();
    child.pidfd().send_signal(Signal::USR2).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGUSR2));
    assert_eq!(errno(child.pidfd().send_signal(Signal::USR2)), libc::ESRCH);
}

fn wait_twice_gives_the_status_again() {
    let pidfd = child(|| 17).into_pidfd();
    assert_eq!(pidfd.wait().unwrap().code(), Some(17));
    assert!(common::no_child_left());
    if kernel() >= (6, 15) {
        let (status, usage) = pidfd.wait_usage().unwrap();
        assert_eq!(status.code(), Some(17));
        assert_eq!(usage, Default::default()); // gone with the zombie
        assert_eq!(pidfd.try_wait().unwrap(), Some(status));
        assert_eq!(pidfd.wait_timeout(Duration::ZERO).unwrap(), Some(status));
    } else {
        assert_eq!(errno(pidfd.wait()), libc::ECHILD);
        assert_eq!(errno(pidfd.try_wait()), libc::ECHILD);
        assert_eq!(
            errno(pidfd.wait_timeout(Duration::from_secs(1))),
            libc::ECHILD
        );
    }
}

fn wait_of_another_process_is_echild() {
    let parent = PidFd::open(std::os::unix::process::parent_id());
    for pidfd in [PidFd::current().unwrap(), parent.unwrap()] {
        assert_eq!(errno(pidfd.wait()), libc::ECHILD);
        assert_eq!(errno(pidfd.try_wait()), libc::ECHILD);
        assert_eq!(errno(pidfd.wait_usage()), libc::ECHILD);
        assert_eq!(
            errno(pidfd.wait_timeout(Duration::from_secs(9))),
            libc::ECHILD
        );
    }
}

/// The status as waitid has it, without reaping.
fn peek(child: &Child) -> (i32, i32) {
    // SAFETY: all zero is a valid siginfo_t, and the pointer is valid; waitid filled it.
    unsafe {
        let mut info: libc::siginfo_t = zeroed();
        let options = libc::WEXITED | libc::WNOWAIT;
        assert_eq!(libc::waitid(libc::P_PID, child.id(), &mut info, options), 0);
        (info.si_code, info.si_status())
    }
}

fn waits_agree_on_the_status() {
    let make: [fn() -> Child; 2] = [
        || child(|| 77),
        || {
            let child = sleeper();
            child.signal(Signal::KILL).unwrap();
            child
        },
    ];
    let ways: [fn(&PidFd) -> std::process::ExitStatus; 4] = [
        |pidfd| pidfd.wait().unwrap(),
        |pidfd| pidfd.try_wait().unwrap().unwrap(),
        |pidfd| pidfd.wait_timeout(Duration::ZERO).unwrap().unwrap(),
        |pidfd| pidfd.wait_usage().unwrap().0,
    ];
    for make in make {
        for way in ways {
            let child = make();
            let (code, value) = peek(&child);
            let status = way(child.pidfd());
            match code {
                libc::CLD_EXITED => assert_eq!(status.code(), Some(value)),
                _ => assert_eq!(status.signal(), Some(value)),
            }
        }
    }
}

fn wait_timeout_takes_any_duration() {
    let pidfd = child(|| 0).into_pidfd();
    assert!(
        pidfd
            .wait_timeout(Duration::MAX)
            .unwrap()
            .unwrap()
            .success()
    );
}

fn a_non_blocking_pidfd_waits_all_the_same() -> Outcome {
    let child = child(|| {
        std::thread::sleep(Duration::from_millis(30));
        8
    });
    // SAFETY: takes integers only, and the descriptor is ours.
    let pidfd = unsafe {
        let fd = libc::syscall(libc::SYS_pidfd_open, child.id(), libc::PIDFD_NONBLOCK);
        if fd < 0 {
            end(child);
            return Outcome::Skipped(format!("kernel {:?} has no PIDFD_NONBLOCK", kernel()));
        }
        PidFd::from(OwnedFd::from_raw_fd(fd as i32))
    };
    assert_eq!(pidfd.try_wait().unwrap(), None);
    let start = Instant::now();
    assert_eq!(pidfd.wait_timeout(Duration::from_millis(2)).unwrap(), None);
    assert!(start.elapsed() >= Duration::from_millis(2));
    assert_eq!(pidfd.wait().unwrap().code(), Some(8));
    Outcome::Passed
}

fn get_fd_shares_the_open_file() -> Outcome {
    let (reader, mut writer) = UnixStream::pair().unwrap();
    let target = reader.as_raw_fd();
    let child = sleeper();
    drop(reader);
    let copy = child.pidfd().get_fd(target);
    end(child);
    let copy = match copy {
        Ok(copy) => copy,
        Err(error) => return common::unless_forbidden("pidfd_getfd", Err(error)),
    };
    // SAFETY: takes integers only.
    let flags = unsafe { libc::fcntl(copy.as_raw_fd(), libc::F_GETFD) };
    assert_eq!(flags, libc::FD_CLOEXEC);
    writer.write_all(b"through the child").unwrap();
    drop(writer);
    let mut text = String::new();
    File::from(copy).read_to_string(&mut text).unwrap();
    assert_eq!(text, "through the child");
    Outcome::Passed
}

fn get_fd_errors() {
    let mut child = sleeper();
    let before = Snapshot::take();
    for target in [-1, 9999, i32::MIN, i32::MAX] {
        let errno = errno(child.pidfd().get_fd(target));
        assert!(
            [libc::EBADF, libc::EPERM].contains(&errno),
            "{target}: {errno}"
        );
    }
    assert_eq!(before, Snapshot::take());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(errno(child.pidfd().get_fd(0)), libc::ESRCH);
}

fn every_method_refuses_another_descriptor() {
    let file = PidFd::from(OwnedFd::from(File::open("/dev/null").unwrap()));
    assert_eq!(errno(file.info()), libc::EBADF);
    assert_eq!(errno(file.send_signal(Signal::TERM)), libc::EBADF);
    assert_eq!(errno(file.wait()), libc::EBADF);
    assert_eq!(errno(file.try_wait()), libc::EBADF);
    assert_eq!(
        errno(file.wait_timeout(Duration::from_secs(1))),
        libc::EBADF
    );
    assert_eq!(errno(file.wait_usage()), libc::EBADF);
    assert_eq!(errno(file.get_fd(0)), libc::EBADF);
    assert_eq!(errno(file.namespace(Namespaces::UTS)), libc::EBADF);
    assert_eq!(errno(file.set_namespaces(Namespaces::UTS)), libc::EBADF);
    file.try_clone().unwrap();
}
