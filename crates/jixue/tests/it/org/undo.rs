//! Taking an import back within a day.

use super::story::{location, page, send};
use super::world::{CLERK_OF_FIRST, CLERK_OF_SECOND, City, clerk, facts, identity_number, people_of, person, roster};
use crate::engines::{Engine, engines};
use crate::test_app::TestApp;
use jixue::db::{Tx, values};
use jixue::error::Error;
use jixue::identity::{NewAccount, open_account};
use jixue::org::roster::{
    ImportState, RosterImport, apply, foresee_undo, import, receive, stayed_rows, undo, undo_in_background,
};
use jixue::org::{identity_index, import_roster, learner_by_identity};
use jixue_core::id::{ImportId, LearnerId};
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::org::Phone;
use jixue_core::scope::Scope;
use jixue_core::time::BusinessDate;

const PAY: &str = "INSERT INTO seat (learner_id, year, subject, payer_id, order_id, paid_at)
    VALUES ($1, 2026, 'public', $1, 1, CAST($2 AS BIGINT))";
const STUDY: &str =
    "INSERT INTO lesson_progress (learner_id, lesson_id, intervals, counted_ms, lost_ms, position_ms, updated_at)
    VALUES ($1, 1, CAST('' AS BYTEA), 0, 0, 0, CAST($2 AS BIGINT))";
const STUDY_SQLITE: &str =
    "INSERT INTO lesson_progress (learner_id, lesson_id, intervals, counted_ms, lost_ms, position_ms,
    updated_at) VALUES ($1, 1, X'', 0, 0, 0, $2)";
const ENTER: &str = "INSERT INTO credit_entry (learner_id, entry_id, year, subject, seconds, source, source_id, source_line,
    title, provider, happened_on, at) VALUES ($1, 1, 2026, 'public', 60, 'confirmed', 1, 1, 'a', 'b', 20260101, CAST($2 AS BIGINT))";
const ORDER: &str = "INSERT INTO purchase_order (payer_id, order_id, payer_kind, region_code, base_id, year, subject, amount_fen,
    seats, state, created_by, created_at, expires_at)
    VALUES ($1, 7, 'learner', '431002', 1, 2026, 'public', 1, 1, 'awaiting', 1, CAST($2 AS BIGINT), CAST($2 AS BIGINT))";
const ORDER_LINE: &str = "INSERT INTO order_line (payer_id, order_id, learner_id, amount_fen, state)
    VALUES ($1, 7, $1, CAST($2 AS BIGINT) * 0 + 1, 'waiting')";
const APPLIED_AT: &str = "UPDATE roster_import SET applied_at = $2 WHERE import_id = $1";
const FORCE_STATE: &str = "UPDATE roster_import SET state = $2 WHERE import_id = $1";
const LEARNERS: &str = "SELECT COUNT(*) FROM learner";
const REQUIRED: &str = "SELECT COUNT(*) FROM standing";
const COUNTED: &str = "SELECT CAST(SUM(required) AS BIGINT) FROM progress_rollup";

fn code<T>(outcome: Result<T, Error>) -> &'static str {
    outcome.err().and_then(|error| error.code()).unwrap_or("no refusal")
}

