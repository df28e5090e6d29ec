//! The steps of a protocol, to which its messages belong.

use crate::quorum::Purpose;

/// The step of the protocol to which a message belongs (slides, "Phase 1a" to "Phase 3b").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    /// A process asks for promises.
    OneA,
    /// A promise, with what was voted for before.
    OneB,
    /// A ballot begins.
    TwoA,
    /// A vote.
    TwoB,
    /// The outcome is announced.
    Three,
    /// A message was refused: what was promised instead.
    Nack,
    /// What clients ask for, on its way to the leader.
    Request,
    /// Who is there, and so who leads.
    Election,
    /// Between 2a and 2b: what others have been told to vote for is confirmed (certificates of protocols with liars).
    Certify,
    /// The answer to a client.
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

    /// The steps of a ballot, of which each may be left out (slides: "every phase of this protocol is optional").
    pub const STEPS: [Self; 5] = [Self::OneA, Self::OneB, Self::TwoA, Self::TwoB, Self::Three];

    /// What a quorum of this phase's messages is for, if they are counted.
    pub const fn purpose(self) -> Option<Purpose> {
        match self {
            Self::OneB => Some(Purpose::Promise),
            Self::TwoB => Some(Purpose::Pass),
            Self::Certify => Some(Purpose::Certify),
            Self::Reply => Some(Purpose::Answer),
            Self::OneA | Self::TwoA | Self::Three | Self::Nack | Self::Request | Self::Election => None,
        }
    }

    /// As the slides number it; what they do not number has a word.
    pub const fn label(self) -> &'static str {
        match self {
            Self::OneA => "1a",
            Self::OneB => "1b",
            Self::TwoA => "2a",
            Self::TwoB => "2b",
            Self::Three => "3",
            Self::Nack => "nack",
            Self::Request => "request",
            Self::Election => "election",
            Self::Certify => "certify",
            Self::Reply => "reply",
        }
    }
}
