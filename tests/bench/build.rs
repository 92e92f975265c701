//! Builds the subjects that are written in C.

fn main() {
    println!("cargo::rerun-if-changed=src/peers.c");
    cc::Build::new()
        .std("gnu11")
        .include("../../include")
        .file("src/peers.c")
        .compile("peers");
}
