//! Formulas for the cost of a protocol where nothing goes wrong: how many Δ pass until somebody knows, and how many messages
//! are sent. Each protocol's row holds its own formulas. Lists, comparisons and the tables of the documents read them, and a
//! test runs every formula at every size.
//!
//! The formulas assume that every message takes exactly Δ, that computing takes no time, and that nobody fails after the
//! event from which the formula counts. A message from a process to itself takes no time and is not counted.

mod fab;
mod fast;
mod generalized;
mod pbft;
mod ring;

use super::{Guards, OptionInfo, Protocol, Setup};
use crate::quorum::{Purpose, QuorumSystem, Round};
use crate::types::NodeId;

pub(super) use fab::{FAB, FAB_LOG, SWIFT_FAB};
pub(super) use fast::{FAST, FAST_LOG};
pub(super) use generalized::GENERALIZED;
pub(super) use pbft::PBFT;
pub(super) use ring::{M_RING, U_RING};

/// One figure of a protocol, as a function of the cluster.
#[derive(Clone, Copy, Debug)]
pub struct Formula {
    /// What the formula tells.
    pub figure: Figure,
    /// The event from which the formula counts.
    pub since: Since,
    /// The situation in which the formula holds.
    pub when: When,
    /// The options that have to be chosen, with their values. No other option changes the figure; the only exception is that
    /// heartbeats are additional messages, which no formula counts.
    pub options: &'static [(&'static str, &'static str)],
    /// The formula for people, where n acceptors are also the learners, a quorum has q votes, and there are k stale ballots.
    pub text: &'static str,
    /// The cases in which the text is not the whole truth: a sentence, in lower case and without its full stop.
    pub except: Option<&'static str>,
    /// The source in which the formula is written, or from which it follows.
    pub source: &'static str,
    /// The built-in scenario that attains the figure. Where the scenario names another protocol or other options, it has to
    /// be run with this formula's protocol and options.
    pub scenario: &'static str,
    /// The figure, counted from the moment at which the leader has heard of the request; none where the formula says nothing
    /// about such a cluster.
    value: fn(&Terms) -> Option<u64>,
}

/// What a formula tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Figure {
    /// How many Δ pass until the leader knows.
    Leader,
    /// How many Δ pass until all learners except the leader know.
    Followers,
    /// How many Δ pass until all learners know.
    All,
    /// How many Δ pass until the client that asked has its answer.
    Client,
    /// How many messages are sent for the decree.
    Messages,
}

/// The event from which a formula counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Since {
    /// The request.
    Request(Asked),
    /// T_el: the leader begins to lead and has something to do.
    Election,
    /// Step 2a, BeginBallot.
    BeginBallot,
}

/// The place where a request is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asked {
    /// At the leader or, where nobody leads, at the process that starts the ballot.
    Leader,
    /// At another acceptor.
    Follower,
    /// At a client that is a separate process and sends its request to the leader.
    Client,
}

/// The situation in which a formula holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// A ballot with both its phases.
    FullBallot,
    /// The leader has its promises before anybody asks.
    PhaseOneAhead,
    /// A full ballot, after k larger ballots that the leader did not know of. Because of each of them, one ballot of the
    /// leader was refused. Each was started before T_el, by a process that has been down since.
    StaleBallots,
    /// Two clients with processes of their own ask at once, in a fast round that is prepared. The first half of the acceptors,
    /// the larger half, hears one wish first, and the others hear the other wish first.
    Collision,
    /// A view whose primary is correct, and nothing before it.
    View,
}

