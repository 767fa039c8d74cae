//! The part of the temporary city that is made as people make it: through pages.

use super::asking::{Asking, Request};
use super::carried::Thing;
use super::places::{Asker, Node};
use super::seed;
use super::store;
use super::world::{Session, World};
use crate::app::App;
use crate::db::Tx;
use crate::sheet::{self, Cell, Column, Table};
use anyhow::{Context, ensure};
use jixue_core::role::Role;
use jixue_core::scope::Reach;
use std::collections::HashMap;

/// The columns of a roster.
const ROSTER: [&str; 3] = ["姓名", "身份证号", "手机号"];

/// Sends rosters and lists of hours, begins tests, opens lessons.
pub(super) async fn make(app: &App, asking: &mut Asking, world: &mut World) -> anyhow::Result<()> {
    let units = [Node::Unit, Node::SisterUnit, Node::FarUnit, Node::OtherCityUnit, Node::CityUnit];
    for (node, newcomer) in units.into_iter().zip(seed::newcomers(units.len())?) {
        let reach = seed::reach(world, node)?;
        let clerk = somebody(app, Role::UnitClerk, reach).await?;
        send(app, asking, world, &clerk, (Thing::Roster, node), "/unit/roster-imports", &ROSTER).await?;
        let row = [newcomer.name.as_str(), newcomer.identity_number.revealed(), newcomer.phone.revealed()];
        let file = file(world, "people", &ROSTER, &row)?;
        let import = made(asking, &clerk, "POST", "/unit/roster-imports", Some(file)).await?;
        let bring_in = format!("/unit/roster-imports/{import}/application");
        made(asking, &clerk, "POST", &bring_in, Some(("application/x-www-form-urlencoded", Vec::new()))).await?;
        world.things.insert((Thing::AppliedRoster, node), import);
    }
    for node in [Node::County, Node::OtherCounty, Node::City, Node::OtherCity, Node::Province] {
        let role = if node.region_code().ends_with("00") { Role::BureauOfficer } else { Role::CountyOfficer };
        let officer = match node {
            Node::County => world.sessions[&Asker::Role(Role::CountyOfficer)].clone(),
            Node::City => world.sessions[&Asker::Role(Role::BureauOfficer)].clone(),
            node => somebody(app, role, seed::reach(world, node)?).await?,
        };
        let columns = ["姓名", "身份证号", "科目", "学时", "内容", "培训机构", "日期"];
        send(app, asking, world, &officer, (Thing::Confirmed, node), "/bureau/confirmed-hours", &columns).await?;
        let columns = ["单位名称", "统一社会信用代码", "区县"];
        send(app, asking, world, &officer, (Thing::UnitList, node), "/bureau/unit-imports", &columns).await?;
        let strange = ["甲", "乙", "丙"];
        send(app, asking, world, &officer, (Thing::Sheet, node), "/bureau/unit-imports", &strange).await?;
        applied_list(asking, world, &officer, node).await?;
    }
    let learners: Vec<Node> = world.learners.keys().copied().collect();
    for node in learners {
        let session = match node {
            Node::Learner => world.sessions[&Asker::Learner].clone(),
            node => {
                let (account, grant) = seed::account(app, Some(world.learner(node)), None).await?;
                seed::session(app, account, grant).await?
            }
        };
        study(app, asking, world, &session, node).await?;
    }
    Ok(())
}

/// A list with a good row, brought in.
async fn applied_list(asking: &mut Asking, world: &mut World, officer: &Session, node: Node) -> anyhow::Result<()> {
    let columns = ["单位名称", "统一社会信用代码", "没有代码的原因", "区县"];
    let row = [&format!("名单审计单位{node:?}"), "", "内设机构", node.region_code()];
    let list =
        made(asking, officer, "POST", "/bureau/unit-imports", Some(file(world, "units", &columns, &row)?)).await?;
    let bring_in = format!("/bureau/list-imports/{list}/application");
    made(asking, officer, "POST", &bring_in, Some(("application/x-www-form-urlencoded", Vec::new()))).await?;
    world.things.insert((Thing::AppliedUnitList, node), list);
    Ok(())
}

async fn somebody(app: &App, role: Role, reach: Reach) -> anyhow::Result<Session> {
    let (account, grant) = seed::account(app, None, Some((role, reach))).await?;
    seed::session(app, account, grant).await
}

