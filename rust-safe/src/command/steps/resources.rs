//! The steps that set attributes of the process.

use crate::{Command, CpuSet, IoPriority, Resource, Scheduler, Step, ffi};
use std::time::Duration;

impl Command {
    /// Sets the file mode creation mask.
    ///
    /// See [umask(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Umask`]: `EINVAL` above 0o777.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// let output = Command::new("sh").args(["-c", "umask"]).umask(0o027).output()?;
    /// assert_eq!(output.stdout, b"0027\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [umask(2)]: https://man7.org/linux/man-pages/man2/umask.2.html
    pub fn umask(&mut self, mask: u32) -> &mut Command {
        self.plan.umask = mask;
        self.with(Step::Umask)
    }

    /// Sets the execution domain, of `<sys/personality.h>`: such as `ADDR_NO_RANDOMIZE`, 0x40000.
    ///
    /// See [personality(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Personality`]: `EINVAL` for 0xffffffff, which only asks.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// let mut command = Command::new("cat");
    /// let output = command.arg("/proc/self/personality").personality(0x40000).output()?;
    /// assert_eq!(output.stdout, b"00040000\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [personality(2)]: https://man7.org/linux/man-pages/man2/personality.2.html
    #[doc(alias = "setarch")]
    #[doc(alias = "ADDR_NO_RANDOMIZE")]
    pub fn personality(&mut self, persona: u32) -> &mut Command {
        self.plan.personality = persona;
        self.with(Step::Personality)
    }

    /// Makes the child the parent of its descendants' orphans.
    ///
    /// See [PR_SET_CHILD_SUBREAPER(2const)].
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// assert!(Command::new("true").subreaper().status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [PR_SET_CHILD_SUBREAPER(2const)]: https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html
    #[doc(alias = "PR_SET_CHILD_SUBREAPER")]
    pub fn subreaper(&mut self) -> &mut Command {
        self.with(Step::Subreaper)
    }

    /// Sets by how much timers may be late, so that wake-ups can be grouped.
    ///
    /// See [PR_SET_TIMERSLACK(2const)].
    ///
    /// # Errors
    ///
    /// [`Step::TimerSlack`]: `EINVAL` for 0 and for more than 292 years.
    ///
    /// ```
    /// use libclone3::Command;
    /// use std::time::Duration;
    ///
    /// assert!(Command::new("true").timer_slack(Duration::from_millis(1)).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [PR_SET_TIMERSLACK(2const)]: https://man7.org/linux/man-pages/man2/PR_SET_TIMERSLACK.2const.html
    #[doc(alias = "PR_SET_TIMERSLACK")]
    pub fn timer_slack(&mut self, slack: Duration) -> &mut Command {
        self.plan.timer_slack_ns = ffi::nanoseconds(slack);
        self.with(Step::TimerSlack)
    }

    /// Gives the program a new, anonymous session keyring, so that it does not share the caller's
    /// keys.
    ///
    /// See [session-keyring(7)].
    ///
    /// # Errors
    ///
    /// [`Step::Keyring`]: `ENOSYS` in a kernel without keys, `EPERM` from a seccomp filter,
    /// `EDQUOT`.
    ///
    /// ```
    /// use libclone3::{Command, Step};
    ///
    /// let mut command = Command::new("true");
    /// assert!(command.new_keyring().optional(Step::Keyring).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [session-keyring(7)]: https://man7.org/linux/man-pages/man7/session-keyring.7.html
    #[doc(alias = "keyctl")]
    #[doc(alias = "KEYCTL_JOIN_SESSION_KEYRING")]
    pub fn new_keyring(&mut self) -> &mut Command {
        self.with(Step::Keyring)
    }

    /// Makes it more (up to 1000) or less (down to -1000) likely that the program is killed when
    /// memory is short.
    ///
    /// See [proc_pid_oom_score_adj(5)].
    ///
    /// # Errors
    ///
    /// [`Step::OomScoreAdj`]: `EINVAL` for other numbers; `EACCES` for a lower one than the
    /// caller's without `CAP_SYS_RESOURCE`; `ENOENT` without `/proc`.
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// let mut command = Command::new("cat");
    /// let output = command.arg("/proc/self/oom_score_adj").oom_score_adj(700).output()?;
    /// assert_eq!(output.stdout, b"700\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [proc_pid_oom_score_adj(5)]: https://man7.org/linux/man-pages/man5/proc_pid_oom_score_adj.5.html
    pub fn oom_score_adj(&mut self, value: i32) -> &mut Command {
        self.plan.oom_score_adj = value;
        self.with(Step::OomScoreAdj)
    }

