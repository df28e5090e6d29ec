//! The promises of the page, as tests in a browser: a file for each subject, and the steps that they share.

mod access;
mod chamber;
mod courses;
mod editor;
mod element;
mod embed;
mod exercises;
mod explore;
mod export;
mod filters;
mod first;
mod hosting;
mod journeys;
mod keyboard;
mod lessons;
mod liars;
mod links;
mod logs;
mod opening;
mod panels;
mod print;
mod race;
mod script;
pub(crate) mod shots;
mod timeline;
mod tongues;
mod traps;
mod words;

use serde_json::json;

use crate::Outcome;
use crate::window::{Page, Point, Pointer, TIMELINE, keys};

/// A test: its name, which is a claim about the page, and its steps.
pub(crate) type Test = (&'static str, fn(&Page) -> Outcome);

/// Every test: a claim about the page, and the steps that check it.
pub(crate) const TESTS: &[&[Test]] = &[
    opening::TESTS,
    first::TESTS,
    timeline::TESTS,
    chamber::TESTS,
    panels::TESTS,
    script::TESTS,
    editor::TESTS,
    words::TESTS,
    tongues::TESTS,
    lessons::TESTS,
    exercises::TESTS,
    logs::TESTS,
    filters::TESTS,
    liars::TESTS,
    explore::TESTS,
    race::TESTS,
    links::TESTS,
    traps::TESTS,
    embed::TESTS,
    export::TESTS,
    courses::TESTS,
    element::TESTS,
    keyboard::TESTS,
    access::TESTS,
    print::TESTS,
    hosting::TESTS,
    journeys::TESTS,
];

pub(crate) const TO_START: &str = "[aria-label='To the start']";
pub(crate) const TO_END: &str = "[aria-label='To the end']";
pub(crate) const UNDO: &str = "[aria-label='Undo']";
pub(crate) const REDO: &str = "[aria-label='Redo']";

/// Opens a panel by its tab: `latency`, `ballots`, `checks`, `ledger`, `rules` or `script`.
pub(crate) fn tab(page: &Page, name: &str) -> Outcome {
    let tab = format!("#tab-{name}");
    page.wait_for(&tab)?;
    if page.attribute(&tab, "aria-selected")?.as_deref() != Some("true") {
        page.click(&tab)?;
        page.wait_for(&format!("{tab}[aria-selected=true]"))?;
    }
    Ok(())
}

/// Opens the panel with the script and waits for its text area and, unless it does not come, for its editor.
fn editor(page: &Page) -> Outcome {
    tab(page, "script")?;
    page.wait_for("#script-text")?;
    page.wait_until("the editor", "return document.querySelector('#script-text').dataset.editor !== 'coming'", &[])
}

/// The text in the script's editor.
pub(crate) fn script(page: &Page) -> Outcome<String> {
    editor(page)?;
    let text = page.execute("return document.querySelector('#script-text').value")?;
    text.as_str().map(str::to_owned).ok_or_else(|| "The editor has no text.".to_owned())
}

/// Replaces the script as somebody does who pastes a text.
pub(crate) fn paste(page: &Page, text: &str) -> Outcome {
    editor(page)?;
    let steps = "const area = document.querySelector('#script-text');
         area.value = arguments[0];
         area.dispatchEvent(new InputEvent('input', { bubbles: true }));";
    page.ask(steps, &[json!(text)]).map(drop)
}

/// Waits until a line of the script matches a JavaScript pattern.
pub(crate) fn wait_for_line(page: &Page, pattern: &str) -> Outcome {
    editor(page)?;
    let outcome = page.wait_until(
        &format!("a line /{pattern}/ in the script"),
        "return new RegExp(arguments[0], 'm').test(document.querySelector('#script-text').value)",
        &[json!(pattern)],
    );
    outcome.or_else(|sentence| Err(format!("{sentence} In full, {}", ending(&script(page)?))))
}

/// Chooses an entry of a list by its value.
pub(crate) fn choose(page: &Page, selector: &str, value: &str) -> Outcome {
    page.wait_for(selector)?;
    let steps = "const select = document.querySelector(arguments[0]);
         select.value = arguments[1];
         select.dispatchEvent(new Event('change', { bubbles: true }));";
    page.ask(steps, &[json!(selector), json!(value)]).map(drop)
}

/// Opens a menu of the bar, `share` or `settings`, unless it is open.
pub(crate) fn menu(page: &Page, name: &str) -> Outcome {
    if page.count(&format!("#{name}-menu:popover-open"))? == 0 {
        page.click(&format!("#{name}-button"))?;
    }
    page.wait_for(&format!("#{name}-menu"))
}

/// Presses what has this selector in a menu of the bar.
pub(crate) fn in_menu(page: &Page, name: &str, selector: &str) -> Outcome {
    menu(page, name)?;
    page.click(selector)
}

/// Waits until the rest of the page is here.
pub(crate) fn whole(page: &Page) -> Outcome {
    page.wait_for("#why")
}

/// Opens a built-in scenario at its end.
pub(crate) fn open_at_end(page: &Page, scenario: &str) -> Outcome {
    choose(page, "#scenario", scenario)?;
    page.click(TO_END)
}

/// Selects a process by its name beside the lane.
pub(crate) fn select_node(page: &Page, place: usize) -> Outcome {
    page.click(&format!("ol.lanes > li:nth-child({}) button", place + 1))?;
    page.wait_for("#popover")
}

/// A point on a message that is under way for `takes` Δ, near its head, where messages from one process have parted.
pub(crate) fn on_message(sent: f64, takes: f64, from: f64, to: f64) -> Point {
    const PART: f64 = 0.8;
    (sent + takes * PART, from + (to - from) * PART)
}

/// Fails unless a claim holds, with a sentence that shows the script.
pub(crate) fn expect(page: &Page, what: &str, holds: bool) -> Outcome {
    if holds { Ok(()) } else { Err(format!("Not so: {what}; {}", ending(&script(page)?))) }
}

/// The last lines of a script, which are mostly acts.
fn ending(script: &str) -> String {
    let lines: Vec<&str> = script.trim_end().lines().collect();
    format!("the script ends with:\n{}", lines[lines.len().saturating_sub(12)..].join("\n"))
}

/// Seeks to a time, in hundredths of Δ, by the scrubber.
pub(crate) fn scrub(page: &Page, hundredths: u32) -> Outcome {
    let steps = "const scrubber = document.querySelector('#scrubber');
         scrubber.value = arguments[0];
         scrubber.dispatchEvent(new InputEvent('input', { bubbles: true }));";
    page.ask(steps, &[json!(hundredths)])?;
    page.wait_for_text("#now", &format!("{}.{:02}Δ", hundredths / 100, hundredths % 100))
}

/// Waits until so many messages have been sent and so many are lost, as the timeline tells those who cannot see it.
pub(crate) fn wait_for_counts(page: &Page, sent: u64, lost: u64) -> Outcome {
    let text = format!(": {sent} messages sent, {lost} lost");
    let outcome = page.wait_until(
        &format!("the timeline to tell of {sent} messages sent and {lost} lost"),
        "return document.querySelector('#timeline').getAttribute('aria-label').includes(arguments[0])",
        &[json!(text)],
    );
    outcome.or_else(|sentence| {
        let label = page.attribute(TIMELINE, "aria-label")?.unwrap_or_default();
        Err(format!("{sentence} It says: {label}"))
    })
}

/// Waits until the run's last decree is known to everybody after so many Δ.
pub(crate) fn wait_for_latency(page: &Page, all: &str) -> Outcome {
    tab(page, "latency")?;
    page.wait_for_text("#all-latency", all)
}

/// Waits until the panel says that nothing has been decided in what has been watched.
pub(crate) fn wait_for_nothing(page: &Page) -> Outcome {
    tab(page, "latency")?;
    page.wait_for("#undecided")
}
