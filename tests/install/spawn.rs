// SPDX-License-Identifier: MIT OR Apache-2.0
//! A program that uses the packaged crates: starts another.

use libclone3::Command;

fn main() -> libclone3::Result<()> {
    let status = Command::new("sh")
        .args(["-c", "exit 3"])
        .no_new_privs()
        .status()?;
    println!("{status}");
    Ok(())
}
