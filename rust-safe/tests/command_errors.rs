//! What makes no sense, and what the kernel refuses: the step, the index, the kind, the words.

mod common;

use common::{Snapshot, child, is_root, no_child_left, sh, without};
use libclone3::{
    Capabilities, CapabilitySet, Cgroup, Command, CpuSet, IdRange, IoPriority, Namespaces,
    Resource, Scheduler, Signal, SignalSet, SockFilter, Stdio, Step,
};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

tests![
    an_error_names_program_step_object_and_cause,
    an_error_is_one_line_whatever_the_names_are,
    an_error_becomes_one_of_io,
    a_value_that_makes_no_sense_is_refused_by_its_step,
    a_step_without_what_it_needs_is_refused,
    steps_that_exclude_each_other_are_refused,
    an_element_that_is_refused_is_told_by_its_index,
    what_a_step_was_about_is_told,
    a_string_with_a_zero_byte_is_refused_by_its_step,
    descriptors_that_collide_are_refused,
    a_stream_that_is_given_twice_is_refused,
    a_descriptor_takes_the_place_of_a_default,
    maps_that_overlap_are_refused,
    an_optional_step_must_be_asked_for,
    a_step_that_protects_cannot_be_optional,
    descriptors_cannot_be_optional_beside_a_stream,
    a_step_that_only_names_errors_cannot_be_optional,
    an_error_of_the_kernel_is_told_by_its_step,
    a_limit_above_the_hard_one_is_eperm,
    a_stream_that_cannot_be_opened_is_told,
    a_stream_that_cannot_be_passed_on_is_told,
    a_program_without_its_interpreter_is_told,
    a_command_that_was_refused_can_be_put_right,
];

const EINVAL: i32 = libc::EINVAL;

/// Spawns, expects this step and number, and that nothing is left. Gives the words.
fn refused(command: &mut Command, step: Step, number: i32) -> String {
    let before = Snapshot::take();
    let error = command.spawn().map(drop).expect_err(&format!("{step}"));
    assert_eq!(
        (error.step(), error.raw_os_error()),
        (Some(step), Some(number)),
        "{error}"
    );
    assert_eq!(error.kind(), io::Error::from_raw_os_error(number).kind());
    let text = error.to_string();
    assert!(text.starts_with("cannot start `true` in step \""), "{text}");
    assert!(text.contains(&format!("\"{step}\"")), "{text}");
    assert!(
        text.contains(&io::Error::from_raw_os_error(number).to_string()),
        "{text}"
    );
    assert_eq!(before, Snapshot::take());
    assert!(no_child_left());
    text
}

fn program() -> Command {
    Command::new("true")
}

fn null() -> File {
    File::open("/dev/null").unwrap()
}

fn an_error_names_program_step_object_and_cause() {
    let error = Command::new("/bin/ls")
        .current_dir("/nonexistent")
        .spawn()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot start `/bin/ls` in step \"cwd\" (/nonexistent): \
         No such file or directory (os error 2)"
    );
    let error = Command::new("/nonexistent").spawn().unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot start `/nonexistent` in step \"exec\": No such file or directory (os error 2)"
    );
    let mut command = Command::new("libclone3-none");
    let error = command.env("PATH", "/usr/bin:/bin").spawn().unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot start `libclone3-none` in step \"exec\": No such file or directory (os error 2): \
         it is in no directory of the PATH, or its interpreter is missing"
    );
    let debug = format!("{error:?}");
    assert!(
        debug.contains("Exec") && debug.contains("libclone3-none"),
        "{debug}"
    );
}

fn an_error_is_one_line_whatever_the_names_are() {
    let error = Command::new("/no\nwhere").spawn().unwrap_err();
    assert!(
        error.to_string().starts_with("cannot start `/no\\nwhere`"),
        "{error}"
    );
    let error = Command::new("ls")
        .current_dir("/\x1b[1m\n")
        .spawn()
        .unwrap_err();
    assert!(
        !error.to_string().chars().any(char::is_control),
        "{error:?}"
    );
}

fn an_error_becomes_one_of_io() {
    fn start() -> io::Result<()> {
        Command::new("/nonexistent").spawn()?.wait()?;
        Ok(())
    }
    let error = start().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    let inner = error
        .get_ref()
        .unwrap()
        .downcast_ref::<libclone3::Error>()
        .unwrap();
    assert_eq!(inner.step(), Some(Step::Exec));
    assert_eq!(inner.to_string(), error.to_string());
    let waiting = libclone3::PidFd::current().unwrap().wait().unwrap_err();
    assert_eq!((waiting.step(), waiting.index()), (None, None));
}

