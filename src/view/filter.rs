//! What is shown of a run: only some kinds of messages and facts, some processes, ballots, or places of the ledger.
//!
//! A filter is a text, such as `kinds:Voted,voted;nodes:A,B;ballots:1.A;instances:2-5`, which links hold. The names in it are
//! looked up in the script that is shown, since the script may change under it. A filter changes no run: what is left out has
//! happened, and figures that count still count it.

pub mod choices;

use super::index::{Index, MarkKind, kind, ranges};
use crate::protocol::{Fact, Kind, Vocabulary};
use crate::scenario::{Scenario, limits, suggestion};
use crate::trace::{Event, MessageId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, shortened};

/// The longest text of a filter, in bytes.
pub use crate::scenario::link::ONLY_CHARS;

/// The name of each kind of mark in a filter.
pub const MARKS: [(&str, MarkKind); 10] = [
    ("tried", MarkKind::Tried),
    ("promised", MarkKind::Promised),
    ("began", MarkKind::Began),
    ("certified", MarkKind::Certified),
    ("voted", MarkKind::Voted),
    ("learned", MarkKind::Learned),
    ("refused", MarkKind::Refused),
    ("leads", MarkKind::Leads),
    ("follows", MarkKind::Follows),
    ("timer", MarkKind::Timer),
];

/// The lists of a filter, in the order in which it is written.
const LISTS: [&str; 4] = ["kinds", "nodes", "ballots", "instances"];

/// What is shown of a run. An empty list lets everything through; lists are in ascending order.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Filter {
    /// The kinds of messages. They and the kinds of marks are one list: where one of the two is empty and the other is not,
    /// nothing of the first is shown.
    pub kinds: Vec<Kind>,
    /// The kinds of marks: what processes state, and timers.
    pub marks: Vec<MarkKind>,
    /// The processes. A message belongs to its sender and to its receiver.
    pub nodes: NodeSet,
    /// The ballots. What is about no ballot is left out.
    pub ballots: Vec<Ballot>,
    /// The places of the ledger. What is about no place is left out.
    pub instances: Vec<Instance>,
}

/// What an event is about: a ballot, and a place of the ledger, or that place and all later ones.
struct Subject {
    ballot: Option<Ballot>,
    instance: Option<Instance>,
    is_sweeping: bool,
}

