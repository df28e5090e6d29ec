//! Properties of every script: it reads back, replays, forks and seeks exactly, and never breaks Paxos.
//!
//! `PROPTEST_CASES=10000 cargo test --release --test properties` tests more cases than the default.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

use paxos_playground::check::beta::Beta;
use paxos_playground::check::{Judge, Verdict, check};
use paxos_playground::latency::{self, Notebook};
use paxos_playground::protocol::Fact;
use paxos_playground::quorum::Round;
use paxos_playground::scenario::link::{Opens, RunLink};
use paxos_playground::scenario::{Act, Error, Lie, Link, Range, RuleEffect, Scenario, Script, Statement};
use paxos_playground::sim::{Run, Stop, World};
use paxos_playground::trace::{Envelope, Event, EventId, Loss, MessageId, Trace, What};
use paxos_playground::types::{Bytes, Time};
use proptest::collection::vec;
use proptest::prelude::*;

#[path = "support/scripts.rs"]
mod scripts;

/// This many cases, unless the environment says otherwise. A person adds a failing case as a test of its own.
fn cases(count: u32) -> ProptestConfig {
    let told = std::env::var_os("PROPTEST_CASES").is_some();
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if told { config } else { ProptestConfig { cases: count, ..config } }
}

fn scenario(script: &Script) -> Scenario {
    Scenario::of(script).unwrap_or_else(|error| panic!("{error}\n{script}"))
}

fn run(script: &Script) -> Run {
    Run::of(scenario(script))
}

/// A world without checkpoints: it is stepped from the start of the run while `go_on` says so.
fn stepped(run: &Run, go_on: impl Fn(&World, Time) -> bool) -> World {
    let mut world = World::new(run.scenario().clone(), None);
    let horizon = run.scenario().horizon();
    let within = |time: Time| time <= horizon;
    while world.next_time().is_some_and(|next| within(next) && go_on(&world, next)) {
        world.step(None);
    }
    world
}

fn assert_points_inside(text: &str, error: &Error) {
    let lines: Vec<_> = text.lines().collect();
    assert!((1..=lines.len().max(1)).contains(&error.line), "{error}");
    let line = lines.get(error.line - 1).map_or(0, |line| line.chars().count());
    assert!((1..=line + 1).contains(&error.column), "{error}");
    assert!(!error.message.is_empty() && !error.to_string().chars().any(char::is_control), "{error:?}");
}

fn assert_reads_sensibly(text: &str) {
    match Scenario::read(text) {
        Err(error) => assert_points_inside(text, &error),
        Ok((script, _)) => assert_eq!(Script::parse(&script.to_string()), Ok(script)),
    }
}

