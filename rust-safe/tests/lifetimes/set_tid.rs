use libclone3::CloneArgs;

fn main() {
    let mut args = CloneArgs::new();
    {
        let pids = vec![1];
        args.set_tid(&pids);
    }
    let _ = args.check();
}
