//! What must happen in time once the faults are over, judged from the trace alone.
//!
//! The judge gets a run and nothing else. It first checks whether the assumptions hold under which progress is promised,
//! and says which assumption does not hold. So it can judge any script, also one from which lines were taken out.
//!
//! For all protocols: nothing is lost by chance, and no step or rule is left out. From the last act that is not a
//! `propose` on (the *calm*) every link is open, no process crashes or comes back, a majority is up, and a message
//! between two processes that are up takes at most Δ. Messages that were sent before may come at any time.
//!
//! **Without leaders.** No process answers that a ballot is too low, so a process learns of larger numbers only by
//! promising them. The promise is this: a ballot whose number is above all numbers that the processes that are up have
//! promised, and that starts when nothing else is under way, is learned by everybody who is up in the time that the first
//! formula of the row says: 5Δ under the preliminary and the basic protocol. And since each
//! `propose` at one process takes a larger number than the one before, a process that is behind by some numbers needs as
//! many proposals as that, and one more.
//!
//! **A single decree and a leader** (`guard ge`, `phase-2 all`). The oracle names p alone, at the calm, and p did not
//! lead just before: that is T_el. Then p starts a fresh ballot at T_el, unless it knows the decree. Everybody who is up
//! has learned by T_el + 5Δ + 4kΔ. Here k is the number of distinct larger ballots that p did not start and that p hears
//! of in Nacks, or promises itself, from T_el on: a ballot of p fails only because a process answers with such a Nack
//! within the 2Δ of a phase, and the next ballot of p is above that number. If p is in a ballot of its own and is asked
//! for something only then, that ballot may be spoiled, which costs 4Δ more. If p knows the decree already, or another
//! process tells p while p asks for promises, then a process that asks p is told within 2Δ, a process that has voted asks
//! within 6Δ, and a process that refuses a ballot of p is told Δ after p hears of the refusal. If p learns the decree
//! during its ballot, p tells everybody.
//!
//! With heartbeats T_el is the calm + 5Δ: messages that were sent before it have landed after Δ (signs of life are never
//! late here), and a silent process counts as down 4Δ later. Then p is the process with the highest name that is up. It
//! may be in a ballot that the faults have spoiled, which costs 4Δ more.
//!
//! **A ledger and a leader.** A client asks for something at T_el or later, so that a process that lags behind sees that
//! it does. Count from the later of T_el and the last request: Δ until p has the request; 2Δ for promises; 2Δ for the
//! decrees that the promises tell of; 2Δ for each `window` of commands; Δ for Success; and up to 6Δ + 2Δ until a process
//! that misses something has asked for it and is told. Each of the k larger ballots costs a ballot, 4Δ, and perhaps takes
//! the place of a command: its client asks again within 8Δ, and the command takes Δ to p and 2Δ more for a place. With
//! heartbeats a spoiled ballot, 4Δ, and a request that went to another process, 8Δ, come on top. Where Success travels on
//! the next BeginBallot, k is 0: a process that has refused the last decree, for a larger ballot, hears of it only with
//! the next decree.
//!
//! **A leader that stays.** The oracle names p alone at the calm, and p was among the leaders that it named before. The
//! ballot of p may be spoiled, 4Δ, and so may the place that p comes to next. For p may know of a later place and not of
//! the one before; p finds that out when it catches up, 6Δ, and settles it by another ballot, 4Δ. And clients offer again
//! within 8Δ what they asked of other processes before the calm. So the clients that asked before the calm are due their
//! answers as well, when no client asks later.
//!
//! **Fast rounds**: see `progress/fast.rs`, and of histories `progress/generalized.rs`. **Rings**: see `progress/ring.rs`.
//!
//! **A process that neither hears the leader nor is heard by it**, with heartbeats. It takes the next process for the
//! leader, and that process passes the requests on: Δ more. The remote process is told when it asks again, 8Δ, and the
//! answer takes 2Δ.

