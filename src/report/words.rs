//! Sentences about a run, without their full stops. The terminal, reports, the page and figures say the same, because
//! they all take their sentences from here.

use crate::latency::{Answer, Awaited, Chosen, Reason, Segment, Setback, Unanswered};
use crate::protocol::Vocabulary;
use crate::scenario::Act;
use crate::trace::{MessageId, Trace, What};
use crate::types::{NodeId, Time, Value};

/// A sentence for a person: what stopped a ballot.
pub fn setback_text(trace: &Trace, words: Vocabulary, why: Setback) -> String {
    let symbols = &trace.scenario.symbols;
    match why {
        Setback::Refused(node, bound) => {
            format!("{} had promised {}", symbols.node(node), symbols.ballot(bound))
        }
        Setback::GivenUp(bound) => {
            format!("its owner gave it up when a {} told of {}", words.nack, symbols.ballot(bound))
        }
        Setback::Crashed => "its owner crashed".to_owned(),
        Setback::NoPromises => "too few promises came".to_owned(),
        Setback::NoVotes => words.fill("too few {votes} came"),
        Setback::Skipped => "step 2a is left out".to_owned(),
        Setback::Idle => "it had nothing to begin".to_owned(),
    }
}

/// `“red” is chosen at 3Δ by 1.A; nobody knows it yet`
pub fn unknown_text(trace: &Trace, words: Vocabulary, chosen: &Chosen) -> String {
    format!("{}; nobody knows it yet", chosen_text(trace, words, chosen))
}

/// `“red” is chosen at 3Δ by 1.A`, with its place where there are many.
pub fn chosen_text(trace: &Trace, words: Vocabulary, chosen: &Chosen) -> String {
    let symbols = &trace.scenario.symbols;
    let (value, number) = (describe_decree(trace, words, chosen.vote.value), symbols.ballot(chosen.vote.ballot));
    let time = trace.scenario.time_text(chosen.time);
    format!("{value} is chosen{} at {time} by {number}", place(trace, chosen))
}

/// `ballot 2.B passes “red” again, at 13Δ`
pub fn again_text(trace: &Trace, words: Vocabulary, again: &Chosen) -> String {
    let number = trace.scenario.symbols.ballot(again.vote.ballot);
    let value = describe_decree(trace, words, again.vote.value);
    let time = trace.scenario.time_text(again.time);
    format!("{} {number} passes {value} again{}, at {time}", words.ballot, place(trace, again))
}

fn place(trace: &Trace, chosen: &Chosen) -> String {
    if trace.scenario.protocol.has_places() { format!(" in place {}", chosen.instance.0) } else { String::new() }
}

pub(super) fn describe_decree(trace: &Trace, words: Vocabulary, value: Value) -> String {
    if value == Value::OLIVE_DAY {
        words.olive_day.to_owned()
    } else {
        format!("“{}”", trace.scenario.symbols.value(value))
    }
}

/// `“y”, asked of B at 3Δ, is not decided: B crashed at 5Δ`; of a client `“y”, for which X asked at 3Δ, …`
pub fn unanswered_text(trace: &Trace, words: Vocabulary, request: &Unanswered) -> String {
    let symbols = &trace.scenario.symbols;
    let node = symbols.node(request.node);
    let is_client = trace.scenario.setup.cast.clients.contains(request.node);
    let (value, time) = (describe_decree(trace, words, request.value), trace.scenario.time_text(request.time));
    let asked = if is_client {
        format!("{value}, for which {node} asked at {time},")
    } else {
        format!("{value}, asked of {node} at {time},")
    };
    let hop = |id: MessageId| {
        let envelope = trace.message(id);
        (words.kind(trace.scenario.protocol.kind(envelope.message.kind)), symbols.node(envelope.to))
    };
    match request.answer {
        Answer::Unheard if is_client => format!("{asked} is decided, but {node} has no answer"),
        Answer::UnheardCrashed(time) if is_client => {
            let time = trace.scenario.time_text(time);
            format!("{asked} is decided, but {node} crashed at {time} and has no answer")
        }
        Answer::Unheard if trace.scenario.protocol.is_log => {
            format!("{asked} is decided, but {node} has not executed it")
        }
        Answer::Unheard => format!("{asked} is decided, but {node} does not know"),
        Answer::UnheardCrashed(time) => {
            let time = trace.scenario.time_text(time);
            format!("{asked} is decided, but {node} crashed at {time} and does not know")
        }
        Answer::Other(value) => format!("{asked} is not decided: {} is", describe_decree(trace, words, value)),
        Answer::Unknown => format!("{asked} is chosen, but nobody knows it yet"),
        Answer::Crashed(time) => {
            format!("{asked} is not decided: {node} crashed at {}", trace.scenario.time_text(time))
        }
        Answer::Begun(ballot) => {
            format!(
                "{asked} is not decided: {} {} was begun for it and did not pass",
                words.ballot,
                symbols.ballot(ballot)
            )
        }
        Answer::Lost(id) => {
            let (kind, to) = hop(id);
            format!("{asked} is not decided: the {kind} from {node} to {to} was lost")
        }
        Answer::Handed(id) => {
            let (_, to) = hop(id);
            let handed =
                if is_client { format!("{node} asked {to} for it") } else { format!("{node} handed it to {to}") };
            format!("{asked} is not decided: {handed}, and no {} asked for {} for it", words.ballot, words.votes)
        }
        Answer::NotBegun => format!("{asked} is not decided: no {} asked for {} for it", words.ballot, words.votes),
    }
}

