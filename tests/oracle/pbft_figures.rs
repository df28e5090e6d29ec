//! The figures that the simulation of PBFT has to give: times and message counts of the fault-free case, of silent and of
//! equivocating primaries, and of checkpoints, which were derived by hand from the paper's rules.

use super::byzantine::{Act, DELTA, Ticks, Twist};
use super::pbft::{Case, Kind, Lie, NULL, Outcome, simulate};

/// The client, which is the only one.
const CLIENT: usize = 0;
const RED: usize = 1;
const BLUE: usize = 2;
const GREEN: usize = 3;

const fn deltas(count: Ticks) -> Ticks {
    count * DELTA
}

/// The client asks for this at the start.
fn asked(f: usize, decrees: &[usize]) -> Case {
    Case { acts: decrees.iter().map(|decree| (0, Act::Ask(CLIENT, *decree))).collect(), ..Case::of(f) }
}

fn sent(outcome: &Outcome, kind: Kind) -> usize {
    outcome.sent.get(&kind).copied().unwrap_or(0)
}

/// How many messages of this kind are sent by then.
fn sent_by(case: &Case, kind: Kind, until: Ticks) -> usize {
    sent(&simulate(&Case { until, ..case.clone() }), kind)
}

fn lie(kind: Kind, from: usize, to: usize, nth: usize, twist: Twist) -> Lie {
    Lie { kind, from, to, nth, twist }
}

/// All of these replicas execute just this, all at this instant.
fn assert_executed(outcome: &Outcome, replicas: impl IntoIterator<Item = usize>, expected: &[(usize, Ticks)]) {
    for replica in replicas {
        assert_eq!(outcome.executed[replica], expected, "replica {replica}: {outcome:?}");
    }
}

#[test]
fn pbft_without_faults_executes_after_four_deltas() {
    for (f, prepares, commits) in [(1, 9, 12), (2, 36, 42)] {
        let case = asked(f, &[RED]);
        let (n, outcome) = (case.n, simulate(&case));
        assert_executed(&outcome, 0..n, &[(RED, deltas(4))]);
        assert_eq!(outcome.believed, [(RED, deltas(5))]);
        let counted = [Kind::Request, Kind::PrePrepare, Kind::Prepare, Kind::Commit, Kind::Reply]
            .map(|kind| sent(&outcome, kind));
        assert_eq!(counted, [1, n - 1, prepares, commits, n]);
        assert_eq!(counted[1] + counted[2] + counted[3], 2 * n * (n - 1));
        // Each step follows the one before by one Δ, at all replicas at once.
        for (kind, at) in [(Kind::PrePrepare, 1), (Kind::Prepare, 2), (Kind::Commit, 3), (Kind::Reply, 4)] {
            assert_eq!(sent_by(&case, kind, deltas(at) - 1), 0);
            assert_eq!(sent_by(&case, kind, deltas(at)), sent(&outcome, kind));
        }
        // As many silent backups as are tolerated change nothing.
        let mut silent = case.clone();
        silent.acts.splice(0..0, (n - f..n).map(|backup| (0, Act::Crash(backup))));
        let outcome = simulate(&silent);
        assert_executed(&outcome, 0..n - f, &[(RED, deltas(4))]);
        assert_eq!(outcome.believed, [(RED, deltas(5))]);
    }
}

#[test]
fn pbft_replies_earlier_before_commit_and_to_reads() {
    for f in [1, 2] {
        let mut case = Case { is_tentative: true, ..asked(f, &[RED]) };
        let outcome = simulate(&case);
        assert_eq!(outcome.believed, [(RED, deltas(4))]);
        assert_eq!(sent_by(&case, Kind::Reply, deltas(3)), case.n);
        // The client needs one reply of all but f replicas.
        case.acts.splice(0..0, (case.n - f..case.n).map(|backup| (0, Act::Crash(backup))));
        assert_eq!(simulate(&case).believed, [(RED, deltas(4))]);
        let outcome = simulate(&Case { reads: vec![RED], ..asked(f, &[RED]) });
        assert_eq!(outcome.believed, [(RED, deltas(2))]);
        assert_eq!(sent(&outcome, Kind::PrePrepare), 0);
    }
}

