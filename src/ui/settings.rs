//! What the page remembers between visits, if the browser allows it: the theme, the vocabulary, and the lessons that
//! were solved.
//!
//! Storage may be blocked, as in a sandboxed frame. Then nothing is remembered, and nothing else changes.

use yew::prelude::*;

use super::Shared;
use super::state::{Action, Theme};
use crate::lesson::BITS;

const THEME: &str = "paxos-playground.theme";
const WORDS: &str = "paxos-playground.words";
const SOLVED: &str = "paxos-playground.solved";

/// A frame is presented as its author wants it, and not as its reader left another page, so it does not remember
/// anything.
fn storage() -> Option<web_sys::Storage> {
    if super::link::is_framed() { None } else { web_sys::window()?.local_storage().ok()? }
}

fn recall(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

fn remember(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(key, value);
    }
}

/// The name of a theme in style sheets and in storage.
pub(super) fn name(theme: Theme) -> &'static str {
    match theme {
        Theme::Auto => "auto",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

/// The theme of this name.
#[inline(never)]
pub(super) fn named(text: &str) -> Option<Theme> {
    [Theme::Auto, Theme::Light, Theme::Dark].into_iter().find(|theme| name(*theme) == text)
}

/// Tells the style sheet which theme is shown.
pub(super) fn show(theme: Theme) {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(root) = document.and_then(|document| document.document_element()) {
        let _ = root.set_attribute("data-theme", name(theme));
    }
}

/// What is remembered of the lessons that are solved: each has a bit that stays its own when others come between.
fn written(solved: u64) -> u64 {
    let bit = |(place, bit): (usize, &u8)| (solved >> place & 1) << bit;
    BITS.iter().enumerate().map(bit).sum()
}

/// The lessons that are solved, with a bit for the place of each, from what is remembered.
fn read(written: u64) -> u64 {
    let bit = |(place, bit): (usize, &u8)| (written >> bit & 1) << place;
    BITS.iter().enumerate().map(bit).sum()
}

/// Takes over what was remembered, and remembers what changes.
#[hook]
pub(super) fn use_settings(state: &Shared) {
    let dispatcher = state.dispatcher();
    use_effect_with((), move |()| {
        match recall(THEME).as_deref() {
            Some("light") => dispatcher.dispatch(Action::Theme(Theme::Light)),
            Some("dark") => dispatcher.dispatch(Action::Theme(Theme::Dark)),
            _ => {}
        }
        if recall(WORDS).as_deref() == Some("2001") {
            dispatcher.dispatch(Action::Modern(true));
        }
        if let Some(solved) = recall(SOLVED).and_then(|solved| solved.parse().ok()) {
            dispatcher.dispatch(Action::Solved(read(solved)));
        }
    });
    use_effect_with((state.theme(), state.vocabulary(), state.solved()), |(theme, vocabulary, solved)| {
        // A default is not worth an entry, and it must not overwrite an entry that has not been taken over yet.
        if *theme != Theme::Auto || recall(THEME).is_some() {
            remember(THEME, name(*theme));
        }
        let is_modern = *vocabulary == crate::view::Vocabulary::MadeSimple2001;
        if is_modern || recall(WORDS).is_some() {
            remember(WORDS, if is_modern { "2001" } else { "1998" });
        }
        if *solved != 0 {
            remember(SOLVED, &written(*solved).to_string());
        }
    });
}
