//! Pages of who asks: leaving a request, and completing it with the unit's code.

use super::{ask, completing};
use crate::app::App;
use crate::error::{Error, Refused, Result};
use crate::identity::browsers::Browser;
use crate::identity::sign_in;
use crate::web::forms::Form;
use crate::web::{Html, Page, Policy, Routes, Visitor, limits, problem};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/activation", Policy::Public, show)
        .post("/activation", Policy::Public, create)
        .get("/activation/completion", Policy::Public, show_completion)
        .post("/activation/completion", Policy::Public, create_completion)
        .with(super::request_pages::routes)
}

#[derive(Template)]
#[template(path = "identity/activation.html")]
struct ActivationPage {
    page: Page,
    problem: String,
    typed_name: String,
    /// True once the request was left.
    is_sent: bool,
}

async fn show(State(app): State<App>, visitor: Visitor) -> Html<ActivationPage> {
    let page = Page::new(&app, &visitor, None);
    Html(ActivationPage { page, problem: String::new(), typed_name: String::new(), is_sent: false })
}

#[derive(Debug, Deserialize)]
struct ActivationForm {
    identity: String,
    name: String,
    phone: String,
}

async fn create(State(app): State<App>, visitor: Visitor, Form(form): Form<ActivationForm>) -> Result<Response> {
    app.limits.take(limits::ACTIVATION_ADDRESS, &limits::network(visitor.address), app.clock.now())?;
    let page = Page::new(&app, &visitor, None);
    match ask(&app, &form.identity, &form.name, &form.phone).await {
        Ok(()) => {
            let (problem, typed_name) = (String::new(), String::new());
            Ok(Html(ActivationPage { page, problem, typed_name, is_sent: true }).into_response())
        }
        Err(Error::Refused(refused)) => {
            let status = problem::status(&Error::Refused(refused.clone()));
            let problem = page.t.code(refused.code, &refused.arguments);
            let typed_name = form.name;
            Ok((status, Html(ActivationPage { page, problem, typed_name, is_sent: false })).into_response())
        }
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "identity/activation_completion.html")]
struct CompletionPage {
    page: Page,
    problem: String,
    identity: String,
    unit_code: String,
    /// The new phone, masked, once a code is on its way to it.
    phone: String,
}

async fn show_completion(State(app): State<App>, visitor: Visitor) -> Html<CompletionPage> {
    Html(completion_page(&app, &visitor, &CompletionForm::default(), String::new(), None))
}

#[derive(Debug, Default, Deserialize)]
struct CompletionForm {
    #[serde(default)]
    identity: String,
    #[serde(default)]
    unit_code: String,
    /// The code sent to the new phone; none in the first step.
    code: Option<String>,
    /// The phone, masked, as the first step showed it.
    #[serde(default)]
    shown: String,
}

fn completion_page(
    app: &App,
    visitor: &Visitor,
    form: &CompletionForm,
    phone: String,
    problem: Option<&Refused>,
) -> CompletionPage {
    let page = Page::new(app, visitor, None);
    let problem = problem.map(|refused| page.t.code(refused.code, &refused.arguments)).unwrap_or_default();
    let (identity, unit_code) = match phone.is_empty() {
        true => (String::new(), String::new()),
        false => (form.identity.clone(), form.unit_code.clone()),
    };
    CompletionPage { page, problem, identity, unit_code, phone }
}

async fn create_completion(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    headers: HeaderMap,
    Form(form): Form<CompletionForm>,
) -> Result<Response> {
    app.limits.take(limits::ACTIVATION_ADDRESS, &limits::network(visitor.address), app.clock.now())?;
    let typed = (form.identity.as_str(), form.unit_code.as_str());
    let outcome = match &form.code {
        None => completing::begin(&app, &browser, typed.0, typed.1).await.map(|phone| {
            let page = Html(completion_page(&app, &visitor, &form, phone, None));
            (AppendHeaders([(header::SET_COOKIE, browser.cookie())]), page).into_response()
        }),
        Some(code) => {
            let device = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
            let entrance = completing::complete(&app, (&browser, device), typed, code).await;
            entrance.map(|entrance| sign_in::pages::entered(&app, &browser, entrance, "/"))
        }
    };
    match outcome {
        Err(Error::Refused(refused)) => {
            let status = problem::status(&Error::Refused(refused.clone()));
            // A wrong code of the phone is typed again; anything else begins anew.
            let again = refused.code == "sign_in.code_wrong" && form.shown.contains('*');
            let phone = if again { form.shown.clone() } else { String::new() };
            Ok((status, Html(completion_page(&app, &visitor, &form, phone, Some(&refused)))).into_response())
        }
        outcome => outcome,
    }
}
