//! What libclone3 does, shown on this machine: `cargo run --example demo`.
//!
//! Runs with and without privileges; what is not allowed here is said so.

use libclone3::{CloneArgs, CloneFlags, Fork, Namespaces, Signal, Support};
use std::time::{Duration, Instant};

fn main() -> libclone3::Result<()> {
    support()?;
    time_limit_and_usage()?;
    namespaces()?;
    closure()?;
    wrong_calls();
    Ok(())
}

fn support() -> libclone3::Result<()> {
    let support = Support::probe()?;
    println!("== What can be used here");
    match support.clone3_error() {
        None => println!("   clone3, with arguments of {} bytes", support.args_size()),
        Some(errno) => {
            let error = std::io::Error::from_raw_os_error(errno);
            println!("   no clone3 ({error}): clone instead, for");
        }
    }
    let flags: Vec<_> = CloneFlags::all().iter_names().collect();
    for row in flags.chunks(4) {
        let row: Vec<_> = row
            .iter()
            .map(|(name, flag)| {
                let known = support.flags().contains(*flag);
                format!("   {} {name:<15}", if known { '+' } else { '-' })
            })
            .collect();
        println!("{}", row.concat().trim_end());
    }
    Ok(())
}

fn time_limit_and_usage() -> libclone3::Result<()> {
    println!("\n== A child that is held by its pidfd");
    // SAFETY: this program has one thread, and the child does not leave its branch.
    match unsafe { CloneArgs::new().fork() }? {
        Fork::Child => {
            let start = Instant::now();
            while start.elapsed() < Duration::from_millis(40) {}
            loop {
                // SAFETY: no precondition.
                unsafe { libc::pause() };
            }
        }
        Fork::Parent(mut child) => {
            println!("   pid {}, {:?}", child.id(), child.pidfd());
            if child.wait_timeout(Duration::from_millis(100))?.is_none() {
                println!("   did not end within 100 ms: SIGTERM");
                child.signal(Signal::TERM)?;
            }
            let (status, usage) = child.wait_usage()?;
            println!(
                "   {status}; {:.1?} of CPU time, at most {} KiB, {} page faults, {} switches",
                usage.user_time + usage.system_time,
                usage.max_rss_bytes / 1024,
                usage.minor_faults + usage.major_faults,
                usage.voluntary_switches + usage.involuntary_switches,
            );
        }
    }
    Ok(())
}

fn namespaces() -> libclone3::Result<()> {
    println!("\n== A child in namespaces of its own");
    let set = Namespaces::USER | Namespaces::PID | Namespaces::UTS | Namespaces::NET;
    let mut args = CloneArgs::new();
    args.flags(set.into());
    // SAFETY: this program has one thread, and the closure owns nothing.
    match unsafe { args.call(|| std::process::id() as i32) } {
        Ok(mut child) => {
            let outside = child.id();
            let inside = child.wait()?.code().unwrap_or_default();
            println!("   {set:?}: pid {outside} here, {inside} in there");
        }
        Err(error) => println!("   not allowed here: {error}"),
    }
    Ok(())
}

fn closure() -> libclone3::Result<()> {
    println!("\n== A closure on a copy of the memory");
    let question = String::from("six by seven");
    // SAFETY: this program has one thread, and what the closure owns is memory alone.
    let mut child = unsafe { CloneArgs::new().call(move || 30 + question.len() as i32) }?;
    let status = child.wait()?;
    println!("   its value comes back in the status: {status}");
    Ok(())
}

fn wrong_calls() {
    println!("\n== Two wrong calls");
    let mut contradiction = CloneArgs::new();
    contradiction.flags(CloneFlags::NEWNS | CloneFlags::FS);
    let pids = [std::process::id()];
    let mut taken = CloneArgs::new();
    taken.set_tid(&pids);
    for args in [contradiction, taken] {
        // SAFETY: this program has one thread, and the closure owns nothing.
        match unsafe { args.call(|| 0) } {
            Ok(mut child) => drop(child.wait()),
            Err(error) => println!("   {error}"),
        }
    }
}
