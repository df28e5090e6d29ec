//! What is measured, natively and in browsers: a steady stream of ballots.

use std::fmt::Write as _;

/// About how many events a ballot of five nodes has.
#[allow(dead_code, reason = "not every bench counts")]
pub(crate) const EVENTS_PER_BALLOT: usize = 72;

/// That many ballots, one after the other, each begun by the next node.
pub(crate) fn ballots_script(nodes: usize, ballots: usize) -> String {
    let mut script = format!("paxos-playground 1\nnodes {nodes}\ndelay 1Δ\n");
    for ballot in 0..ballots {
        let proposer = paxos_playground::scenario::script::default_name((ballot % nodes) as u32);
        writeln!(script, "at {}Δ propose {proposer} \"decree {}\"", 6 * ballot, ballot % 7).expect("a string");
    }
    script
}

/// The same, with every delay, loss and duplicate left to chance.
#[allow(dead_code, reason = "not every bench leaves things to chance")]
pub(crate) fn chancy_script(nodes: usize, ballots: usize) -> String {
    let chance = "delay 0.2Δ..1Δ\nloss 1%\nduplicates 1%\n";
    ballots_script(nodes, ballots).replace("delay 1Δ\n", chance)
}
