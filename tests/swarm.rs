//! The swarm: whole fault configurations, drawn at random, against every protocol and every check.
//!
//! A configuration is a script, drawn from one seed. The swarm tests three things. Whatever happens, every check holds.
//! Where the faults end under the assumptions of the protocol, everything that is due comes in time (`swarm/progress.rs`
//! states what is due, when and why). And where one of the rules that safety rests on is switched off, some check
//! notices: a swarm that found nothing there would prove nothing elsewhere.
//!
//! `SWARM_EVENTS=1000000 cargo test --release --test swarm -- --nocapture` tests this many events of each protocol;
//! `SWARM_SECONDS` tests for this long instead, and `SWARM_SEED` draws other configurations. A failure prints its script,
//! which `cargo run -- run -` can run again, and a smaller script that fails in the same way.
#![cfg(not(target_arch = "wasm32"))]

use std::time::{Duration, Instant};

use paxos_playground::check::check;
use paxos_playground::protocol::{PROTOCOLS, Protocol, Trust, Vocabulary};
use paxos_playground::scenario::Scenario;
use paxos_playground::sim::Run;
use paxos_playground::types::Time;

#[path = "swarm/calm.rs"]
mod calm;
#[path = "swarm/chance.rs"]
mod chance;
#[path = "swarm/fab.rs"]
mod fab;
#[path = "swarm/idle.rs"]
mod idle;
#[path = "swarm/liars.rs"]
mod liars;
#[path = "swarm/members.rs"]
mod members;
#[path = "swarm/plan.rs"]
mod plan;
#[path = "swarm/progress.rs"]
mod progress;
#[path = "swarm/shrink.rs"]
mod shrink;
#[path = "swarm/silence.rs"]
mod silence;

use chance::Chance;
use plan::Aim;
use progress::Judged;

/// The largest number of configurations until a check notices that a rule is switched off.
const GUARD_TRIES: u64 = 5_000;

const EVENTS: usize = 20_000;
const SEED: u64 = 1;

fn told(name: &str) -> Option<u64> {
    let word = std::env::var(name).ok()?;
    Some(word.parse().unwrap_or_else(|_| panic!("{name} is a number, not “{word}”")))
}

fn seed() -> u64 {
    told("SWARM_SEED").unwrap_or(SEED)
}

/// How much of one protocol is tested.
struct Budget {
    started: Instant,
    events_left: usize,
    time: Option<Duration>,
    events: usize,
    runs: u64,
}

impl Budget {
    /// One of `of` equal parts of the budget. Each protocol has its share of the time.
    fn part(of: usize) -> Self {
        let time = told("SWARM_SECONDS").map(|seconds| Duration::from_secs(seconds) / PROTOCOLS.len() as u32);
        let events = told("SWARM_EVENTS").map_or(EVENTS, |events| events as usize);
        Self { started: Instant::now(), events_left: events / of, time, events: 0, runs: 0 }
    }

    fn is_left(&self) -> bool {
        self.time.map_or(self.events < self.events_left, |time| self.started.elapsed() < time)
    }

    fn spend(&mut self, run: &Run) {
        self.events += run.trace().events().len();
        self.runs += 1;
    }

    fn report(&self, what: &str, protocol: &Protocol, more: &str) {
        let seconds = self.started.elapsed().as_secs_f64();
        let speed = self.events as f64 / seconds.max(1e-9);
        let (name, runs, events) = (protocol.name, self.runs, self.events);
        println!("{what} {name:<11} {events:>9} events, {runs:>6} runs, {speed:>8.0} events/s{more}");
    }
}

fn run(text: &str) -> Option<Run> {
    Some(Run::of(Scenario::read(text).ok()?.1))
}

/// The first check that is violated, and the reason.
fn violation(run: &Run) -> Option<(&'static str, String)> {
    let violated = check(run.trace()).into_iter().find_map(|verdict| Some((verdict.check.name, verdict.violation?)));
    violated.map(|(name, violation)| (name, violation.sentence.in_words(Vocabulary::default()).to_owned()))
}

/// Fails, and prints the script and a smaller one.
fn fail(what: &str, protocol: &Protocol, index: u64, text: &str, fails: impl Fn(&str) -> bool) -> ! {
    let small = shrink::shrink(text, fails);
    let (name, seed) = (protocol.name, seed());
    panic!("{name}, SWARM_SEED={seed}, configuration {index}: {what}\n\n{text}\nSmaller:\n\n{small}");
}

