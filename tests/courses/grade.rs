//! The exercises of the course kit as scripts with goals: `grade` gives the points that they promise, and holds out against
//! hand-ins that nobody should hand in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::root;

fn homework() -> PathBuf {
    root().join("docs/courses/homework")
}

/// Grades these hand-ins by the exercises of this folder.
fn grade(exercises: &Path, more: &[&str]) -> Output {
    let program = Command::new(env!("CARGO_BIN_EXE_paxos-playground")).arg("grade").arg(exercises).args(more).output();
    program.expect("the program runs")
}

/// The rows of the CSV file, without its heading and its mark.
fn rows(exercises: &Path, submissions: &Path) -> Vec<String> {
    let file = submissions.with_extension("csv");
    let (folder, name) = (submissions.to_string_lossy(), file.to_string_lossy());
    let output = grade(exercises, &["--submissions", &folder, "--csv", &name]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(&file).expect("it was written");
    let rows = text.strip_prefix("\u{feff}student,exercise,points,of,reason\n").expect("the heading comes first");
    rows.lines().map(str::to_owned).collect()
}

/// An empty folder that belongs to this test alone.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("grade").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a temporary folder");
    folder
}

/// A folder of exercises with one exercise, and a folder of hand-ins with the folder of one student in it.
fn one(name: &str, exercise: &str) -> (PathBuf, PathBuf, PathBuf) {
    let all = folder(name);
    fs::write(all.join("one.paxos"), exercise).expect("a file");
    let submissions = all.join("submissions");
    let own = submissions.join("somebody");
    fs::create_dir_all(&own).expect("a folder for the student");
    (all, submissions, own)
}

const VOTE: &str = "paxos-playground 1\nnodes A B C\nat 0Δ propose A red\nallow drop 1, crash B before 2Δ\n\
                    goal 2 \"Somebody votes\": votes > 0\ngoal 3 \"Nobody learns it.\": decisions = 0 else \"{learned} know it.\"\n";

#[test]
fn every_hand_in_of_the_kit_has_the_points_that_it_should() {
    let derivations = homework().join("derivations");
    for (exercises, handed_in, points) in [
        (homework(), "submissions", include_str!("points.csv")),
        (derivations, "submissions-derivations", include_str!("points-derivations.csv")),
    ] {
        let submissions = folder("kit").join("submissions");
        for student in fs::read_dir(homework().join(handed_in)).expect("the kit has hand-ins").flatten() {
            let own = submissions.join(student.file_name());
            fs::create_dir_all(&own).expect("a folder for the student");
            for file in fs::read_dir(student.path()).expect("a student's folder").flatten() {
                fs::copy(file.path(), own.join(file.file_name())).expect("a copy");
            }
        }
        let expected = points.trim_start_matches('\u{feff}');
        assert_eq!(rows(&exercises, &submissions), expected.lines().skip(1).collect::<Vec<_>>());
    }
}

