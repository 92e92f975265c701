//! What is borrowed cannot die, and what was given away cannot be used.

#[test]
fn borrows_and_moves_are_checked() {
    trybuild::TestCases::new().compile_fail("tests/lifetimes/*.rs");
}
