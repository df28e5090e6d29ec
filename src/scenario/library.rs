//! The built-in scenarios. The terminal's list, the page's gallery, the golden traces and the tests all iterate these.

/// A script that comes with the playground.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// What the terminal and links call it.
    pub name: &'static str,
    /// Its script.
    pub text: &'static str,
}

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(BuiltIn { name: $name, text: include_str!(concat!("library/", $name, ".paxos")) }),*]
    };
}

/// All of them, in the order in which they are best met.
pub static LIBRARY: &[BuiltIn] = built_in![
    "minimal-ballot",
    "minority-crash",
    "half-crashed",
    "two-proposers",
    "later-ballot-adopts",
    "message-loss",
    "crash-before-send",
    "partition-and-heal",
    "one-way-cut",
    "random-delays"
];

/// The scenario of that name.
pub fn find(name: &str) -> Option<&'static BuiltIn> {
    LIBRARY.iter().find(|scenario| scenario.name == name)
}
