//! Acts that leave a fact of their own: each such fact becomes an entry of the trail as it follows.

use super::{Act, record, store};
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::audit::Action;
use jixue_core::fact::Fact;
use jixue_core::role::Role;

/// Records what a fact tells, if it is somebody's act on rights or on people's data. The rest is evidence of learning and
/// of money, which has books of its own.
pub async fn note(tx: &Tx<'_>, at: &At, fact: &Fact) -> Result<()> {
    let act = match fact {
        Fact::ProgrammeYearOpened { year, .. } => {
            let by = store::year_opener(tx, *year).await?;
            Act::by(by.unwrap_or_default(), Action::YearOpened).on("year", year.0)
        }
        Fact::GrantGiven { grant, account, role, .. } => {
            let (by, region) = store::giver(tx, *account, *grant).await?.unwrap_or_default();
            Act::by(by, Action::GrantGiven).on("account", *account).at_region(region).saying(role)
        }
        Fact::GrantTaken { grant, account, role, .. } => {
            let (by, region, reason) = store::taker(tx, *account, *grant).await?.unwrap_or_default();
            let words = if reason.is_empty() { role.clone() } else { format!("{role}：{reason}") };
            Act::by(by, Action::GrantTaken).on("account", *account).at_region(region).saying(words)
        }
        Fact::LearnerViewBegun { view, account, learner, .. } => {
            let (region, purpose) = store::view(tx, *account, *view).await?.unwrap_or_default();
            let act = Act::by(account.raw(), Action::ViewBegun).on("learner_view", *view).about(*learner);
            Act { role: Some(Role::Support), ..act }.at_region(region).saying(purpose)
        }
        Fact::LearnerViewEnded { view, account, learner, .. } => {
            let (region, _) = store::view(tx, *account, *view).await?.unwrap_or_default();
            let act = Act::by(account.raw(), Action::ViewEnded).on("learner_view", *view).about(*learner);
            Act { role: Some(Role::Support), ..act }.at_region(region)
        }
        Fact::SignInRefused { account, .. } => {
            let region = store::first_region(tx, *account).await?.unwrap_or_default();
            Act::by(account.raw(), Action::SignInRefused).on("account", *account).at_region(region)
        }
        Fact::RosterImported { import, people, .. } => {
            let (by, region) = store::roster(tx, *import).await?.unwrap_or_default();
            let act = Act::by(by, Action::RosterImported).on("roster_import", *import);
            act.at_region(region).saying(people.to_string())
        }
        Fact::RosterImportUndone { import, people, .. } => {
            let (by, region) = store::roster_undone(tx, *import).await?.unwrap_or_default();
            let act = Act::by(by, Action::RosterUndone).on("roster_import", *import);
            act.at_region(region).saying(people.to_string())
        }
        Fact::ListImported { import, rows, .. } => {
            let (by, _, region) = store::list(tx, *import).await?.unwrap_or_default();
            let act = Act::by(by, Action::ListImported).on("list_import", *import);
            act.at_region(region).saying(rows.to_string())
        }
        Fact::ListImportUndone { import, rows, .. } => {
            let (_, by, region) = store::list(tx, *import).await?.unwrap_or_default();
            let act = Act::by(by, Action::ListUndone).on("list_import", *import);
            act.at_region(region).saying(rows.to_string())
        }
        Fact::UnitsMerged { into, people, by, .. } | Fact::UnitsParted { into, people, by, .. } => {
            let is_merge = matches!(fact, Fact::UnitsMerged { .. });
            let action = if is_merge { Action::UnitsMerged } else { Action::UnitsParted };
            let region = store::unit_region(tx, *into).await?.unwrap_or_default();
            Act::by(by.raw(), action).on("unit", *into).at_region(region).saying(people.to_string())
        }
        Fact::CertificateSuperseded { learner, certificate, reason, .. } => {
            let (by, region) = store::ender(tx, *learner, *certificate).await?.unwrap_or_default();
            let act = Act::by(by, Action::CertificateSuperseded).on("certificate", *certificate);
            act.about(*learner).at_region(region).saying(reason)
        }
        Fact::CertificateRevoked { learner, certificate, reason, .. } => {
            let (by, region) = store::ender(tx, *learner, *certificate).await?.unwrap_or_default();
            let act = Act::by(by, Action::CertificateRevoked).on("certificate", *certificate);
            act.about(*learner).at_region(region).saying(reason)
        }
        Fact::HoursConfirmed { import, people, .. } => {
            let by = store::confirmer(tx, *import).await?.unwrap_or_default();
            Act::by(by, Action::HoursConfirmed).on("confirmed_import", *import).saying(people.to_string())
        }
        _ => return Ok(()),
    };
    record(tx, at, act).await.map(drop)
}
