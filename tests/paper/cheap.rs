//! Cheap Paxos (Lamport and Massa, 2004): who is asked, how long it takes while nobody or a main process is missing, and
//! where it halts, to the tick.

use paxos_playground::protocol::{Payload, Phase};
use paxos_playground::scenario::library;

use super::*;

/// The run of a built-in scenario.
fn built_in(name: &str) -> Run {
    let text = library::find(name).unwrap_or_else(|| panic!("no scenario {name}")).text;
    run(text.trim_start_matches("paxos-playground 1\n"))
}

/// When this process learns the decree of this instance, counted from `since` Δ.
fn after(run: &Run, since: &str, instance: u32, name: &str) -> Option<Time> {
    let names = &run.scenario().symbols.nodes;
    let place = names.iter().position(|known| **known == *name).expect("a node");
    learned_at(run, instance, NodeId(place as u8)).map(|time| time.since(deltas(since)))
}

fn some(text: &str) -> Option<Time> {
    Some(deltas(text))
}

/// The messages between processes from this time on that make up the protocol: neither the client's, nor the questions of
/// processes that miss a decree with the answers, which list decrees.
fn messages(run: &Run, from: &str) -> usize {
    let sent = run.trace().messages().iter().filter(|sent| !sent.to_self() && sent.sent_at >= deltas(from));
    let is_own = |phase: Phase, payload: &Payload| match phase {
        Phase::Request | Phase::Reply => false,
        _ => !(phase == Phase::Three && matches!(payload, Payload::Entries(_))),
    };
    let phase = |kind| run.scenario().protocol.kind(kind).phase;
    sent.filter(|sent| is_own(phase(sent.message.kind), &sent.message.payload)).count()
}

fn names(letter: char, count: usize) -> Vec<String> {
    (0..count).map(|place| format!("{letter}{place}")).collect()
}

/// A cluster of f + 1 main processes and f auxiliary ones, whose client asks at 4Δ.
fn asked(f: usize, more: &str) -> Run {
    let [mains, auxiliaries] = [names('M', f + 1), names('X', f)].map(|names| names.join(" "));
    run(&format!(
        "protocol cheap\nnodes {mains} {auxiliaries} K\nauxiliaries {auxiliaries}\nclients K\nat 4 propose K red\n{more}"
    ))
}

/// The leader knows 3Δ after the client has asked; the other main processes know, and the client has its answer, 1Δ later. It
/// takes 3f messages, and none to an auxiliary process.
#[test]
fn while_nobody_is_missing_auxiliary_processes_hear_nothing() {
    for f in 1..=6 {
        let run = asked(f, "");
        assert_eq!(after(&run, "4", 1, "M0"), some("3"), "{f}");
        for name in &names('M', f + 1)[1..] {
            assert_eq!(after(&run, "4", 1, name), some("4"), "{f}");
        }
        assert_eq!(decision(&run).from_client().client, some("4"), "{f}");
        assert_eq!(messages(&run, "4"), 3 * f);
        let auxiliaries = run.scenario().setup.cast.auxiliaries;
        assert_eq!(auxiliaries.len(), f);
        assert!(run.trace().messages().iter().all(|sent| !auxiliaries.contains(sent.to)), "{f}");
    }
}

/// The last main process is dead: 2Δ later the leader asks an auxiliary process, and the next decree removes the dead one. It
/// takes 5 messages with f = 1 and 11 with f = 2, and when f = 1 later decrees take no time and no message.
#[test]
fn a_dead_main_process_costs_two_deltas_once() {
    for (f, others, count) in [(1, None, 5), (2, some("6"), 11)] {
        let last = format!("M{f}");
        let run = asked(f, &format!("at 4 crash {last}"));
        assert_eq!((after(&run, "4", 1, "M0"), after(&run, "4", 2, "M0")), (some("5"), some("7")));
        let answered = latency::decisions(run.trace())[0].from_client().client;
        assert_eq!(answered, some("6"));
        let live = if f == 1 { "X0" } else { "M1" };
        let removed = others.map(|time| time.plus(deltas("2")));
        assert_eq!((after(&run, "4", 1, live), after(&run, "4", 2, live)), (others, removed));
        assert_eq!(messages(&run, "4"), count, "{f}");
    }
    let run = built_in("last-main-dead");
    // The client's message takes 1Δ, and the rest is done at once.
    assert_eq!((after(&run, "14", 3, "A"), messages(&run, "14")), (some("1"), 0));
}

