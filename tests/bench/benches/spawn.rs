//! Measures, prints and writes: `cargo bench -- PROGRAM OUTPUT [whole|quick|smoke]`, PROGRAM being
//! one that does nothing, OUTPUT a directory.

use criterion::{BenchmarkId, Criterion, SamplingMode};
use libclone3_bench::run::{Extent, Group, Outcome, run};
use libclone3_bench::{caller, picture, report};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (program, output, extent) = match words[..] {
        [caller::ARGUMENT, description] => {
            return match caller::serve(description) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    eprintln!("caller: {error}: {description}");
                    ExitCode::FAILURE
                }
            };
        }
        [program, output] | [program, output, "whole"] => (program, output, Extent::Whole),
        [program, output, "quick"] => (program, output, Extent::Quick),
        [program, output, "smoke"] => (program, output, Extent::Smoke),
        _ => {
            eprintln!("usage: cargo bench -- PROGRAM OUTPUT [whole|quick|smoke]");
            return ExitCode::from(2);
        }
    };
    let seconds = match extent {
        Extent::Whole => 240,
        Extent::Quick => 30,
        Extent::Smoke => 1,
    };
    let outcome = match run(extent, Path::new(program), Duration::from_secs(seconds)) {
        Ok(outcome) => outcome,
        Err(error) => {
            eprintln!("bench: {error}");
            return ExitCode::FAILURE;
        }
    };
    print!("{}", report::tables(&outcome));
    if let Err(error) = report::write(&outcome, Path::new(output)) {
        eprintln!("bench: {output}: {error}");
        return ExitCode::FAILURE;
    }
    if extent == Extent::Smoke {
        return ExitCode::SUCCESS;
    }
    if !outcome.is_quiet() {
        println!("\nNo conclusion: a floor's quartiles vary by more than 3x.");
        return ExitCode::FAILURE;
    }
    print!("{}", report::targets(&outcome));
    if extent == Extent::Whole {
        let tree = Path::new(env!("CARGO_MANIFEST_DIR"));
        let published = report::publish(&outcome, &tree.join("../../BENCHMARKS.md"))
            .map_err(Into::into)
            .and_then(|()| picture::draw(&outcome, &tree.join("pictures")));
        if let Err(error) = published {
            eprintln!("bench: {error}");
            return ExitCode::FAILURE;
        }
        analyse(&outcome, Path::new(output));
    }
    ExitCode::SUCCESS
}

/// criterion's analysis, and its comparison with the run before. The samples are taken already: all
/// subjects in turn, which criterion cannot do.
fn analyse(outcome: &Outcome, output: &Path) {
    let mut criterion = Criterion::default()
        .without_plots()
        .output_directory(&output.join("criterion"))
        .nresamples(2000)
        .warm_up_time(Duration::from_nanos(1));
    for group in outcome
        .groups
        .iter()
        .filter(|group| group.samples.len() >= 10)
    {
        analyse_one(&mut criterion, group);
    }
}

fn analyse_one(criterion: &mut Criterion, group: &Group) {
    let count = group.samples.len().min(200);
    // Evenly from the whole run.
    let chosen: Vec<u64> = (0..count)
        .map(|n| group.samples[n * group.samples.len() / count])
        .collect();
    let total: u64 = chosen.iter().sum();
    let mean = total / count as u64;
    let mut benchmarks = criterion.benchmark_group(&group.caller);
    benchmarks
        .sampling_mode(SamplingMode::Flat)
        .sample_size(count)
        .measurement_time(Duration::from_nanos(total));
    let mut calls = 0;
    benchmarks.bench_function(BenchmarkId::from_parameter(group.subject), |bencher| {
        bencher.iter_custom(|iterations| {
            calls += 1;
            // The first call is criterion's warm-up, by whose duration it tells how many iterations
            // a sample has: one.
            if calls == 1 {
                let begin = Instant::now();
                while begin.elapsed() < Duration::from_nanos(mean) {}
                return begin.elapsed();
            }
            let ns = (0..iterations).map(|n| chosen[(calls - 2 + n as usize) % count]);
            Duration::from_nanos(ns.sum())
        });
    });
    benchmarks.finish();
}
