//! A multicast is one fan: its messages have an arc across them, and each of them says who else is told.

use super::{Focus, Ink, Session, Shape, draw, tip};
use crate::protocol::Phase;
use crate::scenario::library;
use crate::trace::MessageId;
use crate::types::Time;
use crate::view::Vocabulary;
use crate::view::scene::Target;

/// How many lines are as thick as arcs, in the colour of BeginBallot, at this time of a built-in scenario.
fn arcs(name: &str, time: Time) -> usize {
    let mut session = Session::open(library::find(name).expect("it is built in").text).expect("a good script");
    session.seek(time);
    let is_arc = |shape: &&Shape| matches!(**shape, Shape::Line { ink, width: 1.5, .. } if ink == Ink::of(Phase::TwoA));
    draw(&session, Focus::default()).shapes.iter().filter(is_arc).count()
}

#[test]
fn an_arc_joins_the_messages_of_one_multicast() {
    // A sends its value to B and C at 4Δ: a moment later their ways are too short for an arc, then there is one between the two.
    assert_eq!(arcs("m-ring-member-dead", Time(4_001_000)), 0);
    assert_eq!(arcs("m-ring-member-dead", Time(4_900_000)), 1);
    // Among five there are three between the four. Where nothing is multicast there is none.
    assert_eq!(arcs("m-ring-five", Time(4_900_000)), 3);
    assert_eq!(arcs("minimal-ballot", Time(2_900_000)), 0);
}

#[test]
fn a_message_says_who_else_gets_the_same_send() {
    let mut session = Session::open(library::find("m-ring-five").expect("it is built in").text).expect("a good script");
    session.seek(session.end());
    let said = |number: usize| {
        let trace = session.trace();
        let is_value = |id: &usize| {
            let message = trace.message(MessageId(*id as u32));
            trace.scenario.protocol.kind(message.message.kind).phase == Phase::TwoA && !message.to_self()
        };
        let id = (0..trace.messages().len()).filter(is_value).nth(number).expect("there is one");
        tip(&session, Vocabulary::default(), Target::Message(MessageId(id as u32)))
    };
    assert!(said(0).contains(", one send to B C D E,"), "{}", said(0));
    assert!(said(3).contains(", one send to B C D E,"), "{}", said(3));
}
