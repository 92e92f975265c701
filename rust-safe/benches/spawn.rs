//! What a spawn costs beside libclone3's own and std's, in microseconds: `cargo bench -p libclone3 --
//! PROGRAM [MIB]`, MIB being the resident size of the large caller.
//!
//! Each round does every way once, so that all see the same machine. A way is
//! the start of PROGRAM, which should do nothing, and the wait for its end.

use libclone3::Command;
use libclone3_sys as sys;
use std::ffi::{CString, c_char};
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command as StdCommand;
use std::ptr::null;
use std::time::Instant;

const ROUNDS: usize = 3000;

type Way<'a> = (&'static str, Box<dyn FnMut() + 'a>);

fn main() {
    let arguments: Vec<_> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .collect();
    let program = arguments.first().map_or("/bin/true", String::as_str);
    let mib: usize = arguments
        .get(1)
        .map_or(1024, |mib| mib.parse().expect("a number of MiB"));
    let rounds = ROUNDS;
    println!("{program}, {rounds} rounds, us");
    measure(program, "small caller", rounds);
    let memory = vec![1_u8; mib << 20];
    measure(program, &format!("{mib} MiB resident"), rounds);
    drop(memory);
}

/// The plan of nothing but the program.
fn bare_spawn(path: &CString) {
    let argv: [*const c_char; 2] = [path.as_ptr(), null()];
    let plan = sys::clone3_plan {
        size: size_of::<sys::clone3_plan>() as u64,
        path: path.as_ptr(),
        argv: argv.as_ptr(),
        ..Default::default()
    };
    let mut child = sys::clone3_child {
        size: size_of::<sys::clone3_child>() as u64,
        ..Default::default()
    };
    // SAFETY: what the plan points to lives; no other thread changes the environment; the pidfd is
    // ours.
    unsafe {
        assert_eq!(sys::clone3_spawn(&plan, &mut child), 0);
        let pidfd = OwnedFd::from_raw_fd(child.pidfd);
        assert_eq!(
            sys::clone3_pidfd_wait(child.pidfd, 0, std::ptr::null_mut()),
            1
        );
        drop(pidfd);
    }
}

fn ended(has: bool) {
    assert!(has, "the program cannot be started");
}

fn measure(program: &str, what: &str, rounds: usize) {
    let path = CString::new(program).expect("a path");
    let mut reused = Command::new(program);
    let mut cleared = Command::new(program);
    cleared.env_clear();
    let mut given = Command::new(program);
    given.env_clear().envs(std::env::vars_os());
    let mut of_std = StdCommand::new(program);
    let mut forking = StdCommand::new(program);
    // SAFETY: does nothing.
    unsafe { forking.pre_exec(|| Ok(())) };
    let mut ways: Vec<Way<'_>> = vec![
        ("C, bare", Box::new(|| bare_spawn(&path))),
        ("Command", Box::new(|| ended(reused.status().is_ok()))),
        (
            "Command, made anew",
            Box::new(|| ended(Command::new(program).status().is_ok())),
        ),
        (
            "Command, no environment",
            Box::new(|| ended(cleared.status().is_ok())),
        ),
        (
            "Command, environment given",
            Box::new(|| ended(given.status().is_ok())),
        ),
        ("std", Box::new(|| ended(of_std.status().is_ok()))),
        (
            "std with pre_exec",
            Box::new(|| ended(forking.status().is_ok())),
        ),
    ];
    let mut times = vec![Vec::with_capacity(rounds); ways.len()];
    let fork = ways.len() - 1;
    let mut run = |n: usize| {
        let start = Instant::now();
        (ways[n].1)();
        times[n].push(start.elapsed());
    };
    for round in 0..rounds {
        for i in 0..fork {
            // Another order each time: the one before leaves its traces.
            run((i + round) % fork);
        }
    }
    // By itself: after a fork each page is copied when it is next written to, whoever does.
    for _ in 0..rounds / 10 {
        run(fork);
    }
    println!("\n{what:30} median     p90   / C");
    let median = |times: &mut Vec<std::time::Duration>| {
        times.sort();
        let at = |part: usize| times[times.len() * part / 10].as_secs_f64() * 1e6;
        (at(5), at(9))
    };
    let (floor, _) = median(&mut times[0]);
    for ((name, _), times) in ways.iter().zip(&mut times) {
        let (half, most) = median(times);
        println!("{name:30} {half:6.1} {most:7.1} {:6.3}", half / floor);
    }
}
