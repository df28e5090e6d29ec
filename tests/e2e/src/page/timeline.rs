//! What can be done on the timeline: to messages and to processes, with a mouse and with a finger; zooming and panning.

use super::*;
use crate::Browser;

pub(super) const TESTS: &[Test] = &[
    ("a dropped message is a line of the script, and undo takes it back", drop_and_undo),
    ("a message is tapped and dropped with a finger", drop_by_finger),
    ("a finger drags the message that it has chosen, and scrolls with everything else", drag_by_finger),
    ("a delayed message lands later", delay),
    ("the head of a message is dragged to where it lands", delay_by_dragging),
    ("a message can be delivered now, and sent twice", deliver_and_duplicate),
    ("a running timer can be made to run out", run_out),
    ("a crashed process can be restarted", crash_and_restart),
    ("a crashed process can come back with an empty disk", restart_empty),
    ("a click on a lane acts at the instant that was clicked, a tap likewise", act_where_one_looks),
    ("an act in the past forks the run there", fork_in_the_past),
    ("every act can be undone and redone, to the first", undo_and_redo),
    ("somebody can be made leader", make_leader),
    ("the run is zoomed by buttons, keys and the wheel with Control, and fits again", zoom),
    ("a plain wheel scrolls the page, not the run", plain_wheel),
    ("the run is panned by dragging, and the overview goes anywhere", pan),
    ("what the mouse rests on is lit up and told", hover),
    ("a long run stays on the screen while it plays", follow),
    ("names stand above their lanes where time runs down", names_above_lanes),
    ("the present stays in sight when another protocol runs", present_in_sight),
];

/// A ballot in which the first message takes long: A asks five processes, and all of them answer at once.
const FROM_A_TO_E: Point = (0.8, 3.2);

fn names_above_lanes(page: &Page) -> Outcome {
    for width in [page.narrowest().max(430), 520, 600] {
        page.set_viewport((width, 800))?;
        page.wait_for(".timeline.vertical")?;
        let apart = page.execute(
            "const canvas = document.querySelector('#timeline'), left = canvas.getBoundingClientRect().left;
             const { side, perLane } = canvas.dataset;
             return Math.max(...[...document.querySelectorAll('.lanes .name')].map((name, lane) => {
                 const box = name.getBoundingClientRect();
                 return Math.abs((box.left + box.right) / 2 - left - Number(side) - lane * Number(perLane));
             }))",
        )?;
        let is_near = apart.as_f64().is_some_and(|apart| apart < 2.0);
        expect(page, &format!("names are above their lanes at {width}, not {apart} pixels beside them"), is_near)?;
    }
    Ok(())
}

fn present_in_sight(page: &Page) -> Outcome {
    choose(page, "#scenario", "duelling-proposers")?;
    page.click(TO_END)?;
    choose(page, "#protocol", "complete")?;
    page.wait_until(
        "the present in sight",
        "const canvas = document.querySelector('#timeline'), { head, perDelta, offset } = canvas.dataset;
         const at = Number(head) + parseFloat(document.querySelector('#now').textContent) * perDelta - offset;
         return at >= 0 && at <= canvas.clientWidth",
        &[],
    )
}

fn run_out(page: &Page) -> Outcome {
    choose(page, "#scenario", "nack-nine-delta")?;
    scrub(page, 150)?;
    select_node(page, 0)?;
    page.click("#timers summary")?;
    page.click("#timers button")?;
    wait_for_line(page, "^at +1\\.5\\d*Δ +timeout p \"(retry|phase 1)\"")
}

fn drop_and_undo(page: &Page) -> Outcome {
    page.click(TO_END)?;
    let before = script(page)?;
    wait_for_counts(page, 20, 0)?;
    page.click_timeline(FROM_A_TO_E)?;
    page.wait_for_text("#popover", "NextBallot")?;
    page.click("#drop")?;
    wait_for_counts(page, 18, 1)?;
    wait_for_line(page, "^drop +NextBallot A->E #1$")?;
    page.click("#restore")?;
    wait_for_counts(page, 20, 0)?;
    page.click(UNDO)?;
    wait_for_counts(page, 18, 1)?;
    page.click(UNDO)?;
    wait_for_counts(page, 20, 0)?;
    let after = script(page)?;
    expect(page, "undo restores the script", after.trim_end() == before.trim_end())
}

