//! The script: the run as text, live in both directions.

use yew::Html;

use super::Shared;
use super::dom::{el, nothing, tag};
use super::state::Action;
use crate::view::notes;

pub(super) fn editor(state: &Shared) -> Html {
    let text = state.text();
    let rows = text.lines().count().clamp(8, 24) + 1;
    let error = state.error();
    let area = el("textarea")
        .attr("id", "script-text")
        .attr("spellcheck", "false")
        .attr("autocomplete", "off")
        .attr("wrap", "off")
        .attr("aria-label", "Script")
        .attr("aria-describedby", "script-error")
        .aria("aria-invalid", error.is_some())
        .flag("readonly", state.presentation().is_read_only)
        .count("rows", rows)
        .value(text.to_owned())
        .typed(state, Action::Edit);
    let told = |note: &String| el("li").text(note).into();
    tag("section", "panel script")
        .attr("id", "script")
        .with(area)
        .with(el("div").attr("id", "script-error").attr("role", "status").with(error.map_or_else(nothing, |error| {
            el("div")
                .with(tag("p", "wrong").text(&format!("{error}.")))
                .with(tag("p", "quiet").text("The timeline still shows the last good script."))
                .into()
        })))
        .with(tag("ul", "notes").all(notes(state.session()).iter().map(told).collect()))
        .into()
}
