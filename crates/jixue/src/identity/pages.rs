//! Pages of signing in and of oneself.

use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::i18n::Texts;
use crate::web::forms::Form;
use crate::web::{Caller, Guest, Hat, Html, Page, Policy, Routes, Visitor, WearableHat, cookies, limits};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use jixue_core::role::Role;
use jixue_core::time::Timestamp;
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/", Policy::Public, start)
        .post("/session/hat", Policy::SignedIn, change_hat)
        .post("/session/ending", Policy::SignedIn, end_session)
        .get("/setup", Policy::Public, setup)
        .post("/setup", Policy::Public, create_first_officer)
        .get("/me", Policy::SignedIn, me)
        .with(super::sign_in::pages::routes)
        .with(super::activation::routes)
        .with(super::recovery::routes)
        .with(super::registrations::routes)
        .with(super::saved_views::routes)
        .with(super::confirmation::routes)
        .with(super::devices::routes)
        .with(super::factors::routes)
        .with(super::bindings::routes)
        .with(super::password::routes)
        .with(super::grants::routes)
        .with(super::looking::routes)
        .with(super::duties::routes)
}

/// Where each hat's work begins.
pub fn home_of(hat: &Hat) -> &'static str {
    match hat {
        Hat::Learner => "/learn",
        Hat::Role(Role::UnitClerk) => "/unit/people",
        Hat::Role(Role::BureauOfficer | Role::CountyOfficer | Role::IndustryOfficer) => "/bureau/progress",
        Hat::Role(_) => "/duties",
    }
}

async fn start(Guest(caller, _): Guest) -> Redirect {
    Redirect::to(caller.map_or("/sign-in", |caller| home_of(&caller.hat)))
}

pub(super) fn token<'a>(app: &App, headers: &'a HeaderMap) -> &'a str {
    cookies::get(headers, cookies::session(app.config.secure_cookies())).unwrap_or_default()
}

#[derive(Debug, Deserialize)]
struct HatForm {
    grant: i64,
}

async fn change_hat(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<HatForm>,
) -> Result<Redirect> {
    super::wear(&app, &caller, token(&app, &headers), form.grant).await?;
    Ok(Redirect::to("/"))
}

#[derive(Debug, Deserialize)]
struct EndingForm {
    #[serde(default)]
    others: bool,
}

async fn end_session(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<EndingForm>,
) -> Result<Response> {
    if !form.others {
        // The log says when looking ended, not when it would have.
        super::end_view(&app, &caller, token(&app, &headers)).await?;
    }
    super::end_session(&app, &caller, token(&app, &headers), form.others).await?;
    if form.others {
        return Ok(Redirect::to("/me?done=other_sessions_ended").into_response());
    }
    let secure = app.config.secure_cookies();
    let cookie = cookies::set(cookies::session(secure), "", 0, secure);
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to("/sign-in")).into_response())
}

#[derive(Template)]
#[template(path = "identity/setup.html")]
struct SetupPage {
    page: Page,
    problem: Option<String>,
}

async fn setup(State(app): State<App>, visitor: Visitor) -> Html<SetupPage> {
    Html(SetupPage { page: Page::new(&app, &visitor, None), problem: None })
}

#[derive(Debug, Deserialize)]
struct SetupForm {
    token: String,
    name: String,
    login: String,
    password: String,
}

