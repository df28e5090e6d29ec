//! The terminal door, from outside: its output, its exit status, and one clear line for every kind of bad input.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use paxos_playground::protocol::{PROTOCOLS, Vocabulary};
use paxos_playground::scenario::Script;
use paxos_playground::scenario::library::{BuiltIn, LIBRARY};
use serde_json::Value;

#[path = "cli/check.rs"]
mod check;
#[path = "cli/compare.rs"]
mod compare;
#[path = "cli/export.rs"]
mod export;
#[cfg(unix)]
#[path = "cli/goals.rs"]
mod goals;
#[path = "cli/input.rs"]
mod input;
#[path = "cli/interrupts.rs"]
mod interrupts;
#[path = "cli/links.rs"]
mod links;
#[path = "cli/memory.rs"]
mod memory;
#[path = "cli/race.rs"]
mod race;
#[path = "cli/sweep.rs"]
mod sweep;
#[path = "cli/worst.rs"]
mod worst;

const HEADER: &str = "paxos-playground 1\n";

/// Runs the binary with these arguments, and with `input` on standard input.
fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_paxos-playground"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // The program may have read enough before everything is written.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("the binary ends")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

/// A file that belongs to this test alone.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).expect("a temporary file");
    path
}

/// The names of all protocols, as a sentence lists them.
fn protocols() -> String {
    PROTOCOLS.iter().map(|protocol| protocol.name).collect::<Vec<_>>().join(", ")
}

/// Asserts that the program ran and every check held.
#[track_caller]
fn assert_good(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(!output.stdout.is_empty());
}

/// Asserts exit status 2, and no output but this one line.
#[track_caller]
fn assert_bad(output: &Output, line: &str) {
    assert_eq!(text(&output.stderr), format!("{line}\n"));
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""));
}

#[test]
fn list_names_every_built_in_scenario_with_a_sentence() {
    let output = run(&["list"], b"");
    assert_good(&output);
    let lines: Vec<_> = text(&output.stdout).lines().collect();
    assert_eq!(lines.len(), LIBRARY.len());
    for (line, built_in) in lines.iter().zip(LIBRARY) {
        let (name, sentence) = line.split_once(' ').expect("a name and a sentence");
        assert_eq!(name, built_in.name);
        assert!(built_in.text.contains(sentence.trim()) && sentence.ends_with('.'));
    }
}

#[test]
fn lists_as_json_have_a_version_and_what_the_other_lists_have() {
    let read = |arguments: &[&str]| -> Value {
        let output = run(arguments, b"");
        assert_good(&output);
        serde_json::from_str(text(&output.stdout)).expect("JSON")
    };
    let list = read(&["list", "--json"]);
    assert_eq!(list["version"], 1);
    let scenarios = list["scenarios"].as_array().expect("a list");
    assert_eq!(scenarios.len(), LIBRARY.len());
    for (listed, built_in) in scenarios.iter().zip(LIBRARY) {
        assert_eq!((&listed["name"], &listed["group"]), (&built_in.name.into(), &built_in.group.into()));
        for line in ["title", "about", "protocol"] {
            let said = listed[line].as_str().expect("a text");
            // A script that names no protocol runs the basic one.
            assert!(built_in.text.contains(said) || said == "basic", "{}: {said}", built_in.name);
        }
    }
    let list = read(&["list", "--protocols", "--json"]);
    assert_eq!(list["version"], 1);
    for (listed, protocol) in list["protocols"].as_array().expect("a list").iter().zip(PROTOCOLS) {
        assert_eq!(listed["name"], protocol.name);
        assert_eq!(listed["options"].as_array().map(Vec::len), Some(protocol.options.len()));
        assert_eq!(listed["rules"][0]["without"], Vocabulary::default().fill(protocol.guards[0].info().broken));
    }
}

