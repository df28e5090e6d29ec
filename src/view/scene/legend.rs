//! The legend of a figure: the meanings of the signs that occur in it, and no others.

use super::lettering::{text, width_of};
use super::{Anchor, Dash, Emblem, Head, Ink, Point, Shape};
use crate::protocol::{Fact, KindInfo, Phase, Protocol, Vocabulary};
use crate::session::{Cursor, Session};
use crate::tongue::{key, say};
use crate::trace::{Envelope, EventId, What};
use crate::types::{Sorted, Value};
use crate::view::index::{Index, MarkKind};

/// The height of a row, the width of a sign that is a line, the width of a sign that is a mark, and the gap before the
/// next sign, in pixels.
const ROW: f64 = 21.0;
const LINE: f64 = 34.0;
const MARK: f64 = 18.0;
const GAP: f64 = 18.0;

/// Where a script names at most so many decrees, each has a sign of its own.
const DECREES_MAX: usize = 6;

/// The size of the words.
const SIZE: f64 = 12.0;

/// A sign: its shapes around the middle of its place, the width of the place, and its meaning.
#[derive(Clone)]
pub(in crate::view) struct Sign {
    shapes: Vec<Shape>,
    width: f64,
    meaning: String,
}

/// The signs of a run, as far as it is shown.
pub(in crate::view) fn signs(
    session: &Session,
    index: &Index,
    is_dense: bool,
    cursor: Cursor,
    words: Vocabulary,
) -> Vec<Sign> {
    let is_shown = |event: EventId| (event.0 as usize) < cursor.events;
    let mut signs = messages(session, index, words, cursor, is_dense);
    signs.append(&mut marks(session, words, index, cursor, is_dense));
    if index.bands.iter().any(|band| is_shown(band.stretch.first)) {
        let words = text((0.0, 4.0), "✂".to_owned(), Ink::Bad, SIZE, true, Anchor::Middle);
        signs.push(Sign::mark(vec![words], say!("cut").text()));
    }
    if index.losses.iter().any(|lost| is_shown(lost.event)) {
        let shape = if is_dense { tick(Ink::Bad, 5.0, 1.5) } else { cross(5.0) };
        signs.push(Sign::mark(vec![shape], say!("lost").text()));
    }
    let mut flown = index.flights.iter().map(|flight| session.trace().message(flight.id));
    let is_late = |envelope: &Envelope| envelope.leaves > envelope.sent_at && is_shown(envelope.sent);
    if !is_dense && flown.clone().any(is_late) {
        let wait = stroke((-LINE / 2.0, 0.0), (0.0, 0.0), Ink::Phase2, 1.0, Dash::Solid);
        let bar = stroke((0.0, 0.0), (LINE / 2.0, 0.0), Ink::Phase2, 4.0, Dash::Solid);
        signs.push(Sign::line(vec![wait, bar], say!("waits in the port, and leaves it").text()));
    }
    let is_lie = |envelope: &Envelope| envelope.truth.is_some() && is_shown(envelope.sent);
    if !is_dense && flown.any(is_lie) {
        let words = text((0.0, 4.0), "≠".to_owned(), Ink::Bad, SIZE, true, Anchor::Middle);
        let ring = Shape::Circle { at: (0.0, 0.0), radius: 7.0, fill: None, stroke: Some((Ink::Bad, 1.5)), alpha: 1.0 };
        signs.push(Sign::mark(vec![ring, words], say!("a lie").text()));
    }
    if index.tracks.iter().any(|track| track.downs.iter().any(|down| is_shown(down.first))) {
        let lane = stroke((-2.0, 0.0), (LINE / 2.0, 0.0), Ink::Soft, 1.5, Dash::Down);
        signs.push(Sign::line(vec![lane, moved(cross(6.0), (-9.0, 0.0))], say!("crashed, and down").text()));
    }
    signs
}

