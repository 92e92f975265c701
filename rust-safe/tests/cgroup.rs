//! `Cgroup`, and birth in one.

mod common;

use common::cgroup::{Own, mount_point, with_cgroup};
use common::{Outcome, end, errno, kernel, no_child_left, pause, try_child};
use libclone3::{Cgroup, CloneArgs, CloneFlags};
use std::fs::{self, File};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::{Duration, Instant};

tests![
    a_child_is_born_in_the_cgroup,
    the_cgroup_stays_when_flags_are_replaced,
    kill_ends_the_whole_tree,
    kill_of_a_removed_cgroup_is_enodev,
    wait_empty_ends_when_the_time_is_over,
    wait_empty_ends_when_the_last_process_does,
    wait_empty_takes_any_duration,
    wait_empty_of_a_removed_cgroup_is_true,
    a_removed_cgroup_bears_no_child,
    the_root_is_refused,
    another_directory_is_refused,
    open_tells_why_not,
    descriptors_of_both_kinds_work,
];

fn in_cgroup(cgroup: &Cgroup) -> libclone3::Child {
    try_child(CloneArgs::new().cgroup(cgroup.as_fd()), pause).unwrap()
}

fn cgroup_of(pid: u32) -> String {
    let file = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
    file.lines()
        .find_map(|line| line.strip_prefix("0::"))
        .unwrap()
        .to_owned()
}

fn is_in(pid: u32, own: &Own) -> bool {
    cgroup_of(pid).ends_with(own.0.file_name().unwrap().to_str().unwrap())
}

fn a_child_is_born_in_the_cgroup() -> Outcome {
    with_cgroup(|own| {
        let child = in_cgroup(&own.open());
        assert!(is_in(child.id(), own) && !is_in(std::process::id(), own));
        assert!(own.events().contains("populated 1"));
        end(child);
    })
}

fn the_cgroup_stays_when_flags_are_replaced() -> Outcome {
    with_cgroup(|own| {
        let cgroup = own.open();
        let mut args = CloneArgs::new();
        args.cgroup(cgroup.as_fd()).flags(CloneFlags::CLEAR_SIGHAND);
        let child = try_child(&args, pause).unwrap();
        assert!(is_in(child.id(), own));
        end(child);
        args.flags(CloneFlags::INTO_CGROUP).check().unwrap();
    })
}

fn kill_ends_the_whole_tree() -> Outcome {
    if kernel() < (5, 14) {
        return Outcome::Skipped("cgroup.kill needs Linux 5.14".to_owned());
    }
    with_cgroup(|own| {
        let below = Own::new(&own.0, "below").unwrap();
        let cgroup = own.open();
        let mut children = [
            in_cgroup(&cgroup),
            in_cgroup(&cgroup),
            in_cgroup(&below.open()),
        ];
        cgroup.kill().unwrap();
        assert!(cgroup.wait_empty(Some(Duration::from_secs(10))).unwrap());
        assert!(own.events().contains("populated 0"));
        for child in &mut children {
            assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGKILL));
        }
        assert!(no_child_left());
    })
}

fn kill_of_a_removed_cgroup_is_enodev() -> Outcome {
    with_cgroup(|own| {
        let cgroup = own.open();
        own.remove();
        assert_eq!(errno(cgroup.kill()), libc::ENODEV);
    })
}

fn wait_empty_ends_when_the_time_is_over() -> Outcome {
    with_cgroup(|own| {
        let cgroup = own.open();
        let child = in_cgroup(&cgroup);
        let start = Instant::now();
        assert!(!cgroup.wait_empty(Some(Duration::from_millis(30))).unwrap());
        assert!(start.elapsed() >= Duration::from_millis(30));
        assert!(!cgroup.wait_empty(Some(Duration::ZERO)).unwrap());
        end(child);
        // It may count for a moment.
        assert!(cgroup.wait_empty(Some(Duration::from_secs(10))).unwrap());
    })
}

