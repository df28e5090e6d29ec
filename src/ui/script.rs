//! The script: the run as text, live in both directions.
//!
//! The text area is the form: each edit of it is an action, and it shows the text of the state. Once the script is open,
//! `static/rest.js` fetches the editor of `editor/` and puts it in the place of the text area, which stays in step with
//! it. What the editor has to know of scripts it asks here.

use std::cell::OnceCell;

use wasm_bindgen::prelude::*;
use yew::prelude::*;

use super::dom::{el, nothing, tag};
use super::state::Action;
use super::{Shared, log, making};
use crate::scenario::hints;
use crate::tongue::say;
use crate::view::notes;

const AREA: &str = "script-text";

#[wasm_bindgen(module = "/static/rest.js")]
extern "C" {
    /// Shows the editor in place of the text area with this id, and a sentence on what is wrong at this line and column;
    /// an empty sentence when nothing is wrong.
    fn show_editor(id: &str, line: u32, column: u32, sentence: &str, ask: &JsValue);
    /// Ends the editor.
    fn close_editor();
}

/// Keeps the editor in step with the state while the script is open.
#[hook]
pub(super) fn use_editor(state: &Shared, is_open: bool) {
    let state = state.clone();
    use_effect(move || {
        if is_open {
            follow(&state);
        }
    });
    use_effect_with(is_open, |is_open| {
        let is_open = *is_open;
        move || {
            if is_open {
                close_editor();
            }
        }
    });
}

#[inline(never)]
fn follow(state: &Shared) {
    thread_local! {
        static ASK: OnceCell<JsValue> = const { OnceCell::new() };
    }
    let ask = || {
        let answer = |what: String, text: String, line, column| answer(&what, &text, line, column);
        Closure::<dyn Fn(String, String, u32, u32) -> String>::new(answer).into_js_value()
    };
    // What is wrong with an act is said elsewhere: it has no place in the text.
    let wrong = state.error().filter(|_| state.has_draft());
    let (line, column, sentence) =
        wrong.map_or((0, 0, String::new()), |error| (error.line, error.column, format!("{}.", error.message)));
    ASK.with(|kept| show_editor(AREA, line as u32, column as u32, &sentence, kept.get_or_init(ask)));
}

/// Answers the editor: lines of words with tabs between them. `tokens` is about a line, and answers the start, the end and
/// the sort of each part of it; `hints` answers the column and whether a word is needed, and then each word with its
/// meaning; `help` answers the start, the end and the meaning of a word.
fn answer(what: &str, text: &str, line: u32, column: u32) -> String {
    let (line, column) = (line as usize, column as usize);
    // The end of a line within a meaning.
    let flat = |about: &str| about.replace('\n', "\u{2028}");
    let rows: Vec<String> = match what {
        "tokens" => {
            let row = |token: &hints::Token| format!("{}\t{}\t{}", token.start, token.end, token.sort.name());
            hints::tokens(text).iter().map(row).collect()
        }
        "hints" => {
            let found = hints::hints(text, line, column);
            let first = format!("{}\t{}", found.column, if found.is_needed { "needed" } else { "possible" });
            let row = |hint: &hints::Hint| format!("{}\t{}", hint.word, flat(&hint.about));
            std::iter::once(first).chain(found.list.iter().map(row)).collect()
        }
        _ => {
            let row = |help: hints::Help| format!("{}\t{}\t{}", help.start, help.end, flat(&help.about));
            hints::help(text, line, column).map(row).into_iter().collect()
        }
    };
    rows.join("\n")
}

pub(super) fn editor(state: &Shared) -> Html {
    let text = state.text();
    let rows = text.lines().count().clamp(8, 24) + 1;
    let error = state.error();
    let area = el("textarea")
        .attr("id", AREA)
        .attr("spellcheck", "false")
        .attr("autocomplete", "off")
        .attr("wrap", "off")
        .attr("aria-label", say!("Script"))
        .attr("aria-describedby", "script-error")
        .aria("aria-invalid", error.is_some())
        .flag("readonly", state.is_fixed())
        .count("rows", rows)
        .value(text.to_owned())
        .typed(state, Action::Edit);
    let told = |note: &String| el("li").text(note).into();
    tag("section", "panel script")
        .attr("id", "script")
        .with(area)
        .with(el("div").attr("id", "script-error").attr("role", "status").with(error.map_or_else(nothing, |error| {
            el("div")
                .with(tag("p", "wrong").text(format!("{error}.")))
                .with(tag("p", "quiet").text(say!("The timeline still shows the last good script.")))
                .into()
        })))
        .with(tag("ul", "notes").all(notes(state.session()).iter().map(told).collect()))
        .with(making::making(state))
        .with(log::chooser(state))
        .into()
}