#[track_caller]
fn assert_safe(protocol: &Protocol, index: u64, text: &str, run: &Run) {
    // Where processes lie, nobody leads by the oracle, and a request may be kept back.
    let trusts = protocol.trust == Trust::Crash;
    if let Some(sentence) = idle::ballot(run.trace()).filter(|_| trusts) {
        let is_idle = |text: &str| self::run(text).is_some_and(|run| idle::ballot(run.trace()).is_some());
        fail(&sentence, protocol, index, text, is_idle);
    }
    if let Some(sentence) = silence::request(run.trace()).filter(|_| trusts) {
        let is_silent = |text: &str| self::run(text).is_some_and(|run| silence::request(run.trace()).is_some());
        fail(&sentence, protocol, index, text, is_silent);
    }
    // Where few processes are acceptors, more may lie than the quorums are made for; then nothing is promised.
    let setup = &run.scenario().setup;
    if setup.cast.liars.len() > setup.tolerated_liars() {
        return;
    }
    if let Some((broken, sentence)) = violation(run) {
        let is_broken = |text: &str| {
            let broken_here = self::run(text).and_then(|run| violation(&run));
            broken_here.is_some_and(|(name, _)| name == broken)
        };
        fail(&format!("{broken}: {sentence}"), protocol, index, text, is_broken);
    }
}

#[test]
fn no_fault_breaks_a_check() {
    for protocol in PROTOCOLS {
        let mut budget = Budget::part(1);
        while budget.is_left() {
            let index = budget.runs;
            let text = plan::storm(protocol, Aim::Everything, Chance::seed_of(protocol.name, seed(), index));
            let run = run(&text).unwrap_or_else(|| panic!("{:?}\n{text}", Scenario::read(&text).err()));
            assert_safe(protocol, index, &text, &run);
            budget.spend(&run);
        }
        budget.report("safe    ", protocol, "");
    }
}

/// Ballots that have something to do, which the judge of ballots that nobody needs has to know.
#[test]
fn a_removal_and_a_command_in_a_vote_are_work() {
    // Two main processes are missing. The decree that removes the first takes effect at once, and of the six members that
    // are left too few have promised in time: A needs a new ballot to remove the second.
    let removal = "paxos-playground 1\nprotocol cheap\nnodes 8\nleader A D\ndelay 0.75..1\ndelay A->D 0.25..0.620286\n\
                   duplicates 30%\nseed 17979289361456345362\nat 7.75 propose A \"acquire L bob 8\"\n\
                   at 8.25 partition E | A B C F G H\nuntil 30\n";
    // The leader C hears of a command only by the votes of A and B.
    let vote = "paxos-playground 1\nprotocol generalized\nnodes 4\ndelay 0\nat 0 crash D\n\
                at 16.75 propose A \"decree 2\"\nat 18.5 propose A \"decree 4\"\nat 15.5 crash C\n\
                at 20.215107 restart C\nat 20 leader C\nat 18.25 leader B\n";
    for text in [removal, vote] {
        assert_eq!(idle::ballot(run(text).expect("a script").trace()), None, "{text}");
    }
}

#[test]
fn what_is_due_after_the_last_fault_comes_in_time() {
    // Where decrees change the members, or processes may lie, other things are due: see the next tests.
    let is_judged = |protocol: &&&Protocol| protocol.membership.is_none() && protocol.trust == Trust::Crash;
    for protocol in PROTOCOLS.iter().filter(is_judged) {
        let mut budget = Budget::part(2);
        let (mut judged, mut excused, mut most_stale, mut closest) = (0, None, 0, (Time::ZERO, Time::ZERO));
        while budget.is_left() {
            let index = budget.runs;
            let drawn = calm::draw(protocol, Chance::seed_of(protocol.name, !seed(), index));
            assert_safe(protocol, index, &drawn.text, &drawn.run);
            budget.spend(&drawn.run);
            match drawn.judged {
                Judged::InTime(timely) => {
                    judged += 1;
                    most_stale = most_stale.max(timely.stale);
                    let is_closer = timely.took.0 * closest.1.0 >= closest.0.0 * timely.bound.0;
                    closest = if is_closer { (timely.took, timely.bound) } else { closest };
                }
                Judged::Late(what) => {
                    let is_late =
                        |text: &str| run(text).is_some_and(|run| matches!(progress::judge(&run), Judged::Late(_)));
                    fail(&what, protocol, index, &drawn.text, is_late);
                }
                Judged::Inapplicable(why) => {
                    excused.get_or_insert(why);
                }
                Judged::Unfinished(until) => panic!("configuration {index} ends before {until}Δ\n{}", drawn.text),
            }
        }
        // The configurations are drawn to keep to the assumptions; only chance makes one break them.
        assert!(judged * 3 >= budget.runs * 2, "only {judged} of {} keep to the assumptions: {excused:?}", budget.runs);
        let (took, bound) = closest;
        budget.report("in time ", protocol, &format!("; k up to {most_stale}, closest {took}Δ of {bound}Δ"));
    }
}

