//! `Command` does what std documents of its own: many tests run both and compare.

mod common;

use common::{Outcome, as_root, no_child_left, sh, status_field, stdout};
use libclone3::{Command, Stdio};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command as StdCommand;
use std::time::{Duration, Instant};

tests![
    arguments_arrive_as_they_are,
    arg0_replaces_the_name_alone,
    the_environment_is_inherited,
    later_calls_for_the_environment_win,
    env_clear_leaves_what_is_set_afterwards,
    env_remove_hides_what_is_inherited,
    changes_of_the_environment_are_seen_by_the_next_spawn,
    an_environment_that_others_change_is_whole,
    a_program_is_looked_for_in_the_callers_path,
    a_path_that_is_set_for_the_child_is_searched,
    without_a_path_the_default_is_searched,
    a_denied_program_beats_a_missing_one,
    a_relative_program_counts_from_the_new_directory,
    errors_of_the_start_have_the_kinds_of_std,
    a_script_without_an_interpreter_line_is_no_program,
    an_odd_environment_is_inherited_as_the_guide_says,
    strings_with_zero_bytes_are_invalid_input,
    an_empty_program_is_not_found,
    output_captures_both_streams,
    output_reads_both_pipes_at_once,
    output_has_no_input,
    output_leaves_alone_what_is_set,
    spawn_and_status_inherit_all_streams,
    streams_are_null_or_piped,
    a_pipeline_of_two_programs,
    a_file_is_a_stream,
    one_descriptor_is_both_streams,
    the_callers_streams_can_be_exchanged,
    a_low_descriptor_may_be_a_stream,
    wait_closes_stdin,
    try_wait_and_wait_timeout_leave_stdin_open,
    wait_twice_is_the_same,
    wait_with_output_of_no_pipe_is_empty,
    wait_with_output_takes_the_rest,
    wait_with_output_reads_pipes_that_do_not_block,
    kill_after_the_end_is_ok,
    the_exit_status_is_stds,
    a_command_can_be_used_again,
    the_mask_is_kept_and_sigpipe_is_at_default,
    ignored_signals_stay_ignored,
    close_on_exec_descriptors_are_closed,
    what_was_set_can_be_got,
    debug_looks_like_std,
    debug_of_the_arguments_is_a_list,
    a_zero_byte_spoils_a_command_for_good,
    debug_shows_no_value_of_a_variable,
    from_std_takes_what_std_shows,
    ids_are_those_that_were_set,
    a_process_group_of_its_own,
    a_command_works_in_another_thread,
];

/// Does the same with std's types and with ours, and expects the same value.
macro_rules! same {
    ($name:ident => $body:expr) => {{
        let of_std = {
            #[allow(unused_imports)]
            use std::process::{Command as $name, Stdio};
            $body
        };
        let ours = {
            #[allow(unused_imports)]
            use libclone3::{Command as $name, Stdio};
            $body
        };
        assert_eq!(ours, of_std);
        ours
    }};
}