/// The signs of messages that were sent: arrows, or bars where messages are not drawn one by one.
fn messages(session: &Session, index: &Index, words: Vocabulary, cursor: Cursor, is_dense: bool) -> Vec<Sign> {
    let trace = session.trace();
    let kinds = trace.scenario.protocol.kinds;
    let mut is_sent = vec![false; kinds.len()];
    for envelope in index.flights.iter().map(|flight| trace.message(flight.id)) {
        if (envelope.sent.0 as usize) < cursor.events {
            is_sent[usize::from(envelope.message.kind.0)] = true;
        }
    }
    let mut signs: Vec<Sign> = Vec::new();
    for (kind, _) in kinds.iter().zip(is_sent).filter(|(_, is_sent)| *is_sent) {
        let (ink, meaning) = (Ink::of(kind.phase), meaning(words, kind));
        if !is_dense {
            signs.push(Sign::line(arrow(kind.phase, ink), &meaning));
            continue;
        }
        // Steps of the same colour share a bar.
        let bar = |sign: &Sign| matches!(sign.shapes[..], [Shape::Rect { fill: Some(known), .. }] if known == ink);
        match signs.iter_mut().find(|sign| bar(sign)) {
            Some(sign) => sign.meaning = format!("{}, {meaning}", sign.meaning),
            None => signs.push(Sign::mark(vec![rect(6.0, 4.5, 0.0, Some(ink), None)], &say!("sent: {meaning}"))),
        }
    }
    signs
}

/// The step that sends a message, and its name.
fn meaning(words: Vocabulary, kind: &KindInfo) -> String {
    match kind.phase {
        Phase::Nack | Phase::Request | Phase::Reply | Phase::Certify | Phase::Election => words.kind(kind).to_owned(),
        step => format!("{} {}", step.label(), words.kind(kind)),
    }
}

fn arrow(phase: Phase, ink: Ink) -> Vec<Shape> {
    let half = LINE / 2.0;
    let is_headed = phase != Phase::Election;
    let end = if is_headed { half - 5.0 } else { half };
    let mut shapes = vec![stroke((-half, 0.0), (end, 0.0), ink, if is_headed { 1.75 } else { 1.0 }, Dash::of(phase))];
    if is_headed {
        let (at, way, form) = ((half, 0.0), (1.0, 0.0), Head::of(phase));
        shapes.push(Shape::Head { at, way, form, ink, size: 8.0, alpha: 1.0 });
    }
    shapes
}

/// The signs of what processes stated: all marks, or those that are left where densities are drawn.
fn marks(session: &Session, words: Vocabulary, index: &Index, cursor: Cursor, is_dense: bool) -> Vec<Sign> {
    let shown = index.marks.partition_point(|mark| (mark.event.0 as usize) < cursor.events);
    let mut is_there = [false; MarkKind::ALL.len()];
    for mark in &index.marks[..shown] {
        is_there[mark.kind as usize] = true;
    }
    let kinds = MarkKind::ALL.into_iter().filter(|kind| is_there[*kind as usize]);
    let protocol = session.scenario().protocol;
    if is_dense {
        return kinds.filter_map(|kind| dense(words, kind)).collect();
    }
    let mut signs: Vec<Sign> = Vec::new();
    for kind in kinds {
        if kind == MarkKind::Voted {
            signs.append(&mut votes(session, words, index, cursor));
        } else {
            signs.extend(mark(words, kind, protocol));
        }
    }
    if index.brackets.iter().any(|bracket| (bracket.event.0 as usize) < cursor.events) {
        let spine = stroke((-2.0, -8.0), (-2.0, 8.0), Ink::Phase2, 1.25, Dash::Solid);
        let tab = |y: f64| stroke((-2.0, y), (3.0, y), Ink::Phase2, 3.0, Dash::Solid);
        signs.push(Sign::mark(vec![spine, tab(-8.0), tab(8.0)], say!("a quorum").text()));
    }
    signs
}

