//! Tests of what the world promises to every machine. They use the smallest machine that needs it: a machine that asks its
//! peer and gives up after 2Δ.

use std::hash::Hasher;
use std::sync::Arc;

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;
use siphasher::sip::SipHasher13;

use super::{Bound, CELL_BYTES, EVENTS_MAX, MESSAGES_MAX, Run, Stop, World};
use crate::protocol::{
    Carries, Effect, Effects, Fact, Input, Kind, KindInfo, Machine, Message, Payload, Phase, Protocol, Setup, Slip,
    Storage, TimerId, TimerInfo, Vocabulary,
};
use crate::quorum::{QuorumSystem, Quorums, Round};
use crate::scenario::Scenario;
use crate::trace::{EventId, Loss, What};
use crate::types::{Ballot, Instance, NodeId, Time};

const ASK: Kind = Kind(0);
const ANSWER: Kind = Kind(1);
const CALL: Kind = Kind(2);
const PATIENCE: TimerId = TimerId { kind: 0, number: 0 };

static ASKER: Protocol = Protocol {
    name: "asker",
    title: "Asker",
    summary: "Asks the other node and gives up after 2Δ.",
    source: "these tests",
    formulas: &[],
    kin: || crate::protocol::Kin { per_fault: 2, line: None, costs: "", after: &[], from: &[] },
    family: crate::protocol::Family::Plain,
    trust: crate::protocol::Trust::Crash,
    kinds: &[kind("Ask", Phase::OneA), kind("Answer", Phase::OneB), kind("Call", Phase::Three).multicast()],
    fields: &[],
    timers: &[TimerInfo { name: "patience", meaning: "2Δ have gone by", is_papers: false }],
    options: &[],
    guards: &[],
    is_log: false,
    ignores_oracle: |_| None,
    quorums: |cast, _, named| Ok(named.unwrap_or_else(|| Quorums::same(QuorumSystem::majority(cast.acceptors)))),
    round: |_, _| Round::Classic,
    membership: None,
    window: None,
    histories: None,
    client: None,
    needs_results: false,
    progress: None,
    open: |_: &Arc<Setup>, me, _: &Storage| Box::new(Asker { me }),
};

const fn kind(name: &'static str, phase: Phase) -> KindInfo {
    KindInfo {
        name,
        name_2001: name,
        phase,
        carries: Carries::Nothing,
        is_sweeping: false,
        is_of_clients: false,
        is_invented: false,
        is_multicast: false,
        is_by_name: false,
        says: None,
    }
}

#[derive(Clone, Hash)]
struct Asker {
    me: NodeId,
}

impl Machine for Asker {
    fn step(&mut self, input: Input<'_>, effects: &mut Effects) {
        let ballot = Ballot::new(1, self.me);
        let message = |kind| Message { kind, ballot: Some(ballot), instance: Instance::FIRST, payload: Payload::Empty };
        match input {
            // The second value of a script is called out to everybody.
            Input::Propose(value) if value.0 == 1 => effects.send_each([1, 0, 2].map(NodeId), &message(CALL)),
            Input::Propose(_) => {
                effects.0.push(Effect::SetTimer(PATIENCE, Time::deltas(2)));
                effects.send(NodeId(1 - self.me.0), message(ASK));
            }
            Input::Deliver { from, message: asked } if asked.kind == ASK => effects.send(from, message(ANSWER)),
            Input::Deliver { .. } => effects.0.push(Effect::CancelTimer(PATIENCE)),
            Input::Timer(_) => effects.state(Fact::Tried(ballot)),
            Input::Start { .. } | Input::Leaders(_) | Input::Executed(_) => {}
        }
    }

    fn slip(&self) -> Option<Slip> {
        None
    }
}

/// The run of a script.
fn run(script: &str) -> Run {
    Run::of(Scenario::read(script).expect("a good script").1)
}