#[test]
fn a_leader_goes_on_while_members_crash_and_come_back() {
    for protocol in PROTOCOLS.iter().filter(|protocol| protocol.membership.is_some()) {
        let mut budget = Budget::part(2);
        while budget.is_left() {
            let index = budget.runs;
            let (text, due) = members::draw(protocol, Chance::seed_of(protocol.name, !seed(), index));
            let run = members::run(&text);
            assert_safe(protocol, index, &text, &run);
            if let Some(what) = members::late(&run, due) {
                let is_late = |text: &str| self::run(text).is_some_and(|run| members::late(&run, due).is_some());
                fail(&what, protocol, index, &text, is_late);
            }
            budget.spend(&run);
        }
        budget.report("goes on ", protocol, "");
    }
}

/// At most f processes lie, and the network is as it should be: then clients get their answers, and the answers are true. Fast
/// Byzantine Paxos has tests of its own.
#[test]
fn liars_keep_no_client_waiting_for_ever() {
    let is_judged = |protocol: &&&Protocol| protocol.trust == Trust::Byzantine && protocol.needs_results;
    for protocol in PROTOCOLS.iter().filter(is_judged) {
        let mut budget = Budget::part(2);
        while budget.is_left() {
            let index = budget.runs;
            let text = liars::draw(protocol, Chance::seed_of(protocol.name, !seed(), index));
            let run = run(&text).unwrap_or_else(|| panic!("{:?}\n{text}", Scenario::read(&text).err()));
            assert_safe(protocol, index, &text, &run);
            if let Some(what) = liars::late(&run) {
                let is_late = |text: &str| self::run(text).is_some_and(|run| liars::late(&run).is_some());
                fail(&what, protocol, index, &text, is_late);
            }
            budget.spend(&run);
        }
        budget.report("answers ", protocol, "");
    }
}

/// The rules against liars are missed by lies that nobody draws by chance; the laboratory has a script for each.
#[test]
fn a_rule_that_is_switched_off_is_missed() {
    // Where processes lie, it takes a liar to miss a rule.
    for protocol in PROTOCOLS.iter().filter(|protocol| protocol.trust == Trust::Crash) {
        for guard in protocol.guards.iter().map(|guard| guard.info().name) {
            let broken = (0..GUARD_TRIES).find_map(|index| {
                let seed = Chance::seed_of(guard, Chance::seed_of(protocol.name, seed(), 0), index);
                let text = plan::storm(protocol, Aim::Conflict, seed) + &format!("without {guard}\n");
                let run = run(&text).expect("a script");
                Some((index + 1, violation(&run)?.0))
            });
            let Some((tries, check)) = broken else {
                panic!("{}: {GUARD_TRIES} configurations without {guard} break no check", protocol.name);
            };
            println!("missed   {:<11} {guard:<15} after {tries:>4} configurations, by {check}", protocol.name);
        }
    }
}

/// At most f liars, and messages that are late without bound: nothing breaks.
#[test]
fn no_liar_breaks_fast_byzantine_paxos() {
    for protocol in fab::protocols() {
        let mut budget = Budget::part(2);
        while budget.is_left() {
            let index = budget.runs;
            let seed = Chance::seed_of(protocol.name, seed() ^ 2, index);
            let text = fab::draw(protocol, fab::Aim::Safety, None, seed);
            let run = fab::run(&text);
            assert_safe(protocol, index, &text, &run);
            budget.spend(&run);
        }
        budget.report("no liar ", protocol, "");
    }
}

/// At most f liars, and messages that take at most Δ: all correct learners learn in time.
#[test]
fn no_liar_stops_fast_byzantine_paxos() {
    for protocol in fab::protocols() {
        let mut budget = Budget::part(2);
        while budget.is_left() {
            let index = budget.runs;
            let seed = Chance::seed_of(protocol.name, seed() ^ 3, index);
            let text = fab::draw(protocol, fab::Aim::Progress, None, seed);
            let run = fab::run(&text);
            assert_safe(protocol, index, &text, &run);
            if let Some(what) = fab::late(&run) {
                let is_late = |text: &str| self::run(text).is_some_and(|run| fab::late(&run).is_some());
                fail(&what, protocol, index, &text, is_late);
            }
            budget.spend(&run);
        }
        budget.report("goes on ", protocol, "");
    }
}

#[test]
fn a_rule_against_lies_that_is_switched_off_is_missed() {
    for protocol in fab::protocols() {
        for guard in protocol.guards.iter().map(|guard| guard.info().name) {
            let broken = (0..GUARD_TRIES).find_map(|index| {
                let seed = Chance::seed_of(guard, Chance::seed_of(protocol.name, seed(), 0), index);
                let text = fab::draw(protocol, fab::Aim::Conflict, Some(guard), seed) + &format!("without {guard}\n");
                Some((index + 1, violation(&fab::run(&text))?.0))
            });
            let Some((tries, check)) = broken else {
                panic!("{}: {GUARD_TRIES} configurations without {guard} break no check", protocol.name);
            };
            println!("missed   {:<11} {guard:<15} after {tries:>4} configurations, by {check}", protocol.name);
        }
    }
}