/// With b = nextBal, an auxiliary process has to promise before it can vote: 2Δ more.
#[test]
fn a_strict_guard_costs_two_deltas_more() {
    assert_eq!(after(&built_in("strict-auxiliary"), "4", 1, "A"), some("7"));
    assert_eq!(after(&built_in("last-main-dead"), "4", 1, "A"), some("5"));
}

/// B comes back to a group of which it is no member. With α = 1 it begins number 2 only when number 1 has passed, so it learns
/// of its removal after 6Δ. Where it knows number 1, or with α = 3, it begins both at once: 4Δ. No check is violated.
#[test]
fn who_comes_back_learns_of_its_removal_and_stops() {
    let jump = built_in("both-mains-jump");
    assert_eq!((after(&jump, "12", 1, "B"), after(&jump, "12", 2, "B")), (some("4"), some("6")));
    assert_once(&jump, "18 B follows");
    let text = |options: &str, crash: &str, asks: &str| {
        run(&format!(
            "protocol cheap\n{options}nodes A B X\nauxiliaries X\nuntil 24\nat {crash} crash B\n{asks}at 10 crash A\n\
             at 11 restart B\nat 12 leader B\n"
        ))
    };
    let knows = text("", "6.5", "at 3 propose A red\nat 7 propose A \"remove(B)\"\n");
    assert_eq!((after(&knows, "0", 1, "B"), after(&knows, "12", 2, "B")), (some("6"), some("4")));
    let wide = text("option alpha 3\n", "3", "at 3 propose A red\n");
    assert_eq!((after(&wide, "12", 1, "B"), after(&wide, "12", 2, "B")), (some("4"), some("4")));
}

/// What an auxiliary process has forgotten, a leader has to be told: B is blocked 2Δ after it leads, and goes on when A, the
/// only process that knows, is back.
#[test]
fn a_leader_waits_for_what_was_forgotten() {
    let run = built_in("closed-for-ever");
    let blocked = facts(&run).into_iter().filter(|(_, _, fact)| matches!(fact, Fact::Blocked(Instance(2))));
    assert_eq!(blocked.map(|(time, by, _)| (time, by)).collect::<Vec<_>>(), [(deltas("14"), NodeId(1))]);
    assert!(after(&run, "20", 1, "B").is_some() && after(&run, "20", 2, "B").is_some());
    assert_never(&run, "began [1] 2.B");
}

/// A dead auxiliary process is never noticed; with a main process and the only auxiliary one down, nothing passes until one of
/// them is back.
#[test]
fn one_auxiliary_process_down_is_nothing_and_a_main_process_as_well_is_a_halt() {
    let [quiet, down] = ["", "at 0 crash X0"].map(|more| asked(1, more));
    assert_eq!([after(&quiet, "4", 1, "M0"), after(&down, "4", 1, "M0")], [some("3"); 2]);
    assert_eq!(messages(&quiet, "4"), messages(&down, "4"));
    let halted = asked(1, "at 4 crash M1\nat 4 crash X0\nuntil 60");
    assert_eq!(latency::decisions(halted.trace()).len(), 0);
    let run = built_in("main-and-auxiliary-down");
    assert!(learned_at(&run, 1, NodeId(0)) > some("15"), "X is back at 15Δ");
}

/// The quorum that removes a process is a majority of all members, auxiliary ones included: one cut cannot make two leaders
/// remove each other.
#[test]
fn a_side_of_a_cut_without_a_majority_removes_nobody() {
    let run = run("protocol cheap\nnodes A B X\nauxiliaries X\nuntil 40\nat 0 partition A X | B\nat 3 leader A B\n\
                   at 3 propose A red\nat 3 propose B blue");
    assert!(learned_at(&run, 1, NodeId(0)).is_some() && learned_at(&run, 1, NodeId(1)).is_none());
    assert_never(&run, "B configured");
}

