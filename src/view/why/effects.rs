//! What followed from a step: what was written, executed, sent and lost.

use super::{SENTENCES_MAX, Step};
use crate::tongue::say;
use crate::trace::{Envelope, Loss, MessageId, What};
use crate::types::NodeSet;
use crate::view::events::{message_text, names, sentence, written};

impl Step<'_> {
    /// What was written, executed, sent and lost, in this order; `rules` speaks of what was stated.
    pub(super) fn effects(&self) -> Vec<String> {
        let mut effects = Vec::new();
        let mut left_out = 0;
        let mut say = |text: String| {
            if effects.len() < SENTENCES_MAX {
                effects.push(text);
            } else {
                left_out += 1;
            }
        };
        let mut place = 1;
        while let Some(event) = self.events.clone().nth(place) {
            place += 1;
            match event.what {
                What::Persisted(node, ..) => {
                    let mut text = sentence(self.trace, self.words, event);
                    while let Some(next) = self.events.clone().nth(place)
                        && matches!(next.what, What::Persisted(other, ..) if other == node)
                    {
                        text.push_str(say!(" and ").text());
                        text.push_str(&written(self.trace, self.words, next));
                        place += 1;
                    }
                    say(text + say!(" to stable storage.").text());
                }
                What::Sent(id) => {
                    let envelope = self.trace.message(id);
                    let mut to: NodeSet = std::iter::once(envelope.to).collect();
                    let (mut cut, mut withheld) = (NodeSet::EMPTY, NodeSet::EMPTY);
                    while let Some(next) = self.events.clone().nth(place) {
                        match next.what {
                            What::Sent(other) if self.is_same(id, other) => {
                                to.insert(self.trace.message(other).to);
                            }
                            What::Lost(other, Loss::Withheld) => {
                                withheld.insert(self.trace.message(other).to);
                            }
                            What::Lost(other, _) => {
                                cut.insert(self.trace.message(other).to);
                            }
                            _ => break,
                        }
                        place += 1;
                    }
                    say(self.sent(id, to));
                    if !cut.is_empty() {
                        let cut = names(&self.trace.scenario.symbols, cut.iter());
                        say(say!("What goes to {cut} is lost at once: the link is cut."));
                    }
                    if !withheld.is_empty() {
                        let (name, to) =
                            (self.name(envelope.from), names(&self.trace.scenario.symbols, withheld.iter()));
                        say(say!("{name} is a liar, and keeps back what would go to {to}."));
                    }
                }
                What::CrashedBeforeSend(node) => {
                    let keeps = self.has_all_votes(node);
                    let then =
                        if keeps { say!(": what it wrote it will still know when it comes back.").text() } else { "." };
                    say(sentence(self.trace, self.words, event) + then);
                }
                What::Applied(..) | What::Lost(..) => say(sentence(self.trace, self.words, event) + "."),
                _ => {}
            }
        }
        if left_out > 0 {
            effects.push(say!("And {left_out} things more."));
        }
        effects
    }

    fn is_same(&self, one: MessageId, other: MessageId) -> bool {
        let (one, other) = (self.trace.message(one), self.trace.message(other));
        let is_alike = |said: fn(&Envelope) -> bool| said(one) == said(other);
        one.from == other.from
            && one.message == other.message
            && is_alike(|envelope| envelope.copy_of.is_some())
            && is_alike(|envelope| envelope.truth.is_some())
    }

    fn sent(&self, id: MessageId, to: NodeSet) -> String {
        let envelope = self.trace.message(id);
        let symbols = &self.trace.scenario.symbols;
        let (from, said) = (envelope.from, message_text(self.trace, self.words, id));
        let others = to.without(std::iter::once(from).collect());
        let all = self.trace.scenario.nodes();
        let to = if to.len() == all && all > 1 {
            say!("everybody, itself included").into()
        } else if others.is_empty() {
            say!("itself, which takes no time").into()
        } else if others.len() == all - 1 && all > 2 {
            say!("all others").into()
        } else {
            let itself = if to.contains(from) { say!(", and to itself").text() } else { "" };
            names(symbols, others.iter()) + itself
        };
        if envelope.copy_of.is_some() {
            return say!("{said} to {to} is doubled on the way.");
        }
        match &envelope.truth {
            Some(truth) if **truth != envelope.message => {
                let truth = self.trace.describe_content(self.words, truth);
                say!(
                    "{node} lies, and sends {said} to {to}; a correct process would send {truth}.",
                    node = self.name(from)
                )
            }
            _ => say!("{node} sends {said} to {to}.", node = self.name(from)),
        }
    }
}