fn a_value_that_makes_no_sense_is_refused_by_its_step() {
    refused(program().umask(0o1000), Step::Umask, EINVAL);
    refused(program().nice(20), Step::Nice, EINVAL);
    refused(program().nice(-21), Step::Nice, EINVAL);
    refused(program().oom_score_adj(1001), Step::OomScoreAdj, EINVAL);
    refused(program().personality(u32::MAX), Step::Personality, EINVAL);
    refused(
        program().timer_slack(Duration::ZERO),
        Step::TimerSlack,
        EINVAL,
    );
    refused(
        program().timer_slack(Duration::MAX),
        Step::TimerSlack,
        EINVAL,
    );
    refused(program().process_group(-1), Step::ProcessGroup, EINVAL);
    refused(program().uid(u32::MAX), Step::Uid, EINVAL);
    refused(program().gid(u32::MAX), Step::Gid, EINVAL);
    refused(
        program().cpu_affinity(&CpuSet::default()),
        Step::Affinity,
        EINVAL,
    );
    refused(
        program().cpu_affinity(&CpuSet::from_iter([usize::MAX])),
        Step::Affinity,
        EINVAL,
    );
    refused(
        program().cpu_affinity(&CpuSet::from_iter([4_000_000])),
        Step::Affinity,
        EINVAL,
    );
    refused(
        program().io_priority(IoPriority::BestEffort(8)),
        Step::IoPriority,
        EINVAL,
    );
    refused(
        program().io_priority(IoPriority::RealTime(255)),
        Step::IoPriority,
        EINVAL,
    );
    refused(
        program().scheduler(Scheduler::Fifo { priority: 0 }),
        Step::Scheduler,
        EINVAL,
    );
    refused(
        program().scheduler(Scheduler::RoundRobin { priority: 100 }),
        Step::Scheduler,
        EINVAL,
    );
    let never = Scheduler::Deadline {
        runtime: Duration::MAX,
        deadline: Duration::from_millis(1),
        period: Duration::ZERO,
    };
    refused(program().scheduler(never), Step::Scheduler, EINVAL);
    refused(program().seccomp(&[]), Step::Seccomp, EINVAL);
    let allow = SockFilter {
        code: 6,
        jt: 0,
        jf: 0,
        k: 0x7fff_0000,
    };
    refused(
        program().no_new_privs().seccomp(&[allow; 4097]),
        Step::Seccomp,
        EINVAL,
    );
    let nonsense = SockFilter {
        code: 0xffff,
        ..allow
    };
    refused(
        program().no_new_privs().seccomp(&[nonsense]),
        Step::Seccomp,
        EINVAL,
    );
    for set in [SignalSet::all(), Signal::KILL.into(), Signal::STOP.into()] {
        refused(program().ignore_signals(set), Step::IgnoreSignals, EINVAL);
        refused(program().default_signals(set), Step::DefaultSignals, EINVAL);
    }
    let chown = CapabilitySet::CHOWN;
    let not_permitted = Capabilities {
        effective: chown,
        ..Capabilities::empty()
    };
    refused(
        program().capabilities(not_permitted),
        Step::Capabilities,
        EINVAL,
    );
    let not_inheritable = Capabilities {
        ambient: chown,
        permitted: chown,
        ..Capabilities::empty()
    };
    refused(
        program().capabilities(not_inheritable),
        Step::Capabilities,
        EINVAL,
    );
}

fn a_step_without_what_it_needs_is_refused() {
    let text = refused(
        program().controlling_terminal(null()),
        Step::ControllingTty,
        EINVAL,
    );
    assert!(text.ends_with(": needs a session"), "{text}");
}

fn steps_that_exclude_each_other_are_refused() {
    refused(
        program().session().process_group(0),
        Step::ProcessGroup,
        EINVAL,
    );
    let mut command = program();
    refused(
        command.current_dir("/").current_dir_fd(null()),
        Step::CwdFd,
        EINVAL,
    );
    let both = SignalSet::from(Signal::HUP);
    let mut command = program();
    refused(
        command.ignore_signals(both).default_signals(both),
        Step::DefaultSignals,
        EINVAL,
    );
}