async fn create_first_officer(
    State(app): State<App>,
    visitor: Visitor,
    Form(form): Form<SetupForm>,
) -> Result<Response> {
    app.limits.take(limits::SETUP_ADDRESS, &limits::network(visitor.address), app.clock.now())?;
    match super::first_officer(&app, &form.token, &form.name, &form.login, &form.password).await {
        Ok(_) => Ok(Redirect::to("/sign-in?by=password").into_response()),
        Err(Error::Refused(refused)) => {
            let page = Page::new(&app, &visitor, None);
            let status = crate::web::problem::status(&Error::Refused(refused.clone()));
            let problem = Some(page.t.code(refused.code, &refused.arguments));
            Ok((status, Html(SetupPage { page, problem })).into_response())
        }
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "identity/me.html")]
struct MePage {
    page: Page,
    name: String,
    hats: Vec<WearableHat>,
    /// The hats that somebody may be asked to act in, to choose from.
    deputizable: Vec<(String, String, bool)>,
    tomorrow: String,
    /// The learner this person is, if one.
    learner: Option<crate::org::Learner>,
    /// The learner's county in words, while the unit has no clerk: there one asks instead.
    county_acts: Option<String>,
    devices: usize,
    has_password: bool,
    factors: usize,
    /// None where it is not configured; whether it is bound.
    wechat: Option<bool>,
    /// Accounts with issuers, where some are configured.
    issuers: Option<usize>,
    /// Whether a hat of the account asks for a second factor.
    is_office: bool,
    /// Whether the hat is an administrator's who may reset second factors of others.
    may_recover: bool,
}

async fn me(State(app): State<App>, caller: Caller) -> Result<Html<MePage>> {
    let page = Page::of(&app, &caller);
    let (account, now, own) = (caller.account, app.clock.now(), caller.own_scope());
    let means = super::confirmation::means(&app, account).await?;
    let t = page.t;
    let (devices, learner, bindings, county_acts) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let learner = match own.as_ref().and_then(|own| Some((own, own.learner()?))) {
                Some((own, learner)) => crate::org::learner(tx, own, learner).await?,
                None => None,
            };
            let bindings = super::bindings::bindings_of(tx, account).await?;
            let county_acts = match &learner {
                Some(learner) => acting_county(tx, &t, learner, now).await?,
                None => None,
            };
            let devices = super::devices::store::open_devices(tx, account, now).await?.len();
            Ok((devices, learner, bindings, county_acts))
        })
        .await?;
    let hats = super::hats_of(&app, &caller).await?;
    let lasting = hats.iter().filter(|hat| hat.role.is_some() && !hat.is_deputy);
    let words = |hat: &WearableHat| format!("{} · {}", hat.word(&page.t), hat.place(&page.t));
    let deputizable = lasting.map(|hat| (hat.grant.to_string(), words(hat), hat.is_worn)).collect();
    let tomorrow = now.plus_days(1).business_date().to_string();
    Ok(Html(MePage {
        is_office: hats.iter().any(|hat| hat.role.is_some_and(Role::is_office)),
        may_recover: matches!(caller.hat, Hat::Role(Role::BureauOfficer | Role::SecurityAdministrator)),
        has_password: means.has_password,
        factors: means.factors.len(),
        wechat: app.wechat_login.as_ref().map(|_| bindings.iter().any(|binding| binding.is_wechat())),
        issuers: (!app.oidc.is_empty()).then(|| bindings.iter().filter(|binding| !binding.is_wechat()).count()),
        // While somebody looks at a learner's pages, the name is the learner's.
        name: caller.looking.map_or(caller.name, |looking| looking.name),
        page,
        hats,
        deputizable,
        tomorrow,
        learner,
        county_acts,
        devices,
    }))
}

/// Who acts for a unit without a clerk: its county.
async fn acting_county(
    tx: &Tx<'_>,
    t: &Texts,
    learner: &crate::org::Learner,
    now: Timestamp,
) -> Result<Option<String>> {
    if super::has_clerk(tx, learner.unit, now).await? {
        return Ok(None);
    }
    let regions = crate::org::regions(tx).await?;
    let county = regions.iter().find(|region| region.code == learner.region_code);
    Ok(county.map(|county| t.pick(&county.name_zh, &county.name_en).to_owned()))
}

impl MePage {
    /// One hat needs no list, unless it is somebody else's or ends.
    fn tells_hats(&self) -> bool {
        self.hats.len() > 1 || self.hats.iter().any(|hat| hat.is_deputy || hat.until.is_some())
    }
}
