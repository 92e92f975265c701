//! Raw bindings to libclone3, which creates Linux processes with [clone3(2)] and holds them by
//! pidfd. The crate `libclone3` is the safe interface.
//!
//! Every function returns 0 or a non-negative result, or a negated errno; `errno` is neither set
//! nor read. A struct with a `size` member, and a size argument, is the size of the struct as the
//! caller knows it. All constants are `u64`; those that go into an `unsigned int` parameter fit.
//! The contract of each item is in `clone3.h` and repeated here.
//!
//! # Building
//!
//! The C sources come with the crate and are compiled by a C compiler; neither libclang nor the
//! network is needed.
//!
//! * feature `system`: link an installed libclone3, found by pkg-config. `LIBCLONE3_NO_SYSTEM=1`
//!   in the environment takes the sources all the same.
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
