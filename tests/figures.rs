//! The statements about a run are true, also for a run that breaks agreement, that is not finished, or in which no
//! process knows.
#![cfg(not(target_arch = "wasm32"))]

use paxos_playground::explore::sweep::{Faults, REASONS, Sweep, Under};
use paxos_playground::latency::{self, Awaited, Reason, Setback};
use paxos_playground::protocol::Vocabulary;
use paxos_playground::report::{Report, setback_text, unanswered_text, unknown_text, wait_text};
use paxos_playground::scenario::Scenario;
use paxos_playground::scenario::library::LIBRARY;
use paxos_playground::sim::Run;
use paxos_playground::types::Time;

/// Two halves of four nodes count as quorums, and each half passes a decree of its own.
const HALVES: &str = "nodes 4\nwithout majority\nat 0 partition A B | C D\nat 0 propose A \"red\"\n\
                      at 0 propose C \"blue\"\n";

/// All three vote, and A, which counts the votes, hears only its own vote.
const UNHEARD: &str = "nodes 3\nat 0 propose A \"red\"\ndrop Voted B->A #1\ndrop Voted C->A #1\n";

fn run(script: &str) -> Run {
    let text = format!("paxos-playground 1\n{script}");
    let (_, scenario) = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}: {script}"));
    Run::of(scenario)
}

fn json(run: &Run) -> serde_json::Value {
    serde_json::to_value(Report::of(run)).expect("a report is JSON")
}

fn setbacks(run: &Run) -> Vec<Setback> {
    latency::ballots(run.trace()).abandoned.iter().map(|abandoned| abandoned.why).collect()
}

fn unanswered(run: &Run) -> Vec<String> {
    latency::unanswered(run.trace())
        .iter()
        .map(|request| unanswered_text(run.trace(), Vocabulary::default(), request))
        .collect()
}

#[test]
fn each_decree_of_one_place_is_a_decision_of_its_own() {
    let run = run(HALVES);
    let decisions = latency::decisions(run.trace());
    let symbols = &run.scenario().symbols;
    let said: Vec<_> = decisions
        .iter()
        .map(|decision| {
            let learned = decision.learned.iter().map(|(node, time)| format!("{} {time}", symbols.node(*node)));
            (symbols.value(decision.vote.value).into_owned(), learned.collect::<Vec<_>>(), decision.all_learned)
        })
        .collect();
    let red = ("red".to_owned(), vec!["A 4".to_owned(), "B 5".to_owned()], None);
    let blue = ("blue".to_owned(), vec!["C 4".to_owned(), "D 5".to_owned()], None);
    assert_eq!(said, [red, blue]);
    let ends = decisions.iter().map(|decision| {
        let last = decision.awaited_messages().last().map(|id| run.trace().message(id));
        last.map(|last| (symbols.node(last.from).to_owned(), symbols.node(last.to).to_owned()))
    });
    let way = |from: &str, to: &str| Some((from.to_owned(), to.to_owned()));
    assert_eq!(ends.collect::<Vec<_>>(), [way("A", "B"), way("C", "D")]);
    let report = json(&run);
    assert_eq!(report["decisions"][0]["times"]["all_learned"], serde_json::Value::Null);
    assert_eq!(report["decisions"][0]["times"]["learned"]["C"], serde_json::Value::Null);
    assert_eq!(report["decisions"][1]["times"]["learned"]["D"], 5);
}

#[test]
fn a_decree_is_chosen_before_anybody_knows_it() {
    let run = run(UNHEARD);
    let trace = run.trace();
    let ballots = latency::ballots(trace);
    let said: Vec<_> =
        ballots.unknown.iter().map(|chosen| unknown_text(trace, Vocabulary::default(), chosen)).collect();
    assert_eq!(said, ["“red” is chosen at 3Δ by 1.A; nobody knows it yet"]);
    assert_eq!((ballots.abandoned.len(), latency::decisions(trace).len()), (0, 0));
    let report = json(&run);
    let chosen = serde_json::json!([{"instance": 1, "value": "red", "ballot": "1.A", "time": 3}]);
    assert_eq!(report["chosen"], chosen);
    assert_eq!(report["unanswered"][0]["outcome"], "chosen");
}

#[test]
fn the_time_of_choosing_is_a_field_of_a_decision() {
    let report = json(&run("nodes 3\nat 0 propose A \"red\"\n"));
    assert_eq!(report["decisions"][0]["times"]["chosen"], 3);
    let report = json(&run(&format!("{UNHEARD}at 6 propose B \"blue\"\n")));
    assert_eq!(report["decisions"][0]["times"]["chosen"], 3, "by 1.A, before B learns of it by 2.B at 10Δ");
}

