//! The ways to start a program that are compared.

use libclone3_sys as sys;
use std::ffi::{CString, c_char, c_int};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command as StdCommand;
use std::ptr::null;

/// What a way is given.
#[derive(Debug)]
pub struct Setting {
    /// To be started; does nothing, or does not exist.
    pub program: PathBuf,
    /// Directory of an empty cgroup v2.
    pub cgroup: Option<PathBuf>,
}

/// Starts the program and awaits its end.
pub type Start = Box<dyn FnMut() -> io::Result<()> + Send>;

/// What a way needs that a machine may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// A cgroup v2 to be born in.
    Cgroup,
    /// The right to map ids of others.
    Root,
    /// A function that the libc may not have.
    PidfdSpawn,
}

/// A way to start a program.
#[derive(Clone, Copy)]
pub struct Subject {
    /// What tells it from the others.
    pub name: &'static str,
    /// Copies the caller's memory map, and so takes the longer the larger the caller is.
    pub is_fork: bool,
    /// What it needs.
    pub need: Need,
    /// Whether it is a whole way to start a program, to be compared from every caller.
    pub is_general: bool,
    make: fn(&Setting, &Subject) -> io::Result<Start>,
    steps: u64,
}

impl Subject {
    /// Prepares all that a program would prepare once.
    ///
    /// # Errors
    /// What the preparation needs is missing.
    pub fn make(&self, setting: &Setting) -> io::Result<Start> {
        (self.make)(setting, self)
    }

    const fn general(
        name: &'static str,
        make: fn(&Setting, &Subject) -> io::Result<Start>,
    ) -> Subject {
        Subject {
            name,
            is_fork: false,
            need: Need::Nothing,
            is_general: true,
            make,
            steps: 0,
        }
    }

    const fn forking(mut self) -> Subject {
        self.is_fork = true;
        self
    }

    const fn needing(mut self, need: Need) -> Subject {
        self.need = need;
        self
    }

    const fn special(mut self) -> Subject {
        self.is_general = false;
        self
    }

    const fn made_by(mut self, make: fn(&Setting, &Subject) -> io::Result<Start>) -> Subject {
        self.make = make;
        self
    }

    const fn plan(name: &'static str, steps: u64) -> Subject {
        let mut subject = Subject::general(name, of_plan).special();
        subject.steps = steps;
        if steps & sys::CLONE3_STEP_CGROUP != 0 {
            subject.need = Need::Cgroup;
        } else if steps & sys::CLONE3_STEP_NAMESPACES != 0 {
            subject.need = Need::Root;
        }
        subject
    }
}

/// What all others are compared with.
pub const FLOOR: &str = "vfork + execve + waitpid";
/// Ours without a step.
pub const BARE: &str = "clone3_spawn";
/// Ours from safe Rust.
pub const COMMAND: &str = "libclone3::Command";
/// std without anything that forbids posix_spawn.
pub const STD: &str = "std::process::Command";
/// std with a closure.
pub const STD_FORK: &str = "std, pre_exec (fork)";
/// The libc's.
pub const POSIX_SPAWN: &str = "posix_spawn";
/// Ours with all the steps below.
pub const FULL: &str = "plan: all 12 steps";
/// Ours, closing what is not passed on.
pub const CLOSE_OTHERS: &str = "plan: close_others";
/// Ours, born in a cgroup.
pub const CGROUP: &str = "plan: cgroup";
/// What is done without clone3.
pub const FORK_CGROUP: &str = "fork + write cgroup.procs";
/// Ours, with several ranges of ids.
pub const MAPS: &str = "plan: user namespace, maps";
/// What is done without a helper thread.
pub const FORK_MAPS: &str = "fork + user namespace, maps";
/// What is done to close the rest.
pub const FORK_CLOSE_RANGE: &str = "fork + close_range";

/// The kernel's share of a bare plan.
pub const CLONE_PIDFD: &str = "clone + execve + waitid, pidfd";
/// The kernel's share of the full plan.
pub const FULL_BY_HAND: &str = "all 12 steps by hand";
/// The kernel's share of a birth in a cgroup.
pub const CGROUP_BY_HAND: &str = "cgroup by hand";

