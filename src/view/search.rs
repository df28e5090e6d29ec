//! Finding events by the words of their sentences, forward and back, and round the ends of the run.
//!
//! A long run is searched a stretch at a time, so that a press of the button never takes long: the next press goes on.

use super::events::{is_told, sentence};
use crate::protocol::Vocabulary;
use crate::session::{Cursor, Session};
use crate::tongue::{key, say};
use crate::trace::EventId;

/// One call of [`Search::find`] looks at so many events.
pub const EVENTS_MAX: usize = 20_000;

/// A search under way.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Search {
    /// The words that somebody typed.
    words: String,
    /// The event that was found last.
    found: Option<EventId>,
    /// The place where the last call stopped, if it has not looked everywhere.
    rest: Option<Rest>,
    status: String,
}

/// What is left to look at. It is valid only if nothing has changed since.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Rest {
    cursor: Cursor,
    forward: bool,
    /// The next place to look at.
    place: usize,
    /// How many places are left.
    left: usize,
}

impl Search {
    /// A search for these words, which has found nothing yet.
    pub fn new(words: String) -> Self {
        Self { words, ..Self::default() }
    }

    /// The words that somebody typed.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// A sentence with the result of the last call of [`Self::find`]; empty before the first.
    pub fn status(&self) -> &str {
        &self.status
    }

    /// The next event, or the previous one, such that each of the words typed is the beginning of a word in its
    /// sentence. The case of the letters a to z does not matter. The search starts at the event that was found last, if
    /// that is still shown, and otherwise at the cursor. None when there is no such event, or this call has not come to
    /// it yet.
    pub fn find(&mut self, session: &Session, words: Vocabulary, forward: bool) -> Option<EventId> {
        let trace = session.trace();
        let (count, cursor) = (trace.events().len(), session.cursor());
        let typed: Vec<String> = self.words.split_whitespace().map(str::to_ascii_lowercase).collect();
        if typed.is_empty() || count == 0 {
            self.status = words.fill(key!("Type a word of what happened, such as a {ballot} or a message."));
            return None;
        }
        let is_here = |event: &EventId| trace.events().get(event.0 as usize).is_some_and(|at| at.time == cursor.time);
        let last = self.found.filter(is_here).map(|event| event.0 as usize);
        let start = match (last, forward) {
            (Some(last), true) => last + 1,
            (Some(last), false) => last + count - 1,
            (None, true) => cursor.events,
            (None, false) => cursor.events + count - 1,
        };
        let new = Rest { cursor, forward, place: start % count, left: count };
        let mut rest = self.rest.take().filter(|rest| (rest.cursor, rest.forward) == (cursor, forward)).unwrap_or(new);
        rest.left = rest.left.min(count);
        for _ in 0..rest.left.min(EVENTS_MAX) {
            let place = rest.place % count;
            rest.place = if forward { place + 1 } else { place + count - 1 };
            rest.left -= 1;
            let event = &trace.events()[place];
            if !is_told(trace, event) {
                continue;
            }
            let told = sentence(trace, words, event);
            let lower = told.to_ascii_lowercase();
            if typed.iter().all(|word| has(&lower, word)) {
                self.found = Some(EventId(place as u32));
                self.status = format!("{}Δ: {}.", event.time.told(), told);
                return self.found;
            }
        }
        if rest.left == 0 {
            let run = if session.played().run.is_over() { say!("in this run") } else { say!("so far") };
            self.status = say!("Nothing that happens {run} has these words.");
        } else {
            let (done, time) = (count - rest.left, trace.events()[rest.place % count].time);
            self.status = say!("Not among {done} of {count} events, up to {time}Δ. Once more goes on from there.");
            self.rest = Some(rest);
        }
        None
    }
}

