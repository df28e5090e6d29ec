//! Random lies: runs of PBFT and of FaB with liars, crashes and cut links, each for the simulation of this folder and as a script
//! for the playground. Both have to say the same, wherever the playground has the protocol. What the protocols promise holds
//! in all of these runs: as long as no more processes lie than are tolerated, the correct ones agree.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write as _};

use paxos_playground::protocol::{Fact, find};
use paxos_playground::scenario::Scenario;
use paxos_playground::scenario::script::default_name;
use paxos_playground::sim::Run;
use paxos_playground::trace::{Loss, What};
use paxos_playground::types::{Time, Value};

use super::byzantine::{Act, DELTA, Lie, Ticks, Twist, draw};
use super::{fab, pbft};

const MODES: [fab::Mode; 3] = [fab::Mode::Single, fab::Mode::Led, fab::Mode::Direct];
/// The decrees by their numbers; the first is the one that does nothing.
const DECREES: [&str; 8] = ["", "red", "blue", "green", "amber", "violet", "black", "white"];

/// The name of a process in a script.
fn name(node: usize) -> String {
    default_name(node as u32).to_string()
}

fn time(ticks: Ticks) -> String {
    format!("{}.{}Δ", ticks / DELTA, ticks % DELTA)
}

/// A lie's line.
fn forge<Kind: Debug>(lie: &Lie<Kind>) -> String {
    let what = match &lie.twist {
        Twist::Says(decree) => format!("\"{}\"", DECREES[*decree]),
        Twist::Silent => "silent".to_owned(),
        Twist::Late(ticks) => format!("late {}", time(*ticks)),
        Twist::False => "false".to_owned(),
        Twist::Omits(names) => names.iter().fold("omit".to_owned(), |text, node| text + " " + &name(*node)),
    };
    format!("forge {:?} {}->{} #{} {what}\n", lie.kind, name(lie.from), name(lie.to), lie.nth)
}

fn act(act: Act) -> String {
    match act {
        Act::Ask(client, decree) => format!("propose {} \"{}\"", name(client), DECREES[decree]),
        Act::Crash(node) => format!("crash {}", name(node)),
        Act::Cut(from, to) => format!("cut {}->{}", name(from), name(to)),
        Act::Heal(from, to) => format!("heal {}->{}", name(from), name(to)),
    }
}

/// The lines that both protocols share.
fn lines<Kind: Debug>(acts: &[(Ticks, Act)], lies: &[Lie<Kind>], f: usize, until: Ticks) -> String {
    let mut text = format!("tolerate {f}\n");
    let liars: BTreeSet<usize> = lies.iter().map(|lie| lie.from).collect();
    if !liars.is_empty() {
        text += "liars";
        liars.iter().for_each(|liar| write!(text, " {}", name(*liar)).expect("a string"));
        text.push('\n');
    }
    lies.iter().for_each(|lie| text += &forge(lie));
    acts.iter().for_each(|(at, what)| writeln!(text, "at {} {}", time(*at), act(*what)).expect("a string"));
    writeln!(text, "until {}", time(until)).expect("a string");
    text
}

fn names(from: usize, to: usize) -> String {
    (from..to).map(name).collect::<Vec<_>>().join(" ")
}

/// The case as a script.
fn pbft_script(case: &pbft::Case) -> String {
    let (nodes, client) = (names(0, case.n + 1), name(case.n));
    format!("paxos-playground 1\nprotocol pbft\nnodes {nodes}\nclients {client}\n")
        + &lines(&case.acts, &case.lies, case.f, case.until)
}

/// The playground's name of the protocol.
fn fab_protocol(mode: fab::Mode) -> &'static str {
    if mode == fab::Mode::Single { "fab" } else { "fab-log" }
}

/// The case as a script.
fn fab_script(case: &fab::Case) -> String {
    let n = case.n;
    let protocol = fab_protocol(case.mode);
    let option = if case.mode == fab::Mode::Direct { "option requests direct\n" } else { "" };
    let (nodes, clients) = (names(0, n + case.clients), names(n, n + case.clients));
    let mut text = format!("paxos-playground 1\nprotocol {protocol}\n{option}nodes {nodes}\nclients {clients}\n");
    for ((from, to), takes) in &case.slow {
        writeln!(text, "delay {}->{} {}", name(*from), name(*to), time(*takes)).expect("a string");
    }
    text + &lines(&case.acts, &case.lies, case.f, case.until)
}

