//! What the fuzz targets do with a text. An ordinary test does the same with a few texts, so that this cannot rot.
#![allow(dead_code, reason = "each target uses one of them")]

use paxos_playground::check::check;
use paxos_playground::scenario::link::{Opens, RunLink};
use paxos_playground::scenario::{Act, Disk, Scenario, Script};
use paxos_playground::sim::Run;
use paxos_playground::types::Time;

/// Larger clusters and longer runs find nothing else, only later.
const NODES_MAX: usize = 7;
const UNTIL_MAX: Time = Time::deltas(40);

/// A text is read or refused, never with a panic; an error points into it, and what is read prints back to itself.
pub(crate) fn read(text: &str) {
    match Scenario::read(text) {
        Ok((script, _)) => {
            let printed = script.to_string();
            assert_eq!(Script::parse(&printed).as_ref(), Ok(&script), "{printed}");
        }
        Err(error) => {
            let lines: Vec<_> = text.lines().collect();
            assert!((1..=lines.len().max(1)).contains(&error.line), "{error}");
            let width = lines.get(error.line - 1).map_or(0, |line| line.chars().count());
            assert!((1..=width + 1).contains(&error.column), "{error}");
            assert!(!error.to_string().chars().any(char::is_control), "{error:?}");
        }
    }
}

/// A link is read, whole or in part, with a sentence where something is wrong; what is read prints back to itself.
pub(crate) fn link(fragment: &str) {
    let (link, wrong) = RunLink::read(fragment);
    if let Some(wrong) = wrong {
        assert!(wrong.starts_with("The link") && !wrong.contains(char::is_control), "{wrong:?}");
    }
    if link.opens != Opens::Nothing {
        assert_eq!(RunLink::read(&link.print()), (link, None));
    }
}

/// A script runs, twice alike; it is safe, unless it breaks a rule, names quorums of its own, loses a disk, or puts words into
/// somebody's mouth.
pub(crate) fn run(text: &str) {
    let Ok((_, mut scenario)) = Scenario::read(text) else { return };
    if scenario.nodes() > NODES_MAX {
        return;
    }
    scenario.until = Some(scenario.horizon().min(UNTIL_MAX));
    let has_rules = !text.contains("without") && scenario.quorum.is_none() && !has_too_many_liars(&scenario);
    let is_fault = |act: &Act<_, _>| matches!(act, Act::Inject(_) | Act::Restart(_, Disk::Empty));
    // With more liars than it tolerates, no protocol promises anything.
    let setup = &scenario.setup;
    let has_rules = has_rules && setup.cast.liars.len() <= setup.tolerated_liars() && setup.cast.tolerates.is_none();
    let is_honest = has_rules && !scenario.acts.iter().any(|planned| is_fault(&planned.act));
    let run = Run::of(scenario.clone());
    for verdict in check(run.trace()) {
        assert!(verdict.holds() || !is_honest, "{}: {:?}\n{text}", verdict.check.name, verdict.violation);
    }
    assert_eq!(run.fork(scenario).last().digest(), run.last().digest(), "{text}");
}

/// Whether more processes lie than the quorums are made for: among n acceptors less than a third.
fn has_too_many_liars(scenario: &Scenario) -> bool {
    let cast = &scenario.setup.cast;
    !cast.liars.is_empty()
        && (cast.liars.shared(cast.acceptors).len() * 3 >= cast.acceptors.len() || cast.tolerates.is_some())
}
