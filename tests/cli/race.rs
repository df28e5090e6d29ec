//! The race on the terminal: what may be asked for, and what is told where that is not possible. `tests/race.rs` has the
//! numbers.

use super::*;

#[test]
fn a_wrong_choice_is_told_in_one_line() {
    for (arguments, line) in [
        (&["--with", "multy"][..], "--with: no protocol is called “multy”; there is: "),
        (&["--nodes", "0"], "--nodes 0: a number from 1 to 128 is needed\n"),
        (&["--nodes", "129"], "--nodes 129: a number from 1 to 128 is needed\n"),
        (&["--tolerate", "many"], "--tolerate many: a number from 0 to 20 is needed\n"),
    ] {
        let output = run(&[&["race", "steady"], arguments].concat(), b"");
        let told = text(&output.stderr);
        assert!(told.starts_with(line) && told.lines().count() == 1, "{told}");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""));
    }
    let output = run(&["race", "steady", "--nodes", "3", "--tolerate", "1"], b"");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_text_says_whether_f_or_n_is_equal() {
    let said = |arguments: &[&str]| text(&run(&[&["race", "steady"], arguments].concat(), b"").stdout).to_owned();
    assert!(said(&[]).contains("At equal f: each protocol runs with the fewest servers that bear f = 2 faults."));
    assert!(said(&["--tolerate", "1"]).contains("that bear f = 1 fault."));
    assert!(said(&["--nodes", "4"]).contains("At equal n: each protocol runs with n = 4 servers"));
}

#[test]
fn a_race_in_which_a_check_is_violated_has_the_status_for_that() {
    let output = run(&["race", "without-promise", "--with", "basic,multi"], b"");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("basic: Violated: "));
}

#[test]
fn where_no_protocol_can_run_the_script_that_is_an_error() {
    assert_good(&run(&["race", "steady", "--with", "fab", "--tolerate", "20"], b""));
    let output = run(&["race", "client-apart", "--with", "pbft", "--nodes", "128"], b"");
    let line = "client-apart: no protocol runs this script. It cannot run this script: there would be 129 processes, and a \
                cluster has 128 at most.";
    assert_bad(&output, line);
}
