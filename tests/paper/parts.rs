//! Parts that different processes play, and quorums that a script names.

use paxos_playground::latency::Setback;
use paxos_playground::latency::{ballots, unanswered};
use paxos_playground::protocol::formula::{Asked, Figure, Since};
use paxos_playground::protocol::{Formula, PROTOCOLS, Trust};
use paxos_playground::scenario::Scenario;
use paxos_playground::types::{NodeId, Time};

use super::{count, decision, has_ids, learned_at, lines, run, run_in_spite_of, sent_within};

/// The textbooks' cluster, with clients of its own: A, B and C vote, D learns, X and Y ask.
const PARTS: &str = "nodes A B C D X Y\nacceptors A B C\nlearners D\nclients X Y\n";

/// Why a script is no scenario.
fn error(lines: &str) -> String {
    let read = Scenario::read(&format!("paxos-playground 1\n{lines}\n"));
    read.map(|_| ()).expect_err(lines).to_string()
}

/// The formulas of each row say when the learner knows, and when the client has its answer, which takes one Δ from the leader.
#[test]
fn under_every_protocol_a_client_has_its_answer_and_only_learners_are_told() {
    // Where processes may lie, all who execute vote.
    for protocol in PROTOCOLS.iter().filter(|protocol| protocol.trust == Trust::Crash) {
        let run = run(&format!("protocol {}\n{PARTS}at 10Δ propose X red", protocol.name));
        let name = protocol.name;
        let decision = decision(&run);
        assert_eq!(decision.asked, Some((NodeId(4), Time::deltas(10))), "{name}");
        let learned: Vec<_> =
            NodeId::all(6).map(|node| learned_at(&run, 1, node).map(|time| time.since(Time::deltas(10)))).collect();
        let of_client = |formula: &&Formula| formula.since == Since::Request(Asked::Client);
        let said = |figure| {
            let mut formulas = protocol.formulas().filter(of_client).filter(|formula| formula.figure == figure);
            formulas.find_map(|formula| formula.value(protocol, &run.scenario().setup, NodeId(0), 0))
        };
        let (Some(answered), Some(told)) = (said(Figure::Client), said(Figure::All)) else {
            // Where everything goes around, the places of the processes on the ring decide, and no formula knows them.
            assert_eq!(name, "u-ring");
            continue;
        };
        let known = answered - 1;
        let [leader, client, learner] = [known, known + 1, told].map(|deltas| Some(Time::deltas(deltas)));
        // Where processes may lie, nobody tells a leader that is no learner, and the learners reply.
        let leader = leader.filter(|_| protocol.trust == Trust::Crash);
        // Where C is an auxiliary process, the leader also tells B, which may lead after it.
        let main = client.filter(|_| protocol.membership.is_some());
        // In a ledger of fast instances every acceptor has to know which places are free.
        let acceptor = leader.filter(|_| name == "fast-log");
        if has_ids(protocol) {
            // The news travels along the ring, or goes to the whole group in one multicast, so acceptors hear of it.
            assert_eq!((learned[0], learned[3], learned[4], learned[5]), (leader, learner, None, None), "{name}");
        } else {
            assert_eq!(learned, [leader, main.or(acceptor), acceptor, learner, None, None], "{name}");
        }
        let latency = decision.from_client();
        assert_eq!((latency.leader, latency.all, latency.client), (leader, learner, client), "{name}");
        assert!(unanswered(run.trace()).is_empty(), "{name}");
    }
}

