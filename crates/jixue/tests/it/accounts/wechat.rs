//! WeChat as a way in: bound after a fresh proof, believed only from WeChat itself, one person one account.

use super::elsewhere::{walk, walk_there};
use super::{CLERK, OFFICER, Office, account, answer, first_step, grant};
use crate::engines::engines;
use crate::test_app::TestApp;
use jixue_simulators::WECHAT_USERS;

const HE_JING: &str = WECHAT_USERS[3];
const OLD_ZHOU: &str = WECHAT_USERS[2];
const BIND: &str = "/me/wechat/authorization";

/// Somebody binds WeChat and signs in by it from then on, also in another browser; unbound, it opens nothing.
#[tokio::test]
async fn a_bound_wechat_signs_in_until_it_is_unbound() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let own = office.sign_in(OFFICER).await;
        assert!(office.get(&own, "/me").await.text.contains("/me/wechat"));
        let bound = walk(&office, &own, BIND, HE_JING).await;
        assert_eq!((bound.status, bound.location.as_str()), (303, "/me/wechat?done=binding_added"));
        let phone = office.visitor();
        let back = walk(&office, &phone, "/sign-in/wechat?back=/me/devices", HE_JING).await;
        assert_eq!((back.status, back.location.as_str()), (303, "/me/notice?back=/me/devices"));
        assert_eq!(office.get(&phone, "/me/devices").await.status, 200, "signed in");
        let ended = office.post(&phone, "/me/wechat/ending", &[]).await;
        assert_eq!(ended.location, "/me/wechat?done=binding_removed");
        let again = walk(&office, &office.visitor(), "/sign-in/wechat", HE_JING).await;
        assert_eq!(again.location, "/sign-in?why=binding.missing&back=/me/wechat");
        let facts = office.facts().await;
        assert_eq!(facts.iter().filter(|kind| kind.starts_with("binding_")).count(), 2, "{facts:?}");
        office.settle().await;
    }
}

/// A link or a form of another site must not bind its owner's WeChat to the account of whoever follows it.
#[tokio::test]
async fn no_other_site_begins_a_binding() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let own = office.sign_in(OFFICER).await;
        for path in [BIND, "/me/issuers/authorization"] {
            let followed = office.get(&own, path).await;
            assert_eq!((followed.status, followed.location.as_str()), (405, ""), "{path}");
            let forged = answer(own.post(office.url(path))).await;
            assert_eq!((forged.status, forged.location.as_str()), (403, ""), "{path}");
        }
        office.settle().await;
    }
}

/// Who is not bound signs in as always and is led to where it is bound, which needs no further proof then.
#[tokio::test]
async fn who_is_not_bound_signs_in_as_always_and_is_asked_to_bind() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let client = office.visitor();
        let back = walk(&office, &client, "/sign-in/wechat", OLD_ZHOU).await;
        let page = office.get(&client, &back.location).await;
        assert!(page.text.contains("还没有绑定账号"), "{}", page.text);
        assert!(page.text.contains("name=\"back\" value=\"/me/wechat\""), "{}", page.text);
        first_step(&office, &client, OFFICER).await;
        let bound = walk(&office, &client, BIND, OLD_ZHOU).await;
        assert_eq!(bound.location, "/me/wechat?done=binding_added");
        office.clock.advance_ms(11 * 60_000);
        let unproved = office.post(&client, "/me/wechat/ending", &[]).await;
        assert_eq!(unproved.status, 409, "ten minutes later a fresh proof is asked for");
        let asked = office.post(&client, BIND, &[]).await;
        assert_eq!(asked.location, "/me/confirmation?back=/me/wechat");
        office.settle().await;
    }
}

/// A state works once, in the browser that was sent off with it; elsewhere it opens nothing and is not used up.
#[tokio::test]
async fn a_state_belongs_to_its_browser_and_works_once() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let own = office.sign_in(OFFICER).await;
        walk(&office, &own, BIND, HE_JING).await;
        let (victim, thief) = (office.visitor(), office.visitor());
        let back = walk_there(&office, &victim, "/sign-in/wechat", HE_JING).await;
        let stolen = answer(thief.get(&back)).await;
        assert_eq!(stolen.location, "/sign-in?why=binding.failed&back=/", "another browser");
        assert_eq!(answer(victim.get(&back)).await.location, "/me/notice?back=/", "the owner's still works");
        assert_eq!(answer(victim.get(&back)).await.location, "/sign-in?why=binding.failed&back=/", "once");
        let late = walk_there(&office, &thief, "/sign-in/wechat", HE_JING).await;
        office.clock.advance_ms(601_000);
        assert_eq!(answer(thief.get(&late)).await.location, "/sign-in?why=binding.failed&back=/", "too late");
        office.settle().await;
    }
}

