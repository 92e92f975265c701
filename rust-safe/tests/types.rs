//! What the types promise: threads, unwinding, sizes, and the forms of an error.

use libclone3::{
    Capabilities, CapabilitySet, Cgroup, Child, CloneArgs, CloneFlags, Command, CommandArgs,
    CommandEnvs, CoreDump, CpuSet, Error, Fork, IdRange, IoPriority, Namespaces, PidFd, PidFdInfo,
    Report, Resource, Scheduler, Signal, SignalSet, SockFilter, Stdio, Step, Steps, Support, Usage,
};
use std::error::Error as _;
use std::io;
use std::os::fd::{AsFd, AsRawFd, IntoRawFd, OwnedFd};
use std::panic::{RefUnwindSafe, UnwindSafe};

#[test]
fn all_types_pass_between_threads_and_through_a_panic() {
    fn check<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + std::fmt::Debug>() {}
    check::<Capabilities>();
    check::<CapabilitySet>();
    check::<Cgroup>();
    check::<Child>();
    check::<Command>();
    check::<CommandArgs<'_>>();
    check::<CommandEnvs<'_>>();
    check::<CpuSet>();
    check::<IdRange>();
    check::<IoPriority>();
    check::<Report>();
    check::<Resource>();
    check::<Scheduler>();
    check::<SignalSet>();
    check::<SockFilter>();
    check::<Stdio>();
    check::<Step>();
    check::<Steps>();
    check::<CloneArgs<'_>>();
    check::<CloneFlags>();
    check::<CoreDump>();
    check::<Error>();
    check::<Fork>();
    check::<Namespaces>();
    check::<PidFd>();
    check::<PidFdInfo>();
    check::<Signal>();
    check::<Support>();
    check::<Usage>();
}

#[test]
fn descriptors_convert_as_those_of_std_do() {
    fn check<T: AsFd + From<OwnedFd> + Into<OwnedFd>>() {}
    check::<PidFd>();
    check::<Cgroup>();
    fn raw<T: AsRawFd + IntoRawFd>() {}
    raw::<PidFd>();
}

#[test]
fn streams_are_made_of_what_those_of_std_are() {
    fn check<T: Into<Stdio>>() {}
    check::<OwnedFd>();
    check::<std::fs::File>();
    check::<libclone3::ChildStdin>();
    check::<libclone3::ChildStdout>();
    check::<libclone3::ChildStderr>();
    check::<io::Stdout>();
    check::<io::Stderr>();
}

#[test]
fn values_copy_compare_and_hash() {
    fn check<T: Copy + Eq + std::hash::Hash>() {}
    check::<CapabilitySet>();
    check::<IdRange>();
    check::<IoPriority>();
    check::<Resource>();
    check::<Scheduler>();
    check::<Signal>();
    check::<SockFilter>();
    check::<Step>();
    fn default<T: Copy + Eq + Default>() {}
    default::<Capabilities>();
    default::<SignalSet>();
    default::<Steps>();
}

#[test]
fn a_filter_is_the_kernels() {
    assert_eq!(size_of::<SockFilter>(), size_of::<libc::sock_filter>());
    let raw = libc::sock_filter {
        code: 1,
        jt: 2,
        jf: 3,
        k: 4,
    };
    let filter = SockFilter::from(raw);
    assert_eq!((filter.code, filter.jt, filter.jf, filter.k), (1, 2, 3, 4));
}

#[test]
fn a_set_of_signals_is_a_set() {
    let mut set = SignalSet::all().without(Signal::KILL);
    assert!(!set.contains(Signal::KILL) && set.contains(Signal::new(64).unwrap()));
    set.extend([Signal::KILL]);
    assert_eq!(set, SignalSet::all());
    let two = SignalSet::from(Signal::HUP) | SignalSet::from(Signal::TERM);
    assert_eq!(two, [Signal::TERM, Signal::HUP].into_iter().collect());
    assert!(SignalSet::default().is_empty() && !two.is_empty());
}

#[test]
fn capabilities_have_the_kernels_names() {
    assert_eq!(
        CapabilitySet::from_name("SYS_ADMIN"),
        Some(CapabilitySet::SYS_ADMIN)
    );
    assert_eq!(CapabilitySet::CHECKPOINT_RESTORE.bits(), 1 << 40);
    assert_eq!(CapabilitySet::all().iter_names().count(), 41);
    assert_eq!(CapabilitySet::KEEP, CapabilitySet::all());
}

#[test]
fn resources_have_the_kernels_numbers() {
    assert_eq!(Resource::Nofile as u32, 7);
    assert_eq!(Resource::Cpu as u32, 0);
    assert_eq!(Resource::Rttime as u32, 15);
}

#[test]
fn an_error_is_one_pointer() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<libclone3::Result<()>>(), size_of::<usize>());
}

fn error() -> Error {
    CloneArgs::new()
        .flags(CloneFlags::NEWNS | CloneFlags::FS)
        .check()
        .unwrap_err()
}

#[test]
#[cfg_attr(miri, ignore = "calls C")]
fn an_error_displays_operation_cause_and_explanation_in_one_line() {
    let text = error().to_string();
    let start = "cannot create a process with clone3: Invalid argument (os error 22): ";
    let explanation = text.strip_prefix(start).expect(&text);
    assert!(
        explanation.contains("CLONE_NEWNS") && explanation.contains("CLONE_FS"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1);

    let error = PidFd::open(0).unwrap_err();
    let text = "cannot open a pidfd of process 0: Invalid argument (os error 22)";
    assert_eq!(error.to_string(), text);
}

#[test]
#[cfg_attr(miri, ignore = "calls C")]
fn an_error_has_number_kind_and_source() {
    let error = error();
    assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    let source = error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>())
        .unwrap();
    assert_eq!(source.raw_os_error(), Some(libc::EINVAL));
    let debug = format!("{error:?}");
    assert!(
        debug.contains("cannot create a process") && debug.contains("CLONE_NEWNS"),
        "{debug}"
    );
}

#[test]
#[cfg_attr(miri, ignore = "calls C")]
fn an_io_error_made_of_an_error_keeps_kind_and_text() {
    let text = error().to_string();
    let converted = io::Error::from(error());
    assert_eq!(converted.kind(), io::ErrorKind::InvalidInput);
    assert_eq!(converted.to_string(), text);
    assert_eq!(converted.raw_os_error(), None);
    let inner = converted.into_inner().unwrap().downcast::<Error>().unwrap();
    assert_eq!(inner.raw_os_error(), Some(libc::EINVAL));
}

#[test]
fn an_error_without_a_number_has_a_kind() {
    let error = Cgroup::open("a\0b").unwrap_err();
    assert_eq!(error.raw_os_error(), None);
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[test]
#[cfg_attr(miri, ignore = "calls C")]
fn the_probe_knows_what_every_kernel_has_and_no_unknown_flag() {
    let support = Support::probe().unwrap();
    let flags = support.flags();
    assert!(flags.contains(CloneFlags::VFORK | CloneFlags::PIDFD | CloneFlags::VM));
    assert!(!flags.contains(CloneFlags::DETACHED));
    let known = CloneFlags::all()
        .iter_names()
        .fold(CloneFlags::empty(), |all, (_, flag)| all | flag);
    assert!(known.contains(flags), "{flags:?}");
    match support.clone3_error() {
        None => assert!([64, 80, 88].contains(&support.args_size())),
        Some(_) => assert_eq!(support.args_size(), 0),
    }
    assert!(format!("{support:?}").contains("VFORK"));
}
