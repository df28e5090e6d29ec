//! The words of the page in other languages: each sentence of the sources stands in each catalogue, no catalogue has a
//! sentence that no source has, and what differs from run to run has its place in both.
//!
//! A sentence is what stands in `say!` or `key!` in `src/`, and what the page shows of the scripts that come with it: their
//! titles, groups, notes and captions.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use paxos_playground::lesson::LESSONS;
use paxos_playground::protocol::Vocabulary;
use paxos_playground::scenario::Scenario;
use paxos_playground::scenario::library::LIBRARY;
use paxos_playground::tongue::{self, Phrase, Tongue};
use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sources of a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The sentences that a source says, each with where it stands.
fn said(stream: TokenStream, source: &str, file: &str, out: &mut BTreeMap<String, String>) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    for (place, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let before = |back: usize| place.checked_sub(back).map(|place| tokens[place].to_string());
        let is_call = before(1).as_deref() == Some("!") && before(2).is_some_and(|name| name == "say" || name == "key");
        match group.stream().into_iter().next() {
            Some(TokenTree::Literal(literal)) if is_call => {
                let written = literal.to_string();
                let text: LitStr = syn::parse_str(&written).expect("a sentence in quotes");
                let line = source.split(&written).next().map_or(0, |before| before.lines().count());
                out.entry(text.value()).or_insert_with(|| format!("{file}:{line}"));
            }
            _ => {}
        }
        said(group.stream(), source, file, out);
    }
}

/// What the page shows of the built-in scenarios and of the scripts that lessons open, each with where it stands.
fn shown_of_scripts() -> BTreeMap<String, String> {
    let built_in = LIBRARY.iter().map(|one| (format!("src/scenario/library/{}.paxos", one.name), one.text.to_owned()));
    let opened = LESSONS.iter().map(|lesson| (format!("the script of the lesson {}", lesson.id), lesson.script()));
    let mut out = BTreeMap::new();
    for (place, script) in built_in.chain(opened) {
        let (_, scenario) = Scenario::read(&script).expect("a good script");
        let captions = scenario.captions.into_iter().map(|caption| caption.text);
        let texts = [scenario.title, scenario.about, scenario.look].into_iter().chain(captions);
        out.extend(texts.filter(|text| !text.is_empty()).map(|text| (text, place.clone())));
    }
    out.extend(LIBRARY.iter().map(|one| (one.group.to_owned(), "src/scenario/library.rs".to_owned())));
    out
}

/// Every sentence of the page in English, each with where it stands.
fn sentences() -> BTreeMap<String, String> {
    let mut out = shown_of_scripts();
    for path in sources(&root().join("src")) {
        let file = path.strip_prefix(root()).expect("it is below").to_string_lossy().replace('\\', "/");
        // The room itself has examples of sentences.
        if !file.ends_with(".rs") || file == "src/tongue.rs" {
            continue;
        }
        let source = fs::read_to_string(&path).expect("a source");
        said(source.parse().expect("it is Rust"), &source, &file, &mut out);
    }
    out
}

/// A sentence without the names of its places, as the program has it.
fn nameless(sentence: &str) -> String {
    sentence.split('{').map(|part| part.split_once('}').map_or(part, |(_, after)| after)).collect::<Vec<_>>().join("{}")
}

#[test]
fn no_two_sentences_differ_only_in_the_names_of_their_places() {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for sentence in sentences().into_keys().filter(|sentence| sentence.contains('{')) {
        // A text of terms alone is looked up with their names, and is no sentence.
        let is_term = |name: &str| terms(name).is_some();
        if places(&sentence).into_iter().all(is_term) {
            continue;
        }
        if let Some(other) = known.insert(nameless(&sentence), sentence.clone()) {
            let said = |tongue| [&other, &sentence].map(|text| said_in(tongue, text));
            assert!(others().map(said).all(|[one, two]| one == two), "{other} and {sentence}");
        }
    }
}

/// What a catalogue says for a sentence, with numbers for names.
fn said_in(tongue: Tongue, sentence: &str) -> Option<String> {
    let mut said = catalogue(tongue).get(sentence)?.clone();
    let names = sentence.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0));
    for (number, name) in names.enumerate() {
        said = said.replace(&format!("{{{name}}}"), &format!("{{{number}}}"));
        said = said.replace(&format!("{{{name}?"), &format!("{{{number}?"));
    }
    Some(said)
}