/// The quantities that the formulas are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// n: how many acceptors there are.
    pub(super) acceptors: u64,
    /// How many learners there are besides the leader: n − 1 where all acceptors learn, and no other process learns.
    pub(super) told: u64,
    /// How many acceptors besides the leader are not learners.
    pub(super) deaf: u64,
    /// How many acceptors are main processes: all of them, except where a protocol has auxiliary processes.
    pub(super) mains: u64,
    /// How many processes besides the leader are main processes or learners.
    pub(super) informed: u64,
    /// How many promises a quorum needs.
    pub(super) promises: u64,
    /// q: how many votes a quorum needs.
    pub(super) votes: u64,
    /// How many votes a quorum of a fast round needs.
    pub(super) fast: u64,
    /// How many equal replies a client needs.
    pub(super) answers: u64,
    /// k: how many stale ballots surprise the leader.
    pub(super) stale: u64,
    /// Whether the learners are the acceptors, and all processes except clients are both.
    pub(super) is_plain: bool,
    /// Whether there are clients that are separate processes.
    pub(super) has_clients: bool,
}

impl Terms {
    /// The quantities of a cluster that this process leads; none where a quorum is not determined by its size, where the
    /// leader does not vote, or where a rule or a step is left out.
    fn of(setup: &Setup, leader: NodeId, stale: usize) -> Option<Self> {
        let cast = &setup.cast;
        let size_in = |purpose, round| match setup.quorums.get(purpose, round) {
            QuorumSystem::Count { members, size } => (*members == cast.acceptors).then_some(*size as u64),
            QuorumSystem::Weighted { .. } | QuorumSystem::Explicit(_) => None,
        };
        let size = |purpose| size_in(purpose, Round::Classic);
        let is_whole = setup.skipped == 0 && setup.without == Guards::default() && setup.forgetful.is_empty();
        if !is_whole || !cast.acceptors.contains(leader) {
            return None;
        }
        let leader = [leader].into_iter().collect();
        let deaf = cast.acceptors.without(leader).without(cast.learners);
        let mains = cast.acceptors.without(cast.auxiliaries);
        Some(Self {
            acceptors: cast.acceptors.len() as u64,
            told: cast.learners.without(leader).len() as u64,
            deaf: deaf.len() as u64,
            mains: mains.len() as u64,
            informed: mains.union(cast.learners).without(leader).len() as u64,
            promises: size(Purpose::Promise)?,
            votes: size(Purpose::Pass)?,
            fast: size_in(Purpose::Pass, Round::Fast)?,
            answers: size(Purpose::Answer)?,
            stale: stale as u64,
            is_plain: cast.learners == cast.acceptors && cast.servers() == cast.acceptors,
            has_clients: !cast.clients.is_empty(),
        })
    }

    /// The Δ of steps 1a and 1b: 0 where the leader's own promise is enough.
    pub(super) const fn phase_1(&self) -> u64 {
        if self.promises > 1 { 2 } else { 0 }
    }

    /// The Δ of steps 2a and 2b: 0 where the leader's own vote is enough.
    pub(super) const fn phase_2(&self) -> u64 {
        if self.votes > 1 { 2 } else { 0 }
    }

    /// The Δ of step 3: 0 where there is nobody to tell.
    pub(super) const fn success(&self) -> u64 {
        if self.told > 0 { 1 } else { 0 }
    }

    /// The Δ that go by in ballots that stale ballots end: 4Δ for each, 2Δ for each of its phases. A stale ballot can end
    /// the leader's ballot only where every quorum needs a process besides the leader, and where a process outside the
    /// quorums can have started the stale ballot.
    pub(super) fn refused(&self) -> Option<u64> {
        let larger = self.promises.max(self.votes);
        let smaller = self.promises.min(self.votes);
        let is_possible = smaller > 1 && larger < self.acceptors;
        (self.stale == 0 || is_possible).then_some(4 * self.stale)
    }

    // The functions below are the figures. The figures in Δ count from step 2a; those whose name begins with `ballot` count
    // from step 1a.

    /// The Δ until the leader has a quorum of votes.
    pub(super) fn voted(&self) -> Option<u64> {
        Some(self.phase_2())
    }

    /// The Δ until all have the leader's Success.
    pub(super) fn told(&self) -> Option<u64> {
        Some(self.phase_2() + self.success())
    }

