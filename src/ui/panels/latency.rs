//! How many Δ the latest decision took, its critical path, and the race of the variants.

use yew::Html;

use super::super::Shared;
use super::super::dom::{Node, el, emblem, phase_class, tag};
use super::ballots::sentences;
use super::{columns, fill, heading, percent, quiet, section, tag_text, to_event};
use crate::protocol::Phase;
use crate::tongue::{key, say, translated};
use crate::types::Time;
use crate::view::panels::latency::{LatencyCard, LatencyPanel, Leg, traffic};
use crate::view::panels::race::{Race, RaceRow};
use crate::view::panels::shelf::Shelf;
use crate::view::{Emblem, rounded};

/// A bar has room for about this many letters in its narrowest panel.
const LETTERS: f64 = 42.0;

/// An axis has at most so many marks.
const TICKS_MAX: u64 = 10;

pub(super) fn latency(state: &Shared, shelf: &Shelf) -> Html {
    let session = state.session();
    let panel = LatencyPanel::of(session, state.vocabulary(), &shelf.record(session));
    let counts = quiet(traffic(session));
    let abandoned = sentences(state, key!("Abandoned {ballots}"), &panel.abandoned);
    let open = sentences(state, key!("Not finished"), &panel.open);
    let again = sentences(state, key!("Passed again"), &panel.again);
    let more = (panel.abandoned_before > 0).then(|| {
        let text = say!(
            "{abandoned_before} earlier ones are in the table of {ballots}.",
            abandoned_before = panel.abandoned_before,
            ballots = state.vocabulary().ballots
        );
        quiet(&text)
    });
    let decided = match &panel.card {
        Some(decision) => card(state, decision, panel.decided),
        None if panel.is_read && open.is_some() => {
            quiet(fill(state, key!("Nobody knows a {decree}."))).attr("id", "undecided")
        }
        None if panel.is_read => quiet(say!("Nothing is decided yet.")).attr("id", "undecided"),
        None => quiet(say!("This run is long: how long its decisions took is still being worked out.")),
    };
    let body =
        section("panel latency", "latency").with(decided).option(open).option(again).option(abandoned).option(more);
    body.with(counts).with(race(state, shelf)).into()
}

fn card(state: &Shared, card: &LatencyCard, decided: usize) -> Node {
    let title = tag("p", "decided").with(emblem(Emblem::of(card.value))).with(to_event(
        state,
        format!("“{}”", card.decree),
        card.event,
    ));
    let title = title.text(format!(" {}", card.by));
    let earlier =
        (decided > 1).then(|| quiet(say!("The latest of {decided} {decrees}.", decrees = state.vocabulary().decrees)));
    let mut figures = tag("div", "amounts")
        .with(figure(state, say!("leader knows").text(), "leader-latency", card.leader))
        .with(figure(state, say!("all know").text(), "all-latency", card.all));
    if let Some(client) = &card.client {
        figures = figures.with(figure(state, &client.name, "client-latency", client.span));
    }
    let counted = match &card.client {
        Some(client) if !card.from_request => {
            say!("Measured from {counted}; until {name}, from its request.", counted = card.counted, name = client.name)
        }
        _ => say!("Measured from {counted}.", counted = card.counted),
    };
    let span = card.path_span();
    let path = (span > Time::ZERO).then(|| {
        let bar = tag("svg", "bar")
            .attr("role", "img")
            .set("aria-label", path_text(say!("Critical path").text(), &card.path));
        let text = say!(
            "Critical path: {span} since {start}",
            span = state.session().scenario().time_text(span),
            start = card.start
        );
        el("div").with(heading(&text)).with(bar.all(legs(&card.path, span)))
    });
    let leading = card.leading.as_ref().map(|leading| el("p").text(leading));
    let ports = card.ports.as_ref().map(|ports| el("p").text(ports));
    el("article")
        .with(title)
        .option(earlier)
        .with(figures)
        .with(quiet(&counted))
        .option(others(state, card))
        .option(leading)
        .option(path)
        .option(ports)
}

/// A large figure with so many characters is printed smaller, so that three stand side by side.
const LARGE_MAX: usize = 6;

