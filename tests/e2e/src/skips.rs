//! Which tests are skipped in which browser, and why. A test is skipped where the browser or its driver lacks what the
//! test is about. A long test of what cannot differ between browsers runs in Chromium alone, unless `--all` is given.
//! `docs/browsers.md` has the same tables for people who want to know what the tests vouch for.

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

const SAME_ELEMENTS: &str = "axe reads the elements and their styles, which are the same in every browser";
const SAME_ENGINE: &str = "the engine is the same in every browser: a test of its trace hashes runs in each of them";
const SAME_PARTS: &str = "how the page is cut in parts is the same in every browser";
const SAME_LIMIT: &str = "the limit is counted by the page and not by the browser";

/// The beginnings of the names of long tests that run in Chromium alone, and why that is enough.
const ONCE: &[(&str, &str)] = &[
    ("axe finds no barrier", SAME_ELEMENTS),
    ("every scenario opens, and every check holds unless a rule is off", SAME_ENGINE),
    ("every scenario of the slides’ protocols plays before the rest is here", SAME_PARTS),
    ("a search that has used up its memory says so", SAME_LIMIT),
    ("a picture that is too large is refused in a sentence", SAME_LIMIT),
];

/// Why a test is skipped in a browser, if it is. With `all` only what the browser lacks is a reason.
pub(crate) fn reason(browser: Browser, test: &str, all: bool) -> Option<&'static str> {
    let lacks = SKIPS.iter().find(|(skipping, name, _)| *skipping == browser && *name == test).map(|(_, _, why)| *why);
    let once = || ONCE.iter().find(|(name, _)| test.starts_with(name)).map(|(_, why)| *why);
    lacks.or_else(|| if all || browser == Browser::Chromium { None } else { once() })
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
    fn what_runs_once_is_a_test() {
        for (start, _) in ONCE {
            assert!(TESTS.iter().copied().flatten().any(|(test, _)| test.starts_with(start)), "no test is “{start} …”");
        }
    }

    #[test]
    fn what_runs_once_runs_in_chromium_and_everywhere_when_all_is_asked_for() {
        let test = "axe finds no barrier in the panels, light and dark";
        assert_eq!(reason(Browser::Chromium, test, false), None);
        assert_eq!(reason(Browser::WebKit, test, false), Some(SAME_ELEMENTS));
        assert_eq!(reason(Browser::WebKit, test, true), None);
        assert_eq!(reason(Browser::WebKit, "what is printed is not blank", true), Some("its driver cannot print"));
    }

    #[test]
    fn the_document_has_the_same_tables() {
        let skips: Vec<String> =
            SKIPS.iter().map(|(browser, name, reason)| format!("| {} | {name} | {reason} |", browser.name())).collect();
        assert_eq!(told("## What is skipped"), skips);
        let once: Vec<String> = ONCE.iter().map(|(name, reason)| format!("| {name} … | {reason} |")).collect();
        assert_eq!(told("## What runs in Chromium alone"), once);
    }

    /// The rows of the table below this heading of the document.
    fn told(heading: &str) -> Vec<&'static str> {
        let document = include_str!("../../../docs/browsers.md");
        let section = document.split(heading).nth(1).expect("the section is there");
        let section = section.split("\n## ").next().unwrap_or_default();
        section.lines().filter(|line| line.starts_with("| ")).skip(1).collect()
    }
}
