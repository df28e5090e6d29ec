//! Compares every formula of every protocol's row with runs: at every size up to thirteen processes, to the tick and to
//! the message.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

use paxos_playground::latency::{self, Decision};
use paxos_playground::protocol::formula::{Asked, Figure, Formula, Since, When};
use paxos_playground::protocol::{Fact, PROTOCOLS, Protocol, Trust};
use paxos_playground::quorum::Purpose;
use paxos_playground::scenario::{Scenario, library, script};
use paxos_playground::sim::Run;
use paxos_playground::trace::Trace;
use paxos_playground::types::{NodeId, Time};

const PROCESSES: usize = 13;
/// The largest number of stale ballots.
const STALE: usize = 3;
/// The time at which a leader has its promises, and no message is under way.
const QUIET: u64 = 10;

/// A cluster, its leader first. Processes have the names that scripts give by default.
#[derive(Clone, Copy)]
struct Cluster {
    acceptors: usize,
    /// The number of learners that vote in nothing; 0 where all acceptors learn, and no other process does.
    learners: usize,
    has_client: bool,
    /// The sizes of a quorum of promises and a quorum of votes, where the script gives them.
    sizes: Option<(usize, usize)>,
}

impl Cluster {
    /// Every cluster up to the largest size whose quorums meet.
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for acceptors in 1..=PROCESSES {
            for has_client in [false, true] {
                let mut add = |learners, sizes| {
                    if acceptors + learners + usize::from(has_client) <= PROCESSES {
                        all.push(Self { acceptors, learners, has_client, sizes });
                    }
                };
                (0..=3).for_each(|learners| add(learners, None));
                for promises in 1..=acceptors {
                    (1..=acceptors).filter(|votes| promises + votes > acceptors).for_each(|votes| {
                        add(0, Some((promises, votes)));
                    });
                }
            }
        }
        all
    }

    fn quorums(&self) -> (usize, usize) {
        let majority = self.acceptors / 2 + 1;
        self.sizes.unwrap_or((majority, majority))
    }

    /// The lines of a script with this cluster, and with so many clients if it has any.
    fn lines(&self, clients: usize) -> String {
        let clients = if self.has_client { clients } else { 0 };
        let servers = self.acceptors + self.learners;
        let processes = servers + clients;
        let names = |from, to| (from..to).map(|node| format!(" {}", name(node))).collect::<String>();
        let mut lines = format!("nodes {processes}\n");
        if self.learners > 0 {
            let last = self.acceptors + self.learners;
            lines += &format!("acceptors{}\nlearners{}\n", names(0, self.acceptors), names(self.acceptors, last));
        }
        if clients > 0 {
            lines += &format!("clients{}\n", names(servers, processes));
        }
        if let Some((promises, votes)) = self.sizes {
            lines += &format!("quorum {promises} {votes}\n");
        }
        lines
    }
}

fn name(node: usize) -> String {
    script::default_name(node as u32)
}

/// The script that shows a formula in a cluster, with one more option or none.
fn script_of(
    protocol: &Protocol,
    formula: &Formula,
    cluster: &Cluster,
    stale: usize,
    other: Option<(&str, &str)>,
) -> String {
    let is_collision = formula.when == When::Collision;
    let lines = cluster.lines(if is_collision { 2 } else { 1 });
    let mut text = format!("paxos-playground 1\nprotocol {}\n{lines}", protocol.name);
    for (name, value) in formula.options.iter().copied().chain(other) {
        text += &format!("option {name} {value}\n");
    }
    let start = if is_collision || formula.when == When::PhaseOneAhead { QUIET } else { 0 };
    let asked = match formula.since {
        Since::Request(Asked::Client) => cluster.acceptors + cluster.learners,
        Since::Request(Asked::Follower) => 1,
        _ => 0,
    };
    text += &format!("at {start} propose {} red\n", name(asked));
    if is_collision {
        // The other client asks at the same time. Each half of the acceptors hears one of the two late.
        let (one, other) = (name(asked), name(asked + 1));
        text += &format!("at {start} propose {other} blue\n");
        for node in 0..cluster.acceptors {
            let is_first_half = node < cluster.acceptors.div_ceil(2);
            // Acceptors of histories vote for both wishes, and only their last votes show a collision for sure. So here the
            // second half hears the other wish a little earlier than everybody hears the first one.
            if protocol.histories.is_some() {
                if !is_first_half {
                    text += &format!("delay Request {other}->{} 0.9\n", name(node));
                }
                continue;
            }
            let late = if is_first_half { &other } else { &one };
            text += &format!("delay Request {late}->{} 1.5\n", name(node));
        }
    }
    if formula.options.contains(&("success", "piggyback")) {
        // The next decree, which carries the news of this one.
        text += &format!("at {} propose {} blue\n", start + 3, name(asked));
    }
    if stale > 0 {
        let (promises, votes) = cluster.quorums();
        let up = promises.max(votes);
        let owner = name(cluster.acceptors - 1);
        (up..cluster.acceptors).for_each(|node| text += &format!("at 0 crash {}\n", name(node)));
        // An instant after the acceptors have promised the leader's ballot, enough of them hear of a larger ballot that
        // the rest is no quorum.
        for ballot in 0..stale {
            for node in 1..=up - votes + 1 {
                let (number, after) = (4 + 3 * ballot, 1 + 4 * ballot);
                let to = name(node);
                text += &format!("at 0 inject NextBallot {owner}->{to} {number}.{owner} after {after}.000001Δ\n");
            }
        }
    }
    text
}

