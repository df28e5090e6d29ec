//! A student steps through the scenarios, and Why explains each step with its values.

use super::Why;
use crate::protocol::{Family, PROTOCOLS, Vocabulary};
use crate::scenario::{Statement, library};
use crate::session::Session;

/// Every step of a built-in scenario.
fn steps(name: &str) -> Vec<Why> {
    all(Session::open(library::find(name).expect("built in").text).expect("a good script"))
}

fn all(mut session: Session) -> Vec<Why> {
    session.rewind();
    let mut steps = Vec::new();
    while session.step() {
        steps.push(Why::of(&session, Vocabulary::default()));
    }
    steps
}

/// The only step with this headline at this time.
fn step(steps: &[Why], time: &str, headline: &str) -> Why {
    let is_it = |why: &&Why| why.headline == headline && why.time.is_some_and(|at| at.to_string() == time);
    let found: Vec<_> = steps.iter().filter(is_it).collect();
    assert_eq!(found.len(), 1, "{time} {headline}");
    found[0].clone()
}

#[test]
fn a_ballot_of_five_messages_is_explained_step_by_step() {
    let steps = steps("minimal-ballot");
    let start = step(&steps, "0", "A client asks A to propose “red”.");
    assert_eq!(start.rules, ["A needs a number above its lastTried −∞ and its nextBal −∞: it takes 1.A."]);
    assert_eq!(
        start.effects,
        ["A writes lastTried := 1.A to stable storage.", "A sends NextBallot 1.A to everybody, itself included."]
    );
    assert_eq!(start.source, "Step 1a: PTP §2.3; slides, “Basic protocol”");
    let promise = step(&steps, "1", "B receives NextBallot 1.A from A.");
    assert_eq!(
        promise.rules,
        [
            "1.A > nextBal −∞, so B promises: from now on it votes in no ballot below 1.A.",
            "B has not voted below 1.A, so it reports null."
        ]
    );
    assert_eq!(promise.effects, ["B writes nextBal := 1.A to stable storage.", "B sends LastVote 1.A null to A."]);
    let waiting = step(&steps, "2", "A receives LastVote 1.A null from B.");
    assert_eq!(waiting.rules, ["Promises of 1.A so far: A and B. A quorum needs 3 of 5, so A waits for more."]);
    let begin = step(&steps, "2", "A receives LastVote 1.A null from C.");
    assert_eq!(
        begin.rules,
        [
            "Promises of 1.A have come from a quorum: A, B and C.",
            "None of them reports a vote, so the decree is free: A takes “red”."
        ]
    );
    assert_eq!(begin.source, "Step 2a: PTP §2.3; slides, “Basic protocol”; condition B3: PTP §2.1");
    let late = step(&steps, "2", "A receives LastVote 1.A null from D.");
    assert_eq!(late.rules, ["A has its quorum already: one promise more changes nothing."]);
    let vote = step(&steps, "3", "B receives BeginBallot 1.A “red” from A.");
    assert_eq!(vote.rules, ["1.A = nextBal 1.A, so B votes."]);
    let passed = step(&steps, "4", "A receives Voted 1.A from C.");
    assert_eq!(
        passed.rules,
        ["Votes in 1.A have come from A, B and C, a quorum: “red” is passed; A writes it into its ledger."]
    );
    assert!(passed.source.starts_with("Step 3a"));
    let told = step(&steps, "5", "E receives Success 1.A “red” from A.");
    assert_eq!(told.rules, ["A says that “red” was passed by 1.A; E writes it into its ledger."]);
    assert_eq!(told.effects, ["E writes ledger := “red” to stable storage.", "Here the run ends."]);
    let mut session =
        Session::open("paxos-playground 1\nnodes 3\nat 0Δ propose A \"red\"\nat 0.5Δ partition A | B C\n")
            .expect("a good script");
    session.seek(session.end());
    assert!(
        Why::of(&session, Vocabulary::default()).effects.iter().any(|effect| effect.contains("nothing is decided"))
    );
}

