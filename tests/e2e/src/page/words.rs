//! Words: what just happened and why, the table of events, the search, the comparison with the original, the help, and
//! the list of scenarios.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("what just happened is told with its rule and its section", why),
    ("the table of events tells all, page by page, and leads to each", events),
    ("events are found by their words, forward and back", search),
    ("an edited run is compared with the one that was opened", compare),
    ("the help lists the keys, and leads back", help),
    ("scenarios are chosen from pictures, which can be searched", gallery),
];

fn why(page: &Page) -> Outcome {
    page.click(TO_START)?;
    page.click("[aria-label='One step']")?;
    page.wait_for_text("#why", "NextBallot")?;
    page.wait_for_text("#why .source", "§")?;
    let first = page.text("#why .said")?;
    page.focus(TIMELINE)?;
    page.chord(&[keys::SHIFT, keys::RIGHT])?;
    page.wait_until(
        "another sentence",
        "return document.querySelector('#why .said').innerText !== arguments[0]",
        &[json!(first)],
    )?;
    page.wait_for_text("#why", "LastVote")
}

fn events(page: &Page) -> Outcome {
    page.click(TO_END)?;
    expect(page, "the table is closed at first", page.count("#events table")? == 0)?;
    page.click("#events summary")?;
    page.wait_for("#events tbody tr")?;
    let latest = page.text("#events caption")?;
    page.click_named("Earlier")?;
    page.wait_until(
        "another page",
        "return document.querySelector('#events caption').textContent !== arguments[0]",
        &[json!(latest)],
    )?;
    page.click("#events tbody tr:first-child .go button")?;
    page.wait_until("its instant", "return !document.querySelector('#now').textContent.startsWith('5.')", &[])?;
    page.wait_until("it to be told", "return document.querySelector('#here').textContent.length > 5", &[])?;
    page.click("#events summary")?;
    page.wait_for_absence("#events table")
}

fn search(page: &Page) -> Outcome {
    page.click(TO_START)?;
    page.focus(TIMELINE)?;
    page.press('/')?;
    page.wait_until("the focus in the field", "return document.activeElement.id === 'search'", &[])?;
    page.type_into("#search", "success")?;
    page.press(keys::ENTER)?;
    page.wait_for_text("#now", "4.00Δ")?;
    page.focus(TIMELINE)?;
    // The event before the first is the last.
    page.press('N')?;
    page.wait_for_text("#now", "5.00Δ")?;
    page.press('n')?;
    page.wait_for_text("#now", "4.00Δ")?;
    page.execute("document.querySelector('#search').select()")?;
    page.type_into("#search", "hippopotamus")?;
    page.press(keys::ENTER)?;
    page.wait_for_text(".search output", "has these words")
}

fn compare(page: &Page) -> Outcome {
    page.click(TO_START)?;
    page.wait_for_absence("#compare-button")?;
    page.click("#cut")?;
    page.click("#compare-button")?;
    page.wait_for_text("#compare", "They part at")?;
    page.wait_for("#compare tr.differs")?;
    page.click(TO_END)?;
    page.wait_for("canvas.original")?;
    page.click("#compare-button")?;
    page.wait_for_absence("#compare table")?;
    page.click(UNDO)?;
    page.wait_for_absence("#compare-button")
}

fn help(page: &Page) -> Outcome {
    page.click(TO_END)?;
    page.focus(TIMELINE)?;
    page.press('?')?;
    page.wait_for_text("#help", "undo, redo")?;
    page.wait_for_absence(TIMELINE)?;
    page.press(keys::ESCAPE)?;
    page.wait_for_absence("#help")?;
    page.wait_for(TIMELINE)?;
    page.click("#help-button")?;
    page.wait_for("#help")?;
    page.click("#help-button")?;
    page.wait_for(TIMELINE)
}

fn gallery(page: &Page) -> Outcome {
    page.click("#gallery-button")?;
    page.wait_for(".gallery .card")?;
    let all = page.count(".gallery .card:not([hidden])")?;
    expect(page, &format!("there are many scenarios, not {all}"), all >= 20)?;
    page.wait_until(
        "the first picture to be painted",
        "const canvas = document.querySelector('.gallery .card canvas');
         const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
         return pixels.some((part) => part !== pixels[0]);",
        &[],
    )?;
    page.type_into("#gallery-filter", "duel")?;
    page.wait_until(
        "fewer scenarios",
        "return document.querySelectorAll('.gallery .card:not([hidden])').length < arguments[0]",
        &[json!(all)],
    )?;
    page.click(".gallery .card:not([hidden]) button")?;
    page.wait_for(TIMELINE)?;
    page.wait_for_text(".intro h2", "uel")
}
