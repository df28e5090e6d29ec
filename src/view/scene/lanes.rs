//! Everything below the messages: the bands of partitions, the grid, and the lanes with the states that last on them.

use super::strokes::{Face, LETTER};
use super::{Anchor, Dash, Emblem, Form, HUES, Ink, Pen, Point, Shape, Target};
use crate::protocol::Fact;
use crate::trace::{EventId, What};
use crate::types::{NodeId, Time};
use crate::view::index::{Band, Index, Stretch};

impl Pen<'_> {
    /// The part of a stretch that is shown and in the window. A stretch that has not ended lasts until `open`.
    fn part(&self, stretch: &Stretch, open: Time) -> Option<(Time, Time)> {
        if !self.is_shown(stretch.first) || stretch.from > self.until {
            return None;
        }
        let until = if self.is_shown(stretch.last) { stretch.until } else { open };
        (until >= self.from).then(|| (stretch.from.max(self.from), until.min(self.until)))
    }

    /// The end of the lanes.
    fn rim(&self) -> Time {
        self.end.plus(Time(Time::DELTA.0 / 4))
    }

    /// The stretches of a track that reach into the window.
    fn near<'s>(&self, stretches: &'s [Stretch]) -> &'s [Stretch] {
        &stretches[stretches.partition_point(|stretch| stretch.until < self.from)..]
    }

    pub(super) fn bands(&mut self) {
        let index = self.index;
        for band in &index.bands {
            if let Some((from, until)) = self.part(&band.stretch, self.now) {
                self.band(band, from, until);
            }
        }
    }

    #[inline(never)]
    fn band(&mut self, band: &Band, from: Time, until: Time) {
        // Groups have their colours in the order of their first members, as in the ring.
        let mut order: Vec<u8> = Vec::new();
        for (lane, group) in band.groups.iter().enumerate() {
            if !order.contains(group) {
                order.push(*group);
            }
            let place = order.iter().position(|known| known == group).unwrap_or(0);
            let one = self.window.point(from.as_deltas(), lane as f64 - 0.5);
            let other = self.window.point(until.as_deltas(), lane as f64 + 0.5);
            self.rect(one, other, 0.0, Ink::Group((place % usize::from(HUES.1)) as u8), 1.0);
        }
        for (edge, is_shown) in [(band.stretch.from, from == band.stretch.from), (until, until < self.now)] {
            let ends = self.across(edge.as_deltas(), 0.5);
            if is_shown {
                self.line(ends.0, ends.1, Ink::Bad, 1.0, Dash::Ghost, 0.6);
            }
        }
        // The label is in the corner with the fewest messages, and it stays in view while its band does.
        let edge = self.window.span(0.0, 0.0).0;
        let at = self.window.point(from.max(edge.min(until)).as_deltas(), self.nodes as f64 - 0.5);
        let words = format!("✂ {}", band.label);
        // Where the run ends there may be too little room after the cut; then the label ends there.
        let room = self.window.length(self.end) - self.window.offset - at.0;
        let (at, anchor) = if self.window.vertical {
            ((at.0 - 4.0, at.1 + 14.0), Anchor::End)
        } else if room < 6.0 + 7.2 * words.chars().count() as f64 {
            ((at.0 - 4.0, at.1 - 5.0), Anchor::End)
        } else {
            ((at.0 + 6.0, at.1 - 5.0), Anchor::Start)
        };
        self.text(at, words, Face { ink: Ink::Bad, size: 12.0, bold: true, anchor }, 1.0);
    }

    /// The ends of a line at an instant that reaches from the first lane to the last, and beyond both by `more` lanes.
    pub(super) fn across(&self, deltas: f64, more: f64) -> (Point, Point) {
        (self.window.point(deltas, -more), self.window.point(deltas, self.nodes as f64 - 1.0 + more))
    }

    pub(super) fn grid(&mut self) {
        let (from, until) = self.window.visible();
        let digits = self.end.0.checked_div(Time::DELTA.0).unwrap_or(0).to_string().len();
        let clock = self.trace.scenario.delta.filter(|_| !self.is_tiny);
        // The ms stand below the Δ, and are longer.
        let whole = Time::deltas(self.end.0 / Time::DELTA.0);
        let below = clock.map_or(0.0, |clock| 30.0 + 6.0 * clock.nearest(whole).to_string().len() as f64);
        let least = if self.is_tiny { 12.0 } else { below.max(20.0 + 10.0 * digits as f64) };
        let every = every(least / self.window.per_delta);
        let last = until.min(self.rim()).0 / Time::DELTA.0;
        let mut delta = (from.0 / Time::DELTA.0) / every * every;
        while delta <= last {
            let ends = self.across(delta as f64, 0.42);
            self.line(ends.0, ends.1, Ink::Grid, 1.0, Dash::Solid, 1.0);
            let (at, anchor) = if self.window.vertical {
                ((6.0, ends.0.1 + 4.0), Anchor::Start)
            } else {
                ((ends.0.0, 16.0), Anchor::Middle)
            };
            let face = Face { ink: Ink::Soft, size: 11.5, bold: false, anchor };
            let at = if clock.is_some() && !self.window.vertical { (at.0, at.1 - 5.0) } else { at };
            // No label is cut at the edge of what is scrolled.
            if self.window.vertical || ends.0.0 >= 4.0 + 3.5 * digits as f64 || self.window.offset <= 0.0 {
                self.text(at, format!("{delta}Δ"), face, 1.0);
            }
            if let Some(clock) = clock {
                // Beside vertical lanes there is little room.
                let (left, size) = if self.window.vertical { (2.0, 9.0) } else { (at.0, 10.0) };
                let words = format!("{} ms", clock.nearest(Time::deltas(delta)));
                self.text((left, at.1 + 12.0), words, Face { size, ..face }, 1.0);
            }
            delta += every;
        }
    }

    /// Draws the lanes, and the states that last on them.
    pub(super) fn tracks(&mut self, is_dense: bool) {
        for node in NodeId::all(self.nodes) {
            self.track(node, is_dense);
        }
    }

    fn track(&mut self, node: NodeId, is_dense: bool) {
        let index: &Index = self.index;
        let track = &index.tracks[node.index()];
        self.promises(node, &track.promises);
        let is_liar = self.trace.scenario.setup.cast.liars.contains(node);
        let dash = if is_liar { Dash::Copy } else { Dash::Solid };
        let (first, last) = (self.from, self.until.min(self.rim()));
        let mut since = first;
        let mut crashes = Vec::new();
        for down in self.near(&track.downs) {
            let Some((from, until)) = self.part(down, self.rim()) else { continue };
            self.lane(node, since, from, Ink::Soft, 1.5, dash, 1.0);
            self.lane(node, from, until, Ink::Soft, 1.5, Dash::Down, 0.7);
            since = until;
            if down.from == from {
                crashes.push((down.first, from));
            }
            if self.is_shown(down.last) && until == down.until {
                let at = self.point(until, node);
                self.tick(at, 5.0, Ink::Soft, 1.5, 1.0);
                self.ring(at, Target::Mark(down.last));
                self.targets.push((Target::Mark(down.last), at, at));
            }
        }
        self.lane(node, since, last, Ink::Soft, 1.5, dash, 1.0);
        if is_liar && !is_dense && self.window.per_lane >= 40.0 {
            self.liar(node, first);
        }
        if let Some((event, since)) = track.knows.filter(|(event, _)| self.is_shown(*event)) {
            let width = if is_dense { 2.5 } else { 3.5 } * self.scale as f32;
            let ink = match self.trace.event(event).what {
                What::Stated(_, Fact::Learned(_, vote)) => Emblem::of(vote.value).ink,
                _ => Ink::Knows,
            };
            self.lane(node, since.max(first), self.now.min(last), ink, width, Dash::Solid, 1.0);
        }
        for stretch in self.near(&track.leads) {
            let Some((from, until)) = self.part(stretch, self.now) else { continue };
            let offset = -4.5 * self.scale;
            let (one, other) = (self.point(from, node), self.point(until, node));
            let (one, other) = (self.beside(one, 0.0, offset), self.beside(other, 0.0, offset));
            self.line(one, other, Ink::Request, 2.5 * self.scale as f32, Dash::Solid, 0.8);
            if from == stretch.from && !is_dense && self.window.per_lane >= 40.0 {
                let shift = if self.window.vertical { (14.0, -18.0) } else { (14.0, -4.0) };
                let at = (one.0 + shift.0, one.1 + shift.1);
                let face = Face { ink: Ink::Request, size: 11.0, bold: true, anchor: Anchor::Start };
                self.text(at, "leads", face, 1.0);
            }
        }
        for (event, time) in crashes {
            let (at, size) = (self.point(time, node), 6.0 * self.scale as f32);
            self.shapes.push(Shape::Cross { at, size, ink: Ink::Bad, alpha: 1.0 });
            self.ring(at, Target::Mark(event));
            self.targets.push((Target::Mark(event), at, at));
        }
    }

    /// Says at the beginning of a lane that its process may say anything.
    #[inline(never)]
    fn liar(&mut self, node: NodeId, from: Time) {
        let at = self.point(from, node);
        let shift = if self.window.vertical { (8.0, 12.0) } else { (10.0, 15.5) };
        let face = Face { ink: Ink::Bad, size: 11.0, bold: true, anchor: Anchor::Start };
        let (words, start) = ("liar", at.0 + shift.0);
        if !self.window.vertical {
            self.below.push((node, start, start + LETTER * words.len() as f64));
        }
        self.text((start, at.1 + shift.1), words, face, 1.0);
    }

    /// Draws a piece of a lane.
    #[expect(clippy::too_many_arguments, reason = "it is a line on a lane")]
    fn lane(&mut self, node: NodeId, from: Time, until: Time, ink: Ink, width: f32, dash: Dash, alpha: f32) {
        if from < until {
            self.line(self.point(from, node), self.point(until, node), ink, width, dash, alpha);
        }
    }

    /// Draws the line below a lane: what the node has promised, with a hue for each ballot. Where promises are too
    /// short to be told apart, the line is grey.
    fn promises(&mut self, node: NodeId, promises: &[(EventId, Time, Option<crate::types::Ballot>)]) {
        let shown = promises.partition_point(|(event, ..)| self.is_shown(*event));
        let promises = &promises[..shown];
        let first = promises.partition_point(|(_, time, _)| *time <= self.from).saturating_sub(1);
        let last = self.now.min(self.until);
        let offset = 4.5 * self.scale;
        let width = 3.0 * self.scale as f32;
        let y = |pen: &Self, time: Time| pen.beside(pen.point(time, node), 0.0, offset);
        // The instant since which promises have been too short.
        let mut short: Option<Time> = None;
        for (place, (_, time, ballot)) in promises.iter().enumerate().skip(first) {
            let until = promises.get(place + 1).map_or(last, |(_, next, _)| (*next).min(last));
            if *time > last {
                break;
            }
            let from = (*time).max(self.from);
            let length = self.along(until) - self.along(from);
            let is_short = length < 3.0 && until < last;
            if is_short {
                short = short.or(Some(from));
                continue;
            }
            if let Some(since) = short.take() {
                self.line(y(self, since), y(self, from), Ink::Soft, width, Dash::Solid, 0.5);
            }
            let Some(ballot) = *ballot else { continue };
            let ink = Ink::Ballot(self.index.hue(ballot, HUES.0));
            self.line(y(self, from), y(self, until), ink, width, Dash::Solid, 0.9);
            let is_own = ballot.owner() == node && self.index.tried(ballot) == Some(*time);
            if from == *time && !is_own && length >= 34.0 && self.window.per_lane >= 40.0 && !self.window.vertical {
                let (x, below) = y(self, from);
                let face = Face { ink, size: 11.0, bold: true, anchor: Anchor::Start };
                let name = self.trace.scenario.symbols.ballot(ballot);
                let start = x + 6.0;
                self.below.push((node, start, start + LETTER * name.chars().count() as f64));
                self.text((start, below + 11.0), name, face, 1.0);
            }
        }
        if let Some(since) = short {
            self.line(y(self, since), y(self, last), Ink::Soft, width, Dash::Solid, 0.5);
        }
    }

    /// Draws the line that marks the present.
    pub(super) fn now(&mut self) {
        if self.input.form != Form::Full || self.now < self.from || self.now > self.until {
            return;
        }
        let (first, last) = self.across(self.now.as_deltas(), 0.42);
        self.line(first, last, Ink::Accent, 1.5, Dash::Solid, 0.8);
        // The knob is at the end where the grid has no labels.
        let end = if self.window.vertical { last } else { self.beside(first, 0.0, -5.0) };
        self.circle(end, 4.0, Some(Ink::Accent), None, 1.0);
    }
}

/// The first of 1, 2, 5, 10, 20, 50… that is not less than `least`.
fn every(least: f64) -> u64 {
    let mut step = 1;
    loop {
        for factor in [1, 2, 5] {
            if (step * factor) as f64 >= least {
                return step * factor;
            }
        }
        step *= 10;
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_grid_is_round() {
        assert_eq!([0.3, 1.0, 1.1, 3.0, 7.0, 180.0].map(super::every), [1, 1, 2, 5, 10, 200]);
    }
}
