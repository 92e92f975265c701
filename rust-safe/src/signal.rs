//! `Signal`: a signal number that the kernel accepts.

use std::fmt;
use std::num::NonZeroI32;

/// A signal: a number from 1 to 64.
///
/// `Debug` prints the name, such as `SIGTERM` or `SIGRTMIN+2`. See [signal(7)].
///
/// ```
/// use libclone3::Signal;
///
/// assert_eq!(Signal::new(15), Some(Signal::TERM));
/// assert_eq!(format!("{:?}", Signal::TERM), "SIGTERM");
/// assert_eq!(Signal::new(0), None);
/// ```
///
/// [signal(7)]: https://man7.org/linux/man-pages/man7/signal.7.html
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signal(NonZeroI32);

const LAST: i32 = 64;

// The libc keeps the lowest real-time signals, from 32 up, for itself.
const REALTIME_MIN: i32 = if cfg!(target_env = "musl") { 35 } else { 34 };

macro_rules! signals {
    ($($name:ident = $value:ident, $alias:literal, $text:literal;)*) => {
        impl Signal {
            $(
                #[doc = concat!("`", $alias, "`: ", $text, ".")]
                #[doc(alias = $alias)]
                pub const $name: Signal = Signal(NonZeroI32::new(libc::$value).unwrap());
            )*
        }

        /// Names by number, from 1.
        const NAMES: &[(i32, &str)] = &[$((libc::$value, $alias),)*];
    };
}

signals! {
    HUP = SIGHUP, "SIGHUP", "the terminal was closed";
    INT = SIGINT, "SIGINT", "interrupt from the keyboard";
    QUIT = SIGQUIT, "SIGQUIT", "quit from the keyboard";
    ILL = SIGILL, "SIGILL", "an illegal instruction";
    TRAP = SIGTRAP, "SIGTRAP", "a trace or breakpoint trap";
    ABRT = SIGABRT, "SIGABRT", "abort(3)";
    BUS = SIGBUS, "SIGBUS", "a bad memory access";
    FPE = SIGFPE, "SIGFPE", "an arithmetic fault";
    KILL = SIGKILL, "SIGKILL", "kill, which cannot be caught";
    USR1 = SIGUSR1, "SIGUSR1", "user-defined";
    SEGV = SIGSEGV, "SIGSEGV", "an invalid memory reference";
    USR2 = SIGUSR2, "SIGUSR2", "user-defined";
    PIPE = SIGPIPE, "SIGPIPE", "a pipe that nobody reads";
    ALRM = SIGALRM, "SIGALRM", "a timer of alarm(2)";
    TERM = SIGTERM, "SIGTERM", "termination";
    STKFLT = SIGSTKFLT, "SIGSTKFLT", "a coprocessor stack fault, unused";
    CHLD = SIGCHLD, "SIGCHLD", "a child stopped or ended";
    CONT = SIGCONT, "SIGCONT", "continue";
    STOP = SIGSTOP, "SIGSTOP", "stop, which cannot be caught";
    TSTP = SIGTSTP, "SIGTSTP", "stop from the keyboard";
    TTIN = SIGTTIN, "SIGTTIN", "a background process reads its terminal";
    TTOU = SIGTTOU, "SIGTTOU", "a background process writes to its terminal";
    URG = SIGURG, "SIGURG", "urgent data on a socket";
    XCPU = SIGXCPU, "SIGXCPU", "the CPU time limit is reached";
    XFSZ = SIGXFSZ, "SIGXFSZ", "the file size limit is reached";
    VTALRM = SIGVTALRM, "SIGVTALRM", "a virtual interval timer";
    PROF = SIGPROF, "SIGPROF", "a profiling interval timer";
    WINCH = SIGWINCH, "SIGWINCH", "the terminal has another size";
    IO = SIGIO, "SIGIO", "a descriptor is ready";
    PWR = SIGPWR, "SIGPWR", "power failure";
    SYS = SIGSYS, "SIGSYS", "a bad system call";
}

impl Signal {
    /// A signal by its number; `None` unless it is from 1 to 64.
    ///
    /// ```
    /// use libclone3::Signal;
    ///
    /// assert_eq!(Signal::new(9), Some(Signal::KILL));
    /// assert_eq!(Signal::new(65), None);
    /// ```
    pub const fn new(n: i32) -> Option<Signal> {
        match NonZeroI32::new(n) {
            Some(number) if n >= 1 && n <= LAST => Some(Signal(number)),
            _ => None,
        }
    }

    /// The real-time signal `SIGRTMIN + n`; `None` if there is none.
    ///
    /// `SIGRTMIN` is the libc's, which keeps those below for itself: 34 in glibc, 35 in musl.
    ///
    /// ```
    /// use libclone3::Signal;
    ///
    /// const RELOAD: Signal = Signal::realtime(3).unwrap();
    /// assert_eq!(RELOAD.as_raw(), libc::SIGRTMIN() + 3);
    /// ```
    #[doc(alias = "SIGRTMIN")]
    pub const fn realtime(n: i32) -> Option<Signal> {
        if n < 0 || n > LAST - REALTIME_MIN {
            return None;
        }
        Signal::new(REALTIME_MIN + n)
    }

    /// The number.
    ///
    /// ```
    /// assert_eq!(libclone3::Signal::CHLD.as_raw(), libc::SIGCHLD);
    /// ```
    pub const fn as_raw(self) -> i32 {
        self.0.get()
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.as_raw();
        match NAMES.iter().find(|(number, _)| *number == n) {
            Some((_, name)) => f.write_str(name),
            None if n == REALTIME_MIN => f.write_str("SIGRTMIN"),
            None if n > REALTIME_MIN => write!(f, "SIGRTMIN+{}", n - REALTIME_MIN),
            None => write!(f, "Signal({n})"),
        }
    }
}