fn an_element_that_is_refused_is_told_by_its_index() {
    let mut command = program();
    command
        .rlimit(Resource::Core, 0, 0)
        .rlimit(Resource::Nofile, 2, 1);
    let text = refused(&mut command, Step::Rlimits, EINVAL);
    assert!(text.contains("(Nofile, soft 2, hard 1)"), "{text}");
    assert_eq!(command.spawn().unwrap_err().index(), Some(1));
    // The limit is one, though it is set twice.
    command
        .rlimit(Resource::Nofile, 64, 64)
        .rlimit(Resource::Core, 1, 0);
    assert_eq!(command.spawn().unwrap_err().index(), Some(0));

    let mut command = program();
    refused(command.groups(&[1, 2, u32::MAX]), Step::Groups, EINVAL);
    assert_eq!(command.spawn().unwrap_err().index(), Some(2));

    let mut command = program();
    refused(command.umask(0o7777), Step::Umask, EINVAL);
    assert_eq!(command.spawn().unwrap_err().index(), None);
}

fn what_a_step_was_about_is_told() {
    let all = SignalSet::from_iter([Signal::HUP, Signal::KILL]);
    let fifo = Scheduler::Fifo { priority: 0 };
    for (command, step, words) in [
        (program().set_tid(&[u32::MAX]), Step::SetTid, "(4294967295)"),
        (
            program().groups(&[1; 70_000]),
            Step::Groups,
            "(70000 groups)",
        ),
        (
            program().groups(&[1; 70_000]),
            Step::Groups,
            "more than 65,536",
        ),
        (
            program().ignore_signals(all),
            Step::IgnoreSignals,
            "SIGKILL",
        ),
        (
            program().default_signals(all),
            Step::DefaultSignals,
            "SIGHUP",
        ),
        (
            program().scheduler(fifo),
            Step::Scheduler,
            "(Fifo { priority: 0 })",
        ),
        (
            program().cpu_affinity(&CpuSet::from_iter(4_000_000..4_000_003)),
            Step::Affinity,
            "(4000000-4000002)",
        ),
        (
            program().io_priority(IoPriority::BestEffort(8)),
            Step::IoPriority,
            "(BestEffort(8))",
        ),
        (
            program().time_offsets(1, -2),
            Step::TimeOffsets,
            "(monotonic 1 ns, boottime -2 ns)",
        ),
    ] {
        let text = refused(command, step, EINVAL);
        assert!(text.contains(words), "{text}");
    }
    let error = program().groups(&[1; 70_000]).spawn().unwrap_err();
    assert_eq!(error.index(), None);
}

fn a_string_with_a_zero_byte_is_refused_by_its_step() {
    let commands = [
        (program().current_dir("\0").spawn(), Step::Cwd),
        (program().root_dir("a\0").spawn(), Step::Root),
        (program().pivot_root("a\0").spawn(), Step::PivotRoot),
        (program().hostname("a\0").spawn(), Step::Hostname),
        (program().mount(null(), "a\0").spawn(), Step::Mounts),
        (program().arg("a\0").spawn(), Step::Check),
        (program().env("a\0", "").spawn(), Step::Check),
    ];
    let error = program().args(["a", "b\0"]).spawn().unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot start `true` in step \"check\" (argument 2): nul byte found in provided data"
    );
    for (result, step) in commands {
        let error = result.unwrap_err();
        assert_eq!(error.step(), Some(step));
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert_eq!(error.raw_os_error(), None);
        assert!(error.to_string().contains("nul byte"), "{error}");
    }
    assert!(no_child_left());
}

fn descriptors_that_collide_are_refused() {
    let mut command = program();
    let text = refused(
        command
            .fd(5, null().into())
            .fd(6, null().into())
            .fd(5, null().into()),
        Step::Fds,
        EINVAL,
    );
    assert!(text.contains("(descriptor 5)"), "{text}");
    assert_eq!(command.spawn().unwrap_err().index(), Some(2));
    let mut command = program();
    refused(
        command.fd(4, null().into()).fd(-1, null().into()),
        Step::Fds,
        libc::EBADF,
    );
    assert_eq!(command.spawn().unwrap_err().index(), Some(1));
    refused(
        program().fd(i32::MAX, null().into()),
        Step::Fds,
        libc::EBADF,
    );
    // One that is kept at its number, and the same number as a target.
    let mut command = program();
    let number = command.keep_fd(null());
    refused(command.fd(number, null().into()), Step::Fds, EINVAL);
}

fn a_stream_that_is_given_twice_is_refused() {
    let text = refused(
        program().fd(1, null().into()).stdout(Stdio::null()),
        Step::Check,
        EINVAL,
    );
    assert!(
        text.contains("(descriptor 1)") && text.contains("stdout"),
        "{text}"
    );
    refused(
        program().stdin(Stdio::inherit()).fd(0, null().into()),
        Step::Check,
        EINVAL,
    );
    refused(
        program().stderr(Stdio::piped()).fd(2, null().into()),
        Step::Check,
        EINVAL,
    );
}