/// A large figure, with its ms in small print below where the script says how long Δ is.
fn figure(state: &Shared, name: &str, id: &'static str, value: Option<Time>) -> Node {
    let text = shown(value);
    let output = el("output").attr("id", id).text(&text);
    let output = if text.chars().count() > LARGE_MAX { output.attr("class", "long") } else { output };
    let clock = clock(state, value);
    tag("div", "amount").with(output).option(clock).with(el("span").text(name))
}

fn shown(value: Option<Time>) -> String {
    value.map_or_else(|| "…".to_owned(), |value| format!("{}Δ", value.told()))
}

/// The same in ms, where the script says how long Δ is.
fn clock(state: &Shared, value: Option<Time>) -> Option<Node> {
    let delta = state.session().scenario().delta;
    let millis = delta.zip(value).map(|(delta, value)| delta.nearest(value));
    millis.map(|millis| tag_text("small", "clock", &say!("{millis} ms")))
}

/// The other ways of counting.
fn others(state: &Shared, card: &LatencyCard) -> Option<Node> {
    let row = |other: &crate::view::panels::latency::Counted| -> Html {
        let figure = |value: Option<Time>| tag_text("td", "number", &shown(value)).option(clock(state, value));
        let since = el("th").attr("scope", "row").text(&other.since);
        el("tr").with(since).with(figure(other.leader)).with(figure(other.all)).into()
    };
    let rows = || el("tbody").all(card.others.iter().map(row).collect());
    (!card.others.is_empty()).then(|| {
        tag("table", "figures-table counted")
            .with(columns(&[say!("measured from").text(), say!("leader").text(), say!("all").text()]))
            .with(rows())
    })
}

/// The pieces of a bar: one for each leg, with its name where there is room.
pub(in crate::ui) fn legs(path: &[Leg], span: Time) -> Vec<Html> {
    let mut pieces: Vec<Html> = Vec::new();
    for leg in path {
        let took = leg.until.since(leg.from);
        let (from, width) = (percent(leg.from, span), percent(took, span));
        let title = el("title").text(&leg.title);
        let class = leg.phase.map_or("wait", phase_class);
        let stretch = tag("rect", class).set("x", from).attr("y", "0");
        pieces.push(stretch.set("width", width).attr("height", "22").with(title).into());
        // The longest words for which the leg has room, with a letter's width to spare.
        let room = LETTERS * took.as_deltas() / span.as_deltas() - 1.0;
        let label = leg_label(leg);
        let said = [format!("{label} {}Δ", rounded(took)), label.to_owned()];
        if let Some(name) = said.into_iter().find(|name| name.chars().count() as f64 <= room) {
            let middle = percent(Time((leg.from.0 + leg.until.0) / 2), span);
            let class = if leg.phase.is_some() { "on" } else { "on-wait" };
            pieces.push(tag_text("text", class, &name).set("x", middle).attr("y", "15").into());
        }
    }
    pieces
}

fn leg_label(leg: &Leg) -> &'static str {
    translated(leg.phase.map_or(key!("wait"), Phase::label))
}

/// What a bar shows, for those who cannot see it.
fn path_text(name: &str, path: &[Leg]) -> String {
    let mut text = name.to_owned();
    for leg in path {
        text = format!("{text}, {} {}Δ", leg_label(leg), rounded(leg.until.since(leg.from)));
    }
    text
}

/// The same script under each variant, on one axis.
fn race(state: &Shared, shelf: &Shelf) -> Node {
    let session = state.session();
    let body = tag("div", "race").with(heading(say!("The same script under three variants")));
    if let Some(why) = Race::refused(session) {
        return body.with(quiet(&why));
    }
    let race = shelf.race(session, state.vocabulary());
    let open = session.scenario().protocol.name;
    let rows = race.rows.iter().map(|row| racer(state, row, &race, row.protocol == open)).collect();
    let axis = race.rows.iter().any(|row| row.lap.is_some()).then(|| axis(race.span));
    let legend = tag("p", "quiet legend").with(mark("leader")).text(say!(" leader knows "));
    let legend = axis.is_some().then(|| legend.with(mark("all")).text(say!(" all know")));
    body.with(quiet(&race.about)).with(el("ul").all(rows)).option(axis).option(legend)
}

