//! Starts a program with what the options say, and tells how it went.
//!
//! ```text
//! cargo run --example run -- --unshare pid,net --root --proc --timeout 5 -- ps aux
//! ```

use libclone3::{Cgroup, Command, IdRange, Namespaces, Resource, Step};
use std::error::Error;
use std::fs::File;
use std::process::ExitCode;
use std::time::Duration;

const USAGE: &str = "\
usage: run [OPTION]... -- PROGRAM [ARGUMENT]...

  --unshare KIND,...     new namespaces: cgroup ipc mount net pid time user uts
  --root                 a user namespace in which you are root
  --map IN:OUT:COUNT     a range of its user and group ids; may be repeated
  --proc                 private mounts and a fresh /proc, with --unshare mount,pid
  --hostname NAME        with --unshare uts
  --loopback             lo up, with --unshare net
  --cgroup DIR           be born in this cgroup
  --limit NAME=SOFT[:HARD]   nofile, nproc, cpu, as, core, fsize, memlock, stack; or unlimited
  --fd N=PATH            the file as descriptor N, for reading; may be repeated
  --close-others         close all other descriptors above 2
  --uid N  --gid N       ids in the user namespace
  --dir DIR              working directory
  --nice N               nice value
  --no-new-privs         no privileges by set-user-id programs
  --optional STEP        go on if this one fails: cgroup, nice, close_others, proc_mount
  --timeout SECONDS      kill it after this time";

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

struct Options {
    command: Command,
    timeout: Option<Duration>,
}

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1).collect();
    match parse(arguments).and_then(run) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("run: {error}");
            ExitCode::from(125)
        }
    }
}

fn run(options: Options) -> Result<ExitCode> {
    let mut command = options.command;
    let mut child = command.kill_on_drop(true).spawn()?;
    let report = child.report();
    for (steps, what) in [(report.emulated, "emulated"), (report.omitted, "omitted")] {
        for step in steps.iter() {
            eprintln!("run: {what}: {step}");
        }
    }
    if let Some(limit) = options.timeout {
        if child.wait_timeout(limit)?.is_none() {
            eprintln!("run: no end after {limit:?}");
            child.kill()?;
        }
    }
    let (status, usage) = child.wait_usage()?;
    eprintln!(
        "run: {status}; {:.1?} user, {:.1?} system, at most {} KiB",
        usage.user_time,
        usage.system_time,
        usage.max_rss_bytes / 1024,
    );
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(126)))
}

fn parse(arguments: Vec<String>) -> Result<Options> {
    let mut halves = arguments.splitn(2, |argument| argument == "--");
    let (options, program) = (halves.next(), halves.next());
    let (name, rest) = program.and_then(<[String]>::split_first).ok_or(USAGE)?;
    let mut command = Command::new(name);
    command.args(rest);

    let mut options = options.unwrap_or_default().iter().map(String::as_str);
    let mut maps = Vec::new();
    let mut timeout = None;
    while let Some(option) = options.next() {
        let mut value = || options.next().ok_or(format!("{option} needs a value"));
        match option {
            "--unshare" => {
                for kind in value()?.split(',') {
                    command.namespaces(namespace(kind)?);
                }
            }
            "--root" => {
                command.map_current_user_to_root();
            }
            "--map" => maps.push(range(value()?)?),
            "--proc" => {
                command.private_mounts().mount_proc();
            }
            "--hostname" => {
                command.hostname(value()?);
            }
            "--loopback" => {
                command.loopback_up();
            }
            "--cgroup" => {
                command.cgroup(Cgroup::open(value()?)?);
            }
            "--limit" => {
                let (resource, soft, hard) = limit(value()?)?;
                command.rlimit(resource, soft, hard);
            }
            "--fd" => {
                let (number, path) = value()?.split_once('=').ok_or("--fd needs N=PATH")?;
                command.fd(number.parse()?, File::open(path)?.into());
            }
            "--close-others" => {
                command.close_other_fds();
            }
            "--uid" => {
                command.uid(value()?.parse()?);
            }
            "--gid" => {
                command.gid(value()?.parse()?);
            }
            "--dir" => {
                command.current_dir(value()?);
            }
            "--nice" => {
                command.nice(value()?.parse()?);
            }
            "--no-new-privs" => {
                command.no_new_privs();
            }
            "--optional" => {
                command.optional(step(value()?)?);
            }
            "--timeout" => timeout = Some(Duration::try_from_secs_f64(value()?.parse()?)?),
            _ => return Err(format!("no option {option}\n\n{USAGE}").into()),
        }
    }
    if !maps.is_empty() {
        command
            .namespaces(Namespaces::USER)
            .uid_map(&maps)
            .gid_map(&maps);
    }
    Ok(Options { command, timeout })
}

fn namespace(name: &str) -> Result<Namespaces> {
    Ok(match name {
        "cgroup" => Namespaces::CGROUP,
        "ipc" => Namespaces::IPC,
        "mount" => Namespaces::MOUNT,
        "net" => Namespaces::NET,
        "pid" => Namespaces::PID,
        "time" => Namespaces::TIME,
        "user" => Namespaces::USER,
        "uts" => Namespaces::UTS,
        _ => return Err(format!("no kind of namespace: {name}").into()),
    })
}

fn range(text: &str) -> Result<IdRange> {
    let numbers = text
        .split(':')
        .map(str::parse)
        .collect::<Result<Vec<u32>, _>>()?;
    let [inside, outside, count] = numbers[..] else {
        return Err("--map needs IN:OUT:COUNT".into());
    };
    Ok(IdRange {
        inside,
        outside,
        count,
    })
}

fn limit(text: &str) -> Result<(Resource, u64, u64)> {
    let (name, values) = text
        .split_once('=')
        .ok_or("--limit needs NAME=SOFT[:HARD]")?;
    let resource = match name {
        "nofile" => Resource::Nofile,
        "nproc" => Resource::Nproc,
        "cpu" => Resource::Cpu,
        "as" => Resource::As,
        "core" => Resource::Core,
        "fsize" => Resource::Fsize,
        "memlock" => Resource::Memlock,
        "stack" => Resource::Stack,
        _ => return Err(format!("no limit: {name}").into()),
    };
    let number = |text: &str| match text {
        "unlimited" => Ok(Resource::UNLIMITED),
        number => number.parse::<u64>(),
    };
    let (soft, hard) = values.split_once(':').unwrap_or((values, values));
    Ok((resource, number(soft)?, number(hard)?))
}

fn step(name: &str) -> Result<Step> {
    let some = [Step::Cgroup, Step::Nice, Step::CloseOthers, Step::ProcMount];
    let found = some.into_iter().find(|step| step.to_string() == name);
    Ok(found.ok_or(format!("no optional step: {name}"))?)
}
