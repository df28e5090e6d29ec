//! What the page promises, as tests in a browser: a file for each subject, and the steps that they share.

mod access;
mod chamber;
mod keyboard;
mod opening;
mod panels;
mod print;
mod script;
pub(crate) mod shots;
mod timeline;

use serde_json::json;

use crate::harness::{Outcome, Page, Test};

/// Every test: a claim about the page, and the steps that check it.
pub(crate) const TESTS: &[&[Test]] = &[
    opening::TESTS,
    timeline::TESTS,
    chamber::TESTS,
    panels::TESTS,
    script::TESTS,
    keyboard::TESTS,
    access::TESTS,
    print::TESTS,
];

pub(crate) const TO_START: &str = "[aria-label='To the start']";
pub(crate) const TO_END: &str = "[aria-label='To the end']";
pub(crate) const UNDO: &str = "[aria-label='Undo']";

/// The text in the script's editor.
pub(crate) fn script(page: &Page) -> Outcome<String> {
    let text = page.execute("return document.querySelector('#script-text').value")?;
    text.as_str().map(str::to_owned).ok_or_else(|| "The editor has no text.".to_owned())
}

/// Replaces the script as somebody would who pastes it.
pub(crate) fn paste(page: &Page, text: &str) -> Outcome {
    let steps = "const area = document.querySelector('#script-text');
         area.value = arguments[0];
         area.dispatchEvent(new InputEvent('input', { bubbles: true }));";
    page.ask(steps, &[json!(text)]).map(drop)
}

/// Waits until the script matches a JavaScript pattern.
pub(crate) fn wait_for_line(page: &Page, pattern: &str) -> Outcome {
    page.wait_until(
        &format!("a line /{pattern}/ in the script"),
        "return new RegExp(arguments[0], 'm').test(document.querySelector('#script-text').value)",
        &[json!(pattern)],
    )
}

/// Chooses an entry of a list by its value.
pub(crate) fn choose(page: &Page, selector: &str, value: &str) -> Outcome {
    page.wait_for(selector)?;
    let steps = "const select = document.querySelector(arguments[0]);
         select.value = arguments[1];
         select.dispatchEvent(new Event('change', { bubbles: true }));";
    page.ask(steps, &[json!(selector), json!(value)]).map(drop)
}

/// Opens a built-in scenario at its end.
pub(crate) fn open_at_end(page: &Page, scenario: &str) -> Outcome {
    choose(page, "#scenario", scenario)?;
    page.click(TO_END)
}

/// Clicks an element in whatever way it is drawn, which a driver that aims at the middle of its box might miss.
pub(crate) fn click_drawn(page: &Page, selector: &str) -> Outcome {
    page.wait_for(selector)?;
    let click = "document.querySelector(arguments[0]).dispatchEvent(new MouseEvent('click', { bubbles: true }))";
    page.ask(click, &[json!(selector)]).map(drop)
}

/// Clicks a lane's name.
pub(crate) fn select_node(page: &Page, place: usize) -> Outcome {
    let click = "document.querySelectorAll('g.lane')[arguments[0]].querySelector('.name')
         .dispatchEvent(new MouseEvent('click', { bubbles: true })); return true;";
    page.wait_until("a lane to click", click, &[json!(place)])
}

/// A claim that holds, or a sentence with the script that it fails for.
pub(crate) fn expect(page: &Page, what: &str, holds: bool) -> Outcome {
    if holds { Ok(()) } else { Err(format!("Not so: {what}; the script is:\n{}", script(page)?)) }
}

/// A step that many tests take: seeks to a time in thousandths of Δ by the scrubber.
pub(crate) fn scrub(page: &Page, value: u32) -> Outcome {
    let steps = "const scrubber = document.querySelector('#scrubber');
         scrubber.value = arguments[0];
         scrubber.dispatchEvent(new InputEvent('input', { bubbles: true }));";
    page.ask(steps, &[json!(value)]).map(drop)
}

pub(crate) fn is_decided(page: &Page) -> Outcome<bool> {
    page.count("#all-latency").map(|count| count > 0)
}
