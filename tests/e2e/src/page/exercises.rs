//! Exercises: a script with goals asks for something, and says what is reached; a form makes such a script; a frame tells the
//! page around it what is solved.

use super::*;
use crate::window::Barriers;

pub(super) const TESTS: &[Test] = &[
    ("a script with goals is an exercise, judged as its run changes", solved_on_the_page),
    ("an exercise made on the page alone is solved in a frame, which tells the page around it", made_and_solved),
    ("a goal that is not finished says what is wrong and is not written, and what is made can be undone", unfinished),
    ("the element tells which goals are solved", element_tells),
];

const CARD: &str = "#exercise";

const EXERCISE: &str = "paxos-playground 1\ntitle     Silence\nabout     Nobody has to stay.\nprotocol  basic\nnodes     A B C D E\n\
    at 0Δ     propose A \"red\"\nallow     crash 3, drop\n\
    goal      0 \"Every check holds\": violated = 0\ngoal      \"Nothing is decided\": decisions = 0\n\
    goal      2 \"Two are down\": crashed = 2 else \"{crashed} are down.\"\n";

/// Writes into a field as somebody does who types.
fn fill(page: &Page, selector: &str, text: &str) -> Outcome {
    page.wait_for(selector)?;
    let steps = "const field = document.querySelector(arguments[0]);
         field.value = arguments[1];
         field.dispatchEvent(new InputEvent('input', { bubbles: true }));";
    page.ask(steps, &[json!(selector), json!(text)]).map(drop)
}

/// What a script in the page answers, as a text.
fn answer(page: &Page, steps: &str) -> Outcome<String> {
    Ok(page.execute(steps)?.as_str().unwrap_or_default().to_owned())
}

fn solved_on_the_page(page: &Page) -> Outcome {
    page.open("")?;
    whole(page)?;
    paste(page, EXERCISE)?;
    page.wait_for_text(CARD, "You are making this exercise")?;
    page.click("#exercise-pose")?;
    page.wait_for_text(CARD, "1 of 3 goals solved, 0 of 3 points")?;
    page.wait_for_text("#goals-said", "Not yet: Nothing is decided")?;
    page.wait_for_text("#now", "0.00Δ")?;
    let signs =
        "return [...document.querySelectorAll('.goals .sign')].map((sign) => sign.getAttribute('aria-label')).join()";
    expect(page, "signs have names", answer(page, signs)? == "reached,not yet,not yet")?;
    for node in [0, 1] {
        select_node(page, node)?;
        page.click("#crash")?;
    }
    page.wait_for_text(CARD, "3 of 3 goals solved, 3 of 3 points")?;
    page.wait_for("#goals-said.solved")?;
    // One line that is not allowed, and nothing counts.
    page.click("#cut")?;
    page.wait_for_text("#goals-said.wrong", "none that this exercise allows")?;
    page.wait_for_text(CARD, "0 of 3 goals solved")?;
    page.click(UNDO)?;
    page.wait_for("#goals-said.solved")?;
    page.click("#exercise-again")?;
    page.wait_for_text(CARD, "1 of 3 goals solved")?;
    page.click(UNDO)?;
    page.wait_for("#goals-said.solved")
}

fn made_and_solved(page: &Page) -> Outcome {
    page.open("#v=1&scenario=minimal-ballot")?;
    tab(page, "script")?;
    page.click("#making-open")?;
    fill(page, "#making-title", "Silence")?;
    fill(page, "#making-about", "Nobody has to stay.")?;
    page.click("#making-more")?;
    choose(page, "#making-idea-0", "1")?;
    page.wait_for_text("#making-wrong-0", "This run does not reach it.")?;
    page.click("#making-more")?;
    fill(page, "#making-text-1", "Two are down")?;
    choose(page, "#making-part-1", "crashed >= 1")?;
    fill(page, "#making-condition-1", "crashed = 2")?;
    fill(page, "#making-points-1", "2")?;
    choose(page, "#making-allow", "crash")?;
    fill(page, "#making-most-0", "3")?;
    let mut barriers = Barriers::default();
    for (size, place) in [((page.narrowest(), 740), "on a telephone"), (crate::window::DESKTOP, "on a desk")] {
        page.set_viewport(size)?;
        page.settle()?;
        let fits = page.execute("return document.documentElement.scrollWidth <= innerWidth")?;
        expect(page, &format!("the form fits {place}"), fits == json!(true))?;
        page.axe(&format!("the form of an exercise {place}"), &mut barriers)?;
    }
    barriers.outcome()?;
    let text = script(page)?;
    for line in [
        "title     Silence",
        "allow     crash 3",
        "goal      \"Nothing is decided\": decisions = 0 else \"{decisions} decided.\"",
        "goal      2 \"Two are down\": crashed = 2",
    ] {
        expect(page, &format!("“{line}” stands in the script: {text}"), text.contains(line))?;
    }
    let link = answer(page, "return document.querySelector('#making-link').value")?;
    let fragment = link.split_once('#').map(|(_, fragment)| fragment.to_owned()).unwrap_or_default();
    page.click("#making-embed")?;
    page.wait_for("#author")?;
    let code = answer(page, "return document.querySelector('#embed-text').value")?;
    expect(page, "the embed code has the same link", code.contains(&fragment.replace('&', "&amp;")))?;

    page.open_host("embed-one.html")?;
    let words = ["one", "autoplay=0&panels=network", &fragment].map(|word| json!(word).to_string()).join(", ");
    page.execute_async(&format!("await embed({words}, {{ height: 1000 }});"))?;
    page.enter(Some(1))?;
    page.wait_for_text(CARD, "0 of 2 goals solved, 0 of 3 points")?;
    let mut barriers = Barriers::default();
    page.axe("an exercise in a frame", &mut barriers)?;
    barriers.outcome()?;
    let nothing = "return told('one', 'event').filter(({ event }) => event === 'solved').length === 0";
    page.enter(None)?;
    holds(page, "nothing is told before somebody has done something", nothing)?;
    page.enter(Some(1))?;
    for node in [0, 1] {
        select_node(page, node)?;
        page.click("#crash")?;
    }
    page.wait_for_text(CARD, "2 of 2 goals solved, 3 of 3 points")?;
    page.enter(None)?;
    page.wait_until(
        "the page around to be told of both goals",
        "const solved = told('one', 'event').filter(({ event }) => event === 'solved');
         return JSON.stringify(solved.map(({ goal, number, goals, points, of }) => [goal, number, goals, points, of]))
             === '[[\"Nothing is decided\",1,2,1,3],[\"Two are down\",2,2,3,3]]' && !solved.some((one) => 'lesson' in one)",
        &[],
    )?;
    let state = page.execute_async("return await ask('one', { type: 'getState' });")?;
    let reached =
        state["goals"].as_array().is_some_and(|goals| goals.iter().all(|goal| goal["reached"] == json!(true)));
    holds(page, &format!("the state has the verdicts: {state}"), if reached { "return true" } else { "return false" })?;
    page.enter(Some(1))?;
    page.focus("#cut")?;
    page.press(keys::ENTER)?;
    page.wait_for_text("#goals-said.wrong", "none that this exercise allows")?;
    page.enter(None)?;
    let state = page.execute_async("return await ask('one', { type: 'getState' });")?;
    let refused = state["refused"].as_str().is_some_and(|sentence| sentence.contains("none that this exercise allows"));
    holds(
        page,
        &format!("the state says why nothing counts: {state}"),
        if refused { "return true" } else { "return false" },
    )
}

