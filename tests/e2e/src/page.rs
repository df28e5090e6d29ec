//! What the page promises, as tests in a browser, and what it is photographed doing.

use serde_json::json;

use crate::harness::{DESKTOP, Outcome, Page, Test};
use crate::webdriver::Browser;

/// Every test: a claim about the page, and the steps that check it.
pub(crate) const TESTS: &[Test] = &[
    ("the page opens on a running ballot that is decided at 5Δ", opens_on_a_running_ballot),
    ("a cut before the ballot starts decides nothing; after healing, a new ballot decides", cut_and_heal),
    ("a dropped message is a line of the script, and undo takes it back", drop_and_undo),
    ("a delayed message lands later", delay),
    ("a crashed process can be restarted", crash_and_restart),
    ("an act in the past forks the run there", fork_in_the_past),
    ("bad scripts get one sentence, and the last good run stays", bad_scripts),
    ("the script is live", live_script),
    ("keys step and play while nothing is being typed", keys),
    ("every scenario opens, and every check holds", every_scenario),
    ("nothing is wider than a phone, and time runs down there", narrow),
    ("nothing moves by itself where motion is not wanted", reduced_motion),
];

/// The pictures: a name, and the body of an async JavaScript function to run before the picture is taken.
pub(crate) const SHOTS: &[(&str, &str)] = &[
    ("page", "document.querySelector('[aria-label=\"To the end\"]').click();"),
    (
        "two-proposers",
        "const select = document.querySelector('#scenario');
         select.value = 'two-proposers';
         select.dispatchEvent(new Event('change', { bubbles: true }));
         await new Promise((done) => setTimeout(done, 100));
         document.querySelector('[aria-label=\"To the end\"]').click();",
    ),
    (
        "crash",
        "const select = document.querySelector('#scenario');
         select.value = 'crash-before-send';
         select.dispatchEvent(new Event('change', { bubbles: true }));
         await new Promise((done) => setTimeout(done, 100));
         document.querySelector('[aria-label=\"To the end\"]').click();",
    ),
    (
        "partition",
        "const press = (name) => document.querySelector(name).click();
         press('[aria-label=\"To the start\"]'); press('#cut'); press('[aria-label=\"To the end\"]');
         await new Promise((done) => setTimeout(done, 200));
         press('#heal'); await new Promise((done) => setTimeout(done, 100));
         document.querySelector('.lane .name').dispatchEvent(new MouseEvent('click', { bubbles: true }));
         await new Promise((done) => setTimeout(done, 100));
         press('#propose'); press('[aria-label=\"To the end\"]');",
    ),
    (
        "message",
        "const press = (name) => document.querySelector(name).click();
         press('[aria-label=\"To the start\"]'); press('[aria-label=\"Forward one Δ\"]');
         await new Promise((done) => setTimeout(done, 100));
         document.querySelector('[data-message=\"3\"]').dispatchEvent(new MouseEvent('click', { bubbles: true }));
         await new Promise((done) => setTimeout(done, 100));
         press('#drop');",
    ),
];

const TO_START: &str = "[aria-label='To the start']";
const TO_END: &str = "[aria-label='To the end']";
const UNDO: &str = "[aria-label='Undo']";

fn script(page: &Page) -> Outcome<String> {
    let text = page.execute("return document.querySelector('#script-text').value")?;
    text.as_str().map(str::to_owned).ok_or_else(|| "The editor has no text.".to_owned())
}

/// Replaces the script as somebody would who pastes it.
fn paste(page: &Page, text: &str) -> Outcome {
    let text = json!(text);
    let steps = format!(
        "const area = document.querySelector('#script-text');
         area.value = {text};
         area.dispatchEvent(new InputEvent('input', {{ bubbles: true }}));"
    );
    page.execute(&steps).map(drop)
}

/// Clicks something that is drawn, which a driver that aims at the middle of its box might miss.
fn click_drawn(page: &Page, selector: &str) -> Outcome {
    page.wait_for(selector)?;
    let selector = json!(selector);
    let click =
        format!("document.querySelector({selector}).dispatchEvent(new MouseEvent('click', {{ bubbles: true }}))");
    page.execute(&click).map(drop)
}

fn select_node(page: &Page, place: usize) -> Outcome {
    let click = "document.querySelectorAll('g.lane')[arguments[0]].querySelector('.name')
         .dispatchEvent(new MouseEvent('click', { bubbles: true })); return true;";
    page.wait_until("a lane to click", click, &[json!(place)])
}

