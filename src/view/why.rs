//! Why the last step happened: what came, by which rule it was answered and with which values, what followed, and where
//! the rule is written.
//!
//! All of it is read off the trace around the cursor: facts, phases and what was written down before. `rules` and
//! `guards` word them; no protocol is known here by its name.

mod guards;
mod rules;
#[cfg(test)]
mod tests;

use super::events::{message_text, names, sentence, written};
use crate::protocol::{Fact, Phase};
use crate::report::{unanswered_text, unknown_text};
use crate::scenario::Act;
use crate::session::Session;
use crate::trace::{Event, Iter, Loss, Trace, What};
use crate::types::{Ballot, NodeId, NodeSet, Time};

/// At most so many sentences of one sort are said of a step: a new leader may begin a thousand instances at once.
const SENTENCES_MAX: usize = 6;

/// Where leaders, Nacks and timers are written.
const ELECTED: &str = "PTP §2.4; slides, “Complete protocol”";

/// At most so many events are looked back at for a value; what is further back is not told.
const REACH: usize = 10_000;

/// What just happened, and why.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Why {
    /// When; none while nothing has happened.
    pub time: Option<Time>,
    /// What came: a message, a line of the script, a timer.
    pub headline: String,
    /// The step that answered it, for its colour.
    pub phase: Option<Phase>,
    /// By which rule, with its values, a sentence each.
    pub rules: Vec<String>,
    /// What followed: what was written, sent, executed, a sentence each.
    pub effects: Vec<String>,
    /// Where the rule is written; empty where it is none of a paper.
    pub source: String,
}

/// What to do where a run came to nothing.
const TO_DECIDE: &str = "Choose a process by its name and let it propose; heal the network first if it is cut.";

impl Why {
    /// The step that the session shows last.
    pub fn of(session: &Session) -> Self {
        let trace = session.trace();
        let shown = session.cursor().events;
        let Some(last) = shown.checked_sub(1) else { return nothing(trace) };
        let first = trace.events()[last].cause.0 as usize;
        let step = Step { trace, first, events: trace.events().range(first..shown) };
        let rules = step.rules();
        let mut effects = step.effects();
        if shown == trace.events().len() && session.played().run.is_over() {
            effects.extend(ending(session));
        }
        let (phase, source) = step.source();
        Self { time: Some(step.input().time), headline: step.headline(), phase, rules, effects, source }
    }

    /// What happened and the first reason, to be read out.
    pub fn spoken(&self) -> String {
        let reason = self.rules.first().map_or("", String::as_str);
        format!("{} {reason}", self.headline).trim_end().to_owned()
    }
}

/// What is said where a run ends: what is chosen and not known, and who has no answer.
fn ending(session: &Session) -> Vec<String> {
    let (played, trace) = (session.played(), session.trace());
    let mut said: Vec<String> = Vec::new();
    if played.is_judged() && played.decisions.is_empty() {
        let unknown: Vec<_> = played.ballots.unknown.iter().map(|chosen| unknown_text(trace, chosen)).collect();
        let outcome = if unknown.is_empty() { "nothing is decided".to_owned() } else { unknown.join("; ") };
        said.push(format!("Here the run ends, and {outcome}. {TO_DECIDE}"));
    } else {
        said.push("Here the run ends.".to_owned());
        said.extend(played.unanswered.iter().map(|request| unanswered_text(trace, request) + "."));
    }
    said.truncate(SENTENCES_MAX);
    said
}

fn nothing(trace: &Trace) -> Why {
    let todo = if trace.events().is_empty() {
        "Nothing is going to happen, either: choose a process and propose a decree."
    } else {
        "Press play, or go one step forward; every step is explained here."
    };
    Why { headline: "Nothing has happened yet.".to_owned(), rules: vec![todo.to_owned()], ..Why::default() }
}

