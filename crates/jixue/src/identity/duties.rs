//! Where a hat begins that has no work list of its own: what the role is for, and what can be done here.

use crate::app::App;
use crate::error::{Refused, Result};
use crate::i18n::Texts;
use crate::web::{Caller, Hat, Html, Page, Policy, Routes, WearableHat};
use askama::Template;
use axum::extract::State;
use jixue_core::refusal::Kind;
use jixue_core::role::Role;

/// Every hat but the learner's.
const EVERY_ROLE: Policy = Policy::Hats(&Role::ALL);

pub fn routes(routes: Routes) -> Routes {
    routes.get("/duties", EVERY_ROLE, show)
}

/// Something to be done: where, what, and what comes of it.
struct Duty {
    href: &'static str,
    title: String,
    note: String,
}

#[derive(Template)]
#[template(path = "identity/duties.html")]
struct DutiesPage {
    page: Page,
    role: String,
    /// What the role is for.
    purpose: String,
    place: String,
    until: String,
    is_deputy: bool,
    duties: Vec<Duty>,
}

async fn show(State(app): State<App>, caller: Caller) -> Result<Html<DutiesPage>> {
    let Hat::Role(role) = caller.hat else {
        return Err(Refused::new("session.wrong_hat", Kind::Forbidden).into());
    };
    let hats = super::hats_of(&app, &caller).await?;
    let page = Page::of(&app, &caller);
    let worn = hats.iter().find(|hat| hat.is_worn);
    Ok(Html(DutiesPage {
        role: page.t.say(&format!("role.{}", role.code())),
        purpose: page.t.say(&format!("role_purpose.{}", role.code())),
        place: worn.map(|hat| hat.place(&page.t)).unwrap_or_default(),
        until: worn.map(WearableHat::last_day).unwrap_or_default(),
        is_deputy: worn.is_some_and(|hat| hat.is_deputy),
        duties: addresses(role).iter().map(|(href, code)| duty(&page.t, href, code)).collect(),
        page,
    }))
}

fn duty(t: &Texts, href: &'static str, code: &str) -> Duty {
    Duty { href, title: t.say(&format!("duty.{code}")), note: t.say(&format!("duty_note.{code}")) }
}

/// What a role finds here, the most frequent first. Everybody can check a certificate and see to their own account.
fn addresses(role: Role) -> &'static [(&'static str, &'static str)] {
    const CHECK: (&str, &str) = ("/verify", "verify");
    const RIGHTS: (&str, &str) = ("/grants", "grants");
    const RECOVERY: (&str, &str) = ("/recoveries", "recoveries");
    const ME: (&str, &str) = ("/me", "me");
    match role {
        Role::BureauOfficer | Role::CountyOfficer => &[
            ("/bureau/progress", "progress"),
            ("/bureau/confirmed-hours", "confirmed_hours"),
            ("/bureau/money", "money"),
            RIGHTS,
            ME,
        ],
        Role::IndustryOfficer => &[("/bureau/progress", "progress"), ("/bureau/units", "units"), RIGHTS, ME],
        Role::UnitClerk => {
            &[("/unit/people", "people"), ("/unit/roster-imports", "roster"), ("/unit/orders", "orders"), ME]
        }
        Role::BaseManager => &[RIGHTS, CHECK, ME],
        Role::Support => &[("/learner-views", "learner_views"), CHECK, ME],
        Role::Finance => &[("/bureau/money", "money"), ME],
        Role::AuditAdministrator => &[("/audit", "audit"), ("/learner-views", "learner_views_log"), ME],
        Role::SecurityAdministrator => &[RIGHTS, RECOVERY, ME],
        Role::SystemAdministrator => &[ME],
        Role::Teacher | Role::Expert | Role::ReviewBoard => &[CHECK, ME],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of bare codes helps nobody.
    #[test]
    fn every_role_has_words_and_something_to_do() {
        for role in Role::ALL {
            assert!(Texts::knows(&format!("role_purpose.{}", role.code())), "{role:?}");
            assert!(!addresses(role).is_empty());
            for (_, code) in addresses(role) {
                assert!(Texts::knows(&format!("duty.{code}")) && Texts::knows(&format!("duty_note.{code}")), "{code}");
            }
        }
    }
}
