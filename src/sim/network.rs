//! The network: which links are open, and what happens to each message.
//!
//! The network draws chance for each message separately, from the seed, the link and the number of messages that the link
//! carried before. So an edit of the script that adds or drops one message does not reshuffle the delays of all the others.

use std::hash::{Hash, Hasher};

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;

use crate::protocol::Kind;
use crate::scenario::{Lie, Link, Range, RuleEffect, Scenario};
use crate::trace::Loss;
use crate::types::{NodeId, NodeSet, Time};

#[derive(Clone)]
pub(super) struct Network {
    /// For each sender, the nodes that it cannot reach.
    blocked: Vec<NodeSet>,
    /// For each link, how many messages it was given; empty where nothing is left to chance.
    carried: Vec<u32>,
    /// For each rule, how many messages of the rule's kind and link the nodes have sent.
    seen: Vec<u32>,
}

/// What happens to a message whose link is open when it leaves.
#[derive(Clone, Hash)]
pub(super) enum Fate {
    Lands(Time),
    Vanishes(Time, Loss),
    /// The message does not leave, because its sender keeps it back; the time is how long it would have taken.
    Blocked(Time, Loss),
}

impl Fate {
    pub(super) fn delay(&self) -> Time {
        match self {
            Self::Lands(delay) | Self::Vanishes(delay, _) | Self::Blocked(delay, _) => *delay,
        }
    }
}

/// A message's fate, the delays of its copies (one by chance, one by rule), and the lies of its sender.
pub(super) struct Route {
    pub(super) fate: Fate,
    pub(super) copies: [Option<Time>; 2],
    /// The places of the rules that make this message a lie; nearly always empty, and then without memory of its own.
    pub(super) lies: Vec<usize>,
}

