//! Where each route carries the id of a thing, and what its body says.

use super::places::{Asker, Node};
use super::world::World;
use crate::web::page::encode;
use crate::web::{Body, Declared};
use axum::http::Method;
use jixue_core::role::Role;

/// A kind of thing that has an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Thing {
    Grant,
    /// Somebody whose number an officer or clerk may ask for.
    Person,
    /// For what is done with one's own grant only.
    OwnGrant,
    /// The place of a grant to be given, as the giver's form names it.
    Place,
    Order,
    /// The mobile number of somebody who studies, as support types it.
    Phone,
    /// Somebody for whom a unit may order.
    Worker,
    Certificate,
    /// The code of a certificate's public page.
    Code,
    Roster,
    /// A roster that was brought in and can be taken back.
    AppliedRoster,
    Confirmed,
    /// A list of units that an officer sent.
    UnitList,
    /// One that was brought in and can be taken back.
    AppliedUnitList,
    /// A sheet that waits for its officer to say which column is which.
    Sheet,
    Attempt,
    Region,
    Unit,
    /// Two units that became one.
    Merge,
    /// Somebody's way to another unit, as the one that is left answers it.
    MoveOut,
    /// The same as the one that asked may take it back.
    MoveIn,
    /// A unit's way to a county, as the one that receives answers it.
    UnitMoveIn,
    /// The same as the county that has the unit takes it back.
    UnitMoveOut,
    /// An exemption that waits to be decided, asked for by somebody else.
    Exemption,
    /// One that was granted.
    Granted,
    Year,
    Paper,
    Course,
    Lesson,
    /// A lesson's file under a ticket.
    Media,
    PlaySession,
    Asset,
    /// A side that vouches for people, by its name in our addresses.
    Issuer,
    /// A session, by its name on the page of devices.
    Device,
    /// A second factor.
    Factor,
    /// A saved filter.
    SavedView,
    /// Somebody's request for activation.
    Activation,
    /// An open recovery of an account.
    Recovery,
    /// A firm that asks to be registered.
    Registration,
}

/// How a route comes to know a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carried {
    Path(Thing),
    Body(Thing),
    /// A list, or a page made from a choice: whether it shows the thing.
    Shown(Thing),
    Nothing,
}

impl Carried {
    pub fn thing(self) -> Option<Thing> {
        match self {
            Self::Path(thing) | Self::Body(thing) | Self::Shown(thing) => Some(thing),
            Self::Nothing => None,
        }
    }
}

/// Where the id stands; a parameter of a path that is not known here is an error that the caller reports.
pub(super) fn carried(route: &Declared) -> Option<Carried> {
    let by_name = |name: &str| match name {
        "grant" => Some(Thing::Grant),
        "learner"
            if route.path.ends_with("/disclosures")
                || route.path.ends_with("/corrections")
                || route.path.ends_with("/erasure") =>
        {
            Some(Thing::Person)
        }
        "device" => Some(Thing::Device),
        "factor" => Some(Thing::Factor),
        "view" => Some(Thing::SavedView),
        "request" => Some(Thing::Activation),
        "recovery" => Some(Thing::Recovery),
        "registration" => Some(Thing::Registration),
        "certificate" => Some(Thing::Certificate),
        "code" => Some(Thing::Code),
        "order" => Some(Thing::Order),
        "attempt" => Some(Thing::Attempt),
        "paper" => Some(Thing::Paper),
        "course" => Some(Thing::Course),
        "region" => Some(Thing::Region),
        "unit" => Some(Thing::Unit),
        "merge" => Some(Thing::Merge),
        "learner" => Some(Thing::Worker),
        "move" if route.path.ends_with("/withdrawal") => Some(Thing::MoveIn),
        "move" => Some(Thing::MoveOut),
        "unit_move" if route.path.ends_with("/withdrawal") => Some(Thing::UnitMoveOut),
        "unit_move" => Some(Thing::UnitMoveIn),
        "exemption" if route.path.ends_with("/ending") => Some(Thing::Granted),
        "exemption" => Some(Thing::Exemption),
        "year" => Some(Thing::Year),
        "edition" => Some(Thing::Asset),
        "issuer" => Some(Thing::Issuer),
        "lesson" if route.path.starts_with("/media/") => Some(Thing::Media),
        "lesson" => Some(Thing::Lesson),
        "sheet" => Some(Thing::Sheet),
        "import" if route.path == "/bureau/list-imports/{import}/undoing" => Some(Thing::AppliedUnitList),
        "import" if route.path.starts_with("/bureau/list-imports/") => Some(Thing::UnitList),
        "import" if route.path.starts_with("/bureau/") => Some(Thing::Confirmed),
        "import" if route.path.ends_with("/undoing") => Some(Thing::AppliedRoster),
        "import" => Some(Thing::Roster),
        _ => None,
    };
    if let Some((_, rest)) = route.path.split_once('{') {
        return by_name(rest.split('}').next()?).map(Carried::Path);
    }
    Some(match (route.method.as_str(), route.path) {
        ("GET", "/grants" | "/api/v1/grants") => Carried::Shown(Thing::Grant),
        ("GET", "/activation-requests") => Carried::Shown(Thing::Activation),
        ("GET", "/registrations") => Carried::Shown(Thing::Registration),
        ("GET", "/recoveries") => Carried::Shown(Thing::Recovery),
        ("GET", "/orders" | "/unit/orders") => Carried::Shown(Thing::Order),
        ("GET", "/certificates") => Carried::Shown(Thing::Certificate),
        ("GET", "/unit/roster-imports") => Carried::Shown(Thing::Roster),
        ("GET", "/bureau/unit-imports") => Carried::Shown(Thing::UnitList),
        ("GET", "/bureau/confirmed-hours") => Carried::Shown(Thing::Confirmed),
        ("GET", "/bureau/progress") => Carried::Shown(Thing::Region),
        ("GET", "/unit/people") | ("POST", "/unit/orders" | "/unit/people-order") => Carried::Shown(Thing::Worker),
        ("GET", "/bureau/people" | "/api/v1/people") => Carried::Shown(Thing::Worker),
        ("GET", "/bureau/units" | "/api/v1/units") => Carried::Shown(Thing::Unit),
        ("GET", "/bureau/unit-moves") => Carried::Shown(Thing::UnitMoveIn),
        ("GET", "/exemptions") => Carried::Shown(Thing::Exemption),
        ("GET", "/moves") => Carried::Shown(Thing::MoveOut),
        ("POST", "/bureau/units") => Carried::Body(Thing::Region),
        ("POST", "/grants") => Carried::Body(Thing::Place),
        ("POST", "/learner-views") => Carried::Body(Thing::Phone),
        ("POST", "/session/hat" | "/me/deputies") => Carried::Body(Thing::OwnGrant),
        ("POST", "/api/v1/play-sessions") => Carried::Body(Thing::Lesson),
        ("POST", "/api/v1/beats") => Carried::Body(Thing::PlaySession),
        _ => Carried::Nothing,
    })
}

