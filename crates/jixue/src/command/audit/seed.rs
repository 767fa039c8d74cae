//! Builds the temporary city: the sample's courses and year, five units in two counties and two cities, their people,
//! officers of every role, and things that belong to each of them.

use super::carried::Thing;
use super::places::{Asker, Node};
use super::registry;
use super::store;
use super::world::{Session, World};
use crate::app::App;
use crate::billing;
use crate::catalog::{self, years};
use crate::db::Tx;
use crate::error::{Error, Refused};
use crate::identity::{
    Granting, NewAccount, begin_view, caller_of, csrf_of, give_grant, open_account, open_session,
    take_grant_by_operator,
};
use crate::org::{self, NewUnit, Region};
use crate::sample::{self, SampleSize};
use crate::web::Visitor;
use anyhow::{Context, ensure};
use axum::http::HeaderMap;
use jixue_core::catalog::LessonKind;
use jixue_core::fact::{CertificateKind, Fact};
use jixue_core::id::{AccountId, BaseId, GrantId, LearnerId, PayerId, UnitId};
use jixue_core::org::{Industry, RosterPerson};
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use jixue_core::study::Subject;
use jixue_core::uscc::Uscc;
use std::collections::HashMap;

/// Units with valid codes that nobody has, two of them of the industry system whose officer asks.
const UNITS: [(Node, &str, &str, &str); 5] = [
    (Node::Unit, "431002", "12431002MA9A1A0138", "health"),
    (Node::SisterUnit, "431002", "12431002MA9A1A0213", "education"),
    (Node::FarUnit, "431003", "12431003MA9A1B0167", "education"),
    (Node::OtherCityUnit, "431102", "12431102MA9A1E014D", "health"),
    (Node::CityUnit, "431000", "12431000MA9A1C019C", "health"),
];
/// Regions beside those of the sample.
const REGIONS: [(&str, &str); 3] = [("430000", "样例省"), ("431100", "邻市"), ("431102", "邻市一县")];
const PEOPLE_PER_UNIT: usize = 5;
const SEED: u64 = 7;
/// Who of a unit's people is whom: the first studies, the second is ordered for, the third is in the unit's order.
const FIRST_UNIT: [Node; 3] = [Node::Learner, Node::Colleague, Node::UnitPerson];

/// Makes everything that needs no page.
pub(super) async fn build(app: &App) -> anyhow::Result<World> {
    sample::build(app, SampleSize { learners: 0, ..SampleSize::default() }, |_, _| ()).await?;
    let (units, people, phones) = people(app).await?;
    let mut learners = HashMap::new();
    let mut workers = HashMap::new();
    for (node, of_unit) in &people {
        let last = of_unit.last().copied().context("a person")?;
        workers.insert(*node, last);
        match node {
            Node::Unit => learners.extend(FIRST_UNIT.into_iter().zip(of_unit.iter().copied())),
            node => drop(learners.insert(node.person(), of_unit[0])),
        }
    }
    let (year, course, lesson, paper, bases) = catalogue(app).await?;
    let mut world = World {
        year,
        tomorrow: app.clock.now().plus_days(1).business_date().to_string(),
        usccs: UNITS.iter().map(|(node, _, uscc, _)| (*node, (*uscc).to_owned())).collect(),
        units,
        learners,
        workers,
        phones,
        bases,
        sessions: HashMap::new(),
        things: HashMap::new(),
        own: HashMap::new(),
        gone: HashMap::new(),
        lesson,
        course,
        paper,
        edition: crate::web::assets::address("x").split('/').nth(2).unwrap_or_default().to_owned(),
        unknown: app.ids.next::<GrantId>().to_string(),
    };
    enrol(app, &world).await?;
    grants(app, &mut world).await?;
    certificates(app, &mut world).await?;
    orders(app, &mut world, &people).await?;
    registry::make(app, &mut world).await?;
    Ok(world)
}

/// People whom no unit employs yet.
pub(super) fn newcomers(count: usize) -> anyhow::Result<Vec<RosterPerson>> {
    let employed = UNITS.len() * PEOPLE_PER_UNIT;
    Ok(sample::newcomers(u32::try_from(employed + count)?, SEED)?.split_off(employed))
}

type People = Vec<(Node, Vec<LearnerId>)>;

