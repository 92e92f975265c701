//! Each step's effect in the program, as the kernel tells it. Those in new namespaces are
//! elsewhere.

mod common;

use common::cgroup::{Own, with_cgroup};
use common::{
    Outcome, as_root, child, filter, filter_first_argument, filtered, kernel, no_child_left, sh,
    stdout, without,
};
use libclone3::{
    Capabilities, CapabilitySet, Command, CpuSet, IoPriority, Resource, Scheduler, Signal,
    SignalSet, Stdio, Step, Support,
};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

tests![
    every_step_has_a_name,
    the_probe_tells_the_steps,
    the_report_is_empty_if_nothing_happened,
    a_program_is_born_in_the_cgroup,
    a_killed_cgroup_is_told,
    signals_are_ignored_and_at_default,
    the_mask_is_that_which_was_set,
    a_session_of_its_own,
    a_process_group_that_exists_is_joined,
    a_terminal_is_controlling_and_in_the_foreground,
    the_oom_score_is_set,
    the_root_is_changed,
    the_umask_is_set,
    the_personality_is_set,
    the_child_is_a_subreaper,
    the_timer_slack_is_set,
    the_session_keyring_is_new,
    the_nice_value_is_absolute,
    the_scheduler_is_set,
    a_real_time_scheduler_is_set,
    the_affinity_is_set,
    the_io_priority_is_set,
    descriptors_arrive_at_their_numbers,
    descriptors_can_be_swapped,
    a_kept_descriptor_has_its_number,
    other_descriptors_are_closed,
    limits_are_set,
    capabilities_are_exactly_those,
    ambient_capabilities_survive_a_change_of_user,
    one_set_of_capabilities_can_be_changed_alone,
    all_but_one_are_those_of_the_caller_but_one,
    a_capability_that_the_caller_lacks_is_told,
    current_capabilities_are_the_kernels,
    capabilities_that_a_filter_hides_are_an_error,
    ids_and_groups_are_set,
    groups_stay_where_they_cannot_be_dropped,
    groups_are_dropped_though_nothing_tells_that_they_may_be,
    the_directory_is_that_of_the_descriptor,
    the_parents_death_is_told,
    no_new_privileges,
    landlock_restricts,
    landlock_needs_no_new_privs,
    seccomp_restricts,
    seccomp_needs_no_new_privs,
    a_filter_that_refuses_exec_is_told,
    a_filter_that_lies_is_survived,
    a_filter_that_kills_is_told,
    a_program_by_descriptor,
    a_script_by_descriptor,
    an_optional_step_that_fails_is_reported,
    kill_on_drop_kills_and_reaps,
    kill_on_drop_leaves_alone_what_was_waited_for,
    kill_on_drop_does_not_wait_for_what_it_may_not_kill,
    into_pidfd_disarms_kill_on_drop,
    kill_on_drop_is_the_creators_alone,
    many_steps_at_once,
];

/// A field of the `/proc/self/status` of a program.
fn status(command: &mut Command, name: &str) -> String {
    let text = stdout(command);
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("no {name}"))
        .trim()
        .to_owned()
}

fn cat(file: &str) -> Command {
    let mut command = Command::new("/bin/cat");
    command.arg(file);
    command
}

fn cat_status() -> Command {
    cat("/proc/self/status")
}

/// A field of `/proc/PID/stat`, counted from 1 as in proc(5), but not the first two.
fn stat_field(stat: &str, number: usize) -> i64 {
    let rest = &stat[stat.rfind(')').unwrap() + 2..];
    let field = rest.split_whitespace().nth(number - 3);
    field.unwrap().parse().unwrap()
}

fn set(signals: &[Signal]) -> SignalSet {
    signals.iter().copied().collect()
}

fn bits(signals: &[Signal]) -> u64 {
    let bit = |signal: &Signal| 1 << (signal.as_raw() - 1);
    signals.iter().map(bit).sum()
}

fn hex(text: &str) -> u64 {
    u64::from_str_radix(text, 16).unwrap()
}

fn has(capability: CapabilitySet) -> bool {
    let capabilities = Capabilities::current().unwrap();
    capabilities.effective.contains(capability)
}

fn every_step_has_a_name() {
    let some = [
        (Step::Namespaces, "namespaces"),
        (Step::ControllingTty, "controlling_tty"),
        (Step::ProcMount, "proc_mount"),
        (Step::Fds, "fds"),
        (Step::ExecFd, "exec_fd"),
        (Step::Check, "check"),
        (Step::Clone, "clone"),
        (Step::Exec, "exec"),
    ];
    for (step, name) in some {
        assert_eq!(step.to_string(), name);
        assert_eq!(format!("{step:>20}").len(), 20);
    }
}

