//! Deputies: in another's hat for a time, never longer than the hat itself.

use super::{give, grants_of, named, unit_in};
use crate::credit::office::{Office, in_offices};
use jixue_core::id::GrantId;
use jixue_core::role::Role;
use jixue_core::scope::Reach;
use reqwest::Client;

const CLERK: &str = "13900000103";
const DEPUTY: &str = "13900000104";
const THIRD: &str = "13900000105";

async fn deputize(office: &Office, holder: &Client, grant: GrantId, phone: &str, days: i64) -> (u16, String) {
    let csrf = office.csrf(holder).await;
    let until = office.clock.now().plus_days(days).business_date().to_string();
    let grant = grant.to_string();
    let form = [("csrf", csrf.as_str()), ("grant", &grant), ("name", "吴芳"), ("phone", phone), ("until", &until)];
    let request = holder.post(office.url("/me/deputies")).header("accept", "application/json").form(&form);
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let told = answer.json::<serde_json::Value>().await.unwrap_or_default();
    (status, told["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_deputy_acts_until_the_holders_hat_is_gone() {
    in_offices(async |office| {
        let root = office.officer("431000").await;
        let place = unit_in(office, "431002").await.uscc.unwrap();
        give(&root, "unit_clerk", CLERK, &place, "").await;
        let clerk = office.sign_in(CLERK).await;
        let (held, _) = grants_of(office, CLERK).await[0].clone();
        assert_eq!(deputize(office, &clerk, held, CLERK, 5).await, (409, "grant.oneself".into()));
        assert_eq!(deputize(office, &clerk, held, DEPUTY, 200).await, (422, "grant.period_unfit".into()));
        assert_eq!(deputize(office, &clerk, held, DEPUTY, 30).await.0, 303);
        let deputy = office.sign_in(DEPUTY).await;
        assert_eq!(deputy.get(office.url("/unit/people")).send().await.unwrap().status(), 200);
        let me = deputy.get(office.url("/me")).send().await.unwrap().text().await.unwrap();
        assert!(me.contains("代理"), "{me}");
        let (acted, _) = grants_of(office, DEPUTY).await[0].clone();
        assert_eq!(deputize(office, &deputy, acted, THIRD, 5).await, (409, "grant.deputy_of_deputy".into()));
        assert_eq!(deputize(office, &deputy, held, THIRD, 5).await.0, 403, "a hat that is not one's own");
        let form = [("csrf", root.csrf.as_str()), ("reason", "已调离")];
        let ended = root.client.post(office.url(&format!("/grants/{held}/ending"))).form(&form);
        assert_eq!(root.told(ended).await.0, 303);
        let after = deputy.get(office.url("/unit/people")).header("accept", "application/json").send().await.unwrap();
        assert!([401, 403].contains(&after.status().as_u16()), "{}", after.status());
    })
    .await;
}

/// Whoever gives rights must not watch over them, not even for a week.
#[tokio::test]
async fn an_administrator_cannot_act_for_another_kind() {
    in_offices(async |office| {
        let region = || Reach::Region { region_code: "431000".to_owned() };
        let (_, security) = named(office, CLERK, Role::SecurityAdministrator, region()).await;
        named(office, DEPUTY, Role::AuditAdministrator, region()).await.1.unwrap();
        let holder = office.sign_in(CLERK).await;
        let told = deputize(office, &holder, security.unwrap(), DEPUTY, 5).await;
        assert_eq!(told, (409, "grant.administrators_exclusive".into()));
    })
    .await;
}