#[test]
fn the_decree_of_a_later_ballot_is_explained_by_the_highest_vote() {
    let steps = steps("later-ballot-adopts");
    let lost = step(&steps, "4", "Voted 1.A from B to A is lost: A is down.");
    assert!(lost.rules[0].starts_with("Nobody keeps messages for a process that is down."));
    let higher = step(&steps, "5", "A client asks E to propose “blue”.");
    assert_eq!(higher.rules, ["E needs a number above its lastTried −∞ and its nextBal 1.A: it takes 2.E."]);
    let report = step(&steps, "6", "B receives NextBallot 2.E from E.");
    assert_eq!(report.rules[1], "B reports its last vote, 1.A “red”, which the new ballot may have to adopt.");
    let begin = step(&steps, "7", "E receives LastVote 2.E 1.A “red” from C.");
    assert_eq!(
        begin.rules,
        [
            "Promises of 2.E have come from a quorum: B, C and E.",
            "The highest vote that they report is 1.A “red”, of B, C and E, so the decree must be “red”."
        ]
    );
}

#[test]
fn a_refusal_a_nack_and_a_timer_are_explained() {
    let steps = steps("nack-nine-delta");
    let lost = step(&steps, "1", "NextBallot 1.r from r to p is lost: the script drops it.");
    assert!(lost.rules[0].contains("costs time and never agreement"));
    let refused = step(&steps, "4", "q receives BeginBallot 1.p “red” from p.");
    assert_eq!(
        refused.rules,
        [
            "1.p < nextBal 1.r, so it is refused: q has promised to vote in no ballot below 1.r. The Nack tells of it, so \
          that the next number can be above 1.r."
        ]
    );
    assert_eq!(refused.effects, ["q sends Nack 1.p, nextBal is 1.r to p."]);
    assert!(refused.source.starts_with("Step 2b"));
    let nack = step(&steps, "5", "p receives Nack 1.p, nextBal is 1.r from q.");
    assert_eq!(nack.rules, ["q has promised 1.r, above 1.p. The next ballot of p will be above that."]);
    let timer = step(&steps, "5", "p sees its timer “phase 2” run out.");
    assert_eq!(
        timer.rules,
        [
            "2Δ have gone by since it asked for votes, and not enough of them have come: p starts a new ballot.",
            "p needs a number above its lastTried 1.p and its nextBal 1.p: it takes 2.p."
        ]
    );
    let unled = step(&steps, "0", "A client asks r to propose “green”.");
    assert!(unled.rules[0].contains("keeps the wish") && unled.source.is_empty());
}

#[test]
fn lost_messages_say_why_they_are_lost_and_what_that_costs() {
    let steps = steps("message-loss");
    let lost = step(&steps, "1.5", "LastVote 1.A null from B to A is lost: the script drops it.");
    let cost = "A lost message costs time and never agreement: any step may be left out.";
    assert_eq!(lost.rules, [format!("A line of the script takes it out of the network. {cost}")]);
    let waiting = step(&steps, "2", "A receives LastVote 1.A null from D.");
    assert_eq!(waiting.rules, ["Promises of 1.A so far: A and D. A quorum needs 3 of 5, so A waits for more."]);
    let again = step(&steps, "4", "A client asks A to propose “red”.");
    assert_eq!(again.rules, ["A needs a number above its lastTried 1.A and its nextBal 1.A: it takes 2.A."]);
}

#[test]
fn phase_1_of_a_ledger_is_done_ahead() {
    let steps = steps("catching-up");
    let done = step(&steps, "2", "A receives LastVote 1.A [1]… null from C.");
    let said = "A quorum has promised 1.A: A, B and C. There is nothing to begin yet, but phase 1 is done.";
    assert_eq!(done.rules, [said]);
    let late = step(&steps, "2", "A receives LastVote 1.A [1]… null from D.");
    assert_eq!(late.rules, ["A has its quorum already: one promise more changes nothing."]);
    let begin = step(&steps, "3", "A client asks A to propose “red”.");
    assert_eq!(begin.rules, ["Phase 1 of 1.A was done ahead, so A begins “red” in instance 1 at once."]);
}

#[test]
fn a_gap_behind_a_leader_is_explained_from_the_timer_to_the_olive_day() {
    let steps = steps("gap-behind-leader");
    let timer = step(&steps, "12.5", "A sees its timer “catch up” run out.");
    assert_eq!(
        timer.rules[0],
        "For 6Δ nobody has said what became of something it voted for or misses, so it asks: A starts a new ballot."
    );
    let begin = step(&steps, "14.5", "A receives LastVote 2.A [1]… [2] passed 2.B “y” from C.");
    assert_eq!(
        begin.rules,
        [
            "Promises of 2.A have come from a quorum: A and C.",
            "None of them reports a vote in instance 1, so the decree is free: A takes the olive-day decree."
        ]
    );
}

