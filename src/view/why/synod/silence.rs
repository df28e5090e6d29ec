//! Why a process stated nothing when a message came: which processes it still waits for, what came too late, where a
//! request goes.

use super::super::Step;
use super::super::past::{began_by, loses_disk};
use super::answer;
use crate::protocol::{Fact, Payload, Phase, capital};
use crate::scenario::Act;
use crate::tongue::{key, say};
use crate::trace::{Envelope, What};
use crate::types::{Ballot, NodeId, NodeSet, Value};
use crate::view::events::{names, within};

impl Step<'_> {
    pub(super) fn synod_silence(&self, envelope: &Envelope) -> Option<String> {
        let (to, from) = (self.name(envelope.to), self.name(envelope.from));
        let kind = self.trace.scenario.protocol.kind(envelope.message.kind);
        let next = answer(kind.phase);
        if next != kind.phase && !self.trace.scenario.setup.performs(next) {
            return Some(say!("The script leaves step {label} out, which is always safe.", label = next.label()));
        }
        let answers = self.events.clone().any(|event| matches!(event.what, What::Sent(_)));
        let Some(ballot) = envelope.message.ballot else {
            if let Some(says) = kind.says {
                return Some(self.said(envelope, self.words.kind(kind), &self.words.fill(says)));
            }
            let text = match (kind.phase, &envelope.message.payload) {
                (Phase::Election, _) => say!("{to} hears that {from} is there."),
                (Phase::Request, Payload::Value(value)) if answers => self.answered(envelope, *value),
                (Phase::Request, Payload::Value(value)) => self.kept(envelope, *value),
                (Phase::Request, _) if answers => say!("{from} asks what it has missed, and {to} tells it."),
                (Phase::Request, _) => say!("{from} asks what it has missed; {to} knows nothing of it."),
                _ => return None,
            };
            return Some(text);
        };
        let number = self.ballot(ballot);
        let text = match kind.phase {
            Phase::OneA if answers => {
                say!("{to} has promised {number} already: the same question, the same answer.")
            }
            Phase::OneA => say!(
                "{number} = {next_bal} {number}: {to} promises only what is above its {next_bal}.",
                next_bal = self.words.next_bal
            ),
            Phase::TwoA => say!(
                "{to} has {voted_in} {number} already: it may say so again, but nobody {it_votes} twice.",
                voted_in = self.words.voted_in,
                it_votes = self.words.it_votes
            ),
            Phase::Three => say!("{to} knows it already."),
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
            say!("{from} has promised {bound_text}, above {number}.")
        } else {
            say!(
                "{from} {votes_only_in} the {ballot} that it promised last, which is {bound_text} and not {number}.",
                votes_only_in = self.words.votes_only_in,
                ballot = self.words.ballot
            )
        };
        let then = if self.sent_in(Phase::Three).next().is_some() {
            say!(
                "What it refuses a {ballot} for {has_passed} in the meantime, and {to} says so.",
                ballot = self.words.ballot,
                has_passed = self.words.has_passed
            )
        } else {
            say!("The next {ballot} of {to} will be above that.", ballot = self.words.ballot)
        };
        Some(format!("{has} {then}"))
    }

    /// A promise has come and completes no quorum.
    fn promise_came(&self, envelope: &Envelope, ballot: Ballot) -> Option<String> {
        let node = envelope.to;
        let (name, number) = (self.name(node), self.ballot(ballot));
        let already = || say!("{name} has its quorum already: one promise more changes nothing.");
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
            return self.sees_all().then(|| say!("{name} has not started {number}, so it counts nothing for it."));
        }
        let instance = envelope.message.instance;
        let heard = self.heard_from(node, Phase::OneB, ballot, instance, None)?;
        let quorums = self.trace.quorum(Phase::OneB.purpose()?, ballot, self.first_of(ballot));
        let knows = knows && !self.trace.scenario.protocol.is_log;
        let so_far = names(&self.trace.scenario.symbols, heard.iter());
        let text = if !quorums.is_quorum(heard) {
            let need = self.need(&quorums, heard);
            if knows {
                say!(
                    "Promises of {number} so far: {so_far}. A quorum needs {need}, but {name} knows already what {has_passed}.",
                    has_passed = self.words.has_passed
                )
            } else {
                say!("Promises of {number} so far: {so_far}. A quorum needs {need}, so {name} waits for more.")
            }
        } else if quorums.is_quorum(heard.without([envelope.from].into_iter().collect())) {
            already()
        } else if knows {
            say!(
                "A quorum has promised {number}: {so_far}. But {name} knows already what {has_passed}.",
                has_passed = self.words.has_passed
            )
        } else {
            say!("A quorum has promised {number}: {so_far}. There is nothing to begin yet, but phase 1 is done.")
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
            return Some(say!(
                "{Votes} in {number}{place} so far: {heard}. {name} knew the outcome before; it tells {told} now.",
                Votes = capital(self.words.votes)
            ));
        }
        let mut is_counted = self.votes_carry_decrees();
        for event in self.before().rev() {
            match event.what {
                What::Stated(who, Fact::Learned(of, _)) if who == node && of == instance => {
                    return Some(say!(
                        "{name} knows the outcome already: one {vote} more changes nothing.",
                        vote = self.words.vote
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
            let text = || {
                say!("{name} has not begun {number}{place}, so it counts no {votes} for it.", votes = self.words.votes)
            };
            return self.sees_all().then(text);
        }
        let heard = heard?;
        let quorums = self.trace.quorum(Phase::TwoB.purpose()?, ballot, instance);
        let so_far = say!(
            "{Votes} in {number}{place} so far: {names}.",
            Votes = capital(self.words.votes),
            names = names(symbols, heard.iter())
        );
        if !quorums.is_quorum(heard) {
            return Some(say!(
                "{so_far} A quorum needs {need}, so {name} waits for more.",
                need = self.need(&quorums, heard)
            ));
        }
        let missing = self.asked(node, ballot, instance).without(heard);
        if missing.is_empty() {
            return Some(so_far);
        }
        let is = if missing.len() == 1 { "is" } else { "are" };
        let missing = names(symbols, missing.iter());
        Some(say!("{so_far} {name} waits for all that it has asked: {missing} {is} missing."))
    }

    fn gone_on(&self, name: &str, ballot: Ballot, tried: Ballot) -> String {
        let (tried, number) = (self.ballot(tried), self.ballot(ballot));
        say!("{name} has gone on to {tried}: an answer to {number} comes too late.")
    }

    fn came_back(&self, name: &str, ballot: Ballot) -> String {
        let number = self.ballot(ballot);
        say!("{name} has crashed since: what it had counted for {number} is gone.")
    }

    /// What became of a request that did not stay: the process answered it with the decree, passed it on, or refused it.
    fn answered(&self, envelope: &Envelope, value: Value) -> String {
        let (to, from) = (self.name(envelope.to), self.name(envelope.from));
        if self.sent_in(Phase::Reply).next().is_some() {
            let came = if self.trace.scenario.protocol.is_log { "was executed" } else { self.words.has_passed };
            return say!("{to} answers at once, for it knows already what {came}.");
        }
        match self.sent_in(Phase::Request).next() {
            None => {
                let has = if self.has_learned(envelope.to, |_, known| known == value) {
                    key!("That")
                } else {
                    key!("A {decree}")
                };
                let has = self.words.fill(has);
                say!("{has} was {passed} already, and {to} says so.", passed = self.words.passed)
            }
            Some((_, leader)) if leader != envelope.from => {
                let leader = self.name(leader);
                say!("{to} does not lead, so it passes the request on to {leader}, who leads as far as {to} knows.")
            }
            Some(_) => {
                say!("{to} does not lead and knows nobody else who does, so it refuses what {from} asks for.")
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
                say!("{to} asks again when somebody does, or after 8Δ.")
            } else {
                say!("{to} had only passed it on.")
            };
            return say!("{from} refuses the wish, for it knows nobody who leads. {then}");
        }
        let is_log = self.trace.scenario.protocol.is_log;
        if self.has_learned(envelope.to, |_, known| known == value || !is_log) {
            say!("{to} knows already what {has_passed}, so it asks for nothing.", has_passed = self.words.has_passed)
        } else if !self.trace.scenario.setup.performs(Phase::OneA) {
            self.words.fill(key!("The script leaves step 1a out, so no {ballot} is started."))
        } else if self.leads(envelope.to) == Some(true) {
            say!("{to} leads, and keeps the wish until it can begin a {ballot} for it.", ballot = self.words.ballot)
        } else {
            say!("{to} keeps the wish: it knows nobody yet who leads.")
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
