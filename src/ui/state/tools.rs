//! The tools above the timeline, and the variants in the strip: what each does to the script.

use super::{Action, Selection, State, View};
use crate::scenario::{Act, Disk, RuleEffect, Statement};
use crate::session::Session;
use crate::tongue::{Phrase, say};
use crate::types::{NodeId, Time};
use crate::view::panels::pace;
use crate::view::{NodeCard, Reach, Rules};

/// A tool that waits for the thing on which it acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum Tool {
    /// A process is asked to propose something.
    Propose,
    /// A process crashes, or comes back.
    Crash,
    /// A process is cut off from the others, or is joined to them again.
    Cut,
    /// A message is lost.
    Drop,
    /// A message takes one Δ longer.
    Delay,
}

impl Tool {
    /// Every tool, with the name of its button and what to do with it.
    pub(in crate::ui) const ALL: [(Self, Phrase, Phrase); 5] = [
        (Self::Propose, say!("Propose"), say!("Click the server that is asked.")),
        (Self::Crash, say!("Crash"), say!("Click a server: it crashes, or comes back.")),
        (Self::Cut, say!("Cut off"), say!("Click a server: it is cut off, or joined again.")),
        (Self::Drop, say!("Drop"), say!("Click a message: it is lost.")),
        (Self::Delay, say!("Delay"), say!("Click a message: it takes one Δ longer.")),
    ];

    /// Whether it acts on messages; the others act on processes.
    fn is_for_messages(self) -> bool {
        matches!(self, Self::Drop | Self::Delay)
    }
}

impl State {
    /// The tool that waits for the thing on which it acts.
    pub(in crate::ui) fn tool(&self) -> Option<Tool> {
        self.tool
    }

    /// Takes a tool, or puts it away. If what the tool acts on is selected already, it acts at once.
    pub(super) fn take_tool(&mut self, tool: Option<Tool>) {
        let chosen = self.selection;
        (self.tool, self.open) = (tool, false);
        if matches!(chosen, Selection::Message(_)) == tool.is_some_and(Tool::is_for_messages) {
            self.use_tool(chosen);
        }
    }

    /// Lets the tool that waits act on this, and says whether there was one that could.
    pub(super) fn use_tool(&mut self, on: Selection) -> bool {
        let Some(tool) = self.tool else { return false };
        let trace = self.session.trace();
        let node = match on {
            Selection::Node(node) => Some(node),
            Selection::Mark(event) => trace.node_of(trace.event(event)),
            _ => None,
        };
        let action = match (on, node) {
            (Selection::Message(id), _) if tool == Tool::Drop => Action::Rule(id, RuleEffect::Drop),
            (Selection::Message(id), _) if tool == Tool::Delay => {
                let envelope = trace.message(id);
                let later = envelope.due.plus(Time::DELTA).since(envelope.leaves);
                Action::Rule(id, RuleEffect::Delay(later))
            }
            (_, Some(node)) if !tool.is_for_messages() => match self.act_of(tool, node) {
                Some(act) => Action::Act(act),
                None => return false,
            },
            _ => return false,
        };
        (self.tool, self.selection, self.open) = (None, Selection::Nothing, false);
        // The reader sees at once what comes of it.
        self.playing = self.autoplay;
        self.change(|session| match action {
            Action::Act(act) => session.act(act),
            Action::Rule(message, effect) => session.rule(message, effect),
            _ => Ok(()),
        });
        true
    }

    fn act_of(&self, tool: Tool, node: NodeId) -> Option<Act<String, String>> {
        let symbols = &self.session.scenario().symbols;
        let name = |node: NodeId| symbols.node(node).to_owned();
        Some(match tool {
            Tool::Propose => {
                let decree = self.fields.decree.clone();
                Act::Propose(
                    name(node),
                    decree.unwrap_or_else(|| Rules::of(&self.session, self.vocabulary()).example.to_owned()),
                )
            }
            Tool::Crash if NodeCard::all(&self.session, self.vocabulary()).get(node.index())?.up => {
                Act::Crash(name(node))
            }
            Tool::Crash => Act::Restart(name(node), Disk::Kept),
            Tool::Cut => {
                let reach = Reach::of(&self.session);
                // The largest group is the one from which others are cut off.
                let groups = reach.groups.iter().enumerate();
                let (most, _) = groups.max_by_key(|(place, group)| (group.len(), usize::MAX - place))?;
                let to = if reach.group_of(node) != most {
                    most
                } else {
                    (0..=reach.groups.len()).find(|place| *place != most)?
                };
                let groups = reach.moved(node, to)?;
                match groups.len() {
                    1 => Act::Heal,
                    _ => Act::Partition(groups.iter().map(|group| group.iter().map(name).collect()).collect()),
                }
            }
            Tool::Drop | Tool::Delay => return None,
        })
    }

    /// Shows one of the three variants: a script that the reader has changed under this protocol, and otherwise how a cluster
    /// that has settled answers one request.
    pub(super) fn show_variant(&mut self, protocol: &'static str) {
        self.view = View::Run;
        if self.is_edited() {
            self.change(|session| session.set(Statement::Protocol(protocol.to_owned())));
            return;
        }
        let opened = pace::settled(protocol).and_then(|(built_in, text, at)| Ok((built_in, Session::open(&text)?, at)));
        match opened {
            Ok((built_in, session, at)) => {
                self.reopen(session);
                self.name(Some(built_in));
                if self.playing {
                    self.session.seek(at);
                }
            }
            Err(error) => self.error = Some(error),
        }
    }

    /// The protocol and the script of each variant that can run it: the reader's script where it was changed, and otherwise a
    /// request to a cluster that has settled. None of a run that is too long to be run three times more.
    pub(in crate::ui) fn variants(&self) -> Vec<(&'static str, String)> {
        pace::scripts(self.is_edited().then_some(&self.session))
    }
}
