//! The temporary city of a benchmark: made by the sample's loader and the slices' own verbs.

use super::load::Visitor;
use super::operations::{Player, Players, Reader};
use super::{Bench, Operation};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Tx;
use crate::identity::{NewAccount, grants_of, open_account, open_session};
use crate::sample::{self, SampleSize};
use crate::{catalog, org, reactions};
use anyhow::{Context, ensure};
use jixue_core::catalog::LessonKind;
use jixue_core::fact::{CertificateKind, Fact};
use jixue_core::id::{LearnerId, OrderId, PayerId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::Year;
use std::collections::VecDeque;
use std::path::Path;

/// People who ask; enough that no single row is the bottleneck.
const VISITORS_MAX: usize = 2_000;

/// What the clients need to know.
pub struct Seeded {
    pub address: String,
    /// Session token and CSRF token of each learner.
    sessions: Vec<(String, String)>,
    lesson: String,
    codes: Vec<String>,
    /// Session token of a clerk.
    clerk: Option<String>,
    pub login_names: LoginNames,
}

/// People who sign in by login and password.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoginNames;

impl LoginNames {
    pub const PASSWORD: &str = "correct horse battery staple";

    /// The login of one of them.
    pub fn login(self, index: usize) -> String {
        format!("bench-{index}")
    }

    /// Makes their accounts. One hash serves all: checking it costs each of them the same.
    async fn make(self, app: &App, count: usize) -> anyhow::Result<()> {
        let (at, hash) = (app.at(), crate::identity::hash_password(app, Self::PASSWORD).await?);
        let write = async move |tx: &Tx<'_>| {
            for index in 0..count {
                let (login, password_hash) = (Some(self.login(index)), Some(hash.clone()));
                let new = NewAccount { name: "基准".to_owned(), phone: None, login, password_hash, learner: None };
                open_account(tx, &at, &new).await?;
            }
            Ok(())
        };
        Ok(app.db.write_bulk(write).await?)
    }
}

/// A city without people below `folder`, with the server's configuration.
pub async fn empty_city(folder: &Path) -> anyhow::Result<App> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let config = configure(folder)?;
    super::super::admin::init_keys(&config.keys, "基准测试", false)?;
    let app = App::open(config, Clock::system()).await?;
    let size = SampleSize { learners: 0, ..SampleSize::default() };
    sample::build(&app, size, |_, _| ()).await?;
    Ok(app)
}

/// A large unit with its clerk.
pub async fn large_unit(folder: &Path, people: u32) -> anyhow::Result<Seeded> {
    let (address, token) = super::registry::large_unit(folder, people).await?;
    Ok(Seeded {
        address,
        sessions: Vec::new(),
        lesson: String::new(),
        codes: Vec::new(),
        clerk: Some(token),
        login_names: LoginNames,
    })
}

/// Builds the city below `folder` and writes the server's configuration there.
pub async fn city(folder: &Path, operation: Operation, learners: u32) -> anyhow::Result<Seeded> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let config = configure(folder)?;
    super::super::admin::init_keys(&config.keys, "基准测试", false)?;
    let app = App::open(config.clone(), Clock::system()).await?;
    let size = SampleSize { learners, ..SampleSize::default() };
    sample::build(&app, size, |_, _| ()).await?;
    let people = people(&app).await?;
    let year = current_year(&app).await?;
    let sessions = match operation {
        Operation::Beat | Operation::Home | Operation::Login => sessions(&app, &people, year).await?,
        _ => Vec::new(),
    };
    if matches!(operation, Operation::Verify | Operation::Certificate) {
        meet_requirements(&app, &people, year).await?;
    }
    let mut codes = Vec::new();
    if operation == Operation::Verify {
        while crate::outbox::work_once(&app).await? > 0 {}
        codes = verification_codes(&app, &people).await?;
    }
    if operation == Operation::Login {
        LoginNames.make(&app, super::login::SIGN_INS).await?;
    }
    let lesson = lesson(&app, year).await?;
    crate::node::give_back(&app).await?;
    app.db.close().await;
    let address = config.listen.clone();
    Ok(Seeded { address, sessions, lesson, codes, clerk: None, login_names: LoginNames })
}

fn configure(folder: &Path) -> anyhow::Result<Config> {
    let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut config = Config {
        listen: free.to_string(),
        base_url: format!("http://localhost:{}", free.port()),
        data: folder.join("data"),
        keys: folder.join("keys"),
        demo: true,
        // Visitors who say where they come from are believed, so that limits by address do not count one for all.
        trusted_proxy: Some([127, 0, 0, 1].into()),
        ..Config::default()
    };
    // One learner of the benchmark stands for many: their beats come faster than a person's.
    config.limits.beat_burst = 1_000_000_000;
    config.limits.verification_burst = 1_000_000_000;
    std::fs::write(folder.join("jixue.toml"), toml::to_string(&config)?)?;
    Ok(config)
}

