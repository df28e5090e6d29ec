//! PBFT (Castro and Liskov, 1999): when replicas know and when clients do, how many messages that takes, what silent and lying
//! primaries cost, and what a checkpoint does, to the tick.

use paxos_playground::protocol::{Payload, Phase};
use paxos_playground::scenario::library;

use super::*;

/// The run of a built-in scenario.
fn built_in(name: &str) -> Run {
    let text = library::find(name).unwrap_or_else(|| panic!("no scenario {name}")).text;
    run(text.trim_start_matches("paxos-playground 1\n"))
}

/// When each of these processes learned the decree of this instance.
fn learned(run: &Run, instance: u32, names: &str) -> Vec<Option<Time>> {
    names.split(' ').map(|name| learned_at(run, instance, node(name))).collect()
}

/// The time `text` for each of these processes.
fn at(names: &str, text: &str) -> Vec<Option<Time>> {
    names.split(' ').map(|_| Some(deltas(text))).collect()
}

/// When a client believed the result of its first command.
fn answered(run: &Run) -> Option<Time> {
    let clients = run.scenario().setup.cast.clients;
    let is_answer = |(time, by, fact): (Time, NodeId, Fact)| {
        (clients.contains(by) && matches!(fact, Fact::Answered(_))).then_some(time)
    };
    facts(run).into_iter().find_map(is_answer)
}

/// The messages between replicas, other than requests that are handed on.
fn between_replicas(run: &Run) -> usize {
    let phase = |kind| run.scenario().protocol.kind(kind).phase;
    let is_counted = |phase| !matches!(phase, Phase::Request | Phase::Reply);
    run.trace().messages().iter().filter(|sent| !sent.to_self() && is_counted(phase(sent.message.kind))).count()
}

/// A cluster of n replicas, whose client asks at 0.
fn asked(n: usize, more: &str) -> Run {
    let names = |count: usize| (0..count).map(|place| char::from(b'A' + place as u8).to_string()).collect::<Vec<_>>();
    let all = names(n + 1);
    run(&format!("protocol pbft\n{more}\nnodes {}\nclients {}\nat 0 propose {} red", all.join(" "), all[n], all[n]))
}

/// Fault-free: PRE-PREPARE at 1Δ, prepared at 3Δ, executed at 4Δ, the client at 5Δ, and 2n(n − 1) messages: 24 with n = 4, and
/// 84 with n = 7. Each message kind is sent as often as the paper's figure says.
#[test]
fn three_phases_take_4_and_5_deltas() {
    for (n, messages) in [(4, 24), (7, 84), (10, 180), (13, 312)] {
        let run = asked(n, "");
        let replicas: Vec<NodeId> = NodeId::all(n).collect();
        assert!(replicas.iter().all(|node| learned_at(&run, 1, *node) == Some(deltas("4"))), "{n}");
        let prepared = facts(&run).into_iter().filter(|(.., fact)| matches!(fact, Fact::Certified(..)));
        let prepared: Vec<Time> = prepared.map(|(time, ..)| time).collect();
        assert_eq!(prepared, vec![deltas("3"); n]);
        assert_eq!((answered(&run), between_replicas(&run)), (Some(deltas("5")), messages));
        let of = |name: &str| {
            let kind = run.scenario().protocol.kind_named(name);
            let sent = run.trace().messages().iter().filter(|sent| !sent.to_self() && Some(sent.message.kind) == kind);
            sent.count()
        };
        let counts = ["Request", "PrePrepare", "Prepare", "Commit", "Reply"].map(of);
        assert_eq!(counts, [1, n - 1, (n - 1) * (n - 1), n * (n - 1), n]);
    }
}

/// f silent backups cost nothing: the same 4Δ and 5Δ.
#[test]
fn silent_backups_cost_nothing() {
    for (n, f) in [(4, 1), (7, 2), (10, 3)] {
        let last = (n - f..n).map(|place| format!("at 0 crash {}\n", char::from(b'A' + place as u8)));
        let run = asked(n, &last.collect::<String>());
        assert!(NodeId::all(n - f).all(|node| learned_at(&run, 1, node) == Some(deltas("4"))), "{n}");
        assert_eq!(answered(&run), Some(deltas("5")), "{n}");
    }
    let run = built_in("pbft-seven");
    assert_eq!(learned(&run, 1, "A B C D E"), at("A B C D E", "4"));
}

/// Tentative execution: the client at 4Δ. With one replica fewer than 2f + 1 that reply tentatively, it waits.
#[test]
fn tentative_execution_saves_a_delta() {
    for n in [4, 7] {
        let run = asked(n, "option execution tentative");
        assert_eq!(answered(&run), Some(deltas("4")), "{n}");
        assert!(NodeId::all(n).all(|node| learned_at(&run, 1, node) == Some(deltas("4"))), "{n}");
    }
    assert_eq!(answered(&built_in("pbft-tentative")), Some(deltas("4")));
    let slow = asked(4, "option execution tentative\ndelay TentativeReply C->E #1 3\ndelay TentativeReply D->E #1 3");
    assert_eq!(answered(&slow), Some(deltas("6")));
}

