//! Lessons: a reader reads one, does the task, and is told whether it is solved.

use super::*;

pub(super) const TESTS: &[Test] = &[
    ("a lesson is solved by doing what it asks, and stays solved after a visit", solve_by_acts),
    ("a lesson that was only watched is not solved, and says what is missing", watched_only),
    ("a lesson can be solved from the script, whichever button was pressed", solve_by_script),
    ("lessons follow one another, and can be left", from_one_to_the_next),
    ("a lesson waits for its reader beside the run, and asks for a guess first", waits_and_asks),
    ("whoever picks Fast Paxos finds the lesson on why its quorums are larger, and solves it", why_larger),
    ("one more acceptor cures it, by a word in the script", three_f_plus_one),
    ("where a protocol is to be chosen the list of them is at hand, also on a telephone", choose_a_protocol),
];

const CARD: &str = ".lesson";
const SOLVED: &str = ".lesson .progress.solved";

fn solve_by_acts(page: &Page) -> Outcome {
    page.click("#lessons-button")?;
    page.wait_for_text(CARD, "Lesson 1 of")?;
    expect(page, "nothing is solved yet", page.count(SOLVED)? == 0)?;
    page.click(TO_START)?;
    select_node(page, 2)?;
    page.click("#propose")?;
    page.click(TO_END)?;
    page.wait_for(SOLVED)?;
    page.reload()?;
    page.click("#lessons-button")?;
    page.wait_for_text(CARD, "Lesson 2 of")?;
    page.wait_for_text(CARD, "1 solved")?;
    page.click_named("Previous lesson")?;
    page.wait_for_text(SOLVED, "Solved before")
}

fn watched_only(page: &Page) -> Outcome {
    page.click("#lessons-button")?;
    page.click_named("Next lesson")?;
    page.wait_for_text(CARD, "Lesson 2 of")?;
    page.click(TO_END)?;
    page.settle()?;
    expect(page, "watching solves nothing", page.count(SOLVED)? == 0)?;
    let said = page.text(".lesson .progress")?;
    expect(page, &format!("what is missing is said, not “{said}”"), said.chars().count() > 10)
}

fn solve_by_script(page: &Page) -> Outcome {
    page.click("#lessons-button")?;
    page.click_named("Next lesson")?;
    page.click_named("Next lesson")?;
    page.wait_for_text(CARD, "Lesson 3 of")?;
    let text = script(page)?;
    paste(page, &format!("{text}\nat 2.5Δ partition A B | C D E\n"))?;
    page.click(TO_END)?;
    page.wait_for(SOLVED)?;
    page.click(UNDO)?;
    page.click(TO_END)?;
    page.wait_for_text(".lesson .progress", "Solved before")
}

fn from_one_to_the_next(page: &Page) -> Outcome {
    page.click("#lessons-button")?;
    page.wait_for_text(CARD, "Lesson 1 of")?;
    let first = page.text(".lesson h2")?;
    page.click_named("Next lesson")?;
    page.wait_for_text(CARD, "Lesson 2 of")?;
    expect(page, "another title", page.text(".lesson h2")? != first)?;
    page.click_named("Previous lesson")?;
    page.wait_for_text(CARD, "Lesson 1 of")?;
    expect(page, "the first has none before it", !page.has_named("Previous lesson")?)?;
    page.click_named("Leave the lessons")?;
    page.wait_for_absence(CARD)
}

fn waits_and_asks(page: &Page) -> Outcome {
    page.click("#lessons-button")?;
    page.wait_for_text("#now", "0.00Δ")?;
    page.wait_for("[aria-label='Play']")?;
    for size in [crate::window::DESKTOP, (page.narrowest(), 740)] {
        page.set_viewport(size)?;
        page.settle()?;
        page.execute("scrollTo({ left: 0, top: 0, behavior: 'instant' })")?;
        let seen = page.execute(
            "const box = (part) => document.querySelector(part).getBoundingClientRect();
             const timeline = box('#timeline');
             return box('.lesson .task').bottom < innerHeight && box('.lesson > .steps').bottom < innerHeight
                 && Math.min(timeline.bottom, box('.transport').top) - timeline.top > 150;",
        )?;
        expect(page, &format!("at {size:?} the task and the picture are seen together"), seen == json!(true))?;
    }
    page.set_viewport(crate::window::DESKTOP)?;
    page.click_named("All at once")?;
    page.wait_for_text(".guessed", "Now play, and see.")?;
    page.click("[data-tool=propose]")?;
    page.click("ol.lanes > li:nth-child(3) button")?;
    page.click(TO_END)?;
    page.wait_for(SOLVED)?;
    page.wait_for_text(".guessed", "It is: Whoever proposed it.")
}

fn why_larger(page: &Page) -> Outcome {
    choose(page, "#protocol", "fast")?;
    tab(page, "rules")?;
    page.click("#rules details:not(:has(.guard)) > summary")?;
    page.click_named("Why a majority is too few")?;
    page.wait_for_text(CARD, "What can be saved, and what it costs")?;
    page.click_named("Either")?;
    // Playing stops where X is to ask.
    scrub(page, 380)?;
    page.click("[aria-label='Play']")?;
    page.wait_for_text("#now", "4.00Δ")?;
    page.click("[data-tool=propose]")?;
    page.click("ol.lanes > li:nth-child(4) button")?;
    page.click(TO_END)?;
    page.wait_for_text(".lesson .progress", "If B’s vote came")?;
    expect(page, "a lucky guess solves nothing", page.count(SOLVED)? == 0)?;
    paste(page, &format!("{}drop Voted B->C #1\n", script(page)?))?;
    page.click(TO_END)?;
    page.wait_for_text(SOLVED, "no report of two can tell")?;
    page.wait_for_text(".guessed", "That is so.")?;
    tab(page, "checks")?;
    page.wait_for_text("#checks", "nobody is in both B C and A B")
}

fn three_f_plus_one(page: &Page) -> Outcome {
    page.visit("#v=1&lesson=three-f-plus-one")?;
    page.wait_for(CARD)?;
    page.click(TO_END)?;
    page.wait_for_text(".lesson .progress", "It took 5Δ")?;
    paste(page, &script(page)?.replace("A B C X", "A B C D X"))?;
    page.click(TO_END)?;
    page.wait_for_text(SOLVED, "2Δ with one of 4 down")
}

fn choose_a_protocol(page: &Page) -> Outcome {
    page.visit("#v=1&lesson=choose-order")?;
    for size in [crate::window::DESKTOP, (page.narrowest(), 740)] {
        page.set_viewport(size)?;
        page.wait_for(CARD)?;
        page.click_named("Start this one again")?;
        page.click(TO_END)?;
        page.wait_for_text(".lesson .progress", "the goal is 2Δ")?;
        choose(page, "#protocol", "generalized")?;
        page.click(TO_END)?;
        page.wait_for_text(".lesson .progress", "each command took 2Δ at most")?;
        let seen = page.execute("return document.querySelector('#protocol').checkVisibility()")?;
        expect(page, &format!("at {size:?} the protocols are seen"), seen == json!(true))?;
    }
    page.set_viewport(crate::window::DESKTOP)
}
