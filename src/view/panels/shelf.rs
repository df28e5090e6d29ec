//! What the panels work out from a whole run. It is kept for as long as the run stays the same, so that it is not
//! worked out again for every frame.

use std::cell::{OnceCell, Ref, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::pace::Pace;
use super::race::Race;
use super::record::Record;
use crate::protocol::Vocabulary;
use crate::scenario::Scenario;
use crate::session::Session;

/// A race, the scenario whose script is raced, and the words in which it is told.
type Kept = (Arc<Scenario>, Vocabulary, Rc<Race>);

/// Keeps the last record, and the last race with the words in which it is told. Runs of the very same scenario are the
/// same run.
#[derive(Default, Debug)]
pub struct Shelf {
    record: RefCell<(Option<Arc<Scenario>>, Record)>,
    race: RefCell<Option<Kept>>,
    paces: OnceCell<Vec<Pace>>,
}

impl Shelf {
    /// The record of a session's run, as far as it has been run.
    pub fn record(&self, session: &Session) -> Ref<'_, Record> {
        let mut kept = self.record.borrow_mut();
        let (of, record) = &mut *kept;
        if !of.as_ref().is_some_and(|of| Arc::ptr_eq(of, session.scenario())) {
            (*of, *record) = (Some(Arc::clone(session.scenario())), Record::default());
        }
        record.read_on(session.played());
        drop(kept);
        Ref::map(self.record.borrow(), |(_, record)| record)
    }

    /// The race of a session's script. The first call for a script and a vocabulary takes three more runs.
    pub fn race(&self, session: &Session, words: Vocabulary) -> Rc<Race> {
        let mut kept = self.race.borrow_mut();
        let is_it = |(of, told, _): &&Kept| Arc::ptr_eq(of, session.scenario()) && *told == words;
        if let Some((.., race)) = kept.as_ref().filter(is_it) {
            return Rc::clone(race);
        }
        let race = Rc::new(Race::of(session.script(), words));
        *kept = Some((Arc::clone(session.scenario()), words, Rc::clone(&race)));
        race
    }

    /// What each variant takes. The first call takes six short runs.
    pub fn paces(&self) -> &[Pace] {
        self.paces.get_or_init(Pace::all)
    }
}
