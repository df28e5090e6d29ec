//! The report has the paper's numbers.

use std::collections::BTreeSet;

use paxos_playground::latency;
use paxos_playground::report::Report;
use paxos_playground::scenario::{Scenario, library};
use paxos_playground::sim::Run;
use paxos_playground::trace::What;
use serde_json::{Value, json};

use super::run;

/// A ballot against which promises stand is refused, and the larger number belongs to the stale ballot that surprised it.
#[test]
fn a_refused_ballot_is_abandoned_for_a_larger_number() {
    let run = run("nodes 5\nat 0 propose A red\nat 1.5 propose B blue");
    let ballots = latency::ballots(run.trace());
    assert_eq!((ballots.started, ballots.abandoned.len(), ballots.stale), (2, 1, 1));
    let report = report(&run);
    assert_eq!(report["ballots"]["abandoned"], json!([{ "ballot": "1.A", "why": "B had promised 2.B" }]));
}

fn report(run: &Run) -> Value {
    serde_json::to_value(Report::of(run)).expect("a report is plain data")
}

/// Slides, "Basic protocol", the minimal ballot: one decision, 4Δ and 5Δ, twenty messages, five one after the other.
#[test]
fn the_report_of_a_minimal_ballot_has_the_paper_s_numbers() {
    let built_in = library::find("minimal-ballot").expect("the minimal ballot is built in");
    let run = Run::of(Scenario::read(built_in.text).expect("a built-in script").1);
    let report = report(&run);
    let fields: Vec<_> =
        report.as_object().expect("an object").keys().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let expected = [
        "ballots",
        "checks",
        "chosen",
        "decisions",
        "end",
        "messages",
        "nodes",
        "protocol",
        "scenario",
        "stopped",
        "trace_hash",
        "unanswered",
        "version",
        "warnings",
    ];
    assert_eq!(fields, expected);
    assert_eq!((&report["version"], &report["protocol"]), (&json!(1), &json!("basic")));
    assert_eq!(report["scenario"], "A minimal ballot: 5Δ");
    assert_eq!(report["nodes"], json!(["A", "B", "C", "D", "E"]));
    assert_eq!(report["trace_hash"], json!(format!("{:016x}", run.trace().hash())));
    assert_eq!((&report["stopped"], &report["end"]), (&json!("quiet"), &json!(5)));
    let path = &report["decisions"][0]["critical_path"];
    let follower = path[0]["to"].clone();
    let hop = |kind: &str, phase: &str, from: &Value, to: &Value, sent: u32| json!({ "kind": kind, "phase": phase, "from": from, "to": to, "sent": sent, "landed": sent + 1 });
    let leader = json!("A");
    assert_eq!(
        report["decisions"],
        json!([{
            "instance": 1,
            "value": "red",
            "proposer": "A",
            "ballot": "1.A",
            "times": {
                "client": 0,
                "elected": null,
                "ballot_start": 0,
                "begin_ballot": 2,
                "chosen": 3,
                "leader_learned": 4,
                "all_learned": 5,
                "answered": 4,
                "learned": { "A": 4, "B": 5, "C": 5, "D": 5, "E": 5 },
            },
            "latency": {
                "from_ballot": { "leader": 4, "all": 5 },
                "from_begin": { "leader": 2, "all": 3 },
                "from_client": { "leader": 4, "all": 5, "client": 4 },
                "from_election": null,
            },
            "phases": [
                { "phase": "1a", "took": 1 },
                { "phase": "1b", "took": 1 },
                { "phase": "2a", "took": 1 },
                { "phase": "2b", "took": 1 },
                { "phase": "3", "took": 1 },
            ],
            "messages": 20,
            "stale": 0,
            "critical_path": [
                hop("NextBallot", "1a", &leader, &follower, 0),
                hop("LastVote", "1b", &follower, &leader, 1),
                hop("BeginBallot", "2a", &leader, &path[2]["to"], 2),
                hop("Voted", "2b", &path[2]["to"], &leader, 3),
                hop("Success", "3", &leader, &path[4]["to"], 4),
            ],
            "waits": [],
        }])
    );
    assert_eq!(
        report["messages"],
        json!({
            "sent": 20,
            "sends": 20,
            "injected": 0,
            "lost": 0,
            "duplicated": 0,
            "bytes": 12 * 100 + 8 * 1_100,
            "by_kind": { "NextBallot": 4, "LastVote": 4, "BeginBallot": 4, "Voted": 4, "Success": 4 },
        })
    );
    assert_eq!(report["ballots"], json!({ "started": 1, "abandoned": [], "again": [], "stale": 0 }));
    assert_eq!(report["warnings"], json!([]));
    for check in report["checks"].as_array().expect("a list") {
        assert_eq!(check["event"], Value::Null, "{}", check["name"]);
    }
    let verdict = |name: &str| {
        let checks = report["checks"].as_array().expect("a list").iter();
        checks.clone().find(|check| check["name"] == name).map(|check| check["verdict"].clone())
    };
    assert_eq!((verdict("B3"), verdict("ordering")), (Some(json!("holds")), Some(json!("not applicable"))));
}

/// Every message has landed or is lost at the end of the report, and copies are counted apart.
#[test]
fn a_report_counts_what_was_lost_and_what_was_duplicated() {
    let run = run("nodes 3\nat 0 propose A red\ndrop NextBallot A->B #1\nduplicate NextBallot A->C #1 +0.5");
    let messages = &report(&run)["messages"];
    assert_eq!((&messages["lost"], &messages["duplicated"]), (&json!(1), &json!(1)));
    let sent = run.trace().events().iter().filter(|event| matches!(event.what, What::Sent(_))).count();
    let own = run.trace().messages().iter().filter(|message| message.to_self()).count();
    assert_eq!(messages["sent"], json!(sent - own - 1));
}