#[path = "progress/fast.rs"]
mod fast;
#[path = "progress/generalized.rs"]
mod generalized;
#[path = "progress/ring.rs"]
mod ring;

use std::collections::{BTreeMap, BTreeSet};

use paxos_playground::protocol::{Carries, Fact, Payload, Phase};
use paxos_playground::quorum::{Overlap, Purpose};
use paxos_playground::scenario::{Act, Scenario};
use paxos_playground::sim::Run;
use paxos_playground::trace::{EventId, Trace, What};
use paxos_playground::types::{Ballot, NodeId, NodeSet, Time, Value};

/// The verdict on a run.
pub(crate) enum Judged {
    /// An assumption does not hold.
    Inapplicable(&'static str),
    /// The run must go on until this time before the judge can judge it.
    Unfinished(Time),
    /// Something was due and has not come.
    Late(String),
    /// Everything came in time.
    InTime(Timely),
}

/// How close the run was to the bound.
pub(crate) struct Timely {
    /// The k of the bound.
    pub(crate) stale: usize,
    /// How long the run took, and how long it was allowed to take.
    pub(crate) took: Time,
    pub(crate) bound: Time,
}

/// The facts that the judge has found so far.
struct Case<'a> {
    trace: &'a Trace,
    scenario: &'a Scenario,
    /// When the last fault was over.
    calm: Time,
    up: NodeSet,
    /// The process that neither hears the leader nor is heard by it.
    remote: Option<NodeId>,
    /// For each node, the event with which it came up for the last time.
    since: Vec<EventId>,
}

/// The reign of a leader: the process, the time from which it leads, and its first ballot since then.
struct Reign {
    leader: NodeId,
    elected: Time,
    first: Option<Ballot>,
    /// Whether heartbeats made it leader, so that it need not be fresh.
    is_by_heartbeat: bool,
    /// Whether it led before, along with others, and goes on.
    stays: bool,
}

pub(crate) fn judge(run: &Run) -> Judged {
    let case = match Case::open(run) {
        Ok(case) => case,
        Err(why) => return Judged::Inapplicable(why),
    };
    let protocol = case.scenario.protocol;
    if (protocol.ignores_oracle)(&protocol.default_choices()).is_some() {
        return case.leaderless();
    }
    if case.scenario.setup.quorums.overlap == Overlap::TwoFast {
        return match case.reign() {
            Err(why) => Judged::Inapplicable(why),
            Ok(reign) if case.scenario.setup.histories.is_some() => case.generalized(&reign),
            Ok(reign) if protocol.is_log => case.fast_ledger(&reign),
            Ok(reign) => case.fast(&reign),
        };
    }
    if protocol.kinds.iter().any(|kind| kind.carries == Carries::Named) {
        return match case.reign() {
            Err(why) => Judged::Inapplicable(why),
            Ok(reign) => case.ring(&reign),
        };
    }
    if ["guard", "phase-2"].map(|name| case.option(name)) != [Some("ge"), Some("all")] {
        return Judged::Inapplicable("other readings of steps 2a and 2b");
    }
    match case.reign() {
        Err(why) => Judged::Inapplicable(why),
        Ok(reign) if protocol.is_log => case.ledger(&reign),
        Ok(reign) => case.single(&reign),
    }
}

/// When the last act that is not a `propose` happens.
pub(crate) fn calm(scenario: &Scenario) -> Time {
    let faults = scenario.acts.iter().filter(|planned| !matches!(planned.act, Act::Propose(..)));
    faults.map(|planned| planned.at).max().unwrap_or_default()
}

