//! The figures that the simulation of FaB Paxos and of Fast Byzantine Multi-Paxos has to give: times and message counts of the
//! fault-free case, of leaders that fail or equivocate, and of clients that collide, which were derived by hand from the rules.

use super::byzantine::{Act, DELTA, Ticks, Twist};
use super::fab::{Case, Kind, Lie, Mode, Outcome, Sizes, simulate};

const RED: usize = 1;
const BLUE: usize = 2;

const fn deltas(count: Ticks) -> Ticks {
    count * DELTA
}

fn asked(mode: Mode, f: usize) -> Case {
    let mut case = Case::of(mode, f);
    case.acts.push((0, Act::Ask(case.n, RED)));
    case
}

fn sent(outcome: &Outcome, kind: Kind) -> usize {
    outcome.sent.get(&kind).copied().unwrap_or(0)
}

fn lie(kind: Kind, from: usize, to: usize, nth: usize, twist: Twist) -> Lie {
    Lie { kind, from, to, nth, twist }
}

fn says(kind: Kind, from: usize, to: usize, decree: usize) -> Lie {
    lie(kind, from, to, 1, Twist::Says(decree))
}

/// These processes learn just this at the first place, all at this instant.
fn assert_learned(outcome: &Outcome, processes: impl IntoIterator<Item = usize>, decree: usize, at: Ticks) {
    for process in processes {
        assert_eq!(outcome.learned[process].get(&1), Some(&(decree, at)), "process {process}: {outcome:?}");
    }
}

#[test]
fn fab_needs_so_many() {
    let sizes = |learn, chosen, reports, majority, learned, proposers| Sizes {
        learn,
        chosen,
        reports,
        majority,
        learned,
        proposers,
    };
    // Acceptors, learners, proposers, f.
    assert_eq!(Sizes::of(6, 6, 4, 1), sizes(5, 4, 5, 3, 4, 3));
    assert_eq!(Sizes::of(11, 11, 7, 2), sizes(9, 7, 9, 5, 7, 5));
    // With 5f + 1 acceptors, 4f + 1 votes are learned.
    assert!((1..50).all(|f| Sizes::of(5 * f + 1, 5 * f + 1, 3 * f + 1, f).learn == 4 * f + 1));
    // Parameterised: 3f + 2t + 1 acceptors learn with t silent ones, and prove with 2f + t + 1.
    for (f, t) in (1..50).flat_map(|f| (0..=f).map(move |t| (f, t))) {
        let n = 3 * f + 2 * t + 1;
        let sizes = Sizes::of(n, n, 3 * f + 1, f);
        assert_eq!((sizes.learn, sizes.chosen), (n - t, 2 * f + t + 1));
        // Two decrees cannot both be learned with one number. Of what was learned, each set of reports has a majority that
        // tells the truth, where all of the 5f + 1 acceptors are there.
        assert!(2 * sizes.learn - n > f);
        assert!(t < f || sizes.learn + sizes.reports - n - f >= sizes.majority);
        // With one acceptor less, as many silent ones as are tolerated keep everybody from learning.
        let few = Sizes::of(5 * f, 5 * f, 3 * f + 1, f);
        assert!(few.learn > few.reports);
    }
}

#[test]
fn fab_without_faults_learns_after_two_deltas() {
    // The figures count from PROPOSE, which is sent one Δ after the client has asked.
    for (f, core, learned) in [(1, 35, 20), (2, 120, 70)] {
        for mode in [Mode::Single, Mode::Led] {
            let case = asked(mode, f);
            let (n, outcome) = (case.n, simulate(&case));
            assert_learned(&outcome, 0..n, RED, deltas(1 + 2));
            assert_eq!(outcome.believed, [(RED, deltas(1 + 3))]);
            assert_eq!(sent(&outcome, Kind::Propose), n - 1);
            assert_eq!(sent(&outcome, Kind::Propose) + sent(&outcome, Kind::Accepted), core);
            assert_eq!(core, n * n - 1);
            assert_eq!(sent(&outcome, Kind::Learned), learned);
            assert_eq!(sent(&outcome, Kind::Satisfied), case.proposers * (case.proposers - 1));
            assert_eq!((sent(&outcome, Kind::Suspect), sent(&outcome, Kind::Query)), (0, 0));
            let requests = if mode == Mode::Led { 1 } else { case.proposers };
            assert_eq!(sent(&outcome, Kind::Request), requests);
            // LEARNED arrives after three Δ: proposers need not wait longer, and no proposer may wait less.
            let waits = |patience| sent(&simulate(&Case { patience, ..case.clone() }), Kind::Suspect);
            assert_eq!(waits(deltas(3)), 0);
            assert!(mode == Mode::Led || waits(deltas(3) - 1) > 0);
            // As many silent acceptors as are tolerated change nothing.
            let mut silent = case.clone();
            silent.acts.splice(0..0, (n - f..n).map(|acceptor| (0, Act::Crash(acceptor))));
            let outcome = simulate(&silent);
            assert_learned(&outcome, 0..n - f, RED, deltas(1 + 2));
            assert_eq!(sent(&outcome, Kind::Suspect), 0);
        }
    }
}

#[test]
fn parameterised_fab_learns_later_where_an_acceptor_is_silent() {
    let mut case = Case { n: 4, certifies: true, ..Case::of(Mode::Single, 1) };
    case.acts.push((0, Act::Ask(4, RED)));
    let outcome = simulate(&case);
    assert_learned(&outcome, 0..4, RED, deltas(1 + 2));
    assert_eq!([Kind::Propose, Kind::Accepted, Kind::Certified].map(|kind| sent(&outcome, kind)), [3, 12, 12]);
    case.acts.insert(0, (0, Act::Crash(3)));
    assert_learned(&simulate(&case), 0..3, RED, deltas(1 + 3));
}

