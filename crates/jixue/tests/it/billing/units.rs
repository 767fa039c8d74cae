//! A unit pays for many: who is left out is said first, then one order, and all seats open.

use super::city::{COUNTY, City, FEE, Person, eventually, order_in};
use crate::engines::{Engine, engines};
use jixue_core::id::{LearnerId, OrderId};
use jixue_core::role::Role;
use jixue_core::scope::Reach;

/// The clerk chooses, looks at the confirmation, confirms; the order's number.
pub async fn order_through_pages(city: &City, clerk: &Person, learners: &[LearnerId]) -> OrderId {
    let page = choose(city, clerk, learners).await;
    assert!(page.contains(&format!("为 {} 人缴费", learners.len())), "{}", &page[..page.len().min(4_000)]);
    let (status, location, page) = confirm(clerk, &page).await;
    assert_eq!(status, 303, "{page}");
    order_in(&location)
}

async fn choose(city: &City, clerk: &Person, learners: &[LearnerId]) -> String {
    let ids: Vec<String> = learners.iter().map(ToString::to_string).collect();
    let year = city.year.to_string();
    let mut form = vec![("year", year.as_str()), ("subject", "public")];
    form.extend(ids.iter().map(|id| ("learner", id.as_str())));
    let (status, _, page) = clerk.post("/unit/orders", &form).await;
    assert_eq!(status, 200, "{page}");
    page
}

/// Sends the confirmation's own form.
async fn confirm(clerk: &Person, page: &str) -> (u16, String, String) {
    let (_, form) =
        page.split_once("<form class=\"form\" method=\"post\" action=\"/unit/orders\" data-unpick>").expect("a form");
    let (form, _) = form.split_once("</form>").expect("the end of the form");
    let fields: Vec<(&str, &str)> = form.split("name=\"").skip(1).filter_map(hidden).collect();
    let own: Vec<_> = fields.into_iter().filter(|(name, _)| *name != "csrf").collect();
    clerk.post("/unit/orders", &own).await
}

fn hidden(rest: &str) -> Option<(&str, &str)> {
    let (name, rest) = rest.split_once('"')?;
    let (_, rest) = rest.split_once("value=\"")?;
    Some((name, rest.split('"').next()?))
}

/// A hospital's clerk pays for everybody at once; each of them can study a few seconds later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clerk_pays_for_twelve_hundred_people_in_one_order() {
    for engine in engines() {
        let city = City::start(engine).await;
        let learners = city.people(city.unit, 1, 1_200).await;
        let clerk = city.clerk().await;
        let order = order_through_pages(&city, &clerk, &learners).await;
        let (_, page) = clerk.get(&format!("/orders/{order}")).await;
        assert!(
            page.contains("¥48,000.00") && page.contains("1200 人") && page.contains("<path fill=\"#000\""),
            "{page}"
        );
        city.simulator.pay(&city.number(order).await).unwrap();
        clerk.waits_until_paid(order).await;
        eventually("all seats are open", async || city.open_seats(order).await == 1_200).await;
        assert_eq!(city.seats_paid().await, 1_200);
        assert_eq!(city.count("SELECT CAST(COUNT(*) AS BIGINT) FROM seat").await, 1_200);
        let (_, list) = clerk.get("/unit/orders").await;
        assert!(list.contains("已付款") && list.contains("¥48,000.00"), "{list}");
        let recount = city.ends_well().await;
        assert_eq!(recount.credit_balance("2103"), FEE * 1_200);
    }
}

/// Paying for somebody twice, or for somebody who has left, is money that must be asked back: it is said before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_left_out_is_said_before_paying() {
    for engine in engines() {
        let city = City::start(engine).await;
        let clerk = city.clerk().await;
        let (paid, paying) = (city.learner(1).await, city.learner(2).await);
        let own = paid.order(&city).await;
        city.simulator.pay(&city.number(own).await).unwrap();
        paid.waits_until_paid(own).await;
        paying.order(&city).await;
        let others = city.people(city.unit, 3, 4).await;
        let ordered = order_through_pages(&city, &clerk, &others[..1]).await;
        let elsewhere = city.another_unit("桂阳县第二人民医院").await;
        let stranger = city.people(elsewhere, 50, 1).await[0];
        let chosen = [&[paid.learner, paying.learner, stranger], &others[..]].concat();
        let page = choose(&city, &clerk, &chosen).await;
        for expected in
            ["为 3 人缴费", "已经缴过费", "本人正在自己缴费", "另一笔待付款的订单", "另有 1 人不在本单位", "¥120.00"]
        {
            assert!(page.contains(expected), "{expected} is missing in {page}");
        }
        assert!(!page.contains(&format!("value=\"{stranger}\"")), "a stranger must not be ordered for");
        let (status, location, _) = confirm(&clerk, &page).await;
        assert_eq!(status, 303);
        let again = confirm(&clerk, &page).await.1;
        assert_eq!(location, again, "the same confirmation twice is one order");
        assert_ne!(order_in(&location), ordered);
        city.ends_well().await;
    }
}

