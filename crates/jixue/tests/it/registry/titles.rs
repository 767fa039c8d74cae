//! Several titles a person: one is the main one, and nothing that was written down is lost.

use super::Desk;
use crate::credit::office::{Office, in_offices};
use crate::org::{CLERK_OF_FIRST, CLERK_OF_SECOND, clerk, person, roster};
use jixue::db::{Tx, values};
use jixue::org::import_roster;
use jixue_core::id::{LearnerId, UnitId};

/// Series and level that lists show of somebody.
async fn shown(office: &Office, learner: LearnerId) -> (String, String) {
    const SHOWN: &str = "SELECT title_series, title_level FROM learner WHERE learner_id = $1";
    let read = async move |tx: &Tx<'_>| {
        tx.query_one(SHOWN, values![learner], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?))).await
    };
    office.db.read(read).await.expect("a learner")
}

async fn newest(office: &Office) -> String {
    office.count("SELECT MAX(title_id) FROM person_title").await.to_string()
}

#[tokio::test]
async fn the_main_title_is_what_lists_show_and_the_others_stay() {
    in_offices(async |office| {
        let (desk, next_door) = (Desk::of(office, CLERK_OF_FIRST).await, Desk::of(office, CLERK_OF_SECOND).await);
        let learner = office.learner(1);
        let at = |what: &str| format!("/people/{learner}/{what}");
        let today = office.today();
        assert_eq!(shown(office, learner).await, (String::new(), String::new()));
        let first = [("series", "04"), ("level", "intermediate"), ("obtained", "2019-07-01")];
        assert_eq!(next_door.post(&at("titles"), &first).await, (404, "request.not_found".to_owned()));
        for (field, value, code) in [
            ("series", "99", "title.series_unknown"),
            ("level", "doctor", "title.level_unknown"),
            ("obtained", "2199-01-01", "title.day_unfit"),
            ("obtained", "once", "year.date_unreadable"),
        ] {
            let mut wrong = first;
            wrong.iter_mut().filter(|(name, _)| *name == field).for_each(|pair| pair.1 = value);
            assert_eq!(desk.post(&at("titles"), &wrong).await, (422, code.to_owned()), "{field} {value}");
        }
        assert_eq!(desk.post(&at("titles"), &first).await, (303, format!("/people/{learner}?done=titles_changed")));
        let nurse = newest(office).await;
        assert_eq!(
            shown(office, learner).await,
            ("04".to_owned(), "intermediate".to_owned()),
            "the first is the main one"
        );
        assert_eq!(desk.post(&at("titles"), &first).await, (409, "title.has_it".to_owned()));

        let second = [("series", "05"), ("level", "assistant"), ("obtained", today.as_str())];
        assert_eq!(desk.post(&at("titles"), &second).await.0, 303);
        let engineer = newest(office).await;
        assert_eq!(shown(office, learner).await.0, "04", "a second one changes nothing");
        assert_eq!(desk.post(&at("main-title"), &[("title", &engineer)]).await.0, 303);
        assert_eq!(shown(office, learner).await, ("05".to_owned(), "assistant".to_owned()));
        let end = [("title", engineer.as_str()), ("why", "登记有误")];
        assert_eq!(desk.post(&at("title-ending"), &end).await, (409, "title.main_needed".to_owned()));
        assert_eq!(desk.post(&at("title-ending"), &[("title", &nurse), ("why", " ")]).await.1, "title.reason_missing");
        assert_eq!(desk.post(&at("title-ending"), &[("title", &nurse), ("why", "转岗")]).await.0, 303);
        assert_eq!(desk.post(&at("main-title"), &[("title", &nurse)]).await.1, "title.unknown", "it has ended");

        let right =
            [("series", "05"), ("level", "intermediate"), ("title", engineer.as_str()), ("why", "级别登记有误")];
        assert_eq!(desk.post(&at("title-correction"), &right).await.0, 303);
        assert_eq!(shown(office, learner).await, ("05".to_owned(), "intermediate".to_owned()));
        let (_, page) = desk.get(&format!("/people/{learner}")).await;
        assert!(page.contains("级别登记有误") && page.contains("转岗") && page.contains("主职称"), "{page}");
        assert_eq!(office.count("SELECT COUNT(*) FROM person_title WHERE ended_at IS NOT NULL").await, 2);
        assert_eq!(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'titles_changed'").await, 5);
    })
    .await;
}

/// What a roster says is the main title, and whoever is taken off it again leaves no title behind.
#[tokio::test]
async fn a_roster_brings_the_main_title() {
    in_offices(async |office| {
        let unit =
            UnitId::from_raw(office.count("SELECT unit_id FROM employer_unit WHERE uscc = '12431021MJX000034G'").await);
        let mut row = person(20);
        (row[4], row[5]) = ("卫生技术".to_owned(), "副高级".to_owned());
        import_roster(&office.test, &clerk(unit), unit, "b.xlsx", roster(&[row]).into()).await.expect("a roster");
        assert_eq!(office.count("SELECT COUNT(*) FROM person_title WHERE is_main = 1 AND series = '04'").await, 1);
        let wrong = "SELECT COUNT(*) FROM learner l LEFT JOIN person_title p ON p.learner_id = l.learner_id
            AND p.is_main = 1 AND p.ended_at IS NULL
            WHERE l.title_series <> COALESCE(p.series, '') OR l.title_level <> COALESCE(p.level, '')";
        assert_eq!(office.count(wrong).await, 0, "what lists show is what stands there");
    })
    .await;
}
