//! How much memory the worst scripts take: a limit that the system keeps tells.
#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use super::{HEADER, file};

/// Leaders that change all the time ask 127 others for 64 votes, each for a decree of 64 wide characters: as a text, the trace is
/// several times as large as the run.
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

/// Runs the binary with so many kilobytes of address space, and says whether that was enough.
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