#[test]
fn a_request_that_is_passed_on_or_refused_says_so() {
    let passed = step(&steps("request-passed-on"), "6", "B receives Request “red” from A.");
    assert_eq!(passed.rules, ["B does not lead, so it passes the request on to C, who leads as far as B knows."]);
    assert_eq!(passed.effects, ["B sends Forward “red” to C."]);
    let script = "paxos-playground 1\nprotocol multi\nnodes 3\nat 3 propose C x\nat 3.5 leader none\nat 6 leader B\n";
    let steps = all(Session::open(script).expect("a good script"));
    let refused = step(&steps, "4", "A receives Request [1] “x” from C.");
    assert_eq!(refused.rules, ["A does not lead and knows nobody else who does, so it refuses what C asks for."]);
    let told = step(&steps, "5", "C receives NoLeader [1] “x” from A.");
    assert_eq!(
        told.rules,
        ["A refuses the wish, for it knows nobody who leads. C asks again when somebody does, or after 8Δ."]
    );
}

#[test]
fn a_ballot_that_ends_because_the_decree_is_known_says_so() {
    let script =
        "paxos-playground 1\nprotocol complete\nnodes 3\nleader A B\nat 0 propose B red\nat 4.5 propose A blue\n";
    let steps = all(Session::open(script).expect("a good script"));
    let told = step(&steps, "5", "A receives Success 1.B “red” from B.");
    assert_eq!(
        told.rules,
        [
            "B says that “red” was passed by 1.B; A writes it into its ledger. Its own ballot has nothing left to find out: it \
             ends, and A tells C."
        ]
    );
    let other = step(&steps, "5", "C receives Success 1.B “red” from B.");
    assert_eq!(other.rules, ["B says that “red” was passed by 1.B; C writes it into its ledger."]);
    let script = "paxos-playground 1\nprotocol complete\nnodes 3\nat 0 propose A red\n\
                  at 0 inject NextBallot B->C 4.B after 2.5\n";
    let steps = all(Session::open(script).expect("a good script"));
    let refused = step(&steps, "4", "A receives Nack 1.A, nextBal is 4.B from C.");
    assert_eq!(
        refused.rules,
        ["C has promised 4.B, above 1.A. What it refuses a ballot for has passed in the meantime, and A says so."]
    );
}

#[test]
fn a_rule_that_is_switched_off_is_named_where_it_fails() {
    let told = |name: &str, text: &str| {
        let steps = steps(name);
        let found = steps.iter().any(|why| why.rules.iter().any(|rule| rule.contains(text)));
        assert!(found, "{name}: {:?}", steps.iter().flat_map(|why| &why.rules).collect::<Vec<_>>());
    };
    told("without-promise", "but the rule “promise” is switched off");
    told("without-max-vote", "that rule is switched off");
    told("without-memory", "it has forgotten its promises and votes");
    told("without-unique-ballots", "that rule is switched off");
}

#[test]
fn nothing_is_left_unexplained_whatever_the_protocol() {
    const SCRIPT: &str = "paxos-playground 1\nnodes 5\nleader A\nat 0Δ propose A \"red\"\nat 0.5Δ propose B \"blue\"\n\
        at 1Δ inject NextBallot C->B 5.C after 0.5Δ\nat 2Δ crash A\nat 3Δ leader B\nat 4Δ partition A B | C D E\n\
        at 6Δ heal\nat 9Δ restart A\nat 9Δ cut A->B\nat 10Δ propose A \"green\"\nat 11Δ crash B before-send\n\
        duplicate Voted C->A #1 +0.5Δ\ndrop Voted C->B #1\nuntil 40Δ\n";
    for protocol in PROTOCOLS {
        let mut session = Session::open(SCRIPT).expect("a good script");
        session.set(Statement::Protocol(protocol.name.to_owned())).expect("the script is for every protocol");
        for why in all(session) {
            assert!(why.headline.ends_with('.'), "{why:?}");
            assert!(!why.rules.is_empty() || why.headline == "The cluster comes up.", "{why:?}");
            for text in why.rules.iter().chain(&why.effects) {
                assert!(text.ends_with('.') && !text.contains("  ") && !text.contains(".."), "{text}");
            }
        }
    }
}