fn wait_empty_ends_when_the_last_process_does() -> Outcome {
    with_cgroup(|own| {
        let cgroup = own.open();
        let mut child = try_child(CloneArgs::new().cgroup(cgroup.as_fd()), || {
            std::thread::sleep(Duration::from_millis(30));
            0
        })
        .unwrap();
        assert!(cgroup.wait_empty(None).unwrap());
        // A zombie does not count.
        assert!(Path::new(&format!("/proc/{}", child.id())).exists());
        assert!(child.wait().unwrap().success());
    })
}

fn wait_empty_takes_any_duration() -> Outcome {
    with_cgroup(|own| {
        let cgroup = own.open();
        let mut child = try_child(CloneArgs::new().cgroup(cgroup.as_fd()), || {
            std::thread::sleep(Duration::from_millis(10));
            0
        })
        .unwrap();
        assert!(cgroup.wait_empty(Some(Duration::MAX)).unwrap());
        child.wait().unwrap();
    })
}

fn wait_empty_of_a_removed_cgroup_is_true() -> Outcome {
    with_cgroup(|own| {
        let cgroup = own.open();
        own.remove();
        assert!(cgroup.wait_empty(None).unwrap());
    })
}

fn a_removed_cgroup_bears_no_child() -> Outcome {
    with_cgroup(|own| {
        let cgroup = own.open();
        own.remove();
        let error = try_child(CloneArgs::new().cgroup(cgroup.as_fd()), pause).unwrap_err();
        let errno = error.raw_os_error().unwrap();
        assert!([libc::ENOENT, libc::ENODEV].contains(&errno), "{error}");
        assert!(no_child_left());
    })
}

fn the_root_is_refused() -> Outcome {
    let Some(root) = mount_point() else {
        return Outcome::Skipped("no cgroup v2 is mounted".to_owned());
    };
    if root.join("cgroup.type").exists() {
        return Outcome::Skipped("the mount is not of the root".to_owned());
    }
    let cgroup = Cgroup::open(root).unwrap();
    assert_eq!(errno(cgroup.kill()), libc::EOPNOTSUPP);
    assert_eq!(
        errno(cgroup.wait_empty(Some(Duration::ZERO))),
        libc::EOPNOTSUPP
    );
    Outcome::Passed
}

fn another_directory_is_refused() {
    let directory = Cgroup::open("/").unwrap();
    assert_eq!(errno(directory.kill()), libc::EBADF);
    assert_eq!(errno(directory.wait_empty(None)), libc::EBADF);
    assert_eq!(
        errno(try_child(CloneArgs::new().cgroup(directory.as_fd()), pause)),
        libc::EBADF
    );
    assert!(no_child_left());
}

fn open_tells_why_not() {
    assert_eq!(errno(Cgroup::open("/nonexistent")), libc::ENOENT);
    assert_eq!(errno(Cgroup::open("/dev/null")), libc::ENOTDIR);
    assert_eq!(errno(Cgroup::open("")), libc::ENOENT);
    let error = Cgroup::open("/nonexistent").unwrap_err().to_string();
    assert_eq!(
        error,
        "cannot open cgroup \"/nonexistent\": No such file or directory (os error 2)"
    );
}

fn descriptors_of_both_kinds_work() -> Outcome {
    with_cgroup(|own| {
        let readable = Cgroup::from(OwnedFd::from(File::open(&own.0).unwrap()));
        let copy = own.open().try_clone().unwrap();
        // SAFETY: takes integers only.
        let flags = unsafe { libc::fcntl(copy.as_fd().as_raw_fd(), libc::F_GETFD) };
        assert_eq!(flags, libc::FD_CLOEXEC);
        for cgroup in [readable, copy] {
            let child = in_cgroup(&cgroup);
            assert!(is_in(child.id(), own));
            end(child);
            assert!(cgroup.wait_empty(None).unwrap());
            let owned: OwnedFd = cgroup.into();
            assert!(Cgroup::from(owned).wait_empty(None).unwrap());
        }
    })
}
