//! Undoing at the same moment as something else, and processes that end in the middle.

use super::world::{City, clerk, facts, people_of, person, roster};
use crate::engines::engines;
use crate::test_app::TestApp;
use jixue::db::{Tx, values};
use jixue::org::roster::{ImportState, apply, import, receive, undo};
use jixue::org::{hold_people, import_roster, sweep};
use jixue_core::id::ImportId;

const BREAK_OFF: &str = "UPDATE roster_import SET state = 'undoing', applying_since = 0 WHERE import_id = $1";

async fn received(test: &TestApp, city: &City, people: usize) -> ImportId {
    let rows: Vec<_> = (0..people).map(person).collect();
    receive(test, &clerk(city.first), city.first, "a.xlsx", roster(&rows).into()).await.unwrap()
}

/// Two clerks confirm in the same second: everybody leaves once, and the fact stands once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_undoings_at_once_let_everybody_go_once() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let id = received(&test, &city, 250).await;
        apply(&test, &scope, id).await.unwrap();
        let second_node = test.second_node().await;
        let (one, other) = tokio::join!(undo(&test, &scope, id), undo(&second_node, &scope, id));
        one.unwrap();
        other.unwrap();
        let done = import(&test, &scope, id).await.unwrap();
        assert_eq!((done.state, done.undone, done.stayed), (ImportState::Undone, 250, 0));
        assert_eq!(people_of(&test, city.first).await, 0);
        assert_eq!((facts(&test, "roster_import_undone").await, facts(&test, "learner_left").await), (1, 250));
    }
}

/// One clerk undoes while another still applies: refused or done as a whole, never half of each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn undoing_while_people_come_in_waits_its_turn() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let id = received(&test, &city, 600).await;
        let second_node = test.second_node().await;
        let (applied, undone) = tokio::join!(apply(&test, &scope, id), undo(&second_node, &scope, id));
        let done = import(&test, &scope, id).await.unwrap();
        match undone {
            Ok(()) => assert_eq!((done.state, people_of(&test, city.first).await), (ImportState::Undone, 0)),
            Err(error) => {
                applied.unwrap();
                assert_eq!(error.code(), Some("roster.not_applied"));
                assert_eq!((done.state, people_of(&test, city.first).await), (ImportState::Applied, 600));
            }
        }
    }
}

/// The same people come in by another file while they are let go: nobody is lost from both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_corrected_file_at_the_same_moment_loses_nobody() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let id = received(&test, &city, 150).await;
        apply(&test, &scope, id).await.unwrap();
        let rows: Vec<_> = (0..150).rev().map(person).collect();
        let second_node = test.second_node().await;
        let (undone, report) = tokio::join!(
            undo(&test, &scope, id),
            import_roster(&second_node, &scope, city.first, "b.xlsx", roster(&rows).into()),
        );
        undone.unwrap();
        let report = report.unwrap();
        assert_eq!(report.refused, 0, "{:?}", report.refused_rows.first());
        // Known ones were there when they were looked at, and left afterwards; those who came anew are there.
        assert_eq!(people_of(&test, city.first).await, report.added);
    }
}

/// The power went while people left: a sweep finishes it.
#[tokio::test]
async fn an_undoing_that_broke_off_is_finished_by_a_sweep() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let id = received(&test, &city, 6).await;
        apply(&test, &scope, id).await.unwrap();
        test.db.write(async move |tx: &Tx<'_>| tx.execute(BREAK_OFF, values![id]).await).await.unwrap();
        sweep(&test).await.unwrap();
        let done = import(&test, &scope, id).await.unwrap();
        assert_eq!((done.state, done.undone, people_of(&test, city.first).await), (ImportState::Undone, 6, 0));
        assert_eq!(facts(&test, "roster_import_undone").await, 1);
    }
}

/// An order that is placed while the undoing looks: whoever is on it stays, on both engines.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_order_placed_in_the_same_moment_keeps_its_people() {
    const ORDER: &str = "INSERT INTO purchase_order (payer_id, order_id, payer_kind, region_code, base_id, year, subject,
            amount_fen, seats, state, created_by, created_at, expires_at)
        VALUES ($1, 7, 'learner', '431002', 1, 2026, 'public', 1, 1, 'awaiting', 1, CAST($2 AS BIGINT), CAST($2 AS BIGINT))";
    const LINE: &str = "INSERT INTO order_line (payer_id, order_id, learner_id, amount_fen, state)
        VALUES ($1, 7, $1, 1, 'waiting')";
    const SOMEBODY: &str = "SELECT MIN(learner_id) FROM employment";
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let id = received(&test, &city, 3).await;
        apply(&test, &scope, id).await.unwrap();
        let first = async |tx: &Tx<'_>| tx.query_value::<jixue_core::id::LearnerId>(SOMEBODY, values![]).await;
        let learner = test.db.read(first).await.unwrap();
        let (placed, now) = (std::sync::Arc::new(tokio::sync::Notify::new()), test.clock.now());
        let (told, second_node, asker) = (placed.clone(), test.second_node().await, scope.clone());
        let undoing = tokio::spawn(async move {
            placed.notified().await;
            undo(&second_node, &asker, id).await
        });
        let write = async move |tx: &Tx<'_>| {
            hold_people(tx, &[learner]).await?;
            tx.execute(ORDER, values![learner, now]).await?;
            tx.execute(LINE, values![learner]).await?;
            told.notify_one();
            // The undoing comes to this person before the order is committed; a unit of work waits for nothing itself.
            std::thread::sleep(std::time::Duration::from_millis(300));
            Ok(())
        };
        test.db.write(write).await.unwrap();
        undoing.await.unwrap().unwrap();
        let done = import(&test, &scope, id).await.unwrap();
        assert_eq!((done.undone, done.stayed), (2, 1), "on {engine:?}");
        assert_eq!(people_of(&test, city.first).await, 1);
    }
}
