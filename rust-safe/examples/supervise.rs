//! Keeps many programs running with one thread and one epoll: restarts what fails, ends what takes
//! too long, and tells what each consumed.
//!
//! ```text
//! cargo run --example supervise -- 20
//! ```

use libclone3::{Child, Command, Signal};
use std::collections::HashMap;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

/// After this time a program is asked to end.
const LIMIT: Duration = Duration::from_millis(700);
const MOST_RESTARTS: u32 = 2;

struct Job {
    command: Command,
    child: Child,
    since: Instant,
    restarts: u32,
    was_asked_to_end: bool,
}

fn main() -> io::Result<()> {
    let count = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(12);
    let epoll = Epoll::new()?;
    let mut jobs = HashMap::new();
    for id in 0..count {
        // Some succeed, some fail, some hang.
        let script = match id % 4 {
            0 | 1 => format!("sleep 0.{id:02}"),
            2 => "sleep 0.1; exit 3".to_owned(),
            _ => "exec sleep 1000".to_owned(),
        };
        let mut command = Command::new("sh");
        command
            .args(["-c", &script])
            .session()
            .close_other_fds()
            .kill_on_drop(true);
        let child = command.spawn()?;
        epoll.add(&child, id)?;
        let job = Job {
            command,
            child,
            since: Instant::now(),
            restarts: 0,
            was_asked_to_end: false,
        };
        jobs.insert(id, job);
    }
    while !jobs.is_empty() {
        let due = jobs.values().filter(|job| !job.was_asked_to_end);
        let due = due
            .map(|job| LIMIT.saturating_sub(job.since.elapsed()))
            .min();
        for id in epoll.wait(due)? {
            if let Some(mut job) = jobs.remove(&id) {
                if ended(id, &mut job)? {
                    epoll.add(&job.child, id)?;
                    jobs.insert(id, job);
                }
            }
        }
        for (id, job) in &mut jobs {
            if !job.was_asked_to_end && job.since.elapsed() >= LIMIT {
                println!("{id:3}: takes too long");
                job.child.signal(Signal::TERM)?;
                job.was_asked_to_end = true;
            }
        }
    }
    Ok(())
}

/// Tells how it ended. `true`: it runs again.
fn ended(id: u64, job: &mut Job) -> libclone3::Result<bool> {
    let (status, usage) = job.child.wait_usage()?;
    println!(
        "{id:3}: {status} after {:.0?}, {} KiB, {} page faults",
        job.since.elapsed(),
        usage.max_rss_bytes / 1024,
        usage.minor_faults + usage.major_faults,
    );
    if status.success() || status.signal().is_some() || job.restarts == MOST_RESTARTS {
        return Ok(false);
    }
    job.restarts += 1;
    job.since = Instant::now();
    job.child = job.command.spawn()?;
    Ok(true)
}

/// An epoll of pidfds, which become readable when their processes have ended.
struct Epoll(OwnedFd);

impl Epoll {
    fn new() -> io::Result<Epoll> {
        // SAFETY: takes integers only; the descriptor that comes back is ours.
        unsafe {
            match libc::epoll_create1(libc::EPOLL_CLOEXEC) {
                -1 => Err(io::Error::last_os_error()),
                fd => Ok(Epoll(OwnedFd::from_raw_fd(fd))),
            }
        }
    }

    /// A pidfd that is closed leaves it again.
    fn add(&self, child: &Child, id: u64) -> io::Result<()> {
        let mut event = libc::epoll_event {
            events: libc::EPOLLIN as u32,
            u64: id,
        };
        let (epoll, pidfd) = (self.0.as_raw_fd(), child.pidfd().as_raw_fd());
        // SAFETY: the event lives during the call.
        match unsafe { libc::epoll_ctl(epoll, libc::EPOLL_CTL_ADD, pidfd, &mut event) } {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    }

    /// Those that have ended; none when the time is over.
    fn wait(&self, limit: Option<Duration>) -> io::Result<Vec<u64>> {
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; 64];
        let most = events.len() as i32;
        // Not a moment too early.
        let limit = limit.map_or(-1, |limit| limit.as_millis() as i32 + 1);
        // SAFETY: there is place for that many events.
        let count =
            unsafe { libc::epoll_wait(self.0.as_raw_fd(), events.as_mut_ptr(), most, limit) };
        if count < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(events[..count as usize]
            .iter()
            .map(|event| event.u64)
            .collect())
    }
}
