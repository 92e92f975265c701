//! The examples do what their first lines say. cargo builds them for `cargo test`; for this program
//! alone it does not, so that one that is not there is left out.

mod common;

use common::cgroup::{Own, mount_point};
use libclone3::{Command, Output};
use std::path::PathBuf;

fn example(name: &str) -> Option<Command> {
    let mut path: PathBuf = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push(name);
    if !path.exists() {
        eprintln!("not built: {}", path.display());
        return None;
    }
    Some(Command::new(path))
}

fn run(name: &str, arguments: &[&str]) -> Option<(Output, String, String)> {
    let output = example(name)?.args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    Some((output, stdout, stderr))
}

#[test]
fn run_passes_the_status_on() {
    let script = ["sh", "-c", "ulimit -n; readlink /proc/self/fd/9; exit 3"];
    let options = [
        "--limit",
        "nofile=64",
        "--fd",
        "9=/dev/null",
        "--close-others",
        "--",
    ];
    let Some((output, stdout, stderr)) = run("run", &[&options[..], &script].concat()) else {
        return;
    };
    assert_eq!(stdout, "64\n/dev/null\n");
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr.contains("run: exit status: 3; "), "{stderr}");
}

#[test]
fn run_ends_what_takes_too_long() {
    let Some((output, _, stderr)) = run("run", &["--timeout", "0.05", "--", "sleep", "60"]) else {
        return;
    };
    assert_eq!(output.status.code(), Some(126));
    assert!(stderr.contains("run: no end after 50ms"), "{stderr}");
}

#[test]
fn run_tells_what_was_omitted_and_what_cannot_be() {
    let nice = ["--nice", "-20", "--optional", "nice", "--", "true"];
    let Some((output, ..)) = run("run", &nice) else {
        return;
    };
    assert!(output.status.success());
    let (output, _, stderr) = run("run", &["--hostname", "x", "--", "true"]).unwrap();
    assert_eq!(output.status.code(), Some(125));
    assert!(stderr.contains("in step \"hostname\" (x)"), "{stderr}");
    for wrong in [
        &["--nope", "--", "true"][..],
        &["true"],
        &["--limit", "x", "--", "true"],
        &[],
    ] {
        let (output, ..) = run("run", wrong).unwrap();
        assert_eq!(output.status.code(), Some(125), "{wrong:?}");
    }
}

#[test]
fn run_makes_a_container() {
    let options = [
        "--root",
        "--unshare",
        "pid,mount,uts",
        "--proc",
        "--hostname",
        "inner",
        "--",
    ];
    let script = ["sh", "-c", "id -u; uname -n; echo $$"];
    let Some((output, stdout, stderr)) = run("run", &[&options[..], &script].concat()) else {
        return;
    };
    if stderr.contains("not permitted") || stderr.contains("denied") {
        eprintln!("no namespaces here: {stderr}");
        return;
    }
    assert_eq!(stdout, "0\ninner\n1\n", "{stderr}");
    assert!(output.status.success());
}

#[test]
fn pipeline_connects_programs() {
    let words = ["seq", "1", "100", "|", "grep", "7", "|", "tail", "-n", "1"];
    let Some((output, stdout, _)) = run("pipeline", &words) else {
        return;
    };
    assert!(
        stdout.starts_with("97\n") || stdout.contains("\n97\n"),
        "{stdout}"
    );
    assert!(stdout.contains("grep 7: exit status: 0"), "{stdout}");
    assert!(output.status.success());
}

#[test]
fn pipeline_passes_over_what_is_empty() {
    let words = ["echo", "x", "|", "|", "sh", "-c", "read a; exit 3", "|"];
    let Some((_, stdout, stderr)) = run("pipeline", &words) else {
        return;
    };
    assert!(
        stdout.contains("echo x: exit status: 0"),
        "{stdout}{stderr}"
    );
    assert!(
        stdout.contains("sh -c read a; exit 3: exit status: 3"),
        "{stdout}"
    );
}

#[test]
fn supervise_restarts_and_ends() {
    let Some((output, stdout, _)) = run("supervise", &["8"]) else {
        return;
    };
    assert!(output.status.success());
    assert_eq!(stdout.matches("exit status: 3").count(), 6, "{stdout}");
    assert_eq!(stdout.matches("takes too long").count(), 2, "{stdout}");
    assert_eq!(stdout.matches("SIGTERM").count(), 2, "{stdout}");
}

#[test]
fn sandbox_confines_writes() {
    let inside = std::env::temp_dir().join(format!("libclone3-in-{}", std::process::id()));
    let outside = inside.with_extension("out");
    std::fs::create_dir(&inside).unwrap();
    let script = format!("echo yes > file && echo no > {}", outside.display());
    let result = run("sandbox", &[inside.to_str().unwrap(), "sh", "-c", &script]);
    let was_written = (inside.join("file").exists(), outside.exists());
    std::fs::remove_dir_all(&inside).unwrap();
    let _ = std::fs::remove_file(&outside);
    let Some((_, _, stderr)) = result else {
        return;
    };
    if stderr.contains("cannot start") || stderr.contains("no Landlock") {
        eprintln!("not here: {stderr}");
        return;
    }
    assert_eq!(was_written, (true, false), "{stderr}");
}

