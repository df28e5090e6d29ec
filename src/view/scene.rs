//! A picture of a window of a run, as plain shapes. The page paints it on a canvas, and stills are made of it.
//!
//! Only events up to the cursor are drawn. The cost of a picture depends on what is visible and not on the length of
//! the run: a window with more messages than can be told apart is drawn as densities.

mod density;
mod lanes;
pub(in crate::view) mod legend;
pub(in crate::view) mod lettering;
mod lit;
mod marks;
mod messages;
mod ports;
mod shape;
mod still;
mod strokes;
#[cfg(test)]
mod tests;
mod tips;

use super::index::{Flight, Index, Mark};
use super::{Vocabulary, Window};
use crate::session::{Cursor, Session};
use crate::trace::{EventId, MessageId, Trace};
use crate::types::{NodeId, Time};
use crate::view::decimal::within;

pub use marks::rounded;
pub(in crate::view) use marks::rounded_clock;
pub use shape::{Anchor, Dash, EDGE, Emblem, HUES, Head, Ink, Point, Shape};
pub use still::{Still, minimap, still};
pub use tips::tip;

/// With more messages or marks than this, densities are drawn.
pub const DETAIL_MAX: usize = 1200;

/// Where a Δ is narrower than this, in pixels, densities are drawn.
pub const DETAIL_DELTA_MIN: f64 = 14.0;

/// How far from a thing the pointer may be to hit it, in pixels.
const REACH: f64 = 9.0;
/// The same for a finger on what is chosen already.
const REACH_FINGER: f64 = 22.0;

/// The same distance across a lane: 24 pixels in all.
const REACH_LANE: f64 = 12.0;

/// A thing at which somebody can point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A message.
    Message(MessageId),
    /// A mark, by its first event.
    Mark(EventId),
    /// A lane at an instant.
    Lane(NodeId, Time),
}

/// What is highlighted.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Focus {
    /// The thing that was chosen.
    pub chosen: Option<Target>,
    /// The thing under the pointer.
    pub hovered: Option<Target>,
}

/// A message whose head is being dragged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Drag {
    /// The message.
    pub message: MessageId,
    /// When it would land if it were let go here.
    pub due: Time,
}

/// How much a picture says.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Form {
    /// Everything.
    #[default]
    Full,
    /// Everything but the line that marks the present: for a run that is shown as a whole.
    Whole,
    /// Small and without words.
    Tiny,
}

/// The input from which a picture is made.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The session.
    pub session: &'a Session,
    /// Its run's index.
    pub index: &'a Index,
    /// The part to be drawn.
    pub window: Window,
    /// How far the run is shown.
    pub cursor: Cursor,
    /// What is highlighted.
    pub focus: Focus,
    /// The message that is being dragged.
    pub drag: Option<Drag>,
    /// The vocabulary of its words.
    pub words: Vocabulary,
    /// How much the picture says.
    pub form: Form,
}

impl<'a> Input<'a> {
    /// A window of a session as far as it is shown, with nothing chosen.
    pub fn new(session: &'a Session, index: &'a Index, window: Window) -> Self {
        let (focus, drag, words, form) = (Focus::default(), None, Vocabulary::default(), Form::Full);
        Self { session, index, window, cursor: session.cursor(), focus, drag, words, form }
    }
}

/// A picture.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Scene {
    /// The shapes, in the order in which they are painted.
    pub shapes: Vec<Shape>,
    /// The things at which somebody can point, and where each lies: from one place to another, or at a single place.
    pub targets: Vec<(Target, Point, Point)>,
    /// If densities are drawn, how many messages and marks they stand for.
    pub dense: Option<(usize, usize)>,
    /// The number of nodes and the window.
    lanes: Option<(usize, Window)>,
}

impl Scene {
    /// Draws the picture.
    pub fn of(input: &Input<'_>) -> Self {
        let mut pen = Pen::new(input);
        let Seen { flights, long, marks } = pen.seen();
        pen.bands();
        pen.grid();
        let count = flights.len() + long.len();
        let is_dense =
            count > DETAIL_MAX || marks.len() > DETAIL_MAX || input.window.per_delta < pen.scale * DETAIL_DELTA_MIN;
        if is_dense {
            pen.tracks(true);
            pen.density(flights, marks);
            pen.path_alone();
            pen.broken();
        } else {
            pen.lit = pen.light();
            pen.tracks(false);
            pen.messages(flights, &long);
            pen.brackets();
            pen.broken();
            pen.marks(marks);
            pen.path_numbers();
        }
        pen.dragged();
        pen.now();
        let lanes = Some((pen.nodes, input.window));
        let dense = is_dense.then_some((count, marks.len()));
        Self { shapes: pen.shapes, targets: pen.targets, dense, lanes }
    }

    /// The thing at a place or near it. Marks win over messages, and messages over lanes.
    pub fn hit(&self, x: f64, y: f64) -> Option<Target> {
        let mut best: Option<(f64, Target)> = None;
        for (target, from, to) in &self.targets {
            let handicap = if matches!(target, Target::Mark(_)) { 0.0 } else { REACH };
            let distance = distance((x, y), *from, *to);
            if distance <= REACH && best.is_none_or(|(least, _)| distance + handicap < least) {
                best = Some((distance + handicap, *target));
            }
        }
        if let Some((_, target)) = best {
            return Some(target);
        }
        let (nodes, window) = self.lanes?;
        let node = window.lane_at(x, y, nodes)?;
        let (_, across) = window.axes(x, y);
        let is_near = (across - window.side - f64::from(node.0) * window.per_lane).abs() <= REACH_LANE;
        let (time, _) = window.span(window.axes(x, y).0, 0.0);
        is_near.then_some(Target::Lane(node, time))
    }

