//! The messages under way, found without looking at the whole run.

use super::{Chamber, Point, Sight, between, unit};
use crate::protocol::Phase;
use crate::trace::{EventId, Loss, MessageId, What};
use crate::types::Time;
use crate::view::decimal::within;

/// At most so many messages are drawn; the others are counted.
pub const MESSENGERS_MAX: usize = 200;
/// Messages bear letters only while there are at most so many.
const LETTERS_MAX: usize = 40;
/// How long a loss is shown.
const LOSS_SEEN: Time = Time(Time::DELTA.0 * 15 / 100);
/// How far messages keep to the right of the line between nodes, in pixels, so that an answer does not run over its
/// question.
const RIGHT: f64 = 6.0;
/// How far from a card messages begin and end, in pixels, so that they do not cover it.
const AWAY: f64 = 7.0;
/// A message that did not even leave is drawn at this part of its way.
const STUB: f64 = 0.22;

/// A message that is under way or was lost a moment ago.
#[derive(Clone, PartialEq, Debug)]
pub struct Messenger {
    /// The message.
    pub id: MessageId,
    /// Where it is.
    pub at: Point,
    /// Its direction, as a vector of length 1.
    pub way: Point,
    /// The step of the protocol that sent it.
    pub phase: Phase,
    /// One or two letters; empty where there are too many messages.
    pub letter: &'static str,
    /// What it is, its sender and its receiver.
    pub title: String,
    /// Whether it is lost.
    pub is_lost: bool,
    /// Whether it is a copy that the network made.
    pub is_copy: bool,
    /// Whether its sender lies.
    pub is_lie: bool,
}

impl Chamber {
    /// Finds the messages under way without looking at the whole run: a message that takes at most 1Δ left at most 1Δ
    /// ago, and messages take longer only where the script asks for it.
    pub(super) fn fly(&mut self, sight: &Sight<'_>) {
        let (trace, index, cursor) = (sight.session.trace(), sight.index, sight.session.cursor());
        let is_shown = |event: EventId| (event.0 as usize) < cursor.events;
        let is_under_way = |id: MessageId| {
            let envelope = trace.message(id);
            is_shown(envelope.sent) && !envelope.end.is_some_and(is_shown)
        };
        let earliest = cursor.time.since(Time::DELTA);
        let recent = &index.flights[index.flights.partition_point(|flight| flight.sent < earliest)..];
        let recent = &recent[..recent.partition_point(|flight| flight.sent <= cursor.time)];
        let long = index.long.iter().map(|place| &index.flights[*place as usize]);
        let mut seen: Vec<MessageId> =
            long.filter(|flight| flight.sent < earliest).chain(recent).map(|flight| flight.id).collect();
        seen.retain(|id| is_under_way(*id));
        // Of the lost messages, only those that were lost a moment ago are shown.
        let earliest = cursor.time.since(LOSS_SEEN);
        let lost = &index.losses[index.losses.partition_point(|lost| lost.time < earliest)..];
        let lost: Vec<MessageId> = lost
            .iter()
            .take_while(|lost| is_shown(lost.event))
            .filter_map(|lost| match trace.event(lost.event).what {
                What::Lost(id, _) => Some(id),
                _ => None,
            })
            .collect();
        let count = seen.len() + lost.len();
        self.messengers_left_out = count.saturating_sub(MESSENGERS_MAX);
        let is_few = count <= LETTERS_MAX;
        let all = seen.iter().map(|id| (*id, false)).chain(lost.iter().map(|id| (*id, true)));
        let drawn = all.skip(self.messengers_left_out);
        self.messengers = drawn.map(|(id, is_lost)| self.messenger(sight, id, is_lost, is_few)).collect();
    }

    fn messenger(&self, sight: &Sight<'_>, id: MessageId, is_lost: bool, is_few: bool) -> Messenger {
        let (trace, now) = (sight.session.trace(), sight.session.cursor().time);
        let envelope = trace.message(id);
        let end = envelope.end.filter(|_| is_lost).map(|end| trace.event(end));
        let whole = envelope.due.since(envelope.leaves).0.max(1) as f64;
        let until = end.map_or(now, |event| event.time);
        let mut part = (until.since(envelope.leaves).0 as f64 / whole).min(1.0);
        if let Some(What::Lost(_, why)) = end.map(|event| &event.what) {
            // A cross stands where its direction can still be seen, and not on a card.
            part = within(part, STUB, if *why == Loss::Down { 0.96 } else { 0.9 });
        }
        let line = self.way(envelope.from, envelope.to, AWAY);
        let way = unit(line[0], line[1]);
        let (x, y) = between(line, part);
        let kind = trace.scenario.protocol.kind(envelope.message.kind);
        let (from, to) = (&self.names[envelope.from.index()], &self.names[envelope.to.index()]);
        let title = if is_few {
            let lost = if is_lost { ", lost" } else { "" };
            let lie = if envelope.truth.is_some() { ", a lie" } else { "" };
            format!("{}, {from} → {to}{lost}{lie}", sight.words.kind(kind))
        } else {
            String::new()
        };
        Messenger {
            id,
            at: (x - way.1 * RIGHT, y + way.0 * RIGHT),
            way,
            phase: kind.phase,
            letter: if is_few { letter(kind.phase) } else { "" },
            title,
            is_lost,
            is_copy: envelope.copy_of.is_some(),
            is_lie: envelope.truth.is_some(),
        }
    }
}

/// The letters that fit on a message that is drawn small.
fn letter(phase: Phase) -> &'static str {
    match phase {
        Phase::Nack => "N",
        Phase::Request => "R",
        Phase::Election => "E",
        Phase::Certify => "C",
        Phase::Reply => "A",
        step => step.label(),
    }
}
