//! The sentences of the Synod's family (PTP §2 and §3): the rules of the five steps, with the values that decided them.

mod membership;
mod silence;

use super::past::tried_by;
use super::{Sentences, Step};
use crate::protocol::{Basis, Fact, Guard, Phase, capital};
use crate::quorum::Purpose;
use crate::scenario::{Act, Disk};
use crate::trace::{Envelope, Loss, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Vote};
use crate::view::events::{names, quote, vote_text, within};

/// Where the sources write about leaders, Nacks and timers.
const ELECTED: &str = "PTP §2.4; slides, “Complete protocol”";

pub(super) struct Synod;

impl Sentences for Synod {
    fn input(&self, step: &Step<'_>) -> Option<String> {
        let setup = &step.trace.scenario.setup;
        match step.input().what {
            What::Acted(_, Act::Propose(node, value)) if step.facts().next().is_none() => {
                let name = step.name(node);
                let is_log = step.trace.scenario.protocol.is_log;
                let text = if let Some((_, to)) = step.sent_in(Phase::Request).next() {
                    let to = step.name(to);
                    format!("{name} does not lead, so it hands the wish to {to}, who leads as far as {name} knows.")
                } else if step.has_learned(node, |_, known| known == value || !is_log) {
                    format!("{name} knows already what {}, so it asks for nothing.", step.words.has_passed)
                } else if !setup.performs(Phase::OneA) {
                    step.words.fill("The script leaves step 1a out, so no {ballot} is started.")
                } else if step.leads(node) == Some(true) {
                    format!("{name} leads, and keeps the wish until it can begin a {} for it.", step.words.ballot)
                } else {
                    format!("{name} keeps the wish: it knows nobody yet who leads.")
                };
                Some(text)
            }
            What::Acted(_, Act::Restart(_, Disk::Empty)) => Some(step.words.fill(
                "Its stable storage is gone: it has forgotten its promises, its {votes}, its {ledger} and which \
                     numbers it has tried.",
            )),
            What::Acted(_, Act::Restart(node, Disk::Kept)) if setup.remembers(node) => {
                let is_acceptor = step.is_acceptor(node);
                let what = if is_acceptor { "its promises, its {votes} and its {ledger}" } else { "its {ledger}" };
                let what = step.words.fill(what);
                Some(format!("It knows what it had written to stable storage: {what}."))
            }
            What::Acted(_, Act::Restart(node, Disk::Kept)) if step.is_acceptor(node) => {
                let whom = if setup.keeps(Guard::Memory) { format!(" for {}", step.name(node)) } else { String::new() };
                Some(format!(
                    "The rule “memory” is switched off{whom}: it has forgotten its promises and {}.",
                    step.words.votes
                ))
            }
            _ => None,
        }
    }

    fn fact(&self, step: &Step<'_>, node: NodeId, fact: Fact) -> Option<Vec<String>> {
        let name = step.name(node);
        let said = match fact {
            Fact::Tried(ballot) => vec![step.tried(node, ballot)],
            Fact::Promised(instance, ballot, vote) => {
                // When many instances are promised at once, the first fact says what the promise is.
                let first = step.facts().find(|(_, fact)| matches!(fact, Fact::Promised(..)));
                let promise = (first == Some((node, fact))).then(|| step.promised(node, ballot));
                promise.into_iter().chain([step.reports(node, instance, ballot, vote)]).collect()
            }
            Fact::PromisedFrom(instance, ballot) => {
                let all = format!(
                    "It holds for instance {} and all after it; {name} reports no {} there.",
                    instance.0, step.words.votes
                );
                vec![step.promised(node, ballot), all]
            }
            Fact::Began { instance, ballot, value: Some(value), basis: Basis::Promises(quorum) } => {
                step.began(node, instance, Vote { ballot, value }, quorum)
            }
            Fact::Voted(_, vote) => vec![step.voted(node, vote)],
            Fact::Learned(instance, vote) => vec![step.learned(node, instance, vote)],
            Fact::Refused(ballot, bound) => vec![step.refused(node, ballot, bound)],
            Fact::Leads(true) => {
                vec![format!(
                    "{name} thinks from now on that it leads: it alone starts {}, if all think so.",
                    step.words.ballots
                )]
            }
            Fact::Leads(false) => {
                vec![format!("{name} no longer thinks that it leads: it starts no more {}.", step.words.ballots)]
            }
            Fact::Configured(from, configuration) => vec![step.configured(node, from, configuration)],
            Fact::Forgot(last) => vec![step.forgot(node, last)],
            Fact::Blocked(last) => vec![step.blocked(node, last)],
            Fact::Began { .. }
            | Fact::Believed { .. }
            | Fact::Certified(..)
            | Fact::Answered(_)
            | Fact::Result(..)
            | Fact::Stable { .. }
            | Fact::Named(..)
            | Fact::Gathered { .. } => return None,
        };
        Some(said)
    }