fn the_probe_tells_the_steps() {
    let steps = Support::probe().unwrap().steps();
    let always = [
        Step::Umask,
        Step::Fds,
        Step::Rlimits,
        Step::Uid,
        Step::NoNewPrivs,
    ];
    for step in always {
        assert!(steps.contains(step), "{step}");
    }
    for step in [Step::Check, Step::Clone, Step::Exec] {
        assert!(!steps.contains(step), "{step}");
    }
    let names: Vec<_> = steps.iter().map(|step| step.to_string()).collect();
    assert!(names.contains(&"umask".to_owned()) && !names.iter().any(String::is_empty));
    assert!(format!("{steps:?}").contains("Umask"));
}

fn the_report_is_empty_if_nothing_happened() {
    let mut child = Command::new("true").spawn().unwrap();
    assert!(child.report().emulated.is_empty() && child.report().omitted.is_empty());
    child.wait().unwrap();
}

fn a_program_is_born_in_the_cgroup() -> Outcome {
    with_cgroup(|own| {
        let mut command = cat("/proc/self/cgroup");
        let text = stdout(command.cgroup(own.open()));
        let name = format!("/{}", own.0.file_name().unwrap().to_str().unwrap());
        assert!(text.lines().any(|line| line.ends_with(&name)), "{text}");
    })
}

fn a_killed_cgroup_is_told() -> Outcome {
    fn test(own: &Own) {
        own.open().kill().unwrap();
        match Command::new("true").cgroup(own.open()).spawn() {
            Ok(mut child) => assert!(child.wait().unwrap().success()),
            Err(error) => {
                assert_eq!(error.step(), Some(Step::Cgroup));
                assert_eq!(error.raw_os_error(), Some(libc::ECANCELED));
                assert!(error.to_string().contains("killed once"), "{error}");
            }
        }
        assert!(no_child_left());
    }
    if kernel() < (5, 14) {
        return Outcome::Skipped("cgroup.kill needs Linux 5.14".to_owned());
    }
    with_cgroup(test)
}

fn signals_are_ignored_and_at_default() {
    let before = hex(&status(&mut cat_status(), "SigIgn"));
    let added = [Signal::HUP, Signal::INT, Signal::realtime(3).unwrap()];
    let ignored = status(cat_status().ignore_signals(set(&added)), "SigIgn");
    assert_eq!(hex(&ignored), before | bits(&added));
    // SIGPIPE, too, if that is asked for.
    let ignored = status(cat_status().ignore_signals(Signal::PIPE.into()), "SigIgn");
    assert_eq!(hex(&ignored), before | bits(&[Signal::PIPE]));

    // SAFETY: the disposition is put back.
    unsafe { libc::signal(libc::SIGUSR1, libc::SIG_IGN) };
    let kept = status(&mut cat_status(), "SigIgn");
    let reset = status(cat_status().default_signals(Signal::USR1.into()), "SigIgn");
    // SAFETY: as above.
    unsafe { libc::signal(libc::SIGUSR1, libc::SIG_DFL) };
    assert_eq!(hex(&kept), before | bits(&[Signal::USR1]));
    assert_eq!(hex(&reset), before);
}

fn the_mask_is_that_which_was_set() {
    let mask = [Signal::HUP, Signal::TERM, Signal::realtime(1).unwrap()];
    let seen = status(cat_status().signal_mask(set(&mask)), "SigBlk");
    assert_eq!(hex(&seen), bits(&mask));
    let seen = status(cat_status().signal_mask(SignalSet::empty()), "SigBlk");
    assert_eq!(hex(&seen), 0);
}

fn pid_in(stat: &str) -> i64 {
    stat.split(' ').next().unwrap().parse().unwrap()
}

fn a_session_of_its_own() {
    let stat = stdout(cat("/proc/self/stat").session());
    let [group, session, terminal] = [5, 6, 7].map(|number| stat_field(&stat, number));
    let pid = pid_in(&stat);
    assert_eq!((group, session, terminal), (pid, pid, 0));
}

fn a_process_group_that_exists_is_joined() {
    let mut leader = sleeper().process_group(0).spawn().unwrap();
    let group = leader.id() as i32;
    let stat = stdout(cat("/proc/self/stat").process_group(group));
    assert_eq!(stat_field(&stat, 5), i64::from(group));
    leader.kill().unwrap();
    leader.wait().unwrap();
}

