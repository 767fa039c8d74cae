//! A county, a unit, its people, a year with a fee, and a payee: what every story of this room begins with.

use crate::engines::Engine;
use crate::test_app::{PAYEE_USCC, TestApp};
use jixue::billing::{Limits, Recount, recount};
use jixue::catalog::{self, Bilingual, Captions, NewChapter, NewCourse, NewLesson, years};
use jixue::db::{Tx, values};
use jixue::identity::{Granting, NewAccount, give_grant, open_account};
use jixue::org::{self, NewBase, NewUnit, Region, RootBureau};
use jixue_core::catalog::LessonKind;
use jixue_core::credit::RuleSet;
use jixue_core::fact::Fact;
use jixue_core::id::{BaseId, CourseId, LearnerId, LessonId, OrderId, UnitId};
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::money::Fen;
use jixue_core::org::{PersonName, Phone, RosterPerson};
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use jixue_core::study::{StudySeconds, Subject};
use jixue_core::time::{BusinessDate, Year};
use jixue_core::uscc::Uscc;
use std::ops::Deref;
use std::time::Duration;

pub const FEE: Fen = Fen(4_000);
pub const COUNTY: &str = "431021";

const OPEN_NUMBER: &str =
    "SELECT out_trade_no FROM payment_attempt WHERE order_id = $1 ORDER BY attempt_id DESC LIMIT 1";
const FACTS: &str = "SELECT body FROM fact ORDER BY fact_id LIMIT 20000";
const COUNT_OPEN_LINES: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM order_line WHERE order_id = $1 AND state = 'opened'";

/// The city of a test.
pub struct City {
    pub test: TestApp,
    pub unit: UnitId,
    pub year: Year,
}

impl Deref for City {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.test
    }
}

