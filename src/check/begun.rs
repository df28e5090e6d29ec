//! Begun: no process votes in a ballot that does not exist.
//!
//! B1, B2 and B3 are about the ballots in β. A vote in a ballot outside β escapes all three, so it needs this separate
//! check: otherwise agreement could break while the three conditions hold.

use super::{Check, CheckInfo, Seen, has_fast_rounds, has_liars};
use crate::protocol::{Fact, Said};
use crate::quorum::Round;
use crate::tongue::{key, say};
use crate::types::Value;

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "voted-only-if-begun",
    title: key!("{Voted} only if begun"),
    statement: key!("When a process {votes_for} a {decree} in a {ballot}, that {ballot} was begun with that {decree}."),
    further: &[
        (
            has_fast_rounds,
            key!(
                "In a fast round it may have been begun with any {decree}; where {decrees} are histories, with one that the \
         {vote} extends."
            ),
        ),
        (has_liars, key!("Of a {ballot} whose owner lies, nobody knows with what it was begun.")),
    ],
    source: "PTP §2.2 steps 3 and 4; slides, “Basic protocol”, steps 2a and 2b",
    applies: |_| true,
    open: |_| Box::new(Begun),
};

#[derive(Clone, Hash)]
struct Begun;

impl Check for Begun {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, Fact::Voted(instance, vote))) = seen.fact() else { return Ok(()) };
        // What a liar begins is not seen here: it may begin a ballot with a decree for each of its listeners.
        if seen.scenario.setup.cast.liars.contains(vote.ballot.owner()) {
            return Ok(());
        }
        let numbered = seen.beta.numbered(instance, vote.ballot);
        let is_fast = seen.scenario.round(vote.ballot) == Round::Fast;
        let allows = |value: Value| {
            value == vote.value || is_fast && value.is_history() && seen.scenario.setup.includes(vote.value, value)
        };
        if numbered.iter().any(|begun| begun.value.is_none_or(allows)) {
            return Ok(());
        }
        let symbols = seen.symbols();
        let (node, value, number) = (symbols.node(node), symbols.value(vote.value), symbols.ballot(vote.ballot));
        Err(Said::of(|words| {
            let (voted_for, ballot) = (words.voted_for, words.ballot);
            let Some(begun) = numbered.first() else {
                return say!(
                    "{node} {voted_for} “{value}” in {ballot} {number}, which nobody began, so B1, B2 and B3 do not speak of it"
                );
            };
            let any = || words.fill(key!("any {decree}"));
            let other = begun.value.map_or_else(any, |value| symbols.value(value).into_owned());
            say!("{node} {voted_for} “{value}” in {ballot} {number}, which was begun with “{other}”")
        }))
    }
}
