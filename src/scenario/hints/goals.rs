//! What can follow in the lines `goal` and `allow`.

use super::Hint;
use crate::scenario::goals::vocabulary::{COLLECTIONS, FIGURES, Name, collection};
use crate::scenario::goals::{DEEDS, Scope};
use crate::tongue::{key, translated};

/// The words of conditions that join and ask, and what they mean.
const WORDS: &[(&str, &str)] = &[
    ("some", key!("some d in decisions: CONDITION: it holds for one of the rows")),
    ("every", key!("every d in decisions: CONDITION: it holds for all rows")),
    ("count", key!("count d in decisions: CONDITION: for how many rows it holds")),
    ("largest", key!("largest b in ballots: b.votes: the largest of these")),
    ("smallest", key!("smallest b in ballots: b.votes: the smallest of these")),
    ("each", key!("each c in checks: c.name: all of them, for a sentence")),
    ("where", key!("only the rows for which the condition holds")),
    ("and", key!("both hold")),
    ("or", key!("one of them holds")),
    ("not", key!("it does not hold")),
    ("none", key!("it did not happen, or does not exist")),
    ("else", key!("the sentence for whoever has not reached it follows")),
];

fn hint(word: impl Into<String>, about: impl Into<String>) -> Hint {
    Hint { word: word.into(), about: about.into() }
}

/// The words that can follow these words of a line `goal`.
pub(super) fn goal(there: &[&str]) -> Vec<Hint> {
    if !there.iter().any(|word| word.starts_with(':')) {
        return Vec::new();
    }
    let collections = || COLLECTIONS.iter().map(|known| hint(known.name, translated(known.about)));
    if there.last() == Some(&"in") {
        return collections().collect();
    }
    let named = |name: &Name| hint(name.name, format!("{}: {}", translated(name.kind.told()), translated(name.about)));
    let words = WORDS.iter().map(|(word, about)| hint(*word, translated(about)));
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
        Scope::Nobody => key!("lines of this kind"),
        Scope::Node => key!("lines of this kind; a node may follow, as in crash A"),
        Scope::Link => key!("lines of this kind; a link may follow, as in drop A->*"),
    };
    DEEDS.iter().map(|deed| hint(deed.name, translated(about(deed.scope)))).collect()
}