#[test]
fn the_table_has_a_line_for_each_hand_in_and_the_sum() {
    let (all, _, own) = one("table", VOTE);
    fs::write(own.join("one.paxos"), "paxos-playground 1\nnodes A B C\nat 0 propose A \"red\"\n").expect("a file");
    let output = grade(&all, &[]);
    let expected = "somebody  one             2/5  3 know it.\nsomebody  all together    2/5\n\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}

#[test]
fn a_hand_in_has_the_lines_of_the_exercise_and_adds_only_what_it_allows() {
    let (all, submissions, own) = one("lines", VOTE);
    let given = "paxos-playground 1\nnodes A B C\nat 0Δ propose A red\n";
    let cases = [
        ("drop Voted B->A\ndrop Voted C->A\n", "0,5,Line 5 is one more than this exercise allows: drop Voted C->A"),
        ("at 2Δ crash B\n", "0,5,Line 4 is none that this exercise allows: at 2Δ crash B"),
        ("at 1Δ crash C\n", "0,5,Line 4 is none that this exercise allows: at 1Δ crash C"),
        ("at 0Δ propose A red\n", "0,5,\"Line 4 is none that this exercise allows: at 0Δ propose A \"\"red\"\"\""),
        ("title Mine\nwait 1Δ Look\n# a comment\nat 1Δ crash B\n", "2,5,2 know it."),
        ("at 1Δ crash B\ndrop Voted C->A\ngoal \"All is well\": votes > 9\nallow crash\n", "5,5,Nobody learns it."),
    ];
    for (added, expected) in cases {
        fs::write(own.join("one.paxos"), format!("{given}{added}")).expect("a file");
        assert_eq!(rows(&all, &submissions), [format!("somebody,one,{expected}")], "{added}");
    }
    fs::write(own.join("one.paxos"), given.replace("A red", "A blue")).expect("a file");
    let missing = "somebody,one,0,5,\"A line of the exercise is missing: at 0Δ propose A \"\"red\"\"\"";
    assert_eq!(rows(&all, &submissions), [missing]);
}

#[test]
fn a_setting_that_may_differ_is_only_an_example_and_goals_are_read_with_the_lines_of_the_hand_in() {
    let exercise = "paxos-playground 1\nnodes A X\nclients X\nat 0Δ propose X red\nallow nodes, protocol\n\
                    goal \"Four are enough.\": (count n in nodes: n.node != X) = 4 and every n in nodes: n.node != B or n.up\n";
    let (all, submissions, own) = one("settings", &exercise.replace("n.node != B", "n.node != A"));
    let rest = "clients X\nat 0Δ propose X red\n";
    fs::write(own.join("one.paxos"), format!("paxos-playground 1\nprotocol multi\nnodes X D C B A\n{rest}"))
        .expect("a file");
    assert_eq!(rows(&all, &submissions), ["somebody,one,1,1,Four are enough."]);
    fs::write(own.join("one.paxos"), format!("paxos-playground 1\nnodes X D C\n{rest}")).expect("a file");
    let told = "The exercise’s goals do not fit these lines: “A” is neither a figure nor a collection nor a node; \
                did you mean C?";
    assert_eq!(rows(&all, &submissions), [format!("somebody,one,0,1,{told}")]);
}

#[cfg(unix)]
#[test]
fn what_nobody_should_hand_in_costs_its_author_and_nobody_else() {
    let submissions = folder("hostile").join("submissions");
    let own = submissions.join("=1+1\u{202e}");
    fs::create_dir_all(&own).expect("a folder for the student");
    fs::write(submissions.join("notes.txt"), "no student").expect("a file");
    fs::write(own.join("exercise-1.paxos"), vec![b'#'; 65537]).expect("a file");
    fs::create_dir(own.join("exercise-2.paxos")).expect("a folder");
    fs::write(own.join("exercise-3.paxos"), b"paxos-playground 1\nnodes A\xff").expect("a file");
    let other = homework().join("submissions/solutions/exercise-4.paxos");
    std::os::unix::fs::symlink(other, own.join("exercise-4.paxos")).expect("a link");
    let expected = [
        "'=1+1�,exercise-1,0,4,The file has 65537 bytes; a script has at most 65536.",
        "'=1+1�,exercise-2,0,5,This is no file.",
        "'=1+1�,exercise-3,0,5,\"This does not run: line 2, column 8: this is not UTF-8 text\"",
        "'=1+1�,exercise-4,0,6,This is a link to another file; hand in the file itself.",
    ];
    assert_eq!(rows(&homework(), &submissions), expected);
    let output = grade(&homework(), &["--submissions", &submissions.to_string_lossy()]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "notes.txt is no folder, and was left out.\n");
}

#[test]
fn a_run_that_holds_too_much_is_refused() {
    let (all, submissions, own) = one("large", VOTE);
    let asked = "at 0Δ propose A red\n".repeat(64);
    let script = format!("paxos-playground 1\nprotocol broadcast\nnodes 128\noption window 64\n{asked}");
    fs::write(own.join("one.paxos"), script).expect("a file");
    let told = "The run is too large: it was stopped before it came to an end.";
    assert_eq!(rows(&all, &submissions), [format!("somebody,one,0,5,{told}")]);
}

#[test]
fn a_teacher_is_told_why_nobody_can_be_graded() {
    let (all, _, _) = one("unusable", VOTE);
    let shown = all.display();
    let told = |folder: &Path, more: &[&str]| {
        let output = grade(folder, more);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let missing = "no-such-folder: no file and no folder has this name\n";
    assert_eq!(told(Path::new("no-such-folder"), &[]), missing);
    assert_eq!(told(&all, &["--submissions", "no-such-folder"]), missing);
    assert!(told(&all, &["--csv", "/no-such-folder/points.csv"]).ends_with("no file and no folder has this name\n"));
    fs::write(all.join("two.paxos"), "paxos-playground 1\nnodes 3\n").expect("a file");
    let no_goal = told(&all, &[]);
    assert!(no_goal.starts_with(&format!("{shown}/two.paxos, line 2, column 1: the script has no goal")), "{no_goal}");
    fs::write(all.join("two.paxos"), "paxos-playground 1\nnodes 3\ngoal \"x\": vote > 0\n").expect("a file");
    assert!(told(&all, &[]).contains("two.paxos, line 3, column 11: “vote” is neither"));
    fs::remove_file(all.join("two.paxos")).and_then(|()| fs::remove_file(all.join("one.paxos"))).expect("removed");
    assert_eq!(told(&all, &[]), format!("{shown}: no script of an exercise is here; its name would end in .paxos\n"));
}
