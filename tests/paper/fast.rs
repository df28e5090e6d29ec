//! Fast Paxos (2006): fast rounds, their recoveries, and what happens where acceptors are down, to the tick.

use paxos_playground::protocol::Phase;
use paxos_playground::scenario::library;

use super::*;

/// The run of a built-in scenario, with more lines.
fn built_in(name: &str, lines: &str) -> Run {
    let text = library::find(name).unwrap_or_else(|| panic!("no scenario {name}")).text;
    run(&format!("{}{lines}", text.trim_start_matches("paxos-playground 1\n")))
}

/// The messages from 4Δ on, when the clients ask, except replies.
fn messages(run: &Run) -> usize {
    let sent = run.trace().messages().iter().filter(|sent| sent.sent_at >= Time::deltas(4) && !sent.to_self());
    let phase = |kind| run.scenario().protocol.kind(kind).phase;
    sent.filter(|sent| phase(sent.message.kind) != Phase::Reply).count()
}

/// When all have learned, and how many messages that takes (§3.1, §3.2). Replies come on top.
#[test]
fn each_scenario_takes_as_long_as_it_says() {
    for (name, all, count) in [
        ("fast-two-delta", "2", 16),
        ("fast-at-the-leader", "2", 15),
        ("fast-one-dead", "2", 13),
        ("fast-collision", "4", 35),
        ("fast-restart", "6", 41),
        ("fast-uncoordinated", "3", 32),
        ("fast-unequal", "4.7", 47),
        ("fast-two-dead", "5", 33),
    ] {
        let run = built_in(name, "");
        let decision = decision(&run);
        let (_, asked) = decision.asked.expect("it was asked for");
        let learned = decision.learned.iter().map(|(_, time)| time.since(asked)).max();
        assert_eq!((learned, messages(&run)), (Some(deltas(all)), count), "{name}");
    }
}

/// A split of three to two among five leaves the fast quorum of four out of reach.
#[test]
fn three_to_two_is_a_collision_too() {
    let run = run("protocol fast\nnodes A B C D E X Y\nclients X Y\nat 4 propose X red\nat 4 propose Y blue\n\
                   drop Request X->D\ndrop Request X->E\ndrop Request Y->A\ndrop Request Y->B\ndrop Request Y->C");
    assert_eq!((learned_value(&run).as_str(), all_learned_at(&run, 1, "A B C D E")), ("red", Time::deltas(8)));
    assert_eq!(messages(&run), 54);
}

/// In a fast round an acceptor votes for the first wish that it hears of, and for no other.
#[test]
fn an_acceptor_votes_once_in_a_round_and_keeps_what_comes_later() {
    let run = built_in("fast-collision", "");
    assert_once(&run, "5 A voted 1.A \"red\"");
    assert_once(&run, "5 C voted 1.A \"blue\"");
    assert_once(&run, "5.5 A receive Request \"blue\" from Y");
    assert_never(&run, "5.5 A voted");
}

/// A wish that comes before Any waits for it.
#[test]
fn a_wish_waits_until_the_round_is_open() {
    let run = run("protocol fast\nnodes A B C D X\nclients X\nat 0 propose X red");
    assert_once(&run, "3 B voted 1.A \"red\"");
    assert_eq!(all_learned_at(&run, 1, "A B C D"), Time::deltas(4));
}

/// §2.2.2: the next leader finds out that red has passed, although only two of the four that voted for it are in its quorum.
#[test]
fn a_later_leader_carries_on_what_can_have_passed() {
    let run = run("protocol fast\nnodes A B C D X Y\nclients X Y\nat 4 propose X red\nat 4.5 propose Y blue\n\
                   drop Request X->D\nat 6.1 crash A\nat 6.1 leader B");
    assert_eq!(all_learned_at(&run, 1, "B C D"), Time::deltas(6), "three votes are enough without D");
    let run = super::run(
        "protocol fast\nnodes A B C D X Y\nclients X Y\nat 4 propose X red\nat 4 propose Y blue\n\
                   drop Request X->D\ndrop Voted A->B\ndrop Voted A->C\ndrop Voted A->D\nat 5.5 crash A\nat 6.5 leader B",
    );
    assert_eq!(learned_value(&run), "red");
    assert_once(&run, "8.5 B began 4.B \"red\" with quorum B C D");
}

/// A process that was down asks what has passed, and a process that heard of no vote asks after 8Δ.
#[test]
fn who_has_missed_the_votes_asks() {
    let run = run("protocol fast\nnodes A B C D\nat 3.5 crash D\nat 4 propose A red\nat 9 restart D");
    assert_eq!(learned_at(&run, 1, node("D")), Some(Time::deltas(11)));
    let run = super::run("protocol fast\nnodes A B C D\nat 4 propose A red\ndrop Voted A->D\ndrop Voted B->D");
    assert_eq!(learned_at(&run, 1, node("D")), Some(Time::deltas(15)), "it has known of the wish since 5Δ");
}

/// A client asks again after 8Δ, when its request was lost on every way.
#[test]
fn a_client_asks_all_acceptors_again() {
    let run = run("protocol fast\nnodes A B C X\nclients X\nat 4 propose X red\n\
                   drop Request X->A\ndrop Request X->B\ndrop Request X->C");
    assert_once(&run, "12 X send Request \"red\" to B");
    assert_eq!(decision(&run).answered, Some(Time::deltas(15)));
}

/// The quorums: n > 2F and n > 2E + F. A line that breaks the first is refused.
#[test]
fn quorums_that_may_share_nobody_are_refused() {
    let error = |lines: &str| Scenario::read(&format!("paxos-playground 1\nprotocol fast\n{lines}\n")).err();
    let refused = error("nodes 4\nquorum 2").expect("refused").to_string();
    assert_eq!(
        refused,
        "line 4, column 8: quorums of 2 of 4 acceptors may share nobody; where rounds may be fast, n > 2F has to hold, where a \
         quorum has n − F members"
    );
    assert!(error("nodes 5\nquorum 3 2").is_some() && error("nodes 5\nquorum 4 2").is_none());
}

/// With E = F = 2 of seven, two may be down in a fast round; with the largest F only one may.
#[test]
fn smaller_f_lets_more_be_down_in_a_fast_round() {
    let all = |quorum: &str| {
        let crashes = "at 3.5 crash F\nat 3.5 crash G\n";
        let run = run(&format!("protocol fast\nnodes 7\n{quorum}{crashes}at 4 propose A red"));
        all_learned_at(&run, 1, "A B C D E").since(Time::deltas(4))
    };
    assert_eq!(all("quorum 5\n"), Time::deltas(2));
    assert_eq!(all(""), Time::deltas(4));
}