fn expect(page: &Page, what: &str, holds: bool) -> Outcome {
    if holds { Ok(()) } else { Err(format!("{what}; the script is:\n{}", script(page)?)) }
}

fn is_decided(page: &Page) -> Outcome<bool> {
    page.count("#all-latency").map(|count| count > 0)
}

fn opens_on_a_running_ballot(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    expect(page, "the run starts before it is decided", !is_decided(page)?)?;
    page.wait_for_text("#all-latency", "5Δ")?;
    page.wait_for_text("#leader-latency", "4Δ")?;
    expect(page, "twenty messages are drawn", page.count("g.arrow")? == 20)?;
    expect(page, "five flags are drawn", page.count("g.learned")? == 5)
}

fn cut_and_heal(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    page.click(TO_START)?;
    page.click("#cut")?;
    page.wait_until(
        "the cut is in the script before the ballot",
        "return /partition A B \\| C D E\\nat 0Δ +propose/.test(document.querySelector('#script-text').value)",
        &[],
    )?;
    page.click(TO_END)?;
    page.wait_for("#undecided")?;
    expect(page, "nothing is decided across a cut", !is_decided(page)?)?;
    expect(page, "lost messages are drawn as lost", page.count("g.arrow.lost")? == 3)?;
    page.click("#heal")?;
    select_node(page, 0)?;
    page.wait_for("#propose")?;
    page.click("#propose")?;
    page.click(TO_END)?;
    page.wait_for_text("#all-latency", "5Δ")?;
    expect(page, "every check holds", page.count("#checks li.bad")? == 0)
}

fn drop_and_undo(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    page.click(TO_END)?;
    let before = script(page)?;
    click_drawn(page, "[data-message='4']")?;
    page.wait_for("#drop")?;
    page.click("#drop")?;
    page.wait_for("g.arrow.lost")?;
    expect(page, "the drop is a line", script(page)?.contains("drop      NextBallot A->E #1"))?;
    page.click("#restore")?;
    page.wait_for_absence("g.arrow.lost")?;
    page.click(UNDO)?;
    page.wait_for("g.arrow.lost")?;
    page.click(UNDO)?;
    page.wait_for_absence("g.arrow.lost")?;
    let after = script(page)?;
    expect(page, "undo restores the script", after == before || after.trim_end() == before.trim_end())
}

fn delay(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    paste(page, "paxos-playground 1\nnodes A B C\nat 0Δ propose A \"red\"\n")?;
    page.click(TO_END)?;
    click_drawn(page, "[data-message='1']")?;
    page.wait_for("#delay")?;
    page.execute("document.querySelector('#delay').select()")?;
    page.type_into("#delay", "0.25")?;
    page.click(".acts label.inline + button")?;
    page.wait_until(
        "the delay is a line",
        "return document.querySelector('#script-text').value.includes('delay     NextBallot A->B #1 0.25Δ')",
        &[],
    )?;
    page.wait_for_text("#leader-latency", "3.25Δ")
}

fn crash_and_restart(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    page.click(TO_START)?;
    select_node(page, 4)?;
    page.wait_for("#crash")?;
    page.click("#crash")?;
    page.wait_for("#restart")?;
    expect(page, "the crash is a line", script(page)?.contains("at 0Δ     crash E"))?;
    page.click("#restart")?;
    page.wait_for("#crash")?;
    expect(page, "the restart is a line", script(page)?.contains("restart E"))
}

fn fork_in_the_past(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    page.click(TO_END)?;
    page.wait_for_text("#all-latency", "5Δ")?;
    page.execute(
        "const scrubber = document.querySelector('#scrubber');
         scrubber.value = 150;
         scrubber.dispatchEvent(new InputEvent('input', { bubbles: true }));",
    )?;
    page.wait_for_text("#now", "1.50Δ")?;
    page.click("#cut")?;
    page.wait_until(
        "the act stands at now",
        "return document.querySelector('#script-text').value.includes('at 1.5Δ   partition A B | C D E')",
        &[],
    )?;
    page.click(TO_END)?;
    page.wait_for("#undecided")?;
    page.click(UNDO)?;
    page.click(TO_END)?;
    page.wait_for_text("#all-latency", "5Δ")
}

