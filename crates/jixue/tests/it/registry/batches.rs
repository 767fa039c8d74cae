//! Lists in the order of a column, and what is done for several at once.

use super::post;
use crate::credit::office::{Office, in_offices};
use crate::org::{clerk, person, roster};
use jixue::org::import_roster;

/// The names of a list in the order in which the page shows them.
fn names(page: &str) -> Vec<String> {
    let body = page.split("<tbody>").nth(1).and_then(|rest| rest.split("</tbody>").next()).unwrap_or_default();
    let cell = |row: &str| row.split("<th scope=\"row\"").nth(1).map(str::to_owned);
    let rows = body.split("<tr").filter_map(cell);
    rows.map(|row| {
        let link = row.split("\">").nth(2).or_else(|| row.split("\">").nth(1)).unwrap_or_default();
        link.trim_start_matches("<b>").split('<').next().unwrap_or_default().to_owned()
    })
    .collect()
}

/// The first unit of the office's city with some more people, whose names stand in no order.
async fn crowded(office: &Office) -> jixue_core::id::UnitId {
    let unit = super::merging::first(office).await;
    let mut rows: Vec<_> = (20..24).map(person).collect();
    for (row, name) in rows.iter_mut().zip(["张小雨", "安小林", "李小明", "陈小静"]) {
        row[0] = name.to_owned();
    }
    let report = import_roster(office, &clerk(unit), unit, "b.xlsx", roster(&rows).into()).await.unwrap();
    assert_eq!(report.added, 4);
    unit
}

/// An officer looks somebody up as in a paper register: by pronunciation, in either direction, without scripts.
#[tokio::test]
async fn the_people_of_a_unit_stand_in_the_order_that_is_asked_for() {
    in_offices(async |office| {
        let unit = crowded(office).await;
        let county = office.officer("431002").await;
        let (_, page) = county.get(&format!("/bureau/people?unit={unit}&find=小&sort=name")).await;
        assert_eq!(names(&page), ["安小林", "陈小静", "李小明", "张小雨"], "{page}");
        assert!(
            page.contains("aria-sort=\"ascending\"") && page.contains("sort=-name"),
            "the head says so and turns it"
        );
        let (_, page) = county.get(&format!("/bureau/people?unit={unit}&find=小&sort=-name")).await;
        assert_eq!(names(&page), ["张小雨", "李小明", "陈小静", "安小林"]);
        let (_, whole) = county.get("/bureau/people?sort=name").await;
        assert!(!whole.contains("aria-sort"), "a whole county is listed in its own order");
        let (_, odd) = county.get(&format!("/bureau/people?unit={unit}&sort=phone_sealed")).await;
        assert!(!odd.contains("aria-sort") && odd.contains("张小雨"), "what is no column sorts nothing");
    })
    .await;
}

#[tokio::test]
async fn units_stand_in_the_order_that_is_asked_for() {
    in_offices(async |office| {
        crowded(office).await;
        let city = office.officer("431000").await;
        let people = async |sort: &str| {
            let (status, page) = city.get(&format!("/bureau/units?sort={sort}")).await;
            assert_eq!(status, 200);
            names(&page)
        };
        let (up, mut down) = (people("people").await, people("-people").await);
        assert_eq!(down[0], "云溪医院", "the largest first: {down:?}");
        down.reverse();
        assert_eq!(up, down);
        let mut by_name = people("name").await;
        by_name.sort();
        let mut own = people("").await;
        own.sort();
        assert_eq!(by_name, own, "an order leaves nobody out");
    })
    .await;
}

