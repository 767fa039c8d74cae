//! The matrix: each role at each route, for each thing and each sort of id.

use super::asking::{Asking, Request, verdict};
use super::carried::{Carried, Thing, bad_claims, body, carried, claims, target};
use super::places::{Asker, Relation};
use super::policy::{PolicyTable, TABLE, Verdict};
use super::world::{Session, World};
use super::{accounts, seed, store, visits};
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, OidcSection, UkeySection, WechatLoginSection};
use crate::db::Tx;
use crate::web::Declared;
use anyhow::Context;
use axum::http::Method;
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Connections that ask at the same time.
const LANES: usize = 8;
/// Ids that name nothing, each by what it is.
const BAD_IDS: [(&str, &str); 9] = [
    ("zero", "00"),
    ("negative", "-1"),
    ("greatest", "9223372036854775807"),
    ("huge", "99999999999999999999"),
    ("malformed", "abc"),
    ("fraction", "1.5"),
    ("injection", "1' OR '1'='1"),
    ("climbing", "../../etc/passwd"),
    ("full_width", "１２３"),
];

/// One answer of the server beside what the table says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    pub role: &'static str,
    /// `METHOD /path/{parameter}`.
    pub route: String,
    /// A relation, alone or with forged owners sent beside it; or a sort of id that names nothing.
    pub object: String,
    pub expected: Verdict,
    pub got: Verdict,
}

impl std::fmt::Display for Cell {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { role, route, object, expected, got } = self;
        write!(out, "{role}\t{route}\t{object}\texpected {expected:?}\tgot {got:?}")
    }
}

/// What is sent for the object of a cell.
#[derive(Debug, Clone, Copy)]
enum Object {
    Related {
        relation: Relation,
        is_claimed: bool,
    },
    Bad {
        name: &'static str,
        id: &'static str,
    },
    /// A good id of another kind.
    Mistaken,
    Unknown,
}

impl Object {
    fn all() -> impl Iterator<Item = Self> {
        let related =
            |is_claimed| Relation::ALL.into_iter().map(move |relation| Self::Related { relation, is_claimed });
        let bad = BAD_IDS.into_iter().map(|(name, id)| Self::Bad { name, id });
        related(false).chain(related(true)).chain(bad).chain([Self::Mistaken, Self::Unknown])
    }

    fn name(self) -> String {
        match self {
            Self::Related { relation, is_claimed: false } => relation.code().to_owned(),
            Self::Related { relation, is_claimed: true } => format!("{}_claimed", relation.code()),
            Self::Bad { name, .. } => name.to_owned(),
            Self::Mistaken => "mistaken".to_owned(),
            Self::Unknown => "unknown".to_owned(),
        }
    }
}

/// A cell before it is asked.
struct Question {
    asker: Asker,
    route: Declared,
    carried: Carried,
    object: Object,
    expected: Verdict,
}

impl Question {
    fn cell(&self, got: Verdict) -> Cell {
        let Self { asker, route, object, expected, .. } = self;
        let route = format!("{} {}", route.method, route.path);
        Cell { role: asker.code(), route, object: object.name(), expected: *expected, got }
    }

    /// What changes a thing waits until everything has been read.
    fn changes(&self) -> bool {
        let is_change = self.route.method != Method::GET && self.carried != Carried::Nothing;
        is_change || self.route.path == accounts::EVERYWHERE
    }

    /// The id, and whether it is that of a thing.
    fn id(&self, world: &World) -> anyhow::Result<(String, bool)> {
        let Some(thing) = self.carried.thing() else { return Ok((String::new(), false)) };
        let own = || world.id(self.asker, thing, Relation::Own);
        Ok(match (self.object, self.carried) {
            (Object::Related { relation, .. }, _) => (world.id(self.asker, thing, relation)?, true),
            // Elsewhere than in a path, what names nothing is sent as the owner of one's own thing.
            (_, Carried::Body(_) | Carried::Shown(_) | Carried::Nothing) => (own()?, true),
            (Object::Bad { id, .. }, Carried::Path(_)) => (id.to_owned(), false),
            (Object::Mistaken, Carried::Path(Thing::Unit)) => (world.lesson.clone(), false),
            (Object::Mistaken, Carried::Path(_)) => (world.unit(self.asker.node()).to_string(), false),
            (Object::Unknown, Carried::Path(_)) => (world.unknown.clone(), false),
        })
    }

