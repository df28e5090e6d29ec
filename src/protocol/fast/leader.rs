//! The leader's part of Fast Paxos: steps 1a and 2a, and the recovery from collisions that the leader coordinates. The paper
//! calls this process the coordinator of its rounds.

use super::pick::pick;
use super::{
    ANY, BEGIN_BALLOT, FAST_ROUND, Fast, LAST_TRIED, NEXT_BALLOT, PATIENCE, PHASE_1, PHASE_2, RECOVERY,
    RECOVERY_RESTART, message, round, successor,
};
use crate::protocol::rounds::round_above;
use crate::protocol::{Basis, Effects, Fact, Payload, Phase, TimerId};
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
    /// A quorum has promised this round, and step 2a is done; or it waits for a wish, in a classic round that is free.
    Balloting {
        ballot: Ballot,
        quorum: NodeSet,
        is_begun: bool,
        /// Whether the timer of the round is running.
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

impl Fast {
    /// The oracle names leaders. A process that begins to lead starts a round, so that phase 1 is done before clients ask.
    pub(super) fn name(&mut self, named: NodeSet, effects: &mut Effects) {
        let leads = named.contains(self.me);
        if leads == self.state.leads {
            return;
        }
        self.state.leads = leads;
        effects.state(Fact::Leads(leads));
        if leads && !self.is_settled() {
            self.next_round(effects);
        } else {
            self.rest(effects);
        }
    }

    /// Ends the leader's own round, and stops its timers.
    pub(super) fn rest(&mut self, effects: &mut Effects) {
        let running = match std::mem::replace(&mut self.state.leading, Leading::Nothing) {
            Leading::Nothing => return,
            Leading::Asking { .. } => PHASE_1,
            Leading::Balloting { is_timed: false, .. } => return,
            Leading::Balloting { ballot, .. } => self.timer_of(ballot),
        };
        effects.cancel_timer(timer(running));
    }

    fn timer_of(&self, ballot: Ballot) -> u8 {
        if round(&self.setup, ballot) == Round::Fast { FAST_ROUND } else { PHASE_2 }
    }

    /// Step 1a. A leader that knows of a wish takes a classic round, in which no proposals collide; otherwise it takes a fast
    /// one.
    fn next_round(&mut self, effects: &mut Effects) {
        if !self.setup.performs(Phase::OneA) {
            return;
        }
        let knows_of_some = !self.state.wishes.is_empty() || !self.state.votes.is_empty();
        let sort = if knows_of_some { Round::Classic } else { Round::Fast };
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
        let picked = pick(&self.setup, quorum, reported);
        effects.cancel_timer(timer(PHASE_1));
        self.state.leading = Leading::Balloting { ballot, quorum, is_begun: false, is_timed: false };
        match (picked, round(&self.setup, ballot)) {
            (Some(value), _) => self.begin(ballot, Some(value), effects),
            (None, Round::Fast) => self.begin(ballot, None, effects),
            (None, Round::Classic) => self.wish_has_come(effects),
        }
    }

    /// Step 2a: with a decree, or without one in a fast round that is free.
    fn begin(&mut self, ballot: Ballot, value: Option<Value>, effects: &mut Effects) {
        let Leading::Balloting { quorum, is_begun, .. } = &mut self.state.leading else { return };
        *is_begun = true;
        let basis = Basis::Promises(*quorum);
        effects.state(Fact::Began { instance: Instance::FIRST, ballot, value, basis });
        let begin = match value {
            Some(value) => message(BEGIN_BALLOT, ballot, Payload::Value(value)),
            None => message(ANY, ballot, Payload::Empty),
        };
        effects.send_each(self.setup.cast.acceptors.iter(), &begin);
        if value.is_some() || !self.state.wishes.is_empty() {
            self.time(effects);
        }
    }

    /// Starts the timer of the round under way, if it does not run yet.
    fn time(&mut self, effects: &mut Effects) {
        let Leading::Balloting { ballot, is_timed, .. } = &mut self.state.leading else { return };
        if !std::mem::replace(is_timed, true) {
            let ballot = *ballot;
            effects.set_timer(timer(self.timer_of(ballot)), PATIENCE);
        }
    }

    /// A leader hears of a wish: a classic round that is free begins with it; in a fast round the acceptors have it too, so the
    /// leader waits for their votes.
    pub(super) fn wish_has_come(&mut self, effects: &mut Effects) {
        let Leading::Balloting { ballot, is_begun, .. } = self.state.leading else { return };
        match self.state.wishes.first().copied() {
            Some(wish) if !is_begun => self.begin(ballot, Some(wish), effects),
            Some(_) => self.time(effects),
            None => {}
        }
    }

    /// A leader hears of a vote in its own round, and looks for a collision.
    pub(super) fn vote_has_come(&mut self, voted: Ballot, effects: &mut Effects) {
        let Leading::Balloting { ballot, quorum, is_timed, .. } = self.state.leading else { return };
        let is_next = successor(&self.setup, ballot) == Some(voted) && round(&self.setup, voted) == Round::Fast;
        if is_next {
            // The acceptors have gone on to the next round by themselves, and the leader follows them.
            self.state.last_tried = self.state.last_tried.max(Some(voted));
            self.state.leading = Leading::Balloting { ballot: voted, quorum, is_begun: true, is_timed: false };
            if is_timed {
                effects.cancel_timer(timer(FAST_ROUND));
            }
        } else if voted != ballot {
            return;
        }
        self.time(effects);
        let next = successor(&self.setup, voted);
        // Acceptors that recover by themselves do so in the first fast round of a block.
        let is_theirs = next.is_some_and(|next| round(&self.setup, next) == Round::Fast);
        if next.is_some() && !is_theirs && self.collides(voted) {
            self.recover(voted, effects);
        }
    }

    /// The leader's round has not passed a decree: it goes on to the next round, as its recovery says. Where the votes of a
    /// quorum are not there, or the next round is not classic, only a round from its beginning helps.
    fn recover(&mut self, ballot: Ballot, effects: &mut Effects) {
        let next = successor(&self.setup, ballot).filter(|next| round(&self.setup, *next) == Round::Classic);
        let is_restart = self.setup.choice(RECOVERY) == RECOVERY_RESTART || !self.setup.performs(Phase::TwoA);
        match (next, self.recovered(ballot)) {
            (Some(next), Some((value, quorum))) if !is_restart => {
                self.rest(effects);
                self.state.last_tried = Some(next);
                effects.persist(LAST_TRIED, Instance::FIRST, next.into());
                self.state.leading = Leading::Balloting { ballot: next, quorum, is_begun: false, is_timed: false };
                self.begin(next, Some(value), effects);
            }
            _ => self.next_round(effects),
        }
    }

    /// A timer of the leader has run out.
    pub(super) fn overdue(&mut self, kind: u8, effects: &mut Effects) {
        if !self.state.leads || self.is_settled() {
            return;
        }
        match (kind, &mut self.state.leading) {
            (FAST_ROUND, Leading::Balloting { ballot, is_timed, .. }) => {
                *is_timed = false;
                let ballot = *ballot;
                self.recover(ballot, effects);
            }
            (PHASE_2, Leading::Balloting { is_timed, .. }) => {
                *is_timed = false;
                self.next_round(effects);
            }
            (PHASE_1, Leading::Asking { .. }) => self.next_round(effects),
            _ => {}
        }
    }
}