/// A pseudo-terminal: the side of the one who types, and the program's.
fn terminal() -> std::io::Result<(File, OwnedFd)> {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .custom_flags(libc::O_NOCTTY | libc::O_CLOEXEC);
    let master = options.open("/dev/ptmx")?;
    let unlocked = 0;
    let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    // SAFETY: the address is valid; the descriptor that comes back is ours.
    unsafe {
        if libc::ioctl(master.as_raw_fd(), libc::TIOCSPTLCK, &unlocked) != 0 {
            return Err(std::io::Error::last_os_error());
        }
        match libc::ioctl(master.as_raw_fd(), libc::TIOCGPTPEER, flags) {
            -1 => Err(std::io::Error::last_os_error()),
            peer => Ok((master, OwnedFd::from_raw_fd(peer))),
        }
    }
}

fn a_terminal_is_controlling_and_in_the_foreground() -> Outcome {
    let (master, peer) = match terminal() {
        Ok(pair) => pair,
        Err(error) => return Outcome::Skipped(format!("no pseudo-terminal: {error}")),
    };
    let mut command = cat("/proc/self/stat");
    command.session();
    command.controlling_terminal(peer.try_clone().unwrap());
    let stat = stdout(command.foreground(peer));
    assert_ne!(stat_field(&stat, 7), 0); // its terminal
    assert_eq!(stat_field(&stat, 8), pid_in(&stat)); // the terminal's foreground group
    drop(master);
    Outcome::Passed
}

fn the_oom_score_is_set() {
    let mut command = cat("/proc/self/oom_score_adj");
    assert_eq!(stdout(command.oom_score_adj(1000)), "1000\n");
    if has(CapabilitySet::SYS_RESOURCE) {
        assert_eq!(stdout(command.oom_score_adj(-17)), "-17\n");
    }
}

fn the_root_is_changed() -> Outcome {
    as_root(|| {
        // In that directory there is no interpreter for the program: it is the root indeed.
        let error = Command::new("/cat").root_dir("/usr/bin").spawn();
        let error = error.unwrap_err();
        assert_eq!(error.step(), Some(Step::Exec));
        assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
        // A relative directory counts from the new root.
        let output = sh("pwd").root_dir("/").current_dir("usr").output();
        assert_eq!(output.unwrap().stdout, b"/usr\n");
    })
}

fn the_umask_is_set() {
    assert_eq!(status(cat_status().umask(0o123), "Umask"), "0123");
    assert_eq!(status(cat_status().umask(0), "Umask"), "0000");
}

fn the_personality_is_set() {
    let mut command = cat("/proc/self/personality");
    assert_eq!(stdout(command.personality(0x40000)), "00040000\n");
}

fn the_child_is_a_subreaper() {
    // The shell in between ends, and its child gets another parent.
    let script = "sh -c 'sleep 1 >&2 & echo $!' > pid; read pid < pid; sleep 0.1; \
                  grep PPid /proc/$pid/status; echo $$; kill $pid";
    let directory = std::env::temp_dir().join(format!("libclone3-reaper-{}", std::process::id()));
    fs::create_dir(&directory).unwrap();
    let parent_and_shell = |command: &mut Command| {
        let text = stdout(command.current_dir(&directory));
        let mut lines = text.lines();
        let parent = lines.next().unwrap().trim_start_matches("PPid:").trim();
        (parent.to_owned(), lines.next().unwrap().to_owned())
    };
    let (parent, shell) = parent_and_shell(sh(script).subreaper());
    let (other_parent, other_shell) = parent_and_shell(&mut sh(script));
    fs::remove_dir_all(&directory).unwrap();
    assert_eq!(parent, shell);
    assert_ne!(other_parent, other_shell);
}

fn the_timer_slack_is_set() {
    let mut command = cat("/proc/self/timerslack_ns");
    let text = stdout(command.timer_slack(Duration::from_nanos(123_456)));
    assert_eq!(text, "123456\n");
}

fn the_session_keyring_is_new() -> Outcome {
    if !Support::probe().unwrap().steps().contains(Step::Keyring) {
        return Outcome::Skipped("this kernel has no keyrings".to_owned());
    }
    let mut command = cat("/proc/keys");
    let output = command.new_keyring().output().unwrap();
    if !output.status.success() {
        return Outcome::Skipped("no /proc/keys".to_owned());
    }
    let keys = String::from_utf8(output.stdout).unwrap();
    assert!(keys.contains("_ses"), "{keys}");
    Outcome::Passed
}

fn the_nice_value_is_absolute() {
    let mut command = Command::new("nice");
    assert_eq!(stdout(command.nice(17)), "17\n");
    if has(CapabilitySet::SYS_NICE) {
        assert_eq!(stdout(command.nice(-5)), "-5\n");
    }
}