/// What `confine` and the same program without the library print and end with: equal, but for the
/// usage and for what only the library tells of an error.
fn confine(arguments: &[&str]) -> Option<(Option<i32>, String, String)> {
    let both = ["confine", "confine_pre_exec"].map(|name| {
        let (output, stdout, stderr) = run(name, arguments)?;
        let said = stderr.lines().next().unwrap_or_default();
        let said = match said.split_once("in step") {
            Some((_, step)) => step.split('"').nth(1).unwrap_or_default(),
            None => said,
        };
        Some((output.status.code(), stdout, said.to_owned()))
    });
    let [with, without] = both;
    assert_eq!(with, without, "{arguments:?}");
    with
}

#[test]
fn confine_is_the_same_with_pre_exec() {
    let facts = "ulimit -n; ulimit -t; grep -E 'NoNewPrivs|Seccomp:' /proc/self/status; \
                 ls /proc/self/fd; test $(cut -d' ' -f6 /proc/$$/stat) = $$ && echo leader; exit 7";
    let limits = ["--nofile", "64", "--cpu", "5", "--", "sh", "-c", facts];
    let Some(end) = confine(&limits) else {
        return;
    };
    let stdout = "64\n5\nNoNewPrivs:\t1\nSeccomp:\t2\n0\n1\n2\n3\nleader\n";
    let said = "confine: exit status: 7";
    assert_eq!(end, (Some(7), stdout.into(), said.into()));

    let (code, _, said) = confine(&["--timeout", "0.05", "--", "sleep", "60"]).unwrap();
    assert_eq!((code, &*said), (Some(126), "confine: signal: 9 (SIGKILL)"));
    let (code, _, said) = confine(&["--", "sh", "-c", "kill -TERM $$"]).unwrap();
    assert_eq!((code, &*said), (Some(126), "confine: signal: 15 (SIGTERM)"));
    let refused = "unshare -U true 2>/dev/null || echo refused";
    assert_eq!(
        confine(&["--", "sh", "-c", refused]).unwrap().1,
        "refused\n"
    );

    for (arguments, step) in [
        (&["--", "/nonexistent"][..], "exec"),
        (&["--hostname", "x", "--", "true"], "hostname"),
    ] {
        let (code, _, said) = confine(arguments).unwrap();
        assert_eq!((code, &*said), (Some(125), step));
    }
}

#[test]
fn confine_puts_both_into_the_cgroup() {
    let name = format!("libclone3-confine-{}", std::process::id());
    let Some(Ok(cgroup)) = mount_point().map(|root| Own::new(&root, &name)) else {
        eprintln!("no cgroup can be made");
        return;
    };
    let program = ["--", "grep", "-c", &name, "/proc/self/cgroup"];
    let arguments = [&["--cgroup", cgroup.0.to_str().unwrap()], &program[..]].concat();
    let Some((code, stdout, said)) = confine(&arguments) else {
        return;
    };
    assert_eq!((code, &*stdout), (Some(0), "1\n"), "{said}");
}

#[test]
fn confine_makes_the_same_namespaces() {
    let facts = "id -u; id -g; uname -n; echo $$; test -e /proc/1/exe && ls /proc | grep -c '^[0-9]'; \
                 wc -l < /proc/net/dev; exit 3";
    let kinds = ["--unshare", "user,pid,mount,uts,net", "--hostname", "inner"];
    let arguments = [&kinds[..], &["--", "sh", "-c", facts]].concat();
    let Some((code, stdout, said)) = confine(&arguments) else {
        return;
    };
    if code == Some(125) {
        eprintln!("no namespaces here: {said}");
        return;
    }
    assert_eq!(code, Some(3), "{said}");
    assert!(stdout.starts_with("0\n0\ninner\n1\n"), "{stdout}");
    let (code, ..) =
        confine(&[&kinds[..2], &["--timeout", "0.05", "--", "sleep", "60"]].concat()).unwrap();
    assert_eq!(code, Some(126));
}

#[test]
fn confine_gives_up_root_alike() {
    // SAFETY: it cannot fail.
    if unsafe { libc::geteuid() } != 0 {
        eprintln!("not root");
        return;
    }
    let ids = ["--uid", "65534", "--gid", "65533", "--nproc", "4000", "--"];
    let facts = [
        "sh",
        "-c",
        "id -u; id -g; id -G; ulimit -p; grep CapEff /proc/self/status",
    ];
    let Some((code, stdout, said)) = confine(&[&ids[..], &facts].concat()) else {
        return;
    };
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(
        stdout,
        "65534\n65533\n65533\n4000\nCapEff:\t0000000000000000\n"
    );
}

/// The rows of the guide, made from the sources.
#[test]
fn the_guide_counts_confine_as_it_is() {
    let guide = include_str!("../docs/migration.md");
    let before = include_str!("../examples/confine_pre_exec.rs");
    let after = include_str!("../examples/confine.rs");
    let lines = |source: &str| {
        let code = source.lines().map(str::trim);
        code.filter(|line| !line.is_empty() && !line.starts_with("//"))
            .count()
    };
    let blocks = |source: &str| source.matches("unsafe {").count();
    for row in [
        format!("| lines | {} | {} |", lines(before), lines(after)),
        format!(
            "| `unsafe` blocks | {} | {} |",
            blocks(before),
            blocks(after)
        ),
    ] {
        assert!(guide.contains(&row), "{row}");
    }
}