/// A directory of this test's own.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Directory {
        let path = std::env::temp_dir().join(format!("libclone3-std-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Directory(path.canonicalize().unwrap())
    }

    fn path(&self) -> &Path {
        &self.0
    }

    /// A script that prints `text`.
    fn script(&self, name: &str, text: &str, mode: u32) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\necho {text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn lines(output: &[u8]) -> Vec<String> {
    let mut lines: Vec<_> = String::from_utf8_lossy(output)
        .lines()
        .map(str::to_owned)
        .collect();
    lines.sort();
    lines
}

fn arguments_arrive_as_they_are() {
    let strange = OsStr::from_bytes(b"\xff \"'\n$(true)*");
    let printf = ["%s|", "a b", ""];
    let output = same!(C => C::new("printf").args(printf).arg(strange).output().unwrap().stdout);
    assert_eq!(output, b"a b||\xff \"'\n$(true)*|");
}

fn arg0_replaces_the_name_alone() {
    use std::os::unix::process::CommandExt;
    let script = ["-c", "echo $0 $@", "--", "x"];
    let of_std = StdCommand::new("/bin/sh")
        .arg0("other")
        .args(&script[..2])
        .output()
        .unwrap();
    let ours = Command::new("/bin/sh")
        .arg0("other")
        .args(&script[..2])
        .output()
        .unwrap();
    assert_eq!(ours, of_std);
    assert_eq!(ours.stdout, b"other\n");
}

fn the_environment_is_inherited() {
    let output = same!(C => C::new("env").output().map(|o| lines(&o.stdout)).unwrap());
    assert!(output.iter().any(|line| line.starts_with("PATH=")));
}

fn later_calls_for_the_environment_win() {
    let output = same!(C => C::new("env")
        .env_clear()
        .env("A", "1")
        .envs([("A", "2"), ("B", "1"), ("EMPTY", ""), ("C", "a=b")])
        .env_remove("B")
        .env("D", "1")
        .env_remove("D")
        .env("D", "2")
        .output()
        .unwrap()
        .stdout);
    assert_eq!(lines(&output), ["A=2", "C=a=b", "D=2", "EMPTY="]);
}

fn env_clear_leaves_what_is_set_afterwards() {
    let output = same!(C => C::new("/usr/bin/env")
        .env("A", "1")
        .env_remove("HOME")
        .env_clear()
        .env("B", "2")
        .output()
        .unwrap()
        .stdout);
    assert_eq!(output, b"B=2\n");
    let output = same!(C => C::new("/usr/bin/env").env_clear().output().unwrap().stdout);
    assert_eq!(output, b"");
}

fn env_remove_hides_what_is_inherited() {
    let output = same!(C => C::new("env")
        .env_remove("PATH")
        .env("LANG", "zz")
        .output()
        .map(|o| lines(&o.stdout))
        .unwrap());
    assert!(output.contains(&"LANG=zz".to_owned()));
    assert!(!output.iter().any(|line| line.starts_with("PATH=")));
}

fn changes_of_the_environment_are_seen_by_the_next_spawn() {
    let mut command = sh("echo $LIBCLONE3_TEST");
    assert_eq!(stdout(&mut command), "\n");
    // SAFETY: this program has one thread.
    unsafe { std::env::set_var("LIBCLONE3_TEST", "1") };
    assert_eq!(stdout(&mut command), "1\n");
    command.env("OTHER", "x");
    assert_eq!(stdout(&mut command), "1\n");
    // SAFETY: as above.
    unsafe { std::env::remove_var("LIBCLONE3_TEST") };
    assert_eq!(stdout(&mut command), "\n");
    command.env("LIBCLONE3_TEST", "2");
    assert_eq!(stdout(&mut command), "2\n");
}

fn an_environment_that_others_change_is_whole() {
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut n = 0_usize;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                n += 1;
                // SAFETY: the others use std, which takes its lock.
                unsafe { std::env::set_var("LIBCLONE3_TEST", "x".repeat(n % 5000)) };
            }
        });
        let mut command = Command::new("/usr/bin/env");
        let is_whole = |line: &String| match line.strip_prefix("LIBCLONE3_TEST=") {
            Some(value) => value.bytes().all(|byte| byte == b'x'),
            None => true,
        };
        let all_are_whole = (0..200).all(|_| match command.output() {
            Ok(output) => lines(&output.stdout).iter().all(is_whole),
            Err(_) => false,
        });
        // Before anything can fail: the other thread would go on for ever.
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(all_are_whole);
    });
    // SAFETY: the other thread has ended.
    unsafe { std::env::remove_var("LIBCLONE3_TEST") };
}

fn a_program_is_looked_for_in_the_callers_path() {
    let directory = Directory::new();
    directory.script("bin/libclone3-tool", "found", 0o755);
    same!(C => C::new("libclone3-tool").spawn().map(drop).unwrap_err().kind());
    let before = std::env::var_os("PATH").unwrap();
    let mut path = directory.path().join("bin").into_os_string();
    path.push(":");
    path.push(&before);
    // SAFETY: this program has one thread.
    unsafe { std::env::set_var("PATH", path) };
    let output = Command::new("libclone3-tool").output();
    // SAFETY: as above.
    unsafe { std::env::set_var("PATH", before) };
    assert_eq!(output.unwrap().stdout, b"found\n");
}

