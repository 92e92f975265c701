//! `Resource`: what a limit is on.

macro_rules! resources {
    ($($name:ident = $value:ident, $alias:literal, $text:literal;)*) => {
        /// A resource whose use can be limited.
        ///
        /// See [getrlimit(2)].
        ///
        /// ```
        /// use libclone3::{Command, Resource};
        ///
        /// let output = Command::new("sh")
        ///     .args(["-c", "ulimit -c"])
        ///     .rlimit(Resource::Core, 0, 0)
        ///     .output()?;
        /// assert_eq!(output.stdout, b"0\n");
        /// # Ok::<(), libclone3::Error>(())
        /// ```
        ///
        /// [getrlimit(2)]: https://man7.org/linux/man-pages/man2/getrlimit.2.html
        #[repr(u32)]
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Resource {
            $(
                #[doc = concat!("`", $alias, "`: ", $text, ".")]
                #[doc(alias = $alias)]
                // A c_int in musl, an unsigned in glibc.
                $name = libc::$value as u32,
            )*
        }
    };
}

resources! {
    Cpu = RLIMIT_CPU, "RLIMIT_CPU", "CPU time, in seconds";
    Fsize = RLIMIT_FSIZE, "RLIMIT_FSIZE", "size of a file that is written, in bytes";
    Data = RLIMIT_DATA, "RLIMIT_DATA", "data, in bytes";
    Stack = RLIMIT_STACK, "RLIMIT_STACK", "stack of the main thread, in bytes";
    Core = RLIMIT_CORE, "RLIMIT_CORE", "size of a core dump, in bytes";
    Rss = RLIMIT_RSS, "RLIMIT_RSS", "resident memory, in bytes; without effect";
    Nproc = RLIMIT_NPROC, "RLIMIT_NPROC", "threads of the user";
    Nofile = RLIMIT_NOFILE, "RLIMIT_NOFILE", "the highest descriptor, plus one";
    Memlock = RLIMIT_MEMLOCK, "RLIMIT_MEMLOCK", "locked memory, in bytes";
    As = RLIMIT_AS, "RLIMIT_AS", "address space, in bytes";
    Locks = RLIMIT_LOCKS, "RLIMIT_LOCKS", "file locks; without effect";
    Sigpending = RLIMIT_SIGPENDING, "RLIMIT_SIGPENDING", "queued signals of the user";
    Msgqueue = RLIMIT_MSGQUEUE, "RLIMIT_MSGQUEUE", "POSIX message queues of the user, in bytes";
    Nice = RLIMIT_NICE, "RLIMIT_NICE", "20 minus the lowest nice value that may be taken";
    Rtprio = RLIMIT_RTPRIO, "RLIMIT_RTPRIO", "the highest real-time priority";
    Rttime = RLIMIT_RTTIME, "RLIMIT_RTTIME", "real-time CPU time without a block, in us";
}

impl Resource {
    /// No limit.
    ///
    /// ```
    /// assert_eq!(libclone3::Resource::UNLIMITED, libc::RLIM_INFINITY);
    /// ```
    #[doc(alias = "RLIM_INFINITY")]
    pub const UNLIMITED: u64 = u64::MAX;
}
