//! Registering units and finding them.

use super::{Desk, brought, post, unit_form};
use crate::credit::office::in_offices;
use crate::org::CLERK_OF_FIRST;
use jixue::sheet::{self, Bounds};

const CODE: &str = "12431000MJX000018D";

#[tokio::test]
async fn an_officer_registers_a_unit_in_their_county() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let (status, to) = post(&county, "/bureau/units", &unit_form("青云 学校", CODE, "431002")).await;
        assert!(status == 303 && to.ends_with("?done=unit_registered"), "{status} {to}");
        let again = post(&county, "/bureau/units", &unit_form("青云学校", CODE, "431002")).await;
        assert_eq!(again, (303, to.replace("unit_registered", "unit_known")), "the same unit again");
        let (status, page) = county.get(&to).await;
        assert!(status == 200 && page.contains("青云 学校") && page.contains(CODE), "{page}");
        let (_, list) = county.get("/bureau/units").await;
        assert!(list.contains("青云 学校") && list.contains("云溪医院") && !list.contains("青山中学"), "{list}");
        let (_, next_door) = office.officer("431003").await.get("/bureau/units").await;
        assert!(!next_door.contains("青云 学校") && next_door.contains("青山中学"));
        assert_eq!(office.officer("431003").await.get(&to).await.0, 404, "a unit next door");
        assert_eq!(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'unit_registered'").await, 1);
    })
    .await;
}

/// Each slip is named, and nothing is written.
#[tokio::test]
async fn what_makes_no_unit_is_refused_by_name() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let before = office.count("SELECT COUNT(*) FROM employer_unit").await;
        let good = unit_form("青云学校", CODE, "431002");
        for (field, value, status, code) in [
            ("uscc", "12431000MJX000018E", 422, "uscc.check_differs"),
            ("uscc", "1.2431E+17", 422, "uscc.damaged_by_spreadsheet"),
            ("uscc", "12431021MJX000034G", 409, "org.uscc_taken"),
            ("name", " ", 422, "unit.name_missing"),
            ("name", "12345", 422, "unit.name_not_a_name"),
            ("name", "云溪医院", 409, "unit.name_taken"),
            ("region", "431003", 403, "unit.region_beyond"),
            ("region", "431099", 403, "unit.region_beyond"),
            ("industry", "magic", 422, "unit.industry_unknown"),
            ("kind", "secret", 422, "unit.kind_unknown"),
        ] {
            let mut form = good;
            form.iter_mut().filter(|(name, _)| *name == field).for_each(|pair| pair.1 = value);
            assert_eq!(post(&county, "/bureau/units", &form).await, (status, code.to_owned()), "{field} {value}");
        }
        let mut silent = unit_form("青云学校", "", "431002");
        silent[2].1 = "  ";
        assert_eq!(post(&county, "/bureau/units", &silent).await, (422, "unit.reason_missing".to_owned()));
        assert_eq!(office.count("SELECT COUNT(*) FROM employer_unit").await, before);
        let nameless = post(&county, "/bureau/units", &unit_form("青云学校筹备组", "", "431002")).await;
        assert_eq!(nameless.0, 303, "a unit without a code has a reason");
    })
    .await;
}

