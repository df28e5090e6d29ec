//! The basic protocol (PTP §2.3; slides, "Basic protocol"): each process remembers three cells
//! instead of everything that it ever said.
//!
//! | step | guard → update → send |
//! |---|---|
//! | 1a | choose b > `lastTried` → `lastTried` := b, clean slip → NextBallot(b) to all |
//! | 1b | NextBallot(b), b > `nextBal` → `nextBal` := b → LastVote(b, `prevVote`) |
//! | 2a | LastVote(b, ·) from a quorum Q, b = `lastTried`, not begun yet → BeginBallot(b, val), val by B3 |
//! | 2b | BeginBallot(b, val), b = `nextBal` → `prevVote` := (b, val) → Voted(b) |
//! | 3a | Voted(b) from a quorum, b = `lastTried` → write val → Success(val) to all |
//! | 3b | Success(val) → write val |
//!
//! Each process may perform any step or none at any time; only progress depends on which steps it performs. A message whose
//! guard fails is ignored. The protocol is safe for three reasons: 2a takes the decree of the highest vote that Q reports
//! (B3); a promise in 1b freezes that report, because the process will cast no vote between the reported vote and b; and two
//! quorums share a process (B2). So once a quorum has voted in b, every later ballot carries the same decree (slides, Lemma
//! and Theorem 1).
//!
//! The sources differ in two rules, and an option chooses between the readings of each. `guard ge` lets step 2b vote in
//! b ≥ `nextBal` and raise `nextBal` to b (Paxos Made Simple): that is equally safe, and the voter need not have promised b
//! first. `phase-2 quorum` sends BeginBallot to exactly Q and waits for the vote of every member of Q (PTP); `phase-2 all`
//! sends it to everybody and takes any quorum of votes.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::acceptor::{Acceptor, VoteGuard};
use super::formula::{BALLOT_MESSAGES, BALLOTS};
use super::kin::{After, Aspect, Descent, Kin};
use super::synod::{
    BEGIN_BALLOT, CLIENT, FIELDS, GUARDS, KINDS, LAST_TRIED, LAST_VOTE, LEDGER, PHASE_2_OPTION, Page, Paper, Steps,
    VOTED, ballot_above, majorities, message,
};
use super::{Effects, Fact, Family, Field, Input, Machine, OptionInfo, Payload, Protocol, Setup, Slip, Storage, Trust};
use crate::quorum::Round;
use crate::tongue::key;
use crate::types::{Ballot, Instance, NodeId, Renaming, Value, Vote};

const GUARD: usize = 0;
const GUARD_GE: u8 = 1;
const PHASE_2: usize = 1;
const PHASE_2_QUORUM: u8 = 1;

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "basic",
    title: "Basic protocol",
    summary: key!("One {decree}; each process remembers {last_tried}, {next_bal} and {prev_vote} only."),
    source: key!("PTP §2.3; slides, “Basic protocol”"),
    formulas: &[BALLOTS, BALLOT_MESSAGES],
    kin: kinship,
    family: Family::Synod,
    trust: Trust::Crash,
    kinds: KINDS,
    fields: FIELDS,
    timers: &[],
    options: &[
        OptionInfo {
            name: "guard",
            values: &["strict", "ge"],
            summary: key!("Step 2b {it_votes} when b = {next_bal} (strict), or when b ≥ {next_bal} (ge)."),
        },
        PHASE_2_OPTION,
    ],
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
    open: |setup, me, storage| Box::new(Basic::open(setup, me, storage)),
};

#[derive(Clone)]
struct Basic {
    setup: Arc<Setup>,
    me: NodeId,
    state: State,
}

/// The setup is the same for the whole run, so only the state tells two machines of one node apart.
impl Hash for Basic {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

#[derive(Clone, Hash)]
struct State {
    last_tried: Option<Ballot>,
    acceptor: Acceptor,
    ledger: Page,
    /// The slip of paper. It is volatile: without it a process can still vote and learn, but cannot finish the ballot that
    /// it started.
    paper: Option<Paper>,
}

impl Machine for Basic {
    fn step(&mut self, input: Input<'_>, effects: &mut Effects) {
        self.take(input, effects);
    }

    fn slip(&self) -> Option<Slip> {
        let ballot = self.state.last_tried?;
        let (phase, collected) = self.state.paper.as_ref()?.collected();
        Some(Slip { ballot, instance: Instance::FIRST, phase, collected })
    }

