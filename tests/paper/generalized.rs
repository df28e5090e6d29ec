//! Generalized Paxos (2005): histories, fast and classic ballots, and collisions of commands that conflict, to the tick.

use paxos_playground::latency::decisions;
use paxos_playground::protocol::Phase;
use paxos_playground::scenario::library;
use paxos_playground::trace::What;

use super::*;

fn text(name: &str) -> &'static str {
    library::find(name).unwrap_or_else(|| panic!("no scenario {name}")).text.trim_start_matches("paxos-playground 1\n")
}

/// For each command, in the order of the script: when the last process learned it, counted from its request.
fn took(run: &Run) -> Vec<(String, Time)> {
    let mut all = decisions(run.trace());
    all.sort_by_key(|decision| decision.vote.value);
    let symbols = &run.scenario().symbols;
    let span = |decision: &Decision| decision.from_client().all.expect("all learn it");
    all.iter().map(|decision| (symbols.value(decision.vote.value).into_owned(), span(decision))).collect()
}

/// The messages from 4Δ on, when the clients ask, except replies.
fn messages(run: &Run) -> usize {
    let sent = run.trace().messages().iter().filter(|sent| sent.sent_at >= Time::deltas(4) && !sent.to_self());
    let phase = |kind| run.scenario().protocol.kind(kind).phase;
    sent.filter(|sent| phase(sent.message.kind) != Phase::Reply).count()
}

/// The commands in the order in which a process executes them.
fn executed(run: &Run, by: &str) -> Vec<String> {
    let symbols = &run.scenario().symbols;
    let applied = run.trace().events().iter().filter_map(|event| match &event.what {
        What::Applied(node, applied) if symbols.node(*node) == by => Some(symbols.value(applied.value).into_owned()),
        _ => None,
    });
    applied.collect()
}

/// When all have learned each command, and how many messages all commands take. A command takes n² messages, and a collision
/// takes a BeginBallot and the votes of a classic ballot more. Replies come on top.
#[test]
fn each_scenario_takes_as_long_as_it_says() {
    for (name, all, count) in [
        ("generalized-steady", &["2", "2"][..], 32),
        ("generalized-two-reads", &["2", "2"], 32),
        ("generalized-sequence", &["4", "4"], 47),
        ("generalized-collision", &["4", "4"], 47),
        ("generalized-collision-five", &["4", "4"], 74),
        ("generalized-same-order", &["2", "2", "3"], 51),
        ("generalized-third", &["4", "4", "3.5"], 51),
        ("generalized-restart", &["6", "6"], 53),
        ("generalized-classic", &["3", "3"], 38),
    ] {
        let run = run(text(name));
        let spans: Vec<_> = took(&run).into_iter().map(|(_, span)| span).collect();
        assert_eq!((spans, messages(&run)), (all.iter().map(|span| deltas(span)).collect(), count), "{name}");
    }
}

/// Commands that do not conflict may be learned and executed in different orders. Commands that conflict have one order, also
/// after a collision.
#[test]
fn only_conflicting_commands_are_executed_in_one_order() {
    let run = super::run(text("generalized-two-reads"));
    assert_eq!(executed(&run, "A"), ["get y", "get x"]);
    assert_eq!(executed(&run, "C"), ["get x", "get y"]);
    let run = super::run(text("generalized-collision"));
    let orders: Vec<_> = ["A", "B", "C", "D"].iter().map(|node| executed(&run, node)).collect();
    assert!(orders.iter().all(|order| *order == orders[0] && order.len() == 2), "{orders:?}");
}

/// An acceptor that appends a command after a conflicting one promises the next ballot, and appends nothing more. After it has
/// learned the first command, there is no such need.
#[test]
fn an_acceptor_stops_when_it_orders_two_commands_that_conflict() {
    let run = super::run(text("generalized-collision"));
    assert_once(&run, "5 B voted 1.A \"put x 1\"");
    assert_once(&run, "5 B voted 1.A \"put x 1\" • \"get x\"");
    assert_once(&run, "5 B promised 2.A, last vote 1.A \"put x 1\" • \"get x\"");
    assert_once(&run, "5 C promised 2.A, last vote 1.A \"get x\" • \"put x 1\"");
    let run = super::run(text("generalized-steady"));
    assert_once(&run, "10 B voted 1.A \"put x 1\" • \"get x\"");
    assert_never(&run, "10 B promised");
}

