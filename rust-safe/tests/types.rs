//! What the types promise: threads, unwinding, sizes, and the forms of an error.

use libclone3::{
    Cgroup, Child, CloneArgs, CloneFlags, CoreDump, Error, Fork, Namespaces, PidFd, PidFdInfo,
    Signal, Support, Usage,
};
use std::error::Error as _;
use std::io;
use std::os::fd::{AsFd, AsRawFd, IntoRawFd, OwnedFd};
use std::panic::{RefUnwindSafe, UnwindSafe};

#[test]
fn all_types_pass_between_threads_and_through_a_panic() {
    fn check<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + std::fmt::Debug>() {}
    check::<Cgroup>();
    check::<Child>();
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