    fn renamed(&self, names: &Renaming) -> Option<Box<dyn Machine>> {
        let mut renamed = self.clone();
        renamed.me = names.of(self.me);
        renamed.state.ledger.rename(names);
        renamed.state.paper.iter_mut().for_each(|paper| paper.rename(names));
        Some(Box::new(renamed))
    }
}

impl Basic {
    fn open(setup: &Arc<Setup>, me: NodeId, storage: &Storage) -> Self {
        let state = State {
            last_tried: storage.get(LAST_TRIED, Instance::FIRST).ballot,
            acceptor: Acceptor::open(setup, me, storage),
            ledger: Page::open(storage, LEDGER),
            paper: None,
        };
        Self { setup: Arc::clone(setup), me, state }
    }
}

impl Steps for Basic {
    /// Step 1a. Any b > `lastTried` is allowed. A number that is above `nextBal` too is not refused at once by the process
    /// itself.
    fn next_ballot(&mut self, wish: Value, effects: &mut Effects) {
        let ballot = ballot_above(&self.setup, self.state.last_tried.max(self.state.acceptor.next_bal), self.me);
        self.state.last_tried = Some(ballot);
        self.state.paper = Some(Paper::new(wish));
        effects.persist(LAST_TRIED, Instance::FIRST, ballot.into());
        self.ask(ballot, effects);
    }

    /// Step 1b.
    fn last_vote(&mut self, from: NodeId, ballot: Ballot, effects: &mut Effects) {
        let acceptor = &mut self.state.acceptor;
        match acceptor.promise(&self.setup, ballot, Instance::FIRST, false, effects) {
            Ok(()) => {
                let vote = acceptor.votes.get(&Instance::FIRST).copied();
                effects.send(from, message(LAST_VOTE, ballot, Payload::LastVote(vote)));
            }
            Err(bound) if bound > Some(ballot) => effects.state(Fact::Refused(ballot, bound)),
            Err(_) => {}
        }
    }

    /// Step 2a.
    fn begin_ballot(&mut self, from: NodeId, ballot: Ballot, vote: Option<Vote>, effects: &mut Effects) {
        if Some(ballot) != self.state.last_tried {
            return;
        }
        let Some(paper) = &mut self.state.paper else { return };
        let Some((vote, asked)) = paper.begin(&self.setup, self.me, from, ballot, vote, effects) else { return };
        let to = if self.setup.choice(PHASE_2) == PHASE_2_QUORUM { asked } else { self.setup.cast.acceptors };
        effects.send_each(to.iter(), &message(BEGIN_BALLOT, ballot, Payload::Value(vote.value)));
    }

    /// Step 2b.
    fn vote(&mut self, from: NodeId, vote: Vote, effects: &mut Effects) {
        let relaxed = self.setup.choice(GUARD) == GUARD_GE;
        let guard = if relaxed { VoteGuard::Relaxed } else { VoteGuard::Strict };
        match self.state.acceptor.vote(&self.setup, Instance::FIRST, vote, guard, effects) {
            Ok(()) => effects.send(from, message(VOTED, vote.ballot, Payload::Empty)),
            Err(bound) => effects.state(Fact::Refused(vote.ballot, bound)),
        }
    }

    /// Step 3a. With `phase-2 quorum` only the members of Q are asked, and every member must have voted.
    fn success(&mut self, from: NodeId, ballot: Ballot, effects: &mut Effects) {
        if Some(ballot) != self.state.last_tried {
            return;
        }
        let by_all_asked = self.setup.choice(PHASE_2) == PHASE_2_QUORUM;
        let Some(paper) = &mut self.state.paper else { return };
        let Some(vote) = paper.pass(&self.setup, from, by_all_asked) else { return };
        self.state.paper = None;
        self.announce(vote, effects);
    }

    fn who(&self) -> (&Setup, NodeId) {
        (&self.setup, self.me)
    }

    fn ledger(&mut self) -> (&mut Page, Field) {
        (&mut self.state.ledger, LEDGER)
    }
}

fn kinship() -> Kin {
    Kin {
        per_fault: 2,
        line: None,
        costs: key!("two who propose at once can stop each other for ever"),
        after: &[
            After { fault: key!("two of five processes are down"), scenario: "minority-crash" },
            After { fault: key!("two propose at once"), scenario: "two-proposers" },
        ],
        from: &[Descent {
            from: "preliminary",
            changes: &[
                (
                    Aspect::Remembers,
                    key!("three cells in place of all messages: {last_tried}, {next_bal} and {prev_vote}"),
                ),
                (Aspect::Votes, key!("for a {ballot} that is not below {next_bal}, and not between two numbers")),
            ],
        }],
    }
}
