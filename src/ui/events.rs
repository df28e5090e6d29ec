//! The table of events: everything that the picture says, in words.

use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::Shared;
use super::dom::{button, el, nothing, tag, words};
use super::state::Action;
use crate::tongue::{Phrase, say};
use crate::view::{EventRow, EventTable};

/// The table is closed at first. When it is open, it shows a page of events that ends at the cursor, until somebody
/// turns the page.
pub(super) fn events(state: &Shared) -> Html {
    let is_open = state.shows_events();
    let dispatcher = state.dispatcher();
    let summary =
        el("summary").text(say!("Everything that has happened, as a table")).on(ListenerKind::onclick, move |event| {
            // The state of the page says whether the table is open, and not the element.
            event.prevent_default();
            dispatcher.dispatch(Action::Events(!is_open));
        });
    let inside = if is_open { page(state) } else { nothing() };
    tag("details", "events").attr("id", "events").flag("open", is_open).with(summary).with(inside).into()
}

fn page(state: &Shared) -> Html {
    let table = EventTable::only(state.session(), state.vocabulary(), &state.filter(), state.events_page());
    let span = match (table.rows.first(), table.rows.last()) {
        (Some(first), Some(last)) => {
            say!("From {first}Δ to {last}Δ, the latest first", first = first.time, last = last.time)
        }
        _ if state.only().is_empty() => say!("Nothing has happened yet").into(),
        _ => say!("Nothing of what is shown has happened yet").into(),
    };
    let head = |name| el("th").attr("scope", "col").text(name).into();
    let heads = vec![
        head(words("Δ")),
        head(words(say!("where"))),
        head(words(say!("what"))),
        tag("th", "go").with(tag("span", "sr").text(say!("show"))).into(),
    ];
    let turn = |face: Phrase, end: Option<usize>, is_there: bool| {
        button(state, face, Action::EventsPage(end)).flag("disabled", !is_there).into()
    };
    el("div")
        .with(tag("div", "turn").attr("role", "group").attr("aria-label", say!("Pages")).all(vec![
            turn(say!("Earlier"), table.earlier, table.earlier.is_some()),
            turn(say!("Later"), table.later, table.later.is_some()),
            turn(say!("Now"), None, table.later.is_some()),
        ]))
        .with(
            tag("div", "long").attr("tabindex", "0").attr("role", "region").attr("aria-label", say!("Events")).with(
                el("table")
                    .with(el("caption").text(&span))
                    .with(el("thead").with(el("tr").all(heads)))
                    .with(el("tbody").all(table.rows.iter().rev().map(|event| row(state, event)).collect())),
            ),
        )
        .into()
}

fn row(state: &Shared, event: &EventRow) -> Html {
    let text = &event.text;
    let mut row = el("tr").key(event.event.0 as usize);
    if event.is_now {
        row = row.attr("aria-current", "true");
    }
    let show = button(state, say!("Show"), Action::ShowEvent(event.event))
        .set("aria-label", say!("Show {time}Δ {place} {text}", time = event.time, place = event.place));
    row.with(el("td").text(event.time.to_string()))
        .with(el("th").attr("scope", "row").text(&event.place))
        .with(el("td").text(text))
        .with(tag("td", "go").with(show))
        .into()
}
