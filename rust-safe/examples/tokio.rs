//! Many programs in tokio's runtime, each with a time limit.
//!
//! ```text
//! cargo run --example tokio --features tokio
//! ```

use libclone3::Command;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;

#[tokio::main(flavor = "current_thread")]
async fn main() -> libclone3::Result<()> {
    let output = Command::new("uname").arg("-sr").output_async().await?;
    println!("on {}", String::from_utf8_lossy(&output.stdout).trim());

    let mut tasks = JoinSet::new();
    for n in 0..8 {
        tasks.spawn(async move {
            let mut command = Command::new("sleep");
            // Dropped with the task, whatever happens to it.
            let mut child = command.arg(format!("0.{n}")).kill_on_drop(true).spawn()?;
            let status = match timeout(Duration::from_millis(450), child.wait_async()).await {
                Ok(status) => status?,
                Err(_) => {
                    child.kill()?;
                    child.wait_async().await?
                }
            };
            Ok::<_, libclone3::Error>((n, status))
        });
    }
    while let Some(result) = tasks.join_next().await {
        match result {
            Ok(Ok((n, status))) => println!("sleep 0.{n}: {status}"),
            Ok(Err(error)) => println!("{error}"),
            Err(error) => println!("{error}"),
        }
    }
    Ok(())
}
