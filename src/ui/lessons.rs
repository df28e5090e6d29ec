//! The open lesson: what to read, what to guess, what to do, and how far the reader has come. It stands beside the run.

use super::dom::{Node, button, el, tag};
use super::state::{Action, View};
use super::{Shared, focus, stage, wrong};
use crate::lesson::{LESSONS, PARTS, Question, part};
use crate::tongue::{Phrase, say};
use yew::Html;
use yew::virtual_dom::ListenerKind;

/// The card of a lesson.
#[inline(never)]
pub(super) fn card(state: &Shared, place: usize) -> Html {
    let lesson = LESSONS[place];
    let says = state.vocabulary();
    let (is_so_now, sentence) = state.progress().map_or((false, ""), |now| (now.is_solved, &now.sentence));
    let is_solved = is_so_now || state.is_solved(place);
    let sign = match (is_so_now, is_solved) {
        (true, _) => "✓",
        (_, true) => say!("✓ Solved before.").text(),
        _ => "…",
    };
    let sentence = format!("{sign} {sentence}");
    let live = if state.is_playing() { "off" } else { "polite" };
    // The key makes a fold of another lesson another element, which is as it is at first. On a phone the task and the picture
    // come first, and the text unfolds.
    let is_small = stage::is_vertical(state);
    let fold =
        |name: Phrase, is_open: bool| el("details").key(place).flag("open", is_open).with(el("summary").text(name));
    let question = lesson.question().map(|question| ask(state, question, is_so_now));
    // Whoever is to change the protocol needs its list, also on a phone, where lessons hide it otherwise.
    tag("section", if lesson.changes_protocol() { "lesson choosing" } else { "lesson" })
        .attr("aria-label", say!("Lesson"))
        .with(
            tag("div", "path")
                .with(tag("p", "quiet").text(say!(
                    "Lesson {place} of {count}: {part}",
                    place = place + 1,
                    count = LESSONS.len(),
                    part = says.fill(part(place))
                )))
                .with(
                    el("progress")
                        .attr("aria-label", say!("Lessons solved"))
                        .count("max", LESSONS.len())
                        .count("value", solved(state)),
                ),
        )
        .with(el("h2").text(says.fill(lesson.title)))
        .with(fold(say!("Read"), !is_small).with(el("p").text(says.fill(lesson.text))).option(question))
        .with(tag("p", "task").with(el("strong").text(say!("Your turn: "))).text(says.fill(lesson.task)))
        .with(
            tag("div", "folds")
                .with(fold(say!("A hint"), false).with(el("p").text(says.fill(lesson.hint))))
                .with(list(state, place)),
        )
        .with(tag("p", if is_solved { "progress solved" } else { "progress" }).attr("aria-live", live).text(&sentence))
        .with(steps(state, place, is_solved))
        .option(wrong(state))
        .into()
}

/// The question: its answers until one is guessed, then the guess, and why it was right or not once that has been seen.
fn ask(state: &Shared, question: &Question, is_seen: bool) -> Node {
    let says = state.vocabulary();
    let asked = tag("div", "guess").attr("role", "group").set("aria-label", says.fill(question.asks));
    let asked = asked.with(el("p").with(el("strong").text(say!("First guess: "))).text(says.fill(question.asks)));
    let Some(guess) = state.guess() else {
        let answer =
            |(place, answer): (usize, &&'static str)| button(state, says.fill(answer), Action::Guess(place)).into();
        return asked.with(tag("div", "steps").all(question.answers.iter().enumerate().map(answer).collect()));
    };
    let [guessed, right] = [guess, question.right].map(|place| says.fill(question.answers[place]));
    let because = says.fill(question.because);
    let told = match (is_seen, guess == question.right) {
        (false, _) => say!("You think: {guessed}. Now play, and see."),
        (true, true) => say!("You thought: {guessed}. That is so. {because}"),
        (true, false) => say!("You thought: {guessed}. It is: {right}. {because}"),
    };
    asked.with(tag("p", "guessed").attr("role", "status").text(&told))
}

/// How many lessons are solved.
fn solved(state: &Shared) -> usize {
    (0..LESSONS.len()).filter(|place| state.is_solved(*place)).count()
}

fn steps(state: &Shared, place: usize, is_solved: bool) -> Node {
    let go = |face: Phrase, to: usize| button(state, face, Action::Lesson(Some(to)));
    let is_last = place + 1 == LESSONS.len();
    let next = if is_last {
        button(state, say!("On to all scenarios"), Action::View(View::Gallery))
    } else {
        go(say!("Next lesson"), place + 1)
    };
    // Whoever has come to the end is told what there is beyond it.
    let beyond = (is_last || solved(state) == LESSONS.len()).then(|| {
        let told = match LESSONS.len() - solved(state) {
            0 => say!("That was all: you have solved every lesson. Now search for the worst case of a protocol, or break its rules.")
                .into(),
            open => say!("This is the last lesson; {open} are not solved yet."),
        };
        tag("p", "done").text(&told)
    });
    let worst = is_last.then(|| button(state, say!("Search for a worst case"), Action::View(View::Explore)));
    tag("div", "steps")
        .option(beyond)
        .with(go(say!("Previous lesson"), place.saturating_sub(1)).flag("disabled", place == 0))
        .with(if is_solved { next.attr("class", "primary") } else { next })
        .option(worst)
        .with(go(say!("Start this one again"), place))
        .with(
            button(state, say!("Leave the lessons"), Action::Lesson(None))
                .on(ListenerKind::onclick, |_| focus("lessons-button")),
        )
}

/// The list of lessons, part by part, with those that are solved.
fn list(state: &Shared, open: usize) -> Node {
    let item = |place: usize| {
        let title = &state.vocabulary().fill(LESSONS[place].title);
        let is_solved = state.is_solved(place);
        let go = button(state, title, Action::Lesson(Some(place)));
        let go = if place == open { go.attr("aria-current", "true") } else { go };
        el("li")
            .with(go)
            .with(tag("span", "solved").text(if is_solved { say!(" ✓ solved") } else { Phrase::default() }))
            .into()
    };
    let ends = PARTS.iter().skip(1).map(|(first, _)| *first).chain([LESSONS.len()]);
    let parts = PARTS.iter().zip(ends).flat_map(|((first, name), end)| {
        let heading = el("h3").text(state.vocabulary().fill(name));
        [heading.into(), el("ol").count("start", first + 1).all((*first..end).map(item).collect()).into()]
    });
    el("details")
        .with(el("summary").text(say!("All lessons, {solved} solved", solved = solved(state))))
        .all(parts.collect())
}
