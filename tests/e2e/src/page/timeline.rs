//! What can be done on the timeline: to messages, and to processes.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("a dropped message is a line of the script, and undo takes it back", drop_and_undo),
    ("a delayed message lands later", delay),
    ("a crashed process can be restarted", crash_and_restart),
    ("an act in the past forks the run there", fork_in_the_past),
    ("somebody can be made leader", make_leader),
];

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
