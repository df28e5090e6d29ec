//! The leader's part of Generalized Paxos: steps 1a and 2a, the commands that it appends in a classic ballot, and the recovery
//! from collisions.

use super::safe::proved_safe;
use super::{
    BALLOTS, BALLOTS_CLASSIC, BEGIN_BALLOT, FAST_BALLOT, Generalized, LAST_TRIED, NEXT_BALLOT, PATIENCE, PHASE_1,
    PHASE_2, has, message, round, successor,
};
use crate::protocol::rounds::{RECOVERY, RECOVERY_RESTART, round_above};
use crate::protocol::{Basis, Effects, Fact, Guard, Payload, Phase, TimerId};
use crate::quorum::{Purpose, Round};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Value, Vote};

/// The leader's slip of paper.
#[derive(Clone, Hash)]
pub(super) enum Leading {
    Nothing,
    /// NextBallot was sent (1a), and promises come in, each with its vote.
    Asking {
        promised: NodeSet,
        reported: Vec<(NodeId, Vote)>,
    },
    /// A quorum has promised this ballot.
    Balloting {
        ballot: Ballot,
        quorum: NodeSet,
        /// The history of the last step 2a (the paper's maxVal), or the one with which the ballot has to begin.
        value: Value,
        /// Whether the ballot was begun. A classic ballot begins only when there is a command.
        is_begun: bool,
        /// Whether the timer of the ballot is running.
        is_timed: bool,
    },
}

impl Leading {
    /// Gives the nodes on the slip their new names.
    pub(super) fn rename(&mut self, names: &Renaming) {
        match self {
            Self::Nothing => {}
            Self::Asking { promised, reported } => {
                *promised = promised.renamed(names);
                reported.iter_mut().for_each(|(node, _)| *node = names.of(*node));
            }
            Self::Balloting { quorum, .. } => *quorum = quorum.renamed(names),
        }
    }
}

const fn timer(kind: u8) -> TimerId {
    TimerId { kind, number: 0 }
}

impl Generalized {
    /// The oracle names leaders. A process that begins to lead starts a ballot, so that phase 1 is done before clients ask.
    pub(super) fn name(&mut self, named: NodeSet, effects: &mut Effects) {
        let leads = named.contains(self.me);
        if leads == self.state.leads {
            return;
        }
        self.state.leads = leads;
        effects.state(Fact::Leads(leads));
        if leads {
            self.next_ballot(effects);
        } else {
            self.rest(effects);
        }
    }

    /// Ends the leader's own ballot, and stops its timers.
    fn rest(&mut self, effects: &mut Effects) {
        let running = match std::mem::replace(&mut self.state.leading, Leading::Nothing) {
            Leading::Nothing | Leading::Balloting { is_timed: false, .. } => return,
            Leading::Asking { .. } => PHASE_1,
            Leading::Balloting { ballot, .. } => self.timer_of(ballot),
        };
        effects.cancel_timer(timer(running));
    }

    fn is_fast(&self, ballot: Ballot) -> bool {
        round(&self.setup, ballot) == Round::Fast
    }

    fn timer_of(&self, ballot: Ballot) -> u8 {
        if self.is_fast(ballot) { FAST_BALLOT } else { PHASE_2 }
    }

    /// Step 1a. A leader that knows of a command takes a classic ballot, in which nothing collides; otherwise it takes a fast
    /// one, if the script does not choose classic ballots.
    fn next_ballot(&mut self, effects: &mut Effects) {
        if !self.setup.performs(Phase::OneA) {
            return;
        }
        let is_classic = self.is_waiting() || self.setup.choice(BALLOTS) == BALLOTS_CLASSIC;
        let sort = if is_classic { Round::Classic } else { Round::Fast };
        let seen = self.state.last_tried.max(self.state.acceptor.next_bal).max(self.state.seen);
        let ballot = round_above(&self.setup, seen, self.me, sort);
        self.rest(effects);
        self.state.last_tried = Some(ballot);
        self.state.leading = Leading::Asking { promised: NodeSet::EMPTY, reported: Vec::new() };
        effects.persist(LAST_TRIED, Instance::FIRST, ballot.into());
        effects.state(Fact::Tried(ballot));
        effects.send_each(self.setup.cast.acceptors.iter(), &message(NEXT_BALLOT, ballot, Payload::Empty));
        effects.set_timer(timer(PHASE_1), PATIENCE);
    }