    /// Sets the nice value: an absolute one, from -20, the most favoured, to 19.
    ///
    /// See [setpriority(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Nice`]: `EINVAL` for other numbers; `EACCES` for a lower one than the caller's
    /// without `CAP_SYS_NICE` or [`Resource::Nice`].
    ///
    /// ```
    /// use libclone3::Command;
    ///
    /// assert_eq!(Command::new("nice").nice(19).output()?.stdout, b"19\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [setpriority(2)]: https://man7.org/linux/man-pages/man2/setpriority.2.html
    #[doc(alias = "setpriority")]
    pub fn nice(&mut self, value: i32) -> &mut Command {
        self.plan.nice = value;
        self.with(Step::Nice)
    }

    /// Sets the scheduling policy; the nice value stays, or is that of [`nice`](Command::nice).
    ///
    /// See [sched_setattr(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Scheduler`]: `EINVAL` for a priority or times that the policy does not have;
    /// `EPERM`; `EBUSY` for a deadline that cannot be met, or with
    /// [`cpu_affinity`](Command::cpu_affinity).
    ///
    /// ```
    /// use libclone3::{Command, Scheduler};
    ///
    /// assert!(Command::new("true").scheduler(Scheduler::Idle).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [sched_setattr(2)]: https://man7.org/linux/man-pages/man2/sched_setattr.2.html
    #[doc(alias = "sched_setscheduler")]
    #[doc(alias = "sched_setattr")]
    #[doc(alias = "chrt")]
    pub fn scheduler(&mut self, policy: Scheduler) -> &mut Command {
        self.plan.scheduler = Some(policy);
        self.with(Step::Scheduler)
    }

    /// Lets the program run on these CPUs only; those that do not exist do not count.
    ///
    /// See [sched_setaffinity(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Affinity`]: `EINVAL` if none is left.
    ///
    /// ```
    /// use libclone3::{Command, CpuSet};
    ///
    /// match Command::new("nproc").cpu_affinity(&CpuSet::from_iter([0])).output() {
    ///     Ok(output) => assert_eq!(output.stdout, b"1\n"),
    ///     Err(error) => eprintln!("{error}"), // CPU 0 is not ours
    /// }
    /// ```
    ///
    /// [sched_setaffinity(2)]: https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html
    #[doc(alias = "sched_setaffinity")]
    #[doc(alias = "taskset")]
    pub fn cpu_affinity(&mut self, cpus: &CpuSet) -> &mut Command {
        self.plan.affinity = cpus.clone();
        self.with(Step::Affinity)
    }

    /// Sets the priority of disk access.
    ///
    /// See [ioprio_set(2)].
    ///
    /// # Errors
    ///
    /// [`Step::IoPriority`]: `EINVAL` for a level above 7; `EPERM` for `RealTime`.
    ///
    /// ```
    /// use libclone3::{Command, IoPriority};
    ///
    /// assert!(Command::new("true").io_priority(IoPriority::Idle).status()?.success());
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [ioprio_set(2)]: https://man7.org/linux/man-pages/man2/ioprio_set.2.html
    #[doc(alias = "ioprio_set")]
    #[doc(alias = "ionice")]
    pub fn io_priority(&mut self, priority: IoPriority) -> &mut Command {
        self.plan.io_priority = Some(priority);
        self.with(Step::IoPriority)
    }

    /// Limits the use of a resource.
    ///
    /// May be called several times, once for each; in the unit that [`Resource`] tells, or
    /// [`Resource::UNLIMITED`].
    ///
    /// See [setrlimit(2)].
    ///
    /// # Errors
    ///
    /// [`Step::Rlimits`], with the index of the resource: `EINVAL` if `soft` is above `hard`;
    /// `EPERM` for a hard limit above the caller's without `CAP_SYS_RESOURCE`. [`Step::Exec`]:
    /// `EAGAIN` if the user exceeds [`Resource::Nproc`] already.
    ///
    /// ```
    /// use libclone3::{Command, Resource};
    ///
    /// let mut command = Command::new("sh");
    /// command.args(["-c", "ulimit -n"]).rlimit(Resource::Nofile, 32, 64);
    /// assert_eq!(command.output()?.stdout, b"32\n");
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    ///
    /// [setrlimit(2)]: https://man7.org/linux/man-pages/man2/setrlimit.2.html
    #[doc(alias = "setrlimit")]
    #[doc(alias = "prlimit")]
    #[doc(alias = "ulimit")]
    pub fn rlimit(&mut self, resource: Resource, soft: u64, hard: u64) -> &mut Command {
        let limit = (resource, soft, hard);
        match self
            .plan
            .rlimits
            .iter_mut()
            .find(|limit| limit.0 == resource)
        {
            Some(before) => *before = limit,
            None => self.plan.rlimits.push(limit),
        }
        self.with(Step::Rlimits)
    }
}
