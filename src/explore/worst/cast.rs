//! Who takes part in a search. The search keeps only the cluster and its rules of a script.

use super::{MEMORY_MIN, OldTraffic, Outside, Question, RESOLUTION_MAX, STALE_MAX, STATES_MAX};
use crate::protocol::{Carries, Cast as Parts, Kind, Progress, Trust};
use crate::quorum::Purpose;
use crate::scenario::{Act, Line, Scenario, Script, Statement};
use crate::types::{Ballot, NodeId, NodeSet, Time, Value};

/// The largest number of processes that a search can follow.
const FOLLOWED_MAX: usize = 5;

/// The cluster of a search.
pub(super) struct Cast {
    /// The lines of the script that are kept: the protocol, its options and rules, the nodes.
    pub(super) head: Vec<Line>,
    /// The meaning of the kept lines and the wish.
    pub(super) scenario: Scenario,
    /// Every process that is up at T_el: C in order, then those outside C.
    pub(super) members: Vec<NodeId>,
    /// How many of the members are in C.
    pub(super) core: usize,
    /// The processes that are down all the time.
    pub(super) down: Vec<NodeId>,
    /// The processes whose messages, to and from C, may be late or lost.
    pub(super) slow: NodeSet,
    /// How many of those outside C may crash.
    pub(super) crashes: usize,
    pub(super) leader: NodeId,
    pub(super) value: Value,
    /// The wish as the script writes it.
    pub(super) wish: String,
    /// Where processes may lie: the process that leads at first, which is outside C and not to be trusted.
    pub(super) faulty: Option<NodeId>,
    /// The owner of the old ballots; it is down.
    pub(super) stranger: NodeId,
    /// The messages that old ballots have left: the kind and the ballot of each.
    pub(super) old: Vec<(Kind, Ballot)>,
    /// The kinds that expire, as the protocol declares them.
    pub(super) expiring: &'static [Kind],
}

impl Cast {
    /// Reads the cluster from this script, and the sentences on the lines that were set aside.
    pub(super) fn of(script: &Script, question: &Question) -> Result<(Self, Vec<String>), String> {
        check(question)?;
        let whole = Scenario::of(script).map_err(|error| error.to_string())?;
        let protocol = whole.protocol;
        let Some(Progress { stale, expiring }) = protocol.progress else {
            let name = protocol.name;
            return Err(if protocol.timers.is_empty() {
                format!("the {name} protocol has neither leader nor timers, so nothing limits how long it takes")
            } else {
                format!(
                    "the {name} protocol does not declare what old ballots leave behind, so the search cannot follow it"
                )
            });
        };
        if let Some(kind) = stale.iter().find(|kind| protocol.kind(**kind).carries != Carries::Nothing) {
            let (name, kind) = (protocol.name, protocol.kind(*kind).name);
            return Err(format!(
                "an old {kind} of the {name} protocol carries something, and the search does not know what"
            ));
        }
        let is_byzantine = protocol.trust == Trust::Byzantine;
        let faulty = whole.setup.cast.first_leader().iter().next().filter(|_| is_byzantine);
        let cast = Parts { liars: NodeSet::EMPTY, tolerates: None, ..whole.setup.cast };
        if cast != Parts::everybody(whole.nodes()) {
            return Err(
                "the worst case is that of a cluster in which everybody plays every part; this script has lines \
                        acceptors, learners or clients"
                    .to_owned(),
            );
        }
        if !whole.setup.cast.liars.without(faulty.into_iter().collect()).is_empty() {
            return Err("only the first primary can be faulty in this search; the line liars names others".to_owned());
        }
        if faulty.is_some() && (question.stale > 0 || question.wait > Time::ZERO) {
            return Err(format!(
                "under the {} protocol there is no election, so there are neither old ballots nor a wait",
                protocol.name
            ));
        }
        if let Some(why) = protocol.oracle_unheard(&whole.setup.choices).filter(|_| faulty.is_none()) {
            return Err(format!("{why}, and the search needs a leader who is named: “option election oracle”"));
        }
        let wishes = script.lines.iter().enumerate().filter_map(|(place, line)| match &line.statement {
            Some(Statement::At(_, Act::Propose(node, value))) => Some((place, node, value)),
            _ => None,
        });
        let Some((place, name, wish)) = wishes.min_by_key(|(place, ..)| script.lines[*place].at()) else {
            return Err("nobody asks for a decree: the scenario has no line “at 0Δ propose …”".to_owned());
        };
        let head: Vec<Line> = script.lines.iter().filter(|line| part(line) == Part::Cluster).cloned().collect();
        let head: Vec<Line> = head.into_iter().map(|line| Line { comment: None, ..line }).collect();
        let propose = Statement::At(Time::ZERO, Act::Propose(name.clone(), wish.clone()));
        let lines = head.iter().cloned().chain([propose.into()]).collect();
        let scenario = Scenario::of(&Script { lines }).map_err(|error| error.to_string())?;
        let (leader, value) = match &scenario.acts[0].act {
            Act::Propose(node, value) => (*node, *value),
            _ => return Err("nobody asks for a decree".to_owned()),
        };
        if Some(leader) == faulty {
            let name = scenario.symbols.node(leader);
            return Err(format!(
                "{name} leads at first and is the faulty one here: let another process ask, as in “at 0 propose B red”"
            ));
        }
        let Company { members, core, down, stranger } = Company::of(&scenario, (leader, faulty), question)?;
        let is_slow = question.outside == Outside::Slow;
        let slow = members[core..].iter().copied().filter(|_| is_slow).collect();
        let crashes = question.crashes;
        let ballots = (1..=question.stale as u32).map(|number| Ballot::new(3 * number + 1, stranger));
        let old: Vec<_> = ballots.flat_map(|ballot| stale.iter().map(move |kind| (*kind, ballot))).collect();
        if old.len() * members.len() > u32::BITS as usize {
            let most = u32::BITS;
            return Err(format!("there may be up to {most} old messages, one of each to each process that is up"));
        }
        let aside = script.lines.iter().enumerate().filter(|(at, line)| part(line) == Part::Adversary && *at != place);
        let aside: Vec<_> = aside.map(|(at, _)| (at + 2).to_string()).collect();
        let mut notes = match aside.len() {
            0 => Vec::new(),
            1 => vec![format!("line {} is set aside: the adversary chooses for itself", aside[0])],
            _ => vec![format!("lines {} are set aside: the adversary chooses for itself", aside.join(", "))],
        };
        if let Some(at) = script.lines.iter().position(|line| part(line) == Part::Ports) {
            notes.push(format!("line {} is set aside: in this search no message waits in a port", at + 2));
        }
        let wish = wish.clone();
        let cast = Self {
            head,
            scenario,
            members,
            core,
            down,
            slow,
            crashes,
            leader,
            value,
            wish,
            faulty,
            stranger,
            old,
            expiring,
        };
        Ok((cast, notes))
    }