fn bad_scripts(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    page.click(TO_END)?;
    let arrows = page.count("g.arrow")?;
    let noise = "\u{1F9FF}%\\x".repeat(150_000);
    let bad = [
        ("paxos-playground 1\nnodes A B C\nat 0Δ propose F \"red\"\n", "line 3, column 15: no node is called “F”"),
        ("paxos-playground 1\nnodes A B C\nat 1.2.3Δ heal\n", "line 3, column 4"),
        ("paxos-playground 1\nnodes 10000\n", "line 2, column"),
        (noise.as_str(), "at most 65536"),
        ("", "line 1, column 1: a script begins with"),
    ];
    for (text, sentence) in bad {
        paste(page, text)?;
        page.wait_until(
            "the mistake is said in a sentence",
            "return document.querySelector('#script-error').textContent.includes(arguments[0])",
            &[json!(sentence)],
        )?;
        expect(page, "the last good run stays", page.count("g.arrow")? == arrows)?;
        expect(page, "the editor takes no megabyte", script(page)?.len() <= 65_536)?;
    }
    paste(page, "paxos-playground 1\nnodes A B\nat 0Δ propose A \"red\"\ndrop Success A->B #7\n")?;
    page.wait_for_text(".notes li", "Line 4")?;
    expect(page, "a message that is never sent is a warning only", page.text("#script-error")?.is_empty())
}

fn live_script(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    page.click(TO_END)?;
    paste(page, "paxos-playground 1\ntitle Seven\nnodes 7\ndelay 0.5Δ\nat 1Δ propose G \"late\"\n")?;
    page.wait_for_text(".intro h2", "Seven")?;
    page.click(TO_END)?;
    page.wait_for_text("#all-latency", "2.5Δ")?;
    expect(page, "seven lanes are drawn", page.count("g.lane")? == 7)
}

fn keys(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    page.click(TO_START)?;
    page.wait_for_text("#now", "0.00Δ")?;
    let key = |key: &str, shift: bool| {
        let press = format!(
            "document.querySelector('svg.timeline').dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', shiftKey: {shift}, bubbles: true }}))"
        );
        page.execute(&press).map(drop)
    };
    key("ArrowRight", true)?;
    page.wait_for_text("#now", "1.00Δ")?;
    key("ArrowLeft", true)?;
    page.wait_for_text("#now", "0.00Δ")?;
    key("End", false)?;
    page.wait_for_text("#now", "5.00Δ")?;
    key("Home", false)?;
    key("k", false)?;
    page.wait_for("[aria-label='Pause']")?;
    key("k", false)?;
    page.wait_for("[aria-label='Play']")?;
    page.execute(
        "document.querySelector('#script-text').dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }))",
    )?;
    expect(page, "keys typed into the script are the script's", !page.text("#now")?.starts_with("5.00"))
}

fn every_scenario(page: &Page) -> Outcome {
    page.wait_for("#scenario")?;
    let names =
        page.execute("return [...document.querySelectorAll('#scenario option')].map((option) => option.value)")?;
    let names: Vec<&str> = names.as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
    expect(page, "there are scenarios to choose from", names.len() >= 5)?;
    for name in names {
        let choose = format!(
            "const select = document.querySelector('#scenario');
             select.value = '{name}';
             select.dispatchEvent(new Event('change', {{ bubbles: true }}));"
        );
        page.execute(&choose)?;
        page.click(TO_END)?;
        page.wait_for("#checks .badge")?;
        expect(page, name, page.count("#checks li.bad")? == 0 && page.count("#checks li")? == 8)?;
        expect(page, "a built-in script has no warnings", page.count(".notes li")? == 0)?;
    }
    Ok(())
}

fn narrow(page: &Page) -> Outcome {
    // Firefox has no window narrower than 450 pixels.
    let width = if page.browser() == Browser::Chromium { 360 } else { 500 };
    page.set_viewport((width, 740))?;
    page.reload()?;
    page.wait_for("svg.timeline.vertical")?;
    page.click(TO_END)?;
    page.wait_for_text("#all-latency", "5Δ")?;
    let wide = page.execute("return document.documentElement.scrollWidth - window.innerWidth")?;
    expect(page, &format!("the page is {wide} pixels too wide"), wide.as_i64().is_some_and(|wide| wide <= 0))?;
    page.set_viewport(DESKTOP)
}

fn reduced_motion(page: &Page) -> Outcome {
    if page.browser() != Browser::Chromium {
        // Only Chromium lets its driver ask for this.
        return Ok(());
    }
    page.prefer(&[("prefers-reduced-motion", "reduce")])?;
    page.reload()?;
    page.wait_for_text("#all-latency", "5Δ")?;
    page.wait_for("[aria-label='Play']")?;
    page.prefer(&[("prefers-reduced-motion", "no-preference")])
}
