//! A cgroup for a test.

use super::Outcome;
use libclone3::Cgroup;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub fn mount_point() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/mounts").unwrap();
    mounts.lines().find_map(|line| {
        let mut fields = line.split(' ');
        let (_, directory, kind) = (fields.next()?, fields.next()?, fields.next()?);
        (kind == "cgroup2").then(|| PathBuf::from(directory))
    })
}

/// A cgroup of this test's own, removed at its end.
pub struct Own(pub PathBuf);

impl Own {
    pub fn new(parent: &Path, name: &str) -> std::io::Result<Own> {
        let directory = parent.join(name);
        fs::create_dir(&directory)?;
        Ok(Own(directory))
    }

    pub fn open(&self) -> Cgroup {
        Cgroup::open(&self.0).unwrap()
    }

    pub fn events(&self) -> String {
        fs::read_to_string(self.0.join("cgroup.events")).unwrap()
    }

    pub fn remove(&self) {
        // The zombies are gone a moment before the kernel lets the directory go.
        let start = Instant::now();
        while let Err(error) = fs::remove_dir(&self.0) {
            assert!(start.elapsed() < Duration::from_secs(5), "{error}");
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if self.0.exists() && !std::thread::panicking() {
            self.remove();
        }
    }
}

/// Runs `test` in a new cgroup, or says why there is none.
pub fn with_cgroup(test: fn(&Own)) -> Outcome {
    let Some(root) = mount_point() else {
        return Outcome::Skipped("no cgroup v2 is mounted".to_owned());
    };
    match Own::new(&root, &format!("libclone3-{}", std::process::id())) {
        Ok(own) => {
            test(&own);
            Outcome::Passed
        }
        Err(error) => Outcome::Skipped(format!("{}: {error}", root.display())),
    }
}