/// The path of a route with an id in it.
pub(super) fn target(route: &Declared, world: &World, id: &str, is_real: bool) -> String {
    let encoded = |id: &str| encode(id).replace('/', "%2F");
    match route.path {
        "/media/{lesson}/{ticket}/{name}" if is_real => format!("/media/{id}"),
        "/media/{lesson}/{ticket}/{name}" => format!("/media/{}/x/film.mp4", encoded(id)),
        "/assets/{edition}/{name}" => format!("/assets/{}/{}", world.edition, encoded(id)),
        path => match (path.find('{'), path.find('}')) {
            (Some(from), Some(to)) => format!("{}{}{}", &path[..from], encoded(id), &path[to + 1..]),
            _ => path.to_owned(),
        },
    }
}

/// Fields of owners that no handler may believe.
pub(super) fn claims(world: &World, node: Node) -> Vec<(&'static str, String)> {
    let learner = world.learner(node).to_string();
    let unit = world.unit(node).to_string();
    let region = node.region_code().to_owned();
    vec![
        ("learner_id", learner.clone()),
        ("user_id", learner.clone()),
        ("member", learner),
        ("unit_id", unit),
        ("region_code", region),
        ("paid", "true".to_owned()),
        ("score", "100".to_owned()),
    ]
}

/// The same fields with an id that names nobody.
pub(super) fn bad_claims(id: &str) -> Vec<(&'static str, String)> {
    ["learner_id", "user_id", "member", "unit_id", "region_code"]
        .into_iter()
        .map(|name| (name, id.to_owned()))
        .collect()
}