    /// Whether a finger at this place is on a target of the picture. A finger covers more than a mouse points at.
    pub fn is_under_finger(&self, target: Target, x: f64, y: f64) -> bool {
        let mut pieces = self.targets.iter().filter(|(known, ..)| *known == target);
        pieces.any(|(_, from, to)| distance((x, y), *from, *to) <= REACH_FINGER)
    }

    /// The middle of a target, if it is in this picture.
    pub fn place(&self, target: Target) -> Option<Point> {
        if let Target::Lane(node, time) = target {
            return self.lanes.map(|(_, window)| window.point(time.as_deltas(), f64::from(node.0)));
        }
        let (_, from, to) = self.targets.iter().find(|(known, ..)| *known == target)?;
        Some((f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1)))
    }
}

/// How far a place is from a segment.
fn distance(at: Point, from: Point, to: Point) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let square = dx * dx + dy * dy;
    let part = if square > 0.0 { ((at.0 - from.0) * dx + (at.1 - from.1) * dy) / square } else { 0.0 };
    let part = within(part, 0.0, 1.0);
    (at.0 - from.0 - part * dx).hypot(at.1 - from.1 - part * dy)
}

/// The part of a run that is in a window.
struct Seen<'a> {
    flights: &'a [Flight],
    /// Flights that left long before the others.
    long: Vec<&'a Flight>,
    marks: &'a [Mark],
}

/// The pen: what the parts of one picture share.
struct Pen<'a> {
    input: &'a Input<'a>,
    index: &'a Index,
    trace: &'a Trace,
    window: Window,
    nodes: usize,
    /// How many events are shown.
    shown: usize,
    now: Time,
    end: Time,
    /// The instants at the edges of the window, with some room for things that reach into it from outside.
    from: Time,
    until: Time,
    /// The factor for everything that has a size.
    scale: f64,
    is_tiny: bool,
    /// Whether the script asks for several decrees, so that it matters which one a vote is for.
    names_decrees: bool,
    /// The names of ballots below lanes: the lane, and from where to where along time the name stands.
    below: Vec<(NodeId, f64, f64)>,
    lit: lit::Lit,
    shapes: Vec<Shape>,
    targets: Vec<(Target, Point, Point)>,
}

/// Flags reach so far from their instants, in pixels.
const OVERHANG: f64 = 110.0;

impl<'a> Pen<'a> {
    fn new(input: &'a Input<'a>) -> Self {
        let trace = input.session.trace();
        let window = input.window;
        let (from, until) = window.span(-OVERHANG, window.extent() + OVERHANG);
        let is_tiny = input.form == Form::Tiny;
        Self {
            input,
            index: input.index,
            trace,
            window,
            nodes: trace.scenario.nodes(),
            shown: input.cursor.events,
            now: input.cursor.time,
            end: input.session.end().max(input.cursor.time).max(Time::DELTA),
            from,
            until,
            scale: if is_tiny { 0.5 } else { 1.0 },
            is_tiny,
            names_decrees: trace.scenario.symbols.values.len() > 1,
            below: Vec::new(),
            lit: lit::Lit::default(),
            shapes: Vec::new(),
            targets: Vec::new(),
        }
    }

    /// Whether an event is shown.
    fn is_shown(&self, event: EventId) -> bool {
        (event.0 as usize) < self.shown
    }

    /// What has to be drawn. Messages a little before and after the window belong to it, so that the edges of the
    /// window do not decide which messages bear labels. Nearly every message takes at most 1Δ; the few others are
    /// looked for one by one.
    fn seen(&self) -> Seen<'a> {
        let index = self.index;
        let flown = index.flown(self.trace, self.shown);
        let (since, until) = (self.from.since(Time::deltas(2)), self.until.plus(Time::DELTA));
        let first = index.flights[..flown].partition_point(|flight| flight.sent < since);
        let last = index.flights[..flown].partition_point(|flight| flight.sent <= until);
        let long = index.long.iter().take_while(|place| (**place as usize) < first);
        let long = long.map(|place| &index.flights[*place as usize]).filter(|flight| flight.due >= self.from);
        let told = index.marks.partition_point(|mark| self.is_shown(mark.event));
        let marks = &index.marks[..told];
        let marks = &marks[..marks.partition_point(|mark| mark.time <= self.until)];
        let marks = &marks[marks.partition_point(|mark| mark.time < self.from)..];
        Seen { flights: &index.flights[first.min(last)..last], long: long.collect(), marks }
    }

    fn point(&self, time: Time, node: NodeId) -> Point {
        self.window.point(time.as_deltas(), f64::from(node.0))
    }

    /// Moves a point along time and across time, towards later lanes, by these distances.
    fn beside(&self, (x, y): Point, along: f64, across: f64) -> Point {
        if self.window.vertical { (x + across, y + along) } else { (x + along, y + across) }
    }

    /// The position of an instant along time, in pixels.
    fn along(&self, time: Time) -> f64 {
        let (x, y) = self.window.point(time.as_deltas(), 0.0);
        self.window.axes(x, y).0
    }
}