fn a_path_that_is_set_for_the_child_is_searched() {
    let directory = Directory::new();
    directory.script("a/libclone3-tool", "first", 0o755);
    directory.script("b/libclone3-tool", "second", 0o755);
    let (a, b) = (directory.path().join("a"), directory.path().join("b"));
    let path = format!("/nonexistent:{}:{}", b.display(), a.display());
    let output = same!(C => C::new("libclone3-tool").env("PATH", &path).output().unwrap().stdout);
    assert_eq!(output, b"second\n");
    // An empty element is the current directory: the new one.
    let output = same!(C => C::new("libclone3-tool")
        .env("PATH", "/nonexistent:")
        .current_dir(&a)
        .output()
        .unwrap()
        .stdout);
    assert_eq!(output, b"first\n");
}

fn without_a_path_the_default_is_searched() {
    assert!(same!(C => C::new("true").env_remove("PATH").status().unwrap()).success());
    assert!(same!(C => C::new("true").env_clear().status().unwrap()).success());
    let kind = same!(C => C::new("true").env("PATH", "/").status().map_err(|e| e.kind()));
    assert_eq!(kind.unwrap_err(), io::ErrorKind::NotFound);
}

fn a_denied_program_beats_a_missing_one() {
    let directory = Directory::new();
    directory.script("a/libclone3-tool", "never", 0o644);
    let path = format!("{}:/nonexistent", directory.path().join("a").display());
    let kind = same!(C => C::new("libclone3-tool")
        .env("PATH", &path)
        .status()
        .map_err(|e| e.kind()));
    assert_eq!(kind.unwrap_err(), io::ErrorKind::PermissionDenied);
}

fn a_relative_program_counts_from_the_new_directory() {
    let directory = Directory::new();
    directory.script("a/tool", "relative", 0o755);
    let a = directory.path().join("a");
    let output = same!(C => C::new("./tool").current_dir(&a).output().unwrap().stdout);
    assert_eq!(output, b"relative\n");
    let output =
        same!(C => C::new("a/tool").current_dir(directory.path()).output().unwrap().stdout);
    assert_eq!(output, b"relative\n");
}

fn errors_of_the_start_have_the_kinds_of_std() {
    let directory = Directory::new();
    directory.script("denied", "never", 0o644);
    fs::write(directory.path().join("empty-shebang"), "#!/nonexistent\n").unwrap();
    let runnable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(directory.path().join("empty-shebang"), runnable).unwrap();
    for (program, number) in [
        (PathBuf::from("/nonexistent"), libc::ENOENT),
        (PathBuf::from("/etc/passwd/x"), libc::ENOTDIR),
        (PathBuf::from("/"), libc::EACCES),
        (directory.path().join("denied"), libc::EACCES),
        (directory.path().join("empty-shebang"), libc::ENOENT),
    ] {
        let error = same!(C => C::new(&program)
            .spawn()
            .map(drop)
            .map_err(|e| (e.kind(), e.raw_os_error())));
        assert_eq!(error.unwrap_err().1, Some(number), "{program:?}");
    }
    let error = same!(C => C::new("true")
        .current_dir("/nonexistent")
        .spawn()
        .map(drop)
        .map_err(|e| (e.kind(), e.raw_os_error())));
    assert_eq!(error.unwrap_err().1, Some(libc::ENOENT));
    assert!(no_child_left());
}

