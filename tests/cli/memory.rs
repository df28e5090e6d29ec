//! How much memory the worst scripts take: the system enforces a limit, and a run either fits or fails.
#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use paxos_playground::explore::sweep::THREADS_MAX;

use super::{HEADER, file};

/// Leaders that change all the time ask 127 others for 64 votes, each for a decree of 64 wide characters: as a text, the
/// trace is several times as large as the run.
fn wide() -> String {
    let mut script = format!("{HEADER}protocol multi\nnodes 128\noption window 64\n");
    for count in 0..64 {
        writeln!(script, "at 0Δ propose A \"{}{count:04}\"", "𝔸".repeat(58)).expect("a string takes everything");
    }
    script.push_str("at 3.5Δ crash A\n");
    for count in 0..400 {
        let leader = char::from(b'B' + (count % 15) as u8);
        writeln!(script, "at {}.{:02}Δ leader {leader}", 4 + count / 20, count % 20 * 5)
            .expect("a string takes everything");
    }
    script
}

/// Runs the binary with this many kilobytes of address space, and says whether that was enough.
fn fits(kilobytes: u32, arguments: &[&str]) -> bool {
    let order = format!("ulimit -v {kilobytes} && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &order, env!("CARGO_BIN_EXE_paxos-playground")]).args(arguments);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.expect("sh starts").code().is_some_and(|code| code < 2)
}

#[test]
fn a_trace_takes_no_more_memory_than_its_run() {
    let script = file("wide.paxos", wide().as_bytes());
    let name = script.to_str().expect("a plain name");
    assert!(!fits(10_000, &["run", name]), "the limit is kept");
    assert!(fits(45_000, &["run", name]));
    assert!(fits(45_000, &["run", name, "--trace"]));
}

/// Each thread of a sweep holds a run. There are seeds for ten times as many threads as the sweep has.
#[test]
fn a_sweep_holds_no_more_runs_than_fit() {
    let asked = "at 0Δ propose A red\n".repeat(8);
    let script = format!("{HEADER}protocol broadcast\nnodes 7\nduplicates 100%\n{asked}");
    let script = file("many.paxos", script.as_bytes());
    let mut command = Command::new(env!("CARGO_BIN_EXE_paxos-playground"));
    command.args(["sweep", script.to_str().expect("a plain name"), "--seeds", "0..3840", "--threads", "60"]);
    let mut child = command.stdout(Stdio::null()).spawn().expect("the binary starts");
    let tasks = format!("/proc/{}/task", child.id());
    let mut most = 0;
    while child.try_wait().expect("it can be asked").is_none() {
        most = most.max(std::fs::read_dir(&tasks).map_or(0, Iterator::count));
    }
    // The first thread waits, and another thread may listen for signals.
    assert!((THREADS_MAX..=THREADS_MAX + 2).contains(&most), "{most} threads");
}
