//! `Support`: what can be used here.

use crate::{CloneFlags, Error, Result, Steps, ffi};

/// What this process may use here and now.
///
/// ```
/// use libclone3::{CloneFlags, Support};
///
/// let support = Support::probe()?;
/// if !support.flags().contains(CloneFlags::AUTOREAP) {
///     println!("this kernel is older than 7.1");
/// }
/// # Ok::<(), libclone3::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Support {
    flags: CloneFlags,
    steps: Steps,
    clone3_error: Option<i32>,
    args_size: usize,
}

impl Support {
    /// Asks the kernel, in about 0.1 ms, without creating a process.
    ///
    /// The answer holds for this process now: a seccomp filter may be added later.
    ///
    /// # Errors
    ///
    /// None that is expected.
    ///
    /// ```
    /// let support = libclone3::Support::probe()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn probe() -> Result<Support> {
        match ffi::probe() {
            Ok(support) => Ok(Support {
                flags: CloneFlags::from_bits_retain(support.flags),
                steps: Steps::of_bits(support.steps),
                clone3_error: Some(support.clone3_error).filter(|errno| *errno != 0),
                args_size: support.args_size as usize,
            }),
            Err(errno) => Err(Error::new("cannot probe clone3", errno)),
        }
    }

    /// The flags that are known here; some need a capability besides.
    ///
    /// Without clone3 they are those that clone(2) can honour in its place.
    ///
    /// ```
    /// # use libclone3::{CloneFlags, Support};
    /// assert!(Support::probe()?.flags().contains(CloneFlags::VFORK));
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn flags(&self) -> CloneFlags {
        self.flags
    }

    /// The steps that [`Command`](crate::Command) takes here without emulation; some need a
    /// capability besides.
    ///
    /// ```
    /// # use libclone3::{Step, Support};
    /// assert!(Support::probe()?.steps().contains(Step::Umask));
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn steps(&self) -> Steps {
        self.steps
    }

    /// The error number that every clone3 gives here: `ENOSYS`, or that of a seccomp filter.
    ///
    /// ```
    /// # use libclone3::Support;
    /// if let Some(errno) = Support::probe()?.clone3_error() {
    ///     println!("no clone3: {}", std::io::Error::from_raw_os_error(errno));
    /// }
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn clone3_error(&self) -> Option<i32> {
        self.clone3_error
    }

    /// The size in bytes of the largest `struct clone_args` that the kernel knows: 64, 80 or 88; 0
    /// without clone3.
    ///
    /// ```
    /// # use libclone3::Support;
    /// let can_be_born_in_a_cgroup = Support::probe()?.args_size() >= 88;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn args_size(&self) -> usize {
        self.args_size
    }
}
