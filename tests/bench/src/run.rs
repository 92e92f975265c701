//! A run: which subjects are started from which callers, and all of them in turn.

use crate::caller::{Caller, Description};
use crate::statistics::Summary;
use crate::subject::{self, Need, Subject, all};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everything.
    Whole,
    /// What fits into a minute.
    Quick,
    /// Each subject a few times, to see that it works.
    Smoke,
}

/// A subject from a caller, with its samples.
pub struct Group {
    /// The caller's name.
    pub caller: String,
    /// Resident memory of the caller.
    pub mib: usize,
    /// The caller's program cannot be started.
    pub fails: bool,
    /// The subject's name.
    pub subject: &'static str,
    /// Nanoseconds, in the order in which they were taken.
    pub samples: Vec<u64>,
    /// The longest stall of a neighbour in each of them.
    pub stalls: Vec<u64>,
}

impl Group {
    /// The quartiles; `None` without samples.
    pub fn summary(&self) -> Option<Summary> {
        Summary::of(&self.samples)
    }
}

/// What a run gave.
pub struct Outcome {
    /// The measurements.
    pub groups: Vec<Group>,
    /// What was left out, and why.
    pub skipped: Vec<String>,
}

/// What the groups say of a case.
impl Outcome {
    /// The median of a subject from a caller.
    pub fn median(&self, caller: &str, subject: &str) -> Option<f64> {
        self.groups
            .iter()
            .find(|group| group.caller == caller && group.subject == subject)
            .and_then(Group::summary)
            .map(|summary| summary.median)
    }

    /// No floor varies by more than 3 times between its quartiles.
    pub fn is_quiet(&self) -> bool {
        self.groups
            .iter()
            .filter(|group| group.subject == subject::FLOOR)
            .filter_map(Group::summary)
            .all(|summary| summary.is_quiet())
    }
}

/// A fork that moves to a cgroup shows its cost only if another was not shortly before.
const APART: Duration = Duration::from_millis(20);

struct Pair {
    caller: usize,
    subject: usize,
    every: u32,
    group: usize,
}

/// Measures for about as long as is told.
///
/// # Errors
/// A caller cannot be made, or a start fails.
pub fn run(extent: Extent, program: &Path, time: Duration) -> io::Result<Outcome> {
    let mut outcome = Outcome {
        groups: Vec::new(),
        skipped: Vec::new(),
    };
    let cgroup = Cgroup::make();
    if cgroup.is_none() {
        outcome
            .skipped
            .push("births in a cgroup: none can be made here".to_owned());
    }
    let path = cgroup.as_ref().map(|cgroup| cgroup.0.clone());
    let steps = callers(extent, program, path.as_deref());
    for (number, descriptions) in steps.iter().enumerate() {
        let share = if number == 0 { 0.8 } else { 0.2 };
        phase(descriptions, time.mul_f64(share), &mut outcome)?;
    }
    Ok(outcome)
}

/// The callers of each phase. Those with neighbours come by themselves: they take the processors.
fn callers(extent: Extent, program: &Path, cgroup: Option<&Path>) -> [Vec<Description>; 2] {
    let small = Description {
        name: "0 GiB".to_owned(),
        mib: 0,
        descriptors: 14,
        variables: 20,
        threads: 1,
        neighbours: 0,
        program: program.to_owned(),
        fails: false,
        cgroup: cgroup.map(Path::to_owned),
    };
    let named = |name: &str, change: fn(&mut Description)| {
        let mut description = small.clone();
        description.name = name.to_owned();
        change(&mut description);
        description
    };
    let mut first = vec![small.clone()];
    if extent != Extent::Smoke {
        first.push(named("1 GiB", |d| d.mib = 1024));
        first.push(named("10,000 descriptors", |d| d.descriptors = 10_000));
    }
    first.push(named("failing exec", |d| {
        d.program = "/nonexistent/program".into();
        d.fails = true;
    }));
    let neighbours: fn(&mut Description) = |d| {
        d.neighbours = 1;
        d.mib = 8192;
    };
    if extent != Extent::Whole {
        return [first, Vec::new()];
    }
    first.extend([
        named("4 GiB", |d| d.mib = 4096),
        named("8 GiB", |d| d.mib = 8192),
        named("1,000 descriptors", |d| d.descriptors = 1000),
        named("2 threads", |d| d.threads = 2),
        named("4 threads", |d| d.threads = 4),
        named("2,000 variables", |d| d.variables = 2000),
        named("/bin/true", |d| d.program = "/bin/true".into()),
    ]);
    [first, vec![named("8 GiB, neighbours", neighbours)]]
}

/// What is asked of a caller: the general subjects, and the others where they tell something.
fn is_asked(caller: &Description, subject: &Subject) -> bool {
    let is_maps = subject.name == subject::MAPS || subject.name == subject::FORK_MAPS;
    let closes = subject.name == subject::CLOSE_OTHERS || subject.name == subject::FORK_CLOSE_RANGE;
    match caller.name.as_str() {
        _ if caller.fails => subject.is_general,
        "0 GiB" => true,
        "8 GiB" => {
            subject.is_general || [subject::FULL, subject::CLONE_PIDFD].contains(&subject.name)
        }
        "4 GiB" => subject.is_general || is_maps,
        _ if caller.descriptors > 14 => subject.is_general || closes,
        _ => subject.is_general,
    }
}

