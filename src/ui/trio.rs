//! The three variants below each other, on one axis: how each answers the same request.

use yew::Html;

use super::Shared;
use super::dom::{Node, button, el, tag};
use super::state::{Action, View};
use crate::session::Session;
use crate::tongue::say;
use crate::types::Time;
use crate::view::panels::pace::Pace;
use crate::view::panels::shelf::Shelf;
use crate::view::scene::Still;

/// The height of each picture, in pixels.
const HEIGHT: u16 = 164;

/// The shortest and the longest part of a run that the pictures show.
const SHOWN: (Time, Time) = (Time::deltas(6), Time::deltas(14));

/// The view: for each variant its picture, and what it takes.
#[inline(never)]
pub(super) fn trio(state: &Shared, shelf: &Shelf) -> Html {
    let edited = say!("Your script under each variant; time runs on one axis.");
    let settled = say!("A cluster that has settled is asked at 4Δ, under each variant; time runs on one axis.");
    let variants = state.variants();
    let shown = shelf.paces().iter().filter(|pace| variants.iter().any(|(protocol, _)| *protocol == pace.protocol));
    tag("main", "trio")
        .attr("id", "trio")
        .attr("tabindex", "-1")
        .attr("aria-label", say!("The three variants"))
        .with(
            tag("div", "gallery-top")
                .with(el("h2").text(say!("Three variants")))
                .with(tag("p", "quiet").text(if state.is_edited() { edited } else { settled }))
                .with(button(state, say!("Back to the run"), Action::View(View::Run))),
        )
        .all(shown.map(|pace| variant(state, pace).into()).collect())
        .into()
}

fn variant(state: &Shared, pace: &Pace) -> Node {
    let text = |span: Option<Time>| span.map_or_else(|| "–".to_owned(), |span| format!("{span}Δ"));
    let told = say!(
        " {title}: everybody knows {settled} after a request once the cluster has settled, {first} after the first request.",
        title = pace.title,
        settled = text(pace.settled),
        first = text(pace.first)
    );
    let open = button(state, say!("Open"), Action::Variant(pace.protocol));
    tag("section", "stage")
        .with(tag("p", "row").with(el("span").with(el("b").text(text(pace.settled))).text(&told)).with(open))
        .with(tag("div", "picture-of").with(el("canvas").attr("aria-hidden", "true").set("id", picture(pace.protocol))))
}

/// The pictures that are to be painted: their canvases, scripts and kinds.
#[inline(never)]
pub(super) fn pictures(variants: &[(&'static str, String)]) -> Vec<(String, String, Still)> {
    let ends = variants.iter().filter_map(|(_, text)| Some(Session::open(text).ok()?.end()));
    let end = ends.max().unwrap_or_default().max(SHOWN.0).min(SHOWN.1);
    let one = |(protocol, text): &(&'static str, String)| (picture(protocol), text.clone(), Still::Until(HEIGHT, end));
    variants.iter().map(one).collect()
}

fn picture(protocol: &str) -> String {
    format!("picture-of-{protocol}")
}