/// Whether a word of the text begins with `beginning`.
fn has(text: &str, beginning: &str) -> bool {
    let is_inside = |place: usize| text[..place].ends_with(char::is_alphanumeric);
    text.match_indices(beginning).any(|(place, _)| !is_inside(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::library;
    use crate::trace::What;

    fn open(name: &str) -> Session {
        Session::open(library::find(name).expect("built in").text).expect("a good script")
    }

    /// Finds an event and goes there, as the page does.
    fn go(search: &mut Search, session: &mut Session, forward: bool) -> Option<String> {
        let found = search.find(session, Vocabulary::Parliament1998, forward)?;
        let time = session.trace().event(found).time;
        session.seek(time);
        Some(search.status().to_owned())
    }

    #[test]
    fn it_finds_forward_and_back_and_goes_round() {
        let mut session = open("minimal-ballot");
        let mut search = Search::new("LEARNS red".to_owned());
        let told: Vec<_> = (0..6).filter_map(|_| go(&mut search, &mut session, true)).collect();
        let learns = |time: u32, who: char| format!("{time}Δ: {who} learns that “red” is passed, by ballot 1.A.");
        assert_eq!(
            told,
            [learns(4, 'A'), learns(5, 'B'), learns(5, 'C'), learns(5, 'D'), learns(5, 'E'), learns(4, 'A')]
        );
        assert_eq!(go(&mut search, &mut session, false), Some(learns(5, 'E')));
        assert_eq!(go(&mut search, &mut session, false), Some(learns(5, 'D')));
        session.seek(crate::types::Time::ZERO);
        assert_eq!(go(&mut search, &mut session, true), Some(learns(4, 'A')), "who has moved begins from there");
    }

    #[test]
    fn a_letter_is_the_beginning_of_a_word() {
        let mut session = open("minimal-ballot");
        let mut search = Search::new("voted from c".to_owned());
        assert_eq!(go(&mut search, &mut session, true).as_deref(), Some("4Δ: A receives Voted 1.A from C."));
        let mut search = Search::new("recei 1.a \u{201c}red".to_owned());
        assert!(go(&mut search, &mut session, true).is_some_and(|told| told.contains("Success 1.A “red”")));
    }

    #[test]
    fn it_says_what_is_not_there() {
        let session = open("minimal-ballot");
        let mut search = Search::new("Nack".to_owned());
        assert_eq!(search.find(&session, Vocabulary::Parliament1998, true), None);
        assert_eq!(search.status(), "Nothing that happens in this run has these words.");
        assert_eq!(Search::new("  ".to_owned()).find(&session, Vocabulary::Parliament1998, true), None);
    }

    #[test]
    fn it_reads_the_words_that_are_shown() {
        let session = open("minimal-ballot");
        let mut search = Search::new("prepare".to_owned());
        assert_eq!(search.find(&session, Vocabulary::Parliament1998, true), None);
        let found = search.find(&session, Vocabulary::MadeSimple2001, true).expect("it is a word of 2001");
        assert!(matches!(session.trace().event(found).what, What::Sent(_)));
        assert!(search.status().contains("sends Prepare 1.A"));
    }

    #[test]
    fn a_long_run_is_looked_through_a_stretch_at_a_time() {
        let text = "paxos-playground 1\nprotocol complete\noption election heartbeat\nnodes 9\nuntil 1500Δ\n\
            at 1400Δ propose A \"red\"\n";
        let mut session = Session::open(text).expect("a good script");
        while !session.judge(100_000) {}
        let count = session.trace().events().len();
        assert!(count > 2 * EVENTS_MAX, "{count}");
        let mut search = Search::new("client red".to_owned());
        let mut presses = 1;
        while search.find(&session, Vocabulary::Parliament1998, true).is_none() {
            assert!(search.status().contains("Once more goes on"), "{}", search.status());
            presses += 1;
        }
        assert!((3..=count / EVENTS_MAX + 1).contains(&presses), "{presses}");
        assert!(search.status().starts_with("1400Δ: A client asks A"));
    }
}
