use libclone3::{Cgroup, CloneArgs};
use std::os::fd::AsFd;

fn main() {
    let cgroup = Cgroup::open("/sys/fs/cgroup").unwrap();
    let mut args = CloneArgs::new();
    args.cgroup(cgroup.as_fd());
    drop(cgroup);
    let _ = args.check();
}
