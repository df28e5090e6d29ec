//! What the panels work out of a run as a whole, kept for as long as the run stays the same, so that no frame does it again.

use std::cell::RefCell;
use std::rc::Rc;

use super::race::Race;
use super::record::Record;
use crate::session::{Played, Session};

/// Keeps the last of each kind.
#[derive(Default, Debug)]
pub struct Shelf {
    record: RefCell<Option<(Rc<Played>, Rc<Record>)>>,
    race: RefCell<Option<(Rc<Played>, Rc<Race>)>>,
}

impl Shelf {
    /// The record of a session's run.
    pub fn record(&self, session: &Session) -> Rc<Record> {
        kept(&self.record, session.played(), Record::of)
    }

    /// The race of a session's script: three more runs, when it is asked for the first time.
    pub fn race(&self, session: &Session) -> Rc<Race> {
        kept(&self.race, session.played(), |_| Race::of(session.script()))
    }
}

fn kept<T>(
    place: &RefCell<Option<(Rc<Played>, Rc<T>)>>,
    played: &Rc<Played>,
    work_out: impl FnOnce(&Played) -> T,
) -> Rc<T> {
    let mut place = place.borrow_mut();
    if let Some((_, known)) = place.as_ref().filter(|(of, _)| Rc::ptr_eq(of, played)) {
        return Rc::clone(known);
    }
    let new = Rc::new(work_out(played));
    *place = Some((Rc::clone(played), Rc::clone(&new)));
    new
}
