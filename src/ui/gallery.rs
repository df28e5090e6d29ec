//! The gallery: a card for every built-in scenario, with a picture of its run. This view takes the place of the stage.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlCanvasElement};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

use super::dom::{Node, Words, button, el, tag};
use super::painter::{self, Palette};
use super::stage::device_pixels;
use super::state::{Action, View};
use super::{Frames, Shared, focus, race, trio};
use crate::scenario::library::{BuiltIn, LIBRARY};
use crate::session::Session;
use crate::tongue::{say, translated};
use crate::view::Index;
use crate::view::gallery::{Entry, entries};
use crate::view::race::{RaceView, Shows};
use crate::view::scene::{Still, still};

/// How many pictures are painted in one frame.
const A_FRAME: usize = 3;

/// The height of a picture, in pixels, and its width while its card is hidden.
const HEIGHT: u16 = 120;
const WIDTH: f64 = 260.0;

/// The cards, by group. Cards that do not match the search are hidden and not removed, so that their pictures stay.
#[inline(never)]
pub(super) fn gallery(state: &Shared) -> Html {
    let wanted = state.search().unwrap_or_default();
    let entries = entries();
    let found = entries.iter().filter(|entry| entry.matches(wanted)).count();
    let told = match found {
        0 => say!("No scenario speaks of that.").into(),
        _ if found == entries.len() => say!("{found} scenarios"),
        _ => say!("{found} of {entries} scenarios", entries = entries.len()),
    };
    let filter = el("input")
        .attr("type", "search")
        .attr("id", "gallery-filter")
        .value(wanted.to_owned())
        .typed(state, |text| Action::Search(Some(text)));
    let groups = entries.chunk_by(|one, next| one.built_in.group == next.built_in.group);
    tag("main", "gallery")
        .attr("id", "gallery")
        .attr("tabindex", "-1")
        .attr("aria-label", say!("Scenarios"))
        .with(
            tag("div", "gallery-top")
                .with(el("h2").text(say!("Scenarios")))
                .with(el("label").attr("for", "gallery-filter").text(say!("Find")))
                .with(filter)
                .with(tag("p", "quiet").attr("role", "status").text(&told))
                .with(leave(state, say!("Back to the run"), Action::View(View::Run))),
        )
        .all(groups.map(|group| shelf(state, group, wanted).into()).collect())
        .into()
}

fn shelf(state: &Shared, group: &[Entry], wanted: &str) -> Node {
    let is_empty = !group.iter().any(|entry| entry.matches(wanted));
    let cards = group.iter().map(|entry| card(state, entry, entry.matches(wanted)).into()).collect();
    el("div")
        .flag("hidden", is_empty)
        .with(el("h3").text(translated(group[0].built_in.group)))
        .with(tag("ul", "cards").all(cards))
}

fn card(state: &Shared, entry: &Entry, is_wanted: bool) -> Node {
    // The button's ::after covers the card, so that the whole card can be clicked and the button's name is only the
    // title.
    let open = leave(state, entry.title, Action::Open(entry.built_in));
    let is_open = state.built_in().name == entry.built_in.name;
    tag("li", "card")
        .flag("hidden", !is_wanted)
        .with(tag("div", "picture").with(el("canvas").attr("aria-hidden", "true").set("id", picture(entry.built_in))))
        .with(el("h4").with(if is_open { open.attr("aria-current", "true") } else { open }))
        .with(el("p").text(entry.about))
        .with(tag("p", "look").text(entry.look))
        .with(tag("p", "quiet").text(entry.protocol))
}

/// A button that closes the gallery; the focus moves back to where the gallery was opened.
fn leave(state: &Shared, face: impl Words, action: Action) -> Node {
    button(state, face, action).on(ListenerKind::onclick, |_| focus("gallery-button"))
}

/// A picture that is to be painted: the id of its canvas, the script, and its kind.
type Wanted = (String, String, Still);

/// What is to be painted.
#[derive(PartialEq)]
enum Pictures {
    /// A picture of each built-in scenario.
    Library,
    /// The script of each variant.
    Variants(Vec<(&'static str, String)>),
    /// The timelines of a race.
    Race(Rc<Option<RaceView>>),
}

/// Paints the pictures of the gallery, of the variants or of a race, a few in each frame, when such a view opens and when the theme or the
/// script changes.
#[hook]
pub(super) fn use_pictures(state: &Shared, raced: &Rc<Option<RaceView>>) {
    let wanted = match state.view() {
        View::Gallery => Some(Pictures::Library),
        View::Trio => Some(Pictures::Variants(state.variants())),
        View::Race if state.racing().shows == Shows::Timelines => Some(Pictures::Race(Rc::clone(raced))),
        _ => None,
    };
    use_effect_with((wanted, state.theme()), |(wanted, _)| {
        let mut frames = None;
        if let Some(wanted) = wanted {
            let thumb = |built_in: &BuiltIn| (picture(built_in), built_in.text.to_owned(), Still::Thumb(HEIGHT));
            let wanted: Vec<Wanted> = match wanted {
                Pictures::Library => LIBRARY.iter().map(thumb).collect(),
                Pictures::Variants(variants) => trio::pictures(variants),
                Pictures::Race(raced) => (**raced).as_ref().map(race::pictures).unwrap_or_default(),
            };
            let waiting = RefCell::new(wanted.into_iter());
            let document = web_sys::window().and_then(|window| window.document());
            let palette = document.as_ref().and_then(Palette::read);
            frames = Some(Frames::call(move |_| {
                let (Some(document), Some(palette)) = (&document, &palette) else { return false };
                let mut waiting = waiting.borrow_mut();
                waiting.by_ref().take(A_FRAME).for_each(|wanted| paint(document, palette, &wanted));
                waiting.len() > 0
            }));
        }
        move || drop(frames)
    });
}

fn paint(document: &Document, palette: &Palette, (id, text, kind): &Wanted) {
    let canvas = document.get_element_by_id(id);
    let Some(canvas) = canvas.and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok()) else { return };
    let Ok(session) = Session::open(text) else { return };
    // A hidden card has no width.
    let width = canvas.parent_element().map_or(0.0, |frame| f64::from(frame.client_width()));
    let index = Index::of(session.played());
    let (scene, width, height) = still(&session, &index, if width > 0.0 { width } else { WIDTH }, *kind);
    if let Some(mut brush) = painter::prepare(&canvas, width, height, device_pixels()) {
        brush.paint(&scene.shapes, palette);
    }
}

/// The id of a scenario's canvas.
fn picture(built_in: &BuiltIn) -> String {
    format!("picture-{}", built_in.name)
}