/// What formulas tell, as measured in a run: for the decree that was asked for first.
struct Measured {
    decision: Decision,
    messages: u64,
}

/// The number of messages sent from `from` until before `to`, except messages to oneself and copies.
fn sent_within(trace: &Trace, from: Time, to: Option<Time>) -> u64 {
    let sent = trace.messages().iter().filter(|sent| !sent.to_self() && sent.copy_of.is_none());
    sent.filter(|sent| from <= sent.sent_at && to.is_none_or(|to| sent.sent_at < to)).count() as u64
}

/// Each decision of a run that a client asked for, in the order of the requests. A decision's messages are all that are
/// sent until the next request of a later time.
fn measured(run: &Run) -> Vec<Measured> {
    let trace = run.trace();
    let mut decisions = latency::decisions(trace);
    decisions.retain(|decision| decision.asked.is_some());
    let asked: Vec<_> = decisions.iter().map(|decision| decision.asked.expect("it was asked for").1).collect();
    let next = |from: &Time| asked.iter().copied().filter(|to| to > from).min();
    let counted: Vec<_> = asked.iter().map(|from| sent_within(trace, *from, next(from))).collect();
    decisions.into_iter().zip(counted).map(|(decision, messages)| Measured { decision, messages }).collect()
}

impl Measured {
    /// The figure that the formula tells, in ticks or in messages.
    fn figure(&self, formula: &Formula) -> Option<u64> {
        let decision = &self.decision;
        let since = match formula.since {
            Since::Request(_) => decision.asked.map(|(_, time)| time),
            Since::Election => decision.elected,
            Since::BeginBallot => decision.begin_ballot,
        };
        let followers = decision.learned.iter().filter(|(node, _)| *node != decision.proposer);
        let until = match formula.figure {
            Figure::Messages => return Some(self.messages),
            Figure::Leader => decision.leader_learned(),
            Figure::Followers => followers.map(|(_, time)| *time).max(),
            Figure::All => decision.all_learned,
            Figure::Client => decision.answered,
        };
        Some(until?.since(since?).0)
    }
}

/// A formula's value in the units of [`Measured::figure`].
fn units(formula: &Formula, value: u64) -> u64 {
    if formula.is_messages() { value } else { Time::deltas(value).0 }
}

#[test]
fn every_formula_is_what_runs_give_at_every_size() {
    let clusters = Cluster::all();
    let of_protocol = |protocol: &'static Protocol| {
        for formula in protocol.formulas() {
            let mut compared = BTreeMap::new();
            for cluster in &clusters {
                let most = if formula.when == When::StaleBallots { STALE } else { 0 };
                for stale in 0..=most {
                    if compare(protocol, formula, cluster, stale, None) {
                        *compared.entry(cluster.acceptors).or_insert(0) += 1;
                    }
                }
            }
            let sizes: Vec<_> = compared.keys().copied().collect();
            let first = sizes.first().copied().unwrap_or(PROCESSES);
            let last = if formula.since == Since::Request(Asked::Client) { PROCESSES - 1 } else { PROCESSES };
            assert_eq!(sizes, (first..=last).collect::<Vec<_>>(), "{}: {}", protocol.name, formula.sentence());
            assert!(first <= 2, "{}: {}", protocol.name, formula.sentence());
        }
    };
    std::thread::scope(|scope| PROTOCOLS.iter().for_each(|protocol| drop(scope.spawn(|| of_protocol(protocol)))));
}

