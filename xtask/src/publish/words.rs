//! The words of the page in other languages: `words/de.po` becomes a file that a page loads when somebody wants German.
//!
//! The first line is the code of the language. Then each English sentence has a line and is followed by a line with its
//! translation, and the English sentences are in order, so that the page need not sort them; `src/tongue.rs` reads this.
//! `tests/tongues.rs` sees to it that no sentence is missing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Files;
use crate::{Outcome, machine};

/// Whether a file of the page of this name has the words of a language.
pub(super) fn is_catalogue(name: &str) -> bool {
    name.starts_with("words-") && name.ends_with(".txt")
}

/// The catalogues of the repository in `root`, by the names of their files.
pub(super) fn catalogues(root: &Path) -> Outcome<Files> {
    let is_source = |path: &&std::path::PathBuf| path.extension().is_some_and(|extension| extension == "po");
    let sources = machine::entries(&root.join("words")).into_iter();
    sources
        .filter(|path| is_source(&path))
        .map(|path| {
            let code = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read(&path).map_err(|error| format!("{} cannot be read: {error}.", path.display()))?;
            let words = catalogue(&code, &text).map_err(|error| format!("{} {error}", path.display()))?;
            Ok((format!("words-{code}.txt"), words.into_bytes()))
        })
        .collect()
}

/// What the page reads, of a text in the format PO.
fn catalogue(code: &str, source: &[u8]) -> Outcome<String> {
    let read = polib::po_file::parse_from_reader(source).map_err(|error| format!("cannot be read: {error}."))?;
    // A text is looked up as it is, or by the order of its places.
    let (mut sentences, mut orders) = (BTreeMap::new(), BTreeMap::new());
    for message in read.messages() {
        let translation = message.msgstr().map_err(|error| format!("has a strange entry: {error}."))?;
        if message.msgid().contains('\n') || translation.contains('\n') {
            return Err(format!("has an entry of several lines: “{}”.", message.msgid()));
        }
        let (english, other) = (message.msgid(), translation);
        sentences.insert(english.to_owned(), other.to_owned());
        let (english, other) = numbered(english, other);
        match orders.entry(english).or_insert_with(|| Some(other.clone())) {
            Some(before) if *before == other => {}
            // Texts that name their places differ in nothing else; `tests/tongues.rs` sees to it that no sentence is among them.
            mixed => *mixed = None,
        }
    }
    sentences.extend(orders.into_iter().filter_map(|(english, other)| Some((english, other?))));
    let lines = sentences.iter().flat_map(|(english, other)| [english.as_str(), other]);
    Ok([code].into_iter().chain(lines).flat_map(|line| [line, "\n"]).collect())
}

/// A sentence and its translation without the names of its places: in English they stand in order, and the translation calls
/// them by their numbers.
fn numbered(english: &str, other: &str) -> (String, String) {
    let names: Vec<&str> = english.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect();
    let (mut english, mut other) = (english.to_owned(), other.to_owned());
    for (number, name) in names.iter().enumerate() {
        english = english.replace(&format!("{{{name}}}"), "{}");
        for end in ['}', '?'] {
            other = other.replace(&format!("{{{name}{end}"), &format!("{{{number}{end}"));
        }
    }
    (english, other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalogue_has_the_sentences_in_order() {
        let source = "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n\nmsgid \"{node} is up\"\nmsgstr \"{node} läuft\"\n\n\
                      msgid \"\"\n\"Copy \"\n\"link\"\nmsgstr \"Link kopieren\"\n";
        let words = catalogue("de", source.as_bytes()).expect("it can be read");
        assert_eq!(words, "de\nCopy link\nLink kopieren\n{node} is up\n{node} läuft\n{} is up\n{0} läuft\n");
    }

    #[test]
    fn places_are_called_by_their_numbers_and_no_two_sentences_are_mixed_up() {
        let (english, other) = numbered("{a} of {b}, and {a}", "{b?1=eins|*={a}");
        assert_eq!((english.as_str(), other.as_str()), ("{} of {}, and {}", "{1?1=eins|*={0}"));
        let source = "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n\nmsgid \"{a} is\"\nmsgstr \"{a} ist\"\n\n\
                      msgid \"{b} is\"\nmsgstr \"ist {b}\"\n";
        assert!(catalogue("de", source.as_bytes()).is_ok_and(|words| !words.contains("{} is\n")));
    }

    #[test]
    fn the_catalogues_of_the_repository_can_be_read() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it is in the repository");
        let catalogues = catalogues(root).expect("they can be read");
        assert!(catalogues.get("words-de.txt").is_some_and(|words| words.starts_with(b"de\n")));
        assert!(catalogues.keys().all(|name| is_catalogue(name)));
    }
}