fn a_script_without_an_interpreter_line_is_no_program() {
    let directory = Directory::new();
    let script = directory.path().join("plain");
    fs::write(&script, "exit 3\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let error = Command::new(&script).spawn().unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ENOEXEC));
    if !cfg!(target_env = "gnu") {
        return;
    }
    // The same of std, by fork: the guide says so.
    let mut std = StdCommand::new(&script);
    // SAFETY: nothing is done in the child.
    unsafe { std::os::unix::process::CommandExt::pre_exec(&mut std, || Ok(())) };
    assert_eq!(std.status().unwrap().code(), Some(3));
}

fn an_odd_environment_is_inherited_as_the_guide_says() {
    let caller = common::child(|| {
        let strings = [c"A=1", c"no-sign", c"A=2", c"PATH=/usr/bin:/bin"];
        let mut pointers = strings.map(|string| string.as_ptr().cast_mut()).to_vec();
        pointers.push(std::ptr::null_mut());
        unsafe extern "C" {
            static mut environ: *mut *mut std::ffi::c_char;
        }
        // SAFETY: this child has one thread, and ends before the array does.
        unsafe { environ = pointers.as_mut_ptr() };
        let mut command = Command::new("cat");
        let output = command.arg("/proc/self/environ").output().unwrap();
        i32::from(output.stdout != *b"A=1\0A=2\0PATH=/usr/bin:/bin\0")
    });
    assert!({ caller }.wait().unwrap().success());
}

fn strings_with_zero_bytes_are_invalid_input() {
    use std::os::unix::process::CommandExt;
    type Change = (fn(&mut Command), fn(&mut StdCommand));
    macro_rules! change {
        ($c:ident => $body:expr) => {
            (
                |$c| {
                    $body;
                },
                |$c| {
                    $body;
                },
            )
        };
    }
    let changes: [Change; 6] = [
        change!(c => c.arg("a\0b")),
        change!(c => c.arg0("a\0b").arg0("a")), // a later good one does not help, as in std
        change!(c => c.env("a\0b", "1")),
        change!(c => c.env("a", "\0")),
        change!(c => c.env_clear().env("a", "\0")),
        change!(c => c.current_dir("a\0b")),
    ];
    for (ours, of_std) in changes {
        let (mut command, mut std_command) = (Command::new("true"), StdCommand::new("true"));
        ours(&mut command);
        of_std(&mut std_command);
        for _ in 0..2 {
            let error = command.spawn().unwrap_err();
            let of_std = std_command.spawn().unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            assert_eq!(error.raw_os_error(), None);
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert_eq!((of_std.kind(), of_std.to_string()), (error.kind(), cause));
        }
    }
    // A variable is looked at when it is used.
    let status = same!(C => C::new("true").env("a", "\0").env("a", "1").status().unwrap());
    assert!(status.success());
    let kind = same!(C => C::new("tr\0ue").output().map(drop).map_err(|e| e.kind()));
    assert_eq!(kind, Err(io::ErrorKind::InvalidInput));
    assert!(no_child_left());
}

fn an_empty_program_is_not_found() {
    let kind = same!(C => C::new("").status().map_err(|e| (e.kind(), e.raw_os_error())));
    assert_eq!(
        kind.unwrap_err(),
        (io::ErrorKind::NotFound, Some(libc::ENOENT))
    );
}

fn output_captures_both_streams() {
    let script = "echo out; echo err >&2; exit 3";
    let output = same!(C => C::new("sh").args(["-c", script]).output().unwrap());
    assert_eq!(output.stdout, b"out\n");
    assert_eq!(output.stderr, b"err\n");
    assert_eq!(output.status.code(), Some(3));
}

fn output_reads_both_pipes_at_once() {
    // More than a pipe holds to one, then to the other: a reader of one alone would never end.
    for script in [
        "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2",
        "head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero",
        "exec 2>&-; head -c 1000000 /dev/zero",
        "exec >&-; head -c 1000000 /dev/zero >&2",
    ] {
        let output = sh(script).output().unwrap();
        let total = output.stdout.len() + output.stderr.len();
        assert!(
            total == 2_000_000 || total == 1_000_000,
            "{total}: {script}"
        );
        assert_eq!(
            output,
            StdCommand::new("sh").args(["-c", script]).output().unwrap()
        );
    }
}

fn output_has_no_input() {
    let target = same!(C => C::new("readlink").arg("/proc/self/fd/0").output().unwrap().stdout);
    assert_eq!(target, b"/dev/null\n");
}

fn output_leaves_alone_what_is_set() {
    let output = same!(C => C::new("sh")
        .args(["-c", "echo gone; echo err >&2; cat"])
        .stdout(Stdio::null())
        .stdin(Stdio::piped())
        .output()
        .unwrap());
    assert_eq!(
        (&output.stdout[..], &output.stderr[..]),
        (&b""[..], &b"err\n"[..])
    );
}

fn spawn_and_status_inherit_all_streams() {
    let script =
        "for fd in 0 1 2; do test /proc/$$/fd/$fd -ef /proc/$PPID/fd/$fd || exit $fd$fd; done";
    let status = same!(C => C::new("sh").args(["-c", script]).status().unwrap());
    assert!(status.success(), "{status}");
    let mut child = sh(script).spawn().unwrap();
    assert!(child.stdin.is_none() && child.stdout.is_none() && child.stderr.is_none());
    assert!(child.wait().unwrap().success());
    let mut child = sh(script)
        .stdin(Stdio::inherit())
        .stdout(Stdio::inherit())
        .spawn()
        .unwrap();
    assert!(child.wait().unwrap().success());
}

fn streams_are_null_or_piped() {
    let mut child = sh("echo $(readlink /proc/$$/fd/0) $(readlink /proc/$$/fd/1) >&2")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert!(child.stdin.is_none() && child.stdout.is_none());
    let mut text = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "/dev/null /dev/null\n");
    assert!(child.wait().unwrap().success());
    // /dev/null can be read as stdin, and written as the others.
    let mut command = sh("read x; echo lost && echo lost >&2");
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    assert!(command.status().unwrap().success());
}

