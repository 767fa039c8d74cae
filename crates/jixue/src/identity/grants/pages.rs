//! Pages of grants: who may do what within an officer's reach, giving and taking; deputies on one's own page.

use super::store::{self, ShownGrant};
use super::{Granting, deputize, give_role, take_grant};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::identity::{NewAccount, open_account};
use crate::org;
use crate::web::forms::{Form, Path, Query};
use crate::web::{Caller, Hat, Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::id::{BaseId, GrantId};
use jixue_core::org::{Industry, Phone};
use jixue_core::refusal::Kind;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, ScopeBounds, lies_within};
use jixue_core::time::{BusinessDate, Timestamp};
use jixue_core::uscc::Uscc;
use serde::Deserialize;

/// Grants on a page.
const PER_PAGE: i64 = 100;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/grants", Policy::GIVING, index)
        .post("/grants", Policy::GIVING, create)
        .get("/grants/{grant}", Policy::GIVING, show)
        .post("/grants/{grant}/ending", Policy::SignedIn, create_ending)
        .post("/me/deputies", Policy::SignedIn, create_deputy)
        .get("/api/v1/grants", Policy::GIVING, super::api::list)
}

/// The hat a caller wears; the learner's own gives nothing.
pub(super) fn hat(caller: &Caller) -> Result<Role> {
    match caller.hat {
        Hat::Role(role) => Ok(role),
        Hat::Learner => Err(Refused::new("session.wrong_hat", Kind::Forbidden).into()),
    }
}

#[derive(Debug, Deserialize)]
struct GrantsQuery {
    #[serde(default)]
    give: String,
    /// A unit's code, when the way led from its page.
    #[serde(default)]
    place: String,
    after: Option<GrantId>,
}

/// A grant's row.
struct Line {
    grant: GrantId,
    name: String,
    role: String,
    place: String,
    since: String,
    until: String,
    is_deputy: bool,
    /// Whether the asker may take it away.
    mine_to_take: bool,
}

#[derive(Template)]
#[template(path = "identity/grants.html")]
struct GrantsPage {
    page: Page,
    lines: Vec<Line>,
    next: Option<String>,
    /// Roles to choose from: code, words, chosen.
    roles: Vec<(&'static str, String, bool)>,
    give: Option<Role>,
    /// Regions or bases to choose from: value, words, chosen.
    places: Vec<(String, String, bool)>,
    /// Industry systems to choose from, when the role is bound to one.
    industries: Vec<(String, String, bool)>,
    place: String,
    tomorrow: String,
}

async fn index(State(app): State<App>, caller: Caller, Query(query): Query<GrantsQuery>) -> Result<Html<GrantsPage>> {
    let (role, now, scope) = (hat(&caller)?, app.clock.now(), caller.scope.clone());
    let after = query.after.unwrap_or(GrantId::from_raw(0));
    let give = role.gives().iter().copied().find(|given| given.code() == query.give);
    let with_bases = matches!(role, Role::BureauOfficer | Role::BaseManager);
    let (rows, regions, bases) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let rows = store::within(tx, &scope, now, after, with_bases, PER_PAGE).await?;
            Ok((rows, org::regions(tx).await?, org::bases(tx).await?))
        })
        .await?;
    let page = Page::of(&app, &caller);
    let full = rows.len() == usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
    let next = rows.last().filter(|_| full).map(|last| format!("/grants?after={}", last.grant));
    let roles = role.gives().iter().map(|given| (given.code(), word(&page, *given), Some(*given) == give)).collect();
    let bounds = caller.scope.bounds();
    let places = match give {
        Some(Role::BaseManager | Role::Teacher) => {
            let named = bases.iter().filter(|base| bounds.base == 0 || bounds.base == base.id.raw());
            named
                .map(|base| (base.id.to_string(), page.t.pick(&base.name_zh, &base.name_en).to_owned(), false))
                .collect()
        }
        Some(Role::UnitClerk) | None => Vec::new(),
        Some(_) => {
            let within = regions.iter().filter(|region| lies_in(&bounds, &region.code));
            within
                .map(|region| (region.code.clone(), page.t.pick(&region.name_zh, &region.name_en).to_owned(), false))
                .collect()
        }
    };
    let lines = rows.into_iter().map(|row| line(&page, role, row)).collect();
    let tomorrow = now.plus_days(1).business_date().to_string();
    let industries = if give == Some(Role::IndustryOfficer) { industries(&page) } else { Vec::new() };
    Ok(Html(GrantsPage { page, lines, next, roles, give, places, industries, place: query.place, tomorrow }))
}

fn lies_in(bounds: &ScopeBounds, code: &str) -> bool {
    bounds.region_from.as_str() <= code && code < bounds.region_until.as_str()
}

fn industries(page: &Page) -> Vec<(String, String, bool)> {
    let choice = |one: Industry| (one.code().to_owned(), page.t.industry(one).to_owned(), false);
    Industry::ALL.into_iter().map(choice).collect()
}

fn word(page: &Page, role: Role) -> String {
    page.t.say(&format!("role.{}", role.code()))
}

fn line(page: &Page, asker: Role, row: ShownGrant) -> Line {
    let role = Role::from_code(&row.role);
    Line {
        grant: row.grant,
        role: role.map(|role| word(page, role)).unwrap_or_default(),
        mine_to_take: role.is_some_and(|role| asker.gives().contains(&role)),
        name: row.name,
        place: page.t.industry_at(row.reach.industry.as_deref(), page.t.pick(&row.place_zh, &row.place_en)),
        since: row.given_at.business_date().to_string(),
        until: row.until.map(|until| until.plus_ms(-1).business_date().to_string()).unwrap_or_default(),
        is_deputy: row.is_deputy,
    }
}

