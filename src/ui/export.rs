//! Saving what is shown as files: a button for each format in the registry of `view::export`, one for the figure as
//! PNG, and one for the run as an animation.
//!
//! `view::export` decides the contents of a file, for the terminal as well; this file is the browser's part. The buttons
//! belong to the rest of the page; what they do comes with the tools, when somebody presses one.

use std::sync::atomic::{AtomicBool, Ordering};

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

use super::Shared;
use super::dom::{Node, el, tag};
use super::rest::{Part, with};
use super::stage;
use crate::tongue::{Phrase, say, translated};
use crate::view::export::animation::Film;
use crate::view::export::{Choice, Exported, FORMATS, Format, export};

#[wasm_bindgen(module = "/static/export.js")]
extern "C" {
    /// Gives a text to the browser as a file to be saved.
    pub(super) fn save(name: &str, kind: &str, text: &str);
    /// Saves an SVG as a PNG, `scale` times as large, and calls `done` with whether that was possible.
    fn paint(name: &str, svg: &str, scale: u32, most: u32, done: &JsValue);
    /// Gives bytes to the browser as a file to be saved.
    #[wasm_bindgen(js_name = save)]
    fn save_bytes(name: &str, kind: &str, bytes: &[u8]);
    /// Paints an SVG, `scale` times as large, and calls `done` with its pixels, four bytes each; there are none where that was
    /// not possible.
    fn pixels(svg: &str, scale: u32, most: u32, done: &JsValue);
    /// Shows words in the element with this id.
    fn say(id: &str, words: &str);
    /// Whether a box is ticked.
    fn ticked(id: &str) -> bool;
}

/// The ids of the element with messages about exports, and of the boxes that choose how a figure is drawn.
const TOLD: &str = "exported";
const AS_SHOWN: &str = "export-as-shown";
const DARK: &str = "export-dark";

/// A PNG is so many times as large as its SVG.
const SCALE: u32 = 2;

/// Every browser allows a canvas of so many pixels.
const PIXELS_MAX: u32 = 16_000_000;

/// Whether an animation is being made.
static IS_FILMING: AtomicBool = AtomicBool::new(false);

/// A fold with the buttons that save what is shown; it is open at first where nothing else needs the room.
#[inline(never)]
pub(super) fn exports(state: &Shared, is_open: bool) -> Html {
    let mut buttons = Vec::new();
    // Of a log there is a picture, and no script that makes it.
    let is_offered = |format: &&Format| format.is_figure || !state.session().is_log();
    for format in FORMATS.iter().filter(is_offered) {
        buttons.push(button(state, format, format.title, translated(format.about), save_as));
        if format.is_figure {
            buttons.push(button(
                state,
                format,
                "PNG",
                say!("The same figure in pixels, twice as large").text(),
                save_pixels,
            ));
            buttons.push(button(
                state,
                format,
                "GIF",
                say!("The run as an animation for slides, a second for a Δ").text(),
                save_film,
            ));
        }
    }
    tag("details", "export")
        .flag("open", is_open)
        .with(el("summary").attr("id", "export").text(say!("Export")))
        .with(tag("div", "row").all(buttons))
        .with(
            tag("div", "row")
                .with(tick(AS_SHOWN, say!("Draw it as it is shown now, not as a whole")))
                .with(tick(DARK, say!("Draw it for dark paper"))),
        )
        .with(tag("p", "quiet").attr("id", TOLD).attr("role", "status"))
        .into()
}

fn button(
    state: &Shared,
    format: &'static Format,
    face: &'static str,
    about: &'static str,
    run: fn(&Shared, &'static Format),
) -> Html {
    let state = state.clone();
    el("button")
        .attr("type", "button")
        .set("id", format!("export-{}", face.to_ascii_lowercase()))
        .attr("title", about)
        .text(translated(face))
        .on(ListenerKind::onclick, move |_| {
            let state = state.clone();
            with(Part::Tools, move |is_here| match is_here {
                Ok(()) => run(&state, format),
                Err(why) => say(TOLD, &say!("This part of the page could not be loaded: {why}.")),
            });
        })
        .into()
}

fn tick(id: &'static str, words: Phrase) -> Node {
    let input = el("input").attr("type", "checkbox").attr("id", id);
    el("label").with(input).text(words)
}

/// How a figure is drawn, by the boxes and by what is shown.
#[inline(never)]
fn made_by(state: &Shared) -> Choice {
    let shown = ticked(AS_SHOWN);
    Choice {
        is_dark: ticked(DARK),
        words: state.vocabulary(),
        is_exam: false,
        shown: shown.then(|| state.session().cursor()),
        chosen: stage::target(state.selection()).filter(|_| shown),
        only: state.filter(),
    }
}

/// Makes the file, or says why there is none.
#[inline(never)]
fn made(state: &Shared, format: &Format) -> Option<Exported> {
    export(state.session(), format, &made_by(state)).map_err(|why| say(TOLD, &format!("{why}."))).ok()
}

#[inline(never)]
fn save_as(state: &Shared, format: &'static Format) {
    if let Some(Exported { name, kind, text }) = made(state, format) {
        save(&name, kind, &text);
        say(TOLD, &say!("{name} was written."));
    }
}

#[inline(never)]
fn save_pixels(state: &Shared, format: &'static Format) {
    let Some(Exported { name, text, .. }) = made(state, format) else { return };
    let name = name.replace(".svg", ".png");
    let told = name.clone();
    let done = Closure::once_into_js(move |is_done: bool| {
        let sentence = if is_done {
            say!("{name} was written.", name = told)
        } else {
            say!("This picture is too large for a PNG; it can be saved as SVG.").into()
        };
        say(TOLD, &sentence);
    });
    paint(&name, &text, SCALE, PIXELS_MAX, done.unchecked_ref());
}

/// Makes an animation, picture by picture, so that the page can be used meanwhile.
#[inline(never)]
fn save_film(state: &Shared, _: &'static Format) {
    if IS_FILMING.swap(true, Ordering::Relaxed) {
        return;
    }
    // The selection is highlighted in a figure of an instant; in the other instants it may not be there yet.
    match Film::new(state.session(), Choice { chosen: None, ..made_by(state) }) {
        Ok(film) => save_film_from(film),
        Err(why) => save_film_ended(&format!("{why}.")),
    }
}

/// Has the next picture painted, and goes on from there.
#[inline(never)]
fn save_film_from(mut film: Film) {
    let picture = match film.next_picture() {
        Ok(Some(picture)) => picture,
        Ok(None) => {
            let saved = film.finish().map(|(name, bytes)| {
                save_bytes(&name, "image/gif", &bytes);
                say!("{name} was written.")
            });
            return save_film_ended(&saved.unwrap_or_else(|why| format!("{why}.")));
        }
        Err(why) => return save_film_ended(&format!("{why}.")),
    };
    let (all, painted) = film.counts();
    say(TOLD, &say!("Picture {painted} of {all} is being painted."));
    let done = Closure::once_into_js(move |pixels: Vec<u8>| match film.take(&pixels) {
        _ if pixels.is_empty() => {
            save_film_ended(say!("This browser cannot paint the pictures; they can be saved as SVG.").text());
        }
        Ok(()) => save_film_from(film),
        Err(why) => save_film_ended(&format!("{why}.")),
    });
    pixels(&picture.svg, picture.scale.into(), PIXELS_MAX, &done);
}

/// Says how the animation has ended, and lets the next one begin.
fn save_film_ended(told: &str) {
    IS_FILMING.store(false, Ordering::Relaxed);
    say(TOLD, told);
}
