//! Every sentence that Why may say of a step; this file takes the numbers and names from what the trace says of the run
//! so far.

use paxos_playground::protocol::{Basis, Fact, Family, Guard, Payload, Phase, Vocabulary};
use paxos_playground::quorum::Purpose;
use paxos_playground::scenario::{Act, Disk};
use paxos_playground::trace::{Envelope, Event, MessageId, What};
use paxos_playground::types::{Ballot, Instance, NodeId, NodeSet, Value, Vote};

use super::past::Past;
use super::silence::always;

/// A step, and the run before it.
pub(crate) struct Step<'a> {
    /// The run before the step.
    pub(crate) past: &'a Past<'a>,
    /// The run after the message that came has been counted, and before the process stated anything.
    pub(crate) counted: &'a Past<'a>,
    pub(crate) input: &'a Event,
    pub(crate) events: Vec<&'a Event>,
    pub(crate) family: Family,
}

impl Step<'_> {
    pub(crate) fn name(&self, node: NodeId) -> &str {
        self.past.trace.scenario.symbols.node(node)
    }

    pub(crate) fn ballot(&self, ballot: impl Into<Option<Ballot>>) -> String {
        match ballot.into() {
            None => "−∞".to_owned(),
            Some(ballot) => format!("{}.{}", ballot.number(), self.name(ballot.owner())),
        }
    }

    pub(crate) fn value(&self, value: Value) -> String {
        if value == Value::OLIVE_DAY {
            return "the olive-day decree".to_owned();
        }
        format!("“{}”", self.past.trace.scenario.symbols.value(value))
    }

    pub(crate) fn vote(&self, vote: Vote) -> String {
        format!("{} {}", self.ballot(vote.ballot), self.value(vote.value))
    }

    pub(crate) fn names(&self, set: NodeSet) -> String {
        let all: Vec<&str> = set.iter().map(|node| self.name(node)).collect();
        match &*all {
            [] => "nobody".to_owned(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }

    pub(crate) fn place(&self, instance: Instance) -> String {
        if self.past.trace.scenario.protocol.has_places() {
            format!(" in instance {}", instance.0)
        } else {
            String::new()
        }
    }

    pub(crate) fn keeps(&self, guard: Guard) -> bool {
        self.past.trace.scenario.setup.keeps(guard)
    }

    pub(crate) fn is_log(&self) -> bool {
        self.past.trace.scenario.protocol.is_log
    }

    pub(crate) fn is_acceptor(&self, node: NodeId) -> bool {
        self.past.trace.scenario.setup.cast.acceptors.contains(node)
    }

    pub(crate) fn facts(&self) -> impl Iterator<Item = (NodeId, Fact)> {
        self.events.iter().filter_map(|event| match event.what {
            What::Stated(node, fact) => Some((node, fact)),
            _ => None,
        })
    }

    pub(crate) fn landed(&self) -> Option<(Phase, &Envelope)> {
        match self.input.what {
            What::Landed(id) => Some((self.past.phase(id), self.past.trace.message(id))),
            _ => None,
        }
    }

    /// The messages sent in the step, by phase.
    pub(crate) fn sent(&self, phase: Phase) -> Vec<&Envelope> {
        let sent = |event: &&&Event| match event.what {
            What::Sent(id) => Some(id).filter(|id: &MessageId| self.past.phase(*id) == phase),
            _ => None,
        };
        let ids = self.events.iter().filter_map(|event| sent(&event));
        ids.map(|id| self.past.trace.message(id)).filter(|envelope| envelope.copy_of.is_none()).collect()
    }

    pub(crate) fn told(&self, phase: Phase) -> String {
        self.names(self.sent(phase).iter().map(|envelope| envelope.to).collect())
    }

    /// Every sentence that is true of this step.
    pub(crate) fn truths(&self) -> Vec<String> {
        let mut truths = self.of_input();
        for (node, fact) in self.facts() {
            match self.family {
                Family::Synod => truths.extend(self.of_fact(node, fact)),
                Family::Plain => truths.extend(self.restated(node, fact)),
                Family::Fast => truths.extend(self.of_fast_fact(node, fact)),
            }
            truths.extend(self.of_any_family(node, fact));
        }
        let count = self.facts().count();
        truths.push(format!("{count} things are stated in this step; the table of events has them all."));
        if count == 0 && self.landed().is_some() {
            truths.extend(self.of_silence());
        }
        truths
    }

    fn of_any_family(&self, node: NodeId, fact: Fact) -> Vec<String> {
        let name = self.name(node);
        let Fact::Answered(value) = fact else { return Vec::new() };
        let said = self.value(value);
        let did = if self.is_log() { "was executed" } else { "has passed" };
        let executes = self
            .events
            .iter()
            .any(|event| matches!(&event.what, What::Applied(who, applied) if *who == node && applied.value == value));
        if self.past.is_client(node) {
            let reply = self.landed().is_some_and(|(phase, envelope)| {
                let payload = &envelope.message.payload;
                phase == Phase::Reply
                    && matches!(payload, Payload::Value(said) | Payload::Result(said, _) if *said == value)
            });
            return reply.then(|| format!("{name} has its answer: {said} {did}.")).into_iter().collect();
        }
        // A command that comes twice is executed once, and then its second place is an olive-day decree.
        let is_known = executes
            || self.past.of(node).learned.iter().any(|(_, vote)| vote.value == value)
            || self.facts().any(|(_, fact)| matches!(fact, Fact::Learned(_, vote) if vote.value == value));
        is_known.then(|| format!("{name} has executed {said}: its client has the answer.")).into_iter().collect()
    }

    /// The words for protocols without a family: the fact, and the guard that the process asked.
    fn restated(&self, node: NodeId, fact: Fact) -> Vec<String> {
        let (name, past) = (self.name(node), self.past.of(node));
        let mut said = Vec::new();
        match fact {
            Fact::Tried(ballot) => said.push(format!("{name} starts ballot {}.", self.ballot(ballot))),
            Fact::Promised(instance, ballot, vote) => {
                let place = self.place(instance);
                let reports = vote.map_or_else(|| "no vote".to_owned(), |vote| format!("its vote {}", self.vote(vote)));
                said.push(format!("{name} promises {}{place}; it reports {reports}.", self.ballot(ballot)));
            }
            Fact::PromisedFrom(instance, ballot) => {
                let (ballot, first) = (self.ballot(ballot), instance.0);
                said.push(format!("{name} promises {ballot} for instance {first} and all after it; no other votes."));
            }
            Fact::Began { instance, ballot, value: Some(value), basis } => {
                let (vote, place) = (self.vote(Vote { ballot, value }), self.place(instance));
                said.push(format!("{name} begins ballot {vote}{place} {}.", self.basis(basis)));
            }
            Fact::Began { instance, ballot, value: None, basis } => {
                let (number, place) = (self.ballot(ballot), self.place(instance));
                let later = if place.is_empty() { "" } else { " and all after it" };
                let basis = self.basis(basis);
                said.push(format!("{name} begins ballot {number} for any decree{place}{later} {basis}."));
            }
            Fact::Voted(instance, vote) => {
                let (value, ballot, place) = (self.value(vote.value), self.ballot(vote.ballot), self.place(instance));
                said.push(format!("{name} votes for {value} in {ballot}{place}."));
            }
            Fact::Learned(instance, vote) => {
                let (value, ballot, place) = (self.value(vote.value), self.ballot(vote.ballot), self.place(instance));
                said.push(format!("{name} learns that {value} is passed{place}, by ballot {ballot}."));
                let heard = self.voters(node, instance, vote.ballot, Some(vote.value));
                said.push(format!("Votes in {ballot} have come from {}.", self.names(heard)));
            }
            Fact::Leads(true) => said.push(format!("{name} thinks from now on that it leads.")),
            Fact::Leads(false) => said.push(format!("{name} no longer thinks that it leads.")),
            Fact::Refused(ballot, bound) => {
                let has = if self.past.has_bound() { "its nextBal is" } else { "it has promised" };
                said.push(format!("{name} refuses {}: {has} {}.", self.ballot(ballot), self.ballot(bound)));
            }
            Fact::Configured(..) | Fact::Forgot(_) | Fact::Blocked(_) => {
                said.push(self.restated_membership(node, fact));
            }
            Fact::Believed { .. } | Fact::Certified(..) | Fact::Result(..) | Fact::Stable { .. } => {
                said.push(self.restated_proof(node, fact));
            }
            Fact::Named(..) | Fact::Gathered { .. } => said.push(self.restated_ring(node, fact)),
            Fact::Answered(_) => {}
        }
        said.push(format!("Its nextBal was {} before.", self.ballot(past.next_bal)));
        said
    }

    pub(crate) fn voters(&self, node: NodeId, instance: Instance, ballot: Ballot, value: Option<Value>) -> NodeSet {
        let value = value.filter(|_| self.past.votes_carry_decrees());
        self.counted.of(node).voters.get(&(instance, ballot, value)).copied().unwrap_or_default()
    }

    pub(crate) fn of_fact(&self, node: NodeId, fact: Fact) -> Vec<String> {
        let (name, past) = (self.name(node), self.past.of(node));
        let bound = past.next_bal;
        match fact {
            Fact::Tried(ballot) => {
                let new = self.ballot(ballot);
                if !self.past.has_bound() {
                    let is_above = past.tried.iter().chain(&past.promised).all(|old| old.number() < ballot.number());
                    let said =
                        format!("{name} needs a number above every one that it has tried or promised: it takes {new}.");
                    return is_above.then_some(said).into_iter().collect();
                }
                let told = match self.landed() {
                    Some((Phase::Nack, _)) => self.counted.of(node).told,
                    _ => past.told,
                };
                let highest = past.last_tried.max(bound).map_or(0, Ballot::number);
                let why = match ballot.number() - highest {
                    1 => "",
                    _ if told.is_some_and(|told| told.number() + 1 == ballot.number()) => {
                        ", and above every one that it has heard of"
                    }
                    _ => return Vec::new(),
                };
                let (last, bound) = (self.ballot(past.last_tried), self.ballot(bound));
                vec![format!(
                    "{name} needs a number above its lastTried {last} and its nextBal {bound}{why}: it takes {new}."
                )]
            }
            Fact::Promised(instance, ballot, vote) => {
                let mut said = self.promise(node, ballot);
                said.push(match vote {
                    None => {
                        let is_true = !past.votes.iter().any(|(of, old)| *of == instance && old.ballot < ballot);
                        let has_all = self.past.has_all_votes(node);
                        let has = if has_all { "has not voted" } else { "knows of no vote" };
                        if has_all && !is_true {
                            return Vec::new();
                        }
                        format!("{name} {has} below {}, so it reports null.", self.ballot(ballot))
                    }
                    Some(vote) => {
                        if !past.votes.contains(&(instance, vote)) {
                            return Vec::new();
                        }
                        let below = past.votes.iter().filter(|(_, old)| old.ballot < ballot).map(|(_, old)| *old).max();
                        let which = if self.past.has_bound() {
                            let last = past.votes.iter().rev().find(|(of, _)| *of == instance).map(|(_, old)| *old);
                            if last != Some(vote) {
                                return Vec::new();
                            }
                            "its last vote".to_owned()
                        } else {
                            let has_all = self.past.has_all_votes(node);
                            if has_all && below != Some(vote) {
                                return Vec::new();
                            }
                            let number = self.ballot(ballot);
                            if has_all {
                                format!("its highest vote below {number}")
                            } else {
                                format!("the highest vote below {number} that it knows of")
                            }
                        };
                        let (place, vote) = (self.place(instance), self.vote(vote));
                        format!("{name} reports {which}{place}, {vote}, which the new ballot may have to adopt.")
                    }
                });
                said
            }
            Fact::PromisedFrom(instance, ballot) => {
                let mut said = self.promise(node, ballot);
                let is_true = !self.past.has_all_votes(node) || past.kept.iter().all(|(of, _)| *of < instance);
                let first = instance.0;
                said.extend(is_true.then(|| {
                    format!("It holds for instance {first} and all after it; {name} reports no votes there.")
                }));
                said
            }
            Fact::Began { instance, ballot, value: Some(value), basis: Basis::Promises(quorum) } => {
                self.begun(node, instance, Vote { ballot, value }, quorum)
            }
            Fact::Voted(_, vote) => self.voted(node, vote),
            Fact::Learned(instance, vote) => self.learned(node, instance, vote),
            Fact::Leads(true) => {
                vec![format!("{name} thinks from now on that it leads: it alone starts ballots, if all think so.")]
            }
            Fact::Leads(false) => vec![format!("{name} no longer thinks that it leads: it starts no more ballots.")],
            Fact::Refused(ballot, stated) => {
                let (old, text) = (self.ballot(ballot), self.ballot(stated));
                if !self.past.has_bound() {
                    let is_true = stated.is_some_and(|stated| past.promised.contains(&stated) && stated > ballot);
                    let said = format!("{name} has promised {text}, which is above {old}, so {old} is refused.");
                    return is_true.then_some(said).into_iter().collect();
                }
                if stated != bound {
                    return Vec::new();
                }
                if bound <= Some(ballot) {
                    return vec![format!(
                        "{old} ≠ nextBal {text}, so it is refused: {name} votes only in the ballot that it promised last."
                    )];
                }
                let why = format!(
                    "{old} < nextBal {text}, so it is refused: {name} has promised to vote in no ballot below {text}."
                );
                let nacks = self.sent(Phase::Nack).iter().any(|nack| nack.message.payload == payload(bound));
                let tells = format!(" The Nack tells of it, so that the next number can be above {text}.");
                vec![if nacks { why + &tells } else { why }]
            }
            Fact::Configured(from, configuration) => self.configured(node, from, configuration),
            Fact::Forgot(last) => self.forgot(node, last),
            Fact::Blocked(last) => self.blocked(node, last),
            Fact::Began { .. }
            | Fact::Believed { .. }
            | Fact::Certified(..)
            | Fact::Result(..)
            | Fact::Stable { .. }
            | Fact::Named(..)
            | Fact::Gathered { .. }
            | Fact::Answered(_) => Vec::new(),
        }
    }

    fn promise(&self, node: NodeId, ballot: Ballot) -> Vec<String> {
        let (name, new, bound) = (self.name(node), self.ballot(ballot), self.past.of(node).next_bal);
        if !self.past.has_bound() {
            return vec![format!(
                "Every NextBallot is answered: {name} promises no vote between the one it reports and {new}."
            )];
        }
        let off = if self.keeps(Guard::Promise) {
            ""
        } else {
            ". The rule “promise” is switched off, so this is not kept"
        };
        let so = format!("so {name} promises: from now on it votes in no ballot below {new}{off}.");
        let text = self.ballot(bound);
        vec![if bound < Some(ballot) {
            format!("{new} > nextBal {text}, {so}")
        } else if self.keeps(Guard::UniqueBallots) {
            return Vec::new();
        } else {
            format!("{new} is not above nextBal {text}, but that rule is switched off, {so}")
        }]
    }

    /// Condition B3.
    fn begun(&self, node: NodeId, instance: Instance, vote: Vote, quorum: NodeSet) -> Vec<String> {
        let (name, ballot, value) = (self.name(node), self.ballot(vote.ballot), self.value(vote.value));
        let place = self.place(instance);
        let counted = self.counted.of(node).promises.get(&vote.ballot).cloned().unwrap_or_default();
        let before = self.past.of(node).promises.get(&vote.ballot).map_or(NodeSet::EMPTY, |promises| promises.from);
        if !quorum.is_subset(counted.from) {
            return Vec::new();
        }
        if !self.is_quorum(Purpose::Promise, vote.ballot, Some(instance), quorum) {
            return self.begun_by_too_few(node, instance, vote, quorum);
        }
        let mut said = Vec::new();
        if self.is_quorum(Purpose::Promise, vote.ballot, Some(instance), before) && quorum.is_subset(before) {
            said.push(format!("Phase 1 of {ballot} was done ahead, so {name} begins {value}{place} at once."));
        }
        said.push(format!("Promises of {ballot} have come from a quorum: {}.", self.names(quorum)));
        let here: Vec<_> = counted.votes.iter().filter(|(of, ..)| *of == instance).collect();
        said.push(match here.iter().map(|(_, vote, _)| *vote).max() {
            None => format!("None of them reports a vote{place}, so the decree is free: {name} takes {value}."),
            Some(highest) => {
                let by = here.iter().filter(|(_, vote, _)| *vote == highest).map(|(.., who)| *who).collect();
                let (text, by, decree) = (self.vote(highest), self.names(by), self.value(highest.value));
                let is = format!("The highest vote that they report{place} is {text}, of {by}, so the decree");
                if highest.value == vote.value {
                    format!("{is} must be {decree}.")
                } else if self.keeps(Guard::MaxVote) && self.keeps(Guard::Highest) {
                    return said;
                } else {
                    format!("{is} should be {decree}; that rule is switched off, and {name} takes {value}.")
                }
            }
        });
        said
    }

    fn voted(&self, node: NodeId, vote: Vote) -> Vec<String> {
        let (name, ballot, past) = (self.name(node), self.ballot(vote.ballot), self.past.of(node));
        let bound = self.ballot(past.next_bal);
        let mut said = Vec::new();
        if !self.keeps(Guard::Promise) {
            said.push(format!(
                "The rule “promise” is switched off: {name} votes in {ballot}, whatever it has promised."
            ));
        }
        if !self.past.has_bound() {
            // Every promise of a larger ballot that the process has not forgotten must have reported a vote as large as
            // this one.
            said.push(format!("{name} has promised nothing that stands against {ballot}, so it votes."));
            return said;
        }
        said.push(match Some(vote.ballot).cmp(&past.next_bal) {
            std::cmp::Ordering::Equal => format!("{ballot} = nextBal {bound}, so {name} votes."),
            std::cmp::Ordering::Greater => {
                format!("{ballot} > nextBal {bound}, so {name} votes, and its nextBal rises to {ballot}.")
            }
            std::cmp::Ordering::Less if self.keeps(Guard::Promise) => return said,
            std::cmp::Ordering::Less => format!(
                "{ballot} < nextBal {bound}, but the rule “promise” is switched off: {name} votes all the same."
            ),
        });
        said
    }

    fn learned(&self, node: NodeId, instance: Instance, vote: Vote) -> Vec<String> {
        let (name, value, ballot) = (self.name(node), self.value(vote.value), self.ballot(vote.ballot));
        let place = self.place(instance);
        let ledger = self.past.of(node).learned.iter().find(|(of, _)| *of == instance).map(|(_, vote)| vote.value);
        let written = match ledger {
            None => format!("{name} writes it into its ledger"),
            Some(other) if other != vote.value => {
                format!("but the ledger of {name} has another decree there, and ink cannot be undone")
            }
            Some(_) => return Vec::new(),
        };
        let Some((phase, envelope)) = self.landed() else { return Vec::new() };
        let from = self.name(envelope.from);
        let says = format!("{from} says that {value} was passed{place} by {ballot}; {written}");
        match phase {
            Phase::TwoB => {
                let heard = self.voters(node, instance, vote.ballot, Some(vote.value));
                let voters = self.names(heard);
                vec![if self.is_quorum(Purpose::Pass, vote.ballot, Some(instance), heard) {
                    format!("Votes in {ballot}{place} have come from {voters}, a quorum: {value} is passed; {written}.")
                } else if self.keeps(Guard::OneBallot) {
                    return self.learned_by_too_few(node, instance, vote, (&voters, &written));
                } else {
                    format!(
                        "Votes for {value} in {ballot}{place} have come from {voters}, which is no quorum; but the rule \
                         “one-ballot” is switched off, and with votes in other ballots it is one. {name} takes {value} as \
                         passed; {written}."
                    )
                }]
            }
            Phase::OneB => vec![format!("A promise brings news: {value} was passed{place} by {ballot}; {written}.")],
            _ if !self.is_log() && !self.sent(Phase::Three).is_empty() => {
                let told = self.told(Phase::Three);
                vec![format!("{says}. Its own ballot has nothing left to find out: it ends, and {name} tells {told}.")]
            }
            _ => vec![format!("{says}.")],
        }
    }

    pub(crate) fn crashes(&self) -> bool {
        self.events.iter().any(|event| matches!(event.what, What::CrashedBeforeSend(_)))
    }

    fn of_input(&self) -> Vec<String> {
        let mut said: Vec<String> = always().map(str::to_owned).collect();
        let requests = self.sent(Phase::Request);
        let subject = self.past.trace.node_of(self.input);
        let is_client = subject.is_some_and(|node| self.past.is_client(node));
        match &self.input.what {
            What::Acted(_, Act::Propose(node, _)) if self.crashes() => {
                said.push(format!("{} crashes before it can pass the wish on.", self.name(*node)));
            }
            What::TimerFired(node, _) | What::Acted(_, Act::Timeout(node, ..)) if is_client && self.crashes() => {
                said.push(format!("{} crashes before it can ask again.", self.name(*node)));
            }
            What::Acted(_, Act::Propose(node, value)) if !is_client && self.facts().next().is_none() => {
                let name = self.name(*node);
                match requests.first() {
                    Some(_) if self.family == Family::Fast => {
                        let to = self.told(Phase::Request);
                        said.push(format!("{name} sends its wish to all who may vote or lead: {to}."));
                    }
                    Some(request) => {
                        let all = requests.iter().map(|request| request.to).filter(|to| to != node);
                        let others: NodeSet = all.collect();
                        said.push(if others.is_empty() {
                            format!("{name} states nothing of the wish for now.")
                        } else {
                            format!("{name} passes the wish on to {}.", self.names(others))
                        });
                        if !self.past.of(*node).leads {
                            let to = self.name(request.to);
                            said.push(format!(
                                "{name} does not lead, so it hands the wish to {to}, who leads as far as {name} knows."
                            ));
                        }
                    }
                    None => {
                        said.push(format!("{name} states nothing of the wish for now."));
                        said.extend(self.kept(*node, *value));
                    }
                }
            }
            What::Acted(_, Act::Propose(node, _)) if is_client => {
                let name = self.name(*node);
                let has_timer = self.past.trace.scenario.protocol.client.is_some_and(|info| info.retry.is_some());
                let again = if has_timer { " Without one it asks again, after 8Δ at the latest." } else { "" };
                let told = self.told(Phase::Request);
                said.push(if requests.is_empty() {
                    format!("{name} keeps its wish: it knows nobody yet who leads.")
                } else {
                    format!("{name} sends its wish to {told} and waits for the answer.{again}")
                });
            }
            What::TimerFired(node, _) | What::Acted(_, Act::Timeout(node, ..)) if is_client => {
                let name = self.name(*node);
                said.push(match requests.first() {
                    None => format!("{name} still has no answer, and knows nobody whom it could ask."),
                    Some(_) => {
                        let before = self.past.of(*node).asked;
                        let is_same = requests.iter().any(|request| before == Some(request.to));
                        let again = if is_same { "once more" } else { "this time" };
                        format!("{name} still has no answer, so it asks {} {again}.", self.told(Phase::Request))
                    }
                });
            }
            What::TimerFired(node, timer) => {
                let meaning = self.past.trace.scenario.protocol.timers[usize::from(timer.kind)].meaning;
                let meaning = Vocabulary::default().fill(meaning);
                let mut meaning: String = meaning[..1].to_uppercase() + &meaning[1..];
                if let Some((who, Fact::Tried(_))) = self.facts().next() {
                    assert_eq!(who, *node);
                    meaning += &format!(": {} starts a new ballot", self.name(*node));
                }
                said.push(meaning + ".");
            }
            What::Acted(_, Act::Crash(_)) => said.push(if is_client {
                "What it waits for is forgotten, and messages to it are lost.".to_owned()
            } else {
                "All that it had not written to stable storage is gone, and messages to it are lost.".to_owned()
            }),
            What::Acted(_, Act::CrashBeforeSend(_)) if is_client => {
                said.push("What it was to send then will never leave, and what it waits for is forgotten.".to_owned());
            }
            What::Acted(_, Act::CrashBeforeSend(node)) => said.push(if self.past.has_all_votes(*node) {
                "What it writes then it will still know when it comes back; what it was to send will never leave."
                    .to_owned()
            } else {
                "What it was to send then will never leave.".to_owned()
            }),
            What::Acted(_, Act::Restart(node, _)) if is_client => {
                said.push(format!("{} has forgotten what it waited for.", self.name(*node)));
            }
            What::Acted(_, Act::Restart(_, Disk::Empty)) => said.push(match self.family {
                Family::Plain => "Its stable storage is gone.".to_owned(),
                Family::Synod | Family::Fast => {
                    "Its stable storage is gone: it has forgotten its promises, its votes, its ledger and \
                                  which numbers it has tried."
                        .to_owned()
                }
            }),
            What::Acted(_, Act::Restart(node, Disk::Kept)) => {
                let setup = &self.past.trace.scenario.setup;
                let memory = setup.remembers(*node);
                let whom = if self.keeps(Guard::Memory) { format!(" for {}", self.name(*node)) } else { String::new() };
                let is_acceptor = self.is_acceptor(*node);
                said.push(match (self.family, memory, is_acceptor) {
                    (Family::Plain, true, _) => "It knows what it had written to stable storage.".to_owned(),
                    (Family::Synod | Family::Fast, true, true) => {
                        "It knows what it had written to stable storage: its promises, its votes and its ledger."
                            .to_owned()
                    }
                    (Family::Synod | Family::Fast, true, false) => {
                        "It knows what it had written to stable storage: its ledger.".to_owned()
                    }
                    (Family::Synod | Family::Fast, false, true) => {
                        format!("The rule “memory” is switched off{whom}: it has forgotten its promises and votes.")
                    }
                    _ => format!("The rule “memory” is switched off{whom}: it may have forgotten what it had written."),
                });
            }
            What::Acted(_, Act::Leader(_)) => {
                let clients = requests.iter().filter(|request| self.past.is_client(request.from));
                let who: NodeSet = clients.clone().map(|request| request.from).collect();
                if let Some(to) = clients.map(|request| request.to).next() {
                    let (who, to, many) = (self.names(who), self.name(to), who.len() > 1);
                    let [has, asks] = if many { ["have", "ask"] } else { ["has", "asks"] };
                    said.push(format!("{who} {has} no answer yet, and {asks} {to} now."));
                }
            }
            _ => {}
        }
        said
    }
}

fn payload(bound: Option<Ballot>) -> Payload {
    bound.map_or(Payload::Empty, Payload::Ballot)
}