    /// A LastVote has come. When a quorum of them has come, step 2a follows.
    pub(super) fn promised(&mut self, from: NodeId, ballot: Ballot, vote: Option<Vote>, effects: &mut Effects) {
        if Some(ballot) != self.state.last_tried || !self.setup.performs(Phase::TwoA) {
            return;
        }
        let Leading::Asking { promised, reported } = &mut self.state.leading else { return };
        if promised.insert(from) {
            reported.extend(vote.map(|vote| (from, vote)));
        }
        let quorum = *promised;
        if !self.setup.quorum(Purpose::Promise).is_quorum(quorum) {
            return;
        }
        let value = proved_safe(&self.setup, &self.histories, quorum, reported);
        effects.cancel_timer(timer(PHASE_1));
        self.open_ballot(ballot, quorum, value, effects);
    }

    /// Step 2a, first part: the ballot has its promises. A fast ballot begins at once, so that acceptors can append by
    /// themselves.
    fn open_ballot(&mut self, ballot: Ballot, quorum: NodeSet, value: Value, effects: &mut Effects) {
        self.state.leading = Leading::Balloting { ballot, quorum, value, is_begun: false, is_timed: false };
        if self.is_fast(ballot) {
            self.begin(value, effects);
        } else {
            self.append_classic(effects);
        }
    }

    /// Step 2a.
    fn begin(&mut self, begun: Value, effects: &mut Effects) {
        let Leading::Balloting { ballot, quorum, value, is_begun, .. } = &mut self.state.leading else { return };
        (*value, *is_begun) = (begun, true);
        let (ballot, basis) = (*ballot, Basis::Promises(*quorum));
        effects.state(Fact::Began { instance: Instance::FIRST, ballot, value: Some(begun), basis });
        let begin = message(BEGIN_BALLOT, ballot, Payload::Value(begun));
        effects.send_each(self.setup.cast.acceptors.iter(), &begin);
        self.time(effects);
    }

    /// Step 2a in a classic ballot: the leader appends every command that it knows of, and begins the ballot again with the
    /// larger history. It also begins a ballot whose history has commands that it has not learned.
    fn append_classic(&mut self, effects: &mut Effects) {
        let Leading::Balloting { value, is_begun, .. } = self.state.leading else { return };
        let appended = self.histories.append_all(value, self.known());
        if appended != value || (!is_begun && value.commands().iter().any(|command| self.is_open(*command))) {
            self.begin(appended, effects);
        }
    }

    /// Starts the timer of the ballot under way, if something is to be learned and the timer does not run yet.
    fn time(&mut self, effects: &mut Effects) {
        if !self.is_waiting() {
            return;
        }
        let Leading::Balloting { ballot, is_timed, .. } = &mut self.state.leading else { return };
        if !std::mem::replace(is_timed, true) {
            let ballot = *ballot;
            effects.set_timer(timer(self.timer_of(ballot)), PATIENCE);
        }
    }

    /// The learned history has grown: the timer of the ballot begins anew, if anything is left.
    pub(super) fn progress(&mut self, effects: &mut Effects) {
        if let Leading::Balloting { ballot, is_timed, .. } = &mut self.state.leading
            && std::mem::take(is_timed)
        {
            let ballot = *ballot;
            effects.cancel_timer(timer(self.timer_of(ballot)));
            self.time(effects);
        }
    }

