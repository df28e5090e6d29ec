//! The explanation of what just happened: by which rule, with which values, and where the rule is written.

use yew::Html;

use super::Shared;
use super::dom::{button, el, nothing, phase_class, tag};
use super::state::Action;
use crate::tongue::say;
use crate::view::{self, Why};

/// What is broken in the run so far, loudly, and the way to the event that broke it first.
pub(super) fn broken(state: &Shared) -> Html {
    let Some(broken) = view::broken(state.session(), state.vocabulary()) else { return nothing() };
    let sentence = format!("✗ {}. ", broken.sentence);
    tag("p", "broken run-broken")
        .attr("id", "run-broken")
        .attr("role", "alert")
        .text(&sentence)
        .with(button(state, say!("Show me"), Action::ShowEvent(broken.first)))
        .into()
}

/// The explanation below the picture, of the last step that the picture shows.
pub(super) fn why(state: &Shared) -> Html {
    let why = Why::of(state.session(), state.vocabulary());
    let list = |class, sentences: &[String]| {
        tag("ul", class).all(sentences.iter().map(|sentence| el("li").text(sentence).into()).collect())
    };
    let time = why.time.map(|time| el("time").text(state.session().scenario().time_text(time)));
    let said = tag("div", "said")
        .attr("aria-live", if state.is_playing() { "off" } else { "polite" })
        .with(el("p").option(time).text(" ").text(&why.headline))
        .with(list("rules", &why.rules));
    el("section")
        .set("class", why.phase.map_or("why".to_owned(), |phase| format!("why {}", phase_class(phase))))
        .attr("id", "why")
        // It is as high as it is, so that nothing below it moves, and scrolls when there is more to say.
        .attr("tabindex", "0")
        .attr("aria-label", say!("What just happened, and why"))
        .with(said)
        .with(list("effects", &why.effects))
        .option(why.is_too_late.then(|| button(state, say!("Back to the start"), Action::ToStart)))
        .with(tag("p", "source").text(&why.source))
        .into()
}
