//! Rosters and lists: a roster of many rows read, looked up and kept; the pages and the file of a large unit.

use super::client::{Connection, get};
use super::load::Counted;
use super::operations::Reader;
use super::process::Server;
use super::seed::Seeded;
use super::{MEASURED, WARM_UP, load, seed};
use crate::app::App;
use crate::db::Tx;
use crate::identity::{Granting, NewAccount, give_grant, open_account, open_session};
use crate::org::{self, NewUnit, PersonRecord, roster};
use crate::sample;
use anyhow::{Context, ensure};
use jixue_core::id::UnitId;
use jixue_core::org::RosterPerson;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use rust_xlsxwriter::Workbook;
use std::path::Path;
use std::time::Instant;

/// One row in so many has a number that is not a number of identity.
const WRONG_EVERY: usize = 50;
/// People on a page, as the page has them when nobody asks for more.
const PER_PAGE: usize = 50;
/// How often the whole file is asked for.
const EXPORTS: usize = 5;

/// What a roster cost. Times of this process in milliseconds.
pub struct Roster {
    pub counted: Counted,
    pub rss_mib: f64,
    /// Bringing the good rows in after the preview.
    pub apply_ms: u64,
}

async fn unit(app: &App) -> anyhow::Result<UnitId> {
    let at = app.at();
    let write = async move |tx: &Tx<'_>| {
        let region_code = org::root_bureau(tx).await?.region_code;
        let new = NewUnit {
            uscc: Err("基准测试".to_owned()),
            name: "基准测试医院".to_owned(),
            kind: "public".to_owned(),
            region_code,
            industry: "health".to_owned(),
        };
        org::add_unit(tx, &at, &new).await
    };
    Ok(app.db.write(write).await?)
}

/// A spreadsheet of people, some of them wrong.
fn sheet(people: &[RosterPerson]) -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (word, column) in ["姓名", "身份证号", "手机号", "科室"].into_iter().zip(0_u16..) {
        sheet.write_string(0, column, word)?;
    }
    for ((person, at), row) in people.iter().zip(0_usize..).zip(1_u32..) {
        let number = if at % WRONG_EVERY == 1 { "4.31E+17" } else { person.identity_number.revealed() };
        let department = person.department.clone().unwrap_or_default();
        let cells = [person.name.as_str(), number, person.phone.revealed(), &department];
        for (text, column) in cells.into_iter().zip(0_u16..) {
            sheet.write_string(row, column, text)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// Receives a roster of `rows` in this process: read, checked, looked up, kept sealed, ready to be looked at.
pub async fn roster(folder: &Path, rows: u32) -> anyhow::Result<Roster> {
    let app = seed::empty_city(folder).await?;
    let unit = unit(&app).await?;
    let bytes = sheet(&sample::newcomers(rows, 11)?)?;
    let scope = Scope::system("bench");
    let (before, start) = (own_cpu_us()?, Instant::now());
    let import = roster::receive(&app, &scope, unit, "名册.xlsx", bytes.into()).await?;
    let seen = roster::import(&app, &scope, import).await?;
    let refused = roster::refused_rows(&app, &scope, import, 0, 50).await?;
    let cpu_us = own_cpu_us()? - before;
    let took = u64::try_from(start.elapsed().as_micros())?;
    ensure!(seen.rows() == i64::from(rows), "{} of {rows} rows", seen.rows());
    ensure!(!refused.rows.is_empty() && seen.refused >= i64::try_from(refused.rows.len())?, "no row was refused");
    let applying = own_cpu_us()?;
    roster::apply(&app, &scope, import).await?;
    let apply_ms = (own_cpu_us()? - applying) / 1_000;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let resident = status.lines().find(|line| line.starts_with("VmRSS:")).context("VmRSS")?;
    let kib: f64 = resident.split_whitespace().nth(1).context("a number")?.parse()?;
    crate::node::give_back(&app).await?;
    app.db.close().await;
    let counted = Counted { count: usize::try_from(rows)?, cpu_us, took_us: vec![took / u64::from(rows)] };
    Ok(Roster { counted, rss_mib: kib / 1_024.0, apply_ms })
}

/// User and system time of this process: fields 14 and 15 of `/proc/self/stat`, in ticks of 10 ms.
fn own_cpu_us() -> anyhow::Result<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, rest) = stat.rsplit_once(") ").context("a stat line")?;
    let fields: Vec<u64> = rest.split(' ').skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    ensure!(fields.len() == 2, "user and system time");
    Ok((fields[0] + fields[1]) * 10_000)
}

