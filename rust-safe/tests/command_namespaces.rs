//! The steps that make, join and furnish namespaces: their effect, and their errors.

mod common;

use common::{Outcome, Snapshot, as_root, no_child_left, sh, stdout, without};
use libclone3::{
    CapabilitySet, CloneArgs, CloneFlags, Command, Error, IdRange, Namespaces, PidFd, Stdio, Step,
    Support,
};
use std::fs::{self, File};
use std::io::Read;
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;

tests![
    each_kind_is_new,
    kinds_add_up,
    an_empty_set_is_refused,
    the_child_is_the_first_of_its_pid_namespace,
    a_chosen_pid_is_taken,
    a_pid_that_is_in_use_is_eexist,
    what_is_no_pid_is_refused,
    auto_reap_leaves_no_zombie,
    kill_on_close_ends_with_the_pidfd,
    newer_steps_can_be_optional,
    a_namespace_is_joined_by_its_descriptor,
    namespaces_are_joined_by_pidfd,
    a_joined_pid_namespace_has_our_child,
    what_cannot_be_joined_is_told_by_its_index,
    the_current_user_becomes_root,
    a_map_of_many_ranges_is_written,
    the_ids_are_those_of_the_namespace,
    groups_are_dropped_in_the_namespace,
    groups_stay_in_a_joined_namespace_that_denies_it,
    groups_stay_in_a_namespace_of_ours_that_denies_it,
    setgroups_is_denied,
    an_id_that_is_not_mapped_is_refused,
    a_map_that_is_not_allowed_is_told,
    clocks_are_shifted,
    private_mounts_and_a_fresh_proc,
    a_prepared_mount_is_attached,
    a_mount_that_is_none_is_told_by_its_index,
    the_root_is_exchanged,
    the_host_name_is_set,
    loopback_is_up,
    a_step_without_its_namespace_is_refused,
    a_container_in_one_call,
];

/// Runs a test in a new user namespace, where everyone may make the others; or says why not.
fn unless_forbidden(test: impl FnOnce() -> Result<(), Error>) -> Outcome {
    common::unless_forbidden("namespaces", test())
}

/// As root, or in a user namespace in which the caller is root.
fn in_namespaces(command: &mut Command, kinds: Namespaces) -> &mut Command {
    command.map_current_user_to_root().namespaces(kinds)
}

fn text(command: &mut Command) -> Result<String, Error> {
    let output = command.output()?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {stderr}", output.status);
    Ok(String::from_utf8(output.stdout).unwrap())
}

fn refused(command: &mut Command, step: Step, number: i32) -> Error {
    let before = Snapshot::take();
    let error = command.spawn().map(drop).unwrap_err();
    let seen = (error.step(), error.raw_os_error());
    assert_eq!(seen, (Some(step), Some(number)), "{error}");
    assert_eq!(before, Snapshot::take());
    assert!(no_child_left());
    error
}

fn program() -> Command {
    Command::new("true")
}

/// The identities of the caller's namespaces, or of a program's.
fn identities(of: Option<&mut Command>) -> Result<Vec<String>, Error> {
    const NAMES: [&str; 7] = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"];
    if let Some(command) = of {
        let paths = NAMES.map(|name| format!("/proc/self/ns/{name}"));
        return Ok(text(command.args(paths))?
            .lines()
            .map(str::to_owned)
            .collect());
    }
    let identity = |name| fs::read_link(format!("/proc/self/ns/{name}")).unwrap();
    let identities = NAMES.map(identity);
    Ok(identities
        .map(|path| path.to_str().unwrap().to_owned())
        .to_vec())
}

