//! Fast Byzantine Paxos (Martin and Alvisi, 2006): the figures of the paper and of its scenarios, to the tick.

use paxos_playground::protocol::Basis;
use paxos_playground::scenario::library;

use super::*;

/// The run of a built-in scenario, in which every check holds.
fn built_in(name: &str) -> Run {
    let text = library::find(name).unwrap_or_else(|| panic!("no scenario {name}")).text;
    run(text.trim_start_matches("paxos-playground 1\n"))
}

/// How many messages of this kind were sent, without those to oneself.
fn sent(run: &Run, kind: &str) -> usize {
    let of = |message: &paxos_playground::trace::Envelope| run.scenario().protocol.kind(message.message.kind).name;
    run.trace().messages().iter().filter(|message| !message.to_self() && of(message) == kind).count()
}

/// §4: two steps from PROPOSE on, and n² − 1 messages. LEARNED goes to all proposers, and then SATISFIED.
#[test]
fn all_know_after_two_steps() {
    for (name, nodes, [propose, accepted, learned, satisfied]) in [
        ("fab-steady", "A B C D E F", [5, 30, 20, 12]),
        ("fab-silent-acceptor", "A B C D E F", [5, 30, 20, 12]),
        ("fab-eleven", "A B C D E F G H I J K", [10, 110, 70, 42]),
    ] {
        let run = built_in(name);
        assert_eq!(all_learned_at(&run, 1, nodes), deltas("2"), "{name}");
        let kinds = ["Propose", "Accepted", "Learned", "Satisfied"].map(|kind| sent(&run, kind));
        assert_eq!(kinds, [propose, accepted, learned, satisfied], "{name}");
        assert_eq!(sent(&run, "Suspect"), 0, "{name}: LEARNED comes before the timers run out");
    }
}

/// Eleven processes and sixteen are two steps, too, and each f more costs five acceptors.
#[test]
fn more_liars_cost_more_acceptors_and_no_time() {
    for (nodes, messages) in [(6, 35), (11, 120), (16, 255), (21, 440)] {
        let run = run(&format!("protocol fab\nnodes {nodes}\nat 0 propose A red"));
        assert_eq!(decision(&run).all_learned, Some(deltas("2")), "{nodes}");
        assert_eq!(sent(&run, "Propose") + sent(&run, "Accepted"), messages, "{nodes}");
    }
}

/// One step before and one step after, for a client.
#[test]
fn a_client_has_replies_after_four_steps() {
    let run = built_in("fab-client");
    let decision = decision(&run);
    assert_eq!((decision.all_learned, decision.answered), (Some(deltas("3")), Some(deltas("4"))));
    assert_eq!(sent(&run, "Reply"), 6, "from every learner");
}

/// §5: T + Δ until the next leader is elected, and 4Δ for QUERY, REP, PROPOSE and ACCEPTED.
#[test]
fn a_new_leader_teaches_after_t_and_five_steps() {
    for name in ["fab-equivocation", "fab-split"] {
        let run = built_in(name);
        assert_eq!(learned_value(&run), "red", "{name}");
        assert_eq!(all_learned_at(&run, 1, "A B C D E F"), deltas("9"), "{name}");
        assert_once(&run, "4 B send Suspect 1.A to C");
        assert_once(&run, "5 B leads");
        assert_once(&run, "5 B send Query 2.B null, proof of A B C to C");
    }
    let run = built_in("fab-equivocation");
    assert_once(&run, "7 B began 2.B \"red\" with a proof of A B C D E");
}

/// The silent leader: the others hear of the wish Δ later, and wait T from then on.
#[test]
fn a_silent_leader_costs_the_same() {
    let run = built_in("fab-silent-leader");
    assert_eq!(all_learned_at(&run, 1, "B C D E F"), deltas("10"));
}

/// A value that one learner has learned stands in a majority of every certificate.
#[test]
fn what_one_has_learned_all_learn() {
    let run = built_in("fab-one-learns");
    assert_eq!(learned_at(&run, 1, node("B")), Some(deltas("2")));
    let others = ["C", "D", "E", "F"].map(|name| learned_at(&run, 1, node(name)));
    assert_eq!(others, [Some(deltas("9")); 4]);
}