fn racer(state: &Shared, row: &RaceRow, race: &Race, is_open: bool) -> Html {
    let note = |note: &String| -> Html { quiet(note).into() };
    let notes = el("div").all(row.notes.iter().map(note).collect());
    let title = tag("p", "racer").with(el("b").text(row.variant)).text(format!(" {}", row.title));
    let title = title.option(is_open.then(|| tag_text("span", "badge", say!("open").text())));
    let line = el("li").set("data-variant", row.protocol.to_owned()).with(title);
    let Some(lap) = &row.lap else { return line.with(notes).into() };
    let text = |span: Time| state.session().scenario().time_text(span);
    let shown = |span: Option<Time>| span.map_or_else(|| "–".to_owned(), text);
    let client = lap.client.map_or_else(String::new, |client| say!(" · client {span}", span = text(client)));
    let (leader, all) = (shown(lap.leader), shown(lap.all));
    let figures = say!("leader {leader} · all {all}{client}");
    let mut pieces = ticks(race.span);
    pieces.extend(legs(&lap.path, race.span));
    pieces.extend(marks([lap.leader, lap.all], race.span));
    let name = format!("{}: {figures}", path_text(row.variant, &lap.path));
    let track = tag("svg", "track-bar").attr("role", "img").set("aria-label", name).all(pieces);
    let messages =
        say!("{messages} messages of its own, {all} in all.", messages = lap.messages, all = lap.messages_in_all);
    let more = el("details").with(el("summary").text(say!("{figures} · {messages} messages", messages = lap.messages)));
    let more = more.with(quiet(&lap.otherwise)).with(quiet(&messages));
    line.with(track).with(more).with(notes).into()
}

/// The marks on a bar: a ring where the leader knows, a square where everybody knows.
pub(in crate::ui) fn marks([leader, all]: [Option<Time>; 2], span: Time) -> Vec<Html> {
    let leader = leader.map(|leader| {
        let ring = tag("circle", "leader").set("cx", percent(leader, span)).attr("cy", "11").attr("r", "5");
        ring.with(el("title").text(say!("leader knows: {leader}Δ"))).into()
    });
    let all = all.map(|all| {
        let square = tag("rect", "all").set("x", percent(all, span)).attr("y", "6").attr("width", "10");
        let square = square.attr("height", "10").attr("transform", "translate(-5 0)");
        square.with(el("title").text(say!("everybody knows: {all}Δ"))).into()
    });
    // If both are at one instant, the ring goes around the square.
    all.into_iter().chain(leader).collect()
}

/// A mark of the legend.
fn mark(class: &'static str) -> Node {
    let shape = match class {
        "leader" => tag("circle", class).attr("cx", "6").attr("cy", "6").attr("r", "5"),
        _ => tag("rect", class).attr("x", "1").attr("y", "1").attr("width", "10").attr("height", "10"),
    };
    tag("svg", "key").attr("width", "12").attr("height", "12").attr("aria-hidden", "true").with(shape)
}

/// How many Δ there are from mark to mark.
fn stride(span: Time) -> u64 {
    let deltas = span.0 / Time::DELTA.0;
    [1, 2, 5, 10, 20, 50, 100, 200, 500].into_iter().find(|step| deltas / step <= TICKS_MAX).unwrap_or(1000)
}

/// The lines at the marks.
pub(in crate::ui) fn ticks(span: Time) -> Vec<Html> {
    let mut lines = Vec::new();
    let mut at = Time::ZERO;
    while at <= span {
        let x = percent(at, span);
        let line = tag("line", "tick").set("x1", x.clone()).set("x2", x).attr("y1", "-3").attr("y2", "25");
        lines.push(line.into());
        at = at.plus(Time::deltas(stride(span)));
    }
    lines
}

/// The labels of the marks.
pub(in crate::ui) fn axis(span: Time) -> Node {
    let mut names: Vec<Html> = Vec::new();
    let mut at = Time::ZERO;
    while at <= span {
        let unit = if at.plus(Time::deltas(stride(span))) > span { "Δ" } else { "" };
        let name = el("text").set("x", percent(at, span)).attr("y", "11").text(format!("{at}{unit}"));
        names.push(name.into());
        at = at.plus(Time::deltas(stride(span)));
    }
    tag("svg", "axis").attr("aria-hidden", "true").all(names)
}