/// Of the main processes A and B, which are left without an auxiliary process, A cannot remove B: the quorum that removes B
/// has B in it. So A starts no ballot for that. When B is back, a command passes, and B stays.
#[test]
fn a_leader_does_not_try_to_remove_whom_every_quorum_needs() {
    let run = run("protocol cheap\nnodes A B C D\nauxiliaries D\nuntil 40\nat 4 propose A red\n\
                   at 4 partition A B D | C\nat 7 crash B\nat 9 heal\nat 24 restart B\nat 25 propose A blue");
    assert_once(&run, "14 A configured [3]… mains A B, auxiliaries none");
    let tried =
        facts(&run).into_iter().filter_map(|(time, by, fact)| matches!(fact, Fact::Tried(_)).then_some((time, by)));
    assert_eq!(tried.collect::<Vec<_>>(), ["0", "10", "25"].map(|time| (deltas(time), NodeId(0))));
    assert_eq!((after(&run, "25", 3, "A"), after(&run, "25", 3, "B")), (some("4"), some("5")));
    assert_never(&run, "remove(B)");
}

/// A, B and C lead at once. While C waits for a promise, B removes D, and the promises that C has are a quorum without D: C does
/// not ask for more of them, and starts no other ballot.
#[test]
fn promises_are_counted_for_the_first_instance_that_the_leader_does_not_know() {
    let run =
        run("protocol cheap\nnodes A B C D E F\nauxiliaries E F\ndelay 0\nuntil 40\nat 20 partition F | A B C E | D\n\
                   at 20.25 leader none\nat 20.41 propose B red\nat 20.75 leader C\nat 22.25 leader A B C");
    assert_once(&run, "24.25 C configured [3]… mains A B C, auxiliaries E");
    let tried = facts(&run).into_iter().filter(|(_, by, fact)| *by == NodeId(2) && matches!(fact, Fact::Tried(_)));
    assert_eq!(tried.map(|(time, ..)| time).collect::<Vec<_>>(), [deltas("20.75")]);
}

/// With α = 3, C is alone at the first instance that it does not know, and has another member at a later one. It lets pass what
/// is under way, and starts no ballot after another at one instant.
#[test]
fn what_is_under_way_passes_before_new_members_are_asked() {
    let run = run(r#"protocol cheap
nodes 5
option election heartbeat
option alpha 3
option rejoin on
delay 0.182445..0.5
loss 10%
duplicates 30%
seed 4179474377389131159
service bank
at 0 crash D
at 15.606749 propose E "transfer bob cyd 19"
at 1 propose A "open cyd 9"
at 1.018251 propose A "deposit bob 26"
at 27.75 propose E "open bob 17"
at 23 propose E "deposit cyd 0"
at 14.712711 propose B "open bob 50"
at 13 propose B "withdraw ann 39"
at 35.75 propose B "transfer bob cyd 23"
at 16 propose A "transfer ann ann 47"
at 18 propose A "withdraw bob 59"
at 37.5 propose E "transfer bob bob 23"
at 7 propose A "open cyd 30"
at 8.139163 propose C "withdraw bob 56"
at 29 crash A
at 31.25 restart A
at 2.25 cut B->E
at 3 heal B->E
at 3.75 crash A
at 10.75 restart A
at 12.874365 cut B->E
at 21.874365 heal B->E
at 10.25 crash A
at 13.75 restart A
at 10.75 crash B before-send
at 11.75 restart B
at 15.5 crash B
at 21.728799 restart B
at 10.75 crash A
at 19.25 restart A
delay Request E->B #6 1.158448
delay Voted B->D #1 5
until 59"#);
    let tried = facts(&run).into_iter().filter(|(.., fact)| matches!(fact, Fact::Tried(_))).count();
    assert!(tried < 100, "{tried}");
}