fn each_kind_is_new() -> Outcome {
    let kinds = [
        Namespaces::CGROUP,
        Namespaces::IPC,
        Namespaces::MOUNT,
        Namespaces::NET,
        Namespaces::PID,
        Namespaces::USER,
        Namespaces::UTS,
    ];
    unless_forbidden(|| {
        let ours = identities(None)?;
        for (n, kind) in kinds.into_iter().enumerate() {
            // /proc/self needs a /proc of the pid namespace.
            if kind == Namespaces::PID {
                continue;
            }
            let mut command = Command::new("readlink");
            command.namespaces(kind | Namespaces::USER);
            let theirs = identities(Some(&mut command))?;
            for (i, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
                let is_new = i == n || kinds[i] == Namespaces::USER;
                assert_eq!(ours != theirs, is_new, "{kind:?}: {ours} {theirs}");
            }
        }
        Ok(())
    })
}

fn kinds_add_up() -> Outcome {
    unless_forbidden(|| {
        let ours = identities(None)?;
        let mut command = Command::new("readlink");
        command
            .namespaces(Namespaces::UTS)
            .namespaces(Namespaces::USER);
        let theirs = identities(Some(command.namespaces(Namespaces::IPC)))?;
        let is_new: Vec<_> = ours.iter().zip(&theirs).map(|(a, b)| a != b).collect();
        assert_eq!(is_new, [false, true, false, false, false, true, true]);
        Ok(())
    })
}

fn an_empty_set_is_refused() {
    let mut command = program();
    refused(
        command.namespaces(Namespaces::empty()),
        Step::Namespaces,
        libc::EINVAL,
    );
}

fn the_child_is_the_first_of_its_pid_namespace() -> Outcome {
    unless_forbidden(|| {
        let mut command = sh("echo $$");
        command.namespaces(Namespaces::PID | Namespaces::USER);
        assert_eq!(text(&mut command)?, "1\n");
        let mut child = command.stdout(Stdio::null()).spawn()?;
        assert_ne!(child.id(), 1);
        assert!(child.wait()?.success());
        Ok(())
    })
}

/// A pid that nobody has, most likely.
fn free_pid() -> u32 {
    let used = |pid: &u32| fs::exists(format!("/proc/{pid}")).unwrap();
    (20_000..32_000).rev().find(|pid| !used(pid)).unwrap()
}

fn a_chosen_pid_is_taken() -> Outcome {
    as_root(|| {
        let pid = free_pid();
        let mut child = program().set_tid(&[pid]).spawn().unwrap();
        assert_eq!(child.id(), pid);
        child.wait().unwrap();
        // Inside first, then outside.
        let pid = free_pid();
        let mut command = sh("echo $$");
        command.namespaces(Namespaces::PID).set_tid(&[1, pid]);
        let child = command.stdout(Stdio::piped()).spawn().unwrap();
        assert_eq!(child.id(), pid);
        assert_eq!(child.wait_with_output().unwrap().stdout, b"1\n");
    })
}

fn a_pid_that_is_in_use_is_eexist() -> Outcome {
    as_root(|| {
        let me = std::process::id();
        let error = refused(program().set_tid(&[me]), Step::SetTid, libc::EEXIST);
        assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
    })
}

fn what_is_no_pid_is_refused() {
    refused(program().set_tid(&[]), Step::SetTid, libc::EINVAL);
    refused(program().set_tid(&[0]), Step::SetTid, libc::EINVAL);
    let error = refused(
        program().set_tid(&[5, u32::MAX]),
        Step::SetTid,
        libc::EINVAL,
    );
    assert_eq!(error.index(), Some(1));
    refused(program().set_tid(&[5; 33]), Step::SetTid, libc::EINVAL);
}

/// Does this kernel know the steps of Linux 7.1?
fn knows(step: Step) -> bool {
    Support::probe().unwrap().steps().contains(step)
}

/// Before Linux 7.1 the kernel does not know it, and the error says so.
fn needs_a_newer_kernel(command: &mut Command, step: Step) {
    let error = command.spawn().map(drop).unwrap_err();
    assert_eq!(error.step(), Some(step));
    assert!([Some(libc::EINVAL), Some(libc::ENOSYS)].contains(&error.raw_os_error()));
    assert!(no_child_left());
}