    /// The Δ until the followers have counted a quorum of votes, where votes go to everybody. At 1Δ each follower has its
    /// own vote and the leader's vote, which the leader cast at once.
    pub(super) fn followers_heard(&self) -> Option<u64> {
        match self.votes {
            _ if self.told == 0 => None,
            0 | 1 => Some(1),
            2 if self.is_plain => Some(1),
            _ => Some(2),
        }
    }

    /// The Δ until the leader and the followers have counted a quorum of votes.
    pub(super) fn heard(&self) -> Option<u64> {
        Some(self.phase_2().max(self.followers_heard().unwrap_or(0)))
    }

    /// The Δ until the leader has a quorum of votes in a full ballot.
    pub(super) fn ballot_voted(&self) -> Option<u64> {
        Some(self.phase_1() + self.voted()? + self.refused()?)
    }

    /// The Δ until all have the Success of a full ballot.
    pub(super) fn ballot_told(&self) -> Option<u64> {
        Some(self.phase_1() + self.told()? + self.refused()?)
    }

    /// The Δ until all have counted the votes of a full ballot.
    pub(super) fn ballot_heard(&self) -> Option<u64> {
        Some(self.phase_1() + self.heard()? + self.refused()?)
    }

    /// The messages: BeginBallot to all acceptors, and their votes.
    pub(super) fn votes_of_all(&self) -> Option<u64> {
        Some(2 * (self.acceptors - 1))
    }

    /// The messages: BeginBallot to the main processes, their votes, and Success to the learners and the main processes.
    pub(super) fn messages_to_mains(&self) -> Option<u64> {
        Some(2 * (self.mains - 1) + self.informed)
    }

    /// The messages: BeginBallot to all acceptors, their votes, and Success.
    pub(super) fn messages_to_all(&self) -> Option<u64> {
        Some(self.votes_of_all()? + self.told)
    }

    /// The messages: BeginBallot to a quorum, its votes, and Success.
    pub(super) fn messages_to_quorum(&self) -> Option<u64> {
        Some(2 * (self.votes - 1) + self.told)
    }

    /// The messages of a full ballot whose BeginBallot goes to all acceptors. Phase 1 asks all acceptors in either case.
    pub(super) fn ballot_messages_to_all(&self) -> Option<u64> {
        Some(2 * (self.acceptors - 1) + self.messages_to_all()?)
    }

    pub(super) fn ballot_messages_to_quorum(&self) -> Option<u64> {
        Some(2 * (self.acceptors - 1) + self.messages_to_quorum()?)
    }

    /// The messages: BeginBallot to all acceptors, and their votes to all learners and to the leader.
    pub(super) fn messages_heard(&self) -> Option<u64> {
        Some(self.acceptors - 1 + self.acceptors * self.told + self.deaf)
    }

    /// The messages: BeginBallot to a quorum, and its votes to all learners. Where some acceptors do not learn, the figure
    /// would depend on which acceptors the quorum has.
    pub(super) fn messages_heard_of_quorum(&self) -> Option<u64> {
        self.is_plain.then_some(self.votes - 1 + self.votes * self.told)
    }
}

impl Formula {
    /// The figure in Δ or in messages, for a cluster in which this process leads and `stale` stale ballots surprise it. None
    /// where the formula says nothing about such a cluster.
    pub fn value(&self, protocol: &Protocol, setup: &Setup, leader: NodeId, stale: usize) -> Option<u64> {
        let terms = Terms::of(setup, leader, stale)?;
        let is_chosen = |(name, value): &(&str, &str)| {
            let is_named = |info: &OptionInfo| info.name == *name;
            protocol.options.iter().position(is_named).is_some_and(|place| {
                protocol.options[place].values.get(usize::from(setup.choice(place))) == Some(value)
            })
        };
        let is_meant = self.options.iter().all(is_chosen) && (stale == 0 || self.when == When::StaleBallots);
        let hops = match (self.since, self.figure) {
            (Since::Request(Asked::Follower), _) if !terms.is_plain || terms.acceptors == 1 => return None,
            (Since::Request(Asked::Client), _) if !terms.has_clients => return None,
            // The request and the reply.
            (Since::Request(Asked::Client), Figure::Client | Figure::Messages) => 2,
            // The request.
            (Since::Request(Asked::Client | Asked::Follower), _) => 1,
            (Since::Request(Asked::Leader) | Since::Election | Since::BeginBallot, _) => 0,
        };
        if is_meant { Some((self.value)(&terms)? + hops) } else { None }
    }

