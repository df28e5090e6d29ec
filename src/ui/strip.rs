//! The strip below the bar: what this is in one sentence, the three variants, and what is watched.

use yew::Html;

use super::Shared;
use super::dom::{Node, button, el, tag};
use super::stage;
use super::state::{Action, Tab, View};
use crate::scenario::library;
use crate::tongue::{key, say, translated};
use crate::types::Time;
use crate::view::lies;
use crate::view::panels::checks::{CheckList, CheckRow, CheckState};
use crate::view::panels::pace::Pace;
use crate::view::panels::shelf::Shelf;

/// The checks that have a light, and their names there.
const LIGHTS: [(&str, &str); 4] = [("B1", "B1"), ("B2", "B2"), ("B3", "B3"), ("agreement", key!("Agreement"))];

/// The scenario that tells the idea to whoever has never heard of it.
const STORY: &str = "first-story";

/// The width of a Δ in the bar of a variant, and the height of the bar, in pixels.
const DELTA: u64 = 12;
const HEIGHT: u64 = 5;

/// The strip. It is one stop for Tab; arrows lead along its buttons.
#[inline(never)]
pub(super) fn strip(state: &Shared, shelf: &Shelf) -> Node {
    let servers = state.session().scenario().setup.cast.acceptors.len();
    let way = if stage::is_vertical(state) { "down" } else { "right" };
    let fault = if lies::is_expected(state.session()) { "lie" } else { "fail" };
    let is_log = state.session().is_log();
    let sentence = match is_log {
        true => say!("This is a log: what somebody else’s processes did. Time runs {way}."),
        false => say!("{servers} servers must agree although some may {fault}. Time runs {way}."),
    };
    let open = state.session().scenario().protocol.name;
    let story = story(state).filter(|_| !is_log);
    let has_story = story.is_some();
    let pills = || {
        shelf
            .paces()
            .iter()
            .enumerate()
            .map(|(place, pace)| pill(state, pace, open, place == 0 && !has_story))
            .collect()
    };
    let checks = CheckList::of(state.session(), state.vocabulary());
    let light = |(place, (name, face)): (usize, &(&str, &'static str))| {
        let row = checks.rows.iter().find(|row| row.name == *name)?;
        Some(light(state, row, face, is_log && place == 0).into())
    };
    let three = button(state, say!("All three"), Action::View(View::Trio))
        .attr("id", "trio-button")
        .attr("title", say!("The pictures of all three, below each other"))
        .attr("tabindex", "-1")
        .aria("aria-pressed", state.view() == View::Trio);
    tag("div", "strip roving")
        .attr("role", "toolbar")
        .attr("aria-label", say!("What this is, its variants, and what is watched"))
        .with(
            tag("div", "what-is")
                .with(tag("p", "tagline").text(&sentence))
                .with(tag("p", "delta").with(el("b").text("Δ")).text(say!(" = the slowest a message can be")))
                .option(story),
        )
        .with(
            tag("div", "watched")
                // A log does not run under another protocol.
                .option((!is_log).then(|| tag("div", "pills").all(pills()).with(three)))
                .with(tag("div", "lights").all(LIGHTS.iter().enumerate().filter_map(light).collect())),
        )
        .roving()
}

/// The button that opens the story, unless it is open.
fn story(state: &Shared) -> Option<Node> {
    let story = library::find(STORY).filter(|_| !state.is_captioned() && !state.has_task())?;
    Some(button(state, say!("▶ The idea in a minute"), Action::Open(story)).attr("id", "story-button"))
}

/// A variant: what it takes when it has settled, its name, a bar with a block for each Δ, and what a first request takes.
/// `is_stop` says whether Tab stops here.
fn pill(state: &Shared, pace: &Pace, open: &str, is_stop: bool) -> Html {
    let figure = pace.settled.map_or_else(|| "–".to_owned(), |span| format!("{span}Δ"));
    let first = pace.first.map_or_else(|| "–".to_owned(), |span| format!("{span}Δ"));
    let blocks = pace.settled.map_or(0, |span| span.0 / Time::DELTA.0);
    let block = DELTA - 1;
    let path = (0..blocks).map(|at| format!("M{} 0h{block}v{HEIGHT}h-{block}z", at * DELTA)).collect();
    let bar = tag("svg", "blocks")
        .set("width", (5 * DELTA).to_string())
        .set("height", HEIGHT.to_string())
        .attr("aria-hidden", "true")
        .with(el("path").set("d", path));
    let title = say!(
        "{title}: everybody knows {figure} after a request, once the cluster has settled; {first} after the first request of all. Press \
         to see it.",
        title = pace.title
    );
    let pill = button(state, "", Action::Variant(pace.protocol))
        .set("data-variant", pace.protocol.to_owned())
        .set("title", title)
        .attr("class", "pill")
        .aria("aria-pressed", pace.protocol == open);
    let pill = if is_stop { pill } else { pill.attr("tabindex", "-1") };
    pill.with(el("b").text(&figure))
        .with(el("span").text(pace.protocol))
        .with(bar)
        .with(el("small").text(say!("first: {first}")))
        .into()
}

/// A condition that is watched: whether it holds so far. A press shows where it failed, or else what it says. `is_stop` says
/// whether Tab stops here.
fn light(state: &Shared, row: &CheckRow, face: &'static str, is_stop: bool) -> Node {
    let (class, sign, told) = match row.state {
        CheckState::Holds => ("light good", "✓", say!("holds so far")),
        CheckState::Violated => ("light bad", "✗", say!("is violated")),
        CheckState::Open => ("light", "…", say!("is still being checked")),
        CheckState::Idle => ("light", "–", say!("does not apply")),
    };
    let action = row.violation.as_ref().map_or(Action::Tab(Tab::Checks), |offence| Action::ShowEvent(offence.event));
    let light = button(state, format!("{sign} {}", translated(face)), action);
    let light = if is_stop { light } else { light.attr("tabindex", "-1") };
    light
        .attr("class", class)
        .set("data-check", row.name.to_owned())
        .set("title", format!("{}: {told}. {}", row.title, row.statement))
        .with(tag("span", "sr").text(format!(" {told}")))
}
