//! The messages that a script puts into the network, and the lies that it puts into messages.

use super::Draft;
use crate::protocol::{Carries, KindInfo, PROTOCOLS, Phase, Trust};
use crate::scenario::script::{Injection, Lie, Link, RuleEffect};
use crate::scenario::{Rule, Wrong, limits, wrong};
use crate::tongue::say;
use crate::types::{NodeId, Time, Value};

impl Draft {
    /// Resolves a message that the script puts into the network; none when it means nothing under this protocol.
    #[inline(never)]
    pub(super) fn injection(
        &mut self,
        line: usize,
        at: Time,
        injection: &Injection<String, String>,
    ) -> Result<Option<Injection<NodeId, Value>>, Wrong> {
        let Some(kind) = self.kind(line, &injection.kind)? else { return Ok(None) };
        let kind = self.protocol().kind(kind);
        // A word of 2001 may be the name of another message in another protocol, as Prepare is.
        if !fits(kind, injection) && is_meant_elsewhere(kind, injection) {
            let (protocol, name) = (self.protocol().name, &injection.kind);
            self.idle.push((line, say!("in the {protocol} protocol, {name} is another kind of message")));
            return Ok(None);
        }
        let link = self.link(&injection.link)?;
        if self.protocol().trust == Trust::Byzantine {
            self.check_liar(&injection.link.from)?;
        }
        let takes = injection.takes.map(|takes| self.bounded(takes)).transpose()?;
        Ok(Some(Injection { takes, ..self.message(at, kind, link, injection)? }))
    }

    /// Only a liar can be given words.
    fn check_liar(&self, name: &str) -> Result<(), Wrong> {
        if self.cast().liars.contains(self.node(name)?) {
            return Ok(());
        }
        wrong(
            name,
            say!(
                "{name} is correct, and nobody can forge what {name} says; a line such as “liars {name}” makes it a liar"
            ),
        )
    }

    /// Resolves what a message says, and checks that it fits the kind of message.
    fn message(
        &mut self,
        at: Time,
        kind: &'static KindInfo,
        link: Link<NodeId>,
        said: &Injection<String, String>,
    ) -> Result<Injection<NodeId, Value>, Wrong> {
        let name = kind.name;
        let ballot = match &said.ballot {
            Some((number, _)) if *number > limits::BALLOT => {
                let message = say!("a ballot’s number is at most {most}, not {number}", most = limits::BALLOT);
                return wrong(number.to_string(), message);
            }
            Some((number, owner)) => Some((*number, self.node(owner)?)),
            None => None,
        };
        let needs_ballot = speaks_of_ballot(kind);
        // Where processes lie, a message may lack what it should have.
        let is_free = self.protocol().trust == Trust::Byzantine;
        if needs_ballot != ballot.is_some() && !is_free {
            let message = match needs_ballot {
                true => say!("{name} speaks of a ballot, as in 5.C"),
                false => say!("{name} speaks of no ballot"),
            };
            return wrong(&said.kind, message);
        }
        if said.instance == 0 || said.instance > limits::INSTANCE {
            let message =
                say!("an instance is 1 to {most}, not {instance}", most = limits::INSTANCE, instance = said.instance);
            return wrong(said.instance.to_string(), message);
        }
        let needs_value = carries_decree(kind);
        let is_optional = kind.carries == Carries::Proof;
        if needs_value != said.value.is_some() && !is_optional {
            let message = match needs_value {
                true => say!("{name} carries a decree, as in \"red\""),
                false => say!("{name} carries no decree"),
            };
            return wrong(&said.kind, message);
        }
        if kind.carries == Carries::Ballot {
            return wrong(&said.kind, say!("{name} cannot be injected: it answers a message"));
        }
        let value = said.value.as_ref().map(|value| self.value(at, value, false)).transpose()?;
        Ok(Injection { kind: name.to_owned(), link, ballot, instance: said.instance, value, takes: None })
    }

    /// Resolves a lie.
    #[inline(never)]
    pub(super) fn forge(
        &mut self,
        line: usize,
        kind: &str,
        link: &Link<String>,
        ordinal: u32,
        lie: &Lie,
    ) -> Result<(), Wrong> {
        if self.protocol().trust == Trust::Crash {
            return self.is_about_liars(line);
        }
        let Some(kind) = self.kind(line, kind)? else { return Ok(()) };
        let resolved = self.link(link)?;
        self.check_liar(&link.from)?;
        let KindInfo { name, carries, .. } = self.protocol().kind(kind);
        let has_proof = *carries == Carries::Proof;
        let refuse = |word: &str, what: &str| wrong(word, say!("{name} carries no {what}"));
        let lie = match lie {
            Lie::Says(value) if matches!(carries, Carries::Value | Carries::Result) || has_proof => {
                Lie::Says(self.value(Time::ZERO, value, false)?)
            }
            Lie::Says(value) => return refuse(value, "decree"),
            Lie::Silent => Lie::Silent,
            Lie::Late(span) => Lie::Late(self.bounded(*span)?),
            Lie::False if *carries == Carries::Result => Lie::False,
            Lie::False => return refuse("false", "result"),
            Lie::Omits(_) if !has_proof => return refuse("omit", "proof"),
            Lie::Omits(names) => Lie::Omits(self.different(names)?),
            Lie::Claims(_) if !has_proof => return refuse("claim", "proof"),
            Lie::Claims(claimed) => {
                let Some(kind) = self.kind(line, &claimed.kind)? else { return Ok(()) };
                let link = Link { from: self.node(&claimed.link.from)?, to: resolved.to };
                Lie::Claims(self.message(Time::ZERO, self.protocol().kind(kind), link, claimed)?)
            }
        };
        self.rules.push(Rule { line, kind, link: resolved, ordinal, effect: RuleEffect::Forge(lie) });
        Ok(())
    }
}

fn carries_decree(kind: &KindInfo) -> bool {
    matches!(kind.carries, Carries::Value | Carries::Result | Carries::Named)
}

fn speaks_of_ballot(kind: &KindInfo) -> bool {
    !matches!(kind.phase, Phase::Request | Phase::Election)
}

/// Whether a message of this kind has the ballot and the decree that are said, or lacks them.
fn fits(kind: &KindInfo, said: &Injection<String, String>) -> bool {
    let has_decree = said.value.is_some();
    let is_free = kind.carries == Carries::Proof;
    (carries_decree(kind) == has_decree || is_free) && speaks_of_ballot(kind) == said.ballot.is_some()
}

/// Whether another protocol has a message of this name that fits: then the line is written for that protocol.
fn is_meant_elsewhere(kind: &'static KindInfo, said: &Injection<String, String>) -> bool {
    PROTOCOLS.iter().any(|other| {
        let named = other.kind_named(&said.kind).map(|place| other.kind(place));
        named.is_some_and(|info| info != kind && fits(info, said))
    })
}