    fn silence(&self, step: &Step<'_>, envelope: &Envelope) -> Option<String> {
        step.synod_silence(envelope)
    }

    fn source(&self, step: &Step<'_>, stated: Option<Phase>) -> Option<(Option<Phase>, String)> {
        let heard = step.heard();
        // A message that led to no fact still belongs to a step.
        let phase = stated.or_else(|| heard.map(answer));
        let label = match (phase, heard) {
            (Some(Phase::Three), Some(Phase::TwoB)) => "3a",
            (Some(Phase::Three), _) => "3b",
            (Some(Phase::Nack), Some(Phase::OneA)) => "1b",
            (Some(Phase::Nack), Some(Phase::TwoA)) => "2b",
            (Some(Phase::Nack | Phase::Election), _) => return Some((phase, ELECTED.to_owned())),
            (Some(phase), _) if Phase::STEPS.contains(&phase) => phase.label(),
            (Some(_), _) => return Some((phase, String::new())),
            (None, _) if step.is_papers_timer() => return Some((phase, ELECTED.to_owned())),
            (None, _) => {
                let absent = matches!(
                    step.input().what,
                    What::Lost(_, Loss::Dropped | Loss::Chance | Loss::Down) | What::Acted(_, Act::Crash(_))
                );
                let source = "Slides, “Introduction”: legislators and their messengers may be absent";
                return Some((None, if absent { source.to_owned() } else { String::new() }));
            }
        };
        let b3 = if stated == Some(Phase::TwoA) { "; condition B3: PTP §2.1" } else { "" };
        Some((phase, format!("Step {label}: {}{b3}", step.trace.scenario.protocol.source)))
    }
}

/// The step that a message of this phase is for.
fn answer(phase: Phase) -> Phase {
    match phase {
        Phase::OneA => Phase::OneB,
        Phase::OneB => Phase::TwoA,
        Phase::TwoA => Phase::TwoB,
        Phase::TwoB => Phase::Three,
        other => other,
    }
}

