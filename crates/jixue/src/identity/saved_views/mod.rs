//! Saved filters of lists: named by an account, for itself alone; one of each list may be where it begins.

mod opening;
mod pages;
mod refusal;
mod store;

pub use opening::{Bar, Opened, open_list};
pub use pages::routes;
pub use refusal::SavedViewRefusal;
pub(super) use store::CATALOGUE;

use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::web::forms::field;
use crate::web::page::with_query;
use jixue_core::id::{AccountId, SavedViewId};

/// Views of one list that an account may keep.
const VIEWS_MAX: i64 = 20;
const NAME_MAX: usize = 30;
/// So many digits in a search are somebody's phone or identity number; the end of a phone number has four.
const DIGITS_MAX: usize = 6;
/// The longest part of a filter that is kept, in letters: a department's name.
const VALUE_MAX: usize = 60;
/// How long a deleted view can be taken back.
const DAYS_KEPT: i64 = 7;

/// A list whose filters can be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    UnitPeople,
    BureauPeople,
    BureauUnits,
}

impl Listed {
    pub const ALL: [Self; 3] = [Self::UnitPeople, Self::BureauPeople, Self::BureauUnits];

    pub const fn code(self) -> &'static str {
        match self {
            Self::UnitPeople => "unit_people",
            Self::BureauPeople => "bureau_people",
            Self::BureauUnits => "bureau_units",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.code() == code)
    }

    pub const fn path(self) -> &'static str {
        match self {
            Self::UnitPeople => "/unit/people",
            Self::BureauPeople => "/bureau/people",
            Self::BureauUnits => "/bureau/units",
        }
    }

    /// What of a list's address is its filter, in the order in which it is kept.
    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::UnitPeople => &["find", "department", "state", "sort"],
            Self::BureauPeople => &["find", "region", "unit", "sort"],
            Self::BureauUnits => &["find", "region", "industry", "lacking", "sort"],
        }
    }

    /// The filter in a list's address or query, without anything else: always the same text for the same filter.
    fn filter_in(self, query: &str) -> String {
        let values: Vec<(&str, String)> = self
            .fields()
            .iter()
            .map(|name| (*name, field(query.as_bytes(), name).unwrap_or_default().trim().to_owned()))
            .collect();
        let pairs: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        with_query("", &pairs).trim_start_matches('?').to_owned()
    }

    /// The list with this filter; with none, the whole list and not the view with which it begins.
    fn address(self, filter: &str) -> String {
        let filter = if filter.is_empty() { "view=all" } else { filter };
        format!("{}?{filter}", self.path())
    }
}

/// A filter with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SavedView {
    id: SavedViewId,
    list: Listed,
    name: String,
    filter: String,
    is_start: bool,
    is_deleted: bool,
}

/// A name without blanks around it.
fn name_of(text: &str) -> Result<String> {
    let name = text.trim();
    match name.chars().count() {
        1..=NAME_MAX => Ok(name.to_owned()),
        _ => Err(SavedViewRefusal::NameUnfit.into()),
    }
}

/// # Errors
/// A part that is too long, or that may be somebody's number. Digits count as whoever reads a number takes them:
/// full-width ones too, whatever stands between.
fn check_filter(list: Listed, filter: &str) -> Result<()> {
    for name in list.fields() {
        let value = field(filter.as_bytes(), name).unwrap_or_default();
        if value.chars().count() > VALUE_MAX {
            return Err(SavedViewRefusal::TooLong { most: VALUE_MAX }.into());
        }
        let is_typed = matches!(*name, "find" | "department");
        if is_typed && value.chars().filter(|letter| letter.is_numeric()).count() > DIGITS_MAX {
            return Err(SavedViewRefusal::HoldsNumber.into());
        }
    }
    Ok(())
}

