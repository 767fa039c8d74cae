//! Lists of people, the yearly word of a unit, and the same for other programs.

use super::{Desk, post};
use crate::credit::office::in_offices;
use crate::org::{CLERK_OF_FIRST, CLERK_OF_SECOND, clerk, identity_number, person, roster};
use jixue::org::import_roster;
use jixue::sheet::{self, Bounds};

const BOUNDS: Bounds = Bounds { rows_max: 100, columns_max: 20, characters_max: 200 };

#[tokio::test]
async fn a_county_is_exported_with_masked_numbers_unless_a_purpose_is_given() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let get = async |path: &str| {
            let answer = county.client.get(office.url(path)).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            answer.bytes().await.unwrap()
        };
        let sheets = sheet::read(&get("/bureau/people-export").await, BOUNDS).unwrap();
        assert_eq!(sheets[0].rows.len(), 2 + 3, "a line of words, a header, three people of this county");
        let first = &sheets[0].rows[2].cells;
        assert!(first[1].starts_with("431*****") && first[7] == "云溪医院", "{first:?}");
        let csv = get("/bureau/people-export?format=csv&purpose=x").await;
        let text = String::from_utf8(csv.to_vec()).unwrap();
        assert!(text.starts_with("\u{feff}姓名,") && !text.contains(&identity_number(1)), "{text}");

        let short = post(&county, "/bureau/people-export", &[("purpose", "看看")]).await;
        assert_eq!(short, (422, "registry.purpose_missing".to_owned()));
        let form = [("csrf", county.csrf.as_str()), ("purpose", "报送年度统计"), ("format", "csv")];
        let whole = county.client.post(office.url("/bureau/people-export")).form(&form).send().await.unwrap();
        let text = whole.text().await.unwrap();
        assert!(text.contains(&identity_number(1)) && !text.contains(&identity_number(9)), "{text}");
        assert_eq!(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'people_exported'").await, 3);
        let (_, page) = county.get("/bureau/people").await;
        assert!(page.contains(&person(1)[0]) && !page.contains(&identity_number(1)));
        let (_, found) = county.get(&format!("/bureau/people?find={}", identity_number(9))).await;
        assert!(found.contains("没有符合条件的人员"), "a number of the next county is not found here");
    })
    .await;
}

/// Source: reliability.md §2, case 25: what somebody typed must not run on the computer of whoever opens the list.
#[tokio::test]
async fn attack_case_25_a_department_that_is_a_formula_stays_text() {
    in_offices(async |office| {
        let unit = super::merging::first(office).await;
        let mut row = person(5);
        row[3] = "=HYPERLINK(\"http://evil.example\")".to_owned();
        import_roster(office, &clerk(unit), unit, "f.xlsx", roster(&[row]).into()).await.unwrap();
        let county = office.officer("431002").await;
        let csv = county.client.get(office.url("/bureau/people-export?format=csv")).send().await.unwrap();
        let text = csv.text().await.unwrap();
        assert!(text.contains("\"'=HYPERLINK(\"\"http"), "{text}");
        assert!(!text.contains(",=HYPERLINK") && !text.contains(",\"=HYPERLINK"));
    })
    .await;
}

#[tokio::test]
async fn a_unit_confirms_its_people_once_a_year_and_the_county_sees_who_has_not() {
    in_offices(async |office| {
        let (desk, county) = (Desk::of(office, CLERK_OF_FIRST).await, office.officer("431002").await);
        let (_, missing) = county.get("/bureau/units?lacking=no_confirmation").await;
        assert!(missing.contains("云溪医院"));
        let (_, page) = desk.get("/unit/roster-confirmation").await;
        assert!(page.contains("确认这 3 人"), "{page}");
        let wrong = desk.post("/unit/roster-confirmation", &[("people", "2")]).await;
        assert_eq!(wrong, (409, "registry.people_changed".to_owned()), "what was seen is not what there is");
        assert_eq!(desk.post("/unit/roster-confirmation", &[("people", "3")]).await.0, 303);
        let (_, page) = desk.get("/unit/roster-confirmation").await;
        assert!(page.contains("已确认：3 人"));
        let (_, missing) = county.get("/bureau/units?lacking=no_confirmation").await;
        assert!(!missing.contains("云溪医院"));
        let today = office.today();
        let left = desk.post(&format!("/people/{}/leaving", office.learner(1)), &[("on", &today)]).await;
        assert_eq!(left.0, 303);
        let (_, page) = desk.get("/unit/roster-confirmation").await;
        assert!(page.contains("现在是 2 人"), "{page}");
        assert_eq!(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'roster_confirmed'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn other_programs_read_units_and_people_page_by_page_within_their_reach() {
    in_offices(async |office| {
        let (desk, other) = (Desk::of(office, CLERK_OF_FIRST).await, Desk::of(office, CLERK_OF_SECOND).await);
        let read = async |desk: &Desk, path: &str| -> Vec<serde_json::Value> {
            let (status, text) = desk.get(path).await;
            assert_eq!(status, 200, "{path}: {text}");
            serde_json::from_str(&text).unwrap()
        };
        let units = read(&desk, "/api/v1/units").await;
        assert_eq!(
            (units.len(), units[0]["uscc"].as_str(), units[0]["people"].as_i64()),
            (1, Some("12431021MJX000034G"), Some(3))
        );
        assert!(units[0]["unit"].is_string(), "ids travel as text");
        let (mut after, mut names) = ("0".to_owned(), Vec::new());
        loop {
            let people = read(&desk, &format!("/api/v1/people?limit=2&after={after}")).await;
            names.extend(people.iter().map(|one| one["name"].as_str().unwrap().to_owned()));
            let Some(last) = people.last().filter(|_| people.len() == 2) else { break };
            after = last["learner"].as_str().unwrap().to_owned();
        }
        assert_eq!(names, [1, 2, 3].map(|number| person(number)[0].clone()));
        let text = desk.get("/api/v1/people").await.1;
        assert!(!text.contains(&identity_number(1)) && text.contains("resident_card"));
        assert_eq!(read(&other, &format!("/api/v1/people?find={}", identity_number(1))).await.len(), 0);
        let unit = units[0]["unit"].as_str().unwrap();
        assert_eq!(
            read(&other, &format!("/api/v1/people?unit={unit}")).await.len(),
            0,
            "a unit that is named is no right"
        );
        let strange = office.test.visitor().get(office.url("/api/v1/people")).send().await.unwrap();
        assert_eq!(strange.status(), 401);
    })
    .await;
}
