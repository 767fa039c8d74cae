//! The page in a real browser, at its fullest and at its emptiest.

use super::world::World;
use crate::browser::{Device, Language};
use crate::engines::Engine;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_is_readable_on_every_screen_in_both_languages() {
    let world = World::new(Engine::Sqlite).await;
    let city = &world.city;
    let (busy, new, done) =
        (city.learner(1, "欧阳小丽").await, city.learner(2, "王小丽").await, city.learner(3, "李小明").await);
    world.open_last_year().await;
    world.pay_by_unit(busy).await;
    city.earn(busy, 18, 40).await;
    city.pass(done, world.paper).await;
    city.earn(done, 30, 60).await;
    assert_ne!(busy, new);
    let tokens = [city.token(1).await, city.token(2).await, city.token(3).await];
    for device in [Device::Phone, Device::Desktop] {
        for language in [Language::Chinese, Language::English] {
            for (token, name) in tokens.iter().zip(["learn", "learn-to-pay", "learn-complete"]) {
                city.window(device, language, token).check_page(&city.test.url("/learn"), name);
            }
        }
    }
}
