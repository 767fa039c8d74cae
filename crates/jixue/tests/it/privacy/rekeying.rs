//! Turning the key: everything is sealed anew and found as before, also after a turn that was broken off.

use super::LEARNER;
use crate::credit::office::{Office, in_offices};
use crate::org::identity_number;
use jixue::command::rekey::rekey;
use jixue::db::{Tx, values};
use jixue::keys::Keys;
use jixue_core::scope::Scope;
use std::collections::BTreeSet;
use std::path::Path;

const UNTURNED: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM learner WHERE substr(identity_sealed, 1, 1) <> $1
    OR substr(phone_sealed, 1, 1) <> $1";

async fn unturned(office: &Office, generation: u8) -> i64 {
    let read = async move |tx: &Tx<'_>| tx.query_value::<i64>(UNTURNED, values![[generation]]).await;
    office.db.read(read).await.expect("a count")
}

/// With the keys as they are on disk now: person 1 is found by both numbers, and both open.
async fn person_is_found(office: &Office) {
    let node = office.second_node().await;
    let (at, learner) = (node.at(), office.learner(1));
    let found = node.db.read(async move |tx: &Tx<'_>| {
        let scope = Scope::system("test");
        let identity = at.keys.blind_index("identity", &identity_number(1));
        let phone = at.keys.blind_index("phone", LEARNER);
        let opened = jixue::org::identity_number(tx, &at.keys, &scope, learner).await?;
        Ok((
            jixue::org::learner_by_identity(tx, &scope, &identity).await?.map(|found| found.0),
            jixue::org::learner_by_phone(tx, &phone).await?.map(|found| found.0),
            opened.map(|number| number.revealed().to_owned()),
            jixue::org::phone(tx, &at.keys, &scope, learner).await?,
        ))
    });
    let wanted = (Some(learner), Some(learner), Some(identity_number(1)), Some(LEARNER.to_owned()));
    assert_eq!(found.await.expect("a person"), wanted);
    jixue::node::give_back(&node).await.expect("the node's number");
}

#[tokio::test]
async fn a_turned_key_finds_everybody_and_leaves_no_old_row() {
    in_offices(async |office| {
        office.sign_in(LEARNER).await;
        person_is_found(office).await;
        for generation in [2, 3] {
            let done = rekey(office.config.clone(), true).await.expect("a turn of the key");
            assert_eq!((done.generation, done.learners), (generation, 4));
            assert!(done.account_phones >= 1 && done.messages >= 1 && done.roster_rows >= 4, "{done:?}");
            assert_eq!(unturned(office, generation).await, 0);
            person_is_found(office).await;
        }
        let keys = &office.config.keys;
        assert!(keys.join("root.key").exists() && keys.join("root-2.key").exists(), "older backups open");
        const NOTED: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM audit_entry WHERE action = 'rekeyed'";
        assert_eq!(office.count(NOTED).await, 2);
    })
    .await;
}

/// A running node would look for people by indexes that are gone.
#[tokio::test]
async fn the_key_is_not_turned_while_a_node_runs() {
    in_offices(async |office| {
        let refused = rekey(office.config.clone(), false).await.expect_err("a node runs");
        assert!(refused.to_string().contains("--stopped"), "{refused}");
        assert!(!office.config.keys.join("root-2.key").exists());
        assert_eq!(unturned(office, 1).await, 0);
    })
    .await;
}

/// The power may fail after any row: the command goes on, and nothing serves half-found people meanwhile.
#[tokio::test]
async fn a_turn_broken_off_goes_on_and_nothing_opens_before() {
    in_offices(async |office| {
        let folder = office.config.keys.clone();
        std::fs::write(folder.join("root-2.key"), "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=").expect("a key");
        std::fs::write(folder.join("rekey.unfinished"), "2").expect("a mark");
        half(office, &folder).await;
        let refused = Keys::load(&folder).expect_err("broken off").to_string();
        assert!(refused.contains("run it again"), "{refused}");
        assert_eq!(unturned(office, 2).await, 3);
        let done = rekey(office.config.clone(), true).await.expect("the rest of the turn");
        assert_eq!((done.generation, done.learners), (2, 3), "what was done is not done again");
        assert_eq!(unturned(office, 2).await, 0);
        assert!(!folder.join("rekey.unfinished").exists());
        person_is_found(office).await;
    })
    .await;
}

