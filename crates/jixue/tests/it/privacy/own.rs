//! One's own data: the notice, what is held, a copy of all of it.

use super::{LEARNER, learner};
use crate::credit::office::{Office, Officer, in_offices};
use crate::org::{identity_number, person};
use serde_json::Value as Json;
use std::io::{Cursor, Read};

/// The files of a copy: the page and the data.
async fn copy(own: &Officer<'_>) -> (String, Json) {
    let form = [("csrf", own.csrf.as_str())];
    let answer = own.client.post(own.office.url("/me/data-copies")).form(&form).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let bytes = answer.bytes().await.expect("an archive");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a ZIP archive");
    let mut file = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).expect("a file").read_to_string(&mut text).expect("text");
        text
    };
    let data = serde_json::from_str(&file("data.json")).expect("JSON");
    (file("data.html"), data)
}

/// Source: PIPL, art. 45.
#[tokio::test]
async fn a_copy_holds_everything_of_oneself_and_nothing_of_others() {
    in_offices(async |office| {
        let own = learner(office).await;
        let (page, data) = copy(&own).await;
        assert_eq!(data["person"]["identity_number"], identity_number(1));
        assert_eq!(data["person"]["phone"], LEARNER);
        assert_eq!(data["employments"].as_array().map(Vec::len), Some(1));
        assert_eq!(data["standings"][0]["year"], office.year.0);
        assert!(page.contains(&identity_number(1)) && page.contains("工作单位"), "{page}");
        let everything = data.to_string() + &page;
        for other in [2, 3, 9] {
            let [name, ..] = person(other);
            assert!(!everything.contains(&identity_number(other)) && !everything.contains(&name), "person {other}");
        }
        const TAKEN: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM audit_entry WHERE action = 'copy_taken'";
        assert_eq!(office.count(TAKEN).await, 1);
    })
    .await;
}

async fn notice(office: &Office, own: &Officer<'_>) -> (u16, String) {
    let answer = own.client.get(office.url("/me/notice?back=/learn")).send().await.expect("an answer");
    let to = answer.headers().get("location").map(|to| to.to_str().expect("an address").to_owned());
    (answer.status().as_u16(), to.unwrap_or_default())
}

/// The notice stands between signing in and the first page, once a version.
#[tokio::test]
async fn the_notice_is_read_once() {
    in_offices(async |office| {
        let own = learner(office).await;
        assert_eq!(notice(office, &own).await, (200, String::new()));
        assert!(own.get("/me/data").await.1.contains("尚未阅读"));
        let form = [("csrf", own.csrf.as_str()), ("back", "//evil.example")];
        let read = own.told(own.client.post(office.url("/me/notice")).form(&form)).await;
        assert_eq!(read, (303, "/".to_owned()), "never to another site");
        assert_eq!(notice(office, &own).await, (303, "/learn".to_owned()));
        let page = own.get("/me/data").await.1;
        assert!(!page.contains("尚未阅读") && page.contains("未同意"), "reading is not agreeing");
        const ROWS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM consent";
        own.told(own.client.post(office.url("/me/notice")).form(&form)).await;
        assert_eq!(office.count(ROWS).await, 1, "twice is once");
        let unread = [("csrf", own.csrf.as_str()), ("kind", "notice"), ("gives", "")];
        assert_eq!(own.told(own.client.post(office.url("/me/consents")).form(&unread)).await.0, 404);
    })
    .await;
}

/// A new version of the notice is a new question.
#[tokio::test]
async fn an_older_version_does_not_count() {
    in_offices(async |office| {
        let own = learner(office).await;
        let form = [("csrf", own.csrf.as_str()), ("back", "/learn"), ("sensitive", "yes")];
        own.told(own.client.post(office.url("/me/notice")).form(&form)).await;
        assert_eq!(notice(office, &own).await.0, 303);
        let older = async |tx: &jixue::db::Tx<'_>| {
            tx.execute("UPDATE consent SET version = version - 1", jixue::db::values![]).await
        };
        office.db.write(older).await.expect("a time when the notice was another");
        assert_eq!(notice(office, &own).await.0, 200);
    })
    .await;
}
