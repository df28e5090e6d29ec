//! Why a process stated nothing when a message came: which processes it still waits for, what came too late, where a
//! request goes.

use super::super::Step;
use super::super::past::{began_by, loses_disk};
use super::answer;
use crate::protocol::{Fact, Payload, Phase, capital};
use crate::scenario::Act;
use crate::trace::{Envelope, What};
use crate::types::{Ballot, NodeId, NodeSet, Value};
use crate::view::events::{names, within};

impl Step<'_> {
    pub(super) fn synod_silence(&self, envelope: &Envelope) -> Option<String> {
        let (to, from) = (self.name(envelope.to), self.name(envelope.from));
        let kind = self.trace.scenario.protocol.kind(envelope.message.kind);
        let next = answer(kind.phase);
        if next != kind.phase && !self.trace.scenario.setup.performs(next) {
            return Some(format!("The script leaves step {} out, which is always safe.", next.label()));
        }
        let answers = self.events.clone().any(|event| matches!(event.what, What::Sent(_)));
        let Some(ballot) = envelope.message.ballot else {
            if let Some(says) = kind.says {
                return Some(self.said(envelope, self.words.kind(kind), &self.words.fill(says)));
            }
            let text = match (kind.phase, &envelope.message.payload) {
                (Phase::Election, _) => format!("{to} hears that {from} is there."),
                (Phase::Request, Payload::Value(value)) if answers => self.answered(envelope, *value),
                (Phase::Request, Payload::Value(value)) => self.kept(envelope, *value),
                (Phase::Request, _) if answers => format!("{from} asks what it has missed, and {to} tells it."),
                (Phase::Request, _) => format!("{from} asks what it has missed; {to} knows nothing of it."),
                _ => return None,
            };
            return Some(text);
        };
        let number = self.ballot(ballot);
        let text = match kind.phase {
            Phase::OneA if answers => {
                format!("{to} has promised {number} already: the same question, the same answer.")
            }
            Phase::OneA => format!(
                "{number} = {} {number}: {to} promises only what is above its {}.",
                self.words.next_bal, self.words.next_bal
            ),
            Phase::TwoA => format!(
                "{to} has {} {number} already: it may say so again, but nobody {} twice.",
                self.words.voted_in, self.words.it_votes
            ),
            Phase::Three => format!("{to} knows it already."),
            Phase::Nack => self.nacked(envelope, ballot)?,
            Phase::OneB => self.promise_came(envelope, ballot)?,
            Phase::TwoB => self.vote_came(envelope, ballot)?,
            Phase::Request | Phase::Election | Phase::Certify | Phase::Reply => return None,
        };
        Some(text)
    }

    fn nacked(&self, envelope: &Envelope, ballot: Ballot) -> Option<String> {
        let Payload::Ballot(bound) = envelope.message.payload else { return None };
        let (to, from) = (self.name(envelope.to), self.name(envelope.from));
        let (number, bound_text) = (self.ballot(ballot), self.ballot(bound));
        let has = if bound > ballot {
            format!("{from} has promised {bound_text}, above {number}.")
        } else {
            format!(
                "{from} {} the {} that it promised last, which is {bound_text} and not {number}.",
                self.words.votes_only_in, self.words.ballot
            )
        };
        let then = if self.sent_in(Phase::Three).next().is_some() {
            format!(
                "What it refuses a {} for {} in the meantime, and {to} says so.",
                self.words.ballot, self.words.has_passed
            )
        } else {
            format!("The next {} of {to} will be above that.", self.words.ballot)
        };
        Some(format!("{has} {then}"))
    }

    /// A promise has come and completes no quorum.
    fn promise_came(&self, envelope: &Envelope, ballot: Ballot) -> Option<String> {
        let node = envelope.to;
        let (name, number) = (self.name(node), self.ballot(ballot));
        let already = || format!("{name} has its quorum already: one promise more changes nothing.");
        // What has become of the ballot since its process tried it.
        let mut knows = false;
        let mut is_under_way = false;
        for event in self.before().rev() {
            match event.what {
                What::Stated(who, fact) if who == node => match fact {
                    Fact::Tried(tried) if tried == ballot => {
                        is_under_way = true;
                        break;
                    }
                    Fact::Tried(tried) if self.has_bound() => return Some(self.gone_on(name, ballot, tried)),
                    Fact::Began { ballot: begun, .. } if begun == ballot => return Some(already()),
                    Fact::Learned(..) => knows = true,
                    _ => {}
                },
                What::Acted(_, Act::Restart(who, _)) if who == node => return Some(self.came_back(name, ballot)),
                _ => {}
            }
        }
        if !is_under_way {
            return self.sees_all().then(|| format!("{name} has not started {number}, so it counts nothing for it."));
        }
        let instance = envelope.message.instance;
        let heard = self.heard_from(node, Phase::OneB, ballot, instance, None)?;
        let quorums = self.trace.quorum(Phase::OneB.purpose()?, ballot, self.first_of(ballot));
        let knows = knows && !self.trace.scenario.protocol.is_log;
        let so_far = names(&self.trace.scenario.symbols, heard.iter());
        let text = if !quorums.is_quorum(heard) {
            let then = if knows { "but" } else { "so" };
            let what = if knows { "knows already what {has_passed}" } else { "waits for more" };
            let what = self.words.fill(what);
            format!(
                "Promises of {number} so far: {so_far}. A quorum needs {}, {then} {name} {what}.",
                self.need(&quorums, heard)
            )
        } else if quorums.is_quorum(heard.without([envelope.from].into_iter().collect())) {
            already()
        } else if knows {
            format!(
                "A quorum has promised {number}: {so_far}. But {name} knows already what {}.",
                self.words.has_passed
            )
        } else {
            format!("A quorum has promised {number}: {so_far}. There is nothing to begin yet, but phase 1 is done.")
        };
        Some(text)
    }

    /// A vote has come and completes no quorum, or no new one.
    fn vote_came(&self, envelope: &Envelope, ballot: Ballot) -> Option<String> {
        let (node, instance) = (envelope.to, envelope.message.instance);
        let (name, place) = (self.name(node), within(self.trace, instance));
        let number = self.ballot(ballot);
        let symbols = &*self.trace.scenario.symbols;
        let told: NodeSet = self.sent_in(Phase::Three).map(|(_, to)| to).collect();
        let value = match envelope.message.payload {
            Payload::Value(value) => Some(value),
            _ => None,
        };
        let heard = self.heard_from(node, Phase::TwoB, ballot, instance, value);
        if !told.is_empty() {
            let (heard, told) = (names(symbols, heard?.iter()), names(symbols, told.iter()));
            return Some(format!(
                "{} in {number}{place} so far: {heard}. {name} knew the outcome before; it tells {told} now.",
                capital(self.words.votes)
            ));
        }
        let mut is_counted = self.votes_carry_decrees();
        for event in self.before().rev() {
            match event.what {
                What::Stated(who, Fact::Learned(of, _)) if who == node && of == instance => {
                    return Some(format!(
                        "{name} knows the outcome already: one {} more changes nothing.",
                        self.words.vote
                    ));
                }
                _ if is_counted && loses_disk(event, node) => break,
                _ if is_counted => {}
                What::Stated(who, Fact::Tried(tried)) if who == node && tried != ballot && self.has_bound() => {
                    return Some(self.gone_on(name, ballot, tried));
                }
                What::Acted(_, Act::Restart(who, _)) if who == node => return Some(self.came_back(name, ballot)),
                _ => is_counted = began_by(event, node, instance) == Some(ballot),
            }
        }
        if !is_counted {
            let text = || format!("{name} has not begun {number}{place}, so it counts no {} for it.", self.words.votes);
            return self.sees_all().then(text);
        }
        let heard = heard?;
        let quorums = self.trace.quorum(Phase::TwoB.purpose()?, ballot, instance);
        let so_far =
            format!("{} in {number}{place} so far: {}.", capital(self.words.votes), names(symbols, heard.iter()));
        if !quorums.is_quorum(heard) {
            return Some(format!("{so_far} A quorum needs {}, so {name} waits for more.", self.need(&quorums, heard)));
        }
        let missing = self.asked(node, ballot, instance).without(heard);
        if missing.is_empty() {
            return Some(so_far);
        }
        let is = if missing.len() == 1 { "is" } else { "are" };
        let missing = names(symbols, missing.iter());
        Some(format!("{so_far} {name} waits for all that it has asked: {missing} {is} missing."))
    }

    fn gone_on(&self, name: &str, ballot: Ballot, tried: Ballot) -> String {
        let (tried, number) = (self.ballot(tried), self.ballot(ballot));
        format!("{name} has gone on to {tried}: an answer to {number} comes too late.")
    }

    fn came_back(&self, name: &str, ballot: Ballot) -> String {
        let number = self.ballot(ballot);
        format!("{name} has crashed since: what it had counted for {number} is gone.")
    }

    /// What became of a request that did not stay: the process answered it with the decree, passed it on, or refused it.
    fn answered(&self, envelope: &Envelope, value: Value) -> String {
        let (to, from) = (self.name(envelope.to), self.name(envelope.from));
        if self.sent_in(Phase::Reply).next().is_some() {
            let came = if self.trace.scenario.protocol.is_log { "was executed" } else { self.words.has_passed };
            return format!("{to} answers at once, for it knows already what {came}.");
        }
        match self.sent_in(Phase::Request).next() {
            None => {
                let has = if self.has_learned(envelope.to, |_, known| known == value) { "That" } else { "A {decree}" };
                let has = self.words.fill(has);
                format!("{has} was {} already, and {to} says so.", self.words.passed)
            }
            Some((_, leader)) if leader != envelope.from => {
                let leader = self.name(leader);
                format!("{to} does not lead, so it passes the request on to {leader}, who leads as far as {to} knows.")
            }
            Some(_) => {
                format!("{to} does not lead and knows nobody else who does, so it refuses what {from} asks for.")
            }
        }
    }

    /// Why a wish that came got no answer: the process keeps it, or the wish has come back.
    fn kept(&self, envelope: &Envelope, value: Value) -> String {
        let (to, from) = (self.name(envelope.to), self.name(envelope.from));
        let cause = self.trace.event(self.trace.event(envelope.sent).cause);
        // The refusal answers the very request, with the same wish.
        let is_refusal = matches!(cause.what, What::Landed(id) if {
            let asked = self.trace.message(id);
            let is_request = self.trace.scenario.protocol.kind(asked.message.kind).phase == Phase::Request;
            asked.from == envelope.to && is_request && asked.message.payload == envelope.message.payload
        });
        if is_refusal {
            let then = if self.is_asked(envelope.to, value) {
                format!("{to} asks again when somebody does, or after 8Δ.")
            } else {
                format!("{to} had only passed it on.")
            };
            return format!("{from} refuses the wish, for it knows nobody who leads. {then}");
        }
        let is_log = self.trace.scenario.protocol.is_log;
        if self.has_learned(envelope.to, |_, known| known == value || !is_log) {
            format!("{to} knows already what {}, so it asks for nothing.", self.words.has_passed)
        } else if !self.trace.scenario.setup.performs(Phase::OneA) {
            self.words.fill("The script leaves step 1a out, so no {ballot} is started.")
        } else if self.leads(envelope.to) == Some(true) {
            format!("{to} leads, and keeps the wish until it can begin a {} for it.", self.words.ballot)
        } else {
            format!("{to} keeps the wish: it knows nobody yet who leads.")
        }
    }

    /// Whether a client has asked a process for this value, on the spot or by message, since the process came up.
    fn is_asked(&self, node: NodeId, value: Value) -> bool {
        for event in self.before().rev() {
            match event.what {
                What::Acted(_, Act::Propose(who, asked)) if who == node && asked == value => return true,
                What::Acted(_, Act::Restart(who, _)) if who == node => return false,
                What::Landed(id) => {
                    let Envelope { from, to, message, .. } = self.trace.message(id);
                    if *to == node && self.is_client(*from) && message.payload == Payload::Value(value) {
                        return true;
                    }
                }
                _ => {}
            }
        }
        false
    }
}