/// Content type and bytes.
pub(super) type Sent = (&'static str, Vec<u8>);

/// What is sent with a request: harmless, and what the route asks for.
pub(super) fn body(
    route: &Declared,
    asker: Asker,
    world: &World,
    id: &str,
    claims: &[(&'static str, String)],
) -> Option<Sent> {
    if route.method == Method::GET {
        return None;
    }
    if route.body == Body::Upload {
        let year = world.year.to_string();
        let empty = format!("--line\r\nContent-Disposition: form-data; name=\"year\"\r\n\r\n{year}\r\n--line--\r\n");
        return Some(("multipart/form-data; boundary=line", empty.into_bytes()));
    }
    if route.path == "/api/v1/beats" {
        let lesson = &world.lesson;
        let beat = format!(
            "{{\"session\":\"{id}\",\"lesson\":\"{lesson}\",\"sequence\":1,\"nonce\":\"{}\",\"spans\":[],\
             \"position_ms\":0,\"rate_percent\":100}}",
            "0".repeat(32)
        );
        return Some(("application/json", beat.into_bytes()));
    }
    let mut fields = fields(route, asker, world, id);
    fields.extend(claims.iter().cloned());
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    Some(("application/x-www-form-urlencoded", pairs.join("&").into_bytes()))
}

fn fields(route: &Declared, asker: Asker, world: &World, id: &str) -> Vec<(&'static str, String)> {
    let text = |name: &'static str, value: &str| (name, value.to_owned());
    let person = || vec![text("name", "周敏"), text("phone", "13900009999")];
    match route.path {
        "/grants" => {
            let gives = match asker {
                Asker::Role(role) => role.gives().first().copied(),
                _ => None,
            };
            let role = gives.unwrap_or(Role::UnitClerk);
            [person(), vec![text("role", role.code()), text("place", id), text("until", "")]].concat()
        }
        "/bureau/units" => vec![
            text("name", "审计登记单位"),
            text("reason", "审计演练"),
            text("region", id),
            text("industry", "other"),
            text("kind", "public"),
        ],
        "/bureau/units/{unit}" => vec![
            text("name", "审计登记单位"),
            text("reason", "审计演练"),
            text("industry", "other"),
            text("kind", "none"),
        ],
        "/bureau/units/{unit}/names" => vec![text("name", "审计别名")],
        "/bureau/units/{unit}/merge" => vec![text("into", id), text("reason", "审计演练")],
        "/moves/{move}/answer" => vec![text("answer", "stays"), text("why", "审计演练")],
        "/bureau/unit-moves/{unit_move}/answer" => vec![text("answer", "stays"), text("why", "审计演练")],
        "/bureau/units/{unit}/region" => vec![text("region", "none"), text("reason", "审计演练")],
        "/people/{learner}/titles" => vec![text("series", "none"), text("level", "none")],
        "/people/{learner}/main-title" => vec![text("title", "1")],
        "/people/{learner}/title-correction" => vec![text("series", "none"), text("level", "none"), text("title", "1")],
        "/people/{learner}/title-ending" => vec![text("title", "1"), text("why", "审计演练")],
        "/unit/departments" => vec![text("from", "无"), text("name", "审计科")],
        "/exemptions/{exemption}/decision" => vec![text("decision", "refuse"), text("why", "审计演练")],
        "/exemptions/{exemption}/ending" => vec![text("why", "审计演练")],
        "/people/{learner}/exemptions" => {
            vec![
                text("sort", "none"),
                text("from", "2026-01-01"),
                text("until", "2026-12-31"),
                text("reason", "审计演练"),
            ]
        }
        "/moves" => vec![text("name", "周敏"), text("number", "1")],
        "/people/{learner}/leaving" => vec![text("on", "someday")],
        "/people/{learner}/unit" => vec![text("unit", "1"), text("on", "someday")],
        "/unit/roster-confirmation" => vec![text("people", "-1")],
        "/me/deputies" => [person(), vec![text("grant", id), text("until", &world.tomorrow)]].concat(),
        "/session/hat" => vec![text("grant", id)],
        "/learner-views" => vec![text("person", id), text("purpose", "审计演练：核对学时")],
        "/people/{learner}/disclosures" => {
            let words = text("purpose", "审计演练：核对号码");
            vec![text("number", "phone"), text("reason", "contact"), words]
        }
        "/people/{learner}/corrections" => {
            let request = text("request", &world.unknown);
            vec![request, text("decision", "refuse"), text("answer", "审计演练：不予更正")]
        }
        "/me/erasure" => vec![text("reason", "x")],
        "/people/{learner}/erasure" => vec![text("step", "refuse"), text("words", "审计演练：不予删除")],
        "/audit-people" => vec![text("number", "13900009999")],
        "/me/corrections" => vec![text("field", "phone"), text("value", "1"), text("reason", "审计演练")],
        "/me/consents" => vec![text("kind", "sensitive")],
        "/activation-requests/{request}/refusal" | "/registrations/{registration}/refusal" => {
            vec![text("reason", "审计演练")]
        }
        "/recoveries" => vec![text("name", ""), text("reason", "")],
        "/grants/{grant}/ending" => vec![text("reason", "审计演练")],
        "/bureau/years/{year}/fees" => vec![text("base", &world.bases[0]), text("yuan", "40")],
        "/orders" => vec![text("year", &world.year.to_string()), text("subject", "public")],
        "/saved-views" => {
            let is_clerk = matches!(asker, Asker::Role(Role::UnitClerk));
            vec![text("list", if is_clerk { "unit_people" } else { "bureau_units" }), text("name", "")]
        }
        "/saved-views/{view}" => vec![text("name", "")],
        "/unit/people-order" => vec![text("year", &world.year.to_string())],
        "/unit/orders" => {
            vec![text("year", &world.year.to_string()), text("subject", "public"), text("learner", id)]
        }
        "/orders/{order}/payment-attempts" => vec![text("channel", "wechat_pay")],
        "/api/v1/play-sessions" => vec![text("lesson", id)],
        "/api/v1/exam-attempts/{attempt}/answers" => {
            vec![text("question", "1"), text("revision", "1"), text("choice", "1")]
        }
        "/sign-in/codes" => vec![text("phone", "1")],
        "/session" => vec![text("phone", "1"), text("code", "000000")],
        "/setup" => vec![
            text("token", "none"),
            text("name", "周敏"),
            text("login", "audit"),
            text("password", "a long enough one"),
        ],
        "/verify" => vec![text("code", "00000000000000000000000000")],
        _ => Vec::new(),
    }
}
