//! A unit with nobody in charge: its county takes care of it until a clerk is named.

use super::{give, region, signed_in, unit_in};
use crate::credit::office::{Office, Officer, in_offices};
use jixue::db::{Tx, values};
use jixue_core::id::UnitId;
use jixue_core::role::Role;

const OFFICER: &str = "13900000201";
const CLERK: &str = "13900000202";

/// Nobody is in charge of the unit any more.
async fn without_clerks(office: &Office, unit: UnitId) {
    const END: &str = "UPDATE role_grant SET revoked_at = 1 WHERE unit_id = $1";
    office.db.write(async move |tx: &Tx<'_>| tx.execute(END, values![unit]).await.map(drop)).await.expect("no clerks");
}

async fn take_care(officer: &Officer<'_>, unit: UnitId) -> (u16, String) {
    let address = officer.office.url(&format!("/bureau/units/{unit}/caretaking"));
    officer.told(officer.client.post(address).form(&[("csrf", officer.csrf.as_str())])).await
}

/// Puts on the hat of a unit's clerk, if there is one among the officer's.
async fn wear_clerks_hat(officer: &Officer<'_>) -> bool {
    let (_, page) = officer.get("/me").await;
    let rest = page.split("action=\"/session/hat\"").skip(1);
    let numbers = rest.filter(|form| form.split("</form>").next().is_some_and(|form| form.contains("单位管理员")));
    // The menu's form holds every hat; the list below has one form for each.
    let number = numbers.filter_map(|form| form.split_once("name=\"grant\" value=\"")?.1.split('"').next()).last();
    let Some(number) = number else { return false };
    let form = [("csrf", officer.csrf.as_str()), ("grant", number)];
    officer.told(officer.client.post(officer.office.url("/session/hat")).form(&form)).await.0 == 303
}

#[tokio::test]
async fn a_county_takes_care_until_a_clerk_is_named() {
    in_offices(async |office| {
        let unit = unit_in(office, "431003").await;
        let county = signed_in(office, OFFICER, Role::CountyOfficer, region("431003")).await;
        without_clerks(office, unit.id).await;
        assert!(county.get(&format!("/bureau/units/{}", unit.id)).await.1.contains("由我代管"));
        for _ in 0..2 {
            assert_eq!(take_care(&county, unit.id).await, (303, "/me?done=unit_cared_for".to_owned()));
        }
        let learner = office.sign_in("13800000009").await;
        let told = learner.get(office.url("/me")).send().await.unwrap().text().await.unwrap();
        assert!(told.contains("苏仙区人力资源和社会保障局"), "its people are told whom to ask: {told}");
        let (_, lacking) = county.get("/bureau/units?lacking=no_clerk").await;
        assert!(lacking.contains(&unit.name), "it still lacks a clerk");
        assert!(wear_clerks_hat(&county).await, "the hat is among the officer's");
        let (status, page) = county.get("/unit/roster-imports").await;
        assert!(status == 200 && county.get("/unit/people").await.1.contains(&unit.name), "{page}");
        let other = office.officer("431003").await;
        assert_eq!(give(&other, "unit_clerk", CLERK, &unit.uscc.clone().unwrap(), "").await.0, 303);
        assert_eq!(county.get("/unit/people").await.0, 303, "it ends in the next request");
        assert_eq!(office.sign_in(CLERK).await.get(office.url("/unit/people")).send().await.unwrap().status(), 200);
        assert_eq!(take_care(&other, unit.id).await, (409, "grant.unit_has_clerk".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn nobody_takes_care_of_a_unit_elsewhere_or_of_one_in_good_hands() {
    in_offices(async |office| {
        let unit = unit_in(office, "431003").await;
        without_clerks(office, unit.id).await;
        let next_door = office.officer("431002").await;
        assert_eq!(take_care(&next_door, unit.id).await.0, 404);
        assert_eq!(take_care(&office.officer("431000").await, unit.id).await.0, 303, "the city reaches it");
    })
    .await;
}