fn auto_reap_leaves_no_zombie() {
    let mut command = sh("exit 6");
    if !knows(Step::AutoReap) {
        return needs_a_newer_kernel(command.auto_reap(), Step::AutoReap);
    }
    let mut child = command.auto_reap().spawn().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(6));
    assert!(no_child_left());
}

fn kill_on_close_ends_with_the_pidfd() {
    let mut command = sh("exec sleep 60");
    if !knows(Step::KillOnClose) {
        return needs_a_newer_kernel(command.kill_on_close(), Step::KillOnClose);
    }
    let child = command.kill_on_close().spawn().unwrap();
    let observer = PidFd::open(child.id()).unwrap();
    drop(child);
    // The observer is no copy of the child's pidfd, whose file is another one.
    assert_eq!(observer.wait().unwrap().signal(), Some(libc::SIGKILL));
}

fn newer_steps_can_be_optional() {
    let mut command = program();
    command.auto_reap().optional(Step::AutoReap);
    let mut child = command.spawn().unwrap();
    assert_eq!(
        child.report().omitted.contains(Step::AutoReap),
        !knows(Step::AutoReap)
    );
    assert!(child.wait().unwrap().success());
}

/// A process in namespaces of its own, which ends when this is dropped.
fn apart(kinds: Namespaces) -> Result<libclone3::Child, Error> {
    let mut command = sh("echo; exec sleep 60");
    in_namespaces(&mut command, kinds).stdout(Stdio::piped());
    let mut child = command.kill_on_drop(true).spawn()?;
    // It runs.
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    Ok(child)
}

fn a_namespace_is_joined_by_its_descriptor() -> Outcome {
    unless_forbidden(|| {
        let other = apart(Namespaces::UTS | Namespaces::IPC)?;
        let mut command = Command::new("readlink");
        command
            .join_namespace(other.pidfd().namespace(Namespaces::USER)?, Namespaces::USER)
            .join_namespace(other.pidfd().namespace(Namespaces::UTS)?, Namespaces::UTS);
        let theirs = identities(Some(&mut command))?;
        let is_new: Vec<_> = identities(None)?
            .iter()
            .zip(&theirs)
            .map(|(a, b)| a != b)
            .collect();
        assert_eq!(is_new, [false, false, false, false, false, true, true]);
        let uts = fs::read_link(format!("/proc/{}/ns/uts", other.id())).unwrap();
        assert_eq!(theirs[6], uts.to_str().unwrap());
        Ok(())
    })
}

fn namespaces_are_joined_by_pidfd() -> Outcome {
    unless_forbidden(|| {
        let kinds = Namespaces::UTS | Namespaces::IPC | Namespaces::NET;
        let other = apart(kinds)?;
        let mut command = Command::new("readlink");
        command.join_namespace(other.pidfd().try_clone()?, kinds | Namespaces::USER);
        for _ in 0..2 {
            let mut theirs = identities(Some(&mut command))?;
            theirs.truncate(7);
            let ours = identities(None)?;
            let is_new: Vec<_> = ours.iter().zip(&theirs).map(|(a, b)| a != b).collect();
            assert_eq!(is_new, [false, true, false, true, false, true, true]);
        }
        Ok(())
    })
}

fn a_joined_pid_namespace_has_our_child() -> Outcome {
    unless_forbidden(|| {
        let other = apart(Namespaces::PID)?;
        let mut command = sh("echo $$; exit 4");
        command
            .join_namespace(
                other.pidfd().try_clone()?,
                Namespaces::USER | Namespaces::PID,
            )
            .stdout(Stdio::piped());
        let child = command.spawn()?;
        assert!(child.id() > 1);
        let output = child.wait_with_output()?;
        assert_eq!(output.status.code(), Some(4));
        let inside: u32 = String::from_utf8(output.stdout)
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        assert!((2..100).contains(&inside), "{inside}");
        // What would mean numbers of another process.
        command.set_tid(&[30_000]);
        assert_eq!(command.spawn().unwrap_err().step(), Some(Step::SetTid));
        Ok(())
    })
}