fn a_descriptor_takes_the_place_of_a_default() {
    let (mut reader, writer) = std::os::unix::net::UnixStream::pair().unwrap();
    let mut command = sh("echo out; echo err >&2");
    let output = command.fd(1, writer.into()).output().unwrap();
    drop(command);
    assert_eq!(
        (&output.stdout[..], &output.stderr[..]),
        (&b""[..], &b"err\n"[..])
    );
    let mut text = String::new();
    io::Read::read_to_string(&mut reader, &mut text).unwrap();
    assert_eq!(text, "out\n");
}

fn range(inside: u32, outside: u32, count: u32) -> IdRange {
    IdRange {
        inside,
        outside,
        count,
    }
}

fn maps_that_overlap_are_refused() {
    for (map, index) in [
        (&[][..], 0),
        (&[range(0, 0, 0)], 0),
        (&[range(0, 1000, 10), range(5, 5000, 1)], 1),
        (&[range(0, 1000, 10), range(20, 1009, 1)], 1),
        (&[range(1, u32::MAX, 1)], 0),
    ] {
        let mut command = program();
        refused(
            command.namespaces(Namespaces::USER).uid_map(map),
            Step::UidMap,
            EINVAL,
        );
        if !map.is_empty() {
            assert_eq!(command.spawn().unwrap_err().index(), Some(index));
        }
        let mut command = program();
        let text = refused(
            command.namespaces(Namespaces::USER).gid_map(map),
            Step::GidMap,
            EINVAL,
        );
        assert!(text.contains("overlap"), "{text}");
    }
}

fn an_optional_step_must_be_asked_for() {
    let text = refused(program().optional(Step::Nice), Step::Nice, EINVAL);
    assert!(text.contains("not asked for"), "{text}");
}

fn a_step_that_protects_cannot_be_optional() {
    refused(program().uid(1).optional(Step::Uid), Step::Uid, EINVAL);
    refused(program().gid(1).optional(Step::Gid), Step::Gid, EINVAL);
    refused(
        program().groups(&[]).optional(Step::Groups),
        Step::Groups,
        EINVAL,
    );
    refused(
        program().root_dir("/").optional(Step::Root),
        Step::Root,
        EINVAL,
    );
    let mut by_fd = program();
    by_fd.executable_fd(std::fs::File::open("/bin/true").unwrap());
    let text = refused(by_fd.optional(Step::ExecFd), Step::ExecFd, EINVAL);
    assert!(text.contains("it cannot be optional"), "{text}");
    let mut in_new_user = program();
    in_new_user.namespaces(Namespaces::USER).uid(0);
    refused(
        in_new_user.optional(Step::Namespaces),
        Step::Namespaces,
        EINVAL,
    );
    let mut command = program();
    let text = refused(
        command
            .capabilities(Capabilities::keep())
            .optional(Step::Capabilities),
        Step::Capabilities,
        EINVAL,
    );
    assert!(text.contains("cannot be optional"), "{text}");
    // Though it was not asked for: it comes with uid.
    let mut command = program();
    command.uid(0).optional(Step::Groups);
    let text = refused(&mut command, Step::Groups, EINVAL);
    assert!(text.contains("cannot be optional"), "{text}");
}

fn descriptors_cannot_be_optional_beside_a_stream() {
    type Change = fn(&mut Command) -> &mut Command;
    let changes: [(Change, &str); 4] = [
        (|command| command.stdin(Stdio::null()), "stdin"),
        (|command| command.stdout(Stdio::piped()), "stdout"),
        (|command| command.stderr(io::stdout()), "stderr"),
        (|command| command.stderr(null()), "stderr"),
    ];
    let too_high = 2_000_000;
    for (change, name) in changes {
        let mut command = program();
        change(command.fd(too_high, null().into())).optional(Step::Fds);
        let text = refused(&mut command, Step::Fds, EINVAL);
        let words = format!("({name})");
        assert!(text.contains(&words) && text.contains("optional"), "{text}");
    }
    let mut command = program();
    command.fd(too_high, null().into()).optional(Step::Fds);
    let error = command.output().unwrap_err();
    assert_eq!(error.step(), Some(Step::Fds));
    // Beside those that are inherited it can.
    let mut child = command.stdout(Stdio::inherit()).spawn().unwrap();
    assert!(child.report().omitted.contains(Step::Fds));
    assert!(child.wait().unwrap().success());
}

fn a_step_that_only_names_errors_cannot_be_optional() {
    for step in [Step::Check, Step::Clone, Step::Exec] {
        let text = refused(program().optional(step), Step::Check, EINVAL);
        assert!(text.contains("cannot be optional"), "{text}");
    }
    let text = refused(program().optional(Step::PtraceMe), Step::PtraceMe, EINVAL);
    assert!(text.contains("cannot be optional"), "{text}");
}

