//! Which processes play which part, and what the quorums are.

use std::sync::Arc;

use super::super::parts::{Part, QuorumRule};
use super::{Act, Draft};
use crate::protocol::{Cast, Change, Changes, Guard, Histories, Request, Tolerance, Trust};
use crate::quorum::{QuorumSystem, Quorums};
use crate::replica::Command;
use crate::scenario::{Wrong, wrong};
use crate::tongue::say;
use crate::types::{COMMANDS_MAX, NodeId, NodeSet, Value};

impl Draft {
    /// Gives a part to these processes.
    #[inline(never)]
    pub(super) fn give(&mut self, line: usize, part: Part, names: &[String]) -> Result<(), Wrong> {
        self.once(part.keyword())?;
        if part == Part::Auxiliaries && self.protocol().membership.is_none() {
            let protocol = self.protocol().name;
            self.idle.push((line, say!("in the {protocol} protocol, all acceptors are alike")));
            self.different(names)?;
            return Ok(());
        }
        if part == Part::Liars && self.protocol().trust == Trust::Crash {
            return self.is_about_liars(line).and_then(|()| self.different(names).map(drop));
        }
        let set: NodeSet = self.different(names)?.into_iter().collect();
        self.parts[part as usize] = Some(set);
        if part == Part::Auxiliaries {
            return self.check_auxiliaries(set);
        }
        if part == Part::Liars {
            return Ok(());
        }
        let clients = self.parts[Part::Clients as usize].unwrap_or(NodeSet::EMPTY);
        for other in [Part::Acceptors, Part::Learners] {
            let both = self.parts[other as usize].unwrap_or(NodeSet::EMPTY).shared(clients);
            if let Some(node) = both.iter().next() {
                let (name, others) = (self.symbols.node(node).to_owned(), other.keyword());
                return wrong(&name, say!("{name} is a client, and clients are no {others}"));
            }
        }
        if clients.len() == self.symbols.nodes.len() {
            return wrong("", say!("all processes are clients, and there is nobody to ask"));
        }
        Ok(())
    }

    /// Notes that a line about liars means nothing under a protocol whose processes do not lie.
    pub(super) fn is_about_liars(&mut self, line: usize) -> Result<(), Wrong> {
        let why = say!(
            "the {protocol} protocol believes every process, so nobody lies under it",
            protocol = self.protocol().name
        );
        self.idle.push((line, why));
        Ok(())
    }

    /// Notes how many liars the quorums are made for.
    #[inline(never)]
    pub(super) fn tolerate(&mut self, line: usize, liars: u32, swift: Option<u32>) -> Result<(), Wrong> {
        self.once("tolerate")?;
        let acceptors = self.cast().acceptors.len();
        let bounded = |count: u32| match u8::try_from(count) {
            Ok(count) if usize::from(count) < acceptors => Ok(count),
            _ => wrong(
                count,
                say!(
                    "of {acceptors} acceptors at most {number} may fail, not {count}",
                    number = acceptors.saturating_sub(1)
                ),
            ),
        };
        let tolerance = Tolerance { liars: bounded(liars)?, swift: swift.map(bounded).transpose()? };
        if let Some(swift) = swift.filter(|swift| *swift > liars) {
            return wrong(swift, say!("the second number is at most the first one, {liars}"));
        }
        if self.protocol().trust == Trust::Crash {
            return self.is_about_liars(line);
        }
        self.tolerates = Some(tolerance);
        let quorums = (self.protocol().quorums)(&self.cast(), self.without, None);
        quorums.map_or_else(|message| wrong(liars, message), |_| Ok(()))
    }

    /// Auxiliary processes are acceptors, and so few that the other acceptors are a majority.
    fn check_auxiliaries(&self, auxiliaries: NodeSet) -> Result<(), Wrong> {
        let acceptors = self.cast().acceptors;
        if let Some(node) = auxiliaries.without(acceptors).iter().next() {
            let name = self.symbols.node(node).to_owned();
            return wrong(&name, say!("{name} is no acceptor, and auxiliary processes are acceptors"));
        }
        if QuorumSystem::majority(acceptors).is_quorum(acceptors.without(auxiliaries)) {
            return Ok(());
        }
        let (all, most) = (acceptors.len(), (acceptors.len() - 1) / 2);
        wrong("", say!("of {all} acceptors at most {most} are auxiliary, because the others have to be a majority"))
    }

    /// Which processes play which part. Auxiliary processes learn nothing, unless the script makes them learners.
    pub(super) fn cast(&self) -> Cast {
        let [acceptors, learners, clients, auxiliaries, liars] = self.parts;
        let clients = clients.unwrap_or(NodeSet::EMPTY);
        let (liars, tolerates) = (liars.unwrap_or(NodeSet::EMPTY), self.tolerates);
        let cast = Cast { clients, liars, tolerates, ..Cast::everybody(self.symbols.nodes.len()) };
        let servers = cast.servers();
        let acceptors = acceptors.unwrap_or(servers);
        let auxiliaries = self
            .protocol()
            .membership
            .map_or(NodeSet::EMPTY, |membership| auxiliaries.unwrap_or_else(|| (membership.auxiliaries)(acceptors)));
        Cast { acceptors, learners: learners.unwrap_or(servers.without(auxiliaries)), auxiliaries, ..cast }
    }

