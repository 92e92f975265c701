//! What is printed and written of a run.

use crate::run::{Group, Outcome};
use crate::statistics::Summary;
use crate::subject as s;
use serde::Serialize;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;

/// A figure to reach.
#[derive(Debug, Serialize)]
pub struct Ratio {
    case: &'static str,
    value: f64,
    target: f64,
    reached: bool,
    /// What the kernel alone takes, divided by the same.
    kernel: Option<f64>,
}

/// A caller and a subject.
type Place = (&'static str, &'static str);

const SMALL: &str = "0 GiB";
const FOUR: &str = "4 GiB";
const EIGHT: &str = "8 GiB";
const MANY: &str = "10,000 descriptors";

/// The figures that the design asks for: the case, at most what, what is divided by what, and what
/// shows the kernel's share.
const CASES: [(&str, f64, Place, Place, Option<&str>); 16] = [
    (
        "bare / floor, 0 GiB",
        1.08,
        (SMALL, s::BARE),
        (SMALL, s::FLOOR),
        Some(s::CLONE_PIDFD),
    ),
    (
        "bare / floor, 8 GiB",
        1.08,
        (EIGHT, s::BARE),
        (EIGHT, s::FLOOR),
        Some(s::CLONE_PIDFD),
    ),
    (
        "full plan / floor",
        1.35,
        (SMALL, s::FULL),
        (SMALL, s::FLOOR),
        Some(s::FULL_BY_HAND),
    ),
    (
        "bare / posix_spawn",
        0.85,
        (SMALL, s::BARE),
        (SMALL, s::POSIX_SPAWN),
        Some(s::CLONE_PIDFD),
    ),
    (
        "Command / bare",
        1.08,
        (SMALL, s::COMMAND),
        (SMALL, s::BARE),
        None,
    ),
    (
        "Command / std",
        0.70,
        (SMALL, s::COMMAND),
        (SMALL, s::STD),
        Some(s::CLONE_PIDFD),
    ),
    (
        "Command / std's fork, 8 GiB",
        0.002,
        (EIGHT, s::COMMAND),
        (EIGHT, s::STD_FORK),
        None,
    ),
    (
        "birth in a cgroup / bare",
        1.05,
        (SMALL, s::CGROUP),
        (SMALL, s::BARE),
        Some(s::CGROUP_BY_HAND),
    ),
    (
        "birth in a cgroup / writing",
        0.02,
        (SMALL, s::CGROUP),
        (SMALL, s::FORK_CGROUP),
        None,
    ),
    (
        "id maps / with fork, 0 GiB",
        0.75,
        (SMALL, s::MAPS),
        (SMALL, s::FORK_MAPS),
        None,
    ),
    (
        "id maps / with fork, 4 GiB",
        0.005,
        (FOUR, s::MAPS),
        (FOUR, s::FORK_MAPS),
        None,
    ),
    (
        "close others, 10,000 / 14",
        1.4,
        (MANY, s::CLOSE_OTHERS),
        (SMALL, s::CLOSE_OTHERS),
        None,
    ),
    (
        "close others / posix_spawn, 10,000",
        0.25,
        (MANY, s::CLOSE_OTHERS),
        (MANY, s::POSIX_SPAWN),
        None,
    ),
    (
        "bare, 8 GiB / 0 GiB",
        1.25,
        (EIGHT, s::BARE),
        (SMALL, s::BARE),
        None,
    ),
    // Parts of the above where 8 GiB are not to be had.
    (
        "bare / floor, 4 GiB",
        1.08,
        (FOUR, s::BARE),
        (FOUR, s::FLOOR),
        None,
    ),
    (
        "bare, 4 GiB / 0 GiB",
        1.25,
        (FOUR, s::BARE),
        (SMALL, s::BARE),
        None,
    ),
];

/// Those of which both sides were measured.
pub fn ratios(outcome: &Outcome) -> Vec<Ratio> {
    CASES
        .iter()
        .filter_map(|(case, target, of, to, kernel)| {
            let divisor = outcome.median(to.0, to.1)?;
            let value = outcome.median(of.0, of.1)? / divisor;
            let kernel = kernel.and_then(|subject| outcome.median(of.0, subject));
            Some(Ratio {
                case,
                value,
                target: *target,
                reached: value <= *target,
                kernel: kernel.map(|ns| ns / divisor),
            })
        })
        .collect()
}

/// Callers in the order in which they were measured, each with its groups.
fn by_caller(outcome: &Outcome) -> Vec<(&str, Vec<&Group>)> {
    let mut callers: Vec<(&str, Vec<&Group>)> = Vec::new();
    for group in &outcome.groups {
        match callers.iter_mut().find(|(name, _)| *name == group.caller) {
            Some((_, groups)) => groups.push(group),
            None => callers.push((&group.caller, vec![group])),
        }
    }
    callers
}

/// Tables in Markdown, which are read as well on a terminal. Without ratios if a floor varies.
pub fn tables(outcome: &Outcome) -> String {
    let quiet = outcome.is_quiet();
    let mut text = String::new();
    for (caller, groups) in by_caller(outcome) {
        let _ = writeln!(
            text,
            "\nCaller: {caller} (us)\n\n\
             | {:30} | quartile | median | quartile | samples | / floor |",
            "subject"
        );
        text.push_str("|---|---:|---:|---:|---:|---:|\n");
        let floor = outcome.median(caller, s::FLOOR);
        for group in groups {
            let Some(summary) = group.summary() else {
                continue;
            };
            let ratio = match floor {
                Some(floor) if quiet => format!("{:.3}", summary.median / floor),
                _ => String::new(),
            };
            let _ = writeln!(
                text,
                "| {:30} | {:8.1} | {:6.1} | {:8.1} | {:7} | {ratio:>7} |",
                group.subject,
                summary.first / 1e3,
                summary.median / 1e3,
                summary.third / 1e3,
                summary.samples,
            );
        }
    }
    for skipped in &outcome.skipped {
        let _ = writeln!(text, "\nLeft out: {skipped}.");
    }
    text
}

