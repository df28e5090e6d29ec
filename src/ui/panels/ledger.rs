//! The ledger, and what each node's state machine has made of it.

use yew::Html;

use super::super::Shared;
use super::super::dom::{Node, el, emblem, tag};
use super::ballots::sentences;
use super::{columns, fill, heading, quiet, section, tag_text, to_event};
use crate::tongue::{key, say};
use crate::view::Emblem;
use crate::view::panels::ledger::{Entry, LedgerPanel, LedgerRow, Ordered, ReplicaRow};
use crate::view::panels::shelf::Shelf;

pub(super) fn ledger(state: &Shared, shelf: &Shelf) -> Html {
    let (session, words) = (state.session(), state.vocabulary());
    let panel = section("panel ledger", "ledger");
    let Some(ledger) = LedgerPanel::of(session, words, &shelf.record(session)) else {
        return panel.with(quiet(fill(state, SINGLE))).into();
    };
    let panel = if ledger.rows.is_empty() {
        panel.with(quiet(fill(state, key!("Nothing stands in the {ledger} yet."))))
    } else {
        let names = ["#", key!("{decree}, outcome"), key!("leader"), key!("all"), key!("client"), key!("msgs")]
            .map(|name| words.fill(name));
        let names = columns(&[&names[0], &names[1], &names[2], &names[3], &names[4], &names[5]]);
        // The latest place comes first, where it is seen.
        let rows = ledger.rows.iter().rev().map(|line| row(state, line)).collect();
        panel
            .with(tag("table", "figures-table").with(names).with(el("tbody").all(rows)))
            .with(quiet(fill(state, if ledger.history.is_empty() { COUNTED } else { COUNTED_OF_HISTORY })))
    };
    let panel = panel.option(history(state, &ledger.history));
    let left_out = (ledger.left_out > 0).then(|| {
        let text =
            say!("{left_out} earlier places are left out: go back in time to see them.", left_out = ledger.left_out);
        quiet(&text)
    });
    let about = ledger.service.map(|service| quiet(say!("The commands are for: {service}.")));
    let replicas = ledger.replicas.iter().map(|line| replica(state, line)).collect();
    let unanswered = sentences(state, key!("Not answered"), &ledger.unanswered);
    let panel =
        panel.option(left_out).option(unanswered).with(heading(say!("What the nodes have made of it"))).option(about);
    panel.with(tag("ul", "replicas").all(replicas)).into()
}

/// The history as a partial order: a column for each level, from left to right. Commands of one column do not conflict.
fn history(state: &Shared, history: &[Ordered]) -> Option<Node> {
    let levels = history.iter().map(|command| command.level + 1).max()?;
    let command = |command: &Ordered| -> Html {
        let line = el("li").with(el("b").text(command.number.to_string())).with(emblem(Emblem::of(command.value)));
        let line = line.with(to_event(state, &command.decree, command.event));
        let after: Vec<_> = command.after.iter().map(u32::to_string).collect();
        let after = (!after.is_empty()).then(|| el("small").text(say!("after {after}", after = after.join(", "))));
        line.option(after).into()
    };
    let column = |level: usize| -> Html {
        let commands = history.iter().filter(|ordered| ordered.level == level).map(command).collect();
        el("li").with(el("ul").all(commands)).into()
    };
    let columns = (0..levels).map(column).collect();
    Some(tag("ol", "history").attr("aria-label", say!("The history, as a partial order")).all(columns))
}

const SINGLE: &str = key!(
    "Under this protocol a single {decree} is {passed}. Under one that fills a {ledger}, this panel has a row \
                      for each of its places."
);

const COUNTED: &str =
    key!("Leader and all know so long after {begin_ballot}; the client has its answer so long after it asked.");

const COUNTED_OF_HISTORY: &str = key!("Leader and all know, and the client has its answer, so long after it asked.");

fn row(state: &Shared, row: &LedgerRow) -> Html {
    let number = |place: &str| el("th").attr("scope", "row").text(place);
    match row {
        LedgerRow::Decided(entry) => decided(state, entry),
        LedgerRow::Begun(place, decree, value, event) => {
            let text = el("td").attr("colspan", "5").option(value.map(|value| emblem(Emblem::of(value))));
            let text = text.with(to_event(state, decree, *event));
            let text =
                text.with(el("small").text(fill(state, key!("A {ballot} has begun; nobody knows of an outcome."))));
            tag("tr", "open").key(*place as usize).with(number(&place.to_string())).with(text).into()
        }
        LedgerRow::Gap(first, last) => {
            let places = if first == last { first.to_string() } else { format!("{first}–{last}") };
            let text = el("td").attr("colspan", "5").text(say!("not known yet: a gap"));
            tag("tr", "gap").key(*first as usize).with(number(&places)).with(text).into()
        }
    }
}

fn decided(state: &Shared, entry: &Entry) -> Html {
    let figure = |text: &str| tag_text("td", "number", text);
    let decree = el("td").with(emblem(Emblem::of(entry.value))).with(to_event(state, &entry.decree, entry.event));
    let decree = decree.with(el("small").text(&entry.outcome));
    let [leader, all, client] = &entry.latency;
    let line = el("tr").key(entry.instance as usize);
    let line = line.with(el("th").attr("scope", "row").text(entry.instance.to_string())).with(decree);
    let line = line.with(figure(leader)).with(figure(all)).with(figure(client));
    // The commands of a history share their messages.
    let unknown = if state.session().scenario().setup.histories.is_some() { "–" } else { "…" };
    line.with(figure(&entry.messages.map_or_else(|| unknown.to_owned(), |messages| messages.to_string()))).into()
}

fn replica(state: &Shared, row: &ReplicaRow) -> Html {
    let ledger = state.vocabulary().ledger;
    let told = match (row.up, row.knows.as_str()) {
        (false, "") => say!("down").into(),
        (false, knows) => say!("down; the {ledger} holds {knows}"),
        (true, "") => say!("nothing executed yet").into(),
        (true, knows) => say!("executed {executed}; the {ledger} holds {knows}", executed = row.executed),
    };
    let title = el("p").with(el("b").text(&row.nodes)).text(format!(": {told}"));
    let pair = |(name, value): &(String, String)| -> Html {
        el("div").with(el("dt").text(name)).with(el("dd").text(value)).into()
    };
    let list: Option<Node> = (!row.state.is_empty()).then(|| el("dl").all(row.state.iter().map(pair).collect()));
    let more = (row.state_left_out > 0).then(|| quiet(say!("{count} more are left out.", count = row.state_left_out)));
    el("li").with(title).option(list).option(more).into()
}