/// The times at which the asker gave up, in a run of this script. `LastVote` stands for the peer's answer.
fn gave_up(lines: &str) -> Vec<Time> {
    let (_, scenario) = Scenario::read(&format!("paxos-playground 1\nnodes A B\n{lines}")).expect("a good script");
    let run = Run::of(Scenario { protocol: &ASKER, ..scenario });
    let fired = run.trace().events().iter().filter(|event| matches!(event.what, What::TimerFired(..)));
    fired.map(|event| event.time).collect()
}

#[test]
fn an_answer_that_takes_as_long_as_the_timer_is_in_time() {
    assert_eq!(gave_up("at 0Δ propose A \"x\"\n"), []);
    assert_eq!(gave_up("at 0Δ propose A \"x\"\ndelay LastVote B->A #1 1.000001Δ\n"), [Time::deltas(2)]);
}

#[test]
fn setting_a_timer_again_replaces_it() {
    let lines = "at 0Δ propose A \"x\"\nat 1.5Δ propose A \"x\"\ndrop LastVote B->A #1\ndrop LastVote B->A #2\n";
    assert_eq!(gave_up(lines), [Time(3_500_000)]);
}

#[test]
fn a_crash_forgets_timers() {
    let lines = "at 0Δ propose A \"x\"\nat 1Δ crash A\nat 1.5Δ restart A\ndrop LastVote B->A #1\n";
    assert_eq!(gave_up(lines), []);
}

#[test]
fn timers_are_part_of_the_state() {
    let (_, scenario) =
        Scenario::read("paxos-playground 1\nnodes A B\nat 0Δ propose A \"x\"\n").expect("a good script");
    let scenario = Arc::new(Scenario { protocol: &ASKER, ..scenario });
    let mut world = World::new(scenario, None);
    world.step(None);
    let waiting = world.clone();
    while world.step(None) {}
    assert_eq!((waiting.steps(), world.steps()), (1, 4), "the line, the question, the answer, the cancelled timer");
    assert_ne!(waiting.digest(), world.digest());
    assert_eq!(waiting.digest(), waiting.clone().digest());
}

#[test]
fn a_fast_clock_lets_a_running_timer_run_out_and_finds_no_other() {
    let script = "paxos-playground 1\nprotocol complete\nnodes 3\nat 0 propose A red\nat 0.5 timeout A \"phase 1\"\n\
                  at 0.5 timeout B \"phase 1\"\nat 1 timeout A silent #2\n";
    let run = run(script);
    let notes: Vec<_> = run.notes().into_iter().map(|note| (note.line, note.message)).collect();
    let expected = [(6, "B runs no such timer now".to_owned()), (7, "A runs no such timer now".to_owned())];
    assert_eq!(notes, expected);
    let early = run.trace().events().iter().find(|event| matches!(event.what, What::TimerFired(..)));
    assert_eq!(early.map(|event| event.time), Some(Time(500_000)));
    let tried = run.trace().facts().filter(|(.., fact)| matches!(fact, Fact::Tried(_))).count();
    assert_eq!(tried, 2, "the ballot is given up for another, and its own timer finds nothing to do");
}

#[test]
fn a_line_that_finds_nothing_to_do_says_so_and_does_nothing() {
    let cases = [
        ("crash A", "propose A red", "A is down and cannot propose"),
        ("crash A", "crash A", "A is down already"),
        ("crash A", "crash A before-send", "A is down already"),
        ("crash A before-send", "crash A before-send", "A is told this already"),
        ("heal A->B", "restart A", "A is up already"),
        ("cut A->B", "cut A->B", "this link is cut already"),
        ("cut A->B", "heal B->A", "this link is open already"),
        ("crash A", "heal", "there is nothing to heal"),
        ("leader B", "leader B", "the oracle says this already"),
    ];
    for (first, then, why) in cases {
        let script = format!("paxos-playground 1\nprotocol multi\nnodes A B C\nat 1Δ {first}\nat 2Δ {then}\n");
        let run = run(&script);
        assert!(run.notes().iter().any(|note| note.line == 5 && note.message == why), "{first}, {then}");
        let acted = run.trace().events().iter().filter(|event| matches!(event.what, What::Acted(1, _))).count();
        assert_eq!(acted, 0, "{first}, {then}");
    }
    // The same lines where each has something to do.
    for (first, then) in
        [("crash A", "restart A"), ("cut A->B", "heal A->B"), ("cut A->B", "heal"), ("leader B", "leader A")]
    {
        let script = format!("paxos-playground 1\nprotocol multi\nnodes A B C\nat 1Δ {first}\nat 2Δ {then}\n");
        assert_eq!(run(&script).notes(), [], "{first}, {then}");
    }
}

