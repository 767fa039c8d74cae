//! The officers' registry: units, merges, people on their way from unit to unit.

mod batches;
mod browser;
mod columns;
mod exemptions;
mod imports;
mod list_browser;
mod list_imports;
mod list_undo;
mod list_undo_races;
mod lists;
mod merging;
mod moving;
mod oneroster;
mod titles;
mod unit_moves;
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

/// A clerk's browser, with the token of its forms.
pub struct Desk {
    pub client: reqwest::Client,
    csrf: String,
    base: String,
}

impl Desk {
    pub async fn of(office: &Office, phone: &str) -> Self {
        let client = office.test.sign_in(phone).await;
        let csrf = office.test.csrf(&client).await;
        Self { client, csrf, base: office.url("") }
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a page"))
    }

    /// Sends a form; the address that follows, or the code of the refusal.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let mut form = vec![("csrf", self.csrf.as_str())];
        form.extend_from_slice(fields);
        let request = self.client.post(format!("{}{path}", self.base)).form(&form);
        let answer = request.header("accept", "application/json").send().await.expect("an answer");
        let status = answer.status().as_u16();
        if status == 303 {
            return (303, answer.headers()["location"].to_str().expect("an address").to_owned());
        }
        let told: serde_json::Value = answer.json().await.expect("a problem");
        (status, told["code"].as_str().unwrap_or_default().to_owned())
    }
}