fn a_pipeline_of_two_programs() {
    let first = sh("echo one; echo two")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = first.id();
    // As in std's documentation the stream is moved out of the child, which is dropped with that.
    let output = Command::new("tail")
        .args(["-n", "1"])
        .stdin(first.stdout.unwrap())
        .output();
    assert_eq!(output.unwrap().stdout, b"two\n");
    let mut status = 0;
    // SAFETY: the pid is our child's, which nobody waited for.
    let reaped = unsafe { libc::waitpid(pid as i32, &mut status, 0) };
    assert_eq!(reaped, pid as i32);
    assert_eq!(status, 0);
}

fn a_file_is_a_stream() {
    let directory = Directory::new();
    let path = directory.path().join("file");
    let status = sh("echo text")
        .stdout(File::create(&path).unwrap())
        .status()
        .unwrap();
    assert!(status.success());
    let read = Command::new("cat")
        .stdin(File::open(&path).unwrap())
        .output()
        .unwrap();
    assert_eq!(read.stdout, b"text\n");
}

fn one_descriptor_is_both_streams() {
    let directory = Directory::new();
    let path = directory.path().join("file");
    let file = File::create(&path).unwrap();
    let mut command = sh("echo out; echo err >&2");
    command.stdout(file.try_clone().unwrap()).stderr(file);
    assert!(command.status().unwrap().success());
    assert_eq!(fs::read(&path).unwrap(), b"out\nerr\n");
}

fn the_callers_streams_can_be_exchanged() {
    // In a shell whose own streams are two pipes, so that there is something to see.
    let path = std::env::current_exe().unwrap();
    let script = "echo out; echo err >&2";
    if std::env::var_os("LIBCLONE3_EXCHANGE").is_some() {
        let status = sh(script)
            .stdout(io::stderr())
            .stderr(io::stdout())
            .status()
            .unwrap();
        assert!(status.success());
        return;
    }
    let output = Command::new(path)
        .arg("the_callers_streams_can_be_exchanged")
        .env("LIBCLONE3_EXCHANGE", "1")
        .output()
        .unwrap();
    assert!(lines(&output.stdout).contains(&"err".to_owned()));
    assert!(!lines(&output.stdout).contains(&"out".to_owned()));
    assert_eq!(output.stderr, b"out\n");
}

/// Gives `f` a copy of descriptor 0 as descriptor 0 itself: what a program that closed its streams
/// gets from open.
fn a_low_descriptor_may_be_a_stream() {
    let saved = io::stdin().as_fd().try_clone_to_owned().unwrap();
    // SAFETY: the standard input is put back below; nobody reads it meanwhile.
    let low = unsafe {
        libc::close(0);
        OwnedFd::from(File::open("/etc/passwd").unwrap())
    };
    let output = Command::new("readlink")
        .arg("/proc/self/fd/0")
        .stdin(low)
        .output();
    // The command is dropped and has closed it.
    let inherited = File::open("/dev/zero").unwrap();
    let piped = Command::new("readlink").arg("/proc/self/fd/0").output();
    drop(inherited);
    // SAFETY: 0 is free.
    unsafe { libc::dup2(std::os::fd::AsRawFd::as_raw_fd(&saved), 0) };
    assert_eq!(output.unwrap().stdout, b"/etc/passwd\n");
    assert_eq!(piped.unwrap().stdout, b"/dev/null\n");
}

