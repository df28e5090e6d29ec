//! Window: nobody accepts a decree far above its last stable checkpoint.
//!
//! Without the window a lying primary could give a command a place so far above the others that all places below it have to
//! be filled before anything is executed.

use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Said};
use crate::tongue::{key, say};
use crate::types::{Instance, Renaming};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "window",
    title: key!("Only within the window"),
    statement: key!(
        "Whoever accepts a {decree} for a place has h < place ≤ h + L, where h is its last stable checkpoint."
    ),
    further: &[],
    source: "Practical Byzantine Fault Tolerance (1999), §4.2 and §4.3",
    applies: |scenario| scenario.protocol.window.is_some(),
    open: |scenario| Box::new(Window { low: vec![0; scenario.nodes()] }),
};

#[derive(Clone, Hash)]
struct Window {
    /// For each process, h. It is in stable storage, so a crash takes nothing away.
    low: Vec<u32>,
}

impl Check for Window {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        match seen.fact() {
            Some((node, Fact::Stable { instance, .. })) => {
                self.low[node.index()] = instance.0;
                Ok(())
            }
            Some((node, Fact::Believed { instance: Instance(place), .. })) => {
                let setup = &seen.scenario.setup;
                let (low, most) = (
                    self.low[node.index()],
                    seen.scenario.protocol.window.map_or(u32::MAX, |window| window(&setup.choices)),
                );
                if low < place && place - low <= most {
                    return Ok(());
                }
                let name = seen.symbols().node(node);
                let (first, last) = (low + 1, low + most);
                Err(say!("{name} accepted something for number {place}, but its window is from {first} to {last}")
                    .into())
            }
            _ => Ok(()),
        }
    }

    fn rename(&mut self, names: &Renaming) {
        names.permute(&mut self.low);
    }
}