/// People go on using the old name for years; a unit that is not found under it is registered a second time.
#[tokio::test]
async fn a_unit_is_found_by_the_name_it_had_before() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let (_, to) = post(&county, "/bureau/units", &unit_form("青云学校", CODE, "431002")).await;
        let page = to.split('?').next().unwrap_or_default();
        let renamed = unit_form("青云实验学校", CODE, "431002");
        assert_eq!(post(&county, page, &renamed).await.0, 303);
        assert_eq!(post(&county, &format!("{page}/names"), &[("name", "青实")]).await.0, 303);
        for words in ["青云学校", "青实", "青云（实验）学校", &CODE[..9].to_lowercase()] {
            let (_, found) = county.get(&format!("/bureau/units?find={}", jixue::web::page::encode(words))).await;
            assert!(found.contains("青云实验学校") && !found.contains("云溪医院"), "{words}: {found}");
        }
        let (_, found) = county.get("/bureau/units?find=%E9%9D%92%E4%BA%91%E5%AD%A6%E6%A0%A1").await;
        assert!(found.contains("曾用名：青云学校"));
        for nothing in ["%25", "_", "%E4%B8%8D%E5%AD%98%E5%9C%A8"] {
            let (_, none) = county.get(&format!("/bureau/units?find={nothing}")).await;
            assert!(none.contains("没有符合条件的单位"), "{nothing}");
        }
        let known = post(&county, "/bureau/units", &unit_form("青云学校", CODE, "431002")).await;
        assert!(known.1.ends_with("done=unit_known"), "the old name with the same code is the same unit: {known:?}");
        let stranger = office.officer("431003").await;
        assert_eq!(post(&stranger, page, &renamed).await.0, 404, "changed from next door");
        assert_eq!(post(&stranger, &format!("{page}/names"), &[("name", "他们")]).await.0, 404);
    })
    .await;
}

#[tokio::test]
async fn the_list_is_filtered_paged_and_exported_as_filtered() {
    in_offices(async |office| {
        for number in 0..60 {
            brought(office, &format!("第{number}卫生院"), Err("内设机构"), "431002").await;
        }
        let root = office.officer("431000").await;
        let (mut path, mut rows) = ("/bureau/units".to_owned(), 0);
        loop {
            let (_, page) = root.get(&path).await;
            rows += page.matches("<th scope=\"row\"").count();
            let next = page.split("href=\"").find(|link| link.contains("rel=\"next\"") && link.starts_with("/bureau"));
            let Some(next) = next else { break };
            path = next.split('"').next().unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&");
        }
        assert_eq!(rows, 62);
        let (_, lacking) = root.get("/bureau/units?lacking=no_clerk&region=431003").await;
        assert!(lacking.contains("没有符合条件的单位"), "the unit of that county has a clerk");
        let (_, empty) = root.get("/bureau/units?lacking=no_people&industry=health").await;
        assert!(empty.contains("卫生院") && !empty.contains("云溪医院</a>"));
        let export = root.client.get(office.url("/bureau/units-export?lacking=no_code")).send().await.unwrap();
        assert_eq!(export.headers()["content-type"], sheet::MEDIA_TYPE);
        let bounds = Bounds { rows_max: 100, columns_max: 20, characters_max: 200 };
        let sheets = sheet::read(&export.bytes().await.unwrap(), bounds).unwrap();
        assert_eq!(sheets[0].rows.len(), 2 + 60, "a line of words, a header, sixty units");
        assert_eq!(sheets[0].rows[2].cells[..4], ["第0卫生院", "", "内设机构", "北湖区"]);
    })
    .await;
}

/// A name mistyped by one colleague is put right for all, and two spellings become one department.
#[tokio::test]
async fn a_clerk_renames_a_department_and_makes_two_one() {
    in_offices(async |office| {
        let desk = Desk::of(office, CLERK_OF_FIRST).await;
        let now = |name: &'static str| async move {
            let count = async move |tx: &jixue::db::Tx<'_>| {
                const IN_IT: &str = "SELECT COUNT(*) FROM employment WHERE department = $1 AND ended_on IS NULL";
                tx.query_value::<i64>(IN_IT, jixue::db::values![name]).await
            };
            office.db.read(count).await.expect("a count")
        };
        assert_eq!(now("心血管内科").await, 4);
        assert!(desk.get("/unit/departments").await.1.contains("心血管内科"));
        let rename = |from: &'static str, name: &'static str| [("from", from), ("name", name)];
        for (from, name, code) in [
            ("心血管内科", " ", "department.name_missing"),
            ("心血管内科", "心血管内科", "department.same_name"),
            ("骨科", "外科", "department.unknown"),
        ] {
            assert_eq!(desk.post("/unit/departments", &rename(from, name)).await.1, code);
        }
        assert_eq!(desk.post("/unit/departments", &rename("心血管内科", "心内科")).await.0, 303);
        assert_eq!((now("心内科").await, now("心血管内科").await), (3, 1), "the other unit keeps its own");
    })
    .await;
}
