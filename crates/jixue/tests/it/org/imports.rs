//! From a file to people, through the verbs.

use super::world::{City, clerk, facts, identity_number, people_of, person, roster, roster_below, row};
use crate::engines::engines;
use crate::test_app::TestApp;
use jixue::error::Error;
use jixue::org::roster::{ImportState, apply, import, imports, receive, refused_rows};
use jixue::org::{import_roster, learner, unit_people_ids};
use jixue_core::id::LearnerId;
use jixue_core::org::ROSTER_ROWS_MAX;

fn code<T>(outcome: Result<T, Error>) -> &'static str {
    outcome.err().and_then(|error| error.code()).unwrap_or("no refusal")
}

/// A roster with every sort of row, and a person who is there already.
#[tokio::test]
async fn good_rows_come_in_and_bad_ones_are_named() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let before = roster(&[person(1), person(2), person(4)]);
        import_roster(&test, &scope, city.first, "before.xlsx", before.into()).await.unwrap();
        let mut misspelt = person(2);
        misspelt[0] = "李大伟".to_owned();
        let mut same_phone = person(7);
        same_phone[2] = person(4)[2].clone();
        let mut titled = person(8);
        titled[4] = "卫生技术".to_owned();
        titled[5] = "中级".to_owned();
        let mut titled_by_name = person(9);
        titled_by_name[5] = "主治医师".to_owned();
        let rows = [
            person(1),
            misspelt,
            person(3),
            person(3),
            row(["", "431099198501010013", "12345", "", "卫生技术", ""]),
            row(["", "", "", "", "", ""]),
            same_phone,
            titled,
            titled_by_name,
        ];
        let id = receive(&test, &scope, city.first, "C:\\名册\\roster.xlsx", roster(&rows).into()).await.unwrap();
        let seen = import(&test, &scope, id).await.unwrap();
        assert_eq!((seen.state, seen.file_name.as_str()), (ImportState::Checked, "roster.xlsx"));
        assert_eq!((seen.new, seen.known, seen.refused, seen.imported), (3, 1, 4, 0));
        assert_eq!(people_of(&test, city.first).await, 3, "a preview brings nobody in");
        let wrong = refused_rows(&test, &scope, id, 0, 10).await.unwrap().rows;
        let codes: Vec<(i64, Vec<&str>)> = wrong
            .iter()
            .map(|row| (row.number, row.refusals.iter().map(|refusal| refusal.code.as_str()).collect()))
            .collect();
        let all_of_row_six = vec![
            "person_name.missing",
            "identity_number.check_differs",
            "phone.wrong_length",
            "roster.title_level_missing",
        ];
        assert_eq!(
            codes,
            [
                (3, vec!["roster.name_differs"]),
                (5, vec!["roster.identity_number_repeated", "roster.phone_repeated"]),
                (6, all_of_row_six),
                (8, vec!["roster.phone_taken"]),
            ]
        );
        apply(&test, &scope, id).await.unwrap();
        let done = import(&test, &scope, id).await.unwrap();
        assert_eq!((done.new, done.known, done.refused, done.imported), (0, 1, 4, 3));
        assert_eq!((done.state, people_of(&test, city.first).await), (ImportState::Applied, 6));
        assert_eq!(facts(&test, "roster_imported").await, 2);
        test.settle().await;
    }
}

/// The title of a roster must arrive whole, by series and level or by its name.
#[tokio::test]
async fn people_are_kept_as_the_roster_names_them() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let mut titled = person(3);
        (titled[3], titled[5]) = ("护理部".to_owned(), "副主任护师".to_owned());
        import_roster(&test, &scope, city.first, "a.xlsx", roster(&[titled]).into()).await.unwrap();
        let (asker, unit) = (scope.clone(), city.first);
        let kept = test
            .db
            .read(async move |tx: &jixue::db::Tx<'_>| {
                let ids = unit_people_ids(tx, &asker, unit, LearnerId::from_raw(0), 10).await?;
                learner(tx, &asker, ids[0]).await
            })
            .await
            .unwrap()
            .unwrap();
        assert_eq!(kept.name, person(3)[0]);
        assert_eq!(kept.identity_masked, format!("431***********{}", &identity_number(3)[14..]));
        assert_eq!(kept.phone_masked, "138****0003");
        assert_eq!((kept.department.as_str(), kept.unit_name.as_str()), ("护理部", "云溪医院"));
        assert_eq!((kept.title_series.as_str(), kept.title_level.as_str()), ("04", "deputy_senior"));
        assert_eq!(kept.region_code, "431002");
    }
}

