//! The playground for other programs: scripts, links and reports in, plain types out.
//!
//! The terminal is written with it, and so is the module for JavaScript in `npm/`, which only translates. This file
//! makes the promises to both: a text that comes in is bounded and read by the scenario room, and what goes out is a
//! report with a version, or a sentence that says what is wrong. It knows neither the browser nor the terminal.

use crate::goal::exercise::{Exercise, Grade};
use crate::lesson::{self, LESSONS};
use crate::report::Report;
use crate::report::compare::{self, Comparison};
use crate::report::events::Events;
use crate::report::race::{self, EVENTS_MAX, Race, RaceReport};
use crate::scenario::fit::Size;
use crate::scenario::link::{self, Opens, RunLink};
use crate::scenario::{Error, Scenario, Script, library, limits, parse_time, suggestion};
use crate::sim::Run;

/// Why something cannot be done: a sentence without its full stop and, if it is about a place in a script, that place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// Line and column, counted from 1; columns in characters.
    pub place: Option<(usize, usize)>,
}

impl From<Error> for Problem {
    fn from(Error { line, column, message }: Error) -> Self {
        Self { message, place: Some((line, column)) }
    }
}

impl From<String> for Problem {
    fn from(message: String) -> Self {
        Self { message, place: None }
    }
}

/// A built-in scenario, as lists show it.
#[derive(Clone, PartialEq, Eq, serde::Serialize, Debug)]
pub struct Listed {
    /// Its name in links and on the terminal.
    pub name: &'static str,
    /// The name of its group: what it and its neighbours are about.
    pub group: &'static str,
    /// Its script's title.
    pub title: String,
}

/// Runs a script to its end, under `protocol` or, if that is none, under the protocol that the script names.
///
/// # Errors
/// What the script says that cannot be understood, and where.
pub fn run(text: &str, protocol: Option<&str>) -> Result<Report, Problem> {
    Ok(Report::of(&whole(text, protocol)?))
}

/// Runs a script to its end, as [`run`] does, and tells every event of the run.
///
/// # Errors
/// What the script says that cannot be understood, and where.
pub fn events(text: &str, protocol: Option<&str>) -> Result<Events, Problem> {
    Ok(Events::of(&whole(text, protocol)?))
}

fn whole(text: &str, protocol: Option<&str>) -> Result<Run, Problem> {
    let (script, scenario) = Scenario::read(text)?;
    let scenario = match protocol {
        Some(protocol) => under(&script, protocol)?,
        None => scenario,
    };
    Ok(Run::of(scenario))
}

/// What a script means under this protocol, whatever protocol it names.
fn under(script: &Script, protocol: &str) -> Result<Scenario, Problem> {
    // The line that names the protocol is not one of the script's own lines, so the problem has no place in the script.
    Scenario::of(&script.under(protocol)).map_err(|error| Problem::from(error.message))
}

/// Grades the text of a hand-in by the text of an exercise, as `grade` does on the terminal: a hand-in that does not run has no
/// points.
///
/// # Errors
/// What is wrong with the exercise, and where; also that it has no goal.
pub fn grade(exercise: &str, hand_in: &str) -> Result<Grade, Problem> {
    Ok(Exercise::read(exercise)?.grade(hand_in))
}

/// Runs a script under the protocols of a list such as `basic,multi`, or under the 5Δ, 3Δ and 2Δ variants where there is none.
///
/// # Errors
/// What the script says that one of them does not understand, and where; or what is wrong with the list.
pub fn compare(text: &str, with: Option<&str>) -> Result<Comparison, Problem> {
    let (script, _) = Scenario::read(text)?;
    Ok(Comparison::of(&compare::under_each(&script, &compare::chosen(with)?)?))
}

/// Races a script under the protocols of a list, or under the whole family where there is none: each cluster has the fewest
/// servers that bear so many faults, or so many servers; where neither is said, as many faults are borne as by the script's
/// own protocol.
///
/// # Errors
/// What the script says that cannot be understood, and where; or what is wrong with the list or with a number.
pub fn race(
    text: &str,
    with: Option<&str>,
    tolerate: Option<&str>,
    nodes: Option<&str>,
) -> Result<RaceReport, Problem> {
    let (script, scenario) = Scenario::read(text)?;
    let size = Size::read(tolerate, nodes)?;
    let protocols = race::chosen(with)?;
    Ok(RaceReport::of(&Race::of(&script, &scenario, &protocols, size, EVENTS_MAX)))
}

/// The built-in scenarios, in the order in which a reader should meet them.
pub fn scenarios() -> Vec<Listed> {
    let listed = |built_in: &library::BuiltIn| {
        let title = Scenario::read(built_in.text).map(|(_, scenario)| scenario.title).unwrap_or_default();
        Listed { name: built_in.name, group: built_in.group, title }
    };
    library::LIBRARY.iter().map(listed).collect()
}

/// The script of the built-in scenario of that name.
///
/// # Errors There is no such scenario; the sentence suggests one with a similar name.
pub fn scenario(name: &str) -> Result<&'static str, Problem> {
    let missing = || {
        let hint = suggestion(name, library::LIBRARY.iter().map(|built_in| built_in.name));
        format!("no built-in scenario is called “{}”{hint}", crate::types::shortened(name))
    };
    Ok(library::find(name).ok_or_else(missing)?.text)
}

/// The script that a link opens. The link may be whole, or only what follows its `#`. The answer is the whole script,
/// whatever time the link shows.
///
/// # Errors The text is not a link, or the link opens something that does not exist.
pub fn script(link: &str) -> Result<String, Problem> {
    let fragment = link::fragment(link).ok_or_else(|| "a link begins with v=1 after its #".to_owned())?;
    Ok(opened(fragment)?)
}

