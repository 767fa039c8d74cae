//! The certificates' pages in a real browser: nobody is shut out, nothing slides sideways, on a phone and at a desk.

use super::city::{City, officer};
use crate::browser::{Device, Language};
use crate::engines::Engine;
use jixue::certificate::{replace, revoke};
use jixue::db::Tx;
use jixue_core::id::{CertificateId, LearnerId};

/// A learner whose public certificate was replaced and whose annual one is valid, with the codes of old and new; and
/// the code of a revoked one.
async fn codes(city: &City) -> [(&'static str, String); 4] {
    let learner = city.learner(1, "欧阳小丽").await;
    city.earn(learner, 30, 0).await;
    let old = city.certificate(learner).await;
    correct(city, learner, old.certificate.id, true).await;
    let new = city.certificates(learner).await.into_iter().find(|one| one.is_in_force()).unwrap();
    city.enter(city.hours(learner, 2, jixue_core::study::Subject::Professional, 60)).await;
    city.test.settle().await;
    let annual = city.certificates(learner).await.remove(0);
    assert_ne!(annual.certificate.id, new.certificate.id);
    let other = city.learner(2, "王小丽").await;
    city.earn(other, 30, 0).await;
    let revoked = city.certificate(other).await;
    correct(city, other, revoked.certificate.id, false).await;
    [
        ("valid", annual.code.plain()),
        ("superseded", old.code.plain()),
        ("revoked", revoked.code.plain()),
        ("unknown", "ABC".to_owned()),
    ]
}

async fn correct(city: &City, learner: LearnerId, id: CertificateId, replaces: bool) {
    let at = city.test.at();
    let done = city.test.db.write(async move |tx: &Tx<'_>| match replaces {
        true => replace(tx, &at, &officer(), learner, id, "姓名有误").await.map(drop),
        false => revoke(tx, &at, &officer(), learner, id, "弄虚作假").await,
    });
    done.await.unwrap();
    city.test.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn verification_is_readable_on_every_screen_in_both_languages() {
    let city = City::found(Engine::Sqlite).await;
    let codes = codes(&city).await;
    let token = city.token(1).await;
    for device in [Device::Phone, Device::Desktop] {
        for language in [Language::Chinese, Language::English] {
            let browser = city.window(device, language, "");
            browser.check_page(&city.test.url("/verify"), "verify-form");
            for (state, code) in &codes {
                browser.check_page(&city.test.url(&format!("/verify/{code}")), &format!("verify-{state}"));
            }
            let holder = city.window(device, language, &token);
            holder.check_page(&city.test.url("/certificates"), "certificates");
        }
    }
}
