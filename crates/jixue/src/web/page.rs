//! What every page has around its content.

use super::assets;
use super::caller::{Caller, Hat, WearableHat};
use super::visitor::Visitor;
use crate::app::App;
use crate::config::SiteSection;
use crate::i18n::{Locale, Texts};
use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jixue_core::role::Role;

/// A rendered template as a response.
pub struct Html<T>(pub T);

impl<T: Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(text) => {
                ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], text)
                    .into_response()
            }
            Err(error) => {
                tracing::error!(%error, "a template failed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// A link of the main navigation.
#[derive(Debug, Clone)]
pub struct NavItem {
    pub href: &'static str,
    pub label: &'static str,
    pub current: bool,
}

/// Language, navigation, tokens and foot of a page; the field `page` of each page struct.
#[derive(Debug, Clone)]
pub struct Page {
    pub t: Texts,
    pub lang: &'static str,
    pub large_type: bool,
    pub csrf: String,
    pub name: Option<String>,
    pub hat: Option<Hat>,
    /// The role that is worn, in words; nothing for learners who are nothing else.
    pub role: Option<String>,
    /// To choose from, when there is a choice.
    pub hats: Vec<WearableHat>,
    /// Says whose pages support looks at, and until when.
    pub looking: Option<String>,
    pub nav: Vec<NavItem>,
    /// A sentence about what has just been done, by a code in the query.
    pub done: Option<String>,
    pub path: String,
    pub site: SiteSection,
}

impl Page {
    pub fn new(app: &App, visitor: &Visitor, caller: Option<&Caller>) -> Self {
        let t = visitor.texts();
        Self {
            t,
            lang: visitor.locale.tag(),
            large_type: visitor.large_type,
            csrf: caller.map(|caller| caller.csrf.clone()).unwrap_or_default(),
            name: caller.map(|caller| caller.name.clone()),
            hat: caller.map(|caller| caller.hat.clone()),
            role: caller.and_then(|caller| role_words(&t, caller)),
            hats: caller.map(|caller| caller.hats.clone()).unwrap_or_default(),
            looking: caller.and_then(|caller| looking_words(&t, caller)),
            nav: caller.map(|caller| nav(&t, &caller.hat, &visitor.path)).unwrap_or_default(),
            done: done_sentence(&t, &visitor.path),
            path: visitor.path.clone(),
            site: app.config.site.clone(),
        }
    }

    /// A page for someone signed in.
    pub fn of(app: &App, caller: &Caller) -> Self {
        Self::new(app, &caller.visitor, Some(caller))
    }

    /// Address of an asset, with the digest of all assets in it.
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    pub fn english(&self) -> bool {
        self.t.locale == Locale::En
    }

    /// The phone's tab bar belongs to the learner's hat.
    pub fn is_learner(&self) -> bool {
        self.hat == Some(Hat::Learner)
    }

    /// The path without its query, for a form that is sent to its own page.
    pub fn path_only(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    pub fn current_path_encoded(&self) -> String {
        encode(&self.path)
    }
}

/// In which role somebody acts: a learner needs it told only when there is another.
fn role_words(t: &Texts, caller: &Caller) -> Option<String> {
    match (&caller.hat, &caller.looking) {
        (_, Some(_)) => Some(t.say(&format!("role.{}", Role::Support.code()))),
        (Hat::Role(role), None) => Some(t.say(&format!("role.{}", role.code()))),
        (Hat::Learner, None) => (!caller.hats.is_empty()).then(|| t.identity_hat_learner().to_owned()),
    }
}

fn looking_words(t: &Texts, caller: &Caller) -> Option<String> {
    let looking = caller.looking.as_ref()?;
    let minutes = looking.until.china_minutes();
    let time = minutes.split_once(' ').map_or(minutes.as_str(), |(_, time)| time);
    Some(t.looking_banner(&looking.name, time))
}

fn nav(t: &Texts, hat: &Hat, path: &str) -> Vec<NavItem> {
    let items: Vec<(&'static str, &'static str)> = match hat {
        Hat::Learner => vec![
            ("/learn", t.nav_learn()),
            ("/courses", t.nav_courses()),
            ("/certificates", t.nav_certificates()),
            ("/me", t.nav_me()),
        ],
        Hat::Role(Role::UnitClerk) => vec![
            ("/unit/people", t.nav_people()),
            ("/unit/roster-imports", t.nav_roster()),
            ("/moves", t.nav_moves()),
            ("/exemptions", t.nav_exemptions()),
            ("/unit/orders", t.nav_orders()),
            ("/corrections", t.nav_corrections()),
            ("/activation-requests", t.nav_activation()),
            ("/me", t.nav_me()),
        ],
        Hat::Role(Role::BureauOfficer | Role::CountyOfficer) => vec![
            ("/bureau/progress", t.nav_progress()),
            ("/bureau/units", t.nav_units()),
            ("/bureau/years", t.nav_years()),
            ("/bureau/confirmed-hours", t.nav_confirmed_hours()),
            ("/bureau/money", t.nav_money()),
            ("/activation-requests", t.nav_activation()),
            ("/grants", t.nav_grants()),
            ("/corrections", t.nav_corrections()),
            ("/erasures", t.nav_erasures()),
            ("/me", t.nav_me()),
        ],
        Hat::Role(Role::IndustryOfficer) => vec![
            ("/bureau/progress", t.nav_progress()),
            ("/bureau/units", t.nav_units()),
            ("/grants", t.nav_grants()),
            ("/me", t.nav_me()),
        ],
        Hat::Role(Role::BaseManager | Role::SecurityAdministrator) => {
            vec![("/duties", t.nav_duties()), ("/grants", t.nav_grants()), ("/me", t.nav_me())]
        }
        Hat::Role(Role::Support) => {
            vec![("/duties", t.nav_duties()), ("/learner-views", t.nav_learner_views()), ("/me", t.nav_me())]
        }
        Hat::Role(Role::AuditAdministrator) => vec![
            ("/duties", t.nav_duties()),
            ("/audit", t.nav_audit()),
            ("/learner-views", t.nav_learner_views()),
            ("/me", t.nav_me()),
        ],
        Hat::Role(Role::Finance) => {
            vec![("/duties", t.nav_duties()), ("/bureau/money", t.nav_money()), ("/me", t.nav_me())]
        }
        Hat::Role(Role::Teacher | Role::Expert | Role::ReviewBoard | Role::SystemAdministrator) => {
            vec![("/duties", t.nav_duties()), ("/me", t.nav_me())]
        }
    };
    let bare = path.split('?').next().unwrap_or(path);
    let current =
        items.iter().map(|(href, _)| *href).filter(|href| bare.starts_with(href)).max_by_key(|href| href.len());
    items.into_iter().map(|(href, label)| NavItem { href, label, current: Some(href) == current }).collect()
}

/// `?done=roster_applied` becomes the sentence of `done.roster_applied`; anything else nothing.
fn done_sentence(t: &Texts, path: &str) -> Option<String> {
    let (_, query) = path.split_once('?')?;
    let code = query.split('&').find_map(|pair| pair.strip_prefix("done="))?;
    let code = format!("done.{code}");
    Texts::knows(&code).then(|| t.say(&code))
}

/// Percent-encodes a value for a query.
pub fn encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A path with those values as its query that are not empty.
pub fn with_query(path: &str, values: &[(&str, &str)]) -> String {
    let given = values.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = given.map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// A path of our own to lead back to; anything that could lead elsewhere becomes the start page.
pub fn safe_back(back: &str) -> &str {
    // Browsers drop tabs and line ends from an address before they read it.
    let odd = |mark: char| mark == '\\' || mark.is_control();
    let own = back.starts_with('/') && !back.starts_with("//") && !back.contains(odd);
    if own { back } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link that signs people in and then leads to another site is a phisher's gift.
    #[test]
    fn the_way_back_stays_here() {
        assert_eq!(safe_back("/learn?x=1"), "/learn?x=1");
        let over_a_tab = "/\t/evil.example";
        let split = "/a\r\nSet-Cookie: x";
        for wrong in
            ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:1", split, over_a_tab]
        {
            assert_eq!(safe_back(wrong), "/", "{wrong:?}");
        }
    }
}
