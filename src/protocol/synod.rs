//! The parts that the Synod protocols share: message kinds, cells of stable storage, a leader's slip of paper with its two
//! choices (the ballot's number and the ballot's decree), and the ledger of a single decree (PTP §2; slides, "The Synod
//! Protocol"). Each protocol of the ladder takes from here what it needs.

use super::client::{Asks, ClientInfo};
use super::{
    Carries, Cast, Cell, Effects, Fact, Field, FieldInfo, Guard, Guards, Input, Kind, KindInfo, Meaning, Message,
    OptionInfo, Payload, Phase, Setup, Storage,
};
use crate::quorum::{Purpose, QuorumSystem, Quorums};
use crate::tongue::key;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Value, Vote};

pub(super) const NEXT_BALLOT: Kind = Kind(0);
pub(super) const LAST_VOTE: Kind = Kind(1);
pub(super) const BEGIN_BALLOT: Kind = Kind(2);
pub(super) const VOTED: Kind = Kind(3);
pub(super) const SUCCESS: Kind = Kind(4);
pub(super) const REQUEST: Kind = Kind(5);
pub(super) const REPLY: Kind = Kind(6);

/// The message kinds, in the order of the constants above. Only clients send requests, and only clients receive replies.
pub(super) static KINDS: &[KindInfo] = &[
    kind("NextBallot", "Prepare", Phase::OneA, Carries::Nothing),
    kind("LastVote", "Promise", Phase::OneB, Carries::LastVote),
    kind("BeginBallot", "Accept", Phase::TwoA, Carries::Value),
    kind("Voted", "Accepted", Phase::TwoB, Carries::Nothing),
    kind("Success", "Decide", Phase::Three, Carries::Value),
    client_kind("Request", "Propose", Phase::Request),
    client_kind("Reply", "Response", Phase::Reply),
];

/// The process that gets a request starts a ballot, and a client never sends its request again: these protocols do not aim
/// at progress.
pub(super) const CLIENT: ClientInfo = ClientInfo::new(REQUEST, REPLY, None, Asks::Leader);

pub(super) const LAST_TRIED: Field = Field(0);
pub(super) const NEXT_BAL: Field = Field(1);
pub(super) const PREV_VOTE: Field = Field(2);
pub(super) const LEDGER: Field = Field(3);

/// The fields, in the order of the constants above.
pub(super) static FIELDS: &[FieldInfo] = &[
    cell("lastTried", "lastProposal", Meaning::LastTried),
    cell("nextBal", "promised", Meaning::NextBal),
    cell("prevVote", "accepted", Meaning::PrevVote),
    cell("ledger", "log", Meaning::Ledger),
];

/// Whom step 2a asks for votes, and whose votes pass a decree.
pub(super) const PHASE_2_OPTION: OptionInfo = OptionInfo {
    name: "phase-2",
    values: &["all", "quorum"],
    summary: key!(
        "{begin_ballot} goes to everybody and any quorum of {votes} decides (all), or to the quorum of phase 1, \
              which must all {they_vote} (quorum)."
    ),
};

/// The rules that the protocols of a single decree let a script switch off.
pub(super) static GUARDS: &[Guard] =
    &[Guard::Promise, Guard::MaxVote, Guard::Highest, Guard::Majority, Guard::UniqueBallots, Guard::Memory];

pub(super) const fn kind(name: &'static str, name_2001: &'static str, phase: Phase, carries: Carries) -> KindInfo {
    KindInfo {
        name,
        name_2001,
        phase,
        carries,
        is_sweeping: false,
        is_of_clients: false,
        is_invented: false,
        is_multicast: false,
        is_by_name: false,
        says: None,
    }
}

/// A kind that only clients send or receive.
pub(super) const fn client_kind(name: &'static str, name_2001: &'static str, phase: Phase) -> KindInfo {
    KindInfo { is_of_clients: true, ..kind(name, name_2001, phase, Carries::Value) }
}

pub(super) const fn cell(name: &'static str, name_2001: &'static str, meaning: Meaning) -> FieldInfo {
    FieldInfo { name, name_2001, is_list: false, meaning }
}

pub(super) const fn list(name: &'static str, name_2001: &'static str, meaning: Meaning) -> FieldInfo {
    FieldInfo { name, name_2001, is_list: true, meaning }
}

/// The quorums that the script names; otherwise majorities of the acceptors, for every purpose.
pub(super) fn majorities(cast: &Cast, _: Guards, named: Option<Quorums>) -> Result<Quorums, String> {
    Ok(named.unwrap_or_else(|| Quorums::same(QuorumSystem::majority(cast.acceptors))))
}

/// Step 1a: the process's next own ballot number, above the highest ballot that it has seen.
pub(super) fn ballot_above(setup: &Setup, seen: Option<Ballot>, me: NodeId) -> Ballot {
    Ballot::above(seen, if setup.keeps(Guard::UniqueBallots) { me } else { NodeId(0) })
}