/// T doubles: 4Δ for A, 8Δ for B.
#[test]
fn a_second_bad_leader_costs_its_larger_timeout() {
    let run = built_in("fab-two-bad-leaders");
    assert_once(&run, "13 C send Suspect 2.B to D");
    assert_eq!(all_learned_at(&run, 1, "C D E F G H I J K"), deltas("18"));
}

/// An acceptor accepts in a later ballot only with a certificate, and promises one only to a leader that was elected.
#[test]
fn nobody_leads_who_is_not_elected() {
    let run = run("protocol fab\nnodes 6\nliars B\nat 0 propose A red\nat 0 inject Query B->C 2.B\n\
                   at 0 inject Propose B->C 2.B \"blue\"\nat 0 inject Propose B->D 1.A \"blue\"");
    assert_never(&run, "promised 2.B");
    assert_never(&run, "\"blue\" with");
    assert_eq!(all_learned_at(&run, 1, "A B C D E F"), deltas("2"));
}

/// Two liars among six are more than f, and break agreement; the checks say why.
#[test]
fn two_liars_of_six_break_agreement() {
    let text = library::find("fab-two-liars").expect("a scenario").text;
    let run = run_in_spite_of(text.trim_start_matches("paxos-playground 1\n"), &["B2", "B3", "agreement"]);
    assert_once(&run, "2 C learned \"red\" by ballot 1.A");
    assert_once(&run, "9 F learned \"blue\" by ballot 2.B");
}

/// Each step may be left out: nothing unsafe happens.
#[test]
fn every_step_is_optional() {
    for step in ["1a", "1b", "2a", "2b", "3"] {
        let lines = "at 0 propose A red\nforge Propose A->E #1 silent\nforge Propose A->F #1 silent\nuntil 60";
        let run = run(&format!("protocol fab\nnodes 6\nliars A\nskip {step}\n{lines}"));
        assert!(facts(&run).iter().all(|(.., fact)| !matches!(fact, Fact::Learned(..))), "{step}");
    }
}

/// When half of the acceptors fail before they have accepted anything, nothing is learned.
#[test]
fn when_half_of_the_acceptors_fail_nothing_is_learned() {
    for nodes in [2, 4, 6] {
        let half = NodeId::all(nodes).skip(nodes / 2);
        let down: String = half.map(|node| format!("at 0.5 crash {}\n", (b'A' + node.0) as char)).collect();
        let run = run(&format!("protocol fab\nnodes {nodes}\nat 0 propose A red\n{down}until 40"));
        assert!(facts(&run).iter().all(|(.., fact)| !matches!(fact, Fact::Learned(..))), "{nodes}");
    }
}

/// Separate proposers, acceptors and learners.
#[test]
fn the_parts_can_be_played_by_different_processes() {
    let run = run("protocol fab\nnodes P Q R S A B C D E F L M N O\nacceptors A B C D E F\nlearners L M N O\n\
                   at 0 propose P red");
    let learned: Vec<_> = decision(&run).learned;
    let names: Vec<_> = learned.iter().map(|(node, _)| run.scenario().symbols.node(*node).to_owned()).collect();
    assert_eq!(names, ["L", "M", "N", "O", "P"]);
    let times: Vec<_> = learned.iter().map(|(_, time)| *time).collect();
    assert_eq!(times[..4], [deltas("2"); 4]);
    assert_eq!(times[4], deltas("10"), "who is asked and does not learn pulls after 8Δ");
    assert_eq!(sent(&run, "Suspect"), 0);
}

/// Who misses the votes pulls the value from the learners: f + 1 equal answers are enough.
#[test]
fn who_has_missed_the_votes_pulls() {
    let run = run("protocol fab\nnodes 6\nat 0 propose A red\ndrop Accepted A->F\ndrop Accepted B->F");
    assert_eq!(learned_at(&run, 1, node("F")), Some(deltas("11")), "it asks 8Δ after it has accepted red, at 1Δ");
    let run = super::run("protocol fab\nnodes 6\nat 0.5 crash F\nat 0 propose A red\nat 5 restart F");
    assert_eq!(learned_at(&run, 1, node("F")), Some(deltas("7")));
}

