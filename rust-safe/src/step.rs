//! `Step` and `Steps`: what is done between clone and exec.

use crate::ffi;
use libclone3_sys as sys;
use std::fmt;

macro_rules! steps {
    ($($(#[$attribute:meta])* $name:ident = $bit:ident;)*) => {
        /// One thing that is done for a new program before it runs.
        ///
        /// The same name serves to make a step [optional](crate::Command::optional), to say where
        /// an [error](crate::Error::step) came from, and to [report](crate::Report) what was
        /// emulated or omitted. The variants stand in the order in which the steps are taken.
        /// `Display` prints libclone3's name.
        ///
        /// ```
        /// use libclone3::{Command, Step};
        ///
        /// let error = Command::new("true").current_dir("/nonexistent").spawn().unwrap_err();
        /// assert_eq!(error.step(), Some(Step::Cwd));
        /// assert_eq!(Step::Cwd.to_string(), "cwd");
        /// ```
        #[repr(u8)]
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Step {
            $($(#[$attribute])* $name = sys::$bit.trailing_zeros() as u8,)*
        }

        /// Every step, in order.
        const ALL: &[Step] = &[$(Step::$name),*];
    };
}

steps! {
    /// New namespaces: [`Command::namespaces`](crate::Command::namespaces).
    Namespaces = CLONE3_STEP_NAMESPACES;
    /// Birth in a cgroup: [`Command::cgroup`](crate::Command::cgroup).
    Cgroup = CLONE3_STEP_CGROUP;
    /// Chosen pids: [`Command::set_tid`](crate::Command::set_tid).
    SetTid = CLONE3_STEP_SET_TID;
    /// Never a zombie: [`Command::auto_reap`](crate::Command::auto_reap).
    AutoReap = CLONE3_STEP_AUTO_REAP;
    /// Killed with its last pidfd: [`Command::kill_on_close`](crate::Command::kill_on_close).
    KillOnClose = CLONE3_STEP_KILL_ON_CLOSE;
    /// Ignored signals: [`Command::ignore_signals`](crate::Command::ignore_signals).
    IgnoreSignals = CLONE3_STEP_IGNORE_SIGNALS;
    /// Signals at their default: [`Command::default_signals`](crate::Command::default_signals).
    DefaultSignals = CLONE3_STEP_DEFAULT_SIGNALS;
    /// Namespaces of others: [`Command::join_namespace`](crate::Command::join_namespace).
    JoinNamespaces = CLONE3_STEP_JOIN_NAMESPACES;
    /// A new session: [`Command::session`](crate::Command::session).
    Session = CLONE3_STEP_SESSION;
    /// A process group: [`Command::process_group`](crate::Command::process_group).
    ProcessGroup = CLONE3_STEP_PROCESS_GROUP;
    /// [`Command::controlling_terminal`](crate::Command::controlling_terminal).
    ControllingTty = CLONE3_STEP_CONTROLLING_TTY;
    /// The terminal's foreground: [`Command::foreground`](crate::Command::foreground).
    Foreground = CLONE3_STEP_FOREGROUND;
    /// No setgroups in the user namespace:
    /// [`Command::deny_setgroups`](crate::Command::deny_setgroups).
    DenySetgroups = CLONE3_STEP_DENY_SETGROUPS;
    /// [`Command::uid_map`](crate::Command::uid_map).
    UidMap = CLONE3_STEP_UID_MAP;
    /// [`Command::gid_map`](crate::Command::gid_map).
    GidMap = CLONE3_STEP_GID_MAP;
    /// [`Command::time_offsets`](crate::Command::time_offsets).
    TimeOffsets = CLONE3_STEP_TIME_OFFSETS;
    /// [`Command::oom_score_adj`](crate::Command::oom_score_adj).
    OomScoreAdj = CLONE3_STEP_OOM_SCORE_ADJ;
    /// [`Command::private_mounts`](crate::Command::private_mounts).
    PrivateMounts = CLONE3_STEP_PRIVATE_MOUNTS;
    /// Mounts prepared by the caller: [`Command::mount`](crate::Command::mount).
    Mounts = CLONE3_STEP_MOUNTS;
    /// [`Command::pivot_root`](crate::Command::pivot_root).
    PivotRoot = CLONE3_STEP_PIVOT_ROOT;
    /// The root directory: [`Command::root_dir`](crate::Command::root_dir).
    Root = CLONE3_STEP_ROOT;
    /// A fresh `/proc`: [`Command::mount_proc`](crate::Command::mount_proc).
    ProcMount = CLONE3_STEP_PROC_MOUNT;
    /// [`Command::hostname`](crate::Command::hostname).
    Hostname = CLONE3_STEP_HOSTNAME;
    /// [`Command::loopback_up`](crate::Command::loopback_up).
    Loopback = CLONE3_STEP_LOOPBACK;
    /// [`Command::umask`](crate::Command::umask).
    Umask = CLONE3_STEP_UMASK;
    /// [`Command::personality`](crate::Command::personality).
    Personality = CLONE3_STEP_PERSONALITY;
    /// [`Command::subreaper`](crate::Command::subreaper).
    Subreaper = CLONE3_STEP_SUBREAPER;
    /// [`Command::timer_slack`](crate::Command::timer_slack).
    TimerSlack = CLONE3_STEP_TIMER_SLACK;
    /// A new session keyring: [`Command::new_keyring`](crate::Command::new_keyring).
    Keyring = CLONE3_STEP_KEYRING;
    /// [`Command::nice`](crate::Command::nice).
    Nice = CLONE3_STEP_NICE;
    /// The scheduling policy: [`Command::scheduler`](crate::Command::scheduler).
    Scheduler = CLONE3_STEP_SCHEDULER;
    /// The CPUs to run on: [`Command::cpu_affinity`](crate::Command::cpu_affinity).
    Affinity = CLONE3_STEP_AFFINITY;
    /// [`Command::io_priority`](crate::Command::io_priority).
    IoPriority = CLONE3_STEP_IO_PRIORITY;
    /// Descriptors, those of `stdin`, `stdout` and `stderr` among them:
    /// [`Command::fd`](crate::Command::fd).
    Fds = CLONE3_STEP_FDS;
    /// [`Command::close_other_fds`](crate::Command::close_other_fds).
    CloseOthers = CLONE3_STEP_CLOSE_OTHERS;
    /// Resource limits: [`Command::rlimit`](crate::Command::rlimit).
    Rlimits = CLONE3_STEP_RLIMITS;
    /// [`Command::capabilities`](crate::Command::capabilities).
    Capabilities = CLONE3_STEP_CAPABILITIES;
    /// Supplementary groups: [`Command::groups`](crate::Command::groups).
    Groups = CLONE3_STEP_GROUPS;
    /// [`Command::gid`](crate::Command::gid).
    Gid = CLONE3_STEP_GID;
    /// [`Command::uid`](crate::Command::uid).
    Uid = CLONE3_STEP_UID;
    /// The working directory: [`Command::current_dir`](crate::Command::current_dir).
    Cwd = CLONE3_STEP_CWD;
    /// The same by descriptor: [`Command::current_dir_fd`](crate::Command::current_dir_fd).
    CwdFd = CLONE3_STEP_CWD_FD;
    /// [`Command::parent_death_signal`](crate::Command::parent_death_signal).
    ParentDeathSignal = CLONE3_STEP_PARENT_DEATH_SIGNAL;
    /// [`Command::no_new_privs`](crate::Command::no_new_privs).
    NoNewPrivs = CLONE3_STEP_NO_NEW_PRIVS;
    /// [`Command::landlock`](crate::Command::landlock).
    Landlock = CLONE3_STEP_LANDLOCK;
    /// [`Command::signal_mask`](crate::Command::signal_mask).
    SignalMask = CLONE3_STEP_SIGNAL_MASK;
    /// Traced by the caller: not offered by this crate.
    PtraceMe = CLONE3_STEP_PTRACE_ME;
    /// [`Command::seccomp`](crate::Command::seccomp).
    Seccomp = CLONE3_STEP_SECCOMP;
    /// A program by descriptor: [`Command::executable_fd`](crate::Command::executable_fd).
    ExecFd = CLONE3_STEP_EXEC_FD;
    /// Only in errors: what was asked for makes no sense as a whole.
    Check = CLONE3_STEP_CHECK;
    /// Only in errors: the creation of the process.
    Clone = CLONE3_STEP_CLONE;
    /// Only in errors: the start of the program.
    Exec = CLONE3_STEP_EXEC;
}

impl Step {
    pub(crate) const fn bit(self) -> u64 {
        1 << self as u8
    }

    /// The step of a single bit of libclone3.
    pub(crate) fn of_bit(bit: u64) -> Option<Step> {
        ALL.iter().copied().find(|step| step.bit() == bit)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(ffi::step_name(*self))
    }
}

/// A set of steps.
///
/// ```
/// use libclone3::{Step, Steps, Support};
///
/// let native = Support::probe()?.steps();
/// println!("closing descriptors needs no emulation: {}", native.contains(Step::CloseOthers));
/// assert!(Steps::empty().is_empty());
/// # Ok::<(), libclone3::Error>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Steps(u64);

impl Steps {
    /// The empty set.
    ///
    /// ```
    /// assert_eq!(libclone3::Steps::empty(), libclone3::Steps::default());
    /// ```
    pub const fn empty() -> Steps {
        Steps(0)
    }

    pub(crate) const fn of_bits(bits: u64) -> Steps {
        Steps(bits)
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    pub(crate) fn insert(&mut self, step: Step) {
        self.0 |= step.bit();
    }

    pub(crate) fn remove(&mut self, step: Step) {
        self.0 &= !step.bit();
    }

    /// Whether the step is in the set.
    ///
    /// ```
    /// use libclone3::{Step, Steps};
    ///
    /// assert!(!Steps::empty().contains(Step::Umask));
    /// ```
    pub fn contains(&self, step: Step) -> bool {
        self.0 & step.bit() != 0
    }

    /// Whether the set is empty.
    ///
    /// ```
    /// assert!(libclone3::Steps::empty().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// The steps of the set, in the order in which they are taken.
    ///
    /// ```
    /// for step in libclone3::Support::probe()?.steps().iter() {
    ///     println!("{step}");
    /// }
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Step> + use<> {
        let set = *self;
        ALL.iter().copied().filter(move |step| set.contains(*step))
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Steps")?;
        f.debug_set().entries(self.iter()).finish()
    }
}

/// What became of the steps of a program that was started.
///
/// ```
/// use libclone3::{Command, Step};
///
/// let mut child = Command::new("true").oom_score_adj(-1000).optional(Step::OomScoreAdj).spawn()?;
/// for step in child.report().omitted.iter() {
///     println!("not allowed here: {step}");
/// }
/// child.wait()?;
/// # Ok::<(), libclone3::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// Done by other means than the kernel's own, which is too old or filtered, with the same
    /// guarantee.
    pub emulated: Steps,
    /// [Optional](crate::Command::optional) steps that failed.
    pub omitted: Steps,
}