#[test]
fn the_first_event_of_a_step_without_an_input_is_the_cause_of_the_others() {
    let script = "paxos-playground 1\nprotocol complete\noption election heartbeat\nnodes A B C\n";
    let run = run(script);
    let causes: Vec<_> = run.trace().events().iter().take(6).map(|event| event.cause.0).collect();
    assert_eq!(causes, [0, 0, 2, 2, 4, 4], "each process tells the two others that it is there");
}

#[test]
fn a_client_that_waits_is_in_another_state() {
    let script = "paxos-playground 1\nprotocol multi\nnodes A B C X\nclients X\nat 3Δ propose X red\n";
    let run = run(script);
    let [before, waiting, answered] = [2, 5, 9].map(|time| {
        let mut hasher = SipHasher13::new();
        run.world_at(Time::deltas(time)).nodes[3].machine.digest(&mut hasher);
        hasher.finish()
    });
    assert_ne!(before, waiting);
    assert_eq!(before, answered);
}

#[test]
fn a_leaders_slip_says_what_came_and_for_which_phase() {
    for protocol in ["preliminary", "basic", "complete", "multi", "broadcast"] {
        let script = format!("paxos-playground 1\nprotocol {protocol}\nnodes A B C\nat 0Δ propose A red\n");
        let run = run(&script);
        let slip = |time| run.world_at(Time(time)).slip(NodeId(0)).map(|slip| (slip.phase, slip.collected.len()));
        assert_eq!(slip(500_000), Some((Phase::OneB, 1)), "{protocol}");
        assert_eq!(slip(2_500_000), Some((Phase::TwoB, 1)), "{protocol}");
        assert_eq!(run.last().slip(NodeId(1)), None, "{protocol}: B leads no ballot");
    }
}

/// Of a million numbers, a loss of so many per million takes just so many: those below it.
#[test]
fn a_message_is_lost_when_its_number_is_below_the_loss() {
    for seed in 1..=5 {
        // The link from A to B is the second of nine; the delay is drawn first.
        let mut random = Pcg32::new(seed, 1);
        random.next_u64();
        let [loss, copy] = [(); 2].map(|()| random.next_u32() % 1_000_000);
        // How many copies of the first message from A to B land.
        let landed = |line: &str, share: u32| {
            let share = format!("{}.{:04}", share / 10_000, share % 10_000);
            let script = format!("paxos-playground 1\nnodes A B C\nseed {seed}\n{line} {share}%\nat 0 propose A red\n");
            let run = run(&script);
            let messages = run.trace().messages().iter();
            let asks =
                messages.filter(|sent| sent.from == NodeId(0) && sent.to == NodeId(1) && sent.message.kind == Kind(0));
            let lands = |end: EventId| matches!(run.trace().events()[end.0 as usize].what, What::Landed(_));
            asks.filter(|sent| sent.end.is_some_and(lands)).count()
        };
        assert_eq!([landed("loss", loss), landed("loss", loss + 1)], [1, 0], "seed {seed}");
        assert_eq!([landed("duplicates", copy), landed("duplicates", copy + 1)], [1, 2], "seed {seed}");
    }
}