fn what_cannot_be_joined_is_told_by_its_index() -> Outcome {
    let me = || PidFd::current().unwrap();
    let mut command = program();
    command.join_namespace(me(), Namespaces::TIME);
    let error = refused(&mut command, Step::JoinNamespaces, libc::EINVAL);
    assert_eq!(error.index(), Some(0));
    assert!(error.to_string().contains("Namespaces(TIME)"), "{error}");
    let mut command = program();
    command.join_namespace(me(), Namespaces::empty());
    refused(&mut command, Step::JoinNamespaces, libc::EINVAL);
    unless_forbidden(|| {
        let other = apart(Namespaces::UTS)?;
        let null = File::open("/dev/null").unwrap();
        let mut command = program();
        command
            .join_namespace(
                other.pidfd().try_clone()?,
                Namespaces::USER | Namespaces::UTS,
            )
            .join_namespace(null, Namespaces::IPC);
        let error = command.spawn().unwrap_err();
        assert_eq!(error.step(), Some(Step::JoinNamespaces));
        assert_eq!(
            (error.index(), error.raw_os_error()),
            (Some(1), Some(libc::EINVAL))
        );
        Ok(())
    })
}

fn the_current_user_becomes_root() -> Outcome {
    unless_forbidden(|| {
        // SAFETY: no precondition.
        let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
        let mut command = sh("cat /proc/self/uid_map /proc/self/gid_map; id -u; id -g");
        let text = text(command.map_current_user_to_root())?;
        let words: Vec<_> = text.split_whitespace().collect();
        let (uid, gid) = (uid.to_string(), gid.to_string());
        assert_eq!(words, ["0", &uid, "1", "0", &gid, "1", "0", "0"]);
        // Its process is ours to wait for, and has all rights in there.
        let mut command = sh("exit 3");
        assert_eq!(command.map_current_user_to_root().status()?.code(), Some(3));
        Ok(())
    })
}

fn range(inside: u32, outside: u32, count: u32) -> IdRange {
    IdRange {
        inside,
        outside,
        count,
    }
}

fn a_map_of_many_ranges_is_written() -> Outcome {
    as_root(|| {
        let uids = [
            range(0, 100_000, 1000),
            range(5000, 0, 1),
            range(1000, 200_000, 64),
        ];
        let gids = [range(7, 300_000, 9), range(0, 400_000, 1)];
        let mut command = sh("cat /proc/self/uid_map; cat /proc/self/gid_map");
        command
            .namespaces(Namespaces::USER)
            .uid_map(&uids)
            .gid_map(&gids);
        for _ in 0..3 {
            let text = stdout(&mut command);
            let words: Vec<u32> = text
                .split_whitespace()
                .map(|n| n.parse().unwrap())
                .collect();
            let wanted = uids.iter().chain(&gids);
            let wanted: Vec<u32> = wanted
                .flat_map(|range| [range.inside, range.outside, range.count])
                .collect();
            assert_eq!(words, wanted);
        }
        let many: Vec<_> = (0..300).map(|n| range(n, 100_000 + 2 * n, 1)).collect();
        let mut command = sh("wc -l < /proc/self/uid_map");
        command.namespaces(Namespaces::USER).uid_map(&many);
        assert_eq!(stdout(&mut command), "300\n");
    })
}