/// Person 1 as the first rows of a turn leave them.
async fn half(office: &Office, folder: &Path) {
    let keys = Keys::load_turning(folder, 2).expect("both keys");
    let learner = office.learner(1);
    let number = identity_number(1);
    let sealed = keys.seal("identity", number.as_bytes());
    let phone = keys.seal("phone", LEARNER.as_bytes());
    let (by_number, by_phone) = (keys.blind_index("identity", &number), keys.blind_index("phone", LEARNER));
    let write = async move |tx: &Tx<'_>| {
        const ROW: &str = "UPDATE learner SET identity_sealed = $2, phone_sealed = $3 WHERE learner_id = $1";
        tx.execute(ROW, values![learner, &sealed, &phone]).await?;
        const BY_NUMBER: &str = "UPDATE identity_index SET identity_index = $2 WHERE learner_id = $1";
        tx.execute(BY_NUMBER, values![learner, &by_number]).await?;
        const BY_PHONE: &str = "UPDATE learner_phone SET phone_index = $2 WHERE learner_id = $1";
        tx.execute(BY_PHONE, values![learner, &by_phone]).await
    };
    office.db.write(write).await.expect("the first rows");
}

/// Who is bound to WeChat is found under the new key as under the old one, and so is the one union behind it.
#[tokio::test]
async fn who_is_bound_elsewhere_is_found_after_a_turn() {
    const BIND: &str =
        "INSERT INTO binding (binding_id, account_id, provider, subject_index, union_index, subject_sealed,
        bound_at) VALUES (1, 1, 'wechat', $1, $2, $3, 0)";
    const FOUND: &str = "SELECT subject_sealed FROM binding WHERE subject_index = $1 AND union_index = $2";
    const WHO: &str = "wechat\nopenid-1\nunion-1";
    in_offices(async |office| {
        let keys = office.at().keys.clone();
        let (subject, union) =
            (keys.blind_index("binding", "wechat\nopenid-1"), keys.blind_index("unionid", "union-1"));
        let sealed = keys.seal("binding", WHO.as_bytes());
        let bound =
            office.db.write(async move |tx: &Tx<'_>| tx.execute(BIND, values![&subject, &union, &sealed]).await);
        bound.await.expect("a binding");
        assert_eq!(rekey(office.config.clone(), true).await.expect("a turn of the key").bindings, 1);
        let keys = Keys::load(&office.config.keys).expect("keys");
        let (subject, union) =
            (keys.blind_index("binding", "wechat\nopenid-1"), keys.blind_index("unionid", "union-1"));
        let read = async move |tx: &Tx<'_>| tx.query_value::<Vec<u8>>(FOUND, values![&subject, &union]).await;
        let sealed = office.db.read(read).await.expect("the binding under its new indexes");
        assert_eq!(keys.open("binding", &sealed).expect("sealed by the new key"), WHO.as_bytes());
    })
    .await;
}

/// Every column that is sealed, or is an index made with a key. Whoever adds one teaches `jixue rekey` to turn it.
const TURNED: [&str; 24] = [
    "waiting_sheet.sealed",
    "list_import_row.sealed",
    "activation_request.identity_index",
    "activation_request.phone_index",
    "activation_request.phone_sealed",
    "account_phone.phone_index",
    "account_phone.phone_sealed",
    "confirmed_line.sealed",
    "correction_request.sealed",
    "identity_index.identity_index",
    "learner.identity_sealed",
    "learner.phone_sealed",
    "learner_phone.phone_index",
    "registration.identity_sealed",
    "registration.phone_index",
    "registration.phone_sealed",
    "roster_import_row.sealed",
    "roster_import_sheet.sealed",
    "second_factor.secret_sealed",
    "sms_message.parameters_sealed",
    "sms_message.phone_sealed",
    "binding.subject_index",
    "binding.subject_sealed",
    "binding.union_index",
];
/// Thrown away instead: good for minutes, or a memory of browsers only.
const DROPPED: [&str; 6] = [
    "sign_in_trip.secret_sealed",
    "factor_question.sealed",
    "known_browser.name_index",
    "pending_sign_in.name_index",
    "sign_in_code.phone_index",
    "sign_in_code_count.phone_index",
];

/// A column forgotten here is a column that opens no more when the old key is gone.
#[test]
fn every_sealed_column_is_turned() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut found = BTreeSet::new();
    for file in std::fs::read_dir(folder).expect("migrations") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("SQL");
        let mut table = String::new();
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let column = match words[..] {
                ["CREATE", "TABLE", name, ..] => {
                    table = name.trim_end_matches("_next").to_owned();
                    continue;
                }
                ["ALTER", "TABLE", name, "ADD", "COLUMN", column, ref kind @ ..] if kind.concat().contains("blob") => {
                    table = name.to_owned();
                    column
                }
                [column, "{{blob}}", ..] | [column, "{{blob}},", ..] => column,
                _ => continue,
            };
            if column.ends_with("sealed") || column.ends_with("_index") {
                found.insert(format!("{table}.{column}"));
            }
        }
    }
    let known: BTreeSet<String> = TURNED.into_iter().chain(DROPPED).map(str::to_owned).collect();
    assert_eq!(found, known);
}