    /// A leader hears of a command: in a classic ballot it appends the command; in a fast one the acceptors have it too.
    pub(super) fn command_has_come(&mut self, effects: &mut Effects) {
        let Leading::Balloting { ballot, .. } = self.state.leading else { return };
        if self.is_fast(ballot) {
            self.time(effects);
            self.look_for_collision(ballot, effects);
        } else {
            self.append_classic(effects);
        }
    }

    /// A leader hears of a vote in its own ballot, and looks for a collision.
    pub(super) fn vote_has_come(&mut self, voted: Ballot, effects: &mut Effects) {
        let Leading::Balloting { ballot, .. } = self.state.leading else { return };
        if voted != ballot {
            return;
        }
        self.time(effects);
        if self.is_fast(ballot) {
            self.look_for_collision(ballot, effects);
        }
    }

    /// The acceptors whose vote in this fast ballot is a promise for the next one, each with that vote.
    fn last_votes(&self, ballot: Ballot) -> Vec<(NodeId, Vote)> {
        let counts = |is_last: bool| is_last || !self.setup.keeps(Guard::LastVote);
        let heard = self.heard(ballot).iter().filter(|heard| counts(heard.is_last));
        heard.map(|heard| (heard.node, Vote { ballot, value: heard.value })).collect()
    }

    fn is_promise_quorum(&self, votes: &[(NodeId, Vote)]) -> bool {
        self.setup.quorum(Purpose::Promise).is_quorum(votes.iter().map(|(node, _)| *node).collect())
    }

    /// The leader goes on to the next ballot when a quorum votes in this one no more, and two of its histories are not
    /// compatible, or a command is left that nobody of them can append.
    fn look_for_collision(&mut self, ballot: Ballot, effects: &mut Effects) {
        let votes = self.last_votes(ballot);
        if !self.is_promise_quorum(&votes) {
            return;
        }
        let values = || votes.iter().map(|(_, vote)| vote.value);
        let collides = values().any(|one| values().any(|other| !self.histories.is_compatible(one, other)));
        let is_left = |command: &Value| self.is_open(*command) && !values().any(|value| has(value, *command));
        let has_left = self.setup.keeps(Guard::LastVote) && self.known().iter().any(is_left);
        if collides || has_left {
            self.recover(ballot, effects);
        }
    }

    /// The leader's ballot has not passed all that it knows of: the leader goes on to the next ballot. Where the last votes of
    /// a quorum are there, they are promises for the next ballot; otherwise only a ballot from its beginning helps.
    fn recover(&mut self, ballot: Ballot, effects: &mut Effects) {
        let votes = self.last_votes(ballot);
        let next = successor(&self.setup, ballot).filter(|_| self.is_promise_quorum(&votes));
        let is_restart = self.setup.choice(RECOVERY) == RECOVERY_RESTART || !self.setup.performs(Phase::TwoA);
        let Some(next) = next.filter(|_| !is_restart) else { return self.next_ballot(effects) };
        let quorum = votes.iter().map(|(node, _)| *node).collect();
        let value = proved_safe(&self.setup, &self.histories, quorum, &votes);
        self.rest(effects);
        self.state.last_tried = Some(next);
        effects.persist(LAST_TRIED, Instance::FIRST, next.into());
        self.open_ballot(next, quorum, value, effects);
    }

    /// A timer of the leader has run out.
    pub(super) fn overdue(&mut self, kind: u8, effects: &mut Effects) {
        if !self.state.leads {
            return;
        }
        match (kind, &mut self.state.leading) {
            (FAST_BALLOT, Leading::Balloting { ballot, is_timed, .. }) => {
                *is_timed = false;
                let ballot = *ballot;
                self.recover(ballot, effects);
            }
            (PHASE_2, Leading::Balloting { is_timed, .. }) => {
                *is_timed = false;
                self.next_ballot(effects);
            }
            (PHASE_1, Leading::Asking { .. }) => self.next_ballot(effects),
            _ => {}
        }
    }
}