fn the_scheduler_is_set() {
    let policies = [
        (Scheduler::Batch, 3),
        (Scheduler::Idle, 5),
        (Scheduler::Other, 0),
    ];
    for (policy, number) in policies {
        let stat = stdout(cat("/proc/self/stat").scheduler(policy));
        assert_eq!(stat_field(&stat, 41), number, "{policy:?}");
    }
}

fn a_real_time_scheduler_is_set() -> Outcome {
    if !has(CapabilitySet::SYS_NICE) {
        return Outcome::Skipped("needs CAP_SYS_NICE".to_owned());
    }
    let policies = [
        (Scheduler::Fifo { priority: 7 }, 1),
        (Scheduler::RoundRobin { priority: 7 }, 2),
    ];
    for (policy, number) in policies {
        let stat = stdout(cat("/proc/self/stat").scheduler(policy));
        let seen = (stat_field(&stat, 41), stat_field(&stat, 40));
        assert_eq!(seen, (number, 7), "{policy:?}");
    }
    let deadline = Scheduler::Deadline {
        runtime: Duration::from_millis(5),
        deadline: Duration::from_millis(50),
        period: Duration::from_millis(100),
    };
    let stat = stdout(cat("/proc/self/stat").scheduler(deadline));
    assert_eq!(stat_field(&stat, 41), 6);
    Outcome::Passed
}

fn the_affinity_is_set() {
    let list = status(&mut cat_status(), "Cpus_allowed_list");
    let first: usize = list.split([',', '-']).next().unwrap().parse().unwrap();
    let mut cpus = CpuSet::from_iter([first]);
    let seen = status(cat_status().cpu_affinity(&cpus), "Cpus_allowed_list");
    assert_eq!(seen, first.to_string());
    cpus.insert(100_000); // there is none
    let seen = status(cat_status().cpu_affinity(&cpus), "Cpus_allowed_list");
    assert_eq!(seen, first.to_string());
}

fn the_io_priority_is_set() {
    for (priority, raw) in [
        (IoPriority::BestEffort(6), 0x4006),
        (IoPriority::Idle, 0x6000),
    ] {
        let mut child = sleeper().io_priority(priority).spawn().unwrap();
        // SAFETY: takes integers only; 1 means a process.
        let seen = unsafe { libc::syscall(libc::SYS_ioprio_get, 1, child.id()) };
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(seen, raw, "{priority:?}");
    }
}

fn descriptors_arrive_at_their_numbers() {
    let mut command = sh("readlink /proc/self/fd/3 /proc/self/fd/50; cat <&9");
    let (reader, mut writer) = std::os::unix::net::UnixStream::pair().unwrap();
    writer.write_all(b"socket\n").unwrap();
    drop(writer);
    command.fd(50, File::open("/dev/null").unwrap().into());
    command.fd(3, File::open("/dev/zero").unwrap().into());
    command.fd(9, reader.into());
    assert_eq!(stdout(&mut command), "/dev/zero\n/dev/null\nsocket\n");
}

fn descriptors_can_be_swapped() {
    let zero = File::open("/dev/zero").unwrap();
    let null = File::open("/dev/null").unwrap();
    let (a, b) = (zero.as_raw_fd(), null.as_raw_fd());
    let mut command = sh(&format!("readlink /proc/$$/fd/{a} /proc/$$/fd/{b}; true"));
    command.fd(b, zero.into()).fd(a, null.into());
    assert_eq!(stdout(&mut command), "/dev/null\n/dev/zero\n");
    // Again: the caller's are where they were.
    assert_eq!(stdout(&mut command), "/dev/null\n/dev/zero\n");
}

fn a_kept_descriptor_has_its_number() {
    let mut command = Command::new("readlink");
    let file = File::open("/dev/null").unwrap();
    let number = file.as_raw_fd();
    assert_eq!(command.keep_fd(file), number);
    command.arg(format!("/proc/self/fd/{number}"));
    assert_eq!(stdout(&mut command), "/dev/null\n");
}

fn list_descriptors() -> Command {
    let mut command = Command::new("ls");
    command.arg("/proc/self/fd");
    command
}

fn descriptors(command: &mut Command) -> Vec<i32> {
    let text = stdout(command);
    let mut list: Vec<_> = text.lines().map(|line| line.parse().unwrap()).collect();
    list.sort();
    list
}