fn phase(descriptions: &[Description], time: Duration, outcome: &mut Outcome) -> io::Result<()> {
    let mut callers = Vec::new();
    for description in descriptions {
        if available_mib() < description.mib + 1024 {
            let name = &description.name;
            outcome
                .skipped
                .push(format!("caller \"{name}\": too little memory"));
            continue;
        }
        callers.push(Caller::start(description.clone())?);
    }
    let subjects = all();
    let mut pairs = Vec::new();
    for (caller, running) in callers.iter_mut().enumerate() {
        let description = running.description.clone();
        for (subject, what) in subjects.iter().enumerate() {
            if !is_asked(&description, what) {
                continue;
            }
            if let Some(reason) = lacks(what, description.cgroup.is_some()) {
                let reason = format!("{}: {reason}", what.name);
                if !outcome.skipped.contains(&reason) {
                    outcome.skipped.push(reason);
                }
                continue;
            }
            // The first are not counted. They tell how often a costly one can be asked for.
            let mut cost = running.ask(subject)?.ns;
            for _ in 0..2 {
                cost = cost.min(running.ask(subject)?.ns);
            }
            let cost = Duration::from_nanos(cost);
            let is_apart = what.name == subject::FORK_CGROUP;
            let cost = if is_apart { APART } else { cost };
            let every = if what.is_fork {
                (cost.as_micros() / 2000).clamp(1, 200) as u32
            } else {
                1
            };
            pairs.push(Pair {
                caller,
                subject,
                every,
                group: outcome.groups.len(),
            });
            outcome.groups.push(Group {
                caller: description.name.clone(),
                mib: description.mib,
                fails: description.fails,
                subject: what.name,
                samples: Vec::new(),
                stalls: Vec::new(),
            });
        }
    }
    let mut order = Order(1);
    let begin = Instant::now();
    let mut apart = begin - APART;
    let mut round: u32 = 0;
    while !pairs.is_empty() && (round == 0 || begin.elapsed() < time) {
        order.shuffle(&mut pairs);
        for pair in &pairs {
            if !round.is_multiple_of(pair.every) {
                continue;
            }
            if subjects[pair.subject].name == subject::FORK_CGROUP {
                std::thread::sleep(APART.saturating_sub(apart.elapsed()));
                apart = Instant::now();
            }
            let sample = callers[pair.caller].ask(pair.subject)?;
            outcome.groups[pair.group].samples.push(sample.ns);
            outcome.groups[pair.group].stalls.push(sample.stall_ns);
        }
        round += 1;
    }
    Ok(())
}

/// What ended just before leaves work to the kernel that slows the next: a new order each round,
/// the same orders in each run.
struct Order(u64);

impl Order {
    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            // Knuth's generator; its high bits are the better ones.
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            items.swap(last, (self.0 >> 33) as usize % (last + 1));
        }
    }
}

fn lacks(subject: &Subject, has_cgroup: bool) -> Option<&'static str> {
    // SAFETY: asks for an id.
    let is_root = unsafe { libc::geteuid() } == 0;
    match subject.need {
        Need::Cgroup if !has_cgroup => Some("no cgroup can be made here"),
        Need::Root if !is_root => Some("needs root"),
        Need::PidfdSpawn if !subject::has_pidfd_spawn() => Some("not in this libc"),
        _ => None,
    }
}

fn available_mib() -> usize {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<usize>().ok())
        .map_or(0, |kib| kib / 1024)
}

/// An empty cgroup v2, removed at the end.
struct Cgroup(PathBuf);

impl Cgroup {
    fn make() -> Option<Cgroup> {
        let mounts = fs::read_to_string("/proc/mounts").ok()?;
        let base = mounts.lines().find_map(|line| {
            let mut words = line.split(' ').skip(1);
            let path = words.next()?;
            (words.next()? == "cgroup2").then_some(path)
        })?;
        let path = Path::new(base).join(format!("libclone3-bench-{}", std::process::id()));
        fs::create_dir(&path).ok()?;
        Some(Cgroup(path))
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // Becomes possible a moment after the last process in it was reaped.
        for _ in 0..2000 {
            if fs::remove_dir(&self.0).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Group, Outcome};
    use crate::subject::{BARE, FLOOR};

    fn outcome(subject: &'static str, samples: &[u64]) -> Outcome {
        let group = |caller: &str, subject, samples: &[u64]| Group {
            caller: caller.to_owned(),
            mib: 0,
            fails: false,
            subject,
            samples: samples.to_vec(),
            stalls: Vec::new(),
        };
        Outcome {
            groups: vec![
                group("small", FLOOR, &[100, 100, 100, 100, 100]),
                group("large", subject, samples),
            ],
            skipped: Vec::new(),
        }
    }

    #[test]
    fn one_callers_noisy_floor_forbids_conclusions() {
        assert!(outcome(FLOOR, &[100, 100, 200, 300, 300]).is_quiet());
        assert!(!outcome(FLOOR, &[100, 100, 200, 301, 301]).is_quiet());
    }

    #[test]
    fn a_noisy_peer_forbids_nothing() {
        assert!(outcome(BARE, &[100, 100, 200, 301, 301]).is_quiet());
    }
}
