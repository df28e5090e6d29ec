//! The words of two papers: whoever asks for those of 2001 reads no word of 1998, in no sentence about any built-in run,
//! and every text of our own names only words that there are.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use paxos_playground::check::CHECKS;
use paxos_playground::lesson::LESSONS;
use paxos_playground::protocol::{Family, PROTOCOLS, Vocabulary};
use paxos_playground::scenario::{Scenario, Script, library};
use paxos_playground::session::Session;
use paxos_playground::trace::{EventId, MessageId};
use paxos_playground::types::Time;
use paxos_playground::view::panels::ballots::BallotTable;
use paxos_playground::view::panels::checks::CheckList;
use paxos_playground::view::panels::latency::LatencyPanel;
use paxos_playground::view::panels::ledger::LedgerPanel;
use paxos_playground::view::panels::shelf::Shelf;
use paxos_playground::view::{self, Chamber, EventTable, Index, NodeCard, Rules, Sight, Target, Why, tip};

/// What only the paper of 1998 says.
const OLD: [&str; 24] = [
    "ballot",
    "ballots",
    "decree",
    "decrees",
    "ledger",
    "ledgers",
    "olive",
    "slip",
    "vote",
    "votes",
    "voted",
    "voter",
    "voters",
    "voting",
    "lastTried",
    "nextBal",
    "prevVote",
    "NextBallot",
    "LastVote",
    "BeginBallot",
    "Voted",
    "Nack",
    "Alive",
    "Success",
];

/// The words of a text that are not in quotes: a decree is its author's, and a source is called by its name.
fn unquoted(text: &str) -> impl Iterator<Item = &str> {
    let is_quote = |letter: char| matches!(letter, '"' | '“' | '”');
    let outside = text.split(is_quote).step_by(2);
    // What follows a point is the owner of a ballot, as in `1.ledger`.
    outside.flat_map(|part| part.split(|letter: char| !(letter.is_alphanumeric() || letter == '.')))
}

