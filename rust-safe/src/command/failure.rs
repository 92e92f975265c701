//! What is wrong with a command, or was with its start: the errors of a spawn.

use super::Command;
use crate::ffi::{Errno, SpawnFailure};
use crate::stdio::Stream;
use crate::{Error, IdRange, Namespaces, Result, Step};
use libclone3_sys::clone3_fd;
use std::ffi::CString;
use std::io;

const STREAMS: [&str; 3] = ["stdin", "stdout", "stderr"];

impl Command {
    /// Finds what can be known to be wrong before libclone3 looks.
    pub(super) fn check(&self, environment_has_zero_byte: bool) -> Result<()> {
        let fault = match &self.fault {
            Some((step, what)) => Some((*step, what.as_str())),
            None => environment_has_zero_byte.then_some((Step::Check, "environment")),
        };
        if let Some((step, what)) = fault {
            // std's words for a zero byte.
            let cause = io::Error::new(
                io::ErrorKind::InvalidInput,
                "nul byte found in provided data",
            );
            return Err(self.error(step, None, what, cause, ""));
        }
        if self.program.is_empty() && !self.plan.has(Step::ExecFd) {
            return Err(self.error(Step::Exec, None, "", Errno(libc::ENOENT), "it has no name"));
        }
        for (number, name) in STREAMS.iter().enumerate() {
            let is_target = |fd: &clone3_fd| fd.target == number as i32;
            if self.streams[number].is_some() && self.plan.fds.iter().any(is_target) {
                let what = format!("descriptor {number}");
                let explanation = format!("{name} is given by its name, too");
                return Err(self.error(Step::Check, None, &what, Errno(libc::EINVAL), explanation));
            }
        }
        Ok(())
    }

    /// Streams are passed on by the same step as other descriptors: if it may be omitted the
    /// program would write to the caller's, and nobody could tell.
    pub(super) fn check_streams(&self, streams: &[Stream; 3]) -> Result<()> {
        let set = streams.iter().position(|stream| stream.source().is_some());
        match set {
            Some(number) if self.plan.optional.contains(Step::Fds) => {
                let explanation = "it cannot be optional beside a stream that is not inherited";
                let cause = Errno(libc::EINVAL);
                Err(self.error(Step::Fds, None, STREAMS[number], cause, explanation))
            }
            _ => Ok(()),
        }
    }

    /// The error of a spawn that libclone3 reports; `fds` are all that were to be passed on.
    pub(super) fn failure(&self, failure: SpawnFailure, fds: &[clone3_fd]) -> Error {
        let step = failure.step.unwrap_or(Step::Check);
        let index = self.index(step, failure.index);
        let object = match (step, fds.get(failure.index)) {
            (Step::Fds, Some(fd)) => self.descriptor(failure.index, fd.target),
            _ => self.object(step, failure.index),
        };
        let explanation = self.explanation(step, failure.errno);
        self.error(step, index, &object, failure.errno, explanation)
    }

    /// The error of a stream that cannot be opened.
    pub(super) fn stream_failure(&self, number: usize, cause: io::Error) -> Error {
        self.error(Step::Fds, None, STREAMS[number], cause, "")
    }

