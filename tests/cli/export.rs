//! Runs as files: the same figure as the page's, reports, scripts and tests; and the exports that are refused.

use super::*;

#[test]
fn export_draws_the_golden_figure_unless_something_else_is_asked_for() {
    let output = run(&["export", "minimal-ballot"], b"");
    assert_good(&output);
    assert_eq!(text(&output.stdout), include_str!("../golden-svg/minimal-ballot.svg"));
    let same = run(&["export", "v=1&scenario=minimal-ballot&t=1", "--format", "svg"], b"");
    assert_eq!(same.stdout, output.stdout, "a terminal draws the whole run, wherever a link looks");
    let script = LIBRARY.iter().find(|built_in| built_in.name == "minimal-ballot").expect("it is built in").text;
    assert_eq!(run(&["export", "-"], script.as_bytes()).stdout, output.stdout);
    let dark = run(&["export", "three-nodes", "--dark", "--words", "2001"], b"");
    assert_eq!(text(&dark.stdout), include_str!("../golden-svg/three-nodes-dark.svg"));
}

#[test]
fn export_draws_a_run_until_a_time() {
    let output = run(&["export", "minimal-ballot", "--at", "2.5Δ"], b"");
    assert_good(&output);
    assert!(text(&output.stdout).contains(", until 2.5Δ. Nothing is decided."));
    let late = run(&["export", "minimal-ballot", "--at", "99"], b"");
    assert!(text(&late.stdout).contains("“red” is decided"));
}

#[test]
fn export_writes_what_run_and_link_know_of_it() {
    let json = run(&["export", "two-proposers", "--format", "json"], b"");
    assert_eq!(json.stdout, run(&["run", "two-proposers", "--json"], b"").stdout);
    let script = format!("{HEADER}nodes  3\nat 0 propose A red # why not\n");
    let output = run(&["export", "-", "--format", "script"], script.as_bytes());
    assert_good(&output);
    assert_eq!(text(&output.stdout), format!("{HEADER}nodes     3\nat 0Δ     propose A \"red\"  # why not\n"));
    let again = run(&["export", "-", "--format", "script"], &output.stdout);
    assert_eq!(again.stdout, output.stdout);
    let test = run(&["export", "without-promise", "--format", "test"], b"");
    assert_eq!(text(&test.stdout), include_str!("../regression/without_promises.rs"));
    assert_eq!(test.status.code(), Some(1), "a check is violated");
    let other = run(&["export", "steady", "--format", "json", "--protocol", "multi"], b"");
    assert_eq!(other.stdout, run(&["run", "steady", "--protocol", "multi", "--json"], b"").stdout);
}

#[test]
fn export_writes_a_file_and_then_prints_nothing() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("exported.svg");
    let name = path.to_str().expect("a path in UTF-8");
    let output = run(&["export", "minimal-ballot", "-o", name], b"");
    assert_eq!((output.status.code(), text(&output.stdout), text(&output.stderr)), (Some(0), "", ""));
    let written = fs::read_to_string(&path).expect("it is there");
    assert_eq!(written, include_str!("../golden-svg/minimal-ballot.svg"));
    let folder = env!("CARGO_TARGET_TMPDIR");
    let output = run(&["export", "minimal-ballot", "-o", folder], b"");
    assert!(text(&output.stderr).starts_with(&format!("{folder}: ")) && text(&output.stderr).lines().count() == 1);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""));
}

#[test]
fn export_writes_an_animation_or_says_why_it_does_not() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("film.gif");
    let name = path.to_str().expect("a path in UTF-8");
    let output = run(&["export", "minimal-ballot", "--animation", "--at", "0.5Δ", "-o", name], b"");
    if cfg!(feature = "animation") {
        assert_eq!((text(&output.stdout), text(&output.stderr), output.status.code()), ("", "", Some(0)));
        let bytes = fs::read(&path).expect("it is there");
        let mut decoder = gif::DecodeOptions::new().read_info(&bytes[..]).expect("it is a GIF");
        let mut delays = Vec::new();
        while let Some(frame) = decoder.next_frame_info().expect("it can be read") {
            delays.push(frame.delay);
        }
        assert_eq!(delays.iter().map(|delay| u32::from(*delay)).sum::<u32>(), 5 * 10 + 300, "{delays:?}");
        let output = run(&["export", "minimal-ballot", "--animation"], b"");
        assert!(text(&output.stderr).starts_with("--animation writes pixels: say with -o run.gif into which file"));
        assert_eq!(output.status.code(), Some(2));
    } else {
        assert!(text(&output.stderr).contains("cargo build --features animation"), "{}", text(&output.stderr));
        assert_eq!((text(&output.stdout), output.status.code()), ("", Some(2)));
    }
    let output = run(&["export", "minimal-ballot", "--format", "json", "--animation", "-o", name], b"");
    assert!(text(&output.stderr).contains("--animation is about how a figure is drawn, and --format json draws none"));
}

#[test]
fn export_warns_like_run() {
    let script = format!("{HEADER}nodes 3\nat 0 propose A red\nat 1 restart A\n");
    let output = run(&["export", "-"], script.as_bytes());
    assert_good(&output);
    assert_eq!(text(&output.stderr), "warning: -, line 4: A is up already\n");
}

