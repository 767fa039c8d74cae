//! Pages of who asks to be registered.

use super::asking::{self, INDUSTRIES, RegistrationForm};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::identity::browsers::Browser;
use crate::web::forms::{Form, Query};
use crate::web::{Html, Page, Policy, Routes, Visitor, limits, problem};
use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/registration", Policy::Public, show)
        .post("/registration", Policy::Public, create)
        .with(super::request_pages::routes)
}

#[derive(Template)]
#[template(path = "identity/registration.html")]
struct RegistrationPage {
    page: Page,
    form: RegistrationForm,
    problem: String,
    /// The field that is wrong; empty when it is none of them.
    wrong: &'static str,
    /// Regions to choose from: code, name, chosen.
    regions: Vec<(String, String, bool)>,
    industries: Vec<(String, String, bool)>,
    /// The phone, masked, once a code is on its way to it.
    sent_to: String,
    is_done: bool,
}

impl RegistrationPage {
    fn is_firm(&self) -> bool {
        self.form.is_firm()
    }

    /// What is wrong with a field.
    fn error(&self, field: &str) -> &str {
        if field == self.wrong { &self.problem } else { "" }
    }

    /// A free-lancer is nobody's contact person but themselves.
    fn contact_label(&self) -> &'static str {
        if self.is_firm() { self.page.t.registration_contact() } else { self.page.t.identity_name() }
    }
}

#[derive(Debug, Default, Deserialize)]
struct KindQuery {
    #[serde(default)]
    kind: String,
}

async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(query): Query<KindQuery>,
) -> Result<Html<RegistrationPage>> {
    page(&app, &visitor, RegistrationForm { kind: query.kind, ..RegistrationForm::default() }, None).await.map(Html)
}

async fn page(
    app: &App,
    visitor: &Visitor,
    form: RegistrationForm,
    problem: Option<&Refused>,
) -> Result<RegistrationPage> {
    let regions = app.db.read(async |tx: &Tx<'_>| crate::org::regions(tx).await).await?;
    let page = Page::new(app, visitor, None);
    let region = |region: crate::org::Region| {
        let name = page.t.pick(&region.name_zh, &region.name_en).to_owned();
        let chosen = region.code == form.region;
        (region.code, name, chosen)
    };
    // Nothing is chosen beforehand: whoever scrolls past a list must not land in the wrong county.
    let choose = || (String::new(), page.t.registration_choose().to_owned(), false);
    let regions = std::iter::once(choose()).chain(regions.into_iter().map(region)).collect();
    let industry =
        |code: &str| (code.to_owned(), page.t.say(&format!("registration_industry.{code}")), code == form.industry);
    let industries = std::iter::once(choose()).chain(INDUSTRIES.into_iter().map(industry)).collect();
    let wrong = problem.map_or("", |refused| field_of(refused.code));
    let problem = problem.map(|refused| page.t.code(refused.code, &refused.arguments)).unwrap_or_default();
    let (sent_to, is_done) = (String::new(), false);
    Ok(RegistrationPage { page, form, problem, wrong, regions, industries, sent_to, is_done })
}

/// The field that a refusal is about.
fn field_of(code: &str) -> &'static str {
    match code {
        "registration.name_unfit" => "unit_name",
        "registration.region_missing" => "region",
        "registration.industry_missing" => "industry",
        "activation.identity_malformed" => "identity",
        "sign_in.phone_malformed" => "phone",
        "sign_in.code_wrong" => "code",
        code if code.starts_with("uscc.") => "uscc",
        code if code.starts_with("person_name.") => "contact",
        _ => "",
    }
}

async fn create(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    Form(form): Form<RegistrationForm>,
) -> Result<Response> {
    app.limits.take(limits::ACTIVATION_ADDRESS, &limits::network(visitor.address), app.clock.now())?;
    let outcome = match &form.code {
        None => asking::begin(&app, &browser, &form).await.map(|sound| (sound.phone.to_string(), false)),
        Some(code) => asking::finish(&app, &browser, &form, code).await.map(|()| (String::new(), true)),
    };
    match outcome {
        Ok((sent_to, is_done)) => {
            let page = page(&app, &visitor, form, None).await?;
            let html = Html(RegistrationPage { sent_to, is_done, ..page });
            Ok((AppendHeaders([(header::SET_COOKIE, browser.cookie())]), html).into_response())
        }
        Err(Error::Refused(refused)) => {
            let status = problem::status(&Error::Refused(refused.clone()));
            // A wrong code is typed again.
            let sound = form.check(&app).ok().filter(|_| refused.code == "sign_in.code_wrong");
            let sent_to = sound.map(|sound| sound.phone.to_string()).unwrap_or_default();
            let page = page(&app, &visitor, form, Some(&refused)).await?;
            Ok((status, Html(RegistrationPage { sent_to, ..page })).into_response())
        }
        Err(error) => Err(error),
    }
}
