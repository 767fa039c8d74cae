//! The clerk's list of people: counts, filters, paging, export, and the door between units.

mod browser;
mod ordering;
mod saved_views;

use crate::engines::{Engine, engines};
use crate::org::{CLERK_OF_FIRST, CLERK_OF_SECOND, City, clerk, person, roster};
use crate::test_app::{PAYEE_USCC, TestApp};
use jixue::db::{Tx, values};
use jixue::desk::{PeopleFilter, PersonStanding, Stage, StageChoice, overview, people};
use jixue::org::{NewBase, add_base, import_roster};
use jixue::sheet::{self, Bounds};
use jixue::{catalog, credit};
use jixue_core::credit::RuleSet;
use jixue_core::id::LearnerId;
use jixue_core::money::Fen;
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::Year;
use jixue_core::uscc::Uscc;

const YEAR: Year = Year(2026);
const FINISH: &str = "UPDATE standing SET public_seconds = 81000, professional_seconds = 162000, exam_passed_at = 1,
    public_met_at = 1, annual_met_at = 1 WHERE learner_id = $1 AND year = $2";

/// A unit of six in an open year: three have not paid, one each has paid, learns, has finished.
pub async fn unit_in_a_year(test: &TestApp) -> City {
    let city = City::found(test).await;
    let mut rows: Vec<_> = (1..=6).map(person).collect();
    rows[1][3] = "检验科".to_owned();
    rows[2][3] = String::new();
    rows[5][0] = "Zoe Smith".to_owned();
    let report = import_roster(test, &clerk(city.first), city.first, "a.xlsx", roster(&rows).into()).await.unwrap();
    assert_eq!(report.added, 6);
    let rules: RuleSet = toml::from_str(include_str!("../../../rules/hunan-2026.toml")).unwrap();
    let at = test.at();
    let opened = test.db.write(async move |tx: &Tx<'_>| {
        let (scope, base) = (Scope::system("test"), add_base(tx, &at, &payee()?).await?);
        catalog::years::open_year(tx, &at, &scope, "431000", &rules).await?;
        catalog::years::set_fee(tx, &at, &scope, (YEAR, Subject::Public), base, Fen(4_000)).await
    });
    opened.await.unwrap();
    test.settle().await;
    let everybody = list(test, &city, PeopleFilter::default()).await;
    let (at, ids) = (test.at(), everybody.iter().map(|person| person.learner).collect::<Vec<_>>());
    test.db
        .write(async move |tx: &Tx<'_>| {
            for learner in &ids[3..] {
                credit::note_paid(tx, &at, *learner, YEAR).await?;
            }
            for learner in &ids[4..] {
                credit::note_learning(tx, &at, *learner, YEAR).await?;
            }
            tx.execute(FINISH, values![ids[5], YEAR]).await.map(drop)
        })
        .await
        .unwrap();
    city
}

fn payee() -> jixue::error::Result<NewBase> {
    Ok(NewBase {
        uscc: Uscc::parse(PAYEE_USCC)?,
        name_zh: "继续教育中心".to_owned(),
        name_en: "Training centre".to_owned(),
        kind: "public_institution".to_owned(),
        receipt_kind: "fiscal_receipt".to_owned(),
    })
}

async fn list(test: &TestApp, city: &City, filter: PeopleFilter) -> Vec<PersonStanding> {
    let scope = clerk(city.first);
    let overview = overview(test, &scope, city.first, None).await.unwrap();
    people(test, &scope, &overview, &filter, LearnerId::from_raw(0), 100).await.unwrap()
}

async fn found(test: &TestApp, city: &City, text: &str) -> Vec<String> {
    let filter = PeopleFilter { text: text.to_owned(), ..PeopleFilter::default() };
    list(test, city, filter).await.into_iter().map(|person| person.name).collect()
}

#[tokio::test]
async fn everybody_is_counted_at_one_stage() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = unit_in_a_year(&test).await;
        let scope = clerk(city.first);
        let seen = overview(&test, &scope, city.first, Some(YEAR)).await.unwrap();
        let counts = seen.counts;
        assert_eq!((counts.required, counts.paid, counts.learning, counts.finished), (3, 1, 1, 1));
        assert_eq!((counts.people(), seen.years.as_slice()), (6, [YEAR].as_slice()));
        assert_eq!(seen.departments, ["心血管内科", "检验科"].map(str::to_owned).as_slice());
        for (choice, count) in [
            (StageChoice::Any, 6),
            (StageChoice::Unfinished, 5),
            (StageChoice::Only(Stage::Required), 3),
            (StageChoice::Only(Stage::Paid), 1),
            (StageChoice::Only(Stage::Learning), 1),
            (StageChoice::Only(Stage::Finished), 1),
        ] {
            let filter = PeopleFilter { stage: choice, ..PeopleFilter::default() };
            assert_eq!(list(&test, &city, filter).await.len(), count, "{choice:?}");
        }
        let filter = PeopleFilter { department: "检验科".to_owned(), ..PeopleFilter::default() };
        assert_eq!(list(&test, &city, filter).await.len(), 1);
        let unknown = overview(&test, &scope, city.first, Some(Year(1999))).await;
        assert_eq!(unknown.unwrap_err().code(), Some("request.not_found"));
        let stranger = overview(&test, &clerk(city.second), city.first, None).await;
        assert_eq!(stranger.unwrap_err().code(), Some("request.not_found"));
    }
}