fn other_descriptors_are_closed() {
    let file = File::open("/dev/null").unwrap();
    let kept = File::open("/dev/zero").unwrap();
    // SAFETY: takes integers only.
    unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETFD, 0) };
    assert!(descriptors(&mut list_descriptors()).contains(&file.as_raw_fd()));
    // The last one is that of the directory.
    let mut command = list_descriptors();
    assert_eq!(descriptors(command.close_other_fds()), [0, 1, 2, 3]);
    assert_eq!(descriptors(command.fd(20, kept.into())), [0, 1, 2, 3, 20]);
}

fn limits_are_set() {
    let mut command = cat("/proc/self/limits");
    command
        .rlimit(Resource::Nofile, 40, 50)
        .rlimit(Resource::Core, 0, 4096)
        .rlimit(Resource::Cpu, 100, 200)
        .rlimit(Resource::Nofile, 41, 51)
        .rlimit(Resource::Stack, 1 << 20, 1 << 21);
    let text = stdout(&mut command);
    let limit = |name: &str| -> Vec<&str> {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().split_whitespace().take(2).collect()
    };
    assert_eq!(limit("Max open files"), ["41", "51"]);
    assert_eq!(limit("Max core file size"), ["0", "4096"]);
    assert_eq!(limit("Max cpu time"), ["100", "200"]);
    assert_eq!(limit("Max stack size"), ["1048576", "2097152"]);
}

fn capabilities_are_exactly_those() -> Outcome {
    as_root(|| {
        let kept = CapabilitySet::CHOWN | CapabilitySet::KILL;
        let bounding = kept | CapabilitySet::NET_RAW;
        let mut command = cat_status();
        command.capabilities(Capabilities {
            bounding,
            permitted: kept,
            effective: kept,
            inheritable: kept,
            ambient: CapabilitySet::CHOWN,
            securebits: 1 | 4, // SECBIT_NOROOT, SECBIT_NO_SETUID_FIXUP
        });
        let text = stdout(&mut command);
        let set = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            hex(line.unwrap()[1..].trim())
        };
        // Exec leaves a user without root's rights the ambient ones.
        let chown = CapabilitySet::CHOWN.bits();
        assert_eq!(set("CapInh"), kept.bits());
        assert_eq!([set("CapPrm"), set("CapEff"), set("CapAmb")], [chown; 3]);
        assert_eq!(set("CapBnd"), bounding.bits());
    })
}

/// Is that line in the text, whatever white space is between its words?
fn has_line(text: &str, line: &str) -> bool {
    text.lines()
        .any(|other| other.split_whitespace().eq(line.split(' ')))
}

fn ambient_capabilities_survive_a_change_of_user() -> Outcome {
    as_root(|| {
        let bind = CapabilitySet::NET_BIND_SERVICE;
        let mut command = cat_status();
        command.gid(1000).uid(1000).capabilities(Capabilities {
            bounding: bind,
            permitted: bind,
            inheritable: bind,
            ambient: bind,
            ..Capabilities::empty()
        });
        let text = stdout(&mut command);
        assert!(has_line(&text, "Uid: 1000 1000 1000 1000"), "{text}");
        for name in ["CapEff", "CapPrm", "CapBnd"] {
            let line = format!("{name}: {:016x}", bind.bits());
            assert!(has_line(&text, &line), "{text}");
        }
        // Without them there is none left.
        let text = stdout(cat_status().uid(1000));
        assert!(has_line(&text, "CapEff: 0000000000000000"), "{text}");
    })
}

fn one_set_of_capabilities_can_be_changed_alone() -> Outcome {
    as_root(|| {
        let now = Capabilities::current().unwrap();
        let bounding = now.bounding - CapabilitySet::SYS_BOOT;
        let mut command = cat_status();
        command.capabilities(Capabilities {
            bounding,
            ..Capabilities::keep()
        });
        assert_eq!(hex(&status(&mut command, "CapBnd")), bounding.bits());
        let inheritable = hex(&status(&mut command, "CapInh"));
        assert_eq!(inheritable, now.inheritable.bits());
        // all() leaves a set as it is, and gives nothing that was not there.
        let mut command = cat_status();
        command.capabilities(Capabilities {
            permitted: CapabilitySet::all(),
            ..Capabilities::keep()
        });
        let permitted = hex(&status(&mut command, "CapPrm"));
        assert_eq!(permitted, (now.permitted & now.bounding).bits());
    })
}

fn current_capabilities_are_the_kernels() {
    let now = Capabilities::current().unwrap();
    for (set, name) in [
        (now.inheritable, "CapInh"),
        (now.permitted, "CapPrm"),
        (now.effective, "CapEff"),
        (now.bounding, "CapBnd"),
        (now.ambient, "CapAmb"),
    ] {
        let field = common::status_field("thread-self", name);
        assert_eq!(set.bits(), hex(&field), "{name}");
    }
}