#[derive(Debug, Deserialize)]
struct GrantForm {
    role: String,
    name: String,
    phone: String,
    /// A unit's USCC, a region's code or a base's id, as the role asks for.
    place: String,
    /// Code of an industry system, for the role that is bound to one.
    #[serde(default)]
    industry: String,
    /// The last day, or empty.
    #[serde(default)]
    until: String,
}

async fn create(State(app): State<App>, caller: Caller, Form(form): Form<GrantForm>) -> Result<Redirect> {
    let (hat, at, scope) = (hat(&caller)?, app.at(), caller.scope.clone());
    let role = Role::from_code(&form.role).ok_or_else(Refused::not_found)?;
    let (until, new) = (last_day(&form.until)?, person(&form.name, &form.phone)?);
    app.db
        .write(async move |tx: &Tx<'_>| {
            let reach = reach_at(tx, role, (form.place.trim(), &form.industry)).await?;
            let account = open_account(tx, &at, &new).await?;
            give_role(tx, &at, &scope, hat, &Granting { account, role, reach, until }).await
        })
        .await?;
    Ok(Redirect::to("/grants?done=grant_given"))
}

/// A person who is to get a hat, by name and phone.
fn person(name: &str, phone: &str) -> Result<NewAccount> {
    let name: String = name.trim().chars().take(60).collect();
    if name.is_empty() {
        return Err(Refused::new("grant.name_missing", Kind::Invalid).into());
    }
    let phone = Phone::parse(phone).map_err(|_| Refused::new("sign_in.phone_malformed", Kind::Invalid))?;
    Ok(NewAccount { name, phone: Some(phone), login: None, password_hash: None, learner: None })
}

/// The end of a day that was typed; nothing for no end.
fn last_day(text: &str) -> Result<Option<Timestamp>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let parts: Vec<i64> = text.trim().split('-').filter_map(|part| part.parse().ok()).collect();
    let day = match parts[..] {
        [year, month, day] => BusinessDate::new(year, month, day),
        _ => None,
    };
    day.map(|day| Some(day.end())).ok_or_else(|| Refused::new("year.date_unreadable", Kind::Invalid).into())
}

async fn reach_at(tx: &Tx<'_>, role: Role, (place, industry): (&str, &str)) -> Result<Reach> {
    let reach = match role {
        Role::UnitClerk => {
            let unit = org::unit_by_uscc(tx, &Uscc::parse(place)?).await?;
            Reach::Unit { unit: unit.ok_or_else(|| Refused::new("grant.unit_unknown", Kind::NotFound))?.id }
        }
        Role::BaseManager | Role::Teacher => {
            let base = place.parse().map_err(|_| Refused::not_found())?;
            Reach::Base { base: BaseId::from_raw(base) }
        }
        _ => {
            let known = org::regions(tx).await?.iter().any(|region| region.code == place && lies_within(place, place));
            let region_code = known.then(|| place.to_owned()).ok_or_else(Refused::not_found)?;
            match role {
                Role::IndustryOfficer => {
                    let industry = Industry::from_code(industry).ok_or(org::OrgRefusal::IndustryUnknown)?;
                    Reach::Industry { region_code, industry }
                }
                _ => Reach::Region { region_code },
            }
        }
    };
    Ok(reach)
}

#[derive(Template)]
#[template(path = "identity/grant.html")]
struct GrantPage {
    page: Page,
    line: Line,
}

async fn show(State(app): State<App>, caller: Caller, Path(grant): Path<GrantId>) -> Result<Html<GrantPage>> {
    let (role, now, scope) = (hat(&caller)?, app.clock.now(), caller.scope.clone());
    let before = GrantId::from_raw(grant.raw() - 1);
    let with_bases = matches!(role, Role::BureauOfficer | Role::BaseManager);
    let found =
        app.db.read(async move |tx: &Tx<'_>| store::within(tx, &scope, now, before, with_bases, 1).await).await?;
    let page = Page::of(&app, &caller);
    let row = found.into_iter().find(|row| row.grant == grant).ok_or_else(Refused::not_found)?;
    let line = line(&page, role, row);
    Ok(Html(GrantPage { page, line }))
}

#[derive(Debug, Deserialize)]
struct EndingForm {
    #[serde(default)]
    reason: String,
}

async fn create_ending(
    State(app): State<App>,
    caller: Caller,
    Path(grant): Path<GrantId>,
    Form(form): Form<EndingForm>,
) -> Result<Redirect> {
    let (hat, at, scope) = (hat(&caller).ok(), app.at(), caller.scope.clone());
    app.db.write(async move |tx: &Tx<'_>| take_grant(tx, &at, &scope, hat, grant, &form.reason).await).await?;
    let gives = hat.is_some_and(|role| !role.gives().is_empty());
    Ok(Redirect::to(if gives { "/grants?done=grant_taken" } else { "/me?done=grant_taken" }))
}

#[derive(Debug, Deserialize)]
struct DeputyForm {
    grant: GrantId,
    name: String,
    phone: String,
    until: String,
}

async fn create_deputy(State(app): State<App>, caller: Caller, Form(form): Form<DeputyForm>) -> Result<Redirect> {
    let (at, holder, new) = (app.at(), caller.account, person(&form.name, &form.phone)?);
    let until = last_day(&form.until)?.ok_or_else(|| Refused::new("year.date_unreadable", Kind::Invalid))?;
    app.db
        .write(async move |tx: &Tx<'_>| {
            let deputy = open_account(tx, &at, &new).await?;
            deputize(tx, &at, holder, form.grant, deputy, until).await
        })
        .await?;
    Ok(Redirect::to("/me?done=deputy_named"))
}