/// What the playground says of a script: for each node and place the decree and when it was executed or, with `learns`, learned;
/// what the clients believe, and when; and how many messages of each kind were sent.
struct Played {
    did: Vec<BTreeMap<usize, (usize, Ticks)>>,
    believed: Vec<(usize, Ticks)>,
    sent: BTreeMap<String, usize>,
    /// When a message of this kind is sent for the first time.
    first: BTreeMap<String, Ticks>,
}

/// Plays the script and tells what is done until then.
fn played(text: &str, nodes: usize, learns: bool, until: Ticks) -> Played {
    let (_, scenario) = Scenario::read(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let run = Run::of(scenario);
    let trace = run.trace();
    let tenths = |time: Time| {
        assert_eq!(time.0 % (Time::DELTA.0 / u64::from(DELTA)), 0, "{text}");
        (time.0 / (Time::DELTA.0 / u64::from(DELTA))) as Ticks
    };
    let decree = |value: Value| {
        let text = trace.scenario.symbols.value(value);
        DECREES.iter().skip(1).position(|name| *name == text).map_or(0, |place| place + 1)
    };
    let mut played = Played {
        did: vec![BTreeMap::new(); nodes],
        believed: Vec::new(),
        sent: BTreeMap::new(),
        first: BTreeMap::new(),
    };
    for event in trace.events() {
        let at = tenths(event.time);
        if at > until {
            break;
        }
        match &event.what {
            What::Applied(node, applied) if !learns => {
                played.did[node.index()].insert(applied.instance.0 as usize, (decree(applied.value), at));
            }
            What::Stated(node, Fact::Learned(instance, vote)) if learns && node.index() < nodes => {
                played.did[node.index()].entry(instance.0 as usize).or_insert((decree(vote.value), at));
            }
            What::Stated(_, Fact::Answered(value)) => played.believed.push((decree(*value), at)),
            _ => {}
        }
    }
    let is_withheld = |sent: &paxos_playground::trace::Envelope| {
        let end = sent.end.map(|end| &trace.event(end).what);
        matches!(end, Some(What::Lost(_, Loss::Withheld)))
    };
    for sent in trace.messages().iter().filter(|sent| !sent.to_self() && !is_withheld(sent)) {
        let kind = trace.scenario.protocol.kind(sent.message.kind).name;
        let at = tenths(sent.sent_at);
        played.first.entry(kind.to_owned()).or_insert(at);
        if at <= until {
            *played.sent.entry(kind.to_owned()).or_default() += 1;
        }
    }
    played
}

/// One of these.
fn one<T: Copy>(state: &mut u64, of: &[T]) -> T {
    of[draw(state, of.len() as u64) as usize]
}

/// A time: half Δs only or, with `fine`, tenths.
fn moment(state: &mut u64, most: Ticks, is_fine: bool) -> Ticks {
    let step = if is_fine { 1 } else { DELTA / 2 };
    draw(state, u64::from(most / step) + 1) as Ticks * step
}

/// Different processes below `n`, so many; the first ones come more often than the others.
fn some(state: &mut u64, n: usize, count: usize) -> BTreeSet<usize> {
    let mut chosen = BTreeSet::new();
    while chosen.len() < count {
        chosen.insert(if draw(state, 2) == 0 { 0 } else { draw(state, n as u64) as usize });
        if chosen.len() < count {
            chosen.insert(draw(state, n as u64) as usize);
        }
    }
    chosen
}

/// Crashes and cuts for a while, among these processes.
fn disturb(state: &mut u64, acts: &mut Vec<(Ticks, Act)>, n: usize, spared: &BTreeSet<usize>, crashes: usize) {
    let others: Vec<usize> = (0..n).filter(|node| !spared.contains(node)).collect();
    let mut down = BTreeSet::new();
    for _ in 0..crashes {
        let node = one(state, &others);
        if down.insert(node) {
            acts.push((moment(state, 12 * DELTA, true), Act::Crash(node)));
        }
    }
    let mut cut = BTreeSet::new();
    for _ in 0..draw(state, 4) {
        let link = (draw(state, n as u64) as usize, draw(state, n as u64) as usize);
        if link.0 != link.1 && cut.insert(link) {
            let from = moment(state, 14 * DELTA, true);
            acts.push((from, Act::Cut(link.0, link.1)));
            acts.push((from + 1 + moment(state, 6 * DELTA, true), Act::Heal(link.0, link.1)));
        }
    }
}

/// The same lie to several processes: to each with one chance in two, but never to the liar itself.
fn split<Kind: Copy>(state: &mut u64, lies: &mut Vec<Lie<Kind>>, n: usize, kind: Kind, from: usize, twist: &Twist) {
    for to in (0..n).filter(|to| *to != from) {
        if draw(state, 2) == 0 {
            lies.push(Lie { kind, from, to, nth: 1, twist: twist.clone() });
        }
    }
}

/// A case and its liars. The quiet ones have neither crashes nor cuts.
fn pbft_case(seed: u64, is_quiet: bool) -> (pbft::Case, BTreeSet<usize>) {
    let mut state = seed.wrapping_mul(2) + u64::from(is_quiet);
    let f = if draw(&mut state, 4) == 0 { 2 } else { 1 };
    let mut case = pbft::Case { retry: Some(4 * DELTA), ..pbft::Case::of(f) };
    let is_fine = draw(&mut state, 2) == 0;
    // Quiet cases have no more liars than are tolerated, and the others sometimes one more.
    let most = if is_quiet || draw(&mut state, 3) > 0 { f } else { f + 1 };
    let liars = 1 + draw(&mut state, most as u64) as usize;
    let liars = some(&mut state, case.n, liars);
    let asked = 1 + draw(&mut state, 5) as usize;
    for decree in 1..=asked {
        let at = moment(&mut state, 8 * DELTA, is_fine);
        case.acts.push((at, Act::Ask(case.n, decree)));
    }
    if !is_quiet {
        let crashes = draw(&mut state, 1 + f.saturating_sub(liars.len()) as u64) as usize;
        disturb(&mut state, &mut case.acts, case.n, &liars, crashes);
    }
    case.acts.sort_by_key(|(at, _)| *at);
    let liar_list: Vec<usize> = liars.iter().copied().collect();
    if draw(&mut state, 2) == 0 {
        let twist = if draw(&mut state, 4) == 0 { Twist::Silent } else { Twist::Says(6) };
        split(&mut state, &mut case.lies, case.n, pbft::Kind::PrePrepare, liar_list[0], &twist);
        split(&mut state, &mut case.lies, case.n, pbft::Kind::Commit, liar_list[0], &Twist::Silent);
        if let Some(second) = liar_list.get(1) {
            let same: Vec<usize> =
                case.lies.iter().filter(|lie| lie.kind == pbft::Kind::PrePrepare).map(|lie| lie.to).collect();
            for (kind, from) in
                [(pbft::Kind::Prepare, *second), (pbft::Kind::Commit, *second), (pbft::Kind::Commit, liar_list[0])]
            {
                for to in same.iter().copied().filter(|to| *to != from) {
                    case.lies.retain(|lie| (lie.kind, lie.from, lie.to) != (kind, from, to));
                    case.lies.push(Lie { kind, from, to, nth: 1, twist: Twist::Says(6) });
                }
            }
        }
    }
    for _ in 0..1 + draw(&mut state, 8) {
        let from = one(&mut state, &liar_list);
        let to = draw(&mut state, case.n as u64) as usize;
        let kind = one(
            &mut state,
            &[
                pbft::Kind::PrePrepare,
                pbft::Kind::PrePrepare,
                pbft::Kind::PrePrepare,
                pbft::Kind::Prepare,
                pbft::Kind::Prepare,
                pbft::Kind::Commit,
                pbft::Kind::Commit,
                pbft::Kind::Checkpoint,
                pbft::Kind::ViewChange,
                pbft::Kind::ViewChange,
                pbft::Kind::NewView,
                pbft::Kind::Reply,
            ],
        );
        let to = if kind == pbft::Kind::Reply { case.n } else { to };
        let nth = 1 + draw(&mut state, 3) as usize;
        let twist = match (draw(&mut state, 5), kind) {
            (0, _) => Twist::Silent,
            (1, _) => Twist::Late(DELTA + moment(&mut state, 12 * DELTA, is_fine)),
            (_, pbft::Kind::Reply | pbft::Kind::Checkpoint) => Twist::False,
            (_, pbft::Kind::ViewChange | pbft::Kind::NewView) => {
                let names = draw(&mut state, 3) as usize;
                Twist::Omits(some(&mut state, case.n, names).into_iter().collect())
            }
            _ => Twist::Says(1 + draw(&mut state, 7) as usize),
        };
        let is_first = !case.lies.iter().any(|lie| (lie.kind, lie.from, lie.to, lie.nth) == (kind, from, to, nth));
        if from != to && is_first {
            case.lies.push(Lie { kind, from, to, nth, twist });
        }
    }
    let until = case.acts.last().map_or(0, |(at, _)| *at) + if is_quiet { 250 * DELTA } else { 60 * DELTA };
    (pbft::Case { until, ..case }, liars)
}

/// The same for FaB.
fn fab_case(seed: u64, mode: fab::Mode, is_quiet: bool) -> (fab::Case, BTreeSet<usize>) {
    let mut state = seed.wrapping_mul(6) + 2 * mode as u64 + u64::from(is_quiet);
    let f = if draw(&mut state, 5) == 0 { 2 } else { 1 };
    let mut case = fab::Case { asks_all: false, ..fab::Case::of(mode, f) };
    let is_fine = draw(&mut state, 2) == 0;
    let liars = 1 + draw(&mut state, f as u64) as usize;
    let liars = some(&mut state, case.n, liars);
    let asked = if mode == fab::Mode::Single { 1 } else { 1 + draw(&mut state, 4) as usize };
    for decree in 1..=asked {
        let at = moment(&mut state, 4 * DELTA, is_fine);
        let client = case.n + draw(&mut state, case.clients as u64) as usize;
        case.acts.push((at, Act::Ask(client, decree)));
        // Some requests come a little earlier to some processes.
        for to in 0..case.n {
            if mode == fab::Mode::Direct && draw(&mut state, 3) == 0 {
                case.slow.insert((client, to), DELTA - 1 - draw(&mut state, 5) as Ticks);
            }
        }
    }
    if !is_quiet {
        let crashes = draw(&mut state, 1 + (f - liars.len()) as u64) as usize;
        disturb(&mut state, &mut case.acts, case.n, &liars, crashes);
    }
    case.acts.sort_by_key(|(at, _)| *at);
    let liar_list: Vec<usize> = liars.iter().copied().collect();
    if draw(&mut state, 2) == 0 {
        let twist = if draw(&mut state, 4) == 0 { Twist::Silent } else { Twist::Says(6) };
        split(&mut state, &mut case.lies, case.n, fab::Kind::Propose, liar_list[0], &twist);
        let twist = if draw(&mut state, 2) == 0 { Twist::Silent } else { Twist::Says(6) };
        split(&mut state, &mut case.lies, case.n, fab::Kind::Accepted, liar_list[0], &twist);
    }
    for _ in 0..1 + draw(&mut state, 8) {
        let from = one(&mut state, &liar_list);
        let kinds = [
            fab::Kind::Propose,
            fab::Kind::Propose,
            fab::Kind::Propose,
            fab::Kind::Accepted,
            fab::Kind::Accepted,
            fab::Kind::Accepted,
            fab::Kind::Learned,
            fab::Kind::Satisfied,
            fab::Kind::Suspect,
            fab::Kind::Query,
            fab::Kind::Rep,
            fab::Kind::Rep,
            fab::Kind::Reply,
        ];
        let kind = one(&mut state, &kinds);
        let to = draw(&mut state, case.n as u64) as usize;
        let to = if kind == fab::Kind::Reply { case.n + draw(&mut state, case.clients as u64) as usize } else { to };
        let nth = 1 + draw(&mut state, 2) as usize;
        let twist = match (draw(&mut state, 5), kind) {
            (0, _) => Twist::Silent,
            (1, _) | (_, fab::Kind::Satisfied | fab::Kind::Suspect | fab::Kind::Query) => {
                Twist::Late(DELTA + moment(&mut state, 8 * DELTA, is_fine))
            }
            (2, fab::Kind::Propose) => {
                let names = draw(&mut state, 2) as usize;
                Twist::Omits(some(&mut state, case.n, names).into_iter().collect())
            }
            _ => Twist::Says(1 + draw(&mut state, 7) as usize),
        };
        let is_first = !case.lies.iter().any(|lie| (lie.kind, lie.from, lie.to, lie.nth) == (kind, from, to, nth));
        if from != to && is_first {
            case.lies.push(Lie { kind, from, to, nth, twist });
        }
    }
    let until = case.acts.last().map_or(0, |(at, _)| *at) + if is_quiet { 150 * DELTA } else { 40 * DELTA };
    (fab::Case { until, ..case }, liars)
}

/// How many decrees clients ask for.
fn asked(acts: &[(Ticks, Act)]) -> usize {
    acts.iter().filter(|(_, act)| matches!(act, Act::Ask(..))).count()
}

/// No two of these processes have different decrees at one place.
fn agree(did: &[BTreeMap<usize, usize>]) -> bool {
    let mut ledger = BTreeMap::new();
    did.iter().flatten().all(|(place, decree)| ledger.entry(*place).or_insert(*decree) == decree)
}

#[test]
fn pbft_keeps_its_promises_in_a_simulation_where_few_lie() {
    let [mut changed, mut broken] = [0; 2];
    for seed in 0..4_000 {
        let is_quiet = seed % 2 == 0;
        let (case, liars) = pbft_case(seed, is_quiet);
        let outcome = pbft::simulate(&case);
        let correct = || (0..case.n).filter(|replica| !liars.contains(replica));
        let did: Vec<BTreeMap<usize, usize>> =
            correct().map(|replica| outcome.executed[replica].iter().map(|did| did.0).enumerate().collect()).collect();
        if liars.len() > case.f {
            broken += usize::from(!agree(&did));
            continue;
        }
        assert!(agree(&did), "seed {seed}: {case:?}\n{outcome:?}");
        let is_executed = |decree: usize| did.iter().any(|did| did.values().any(|other| *other == decree));
        assert!(outcome.believed.iter().all(|(decree, _)| is_executed(*decree)), "seed {seed}: {case:?}\n{outcome:?}");
        assert!(!is_quiet || outcome.believed.len() == asked(&case.acts), "seed {seed}: {case:?}\n{outcome:?}");
        changed += usize::from(!outcome.changes.is_empty());
    }
    assert!(
        changed > 1_200 && broken > 0,
        "{changed} runs with a view change; {broken} where too many lie and replicas differ"
    );
}

#[test]
fn fab_keeps_its_promises_in_a_simulation_where_few_lie() {
    let mut recovered = 0;
    for (seed, mode) in (0..1_300).flat_map(|seed| MODES.map(|mode| (seed, mode))) {
        let is_quiet = seed % 2 == 0;
        let (case, liars) = fab_case(seed, mode, is_quiet);
        let outcome = fab::simulate(&case);
        let did: Vec<_> = (0..case.n)
            .filter(|process| !liars.contains(process))
            .map(|process| outcome.learned[process].iter().map(|(place, (decree, _))| (*place, *decree)).collect())
            .collect();
        assert!(agree(&did), "seed {seed}: {case:?}\n{outcome:?}");
        // A first leader that lies can forget a request of which nobody else knows, or propose what nobody has asked for.
        let is_answered = outcome.believed.len() == asked(&case.acts);
        assert!(!is_quiet || liars.contains(&0) || is_answered, "seed {seed}: {case:?}\n{outcome:?}");
        recovered += usize::from(outcome.sent.contains_key(&fab::Kind::Query));
    }
    assert!(recovered > 700, "{recovered} runs with another leader");
}

/// What the playground says otherwise than the simulation, about these processes.
fn differences<Kind: Debug>(
    (text, played): (&str, &Played),
    did: &[BTreeMap<usize, (usize, Ticks)>],
    (believed, sent): (&[(usize, Ticks)], &BTreeMap<Kind, usize>),
    liars: &BTreeSet<usize>,
) -> Option<String> {
    let mut found = String::new();
    for node in (0..did.len()).filter(|node| !liars.contains(node) && did[*node] != played.did[*node]) {
        let (simulated, played) = (&did[node], &played.did[node]);
        writeln!(found, "{}: {simulated:?} simulated, {played:?} played", name(node)).expect("a string");
    }
    if believed != played.believed {
        writeln!(found, "believed: {believed:?} simulated, {:?} played", played.believed).expect("a string");
    }
    let sent: BTreeMap<String, usize> = sent.iter().map(|(kind, count)| (format!("{kind:?}"), *count)).collect();
    if sent != played.sent {
        writeln!(found, "sent: {sent:?} simulated, {:?} played", played.sent).expect("a string");
    }
    (!found.is_empty()).then(|| format!("{found}{text}"))
}

/// Fails with some of what was found.
fn assert_none(found: &[(u64, String)], compared: usize) {
    let shortest = found.iter().min_by_key(|(_, text)| text.len());
    assert!(found.is_empty(), "{} of {compared} differ; the shortest:\n{shortest:#?}", found.len());
}

#[test]
fn pbft_goes_as_a_separate_simulation_says() {
    if find("pbft").is_none() {
        return;
    }
    let (mut found, mut compared) = (Vec::new(), 0);
    for seed in 0..2_000 {
        let (mut case, liars) = pbft_case(seed, seed % 2 == 0);
        let text = pbft_script(&case);
        // The simulation gives no replica the state of another one, so it stops there; and it does not ask for that.
        let whole = played(&text, case.n, false, case.until);
        if let Some(first) = whole.first.get("State") {
            case.until = first - 1;
        }
        let mut played = played(&text, case.n, false, case.until);
        played.sent.remove("Fetch");
        let outcome = pbft::simulate(&case);
        compared += 1;
        // A request that has been executed before does nothing.
        let of_place = |executed: &[(usize, Ticks)], place: usize| {
            let (decree, at) = executed[place];
            let is_again = executed[..place].iter().any(|(other, _)| *other == decree);
            (place + 1, (if is_again { pbft::NULL } else { decree }, at))
        };
        let executed = outcome.executed.iter();
        let did: Vec<_> =
            executed.map(|executed| (0..executed.len()).map(|place| of_place(executed, place)).collect()).collect();
        let differ = differences((&text, &played), &did, (&outcome.believed, &outcome.sent), &liars);
        found.extend(differ.map(|text| (seed, text)));
    }
    assert_none(&found, compared);
}

#[test]
fn fab_goes_as_a_separate_simulation_says() {
    let (mut found, mut compared) = (Vec::new(), 0);
    for (seed, mode) in (0..400).flat_map(|seed| MODES.map(|mode| (seed, mode))) {
        let (mut case, liars) = fab_case(seed, mode, seed % 2 == 0);
        if find(fab_protocol(mode)).is_none() {
            continue;
        }
        compared += 1;
        let text = fab_script(&case);
        // In the simulation no learner asks others for what it has missed, so it stops there. No client asks again, and an
        // acceptor that has accepted a proposal still answers a QUERY with its number that comes late.
        let whole = played(&text, case.n, true, case.until);
        if let Some(first) = whole.first.get("Pull") {
            case.until = first - 1;
        }
        let mut played = played(&text, case.n, true, case.until);
        let mut outcome = fab::simulate(&case);
        for kind in [fab::Kind::Request, fab::Kind::Reply, fab::Kind::Rep] {
            outcome.sent.remove(&kind);
            played.sent.remove(&format!("{kind:?}"));
        }
        // The rules leave open which places a proposer's timer is for, so messages are counted where nobody is suspected.
        if outcome.sent.contains_key(&fab::Kind::Suspect) || played.sent.contains_key("Suspect") {
            outcome.sent.clear();
            played.sent.clear();
        }
        let differ = differences((&text, &played), &outcome.learned, (&outcome.believed, &outcome.sent), &liars);
        found.extend(differ.map(|text| (seed, text)));
    }
    assert_none(&found, compared);
}
