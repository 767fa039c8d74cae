//! An order for everybody a filter finds.

use super::unit_in_a_year;
use crate::accounts::{Office, answer};
use crate::engines::engines;
use crate::org::{CLERK_OF_FIRST, CLERK_OF_SECOND};
use crate::test_app::TestApp;

/// What the filter finds and what can be ordered are two numbers: a clerk who takes one for the other pays twice.
#[tokio::test]
async fn an_order_for_a_whole_filter_says_whom_it_is_for() {
    for engine in engines() {
        let test = TestApp::start(engine).await;
        unit_in_a_year(&test).await;
        let office = Office { test };
        let clerk = office.sign_in(CLERK_OF_FIRST).await;
        let order = async |fields: &[(&str, &str)]| office.post(&clerk, "/unit/people-order", fields).await;
        let all = order(&[("year", "2026")]).await;
        assert!(all.text.contains("对筛选出的 6 人中可下单的 6 人缴费"), "{}", all.text);
        let some = order(&[("year", "2026"), ("department", "检验科"), ("learner", "7"), ("learner", "8")]).await;
        assert!(some.text.contains("对筛选出的 1 人中可下单的 1 人缴费"), "{}", some.text);
        let learner = some.text.split("name=\"learner\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let fields = [
            ("year", "2026"),
            ("subject", "public"),
            ("request_key", "0123456789abcdef"),
            ("learner", learner.expect("a learner")),
        ];
        let placed = office.post(&clerk, "/unit/orders", &fields).await;
        assert_eq!(placed.status, 303, "{}", placed.text);
        let after = order(&[("year", "2026")]).await;
        assert!(after.text.contains("对筛选出的 6 人中可下单的 5 人缴费"), "{}", after.text);
        let other = office.sign_in(CLERK_OF_SECOND).await;
        let nobody = office.post(&other, "/unit/people-order", &[("year", "2026")]).await;
        assert_eq!(nobody.status, 422, "nobody of another unit is found: {}", nobody.text);
        let stranger = answer(office.visitor().post(office.url("/unit/people-order"))).await;
        assert_ne!(stranger.status, 200);
    }
}