fn an_error_of_the_kernel_is_told_by_its_step() {
    refused(
        program().current_dir("/etc/passwd"),
        Step::Cwd,
        libc::ENOTDIR,
    );
    refused(program().current_dir_fd(null()), Step::CwdFd, libc::ENOTDIR);
    refused(
        program().session().controlling_terminal(null()),
        Step::ControllingTty,
        libc::ENOTTY,
    );
    refused(program().foreground(null()), Step::Foreground, libc::ENOTTY);
    refused(
        program().process_group(i32::MAX),
        Step::ProcessGroup,
        libc::EPERM,
    );
    let root = Cgroup::open("/").unwrap();
    refused(program().cgroup(root), Step::Cgroup, libc::EBADF);
    refused(program().executable_fd(null()), Step::Exec, libc::EACCES);
    if is_root() {
        refused(program().root_dir("/nonexistent"), Step::Root, libc::ENOENT);
    } else {
        refused(program().root_dir("/"), Step::Root, libc::EPERM);
        refused(program().uid(0), Step::Uid, libc::EPERM);
        refused(program().gid(0), Step::Gid, libc::EPERM);
        refused(program().groups(&[]), Step::Groups, libc::EPERM);
    }
}

fn a_limit_above_the_hard_one_is_eperm() {
    without(CapabilitySet::SYS_RESOURCE, || {
        let mut command = program();
        command.rlimit(Resource::Nofile, 64, Resource::UNLIMITED);
        let error = command.spawn().unwrap_err();
        assert_eq!(
            (error.step(), error.index()),
            (Some(Step::Rlimits), Some(0))
        );
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert!(error.to_string().contains("CAP_SYS_RESOURCE"), "{error}");
    });
}

fn a_stream_that_cannot_be_opened_is_told() {
    let mut few = Vec::new();
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the struct lives; the limit is put back.
    unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) };
    let lower = libc::rlimit {
        rlim_cur: 32,
        ..limit
    };
    // SAFETY: as above.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &lower) };
    while let Ok(file) = File::open("/dev/null") {
        few.push(file);
    }
    let piped = program().stdout(Stdio::piped()).spawn().map(drop);
    let null = program().stdin(Stdio::null()).spawn().map(drop);
    let plain = program().spawn().map(drop);
    drop(few);
    // SAFETY: as above.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) };
    for (result, step, object) in [
        (piped, Step::Fds, "(stdout)"),
        (null, Step::Fds, "(stdin)"),
        (plain, Step::Clone, ""),
    ] {
        let error = result.unwrap_err();
        assert_eq!(
            (error.step(), error.raw_os_error()),
            (Some(step), Some(libc::EMFILE))
        );
        assert!(error.to_string().contains(object), "{error}");
    }
}

fn a_stream_that_cannot_be_passed_on_is_told() {
    let caller = child(|| {
        // SAFETY: this child has the descriptor for itself.
        unsafe { libc::close(1) };
        let error = program().stderr(io::stdout()).spawn().unwrap_err();
        let is_bad = (error.step(), error.raw_os_error(), error.index())
            == (Some(Step::Fds), Some(libc::EBADF), None);
        i32::from(!is_bad || !error.to_string().contains("(stderr)"))
    });
    assert!({ caller }.wait().unwrap().success());
}

fn a_program_without_its_interpreter_is_told() {
    let directory = std::env::temp_dir().join(format!("libclone3-path-{}", std::process::id()));
    fs::create_dir(&directory).unwrap();
    let script = directory.join("libclone3-script");
    fs::write(&script, "#!/nonexistent\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let file = File::open(&script).unwrap();
    let mut command = Command::new("libclone3-script");
    let by_name = command.env("PATH", &directory).spawn().unwrap_err();
    let by_descriptor = command.executable_fd(file).spawn().unwrap_err();
    fs::remove_dir_all(&directory).unwrap();
    for error in [&by_name, &by_descriptor] {
        assert_eq!(error.raw_os_error(), Some(libc::ENOENT), "{error}");
    }
    assert!(
        by_name.to_string().contains("interpreter is missing"),
        "{by_name}"
    );
    assert!(
        !by_descriptor.to_string().contains("PATH"),
        "{by_descriptor}"
    );
}

fn a_command_that_was_refused_can_be_put_right() {
    let mut command = program();
    refused(command.nice(20), Step::Nice, EINVAL);
    assert!(command.nice(19).status().unwrap().success());
    refused(command.umask(0o1000), Step::Umask, EINVAL);
    assert!(command.umask(0).status().unwrap().success());
}
