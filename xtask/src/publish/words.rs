//! The words of the page in other languages: the files of `words/de` become one that a page loads when somebody wants German.
//!
//! The first line is the code of the language. Then each English sentence has a line and is followed by a line with its
//! translation, and the English sentences are in order, so that the page need not sort them; `src/tongue.rs` reads this.
//! `tests/tongues.rs` sees to it that no sentence is missing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::Files;
use crate::{Outcome, machine};

/// Whether a file of the page of this name has the words of a language.
pub(super) fn is_catalogue(name: &str) -> bool {
    name.starts_with("words-") && name.ends_with(".txt")
}

/// The catalogues of the repository in `root`, by the names of their files.
pub(super) fn catalogues(root: &Path) -> Outcome<Files> {
    let languages = machine::entries(&root.join("words")).into_iter().filter(|folder| !sources(folder).is_empty());
    languages
        .map(|folder| {
            let code = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut sentences = Sentences::default();
            for path in sources(&folder) {
                let text = fs::read(&path).map_err(|error| format!("{} cannot be read: {error}.", path.display()))?;
                sentences.read(&text).map_err(|error| format!("{} {error}", path.display()))?;
            }
            Ok((format!("words-{code}.txt"), sentences.catalogue(&code).into_bytes()))
        })
        .collect()
}

/// The files of a language, in order.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = machine::entries(folder);
    files.retain(|path| path.extension().is_some_and(|extension| extension == "po"));
    files.sort();
    files
}

/// The English sentences of a catalogue with what they are in its language.
#[derive(Default)]
struct Sentences {
    by_text: BTreeMap<String, String>,
    /// Those with places, without the names of the places; none where two that differ in nothing else have different translations.
    by_order: BTreeMap<String, Option<String>>,
}

impl Sentences {
    /// Takes in what a text in the format PO says.
    fn read(&mut self, source: &[u8]) -> Outcome {
        let read = polib::po_file::parse_from_reader(source).map_err(|error| format!("cannot be read: {error}."))?;
        for message in read.messages() {
            let (english, other) =
                (message.msgid(), message.msgstr().map_err(|error| format!("has a strange entry: {error}."))?);
            if english.contains('\n') || other.contains('\n') {
                return Err(format!("has an entry of several lines: “{english}”."));
            }
            if self.by_text.insert(english.to_owned(), other.to_owned()).is_some() {
                return Err(format!("has what another file has already: “{english}”."));
            }
            let (english, other) = numbered(english, other);
            match self.by_order.entry(english).or_insert_with(|| Some(other.clone())) {
                Some(before) if *before == other => {}
                // Texts that name their places differ in nothing else; `tests/tongues.rs` sees to it that no sentence is among them.
                mixed => *mixed = None,
            }
        }
        Ok(())
    }

    /// What the page reads. A text is looked up as it is, or by the order of its places.
    fn catalogue(self, code: &str) -> String {
        let mut all = self.by_text;
        all.extend(self.by_order.into_iter().filter_map(|(english, other)| Some((english, other?))));
        let lines = all.iter().flat_map(|(english, other)| [english.as_str(), other]);
        [code].into_iter().chain(lines).flat_map(|line| [line, "\n"]).collect()
    }
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

    /// The catalogue for German of these files.
    fn catalogue(files: &[&str]) -> Outcome<String> {
        let mut sentences = Sentences::default();
        for file in files {
            sentences.read(
                format!("msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n\n{file}").as_bytes(),
            )?;
        }
        Ok(sentences.catalogue("de"))
    }

    #[test]
    fn a_catalogue_has_the_sentences_in_order() {
        let words = catalogue(&[
            "msgid \"{node} is up\"\nmsgstr \"{node} läuft\"\n",
            "msgid \"\"\n\"Copy \"\n\"link\"\nmsgstr \"Link kopieren\"\n",
        ])
        .expect("it can be read");
        assert_eq!(words, "de\nCopy link\nLink kopieren\n{node} is up\n{node} läuft\n{} is up\n{0} läuft\n");
    }

    #[test]
    fn places_are_called_by_their_numbers_and_no_two_sentences_are_mixed_up() {
        let (english, other) = numbered("{a} of {b}, and {a}", "{b?1=eins|*={a}");
        assert_eq!((english.as_str(), other.as_str()), ("{} of {}, and {}", "{1?1=eins|*={0}"));
        let file = "msgid \"{a} is\"\nmsgstr \"{a} ist\"\n\nmsgid \"{b} is\"\nmsgstr \"ist {b}\"\n";
        assert!(catalogue(&[file]).is_ok_and(|words| !words.contains("{} is\n")));
    }

    #[test]
    fn a_sentence_stands_in_one_file() {
        let file = "msgid \"Copy\"\nmsgstr \"Kopieren\"\n";
        assert_eq!(catalogue(&[file, file]), Err("has what another file has already: “Copy”.".to_owned()));
    }

    #[test]
    fn the_catalogues_of_the_repository_can_be_read() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it is in the repository");
        let catalogues = catalogues(root).expect("they can be read");
        assert!(catalogues.get("words-de.txt").is_some_and(|words| words.starts_with(b"de\n")));
        assert!(catalogues.keys().all(|name| is_catalogue(name)));
    }
}