#[test]
fn a_report_is_printed_in_the_words_of_2001() {
    let output = run(&["run", "message-loss", "--words", "2001"], b"");
    let told = text(&output.stdout);
    assert!(told.contains("1a Prepare") && told.contains("proposal") && !told.contains("NextBallot"), "{told}");
    assert_eq!(run(&["run", "message-loss", "--words", "1998"], b"").stdout, run(&["run", "message-loss"], b"").stdout);
    // Words differ in length, but the columns stay in their places.
    let columns = |words: &str| -> Vec<usize> {
        let output = run(&["run", "leader-change", "--words", words], b"");
        let rows = text(&output.stdout);
        rows.lines()
            .filter_map(|row| Some(row[..row.find("leader ").filter(|_| row.contains(", all "))?].chars().count()))
            .collect()
    };
    assert!(columns("1998").len() > 3 && columns("1998") == columns("2001"), "{:?}", columns("2001"));
    assert_bad(
        &run(&["run", "steady", "--words", "1999"], b""),
        "--words 1999: there are the words of 1998 and of 2001",
    );
    for other in ["--json", "--trace"] {
        assert_eq!(run(&["run", "steady", "--words", "2001", other], b"").status.code(), Some(2));
    }
}

#[test]
fn a_script_without_title_has_a_headline() {
    let headline = |acts: &str| {
        let output = run(&["run", "-"], format!("{HEADER}nodes 3\n{acts}").as_bytes());
        text(&output.stdout).lines().next().expect("a line").to_owned()
    };
    assert_eq!(headline(""), "Untitled run  (basic, 3 nodes)");
    assert_eq!(headline("at 0 propose A red\n"), "A asks for “red”  (basic, 3 nodes)");
    let two = "at 0 propose A red\nat 9 propose B blue\n";
    assert_eq!(headline(two), "A asks for “red”, B for “blue”  (basic, 3 nodes)");
    let more = format!("{two}at 10 propose C x\nat 11 propose C y\n");
    assert_eq!(headline(&more), "A asks for “red”, B for “blue”, and 2 more  (basic, 3 nodes)");
}

#[test]
fn of_many_ballots_that_failed_the_last_three_are_told() {
    let asks: String = (0..10).map(|count| format!("at {count}Δ propose A red\n")).collect();
    let output = run(&["run", "-"], format!("{HEADER}nodes 3\n{asks}drop Success A->B\n").as_bytes());
    let failed = |output: &Output| -> Vec<String> {
        let lines = text(&output.stdout).lines().filter(|line| line.contains("pass"));
        lines.map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect()
    };
    let [ref count, ref last @ ..] = failed(&output)[..] else { panic!("{}", text(&output.stdout)) };
    assert!(count.ends_with("earlier ballots pass nothing") && last.len() == 3, "{count} {last:?}");
}

#[test]
fn what_the_script_injects_is_no_message_that_a_node_sent() {
    let script = "nodes A B C\nat 0 inject NextBallot A->B 9.C after 0.1Δ\nat 0 propose A red\n";
    let read = |script: &str| -> Value {
        let output = run(&["run", "-", "--json"], format!("{HEADER}{script}").as_bytes());
        serde_json::from_str(text(&output.stdout)).expect("JSON")
    };
    let messages = &read(script)["messages"];
    assert_eq!((&messages["injected"], &messages["lost"]), (&1.into(), &0.into()));
    let by_kind = messages["by_kind"].as_object().expect("an object").values();
    assert_eq!(messages["sent"].as_u64(), by_kind.map(Value::as_u64).sum());
    assert_eq!(messages["by_kind"]["NextBallot"], 2);
    // The first NextBallot that A sends is not the one that the script sends in its name.
    let ruled = run(&["run", "-", "--trace"], format!("{HEADER}{script}drop NextBallot A->B #1\n").as_bytes());
    let trace = text(&ruled.stdout);
    assert!(trace.contains("receive NextBallot 9.C from A") && trace.contains("lose NextBallot 1.A from A"), "{trace}");
    let second = run(&["run", "-"], format!("{HEADER}{script}drop NextBallot A->B #2\n").as_bytes());
    assert!(text(&second.stderr).contains("there is no #2"), "{}", text(&second.stderr));
    // Nor does the injected message add to the messages of a decision, wherever they are counted.
    let steady = "protocol multi\nnodes 3\nat 3 propose A x\n";
    let told = format!("{steady}at 7 inject Success A->B 1.A [1] \"x\" after 1\n");
    let taken = |script: &str| read(script)["decisions"][0]["messages"].clone();
    assert_eq!((taken(steady), taken(&told)), (6.into(), 6.into()));
    let compared = |script: &str| -> Vec<String> {
        let output = run(&["compare", "-"], format!("{HEADER}{script}").as_bytes());
        let rows = text(&output.stdout).lines().filter(|row| row.contains(" x ")).map(str::to_owned);
        rows.collect()
    };
    assert_eq!(compared(&told), compared(steady));
    // Nor has the process in whose name a Request is injected handed a request on.
    let kept = "protocol multi\nnodes 3\nleader none\nat 3 propose B x\nat 4 inject Request B->A \"x\"\nuntil 6\n";
    assert_eq!(read(kept)["unanswered"][0]["outcome"], "not begun");
}

