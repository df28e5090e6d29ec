//! Questions to answer before a run is played: whoever has made a guess watches more closely.

use super::Lesson;

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
            asks: "Who will know the {decree} first?",
            answers: ["Whoever proposed it", "All at once", "Whoever {voted} first"],
            right: 0,
            because: "It counts the {votes}, and the others wait one more message for its {success}.",
        },
    ),
    (
        "minority",
        Question {
            asks: "With two of five down, how long will it take?",
            answers: ["Longer", "Just as long", "It never ends"],
            right: 1,
            because: "Three promises and three {votes} are enough, and they come as soon as before.",
        },
    ),
    (
        "no-success",
        Question {
            asks: "Two of five have {voted_for} red. What is decided?",
            answers: ["Red", "Nothing", "Anything but red"],
            right: 1,
            because: "Two are no quorum; but the {votes} stay, and later {ballots} have to look at them.",
        },
    ),
    (
        "two-halves",
        Question {
            asks: "If it takes a majority, how many of the two halves can decide?",
            answers: ["Both", "One", "Neither"],
            right: 2,
            because: "A majority of four is three, and neither half has three.",
        },
    ),
    (
        "adopt",
        Question {
            asks: "E proposes blue. Which {decree} will its {ballot} carry?",
            answers: ["Blue", "Red", "Either, by chance"],
            right: 1,
            because: "Any quorum has a member that {voted_for} red, and its {last_vote_message} says so.",
        },
    ),
    (
        "break-it",
        Question {
            asks: "With all rules on, what does C’s {ballot} pass at the end?",
            answers: ["Blue", "Red", "Both"],
            right: 1,
            because: "C hears of red in the {last_vote_message}s, and condition B3 makes it take red up.",
        },
    ),
    (
        "lost",
        Question {
            asks: "A hears from itself and one other only. What comes of its {ballot}?",
            answers: ["It passes", "It waits in vain", "It is undone"],
            right: 1,
            because: "Two of five are no quorum. Nothing wrong happens, and nothing happens at all.",
        },
    ),
    (
        "memory",
        Question {
            asks: "C {it_votes} and crashes before it sends anything. Does it know its {vote} when it is back?",
            answers: ["Yes", "No", "Only if it had sent it"],
            right: 0,
            because: "It wrote the {vote} to stable storage before it was to send it.",
        },
    ),
    (
        "duel",
        Question {
            asks: "Can two proposers keep each other from deciding for ever?",
            answers: ["No, one wins", "Yes", "Only if messages are lost"],
            right: 1,
            because: "Each larger {ballot} takes the promises away before the smaller one has its {votes}.",
        },
    ),
    (
        "three-delta",
        Question {
            asks: "A second command comes when phase 1 is over. How long does it take?",
            answers: ["2Δ", "3Δ", "5Δ"],
            right: 1,
            because: "{begin_ballot}, {voted_message}, {success}: three messages, one after the other.",
        },
    ),
    (
        "in-flight",
        Question {
            asks: "Three commands are under way at once. How long does each of them take?",
            answers: ["3Δ", "9Δ", "1Δ"],
            right: 0,
            because: "Each is an instance of its own and waits for none of the others.",
        },
    ),
    (
        "olive-day",
        Question {
            asks: "B finds no trace of A’s first command. What will stand in its place?",
            answers: ["The second command", "Nothing, for ever", "A {decree} that changes nothing"],
            right: 2,
            because: "A gap would keep everybody from executing what comes after it.",
        },
    ),
    (
        "followers-first",
        Question {
            asks: "Three processes send their {votes} to everybody. Who knows first?",
            answers: ["The leader", "A follower", "All at once"],
            right: 1,
            because: "The leader’s {vote} comes with its {begin_ballot}; with its own {vote} a follower has two of three.",
        },
    ),
    (
        "removal",
        Question {
            asks: "B is down. Who {votes} for its removal?",
            answers: ["A alone", "A and X", "Nobody can"],
            right: 1,
            because: "It takes the old quorum, two of A, B and X; A alone could be removed by B in the same way.",
        },
    ),
    (
        "halt",
        Question {
            asks: "B was removed, and A has crashed. How many of B and X can decide?",
            answers: ["Both together", "X alone", "Neither"],
            right: 2,
            because: "A is the only member that is left, and only a member’s {vote} counts.",
        },
    ),
    (
        "fast-round",
        Question {
            asks: "X asks all acceptors itself. How many messages, one after the other, until all know?",
            answers: ["Two", "Three", "Five"],
            right: 0,
            because: "Its request and the {votes}: no leader is on the way.",
        },
    ),
    (
        "collision",
        Question {
            asks: "Two acceptors {vote_for} red, and two for blue. Which of them can have {passed}?",
            answers: ["Either", "Red", "Neither"],
            right: 2,
            because: "A fast quorum of four has three, so the leader is free to take either.",
        },
    ),
    (
        "no-order",
        Question {
            asks: "Two acceptors append one read first, and two the other. How long do the reads take?",
            answers: ["2Δ", "4Δ", "For ever"],
            right: 0,
            because: "Reads do not conflict, so all four acceptors have the same history.",
        },
    ),
    (
        "conflict",
        Question {
            asks: "Two acceptors append the write first, and two the read. Who puts them in order?",
            answers: ["The clients", "The leader", "Each process for itself"],
            right: 1,
            because: "Neither order has three of four, and the leader begins a classic {ballot} with one.",
        },
    ),
    (
        "silent-primary",
        Question {
            asks: "A, the primary, is silent. How long until the command is executed?",
            answers: ["4Δ", "10Δ", "21Δ"],
            right: 2,
            because: "6Δ until E asks all, 1Δ, T = 10Δ, and 4Δ for the next view.",
        },
    ),
    (
        "two-orders",
        Question {
            asks: "A tells B and C red, and D blue. Who can be prepared?",
            answers: ["B and C, for red", "D, for blue", "Nobody"],
            right: 0,
            because: "B and C have each other’s Prepare for red; nobody but D says blue.",
        },
    ),
    (
        "two-things",
        Question {
            asks: "A liar proposes red to three and blue to two of six. Who learns something in its {ballot}?",
            answers: ["The three", "The two", "Nobody"],
            right: 2,
            because: "Five equal {votes} are needed, and even with the liar’s own there are four.",
        },
    ),
    (
        "kept",
        Question {
            asks: "Of five reports one is a lie, and one process that accepted red is left out. How many truly say red?",
            answers: ["At least one", "At least three", "All five"],
            right: 1,
            because: "Five have accepted red, one of them lies, and one is left out: three remain, a majority.",
        },
    ),
    (
        "two-votes",
        Question {
            asks: "If two {votes} of five are enough, how many promises does a new leader need?",
            answers: ["Two", "Three", "Four"],
            right: 2,
            because: "Any four of five meet any two; three could be just those who know nothing.",
        },
    ),
    (
        "why-larger",
        Question {
            asks: "C has heard of A’s {vote} for blue and its own for red, and nothing of B. What {can_have_passed}?",
            answers: ["Red", "Blue", "Either"],
            right: 2,
            because: "A and B would be a quorum, and so would B and C. Nobody but B can tell, and B may be silent for ever.",
        },
    ),
    (
        "three-f-plus-one",
        Question {
            asks: "Three of four report. How many {votes} must a fast round take, so that they can tell what {has_passed}?",
            answers: ["Two", "Three", "Four"],
            right: 1,
            because: "Of three {votes} at least two are reported, and then at most one report is for anything else.",
        },
    ),
    (
        "silent-one",
        Question {
            asks: "D is silent. How long do the other three take to learn red?",
            answers: ["2Δ", "3Δ", "For ever"],
            right: 1,
            because: "Not all four have accepted, so each shows a proof of what three have accepted, which is one message more.",
        },
    ),
    (
        "spare",
        Question {
            asks: "How many of five processes have to {vote_for} red before A knows it?",
            answers: ["Two", "Three", "All five"],
            right: 1,
            because: "A majority, as in every Paxos. But A receives all their {votes} in one message.",
        },
    ),
    (
        "farthest",
        Question {
            asks: "The process right behind A on the ring asks. How many steps does its wish take to A?",
            answers: ["One", "Two", "Four"],
            right: 2,
            because: "Messages go one way only, so it travels over all the others.",
        },
    ),
    (
        "choose-idle",
        Question {
            asks: "B is down and X has just helped out for the first time. How many of three does the next command need?",
            answers: ["A and X", "A alone", "All three"],
            right: 1,
            because: "B is removed by then, and A is the only member that is left.",
        },
    ),
];

impl Lesson {
    /// The question to answer before the run is played, if there is one.
    pub fn question(&self) -> Option<&'static Question> {
        QUESTIONS.iter().find(|(id, _)| *id == self.id).map(|(_, question)| question)
    }
}
