//! What a picture says about a thing in words, and the way from thing to thing without a pointer.

use super::Target;
use crate::latency::Start;
use crate::protocol::{Fact, Vocabulary};
use crate::scenario::Act;
use crate::session::Session;
use crate::tongue::{key, say, translated};
use crate::trace::{EventId, MessageId, Trace, What};
use crate::types::{Instance, NodeId, Time, Vote};
use crate::view::Index;
use crate::view::index::kind;

/// A tip shows at most so many bytes of the facts of one mark.
const TIP_MAX: usize = 1200;

/// Everything that a picture says about a target, in one line or several, as far as it is shown.
pub fn tip(session: &Session, words: Vocabulary, target: Target) -> String {
    let trace = session.trace();
    let shown = session.cursor().events;
    match target {
        Target::Message(id) if (id.0 as usize) < trace.messages().len() => message(trace, words, id, shown),
        Target::Mark(event) if (event.0 as usize) < trace.events().len() => mark(session, words, event, shown),
        Target::Lane(node, time) => {
            say!(
                "{node} at {time}",
                node = trace.scenario.symbols.node(node),
                time = trace.scenario.time_text(rounded_down(time))
            )
        }
        Target::Message(_) | Target::Mark(_) => String::new(),
    }
}

/// The time rounded down to a hundredth of Δ.
fn rounded_down(time: Time) -> Time {
    let grid = Time::DELTA.0 / 100;
    Time(time.0 / grid * grid)
}

fn message(trace: &Trace, words: Vocabulary, id: MessageId, shown: usize) -> String {
    let envelope = trace.message(id);
    let symbols = &trace.scenario.symbols;
    let (from, to, sent, due) =
        (symbols.node(envelope.from), symbols.node(envelope.to), envelope.sent_at, envelope.due);
    let end = envelope.end.filter(|end| (end.0 as usize) < shown).map(|end| trace.event(end));
    let at = |time: Time| trace.scenario.time_text(time);
    let fate = match end.map(|end| (&end.what, end.time)) {
        None => say!("under way, lands at {at}", at = at(due)),
        Some((What::Lost(_, why), time)) => {
            say!("lost at {at}: {reason}", at = at(time), reason = translated(why.reason()))
        }
        Some((_, time)) => say!("landed at {at}", at = at(time)),
    };
    let copy = if envelope.copy_of.is_some() { say!(", a copy").text() } else { "" };
    let phase = translated(trace.scenario.protocol.kind(envelope.message.kind).phase.label());
    let sent = if envelope.leaves > sent {
        say!("{sent}, leaves the port of {from} at {left}", sent = at(sent), left = at(envelope.leaves))
    } else {
        at(sent)
    };
    let lie = match &envelope.truth {
        Some(truth) if **truth != envelope.message => {
            say!(", a lie: a correct process would send {content}", content = trace.describe_content(words, truth))
        }
        Some(_) => say!(", a lie").into(),
        None => String::new(),
    };
    let receivers = trace.receivers(id);
    let shared = if receivers.len() > 1 {
        say!(", one send to {receivers}", receivers = symbols.set(receivers))
    } else {
        String::new()
    };
    say!(
        "{message}, {from} → {to}, step {phase}, sent at {sent}{shared}, {fate}{copy}{lie}",
        message = trace.describe_message(words, id)
    )
}

/// The text of a mark. Facts of one kind that a node states at one instant are one mark, and each has a line.
fn mark(session: &Session, words: Vocabulary, first: EventId, shown: usize) -> String {
    let trace = session.trace();
    let event = trace.event(first);
    let node = trace.node_of(event).map_or("", |node| trace.scenario.symbols.node(node));
    let mut told = format!("{}: {node} {}", trace.scenario.time_text(event.time), trace.describe(words, &event.what));
    if let What::Stated(_, Fact::Learned(instance, vote)) = event.what {
        told.push_str(&took(session, words, instance, vote, event.time));
    }
    let Some(about) = kind(&event.what) else { return told };
    let later = trace.events().range(first.0 as usize + 1..shown.max(first.0 as usize + 1));
    for other in later.take_while(|other| other.time == event.time) {
        if kind(&other.what) == Some(about) && told.len() < TIP_MAX {
            told.push('\n');
            told.push_str(&trace.describe(words, &other.what));
        }
    }
    told
}

/// How long a decree took, counted from where the flags count, where that is known.
fn took(session: &Session, words: Vocabulary, instance: Instance, vote: Vote, time: Time) -> String {
    let decision = session.played().decision(instance, vote.value).filter(|decision| decision.vote == vote);
    let Some((start, Some(from))) = decision.map(|decision| decision.counted(session.scenario().protocol)) else {
        return String::new();
    };
    let what = match start {
        Start::Request => key!("its request"),
        Start::BeginBallot => key!("its {ballot} began"),
        Start::Ballot | Start::Election => key!("its {ballot} was tried"),
    };
    say!(", {time} after {start}", time = session.scenario().time_text(time.since(from)), start = words.fill(what))
}

impl Index {
    /// The next thing on a lane in time, or the previous one: messages that leave or arrive there, crashes, and marks.
    /// Without a thing to start from, it is the first or the last one. Only things that are shown count.
    pub fn next_in_lane(
        &self,
        session: &Session,
        node: NodeId,
        from: Option<Target>,
        is_forward: bool,
    ) -> Option<Target> {
        let trace = session.trace();
        let shown = session.cursor().events;
        let at = |event: EventId| (event.0 as usize, event.0 as usize + 1);
        // The event before which to look when going back, and the event from which on to look when going forward.
        let (before, after) = match from {
            None => (shown, 0),
            Some(Target::Lane(_, time)) => (trace.count_until(time), trace.count_before(time)),
            Some(Target::Mark(event)) => at(event),
            Some(Target::Message(id)) => {
                let envelope = trace.messages().get(id.0 as usize)?;
                at(envelope.end.filter(|_| envelope.from != node).unwrap_or(envelope.sent))
            }
        };
        let there = |place: usize| self.at(trace, node, EventId(place as u32));
        if is_forward { (after..shown).find_map(there) } else { (0..before.min(shown)).rev().find_map(there) }
    }

    /// The instant of a target on a lane: when a message leaves or arrives there, or when something happened there.
    pub fn instant(&self, session: &Session, node: NodeId, target: Target) -> Time {
        let trace = session.trace();
        match target {
            Target::Lane(_, time) => time,
            Target::Mark(event) => trace.events().get(event.0 as usize).map_or(Time::ZERO, |event| event.time),
            Target::Message(id) => trace
                .messages()
                .get(id.0 as usize)
                .map_or(Time::ZERO, |envelope| if envelope.from == node { envelope.sent_at } else { envelope.due }),
        }
    }

    /// The target that an event shows on a lane, if it shows one.
    fn at(&self, trace: &Trace, node: NodeId, id: EventId) -> Option<Target> {
        match trace.event(id).what {
            What::Sent(message) => {
                let envelope = trace.message(message);
                (envelope.from == node && !envelope.to_self()).then_some(Target::Message(message))
            }
            What::Landed(message) | What::Lost(message, _) => {
                let envelope = trace.message(message);
                (envelope.to == node && !envelope.to_self()).then_some(Target::Message(message))
            }
            What::CrashedBeforeSend(at) | What::Acted(_, Act::Crash(at) | Act::Restart(at, _)) => {
                (at == node).then_some(Target::Mark(id))
            }
            _ => self.mark(id).filter(|mark| mark.node == node).map(|_| Target::Mark(id)),
        }
    }
}
