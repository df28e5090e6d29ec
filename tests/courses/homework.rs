//! The homework of the course kit: its grader in Python, which has the program judge, gives the right points to solutions, to wrong
//! hand-ins, and to files that no student should hand in.
//!
//! The grader needs Python; where Python is missing these tests fail and say what to install.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::root;

const PROGRAM: &str = env!("CARGO_BIN_EXE_paxos-playground");

/// An assignment: how the grader calls it, its text, where its hand-ins are, their points, and what hand-ins hear that are only
/// the given lines.
struct Assignment {
    name: &'static str,
    text: &'static str,
    submissions: &'static str,
    points: &'static str,
    as_given: &'static [&'static str],
}

static ASSIGNMENTS: [Assignment; 2] = [
    Assignment {
        name: "ballots",
        text: include_str!("../../docs/courses/homework/assignment.md"),
        submissions: "submissions",
        points: include_str!("points.csv"),
        as_given: &[
            "as-given,exercise-1,0,4,5 of five voted in 1.A: that ballot is successful.",
            "as-given,exercise-2,0,5,\"r is to be gone, and p to have red passed.\"",
            "as-given,exercise-3,0,5,Every check holds.",
            "as-given,exercise-4,0,6,“put y 2” is not passed by another leader than A.",
        ],
    },
    Assignment {
        name: "derivations",
        text: include_str!("../../docs/courses/homework/derivations.md"),
        submissions: "submissions-derivations",
        points: include_str!("points-derivations.csv"),
        as_given: &[
            "as-given,exercise-1,0,6,B2 holds: C never had to guess.",
            "as-given,exercise-2,0,4,\"An acceptor is to be down when X asks, and red to be passed.\"",
            "as-given,exercise-3,1,5,\"“put x 1” and “put y 2” are to be appended in two orders, and to take 2Δ.\"",
            "as-given,exercise-4,0,5,\"B, C and D accept the same command from A.\"",
            "as-given,exercise-5,0,4,B is not removed.",
            "as-given,exercise-6,0,6,Under basic every process is believed.",
        ],
    },
];

/// Runs the grader with these arguments.
fn grade(arguments: &[&str]) -> Output {
    let grader = root().join("docs/courses/homework/grade.py");
    let output = Command::new("python3").arg(grader).args(arguments).output();
    output.unwrap_or_else(|error| {
        panic!("python3 cannot be started ({error}). Install Python 3.9 or later to test the grader.")
    })
}

