//! Which processes play which part, and what the quorums are.

use super::super::parts::{Part, QuorumRule};
use super::{Draft, Wrong, wrong};
use crate::protocol::{Cast, Guard};
use crate::quorum::{QuorumSystem, Quorums};
use crate::types::{NodeId, NodeSet};

impl Draft {
    /// Gives a part to these processes.
    #[inline(never)]
    pub(super) fn give(&mut self, part: Part, names: &[String]) -> Result<(), Wrong> {
        self.once(part.keyword())?;
        let set: NodeSet = self.different(names)?.into_iter().collect();
        self.parts[part as usize] = Some(set);
        let clients = self.parts[Part::Clients as usize].unwrap_or(NodeSet::EMPTY);
        for other in [Part::Acceptors, Part::Learners] {
            let both = self.parts[other as usize].unwrap_or(NodeSet::EMPTY).shared(clients);
            if let Some(node) = both.iter().next() {
                let (name, others) = (self.symbols.node(node).to_owned(), other.keyword());
                return wrong(&name, format!("{name} is a client, and clients are no {others}"));
            }
        }
        if clients.len() == self.symbols.nodes.len() {
            return wrong("", "all processes are clients, and there is nobody to ask");
        }
        Ok(())
    }

    /// Which processes play which part.
    pub(super) fn cast(&self) -> Cast {
        let [acceptors, learners, clients] = self.parts;
        let clients = clients.unwrap_or(NodeSet::EMPTY);
        let cast = Cast { clients, ..Cast::everybody(self.symbols.nodes.len()) };
        let servers = cast.servers();
        Cast { acceptors: acceptors.unwrap_or(servers), learners: learners.unwrap_or(servers), ..cast }
    }

    /// Resolves these names to different nodes that may lead, in the order written.
    pub(super) fn proposers(&self, names: &[String]) -> Result<Vec<NodeId>, Wrong> {
        let nodes = self.different(names)?;
        let cast = self.cast();
        let idle = nodes.iter().zip(names).find(|(node, _)| !cast.proposers().contains(**node));
        match idle {
            Some((node, name)) if cast.clients.contains(*node) => {
                wrong(name, format!("{name} is a client, and clients do not lead"))
            }
            Some((_, name)) => wrong(name, format!("{name} only learns, so it cannot lead")),
            None => Ok(nodes),
        }
    }

    /// Notes the quorums that the script names.
    #[inline(never)]
    pub(super) fn name_quorums(&mut self, rule: &QuorumRule<String>) -> Result<(), Wrong> {
        self.once("quorum")?;
        let node = |name: &str| self.node(name).map_err(|wrong| (name.to_owned(), wrong.message));
        let quorums = rule.quorums(&self.cast(), node);
        let quorums = quorums.map_err(|(word, message)| Wrong { words: vec![word], message })?;
        let whole = (self.protocol().quorums)(&self.cast(), self.without, Some(quorums));
        let first = rule.to_string().split(' ').next().unwrap_or_default().to_owned();
        let quorums = whole.map_err(|message| Wrong { words: vec![first], message })?;
        self.quorum = Some((rule.clone(), quorums));
        Ok(())
    }

    /// The quorums: those that the script names, halves where the script switches majorities off, or those of the
    /// protocol.
    pub(super) fn quorums(&self) -> Quorums {
        if let Some((_, quorums)) = &self.quorum {
            return quorums.clone();
        }
        let cast = self.cast();
        let halves = || {
            let members = cast.acceptors;
            Quorums::same(QuorumSystem::Count { members, size: (members.len() / 2).max(1) })
        };
        let named = self.without.contains(Guard::Majority).then(halves);
        (self.protocol().quorums)(&cast, self.without, named)
            .expect("a protocol has quorums of its own, and takes halves")
    }
}