fn the_ids_are_those_of_the_namespace() -> Outcome {
    as_root(|| {
        let map = [range(0, 100_000, 1000)];
        let mut command = sh("id -u; id -g; exec sleep 60");
        command
            .namespaces(Namespaces::USER)
            .uid_map(&map)
            .gid_map(&map)
            .uid(5)
            .gid(6);
        let mut child = command
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut text = [0; 4];
        child
            .stdout
            .as_mut()
            .unwrap()
            .read_exact(&mut text)
            .unwrap();
        assert_eq!(&text, b"5\n6\n");
        let process = child.id().to_string();
        let ids = common::status_field(&process, "Uid");
        assert!(ids.split_whitespace().all(|id| id == "100005"), "{ids}");
        let ids = common::status_field(&process, "Gid");
        assert!(ids.split_whitespace().all(|id| id == "100006"), "{ids}");
    })
}

fn groups_are_dropped_in_the_namespace() -> Outcome {
    as_root(|| {
        // SAFETY: the array has two elements.
        unsafe { libc::setgroups(2, [100_007, 100_008].as_ptr()) };
        let map = [range(0, 100_000, 1000)];
        let groups = |command: &mut Command| {
            command.namespaces(Namespaces::USER).uid_map(&map).uid(0);
            let text = stdout(command.arg("/proc/self/status"));
            let line = text.lines().find_map(|line| line.strip_prefix("Groups:"));
            line.unwrap()
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let dropped = groups(Command::new("cat").gid_map(&map));
        let kept = groups(Command::new("cat").gid_map(&map).deny_setgroups());
        let unmapped = groups(&mut Command::new("cat"));
        // SAFETY: no groups, no address.
        unsafe { libc::setgroups(0, std::ptr::null()) };
        assert!(dropped.is_empty(), "{dropped:?}");
        assert_eq!(kept, ["7", "8"]);
        assert_eq!(unmapped.len(), 2); // nobody may drop them
    })
}

fn groups_stay_in_a_joined_namespace_that_denies_it() -> Outcome {
    as_root(|| {
        let other = apart(Namespaces::UTS).unwrap(); // which denies setgroups
        let mut command = sh("id -u; grep Groups: /proc/self/status");
        command
            .join_namespace(other.pidfd().try_clone().unwrap(), Namespaces::USER)
            .uid(0);
        // SAFETY: the array has one element.
        unsafe { libc::setgroups(1, [7].as_ptr()) };
        let text = stdout(&mut command);
        let asked = command.groups(&[]).spawn().map(drop);
        // SAFETY: no groups, no address.
        unsafe { libc::setgroups(0, std::ptr::null()) };
        assert_eq!(
            text.split_whitespace().collect::<Vec<_>>(),
            ["0", "Groups:", "65534"]
        );
        // Those that are asked for are no matter of taste.
        let error = asked.unwrap_err();
        assert_eq!(
            (error.step(), error.raw_os_error()),
            (Some(Step::Groups), Some(libc::EPERM))
        );
    })
}

/// Runs `test` in a child that is root of a user namespace that denies setgroups, as in
/// `unshare -r`.
fn in_rootless(test: impl FnOnce() -> i32) -> Result<i32, Error> {
    // SAFETY: no precondition.
    let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
    let mut args = CloneArgs::new();
    let mut caller = common::try_child(args.flags(CloneFlags::NEWUSER), || {
        let write = |file: &str, text: String| fs::write(format!("/proc/self/{file}"), text);
        let maps = write("setgroups", "deny".to_owned())
            .and_then(|()| write("uid_map", format!("0 {uid} 1")))
            .and_then(|()| write("gid_map", format!("0 {gid} 1")));
        maps.map_or(100, |()| test())
    })?;
    Ok(caller.wait()?.code().unwrap_or(101))
}

fn groups_stay_in_a_namespace_of_ours_that_denies_it() -> Outcome {
    let is_root = common::is_root();
    let spawn = || {
        let root = [range(0, 0, 1)];
        let mut plain = program();
        let mut nested = program();
        nested.namespaces(Namespaces::USER);
        nested.uid_map(&root).gid_map(&root).uid(0).gid(0);
        for (n, command) in (1..).zip([plain.uid(0).gid(0), &mut nested]) {
            match command.status() {
                Ok(_) => {}
                // Without an exec since, the files in /proc of this caller are those of the first
                // root while it is guarded.
                Err(error) if error.step() == Some(Step::UidMap) && !is_root => {}
                Err(error) => {
                    eprintln!("{error}");
                    return n;
                }
            }
        }
        // Those that are asked for are no matter of taste.
        let asked = program().groups(&[]).uid(0).spawn().map(drop);
        let error = asked.unwrap_err();
        let seen = (error.step(), error.raw_os_error());
        i32::from(seen != (Some(Step::Groups), Some(libc::EPERM))) * 3
    };
    match in_rootless(spawn) {
        Ok(100) => Outcome::Skipped("a user namespace whose maps nobody may write".to_owned()),
        Ok(code) => {
            assert_eq!(code, 0);
            Outcome::Passed
        }
        Err(error) => Outcome::Skipped(error.to_string()),
    }
}

fn setgroups_is_denied() -> Outcome {
    unless_forbidden(|| {
        let mut command = Command::new("cat");
        command
            .arg("/proc/self/setgroups")
            .namespaces(Namespaces::USER);
        assert_eq!(text(&mut command)?, "allow\n");
        assert_eq!(text(command.deny_setgroups())?, "deny\n");
        Ok(())
    })
}

fn an_id_that_is_not_mapped_is_refused() -> Outcome {
    unless_forbidden(|| {
        let mut command = program();
        command.map_current_user_to_root().uid(1);
        let error = command.spawn().unwrap_err();
        if error.step() != Some(Step::Uid) {
            return Err(error);
        }
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
        assert!(
            error.to_string().contains("does not have that id"),
            "{error}"
        );
        assert!(no_child_left());
        Ok(())
    })
}

fn a_map_that_is_not_allowed_is_told() {
    // SAFETY: no precondition.
    let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
    let rights = CapabilitySet::SETUID | CapabilitySet::SETGID | CapabilitySet::SYS_ADMIN;
    without(rights, || {
        for (map, step) in [
            (vec![range(0, uid, 1), range(1, 100_000, 9)], Step::UidMap),
            (vec![range(0, uid + 1, 1)], Step::UidMap),
        ] {
            let mut command = program();
            let error = command
                .namespaces(Namespaces::USER)
                .uid_map(&map)
                .spawn()
                .unwrap_err();
            // Or there is no right to make a user namespace at all.
            assert!(
                [Some(step), Some(Step::Namespaces)].contains(&error.step()),
                "{error}"
            );
            assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
        }
        let mut command = program();
        command
            .namespaces(Namespaces::USER)
            .gid_map(&[range(0, gid, 1)]);
        let error = command.spawn().unwrap_err();
        assert!(
            [Some(Step::GidMap), Some(Step::Namespaces)].contains(&error.step()),
            "{error}"
        );
        if error.step() == Some(Step::GidMap) {
            assert!(
                error.to_string().contains("needs deny_setgroups"),
                "{error}"
            );
        }
    });
}

fn clocks_are_shifted() -> Outcome {
    if !Support::probe()
        .unwrap()
        .flags()
        .contains(libclone3::CloneFlags::NEWTIME)
    {
        return Outcome::Skipped("no time namespaces in clone3 here".to_owned());
    }
    unless_forbidden(|| {
        let hour = 3_600_000_000_000;
        let mut command = sh("cat /proc/self/timens_offsets /proc/uptime");
        in_namespaces(&mut command, Namespaces::TIME).time_offsets(-1_500_000_000, 5 * hour);
        let text = text(&mut command)?;
        let words: Vec<_> = text.split_whitespace().collect();
        let wanted = ["monotonic", "-2", "500000000", "boottime", "18000", "0"];
        assert_eq!(words[..6], wanted);
        let uptime = fs::read_to_string("/proc/uptime").unwrap();
        let seconds = |text: &str| text.split('.').next().unwrap().parse::<u64>().unwrap();
        let shift = seconds(words[6]) - seconds(&uptime);
        // The caller's is read later, on a loaded machine by seconds.
        assert!((17_940..=18_002).contains(&shift), "{shift}");
        // A clock cannot be negative.
        let mut command = program();
        in_namespaces(&mut command, Namespaces::TIME).time_offsets(i64::MIN, 0);
        let error = command.spawn().unwrap_err();
        assert_eq!(error.step(), Some(Step::TimeOffsets));
        assert_eq!(error.raw_os_error(), Some(libc::ERANGE));
        Ok(())
    })
}

fn private_mounts_and_a_fresh_proc() -> Outcome {
    unless_forbidden(|| {
        let mut command = sh("echo $$ /proc/[0-9]*; cat /proc/self/mountinfo");
        let command = in_namespaces(&mut command, Namespaces::MOUNT | Namespaces::PID);
        let text = text(command.private_mounts().mount_proc())?;
        let mut lines = text.lines();
        assert!(lines.next().unwrap().starts_with("1 /proc/1"), "{text}");
        let mounts: Vec<_> = lines.collect();
        assert!(
            mounts.iter().all(|line| !line.contains("shared:")),
            "{text}"
        );
        let proc = mounts
            .iter()
            .rfind(|line| line.contains(" /proc "))
            .unwrap();
        assert!(proc.contains("nosuid,nodev,noexec"), "{proc}");
        // Ours is not covered.
        assert!(fs::exists(format!("/proc/{}", std::process::id())).unwrap());
        Ok(())
    })
}

/// A directory that is removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Directory {
        let path = std::env::temp_dir().join(format!("libclone3-ns-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Directory(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A copy of the tree at a directory, not attached anywhere.
fn detached(path: &str) -> OwnedFd {
    const OPEN_TREE_CLONE: i32 = 1;
    let path = std::ffi::CString::new(path).unwrap();
    let flags = OPEN_TREE_CLONE | libc::O_CLOEXEC;
    // SAFETY: the string lives; the descriptor that comes back is ours.
    unsafe {
        let fd = libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), flags);
        assert!(fd >= 0, "{}", std::io::Error::last_os_error());
        OwnedFd::from_raw_fd(fd as i32)
    }
}

fn a_prepared_mount_is_attached() -> Outcome {
    as_root(|| {
        let directory = Directory::new();
        let mut command = Command::new("ls");
        command
            .arg(&directory.0)
            .namespaces(Namespaces::MOUNT)
            .private_mounts();
        command.mount(detached("/usr"), &directory.0);
        let text = stdout(&mut command);
        assert!(text.lines().any(|line| line == "bin"), "{text}");
        assert_eq!(fs::read_dir(&directory.0).unwrap().count(), 0);
    })
}

fn a_mount_that_is_none_is_told_by_its_index() -> Outcome {
    as_root(|| {
        let directory = Directory::new();
        let mut command = program();
        command.namespaces(Namespaces::MOUNT).private_mounts();
        command.mount(detached("/usr"), &directory.0);
        command.mount(File::open("/dev/null").unwrap(), "/mnt");
        let error = refused(&mut command, Step::Mounts, libc::EINVAL);
        assert_eq!(error.index(), Some(1));
        assert!(error.to_string().contains("(/mnt)"), "{error}");
        let mut command = program();
        command.namespaces(Namespaces::MOUNT).private_mounts();
        command.mount(detached("/usr"), "/nonexistent");
        refused(&mut command, Step::Mounts, libc::ENOENT);
    })
}

fn the_root_is_exchanged() -> Outcome {
    as_root(|| {
        let directory = Directory::new();
        let mut command = sh("pwd; cut -d ' ' -f 5 /proc/self/mountinfo");
        command
            .namespaces(Namespaces::MOUNT | Namespaces::PID)
            .private_mounts()
            .mount(detached("/"), &directory.0)
            .pivot_root(&directory.0)
            .mount_proc();
        // Of the old root nothing is left.
        assert_eq!(stdout(&mut command), "/\n/\n/proc\n");
        // What lies in the old root's mount cannot become the root.
        let mut command = program();
        command
            .namespaces(Namespaces::MOUNT)
            .private_mounts()
            .pivot_root("/usr/bin");
        let error = refused(&mut command, Step::PivotRoot, libc::EBUSY);
        assert!(error.to_string().contains("(/usr/bin)"), "{error}");
        let mut command = program();
        command
            .namespaces(Namespaces::MOUNT)
            .pivot_root("/usr")
            .root_dir("/");
        let error = refused(&mut command, Step::PivotRoot, libc::EINVAL);
        assert!(
            error.to_string().contains("excludes another root"),
            "{error}"
        );
    })
}

fn host_name() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname").unwrap()
}

