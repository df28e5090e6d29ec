//! The preliminary protocol (PTP §2.2; slides, "Preliminary protocol"): every process remembers everything that
//! it ever said.
//!
//! | step | guard → update → send |
//! |---|---|
//! | 1a | choose b never used before → NextBallot(b) to all |
//! | 1b | NextBallot(b) → v := own highest vote below b; remember (b, v) as sent → LastVote(b, v) |
//! | 2a | LastVote(b, ·) from a quorum Q, not begun yet → BeginBallot(b, val) to Q, val by B3 |
//! | 2b | BeginBallot(b, val), no promise against it → record the vote (b, val) → Voted(b) |
//! | 3a | Voted(b) from every member of Q → write val → Success(val) to all |
//! | 3b | Success(val) → write val |
//!
//! LastVote(b′, v′) promises not to vote between v′ and b′. The option `promise` chooses between two readings of which
//! promises forbid a vote in b: the slides refuse whenever the process has promised some b′ > b; the paper (`paper`) refuses
//! only where v′ < b < b′, which is all that B3 needs. A process answers a late NextBallot with a smaller number like any
//! other, and it may have several of its own ballots under way.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::formula::{BALLOT_MESSAGES_TO_QUORUM, BALLOTS};
use super::kin::{After, Kin};
use super::synod::{
    BEGIN_BALLOT, CLIENT, GUARDS, KINDS, LAST_VOTE, Page, Paper, Steps, VOTED, ballot_above, cell, list, majorities,
    message,
};
use super::{
    Cell, Effects, Fact, Family, Field, FieldInfo, Guard, Input, Machine, Meaning, OptionInfo, Payload, Protocol,
    Setup, Slip, Storage, Trust,
};
use crate::quorum::Round;
use crate::tongue::key;
use crate::types::{Ballot, Instance, NodeId, Renaming, Sorted, Value, Vote};

const TRIED: Field = Field(0);
const VOTES: Field = Field(1);
/// `PROMISED` holds the ballot of each LastVote sent, `REPORTED` the vote reported with it.
const PROMISED: Field = Field(2);
const REPORTED: Field = Field(3);
const LEDGER: Field = Field(4);

static FIELDS: &[FieldInfo] = &[
    list("tried", "tried", Meaning::Own),
    list("votes", "acceptances", Meaning::Own),
    list("promised", "promised", Meaning::Own),
    list("reported", "reported", Meaning::Own),
    cell("ledger", "log", Meaning::Ledger),
];

const PROMISE: usize = 0;
const PROMISE_PAPER: u8 = 1;

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "preliminary",
    title: "Preliminary protocol",
    summary: key!("One {decree}; each process remembers {every_vote_it_cast} and every promise it gave."),
    source: key!("PTP §2.2; slides, “Preliminary protocol”"),
    formulas: &[BALLOTS, BALLOT_MESSAGES_TO_QUORUM],
    kin: kinship,
    family: Family::Synod,
    trust: Trust::Crash,
    kinds: KINDS,
    fields: FIELDS,
    timers: &[],
    options: &[OptionInfo {
        name: "promise",
        values: &["slides", "paper"],
        summary: key!(
            "{last_vote_message}(b′, v′) forbids every {vote} below b′ (slides), or only those between v′ and b′ (paper)."
        ),
    }],
    guards: GUARDS,
    is_log: false,
    quorums: majorities,
    round: |_, _| Round::Classic,
    membership: None,
    window: None,
    histories: None,
    client: Some(CLIENT),
    needs_results: false,
    ignores_oracle: |_| Some(key!("has no leader: whoever is asked starts a ballot")),
    progress: None,
    open: |setup, me, storage| Box::new(Preliminary::open(setup, me, storage)),
};

#[derive(Clone)]
struct Preliminary {
    setup: Arc<Setup>,
    me: NodeId,
    state: State,
}

/// The setup is the same for the whole run, so only the state tells two machines of one node apart.
impl Hash for Preliminary {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

#[derive(Clone, Hash, Default)]
struct State {
    tried: Vec<Ballot>,
    /// The votes, in the order in which the process cast them.
    votes: Vec<Vote>,
    /// The ballot and the reported vote of each LastVote, in the order in which the process sent them.
    promises: Vec<(Ballot, Option<Vote>)>,
    ledger: Page,
    /// The slip of paper of each of the process's own ballots under way. These slips are volatile.
    slips: Sorted<Ballot, Paper>,
}

impl Machine for Preliminary {
    fn step(&mut self, input: Input<'_>, effects: &mut Effects) {
        self.take(input, effects);
    }

    fn slip(&self) -> Option<Slip> {
        let (ballot, paper) = self.state.slips.entries().last()?;
        let (phase, collected) = paper.collected();
        Some(Slip { ballot: *ballot, instance: Instance::FIRST, phase, collected })
    }

