//! The sentences of the Synod's family (PTP §2 and §3): the rules of the five steps, with the values that decided them.

mod membership;
mod silence;

use super::past::tried_by;
use super::{Sentences, Step};
use crate::protocol::{Basis, Fact, Guard, Phase, capital};
use crate::quorum::Purpose;
use crate::scenario::{Act, Disk};
use crate::tongue::{key, say, translated};
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
                    say!("{name} does not lead, so it hands the wish to {to}, who leads as far as {name} knows.")
                } else if step.has_learned(node, |_, known| known == value || !is_log) {
                    say!(
                        "{name} knows already what {has_passed}, so it asks for nothing.",
                        has_passed = step.words.has_passed
                    )
                } else if !setup.performs(Phase::OneA) {
                    step.words.fill(key!("The script leaves step 1a out, so no {ballot} is started."))
                } else if step.leads(node) == Some(true) {
                    say!(
                        "{name} leads, and keeps the wish until it can begin a {ballot} for it.",
                        ballot = step.words.ballot
                    )
                } else {
                    say!("{name} keeps the wish: it knows nobody yet who leads.")
                };
                Some(text)
            }
            What::Acted(_, Act::Restart(_, Disk::Empty)) => Some(step.words.fill(key!(
                "Its stable storage is gone: it has forgotten its promises, its {votes}, its {ledger} and which \
                     numbers it has tried."
            ))),
            What::Acted(_, Act::Restart(node, Disk::Kept)) if setup.remembers(node) => {
                let is_acceptor = step.is_acceptor(node);
                let what =
                    if is_acceptor { key!("its promises, its {votes} and its {ledger}") } else { key!("its {ledger}") };
                let what = step.words.fill(what);
                Some(say!("It knows what it had written to stable storage: {what}."))
            }
            What::Acted(_, Act::Restart(node, Disk::Kept)) if step.is_acceptor(node) => {
                let whom = if setup.keeps(Guard::Memory) {
                    say!(" for {node}", node = step.name(node))
                } else {
                    String::new()
                };
                Some(say!(
                    "The rule “memory” is switched off{whom}: it has forgotten its promises and {votes}.",
                    votes = step.words.votes
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
                let all = say!(
                    "It holds for instance {instance} and all after it; {name} reports no {votes} there.",
                    instance = instance.0,
                    votes = step.words.votes
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
                vec![say!(
                    "{name} thinks from now on that it leads: it alone starts {ballots}, if all think so.",
                    ballots = step.words.ballots
                )]
            }
            Fact::Leads(false) => {
                vec![say!(
                    "{name} no longer thinks that it leads: it starts no more {ballots}.",
                    ballots = step.words.ballots
                )]
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
                let source = key!("Slides, “Introduction”: legislators and their messengers may be absent");
                return Some((None, if absent { translated(source).to_owned() } else { String::new() }));
            }
        };
        let b3 = if stated == Some(Phase::TwoA) { say!("; condition B3: PTP §2.1").text() } else { "" };
        Some((phase, say!("Step {label}: {source}{b3}", source = step.trace.scenario.protocol.source)))
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
            return say!("{name} needs a number above every one that it has tried or promised: it takes {new}.");
        };
        // A Nack may have told it of numbers that it has neither tried nor promised.
        let highest = last.max(bound).map_or(0, Ballot::number);
        let heard =
            if ballot.number() > highest + 1 { say!(", and above every one that it has heard of").text() } else { "" };
        let (last, bound) = (self.ballot(last), self.ballot(bound));
        say!(
            "{name} needs a number above its {last_tried} {last} and its {next_bal} {bound}{heard}: it takes {new}.",
            last_tried = self.words.last_tried,
            next_bal = self.words.next_bal
        )
    }

    /// Step 1b.
    fn promised(&self, node: NodeId, ballot: Ballot) -> String {
        let (name, new) = (self.name(node), self.ballot(ballot));
        if !self.has_bound() {
            return say!(
                "Every {next_ballot} is answered: {name} promises no {vote} between the one it reports and {new}.",
                next_ballot = self.words.next_ballot,
                vote = self.words.vote
            );
        }
        let breaks = if self.trace.scenario.setup.keeps(Guard::Promise) {
            ""
        } else {
            say!(". The rule “promise” is switched off, so this is not kept").text()
        };
        let meaning = say!(
            "so {name} promises: from now on it {votes_in} no {ballot} below {new}{breaks}",
            votes_in = self.words.votes_in,
            ballot = self.words.ballot
        );
        match self.bound(node) {
            Some(bound) if bound >= Some(ballot) => {
                say!(
                    "{new} is not above {next_bal} {number}, but that rule is switched off, {meaning}.",
                    next_bal = self.words.next_bal,
                    number = self.ballot(bound)
                )
            }
            Some(bound) => format!("{new} > {} {}, {meaning}.", self.words.next_bal, self.ballot(bound)),
            None => say!("{new} is above its {next_bal}, {meaning}.", next_bal = self.words.next_bal),
        }
    }

    /// Step 1b: the vote that a process reports with its promise.
    fn reports(&self, node: NodeId, instance: Instance, ballot: Ballot, vote: Option<Vote>) -> String {
        let (name, number) = (self.name(node), self.ballot(ballot));
        let Some(vote) = vote else {
            return if self.has_all_votes(node) {
                say!("{name} has not {voted} below {number}, so it reports null.", voted = self.words.voted)
            } else {
                say!("{name} knows of no {vote} below {number}, so it reports null.", vote = self.words.vote)
            };
        };
        let which = match (self.has_bound(), self.has_all_votes(node)) {
            (true, _) => self.words.fill(key!("its {last_vote}")),
            (false, true) => say!("its {highest_vote} below {number}", highest_vote = self.words.highest_vote),
            (false, false) => {
                say!("the {highest_vote} below {number} that it knows of", highest_vote = self.words.highest_vote)
            }
        };
        say!(
            "{name} reports {which}{within}, {vote_text}, which the new {ballot} may have to adopt.",
            within = within(self.trace, instance),
            vote_text = vote_text(self.words, &self.trace.scenario.symbols, vote),
            ballot = self.words.ballot
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
            return vec![say!(
                "Promises of {number} have come from {members}, {too_few}: {name} begins {value}{place} at once."
            )];
        }
        if !completes {
            return vec![say!("Phase 1 of {number} was done ahead, so {name} begins {value}{place} at once.")];
        }
        let promised =
            say!("Promises of {number} have come from a quorum: {names}.", names = names(symbols, quorum.iter()));
        let Some(reported) = self.reported(node, vote.ballot, instance) else { return vec![promised] };
        let free = match reported.iter().map(|(vote, _)| *vote).max() {
            None => say!(
                "None of them reports {a_vote}{place}, so the {decree} is free: {name} takes {value}.",
                a_vote = self.words.a_vote,
                decree = self.words.decree
            ),
            Some(highest) => {
                let by: NodeSet = reported.iter().filter(|(vote, _)| *vote == highest).map(|(_, who)| *who).collect();
                let (by, must) = (names(symbols, by.iter()), quote(self.words, symbols, highest.value));
                let is = say!(
                    "The {highest_vote} that they report{place} is {vote_text}, of {by}",
                    highest_vote = self.words.highest_vote,
                    vote_text = vote_text(self.words, symbols, highest)
                );
                if highest.value == vote.value {
                    say!("{is}, so the {decree} must be {must}.", decree = self.words.decree)
                } else {
                    say!(
                        "{is}, so the {decree} should be {must}; that rule is switched off, and {name} takes {value}.",
                        decree = self.words.decree
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
                Some(Some(bound)) if bound > vote.ballot => say!(
                    "{number} < {next_bal} {bound}, but the rule “promise” is switched off: {name} {it_votes} all the same.",
                    next_bal = self.words.next_bal,
                    bound = self.ballot(bound),
                    it_votes = self.words.it_votes
                ),
                _ => say!(
                    "The rule “promise” is switched off: {name} {votes_in} {number}, whatever it has promised.",
                    votes_in = self.words.votes_in
                ),
            };
        }
        if !self.has_bound() {
            return say!(
                "{name} has promised nothing that stands against {number}, so it {it_votes}.",
                it_votes = self.words.it_votes
            );
        }
        match self.bound(node) {
            None => {
                say!("{name} has promised no more than {number}, so it {it_votes}.", it_votes = self.words.it_votes)
            }
            Some(bound) if bound == Some(vote.ballot) => {
                say!(
                    "{number} = {next_bal} {bound}, so {name} {it_votes}.",
                    next_bal = self.words.next_bal,
                    bound = self.ballot(bound),
                    it_votes = self.words.it_votes
                )
            }
            Some(bound) => {
                let bound = self.ballot(bound);
                say!(
                    "{number} > {next_bal} {bound}, so {name} {it_votes}, and its {next_bal} rises to {number}.",
                    next_bal = self.words.next_bal,
                    it_votes = self.words.it_votes
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
            say!("{name} writes it into its {ledger}", ledger = self.words.ledger)
        } else {
            say!(
                "but the {ledger} of {name} has another {decree} there, and ink cannot be undone",
                ledger = self.words.ledger,
                decree = self.words.decree
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
                        say!(
                            "{Votes} in {number}{place} have come from {voters}, a quorum: {value} is {passed}; {written}.",
                            Votes = capital(self.words.votes),
                            passed = self.words.passed
                        )
                    }
                    Some((voters, _)) if scenario.setup.changes.is_some() => say!(
                        "{Votes} in {number}{place} have come from {voters}, {too_few}: {name} takes {value} as {passed}; {written}.",
                        Votes = capital(self.words.votes),
                        too_few = self.too_few(node, instance),
                        passed = self.words.passed
                    ),
                    Some((voters, _)) if !scenario.setup.keeps(Guard::OneBallot) => say!(
                        "{Votes} for {value} in {number}{place} have come from {voters}, which is no quorum; but the rule \
                         “one-ballot” is switched off, and with {votes} in other {ballots} it is one. {name} takes {value} as \
                         {passed}; {written}.",
                        Votes = capital(self.words.votes),
                        votes = self.words.votes,
                        ballots = self.words.ballots,
                        passed = self.words.passed
                    ),
                    _ => say!(
                        "The {votes} in {number}{place} are a quorum now: {value} is {passed}; {written}.",
                        votes = self.words.votes,
                        passed = self.words.passed
                    ),
                }
            }
            Some(Phase::OneB) => {
                say!(
                    "A promise brings news: {value} was {passed}{place} by {number}; {written}.",
                    passed = self.words.passed
                )
            }
            Some(Phase::Three) if !scenario.protocol.is_log && !told.is_empty() => {
                let told = names(symbols, told.iter());
                say!(
                    "{teller} says that {value} was {passed} by {number}; {written}. Its own {ballot} has nothing left to find out: it \
                     ends, and {name} tells {told}.",
                    teller = self.teller(),
                    passed = self.words.passed,
                    ballot = self.words.ballot
                )
            }
            _ => {
                say!(
                    "{teller} says that {value} was {passed}{place} by {number}; {written}.",
                    teller = self.teller(),
                    passed = self.words.passed
                )
            }
        }
    }

    /// The sender of the message that came.
    fn teller(&self) -> &str {
        match self.input().what {
            What::Landed(id) => self.name(self.trace.message(id).from),
            _ => say!("The message").text(),
        }
    }

    /// Steps 1b and 2b, where the guard fails.
    fn refused(&self, node: NodeId, ballot: Ballot, bound: Option<Ballot>) -> String {
        let (name, old, bound_text) = (self.name(node), self.ballot(ballot), self.ballot(bound));
        if bound <= Some(ballot) {
            return say!(
                "{old} ≠ {next_bal} {bound_text}, so it is refused: {name} {votes_only_in} the {ballot} that it promised last.",
                next_bal = self.words.next_bal,
                votes_only_in = self.words.votes_only_in,
                ballot = self.words.ballot
            );
        }
        if !self.has_bound() {
            return say!("{name} has promised {bound_text}, which is above {old}, so {old} is refused.");
        }
        let nack = if self.sent_in(Phase::Nack).next().is_some() {
            say!(" The {nack} tells of it, so that the next number can be above {bound_text}.", nack = self.words.nack)
        } else {
            String::new()
        };
        say!(
            "{old} < {next_bal} {bound_text}, so it is refused: {name} has promised to {vote_in} no {ballot} below {bound_text}.{nack}",
            next_bal = self.words.next_bal,
            vote_in = self.words.vote_in,
            ballot = self.words.ballot
        )
    }
}