/// The steps of the full plan.
pub const STEPS: [Subject; 12] = [
    Subject::plan("plan: session", sys::CLONE3_STEP_SESSION),
    Subject::plan("plan: signal_mask", sys::CLONE3_STEP_SIGNAL_MASK),
    Subject::plan("plan: fds", sys::CLONE3_STEP_FDS),
    Subject::plan(CLOSE_OTHERS, sys::CLONE3_STEP_CLOSE_OTHERS),
    Subject::plan("plan: rlimits", sys::CLONE3_STEP_RLIMITS),
    Subject::plan("plan: umask", sys::CLONE3_STEP_UMASK),
    Subject::plan("plan: cwd", sys::CLONE3_STEP_CWD),
    Subject::plan("plan: no_new_privs", sys::CLONE3_STEP_NO_NEW_PRIVS),
    Subject::plan(
        "plan: parent_death_signal",
        sys::CLONE3_STEP_PARENT_DEATH_SIGNAL,
    ),
    Subject::plan("plan: oom_score_adj", sys::CLONE3_STEP_OOM_SCORE_ADJ),
    Subject::plan("plan: affinity", sys::CLONE3_STEP_AFFINITY),
    Subject::plan(CGROUP, sys::CLONE3_STEP_CGROUP),
];

const fn all_steps() -> u64 {
    let (mut steps, mut i) = (0, 0);
    while i < STEPS.len() {
        steps |= STEPS[i].steps;
        i += 1;
    }
    steps
}

/// All of them, the floor first.
pub fn all() -> Vec<Subject> {
    let mut subjects = vec![
        Subject::general(FLOOR, |s, _| in_c(s, bench_floor)),
        Subject::general(BARE, of_plan),
        Subject::general("libclone3-sys", of_sys),
        Subject::general(COMMAND, |s, _| {
            let mut command = libclone3::Command::new(&s.program);
            Ok(Box::new(move || {
                command.status().map(drop).map_err(Into::into)
            }))
        }),
        Subject::general("libclone3::Command, envs", |s, _| {
            let mut command = libclone3::Command::new(&s.program);
            command.env_clear().envs(std::env::vars_os());
            Ok(Box::new(move || {
                command.status().map(drop).map_err(Into::into)
            }))
        }),
        Subject::general("libclone3, tokio", |s, _| {
            let runtime = runtime()?;
            let mut command = libclone3::Command::new(&s.program);
            Ok(Box::new(move || {
                runtime.block_on(async { command.spawn()?.wait_async().await })?;
                Ok(())
            }))
        }),
        Subject::general(POSIX_SPAWN, |s, _| in_c(s, bench_posix_spawn)),
        Subject::general("pidfd_spawn", |s, _| in_c(s, bench_pidfd_spawn))
            .needing(Need::PidfdSpawn),
        Subject::general(STD, |s, _| {
            let mut command = StdCommand::new(&s.program);
            Ok(Box::new(move || command.status().map(drop)))
        }),
        Subject::general("tokio::process", |s, _| {
            let runtime = runtime()?;
            let program = s.program.clone();
            Ok(Box::new(move || {
                runtime
                    .block_on(async { tokio::process::Command::new(&program).status().await })?;
                Ok(())
            }))
        }),
        Subject::general("fork + execve + waitpid", |s, _| in_c(s, bench_fork)).forking(),
        Subject::general(STD_FORK, |s, _| {
            let mut command = StdCommand::new(&s.program);
            // SAFETY: does nothing.
            unsafe { command.pre_exec(|| Ok(())) };
            Ok(Box::new(move || command.status().map(drop)))
        })
        .forking(),
        Subject::general("command-fds (fork)", of_command_fds).forking(),
        Subject::general("nix fork + execve", of_nix).forking(),
        Subject::general("clone3 crate (fork)", of_clone3_crate).forking(),
        Subject::general(FORK_CLOSE_RANGE, |s, _| in_c(s, bench_fork_close_range))
            .forking()
            .special(),
        Subject::general(FORK_MAPS, |s, _| in_c(s, bench_fork_maps))
            .forking()
            .special()
            .needing(Need::Root),
        Subject::general(FORK_CGROUP, of_fork_cgroup)
            .forking()
            .special()
            .needing(Need::Cgroup),
        Subject::general(CLONE_PIDFD, |s, _| in_c(s, bench_clone_pidfd)).special(),
        Subject::plan(FULL, all_steps()),
        Subject::plan(FULL_BY_HAND, all_steps()).made_by(by_hand),
        Subject::plan(CGROUP_BY_HAND, sys::CLONE3_STEP_CGROUP).made_by(by_hand),
        Subject::plan(
            MAPS,
            sys::CLONE3_STEP_NAMESPACES | sys::CLONE3_STEP_UID_MAP | sys::CLONE3_STEP_GID_MAP,
        ),
    ];
    subjects.extend(STEPS);
    subjects
}

