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
    ("every scenario opens, and every check holds unless a rule is off", every_scenario),
    ("the same script under another protocol has another latency, and undo brings the first one back", other_protocol),
    ("a rule that is switched off turns a check red, and a badge says so", broken_rule),
    ("a choice of the protocol is a line of the script", choose_option),
    ("somebody can be made leader", make_leader),
    ("a command that its service does not know is an error beside the field", bad_command),
    ("a long run stays on the screen while it plays", follow),
    ("a large run does not freeze the page", large_run),
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
    (
        "nine-delta",
        "const area = document.querySelector('#script-text');
         area.value = `paxos-playground 1\ntitle     Nine Δ\nprotocol  complete\nnodes     p q r\nleader    none\n\nat 0Δ propose r \"green\"\nat 0.5Δ leader r\nat 0.5Δ crash r\nat 1Δ leader p\nat 1Δ propose p \"red\"\ndrop NextBallot r->p #1\ndelay NextBallot r->q #1 1.500001Δ\n`;
         area.dispatchEvent(new InputEvent('input', { bubbles: true }));
         await new Promise((done) => setTimeout(done, 100));
         document.querySelector('[aria-label=\"To the end\"]').click();",
    ),
    (
        "store",
        "const area = document.querySelector('#script-text');
         area.value = `paxos-playground 1\ntitle     A store on five nodes\nprotocol  multi\nservice   kv\nnodes     5\n\nat 2Δ propose A \"put x 1\"\nat 2.5Δ propose B \"add x 2\"\nat 3Δ crash A\nat 4Δ leader B\nat 9Δ restart A\nat 10Δ propose A \"get x\"\n`;
         area.dispatchEvent(new InputEvent('input', { bubbles: true }));
         await new Promise((done) => setTimeout(done, 100));
         document.querySelector('[aria-label=\"To the end\"]').click();
         await new Promise((done) => setTimeout(done, 100));
         document.querySelectorAll('.lane .name')[1].dispatchEvent(new MouseEvent('click', { bubbles: true }));",
    ),
    (
        "votes-to-everybody",
        "const select = document.querySelector('#scenario');
         select.value = 'votes-to-everybody';
         select.dispatchEvent(new Event('change', { bubbles: true }));
         await new Promise((done) => setTimeout(done, 100));
         document.querySelector('[aria-label=\"To the end\"]').click();",
    ),
    (
        "without-promise",
        "const select = document.querySelector('#scenario');
         select.value = 'without-promise';
         select.dispatchEvent(new Event('change', { bubbles: true }));
         await new Promise((done) => setTimeout(done, 100));
         document.querySelector('[aria-label=\"To the end\"]').click();",
    ),
    (
        "leader-election",
        "const select = document.querySelector('#scenario');
         select.value = 'leader-election';
         select.dispatchEvent(new Event('change', { bubbles: true }));
         await new Promise((done) => setTimeout(done, 100));
         document.querySelector('[aria-label=\"To the end\"]').click();",
    ),
    (
        "olive-day",
        "const select = document.querySelector('#scenario');
         select.value = 'olive-day';
         select.dispatchEvent(new Event('change', { bubbles: true }));
         await new Promise((done) => setTimeout(done, 100));
         document.querySelector('[aria-label=\"To the end\"]').click();",
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
        expect(page, name, page.count("#checks li")? > 0)?;
        let is_broken = page.count(".edited.off")? > 0;
        expect(page, name, is_broken == (page.count("#checks li.bad")? > 0))?;
    }
    Ok(())
}

fn choose(page: &Page, selector: &str, value: &str) -> Outcome {
    let (selector, value) = (json!(selector), json!(value));
    let steps = format!(
        "const select = document.querySelector({selector});
         select.value = {value};
         select.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    );
    page.execute(&steps).map(drop)
}

fn other_protocol(page: &Page) -> Outcome {
    page.wait_for("#protocol")?;
    paste(page, "paxos-playground 1\nnodes 5\nat 3Δ propose A \"red\"\n")?;
    page.click(TO_END)?;
    page.wait_for_text("#all-latency", "5Δ")?;
    let protocols =
        page.execute("return [...document.querySelectorAll('#protocol option')].map((option) => option.value)")?;
    expect(page, "there are several protocols", protocols.as_array().is_some_and(|list| list.len() >= 5))?;
    for (protocol, leader, all) in [("multi", "2Δ", "3Δ"), ("broadcast", "2Δ", "2Δ")] {
        choose(page, "#protocol", protocol)?;
        page.click(TO_END)?;
        page.wait_for_text(".ledger td:nth-child(3)", leader)?;
        page.wait_for_text(".ledger td:nth-child(4)", all)?;
        let line = format!("protocol  {protocol}\n");
        expect(page, "the protocol is a line", script(page)?.contains(&line))?;
    }
    page.click(UNDO)?;
    page.click(UNDO)?;
    page.click(TO_END)?;
    page.wait_for_text("#all-latency", "5Δ")
}

