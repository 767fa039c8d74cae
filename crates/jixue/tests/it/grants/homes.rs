//! Where each role begins, in both languages.

use super::{give, industry, region, signed_in, unit_in};
use crate::credit::office::{Officer, in_offices};
use crate::test_app::PAYEE_USCC;
use jixue::db::Tx;
use jixue::i18n::{Locale, Texts};
use jixue::org::{NewBase, add_base};
use jixue_core::org::Industry;
use jixue_core::role::Role;
use jixue_core::scope::Reach;
use jixue_core::uscc::Uscc;

async fn in_english(officer: &Officer<'_>) {
    let form = [("csrf", officer.csrf.as_str()), ("lang", "en"), ("back", "/me")];
    let told = officer.told(officer.client.post(officer.office.url("/preferences")).form(&form)).await;
    assert_eq!(told, (303, "/me".to_owned()));
}

/// The words of a page, without the button that changes the language.
fn words(page: &str) -> String {
    let main = page.split_once("<main").map(|(_, rest)| rest.split("</main>").next().unwrap_or_default());
    main.expect("a main part").split('<').filter_map(|part| part.split_once('>')).map(|(_, words)| words).collect()
}

fn is_chinese(letter: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&letter)
}

/// An empty or forbidden page tells a new officer that they are not wanted here.
#[tokio::test]
async fn every_role_begins_on_a_page_that_says_what_it_is_for() {
    const PHONES: [&str; 13] = [
        "13900000401",
        "13900000402",
        "13900000403",
        "13900000404",
        "13900000405",
        "13900000406",
        "13900000407",
        "13900000408",
        "13900000409",
        "13900000410",
        "13900000411",
        "13900000412",
        "13900000413",
    ];
    in_offices(async |office| {
        let at = office.at();
        let base = NewBase {
            uscc: Uscc::parse(PAYEE_USCC).unwrap(),
            name_zh: "样例市继续教育基地".to_owned(),
            name_en: "Sample Base".to_owned(),
            kind: "public_institution".to_owned(),
            receipt_kind: "fiscal_receipt".to_owned(),
        };
        let base = office.db.write(async move |tx: &Tx<'_>| add_base(tx, &at, &base).await).await.expect("a base");
        let unit = unit_in(office, "431002").await.id;
        for (role, phone) in Role::ALL.into_iter().zip(PHONES) {
            let reach = match role {
                Role::UnitClerk => Reach::Unit { unit },
                Role::IndustryOfficer => industry("431000", Industry::Health),
                Role::BaseManager | Role::Teacher => Reach::Base { base },
                Role::CountyOfficer => region("431002"),
                _ => region("431000"),
            };
            let officer = signed_in(office, phone, role, reach).await;
            let start = officer.client.get(office.url("/")).send().await.unwrap();
            let home = start.headers()["location"].to_str().unwrap().to_owned();
            assert_eq!(officer.get(&home).await.0, 200, "{role:?} at {home}");
            for locale in [Locale::ZhCn, Locale::En] {
                if locale == Locale::En {
                    in_english(&officer).await;
                }
                let (t, (status, page)) = (Texts::of(locale), officer.get("/duties").await);
                let page = page.replace("&#39;", "'");
                assert_eq!(status, 200, "{role:?}");
                assert!(page.contains(&t.say(&format!("role_purpose.{}", role.code()))), "{role:?} {locale:?}");
                let (_, list) = page.split_once("list links").expect("a list");
                let links = list.split("</ul>").next().unwrap_or_default().split("href=\"").skip(1);
                for href in links.filter_map(|rest| rest.split('"').next()) {
                    assert_eq!(officer.get(href).await.0, 200, "{role:?} is led to {href}");
                }
            }
            let english = words(&officer.get("/duties").await.1);
            let chinese: String = english.chars().filter(|letter| is_chinese(*letter)).collect();
            assert!(role == Role::UnitClerk || chinese.is_empty(), "{role:?}: {chinese}");
        }
    })
    .await;
}

#[tokio::test]
async fn rights_are_named_in_the_readers_language() {
    in_offices(async |office| {
        let root = signed_in(office, "13900000500", Role::BureauOfficer, region("431000")).await;
        assert_eq!(give(&root, "county_officer", "13900000501", "431003", "").await.0, 303);
        let (_, chinese) = root.get("/grants").await;
        assert!(words(&chinese).contains("县级经办人") && words(&chinese).contains("苏仙区"));
        in_english(&root).await;
        let english = words(&root.get("/grants").await.1);
        assert!(english.contains("County officer") && english.contains("Suxian"), "{english}");
        assert!(!english.contains("苏仙区") && !english.contains("经办人"), "{english}");
    })
    .await;
}
