//! The basic protocol once more, written from the paper for another model checker: its state, moves and conditions, in
//! the plainest way that is not slow. It shares no line with the playground.

use std::hash::Hash;

use stateright::{Model, Property};

/// A ballot number: sequence number, owner.
type Ballot = (u8, u8);
/// A vote: its ballot and its decree.
type Vote = (Ballot, u8);
/// A set of nodes, a bit each.
type Set = u8;

/// A cluster, the requests to it, and the faults that may happen.
#[derive(Clone, Default, Debug)]
pub(crate) struct Cluster {
    pub(crate) nodes: u8,
    /// Each request: the node and the value. A node gets its requests in this order.
    pub(crate) wishes: Vec<(u8, u8)>,
    pub(crate) crashes: u8,
    pub(crate) losses: u8,
    /// The rule that is switched off, by its name in scripts.
    pub(crate) without: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct World {
    nodes: Vec<Node>,
    /// The messages in order; equal messages stand beside each other.
    network: Vec<Envelope>,
    /// For each node, the number of requests that it has had.
    asked: Vec<u8>,
    crashes: u8,
    losses: u8,
    past: Past,
    /// All worlds in which a condition is broken count as one world, in which nothing happens.
    is_broken: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
struct Node {
    is_down: bool,
    last_tried: Option<Ballot>,
    next_bal: Option<Ballot>,
    prev_vote: Option<Vote>,
    /// What the disk holds of `nextBal` and of the last vote.
    written: (Option<Ballot>, Option<Vote>),
    ledger: Option<u8>,
    slip: Slip,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
enum Slip {
    #[default]
    Blank,
    Asking {
        wish: u8,
        from: Set,
        lowest: Option<Vote>,
        highest: Option<Vote>,
    },
    Balloting {
        vote: Vote,
        quorum: Set,
        from: Set,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Envelope {
    from: u8,
    to: u8,
    message: Message,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Message {
    NextBallot(Ballot),
    LastVote(Ballot, Option<Vote>),
    BeginBallot(Vote),
    Voted(Ballot),
    Success(Vote),
}

/// Everything that happened and that a condition asks about, in sorted lists.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
struct Past {
    begun: Vec<(Vote, Set)>,
    /// The votes of each node.
    votes: Vec<Vec<Vote>>,
    promises: Vec<Vec<(Ballot, Option<Ballot>)>>,
    learned: Option<u8>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Action {
    Ask(u8),
    Deliver(Envelope),
    Lose(Envelope),
    Crash(u8),
    Restart(u8),
}

fn insert<T: Ord>(list: &mut Vec<T>, item: T) {
    if let Err(place) = list.binary_search(&item) {
        list.insert(place, item);
    }
}

fn members(set: Set) -> impl Iterator<Item = u8> {
    (0..8).filter(move |node| set >> node & 1 == 1)
}

impl Cluster {
    fn is_quorum(&self, set: Set) -> bool {
        let least = if self.without == "majority" { self.nodes / 2 } else { self.nodes / 2 + 1 };
        set.count_ones() >= u32::from(least)
    }

    fn ballot_above(&self, seen: Option<Ballot>, owner: u8) -> Ballot {
        let owner = if self.without == "unique-ballots" { 0 } else { owner };
        (seen.map_or(0, |(number, _)| number) + 1, owner)
    }

    /// Sends a message; a message to oneself arrives at once, after this step.
    fn send(&self, world: &mut World, own: &mut Vec<Message>, from: u8, to: u8, message: Message) {
        if from == to {
            own.push(message);
            return;
        }
        let envelope = Envelope { from, to, message };
        let place = world.network.partition_point(|other| *other < envelope);
        world.network.insert(place, envelope);
    }

    fn ask(&self, world: &mut World, me: u8, wish: u8) {
        let node = &mut world.nodes[usize::from(me)];
        let ballot = self.ballot_above(node.last_tried.max(node.next_bal), me);
        node.last_tried = Some(ballot);
        node.slip = Slip::Asking { wish, from: 0, lowest: None, highest: None };
        let mut own = Vec::new();
        for to in 0..self.nodes {
            self.send(world, &mut own, me, to, Message::NextBallot(ballot));
        }
        self.drain(world, me, own);
    }

    fn receive(&self, world: &mut World, Envelope { from, to, message }: Envelope) {
        let own = self.handle(world, to, from, message);
        self.drain(world, to, own);
    }

    fn drain(&self, world: &mut World, me: u8, mut own: Vec<Message>) {
        let mut next = 0;
        while next < own.len() && !world.is_broken {
            let more = self.handle(world, me, me, own[next]);
            own.extend(more);
            next += 1;
        }
    }

    /// Takes one step, and returns the messages that the node sends to itself.
    fn handle(&self, world: &mut World, me: u8, from: u8, message: Message) -> Vec<Message> {
        let mut own = Vec::new();
        let node = &mut world.nodes[usize::from(me)];
        match message {
            Message::NextBallot(ballot) => {
                let again = self.without == "unique-ballots" && node.next_bal == Some(ballot);
                if node.next_bal >= Some(ballot) && !again {
                    return own;
                }
                node.next_bal = Some(ballot);
                node.written.0 = Some(ballot);
                let vote = node.prev_vote;
                world.promised(me, ballot, vote);
                self.send(world, &mut own, me, from, Message::LastVote(ballot, vote));
            }
            Message::LastVote(ballot, vote) => {
                let Slip::Asking { wish, from: heard, lowest, highest } = &mut node.slip else { return own };
                if node.last_tried != Some(ballot) {
                    return own;
                }
                *heard |= 1 << from;
                *highest = (*highest).max(vote);
                *lowest = match (*lowest, vote) {
                    (Some(lowest), Some(vote)) => Some(lowest.min(vote)),
                    (lowest, vote) => lowest.or(vote),
                };
                let quorum = *heard;
                if !self.is_quorum(quorum) {
                    return own;
                }
                let must = if self.without == "highest" { *lowest } else { *highest };
                let value = if self.without == "max-vote" { *wish } else { must.map_or(*wish, |(_, value)| value) };
                let vote = (ballot, value);
                node.slip = Slip::Balloting { vote, quorum, from: 0 };
                world.began(vote, quorum);
                for to in 0..self.nodes {
                    self.send(world, &mut own, me, to, Message::BeginBallot(vote));
                }
            }
            Message::BeginBallot(vote) => {
                if node.next_bal != Some(vote.0) && self.without != "promise" {
                    return own;
                }
                if node.next_bal < Some(vote.0) {
                    node.next_bal = Some(vote.0);
                    node.written.0 = Some(vote.0);
                }
                if node.prev_vote != Some(vote) {
                    node.prev_vote = Some(vote);
                    node.written.1 = Some(vote);
                    world.voted(me, vote);
                }
                self.send(world, &mut own, me, from, Message::Voted(vote.0));
            }
            Message::Voted(ballot) => {
                let Slip::Balloting { vote, from: heard, .. } = &mut node.slip else { return own };
                if node.last_tried != Some(ballot) {
                    return own;
                }
                *heard |= 1 << from;
                if !self.is_quorum(*heard) {
                    return own;
                }
                let vote = *vote;
                node.slip = Slip::Blank;
                self.learn(world, me, vote);
                for to in (0..self.nodes).filter(|to| *to != me) {
                    self.send(world, &mut own, me, to, Message::Success(vote));
                }
            }
            Message::Success(vote) => self.learn(world, me, vote),
        }
        own
    }

    fn learn(&self, world: &mut World, me: u8, vote: Vote) {
        let node = &mut world.nodes[usize::from(me)];
        if node.ledger == Some(vote.1) {
            return;
        }
        node.ledger = node.ledger.or(Some(vote.1));
        // Agreement; and the condition that a quorum voted for the decree in one ballot.
        world.is_broken |= world.past.learned.is_some_and(|learned| learned != vote.1);
        let voters = (0..self.nodes).filter(|node| world.past.votes[usize::from(*node)].contains(&vote));
        world.is_broken |= !self.is_quorum(voters.fold(0, |set, node| set | 1 << node));
        world.past.learned = Some(vote.1);
    }
}

impl World {
    /// MaxVote(b, p, β).
    fn max_vote(&self, below: Ballot, node: u8) -> Option<Vote> {
        self.past.votes[usize::from(node)].iter().copied().filter(|vote| vote.0 < below).max()
    }

    /// Whether B3 holds of a ballot.
    fn is_b3(&self, vote: Vote, quorum: Set) -> bool {
        let highest = members(quorum).filter_map(|node| self.max_vote(vote.0, node)).max();
        highest.is_none_or(|highest| highest.1 == vote.1)
    }

    /// The `nextBal` that the promises and votes of a node show.
    fn shown(&self, node: u8) -> Option<Ballot> {
        let promised = self.past.promises[usize::from(node)].iter().map(|(ballot, _)| *ballot).max();
        promised.max(self.past.votes[usize::from(node)].iter().map(|vote| vote.0).max())
    }

    fn promised(&mut self, node: u8, ballot: Ballot, vote: Option<Vote>) {
        self.is_broken |= self.max_vote(ballot, node) != vote || self.shown(node) > Some(ballot);
        insert(&mut self.past.promises[usize::from(node)], (ballot, vote.map(|vote| vote.0)));
    }

    fn began(&mut self, vote: Vote, quorum: Set) {
        self.is_broken |= self.past.begun.iter().any(|(other, used)| other.0 == vote.0 || used & quorum == 0);
        self.is_broken |= !self.is_b3(vote, quorum);
        insert(&mut self.past.begun, (vote, quorum));
    }

    fn voted(&mut self, node: u8, vote: Vote) {
        let is_between =
            |(promised, reported): &(Ballot, Option<Ballot>)| *promised > vote.0 && *reported < Some(vote.0);
        self.is_broken |= self.past.promises[usize::from(node)].iter().any(is_between);
        self.is_broken |= self.past.votes[usize::from(node)].iter().any(|other| other.0 > vote.0);
        insert(&mut self.past.votes[usize::from(node)], vote);
        self.is_broken |= self.past.begun.iter().any(|(begun, quorum)| !self.is_b3(*begun, *quorum));
    }
}

impl Model for Cluster {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        let nodes = usize::from(self.nodes);
        let past = Past { votes: vec![Vec::new(); nodes], promises: vec![Vec::new(); nodes], ..Past::default() };
        vec![World {
            nodes: vec![Node::default(); nodes],
            network: Vec::new(),
            asked: vec![0; nodes],
            crashes: self.crashes,
            losses: self.losses,
            past,
            is_broken: false,
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        if world.is_broken {
            return;
        }
        for (me, node) in (0..self.nodes).zip(&world.nodes) {
            if node.is_down {
                actions.push(Action::Restart(me));
                continue;
            }
            let wishes = self.wishes.iter().filter(|(node, _)| *node == me).count();
            if usize::from(world.asked[usize::from(me)]) < wishes {
                actions.push(Action::Ask(me));
            }
            if world.crashes > 0 {
                actions.push(Action::Crash(me));
            }
        }
        for (place, envelope) in world.network.iter().enumerate() {
            if place > 0 && world.network[place - 1] == *envelope {
                continue;
            }
            if !world.nodes[usize::from(envelope.to)].is_down {
                actions.push(Action::Deliver(*envelope));
            }
            if world.losses > 0 {
                actions.push(Action::Lose(*envelope));
            }
        }
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut world = world.clone();
        let remove = |world: &mut World, envelope: Envelope| {
            let place = world.network.binary_search(&envelope).expect("it is under way");
            world.network.remove(place);
        };
        match action {
            Action::Ask(me) => {
                let asked = &mut world.asked[usize::from(me)];
                let mut wishes = self.wishes.iter().filter(|(node, _)| *node == me);
                let (_, wish) = wishes.nth(usize::from(*asked)).expect("counted");
                *asked += 1;
                self.ask(&mut world, me, *wish);
            }
            Action::Deliver(envelope) => {
                remove(&mut world, envelope);
                self.receive(&mut world, envelope);
            }
            Action::Lose(envelope) => {
                remove(&mut world, envelope);
                world.losses -= 1;
            }
            Action::Crash(me) => {
                world.crashes -= 1;
                let node = &mut world.nodes[usize::from(me)];
                node.is_down = true;
                node.slip = Slip::Blank;
                (node.next_bal, node.prev_vote) = if self.without == "memory" { (None, None) } else { node.written };
            }
            Action::Restart(me) => world.nodes[usize::from(me)].is_down = false,
        }
        if world.is_broken {
            world = self.init_states().remove(0);
            world.is_broken = true;
        }
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::<Self>::always("safe", |_, world| !world.is_broken),
            // The checker stops when it has a finding for every property; for this property there is never a finding.
            Property::<Self>::always("goes on", |_, _| true),
        ]
    }
}
