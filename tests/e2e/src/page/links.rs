//! Links that are runs: the page opens what the address says, and what is shown can be passed on as a link.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("a link opens its script at its time with its selection, and no other run before it", link_to_a_script),
    ("a link opens a lesson, and another one in the same window another", links_in_turn),
    ("a bad link opens what can be read, and says what is wrong in one sentence", bad_links),
    ("a link over an edited script is one step that can be undone", nothing_is_lost),
    ("what one sees is copied as a link, which stands in the address", copy),
    ("where the clipboard is refused, the link can be taken from a field", refused),
    ("the button for links fits a small window", small_window),
];

/// Links that are kept for ever.
const GOLDEN: &str = include_str!("../../../links/golden.txt");

/// The golden link to the script of a built-in scenario.
fn golden(name: &str) -> Outcome<&'static str> {
    let line = GOLDEN.lines().find(|line| line.split(' ').next() == Some(name));
    line.and_then(|line| line.split(' ').next_back()).ok_or_else(|| format!("There is no golden link to {name}."))
}

/// The message about links.
const TOLD: &str = "#told";

fn link_to_a_script(page: &Page) -> Outcome {
    page.open(&format!("#{}&t=1.5&sel=B", golden("two-proposers")?))?;
    page.wait_for_text(".intro h2", "Two proposers meet")?;
    page.wait_for_text("#now", "1.50Δ")?;
    page.wait_for("#popover")?;
    page.wait_for("ol.lanes > li:nth-child(2) .chosen")?;
    page.wait_for("[aria-label='Play']")?;
    expect(page, "nothing is wrong", page.text(TOLD)?.is_empty())?;
    expect(page, "nothing was changed", page.count(".intro .edited")? == 0)?;
    // This run has fewer messages than the one with which the page opens without a link.
    page.open(&format!("#{}&t=2", golden("half-crashed")?))?;
    page.wait_for_text("#now", "2.00Δ")?;
    page.open("#v=1&scenario=minority-crash")?;
    page.wait_for_text(".intro h2", "minority")?;
    expect(page, "it plays like any scenario", page.has_named("Pause")?)
}

fn links_in_turn(page: &Page) -> Outcome {
    page.open("#v=1&lesson=adopt&t=0")?;
    page.wait_for_text(".lesson", "Lesson 5 of")?;
    page.execute("location.hash = 'v=1&lesson=minority'")?;
    page.wait_for_text(".lesson", "Lesson 2 of")?;
    page.execute("location.hash = 'v=1&scenario=steady-log'")?;
    page.wait_for_text(".intro h2", "A decree every 3Δ")?;
    // An address that is not a link of ours is left alone.
    page.execute("location.hash = 'timeline'")?;
    page.settle()?;
    expect(page, "nothing is said", page.text(TOLD)?.is_empty())
}

fn bad_links(page: &Page) -> Outcome {
    let script = golden("two-proposers")?;
    let bad = [
        (format!("{script}&t=soon"), "“soon” is not a time", "Two proposers meet"),
        (format!("{script}&sel=Nobody"), "selects “Nobody”", "Two proposers meet"),
        (format!("{script}&colour=red"), "“colour”", "Two proposers meet"),
        (script[..60].to_owned(), "its end is missing", ""),
        ("v=1&scenario=two-propposers".to_owned(), "did you mean two-proposers?", ""),
        ("v=2&lesson=adopt".to_owned(), "only version 1 is known here", ""),
        ("v=1&lesson=<img/src=x/onerror=alert(1)>".to_owned(), "is none", ""),
        (format!("v=1&s={}", "A".repeat(200_000)), "too long", ""),
    ];
    for (fragment, sentence, title) in bad {
        page.open(&format!("#{fragment}"))?;
        page.wait_for_text(&format!("{TOLD} .wrong"), sentence)?;
        page.wait_for(TIMELINE)?;
        if !title.is_empty() {
            page.wait_for_text(".intro h2", title)?;
        }
        expect(page, "nothing of it becomes a part of the page", page.count(&format!("{TOLD} img"))? == 0)?;
    }
    page.click(TO_END)?;
    page.wait_until("the sentence to go", "return !document.querySelector('#told').textContent", &[])
}

fn nothing_is_lost(page: &Page) -> Outcome {
    page.open("#v=1&scenario=two-proposers&t=0.5")?;
    page.wait_for_text("#now", "0.50Δ")?;
    page.click("#cut")?;
    wait_for_line(page, "^at 0.5Δ +partition")?;
    page.execute("location.hash = 'v=1&scenario=steady-log'")?;
    page.wait_for_text(".intro h2", "A decree every 3Δ")?;
    page.click(UNDO)?;
    page.wait_for_text(".intro h2", "Two proposers meet")?;
    wait_for_line(page, "^at 0.5Δ +partition")
}

/// Replaces the browser's clipboard by one of the test's own.
fn clipboard(page: &Page, answer: &str) -> Outcome {
    let steps = format!(
        "const writeText = (text) => {{ window.copied = text; return Promise.{answer}(); }};
         Object.defineProperty(navigator, 'clipboard', {{ value: {{ writeText }}, configurable: true }});"
    );
    page.execute(&steps).map(drop)
}

fn copy(page: &Page) -> Outcome {
    page.open("#v=1&scenario=two-proposers&t=1.2")?;
    page.wait_for_text("#now", "1.20Δ")?;
    clipboard(page, "resolve")?;
    in_menu(page, "share", "#copy-link")?;
    page.wait_for_text("#shared", "The link is copied.")?;
    page.wait_until(
        "the scenario's name in the link",
        "return window.copied.endsWith('#v=1&scenario=two-proposers&t=1.2') && location.href === window.copied",
        &[],
    )?;
    page.click("#cut")?;
    wait_for_line(page, "^at 1.2Δ +partition")?;
    in_menu(page, "share", "#copy-link")?;
    page.wait_until("the script in the link", "return window.copied.includes('#v=1&s=')", &[])?;
    let text = script(page)?;
    // The link alone is enough to open the run again.
    page.reload()?;
    page.wait_for_text("#now", "1.20Δ")?;
    expect(page, "the same script", script(page)? == text)
}

fn refused(page: &Page) -> Outcome {
    page.wait_for("#tab-latency")?;
    page.click(TO_END)?;
    clipboard(page, "reject")?;
    in_menu(page, "share", "#copy-link")?;
    page.wait_until(
        "the link in a field, ready to be copied",
        "const field = document.querySelector('#link-text');
         return !!field && field.readOnly && document.activeElement === field && field.selectionEnd === field.value.length
             && field.value === window.copied && field.value.includes('#v=1&scenario=')",
        &[],
    )
}

fn small_window(page: &Page) -> Outcome {
    page.set_viewport((page.narrowest(), 740))?;
    menu(page, "share")?;
    page.wait_until(
        "the button inside the window",
        "const place = document.querySelector('#copy-link').getBoundingClientRect();
         return place.left >= 0 && place.right <= innerWidth && document.documentElement.scrollWidth <= innerWidth",
        &[],
    )
}
