//! How fast each of the slides' three variants is, measured by running: for a request to a cluster in which whoever leads has
//! settled in, and for the very first request, before which no phase 1 is over.

use super::race::Race;
use crate::protocol::{Protocol, VARIANTS, Vocabulary};
use crate::scenario::library::{self, BuiltIn};
use crate::scenario::{Error, Scenario, Script};
use crate::session::Session;
use crate::types::Time;

/// The scenario of a request to a cluster that has settled, and the scenario of a first request.
const SETTLED: &str = "steady";
const FIRST: &str = "minimal-ballot";

/// What one variant takes until everybody knows what was asked for, from the request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pace {
    /// The protocol's name in scripts.
    pub protocol: &'static str,
    /// The protocol's heading.
    pub title: &'static str,
    /// What a request to a cluster that has settled takes; none when it is not decided.
    pub settled: Option<Time>,
    /// What the very first request takes; none when it is not decided.
    pub first: Option<Time>,
}

impl Pace {
    /// The variants, the slowest first. Each takes two runs of fewer than two hundred events.
    pub fn all() -> Vec<Self> {
        let race = |name| {
            library::find(name)
                .and_then(|found| Script::parse(found.text).ok())
                .map(|it| Race::of(&it, Vocabulary::default()))
        };
        let (Some(settled), Some(first)) = (race(SETTLED), race(FIRST)) else { return Vec::new() };
        let rows = settled.rows.into_iter().zip(first.rows);
        let pace = |(settled, first): (super::race::RaceRow, super::race::RaceRow)| Self {
            protocol: settled.protocol,
            title: settled.title,
            settled: settled.lap.and_then(|lap| lap.all),
            first: first.lap.and_then(|lap| lap.all),
        };
        rows.map(pace).collect()
    }
}

/// The scenario in which a variant is asked when it has settled, its script under this protocol, and the instant just before
/// the request.
///
/// # Errors
/// What the protocol does not understand of the script, and where.
pub fn settled(protocol: &str) -> Result<(&'static BuiltIn, String, Time), Error> {
    let built_in = library::find(SETTLED).unwrap_or(&library::LIBRARY[0]);
    Ok((built_in, Script::parse(built_in.text)?.under(protocol).to_string(), Time(Time::DELTA.0 * 7 / 2)))
}

/// The protocol of each variant, and its script: that of a session, or else the one of the request to a cluster that has settled.
/// Scripts that a variant cannot run are left out, and so are all of them where the session's run is too long to be run again.
pub fn scripts(session: Option<&Session>) -> Vec<(&'static str, String)> {
    if session.is_some_and(|session| Race::refused(session).is_some()) {
        return Vec::new();
    }
    let under = |protocol: &'static Protocol| {
        let text = match session {
            Some(session) => session.script().under(protocol.name).to_string(),
            None => settled(protocol.name).ok()?.1,
        };
        Scenario::read(&text).is_ok().then_some((protocol.name, text))
    };
    VARIANTS.into_iter().filter_map(under).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variants_take_what_they_are_named_after_once_the_cluster_has_settled() {
        let paces = Pace::all();
        let deltas = |span: Option<Time>| span.map(|span| span.to_string()).unwrap_or_default();
        let told: Vec<_> = paces.iter().map(|it| (it.protocol, deltas(it.settled), deltas(it.first))).collect();
        let told: Vec<_> =
            told.iter().map(|(name, settled, first)| (*name, settled.as_str(), first.as_str())).collect();
        assert_eq!(told, [("basic", "5", "5"), ("multi", "3", "5"), ("broadcast", "2", "4")]);
    }

    #[test]
    fn each_variant_opens_just_before_the_request() {
        for (name, text) in scripts(None) {
            let (built_in, opened, at) = settled(name).expect("it runs");
            assert_eq!((built_in.name, &opened), (SETTLED, &text));
            let session = Session::open(&text).expect("it runs");
            assert_eq!(session.scenario().protocol.name, name);
            assert!(
                session.scenario().acts.iter().all(|planned| planned.at > at && planned.at <= at.plus(Time::DELTA))
            );
        }
        assert_eq!(scripts(None).len(), 3);
    }
}