/// The rows that the grader writes for a folder, without the heading and the byte-order mark of UTF-8.
fn rows(folder: &Path, more: &[&str]) -> Vec<String> {
    let file = folder.with_extension("csv");
    let (folder, name) = (folder.to_string_lossy(), file.to_string_lossy());
    let output = grade(&[&[&*folder, "--csv", &*name], more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(&file).expect("the grader wrote it");
    let rows = text.strip_prefix("\u{feff}student,exercise,points,of,reason\n").expect("the heading comes first");
    rows.lines().map(str::to_owned).collect()
}

/// An empty folder that belongs to this test alone.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("homework").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a temporary folder");
    folder
}

/// A folder of hand-ins with the folder of one student in it.
fn hand_ins(name: &str, student: &str) -> (PathBuf, PathBuf) {
    let all = folder(name);
    let own = all.join(student);
    fs::create_dir(&own).expect("a folder for the student");
    (all, own)
}

#[test]
fn solutions_and_wrong_hand_ins_have_the_points_that_they_should() {
    for assignment in &ASSIGNMENTS {
        let copy = folder(&format!("handed-in-{}", assignment.name));
        let submissions = root().join("docs/courses/homework").join(assignment.submissions);
        for student in fs::read_dir(submissions).expect("the kit has hand-ins").flatten() {
            let own = copy.join(student.file_name());
            fs::create_dir(&own).expect("a folder for the student");
            for file in fs::read_dir(student.path()).expect("a student's folder").flatten() {
                fs::copy(file.path(), own.join(file.file_name())).expect("a copy");
            }
        }
        let expected = assignment.points.trim_start_matches('\u{feff}');
        let expected: Vec<_> = expected.lines().skip(1).collect();
        assert_eq!(rows(&copy, &["--homework", assignment.name, "--program", PROGRAM]), expected);
        // Full points are those that the assignment promises, and every wrong hand-in lacks some points.
        for row in expected {
            let [student, _, points, of, ..] = row.split(',').collect::<Vec<_>>()[..] else {
                panic!("a short row: {row}")
            };
            assert_eq!(points == of, student == "solutions", "{row}");
        }
    }
}

#[test]
fn the_assignments_give_the_lines_that_the_grader_asks_for() {
    for assignment in &ASSIGNMENTS {
        // A hand-in with only the given lines lacks none of them.
        let (all, own) = hand_ins(&format!("given-{}", assignment.name), "as-given");
        let given: Vec<_> =
            assignment.text.split("```paxos\n").skip(1).map(|rest| rest.split("```").next().expect("an end")).collect();
        assert_eq!(given.len(), assignment.as_given.len());
        for (text, number) in given.iter().zip(1..) {
            fs::write(own.join(format!("exercise-{number}.paxos")), text).expect("a file");
        }
        assert_eq!(rows(&all, &["--homework", assignment.name, "--program", PROGRAM]), assignment.as_given);
        for (row, number) in assignment.as_given.iter().zip(1..) {
            let of = row.split(',').nth(3).expect("a sum");
            let heading = format!("## {number}. ");
            let title = assignment.text.lines().find(|line| line.starts_with(&heading)).expect("a heading");
            assert!(title.ends_with(&format!("({of} points)")), "{title}: {of}");
        }
    }
}

#[cfg(unix)]
#[test]
fn what_nobody_should_hand_in_costs_its_author_and_nobody_else() {
    let (all, own) = hand_ins("hostile", "=1+1");
    fs::write(all.join("notes.txt"), "no student").expect("a file");
    fs::write(own.join("exercise-1.paxos"), vec![b'#'; 65537]).expect("a file");
    fs::create_dir(own.join("exercise-2.paxos")).expect("a folder");
    fs::write(own.join("exercise-3.paxos"), b"paxos-playground 1\nnodes A\xff").expect("a file");
    let other = root().join("docs/courses/homework/submissions/solutions/exercise-4.paxos");
    std::os::unix::fs::symlink(other, own.join("exercise-4.paxos")).expect("a link");
    let expected = [
        "'=1+1,exercise-1,0,4,The file has 65537 bytes; a script has at most 65536.",
        "'=1+1,exercise-2,0,5,This is no file.",
        "'=1+1,exercise-3,0,5,\"This does not run: line 2, column 8: this is not UTF-8 text\"",
        "'=1+1,exercise-4,0,6,This is a link to another file; hand in the file itself.",
    ];
    assert_eq!(rows(&all, &["--program", PROGRAM]), expected);
    let output = grade(&[&all.to_string_lossy(), "--program", PROGRAM]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "notes.txt is no folder, and was left out.\n");
}

#[test]
fn a_run_that_holds_too_much_is_refused() {
    let (all, own) = hand_ins("large", "somebody");
    let asked = "at 0Δ propose A red\n".repeat(64);
    let script = format!("paxos-playground 1\nprotocol broadcast\nnodes 128\noption window 64\n{asked}");
    fs::write(own.join("exercise-1.paxos"), script).expect("a file");
    let told = "The run is too large: it was stopped before it came to an end.";
    assert_eq!(rows(&all, &["--program", PROGRAM])[0], format!("somebody,exercise-1,0,4,{told}"));
}

/// A program of this test that stands in for the playground.
#[cfg(unix)]
fn program(name: &str, script: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;

    let file = folder(name).join("program.sh");
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).expect("a program");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("it can be run");
    file.to_string_lossy().into_owned()
}

#[cfg(unix)]
#[test]
fn a_run_that_takes_too_long_is_ended_and_one_that_breaks_the_program_is_told() {
    let (all, own) = hand_ins("slow", "somebody");
    fs::write(own.join("exercise-1.paxos"), "paxos-playground 1\nnodes 3\n").expect("a file");
    let cases = [
        ("exec sleep 60", "The run took longer than 0.2 seconds."),
        ("exit 101", "\"The program broke down on this, with status 101: the teacher should look at it.\""),
    ];
    for (script, told) in cases {
        let program = program("in-its-place", script);
        let seconds = if script == "exit 101" { "20" } else { "0.2" };
        let rows = rows(&all, &["--program", &program, "--seconds", seconds]);
        assert_eq!(rows[0], format!("somebody,exercise-1,0,4,{told}"));
        assert_eq!(rows[1], "somebody,exercise-2,0,5,Nothing was handed in.");
    }
}

#[test]
fn a_teacher_is_told_why_nobody_can_be_graded() {
    let (all, own) = hand_ins("unusable", "somebody");
    fs::write(own.join("exercise-1.paxos"), "paxos-playground 1\nnodes 3\n").expect("a file");
    let cases = [
        (
            &*all.to_string_lossy(),
            "no-such-program",
            "grade.py: no-such-program cannot be started: No such file or directory.\n",
        ),
        (&*all.to_string_lossy(), "true", "grade.py: The program gave no points. Is it paxos-playground?\n"),
        ("no-such-folder", PROGRAM, "grade.py: no-such-folder: No such file or directory.\n"),
    ];
    for (folder, program, told) in cases {
        let output = grade(&[folder, "--program", program]);
        assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(2), told));
        assert!(output.stdout.is_empty());
    }
}