impl City {
    pub async fn start(engine: Engine) -> Self {
        println!("on {engine:?}"); // shown when the test fails
        let test = TestApp::start(engine).await;
        let (at, year) = (test.at(), test.clock.now().year());
        let unit = test
            .db
            .write(async move |tx: &Tx<'_>| {
                for (code, zh, en) in [("431000", "郴州市", "Chenzhou"), (COUNTY, "桂阳县", "Guiyang")] {
                    let region = Region { code: code.to_owned(), name_zh: zh.to_owned(), name_en: en.to_owned() };
                    org::add_region(tx, &region).await?;
                }
                let bureau = RootBureau {
                    region_code: "431000".to_owned(),
                    uscc: Uscc::parse("11431000MJX000069Q")?,
                    name_zh: "郴州市人社局".to_owned(),
                    name_en: "Chenzhou Bureau".to_owned(),
                    certificate_prefix: "CZ".to_owned(),
                };
                org::add_bureau(tx, &bureau).await?;
                let base = org::add_base(tx, &at, &base()).await?;
                let scope = Scope::system("test");
                years::open_year(tx, &at, &scope, "431000", &rules(year)).await?;
                years::set_fee(tx, &at, &scope, (year, Subject::Public), base, FEE).await?;
                org::add_unit(tx, &at, &unit("桂阳县第一人民医院")).await
            })
            .await
            .expect("a city");
        Self { test, unit, year }
    }

    pub fn subject(&self) -> (Year, Subject) {
        (self.year, Subject::Public)
    }

    pub fn limits(&self) -> Limits {
        Limits::of(&self.config)
    }

    pub async fn another_unit(&self, name: &'static str) -> UnitId {
        let at = self.at();
        let added = async move |tx: &Tx<'_>| org::add_unit(tx, &at, &unit(name)).await;
        self.db.write(added).await.expect("a unit")
    }

    /// People number `from` and on, employed by `unit`.
    pub async fn people(&self, unit: UnitId, from: u32, count: u32) -> Vec<LearnerId> {
        let mut learners = Vec::new();
        for first in (from..from + count).step_by(250) {
            let numbers = first..(first + 250).min(from + count);
            let (at, scope) = (self.at(), Scope::system("test"));
            let records: Vec<_> =
                numbers.map(|number| org::PersonRecord::of(&at.keys, &roster_person(number))).collect();
            let added = async move |tx: &Tx<'_>| org::add_people(tx, &at, &scope, unit, &records).await;
            let added = self.db.write_bulk(added).await.expect("people");
            learners.extend(added.into_iter().map(|admission| match admission {
                org::Admission::Added(learner) | org::Admission::Known(learner) => learner,
                org::Admission::Refused(refusal) => panic!("{refusal:?}"),
            }));
        }
        learners
    }

    /// A person of the unit, signed in.
    pub async fn learner(&self, number: u32) -> Person {
        let learner = self.people(self.unit, number, 1).await[0];
        self.signed_in(learner, &phone(number)).await
    }

    async fn signed_in(&self, learner: LearnerId, phone: &str) -> Person {
        let client = self.sign_in(phone).await;
        let csrf = self.csrf(&client).await;
        Person { learner, client, csrf, base_url: self.base_url.clone() }
    }

    /// Somebody with a role, signed in.
    pub async fn official(&self, phone: &'static str, role: Role, reach: Reach) -> Person {
        self.grant(phone, role, reach).await;
        self.signed_in(LearnerId::from_raw(0), phone).await
    }

    /// Gives a role to a new account.
    pub async fn grant(&self, phone: &'static str, role: Role, reach: Reach) {
        let at = self.at();
        let granted = async move |tx: &Tx<'_>| {
            let phone = Some(Phone::parse(phone)?);
            let new = NewAccount { name: "何静".to_owned(), phone, login: None, password_hash: None, learner: None };
            let account = open_account(tx, &at, &new).await?;
            let granting = Granting { account, role, reach: reach.clone(), until: None };
            give_grant(tx, &at, &Scope::system("test"), &granting).await.map(drop)
        };
        self.db.write(granted).await.expect("a grant");
    }

    /// Publishes a course of one article for the public subject; its lesson.
    pub async fn lesson(&self) -> LessonId {
        let (at, year) = (self.at(), self.year);
        let published = async move |tx: &Tx<'_>| {
            let base = org::bases(tx).await?[0].id;
            let course = catalog::add_course(tx, &at, &course(base, year)).await?;
            let title = Bilingual::new("第一章", "Chapter 1");
            catalog::add_chapter(tx, &NewChapter { course, number: 1, title }).await?;
            catalog::add_lesson(tx, &at, &article(course)).await
        };
        self.db.write(published).await.expect("a course")
    }

    pub async fn clerk(&self) -> Person {
        self.official("13900000007", Role::UnitClerk, Reach::Unit { unit: self.unit }).await
    }

    /// Our number of the newest attempt of an order.
    pub async fn number(&self, order: OrderId) -> String {
        let found = async move |tx: &Tx<'_>| tx.query_value_optional(OPEN_NUMBER, values![order]).await;
        self.db.read(found).await.expect("a read").expect("an attempt of the order")
    }

    /// A number of the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let counted = async move |tx: &Tx<'_>| tx.query_value(sql, values![]).await;
        self.db.read(counted).await.expect("a count")
    }

    pub async fn open_seats(&self, order: OrderId) -> i64 {
        let counted = async move |tx: &Tx<'_>| tx.query_value(COUNT_OPEN_LINES, values![order]).await;
        self.db.read(counted).await.expect("a count")
    }

    /// Every fact so far, in the order of making.
    pub async fn facts(&self) -> Vec<Fact> {
        let bodies: Vec<Vec<u8>> = self
            .db
            .read(async move |tx: &Tx<'_>| tx.query(FACTS, values![], |row| row.get(0)).await)
            .await
            .expect("facts");
        bodies.iter().map(|body| Fact::decode(body).expect("a fact")).collect()
    }

    /// Seats paid, as facts tell.
    pub async fn seats_paid(&self) -> usize {
        self.facts().await.iter().filter(|fact| matches!(fact, Fact::SeatPaid { .. })).count()
    }

    /// How every story ends: nothing left to do, and books that agree with what they stand for.
    pub async fn ends_well(&self) -> Recount {
        self.settle().await;
        let recount = self.db.read_bulk(async |tx: &Tx<'_>| recount(tx).await).await.expect("a recount");
        assert!(recount.is_sound(), "{:#?}", recount.faults);
        recount
    }
}

/// Asks until the answer is yes; the gateway's word comes by itself and takes a moment.
pub async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..3_000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it did not come about that {what}");
}

/// Somebody with a browser.
pub struct Person {
    pub learner: LearnerId,
    pub client: reqwest::Client,
    pub csrf: String,
    base_url: String,
}

