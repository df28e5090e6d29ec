//! Sentences about a run, without their full stops. The terminal, reports, the page and figures say the same, because
//! they all take their sentences from here.

use crate::latency::{Answer, Awaited, Chosen, Reason, Segment, Setback, Unanswered};
use crate::protocol::Vocabulary;
use crate::scenario::Act;
use crate::tongue::{key, say};
use crate::trace::{MessageId, Trace, What};
use crate::types::{NodeId, Time, Value};

/// A sentence for a person: what stopped a ballot.
pub fn setback_text(trace: &Trace, words: Vocabulary, why: Setback) -> String {
    let symbols = &trace.scenario.symbols;
    match why {
        Setback::Refused(node, bound) => {
            say!("{node} had promised {bound}", node = symbols.node(node), bound = symbols.ballot(bound))
        }
        Setback::GivenUp(bound) => {
            say!("its owner gave it up when a {nack} told of {bound}", nack = words.nack, bound = symbols.ballot(bound))
        }
        Setback::Crashed => say!("its owner crashed").into(),
        Setback::NoPromises => say!("too few promises came").into(),
        Setback::NoVotes => words.fill(key!("too few {votes} came")),
        Setback::Skipped => say!("step 2a is left out").into(),
        Setback::Idle => say!("it had nothing to begin").into(),
    }
}

/// `“red” is chosen at 3Δ by 1.A; nobody knows it yet`
pub fn unknown_text(trace: &Trace, words: Vocabulary, chosen: &Chosen) -> String {
    say!("{chosen}; nobody knows it yet", chosen = chosen_text(trace, words, chosen))
}

/// `“red” is chosen at 3Δ by 1.A`, with its place where there are many.
pub fn chosen_text(trace: &Trace, words: Vocabulary, chosen: &Chosen) -> String {
    let symbols = &trace.scenario.symbols;
    let (value, number) = (describe_decree(trace, words, chosen.vote.value), symbols.ballot(chosen.vote.ballot));
    let time = trace.scenario.time_text(chosen.time);
    say!("{value} is chosen{place} at {time} by {number}", place = place(trace, chosen))
}

/// `ballot 2.B passes “red” again, at 13Δ`
pub fn again_text(trace: &Trace, words: Vocabulary, again: &Chosen) -> String {
    let number = trace.scenario.symbols.ballot(again.vote.ballot);
    let value = describe_decree(trace, words, again.vote.value);
    let time = trace.scenario.time_text(again.time);
    let (ballot, place) = (words.ballot, place(trace, again));
    say!("{ballot} {number} passes {value} again{place}, at {time}")
}

fn place(trace: &Trace, chosen: &Chosen) -> String {
    let instance = chosen.instance.0;
    if trace.scenario.protocol.has_places() { say!(" in place {instance}") } else { String::new() }
}

pub(super) fn describe_decree(trace: &Trace, words: Vocabulary, value: Value) -> String {
    if value == Value::OLIVE_DAY {
        words.olive_day.to_owned()
    } else {
        say!("“{text}”", text = trace.scenario.symbols.value(value))
    }
}