/// The lines of rules that reach messages sent after the calm, when there should be no faults any more.
pub(crate) fn late_rules(run: &Run) -> Vec<usize> {
    let (scenario, calm) = (run.scenario(), calm(run.scenario()));
    let messages = run.trace().messages();
    let late = scenario.rules.iter().filter(|rule| {
        let counted = messages.iter().filter(|sent| {
            (sent.message.kind, sent.from, sent.to) == (rule.kind, rule.link.from, rule.link.to)
                && sent.copy_of.is_none()
        });
        counted.skip(rule.ordinal as usize - 1).take(1).any(|sent| sent.sent_at >= calm)
    });
    late.map(|rule| rule.line).collect()
}

/// The largest number that a node knows, as its stable storage shows: the number that it tried, promised or voted in.
pub(crate) fn largest_known(trace: &Trace, node: NodeId) -> Option<Ballot> {
    let known = trace.facts().filter(|(_, _, by, _)| *by == node).filter_map(|(.., fact)| match fact {
        Fact::Tried(ballot) | Fact::Promised(_, ballot, _) | Fact::PromisedFrom(_, ballot) => Some(ballot),
        Fact::Voted(_, vote) => Some(vote.ballot),
        _ => None,
    });
    known.max()
}

impl<'a> Case<'a> {
    fn open(run: &'a Run) -> Result<Self, &'static str> {
        let (trace, scenario) = (run.trace(), run.scenario());
        let calm = calm(scenario);
        let is_whole = |guard: &paxos_playground::protocol::Guard| !scenario.setup.is_broken(*guard);
        if scenario.network.loss_per_million.said().any(|share| share > 0) {
            return Err("messages are lost by chance");
        }
        if !scenario.protocol.guards.iter().all(is_whole) || scenario.setup.skipped != 0 {
            return Err("a rule or a step is left out");
        }
        if scenario.until.is_some_and(|until| until < calm) {
            return Err("it ends before the last act");
        }
        let nodes = scenario.nodes();
        let (mut up, mut since) = (NodeSet::all(nodes), vec![EventId(0); nodes]);
        for (id, event) in trace.numbered() {
            match event.what {
                What::Acted(_, Act::Crash(node)) => up.remove(node),
                What::CrashedBeforeSend(node) if event.time <= calm => up.remove(node),
                What::CrashedBeforeSend(_) => return Err("somebody crashes later on"),
                What::Acted(_, Act::Restart(node, _)) => {
                    up.insert(node);
                    since[node.index()] = id;
                }
                _ => {}
            }
        }
        if !scenario.setup.is_quorum(Purpose::Promise, up) {
            return Err("no majority is up");
        }
        let both_up = |from: NodeId, to: NodeId| up.contains(from) && up.contains(to);
        let is_open = |from: NodeId, to: NodeId| run.last().is_open(from, to);
        let cut: BTreeSet<_> = up
            .iter()
            .flat_map(|from| up.iter().map(move |to| (from, to)))
            .filter(|(from, to)| !is_open(*from, *to))
            .collect();
        let remote = match cut.iter().copied().collect::<Vec<_>>().as_slice() {
            [] => None,
            [(remote, leader), back] if *back == (*leader, *remote) => {
                let is_heard = scenario.protocol.oracle_unheard(&scenario.setup.choices).is_none();
                let mut lower = up;
                lower.remove(*leader);
                let next = lower.iter().last();
                let mut rest = up;
                rest.remove(*remote);
                let is_led = up.iter().last() == Some(*leader) && next != Some(*remote);
                if is_heard || !is_led || !scenario.setup.is_quorum(Purpose::Promise, rest) {
                    return Err("a link stays cut");
                }
                Some(*remote)
            }
            _ => return Err("a link stays cut"),
        };
        let harms = trace.numbered().filter(|(_, event)| match &event.what {
            What::Acted(_, act) => {
                !matches!(act, Act::Propose(..) | Act::Restart(..) | Act::Leader(_) | Act::Inject(_))
            }
            _ => false,
        });
        let last_harm = harms.map(|(id, _)| id).max();
        let is_slow = |sent: &&paxos_playground::trace::Envelope| {
            let is_lost = sent.end.is_some_and(|end| matches!(trace.event(end).what, What::Lost(..)));
            let is_original = sent.copy_of.is_none();
            let is_late = sent.due.since(sent.sent_at) > Time::DELTA;
            let is_calm = sent.sent_at >= calm && Some(sent.sent) > last_harm;
            let is_cut = cut.contains(&(sent.from, sent.to));
            is_calm && !is_cut && both_up(sent.from, sent.to) && is_original && (is_lost || is_late)
        };
        // A message that the script injects at the very last instant may take any time.
        let is_sent = |sent: &paxos_playground::trace::Envelope| {
            !matches!(trace.event(trace.event(sent.sent).cause).what, What::Acted(_, Act::Inject(_)))
        };
        if trace.messages().iter().filter(is_slow).any(is_sent) {
            return Err("messages are late or lost");
        }
        Ok(Self { trace, scenario, calm, up, remote, since })
    }

    fn option(&self, name: &str) -> Option<&'static str> {
        let options = self.scenario.protocol.options;
        let place = options.iter().position(|option| option.name == name)?;
        Some(options[place].values[usize::from(self.scenario.setup.choice(place))])
    }