    fn error(
        &self,
        step: Step,
        index: Option<usize>,
        object: &str,
        cause: impl Into<io::Error>,
        explanation: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Error {
        let program = printable(&self.program);
        let object = match object {
            "" => String::new(),
            object => format!(" ({object})"),
        };
        let operation = format!("cannot start `{program}` in step \"{step}\"{object}");
        Error::explained(operation, cause, explanation).at(step, index)
    }

    /// The user's element of a step with several. What was added for the streams comes last and is
    /// none.
    fn index(&self, step: Step, index: usize) -> Option<usize> {
        let plan = &self.plan;
        let count = match step {
            Step::SetTid => plan.set_tid.len(),
            Step::JoinNamespaces => plan.joins.len(),
            Step::UidMap => plan.uid_map.len(),
            Step::GidMap => plan.gid_map.len(),
            Step::Mounts => plan.mounts.len(),
            Step::Fds => plan.fds.len(),
            Step::Rlimits => plan.rlimits.len(),
            Step::Groups if !self.has_too_many_groups() => plan.groups.len(),
            _ => 0,
        };
        (index < count).then_some(index)
    }

    /// What the step was about; empty if its name says it all.
    fn object(&self, step: Step, index: usize) -> String {
        let plan = &self.plan;
        let path = |path: &Option<CString>| path.as_ref().map(printable);
        let id_range = |map: &[IdRange]| {
            let range = map.get(index)?;
            Some(format!(
                "{} {} {}",
                range.inside, range.outside, range.count
            ))
        };
        let object = match step {
            Step::Namespaces => Some(namespaces(plan.namespaces)),
            Step::SetTid => plan.set_tid.get(index).map(u32::to_string),
            Step::IgnoreSignals => Some(format!("{:?}", plan.ignore_signals)),
            Step::DefaultSignals => Some(format!("{:?}", plan.default_signals)),
            Step::JoinNamespaces => plan
                .joins
                .get(index)
                .map(|join| namespaces(join.namespaces)),
            Step::ProcessGroup => Some(plan.process_group.to_string()),
            Step::UidMap => id_range(&plan.uid_map),
            Step::GidMap => id_range(&plan.gid_map),
            Step::TimeOffsets => Some(format!(
                "monotonic {} ns, boottime {} ns",
                plan.monotonic_offset_ns, plan.boottime_offset_ns
            )),
            Step::OomScoreAdj => Some(plan.oom_score_adj.to_string()),
            Step::Mounts => plan.mounts.get(index).map(|(_, target)| printable(target)),
            Step::PivotRoot => path(&plan.pivot_root),
            Step::Root => path(&plan.root),
            Step::Hostname => path(&plan.hostname),
            Step::Umask => Some(format!("{:#o}", plan.umask)),
            Step::Personality => Some(format!("{:#x}", plan.personality)),
            Step::TimerSlack => Some(format!("{} ns", plan.timer_slack_ns)),
            Step::Nice => Some(plan.nice.to_string()),
            Step::Scheduler => plan.scheduler.map(|policy| format!("{policy:?}")),
            Step::Affinity => Some(plan.affinity.list()),
            Step::IoPriority => plan.io_priority.map(|priority| format!("{priority:?}")),
            Step::Rlimits => plan
                .rlimits
                .get(index)
                .map(|(resource, soft, hard)| format!("{resource:?}, soft {soft}, hard {hard}")),
            Step::Groups if self.has_too_many_groups() => {
                Some(format!("{} groups", plan.groups.len()))
            }
            Step::Groups => plan.groups.get(index).map(u32::to_string),
            Step::Gid => Some(plan.gid.to_string()),
            Step::Uid => Some(plan.uid.to_string()),
            Step::Cwd => path(&plan.cwd),
            Step::ParentDeathSignal => plan.parent_death_signal.map(|signal| format!("{signal:?}")),
            Step::SignalMask => Some(format!("{:?}", plan.signal_mask)),
            _ => None,
        };
        object.unwrap_or_default()
    }

    /// One that is passed on: by its number, or the name of a stream, which come last.
    fn descriptor(&self, index: usize, target: i32) -> String {
        let stream = usize::try_from(target).ok().and_then(|n| STREAMS.get(n));
        match stream {
            Some(name) if index >= self.plan.fds.len() => (*name).to_owned(),
            _ => format!("descriptor {target}"),
        }
    }

    fn has_too_many_groups(&self) -> bool {
        self.plan.groups.len() > 65_536 // the kernel's NGROUPS_MAX
    }

    /// Whether it was made optional, which c/spawn/plan.c refuses whatever else there is.
    fn can_never_be_optional(&self, step: Step) -> bool {
        let optional = self.plan.optional;
        match step {
            Step::Root
            | Step::PivotRoot
            | Step::Capabilities
            | Step::Groups
            | Step::Gid
            | Step::Uid
            | Step::PtraceMe
            | Step::ExecFd => optional.contains(step),
            Step::Check => [step, Step::Clone, Step::Exec]
                .into_iter()
                .any(|step| optional.contains(step)),
            _ => false,
        }
    }

    /// Whether the step leads to the user namespace in which ids or capabilities are set.
    fn has_ids_in_new_user_namespace(&self, step: Step) -> bool {
        let plan = &self.plan;
        let user = Namespaces::USER.bits();
        let leads_there = match step {
            Step::Namespaces => plan.namespaces & user != 0,
            _ => plan.joins.iter().any(|join| join.namespaces & user != 0),
        };
        let ids = [Step::Capabilities, Step::Groups, Step::Gid, Step::Uid];
        leads_there && ids.into_iter().any(|step| plan.has(step))
    }

    /// Why, where the errno alone does not say it.
    fn explanation(&self, step: Step, Errno(errno): Errno) -> &'static str {
        let plan = &self.plan;
        let mut new = plan.namespaces;
        if new & Namespaces::EMPTY_MOUNT.bits() != 0 {
            new |= Namespaces::MOUNT.bits();
        }
        let lacks = |kinds: Namespaces| new & kinds.bits() != kinds.bits();
        match (step, errno) {
            (Step::Cgroup, libc::ECANCELED) => "a cgroup that was killed once kills its newborn",
            (_, libc::ECANCELED) => "the child was killed before the program ran",
            (Step::Exec, libc::ENOENT)
                if !plan.has(Step::ExecFd) && !self.program.as_bytes().contains(&b'/') =>
            {
                "it is in no directory of the PATH, or its interpreter is missing"
            }
            (_, libc::EINVAL) if self.can_never_be_optional(step) => "it cannot be optional",
            (Step::Namespaces | Step::JoinNamespaces, libc::EINVAL)
                if plan.optional.contains(step) && self.has_ids_in_new_user_namespace(step) =>
            {
                "a user namespace cannot be optional beside ids, groups or capabilities"
            }
            (_, libc::EINVAL) if plan.optional.contains(step) && !plan.has(step) => {
                "it is optional but not asked for"
            }
            (Step::ControllingTty, libc::EINVAL) if !plan.has(Step::Session) => "needs a session",
            (Step::ProcessGroup, libc::EINVAL) if plan.has(Step::Session) => "excludes a session",
            (Step::CwdFd, libc::EINVAL) if plan.has(Step::Cwd) => "excludes a directory by name",
            (Step::PivotRoot, libc::EINVAL) if plan.has(Step::Root) => "excludes another root",
            (Step::UidMap | Step::GidMap | Step::DenySetgroups, libc::EINVAL)
                if lacks(Namespaces::USER) =>
            {
                "needs a new user namespace"
            }
            (Step::TimeOffsets, libc::EINVAL) if lacks(Namespaces::TIME) => {
                "needs a new time namespace"
            }
            (Step::PrivateMounts | Step::Mounts | Step::PivotRoot, libc::EINVAL)
                if lacks(Namespaces::MOUNT) =>
            {
                "needs a new mount namespace"
            }
            (Step::ProcMount, libc::EINVAL)
                if lacks(Namespaces::MOUNT | Namespaces::PID) || !plan.has(Step::PrivateMounts) =>
            {
                "needs new mount and pid namespaces, and private mounts"
            }
            (Step::Hostname, libc::EINVAL) if lacks(Namespaces::UTS) => "needs a new UTS namespace",
            (Step::Loopback, libc::EINVAL) if lacks(Namespaces::NET) => {
                "needs a new network namespace"
            }
            (Step::UidMap | Step::GidMap, libc::EINVAL) => {
                "empty, too long, or with a range that is none or overlaps"
            }
            (Step::Namespaces, libc::EINVAL) => "none, or a kind that this kernel does not know",
            (Step::AutoReap | Step::KillOnClose, libc::EINVAL) => "needs Linux 7.1",
            (Step::JoinNamespaces, libc::EINVAL) => {
                "no namespace of these kinds, or one that is also new, or TIME"
            }
            (Step::Groups, libc::EINVAL) if self.has_too_many_groups() => "more than 65,536",
            (Step::Uid | Step::Gid | Step::Groups, libc::EINVAL) => {
                "the user namespace does not have that id"
            }
            (Step::GidMap, libc::EPERM) if !plan.has(Step::DenySetgroups) => {
                "without CAP_SETGID it needs deny_setgroups"
            }
            (Step::Namespaces | Step::UidMap | Step::GidMap, libc::EPERM | libc::EACCES) => {
                "needs a capability, or a sysctl such as \
                 kernel.apparmor_restrict_unprivileged_userns forbids it"
            }
            (Step::Capabilities, libc::EPERM) => {
                "a capability that the caller does not have, or CAP_SETPCAP is missing"
            }
            (Step::Capabilities, libc::EINVAL) => {
                "one that the kernel does not know, or effective or ambient not part of what they \
                 must be part of"
            }
            (Step::Fds, libc::EINVAL) => "the number is taken twice",
            (Step::Rlimits, libc::EINVAL) => "the soft limit is above the hard one",
            (Step::Rlimits, libc::EPERM) => "a higher hard limit needs CAP_SYS_RESOURCE",
            (Step::Landlock, libc::EPERM) | (Step::Seccomp, libc::EACCES) => {
                "needs no_new_privs or CAP_SYS_ADMIN"
            }
            _ => "",
        }
    }
}

/// In one line.
fn printable(text: &CString) -> String {
    let escape = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.to_string_lossy().chars().map(escape).collect()
}

fn namespaces(bits: u64) -> String {
    let set = Namespaces::from_bits(bits).unwrap_or_default();
    format!("{set:?}")
}

#[cfg(test)]
mod tests {
    use crate::ffi::{Errno, SpawnFailure};
    use crate::{Command, Namespaces, Step};

    #[test]
    #[cfg_attr(miri, ignore = "calls C")]
    fn an_optional_user_namespace_is_explained() {
        let explains = |command: &Command| {
            let failure = SpawnFailure {
                step: Some(Step::Namespaces),
                index: 0,
                errno: Errno(libc::EINVAL),
            };
            let text = command.failure(failure, &[]).to_string();
            text.contains("cannot be optional beside ids")
        };
        let mut command = Command::new("true");
        command.namespaces(Namespaces::USER);
        assert!(!explains(command.optional(Step::Namespaces)));
        assert!(explains(command.uid(0)));
    }
}
