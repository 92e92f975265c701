//! A caller: a process of its own, of a given size, that takes one sample when it is told to.

use crate::subject::{Setting, all};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::ptr::null_mut;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// The argument that makes a process a caller.
pub const ARGUMENT: &str = "--caller";

/// What a caller is like.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Description {
    /// What tells it from the others.
    pub name: String,
    /// Resident memory in 4 KiB pages.
    pub mib: usize,
    /// Open descriptors.
    pub descriptors: i32,
    /// Variables in its environment.
    pub variables: usize,
    /// Threads that spawn at once.
    pub threads: usize,
    /// Threads that fault pages all the time.
    pub neighbours: usize,
    /// To be started.
    pub program: PathBuf,
    /// The start fails.
    pub fails: bool,
    /// An empty cgroup v2.
    pub cgroup: Option<PathBuf>,
}

/// What a caller measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// From before the start to after the end, nanoseconds; of several threads, the mean.
    pub ns: u64,
    /// The longest that a neighbour took for one page in that time.
    pub stall_ns: u64,
}

/// A running caller. It ends when its pipes are closed.
pub struct Caller {
    /// What it is like.
    pub description: Description,
    process: Child,
    commands: Option<ChildStdin>,
    answers: ChildStdout,
}

impl Caller {
    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// It cannot be made so.
    pub fn start(description: Description) -> io::Result<Caller> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(ARGUMENT)
            .arg(serde_json::to_string(&description)?)
            .env_clear()
            .envs((0..description.variables).map(|n| (format!("VARIABLE_{n}"), "value")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let commands = process.stdin.take();
        let mut answers = process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        answers.read_exact(&mut [0])?;
        Ok(Caller {
            description,
            process,
            commands,
            answers,
        })
    }

    /// One sample of the subject with that number.
    ///
    /// # Errors
    /// The caller has died: what it printed tells why.
    pub fn ask(&mut self, subject: usize) -> io::Result<Sample> {
        let commands = self.commands.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        commands.write_all(&[subject as u8])?;
        let mut answer = [0; 16];
        self.answers.read_exact(&mut answer)?;
        let number = |half: &[u8]| {
            half.iter()
                .rev()
                .fold(0, |n, byte| n << 8 | u64::from(*byte))
        };
        Ok(Sample {
            ns: number(&answer[..8]),
            stall_ns: number(&answer[8..]),
        })
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.commands = None;
        let _ = self.process.wait();
    }
}

/// What a caller's process does.
///
/// # Errors
/// It cannot be made as it should be, or a start does not do what it should.
pub fn serve(description: &str) -> io::Result<()> {
    let description: Description = serde_json::from_str(description)?;
    // What is started inherits neither pipe.
    let (mut commands, mut answers) = (take(0)?, take(1)?);
    take_memory(description.mib << 20)?;
    open_descriptors(description.descriptors)?;
    let neighbours: &'static [Neighbour] = (0..description.neighbours)
        .map(|_| Neighbour::default())
        .collect::<Vec<_>>()
        .leak();
    for neighbour in neighbours {
        std::thread::spawn(|| neighbour.fault_pages());
    }
    let setting = Setting {
        program: description.program.clone(),
        cgroup: description.cgroup.clone(),
    };
    let subjects = all();
    answers.write_all(&[0])?;
    let mut command = [0];
    while commands.read_exact(&mut command).is_ok() {
        let subject = &subjects[usize::from(command[0])];
        let mut starts = (0..description.threads)
            .map(|_| subject.make(&setting))
            .collect::<io::Result<Vec<_>>>()?;
        let once = |start: &mut crate::subject::Start| {
            let result = start();
            assert_eq!(
                result.is_err(),
                description.fails,
                "{}: {result:?}",
                subject.name
            );
        };
        // What ran before in another process has left the caches cold.
        if !subject.is_fork {
            starts.iter_mut().for_each(once);
        }
        for neighbour in neighbours {
            neighbour.longest.store(0, Ordering::Relaxed);
        }
        let ns = match &mut starts[..] {
            [start] => timed(|| once(start)),
            _ => {
                let barrier = Barrier::new(starts.len());
                let total: u64 = std::thread::scope(|scope| {
                    let threads: Vec<_> = starts
                        .iter_mut()
                        .map(|start| {
                            scope.spawn(|| {
                                barrier.wait();
                                timed(|| once(start))
                            })
                        })
                        .collect();
                    threads
                        .into_iter()
                        .map(|t| t.join().expect("a sample"))
                        .sum()
                });
                total / starts.len() as u64
            }
        };
        // A page that was being faulted counts, too.
        let stall_ns = neighbours.iter().map(Neighbour::longest).max().unwrap_or(0);
        answers.write_all(&ns.to_le_bytes())?;
        answers.write_all(&stall_ns.to_le_bytes())?;
    }
    Ok(())
}

fn timed(act: impl FnOnce()) -> u64 {
    let begin = Instant::now();
    act();
    begin.elapsed().as_nanos() as u64
}

/// Moves a standard descriptor to a number that no program inherits.
fn take(number: i32) -> io::Result<File> {
    use std::os::fd::{AsRawFd, BorrowedFd};
    // SAFETY: a process is started with these open.
    let standard = unsafe { BorrowedFd::borrow_raw(number) };
    let own = standard.try_clone_to_owned()?;
    let null = OwnedFd::from(File::options().read(true).write(true).open("/dev/null")?);
    // SAFETY: replaces a descriptor that only this function knows.
    if unsafe { libc::dup2(null.as_raw_fd(), number) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(own.into())
}

/// Small pages, as memory that programs have used for long mostly is.
fn map(size: usize) -> io::Result<*mut u8> {
    // SAFETY: a mapping of its own.
    let memory = unsafe {
        libc::mmap(
            null_mut(),
            size,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if memory == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: advice on the mapping above; without effect where there are no huge pages.
    unsafe { libc::madvise(memory, size, libc::MADV_NOHUGEPAGE) };
    Ok(memory.cast())
}

fn take_memory(size: usize) -> io::Result<()> {
    if size == 0 {
        return Ok(());
    }
    let memory = map(size)?;
    for offset in (0..size).step_by(4096) {
        // SAFETY: within the mapping, which is never unmapped.
        unsafe { memory.add(offset).write_volatile(1) };
    }
    Ok(())
}

fn open_descriptors(count: i32) -> io::Result<()> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: reads and writes the struct alone.
    unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
        limit.rlim_cur = limit.rlim_max;
        libc::setrlimit(libc::RLIMIT_NOFILE, &limit);
    }
    loop {
        // SAFETY: makes a descriptor that nobody owns, to stay open.
        let fd = unsafe { libc::fcntl(0, libc::F_DUPFD_CLOEXEC, 3) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        if fd >= count - 1 {
            return Ok(());
        }
    }
}

/// A thread that faults pages.
#[derive(Default)]
struct Neighbour {
    longest: AtomicU64,
    pages: AtomicU64,
}

impl Neighbour {
    fn fault_pages(&self) {
        loop {
            let ns = timed(|| {
                let Ok(memory) = map(4096) else { return };
                // SAFETY: the mapping above, touched and given back.
                unsafe {
                    memory.write_volatile(1);
                    libc::munmap(memory.cast(), 4096);
                }
            });
            self.longest.fetch_max(ns, Ordering::Relaxed);
            self.pages.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn longest(&self) -> u64 {
        let before = self.pages.load(Ordering::Relaxed);
        while self.pages.load(Ordering::Relaxed) == before {
            std::thread::yield_now();
        }
        self.longest.load(Ordering::Relaxed)
    }
}