async fn count(test: &TestApp, sql: &'static str) -> i64 {
    test.db.read(async move |tx: &Tx<'_>| tx.query_value(sql, values![]).await).await.unwrap()
}

async fn learner(test: &TestApp, number: usize) -> Option<LearnerId> {
    let areas = AreaPolicy::ANY.with_demo(true);
    let number = IdentityNumber::parse(&identity_number(number), BusinessDate(20_261_231), areas).unwrap();
    let index = identity_index(&test.keys, &number);
    let find = async move |tx: &Tx<'_>| learner_by_identity(tx, &Scope::system("test"), &index).await;
    test.db.read(find).await.unwrap().map(|(learner, _)| learner)
}

/// Writes what would have happened to person `number`, now.
async fn happened(test: &TestApp, number: usize, statements: &'static [&'static str]) {
    let (learner, now) = (learner(test, number).await.unwrap(), test.clock.now());
    for statement in statements {
        test.db.write(async move |tx: &Tx<'_>| tx.execute(statement, values![learner, now]).await).await.unwrap();
    }
}

async fn applied(test: &TestApp, city: &City, numbers: std::ops::Range<usize>) -> ImportId {
    let scope = clerk(city.first);
    let rows: Vec<_> = numbers.map(person).collect();
    let id = receive(test, &scope, city.first, "a.xlsx", roster(&rows).into()).await.unwrap();
    apply(test, &scope, id).await.unwrap();
    id
}

async fn seen(test: &TestApp, city: &City, id: ImportId) -> RosterImport {
    import(test, &clerk(city.first), id).await.unwrap()
}

/// The wrong file is undone; money, evidence of study and hours are never thrown away with it.
#[tokio::test]
async fn people_leave_again_unless_something_hangs_on_them() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let id = applied(&test, &city, 1..8).await;
        happened(&test, 1, &[PAY]).await;
        happened(&test, 2, if engine == Engine::Sqlite { &[STUDY_SQLITE] } else { &[STUDY] }).await;
        happened(&test, 3, &[ENTER]).await;
        happened(&test, 4, &[ORDER, ORDER_LINE]).await;
        let forecast = foresee_undo(&test, &scope, id).await.unwrap();
        assert_eq!((forecast.leave, forecast.stay), (3, 4));
        assert_eq!(forecast.staying[0].raw.name, person(1)[0]);
        assert_eq!(people_of(&test, city.first).await, 7, "a look changes nothing");
        for _ in 0..2 {
            undo(&test, &scope, id).await.unwrap();
            let done = seen(&test, &city, id).await;
            assert_eq!((done.state, done.imported, done.undone, done.stayed), (ImportState::Undone, 0, 3, 4));
            assert_eq!((people_of(&test, city.first).await, count(&test, LEARNERS).await), (4, 4));
        }
        let stayed = stayed_rows(&test, &scope, id, 0, 10).await.unwrap().rows;
        let reasons: Vec<&str> = stayed.iter().map(|row| row.refusals[0].code.as_str()).collect();
        assert_eq!(
            reasons,
            ["roster.stays_paid", "roster.stays_studied", "roster.stays_hours", "roster.stays_ordered"]
        );
        assert_eq!(facts(&test, "roster_import_undone").await, 1);
        assert_eq!(facts(&test, "learner_left").await, 3);
        // The corrected file: the same people, one with the name and the phone that were wrong.
        let mut rows: Vec<_> = (1..8).map(person).collect();
        (rows[4][0], rows[4][2]) = ("李改名".to_owned(), "13911112222".to_owned());
        let report = import_roster(&test, &scope, city.first, "b.xlsx", roster(&rows).into()).await.unwrap();
        assert_eq!((report.added, report.known, report.refused), (3, 4, 0));
        // The very file that was undone is a new import.
        let again = applied(&test, &city, 1..8).await;
        assert_ne!(again, id);
        test.settle().await;
    }
}

/// Whoever was on the roster before, or has signed in since, keeps what is theirs.
#[tokio::test]
async fn only_strangers_are_forgotten() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let before = applied(&test, &city, 1..2).await;
        undo(&test, &scope, applied(&test, &city, 1..3).await).await.unwrap();
        assert_eq!(people_of(&test, city.first).await, 1, "one was there before");
        // Person 4 signs in; person 5 leaves by hand and comes back by the import.
        applied(&test, &city, 5..6).await;
        const LEAVE: &str = "UPDATE employment SET ended_on = 20260101 WHERE learner_id = $1 AND $2 > 0";
        happened(&test, 5, &[]).await;
        let fifth = learner(&test, 5).await.unwrap();
        test.db.write(async move |tx: &Tx<'_>| tx.execute(LEAVE, values![fifth, 1]).await).await.unwrap();
        let id = applied(&test, &city, 4..6).await;
        let (at, fourth) = (test.at(), learner(&test, 4).await.unwrap());
        let account = NewAccount {
            name: "a".to_owned(),
            phone: Some(Phone::parse(&person(4)[2]).unwrap()),
            login: None,
            password_hash: None,
            learner: Some(fourth),
        };
        test.db.write(async move |tx: &Tx<'_>| open_account(tx, &at, &account).await).await.unwrap();
        undo(&test, &scope, id).await.unwrap();
        assert_eq!(seen(&test, &city, id).await.undone, 2);
        assert_eq!(
            (people_of(&test, city.first).await, count(&test, LEARNERS).await),
            (1, 3),
            "nobody known is forgotten"
        );
        let back = applied(&test, &city, 4..6).await;
        assert_eq!(learner(&test, 4).await, Some(fourth), "the same person with the same account");
        assert_eq!((seen(&test, &city, back).await.imported, seen(&test, &city, before).await.imported), (2, 1));
    }
}

