//! The comparison of an edited run with the run that was opened.

use std::rc::Rc;

use yew::prelude::*;

use super::Shared;
use super::dom::{button, el, nothing, tag};
use super::state::Action;
use crate::session::Played;
use crate::tongue::{Phrase, say};
use crate::view::{Compared, Difference};

/// A run, which is identified by its scenario, and whether it is whole: it counts as another run once it is.
#[derive(Clone)]
pub(super) struct Same(pub(super) Rc<Played>);

impl PartialEq for Same {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(&other.0)
    }
}

/// The difference of the two runs. It is worked out once for each pair of runs and each vocabulary, while somebody asks for
/// it and once both have been judged.
#[hook]
pub(super) fn use_difference(state: &Shared) -> Rc<Option<Difference>> {
    let (session, words) = (state.session(), state.vocabulary());
    let pair = (Rc::clone(session.original()), Rc::clone(session.played()));
    let is_ready = state.compares() && pair.0.is_judged() && pair.1.is_judged();
    let pair = is_ready.then(|| (Same(pair.0), Same(pair.1), words));
    use_memo(pair, |pair| pair.is_some().then(|| Difference::of(session, words)))
}

/// The comparison; only a run that was edited has one.
pub(super) fn compare(state: &Shared, difference: Option<&Difference>) -> Html {
    if !state.is_edited() {
        return nothing();
    }
    let is_on = state.compares();
    let switch = button(state, say!("Compare with the original"), Action::Compare(!is_on))
        .attr("id", "compare-button")
        .aria("aria-pressed", is_on);
    let told = match difference {
        Some(difference) => Some(told(state, difference)),
        None => is_on.then(|| tag("p", "quiet").text(say!("The runs are still being worked out."))),
    };
    tag("div", "compare").attr("id", "compare").with(switch).option(told).into()
}

fn told(state: &Shared, difference: &Difference) -> super::dom::Node {
    let parting = match &difference.parting {
        None => el("p").text(say!("Both runs are the same, event by event.")),
        Some(parting) => {
            let line = |name: Phrase, text: &str| el("p").with(el("b").text(name)).text(" ").text(text);
            let show = parting.event.map(|event| button(state, say!("Show"), Action::ShowEvent(event)));
            el("div")
                .with(
                    el("p")
                        .text(say!("They part at {time}:", time = state.session().scenario().time_text(parting.time))),
                )
                .with(line(say!("Original"), &parting.original))
                .with(line(say!("Now"), &parting.now).text(" ").option(show))
        }
    };
    let row = |row: &Compared| {
        let class = if row.differs() { "differs" } else { "" };
        let sign = if row.differs() { "≠ " } else { "" };
        tag("tr", class)
            .with(el("th").attr("scope", "row").text(&row.name))
            .with(el("td").text(&row.original))
            .with(el("td").text(sign).text(&row.now))
            .into()
    };
    let head = |name| el("th").attr("scope", "col").text(name).into();
    el("div").with(parting).with(
        el("table")
            .with(tag("caption", "sr").text(say!("The original run and the run as it is now")))
            .with(el("thead").with(el("tr").all(vec![el("td").into(), head(say!("Original")), head(say!("Now"))])))
            .with(el("tbody").all(difference.rows.iter().map(row).collect())),
    )
}
