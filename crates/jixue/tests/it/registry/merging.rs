//! Two units that are one.

use super::{brought, post};
use crate::credit::office::{Office, in_offices};
use crate::org::{clerk, person, roster};
use jixue::db::{Tx, values};
use jixue::identity::{Granting, NewAccount, give_grant, open_account, open_session};
use jixue::org::import_roster;
use jixue_core::id::UnitId;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};

async fn numbers(office: &Office, sql: &'static str, unit: UnitId) -> i64 {
    office.db.read(async move |tx: &Tx<'_>| tx.query_value(sql, values![unit]).await).await.expect("a number")
}

const PEOPLE: &str = "SELECT COUNT(*) FROM employment WHERE unit_id = $1 AND ended_on IS NULL";
const YEARS: &str = "SELECT COUNT(*) FROM standing WHERE unit_id = $1";
const COUNTED: &str = "SELECT CAST(COALESCE(SUM(required), 0) AS BIGINT) FROM progress_rollup WHERE unit_id = $1";

/// The first unit as the registry knows it.
pub async fn first(office: &Office) -> UnitId {
    const FIRST: &str = "SELECT unit_id FROM employer_unit WHERE uscc = '12431021MJX000034G'";
    office.db.read(async |tx: &Tx<'_>| tx.query_value(FIRST, values![]).await).await.expect("a unit")
}

fn browser(token: &str) -> reqwest::Client {
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("cookie", format!("jixue_session={token}").parse().expect("a cookie"));
    let redirects = reqwest::redirect::Policy::none();
    reqwest::Client::builder().default_headers(headers).redirect(redirects).build().expect("an HTTP client")
}

/// The first unit registered once more, with person 4 and a clerk, whose session is returned.
async fn twin(office: &Office) -> (UnitId, reqwest::Client) {
    let unit = brought(office, "云溪 医院", Err("重复登记"), "431002").await;
    import_roster(office, &clerk(unit), unit, "b.xlsx", roster(&[person(4)]).into()).await.expect("a roster");
    office.test.settle().await;
    let at = office.at();
    let account = office
        .db
        .write(async move |tx: &Tx<'_>| {
            let new =
                NewAccount { name: "何静".to_owned(), phone: None, login: None, password_hash: None, learner: None };
            let account = open_account(tx, &at, &new).await?;
            let granting = Granting { account, role: Role::UnitClerk, reach: Reach::Unit { unit }, until: None };
            give_grant(tx, &at, &Scope::system("test"), &granting).await?;
            Ok(account)
        })
        .await
        .expect("a clerk");
    let token = open_session(&office.test.app, account, "test").await.expect("a session");
    (unit, browser(&token))
}

#[tokio::test]
async fn two_units_become_one_with_all_that_hangs_on_them() {
    in_offices(async |office| {
        let (old, stays) = (first(office).await, office.officer("431002").await);
        let (unit, clerk_of_twin) = twin(office).await;
        let people = clerk_of_twin.get(office.url("/unit/people")).send().await.unwrap().text().await.unwrap();
        assert!(people.contains(&person(4)[0]));
        let (_, pairs) = stays.get("/bureau/unit-duplicates").await;
        assert!(
            pairs.contains("同一区县，名称相同") && pairs.contains(&format!("/bureau/units/{unit}/merge?into={old}"))
        );
        let (_, preview) = stays.get(&format!("/bureau/units/{unit}/merge?into={old}")).await;
        assert!(preview.contains("1 名在职人员和 0 名曾在职人员") && preview.contains("1 人次"), "{preview}");
        assert!(preview.contains("1 项授权") && preview.contains("0 张订单"));

        let form = [("into", old.to_string()), ("reason", "重复登记，已核实".to_owned())];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let merged = post(&stays, &format!("/bureau/units/{unit}/merge"), &form).await;
        assert_eq!(merged, (303, format!("/bureau/units/{old}?done=units_merged")));
        for (sql, expected) in [(PEOPLE, 4), (YEARS, 4), (COUNTED, 4)] {
            assert_eq!((numbers(office, sql, old).await, numbers(office, sql, unit).await), (expected, 0), "{sql}");
        }
        // The clerk's old right is gone in the next request; a new session wears the one that moved.
        let gone = clerk_of_twin.get(office.url("/unit/people")).send().await.unwrap();
        assert!(gone.status() == 303 || gone.status() == 403 || gone.status() == 401, "{}", gone.status());
        let (status, _) = stays.get(&format!("/bureau/units/{unit}")).await;
        assert_eq!(status, 303, "the old address leads on");
        let (_, list) = stays.get("/bureau/units").await;
        assert!(!list.contains("云溪 医院"), "a unit that is another by now is not listed");
        assert_eq!(post(&stays, &format!("/bureau/units/{unit}/merge"), &form).await, (409, "unit.merged".to_owned()));
        let late = import_roster(office, &clerk(unit), unit, "c.xlsx", roster(&[person(5)]).into()).await;
        assert!(late.is_err(), "nobody joins a unit that is another by now");

        let merge: i64 = office.count("SELECT MAX(merge_id) FROM unit_merge").await;
        let undone = post(&stays, &format!("/bureau/unit-merges/{merge}/undoing"), &[]).await;
        assert_eq!(undone, (303, "/bureau/units?done=units_parted".to_owned()));
        for (sql, expected) in [(PEOPLE, (3, 1)), (YEARS, (3, 1)), (COUNTED, (3, 1))] {
            assert_eq!((numbers(office, sql, old).await, numbers(office, sql, unit).await), expected, "{sql}");
        }
        let again = clerk_of_twin.get(office.url("/unit/people")).send().await.unwrap();
        assert_eq!(again.status(), 200, "what the merge took is held again");
        let twice = post(&stays, &format!("/bureau/unit-merges/{merge}/undoing"), &[]).await;
        assert_eq!(twice, (409, "unit.parted_already".to_owned()));
        let year = office.year;
        let different =
            office.db.read(async move |tx: &Tx<'_>| jixue::oversight::recount(tx, year).await).await.unwrap();
        assert!(different.is_empty(), "{different:?}");
    })
    .await;
}

/// A move checks both ends: who reaches only one of them would give people away, or take them.
#[tokio::test]
async fn both_units_must_be_the_officers_own() {
    in_offices(async |office| {
        let (old, second) = (first(office).await, numbers(office, SECOND, UnitId::from_raw(0)).await.to_string());
        let old = old.to_string();
        for (region, from, into) in
            [("431002", &old, &second), ("431002", &second, &old), ("431003", &old, &second), ("431003", &second, &old)]
        {
            let county = office.officer(region).await;
            let form = [("into", into.as_str()), ("reason", "试试")];
            let told = post(&county, &format!("/bureau/units/{from}/merge"), &form).await;
            assert_eq!(told, (404, "request.not_found".to_owned()), "{region}");
            assert_eq!(county.get(&format!("/bureau/units/{from}/merge?into={into}")).await.0, 404);
        }
        let root = office.officer("431000").await;
        let itself = post(&root, &format!("/bureau/units/{old}/merge"), &[("into", &old), ("reason", "试试")]).await;
        assert_eq!(itself, (409, "unit.merge_with_itself".to_owned()));
        let silent = post(&root, &format!("/bureau/units/{old}/merge"), &[("into", &second), ("reason", " ")]).await;
        assert_eq!(silent, (422, "unit.reason_missing".to_owned()));
        let merged =
            post(&root, &format!("/bureau/units/{old}/merge"), &[("into", &second), ("reason", "合署办公")]).await;
        assert_eq!(merged.0, 303, "the city reaches both: {merged:?}");
        let merge = office.count("SELECT MAX(merge_id) FROM unit_merge").await;
        let county = office.officer("431003").await;
        let told = post(&county, &format!("/bureau/unit-merges/{merge}/undoing"), &[]).await;
        assert_eq!(told, (404, "request.not_found".to_owned()), "one end is not enough to part them");
    })
    .await;
}

const SECOND: &str = "SELECT unit_id FROM employer_unit WHERE uscc = '91431081MJX0000423' AND unit_id > $1";

/// Two officers press the button for the same pair, each the other way round: one unit must be left, not none.
#[tokio::test]
async fn a_pair_merged_both_ways_at_once_is_merged_once() {
    in_offices(async |office| {
        let old = first(office).await;
        let (unit, _) = twin(office).await;
        let both = [(unit, old), (old, unit)].map(|(from, into)| {
            let (at, scope) = (office.at(), Scope::system("test"));
            office
                .db
                .write(async move |tx: &Tx<'_>| jixue::org::merge_units(tx, &at, &scope, (from, into), "同时").await)
        });
        let [one, other] = futures_util::future::join_all(both).await.try_into().expect("two outcomes");
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let living = office.count("SELECT COUNT(*) FROM employer_unit WHERE merged_into IS NULL").await;
        assert_eq!(living, 2);
        assert_eq!(numbers(office, PEOPLE, old).await + numbers(office, PEOPLE, unit).await, 4);
    })
    .await;
}
