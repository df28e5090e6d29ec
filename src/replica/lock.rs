//! Locks on lease: each lock is held by at most one client, and it becomes free by itself when its holder is not heard
//! of any more.
//!
//! This is the bureaucrat who is appointed for a short term, by a decree that says when it was proposed (PTP §3.3.3). A
//! replica must not read a clock, because two replicas apply one command at different times and have to give the same
//! answer. So each command carries the instant at which its client asked, and the service's *now* is the latest such
//! instant in the ledger so far. Commands may stand in the ledger in another order than the one in which they were
//! asked, but *now* never goes back. A lease of length ℓ that is granted at *now* lasts until *now* + ℓ, and at that
//! very instant it is over.
//!
//! Here is why no two clients hold a lock at once. Let a client trust a lease from the instant at which it hears of the
//! grant until ℓ after *it asked*, but not after it asks for the release. When the lease was granted, *now* was at
//! least the instant at which the client asked, so the lease lasts at least as long as the client trusts it. Another
//! client is granted the lock only when *now* has reached the end of the lease. This takes a command that was asked
//! then or later, and the other client hears of its grant later still. It does not matter when a replica applies a
//! command.
//!
//! What a client must not assume:
//!
//! - That ℓ counts from the instant at which it hears of the grant. The ledger may have taken longer than the lease.
//! - That any clock will do. Here all clients share one clock; where clocks differ by up to ε, a holder has to stop ε
//!   earlier. A command that claims to be from the future ends the leases of others too soon.
//! - That a lease ends when the client stops trusting it: at `until` others succeed, and that may be later.
//! - That its commands enter the ledger once each and in the order in which it asked. Therefore asking again never
//!   shortens a lease, and a release is refused if it was asked before its holder last asked for the lock.

use std::sync::Arc;

use super::{Body, CommandInfo, Digest, Outcome, Refusal, Service, State, quoted};
use crate::tongue::{key, say};
use crate::types::{Sorted, Time, exact_decimal};

pub(super) static SERVICE: Service = Service {
    name: "lock",
    title: key!("Lock service"),
    summary: key!("Locks that are held on lease, so that a client which falls silent does not keep one for ever."),
    commands: &[
        CommandInfo {
            form: "acquire LOCK WHO LEASE",
            example: "acquire L alice 5Δ",
            meaning: key!("Takes the lock when it is free, for this long; its holder renews it."),
        },
        CommandInfo {
            form: "release LOCK WHO",
            example: "release L alice",
            meaning: key!("Gives the lock back before its time."),
        },
        CommandInfo {
            form: "renew LOCK WHO LEASE",
            example: "renew L alice 2.5Δ",
            meaning: key!("Keeps the lock for this long from now, unless it is lost already."),
        },
    ],
    parse: |words| parse(words).map(Body::Lock),
    open: || State::Lock(Leases::default()),
};

const LEASE_MAX: Time = Time::deltas(1_000);

/// A command: which client wants what of which lock.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Action {
    lock: Arc<str>,
    who: Arc<str>,
    wish: Wish,
}

impl Action {
    /// Whether they are about the same lock.
    pub(super) fn conflicts_with(&self, other: &Self) -> bool {
        self.lock == other.lock
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Wish {
    Acquire(Time),
    Release,
    Renew(Time),
}

fn parse(words: &[&str]) -> Result<Action, String> {
    let (lock, who, wish) = match *words {
        ["acquire", lock, who, span] => (lock, who, Wish::Acquire(lease(span)?)),
        ["release", lock, who] => (lock, who, Wish::Release),
        ["renew", lock, who, span] => (lock, who, Wish::Renew(lease(span)?)),
        _ => return Err(SERVICE.misread(words)),
    };
    Ok(Action { lock: lock.into(), who: who.into(), wish })
}

/// Reads the length of a lease: an exact decimal of Δ, with the unit as in scripts or without it.
fn lease(word: &str) -> Result<Time, String> {
    let number = word.strip_suffix(['Δ', '∆', 'D', 'd']).unwrap_or(word);
    let ticks = exact_decimal(number, Time::DECIMALS).ok();
    let span = ticks.map(Time).filter(|span| (Time(1)..=LEASE_MAX).contains(span));
    span.ok_or_else(|| {
        say!(
            "expected a time of at most {most}Δ and six decimals, more than 0, as in 2.5Δ; found {found}",
            most = LEASE_MAX,
            found = quoted(word)
        )
    })
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Lease {
    holder: Arc<str>,
    /// When the holder last asked for the lock.
    asked: Time,
    /// The first instant at which the lease is over.
    until: Time,
}

/// Every lease that was not given back, including those that are over.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Leases {
    now: Time,
    leases: Sorted<Arc<str>, Lease>,
}

impl Leases {
    pub(super) fn apply(&mut self, action: &Action, at: Time) -> Outcome {
        self.now = self.now.max(at);
        let Action { lock, who, wish } = action;
        let lease = self.leases.get(lock).filter(|lease| self.now < lease.until);
        let own = lease.filter(|lease| lease.holder == *who);
        match (*wish, lease, own) {
            (Wish::Acquire(_), Some(lease), None) => Outcome::Held(lease.holder.clone(), lease.until),
            (Wish::Acquire(span), ..) | (Wish::Renew(span), _, Some(_)) => {
                let end = self.now.plus(span);
                let until = own.map_or(end, |own| own.until.max(end));
                let asked = own.map_or(at, |own| own.asked.max(at));
                self.leases.set(lock.clone(), Lease { holder: who.clone(), asked, until });
                Outcome::Granted(until)
            }
            (Wish::Release, _, Some(own)) if at < own.asked => Refusal::AskedSince(who.clone()).into(),
            (Wish::Release, _, Some(_)) => {
                self.leases.remove(lock);
                Outcome::Released
            }
            (Wish::Release | Wish::Renew(_), _, None) => Outcome::NotHeld,
        }
    }

    pub(super) fn digest(&self, digest: &mut Digest) {
        digest.number(self.now.0);
        for (lock, lease) in self.leases.entries() {
            digest.word(lock);
            digest.word(&lease.holder);
            digest.number(lease.asked.0);
            digest.number(lease.until.0);
        }
    }

    pub(super) fn entries(&self) -> Vec<(String, String)> {
        let mut entries = vec![(say!("now").into(), format!("{}Δ", self.now))];
        for (lock, Lease { holder, until, .. }) in self.leases.entries() {
            let is_over = *until <= self.now;
            let held = if is_over { say!("free since {until}Δ") } else { say!("{holder} until {until}Δ") };
            entries.push((say!("lock {lock}"), held));
        }
        entries
    }
}
