//! The learner's first page: what is missing this year, and the one thing to do next. The last room: it asks all others
//! and is asked by none.

mod next_step;
mod reading;
mod view;

pub use next_step::NextStep;

use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::web::{Html, LearnerCaller, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use jixue_core::time::Year;
use view::{ActionKind, CertificateLine, EarlierYear, ThisYear};

pub fn routes(routes: Routes) -> Routes {
    routes.get("/learn", Policy::Learner, learn)
}

#[derive(Template)]
#[template(path = "home/learn.html")]
struct LearnPage {
    page: Page,
    /// Nothing before the first year is opened.
    year: Option<Year>,
    /// Nothing when nobody requires the learner to study this year.
    this_year: Option<ThisYear>,
    earlier: Vec<EarlierYear>,
    certificates: Vec<CertificateLine>,
}

async fn learn(State(app): State<App>, me: LearnerCaller) -> Result<Html<LearnPage>> {
    let (at, scope, learner) = (app.at(), me.caller.scope.clone(), me.learner);
    let today = at.now.business_date();
    let read = app.db.read(async move |tx: &Tx<'_>| reading::read(tx, &at, &scope, learner).await).await?;
    let page = Page::of(&app, &me.caller);
    let t = page.t;
    Ok(Html(LearnPage {
        page,
        year: read.year,
        this_year: read.current.as_ref().map(|current| view::this_year(&t, current, today)),
        earlier: read.earlier.iter().filter_map(|earlier| view::earlier_year(&t, earlier, today)).collect(),
        certificates: read.certificates.iter().map(|certificate| view::certificate_line(&t, certificate)).collect(),
    }))
}
