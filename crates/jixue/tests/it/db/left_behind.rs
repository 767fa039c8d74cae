//! Cities that earlier versions left: each opens, migrates, and nothing of it is lost.

use jixue::app::App;
use jixue::clock::Clock;
use jixue::config::Config;
use jixue::db::{Tx, values};
use jixue::{catalog, credit, org, outbox, oversight};
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::scope::Scope;
use std::io::{Cursor, Read};
use std::path::Path;

/// The schema each was left at.
const LEFT: [(i64, &[u8]); 2] =
    [(7, include_bytes!("../../fixtures/schema-7.zip")), (11, include_bytes!("../../fixtures/schema-11.zip"))];
const LEARNERS: i64 = 60;

const COUNT_LEARNERS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM learner";
const COUNT_CERTIFICATES: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM certificate";
const SCHEMA: &str = "SELECT CAST(MAX(version) AS BIGINT) FROM schema_migration";

fn unpack(packed: &[u8], folder: &Path) {
    let mut archive = zip::ZipArchive::new(Cursor::new(packed)).expect("a fixture");
    for (part, to) in [("jixue.db", "data/jixue.db"), ("keys/root.key", "keys/root.key")] {
        let mut bytes = Vec::new();
        archive.by_name(part).expect("a part").read_to_end(&mut bytes).expect("a whole part");
        let to = folder.join(to);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a temporary folder");
        std::fs::write(&to, bytes).expect("a file");
    }
}

async fn number(app: &App, sql: &'static str) -> i64 {
    app.db.read(async move |tx: &Tx<'_>| tx.query_value(sql, values![]).await).await.expect("a number")
}

#[tokio::test]
async fn a_city_that_was_left_behind_migrates_whole() {
    for (schema, packed) in LEFT {
        let folder = std::env::temp_dir().join(format!("jixue-left-{}", jixue::keys::hex(&jixue::keys::random::<8>())));
        unpack(packed, &folder);
        let config = Config { data: folder.join("data"), keys: folder.join("keys"), demo: true, ..Config::default() };
        let app = App::open(config, Clock::system()).await.expect("it opens and migrates");
        assert!(number(&app, SCHEMA).await >= schema);
        assert_eq!(number(&app, COUNT_LEARNERS).await, LEARNERS);
        assert!(number(&app, COUNT_CERTIFICATES).await > 0);
        for book in outbox::books(&app).await.expect("books") {
            outbox::verify_book(&app, &book).await.expect("a book").expect("each fact as it was linked");
        }
        let years = app.db.read(async |tx: &Tx<'_>| catalog::years::open_years(tx).await).await.expect("years");
        let (scope, year) = (Scope::system("test"), years[0].year);
        assert!(credit::recount(&app, &scope, year).await.expect("a recount").is_empty());
        let counted = app.db.read(async move |tx: &Tx<'_>| oversight::recount(tx, year).await).await;
        assert!(counted.expect("a recount").is_empty());
        let keys = app.keys.clone();
        let opened = app.db.read(async move |tx: &Tx<'_>| {
            let unit = org::units_page(tx, &scope, UnitId::from_raw(0), 1).await?.remove(0);
            let people = org::unit_people_ids(tx, &scope, unit.id, LearnerId::from_raw(0), 1).await?;
            org::identity_number(tx, &keys, &scope, people[0]).await
        });
        assert!(opened.await.expect("a number that the key opens").is_some());
        app.db.close().await;
        drop(app);
        std::fs::remove_dir_all(&folder).expect("the temporary folder goes");
    }
}