#[test]
fn export_refuses_in_one_line_what_it_cannot_do() {
    let bad: [(&[&str], &str); 6] = [
        (
            &["steady", "--format", "jsno"],
            "--format jsno: no format has this name; there is: svg, json, script, test, events, mermaid, plantuml, shiviz, tikz; did \
             you mean json?",
        ),
        (
            &["steady", "--format", "json", "--dark"],
            "--dark is about how a figure is drawn, and --format json draws none",
        ),
        (
            &["steady", "--format", "test", "--at", "1"],
            "--at is about how a run is drawn, and --format test draws none",
        ),
        (&["steady", "--at", "soon"], "--at: “soon” is not a time; write it like 1.5Δ"),
        (&["steady", "--words", "1999"], "--words 1999: there are the words of 1998 and of 2001"),
        (&["stedy"], "stedy: no built-in scenario and no file has this name; did you mean steady?"),
    ];
    for (arguments, line) in bad {
        assert_bad(&run(&[&["export"], arguments].concat(), b""), line);
    }
    let cuts: String = (0..1500).map(|cut| format!("at {}Δ partition A B | C D | E\n", cut / 2)).collect();
    let line = "-: A picture of this run would have more than 4 MB; a picture of its beginning may have less";
    assert_bad(&run(&["export", "-"], format!("{HEADER}nodes 128\n{cuts}").as_bytes()), line);
}

#[test]
fn frames_are_pictures_of_one_size_until_the_end_of_the_run() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("frames");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("run.svg");
    let name = file.to_str().expect("a path in UTF-8");
    let output = run(&["export", "minimal-ballot", "--frames", "0,1Δ,..", "-o", name], b"");
    assert_eq!((output.status.code(), text(&output.stdout), text(&output.stderr)), (Some(0), "", ""));
    let pictures: Vec<_> = (1..=6)
        .map(|number| fs::read_to_string(folder.join(format!("run-{number}.svg"))).expect("a picture for each Δ"))
        .collect();
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 6);
    let size = |svg: &str| svg.split("viewBox=\"").nth(1).and_then(|rest| rest.split('"').next().map(str::to_owned));
    assert!(pictures.iter().all(|svg| size(svg) == size(&pictures[0]) && size(svg).is_some()));
    assert!(pictures[1].contains(", until 1Δ.") && pictures[5].contains("“red” is decided"));
    assert_eq!(pictures[2], text(&run(&["export", "minimal-ballot", "--at", "2Δ"], b"").stdout));
    let line = "--frames writes several files: say with -o run.svg how they are called";
    assert_bad(&run(&["export", "minimal-ballot", "--frames", "0"], b""), line);
}

#[test]
fn a_part_of_a_run_is_drawn_and_the_figure_says_so() {
    let part = run(&["export", "two-proposers", "--only", "kinds:Voted,voted;nodes:B"], b"");
    let part = text(&part.stdout);
    assert!(part.contains("Only this is shown: Voted, vote; process B."), "{part}");
    assert!(part.contains("32 messages"), "what is told of the run stays: {part}");
    let whole = run(&["export", "two-proposers"], b"");
    assert!(arrows(part) > 0 && arrows(part) < arrows(text(&whole.stdout)));
    let diagram = run(&["export", "two-proposers", "--format", "mermaid", "--only", "kinds:Voted"], b"");
    assert!(text(&diagram.stdout).contains("Voted") && !text(&diagram.stdout).contains("LastVote"));
    for (filter, format, said) in [
        ("kinds:Votted", "svg", "--only: Nothing of the kind “Votted” happens in this run; did you mean Voted?"),
        ("nodes:A", "shiviz", "--only is about how a run is drawn, and --format shiviz leaves nothing out"),
        ("nodes:A", "json", "--only is about how a run is drawn, and --format json leaves nothing out"),
    ] {
        let output = run(&["export", "two-proposers", "--format", format, "--only", filter], b"");
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
}

#[test]
fn an_exam_has_no_answers_and_its_key_has_all_of_them() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("exam.svg");
    let name = file.to_str().expect("a path in UTF-8");
    let output = run(&["export", "without-promise", "--exam", "-o", name], b"");
    assert_eq!((output.status.code(), text(&output.stdout), text(&output.stderr)), (Some(1), "", ""));
    let exam = fs::read_to_string(&file).expect("the exam");
    let key = fs::read_to_string(file.with_file_name("exam-key.svg")).expect("the key");
    assert_eq!(key, text(&run(&["export", "without-promise"], b"").stdout));
    for answer in ["Without promises", "learn", "✗", "✓", "decided", "says", "+4Δ", "Agreement"] {
        assert!(!exam.contains(answer), "the exam says {answer}");
    }
    assert!(key.contains("Without promises") && key.contains("✗ Agreement") && key.contains("+4Δ"), "{key}");
    assert!(exam.contains("What happens here?") && exam.contains(">A</text>") && arrows(&exam) > 10);
}

/// How many arrows a figure has.
fn arrows(svg: &str) -> usize {
    svg.matches("class=\"head\"").count()
}
