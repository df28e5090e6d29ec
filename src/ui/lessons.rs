//! The open lesson: what to read, what to do, and how far the reader has come. It stands at the top of the stage.

use super::dom::{Node, button, el, tag};
use super::state::{Action, View};
use super::{Shared, focus, wrong};
use crate::lesson::LESSONS;
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
        (_, true) => "✓ Solved before.",
        _ => "…",
    };
    let sentence = format!("{sign} {sentence}");
    let live = if state.is_playing() { "off" } else { "polite" };
    tag("section", "lesson")
        .attr("aria-label", "Lesson")
        .with(tag("p", "quiet").text(&format!("Lesson {} of {}", place + 1, LESSONS.len())))
        .with(el("h2").text(&says.say(lesson.title)))
        .with(el("p").text(&says.say(lesson.text)))
        .with(tag("p", "task").with(el("strong").text("Your turn: ")).text(&says.say(lesson.task)))
        // The key makes the hint of another lesson another element, which is closed at first.
        .with(el("details").key(place).with(el("summary").text("A hint")).with(el("p").text(&says.say(lesson.hint))))
        .with(
            tag("p", if is_solved { "progress solved" } else { "progress" })
                .attr("aria-live", live)
                .text(&says.say(&sentence)),
        )
        .with(steps(state, place, is_solved))
        .with(list(state, place))
        .option(wrong(state))
        .into()
}

fn steps(state: &Shared, place: usize, is_solved: bool) -> Node {
    let go = |face: &str, to: usize| button(state, face, Action::Lesson(Some(to)));
    let next = if place + 1 < LESSONS.len() {
        go("Next lesson", place + 1)
    } else {
        button(state, "On to all scenarios", Action::View(View::Gallery))
    };
    tag("div", "steps")
        .with(go("Previous lesson", place.saturating_sub(1)).flag("disabled", place == 0))
        .with(if is_solved { next.attr("class", "primary") } else { next })
        .with(go("Start this one again", place))
        .with(
            button(state, "Leave the lessons", Action::Lesson(None))
                .on(ListenerKind::onclick, |_| focus("lessons-button")),
        )
}

/// The list of lessons, with those that are solved.
fn list(state: &Shared, open: usize) -> Node {
    let item = |place: usize| {
        let title = &state.vocabulary().say(LESSONS[place].title);
        let is_solved = state.is_solved(place);
        let go = button(state, title, Action::Lesson(Some(place)));
        let go = if place == open { go.attr("aria-current", "true") } else { go };
        el("li").with(go).with(tag("span", "solved").text(if is_solved { " ✓ solved" } else { "" })).into()
    };
    let solved = (0..LESSONS.len()).filter(|place| state.is_solved(*place)).count();
    el("details")
        .with(el("summary").text(&format!("All lessons, {solved} solved")))
        .with(el("ol").all((0..LESSONS.len()).map(item).collect()))
}
