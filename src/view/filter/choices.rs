//! What a reader can choose to see of a run: everything of which there is some, in groups, and how much of the run is shown.

use super::{Filter, MARKS, mark_text, put};
use crate::protocol::{Kind, Vocabulary};
use crate::trace::Trace;
use crate::types::{Instance, NodeId};
use crate::view::Index;

/// A group offers at most so many ballots or places, the earliest ones; a link can name any.
const OFFERED_MAX: usize = 40;

/// Choices of one sort.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// What they are.
    pub name: String,
    /// The choices.
    pub picks: Vec<Pick>,
}

/// One thing that can be chosen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pick {
    /// What it is called.
    pub face: String,
    /// Whether it is chosen.
    pub is_on: bool,
    /// The filter after a press, as a text.
    pub next: String,
}

/// All choices for a run. A group with less than two choices is left out, unless one is chosen.
pub fn choices(trace: &Trace, index: &Index, filter: &Filter, words: Vocabulary) -> Vec<Group> {
    let scenario = &trace.scenario;
    let pick = |face: String, is_on: bool, toggle: &dyn Fn(&mut Filter)| {
        let mut next = filter.clone();
        toggle(&mut next);
        Pick { face, is_on, next: next.print(scenario) }
    };
    let mut kinds: Vec<Kind> = filter.kinds.clone();
    index.flights.iter().for_each(|flight| put(&mut kinds, trace.message(flight.id).message.kind));
    let kinds = kinds.into_iter().map(|kind| {
        let is_on = filter.kinds.contains(&kind);
        pick(words.kind(scenario.protocol.kind(kind)).to_owned(), is_on, &|next| toggle(&mut next.kinds, kind))
    });
    let is_there = |mark| index.marks.iter().any(|other| other.kind == mark);
    let marks = MARKS.iter().map(|(_, mark)| *mark).filter(|mark| filter.marks.contains(mark) || is_there(*mark));
    let marks = marks
        .map(|mark| pick(mark_text(mark, words), filter.marks.contains(&mark), &|next| toggle(&mut next.marks, mark)));
    let nodes = NodeId::all(scenario.nodes()).map(|node| {
        let is_on = filter.nodes.contains(node);
        pick(scenario.symbols.node(node).to_owned(), is_on, &|next| {
            if is_on {
                next.nodes.remove(node);
            } else {
                next.nodes.insert(node);
            }
        })
    });
    let mut ballots = index.ballots();
    ballots.truncate(OFFERED_MAX);
    let others: Vec<_> = filter.ballots.iter().copied().filter(|ballot| !ballots.contains(ballot)).collect();
    ballots.extend(others);
    let ballots = ballots.into_iter().map(|ballot| {
        let is_on = filter.ballots.contains(&ballot);
        pick(scenario.symbols.ballot(ballot), is_on, &|next| toggle(&mut next.ballots, ballot))
    });
    let mut places: Vec<Instance> = Vec::new();
    for bracket in &index.brackets {
        if places.len() < OFFERED_MAX {
            put(&mut places, bracket.instance);
        }
    }
    filter.instances.iter().take(OFFERED_MAX).for_each(|instance| put(&mut places, *instance));
    let places = places.into_iter().map(|instance| {
        let is_on = filter.instances.binary_search(&instance).is_ok();
        pick(instance.0.to_string(), is_on, &|next| toggle(&mut next.instances, instance))
    });
    let groups = [
        ("Messages".to_owned(), kinds.collect::<Vec<_>>()),
        ("What processes do".to_owned(), marks.collect()),
        ("Processes".to_owned(), nodes.collect()),
        (words.fill("{Ballots}"), ballots.collect()),
        (words.fill("Places of the {ledger}"), places.collect()),
    ];
    let is_a_choice = |picks: &[Pick]| picks.len() > 1 || picks.iter().any(|pick| pick.is_on);
    let groups = groups.into_iter().filter(|(_, picks)| is_a_choice(picks));
    groups.map(|(name, picks)| Group { name, picks }).collect()
}

/// How much of a run is shown, in a sentence.
pub fn counted(whole: &Index, shown: &Index) -> String {
    let messages = format!("{} of {} messages", shown.flights.len(), whole.flights.len());
    format!("{messages} and {} of {} marks are shown.", shown.marks.len(), whole.marks.len())
}

/// Puts something into a list that does not have it, or takes it out.
fn toggle<T: Ord>(list: &mut Vec<T>, one: T) {
    match list.binary_search(&one) {
        Ok(place) => drop(list.remove(place)),
        Err(place) => list.insert(place, one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::library;
    use crate::session::Session;

    fn of(name: &str, filter: &str) -> (Session, Index, Vec<Group>) {
        let session = Session::open(library::find(name).expect("it is built in").text).expect("it runs");
        let index = Index::of(session.played());
        let (filter, wrong) = Filter::read(filter, session.scenario());
        assert_eq!(wrong, None);
        let groups = choices(session.trace(), &index, &filter, Vocabulary::default());
        (session, index, groups)
    }

    #[test]
    fn what_happens_in_a_run_is_offered_in_groups() {
        let (.., groups) = of("two-proposers", "");
        let faces: Vec<_> = groups
            .iter()
            .map(|group| (&*group.name, group.picks.iter().map(|pick| &*pick.face).collect::<Vec<_>>().join(" ")))
            .collect();
        let nodes = ("Processes", "A B C D E".to_owned());
        assert!(faces.contains(&nodes), "{faces:?}");
        assert!(
            faces.iter().any(|(name, faces)| *name == "Messages" && faces.contains("NextBallot LastVote BeginBallot"))
        );
        assert!(faces.iter().any(|(name, faces)| *name == "Ballots" && faces.starts_with("1.A 2.B")), "{faces:?}");
        // There is one decree, so there is no choice of places.
        assert!(faces.iter().all(|(name, _)| !name.starts_with("Places")), "{faces:?}");
        let (.., groups) = of("steady-log", "");
        assert!(groups.iter().any(|group| group.name.starts_with("Places") && group.picks.len() > 1), "{groups:?}");
    }

    #[test]
    fn a_press_chooses_and_the_next_one_takes_it_back() {
        for filter in ["", "kinds:BeginBallot,voted;nodes:B;ballots:1.A"] {
            let (_, _, groups) = of("two-proposers", filter);
            for (group, place) in
                groups.iter().flat_map(|group| (0..group.picks.len()).map(move |place| (group, place)))
            {
                let pick = &group.picks[place];
                let (.., after) = of("two-proposers", &pick.next);
                let other =
                    &after.iter().find(|other| other.name == group.name).expect("it is still there").picks[place];
                assert_eq!((other.is_on, &*other.next), (!pick.is_on, filter), "{}", pick.face);
            }
        }
    }

    #[test]
    fn how_much_is_shown_is_counted() {
        let (session, whole, _) = of("minimal-ballot", "");
        let (filter, _) = Filter::read("kinds:Voted", session.scenario());
        let shown = whole.only(session.trace(), &filter);
        assert_eq!(counted(&whole, &shown), "4 of 20 messages and 0 of 17 marks are shown.");
    }
}
