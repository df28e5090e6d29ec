//! The questions and findings of small searches.

use super::{Findings, QUESTIONS, Search, Tone};
use crate::scenario::{Scenario, library};

const TWO: &str = "paxos-playground 1\nnodes A B\nat 0Δ propose A \"red\"\nat 0Δ propose B \"blue\"\n";

fn searched(place: usize, script: &str, change: impl FnOnce(&mut super::Chosen)) -> Findings {
    let question = &QUESTIONS[place];
    let mut chosen = question.first();
    change(&mut chosen);
    let mut search = Search::new(question.name, script, &chosen).expect("it can be searched");
    let begun = search.findings(0);
    assert!(!begun.is_over && !begun.sentences.is_empty());
    assert_eq!(Findings::unpacked(begun.packed()), Some(begun));
    while !search.go_on(search.first_slice()) {}
    let findings = search.findings(7);
    assert!(findings.is_over && !findings.files.is_empty());
    assert_eq!(Findings::unpacked(findings.packed()), Some(findings.clone()));
    findings
}

fn script(name: &str) -> &'static str {
    library::find(name).expect("it is built in").text
}

#[test]
fn every_schedule_of_two_nodes_is_safe() {
    let findings = searched(0, TWO, |_| ());
    assert_eq!(findings.tone, Tone::Good, "{:?}", findings.sentences);
    assert!(findings.sentences[0].starts_with("Exhausted: in all "), "{:?}", findings.sentences);
    assert!(findings.runs.is_empty());
}

#[test]
fn a_counterexample_can_be_opened() {
    let findings = searched(0, script("without-majority"), |_| ());
    assert_eq!(findings.tone, Tone::Bad);
    let (name, script) = &findings.runs[0];
    assert!(name.starts_with("Show B2"), "{name}");
    Scenario::read(script).expect("a good script");
}

#[test]
fn a_search_that_is_cut_short_says_so() {
    let findings = searched(0, script("two-proposers"), |chosen| chosen[5] = 0);
    assert_eq!(findings.tone, Tone::Plain);
    assert!(findings.sentences[0].starts_with("Not exhausted: it stopped after 1"), "{:?}", findings.sentences);
}

#[test]
fn the_worst_case_with_one_stale_ballot_is_nine_deltas() {
    let findings = searched(1, script("nack-nine-delta"), |chosen| chosen[8] = 0);
    assert!(findings.sentences[0].contains(" know within 9Δ of T_el"), "{:?}", findings.sentences);
    Scenario::read(&findings.runs[0].1).expect("a good script");
}

/// The knob for the processes outside the majority, and those that are options of the script.
#[test]
fn every_knob_of_the_worst_case_is_heard() {
    for (outside, restart, told, phase_2, bound) in [
        (0, 0, 0, 0, "9Δ"),
        (0, 4, 0, 0, "9Δ"),
        (0, 2, 2, 0, "7Δ"),
        (1, 0, 0, 2, "5Δ"),
        (2, 0, 0, 2, "9Δ"),
        (4, 0, 0, 1, "5Δ"),
    ] {
        let findings = searched(1, script("two-stale-ten-delta"), |chosen| {
            let stale = usize::from(outside == 0);
            (chosen[1], chosen[2], chosen[3], chosen[4], chosen[5], chosen[6], chosen[8]) =
                (stale, 1, outside, restart, told, phase_2, 0);
        });
        let sentence = format!(" within {bound} of T_el");
        assert!(findings.sentences[0].contains(&sentence), "{outside} {restart} {told}: {:?}", findings.sentences);
    }
}

#[test]
fn a_hundred_runs_are_counted_and_drawn() {
    let findings = searched(2, script("steady"), |chosen| chosen[0] = 0);
    assert_eq!((findings.drawings.len(), findings.tables.len(), findings.part), (2, 2, Some(1000)));
    assert!(findings.tables[0].rows.iter().all(|row| row.len() == findings.tables[0].head.len()));
    for (name, script) in &findings.runs {
        Scenario::read(script).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let names: Vec<_> = findings.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["sweep.json", "sweep.csv"]);
}

