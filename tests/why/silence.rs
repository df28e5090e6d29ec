//! Every sentence that Why may say where a message came and the process stated nothing.

use paxos_playground::protocol::{Family, Payload, Phase};
use paxos_playground::quorum::Purpose;
use paxos_playground::trace::{Envelope, What};
use paxos_playground::types::{Ballot, Instance, NodeId, NodeSet, Value};

use super::truths::Step;

impl Step<'_> {
    /// The sentences that Why may say where a message came and the process stated nothing.
    pub(crate) fn of_silence(&self) -> Vec<String> {
        let Some((phase, envelope)) = self.landed() else { return Vec::new() };
        let scenario = &self.past.trace.scenario;
        let (to, from, message) = (self.name(envelope.to), self.name(envelope.from), &envelope.message);
        let (node, past) = (envelope.to, self.past.of(envelope.to));
        let kind = scenario.protocol.kind(message.kind).name;
        let mut said = Vec::new();
        if self.crashes() {
            return vec![format!("{to} crashes before it can answer.")];
        }
        if self.past.is_client(node) {
            said.push(if phase == Phase::Reply {
                format!("{to} does not wait for this answer.")
            } else {
                format!("{to} is a client and waits for answers only, so it ignores {kind}.")
            });
            return said;
        }
        if phase == Phase::Reply {
            return vec![format!("{to} is no client and waits for no answer, so it ignores {kind}.")];
        }
        if matches!(phase, Phase::OneA | Phase::TwoA) && !self.is_acceptor(node) {
            return vec![format!("{to} is no acceptor: it neither promises nor votes.")];
        }
        let answers = self.events.iter().any(|event| matches!(event.what, What::Sent(_)));
        if self.family == Family::Plain {
            return self.plain_silence(phase, envelope, answers);
        }
        if self.family == Family::Fast
            && let Some(said) = self.fast_silence(phase, envelope)
        {
            return vec![said];
        }
        let next = match phase {
            Phase::OneA => Some((Phase::OneB, "1b")),
            Phase::OneB => Some((Phase::TwoA, "2a")),
            Phase::TwoA => Some((Phase::TwoB, "2b")),
            Phase::TwoB => Some((Phase::Three, "3")),
            _ => None,
        };
        if let Some((_, label)) = next.filter(|(next, _)| !scenario.setup.performs(*next)) {
            return vec![format!("The script leaves step {label} out, which is always safe.")];
        }
        let Some(ballot) = message.ballot else { return self.of_request(phase, envelope, answers) };
        let number = self.ballot(ballot);
        match phase {
            Phase::OneA if answers && past.promised.contains(&ballot) => {
                said.push(format!("{to} has promised {number} already: the same question, the same answer."));
            }
            Phase::OneA if !answers && past.next_bal == Some(ballot) => {
                said.push(format!("{number} = nextBal {number}: {to} promises only what is above its nextBal."));
            }
            Phase::TwoA if past.votes.iter().any(|(_, vote)| vote.ballot == ballot) => {
                said.push(format!("{to} has voted in {number} already: it may say so again, but nobody votes twice."));
            }
            Phase::Three if past.learned.iter().any(|(of, _)| *of == message.instance) => {
                said.push(format!("{to} knows it already."));
            }
            Phase::Nack => {
                let Payload::Ballot(bound) = message.payload else { return said };
                let text = self.ballot(bound);
                let has = if bound > ballot {
                    format!("{from} has promised {text}, above {number}.")
                } else {
                    format!("{from} votes only in the ballot that it promised last, which is {text} and not {number}.")
                };
                said.push(if self.sent(Phase::Three).iter().any(|success| success.to == envelope.from) {
                    format!("{has} What it refuses a ballot for has passed in the meantime, and {to} says so.")
                } else {
                    format!("{has} The next ballot of {to} will be above that.")
                });
            }
            Phase::OneB => said.extend(self.promise_came(node, envelope.from, ballot)),
            Phase::TwoB => said.extend(self.vote_came(envelope, ballot)),
            _ => {}
        }
        said
    }

    fn plain_silence(&self, phase: Phase, envelope: &Envelope, answers: bool) -> Vec<String> {
        let (to, message) = (self.name(envelope.to), &envelope.message);
        let kind = self.past.trace.scenario.protocol.kind(message.kind);
        let (Phase::OneB | Phase::TwoB | Phase::Certify, Some(ballot)) = (phase, message.ballot) else {
            let and = if answers { ", and answers" } else { "" };
            return vec![format!("{to} states nothing{and}.")];
        };
        let process = self.counted.of(envelope.to);
        let (heard, purpose) = if phase == Phase::OneB {
            (process.promises.get(&ballot).map_or(NodeSet::EMPTY, |promises| promises.from), Purpose::Promise)
        } else if phase == Phase::Certify {
            let heard = process.confirmed.get(&(message.instance, ballot)).copied();
            (heard.unwrap_or_default(), Purpose::Certify)
        } else {
            let of =
                |(instance, of, _): &&(Instance, Ballot, Option<Value>)| (*instance, *of) == (message.instance, ballot);
            let sets = process.voters.keys().filter(of).map(|key| process.voters[key]);
            (sets.fold(NodeSet::EMPTY, NodeSet::union), Purpose::Pass)
        };
        let place = if kind.is_sweeping { String::new() } else { self.place(message.instance) };
        let pass = (phase != Phase::OneB).then_some(message.instance);
        let (number, names, need) = (self.ballot(ballot), self.names(heard), self.need(purpose, ballot, pass, heard));
        vec![format!("{} of {number}{place} has come to {to} from {names} so far; a quorum needs {need}.", kind.name)]
    }

    fn promise_came(&self, node: NodeId, from: NodeId, ballot: Ballot) -> Vec<String> {
        let (name, number, past) = (self.name(node), self.ballot(ballot), self.past.of(node));
        if let Some(why) = self.not_in_hand(node, ballot) {
            return vec![why];
        }
        if !past.in_hand.contains(&ballot) {
            return vec![format!("{name} has not started {number}, so it counts nothing for it.")];
        }
        let heard = self.counted.of(node).promises[&ballot].from;
        let before = past.promises.get(&ballot).map_or(NodeSet::EMPTY, |promises| promises.from);
        let is_quorum = |set| self.is_quorum(Purpose::Promise, ballot, None, set);
        let has_begun = past.begun.iter().any(|(_, of)| *of == ballot);
        let without: NodeSet = before.iter().filter(|node| *node != from).collect();
        if has_begun || is_quorum(without) {
            return vec![format!("{name} has its quorum already: one promise more changes nothing.")];
        }
        // A process that starts a ballot with the passed decree in its ledger waits for promises all the same.
        let knows = !self.is_log() && past.learned.len() > past.known_at_1a.get(&ballot).copied().unwrap_or_default();
        let (names, need) = (self.names(heard), self.need(Purpose::Promise, ballot, None, heard));
        vec![match (is_quorum(heard), knows) {
            (false, false) => {
                format!("Promises of {number} so far: {names}. A quorum needs {need}, so {name} waits for more.")
            }
            (false, true) => format!(
                "Promises of {number} so far: {names}. A quorum needs {need}, but {name} knows already what has passed."
            ),
            (true, true) => {
                format!("A quorum has promised {number}: {names}. But {name} knows already what has passed.")
            }
            (true, false) => {
                format!("A quorum has promised {number}: {names}. There is nothing to begin yet, but phase 1 is done.")
            }
        }]
    }

    /// Why a process no longer counts for a ballot, if that is so.
    fn not_in_hand(&self, node: NodeId, ballot: Ballot) -> Option<String> {
        let (name, number, past) = (self.name(node), self.ballot(ballot), self.past.of(node));
        let latest = past.latest.filter(|latest| *latest != ballot && self.past.has_bound());
        if let Some(latest) = latest {
            return Some(format!(
                "{name} has gone on to {}: an answer to {number} comes too late.",
                self.ballot(latest)
            ));
        }
        let lost = !past.in_hand.contains(&ballot) && past.crashes > 0;
        lost.then(|| format!("{name} has crashed since: what it had counted for {number} is gone."))
    }

    fn vote_came(&self, envelope: &Envelope, ballot: Ballot) -> Vec<String> {
        let (node, instance) = (envelope.to, envelope.message.instance);
        let (name, number, place, past) =
            (self.name(node), self.ballot(ballot), self.place(instance), self.past.of(node));
        let value = if let Payload::Value(value) = envelope.message.payload { Some(value) } else { None };
        let heard = self.voters(node, instance, ballot, value);
        let so_far = format!("Votes in {number}{place} so far: {}.", self.names(heard));
        let knows = past.learned.iter().any(|(of, _)| *of == instance);
        let mut said = Vec::new();
        if !self.sent(Phase::Three).is_empty() {
            let told = self.told(Phase::Three);
            said.extend(knows.then(|| format!("{so_far} {name} knew the outcome before; it tells {told} now.")));
            return said;
        }
        if knows {
            said.push(format!("{name} knows the outcome already: one vote more changes nothing."));
        }
        let counts = self.past.votes_carry_decrees() || past.begun.contains(&(instance, ballot));
        if !counts {
            said.extend(self.not_in_hand(node, ballot));
            // With an empty disk a process can take a number again that it had counted votes for.
            if past.crashes > 0 && !self.past.has_all_votes(node) {
                said.push(format!("{name} has crashed since: what it had counted for {number} is gone."));
            }
            said.push(format!("{name} has not begun {number}{place}, so it counts no votes for it."));
            return said;
        }
        if !self.past.votes_carry_decrees() && past.latest != Some(ballot) && self.past.has_bound() {
            said.extend(self.not_in_hand(node, ballot));
            return said;
        }
        let need = self.need(Purpose::Pass, ballot, Some(instance), heard);
        if !self.is_quorum(Purpose::Pass, ballot, Some(instance), heard) {
            said.push(format!("{so_far} A quorum needs {need}, so {name} waits for more."));
            return said;
        }
        let asked = past.asked_for_votes.get(&(instance, ballot)).copied().unwrap_or_default();
        let missing: NodeSet = asked.iter().filter(|node| !heard.contains(*node)).collect();
        said.push(match missing.len() {
            0 => so_far,
            1 => format!("{so_far} {name} waits for all that it has asked: {} is missing.", self.names(missing)),
            _ => format!("{so_far} {name} waits for all that it has asked: {} are missing.", self.names(missing)),
        });
        said
    }

    fn of_request(&self, phase: Phase, envelope: &Envelope, answers: bool) -> Vec<String> {
        let (to, from, past) = (self.name(envelope.to), self.name(envelope.from), self.past.of(envelope.to));
        if phase == Phase::Election {
            return vec![format!("{to} hears that {from} is there.")];
        }
        let kind = self.past.trace.scenario.protocol.kind(envelope.message.kind);
        if let Some(says) = kind.says.map(|says| paxos_playground::protocol::Vocabulary::default().fill(says)) {
            let is_answered = self.events.iter().any(|event| match event.what {
                What::Sent(id) => self.past.trace.message(id).to == envelope.from,
                _ => false,
            });
            let then = if is_answered { format!(" {to} answers.") } else { String::new() };
            return vec![format!(
                "{from} sends {} of instance {}: {says}.{then}",
                kind.name, envelope.message.instance.0
            )];
        }
        let Payload::Value(value) = envelope.message.payload else {
            return vec![if answers && self.sent(Phase::Three).iter().any(|success| success.to == envelope.from) {
                format!("{from} asks what it has missed, and {to} tells it.")
            } else {
                format!("{from} asks what it has missed; {to} knows nothing of it.")
            }];
        };
        let knows_it = past.learned.iter().any(|(_, vote)| vote.value == value);
        let knows = knows_it || !self.is_log() && !past.learned.is_empty();
        if self.sent(Phase::Reply).iter().any(|reply| reply.to == envelope.from) {
            let did = if self.is_log() { "was executed" } else { "has passed" };
            return knows
                .then(|| format!("{to} answers at once, for it knows already what {did}."))
                .into_iter()
                .collect();
        }
        if let Some(request) = self.sent(Phase::Request).first() {
            if past.leads {
                return Vec::new();
            }
            let leader = self.name(request.to);
            return vec![if request.to == envelope.from {
                format!("{to} does not lead and knows nobody else who does, so it refuses what {from} asks for.")
            } else {
                format!("{to} does not lead, so it passes the request on to {leader}, who leads as far as {to} knows.")
            }];
        }
        if !self.sent(Phase::Three).is_empty() {
            let what = if knows_it { "That" } else { "A decree" };
            return knows.then(|| format!("{what} was passed already, and {to} says so.")).into_iter().collect();
        }
        // A refusal says what its sender does with a request of this process.
        let kind = self.past.trace.scenario.protocol.kind(envelope.message.kind);
        let mut said = Vec::new();
        if kind.name == "NoLeader" {
            let then = if past.wishes.contains(&value) {
                format!("{to} asks again when somebody does, or after 8Δ.")
            } else {
                format!("{to} had only passed it on.")
            };
            return vec![format!("{from} refuses the wish, for it knows nobody who leads. {then}")];
        }
        said.extend(self.kept(envelope.to, value));
        said
    }

    /// The sentences about a wish to which nothing happens at once.
    pub(crate) fn kept(&self, node: NodeId, value: Value) -> Vec<String> {
        let (name, past) = (self.name(node), self.past.of(node));
        let knows = past.learned.iter().any(|(_, vote)| vote.value == value || !self.is_log());
        vec![if knows {
            format!("{name} knows already what has passed, so it asks for nothing.")
        } else if !self.past.trace.scenario.setup.performs(Phase::OneA) {
            "The script leaves step 1a out, so no ballot is started.".to_owned()
        } else if past.leads {
            format!("{name} leads, and keeps the wish until it can begin a ballot for it.")
        } else {
            format!("{name} keeps the wish: it knows nobody yet who leads.")
        }]
    }
}

/// Sentences without names and numbers. The choice among them is a matter of style; `src/view/why/tests.rs` tests it.
pub(crate) fn always() -> impl Iterator<Item = &'static str> {
    const LOST: [&str; 4] = [
        "A line of the script takes it out of the network. A lost message costs time and never agreement: any step may be left out.",
        "The script lets messages be lost by chance. A lost message costs time and never agreement: any step may be left out.",
        "No message passes a link that is cut. A lost message costs time and never agreement: any step may be left out.",
        "Nobody keeps messages for a process that is down. A lost message costs time and never agreement: any step may be left out.",
    ];
    const ACTS: [&str; 5] = [
        "Clocks may run at any speed: safety never depends on when a timer runs out.",
        "Messages across are lost, also those under way. Safety never depends on the network.",
        "What was lost before stays lost.",
        "Who leads decides only who starts ballots; two leaders, or none, cost time and never agreement.",
        "Nobody sends it now: it stands for one of a process that is gone.",
    ];
    LOST.into_iter().chain(ACTS)
}
