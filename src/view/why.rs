//! Why the last step happened: what came, the rule and the values by which the process answered, what followed, and where
//! the rule is written.
//!
//! All of it is read off the trace around the cursor: facts, phases and what was written before. `rules` says what is
//! true of every protocol: it restates facts and the guard that the step asked. A family of protocols says more in its
//! own `Sentences`; `synod` has those of the Synod, and `fast` those of Fast Paxos. `past` reads the trace before the step, and
//! `effects` says what followed the step. This module knows no protocol by its name.

mod effects;
mod fast;
mod past;
mod rules;
mod synod;
#[cfg(test)]
mod tests;

use super::chamber::Reach;
use super::events::sentence;
use crate::protocol::{Fact, Family, Phase, Vocabulary};
use crate::report::{unanswered_text, unknown_text};
use crate::scenario::Act;
use crate::session::Session;
use crate::tongue::{Phrase, say};
use crate::trace::{Envelope, Event, Iter, Trace, What};
use crate::types::{Ballot, NodeId, Time};

/// The most sentences of one sort about a step: a new leader may begin a thousand instances at once.
const SENTENCES_MAX: usize = 6;

/// The most events before a step that are searched for a value; a value that lies further back is not told.
const REACH: usize = 10_000;

/// What just happened, and why.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Why {
    /// The time of the step; none while nothing has happened.
    pub time: Option<Time>,
    /// What came: a message, a line of the script, a timer.
    pub headline: String,
    /// The phase of the step that answered, for its colour.
    pub phase: Option<Phase>,
    /// The rule that the process followed, with its values, a sentence each.
    pub rules: Vec<String>,
    /// What followed: what was written, sent and executed, a sentence each.
    pub effects: Vec<String>,
    /// Where the rule is written; empty where it is not in a paper.
    pub source: String,
    /// Whether a line of the script comes too late to change anything, because nothing happens after it.
    pub is_too_late: bool,
}

/// Advice for a run that came to nothing.
const TO_DECIDE: [Phrase; 2] = [
    say!("Heal the network, then click a process to propose something."),
    say!("Click a process to propose something."),
];

impl Why {
    /// Explains the step that the session shows last.
    pub fn of(session: &Session, words: Vocabulary) -> Self {
        // Why a process of another system did something is known to nobody here; its facts are restated.
        let family = if session.is_log() { Family::Plain } else { session.scenario().protocol.family };
        Self::of_family(session, words, family)
    }

    /// Explains the same step by the sentences of another family than that of its protocol.
    pub fn of_family(session: &Session, words: Vocabulary, family: Family) -> Self {
        let trace = session.trace();
        let shown = session.cursor().events;
        let Some(last) = shown.checked_sub(1) else { return nothing(trace) };
        let first = told(session, trace.events()[last].cause.0 as usize);
        let family: &dyn Sentences = match family {
            Family::Plain => &Plain,
            Family::Synod => &synod::Synod,
            Family::Fast => &fast::Fast,
        };
        let is_of_step = |event: &&Event| event.cause.0 as usize == first;
        let end = first + 1 + trace.events().range(first + 1..shown).take_while(is_of_step).count();
        let events = trace.events().range(first..end);
        let step = Step { trace, first, events, words, family, is_log: session.is_log() };
        let rules = step.rules();
        let mut effects = step.effects();
        let is_over = shown == trace.events().len() && session.played().run.is_over();
        let changes_links =
            matches!(step.input().what, What::Acted(_, Act::Partition(_) | Act::Cut(_) | Act::Heal | Act::HealLink(_)));
        let is_too_late = is_over && changes_links;
        if is_too_late {
            effects.push(
                say!("Nothing happens after this, so it changes nothing: go back in time and do it earlier.").into(),
            );
        }
        if is_over && session.is_log() {
            effects.push(say!("Here the log ends.").into());
        } else if is_over {
            effects.extend(ending(session, words));
        }
        let (phase, source) = step.source();
        Self { time: Some(step.input().time), headline: step.headline(), phase, rules, effects, source, is_too_late }
    }

    /// The headline and the first reason, to be read out.
    pub fn spoken(&self) -> String {
        let reason = self.rules.first().map_or("", String::as_str);
        format!("{} {reason}", self.headline).trim_end().to_owned()
    }
}

/// The place of the input to be told when the last one is at this place. A message to oneself takes no time. While time
/// goes on after it, the step that sent the message is told, not its arrival.
fn told(session: &Session, last: usize) -> usize {
    let trace = session.trace();
    let mut place = last;
    while let Event { time, what: What::Landed(id), .. } = trace.events()[place] {
        let envelope = trace.message(id);
        if !envelope.to_self() || envelope.sent_at != time || time == session.cursor().time {
            break;
        }
        place = trace.event(envelope.sent).cause.0 as usize;
    }
    place
}