/// Each acceptance names the certificate on which it rests.
#[test]
fn acceptors_say_on_which_certificate_they_rely() {
    let run = built_in("fab-equivocation");
    let believed = facts(&run).into_iter().filter_map(|(time, _, fact)| match fact {
        Fact::Believed { ballot, basis, .. } => {
            Some((time, ballot.number(), basis.quorum().len(), basis == Basis::Nothing))
        }
        _ => None,
    });
    let believed: Vec<_> = believed.collect();
    assert_eq!(believed.iter().filter(|(_, number, ..)| *number == 1).count(), 6);
    assert!(believed.iter().all(|(time, number, signers, is_nothing)| {
        let is_first = (*signers, *is_nothing) == (0, true) && *time <= deltas("1");
        if *number == 1 { is_first } else { *signers == 5 && *time >= deltas("7") }
    }));
}

/// §8: while nobody fails, all a − t ACCEPTEDs come after two steps, and commit proofs cost n(n − 1) messages more.
#[test]
fn parameterised_fab_is_as_fast_with_fewer_acceptors() {
    let run = built_in("pfab-steady");
    assert_eq!(all_learned_at(&run, 1, "A B C D"), deltas("2"));
    assert_eq!(["Propose", "Accepted", "CommitProof"].map(|kind| sent(&run, kind)), [3, 12, 12]);
}

/// §8: with a silent liar, or with a crash, commit proofs teach after three steps. With t = 1 of six it is still two.
#[test]
fn commit_proofs_teach_a_step_later() {
    assert_eq!(all_learned_at(&built_in("pfab-one-silent"), 1, "A B C D"), deltas("3"));
    let crash = "at 0.5 crash D\nat 0 propose A red";
    let four = run(&format!("protocol pfab\nnodes 4\n{crash}"));
    assert_eq!(all_learned_at(&four, 1, "A B C"), deltas("3"));
    let six = run(&format!("protocol pfab\nnodes 6\ntolerate 1 1\n{crash}"));
    assert_eq!(all_learned_at(&six, 1, "A B C E F"), deltas("2"));
}

/// The known stuck state: a proof for red and a majority for blue. The rule of the repair lets the leader go on.
#[test]
fn parameterised_fab_can_get_stuck_and_need_not() {
    let stuck = built_in("pfab-stuck");
    assert_never(&stuck, "began 2.B");
    assert_eq!(all_learned_at(&stuck, 1, "A B C D"), deltas("18"));
    let repaired = built_in("pfab-unstuck");
    assert_once(&repaired, "7 B began 2.B \"red\" with a proof of A B D");
    assert_eq!(all_learned_at(&repaired, 1, "A B C D"), deltas("9"));
}

/// A ledger, driven by its leader: each command takes two steps, and a client is told after four.
#[test]
fn each_command_of_a_ledger_takes_two_steps() {
    let run = built_in("fab-log-steady");
    for (place, at) in [(1, "2"), (2, "2.5"), (3, "6")] {
        assert_eq!(all_learned_at(&run, place, "A B C D E F"), deltas(at), "{place}");
    }
    let run = built_in("fab-log-client");
    assert_eq!((decision(&run).all_learned, decision(&run).answered), (Some(deltas("3")), Some(deltas("4"))));
    for (nodes, messages) in [(6, 36), (11, 121)] {
        let (last, client) = ((b'A' + nodes as u8) as char, nodes + 1);
        let run = super::run(&format!("protocol fab-log\nnodes {client}\nclients {last}\nat 0 propose {last} red"));
        assert_eq!(sent(&run, "Request") + sent(&run, "Propose") + sent(&run, "Accepted"), messages, "1 + n² − 1");
    }
}

/// Clients that ask the acceptors themselves: two steps from the request, three with the reply, n² messages.
#[test]
fn a_client_of_the_acceptors_saves_a_step() {
    let run = built_in("fab-log-direct");
    assert_eq!(all_learned_at(&run, 1, "A B C D E F"), deltas("2"));
    assert_eq!(all_learned_at(&run, 2, "A B C D E F"), deltas("6"));
    for (nodes, messages) in [(6, 36), (11, 121)] {
        let (last, client) = ((b'A' + nodes as u8) as char, nodes + 1);
        let lines = format!("option requests direct\nnodes {client}\nclients {last}\nat 0 propose {last} red");
        let run = super::run(&format!("protocol fab-log\n{lines}"));
        assert_eq!(decision(&run).answered, Some(deltas("3")), "{nodes}");
        assert_eq!(sent(&run, "Request") + sent(&run, "Accepted"), messages, "n + n(n − 1)");
    }
}

