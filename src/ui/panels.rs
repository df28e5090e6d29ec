//! The panels beside the timeline: a row of tabs, and the one that is open. Only that one is worked out.

mod ballots;
mod checks;
mod latency;
mod ledger;
mod rules;

use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::Shared;
use super::dom::{Node, button, decimal, el, tag, words};
use super::state::{Action, Tab};
use crate::protocol::Phase;
use crate::trace::EventId;
use crate::types::Time;
use crate::view::panels::shelf::Shelf;

/// Every tab, its face, and what its panel is called in the document.
static TABS: [(Tab, &str, &str); 6] = [
    (Tab::Latency, "Latency", "latency"),
    (Tab::Ballots, "Ballots", "ballots"),
    (Tab::Checks, "Checks", "checks"),
    (Tab::Ledger, "Ledger", "ledger"),
    (Tab::Rules, "Rules", "rules"),
    (Tab::Script, "Script", "script"),
];

/// The tabs and the open panel; `script` is drawn for the tab that is not this module's.
pub(super) fn panels(state: &Shared, shelf: &Shelf, script: impl FnOnce() -> Html) -> Html {
    let open = TABS.iter().position(|(tab, ..)| *tab == state.tab()).unwrap_or(0);
    let inside = match state.tab() {
        Tab::Latency => latency::latency(state, shelf),
        Tab::Ballots => ballots::ballots(state, shelf),
        Tab::Checks => checks::checks(state),
        Tab::Ledger => ledger::ledger(state, shelf),
        Tab::Rules => rules::rules(state),
        Tab::Script => script(),
    };
    let (_, _, id) = TABS[open];
    let panel = tag("section", "panel").attr("id", id).key(open).attr("role", "tabpanel");
    let panel = panel.set("aria-labelledby", format!("tab-{id}")).with(inside);
    tag("div", "tabbed").with(tabs(state, open)).with(panel).into()
}

/// One tab stop; the arrow keys go from tab to tab.
fn tabs(state: &Shared, open: usize) -> Node {
    let violated = checks::violated(state);
    let face = |(place, (tab, face, id)): (usize, &(Tab, &'static str, &'static str))| -> Html {
        let is_open = place == open;
        let face = button(state, face, Action::Tab(*tab)).attr("role", "tab").set("id", format!("tab-{id}"));
        let face = face.aria("aria-selected", is_open).attr("tabindex", if is_open { "0" } else { "-1" });
        let face = if is_open { face.attr("aria-controls", id) } else { face };
        let is_bad = *tab == Tab::Checks && violated > 0;
        face.option(is_bad.then(|| tag_text("span", "wrong", &format!("✗{violated}")))).into()
    };
    let dispatcher = state.dispatcher();
    let list = tag("div", "tabs").attr("role", "tablist").attr("aria-label", "Panels");
    let list = list.on(ListenerKind::onkeydown, move |event| {
        let Some(to) = pressed(&event).and_then(|key| neighbour(open, &key)) else { return };
        event.prevent_default();
        event.stop_propagation();
        focus(&format!("tab-{}", TABS[to].2));
        dispatcher.dispatch(Action::Tab(TABS[to].0));
    });
    list.all(TABS.iter().enumerate().map(face).collect())
}

/// Which tab a key leads to.
fn neighbour(open: usize, key: &str) -> Option<usize> {
    match key {
        "ArrowRight" => Some((open + 1) % TABS.len()),
        "ArrowLeft" => Some((open + TABS.len() - 1) % TABS.len()),
        "Home" => Some(0),
        "End" => Some(TABS.len() - 1),
        _ => None,
    }
}

fn pressed(event: &web_sys::Event) -> Option<String> {
    use wasm_bindgen::JsCast;
    event.dyn_ref::<web_sys::KeyboardEvent>().map(web_sys::KeyboardEvent::key)
}

fn focus(id: &str) {
    use wasm_bindgen::JsCast;
    let element = web_sys::window().and_then(|window| window.document()).and_then(|page| page.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// What the engine says, in the words that are chosen.
fn say(_: &Shared, text: &str) -> String {
    text.to_owned()
}

/// An element with a class that holds words.
fn tag_text(name: &'static str, class: &'static str, text: &str) -> Node {
    tag(name, class).text(text)
}

/// A paragraph that is not in the way.
fn quiet(text: &str) -> Node {
    tag_text("p", "quiet", text)
}

/// A heading inside a panel.
fn heading(text: &str) -> Node {
    el("h3").text(text)
}

/// A button that looks like a word and shows an event.
fn to_event(state: &Shared, face: &str, event: EventId) -> Node {
    button(state, face, Action::ShowEvent(event)).attr("class", "link").attr("title", "Show this on the timeline")
}

/// The first row of a table.
fn columns(names: &[&str]) -> Node {
    let name = |name: &&str| -> Html { el("th").attr("scope", "col").text(name).into() };
    el("thead").with(el("tr").all(names.iter().map(name).collect()))
}

/// How far along an axis an instant is.
fn percent(time: Time, span: Time) -> String {
    decimal(100.0 * time.as_deltas() / span.as_deltas(), 2) + "%"
}

/// The class of a phase's colour.
fn phase_class(phase: Phase) -> &'static str {
    match phase {
        Phase::OneA => "p1a",
        Phase::OneB => "p1b",
        Phase::TwoA => "p2a",
        Phase::TwoB => "p2b",
        Phase::Three => "p3",
        Phase::Nack => "pnack",
        Phase::Request => "prequest",
        Phase::Election => "pelection",
    }
}

/// Words of the engine, in a node.
fn said(state: &Shared, text: &str) -> Html {
    words(&say(state, text))
}
