//! Regions, bureaus and training bases: small tables that everybody may read.

use super::OrgRefusal;
use super::store::places as store;
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::id::BaseId;
use jixue_core::uscc::Uscc;

/// A region (行政区划) by its six digits of GB/T 2260.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
}

/// The root bureau of this deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootBureau {
    pub region_code: String,
    pub uscc: Uscc,
    pub name_zh: String,
    pub name_en: String,
    /// What the numbers of its certificates begin with.
    pub certificate_prefix: String,
}

/// A training base (施教机构); it is also a payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    pub id: BaseId,
    pub uscc: String,
    pub name_zh: String,
    pub name_en: String,
    /// `public_institution` or `company`.
    pub kind: String,
    /// `fiscal_receipt` or `invoice`: what a payer gets.
    pub receipt_kind: String,
}

/// A base to be added.
#[derive(Debug, Clone)]
pub struct NewBase {
    pub uscc: Uscc,
    pub name_zh: String,
    pub name_en: String,
    pub kind: String,
    pub receipt_kind: String,
}

/// Adds a region, or gives it new names.
pub async fn add_region(tx: &Tx<'_>, region: &Region) -> Result<()> {
    store::put_region(tx, region).await
}

/// Every region, by code; at most 5,000, more than any province has.
pub async fn regions(tx: &Tx<'_>) -> Result<Vec<Region>> {
    store::regions(tx).await
}

/// Adds the bureau of a region, or gives it new names. The root bureau is the one of the highest region: its code
/// sorts first.
///
/// # Errors
/// `org.bureau_unfit`: what would fail later, at the first certificate or the first scope, is refused here.
pub async fn add_bureau(tx: &Tx<'_>, bureau: &RootBureau) -> Result<()> {
    let (region, prefix) = (bureau.region_code.as_bytes(), bureau.certificate_prefix.as_bytes());
    let region_fits = region.len() == 6 && region.iter().all(u8::is_ascii_digit) && region.ends_with(b"00");
    let prefix_fits = (2..=6).contains(&prefix.len()) && prefix.iter().all(u8::is_ascii_uppercase);
    let named = ![&bureau.name_zh, &bureau.name_en].iter().any(|name| name.trim().is_empty());
    if !(region_fits && prefix_fits && named) {
        return Err(OrgRefusal::BureauUnfit.into());
    }
    store::put_bureau(tx, bureau).await
}

/// The root bureau of this deployment.
///
/// # Errors
/// `org.bureau_missing` before anybody has set it up.
pub async fn root_bureau(tx: &Tx<'_>) -> Result<RootBureau> {
    store::root_bureau(tx).await?.ok_or_else(|| OrgRefusal::BureauMissing.into())
}

/// Adds a training base; one with the same code that is there already is left as it is.
pub async fn add_base(tx: &Tx<'_>, at: &At, new: &NewBase) -> Result<BaseId> {
    let id = at.ids.next::<BaseId>();
    match store::insert_base(tx, id, new).await? {
        true => Ok(id),
        false => store::base_by_uscc(tx, new.uscc.as_str()).await,
    }
}

/// Every training base, oldest first; at most 500.
pub async fn bases(tx: &Tx<'_>) -> Result<Vec<Base>> {
    store::bases(tx).await
}
