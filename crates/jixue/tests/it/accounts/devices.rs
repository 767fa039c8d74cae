//! Devices: seen, signed out one by one or all at once; nobody else's.

use super::{CLERK, OFFICER, Office, account};
use crate::engines::{Engine, engines};

/// Ten minutes of work on another device must not look like a forgotten one.
#[tokio::test]
async fn a_device_shows_when_it_was_last_used_and_can_be_signed_out() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let (desk, phone) = (office.sign_in(OFFICER).await, {
            office.clock.advance_ms(61_000);
            office.sign_in(OFFICER).await
        });
        office.clock.advance_ms(11 * 60_000);
        let seen = office.clock.now().china_minutes();
        assert_eq!(office.get(&phone, "/bureau/progress").await.status, 200);
        let page = office.get(&desk, "/me/devices").await;
        assert_eq!(page.text.matches(&format!("最近使用 {seen}")).count(), 2, "{}", page.text);
        assert_eq!(page.text.matches("/me/devices/").count(), 2, "one other device, and all of them");
        let path = page.text.split("action=\"").find(|part| part.starts_with("/me/devices/") && part.len() > 40);
        let path = path.and_then(|part| part.split('"').next()).expect("the other device's form").to_owned();
        let ended = office.post(&desk, &path, &[]).await;
        assert_eq!((ended.status, ended.location.as_str()), (303, "/me/devices?done=device_ended"));
        assert_eq!(office.get(&phone, "/bureau/progress").await.status, 303, "signed out in the next request");
        assert_eq!(office.get(&desk, "/bureau/progress").await.status, 200);
        assert_eq!(office.post(&desk, &path, &[]).await.status, 303, "again changes nothing");
        assert_eq!(office.post(&desk, "/me/devices/0123/ending", &[]).await.status, 404);
        account(&office, "周敏", CLERK).await;
        let stranger = office.sign_in(OFFICER).await;
        assert_eq!(office.post(&stranger, &path, &[]).await.status, 303);
        office.settle().await;
    }
}

/// Somebody else's device is not there, whatever its name.
#[tokio::test]
async fn attack_case_12_nobody_signs_out_a_device_of_somebody_else() {
    let office = Office::start(Engine::Sqlite).await;
    super::grant(
        &office,
        account(&office, "周敏", CLERK).await,
        jixue_core::role::Role::CountyOfficer,
        jixue_core::scope::Reach::Region { region_code: "431002".to_owned() },
    )
    .await;
    let (desk, county) = (office.sign_in(OFFICER).await, office.sign_in(CLERK).await);
    let second = office.visitor();
    office.clock.advance_ms(61_000);
    super::first_step(&office, &second, OFFICER).await;
    let page = office.get(&desk, "/me/devices").await;
    let path = page.text.split("action=\"").find(|part| part.starts_with("/me/devices/") && part.len() > 40);
    let path = path.and_then(|part| part.split('"').next()).expect("the other device's form").to_owned();
    assert_eq!(office.post(&county, &path, &[]).await.status, 404);
    assert_eq!(office.get(&second, "/bureau/progress").await.status, 200, "still signed in");
}

#[tokio::test]
async fn signing_out_everywhere_ends_this_device_too() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let desk = office.sign_in(OFFICER).await;
        office.clock.advance_ms(61_000);
        let phone = office.sign_in(OFFICER).await;
        let ended = office.post(&desk, "/me/devices/ending", &[]).await;
        assert_eq!((ended.status, ended.location.as_str()), (303, "/sign-in?done=signed_out_everywhere"));
        for client in [&desk, &phone] {
            assert_eq!(office.get(client, "/me").await.status, 303);
        }
        office.settle().await;
    }
}
