//! The names that goals know: figures of the whole run, and collections whose rows have fields. Names are those of the
//! report. The room `goal` fills them in; `docs/goals.md` has the same tables.

use super::permission::DEEDS;
use crate::protocol::{PROTOCOLS, Phase, Protocol};
use crate::scenario::text::ACTS;
use crate::tongue::key;

/// What a figure or a field is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Yes or no.
    Truth,
    /// A whole number.
    Number,
    /// A time or a span in Δ.
    Time,
    /// A node.
    Node,
    /// A ballot, as in `"2.B"`.
    Ballot,
    /// A decree's text.
    Decree,
    /// One of these words.
    Word(Words),
    /// A list, which only a sentence can have.
    List,
}

impl Kind {
    /// It in a sentence.
    pub const fn told(self) -> &'static str {
        match self {
            Self::Truth => key!("yes or no"),
            Self::Number => key!("a number"),
            Self::Time => key!("a time"),
            Self::Node => key!("a node"),
            Self::Ballot => key!("a ballot"),
            Self::Decree => key!("a decree"),
            Self::Word(words) => words.told(),
            Self::List => key!("a list"),
        }
    }
}

/// A list of words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Words {
    /// The kinds of messages.
    Message,
    /// The phases of messages.
    Phase,
    /// The checks.
    Check,
    /// What `at` does.
    Act,
    /// What became of requests.
    Outcome,
    /// The kinds of lines.
    Line,
    /// The protocols.
    Protocol,
}

/// The names of the checks, as reports write them.
pub const CHECKS: &[&str] = &[
    "B1",
    "B2",
    "B3",
    "agreement",
    "validity",
    "voted-only-if-begun",
    "certified",
    "vote-once",
    "grow",
    "learned-only-if-chosen",
    "gathered",
    "ids",
    "promise",
    "monotone",
    "window",
    "stable",
    "one-configuration",
    "forgotten-only-if-known",
    "ordering",
    "prefix",
    "at-most-once",
    "state",
    "replies",
];

/// What becomes of requests, as reports write it.
pub const OUTCOMES: &[&str] =
    &["unheard", "crashed", "other decree", "chosen", "not passed", "lost", "handed on", "not begun"];

impl Words {
    const fn told(self) -> &'static str {
        match self {
            Self::Message => key!("a kind of message"),
            Self::Phase => key!("a phase"),
            Self::Check => key!("a check"),
            Self::Act => key!("an act"),
            Self::Outcome => key!("an outcome"),
            Self::Line => key!("a kind of line"),
            Self::Protocol => key!("a protocol"),
        }
    }

    /// The word as it is written in a run of this protocol; none when it is not in the list.
    pub fn known(self, word: &str, protocol: &Protocol) -> Option<&'static str> {
        if self == Self::Message {
            // Both vocabularies name a message.
            let named = |protocol: &Protocol| protocol.kind_named(word).map(|kind| protocol.kind(kind).name);
            return named(protocol).or_else(|| PROTOCOLS.iter().find_map(|other| named(other)));
        }
        self.list(protocol).into_iter().find(|known| *known == word)
    }

    /// The words of the list.
    pub fn list(self, protocol: &Protocol) -> Vec<&'static str> {
        match self {
            Self::Message => protocol.kinds.iter().map(|kind| kind.name).collect(),
            Self::Phase => Phase::ALL.iter().map(|phase| phase.label()).collect(),
            Self::Check => CHECKS.to_vec(),
            Self::Act => ACTS.to_vec(),
            Self::Outcome => OUTCOMES.to_vec(),
            Self::Line => DEEDS.iter().map(|deed| deed.name).collect(),
            Self::Protocol => PROTOCOLS.iter().map(|protocol| protocol.name).collect(),
        }
    }
}

/// A figure of the whole run, or a field of a row.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it tells.
    pub about: &'static str,
}

const fn name(name: &'static str, kind: Kind, about: &'static str) -> Name {
    Name { name, kind, about }
}

/// The figures of the whole run. A collection's name alone is a figure too: how many rows it has.
pub static FIGURES: &[Name] = &[
    name("protocol", Kind::Word(Words::Protocol), key!("the protocol that was run")),
    name("k", Kind::Number, key!("how many distinct larger ballots of others refused a ballot")),
    name("end", Kind::Time, key!("when the last event happened")),
    name("violated", Kind::Number, key!("how many checks are violated")),
    name("crashed", Kind::Number, key!("how many nodes are down at the end")),
    name("messages.sent", Kind::Number, key!("messages that nodes sent, lost or not")),
    name("messages.injected", Kind::Number, key!("messages that the script put into the network")),
    name("messages.lost", Kind::Number, key!("messages and copies that were lost")),
    name("messages.duplicated", Kind::Number, key!("copies that the network made")),
];

