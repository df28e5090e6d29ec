//! Logs with one broken promise, in each format, and lines that are wrong. `tests/logs.rs` reads runs of the playground back.

use super::*;

const JSON: &str = include_str!("../../tests/logs/broken-promise.jsonl");
const SHIVIZ: &str = include_str!("../../tests/logs/broken-promise.shiviz.log");
const PAXOS: &str = include_str!("../../tests/logs/broken-promise.paxos.tlc.txt");
const VOTING: &str = include_str!("../../tests/logs/broken-promise.voting.tlc.txt");

fn read(text: &str) -> Log {
    let log = Log::read(text, &Beside::default()).unwrap_or_else(|why| panic!("{why}\n{text}"));
    assert_eq!(log.lines.len(), log.trace.events().len());
    assert!(log.trace.events().iter().is_sorted_by_key(|event| event.time), "time never goes back");
    log
}

/// The checks that are violated, each with its line; those that hold; and those that are not asked.
fn found(log: &Log) -> (Vec<(&str, usize)>, Vec<&str>, Vec<&str>) {
    let (mut broken, mut held, mut silent) = (Vec::new(), Vec::new(), Vec::new());
    for told in &log.told {
        let name = told.verdict.check.name;
        match &told.verdict.violation {
            Some(violation) => broken.push((name, log.line_of(violation))),
            None if told.silent.is_some() => silent.push(name),
            None => held.push(name),
        }
    }
    (broken, held, silent)
}

#[test]
fn a_broken_promise_is_found_at_its_line_in_lines_of_json() {
    let log = read(JSON);
    let (broken, held, silent) = found(&log);
    // B3 looks at the ballot that rests on B’s promise.
    assert_eq!(broken, [("B3", 22), ("promise", 20)]);
    assert_eq!(held, ["B1", "B2", "validity", "voted-only-if-begun", "monotone"]);
    assert_eq!(silent, ["agreement", "learned-only-if-chosen"]);
    let promise = log
        .told
        .iter()
        .find(|told| told.verdict.check.name == "promise")
        .and_then(|told| told.verdict.violation.clone());
    let violation = promise.expect("it is broken");
    assert_eq!(
        violation.sentence.in_words(crate::protocol::Vocabulary::Parliament1998),
        "B voted in 1.A, although it had promised 2.C"
    );
    // A Δ is 50 ms, so 131 ms are 2.62Δ.
    assert_eq!(log.trace.event(violation.event).time.to_string(), "2.62");
    assert!(log.notes.is_empty() && log.mistakes.is_empty(), "{:?} {:?}", log.notes, log.mistakes);
    let log = read(&JSON.replace(",\"delta_ms\":50", ""));
    let told = "Nobody says how long Δ is; it is 49 ms here, as long as the slowest message of the log";
    assert_eq!(log.notes, [told]);
}

#[test]
fn a_broken_promise_is_found_at_its_line_in_a_log_for_shiviz() {
    let log = read(SHIVIZ);
    let (broken, held, silent) = found(&log);
    assert_eq!(broken, [("promise", 11)], "the clocks put line 11 after the promise in line 19");
    assert_eq!(held, ["monotone"]);
    assert!(silent.contains(&"voted-only-if-begun") && silent.contains(&"B1"), "{silent:?}");
    assert!(!log.is_timed && log.format == "ShiViz");
}

#[test]
fn a_broken_promise_is_found_in_the_state_of_a_counterexample_of_tlc() {
    let log = read(PAXOS);
    let (broken, held, _) = found(&log);
    let state =
        |text: &str, name: &str| text.lines().position(|line| line.starts_with(name)).map_or(0, |place| place + 1);
    assert_eq!(broken, [("promise", state(PAXOS, "State 5"))]);
    assert!(held.contains(&"voted-only-if-begun") && held.contains(&"B1"), "{held:?}");
    let log = read(VOTING);
    assert_eq!(found(&log).0, [("promise", state(VOTING, "State 3"))]);
    assert!(log.notes.iter().any(|note| note.contains("ballot 0")), "{:?}", log.notes);
    let names: Vec<_> = log.trace.scenario.symbols.nodes.iter().map(|name| &**name).collect();
    assert_eq!(names[..3], ["a1", "a2", "a3"]);
}

#[test]
fn a_wrong_line_is_told_with_its_number_and_the_rest_is_read() {
    let text = "{\"node\":\"A\",\"what\":\"voted\",\"ballot\":\"1.A\",\"value\":\"red\"}\nnonsense\n\
                {\"node\":\"A\",\"what\":\"promissed\",\"ballot\":\"1.A\",\"vote\":null}\n\
                {\"node\":\"A\",\"what\":\"promised\",\"ballot\":\"1.A\"}\n\
                {\"node\":\"A\",\"what\":\"voted\",\"ballot\":true,\"value\":\"red\"}\n[1]\n\
                {\"node\":\"B\",\"what\":\"send\",\"to\":\"A\",\"kind\":\"Acept\"}\n\
                {\"what\":\"voted\",\"ballot\":\"1.A\",\"value\":\"red\"}\n";
    let log = read(text);
    let told: Vec<_> = log.mistakes.iter().map(|mistake| format!("{}: {}", mistake.line, mistake.message)).collect();
    assert_eq!(
        told,
        [
            "2: column 2: this is no JSON",
            "3: “promissed” is nothing that happens here; did you mean promised?",
            "4: “vote” is missing: null, or the vote that the promise reports",
            "5: “ballot” is a ballot number, as in 2, \"2.B\" or [2, \"B\"]",
            "6: this is JSON, but no object",
            "7: “Acept” is no kind of message here; did you mean Accept?",
            "8: “node” is missing: the process at which it happened",
        ]
    );
    assert_eq!(log.events, 1);
    for (text, why) in [
        ("", "there is no event in this log, read as JSON lines: it is empty"),
        ("nonsense", "there is no event in this log, read as JSON lines: line 1: column 2: this is no JSON"),
    ] {
        assert_eq!(Log::read(text, &Beside::default()).expect_err("there is nothing"), why);
    }
    let many: String = (0..130).map(|node| format!("{{\"node\":\"n{node}\",\"what\":\"leads\"}}\n")).collect();
    assert_eq!(
        Log::read(&many, &Beside::default()).expect_err("too many"),
        "a log has at most 128 processes, and this one has more"
    );
}