impl Network {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let nodes = scenario.nodes();
        Self {
            blocked: vec![NodeSet::EMPTY; nodes],
            carried: vec![0; if scenario.network.is_certain() { 0 } else { nodes * nodes }],
            seen: vec![0; scenario.rules.len()],
        }
    }

    pub(super) fn is_open(&self, from: NodeId, to: NodeId) -> bool {
        !self.blocked[from.index()].contains(to)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.blocked.iter().all(|blocked| blocked.is_empty())
    }

    /// From now on messages pass between the nodes of one group and between no others, whatever was cut before.
    pub(super) fn partition(&mut self, groups: &[Vec<NodeId>]) {
        let everybody = NodeSet::all(self.blocked.len());
        let named: Vec<NodeSet> = groups.iter().map(|group| group.iter().copied().collect()).collect();
        let rest = named.iter().fold(everybody, |rest, group| rest.without(*group));
        for group in named.into_iter().chain([rest]) {
            group.iter().for_each(|node| self.blocked[node.index()] = everybody.without(group));
        }
    }

    pub(super) fn cut(&mut self, link: Link<NodeId>) {
        self.blocked[link.from.index()].insert(link.to);
    }

    pub(super) fn heal(&mut self) {
        self.blocked.fill(NodeSet::EMPTY);
    }

    pub(super) fn heal_link(&mut self, link: Link<NodeId>) {
        self.blocked[link.from.index()].remove(link.to);
    }

    /// The places of the rules whose ordinal is larger than the number of messages sent, each with that number.
    pub(super) fn unmatched<'a>(&'a self, scenario: &'a Scenario) -> impl Iterator<Item = (usize, u32)> + 'a {
        let rules = scenario.rules.iter().zip(&self.seen).enumerate();
        rules.filter(|(_, (rule, seen))| rule.ordinal > **seen).map(|(place, (_, seen))| (place, *seen))
    }

    /// How many counters the network keeps.
    pub(super) fn weight(&self) -> usize {
        self.carried.len() + self.seen.len()
    }

    /// How many messages each rule has seen.
    pub(super) fn seen(&self) -> &[u32] {
        &self.seen
    }

    /// Goes on in a scenario with other rules; for each of these rules, `seen` says how many of its messages were sent so
    /// far.
    pub(super) fn set_seen(&mut self, seen: Vec<u32>) {
        self.seen = seen;
    }

    /// Decides what happens to a message that a node sends now or, with `injected`, that the script puts in. An injected
    /// message takes the given time, if one is given, and no rule counts it.
    pub(super) fn route(
        &mut self,
        scenario: &Scenario,
        from: NodeId,
        to: NodeId,
        kind: Kind,
        injected: Option<Option<Time>>,
    ) -> Route {
        if from == to {
            return Route { fate: Fate::Lands(Time::ZERO), copies: [None; 2], lies: Vec::new() };
        }
        let link = Link { from, to };
        let (delay, lost, copied) = self.chance(scenario, link);
        let mut delay = injected.flatten().unwrap_or(delay);
        let mut loss = lost.then_some(Loss::Chance);
        let mut is_withheld = false;
        let (mut copy_after, mut lies) = (None, Vec::new());
        let rules = scenario.rules.iter().zip(&mut self.seen).enumerate();
        for (place, (rule, seen)) in rules.filter(|_| injected.is_none()) {
            if rule.kind != kind || rule.link != link {
                continue;
            }
            *seen += 1;
            if *seen != rule.ordinal {
                continue;
            }
            match &rule.effect {
                RuleEffect::Drop => loss = Some(Loss::Dropped),
                RuleEffect::Delay(exactly) => delay = *exactly,
                RuleEffect::Duplicate(after) => copy_after = Some(*after),
                RuleEffect::Forge(lie) => {
                    lies.push(place);
                    match lie {
                        Lie::Silent => is_withheld = true,
                        Lie::Late(exactly) => delay = *exactly,
                        Lie::Says(_) | Lie::False | Lie::Omits(_) | Lie::Claims(_) => {}
                    }
                }
            }
        }
        if is_withheld {
            return Route { fate: Fate::Blocked(delay, Loss::Withheld), copies: [None; 2], lies };
        }
        let fate = loss.map_or(Fate::Lands(delay), |why| Fate::Vanishes(delay, why));
        Route { fate, copies: [copied, copy_after.map(|after| delay.plus(after))], lies }
    }

    /// Draws the message's delay, whether the message is lost, and the delay of a copy if there is one.
    fn chance(&mut self, scenario: &Scenario, link: Link<NodeId>) -> (Time, bool, Option<Time>) {
        let model = &scenario.network;
        let range = model.delay.of(link);
        if self.carried.is_empty() {
            return (range.most, false, None);
        }
        let place = link.from.index() * self.blocked.len() + link.to.index();
        let carried = u64::from(self.carried[place]);
        self.carried[place] += 1;
        // The golden ratio in 64 bits spreads neighbouring counts over all seeds; the link chooses PCG's stream.
        let mut random = Pcg32::new(model.seed.wrapping_add(carried.wrapping_mul(0x9E37_79B9_7F4A_7C15)), place as u64);
        let delay = draw(&mut random, range);
        let lost = random.next_u32() % 1_000_000 < model.loss_per_million.of(link);
        let copied = random.next_u32() % 1_000_000 < model.duplicates_per_million.of(link);
        (delay, lost, copied.then(|| draw(&mut random, range)))
    }
}

impl crate::scenario::NetworkModel {
    /// Whether the model leaves nothing to chance.
    fn is_certain(&self) -> bool {
        self.delay.said().all(|range| range.least == range.most)
            && self.loss_per_million.said().chain(self.duplicates_per_million.said()).all(|share| share == 0)
    }
}

/// Draws a tick of the range. All ticks are equally likely, to within one in 2³².
fn draw(random: &mut Pcg32, range: Range) -> Time {
    let choices = range.most.since(range.least).0 + 1;
    Time(range.least.0 + ((u128::from(random.next_u64()) * u128::from(choices)) >> 64) as u64)
}

impl Hash for Network {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.blocked, &self.carried, &self.seen).hash(hasher);
    }
}
