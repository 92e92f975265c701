//! What the tests that fork have in common: a runner with one thread, and questions to the kernel.

#![allow(dead_code)] // each test program uses a part

pub mod cgroup;

use libclone3::{Capabilities, CapabilitySet, Child, CloneArgs, Command, Error, SockFilter};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a test that did not fail has to say: it passed, or was skipped for this reason.
pub enum Outcome {
    Passed,
    Skipped(String),
}

/// Lets a test end with `()` as well as with an `Outcome`.
impl From<()> for Outcome {
    fn from((): ()) -> Outcome {
        Outcome::Passed
    }
}

pub struct Test {
    pub name: &'static str,
    pub run: fn() -> Outcome,
}

/// `tests![a, b]` is the main function that runs these functions one after the other.
#[macro_export]
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        fn main() -> std::process::ExitCode {
            common::run(&[$(common::Test {
                name: stringify!($name),
                run: || common::Outcome::from($name()),
            }),*])
        }
    };
}

pub fn run(tests: &[Test]) -> std::process::ExitCode {
    let filter: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .collect();
    let (mut passed, mut failed, mut skipped, mut left_out) = (0, 0, 0, 0);
    for test in tests {
        if !filter.is_empty() && !filter.iter().any(|word| test.name.contains(word.as_str())) {
            left_out += 1;
            continue;
        }
        let before = Snapshot::take();
        let outcome = catch_unwind(|| {
            let outcome = (test.run)();
            assert_eq!(before, Snapshot::take(), "something was left behind");
            outcome
        });
        match outcome {
            Ok(Outcome::Passed) => {
                passed += 1;
                println!("test {} ... ok", test.name);
            }
            Ok(Outcome::Skipped(reason)) if skip_is_allowed(test.name) => {
                skipped += 1;
                println!("test {} ... ignored, {reason}", test.name);
            }
            Ok(Outcome::Skipped(reason)) => {
                failed += 1;
                println!(
                    "test {} ... FAILED: a skip that is not allowed: {reason}",
                    test.name
                );
            }
            Err(_) => {
                failed += 1;
                println!("test {} ... FAILED", test.name);
            }
        }
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {verdict}. {passed} passed; {failed} failed; {skipped} ignored; \
         0 measured; {left_out} filtered out\n"
    );
    std::process::ExitCode::from(u8::from(failed != 0))
}

/// In CI only the skips in the file `$ALLOWED_SKIPS` are, one to a line: `name: reason`.
fn skip_is_allowed(name: &str) -> bool {
    if std::env::var_os("CI").is_none_or(|ci| ci.is_empty()) {
        return true;
    }
    let allowed = std::env::var_os("ALLOWED_SKIPS").and_then(|file| fs::read_to_string(file).ok());
    allowed.unwrap_or_default().lines().any(|line| {
        line.split_once(':')
            .is_some_and(|(allowed, _)| allowed.trim() == name)
    })
}

/// What a call must leave as it was: descriptors, children, the signal mask.
#[derive(Debug, PartialEq)]
pub struct Snapshot {
    descriptors: Vec<(i32, String)>,
    children: String,
    signal_mask: String,
}

impl Snapshot {
    pub fn take() -> Snapshot {
        let mut descriptors: Vec<_> = fs::read_dir("/proc/self/fd")
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter_map(|path| {
                // That of the directory itself is closed by now.
                let target = fs::read_link(&path).ok()?.to_str()?.to_owned();
                let number = path.file_name()?.to_str()?.parse().ok()?;
                (!target.ends_with("/fd")).then_some((number, target))
            })
            .collect();
        descriptors.sort();
        Snapshot {
            descriptors,
            children: fs::read_to_string("/proc/thread-self/children").unwrap_or_default(),
            signal_mask: status_field("thread-self", "SigBlk"),
        }
    }
}

/// A field of `/proc/PROCESS/status`.
pub fn status_field(process: &str, field: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.unwrap_or_default().trim().to_owned()
}

/// A child that runs `f`. The tests have one thread, so that `f` may do what it likes.
pub fn try_child<F: FnOnce() -> i32>(args: &CloneArgs<'_>, f: F) -> Result<Child, Error> {
    // SAFETY: the tests have one thread; what `f` captures is used in the child alone.
    unsafe { args.call(f) }
}

/// A child that runs `f`, with no flags.
pub fn child<F: FnOnce() -> i32>(f: F) -> Child {
    try_child(&CloneArgs::new(), f).unwrap()
}

/// A child that waits for a signal.
pub fn sleeper() -> Child {
    child(pause)
}

/// Waits for a signal that kills.
pub fn pause() -> i32 {
    loop {
        // SAFETY: no precondition.
        unsafe { libc::pause() };
    }
}