/// Scenarios that exist to violate a check: they switch a rule off, lose a disk, name quorums that do not meet or more liars
/// than the quorums are made for, or inject a request for a vote that no process sent.
fn is_broken(built_in: &BuiltIn) -> bool {
    built_in.text.contains("\nwithout ")
        || built_in.text.contains(" empty\n")
        || ["flexible-sum-is-n", "pbft-too-many-liars", "fab-two-liars"].contains(&built_in.name)
        || built_in.text.contains(" inject BeginBallot ")
}

#[test]
fn every_built_in_scenario_runs_and_every_check_holds_unless_a_rule_is_off() {
    for built_in in LIBRARY {
        let output = run(&["run", built_in.name], b"");
        assert_eq!(output.status.code(), Some(i32::from(is_broken(built_in))), "{}", built_in.name);
        assert_eq!(text(&output.stderr), "", "{}", built_in.name);
        assert_eq!(text(&output.stdout).contains('✗'), is_broken(built_in), "{}", built_in.name);
    }
}

#[test]
fn every_built_in_scenario_reports_as_json() {
    for built_in in LIBRARY {
        let output = run(&["run", built_in.name, "--json"], b"");
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(report["version"], 1);
        let checks = report["checks"].as_array().expect("a list");
        assert_eq!(checks.iter().any(|check| check["verdict"] == "violated"), is_broken(built_in));
    }
}

#[test]
fn worst_prints_the_bound_and_a_scenario_that_shows_it() {
    let output = run(&["worst", "minimal-ballot", "--protocol", "complete", "--stale", "1", "--resolution", "2"], b"");
    assert_good(&output);
    let printed = text(&output.stdout);
    assert!(printed.starts_with("In the worst case A, B and C know within 9Δ of T_el"), "{printed}");
    assert!(printed.contains("exact on a grid of Δ/2") && printed.contains("paxos-playground 1\n"), "{printed}");
    let script = run(&["worst", "nack-nine-delta", "--old-traffic", "by-delta", "--script", "--resolution", "1"], b"");
    let told =
        "note: nack-nine-delta: lines 7, 10, 11, 12, 13, 14, 15 are set aside: the adversary chooses for itself\n";
    assert_eq!(text(&script.stderr), told);
    let played = run(&["run", "-", "--json"], &script.stdout);
    let report: Value = serde_json::from_slice(&played.stdout).expect("JSON");
    assert_eq!(report["decisions"][0]["times"]["all_learned"], 9);
}

#[test]
fn worst_gives_what_was_found_as_json() {
    let arguments = ["worst", "two-stale-ten-delta", "--stale", "2", "--old-traffic", "by-delta", "--json"];
    let output = run(&[&arguments[..], &["--resolution", "2", "--wait", "0.5Δ"]].concat(), b"");
    assert_good(&output);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        (&report["protocol"], &report["stale"], &report["ended"]),
        (&"complete".into(), &2.into(), &"whole".into())
    );
    assert_eq!(
        (&report["wait"], &report["resolution"], &report["found"]["bound"]),
        (&0.5.into(), &2.into(), &10.into())
    );
    assert_eq!((&report["found"]["is_exact"], &report["old_traffic"]), (&true.into(), &"by-delta".into()));
}

#[test]
fn worst_says_in_one_line_what_it_cannot_be_asked() {
    let line = "minimal-ballot: the basic protocol has neither leader nor timers, so nothing limits how long it takes";
    assert_bad(&run(&["worst", "minimal-ballot"], b""), line);
    let output = run(&["worst", "nack-nine-delta", "--wait", "soon"], b"");
    let told = text(&output.stderr);
    assert!(
        told.starts_with("--wait soon: ") && told.lines().count() == 1 && output.status.code() == Some(2),
        "{told}"
    );
    let line = "nack-nine-delta: there may be 0 to 6 old ballots, not 7";
    assert_bad(&run(&["worst", "nack-nine-delta", "--stale", "7"], b""), line);
    let output = run(&["worst", "nack-nine-delta", "--old-traffic", "never"], b"");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""));
}

