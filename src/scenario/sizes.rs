//! How large messages are, and how fast a node can send them.

use crate::protocol::{Message, Protocol};
use crate::types::{Bytes, Time};

/// The sizes of what is sent, and the bandwidth of the ports through which nodes send.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sizes {
    /// The bytes of every message, without the values that it carries.
    pub header: Bytes,
    /// The bytes of every value.
    pub value: Bytes,
    /// How many bytes leave a node in 1Δ, through its only port; without a limit everything leaves at once.
    pub bandwidth: Option<Bytes>,
    /// Whether the script says any of the three.
    pub are_said: bool,
}

impl Default for Sizes {
    /// The sizes of a script that does not say them.
    fn default() -> Self {
        Self { header: Bytes(100), value: Bytes(1_000), bandwidth: None, are_said: false }
    }
}

impl Sizes {
    /// The size of a message: its header and the values that it carries.
    pub fn of(&self, message: &Message, protocol: &Protocol) -> Bytes {
        let values = message.values(protocol).saturating_mul(self.value.0);
        Bytes(self.header.0.saturating_add(values))
    }

    /// How long a port takes to send so many bytes, in ticks, a part of a tick counting as a whole one; nothing where the
    /// bandwidth has no limit.
    pub fn takes(&self, bytes: Bytes) -> Time {
        let Some(bandwidth) = self.bandwidth else { return Time::ZERO };
        let ticks = u128::from(bytes.0) * u128::from(Time::DELTA.0);
        Time(u64::try_from(ticks.div_ceil(u128::from(bandwidth.0.max(1)))).unwrap_or(u64::MAX))
    }
}
