//! What is borrowed by arguments cannot die before them.

#[test]
fn arguments_do_not_outlive_what_they_borrow() {
    trybuild::TestCases::new().compile_fail("tests/lifetimes/*.rs");
}
