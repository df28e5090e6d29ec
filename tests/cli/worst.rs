//! `worst` with processes outside the majority, with other options, and with a limit of memory.

use serde_json::Value;

use super::{assert_bad, assert_good, run, text};

/// A process outside the majority may crash, or be slow; the search may replace options of the script.
#[test]
fn worst_asks_about_processes_outside_the_majority() {
    let ask = |more: &[&str]| run(&[&["worst", "promise-then-crash", "--stale", "0"], more].concat(), b"");
    for (more, bound) in [
        (&["--crashes", "1"][..], "9Δ"),
        (&["--outside", "up"], "5Δ"),
        (&["--outside", "up", "--crashes", "1", "--option", "phase-2", "all"], "5Δ"),
        (&["--outside", "slow", "--option", "phase-2", "all", "--option", "restart", "hopeless"], "5Δ"),
    ] {
        let output = ask(more);
        assert_good(&output);
        assert!(
            text(&output.stdout).starts_with(&format!("In the worst case A and C know within {bound} of T_el")),
            "{more:?}"
        );
    }
    let output = ask(&["--crashes", "1", "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["outside"], &report["crashes"]), (&"up".into(), &1.into()));
    assert_eq!((&report["found"]["all_learned"], &report["ended"]), (&9.into(), &"whole".into()));
    let line = "--option restart soon: option restart is one of timer, any-nack, own-nack, hopeless, not “soon”";
    assert_bad(&ask(&["--option", "restart", "soon"]), line);
    let output = ask(&["--outside", "up", "--option", "window", "4"]);
    let warning = "warning: --option window 4: the complete protocol has no option window; the multi protocol has\n";
    assert!(text(&output.stderr).contains(warning) && output.status.code() == Some(0), "{output:?}");
    let line = "promise-then-crash: there may be 0 to 1 crashes, of processes that are outside C and up at T_el, not 2";
    let output = ask(&["--crashes", "2"]);
    assert!(text(&output.stderr).ends_with(&format!("{line}\n")) && output.status.code() == Some(2), "{output:?}");
}

/// A limit of memory ends a search, which then says “at least”.
#[test]
fn worst_keeps_to_its_memory() {
    let question = ["worst", "minimal-ballot", "--protocol", "complete", "--stale", "2", "--resolution", "8"];
    let output = run(&[&question[..], &["--memory", "16"]].concat(), b"");
    assert_good(&output);
    let printed = text(&output.stdout);
    assert!(printed.starts_with("It can take ") && printed.contains(" moments, which took 16 MB; "), "{printed}");
    let output = run(&[&question[..], &["--memory", "15"]].concat(), b"");
    assert_eq!(output.status.code(), Some(2));
}