impl Filter {
    /// Reads a filter for a script. The second result is a sentence without its full stop about what is wrong, if something
    /// is; the filter keeps what could be read.
    pub fn read(text: &str, scenario: &Scenario) -> (Self, Option<String>) {
        let (mut filter, mut wrong) = (Self::default(), None);
        if text.len() > ONLY_CHARS {
            let sentence = format!("What is to be shown has more than {ONLY_CHARS} characters, so everything is shown");
            return (filter, Some(sentence));
        }
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (list, names) = part.split_once(':').unwrap_or((part, ""));
            for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                if let Err(sentence) = filter.take(list.trim(), name, scenario) {
                    wrong.get_or_insert(sentence);
                }
            }
            if !LISTS.contains(&list.trim()) {
                let hint = suggestion(list, LISTS);
                let known = LISTS.join(", ");
                wrong.get_or_insert(format!(
                    "There is no list “{}” of what is shown; there are {known}{hint}",
                    shortened(list)
                ));
            }
        }
        (filter, wrong)
    }

    fn take(&mut self, list: &str, name: &str, scenario: &Scenario) -> Result<(), String> {
        let protocol = scenario.protocol;
        match list {
            "kinds" => {
                let mark = MARKS.iter().find(|(known, _)| *known == name);
                match (protocol.kind_named(name), mark) {
                    (Some(kind), _) => put(&mut self.kinds, kind),
                    (None, Some((_, mark))) => put(&mut self.marks, *mark),
                    (None, None) => {
                        let known = protocol.kinds.iter().map(|kind| kind.name);
                        let hint = suggestion(name, known.chain(MARKS.iter().map(|(known, _)| *known)));
                        return Err(format!("Nothing of the kind “{}” happens in this run{hint}", shortened(name)));
                    }
                }
            }
            "nodes" => {
                self.nodes.insert(node(name, scenario)?);
            }
            "ballots" => {
                let (number, owner) = name.split_once('.').unwrap_or((name, ""));
                let number = number.parse().ok().filter(|number| (1..=limits::BALLOT).contains(number));
                let wrong = || format!("“{}” is no ballot; one is written as in 2.B", shortened(name));
                let ballot = Ballot::new(number.ok_or_else(wrong)?, node(owner, scenario).map_err(|_| wrong())?);
                put(&mut self.ballots, ballot);
            }
            "instances" => {
                let (first, last) = name.split_once('-').unwrap_or((name, name));
                let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number >= 1);
                let (Some(first), Some(last)) = (number(first), number(last)) else {
                    return Err(format!(
                        "“{}” is no place of the ledger; places are written as in 2 or 2-5",
                        shortened(name)
                    ));
                };
                if first > last || last - first >= PLACES_MAX {
                    return Err(format!("“{}” is not a range of at most {PLACES_MAX} places", shortened(name)));
                }
                (first..=last).for_each(|number| put(&mut self.instances, Instance(number)));
            }
            _ => {}
        }
        Ok(())
    }

    /// Writes the filter, such that reading gives it again. Empty if everything is shown.
    pub fn print(&self, scenario: &Scenario) -> String {
        let kinds = self.kinds.iter().map(|kind| scenario.protocol.kind(*kind).name.to_owned());
        let marks = MARKS.iter().filter(|(_, mark)| self.marks.contains(mark)).map(|(name, _)| (*name).to_owned());
        let numbers: Vec<u32> = self.instances.iter().map(|instance| instance.0).collect();
        let lists = [
            kinds.chain(marks).collect(),
            self.nodes.iter().map(|node| scenario.symbols.node(node).to_owned()).collect(),
            self.ballots.iter().map(|ballot| scenario.symbols.ballot(*ballot)).collect(),
            stretches(&numbers),
        ];
        let written = |(name, list): (&str, &Vec<String>)| format!("{name}:{}", list.join(","));
        let lists = LISTS.into_iter().zip(&lists).filter(|(_, list)| !list.is_empty()).map(written);
        lists.collect::<Vec<_>>().join(";")
    }

    /// A sentence on what is shown, if that is not everything.
    pub fn sentence(&self, scenario: &Scenario, words: Vocabulary) -> Option<String> {
        let kinds = self.kinds.iter().map(|kind| words.kind(scenario.protocol.kind(*kind)).to_owned());
        let marks = self.marks.iter().map(|mark| mark_text(*mark, words));
        let numbers: Vec<u32> = self.instances.iter().map(|instance| instance.0).collect();
        let nodes = self.nodes.iter().map(|node| scenario.symbols.node(node));
        let ballots = self.ballots.iter().map(|ballot| scenario.symbols.ballot(*ballot));
        let lists = [
            (["", ""], kinds.len() + marks.len(), kinds.chain(marks).collect::<Vec<_>>().join(", ")),
            (["process ", "processes "], self.nodes.len(), nodes.collect::<Vec<_>>().join(", ")),
            (["{ballot} ", "{ballots} "], self.ballots.len(), ballots.collect::<Vec<_>>().join(", ")),
            (["place ", "places "], numbers.len(), ranges(&numbers)),
        ];
        let said = lists.iter().filter(|(_, count, _)| *count > 0);
        let said = said.map(|(names, count, list)| words.fill(names[usize::from(*count > 1)]) + list);
        let said = said.collect::<Vec<_>>().join("; ");
        (!said.is_empty()).then(|| format!("Only this is shown: {said}."))
    }

    /// Whether everything is shown.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a message is shown.
    pub fn shows_message(&self, trace: &Trace, id: MessageId) -> bool {
        let envelope = trace.message(id);
        let message = &envelope.message;
        let is_sweeping = trace.scenario.protocol.kind(message.kind).is_sweeping;
        let subject = Subject { ballot: message.ballot, instance: Some(message.instance), is_sweeping };
        let is_of_kind = self.kinds.contains(&message.kind) || self.kinds.is_empty() && self.marks.is_empty();
        is_of_kind && self.has_node([envelope.from, envelope.to]) && self.is_about(&subject)
    }

    /// Whether an event is shown. What the script does to processes and to the network is always shown, unless it is about
    /// other processes.
    pub fn shows(&self, trace: &Trace, event: &Event) -> bool {
        match &event.what {
            What::Sent(id) | What::Landed(id) | What::Lost(id, _) => self.shows_message(trace, *id),
            What::Acted(..) | What::CrashedBeforeSend(_) => {
                trace.node_of(event).is_none_or(|node| self.has_node([node]))
            }
            what => {
                let mark = kind(what).map(|(_, mark)| mark);
                let is_of_kind = mark.is_some_and(|mark| self.marks.contains(&mark))
                    || self.kinds.is_empty() && self.marks.is_empty();
                let subject = match what {
                    What::Stated(_, fact) => subject(fact),
                    What::Applied(_, applied) => {
                        Subject { ballot: None, instance: Some(applied.instance), is_sweeping: false }
                    }
                    _ => Subject { ballot: None, instance: None, is_sweeping: false },
                };
                is_of_kind && trace.node_of(event).is_none_or(|node| self.has_node([node])) && self.is_about(&subject)
            }
        }
    }

    fn has_node<const N: usize>(&self, nodes: [NodeId; N]) -> bool {
        self.nodes.is_empty() || nodes.iter().any(|node| self.nodes.contains(*node))
    }

    fn is_about(&self, subject: &Subject) -> bool {
        let has_ballot = self.ballots.is_empty() || subject.ballot.is_some_and(|ballot| self.ballots.contains(&ballot));
        let has_instance = || {
            let Some(instance) = subject.instance else { return false };
            match subject.is_sweeping {
                true => self.instances.last().is_some_and(|last| *last >= instance),
                false => self.instances.binary_search(&instance).is_ok(),
            }
        };
        has_ballot && (self.instances.is_empty() || has_instance())
    }
}

