//! Every command with every outcome, digests, and what must hold for every sequence of commands.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Body, Command, Outcome, Refusal, Replica, SERVICES, Service, find};
use crate::types::Time;

fn service(name: &str) -> &'static Service {
    find(name).unwrap_or_else(|| panic!("no service {name}"))
}

/// A time in tenths of Δ.
fn tenths(count: u64) -> Time {
    Time(count * Time::DELTA.0 / 10)
}

fn read(name: &str, text: &str, at: Time) -> Command {
    service(name).read(text, at).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn error(name: &str, text: &str) -> String {
    service(name).read(text, Time::ZERO).expect_err(text)
}

/// Applies each command, which was asked at so many tenths of Δ, and compares its outcome.
fn story(name: &str, lines: &[(u64, &str, &str)]) -> Replica {
    let mut replica = Replica::open(find(name));
    for (entry, (at, text, outcome)) in (0..).zip(lines) {
        let command = read(name, text, tenths(*at));
        assert_eq!(replica.apply(entry, Some(&command)).to_string(), *outcome, "{text} at {}", tenths(*at));
    }
    assert_eq!(replica.applied(), lines.len() as u64);
    replica
}

fn shown(replica: &Replica) -> String {
    replica.entries().iter().map(|(name, what)| format!("{name} = {what}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_example_is_read_and_every_form_has_as_many_words() {
    for service in SERVICES {
        assert!(std::ptr::eq(find(service.name).expect("it is found by its name"), *service));
        for command in service.commands {
            let read = service.read(command.example, Time::ZERO);
            assert!(read.is_ok(), "{read:?}");
            let words = |text: &str| text.split_whitespace().count();
            assert_eq!(words(command.form), words(command.example));
            assert!(command.meaning.ends_with('.') && service.summary.ends_with('.'));
        }
    }
    assert!(find("").is_none());
}

#[test]
fn the_same_words_asked_at_another_time_are_another_command() {
    let ask = |text, at| read("lock", text, tenths(at));
    assert_eq!(ask("release L alice", 1), ask("  release\tL  alice ", 1));
    assert_ne!(ask("release L alice", 1), ask("release L alice", 2));
    assert_eq!(ask("acquire L alice 2.50Δ", 0), ask("acquire L alice 2.5", 0));
}

#[test]
fn errors_say_what_is_known() {
    assert_eq!(
        error("kv", "putt x 1"),
        "“putt” is not a command of kv, which knows put KEY VALUE, get KEY, del KEY, add KEY N"
    );
    assert_eq!(error("kv", " "), "expected a command of kv, which knows put KEY VALUE, get KEY, del KEY, add KEY N");
    assert_eq!(error("kv", "put x"), "“put” is written put KEY VALUE, as in put x 1");
    assert_eq!(error("kv", "get x y"), "“get” is written get KEY, as in get x");
    assert_eq!(error("kv", "add x y"), "expected a whole number from -1000000000 to 1000000000, found “y”");
    assert_eq!(error("bank", "open alice -1"), "expected a whole number from 0 to 1000000000, found “-1”");
    assert_eq!(
        error("lock", "renew L alice soon"),
        "expected a time of at most 1000Δ and six decimals, more than 0, as in 2.5Δ; found “soon”"
    );
    let long = "\u{1b}[2J".repeat(50);
    assert!(error("bank", &long).starts_with("“�[2J�[2J") && error("bank", &long).contains("…” is not"));
}

#[test]
fn numbers_are_bounded() {
    for text in ["withdraw a 1000000001", "deposit a 1.5", "open a 99999999999999999999", "transfer a b 1e3"] {
        error("bank", text);
    }
    read("bank", "open a 1000000000", Time::ZERO);
    for text in ["add x 1000000001", "add x -1000000001", "add x 0x1", "add x --1"] {
        error("kv", text);
    }
    read("kv", "add x -1000000000", Time::ZERO);
    let digits = "1".repeat(500);
    for lease in ["0", "0.0", "0.0000001", "1000.000001", "Δ", ".5", "-1", "+1", "1.2.3", "1ΔΔ", "1.-5", &digits] {
        error("lock", &format!("acquire L a {lease}"));
    }
    for lease in ["0.000001", "1000", "1000.0000000Δ", "2.5∆", "2.5D", "007d", "3."] {
        read("lock", &format!("renew L a {lease}"), Time::ZERO);
    }
}

#[test]
fn the_store_puts_gets_deletes_and_adds() {
    let replica = story(
        "kv",
        &[
            (0, "get x", "nothing"),
            (0, "put x red", "ok"),
            (0, "get x", "red"),
            (0, "add x 1", "refused: x is red, to which nothing can be added"),
            (0, "put x 40", "ok"),
            (0, "add x 2", "42"),
            (0, "add y -3", "-3"),
            (0, "put z 1", "ok"),
            (0, "del z", "ok"),
            (0, "del z", "nothing"),
            (0, "get z", "nothing"),
            (0, "put big 9223372036854775807", "ok"),
            (0, "add big 1", "9223372036854775807"),
            (0, "add big -1", "9223372036854775806"),
            (0, "put big 9223372036854775808", "ok"),
            (0, "add big 1", "refused: big is 9223372036854775808, to which nothing can be added"),
            (0, "del big", "ok"),
        ],
    );
    assert_eq!(shown(&replica), "x = 42, y = -3");
}

#[test]
fn a_lock_is_acquired_renewed_and_released() {
    let replica = story(
        "lock",
        &[
            (0, "release L alice", "not held"),
            (0, "renew L alice 1", "not held"),
            (10, "acquire L alice 5", "granted until 6Δ"),
            (20, "acquire L bob 5", "held by alice until 6Δ"),
            (20, "renew L bob 5", "not held"),
            (20, "release L bob", "not held"),
            (25, "renew L alice 5", "granted until 7.5Δ"),
            (30, "acquire L alice 6", "granted until 9Δ"),
            (30, "acquire M bob 5", "granted until 8Δ"),
            (30, "acquire N carol 5", "granted until 8Δ"),
            (40, "release N carol", "released"),
            (40, "release N carol", "not held"),
        ],
    );
    assert_eq!(shown(&replica), "now = 4Δ, lock L = alice until 9Δ, lock M = bob until 8Δ");
}

#[test]
fn a_lease_is_over_at_the_very_instant_that_it_names() {
    let before = [(0, "acquire L alice 5", "granted until 5Δ"), (49, "acquire L bob 1", "held by alice until 5Δ")];
    story("lock", &[&before[..], &[(49, "renew L alice 1", "granted until 5.9Δ")]].concat());
    let replica = story(
        "lock",
        &[
            &before[..],
            &[
                (50, "renew L alice 1", "not held"),
                (50, "release L alice", "not held"),
                (60, "renew M bob 1", "not held"),
            ],
        ]
        .concat(),
    );
    assert_eq!(shown(&replica), "now = 6Δ, lock L = free since 5Δ");
    story("lock", &[&before[..], &[(50, "acquire L bob 1", "granted until 6Δ")]].concat());
}

#[test]
fn time_comes_from_commands_alone_and_never_goes_back() {
    story(
        "lock",
        &[
            (100, "release M carol", "not held"),
            // It was asked early and stands late in the ledger: its holder counts from 2Δ, everybody else from 10Δ.
            (20, "acquire L alice 5", "granted until 15Δ"),
            (149, "acquire L bob 5", "held by alice until 15Δ"),
            (30, "acquire L bob 5", "held by alice until 15Δ"),
            (150, "release M carol", "not held"),
            (30, "acquire L bob 5", "granted until 20Δ"),
        ],
    );
}

#[test]
fn neither_a_short_renewal_nor_a_late_release_ends_a_lease_that_its_holder_trusts() {
    story(
        "lock",
        &[
            (0, "acquire L alice 9", "granted until 9Δ"),
            (10, "renew L alice 1", "granted until 9Δ"),
            (20, "release L alice", "released"),
            (30, "acquire L alice 5", "granted until 8Δ"),
            (20, "release L alice", "refused: alice has asked for it again since"),
            // The first request stands in the ledger once more, which may happen: the later one still counts.
            (0, "acquire L alice 1", "granted until 8Δ"),
            (25, "release L alice", "refused: alice has asked for it again since"),
            (35, "acquire L bob 5", "held by alice until 8Δ"),
            (35, "release L alice", "released"),
            // Bob asked before Alice last did, but he holds the lock now, so he may release it.
            (5, "acquire L bob 1", "granted until 4.5Δ"),
            (6, "release L bob", "released"),
        ],
    );
}

#[test]
fn the_end_of_time_does_no_harm() {
    let mut replica = Replica::open(find("lock"));
    let last = Time(u64::MAX);
    replica.apply(0, Some(&read("lock", "acquire L alice 5", last)));
    let outcome = replica.apply(1, Some(&read("lock", "acquire L bob 5", last)));
    assert_eq!(outcome, Outcome::Granted(last));
}

#[test]
fn the_bank_never_overdraws() {
    let replica = story(
        "bank",
        &[
            (0, "deposit alice 5", "no account alice"),
            (0, "withdraw alice 5", "no account alice"),
            (0, "open alice 100", "balance 100"),
            (0, "open alice 7", "exists already"),
            (0, "transfer alice bob 5", "no account bob"),
            (0, "transfer bob alice 5", "no account bob"),
            (0, "open bob 0", "balance 0"),
            (0, "transfer alice bob 5", "balance 95"),
            (0, "transfer bob alice 6", "refused: bob has only 5"),
            (0, "withdraw bob 6", "refused: bob has only 5"),
            (0, "withdraw bob 5", "balance 0"),
            (0, "deposit bob 8", "balance 8"),
            (0, "transfer bob bob 8", "balance 8"),
            (0, "transfer bob bob 9", "refused: bob has only 8"),
        ],
    );
    assert_eq!(shown(&replica), "alice = 95, bob = 8");
}

#[test]
fn no_account_grows_without_bound() {
    let mut replica = story("bank", &[(0, "open b 1", "balance 1")]);
    // This is more than one command can say.
    let body = Body::Bank(super::bank::Action::Open("a".into(), 1_000_000_000_000_000));
    replica.apply(0, Some(&Command { at: Time::ZERO, body }));
    let mut refused = |text| replica.apply(0, Some(&read("bank", text, Time::ZERO))).to_string();
    assert_eq!(refused("deposit a 1"), "refused: a would have more than 1000000000000000");
    assert_eq!(refused("transfer b a 1"), "refused: a would have more than 1000000000000000");
    assert_eq!(refused("transfer a a 1"), "balance 1000000000000000");
    assert_eq!(shown(&replica), "a = 1000000000000000, b = 1");
}

#[test]
fn without_a_service_a_replica_remembers_what_it_applied_and_in_which_order() {
    let apply = |entries: &[u64]| {
        let mut replica = Replica::open(None);
        for entry in entries {
            assert_eq!(replica.apply(*entry, Some(&Command::decree(Time::ZERO))), Outcome::Done);
        }
        replica
    };
    assert_eq!(apply(&[1, 2]), apply(&[1, 2]));
    assert_eq!(apply(&[1, 2]).digest(), apply(&[1, 2]).digest());
    assert_ne!(apply(&[1, 2]).digest(), apply(&[2, 1]).digest());
    assert_ne!(apply(&[1]).digest(), apply(&[1, 1]).digest());
    assert_eq!(shown(&apply(&[7, 8, 9])), "applied = 3");
    let mut with_no_op = apply(&[1]);
    assert_eq!(with_no_op.apply(2, None), Outcome::NoOp);
    assert_ne!(with_no_op.digest(), apply(&[1, 2]).digest());
}

#[test]
fn a_no_op_is_in_the_chain_and_in_no_state() {
    for service in SERVICES {
        let mut replica = Replica::open(Some(service));
        replica.apply(3, Some(&service.read(service.commands[0].example, Time::DELTA).expect("an example")));
        let before = replica.clone();
        assert_eq!(replica.apply(4, None).to_string(), "nothing to do");
        assert_eq!((replica.digest(), replica.entries()), (before.digest(), before.entries()));
        assert_ne!(replica.chain(), before.chain());
        assert_eq!(replica.applied(), before.applied() + 1);
    }
}

#[test]
fn a_command_of_another_service_changes_no_state() {
    let mut replica = Replica::open(find("kv"));
    let fresh = replica.digest();
    for command in [read("bank", "open alice 5", Time::ZERO), Command::decree(Time::ZERO)] {
        assert_eq!(replica.apply(0, Some(&command)).to_string(), "refused: a command of another service");
    }
    assert_eq!(replica.digest(), fresh);
}

#[test]
fn different_states_have_different_digests_whatever_the_order_of_events() {
    let digest = |name: &str, texts: &[&str]| {
        let mut replica = Replica::open(find(name));
        texts.iter().for_each(|text| {
            replica.apply(0, Some(&read(name, text, Time::ZERO)));
        });
        replica.digest()
    };
    assert_eq!(digest("kv", &["put x 1", "put y 2"]), digest("kv", &["put y 2", "put x 0", "add x 1"]));
    assert_ne!(digest("kv", &["put x 1", "put x 2"]), digest("kv", &["put x 2", "put x 1"]));
    assert_ne!(digest("kv", &["put ab c"]), digest("kv", &["put a bc"]));
    assert_ne!(digest("kv", &["put x 1"]), digest("kv", &["put y 1"]));
    assert_ne!(digest("bank", &["open a 1"]), digest("bank", &["open a 2"]));
    assert_ne!(digest("lock", &["acquire L a 1"]), digest("lock", &["acquire L b 1"]));
    assert_ne!(digest("lock", &["acquire L a 1"]), digest("lock", &["acquire L a 2"]));
    // The service's now is a part of its state.
    let at = |tenth| story("lock", &[(tenth, "release L a", "not held")]).digest();
    assert_ne!(at(1), at(2));
}

#[test]
fn digests_are_the_same_on_every_machine() {
    // These were worked out by another program, from the lengths and bytes that `Digest` promises.
    let kv = story("kv", &[(0, "put x 1", "ok"), (0, "put name red", "ok")]);
    assert_eq!((kv.digest(), kv.chain()), (0xd274_5a5d_a3f6_b43e, 0xfdbb_d537_45a1_c5b1));
    let lock = story("lock", &[(15, "acquire L alice 5", "granted until 6.5Δ")]);
    assert_eq!(lock.digest(), 0x04b7_53e1_328a_922e);
    let bank = story("bank", &[(0, "open alice 100", "balance 100")]);
    assert_eq!(bank.digest(), 0x47b5_0489_eb14_c0bc);
}

/// A ledger of one service: commands with the instants at which they were asked, and now and then a no-op.
fn ledger(name: &'static str, text: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<Option<Command>>> {
    let command = (text, 0..200_u64).prop_map(move |(text, at)| read(name, &text, tenths(at)));
    vec(prop_oneof![9 => command.prop_map(Some), 1 => Just(None)], 0..60)
}

fn locks() -> impl Strategy<Value = String> {
    prop_oneof![3 => "(acquire|renew) [LM] [abc] [1-5](\\.[0-9])?", 1 => "release [LM] [abc]"]
}

fn applied(name: &str, ledger: &[Option<Command>]) -> (Replica, Vec<Outcome>) {
    let mut replica = Replica::open(find(name));
    let outcomes = (0..).zip(ledger).map(|(entry, command)| replica.apply(entry, command.as_ref())).collect();
    (replica, outcomes)
}

fn total(replica: &Replica) -> u64 {
    replica.entries().iter().map(|(_, balance)| balance.parse::<u64>().expect("a balance is no less than 0")).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_is_read_or_refused_in_one_sentence(
        text in prop_oneof![
            any::<String>(),
            "(put|get|del|add|acquire|release|renew|open|deposit|withdraw|transfer)( [-+.0-9a-cΔ]{0,24}| \\PC{1,8}){0,4}",
        ],
        at in any::<u64>(),
    ) {
        for service in SERVICES {
            match service.read(&text, Time(at)) {
                Ok(command) => {
                    let mut replica = Replica::open(Some(service));
                    replica.apply(0, Some(&command));
                    replica.apply(1, Some(&command)).to_string();
                    replica.entries();
                }
                Err(error) => {
                    prop_assert!(!error.is_empty() && error.chars().count() < 250, "{error}");
                    prop_assert!(!error.contains(char::is_control), "{error:?}");
                }
            }
        }
    }

    #[test]
    fn equal_prefixes_end_alike(ledger in ledger("lock", locks()), split in 0..60_usize) {
        let prefix = &ledger[..split.min(ledger.len())];
        let (replica, outcomes) = applied("lock", prefix);
        let (again, others) = applied("lock", prefix);
        prop_assert_eq!((&replica, replica.digest(), outcomes), (&again, again.digest(), others));
        // A replica that was copied on the way goes on like the original.
        let (whole, _) = applied("lock", &ledger);
        let mut copy = replica;
        for (entry, command) in (0..).zip(&ledger).skip(prefix.len()) {
            copy.apply(entry, command.as_ref());
        }
        prop_assert_eq!(copy, whole);
    }

    #[test]
    fn no_two_clients_trust_one_lock_at_once(
        asks in vec((0..4_usize, "[LM]", "[ab]", 1..80_u64, 0..15_u64, 0..40_u64), 0..60),
    ) {
        let mut replica = Replica::open(find("lock"));
        let mut now = 0;
        // The lock, the client that trusts its lease, when that client asked, and from when until when it trusts the
        // lease.
        let mut trusted: Vec<(&str, &str, u64, u64, u64)> = Vec::new();
        for (verb, lock, who, span, step, late) in &asks {
            // A command enters the ledger some time after it was asked. The client hears of it at once, which is the
            // earliest possible instant.
            now += step;
            let asked = now.saturating_sub(*late);
            let verb = ["acquire", "acquire", "renew", "release"][*verb];
            let lease = if verb == "release" { String::new() } else { tenths(*span).to_string() };
            let command = read("lock", &format!("{verb} {lock} {who} {lease}"), tenths(asked));
            if let Outcome::Granted(until) = replica.apply(0, Some(&command)) {
                prop_assert!(tenths(asked + span) <= until);
                trusted.push((lock, who, asked, now, asked + span));
            } else if verb == "release" {
                // A client that releases the lock stopped trusting the lease when it asked.
                let mut own = |one: &&mut (&str, &str, u64, u64, u64)| one.0 == lock && one.1 == who && one.2 <= asked;
                trusted.iter_mut().filter(&mut own).for_each(|one| one.4 = one.4.min(asked));
            }
        }
        for (place, one) in trusted.iter().enumerate() {
            for other in trusted[..place].iter().filter(|other| other.0 == one.0 && other.1 != one.1) {
                prop_assert!(one.3.max(other.3) >= one.4.min(other.4), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn money_comes_and_goes_only_by_opening_paying_in_and_drawing(
        texts in vec(prop_oneof![
            "open [abc] [0-9]{1,3}", "(deposit|withdraw) [abc] [0-9]{1,9}", "transfer [abc] [abc] [0-9]{1,9}",
        ], 0..80),
    ) {
        let mut replica = Replica::open(find("bank"));
        let mut expected = 0;
        for text in &texts {
            let before = total(&replica);
            let outcome = replica.apply(0, Some(&read("bank", text, Time::ZERO)));
            let words: Vec<_> = text.split(' ').collect();
            let amount: u64 = words[words.len() - 1].parse().expect("the last word is the amount");
            match (words[0], &outcome) {
                ("open" | "deposit", Outcome::Balance(_)) => expected += amount,
                ("withdraw", Outcome::Balance(_)) => expected -= amount,
                ("transfer", Outcome::Balance(_)) => {}
                _ => prop_assert_eq!(total(&replica), before),
            }
            prop_assert_eq!(total(&replica), expected);
        }
    }
}

/// Commands that do not conflict have the same outcomes and leave the same state in either order, whatever came before.
#[test]
fn commands_that_do_not_conflict_can_be_swapped() {
    let services: [(&str, &[&str]); 3] = [
        ("kv", &["put x 1", "put x 2", "put y 1", "get x", "get y", "del x", "add x 1", "add y 2"]),
        (
            "bank",
            &["open a 5", "open b 9", "deposit a 2", "withdraw b 4", "transfer a b 3", "transfer b c 1", "open c 1"],
        ),
        (
            "lock",
            &[
                "acquire L ann 2",
                "acquire L bob 2",
                "acquire M bob 3",
                "release L ann",
                "renew M bob 1",
                "release M ann",
            ],
        ),
    ];
    let (mut free, mut bound) = (0, 0);
    for (name, texts) in services {
        let at = |text: &&str| [1, 3].map(|time| read(name, text, tenths(10 * time)));
        let commands: Vec<Command> = texts.iter().flat_map(at).collect();
        let mut befores: Vec<Vec<&Command>> = vec![Vec::new()];
        befores.extend(commands.iter().map(|command| vec![command]));
        befores.extend(commands.iter().flat_map(|one| commands.iter().map(move |other| vec![one, other])));
        for one in &commands {
            for other in &commands {
                let after = |before: &[&Command], both: [&Command; 2]| {
                    let mut replica = Replica::open(find(name));
                    before.iter().for_each(|command| drop(replica.apply(0, Some(command))));
                    let outcomes = both.map(|command| replica.apply(0, Some(command)));
                    (outcomes, replica.digest())
                };
                let is_free = |before: &Vec<&Command>| {
                    let ([first, second], state) = after(before, [one, other]);
                    let ([second_first, first_second], swapped) = after(before, [other, one]);
                    (first, second, state) == (first_second, second_first, swapped)
                };
                if one.conflicts_with(other) {
                    bound += 1;
                } else {
                    free += 1;
                    assert!(befores.iter().all(is_free), "{one:?} {other:?}");
                }
                assert_eq!(one.conflicts_with(other), other.conflicts_with(one));
            }
        }
    }
    assert!(free > 150 && bound > 150, "{free} {bound}");
    assert!(
        Command::decree(Time::ZERO).conflicts_with(&Command::decree(Time::ZERO)),
        "plain decrees are kept in order"
    );
}

#[test]
fn an_outcome_is_told_in_the_words_of_its_line_where_the_page_speaks_english() {
    let (who, until) = (Arc::<str>::from("alice"), Time::deltas(5));
    let refused = [
        Refusal::TooMuch(who.clone(), 9),
        Refusal::TooLittle(who.clone(), 9),
        Refusal::NoNumber(who.clone(), "red".into()),
        Refusal::AskedSince(who.clone()),
        Refusal::OtherService,
    ];
    let mut outcomes = vec![
        Outcome::Done,
        Outcome::NoOp,
        Outcome::Nothing,
        Outcome::Value("red".into()),
        Outcome::Granted(until),
        Outcome::Held(who.clone(), until),
        Outcome::Released,
        Outcome::NotHeld,
        Outcome::Balance(9),
        Outcome::NoAccount(who),
        Outcome::Exists,
    ];
    outcomes.extend(refused.map(Outcome::from));
    outcomes.iter().for_each(|outcome| assert_eq!(outcome.told(), outcome.to_string()));
}
