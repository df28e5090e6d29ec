//! A ledger of fast instances: Fast Paxos (2006), §3, in many instances at once (PTP §3.1), to the tick.

use paxos_playground::latency::decisions;
use paxos_playground::scenario::library;

use super::*;

/// The run of a built-in scenario, with more lines.
fn built_in(name: &str, lines: &str) -> Run {
    let text = library::find(name).unwrap_or_else(|| panic!("no scenario {name}")).text;
    run(&format!("{}{lines}", text.trim_start_matches("paxos-playground 1\n")))
}

/// Each decree that somebody asked for, in the order of the places: its place, the decree, and how many Δ after the request all
/// know.
fn took(run: &Run) -> Vec<(u32, String, Time)> {
    let symbols = &run.scenario().symbols;
    let took = decisions(run.trace()).into_iter().filter_map(|decision| {
        let all = decision.all_learned?.since(decision.asked?.1);
        Some((decision.instance.0, symbols.value(decision.vote.value).into_owned(), all))
    });
    took.collect()
}

fn expected(list: &[(u32, &str, &str)]) -> Vec<(u32, String, Time)> {
    list.iter().map(|(place, decree, all)| (*place, (*decree).to_owned(), deltas(all))).collect()
}

#[test]
fn each_command_takes_2_delta_where_nothing_collides() {
    let run = built_in("fast-log-steady", "");
    let all = [(1, "put x 1", "2"), (2, "put y 2", "2"), (3, "add x 5", "2"), (4, "get x", "2")];
    assert_eq!(took(&run), expected(&all));
    assert_once(&run, "9.5 Y answers the client of \"get x\"");
    assert_eq!(
        run.trace().facts().filter(|(.., fact)| matches!(fact, Fact::Tried(_))).count(),
        1,
        "one phase 1 for all"
    );
}

/// The same script under three protocols: 3Δ, 2Δ and 2Δ.
#[test]
fn a_ledger_of_fast_instances_is_as_fast_as_votes_to_everybody() {
    for (protocol, all) in [("multi", 3), ("broadcast", 2), ("fast-log", 2)] {
        let text =
            library::find("steady").expect("built in").text.replace("protocol  basic", &format!("protocol {protocol}"));
        let run = run(text.trim_start_matches("paxos-playground 1\n"));
        assert_eq!(all_learned_at(&run, 1, "A B C D E"), Time::deltas(4 + all), "{protocol}");
    }
}

/// Both wishes pass, each in one of the two places, and the times are those of a single decree: 4Δ, 6Δ, 3Δ. The second wishes
/// come 1.4Δ and 1.5Δ after they were sent, so place 2 is half a Δ behind.
#[test]
fn two_wishes_that_collide_get_one_place_each() {
    for (recovery, first, second) in [("coordinated", "4", "4.5"), ("restart", "6", "6"), ("uncoordinated", "3", "3.5")]
    {
        let run = built_in("fast-log-collision", &format!("option recovery {recovery}\n"));
        let took = took(&run);
        assert_eq!(took[..2], expected(&[(1, "put x 1", first), (2, "put x 2", second)]), "{recovery}");
        assert_eq!((took[2].0, took[2].2), (3, Time::deltas(2)), "{recovery}: the next command is not held up");
    }
}

/// The acceptors give a wish that has lost its place the next one, and what passed twice is executed once.
#[test]
fn a_wish_that_lost_its_place_gets_the_next_one() {
    let run = built_in("fast-log-two-places", "");
    let all = [(1, "put x 1", "4"), (2, "put x 1", "4.5"), (3, "get x", "2"), (4, "put x 2", "5.5")];
    assert_eq!(took(&run), expected(&all));
    assert_once(&run, "8.5 A apply [2] olive-day: nothing to do");
    assert_once(&run, "8.5 A voted [4] 1.A \"put x 2\"");
}

#[test]
fn a_new_leader_takes_what_can_have_passed_in_every_place() {
    let run = built_in("fast-log-leader-dies", "");
    assert_once(&run, "9 B began [1] 3.B \"put x 2\" with quorum B C D");
    assert_once(&run, "9 B began [2] 3.B \"put x 1\" with quorum B C D");
    assert_once(&run, "9 B began [3]… 3.B any with quorum B C D");
}

#[test]
fn the_leader_fills_a_gap() {
    let run = built_in("fast-log-gap", "");
    assert_once(&run, "9.5 A began [2] 13.A olive-day with quorum A B C");
    assert_once(&run, "9.5 A began [3]… 13.A any with quorum A B C");
    assert_once(&run, "15.5 A apply [3] \"put x 1\": ok");
    assert_eq!(took(&run).last(), expected(&[(4, "get x", "2")]).last());
}