/// A command that comes after the last votes waits for the leader: 3Δ, as in a classic ballot.
#[test]
fn a_command_that_nobody_can_append_goes_by_the_leader() {
    let run = super::run(text("generalized-same-order"));
    assert_once(&run, "9 B receive Request \"get y\" from Y");
    assert_never(&run, "9 B voted");
    assert_once(&run, "9 A began 2.A \"put x 1\" • \"get x\" • \"get y\" with quorum A B C D");
}

/// With two of five down, no fast quorum is there. A vote that may still grow is no promise, so the leader has to ask.
#[test]
fn where_no_fast_quorum_is_up_the_leader_starts_a_classic_ballot() {
    let run = super::run(
        "protocol generalized\nnodes A B C D E X\nclients X\nat 3.5 crash D\nat 3.5 crash E\nat 4 propose X red",
    );
    assert_eq!(took(&run), [("red".to_owned(), Time::deltas(7))]);
    let single = super::run(
        "protocol generalized\noption c-struct single\nnodes A B C D E X\nclients X\nat 3.5 crash D\nat 3.5 crash E\n\
         at 4 propose X red",
    );
    assert_eq!(took(&single), [("red".to_owned(), Time::deltas(5))], "a single value is full: every vote is the last");
}

/// One value is learned, as in Fast Paxos, and the other wish never.
#[test]
fn a_single_value_takes_no_second_command() {
    let script = text("generalized-collision").replace("service   kv\n", "option c-struct single\n");
    let run = super::run(&script);
    assert_eq!(took(&run), [("get x".to_owned(), deltas("3.9"))]);
    let sent = run.trace().messages().iter().filter(|sent| !sent.to_self() && sent.sent_at < Time::deltas(12));
    let later = run.trace().messages().iter().filter(|sent| !sent.to_self()).count() - sent.count();
    assert_eq!(messages(&run) - later, 35, "as many as in Fast Paxos, until Y asks again");
}

/// The next leader begins with all that can have passed, although only two of the three that voted are in its quorum.
#[test]
fn a_later_leader_carries_on_what_can_have_passed() {
    let run = super::run(
        "protocol generalized\nservice kv\nnodes A B C D X Y\nclients X Y\nat 4 propose X \"get x\"\nat 4 propose Y \"put x 1\"\n\
         drop Request X->D\ndrop Request Y->D\ndrop Voted A->B\ndrop Voted A->C\ndrop Voted A->D\n\
         drop VotedLast A->B\ndrop VotedLast A->C\ndrop VotedLast A->D\nat 5.5 crash A\nat 6.5 leader B",
    );
    assert_once(&run, "8.5 B began 4.B \"get x\" • \"put x 1\" with quorum B C D");
}

/// A process that was down asks what it has missed, and executes its ledger again.
#[test]
fn who_was_down_asks_and_executes_again() {
    let run = super::run(
        "protocol generalized\nservice kv\nnodes A B C D\nat 4 propose A \"put x 1\"\nat 7 crash D\nat 8 propose A \"put y 2\"\n\
         at 11 restart D",
    );
    assert_eq!(executed(&run, "D"), ["put x 1", "put x 1", "put y 2"]);
    assert_once(&run, "13 D learned \"put x 1\" • \"put y 2\" by ballot 1.A");
}

/// A history holds twelve commands, and a line for one more is told to be idle.
#[test]
fn a_thirteenth_command_is_told_to_be_too_many() {
    let asked: String = (1..=13).map(|place| format!("at {place} propose A \"put x {place}\"\n")).collect();
    let (_, scenario) =
        Scenario::read(&format!("paxos-playground 1\nprotocol generalized\nservice kv\nnodes A B C\n{asked}"))
            .expect("a good script");
    let why = "a history of the generalized protocol holds at most 12 commands, so nobody asks for a further one";
    assert_eq!(scenario.idle, [(17, why.to_owned())]);
    let run = Run::of(scenario);
    assert_eq!(decisions(run.trace()).len(), 12);
}