/// A sign for the votes for each decree, or one for all of them where there are many decrees.
fn votes(session: &Session, words: Vocabulary, index: &Index, cursor: Cursor) -> Vec<Sign> {
    let symbols = &session.scenario().symbols;
    let sign = |value, meaning: &str| Sign::mark(vec![Emblem::of(value).shape((0.0, 0.0), 5.0, 1.0)], meaning);
    if symbols.values.len() > DECREES_MAX {
        return vec![sign(Value(0), &words.fill(key!("{voted}; a colour and a shape for each {decree}")))];
    }
    let mut decrees: Sorted<Value, ()> = Sorted::default();
    for mark in index.marks.iter().filter(|mark| mark.kind == MarkKind::Voted) {
        let until = (mark.last.0 as usize + 1).min(cursor.events);
        for event in session.trace().events().range((mark.event.0 as usize).min(until)..until) {
            if let What::Stated(_, Fact::Voted(_, vote)) = event.what {
                decrees.set(vote.value, ());
            }
        }
    }
    let signs = decrees.entries().iter().map(|(value, ())| match *value {
        Value::OLIVE_DAY => sign(*value, &words.fill(key!("{voted_for} the {olive_day_decree}"))),
        _ => sign(*value, &format!("{} “{}”", words.voted_for, symbols.value(*value))),
    });
    signs.collect()
}

fn dense(words: Vocabulary, kind: MarkKind) -> Option<Sign> {
    Some(match kind {
        MarkKind::Tried => Sign::mark(vec![tick(Ink::Phase1, 5.0, 1.5)], &words.fill(key!("{ballot} tried"))),
        MarkKind::Promised => {
            let line = stroke((-LINE / 2.0, 0.0), (LINE / 2.0, 0.0), Ink::Ballot(0), 3.0, Dash::Solid);
            Sign::line(vec![line], &words.fill(key!("promised; a colour for each {ballot}")))
        }
        MarkKind::Learned => Sign::mark(
            vec![circle(5.5, Some(Ink::Knows), (Ink::Paper, 1.5))],
            &words.fill(key!("{decrees} learned there first")),
        ),
        _ => return None,
    })
}

fn mark(words: Vocabulary, kind: MarkKind, protocol: &Protocol) -> Option<Sign> {
    let paper = Some(Ink::Paper);
    Some(match kind {
        MarkKind::Tried => {
            Sign::mark(vec![circle(7.0, paper, (Ink::Phase1, 2.0))], &words.fill(key!("{ballot} tried")))
        }
        MarkKind::Promised => {
            let (from, to) = ((0.0, 4.5), (LINE / 2.0, 4.5));
            let line = stroke(from, to, Ink::Ballot(0), 3.0, Dash::Solid);
            Sign::line(
                vec![line, circle(4.5, paper, (Ink::Phase1, 2.0))],
                &words.fill(key!("promised; a colour for each {ballot}")),
            )
        }
        MarkKind::Began => {
            Sign::mark(vec![rect(6.5, 6.5, 2.0, paper, Some((Ink::Phase2, 2.0)))], &words.fill(key!("{ballot} begun")))
        }
        MarkKind::Certified => {
            let dot = circle(2.5, Some(Ink::Ink), (Ink::Ink, 0.0));
            Sign::mark(vec![circle(6.5, paper, (Ink::Ink, 2.0)), dot], say!("has a certificate").text())
        }
        MarkKind::Learned => {
            let (label, meaning) = if protocol.has_places() {
                ("[n]", key!("{decree} n learned, +Δ since its {ballot} began"))
            } else if protocol.is_log {
                ("Δ", key!("commands learned; with +, Δ since the last of them was asked for"))
            } else {
                ("Δ", key!("learned; with +, Δ since its {ballot} began"))
            };
            let cloth = rect(LINE / 2.0 - 4.0, 8.0, 3.5, Some(Ink::Soft), None);
            let label = text((0.0, 4.0), label.to_owned(), Ink::Paper, 11.0, true, Anchor::Middle);
            Sign::line(vec![cloth, label], &words.fill(meaning))
        }
        MarkKind::Refused => {
            let stroke = stroke((-3.5, 0.0), (3.5, 0.0), Ink::Bad, 2.0, Dash::Solid);
            Sign::mark(vec![circle(6.0, paper, (Ink::Bad, 2.0)), stroke], say!("refused").text())
        }
        MarkKind::Leads => {
            Sign::line(vec![stroke((-10.0, 0.0), (10.0, 0.0), Ink::Request, 2.5, Dash::Solid)], say!("leads").text())
        }
        MarkKind::Timer => Sign::mark(vec![tick(Ink::Ink, 8.0, 1.25)], say!("a timer ran out").text()),
        MarkKind::Voted | MarkKind::Follows => return None,
    })
}

