//! One's own data: what is held, who has looked at it, what was agreed to, and a copy of all of it.

use super::consents::{Consent, ConsentKind, consents_of};
use super::copy::{self, Copied};
use super::corrections::Field;
use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::i18n::Texts;
use crate::identity::{Confirmed, to_confirmation};
use crate::org::{self, Learner, titles};
use crate::sheet;
use crate::trail::{self, Act, looks_at};
use crate::web::{Caller, Html, LearnerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jixue_core::audit::Action;

pub fn routes(routes: Routes) -> Routes {
    routes.get("/me/data", Policy::SignedIn, show).post("/me/data-copies", Policy::Learner, create_copy)
}

/// A look at one's data, in words.
pub(super) struct LookLine {
    pub at: String,
    pub who: String,
    pub what: String,
    pub why: String,
}

pub(super) fn look_line(t: &Texts, look: trail::Look) -> LookLine {
    let role = if look.role.is_empty() { String::new() } else { t.say(&format!("role.{}", look.role)) };
    let what = match Action::from_code(&look.action) {
        Some(Action::Disclosed) => t.say(&format!("disclosure.{}", look.object_kind)),
        _ => t.say(&format!("audit.{}", look.action)),
    };
    let who = format!("{} {role}", look.actor.unwrap_or_default()).trim().to_owned();
    LookLine { at: look.at.china_minutes(), who, what, why: look.words }
}

#[derive(Template)]
#[template(path = "privacy/my_data.html")]
struct MyDataPage {
    page: Page,
    learner: Option<Learner>,
    title: String,
    /// When the notice in force was read; nothing when it was not.
    notice_read: Option<String>,
    /// When it was agreed that the unit may see whole numbers.
    sensitive_given: Option<String>,
    is_own: bool,
    looks: Vec<LookLine>,
    requests: Vec<store::corrections::OwnRequest>,
    erasures: Vec<store::erasure::OwnErasure>,
}

impl MyDataPage {
    fn fields(&self) -> Vec<(&'static str, String, bool)> {
        Field::ALL.iter().map(|field| (field.code(), self.field_name(field), *field == Field::Name)).collect()
    }

    fn field_name(&self, field: &Field) -> String {
        self.page.t.say(&format!("correction_field.{}", field.code()))
    }

    fn erasure_state(&self, state: &str) -> String {
        self.page.t.say(&format!("erasure_state.{state}"))
    }

    fn erasure_waits(&self) -> bool {
        self.erasures.iter().any(|request| matches!(request.state.as_str(), "open" | "agreed"))
    }

    fn state_name(&self, state: &str) -> String {
        self.page.t.say(&format!("correction_state.{state}"))
    }
}

fn standing(consents: &[Consent], kind: ConsentKind) -> Option<String> {
    let found = consents.iter().find(|consent| consent.kind == kind && consent.stands());
    found.map(|consent| consent.given_at.china_minutes())
}

async fn show(State(app): State<App>, caller: Caller) -> Result<Html<MyDataPage>> {
    let (account, own, page) = (caller.account, caller.own_scope(), Page::of(&app, &caller));
    let read = async move |tx: &Tx<'_>| {
        let consents = consents_of(tx, account).await?;
        match own.as_ref().and_then(|own| Some((own, own.learner()?))) {
            Some((own, learner)) => {
                let looks = looks_at(tx, own).await?;
                let requests = store::corrections::own(tx, own).await?;
                let erasures = store::erasure::own(tx, own).await?;
                Ok((consents, org::learner(tx, own, learner).await?, looks, requests, erasures))
            }
            None => Ok((consents, None, Vec::new(), Vec::new(), Vec::new())),
        }
    };
    let (consents, learner, looks, requests, erasures) = app.db.read(read).await?;
    let title = learner.as_ref().map(|own| titles::words(&page.t, &own.title_series, &own.title_level));
    Ok(Html(MyDataPage {
        title: title.unwrap_or_default(),
        notice_read: standing(&consents, ConsentKind::Notice),
        sensitive_given: standing(&consents, ConsentKind::Sensitive),
        is_own: caller.looking.is_none(),
        looks: looks.into_iter().map(|look| look_line(&page.t, look)).collect(),
        requests,
        erasures,
        learner,
        page,
    }))
}

/// Everything held about the asker, as files for people and for programs; after a fresh proof, because whole numbers go
/// out with it.
///
/// Source: PIPL, art. 45: to consult and to copy.
async fn create_copy(
    State(app): State<App>,
    asker: LearnerCaller,
    confirmed: std::result::Result<Confirmed, Response>,
) -> Result<Response> {
    if let Err(refused) = confirmed {
        return Ok(to_confirmation(refused, "/me/data"));
    }
    let (at, t) = (app.at(), asker.caller.visitor.texts());
    let (scope, learner, account) = (asker.caller.scope.clone(), asker.learner, asker.caller.account);
    let act = Act::of(&asker.caller, Action::CopyTaken).on("learner", learner).about(learner);
    let write = async move |tx: &Tx<'_>| {
        let own = org::learner(tx, &scope, learner).await?.ok_or_else(Refused::not_found)?;
        let identity = org::identity_number(tx, &at.keys, &scope, learner).await?;
        let copied = Copied {
            identity_number: identity.map(|number| number.revealed().to_owned()).unwrap_or_default(),
            phone: org::phone(tx, &at.keys, &scope, learner).await?.unwrap_or_default(),
            parts: store::everything(tx, &scope).await?,
            consents: consents_of(tx, account).await?,
            looks: looks_at(tx, &scope).await?,
            at: at.now,
            learner: own,
        };
        trail::record(tx, &at, act.clone().at_region(&copied.learner.region_code)).await?;
        Ok(copied)
    };
    let copied = app.db.write(write).await?;
    let bytes = sheet::in_background(move || copy::archive(t, copied)).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.zip\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, bytes).into_response())
}
