//! Long imports: behind the page, with a bar that says how far they are.

use super::story::{location, page, send};
use super::world::{CLERK_OF_FIRST, CLERK_OF_SECOND, City, clerk, people_of, person, roster};
use crate::engines::{Engine, engines};
use crate::test_app::TestApp;
use jixue::db::{Tx, values};
use jixue::org::roster::{ImportState, apply_in_background, import, progress, receive, undo_in_background};
use jixue::org::sweep;
use jixue_core::id::ImportId;
use jixue_core::scope::Scope;
use serde_json::Value;

const SET_APPLYING: &str = "UPDATE roster_import SET state = 'applying', applying_since = $1";
const SET_SOME_DONE: &str = "UPDATE roster_import_row SET state = 'known' WHERE row_no <= 101 AND $1 > 0";

/// Waits until nobody is on the way any more, with the server's own worker at work too.
async fn is_over(test: &TestApp, scope: &Scope, id: ImportId) {
    while progress(test, scope, id).await.unwrap().is_under_way() {
        jixue::outbox::work_once(test).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// 5,000 people take longer than a page should; the answer comes at once, and each person comes in, and leaves, once.
#[tokio::test]
async fn a_long_import_goes_on_behind_the_page() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let rows: Vec<_> = (0..1_200).map(person).collect();
        let id = receive(&test, &scope, city.first, "a.xlsx", roster(&rows).into()).await.unwrap();
        apply_in_background(&test, &scope, id).await.unwrap();
        let mut before = 0;
        loop {
            let seen = progress(&test, &scope, id).await.unwrap();
            assert!(seen.done >= before && seen.all == 1_200, "{seen:?} after {before}");
            before = seen.done;
            if !seen.is_under_way() {
                break;
            }
            jixue::outbox::work_once(&test).await.unwrap();
        }
        let done = import(&test, &scope, id).await.unwrap();
        assert_eq!((done.state, done.imported, before), (ImportState::Applied, 1_200, 1_200));
        undo_in_background(&test, &scope, id).await.unwrap();
        is_over(&test, &scope, id).await;
        let seen = progress(&test, &scope, id).await.unwrap();
        assert_eq!((seen.state, seen.done, people_of(&test, city.first).await), (ImportState::Undone, 1_200, 0));
    }
}

async fn run(test: &TestApp, statement: &'static str, value: i64) {
    test.db.write(async move |tx: &Tx<'_>| tx.execute(statement, values![value]).await).await.unwrap();
}

/// Without scripts the page reloads itself; with them it asks. A broken-off import says that it goes on by itself.
#[tokio::test]
async fn the_page_shows_a_bar_and_says_when_the_work_broke_off() {
    let test = TestApp::start(Engine::Sqlite).await;
    let city = City::found(&test).await;
    let clerk = test.sign_in(CLERK_OF_FIRST).await;
    let csrf = test.csrf(&clerk).await;
    let rows: Vec<_> = (0..501).map(person).collect();
    let import = location(&send(&test, &clerk, &csrf, "a.xlsx", &roster(&rows)).await);
    // As it is while somebody is at work.
    let now = test.clock.now().0;
    run(&test, SET_APPLYING, now).await;
    run(&test, SET_SOME_DONE, 1).await;
    let (_, shown) = page(&test, &clerk, &import).await;
    assert!(shown.contains("http-equiv=\"refresh\"") && shown.contains("已处理 100 / 501 行"), "{shown}");
    assert!(shown.contains("max=\"501\" value=\"100\"") && !shown.contains("刚才中断了"));
    let (status, told) = page(&test, &clerk, &format!("{import}/progress")).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((status, &told["done"], &told["all"]), (200, &100.into(), &501.into()));
    assert_eq!((&told["is_under_way"], &told["sentence"]), (&true.into(), &"已处理 100 / 501 行".into()));
    let other = test.sign_in(CLERK_OF_SECOND).await;
    assert_eq!(page(&test, &other, &format!("{import}/progress")).await.0, 404);
    // A minute without a sign of life: nobody is at work any more.
    run(&test, SET_APPLYING, now - 60_000).await;
    let (_, silent) = page(&test, &clerk, &import).await;
    assert!(silent.contains("刚才中断了，系统会在几分钟内自动接着做"), "{silent}");
    run(&test, SET_APPLYING, 0).await;
    sweep(&test).await.unwrap();
    let (_, done) = page(&test, &clerk, &import).await;
    assert!(done.contains("导入已完成") && !done.contains("http-equiv=\"refresh\""), "{done}");
    assert_eq!(people_of(&test, city.first).await, 401);
}

/// More people than a page may wait for: the button answers with the page that shows how far they are.
#[tokio::test]
async fn the_button_answers_at_once() {
    let test = TestApp::start(Engine::Sqlite).await;
    let city = City::found(&test).await;
    let clerk = test.sign_in(CLERK_OF_FIRST).await;
    let csrf = test.csrf(&clerk).await;
    let rows: Vec<_> = (0..501).map(person).collect();
    let import = location(&send(&test, &clerk, &csrf, "a.xlsx", &roster(&rows)).await);
    let form = [("csrf", csrf.as_str())];
    for verb in ["application", "undoing"] {
        let answer = clerk.post(test.url(&format!("{import}/{verb}"))).form(&form).send().await.unwrap();
        assert_eq!(location(&answer), import, "{verb}");
        let id = ImportId::from_raw(import.rsplit('/').next().unwrap().parse().unwrap());
        is_over(&test, &super::world::clerk(city.first), id).await;
        let expected = if verb == "application" { 501 } else { 0 };
        assert_eq!(people_of(&test, city.first).await, expected);
    }
}
