//! Keys: everything can be done with them, while the playground has the focus and nothing is being typed.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("keys step, seek, play, undo and redo", keys_drive),
    ("keys that are typed into the script are the script's", typing),
    ("keys walk along the lanes, open what is there, and lead out again", walk),
    ("a message is found, opened and dropped by keys alone", drop_by_keys),
    ("tab stops lead through the page and out of the timeline", tab_leads_out),
    ("tabs of panels are walked with arrows", arrows_on_tabs),
    ("the timeline shows all around that it has the focus", ring_in_full),
];

fn now(page: &Page, text: &str) -> Outcome {
    page.wait_for_text("#now", text)
}

fn keys_drive(page: &Page) -> Outcome {
    page.click(TO_START)?;
    now(page, "0.00Δ")?;
    page.focus(TIMELINE)?;
    page.chord(&[keys::SHIFT, keys::RIGHT])?;
    now(page, "1.00Δ")?;
    page.press(keys::RIGHT)?;
    now(page, "2.00Δ")?;
    page.press(keys::LEFT)?;
    now(page, "1.00Δ")?;
    page.chord(&[keys::SHIFT, keys::LEFT])?;
    now(page, "0.00Δ")?;
    page.press(keys::END)?;
    now(page, "5.00Δ")?;
    page.press(keys::HOME)?;
    now(page, "0.00Δ")?;
    for key in ['k', ' '] {
        page.press(key)?;
        page.wait_for("[aria-label='Pause']")?;
        page.press(key)?;
        page.wait_for("[aria-label='Play']")?;
    }
    page.click("#cut")?;
    wait_for_line(page, "partition")?;
    page.focus(TIMELINE)?;
    page.press('z')?;
    page.wait_for_absence(".edited")?;
    page.press('y')?;
    page.wait_for(".edited")
}

fn typing(page: &Page) -> Outcome {
    page.click(TO_START)?;
    tab(page, "script")?;
    page.focus("#script-text")?;
    for key in ['k', 'z', keys::END, '?', '/'] {
        page.press(key)?;
    }
    page.settle()?;
    expect(page, "time stands still", page.text("#now")? == "0.00Δ")?;
    expect(page, "what was typed is in the script", script(page)?.contains("kz"))
}

fn walk(page: &Page) -> Outcome {
    page.click(TO_END)?;
    page.focus(TIMELINE)?;
    page.press(keys::DOWN)?;
    page.press(keys::DOWN)?;
    page.wait_for("ol.lanes > li:nth-child(2) .chosen")?;
    page.press(keys::UP)?;
    page.wait_for("ol.lanes > li:nth-child(1) .chosen")?;
    page.press('.')?;
    page.wait_until("what is there to be told", "return document.querySelector('#here').textContent.length > 10", &[])?;
    let first = page.execute("return document.querySelector('#here').textContent")?;
    page.press('.')?;
    page.wait_until(
        "the next thing to be told",
        "return document.querySelector('#here').textContent !== arguments[0]",
        std::slice::from_ref(&first),
    )?;
    page.press(',')?;
    page.wait_until(
        "the first thing again",
        "return document.querySelector('#here').textContent === arguments[0]",
        &[first],
    )?;
    page.press(keys::ENTER)?;
    page.wait_for("#popover")?;
    page.press(keys::ESCAPE)?;
    page.wait_for_absence("#popover")
}

fn drop_by_keys(page: &Page) -> Outcome {
    page.click(TO_END)?;
    page.focus(TIMELINE)?;
    page.press(keys::DOWN)?;
    let told = "return document.querySelector('#here').textContent";
    for _ in 0..12 {
        page.press('.')?;
        page.settle()?;
        if page.execute(told)?.as_str().is_some_and(|told| told.starts_with("NextBallot")) {
            break;
        }
    }
    page.press(keys::ENTER)?;
    page.wait_for("#drop")?;
    for _ in 0..12 {
        if page.execute("return document.activeElement.id")? == json!("drop") {
            break;
        }
        page.press(keys::TAB)?;
    }
    page.press(keys::ENTER)?;
    wait_for_line(page, "^drop +NextBallot A->")
}

fn tab_leads_out(page: &Page) -> Outcome {
    page.focus(TIMELINE)?;
    page.press(keys::TAB)?;
    let elsewhere = "return document.activeElement.id !== 'timeline' && document.activeElement !== document.body";
    page.wait_until("the focus to go on", elsewhere, &[])?;
    page.chord(&[keys::SHIFT, keys::TAB])?;
    page.wait_until("the focus to come back", "return document.activeElement.id === 'timeline'", &[])
}

fn arrows_on_tabs(page: &Page) -> Outcome {
    page.click("#tab-latency")?;
    page.press(keys::RIGHT)?;
    page.wait_for("#tab-ballots[aria-selected=true]")?;
    page.press(keys::LEFT)?;
    page.press(keys::LEFT)?;
    page.wait_for("#tab-script[aria-selected=true]")?;
    page.wait_until("the focus to follow", "return document.activeElement.id === 'tab-script'", &[])
}

fn ring_in_full(page: &Page) -> Outcome {
    page.click(TO_END)?;
    // Browsers show the focus only to people who moved it by keys.
    tab_leads_out(page)?;
    // Whatever reaches beyond an area that scrolls is cut off.
    page.wait_until(
        "a ring that is inside of the timeline",
        "const canvas = document.querySelector('#timeline');
         const style = getComputedStyle(canvas);
         const reach = parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth);
         const [inner, outer] = [canvas, document.querySelector('#timeline-scroll')].map((one) => one.getBoundingClientRect());
         const gaps = [inner.left - outer.left, inner.top - outer.top, outer.right - inner.right, outer.bottom - inner.bottom];
         return style.outlineStyle === 'solid' && gaps.every((gap) => gap > reach - 0.5);",
        &[],
    )
}
