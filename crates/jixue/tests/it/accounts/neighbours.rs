//! People behind one address: what one of them sends in vain takes nothing from the others.

use super::elsewhere::walk;
use super::{OFFICER, Office, answer, first_step};
use crate::engines::engines;

/// What a robot sends that hopes for nothing but to be in the way: at most so many, until it is refused or seems not to be.
const FLOOD: usize = 400;

fn issuer(office: &Office, path: &str) -> String {
    format!("{path}?issuer={}", office.simulator.oidc.issuer.replace(':', "%3A").replace('/', "%2F"))
}

/// Garbage at an address until it is answered by `429`; whether it ever was.
async fn flood(office: &Office, path: &str) -> bool {
    let robot = office.visitor();
    for number in 0..FLOOD {
        if office.get(&robot, &format!("{path}?code=x&state=y{number}")).await.status == 429 {
            return true;
        }
    }
    false
}

/// Tries to sign in with names that nobody has, until the network's strangers are asked for a proof.
async fn use_up_the_network(office: &Office) {
    let robot = office.visitor();
    for number in 0..FLOOD {
        let name = format!("139{number:08}");
        let form = [("phone", name.as_str()), ("code", "000000")];
        if answer(robot.post(office.url("/session")).form(&form)).await.status == 429 {
            return;
        }
    }
    panic!("a network's strangers are never slowed down");
}

/// Answers that nobody asked for must not use up the sign-ins, nor the trips, of a hospital behind one address.
#[tokio::test]
async fn attack_case_20_garbage_from_the_same_address_leaves_everybody_their_sign_in() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let own = office.sign_in(OFFICER).await;
        let bound = walk(&office, &own, "/me/wechat/authorization", jixue_simulators::WECHAT_USERS[3]).await;
        assert_eq!(bound.location, "/me/wechat?done=binding_added");
        for path in ["/wechat/answer", "/oidc/province/answer"] {
            assert!(flood(&office, path).await, "{path}: garbage is slowed down");
        }
        let neighbour = office.visitor();
        let form = [("phone", "13900007777"), ("code", "000000")];
        let heard = answer(neighbour.post(office.url("/session")).form(&form)).await;
        assert_eq!(heard.status, 422, "a neighbour's sign-in is heard: {}", heard.text);
        for from in ["/sign-in/wechat", &issuer(&office, "/sign-in/oidc")] {
            let stranger = office.visitor();
            assert_eq!(office.get(&stranger, from).await.status, 303, "{from}: a neighbour sets off");
        }
        let back = walk(&office, &office.visitor(), "/sign-in/wechat", jixue_simulators::WECHAT_USERS[3]).await;
        assert_eq!(back.location, "/me/notice?back=/", "and comes back");
        office.settle().await;
    }
}

/// A browser that has signed in before is held by its own tries, and a stranger may work in place of being refused.
#[tokio::test]
async fn attack_case_20_a_used_up_network_stops_no_known_browser_and_asks_strangers_for_work() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let own = office.visitor();
        assert_eq!(first_step(&office, &own, OFFICER).await.status, 303);
        office.post(&own, "/session/ending", &[]).await;
        use_up_the_network(&office).await;
        let wrong = [("login", OFFICER), ("password", "a wrong password")];
        for _ in 0..5 {
            let heard = answer(own.post(office.url("/session")).form(&wrong)).await;
            assert_eq!(heard.status, 422, "the known browser is heard");
        }
        let stranger = office.visitor();
        let mut asked = answer(stranger.post(office.url("/session")).form(&wrong)).await;
        while asked.status == 422 {
            // What a slow machine has let refill.
            use_up_the_network(&office).await;
            asked = answer(stranger.post(office.url("/session")).form(&wrong)).await;
        }
        assert_eq!(asked.status, 429);
        let challenge = asked.attribute("data-challenge");
        let bits: u32 = asked.attribute("data-bits").parse().expect("a number");
        let fits = |number: &u64| {
            let digest = jixue::keys::sha256(format!("{challenge}:{number}").as_bytes());
            u128::from_be_bytes(digest[..16].try_into().expect("16 bytes")).leading_zeros() >= bits
        };
        let number = (0..).find(fits).expect("an answer").to_string();
        let form = [wrong[0], wrong[1], ("effort", challenge.as_str()), ("effort_answer", number.as_str())];
        let heard = answer(stranger.post(office.url("/session")).form(&form)).await;
        assert_eq!(heard.status, 422, "a stranger who has worked is heard: {}", heard.text);
        office.settle().await;
    }
}
