//! What people may know and decide about their own data, and how those who handle it are watched.

mod browser;
mod corrections;
mod erasure;
mod numbers;
mod own;
mod rekeying;
mod trail;

use crate::credit::office::{Office, Officer};
use crate::grants::{region, signed_in, unit_in};
use jixue_core::role::Role;
use jixue_core::scope::Reach;

/// Person 1 of the first county, who may sign in.
const LEARNER: &str = "13800000001";
const AUDITOR: &str = "13900000401";
const CLERK: &str = "13900000402";
const PURPOSE: &str = "证书姓名与证件不符，核对";

async fn auditor<'a>(office: &'a Office, code: &str) -> Officer<'a> {
    signed_in(office, AUDITOR, Role::AuditAdministrator, region(code)).await
}

async fn clerk(office: &Office) -> Officer<'_> {
    let unit = unit_in(office, "431002").await.id;
    signed_in(office, CLERK, Role::UnitClerk, Reach::Unit { unit }).await
}

async fn learner(office: &Office) -> Officer<'_> {
    let client = office.sign_in(LEARNER).await;
    let csrf = office.csrf(&client).await;
    Officer { office, client, csrf }
}

/// Asks for a number; status and page.
async fn ask(asker: &Officer<'_>, number: usize, which: &str, purpose: &str) -> (u16, String) {
    let address = asker.office.url(&format!("/people/{}/disclosures", asker.office.learner(number)));
    let form = [("csrf", asker.csrf.as_str()), ("number", which), ("reason", "check_identity"), ("purpose", purpose)];
    let answer = asker.client.post(address).form(&form).send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a page"))
}