fn broken_rule(page: &Page) -> Outcome {
    page.wait_for("#rules")?;
    choose(page, "#scenario", "without-promise")?;
    page.click(TO_END)?;
    page.wait_for(".edited.off")?;
    page.wait_for("#checks li.bad")?;
    page.click("[data-guard='promise']")?;
    page.wait_for_absence(".edited.off")?;
    page.click(TO_END)?;
    page.wait_for_absence("#checks li.bad")?;
    page.click("[data-guard='promise']")?;
    page.wait_for(".edited.off")?;
    page.click(TO_END)?;
    page.wait_for("#checks li.bad")?;
    expect(page, "the rule is a line", script(page)?.contains("without   promise"))
}

fn choose_option(page: &Page) -> Outcome {
    page.wait_for("[data-option='guard']")?;
    page.execute(
        "const select = document.querySelector(\"[data-option='guard']\");
         select.selectedIndex = 1;
         select.dispatchEvent(new Event('change', { bubbles: true }));",
    )?;
    page.wait_until(
        "the choice is a line",
        "return /option +guard ge/.test(document.querySelector('#script-text').value)",
        &[],
    )
}

fn make_leader(page: &Page) -> Outcome {
    page.wait_for("#protocol")?;
    paste(page, "paxos-playground 1\nprotocol complete\nnodes 3\nleader none\nat 0Δ propose A \"red\"\n")?;
    page.click(TO_END)?;
    page.wait_for("#undecided")?;
    page.click(TO_START)?;
    select_node(page, 0)?;
    page.wait_for("#lead")?;
    page.click("#lead")?;
    page.wait_until(
        "the leader is a line",
        "return /at 0Δ +leader A/.test(document.querySelector('#script-text').value)",
        &[],
    )?;
    page.click(TO_END)?;
    page.wait_for_text("#all-latency", "5Δ")?;
    expect(page, "who leads is drawn", page.count("g.leads")? == 1)?;
    choose(page, "#protocol", "basic")?;
    page.wait_for_absence("#lead")
}

fn bad_command(page: &Page) -> Outcome {
    page.wait_for("#protocol")?;
    paste(page, "paxos-playground 1\nprotocol multi\nservice kv\nnodes 3\n")?;
    select_node(page, 0)?;
    page.wait_for("#value")?;
    page.execute("document.querySelector('#value').select()")?;
    page.type_into("#value", "jump")?;
    page.click("#propose")?;
    page.wait_for_text("#act-error", "jump")?;
    page.execute("document.querySelector('#value').select()")?;
    page.type_into("#value", "put k 7")?;
    page.click("#propose")?;
    page.wait_for_absence("#act-error")?;
    page.click(TO_END)?;
    page.wait_for_text("#replica", "7")?;
    page.wait_for_text(".ledger td", "put k 7")
}

fn follow(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    let acts: String = (0..30).map(|time| format!("at {time}Δ propose A \"v{time}\"\n")).collect();
    paste(page, &format!("paxos-playground 1\nprotocol multi\nnodes 3\n{acts}"))?;
    page.click(TO_END)?;
    page.wait_until(
        "the end is seen",
        "const canvas = document.querySelector('.canvas').getBoundingClientRect();
         const now = document.querySelector('.now circle').getBoundingClientRect();
         return now.left >= canvas.left && now.right <= canvas.right;",
        &[],
    )
}

fn large_run(page: &Page) -> Outcome {
    page.wait_for("svg.timeline")?;
    let acts: String = (0..20).map(|time| format!("at {time}Δ propose A \"v{time}\"\n")).collect();
    paste(page, &format!("paxos-playground 1\nprotocol multi\nnodes 128\n{acts}"))?;
    let took = page.execute(
        "const before = performance.now();
         document.querySelector(\"[aria-label='To the end']\").click();
         await new Promise((done) => setTimeout(done, 0));
         return performance.now() - before;",
    );
    // A driver may not wait for promises here: then it is enough that the picture comes.
    page.wait_for_text(".ledger tbody th", "20")?;
    expect(
        page,
        "it takes at most two seconds",
        took.ok().and_then(|took| took.as_f64()).is_none_or(|took| took < 2000.0),
    )
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
