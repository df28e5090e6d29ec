//! A script fitted to a protocol and a number of servers, so that one script can be run by the whole family.
//!
//! The fitted script has the servers that the size asks for: the script's own ones in their order and, where these are too
//! few, new ones with the next free names. Clients stay. Lines about servers that are gone are left out; a request to such a
//! server goes to the first one. Every line keeps its number, and every change is told in a sentence. The fitted script need
//! not be a scenario: resolving it tells what the protocol does not understand.

use super::Scenario;
use super::parts::Part;
use super::script::{Act, Lie, Line, Link, RuleEffect, Script, Statement, default_name};
use crate::protocol::{Kin, Protocol};
use crate::tongue::say;
use crate::types::{NODES_MAX, NodeSet, shortened};

/// The most faults that a cluster can be fitted for.
pub const FAULTS_MAX: usize = 20;

/// How large the cluster is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Size {
    /// The fewest servers with which the protocol bears so many faults.
    Tolerate(usize),
    /// So many servers, whatever protocol runs.
    Nodes(usize),
}

/// A script for one protocol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fitted {
    /// The script.
    pub script: Script,
    /// How many processes are no clients.
    pub servers: usize,
    /// How many faults so many servers bear under the protocol.
    pub faults: usize,
    /// Sentences on the lines that are not as they were.
    pub notes: Vec<String>,
}

impl Size {
    /// The size of a scenario's own cluster, in faults: as many as its protocol bears with its servers, and no more than
    /// [`FAULTS_MAX`].
    pub fn of(scenario: &Scenario) -> Self {
        let servers = scenario.setup.cast.servers().len();
        Self::Tolerate((scenario.protocol.kin)().faults(servers).min(FAULTS_MAX))
    }

    /// A size that is given as the number after `tolerate` or the one after `nodes`.
    ///
    /// # Errors
    /// A sentence without its full stop that begins with the word that is wrong.
    pub fn read(tolerate: Option<&str>, nodes: Option<&str>) -> Result<Option<Self>, String> {
        let number = |word: &str, text: Option<&str>, least: usize, most: usize| {
            let Some(text) = text else { return Ok(None) };
            let count = text.parse::<usize>().ok().filter(|count| (least..=most).contains(count));
            count
                .map(Some)
                .ok_or_else(|| say!("{word} {text}: a number from {least} to {most} is needed", text = shortened(text)))
        };
        let faults = number("tolerate", tolerate, 0, FAULTS_MAX)?.map(Self::Tolerate);
        let servers = number("nodes", nodes, 1, NODES_MAX)?.map(Self::Nodes);
        match (faults, servers) {
            (Some(_), Some(_)) => {
                Err(say!("tolerate and nodes are both given, and only one of them can be equal").into())
            }
            (faults, servers) => Ok(faults.or(servers)),
        }
    }

    /// How many servers, and how many faults they bear.
    fn servers(self, kin: &Kin) -> (usize, usize) {
        match self {
            Self::Tolerate(faults) => (kin.servers(faults), faults),
            Self::Nodes(servers) => (servers, kin.faults(servers)),
        }
    }

    /// The same size as a sentence without its full stop.
    pub fn sentence(self) -> String {
        match self {
            Self::Tolerate(0) => say!("At equal f: no fault is borne, and each protocol runs with one server").into(),
            Self::Tolerate(1) => {
                say!("At equal f: each protocol runs with the fewest servers that bear f = 1 fault").into()
            }
            Self::Tolerate(faults) => {
                say!("At equal f: each protocol runs with the fewest servers that bear f = {faults} faults")
            }
            Self::Nodes(servers) => {
                say!(
                    "At equal n: each protocol runs with n = {servers} servers, and some bear fewer faults than others"
                )
            }
        }
    }
}

