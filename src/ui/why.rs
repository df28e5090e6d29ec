//! The explanation of what just happened: by which rule, with which values, and where the rule is written.

use yew::Html;

use super::Shared;
use super::dom::{el, phase_class, tag};
use crate::view::Why;

/// The explanation below the picture, of the last step that the picture shows.
pub(super) fn why(state: &Shared) -> Html {
    let why = Why::of(state.session());
    let says = state.vocabulary();
    let list = |class, sentences: &[String]| {
        tag("ul", class).all(sentences.iter().map(|sentence| el("li").text(&says.say(sentence)).into()).collect())
    };
    let time = why.time.map(|time| el("time").text(&state.session().scenario().time_text(time)));
    let said = tag("div", "said")
        .attr("aria-live", if state.is_playing() { "off" } else { "polite" })
        .with(el("p").option(time).text(" ").text(&says.say(&why.headline)))
        .with(list("rules", &why.rules));
    el("section")
        .set("class", why.phase.map_or("why".to_owned(), |phase| format!("why {}", phase_class(phase))))
        .attr("id", "why")
        // It is as high as it is, so that nothing below it moves, and scrolls when there is more to say.
        .attr("tabindex", "0")
        .attr("aria-label", "What just happened, and why")
        .with(said)
        .with(list("effects", &why.effects))
        .with(tag("p", "source").text(&why.source))
        .into()
}