/// What a wait on a critical path is for: `A waits for its timer “phase 1”`.
pub fn wait_text(trace: &Trace, words: Vocabulary, node: Option<NodeId>, why: Reason) -> String {
    let symbols = &trace.scenario.symbols;
    let name = node.map_or("the run", |node| symbols.node(node));
    match why {
        Reason::Timer(timer) => {
            format!("{name} waits for its timer “{}”", trace.scenario.protocol.timers[usize::from(timer.kind)].name)
        }
        Reason::Place(instance) => format!("{name} waits for the {} in place {}", words.decree, instance.0),
        Reason::Port(id) => {
            let envelope = trace.message(id);
            let kind = words.kind(trace.scenario.protocol.kind(envelope.message.kind));
            format!("{kind} waits in the port of {name} and leaves, with {}", trace.size(envelope))
        }
        Reason::Act(event) => match &trace.event(event).what {
            What::Acted(_, Act::Propose(node, value)) => {
                let is_client = trace.scenario.setup.cast.clients.contains(*node);
                let asks = if is_client { "asks" } else { "is asked" };
                format!("a wait until {} {asks} for {}", symbols.node(*node), describe_decree(trace, words, *value))
            }
            What::Acted(_, Act::Restart(node, _)) => format!("a wait until {} restarts", symbols.node(*node)),
            what => format!("a wait until the script says: {}", trace.describe(words, what)),
        },
    }
}

/// What a stretch of a critical path waits for, and how long: `2a BeginBallot: 1Δ, A to B`.
pub fn segment_text(trace: &Trace, words: Vocabulary, segment: &Segment, span: Time) -> String {
    let span = trace.scenario.time_text(span);
    match segment.what {
        Awaited::Message(id) => {
            let envelope = trace.message(id);
            let kind = trace.scenario.protocol.kind(envelope.message.kind);
            let [from, to] = [envelope.from, envelope.to].map(|node| trace.scenario.symbols.node(node));
            format!("{} {}: {span}, {from} to {to}", kind.phase.label(), words.kind(kind))
        }
        Awaited::Wait(node, why) => format!("wait {span}: {}", wait_text(trace, words, node, why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency;
    use crate::scenario::Scenario;
    use crate::sim::Run;

    /// What is said of the requests without an answer.
    fn unanswered(script: &str) -> Vec<String> {
        let script = format!("paxos-playground 1\nprotocol multi\nnodes A B C X\nclients X\n{script}\n");
        let (_, scenario) = Scenario::read(&script).expect("a good script");
        let run = Run::of(scenario);
        latency::unanswered(run.trace())
            .iter()
            .map(|request| unanswered_text(run.trace(), Vocabulary::default(), request))
            .collect()
    }

    #[test]
    fn a_client_asks_and_others_are_asked() {
        assert_eq!(
            unanswered("at 2 partition A B C | X\nat 3 propose X red\nat 3 propose B blue\nuntil 9"),
            ["“red”, for which X asked at 3Δ, is not decided: the Request from X to A was lost"]
        );
        assert_eq!(
            unanswered("at 3 propose X red\ndrop Reply A->X\nuntil 9"),
            ["“red”, for which X asked at 3Δ, is decided, but X has no answer"]
        );
        assert_eq!(
            unanswered("at 3 propose B red\nat 3.5 crash B"),
            ["“red”, asked of B at 3Δ, is decided, but B crashed at 3.5Δ and does not know"]
        );
    }
}