/// A command that only reads: the client at 2Δ, with a request to each replica and a reply from each. If the replicas do not
/// say the same, the client asks as for any other command.
#[test]
fn a_command_that_only_reads_takes_two_deltas() {
    let run = built_in("pbft-read");
    assert_once(&run, "8 E answers the client of \"get x\"");
    assert_eq!(sent_within(&run, deltas("6"), deltas("20")), 8);
    assert_never(&run, "began [2]");
    // A has not executed the write when it is asked, D never will, and C’s reply is lost. At 6 the client asks again.
    let lines = "protocol pbft\noption reads at-once\nservice kv\nnodes A B C D E\nclients E\nat 0 propose E \"put x 1\"\n\
                 at 3.5 propose E \"get x\"\nat 3.9 crash D\ndelay Commit B->A #1 2\ndelay Commit C->A #1 2\ndrop TentativeReply C->E #1";
    let run = self::run(lines);
    assert_once(&run, "11 E answers the client of \"get x\"");
    assert!(learned_at(&run, 2, node("A")).is_some(), "the read has a place in the order now");
}

/// A silent primary: the client asks all after 6Δ, the timers start at 7Δ, VIEW-CHANGE at 17Δ, NEW-VIEW sent at 18Δ, entered
/// at 19Δ, executed at 21Δ, and the client knows at 22Δ, with four and with seven replicas.
#[test]
fn a_silent_primary_costs_a_view_change() {
    for n in [4, 7] {
        let run = asked(n, "at 0 crash A");
        let left = facts(&run).into_iter().filter(|(.., fact)| matches!(fact, Fact::PromisedFrom(..)));
        let left: Vec<Time> = left.map(|(time, ..)| time).collect();
        assert_eq!(left, vec![deltas("17"); n - 1]);
        assert_once(&run, "18 B persist entered := 2.B");
        assert_once(&run, "19 C persist entered := 2.B");
        assert!((1..n as u8).all(|place| learned_at(&run, 1, NodeId(place)) == Some(deltas("21"))), "{n}");
        assert_eq!(answered(&run), Some(deltas("22")));
    }
    assert_eq!(answered(&built_in("pbft-silent-primary")), Some(deltas("22")));
}

/// j primaries in a row that say nothing: t_VC + 4 + Σ (1 + 2^(i−1) T) for i < j, so 32Δ with two and 53Δ with three.
#[test]
fn the_timer_doubles_with_each_view_that_fails() {
    let run = built_in("pbft-two-silent-primaries");
    assert_eq!(learned(&run, 1, "C D E F G"), at("C D E F G", "32"));
    assert_eq!(answered(&run), Some(deltas("33")));
    let three = asked(10, "at 0 crash A\nat 0 crash B\nat 0 crash C");
    // 17 + 4 + (1 + 10) + (1 + 20)
    assert_eq!(learned(&three, 1, "D E F G H I J"), at("D E F G H I J", "53"));
    assert_eq!(answered(&three), Some(deltas("54")));
    // With T = 20 the first VIEW-CHANGE is at 27.
    let slow = asked(7, "option timer 20\nat 0 crash A\nat 0 crash B");
    assert_eq!(learned(&slow, 1, "C D"), at("C D", "52"), "27 + 4 + 1 + 20");
}

/// T ≥ 4Δ never fires falsely, also for a request that a backup hands on.
#[test]
fn a_timer_of_four_deltas_is_enough() {
    for who in ["A", "B", "D", "E"] {
        let run = run(&format!("protocol pbft\noption timer 4\nnodes A B C D E\nclients E\nat 0 propose {who} red"));
        assert!(facts(&run).iter().all(|(.., fact)| !matches!(fact, Fact::PromisedFrom(..))), "{who}");
    }
}

/// An equivocating primary, d to 1, e to 2 and g to 3, counted from its PRE-PREPAREs (1Δ after the request): no certificate; the
/// timers start at 1, VIEW-CHANGE at 11, O is empty, and all execute one command at T + 5 = 15.
#[test]
fn three_orders_get_no_certificate_and_cost_t_and_five() {
    let run = built_in("pbft-equivocation");
    let certified =
        facts(&run).into_iter().filter(|(time, .., fact)| *time < deltas("13") && matches!(fact, Fact::Certified(..)));
    assert_eq!(certified.count(), 0);
    assert_once(&run, "12 C promised [1]… 2.B, no other votes");
    assert_eq!(learned(&run, 1, "A B C D"), at("A B C D", "16"));
    assert_eq!(learned_value(&run), "red");
}

