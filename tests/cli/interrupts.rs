//! Searches that are ended from outside: by Ctrl-C, by SIGTERM, and by a reader that closes its end. They report what
//! they have found.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{file, run, text};

/// A scenario with more schedules than a search can finish while a person waits.
const LARGE: &str = "paxos-playground 1\nprotocol multi\nnodes A B C D E\nat 0 propose A red\nat 0 propose B blue\n\
                     at 0 propose C green\nat 1 leader B\n";

/// Starts a search, and waits until it listens for signals and has searched for a while.
fn begin(arguments: &[&str]) -> Child {
    let child = Command::new(env!("CARGO_BIN_EXE_paxos-playground"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let status = format!("/proc/{}/status", child.id());
    // SIGINT is number 2 and SIGTERM number 15.
    let both = 1 << 1 | 1 << 14;
    let is_listening = || {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        caught.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & both == both))
    };
    let began = Instant::now();
    while Path::new("/proc/self/status").exists() && !is_listening() {
        assert!(began.elapsed() < Duration::from_secs(60), "it does not listen");
        sleep(Duration::from_millis(10));
    }
    sleep(Duration::from_millis(if began.elapsed().is_zero() { 3_000 } else { 500 }));
    child
}

fn send(child: &Child, signals: &[&str]) {
    for signal in signals {
        let sent = Command::new("kill").args([signal, child.id().to_string().as_str()]).status();
        assert!(sent.expect("there is kill").success());
    }
}

/// The output of a search that gets this signal.
fn ended(arguments: &[&str], signal: &str) -> Output {
    let child = begin(arguments);
    send(&child, &[signal]);
    child.wait_with_output().expect("it ends")
}

#[test]
fn explore_ends_with_what_it_has_found() {
    let script = file("interrupted-explore", LARGE.as_bytes());
    let arguments = ["explore", script.to_str().expect("a path in UTF-8"), "--crashes", "1", "--states", "1000000000"];
    let output = ended(&arguments, "-INT");
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(said.contains("\nstates       ") && said.contains("\n? not exhausted: it was stopped. "), "{said}");
    let output = ended(&[&arguments[..], &["--json"]].concat(), "-TERM");
    assert_eq!(output.status.code(), Some(143), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["ending"], "stopped");
    assert!(report["states"].as_u64() > Some(100));
}

#[test]
fn worst_ends_with_what_it_has_found() {
    let arguments = ["worst", "minimal-ballot", "--protocol", "complete", "--stale", "3", "--resolution", "20"];
    let arguments = [&arguments[..], &["--states", "50000000"]].concat();
    let output = ended(&arguments, "-INT");
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(said.contains("The search was stopped after "), "{said}");
    let output = ended(&[&arguments[..], &["--json"]].concat(), "-TERM");
    assert_eq!(output.status.code(), Some(143), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["ended"], "stopped");
}

#[test]
fn sweep_ends_with_the_seeds_that_it_has_run() {
    let output = ended(&["sweep", "steady", "--variants", "--seeds", "0..1000000", "--json"], "-INT");
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let done = report["runs"]["done"].as_u64().expect("a number");
    assert!(done > 0 && done < 1_000_000, "{done}");
    let part = file("interrupted-sweep", &output.stdout);
    let merged = run(&["sweep", "--merge", part.to_str().expect("a path in UTF-8")], b"");
    assert!(text(&merged.stdout).contains(&format!(": {done} of 1000000 seeds, ")), "{}", text(&merged.stdout));
    let output = ended(&["sweep", "steady", "--seeds", "0..1000000"], "-TERM");
    assert_eq!(output.status.code(), Some(143), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains(" of 1000000 seeds, "));
}

#[test]
fn searches_end_when_nobody_reads_any_more() {
    let script = file("unread-explore", LARGE.as_bytes());
    let script = script.to_str().expect("a path in UTF-8");
    for arguments in [
        &["explore", script, "--crashes", "1", "--states", "1000000000"][..],
        &["worst", script, "--stale", "3", "--resolution", "20", "--states", "50000000"],
        &["sweep", script, "--seeds", "0..1000000"],
    ] {
        let mut child = begin(arguments);
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(141), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn a_second_signal_ends_a_search_at_once() {
    let script = file("hurried-explore", LARGE.as_bytes());
    // With one thread, one signal is handled after the other.
    let script = script.to_str().expect("a path in UTF-8");
    let child = begin(&["explore", script, "--states", "1000000000", "--threads", "1"]);
    // Both signals are waiting for the search when it goes on.
    send(&child, &["-STOP", "-INT", "-TERM", "-CONT"]);
    let output = child.wait_with_output().expect("it ends");
    assert!(matches!(output.status.code(), Some(130 | 143)), "{:?}", output.status);
    assert_eq!(text(&output.stdout), "", "it did not wait to tell");
}