fn wait_closes_stdin() {
    let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    assert!(child.stdin.is_some());
    assert!(child.wait().unwrap().success());
    assert!(child.stdin.is_none());
    let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    assert!(child.wait_usage().unwrap().0.success());
    let mut command = Command::new("cat");
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
    assert!(
        Command::new("cat")
            .stdin(Stdio::piped())
            .status()
            .unwrap()
            .success()
    );
}

fn try_wait_and_wait_timeout_leave_stdin_open() {
    let mut command = Command::new("cat");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(child.try_wait().unwrap(), None);
    assert_eq!(child.wait_timeout(Duration::from_millis(20)).unwrap(), None);
    child.stdin.as_mut().unwrap().write_all(b"still").unwrap();
    assert_eq!(child.wait_with_output().unwrap().stdout, b"still");
}

fn wait_twice_is_the_same() {
    let mut child = sh("exit 5").spawn().unwrap();
    for _ in 0..2 {
        assert_eq!(child.wait().unwrap().code(), Some(5));
    }
    assert_eq!(child.try_wait().unwrap().unwrap().code(), Some(5));
    let status = child.wait_timeout(Duration::ZERO).unwrap();
    assert_eq!(status.unwrap().code(), Some(5));
    assert!(no_child_left());
}

fn wait_with_output_of_no_pipe_is_empty() {
    let output = sh("exit 4").spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
}

fn wait_with_output_reads_pipes_that_do_not_block() {
    let one: fn() -> Stdio = Stdio::null;
    for (stderr, errors) in [(one, ""), (Stdio::piped, "err\n")] {
        let child = sh("sleep 0.02; echo out; sleep 0.02; echo err >&2; echo more")
            .stdout(Stdio::piped())
            .stderr(stderr())
            .spawn()
            .unwrap();
        let number = child.stdout.as_ref().unwrap().as_raw_fd();
        // SAFETY: the descriptor is open.
        let set = unsafe { libc::fcntl(number, libc::F_SETFL, libc::O_NONBLOCK) };
        assert_eq!(set, 0);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.stdout, b"out\nmore\n");
        assert_eq!(output.stderr, errors.as_bytes());
    }
}

fn wait_with_output_takes_the_rest() {
    let mut command = sh("echo one; echo two");
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 4];
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut first)
        .unwrap();
    assert_eq!(&first, b"one\n");
    assert_eq!(child.wait_with_output().unwrap().stdout, b"two\n");
}

fn kill_after_the_end_is_ok() {
    let mut child = Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    child.kill().unwrap();
    let mut child = Command::new("true").spawn().unwrap();
    std::thread::sleep(Duration::from_millis(30)); // a zombie by now
    child.kill().unwrap();
    assert!(child.wait().unwrap().success());
    let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGKILL));
}

fn the_exit_status_is_stds() {
    for script in [
        "exit 0",
        "exit 255",
        "kill -TERM $$",
        "ulimit -c 0; kill -ABRT $$",
    ] {
        same!(C => C::new("sh").args(["-c", script]).status().unwrap());
    }
}

fn a_command_can_be_used_again() {
    let mut command = sh("echo $A $0 $@");
    command.stderr(Stdio::null());
    for n in 0..3 {
        let value = n.to_string();
        assert_eq!(stdout(command.env("A", &value)), format!("{n} /bin/sh\n"));
        assert!(command.stdout(Stdio::null()).status().unwrap().success());
        command.stdout(Stdio::piped());
    }
    command.arg("zero");
    assert_eq!(stdout(&mut command), "2 zero\n");
    // One that failed can be put right.
    command.current_dir("/nonexistent").spawn().unwrap_err();
    assert_eq!(stdout(command.current_dir("/")), "2 zero\n");
    // With pipes each time new ones.
    let mut command = Command::new("cat");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut children: Vec<_> = (0..3).map(|_| command.spawn().unwrap()).collect();
    for (n, child) in children.iter_mut().enumerate() {
        write!(child.stdin.as_mut().unwrap(), "{n}").unwrap();
    }
    for (n, child) in children.into_iter().enumerate() {
        assert_eq!(
            child.wait_with_output().unwrap().stdout,
            n.to_string().as_bytes()
        );
    }
}

fn status(command: &mut Command, name: &str) -> String {
    let text = stdout(command);
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap().trim().to_owned()
}

