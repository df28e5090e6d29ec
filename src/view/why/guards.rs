//! The rules of the five steps, with the values that they were decided by.

use super::Step;
use crate::protocol::{Carries, Fact, Guard, Meaning, Payload, Phase};
use crate::quorum::Purpose;
use crate::scenario::{Act, Disk};
use crate::trace::{Envelope, Event, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Vote};
use crate::view::events::{names, quote, vote_text, within};

impl Step<'_> {
    /// Step 1a.
    pub(super) fn tried(&self, node: NodeId, ballot: Ballot) -> String {
        let (name, new) = (self.name(node), self.ballot(ballot));
        let last = self.before().rev().find_map(|event| tried_by(event, node));
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
    pub(super) fn promised(&self, node: NodeId, ballot: Ballot) -> String {
        let (name, new) = (self.name(node), self.ballot(ballot));
        let meaning = format!("so {name} promises: from now on it votes in no ballot below {new}");
        if !self.has_bound() {
            return format!(
                "Every NextBallot is answered: {name} promises no vote between the one it reports and {new}."
            );
        }
        match self.bound(node) {
            Some(bound) if bound >= Some(ballot) => {
                format!("{new} is not above nextBal {}, but that rule is switched off, {meaning}.", self.ballot(bound))
            }
            Some(bound) => format!("{new} > nextBal {}, {meaning}.", self.ballot(bound)),
            None => format!("{new} is above its nextBal, {meaning}."),
        }
    }

    /// Step 2a: where the decree comes from.
    pub(super) fn began(&self, node: NodeId, instance: Instance, vote: Vote, quorum: NodeSet) -> Vec<String> {
        let symbols = &*self.trace.scenario.symbols;
        let (name, ballot) = (self.name(node), self.ballot(vote.ballot));
        let (value, place) = (quote(symbols, vote.value), within(self.trace, instance));
        if self.heard() != Some(Phase::OneB) {
            return vec![format!("Phase 1 of {ballot} was done ahead, so {name} begins {value}{place} at once.")];
        }
        // Since its process tried it, a quorum has promised the ballot; what they had voted for, they reported.
        let mut highest: Option<Vote> = None;
        for event in self.before().rev().take_while(|event| tried_by(event, node) != Some(vote.ballot)) {
            if let What::Stated(who, Fact::Promised(of, promised, reported)) = event.what
                && (of, promised) == (instance, vote.ballot)
                && quorum.contains(who)
            {
                highest = highest.max(reported);
            }
        }
        let promised = format!("A quorum has promised {ballot}: {}.", names(symbols, quorum.iter()));
        let free = match highest {
            None => format!("None of them had voted{place}, so the decree is free: {name} takes {value}."),
            Some(highest) => {
                let reported = quote(symbols, highest.value);
                let highest_text = vote_text(symbols, highest);
                if highest.value == vote.value {
                    format!(
                        "The highest vote among the quorum{place} is {highest_text}, so the decree must be {reported}."
                    )
                } else {
                    format!(
                        "The highest vote among the quorum{place} is {highest_text}, so the decree should be {reported}; \
                         that rule is switched off, and {name} takes {value}."
                    )
                }
            }
        };
        vec![promised, free]
    }

    /// Step 2b.
    pub(super) fn voted(&self, node: NodeId, vote: Vote) -> String {
        let (name, ballot) = (self.name(node), self.ballot(vote.ballot));
        if !self.has_bound() {
            return if self.trace.scenario.setup.keeps(Guard::Promise) {
                format!("{name} has promised nothing that stands against {ballot}, so it votes.")
            } else {
                format!("The rule “promise” is switched off: {name} votes in {ballot}, whatever it has promised.")
            };
        }
        let Some(bound) = self.bound(node) else {
            return format!("{name} has promised no more than {ballot}, so it votes.");
        };
        let (is, bound_text) = (Some(vote.ballot).cmp(&bound), self.ballot(bound));
        match is {
            std::cmp::Ordering::Equal => format!("{ballot} = nextBal {bound_text}, so {name} votes."),
            std::cmp::Ordering::Greater => {
                format!("{ballot} > nextBal {bound_text}, so {name} votes, and its nextBal rises to {ballot}.")
            }
            std::cmp::Ordering::Less => {
                format!(
                    "{ballot} < nextBal {bound_text}, but the rule “promise” is switched off: {name} votes all the same."
                )
            }
        }
    }

    /// Step 3, for who counts votes and for who is told.
    pub(super) fn learned(&self, node: NodeId, instance: Instance, vote: Vote) -> String {
        let symbols = &*self.trace.scenario.symbols;
        let (name, value, ballot) = (self.name(node), quote(symbols, vote.value), self.ballot(vote.ballot));
        let place = within(self.trace, instance);
        let is_new = self.events.clone().any(
            |event| matches!(event.what, What::Persisted(who, _, _, cell) if who == node && cell.value == Some(vote.value)),
        );
        let written = if is_new {
            format!("{name} writes it into its ledger")
        } else {
            format!("but the ledger of {name} has another decree there, and ink cannot be undone")
        };
        // Whoever is told of the only decree in the midst of its own ballot passes the news on.
        let is_told = !self.trace.scenario.protocol.is_log && self.heard() != Some(Phase::TwoB);
        let written = if is_told && self.events.clone().any(|event| matches!(event.what, What::Sent(_))) {
            format!(
                "{written}. Its own ballot has nothing left to find out: it ends, and {name} tells those whom it asked"
            )
        } else {
            written
        };
        match self.heard() {
            Some(Phase::TwoB) => {
                let voters = names(symbols, self.heard_from(node, Phase::TwoB, vote.ballot, instance).iter());
                format!("Votes in {ballot}{place} have come from {voters}, a quorum: {value} is passed; {written}.")
            }
            Some(Phase::OneB) => format!("A promise brings news: {value} was passed{place} by {ballot}; {written}."),
            _ => format!("A quorum has voted for {value} in {ballot}{place}, so it is passed; {written}."),
        }
    }

    /// Steps 1b and 2b, where the guard fails.
    pub(super) fn refused(&self, node: NodeId, ballot: Ballot, bound: Option<Ballot>) -> String {
        let (name, old, bound_text) = (self.name(node), self.ballot(ballot), self.ballot(bound));
        if bound <= Some(ballot) {
            return format!(
                "{old} ≠ nextBal {bound_text}, so it is refused: {name} votes only in the ballot that it promised last."
            );
        }
        if !self.has_bound() {
            return format!("{name} has promised {bound_text} and reported no vote in {old}, so it is refused.");
        }
        let nack = if self.events.clone().any(|event| matches!(event.what, What::Sent(_))) {
            format!(" The Nack tells of it, so that the next number can be above {bound_text}.")
        } else {
            String::new()
        };
        format!(
            "{old} < nextBal {bound_text}, so it is refused: {name} has promised to vote in no ballot below {bound_text}.{nack}"
        )
    }

    /// Why nothing was stated when this message came.
    pub(super) fn unanswered(&self, envelope: &Envelope) -> String {
        let symbols = &*self.trace.scenario.symbols;
        let (to, from) = (self.name(envelope.to), self.name(envelope.from));
        let kind = self.trace.scenario.protocol.kind(envelope.message.kind);
        let setup = &self.trace.scenario.setup;
        let answer = match kind.phase {
            Phase::OneA => Phase::OneB,
            Phase::OneB => Phase::TwoA,
            Phase::TwoA => Phase::TwoB,
            Phase::TwoB => Phase::Three,
            other => other,
        };
        if answer != Phase::Three && !setup.performs(answer)
            || kind.phase == Phase::TwoB && !setup.performs(Phase::Three)
        {
            return format!("The script leaves step {} out, which is always safe.", answer.label());
        }
        let answers = self.events.clone().any(|event| matches!(event.what, What::Sent(_)));
        let Some(ballot) = envelope.message.ballot else {
            return match (kind.phase, kind.carries, answers) {
                (Phase::Election, ..) => format!("{to} hears that {from} is there."),
                (_, Carries::Value, true) => self.answered(envelope),
                (_, Carries::Value, false) => self.kept(envelope),
                (_, _, true) => format!("{from} asks what it has missed, and {to} tells it."),
                (_, _, false) => format!("{from} asks what it has missed; {to} knows nothing of it."),
            };
        };
        let number = self.ballot(ballot);
        match kind.phase {
            Phase::OneA if answers => {
                format!("{to} has promised {number} already: the same question, the same answer.")
            }
            Phase::OneA => format!("{to} has answered {number} already, and promises a number only once."),
            Phase::TwoA => format!("{to} has voted in {number} already: it may say so again, but nobody votes twice."),
            Phase::Three => format!("{to} knows it already."),
            Phase::Nack => {
                let Payload::Ballot(bound) = envelope.message.payload else { return format!("{to} goes on.") };
                let bound = self.ballot(bound);
                let then = if answers {
                    format!("What it refuses a ballot for has passed in the meantime, and {to} says so.")
                } else {
                    format!("The next ballot of {to} will be above that.")
                };
                format!("{from} has promised {bound}, above {number}. {then}")
            }
            _ => {
                if let Some(why) = self.too_late(envelope, kind.phase, ballot) {
                    return why;
                }
                let heard = self.heard_from(envelope.to, kind.phase, ballot, envelope.message.instance);
                let (what, place) = if kind.phase == Phase::OneB {
                    ("Promises of", String::new())
                } else {
                    ("Votes in", within(self.trace, envelope.message.instance))
                };
                let purpose = if kind.phase == Phase::OneB { Purpose::Promise } else { Purpose::Pass };
                let quorums = self.trace.scenario.quorum(purpose, ballot);
                let need = quorums.need();
                let so_far = names(symbols, heard.iter());
                let number = number + &place;
                let was = heard.without(std::iter::once(envelope.from).collect());
                if !quorums.is_quorum(heard) {
                    format!("{what} {number} so far: {so_far}. A quorum needs {need}, so {to} waits for more.")
                } else if kind.phase == Phase::TwoB {
                    format!("{what} {number} so far: {so_far}. {to} waits for all that it has asked.")
                } else if quorums.is_quorum(was) {
                    format!("{to} has its quorum already: one promise more changes nothing.")
                } else {
                    format!(
                        "A quorum has promised {number}: {so_far}. There is nothing to begin yet, but phase 1 is done."
                    )
                }
            }
        }
    }

    /// What became of a request that did not stay: it was answered with the decree, passed on, or refused.
    fn answered(&self, envelope: &Envelope) -> String {
        let (to, from) = (self.name(envelope.to), self.name(envelope.from));
        let sent = self.events.clone().find_map(|event| match event.what {
            What::Sent(id) => Some(self.trace.message(id)),
            _ => None,
        });
        match sent {
            Some(sent) if self.trace.scenario.protocol.kind(sent.message.kind).phase != Phase::Request => {
                format!("It was passed already, and {to} says so.")
            }
            Some(sent) if sent.to != envelope.from => {
                let leader = self.name(sent.to);
                format!("{to} does not lead, so it passes the request on to {leader}, who leads as far as {to} knows.")
            }
            _ => format!("{to} does not lead and knows nobody else who does, so it refuses what {from} asks for."),
        }
    }

    /// Why a wish that came was answered with nothing: it is kept, or it has come back.
    fn kept(&self, envelope: &Envelope) -> String {
        let (to, from) = (self.name(envelope.to), self.name(envelope.from));
        let cause = self.trace.event(self.trace.event(envelope.sent).cause);
        let is_refusal = matches!(cause.what, What::Landed(id) if self.trace.message(id).from == envelope.to);
        if is_refusal {
            return format!(
                "{from} refuses the wish, for it knows nobody who leads. {to} asks again when somebody does, or after 8Δ."
            );
        }
        format!("If {to} leads, it keeps the wish until it can begin a ballot for it.")
    }

    /// Why an answer no longer counts, if so.
    fn too_late(&self, envelope: &Envelope, phase: Phase, ballot: Ballot) -> Option<String> {
        let (node, instance) = (envelope.to, envelope.message.instance);
        let (name, number) = (self.name(node), self.ballot(ballot));
        for event in self.before().rev() {
            match event.what {
                What::Stated(who, fact) if who == node => match fact {
                    Fact::Tried(tried) if tried == ballot => return None,
                    Fact::Tried(tried) if tried > ballot && self.has_bound() => {
                        let tried = self.ballot(tried);
                        return Some(format!("{name} has gone on to {tried}: an answer to {number} comes too late."));
                    }
                    Fact::Began { ballot: begun, .. } if begun == ballot && phase == Phase::OneB => {
                        return Some(format!("{name} has its quorum already: one promise more changes nothing."));
                    }
                    Fact::Learned(of, _) if of == instance && phase == Phase::TwoB => {
                        return Some(format!("{name} knows the outcome already: one vote more changes nothing."));
                    }
                    _ => {}
                },
                What::Acted(_, Act::Restart(who, _)) if who == node && ballot.owner() == node => {
                    return Some(format!("{name} has crashed since: what it had counted for {number} is gone."));
                }
                _ => {}
            }
        }
        None
    }

    /// Who has been heard in this phase of this ballot, with the message that came now.
    fn heard_from(&self, node: NodeId, phase: Phase, ballot: Ballot, instance: Instance) -> NodeSet {
        let mut heard = NodeSet::EMPTY;
        let mut take = |event: &Event| {
            if let What::Landed(id) = event.what {
                let Envelope { from, to, message, .. } = self.trace.message(id);
                let is_it = *to == node
                    && message.ballot == Some(ballot)
                    && (phase == Phase::OneB || message.instance == instance)
                    && self.trace.scenario.protocol.kind(message.kind).phase == phase;
                if is_it {
                    heard.insert(*from);
                }
            }
        };
        take(self.input());
        self.before().rev().take_while(|event| tried_by(event, node) != Some(ballot)).for_each(take);
        heard
    }

    /// Whether processes remember what they have promised as one number.
    pub(super) fn has_bound(&self) -> bool {
        self.trace.scenario.protocol.field_meaning(Meaning::NextBal).is_some()
    }

    /// A process's nextBal before the step; none when it is too far back to be told.
    pub(super) fn bound(&self, node: NodeId) -> Option<Option<Ballot>> {
        let scenario = &self.trace.scenario;
        for event in self.before().rev() {
            match event.what {
                What::Persisted(who, field, _, cell)
                    if who == node && scenario.protocol.fields[usize::from(field.0)].meaning == Meaning::NextBal =>
                {
                    return Some(cell.ballot);
                }
                // Who keeps promises has just promised what it votes in.
                What::Stated(who, Fact::Voted(_, vote)) if who == node && scenario.setup.keeps(Guard::Promise) => {
                    return Some(Some(vote.ballot));
                }
                What::Acted(_, Act::Restart(who, disk))
                    if who == node && (disk == Disk::Empty || !scenario.setup.remembers(node)) =>
                {
                    return Some(None);
                }
                _ => {}
            }
        }
        self.sees_all().then_some(None)
    }
}

/// The ballot that this process tries in this event.
fn tried_by(event: &Event, node: NodeId) -> Option<Ballot> {
    match event.what {
        What::Stated(who, Fact::Tried(ballot)) if who == node => Some(ballot),
        _ => None,
    }
}