    /// The place of a process among those that are up at T_el.
    pub(super) fn place(&self, node: NodeId) -> usize {
        self.members.iter().position(|member| *member == node).expect("a process that was up")
    }

    /// The members of C, in order.
    pub(super) fn majority(&self) -> &[NodeId] {
        &self.members[..self.core]
    }

    /// What time is counted from.
    pub(super) fn beginning(&self) -> &'static str {
        if self.faulty.is_some() { "the request" } else { "T_el, the election" }
    }

    /// Whether a message between these two may be late or lost.
    pub(super) fn is_slow(&self, from: NodeId, to: NodeId) -> bool {
        self.slow.contains(from) || self.slow.contains(to)
    }
}

/// Which processes are up at T_el, and which are not.
struct Company {
    /// C in order, then those outside C.
    members: Vec<NodeId>,
    core: usize,
    down: Vec<NodeId>,
    /// The process that started the old ballots.
    stranger: NodeId,
}

impl Company {
    fn of(
        scenario: &Scenario,
        (leader, faulty): (NodeId, Option<NodeId>),
        question: &Question,
    ) -> Result<Self, String> {
        let Question { stale, outside, crashes, .. } = *question;
        // When two messages land at one instant, the one that was sent first lands first. The adversary prefers the
        // messages of processes outside C, so these processes come first where they are up.
        let mut others: Vec<_> = NodeId::all(scenario.nodes()).collect();
        if outside != Outside::Down {
            others.reverse();
        }
        let mut in_c: NodeSet = [leader].into_iter().collect();
        for node in others.into_iter().filter(|node| Some(*node) != faulty) {
            if ![Purpose::Promise, Purpose::Pass].iter().all(|purpose| scenario.setup.is_quorum(*purpose, in_c)) {
                in_c.insert(node);
            }
        }
        let mut members: Vec<_> = in_c.iter().collect();
        let core = members.len();
        if core < 2 {
            return Err("one process alone is a majority here, and knows at once".to_owned());
        }
        let mut up: Vec<_> = NodeSet::all(scenario.nodes()).without(in_c).iter().collect();
        // The last process started the old ballots, and is down.
        let stranger = if stale > 0 { up.pop() } else { Some(leader) };
        let Some(stranger) = stranger else {
            return Err(
                "old ballots are those of processes that are down, and a majority of these leaves none".to_owned()
            );
        };
        let mut down: Vec<_> = if outside == Outside::Down { std::mem::take(&mut up) } else { Vec::new() };
        down.extend([stranger].iter().filter(|_| stale > 0));
        if outside != Outside::Down && up.is_empty() {
            let owner = if stale > 0 { " but the owner of the old ballots, which is down" } else { "" };
            return Err(format!("nobody is outside C{owner}: ask with more nodes, or with fewer old ballots"));
        }
        if crashes > 0 && outside != Outside::Up {
            return Err("a process that is to crash is outside C, and up until then".to_owned());
        }
        if crashes > up.len() {
            let most = up.len();
            return Err(format!(
                "there may be 0 to {most} crashes, of processes that are outside C and up at T_el, not {crashes}"
            ));
        }
        members.extend(up);
        if members.len() > FOLLOWED_MAX {
            let most = 2 * FOLLOWED_MAX - 1;
            return Err(format!(
                "the search follows up to {FOLLOWED_MAX} processes that are up: majorities of at most {most} nodes, or all of {FOLLOWED_MAX}"
            ));
        }
        Ok(Self { members, core, down, stranger })
    }
}