#[test]
fn a_world_after_some_events_stands_where_a_run_from_the_start_stands() {
    // The timer of a phase that ended in time comes up later and makes no event.
    let asked: String = (0..60).map(|time| format!("at {}Δ propose A \"{time}\"\n", 4 + 4 * time)).collect();
    let script = format!("paxos-playground 1\nprotocol multi\nnodes A B C\n{asked}");
    let run = run(&script);
    assert!(run.last().steps() > 600, "there are checkpoints");
    let mut world = World::new(Arc::clone(run.scenario()), None);
    let mut moved = world.clone();
    for events in 0..=run.trace().events().len() {
        while (world.events as usize) < events {
            world.step(None);
        }
        let found = run.world_after(events);
        run.move_world(&mut moved, events);
        assert_eq!([found.steps(), moved.steps()], [world.steps(); 2], "after {events} events");
        assert_eq!([found.digest(), moved.digest()], [world.digest(); 2], "after {events} events");
    }
}

#[test]
fn what_is_under_way_is_part_of_the_state() {
    let after = |time: &str| {
        let script = format!("paxos-playground 1\nnodes A B C\nat 0Δ inject NextBallot A->B 1.A after {time}\n");
        run(&script).world_at(Time::ZERO).digest()
    };
    assert_ne!(after("1Δ"), after("2Δ"));
    assert_eq!(after("1Δ"), after("1Δ"));
}

#[test]
fn a_cut_is_part_of_the_state() {
    let after = |line: &str| {
        let script = format!("paxos-playground 1\nnodes A B C\nat 1Δ {line}\n");
        run(&script).last().digest()
    };
    assert_ne!(after("cut A->B"), after("cut A->C"));
    assert_eq!(after("cut A->B"), after("cut A->B"));
}

#[test]
fn what_an_emptied_disk_held_no_longer_counts() {
    let kept = |lines: &str| {
        let script = format!("paxos-playground 1\nnodes A B C\nat 0 propose A red\n{lines}");
        run(&script).last().kept
    };
    // Everybody keeps nextBal, prevVote and the ledger, and A keeps lastTried as well.
    assert_eq!(kept(""), 10 * CELL_BYTES);
    let cells = 3;
    assert_eq!(kept("") - kept("at 9Δ crash C\nat 10Δ restart C empty\n"), cells * CELL_BYTES);
}

/// A script with 128 nodes and six leaders, in which every message has a copy.
fn crowd() -> String {
    let head =
        "paxos-playground 1\nprotocol broadcast\nnodes 128\noption window 64\nduplicates 100%\nleader A B C D E F\n";
    let asked = |node: char| (0..64).map(move |count| format!("at 0Δ propose {node} \"{node}{count}\"\n"));
    head.to_owned() + &('A'..='F').flat_map(asked).collect::<String>()
}

#[test]
fn a_run_that_holds_too_much_stops_and_says_for_what() {
    let run = run(&crowd());
    assert_eq!(run.stop(), Stop::TooLarge(Bound::Messages));
    let trace = run.trace();
    // The last effect may add copies of its message beyond the bound.
    assert!((MESSAGES_MAX as usize..MESSAGES_MAX as usize + 3).contains(&trace.messages().len()));
    assert!(trace.events().len() < EVENTS_MAX as usize);
    let notes = run.notes();
    let told = notes.iter().find(|note| note.line == 0).expect("a note on the whole run");
    assert_eq!(told.message, "stopped at 3Δ: a run holds at most 125000 messages, and what comes after is not run");
    // The part before the bound can still be looked at, and a world that runs there again is the same.
    assert_eq!(run.world_after(trace.events().len()).digest(), run.last().digest());
}

#[test]
fn decrees_in_lists_count_as_what_they_are() {
    let run = |decree: &str| {
        let asked: String = (10..74).map(|count| format!("at 0Δ propose A \"{decree}{count}\"\n")).collect();
        let leader = |count: u8| char::from(b'B' + count % 15);
        let led: String = (0..80).map(|count| format!("at {}Δ leader {}\n", 4 + count, leader(count))).collect();
        let script =
            format!("paxos-playground 1\nprotocol multi\nnodes 128\noption window 64\n{asked}at 3.5Δ crash A\n{led}");
        run(&script)
    };
    let [short, wide] = [run("x"), run(&"𝔸".repeat(60))];
    assert_eq!(wide.stop(), Stop::TooLarge(Bound::Bytes));
    assert!(wide.trace().end() < short.trace().end());
}

