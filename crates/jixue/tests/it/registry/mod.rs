//! The officers' registry: units, merges, people on their way from unit to unit.

mod merging;
mod units;

use crate::credit::office::{Office, Officer};
use jixue::db::Tx;
use jixue::org::{NewUnit, add_unit};
use jixue_core::id::UnitId;
use jixue_core::uscc::Uscc;

/// Sends a form as an officer does; the address that follows, or the code of the refusal.
pub async fn post(officer: &Officer<'_>, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let mut form = vec![("csrf", officer.csrf.as_str())];
    form.extend_from_slice(fields);
    officer.told(officer.client.post(officer.office.url(path)).form(&form)).await
}

/// The fields of a unit that may be registered.
pub fn unit_form<'a>(name: &'a str, uscc: &'a str, region: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("name", name),
        ("uscc", uscc),
        ("reason", "新成立，尚未领证"),
        ("region", region),
        ("industry", "health"),
        ("kind", "public"),
    ]
}

/// A unit that an earlier system brought, past the rules of the form.
pub async fn brought(office: &Office, name: &str, uscc: Result<&str, &str>, region: &str) -> UnitId {
    let at = office.at();
    let new = NewUnit {
        uscc: uscc.map(|code| Uscc::parse(code).expect("a code")).map_err(str::to_owned),
        name: name.to_owned(),
        kind: "public".to_owned(),
        region_code: region.to_owned(),
        industry: "health".to_owned(),
    };
    let added = office.db.write(async move |tx: &Tx<'_>| add_unit(tx, &at, &new).await);
    added.await.expect("a unit")
}