    /// Whether the figure is counted in messages; otherwise it is in Δ.
    pub const fn is_messages(&self) -> bool {
        matches!(self.figure, Figure::Messages)
    }

    /// The whole formula in one line, without its sources.
    pub fn sentence(&self) -> String {
        let said = |(name, value): &(&str, &str)| format!(", option {name} {value}");
        let options: String = self.options.iter().map(said).collect();
        let except = self.except.map_or_else(String::new, |except| format!("; {except}"));
        let (figure, since, when) = (self.figure.words(), self.since.words(), self.when.words());
        format!("{figure}: {} {since}, {when}{options}{except}", self.text)
    }

    pub(super) const fn with(mut self, options: &'static [(&'static str, &'static str)]) -> Self {
        self.options = options;
        self
    }

    pub(super) const fn except(mut self, except: &'static str) -> Self {
        self.except = Some(except);
        self
    }
}

impl Figure {
    /// What the figure tells, in a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Leader => "the leader knows",
            Self::Followers => "the followers know",
            Self::All => "all know",
            Self::Client => "whoever asked has its answer",
            Self::Messages => "messages",
        }
    }
}

impl Since {
    /// The event from which the formula counts, in a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Request(Asked::Leader) => "since the request at the leader",
            Self::Request(Asked::Follower) => "since the request at a follower",
            Self::Request(Asked::Client) => "since the request by a client with a lane of its own",
            Self::Election => "where the leader begins to lead at T_el",
            Self::BeginBallot => "since BeginBallot",
        }
    }
}

impl When {
    /// The situation, in a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::FullBallot => "a full ballot",
            Self::PhaseOneAhead => "phase 1 done ahead",
            Self::StaleBallots => "k stale ballots",
            Self::Collision => "two proposals collide",
            Self::View => "in one view",
        }
    }
}

pub(super) const LEADER: Since = Since::Request(Asked::Leader);
pub(super) const FOLLOWER: Since = Since::Request(Asked::Follower);
pub(super) const CLIENT: Since = Since::Request(Asked::Client);

const TO_ALL: &[(&str, &str)] = &[("phase-2", "all")];
const TO_QUORUM: &[(&str, &str)] = &[("phase-2", "quorum")];
const AT_ONCE: &[(&str, &str)] = &[("success", "at-once")];
const TO_ALL_AT_ONCE: &[(&str, &str)] = &[("phase-2", "all"), ("success", "at-once")];
const TO_QUORUM_AT_ONCE: &[(&str, &str)] = &[("phase-2", "quorum"), ("success", "at-once")];
const TO_ALL_MERGED: &[(&str, &str)] = &[("phase-2", "all"), ("success", "piggyback")];

const ALONE: &str = "less where the leader’s own promise or vote makes a quorum, or where there is nobody to tell";
const ALONE_HEARD: &str = "where q is 1, the leader knows 2Δ earlier, and the others 1Δ earlier";
const TWO_HEARD: &str = "1Δ less where q is 1 or 2, as with two or three processes: the leader’s vote, which left at once, \
                         and one’s own are enough";
const OUTSIDERS: &str = "less where the leader’s own promise or vote makes a quorum; k is above 0 only where somebody who is not needed can have started a ballot: from n = 3 on";

/// Formulas of one situation, from one source and with one scenario.
pub(super) struct Group {
    pub(super) when: When,
    pub(super) source: &'static str,
    pub(super) scenario: &'static str,
}

