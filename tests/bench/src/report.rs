//! What is printed and written of a run.

use crate::run::{Group, Outcome};
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
}

/// The figures that the design asks for, as far as both sides were measured.
pub fn ratios(outcome: &Outcome) -> Vec<Ratio> {
    let (small, four, eight, many) = ("0 GiB", "4 GiB", "8 GiB", "10,000 descriptors");
    let cases: [(&str, f64, (&str, &str), (&str, &str)); 16] = [
        (
            "bare / floor, 0 GiB",
            1.08,
            (small, s::BARE),
            (small, s::FLOOR),
        ),
        (
            "bare / floor, 8 GiB",
            1.08,
            (eight, s::BARE),
            (eight, s::FLOOR),
        ),
        (
            "full plan / floor",
            1.35,
            (small, s::FULL),
            (small, s::FLOOR),
        ),
        (
            "bare / posix_spawn",
            0.85,
            (small, s::BARE),
            (small, s::POSIX_SPAWN),
        ),
        (
            "Command / bare",
            1.08,
            (small, s::COMMAND),
            (small, s::BARE),
        ),
        ("Command / std", 0.70, (small, s::COMMAND), (small, s::STD)),
        (
            "Command / std's fork, 8 GiB",
            0.002,
            (eight, s::COMMAND),
            (eight, s::STD_FORK),
        ),
        (
            "birth in a cgroup / bare",
            1.05,
            (small, s::CGROUP),
            (small, s::BARE),
        ),
        (
            "birth in a cgroup / writing",
            0.02,
            (small, s::CGROUP),
            (small, s::FORK_CGROUP),
        ),
        (
            "id maps / with fork, 0 GiB",
            0.75,
            (small, s::MAPS),
            (small, s::FORK_MAPS),
        ),
        (
            "id maps / with fork, 4 GiB",
            0.005,
            (four, s::MAPS),
            (four, s::FORK_MAPS),
        ),
        (
            "close others, 10,000 / 14",
            1.4,
            (many, s::CLOSE_OTHERS),
            (small, s::CLOSE_OTHERS),
        ),
        (
            "close others / posix_spawn, 10,000",
            0.25,
            (many, s::CLOSE_OTHERS),
            (many, s::POSIX_SPAWN),
        ),
        (
            "bare, 8 GiB / 0 GiB",
            1.25,
            (eight, s::BARE),
            (small, s::BARE),
        ),
        // Parts of the above where 8 GiB are not to be had.
        (
            "bare / floor, 4 GiB",
            1.08,
            (four, s::BARE),
            (four, s::FLOOR),
        ),
        (
            "bare, 4 GiB / 0 GiB",
            1.25,
            (four, s::BARE),
            (small, s::BARE),
        ),
    ];
    cases
        .into_iter()
        .filter_map(|(case, target, of, to)| {
            let value = outcome.median(of.0, of.1)? / outcome.median(to.0, to.1)?;
            Some(Ratio {
                case,
                value,
                target,
                reached: value <= target,
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
            "\nCaller: {caller} (us)\n\n| {:30} | quartile | median | quartile | samples | / floor |",
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
        "\n| {:34} | at most | value | |\n|---|---:|---:|---|\n",
        "ratio of medians"
    );
    for ratio in ratios(outcome) {
        let verdict = if ratio.reached { "reached" } else { "missed" };
        let _ = writeln!(
            text,
            "| {:34} | {:7} | {:.4} | {verdict} |",
            ratio.case, ratio.target, ratio.value
        );
    }
    text
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
        ns: crate::statistics::Summary,
        longest_stall_ns: Option<crate::statistics::Summary>,
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
                longest_stall_ns: crate::statistics::Summary::of(&group.stalls)
                    .filter(|stalls| stalls.median > 0.0),
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
