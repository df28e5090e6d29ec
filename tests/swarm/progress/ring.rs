//! What must happen in time under Ring Paxos, once the faults are over.
//!
//! The leader is the one of `progress.rs`, and N processes are on the full ring. Count from the later of T_el and the last request. A
//! wish is at the leader after N Δ. Promises take 2Δ, and for each `window` of commands the news is everywhere after 2N Δ.
//! A process that misses something asks after (2N + 6)Δ and is told 2Δ later. Where Success waits for the next BeginBallot, that
//! takes 2Δ more.
//!
//! Each of the k larger ballots costs a ballot: promises, 2Δ, and the ring timer, (N + 3)Δ. It may also take the place of a command,
//! which is then offered again, after (3N + 8)Δ, and goes around once more, 2N Δ. A ballot that the faults have spoiled costs as
//! much, and so does a place that a leader that stays finds out when it catches up.

use super::{Case, Judged, Reign};
use paxos_playground::types::Time;

impl Case<'_> {
    pub(super) fn ring(&self, reign: &Reign) -> Judged {
        let stale = match self.stale(reign) {
            Ok(stale) => stale,
            Err(why) => return Judged::Late(why),
        };
        let is_asked = self.wishes().any(|(id, time, node, _)| {
            time >= reign.elected && self.up.contains(node) && id >= self.since[node.index()]
        });
        if !is_asked && !reign.stays {
            return Judged::Inapplicable("nobody asks for anything after the faults");
        }
        let window: usize = self.option("window").and_then(|window| window.parse().ok()).expect("a number");
        let from = self.wishes().map(|(_, time, ..)| time).max().unwrap_or_default().max(reign.elected);
        let windows = self.wishes().count().div_ceil(window);
        let n = self.scenario.nodes();
        let ballot = 2 + (n + 3) + (3 * n + 8) + 2 * n;
        let caught_up = 2 * n + 6 + 2;
        let spoiled = usize::from(reign.is_by_heartbeat) + if reign.stays { 2 } else { 0 };
        let remote = if self.remote.is_some() { 2 * (3 * n + 8) + 2 } else { 0 };
        let deltas = n + 2 + 2 * n * windows + caught_up + 2 + remote + (stale + spoiled) * (ballot + caught_up);
        let due = self.commands(is_asked);
        self.in_time(stale, from, from.plus(Time::deltas(deltas as u64)), due)
    }
}
