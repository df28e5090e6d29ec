//! A log of somebody’s own system on the page: it is dropped or chosen, drawn in the place of the run, and judged. The script that was
//! open waits meanwhile, and comes back at one press.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::dom::{Node, button, el, nothing, tag, words};
use super::rest::{Part, with};
use super::state::{Action, Logged, Told};
use super::{Shared, stage};
use crate::tongue::say;
use crate::view::log::{LOG_BYTES_MAX, LogRow, LogView};

#[wasm_bindgen(module = "/static/log.js")]
extern "C" {
    /// Calls this with name, text and a sentence for each file that is dropped on the page.
    fn hear(most: f64, take: &JsValue);
    /// The same for the file that was chosen in the field with this id.
    fn chosen(id: &str, most: f64, take: &JsValue);
}

/// The field in which a file is chosen.
const FIELD: &str = "log-file";

/// Takes logs from now on that are dropped on the page. It is called once.
#[inline(never)]
pub(super) fn listen(state: &Shared) {
    let take = Closure::<dyn Fn(String, String, String)>::new(taker(state));
    hear(LOG_BYTES_MAX as f64, take.as_ref());
    // Files can be dropped for as long as there is a page.
    take.forget();
}

/// Says that a log is being read, and reads it once that has been shown.
fn taker(state: &Shared) -> impl Fn(String, String, String) + use<> {
    let dispatcher = state.dispatcher();
    move |name, text, wrong| {
        let dispatcher = dispatcher.clone();
        if !wrong.is_empty() {
            return dispatcher.dispatch(Action::Tell(Told::Wrong(wrong.into())));
        }
        dispatcher.dispatch(Action::Tell(Told::Said(say!("{name} is being read …").into())));
        let read = move |is_here: Result<(), String>| {
            let action = is_here.and_then(|()| opened(&name, &text)).unwrap_or_else(|why| {
                Action::Tell(Told::Wrong(say!("{name} is no log that can be shown: {why}").into()))
            });
            dispatcher.dispatch(action);
        };
        gloo_timers::callback::Timeout::new(50, move || with(Part::Tools, read)).forget();
    }
}

#[inline(never)]
fn opened(name: &str, text: &str) -> Result<Action, String> {
    LogView::open(name, text).map(|(view, session)| Action::Log(Some(Rc::new(Logged::new(view, session)))))
}

/// The field in which a log is chosen. A frame has none.
#[inline(never)]
pub(super) fn chooser(state: &Shared) -> Html {
    if state.presentation().is_embed {
        return nothing();
    }
    let state = state.clone();
    let field = el("input").attr("type", "file").attr("id", FIELD).on(ListenerKind::onchange, move |_| {
        // The page may be shown anew while the file is read, so the function belongs to the reading and not to the page.
        chosen(FIELD, LOG_BYTES_MAX as f64, &Closure::once_into_js(taker(&state)));
    });
    let label = say!(
        "Or open a log of your own system, in JSON lines or as ShiViz or TLC write it. You can also drop the file on the page."
    );
    tag("label", "log-chooser").text(label).with(field).into()
}

/// What is told of the log that is shown.
#[inline(never)]
pub(super) fn card(state: &Shared, log: &Logged) -> Html {
    let (view, says) = (log.view(), state.vocabulary());
    let rows = view.rows(says);
    let broken = rows.iter().filter(|row| row.holds == Some(false)).count();
    let asked = rows.iter().filter(|row| row.holds.is_some()).count();
    let headline = match (broken, asked) {
        (_, 0) => say!("No check could be asked.").into(),
        (0, _) => say!("✓ All {asked} checks that could be asked hold."),
        (1, _) => say!("✗ 1 of {asked} checks that could be asked is violated."),
        _ => say!("✗ {broken} of {asked} checks that could be asked are violated."),
    };
    let class = if broken > 0 { "progress wrong" } else { "progress solved" };
    let list = |is_broken: bool| {
        let rows = rows.iter().filter(|row| (row.holds == Some(false)) == is_broken);
        tag("ul", "goals").all(rows.map(|told| row(state, told)).collect())
    };
    // On a phone the picture comes first, and the rest unfolds.
    let summary = el("summary").text(say!("What the other checks say"));
    let others = el("details").flag("open", !stage::is_vertical(state)).with(summary);
    let back = button(state, say!("Back to the script"), Action::Log(None)).attr("id", "log-back");
    tag("section", "lesson log")
        .attr("id", "log")
        .attr("aria-label", say!("Log"))
        .with(el("h2").text(&view.name))
        .with(tag("p", "quiet").text(format!("{}.", view.summary)))
        .all(view.notes.iter().map(|note| tag("p", "quiet").text(note).into()).collect())
        .with(tag("p", class).attr("role", "status").text(&headline))
        .option(mistakes(view))
        .with(list(true))
        .with(others.with(list(false)))
        .with(tag("div", "steps").with(back))
        .into()
}

fn row(state: &Shared, row: &LogRow) -> Html {
    let (class, sign, told) = match row.holds {
        Some(true) => ("reached", "✓", say!("holds")),
        Some(false) => ("bad", "✗", say!("violated")),
        None => ("missing", "–", say!("not asked")),
    };
    let sign = tag("span", "sign").attr("role", "img").attr("aria-label", told).text(sign);
    let text = if row.told.is_empty() { row.name.to_owned() } else { format!("{}, {}", row.name, row.told) };
    let text = match row.event {
        Some(event) => button(state, &text, Action::ShowEvent(event)).attr("class", "link").into(),
        None => words(&text),
    };
    tag("li", class).with(sign).with(el("span").with(text)).into()
}

/// What is wrong with single lines.
fn mistakes(view: &LogView) -> Option<Node> {
    let item = |mistake: &String| el("li").text(mistake).into();
    let list = el("ul").all(view.mistakes.iter().map(item).collect());
    let face = match view.mistakes.len() {
        0 => return None,
        1 => say!("1 line could not be read; the rest is shown").into(),
        count => say!("{count} lines could not be read; the rest is shown"),
    };
    Some(el("details").flag("open", true).with(el("summary").text(&face)).with(list))
}

/// What the menu *Share* says while a log is shown.
#[inline(never)]
pub(super) fn unshared() -> Html {
    el("p").text(say!("A log stays in your browser, so there is no link to it. Its picture can be saved.")).into()
}

/// What only a run has; nothing while a log is shown.
pub(super) fn unless(state: &Shared, run: impl FnOnce() -> Html) -> Html {
    if state.log().is_some() { nothing() } else { run() }
}
