//! What a search takes from a script: the lines that it plays, the check that it asks, and the nodes that no line names.

use super::Options;
use crate::check::{Judge, Verdict};
use crate::explore::process::Process;
use crate::goal;
use crate::protocol::Trust;
use crate::scenario::{Act, Disk, Scenario};
use crate::types::{NodeId, NodeSet, Renaming, Time, Value};

/// The script's lines, as far as a search plays them.
#[derive(Debug)]
pub(super) struct Lines {
    /// For each node the commands that the script proposes to it, in order, with the places of their acts.
    pub(super) wishes: Vec<Vec<(u32, Value)>>,
    /// The leaders that the oracle names one after the other, from the start on, with the places of the acts; the first
    /// has no act.
    pub(super) leaders: Vec<(u32, NodeSet)>,
}

/// A judge for any schedule of the scenario.
pub(super) fn judge(scenario: &Scenario, options: &Options) -> Result<Judge, String> {
    if options.goals {
        return goal::search::judge(scenario);
    }
    let judge = Judge::of(scenario);
    let Some(check) = options.check else { return Ok(judge) };
    let is_it = |verdict: &&Verdict| std::ptr::eq(verdict.check, check);
    if judge.verdicts().iter().find(is_it).is_some_and(|verdict| !verdict.is_applicable) {
        return Err(format!("the check {} has no meaning under the {} protocol", check.name, scenario.protocol.name));
    }
    Ok(judge.only(check))
}

/// The largest number of nodes that are taken as alike: each permutation of these nodes is a renaming.
const ALIKE_MAX: usize = 4;

/// The nodes that are alike until messages reach them: no line that the search plays names them, quorums in the cluster
/// are a matter of numbers, and names do not matter to the protocol. These nodes start no ballot, so they own none.
pub(super) fn alike(scenario: &Scenario, lines: &Lines) -> Vec<NodeId> {
    let nodes = || NodeId::all(scenario.nodes());
    let (setup, cast) = (&scenario.setup, &scenario.setup.cast);
    let identity = &Renaming::all(scenario.nodes(), &[])[0];
    if !setup.quorums.are_by_number() || nodes().any(|node| Process::open(scenario, node).renamed(identity).is_none()) {
        return Vec::new();
    }
    let mut named: NodeSet = nodes().filter(|node| !lines.wishes[node.index()].is_empty()).collect();
    // A node that a client asks starts ballots, and those ballots have its name.
    if named.meets(cast.clients) {
        named = named.union(cast.proposers());
    }
    // So does a node that the oracle names.
    if scenario.protocol.oracle_unheard(&scenario.setup.choices).is_none() {
        named = lines.leaders.iter().fold(named, |named, (_, leaders)| named.union(*leaders));
    }
    named = named.union(scenario.setup.forgetful);
    for planned in &scenario.acts {
        if let Act::Inject(injection) = &planned.act {
            let owner = injection.ballot.map(|(_, owner)| owner);
            [injection.link.from, injection.link.to].into_iter().chain(owner).for_each(|node| {
                named.insert(node);
            });
        }
    }
    // Only nodes that play the same parts can be alike; the largest such group counts.
    let parts = |node: NodeId| {
        [cast.acceptors, cast.learners, cast.clients, cast.auxiliaries, cast.liars].map(|part| part.contains(node))
    };
    let unnamed: Vec<_> = nodes().filter(|node| !named.contains(*node)).collect();
    let like =
        |node: &NodeId| unnamed.iter().copied().filter(|other| parts(*other) == parts(*node)).collect::<Vec<_>>();
    let mut alike = unnamed.iter().map(like).max_by_key(Vec::len).unwrap_or_default();
    alike.truncate(ALIKE_MAX);
    if alike.len() > 1 { alike } else { Vec::new() }
}

/// The lines that a search plays, and notes on the lines that it does not play from this instant on.
pub(super) fn lines(scenario: &Scenario, from: Time) -> Result<(Lines, Vec<(usize, String)>), String> {
    let not_played = match from {
        Time::ZERO => "not played".to_owned(),
        from => format!("not played from {from}Δ on"),
    };
    let mut lines = Lines { wishes: vec![Vec::new(); scenario.nodes()], leaders: vec![(0, scenario.leaders)] };
    let mut notes = Vec::new();
    for (place, planned) in scenario.acts.iter().enumerate() {
        let why = match &planned.act {
            Act::Propose(node, value) => {
                lines.wishes[node.index()].push((place as u32, *value));
                continue;
            }
            // Where processes lie, none of them listens to the oracle.
            Act::Leader(_) if scenario.protocol.trust == Trust::Byzantine => continue,
            Act::Leader(leaders) => {
                let leaders: NodeSet = leaders.iter().copied().collect();
                // When the oracle names the same leaders again, nothing changes.
                if lines.leaders.last().is_some_and(|(_, known)| *known != leaders) {
                    lines.leaders.push((place as u32, leaders));
                }
                continue;
            }
            Act::Inject(_) => continue,
            Act::Crash(_) | Act::CrashBeforeSend(_) | Act::Restart(_, Disk::Kept) => {
                "crashes are those that the search may spend"
            }
            Act::Restart(_, Disk::Empty) => {
                "crashes are those that the search may spend, and after them disks are as they were; a line such as \
                 “without memory C” makes them forget"
            }
            Act::Timeout(..) => "timeouts are those that the search may spend",
            Act::Partition(_) | Act::Cut(_) | Act::Heal | Act::HealLink(_) => "every message may be late for ever",
        };
        if planned.at >= from {
            notes.push((planned.line, format!("{not_played}: {why}")));
        }
    }
    let chances = [&scenario.network.loss_per_million, &scenario.network.duplicates_per_million];
    if chances.into_iter().any(|chance| chance.said().any(|share| share > 0)) {
        notes.push((0, format!("{not_played}: losses and copies are those that the search may spend")));
    }
    if scenario.network.sizes.bandwidth.is_some() {
        notes.push((0, format!("{not_played}: ports only make messages late, and every order of arrival is played")));
    }
    let rules = scenario.rules.iter();
    notes.extend(rules.map(|rule| {
        let why = match rule.lie() {
            Some(_) => "lies are those that the search may spend",
            None => "every order of arrival is played",
        };
        (rule.line, format!("{not_played}: {why}"))
    }));
    notes.sort();
    if let Some(node) = NodeId::all(scenario.nodes()).find(|node| lines.wishes[node.index()].len() > 255) {
        return Err(format!("{} proposes more than 255 times; no search gets so far", scenario.symbols.node(node)));
    }
    Ok((lines, notes))
}
