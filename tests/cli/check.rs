//! Logs of other systems: what is printed, what is drawn, and what is said of lines that are wrong. The helpers of the document
//! write logs in which a planted bug is found.

use super::*;

/// The logs with one broken promise, each with the line that breaks it.
const BROKEN: [(&str, u32); 4] = [
    ("broken-promise.jsonl", 20),
    ("broken-promise.shiviz.log", 11),
    ("broken-promise.paxos.tlc.txt", 30),
    ("broken-promise.voting.tlc.txt", 11),
];

fn log(name: &str) -> String {
    format!("{}/tests/logs/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn check_prints_what_the_document_shows() {
    let output = run(&["check", &log("broken-promise.jsonl")], b"");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), ""));
    let document = include_str!("../../docs/logs.md");
    let shown =
        document.split("```text\n").find(|part| part.starts_with("$ ")).and_then(|part| part.split("```").next());
    let (_, shown) = shown.and_then(|shown| shown.split_once('\n')).expect("the document shows a run");
    assert_eq!(text(&output.stdout), shown);
}

#[test]
fn a_broken_promise_is_red_at_its_line_in_every_format_and_drawn_there() {
    for (name, line) in BROKEN {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.svg"));
        let output = run(&["check", &log(name), "--svg", path.to_str().expect("UTF-8")], b"");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), ""), "{name}");
        let told = text(&output.stdout);
        let red: Vec<_> = told.lines().filter(|told| told.starts_with("✗ promise, line ")).collect();
        assert!(red.len() == 1 && red[0].starts_with(&format!("✗ promise, line {line}")), "{told}");
        let sentence = red[0].rsplit_once(": ").expect("a sentence").1;
        let svg = fs::read_to_string(&path).expect("it is drawn");
        assert!(svg.contains("✗ Promises are kept") && svg.contains(sentence), "{name}");
        let read = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read.root_element().tag_name().name(), "svg");
    }
}

#[test]
fn a_run_that_goes_out_as_events_can_be_checked() {
    for (name, code) in [("two-proposers", 0), ("without-promise", 1), ("steady-log", 0)] {
        let events = run(&["run", name, "--events"], b"");
        assert_eq!(events.stdout, run(&["export", name, "--format", "events"], b"").stdout);
        let told = run(&["check", "-"], &events.stdout);
        assert_eq!((told.status.code(), text(&told.stderr)), (Some(code), ""), "{}", text(&told.stdout));
        let log = run(&["export", name, "--format", "shiviz"], b"");
        let told = run(&["check", "-"], &log.stdout);
        assert_eq!(told.status.code(), Some(code), "{name}: {}{}", text(&told.stdout), text(&told.stderr));
    }
}

#[test]
fn times_are_told_in_ms_and_in_deltas_of_the_length_that_is_given() {
    let told = run(&["check", &log("broken-promise.jsonl"), "--delta", "100ms"], b"");
    assert!(
        text(&told.stdout).contains("✗ promise, line 20 at 131 ms (1.31Δ): B voted in 1.A"),
        "{}",
        text(&told.stdout)
    );
    let named = run(&["check", &log("broken-promise.shiviz.log"), "--acceptors", "A, B,C"], b"");
    assert!(text(&named.stdout).contains("; quorum: 2 of A B C\n"), "{}", text(&named.stdout));
    let modern = run(&["check", &log("broken-promise.jsonl"), "--words", "2001"], b"");
    assert!(text(&modern.stdout).contains("B accepted 1.A, although it had promised 2.C"), "{}", text(&modern.stdout));
    let line = "--delta: “soon” does not say how long Δ is; write it like 50ms or 2s";
    assert_bad(&run(&["check", &log("broken-promise.jsonl"), "--delta", "soon"], b""), line);
}

#[test]
fn lines_that_are_wrong_are_told_and_the_others_are_judged() {
    let text_of = "{\"node\":\"A\",\"what\":\"voted\",\"ballot\":\"1.A\",\"value\":\"red\"}\noops\u{7}\n\
                   {\"node\":\"A\",\"what\":\"promised\",\"ballot\":\"2.B\",\"vote\":null}\n";
    let output = run(&["check", "-"], text_of.as_bytes());
    assert_eq!(text(&output.stderr), "-, line 2: column 1: this is no JSON\n");
    assert_eq!(output.status.code(), Some(1), "the promise hides a vote");
    assert!(
        text(&output.stdout).contains("✗ promise, line 3: A reports null to ballot 2.B"),
        "{}",
        text(&output.stdout)
    );
    let good = run(&["check", "-"], text_of.replace("null}", "{\"ballot\":\"1.A\",\"value\":\"red\"}}").as_bytes());
    assert_eq!(good.status.code(), Some(2), "nothing is violated, and a line is wrong");
    assert_bad(
        &run(&["check", "-"], b"\xff\xfe"),
        "-: there is no event in this log, read as JSON lines: line 1: column 1: this is no JSON",
    );
    let missing = run(&["check", "no such file"], b"");
    assert!(missing.status.code() == Some(2) && text(&missing.stderr).starts_with("no such file: "));
}