impl Person {
    pub fn scope(&self) -> Scope {
        // Tests stand for the sign-in that gave it.
        Scope::granted(jixue_core::id::AccountId::from_raw(1), Reach::Learner { learner: self.learner })
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.client.get(format!("{}{path}", self.base_url)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a page"))
    }

    /// Posts a form with the token; the status, where it leads, and the page.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let mut form = vec![("csrf", self.csrf.as_str())];
        form.extend_from_slice(fields);
        let url = format!("{}{path}", self.base_url);
        let answer = self.client.post(url).form(&form).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let location = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
        let location = location.to_owned();
        (status, location, answer.text().await.expect("a page"))
    }

    /// Orders the public subject; the order's number.
    pub async fn order(&self, city: &City) -> OrderId {
        let year = city.year.to_string();
        let (status, location, page) = self.post("/orders", &[("year", &year), ("subject", "public")]).await;
        assert_eq!(status, 303, "{page}");
        order_in(&location)
    }

    /// The order's standing as the cashier's script sees it.
    pub async fn status(&self, order: OrderId) -> serde_json::Value {
        let (status, body) = self.get(&format!("/api/v1/orders/{order}")).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).expect("JSON")
    }

    pub async fn state(&self, order: OrderId) -> String {
        self.status(order).await["state"].as_str().expect("a state").to_owned()
    }

    pub async fn waits_until_paid(&self, order: OrderId) {
        eventually("the order is paid", async || self.status(order).await["paid"] == true).await;
    }
}

/// The number at the end of `/orders/7`.
pub fn order_in(location: &str) -> OrderId {
    location.trim_start_matches("/orders/").parse().expect("an order's address")
}

pub fn phone(number: u32) -> String {
    format!("138{number:08}")
}

fn base() -> NewBase {
    NewBase {
        uscc: Uscc::parse(PAYEE_USCC).expect("a valid code"),
        name_zh: "郴州市继续教育中心".to_owned(),
        name_en: "Chenzhou Continuing Education Centre".to_owned(),
        kind: "public_institution".to_owned(),
        receipt_kind: "fiscal_receipt".to_owned(),
    }
}

fn unit(name: &str) -> NewUnit {
    NewUnit {
        uscc: Err("测试单位".to_owned()),
        name: name.to_owned(),
        kind: "public".to_owned(),
        region_code: COUNTY.to_owned(),
        industry: "health".to_owned(),
    }
}

fn course(base: BaseId, year: Year) -> NewCourse {
    NewCourse {
        base,
        year,
        subject: Subject::Public,
        slug: "ai".to_owned(),
        title: Bilingual::new("人工智能大模型技术及应用", "Large models and their uses"),
        summary: Bilingual::new("大模型入门。", "An introduction."),
        position: 1,
    }
}

fn article(course: CourseId) -> NewLesson {
    NewLesson {
        course,
        chapter: 1,
        position: 1,
        slug: "picture".to_owned(),
        kind: LessonKind::Article,
        title: Bilingual::new("一张图看懂大模型", "A large model in one picture"),
        length_ms: 0,
        credit: StudySeconds(900),
        file: None,
        captions: Captions::default(),
        body: Some(Bilingual::new("第一段。", "First.")),
        paper: None,
    }
}

fn rules(year: Year) -> RuleSet {
    let text = format!(
        r#"{{"name_zh":"规则","name_en":"Rules","year":{year},"total_hours_min":90,"public_hours_min":30,
        "professional_hours_min":60,"minutes_per_hour":45,"granularity":50,"exam_required":true,"exam_pass_score":60,
        "counted_sources":["lesson","confirmed"],"opens_on":{year}0101,"closes_on":{}1231,
        "legal_basis_zh":"第25号令","legal_basis_en":"Order 25"}}"#,
        year.0 + 1
    );
    serde_json::from_str(&text).expect("rules")
}

/// Person number `number` of the sample area, with a right check character.
fn roster_person(number: u32) -> RosterPerson {
    let digits = format!("431099{}{:03}", 19_600_101 + number / 900, 100 + number % 900);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = char::from(b"10X98765432"[(sum % 11) as usize]);
    let areas = AreaPolicy::ANY.with_demo(true);
    let identity_number = IdentityNumber::parse(&format!("{digits}{check}"), BusinessDate(20_261_231), areas);
    RosterPerson {
        name: PersonName::parse("周桂英").expect("a name"),
        identity_number: identity_number.expect("a number"),
        phone: Phone::parse(&phone(number)).expect("a phone"),
        department: Some("内科".to_owned()),
        title: None,
    }
}