#[test]
fn a_ballot_that_passes_the_same_decree_again_is_not_abandoned() {
    let run = run("nodes 3\nat 0 propose A \"red\"\nat 10 propose B \"blue\"\n");
    let ballots = latency::ballots(run.trace());
    assert_eq!((ballots.abandoned.len(), ballots.unknown.len()), (0, 0));
    let report = json(&run);
    let again = serde_json::json!([{"instance": 1, "value": "red", "ballot": "2.B", "time": 13}]);
    assert_eq!(report["ballots"]["again"], again);
}

#[test]
fn a_ballot_without_promises_did_not_lack_something_to_begin() {
    for protocol in ["multi", "broadcast"] {
        let run = run(&format!(
            "protocol {protocol}\nnodes 3\nat 0 propose A \"red\"\ndrop LastVote B->A #1\ndrop LastVote C->A #1\nuntil 1.9\n"
        ));
        assert_eq!(setbacks(&run), [Setback::NoPromises], "{protocol}");
    }
    // No client asks for anything, so a leader that has all its promises has nothing to begin.
    let run = run("protocol multi\nnodes 3\nat 0 leader A\nat 3 crash A\n");
    assert!(setbacks(&run).iter().all(|why| *why == Setback::Idle), "{:?}", setbacks(&run));
}

#[test]
fn a_ballot_that_passes_nothing_has_its_own_reason() {
    // B and C promise when A has long left 1.A.
    let late =
        "protocol complete\nnodes 3\nat 0 propose A \"red\"\ndelay LastVote B->A #1 30\ndelay LastVote C->A #1 30\n";
    assert_eq!(setbacks(&run(late)), [Setback::NoPromises]);
    let crash = "nodes 3\nat 0 propose A \"red\"\nat 1.5 crash A\n";
    assert_eq!(setbacks(&run(crash)), [Setback::Crashed]);
    let skipped = "nodes 3\nskip 2a\nat 0 propose A \"red\"\n";
    assert_eq!(setbacks(&run(skipped)), [Setback::Skipped]);
}

#[test]
fn a_vote_is_not_refused_for_a_larger_ballot_where_the_promise_is_smaller() {
    // Under the strict guard B may not vote in 2.A, because it has promised 1.A only. No larger ballot is to blame.
    let strict = "protocol complete\noption guard strict\nnodes 3\nleader A\nat 0 propose A \"red\"\ndrop LastVote B->A #1\n\
                  drop LastVote C->A #1\ndrop NextBallot A->B #2\ndrop BeginBallot A->C #1\nuntil 4.5\n";
    assert_eq!(setbacks(&run(strict)), [Setback::NoPromises, Setback::NoVotes]);
}

#[test]
fn a_ballot_that_somebody_has_learned_from_is_not_abandoned() {
    // The message says that 1.A passed red. Whoever sent it lied, but B believes it.
    let told = "nodes 3\nat 0 propose A \"red\"\nat 0.1 inject Success C->B 1.A \"red\" after 0.5\ndrop LastVote B->A #1\n\
                drop LastVote C->A #1\nuntil 3\n";
    assert_eq!(setbacks(&run(told)), []);
}

#[test]
fn a_ballot_that_is_given_up_says_because_of_what() {
    // A starts 5.A because of a first Nack and gives it up because of a second one. Only then do enough promises come.
    let run = run("protocol complete\noption restart any-nack\nnodes 3\nleader A\nat 0 propose A \"red\"\n\
                   at 0 inject NextBallot B->C 4.B\nat 0 inject NextBallot C->B 9.C after 1.1\n\
                   delay Nack B->A #1 0.5\ndelay Nack C->A #1 0.3\ndrop NextBallot A->B #2\n");
    let (trace, symbols) = (run.trace(), &run.scenario().symbols);
    let ballots = latency::ballots(trace);
    let given_up = ballots.abandoned.iter().find(|abandoned| symbols.ballot(abandoned.ballot) == "5.A");
    let why = setback_text(trace, Vocabulary::default(), given_up.expect("it passes nothing").why);
    assert_eq!(why, "its owner gave it up when a Nack told of 9.C");
    // The Nack answers 1.A, and comes when A has begun 2.A, of which nobody else has heard.
    let begun = crate::run(
        "protocol complete\noption restart any-nack\nnodes 3\nleader A\nat 0 inject NextBallot B->C 4.B\n\
                     at 0 propose A \"red\"\ndelay Nack C->A #1 3.5\ndrop NextBallot A->C #2\ndrop BeginBallot A->B #1\n\
                     drop BeginBallot A->C #1\ndrop LastVote B->A #1\n",
    );
    let whys: Vec<_> =
        setbacks(&begun).into_iter().map(|why| setback_text(begun.trace(), Vocabulary::default(), why)).collect();
    assert_eq!(whys, ["C had promised 4.B", "its owner gave it up when a Nack told of 4.B"]);
}

