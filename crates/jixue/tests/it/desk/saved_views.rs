//! Filters under a name: one's own, found again, renamed, begun with, deleted and taken back.

use super::unit_in_a_year;
use crate::accounts::{Answer, Office};
use crate::engines::engines;
use crate::org::{CLERK_OF_FIRST, CLERK_OF_SECOND, identity_number};
use crate::test_app::TestApp;

async fn save(office: &Office, clerk: &reqwest::Client, name: &str, filter: &str) -> Answer {
    office.post(clerk, "/saved-views", &[("list", "unit_people"), ("name", name), ("filter", filter)]).await
}

/// The address of the view that is open on the page.
fn open_view(page: &Answer) -> String {
    let (_, rest) = page.text.split_once("href=\"/saved-views/").unwrap_or_else(|| panic!("{}", page.text));
    format!("/saved-views/{}", rest.split('"').next().unwrap_or_default())
}

#[tokio::test]
async fn a_filter_is_kept_under_its_name_for_its_owner_alone() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        unit_in_a_year(&test).await;
        let office = Office { test };
        let clerk = office.sign_in(CLERK_OF_FIRST).await;
        let saved = save(&office, &clerk, " 未缴费 ", "state=required&after=7").await;
        assert_eq!(saved.location, "/unit/people?state=required&done=view_saved", "{}", saved.text);
        let page = office.get(&clerk, "/unit/people?year=2026&state=required").await;
        assert!(page.text.contains("未缴费</a>"), "{}", page.text);
        let view = open_view(&page);
        let other = office.sign_in(CLERK_OF_SECOND).await;
        assert_eq!(office.get(&other, &view).await.status, 404);
        for verb in ["", "/deletion", "/restoration"] {
            let answer = office.post(&other, &format!("{view}{verb}"), &[("name", "我的")]).await;
            assert_eq!(answer.status, 404, "{verb}");
        }
        assert_eq!(office.get(&clerk, "/unit/people").await.status, 200, "it begins with everybody");
        let started = office.post(&clerk, &view, &[("name", "先看这些"), ("start", "yes")]).await;
        assert_eq!(started.status, 303, "{}", started.text);
        assert_eq!(office.get(&clerk, "/unit/people").await.location, "/unit/people?state=required");
        assert_eq!(office.get(&clerk, "/unit/people?view=all").await.status, 200, "all is one click away");
        assert_eq!(office.post(&clerk, &format!("{view}/deletion"), &[]).await.location, view);
        assert!(office.get(&clerk, &view).await.text.contains("恢复"));
        assert_eq!(office.get(&clerk, "/unit/people").await.status, 200, "what is deleted opens nothing");
        assert_eq!(office.post(&clerk, &format!("{view}/restoration"), &[]).await.status, 303);
        assert!(office.get(&clerk, "/unit/people?view=all").await.text.contains("先看这些"));
    }
}

/// What is refused comes back as it was typed; a number of a person is never kept in the clear.
#[tokio::test]
async fn what_cannot_be_saved_says_why_beside_its_name() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        unit_in_a_year(&test).await;
        let office = Office { test };
        let clerk = office.sign_in(CLERK_OF_FIRST).await;
        assert_eq!(save(&office, &clerk, "内科", "department=%E5%86%85%E7%A7%91").await.status, 303);
        let number = format!("find={}", identity_number(1));
        for (name, filter, words) in [
            ("内科", "state=paid", "已经有同名的常用筛选"),
            ("  ", "state=paid", "名称要有 1 到 30 个字"),
            ("某人", number.as_str(), "不能保存"),
            ("某人的手机", "find=138+0000+0003", "不能保存"),
            ("全部", "year=2026", "没有任何筛选条件"),
        ] {
            let refused = save(&office, &clerk, name, filter).await;
            assert!(matches!(refused.status, 409 | 422), "{name}: {}", refused.status);
            assert!(refused.text.contains(words) && refused.text.contains("aria-invalid"), "{}", refused.text);
            assert!(refused.text.contains(&format!("value=\"{name}\"")), "{}", refused.text);
        }
        assert_eq!(
            save(&office, &clerk, "后四位", "find=0003").await.status,
            303,
            "the end of a phone is shown anyway"
        );
        let officers = [("list", "bureau_units"), ("name", "我的"), ("filter", "region=431002")];
        assert_eq!(office.post(&clerk, "/saved-views", &officers).await.status, 403, "not a clerk's list");
    }
}
