//! Accounts: no balance is ever negative, and a transfer neither makes nor loses money.
//!
//! Both hold on every replica because each command is applied whole or not at all, at one place in the ledger. Two
//! clients who draw on one account at once stand in the ledger one after the other, and the second sees the balance
//! that the first has left.

use std::sync::Arc;

use super::{Body, CommandInfo, Digest, Outcome, Refusal, Service, State, whole};
use crate::tongue::key;
use crate::types::Sorted;

pub(super) static SERVICE: Service = Service {
    name: "bank",
    title: key!("Bank"),
    summary: key!("Accounts that are never overdrawn, with transfers that keep the sum."),
    commands: &[
        CommandInfo {
            form: "open WHO AMOUNT",
            example: "open alice 100",
            meaning: key!("Opens an account with this much."),
        },
        CommandInfo { form: "deposit WHO AMOUNT", example: "deposit alice 5", meaning: key!("Pays into an account.") },
        CommandInfo {
            form: "withdraw WHO AMOUNT",
            example: "withdraw alice 5",
            meaning: key!("Takes out of an account, if there is enough."),
        },
        CommandInfo {
            form: "transfer FROM TO AMOUNT",
            example: "transfer alice bob 5",
            meaning: key!("Pays from one account into the other, if there is enough."),
        },
    ],
    parse: |words| parse(words).map(Body::Bank),
    open: || State::Bank(Accounts::default()),
};

/// The largest balance of an account. It is far below the largest number and far above any amount that somebody types.
const BALANCE_MAX: u64 = 1_000_000_000_000_000;

/// A command of the bank.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Action {
    Open(Arc<str>, u64),
    Deposit(Arc<str>, u64),
    Withdraw(Arc<str>, u64),
    Transfer(Arc<str>, Arc<str>, u64),
}

fn parse(words: &[&str]) -> Result<Action, String> {
    let amount = |word| whole(word, 0).map(i64::unsigned_abs);
    Ok(match *words {
        ["open", who, sum] => Action::Open(who.into(), amount(sum)?),
        ["deposit", who, sum] => Action::Deposit(who.into(), amount(sum)?),
        ["withdraw", who, sum] => Action::Withdraw(who.into(), amount(sum)?),
        ["transfer", from, to, sum] => Action::Transfer(from.into(), to.into(), amount(sum)?),
        _ => return Err(SERVICE.misread(words)),
    })
}

impl Action {
    /// Whether they are about the same account: every command changes a balance, or tells one.
    pub(super) fn conflicts_with(&self, other: &Self) -> bool {
        let accounts = |action: &Self| match action {
            Self::Open(who, _) | Self::Deposit(who, _) | Self::Withdraw(who, _) => [who.clone(), who.clone()],
            Self::Transfer(from, to, _) => [from.clone(), to.clone()],
        };
        let others = accounts(other);
        accounts(self).iter().any(|who| others.contains(who))
    }
}

/// Every account with its balance.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Accounts(Sorted<Arc<str>, u64>);

impl Accounts {
    pub(super) fn apply(&mut self, action: &Action) -> Outcome {
        self.settle(action).map_or_else(|refusal| refusal, Outcome::Balance)
    }

    /// Carries the command out; answers the new balance of the account that is named first, or why nothing was done.
    fn settle(&mut self, action: &Action) -> Result<u64, Outcome> {
        let (who, balance) = match action {
            Action::Open(who, amount) => match self.0.get(who) {
                Some(_) => return Err(Outcome::Exists),
                None => (who, *amount),
            },
            Action::Deposit(who, amount) => (who, self.more(who, *amount)?),
            Action::Withdraw(who, amount) => (who, self.less(who, *amount)?),
            Action::Transfer(from, to, amount) => {
                let rest = self.less(from, *amount)?;
                if from == to {
                    return self.balance(from);
                }
                let more = self.more(to, *amount)?;
                self.0.set(to.clone(), more);
                (from, rest)
            }
        };
        self.0.set(who.clone(), balance);
        Ok(balance)
    }

    fn balance(&self, who: &Arc<str>) -> Result<u64, Outcome> {
        self.0.get(who).copied().ok_or_else(|| Outcome::NoAccount(who.clone()))
    }

    fn more(&self, who: &Arc<str>, amount: u64) -> Result<u64, Outcome> {
        let sum = self.balance(who)?.saturating_add(amount);
        if sum <= BALANCE_MAX {
            return Ok(sum);
        }
        Err(Refusal::TooMuch(who.clone(), BALANCE_MAX).into())
    }

    fn less(&self, who: &Arc<str>, amount: u64) -> Result<u64, Outcome> {
        let balance = self.balance(who)?;
        balance.checked_sub(amount).ok_or_else(|| Refusal::TooLittle(who.clone(), balance).into())
    }

    pub(super) fn digest(&self, digest: &mut Digest) {
        for (who, balance) in self.0.entries() {
            digest.word(who);
            digest.number(*balance);
        }
    }

    pub(super) fn entries(&self) -> Vec<(String, String)> {
        self.0.entries().iter().map(|(who, balance)| (who.to_string(), balance.to_string())).collect()
    }
}