fn check(question: &Question) -> Result<(), String> {
    let Question {
        stale,
        old_traffic: OldTraffic::Any | OldTraffic::ByDelta,
        outside: Outside::Down | Outside::Up | Outside::Slow,
        crashes: _,
        resolution,
        wait,
        states_max,
        memory_max,
    } = *question;
    if stale > STALE_MAX {
        return Err(format!("there may be 0 to {STALE_MAX} old ballots, not {stale}"));
    }
    if resolution == 0 || resolution > RESOLUTION_MAX || !Time::DELTA.0.is_multiple_of(u64::from(resolution)) {
        return Err(format!(
            "the resolution is 1 to {RESOLUTION_MAX}, and Δ divided by it is a whole number of millionths; {resolution} is not"
        ));
    }
    if states_max == 0 || states_max > STATES_MAX {
        return Err(format!("the search may meet 1 to {STATES_MAX} moments, not {states_max}"));
    }
    if memory_max < MEMORY_MIN {
        return Err(format!("the search may hold {} MB or more, not {}", MEMORY_MIN >> 20, memory_max >> 20));
    }
    let step = Time::DELTA.0 / u64::from(resolution);
    if wait > Time::deltas(4) || !wait.0.is_multiple_of(step) {
        return Err(format!("the leader waits up to 4Δ, in steps of {}Δ, not {wait}Δ", Time(step)));
    }
    Ok(())
}

/// What a search does with a line.
#[derive(PartialEq, Eq)]
enum Part {
    /// The line describes the cluster, and is kept.
    Cluster,
    /// The line says something that the adversary chooses instead, and is set aside.
    Adversary,
    /// The line says how fast nodes send. In this search every message leaves at once, so the line is set aside.
    Ports,
    /// The line means nothing for a run.
    Words,
}

/// Every statement is named here, so that a new one does not compile until somebody has decided what the search does with
/// it.
fn part(line: &Line) -> Part {
    let Some(statement) = &line.statement else { return Part::Words };
    match statement {
        Statement::Title(_)
        | Statement::About(_)
        | Statement::Look(_)
        | Statement::Caption(_)
        | Statement::Goal(_)
        | Statement::Allow(_) => Part::Words,
        Statement::Protocol(_)
        | Statement::Delta(_)
        | Statement::NodeCount(_)
        | Statement::Nodes(_)
        | Statement::Option(..)
        | Statement::Without(..)
        | Statement::Part(..)
        | Statement::Tolerate(..)
        | Statement::Quorum(_)
        | Statement::Header(_)
        | Statement::Size(_)
        | Statement::Skip(_) => Part::Cluster,
        Statement::Bandwidth(_) => Part::Ports,
        Statement::Delay(..)
        | Statement::Loss(..)
        | Statement::Duplicates(..)
        | Statement::Seed(_)
        | Statement::Leader(_)
        | Statement::Service(_)
        | Statement::At(..)
        | Statement::Rule { .. }
        | Statement::Until(_) => Part::Adversary,
    }
}

impl Line {
    /// The instant at which this line does something.
    fn at(&self) -> Time {
        match self.statement {
            Some(Statement::At(time, _)) => time,
            _ => Time::ZERO,
        }
    }
}
