//! Several hats: one click in the account menu changes them, and each page says in which role one acts.

use super::{named, region, signed_in, unit_in};
use crate::credit::office::{Officer, in_offices};
use jixue_core::role::Role;
use jixue_core::scope::Reach;

/// Of person 1, who studies too.
const PHONE: &str = "13800000001";

/// The menu's buttons: value and words of each.
fn menu(page: &str) -> Vec<(String, String)> {
    let (_, rest) = page.split_once("class=\"hats\"").unwrap_or_default();
    let buttons = rest.split("</form>").next().unwrap_or_default().split("<button").skip(1);
    let value = |button: &str| button.split_once("value=\"")?.1.split('"').next().map(str::to_owned);
    let text = |part: &'_ str| part.split_once('>').map_or(String::new(), |(_, words)| words.trim().to_owned());
    let words = |button: &str| button.split('<').map(text).collect();
    buttons.filter_map(|button| Some((value(button)?, words(button)))).collect()
}

/// The role that the head of a page names.
fn role(page: &str) -> String {
    let (_, rest) = page.split_once("class=\"who\"").expect("an account menu");
    let head = rest.split("</summary>").next().unwrap_or_default();
    head.split_once("<small>").and_then(|(_, rest)| rest.split('<').next()).unwrap_or_default().to_owned()
}

async fn wear(officer: &Officer<'_>, grant: &str) -> (u16, String) {
    let form = [("csrf", officer.csrf.as_str()), ("grant", grant)];
    officer.told(officer.client.post(officer.office.url("/session/hat")).form(&form)).await
}

#[tokio::test]
async fn a_person_changes_hats_in_the_menu() {
    in_offices(async |office| {
        let unit = unit_in(office, "431002").await;
        named(office, PHONE, Role::CountyOfficer, region("431002")).await.1.expect("a grant");
        named(office, PHONE, Role::UnitClerk, Reach::Unit { unit: unit.id }).await.1.expect("a grant");
        let person = signed_in(office, PHONE, Role::CountyOfficer, region("431003")).await;
        let (_, page) = person.get("/bureau/progress").await;
        let hats = menu(&page);
        let words: Vec<&str> = hats.iter().map(|(_, words)| words.as_str()).collect();
        let clerk = format!("单位管理员{}", unit.name);
        assert_eq!(
            words,
            ["学员", "县级经办人北湖区", clerk.as_str(), "县级经办人苏仙区"],
            "two counties are told apart"
        );
        assert_eq!(role(&page), "县级经办人");
        for (hat, home, word) in
            [(2, "/unit/people", "单位管理员"), (0, "/learn", "学员"), (3, "/bureau/progress", "县级经办人")]
        {
            assert_eq!(wear(&person, &hats[hat].0).await, (303, "/".to_owned()));
            let start = person.client.get(office.url("/")).send().await.unwrap();
            assert_eq!(start.headers()["location"], home);
            let (status, page) = person.get(home).await;
            assert_eq!((status, role(&page).as_str()), (200, word));
            assert_eq!(menu(&page).len(), 4);
        }
        assert!(person.get("/me").await.1.contains("苏仙区"), "one's own page tells them apart too");
        assert_eq!(wear(&person, "17").await.0, 403, "a hat of nobody");
    })
    .await;
}

#[tokio::test]
async fn one_hat_is_no_choice() {
    in_offices(async |office| {
        let root = office.officer("431000").await;
        let (_, page) = root.get("/bureau/progress").await;
        assert!(menu(&page).is_empty());
        assert_eq!(role(&page), "市级经办人", "it is named all the same");
        let client = office.sign_in("13800000002").await;
        let learner = Officer { office, csrf: office.csrf(&client).await, client };
        let (_, page) = learner.get("/learn").await;
        assert!(menu(&page).is_empty() && role(&page).is_empty(), "a learner is a learner");
    })
    .await;
}
