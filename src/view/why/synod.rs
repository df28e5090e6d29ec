//! The words of the Synod's family (PTP §2 and §3): the rules of the five steps, with the values that decided them.

mod membership;
mod silence;

use super::past::tried_by;
use super::{Step, Words};
use crate::protocol::{Basis, Fact, Guard, Phase};
use crate::quorum::Purpose;
use crate::scenario::{Act, Disk};
use crate::trace::{Envelope, Loss, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Vote};
use crate::view::events::{names, quote, vote_text, within};

/// Where the sources write about leaders, Nacks and timers.
const ELECTED: &str = "PTP §2.4; slides, “Complete protocol”";

pub(super) struct Synod;

impl Words for Synod {
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
                    format!("{name} knows already what has passed, so it asks for nothing.")
                } else if !setup.performs(Phase::OneA) {
                    "The script leaves step 1a out, so no ballot is started.".to_owned()
                } else if step.leads(node) == Some(true) {
                    format!("{name} leads, and keeps the wish until it can begin a ballot for it.")
                } else {
                    format!("{name} keeps the wish: it knows nobody yet who leads.")
                };
                Some(text)
            }
            What::Acted(_, Act::Restart(_, Disk::Empty)) => Some(
                "Its stable storage is gone: it has forgotten its promises, its votes, its ledger and which numbers it \
                 has tried."
                    .to_owned(),
            ),
            What::Acted(_, Act::Restart(node, Disk::Kept)) if setup.remembers(node) => {
                let what = if step.is_acceptor(node) { "its promises, its votes and its ledger" } else { "its ledger" };
                Some(format!("It knows what it had written to stable storage: {what}."))
            }
            What::Acted(_, Act::Restart(node, Disk::Kept)) if step.is_acceptor(node) => {
                let whom = if setup.keeps(Guard::Memory) { format!(" for {}", step.name(node)) } else { String::new() };
                Some(format!("The rule “memory” is switched off{whom}: it has forgotten its promises and votes."))
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
                let all =
                    format!("It holds for instance {} and all after it; {name} reports no votes there.", instance.0);
                vec![step.promised(node, ballot), all]
            }
            Fact::Began { instance, ballot, value: Some(value), basis: Basis::Promises(quorum) } => {
                step.began(node, instance, Vote { ballot, value }, quorum)
            }
            Fact::Voted(_, vote) => vec![step.voted(node, vote)],
            Fact::Learned(instance, vote) => vec![step.learned(node, instance, vote)],
            Fact::Refused(ballot, bound) => vec![step.refused(node, ballot, bound)],
            Fact::Leads(true) => {
                vec![format!("{name} thinks from now on that it leads: it alone starts ballots, if all think so.")]
            }
            Fact::Leads(false) => vec![format!("{name} no longer thinks that it leads: it starts no more ballots.")],
            Fact::Configured(from, configuration) => vec![step.configured(node, from, configuration)],
            Fact::Forgot(last) => vec![step.forgot(node, last)],
            Fact::Blocked(last) => vec![step.blocked(node, last)],
            Fact::Began { .. } | Fact::Answered(_) => return None,
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
        format!("{name} needs a number above its lastTried {last} and its nextBal {bound}{heard}: it takes {new}.")
    }

    /// Step 1b.
    fn promised(&self, node: NodeId, ballot: Ballot) -> String {
        let (name, new) = (self.name(node), self.ballot(ballot));
        if !self.has_bound() {
            return format!(
                "Every NextBallot is answered: {name} promises no vote between the one it reports and {new}."
            );
        }
        let breaks = if self.trace.scenario.setup.keeps(Guard::Promise) {
            ""
        } else {
            ". The rule “promise” is switched off, so this is not kept"
        };
        let meaning = format!("so {name} promises: from now on it votes in no ballot below {new}{breaks}");
        match self.bound(node) {
            Some(bound) if bound >= Some(ballot) => {
                format!("{new} is not above nextBal {}, but that rule is switched off, {meaning}.", self.ballot(bound))
            }
            Some(bound) => format!("{new} > nextBal {}, {meaning}.", self.ballot(bound)),
            None => format!("{new} is above its nextBal, {meaning}."),
        }
    }

    /// Step 1b: the vote that a process reports with its promise.
    fn reports(&self, node: NodeId, instance: Instance, ballot: Ballot, vote: Option<Vote>) -> String {
        let (name, ballot) = (self.name(node), self.ballot(ballot));
        let Some(vote) = vote else {
            let has = if self.has_all_votes(node) { "has not voted" } else { "knows of no vote" };
            return format!("{name} {has} below {ballot}, so it reports null.");
        };
        let which = match (self.has_bound(), self.has_all_votes(node)) {
            (true, _) => "its last vote".to_owned(),
            (false, true) => format!("its highest vote below {ballot}"),
            (false, false) => format!("the highest vote below {ballot} that it knows of"),
        };
        format!(
            "{name} reports {which}{}, {}, which the new ballot may have to adopt.",
            within(self.trace, instance),
            vote_text(&self.trace.scenario.symbols, vote)
        )
    }

    /// Step 2a: the origin of the decree.
    fn began(&self, node: NodeId, instance: Instance, vote: Vote, quorum: NodeSet) -> Vec<String> {
        let symbols = &*self.trace.scenario.symbols;
        let (name, ballot) = (self.name(node), self.ballot(vote.ballot));
        let (value, place) = (quote(symbols, vote.value), within(self.trace, instance));
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
                "Promises of {ballot} have come from {members}, {too_few}: {name} begins {value}{place} at once."
            )];
        }
        if !completes {
            return vec![format!("Phase 1 of {ballot} was done ahead, so {name} begins {value}{place} at once.")];
        }
        let promised = format!("Promises of {ballot} have come from a quorum: {}.", names(symbols, quorum.iter()));
        let Some(reported) = self.reported(node, vote.ballot, instance) else { return vec![promised] };
        let free = match reported.iter().map(|(vote, _)| *vote).max() {
            None => format!("None of them reports a vote{place}, so the decree is free: {name} takes {value}."),
            Some(highest) => {
                let by: NodeSet = reported.iter().filter(|(vote, _)| *vote == highest).map(|(_, who)| *who).collect();
                let (by, decree) = (names(symbols, by.iter()), quote(symbols, highest.value));
                let is =
                    format!("The highest vote that they report{place} is {}, of {by}", vote_text(symbols, highest));
                if highest.value == vote.value {
                    format!("{is}, so the decree must be {decree}.")
                } else {
                    format!(
                        "{is}, so the decree should be {decree}; that rule is switched off, and {name} takes {value}."
                    )
                }
            }
        };
        vec![promised, free]
    }

    /// Step 2b.
    fn voted(&self, node: NodeId, vote: Vote) -> String {
        let (name, ballot) = (self.name(node), self.ballot(vote.ballot));
        let keeps = self.trace.scenario.setup.keeps(Guard::Promise);
        if !keeps && self.bound(node) != Some(Some(vote.ballot)) {
            return match self.bound(node) {
                Some(Some(bound)) if bound > vote.ballot => format!(
                    "{ballot} < nextBal {}, but the rule “promise” is switched off: {name} votes all the same.",
                    self.ballot(bound)
                ),
                _ => format!("The rule “promise” is switched off: {name} votes in {ballot}, whatever it has promised."),
            };
        }
        if !self.has_bound() {
            return format!("{name} has promised nothing that stands against {ballot}, so it votes.");
        }
        match self.bound(node) {
            None => format!("{name} has promised no more than {ballot}, so it votes."),
            Some(bound) if bound == Some(vote.ballot) => {
                format!("{ballot} = nextBal {}, so {name} votes.", self.ballot(bound))
            }
            Some(bound) => {
                let bound = self.ballot(bound);
                format!("{ballot} > nextBal {bound}, so {name} votes, and its nextBal rises to {ballot}.")
            }
        }
    }

    /// Step 3, for a process that counts votes and for one that is told.
    fn learned(&self, node: NodeId, instance: Instance, vote: Vote) -> String {
        let scenario = &self.trace.scenario;
        let symbols = &*scenario.symbols;
        let (name, value, ballot) = (self.name(node), quote(symbols, vote.value), self.ballot(vote.ballot));
        let place = within(self.trace, instance);
        let is_new = self.events.clone().any(|event| {
            matches!(event.what, What::Persisted(who, _, of, cell)
                if who == node && of == instance && cell.value == Some(vote.value))
        });
        let written = if is_new {
            format!("{name} writes it into its ledger")
        } else {
            format!("but the ledger of {name} has another decree there, and ink cannot be undone")
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
                            "Votes in {ballot}{place} have come from {voters}, a quorum: {value} is passed; {written}."
                        )
                    }
                    Some((voters, _)) if scenario.setup.changes.is_some() => format!(
                        "Votes in {ballot}{place} have come from {voters}, {}: {name} takes {value} as passed; {written}.",
                        self.too_few(node, instance)
                    ),
                    Some((voters, _)) if !scenario.setup.keeps(Guard::OneBallot) => format!(
                        "Votes for {value} in {ballot}{place} have come from {voters}, which is no quorum; but the rule \
                         “one-ballot” is switched off, and with votes in other ballots it is one. {name} takes {value} as \
                         passed; {written}."
                    ),
                    _ => format!("The votes in {ballot}{place} are a quorum now: {value} is passed; {written}."),
                }
            }
            Some(Phase::OneB) => format!("A promise brings news: {value} was passed{place} by {ballot}; {written}."),
            Some(Phase::Three) if !scenario.protocol.is_log && !told.is_empty() => {
                let told = names(symbols, told.iter());
                format!(
                    "{} says that {value} was passed by {ballot}; {written}. Its own ballot has nothing left to find out: it \
                     ends, and {name} tells {told}.",
                    self.teller()
                )
            }
            _ => format!("{} says that {value} was passed{place} by {ballot}; {written}.", self.teller()),
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
                "{old} ≠ nextBal {bound_text}, so it is refused: {name} votes only in the ballot that it promised last."
            );
        }
        if !self.has_bound() {
            return format!("{name} has promised {bound_text}, which is above {old}, so {old} is refused.");
        }
        let nack = if self.sent_in(Phase::Nack).next().is_some() {
            format!(" The Nack tells of it, so that the next number can be above {bound_text}.")
        } else {
            String::new()
        };
        format!(
            "{old} < nextBal {bound_text}, so it is refused: {name} has promised to vote in no ballot below {bound_text}.{nack}"
        )
    }
}