    fn owners(&self, world: &World) -> Vec<(&'static str, String)> {
        match self.object {
            Object::Related { is_claimed: false, .. } => Vec::new(),
            Object::Related { relation, is_claimed: true } => claims(world, self.asker.related(relation)),
            Object::Bad { id, .. } => bad_claims(id),
            Object::Mistaken => bad_claims(&world.lesson),
            Object::Unknown => bad_claims(&world.unknown),
        }
    }
}

/// Builds the temporary city, serves it, and asks for every cell.
///
/// # Errors
/// When the city cannot be built, a route is not in the table, or a path carries a parameter that is not known here.
pub async fn matrix() -> anyhow::Result<Vec<Cell>> {
    let folder = std::env::temp_dir().join(format!("jixue-audit-{}", crate::keys::hex(&crate::keys::random::<6>())));
    let outcome = audited(&folder).await;
    let removed = std::fs::remove_dir_all(&folder);
    let cells = outcome?;
    removed.with_context(|| folder.display().to_string())?;
    Ok(cells)
}

async fn audited(folder: &Path) -> anyhow::Result<Vec<Cell>> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let config = Config {
        base_url: "http://localhost".to_owned(),
        data: folder.join("data"),
        keys: folder.join("keys"),
        demo: true,
        // Each request says another address, so that what is limited by address answers to each.
        trusted_proxy: Some([127, 0, 0, 1].into()),
        ..Config::default()
    };
    super::super::admin::init_keys(&config.keys, "审计", false)?;
    let config = with_other_sides(config)?;
    let listener = crate::server::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let app = App::open(config, Clock::system()).await?;
    let mut world = seed::build(&app).await?;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(crate::server::serve(app.clone(), listener, async move {
        let _ = stopped.await;
    }));
    let asked = asked(&app, &address, &mut world).await;
    let _ = stop.send(());
    serving.await??;
    asked
}

/// The same with an official account, an issuer and UKeys, so that their routes answer. Nobody listens where they are said to
/// be: nothing leaves this machine.
fn with_other_sides(mut config: Config) -> anyhow::Result<Config> {
    let (secret_file, nowhere) = ("audit.secret".to_owned(), "http://127.0.0.1:9".to_owned());
    std::fs::write(config.keys.join(&secret_file), "audit")?;
    let trust = config.keys.join("ukey-trust");
    std::fs::create_dir_all(&trust)?;
    std::fs::copy(config.keys.join("certificate").join("ca.pem"), trust.join("ca.pem"))?;
    config.wechat_login = Some(WechatLoginSection {
        open_url: nowhere.clone(),
        api_url: nowhere.clone(),
        appid: "audit".to_owned(),
        secret_file: secret_file.clone(),
        anywhere: true,
    });
    config.oidc = vec![OidcSection {
        short_name: "audit".to_owned(),
        name_zh: "审计".to_owned(),
        name_en: "Audit".to_owned(),
        issuer: nowhere,
        client_id: "audit".to_owned(),
        client_secret_file: secret_file,
        trusted_for_phone: false,
        private_network: false,
    }];
    config.ukey = Some(UkeySection { trust, revoked: Vec::new(), middleware_url: None });
    Ok(config)
}

async fn asked(app: &App, address: &str, world: &mut World) -> anyhow::Result<Vec<Cell>> {
    let mut asking = Asking::new(address.to_owned(), 255);
    visits::make(app, &mut asking, world).await?;
    accounts::make(app, world).await?;
    let (mut changing, reading): (Vec<Question>, Vec<Question>) =
        questions(app)?.into_iter().partition(Question::changes);
    let world: &World = world;
    let reading = Arc::new(reading);
    let lanes = (0..LANES).map(|lane| {
        let reading = reading.clone();
        async move {
            let mut asking = Asking::new(address.to_owned(), u32::try_from(lane)?);
            let mut cells = Vec::new();
            for question in reading.iter().skip(lane).step_by(LANES) {
                let session = session_for(app, world, question).await?;
                let got = answered(&mut asking, world, question, session.as_ref()).await?;
                cells.push(question.cell(got));
            }
            anyhow::Ok(cells)
        }
    });
    let mut cells = futures_util::future::try_join_all(lanes).await?.concat();
    // A session of the player opened anew ends the one that beats are sent for.
    // Signing out everywhere comes at the very end.
    changing.sort_by_key(|question| match question.route.path {
        "/api/v1/play-sessions" => 1,
        accounts::EVERYWHERE => 2,
        _ => 0,
    });
    for question in &changing {
        let session = session_for(app, world, question).await?;
        cells.push(question.cell(changed(app, &mut asking, world, question, session.as_ref()).await?));
    }
    Ok(cells)
}

