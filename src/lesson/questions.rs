//! Questions to answer before a run is played: whoever has made a guess watches more closely.

use super::Lesson;
use crate::tongue::key;

/// What the reader predicts.
#[derive(Debug)]
pub struct Question {
    /// The question.
    pub asks: &'static str,
    /// The answers to choose from.
    pub answers: [&'static str; 3],
    /// The place of the right answer.
    pub right: usize,
    /// Why it is right, with the source where the lesson does not name it.
    pub because: &'static str,
}

/// The questions, each with the id of its lesson.
static QUESTIONS: [(&str, Question); 30] = [
    (
        "first-decree",
        Question {
            asks: key!("Who will know the {decree} first?"),
            answers: [key!("Whoever proposed it"), key!("All at once"), key!("Whoever {voted} first")],
            right: 0,
            because: key!("It counts the {votes}, and the others wait one more message for its {success}."),
        },
    ),
    (
        "minority",
        Question {
            asks: key!("With two of five down, how long will it take?"),
            answers: [key!("Longer"), key!("Just as long"), key!("It never ends")],
            right: 1,
            because: key!("Three promises and three {votes} are enough, and they come as soon as before."),
        },
    ),
    (
        "no-success",
        Question {
            asks: key!("Two of five have {voted_for} red. What is decided?"),
            answers: [key!("Red"), key!("Nothing"), key!("Anything but red")],
            right: 1,
            because: key!("Two are no quorum; but the {votes} stay, and later {ballots} have to look at them."),
        },
    ),
    (
        "two-halves",
        Question {
            asks: key!("If it takes a majority, how many of the two halves can decide?"),
            answers: [key!("Both"), key!("One"), key!("Neither")],
            right: 2,
            because: key!("A majority of four is three, and neither half has three."),
        },
    ),
    (
        "adopt",
        Question {
            asks: key!("E proposes blue. Which {decree} will its {ballot} carry?"),
            answers: [key!("Blue"), key!("Red"), key!("Either, by chance")],
            right: 1,
            because: key!("Any quorum has a member that {voted_for} red, and its {last_vote_message} says so."),
        },
    ),
    (
        "break-it",
        Question {
            asks: key!("With all rules on, what does C’s {ballot} pass at the end?"),
            answers: [key!("Blue"), key!("Red"), key!("Both")],
            right: 1,
            because: key!("C hears of red in the {last_vote_message}s, and condition B3 makes it take red up."),
        },
    ),
    (
        "lost",
        Question {
            asks: key!("A hears from itself and one other only. What comes of its {ballot}?"),
            answers: [key!("It passes"), key!("It waits in vain"), key!("It is undone")],
            right: 1,
            because: key!("Two of five are no quorum. Nothing wrong happens, and nothing happens at all."),
        },
    ),
    (
        "memory",
        Question {
            asks: key!("C {it_votes} and crashes before it sends anything. Does it know its {vote} when it is back?"),
            answers: [key!("Yes"), key!("No"), key!("Only if it had sent it")],
            right: 0,
            because: key!("It wrote the {vote} to stable storage before it was to send it."),
        },
    ),
    (
        "duel",
        Question {
            asks: key!("Can two proposers keep each other from deciding for ever?"),
            answers: [key!("No, one wins"), key!("Yes"), key!("Only if messages are lost")],
            right: 1,
            because: key!("Each larger {ballot} takes the promises away before the smaller one has its {votes}."),
        },
    ),
    (
        "three-delta",
        Question {
            asks: key!("A second command comes when phase 1 is over. How long does it take?"),
            answers: [key!("2Δ"), key!("3Δ"), key!("5Δ")],
            right: 1,
            because: key!("{begin_ballot}, {voted_message}, {success}: three messages, one after the other."),
        },
    ),
    (
        "in-flight",
        Question {
            asks: key!("Three commands are under way at once. How long does each of them take?"),
            answers: [key!("3Δ"), key!("9Δ"), key!("1Δ")],
            right: 0,
            because: key!("Each is an instance of its own and waits for none of the others."),
        },
    ),
    (
        "olive-day",
        Question {
            asks: key!("B finds no trace of A’s first command. What will stand in its place?"),
            answers: [key!("The second command"), key!("Nothing, for ever"), key!("A {decree} that changes nothing")],
            right: 2,
            because: key!("A gap would keep everybody from executing what comes after it."),
        },
    ),
    (
        "followers-first",
        Question {
            asks: key!("Three processes send their {votes} to everybody. Who knows first?"),
            answers: [key!("The leader"), key!("A follower"), key!("All at once")],
            right: 1,
            because: key!(
                "The leader’s {vote} comes with its {begin_ballot}; with its own {vote} a follower has two of three."
            ),
        },
    ),
    (
        "removal",
        Question {
            asks: key!("B is down. Who {votes} for its removal?"),
            answers: [key!("A alone"), key!("A and X"), key!("Nobody can")],
            right: 1,
            because: key!("It takes the old quorum, two of A, B and X; A alone could be removed by B in the same way."),
        },
    ),
    (
        "halt",
        Question {
            asks: key!("B was removed, and A has crashed. How many of B and X can decide?"),
            answers: [key!("Both together"), key!("X alone"), key!("Neither")],
            right: 2,
            because: key!("A is the only member that is left, and only a member’s {vote} counts."),
        },
    ),
    (
        "fast-round",
        Question {
            asks: key!("X asks all acceptors itself. How many messages, one after the other, until all know?"),
            answers: [key!("Two"), key!("Three"), key!("Five")],
            right: 0,
            because: key!("Its request and the {votes}: no leader is on the way."),
        },
    ),
    (
        "collision",
        Question {
            asks: key!("Two acceptors {vote_for} red, and two for blue. Which of them can have {passed}?"),
            answers: [key!("Either"), key!("Red"), key!("Neither")],
            right: 2,
            because: key!("A fast quorum of four has three, so the leader is free to take either."),
        },
    ),
    (
        "no-order",
        Question {
            asks: key!("Two acceptors append one read first, and two the other. How long do the reads take?"),
            answers: [key!("2Δ"), key!("4Δ"), key!("For ever")],
            right: 0,
            because: key!("Reads do not conflict, so all four acceptors have the same history."),
        },
    ),
    (
        "conflict",
        Question {
            asks: key!("Two acceptors append the write first, and two the read. Who puts them in order?"),
            answers: [key!("The clients"), key!("The leader"), key!("Each process for itself")],
            right: 1,
            because: key!("Neither order has three of four, and the leader begins a classic {ballot} with one."),
        },
    ),
    (
        "silent-primary",
        Question {
            asks: key!("A, the primary, is silent. How long until the command is executed?"),
            answers: [key!("4Δ"), key!("10Δ"), key!("21Δ")],
            right: 2,
            because: key!("6Δ until E asks all, 1Δ, T = 10Δ, and 4Δ for the next view."),
        },
    ),
    (
        "two-orders",
        Question {
            asks: key!("A tells B and C red, and D blue. Who can be prepared?"),
            answers: [key!("B and C, for red"), key!("D, for blue"), key!("Nobody")],
            right: 0,
            because: key!("B and C have each other’s Prepare for red; nobody but D says blue."),
        },
    ),
    (
        "two-things",
        Question {
            asks: key!("A liar proposes red to three and blue to two of six. Who learns something in its {ballot}?"),
            answers: [key!("The three"), key!("The two"), key!("Nobody")],
            right: 2,
            because: key!("Five equal {votes} are needed, and even with the liar’s own there are four."),
        },
    ),
    (
        "kept",
        Question {
            asks: key!(
                "Of five reports one is a lie, and one process that accepted red is left out. How many truly say red?"
            ),
            answers: [key!("At least one"), key!("At least three"), key!("All five")],
            right: 1,
            because: key!("Five have accepted red, one of them lies, and one is left out: three remain, a majority."),
        },
    ),
    (
        "two-votes",
        Question {
            asks: key!("If two {votes} of five are enough, how many promises does a new leader need?"),
            answers: [key!("Two"), key!("Three"), key!("Four")],
            right: 2,
            because: key!("Any four of five meet any two; three could be just those who know nothing."),
        },
    ),
    (
        "why-larger",
        Question {
            asks: key!(
                "C has heard of A’s {vote} for blue and its own for red, and nothing of B. What {can_have_passed}?"
            ),
            answers: [key!("Red"), key!("Blue"), key!("Either")],
            right: 2,
            because: key!(
                "A and B would be a quorum, and so would B and C. Nobody but B can tell, and B may be silent for ever."
            ),
        },
    ),
    (
        "three-f-plus-one",
        Question {
            asks: key!(
                "Three of four report. How many {votes} must a fast round take, so that they can tell what {has_passed}?"
            ),
            answers: [key!("Two"), key!("Three"), key!("Four")],
            right: 1,
            because: key!(
                "Of three {votes} at least two are reported, and then at most one report is for anything else."
            ),
        },
    ),
    (
        "silent-one",
        Question {
            asks: key!("D is silent. How long do the other three take to learn red?"),
            answers: [key!("2Δ"), key!("3Δ"), key!("For ever")],
            right: 1,
            because: key!(
                "Not all four have accepted, so each shows a proof of what three have accepted, which is one message more."
            ),
        },
    ),
    (
        "spare",
        Question {
            asks: key!("How many of five processes have to {vote_for} red before A knows it?"),
            answers: [key!("Two"), key!("Three"), key!("All five")],
            right: 1,
            because: key!("A majority, as in every Paxos. But A receives all their {votes} in one message."),
        },
    ),
    (
        "farthest",
        Question {
            asks: key!("The process right behind A on the ring asks. How many steps does its wish take to A?"),
            answers: [key!("One"), key!("Two"), key!("Four")],
            right: 2,
            because: key!("Messages go one way only, so it travels over all the others."),
        },
    ),
    (
        "choose-idle",
        Question {
            asks: key!(
                "B is down and X has just helped out for the first time. How many of three does the next command need?"
            ),
            answers: [key!("A and X"), key!("A alone"), key!("All three")],
            right: 1,
            because: key!("B is removed by then, and A is the only member that is left."),
        },
    ),
];

impl Lesson {
    /// The question to answer before the run is played, if there is one.
    pub fn question(&self) -> Option<&'static Question> {
        QUESTIONS.iter().find(|(id, _)| *id == self.id).map(|(_, question)| question)
    }
}
