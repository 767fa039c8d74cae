//! Somebody asks that their data goes: two officers decide, everything that tells who they are goes, what the law keeps stays.

use super::{LEARNER, auditor, learner};
use crate::credit::office::{Office, Officer, in_offices};
use crate::grants::{region, signed_in};
use crate::org::{identity_number, person};
use jixue::db::{Tx, Value, values};
use jixue::privacy::{replay_erasures, returned_erasures};
use jixue_core::role::Role;

const WHY: &str = "已离开本市，不再评审职称";
const CHECKED: &str = "核对过身份证原件";
const SECOND: &str = "13900000421";

async fn ask(own: &Officer<'_>) -> (u16, String) {
    let form = [("csrf", own.csrf.as_str()), ("reason", WHY)];
    own.told(own.client.post(own.office.url("/me/erasure")).form(&form)).await
}

async fn request(office: &Office) -> String {
    const OPEN: &str = "SELECT COALESCE(MAX(request_id), 0) FROM erasure_request WHERE state IN ('open', 'agreed')";
    office.count(OPEN).await.to_string()
}

async fn step(by: &Officer<'_>, number: usize, step: &str, words: &str) -> (u16, String) {
    let request = request(by.office).await;
    let address = by.office.url(&format!("/people/{}/erasure", by.office.learner(number)));
    let form = [("csrf", by.csrf.as_str()), ("step", step), ("request", request.as_str()), ("words", words)];
    by.told(by.client.post(address).form(&form)).await
}

async fn second(office: &Office) -> Officer<'_> {
    signed_in(office, SECOND, Role::CountyOfficer, region("431002")).await
}

fn done(what: &str) -> (u16, String) {
    (303, format!("/erasures?done={what}"))
}

/// Ends everything that would stand in the way of the sample's person.
async fn nothing_open(office: &Office) {
    let learner = office.learner(1);
    let write = async move |tx: &Tx<'_>| {
        const SEATS: &str = "DELETE FROM seat WHERE learner_id = $1";
        tx.execute(SEATS, values![learner]).await
    };
    office.db.write(write).await.expect("no seat");
}

async fn counted(office: &Office, sql: &'static str, value: Value) -> i64 {
    let read = async move |tx: &Tx<'_>| tx.query_value::<i64>(sql, std::slice::from_ref(&value)).await;
    office.db.read(read).await.expect("a count")
}

/// Source: PIPL, art. 47. Neither the name nor a number may be found anywhere afterwards.
#[tokio::test]
async fn two_officers_erase_somebody_and_nothing_leads_back() {
    in_offices(async |office| {
        let (own, first, other) = (learner(office).await, office.officer("431002").await, second(office).await);
        nothing_open(office).await;
        assert_eq!(ask(&own).await, (303, "/me/data?done=erasure_asked#erasure".to_owned()));
        assert_eq!(ask(&own).await, (409, "erasure.asked_already".to_owned()));
        assert_eq!(step(&first, 1, "confirm", CHECKED).await, (409, "erasure.not_agreed".to_owned()));
        assert_eq!(step(&first, 1, "agree", "").await.0, 422, "not without a word");
        assert_eq!(step(&first, 1, "agree", CHECKED).await, done("erasure_agreed"));
        let alone = (409, "erasure.second_person".to_owned());
        assert_eq!(step(&first, 1, "confirm", CHECKED).await, alone);
        assert!(own.get("/me/data").await.1.contains("待第二人确认"));
        assert_eq!(step(&other, 1, "confirm", CHECKED).await, done("erasure_done"));

        let [name, ..] = person(1);
        const NAMED: &str = "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM learner WHERE name = $1)
            + (SELECT CAST(COUNT(*) AS BIGINT) FROM account WHERE display_name = $1)";
        assert_eq!(counted(office, NAMED, name.clone().into()).await, 0);
        let keys = office.at().keys.clone();
        let (by_number, by_phone) =
            (keys.blind_index("identity", &identity_number(1)), keys.blind_index("phone", LEARNER));
        const NUMBERED: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM identity_index WHERE identity_index = $1";
        assert_eq!(counted(office, NUMBERED, by_number.into()).await, 0);
        const PHONED: &str = "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM learner_phone WHERE phone_index = $1)
            + (SELECT CAST(COUNT(*) AS BIGINT) FROM account_phone WHERE phone_index = $1)
            + (SELECT CAST(COUNT(*) AS BIGINT) FROM sign_in_code WHERE phone_index = $1)";
        assert_eq!(counted(office, PHONED, by_phone.into()).await, 0);
        const LEFT: &str = "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM roster_import_row WHERE learner_id = $1)
            + (SELECT CAST(COUNT(*) AS BIGINT) FROM employment WHERE learner_id = $1 AND ended_on IS NULL)
            + (SELECT CAST(COUNT(*) AS BIGINT) FROM session s JOIN account a ON a.account_id = s.account_id
                WHERE a.learner_id = $1)";
        assert_eq!(counted(office, LEFT, office.learner(1).into()).await, 0);
        assert_eq!(messages_to(office, LEARNER).await, 0);
        let answer = own.client.get(office.url("/learn")).header("accept", "application/json").send().await.unwrap();
        assert_eq!(answer.status(), 401, "no session is left");
        const STAYS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM learner WHERE learner_id = $1";
        assert_eq!(counted(office, STAYS, office.learner(1).into()).await, 1, "what the law keeps has its number");
        let (_, trail) = auditor(office, "431000").await.get("/audit").await;
        assert!(trail.contains("确认删除个人信息") && !trail.contains(&name) && !trail.contains(WHY), "{trail}");
        assert!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM learner WHERE name <> '—'").await > 0);
    })
    .await;
}