/// Three to three: the leader sees it after two steps and needs four more. A client that lies does no more harm.
#[test]
fn a_collision_costs_four_steps_more() {
    let run = built_in("fab-log-collision");
    for place in [1, 2] {
        assert_eq!(all_learned_at(&run, place, "A B C D E F"), deltas("6"), "{place}");
    }
    assert_eq!(all_learned_at(&built_in("fab-log-lying-client"), 1, "A B C D E F"), deltas("6"));
    let run = built_in("fab-log-five-to-one");
    assert_eq!(all_learned_at(&run, 1, "A B C D E F"), deltas("2"), "five votes are enough");
    assert_eq!(all_learned_at(&run, 2, "A B C D E F"), deltas("2.1"));
}

/// QUERY is for all places from the first unknown one on, and gaps get a decree that changes nothing.
#[test]
fn a_new_leader_closes_gaps() {
    let run = built_in("fab-log-gap");
    assert_once(&run, "8.5 B tried 2.B");
    assert_once(&run, "10.5 B began [1] 2.B olive-day with a proof of A B C D E");
    assert_eq!(all_learned_at(&run, 1, "B C D E F"), deltas("12.5"), "T since the last step forward, and 5Δ");
}

/// Kuznetsov, Tonkikh and Zhang (2021): 5f − 1 acceptors can be enough, but not for FaB, where one silent liar stops everything.
#[test]
fn with_four_acceptors_one_silent_liar_stops_fab() {
    let run = built_in("fab-four-acceptors");
    let learned = ["A", "B", "C"].map(|name| learned_at(&run, 1, node(name)));
    assert_eq!(learned, [None; 3]);
    let honest = super::run("protocol fab\nnodes 4\ntolerate 1\nat 0 propose A red");
    assert_eq!(all_learned_at(&honest, 1, "A B C D"), deltas("2"));
}

/// A report after a crash carries the commit proof: otherwise a value that was learned by proofs could be lost.
#[test]
fn a_commit_proof_survives_a_crash() {
    let crash = "at 2.5 crash B\nat 2.6 restart B\n";
    let text = library::find("pfab-unstuck").expect("a scenario").text.replace("until", "") + crash;
    let run = run(text.trim_start_matches("paxos-playground 1\n"));
    assert_once(&run, "2 B certified 1.A \"red\" by A B C");
    assert_once(&run, "5 B send Rep 2.B 1.A \"red\", proof of A B C to B");
}

/// A report without a commit proof is a promise to make none for that ballot later; otherwise a value could be learned after
/// the next leader was told that it cannot.
#[test]
fn who_has_reported_to_a_later_ballot_proves_nothing_of_an_earlier_one() {
    // B and C hear of the third vote for red after they have reported, B to itself at 5Δ and C at 6Δ, and before they vote again.
    let run =
        run("protocol pfab\nnodes 4\nliars A\ntolerate 1 0\nat 0 propose A red\nforge Propose A->D #1 \"blue\"\n\
         delay Accepted C->B #1 5.5\ndelay Accepted B->C #1 5.5\nforge Rep A->B #1 \"blue\"\nforge Rep A->B #1 omit\n\
         delay Rep C->B #1 5\nuntil 40");
    assert_once(&run, "7 B began 2.B \"blue\" with a proof of A B D");
    assert!(facts(&run).iter().all(|(_, node, fact)| *node == NodeId(0)
        || !matches!(fact, Fact::Certified(_, vote, _) if vote.ballot.number() == 1)));
}

/// What clients send to the acceptors themselves is voted for in an open ballot, and opening it is step 2a.
#[test]
fn where_nobody_begins_a_ballot_no_acceptor_votes_for_what_clients_send() {
    let run =
        run("protocol fab-log\nnodes 7\nclients G\noption requests direct\nskip 2a\nat 1 propose G red\nuntil 30");
    assert!(facts(&run).iter().all(|(.., fact)| !matches!(fact, Fact::Voted(..))));
}