/// What the files of a language say for the sentences; nothing for a translation that is only a guess.
fn catalogue(tongue: Tongue) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for path in sources(&root().join("words").join(tongue.code())) {
        for message in polib::po_file::parse(&path).expect("a catalogue").messages() {
            let other = if message.is_fuzzy() { "" } else { message.msgstr().expect("no plural forms") };
            let before = all.insert(message.msgid().to_owned(), other.to_owned());
            assert!(before.is_none(), "{} is not the first to have: {}", path.display(), message.msgid());
        }
    }
    all
}

/// All languages but English.
fn others() -> impl Iterator<Item = Tongue> {
    Tongue::ALL.into_iter().filter(|tongue| *tongue != Tongue::English)
}

/// The names of the places of a text.
fn places(text: &str) -> BTreeSet<&str> {
    let inside = text.split('{').skip(1).map(|part| part.split('}').next().unwrap_or_default());
    inside.map(|place| place.split('?').next().unwrap_or_default()).collect()
}

#[test]
fn every_sentence_of_the_page_is_in_every_catalogue_and_no_other_is() {
    let sentences = sentences();
    assert!(sentences.len() > 5, "the sources say {} sentences", sentences.len());
    for tongue in others() {
        let catalogue = catalogue(tongue);
        let missing: Vec<_> = sentences.iter().filter(|(text, _)| !catalogue.contains_key(*text)).collect();
        let told = |(text, place): &(&String, &String)| format!("{place}: {text}");
        assert!(missing.is_empty(), "{tongue:?} lacks\n{}", missing.iter().map(told).collect::<Vec<_>>().join("\n"));
        let unused: Vec<_> = catalogue.into_keys().filter(|text| !sentences.contains_key(text)).collect();
        assert!(unused.is_empty(), "nobody says in {tongue:?}\n{}", unused.join("\n"));
    }
}

#[test]
fn every_translation_is_there_and_has_the_places_of_the_sentence() {
    for tongue in others() {
        let mut wrong = Vec::new();
        for (english, other) in &catalogue(tongue) {
            let is_even = |text: &str| text.matches('{').count() == text.matches('}').count();
            if other.trim().is_empty() || !is_even(other) || places(english) != places(other) {
                wrong.push(format!("{english} = {other}"));
            }
            // The spaces at the ends stand between this and what comes beside it.
            if english.starts_with(' ') != other.starts_with(' ') || english.ends_with(' ') != other.ends_with(' ') {
                wrong.push(format!("spaces of: {english} = {other}"));
            }
        }
        assert!(wrong.is_empty(), "{tongue:?}:\n{}", wrong.join("\n"));
    }
}

/// The words of a term in both papers, and whether it is a term.
fn terms(name: &str) -> Option<[String; 2]> {
    let is_term = |text: &str| !text.contains('{');
    let text: &'static str = format!("{{{name}}}").leak();
    std::panic::catch_unwind(|| [Vocabulary::Parliament1998, Vocabulary::MadeSimple2001].map(|words| words.fill(text)))
        .ok()
        .filter(|words| words.iter().all(|word| is_term(word)))
}

#[test]
fn a_place_that_chooses_has_a_word_for_each_paper_or_for_everything_else() {
    for tongue in others() {
        for other in catalogue(tongue).into_values() {
            let choosing = other.split('{').skip(1).filter_map(|part| part.split('}').next()?.split_once('?'));
            for (name, choices) in choosing {
                let keys: Vec<_> = choices.split('|').filter_map(|choice| Some(choice.split_once('=')?.0)).collect();
                assert_eq!(keys.len(), choices.split('|').count(), "{other}");
                let is_term =
                    || terms(name).is_some_and(|words| words.iter().all(|word| keys.contains(&word.as_str())));
                assert!(keys.last() == Some(&"*") || is_term(), "{name} chooses among {keys:?}: {other}");
            }
        }
    }
}

#[test]
fn a_page_with_a_catalogue_speaks_its_language() {
    // This is a program of its own, and no other test in it looks at sentences of the page.
    assert_eq!(tongue::speak("The server answered 404".to_owned()), Err("The server answered 404".to_owned()));
    let words = "de\nLanguage\nSprache\n{} earlier ones\n{0?1=eine frühere|*=frühere} ({0})\n";
    assert_eq!(tongue::speak(words.to_owned()), Ok(()));
    assert_eq!((tongue::spoken(), Phrase::new("Language").to_string()), (Tongue::German, "Sprache".to_owned()));
    assert_eq!(tongue::fill("{} earlier ones", &[&1]), "eine frühere (1)");
    assert_eq!(tongue::fill("{} earlier ones", &[&2]), "frühere (2)");
    assert_eq!(Phrase::new("No such phrase").text(), "No such phrase");
}
