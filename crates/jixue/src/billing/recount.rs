//! Counting the books again: what they say must be what the rows they stand for say.

use super::store::ledger::{self, AccountSums};
use crate::db::Tx;
use crate::error::Result;
use jixue_core::billing::Account;
use jixue_core::id::{BaseId, LedgerEntryId};
use jixue_core::money::Fen;
use jixue_core::proof::Channel;
use std::collections::BTreeSet;

/// Something that the books and the rows do not agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An entry whose debits are not its credits, or without lines.
    EntryDamaged { base: BaseId, entry: LedgerEntryId },
    /// A base's book as a whole.
    BookUnbalanced { base: BaseId, debit: Fen, credit: Fen },
    /// Account 2202 and the open suspense.
    SuspenseDiffers { base: BaseId, booked: Fen, open: Fen },
    /// Account 2203 and the paid seats that are not open.
    PrepaymentDiffers { base: BaseId, booked: Fen, unopened: Fen },
    /// A gateway's account 1012 and the verified trades.
    GatewayDiffers { account: String, booked: Fen, received: Fen },
}

/// Both sides of every account, and what does not agree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recount {
    pub accounts: Vec<AccountSums>,
    pub faults: Vec<Fault>,
}

impl Recount {
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    /// Credit less debit of an account over all books.
    pub fn credit_balance(&self, account: &str) -> Fen {
        self.accounts.iter().filter(|sums| sums.account == account).map(|sums| sums.credit - sums.debit).sum()
    }

    fn of_base(&self, base: BaseId, account: &Account) -> Fen {
        let code = account.code();
        let own = self.accounts.iter().filter(|sums| sums.base == base && sums.account == code);
        own.map(|sums| sums.credit - sums.debit).sum()
    }
}

/// Counts all books again. Reads every line: at night, on one's demand, in tests.
pub async fn recount(tx: &Tx<'_>) -> Result<Recount> {
    let mut recount = Recount { accounts: ledger::balances(tx).await?, faults: Vec::new() };
    let damaged = ledger::damaged(tx).await?;
    recount.faults.extend(damaged.into_iter().map(|(base, entry)| Fault::EntryDamaged { base, entry }));
    let suspense = ledger::open_suspense(tx).await?;
    let unopened = ledger::unopened(tx).await?;
    let mut bases: BTreeSet<BaseId> = recount.accounts.iter().map(|sums| sums.base).collect();
    bases.extend(suspense.iter().chain(&unopened).map(|(base, _)| *base));
    let faults: Vec<Fault> =
        bases.into_iter().flat_map(|base| base_faults(&recount, base, &suspense, &unopened)).collect();
    recount.faults.extend(faults);
    let received = ledger::received(tx).await?;
    let faults = gateway_faults(&recount, received);
    recount.faults.extend(faults);
    Ok(recount)
}

fn base_faults(recount: &Recount, base: BaseId, suspense: &[(BaseId, Fen)], unopened: &[(BaseId, Fen)]) -> Vec<Fault> {
    let own = |sums: &[(BaseId, Fen)]| sums.iter().filter(|(of, _)| *of == base).map(|(_, sum)| *sum).sum();
    let (open, unopened): (Fen, Fen) = (own(suspense), own(unopened));
    let lines = || recount.accounts.iter().filter(|sums| sums.base == base);
    let (debit, credit): (Fen, Fen) = (lines().map(|sums| sums.debit).sum(), lines().map(|sums| sums.credit).sum());
    let (suspended, prepaid) = (recount.of_base(base, &Account::Suspense), recount.of_base(base, &Account::Prepayment));
    let mut faults = Vec::new();
    if debit != credit {
        faults.push(Fault::BookUnbalanced { base, debit, credit });
    }
    if suspended != open {
        faults.push(Fault::SuspenseDiffers { base, booked: suspended, open });
    }
    if prepaid != unopened {
        faults.push(Fault::PrepaymentDiffers { base, booked: prepaid, unopened });
    }
    faults
}

fn gateway_faults(recount: &Recount, received: Vec<(String, String, Fen)>) -> Vec<Fault> {
    let known = received.into_iter().filter_map(|(channel, merchant, sum)| {
        Some((Account::Gateway { channel: Channel::from_code(&channel)?, merchant }.code(), sum))
    });
    let mut sums: std::collections::BTreeMap<String, Fen> = known.collect();
    for booked in recount.accounts.iter().filter(|sums| sums.account.starts_with("1012.")) {
        sums.entry(booked.account.clone()).or_default();
    }
    let faults = sums.into_iter().filter_map(|(account, received)| {
        let booked = -recount.credit_balance(&account);
        (booked != received).then_some(Fault::GatewayDiffers { account, booked, received })
    });
    faults.collect()
}