#[test]
fn requests_without_an_answer_are_named_with_what_became_of_them() {
    let halves = "nodes 4\nat 0 partition A B | C D\nat 0 propose A \"red\"\n";
    assert_eq!(unanswered(&run(halves)), ["“red”, asked of A at 0Δ, is not decided: no ballot asked for votes for it"]);
    let crash = "nodes 3\nat 0 propose A \"red\"\nat 0.5 crash A\n";
    assert_eq!(unanswered(&run(crash)), ["“red”, asked of A at 0Δ, is not decided: A crashed at 0.5Δ"]);
    let later = "nodes 3\nat 0 propose A \"red\"\nat 10 propose B \"blue\"\n";
    assert_eq!(unanswered(&run(later)), ["“blue”, asked of B at 10Δ, is not decided: “red” is"]);
    let begun = "protocol complete\noption guard strict\nnodes 3\nleader A\nat 0 propose A \"red\"\ndrop LastVote B->A #1\n\
                 drop LastVote C->A #1\ndrop NextBallot A->B #2\ndrop BeginBallot A->C #1\nuntil 4.5\n";
    assert_eq!(
        unanswered(&run(begun)),
        ["“red”, asked of A at 0Δ, is not decided: ballot 2.A was begun for it and did not pass"]
    );
    let lost = "protocol multi\nnodes 3\nat 0 leader A\nat 3 propose B \"y\"\ndrop Request B->A #1\nuntil 9\n";
    assert_eq!(unanswered(&run(lost)), ["“y”, asked of B at 3Δ, is not decided: the Request from B to A was lost"]);
    let down = "protocol multi\nnodes 3\nat 0 leader A\nat 3 propose B \"y\"\nat 5 crash B\n";
    assert_eq!(unanswered(&run(down)), ["“y”, asked of B at 3Δ, is decided, but B crashed at 5Δ and does not know"]);
    let answered = "protocol multi\nnodes 3\nat 0 leader A\nat 3 propose B \"y\"\n";
    assert_eq!(unanswered(&run(answered)), [""; 0]);
}

#[test]
fn every_critical_path_adds_up_to_the_figure_beside_it() {
    for built_in in LIBRARY {
        let (_, scenario) = Scenario::read(built_in.text).expect("a built-in script");
        let run = Run::of(scenario);
        for decision in latency::decisions(run.trace()) {
            let sum: u64 = decision.critical_path.iter().map(|segment| segment.span().0).sum();
            let last = decision.all_learned.or(decision.learned.last().map(|(_, time)| *time)).expect("it is learned");
            let start = decision.start().unwrap_or_default();
            // When an old ballot's decree was learned before a client asked again, no time passed since that request.
            assert_eq!(Time(sum), last.since(start.min(last)), "{}, {:?}", built_in.name, decision.vote);
            for pair in decision.critical_path.windows(2) {
                assert_eq!(pair[0].until, pair[1].from, "{}: a gap", built_in.name);
            }
        }
    }
}

#[test]
fn a_wait_says_what_for() {
    let (_, scenario) = Scenario::read(
        LIBRARY.iter().find(|built_in| built_in.name == "later-ballot-adopts").expect("it is built in").text,
    )
    .expect("a built-in script");
    let run = Run::of(scenario);
    let decision = &latency::decisions(run.trace())[0];
    let Awaited::Wait(node, why) = decision.critical_path[0].what else { panic!("E has to be asked first") };
    assert!(matches!(why, Reason::Act(_)));
    assert_eq!(wait_text(run.trace(), Vocabulary::default(), node, why), "a wait until E is asked for “blue”");
    assert_eq!(decision.critical_path[0].span(), Time::deltas(5));
}

#[test]
fn a_wait_for_a_timer_begins_when_the_ballot_was_tried() {
    let run = run(
        "protocol complete\nnodes 3\nleader A\nat 2 propose B \"red\"\ndrop LastVote B->A #1\ndrop LastVote C->A #1\n",
    );
    let decision = &latency::decisions(run.trace())[0];
    let spans: Vec<_> =
        decision.critical_path.iter().take(2).map(|part| (part.from, part.until, part.message().is_some())).collect();
    // B asks A, and A waits for promises from then on.
    assert_eq!(spans, [(Time::deltas(2), Time::deltas(3), true), (Time::deltas(3), Time::deltas(5), false)]);
}