fn drop_by_finger(page: &Page) -> Outcome {
    page.click(TO_END)?;
    page.tap_timeline(Pointer::Finger, FROM_A_TO_E)?;
    page.wait_for("#drop")?;
    let button = page.middle_of("#drop")?;
    page.tap(Pointer::Finger, button)?;
    wait_for_counts(page, 18, 1)?;
    wait_for_line(page, "^drop +NextBallot A->E #1$")
}

fn drag_by_finger(page: &Page) -> Outcome {
    page.set_viewport((page.narrowest(), 740))?;
    page.wait_for(".timeline.vertical")?;
    page.click(TO_END)?;
    let head = on_message(0.0, 1.0, 0.0, 4.0);
    page.tap_timeline(Pointer::Finger, head)?;
    page.wait_for_text("#popover", "NextBallot")?;
    page.drag_timeline(Pointer::Finger, head, (0.5, head.1))?;
    wait_for_line(page, "^delay +NextBallot A->E #1 0\\.(5|6|7)\\d*Δ$")?;
    page.click(UNDO)?;
    wait_for_line(page, "^nodes")?;
    expect(page, "a drag is one act", !script(page)?.contains("#1"))?;
    // Nothing is chosen now, so a finger scrolls; only Chromium's driver has fingers that do.
    page.click("#popover [aria-label=Close]")?;
    page.click(TO_START)?;
    let scrolled = || page.execute("return document.querySelector('#timeline-scroll').scrollTop + scrollY");
    page.at((1.4, 2.0))?;
    let before = scrolled()?;
    page.drag_timeline(Pointer::Finger, (1.4, 2.0), (0.9, 2.0))?;
    page.settle()?;
    expect(page, "a finger drags nothing that is not chosen", !script(page)?.contains("#1"))?;
    expect(page, "a finger scrolls", page.browser() != Browser::Chromium || scrolled()? != before)
}

fn delay(page: &Page) -> Outcome {
    paste(page, "paxos-playground 1\nnodes A B C\nat 0Δ propose A \"red\"\n")?;
    page.click(TO_END)?;
    page.click_timeline(on_message(0.0, 1.0, 0.0, 1.0))?;
    page.wait_for("#delay")?;
    page.execute("document.querySelector('#delay').select()")?;
    page.type_into("#delay", "0.25")?;
    page.click("#apply-delay")?;
    wait_for_line(page, "^delay +NextBallot A->B #1 0.25Δ$")?;
    tab(page, "latency")?;
    page.wait_for_text("#leader-latency", "3.25Δ")
}

fn delay_by_dragging(page: &Page) -> Outcome {
    paste(page, "paxos-playground 1\nnodes A B C\nat 0Δ propose A \"red\"\n")?;
    page.click(TO_END)?;
    let head = on_message(0.0, 1.0, 0.0, 2.0);
    page.drag_timeline(Pointer::Mouse, head, (0.5, head.1))?;
    // The message lands where it was let go, to a twentieth of a Δ.
    wait_for_line(page, "^delay +NextBallot A->C #1 0\\.(45|5|55)Δ$")?;
    page.click(UNDO)?;
    wait_for_line(page, "^nodes")?;
    expect(page, "a drag is one act", !script(page)?.contains("delay"))
}

fn deliver_and_duplicate(page: &Page) -> Outcome {
    scrub(page, 50)?;
    page.click_timeline((0.4, 1.6))?;
    page.click("#deliver")?;
    wait_for_line(page, "^delay +NextBallot A->E #1 0.5Δ$")?;
    page.click(UNDO)?;
    page.click_timeline((0.4, 1.6))?;
    page.click("#duplicate")?;
    wait_for_line(page, "^duplicate +NextBallot A->E #1 \\+0.5Δ$")?;
    page.click(TO_END)?;
    wait_for_latency(page, "5Δ")
}

fn crash_and_restart(page: &Page) -> Outcome {
    page.click(TO_START)?;
    select_node(page, 4)?;
    page.click("#crash")?;
    page.wait_for("#restart")?;
    wait_for_line(page, "^at 0Δ +crash E$")?;
    page.click("#restart")?;
    page.wait_for("#crash")?;
    wait_for_line(page, "restart E$")
}