#[test]
fn pbft_makes_a_checkpoint_stable_one_delta_after_execution() {
    for f in [1, 2] {
        let case = asked(f, &[RED, BLUE, GREEN]);
        let (n, mut outcome) = (case.n, simulate(&case));
        outcome.stable.sort_unstable();
        assert_executed(&outcome, 0..n, &[(RED, deltas(4)), (BLUE, deltas(4)), (GREEN, deltas(4))]);
        assert_eq!(outcome.stable, (0..n).map(|replica| (replica, 2, deltas(5))).collect::<Vec<_>>());
        assert_eq!(sent(&outcome, Kind::Checkpoint), n * (n - 1));
    }
    // Place 5 is outside the window until the checkpoint of place 2 is stable.
    let outcome = simulate(&asked(1, &[1, 2, 3, 4, 5]));
    let at_first: Vec<_> = (1..=4).map(|decree| (decree, deltas(4))).chain([(5, deltas(8))]).collect();
    assert_executed(&outcome, 0..4, &at_first);
}

#[test]
fn pbft_leaves_a_silent_primary() {
    for f in [1, 2] {
        let mut case = asked(f, &[RED]);
        case.acts.insert(0, (0, Act::Crash(0)));
        let (n, outcome) = (case.n, simulate(&case));
        assert_eq!(outcome.changes, (1..n).map(|replica| (replica, 1, deltas(17))).collect::<Vec<_>>());
        assert_executed(&outcome, 1..n, &[(RED, deltas(21))]);
        assert_eq!(outcome.believed, [(RED, deltas(22))]);
        assert_eq!([deltas(18) - 1, deltas(18)].map(|until| sent_by(&case, Kind::NewView, until)), [0, n - 1]);
    }
}

#[test]
fn pbft_doubles_its_patience_with_each_silent_primary() {
    // Four Δ after the first VIEW-CHANGE, at 17Δ, and for each further primary 1Δ and a timer.
    for (f, silent, executed) in [(2, 2, 32), (3, 3, 53), (4, 4, 94)] {
        let mut case = Case { until: deltas(100), ..asked(f, &[RED]) };
        case.acts.splice(0..0, (0..silent).map(|primary| (0, Act::Crash(primary))));
        let (n, outcome) = (case.n, simulate(&case));
        assert_executed(&outcome, silent..n, &[(RED, deltas(executed))]);
        assert_eq!(outcome.believed, [(RED, deltas(executed + 1))]);
        let second: Vec<_> = outcome.changes.iter().filter(|change| change.1 == 2).map(|change| change.2).collect();
        assert_eq!(second, vec![deltas(28); n - silent]);
    }
}

/// The primary sends its PRE-PREPAREs one Δ after the client has asked, and the figures count from then.
fn equivocating(lies: Vec<Lie>) -> Case {
    Case { lies, ..asked(1, &[RED]) }
}

#[test]
fn pbft_prepares_nothing_where_every_backup_hears_something_else() {
    let case = equivocating(vec![
        lie(Kind::PrePrepare, 0, 2, 1, Twist::Says(BLUE)),
        lie(Kind::PrePrepare, 0, 3, 1, Twist::Says(GREEN)),
    ]);
    let outcome = simulate(&Case { until: deltas(1 + 15), ..case });
    let first: Vec<_> = (1..4).map(|replica| (replica, 1, deltas(1 + 11))).collect();
    assert_eq!(outcome.changes[..3], first);
    assert_executed(&outcome, 1..4, &[(RED, deltas(1 + 15))]);
}