#[test]
fn a_vote_in_a_far_place_costs_what_happens_and_not_its_number() {
    let run = |place: u32| {
        let script = format!(
            "paxos-playground 1\nprotocol broadcast\nnodes 3\nloss 50%\nseed 3\n\
             at 0Δ inject BeginBallot B->C 2.B [{place}] \"x\"\nat 3Δ propose A \"y\"\n"
        );
        run(&script)
    };
    let [near, far] = [run(200), run(10_000)];
    assert_eq!((near.stop(), far.stop()), (Stop::Horizon, Stop::Horizon));
    assert!(far.trace().events().len() < 2 * near.trace().events().len().max(5_000), "{far:?} beside {near:?}");
}

#[test]
fn a_gap_wider_than_the_window_is_filled_whole() {
    let script = "paxos-playground 1\nprotocol multi\nnodes 3\nleader none\nat 0Δ inject BeginBallot B->C 2.B [50] \"x\"\n\
                  at 1Δ inject BeginBallot B->A 2.B [50] \"x\"\nat 3Δ leader A\nat 4Δ propose A \"y\"\n";
    let run = run(script);
    let learned = |instance| {
        let learns = |fact| matches!(fact, Fact::Learned(Instance(place), _) if place == instance);
        run.trace().facts().filter(|(.., fact)| learns(*fact)).count()
    };
    assert!((1..=51).all(|instance| learned(instance) == 3));
}

/// The gap between what is reported far away and what the window lets the leader fill ends at each reported place.
#[test]
fn filling_a_gap_leaves_alone_what_is_under_way_in_it() {
    let script = "paxos-playground 1\nprotocol multi\nnodes 3\nleader none\nat 0Δ inject BeginBallot B->C 2.B [20] \"x\"\n\
                  at 0Δ inject BeginBallot B->C 2.B [50] \"y\"\nat 2.5Δ crash B\nat 3Δ leader A\n";
    let run = run(script);
    for place in 1..=50 {
        let began = |fact| matches!(fact, Fact::Began { instance: Instance(at), .. } if at == place);
        assert_eq!(run.trace().facts().filter(|(.., fact)| began(*fact)).count(), 1, "place {place}");
        let learned = |fact| matches!(fact, Fact::Learned(Instance(at), _) if at == place);
        assert_eq!(run.trace().facts().filter(|(.., fact)| learned(*fact)).count(), 2, "place {place}");
    }
}

#[test]
fn a_line_of_the_trace_is_bounded() {
    let votes: String = (1..=500).map(|place| format!("at 0Δ inject BeginBallot B->A 2.B [{place}] \"x\"\n")).collect();
    let script = format!("paxos-playground 1\nprotocol multi\nnodes 3\nleader none\n{votes}at 3Δ leader A\n");
    let text = run(&script).trace().text();
    assert!(text.contains(", and 436 more"));
    assert!(text.lines().all(|line| line.chars().count() < 2_000));
}

/// A machine that executes every command that it is asked for, and reports the result of each command.
#[derive(Clone, Hash)]
struct Executor {
    executed: u32,
}

static EXECUTOR: Protocol = Protocol {
    name: "executor",
    is_log: true,
    needs_results: true,
    open: |_, _, _| Box::new(Executor { executed: 0 }),
    ..ASKER
};

impl Machine for Executor {
    fn step(&mut self, input: Input<'_>, effects: &mut Effects) {
        match input {
            Input::Propose(value) => {
                self.executed += 1;
                effects.apply(Instance(self.executed), value);
            }
            Input::Executed(executed) => {
                assert_eq!(executed.instance, Instance(self.executed));
                assert_ne!((executed.history, executed.state), (0, 0));
                effects.state(Fact::Answered(executed.value));
            }
            _ => {}
        }
    }

    fn slip(&self) -> Option<Slip> {
        None
    }
}

