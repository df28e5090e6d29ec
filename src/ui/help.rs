//! The help: all keys, and the meaning of each sign in the picture.

use yew::Html;

use super::Shared;
use super::dom::{Node, el, tag};
use crate::tongue::{Phrase, key, say};
use crate::view::Vocabulary;

/// In each row a few keys, and what they do.
const KEYS: [(Phrase, Phrase); 14] = [
    (say!("Space, k"), say!("play or pause")),
    (say!("← →"), say!("one step back or forward")),
    (say!("Shift+← Shift+→"), say!("one Δ back or forward")),
    (say!("Home, End"), say!("to the start, to the end")),
    (say!("↑ ↓"), say!("another lane, while the picture has the focus")),
    (say!(", ."), say!("the event before or after on the lane")),
    (say!("Enter"), say!("open what is selected")),
    (say!("Esc"), say!("close or clear")),
    (say!("+ − 0"), say!("zoom in, zoom out, the whole run")),
    (say!("/"), say!("find an event by its words")),
    (say!("n, N"), say!("the next one found, the one before")),
    (say!("z, y"), say!("undo, redo")),
    (say!("f"), say!("the picture alone, large, for a lecture: Page Up and Page Down go by 1Δ, Esc leads back")),
    (say!("?"), say!("this page")),
];

/// A line or a shape of a sign: its class, and its path in a field of 56 by 20.
type Stroke = (&'static str, &'static str);

/// A sign: its strokes, and its meaning.
type Sign = (&'static [Stroke], &'static str);

const OPEN: &str = "M44 6l7 4-7 4";
const FILLED: &str = "M44 5l8 5-8 5z";
const SHAFT: &str = "M4 10h46";
const RING: &str = "M28 5.5a4.5 4.5 0 1 0 .01 0z";
const LANE: &str = "M2 10h52";

/// Messages, as the picture draws them.
const MESSAGES: [Sign; 10] = [
    (&[("p1a line", SHAFT), ("p1a line", OPEN)], key!("1a, {next_ballot}: asks for promises")),
    (
        &[("p1b line answer", SHAFT), ("p1b line", OPEN)],
        key!("1b, {last_vote_message}: a promise, with the {last_vote}"),
    ),
    (&[("p2a line", SHAFT), ("p2a fill", FILLED)], key!("2a, {begin_ballot}: asks for {votes}")),
    (&[("p2b line answer", SHAFT), ("p2b fill", FILLED)], "2b, {voted_message}: {a_vote}"),
    (
        &[("p3 line", SHAFT), ("p3 fill", FILLED), ("p3 fill", "M36 5l8 5-8 5z")],
        key!("3, {success}: tells what was {passed}"),
    ),
    (&[("pnack line refusal", SHAFT), ("pnack line", OPEN)], key!("{nack}: a refusal, with what was promised")),
    (&[("prequest line request", SHAFT), ("prequest line", OPEN)], key!("Request: a client’s wish, or a question")),
    (&[("pelection line beat", SHAFT)], key!("{alive}: a process tells that it is there")),
    (&[("p1a line lost", "M4 10h26"), ("bad line", "M27 6l8 8m0-8l-8 8")], key!("lost, where and when it was lost")),
    (&[("p1a line", "M4 10h22"), ("p1a line ghost", "M28 10h24")], key!("under way: the rest of its way is dotted")),
];