#[test]
fn fab_leaves_a_silent_leader() {
    for f in [1, 2] {
        let mut case = asked(Mode::Single, f);
        case.acts.insert(0, (0, Act::Crash(0)));
        // T = 4Δ, and five Δ more.
        assert_learned(&simulate(&case), 1..case.n, RED, deltas(1 + 9));
        // The next leader has twice the time, from when its regency begins: T + 1.
        if f == 2 {
            case.acts.insert(0, (0, Act::Crash(1)));
            assert_learned(&simulate(&case), 2..case.n, RED, deltas(1 + (4 + 1) + (8 + 5)));
        }
    }
}

/// A leader that lies; the figures count from its PROPOSE.
fn lying(lies: Vec<Lie>) -> Case {
    Case { lies, ..asked(Mode::Single, 1) }
}

#[test]
fn fab_recovers_from_a_leader_that_equivocates() {
    // RED to 1, 2 and 3, BLUE to 4 and 5; the liar votes both ways.
    let mut lies = vec![says(Kind::Propose, 0, 4, BLUE), says(Kind::Propose, 0, 5, BLUE)];
    lies.extend([4, 5].map(|to| says(Kind::Accepted, 0, to, BLUE)));
    assert_learned(&simulate(&lying(lies.clone())), 1..6, RED, deltas(1 + 9));
    // The next leader's five reports are of all but the last acceptor, so that the liar's is among them.
    lies.push(says(Kind::Rep, 0, 1, BLUE));
    let outcome = simulate(&lying(lies));
    assert_learned(&outcome, 1..6, RED, deltas(1 + 9));
    assert_eq!(sent(&outcome, Kind::Suspect), 4 * 3);
}

#[test]
fn fab_keeps_what_one_process_has_learned() {
    // RED to 1 to 4, BLUE to 5; the liar completes RED at learner 1 alone.
    let mut lies = vec![says(Kind::Propose, 0, 5, BLUE)];
    lies.extend((2..6).map(|to| lie(Kind::Accepted, 0, to, 1, Twist::Silent)));
    let outcome = simulate(&lying(lies));
    assert_learned(&outcome, [1], RED, deltas(1 + 2));
    assert_learned(&outcome, 2..6, RED, deltas(1 + 9));
}

#[test]
fn fab_is_free_where_nothing_can_have_been_learned() {
    // RED to 1 and 2, BLUE to 3 and 4, nothing to 5, and the liar says nothing more.
    let mut case = lying(vec![
        says(Kind::Propose, 0, 3, BLUE),
        says(Kind::Propose, 0, 4, BLUE),
        lie(Kind::Propose, 0, 5, 1, Twist::Silent),
    ]);
    case.acts.push((deltas(1) + 1, Act::Crash(0)));
    assert_learned(&simulate(&case), 1..6, RED, deltas(1 + 9));
}

/// Two clients whose requests come to half of the acceptors each before the other one's.
fn colliding(first: usize) -> Case {
    let mut case = asked(Mode::Direct, 1);
    let (one, other) = (case.n, case.n + 1);
    case.acts.push((0, Act::Ask(other, BLUE)));
    // The other request comes a little later.
    case.slow.extend((0..first).map(|to| ((other, to), DELTA + 1)));
    case.slow.extend((first..case.n).map(|to| ((one, to), DELTA + 1)));
    case
}

#[test]
fn clients_that_ask_acceptors_themselves_save_one_delta() {
    for (f, direct) in [(1, 36), (2, 121)] {
        let case = asked(Mode::Direct, f);
        let (n, outcome) = (case.n, simulate(&case));
        assert_learned(&outcome, 0..n, RED, deltas(2));
        assert_eq!(outcome.believed, [(RED, deltas(3))]);
        assert_eq!(sent(&outcome, Kind::Request) + sent(&outcome, Kind::Accepted), direct);
        assert_eq!(direct, n * n);
        let case = asked(Mode::Led, f);
        let outcome = simulate(&case);
        assert_eq!(
            sent(&outcome, Kind::Request) + sent(&outcome, Kind::Propose) + sent(&outcome, Kind::Accepted),
            n * n
        );
    }
}

#[test]
fn a_leader_ends_a_collision_of_clients() {
    // RED first at three acceptors, BLUE first at three: nobody learns, and the leader has seen it after two Δ.
    let outcome = simulate(&colliding(3));
    assert_learned(&outcome, 0..6, RED, deltas(6));
    // The same with one client that lies: it sends RED to three acceptors, and BLUE to the others.
    let mut case = asked(Mode::Direct, 1);
    case.lies = (3..6).map(|to| says(Kind::Request, case.n, to, BLUE)).collect();
    assert_learned(&simulate(&case), 0..6, RED, deltas(6));
    // Where the leader takes the votes that collide for reports, it saves the question and the answers.
    let reusing = simulate(&Case { reuses: true, ..case });
    assert_learned(&reusing, 0..6, RED, deltas(4));
    // Five to one: what five have first is learned without the leader's help.
    let outcome = simulate(&colliding(5));
    assert_learned(&outcome, 0..6, RED, deltas(2));
    assert_eq!((sent(&outcome, Kind::Query), sent(&outcome, Kind::Suspect)), (0, 0));
    let outcome = simulate(&colliding(1));
    assert_learned(&outcome, 0..6, BLUE, deltas(2));
}