impl Group {
    pub(super) const fn formula(
        &self,
        figure: Figure,
        since: Since,
        text: &'static str,
        value: fn(&Terms) -> Option<u64>,
    ) -> Formula {
        let except = match (figure, self.when) {
            (Figure::Messages, _) => None,
            (_, When::StaleBallots) => Some(OUTSIDERS),
            _ => Some(ALONE),
        };
        let Self { when, source, scenario } = *self;
        Formula { figure, since, when, options: &[], text, except, source, scenario, value }
    }

    /// The same group with another scenario that shows its figures.
    pub(super) const fn shown_by(&self, scenario: &'static str) -> Self {
        let Self { when, source, .. } = *self;
        Self { when, source, scenario }
    }
}

const BALLOT: Group =
    Group { when: When::FullBallot, source: "PTP §2.3 and §2.4, steps 1 to 6; slides", scenario: "minimal-ballot" };
const BALLOT_ELSEWHERE: Group = BALLOT.shown_by("client-elsewhere");
const BALLOT_OF_CLIENT: Group = BALLOT.shown_by("client-apart");

/// The latencies of a Synod ballot for one decree.
pub(super) static BALLOTS: &[Formula] = &[
    BALLOT.formula(Figure::All, LEADER, "5Δ", Terms::ballot_told),
    BALLOT.formula(Figure::Leader, LEADER, "4Δ", Terms::ballot_voted),
    BALLOT.formula(Figure::Client, LEADER, "4Δ", Terms::ballot_voted),
    BALLOT.formula(Figure::All, Since::BeginBallot, "3Δ", Terms::told),
    BALLOT.formula(Figure::Leader, Since::BeginBallot, "2Δ", Terms::voted),
    BALLOT_OF_CLIENT.formula(Figure::Leader, CLIENT, "5Δ", Terms::ballot_voted),
    BALLOT_OF_CLIENT.formula(Figure::All, CLIENT, "6Δ", Terms::ballot_told),
    BALLOT_OF_CLIENT.formula(Figure::Client, CLIENT, "6Δ", Terms::ballot_voted),
];

const MESSAGES_TO_QUORUM: Formula =
    BALLOT.formula(Figure::Messages, LEADER, "3(n − 1) + 2(q − 1)", Terms::ballot_messages_to_quorum);
const CLIENT_MESSAGES_TO_QUORUM: Formula =
    BALLOT_OF_CLIENT.formula(Figure::Messages, CLIENT, "3(n − 1) + 2(q − 1) + 2", Terms::ballot_messages_to_quorum);

/// The messages of a ballot whose BeginBallot goes to a quorum only.
pub(super) static BALLOT_MESSAGES_TO_QUORUM: &[Formula] = &[MESSAGES_TO_QUORUM, CLIENT_MESSAGES_TO_QUORUM];

/// The messages of a ballot whose BeginBallot goes to all, or to a quorum only.
pub(super) static BALLOT_MESSAGES: &[Formula] = &[
    BALLOT.formula(Figure::Messages, LEADER, "5(n − 1)", Terms::ballot_messages_to_all).with(TO_ALL),
    MESSAGES_TO_QUORUM.with(TO_QUORUM),
    BALLOT_OF_CLIENT.formula(Figure::Messages, CLIENT, "5(n − 1) + 2", Terms::ballot_messages_to_all).with(TO_ALL),
    CLIENT_MESSAGES_TO_QUORUM.with(TO_QUORUM),
];

/// The figures where a follower is asked and sends its Request to the leader.
pub(super) static BALLOTS_ELSEWHERE: &[Formula] = &[
    BALLOT_ELSEWHERE.formula(Figure::Leader, FOLLOWER, "5Δ", Terms::ballot_voted),
    BALLOT_ELSEWHERE.formula(Figure::All, FOLLOWER, "6Δ", Terms::ballot_told),
    BALLOT_ELSEWHERE.formula(Figure::Client, FOLLOWER, "6Δ", Terms::ballot_told),
    BALLOT_ELSEWHERE.formula(Figure::Messages, FOLLOWER, "5(n − 1) + 1", Terms::ballot_messages_to_all).with(TO_ALL),
];

