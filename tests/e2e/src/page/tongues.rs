//! Tongues: the page in another language than English.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("a link has the page speak German, and English fetches no other words", link),
    ("a language is chosen on the page, which keeps its run and remembers the choice", choice),
    ("where the words do not come, the page speaks English and says so", missing),
];

/// The language of the page for browsers, and what a button says.
fn speaks(page: &Page, lang: &str, button: &str) -> Outcome {
    page.wait_for(&format!("html[lang={lang}]"))?;
    page.wait_for_text("#lessons-button", button)
}

/// How many files with the words of a language were fetched.
fn fetched(page: &Page) -> Outcome<serde_json::Value> {
    page.execute("return performance.getEntriesByType('resource').filter((one) => one.name.includes('/words-')).length")
}

fn link(page: &Page) -> Outcome {
    speaks(page, "en", "Learn")?;
    expect(page, "no other words", fetched(page)? == json!(0))?;
    page.visit("#v=1&scenario=two-proposers&t=2&lang=de")?;
    speaks(page, "de", "Lernen")?;
    page.wait_for_text("#now", "2.00Δ")?;
    page.wait_for_text("#tab-checks", "Prüfung")?;
    page.wait_for_text("#why .said", "empfängt")?;
    // Nothing is remembered of a link.
    page.execute("history.replaceState(null, '', '#v=1&scenario=two-proposers&t=2'); return 0")?;
    page.reload()?;
    speaks(page, "en", "Learn")?;
    page.open("#v=1&scenario=two-proposers&t=2&lang=tlh")?;
    speaks(page, "en", "Learn")?;
    page.wait_for_text("#told .wrong", "the language “tlh”")
}

fn choice(page: &Page) -> Outcome {
    page.open("#v=1&scenario=two-proposers&t=1.5")?;
    page.click("#settings-button")?;
    page.wait_for("#tongue-de")?;
    page.click("#tongue-de")?;
    speaks(page, "de", "Lernen")?;
    page.wait_for_text("#now", "1.50Δ")?;
    page.wait_for_text(".intro h2", "Zwei Proposer treffen aufeinander")?;
    page.visit("")?;
    speaks(page, "de", "Lernen")?;
    page.click("#settings-button")?;
    page.wait_for("#tongue-de[aria-pressed=true]")?;
    page.click("#tongue-en")?;
    speaks(page, "en", "Learn")
}

fn missing(page: &Page) -> Outcome {
    page.open("?e2e-without-words#v=1&scenario=two-proposers&t=2&lang=de")?;
    speaks(page, "en", "Learn")?;
    page.wait_for_text("#now", "2.00Δ")?;
    page.wait_for_text(
        "#told .wrong",
        "The page speaks English, because its words in the language “de” could not be loaded",
    )?;
    page.wait_for_text("#told .wrong", "503")
}