/// Keeps a filter of `list` under a name.
async fn save(app: &App, account: AccountId, list: Listed, name: &str, query: &str) -> Result<SavedView> {
    let (name, filter, at) = (name_of(name)?, list.filter_in(query), app.at());
    if filter.is_empty() {
        return Err(SavedViewRefusal::NothingChosen.into());
    }
    check_filter(list, &filter)?;
    let view = SavedView { id: at.ids.next(), list, name, filter, is_start: false, is_deleted: false };
    app.db
        .write(async move |tx: &Tx<'_>| {
            store::forget(tx, account, at.now.plus_days(-DAYS_KEPT)).await?;
            let kept = store::views(tx, account, list).await?;
            if kept.iter().any(|other| other.name == view.name) {
                return Err(SavedViewRefusal::NameTaken.into());
            }
            if i64::try_from(kept.len()).is_ok_and(|count| count >= VIEWS_MAX) {
                return Err(SavedViewRefusal::TooMany { most: VIEWS_MAX }.into());
            }
            store::insert(tx, account, &view).await?;
            Ok(view.clone())
        })
        .await
}

/// Gives a view another name, and says whether the list begins with it.
async fn change(app: &App, account: AccountId, id: SavedViewId, name: &str, is_start: bool) -> Result<SavedView> {
    let name = name_of(name)?;
    app.db
        .write(async move |tx: &Tx<'_>| {
            let view = store::view(tx, account, id).await?.ok_or_else(Refused::not_found)?;
            check_name(tx, account, &view, &name).await?;
            if is_start {
                store::clear_start(tx, account, view.list).await?;
            }
            store::update(tx, account, id, &name, is_start).await?;
            Ok(SavedView { name: name.clone(), is_start, ..view })
        })
        .await
}

async fn check_name(tx: &Tx<'_>, account: AccountId, view: &SavedView, name: &str) -> Result<()> {
    let others = store::views(tx, account, view.list).await?;
    match others.iter().any(|other| other.id != view.id && other.name == name) {
        true => Err(SavedViewRefusal::NameTaken.into()),
        false => Ok(()),
    }
}

/// Deletes a view, or takes that back. Again, it changes nothing.
async fn set_deleted(app: &App, account: AccountId, id: SavedViewId, is_deleted: bool) -> Result<SavedView> {
    let now = app.clock.now();
    app.db
        .write(async move |tx: &Tx<'_>| {
            let view = store::view(tx, account, id).await?.ok_or_else(Refused::not_found)?;
            if !is_deleted {
                check_name(tx, account, &view, &view.name).await?;
            }
            if view.is_deleted != is_deleted {
                store::set_deleted(tx, account, id, is_deleted.then_some(now)).await?;
            }
            Ok(view)
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two addresses that show the same list must be one view: else none is ever marked as the one that is open.
    #[test]
    fn a_filter_is_the_same_however_its_address_was_written() {
        let list = Listed::UnitPeople;
        let filter = list.filter_in("state=required&year=2026&department=%E6%8A%A4+%E7%90%86&after=7&find=");
        assert_eq!(filter, "department=%E6%8A%A4%20%E7%90%86&state=required");
        assert_eq!(list.filter_in(&filter), filter);
        assert_eq!(list.filter_in("region=431000"), "");
        assert_eq!(list.address(""), "/unit/people?view=all");
    }

    /// The search forgives full-width digits: what is kept must not be a number in them.
    #[test]
    fn a_number_is_not_kept_however_it_is_written() {
        let list = Listed::UnitPeople;
        let code = |filter: &str| match check_filter(list, &list.filter_in(filter)) {
            Err(crate::error::Error::Refused(refused)) => refused.code,
            Err(other) => panic!("{other}"),
            Ok(()) => "",
        };
        assert_eq!(code("find=13800000001"), "saved_view.holds_number");
        assert_eq!(code("find=１３８００００"), "saved_view.holds_number");
        assert_eq!(code("find=1%E2%80%8B3 8-0０0 ０"), "saved_view.holds_number");
        assert_eq!(code("department=１３８００００"), "saved_view.holds_number");
        assert_eq!(code("find=００01&department=内科3楼"), "");
        assert_eq!(code(&format!("find={}", "甲".repeat(60))), "");
        assert_eq!(code(&format!("find={}", "甲".repeat(61))), "saved_view.too_long");
        assert_eq!(code(&format!("state={}", "a".repeat(61))), "saved_view.too_long");
    }

    #[test]
    fn a_name_has_one_to_thirty_letters() {
        assert!(name_of("  ").is_err());
        assert_eq!(name_of(" 内科未缴费 ").unwrap(), "内科未缴费");
        assert!(name_of(&"名".repeat(30)).is_ok());
        assert!(name_of(&"名".repeat(31)).is_err());
    }
}
