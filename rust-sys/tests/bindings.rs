//! The bindings that ship are those that bindgen makes of the header today.
#![cfg(feature = "bindgen")]

#[test]
fn shipped_bindings_are_up_to_date() {
    let shipped = include_str!("../src/bindings.rs");
    let generated = include_str!(concat!(env!("OUT_DIR"), "/bindings.rs"));
    let line = shipped
        .lines()
        .zip(generated.lines())
        .position(|(a, b)| a != b);
    assert!(
        shipped == generated,
        "src/bindings.rs differs from line {line:?}: run make bindings"
    );
}
