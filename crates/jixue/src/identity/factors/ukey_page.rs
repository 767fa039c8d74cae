//! The page that adds a UKey.

use super::pages::{after_adding, owner};
use super::{NewUkey, UkeyAsk, add_ukey, offer_ukey};
use crate::app::App;
use crate::error::{Error, Refused, Result};
use crate::identity::confirmation::{Confirmed, SessionOf};
use crate::web::forms::Form;
use crate::web::{Html, Page, limits};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "identity/factor_ukey.html")]
struct UkeyPage {
    page: Page,
    offer: UkeyAsk,
    problem: String,
}

pub(super) async fn show(State(app): State<App>, Confirmed(asking): Confirmed) -> Result<Response> {
    Ok(page(&app, &asking, None).await?.into_response())
}

async fn page(app: &App, asking: &SessionOf, problem: Option<&Refused>) -> Result<Html<UkeyPage>> {
    let offer = offer_ukey(app, &owner(asking)).await?.ok_or_else(Refused::not_found)?;
    let page = Page::of(app, &asking.caller);
    let problem = problem.map(|refused| page.t.code(refused.code, &refused.arguments)).unwrap_or_default();
    Ok(Html(UkeyPage { page, offer, problem }))
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct UkeyForm {
    #[serde(default)]
    label: String,
    #[serde(flatten)]
    ukey: NewUkey,
}

pub(super) async fn create(
    State(app): State<App>,
    Confirmed(asking): Confirmed,
    Form(form): Form<UkeyForm>,
) -> Result<Response> {
    app.limits.take(limits::CONFIRMATION, &(asking.caller.account, asking.digest), app.clock.now())?;
    match add_ukey(&app, &owner(&asking), &form.ukey, &form.label).await {
        Ok(codes) => Ok(after_adding(&app, &asking.caller, codes)),
        Err(Error::Refused(refused)) if app.ukey.is_some() => {
            let status = crate::web::problem::status(&Error::Refused(refused.clone()));
            Ok((status, page(&app, &asking, Some(&refused)).await?).into_response())
        }
        Err(error) => Err(error),
    }
}
