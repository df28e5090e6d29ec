//! Messages, drawn one by one as slanted arrows.

use std::borrow::Cow;

use super::strokes::Face;
use super::{Anchor, Dash, Head, Ink, Pen, Point, Shape, Target};
use crate::protocol::{Payload, Phase};
use crate::trace::{MessageId, What};
use crate::types::{NodeId, Time};
use crate::view::index::Flight;

/// The length at which a message that never left is drawn, in pixels.
const STUB: f64 = 34.0;

/// How long a message must be to have a head, in pixels.
const HEADED: f64 = 12.0;

/// How far from its sender a multicast has its arc, in pixels.
const ARC: f64 = 22.0;

/// Where lanes or Δs are narrower than this, in pixels, messages are thin lines.
const FINE_LANE: f64 = 32.0;
const FINE_DELTA: f64 = 40.0;

/// What has become of a message so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    InFlight,
    Landed,
    Lost,
}

/// Where a message is drawn.
struct Way {
    from: Point,
    to: Point,
    /// How far it has come: 0 is its sender, 1 its receiver.
    reach: f64,
    end: End,
    length: f64,
    /// Its direction, as a vector of length 1.
    unit: Point,
}

impl Way {
    fn at(&self, part: f64) -> Point {
        (self.from.0 + (self.to.0 - self.from.0) * part, self.from.1 + (self.to.1 - self.from.1) * part)
    }
}

/// A fan: messages that leave one node, or arrive at one, within about one Δ. It keeps the longest of them so far.
struct Fan {
    phase: Phase,
    hub: (NodeId, Time),
    place: usize,
    lanes: u8,
}

impl Flight {
    /// The end at which a message meets the others of its fan: the sender of a question, the receiver of an answer.
    fn hub(&self) -> (NodeId, Time) {
        match self.phase {
            Phase::OneA | Phase::TwoA | Phase::Certify | Phase::Three | Phase::Request | Phase::Election => {
                (self.from, self.sent)
            }
            Phase::OneB | Phase::TwoB | Phase::Nack | Phase::Reply => (self.to, self.due),
        }
    }
}