/// How many messages are held for a number.
async fn messages_to(office: &Office, phone: &str) -> usize {
    const ALL: &str = "SELECT phone_sealed FROM sms_message ORDER BY message_id LIMIT 1000";
    let read = async move |tx: &Tx<'_>| tx.query(ALL, values![], |row| row.get::<Vec<u8>>(0)).await;
    let sealed = office.db.read(read).await.expect("messages");
    let keys = &office.at().keys;
    sealed.iter().filter(|sealed| keys.open("sms phone", sealed).is_ok_and(|plain| plain == phone.as_bytes())).count()
}

/// Whoever writes a paper request down is not the second person; a learner's own rights and reach decide nothing.
#[tokio::test]
async fn a_request_on_paper_takes_another_to_confirm() {
    in_offices(async |office| {
        let (own, first, other) = (learner(office).await, office.officer("431002").await, second(office).await);
        let next_door = office.officer("431003").await;
        nothing_open(office).await;
        assert_eq!(step(&next_door, 1, "record", WHY).await.0, 404, "beyond reach");
        assert_eq!(step(&own, 1, "record", WHY).await.0, 403);
        assert_eq!(step(&first, 1, "record", WHY).await, done("erasure_recorded"));
        let (_, list) = first.get("/erasures").await;
        assert!(list.contains("书面申请") && list.contains(WHY), "{list}");
        assert!(!next_door.get("/erasures").await.1.contains(WHY));
        assert_eq!(step(&other, 1, "agree", CHECKED).await, done("erasure_agreed"));
        assert_eq!(step(&first, 1, "confirm", CHECKED).await, (409, "erasure.second_person".to_owned()));
        assert_eq!(step(&first, 1, "refuse", "本人来电撤回").await, done("erasure_refused"));
        let (_, page) = own.get("/me/data").await;
        assert!(page.contains("本人来电撤回") && page.contains("未同意"), "{page}");
        assert_eq!(ask(&own).await.0, 303, "again");
        let form = [("csrf", own.csrf.as_str())];
        let taken_back = own.told(own.client.post(office.url("/me/erasure-withdrawal")).form(&form)).await;
        assert_eq!(taken_back, (303, "/me/data?done=erasure_withdrawn#erasure".to_owned()));
        assert_eq!(step(&other, 1, "agree", CHECKED).await, (409, "erasure.not_open".to_owned()));
    })
    .await;
}

/// Two officers of whom one made the other are one; so is an officer made after the request.
#[tokio::test]
async fn an_officer_does_not_confirm_with_one_of_their_own_making() {
    const FIRST: &str =
        "(SELECT MIN(account_id) FROM role_grant WHERE role = 'county_officer' AND region_code = '431002')";
    const LAST: &str =
        "(SELECT MAX(account_id) FROM role_grant WHERE role = 'county_officer' AND region_code = '431002')";
    in_offices(async |office| {
        let (own, first, other) = (learner(office).await, office.officer("431002").await, second(office).await);
        nothing_open(office).await;
        assert_eq!(ask(&own).await.0, 303);
        assert_eq!(step(&first, 1, "agree", CHECKED).await, done("erasure_agreed"));
        for (change, of, undo) in [
            (format!("given_by = {FIRST}"), LAST, "given_by = 0"),
            (format!("deputy_for_account = {FIRST}"), LAST, "deputy_for_account = NULL"),
            ("given_at = given_at + 600000".to_owned(), LAST, "given_at = given_at - 600000"),
            (format!("given_by = {LAST}"), FIRST, "given_by = 0"),
        ] {
            change_grant(office, &change, of).await;
            let refused = step(&other, 1, "confirm", CHECKED).await;
            assert_eq!(refused, (409, "erasure.not_independent".to_owned()), "{change}");
            change_grant(office, undo, of).await;
        }
        assert_eq!(step(&other, 1, "confirm", CHECKED).await, done("erasure_done"));
    })
    .await;
}

