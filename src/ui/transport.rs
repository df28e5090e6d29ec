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
    let (play_icon, play_name) = if state.is_playing() { (PAUSE, "Pause") } else { (PLAY, "Play") };
    let (undo, redo) = state.session().can_undo_redo();
    let hundredths = now.0 / NOTCH;
    let speed = |speed: u32| {
        let label = format!("{}Δ/s", Time(u64::from(speed) * 1000));
        html! { <option value={speed.to_string()} selected={state.speed() == speed}>{ label }</option> }
    };
    html! {
        <div class="transport" role="toolbar" aria-label="Playback">
            <div class="keys">
                { button(state, TO_START, "To the start", "Home", Action::ToStart, true) }
                { button(state, DELTA_BACK, "Back one Δ", "Shift ←", Action::StepDeltaBack, true) }
                { button(state, STEP_BACK, "Back one step", "←", Action::StepBack, true) }
                <button class="play" id="play" aria-label={play_name} title={format!("{play_name} (k)")}
                    onclick={act(state, Action::PlayOrPause)}>{ icon(play_icon) }</button>
                { button(state, STEP, "One step", "→", Action::Step, true) }
                { button(state, DELTA, "Forward one Δ", "Shift →", Action::StepDelta, true) }
                { button(state, TO_END, "To the end", "End", Action::ToEnd, true) }
            </div>
            <div class="time">
                <input id="scrubber" type="range" min="0" max={(end.0 / NOTCH).to_string()} step="1" {oninput}
                    value={hundredths.to_string()} aria-label="Time" aria-valuetext={format!("{now}Δ")} />
                <output id="now">{ format!("{}.{:02}Δ", hundredths / 100, hundredths % 100) }</output>
            </div>
            <label class="speed"><span class="sr">{ "Speed" }</span>
                <select id="speed" {onchange}>{ for SPEEDS.map(speed) }</select>
            </label>
            <div class="keys">
                { button(state, UNDO, "Undo", "z", Action::Undo, undo) }
                { button(state, REDO, "Redo", "y", Action::Redo, redo) }
            </div>
        </div>
    }
}

// Faces are drawn, not written: not every system has glyphs for them. Each is a path in a square of 16.
const PLAY: &str = "M4 2.5v11l9-5.5z";
const PAUSE: &str = "M4 3h3v10H4zM9 3h3v10H9z";
const TO_START: &str = "M3 3h2v10H3zM13 3v10L6 8z";
const TO_END: &str = "M11 3h2v10h-2zM3 3v10l7-5z";
const STEP_BACK: &str = "M10.5 3v10L4 8z";
const STEP: &str = "M5.5 3v10L12 8z";
const DELTA_BACK: &str = "M8 3v10L2 8zM14.5 3v10L8.5 8z";
const DELTA: &str = "M8 3v10l6-5zM1.5 3v10l6-5z";
const UNDO: &str = "M6 2v3h4a4 4 0 0 1 0 8.5H5v-2h5a2 2 0 0 0 0-4.5H6v3L1.5 6z";
const REDO: &str = "M10 2v3H6a4 4 0 0 0 0 8.5h5v-2H6a2 2 0 0 1 0-4.5h4v3L14.5 6z";

fn icon(path: &'static str) -> Html {
    html! { <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d={path} /></svg> }
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
            { icon(face) }
        </button>
    }
}

/// A button whose face says what it does.
pub(super) fn plain_button(state: &Shared, id: &'static str, face: &str, enabled: bool, action: Action) -> Html {
    html! { <button {id} disabled={!enabled} onclick={act(state, action)}>{ face }</button> }
}

/// A callback that dispatches one action.
pub(super) fn act(state: &Shared, action: Action) -> Callback<MouseEvent> {
    let state = state.clone();
    Callback::from(move |_| state.dispatch(action.clone()))
}