async fn people(app: &App) -> anyhow::Result<(HashMap<Node, UnitId>, People, HashMap<Node, String>)> {
    let newcomers = sample::newcomers(u32::try_from(UNITS.len() * PEOPLE_PER_UNIT)?, SEED)?;
    let mut phones = HashMap::new();
    for ((node, ..), staff) in UNITS.iter().zip(newcomers.chunks(PEOPLE_PER_UNIT)) {
        let nodes = if *node == Node::Unit { FIRST_UNIT.to_vec() } else { vec![node.person()] };
        phones.extend(nodes.into_iter().zip(staff.iter().map(|person| person.phone.revealed().to_owned())));
    }
    let (at, newcomers) = (app.at(), std::sync::Arc::<[RosterPerson]>::from(newcomers));
    let write = async move |tx: &Tx<'_>| {
        for (code, name) in REGIONS {
            let region = Region { code: code.to_owned(), name_zh: name.to_owned(), name_en: code.to_owned() };
            org::add_region(tx, &region).await?;
        }
        let (mut units, mut people) = (HashMap::new(), Vec::new());
        for ((node, region, uscc, industry), staff) in UNITS.iter().zip(newcomers.chunks(PEOPLE_PER_UNIT)) {
            let new = NewUnit {
                uscc: Ok(Uscc::parse(uscc)?),
                name: format!("审计单位{node:?}"),
                kind: "public".to_owned(),
                region_code: (*region).to_owned(),
                industry: (*industry).to_owned(),
            };
            let unit = org::add_unit(tx, &at, &new).await?;
            let mut learners = Vec::new();
            for person in staff {
                learners.push(org::add_person(tx, &at, &Scope::system("audit"), unit, person).await?);
            }
            units.insert(*node, unit);
            people.push((*node, learners));
        }
        Ok((units, people))
    };
    let (units, people) = app.db.write_bulk(write).await?;
    Ok((units, people, phones))
}

/// The open year with a course, a film of it and a paper, and two training bases.
async fn catalogue(app: &App) -> anyhow::Result<(jixue_core::time::Year, String, String, String, [String; 2])> {
    let today = app.clock.now().business_date();
    let read = async move |tx: &Tx<'_>| {
        let year = years::current_year(tx, today).await?.ok_or_else(Refused::not_found)?.year;
        let mut film = None;
        for course in catalog::courses_of(tx, year, Subject::Public).await? {
            let lessons = catalog::lessons_of(tx, course.id).await?;
            let found = lessons.into_iter().find(|lesson| lesson.kind == LessonKind::Video && lesson.file.is_some());
            film = film.or(found.map(|lesson| (course.id.to_string(), lesson.id.to_string())));
        }
        let (course, lesson) = film.ok_or_else(|| Error::internal("no film in the sample"))?;
        let papers = catalog::papers_of(tx, year, Subject::Public).await?;
        let paper = papers.first().ok_or_else(|| Error::internal("no paper in the sample"))?.id.to_string();
        let bases: Vec<String> = org::bases(tx).await?.iter().map(|base| base.id.to_string()).take(2).collect();
        Ok((year, course, lesson, paper, bases))
    };
    let (year, course, lesson, paper, bases) = app.db.read(read).await?;
    let bases = bases.try_into().map_err(|_| anyhow::anyhow!("fewer than two bases"))?;
    Ok((year, course, lesson, paper, bases))
}

async fn enrol(app: &App, world: &World) -> anyhow::Result<()> {
    let (at, year, learners) = (app.at(), world.year, world.learners.values().copied().collect::<Vec<_>>());
    let write = async move |tx: &Tx<'_>| {
        for learner in &learners {
            let facts = crate::learning::open(tx, &at, *learner, year, Subject::Public).await?;
            crate::reactions::follow(tx, &at, facts).await?;
        }
        Ok(())
    };
    Ok(app.db.write_bulk(write).await?)
}

/// A new account, with a grant if a role and a reach are given.
pub(super) async fn account(
    app: &App,
    learner: Option<LearnerId>,
    hat: Option<(Role, Reach)>,
) -> anyhow::Result<(AccountId, String)> {
    let at = app.at();
    let write = async move |tx: &Tx<'_>| {
        let new = NewAccount { name: "周敏".to_owned(), phone: None, login: None, password_hash: None, learner };
        let account = open_account(tx, &at, &new).await?;
        let Some((role, reach)) = &hat else { return Ok((account, "0".to_owned())) };
        let granting = Granting { account, role: *role, reach: reach.clone(), until: None };
        let grant = give_grant(tx, &at, &Scope::system("audit"), &granting).await?;
        Ok((account, grant.to_string()))
    };
    Ok(app.db.write(write).await?)
}

