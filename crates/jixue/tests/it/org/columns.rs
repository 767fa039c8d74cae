//! Files whose headers say too little: somebody says which column is which, and the unit's next file needs nobody.

use super::story::{location, page, send};
use super::world::{CLERK_OF_FIRST, CLERK_OF_SECOND, City, clerk, people_of, person, roster, roster_below};
use crate::engines::{Engine, engines};
use crate::test_app::TestApp;
use jixue::db::{Tx, values};
use jixue::error::Error;
use jixue::org::roster::{Choice, ImportState, apply, assign, import, receive, refused_rows};
use jixue::org::{import_roster, sweep};
use jixue_core::id::ImportId;
use jixue_core::org::Column;
use rust_xlsxwriter::{Format, Workbook};

const OWN_HEAD: [&str; 6] = ["人员", "证照编号", "通讯号", "下属机构", "类", "档"];
const SHEETS: &str = "SELECT COUNT(*) FROM roster_import_sheet";
const AGE_SHEETS: &str = "UPDATE roster_import_sheet SET kept_at = 0";

fn choice(places: &[(Column, usize)]) -> Choice {
    Choice { first_row: 2, places: places.to_vec() }
}

fn usual() -> Choice {
    choice(&[(Column::Name, 0), (Column::IdentityNumber, 1), (Column::Phone, 2), (Column::Department, 3)])
}

fn code<T>(outcome: Result<T, Error>) -> &'static str {
    outcome.err().and_then(|error| error.code()).unwrap_or("no refusal")
}

async fn count(test: &TestApp, sql: &'static str) -> i64 {
    test.db.read(async move |tx: &Tx<'_>| tx.query_value(sql, values![]).await).await.unwrap()
}

async fn state(test: &TestApp, city: &City, id: ImportId) -> (ImportState, i64) {
    let seen = import(test, &clerk(city.first), id).await.unwrap();
    (seen.state, seen.new)
}

/// A header nobody knows was a refusal; the clerk had to change a file that a system writes anew each month.
#[tokio::test]
async fn a_unit_says_once_what_its_headers_mean() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let file = roster_below(&OWN_HEAD, &[person(1), person(2)]);
        let id = receive(&test, &scope, city.first, "a.xlsx", file.clone().into()).await.unwrap();
        assert_eq!(state(&test, &city, id).await, (ImportState::Unmapped, 0));
        assert_eq!(receive(&test, &scope, city.first, "a.xlsx", file.into()).await.unwrap(), id, "the same file");
        assert_eq!(code(apply(&test, &scope, id).await), "roster.columns_unknown");
        assert_eq!(code(assign(&test, &clerk(city.second), id, usual()).await), "request.not_found");
        for (wrong, refusal) in [
            (choice(&[(Column::Name, 0), (Column::IdentityNumber, 1)]), "roster.phone_column_missing"),
            (choice(&[(Column::Name, 0), (Column::IdentityNumber, 0), (Column::Phone, 2)]), "roster.column_twice"),
            (
                choice(&[(Column::Name, 0), (Column::IdentityNumber, 1), (Column::Phone, 99)]),
                "roster.phone_column_missing",
            ),
            (Choice { first_row: 9, ..usual() }, "roster.nobody_in_it"),
        ] {
            assert_eq!(code(assign(&test, &scope, id, wrong).await), refusal);
            assert_eq!(state(&test, &city, id).await, (ImportState::Unmapped, 0), "nothing half done");
        }
        assign(&test, &scope, id, usual()).await.unwrap();
        assert_eq!(state(&test, &city, id).await, (ImportState::Checked, 2));
        apply(&test, &scope, id).await.unwrap();
        assert_eq!((people_of(&test, city.first).await, count(&test, SHEETS).await), (2, 0), "the sheet is forgotten");
        assert_eq!(code(assign(&test, &scope, id, usual()).await), "roster.applied_already");
        // The next month: the columns stand in another order, and nobody is asked.
        let [name, number, phone, ..] = person(3);
        let turned = [number, phone, name, String::new(), String::new(), String::new()];
        let next = roster_below(&["证照编号", "通讯号", "人员"], &[turned]);
        let report = import_roster(&test, &scope, city.first, "b.xlsx", next.into()).await.unwrap();
        assert_eq!((report.added, report.refused), (1, 0));
        let elsewhere = roster_below(&OWN_HEAD, &[person(5)]);
        let other = import_roster(&test, &clerk(city.second), city.second, "c.xlsx", elsewhere.into()).await;
        assert_eq!(code(other), "roster.columns_unknown", "another unit's headers are its own");
        test.settle().await;
    }
}