/// What happens at a process, on its lane.
const MARKS: [Sign; 14] = [
    (
        &[("track", LANE), ("p1a line hollow", "M28 3a7 7 0 1 0 .01 0z")],
        key!("starts a {ballot}; its number stands beside it"),
    ),
    (&[("track", LANE), ("p1b line hollow", RING)], "promises"),
    (
        &[("track", LANE), ("p1b line thick", "M14 14.5h40")],
        key!("{next_bal}, what it has promised: a hue for each {ballot}"),
    ),
    (&[("track", LANE), ("p2a line hollow", "M21.5 3.5h13v13h-13z")], key!("begins a {ballot}: a quorum has promised")),
    (
        &[("track", LANE), ("fill d0", "M18 5.5a4.5 4.5 0 1 0 .01 0z"), ("fill d1", "M38 4l6 6-6 6-6-6z")],
        key!("{it_votes}: each {decree} has a colour and a shape"),
    ),
    (
        &[("track", LANE), ("line thick d0", "M27 10h27"), ("fill d0", "M27 10V1h20v7H29v2z")],
        key!("knows what was {passed}; +Δ counts from its {ballot}’s start"),
    ),
    (&[("track", LANE), ("bad line hollow", "M28 4a6 6 0 1 0 .01 0z"), ("bad line", "M24.5 10h7")], "refuses"),
    (&[("track", LANE), ("prequest line thick", "M14 5.5h40")], key!("thinks that it leads")),
    (&[("track", LANE), ("timer", "M28 2v16")], key!("a timer runs out")),
    (
        &[("track", "M2 10h14m24 0h14"), ("track down", "M18 10h20"), ("bad line", "M13 6l8 8m0-8l-8 8")],
        key!("down, from the crash until it comes back"),
    ),
    (&[("p1a line", "M34 2h-6v16h6M28 10h6")], key!("a quorum: those who have promised, or {voted}")),
    (
        &[("p2b line hollow", "M28 3a7 7 0 1 0 .01 0z"), ("p2b line", "M26 8l2.5-2v8")],
        key!("the critical path of a chosen decision, numbered"),
    ),
    (
        &[("group-0", "M2 0h52v10H2z"), ("group-1", "M2 10h52v10H2z"), ("bad line ghost", "M2 0v20M54 0v20")],
        key!("the network is split into these groups"),
    ),
    (&[("now", "M28 0v20")], key!("now: what comes after has not happened yet")),
];

/// The part of the page that says how it is used.
#[inline(never)]
pub(super) fn help(state: &Shared) -> Html {
    let says = state.vocabulary();
    let key = |(keys, meaning): &(Phrase, Phrase)| {
        let mut term = el("dt");
        for key in keys.text().split(' ') {
            let (key, comma) = key.strip_suffix(',').filter(|key| !key.is_empty()).map_or((key, ""), |key| (key, ", "));
            term = term.with(el("kbd").text(key)).text(if comma.is_empty() { " " } else { comma });
        }
        el("div").with(term).with(el("dd").text(meaning)).into()
    };
    tag("main", "help").attr("id", "help")
        .attr("tabindex", "-1")
        .attr("aria-label", say!("Help"))
        .with(el("h2").text(say!("Keys and signs")))
        .with(el("p").text(
            say!("Time runs to the right, or down on a narrow screen; each process has a lane. Click a message, a mark or a lane to \
             act there: what you do becomes a line of the script. Keys act while the focus is in the playground and you are \
             not writing; Tab always leads on."),
        ))
        .with(column(say!("Keys"), tag("dl", "keylist").all(KEYS.iter().map(key).collect())))
        .with(column(say!("Messages"), signs(&MESSAGES, says)))
        .with(column(say!("On the lanes"), signs(&MARKS, says)))
        .into()
}

fn column(title: Phrase, list: Node) -> Node {
    tag("div", "column").with(el("h3").text(title)).with(list)
}

fn signs(signs: &[Sign], says: Vocabulary) -> Node {
    let sign = |(strokes, meaning): &Sign| {
        let path = |(class, path): &Stroke| tag("path", class).attr("d", path).into();
        let picture = tag("svg", "sign")
            .attr("viewBox", "0 0 56 20")
            .attr("width", "56")
            .attr("height", "20")
            .attr("aria-hidden", "true")
            .all(strokes.iter().map(path).collect());
        el("li").with(picture).with(el("span").text(says.fill(meaning))).into()
    };
    tag("ul", "signs").all(signs.iter().map(sign).collect())
}
