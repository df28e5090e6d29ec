//! The text against which version 1 of the links compresses scripts: the common phrases of scripts, the most common ones
//! last.
//!
//! The text can never change, not by a letter, or old links could not be read. A better text has another checksum and
//! would stand beside this one. The text is a string in a source file, and not a file of its own, so that it moves with
//! the rest of the page.

/// The dictionary. Any zlib can use it: `zlib.compressobj(zdict=…)` in Python.
pub(super) const TEXT: &str = r#"option    success piggyback
option    promise paper
option    election heartbeat
option    restart any-nack
option    phase-2 quorum
option    guard strict
option    window 4
skip      2b
duplicates 5%
loss      10%
seed      7
service   bank
service   lock
service   kv
without   unique-ballots
without   one-ballot
without   majority
without   max-vote
without   in-order
without   highest
without   memory
without   once
without   promise
protocol  preliminary
protocol  broadcast
protocol  complete
protocol  multi
nodes     A B C D
nodes     3
nodes     5
nodes     p q r
leader    none
leader    A
delay     0.2Δ..1Δ
delay     1Δ
until     12Δ
inject NextBallot C->B 5.C after 1.5Δ
timeout A "phase 2" #1
timeout B "phase 1"
 leader q
 cut A->B
 heal A->B
 crash C before-send
at 10.5Δ  restart C
at 12Δ    partition A B | C D E
at 9Δ     heal
at 8Δ     propose E "yellow"
at 7.5Δ   propose D "green"
at 3.5Δ   propose A "acquire door ann 5"
at 2Δ     propose A "add x 1"
at 1Δ     propose A "put x "
at 6Δ     crash D
at 4.5Δ   restart B
at 5Δ     crash A
duplicate Request B->A #1 +0.5Δ
duplicate Voted C->A #1 +0.5Δ
drop      Nack B->A #1
drop      Success A->B #1
drop      Voted B->A #1
drop      BeginBallot A->C #1
delay     BeginBallot A->B #1 
drop      LastVote C->A #1
delay     LastVote B->A #1 
drop      NextBallot A->E #1
drop      NextBallot A->D #1
delay     NextBallot A->C #1 
Every check holds; the majority that the first ballot needs knows it after Δ, and nobody else hears of a decree that both proposers have voted for.
look      The leader 
about     
at 2.5Δ   crash B
at 3Δ     propose C "blue"
at 1.5Δ   propose B "blue"
at 0Δ     propose A "red"
paxos-playground 1
title     
protocol  basic
nodes     A B C D E

at 0Δ     propose A "red"
"#;