/// What a kind of mark stands for, in a word or two.
pub fn mark_text(mark: MarkKind, words: Vocabulary) -> String {
    words.fill(match mark {
        MarkKind::Tried => "{ballot} tried",
        MarkKind::Promised => "promise",
        MarkKind::Began => "{ballot} begun",
        MarkKind::Certified => "certificate",
        MarkKind::Voted => "{vote}",
        MarkKind::Learned => "learned",
        MarkKind::Refused => "refused",
        MarkKind::Leads => "begins to lead",
        MarkKind::Follows => "ceases to lead",
        MarkKind::Timer => "timer",
    })
}

/// A range of a filter has at most so many places of the ledger.
const PLACES_MAX: u32 = 10_000;

/// Puts something into a list in ascending order that has it at most once.
fn put<T: Ord>(list: &mut Vec<T>, one: T) {
    if let Err(place) = list.binary_search(&one) {
        list.insert(place, one);
    }
}

fn node(name: &str, scenario: &Scenario) -> Result<NodeId, String> {
    scenario.symbols.node_named(name).ok_or_else(|| format!("There is no process “{}” in this run", shortened(name)))
}

/// What a fact is about.
fn subject(fact: &Fact) -> Subject {
    let (ballot, instance) = match fact {
        Fact::Tried(ballot) | Fact::Refused(ballot, _) => (Some(*ballot), None),
        Fact::Promised(instance, ballot, _)
        | Fact::PromisedFrom(instance, ballot)
        | Fact::Began { instance, ballot, .. }
        | Fact::Believed { instance, ballot, .. }
        | Fact::Gathered { instance, ballot, .. } => (Some(*ballot), Some(*instance)),
        Fact::Voted(instance, vote) | Fact::Learned(instance, vote) | Fact::Certified(instance, vote, _) => {
            (Some(vote.ballot), Some(*instance))
        }
        Fact::Stable { instance, .. }
        | Fact::Configured(instance, _)
        | Fact::Forgot(instance)
        | Fact::Blocked(instance) => (None, Some(*instance)),
        Fact::Answered(_) | Fact::Result(..) | Fact::Leads(_) | Fact::Named(..) => (None, None),
    };
    let is_sweeping = matches!(fact, Fact::PromisedFrom(..) | Fact::Began { value: None, .. } | Fact::Configured(..));
    Subject { ballot, instance, is_sweeping }
}