/// Fits a script to a protocol and a size; `scenario` is what the script means by itself.
///
/// # Errors
/// A sentence without its full stop, when there would be too many processes.
pub fn fit(script: &Script, scenario: &Scenario, protocol: &Protocol, size: Size) -> Result<Fitted, String> {
    let (servers, faults) = size.servers(&(protocol.kin)());
    let cast = &scenario.setup.cast;
    let named = |set: NodeSet| set.iter().map(|node| scenario.symbols.node(node).to_owned()).collect();
    let (own, clients): (Vec<String>, Vec<String>) = (named(cast.servers()), named(cast.clients));
    let nodes = servers + clients.len();
    if nodes > NODES_MAX {
        return Err(say!("there would be {nodes} processes, and a cluster has {most} at most", most = NODES_MAX));
    }
    let names = Names::new(&own, &clients, servers);
    let mut fitted = Fitted { script: script.under(protocol.name), servers, faults, notes: Vec::new() };
    // Quorums and parts that were made for this size stay as they are.
    let is_alike = (protocol.kin)().per_fault == (scenario.protocol.kin)().per_fault || matches!(size, Size::Nodes(_));
    let is_same = servers == own.len() && is_alike;
    let order: Vec<String> = names.servers.iter().chain(&clients).cloned().collect();
    let is_default = order.iter().zip(0..).all(|(name, place)| *name == default_name(place));
    for (place, line) in fitted.script.lines.iter_mut().enumerate() {
        let Some(statement) = line.statement.take() else { continue };
        line.statement = match statement {
            Statement::Nodes(_) | Statement::NodeCount(_) if servers == own.len() => Some(statement),
            Statement::Nodes(_) | Statement::NodeCount(_) if is_default => Some(Statement::NodeCount(nodes as u32)),
            Statement::Nodes(_) | Statement::NodeCount(_) => Some(Statement::Nodes(order.clone())),
            Statement::Quorum(_) | Statement::Tolerate(..) | Statement::Part(_, _)
                if !is_same && !matches!(statement, Statement::Part(Part::Clients | Part::Liars, _)) =>
            {
                fitted.notes.push(leave_out(line, place, &statement, say!("the cluster has another size here").text()));
                None
            }
            other => match names.fit(&other) {
                Some((statement, None)) => Some(statement),
                Some((statement, Some(note))) => {
                    fitted.notes.push(say!("Line {number}: {note}.", number = place + 2));
                    Some(statement)
                }
                None => {
                    let gone = say!("there is no such process among these {nodes}");
                    fitted.notes.push(leave_out(line, place, &other, &gone));
                    None
                }
            },
        };
    }
    if let (false, Size::Tolerate(faults), Some(line)) = (is_same, size, (protocol.kin)().line) {
        let extra = Script::parse(&format!("{}\n{}\n", super::script::HEADER, line(faults)));
        let lines = extra.expect("rows have good lines").lines;
        fitted.script.lines.extend(lines);
    }
    Ok(fitted)
}

/// Makes a line a comment; answers the sentence that says so.
fn leave_out(line: &mut Line, place: usize, statement: &Statement, why: &str) -> String {
    let text = Line::from(statement.clone()).to_string();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let comment = line.comment.take().map_or_else(String::new, |comment| format!("; {comment}"));
    line.comment = Some(format!("left out: {text}{comment}"));
    say!("Line {number} is left out, “{text}”: {why}.", number = place + 2)
}

/// The names of a fitted cluster.
struct Names {
    servers: Vec<String>,
    /// The servers of the script that the fitted cluster does not have.
    gone: Vec<String>,
}

impl Names {
    fn new(own: &[String], clients: &[String], count: usize) -> Self {
        let (kept, gone) = own.split_at(count.min(own.len()));
        let is_free = |name: &String| !own.contains(name) && !clients.contains(name);
        let new = (0..).map(default_name).filter(is_free).take(count - kept.len());
        let servers = kept.iter().cloned().chain(new).collect();
        Self { servers, gone: gone.to_vec() }
    }

    fn is_gone(&self, name: &String) -> bool {
        self.gone.contains(name)
    }

    fn is_cut(&self, link: &Link<String>) -> bool {
        self.is_gone(&link.from) || self.is_gone(&link.to)
    }

    fn kept(&self, names: &[String]) -> Vec<String> {
        names.iter().filter(|name| !self.is_gone(name)).cloned().collect()
    }