impl Sign {
    fn mark(shapes: Vec<Shape>, meaning: &str) -> Self {
        Self { shapes, width: MARK, meaning: meaning.to_owned() }
    }

    fn line(shapes: Vec<Shape>, meaning: &str) -> Self {
        Self { width: LINE, ..Self::mark(shapes, meaning) }
    }
}

/// The shapes of signs in rows from this corner on, and the height at which the next line can stand.
pub(in crate::view) fn place(signs: Vec<Sign>, corner: Point, width: f64) -> (Vec<Shape>, f64) {
    place_among(&[], signs, corner, width)
}

/// The shapes of signs, each at the place that it has among `all` signs, and the height at which the next line can stand.
/// Where one of the signs is not among all signs, the signs have rows of their own.
pub(in crate::view) fn place_among(
    all: &[Sign],
    mut signs: Vec<Sign>,
    (left, top): Point,
    width: f64,
) -> (Vec<Shape>, f64) {
    let mut shown = vec![true; signs.len()];
    let has = |signs: &[Sign], meaning: &str| signs.iter().any(|sign| sign.meaning == meaning);
    if !all.is_empty() && signs.iter().all(|sign| has(all, &sign.meaning)) {
        shown = all.iter().map(|sign| has(&signs, &sign.meaning)).collect();
        signs = all.to_vec();
    }
    let (mut x, mut y) = (left, top + ROW / 2.0);
    let mut shapes = Vec::new();
    if signs.is_empty() {
        return (shapes, top);
    }
    for (sign, is_shown) in signs.into_iter().zip(shown) {
        let wide = sign.width + 6.0 + width_of(&sign.meaning, SIZE, false);
        if x > left && x + wide > left + width {
            (x, y) = (left, y + ROW);
        }
        if is_shown {
            shapes.extend(sign.shapes.into_iter().map(|shape| moved(shape, (x + sign.width / 2.0, y))));
            shapes.push(text((x + sign.width + 6.0, y + 4.0), sign.meaning, Ink::Soft, SIZE, false, Anchor::Start));
        }
        x += wide + GAP;
    }
    (shapes, y + ROW + 4.0)
}

fn circle(radius: f32, fill: Option<Ink>, stroke: (Ink, f32)) -> Shape {
    Shape::Circle { at: (0.0, 0.0), radius, fill, stroke: Some(stroke), alpha: 1.0 }
}

fn rect(half: f64, half_high: f64, radius: f32, fill: Option<Ink>, stroke: Option<(Ink, f32)>) -> Shape {
    let (corner, size) = ((-half, -half_high), (2.0 * half, 2.0 * half_high));
    Shape::Rect { corner, size, radius, fill, stroke, alpha: 1.0 }
}

fn cross(size: f32) -> Shape {
    Shape::Cross { at: (0.0, 0.0), size, ink: Ink::Bad, alpha: 1.0 }
}

fn tick(ink: Ink, half: f64, width: f32) -> Shape {
    stroke((0.0, -half), (0.0, half), ink, width, Dash::Solid)
}

fn stroke(from: Point, to: Point, ink: Ink, width: f32, dash: Dash) -> Shape {
    Shape::Line { from, to, ink, width, dash, alpha: 1.0 }
}

/// The same shape somewhere else.
pub(in crate::view) fn moved(mut shape: Shape, (right, down): Point) -> Shape {
    let move_by = |point: &mut Point| *point = (point.0 + right, point.1 + down);
    match &mut shape {
        Shape::Line { from, to, .. } => {
            move_by(from);
            move_by(to);
        }
        Shape::Head { at, .. }
        | Shape::Circle { at, .. }
        | Shape::Rect { corner: at, .. }
        | Shape::Area { at, .. }
        | Shape::Cross { at, .. }
        | Shape::Text { at, .. } => move_by(at),
    }
    shape
}
