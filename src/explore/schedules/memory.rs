//! How much memory a search holds, and how much it may hold.
//!
//! Every list asks the account before it grows, for all the memory that it will take: a list that grows asks for the
//! new memory while it still holds the old one. A list that is refused takes nothing, and the search ends. The threads of
//! a search share one account.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::explore::table::{Table, grown};

/// This many bytes count as held before the search begins: the program, its threads and its script.
const PROGRAM: usize = 8 << 20;

/// The account has refused memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Refused;

/// An account of bytes.
#[derive(Debug)]
pub(super) struct Memory {
    most: usize,
    held: AtomicUsize,
    is_out: AtomicBool,
}

impl Memory {
    /// An account of at most this many bytes, the program's own among them.
    pub(super) fn new(most: usize) -> Self {
        Self { most, held: AtomicUsize::new(PROGRAM), is_out: AtomicBool::new(most < PROGRAM) }
    }

    /// How many bytes are held, the program's own among them.
    pub(super) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// Whether the account has refused anybody: from then on no thread needs to go on.
    pub(super) fn is_out(&self) -> bool {
        self.is_out.load(Ordering::Relaxed)
    }

    /// Asks for this many bytes, which are then held.
    ///
    /// # Errors
    /// Fewer bytes are left.
    pub(super) fn ask(&self, bytes: usize) -> Result<(), Refused> {
        let more = |held: usize| held.checked_add(bytes).filter(|held| *held <= self.most);
        let granted = self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        granted.map(|_| ()).map_err(|_| self.refused())
    }

    /// Gives back bytes that are no longer held.
    pub(super) fn give(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Makes room in a list for this many more entries.
    ///
    /// # Errors
    /// There is no memory for the longer list: the account refuses it, or the machine gives no more.
    pub(super) fn make_room<T>(&self, list: &mut Vec<T>, more: usize) -> Result<(), Refused> {
        if list.capacity() - list.len() >= more { Ok(()) } else { self.lengthen(list, more) }
    }

    #[cold]
    fn lengthen<T>(&self, list: &mut Vec<T>, more: usize) -> Result<(), Refused> {
        let capacity = (list.len() + more).max(grown(list.capacity())).max(4);
        let (old, new) = (bytes::<T>(list.capacity()), bytes::<T>(capacity));
        self.ask(new)?;
        if list.try_reserve_exact(capacity - list.len()).is_err() {
            self.give(new);
            return Err(self.refused());
        }
        self.give(old);
        Ok(())
    }

    /// Makes room in a table for one more entry.
    ///
    /// # Errors
    /// The same as of [`Self::make_room`].
    pub(super) fn make_room_in(&self, table: &mut Table) -> Result<(), Refused> {
        if !table.is_full() {
            return Ok(());
        }
        let (old, new) = (table.bytes(), table.bytes_grown());
        self.ask(new)?;
        if !table.grow() {
            self.give(new);
            return Err(self.refused());
        }
        self.give(old);
        Ok(())
    }

    /// Empties a list, and gives back the memory that it held.
    pub(super) fn forget<T>(&self, list: &mut Vec<T>) {
        self.give(bytes::<T>(list.capacity()));
        *list = Vec::new();
    }

    /// Empties a table, and gives back the memory that it held.
    pub(super) fn forget_table(&self, table: &mut Table) {
        let empty = Table::default();
        self.give(table.bytes() - empty.bytes());
        *table = empty;
    }

    /// Notes that the account has refused memory, so that no thread needs to go on.
    pub(super) fn refused(&self) -> Refused {
        self.is_out.store(true, Ordering::Relaxed);
        Refused
    }
}

/// How many bytes a list of this capacity holds.
const fn bytes<T>(capacity: usize) -> usize {
    capacity * size_of::<T>()
}