    /// The statement without the servers that are gone, with a note if it means something else now; none if nothing is
    /// left of it.
    fn fit(&self, statement: &Statement) -> Option<(Statement, Option<String>)> {
        let is_about = |names: &[String]| names.iter().any(|name| self.is_gone(name));
        match statement {
            Statement::Delay(Some(link), _) | Statement::Loss(Some(link), _) | Statement::Duplicates(Some(link), _)
                if self.is_cut(link) =>
            {
                None
            }
            Statement::Rule { link, effect, .. } if self.is_cut(link) || self.lies_about_gone(effect) => None,
            Statement::Leader(names) if is_about(names) => {
                let (names, note) = self.leaders(names);
                Some((Statement::Leader(names), note))
            }
            Statement::Part(part, names) if is_about(names) => {
                let kept = self.kept(names);
                if kept.is_empty() { None } else { Some((Statement::Part(*part, kept), Some(self.fewer()))) }
            }
            Statement::Without(rule, names) if is_about(names) => {
                let kept = self.kept(names);
                let fewer = || (Statement::Without(rule.clone(), kept.clone()), Some(self.fewer()));
                if kept.is_empty() { None } else { Some(fewer()) }
            }
            Statement::At(time, act) => self.act(act).map(|(act, note)| (Statement::At(*time, act), note)),
            _ => Some((statement.clone(), None)),
        }
    }

    fn fewer(&self) -> String {
        say!("it names fewer processes, since {gone} would be too many", gone = self.gone.join(", "))
    }

    fn leaders(&self, names: &[String]) -> (Vec<String>, Option<String>) {
        let kept = self.kept(names);
        let first = &self.servers[..1];
        let note = say!("{first} leads, since {gone} is not there", first = first[0], gone = self.gone.join(", "));
        if kept.is_empty() { (first.to_vec(), Some(note)) } else { (kept, Some(self.fewer())) }
    }

    /// The act without the servers that are gone; none if nothing is left of it.
    fn act(&self, act: &Act<String, String>) -> Option<(Act<String, String>, Option<String>)> {
        let whole = || Some((act.clone(), None));
        match act {
            Act::Propose(node, value) if self.is_gone(node) => {
                let first = self.servers[0].clone();
                let note = say!("{first} is asked, since {node} is not there");
                Some((Act::Propose(first, value.clone()), Some(note)))
            }
            Act::Crash(node) | Act::CrashBeforeSend(node) | Act::Timeout(node, ..) | Act::Restart(node, _) => {
                if self.is_gone(node) { None } else { whole() }
            }
            Act::Cut(link) | Act::HealLink(link) => {
                if self.is_cut(link) {
                    None
                } else {
                    whole()
                }
            }
            Act::Inject(injection) => {
                let owner = injection.ballot.as_ref().map(|(_, owner)| owner);
                let is_gone = self.is_cut(&injection.link) || owner.is_some_and(|owner| self.is_gone(owner));
                if is_gone { None } else { whole() }
            }
            Act::Partition(groups) if groups.iter().flatten().any(|name| self.is_gone(name)) => {
                let kept = groups.iter().map(|group| self.kept(group)).filter(|group| !group.is_empty());
                let kept: Vec<_> = kept.collect();
                (!kept.is_empty()).then(|| (Act::Partition(kept), Some(self.fewer())))
            }
            Act::Leader(names) if names.iter().any(|name| self.is_gone(name)) => {
                let (names, note) = self.leaders(names);
                Some((Act::Leader(names), note))
            }
            Act::Propose(..) | Act::Partition(_) | Act::Heal | Act::Leader(_) => whole(),
        }
    }

