//! What is to be said of an input and of each fact that followed; `guards` words the rules that have values.

use super::{SENTENCES_MAX, Step};
use crate::protocol::{Basis, Fact, Guard, Phase};
use crate::scenario::{Act, Disk};
use crate::trace::{Loss, What};
use crate::types::{NodeId, Vote};
use crate::view::events::{quote, vote_text, within};

impl Step<'_> {
    /// By which rules the step was taken, a sentence each.
    pub(super) fn rules(&self) -> Vec<String> {
        let mut rules: Vec<String> = self.occasion().into_iter().collect();
        let mut facts = 0;
        for (node, fact) in self.facts() {
            // Of many instances promised at once, the first says which votes there were.
            let is_more = matches!(fact, Fact::PromisedFrom(..)) && facts > 0;
            facts += 1;
            if rules.len() < SENTENCES_MAX && !is_more {
                self.fact(node, fact, &mut rules);
            }
        }
        if facts > SENTENCES_MAX {
            rules.push(format!("{facts} things are stated in this step; the table of events has them all."));
        }
        if facts == 0
            && let What::Landed(id) = self.input().what
        {
            rules.push(self.unanswered(self.trace.message(id)));
        }
        rules
    }

    /// Whether the input is a timer that the papers have.
    pub(super) fn is_papers_timer(&self) -> bool {
        let What::TimerFired(_, timer) = self.input().what else { return false };
        self.trace.scenario.protocol.timers[usize::from(timer.kind)].is_papers
    }

    /// What is to be said of the input itself.
    fn occasion(&self) -> Option<String> {
        let text = match &self.input().what {
            What::Acted(_, Act::Propose(node, _)) if self.facts().next().is_none() => {
                let name = self.name(*node);
                if self.events.len() > 1 {
                    format!("{name} does not lead, so it hands the wish to whoever does.")
                } else if self.trace.scenario.setup.performs(Phase::OneA) {
                    format!("{name} keeps the wish: nobody leads whom it could ask, or enough is under way already.")
                } else {
                    "The script leaves step 1a out, so no ballot is started.".to_owned()
                }
            }
            What::Acted(_, Act::Crash(_)) => {
                "All that it had not written to stable storage is gone, and messages to it are lost.".to_owned()
            }
            What::Acted(_, Act::CrashBeforeSend(_)) => {
                "What it writes then it will still know when it comes back; what it was to send will never leave."
                    .to_owned()
            }
            What::Acted(_, Act::Timeout(..)) => {
                "Clocks may run at any speed: safety never depends on when a timer runs out.".to_owned()
            }
            What::Acted(_, Act::Restart(_, Disk::Empty)) => {
                "Its stable storage is gone: it has forgotten its promises, its votes, its ledger and which numbers it \
                 has tried."
                    .to_owned()
            }
            What::Acted(_, Act::Restart(node, Disk::Kept)) => {
                let setup = &self.trace.scenario.setup;
                if setup.remembers(*node) {
                    "It knows what it had written to stable storage: its promises, its votes and its ledger.".to_owned()
                } else if setup.keeps(Guard::Memory) {
                    let name = self.name(*node);
                    format!("The rule “memory” is switched off for {name}: it has forgotten its promises and votes.")
                } else {
                    "The rule “memory” is switched off: it has forgotten its promises and votes.".to_owned()
                }
            }
            What::Acted(_, Act::Partition(_) | Act::Cut(_)) => {
                "Messages across are lost, also those under way. Safety never depends on the network.".to_owned()
            }
            What::Acted(_, Act::Heal | Act::HealLink(_)) => "What was lost before stays lost.".to_owned(),
            What::Acted(_, Act::Leader(_)) => {
                "Who leads decides only who starts ballots; two leaders, or none, cost time and never agreement."
                    .to_owned()
            }
            What::Acted(_, Act::Inject(_)) => {
                "Nobody sends it now: it stands for one of a process that is gone.".to_owned()
            }
            What::Lost(_, why) => {
                let why = match why {
                    Loss::Dropped => "A line of the script takes it out of the network",
                    Loss::Chance => "The script lets messages be lost by chance",
                    Loss::Cut => "No message passes a link that is cut",
                    Loss::Down => "Nobody keeps messages for a process that is down",
                };
                format!("{why}. A lost message costs time and never agreement: any step may be left out.")
            }
            What::TimerFired(node, timer) => {
                let meaning = self.trace.scenario.protocol.timers[usize::from(timer.kind)].meaning;
                let again = if matches!(self.facts().next(), Some((_, Fact::Tried(_)))) {
                    format!(": {} starts a new ballot", self.name(*node))
                } else {
                    String::new()
                };
                format!("{}{again}.", capital(meaning))
            }
            _ => return None,
        };
        Some(text)
    }

    fn fact(&self, node: NodeId, fact: Fact, rules: &mut Vec<String>) {
        let symbols = &*self.trace.scenario.symbols;
        let name = self.name(node);
        match fact {
            Fact::Tried(ballot) => rules.push(self.tried(node, ballot)),
            Fact::Promised(instance, ballot, vote) => {
                if rules.is_empty() || !matches!(self.heard(), Some(Phase::OneA)) {
                    rules.push(self.promised(node, ballot));
                }
                rules.push(match vote {
                    Some(vote) => format!(
                        "{name} reports its last vote{}, {}, which the new ballot may have to adopt.",
                        within(self.trace, instance),
                        vote_text(symbols, vote)
                    ),
                    None => format!("{name} has not voted below {}, so it reports null.", self.ballot(ballot)),
                });
            }
            Fact::PromisedFrom(instance, ballot) => {
                rules.push(self.promised(node, ballot));
                rules
                    .push(format!("It holds for instance {} and all after it; {name} has no votes there.", instance.0));
            }
            Fact::Began { instance, ballot, value: Some(value), basis: Basis::Promises(quorum) } => {
                rules.extend(self.began(node, instance, Vote { ballot, value }, quorum));
            }
            Fact::Began { ballot, value, .. } => {
                let decree = value.map_or_else(|| "any decree".to_owned(), |value| quote(symbols, value));
                rules.push(format!("{name} begins {} for {decree}.", self.ballot(ballot)));
            }
            Fact::Voted(_, vote) => rules.push(self.voted(node, vote)),
            Fact::Learned(instance, vote) => rules.push(self.learned(node, instance, vote)),
            Fact::Answered(value) => {
                rules.push(format!("{name} has executed {}: its client has the answer.", quote(symbols, value)));
            }
            Fact::Leads(true) => {
                rules.push(format!(
                    "{name} thinks from now on that it leads: it alone starts ballots, if all think so."
                ));
            }
            Fact::Leads(false) => {
                rules.push(format!("{name} no longer thinks that it leads: it starts no more ballots."));
            }
            Fact::Refused(ballot, bound) => rules.push(self.refused(node, ballot, bound)),
        }
    }
}

/// With a capital at its beginning.
fn capital(text: &str) -> String {
    let (head, tail) = text.split_at(usize::from(text.starts_with(|first: char| first.is_ascii())));
    head.to_ascii_uppercase() + tail
}