/// The script that a fragment opens.
///
/// # Errors A sentence, when the fragment opens something that does not exist.
pub fn opened(fragment: &str) -> Result<String, String> {
    let (link, wrong) = RunLink::read(fragment);
    if let Some(wrong) = wrong {
        return Err(wrong);
    }
    match link.opens {
        Opens::Script(text) => Ok(text),
        Opens::BuiltIn(name) => {
            library::find(name).map(|built_in| built_in.text.to_owned()).ok_or_else(|| format!("{name} is gone"))
        }
        Opens::Lesson(id) => {
            let hint = suggestion(&id, LESSONS.iter().map(|lesson| lesson.id));
            let place = lesson::find(&id).ok_or(format!("The link asks for a lesson, and “{id}” is none{hint}"))?;
            Ok(LESSONS[place].script())
        }
        Opens::Nothing => Err("The link opens nothing".to_owned()),
    }
}

/// What follows the `#` in a link that opens a script, at a time such as `2.5` or `2.5Δ` if one is given. For a
/// built-in scenario the link has its name instead of its text.
///
/// # Errors What the script says that cannot be understood, and where; or that the time cannot be read.
pub fn link(text: &str, at: Option<&str>) -> Result<String, Problem> {
    let (script, _) = Scenario::read(text)?;
    Ok(fragment(&script, true, at)?)
}

/// What follows the `#` in a link that opens a script. `is_named` says whether the link has the name of a built-in
/// scenario instead of its text.
///
/// # Errors The time cannot be read, or the script is too long in the form that links use.
pub fn fragment(script: &Script, is_named: bool, at: Option<&str>) -> Result<String, String> {
    let named = library::LIBRARY.iter().filter(|_| is_named);
    let opens = match named.into_iter().find(|built_in| Script::parse(built_in.text).as_ref() == Ok(script)) {
        Some(built_in) => Opens::BuiltIn(built_in.name),
        None => {
            let (text, most) = (script.to_string(), limits::TEXT_BYTES);
            if text.len() > most {
                return Err(format!(
                    "written out, the script has {} bytes, and a link opens {most} at most",
                    text.len()
                ));
            }
            Opens::Script(text)
        }
    };
    let at = at.map(parse_time).transpose()?;
    Ok(RunLink { opens, at, selection: None, only: None, lang: None }.print())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_and_its_link_are_the_same() {
        let text = scenario("two-proposers").expect("it is built in");
        assert_eq!(link(text, Some("2.5Δ")), Ok("v=1&scenario=two-proposers&t=2.5".to_owned()));
        assert_eq!(script("https://example.org/#v=1&scenario=two-proposers"), Ok(text.to_owned()));
        let own = text.replace("red", "crimson");
        assert_eq!(script(&link(&own, None).expect("it is a script")), Ok(own));
    }

    #[test]
    fn what_is_wrong_is_a_sentence_and_a_place_if_it_has_one() {
        let problem = run("paxos-playground 1\nnodes 3\nproposse", None).expect_err("it is no script");
        assert_eq!(problem.place, Some((3, 1)));
        let text = scenario("steady").expect("it is built in");
        let problem = run(text, Some("mutli")).expect_err("there is no such protocol");
        assert!(problem.place.is_none() && problem.message.contains("multi"), "{problem:?}");
        assert!(scenario("two-proposer").is_err_and(|problem| problem.message.contains("two-proposers")));
        assert!(script("nonsense").is_err_and(|problem| problem.place.is_none()));
        assert!(link(text, Some("soon")).is_err_and(|problem| problem.message.contains("soon")));
    }

    #[test]
    fn a_race_is_that_of_the_terminal_and_wrong_numbers_are_told() {
        let text = scenario("steady").expect("it is built in");
        let said = |tolerate, nodes| race(text, Some("basic,fab"), tolerate, nodes).map_err(|problem| problem.message);
        let json = serde_json::to_value(said(Some("1"), None).expect("it runs")).expect("JSON");
        assert_eq!((&json["equal"], &json["racers"][1]["servers"]), (&"f".into(), &6.into()));
        assert!(said(None, Some("5")).is_ok() && said(None, None).is_ok());
        assert_eq!(said(Some("1.5"), None).err().as_deref(), Some("tolerate 1.5: a number from 0 to 20 is needed"));
        assert_eq!(said(None, Some("0")).err().as_deref(), Some("nodes 0: a number from 1 to 128 is needed"));
        assert!(said(Some("1"), Some("3")).is_err_and(|message| message.starts_with("tolerate and nodes")));
    }

    #[test]
    fn a_hand_in_is_graded_as_on_the_terminal() {
        let exercise = "paxos-playground 1\nnodes 3\nallow crash\ngoal 2 \"A is down\": crashed = 1\n";
        let told = |hand_in: &str| grade(exercise, hand_in).map(|graded| (graded.points, graded.of, graded.sentence));
        assert_eq!(told("paxos-playground 1\nnodes 3\nat 1Δ crash A\n"), Ok((2, 2, "A is down".to_owned())));
        assert_eq!(told("paxos-playground 1\nnodes 3\n"), Ok((0, 2, "Not yet: A is down".to_owned())));
        assert!(
            told("nonsense")
                .is_ok_and(|(points, _, sentence)| points == 0 && sentence.starts_with("This does not run"))
        );
        assert!(grade("paxos-playground 1\nnodes 3\n", "").is_err_and(|problem| problem.message.contains("no goal")));
    }

    #[test]
    fn every_scenario_is_listed_with_its_title() {
        let listed = scenarios();
        assert_eq!(listed.len(), library::LIBRARY.len());
        assert!(listed.iter().all(|one| !one.title.is_empty() && !one.group.is_empty()));
    }
}