#[test]
fn clients_ask_wait_and_have_their_answers() {
    let script = "paxos-playground 1\nprotocol multi\nnodes A B C D X\nacceptors A B C\nlearners D\nclients X\n\
                  at 3 propose X red\nat 3 inject NextBallot B->D 7.B\ndrop Reply A->X\ndelay Reply A->X #2 0.5\n";
    let steps = all(Session::open(script).expect("a good script"));
    let asked = step(&steps, "3", "X asks for “red”.");
    let said = "X sends its wish to A and waits for the answer. Without one it asks again, after 8Δ at the latest.";
    assert_eq!((&*asked.rules, &*asked.source), (&[said.to_owned()][..], ""));
    let ignored = step(&steps, "4", "D receives NextBallot 7.B [1]… from B.");
    assert_eq!(ignored.rules, ["D is no acceptor: it neither promises nor votes."]);
    let again = step(&steps, "11", "X sees its timer “retry” run out.");
    assert_eq!(again.rules, ["X still has no answer, so it asks A once more."]);
    let known = step(&steps, "12", "A receives Request [1] “red” from X.");
    assert_eq!(known.rules, ["A answers at once, for it knows already what was executed."]);
    let answer = step(&steps, "12.5", "X receives Reply [1] “red” from A.");
    assert_eq!((&*answer.rules, &*answer.source), (&["X has its answer: “red” was executed.".to_owned()][..], ""));
}

#[test]
fn a_quorum_is_named_by_what_it_needs() {
    let waits = |quorum: &str| {
        let script = format!("paxos-playground 1\nnodes 4\nquorum {quorum}\nat 0 propose A red\n");
        let steps = all(Session::open(&script).expect("a good script"));
        let [promise, vote] = [("0", "LastVote 1.A null"), ("2", "Voted 1.A")]
            .map(|(time, message)| step(&steps, time, &format!("A receives {message} from itself.")).rules.concat());
        [promise, vote]
    };
    let ahead = |need: &str| format!("Promises of 1.A so far: A. A quorum needs {need}, so A waits for more.");
    let counted = |need: &str| format!("Votes in 1.A so far: A. A quorum needs {need}, so A waits for more.");
    assert_eq!(waits("3 2"), [ahead("3 of 4"), counted("2 of 4")]);
    let weights = |need| format!("a weight of {need}, of which there is 2");
    assert_eq!(waits("weights A=2 B=2 C=1 D=1 need 3 4"), [ahead(&weights(3)), counted(&weights(4))]);
    assert_eq!(waits("grid A B | C D"), [ahead("A and B, or C and D"), counted("A and C, or B and D")]);
}

#[test]
fn a_protocol_of_no_family_has_its_facts_restated() {
    let mut session =
        Session::open(library::find("later-ballot-adopts").expect("built in").text).expect("a good script");
    session.rewind();
    let mut said = Vec::new();
    while session.step() {
        said.extend(Why::of_family(&session, Vocabulary::default(), Family::Plain).rules);
    }
    for sentence in [
        "A starts ballot 1.A.",
        "B promises 2.E; it reports its vote 1.A “red”.",
        "Its nextBal was 1.A before.",
        "E begins ballot 2.E “red” with the quorum B, C and E.",
        "LastVote of 2.E has come to E from B and E so far; a quorum needs 3 of 5.",
    ] {
        assert!(said.iter().any(|said| said == sentence), "{sentence}: {said:#?}");
    }
}

#[test]
fn before_anything_has_happened_it_says_what_to_do() {
    let mut session = Session::open("paxos-playground 1\nnodes 3\n").expect("a good script");
    assert!(Why::of(&session, Vocabulary::default()).rules[0].contains("to propose something"));
    session.edit("paxos-playground 1\nnodes 3\nat 0Δ propose A \"red\"\n").expect("a good script");
    session.rewind();
    let why = Why::of(&session, Vocabulary::default());
    assert_eq!((why.time, why.headline.as_str()), (None, "Nothing has happened yet."));
    assert!(why.rules[0].contains("step forward"));
    session.seek(session.end());
    assert!(
        Why::of(&session, Vocabulary::default()).spoken().starts_with("B receives")
            || Why::of(&session, Vocabulary::default()).spoken().starts_with("C receives")
    );
}
