//! Which tests are skipped in which browser, and why. A test is skipped only where the browser or its driver lacks what
//! the test is about. `docs/browsers.md` has the same table for people who want to know what the tests vouch for.

use crate::webdriver::Browser;

const NO_PREFERENCES: &str = "its driver cannot pretend what a person prefers";
const NO_SELF: &str =
    "until June 2026 WebKit took 'self' in the page's policy for nothing in a frame without an origin";

/// The browser, the test, and the reason, which ends the line that is printed.
const SKIPS: &[(Browser, &str, &str)] = &[
    (Browser::Firefox, "nothing moves by itself where motion is not wanted", NO_PREFERENCES),
    (Browser::Firefox, "forced colours leave everything to be seen", NO_PREFERENCES),
    (Browser::WebKit, "nothing moves by itself where motion is not wanted", NO_PREFERENCES),
    (Browser::WebKit, "forced colours leave everything to be seen", NO_PREFERENCES),
    (Browser::WebKit, "what is printed is not blank", "its driver cannot print"),
    (Browser::WebKit, "a frame that may only run scripts shows the page, searches included", NO_SELF),
    (Browser::WebKit, "a pasted frame decides in every course system, and its height arrives", NO_SELF),
    (
        Browser::WebKit,
        "an element can be mounted, also without an origin, and options that are wrong are refused",
        NO_SELF,
    ),
];

/// Why a test is skipped in a browser, if it is.
pub(crate) fn reason(browser: Browser, test: &str) -> Option<&'static str> {
    SKIPS.iter().find(|(skipping, name, _)| *skipping == browser && *name == test).map(|(_, _, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::TESTS;

    #[test]
    fn what_is_skipped_is_a_test() {
        for (_, name, _) in SKIPS {
            assert!(TESTS.iter().copied().flatten().any(|(test, _)| test == name), "there is no test “{name}”");
        }
    }

    #[test]
    fn the_document_has_the_same_table() {
        let document = include_str!("../../../docs/browsers.md");
        let rows: Vec<String> =
            SKIPS.iter().map(|(browser, name, reason)| format!("| {} | {name} | {reason} |", browser.name())).collect();
        let section = document.split("## What is skipped").nth(1).expect("the section is there");
        let section = section.split("\n## ").next().unwrap_or_default();
        let told: Vec<&str> = section.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
        assert_eq!(told, rows);
    }
}
