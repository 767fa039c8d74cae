//! Passwords: set after a fresh proof, used with the phone, taken away; weak and personal ones refused.

use super::{OFFICER, Office, answer};
use crate::engines::{Engine, engines};

const GOOD: &str = "梧桐树下三点钟的雨声真好听";

#[tokio::test]
async fn a_password_is_set_used_and_taken_away() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let (desk, other) = (office.sign_in(OFFICER).await, {
            office.clock.advance_ms(61_000);
            office.sign_in(OFFICER).await
        });
        let set = office.post(&desk, "/me/password", &[("password", GOOD)]).await;
        assert_eq!((set.status, set.location.as_str()), (303, "/me?done=password_set"), "{}", set.text);
        assert_eq!(office.get(&other, "/me").await.status, 303, "another device is signed out");
        let form = [("login", "139 0000 0001"), ("password", GOOD)];
        let visitor = office.visitor();
        let signed_in = answer(visitor.post(office.url("/session")).form(&form)).await;
        assert_eq!(signed_in.status, 303, "{}", signed_in.text);
        assert_eq!(office.get(&visitor, "/bureau/progress").await.status, 200);
        let gone = office.post(&desk, "/me/password/ending", &[]).await;
        assert_eq!(gone.location, "/me?done=password_removed");
        let refused = answer(office.visitor().post(office.url("/session")).form(&form)).await;
        assert_eq!(refused.status, 422);
        let kinds = office.facts().await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "password_changed").count(), 2);
        office.settle().await;
    }
}

#[tokio::test]
async fn weak_and_personal_passwords_are_refused_with_the_reason() {
    let office = Office::start(Engine::Sqlite).await;
    let desk = office.sign_in(OFFICER).await;
    for (password, word) in [
        ("short", "12 到 128 个字符"),
        ("password1234", "太常见"),
        ("qwertyuiop123", "太常见"),
        ("zq-900000-kkm-w", "手机号"),
        ("何静的长长长长长密码", "姓名"),
    ] {
        let refused = office.post(&desk, "/me/password", &[("password", password)]).await;
        assert_eq!(refused.status, 422, "{password}");
        assert!(refused.text.contains(word), "{password}: {}", refused.text);
    }
}

/// Who finds an open screen after lunch must not be able to set a password of their own.
#[tokio::test]
async fn ten_minutes_after_signing_in_a_fresh_proof_is_asked_for() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let desk = office.sign_in(OFFICER).await;
        office.clock.advance_ms(10 * 60_000 + 1);
        let refused = office.post(&desk, "/me/password", &[("password", GOOD)]).await;
        assert_eq!(refused.status, 409);
        let led = office.get(&desk, "/me/password").await;
        assert_eq!(led.location, "/me/confirmation?back=/me/password");
        assert_eq!(office.get(&desk, &led.location).await.status, 200);
        let sent = office.post(&desk, "/me/confirmation/codes", &[("back", "/me/password")]).await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        let wrong = office.post(&desk, "/me/confirmation", &[("code", "12345x"), ("back", "/me/password")]).await;
        assert_eq!(wrong.status, 422);
        let code = office.sms_code(OFFICER).await;
        let form = [("code", code.as_str()), ("back", "/me/password")];
        let confirmed = office.post(&desk, "/me/confirmation", &form).await;
        assert_eq!((confirmed.status, confirmed.location.as_str()), (303, "/me/password"));
        assert_eq!(office.post(&desk, "/me/password", &[("password", GOOD)]).await.status, 303);
        office.clock.advance_ms(10 * 60_000 + 1);
        let wrong = office.post(&desk, "/me/confirmation", &[("password", "not my password at all")]).await;
        assert_eq!(wrong.status, 422);
        let right = office.post(&desk, "/me/confirmation", &[("password", GOOD), ("back", "//evil.example")]).await;
        assert_eq!((right.status, right.location.as_str()), (303, "/"), "never to another site");
        office.settle().await;
    }
}
