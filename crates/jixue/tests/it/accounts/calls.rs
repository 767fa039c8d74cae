//! Codes that a voice reads aloud.

use super::{OFFICER, Office, answer};
use crate::engines::{Engine, engines};
use crate::test_app::TestApp;

/// Who gets no message has the phone ring instead; the code it reads opens the door, and the one before it no longer does.
#[tokio::test]
async fn a_call_reads_the_code() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let visitor = office.visitor();
        let ask = async |by: &str| {
            let form = [("phone", OFFICER), ("by", by)];
            answer(visitor.post(office.url("/sign-in/codes")).form(&form)).await
        };
        let page = ask("").await;
        assert!(page.text.contains("value=\"call\""), "the page offers a call: {}", page.text);
        let written = office.sms_code(OFFICER).await;
        assert_eq!(ask("call").await.status, 429, "not within the minute");
        office.clock.advance_ms(61_000);
        assert_eq!(ask("call").await.status, 200);
        let read = office.sms_code(OFFICER).await;
        let heard = office.simulator.sms_inbox(OFFICER).remove(0);
        assert!(heard.is_call && heard.template_code == "TTS_1", "{heard:?}");
        let enter = async |code: &str| {
            answer(visitor.post(office.url("/session")).form(&[("phone", OFFICER), ("code", code)])).await.status
        };
        if written != read {
            assert_eq!(enter(&written).await, 422, "the written one");
        }
        assert_eq!(enter(&read).await, 303);
        office.settle().await;
    }
}

/// Where no calls are bought nothing is offered, and who asks all the same gets a message.
#[tokio::test]
async fn without_calls_a_message_goes() {
    let test = TestApp::start_with(Engine::Sqlite, |config| {
        config.sms.as_mut().expect("an operator").voice = None;
    });
    let office = Office::within(test.await).await;
    let form = [("phone", OFFICER), ("by", "call")];
    let page = answer(office.visitor().post(office.url("/sign-in/codes")).form(&form)).await;
    assert!(page.status == 200 && !page.text.contains("value=\"call\""), "{}", page.text);
    office.sms_code(OFFICER).await;
    assert!(!office.simulator.sms_inbox(OFFICER)[0].is_call);
}