#[test]
fn what_cannot_be_searched_is_said() {
    let first = QUESTIONS[0].first();
    let wrong = |name: &str, script: &str| Search::new(name, script, &first).map(|_| ()).expect_err("it cannot be");
    assert!(wrong("schedules", "nonsense").contains("line 1"));
    assert!(wrong("sieve", TWO).contains("no search"));
}

/// The page offers lies only where the script has liars, and the search gets as many as are chosen.
#[test]
fn lies_are_offered_where_there_are_liars() {
    let question = &QUESTIONS[0];
    let liar = "paxos-playground 1\nprotocol pbft\nwithout vote-once\nnodes A B C D\nliars A\nat 0 propose A red\n\
                forge PrePrepare A->B #1 \"blue\"\n";
    for (text, shown) in [(TWO, 6), (liar, 7)] {
        let scenario = Scenario::read(text).expect("a good script").1;
        let offered = (0..question.knobs.len()).filter(|knob| (question.applies)(*knob, &scenario));
        assert_eq!(offered.count(), shown, "{text}");
    }
    assert_eq!(searched(0, liar, |_| ()).tone, Tone::Bad, "one lie is enough");
    let none = searched(0, liar, |chosen| chosen[6] = 0);
    assert!(none.tone == Tone::Good && !none.sentences[0].contains("lies"), "{:?}", none.sentences);
    assert_eq!(searched(0, TWO, |chosen| chosen[6] = 3).tone, Tone::Good);
}

#[test]
fn mangled_words_are_no_findings() {
    let words = searched(0, TWO, |_| ()).packed();
    for place in 0..words.len() {
        // A missing word is noticed wherever it is missing, unless the words that are left happen to be well formed
        // too.
        let mut fewer = words.clone();
        fewer.remove(place);
        if let Some(findings) = Findings::unpacked(fewer) {
            assert!(findings.packed().len() + 1 == words.len());
        }
        let mut wrong = words.clone();
        wrong[place] = "999999999".to_owned();
        let _ = Findings::unpacked(wrong);
    }
}

#[test]
fn every_choice_is_one_that_there_is() {
    for question in &QUESTIONS {
        assert!(question.knobs.len() <= super::KNOBS_MAX);
        assert!(question.knobs.iter().all(|knob| knob.first < knob.choices.len() && knob.choices.len() > 1));
    }
}

#[test]
fn throughput_is_a_plot_and_its_tables() {
    let findings = searched(3, script("throughput"), |chosen| chosen[1] = 1);
    assert_eq!((findings.drawings.len(), findings.tables.len(), findings.files.len()), (1, 3, 3));
    let rows: Vec<_> = findings.tables[0].rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(rows, ["multi", "broadcast"]);
    assert_eq!(findings.tables[0].head[1..], ["100B", "1kB", "10kB", "30kB"]);
    let multi = &findings.tables[0].rows[0];
    let told = format!("multi: {} at 100B, {} at 1kB, {} at 10kB, {} at 30kB.", multi[1], multi[2], multi[3], multi[4]);
    assert!(findings.drawings[0].sentence.starts_with(&told), "{}", findings.drawings[0].sentence);
    assert_eq!(findings.runs.len(), 2);
    for (_, script) in &findings.runs {
        Scenario::read(script).expect("a good script");
    }
    assert!(!findings.notes.iter().any(|note| note.contains("no bandwidth")), "{:?}", findings.notes);
    let free = searched(3, &script("throughput").replace("bandwidth 2MB/Δ\n", ""), |chosen| chosen[1] = 1);
    assert!(free.notes.iter().any(|note| note.contains("no bandwidth")), "{:?}", free.notes);
}