/// The executor's facts and the entries that the world executed, in order.
fn executed(protocol: &'static Protocol) -> Vec<String> {
    let script = "paxos-playground 1\nprotocol multi\nservice kv\nnodes A B\nat 0Δ propose A \"put x 1\"\n";
    let (_, scenario) = Scenario::read(script).expect("a good script");
    let run = Run::of(Scenario { protocol, ..scenario });
    let said = run.trace().events().iter().filter_map(|event| match &event.what {
        What::Applied(_, applied) => Some(format!("applied {}", applied.instance.0)),
        What::Stated(_, fact) => Some(run.trace().describe_fact(Vocabulary::default(), fact)),
        _ => None,
    });
    said.collect()
}

#[test]
fn a_machine_that_needs_results_hears_what_came_of_each_command() {
    assert_eq!(executed(&EXECUTOR), ["applied 1", "answers the client of \"put x 1\""]);
    static DEAF: Protocol = Protocol { needs_results: false, ..EXECUTOR };
    assert_eq!(executed(&DEAF), ["applied 1"]);
}

/// For the link from A to B and the link from B to A: how many messages are lost by chance, and how many are sent.
fn lost_by_chance(settings: &str) -> [(usize, usize); 2] {
    let asked: String = (0..40).map(|count| format!("at {}Δ propose A \"red\"\n", 6 * count)).collect();
    let text = format!("paxos-playground 1\nnodes A B\n{settings}{asked}");
    let run = run(&text);
    [(0, 1), (1, 0)].map(|(from, to)| {
        let is_it = |ends: (NodeId, NodeId)| ends == (NodeId(from), NodeId(to));
        let sent: Vec<_> = run.trace().messages().iter().filter(|sent| is_it((sent.from, sent.to))).collect();
        let is_lost = |end: EventId| matches!(run.trace().event(end).what, What::Lost(_, Loss::Chance));
        (sent.iter().filter(|sent| sent.end.is_some_and(is_lost)).count(), sent.len())
    })
}

#[test]
fn a_loss_of_one_link_holds_there_and_nowhere_else_whatever_the_order() {
    let [there, back] = lost_by_chance("loss A->B 100%\n");
    assert!(there.0 == there.1 && there.1 > 0 && back == (0, 0), "{there:?} {back:?}");
    let [there, back] = lost_by_chance("loss B->A 100%\n");
    assert!(there.0 == 0 && back.0 == back.1 && back.1 > 0, "{there:?} {back:?}");
    let either = ["loss 100%\nloss A->B 0%\n", "loss A->B 0%\nloss 100%\n"].map(lost_by_chance);
    assert_eq!(either[0], either[1]);
    let [there, back] = either[0];
    assert!(there.0 == 0 && back.0 == back.1 && back.1 > 0, "{there:?} {back:?}");
}

#[test]
fn chance_of_one_link_leaves_all_other_links_as_they_were() {
    // The draw for a message depends on the seed, the link and the link's count, so a share of one link changes no other
    // link.
    let hash = |settings: &str| {
        let text = format!("paxos-playground 1\nnodes 3\n{settings}at 0Δ propose A \"red\"\n");
        run(&text).trace().hash()
    };
    let same = ["loss 20%\n", "loss 20%\nloss A->B 20%\n", "loss A->B 20%\nloss 20%\nloss C->A 20%\n"].map(hash);
    assert!(same[0] == same[1] && same[1] == same[2]);
    assert_eq!(hash("duplicates 20%\n"), hash("duplicates 20%\nduplicates B->A 20%\n"));
    assert_eq!(hash("loss 0%\n"), hash("loss A->B 0%\n"));
}

#[test]
fn copies_of_one_link_are_made_there_and_nowhere_else() {
    let text = "paxos-playground 1\nnodes 3\nduplicates A->B 100%\nat 0Δ propose A \"red\"\n";
    let run = run(text);
    let messages = run.trace().messages();
    assert!(messages.iter().any(|sent| sent.copy_of.is_some()));
    for sent in messages.iter().filter(|sent| sent.copy_of.is_some()) {
        assert_eq!((sent.from, sent.to), (NodeId(0), NodeId(1)));
    }
}