/// The figures to reach, in Markdown.
pub fn targets(outcome: &Outcome) -> String {
    let mut text = format!(
        "\n| {:34} | at most | value | kernel alone | |\n|---|---:|---:|---:|---|\n",
        "ratio of medians"
    );
    for ratio in ratios(outcome) {
        let kernel = ratio
            .kernel
            .map_or(String::new(), |kernel| format!("{kernel:.4}"));
        let verdict = if ratio.reached { "reached" } else { "missed" };
        let _ = writeln!(
            text,
            "| {:34} | {:7} | {:.4} | {kernel:12} | {verdict} |",
            ratio.case, ratio.target, ratio.value
        );
    }
    text
}

/// The longest that a neighbour waited for a page while a subject ran, in Markdown.
fn stalls(outcome: &Outcome) -> String {
    let mut text = String::new();
    for group in &outcome.groups {
        let Some(stalls) = Summary::of(&group.stalls).filter(|stalls| stalls.median > 0.0) else {
            continue;
        };
        if text.is_empty() {
            let caller = &group.caller;
            let _ = write!(
                text,
                "\nThe longest stall of a neighbour, caller: {caller} (us)\n\n\
                 | {:30} | median | quartile | longest |\n|---|---:|---:|---:|\n",
                "subject"
            );
        }
        let _ = writeln!(
            text,
            "| {:30} | {:6.1} | {:8.1} | {:7.1} |",
            group.subject,
            stalls.median / 1e3,
            stalls.third / 1e3,
            group.stalls.iter().max().map_or(0.0, |ns| *ns as f64 / 1e3),
        );
    }
    text
}

/// What it was measured on, in Markdown.
fn machine() -> io::Result<String> {
    let value = |path: &str, name: &str| -> io::Result<String> {
        let text = fs::read_to_string(path)?;
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        Ok(line
            .unwrap_or_default()
            .trim_matches([' ', '\t', ':'])
            .to_owned())
    };
    Ok(format!(
        "\nMeasured on Linux {}, {} with {} CPUs, {} of memory.\n",
        value("/proc/sys/kernel/osrelease", "")?,
        value("/proc/cpuinfo", "model name")?,
        std::thread::available_parallelism()?,
        value("/proc/meminfo", "MemTotal")?,
    ))
}

const BEGIN: &str = "<!-- from here on by make bench -->\n";
const END: &str = "<!-- until here -->\n";

/// Puts the tables between the marks of a text.
///
/// # Errors
/// It cannot be read or written, or has no marks.
pub fn publish(outcome: &Outcome, path: &Path) -> io::Result<()> {
    let text = fs::read_to_string(path)?;
    let parts = text
        .split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let Some((before, after)) = parts else {
        return Err(io::Error::other("BENCHMARKS.md has no marks"));
    };
    let measured = [
        machine()?,
        targets(outcome),
        stalls(outcome),
        tables(outcome),
    ]
    .concat();
    fs::write(path, [before, BEGIN, &measured, "\n", END, after].concat())
}

/// Writes `bench.json` and `bench.csv`.
///
/// # Errors
/// The directory cannot be written to.
pub fn write(outcome: &Outcome, directory: &Path) -> io::Result<()> {
    #[derive(Serialize)]
    struct Row<'a> {
        caller: &'a str,
        subject: &'a str,
        fails: bool,
        mib: usize,
        ns: Summary,
        longest_stall_ns: Option<Summary>,
    }
    #[derive(Serialize)]
    struct Whole<'a> {
        kernel: String,
        quiet: bool,
        groups: Vec<Row<'a>>,
        ratios: Vec<Ratio>,
        skipped: &'a [String],
    }
    fs::create_dir_all(directory)?;
    let rows: Vec<Row<'_>> = outcome
        .groups
        .iter()
        .filter_map(|group| {
            Some(Row {
                caller: &group.caller,
                subject: group.subject,
                fails: group.fails,
                mib: group.mib,
                ns: group.summary()?,
                longest_stall_ns: Summary::of(&group.stalls).filter(|stalls| stalls.median > 0.0),
            })
        })
        .collect();
    let mut csv = "caller,subject,samples,first_ns,median_ns,third_ns,stall_median_ns\n".to_owned();
    for row in &rows {
        let ns = row.ns;
        let stall = row
            .longest_stall_ns
            .map_or(String::new(), |s| s.median.to_string());
        let _ = writeln!(
            csv,
            "\"{}\",\"{}\",{},{},{},{},{stall}",
            row.caller, row.subject, ns.samples, ns.first, ns.median, ns.third
        );
    }
    fs::write(directory.join("bench.csv"), csv)?;
    let quiet = outcome.is_quiet();
    let whole = Whole {
        kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?
            .trim()
            .to_owned(),
        quiet,
        groups: rows,
        ratios: if quiet { ratios(outcome) } else { Vec::new() },
        skipped: &outcome.skipped,
    };
    fs::write(
        directory.join("bench.json"),
        serde_json::to_string_pretty(&whole)?,
    )
}