fn the_host_name_is_set() -> Outcome {
    let before = host_name();
    let outcome = unless_forbidden(|| {
        let mut command = Command::new("uname");
        in_namespaces(command.arg("-n"), Namespaces::UTS).hostname("inner");
        assert_eq!(text(&mut command)?, "inner\n");
        Ok(())
    });
    assert_eq!(host_name(), before);
    let mut command = program();
    command.namespaces(Namespaces::UTS).hostname("x".repeat(65));
    refused(&mut command, Step::Hostname, libc::EINVAL);
    outcome
}

fn loopback_is_up() -> Outcome {
    unless_forbidden(|| {
        let mut command = Command::new("cat");
        in_namespaces(command.arg("/proc/net/fib_trie"), Namespaces::NET);
        assert!(!text(&mut command)?.contains("127.0.0.1"));
        assert!(text(command.loopback_up())?.contains("127.0.0.1"));
        Ok(())
    })
}

fn a_step_without_its_namespace_is_refused() {
    let before = host_name();
    let map = [range(0, 0, 1)];
    let refused = |command: &mut Command, step| {
        let error = refused(command, step, libc::EINVAL);
        assert!(error.to_string().contains(": needs "), "{error}");
    };
    refused(program().hostname("x"), Step::Hostname);
    refused(program().loopback_up(), Step::Loopback);
    refused(program().uid_map(&map), Step::UidMap);
    refused(program().gid_map(&map), Step::GidMap);
    refused(program().deny_setgroups(), Step::DenySetgroups);
    refused(program().time_offsets(0, 0), Step::TimeOffsets);
    refused(program().private_mounts(), Step::PrivateMounts);
    refused(program().pivot_root("/"), Step::PivotRoot);
    refused(
        program().mount(File::open("/").unwrap(), "/mnt"),
        Step::Mounts,
    );
    refused(program().mount_proc(), Step::ProcMount);
    // All but the private mounts, on which the caller's tree depends.
    let both = Namespaces::MOUNT | Namespaces::PID;
    refused(program().namespaces(both).mount_proc(), Step::ProcMount);
    // Other namespaces are not what it needs.
    let others = Namespaces::all() - Namespaces::UTS - Namespaces::EMPTY_MOUNT;
    refused(program().namespaces(others).hostname("x"), Step::Hostname);
    assert_eq!(host_name(), before);
}

fn a_container_in_one_call() -> Outcome {
    unless_forbidden(|| {
        let mut command =
            sh("hostname 2>/dev/null || uname -n; id -u; echo $$; readlink /proc/self");
        let kinds = Namespaces::all() - Namespaces::EMPTY_MOUNT - Namespaces::TIME;
        in_namespaces(&mut command, kinds)
            .private_mounts()
            .mount_proc()
            .hostname("box")
            .loopback_up()
            .session()
            .close_other_fds()
            .no_new_privs()
            .uid(0)
            .gid(0)
            .current_dir("/");
        let text = text(&mut command)?;
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[..3], ["box", "0", "1"]);
        assert!(lines[3].parse::<u32>().unwrap() < 20, "{text}");
        Ok(())
    })
}