const STALE: Group = Group {
    when: When::StaleBallots,
    source: "PTP §2.4; slides, where k is 1; docs/protocols/complete.md for other k",
    scenario: "nack-nine-delta",
};

const STALE_ALL: Formula = STALE.formula(Figure::All, Since::Election, "T_el + 5Δ + 4kΔ", Terms::ballot_told);
const STALE_LEADER: Formula = STALE.formula(Figure::Leader, Since::Election, "T_el + 4Δ + 4kΔ", Terms::ballot_voted);

/// The latencies of a leader that larger ballots surprise.
pub(super) static STALE_BALLOTS: &[Formula] = &[STALE_ALL, STALE_LEADER];

/// The latencies of such a leader for the first decree of a ledger.
pub(super) static STALE_LOG: &[Formula] = &[STALE_ALL.with(AT_ONCE), STALE_LEADER];

/// The latency of such a leader where votes go to everybody.
pub(super) static STALE_VOTES_TO_ALL: &[Formula] =
    &[STALE.formula(Figure::All, Since::Election, "T_el + 4Δ + 4kΔ", Terms::ballot_heard)];

const STEADY: Group = Group { when: When::PhaseOneAhead, source: "PTP §3.1; slides", scenario: "steady-log" };
const ELSEWHERE: Group = STEADY.shown_by("client-elsewhere");
const OF_CLIENT: Group = STEADY.shown_by("client-apart");

/// The figures of a decree of a ledger whose outcome the leader announces.
pub(super) static STEADY_LOG: &[Formula] = &[
    STEADY.formula(Figure::All, LEADER, "3Δ", Terms::told).with(AT_ONCE),
    STEADY.formula(Figure::Leader, LEADER, "2Δ", Terms::voted),
    STEADY.formula(Figure::Client, LEADER, "2Δ", Terms::voted),
    STEADY.formula(Figure::All, Since::BeginBallot, "3Δ", Terms::told).with(AT_ONCE),
    STEADY.formula(Figure::Leader, Since::BeginBallot, "2Δ", Terms::voted),
    ELSEWHERE.formula(Figure::Leader, FOLLOWER, "3Δ", Terms::voted),
    ELSEWHERE.formula(Figure::All, FOLLOWER, "4Δ", Terms::told).with(AT_ONCE),
    ELSEWHERE.formula(Figure::Client, FOLLOWER, "4Δ", Terms::told).with(AT_ONCE),
    OF_CLIENT.formula(Figure::Leader, CLIENT, "3Δ", Terms::voted),
    OF_CLIENT.formula(Figure::All, CLIENT, "4Δ", Terms::told).with(AT_ONCE),
    OF_CLIENT.formula(Figure::Client, CLIENT, "4Δ", Terms::voted),
    STEADY.formula(Figure::Messages, LEADER, "3(n − 1)", Terms::messages_to_all).with(TO_ALL_AT_ONCE),
    STEADY.formula(Figure::Messages, LEADER, "(n − 1) + 2(q − 1)", Terms::messages_to_quorum).with(TO_QUORUM_AT_ONCE),
    STEADY.formula(Figure::Messages, LEADER, "2(n − 1)", Terms::votes_of_all).with(TO_ALL_MERGED),
    ELSEWHERE.formula(Figure::Messages, FOLLOWER, "3(n − 1) + 1", Terms::messages_to_all).with(TO_ALL_AT_ONCE),
    OF_CLIENT.formula(Figure::Messages, CLIENT, "3(n − 1) + 2", Terms::messages_to_all).with(TO_ALL_AT_ONCE),
];

const HEARD: Group = Group {
    when: When::PhaseOneAhead,
    source: "slides, “Running multiple consensus instances”",
    scenario: "votes-to-everybody",
};
const HEARD_ELSEWHERE: Group = HEARD.shown_by("client-elsewhere");
const HEARD_OF_CLIENT: Group = HEARD.shown_by("client-apart");