impl Step<'_> {
    /// Whether the input is a timer that the papers have, too.
    fn is_papers_timer(&self) -> bool {
        let What::TimerFired(_, timer) = self.input().what else { return false };
        self.trace.scenario.protocol.timers[usize::from(timer.kind)].is_papers
    }

    /// Step 1a.
    fn tried(&self, node: NodeId, ballot: Ballot) -> String {
        let (name, new) = (self.name(node), self.ballot(ballot));
        let last = self.remembered(node).find_map(|event| tried_by(event, node));
        let Some(bound) = self.bound(node).filter(|_| last.is_some() || self.sees_all()) else {
            return format!("{name} needs a number above every one that it has tried or promised: it takes {new}.");
        };
        // A Nack may have told it of numbers that it has neither tried nor promised.
        let highest = last.max(bound).map_or(0, Ballot::number);
        let heard = if ballot.number() > highest + 1 { ", and above every one that it has heard of" } else { "" };
        let (last, bound) = (self.ballot(last), self.ballot(bound));
        format!(
            "{name} needs a number above its {} {last} and its {} {bound}{heard}: it takes {new}.",
            self.words.last_tried, self.words.next_bal
        )
    }

    /// Step 1b.
    fn promised(&self, node: NodeId, ballot: Ballot) -> String {
        let (name, new) = (self.name(node), self.ballot(ballot));
        if !self.has_bound() {
            return format!(
                "Every {} is answered: {name} promises no {} between the one it reports and {new}.",
                self.words.next_ballot, self.words.vote
            );
        }
        let breaks = if self.trace.scenario.setup.keeps(Guard::Promise) {
            ""
        } else {
            ". The rule “promise” is switched off, so this is not kept"
        };
        let meaning = format!(
            "so {name} promises: from now on it {} no {} below {new}{breaks}",
            self.words.votes_in, self.words.ballot
        );
        match self.bound(node) {
            Some(bound) if bound >= Some(ballot) => {
                format!(
                    "{new} is not above {} {}, but that rule is switched off, {meaning}.",
                    self.words.next_bal,
                    self.ballot(bound)
                )
            }
            Some(bound) => format!("{new} > {} {}, {meaning}.", self.words.next_bal, self.ballot(bound)),
            None => format!("{new} is above its {}, {meaning}.", self.words.next_bal),
        }
    }

    /// Step 1b: the vote that a process reports with its promise.
    fn reports(&self, node: NodeId, instance: Instance, ballot: Ballot, vote: Option<Vote>) -> String {
        let (name, number) = (self.name(node), self.ballot(ballot));
        let Some(vote) = vote else {
            let has = self.words.fill(if self.has_all_votes(node) { "has not {voted}" } else { "knows of no {vote}" });
            return format!("{name} {has} below {number}, so it reports null.");
        };
        let which = match (self.has_bound(), self.has_all_votes(node)) {
            (true, _) => self.words.fill("its {last_vote}"),
            (false, true) => format!("its {} below {number}", self.words.highest_vote),
            (false, false) => format!("the {} below {number} that it knows of", self.words.highest_vote),
        };
        format!(
            "{name} reports {which}{}, {}, which the new {} may have to adopt.",
            within(self.trace, instance),
            vote_text(self.words, &self.trace.scenario.symbols, vote),
            self.words.ballot
        )
    }

    /// Step 2a: the origin of the decree.
    fn began(&self, node: NodeId, instance: Instance, vote: Vote, quorum: NodeSet) -> Vec<String> {
        let symbols = &*self.trace.scenario.symbols;
        let (name, number) = (self.name(node), self.ballot(vote.ballot));
        let (value, place) = (quote(self.words, symbols, vote.value), within(self.trace, instance));
        let completes = match self.input().what {
            What::Landed(id) if self.heard() == Some(Phase::OneB) => {
                let envelope = self.trace.message(id);
                envelope.message.ballot == Some(vote.ballot) && quorum.contains(envelope.from)
            }
            _ => false,
        };
        let place_of = (vote.ballot, instance);
        if self.trace.scenario.setup.changes.is_some() && !self.trace.is_quorum(Purpose::Promise, place_of, quorum) {
            let (members, too_few) = (names(symbols, quorum.iter()), self.too_few(node, instance));
            return vec![format!(
                "Promises of {number} have come from {members}, {too_few}: {name} begins {value}{place} at once."
            )];
        }
        if !completes {
            return vec![format!("Phase 1 of {number} was done ahead, so {name} begins {value}{place} at once.")];
        }
        let promised = format!("Promises of {number} have come from a quorum: {}.", names(symbols, quorum.iter()));
        let Some(reported) = self.reported(node, vote.ballot, instance) else { return vec![promised] };
        let free = match reported.iter().map(|(vote, _)| *vote).max() {
            None => format!(
                "None of them reports {}{place}, so the {} is free: {name} takes {value}.",
                self.words.a_vote, self.words.decree
            ),
            Some(highest) => {
                let by: NodeSet = reported.iter().filter(|(vote, _)| *vote == highest).map(|(_, who)| *who).collect();
                let (by, must) = (names(symbols, by.iter()), quote(self.words, symbols, highest.value));
                let is = format!(
                    "The {} that they report{place} is {}, of {by}",
                    self.words.highest_vote,
                    vote_text(self.words, symbols, highest)
                );
                if highest.value == vote.value {
                    format!("{is}, so the {} must be {must}.", self.words.decree)
                } else {
                    format!(
                        "{is}, so the {} should be {must}; that rule is switched off, and {name} takes {value}.",
                        self.words.decree
                    )
                }
            }
        };
        vec![promised, free]
    }

    /// Step 2b.
    fn voted(&self, node: NodeId, vote: Vote) -> String {
        let (name, number) = (self.name(node), self.ballot(vote.ballot));
        let keeps = self.trace.scenario.setup.keeps(Guard::Promise);
        if !keeps && self.bound(node) != Some(Some(vote.ballot)) {
            return match self.bound(node) {
                Some(Some(bound)) if bound > vote.ballot => format!(
                    "{number} < {} {}, but the rule “promise” is switched off: {name} {} all the same.",
                    self.words.next_bal,
                    self.ballot(bound),
                    self.words.it_votes
                ),
                _ => format!(
                    "The rule “promise” is switched off: {name} {} {number}, whatever it has promised.",
                    self.words.votes_in
                ),
            };
        }
        if !self.has_bound() {
            return format!("{name} has promised nothing that stands against {number}, so it {}.", self.words.it_votes);
        }
        match self.bound(node) {
            None => format!("{name} has promised no more than {number}, so it {}.", self.words.it_votes),
            Some(bound) if bound == Some(vote.ballot) => {
                format!("{number} = {} {}, so {name} {}.", self.words.next_bal, self.ballot(bound), self.words.it_votes)
            }
            Some(bound) => {
                let bound = self.ballot(bound);
                format!(
                    "{number} > {} {bound}, so {name} {}, and its {} rises to {number}.",
                    self.words.next_bal, self.words.it_votes, self.words.next_bal
                )
            }
        }
    }

    /// Step 3, for a process that counts votes and for one that is told.
    fn learned(&self, node: NodeId, instance: Instance, vote: Vote) -> String {
        let scenario = &self.trace.scenario;
        let symbols = &*scenario.symbols;
        let (name, value, number) = (self.name(node), quote(self.words, symbols, vote.value), self.ballot(vote.ballot));
        let place = within(self.trace, instance);
        let is_new = self.events.clone().any(|event| {
            matches!(event.what, What::Persisted(who, _, of, cell)
                if who == node && of == instance && cell.value == Some(vote.value))
        });
        let written = if is_new {
            format!("{name} writes it into its {}", self.words.ledger)
        } else {
            format!(
                "but the {} of {name} has another {} there, and ink cannot be undone",
                self.words.ledger, self.words.decree
            )
        };
        // A process that is told of the only decree during its own ballot passes the news on.
        let told: NodeSet = self.sent_in(Phase::Three).map(|(_, to)| to).collect();
        match self.heard() {
            Some(Phase::TwoB) => {
                let heard = self.heard_from(node, Phase::TwoB, vote.ballot, instance, Some(vote.value));
                let voters = heard.map(|heard| (names(symbols, heard.iter()), heard));
                match voters {
                    Some((voters, heard)) if self.trace.is_quorum(Purpose::Pass, (vote.ballot, instance), heard) => {
                        format!(
                            "{} in {number}{place} have come from {voters}, a quorum: {value} is {}; {written}.",
                            capital(self.words.votes),
                            self.words.passed
                        )
                    }
                    Some((voters, _)) if scenario.setup.changes.is_some() => format!(
                        "{} in {number}{place} have come from {voters}, {}: {name} takes {value} as {}; {written}.",
                        capital(self.words.votes),
                        self.too_few(node, instance),
                        self.words.passed
                    ),
                    Some((voters, _)) if !scenario.setup.keeps(Guard::OneBallot) => format!(
                        "{} for {value} in {number}{place} have come from {voters}, which is no quorum; but the rule \
                         “one-ballot” is switched off, and with {} in other {} it is one. {name} takes {value} as \
                         {}; {written}.",
                        capital(self.words.votes),
                        self.words.votes,
                        self.words.ballots,
                        self.words.passed
                    ),
                    _ => format!(
                        "The {} in {number}{place} are a quorum now: {value} is {}; {written}.",
                        self.words.votes, self.words.passed
                    ),
                }
            }
            Some(Phase::OneB) => {
                format!("A promise brings news: {value} was {}{place} by {number}; {written}.", self.words.passed)
            }
            Some(Phase::Three) if !scenario.protocol.is_log && !told.is_empty() => {
                let told = names(symbols, told.iter());
                format!(
                    "{} says that {value} was {} by {number}; {written}. Its own {} has nothing left to find out: it \
                     ends, and {name} tells {told}.",
                    self.teller(),
                    self.words.passed,
                    self.words.ballot
                )
            }
            _ => {
                format!("{} says that {value} was {}{place} by {number}; {written}.", self.teller(), self.words.passed)
            }
        }
    }

    /// The sender of the message that came.
    fn teller(&self) -> &str {
        match self.input().what {
            What::Landed(id) => self.name(self.trace.message(id).from),
            _ => "The message",
        }
    }

    /// Steps 1b and 2b, where the guard fails.
    fn refused(&self, node: NodeId, ballot: Ballot, bound: Option<Ballot>) -> String {
        let (name, old, bound_text) = (self.name(node), self.ballot(ballot), self.ballot(bound));
        if bound <= Some(ballot) {
            return format!(
                "{old} ≠ {} {bound_text}, so it is refused: {name} {} the {} that it promised last.",
                self.words.next_bal, self.words.votes_only_in, self.words.ballot
            );
        }
        if !self.has_bound() {
            return format!("{name} has promised {bound_text}, which is above {old}, so {old} is refused.");
        }
        let nack = if self.sent_in(Phase::Nack).next().is_some() {
            format!(" The {} tells of it, so that the next number can be above {bound_text}.", self.words.nack)
        } else {
            String::new()
        };
        format!(
            "{old} < {} {bound_text}, so it is refused: {name} has promised to {} no {} below {bound_text}.{nack}",
            self.words.next_bal, self.words.vote_in, self.words.ballot
        )
    }
}