#[test]
fn a_message_that_is_sent_again_makes_its_timer_a_part_of_the_path() {
    let run = run("protocol complete\nnodes 3\nat 0 propose A \"red\"\ndrop NextBallot A->B #1\n\
                   drop NextBallot A->C #1\n");
    let trace = run.trace();
    let decision = &latency::decisions(trace)[0];
    let Awaited::Wait(node, why) = decision.critical_path[0].what else { panic!("{:?}", decision.critical_path) };
    assert_eq!(wait_text(trace, Vocabulary::default(), node, why), "A waits for its timer “phase 1”");
    assert_eq!(
        (decision.critical_path[0].span(), decision.from_client().all),
        (Time::deltas(2), Some(Time::deltas(7)))
    );
}

#[test]
fn a_run_that_breaks_agreement_has_not_decided_in_a_sweep() {
    let (script, _) = Scenario::read(&format!("paxos-playground 1\n{HALVES}")).expect("a good script");
    let mut sweep = Sweep::new(&script, Under::Own, &Faults::default(), 0..1).expect("a good sweep");
    assert!(sweep.go_on(usize::MAX));
    let tally = &sweep.swept().tallies[0];
    assert_eq!((tally.runs, tally.decided), (1, 0));
    let place = REASONS.iter().position(|reason| reason.name == "disagreement").expect("it is a reason");
    assert_eq!(tally.undecided[place].runs, 1);
}

fn first_decision(script: &str) -> latency::Decision {
    latency::decisions(run(script).trace()).swap_remove(0)
}

#[test]
fn only_larger_ballots_that_come_after_the_request_surprise_the_leader() {
    let asked = |at| {
        first_decision(&format!(
            "protocol multi\nnodes 5\nleader A\nat 0 inject NextBallot B->C 4.B after 0.5\nat {at} propose A \"red\"\n\
             drop BeginBallot A->C #1\n"
        ))
    };
    // C refuses 1.A at 1Δ.
    assert_eq!((asked(1).stale, asked(2).stale), (1, 0));
    // Under the strict guard B refuses 2.A because it has promised 1.C, which is smaller.
    let strict = first_decision(
        "protocol complete\noption guard strict\nnodes 5\nleader A\nat 0 inject NextBallot C->B 1.C after 0.1\n\
         at 0 propose A \"red\"\ndrop NextBallot A->B #1\ndrop NextBallot A->B #2\ndrop LastVote C->A #1\n\
         drop LastVote D->A #1\n",
    );
    assert_eq!(strict.stale, 0);
}

#[test]
fn a_path_begins_with_the_request_and_not_before() {
    // The last promise lands in the instant of the request, and is not waited for.
    let at_once = first_decision("protocol multi\nnodes 3\nleader A\nat 2 propose A \"red\"\n");
    assert_eq!(at_once.critical_path.iter().map(|part| part.span()).collect::<Vec<_>>(), [Time::DELTA; 3]);
    // A request has no place in the ledger, so it belongs to every place.
    let second = run("protocol multi\nnodes 3\nleader A\nat 3 propose A \"red\"\nat 8 propose B \"blue\"\n");
    let path = &latency::decisions(second.trace())[1].critical_path;
    assert!(path.len() == 4 && path.iter().all(|part| part.message().is_some()), "{path:?}");
}

#[test]
fn a_decree_that_waits_for_another_place_says_so() {
    let run =
        run("protocol multi\noption window 1\nnodes 3\nleader A\nat 3 propose A \"red\"\nat 3 propose A \"blue\"\n");
    let decisions = latency::decisions(run.trace());
    let Awaited::Wait(node, why) = decisions[1].critical_path[0].what else { panic!("{decisions:?}") };
    assert_eq!(wait_text(run.trace(), Vocabulary::default(), node, why), "A waits for the decree in place 1");
    assert_eq!(decisions[1].critical_path.len(), 4);
    assert_eq!(decisions[0].critical_path.len(), 3);
}

#[test]
fn a_wait_takes_time() {
    // The request for blue and the end of A's timer fall into one instant.
    let decision = first_decision(
        "protocol complete\nnodes 3\nleader A\nat 0 propose A \"red\"\nat 2 propose A \"blue\"\ndrop NextBallot A->B #1\n\
         drop NextBallot A->C #1\n",
    );
    let spans: Vec<_> = decision.critical_path.iter().map(|part| part.span()).collect();
    assert_eq!(spans, [2, 1, 1, 1, 1, 1].map(Time::deltas));
}
