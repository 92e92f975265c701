//! `Environment`: the variables of a new program, in the form that exec takes.

use std::collections::BTreeMap;
use std::collections::btree_map;
use std::env;
use std::ffi::{CStr, OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// What is inherited, and what is changed of it.
///
/// The inherited variables are those at the time of the spawn. The libc's `environ` may not be
/// handed to the kernel: another thread's `set_var` may free what it points to. `vars_os` copies it
/// under std's lock, which is all that std offers; that it is not done once for all spawns is the
/// price for seeing each change. The copy goes into one block, whose memory is used again by the
/// next spawn, so that there is no string to be made for each variable. A cleared environment is
/// built once.
#[derive(Default)]
pub(crate) struct Environment {
    clear: bool,
    changes: BTreeMap<OsString, Option<OsString>>,
    /// The strings `NAME=value`, each ended by a zero byte.
    block: Vec<u8>,
    starts: Vec<usize>,
    /// Where in the block the value of `PATH` starts.
    path: Option<usize>,
    is_built: bool,
}

impl Environment {
    pub(crate) fn set(&mut self, name: &OsStr, value: &OsStr) {
        self.changes.insert(name.to_owned(), Some(value.to_owned()));
        self.is_built = false;
    }

    pub(crate) fn remove(&mut self, name: &OsStr) {
        if self.clear {
            self.changes.remove(name);
        } else {
            self.changes.insert(name.to_owned(), None);
        }
        self.is_built = false;
    }

    pub(crate) fn clear(&mut self) {
        self.clear = true;
        self.changes.clear();
        self.is_built = false;
    }

    pub(crate) fn is_cleared(&self) -> bool {
        self.clear
    }

    pub(crate) fn changes(&self) -> btree_map::Iter<'_, OsString, Option<OsString>> {
        self.changes.iter()
    }

    /// Builds the block, unless it is what it would become. `false`: a zero byte is in the way.
    pub(crate) fn capture(&mut self) -> bool {
        if self.clear && self.is_built {
            return true;
        }
        self.block.clear();
        self.starts.clear();
        self.path = None;
        if !self.clear {
            for (name, value) in env::vars_os() {
                if !self.changes.contains_key(&name) {
                    self.push(&name, &value);
                }
            }
        }
        let changes = std::mem::take(&mut self.changes);
        for (name, value) in &changes {
            if let Some(value) = value {
                self.push(name, value);
            }
        }
        self.changes = changes;
        let zeros = self.block.iter().filter(|byte| **byte == 0).count();
        self.is_built = zeros == self.starts.len();
        self.is_built
    }

    fn push(&mut self, name: &OsStr, value: &OsStr) {
        self.starts.push(self.block.len());
        self.block.extend_from_slice(name.as_bytes());
        self.block.push(b'=');
        if name == "PATH" && self.path.is_none() {
            self.path = Some(self.block.len());
        }
        self.block.extend_from_slice(value.as_bytes());
        self.block.push(0);
    }

    fn string_at(&self, start: usize) -> Option<&CStr> {
        CStr::from_bytes_until_nul(self.block.get(start..)?).ok()
    }

    /// What was captured.
    pub(crate) fn strings(&self) -> impl ExactSizeIterator<Item = &CStr> {
        let string = |start: &usize| self.string_at(*start).unwrap_or_default();
        self.starts.iter().map(string)
    }

    /// The directories in which the child's libc would look for a program.
    pub(crate) fn search_path(&self) -> &CStr {
        const DEFAULT: &CStr = if cfg!(target_env = "musl") {
            c"/usr/local/bin:/bin:/usr/bin"
        } else {
            c"/bin:/usr/bin"
        };
        let path = self.path.and_then(|start| self.string_at(start));
        path.unwrap_or(DEFAULT)
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;
    use std::ffi::{CStr, OsStr};

    fn os(text: &str) -> &OsStr {
        OsStr::new(text)
    }

    fn strings(environment: &mut Environment) -> Vec<&CStr> {
        assert!(environment.capture());
        environment.strings().collect()
    }

    #[test]
    fn a_cleared_environment_has_what_was_set_since() {
        let mut environment = Environment::default();
        environment.set(os("A"), os("1"));
        environment.clear();
        environment.set(os("B"), os("2"));
        environment.set(os("C"), os("=3"));
        environment.remove(os("B"));
        assert_eq!(strings(&mut environment), [c"C==3"]);
        environment.set(os("C"), os(""));
        assert_eq!(strings(&mut environment), [c"C="]);
        assert_eq!(
            environment.search_path(),
            Environment::default().search_path()
        );
        environment.set(os("PATH"), os("/x"));
        environment.capture();
        assert_eq!(environment.search_path(), c"/x");
    }

    #[test]
    fn a_changed_environment_has_each_name_once() {
        let mut environment = Environment::default();
        environment.remove(os("PATH"));
        environment.set(os("HOME"), os("/h"));
        let strings = strings(&mut environment);
        let homes = strings
            .iter()
            .filter(|s| s.to_bytes().starts_with(b"HOME="));
        assert_eq!(homes.collect::<Vec<_>>(), [&c"HOME=/h"]);
        assert!(!strings.iter().any(|s| s.to_bytes().starts_with(b"PATH=")));
    }

    #[test]
    fn a_zero_byte_is_told() {
        let mut environment = Environment::default();
        assert!(environment.capture());
        environment.set(os("A\0"), os("1"));
        assert!(!environment.capture());
        environment.clear();
        environment.set(os("B"), os("\0"));
        assert!(!environment.capture());
        assert!(!environment.capture());
        environment.set(os("B"), os(""));
        assert!(environment.capture());
    }
}