/// A clerk who presses twice, or sends the file again in a year, must not make anybody twice.
#[tokio::test]
async fn the_same_file_again_is_the_same_import() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let file = roster(&[person(1), person(2)]);
        let first = receive(&test, &scope, city.first, "a.xlsx", file.clone().into()).await.unwrap();
        for name in ["a.xlsx", "another name.xlsx"] {
            assert_eq!(receive(&test, &scope, city.first, name, file.clone().into()).await.unwrap(), first);
        }
        apply(&test, &scope, first).await.unwrap();
        let done = import(&test, &scope, first).await.unwrap();
        for _ in 0..2 {
            let again = import_roster(&test, &scope, city.first, "a.xlsx", file.clone().into()).await.unwrap();
            assert_eq!((again.import, again.added), (first, 2));
        }
        assert_eq!(import(&test, &scope, first).await.unwrap(), done, "nothing changes");
        assert_eq!(people_of(&test, city.first).await, 2);
        assert_eq!(facts(&test, "roster_imported").await, 1);
        // The same people in another file: known, not new.
        let other = roster_below(&["手机", "公民身份号码", "姓名"], &[]);
        assert_eq!(code(receive(&test, &scope, city.first, "b.xlsx", other.into()).await), "roster.nobody_in_it");
        let [name, number, phone, ..] = person(1);
        let turned = [phone, number, name, String::new(), String::new(), String::new()];
        let other = roster_below(&["手机", "公民身份号码", "姓名"], &[turned]);
        let report = import_roster(&test, &scope, city.first, "b.xlsx", other.into()).await.unwrap();
        assert_eq!((report.added, report.known, report.refused), (0, 1, 0));
    }
}

/// One clerk's file is no business of another's, and neither is where a person works.
#[tokio::test]
async fn a_unit_sees_only_its_own_imports_and_people() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let (first, second) = (clerk(city.first), clerk(city.second));
        let file = roster(&[person(1), person(2)]);
        let id = receive(&test, &first, city.first, "a.xlsx", file.clone().into()).await.unwrap();
        assert_eq!(code(import(&test, &second, id).await), "request.not_found");
        assert_eq!(code(apply(&test, &second, id).await), "request.not_found");
        assert_eq!(code(receive(&test, &second, city.first, "a.xlsx", file.clone().into()).await), "request.not_found");
        assert!(refused_rows(&test, &second, id, 0, 10).await.unwrap().rows.is_empty());
        assert!(imports(&test, &second, city.first, None).await.unwrap().is_empty());
        assert_eq!(imports(&test, &first, city.first, None).await.unwrap().len(), 1);
        apply(&test, &first, id).await.unwrap();
        let report = import_roster(&test, &second, city.second, "a.xlsx", file.into()).await.unwrap();
        assert_eq!((report.added, report.refused), (0, 2));
        let codes: Vec<&str> =
            report.refused_rows.iter().flat_map(|row| &row.refusals).map(|refusal| refusal.code.as_str()).collect();
        assert_eq!(codes, ["roster.works_elsewhere", "roster.works_elsewhere"]);
        let (asker, unit) = (second.clone(), city.first);
        let seen = test
            .db
            .read(async move |tx: &jixue::db::Tx<'_>| {
                unit_people_ids(tx, &asker, unit, LearnerId::from_raw(0), 10).await
            })
            .await
            .unwrap();
        assert!(seen.is_empty(), "people of another unit");
    }
}

/// The largest units have thousands of people; their clerk waits for the answer.
#[tokio::test]
async fn five_thousand_people_come_in_at_once() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let scope = clerk(city.first);
        let rows: Vec<_> = (0..5_000).map(person).collect();
        let began = std::time::Instant::now();
        let report = import_roster(&test, &scope, city.first, "all.xlsx", roster(&rows).into()).await.unwrap();
        println!("{engine:?}: 5,000 people in {:?}", began.elapsed());
        assert_eq!((report.added, report.known, report.refused), (5_000, 0, 0), "{:?}", report.refused_rows.first());
        assert_eq!(people_of(&test, city.first).await, 5_000);
        let rows: Vec<_> = (0..=ROSTER_ROWS_MAX).map(person).collect();
        let more = super::world::csv(&rows);
        assert_eq!(code(receive(&test, &scope, city.first, "more.csv", more.into()).await), "roster.too_many_rows");
    }
}
