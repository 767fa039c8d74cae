//! Two at once, and processes that end in the middle.

use super::world::{City, clerk, facts, people_of, person, roster};
use crate::engines::engines;
use crate::test_app::TestApp;
use jixue::db::{Tx, values};
use jixue::org::roster::{ImportState, apply, import, receive};
use jixue::org::{import_roster, sweep};
use jixue_core::id::ImportId;

/// Two clerks of a unit press the button in the same second; each person comes in once and the fact stands once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_applications_at_once_bring_everybody_in_once() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let rows: Vec<_> = (0..700).map(person).collect();
        let id = receive(&test, &scope, city.first, "a.xlsx", roster(&rows).into()).await.unwrap();
        let second_node = test.second_node().await;
        let (one, other) = tokio::join!(apply(&test, &scope, id), apply(&second_node, &scope, id));
        one.unwrap();
        other.unwrap();
        let done = import(&test, &scope, id).await.unwrap();
        assert_eq!((done.imported, done.new, done.refused), (700, 0, 0));
        assert_eq!(people_of(&test, city.first).await, 700);
        assert_eq!(facts(&test, "roster_imported").await, 1);
    }
}

/// Two units send the same people at the same time: each person ends up in one of them, and the other is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_units_cannot_both_employ_a_person() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let (first, second) = (clerk(city.first), clerk(city.second));
        let rows: Vec<_> = (0..200).map(person).collect();
        let turned: Vec<_> = rows.iter().rev().cloned().collect();
        let second_node = test.second_node().await;
        let (one, other) = tokio::join!(
            import_roster(&test, &first, city.first, "a.xlsx", roster(&rows).into()),
            import_roster(&second_node, &second, city.second, "b.xlsx", roster(&turned).into()),
        );
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!(one.added + other.added, 200);
        assert_eq!(one.refused + other.refused, 200);
        assert_eq!(people_of(&test, city.first).await, one.added);
        assert_eq!(people_of(&test, city.second).await, other.added);
    }
}

const BREAK_OFF_RECEIVING: &str = "UPDATE roster_import SET state = 'receiving' WHERE import_id = $1";
const LOSE_ROWS: &str = "DELETE FROM roster_import_row WHERE import_id = $1 AND row_no > 3";
const BREAK_OFF_APPLYING: &str = "UPDATE roster_import SET state = 'applying', applying_since = 0 WHERE import_id = $1";

async fn run(test: &TestApp, statement: &'static str, import: ImportId) {
    test.db.write(async move |tx: &Tx<'_>| tx.execute(statement, values![import]).await).await.unwrap();
}

/// The power went while the rows were kept: the clerk sends the file again, and nothing is missing or doubled.
#[tokio::test]
async fn a_file_that_broke_off_is_completed_by_sending_it_again() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let file = roster(&(0..6).map(person).collect::<Vec<_>>());
        let id = receive(&test, &scope, city.first, "a.xlsx", file.clone().into()).await.unwrap();
        run(&test, BREAK_OFF_RECEIVING, id).await;
        run(&test, LOSE_ROWS, id).await;
        assert_eq!(apply(&test, &scope, id).await.unwrap_err().code(), Some("roster.not_received"));
        assert_eq!(receive(&test, &scope, city.first, "a.xlsx", file.into()).await.unwrap(), id);
        let seen = import(&test, &scope, id).await.unwrap();
        assert_eq!((seen.state, seen.new), (ImportState::Checked, 6));
    }
}

/// The process ended while people came in: a sweep finishes it, and what follows from a roster follows.
#[tokio::test]
async fn an_application_that_broke_off_is_finished_by_a_sweep() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let file = roster(&(0..6).map(person).collect::<Vec<_>>());
        let id = receive(&test, &scope, city.first, "a.xlsx", file.into()).await.unwrap();
        run(&test, BREAK_OFF_APPLYING, id).await;
        sweep(&test).await.unwrap();
        let done = import(&test, &scope, id).await.unwrap();
        assert_eq!((done.state, done.imported), (ImportState::Applied, 6));
        assert_eq!(facts(&test, "roster_imported").await, 1);
    }
}