/// A fast quorum of three is out of reach with one of three down, so each command takes 5Δ, as a single decree does (§3.3), and
/// no command waits for another.
#[test]
fn where_a_fast_quorum_is_out_of_reach_each_command_takes_5_delta() {
    let run =
        run("protocol fast-log\nnodes A B C X\nclients X\nat 3.5 crash C\nat 4 propose X red\nat 4.5 propose X blue");
    assert_eq!(took(&run), expected(&[(1, "red", "5"), (2, "blue", "5")]));
}

/// The other recoveries need a classic round with its phase 1: 7Δ. A round from its beginning that was fast again would pass
/// nothing, for ever.
#[test]
fn every_recovery_ends_where_a_fast_quorum_is_out_of_reach() {
    for recovery in ["restart", "uncoordinated"] {
        let run = run(&format!(
            "protocol fast-log\noption recovery {recovery}\nnodes A B C X\nclients X\nat 3.5 crash C\nat 4 propose X red"
        ));
        assert_eq!(took(&run), expected(&[(1, "red", "7")]), "{recovery}");
    }
}

/// C votes in 9.A before it hears of 9.A's NextBallot. Its vote has promised as much as a LastVote would, so it sends none.
#[test]
fn an_acceptor_promises_no_round_that_it_has_voted_in() {
    let run = run("protocol fast-log\nnodes A B C X\nclients X\nat 4 propose X red\ndrop Request X->B #1\n\
                   drop Request X->C #1\ndelay NextBallot A->C #2 5\ndelay Any A->C #2 5");
    assert_once(&run, "10 C voted [1] 9.A \"red\"");
    assert_once(&run, "12 C receive NextBallot 9.A [1]… from A");
    assert_never(&run, "12 C promised");
}

/// A client that asks twice gets no second place.
#[test]
fn a_request_that_comes_twice_has_one_place() {
    let run = run("protocol fast-log\nnodes A B C X\nclients X\nat 4 propose X red\n\
                   duplicate Request X->A #1 +0.5\nduplicate Request X->B #1 +0.5\nduplicate Request X->C #1 +3");
    assert_eq!(took(&run), expected(&[(1, "red", "2")]));
    assert_never(&run, "voted [2]");
}

/// A process that comes back asks, and the leader tells it what has passed and that its round is open.
#[test]
fn an_acceptor_that_comes_back_votes_again_in_the_round() {
    let run = run("protocol fast-log\nnodes A B C X\nclients X\nat 4 propose X red\nat 7 crash C\nat 8 restart C\n\
                   at 12 propose X blue");
    assert_once(&run, "10 C receive Any 1.A [1]… from A");
    assert_eq!(took(&run), expected(&[(1, "red", "2"), (2, "blue", "2")]));
}

/// D hears two wishes the other way round, and nobody minds: both pass without its votes, and D takes the next place with the
/// others.
#[test]
fn an_acceptor_that_hears_wishes_in_another_order_keeps_its_place() {
    let run =
        run("protocol fast-log\nnodes A B C D X Y\nclients X Y\nleader B\nat 4 propose X red\nat 4.1 propose Y blue\n\
                   at 8 propose X green\ndelay Request X->D #1 1.3\ndelay Voted D->B 1.5\ndelay Voted C->D 1.2");
    assert_once(&run, "5.1 D voted [1] 3.B \"blue\"");
    assert_once(&run, "5.3 D voted [2] 3.B \"red\"");
    assert_once(&run, "9 D voted [3] 3.B \"green\"");
    assert_eq!(took(&run), expected(&[(1, "red", "2.2"), (2, "blue", "2"), (3, "green", "2")]));
    assert_eq!(run.trace().facts().filter(|(.., fact)| matches!(fact, Fact::Tried(_))).count(), 1);
}

/// An acceptor that missed a wish gives the next wish the place in which the other has passed meanwhile, and then a place of
/// its own.
#[test]
fn an_acceptor_takes_the_first_free_place() {
    let run = run("protocol fast-log\nnodes A B C D X\nclients X\nat 4 propose X red\nat 4.5 propose X blue\n\
                   at 9 propose X green\ndrop Request X->D #1");
    assert_once(&run, "5.5 D voted [1] 1.A \"blue\"");
    assert_once(&run, "6 D voted [2] 1.A \"blue\"");
    assert_once(&run, "10 D voted [3] 1.A \"green\"");
}
