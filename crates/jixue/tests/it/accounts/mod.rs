//! Accounts through HTTP: devices, passwords, second factors, locks that lock nobody else out.

mod activation;
mod browser;
mod calls;
mod devices;
mod efforts;
mod elsewhere;
mod factors;
mod forgetting;
mod locks;
mod neighbours;
mod oidc;
mod passkeys;
mod passwords;
mod recovery;
mod registrations;
mod ukeys;
mod wechat;

use crate::engines::Engine;
use crate::test_app::TestApp;
use jixue::db::{Tx, values};
use jixue::identity::{Granting, NewAccount, give_grant, open_account};
use jixue_core::id::AccountId;
use jixue_core::org::Phone;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use std::ops::Deref;

pub const OFFICER: &str = "13900000001";
pub const CLERK: &str = "13900000002";

/// An application with one city officer and somebody without any hat, both signing in by phone.
pub struct Office {
    pub test: TestApp,
}

impl Deref for Office {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.test
    }
}

impl Office {
    pub async fn start(engine: Engine) -> Self {
        Self::within(TestApp::start(engine).await).await
    }

    pub async fn within(test: TestApp) -> Self {
        let officer = account(&test, "何静", OFFICER).await;
        let reach = Reach::Region { region_code: "431000".to_owned() };
        grant(&test, officer, Role::BureauOfficer, reach).await;
        Self { test }
    }

    /// Posts a form in a session and gives status and page.
    pub async fn post(&self, client: &reqwest::Client, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf(client).await;
        let mut form = vec![("csrf", csrf.as_str())];
        form.extend_from_slice(fields);
        answer(client.post(self.url(path)).form(&form)).await
    }

    pub async fn get(&self, client: &reqwest::Client, path: &str) -> Answer {
        answer(client.get(self.url(path))).await
    }

    /// The codes of facts in the bureau's book, in the order they happened.
    pub async fn facts(&self) -> Vec<String> {
        const KINDS: &str = "SELECT kind FROM fact WHERE book = 'bureau' ORDER BY fact_id LIMIT 100";
        let read = async move |tx: &Tx<'_>| tx.query(KINDS, values![], |row| row.get::<String>(0)).await;
        self.db.read(read).await.expect("facts")
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub location: String,
    pub text: String,
}

pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let location = response.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (status, location) = (response.status().as_u16(), location.to_owned());
    Answer { status, location, text: response.text().await.expect("a text") }
}

impl Answer {
    /// What stands in the first attribute of this name.
    pub fn attribute(&self, name: &str) -> String {
        let (_, rest) =
            self.text.split_once(&format!("{name}=\"")).unwrap_or_else(|| panic!("{name} in {}", self.text));
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

pub async fn account(test: &TestApp, name: &str, phone: &str) -> AccountId {
    let (at, name, phone) = (test.at(), name.to_owned(), phone.to_owned());
    let write = async move |tx: &Tx<'_>| {
        let phone = Some(Phone::parse(&phone)?);
        let new = NewAccount { name: name.clone(), phone, login: None, password_hash: None, learner: None };
        open_account(tx, &at, &new).await
    };
    test.db.write(write).await.expect("an account")
}

pub async fn grant(test: &TestApp, account: AccountId, role: Role, reach: Reach) {
    let (at, granting) = (test.at(), Granting { account, role, reach, until: None });
    let write = async move |tx: &Tx<'_>| give_grant(tx, &at, &Scope::system("test"), &granting).await.map(drop);
    test.db.write(write).await.expect("a grant");
}

/// The first proof of a sign-in by phone; what the page answers.
pub async fn first_step(test: &TestApp, client: &reqwest::Client, phone: &str) -> Answer {
    answer(client.post(test.url("/sign-in/codes")).form(&[("phone", phone)])).await;
    let code = test.sms_code(phone).await;
    answer(client.post(test.url("/session")).form(&[("phone", phone), ("code", code.as_str())])).await
}
