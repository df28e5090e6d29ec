//! What the simulation of PBFT is given, what it tells, and the messages in between, with what a liar makes of them.

use std::collections::{BTreeMap, BTreeSet};

use super::byzantine::{Act, DELTA, Ticks, Twist};

/// The request that does nothing, which fills a place of which no certificate tells.
pub(crate) const NULL: usize = 0;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    Request,
    PrePrepare,
    Prepare,
    Commit,
    Reply,
    Checkpoint,
    ViewChange,
    NewView,
}

pub(crate) type Lie = super::byzantine::Lie<Kind>;

/// A run to simulate.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) n: usize,
    pub(crate) f: usize,
    /// A checkpoint is taken every so many places, and the window is so long.
    pub(crate) every: usize,
    pub(crate) window: usize,
    /// How long a replica waits for an execution, and how long the client waits for a reply.
    pub(crate) patience: Ticks,
    pub(crate) client_patience: Ticks,
    /// After how long a replica without a NEW-VIEW says again what it has said. Where there is such a time, a primary also sends
    /// its NEW-VIEW again to a replica that comes late, and replicas keep messages for places above their window. The figures
    /// have none of that.
    pub(crate) retry: Option<Ticks>,
    /// Whether replicas execute and reply as soon as they have prepared.
    pub(crate) is_tentative: bool,
    /// The decrees that change nothing: the client asks all replicas at once.
    pub(crate) reads: Vec<usize>,
    /// In order of time.
    pub(crate) acts: Vec<(Ticks, Act)>,
    pub(crate) lies: Vec<Lie>,
    /// The last instant that is played.
    pub(crate) until: Ticks,
}

impl Case {
    /// A cluster with f faults in 3f + 1 replicas and the periods of the demonstration.
    pub(crate) fn of(f: usize) -> Self {
        let (patience, client_patience) = (10 * DELTA, 6 * DELTA);
        Self {
            n: 3 * f + 1,
            f,
            every: 2,
            window: 4,
            patience,
            client_patience,
            retry: None,
            is_tentative: false,
            reads: Vec::new(),
            acts: Vec::new(),
            lies: Vec::new(),
            until: 60 * DELTA,
        }
    }
}

impl Case {
    /// Whether the client asks for this decree at any time, so that it can be signed.
    pub(crate) fn is_asked(&self, decree: usize) -> bool {
        self.acts.iter().any(|(_, act)| matches!(act, Act::Ask(_, asked) if *asked == decree))
    }

    /// The rank of a decree: those that are asked for come first, in order of time, and then those that only lies mention.
    pub(crate) fn mentioned(&self, decree: usize) -> usize {
        let asked = self.acts.iter().map(|(_, act)| if let Act::Ask(_, asked) = act { *asked } else { NULL });
        let said = self.lies.iter().map(|lie| if let Twist::Says(said) = lie.twist { said } else { NULL });
        asked.chain(said).position(|other| other == decree).unwrap_or(0)
    }
}

#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Outcome {
    /// For each replica, the decree at each place in turn, and when it was executed.
    pub(crate) executed: Vec<Vec<(usize, Ticks)>>,
    /// The decree whose result the client believes, and since when, in order of time.
    pub(crate) believed: Vec<(usize, Ticks)>,
    /// How many messages were sent to other processes.
    pub(crate) sent: BTreeMap<Kind, usize>,
    /// The VIEW-CHANGEs: who, for which view, and when.
    pub(crate) changes: Vec<(usize, usize, Ticks)>,
    /// The stable checkpoints: who, up to which place, and since when.
    pub(crate) stable: Vec<(usize, usize, Ticks)>,
    /// The replicas that would have to fetch a checkpoint of others, which this simulation does not do.
    pub(crate) behind: BTreeSet<usize>,
}

/// A PRE-PREPARE of the view's primary, and the PREPAREs of these backups.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) place: usize,
    pub(crate) view: usize,
    pub(crate) decree: usize,
    pub(crate) primary: usize,
    pub(crate) signers: Vec<usize>,
}

/// What a VIEW-CHANGE says.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) by: usize,
    pub(crate) stable: usize,
    /// Whose CHECKPOINTs show that the checkpoint is stable.
    pub(crate) stable_by: Vec<usize>,
    pub(crate) prepared: Vec<Certificate>,
}

#[derive(Clone, Debug)]
pub(crate) enum Message {
    /// The decree, and whether replicas shall only read.
    Request(usize, bool),
    /// The kind, the view, the place, the decree: PRE-PREPARE, PREPARE or COMMIT.
    Vote(Kind, usize, usize, usize),
    /// The view, the decree, the result.
    Reply(usize, usize, u64),
    /// The place, the state.
    Checkpoint(usize, u64),
    ViewChange(usize, Change),
    NewView(usize, Vec<Change>),
}

impl Message {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Request(..) => Kind::Request,
            Self::Vote(kind, ..) => *kind,
            Self::Reply(..) => Kind::Reply,
            Self::Checkpoint(..) => Kind::Checkpoint,
            Self::ViewChange(..) => Kind::ViewChange,
            Self::NewView(..) => Kind::NewView,
        }
    }

    /// The message as the liar sends it.
    pub(crate) fn twisted(&mut self, twist: &Twist) {
        match (self, twist) {
            (Self::Request(decree, _) | Self::Vote(.., decree) | Self::Reply(_, decree, _), Twist::Says(other)) => {
                *decree = *other;
            }
            (Self::Reply(.., result) | Self::Checkpoint(_, result), Twist::False) => *result = !*result,
            (Self::ViewChange(_, change), Twist::Omits(names)) if names.is_empty() => {
                change.prepared.clear();
                change.stable_by.clear();
            }
            (Self::ViewChange(_, change), Twist::Omits(names)) => {
                change.stable_by.retain(|name| !names.contains(name));
                for certificate in &mut change.prepared {
                    let is_ordered = !names.contains(&certificate.primary);
                    certificate.signers.retain(|name| is_ordered && !names.contains(name));
                }
            }
            (Self::NewView(_, changes), Twist::Omits(names)) => {
                changes.retain(|change| !names.is_empty() && !names.contains(&change.by));
            }
            _ => {}
        }
    }
}