fn questions(app: &App) -> anyhow::Result<Vec<Question>> {
    let table = PolicyTable::read(TABLE)?;
    let mut questions = Vec::new();
    for route in crate::routes(app).declared() {
        let name = format!("{} {}", route.method, route.path);
        let carried = carried(route).with_context(|| format!("{name}: the audit does not know its parameter"))?;
        for asker in Asker::all() {
            for object in Object::all() {
                let relation = match (object, carried) {
                    (Object::Related { relation, .. }, _) => relation,
                    (_, Carried::Path(_)) => Relation::Deleted,
                    _ => Relation::Own,
                };
                let expected = table.of(asker, &name, relation);
                let expected =
                    expected.with_context(|| format!("{name} for {} is not in docs/policy.csv", asker.code()))?;
                questions.push(Question { asker, route: route.clone(), carried, object, expected });
            }
        }
    }
    Ok(questions)
}

/// The asker's session; for leaving it, or the pages it shows, one that nobody needs afterwards.
async fn session_for(app: &App, world: &World, question: &Question) -> anyhow::Result<Option<Session>> {
    let Some(session) = world.sessions.get(&question.asker) else { return Ok(None) };
    let ends = matches!(
        question.route.path,
        "/session/ending" | "/learner-views/ending" | "/learner-views" | accounts::EVERYWHERE
    );
    if ends && question.asker == Asker::Looking {
        return Ok(Some(seed::looking_session(app, world).await?));
    }
    if ends {
        return Ok(Some(seed::session(app, session.account, session.grant.clone()).await?));
    }
    Ok(Some(session.clone()))
}

async fn answered(
    asking: &mut Asking,
    world: &World,
    question: &Question,
    session: Option<&Session>,
) -> anyhow::Result<Verdict> {
    let (id, is_real) = question.id(world)?;
    let owners = question.owners(world);
    let mut target = target(&question.route, world, &id, is_real);
    for (index, (name, value)) in owners.iter().enumerate() {
        let sign = if index == 0 { '?' } else { '&' };
        target.push_str(&format!("{sign}{name}={}", crate::web::page::encode(value)));
    }
    let sent = body(&question.route, question.asker, world, &id, &owners);
    let request = Request { method: question.route.method.as_str(), target, session, sent };
    let answer = asking.ask(&request).await.with_context(|| request.target.clone())?;
    Ok(verdict(&answer, question.carried, &id, is_real))
}

/// Asks, and looks whether the thing stands as before: a request that is refused and still changes something is allowed.
async fn changed(
    app: &App,
    asking: &mut Asking,
    world: &World,
    question: &Question,
    session: Option<&Session>,
) -> anyhow::Result<Verdict> {
    let (id, is_real) = question.id(world)?;
    let thing = question.carried.thing().filter(|_| is_real);
    let before = state(app, thing, &id).await?;
    let got = answered(asking, world, question, session).await?;
    let after = state(app, thing, &id).await?;
    let is_changed = before != after;
    if let (Some(Thing::Grant), true, Ok(grant)) = (thing, is_changed, id.parse::<i64>()) {
        app.db.write(async move |tx: &Tx<'_>| store::give_back(tx, grant).await).await?;
    }
    Ok(if is_changed { Verdict::Allow } else { got })
}

async fn state(app: &App, thing: Option<Thing>, id: &str) -> anyhow::Result<Option<String>> {
    let (Some(thing), Ok(number)) = (thing, id.parse::<i64>()) else { return Ok(None) };
    Ok(app.db.read(async move |tx: &Tx<'_>| store::state(tx, thing, number).await).await?)
}
