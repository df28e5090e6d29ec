//! The sentences about an input and about each fact that followed, for any protocol: they restate facts, with the guard
//! that the process asked. Where the protocol's family has sentences of its own, these are said instead.

use super::{SENTENCES_MAX, Step};
use crate::protocol::{Fact, Guard, Meaning, Phase, capital};
use crate::quorum::Purpose;
use crate::scenario::{Act, Disk};
use crate::tongue::{key, say};
use crate::trace::{Envelope, Loss, What};
use crate::types::{NodeId, NodeSet};
use crate::view::events::{fact_text, names, quote, within};

impl Step<'_> {
    /// The rules by which the step was taken, a sentence each.
    pub(super) fn rules(&self) -> Vec<String> {
        let mut rules: Vec<String> = self.occasion();
        let mut facts = 0;
        for (node, fact) in self.facts() {
            // When many instances are promised at once, the first fact says which votes there were.
            let is_more = matches!(fact, Fact::PromisedFrom(..)) && facts > 0;
            facts += 1;
            if rules.len() < SENTENCES_MAX && !is_more {
                rules.extend(self.family.fact(self, node, fact).unwrap_or_else(|| self.fact(node, fact)));
            }
        }
        if facts > SENTENCES_MAX {
            rules.push(say!("{facts} things are stated in this step; the table of events has them all."));
        }
        if facts == 0
            && let What::Landed(id) = self.input().what
        {
            rules.push(self.unanswered(self.trace.message(id)));
        }
        rules
    }

    /// The sentences about the input itself.
    fn occasion(&self) -> Vec<String> {
        let input = self.cut_short().or_else(|| self.client());
        let input = input.or_else(|| self.family.input(self)).or_else(|| self.came());
        let asked_anew = match self.input().what {
            What::Acted(_, Act::Leader(_)) => self.turned(),
            _ => None,
        };
        input.into_iter().chain(asked_anew).collect()
    }

    /// A wish or a timer that a process would have answered, had it not crashed.
    fn cut_short(&self) -> Option<String> {
        let (node, deed) = match self.input().what {
            What::Acted(_, Act::Propose(node, _)) if self.facts().next().is_none() => {
                (node, say!("can pass the wish on"))
            }
            What::TimerFired(node, _) | What::Acted(_, Act::Timeout(node, ..)) if self.is_client(node) => {
                (node, say!("can ask again"))
            }
            _ => return None,
        };
        self.is_cut_short().then(|| say!("{node} crashes before it {deed}.", node = self.name(node)))
    }

    /// What a client does. All protocols share their clients.
    fn client(&self) -> Option<String> {
        let scenario = &self.trace.scenario;
        let node = self.trace.node_of(self.input()).filter(|node| self.is_client(*node))?;
        let name = self.name(node);
        let asked: NodeSet = self.sent_in(Phase::Request).map(|(_, to)| to).collect();
        let whom = names(&scenario.symbols, asked.iter());
        let has_timer = scenario.protocol.client.is_some_and(|info| info.retry.is_some());
        let text = match self.input().what {
            What::Acted(_, Act::Propose(..)) if asked.is_empty() => {
                say!("{name} keeps its wish: it knows nobody yet who leads.")
            }
            What::Acted(_, Act::Propose(..)) => {
                let again =
                    if has_timer { say!(" Without one it asks again, after 8Δ at the latest.").text() } else { "" };
                say!("{name} sends its wish to {whom} and waits for the answer.{again}")
            }
            What::TimerFired(..) | What::Acted(_, Act::Timeout(..)) => {
                let before = self.before().rev().find_map(|event| match event.what {
                    What::Sent(id) => {
                        let envelope = self.trace.message(id);
                        let is_request =
                            self.trace.scenario.protocol.kind(envelope.message.kind).phase == Phase::Request;
                        let is_it = envelope.from == node && is_request && !self.trace.is_injected(envelope);
                        is_it.then_some(envelope.to)
                    }
                    _ => None,
                });
                if asked.is_empty() {
                    return Some(say!("{name} still has no answer, and knows nobody whom it could ask."));
                }
                let is_again = before.is_some_and(|before| asked.contains(before));
                let again = if is_again { say!("once more") } else { say!("this time") };
                say!("{name} still has no answer, so it asks {whom} {again}.")
            }
            What::Acted(_, Act::Crash(_)) => {
                say!("What it waits for is forgotten, and messages to it are lost.").into()
            }
            What::Acted(_, Act::CrashBeforeSend(_)) => {
                say!("What it was to send then will never leave, and what it waits for is forgotten.").into()
            }
            What::Acted(_, Act::Restart(..)) => say!("{name} has forgotten what it waited for."),
            _ => return None,
        };
        Some(text)
    }

    /// The oracle has named a leader: the process to which the waiting clients turn.
    fn turned(&self) -> Option<String> {
        let asks: Vec<_> = self.sent_in(Phase::Request).filter(|(from, _)| self.is_client(*from)).collect();
        let (_, to) = *asks.first()?;
        let who: NodeSet = asks.iter().map(|(from, _)| *from).collect();
        let [has, asks] = if who.len() == 1 { [say!("has"), say!("asks")] } else { [say!("have"), say!("ask")] };
        let who = names(&self.trace.scenario.symbols, who.iter());
        Some(say!("{who} {has} no answer yet, and {asks} {node} now.", node = self.name(to)))
    }

    /// What came, whichever process it came to.
    fn came(&self) -> Option<String> {
        let text = match &self.input().what {
            What::Acted(_, Act::Propose(node, _)) if self.facts().next().is_none() => {
                let name = self.name(*node);
                let to: NodeSet = self.sent_in(Phase::Request).map(|(_, to)| to).filter(|to| to != node).collect();
                if to.is_empty() {
                    say!("{name} states nothing of the wish for now.")
                } else {
                    say!(
                        "{name} passes the wish on to {names}.",
                        names = names(&self.trace.scenario.symbols, to.iter())
                    )
                }
            }
            What::Acted(_, Act::Crash(_)) => {
                say!("All that it had not written to stable storage is gone, and messages to it are lost.").into()
            }
            What::Acted(_, Act::CrashBeforeSend(node)) if self.has_all_votes(*node) => {
                say!("What it writes then it will still know when it comes back; what it was to send will never leave.")
                    .into()
            }
            What::Acted(_, Act::CrashBeforeSend(_)) => say!("What it was to send then will never leave.").into(),
            What::Acted(_, Act::Timeout(..)) => {
                say!("Clocks may run at any speed: safety never depends on when a timer runs out.").into()
            }
            What::Acted(_, Act::Restart(_, Disk::Empty)) => say!("Its stable storage is gone.").into(),
            What::Acted(_, Act::Restart(node, Disk::Kept)) if self.trace.scenario.setup.remembers(*node) => {
                say!("It knows what it had written to stable storage.").into()
            }
            What::Acted(_, Act::Restart(node, Disk::Kept)) if self.trace.scenario.setup.keeps(Guard::Memory) => {
                let name = self.name(*node);
                say!("The rule “memory” is switched off for {name}: it may have forgotten what it had written.")
            }
            What::Acted(_, Act::Restart(..)) => {
                say!("The rule “memory” is switched off: it may have forgotten what it had written.").into()
            }
            What::Acted(_, Act::Partition(_) | Act::Cut(_)) => {
                say!("Messages across are lost, also those under way. Safety never depends on the network.").into()
            }
            What::Acted(_, Act::Heal | Act::HealLink(_)) => say!("What was lost before stays lost.").into(),
            What::Acted(_, Act::Leader(_)) => self.words.fill(key!(
                "Who leads decides only who starts {ballots}; two leaders, or none, cost time and never agreement."
            )),
            What::Acted(_, Act::Inject(_)) => {
                say!("Nobody sends it now: it stands for one of a process that is gone.").into()
            }
            What::Lost(_, why) => {
                let why = match why {
                    Loss::Dropped => say!("A line of the script takes it out of the network"),
                    Loss::Chance => say!("The script lets messages be lost by chance"),
                    Loss::Cut => say!("No message passes a link that is cut"),
                    Loss::Down => say!("Nobody keeps messages for a process that is down"),
                    Loss::Crashed => say!("A crash empties the port of its process, too"),
                    Loss::Withheld => say!("A liar may be silent, as if its message were lost"),
                };
                say!("{why}. A lost message costs time and never agreement: any step may be left out.")
            }
            What::TimerFired(node, timer) => {
                let meaning = self.words.fill(self.trace.scenario.protocol.timers[usize::from(timer.kind)].meaning);
                let again = if matches!(self.facts().next(), Some((_, Fact::Tried(_)))) {
                    say!(": {node} starts a new {ballot}", node = self.name(*node), ballot = self.words.ballot)
                } else {
                    String::new()
                };
                format!("{}{again}.", capital(&meaning))
            }
            _ => return None,
        };
        Some(text)
    }

    /// Restates a fact, with the guard that the process asked.
    fn fact(&self, node: NodeId, fact: Fact) -> Vec<String> {
        let (name, symbols) = (self.name(node), &*self.trace.scenario.symbols);
        let mut said = match fact {
            Fact::Answered(value) => {
                let value = quote(self.words, symbols, value);
                let came = if self.trace.scenario.protocol.is_log { "was executed" } else { self.words.has_passed };
                return vec![if self.is_client(node) {
                    say!("{name} has its answer: {value} {came}.")
                } else {
                    say!("{name} has executed {value}: its client has the answer.")
                }];
            }
            Fact::Leads(true) => return vec![say!("{name} thinks from now on that it leads.")],
            Fact::Leads(false) => return vec![say!("{name} no longer thinks that it leads.")],
            fact => vec![format!("{name} {}.", fact_text(self.trace, self.words, node, &fact))],
        };
        if let (Fact::Promised(..) | Fact::PromisedFrom(..) | Fact::Voted(..), Some(bound)) = (fact, self.bound(node)) {
            said.push(say!(
                "Its {bound_name} was {number} before.",
                bound_name = self.bound_name(),
                number = self.ballot(bound)
            ));
        }
        if let (Fact::Learned(instance, vote), Some(Phase::TwoB)) = (fact, self.heard()) {
            let heard = self.heard_from(node, Phase::TwoB, vote.ballot, instance, Some(vote.value));
            said.extend(heard.map(|heard| {
                say!(
                    "{Votes} in {number} have come from {names}.",
                    Votes = capital(self.words.votes),
                    number = self.ballot(vote.ballot),
                    names = names(symbols, heard.iter())
                )
            }));
        }
        said
    }

    /// The protocol's name for the ballot below which a process does not vote.
    fn bound_name(&self) -> &'static str {
        let protocol = self.trace.scenario.protocol;
        protocol
            .field_meaning(Meaning::NextBal)
            .map_or(say!("promise").text(), |field| self.words.field(&protocol.fields[usize::from(field.0)]))
    }

    /// Why the process stated nothing when this message came.
    fn unanswered(&self, envelope: &Envelope) -> String {
        let kind = self.trace.scenario.protocol.kind(envelope.message.kind);
        let to = self.name(envelope.to);
        if self.is_cut_short() {
            return say!("{to} crashes before it can answer.");
        }
        if self.is_client(envelope.to) {
            return match kind.phase {
                Phase::Reply => say!("{to} does not wait for this answer."),
                _ => say!(
                    "{to} is a client and waits for answers only, so it ignores {kind}.",
                    kind = self.words.kind(kind)
                ),
            };
        }
        match kind.phase {
            Phase::Reply => {
                return say!(
                    "{to} is no client and waits for no answer, so it ignores {kind}.",
                    kind = self.words.kind(kind)
                );
            }
            Phase::OneA | Phase::TwoA if !self.is_acceptor(envelope.to) => {
                return say!(
                    "{to} is no acceptor: it neither promises nor {it_votes}.",
                    it_votes = self.words.it_votes
                );
            }
            _ => {}
        }
        self.family.silence(self, envelope).unwrap_or_else(|| self.silence(envelope))
    }

    /// The processes that have been heard so far, or only whether there is an answer.
    fn silence(&self, envelope: &Envelope) -> String {
        let (scenario, message) = (&self.trace.scenario, &envelope.message);
        let (kind, to) = (scenario.protocol.kind(message.kind), self.name(envelope.to));
        if let (Some(purpose), Some(ballot)) = (kind.phase.purpose(), message.ballot)
            && let Some(heard) = self.heard_from(envelope.to, kind.phase, ballot, message.instance, None)
        {
            let place = if kind.is_sweeping { String::new() } else { within(self.trace, message.instance) };
            let instance = if purpose == Purpose::Promise { self.first_of(ballot) } else { message.instance };
            return say!(
                "{kind} of {number}{place} has come to {to} from {names} so far; a quorum needs {need}.",
                kind = self.words.kind(kind),
                number = self.ballot(ballot),
                names = names(&scenario.symbols, heard.iter()),
                need = self.need(&self.trace.quorum(purpose, ballot, instance), heard)
            );
        }
        let answers = self.events.clone().any(|event| matches!(event.what, What::Sent(_)));
        if answers { say!("{to} states nothing, and answers.") } else { say!("{to} states nothing.") }
    }
}