/// It uses this library.
pub fn is_ours(name: &str) -> bool {
    ["clone3_spawn", "libclone3", "plan: "]
        .iter()
        .any(|start| name.starts_with(start))
}

/// The libc has it.
pub fn has_pidfd_spawn() -> bool {
    // SAFETY: asks the dynamic linker alone.
    unsafe { bench_has_pidfd_spawn() != 0 }
}

type InC = unsafe extern "C" fn(*const *const c_char) -> c_int;

unsafe extern "C" {
    fn bench_floor(argv: *const *const c_char) -> c_int;
    fn bench_fork(argv: *const *const c_char) -> c_int;
    fn bench_fork_close_range(argv: *const *const c_char) -> c_int;
    fn bench_posix_spawn(argv: *const *const c_char) -> c_int;
    fn bench_pidfd_spawn(argv: *const *const c_char) -> c_int;
    fn bench_has_pidfd_spawn() -> c_int;
    fn bench_fork_maps(argv: *const *const c_char) -> c_int;
    fn bench_fork_cgroup(argv: *const *const c_char, procs: *const c_char) -> c_int;
    fn bench_plan(
        plan: *mut sys::clone3_plan,
        argv: *const *const c_char,
        steps: u64,
        cgroup: c_int,
    );
    fn bench_clone_pidfd(argv: *const *const c_char) -> c_int;
    fn bench_by_hand(plan: *const sys::clone3_plan) -> c_int;
    fn bench_clone3_spawn(plan: *const sys::clone3_plan) -> c_int;
}

/// The program's name as C wants it, and the array that ends with NULL.
struct Argv {
    argv: [*const c_char; 2],
    _program: CString,
}

// SAFETY: the pointer is to what is owned here, and nobody writes to it.
unsafe impl Send for Argv {}

impl Argv {
    fn of(setting: &Setting) -> io::Result<Argv> {
        let program = CString::new(setting.program.as_os_str().as_encoded_bytes())?;
        Ok(Argv {
            argv: [program.as_ptr(), null()],
            _program: program,
        })
    }

    fn as_ptr(&self) -> *const *const c_char {
        self.argv.as_ptr()
    }
}

fn checked(errno: c_int) -> io::Result<()> {
    match errno {
        0 => Ok(()),
        _ => Err(io::Error::from_raw_os_error(errno)),
    }
}

fn in_c(setting: &Setting, function: InC) -> io::Result<Start> {
    let argv = Argv::of(setting)?;
    Ok(Box::new(move || {
        // SAFETY: the array lives, and no thread changes the environment.
        let errno = unsafe { function(argv.as_ptr()) };
        checked(errno)
    }))
}

fn of_fork_cgroup(setting: &Setting, _: &Subject) -> io::Result<Start> {
    let argv = Argv::of(setting)?;
    let directory = setting.cgroup.as_ref().ok_or(io::ErrorKind::NotFound)?;
    let procs = CString::new(
        directory
            .join("cgroup.procs")
            .as_os_str()
            .as_encoded_bytes(),
    )?;
    Ok(Box::new(move || {
        // SAFETY: array and string live, and no thread changes the environment.
        let errno = unsafe { bench_fork_cgroup(argv.as_ptr(), procs.as_ptr()) };
        checked(errno)
    }))
}

/// A plan with what it points to.
struct Plan {
    plan: sys::clone3_plan,
    _argv: Box<Argv>,
    _cgroup: Option<OwnedFd>,
}

// SAFETY: the pointers are to what is owned here or static, and nobody writes to it.
unsafe impl Send for Plan {}

impl Plan {
    fn of(setting: &Setting, steps: u64) -> io::Result<Plan> {
        let cgroup = match &setting.cgroup {
            Some(path) if steps & sys::CLONE3_STEP_CGROUP != 0 => {
                Some(OwnedFd::from(std::fs::File::open(path)?))
            }
            _ => None,
        };
        let argv = Box::new(Argv::of(setting)?);
        let mut plan = sys::clone3_plan::default();
        let fd = cgroup.as_ref().map_or(-1, |fd| fd.as_raw_fd());
        // SAFETY: writes to the plan alone.
        unsafe { bench_plan(&mut plan, argv.as_ptr(), steps, fd) };
        Ok(Plan {
            plan,
            _argv: argv,
            _cgroup: cgroup,
        })
    }