#[test]
fn an_empty_disk_is_of_one_restart_and_forgetting_is_of_one_node() {
    let cells = |settings: &str, restart: &str, node: u8| {
        let text = format!(
            "paxos-playground 1\nnodes 3\n{settings}at 0Δ propose A \"red\"\nat 6Δ crash B\nat 6Δ crash C\n\
             at 7Δ restart B{restart}\nat 7Δ restart C\nuntil 7Δ\n"
        );
        let run = run(&text);
        run.last().storage(NodeId(node)).len()
    };
    assert_eq!((cells("", "", 1), cells("", " empty", 1)), (3, 0));
    assert_eq!((cells("", "", 2), cells("", " empty", 2)), (3, 3));
    let setup = |settings: &str| {
        let text = format!("paxos-playground 1\nnodes 3\n{settings}");
        let setup = Scenario::read(&text).expect("a good script").1.setup;
        [0, 1, 2].map(|node| setup.remembers(NodeId(node)))
    };
    assert_eq!(setup("without memory C\n"), [true, true, false]);
    assert_eq!(setup("without memory\n"), [false, false, false]);
}

#[test]
fn how_long_delta_is_changes_no_run() {
    let with = |delta: &str| {
        let text = format!("paxos-playground 1\nnodes 3\n{delta}delay 0.2Δ..1Δ\nat 0Δ propose A red\n");
        Scenario::read(&text).expect("a good script").1
    };
    let run = Run::of(with(""));
    assert_eq!(run.trace().text(), Run::of(with("delta 30ms\n")).trace().text());
    let fork = run.fork(with("delta 30ms\n"));
    assert_eq!(fork.trace().text(), run.trace().text());
    assert_eq!(fork.scenario().time_text(Time(2_500_000)), "2.5Δ (75 ms)");
    assert_eq!(run.scenario().time_text(Time(2_500_000)), "2.5Δ");
}

#[test]
fn a_multicast_takes_its_port_once_and_counts_its_bytes_once() {
    let text = "paxos-playground 1\nnodes A B C\nheader 100B\nbandwidth 1kB/Δ\ndelay 0.5Δ\nat 0Δ propose A \"x\"\n\
                at 1Δ propose A \"y\"\nat 1.05Δ propose A \"y\"\n";
    let (_, scenario) = Scenario::read(text).expect("a good script");
    let run = Run::of(Scenario { protocol: &ASKER, ..scenario });
    let calls = run.trace().messages().iter().filter(|sent| sent.message.kind == CALL);
    let calls: Vec<_> = calls.map(|sent| (sent.to.0, sent.leaves.0, sent.is_shared)).collect();
    let (first, second) = (1_100_000, 1_200_000);
    let one = [(1, first, false), (0, 1_000_000, false), (2, first, true)];
    let other = [(1, second, false), (0, 1_050_000, false), (2, second, true)];
    assert_eq!(calls, [one, other].concat());
    let counts = run.trace().message_counts(run.trace().events().len());
    assert_eq!((counts.sent, counts.bytes), (6, 400), "a question, an answer, and two calls to two nodes each");
}

#[test]
fn messages_through_ports_are_part_of_the_state() {
    let text = "paxos-playground 1\nnodes 3\nbandwidth 1kB/Δ\nat 0Δ propose A \"x\"\n";
    let (_, scenario) = Scenario::read(text).expect("a good script");
    let mut world = World::new(Arc::new(scenario), None);
    world.step(None);
    let (waiting, steps) = (world.clone(), world.steps());
    assert!(waiting.nodes[0].port.messages().count() == 2 && waiting.nodes[0].port.bytes() > 0);
    while world.nodes[0].port.messages().count() > 0 {
        assert!(world.step(None));
    }
    assert!(world.steps() > steps && world.digest() != waiting.digest());
    let mut again = waiting.clone();
    while again.steps() < world.steps() {
        again.step(None);
    }
    assert_eq!(again.digest(), world.digest());
}