/// Options that a formula does not name make no difference. Heartbeats are left out: with them another process leads, and
/// they are messages of their own.
#[test]
fn other_options_make_no_difference() {
    let clusters = Cluster::all().into_iter().filter(|cluster| cluster.sizes.is_none() && cluster.acceptors <= 7);
    let clusters: Vec<_> = clusters.collect();
    for protocol in PROTOCOLS {
        for formula in protocol.formulas() {
            let named = |name: &str| formula.options.iter().any(|(other, _)| *other == name);
            let others = protocol.options.iter().filter(|option| !named(option.name) && option.name != "election");
            for option in others {
                for value in &option.values[1..] {
                    let most = if formula.when == When::StaleBallots { STALE } else { 0 };
                    let compared = clusters.iter().flat_map(|cluster| (0..=most).map(move |stale| (cluster, stale)));
                    let other = Some((option.name, *value));
                    let count = compared.filter(|(cluster, stale)| compare(protocol, formula, cluster, *stale, other));
                    assert!(count.count() > 0, "{}: {}, {other:?}", protocol.name, formula.sentence());
                }
            }
        }
    }
}

/// Compares a formula with a run; returns false where the formula says nothing about the cluster.
fn compare(
    protocol: &'static Protocol,
    formula: &Formula,
    cluster: &Cluster,
    stale: usize,
    other: Option<(&str, &str)>,
) -> bool {
    // A process that does not exist cannot be asked.
    let is_asked = match formula.since {
        Since::Request(Asked::Client) => cluster.has_client,
        Since::Request(Asked::Follower) => cluster.acceptors > 1,
        _ => true,
    };
    if !is_asked {
        return false;
    }
    let quiet = Scenario::read(&script_of(protocol, formula, cluster, 0, other)).expect("a good script").1;
    let Some(value) = formula.value(protocol, &quiet.setup, NodeId(0), stale) else { return false };
    let text = script_of(protocol, formula, cluster, stale, other);
    let (_, scenario) = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let run = Run::of(scenario);
    let measured = measured(&run);
    let first = measured.first().unwrap_or_else(|| panic!("nothing is decided\n{text}"));
    let found = first.figure(formula);
    assert_eq!(found, Some(units(formula, value)), "{}\n{text}\n{}", formula.sentence(), run.trace().text());
    assert_eq!(first.decision.stale, stale, "{text}");
    true
}

/// Whether the decision's situation is the formula's.
fn is_shown(formula: &Formula, decision: &Decision, trace: &Trace) -> bool {
    let scenario = &trace.scenario;
    let (asked, _) = decision.asked.expect("it was asked for");
    let where_asked = match asked {
        _ if scenario.setup.cast.clients.contains(asked) => Asked::Client,
        _ if asked == decision.proposer => Asked::Leader,
        _ => Asked::Follower,
    };
    let is_since = match formula.since {
        Since::Request(place) => place == where_asked,
        Since::Election | Since::BeginBallot => true,
    };
    let is_when = match formula.when {
        When::PhaseOneAhead => decision.is_phase_1_ahead(),
        When::FullBallot => !decision.is_phase_1_ahead(),
        When::StaleBallots => decision.stale > 0,
        When::Collision => is_split(trace),
        When::View => !trace.facts().any(|(.., fact)| matches!(fact, Fact::PromisedFrom(..))),
    };
    is_since && is_when
}

/// Whether one round has votes for two decrees.
fn is_split(trace: &Trace) -> bool {
    let votes: Vec<_> = trace
        .facts()
        .filter_map(|(.., fact)| if let Fact::Voted(_, vote) = fact { Some(vote) } else { None })
        .collect();
    votes.iter().any(|one| votes.iter().any(|other| one.ballot == other.ballot && one.value != other.value))
}

