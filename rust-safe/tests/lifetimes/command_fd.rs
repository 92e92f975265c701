use libclone3::{Cgroup, Command};

fn main() {
    let cgroup = Cgroup::open("/sys/fs/cgroup").unwrap();
    let mut command = Command::new("true");
    command.cgroup(cgroup);
    let _ = cgroup.kill();
}
