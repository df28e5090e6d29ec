//! The field for a search for events by their words.

use wasm_bindgen::JsCast;
use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::Shared;
use super::dom::{button, tag};
use super::state::Action;
use crate::tongue::say;

/// Enter goes to the next event and Shift+Enter to the previous one, as n and N do outside the field. Beside it is the choice of
/// what is shown.
pub(super) fn search(state: &Shared, only: Html) -> Html {
    let words = state.search().unwrap_or_default();
    let dispatcher = state.dispatcher();
    let field = tag("input", "words")
        .attr("id", "search")
        .attr("type", "search")
        .attr("placeholder", say!("Find an event"))
        .attr("aria-label", say!("Find an event by its words"))
        .attr("title", say!("Find an event by its words (/)"))
        .attr("autocomplete", "off")
        .value(words.to_owned())
        .typed(state, |text| Action::Search(Some(text)))
        .on(ListenerKind::onkeydown, move |event| {
            if let Some(key) = event.dyn_ref::<web_sys::KeyboardEvent>().filter(|key| key.key() == "Enter") {
                key.prevent_default();
                dispatcher.dispatch(Action::Find { forward: !key.shift_key() });
            }
        });
    let go = |id, face, name, title, forward| {
        button(state, face, Action::Find { forward })
            .attr("id", id)
            .attr("aria-label", name)
            .attr("title", title)
            .flag("disabled", words.is_empty())
    };
    tag("div", "search")
        .attr("role", "search")
        .with(field)
        .with(go("find-previous", "↑", say!("Previous"), say!("The one before (N)"), false))
        .with(go("find-next", "↓", say!("Next"), say!("The next one (n)"), true))
        .with(only)
        .with(tag("output", "quiet").attr("for", "search").text(state.search_status()))
        .into()
}
