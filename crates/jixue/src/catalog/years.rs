//! Programme years (年度): which rules are in force, from when until when, and what a subject costs.

mod pages;
mod store;

pub use pages::{proposed_rules, routes};
pub use store::CATALOGUE;

use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use jixue_core::credit::RuleSet;
use jixue_core::fact::Fact;
use jixue_core::id::{BaseId, FeeId, RuleSetId};
use jixue_core::money::Fen;
use jixue_core::refusal::Kind;
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::{BusinessDate, Timestamp, Year};

/// A year that was opened, with its rules.
#[derive(Debug, Clone)]
pub struct ProgrammeYear {
    pub year: Year,
    pub rule_set: RuleSetId,
    pub opens_on: BusinessDate,
    pub closes_on: BusinessDate,
    pub opened_at: Timestamp,
    pub rules: RuleSet,
}

impl ProgrammeYear {
    /// Whether study counts on a day.
    pub fn is_open_on(&self, day: BusinessDate) -> bool {
        self.opens_on <= day && day <= self.closes_on
    }
}

/// What a subject of a year costs at a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fee {
    pub fee: FeeId,
    pub base: BaseId,
    pub amount: Fen,
}

/// The highest fee that may be set for a subject. A typing error of two zeros must not reach 50,000 people.
pub const FEE_FEN_MAX: i64 = 100_000;

/// Opens a year under a rule set, which is kept as its first version. Everybody employed is required from then on.
pub async fn open_year(tx: &Tx<'_>, at: &At, scope: &Scope, region_code: &str, rules: &RuleSet) -> Result<()> {
    let rules = rules.clone().check()?;
    if store::year(tx, rules.year).await?.is_some() {
        return Err(Refused::new("year.open_already", Kind::Conflict).with("year", rules.year).into());
    }
    let body = serde_json::to_string(&rules).map_err(Error::internal)?;
    let (rule_set, by) = (at.ids.next::<RuleSetId>(), scope.actor().number());
    store::insert_rule_set(tx, rule_set, region_code, rules.year, &body, by, at.now).await?;
    store::insert_year(tx, &rules, rule_set, by, at.now).await?;
    let fact = Fact::ProgrammeYearOpened { year: rules.year, rule_set, at: at.now };
    crate::reactions::follow(tx, at, vec![fact]).await
}

/// One opened year.
pub async fn year(tx: &Tx<'_>, year: Year) -> Result<Option<ProgrammeYear>> {
    store::year(tx, year).await
}

/// The opened years, latest first.
pub async fn open_years(tx: &Tx<'_>) -> Result<Vec<ProgrammeYear>> {
    store::years(tx).await
}

/// The year that people mean today: the latest that is open, else the latest of all.
pub async fn current_year(tx: &Tx<'_>, today: BusinessDate) -> Result<Option<ProgrammeYear>> {
    let mut years = store::years(tx).await?;
    let open = years.iter().position(|year| year.is_open_on(today));
    Ok(match open {
        Some(index) => Some(years.swap_remove(index)),
        None => years.into_iter().next(),
    })
}

/// Sets what a subject costs from now on; the former fee ends. Orders made before keep their amounts.
pub async fn set_fee(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    subject: (Year, Subject),
    base: BaseId,
    amount: Fen,
) -> Result<FeeId> {
    // What costs nothing is not sold: a subject without a fee is simply not offered at the cashier.
    if !(1..=FEE_FEN_MAX).contains(&amount.0) {
        return Err(Refused::new("fee.out_of_range", Kind::Invalid).with("most", Fen(FEE_FEN_MAX)).into());
    }
    let fee = at.ids.next::<FeeId>();
    store::end_fee(tx, subject, base, at.now).await?;
    store::insert_fee(tx, Fee { fee, base, amount }, subject, scope.actor().number(), at.now).await?;
    Ok(fee)
}

/// The fee in force for a subject: of the base that offers it; the first where several do.
pub async fn fee_in_force(tx: &Tx<'_>, year: Year, subject: Subject) -> Result<Option<Fee>> {
    Ok(store::fees(tx, year, subject).await?.into_iter().next())
}

/// Every fee in force for a subject.
pub async fn fees_in_force(tx: &Tx<'_>, year: Year, subject: Subject) -> Result<Vec<Fee>> {
    store::fees(tx, year, subject).await
}
