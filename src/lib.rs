//! Lamport's *The Part-Time Parliament* as a deterministic playground: one engine behind two doors, a page in the browser
//! and a command line.
//!
//! ```text
//! scenario ──▶ sim ──▶ protocol ──▶ trace ──▶ check, latency ──▶ session ──▶ view ──▶ ui
//! what is      the     what a       what      is it safe?        seek,       plain    the
//! to happen    world   node does    happened  how many Δ?        fork, undo  shapes   page
//! ```
//!
//! Nothing flows back. What a person does on the page becomes a line of the script, and the run is forked at that
//! instant: the script *is* the run. The modules below stand in reading order, and each imports only from those above
//! it. `tests/tidy.rs` keeps it so.
//!
//! [`tongue`]: the language in which the page speaks: English in the code, others in catalogues. *Architecture invariant:* it
//! knows no sentence and nothing of the engine.
//!
//! [`types`]: the words that everything else speaks: time in ticks, nodes, ballots, instances, values, votes.
//! *Architecture invariant:* they are small, ordered and exact, and know nothing of what is built from them.
//!
//! [`quorum`]: which sets of nodes may decide, and how a vote stands. *Architecture invariant:* it does not know
//! protocols, and does not promise that quorums intersect; that is checked on what a run really used.
//!
//! [`replica`]: the services that ledgers are for: a store, locks on lease, a bank. *Architecture invariant:* what a
//! replica answers and becomes depends only on the commands applied before; it knows no ledger, no node and no clock.
//!
//! [`protocol`]: the machine trait, the message envelope, the facts, and one file for each algorithm. *Architecture
//! invariant:* a machine is data in, data out. It has no clock, no chance and no network, and nobody outside this module
//! asks which protocol it is.
//!
//! [`scenario`]: scripts as text, as lines and as what they mean, and the built-in library. *Architecture invariant:* it
//! does not know simulation. What passes here is bounded and valid, so nothing behind it checks again.
//!
//! [`trace`]: what happened, one event after the other, with causes; its text is the golden format and its hash is the
//! run's identity. *Architecture invariant:* it can be read without running anything.
//!
//! [`sim`]: the world and its event loop, the network, faults, stable storage, and runs with checkpoints. *Architecture
//! invariant:* it does not know checks or latencies; a run that breaks Paxos is a run like any other.
//!
//! [`check`]: one invariant of the paper a file, each with a verdict and the first event that breaks it. *Architecture
//! invariant:* checks read facts, not messages and not the nodes' own belief, and do not know simulation.
//!
//! [`logs`]: logs of other systems, and counterexamples of model checkers, as traces that checks judge. *Architecture
//! invariant:* what a log does not say is not made up, and nothing is run.
//!
//! [`latency`]: how many Δ a decision took, what it waited for, and what became of the other ballots. *Architecture
//! invariant:* it knows neither checks nor simulation.
//!
//! [`goal`]: whether a run shows what its script asks for. *Architecture invariant:* it reads a run and never changes it, and
//! judging is bounded.
//!
//! [`explore`]: every schedule of a scenario instead of one; what it finds is a scenario again. *Architecture invariant:* it
//! runs the machines and the checks themselves, never a model of them.
//!
//! [`report`]: latencies, checks, messages and warnings in one serialisable structure. *Architecture invariant:* this is
//! the only place that decides what a run looks like to other programs.
//!
//! [`session`]: a script under somebody's hands: seek, step, act, fork, undo. *Architecture invariant:* it does not know
//! how anything is drawn, and changes a run only by changing its script.
//!
//! [`lesson`]: a guided path through the slides: what to read, what to do, and whether it was done. *Architecture
//! invariant:* a lesson reads a session and never changes it.
//!
//! [`view`]: a session as lanes, arrows, marks, cards and sentences. *Architecture invariant:* it knows neither Yew nor
//! the browser, so every picture can be tested natively.
//!
//! [`embed`]: the playground for other programs: scripts, links and reports in, plain types with a version out. *Architecture
//! invariant:* it knows neither the browser nor the terminal, which are both written with it.
//!
//! `worker`: searches that take long, beside the page; part of the same builds as the page. *Architecture invariant:* it knows
//! neither the page nor how anything is searched; lists of words go in and out.
//!
//! `ui`: the page, in Yew; part of every wasm build, and of a native one with the feature `page`. *Architecture
//! invariant:* it knows session and view, not the simulation, and it is the only module that names the browser.
//!
//! `cli`: the terminal door; native only. *Architecture invariant:* it does not know the page.

pub mod tongue;

pub mod types;

pub mod quorum;

pub mod replica;

pub mod protocol;

pub mod scenario;

pub mod trace;

pub mod sim;

pub mod check;

pub mod logs;

pub mod latency;

pub mod goal;

pub mod explore;

pub mod report;

pub mod session;

pub mod lesson;

pub mod view;

pub mod embed;

#[cfg(any(all(target_arch = "wasm32", not(feature = "module")), feature = "page"))]
pub mod worker;

#[cfg(any(all(target_arch = "wasm32", not(feature = "module")), feature = "page"))]
pub mod ui;

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
