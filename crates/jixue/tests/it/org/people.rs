//! People and units, through the verbs.

use super::world::{City, clerk, identity_number};
use crate::engines::engines;
use crate::test_app::TestApp;
use jixue::db::Tx;
use jixue::org::{self, NewBase, NewUnit};
use jixue_core::id::{AccountId, BaseId, LearnerId, UnitId};
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::org::{PersonName, Phone, RosterPerson};
use jixue_core::scope::{Reach, Scope};
use jixue_core::time::BusinessDate;
use jixue_core::uscc::Uscc;

fn someone(number: usize) -> RosterPerson {
    let today = BusinessDate(20_261_123);
    let demo = AreaPolicy::ANY.with_demo(true);
    RosterPerson {
        name: PersonName::parse("李晓岚").unwrap(),
        identity_number: IdentityNumber::parse(&identity_number(number), today, demo).unwrap(),
        phone: Phone::parse(&format!("138{number:08}")).unwrap(),
        department: None,
        title: None,
    }
}

fn granted(reach: Reach) -> Scope {
    Scope::granted(AccountId::from_raw(7), reach)
}

async fn add(test: &TestApp, scope: &Scope, unit: UnitId, person: RosterPerson) -> Result<LearnerId, &'static str> {
    let (at, scope) = (test.at(), scope.clone());
    let added = test.db.write(async move |tx: &Tx<'_>| org::add_person(tx, &at, &scope, unit, &person).await).await;
    added.map_err(|error| error.code().unwrap_or("not a refusal"))
}

async fn sees(test: &TestApp, scope: Scope, learner: LearnerId) -> bool {
    let seen = test.db.read(async move |tx: &Tx<'_>| org::learner(tx, &scope, learner).await);
    seen.await.unwrap().is_some()
}

#[tokio::test]
async fn a_person_is_one_person_however_often_they_are_added() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let learner = add(&test, &scope, city.first, someone(1)).await.unwrap();
        assert_eq!(add(&test, &scope, city.first, someone(1)).await, Ok(learner));
        assert_eq!(add(&test, &clerk(city.second), city.second, someone(1)).await, Err("roster.works_elsewhere"));
        assert_eq!(add(&test, &scope, city.second, someone(2)).await, Err("request.not_found"));
        let renamed = RosterPerson { name: PersonName::parse("王芳").unwrap(), ..someone(1) };
        assert_eq!(add(&test, &scope, city.first, renamed).await, Err("roster.name_differs"));
        let same_phone = RosterPerson { phone: someone(1).phone, ..someone(3) };
        assert_eq!(add(&test, &scope, city.first, same_phone).await, Err("roster.phone_taken"));
        // The refused one left nothing behind: with a phone of their own they come in.
        add(&test, &scope, city.first, someone(3)).await.unwrap();
    }
}

/// A hat that reaches too far is a leak of identity numbers.
#[tokio::test]
async fn each_reach_sees_its_own_people() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let learner = add(&test, &clerk(city.first), city.first, someone(1)).await.unwrap();
        let other = add(&test, &clerk(city.second), city.second, someone(2)).await.unwrap();
        let region = |code: &str| granted(Reach::Region { region_code: code.to_owned() });
        for (scope, expected) in [
            (clerk(city.first), [true, false]),
            (clerk(city.second), [false, true]),
            (region("431002"), [true, false]),
            (region("431000"), [true, true]),
            (region("430000"), [true, true]),
            (region("440000"), [false, false]),
            (granted(Reach::Learner { learner }), [true, false]),
            (granted(Reach::Base { base: BaseId::from_raw(1) }), [false, false]),
            (Scope::system("test"), [true, true]),
        ] {
            let seen = [sees(&test, scope.clone(), learner).await, sees(&test, scope.clone(), other).await];
            assert_eq!(seen, expected, "{scope:?}");
            let (asker, unit) = (scope.clone(), city.first);
            let unit = test.db.read(async move |tx: &Tx<'_>| org::unit(tx, &asker, unit).await).await.unwrap();
            assert_eq!(unit.is_some(), expected[0], "the unit for {scope:?}");
        }
    }
}

