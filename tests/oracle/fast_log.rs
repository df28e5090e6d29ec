//! The order of a ledger of fast instances, calculated from the rules and not from the machine: links take a fixed time each,
//! nobody fails, and each acceptor gives a wish the first place that is free for it. The calculation gives up where a leader
//! would step in, because two wishes collide visibly, or because a place has no decree 2Δ after its first vote.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use paxos_playground::protocol::Fact;
use paxos_playground::scenario::Scenario;
use paxos_playground::scenario::script::default_name;
use paxos_playground::sim::Run;

const DELTA: u64 = 1_000_000;

#[derive(Debug)]
struct Plan {
    acceptors: usize,
    /// How long each link takes: from, to. Process 0 leads, and the clients come after the acceptors.
    delays: Vec<Vec<u64>>,
    /// When each wish is sent, and by which client.
    wishes: Vec<(u64, usize)>,
}

/// What somebody did: when, who, in which place, and for which wish.
type Did = (u64, usize, usize, usize);

#[derive(Clone, Copy)]
enum Message {
    Wish(usize),
    Vote { place: usize, wish: usize },
}

#[derive(Clone, Default)]
struct Acceptor {
    /// The wishes without a decree, in the order in which they came, each with its place, or with the place whose decree it has
    /// to wait for.
    wishes: Vec<(usize, Result<usize, usize>)>,
    voted: BTreeSet<usize>,
    known: BTreeMap<usize, usize>,
    heard: BTreeMap<usize, Vec<usize>>,
}

struct Calculation<'a> {
    plan: &'a Plan,
    acceptors: Vec<Acceptor>,
    queue: BTreeMap<(u64, usize), (usize, Message)>,
    sent: usize,
    votes: Vec<Did>,
    learned: Vec<Did>,
}

impl Calculation<'_> {
    /// The votes and the decisions; none where a leader would step in.
    fn of(plan: &Plan) -> Option<(Vec<Did>, Vec<Did>)> {
        let acceptors = vec![Acceptor::default(); plan.acceptors];
        let mut calculation =
            Calculation { plan, acceptors, queue: BTreeMap::new(), sent: 0, votes: Vec::new(), learned: Vec::new() };
        for (wish, (at, client)) in plan.wishes.iter().enumerate() {
            for to in 0..plan.acceptors {
                calculation.send(*at, *client, to, Message::Wish(wish));
            }
        }
        let mut first_heard = BTreeMap::new();
        while let Some(((now, _), (to, message))) = calculation.queue.pop_first() {
            match message {
                Message::Wish(wish) => calculation.acceptors[to].wishes.push((wish, Err(0))),
                Message::Vote { place, wish } => {
                    if to == 0 {
                        first_heard.entry(place).or_insert(now);
                    }
                    calculation.hear(now, to, place, wish)?;
                }
            }
            calculation.place(now, to);
        }
        let of_leader = calculation.learned.iter().filter(|did| did.1 == 0).map(|did| (did.2, did.0));
        let of_leader: BTreeMap<_, _> = of_leader.collect();
        let is_early = |(place, heard): (&usize, &u64)| of_leader.get(place).is_some_and(|at| *at <= heard + 2 * DELTA);
        first_heard.iter().all(is_early).then_some((calculation.votes, calculation.learned))
    }

    fn send(&mut self, now: u64, from: usize, to: usize, message: Message) {
        let delay = if from == to { 0 } else { self.plan.delays[from][to] };
        self.sent += 1;
        self.queue.insert((now + delay, self.sent), (to, message));
    }

    /// Gives each wish without a place the first free one.
    fn place(&mut self, now: u64, who: usize) {
        for at in 0..self.acceptors[who].wishes.len() {
            let acceptor = &mut self.acceptors[who];
            let (wish, Err(after)) = acceptor.wishes[at] else { continue };
            if (1..=after).any(|place| !acceptor.known.contains_key(&place)) {
                continue;
            }
            let is_free = |place: &usize| !acceptor.voted.contains(place) && !acceptor.known.contains_key(place);
            let place = (1..).find(is_free).expect("there are many");
            acceptor.wishes[at].1 = Ok(place);
            acceptor.voted.insert(place);
            self.votes.push((now, who, place, wish));
            for to in 0..self.plan.acceptors {
                self.send(now, who, to, Message::Vote { place, wish });
            }
        }
    }

    fn hear(&mut self, now: u64, who: usize, place: usize, wish: usize) -> Option<()> {
        let n = self.plan.acceptors;
        let f = (n - 1) / 2;
        let e = (0..n).rev().find(|e| n > 2 * e + f).expect("0");
        let acceptor = &mut self.acceptors[who];
        if acceptor.known.contains_key(&place) {
            return Some(());
        }
        let heard = acceptor.heard.entry(place).or_default();
        heard.push(wish);
        if heard.iter().filter(|other| **other == wish).count() >= n - e {
            acceptor.known.insert(place, wish);
            let last = acceptor.wishes.iter().filter_map(|(_, of)| of.ok()).max().unwrap_or(place);
            acceptor.wishes.retain(|(other, _)| *other != wish);
            for (_, of) in acceptor.wishes.iter_mut().filter(|(_, of)| *of == Ok(place)) {
                *of = Err(last);
            }
            self.learned.push((now, who, place, wish));
            return Some(());
        }
        let collides = heard.len() >= n - f && heard.iter().any(|other| other != &heard[0]);
        (who != 0 || !collides).then_some(())
    }
}