async fn change_grant(office: &Office, change: &str, of: &str) {
    let sql = format!("UPDATE role_grant SET {change} WHERE account_id = {of}");
    let sql: &'static str = Box::leak(sql.into_boxed_str());
    let write = async move |tx: &Tx<'_>| tx.execute(sql, values![]).await;
    assert_eq!(office.db.write(write).await.expect("a change"), 1);
}

/// A screen that somebody left open erases nobody, and takes no copy of whole numbers out.
#[tokio::test]
async fn a_fresh_proof_goes_before_erasing_and_before_a_copy() {
    in_offices(async |office| {
        let (own, first, other) = (learner(office).await, office.officer("431002").await, second(office).await);
        nothing_open(office).await;
        assert_eq!(ask(&own).await.0, 303);
        office.clock.advance_ms(11 * 60_000);
        let to_proof = (303, "/me/confirmation?back=/erasures".to_owned());
        assert_eq!(step(&first, 1, "agree", CHECKED).await, to_proof);
        assert_eq!(step(&other, 1, "confirm", CHECKED).await, to_proof);
        let again = office.officer("431002").await;
        assert_eq!(step(&again, 1, "agree", CHECKED).await, done("erasure_agreed"), "signing in is a proof");
        let form = [("csrf", own.csrf.as_str())];
        let copy = own.told(own.client.post(office.url("/me/data-copies")).form(&form)).await;
        assert_eq!(copy, (303, "/me/confirmation?back=/me/data".to_owned()));
    })
    .await;
}

/// An order that waits, money in suspense, a year that is open: each is named.
#[tokio::test]
async fn what_is_open_puts_an_erasure_off() {
    in_offices(async |office| {
        let (own, first) = (learner(office).await, office.officer("431002").await);
        nothing_open(office).await;
        assert_eq!(ask(&own).await.0, 303);
        let (learner, year) = (office.learner(1), office.year);
        let seat = async move |tx: &Tx<'_>| {
            const SEAT: &str = "INSERT INTO seat (learner_id, year, subject, payer_id, order_id, paid_at)
                VALUES ($1, $2, 'public', $1, 1, 0)";
            tx.execute(SEAT, values![learner, year]).await
        };
        office.db.write(seat).await.expect("a seat");
        assert_eq!(step(&first, 1, "agree", CHECKED).await, (409, "erasure.year_open".to_owned()));
        assert!(first.get("/erasures").await.1.contains("才结束"), "the page says until when");
        nothing_open(office).await;
        let grant = async move |tx: &Tx<'_>| {
            const GRANT: &str = "INSERT INTO role_grant (account_id, grant_id, role, region_code, given_by, given_at)
                SELECT account_id, 7, 'expert', '431000', 0, 0 FROM account WHERE learner_id = $1";
            tx.execute(GRANT, values![learner]).await
        };
        office.db.write(grant).await.expect("a grant");
        assert_eq!(step(&first, 1, "agree", CHECKED).await, (409, "erasure.has_rights".to_owned()));
    })
    .await;
}

/// A restored copy of the database knows nothing of later erasures: the list beside it does.
#[tokio::test]
async fn what_an_older_copy_brings_back_goes_again() {
    in_offices(async |office| {
        let list = office.config.data.join("erasures.list");
        std::fs::write(&list, format!("{}\n", office.learner(1))).expect("a list");
        assert_eq!(returned_erasures(office).await.unwrap(), [office.learner(1)]);
        assert_eq!(replay_erasures(office).await.unwrap(), 1);
        assert_eq!(returned_erasures(office).await.unwrap(), []);
        assert_eq!(replay_erasures(office).await.unwrap(), 0, "again, nothing changes");
        let learner = office.learner(1);
        let restore = async move |tx: &Tx<'_>| {
            const BACK: &str = "UPDATE learner SET name = '王文渤', identity_sealed = $2 WHERE learner_id = $1";
            tx.execute(BACK, values![learner, b"sealed".to_vec()]).await
        };
        office.db.write(restore).await.expect("an older copy is put in place while the program runs");
        assert_eq!(returned_erasures(office).await.unwrap(), [learner]);
        jixue::reactions::forget(office).await.expect("the daily work");
        assert_eq!(returned_erasures(office).await.unwrap(), [], "at the latest a day later");
        std::fs::remove_file(&list).expect("the list is lost");
        assert_eq!(replay_erasures(office).await.unwrap(), 0);
        let text = std::fs::read_to_string(&list).expect("the database completes it");
        assert_eq!(text.trim(), office.learner(1).to_string());
    })
    .await;
}