impl Pen<'_> {
    pub(super) fn messages(&mut self, flights: &[Flight], long: &[&Flight]) {
        let flights: Vec<&Flight> = long.iter().copied().chain(flights).collect();
        let on_path = |flight: &Flight| self.lit.path.is_empty() || self.lit.path.contains(&flight.id);
        let labelled = if self.is_tiny { Vec::new() } else { longest(&flights, on_path) };
        let is_seen = |pen: &Self, flight: &Flight| flight.due >= pen.from && flight.sent <= pen.until;
        // The places of the labels so far.
        let mut taken: Vec<Point> = Vec::new();
        // Dimmed messages lie below those that are lit.
        let is_dimmed = |pen: &Self, flight: &Flight| pen.lit.message(flight.id) < 1.0;
        for is_below in [true, false] {
            for flight in &flights {
                if is_seen(self, flight) && is_dimmed(self, flight) == is_below {
                    self.message(flight);
                    self.arc(flight);
                }
            }
        }
        for place in labelled {
            if !is_dimmed(self, flights[place]) {
                self.label(flights[place], &mut taken);
            }
        }
    }

    fn way(&self, flight: &Flight) -> Way {
        let (from, to) = (self.point(flight.leaves, flight.from), self.point(flight.due, flight.to));
        let whole = flight.due.since(flight.leaves).0;
        let part = |time: Time| {
            if whole == 0 { 1.0 } else { (time.since(flight.leaves).0 as f64 / whole as f64).min(1.0) }
        };
        let end = self.trace.message(flight.id).end.filter(|end| self.is_shown(*end));
        let (end, reach) = match end.map(|end| self.trace.event(end)) {
            None => (End::InFlight, part(self.now)),
            Some(event) if matches!(event.what, What::Lost(..)) => (End::Lost, part(event.time)),
            Some(_) => (End::Landed, 1.0),
        };
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        // A square root has the same result on every machine; the `hypot` of a library may differ.
        let length = (dx * dx + dy * dy).sqrt().max(1.0);
        Way { from, to, reach, end, length, unit: (dx / length, dy / length) }
    }

    fn message(&mut self, flight: &Flight) {
        let way = self.way(flight);
        let (ink, dash) = (Ink::of(flight.phase), Dash::of(flight.phase));
        let target = Target::Message(flight.id);
        let is_chosen = self.input.focus.chosen == Some(target);
        let is_hovered = self.input.focus.hovered == Some(target);
        let is_copy = self.trace.message(flight.id).copy_of.is_some();
        let is_beat = flight.phase == Phase::Election;
        let alpha = self.lit.message(flight.id);
        if flight.leaves > flight.sent && self.port(flight, ink, alpha) {
            return;
        }
        // Arrows end short of the lane, so that heads and marks do not cover each other. A message that did not even
        // leave is drawn a little way, to show where it was going.
        let part = match way.end {
            End::Landed => 1.0 - (5.0 * self.scale / way.length).min(0.5),
            End::Lost => way.reach.max((STUB * self.scale / way.length).min(1.0)),
            End::InFlight => way.reach,
        };
        let tip = way.at(part);
        if is_chosen {
            self.line(way.from, tip, ink, 11.0, Dash::Solid, 0.18);
        }
        if way.end == End::InFlight && !is_beat {
            self.line(tip, way.to, ink, 1.0, Dash::Ghost, 0.45 * alpha);
            self.circle(way.to, 3.0, None, Some((ink, 1.0)), 0.45 * alpha);
        }
        let is_headed = way.end != End::Lost && !is_beat && way.length * part > HEADED * self.scale;
        let size = 8.0 * self.scale;
        // The shaft ends below the head, not at its point.
        let base = if is_headed { (tip.0 - way.unit.0 * size * 0.6, tip.1 - way.unit.1 * size * 0.6) } else { tip };
        let width = match () {
            () if is_copy => 3.0,
            () if is_beat => 1.0,
            () if is_chosen || is_hovered => 3.0,
            // Close together, thin lines are easier to tell apart, and the browser paints them several times as fast.
            () if self.window.per_lane < FINE_LANE || self.window.per_delta < FINE_DELTA => 1.0,
            () => 1.75,
        };
        let dash = if is_copy { Dash::Copy } else { dash };
        let fade = if is_beat || way.end == End::Lost { 0.65 } else { 1.0 };
        self.line(way.from, base, ink, width * self.scale as f32, dash, fade * alpha);
        if is_headed {
            let (form, size) = (Head::of(flight.phase), size as f32);
            self.shapes.push(Shape::Head { at: tip, way: way.unit, form, ink, size, alpha });
        }
        if way.end == End::Lost {
            let size = 5.0 * self.scale as f32;
            self.shapes.push(Shape::Cross { at: tip, size, ink: Ink::Bad, alpha: alpha.max(0.35) });
        }
        if self.trace.message(flight.id).truth.is_some() && way.length * part > HEADED * self.scale {
            self.lie(way.at(part * 0.3), alpha);
        }
        self.targets.push((target, way.from, tip));
    }

    /// Draws the sign of a multicast: across its messages, near their sender, an arc. This is the part of the arc between this
    /// message and the one before it in the same send.
    fn arc(&mut self, flight: &Flight) {
        let is_fine = self.window.per_lane < FINE_LANE || self.window.per_delta < FINE_DELTA;
        if is_fine || !self.trace.message(flight.id).is_shared {
            return;
        }
        let before = self.index.flights[..].partition_point(|other| other.id < flight.id);
        let Some(before) = self.index.flights[..before].last().copied() else { return };
        if (before.from, before.sent) != (flight.from, flight.sent) {
            return;
        }
        let [one, other] = [&before, flight].map(|flight| {
            let way = self.way(flight);
            let part = ARC * self.scale / way.length;
            (part < way.reach).then(|| way.at(part))
        });
        if let (Some(one), Some(other)) = (one, other) {
            let alpha = self.lit.message(flight.id);
            self.line(one, other, Ink::of(flight.phase), 1.5 * self.scale as f32, Dash::Solid, alpha);
        }
    }

    /// The sign of a lie: the message is not the one that a correct process would send.
    #[inline(never)]
    fn lie(&mut self, at: Point, alpha: f32) {
        self.circle(at, 7.0, Some(Ink::Paper), Some((Ink::Bad, 1.5)), alpha);
        let face = Face { ink: Ink::Bad, size: 11.0, bold: true, anchor: Anchor::Middle };
        self.text((at.0, at.1 + 4.0), "≠", face, alpha);
    }

    /// Draws the label along the line, only where there is room for it, on the side where the other arrows of the fan
    /// are not.
    #[inline(never)]
    fn label(&mut self, flight: &Flight, taken: &mut Vec<Point>) {
        let way = self.way(flight);
        let message = &self.trace.message(flight.id).message;
        let name = self.input.words.kind(self.trace.scenario.protocol.kind(message.kind));
        let fits = |words: &str| 6.2 * words.chars().count() as f64 <= way.length - 24.0;
        let decree = match message.payload {
            Payload::Value(value) if self.names_decrees && flight.phase == Phase::TwoA => {
                Some(format!("{name} {}", self.trace.scenario.symbols.value(value)))
            }
            _ => None,
        };
        let words = decree.filter(|words| fits(words)).map_or(Cow::Borrowed(name), Cow::Owned);
        if way.reach < 0.55 || !fits(&words) {
            return;
        }
        let room = 6.2 * words.chars().count() as f64;
        let (hub, _) = flight.hub();
        let other = if hub == flight.from { flight.to } else { flight.from };
        // Words run to the right. In a vertical picture lanes lie side by side, so the far side is to the right of the
        // hub and not below it.
        let is_left = way.unit.0 < 0.0;
        let (cos, sin) = if is_left { (-way.unit.0, -way.unit.1) } else { way.unit };
        let is_far = (hub < other) ^ self.window.vertical ^ is_left;
        let shift = if is_far { 12.5 } else { -4.5 };
        let middle = way.at(0.5);
        let at = (middle.0 - shift * sin, middle.1 + shift * cos);
        // The distance is measured along this label and across it; the other label may lie at another angle.
        let is_near = |other: &Point| {
            let (dx, dy) = (other.0 - at.0, other.1 - at.1);
            (dx * cos + dy * sin).abs() < room && (dy * cos - dx * sin).abs() < 22.0
        };
        if taken.iter().any(is_near) {
            return;
        }
        taken.push(at);
        let ink = Ink::of(flight.phase);
        self.shapes.push(Shape::Text {
            at,
            words,
            ink,
            size: 11.0,
            bold: false,
            anchor: Anchor::Middle,
            along: Some((cos, sin)),
            halo: true,
            alpha: 1.0,
        });
    }

    /// Draws the numbers along the critical path.
    pub(super) fn path_numbers(&mut self) {
        let path = std::mem::take(&mut self.lit.path);
        for (place, id) in path.iter().enumerate() {
            let Some(flight) = self.flight(*id) else { continue };
            let way = self.way(&flight);
            let at = way.at(0.25);
            self.circle(at, 8.5, Some(Ink::of(flight.phase)), Some((Ink::Paper, 1.5)), 1.0);
            let face = Face { ink: Ink::Paper, size: 11.0, bold: true, anchor: Anchor::Middle };
            self.text((at.0, at.1 + 4.0), (place + 1).to_string(), face, 1.0);
            if let Some(Shape::Text { halo, .. }) = self.shapes.last_mut() {
                *halo = false;
            }
        }
    }

    /// Draws the critical path where other messages are not drawn one by one.
    #[inline(never)]
    pub(super) fn path_alone(&mut self) {
        self.lit.path = self.path();
        for id in self.lit.path.clone() {
            if let Some(flight) = self.flight(id) {
                self.message(&flight);
            }
        }
        if self.window.per_delta >= 24.0 {
            self.path_numbers();
        }
    }

    /// The flight of a message, if it travels.
    fn flight(&self, id: MessageId) -> Option<Flight> {
        let flights = &self.index.flights;
        let place = flights.binary_search_by(|flight| flight.id.cmp(&id)).ok()?;
        Some(flights[place])
    }

    /// Draws where a message that is being dragged would land.
    #[inline(never)]
    pub(super) fn dragged(&mut self) {
        let Some(drag) = self.input.drag else { return };
        let Some(flight) = self.flight(drag.message) else { return };
        let flight = Flight { due: drag.due, ..flight };
        let way = self.way(&flight);
        self.line(way.from, way.to, Ink::Accent, 2.0, Dash::Answer, 1.0);
        let (form, ink) = (Head::of(flight.phase), Ink::Accent);
        self.shapes.push(Shape::Head { at: way.to, way: way.unit, form, ink, size: 9.0, alpha: 1.0 });
        let face = Face { ink, size: 12.0, bold: true, anchor: Anchor::Start };
        let span = drag.due.since(flight.leaves);
        self.text(self.beside(way.to, 10.0, 16.0), format!("takes {}", self.trace.scenario.time_text(span)), face, 1.0);
    }
}

