//! `CloneFlags`, `Namespaces` and `Signal` against the kernel's numbers.

use libclone3::{CloneFlags, Namespaces, Signal};
use libclone3_sys as sys;
use std::mem::size_of;

#[test]
#[cfg_attr(miri, ignore = "calls C")]
fn each_flag_has_the_value_of_the_c_library() {
    macro_rules! same {
        ($($name:ident $constant:ident),* $(,)?) => {
            &[$((CloneFlags::$name, sys::$constant, stringify!($name))),*]
        };
    }
    let flags: &[(CloneFlags, u64, &str)] = same![
        NEWTIME CLONE3_NEWTIME, VM CLONE3_VM, FS CLONE3_FS, FILES CLONE3_FILES,
        SIGHAND CLONE3_SIGHAND, PIDFD CLONE3_PIDFD, PTRACE CLONE3_PTRACE, VFORK CLONE3_VFORK,
        PARENT CLONE3_PARENT, THREAD CLONE3_THREAD, NEWNS CLONE3_NEWNS, SYSVSEM CLONE3_SYSVSEM,
        SETTLS CLONE3_SETTLS, PARENT_SETTID CLONE3_PARENT_SETTID,
        CHILD_CLEARTID CLONE3_CHILD_CLEARTID, DETACHED CLONE3_DETACHED, UNTRACED CLONE3_UNTRACED,
        CHILD_SETTID CLONE3_CHILD_SETTID, NEWCGROUP CLONE3_NEWCGROUP, NEWUTS CLONE3_NEWUTS,
        NEWIPC CLONE3_NEWIPC, NEWUSER CLONE3_NEWUSER, NEWPID CLONE3_NEWPID, NEWNET CLONE3_NEWNET,
        IO CLONE3_IO, CLEAR_SIGHAND CLONE3_CLEAR_SIGHAND, INTO_CGROUP CLONE3_INTO_CGROUP,
        AUTOREAP CLONE3_AUTOREAP, NNP CLONE3_NNP, PIDFD_AUTOKILL CLONE3_PIDFD_AUTOKILL,
        EMPTY_MNTNS CLONE3_EMPTY_MNTNS,
    ];
    for (flag, value, name) in flags {
        assert_eq!(flag.bits(), *value, "{name}");
        assert_eq!(flag.bits().count_ones(), 1, "{name}");
        assert_eq!(CloneFlags::from_name(name), Some(*flag));
        // SAFETY: takes an integer, and the result is a constant string.
        let kernel = unsafe { std::ffi::CStr::from_ptr(sys::clone3_flag_name(*value)) };
        assert_eq!(kernel.to_str().unwrap(), format!("CLONE_{name}"));
    }
    assert_eq!(flags.len(), 31);
    assert_eq!(CloneFlags::all().iter_names().count(), 31);
}

#[test]
fn each_flag_has_the_value_of_libc() {
    let flags: &[(CloneFlags, i32)] = &[
        (CloneFlags::NEWTIME, libc::CLONE_NEWTIME),
        (CloneFlags::VM, libc::CLONE_VM),
        (CloneFlags::FS, libc::CLONE_FS),
        (CloneFlags::FILES, libc::CLONE_FILES),
        (CloneFlags::SIGHAND, libc::CLONE_SIGHAND),
        (CloneFlags::PIDFD, libc::CLONE_PIDFD),
        (CloneFlags::PTRACE, libc::CLONE_PTRACE),
        (CloneFlags::VFORK, libc::CLONE_VFORK),
        (CloneFlags::PARENT, libc::CLONE_PARENT),
        (CloneFlags::THREAD, libc::CLONE_THREAD),
        (CloneFlags::NEWNS, libc::CLONE_NEWNS),
        (CloneFlags::SYSVSEM, libc::CLONE_SYSVSEM),
        (CloneFlags::SETTLS, libc::CLONE_SETTLS),
        (CloneFlags::PARENT_SETTID, libc::CLONE_PARENT_SETTID),
        (CloneFlags::CHILD_CLEARTID, libc::CLONE_CHILD_CLEARTID),
        (CloneFlags::DETACHED, libc::CLONE_DETACHED),
        (CloneFlags::UNTRACED, libc::CLONE_UNTRACED),
        (CloneFlags::CHILD_SETTID, libc::CLONE_CHILD_SETTID),
        (CloneFlags::NEWCGROUP, libc::CLONE_NEWCGROUP),
        (CloneFlags::NEWUTS, libc::CLONE_NEWUTS),
        (CloneFlags::NEWIPC, libc::CLONE_NEWIPC),
        (CloneFlags::NEWUSER, libc::CLONE_NEWUSER),
        (CloneFlags::NEWPID, libc::CLONE_NEWPID),
        (CloneFlags::NEWNET, libc::CLONE_NEWNET),
        (CloneFlags::IO, libc::CLONE_IO),
    ];
    for (flag, value) in flags {
        assert_eq!(flag.bits(), u64::from(*value as u32), "{flag:?}");
    }
    // The newer ones do not fit its int.
}