fn all_but_one_are_those_of_the_caller_but_one() -> Outcome {
    as_root(|| {
        let now = Capabilities::current().unwrap().bounding;
        let wanted = now - CapabilitySet::SYS_ADMIN;
        let capabilities = Capabilities {
            bounding: wanted,
            ..Capabilities::keep()
        };
        let bounding = status(cat_status().capabilities(capabilities), "CapBnd");
        assert_eq!(hex(&bounding), wanted.bits());
    })
}

fn a_capability_that_the_caller_lacks_is_told() {
    // No one has those that the kernel does not know, which are among all but one.
    let too_many = Capabilities {
        permitted: CapabilitySet::KEEP - CapabilitySet::SYS_ADMIN,
        ..Capabilities::empty()
    };
    let mut command = Command::new("true");
    let error = command.capabilities(too_many).spawn().unwrap_err();
    let seen = (error.step(), error.raw_os_error());
    assert_eq!(seen, (Some(Step::Capabilities), Some(libc::EPERM)));
    let text = error.to_string();
    assert!(text.contains("the caller does not have"), "{text}");
}

fn capabilities_that_a_filter_hides_are_an_error() {
    const LIST: [i32; 2] = [libc::PR_CAPBSET_READ, libc::PR_CAP_AMBIENT];
    for (option, errno) in LIST.into_iter().zip([libc::EPERM, libc::EINVAL]) {
        let caller = child(|| {
            filtered(&filter_first_argument(libc::SYS_prctl, option, errno));
            let seen = Capabilities::current().map_err(|error| error.raw_os_error());
            i32::from(seen != Err(Some(errno)))
        });
        assert!({ caller }.wait().unwrap().success(), "{option}");
    }
}

fn ids_and_groups_are_set() -> Outcome {
    as_root(|| {
        let text = stdout(cat_status().uid(1000).gid(1001).groups(&[5, 6]));
        assert!(has_line(&text, "Uid: 1000 1000 1000 1000"), "{text}");
        assert!(has_line(&text, "Gid: 1001 1001 1001 1001"), "{text}");
        assert!(has_line(&text, "Groups: 5 6"), "{text}");
        // The directory is entered as the new user.
        let directory = std::env::temp_dir().join(format!("libclone3-ids-{}", std::process::id()));
        fs::create_dir(&directory).unwrap();
        let closed = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(&directory, closed).unwrap();
        let result = cat_status().uid(1000).current_dir(&directory).spawn();
        fs::remove_dir(&directory).unwrap();
        let error = result.unwrap_err();
        assert_eq!(error.step(), Some(Step::Cwd));
        assert_eq!(error.raw_os_error(), Some(libc::EACCES));
    })
}

fn groups_stay_where_they_cannot_be_dropped() {
    without(CapabilitySet::SETGID, || {
        // SAFETY: no precondition.
        let uid = unsafe { libc::getuid() };
        let before = status(&mut cat_status(), "Groups");
        assert_eq!(status(cat_status().uid(uid), "Groups"), before);
    });
}

fn groups_are_dropped_though_nothing_tells_that_they_may_be() -> Outcome {
    as_root(|| {
        // SAFETY: the array has two elements.
        unsafe { libc::setgroups(2, [5, 6].as_ptr()) };
        let caller = child(|| {
            let errno = ERRNO | libc::EPERM as u32;
            filtered(&filter(&[(libc::SYS_capget, errno)]));
            let groups = status(cat_status().uid(0), "Groups");
            i32::from(!groups.is_empty())
        });
        let ended = { caller }.wait();
        // SAFETY: no groups, no address.
        unsafe { libc::setgroups(0, std::ptr::null()) };
        assert!(ended.unwrap().success());
    })
}

fn the_directory_is_that_of_the_descriptor() {
    let mut command = Command::new("pwd");
    command.current_dir_fd(File::open("/usr").unwrap());
    assert_eq!(stdout(&mut command), "/usr\n");
}

fn the_parents_death_is_told() {
    // It is the thread's death that counts.
    let spawn = || sleeper().parent_death_signal(Signal::USR1).spawn().unwrap();
    let mut child = std::thread::spawn(spawn).join().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGUSR1));
}

fn no_new_privileges() {
    assert_eq!(status(cat_status().no_new_privs(), "NoNewPrivs"), "1");
    let before = common::status_field("self", "NoNewPrivs");
    assert_eq!(status(&mut cat_status(), "NoNewPrivs"), before);
}