#[test]
fn the_protocols_are_listed_with_what_can_be_chosen() {
    let output = run(&["list", "--protocols"], b"");
    assert_good(&output);
    for protocol in PROTOCOLS {
        let summary = Vocabulary::default().fill(protocol.summary);
        let is_its = |line: &&str| line.starts_with(&format!("{} ", protocol.name)) && line.contains(&summary);
        assert!(text(&output.stdout).lines().any(|line| is_its(&line)), "{}", protocol.name);
    }
    assert!(text(&output.stdout).contains("option restart timer | any-nack | own-nack | hopeless: "));
}

#[test]
fn the_trace_is_printed_in_the_golden_format() {
    let output = run(&["run", "minimal-ballot", "--trace"], b"");
    assert_eq!(text(&output.stdout), include_str!("golden/minimal-ballot.trace"));
}

#[test]
fn a_file_and_standard_input_are_read_alike() {
    let script = LIBRARY[0].text.as_bytes();
    let path = file("minimal.paxos", script);
    let from_file = run(&["run", path.to_str().expect("a path in UTF-8"), "--json"], b"");
    assert_good(&from_file);
    assert_eq!(from_file.stdout, run(&["run", "-", "--json"], script).stdout);
    assert_eq!(from_file.stdout, run(&["run", LIBRARY[0].name, "--json"], b"").stdout);
}

#[test]
fn every_scenario_can_be_run_under_another_protocol() {
    for protocol in PROTOCOLS {
        assert_good(&run(&["run", "minimal-ballot", "--protocol", protocol.name], b""));
    }
    // A script that names no protocol runs under the requested one, and its lines keep their numbers.
    let script = format!("{HEADER}nodes 3\nat 0 propose A red\nat 1 restart A\n");
    let output = run(&["run", "-", "--protocol", "basic"], script.as_bytes());
    assert_good(&output);
    assert_eq!(text(&output.stderr), "warning: -, line 4: A is up already\n");
}

#[test]
fn a_line_without_effect_is_a_warning() {
    let script = format!("{HEADER}nodes 3\nat 0 propose A red\ndrop Success B->C #1\nat 1 restart A\n");
    let output = run(&["run", "-"], script.as_bytes());
    assert_good(&output);
    let expected = "warning: -, line 4: the run sends 0 Success from B to C, so there is no #1\n\
                    warning: -, line 5: A is up already\n";
    assert_eq!(text(&output.stderr), expected);
}

#[test]
fn an_unknown_name_gets_a_suggestion() {
    let line = "minimal-balot: no built-in scenario and no file has this name; did you mean minimal-ballot?";
    assert_bad(&run(&["run", "minimal-balot"], b""), line);
    assert_bad(&run(&["run", "xyzzy"], b""), "xyzzy: no built-in scenario and no file has this name");
    // Even a name with a line break gets one line.
    assert_bad(&run(&["run", "a\nb"], b""), "a�b: no built-in scenario and no file has this name");
}

#[test]
fn an_unknown_protocol_is_told_with_those_there_are() {
    let line = format!(
        "minimal-ballot with --protocol basik: no protocol is called “basik”; there is: {}; did you mean basic?",
        protocols()
    );
    assert_bad(&run(&["run", "minimal-ballot", "--protocol", "basik"], b""), &line);
}

#[test]
fn a_folder_is_no_script() {
    let output = run(&["run", env!("CARGO_TARGET_TMPDIR")], b"");
    assert_eq!((output.status.code(), text(&output.stdout), text(&output.stderr).lines().count()), (Some(2), "", 1));
}

#[test]
fn a_wrong_command_line_is_exit_status_2() {
    for arguments in [&["walk"][..], &["run"], &[], &["run", "minimal-ballot", "--json", "--trace"]] {
        let output = run(arguments, b"");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""), "{arguments:?}");
    }
}

const TWO: &str = "paxos-playground 1\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\n";

#[test]
fn explore_exhausts_a_safe_scenario() {
    let output = run(&["explore", "-"], TWO.as_bytes());
    assert_good(&output);
    let lines: Vec<_> = text(&output.stdout).lines().collect();
    assert_eq!(lines[1..], ["states       3321", "transitions  8995", "depth        15 moves", SAFE]);
    assert_eq!(text(&output.stderr), "");
}

const SAFE: &str = "✓ exhausted: no schedule violates a check";

