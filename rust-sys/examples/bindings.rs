//! Prints the bindings as bindgen generates them from the header: the content of
//! `src/bindings.rs`.

fn main() {
    print!("{}", include_str!(concat!(env!("OUT_DIR"), "/bindings.rs")));
}