async fn people(app: &App) -> anyhow::Result<Vec<LearnerId>> {
    let scope = Scope::system("bench");
    let people = app
        .db
        .read_bulk(async move |tx: &Tx<'_>| {
            let mut people = Vec::new();
            for unit in org::units_page(tx, &scope, UnitId::from_raw(0), 500).await? {
                people.extend(org::unit_people_ids(tx, &scope, unit.id, LearnerId::from_raw(0), 500).await?);
            }
            Ok(people)
        })
        .await?;
    ensure!(!people.is_empty(), "the city is empty");
    Ok(people.into_iter().take(VISITORS_MAX).collect())
}

async fn current_year(app: &App) -> anyhow::Result<Year> {
    let today = app.clock.now().business_date();
    let year = app.db.read(async move |tx: &Tx<'_>| catalog::years::current_year(tx, today).await).await?;
    Ok(year.context("an open year")?.year)
}

/// Opens learning for each person and signs them in.
async fn sessions(app: &App, people: &[LearnerId], year: Year) -> anyhow::Result<Vec<(String, String)>> {
    let mut sessions = Vec::new();
    for learner in people.iter().copied() {
        let at = app.at();
        let account = app
            .db
            .write(async move |tx: &Tx<'_>| {
                let (payer, order) = (PayerId::from(learner), at.ids.next::<OrderId>());
                let fact = Fact::SeatPaid { payer, order, learner, year, subject: Subject::Public, at: at.now };
                reactions::follow(tx, &at, vec![fact]).await?;
                let name = learner.to_string();
                let new = NewAccount { name, phone: None, login: None, password_hash: None, learner: Some(learner) };
                let account = open_account(tx, &at, &new).await?;
                // A clerk who studies too would sign in with the clerk's hat.
                Ok(grants_of(tx, account, at.now).await?.is_empty().then_some(account))
            })
            .await?;
        let Some(account) = account else { continue };
        let token = open_session(app, account, "bench").await?;
        let csrf = crate::identity::csrf_of(&token);
        sessions.push((token, csrf));
    }
    Ok(sessions)
}

/// Lets everybody meet the public subject's requirement, so that certificates wait to be signed.
async fn meet_requirements(app: &App, people: &[LearnerId], year: Year) -> anyhow::Result<()> {
    for learner in people.iter().copied() {
        let at = app.at();
        app.db
            .write_bulk(async move |tx: &Tx<'_>| {
                let certificate_kind = CertificateKind::PublicSubject;
                let fact = Fact::RequirementMet { learner, year, certificate_kind, at: at.now };
                reactions::follow(tx, &at, vec![fact]).await
            })
            .await?;
    }
    Ok(())
}

async fn verification_codes(app: &App, people: &[LearnerId]) -> anyhow::Result<Vec<String>> {
    let people = people.to_vec();
    let codes = app
        .db
        .read_bulk(async move |tx: &Tx<'_>| {
            let mut codes = Vec::new();
            for learner in people.iter().copied() {
                let scope = Scope::system("bench");
                let own = crate::certificate::certificates_of(tx, &scope, learner).await?;
                codes.extend(own.into_iter().map(|certificate| certificate.code.plain()));
            }
            Ok(codes)
        })
        .await?;
    ensure!(!codes.is_empty(), "no certificate was made");
    Ok(codes)
}

/// The longest film of the year.
async fn lesson(app: &App, year: Year) -> anyhow::Result<String> {
    let lesson = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let mut longest = None;
            for course in catalog::courses_of(tx, year, Subject::Public).await? {
                for lesson in catalog::lessons_of(tx, course.id).await? {
                    if lesson.kind == LessonKind::Video {
                        longest = longest.max(Some((lesson.length_ms, lesson.id)));
                    }
                }
            }
            Ok(longest)
        })
        .await?;
    Ok(lesson.context("a film")?.1.to_string())
}

impl Seeded {
    pub fn clerk(&self) -> Option<&str> {
        self.clerk.as_deref()
    }

    /// The visitors of a benchmark: as many as ask at once.
    pub fn visitors(&self, bench: &Bench) -> anyhow::Result<Vec<Box<dyn Visitor>>> {
        let mut visitors: Vec<Box<dyn Visitor>> = Vec::new();
        for index in 0..bench.concurrency {
            let share = self.sessions.iter().skip(index).step_by(bench.concurrency);
            match bench.operation {
                Operation::Beat | Operation::Login => {
                    let players: VecDeque<Player> = share
                        .map(|(token, csrf)| Player::new(token.clone(), csrf.clone(), self.lesson.clone()))
                        .collect();
                    ensure!(!players.is_empty(), "more connections than learners");
                    visitors.push(Box::new(Players(players)));
                }
                Operation::Home => {
                    let pages: Vec<_> = share.map(|(token, _)| ("/learn".to_owned(), Some(token.clone()))).collect();
                    ensure!(!pages.is_empty(), "more connections than learners");
                    visitors.push(Box::new(Reader::new(pages)));
                }
                _ => {
                    let codes = self.codes.iter().cycle().skip(index).step_by(7).take(50);
                    let pages = codes.map(|code| (format!("/verify/{code}"), None)).collect();
                    visitors.push(Box::new(Reader::new(pages)));
                }
            }
        }
        Ok(visitors)
    }
}
