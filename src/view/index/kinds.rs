//! Which events are marks on their lanes, and of which kind.

use crate::protocol::Fact;
use crate::trace::What;
use crate::types::NodeId;

/// The kinds of marks; each has a shape of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MarkKind {
    /// The node asked for promises.
    Tried,
    /// The node promised.
    Promised,
    /// The node began a ballot.
    Began,
    /// The node has a certificate: signed messages that show that no other decree can pass in the ballot.
    Certified,
    /// The node voted.
    Voted,
    /// The node learned a decree; the label is the latency.
    Learned,
    /// The node refused a message.
    Refused,
    /// The node began to lead.
    Leads,
    /// The node ceased to lead.
    Follows,
    /// A timer ran out.
    Timer,
}

impl MarkKind {
    /// All of them, in their order.
    pub const ALL: [Self; 10] = [
        Self::Tried,
        Self::Promised,
        Self::Began,
        Self::Certified,
        Self::Voted,
        Self::Learned,
        Self::Refused,
        Self::Leads,
        Self::Follows,
        Self::Timer,
    ];
}

/// The lane on which an event is drawn, and the kind of its mark.
pub(in crate::view) fn kind(what: &What) -> Option<(NodeId, MarkKind)> {
    match what {
        What::TimerFired(node, _) => Some((*node, MarkKind::Timer)),
        What::Applied(node, _) => Some((*node, MarkKind::Learned)),
        What::Stated(node, fact) => {
            let kind = match fact {
                // A command was executed in the same step, and what a node accepts it votes for, or it tells the others.
                Fact::Result(..) | Fact::Believed { .. } | Fact::Stable { .. } => return None,
                // Whoever gathers votes votes itself, or learns what has passed.
                Fact::Named(..) | Fact::Gathered { .. } => return None,
                Fact::Tried(_) => MarkKind::Tried,
                Fact::Promised(..) | Fact::PromisedFrom(..) => MarkKind::Promised,
                Fact::Began { .. } => MarkKind::Began,
                Fact::Certified(..) => MarkKind::Certified,
                Fact::Voted(..) => MarkKind::Voted,
                Fact::Learned(..) | Fact::Answered(_) | Fact::Configured(..) | Fact::Forgot(_) => MarkKind::Learned,
                Fact::Leads(true) => MarkKind::Leads,
                Fact::Leads(false) => MarkKind::Follows,
                Fact::Refused(..) | Fact::Blocked(_) => MarkKind::Refused,
            };
            Some((*node, kind))
        }
        _ => None,
    }
}

/// Whether a mark may begin with this event.
pub(in crate::view) fn states(what: &What) -> bool {
    !matches!(what, What::Applied(..))
}

/// `1–3, 5`: numbers in ascending order, with consecutive ones as ranges.
pub(in crate::view) fn ranges(numbers: &[u32]) -> String {
    let mut text = String::new();
    let mut place = 0;
    while place < numbers.len() {
        let first = numbers[place];
        while numbers.get(place + 1).is_some_and(|next| *next == numbers[place] + 1) {
            place += 1;
        }
        let last = numbers[place];
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&if first == last { first.to_string() } else { format!("{first}–{last}") });
        place += 1;
    }
    text
}