fn restart_empty(page: &Page) -> Outcome {
    page.click(TO_END)?;
    select_node(page, 4)?;
    page.click("#crash")?;
    page.wait_for("#restart-empty")?;
    page.wait_for_text("#popover", "nextBal")?;
    page.click("#restart-empty")?;
    page.wait_for("#crash")?;
    wait_for_line(page, "restart E empty$")?;
    page.wait_for_text("#popover", "nothing written yet")
}

fn act_where_one_looks(page: &Page) -> Outcome {
    for pointer in Pointer::ALL {
        page.click(TO_END)?;
        page.wait_for_text("#now", "5.")?;
        // No message is between the lanes of B and E then: the leader's second question is under way to C and goes no
        // further.
        page.tap_timeline(pointer, (2.5, 4.0))?;
        page.wait_for_text("#now", "2.")?;
        page.wait_for_text("#popover", "E is up")?;
        page.click("#crash")?;
        wait_for_line(page, "^at 2\\.(4|5|6)\\d*Δ +crash E$")?;
        page.click(UNDO)?;
        page.click("#popover [aria-label=Close]")?;
        page.wait_for_absence("#popover")?;
    }
    Ok(())
}

fn fork_in_the_past(page: &Page) -> Outcome {
    page.click(TO_END)?;
    wait_for_latency(page, "5Δ")?;
    scrub(page, 150)?;
    page.click("#cut")?;
    wait_for_line(page, "^at 1.5Δ +partition A B \\| C D E$")?;
    page.click(TO_END)?;
    wait_for_nothing(page)?;
    page.click(UNDO)?;
    page.click(TO_END)?;
    wait_for_latency(page, "5Δ")
}

fn undo_and_redo(page: &Page) -> Outcome {
    page.click(TO_START)?;
    let first = script(page)?;
    expect(page, "nothing can be undone at first", page.attribute(UNDO, "disabled")?.is_some())?;
    page.click("#cut")?;
    wait_for_line(page, "partition")?;
    page.click("#heal")?;
    wait_for_line(page, "heal$")?;
    let last = script(page)?;
    page.click(UNDO)?;
    page.click(UNDO)?;
    page.wait_until(
        "the first script again",
        "return document.querySelector('#script-text').value.trimEnd() === arguments[0]",
        &[json!(first.trim_end())],
    )?;
    page.wait_for_absence(".edited")?;
    page.click(REDO)?;
    page.click(REDO)?;
    page.wait_until(
        "the last script again",
        "return document.querySelector('#script-text').value.trimEnd() === arguments[0]",
        &[json!(last.trim_end())],
    )?;
    expect(page, "nothing is left to redo", page.attribute(REDO, "disabled")?.is_some())?;
    page.wait_for_text(".edited", "edited")
}

fn make_leader(page: &Page) -> Outcome {
    paste(page, "paxos-playground 1\nprotocol complete\nnodes 3\nleader none\nat 0Δ propose A \"red\"\n")?;
    page.click(TO_END)?;
    wait_for_nothing(page)?;
    page.click(TO_START)?;
    select_node(page, 0)?;
    page.click("#lead")?;
    wait_for_line(page, "^at 0Δ +leader A$")?;
    page.click(TO_END)?;
    wait_for_latency(page, "5Δ")?;
    choose(page, "#protocol", "basic")?;
    select_node(page, 0)?;
    page.wait_for("#crash")?;
    page.wait_for_absence("#lead")
}

/// Waits until a Δ takes more pixels than before, fewer, or as many.
pub(super) fn wait_for_scale(page: &Page, what: &str, before: f64) -> Outcome {
    page.wait_until(
        &format!("a Δ to take pixels {what} {before}"),
        &format!("return Number(document.querySelector('#timeline').dataset.perDelta) {what} arguments[0]"),
        &[json!(before)],
    )
}