/// Between the look and the confirmation somebody paid: nothing is ordered before the clerk has looked again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_choice_that_has_changed_is_shown_again() {
    for engine in engines() {
        let city = City::start(engine).await;
        let clerk = city.clerk().await;
        let quick = city.learner(1).await;
        let others = city.people(city.unit, 2, 2).await;
        let page = choose(&city, &clerk, &[&[quick.learner], &others[..]].concat()).await;
        let own = quick.order(&city).await;
        city.simulator.pay(&city.number(own).await).unwrap();
        quick.waits_until_paid(own).await;
        let (status, _, again) = confirm(&clerk, &page).await;
        assert_eq!(status, 200);
        assert!(again.contains("还没有下单") && again.contains("为 2 人缴费"), "{again}");
        let unit_orders = "SELECT CAST(COUNT(*) AS BIGINT) FROM purchase_order WHERE payer_kind = 'unit'";
        assert_eq!(city.count(unit_orders).await, 0);
        city.ends_well().await;
    }
}

/// The learner must not pay what the employer is about to pay, and must see it when it has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_learner_whose_unit_pays_need_not() {
    for engine in engines() {
        let city = City::start(engine).await;
        let (clerk, learner) = (city.clerk().await, city.learner(1).await);
        let order = order_through_pages(&city, &clerk, &[learner.learner]).await;
        let year = city.year.to_string();
        let form = [("year", year.as_str()), ("subject", "public")];
        let (status, _, page) = learner.post("/orders", &form).await;
        assert_eq!((status, page.contains("您的单位已经为您下单")), (409, true), "{page}");
        city.simulator.pay(&city.number(order).await).unwrap();
        eventually("the seat is open", async || city.open_seats(order).await == 1).await;
        let (status, _, page) = learner.post("/orders", &form).await;
        assert_eq!((status, page.contains("已经缴过费")), (409, true), "{page}");
        let (_, list) = learner.get("/orders").await;
        assert!(list.contains("单位缴费") && list.contains("¥40.00"), "{list}");
        city.ends_well().await;
    }
}

/// A list that is too long is refused as a whole: a clerk who chose 5,001 must not pay for 5,000 unawares.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_is_too_long_or_empty_is_refused() {
    let city = City::start(Engine::Sqlite).await;
    let clerk = city.clerk().await;
    let ids: Vec<String> = (1..=5_001).map(|id: i64| id.to_string()).collect();
    let year = city.year.to_string();
    let mut form = vec![("year", year.as_str()), ("subject", "public")];
    let (status, _, page) = clerk.post("/unit/orders", &form).await;
    assert_eq!((status, page.contains("还没有选人")), (422, true), "{page}");
    form.extend(ids.iter().map(|id| ("learner", id.as_str())));
    let (status, _, page) = clerk.post("/unit/orders", &form).await;
    assert_eq!((status, page.contains("一次最多 5000 人") || page.contains("一次最多 5000 个")), (413, true), "{page}");
}

/// What a unit pays for whom is no other unit's business, nor may anybody else end its order or order for its people.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_units_order_is_its_clerks_alone() {
    let city = City::start(Engine::Sqlite).await;
    let (clerk, learner) = (city.clerk().await, city.learner(1).await);
    let elsewhere = city.another_unit("桂阳县第二人民医院").await;
    let other = city.official("13900000008", Role::UnitClerk, Reach::Unit { unit: elsewhere }).await;
    let county = Reach::Region { region_code: COUNTY.to_owned() };
    let officer = city.official("13900000009", Role::CountyOfficer, county).await;
    let page = choose(&city, &clerk, &[learner.learner]).await;
    let (_, location, _) = confirm(&clerk, &page).await;
    let order = order_in(&location);
    for stranger in [&other, &learner, &officer] {
        assert_eq!(stranger.get(&format!("/orders/{order}")).await.0, 404);
        assert_eq!(stranger.get(&format!("/api/v1/orders/{order}")).await.0, 404);
        let attempt = stranger.post(&format!("/orders/{order}/payment-attempts"), &[("channel", "wechat_pay")]).await;
        assert_eq!(attempt.0, 404);
        assert_eq!(stranger.post(&format!("/orders/{order}/closure"), &[]).await.0, 404);
    }
    let (_, list) = other.get("/unit/orders").await;
    assert!(!list.contains(&order.to_string()), "{list}");
    // The other clerk sends the very form, key and all: the key finds nothing there, and the people are strangers.
    let (status, _, page) = confirm(&other, &page).await;
    assert_eq!((status, page.contains("另有 1 人不在本单位")), (200, true), "{page}");
    assert!(!page.contains("周桂英"), "a stranger is not named: {page}");
    assert_eq!(clerk.state(order).await, "waiting");
    city.ends_well().await;
}