/// `2-5`, `7`: numbers in ascending order, with consecutive ones as ranges.
fn stretches(numbers: &[u32]) -> Vec<String> {
    let stretch = |run: &[u32]| match run {
        [one] => one.to_string(),
        _ => format!("{}-{}", run[0], run[run.len() - 1]),
    };
    numbers.chunk_by(|one, next| one + 1 == *next).map(stretch).collect()
}

impl Index {
    /// What a picture needs of a run of which only a part is shown. Lanes, crashes and partitions stay as they are.
    #[must_use]
    pub fn only(&self, trace: &Trace, filter: &Filter) -> Self {
        let mut index = self.clone();
        if filter.is_all() {
            return index;
        }
        // Flights, and so those that take long, stand in the order in which they were sent.
        let mut long = self.long.iter().map(|place| self.flights[*place as usize].id).peekable();
        index.flights.retain(|flight| filter.shows_message(trace, flight.id));
        index.long.clear();
        for (place, flight) in (0..).zip(&index.flights) {
            while long.next_if(|id| *id < flight.id).is_some() {}
            if long.peek() == Some(&flight.id) {
                index.long.push(place);
            }
        }
        let shows = |event| filter.shows(trace, trace.event(event));
        index.losses.retain(|lost| shows(lost.event));
        index.marks.retain(|mark| {
            let events = trace.events().range(mark.event.0 as usize..mark.last.0 as usize + 1);
            let mut own = events.filter(|event| kind(&event.what) == Some((mark.node, mark.kind)));
            own.any(|event| filter.shows(trace, event))
        });
        index.brackets.retain(|bracket| shows(bracket.event));
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::library;
    use crate::session::Session;
    use crate::view::export::{Choice, FORMATS, export};
    use crate::view::{EventTable, Input, Scene, Window};

    fn open(name: &str) -> Session {
        let text = library::find(name).expect("it is built in").text;
        let mut session = Session::open(text).expect("it runs");
        session.seek(session.end());
        session
    }

    fn read(session: &Session, text: &str) -> Filter {
        let (filter, wrong) = Filter::read(text, session.scenario());
        assert_eq!(wrong, None, "{text}");
        filter
    }

    #[test]
    fn a_filter_is_written_as_it_is_read() {
        let session = open("steady-log");
        for text in [
            "",
            "kinds:BeginBallot,Voted,voted",
            "nodes:A,C",
            "ballots:1.A,2.B",
            "instances:2-5,7",
            "kinds:voted;nodes:B;ballots:1.A;instances:1",
        ] {
            assert_eq!(read(&session, text).print(session.scenario()), text);
        }
        assert_eq!(read(&session, " nodes : C , A ;; kinds:").print(session.scenario()), "nodes:A,C");
        // The words of 2001 are read, and links have those of 1998.
        let phase_2a = read(&session, "kinds:Accept").print(session.scenario());
        assert_eq!(phase_2a, "kinds:BeginBallot");
    }

    #[test]
    fn what_cannot_be_read_is_told_and_the_rest_counts() {
        let session = open("minimal-ballot");
        for (text, part) in [
            ("kinds:Votted;nodes:A", "did you mean Voted?"),
            ("colour:red;nodes:A", "There is no list “colour”"),
            ("nodes:A,Z", "There is no process “Z”"),
            ("nodes:A;ballots:1", "“1” is no ballot"),
            ("nodes:A;ballots:0.A", "“0.A” is no ballot"),
            ("nodes:A;instances:x", "“x” is no place"),
            ("nodes:A;instances:5-2", "“5-2” is not a range"),
            ("nodes:A;instances:1-4000000000", "at most 10000 places"),
        ] {
            let (filter, wrong) = Filter::read(text, session.scenario());
            assert!(wrong.as_ref().is_some_and(|wrong| wrong.contains(part)), "{text}: {wrong:?}");
            assert_eq!(filter.print(session.scenario()), "nodes:A", "{text}");
        }
        let (filter, wrong) = Filter::read(&"nodes:A,".repeat(200), session.scenario());
        assert!(filter.is_all() && wrong.is_some_and(|wrong| wrong.contains("1000 characters")));
    }

    #[test]
    fn messages_and_facts_are_shown_by_kind_process_and_ballot() {
        let session = open("two-proposers");
        let trace = session.trace();
        let whole = Index::of(session.played());
        let only = |text: &str| whole.only(trace, &read(&session, text));
        let votes = only("kinds:Voted,voted");
        assert!(!votes.flights.is_empty() && !votes.marks.is_empty());
        assert!(votes.marks.iter().all(|mark| mark.kind == MarkKind::Voted));
        assert!(
            votes
                .flights
                .iter()
                .all(|flight| trace.scenario.protocol.kind(trace.message(flight.id).message.kind).name == "Voted")
        );
        assert!(only("kinds:voted").flights.is_empty());
        let of_a = only("nodes:A");
        assert!(of_a.marks.iter().all(|mark| mark.node == NodeId(0)));
        assert!(of_a.flights.iter().all(|flight| flight.from == NodeId(0) || flight.to == NodeId(0)));
        // Both ballots together are everything that has a ballot.
        let ballots: Vec<String> = trace
            .messages()
            .range(0..trace.messages().len())
            .filter_map(|sent| sent.message.ballot)
            .map(|ballot| trace.scenario.symbols.ballot(ballot))
            .collect();
        let of = |ballot: &str| only(&format!("ballots:{ballot}")).flights.len();
        let (first, other) =
            (&ballots[0], ballots.iter().find(|ballot| **ballot != ballots[0]).expect("there are two"));
        assert_eq!(of(first) + of(other), whole.flights.len());
        assert_eq!(only(&format!("ballots:{first},{other}")).brackets.len(), whole.brackets.len());
    }

    #[test]
    fn a_promise_for_all_later_places_belongs_to_each_of_them() {
        let session = open("steady-log");
        let whole = Index::of(session.played());
        let second = whole.only(session.trace(), &read(&session, "instances:2"));
        let kinds: Vec<_> = second.marks.iter().map(|mark| mark.kind).collect();
        assert!(kinds.contains(&MarkKind::Promised) && kinds.contains(&MarkKind::Voted), "{kinds:?}");
        assert!(second.flights.len() < whole.flights.len());
    }

    #[test]
    fn the_table_the_picture_and_the_diagrams_leave_the_same_out() {
        let session = open("two-proposers");
        let filter = read(&session, "kinds:Voted");
        let table = EventTable::only(&session, Vocabulary::default(), &filter, None);
        let whole = EventTable::page(&session, Vocabulary::default(), None);
        assert!(!table.rows.is_empty() && table.rows.len() < whole.rows.len());
        let is_vote = |text: &str| text.contains("Voted") || text.contains("is asked");
        assert!(table.rows.iter().all(|row| is_vote(&row.text)), "{:?}", table.rows);
        let choice = Choice { only: filter, ..Choice::default() };
        for format in &FORMATS {
            let (all, part) = (Choice::default(), &choice);
            let [all, part] = [&all, part].map(|choice| export(&session, format, choice).expect("it is short").text);
            assert_eq!(all != part, format.can_leave_out, "{}", format.name);
            if format.can_leave_out {
                assert!(part.contains("Voted") && !part.contains("NextBallot"), "{}: {part}", format.name);
            }
            if format.is_figure {
                assert!(part.contains("Only this is shown: Voted."), "{part}");
            }
        }
    }

    #[test]
    fn every_built_in_run_is_drawn_through_filters() {
        for built_in in library::LIBRARY {
            let mut session = Session::open(built_in.text).expect("it runs");
            session.seek(session.end());
            let scenario = session.scenario();
            let kind = scenario.protocol.kinds[0].name;
            let name = scenario.symbols.node(NodeId(0));
            let whole = Index::of(session.played());
            for text in [
                format!("kinds:{kind}"),
                "kinds:learned".to_owned(),
                format!("nodes:{name}"),
                "instances:1".to_owned(),
                format!("ballots:900000.{name}"),
            ] {
                let filter = read(&session, &text);
                let index = whole.only(session.trace(), &filter);
                assert!(index.long.iter().all(|place| (*place as usize) < index.flights.len()));
                let window = Window::fit(false, 900.0, session.scenario().nodes(), session.end());
                let scene = Scene::of(&Input::new(&session, &index, window));
                assert!(!scene.shapes.is_empty(), "{}", built_in.name);
            }
        }
    }
}