/// Every sentence that is told of a run, in these words.
fn told(text: &str, words: Vocabulary) -> Vec<String> {
    let mut session = Session::open(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    while !session.judge(100_000) {}
    let shelf = Shelf::default();
    let mut told = Vec::new();
    let rules = Rules::of(&session, words);
    told.push(rules.summary);
    told.extend(rules.options.into_iter().map(|option| option.summary));
    told.extend(rules.guards.into_iter().map(|guard| guard.broken));
    session.seek(session.end());
    let mut end = None;
    for _ in 0..4 {
        let page = EventTable::page(&session, words, end);
        told.extend(page.rows.into_iter().map(|row| row.text));
        end = page.earlier;
        if end.is_none() {
            break;
        }
    }
    let trace = session.trace();
    let marks = (0..trace.events().len().min(300)).map(|place| Target::Mark(EventId(place as u32)));
    let messages = (0..trace.messages().len().min(60)).map(|place| Target::Message(MessageId(place as u32)));
    told.extend(marks.chain(messages).map(|target| tip(&session, words, target)));
    let race = shelf.race(&session, words);
    told.push(race.about.clone());
    let laps = race.rows.iter().filter_map(|row| row.lap.as_ref());
    told.extend(laps.flat_map(|lap| lap.path.iter().map(|leg| &leg.title).chain([&lap.otherwise])).cloned());
    session.rewind();
    for step in 0..200 {
        if !session.step() {
            break;
        }
        for family in [Family::Plain, session.scenario().protocol.family] {
            let why = Why::of_family(&session, words, family);
            told.extend([why.headline].into_iter().chain(why.rules).chain(why.effects));
        }
        if step % 20 == 0 {
            told.extend(panels(&session, words, &shelf));
        }
    }
    session.seek(session.end());
    told.extend(panels(&session, words, &shelf));
    told
}

/// Every sentence of the panels and of the chamber.
fn panels(session: &Session, words: Vocabulary, shelf: &Shelf) -> Vec<String> {
    let mut told = Vec::new();
    let record = shelf.record(session);
    let LatencyPanel { card, open, again, abandoned, .. } = LatencyPanel::of(session, words, &record);
    told.extend(open.into_iter().chain(again).chain(abandoned).map(|told| told.text));
    if let Some(card) = card {
        told.extend([card.by, card.counted, card.start].into_iter().chain(card.leading));
        told.extend(card.others.into_iter().map(|other| other.since));
        told.extend(card.path.into_iter().map(|leg| leg.title));
    }
    let ballots = BallotTable::of(session, words, &record);
    told.extend(ballots.tried.into_iter().map(|told| told.text));
    for row in ballots.rows {
        told.extend([row.why, row.standing.label(words).to_owned()]);
    }
    if let Some(ledger) = LedgerPanel::of(session, words, &record) {
        told.extend(ledger.unanswered.into_iter().map(|told| told.text));
    }
    for check in CheckList::of(session, words).rows {
        told.extend([check.title, check.statement].into_iter().chain(check.violation.map(|broken| broken.sentence)));
    }
    told.extend(view::broken(session, words).map(|broken| broken.sentence));
    let cards = NodeCard::all(session, words);
    for card in &cards {
        told.extend(card.cells.iter().map(|(name, text)| format!("{name} {text}")));
        told.extend(card.slip.clone());
    }
    let index = Index::of(session.played());
    let sight = Sight { session, words, index: &index, cards: &cards, chosen: None, size: (600.0, 500.0), drag: None };
    let chamber = Chamber::of(sight);
    told.extend(chamber.seats.into_iter().map(|seat| seat.label));
    told.extend(chamber.messengers.into_iter().map(|messenger| messenger.title));
    told
}

/// Every built-in script, and each once more under another protocol that understands it.
fn scripts() -> Vec<String> {
    let mut scripts: Vec<String> = Vec::new();
    for (built_in, protocol) in library::LIBRARY.iter().zip(PROTOCOLS.iter().cycle()) {
        scripts.push(built_in.text.to_owned());
        let script = Script::parse(built_in.text).expect("it is built in").under(protocol.name).to_string();
        scripts.extend(Session::open(&script).is_ok().then_some(script));
    }
    scripts
}

#[test]
fn no_sentence_of_2001_has_a_word_of_1998() {
    let mut found = BTreeSet::new();
    let mut count = 0;
    for script in scripts() {
        for sentence in told(&script, Vocabulary::MadeSimple2001) {
            count += 1;
            if unquoted(&sentence).any(|word| OLD.contains(&word)) {
                found.insert(sentence);
            }
        }
    }
    assert!(count > 20_000, "only {count} sentences were read");
    assert!(found.is_empty(), "{}", found.into_iter().take(40).collect::<Vec<_>>().join("\n"));
}

/// What a lesson says from its first word to the end of the script that it opens.
fn lessons(words: Vocabulary) -> Vec<String> {
    let mut told = Vec::new();
    for lesson in LESSONS {
        told.extend([lesson.title, lesson.text, lesson.task, lesson.hint].map(|text| words.fill(text)));
        if let Some(question) = lesson.question() {
            told.extend(
                [question.asks, question.because].into_iter().chain(question.answers).map(|text| words.fill(text)),
            );
        }
        let mut session = Session::open(&lesson.script()).expect("a good script");
        while !session.judge(100_000) {}
        for deltas in 0..20 {
            session.seek(Time::deltas(deltas));
            told.push(lesson.judge(&session, words).sentence);
        }
    }
    told
}

#[test]
fn lessons_speak_the_words_of_2001_too() {
    // Where a lesson names its sources, it calls things as the sources call them.
    let is_source = |text: &str| text.contains("(PTP") || text.contains("(Slides");
    for text in lessons(Vocabulary::MadeSimple2001) {
        let said = text.split("(PTP").next().unwrap_or_default().split("(Slides").next().unwrap_or_default();
        let old: Vec<_> = unquoted(said).filter(|word| OLD.contains(word)).collect();
        assert!(old.is_empty(), "{old:?}: {text}");
        assert!(!is_source(said));
    }
}

#[test]
fn every_text_of_our_own_names_words_that_there_are() {
    for words in [Vocabulary::Parliament1998, Vocabulary::MadeSimple2001] {
        let mut told = lessons(words);
        for protocol in PROTOCOLS {
            let text = format!("paxos-playground 1\nprotocol {}\nnodes 5\nat 0 propose A red\n", protocol.name);
            let setup = Scenario::read(&text).expect("a good script").1.setup;
            told.extend(CHECKS.iter().flat_map(|check| [check.title(words), check.statement(words, &setup)]));
            let options = protocol.options.iter().map(|option| option.summary);
            let guards = protocol.guards.iter().map(|guard| guard.info().broken);
            let timers = protocol.timers.iter().map(|timer| timer.meaning);
            told.extend(options.chain(guards).chain(timers).chain([protocol.summary]).map(|text| words.fill(text)));
        }
        told.extend(sources().into_iter().map(|text| words.fill(text.leak())));
        for text in told {
            assert!(!text.contains(['{', '}']), "{text}");
        }
    }
}

/// The texts in the source code that are filled with words: those that stand where they are filled, the constants of the
/// page, and all texts of its help.
fn sources() -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let code = fs::read_to_string(&path).expect("a source file");
                let is_page = path.components().any(|part| part.as_os_str() == "ui");
                let code = code.split("#[cfg(test)]").next().unwrap_or_default();
                if path.ends_with("ui/help.rs") {
                    texts.extend(code.split('"').skip(1).step_by(2).map(str::to_owned));
                }
                let openings: &[&str] = if is_page { &["key!(", "&str = "] } else { &[".fill("] };
                for opening in openings {
                    let after = code.match_indices(opening).map(|(place, _)| &code[place + opening.len()..]);
                    let texts_after = after.filter_map(|text| text.trim_start().strip_prefix('"'));
                    texts.extend(texts_after.filter_map(|text| Some(text.split_once('"')?.0.to_owned())));
                }
            }
        }
    }
    assert!(texts.len() > 60, "{texts:#?}");
    texts
}
