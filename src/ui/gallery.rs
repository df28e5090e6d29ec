//! The gallery: every built-in scenario as a card with a picture of its own run.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Interval;
use yew::prelude::*;

use super::Shared;
use super::dom::{Node, button, el, tag};
use super::state::{Action, View};
use crate::scenario::library::{BuiltIn, LIBRARY};
use crate::view::gallery::{Entry, entries};

/// How many pictures are painted at once, and how long the page has to itself between, in milliseconds.
const AT_ONCE: usize = 3;
const PAUSE_MS: u32 = 30;

/// The cards, by group. Cards that are not looked for are hidden, not taken away: their pictures stay.
pub(super) fn gallery(state: &Shared) -> Html {
    let wanted = state.search().unwrap_or_default();
    let entries = entries();
    let found = entries.iter().filter(|entry| entry.matches(wanted)).count();
    let told = match found {
        0 => "No scenario speaks of that.".to_owned(),
        _ if found == entries.len() => format!("{found} scenarios"),
        _ => format!("{found} of {} scenarios", entries.len()),
    };
    let filter = el("input")
        .attr("type", "search")
        .attr("id", "gallery-filter")
        .value(wanted.to_owned())
        .typed(state, |text| Action::Search(Some(text)));
    let groups = entries.chunk_by(|one, next| one.built_in.group == next.built_in.group);
    tag("section", "gallery")
        .attr("aria-label", "Scenarios")
        .with(
            tag("div", "gallery-top")
                .with(el("h2").text("Scenarios"))
                .with(el("label").attr("for", "gallery-filter").text("Find"))
                .with(filter)
                .with(tag("p", "quiet").attr("role", "status").text(&told))
                .with(button(state, "Back to the run", Action::View(View::Run))),
        )
        .all(groups.map(|group| shelf(state, group, wanted).into()).collect())
        .into()
}

fn shelf(state: &Shared, group: &[Entry], wanted: &str) -> Node {
    let is_empty = !group.iter().any(|entry| entry.matches(wanted));
    let cards = group.iter().map(|entry| card(state, entry, entry.matches(wanted)).into()).collect();
    el("div").flag("hidden", is_empty).with(el("h3").text(group[0].built_in.group)).with(tag("ul", "cards").all(cards))
}

fn card(state: &Shared, entry: &Entry, is_wanted: bool) -> Node {
    // The button's ::after covers the card, so that all of it can be clicked and only the title is the button's name.
    let open = button(state, entry.title, Action::Open(entry.built_in));
    let is_open = state.built_in().name == entry.built_in.name;
    tag("li", "card")
        .flag("hidden", !is_wanted)
        .with(tag("canvas", "picture").attr("aria-hidden", "true").set("id", picture(entry.built_in)))
        .with(el("h4").with(if is_open { open.attr("aria-current", "true") } else { open }))
        .with(el("p").text(entry.about))
        .with(tag("p", "look").text(entry.look))
        .with(tag("p", "quiet").text(entry.protocol))
}

/// Paints the pictures, a few at a time, when the gallery opens and when the theme changes.
#[hook]
pub(super) fn use_pictures(state: &Shared) {
    let is_open = state.view() == View::Gallery;
    use_effect_with((is_open, state.theme()), |(is_open, _)| {
        let clock = Rc::new(RefCell::new(None));
        if *is_open {
            let mut waiting = LIBRARY.iter();
            let own = Rc::clone(&clock);
            *clock.borrow_mut() = Some(Interval::new(PAUSE_MS, move || {
                for _ in 0..AT_ONCE {
                    match waiting.next() {
                        Some(built_in) => paint(built_in),
                        // Nothing is left: the clock stops itself.
                        None => drop(own.take()),
                    }
                }
            }));
        }
        move || drop(clock.take())
    });
}

fn paint(built_in: &'static BuiltIn) {
    let document = web_sys::window().and_then(|window| window.document());
    let Some(canvas) = document.and_then(|document| document.get_element_by_id(&picture(built_in))) else { return };
    drop(canvas);
}

/// The id of a scenario's canvas.
fn picture(built_in: &BuiltIn) -> String {
    format!("picture-{}", built_in.name)
}