fn played(plan: &Plan) -> (Vec<Did>, Vec<Did>) {
    let all = plan.delays.len();
    let name = |node: usize| default_name(node as u32);
    let time = |ticks: u64| format!("{}.{:06}", ticks / DELTA, ticks % DELTA);
    let clients = (plan.acceptors..all).map(name).collect::<Vec<_>>().join(" ");
    let mut text = format!("paxos-playground 1\nprotocol fast-log\nnodes {all}\nclients {clients}\n");
    for (from, to) in (0..all).flat_map(|from| (0..all).map(move |to| (from, to))).filter(|(from, to)| from != to) {
        writeln!(text, "delay {}->{} {}", name(from), name(to), time(plan.delays[from][to])).expect("a string");
    }
    for (wish, (at, client)) in plan.wishes.iter().enumerate() {
        writeln!(text, "at {} propose {} \"{wish}\"", time(*at), name(*client)).expect("a string");
    }
    let (_, scenario) = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let run = Run::of(scenario);
    let symbols = &run.scenario().symbols;
    let wish = |value| symbols.value(value).parse().expect("a number");
    let (mut votes, mut learned) = (Vec::new(), Vec::new());
    for (_, time, node, fact) in run.trace().facts() {
        let did = |instance: paxos_playground::types::Instance, value| {
            (time.0, node.index(), instance.0 as usize, wish(value))
        };
        match fact {
            Fact::Voted(instance, vote) => votes.push(did(instance, vote.value)),
            Fact::Learned(instance, vote) => learned.push(did(instance, vote.value)),
            _ => {}
        }
    }
    (votes, learned)
}

/// A plan by a generator of numbers; links take different times, so that hardly ever two things happen at once.
fn plan(seed: u64) -> Plan {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66;
    let mut draw = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let acceptors = 3 + draw(5) as usize;
    let jitter = [DELTA / 20, DELTA / 4, DELTA * 9 / 10][draw(3) as usize];
    let clients = 1 + draw(3) as usize;
    let mut delays = vec![vec![0; acceptors + clients]; acceptors + clients];
    delays.iter_mut().flatten().for_each(|delay| *delay = DELTA - draw(jitter));
    let span = 1 + draw(8);
    let count = 2 + draw(5);
    let mut wishes: Vec<_> =
        (0..count).map(|_| (4 * DELTA + draw(span * DELTA), acceptors + draw(clients as u64) as usize)).collect();
    if clients > 1 && draw(2) == 0 {
        // The last acceptor hears everything late, and is heard late. Wishes come in pairs, and it hears the second one first.
        let others = acceptors - 1;
        delays.iter_mut().take(others).for_each(|to| to[..others].iter_mut().for_each(|delay| *delay /= 3));
        for (client, to) in delays.iter_mut().enumerate().skip(acceptors) {
            to[..others].iter_mut().for_each(|delay| *delay = DELTA / 3 - draw(DELTA / 10));
            to[others] = if client == acceptors { DELTA } else { DELTA / 2 + draw(DELTA / 4) };
        }
        let first: Vec<_> = wishes.iter().map(|(at, _)| (*at, acceptors)).collect();
        let second = |(at, client): &(u64, usize)| (at + DELTA / 9 + at % (DELTA / 9), client + 1);
        wishes = first.iter().copied().chain(first.iter().map(second)).collect();
    }
    wishes.sort_unstable();
    Plan { acceptors, delays, wishes }
}

#[test]
fn the_order_of_a_fast_ledger_is_that_of_a_plain_calculation() {
    let [mut compared, mut swapped] = [0; 2];
    for seed in 0..4_000 {
        let plan = plan(seed);
        let Some(calculated) = Calculation::of(&plan) else { continue };
        assert_eq!(played(&plan), calculated, "seed {seed}: {plan:?}");
        compared += 1;
        // Some acceptor has given a wish another place than the one in which it has passed.
        let passed: BTreeMap<usize, usize> = calculated.1.iter().map(|did| (did.3, did.2)).collect();
        swapped += usize::from(calculated.0.iter().any(|did| passed.get(&did.3) != Some(&did.2)));
    }
    assert!(compared > 500 && swapped > 20, "{compared} compared, in {swapped} a wish lost a place");
}
