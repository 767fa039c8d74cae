//! Rights: given downwards only, within one's reach, for a time; without effect in the next request once they are gone.

mod browser;
mod caretaking;
mod deputies;
mod giving;
mod hats;
mod homes;
mod industries;
mod looking;
mod taking;

use crate::credit::office::{Office, Officer};
use jixue::db::{Tx, values};
use jixue::identity::{Granting, NewAccount, name_by_operator, open_account};
use jixue::org::Unit;
use jixue_core::id::{AccountId, GrantId, UnitId};
use jixue_core::org::{Industry, Phone};
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};

/// The unit of the county 431002 or 431003.
pub async fn unit_in(office: &Office, region: &str) -> Unit {
    let scope = Scope::system("test");
    let units = office
        .db
        .read(async move |tx: &Tx<'_>| jixue::org::units_page(tx, &scope, UnitId::from_raw(0), 10).await)
        .await
        .expect("units");
    units.into_iter().find(|unit| unit.region_code == region).expect("a unit of the county")
}

/// Fills in the form of a grant.
async fn give(officer: &Officer<'_>, role: &str, phone: &str, place: &str, until: &str) -> (u16, String) {
    let form = [
        ("csrf", officer.csrf.as_str()),
        ("role", role),
        ("name", "周敏"),
        ("phone", phone),
        ("place", place),
        ("until", until),
    ];
    officer.told(officer.client.post(officer.office.url("/grants")).form(&form)).await
}

/// The grants that count or will count, of the account with a phone: number and role.
async fn grants_of(office: &Office, phone: &'static str) -> Vec<(GrantId, String)> {
    const GRANTS: &str =
        "SELECT g.grant_id, g.role FROM role_grant g JOIN account_phone p ON p.account_id = g.account_id
        WHERE p.phone_index = $1 AND g.revoked_at IS NULL ORDER BY g.grant_id LIMIT 20";
    let index = office.at().keys.blind_index("phone", phone);
    let read = async move |tx: &Tx<'_>| {
        tx.query(GRANTS, values![index.clone()], |row| Ok((row.get(0)?, row.get::<String>(1)?))).await
    };
    office.db.read(read).await.expect("grants")
}

/// The roster's name for a phone that the roster has; somebody who studies nothing here has another.
fn name_of(phone: &str) -> String {
    match phone.strip_prefix("1380000000").and_then(|serial| serial.parse().ok()) {
        Some(serial) => crate::org::person(serial)[0].clone(),
        None => "周敏".to_owned(),
    }
}

/// Names somebody by the operator's command.
pub async fn named(
    office: &Office,
    phone: &'static str,
    role: Role,
    reach: Reach,
) -> (AccountId, Result<GrantId, jixue::error::Error>) {
    let at = office.at();
    let new = NewAccount {
        name: name_of(phone),
        phone: Some(Phone::parse(phone).expect("a phone")),
        login: None,
        password_hash: None,
        learner: None,
    };
    let opened = office.db.write(async move |tx: &Tx<'_>| open_account(tx, &at, &new).await);
    let account = opened.await.expect("an account");
    let (at, granting) = (office.at(), Granting { account, role, reach, until: None });
    (
        account,
        office
            .db
            .write(async move |tx: &Tx<'_>| name_by_operator(tx, &at, &Scope::system("test"), &granting).await)
            .await,
    )
}

/// Names somebody by the operator's command and signs them in.
pub async fn signed_in<'a>(office: &'a Office, phone: &'static str, role: Role, reach: Reach) -> Officer<'a> {
    named(office, phone, role, reach).await.1.expect("a grant");
    let client = office.sign_in(phone).await;
    let csrf = office.csrf(&client).await;
    Officer { office, client, csrf }
}

/// An industry system in a region.
pub fn industry(code: &str, industry: Industry) -> Reach {
    Reach::Industry { region_code: code.to_owned(), industry }
}

pub fn region(code: &str) -> Reach {
    Reach::Region { region_code: code.to_owned() }
}
