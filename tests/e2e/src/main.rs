//! End-to-end tests of the built page over WebDriver.
fn main() {}
