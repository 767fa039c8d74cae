//! Taking a list back at the same moment as something else, and processes that end in the middle.

use super::list_imports::{EMPLOYMENTS, UNIT_HEAD, UNITS, WORK_HEAD, apply, counts, id_of, name, sent, unit, work};
use crate::credit::office::{Office, in_offices, list_below};
use jixue::db::{Tx, values};
use jixue::identity::{Granting, NewAccount, give_grant, open_account};
use jixue::org::lists::{go_on_undoing, undo, undo_in_background};
use jixue::org::{hold_people, hold_unit, sweep};
use jixue_core::id::{AccountId, ImportId, UnitId};
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use std::sync::Arc;
use std::time::Duration;

const COUNT_UNITS: &str = "SELECT COUNT(*) FROM employer_unit";
const TAKEN_BACK: &str = "SELECT COUNT(*) FROM fact WHERE kind = 'list_import_undone'";
const REMOVED: &str = "SELECT COUNT(*) FROM fact WHERE kind = 'unit_removed'";
const ENDINGS: &str = "SELECT rows_undone, rows_stayed FROM list_import WHERE import_id = $1 AND state = 'undone'";

fn county() -> Scope {
    Scope::granted(AccountId::from_raw(7), Reach::Region { region_code: "431002".to_owned() })
}

/// A list of so many units that was brought in.
async fn applied(office: &Office, rows: usize) -> ImportId {
    let officer = office.officer("431002").await;
    let rows: Vec<_> = (0..rows).map(|at| unit("1", &name(at), "北湖区")).collect();
    let list = sent(&officer, UNITS, &list_below(&UNIT_HEAD, &rows)).await;
    apply(&officer, &list).await;
    let id = ImportId::from_raw(id_of(&list));
    jixue::org::lists::apply(office, &county(), id).await.unwrap();
    assert_eq!(counts(office, &list).await[3], i64::try_from(rows.len()).unwrap());
    id
}

/// Undone and stayed, once it is over.
async fn ending(office: &Office, import: ImportId) -> (i64, i64) {
    let read =
        async move |tx: &Tx<'_>| tx.query_one(ENDINGS, values![import], |row| Ok((row.get(0)?, row.get(1)?))).await;
    office.db.read(read).await.expect("a list that is taken back")
}

/// Two officers confirm in the same second: each unit goes once, and the fact stands once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_undoings_at_once_take_each_row_back_once() {
    in_offices(async |office| {
        let before = office.count(COUNT_UNITS).await;
        let id = applied(office, 230).await;
        let (second_node, scope) = (office.test.second_node().await, county());
        let (one, other) = tokio::join!(undo(office, &scope, id), undo(&second_node, &scope, id));
        one.unwrap();
        other.unwrap();
        assert_eq!(ending(office, id).await, (230, 0));
        assert_eq!(office.count(COUNT_UNITS).await, before);
        assert_eq!((office.count(TAKEN_BACK).await, office.count(REMOVED).await), (1, 230));
    })
    .await;
}