/// What a clerk said can be said again until people come in: rows are checked anew, not beside the old ones.
#[tokio::test]
async fn columns_can_be_chosen_again() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        // Numbers and phones in each other's column, as the header has it the wrong way round.
        let mut rows: Vec<_> = (1..=4).map(person).collect();
        rows.iter_mut().for_each(|row| row.swap(1, 2));
        let id = receive(&test, &scope, city.first, "a.xlsx", roster(&rows).into()).await.unwrap();
        let refused = refused_rows(&test, &scope, id, 0, 10).await.unwrap().rows;
        assert!(refused.iter().all(|row| row.refusals.len() == 1), "one thing is wrong with each");
        assert_eq!(refused[3].refusals[0].code, "roster.number_and_phone_swapped");
        let turned = choice(&[(Column::Name, 0), (Column::IdentityNumber, 2), (Column::Phone, 1)]);
        for _ in 0..2 {
            assign(&test, &scope, id, turned.clone()).await.unwrap();
            assert_eq!(state(&test, &city, id).await, (ImportState::Checked, 4));
        }
        test.db.write(async |tx: &Tx<'_>| tx.execute(AGE_SHEETS, values![]).await).await.unwrap();
        sweep(&test).await.unwrap();
        assert_eq!(code(assign(&test, &scope, id, turned).await), "roster.sheet_forgotten");
        apply(&test, &scope, id).await.unwrap();
        assert_eq!(people_of(&test, city.first).await, 4);
    }
}

/// A list without a header begins with a person.
#[tokio::test]
async fn a_list_without_a_header_loses_nobody() {
    let test = TestApp::start(Engine::Sqlite).await;
    let city = City::found(&test).await;
    let scope = clerk(city.first);
    let text = super::world::csv(&[person(1), person(2)]);
    let (_, headless) = text.split_once("\r\n").unwrap();
    let id = receive(&test, &scope, city.first, "a.csv", headless.to_owned().into()).await.unwrap();
    assert_eq!(state(&test, &city, id).await, (ImportState::Unmapped, 0));
    assign(&test, &scope, id, Choice { first_row: 1, ..usual() }).await.unwrap();
    assert_eq!(state(&test, &city, id).await, (ImportState::Checked, 2));
}

/// One department written over three merged rows is theirs; a merged name belongs to nobody knows whom.
#[tokio::test]
async fn merged_cells_are_read_or_named() {
    let test = TestApp::start(Engine::Sqlite).await;
    let city = City::found(&test).await;
    let scope = clerk(city.first);
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, head) in (0..).zip(super::world::HEAD) {
        sheet.write_string(0, column, head).unwrap();
    }
    for (at, number) in (1..).zip([1, 2, 3]) {
        for (column, text) in (0..3).zip(person(number)) {
            sheet.write_string(at, column, text).unwrap();
        }
    }
    sheet.merge_range(1, 3, 3, 3, "护理部", &Format::new()).unwrap();
    sheet.merge_range(2, 0, 3, 0, &person(2)[0], &Format::new()).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let id = receive(&test, &scope, city.first, "a.xlsx", bytes.into()).await.unwrap();
    let refused = refused_rows(&test, &scope, id, 0, 10).await.unwrap().rows;
    assert_eq!(refused.len(), 1);
    assert_eq!((refused[0].number, refused[0].raw.department.as_str()), (4, "护理部"));
    let told = &refused[0].refusals;
    assert_eq!((told.len(), told[0].code.as_str()), (1, "roster.cell_merged"));
    assert_eq!(told[0].arguments, [("row".to_owned(), "3".to_owned())]);
}

/// The clerk's way through the pages, without any script.
#[tokio::test]
async fn the_page_asks_and_takes_the_answer() {
    let test = TestApp::start(Engine::Sqlite).await;
    City::found(&test).await;
    let clerk = test.sign_in(CLERK_OF_FIRST).await;
    let csrf = test.csrf(&clerk).await;
    let rows: Vec<_> = (1..=3).map(person).collect();
    let answer = send(&test, &clerk, &csrf, "名册.xlsx", &roster_below(&OWN_HEAD, &rows)).await;
    let columns = location(&answer);
    assert!(columns.ends_with("/columns"), "{columns}");
    let (status, shown) = page(&test, &clerk, &columns).await;
    assert_eq!(status, 200);
    assert!(shown.contains("B · 证照编号 · 431***********"), "{shown}");
    assert!(!shown.contains(&person(1)[1]) && !shown.contains(&person(1)[2]), "a number in clear");
    assert!(shown.contains("<option value=\"1\" selected>B ·"), "numbers are known by their look");
    let tell = async |phone: &str| {
        let form =
            [("csrf", csrf.as_str()), ("first_row", "2"), ("name", "0"), ("identity_number", "1"), ("phone", phone)];
        clerk.post(test.url(&columns)).form(&form).send().await.unwrap()
    };
    let wrong = tell("1").await;
    assert_eq!(wrong.status(), 422);
    assert!(wrong.text().await.unwrap().contains("同一列被选了两次"));
    let told = tell("2").await;
    assert_eq!(told.status(), 303);
    let import = columns.trim_end_matches("/columns");
    assert_eq!(location(&told), format!("{import}?done=roster_columns_told"));
    let (_, preview) = page(&test, &clerk, import).await;
    assert!(preview.contains("导入这 3 人") && preview.contains("重新对应各列"), "{preview}");
    let other = test.sign_in(CLERK_OF_SECOND).await;
    assert_eq!(page(&test, &other, &columns).await.0, 404);
    let token = test.csrf(&other).await;
    let form = [("csrf", token.as_str()), ("first_row", "2"), ("name", "0"), ("identity_number", "1"), ("phone", "2")];
    assert_eq!(other.post(test.url(&columns)).form(&form).send().await.unwrap().status(), 404);
}
