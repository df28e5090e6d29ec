//! Links on the terminal: they run like files, are printed again, and are refused in one line.

use paxos_playground::scenario::link::{Opens, RunLink};

use super::*;

/// A link to this text.
fn link(text: &str) -> String {
    RunLink { opens: Opens::Script(text.to_owned()), ..RunLink::default() }.print()
}

#[test]
fn a_link_runs_like_the_file_it_was_made_of() {
    let script = format!("{HEADER}nodes 3\nat 0Δ propose A \"red\"\n");
    let expected = run(&["run", "-", "--trace"], script.as_bytes());
    assert_good(&expected);
    let printed = run(&["link", "-", "--at", "2.5"], script.as_bytes());
    assert_good(&printed);
    let printed = text(&printed.stdout).trim_end();
    assert!(printed.starts_with("v=1&s=") && printed.ends_with("&t=2.5") && printed.len() < 120, "{printed}");
    for link in [printed.to_owned(), format!("https://example.org/paxos/?theme=dark#{printed}"), format!("#{printed}")]
    {
        let output = run(&["run", &link, "--trace"], b"");
        assert_eq!((output.status.code(), &output.stdout), (Some(0), &expected.stdout), "{link}");
    }
}

#[test]
fn a_script_that_no_link_could_open_is_refused() {
    let lines: String = (0..2_600).map(|count| format!("at 0 propose A v{count:08}\n")).collect();
    let script = format!("{HEADER}nodes 3\nuntil 0.1\n{lines}");
    assert_bad(
        &run(&["link", "-"], script.as_bytes()),
        "-: written out, the script has 85847 bytes, and a link opens 65536 at most",
    );
}

#[test]
fn links_to_scenarios_and_lessons_run_compare_explore_and_sweep() {
    for (link, name) in [("v=1&scenario=steady", "steady"), ("x#v=1&lesson=first-decree", "")] {
        let output = run(&["run", link], b"");
        assert_good(&output);
        if !name.is_empty() {
            assert_eq!(output.stdout, run(&["run", name], b"").stdout);
        }
    }
    assert_good(&run(&["compare", "v=1&scenario=steady"], b""));
    assert_good(&run(&["explore", "v=1&scenario=three-nodes", "--states", "1000"], b""));
    assert_good(&run(&["sweep", "v=1&scenario=steady", "--seeds", "1..3"], b""));
    assert_good(&run(&["worst", "v=1&scenario=minimal-ballot", "--protocol", "complete", "--resolution", "2"], b""));
}

#[test]
fn link_prints_a_built_in_scenario_by_its_name_and_on_a_page() {
    let output = run(&["link", "two-proposers", "--base", "https://example.org/p/#old", "--at", "1Δ"], b"");
    assert_good(&output);
    assert_eq!(text(&output.stdout), "https://example.org/p/#v=1&scenario=two-proposers&t=1\n");
    let output = run(&["link", "two-proposers", "--text"], b"");
    assert!(text(&output.stdout).starts_with("v=1&s="));
    // A link to a link is the same link.
    let again = run(&["link", text(&output.stdout).trim_end(), "--text"], b"");
    assert_eq!(again.stdout, output.stdout);
}

#[test]
fn a_bad_link_is_refused_in_one_line() {
    let cut = &link("paxos-playground 1\nnodes 3\n")[..12];
    let bad = [
        ("https://example.org/#v=1", "The link does not say what to open: a script, a lesson or a scenario"),
        ("v=1&lesson=adapt", "The link asks for a lesson, and “adapt” is none; did you mean adopt?"),
        ("v=1&scenario=steady&t=x", "The link’s time was left out: “x” is not a time; write it like 1.5Δ"),
        ("v=2&s=AAAA", "The link is of version “2”, and only version 1 is known here"),
        (cut, "The link’s script cannot be read: its end is missing"),
    ];
    for (link, sentence) in bad {
        assert_bad(&run(&["run", link], b""), sentence);
    }
    let broken = link("paxos-playground 1\nnodes 3\nat 0Δ propose Z red\n");
    let sentence = "the link’s script, line 3, column 15: no node is called “Z”; the nodes are A, B, C";
    assert_bad(&run(&["run", &broken], b""), sentence);
    assert_bad(&run(&["link", "steady", "--at", "soon"], b""), "--at: “soon” is not a time; write it like 1.5Δ");
}
