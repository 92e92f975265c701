//! What `confine` and `confine_pre_exec` share: the command line, the seccomp filter, the report.

use std::error::Error;
use std::ffi::OsString;
use std::io;
use std::process::{ExitCode, ExitStatus};
use std::time::{Duration, Instant};

const USAGE: &str = "\
usage: [OPTION]... -- PROGRAM [ARGUMENT]...

  --uid N  --gid N      user and group; no supplementary groups
  --nofile N  --nproc N  --cpu SECONDS  --fsize BYTES   limits
  --cgroup DIR          in this cgroup v2
  --unshare KIND,...    new namespaces: user pid mount net uts; with user you are root in it; with
                        pid and mount it has a /proc of its own
  --hostname NAME       with --unshare uts
  --timeout SECONDS     kill it after this time
  --measure RUNS,MIB    first fill so much memory, then run it so often; prints the median time

Always: a new session, no other descriptors than the standard streams, no new privileges, a seccomp
filter, and death with this program.";

#[derive(Default)]
pub struct Options {
    pub program: OsString,
    pub arguments: Vec<OsString>,
    /// User and group.
    pub uid: Option<u32>,
    pub gid: Option<u32>,
    pub nofile: Option<u64>,
    pub nproc: Option<u64>,
    pub cpu: Option<u64>,
    pub fsize: Option<u64>,
    pub cgroup: Option<String>,
    /// `CLONE_NEW*`.
    pub namespaces: i32,
    pub hostname: Option<String>,
    pub timeout: Option<Duration>,
    measure: Option<(usize, usize)>,
}

impl Options {
    pub fn has(&self, namespaces: i32) -> bool {
        self.namespaces & namespaces == namespaces
    }
}

/// How the program ended, and what it used.
pub struct End {
    pub status: ExitStatus,
    pub cpu_time: Duration,
    pub max_rss_kib: u64,
}

pub fn main(confine: fn(&Options) -> io::Result<End>) -> ExitCode {
    let result = parse().and_then(|options| match options.measure {
        Some((runs, mib)) => measure(confine, &options, runs, mib),
        None => Ok(report(&confine(&options)?)),
    });
    result.unwrap_or_else(|error| {
        eprintln!("confine: {error}");
        ExitCode::from(125)
    })
}

fn report(end: &End) -> ExitCode {
    let End {
        status,
        cpu_time,
        max_rss_kib,
    } = end;
    eprintln!("confine: {status}\nconfine: {cpu_time:.1?} of CPU time, at most {max_rss_kib} KiB");
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(126))
}

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// Prints the median time of a run in microseconds, in a program with that much memory in use.
fn measure(
    confine: fn(&Options) -> io::Result<End>,
    options: &Options,
    runs: usize,
    mib: usize,
) -> Result<ExitCode> {
    let memory = vec![1_u8; mib << 20];
    let mut times = Vec::new();
    for _ in 0..runs {
        // What a run has left behind settles: a move into a cgroup right after another is cheap.
        std::thread::sleep(Duration::from_millis(20));
        let begin = Instant::now();
        confine(options)?;
        times.push(begin.elapsed());
    }
    std::hint::black_box(memory);
    times.sort();
    let median = times.get(runs / 2).ok_or("no runs")?;
    println!("{}", median.as_micros());
    Ok(ExitCode::SUCCESS)
}

fn parse() -> Result<Options> {
    let mut arguments = std::env::args_os().skip(1);
    let mut options = Options::default();
    loop {
        let option = arguments.next().ok_or(USAGE)?;
        let option = option.to_str().ok_or(USAGE)?;
        if option == "--" {
            options.program = arguments.next().ok_or(USAGE)?;
            options.arguments = arguments.collect();
            return Ok(options);
        }
        let value = arguments.next().ok_or(USAGE)?;
        let value = value.to_str().ok_or(USAGE)?;
        match option {
            "--uid" => options.uid = Some(value.parse()?),
            "--gid" => options.gid = Some(value.parse()?),
            "--nofile" => options.nofile = Some(value.parse()?),
            "--nproc" => options.nproc = Some(value.parse()?),
            "--cpu" => options.cpu = Some(value.parse()?),
            "--fsize" => options.fsize = Some(value.parse()?),
            "--cgroup" => options.cgroup = Some(value.into()),
            "--unshare" => {
                for kind in value.split(',') {
                    options.namespaces |= namespace(kind).ok_or(USAGE)?;
                }
            }
            "--hostname" => options.hostname = Some(value.into()),
            "--timeout" => {
                options.timeout = Some(Duration::try_from_secs_f64(value.parse()?)?);
            }
            "--measure" => {
                let (runs, mib) = value.split_once(',').ok_or(USAGE)?;
                options.measure = Some((runs.parse()?, mib.parse()?));
            }
            _ => return Err(USAGE.into()),
        }
    }
}

fn namespace(kind: &str) -> Option<i32> {
    Some(match kind {
        "user" => libc::CLONE_NEWUSER,
        "pid" => libc::CLONE_NEWPID,
        "mount" => libc::CLONE_NEWNS,
        "net" => libc::CLONE_NEWNET,
        "uts" => libc::CLONE_NEWUTS,
        _ => return None,
    })
}

/// A filter that refuses with EPERM what a plain program has no use for, by the numbers of this
/// architecture: one for use would look at the architecture first.
pub fn filter() -> Vec<libc::sock_filter> {
    let statement = |code: u32, k: u32, jf: u8| libc::sock_filter {
        code: code as u16,
        jt: 0,
        jf,
        k,
    };
    let refuse = libc::SECCOMP_RET_ERRNO | libc::EPERM as u32;
    let mut filter = vec![statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0)];
    for number in [
        libc::SYS_mount,
        libc::SYS_unshare,
        libc::SYS_ptrace,
        libc::SYS_bpf,
    ] {
        filter.push(statement(
            libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K,
            number as u32,
            1,
        ));
        filter.push(statement(libc::BPF_RET | libc::BPF_K, refuse, 0));
    }
    filter.push(statement(
        libc::BPF_RET | libc::BPF_K,
        libc::SECCOMP_RET_ALLOW,
        0,
    ));
    filter
}