#[test]
fn explore_says_when_it_is_not_exhausted() {
    let output = run(&["explore", "-", "--states", "1000"], TWO.as_bytes());
    assert_good(&output);
    assert!(text(&output.stdout).contains("\nstates       1000\n"), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("? not exhausted: there are more than 1000 states. "));
    let output = run(&["explore", "-", "--states", "3321"], TWO.as_bytes());
    assert!(text(&output.stdout).ends_with(&format!("{SAFE}\n")), "there are no more: {}", text(&output.stdout));
    let output = run(&["explore", "-", "--depth", "3", "--json"], TWO.as_bytes());
    assert_good(&output);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["ending"], &report["depth"]), (&Value::from("too deep"), &Value::from(3)));
}

#[test]
fn explore_ends_where_its_memory_is_used_up_and_says_what_it_has_found() {
    let script =
        "paxos-playground 1\nprotocol multi\nnodes 32\nat 0 propose A red\nat 0 propose B blue\nat 1 leader B\n";
    for threads in ["1", "2"] {
        let arguments = ["explore", "-", "--memory", "24", "--threads", threads];
        let output = run(&arguments, script.as_bytes());
        assert_good(&output);
        let said =
            "\n? not exhausted: more than 24 MB of memory are needed (--memory). No check was violated until then";
        assert!(text(&output.stdout).contains(said), "{}", text(&output.stdout));
        let output = run(&[&arguments[..], &["--json"]].concat(), script.as_bytes());
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(report["ending"], "too much memory");
        assert!(report["states"].as_u64() > Some(500));
    }
    let output = run(&["explore", "-", "--memory", "7"], script.as_bytes());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("7 is not in 16..=16777216"), "{}", text(&output.stderr));
}

#[test]
fn explore_prints_a_script_that_violates_the_check_when_it_is_run() {
    for check in ["B2", "agreement"] {
        let output = run(&["explore", "without-majority", "--check", check, "--script"], b"");
        assert_eq!(output.status.code(), Some(1));
        let output = run(&["run", "-"], &output.stdout);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stdout).contains(&format!("✗ {check}")), "{}", text(&output.stdout));
        assert_eq!(text(&output.stderr), "");
    }
    let output = run(&["explore", "without-majority", "--json"], b"");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["ending"], &report["violations"][0]["check"]), (&Value::from("violated"), &Value::from("B2")));
    assert!(text(&output.stderr).contains("line 9: not played"), "{}", text(&output.stderr));
}

#[test]
fn explore_refuses_what_it_does_not_know_in_one_line() {
    let output = run(&["explore", "steady", "--check", "agrement"], b"");
    assert_bad(&output, "--check agrement: no check has this name; did you mean agreement?");
    let output = run(&["explore", "steady", "--check", "prefix"], b"");
    assert_bad(&output, "steady: the check prefix has no meaning under the basic protocol");
}

#[test]
fn where_a_script_says_how_long_delta_is_every_output_tells_both() {
    let script = format!("{HEADER}nodes 3\ndelta 100ms\nat 0ms propose A red\n");
    let report = run(&["run", "-"], script.as_bytes());
    assert_good(&report);
    let told = text(&report.stdout);
    assert!(told.contains("leader 4Δ (400 ms), all 5Δ (500 ms)") && told.contains("quiet at 5Δ (500 ms)"), "{told}");
    let json = run(&["run", "-", "--json"], script.as_bytes());
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!((&json["delta_ms"], &json["end"]), (&Value::from(100), &Value::from(5)));
    assert_eq!(json["decisions"][0]["latency_ms"]["from_ballot"]["all"], 500);
    assert_eq!(json["decisions"][0]["latency"]["from_ballot"]["all"], 5);
    let svg = run(&["export", "-"], script.as_bytes());
    let svg = text(&svg.stdout);
    for words in ["500 ms", "4Δ (400 ms)", "A is the first to know, at 4Δ (400 ms)."] {
        assert!(svg.contains(words), "{words}");
    }
    let plain = script.replace("delta 100ms\nat 0ms", "at 0Δ");
    for command in [&["run", "-"][..], &["run", "-", "--json"], &["export", "-"], &["compare", "-"]] {
        let output = run(command, plain.as_bytes());
        assert!(!text(&output.stdout).contains(" ms") && !text(&output.stdout).contains("_ms"), "{command:?}");
    }
}
