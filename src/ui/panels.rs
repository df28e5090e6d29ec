//! The panels beside the timeline, each in a file of its own. Only the one that is open is worked out.

mod ballots;
mod checks;
pub(in crate::ui) mod latency;
mod ledger;
mod rules;

use yew::Html;

use super::Shared;
use super::dom::{Node, Words, button, decimal, el, nothing, tag};
use super::state::{Action, Tab};
use crate::tongue::say;
use crate::trace::EventId;
use crate::types::Time;
use crate::view::panels::checks::CheckList;
use crate::view::panels::shelf::Shelf;

/// The open panel; empty if the tab belongs to another module.
pub(super) fn panel(state: &Shared, shelf: &Shelf) -> Html {
    match state.tab() {
        Tab::Latency => latency::latency(state, shelf),
        Tab::Ballots => ballots::ballots(state, shelf),
        Tab::Checks => checks::checks(state),
        Tab::Ledger => ledger::ledger(state, shelf),
        Tab::Rules => rules::rules(state),
        Tab::Script => nothing(),
    }
}

/// How many checks are violated so far, for the face of the tab; none when no check is.
pub(super) fn alarm(state: &Shared) -> Option<Node> {
    let violated = CheckList::of(state.session(), state.vocabulary()).violated;
    (violated > 0).then(|| tag_text("span", "wrong", &format!("✗{violated}")))
}

/// A panel.
fn section(class: &'static str, id: &'static str) -> Node {
    tag("section", class).attr("id", id)
}

/// A text of our own in the reader's words.
fn fill(state: &Shared, text: &'static str) -> String {
    state.vocabulary().fill(text)
}

/// An element with a class that holds words.
fn tag_text(name: &'static str, class: &'static str, text: &str) -> Node {
    tag(name, class).text(text)
}

/// An unobtrusive paragraph.
fn quiet(text: impl Words) -> Node {
    text.inside(paragraph())
}

#[inline(never)]
fn paragraph() -> Node {
    tag("p", "quiet")
}

/// A heading inside a panel.
fn heading(text: impl Words) -> Node {
    el("h3").text(text)
}

/// A button that looks like a word; it shows an event.
fn to_event(state: &Shared, face: impl Words, event: EventId) -> Node {
    button(state, face, Action::ShowEvent(event)).attr("class", "link").attr("title", say!("Show this on the timeline"))
}

/// The row of headings of a table.
fn columns(names: &[&str]) -> Node {
    let name = |name: &&str| -> Html { el("th").attr("scope", "col").text(name).into() };
    el("thead").with(el("tr").all(names.iter().map(name).collect()))
}

/// The position of an instant on an axis.
fn percent(time: Time, span: Time) -> String {
    decimal(100.0 * time.as_deltas() / span.as_deltas(), 2) + "%"
}