    fn as_ptr(&self) -> *const sys::clone3_plan {
        &self.plan
    }
}

fn of_plan(setting: &Setting, subject: &Subject) -> io::Result<Start> {
    let plan = Plan::of(setting, subject.steps)?;
    Ok(Box::new(move || {
        // SAFETY: what the plan points to lives, and no thread changes the environment.
        let errno = unsafe { bench_clone3_spawn(plan.as_ptr()) };
        checked(errno)
    }))
}

fn by_hand(setting: &Setting, subject: &Subject) -> io::Result<Start> {
    let plan = Plan::of(setting, subject.steps)?;
    Ok(Box::new(move || {
        // SAFETY: what the plan points to lives, and no thread changes the environment.
        let errno = unsafe { bench_by_hand(plan.as_ptr()) };
        checked(errno)
    }))
}

fn of_sys(setting: &Setting, subject: &Subject) -> io::Result<Start> {
    let plan = Plan::of(setting, subject.steps)?;
    Ok(Box::new(move || {
        let mut child = sys::clone3_child {
            size: size_of::<sys::clone3_child>() as u64,
            ..Default::default()
        };
        // SAFETY: what the plan points to lives, no thread changes the environment, and the pidfd
        // is ours.
        unsafe {
            checked(-sys::clone3_spawn(plan.as_ptr(), &mut child))?;
            let ended = sys::clone3_pidfd_wait(child.pidfd, 0, std::ptr::null_mut());
            libc::close(child.pidfd);
            checked(ended.min(0).abs())
        }
    }))
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

fn of_command_fds(setting: &Setting, _: &Subject) -> io::Result<Start> {
    use command_fds::{CommandFdExt, FdMapping};
    let mut command = StdCommand::new(&setting.program);
    let file = OwnedFd::from(std::fs::File::open("/dev/null")?);
    command
        .fd_mappings(vec![FdMapping {
            parent_fd: file,
            child_fd: 3,
        }])
        .map_err(|_| io::ErrorKind::InvalidInput)?;
    Ok(Box::new(move || command.status().map(drop)))
}

fn of_nix(setting: &Setting, _: &Subject) -> io::Result<Start> {
    use nix::sys::wait::{WaitStatus, waitpid};
    use nix::unistd::{ForkResult, execve, fork};
    let program = CString::new(setting.program.as_os_str().as_encoded_bytes())?;
    let environment = std::env::vars_os()
        .map(|(name, value)| {
            let mut text = name.into_encoded_bytes();
            text.push(b'=');
            text.extend(value.into_encoded_bytes());
            CString::new(text)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Box::new(move || {
        // SAFETY: the child calls execve, which allocates two arrays: the allocator's locks are
        // whole in the child, as glibc sees to it.
        match unsafe { fork() }? {
            ForkResult::Child => {
                let _ = execve(&program, &[&program], &environment);
                // SAFETY: ends the child.
                unsafe { libc::_exit(127) }
            }
            ForkResult::Parent { child } => match waitpid(child, None)? {
                WaitStatus::Exited(_, 0) => Ok(()),
                _ => Err(io::ErrorKind::NotFound.into()),
            },
        }
    }))
}

fn of_clone3_crate(setting: &Setting, _: &Subject) -> io::Result<Start> {
    unsafe extern "C" {
        static environ: *const *const c_char;
    }
    let argv = Argv::of(setting)?;
    Ok(Box::new(move || {
        let mut clone = clone3::Clone3::default();
        clone.exit_signal(libc::SIGCHLD as u64);
        // SAFETY: as fork; the child execs or ends.
        let pid = unsafe { clone.call() }.map_err(|error| io::Error::from_raw_os_error(error.0))?;
        if pid == 0 {
            // SAFETY: the array lives, and no thread changes the environment.
            unsafe {
                libc::execve(argv.argv[0], argv.as_ptr(), environ);
                libc::_exit(127)
            }
        }
        let mut status = 0;
        // SAFETY: writes the status alone.
        if unsafe { libc::waitpid(pid, &mut status, 0) } != pid {
            return Err(io::Error::last_os_error());
        }
        match status {
            0 => Ok(()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }))
}