/// Opens a session as a sign-in would.
pub(super) async fn session(app: &App, account: AccountId, grant: String) -> anyhow::Result<Session> {
    let token = open_session(app, account, "audit").await?;
    Ok(Session { account, csrf: csrf_of(&token), token, grant })
}

/// A session of support that looks at the pages of the learner who asks, for as long as the audit takes.
pub(super) async fn looking_session(app: &App, world: &World) -> anyhow::Result<Session> {
    let support = world.sessions.get(&Asker::Role(Role::Support)).context("support")?;
    let session = session(app, support.account, support.grant.clone()).await?;
    let visitor = Visitor::of(&HeaderMap::new(), [127, 0, 0, 1].into(), "/");
    let caller = caller_of(app, &session.token, &visitor).await?.context("a caller")?;
    let view = begin_view(app, &caller, &session.token, world.learner(Node::Learner), "审计演练").await?;
    app.db.write(async move |tx: &Tx<'_>| store::keep_looking(tx, view).await).await?;
    Ok(session)
}

/// The learner's account and those of people elsewhere, one account for each role, and others that hold grants.
async fn grants(app: &App, world: &mut World) -> anyhow::Result<()> {
    let (learner, _) = account(app, Some(world.learner(Node::Learner)), None).await?;
    world.sessions.insert(Asker::Learner, session(app, learner, "0".to_owned()).await?);
    for role in Role::ALL {
        let node = Asker::Role(role).node();
        let reach = match role {
            Role::IndustryOfficer => {
                Reach::Industry { region_code: node.region_code().to_owned(), industry: Industry::Education }
            }
            _ => reach(world, node)?,
        };
        let (account, grant) = account(app, None, Some((role, reach))).await?;
        world.sessions.insert(Asker::Role(role), session(app, account, grant).await?);
    }
    let looking = looking_session(app, world).await?;
    world.sessions.insert(Asker::Looking, looking);
    let held = [
        (Node::Province, Role::BureauOfficer),
        (Node::OtherCity, Role::BureauOfficer),
        (Node::City, Role::BureauOfficer),
        (Node::County, Role::CountyOfficer),
        (Node::OtherCounty, Role::CountyOfficer),
        (Node::Unit, Role::UnitClerk),
        (Node::SisterUnit, Role::UnitClerk),
        (Node::FarUnit, Role::UnitClerk),
        (Node::CityUnit, Role::UnitClerk),
        (Node::OtherCityUnit, Role::UnitClerk),
        (Node::Base, Role::BaseManager),
        (Node::BaseStaff, Role::Teacher),
        (Node::OtherBase, Role::BaseManager),
    ];
    for (node, role) in held {
        let reach = reach(world, node)?;
        let (_, gone) = account(app, None, Some((role, reach.clone()))).await?;
        let (at, number) = (app.at(), GrantId::from_raw(gone.parse()?));
        app.db
            .write(async move |tx: &Tx<'_>| {
                take_grant_by_operator(tx, &at, &Scope::system("audit"), number, "离任").await
            })
            .await?;
        world.gone.insert((Thing::Grant, node), gone);
        let (_, grant) = account(app, None, Some((role, reach))).await?;
        world.things.insert((Thing::Grant, node), grant);
    }
    Ok(())
}

pub(super) fn reach(world: &World, node: Node) -> anyhow::Result<Reach> {
    let base = |index: usize| -> anyhow::Result<Reach> {
        Ok(Reach::Base { base: BaseId::from_raw(world.bases[index].parse()?) })
    };
    match node {
        Node::Base | Node::BaseStaff => base(0),
        Node::OtherBase => base(1),
        Node::Province | Node::OtherCity | Node::City | Node::County | Node::OtherCounty => {
            Ok(Reach::Region { region_code: node.region_code().to_owned() })
        }
        node => Ok(Reach::Unit { unit: world.unit(node) }),
    }
}

