use libclone3::Command;

fn main() {
    let child = Command::new("true").spawn().unwrap();
    let pidfd = child.pidfd();
    let owned = child.into_pidfd();
    let _ = (pidfd.wait(), owned);
}
