//! The script: the run as text, live in both directions.

use yew::prelude::*;

use super::Shared;
use super::state::Action;
use crate::view::panels::notes;

pub(super) fn editor(state: &Shared) -> Html {
    let oninput = {
        let state = state.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(area) = event.target_dyn_into::<web_sys::HtmlTextAreaElement>() {
                state.dispatch(Action::Edit(area.value()));
            }
        })
    };
    let text = state.text();
    let rows = text.lines().count().clamp(8, 24) + 1;
    let error = state.error();
    html! {
        <div class="script">
            <h3>{ "Script" }</h3>
            <textarea id="script-text" spellcheck="false" autocomplete="off" wrap="off" aria-label="Script" rows={rows.to_string()} value={text} {oninput}
                aria-invalid={error.is_some().to_string()} aria-describedby="script-error" />
            <div id="script-error" role="status">
                if let Some(error) = error {
                    <p class="wrong">{ format!("{error}.") }</p>
                    <p class="quiet">{ "The timeline still shows the last good script." }</p>
                }
            </div>
            <ul class="notes">{ for notes(state.session()).iter().map(|note| html! { <li>{ note }</li> }) }</ul>
        </div>
    }
}
