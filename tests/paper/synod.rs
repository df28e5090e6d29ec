//! Properties of every protocol of the ladder: safety when steps are left out or half the processes are gone, and
//! progress when a majority is there.

use paxos_playground::protocol::{Fact, PROTOCOLS, Protocol, Trust};
use paxos_playground::quorum::Overlap;
use paxos_playground::types::{Ballot, NodeId, Time, Value};

use super::{assert_never, count, facts, has_ids, learned_at, run};

/// The protocols whose ballots all have both phases. Where processes may lie, the first ballot begins with its step 2a.
fn with_both_phases() -> impl Iterator<Item = &'static Protocol> {
    PROTOCOLS.iter().copied().filter(|protocol| protocol.trust == Trust::Crash)
}

/// Slides, "every phase of this protocol is optional. Consistency is still maintained, although progress is not
/// guaranteed": `run` holds every check against each of these.
#[test]
fn every_phase_is_optional() {
    for protocol in with_both_phases() {
        for step in ["1a", "1b", "2a", "2b", "3"] {
            let run = run(&format!(
                "protocol {}\nnodes 3\nskip {step}\nat 3 propose A red\nat 5 propose B blue\nuntil 60",
                protocol.name
            ));
            let (name, has) =
                (protocol.name, |wanted: fn(&Fact) -> bool| facts(&run).iter().any(|(.., fact)| wanted(fact)));
            // Each step needs the one before, so the step that is left out is missing, and so are all steps after it.
            assert_eq!(has(|fact| matches!(fact, Fact::Tried(_))), step > "1a", "{name} without {step}");
            let promised = has(|fact| matches!(fact, Fact::Promised(..) | Fact::PromisedFrom(..)));
            assert_eq!(promised, step > "1b", "{name} without {step}");
            assert_eq!(has(|fact| matches!(fact, Fact::Began { .. })), step > "2a", "{name} without {step}");
            assert_eq!(has(|fact| matches!(fact, Fact::Voted(..))), step > "2b", "{name} without {step}");
            assert!(!has(|fact| matches!(fact, Fact::Learned(..))), "{name} without {step}");
            assert_never(&run, "apply");
        }
    }
}

/// Slides, "Progress"; PTP §1.2: when half of the processes fail, at any instant before a majority has voted, nothing is
/// decided and no check is violated.
#[test]
fn when_half_of_the_processes_fail_nothing_is_decided() {
    for protocol in with_both_phases() {
        // Of two replicas of PBFT, the backup has sent both its messages after 1Δ.
        let sizes: &[usize] = if protocol.trust == Trust::Crash { &[2, 4, 6] } else { &[4, 6] };
        for &nodes in sizes {
            // The votes of PBFT leave 2Δ after the request.
            let quarters = if protocol.trust == Trust::Crash { 12 } else { 8 };
            for quarter in 0..quarters {
                let at = Time(Time::DELTA.0 * quarter / 4);
                let half = NodeId::all(nodes).skip(nodes / 2);
                let down: String = half.map(|node| format!("at {at} crash {}\n", (b'A' + node.0) as char)).collect();
                let script = format!("protocol {}\nnodes {nodes}\nat 0 propose A red\n{down}until 40", protocol.name);
                let learned = NodeId::all(nodes).any(|node| learned_at(&run(&script), 1, node).is_some());
                assert!(!learned, "{script}");
            }
        }
    }
}

/// A majority that stays up is enough, whenever the others fail.
#[test]
fn when_a_minority_fails_the_others_decide() {
    // Where processes may lie, a third is too many.
    for protocol in PROTOCOLS.iter().filter(|protocol| protocol.trust == Trust::Crash) {
        for quarter in 0..24 {
            let at = Time(Time::DELTA.0 * quarter / 4);
            // The preliminary protocol asks its quorum only, and never asks again.
            let crash = if protocol.name == "preliminary" {
                "at 0 crash D\nat 0 crash E".to_owned()
            } else {
                format!("at {at} crash D\nat {at} crash E")
            };
            let run = run(&format!("protocol {}\nnodes 5\nat 0 propose A red\n{crash}\nuntil 40", protocol.name));
            // A ballot with both its phases and a Success takes 5Δ, or as long as the row says. With three of five a fast
            // round passes nothing, and the leader goes on to a classic one.
            let setup = &run.scenario().setup;
            let full = protocol.formulas().next().and_then(|all| all.value(protocol, setup, NodeId(0), 0));
            let classic = full.unwrap_or_default().max(5);
            let most = match setup.quorums.overlap {
                // Votes for histories that may still grow are no promises, so there the classic round starts from its beginning.
                Overlap::TwoFast if setup.histories.is_some() => classic + 3,
                Overlap::TwoFast => classic + 1,
                _ => classic,
            };
            for node in NodeId::all(3) {
                // A ring that loses a process is made anew, which takes longer; `ring.rs` has those times.
                let is_in_time = learned_at(&run, 1, node) <= Some(Time::deltas(most));
                assert!(is_in_time || has_ids(protocol), "{} {at}", protocol.name);
                assert!(learned_at(&run, 1, node).is_some(), "{} {at}", protocol.name);
            }
        }
    }
}