/// Ends by `SIGABRT`, without the thread id that a libc remembers as abort(3) does.
pub fn abort() -> i32 {
    // SAFETY: no precondition.
    unsafe { libc::kill(libc::getpid(), libc::SIGABRT) };
    pause()
}

/// Kills and reaps.
pub fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

pub fn errno<T: std::fmt::Debug>(result: Result<T, Error>) -> i32 {
    result.unwrap_err().raw_os_error().unwrap()
}

/// Runs `test`; a failure that only says what the caller may not do here is a skip.
pub fn unless_forbidden(what: &str, result: Result<(), Error>) -> Outcome {
    match result {
        Ok(()) => Outcome::Passed,
        Err(error) if matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES)) => {
            Outcome::Skipped(format!("{what}: {error}"))
        }
        Err(error) => panic!("{what}: {error}"),
    }
}

/// The running kernel's version.
pub fn kernel() -> (u32, u32) {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers = release
        .split(|c: char| !c.is_ascii_digit())
        .map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// Is no child left, not even a zombie?
pub fn no_child_left() -> bool {
    // SAFETY: a null status is allowed.
    let value = unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG | libc::__WALL) };
    value == -1 && std::io::Error::last_os_error().raw_os_error() == Some(libc::ECHILD)
}

/// Catches a panic of `f`, which leaves nothing that is used later.
pub fn panics<F: FnOnce()>(f: F) -> bool {
    catch_unwind(AssertUnwindSafe(f)).is_err()
}

/// A shell that runs a script.
pub fn sh(script: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]);
    command
}

/// What a program writes to its standard output; it must succeed.
pub fn stdout(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {stderr}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// Is the caller uid 0 of the first user namespace, with its rights?
pub fn is_root() -> bool {
    // SAFETY: no precondition.
    let is_zero = unsafe { libc::geteuid() } == 0;
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    is_zero && map.split_whitespace().eq(["0", "0", "4294967295"])
}

/// Runs `test` if the caller is root.
pub fn as_root(test: fn()) -> Outcome {
    if !is_root() {
        return Outcome::Skipped("needs root".to_owned());
    }
    test();
    Outcome::Passed
}

/// Runs `test` in a thread without a capability.
pub fn without<F: FnOnce() + Send>(capability: CapabilitySet, test: F) {
    let drop_it = || {
        let mut header = [0x2008_0522_u32, 0]; // version 3, the calling thread
        let mut words = [0_u32; 6];
        // SAFETY: the addresses are valid; capabilities are the thread's own.
        unsafe {
            libc::syscall(libc::SYS_capget, header.as_mut_ptr(), words.as_mut_ptr());
            words[0] &= !(capability.bits() as u32);
            words[3] &= !((capability.bits() >> 32) as u32);
            libc::syscall(libc::SYS_capset, header.as_mut_ptr(), words.as_ptr());
        }
        let now = Capabilities::current().unwrap();
        assert!(!now.effective.intersects(capability));
        test();
    };
    std::thread::scope(|scope| scope.spawn(drop_it).join().unwrap());
}

pub fn statement(code: u32, k: u32) -> SockFilter {
    SockFilter {
        code: code as u16,
        jt: 0,
        jf: 0,
        k,
    }
}

/// A filter that gives these system calls these answers.
pub fn filter(answers: &[(i64, u32)]) -> Vec<SockFilter> {
    let mut filter = vec![statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0)];
    for (number, answer) in answers {
        let mut is_it = statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, *number as u32);
        is_it.jf = 1;
        filter.extend([is_it, statement(libc::BPF_RET | libc::BPF_K, *answer)]);
    }
    filter.push(statement(
        libc::BPF_RET | libc::BPF_K,
        libc::SECCOMP_RET_ALLOW,
    ));
    filter
}

/// A filter that gives one system call with this first argument, on a little-endian machine, an
/// error.
pub fn filter_first_argument(number: i64, argument: i32, errno: i32) -> Vec<SockFilter> {
    let load = |offset| statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset);
    let unless = |value, skip| SockFilter {
        jf: skip,
        ..statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, value)
    };
    let answer = |answer| statement(libc::BPF_RET | libc::BPF_K, answer);
    vec![
        load(0),
        unless(number as u32, 3),
        load(16),
        unless(argument as u32, 1),
        answer(libc::SECCOMP_RET_ERRNO | errno as u32),
        answer(libc::SECCOMP_RET_ALLOW),
    ]
}

/// Subjects the calling thread, which must be a child's, to a filter.
pub fn filtered(filter: &[SockFilter]) {
    let program = libc::sock_fprog {
        len: filter.len() as u16,
        filter: filter.as_ptr().cast_mut().cast(),
    };
    // SAFETY: the filter lives, and has the layout of libc's.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        let mode = libc::SECCOMP_MODE_FILTER;
        assert_eq!(libc::prctl(libc::PR_SET_SECCOMP, mode, &program), 0);
    }
}