/// One input, and what followed from it at once.
struct Step<'a> {
    trace: &'a Trace,
    /// The input's place in the trace.
    first: usize,
    /// The input and what followed.
    events: Iter<'a, Event>,
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

    /// What came before the step, the latest last.
    fn before(&self) -> Iter<'a, Event> {
        self.trace.events().range(self.first.saturating_sub(REACH)..self.first)
    }

    /// Whether [`Self::before`] begins with the run.
    fn sees_all(&self) -> bool {
        self.first <= REACH
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
                "The cluster comes up.".to_owned()
            }
            _ => sentence(self.trace, self.input()) + ".",
        }
    }

    /// What was written, executed, sent and lost, in this order; what was stated is the rules' matter.
    fn effects(&self) -> Vec<String> {
        let mut effects = Vec::new();
        let mut left_out = 0;
        let mut say = |text: String| {
            if effects.len() < SENTENCES_MAX {
                effects.push(text);
            } else {
                left_out += 1;
            }
        };
        let mut place = 1;
        while let Some(event) = self.events.clone().nth(place) {
            place += 1;
            match event.what {
                What::Persisted(node, ..) => {
                    let mut text = sentence(self.trace, event);
                    while let Some(next) = self.events.clone().nth(place)
                        && matches!(next.what, What::Persisted(other, ..) if other == node)
                    {
                        text.push_str(" and ");
                        text.push_str(&written(self.trace, next));
                        place += 1;
                    }
                    say(text + " to stable storage.");
                }
                What::Sent(id) => {
                    let envelope = self.trace.message(id);
                    let mut to: NodeSet = std::iter::once(envelope.to).collect();
                    let mut cut = NodeSet::EMPTY;
                    while let Some(next) = self.events.clone().nth(place) {
                        match next.what {
                            What::Sent(other) if self.is_same(id, other) => {
                                to.insert(self.trace.message(other).to);
                            }
                            What::Lost(other, _) => {
                                cut.insert(self.trace.message(other).to);
                            }
                            _ => break,
                        }
                        place += 1;
                    }
                    say(self.sent(id, to));
                    if !cut.is_empty() {
                        let cut = names(&self.trace.scenario.symbols, cut.iter());
                        say(format!("What goes to {cut} is lost at once: the link is cut."));
                    }
                }
                What::CrashedBeforeSend(_) => {
                    say(sentence(self.trace, event) + ": what it wrote it will still know when it comes back.");
                }
                What::Applied(..) | What::Lost(..) => say(sentence(self.trace, event) + "."),
                _ => {}
            }
        }
        if left_out > 0 {
            effects.push(format!("And {left_out} things more."));
        }
        effects
    }

    fn is_same(&self, one: crate::trace::MessageId, other: crate::trace::MessageId) -> bool {
        let (one, other) = (self.trace.message(one), self.trace.message(other));
        one.from == other.from && one.message == other.message && one.copy_of.is_some() == other.copy_of.is_some()
    }

    fn sent(&self, id: crate::trace::MessageId, to: NodeSet) -> String {
        let envelope = self.trace.message(id);
        let symbols = &self.trace.scenario.symbols;
        let (from, said) = (envelope.from, message_text(self.trace, id));
        let others = to.without(std::iter::once(from).collect());
        let all = self.trace.scenario.nodes();
        let to = if to.len() == all && all > 1 {
            "everybody, itself included".to_owned()
        } else if others.is_empty() {
            "itself, which takes no time".to_owned()
        } else if others.len() == all - 1 && all > 2 {
            "all others".to_owned()
        } else {
            let itself = if to.contains(from) { ", and to itself" } else { "" };
            names(symbols, others.iter()) + itself
        };
        let verb = if envelope.copy_of.is_some() { "is doubled on the way" } else { "sends" };
        if envelope.copy_of.is_some() {
            return format!("{said} to {to} {verb}.");
        }
        format!("{} {verb} {said} to {to}.", self.name(from))
    }

    /// The step's phase, and where its rule is written.
    fn source(&self) -> (Option<Phase>, String) {
        let heard = self.heard();
        let stated = self.facts().find_map(|(_, fact)| match fact {
            Fact::Tried(_) => Some(Phase::OneA),
            Fact::Promised(..) | Fact::PromisedFrom(..) => Some(Phase::OneB),
            Fact::Began { .. } => Some(Phase::TwoA),
            Fact::Voted(..) => Some(Phase::TwoB),
            Fact::Learned(..) => Some(Phase::Three),
            Fact::Refused(..) => Some(Phase::Nack),
            Fact::Leads(_) => Some(Phase::Election),
            Fact::Answered(_) => None,
        });
        // A message that nothing was stated of still has a step that it is for.
        let answer = heard.map(|heard| match heard {
            Phase::OneA => Phase::OneB,
            Phase::OneB => Phase::TwoA,
            Phase::TwoA => Phase::TwoB,
            Phase::TwoB => Phase::Three,
            other => other,
        });
        let phase = stated.or(answer);
        let step = match (phase, heard) {
            (Some(Phase::Three), Some(Phase::TwoB)) => "3a",
            (Some(Phase::Three), _) => "3b",
            (Some(Phase::Nack), Some(Phase::OneA)) => "1b",
            (Some(Phase::Nack), Some(Phase::TwoA)) => "2b",
            (Some(Phase::Nack | Phase::Election), _) => {
                return (phase, ELECTED.to_owned());
            }
            (Some(Phase::Request), _) => return (phase, String::new()),
            (Some(phase), _) => phase.label(),
            (None, _) if self.is_papers_timer() => return (phase, ELECTED.to_owned()),
            (None, _) => {
                let absent = matches!(
                    self.input().what,
                    What::Lost(_, Loss::Dropped | Loss::Chance | Loss::Down) | What::Acted(_, Act::Crash(_))
                );
                let source = if absent {
                    "Slides, “Introduction”: legislators and their messengers may be absent"
                } else {
                    ""
                };
                return (None, source.to_owned());
            }
        };
        let b3 = if stated == Some(Phase::TwoA) { "; condition B3: PTP §2.1" } else { "" };
        (phase, format!("Step {step}: {}{b3}", self.trace.scenario.protocol.source))
    }
}
