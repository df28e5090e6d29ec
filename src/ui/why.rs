//! What just happened, by which rule, with which values, and where that is written.

use yew::Html;

use super::Shared;
use super::dom::{el, tag};
use crate::protocol::Phase;
use crate::view::Why;

/// Below the picture: the step that it shows last.
pub(super) fn why(state: &Shared) -> Html {
    let why = Why::of(state.session());
    let says = state.vocabulary();
    let list = |class, sentences: &[String]| {
        tag("ul", class).all(sentences.iter().map(|sentence| el("li").text(&says.say(sentence)).into()).collect())
    };
    let time = why.time.map(|time| el("time").text(&format!("{time}Δ")));
    let said = tag("div", "said")
        .attr("aria-live", if state.is_playing() { "off" } else { "polite" })
        .with(el("p").option(time).text(" ").text(&says.say(&why.headline)))
        .with(list("rules", &why.rules));
    tag("section", why.phase.map_or("why", class))
        .attr("id", "why")
        .attr("aria-label", "What just happened, and why")
        .with(said)
        .with(list("effects", &why.effects))
        .with(tag("p", "source").text(&why.source))
        .into()
}

fn class(phase: Phase) -> &'static str {
    match phase {
        Phase::OneA => "why p1a",
        Phase::OneB => "why p1b",
        Phase::TwoA => "why p2a",
        Phase::TwoB => "why p2b",
        Phase::Three => "why p3",
        Phase::Nack => "why pnack",
        Phase::Request => "why prequest",
        Phase::Election => "why pelection",
    }
}
