//! Grading on the terminal: a folder of exercises, and a folder of hand-ins with a folder in it for each student.
//!
//! Nothing that was handed in is executed: a script is a text, and its run is bounded. A bad hand-in costs its author's points and
//! nothing else. The same hand-ins have the same points, in the same order, on every machine.

use std::fs;
use std::io::{ErrorKind, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::utf8;
use crate::goal::exercise::{Exercise, Grade};
use crate::scenario::limits;

/// The end of the names of scripts.
const ENDING: &str = ".paxos";

/// What may be asked for.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// A folder with the scripts of the exercises, which are scripts with goals
    folder: PathBuf,
    /// The folder with a folder for each student [default: submissions in FOLDER]
    #[arg(long, value_name = "FOLDER")]
    submissions: Option<PathBuf>,
    /// Also write the table as comma-separated values
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

/// A line of the table.
struct Row {
    student: String,
    exercise: String,
    grade: Grade,
}

/// Does what the command line says.
pub(super) fn grade(arguments: &Arguments) -> Result<(String, ExitCode), String> {
    let exercises = exercises(&arguments.folder)?;
    let submissions = arguments.submissions.clone().unwrap_or_else(|| arguments.folder.join("submissions"));
    let mut students = Vec::new();
    for (name, is_folder) in entries(&submissions)? {
        if is_folder {
            students.push(name);
        } else {
            eprintln!("{} is no folder, and was left out.", plain(&name.to_string_lossy()));
        }
    }
    let rows: Vec<Vec<Row>> = students
        .iter()
        .map(|student| {
            let row = |(file, exercise): &(PathBuf, Exercise)| Row {
                student: plain(&student.to_string_lossy()),
                exercise: plain(&stem(file)),
                grade: grade_file(exercise, &submissions.join(student).join(file)),
            };
            exercises.iter().map(row).collect()
        })
        .collect();
    if let Some(file) = &arguments.csv {
        fs::write(file, csv(&rows)).map_err(|error| failed(file, &error))?;
    }
    Ok((table(&rows), ExitCode::SUCCESS))
}

/// The exercises of a folder, each with the name of its file, in the order of their names.
fn exercises(folder: &Path) -> Result<Vec<(PathBuf, Exercise)>, String> {
    let mut exercises = Vec::new();
    for (name, is_folder) in entries(folder)? {
        if is_folder || !name.to_string_lossy().ends_with(ENDING) {
            continue;
        }
        let path = folder.join(&name);
        let text = text_of(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        let exercise = Exercise::read(&text).map_err(|error| format!("{}, {error}", path.display()))?;
        exercises.push((name, exercise));
    }
    if exercises.is_empty() {
        return Err(format!("{}: no script of an exercise is here; its name would end in {ENDING}", folder.display()));
    }
    Ok(exercises)
}

/// The names in a folder, in their order, each with whether it is a folder itself. A link is none.
fn entries(folder: &Path) -> Result<Vec<(PathBuf, bool)>, String> {
    let read = || -> std::io::Result<Vec<(PathBuf, bool)>> {
        let entry = |entry: std::io::Result<fs::DirEntry>| {
            let entry = entry?;
            Ok((entry.file_name().into(), entry.file_type()?.is_dir()))
        };
        fs::read_dir(folder)?.map(entry).collect()
    };
    let mut entries = read().map_err(|error| failed(folder, &error))?;
    entries.sort();
    Ok(entries)
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => format!("{}: no file and no folder has this name", path.display()),
        ErrorKind::NotADirectory => format!("{}: this is no folder", path.display()),
        _ => format!("{}: {error}", path.display()),
    }
}

/// The name of an exercise: that of its file, without the ending.
fn stem(file: &Path) -> String {
    let name = file.to_string_lossy();
    name.strip_suffix(ENDING).unwrap_or(&name).to_owned()
}

fn grade_file(exercise: &Exercise, path: &Path) -> Grade {
    let text = match text_of(path) {
        Ok(text) => text,
        Err(why) => return exercise.refuse(why),
    };
    // An error of the playground must not cost the others their points.
    let grade = catch_unwind(AssertUnwindSafe(|| exercise.grade(&text)));
    grade.unwrap_or_else(|_| exercise.refuse("The program broke down on this: the teacher should look at it."))
}

/// The text of a file. What is no plain file of a plausible size is refused before it is opened.
fn text_of(path: &Path) -> Result<String, String> {
    let told = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => "Nothing was handed in.".to_owned(),
        _ => format!("The file cannot be read: {error}."),
    };
    let about = fs::symlink_metadata(path).map_err(told)?;
    if about.is_symlink() {
        return Err("This is a link to another file; hand in the file itself.".to_owned());
    }
    if !about.is_file() {
        return Err("This is no file.".to_owned());
    }
    let most = limits::TEXT_BYTES as u64;
    if about.len() > most {
        return Err(format!("The file has {} bytes; a script has at most {most}.", about.len()));
    }
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(told)?.take(most + 1).read_to_end(&mut bytes).map_err(told)?;
    utf8(bytes).map_err(|why| format!("This does not run: {why}"))
}

/// A text without what could disturb a terminal or a line of a file: control characters, and those that turn the direction of
/// writing or are not seen.
fn plain(text: &str) -> String {
    let disturbs = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(letter, '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().map(|letter| if disturbs(letter) { '�' } else { letter }).collect()
}

/// The rows as a table, with the sum of each student's points.
fn table(students: &[Vec<Row>]) -> String {
    let chars = |text: &str| text.chars().count();
    let width = students.iter().flatten().map(|row| chars(&row.student)).max().unwrap_or(0);
    let all = "all together";
    let name = students.iter().flatten().map(|row| chars(&row.exercise)).max().unwrap_or(0).max(chars(all));
    let mut out = String::new();
    for rows in students {
        for Row { student, exercise, grade } in rows {
            let points = format!("{}/{}", grade.points, grade.of);
            out += &format!("{student:width$}  {exercise:name$}  {points:>5}  {}\n", plain(&grade.sentence));
        }
        let (points, of) = rows.iter().fold((0, 0), |(points, of), row| (points + row.grade.points, of + row.grade.of));
        let student = rows.first().map_or("", |row| &row.student);
        let sum = format!("{points}/{of}");
        out += &format!("{student:width$}  {all:name$}  {sum:>5}\n\n");
    }
    out
}

/// The rows as comma-separated values with a heading, in UTF-8 with the mark by which spreadsheets know it.
fn csv(students: &[Vec<Row>]) -> String {
    let mut out = "\u{feff}student,exercise,points,of,reason\n".to_owned();
    for Row { student, exercise, grade } in students.iter().flatten() {
        let cells = [student, exercise, &grade.points.to_string(), &grade.of.to_string(), &plain(&grade.sentence)];
        out += &cells.map(|text| cell(text)).join(",");
        out.push('\n');
    }
    out
}

/// A cell that no spreadsheet takes for a formula: a folder may be called =1+1.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