#[test]
fn every_formula_is_attained_by_its_scenario() {
    for protocol in PROTOCOLS {
        for formula in protocol.formulas() {
            let said = format!("{}, {}: {}", protocol.name, formula.scenario, formula.sentence());
            let mut text = library::find(formula.scenario).expect(&said).text.to_owned();
            for (name, value) in formula.options {
                text += &format!("\noption {name} {value}\n");
            }
            let (script, _) = Scenario::read(&text).unwrap_or_else(|error| panic!("{said}: {error}"));
            let run = Run::of(Scenario::of(&script.under(protocol.name)).expect(&said));
            let setup = &run.scenario().setup;
            let is_attained = measured(&run).iter().any(|one| {
                let value = formula.value(protocol, setup, one.decision.proposer, one.decision.stale);
                let is_stale = formula.when == When::StaleBallots || one.decision.stale == 0;
                is_shown(formula, &one.decision, run.trace())
                    && is_stale
                    && value.is_some_and(|value| one.figure(formula) == Some(units(formula, value)))
            });
            assert!(is_attained, "{said}\n{}", run.trace().text());
        }
    }
}

/// The value of a formula's text: sums of products, with n, q, k and p; Δ is 1, and T_el is 0.
fn worth(text: &str, terms: [i64; 4]) -> i64 {
    let text: Vec<char> = text.replace("T_el", "0").chars().filter(|sign| *sign != ' ').collect();
    let mut place = 0;
    let value = sum(&text, &mut place, terms);
    assert_eq!(place, text.len(), "{text:?}");
    value
}

fn sum(text: &[char], place: &mut usize, terms: [i64; 4]) -> i64 {
    let mut value = product(text, place, terms);
    while let Some(sign @ ('+' | '−')) = text.get(*place) {
        *place += 1;
        let next = product(text, place, terms);
        value += if *sign == '+' { next } else { -next };
    }
    value
}

fn product(text: &[char], place: &mut usize, terms: [i64; 4]) -> i64 {
    let mut value = 1;
    let mut last = 1;
    while let Some(sign) = text.get(*place).copied() {
        let factor = match sign {
            '0'..='9' => i64::from(sign.to_digit(10).expect("a digit")),
            'n' => terms[0],
            'q' => terms[1],
            'k' => terms[2],
            'p' => terms[3],
            'Δ' => 1,
            '²' => last,
            '(' => {
                *place += 1;
                sum(text, place, terms)
            }
            _ => break,
        };
        *place += 1;
        (value, last) = (value * factor, factor);
    }
    value
}

#[test]
fn texts_are_read_as_they_are_meant() {
    let cases = [
        ("3(n − 1) + 2(q − 1)", 16),
        ("n² − 1", 24),
        ("(q − 1) + q(n − 1)", 14),
        ("T_el + 5Δ + 4kΔ", 13),
        ("p(n − 1)", 16),
    ];
    for (text, value) in cases {
        assert_eq!(worth(text, [5, 3, 2, 4]), value, "{text}");
    }
}

/// The text and the computation agree, except where the formula names an exception.
#[test]
fn every_text_says_what_is_computed() {
    for protocol in PROTOCOLS {
        for formula in protocol.formulas() {
            let mut compared = 0;
            for cluster in Cluster::all().iter().filter(|cluster| cluster.learners == 0) {
                let quiet = Scenario::read(&script_of(protocol, formula, cluster, 0, None));
                // Where there is no process that could be asked, there is no such script.
                let Ok((_, scenario)) = quiet else { continue };
                // Where decrees change the members, or processes lie, a script does not say what a quorum is.
                let majority = cluster.acceptors / 2 + 1;
                let of_row = |purpose| scenario.setup.quorum(purpose).smallest().expect("a quorum");
                let fixed = match protocol.trust {
                    Trust::Crash => protocol.membership.map(|_| (majority, majority)),
                    Trust::Byzantine => Some((of_row(Purpose::Promise), of_row(Purpose::Pass))),
                };
                let (promises, votes) = fixed.unwrap_or_else(|| cluster.quorums());
                // Where the sentence does not say otherwise, the only exception is a leader that needs no other process.
                let few = if formula.except.is_some_and(|except| except.contains("1 or 2")) { 3 } else { 2 };
                let is_exception = formula.except.is_some() && (promises < 2 || votes < few || cluster.acceptors < 2);
                for stale in 0..=STALE {
                    let value = formula.value(protocol, &scenario.setup, NodeId(0), stale);
                    let Some(value) = value.filter(|_| !is_exception) else { continue };
                    // Where processes lie, all but f promise, and 3f + 1 propose.
                    let proposers = 3 * (cluster.acceptors - promises) + 1;
                    let terms = [cluster.acceptors, votes, stale, proposers].map(|term| term as i64);
                    assert_eq!(worth(formula.text, terms), value as i64, "{} in {terms:?}", formula.sentence());
                    compared += 1;
                }
            }
            assert!(compared > 100, "{}: {compared}", formula.sentence());
        }
    }
}