/// A long list goes by itself within the reach of whoever asked, and one whose process was lost is finished by a sweep.
#[tokio::test]
async fn a_long_undoing_goes_on_by_itself_and_a_broken_one_is_finished() {
    in_offices(async |office| {
        let before = office.count(COUNT_UNITS).await;
        let id = applied(office, 250).await;
        undo_in_background(office, &county(), id).await.unwrap();
        for _ in 0..4 {
            go_on_undoing(office, id).await.unwrap();
        }
        office.test.settle().await;
        assert_eq!((ending(office, id).await, office.count(COUNT_UNITS).await), ((250, 0), before));

        let id = applied(office, 6).await;
        const BREAK_OFF: &str = "UPDATE list_import SET state = 'undoing', undone_by = 7, applying_since = 0
            WHERE import_id = $1";
        office.db.write(async move |tx: &Tx<'_>| tx.execute(BREAK_OFF, values![id]).await).await.unwrap();
        for _ in 0..2 {
            sweep(office).await.unwrap();
            office.test.settle().await;
        }
        assert_eq!((ending(office, id).await, office.count(COUNT_UNITS).await), ((6, 0), before));
        assert_eq!(office.count(TAKEN_BACK).await, 2);
    })
    .await;
}

/// A clerk is named for a unit while the undoing looks: the unit stays, on both engines.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_grant_given_in_the_same_moment_keeps_its_unit() {
    in_offices(async |office| {
        let before = office.count(COUNT_UNITS).await;
        let id = applied(office, 3).await;
        const LAST: &str = "SELECT MAX(unit_id) FROM employer_unit";
        let last: UnitId = office.db.read(async |tx: &Tx<'_>| tx.query_value(LAST, values![]).await).await.unwrap();
        let given = Arc::new(tokio::sync::Notify::new());
        let (told, second_node, at) = (given.clone(), office.test.second_node().await, office.at());
        let undoing = tokio::spawn(async move {
            given.notified().await;
            undo(&second_node, &county(), id).await
        });
        let write = async move |tx: &Tx<'_>| {
            let new =
                NewAccount { name: "何静".to_owned(), phone: None, login: None, password_hash: None, learner: None };
            let account = open_account(tx, &at, &new).await?;
            let reach = Reach::Unit { unit: last };
            give_grant(
                tx,
                &at,
                &Scope::system("test"),
                &Granting { account, role: Role::UnitClerk, reach, until: None },
            )
            .await?;
            told.notify_one();
            // The undoing comes to this unit before the grant is committed; a unit of work waits for nothing itself.
            std::thread::sleep(Duration::from_millis(300));
            Ok(())
        };
        office.db.write(write).await.unwrap();
        undoing.await.unwrap().unwrap();
        assert_eq!(ending(office, id).await, (2, 1));
        assert_eq!(office.count(COUNT_UNITS).await, before + 1);
        let gone = async |tx: &Tx<'_>| hold_unit(tx, UnitId::from_raw(1)).await;
        assert!(!office.db.write(gone).await.unwrap(), "nothing can hang on a unit that is none");
    })
    .await;
}

/// An order is placed for somebody while the undoing looks: they stay where the order finds them, on both engines.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_order_placed_in_the_same_moment_keeps_its_person() {
    const ORDER: &str = "INSERT INTO purchase_order (payer_id, order_id, payer_kind, region_code, base_id, year, subject,
            amount_fen, seats, state, created_by, created_at, expires_at)
        VALUES ($1, 7, 'learner', '431002', 1, 2026, 'public', 1, 1, 'awaiting', 1, CAST($2 AS BIGINT), CAST($2 AS BIGINT))";
    const LINE: &str = "INSERT INTO order_line (payer_id, order_id, learner_id, amount_fen, state)
        VALUES ($1, 7, $1, 1, 'waiting')";
    in_offices(async |office| {
        let city = office.officer("431000").await;
        let today = office.today();
        let rows = [work(1, "青山中学", &today, ""), work(2, "青山中学", &today, "")];
        let list = sent(&city, EMPLOYMENTS, &list_below(&WORK_HEAD, &rows)).await;
        apply(&city, &list).await;
        let (id, learner, now) = (ImportId::from_raw(id_of(&list)), office.learner(1), office.clock.now());
        let placed = Arc::new(tokio::sync::Notify::new());
        let (told, second_node) = (placed.clone(), office.test.second_node().await);
        let undoing = tokio::spawn(async move {
            placed.notified().await;
            undo(&second_node, &Scope::system("test"), id).await
        });
        let write = async move |tx: &Tx<'_>| {
            hold_people(tx, &[learner]).await?;
            tx.execute(ORDER, values![learner, now]).await?;
            tx.execute(LINE, values![learner]).await?;
            told.notify_one();
            std::thread::sleep(Duration::from_millis(300));
            Ok(())
        };
        office.db.write(write).await.unwrap();
        undoing.await.unwrap().unwrap();
        assert_eq!(ending(office, id).await, (1, 1));
    })
    .await;
}