/// Sends a file twice: the first list is deleted, the second stays.
async fn send(
    app: &App,
    asking: &mut Asking,
    world: &mut World,
    sender: &Session,
    (thing, node): (Thing, Node),
    path: &str,
    columns: &[&str],
) -> anyhow::Result<()> {
    for round in ["gone", "kept"] {
        let mut row = vec![String::new(); columns.len()];
        row[0] = format!("{round}{node:?}");
        let row: Vec<&str> = row.iter().map(String::as_str).collect();
        let sent = Some(file(world, round, columns, &row)?);
        let id = made(asking, sender, "POST", path, sent).await?;
        if round == "kept" {
            world.things.insert((thing, node), id);
            continue;
        }
        let number = id.parse()?;
        app.db.write(async move |tx: &Tx<'_>| store::delete(tx, thing, number).await).await?;
        world.gone.insert((thing, node), id);
    }
    Ok(())
}

/// The form of a file with one row.
fn file(world: &World, name: &str, columns: &[&str], row: &[&str]) -> anyhow::Result<super::carried::Sent> {
    let columns = columns.iter().map(|title| Column { title: (*title).to_owned(), width: 20.0 }).collect();
    let row = row.iter().map(|text| Cell::Text((*text).to_owned())).collect();
    let table = Table { name: "名单".to_owned(), intro: "审计".to_owned(), columns, rows: vec![row] };
    let mut body = format!(
        "--line\r\nContent-Disposition: form-data; name=\"year\"\r\n\r\n{}\r\n--line\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"{name}.xlsx\"\r\nContent-Type: {}\r\n\r\n",
        world.year,
        sheet::MEDIA_TYPE
    )
    .into_bytes();
    body.extend_from_slice(&sheet::table(&table)?);
    body.extend_from_slice(b"\r\n--line--\r\n");
    Ok(("multipart/form-data; boundary=line", body))
}

/// The id at the end of the address to which a request leads.
async fn made(
    asking: &mut Asking,
    session: &Session,
    method: &str,
    path: &str,
    sent: Option<super::carried::Sent>,
) -> anyhow::Result<String> {
    let request = Request { method, target: path.to_owned(), session: Some(session), sent };
    let answer = asking.ask(&request).await?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    ensure!(answer.status == 303, "{method} {path}: {} {text}", answer.status);
    let id = answer
        .location
        .trim_end_matches("/columns")
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .split('?')
        .next()
        .unwrap_or_default();
    Ok(id.to_owned())
}

/// A test begun, deleted and begun again; a film's address under a ticket; a session of the player.
async fn study(app: &App, asking: &mut Asking, world: &mut World, session: &Session, node: Node) -> anyhow::Result<()> {
    let begin = format!("/papers/{}/attempts", world.paper);
    let form = || Some(("application/x-www-form-urlencoded", Vec::new()));
    let gone = made(asking, session, "POST", &begin, form()).await?;
    let learner = world.learner(node).raw();
    app.db.write(async move |tx: &Tx<'_>| store::delete(tx, Thing::Attempt, learner).await).await?;
    world.gone.insert((Thing::Attempt, node), gone);
    let attempt = made(asking, session, "POST", &begin, form()).await?;
    if node == Node::Learner {
        let hand_in = format!("/exam-attempts/{attempt}/hand-in");
        made(asking, session, "POST", &hand_in, form()).await?;
        world.things.insert((Thing::Attempt, Node::LearnerAgain), attempt);
        let second = made(asking, session, "POST", &begin, form()).await?;
        world.things.insert((Thing::Attempt, node), second);
    } else {
        world.things.insert((Thing::Attempt, node), attempt);
    }
    let target = format!("/lessons/{}", world.lesson);
    let page = asking.ask(&Request { method: "GET", target, session: Some(session), sent: None }).await?;
    let page = String::from_utf8_lossy(&page.body).into_owned();
    let (_, media) = page.split_once("\"/media/").context("a film in the lesson's page")?;
    let media = media.split('"').next().unwrap_or_default().to_owned();
    let opened = format!("{{\"lesson\":\"{}\"}}", world.lesson).into_bytes();
    let sent = Some(("application/json", opened));
    let target = "/api/v1/play-sessions".to_owned();
    let answer = asking.ask(&Request { method: "POST", target, session: Some(session), sent }).await?;
    let opened: HashMap<String, serde_json::Value> = serde_json::from_slice(&answer.body)?;
    let play = opened.get("session").and_then(|id| id.as_str()).context("a session of the player")?.to_owned();
    if node == Node::Learner {
        world.things.insert((Thing::Media, Node::LearnerAgain), media.clone());
        world.things.insert((Thing::PlaySession, Node::LearnerAgain), play.clone());
    }
    world.things.insert((Thing::Media, node), media);
    world.things.insert((Thing::PlaySession, node), play);
    Ok(())
}