fn zoom(page: &Page) -> Outcome {
    page.click(TO_END)?;
    let fitting = page.timeline_number("perDelta")?;
    page.click("#zoom-in")?;
    wait_for_scale(page, ">", fitting)?;
    let larger = page.timeline_number("perDelta")?;
    page.click("#zoom-out")?;
    wait_for_scale(page, "<", larger)?;
    page.focus(TIMELINE)?;
    page.press('+')?;
    page.press('+')?;
    wait_for_scale(page, ">", larger)?;
    let largest = page.timeline_number("perDelta")?;
    page.press('-')?;
    wait_for_scale(page, "<", largest)?;
    page.press('0')?;
    wait_for_scale(page, "<=", fitting)?;
    let whole = page.timeline_number("perDelta")?;
    let place = page.at((2.0, 2.0))?;
    page.wheel(place, (0, -100), &[keys::CONTROL])?;
    wait_for_scale(page, ">", whole)?;
    let at = page.at((2.0, 2.0))?;
    let slip = (at.0 - place.0).abs();
    expect(page, &format!("what one zooms at stays in its place; it slipped by {slip} pixels"), slip < 8.0)?;
    page.wheel(place, (0, 100), &[keys::CONTROL])?;
    wait_for_scale(page, "<=", whole + 1.0)
}

/// The beginning of a script for a run that is wider than the screen.
const LONG: &str = "paxos-playground 1\nprotocol multi\nnodes 3\n";

pub(super) fn long_run(page: &Page) -> Outcome {
    let acts: String = (0..30).map(|time| format!("at {time}Δ propose A \"v{time}\"\n")).collect();
    paste(page, &format!("{LONG}{acts}"))
}

fn plain_wheel(page: &Page) -> Outcome {
    long_run(page)?;
    page.set_viewport((1280, 600))?;
    page.execute("scrollTo({ top: 0, behavior: 'instant' })")?;
    let place = page.middle_of(TIMELINE)?;
    let before = page.execute("return scrollY")?.as_f64().unwrap_or_default();
    let scale = page.timeline_number("perDelta")?;
    page.wheel(place, (0, 120), &[])?;
    page.wait_until("the page to scroll", "return scrollY > arguments[0]", &[json!(before)])?;
    expect(page, "the scale stays", page.timeline_number("perDelta")? == scale)
}

fn scrolled(page: &Page) -> Outcome<f64> {
    let scrolled = page.execute("return document.querySelector('#timeline-scroll').scrollLeft")?;
    Ok(scrolled.as_f64().unwrap_or_default())
}

fn wait_for_scrolling(page: &Page, than: &str, before: f64) -> Outcome {
    page.wait_until(
        &format!("the timeline to be scrolled {than} {before}, and drawn there"),
        &format!(
            "const left = document.querySelector('#timeline-scroll').scrollLeft;
             const drawn = Number(document.querySelector('#timeline').dataset.offset);
             return left {than} arguments[0] && Math.abs(left - drawn) < 1.5;"
        ),
        &[json!(before)],
    )
}

fn pan(page: &Page) -> Outcome {
    long_run(page)?;
    page.click(TO_START)?;
    page.execute("document.querySelector('#timeline-scroll').scrollLeft = 0")?;
    page.settle()?;
    // Above the first lane a pointer can take hold only of the run itself.
    let (x, y) = page.at((6.0, 0.0))?;
    let above = y - page.timeline_number("side")? * 0.7;
    page.drag(Pointer::Mouse, (x, above), (x - 200.0, above))?;
    wait_for_scrolling(page, ">", 150.0)?;
    let before = scrolled(page)?;
    let overview = page.middle_of("#minimap")?;
    page.tap(Pointer::Mouse, overview)?;
    wait_for_scrolling(page, ">", before)?;
    page.wait_for_now_in_sight()?;
    let place = page.middle_of(TIMELINE)?;
    let before = scrolled(page)?;
    page.wheel(place, (-150, 0), &[])?;
    wait_for_scrolling(page, "<", before)
}

fn hover(page: &Page) -> Outcome {
    page.click(TO_END)?;
    page.at(FROM_A_TO_E)?;
    page.hover((2.0, 2.0))?;
    page.settle()?;
    let before = page.timeline_print()?;
    page.hover(page.at(FROM_A_TO_E)?)?;
    page.wait_for_text(".tip.shown", "NextBallot")?;
    page.settle()?;
    expect(page, "what the mouse rests on is drawn otherwise", page.timeline_print()? != before)?;
    page.hover((2.0, 2.0))?;
    page.wait_for_absence(".tip.shown")
}

fn follow(page: &Page) -> Outcome {
    long_run(page)?;
    page.click(TO_END)?;
    page.wait_for_now_in_sight()?;
    expect(page, "it is scrolled", scrolled(page)? > 100.0)
}
