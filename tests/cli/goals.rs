//! Goals on the terminal: what `run` says of them, and the search for a schedule that reaches them.

use super::*;

const TWO_VOTES: &str = "paxos-playground 1\ntitle Votes without success\nnodes A B C D E\nat 0Δ propose A \"red\"\n\
                         goal 0 \"Every check holds\": violated = 0\n\
                         goal 2 \"Two of five voted, and nothing is decided.\": votes = 2 and decisions = 0 else \"{votes} voted.\"\n";

const TWO_DECREES: &str = "paxos-playground 1\nnodes A B C\nwithout promise\nat 0Δ propose A \"red\"\nat 0Δ propose C \"blue\"\n\
                           goal \"Two decrees are known\": some a in decisions: some b in decisions: a.value != b.value\n";

#[test]
fn a_report_ends_with_the_goals_and_they_change_no_status() {
    let output = run(&["run", "-"], TWO_VOTES.as_bytes());
    let expected =
        "\ngoals, 0 of 2 points\n✓ Every check holds\n✗ Two of five voted, and nothing is decided: 5 voted.\n";
    assert!(text(&output.stdout).ends_with(expected), "{}", text(&output.stdout));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_search_finds_a_shortest_schedule_that_reaches_the_goals() {
    for (name, script, moves, status) in [("two-votes", TWO_VOTES, 6, 0), ("two-decrees", TWO_DECREES, 10, 1)] {
        let path = file(&format!("{name}.paxos"), script.as_bytes());
        let path = path.to_str().expect("a path in UTF-8");
        let output = run(&["explore", path, "--goal"], b"");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let told = text(&output.stdout);
        assert!(told.contains(&format!("\n✓ reached after {moves} moves\n  ✓ ")) && !told.contains('✗'), "{told}");
        let found = run(&["explore", path, "--goal", "--script"], b"");
        // Of several ways that are equally short any may be printed.
        let about = format!("reaches the goals after {moves} moves, and not after fewer.");
        assert!(text(&found.stdout).contains(&about), "{}", text(&found.stdout));
        // Its run reaches the goals, and two decrees break agreement.
        let output = run(&["run", "-"], &found.stdout);
        assert_eq!(output.status.code(), Some(status));
        let (_, goals) = text(&output.stdout).split_once("\ngoals, ").expect("the report has goals");
        assert!(goals.contains('✓') && !goals.contains('✗'), "{goals}");
    }
}

#[test]
fn what_no_schedule_reaches_is_exhausted() {
    let path = file("kept.paxos", TWO_DECREES.replace("without promise\n", "").replace("A B C", "A C").as_bytes());
    let output = run(&["explore", path.to_str().expect("a path in UTF-8"), "--goal"], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stdout).ends_with("\n✗ exhausted: no schedule reaches the goals\n"),
        "{}",
        text(&output.stdout)
    );
}

#[test]
fn a_search_for_goals_says_what_it_cannot_look_for() {
    let path = file("aside.paxos", TWO_VOTES.as_bytes());
    let output = run(&["explore", path.to_str().expect("a path in UTF-8"), "--goal"], b"");
    let aside = "line 5: a search over schedules does not know “violated”, so it does not look for this goal\n";
    assert!(text(&output.stderr).ends_with(aside), "{}", text(&output.stderr));
    let cases = [
        ("goal \"x\": end = 3Δ", "no goal can be looked for: a search over schedules does not know “end”"),
        ("goal \"x\": some v in votes: v.time = 3Δ", "does not know the “time” of votes"),
        ("goal \"x\": decisions = 0", "the goals are reached before anything happens"),
        ("", "the script has no goals"),
        ("liars B\ngoal \"x\": votes > 0", "a search for goals does not know liars"),
    ];
    for (line, expected) in cases {
        let script = format!("{HEADER}protocol pbft\nnodes A B C D\nat 0Δ propose A red\n{line}\n");
        let path = file("unknown.paxos", script.as_bytes());
        let output = run(&["explore", path.to_str().expect("a path in UTF-8"), "--goal"], b"");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{line}");
        assert!(text(&output.stderr).contains(expected), "{line}: {}", text(&output.stderr));
    }
    assert_bad(&run(&["explore", "-", "--goal"], b""), "--goal: name a file, because the script is read twice");
}
