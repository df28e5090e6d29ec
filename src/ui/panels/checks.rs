//! The checks, each with its formula, its source, its state, and the event that violated it.

use yew::Html;

use super::super::Shared;
use super::super::dom::{button, el, tag};
use super::super::state::Action;
use super::{quiet, section, tag_text};
use crate::tongue::say;
use crate::view::panels::checks::{CheckList, CheckRow, CheckState};

pub(super) fn checks(state: &Shared) -> Html {
    let list = CheckList::of(state.session(), state.vocabulary());
    let badge = tag_text("span", if list.violated > 0 { "badge bad" } else { "badge" }, &list.badge);
    let rows = list.rows.iter().map(|check| row(state, check)).collect();
    let about = quiet(say!("Checked after every event so far."));
    section("panel checks", "checks").with(badge.attr("role", "status")).with(about).with(el("ul").all(rows)).into()
}

fn row(state: &Shared, check: &CheckRow) -> Html {
    let (class, sign) = match check.state {
        CheckState::Violated => ("bad", "✗"),
        CheckState::Holds => ("good", "✓"),
        CheckState::Idle => ("idle", "–"),
        CheckState::Open => ("idle", "…"),
    };
    let sign = tag_text("span", "sign", sign).attr("role", "img").attr("aria-label", check.state.label());
    let statement = el("p").text(&check.statement).with(el("small").text(check.source));
    let summary = el("summary").with(sign).text(&check.title);
    let details = el("details").flag("open", check.violation.is_some()).with(summary).with(statement);
    let idle = (check.state == CheckState::Idle).then(|| el("p").text(say!("This run has nothing that it speaks of.")));
    let broken = check.violation.as_ref().map(|offence| {
        let sentence = tag_text("p", "wrong", &offence.sentence);
        el("div").with(sentence).with(button(state, say!("Show me"), Action::ShowEvent(offence.event)))
    });
    tag("li", class).with(details.option(idle).option(broken)).into()
}