    fn name(&self, node: NodeId) -> &str {
        self.scenario.symbols.node(node)
    }

    /// Each `propose` that found its node up: the time, the node and the value.
    fn wishes(&self) -> impl Iterator<Item = (EventId, Time, NodeId, Value)> {
        self.trace.numbered().filter_map(|(id, event)| match event.what {
            What::Acted(_, Act::Propose(node, value)) => Some((id, event.time, node, value)),
            _ => None,
        })
    }

    fn tried(&self, node: NodeId) -> impl Iterator<Item = (EventId, Time, Ballot)> {
        self.trace.facts().filter_map(move |(id, time, by, fact)| match fact {
            Fact::Tried(ballot) if by == node => Some((id, time, ballot)),
            _ => None,
        })
    }

    /// When the node learned the single decree.
    fn learned(&self, node: NodeId) -> Option<Time> {
        let mut facts = self.trace.facts();
        facts.find(|(_, _, by, fact)| *by == node && matches!(fact, Fact::Learned(..))).map(|(_, time, ..)| time)
    }

    /// When the last refusal of a node reached a leader that knew the single decree, from the calm on.
    fn refused(&self, node: NodeId, leader: NodeId) -> Option<Time> {
        let known = self.learned(leader)?.max(self.calm);
        let sent = self.trace.messages().iter().filter(|sent| (sent.from, sent.to) == (node, leader));
        let refusals = sent.filter(|sent| matches!(sent.message.payload, Payload::Ballot(_)));
        let landed = refusals.filter_map(|sent| {
            let end = self.trace.event(sent.end?);
            matches!(end.what, What::Landed(_)).then_some(end.time)
        });
        landed.filter(|time| *time >= known).max()
    }

    /// Whether the run shows everything until this time.
    fn shows(&self, until: Time) -> bool {
        self.scenario.until.is_none_or(|end| end >= until) && self.scenario.horizon() >= until
    }

    /// Whether each of these has come by its time; each has a description, the time when it came, and the time when it
    /// was due.
    fn in_time(
        &self,
        stale: usize,
        from: Time,
        bound: Time,
        due: impl IntoIterator<Item = (String, Option<Time>)>,
    ) -> Judged {
        if !self.shows(bound) {
            return Judged::Unfinished(bound);
        }
        let mut last = from;
        for (what, came) in due {
            match came {
                Some(came) if came <= bound => last = last.max(came),
                Some(came) => return Judged::Late(format!("{what} at {came}Δ, due at {bound}Δ, k = {stale}")),
                None => return Judged::Late(format!("{what} never, due at {bound}Δ, k = {stale}")),
            }
        }
        Judged::InTime(Timely { stale, took: last.since(from), bound: bound.since(from) })
    }

