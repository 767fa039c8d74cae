//! What the page says at each point of the year, through HTTP.

use super::world::{COURSE, LESSON, World};
use crate::certificate::city::{City, phone};
use crate::engines::{Engine, engines};
use jixue::db::{Tx, values};
use jixue_core::study::Subject;

/// The text of a page, tags taken out and white space drawn together.
fn text(page: &str) -> String {
    let (_, main) = page.split_once("<main").expect("a main part");
    let pieces = main.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    pieces.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

async fn learn(city: &City, token: &str) -> (String, String) {
    let page = city.page(token, "zh-CN", "/learn").await;
    (text(&page), page)
}

/// From the first sign-in to the certificate: one number, one sentence, one button.
#[tokio::test]
async fn the_page_leads_through_the_year() {
    for engine in engines() {
        let world = World::new(engine).await;
        let city = &world.city;
        let learner = city.learner(1, "王小丽").await;
        let token = city.token(1).await;

        let (words, page) = learn(city, &token).await;
        assert!(words.contains("还差 90 学时"), "{words}");
        assert!(words.contains("缴费 ¥40.00，开通学习") && page.contains("action=\"/orders\""), "{words}");

        world.pay_by_unit(learner).await;
        let (words, _) = learn(city, &token).await;
        assert!(words.contains(&format!("开始学习：{COURSE} · {LESSON}")), "{words}");
        assert!(words.contains("公需科目还差 30 学时") && words.contains("单位已缴"), "{words}");

        city.earn(learner, 30, 28).await;
        let (words, page) = learn(city, &token).await;
        assert!(words.contains("还差 32 学时") && words.contains("学时已满，还要通过测试"), "{words}");
        assert!(page.contains(&format!("href=\"/papers/{}\"", world.paper)), "{words}");
        assert!(page.contains("stroke-dasharray=\"58 90\""), "the ring shows 58 of 90");

        city.pass(learner, world.paper).await;
        let (words, _) = learn(city, &token).await;
        assert!(words.contains("专业科目还差 32 学时"), "{words}");
        assert!(words.contains("公需科目合格证明"), "the first certificate is listed: {words}");

        city.enter(city.hours(learner, 5, Subject::Professional, 32)).await;
        city.test.settle().await;
        let (words, page) = learn(city, &token).await;
        assert!(words.contains("学时已满 ") && words.contains("本年度要求已全部完成"), "{words}");
        assert!(words.contains("查看证书") && page.contains("href=\"/certificates\""), "{words}");
        let primary = page.matches("class=\"button block\"").count();
        assert_eq!(primary, 1, "one primary button");
    }
}

/// Somebody without professional courses here must not be sent round in circles.
#[tokio::test]
async fn confirmed_hours_are_explained_when_there_is_nothing_to_study() {
    let city = City::found(Engine::Sqlite).await;
    let learner = city.learner(1, "王小丽").await;
    city.earn(learner, 30, 0).await;
    let (words, _) = learn(&city, &city.token(1).await).await;
    assert!(words.contains("查看学时档案") && words.contains("经办人确认后自动记入"), "{words}");
}

/// A surplus in one subject fills no gap in another: the number must not say so.
#[tokio::test]
async fn a_surplus_of_public_hours_leaves_the_professional_gap() {
    let city = City::found(Engine::Sqlite).await;
    let learner = city.learner(1, "王小丽").await;
    city.earn(learner, 80, 10).await;
    let (words, page) = learn(&city, &city.token(1).await).await;
    assert!(words.contains("还差 50 学时"), "{words}");
    assert!(page.contains("stroke-dasharray=\"40 90\""), "{page}");
}

#[tokio::test]
async fn gaps_of_earlier_years_stand_above() {
    for engine in engines() {
        let world = World::new(engine).await;
        let learner = world.city.learner(1, "王小丽").await;
        world.open_last_year().await;
        let token = world.city.token(1).await;
        let last = world.city.year.0 - 1;
        let (words, page) = learn(&world.city, &token).await;
        assert!(words.contains(&format!("{last} 年度还差 90 学时")), "{words}");
        assert!(words.contains("补学截止") && page.contains(&format!("/credit?year={last}")), "{words}");
        let mut hours = world.city.hours(learner, 9, Subject::Public, 6);
        hours.year = jixue_core::time::Year(last);
        world.city.enter(hours).await;
        let (words, _) = learn(&world.city, &token).await;
        assert!(words.contains(&format!("{last} 年度还差 84 学时")), "{words}");
        assert!(words.contains("还差 90 学时"), "this year is counted apart: {words}");
    }
}

/// Somebody who studies before anybody has imported a roster for the year, and a city in which no year is open.
#[tokio::test]
async fn there_are_words_when_nothing_is_required() {
    const NOBODY: &str = "DELETE FROM standing";
    const NO_YEAR: &str = "DELETE FROM programme_year";
    for engine in engines() {
        let city = City::found(engine).await;
        city.learner(1, "王小丽").await;
        let token = city.token(1).await;
        let forget = city.test.db.write(async move |tx: &Tx<'_>| tx.execute(NOBODY, values![]).await);
        forget.await.unwrap();
        let page = city.page(&token, "zh-CN", "/learn").await;
        assert!(page.contains(&format!("您不在 {} 年度的应学名册里", city.year)), "{page}");
        let close = city.test.db.write(async move |tx: &Tx<'_>| tx.execute(NO_YEAR, values![]).await);
        close.await.unwrap();
        assert!(city.page(&token, "zh-CN", "/learn").await.contains("还没有开启年度"));
        assert!(city.page(&token, "en", "/learn").await.contains("No year is open yet"));
    }
}

/// The page belongs to learners: an unknown visitor is led to sign in, and comes back here.
#[tokio::test]
async fn strangers_are_led_to_sign_in() {
    let city = City::found(Engine::Sqlite).await;
    let answer = city.test.visitor().get(city.test.url("/learn")).send().await.unwrap();
    assert_eq!(answer.headers()["location"], "/sign-in?back=/learn");
    city.learner(1, "王小丽").await;
    let signed_in = city.test.sign_in(&phone(1)).await;
    let start = signed_in.get(city.test.url("/")).send().await.unwrap();
    assert_eq!(start.headers()["location"], "/learn");
}
