//! Runs a program that may read everything, write below one directory, and reach no network; no
//! root is needed.
//!
//! ```text
//! cargo run --example sandbox -- /tmp/box sh -c 'echo yes > /tmp/box/file; echo no > /tmp/file'
//! ```

use libclone3::{Command, Namespaces, Resource, Signal, SockFilter, Step};
use std::ffi::{c_int, c_long, c_void};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::process::ExitCode;

fn main() -> io::Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(directory), Some(program)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: sandbox DIRECTORY PROGRAM [ARGUMENT]...");
        return Ok(ExitCode::from(2));
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(&directory)
        // Where user namespaces are allowed: no network, no other processes, no other's IPC.
        .map_current_user_to_root()
        .namespaces(Namespaces::NET | Namespaces::PID | Namespaces::IPC | Namespaces::MOUNT)
        .private_mounts()
        .mount_proc()
        // What it may not do whoever it is.
        .no_new_privs()
        .seccomp(&filter())
        // What it may not use up, and when it ends.
        .rlimit(Resource::Nproc, 64, 64)
        .rlimit(Resource::Core, 0, 0)
        .rlimit(Resource::Fsize, 1 << 30, 1 << 30)
        .close_other_fds()
        .session()
        .new_keyring()
        .optional(Step::Keyring)
        .parent_death_signal(Signal::KILL);
    match ruleset(&File::open(directory)?) {
        Ok(ruleset) => {
            command.landlock(ruleset);
        }
        Err(error) => eprintln!("sandbox: it may write everywhere: no Landlock: {error}"),
    }
    let mut child = command.spawn()?;
    let status = child.wait()?;
    eprintln!("sandbox: {status}");
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(126)))
}

/// A seccomp filter that refuses with EPERM what a plain program has no use for.
///
/// By the numbers of this architecture: a filter for use would look at the architecture first, as
/// the crate seccompiler makes it.
fn filter() -> Vec<SockFilter> {
    const REFUSED: [c_long; 9] = [
        libc::SYS_mount,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_ptrace,
        libc::SYS_bpf,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
    ];
    let statement = |code: u32, k| SockFilter {
        code: code as u16,
        jt: 0,
        jf: 0,
        k,
    };
    let mut filter = vec![statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0)];
    for number in REFUSED {
        let mut other = statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, number as u32);
        other.jf = 1;
        let refuse = libc::SECCOMP_RET_ERRNO | libc::EPERM as u32;
        filter.extend([other, statement(libc::BPF_RET | libc::BPF_K, refuse)]);
    }
    filter.push(statement(
        libc::BPF_RET | libc::BPF_K,
        libc::SECCOMP_RET_ALLOW,
    ));
    filter
}

/// A Landlock ruleset that allows to write below a directory and to `/dev/null` only.
///
/// The first version's rights, of Linux 5.13; the crate landlock knows the later ones.
fn ruleset(directory: &File) -> io::Result<OwnedFd> {
    const WRITE_FILE: u64 = 1 << 1;
    /// Removing and making of all kinds: bits 4 to 12.
    const CHANGE_DIRECTORY: u64 = 0x1ff0;
    const PATH_BENEATH: c_int = 1;

    #[repr(C, packed)]
    struct PathBeneath {
        allowed: u64,
        parent: RawFd,
    }

    let handled = WRITE_FILE | CHANGE_DIRECTORY;
    // SAFETY: the address is valid for 8 bytes; the descriptor that comes back is ours.
    let ruleset = unsafe {
        match libc::syscall(libc::SYS_landlock_create_ruleset, &handled, 8_usize, 0) {
            -1 => return Err(io::Error::last_os_error()),
            fd => OwnedFd::from_raw_fd(fd as RawFd),
        }
    };
    let null = File::open("/dev/null")?;
    for (file, allowed) in [(directory, handled), (&null, WRITE_FILE)] {
        let rule = PathBeneath {
            allowed,
            parent: file.as_raw_fd(),
        };
        let address: *const c_void = (&raw const rule).cast();
        let ruleset = ruleset.as_raw_fd();
        // SAFETY: the rule lives during the call.
        let result = unsafe {
            libc::syscall(
                libc::SYS_landlock_add_rule,
                ruleset,
                PATH_BENEATH,
                address,
                0,
            )
        };
        if result == -1 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(ruleset)
}
