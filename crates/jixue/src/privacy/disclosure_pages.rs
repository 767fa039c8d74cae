//! The page on which a number is asked for and shown.

use super::disclosure::{Asked, Disclosed, Number, REASONS, disclose};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::org::{self, Learner};
use crate::web::forms::{Form, Path};
use crate::web::{Caller, Html, Page, Policy, Routes, problem};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use jixue_core::id::LearnerId;
use jixue_core::role::Role;
use serde::Deserialize;

/// Who works with people's records.
const MAY_ASK: Policy = Policy::Hats(&[Role::BureauOfficer, Role::CountyOfficer, Role::UnitClerk]);

pub fn routes(routes: Routes) -> Routes {
    routes.get("/people/{learner}/disclosures", MAY_ASK, show).post("/people/{learner}/disclosures", MAY_ASK, create)
}

#[derive(Template)]
#[template(path = "privacy/disclosure.html")]
struct DisclosurePage {
    page: Page,
    learner: Learner,
    /// The number, on the one page that shows it: its code and itself.
    shown: Option<(&'static str, String)>,
    reason: String,
    words: String,
    problem: String,
}

impl DisclosurePage {
    fn reasons(&self) -> Vec<(&'static str, String, bool)> {
        let word =
            |code: &&'static str| (*code, self.page.t.say(&format!("disclosure_reason.{code}")), *code == self.reason);
        REASONS.iter().map(word).collect()
    }
}

async fn show(State(app): State<App>, caller: Caller, Path(learner): Path<LearnerId>) -> Result<Html<DisclosurePage>> {
    page(&app, &caller, learner, DisclosureForm::default(), String::new()).await
}

async fn page(
    app: &App,
    caller: &Caller,
    learner: LearnerId,
    form: DisclosureForm,
    problem: String,
) -> Result<Html<DisclosurePage>> {
    let scope = caller.scope.clone();
    let found = app.db.read(async move |tx: &Tx<'_>| org::learner(tx, &scope, learner).await).await?;
    let learner = found.ok_or_else(Refused::not_found)?;
    let (page, reason, words) = (Page::of(app, caller), form.reason, form.purpose);
    Ok(Html(DisclosurePage { page, learner, shown: None, reason, words, problem }))
}

#[derive(Debug, Default, Deserialize)]
struct DisclosureForm {
    #[serde(default)]
    number: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    purpose: String,
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(learner): Path<LearnerId>,
    Form(form): Form<DisclosureForm>,
) -> Result<Response> {
    match ask(&app, &caller, learner, &form).await {
        Ok(disclosed) => {
            let (page, shown) = (Page::of(&app, &caller), Some((disclosed.number.code(), disclosed.shown)));
            let (learner, none) = (disclosed.learner, String::new);
            let html = Html(DisclosurePage { page, learner, shown, reason: none(), words: none(), problem: none() });
            Ok(html.into_response())
        }
        Err(Error::Refused(refused))
            if !problem::wants_json(&headers, &caller.visitor.path) && refused.code != "request.not_found" =>
        {
            let sentence = caller.visitor.texts().code(refused.code, &refused.arguments);
            let status = problem::status(&Error::Refused(refused));
            Ok((status, page(&app, &caller, learner, form, sentence).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn ask(app: &App, caller: &Caller, learner: LearnerId, form: &DisclosureForm) -> Result<Disclosed> {
    let number = Number::from_code(&form.number).ok_or_else(Refused::not_found)?;
    let reason = REASONS.into_iter().find(|reason| *reason == form.reason).ok_or_else(Refused::not_found)?;
    let asked = Asked { learner, number, reason, words: form.purpose.clone() };
    // Kept in the language of the office: those who read the trail read Chinese.
    let word = crate::i18n::Texts::default().say(&format!("disclosure_reason.{reason}"));
    let (at, caller) = (app.at(), caller.clone());
    app.db.write(async move |tx: &Tx<'_>| disclose(tx, &at, &caller, &asked, &word).await).await
}