fn assert_same(fork: &Run, fresh: &Run) {
    let differ = (0..fresh.trace().events().len())
        .find(|place| fork.trace().events().get(*place) != fresh.trace().events().get(*place));
    if let Some(place) = differ {
        let line = |run: &Run| run.trace().events().get(place).map(|_| run.trace().line(EventId(place as u32)));
        panic!("event {place} is {:?} in the fork, {:?} afresh", line(fork), line(fresh));
    }
    assert_eq!(fork.trace().messages(), fresh.trace().messages());
    assert_eq!(fork.trace().hash(), fresh.trace().hash());
    assert_eq!((fork.stop(), fork.notes()), (fresh.stop(), fresh.notes()));
    assert_eq!(fork.last().digest(), fresh.last().digest());
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn a_printed_script_reads_back_as_it_was(script in scripts::script()) {
        let parsed = Script::parse(&script.to_string());
        prop_assert!(parsed.as_ref() == Ok(&*script), "{:?}", parsed.map(scripts::Sample));
    }

    #[test]
    fn a_link_opens_the_script_it_was_made_of(script in scripts::script(), ticks in 0..45_000_000_u64) {
        let at = Some(Time(ticks));
        let link = RunLink { opens: Opens::Script(script.to_string()), at, selection: Some("A".to_owned()), only: None, lang: None };
        prop_assert_eq!(RunLink::read(&link.print()), (link, None));
    }

    #[test]
    fn arbitrary_links_never_panic(text in any::<String>()) {
        for text in [format!("v=1&s={text}"), format!("v=1&lesson={text}"), text] {
            let (_, wrong) = RunLink::read(&text);
            prop_assert!(wrong.is_none_or(|wrong| wrong.starts_with("The link")));
        }
    }

    #[test]
    fn a_read_scenario_is_that_of_its_script(script in scripts::script()) {
        let (_, read) = Scenario::read(&script.to_string()).expect("a script that means something");
        let of = scenario(&script);
        prop_assert_eq!((read.acts, read.rules, read.network), (of.acts, of.rules, of.network));
        prop_assert_eq!((read.setup, read.symbols, read.until), (of.setup, of.symbols, of.until));
    }

    #[test]
    fn arbitrary_text_never_panics_and_errors_point_into_it(text in any::<String>()) {
        assert_reads_sensibly(&text);
        assert_reads_sensibly(&format!("paxos-playground 1\nnodes A B\n{text}"));
    }

    #[test]
    fn slips_of_the_keyboard_never_panic_and_errors_point_at_them(text in scripts::mutated()) {
        assert_reads_sensibly(&text);
    }

    #[test]
    fn slips_in_scripts_with_liars_neither_panic_nor_run_for_ever(text in scripts::mutated_with_liars()) {
        assert_reads_sensibly(&text);
        if let Ok((_, mut scenario)) = Scenario::read(&text) {
            scenario.until = Some(scenario.horizon().min(Time::deltas(60)));
            prop_assert_ne!(Run::of(scenario).stop(), Stop::Unfinished);
        }
    }

    #[test]
    fn a_replay_has_the_same_hash(script in scripts::script()) {
        prop_assert_eq!(run(&script).trace().hash(), run(&script).trace().hash());
    }

    #[test]
    fn every_check_holds_under_every_fault_that_leaves_disks_whole(script in scripts::script()) {
        let run = run(&script.with_memory());
        let setup = &run.scenario().setup;
        // With more liars than it tolerates, no protocol promises anything.
        prop_assume!(setup.cast.liars.len() <= setup.tolerated_liars());
        for verdict in check(run.trace()) {
            prop_assert!(verdict.holds(), "{}: {:?}", verdict.check.name, verdict.violation);
        }
    }

    #[test]
    fn a_recorded_run_and_an_unrecorded_one_are_the_same(script in scripts::script()) {
        let run = run(&script);
        prop_assert_eq!(stepped(&run, |_, _| true).digest(), run.last().digest());
    }

    #[test]
    fn messages_take_as_long_as_they_may_and_end_once(script in scripts::script()) {
        let run = run(&script);
        let mut ends: BTreeMap<MessageId, EventId> = BTreeMap::new();
        for (id, event) in run.trace().numbered() {
            if let What::Landed(message) | What::Lost(message, _) = event.what {
                prop_assert_eq!(ends.insert(message, id), None, "{:?} ends twice", message);
                assert_ends_as_it_should(run.trace(), id, message);
            }
        }
        for (place, envelope) in run.trace().messages().iter().enumerate() {
            prop_assert_eq!(ends.get(&MessageId(place as u32)).copied(), envelope.end);
            prop_assert!(envelope.end.is_some() || run.stop() != Stop::Quiet);
            assert_travels_as_it_may(run.trace(), envelope);
        }
    }

    #[test]
    fn at_one_instant_script_lines_act_first_then_messages_end_in_the_order_in_which_they_left_then_timers_run_out(script in scripts::script()) {
        let run = run(&script);
        // A timer may send a message that takes no time, and the message lands after the timer.
        let takes_time = |event: &Event| match event.what {
            What::Landed(message) | What::Lost(message, _) => run.trace().message(message).sent_at < event.time,
            _ => true,
        };
        let inputs = run.trace().numbered().filter(|(id, event)| event.cause == *id && takes_time(event));
        let order = inputs.map(|(_, event)| match event.what {
            What::Acted(place, _) => (event.time, 0, Time(u64::from(place))),
            // Messages leave ports before others land, so a link that is cut loses them then. What is lost by chance vanishes half-way,
            // and on a link without a delay that is the same instant.
            What::Lost(message, Loss::Cut) if run.trace().message(message).leaves == event.time => (event.time, 1, Time::ZERO),
            What::Landed(message) | What::Lost(message, _) => (event.time, 2, run.trace().message(message).leaves),
            What::TimerFired(..) => (event.time, 3, Time::ZERO),
            // These events happen while the cluster comes up.
            What::Stated(..) | What::Sent(_) | What::Persisted(..) if event.time == Time::ZERO => (event.time, 0, Time::ZERO),
            _ => panic!("{:?} is the input of no step", event.what),
        });
        let order: Vec<_> = order.collect();
        let first = order.windows(2).find(|pair| pair[0] > pair[1]);
        prop_assert!(first.is_none(), "{:?}", first);
    }

    #[test]
    fn a_port_sends_one_message_after_the_other(script in scripts::script(), rate in 100..100_000_u64) {
        let mut script = script.0;
        script.set(Statement::Bandwidth(Bytes(rate)));
        let run = run(&script);
        let trace = run.trace();
        let sizes = trace.scenario.network.sizes;
        let mut free = vec![Time::ZERO; trace.scenario.nodes()];
        let mut bytes = 0;
        for (id, event) in trace.numbered() {
            match &event.what {
                What::Acted(_, Act::Crash(node)) | What::CrashedBeforeSend(node) => free[node.index()] = Time::ZERO,
                What::Sent(message) => {
                    let sent = trace.message(*message);
                    let is_withheld = sent.end.is_some_and(|end| matches!(trace.event(end).what, What::Lost(_, Loss::Withheld)));
                    prop_assert_eq!((sent.sent, sent.sent_at), (id, event.time));
                    // Only what is multicast shares its port, and then it leaves with the message before it.
                    prop_assert!(!sent.is_shared || trace.scenario.protocol.kind(sent.message.kind).is_multicast);
                    if sent.to_self() || sent.copy_of.is_some() || trace.is_injected(sent) || is_withheld {
                        let leaves = sent.copy_of.map_or(sent.sent_at, |of| trace.message(of).leaves);
                        prop_assert_eq!(sent.leaves, leaves);
                    } else {
                        let free = &mut free[sent.from.index()];
                        let takes = if sent.is_shared { Time::ZERO } else { sizes.takes(trace.size(sent)) };
                        *free = sent.sent_at.max(*free).plus(takes);
                        prop_assert_eq!(sent.leaves, *free);
                    }
                    let is_counted = !sent.to_self() && sent.copy_of.is_none() && !trace.is_injected(sent) && !sent.is_shared;
                    bytes += if is_counted { trace.size(sent).0 } else { 0 };
                }
                _ => {}
            }
        }
        prop_assert_eq!(trace.message_counts(trace.events().len()).bytes, bytes);
    }

    #[test]
    fn a_critical_path_is_a_chain_in_the_causal_past(script in scripts::script()) {
        let run = run(&script);
        let trace = run.trace();
        for (event, time, _, fact) in trace.facts() {
            if !matches!(fact, Fact::Learned(..)) {
                continue;
            }
            let path = trace.critical_path(event);
            let past = trace.causal_past(event);
            prop_assert!(path.iter().all(|message| past.contains(message)));
            let landed = |id: &MessageId| trace.message(*id).end.map(|end| trace.event(end).time);
            prop_assert!(path.windows(2).all(|hop| landed(&hop[0]) == Some(trace.message(hop[1]).sent_at)));
            prop_assert!(path.last().is_none_or(|last| landed(last) == Some(time)));
        }
    }

    #[test]
    fn latencies_add_up(script in scripts::script()) {
        let run = run(&script);
        let trace = run.trace();
        for decision in latency::decisions(trace) {
            let times: Vec<_> = decision.learned.iter().map(|(_, time)| *time).collect();
            prop_assert!(!times.is_empty() && times.is_sorted() && times.len() <= trace.scenario.nodes());
            // A fast round of a ledger begins no single place, and neither do clients that ask acceptors themselves. A liar can
            // make others vote in a ballot that nobody began.
            let scenario = &trace.scenario;
            let is_fast = scenario.protocol.is_log && scenario.round(decision.vote.ballot) == Round::Fast;
            let direct = Statement::Option("requests".to_owned(), "direct".to_owned());
            let is_direct = script.lines.iter().any(|line| line.statement.as_ref() == Some(&direct));
            let is_lied_to = trace.messages().iter().any(|envelope| envelope.truth.is_some());
            let is_open = is_fast || is_direct || is_lied_to;
            // A liar can also tell others of a decree that nobody began a ballot with and that was never chosen.
            let is_told = is_lied_to && decision.chosen.is_none();
            prop_assert!(decision.ballot_start.is_some() || is_told);
            prop_assert!(is_open || decision.begin_ballot.is_some());
            prop_assert!(decision.begin_ballot.is_none_or(|begun| decision.ballot_start <= Some(begun)));
            prop_assert!(decision.begin_ballot <= times.first().copied());
            prop_assert!(decision.all_learned.is_none_or(|all| times.contains(&all)));
            prop_assert!(decision.messages <= trace.messages().len());
            let hops = decision.awaited_messages().map(|id| trace.message(id));
            // The time before the request does not count as waiting.
            let start = decision.start().unwrap_or_default();
            let took: Vec<_> = hops.map(|hop| hop.due.since(hop.leaves.max(start))).collect();
            prop_assert_eq!(decision.phases.iter().map(|(_, took)| *took).collect::<Vec<_>>(), took);
            let last = decision.all_learned.or(times.last().copied()).unwrap_or_default();
            let spans = decision.critical_path.iter().map(|segment| segment.span().0);
            prop_assert_eq!(Time(spans.sum()), last.since(start.min(last)), "the path adds up");
            prop_assert!(decision.critical_path.windows(2).all(|pair| pair[0].until == pair[1].from), "a gap");
        }
        let ballots = latency::ballots(trace);
        prop_assert!(ballots.abandoned.len() <= ballots.started);
    }
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn seeking_by_time_is_stepping(script in scripts::long_script(), ticks in vec(0..45_000_000_u64, 8)) {
        let run = run(&script);
        for time in ticks.into_iter().map(Time) {
            prop_assert_eq!(run.world_at(time).digest(), stepped(&run, |_, next| next <= time).digest());
        }
    }

    #[test]
    fn seeking_by_event_is_stepping(script in scripts::long_script(), shares in vec(0.0..1.0_f64, 8)) {
        let run = run(&script);
        // For each number of steps, the number of events after it.
        let mut trace = Trace::new(run.scenario().clone());
        let mut world = World::new(run.scenario().clone(), Some(&mut trace));
        let mut counts = vec![trace.events().len()];
        while world.steps() < run.last().steps() {
            world.step(Some(&mut trace));
            counts.push(trace.events().len());
        }
        for share in shares {
            let events = ((trace.events().len() + 1) as f64 * share) as usize;
            let steps = counts.partition_point(|count| *count < events) as u64;
            let sought = run.world_after(events);
            prop_assert_eq!(sought.steps(), steps);
            prop_assert_eq!(sought.digest(), stepped(&run, |world, _| world.steps() < steps).digest());
        }
    }

    #[test]
    fn a_fork_is_the_run_of_the_new_script([old, new, newer] in scripts::edited(), ticks in 0..45_000_000_u64) {
        let fork = run(&old).fork(scenario(&new));
        let fresh = run(&new);
        assert_same(&fork, &fresh);
        prop_assert_eq!(fork.world_at(Time(ticks)).digest(), fresh.world_at(Time(ticks)).digest());
        assert_same(&fork.fork(scenario(&newer)), &run(&newer));
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn a_run_in_slices_is_the_run_and_is_judged_alike([old, new, newer] in scripts::edited(), slice in 1..400_usize) {
        let mut sliced = Run::open(scenario(&old));
        sliced.go_on(slice);
        // A run that has only begun can be forked, too.
        for script in [&new, &newer] {
            sliced = sliced.branch(scenario(script));
            sliced.go_on(slice);
        }
        while !sliced.go_on(slice) {}
        let fresh = run(&newer);
        assert_same(&sliced, &fresh);
        let trace = fresh.trace();
        let (mut judge, mut notebook, mut decisions) = (Judge::new(trace), Notebook::new(trace), Vec::new());
        while judge.heard() < trace.events().len() {
            judge.hear(trace, slice);
            notebook.read(trace, slice);
        }
        while decisions.len() < notebook.decided() {
            decisions.extend(notebook.decisions(trace, decisions.len(), slice));
        }
        let verdicts = |verdicts: &[Verdict]| verdicts.iter().map(|one| one.violation.clone()).collect::<Vec<_>>();
        prop_assert_eq!(verdicts(judge.verdicts()), verdicts(&check(trace)));
        prop_assert_eq!(decisions, latency::decisions(trace));
        prop_assert_eq!(notebook.ballots(trace), latency::ballots(trace));
    }

    #[test]
    fn beta_and_the_world_are_the_same_however_one_gets_there(script in scripts::long_script(), shares in vec(0.0..1.0_f64, 8)) {
        let run = run(&script);
        let trace = run.trace();
        let mut moved = Beta::new(trace.scenario.nodes());
        let mut world = run.world_after(0);
        for share in shares {
            let events = ((trace.events().len() + 1) as f64 * share) as usize;
            let mut fresh = Beta::new(trace.scenario.nodes());
            trace.numbered().take(events).for_each(|(id, event)| fresh.observe(id, &event.what));
            moved.seek(trace, events);
            prop_assert_eq!(&moved, &fresh);
            run.move_world(&mut world, events);
            prop_assert_eq!((world.steps(), world.digest()), {
                let world = run.world_after(events);
                (world.steps(), world.digest())
            });
        }
    }

    #[test]
    fn runs_part_where_their_texts_do([old, new, _] in scripts::edited()) {
        let (old, new) = (run(&old), run(&new));
        let fork = old.fork((**new.scenario()).clone());
        let same = old.trace().same_beginning(fork.trace(), 0);
        let lines = |run: &Run| run.trace().text().lines().map(str::to_owned).collect::<Vec<_>>();
        let (old_lines, new_lines) = (lines(&old), lines(&new));
        prop_assert!(same <= old_lines.len().min(new_lines.len()) && old_lines[..same] == new_lines[..same]);
        // Events that read alike may still differ: another command with the same text, or a message that is due at
        // another time.
        let events = old.trace().events().get(same).zip(fork.trace().events().get(same));
        let differ = events.is_none_or(|(old, new)| old != new || matches!(old.what, What::Sent(_)));
        prop_assert!(differ || old_lines[same] != new_lines[same]);
        prop_assert_eq!(same, old.trace().same_beginning(new.trace(), 0));
        prop_assert_eq!(same, new.trace().same_beginning(old.trace(), same / 2));
    }
}

/// A message lands when it is due, or it is lost on the way, for a reason and at the time that belongs to this reason.
fn assert_ends_as_it_should(trace: &Trace, id: EventId, message: MessageId) {
    let (event, envelope) = (trace.event(id), trace.message(message));
    let half_way = envelope.leaves.plus(Time(envelope.due.since(envelope.leaves).0 / 2));
    let at_send = event.cause == trace.event(envelope.sent).cause;
    let time = match event.what {
        What::Lost(_, Loss::Chance | Loss::Dropped) => half_way,
        What::Lost(_, Loss::Cut | Loss::Withheld) if at_send => envelope.sent_at,
        What::Lost(_, Loss::Cut) if event.time < envelope.due => envelope.leaves,
        // A crash may come at any time while the message waits in the port.
        What::Lost(_, Loss::Crashed) => {
            return assert!(envelope.sent_at <= event.time && event.time <= envelope.leaves);
        }
        _ => envelope.due,
    };
    assert_eq!(event.time, time, "{}", trace.line(id));
    assert!(event.cause == id || at_send);
}

/// A message takes as long as its link or its rule says; copies by rule come as much later as the rule says.
fn assert_travels_as_it_may(trace: &Trace, envelope: &Envelope) {
    let scenario = &*trace.scenario;
    let took = envelope.due.since(envelope.leaves);
    if envelope.to_self() {
        assert!(took == Time::ZERO && envelope.copy_of.is_none());
        return;
    }
    let ends = |link: &Link<_>| (link.from, link.to);
    let here = (envelope.from, envelope.to);
    let Range { least, most } = scenario.network.delay.of(Link { from: envelope.from, to: envelope.to });
    let rules = scenario.rules.iter().filter(|rule| rule.kind == envelope.message.kind && ends(&rule.link) == here);
    let as_told = rules.map(|rule| &rule.effect).any(|effect| match effect {
        RuleEffect::Drop => false,
        RuleEffect::Delay(span) | RuleEffect::Forge(Lie::Late(span)) => envelope.copy_of.is_none() && took == *span,
        RuleEffect::Duplicate(after) => {
            envelope.copy_of.is_some_and(|original| envelope.due == trace.message(original).due.plus(*after))
        }
        RuleEffect::Forge(_) => false,
    });
    let is_injected = scenario.acts.iter().any(|planned| match &planned.act {
        Act::Inject(injection) => ends(&injection.link) == here && injection.takes == Some(took),
        _ => false,
    });
    assert!((least..=most).contains(&took) || as_told || is_injected, "{took}Δ is not from {least}Δ to {most}Δ");
}

#[test]
fn a_message_that_a_fork_leaves_under_way_has_no_end() {
    let acts: String = (1..60).map(|time| format!("at {time} propose A \"v{time}\"\n")).collect();
    let text = format!("paxos-playground 1\nprotocol multi\nnodes 3\nleader A\n{acts}delay Success A->C #1 300\n");
    let read = |text: &str| Scenario::read(text).expect("it is a script").1;
    let short = format!("{text}until 100\n");
    let fork = Run::of(read(&text)).fork(read(&short));
    assert_same(&fork, &Run::of(read(&short)));
    assert!(fork.trace().messages().iter().any(|sent| sent.due > Time::deltas(300) && sent.end.is_none()));
}