/// d to 1 and 2, and e to 3: 1 and 2 are prepared for d at 2. With a COMMIT from the primary, 1 executes d at 3, joins the view
/// change at 12, and 2 and 3 execute d at 15; without that COMMIT all execute d at 15. Counted from PRE-PREPARE, 1Δ after the
/// request.
#[test]
fn two_orders_get_one_certificate_and_the_next_view_keeps_it() {
    let run = built_in("pbft-equivocation-two");
    assert_once(&run, "3 B certified [1] 1.A \"red\" by A B C");
    assert_once(&run, "3 C certified [1] 1.A \"red\" by A B C");
    assert_never(&run, "D certified [1] 1.A");
    assert_eq!(learned(&run, 1, "B"), at("B", "4"));
    assert_once(&run, "12 C promised [1]… 2.B, no other votes");
    assert_once(&run, "13 B promised [1]… 2.B, no other votes");
    assert_once(&run, "13 B began [1] 2.B \"red\" with a proof of B C D");
    assert_eq!(learned(&run, 1, "C D"), at("C D", "16"));
    let silent = "protocol pbft\nnodes A B C D E\nclients E\nliars A\nat 0 propose E red\nforge PrePrepare A->D #1 \"blue\"\n\
                  forge Commit A->B #1 silent\nforge Commit A->C #1 silent\nforge Commit A->D #1 silent";
    let run = self::run(silent);
    assert_eq!(learned(&run, 1, "B C D"), at("B C D", "16"));
    assert_eq!(learned_value(&run), "red");
}

/// All correct, and a backup is cut off when it is prepared: it has executed nothing, and the others order something else.
#[test]
fn a_backup_that_is_prepared_alone_does_no_harm() {
    let run = built_in("pbft-backup-cut-off");
    assert_once(&run, "2.4 B certified [1] 1.A \"red\" by A B C");
    assert_eq!(learned(&run, 1, "B"), [None]);
    assert_eq!(count(&run, "16 A learned [1] \"blue\" by ballot 3.C"), 1);
}

/// A checkpoint is stable 1Δ after the commands are executed, takes n(n − 1) messages, and lets the window move on.
#[test]
fn a_checkpoint_is_stable_one_delta_after_execution() {
    let run = built_in("pbft-checkpoint");
    let checkpoints = run.trace().messages().iter().filter(|sent| {
        !sent.to_self() && sent.message.instance == Instance(2) && matches!(sent.message.payload, Payload::Result(..))
    });
    let checkpoints = checkpoints.filter(|sent| sent.message.ballot.is_none()).count();
    assert_eq!(checkpoints, 12);
    let stable = facts(&run).into_iter().filter_map(|(time, by, fact)| match fact {
        Fact::Stable { instance, signers, .. } => Some((time, by, instance, signers.len())),
        _ => None,
    });
    let stable: Vec<_> = stable.collect();
    for name in ["A", "B", "C", "D"] {
        assert!(stable.contains(&(deltas("5"), node(name), Instance(2), 3)), "{stable:?}");
        assert!(stable.contains(&(deltas("5"), node(name), Instance(4), 3)), "{stable:?}");
    }
    for (instance, time) in [(4, "4"), (5, "8"), (6, "8")] {
        assert_eq!(learned(&run, instance, "A B C D"), at("A B C D", time));
    }
    assert_once(&run, "5 A began [5] 1.A \"five\" with nothing before");
}

/// A replica that was away fetches what it misses once it hears of a stable checkpoint, and takes part again.
#[test]
fn who_was_away_fetches_what_the_others_have_executed() {
    let run = run("protocol pbft\nnodes A B C D E\nclients E\nat 0 crash D\nat 0 propose E one\nat 1 propose E two\n\
                   at 10 restart D\nat 11 propose E three\nat 20 crash C\nat 21 propose E four");
    assert!(learned(&run, 4, "A B D").iter().all(Option::is_some), "{}", run.trace().text());
    assert_eq!(learned(&run, 1, "D"), at("D", "12"), "FETCH at 10, STATE at 11");
}

/// At most once: a client asks again and again, and its command is executed once.
#[test]
fn a_request_that_comes_again_is_executed_once() {
    let run = run(
        "protocol pbft\nnodes A B C D E\nclients E\nat 0 propose E red\nuntil 30\ndrop Reply A->E #1\ndrop Reply B->E #1\n\
                   drop Reply C->E #1",
    );
    assert_eq!(answered(&run), Some(deltas("8")), "E has asked all at 6");
    assert_eq!(latency::decisions(run.trace()).len(), 1);
}

/// A primary that comes back goes on with the next place, and gives no place to a second command.
#[test]
fn a_primary_that_comes_back_begins_no_place_again() {
    let run = run(
        "protocol pbft\nnodes A B C D\nat 0 propose A red\nat 0.5 crash A\nat 0.6 restart A\nat 4 propose A blue\nuntil 60",
    );
    assert_once(&run, "4 A began [2] 1.A \"blue\" with nothing before");
    assert_never(&run, "began [1] 1.A \"blue\"");
}

/// Where COMMIT is left out, replicas have certificates and report no votes; the next view carries what they show.
#[test]
fn certificates_without_votes_are_carried_on() {
    let run = run("protocol pbft\nnodes A B C D\nskip 2b\nat 0 propose C red\nuntil 60");
    // B and D have the command at 2, and leave at 12; B hears of D at 13.
    assert_once(&run, "13 B began [1] 2.B \"red\" with a proof of B C D");
    assert_never(&run, "last vote");
}
