//! The messages under way, found without looking at the whole run.

use super::{Chamber, Point, Sight, between, ring};
use crate::protocol::Phase;
use crate::trace::{EventId, Loss, MessageId, Trace, What};
use crate::types::Time;

/// At most so many messages are drawn; the others are counted.
pub const MESSENGERS_MAX: usize = 200;
/// With more messages than this they bear no letter.
const LETTERS_MAX: usize = 40;
/// A loss is seen for so long.
const LOSS_SEEN: Time = Time(Time::DELTA.0 * 15 / 100);
/// Messages keep to the right of their way, so that an answer does not run over its question.
const RIGHT: f64 = 6.0;
/// Messages begin and end so far from a card that they do not cover it.
const AWAY: f64 = 7.0;
/// What did not even leave is drawn so far on its way.
const STUB: f64 = 0.22;

/// A message under way, or lost a moment ago.
#[derive(Clone, PartialEq, Debug)]
pub struct Messenger {
    /// Which.
    pub id: MessageId,
    /// Where it is.
    pub at: Point,
    /// Where it is going, as a way of length 1.
    pub way: Point,
    /// The step that sent it.
    pub phase: Phase,
    /// A letter or two; empty where there are too many.
    pub letter: &'static str,
    /// What it is, from whom, to whom.
    pub title: String,
    /// Whether it is gone.
    pub is_lost: bool,
    /// Whether the network made it.
    pub is_copy: bool,
}

impl Chamber {
    /// Finds who is under way without looking at the whole run: what travels for no more than 1Δ left at most 1Δ ago, and of
    /// what takes longer there is only what the script asks for.
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
        // Of the lost, those that one has just seen going.
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
        self.messengers = drawn.map(|(id, is_lost)| self.messenger(trace, id, is_lost, is_few, cursor.time)).collect();
    }

    fn messenger(&self, trace: &Trace, id: MessageId, is_lost: bool, is_few: bool, now: Time) -> Messenger {
        let envelope = trace.message(id);
        let end = envelope.end.filter(|_| is_lost).map(|end| trace.event(end));
        let whole = envelope.due.since(envelope.sent_at).0.max(1) as f64;
        let until = end.map_or(now, |event| event.time);
        let mut part = (until.since(envelope.sent_at).0 as f64 / whole).min(1.0);
        if let Some(What::Lost(_, why)) = end.map(|event| &event.what) {
            // A cross stands where one sees which way it was going, and not on a card.
            part = part.clamp(STUB, if *why == Loss::Down { 0.96 } else { 0.9 });
        }
        let line = self.way(envelope.from, envelope.to, AWAY);
        let way = ring::minus(line[1], line[0]);
        let length = way.0.hypot(way.1).max(1.0);
        let way = (way.0 / length, way.1 / length);
        let (x, y) = between(line, part);
        let kind = trace.scenario.protocol.kind(envelope.message.kind);
        let (from, to) = (&self.names[envelope.from.index()], &self.names[envelope.to.index()]);
        let title = if is_few {
            format!("{}, {from} → {to}{}", kind.name, if is_lost { ", lost" } else { "" })
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
        }
    }
}

/// What fits on a message that is drawn small.
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