#[test]
fn only_acceptors_are_asked_and_only_they_count() {
    for protocol in PROTOCOLS.iter().filter(|protocol| protocol.trust == Trust::Crash) {
        let run = run(&format!("protocol {}\n{PARTS}at 10Δ propose X red\nat 0Δ crash D", protocol.name));
        let text = lines(&run);
        let asked = |line: &String| line.contains("send NextBallot") || line.contains("send BeginBallot");
        // On a ring the question and the value go to learners too: they are on the ring, or in the multicast's group.
        let others: &[&str] = if has_ids(protocol) { &["to X", "to Y"] } else { &["to D", "to X", "to Y"] };
        let to_others = |line: &&String| others.iter().any(|end| line.ends_with(end));
        assert_eq!(text.iter().filter(|line| asked(line)).find(to_others), None, "{}", protocol.name);
        let basis = if protocol.trust == Trust::Crash { "with quorum A B" } else { "with nothing before" };
        // A ring may wait for the third acceptor, since who has not answered is not on it.
        let is_basis =
            |line: &String| line.ends_with(basis) || has_ids(protocol) && line.ends_with("with quorum A B C");
        assert!(text.iter().any(|line| line.contains("began") && is_basis(line)), "{text:#?}");
    }
}

/// A votes, B is cut off, and C's vote is lost: that is one vote of three, however many other processes there are.
#[test]
fn a_process_that_is_no_acceptor_does_not_make_a_quorum() {
    let script = format!("{PARTS}at 0Δ propose A red\nat 2.5Δ crash B\nat 2.5Δ crash C\n");
    let run = run(&(script + "at 2.5Δ inject Voted D->A 1.A"));
    assert_eq!(learned_at(&run, 1, NodeId(0)), None);
    assert_eq!(ballots(run.trace()).abandoned[0].why, Setback::NoVotes);
}

/// Without an oracle that everybody hears, clients spread over the processes that may lead, and a client tries the next
/// process when it has no answer for 8Δ.
#[test]
fn clients_ask_different_processes_and_try_another_when_no_answer_comes() {
    let both = "at 0Δ propose X red\nat 0Δ propose Y blue\n";
    let basic = run(&format!("{PARTS}{both}"));
    assert_eq!(count(&basic, "0 X send Request \"red\" to A"), 1);
    assert_eq!(count(&basic, "0 Y send Request \"blue\" to B"), 1);
    let multi =
        format!("protocol multi\noption election heartbeat\n{PARTS}at 10Δ propose X red\nat 9Δ crash A\nuntil 40Δ\n");
    let multi = run(&multi);
    assert_eq!(count(&multi, "10 X send Request [1] \"red\" to A"), 1);
    assert_eq!(count(&multi, "18 X send Request [1] \"red\" to B"), 1);
    assert!(unanswered(multi.trace()).is_empty(), "{:?}", unanswered(multi.trace()));
}

/// The oracle names another leader: the client turns to it at once.
#[test]
fn a_client_turns_to_the_leader_whom_the_oracle_names() {
    let script = format!("protocol multi\n{PARTS}at 9Δ crash A\nat 10Δ propose X red\nat 12Δ leader B\n");
    let run = run(&script);
    assert_eq!(count(&run, "12 X send Request [1] \"red\" to B"), 1);
    assert_eq!(
        decision(&run).from_client().client,
        Some(Time::deltas(2 + 2 + 2 + 1)),
        "a wait, phases 1 and 2, and the answer"
    );
}

/// The oracle names the client's own leader again, beside another one: the client has nothing new to ask. A reply that comes
/// twice answers once.
#[test]
fn a_client_asks_a_leader_once_and_has_its_answer_once() {
    let run = run(&format!("protocol multi\n{PARTS}at 10Δ propose X red\nat 10.5Δ leader A B\nduplicates 100%\n"));
    let lines = lines(&run);
    let count = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
    assert_eq!(count("X send Request"), 1);
    assert!(count("X receive Reply") > 1, "{lines:#?}");
    assert_eq!(count("X answers the client"), 1);
}

/// Only clients read replies.
#[test]
fn a_reply_to_a_server_says_nothing() {
    let run = run(&format!("protocol multi\n{PARTS}at 10Δ inject Reply A->B 1.A \"red\"\n"));
    let at_11: Vec<_> = lines(&run).into_iter().filter(|line| line.starts_with("11 ")).collect();
    assert!(at_11.len() == 1 && at_11[0].starts_with("11 B receive Reply"), "{at_11:?}");
}

