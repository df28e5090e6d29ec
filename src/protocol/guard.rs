//! The rules that safety rests on. Each has a name, so that a script can switch it off and show what the rule is for.

use crate::tongue::key;

/// A rule that can be switched off.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Guard {
    /// Step 2b keeps promises.
    Promise,
    /// Step 2a looks at the reported votes.
    MaxVote,
    /// Step 2a takes the highest reported vote.
    Highest,
    /// Quorums are majorities.
    Majority,
    /// Each ballot number belongs to one process.
    UniqueBallots,
    /// Promises and votes survive crashes.
    Memory,
    /// A quorum of votes passes a decree only if all its votes are in one ballot.
    OneBallot,
    /// The entries of the ledger are executed in the order of the instances.
    InOrder,
    /// Each command is executed once.
    Once,
    /// A decree passes by a quorum of its configuration, the auxiliary processes included.
    WholeQuorum,
    /// A new configuration is in force only after the change has passed.
    ChangeDecided,
    /// An auxiliary process forgets votes only when every main process knows the decrees.
    MainsKnow,
    /// A leader begins nothing before it knows the decrees of all instances that an auxiliary process has closed.
    Closed,
    /// Two quorums of a fast round and a quorum of promises share a process.
    FastQuorum,
    /// An acceptor votes once in each round.
    VoteOnce,
    /// A round that follows a fast one carries the decree that can have passed.
    Pick,
    /// Commands conflict where the service says so.
    Conflicts,
    /// In a ballot, an acceptor's history only grows.
    Grow,
    /// Acceptors append only commands that somebody has proposed.
    Proposed,
    /// A leader takes a vote for a promise only if it is the voter's last one in the ballot.
    LastVote,
    /// Nobody can claim what another process has not signed.
    Signed,
    /// A replica executes only what 2f + 1 replicas have committed.
    Commit,
    /// Only backups send PREPARE: the primary's PRE-PREPARE is all that counts of the primary.
    BackupsPrepare,
    /// Any two quorums share a correct process.
    LargeQuorum,
    /// There are more than three times as many replicas as may lie.
    MoreThanThrice,
    /// A client believes a result only if a correct replica has said it.
    EqualReplies,
    /// A replica accepts nothing far above its last stable checkpoint.
    Window,
    /// A view begins with the VIEW-CHANGEs of a whole quorum.
    WholeView,
    /// A learner waits for so many equal votes that every certificate tells of them truthfully.
    LearnQuorum,
    /// With f liars there are more than 5f acceptors.
    EnoughAcceptors,
    /// A learner waits for more votes than there are liars.
    OneTruthful,
    /// A leader waits for the reports of all but f acceptors.
    Certificate,
    /// An acceptor accepts in a later ballot only what a certificate vouches for.
    Vouching,
    /// A member of a ring passes votes on only after its own vote.
    OwnVote,
    /// Each value gets an id that no value has had.
    FreshIds,
    /// A learner asks for a value that it misses before it goes on.
    AskFirst,
}

/// The declaration of a rule.
#[derive(Debug)]
pub struct GuardInfo {
    /// The rule.
    pub guard: Guard,
    /// The rule's name in scripts.
    pub name: &'static str,
    /// What nodes do when the rule is switched off.
    pub broken: &'static str,
}

