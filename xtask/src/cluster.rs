//! The sweep on a cluster: tests `cluster/sweep.py` on a cluster of two workers on this machine.

use std::time::Duration;

use crate::setup::Setup;
use crate::{Outcome, process};

/// The tests take seconds; a cluster that hangs is ended.
const LIMIT: Duration = Duration::from_secs(5 * 60);

/// Runs the tests beside `sweep.py`, with the terminal program as it is now.
pub(crate) fn test(setup: &Setup) -> Outcome {
    let python = setup.python()?;
    let build = ["build", "--package", "paxos-playground", "--bin", "paxos-playground"];
    process::run(setup.cargo().args(build), process::BUILD_LIMIT)?;
    let mut tests = process::command(python);
    tests.current_dir(setup.paths.root.join("cluster")).args(["-B", "-m", "unittest", "--verbose"]);
    tests.env("PROGRAM", setup.paths.target.join("debug/paxos-playground"));
    process::run(&mut tests, LIMIT)
}