/// A message of the single instance.
pub(super) fn message(kind: Kind, ballot: Ballot, payload: Payload) -> Message {
    Message { kind, ballot: Some(ballot), instance: Instance::FIRST, payload }
}

/// What a quorum's LastVotes report of one instance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Reported {
    lowest: Option<Vote>,
    highest: Option<Vote>,
}

impl Reported {
    /// Takes in one report, null or a vote.
    pub(super) fn add(&mut self, vote: Option<Vote>) {
        self.highest = self.highest.max(vote);
        self.lowest = self.lowest.or(vote).min(vote.or(self.lowest));
    }

    /// Step 2a: the decree of the highest reported vote, or the leader's own wish when nobody in Q has voted. That is B3.
    pub(super) fn choose(self, setup: &Setup, wish: Option<Value>) -> Option<Value> {
        let reported = if setup.keeps(Guard::Highest) { self.highest } else { self.lowest };
        let reported = reported.map(|vote| vote.value);
        if setup.keeps(Guard::MaxVote) { reported.or(wish) } else { wish.or(reported) }
    }
}

/// A process of a protocol with a single decree and no leader: each message kind belongs to one step. A step is taken only
/// where the script does not leave it out; steps 1b and 2b are taken by acceptors only.
pub(super) trait Steps {
    /// Step 1a: a client asks for this decree.
    fn next_ballot(&mut self, wish: Value, effects: &mut Effects);
    /// Step 1b: a NextBallot has come.
    fn last_vote(&mut self, from: NodeId, ballot: Ballot, effects: &mut Effects);
    /// Step 2a: a LastVote has come.
    fn begin_ballot(&mut self, from: NodeId, ballot: Ballot, last_vote: Option<Vote>, effects: &mut Effects);
    /// Step 2b: a BeginBallot has come.
    fn vote(&mut self, from: NodeId, vote: Vote, effects: &mut Effects);
    /// Step 3a: a Voted has come.
    fn success(&mut self, from: NodeId, ballot: Ballot, effects: &mut Effects);
    /// The settings, and which process this is.
    fn who(&self) -> (&Setup, NodeId);
    /// The process's ledger, and the field that holds it.
    fn ledger(&mut self) -> (&mut Page, Field);

    /// Hands an input to the step that it belongs to.
    fn take(&mut self, input: Input<'_>, effects: &mut Effects) {
        let (setup, me) = self.who();
        let (from, message) = match input {
            Input::Start { .. } | Input::Timer(_) | Input::Leaders(_) | Input::Executed(_) => return,
            Input::Propose(wish) if setup.performs(Phase::OneA) => return self.next_ballot(wish, effects),
            Input::Propose(_) => return,
            Input::Deliver { from, message } => (from, message),
        };
        let is_taken = match message.kind {
            NEXT_BALLOT => setup.accepts(me, Phase::OneB),
            LAST_VOTE => setup.performs(Phase::TwoA),
            BEGIN_BALLOT => setup.accepts(me, Phase::TwoB),
            VOTED => setup.performs(Phase::Three),
            _ => true,
        };
        if !is_taken {
            return;
        }
        match (message.kind, message.ballot, &message.payload) {
            (NEXT_BALLOT, Some(ballot), Payload::Empty) => self.last_vote(from, ballot, effects),
            (LAST_VOTE, Some(ballot), Payload::LastVote(vote)) => self.begin_ballot(from, ballot, *vote, effects),
            (BEGIN_BALLOT, Some(ballot), Payload::Value(value)) => {
                self.vote(from, Vote { ballot, value: *value }, effects);
            }
            (VOTED, Some(ballot), Payload::Empty) => self.success(from, ballot, effects),
            (SUCCESS, Some(ballot), Payload::Value(value)) => {
                let (ledger, field) = self.ledger();
                ledger.learn(field, Vote { ballot, value: *value }, effects);
            }
            (REQUEST, None, Payload::Value(wish)) => {
                if self.ledger().0.admit(from, effects) {
                    self.take(Input::Propose(*wish), effects);
                }
            }
            // Only clients read replies.
            (kind, ..) => debug_assert!(kind == REPLY, "not a message of this protocol: {message:?}"),
        }
    }

    /// The end of step 1a: NextBallot to all acceptors.
    fn ask(&self, ballot: Ballot, effects: &mut Effects) {
        effects.state(Fact::Tried(ballot));
        let acceptors = self.who().0.cast.acceptors;
        effects.send_each(acceptors.iter(), &message(NEXT_BALLOT, ballot, Payload::Empty));
    }

    /// The end of step 3a: the process writes the decree that has passed, and sends Success to the other learners.
    fn announce(&mut self, vote: Vote, effects: &mut Effects) {
        let (ledger, field) = self.ledger();
        ledger.learn(field, vote, effects);
        let (setup, me) = self.who();
        let others = setup.cast.learners.iter().filter(|node| *node != me);
        effects.send_each(others, &message(SUCCESS, vote.ballot, Payload::Value(vote.value)));
    }
}