    /// The processes that are up and hear the leader.
    fn near(&self) -> impl Iterator<Item = NodeId> {
        self.up.iter().filter(|node| Some(*node) != self.remote)
    }

    fn leaderless(&self) -> Judged {
        let quiet = |event: EventId, time: Time| {
            let is_under_way = |end: EventId| self.trace.event(end).time > time;
            let sent = self.trace.messages().iter().take_while(|sent| sent.sent < event);
            sent.into_iter().all(|sent| sent.end.is_some_and(|end| !is_under_way(end)))
        };
        let Some((wish, start, proposer, _)) = self.wishes().last().filter(|(_, time, ..)| *time >= self.calm) else {
            return Judged::Inapplicable("nobody proposes after the faults");
        };
        if !quiet(wish, start) {
            return Judged::Inapplicable("something is under way");
        }
        let Some((tried, _, ballot)) = self.tried(proposer).last().filter(|(id, ..)| *id > wish) else {
            return Judged::Late(format!("{} starts no ballot", self.name(proposer)));
        };
        let is_above = |node: NodeId| {
            let before = self.trace.facts().take_while(|(id, ..)| *id < tried);
            let promised = before.filter(|(_, _, by, _)| *by == node).filter_map(|(.., fact)| match fact {
                Fact::Promised(_, ballot, _) | Fact::PromisedFrom(_, ballot) => Some(ballot),
                Fact::Voted(_, vote) => Some(vote.ballot),
                _ => None,
            });
            promised.max() < Some(ballot)
        };
        if !self.up.iter().all(is_above) {
            return Judged::Inapplicable("the last ballot’s number is not the largest");
        }
        let (protocol, setup) = (self.scenario.protocol, &self.scenario.setup);
        let figure = protocol.formulas().next().and_then(|all| all.value(protocol, setup, proposer, 0));
        let figure = figure.expect("the first formula tells when all know");
        let due = self.up.iter().map(|node| (format!("{} learns", self.name(node)), self.learned(node)));
        self.in_time(0, start, start.plus(Time::deltas(figure)), due)
    }

