//! What the panels work out of a run as a whole, kept for as long as the run stays the same, so that no frame does it again.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::race::Race;
use super::record::Record;
use crate::session::{Played, Session};

/// Keeps the last of each kind.
#[derive(Default, Debug)]
pub struct Shelf {
    record: Place<Record>,
    race: Place<Race>,
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

/// What was worked out last, and of which run; the run itself is not kept.
type Place<T> = RefCell<Option<(Weak<Played>, Rc<T>)>>;

fn kept<T>(place: &Place<T>, played: &Rc<Played>, work_out: impl FnOnce(&Played) -> T) -> Rc<T> {
    let mut place = place.borrow_mut();
    // A run that is gone keeps its address for as long as somebody remembers it, so no other can be taken for it.
    if let Some((_, known)) = place.as_ref().filter(|(of, _)| of.as_ptr() == Rc::as_ptr(played)) {
        return Rc::clone(known);
    }
    let new = Rc::new(work_out(played));
    *place = Some((Rc::downgrade(played), Rc::clone(&new)));
    new
}
