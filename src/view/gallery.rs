//! The gallery: what each built-in scenario says about itself, and the search for scenarios.

use crate::protocol;
use crate::scenario::library::{BuiltIn, LIBRARY};
use crate::tongue::translated;

/// A scenario with what it says about itself.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The scenario.
    pub built_in: &'static BuiltIn,
    /// Its title.
    pub title: &'static str,
    /// One sentence on what it shows.
    pub about: &'static str,
    /// What to look at.
    pub look: &'static str,
    /// The heading of its protocol.
    pub protocol: &'static str,
}

/// Every scenario, in the order of the library; those of one group stand together.
pub fn entries() -> Vec<Entry> {
    LIBRARY.iter().map(Entry::of).collect()
}

impl Entry {
    /// What a scenario says about itself, in the language of the page. This is read off its text, without resolving it.
    pub fn of(built_in: &'static BuiltIn) -> Self {
        let line = |word: &str| said(built_in.text, word).unwrap_or_default();
        let protocol = protocol::find(line("protocol")).map_or("", |protocol| protocol.title);
        let [title, about, look] = ["title", "about", "look"].map(|word| translated(line(word)));
        Self { built_in, title, about, look, protocol }
    }

    /// Whether every word of `wanted` occurs somewhere in what the scenario says.
    pub fn matches(&self, wanted: &str) -> bool {
        let BuiltIn { group, name, title, .. } = *self.built_in;
        // Whoever knows a scenario by its English title finds it, too.
        let said = [self.title, self.about, self.look, self.protocol, translated(group), name, title, group];
        let said = said.join(" ").to_ascii_lowercase();
        wanted.split(' ').all(|word| said.contains(&word.to_ascii_lowercase()))
    }
}

/// The rest of the line of the script that begins with this word.
fn said(text: &'static str, word: &str) -> Option<&'static str> {
    text.lines().find_map(|line| line.strip_prefix(word)?.strip_prefix(' ')).map(str::trim)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    fn found(wanted: &str) -> Vec<&'static str> {
        entries().into_iter().filter(|entry| entry.matches(wanted)).map(|entry| entry.built_in.name).collect()
    }

    #[test]
    fn every_scenario_says_what_it_is_and_what_to_look_for() {
        for entry in entries() {
            let (_, scenario) = Scenario::read(entry.built_in.text).expect("a good script");
            let read = (entry.title, entry.about, entry.look, entry.protocol);
            let meant = (&*scenario.title, &*scenario.about, &*scenario.look, scenario.protocol.title);
            assert_eq!(read, meant);
            assert!([entry.title, entry.about, entry.look, entry.protocol].iter().all(|said| !said.is_empty()));
        }
    }

    #[test]
    fn all_words_count_wherever_they_stand_and_however_they_are_written() {
        assert_eq!(found("").len(), LIBRARY.len());
        assert_eq!(found("  nack costs 9Δ  "), ["nack-nine-delta"]);
        assert_eq!(found("OLIVE"), ["olive-day"]);
        assert_eq!(found("without-promise"), ["without-promise"]);
        assert!(found("broken rules").len() > 5 && found("complete").contains(&"leader-election"));
        assert!(found("olive nack").is_empty());
    }
}
