//! The place at which two runs part.

use super::{EventId, Trace, What};

impl Trace {
    /// How many events at the beginning are the same in both traces; the caller knows already that the first `known`
    /// are.
    pub fn same_beginning(&self, other: &Self, known: usize) -> usize {
        let (here, there) = (&*self.scenario, &*other.scenario);
        let [values, others] = [here, there].map(|scenario| &scenario.symbols.values[..]);
        // Handles mean the same if both runs have the same names for them; otherwise only the texts of events can be
        // compared.
        let same_names = std::ptr::eq(here.protocol, there.protocol)
            && here.symbols.nodes == there.symbols.nodes
            && (values.starts_with(others) || others.starts_with(values));
        let until = self.events.len().min(other.events.len());
        let known = known.max(if same_names { self.events.shared(&other.events) } else { 0 });
        let alike = |place: &usize| match same_names {
            true => self.is_alike(other, *place),
            false => self.line(EventId(*place as u32)) == other.line(EventId(*place as u32)),
        };
        (known..until).find(|place| !alike(place)).unwrap_or(until)
    }

    /// Whether the same happens in both traces at this place, given that everything before it is the same.
    fn is_alike(&self, other: &Self, place: usize) -> bool {
        let (here, there) = (&self.events[place], &other.events[place]);
        let what = match (&here.what, &there.what) {
            // The places of acts differ when one of the scripts has acts that found nothing to do.
            (What::Acted(_, here), What::Acted(_, there)) => here == there,
            (What::Sent(id), What::Sent(_)) => {
                let [here, there] = [self, other].map(|trace| trace.message(*id));
                (here.from, here.to, here.due, &here.message) == (there.from, there.to, there.due, &there.message)
            }
            (here, there) => here == there,
        };
        what && here.time == there.time
    }
}