/// A day, not longer; the unit's own clerk, nobody else; not before it is complete.
#[tokio::test]
async fn an_import_is_undone_in_its_time_by_its_unit() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let (scope, other) = (clerk(city.first), clerk(city.second));
        let file = roster(&[person(1), person(2)]);
        let id = receive(&test, &scope, city.first, "a.xlsx", file.into()).await.unwrap();
        assert_eq!(code(undo(&test, &scope, id).await), "roster.not_applied");
        let set = async |statement: &'static str, value: jixue::db::Value| {
            let write = async move |tx: &Tx<'_>| tx.execute(statement, values![id, value.clone()]).await;
            test.db.write(write).await.unwrap();
        };
        set(FORCE_STATE, "applying".into()).await;
        assert_eq!(code(undo(&test, &scope, id).await), "roster.not_applied");
        apply(&test, &scope, id).await.unwrap();
        assert_eq!(code(undo(&test, &other, id).await), "request.not_found");
        assert_eq!(code(undo_in_background(&test, &other, id).await), "request.not_found");
        assert_eq!(code(foresee_undo(&test, &other, id).await), "request.not_found");
        let day_ms = 24 * 3_600_000;
        set(APPLIED_AT, test.clock.now().plus_ms(-day_ms - 60_000).into()).await;
        assert!(!seen(&test, &city, id).await.can_be_undone(test.clock.now()));
        assert_eq!(code(undo(&test, &scope, id).await), "roster.undo_over");
        assert_eq!(people_of(&test, city.first).await, 2);
        set(APPLIED_AT, test.clock.now().plus_ms(60_000 - day_ms).into()).await;
        undo(&test, &scope, id).await.unwrap();
        assert_eq!(people_of(&test, city.first).await, 0);
        assert_eq!(code(apply(&test, &scope, id).await), "roster.applied_already");
    }
}

/// What an open year required of them falls away, and the bureau's counts are as before.
#[tokio::test]
async fn nothing_is_required_of_those_who_left() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = crate::desk::unit_in_a_year(&test).await;
        let required = count(&test, REQUIRED).await;
        let id = applied(&test, &city, 20..30).await;
        test.settle().await;
        assert_eq!((count(&test, REQUIRED).await, count(&test, COUNTED).await), (required + 10, required + 10));
        undo(&test, &clerk(city.first), id).await.unwrap();
        test.settle().await;
        assert_eq!(count(&test, REQUIRED).await, required);
        assert_eq!(facts(&test, "learner_released").await, 10);
        assert_eq!(count(&test, COUNTED).await, required, "what the bureau sees");
    }
}

/// The clerk's way: the effect is stated before, the result after, and a stranger finds nothing.
#[tokio::test]
async fn the_effect_is_stated_before_and_the_result_after() {
    let test = TestApp::start(Engine::Sqlite).await;
    let city = City::found(&test).await;
    let browser = test.sign_in(CLERK_OF_FIRST).await;
    let csrf = test.csrf(&browser).await;
    let import = location(&send(&test, &browser, &csrf, "a.xlsx", &roster(&[person(1), person(2)])).await);
    assert_eq!(page(&test, &browser, &format!("{import}/undoing")).await.0, 404, "not applied yet");
    let form = [("csrf", csrf.as_str())];
    browser.post(test.url(&format!("{import}/application"))).form(&form).send().await.unwrap();
    happened(&test, 1, &[PAY]).await;
    let (_, shown) = page(&test, &browser, &import).await;
    assert!(shown.contains(&format!("{import}/undoing")) && shown.contains("以前可以撤销"), "{shown}");
    let (_, before) = page(&test, &browser, &format!("{import}/undoing")).await;
    assert!(before.contains("撤销，1 人离开名册") && before.contains("已经缴费，留在名册里"), "{before}");
    let other = test.sign_in(CLERK_OF_SECOND).await;
    let token = test.csrf(&other).await;
    assert_eq!(page(&test, &other, &format!("{import}/undoing")).await.0, 404);
    let foreign = other.post(test.url(&format!("{import}/undoing"))).form(&[("csrf", token.as_str())]).send().await;
    assert_eq!(foreign.unwrap().status(), 404);
    for _ in 0..2 {
        let undone = browser.post(test.url(&format!("{import}/undoing"))).form(&form).send().await.unwrap();
        assert_eq!(location(&undone), format!("{import}?done=roster_undone"));
    }
    assert_eq!(people_of(&test, city.first).await, 1);
    let (_, after) = page(&test, &browser, &import).await;
    assert!(after.contains("留下的人") && after.contains("已经缴费，留在名册里"), "{after}");
    let (_, list) = page(&test, &browser, "/unit/roster-imports").await;
    assert!(list.contains("已撤销"));
}