#[test]
fn a_log_that_is_too_long_is_read_up_to_its_limit() {
    let line = "{\"node\":\"A\",\"what\":\"leads\"}\n";
    let log = read(&line.repeat(EVENTS_MAX + 5));
    assert_eq!((log.events, log.mistakes.len()), (EVENTS_MAX, 1));
    assert_eq!(log.mistakes[0].line, EVENTS_MAX + 1);
}

#[test]
fn clocks_that_disagree_are_told_and_put_right() {
    let text = "{\"ms\":100,\"node\":\"A\",\"what\":\"send\",\"to\":\"B\",\"kind\":\"1a\",\"ballot\":\"1.A\"}\n\
                {\"ms\":40,\"node\":\"B\",\"what\":\"receive\",\"from\":\"A\",\"kind\":\"1a\",\"ballot\":\"1.A\"}\n\
                {\"ms\":41,\"node\":\"B\",\"what\":\"promised\",\"ballot\":\"1.A\",\"vote\":null}\n";
    let log = read(text);
    let told = "The clocks of the log disagree: 2 events stand later than its own clock says, by up to 60 ms, the first in line 2, \
                because its cause is later";
    assert!(log.notes.iter().any(|note| note == told), "{:?}", log.notes);
    assert_eq!(log.lines.last(), Some(&3));
}

#[test]
fn messages_alone_tell_who_promised_and_who_voted() {
    let text: String = JSON
        .lines()
        .filter(|line| line.contains("\"send\"") || line.contains("\"receive\""))
        .collect::<Vec<_>>()
        .join("\n");
    let voted =
        "\n{\"ms\":1132,\"node\":\"B\",\"what\":\"send\",\"to\":\"A\",\"kind\":\"Accepted\",\"ballot\":\"1.A\"}\n";
    let log = read(&(text + voted));
    let (broken, ..) = found(&log);
    assert_eq!(broken, [("promise", 11)]);
    assert!(log.notes.iter().any(|note| note.contains("who sends Voted counts as having voted")), "{:?}", log.notes);
}

#[test]
fn what_is_not_asked_says_what_is_missing() {
    let log = read(VOTING);
    let silent = log
        .told
        .iter()
        .find(|told| told.verdict.check.name == "voted-only-if-begun")
        .and_then(|told| told.silent.as_deref());
    assert_eq!(silent, Some("the log states no “began”"));
    // D has no line, and its vote could be the second one of three.
    let text = "{\"acceptors\":[\"A\",\"B\",\"D\"]}\n{\"node\":\"A\",\"what\":\"voted\",\"ballot\":\"1.A\",\"value\":\"red\"}\n\
                {\"node\":\"B\",\"what\":\"learned\",\"ballot\":\"1.A\",\"value\":\"red\"}\n";
    let log = read(text);
    let told = log.told.iter().find(|told| told.verdict.check.name == "learned-only-if-chosen").expect("it is asked");
    assert!(told.silent.as_deref().is_some_and(|why| why.contains("no line of D")), "{told:?}");
    let log = read(&text.replace("\"D\"", "\"B\""));
    assert_eq!(found(&log).0, [("learned-only-if-chosen", 3)]);
}

#[test]
fn a_span_is_ms_or_seconds() {
    assert_eq!(parse_span("50ms"), Ok(Millis(50_000)));
    assert_eq!(parse_span("2s"), Ok(Millis(2_000_000)));
    assert!(parse_span("50").is_err_and(|why| why.contains("50ms")) && parse_span("0ms").is_err());
}

#[test]
fn a_mangled_log_is_read_or_refused_in_a_sentence() {
    for text in [JSON, SHIVIZ, PAXOS, VOTING] {
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
        for place in places.iter().step_by(5) {
            let (before, after) = text.split_at(*place);
            let rest: String = after.chars().skip(1).collect();
            let mangled = ["", "\"", "{", "9999999999", "\n"].map(|sign| format!("{before}{sign}{rest}"));
            for text in mangled.iter().map(String::as_str).chain([before, after]) {
                match Log::read(text, &Beside::default()) {
                    Ok(log) => assert_eq!(log.lines.len(), log.trace.events().len()),
                    Err(why) => assert!(!why.is_empty() && !why.contains('\n'), "{why}"),
                }
            }
        }
    }
}

#[test]
fn a_counterexample_with_more_variables_is_read_by_those_that_it_needs() {
    let more = PAXOS.replace("/\\ msgs", "/\\ __trace_var_1 = [a |-> ]\n/\\ msgs").replace("State ", "");
    let log = read(&more);
    assert!(log.mistakes.is_empty(), "{:?}", log.mistakes);
    assert_eq!(found(&log).0.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["promise"]);
    let other = "State 1: <Initial predicate>\n/\\ clock = 1\n/\\ queue = {}\n";
    let why = Log::read(other, &Beside::default()).expect_err("it is another model");
    assert!(why.contains("the variables clock, queue; those of Paxos.tla"), "{why}");
}