    fn lies_about_gone(&self, effect: &RuleEffect) -> bool {
        match effect {
            RuleEffect::Forge(Lie::Omits(names)) => names.iter().any(|name| self.is_gone(name)),
            RuleEffect::Forge(Lie::Claims(claimed)) => {
                let owner = claimed.ballot.as_ref().map(|(_, owner)| owner);
                self.is_cut(&claimed.link) || owner.is_some_and(|owner| self.is_gone(owner))
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{PROTOCOLS, find};
    use crate::types::NodeId;

    fn fitted(text: &str, protocol: &str, size: Size) -> Fitted {
        let (script, scenario) = Scenario::read(&format!("paxos-playground 1\n{text}")).expect("a good script");
        fit(&script, &scenario, find(protocol).expect("in the registry"), size).expect("it fits")
    }

    #[test]
    fn each_protocol_gets_the_fewest_servers_that_bear_the_faults() {
        let text = "nodes A B C D E X\nclients X\nat 4 propose X red\n";
        for (name, servers) in [("basic", 5), ("cheap", 5), ("fast", 7), ("pbft", 7), ("pfab", 7), ("fab", 11)] {
            let one = fitted(text, name, Size::Tolerate(2));
            assert_eq!((one.servers, one.faults), (servers, 2), "{name}");
            let scenario = Scenario::of(&one.script).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!((scenario.protocol.name, scenario.nodes()), (name, servers + 1));
            assert_eq!(
                scenario.setup.cast.clients.iter().map(|node| scenario.symbols.node(node)).collect::<Vec<_>>(),
                ["X"]
            );
            assert_eq!(scenario.symbols.node(NodeId(0)), "A");
            assert!(one.notes.is_empty(), "{:?}", one.notes);
        }
        let own = fitted("nodes 5\nat 4 propose A red\n", "basic", Size::Tolerate(2));
        assert_eq!(
            own.script.to_string(),
            "paxos-playground 1\nnodes     5\nat 4Δ     propose A \"red\"\nprotocol  basic\n"
        );
    }

    #[test]
    fn equal_n_is_the_same_for_everybody_and_tells_who_bears_less() {
        for protocol in PROTOCOLS {
            let one = fitted("nodes 3\nat 4 propose A red\n", protocol.name, Size::Nodes(6));
            assert_eq!((one.servers, one.faults), (6, 5 / (protocol.kin)().per_fault), "{}", protocol.name);
            assert!(Scenario::of(&one.script).is_ok(), "{}", protocol.name);
        }
    }

    #[test]
    fn what_is_about_a_server_that_is_gone_is_told() {
        let text = "nodes 5\nquorum 4 2\nleader E\nat 0 propose E red\nat 1 crash D\nat 2 partition A B | C D E\nat 3 cut A->B\n\
                    drop Voted E->A #1\ndelay B->C 1\nat 5 leader D B\nwithout memory D E\nat 6 inject NextBallot A->B 5.E\n";
        let one = fitted(text, "multi", Size::Tolerate(1));
        let scenario = Scenario::of(&one.script).expect("what is left is a scenario");
        assert_eq!((scenario.nodes(), scenario.acts.len()), (3, 4));
        assert_eq!(
            one.notes,
            [
                "Line 3 is left out, “quorum 4 2”: the cluster has another size here.",
                "Line 4: A leads, since D, E is not there.",
                "Line 5: A is asked, since E is not there.",
                "Line 6 is left out, “at 1Δ crash D”: there is no such process among these 3.",
                "Line 7: it names fewer processes, since D, E would be too many.",
                "Line 9 is left out, “drop Voted E->A #1”: there is no such process among these 3.",
                "Line 11: it names fewer processes, since D, E would be too many.",
                "Line 12 is left out, “without memory D E”: there is no such process among these 3.",
                "Line 13 is left out, “at 6Δ inject NextBallot A->B 5.E”: there is no such process among these 3.",
            ]
        );
    }

    #[test]
    fn new_servers_have_names_that_nobody_has() {
        let one = fitted("nodes Ada C X\nclients X\nat 4 propose X red\n", "multi", Size::Nodes(5));
        assert!(one.script.to_string().contains("nodes     Ada C A B D X\n"), "{}", one.script);
    }

    #[test]
    fn too_many_processes_are_refused() {
        let (script, scenario) = Scenario::read("paxos-playground 1\nnodes 3\n").expect("a good script");
        let fab = find("fab").expect("in the registry");
        let error = fit(&script, &scenario, fab, Size::Nodes(129)).expect_err("too many");
        assert_eq!(error, "there would be 129 processes, and a cluster has 128 at most");
        assert!(fit(&script, &scenario, fab, Size::Tolerate(FAULTS_MAX)).is_ok());
    }
}
