//! What can follow in the lines `goal` and `allow`.

use super::Hint;
use crate::scenario::goals::vocabulary::{COLLECTIONS, FIGURES, Name, collection};
use crate::scenario::goals::{DEEDS, Scope};

/// The words of conditions that join and ask, and what they mean.
const WORDS: &[(&str, &str)] = &[
    ("some", "some d in decisions: CONDITION: it holds for one of the rows"),
    ("every", "every d in decisions: CONDITION: it holds for all rows"),
    ("count", "count d in decisions: CONDITION: for how many rows it holds"),
    ("largest", "largest b in ballots: b.votes: the largest of these"),
    ("smallest", "smallest b in ballots: b.votes: the smallest of these"),
    ("each", "each c in checks: c.name: all of them, for a sentence"),
    ("where", "only the rows for which the condition holds"),
    ("and", "both hold"),
    ("or", "one of them holds"),
    ("not", "it does not hold"),
    ("none", "it did not happen, or does not exist"),
    ("else", "the sentence for whoever has not reached it follows"),
];

fn hint(word: impl Into<String>, about: impl Into<String>) -> Hint {
    Hint { word: word.into(), about: about.into() }
}

/// The words that can follow these words of a line `goal`.
pub(super) fn goal(there: &[&str]) -> Vec<Hint> {
    if !there.iter().any(|word| word.starts_with(':')) {
        return Vec::new();
    }
    let collections = || COLLECTIONS.iter().map(|known| hint(known.name, known.about));
    if there.last() == Some(&"in") {
        return collections().collect();
    }
    let named = |name: &Name| hint(name.name, format!("{}: {}", name.kind.told(), name.about));
    let words = WORDS.iter().map(|(word, about)| hint(*word, *about));
    let rows = there.windows(3).filter(|words| words[1] == "in");
    let fields = rows.flat_map(|words| {
        let fields = collection(words[2].trim_end_matches(':')).map_or(&[][..], |place| COLLECTIONS[place].fields);
        let of = move |name: &Name| Hint { word: format!("{}.{}", words[0], name.name), ..named(name) };
        fields.iter().map(of)
    });
    fields.chain(words).chain(FIGURES.iter().map(named)).chain(collections()).collect()
}

/// The kinds of lines that `allow` can name.
pub(super) fn kinds() -> Vec<Hint> {
    let about = |scope: Scope| match scope {
        Scope::Nobody => "lines of this kind",
        Scope::Node => "lines of this kind; a node may follow, as in crash A",
        Scope::Link => "lines of this kind; a link may follow, as in drop A->*",
    };
    DEEDS.iter().map(|deed| hint(deed.name, about(deed.scope))).collect()
}
