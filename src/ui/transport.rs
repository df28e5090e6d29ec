//! The toolbar: play, step, scrub, speed.

use yew::Html;

use super::Shared;
use super::dom::{Node, choice, el, icon, tag};
use super::stage::{self, Handle};
use super::state::{Action, SPEEDS};
use crate::tongue::{Phrase, say};
use crate::types::Time;

/// The scrubber counts in hundredths of Δ.
const NOTCH: u64 = Time::DELTA.0 / 100;

/// The toolbar. `ticks` are the marks on the scrubber: for each kind its class, and one path for all marks of this
/// kind.
pub(super) fn transport(state: &Shared, stage: &Handle, end: Time, ticks: &[(&'static str, String)]) -> Html {
    let now = state.session().cursor().time;
    let (play_icon, play_name) = if state.is_playing() { (PAUSE, say!("Pause")) } else { (PLAY, say!("Play")) };
    let (undo, redo) = state.session().can_undo_redo();
    // A draft that is not a script yet can be discarded.
    let undo = undo || state.has_draft();
    let hundredths = now.0 / NOTCH;
    let speed = |speed: u32| {
        let value = speed.to_string();
        choice(&value, format!("{}Δ/s", Time(u64::from(speed) * 1000)), state.speed() == speed)
    };
    let key = |face, name, key, action, enabled| Html::from(pressed(state, face, name, key, action, enabled));
    let seek = |notches: String| {
        let notches = notches.parse::<u64>().unwrap_or(0);
        Action::Seek(Time(notches.saturating_mul(NOTCH)))
    };
    let slider = el("input")
        .attr("id", "scrubber")
        .attr("type", "range")
        .attr("min", "0")
        .set("max", (end.0 / NOTCH).to_string())
        .attr("step", "1")
        .attr("aria-label", say!("Time"))
        .set("aria-valuetext", state.session().scenario().time_text(now))
        .value(hundredths.to_string())
        .typed(state, seek);
    let delta = state.session().scenario().delta;
    let clock = delta.map_or(String::new(), |delta| say!(" ({rounded} ms)", rounded = delta.rounded(now)));
    let clock = format!("{}.{:02}Δ{clock}", hundredths / 100, hundredths % 100);
    tag("div", "transport")
        .attr("role", "toolbar")
        .attr("aria-label", say!("Playback"))
        .with(tag("div", "keys").all(vec![
                key(TO_START, say!("To the start"), say!("Home").text(), Action::ToStart, true),
                key(STEP_BACK, say!("Back one step"), "←", Action::StepBack, true),
                pressed(state, play_icon, play_name, "k", Action::PlayOrPause, true)
                    .attr("class", "play")
                    .attr("id", "play")
                    .into(),
                key(STEP, say!("One step"), "→", Action::Step, true),
                key(TO_END, say!("To the end"), say!("End").text(), Action::ToEnd, true),
            ]))
        .with(
            tag("div", "time")
                .with(tag("div", "slide").with(stage::overview(stage)).with(marks(ticks)).with(slider))
                .with(el("output").attr("id", "now").text(&clock)),
        )
        .with(
            tag("label", "speed").with(tag("span", "sr").text(say!("Speed"))).with(
                el("select")
                    .attr("id", "speed")
                    .chosen(state, |value| value.parse().ok().map(Action::Speed))
                    .all(SPEEDS.map(speed).to_vec()),
            ),
        )
        .with(tag("div", "keys").all(vec![
            key(UNDO, say!("Undo"), "z", Action::Undo, undo),
            key(REDO, say!("Redo"), "y", Action::Redo, redo),
        ]))
        .option(state.presentation().is_embed.then(|| stage::zooms(stage)))
        .into()
}

/// The marks above the scrubber. There is one path for each kind, since there can be hundreds of marks.
fn marks(ticks: &[(&'static str, String)]) -> Html {
    let path = |(class, path): &(&'static str, String)| tag("path", class).set("d", path.clone()).into();
    tag("svg", "ticks")
        .attr("viewBox", "0 0 1000 8")
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .all(ticks.iter().map(path).collect())
        .into()
}

// The faces of buttons are drawn and not written, because not every system has glyphs for them. Each is a path in a
// square of 16.
const PLAY: &str = "M4 2.5v11l9-5.5z";
const PAUSE: &str = "M4 3h3v10H4zM9 3h3v10H9z";
const TO_START: &str = "M3 3h2v10H3zM13 3v10L6 8z";
const TO_END: &str = "M11 3h2v10h-2zM3 3v10l7-5z";
const STEP_BACK: &str = "M10.5 3v10L4 8z";
const STEP: &str = "M5.5 3v10L12 8z";
const UNDO: &str = "M6 2v3h4a4 4 0 0 1 0 8.5H5v-2h5a2 2 0 0 0 0-4.5H6v3L1.5 6z";
const REDO: &str = "M10 2v3H6a4 4 0 0 0 0 8.5h5v-2H6a2 2 0 0 1 0-4.5h4v3L14.5 6z";

/// A button with a drawn face.
fn pressed(state: &Shared, face: &'static str, name: Phrase, key: &'static str, action: Action, enabled: bool) -> Node {
    el("button")
        .attr("type", "button")
        .attr("aria-label", name)
        .set("title", format!("{name} ({key})"))
        .flag("disabled", !enabled)
        .click(state, action)
        .with(icon(face))
}