/// The places of the flights that bear labels: the longest of each fan, and only one for all fans of a step at one
/// instant.
fn longest(flights: &[&Flight], is_wanted: impl Fn(&Flight) -> bool) -> Vec<usize> {
    let mut fans: Vec<Fan> = Vec::new();
    for (place, flight) in flights.iter().enumerate().filter(|(_, flight)| is_wanted(flight)) {
        let (phase, hub) = (flight.phase, flight.hub());
        let lanes = flight.from.0.abs_diff(flight.to.0);
        // Messages that only say who is there are sent again and again, so a label now and then is enough.
        let (span, is_beat) = if phase == Phase::Election { (8, true) } else { (1, false) };
        let part = |time: Time| time.0 / (span * Time::DELTA.0);
        let is_near = |other: (NodeId, Time)| (is_beat || other.0 == hub.0) && part(other.1) == part(hub.1);
        let is_it = |fan: &&mut Fan| fan.phase == phase && (fan.hub.1 == hub.1 || is_near(fan.hub));
        match fans.iter_mut().rev().take(64).find(is_it) {
            Some(fan) if lanes > fan.lanes && !is_beat => (fan.place, fan.lanes) = (place, lanes),
            Some(_) => {}
            None => fans.push(Fan { phase, hub, place, lanes }),
        }
    }
    fans.iter().map(|fan| fan.place).collect()
}
