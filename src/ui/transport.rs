//! Play, step, scrub, speed.

use yew::prelude::*;

use super::Shared;
use super::state::Action;
use crate::types::Time;
use crate::view::Timeline;

/// In thousandths of Δ a second.
const SPEEDS: [u32; 5] = [250, 500, 1000, 2000, 5000];

/// The scrubber counts in hundredths of Δ.
const NOTCH: u64 = Time::DELTA.0 / 100;

pub(super) fn transport(state: &Shared, timeline: &Timeline) -> Html {
    let now = state.session().cursor().time;
    let end = timeline.end;
    let oninput = {
        let state = state.clone();
        Callback::from(move |event: InputEvent| {
            let notches = event.target_dyn_into::<web_sys::HtmlInputElement>().map(|input| input.value_as_number());
            if let Some(notches) = notches.filter(|notches| notches.is_finite()) {
                state.dispatch(Action::Seek(Time((notches.max(0.0) as u64).saturating_mul(NOTCH))));
            }
        })
    };
    let onchange = {
        let state = state.clone();
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<web_sys::HtmlSelectElement>();
            if let Some(speed) = select.and_then(|select| select.value().parse().ok()) {
                state.dispatch(Action::Speed(speed));
            }
        })
    };
    let play = if state.is_playing() { ("⏸", "Pause") } else { ("▶", "Play") };
    let (undo, redo) = state.session().can_undo_redo();
    let hundredths = now.0 / NOTCH;
    let speed = |speed: u32| {
        let label = format!("{}Δ/s", Time(u64::from(speed) * 1000));
        html! { <option value={speed.to_string()} selected={state.speed() == speed}>{ label }</option> }
    };
    html! {
        <div class="transport" role="toolbar" aria-label="Playback">
            <div class="keys">
                { button(state, "⏮", "To the start", "Home", Action::ToStart, true) }
                { button(state, "◂Δ", "Back one Δ", "Shift ←", Action::StepDeltaBack, true) }
                { button(state, "‹", "Back one step", "←", Action::StepBack, true) }
                <button class="play" id="play" aria-label={play.1} title={format!("{} (k)", play.1)}
                    onclick={act(state, Action::PlayOrPause)}>{ play.0 }</button>
                { button(state, "›", "One step", "→", Action::Step, true) }
                { button(state, "Δ▸", "Forward one Δ", "Shift →", Action::StepDelta, true) }
                { button(state, "⏭", "To the end", "End", Action::ToEnd, true) }
            </div>
            <input id="scrubber" type="range" min="0" max={(end.0 / NOTCH).to_string()} step="1" {oninput}
                value={hundredths.to_string()} aria-label="Time" aria-valuetext={format!("{now}Δ")} />
            <output id="now">{ format!("{}.{:02}Δ", hundredths / 100, hundredths % 100) }</output>
            <label class="speed"><span class="sr">{ "Speed" }</span>
                <select id="speed" {onchange}>{ for SPEEDS.map(speed) }</select>
            </label>
            <div class="keys">
                { button(state, "↶", "Undo", "z", Action::Undo, undo) }
                { button(state, "↷", "Redo", "y", Action::Redo, redo) }
            </div>
        </div>
    }
}

fn button(
    state: &Shared,
    face: &'static str,
    name: &'static str,
    key: &'static str,
    action: Action,
    enabled: bool,
) -> Html {
    html! {
        <button aria-label={name} title={format!("{name} ({key})")} disabled={!enabled} onclick={act(state, action)}>
            { face }
        </button>
    }
}

/// A button whose face says what it does.
pub(super) fn plain_button(
    state: &Shared,
    id: &'static str,
    face: &'static str,
    enabled: bool,
    action: Action,
) -> Html {
    html! { <button {id} disabled={!enabled} onclick={act(state, action)}>{ face }</button> }
}

/// A callback that dispatches one action.
pub(super) fn act(state: &Shared, action: Action) -> Callback<MouseEvent> {
    let state = state.clone();
    Callback::from(move |_| state.dispatch(action.clone()))
}
