//! Several pictures of one run: one for each of several instants, for slides, and the key of an exam.

use std::path::{Path, PathBuf};

use crate::scenario::parse_time;
use crate::session::Session;
use crate::types::Time;
use crate::view::export::{Choice, Format, export};

/// At most so many pictures are drawn at once.
const FRAMES_MAX: usize = 500;

/// Writes a picture for each instant. All of them have the same size and the same lanes. `run.svg` becomes `run-1.svg`,
/// `run-2.svg` and so on, with zeros before the number so that the names are in order.
pub(super) fn frames(
    session: &mut Session,
    format: &Format,
    choice: &Choice,
    times: &str,
    file: Option<&Path>,
) -> Result<(), String> {
    let file = file.ok_or("--frames writes several files: say with -o run.svg how they are called")?;
    let times = instants(times, session.end())?;
    let digits = times.len().to_string().len();
    for (time, number) in times.iter().zip(1..) {
        session.seek((*time).min(session.end()));
        let choice = Choice { shown: Some(session.cursor()), ..choice.clone() };
        write(&beside(file, &format!("{number:0digits$}")), &export(session, format, &choice)?.text)?;
    }
    Ok(())
}

/// Writes the key of an exam: the same figure with everything that the exam leaves out.
pub(super) fn key(session: &Session, format: &Format, choice: &Choice, file: &Path) -> Result<(), String> {
    write(&beside(file, "key"), &export(session, format, &Choice { is_exam: false, ..choice.clone() })?.text)
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}

/// `run.svg` with the word `key` is `run-key.svg`.
fn beside(file: &Path, word: &str) -> PathBuf {
    let part = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let (stem, ending) = (part(file.file_stem()).unwrap_or_default(), part(file.extension()));
    let ending = ending.map_or(String::new(), |ending| format!(".{ending}"));
    file.with_file_name(format!("{stem}-{word}{ending}"))
}

/// The instants of a list such as `0,1Δ,2.5Δ`. With `..` at its end, the last step is repeated until the end of the run.
fn instants(list: &str, end: Time) -> Result<Vec<Time>, String> {
    let (list, goes_on) = list.strip_suffix(",..").map_or((list, false), |list| (list, true));
    let read = |word: &str| parse_time(word.trim()).map_err(|why| format!("--frames: {why}"));
    let mut times = list.split(',').map(read).collect::<Result<Vec<_>, _>>()?;
    if let Some(pair) = times.windows(2).find(|pair| pair[0] >= pair[1]) {
        return Err(format!("--frames: {}Δ does not come after {}Δ", pair[1], pair[0]));
    }
    if goes_on {
        let [.., before, last] = times[..] else {
            return Err("--frames: two times before .. say how large a step is, as in 0,1Δ,..".to_owned());
        };
        let step = last.since(before);
        let mut next = last;
        while next < end && times.len() <= FRAMES_MAX {
            next = next.plus(step);
            times.push(next);
        }
    }
    if times.len() > FRAMES_MAX {
        return Err(format!("--frames: at most {FRAMES_MAX} pictures are drawn at once"));
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_times_can_go_on_to_the_end() {
        let end = Time::deltas(3);
        assert_eq!(instants("0,1Δ,..", end), Ok((0..=3).map(Time::deltas).collect()));
        assert_eq!(instants("0, 0.5Δ, 2", end), Ok(vec![Time(0), Time(500_000), Time::deltas(2)]));
        assert_eq!(instants("1,1", end), Err("--frames: 1Δ does not come after 1Δ".to_owned()));
        assert!(instants("1,..", end).is_err_and(|why| why.contains("two times")));
        assert!(instants("0,0.001,..", end).is_err_and(|why| why.contains("500 pictures")));
        assert!(instants("", end).is_err_and(|why| why.starts_with("--frames: “”")));
    }

    #[test]
    fn files_are_named_after_the_one_that_is_given() {
        assert_eq!(beside(Path::new("slides/run.svg"), "01"), Path::new("slides/run-01.svg"));
        assert_eq!(beside(Path::new("run"), "key"), Path::new("run-key"));
    }
}