/// The sentences at the end of a run: decrees that are chosen and not known, and clients that have no answer.
fn ending(session: &Session, words: Vocabulary) -> Vec<String> {
    let (played, trace) = (session.played(), session.trace());
    let mut said: Vec<String> = Vec::new();
    if played.is_judged() && played.decisions.is_empty() {
        let unknown: Vec<_> = played.ballots.unknown.iter().map(|chosen| unknown_text(trace, words, chosen)).collect();
        let outcome = if unknown.is_empty() { say!("nothing is decided").into() } else { unknown.join("; ") };
        let todo = TO_DECIDE[usize::from(Reach::of(session).is_whole())];
        said.push(say!("Here the run ends, and {outcome}. {todo}"));
    } else {
        said.push(say!("Here the run ends.").into());
        said.extend(played.unanswered.iter().map(|request| unanswered_text(trace, words, request) + "."));
    }
    said.truncate(SENTENCES_MAX);
    said
}

fn nothing(trace: &Trace) -> Why {
    let todo = if trace.events().is_empty() {
        say!("Click a process to propose something.")
    } else {
        say!("Press play, or go one step forward; every step is explained here.")
    };
    Why { headline: say!("Nothing has happened yet.").into(), rules: vec![todo.into()], ..Why::default() }
}

/// The sentences of a family of protocols. Where a family says nothing, Why says what is true of every protocol.
trait Sentences {
    /// A sentence about the input itself.
    fn input(&self, _step: &Step<'_>) -> Option<String> {
        None
    }

    /// The rule by which a process did what it states.
    fn fact(&self, _step: &Step<'_>, _node: NodeId, _fact: Fact) -> Option<Vec<String>> {
        None
    }

    /// Why the process stated nothing when this message came.
    fn silence(&self, _step: &Step<'_>, _envelope: &Envelope) -> Option<String> {
        None
    }

    /// The step's phase, and where its rule is written; `stated` is the phase of the first fact.
    fn source(&self, _step: &Step<'_>, _stated: Option<Phase>) -> Option<(Option<Phase>, String)> {
        None
    }
}

/// The sentences for protocols without a family: none of their own.
struct Plain;

impl Sentences for Plain {}

/// One input, and the events that followed it at once.
struct Step<'a> {
    trace: &'a Trace,
    /// The input's place in the trace.
    first: usize,
    /// The input and the events that followed.
    events: Iter<'a, Event>,
    /// The reader's words.
    words: Vocabulary,
    family: &'a dyn Sentences,
    /// Whether the trace is a log, which does not say what processes write to stable storage.
    is_log: bool,
}

impl<'a> Step<'a> {
    fn input(&self) -> &'a Event {
        &self.trace.events()[self.first]
    }

    fn name(&self, node: NodeId) -> &'a str {
        self.trace.scenario.symbols.node(node)
    }

    fn ballot(&self, ballot: impl Into<Option<Ballot>>) -> String {
        self.trace.scenario.symbols.ballot(ballot)
    }

    fn facts(&self) -> impl Iterator<Item = (NodeId, Fact)> + use<'a> {
        self.events.clone().filter_map(|event| match event.what {
            What::Stated(node, fact) => Some((node, fact)),
            _ => None,
        })
    }

    /// The phase of the message that came, if one did.
    fn heard(&self) -> Option<Phase> {
        match self.input().what {
            What::Landed(id) => Some(self.trace.scenario.protocol.kind(self.trace.message(id).message.kind).phase),
            _ => None,
        }
    }

    fn headline(&self) -> String {
        match self.input().what {
            What::Persisted(..) | What::Stated(..) | What::Sent(_) | What::Applied(..) => {
                say!("The cluster comes up.").into()
            }
            _ => sentence(self.trace, self.words, self.input()) + ".",
        }
    }

    /// The step's phase, and where its rule is written.
    fn source(&self) -> (Option<Phase>, String) {
        let stated = self.facts().find_map(|(_, fact)| match fact {
            Fact::Tried(_) => Some(Phase::OneA),
            Fact::Promised(..) | Fact::PromisedFrom(..) => Some(Phase::OneB),
            Fact::Began { .. } => Some(Phase::TwoA),
            Fact::Believed { .. } | Fact::Certified(..) => Some(Phase::Certify),
            Fact::Voted(..) => Some(Phase::TwoB),
            Fact::Learned(..) => Some(Phase::Three),
            Fact::Refused(..) => Some(Phase::Nack),
            Fact::Leads(_) => Some(Phase::Election),
            Fact::Stable { .. } => Some(Phase::Three),
            Fact::Result(..) => Some(Phase::Reply),
            Fact::Gathered { .. } => Some(Phase::TwoB),
            Fact::Answered(_) | Fact::Configured(..) | Fact::Forgot(_) | Fact::Blocked(_) | Fact::Named(..) => None,
        });
        self.family.source(self, stated).unwrap_or_else(|| {
            let phase = stated.or(self.heard());
            let is_step = phase.is_some_and(|phase| Phase::STEPS.contains(&phase));
            let source = if is_step { self.trace.scenario.protocol.source.to_owned() } else { String::new() };
            (phase, source)
        })
    }
}