    /// Notes whom the oracle names at the beginning.
    pub(super) fn name_leaders(&mut self, line: usize, names: &[String]) -> Result<(), Wrong> {
        self.once("leader")?;
        self.leaders = Some(self.proposers(line, names)?.into_iter().collect());
        if let Some(why) = self.protocol().oracle_unheard(&self.choices) {
            self.idle.push((line, why));
        }
        Ok(())
    }

    /// Resolves these names to different nodes that may lead, in the order written. An auxiliary process may lead under
    /// other protocols, so it is left out, with a warning.
    pub(super) fn proposers(&mut self, line: usize, names: &[String]) -> Result<Vec<NodeId>, Wrong> {
        let mut nodes = self.different(names)?;
        let cast = self.cast();
        if let Some(node) = nodes.iter().find(|node| cast.auxiliaries.contains(**node)) {
            let name = self.symbols.node(*node);
            let why = say!("{name} is an auxiliary process, and only the other acceptors lead");
            self.idle.push((line, why));
            nodes.retain(|node| !cast.auxiliaries.contains(*node));
            return Ok(nodes);
        }
        let idle = nodes.iter().zip(names).find(|(node, _)| !cast.proposers().contains(**node));
        match idle {
            Some((node, name)) if cast.clients.contains(*node) => {
                wrong(name, say!("{name} is a client, and clients do not lead"))
            }
            Some((_, name)) => wrong(name, say!("{name} only learns, so it cannot lead")),
            None => Ok(nodes),
        }
    }

    /// Notes the quorums that the script names.
    #[inline(never)]
    pub(super) fn name_quorums(&mut self, line: usize, rule: &QuorumRule<String>) -> Result<(), Wrong> {
        self.once("quorum")?;
        if self.protocol().membership.is_some() {
            let protocol = self.protocol().name;
            let why = say!("in the {protocol} protocol, a quorum is a majority of the configuration in force");
            self.idle.push((line, why));
            return Ok(());
        }
        if self.protocol().trust == Trust::Byzantine {
            let protocol = self.protocol().name;
            let why =
                say!("in the {protocol} protocol, quorums follow from how many acceptors and how many liars there are");
            self.idle.push((line, why));
            return Ok(());
        }
        let quorums = rule.quorums(&self.cast(), |name| self.node(name))?;
        let whole = (self.protocol().quorums)(&self.cast(), self.without, Some(quorums));
        let first = rule.to_string().split(' ').next().unwrap_or_default().to_owned();
        let quorums = whole.map_err(|message| Wrong::new(vec![first], message))?;
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

    /// Whether the protocol's histories cannot hold one more command. Then this line is idle.
    pub(super) fn is_beyond(&mut self, line: usize) -> bool {
        let protocol = self.protocol();
        if protocol.histories.is_none() || self.symbols.values.len() < COMMANDS_MAX {
            return false;
        }
        let why = say!(
            "a history of the {protocol} protocol holds at most {most} commands, so nobody asks for a further one",
            protocol = protocol.name,
            most = COMMANDS_MAX
        );
        self.idle.push((line, why));
        true
    }

    /// The histories that processes agree on, where the protocol agrees on histories.
    pub(super) fn histories(&self) -> Option<Histories> {
        let structure = (self.protocol().histories?)(&self.choices);
        let is_ignored = self.without.contains(Guard::Conflicts);
        let conflict = |one: usize, other: usize| self.commands[one].conflicts_with(&self.commands[other]);
        Some(Histories::new(self.commands.len(), structure, is_ignored, conflict))
    }

    /// What everybody can read in a signed request, for each value, where requests are signed. Every line that proposes has a
    /// value of its own.
    pub(super) fn requests(&self) -> Arc<[Option<Request>]> {
        let mut requests = Vec::new();
        if self.protocol().trust == Trust::Byzantine {
            requests.resize(self.symbols.values.len(), None);
            for planned in &self.acts {
                if let Act::Propose(by, value) = planned.act {
                    let place = value.0 as usize;
                    let only_reads = self.commands.get(place).is_some_and(Command::only_reads);
                    requests[place].get_or_insert(Request { by, only_reads });
                }
            }
        }
        requests.into()
    }

    /// The decrees that change the configuration, where the protocol knows such decrees. Each change has a value of its own,
    /// by which a process proposes it; a client proposes the same change in the same words, as in `propose A remove(B)`.
    #[inline(never)]
    pub(super) fn changes(&mut self) -> Option<Changes> {
        let delay = (self.protocol().membership?.delay)(&self.choices);
        let text = |change| match change {
            Change::Remove(node) => format!("remove({})", self.symbols.node(node)),
            Change::Add(node) => format!("add({})", self.symbols.node(node)),
        };
        let all = self.cast().proposers().iter().flat_map(|node| [Change::Remove(node), Change::Add(node)]);
        let all: Vec<_> = all.map(|change| (text(change), change)).collect();
        let said = self.symbols.values.iter().zip(0..).filter_map(|(value, place)| {
            let known = all.iter().find(|(text, _)| **text == **value)?;
            Some((Value(place), known.1))
        });
        let mut values: Vec<_> = said.collect();
        values.extend(all.into_iter().map(|(text, change)| (self.symbols.add(&text), change)));
        Some(Changes::new(delay, values))
    }
}
