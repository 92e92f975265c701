//! The steps of a command: one method for each, in files by what they are about.

mod birth;
mod descriptors;
mod namespaces;
mod privileges;
mod resources;
mod session;

use crate::{Command, Step};

impl Command {
    /// Takes the step, whose values are in the plan.
    pub(super) fn with(&mut self, step: Step) -> &mut Command {
        self.plan.steps.insert(step);
        self
    }

    /// Lets the program start although this step fails; [`Child::report`](crate::Child::report)
    /// then has it as omitted.
    ///
    /// May be called several times. Not allowed for [`Root`](Step::Root), [`PivotRoot`](Step::PivotRoot),
    /// [`Capabilities`](Step::Capabilities), [`Groups`](Step::Groups), [`Gid`](Step::Gid) and
    /// [`Uid`](Step::Uid): without them the program would have more than it was meant to have. Nor
    /// beside the last four for [`Namespaces`](Step::Namespaces) or
    /// [`JoinNamespaces`](Step::JoinNamespaces) with a user namespace, in which they are meant. Nor
    /// for [`Fds`](Step::Fds) beside a standard stream that is not inherited, as those of
    /// [`output`](Command::output) are not: it would be omitted with the others. Nor for
    /// [`ExecFd`](Step::ExecFd), without which there is no program.
    ///
    /// A step that needs one that was omitted fails.
    ///
    /// # Errors
    ///
    /// `EINVAL` of the step if it is one of those, or was not asked for; of [`Step::Check`] if it
    /// is only the name of an error.
    ///
    /// ```
    /// use libclone3::{Command, Step};
    ///
    /// let mut child = Command::new("true").nice(-20).optional(Step::Nice).spawn()?;
    /// println!("without {:?}", child.report().omitted);
    /// child.wait()?;
    /// # Ok::<(), libclone3::Error>(())
    /// ```
    pub fn optional(&mut self, step: Step) -> &mut Command {
        self.plan.optional.insert(step);
        self
    }
}