fn the_mask_is_kept_and_sigpipe_is_at_default() {
    // SAFETY: the sets live; the mask is put back.
    let seen = unsafe {
        let mut set = std::mem::zeroed();
        let mut before = std::mem::zeroed();
        libc::sigaddset(&mut set, libc::SIGUSR1);
        libc::sigaddset(&mut set, libc::SIGTERM);
        libc::pthread_sigmask(libc::SIG_BLOCK, &set, &mut before);
        let mut command = Command::new("cat");
        let seen = status(command.arg("/proc/self/status"), "SigBlk");
        let std = StdCommand::new("cat").arg("/proc/self/status").output();
        libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut());
        assert!(
            String::from_utf8(std.unwrap().stdout)
                .unwrap()
                .contains(&seen)
        );
        seen
    };
    assert_eq!(seen, format!("{:016x}", 1 << 9 | 1 << 14));
    // The Rust runtime ignores it.
    let ignored = |process| u64::from_str_radix(&status_field(process, "SigIgn"), 16).unwrap();
    assert_ne!(ignored("self") & 1 << 12, 0);
    assert_eq!(ignored_by_a_child(), ignored("self") & !(1 << 12));
}

fn ignored_by_a_child() -> u64 {
    let text = status(Command::new("cat").arg("/proc/self/status"), "SigIgn");
    u64::from_str_radix(&text, 16).unwrap()
}

fn ignored_signals_stay_ignored() {
    // SAFETY: the disposition is put back.
    let seen = unsafe {
        libc::signal(libc::SIGUSR2, libc::SIG_IGN);
        let seen = ignored_by_a_child();
        libc::signal(libc::SIGUSR2, libc::SIG_DFL);
        seen
    };
    assert_ne!(seen & 1 << 11, 0);
    assert_eq!(ignored_by_a_child() & 1 << 11, 0);
}

fn close_on_exec_descriptors_are_closed() {
    let file = File::open("/dev/null").unwrap();
    let inherited = file.as_fd().try_clone_to_owned().unwrap();
    // SAFETY: takes integers only.
    unsafe {
        libc::fcntl(
            std::os::fd::AsRawFd::as_raw_fd(&inherited),
            libc::F_SETFD,
            0,
        )
    };
    let open = same!(C => C::new("ls").arg("/proc/self/fd").output().unwrap().stdout);
    let number = |fd: &dyn std::os::fd::AsRawFd| fd.as_raw_fd().to_string();
    assert!(lines(&open).contains(&number(&inherited)), "{open:?}");
}

fn what_was_set_can_be_got() {
    use std::ffi::OsString;
    type Got = (
        OsString,
        Vec<OsString>,
        Vec<(OsString, Option<OsString>)>,
        Option<PathBuf>,
        usize,
    );
    let got: Got = same!(C => {
        let mut c = C::new("prog");
        c.args(["a", "b"]).arg("").env("Z", "1").env("A", "2").env_remove("M").current_dir("/x");
        let envs = c.get_envs().map(|(k, v)| (k.to_owned(), v.map(OsStr::to_owned)));
        let lengths = c.get_args().len() * 10 + c.get_envs().len();
        (
            c.get_program().to_owned(),
            c.get_args().map(OsStr::to_owned).collect(),
            envs.collect(),
            c.get_current_dir().map(Path::to_owned),
            lengths,
        )
    });
    assert_eq!(got.4, 33);
    // Removed from what is set, in a cleared environment: gone.
    same!(C => {
        let mut c = C::new("prog\0");
        c.arg("\0").env_clear().env("A", "1").env_remove("A").env_remove("B");
        let args: Vec<_> = c.get_args().map(OsStr::to_owned).collect();
        (c.get_program().to_owned(), args, c.get_envs().len(), c.get_current_dir().is_none())
    });
}

fn debug_looks_like_std() {
    same!(C => format!("{:?}", C::new("ls").args(["-l", "a b", "\""])));
    same!(C => format!("{:?}", C::new("ls").current_dir("/tmp").env_remove("A").env_remove("B")));
    same!(C => format!("{:?}", C::new("ls").env_clear()));
    use std::os::unix::process::CommandExt;
    let ours = format!("{:?}", Command::new("ls").arg0("x"));
    assert_eq!(ours, format!("{:?}", StdCommand::new("ls").arg0("x")));
}