/// Rows with the same fields.
#[derive(Clone, Copy, Debug)]
pub struct Collection {
    /// Its name.
    pub name: &'static str,
    /// What its rows are.
    pub about: &'static str,
    /// What each row has.
    pub fields: &'static [Name],
}

/// The collections.
pub static COLLECTIONS: &[Collection] = &[
    Collection {
        name: "decisions",
        about: key!("each decree that somebody learned in an instance, as in `decisions[]` of the report"),
        fields: &[
            name("instance", Kind::Number, key!("its place in the ledger, from 1")),
            name("value", Kind::Decree, key!("the decree; \"olive-day\" for one that fills a gap")),
            name("proposer", Kind::Node, key!("who began the ballot")),
            name("ballot", Kind::Ballot, key!("the ballot by which it was first learned")),
            name("messages", Kind::Number, key!("how many messages of its instance and ballot were sent")),
            name("stale", Kind::Number, key!("k: how many larger ballots of others refused one of the proposer's")),
            name("times.client", Kind::Time, key!("when somebody first asked for it")),
            name("times.elected", Kind::Time, key!("when the proposer began to lead")),
            name("times.ballot_start", Kind::Time, key!("step 1a")),
            name("times.begin_ballot", Kind::Time, key!("step 2a")),
            name("times.chosen", Kind::Time, key!("when a quorum had voted for it")),
            name("times.leader_learned", Kind::Time, key!("when the proposer learned it")),
            name("times.all_learned", Kind::Time, key!("when the last of the nodes that are up learned it")),
            name("times.answered", Kind::Time, key!("when the process that was asked had an answer")),
            name("latency.from_ballot.leader", Kind::Time, key!("from 1a until the proposer learned it")),
            name("latency.from_ballot.all", Kind::Time, key!("from 1a until all learned it")),
            name("latency.from_begin.leader", Kind::Time, key!("from 2a until the proposer learned it")),
            name("latency.from_begin.all", Kind::Time, key!("from 2a until all learned it")),
            name("latency.from_client.leader", Kind::Time, key!("from the request until the proposer learned it")),
            name("latency.from_client.all", Kind::Time, key!("from the request until all learned it")),
            name("latency.from_client.client", Kind::Time, key!("from the request until the answer")),
            name("latency.from_election.leader", Kind::Time, key!("from the election until the proposer learned it")),
            name("latency.from_election.all", Kind::Time, key!("from the election until all learned it")),
        ],
    },
    Collection {
        name: "learned",
        about: key!("each node that learned a decree, as in `decisions[].times.learned`"),
        fields: &[
            name("node", Kind::Node, key!("who learned it")),
            name("instance", Kind::Number, key!("its place in the ledger")),
            name("value", Kind::Decree, key!("the decree")),
            name("time", Kind::Time, key!("when")),
        ],
    },
    Collection {
        name: "chosen",
        about: key!("decrees that are chosen and that nobody knows, as in `chosen[]`"),
        fields: &[
            name("instance", Kind::Number, key!("its place in the ledger")),
            name("value", Kind::Decree, key!("the decree")),
            name("ballot", Kind::Ballot, key!("the ballot in which a quorum voted")),
            name("time", Kind::Time, key!("when the vote was cast that completed the quorum")),
        ],
    },
    Collection {
        name: "unanswered",
        about: key!("requests without an answer, as in `unanswered[]`"),
        fields: &[
            name("value", Kind::Decree, key!("what was asked for")),
            name("node", Kind::Node, key!("who was asked")),
            name("time", Kind::Time, key!("when")),
            name("outcome", Kind::Word(Words::Outcome), key!("what became of it")),
        ],
    },
    Collection {
        name: "ballots",
        about: key!("the ballots that were tried, in the order of time"),
        fields: &[
            name("ballot", Kind::Ballot, key!("the ballot")),
            name("number", Kind::Number, key!("its number")),
            name("owner", Kind::Node, key!("whose it is")),
            name("time", Kind::Time, key!("step 1a")),
            name("votes", Kind::Number, key!("how many nodes voted in it, in any instance")),
            name("abandoned", Kind::Truth, key!("whether it passed nothing")),
        ],
    },
    Collection {
        name: "promises",
        about: key!("each promise that was given (step 1b)"),
        fields: &[
            name("node", Kind::Node, key!("who promised")),
            name("ballot", Kind::Ballot, key!("for which ballot")),
            name("instance", Kind::Number, key!("for which place of the ledger, or from which place on")),
            name("time", Kind::Time, key!("when")),
            name("last.ballot", Kind::Ballot, key!("the ballot of the last vote that it tells of")),
            name("last.value", Kind::Decree, key!("the decree of that vote")),
        ],
    },
    Collection {
        name: "votes",
        about: key!("each vote that was cast (step 2b)"),
        fields: &[
            name("node", Kind::Node, key!("who voted")),
            name("ballot", Kind::Ballot, key!("in which ballot")),
            name("instance", Kind::Number, key!("for which place of the ledger")),
            name("value", Kind::Decree, key!("for which decree")),
            name("time", Kind::Time, key!("when")),
        ],
    },
    Collection {
        name: "accepted",
        about: key!("under protocols that expect lies, each value that a node accepted for a place in a ballot"),
        fields: &[
            name("node", Kind::Node, key!("who accepted it")),
            name("ballot", Kind::Ballot, key!("in which ballot")),
            name("instance", Kind::Number, key!("for which place of the ledger")),
            name("value", Kind::Decree, key!("the value")),
            name("time", Kind::Time, key!("when")),
        ],
    },
    Collection {
        name: "refusals",
        about: key!("each message that a node refused because of its promises"),
        fields: &[
            name("node", Kind::Node, key!("who refused")),
            name("ballot", Kind::Ballot, key!("the ballot that was refused")),
            name("promised", Kind::Ballot, key!("the largest ballot that it had promised")),
            name("time", Kind::Time, key!("when")),
        ],
    },
    Collection {
        name: "checks",
        about: key!("the invariants, as in `checks[]`"),
        fields: &[
            name("name", Kind::Word(Words::Check), key!("which one")),
            name("violated", Kind::Truth, key!("whether the run breaks it")),
            name("time", Kind::Time, key!("when it was first broken")),
            name("node", Kind::Node, key!("where")),
        ],
    },
    Collection {
        name: "nodes",
        about: key!("the nodes"),
        fields: &[
            name("node", Kind::Node, key!("the node itself")),
            name("up", Kind::Truth, key!("whether it is up at the end")),
            name("leads", Kind::Truth, key!("whether it believes at the end that it leads")),
            name("crashes", Kind::Number, key!("how often it crashed")),
            name("restarts", Kind::Number, key!("how often it came back")),
        ],
    },
    Collection {
        name: "messages",
        about: key!("each message that left its sender, copies included; those to oneself are not counted"),
        fields: &[
            name("kind", Kind::Word(Words::Message), key!("its kind")),
            name("phase", Kind::Word(Words::Phase), key!("its phase")),
            name("from", Kind::Node, key!("its sender")),
            name("to", Kind::Node, key!("its receiver")),
            name("ballot", Kind::Ballot, key!("the ballot that it speaks of")),
            name("sent", Kind::Time, key!("when it was sent")),
            name("landed", Kind::Time, key!("when it landed")),
            name("lost", Kind::Truth, key!("whether it was lost")),
            name("injected", Kind::Truth, key!("whether the script put it into the network")),
            name("copy", Kind::Truth, key!("whether the network made it")),
        ],
    },
    Collection {
        name: "acts",
        about: key!("what the script did to the cluster; what found nothing to do is left out"),
        fields: &[
            name("act", Kind::Word(Words::Act), key!("what was done")),
            name("time", Kind::Time, key!("when")),
            name("node", Kind::Node, key!("to which node; none for cuts and the like")),
            name("value", Kind::Decree, key!("what was proposed")),
        ],
    },
    Collection {
        name: "lines",
        about: key!(
            "the script's lines, the first one included; without comments, texts for people, goals and `allow`"
        ),
        fields: &[
            name("line", Kind::Number, key!("its number, from 1")),
            name(
                "kind",
                Kind::Word(Words::Line),
                key!("what sort of line it is, as `allow` calls it; none for the first"),
            ),
        ],
    },
];

/// The place of the collection of this name.
pub fn collection(name: &str) -> Option<usize> {
    COLLECTIONS.iter().position(|collection| collection.name == name)
}