/// Runs a program and answers what it prints; none where the machine has no such program.
fn printed(program: &str, arguments: &[&str], folder: &str) -> Option<Vec<u8>> {
    let output = Command::new(program).args(arguments).current_dir(folder).env("PYTHONDONTWRITEBYTECODE", "1").output();
    match output {
        Ok(output) if output.status.success() => Some(output.stdout),
        Ok(output) => panic!("{program} {arguments:?}: {}", text(&output.stderr)),
        Err(error) => {
            eprintln!("skipped: this machine has no {program} ({error})");
            None
        }
    }
}

/// A correct program’s log is good, and the planted bug of the other one is found.
fn assert_found(language: &str, log: impl Fn(&[&str]) -> Option<Vec<u8>>) {
    let (Some(good), Some(bad)) = (log(&[]), log(&["bug"])) else { return };
    let told = run(&["check", "-"], &good);
    assert_eq!((told.status.code(), text(&told.stderr)), (Some(0), ""), "{language}: {}", text(&told.stdout));
    let told = run(&["check", "-"], &bad);
    let votes_as_b = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        line["what"] == "voted" && line["node"] == "B"
    };
    let place = text(&bad).lines().position(votes_as_b).expect("B votes") + 1;
    assert_eq!(told.status.code(), Some(1), "{language}");
    assert!(text(&told.stdout).contains(&format!("✗ promise, line {place} at ")), "{language}: {}", text(&told.stdout));
    assert!(text(&told.stdout).contains("B voted in 1.A, although it had promised 2.C"), "{language}");
    assert!(text(&told.stdout).contains("✗ agreement, line "), "{language}: {}", text(&told.stdout));
}

#[test]
fn the_helper_in_python_writes_a_log_in_which_a_bug_is_found() {
    assert_found("Python", |words| printed("python3", &[&["little/little_paxos.py"], words].concat(), &log("")));
}

#[test]
fn the_helper_in_rust_writes_a_log_in_which_a_bug_is_found() {
    let program = format!("{}/little_paxos", env!("CARGO_TARGET_TMPDIR"));
    let built = printed("rustc", &["--edition", "2021", "-o", &program, "little/little_paxos.rs"], &log(""));
    assert_found("Rust", |words| built.as_ref().and_then(|_| printed(&program, words, &log(""))));
}

#[test]
fn the_helper_in_java_writes_a_log_in_which_a_bug_is_found() {
    let (classes, helper) = (env!("CARGO_TARGET_TMPDIR"), log("../../docs/logs/PaxosLog.java"));
    let built = printed("javac", &["-d", classes, &helper, "little/LittlePaxos.java"], &log(""));
    assert_found("Java", |words| {
        built.as_ref().and_then(|_| printed("java", &[&["-cp", classes, "LittlePaxos"], words].concat(), &log("")))
    });
}

#[test]
fn the_helper_in_go_writes_a_log_in_which_a_bug_is_found() {
    // Go wants each package in a folder of its own.
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("little-go");
    let package = folder.join("src/paxoslog");
    fs::create_dir_all(&package).expect("a folder");
    let put = |from: &str, to: PathBuf| fs::copy(log(from), to).map(drop).expect("a copy");
    put("../../docs/logs/paxoslog.go", package.join("paxoslog.go"));
    put("little/main.go", folder.join("main.go"));
    fs::write(
        folder.join("go.mod"),
        "module little\n\ngo 1.18\n\nrequire paxoslog v0.0.0\n\nreplace paxoslog => ./src/paxoslog\n",
    )
    .expect("a file");
    fs::write(package.join("go.mod"), "module paxoslog\n\ngo 1.18\n").expect("a file");
    let folder = folder.to_str().expect("UTF-8").to_owned();
    assert_found("Go", |words| printed("go", &[&["run", "main.go"], words].concat(), &folder));
}