/// Numbers are found by keyed index and opened only on purpose; the database holds neither in clear.
#[tokio::test]
async fn numbers_are_sealed_and_found() {
    const SEALED: &str = "SELECT l.identity_sealed, l.phone_sealed, i.identity_index, p.phone_index FROM learner l
        JOIN identity_index i ON i.learner_id = l.learner_id JOIN learner_phone p ON p.learner_id = l.learner_id";
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let learner = add(&test, &scope, city.first, someone(1)).await.unwrap();
        let (keys, asker, stranger) = (test.keys.clone(), scope.clone(), clerk(city.second));
        let index = org::identity_index(&keys, &someone(1).identity_number);
        let phone = keys.blind_index("phone", someone(1).phone.revealed());
        let (number, by_identity, by_stranger, by_phone, stored) = test
            .db
            .read(async move |tx: &Tx<'_>| {
                let stored = tx.query_one(SEALED, &[], |row| {
                    let mut all: Vec<u8> = Vec::new();
                    for column in 0..4 {
                        all.extend(row.get::<Vec<u8>>(column)?);
                    }
                    Ok(all)
                });
                Ok((
                    org::identity_number(tx, &keys, &asker, learner).await?,
                    org::learner_by_identity(tx, &asker, &index).await?,
                    org::learner_by_identity(tx, &stranger, &index).await?,
                    org::learner_by_phone(tx, &phone).await?,
                    stored.await?,
                ))
            })
            .await
            .unwrap();
        assert_eq!(number.unwrap(), someone(1).identity_number);
        assert_eq!((by_identity, by_stranger), (Some((learner, "李晓岚".to_owned())), None));
        assert_eq!(by_phone, Some((learner, "李晓岚".to_owned())));
        let holds = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!holds(&identity_number(1)) && !holds("13800000001"));
    }
}

#[tokio::test]
async fn units_and_bases_are_kept_once() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let at = test.at();
        test.db
            .write(async move |tx: &Tx<'_>| {
                let unit = NewUnit {
                    uscc: Ok(Uscc::parse("12431021MJX000034G")?),
                    name: "云溪医院".to_owned(),
                    kind: "public".to_owned(),
                    region_code: "431002".to_owned(),
                    industry: "health".to_owned(),
                };
                assert_eq!(org::add_unit(tx, &at, &unit).await?, city.first);
                let renamed = NewUnit { name: "另一家医院".to_owned(), ..unit.clone() };
                let refused = org::add_unit(tx, &at, &renamed).await.unwrap_err();
                assert_eq!(refused.code(), Some("org.uscc_taken"));
                let without = NewUnit { uscc: Err("newly founded".to_owned()), ..unit };
                let one = org::add_unit(tx, &at, &without).await?;
                assert_ne!(one, org::add_unit(tx, &at, &without).await?, "two units without a code are two");
                let base = NewBase {
                    uscc: Uscc::parse(crate::test_app::PAYEE_USCC)?,
                    name_zh: "继续教育中心".to_owned(),
                    name_en: "Centre".to_owned(),
                    kind: "public_institution".to_owned(),
                    receipt_kind: "fiscal_receipt".to_owned(),
                };
                let id = org::add_base(tx, &at, &base).await?;
                assert_eq!(org::add_base(tx, &at, &base).await?, id);
                assert_eq!(org::bases(tx).await?.len(), 1);
                assert_eq!(org::regions(tx).await?.len(), 3);
                assert_eq!(org::root_bureau(tx).await?.region_code, "431000");
                let root = org::root_bureau(tx).await?;
                for (region, prefix) in [("431021", "CZ"), ("4310", "CZ"), ("everything00", "CZ"), ("431000", "cz")] {
                    let (region_code, certificate_prefix) = (region.to_owned(), prefix.to_owned());
                    let unfit = org::RootBureau { region_code, certificate_prefix, ..root.clone() };
                    assert!(org::add_bureau(tx, &unfit).await.is_err(), "{region} {prefix}");
                }
                let page = org::units_page(tx, &Scope::system("test"), UnitId::from_raw(0), 2).await?;
                assert_eq!(page.iter().map(|unit| unit.id).collect::<Vec<_>>(), [city.first, city.second]);
                Ok(())
            })
            .await
            .unwrap();
    }
}
