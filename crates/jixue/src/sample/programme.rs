//! The sample's programme year: the rules proposed for Hunan, said of the year that it is now.

use super::content::{Fees, table};
use crate::app::App;
use crate::catalog::years;
use crate::db::Tx;
use crate::error::Result;
use anyhow::Context;
use jixue_core::credit::RuleSet;
use jixue_core::id::BaseId;
use jixue_core::money::Fen;
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::{BusinessDate, Timestamp, Year};
use std::collections::HashMap;

/// The year of the sample at an instant: the running one, so that study counts on the day somebody tries it.
pub fn year_on(now: Timestamp) -> Year {
    // The proposed rules are the first there are.
    Year(now.year().0.max(2026))
}

/// The proposed rules, for `year`. Those of another year than their own are open from its first day to its last.
pub fn rules_of(year: Year) -> Result<RuleSet> {
    let proposed = years::proposed_rules()?;
    if proposed.year == year {
        return Ok(proposed);
    }
    let renamed = |name: &str| name.replace(&proposed.year.to_string(), &year.to_string());
    Ok(RuleSet {
        name_zh: renamed(&proposed.name_zh),
        name_en: renamed(&proposed.name_en),
        year,
        opens_on: BusinessDate(year.0 * 10_000 + 101),
        closes_on: BusinessDate(year.0 * 10_000 + 1_231),
        ..proposed
    })
}

/// Opens the year and sets its fees, as the bureau would.
pub(super) async fn open(app: &App, rules: &RuleSet, bases: &HashMap<String, BaseId>) -> anyhow::Result<()> {
    let mut fees: Vec<(Subject, BaseId, Fen)> = Vec::new();
    for fee in table::<Fees>("fees.toml")?.fee {
        let base = *bases.get(&fee.payee).with_context(|| fee.payee.clone())?;
        fees.push((fee.subject, base, Fen(fee.amount_fen)));
    }
    let (at, rules) = (app.at(), rules.clone());
    let write = async move |tx: &Tx<'_>| {
        let scope = Scope::system("sample city");
        let root = crate::org::root_bureau(tx).await?;
        years::open_year(tx, &at, &scope, &root.region_code, &rules).await?;
        for (subject, base, amount) in &fees {
            years::set_fee(tx, &at, &scope, (rules.year, *subject), *base, *amount).await?;
        }
        Ok(())
    };
    Ok(app.db.write_bulk(write).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A demo that somebody starts two years from now must not greet them with a year that is over.
    #[test]
    fn the_rules_follow_the_calendar() {
        let new_year = BusinessDate(20_280_101).start();
        assert_eq!(year_on(new_year), Year(2028));
        assert_eq!(year_on(new_year.plus_ms(-1)), Year(2027));
        let rules = rules_of(Year(2028)).unwrap().check().unwrap();
        assert!(rules.is_open(BusinessDate(20_280_101)) && rules.is_open(BusinessDate(20_281_231)));
        assert!(rules.name_zh.contains("2028") && !rules.name_zh.contains("2026"));
        assert_eq!(rules_of(Year(2026)).unwrap(), years::proposed_rules().unwrap());
    }
}