/// A ruleset that forbids to make directories.
fn ruleset() -> Option<OwnedFd> {
    const MAKE_DIR: u64 = 1 << 7;
    let handled = MAKE_DIR;
    // SAFETY: the address is valid for 8 bytes; the descriptor that comes back is ours.
    unsafe {
        let fd = libc::syscall(libc::SYS_landlock_create_ruleset, &handled, 8_usize, 0);
        (fd >= 0).then(|| OwnedFd::from_raw_fd(fd as i32))
    }
}

fn landlock_restricts() -> Outcome {
    let Some(ruleset) = ruleset() else {
        return Outcome::Skipped("no Landlock here".to_owned());
    };
    let directory = std::env::temp_dir().join(format!("libclone3-none-{}", std::process::id()));
    let mut command = Command::new("mkdir");
    command.arg(&directory).no_new_privs().landlock(ruleset);
    let output = command.output().unwrap();
    assert!(!output.status.success() && !directory.exists());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("Permission denied"), "{text}");
    Outcome::Passed
}

fn landlock_needs_no_new_privs() -> Outcome {
    let Some(ruleset) = ruleset() else {
        return Outcome::Skipped("no Landlock here".to_owned());
    };
    without(CapabilitySet::SYS_ADMIN, || {
        let error = Command::new("true").landlock(ruleset).spawn().unwrap_err();
        assert_eq!(error.step(), Some(Step::Landlock));
        assert_eq!(error.raw_os_error(), Some(libc::EPERM));
        assert!(error.to_string().contains("no_new_privs"), "{error}");
    });
    Outcome::Passed
}

const ERRNO: u32 = libc::SECCOMP_RET_ERRNO;
const KILL: u32 = libc::SECCOMP_RET_KILL_PROCESS;

fn seccomp_restricts() {
    let refuse = filter(&[(libc::SYS_uname, ERRNO | libc::ENOTBLK as u32)]);
    let output = Command::new("uname")
        .no_new_privs()
        .seccomp(&refuse)
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("Block device required"), "{text}");
    let seen = status(
        cat_status().no_new_privs().seccomp(&filter(&[])),
        "Seccomp_filters",
    );
    let before: u32 = common::status_field("self", "Seccomp_filters")
        .parse()
        .unwrap_or(0);
    assert_eq!(seen, (before + 1).to_string());
}

fn seccomp_needs_no_new_privs() {
    without(CapabilitySet::SYS_ADMIN, || {
        let mut command = Command::new("true");
        let error = command.seccomp(&filter(&[])).spawn().unwrap_err();
        assert_eq!(error.step(), Some(Step::Seccomp));
        assert_eq!(error.raw_os_error(), Some(libc::EACCES));
    });
}

/// The number of the error of exec under a filter.
fn refused_exec(answers: &[(i64, u32)]) -> (i32, String) {
    let error = Command::new("true")
        .no_new_privs()
        .seccomp(&filter(answers))
        .spawn()
        .unwrap_err();
    assert_eq!(error.step(), Some(Step::Exec));
    assert!(no_child_left());
    (error.raw_os_error().unwrap(), error.to_string())
}

fn a_filter_that_refuses_exec_is_told() {
    let (number, _) = refused_exec(&[(libc::SYS_execve, ERRNO | libc::EMLINK as u32)]);
    assert_eq!(number, libc::EMLINK);
}

fn a_filter_that_lies_is_survived() {
    // exec and exit_group "succeed".
    let (number, _) = refused_exec(&[(libc::SYS_execve, ERRNO), (libc::SYS_exit_group, ERRNO)]);
    assert_eq!(number, libc::EPERM);
}

fn a_filter_that_kills_is_told() -> Outcome {
    if kernel() < (5, 16) {
        return Outcome::Skipped("a core dump ends all that share the memory".to_owned());
    }
    let (number, text) = refused_exec(&[(libc::SYS_execve, KILL)]);
    assert_eq!(number, libc::ECANCELED);
    assert!(
        text.contains("the child was killed before the program ran"),
        "{text}"
    );
    Outcome::Passed
}

fn a_program_by_descriptor() {
    let mut command = Command::new("not a file");
    command.args(["-c", "echo $0"]);
    command.executable_fd(File::open("/bin/sh").unwrap());
    assert_eq!(stdout(&mut command), "not a file\n");
    assert_eq!(stdout(&mut command), "not a file\n");
    // The name may be empty then.
    let mut command = Command::new("");
    command.args(["-c", "exit 3"]);
    command.executable_fd(File::open("/bin/sh").unwrap());
    assert_eq!(command.status().unwrap().code(), Some(3));
}

