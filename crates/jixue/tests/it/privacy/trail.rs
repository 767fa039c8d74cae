//! The audit trail: complete, searchable, and not to be changed without being found.

use super::{PURPOSE, ask, auditor, clerk};
use crate::credit::office::{Office, in_offices};
use crate::grants::{region, signed_in};
use jixue::db::{Tx, values};
use jixue::trail::{self, Act, Broken};
use jixue_core::audit::{Action, KEPT_DAYS_MIN};
use jixue_core::role::Role;

const ENTRIES: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM audit_entry";

async fn tamper(office: &Office, sql: &'static str) {
    let write = async move |tx: &Tx<'_>| tx.execute(sql, values![]).await;
    office.db.write(write).await.expect("the statement runs");
}

/// Three acts, numbered and linked.
async fn acts(office: &Office) {
    let at = office.at();
    let write = async move |tx: &Tx<'_>| {
        for words in ["甲", "乙", "丙"] {
            trail::record(tx, &at, Act::of_system(Action::Exported).saying(words)).await?;
        }
        Ok(())
    };
    office.db.write(write).await.expect("acts are recorded");
    office.settle().await;
}

async fn verdict(office: &Office) -> Result<i64, Broken> {
    trail::verify(office).await.expect("the trail is read")
}

/// Whoever can write to the database must not be able to make an act unseen.
#[tokio::test]
async fn a_changed_entry_is_found() {
    in_offices(async |office| {
        acts(office).await;
        let whole = office.count(ENTRIES).await;
        assert_eq!(verdict(office).await, Ok(whole));
        tamper(office, "UPDATE audit_entry SET words = '丁' WHERE words = '乙'").await;
        assert!(matches!(verdict(office).await, Err(Broken::Changed { .. })));
        tamper(office, "UPDATE audit_entry SET words = '乙' WHERE words = '丁'").await;
        assert_eq!(verdict(office).await, Ok(whole), "as it was");
        tamper(office, "UPDATE audit_entry SET account_id = 7 WHERE words = '丙'").await;
        assert!(matches!(verdict(office).await, Err(Broken::Changed { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_deleted_entry_is_found_with_and_without_its_fact() {
    in_offices(async |office| {
        acts(office).await;
        tamper(office, "DELETE FROM audit_entry WHERE words = '丙'").await;
        let Err(Broken::Missing { seq, .. }) = verdict(office).await else { panic!("a missing entry") };
        tamper(
            office,
            "DELETE FROM fact WHERE book = 'audit' AND seq = (SELECT MAX(seq) FROM fact WHERE book = 'audit')",
        )
        .await;
        assert_eq!(verdict(office).await, Err(Broken::Chain { seq }), "cut off at the end");
    })
    .await;
}

#[tokio::test]
async fn an_invented_entry_is_found() {
    in_offices(async |office| {
        acts(office).await;
        tamper(
            office,
            "INSERT INTO audit_entry (entry_id, at, account_id, role, action, object_kind, object_id, learner_id,
                region_code, words, salt)
            SELECT 7, at, account_id, role, action, object_kind, object_id, learner_id, region_code, words, salt
            FROM audit_entry WHERE words = '甲'",
        )
        .await;
        assert_eq!(verdict(office).await, Err(Broken::Stray { entry: 7 }));
    })
    .await;
}

/// Source: 网络安全法, art. 21: six months at least; what is older goes, and the rest can still be verified.
#[tokio::test]
async fn entries_whose_time_is_over_go_and_the_chain_stays() {
    in_offices(async |office| {
        acts(office).await;
        trail::forget(office).await.expect("nothing is old yet");
        assert!(office.count(ENTRIES).await >= 3);
        office.clock.advance_ms(office.config.limits.audit_days_kept * 86_400_000 + 1);
        trail::forget(office).await.expect("old entries go");
        assert_eq!(office.count(ENTRIES).await, 0);
        acts(office).await;
        assert_eq!(verdict(office).await, Ok(3));
        assert!(office.config.limits.audit_days_kept >= KEPT_DAYS_MIN);
        tamper(office, "DELETE FROM audit_entry WHERE words = '甲'").await;
        assert!(matches!(verdict(office).await, Err(Broken::Missing { .. })), "not before its time");
    })
    .await;
}

/// Auditors find who did it, to whom and why, each within their own region.
#[tokio::test]
async fn auditors_search_by_name_action_and_day() {
    in_offices(async |office| {
        let (clerk, root) = (clerk(office).await, auditor(office, "431000").await);
        assert_eq!(ask(&clerk, 1, "phone", PURPOSE).await.0, 200);
        let found = async |query: &str| {
            let (status, page) = root.get(&format!("/audit{query}")).await;
            assert_eq!(status, 200, "{query}");
            page.contains(PURPOSE)
        };
        assert!(found("").await && found("?action=disclosed").await);
        assert!(!found("?action=grant_given").await && !found("?actor=%E6%97%A0%E6%AD%A4%E4%BA%BA").await);
        assert!(found("?actor=%E5%91%A8%E6%95%8F").await, "by the clerk's name");
        assert!(!found("?from=2020-01-01&until=2020-12-31").await);
        assert_eq!(root.get("/audit?from=yesterday").await.0, 422);
        let (_, page) = root.get("/audit").await;
        assert!(page.contains("给出授权") && page.contains("导入名册"), "acts that were facts before");
        let next_door = signed_in(office, "13900000409", Role::AuditAdministrator, region("431003")).await;
        assert!(!next_door.get("/audit").await.1.contains(PURPOSE), "another county's");
        assert_eq!(clerk.get("/audit").await.0, 403);
    })
    .await;
}

/// "Who has looked at me?": answered by the number, which stands in no address.
#[tokio::test]
async fn auditors_find_a_person_by_number() {
    in_offices(async |office| {
        let (clerk, root) = (clerk(office).await, auditor(office, "431000").await);
        assert_eq!(ask(&clerk, 1, "phone", PURPOSE).await.0, 200);
        let find = async |number: &str| {
            let form = [("csrf", root.csrf.as_str()), ("number", number)];
            root.told(root.client.post(office.url("/audit-people")).form(&form)).await
        };
        for number in [crate::org::identity_number(1), super::LEARNER.to_owned()] {
            let (status, to) = find(&number).await;
            assert_eq!(status, 303);
            assert!(!to.contains(&number), "{to}");
            assert!(root.get(&to).await.1.contains(PURPOSE));
        }
        let (status, to) = find(&crate::org::identity_number(2)).await;
        assert_eq!(status, 303);
        assert!(!root.get(&to).await.1.contains(PURPOSE), "another's");
        let learner = office.learner(1);
        let leave = async move |tx: &Tx<'_>| {
            const LEAVE: &str = "UPDATE employment SET ended_on = 20260101 WHERE learner_id = $1";
            tx.execute(LEAVE, values![learner]).await
        };
        office.db.write(leave).await.expect("no unit employs them");
        let (_, to) = find(&crate::org::identity_number(1)).await;
        assert!(root.get(&to).await.1.contains(PURPOSE), "what was done before is still found");
        let next_door = signed_in(office, "13900000409", Role::AuditAdministrator, region("431003")).await;
        let form = [("csrf", next_door.csrf.as_str()), ("number", &crate::org::identity_number(1))];
        let (_, to) = next_door.told(next_door.client.post(office.url("/audit-people")).form(&form)).await;
        assert!(to.contains("person=-1"), "not even the number of somebody next door: {to}");
        let (_, nobody) = find("13999999999").await;
        assert!(!root.get(&nobody).await.1.contains(PURPOSE));
        assert_eq!(find("x").await.0, 422);
        assert_eq!(find(&crate::org::identity_number(3)).await.1, nobody, "no entry about them");
        let next_door = signed_in(office, "13900000409", Role::AuditAdministrator, region("431003")).await;
        for number in [crate::org::identity_number(1), super::LEARNER.to_owned(), "13999999999".to_owned()] {
            let form = [("csrf", next_door.csrf.as_str()), ("number", number.as_str())];
            let told = next_door.told(next_door.client.post(office.url("/audit-people")).form(&form)).await;
            assert_eq!(told, (303, nobody.clone()), "another county learns of nobody");
        }
    })
    .await;
}

/// Source: reliability.md §2, case 25: a purpose that is a formula must not run where the file is opened.
#[tokio::test]
async fn attack_case_25_the_trail_as_a_file_holds_no_formula_and_tells_of_itself() {
    in_offices(async |office| {
        let (clerk, root) = (clerk(office).await, auditor(office, "431000").await);
        let at = office.at();
        let act = Act::of_system(Action::Exported).saying("=cmd|' /C calc'!A0, \"x\"");
        let write = async move |tx: &Tx<'_>| trail::record(tx, &at, act.clone()).await.map(drop);
        office.db.write(write).await.expect("an entry");
        assert_eq!(ask(&clerk, 1, "phone", "=1+1 核对电话").await.0, 200);
        let (status, csv) = root.get("/audit-export?format=csv").await;
        assert_eq!(status, 200);
        assert!(csv.contains("\"'=cmd|' /C calc'!A0, \"\"x\"\"\""), "{csv}");
        assert!(!csv.lines().any(|line| line.split(',').any(|field| field.starts_with('='))), "{csv}");
        let before = office.count(ENTRIES).await;
        let answer = root.client.get(office.url("/audit-export?format=xlsx")).send().await.unwrap();
        assert!(answer.status().is_success() && answer.bytes().await.unwrap().starts_with(b"PK"));
        assert_eq!(office.count(ENTRIES).await, before + 1);
        assert!(root.get("/audit?action=trail_exported").await.1.contains("下载审计记录"));
    })
    .await;
}