/// Every rule, in the order of [`Guard`].
static GUARDS: [GuardInfo; 36] = [
    GuardInfo {
        guard: Guard::Promise,
        name: "promise",
        broken: key!("step 2b {votes_in} every {ballot}, whatever was promised"),
    },
    GuardInfo {
        guard: Guard::MaxVote,
        name: "max-vote",
        broken: key!("step 2a takes the leader’s own wish, whatever {votes} are reported"),
    },
    GuardInfo {
        guard: Guard::Highest,
        name: "highest",
        broken: key!("step 2a takes the {decree} of the lowest reported {vote} instead of the highest"),
    },
    GuardInfo {
        guard: Guard::Majority,
        name: "majority",
        broken: key!("half of the processes count as a quorum, so that two quorums may share nobody"),
    },
    GuardInfo {
        guard: Guard::UniqueBallots,
        name: "unique-ballots",
        broken: key!(
            "{ballot} numbers have no owner: all processes choose from the same ones, and a promise is given twice"
        ),
    },
    GuardInfo {
        guard: Guard::Memory,
        name: "memory",
        broken: key!("a process that restarts has forgotten its promises and {votes}"),
    },
    GuardInfo {
        guard: Guard::OneBallot,
        name: "one-ballot",
        broken: key!("a learner counts {votes} for a {decree} across {ballots}"),
    },
    GuardInfo {
        guard: Guard::InOrder,
        name: "in-order",
        broken: key!("a process executes commands as it learns them, gaps or not"),
    },
    GuardInfo {
        guard: Guard::Once,
        name: "once",
        broken: key!("a command that comes twice is proposed twice and executed twice"),
    },
    GuardInfo {
        guard: Guard::WholeQuorum,
        name: "whole-quorum",
        broken: key!(
            "the main processes that the leader does not suspect count as a quorum, without the auxiliary processes"
        ),
    },
    GuardInfo {
        guard: Guard::ChangeDecided,
        name: "change-decided",
        broken: key!("a leader uses a new configuration as soon as it has begun the change, which may never pass"),
    },
    GuardInfo {
        guard: Guard::MainsKnow,
        name: "mains-know",
        broken: key!(
            "auxiliary processes forget their {votes} as soon as the leader knows the {decrees}, whether other main \
                 processes know them or not"
        ),
    },
    GuardInfo {
        guard: Guard::Closed,
        name: "closed",
        broken: key!("an auxiliary process that has forgotten its {votes} answers as if it had never {voted}"),
    },
    GuardInfo {
        guard: Guard::FastQuorum,
        name: "fast-quorum",
        broken: key!(
            "a fast round passes a {decree} with a quorum of a classic round, so that two {decrees} can seem to have passed"
        ),
    },
    GuardInfo {
        guard: Guard::VoteOnce,
        name: "vote-once",
        broken: key!(
            "an acceptor {votes_for} everything that is proposed in a round, so that one round may pass two {decrees}"
        ),
    },
    GuardInfo {
        guard: Guard::Pick,
        name: "pick",
        broken: key!("a new round takes the first reported {decree}, and not the only one that {can_have_passed}"),
    },
    GuardInfo {
        guard: Guard::Conflicts,
        name: "conflicts",
        broken: key!("no two commands are taken to conflict, so that processes may execute them in different orders"),
    },
    GuardInfo {
        guard: Guard::Grow,
        name: "grow",
        broken: key!("an acceptor takes every history of its {ballot}’s leader, also one that is shorter than its own"),
    },
    GuardInfo {
        guard: Guard::Proposed,
        name: "proposed",
        broken: key!("an acceptor that appends a command also appends commands that nobody has proposed"),
    },
    GuardInfo {
        guard: Guard::LastVote,
        name: "last-vote",
        broken: key!(
            "acceptors go on after a collision, and the leader takes any of their {votes} for a promise of the next {ballot}"
        ),
    },
    GuardInfo {
        guard: Guard::Signed,
        name: "signed",
        broken: key!("messages are not signed, so a liar can claim that others have said what they have never said"),
    },
    GuardInfo {
        guard: Guard::Commit,
        name: "commit",
        broken: key!("a replica executes a command as soon as it is prepared, and waits for no Commit"),
    },
    GuardInfo {
        guard: Guard::BackupsPrepare,
        name: "backups-prepare",
        broken: key!(
            "a Prepare of the primary counts as one of the 2f, although the primary has counted already by its PrePrepare"
        ),
    },
    GuardInfo {
        guard: Guard::LargeQuorum,
        name: "large-quorum",
        broken: key!("f + 1 replicas count as a quorum, so that two quorums may share nobody but a liar"),
    },
    GuardInfo {
        guard: Guard::MoreThanThrice,
        name: "more-than-thrice",
        broken: key!("n − f replicas count as a quorum, even where n is only 3f"),
    },
    GuardInfo {
        guard: Guard::EqualReplies,
        name: "equal-replies",
        broken: key!("a client believes the first reply that comes"),
    },
    GuardInfo {
        guard: Guard::Window,
        name: "window",
        broken: key!(
            "a replica accepts any place that the primary names, however far above the last stable checkpoint"
        ),
    },
    GuardInfo {
        guard: Guard::WholeView,
        name: "whole-view",
        broken: key!("a new view begins with f + 1 ViewChanges, which need not know what was committed"),
    },
    GuardInfo {
        guard: Guard::LearnQuorum,
        name: "learn-quorum",
        broken: key!("a learner is content with 3f + 1 equal {votes}, of which a certificate may tell too few"),
    },
    GuardInfo {
        guard: Guard::EnoughAcceptors,
        name: "enough-acceptors",
        broken: key!(
            "a learner waits for the {votes} of all but f acceptors, also where there are no more than 5f of them"
        ),
    },
    GuardInfo {
        guard: Guard::OneTruthful,
        name: "one-truthful",
        broken: key!("a learner is content with f + 1 equal {votes}, of which one is truthful"),
    },
    GuardInfo {
        guard: Guard::Certificate,
        name: "certificate",
        broken: key!("a leader waits for one report less than the reports of all but f acceptors"),
    },
    GuardInfo {
        guard: Guard::Vouching,
        name: "vouching",
        broken: key!(
            "an acceptor accepts another {decree} in a later {ballot} without a certificate that vouches for it"
        ),
    },
    GuardInfo {
        guard: Guard::OwnVote,
        name: "own-vote",
        broken: key!("a member of the ring passes {votes} on and counts one of its own, whether it has {voted} or not"),
    },
    GuardInfo {
        guard: Guard::FreshIds,
        name: "fresh-ids",
        broken: key!(
            "a coordinator numbers the ids of values from 1 in each of its {ballots}, so that one id stands for two {decrees}"
        ),
    },
    GuardInfo {
        guard: Guard::AskFirst,
        name: "ask-first",
        broken: key!(
            "a learner that hears the id of a {decree} that it does not have takes it for {an_olive_day_decree}, and asks nobody"
        ),
    },
];

impl Guard {
    /// The declaration of this rule.
    pub fn info(self) -> &'static GuardInfo {
        &GUARDS[self as usize]
    }
}

/// A set of rules.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Guards(u64);

impl Guards {
    /// Adds a rule.
    pub fn insert(&mut self, guard: Guard) {
        self.0 |= 1 << guard as u64;
    }

    /// Whether the rule is in the set.
    pub const fn contains(self, guard: Guard) -> bool {
        self.0 >> guard as u64 & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_at_its_place() {
        for (place, info) in GUARDS.iter().enumerate() {
            assert_eq!((info.guard as usize, info.guard.info().name), (place, info.name));
        }
    }
}
