//! `Debug` of a command: a line for a shell, as std prints it, or the fields.
//!
//! Of the environment names alone are printed, never values: those hold secrets.

use super::{Command, CommandArgs, CommandEnvs};
use std::fmt;

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return f
                .debug_struct("Command")
                .field("program", &self.get_program())
                .field("args", &self.argv)
                .field("env_clear", &self.environment.is_cleared())
                .field("envs", &self.get_envs())
                .field("current_dir", &self.get_current_dir())
                .field("steps", &self.plan.steps)
                .field("optional", &self.plan.optional)
                .field("streams", &self.streams)
                .field("kill_on_drop", &self.kill_on_drop)
                .finish();
        }
        if let Some(dir) = self.get_current_dir() {
            write!(f, "cd {dir:?} && ")?;
        }
        let removed = self.get_envs().filter(|(_, value)| value.is_none());
        if self.environment.is_cleared() {
            f.write_str("env -i ")?;
        } else if removed.clone().next().is_some() {
            f.write_str("env ")?;
            for (name, _) in removed {
                write!(f, "-u {} ", name.to_string_lossy())?;
            }
        }
        for (name, _) in self.get_envs().filter(|(_, value)| value.is_some()) {
            write!(f, "{}=... ", name.to_string_lossy())?;
        }
        if self.program != self.argv[0] {
            write!(f, "[{:?}] ", self.program)?;
        }
        write!(f, "{:?}", self.argv[0])?;
        for arg in &self.argv[1..] {
            write!(f, " {arg:?}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for CommandArgs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl fmt::Debug for CommandEnvs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let change = |value: Option<_>| if value.is_some() { "set" } else { "removed" };
        let changes = self.clone().map(|(name, value)| (name, change(value)));
        f.debug_map().entries(changes).finish()
    }
}