/// A command that has been executed is answered again, but not executed again.
#[test]
fn a_lost_answer_is_given_again() {
    let run = run(&format!("protocol multi\n{PARTS}at 10Δ propose X red\ndrop Reply A->X #1\n"));
    assert_eq!(count(&run, "18 X send Request [1] \"red\" to A"), 1);
    assert_eq!(count(&run, "20 X answers the client of \"red\""), 1);
    assert_eq!(lines(&run).iter().filter(|line| line.contains("began")).count(), 1);
}

/// With a single decree a client hears which decree has passed, whether it asked for that one or not.
#[test]
fn a_client_of_a_single_decree_hears_which_one_it_is() {
    for protocol in ["preliminary", "basic", "complete"] {
        let run =
            run(&format!("protocol {protocol}\n{PARTS}at 0Δ propose X red\nat 20Δ propose Y blue\noption guard ge\n"));
        let told = lines(&run).into_iter().filter(|line| line.contains("answers the client")).collect::<Vec<_>>();
        assert!(told.iter().any(|line| line.contains("Y answers the client of \"red\"")), "{protocol}: {told:?}");
    }
}

/// Howard, Malkhi, Spiegelman (2016): q1 + q2 > n.
#[test]
fn two_votes_of_five_pass_a_decree_when_four_have_promised() {
    let run = run("protocol multi\nnodes 5\nquorum 4 2\noption phase-2 quorum\nat 10Δ propose A red");
    let latency = decision(&run).from_begin();
    assert_eq!((latency.leader, latency.all), (Some(Time::deltas(2)), Some(Time::deltas(3))));
    // BeginBallot and Voted with one other acceptor, and Success to all.
    assert_eq!(sent_within(&run, Time::deltas(10), Time::deltas(20)), 2 + 4);
}

/// In a grid of two rows and two columns a ballot asks a row for promises, and a column for votes.
#[test]
fn a_column_of_a_grid_passes_what_a_row_has_promised() {
    let script =
        "protocol basic\nnodes 4\nquorum grid A B | C D\noption guard ge\noption phase-2 quorum\nat 0Δ propose A red\n";
    let run = run(&format!("{script}drop NextBallot A->C #1\ndrop NextBallot A->D #1"));
    assert_eq!(count(&run, "2 A began 1.A \"red\" with quorum A B"), 1);
    let asked: Vec<_> = lines(&run).into_iter().filter(|line| line.contains("send BeginBallot")).collect();
    assert_eq!(asked, ["2 A send BeginBallot 1.A \"red\" to A", "2 A send BeginBallot 1.A \"red\" to C"]);
    assert_eq!(learned_at(&run, 1, NodeId(0)), Some(Time::deltas(4)));
}

#[test]
fn a_heavy_acceptor_counts_for_three() {
    let run =
        run("nodes 4\nquorum weights A=3 B=1 C=1 D=1 need 4\nat 0Δ propose A red\nat 0.5Δ crash C\nat 0.5Δ crash D");
    assert_eq!(learned_at(&run, 1, NodeId(1)), Some(Time::deltas(5)));
}

/// Both orders: the votes are cast before the larger ballot begins, or after it.
#[test]
fn quorums_of_different_phases_that_do_not_meet_break_b2() {
    let cut = "nodes 4\nquorum 2 2\nat 0Δ partition A B | C D\nat 0Δ propose A red\n";
    run_in_spite_of(&format!("{cut}at 2Δ propose C blue"), &["B2", "agreement"]);
    let late =
        run_in_spite_of(&format!("{cut}at 0Δ propose C blue\ndelay BeginBallot A->B #1 5Δ"), &["B2", "agreement"]);
    let verdict =
        super::check(late.trace()).into_iter().find(|verdict| verdict.check.name == "B2").expect("it is there");
    let event = verdict.violation.expect("it is red").event;
    assert_eq!(late.trace().line(event).split_whitespace().collect::<Vec<_>>().join(" "), "7 B voted 1.A \"red\"");
}