/// A clerk types what is at hand: part of a name, four digits, a whole number from a form.
#[tokio::test]
async fn people_are_found_by_name_phone_and_identity_number() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = unit_in_a_year(&test).await;
        let name = |number: usize| vec![person(number)[0].clone()];
        assert_eq!(found(&test, &city, "0002").await, name(2));
        assert_eq!(found(&test, &city, "138 0000 0003").await, name(3));
        assert_eq!(found(&test, &city, &person(4)[1]).await, name(4));
        assert_eq!(found(&test, &city, "zoe").await, ["Zoe Smith"]);
        let surname: Vec<String> = (1..=5).map(|number| person(number)[0].clone()).collect();
        let with_same_start: Vec<&String> = surname.iter().filter(|name| name.starts_with('王')).collect();
        assert_eq!(found(&test, &city, "王").await.iter().collect::<Vec<_>>(), with_same_start);
        for nothing in ["%", "_", "9999", "13900000000", "nobody"] {
            assert!(found(&test, &city, nothing).await.is_empty(), "{nothing}");
        }
    }
}

async fn page(test: &TestApp, clerk: &reqwest::Client, path: &str) -> String {
    let answer = clerk.get(test.url(path)).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.expect("a page")
}

#[tokio::test]
async fn the_page_shows_counts_states_and_hours() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        unit_in_a_year(&test).await;
        let clerk = test.sign_in(CLERK_OF_FIRST).await;
        let all = page(&test, &clerk, "/unit/people").await;
        assert!(all.contains("2026 年度人员") && all.contains("应学 6 人"), "{all}");
        assert!(all.contains("30 / 30") && all.contains("60 / 60") && all.contains("0 / 30"));
        assert_eq!(all.matches("<span class=\"tag due\">未缴费</span>").count(), 3);
        assert!(!all.contains(&person(1)[1]) && !all.contains(&person(1)[2]), "a number in clear");
        let finished = page(&test, &clerk, "/unit/people?year=2026&state=finished").await;
        assert!(finished.contains("Zoe Smith") && !finished.contains(&person(1)[0]));
        let none = page(&test, &clerk, "/unit/people?find=%25").await;
        assert!(none.contains("没有符合条件的人"));
        let other = test.sign_in(CLERK_OF_SECOND).await;
        let nobody = page(&test, &other, "/unit/people").await;
        assert!(nobody.contains("名册里还没有人") && !nobody.contains(&person(1)[0]));
    }
}

/// Following the links of the pages shows everybody once.
#[tokio::test]
async fn paging_shows_everybody_once() {
    let test = TestApp::start(Engine::Sqlite).await;
    unit_in_a_year(&test).await;
    let clerk = test.sign_in(CLERK_OF_FIRST).await;
    let (mut path, mut names, mut pages) = ("/unit/people?size=4".to_owned(), Vec::new(), 0);
    loop {
        let shown = page(&test, &clerk, &path).await;
        let rows =
            shown.split("<th scope=\"row\">").skip(1).filter_map(|row| row.split_once("<b>").map(|(_, name)| name));
        names.extend(rows.filter_map(|row| row.split('<').next().map(str::to_owned)));
        pages += 1;
        let next =
            shown.split("href=\"").find(|link| link.contains("rel=\"next\"") && link.starts_with("/unit/people"));
        let Some(next) = next else { break };
        path = next.split('"').next().unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&");
        assert!(pages < 5, "{path}");
    }
    assert_eq!((pages, names.len()), (2, 6));
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 6, "{names:?}");
}

/// The file a clerk passes on must hold what the page shows and no whole number of anybody.
#[tokio::test]
async fn the_export_holds_what_is_filtered_with_masked_numbers() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        unit_in_a_year(&test).await;
        let clerk = test.sign_in(CLERK_OF_FIRST).await;
        let address = test.url("/unit/people-export?year=2026&state=unfinished");
        let answer = clerk.get(address).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], sheet::MEDIA_TYPE);
        let bytes = answer.bytes().await.unwrap();
        let bounds = Bounds { rows_max: 100, columns_max: 20, characters_max: 200 };
        let sheets = sheet::read(&bytes, bounds).unwrap();
        let rows = &sheets[0].rows;
        assert_eq!(rows.len(), 2 + 5, "a line of words, a header, five people");
        let first = &rows[2].cells;
        assert_eq!(first[0], person(1)[0]);
        assert!(first[1].starts_with("431*****") && first[2] == "138****0001", "{first:?}");
        assert_eq!((first[5].as_str(), first[6].as_str()), ("未缴费", "0"));
    }
}

/// A list of five thousand must open at once: the page asks for one screen of it.
#[tokio::test]
async fn a_large_unit_has_pages_too() {
    let test = TestApp::start(Engine::Sqlite).await;
    let city = City::found(&test).await;
    let rows: Vec<_> = (0..2_000).map(person).collect();
    import_roster(&test, &clerk(city.first), city.first, "a.xlsx", roster(&rows).into()).await.unwrap();
    let clerk = test.sign_in(CLERK_OF_FIRST).await;
    let shown = page(&test, &clerk, "/unit/people").await;
    assert_eq!(shown.matches("<th scope=\"row\"").count(), 50);
    let most = page(&test, &clerk, "/unit/people?size=100000").await;
    assert_eq!(most.matches("<th scope=\"row\"").count(), 500);
}
