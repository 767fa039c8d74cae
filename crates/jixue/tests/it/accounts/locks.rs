//! Guessing is slowed down, and nobody can lock somebody else out by it.

use super::{OFFICER, Office, answer, first_step};
use crate::engines::engines;
use crate::test_app::TestApp;
use std::net::IpAddr;

/// A try to sign in as it comes through a proxy from somewhere.
async fn guess(office: &Office, client: &reqwest::Client, from: &str, name: &str) -> u16 {
    let form = [("login", name), ("password", "a wrong password")];
    answer(client.post(office.url("/session")).header("x-forwarded-for", from).form(&form)).await.status
}

async fn behind_a_proxy(engine: crate::engines::Engine) -> Office {
    let proxy: IpAddr = [127, 0, 0, 1].into();
    Office::within(TestApp::start_with(engine, |config| config.trusted_proxy = Some(proxy)).await).await
}

/// Somebody who guesses at the officer's name from a hundred places must not keep the officer out.
#[tokio::test]
async fn attack_case_20_guesses_from_everywhere_do_not_lock_the_owner_out() {
    for engine in engines() {
        let office = behind_a_proxy(engine).await;
        let own = office.visitor();
        let page = first_step(&office, &own, OFFICER).await;
        assert_eq!(page.status, 303);
        office.post(&own, "/session/ending", &[]).await;
        let mut refused = 0;
        for place in 0..60 {
            let status = guess(&office, &office.visitor(), &format!("10.1.{place}.1"), OFFICER).await;
            refused += usize::from(status == 429);
        }
        assert_eq!(refused, 21, "forty tries, the owner's first among them, then the name is closed to strangers");
        let elsewhere = guess(&office, &office.visitor(), "10.9.9.9", OFFICER).await;
        assert_eq!(elsewhere, 429);
        assert_eq!(guess(&office, &own, "10.9.9.9", OFFICER).await, 422, "the owner's browser is heard");
        assert_eq!(
            guess(&office, &office.visitor(), "10.9.9.9", "13900007777").await,
            422,
            "other names are not concerned"
        );
        office.settle().await;
    }
}

/// Wrong codes typed elsewhere use up the codes of those who typed them.
#[tokio::test]
async fn a_stranger_cannot_spoil_the_code_on_its_way() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let (own, stranger) = (office.visitor(), office.visitor());
        answer(own.post(office.url("/sign-in/codes")).form(&[("phone", OFFICER)])).await;
        let code = office.sms_code(OFFICER).await;
        for _ in 0..6 {
            let form = [("phone", OFFICER), ("code", "000000")];
            answer(stranger.post(office.url("/session")).form(&form)).await;
        }
        let form = [("phone", OFFICER), ("code", code.as_str())];
        assert_eq!(
            answer(stranger.post(office.url("/session")).form(&form)).await.status,
            422,
            "another browser's code"
        );
        assert_eq!(answer(own.post(office.url("/session")).form(&form)).await.status, 303);
        office.settle().await;
    }
}

/// Codes that strangers ask for all day leave the owner's own.
#[tokio::test]
async fn a_stranger_cannot_use_up_the_days_messages() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let own = office.visitor();
        first_step(&office, &own, OFFICER).await;
        office.post(&own, "/session/ending", &[]).await;
        for _ in 0..12 {
            answer(office.visitor().post(office.url("/sign-in/codes")).form(&[("phone", OFFICER)])).await;
        }
        let ask = |client: &reqwest::Client| client.post(office.url("/sign-in/codes")).form(&[("phone", OFFICER)]);
        assert_eq!(answer(ask(&office.visitor())).await.status, 429, "no more for strangers today");
        office.clock.advance_ms(61_000);
        assert_eq!(answer(ask(&own)).await.status, 200);
        office.settle().await;
    }
}
