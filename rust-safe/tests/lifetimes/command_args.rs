use libclone3::Command;

fn main() {
    let mut command = Command::new("true");
    let args = command.get_args();
    command.arg("more");
    let _ = args.count();
}