#[test]
fn flags_keep_unknown_bits() {
    let flags = CloneFlags::from_bits_retain(1 << 63 | 1);
    assert_eq!(flags.bits(), 1 << 63 | 1);
    assert_eq!((flags | CloneFlags::VM).bits(), 1 << 63 | 0x101);
    assert_eq!(CloneFlags::from_bits(u64::MAX), Some(CloneFlags::all()));
    assert_eq!(size_of::<CloneFlags>(), size_of::<u64>());
    assert_eq!(
        format!("{:?}", CloneFlags::NEWPID | CloneFlags::VFORK),
        "CloneFlags(VFORK | NEWPID)"
    );
}

#[test]
fn namespaces_hold_the_kinds_and_no_other_bit() {
    let kinds = [
        (Namespaces::CGROUP, CloneFlags::NEWCGROUP),
        (Namespaces::IPC, CloneFlags::NEWIPC),
        (Namespaces::MOUNT, CloneFlags::NEWNS),
        (Namespaces::NET, CloneFlags::NEWNET),
        (Namespaces::PID, CloneFlags::NEWPID),
        (Namespaces::TIME, CloneFlags::NEWTIME),
        (Namespaces::USER, CloneFlags::NEWUSER),
        (Namespaces::UTS, CloneFlags::NEWUTS),
        (Namespaces::EMPTY_MOUNT, CloneFlags::EMPTY_MNTNS),
    ];
    let mut all = Namespaces::empty();
    for (kind, flag) in kinds {
        assert_eq!(CloneFlags::from(kind), flag);
        assert_eq!(Namespaces::from_bits(flag.bits()), Some(kind));
        all |= kind;
    }
    assert_eq!(all, Namespaces::all());
    for bit in 0..64 {
        let is_kind = all.bits() & (1 << bit) != 0;
        assert_eq!(
            Namespaces::from_bits(1 << bit).is_some(),
            is_kind,
            "bit {bit}"
        );
        assert_eq!(
            Namespaces::from_bits(1 << bit | sys::CLONE3_NEWPID).is_some(),
            is_kind
        );
    }
}

#[test]
fn namespaces_are_a_set() {
    let (pid, uts) = (Namespaces::PID, Namespaces::UTS);
    let both = pid | uts;
    assert!(both.contains(pid) && both.contains(both) && !pid.contains(both));
    assert_eq!(both & pid, pid);
    assert_eq!(both - pid, uts);
    assert_eq!(!Namespaces::all(), Namespaces::empty());
    assert_eq!(!both & both, Namespaces::empty());
    assert_eq!(!Namespaces::empty(), Namespaces::all());
    assert!(Namespaces::default().is_empty() && !pid.is_empty());
    assert!(pid.contains(Namespaces::empty()));
    assert_eq!(
        format!("{both:?} {:?}", Namespaces::empty()),
        "Namespaces(PID | UTS) Namespaces()"
    );
}

#[test]
fn a_signal_is_a_number_from_1_to_64() {
    for n in [i32::MIN, -1, 0, 65, i32::MAX] {
        assert_eq!(Signal::new(n), None, "{n}");
    }
    for n in 1..=64 {
        assert_eq!(Signal::new(n).unwrap().as_raw(), n);
    }
    assert_eq!(size_of::<Option<Signal>>(), size_of::<i32>());
}

#[test]
#[cfg_attr(miri, ignore = "Miri has other signals")]
fn real_time_signals_count_from_the_libcs_first() {
    assert_eq!(Signal::realtime(0).unwrap().as_raw(), libc::SIGRTMIN());
    let last = libc::SIGRTMAX() - libc::SIGRTMIN();
    assert_eq!(Signal::realtime(last).unwrap().as_raw(), libc::SIGRTMAX());
    for n in [i32::MIN, -1, last + 1, i32::MAX] {
        assert_eq!(Signal::realtime(n), None, "{n}");
    }
}

#[test]
fn signals_print_their_names() {
    let names = [
        (Signal::HUP, "SIGHUP"),
        (Signal::SYS, "SIGSYS"),
        (Signal::realtime(0).unwrap(), "SIGRTMIN"),
        (Signal::realtime(5).unwrap(), "SIGRTMIN+5"),
        (Signal::new(32).unwrap(), "Signal(32)"),
    ];
    for (signal, name) in names {
        assert_eq!(format!("{signal:?}"), name);
    }
    // Every number has a name of its own.
    let all: std::collections::HashSet<_> = (1..=64)
        .map(|n| format!("{:?}", Signal::new(n).unwrap()))
        .collect();
    assert_eq!(all.len(), 64);
    assert_eq!(
        (1..=31)
            .filter(|n| format!("{:?}", Signal::new(*n)).contains("SIG"))
            .count(),
        31
    );
}