#[test]
fn pbft_keeps_what_two_of_three_backups_have_prepared() {
    let other = lie(Kind::PrePrepare, 0, 3, 1, Twist::Says(BLUE));
    let commit = |to| lie(Kind::Commit, 0, to, 1, Twist::Silent);
    let mut case = equivocating(vec![other.clone(), commit(2), commit(3)]);
    case.until = deltas(1 + 15);
    let outcome = simulate(&case);
    assert_executed(&outcome, [1], &[(RED, deltas(1 + 3))]);
    assert_executed(&outcome, [2, 3], &[(RED, deltas(1 + 15))]);
    let correct: Vec<_> = outcome.changes.iter().filter(|change| change.0 != 0).copied().collect();
    assert_eq!(correct, [(2, 1, deltas(1 + 11)), (3, 1, deltas(1 + 11)), (1, 1, deltas(1 + 12))]);
    // Where the primary says nothing more, nobody executes before the view change, and then all do.
    let mut case = equivocating(vec![other]);
    case.acts.push((deltas(1) + 1, Act::Crash(0)));
    case.until = deltas(1 + 15);
    assert_executed(&simulate(&case), 1..4, &[(RED, deltas(1 + 15))]);
}

#[test]
fn pbft_executes_nothing_that_only_one_replica_has_prepared() {
    // Only replica 1 hears the PREPARE of replica 2, and the other replicas hear neither it nor 2. Then replica 1 is cut off.
    let mut case = asked(1, &[RED]);
    case.acts.push((deltas(1), Act::Cut(0, 3)));
    let links = [(1, 0), (1, 2), (1, 3), (2, 0), (2, 3)];
    case.acts.extend(links.map(|(from, to)| (deltas(2), Act::Cut(from, to))));
    case.acts.extend([(0, 1), (2, 1), (3, 1), (4, 1), (1, 4)].map(|(from, to)| (deltas(3) + 1, Act::Cut(from, to))));
    case.acts.extend([(0, 3), (2, 0), (2, 3)].map(|(from, to)| (deltas(3) + 1, Act::Heal(from, to))));
    case.acts.push((deltas(5), Act::Ask(CLIENT, BLUE)));
    case.until = deltas(100);
    let outcome = simulate(&case);
    // Replica 1 has sent a COMMIT of place 1 and executed nothing, so the others may put something else there.
    assert_eq!(outcome.executed[1], []);
    for replica in [0, 2, 3] {
        let decrees: Vec<_> = outcome.executed[replica].iter().map(|(decree, _)| *decree).collect();
        assert_eq!(decrees, [NULL, BLUE, RED], "{outcome:?}");
    }
}

#[test]
fn pbft_fills_a_gap_with_the_request_that_does_nothing() {
    // Nobody prepares place 1, all prepare place 2, and no COMMIT of place 2 arrives before the view change.
    let mut case = asked(1, &[RED, BLUE]);
    case.lies = (1..4).map(|to| lie(Kind::PrePrepare, 0, to, 1, Twist::Silent)).collect();
    case.acts.push((deltas(3) + 1, Act::Crash(0)));
    case.until = deltas(30);
    let outcome = simulate(&case);
    for replica in 1..4 {
        let decrees: Vec<_> = outcome.executed[replica].iter().map(|(decree, _)| *decree).collect();
        assert_eq!(decrees, [NULL, BLUE, RED], "{outcome:?}");
    }
}

#[test]
fn two_liars_of_four_break_pbft() {
    // Replicas 0 and 3 tell 1 and 2 different stories of one view.
    let mut case = equivocating(
        [(Kind::PrePrepare, 0), (Kind::Commit, 0), (Kind::Prepare, 3), (Kind::Commit, 3)]
            .map(|(kind, from)| lie(kind, from, 2, 1, Twist::Says(BLUE)))
            .to_vec(),
    );
    let outcome = simulate(&case);
    assert_executed(&outcome, [1], &[(RED, deltas(1 + 3))]);
    assert_executed(&outcome, [2], &[(BLUE, deltas(1 + 3))]);
    // Replica 0 alone cannot do that.
    case.lies.retain(|lie| lie.from == 0);
    case.until = deltas(1 + 15);
    let outcome = simulate(&case);
    assert_executed(&outcome, [1, 3], &[(RED, deltas(1 + 3))]);
    assert_executed(&outcome, [2], &[]);
}