/// A signed certificate for each learner, a second one for the learner who asks; before those, one that is deleted.
async fn certificates(app: &App, world: &mut World) -> anyhow::Result<()> {
    let people: Vec<(Node, LearnerId)> = world.learners.iter().map(|(node, learner)| (*node, *learner)).collect();
    for round in ["gone", "kept"] {
        for (node, learner) in people.iter().copied() {
            let (at, year) = (app.at(), world.year);
            let write = async move |tx: &Tx<'_>| {
                let kinds = [CertificateKind::PublicSubject, CertificateKind::Annual];
                let facts =
                    kinds.map(|certificate_kind| Fact::RequirementMet { learner, year, certificate_kind, at: at.now });
                crate::reactions::follow(tx, &at, facts.to_vec()).await
            };
            app.db.write(write).await?;
            while crate::outbox::work_once(app).await? > 0 {}
            let read = async move |tx: &Tx<'_>| {
                let held = crate::certificate::certificates_of(tx, &Scope::system("audit"), learner).await?;
                Ok(held.iter().map(|one| (one.certificate.id.to_string(), one.code.plain())).collect::<Vec<_>>())
            };
            let held = app.db.read(read).await?;
            ensure!(held.len() == 2, "{} certificates of {node:?}", held.len());
            if round == "gone" {
                world.gone.insert((Thing::Certificate, node), held[0].0.clone());
                let write = async move |tx: &Tx<'_>| store::delete(tx, Thing::Certificate, learner.raw()).await;
                app.db.write(write).await?;
                continue;
            }
            world.things.insert((Thing::Certificate, node), held[0].0.clone());
            world.things.insert((Thing::Code, node), held[0].1.clone());
            if node == Node::Learner {
                world.things.insert((Thing::Certificate, Node::LearnerAgain), held[1].0.clone());
                world.things.insert((Thing::Code, Node::LearnerAgain), held[1].1.clone());
            }
        }
    }
    Ok(())
}

/// Orders of learners for themselves, of units for some of their people; before each, one that is deleted. The learner
/// who asks has taken an order back before the one that is open.
async fn orders(app: &App, world: &mut World, people: &People) -> anyhow::Result<()> {
    for round in ["gone", "kept"] {
        for node in [Node::LearnerAgain, Node::Learner, Node::Colleague] {
            let learner = world.learner(node);
            let order = own_order(app, world, learner).await?;
            keep_order(world, round, node, order);
            let now = app.clock.now();
            if node == Node::LearnerAgain {
                app.db.write(async move |tx: &Tx<'_>| store::cancel_orders(tx, learner.into(), now).await).await?;
            }
        }
        for (node, staff) in people {
            let order = unit_order(app, world, *node, staff[3], round).await?;
            keep_order(world, round, *node, order);
        }
        if round == "gone" {
            let learners = [Node::Learner, Node::Colleague].map(|node| PayerId::from(world.learner(node)));
            let payers: Vec<PayerId> = world.units.values().map(|unit| PayerId::from(*unit)).chain(learners).collect();
            let write = async move |tx: &Tx<'_>| {
                for payer in &payers {
                    store::delete_orders(tx, *payer).await?;
                }
                Ok(())
            };
            app.db.write(write).await?;
        }
    }
    Ok(())
}

async fn own_order(app: &App, world: &World, learner: LearnerId) -> anyhow::Result<String> {
    let (at, year, limits) = (app.at(), world.year, billing::Limits::of(&app.config));
    let write = async move |tx: &Tx<'_>| {
        let scope = Scope::system("audit");
        billing::place_own(tx, &at, &scope, learner, (year, Subject::Public), limits).await
    };
    Ok(app.db.write(write).await?.to_string())
}

async fn unit_order(app: &App, world: &World, node: Node, learner: LearnerId, round: &str) -> anyhow::Result<String> {
    let (at, year, limits, unit) = (app.at(), world.year, billing::Limits::of(&app.config), world.unit(node));
    let key = format!("audit-{round}-{node:?}");
    let write = async move |tx: &Tx<'_>| {
        let (scope, subject) = (Scope::system("audit"), (year, Subject::Public));
        billing::place_for_unit(tx, &at, &scope, unit, subject, (&[learner], &key), limits).await
    };
    match app.db.write_bulk(write).await? {
        billing::Placed::Order(order) => Ok(order.to_string()),
        billing::Placed::Changed(_) => anyhow::bail!("the order of {node:?} was not placed"),
    }
}

fn keep_order(world: &mut World, round: &str, node: Node, order: String) {
    let kept = if round == "gone" { &mut world.gone } else { &mut world.things };
    kept.insert((Thing::Order, node), order);
}