/// A slip of paper: what a process collects for its own ballot. A crash may lose the slip: the process can then still vote
/// and learn, but cannot finish the ballot.
#[derive(Clone, Hash)]
pub(super) enum Paper {
    /// NextBallot was sent (1a), and promises come in.
    Asking { wish: Value, promised: NodeSet, reported: Reported },
    /// BeginBallot was sent (2a), and votes come in.
    Balloting { vote: Vote, asked: NodeSet, voted: NodeSet },
}

impl Paper {
    /// A slip for a new ballot.
    pub(super) fn new(wish: Value) -> Self {
        Self::Asking { wish, promised: NodeSet::EMPTY, reported: Reported::default() }
    }

    /// Step 2a, when this LastVote completes a quorum: the ballot with its decree, and the processes to ask for their votes
    /// if only a quorum is asked.
    pub(super) fn begin(
        &mut self,
        setup: &Setup,
        me: NodeId,
        from: NodeId,
        ballot: Ballot,
        last_vote: Option<Vote>,
        effects: &mut Effects,
    ) -> Option<(Vote, NodeSet)> {
        let Self::Asking { wish, promised, reported } = self else { return None };
        promised.insert(from);
        reported.add(last_vote);
        if !setup.is_quorum(Purpose::Promise, *promised) {
            return None;
        }
        let value = reported.choose(setup, Some(*wish))?;
        let (quorum, vote) = (*promised, Vote { ballot, value });
        let asked = setup.electorate(me, quorum);
        *self = Self::Balloting { vote, asked, voted: NodeSet::EMPTY };
        effects.state(Fact::begun(Instance::FIRST, vote, quorum));
        Some((vote, asked))
    }

    /// Step 3a: the decree that has passed, when this Voted was the last missing one. With `by_all_asked` every process that
    /// was asked must have voted; otherwise any quorum of votes is enough.
    pub(super) fn pass(&mut self, setup: &Setup, from: NodeId, by_all_asked: bool) -> Option<Vote> {
        let Self::Balloting { vote, asked, voted } = self else { return None };
        voted.insert(from);
        let is_enough = if by_all_asked { asked.is_subset(*voted) } else { setup.is_quorum(Purpose::Pass, *voted) };
        is_enough.then_some(*vote)
    }

    /// The phase whose messages are collected, and the processes whose messages have come.
    pub(super) fn collected(&self) -> (Phase, NodeSet) {
        match self {
            Self::Asking { promised, .. } => (Phase::OneB, *promised),
            Self::Balloting { voted, .. } => (Phase::TwoB, *voted),
        }
    }

    /// Gives the nodes on the slip their new names.
    pub(super) fn rename(&mut self, names: &Renaming) {
        match self {
            Self::Asking { promised, .. } => *promised = promised.renamed(names),
            Self::Balloting { asked, voted, .. } => (*asked, *voted) = (asked.renamed(names), voted.renamed(names)),
        }
    }
}

/// The ledger of a single decree, and the clients that wait for the decree.
#[derive(Clone, Hash, Default)]
pub(super) struct Page {
    decree: Option<Value>,
    /// The waiting clients. This set is volatile.
    clients: NodeSet,
}

impl Page {
    pub(super) fn open(storage: &Storage, field: Field) -> Self {
        Self { decree: storage.get(field, Instance::FIRST).value, clients: NodeSet::EMPTY }
    }

    /// Step 3b, and the writing of step 3a. Ledgers are written in indelible ink: a different decree, which can only come in
    /// a run with broken rules, is not written; it is only stated as a fact, so that the checks see it.
    pub(super) fn learn(&mut self, field: Field, vote: Vote, effects: &mut Effects) {
        if self.decree == Some(vote.value) {
            return;
        }
        if self.decree.is_none() {
            self.decree = Some(vote.value);
            effects.persist(field, Instance::FIRST, Cell::from(vote.value));
        }
        effects.state(Fact::Learned(Instance::FIRST, vote));
        let clients = std::mem::take(&mut self.clients);
        clients.iter().for_each(|client| self.reply(client, effects));
    }

    /// A client asks: true when the client has to wait for a ballot, because the process knows no decree yet.
    pub(super) fn admit(&mut self, client: NodeId, effects: &mut Effects) -> bool {
        self.clients.insert(client);
        if self.decree.is_some() {
            self.clients.remove(client);
            self.reply(client, effects);
        }
        self.decree.is_none()
    }

    fn reply(&self, client: NodeId, effects: &mut Effects) {
        let Some(decree) = self.decree else { return };
        let payload = Payload::Value(decree);
        effects.send(client, Message { kind: REPLY, ballot: None, instance: Instance::FIRST, payload });
    }

    /// Gives the waiting clients their new names.
    pub(super) fn rename(&mut self, names: &Renaming) {
        self.clients = self.clients.renamed(names);
    }
}