/// A stream of small numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Slides, Theorem 2: if B1, B2 and B3 hold so far and a majority does not fail, a process can begin a new ballot with a
/// number above all others, and the ballot succeeds. So there is no dead end: whatever happened before, the majority
/// knows 5Δ later.
#[test]
fn a_new_ballot_with_a_larger_number_can_always_succeed() {
    let mut after_votes = 0;
    for seed in 0..150 {
        let mut dice = Dice(seed);
        let mut script = format!("nodes 5\ndelay 0.1..1\nseed {seed}\n");
        for place in 0..16 {
            let at = Time(Time::DELTA.0 * place / 2);
            let name = |dice: &mut Dice| (b'A' + dice.below(5) as u8) as char;
            script += &match dice.below(6) {
                0 | 1 => format!("at {at} propose {} v{place}\n", name(&mut dice)),
                2 => format!("at {at} crash {}\n", name(&mut dice)),
                3 => format!("at {at} restart {}\n", name(&mut dice)),
                4 => format!("at {at} partition A B | C D E\n"),
                _ => format!(
                    "at {at} cut {}->{}\n",
                    ["A", "B"][dice.below(2) as usize],
                    ["C", "D", "E"][dice.below(3) as usize]
                ),
            };
        }
        let before = run(&script);
        let tried = |(.., fact): &(Time, NodeId, Fact)| match fact {
            Fact::Tried(ballot) => Some(*ballot),
            _ => None,
        };
        // The owner of the largest number chooses a larger one; this process and two others are a majority.
        let owner = facts(&before).iter().filter_map(tried).max().map_or(NodeId(0), Ballot::owner);
        after_votes += usize::from(facts(&before).iter().any(|(.., fact)| matches!(fact, Fact::Voted(..))));
        let majority: Vec<_> = (0..3).map(|place| NodeId((owner.0 + place) % 5)).collect();
        script += "at 20 heal\n";
        for node in NodeId::all(5) {
            let what = if majority.contains(&node) { "restart" } else { "crash" };
            script += &format!("at 20 {what} {}\n", (b'A' + node.0) as char);
        }
        script += &format!("at 20 propose {} new\n", (b'A' + owner.0) as char);
        let after = run(&script);
        let began = |(time, node, fact): &(Time, NodeId, Fact)| {
            *time > Time::deltas(20) && *node == owner && matches!(fact, Fact::Began { .. })
        };
        assert!(facts(&after).iter().any(began), "{script}");
        for node in majority {
            assert!(learned_at(&after, 1, node).is_some_and(|time| time <= Time::deltas(25)), "{script}");
        }
    }
    assert!(after_votes > 50, "only {after_votes} of the beginnings had votes to mind");
}

/// The same for decrees that had passed: the new ballot carries the decree that passed, whatever happened before.
#[test]
fn a_decree_that_passed_stays_passed() {
    for quarter in 0..24 {
        let at = Time(Time::DELTA.0 * quarter / 4);
        let run = run(&format!(
            "nodes 5\nat 0 propose A red\nat {at} crash A\nat {at} crash B\nat 8 propose C blue\nat 14 propose D green"
        ));
        let learned = |value: &str| run.trace().text().matches(&format!("learned \"{value}\"")).count();
        // A majority votes at 3Δ; from then on only red can pass.
        assert_eq!(learned("red") > 0, at > Time::deltas(2), "crash at {at}");
        assert_eq!(learned("red") == 0, learned("blue") > 0, "crash at {at}");
        assert_eq!(learned("green"), 0);
    }
}

/// Slides, "Definition": if no value was proposed, none is chosen.
#[test]
fn nothing_proposed_is_nothing_chosen() {
    for protocol in PROTOCOLS {
        let run = run(&format!("protocol {}\nnodes 5\nat 3 crash A\nat 5 restart A\nuntil 30", protocol.name));
        // A fast ballot of histories begins with the history without commands.
        let is_chosen = |fact: &Fact| match fact {
            Fact::Voted(_, vote) => vote.value != Value::BOTTOM,
            fact => matches!(fact, Fact::Learned(..)),
        };
        assert!(!facts(&run).iter().any(|(.., fact)| is_chosen(fact)), "{}", protocol.name);
        assert_eq!(count(&run, "3 A crash"), 1);
    }
}
