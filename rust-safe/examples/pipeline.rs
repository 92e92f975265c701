//! A pipeline as a shell makes it: its programs are one process group, and each has its status.
//!
//! ```text
//! cargo run --example pipeline -- sort /etc/passwd '|' cut -d : -f 1 '|' head -n 3
//! ```

use libclone3::{Child, Command, Stdio};

fn main() -> libclone3::Result<()> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if words.is_empty() {
        let example = [
            "seq", "1", "1000000", "|", "sort", "-rn", "|", "head", "-n", "3",
        ];
        println!("$ {}", example.join(" "));
        words = example.map(str::to_owned).to_vec();
    }
    let programs: Vec<&[String]> = words
        .split(|word| word == "|")
        .filter(|words| !words.is_empty())
        .collect();
    let mut children: Vec<Child> = Vec::new();
    for (n, words) in programs.iter().enumerate() {
        let (program, arguments) = (&words[0], &words[1..]);
        let mut command = Command::new(program);
        // The first makes the group, the others join it. It is there as long as one is not waited
        // for. An error on the way ends them all.
        let group = children.first().map_or(0, |first| first.id() as i32);
        command
            .args(arguments)
            .process_group(group)
            .kill_on_drop(true);
        if let Some(previous) = children.last_mut().and_then(|child| child.stdout.take()) {
            command.stdin(previous);
        }
        if n + 1 < programs.len() {
            command.stdout(Stdio::piped());
        }
        children.push(command.spawn()?);
        // The command ends here, and with it the caller's copy of the pipe.
    }
    for (mut child, words) in children.into_iter().zip(&programs) {
        let (status, usage) = child.wait_usage()?;
        let time = usage.user_time + usage.system_time;
        println!("{}: {status}, {time:.1?}", words.join(" "));
    }
    Ok(())
}
