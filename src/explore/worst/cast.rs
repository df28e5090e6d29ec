//! Who takes part in a search: read from a script, of which only the cluster and its rules are kept.

use super::{OldTraffic, Question, RESOLUTION_MAX, STALE_MAX, STATES_MAX};
use crate::protocol::{Cast as Parts, Kind, Phase};
use crate::quorum::Purpose;
use crate::scenario::{Act, Line, Scenario, Script, Statement};
use crate::types::{Ballot, NodeId, NodeSet, Time, Value};

/// The most members that C may have.
const MEMBERS_MAX: usize = 5;

/// The cluster of a search.
pub(super) struct Cast {
    /// The script's lines that are kept: the protocol, its options and rules, the nodes.
    pub(super) head: Vec<Line>,
    /// What they and the wish mean.
    pub(super) scenario: Scenario,
    /// C, in order.
    pub(super) members: Vec<NodeId>,
    /// The others, who are down.
    pub(super) down: Vec<NodeId>,
    pub(super) leader: NodeId,
    pub(super) value: Value,
    /// The same as the script writes it.
    pub(super) wish: String,
    /// Whose old ballots they are.
    pub(super) stranger: NodeId,
    pub(super) old: Vec<Ballot>,
    /// The kind of step 1a.
    pub(super) next_ballot: Kind,
}

impl Cast {
    /// The cluster of this script, and what was set aside.
    pub(super) fn of(script: &Script, question: &Question) -> Result<(Self, Vec<String>), String> {
        check(question)?;
        let whole = Scenario::of(script).map_err(|error| error.to_string())?;
        let protocol = whole.protocol;
        if protocol.timers.is_empty() {
            let name = protocol.name;
            return Err(format!(
                "the {name} protocol has neither leader nor timers, so nothing limits how long it takes"
            ));
        }
        if whole.setup.cast != Parts::everybody(whole.nodes()) {
            return Err(
                "the worst case is that of a cluster in which everybody plays every part; this script has lines \
                        acceptors, learners or clients"
                    .to_owned(),
            );
        }
        if let Some(why) = protocol.oracle_unheard(&whole.setup.choices) {
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
        let mut in_c: NodeSet = [leader].into_iter().collect();
        for node in NodeId::all(scenario.nodes()) {
            if ![Purpose::Promise, Purpose::Pass].iter().all(|purpose| scenario.setup.is_quorum(*purpose, in_c)) {
                in_c.insert(node);
            }
        }
        let members: Vec<_> = in_c.iter().collect();
        let down: Vec<_> = NodeSet::all(scenario.nodes()).without(in_c).iter().collect();
        if members.len() < 2 {
            return Err("one process alone is a majority here, and knows at once".to_owned());
        }
        if members.len() > MEMBERS_MAX {
            let most = 2 * MEMBERS_MAX - 1;
            return Err(format!(
                "the search follows majorities of up to {MEMBERS_MAX}, so there are at most {most} nodes"
            ));
        }
        let Some(stranger) = down.last().copied().or((question.stale == 0).then_some(leader)) else {
            return Err(
                "old ballots are those of processes that are down, and a majority of these leaves none".to_owned()
            );
        };
        let next_ballot = protocol.kinds.iter().position(|kind| kind.phase == Phase::OneA);
        let Some(next_ballot) = next_ballot.map(|place| Kind(place as u8)) else {
            return Err(format!("the {} protocol has no step 1a", protocol.name));
        };
        let old = (1..=question.stale as u32).map(|number| Ballot::new(3 * number + 1, stranger)).collect();
        let aside = script.lines.iter().enumerate().filter(|(at, line)| part(line) == Part::Adversary && *at != place);
        let aside: Vec<_> = aside.map(|(at, _)| (at + 2).to_string()).collect();
        let notes = match aside.len() {
            0 => Vec::new(),
            1 => vec![format!("line {} is set aside: the adversary chooses for itself", aside[0])],
            _ => vec![format!("lines {} are set aside: the adversary chooses for itself", aside.join(", "))],
        };
        let wish = wish.clone();
        let cast = Self { head, scenario, members, down, leader, value, wish, stranger, old, next_ballot };
        Ok((cast, notes))
    }

    /// The place of a member in C.
    pub(super) fn place(&self, node: NodeId) -> usize {
        self.members.iter().position(|member| *member == node).expect("a member of C")
    }
}

fn check(question: &Question) -> Result<(), String> {
    let Question { stale, old_traffic: OldTraffic::Any | OldTraffic::ByDelta, resolution, wait, states_max } =
        *question;
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
    let step = Time::DELTA.0 / u64::from(resolution);
    if wait > Time::deltas(4) || !wait.0.is_multiple_of(step) {
        return Err(format!("the leader waits up to 4Δ, in steps of {}Δ, not {wait}Δ", Time(step)));
    }
    Ok(())
}

/// What a search makes of a line.
#[derive(PartialEq, Eq)]
enum Part {
    /// It describes the cluster, and is kept.
    Cluster,
    /// It says what the adversary chooses instead, and is set aside.
    Adversary,
    /// It means nothing for a run.
    Words,
}

/// Every statement is named, so that a new one does not compile before somebody has decided what the search makes of it.
fn part(line: &Line) -> Part {
    let Some(statement) = &line.statement else { return Part::Words };
    match statement {
        Statement::Title(_) | Statement::About(_) | Statement::Look(_) => Part::Words,
        Statement::Protocol(_)
        | Statement::Delta(_)
        | Statement::NodeCount(_)
        | Statement::Nodes(_)
        | Statement::Option(..)
        | Statement::Without(..)
        | Statement::Part(..)
        | Statement::Quorum(_)
        | Statement::Skip(_) => Part::Cluster,
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
    /// When something is done by this line.
    fn at(&self) -> Time {
        match self.statement {
            Some(Statement::At(time, _)) => time,
            _ => Time::ZERO,
        }
    }
}
