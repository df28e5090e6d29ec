//! β as a table like the paper's (PTP §2.1): number, decree, quorum, and a box around each process that voted.

use yew::Html;

use super::super::Shared;
use super::super::dom::{el, emblem, tag};
use super::{columns, fill, quiet, section, tag_text, to_event};
use crate::tongue::{key, say};
use crate::view::Emblem;
use crate::view::panels::ballots::{BallotRow, BallotTable, Member, Standing, Told};
use crate::view::panels::shelf::Shelf;

pub(super) fn ballots(state: &Shared, shelf: &Shelf) -> Html {
    let (session, words) = (state.session(), state.vocabulary());
    let table = BallotTable::of(session, words, &shelf.record(session));
    let panel = section("panel ballots", "ballots");
    let panel = if table.rows.is_empty() {
        panel.with(quiet(fill(state, key!("β, the set of {ballots}, is empty: step 2a puts a {ballot} into it."))))
    } else {
        let names: &[&'static str] = if table.is_log {
            &["#", key!("place"), key!("{decree}"), key!("quorum"), ""]
        } else {
            &["#", key!("{decree}"), key!("quorum"), ""]
        };
        let names: Vec<_> = names.iter().map(|name| words.fill(name)).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        // The latest ballot comes first, where it is seen.
        let rows = table.rows.iter().rev().map(|ballot| row(state, ballot, table.is_log)).collect();
        let list = tag("table", "figures-table").with(columns(&names)).with(el("tbody").all(rows));
        panel.with(list).with(quiet(fill(state, LEGEND)))
    };
    let left_out = (table.left_out > 0).then(|| {
        let text = say!(
            "{left_out} earlier {ballots} are left out: go back in time to see them.",
            left_out = table.left_out,
            ballots = words.ballots
        );
        quiet(&text)
    });
    panel.option(left_out).option(sentences(state, key!("Numbers tried, but not begun"), &table.tried)).into()
}

const LEGEND: &str = key!(
    "A box is {a_vote}, as in the paper; a dashed one is from outside the quorum. A {ballot} is successful \
                      when its whole quorum has {voted}."
);

fn row(state: &Shared, row: &BallotRow, is_log: bool) -> Html {
    let number = el("th").attr("scope", "row").with(to_event(state, &row.number, row.event));
    let place = is_log.then(|| tag_text("td", "number", &row.instance.to_string()));
    let (class, sign) = match row.standing {
        Standing::Successful => ("standing good", "✓"),
        Standing::Open => ("standing idle", "…"),
        Standing::Stopped => ("standing bad", "✗"),
    };
    let words = state.vocabulary();
    let label = row.standing.label(words);
    let standing = tag("td", class).with(tag_text("span", "sign", sign).attr("aria-hidden", "true"));
    let standing = standing.with(tag_text("span", "sr", label)).attr("title", label);
    let why = (!row.why.is_empty()).then(|| tag_text("small", "reason", &row.why));
    let (voted, of) = row.tally;
    let tally = tag_text("small", "tally", &say!("{count} of {of} {voted}", count = voted, voted = words.voted));
    let look = row.value.map(Emblem::of);
    let members = tag("span", "members").all(row.members.iter().map(member).collect());
    let quorum = el("td").with(members).with(tally);
    // The key ties each row of the table to its ballot, whichever rows before it are left out.
    let line = el("tr").key(row.event.0 as usize).with(number).option(place);
    let line = line.attr("class", look.map_or("", Emblem::class));
    line.with(el("td").option(look.map(emblem)).text(&row.decree).option(why)).with(quorum).with(standing).into()
}

fn member(member: &Member) -> Html {
    let class = match (member.in_quorum, member.has_voted) {
        (true, true) => "member voted",
        (true, false) => "member",
        (false, _) => "member voted outside",
    };
    tag_text("span", class, &member.name).into()
}

/// Sentences about events under a heading; none when there are no sentences.
pub(super) fn sentences(state: &Shared, title: &'static str, told: &[Told]) -> Option<super::Node> {
    let sentence = |told: &Told| -> Html {
        let (number, rest) = told.text.split_once([' ', ':']).unwrap_or((&told.text, ""));
        let between = &told.text[number.len()..told.text.len() - rest.len()];
        let rest = format!("{between}{rest}");
        el("li").key(told.event.0 as usize).with(to_event(state, number, told.event)).text(&rest).into()
    };
    let list = || tag("ul", "told").all(told.iter().rev().map(sentence).collect());
    (!told.is_empty()).then(|| el("div").with(super::heading(fill(state, title))).with(list()))
}