fn a_script_by_descriptor() {
    let path = std::env::temp_dir().join(format!("libclone3-script-{}", std::process::id()));
    fs::write(&path, "#!/bin/sh\necho script $1\n").unwrap();
    let runnable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&path, runnable).unwrap();
    let mut command = Command::new("script");
    command.arg("x").executable_fd(File::open(&path).unwrap());
    fs::remove_file(&path).unwrap();
    assert_eq!(stdout(&mut command), "script x\n");
}

fn an_optional_step_that_fails_is_reported() {
    let mut command = Command::new("true");
    command
        .current_dir("/nonexistent")
        .optional(Step::Cwd)
        .process_group(i32::MAX)
        .optional(Step::ProcessGroup)
        .umask(0)
        .optional(Step::Umask);
    let mut child = command.spawn().unwrap();
    let omitted: Vec<_> = child.report().omitted.iter().collect();
    assert_eq!(omitted, [Step::ProcessGroup, Step::Cwd]);
    assert!(child.wait().unwrap().success());
    assert!(format!("{:?}", child.report()).contains("ProcessGroup"));
}

/// Is the process there, and no zombie?
fn runs(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

fn sleeper() -> Command {
    let mut command = Command::new("sleep");
    command.arg("60");
    command
}

fn kill_on_drop_kills_and_reaps() {
    let child = sleeper().kill_on_drop(true).spawn().unwrap();
    let pid = child.id();
    assert!(runs(pid));
    drop(child);
    assert!(!runs(pid) && no_child_left());
    // Without it the child runs on.
    let mut command = sleeper();
    let child = command
        .kill_on_drop(true)
        .kill_on_drop(false)
        .spawn()
        .unwrap();
    let pid = child.id() as i32;
    drop(child);
    assert!(runs(pid as u32));
    // SAFETY: the pid is our child's, which nobody waited for.
    unsafe {
        libc::kill(pid, libc::SIGKILL);
        assert_eq!(libc::waitpid(pid, std::ptr::null_mut(), 0), pid);
    }
}

fn kill_on_drop_leaves_alone_what_was_waited_for() {
    let mut command = Command::new("true");
    let mut child = command.kill_on_drop(true).spawn().unwrap();
    assert!(child.wait().unwrap().success());
    drop(child);
    let mut child = command.spawn().unwrap();
    while child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    drop(child);
}

fn kill_on_drop_does_not_wait_for_what_it_may_not_kill() -> Outcome {
    as_root(|| {
        let child = sleeper().uid(1000).kill_on_drop(true).spawn().unwrap();
        let pidfd = child.pidfd().try_clone().unwrap();
        let mut took = Duration::ZERO;
        without(CapabilitySet::KILL, || {
            let begin = Instant::now();
            drop(child);
            took = begin.elapsed();
        });
        assert!(pidfd.try_wait().unwrap().is_none());
        pidfd.send_signal(Signal::KILL).unwrap();
        pidfd.wait().unwrap();
        assert!(took < Duration::from_secs(1), "{took:?}"); // as long as it would wait
    })
}

fn into_pidfd_disarms_kill_on_drop() {
    let child = sleeper().kill_on_drop(true).spawn().unwrap();
    let pid = child.id();
    let pidfd = child.into_pidfd();
    assert!(runs(pid));
    pidfd.send_signal(Signal::TERM).unwrap();
    assert_eq!(pidfd.wait().unwrap().signal(), Some(libc::SIGTERM));
}

fn kill_on_drop_is_the_creators_alone() {
    let mut child = Some(sleeper().kill_on_drop(true).spawn().unwrap());
    let pid = child.as_ref().unwrap().id();
    // A copy of the memory, and of the child in it.
    let mut fork = common::child(|| {
        drop(child.take());
        0
    });
    assert!(fork.wait().unwrap().success());
    assert!(runs(pid));
    drop(child);
    assert!(!runs(pid));
}

fn many_steps_at_once() {
    let mut command = sh("echo ready; read line; exit 7");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .session()
        .ignore_signals(Signal::HUP.into())
        .default_signals(Signal::INT.into())
        .signal_mask(SignalSet::empty())
        .umask(0o077)
        .nice(1)
        .oom_score_adj(900)
        .rlimit(Resource::Core, 0, 0)
        .rlimit(Resource::Nofile, 64, 64)
        .fd(9, File::open("/dev/null").unwrap().into())
        .close_other_fds()
        .current_dir("/")
        .subreaper()
        .timer_slack(Duration::from_micros(60))
        .io_priority(IoPriority::BestEffort(5))
        .scheduler(Scheduler::Batch)
        .parent_death_signal(Signal::KILL)
        .no_new_privs()
        .seccomp(&filter(&[]))
        .kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    assert!(child.report().omitted.is_empty());
    child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(7));
}