/// The figures of a decree of a ledger whose votes go to everybody.
pub(super) static STEADY_VOTES_TO_ALL: &[Formula] = &[
    HEARD.formula(Figure::All, LEADER, "2Δ", Terms::heard).except(ALONE_HEARD),
    HEARD.formula(Figure::Leader, LEADER, "2Δ", Terms::voted).except(ALONE_HEARD),
    HEARD.formula(Figure::Followers, LEADER, "2Δ", Terms::followers_heard).with(TO_ALL).except(TWO_HEARD),
    HEARD.formula(Figure::Client, LEADER, "2Δ", Terms::voted).except(ALONE_HEARD),
    HEARD.formula(Figure::All, Since::BeginBallot, "2Δ", Terms::heard).except(ALONE_HEARD),
    HEARD.formula(Figure::Leader, Since::BeginBallot, "2Δ", Terms::voted).except(ALONE_HEARD),
    HEARD.formula(Figure::Followers, Since::BeginBallot, "2Δ", Terms::followers_heard).with(TO_ALL).except(TWO_HEARD),
    HEARD_ELSEWHERE.formula(Figure::Client, FOLLOWER, "3Δ", Terms::followers_heard).with(TO_ALL).except(TWO_HEARD),
    HEARD_OF_CLIENT.formula(Figure::Leader, CLIENT, "3Δ", Terms::voted).except(ALONE_HEARD),
    HEARD_OF_CLIENT.formula(Figure::All, CLIENT, "3Δ", Terms::heard).except(ALONE_HEARD),
    HEARD_OF_CLIENT.formula(Figure::Client, CLIENT, "4Δ", Terms::voted).except(ALONE_HEARD),
    HEARD.formula(Figure::Messages, LEADER, "n² − 1", Terms::messages_heard).with(TO_ALL),
    HEARD.formula(Figure::Messages, LEADER, "(q − 1) + q(n − 1)", Terms::messages_heard_of_quorum).with(TO_QUORUM),
    HEARD_ELSEWHERE.formula(Figure::Messages, FOLLOWER, "n²", Terms::messages_heard).with(TO_ALL),
    HEARD_OF_CLIENT.formula(Figure::Messages, CLIENT, "n² + 1", Terms::messages_heard).with(TO_ALL),
];

const CHEAP: Group = Group {
    when: When::PhaseOneAhead,
    source: "Lamport and Massa, Cheap Paxos (DSN 2004)",
    scenario: "quiet-auxiliaries",
};
const CHEAP_OF_CLIENT: Group = CHEAP.shown_by("quiet-auxiliaries-client");

/// The figures of a decree of a ledger for which only the main processes are asked. Among n acceptors there are q main
/// processes.
pub(super) static STEADY_CHEAP: &[Formula] = &[
    CHEAP.formula(Figure::All, LEADER, "3Δ", Terms::told),
    CHEAP.formula(Figure::Leader, LEADER, "2Δ", Terms::voted),
    CHEAP.formula(Figure::Client, LEADER, "2Δ", Terms::voted),
    CHEAP.formula(Figure::All, Since::BeginBallot, "3Δ", Terms::told),
    CHEAP.formula(Figure::Leader, Since::BeginBallot, "2Δ", Terms::voted),
    CHEAP_OF_CLIENT.formula(Figure::Leader, CLIENT, "3Δ", Terms::voted),
    CHEAP_OF_CLIENT.formula(Figure::All, CLIENT, "4Δ", Terms::told),
    CHEAP_OF_CLIENT.formula(Figure::Client, CLIENT, "4Δ", Terms::voted),
    CHEAP.formula(Figure::Messages, LEADER, "3(q − 1)", Terms::messages_to_mains),
    CHEAP_OF_CLIENT.formula(Figure::Messages, CLIENT, "3(q − 1) + 2", Terms::messages_to_mains),
];