    /// The process that leads and the time from which it leads, if everybody agrees on that.
    fn reign(&self) -> Result<Reign, &'static str> {
        let ballots = |leader: NodeId, from: Time| self.tried(leader).find(move |(_, time, _)| *time >= from);
        if self.scenario.protocol.oracle_unheard(&self.scenario.setup.choices).is_some() {
            let is_alive = |sent: &&paxos_playground::trace::Envelope| {
                self.scenario.protocol.kind(sent.message.kind).phase == Phase::Election && !self.up.contains(sent.from)
            };
            if self.trace.messages().iter().filter(is_alive).any(|sent| sent.due > self.calm.plus(Time::DELTA)) {
                return Err("a process that is down shows signs of life");
            }
            let leader = self.up.iter().last().expect("a majority");
            let elected = self.calm.plus(Time::deltas(5));
            let first = ballots(leader, self.calm).map(|(.., ballot)| ballot);
            return Ok(Reign { leader, elected, first, is_by_heartbeat: true, stays: false });
        }
        let named = self.trace.numbered().filter_map(|(id, event)| match &event.what {
            What::Acted(_, Act::Leader(leaders)) => Some((id, event.time, leaders.clone())),
            _ => None,
        });
        let named: Vec<_> = named.collect();
        let Some((id, elected, [leader])) = named.last().map(|(id, time, leaders)| (*id, *time, leaders.as_slice()))
        else {
            return Err("no single leader is named");
        };
        let before = named.len().checked_sub(2).map(|place| named[place].2.is_empty());
        let is_fresh = before.unwrap_or(self.scenario.leaders.is_empty());
        let led = named
            .len()
            .checked_sub(2)
            .map_or(self.scenario.leaders.contains(*leader), |place| named[place].2.contains(leader));
        if elected != self.calm || !(is_fresh || led) || !self.up.contains(*leader) {
            return Err("the leader is not fresh");
        }
        // The leader starts its ballot at this instant, whether it came up before the oracle spoke or just after.
        let first = self.tried(*leader).find(|(tried, time, _)| *time == elected && *tried > id);
        Ok(Reign {
            leader: *leader,
            elected,
            first: first.map(|(.., ballot)| ballot),
            is_by_heartbeat: false,
            stays: !is_fresh,
        })
    }

    /// k: the distinct larger ballots, none of its own, that the leader hears of in Nacks, or promises, from the calm on.
    ///
    /// # Errors
    /// Another process has started a ballot since, so that it is not stale.
    fn stale(&self, reign: &Reign) -> Result<usize, String> {
        let earlier = self.tried(reign.leader).filter(|(_, time, _)| *time <= reign.elected).last();
        let Some(first) = reign.first.or(earlier.map(|(.., ballot)| ballot)) else { return Ok(0) };
        let others = self.trace.facts().filter(|(.., by, _)| *by != reign.leader);
        for (_, time, by, fact) in others {
            if let Fact::Tried(ballot) = fact
                && time > reign.elected
            {
                let ballot = self.scenario.symbols.ballot(ballot);
                return Err(format!("{} starts {ballot} at {time}Δ, though it does not lead", self.name(by)));
            }
        }
        let nacks = self.trace.messages().iter().filter(|sent| sent.to == reign.leader && sent.due >= self.calm);
        let own: BTreeSet<_> = self.tried(reign.leader).map(|(.., ballot)| ballot).collect();
        let told = nacks.filter_map(|sent| match sent.message.payload {
            Payload::Ballot(bound) => Some(bound),
            _ => None,
        });
        let promised = self.trace.facts().filter_map(|(_, time, by, fact)| match fact {
            Fact::Promised(_, ballot, _) | Fact::PromisedFrom(_, ballot) => Some((time, by, ballot)),
            Fact::Voted(_, vote) => Some((time, by, vote.ballot)),
            _ => None,
        });
        let promised = promised.filter(|(time, by, _)| *by == reign.leader && *time >= self.calm);
        let larger = told.chain(promised.map(|(.., ballot)| ballot));
        let larger = larger.filter(|bound| *bound > first && !own.contains(bound));
        Ok(larger.collect::<BTreeSet<_>>().len())
    }

    fn single(&self, reign: &Reign) -> Judged {
        let (leader, elected) = (reign.leader, reign.elected);
        let stale = match self.stale(reign) {
            Ok(stale) => stale,
            Err(why) => return Judged::Late(why),
        };
        let is_asked = |node: NodeId| self.wishes().any(|(id, _, by, _)| by == node && id >= self.since[node.index()]);
        // A process that another process tells of the decree does not tell everybody.
        let is_told = self.trace.facts().any(|(_, _, by, fact)| match fact {
            Fact::Learned(_, vote) => by == leader && Some(vote.ballot) < reign.first,
            _ => false,
        });
        let knows = is_told || self.learned(leader).is_some_and(|time| time <= elected);
        let learns = |node: NodeId| (format!("{} learns", self.name(node)), self.learned(node));
        if !knows {
            let mut own = self.wishes().filter(|(id, _, by, _)| *by == leader && *id >= self.since[leader.index()]);
            if own.all(|(_, time, ..)| time > elected) {
                return Judged::Inapplicable("the leader has no wish");
            }
            let spoiled = if reign.is_by_heartbeat || reign.stays || reign.first.is_none() { 4 } else { 0 };
            let bound = elected.plus(Time::deltas(5 + 4 * stale as u64 + spoiled));
            return self.in_time(stale, elected, bound, self.near().map(learns));
        }
        let has_voted = |node: NodeId| {
            self.trace
                .facts()
                .any(|(_, time, by, fact)| by == node && matches!(fact, Fact::Voted(..)) && time <= elected)
        };
        // A process that learns the decree during its ballot tells everybody.
        let ends = reign.first.is_some() && self.learned(leader).is_some_and(|time| time > elected);
        let refused = |node: NodeId| self.refused(node, leader);
        let is_due = |node: &NodeId| ends || is_asked(*node) || has_voted(*node) || refused(*node).is_some();
        let due = self.near().filter(is_due).map(learns);
        let last = self.wishes().map(|(_, time, ..)| time).chain(self.near().filter_map(refused)).max();
        let last = last.unwrap_or_default().max(elected);
        let own = if is_told { 5 + 4 * stale as u64 } else { 0 };
        self.in_time(stale, elected, last.plus(Time::deltas(10 + own)), due)
    }

    fn ledger(&self, reign: &Reign) -> Judged {
        let stale = match self.stale(reign) {
            Ok(stale) => stale,
            Err(why) => return Judged::Late(why),
        };
        let stays = |id: EventId, node: NodeId| self.up.contains(node) && id >= self.since[node.index()];
        let is_asked = self.wishes().any(|(id, time, node, _)| time >= reign.elected && stays(id, node));
        if !is_asked && !reign.stays {
            return Judged::Inapplicable("nobody asks for anything after the faults");
        }
        if stale > 0 && self.option("success") == Some("piggyback") {
            return Judged::Inapplicable("whoever has refused the last decree waits for the next");
        }
        let window: usize = self.option("window").and_then(|window| window.parse().ok()).expect("a number");
        let from = self.wishes().map(|(_, time, ..)| time).max().unwrap_or_default().max(reign.elected);
        let windows = self.wishes().count().div_ceil(window);
        let spoiled = if reign.is_by_heartbeat { 4 + 8 } else { 0 };
        let spoiled = spoiled + if reign.stays { 4 + 6 + 4 + 8 } else { 0 };
        let spoiled = spoiled + if self.remote.is_some() { 1 + 8 + 2 } else { 0 };
        let deltas = 1 + 2 + 2 + 2 * windows + 1 + 8 + spoiled + stale * (4 + 8 + 1 + 2);
        let due = self.commands(is_asked);
        self.in_time(stale, from, from.plus(Time::deltas(deltas as u64)), due)
    }

    /// The commands of a ledger that are due: for each of them, its answer and, where `is_executed`, its execution by everybody
    /// near, and when each of these came.
    fn commands(&self, is_executed: bool) -> Vec<(String, Option<Time>)> {
        let stays = |id: EventId, node: NodeId| self.up.contains(node) && id >= self.since[node.index()];
        let mut executed: BTreeMap<(NodeId, Value), Time> = BTreeMap::new();
        let mut answered: BTreeMap<Value, Time> = BTreeMap::new();
        for (id, event) in self.trace.numbered() {
            match &event.what {
                What::Applied(node, applied) if id >= self.since[node.index()] => {
                    executed.entry((*node, applied.value)).or_insert(event.time);
                }
                What::Stated(_, Fact::Answered(value)) => {
                    answered.entry(*value).or_insert(event.time);
                }
                _ => {}
            }
        }
        let due = self.wishes().filter(|(id, _, node, _)| stays(*id, *node)).flat_map(|(_, asked, node, value)| {
            let command = format!("“{}” of {asked}Δ", self.scenario.symbols.value(value));
            let told = (format!("{} answers the client of {command}", self.name(node)), answered.get(&value).copied());
            let at = |node: NodeId| {
                (format!("{} executes {command}", self.name(node)), executed.get(&(node, value)).copied())
            };
            // A process that does not hear that there is a decree cannot ask for it, until a client asks for something
            // more.
            self.near().filter(|_| is_executed).map(at).chain([told]).collect::<Vec<_>>()
        });
        due.collect()
    }
}