fn debug_of_the_arguments_is_a_list() {
    let mut command = Command::new("a");
    let arguments = command.args(["b", "c d"]).get_args();
    assert_eq!(format!("{arguments:?}"), r#"["b", "c d"]"#);
}

fn a_zero_byte_spoils_a_command_for_good() {
    let kind = same!(C => {
        let mut command = C::new("true");
        let first = command.current_dir("\0").status().map_err(|e| e.kind());
        let second = command.current_dir("/").status().map_err(|e| e.kind());
        (first.unwrap_err(), second.unwrap_err())
    });
    assert_eq!(
        kind,
        (io::ErrorKind::InvalidInput, io::ErrorKind::InvalidInput)
    );
}

fn debug_shows_no_value_of_a_variable() {
    let mut command = Command::new("ls");
    command.env("TOKEN", "secret");
    for text in [
        format!("{command:?}"),
        format!("{command:#?}"),
        format!("{:?}", command.get_envs()),
    ] {
        assert!(text.contains("TOKEN") && !text.contains("secret"), "{text}");
    }
}

fn from_std_takes_what_std_shows() {
    let mut std = StdCommand::new("sh");
    std.args(["-c", "pwd; echo $A; echo ${HOME-none}"])
        .env("A", "1")
        .env_remove("HOME");
    std.current_dir("/");
    let output = Command::from_std_lossy(&std).output().unwrap();
    assert_eq!(output, std.output().unwrap());
    assert_eq!(output.stdout, b"/\n1\nnone\n");
}

fn ids_are_those_that_were_set() -> Outcome {
    as_root(|| {
        use std::os::unix::process::CommandExt;
        fn filter(output: io::Result<std::process::Output>) -> Vec<String> {
            let names = ["Uid:", "Gid:", "Groups:", "CapEff:", "CapPrm:"];
            let is_id = |line: &String| names.iter().any(|name| line.starts_with(name));
            let mut lines = lines(&output.unwrap().stdout);
            lines.retain(is_id);
            lines
        }
        // SAFETY: the groups are put back; no other thread runs.
        unsafe { libc::setgroups(2, [5, 6].as_ptr()) };
        for (uid, gid, groups) in [
            (Some(1000), Some(1001), None),
            (Some(1000), None, None),
            (Some(0), None, None),
            (None, Some(1001), None),
            (Some(1000), Some(1001), Some(&[7, 8][..])),
        ] {
            let mut ours = Command::new("cat");
            let mut of_std = StdCommand::new("cat");
            ours.arg("/proc/self/status");
            of_std.arg("/proc/self/status");
            if let Some(uid) = uid {
                ours.uid(uid);
                of_std.uid(uid);
            }
            if let Some(gid) = gid {
                ours.gid(gid);
                of_std.gid(gid);
            }
            if let Some(groups) = groups {
                ours.groups(groups);
                // std's is not stable.
                let of_setpriv = stdout(
                    Command::new("setpriv")
                        .args(["--groups", "7,8", "--reuid", "1000", "--regid", "1001"])
                        .args(["cat", "/proc/self/status"]),
                );
                let wanted = of_setpriv.lines().find(|line| line.starts_with("Groups:"));
                let seen = filter(ours.output().map_err(io::Error::from));
                assert!(seen.contains(&wanted.unwrap().to_owned()), "{seen:?}");
                continue;
            }
            let seen = filter(ours.output().map_err(io::Error::from));
            assert_eq!(seen, filter(of_std.output()), "{uid:?} {gid:?}");
        }
        // SAFETY: as above.
        unsafe { libc::setgroups(0, std::ptr::null()) };
    })
}

fn a_process_group_of_its_own() {
    let mut child = Command::new("sleep")
        .arg("60")
        .process_group(0)
        .spawn()
        .unwrap();
    let pid = child.id() as i32;
    // SAFETY: takes integers only.
    unsafe {
        assert_eq!(libc::getpgid(pid), pid);
        assert_eq!(libc::killpg(pid, libc::SIGTERM), 0);
    }
    assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGTERM));
}

fn a_command_works_in_another_thread() {
    let mut command = sh("exit 9");
    let mut child = std::thread::spawn(move || command.spawn().unwrap())
        .join()
        .unwrap();
    let start = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(9));
    assert!(start.elapsed() < Duration::from_secs(10));
}