/// A formula says nothing about clusters for which it was not made.
#[test]
fn formulas_say_nothing_of_other_clusters() {
    let silent = [
        "nodes 3\nwithout promise",
        "nodes 3\nskip 3",
        "nodes 3\nquorum weights A=1 B=1 C=1 need 2",
        "nodes 4\nquorum grid A B | C D",
        "nodes 4\nacceptors B C D",
    ];
    for lines in silent {
        for protocol in PROTOCOLS {
            let is_fixed = protocol.membership.is_some() || protocol.trust == Trust::Byzantine;
            if is_fixed && lines.contains("quorum") {
                continue;
            }
            let text = format!("paxos-playground 1\nprotocol {}\n{lines}\n", protocol.name);
            let (_, scenario) = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            let values = protocol.formulas().map(|formula| formula.value(protocol, &scenario.setup, NodeId(0), 0));
            assert!(values.flatten().next().is_none(), "{text}");
        }
    }
}

/// A process that only stands by is no follower that could be asked, and no stale ballot can refuse a leader that needs
/// nobody.
#[test]
fn formulas_say_nothing_where_nobody_could_be_asked_or_refuse() {
    for protocol in PROTOCOLS {
        let values = |lines: &str, stale, is_meant: fn(&Formula) -> bool| -> Vec<u64> {
            let text = format!("paxos-playground 1\nprotocol {}\n{lines}\n", protocol.name);
            let Ok((_, scenario)) = Scenario::read(&text) else {
                // Some protocols refuse quorums that may share nobody.
                assert!(text.contains("quorum"), "{text}");
                return Vec::new();
            };
            let meant = protocol.formulas().filter(|formula| is_meant(formula));
            meant.filter_map(|formula| formula.value(protocol, &scenario.setup, NodeId(0), stale)).collect()
        };
        let of_follower = |formula: &Formula| formula.since == Since::Request(Asked::Follower);
        assert_eq!(values("nodes 4\nacceptors A B C\nlearners A B C", 0, of_follower), Vec::<u64>::new());
        let of_client = |formula: &Formula| formula.since == Since::Request(Asked::Client);
        assert_eq!(values("nodes 3", 0, of_client), Vec::<u64>::new());
        assert_eq!(values("nodes 3\nquorum 1 1", 1, |formula| formula.when == When::StaleBallots), Vec::<u64>::new());
    }
}

/// The first formula gives a protocol its name: the number of Δ until all know.
#[test]
fn the_first_formula_tells_when_all_know() {
    for protocol in PROTOCOLS {
        let first = protocol.formulas().next().expect("it has one");
        assert_eq!((first.figure, first.text), (Figure::All, protocol.figure()), "{}", protocol.name);
    }
    // `docs/protocols.md` has the figure of every protocol; these are the figures of the slides.
    let ladder = PROTOCOLS[..5].iter().map(|protocol| (protocol.name, protocol.figure()));
    let slides =
        [("preliminary", "5Δ"), ("basic", "5Δ"), ("complete", "T_el + 5Δ + 4kΔ"), ("multi", "3Δ"), ("broadcast", "2Δ")];
    assert_eq!(ladder.collect::<Vec<_>>(), slides);
    let multi = PROTOCOLS.iter().find(|protocol| protocol.name == "multi").and_then(|multi| multi.formulas().next());
    let sentence = "all know: 3Δ since the request at the leader, phase 1 done ahead, option success at-once; \
                    less where the leader’s own promise or vote makes a quorum, or where there is nobody to tell";
    assert_eq!(multi.map(Formula::sentence).as_deref(), Some(sentence));
    let variants = PROTOCOLS.iter().filter_map(|protocol| Some((protocol.name, protocol.variant()?)));
    assert_eq!(variants.collect::<Vec<_>>(), [("basic", "5Δ"), ("multi", "3Δ"), ("broadcast", "2Δ")]);
}

#[test]
fn a_formula_says_where_it_does_not_hold() {
    for protocol in PROTOCOLS {
        for formula in protocol.formulas() {
            let except = formula.except.unwrap_or_default();
            let told = format!("{}, {:?} {:?}: {except}", protocol.name, formula.figure, formula.when);
            if formula.figure == Figure::Messages {
                assert!(!except.contains("makes a quorum"), "{told}");
            } else if formula.when == When::StaleBallots {
                assert!(except.contains("k is above 0"), "{told}");
            }
        }
    }
}