/// Who a code belongs to is asked of WeChat: one that it does not know, or an openid from the browser, opens nothing.
#[tokio::test]
async fn who_came_back_is_never_taken_from_the_browser() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let own = office.sign_in(OFFICER).await;
        walk(&office, &own, BIND, HE_JING).await;
        let client = office.visitor();
        for forged in ["code=0123456789abcdef", "code=", "openid=o123", "code=x&openid=o123&unionid=o6"] {
            let begun = office.get(&client, "/sign-in/wechat").await;
            let state = begun.location.split("state=").nth(1).expect("a state").split('#').next().expect("one");
            let back = office.get(&client, &format!("/wechat/answer?{forged}&state={state}")).await;
            assert!(back.location.starts_with("/sign-in?why=binding.failed"), "{forged}: {}", back.location);
        }
        assert_eq!(office.get(&client, "/me").await.status, 303);
        office.settle().await;
    }
}

/// One person of WeChat is one account's, and an account has one.
#[tokio::test]
async fn one_wechat_belongs_to_one_account() {
    for engine in engines() {
        let office = Office::start(engine).await;
        second_officer(&office).await;
        let (first, second) = (office.sign_in(OFFICER).await, office.sign_in(CLERK).await);
        walk(&office, &first, BIND, HE_JING).await;
        let taken = walk(&office, &second, BIND, HE_JING).await;
        assert_eq!(taken.location, "/me/wechat?why=binding.of_another");
        assert!(office.get(&second, &taken.location).await.text.contains("已经绑定了另一个账号"));
        let another = walk(&office, &first, BIND, OLD_ZHOU).await;
        assert_eq!(another.location, "/me/wechat?why=binding.one_only");
        let again = walk(&office, &first, BIND, HE_JING).await;
        assert_eq!(again.location, "/me/wechat?done=binding_added", "the same again changes nothing");
        office.settle().await;
    }
}

/// WeChat is a first proof and no second one: an officer still owes the factor.
#[tokio::test]
async fn a_second_factor_is_owed_after_wechat_too() {
    for engine in engines() {
        let from = jixue::clock::Clock::system().now().plus_days(2).business_date().0;
        let compulsory = move |config: &mut jixue::config::Config| config.accounts.second_factor_from = Some(from);
        let office = Office::within(TestApp::start_with(engine, compulsory).await).await;
        let own = office.sign_in(OFFICER).await;
        walk(&office, &own, BIND, OLD_ZHOU).await;
        assert_eq!(walk(&office, &office.visitor(), "/sign-in/wechat", OLD_ZHOU).await.location, "/me/notice?back=/");
        office.clock.advance_ms(3 * 86_400_000);
        let client = office.visitor();
        let back = walk(&office, &client, "/sign-in/wechat", OLD_ZHOU).await;
        assert!(back.location.starts_with("/sign-in/factor"), "{}", back.location);
        assert_eq!(office.get(&client, "/me").await.status, 303, "half way is not in");
        office.settle().await;
    }
}

async fn second_officer(office: &Office) {
    let reach = jixue_core::scope::Reach::Region { region_code: "431000".to_owned() };
    let second = account(office, "王敏", CLERK).await;
    grant(office, second, jixue_core::role::Role::BureauOfficer, reach).await;
}

/// WeChat's own sign-in works in WeChat's browser only: elsewhere it is not offered.
#[tokio::test]
async fn it_is_offered_in_the_browser_of_wechat() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let client = office.visitor();
        let seen_by = async |agent: &str| {
            answer(client.get(office.url("/sign-in")).header("user-agent", agent))
                .await
                .text
                .contains("/sign-in/wechat")
        };
        assert!(seen_by("Mozilla/5.0 (iPhone) MicroMessenger/8.0.50").await);
        assert!(!seen_by("Mozilla/5.0 (Windows NT 10.0)").await);
        assert!(office.get(&client, "/sign-in?why=binding.failed").await.text.contains("没有完成"));
        assert!(!office.get(&client, "/sign-in?why=done.binding_added").await.text.contains("已绑定"), "not any words");
        office.settle().await;
    }
}