/// Two quorums of promises need not meet: each meets every quorum of votes.
#[test]
fn quorums_of_one_phase_need_not_meet() {
    let sets = "nodes 4\nquorum grid A B | C D\noption guard ge\n";
    let run = run(&format!("{sets}at 0Δ partition A B | C D\nat 0Δ propose A red\nat 0Δ propose C blue\n"));
    assert_eq!(count(&run, "2 A began 1.A \"red\" with quorum A B"), 1);
    assert_eq!(count(&run, "2 C began 1.C \"blue\" with quorum C D"), 1);
}

#[test]
fn what_cannot_be_is_refused_in_a_sentence() {
    let cases = [
        ("nodes 3\nclients A B C", "line 3, column 1: all processes are clients, and there is nobody to ask"),
        ("nodes 3\nacceptors A B\nclients B", "line 4, column 9: B is a client, and clients are no acceptors"),
        ("nodes 3\nclients B\nlearners B C", "line 4, column 10: B is a client, and clients are no learners"),
        ("nodes 3\nclients C\nleader C", "line 4, column 8: C is a client, and clients do not lead"),
        ("nodes 3\nacceptors A B\nlearners C\nat 1Δ leader C", "line 5, column 14: C only learns, so it cannot lead"),
        (
            "nodes 3\nacceptors A B\nlearners C\nat 1Δ propose C x",
            "line 5, column 15: C only learns, so nobody asks it for anything",
        ),
        ("nodes 3\nacceptors A A", "line 3, column 11: A is named twice"),
        ("nodes 3\nlearners A\nlearners B", "line 4, column 1: “learners” is said twice"),
        ("nodes 3\nquorum 0", "line 3, column 8: a quorum has at least one member"),
        ("nodes 3\nquorum 2 4", "line 3, column 10: 4 of 3 acceptors never come together"),
        (
            "nodes 3\nquorum",
            "line 3, column 7: expected how many make a quorum, as in 3 or 4 2; or weights, sets or grid, found the end of the line",
        ),
        (
            "nodes 3\nquorum grids A",
            "line 3, column 8: “grids” is not a number, or weights, sets or grid; did you mean grid?",
        ),
        ("nodes 3\nacceptors A B\nquorum sets A C", "line 4, column 15: C is no acceptor"),
        ("nodes 3\nquorum weights A=1 B=1 need 3", "line 3, column 29: all weights together are 2, and never 3"),
        ("nodes 3\nquorum weights A=1001 need 3", "line 3, column 18: a weight is at most 1000, not 1001"),
        ("nodes 3\nquorum weights A=1 A=1 need 1", "line 3, column 16: A is named twice"),
        (
            "nodes 3\nquorum grid A B | C",
            "line 3, column 19: the rows of a grid are equally long; this one is not 2 long",
        ),
        ("nodes 3\nquorum 2\nquorum 2", "line 4, column 1: “quorum” is said twice"),
    ];
    for (script, sentence) in cases {
        assert_eq!(error(script), sentence, "{script}");
    }
}

/// A client that comes back with an empty disk is still a client.
#[test]
fn a_client_stays_a_client_whatever_it_has_lost() {
    for protocol in PROTOCOLS {
        let script = "at 10Δ crash X\nat 11Δ restart X empty\nat 12Δ propose X red\n";
        let run = run(&format!("protocol {}\n{PARTS}{script}", protocol.name));
        let own = |line: &&String| line.contains(" X tried") || line.contains(" X send NextBallot");
        assert_eq!(lines(&run).iter().find(own), None, "{}", protocol.name);
        assert!(unanswered(run.trace()).is_empty(), "{}", protocol.name);
    }
}