/// What many leavings come to is said before, all of them happen or none, and nobody beyond reach is touched.
#[tokio::test]
async fn several_people_leave_together_or_not_at_all() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let (one, two, far) = (office.learner(1), office.learner(2), office.learner(9));
        let ids = [one, two, far].map(|learner| learner.to_string());
        let send = async |fields: &[(&str, &str)]| {
            let mut form = vec![("csrf", county.csrf.as_str())];
            form.extend_from_slice(fields);
            let answer = county.client.post(office.url("/bureau/people-leavings")).form(&form).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        let all = [("learner", ids[0].as_str()), ("learner", &ids[1]), ("learner", &ids[2])];
        let (status, page) = send(&all).await;
        assert_eq!(status, 200);
        assert!(page.contains("2 人将离开所在单位") && page.contains("选中的人里有 1 人不在您的辖区"), "{page}");
        assert!(!page.contains(&person(9)[0]), "whoever is out of reach is not named");
        let left = "SELECT COUNT(*) FROM employment WHERE ended_on IS NOT NULL";
        assert_eq!(office.count(left).await, 0, "looking changes nothing");

        let today = office.today();
        let forced = [("on", today.as_str()), all[0], all[1], all[2]];
        let refused = post(&county, "/bureau/people-leavings", &forced).await;
        assert_eq!(refused, (409, "registry.choice_changed".to_owned()));
        assert_eq!(office.count(left).await, 0, "not the first two either");
        let early = post(&county, "/bureau/people-leavings", &[("on", "2001-01-01"), all[0], all[1]]).await;
        assert_eq!(early.0, 422, "{}", early.1);
        assert_eq!(office.count(left).await, 0);
        let done = post(&county, "/bureau/people-leavings", &[("on", &today), all[0], all[1]]).await;
        assert_eq!(done, (303, "/bureau/people?done=people_left".to_owned()));
        assert_eq!(office.count(left).await, 2);
        assert_eq!(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'learner_left'").await, 2);
    })
    .await;
}

#[tokio::test]
async fn everybody_of_a_filter_is_counted_before_they_leave() {
    in_offices(async |office| {
        let unit = crowded(office).await.to_string();
        let county = office.officer("431002").await;
        let form = [("csrf", county.csrf.as_str()), ("all", "yes"), ("unit", &unit), ("find", "小")];
        let page = county.client.post(office.url("/bureau/people-leavings")).form(&form).send().await.unwrap();
        assert!(page.text().await.unwrap().contains("4 人将离开所在单位"));
        let nobody = post(&county, "/bureau/people-leavings", &[]).await;
        assert_eq!(nobody, (422, "registry.nobody_chosen".to_owned()));
        let ids: Vec<String> = (1..=501).map(|id| id.to_string()).collect();
        let many: Vec<(&str, &str)> = ids.iter().map(|id| ("learner", id.as_str())).collect();
        assert_eq!(post(&county, "/bureau/people-leavings", &many).await.1, "registry.too_many_chosen");
        let other = office.officer("431003").await;
        let form = [("csrf", other.csrf.as_str()), ("all", "yes"), ("unit", &unit)];
        let page = other.client.post(office.url("/bureau/people-leavings")).form(&form).send().await.unwrap();
        assert_eq!(page.status(), 422, "the next county finds nobody of this unit");
    })
    .await;
}

#[tokio::test]
async fn the_chosen_alone_are_exported_with_masked_numbers() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let (near, far) = (office.learner(2).to_string(), office.learner(9).to_string());
        let form = [("csrf", county.csrf.as_str()), ("format", "csv"), ("learner", &near), ("learner", &far)];
        let file = county.client.post(office.url("/bureau/people-export")).form(&form).send().await.unwrap();
        let text = file.text().await.unwrap();
        assert!(text.contains(&person(2)[0]) && text.contains("431*****"), "{text}");
        assert!(!text.contains(&person(1)[0]) && !text.contains(&person(9)[0]), "{text}");
        let unit = super::merging::first(office).await.to_string();
        let form = [("csrf", county.csrf.as_str()), ("chosen", &unit)];
        let file = county.client.post(office.url("/bureau/units-export")).form(&form).send().await.unwrap();
        let bounds = jixue::sheet::Bounds { rows_max: 100, columns_max: 20, characters_max: 200 };
        let sheets = jixue::sheet::read(&file.bytes().await.unwrap(), bounds).unwrap();
        assert_eq!(sheets[0].rows.len(), 3, "words, a head and one unit");
        let none = post(&county, "/bureau/units-export", &[]).await;
        assert_eq!(none, (422, "registry.no_unit_chosen".to_owned()));
    })
    .await;
}