    fn renamed(&self, names: &Renaming) -> Option<Box<dyn Machine>> {
        let mut renamed = self.clone();
        renamed.me = names.of(self.me);
        renamed.state.ledger.rename(names);
        for ballot in &self.state.tried {
            if let Some(paper) = renamed.state.slips.get_mut(ballot) {
                paper.rename(names);
            }
        }
        Some(Box::new(renamed))
    }
}

impl Preliminary {
    fn open(setup: &Arc<Setup>, me: NodeId, storage: &Storage) -> Self {
        let ballots = |field| storage.list(field).filter_map(|(_, cell)| cell.ballot);
        let mut state =
            State { tried: ballots(TRIED).collect(), ledger: Page::open(storage, LEDGER), ..State::default() };
        if setup.remembers(me) {
            let reports = storage.list(REPORTED).map(|(_, cell)| cell.vote());
            state.votes = storage.list(VOTES).filter_map(|(_, cell)| cell.vote()).collect();
            state.promises = ballots(PROMISED).zip(reports).collect();
        }
        Self { setup: Arc::clone(setup), me, state }
    }
}

impl Steps for Preliminary {
    /// Step 1a. Any number that was never used is allowed; the process takes one above every number that it has tried or
    /// promised.
    fn next_ballot(&mut self, wish: Value, effects: &mut Effects) {
        let promised = self.state.promises.iter().map(|(ballot, _)| *ballot);
        let ballot = ballot_above(&self.setup, self.state.tried.iter().copied().chain(promised).max(), self.me);
        self.state.tried.push(ballot);
        self.state.slips.entry(ballot, || Paper::new(wish));
        effects.persist(TRIED, nth(self.state.tried.len()), ballot.into());
        self.ask(ballot, effects);
    }

    /// Step 1b. A repeated NextBallot gets the same LastVote: the promise has forbidden every vote in between.
    fn last_vote(&mut self, from: NodeId, ballot: Ballot, effects: &mut Effects) {
        let vote = self.state.votes.iter().copied().filter(|vote| vote.ballot < ballot).max();
        let promise = (ballot, vote);
        if !self.state.promises.contains(&promise) {
            self.state.promises.push(promise);
            let place = nth(self.state.promises.len());
            effects.persist(PROMISED, place, ballot.into());
            effects.persist(REPORTED, place, vote.map_or_else(Cell::default, Cell::from));
            effects.state(Fact::Promised(Instance::FIRST, ballot, vote));
        }
        effects.send(from, message(LAST_VOTE, ballot, Payload::LastVote(vote)));
    }

    /// Step 2a.
    fn begin_ballot(&mut self, from: NodeId, ballot: Ballot, vote: Option<Vote>, effects: &mut Effects) {
        let Some(paper) = self.state.slips.get_mut(&ballot) else { return };
        let Some((vote, asked)) = paper.begin(&self.setup, self.me, from, ballot, vote, effects) else { return };
        effects.send_each(asked.iter(), &message(BEGIN_BALLOT, ballot, Payload::Value(vote.value)));
    }

    /// Step 2b. The process votes unless one of its promises forbids the vote. A vote that it has cast before is sent again.
    fn vote(&mut self, from: NodeId, vote: Vote, effects: &mut Effects) {
        let is_paper = self.setup.choice(PROMISE) == PROMISE_PAPER;
        let forbids = |(promised, reported): &&(Ballot, Option<Vote>)| {
            let is_after = reported.is_none_or(|reported| reported.ballot < vote.ballot);
            *promised > vote.ballot && (is_after || !is_paper)
        };
        let is_cast = self.state.votes.contains(&vote);
        let against = self.state.promises.iter().filter(forbids).map(|(promised, _)| *promised).max();
        if against.is_some() && !is_cast && self.setup.keeps(Guard::Promise) {
            effects.state(Fact::Refused(vote.ballot, against));
            return;
        }
        if !is_cast {
            self.state.votes.push(vote);
            effects.persist(VOTES, nth(self.state.votes.len()), vote.into());
            effects.state(Fact::Voted(Instance::FIRST, vote));
        }
        effects.send(from, message(VOTED, vote.ballot, Payload::Empty));
    }

    /// Step 3a.
    fn success(&mut self, from: NodeId, ballot: Ballot, effects: &mut Effects) {
        let Some(paper) = self.state.slips.get_mut(&ballot) else { return };
        let Some(vote) = paper.pass(&self.setup, from, true) else { return };
        self.state.slips.remove(&ballot);
        self.announce(vote, effects);
    }

    fn who(&self) -> (&Setup, NodeId) {
        (&self.setup, self.me)
    }

    fn ledger(&mut self) -> (&mut Page, Field) {
        (&mut self.state.ledger, LEDGER)
    }
}

/// The cell for the n-th thing that the process remembers.
fn nth(count: usize) -> Instance {
    Instance(count as u32)
}

fn kinship() -> Kin {
    Kin {
        per_fault: 2,
        line: None,
        costs: key!("every message of every {ballot} is remembered for ever"),
        after: &[After { fault: key!("two of five processes are down"), scenario: "minority-crash" }],
        from: &[],
    }
}
