//! Raw bindings to libclone3, which creates Linux processes with [clone3(2)], starts programs from
//! plans and holds both by pidfd. The crate `libclone3` is the safe interface; this one is for what
//! that leaves out: threads, shared memory and descriptors, stacks.
//!
//! The contract of each function and struct stands with it here. The [`header`] explains constants and
//! begins with the conventions: of what can fail 0, a result or a negated errno comes back, `errno` is neither set nor
//! read, and a `size` is the struct's as the caller knows it. All constants are `u64`; those that go
//! into an `unsigned int` parameter fit.
//!
//! # Safety
//!
//! A caller promises what the contract asks for: that pointers are valid for the call, that a struct
//! holds its `size`, that a descriptor may be used. Of the functions that create a process:
//!
//! * [`clone3_spawn`] runs no code of the caller in the child.
//! * [`clone3_fork`] and [`clone3_call`] do: that child has a copy of the memory and one thread, so
//!   that in a program with threads it may only call what is async-signal-safe. With `CLONE3_VM`,
//!   which `clone3_call` alone takes, it has no copy but the memory itself, and without
//!   `CLONE3_SETTLS` the thread-local storage of its creator.
//! * `CLONE3_CHILD_SETTID`, `CLONE3_CHILD_CLEARTID` and `CLONE3_PARENT_SETTID` let the kernel write to
//!   an address, the second when the child ends.
//!
//! # Building
//!
//! The C sources come with the crate and are compiled by a C compiler; neither libclang nor the
//! network is needed.
//!
//! * feature `system`: link an installed libclone3, found by pkg-config: the shared library if
//!   there is one. In the environment, `LIBCLONE3_STATIC=1` takes the archive instead, if it is not
//!   in a directory below `/usr`, and `LIBCLONE3_NO_SYSTEM=1` the sources.
//! * feature `bindgen`: generate the bindings at build time. Needs libclang.
//!
//! A crate that `links` against this one finds the directory of `clone3.h` in
//! `DEP_CLONE3_INCLUDE` and that of the library in `DEP_CLONE3_ROOT`.
//!
//! 64-bit Linux only: x86-64, AArch64 and RISC-V.
//!
//! [clone3(2)]: https://man7.org/linux/man-pages/man2/clone3.2.html
#![no_std]

// Generated: C's names; macros and members carry no comment.
#[allow(missing_docs, non_camel_case_types, clippy::undocumented_unsafe_blocks)]
#[cfg(not(feature = "bindgen"))]
#[rustfmt::skip]
mod bindings;

#[allow(missing_docs, non_camel_case_types, clippy::undocumented_unsafe_blocks)]
#[cfg(feature = "bindgen")]
mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

pub use bindings::*;

pub mod header {
    //! The header, as C has it.
    //!
    //! ```c
    #![doc = include_str!("../include/clone3.h")]
    //! ```
}