/// A unit of so many people, and the clerk who looks at it.
pub async fn large_unit(folder: &Path, people: u32) -> anyhow::Result<(String, String)> {
    let app = seed::empty_city(folder).await?;
    let unit = unit(&app).await?;
    let newcomers = sample::newcomers(people, 11)?;
    for chunk in newcomers.chunks(500) {
        let records: Vec<PersonRecord> = chunk.iter().map(|person| PersonRecord::of(&app.keys, person)).collect();
        let at = app.at();
        let scope = Scope::system("bench");
        app.db.write_bulk(async move |tx: &Tx<'_>| org::add_people(tx, &at, &scope, unit, &records).await).await?;
    }
    let at = app.at();
    let account = app
        .db
        .write(async move |tx: &Tx<'_>| {
            let new =
                NewAccount {
                    name: "管理员".to_owned(), phone: None, login: None, password_hash: None, learner: None
                };
            let account = open_account(tx, &at, &new).await?;
            let granting = Granting { account, role: Role::UnitClerk, reach: Reach::Unit { unit }, until: None };
            give_grant(tx, &at, &Scope::system("bench"), &granting).await?;
            Ok(account)
        })
        .await?;
    let token = open_session(&app, account, "bench").await?;
    let address = app.config.listen.clone();
    crate::node::give_back(&app).await?;
    app.db.close().await;
    Ok((address, token))
}

/// The addresses of every page of the unit, found by following the links.
async fn pages(server: &Server, token: &str, people: u32) -> anyhow::Result<Vec<String>> {
    let mut connection = Connection::open(&server.address).await?;
    let (mut path, mut pages) = ("/unit/people".to_owned(), Vec::new());
    while pages.len() <= usize::try_from(people)? / PER_PAGE {
        let answer = connection.ask(&get(&path, Some(token))).await?;
        ensure!(answer.status == 200, "{path}: status {}", answer.status);
        pages.push(path);
        let text = String::from_utf8_lossy(&answer.body);
        let next =
            text.split("href=\"").find(|link| link.starts_with("/unit/people?") && link.contains("rel=\"next\""));
        let Some(next) = next.and_then(|link| link.split('"').next()) else { break };
        path = next.replace("&#38;", "&").replace("&amp;", "&");
    }
    Ok(pages)
}

/// Asks for pages in turn and then for the whole file; the file's time is the server's CPU for one, in milliseconds.
pub async fn list(
    server: &mut Server,
    seeded: &Seeded,
    concurrency: usize,
    people: u32,
) -> anyhow::Result<(Counted, f64)> {
    let token = seeded.clerk().context("a clerk")?.to_owned();
    let pages = pages(server, &token, people).await?;
    let visitors = (0..concurrency).map(|index| {
        let mut own: Vec<_> = pages.iter().map(|page| (page.clone(), Some(token.clone()))).collect();
        own.rotate_left(index % pages.len());
        Box::new(Reader::new(own)) as Box<dyn load::Visitor>
    });
    let counted = load::run(server, visitors.collect(), WARM_UP, MEASURED).await?;
    let mut connection = Connection::open(&server.address).await?;
    let request = get("/unit/people-export", Some(&token));
    connection.ask(&request).await?;
    let before = server.cpu_us()?;
    for _ in 0..EXPORTS {
        let answer = connection.ask(&request).await?;
        ensure!(answer.status == 200, "the file: status {}", answer.status);
    }
    Ok((counted, (server.cpu_us()? - before) as f64 / 1_000.0 / EXPORTS as f64))
}
