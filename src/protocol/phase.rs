//! The steps of a protocol, to which its messages belong.

use crate::quorum::Purpose;
use crate::tongue::key;

/// The step of the protocol to which a message belongs (slides, "Phase 1a" to "Phase 3b").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    /// A process asks for promises.
    OneA,
    /// A process promises, and reports its earlier votes.
    OneB,
    /// A process begins a ballot and asks for votes.
    TwoA,
    /// A process votes.
    TwoB,
    /// A process announces the outcome.
    Three,
    /// A process refuses a message, and tells which ballot it has promised.
    Nack,
    /// A client's wish on its way to the leader.
    Request,
    /// A process says that it is there, so that the others know who leads.
    Election,
    /// Between 2a and 3, processes confirm what they have been told to vote for (certificates of protocols with liars), or
    /// that they have heard of a quorum of votes.
    Certify,
    /// A reply to a client.
    Reply,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 10] = [
        Self::OneA,
        Self::OneB,
        Self::TwoA,
        Self::TwoB,
        Self::Three,
        Self::Nack,
        Self::Request,
        Self::Election,
        Self::Certify,
        Self::Reply,
    ];

    /// The steps of a ballot. Each step may be left out (slides: "every phase of this protocol is optional").
    pub const STEPS: [Self; 5] = [Self::OneA, Self::OneB, Self::TwoA, Self::TwoB, Self::Three];

    /// The purpose of a quorum of this phase's messages; none where nobody counts these messages.
    pub const fn purpose(self) -> Option<Purpose> {
        match self {
            Self::OneB => Some(Purpose::Promise),
            Self::TwoB => Some(Purpose::Pass),
            Self::Certify => Some(Purpose::Certify),
            Self::Reply => Some(Purpose::Answer),
            Self::OneA | Self::TwoA | Self::Three | Self::Nack | Self::Request | Self::Election => None,
        }
    }

    /// The slides' number for this phase, or a word where the slides have no number for it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::OneA => "1a",
            Self::OneB => "1b",
            Self::TwoA => "2a",
            Self::TwoB => "2b",
            Self::Three => "3",
            Self::Nack => key!("nack"),
            Self::Request => key!("request"),
            Self::Election => key!("election"),
            Self::Certify => key!("certify"),
            Self::Reply => key!("reply"),
        }
    }
}