/// `“y”, asked of B at 3Δ, is not decided: B crashed at 5Δ`; of a client `“y”, for which X asked at 3Δ, …`
pub fn unanswered_text(trace: &Trace, words: Vocabulary, request: &Unanswered) -> String {
    let symbols = &trace.scenario.symbols;
    let node = symbols.node(request.node);
    let is_client = trace.scenario.setup.cast.clients.contains(request.node);
    let (value, time) = (describe_decree(trace, words, request.value), trace.scenario.time_text(request.time));
    let asked = if is_client {
        say!("{value}, for which {node} asked at {time},")
    } else {
        say!("{value}, asked of {node} at {time},")
    };
    let hop = |id: MessageId| {
        let envelope = trace.message(id);
        (words.kind(trace.scenario.protocol.kind(envelope.message.kind)), symbols.node(envelope.to))
    };
    match request.answer {
        Answer::Unheard if is_client => say!("{asked} is decided, but {node} has no answer"),
        Answer::UnheardCrashed(time) if is_client => {
            let time = trace.scenario.time_text(time);
            say!("{asked} is decided, but {node} crashed at {time} and has no answer")
        }
        Answer::Unheard if trace.scenario.protocol.is_log => {
            say!("{asked} is decided, but {node} has not executed it")
        }
        Answer::Unheard => say!("{asked} is decided, but {node} does not know"),
        Answer::UnheardCrashed(time) => {
            let time = trace.scenario.time_text(time);
            say!("{asked} is decided, but {node} crashed at {time} and does not know")
        }
        Answer::Other(value) => {
            say!("{asked} is not decided: {other} is", other = describe_decree(trace, words, value))
        }
        Answer::Unknown => say!("{asked} is chosen, but nobody knows it yet"),
        Answer::Crashed(time) => {
            say!("{asked} is not decided: {node} crashed at {time}", time = trace.scenario.time_text(time))
        }
        Answer::Begun(ballot) => {
            let (ballot, number) = (words.ballot, symbols.ballot(ballot));
            say!("{asked} is not decided: {ballot} {number} was begun for it and did not pass")
        }
        Answer::Lost(id) => {
            let (kind, to) = hop(id);
            say!("{asked} is not decided: the {kind} from {node} to {to} was lost")
        }
        Answer::Handed(id) => {
            let (_, to) = hop(id);
            let (ballot, votes) = (words.ballot, words.votes);
            if is_client {
                say!("{asked} is not decided: {node} asked {to} for it, and no {ballot} asked for {votes} for it")
            } else {
                say!("{asked} is not decided: {node} handed it to {to}, and no {ballot} asked for {votes} for it")
            }
        }
        Answer::NotBegun => {
            let (ballot, votes) = (words.ballot, words.votes);
            say!("{asked} is not decided: no {ballot} asked for {votes} for it")
        }
    }
}

/// What a wait on a critical path is for: `A waits for its timer “phase 1”`.
pub fn wait_text(trace: &Trace, words: Vocabulary, node: Option<NodeId>, why: Reason) -> String {
    let symbols = &trace.scenario.symbols;
    let name = node.map_or_else(|| say!("the run").text(), |node| symbols.node(node));
    match why {
        Reason::Timer(timer) => {
            let timer = trace.scenario.protocol.timers[usize::from(timer.kind)].name;
            say!("{name} waits for its timer “{timer}”")
        }
        Reason::Place(instance) => {
            let (decree, place) = (words.decree, instance.0);
            say!("{name} waits for the {decree} in place {place}")
        }
        Reason::Port(id) => {
            let envelope = trace.message(id);
            let kind = words.kind(trace.scenario.protocol.kind(envelope.message.kind));
            say!("{kind} waits in the port of {name} and leaves, with {size}", size = trace.size(envelope))
        }
        Reason::Act(event) => match &trace.event(event).what {
            What::Acted(_, Act::Propose(node, value)) => {
                let is_client = trace.scenario.setup.cast.clients.contains(*node);
                let (node, value) = (symbols.node(*node), describe_decree(trace, words, *value));
                if is_client {
                    say!("a wait until {node} asks for {value}")
                } else {
                    say!("a wait until {node} is asked for {value}")
                }
            }
            What::Acted(_, Act::Restart(node, _)) => say!("a wait until {node} restarts", node = symbols.node(*node)),
            what => say!("a wait until the script says: {line}", line = trace.describe(words, what)),
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
            let (phase, kind) = (kind.phase.label(), words.kind(kind));
            say!("{phase} {kind}: {span}, {from} to {to}")
        }
        Awaited::Wait(node, why) => say!("wait {span}: {why}", why = wait_text(trace, words, node, why)),
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