/// Fails unless a claim holds about a page without the playground.
fn holds(page: &Page, what: &str, steps: &str) -> Outcome {
    if page.execute(steps)? == json!(true) { Ok(()) } else { Err(format!("Not so: {what}.")) }
}

fn unfinished(page: &Page) -> Outcome {
    page.open("#v=1&scenario=minimal-ballot")?;
    let before = script(page)?;
    page.click("#making-open")?;
    page.click("#making-more")?;
    fill(page, "#making-text-0", "Somebody decides")?;
    page.wait_for_text("#making-wrong-0", "say what has to be so")?;
    fill(page, "#making-condition-0", "decisons > 0")?;
    page.wait_for_text("#making-wrong-0", "did you mean decisions?")?;
    expect(page, "a wrong goal is not written", script(page)? == before)?;
    let invalid = page.attribute("#making-condition-0", "aria-invalid")?;
    expect(page, "the field is marked", invalid.as_deref() == Some("true"))?;
    fill(page, "#making-condition-0", "decisions > 0")?;
    page.wait_for_text("#making-wrong-0", "This run reaches it already")?;
    wait_for_line(page, "^goal +\"Somebody decides\": decisions > 0$")?;
    // An act on the picture changes the script under the form, which goes on.
    fill(page, "#making-condition-0", "decis")?;
    page.click("[aria-label='To the start']")?;
    select_node(page, 4)?;
    page.click("#crash")?;
    page.wait_for_text("#making-wrong-0", "Not in the script yet")?;
    fill(page, "#making-condition-0", "crashed = 1")?;
    page.wait_for_text("#making-wrong-0", "This run reaches it already")?;
    page.click("#making-close")?;
    page.wait_for_absence("#making")?;
    for _ in 0..8 {
        if script(page)? == before {
            return Ok(());
        }
        page.click(UNDO)?;
    }
    expect(page, "everything can be undone", script(page)? == before)
}

fn element_tells(page: &Page) -> Outcome {
    page.open("e2e-pages/element-host.html")?;
    page.wait_until("the element to be ready", "return !!window.told?.some(({ name }) => name === 'ready')", &[])?;
    let exercise = json!(EXERCISE).to_string();
    let steps = format!(
        "const exercise = {exercise};
         const one = mount(document.querySelector('#place'), {{ script: exercise, panels: 'script', load: 'eager', autoplay: false }});
         // A browser may let a frame rest that is out of sight.
         one.scrollIntoView();
         const heard = [];
         one.addEventListener('paxos-event', ({{ detail }}) => detail.event === 'solved' && heard.push(detail));
         await one.state();
         const area = () => frameOf(one).contentDocument.querySelector('#script-text');
         await until(area);
         area().value = exercise.replace('allow', 'at 0Δ crash A\\nat 0Δ crash B\\nallow');
         area().dispatchEvent(new InputEvent('input', {{ bubbles: true }}));
         await until(() => heard.length === 2);
         const {{ goals }} = await one.state();
         const told = JSON.stringify([heard.map(({{ goal, points }}) => [goal, points]), goals.map(({{ reached }}) => reached)]);
         one.remove();
         return told;"
    );
    let told = page.execute_async(&steps)?;
    let expected = json!("[[[\"Nothing is decided\",3],[\"Two are down\",3]],[true,true,true]]");
    if told == expected { Ok(()) } else { Err(format!("The element told {told}.")) }
}
