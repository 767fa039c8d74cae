//! A small city with one unit, one base and an open year, where learners earn their hours by confirmed lists.

use crate::browser::{Browser, Device, Language};
use crate::engines::Engine;
use crate::test_app::TestApp;
use jixue::assessment;
use jixue::catalog::{self, Bilingual, FrozenBank, NewPaper, NewQuestion, PaperPurpose, years};
use jixue::certificate::{StoredCertificate, certificates_of};
use jixue::credit::{ConfirmedHours, enter_confirmed, require_unit};
use jixue::db::Tx;
use jixue::org::{self, NewBase, NewUnit, Region, RootBureau};
use jixue::reactions::follow;
use jixue_core::assessment::{Blueprint, OptionSet, QuestionKind, Section};
use jixue_core::credit::RuleSet;
use jixue_core::id::{BaseId, ImportId, LearnerId, PaperId, UnitId};
use jixue_core::org::{RawRosterRow, check_row};
use jixue_core::scope::{Reach, Scope};
use jixue_core::study::{StudySeconds, Subject};
use jixue_core::time::Year;
use jixue_core::uscc::Uscc;

pub const UNIT: &str = "样例市第一人民医院";
pub const BUREAU: &str = "样例市人力资源和社会保障局";
pub const COURSE: &str = "人工智能大模型技术及应用";

/// A city in which a year is open.
pub struct City {
    pub test: TestApp,
    pub year: Year,
    pub unit: UnitId,
    pub base: BaseId,
}

/// An identity number of the sample area with its check character (GB 11643), for the `serial`th learner.
pub fn identity_number(serial: u32) -> String {
    let body = format!("43109919900101{serial:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{body}{}", char::from(b"10X98765432"[usize::try_from(sum % 11).unwrap()]))
}

/// The phone of the `serial`th learner.
pub fn phone(serial: u32) -> String {
    format!("138{serial:08}")
}

pub fn own(learner: LearnerId) -> Scope {
    Scope::granted(jixue_core::id::AccountId::from_raw(1), Reach::Learner { learner })
}

/// An officer of the whole city, by account number 77.
pub fn officer() -> Scope {
    let reach = Reach::Region { region_code: "431000".to_owned() };
    Scope::granted(jixue_core::id::AccountId::from_raw(77), reach)
}

pub fn rules(year: Year, exam_required: bool) -> RuleSet {
    let text = format!(
        r#"{{"name_zh":"样例市 {year} 年度","name_en":"Sample city, {year}","year":{year},"total_hours_min":90,
        "public_hours_min":30,"professional_hours_min":60,"minutes_per_hour":45,"granularity":50,
        "exam_required":{exam_required},"exam_pass_score":60,"exam_attempts_max":3,
        "counted_sources":["lesson","confirmed"],"opens_on":{year}0101,"closes_on":{year}1231,
        "legal_basis_zh":"《专业技术人员继续教育规定》（人力资源和社会保障部令第25号）",
        "legal_basis_en":"Order 25 of the Ministry of Human Resources and Social Security"}}"#
    );
    serde_json::from_str(&text).unwrap()
}

impl City {
    /// A city whose rules ask for hours only.
    pub async fn found(engine: Engine) -> Self {
        Self::with_rules(engine, false).await
    }

    pub async fn with_rules(engine: Engine, exam_required: bool) -> Self {
        let test = TestApp::start(engine).await;
        let (at, year) = (test.at(), test.clock.now().year());
        let rules = rules(year, exam_required);
        let built = test.db.write(async move |tx: &Tx<'_>| {
            let (code, name_zh, name_en) = ("431000".to_owned(), "样例市".to_owned(), "Sample".to_owned());
            org::add_region(tx, &Region { code: code.clone(), name_zh, name_en }).await?;
            let bureau = RootBureau {
                region_code: code.clone(),
                uscc: Uscc::parse("11431000MJX000069Q")?,
                name_zh: BUREAU.to_owned(),
                name_en: "Sample bureau".to_owned(),
                certificate_prefix: "YL".to_owned(),
            };
            org::add_bureau(tx, &bureau).await?;
            let unit = NewUnit {
                uscc: Err("test".to_owned()),
                name: UNIT.to_owned(),
                kind: "public".to_owned(),
                region_code: code.clone(),
                industry: "health".to_owned(),
            };
            let unit = org::add_unit(tx, &at, &unit).await?;
            let base = NewBase {
                uscc: Uscc::parse("12431000MJX000018D").unwrap(),
                name_zh: "样例市继续教育基地".to_owned(),
                name_en: "Sample base".to_owned(),
                kind: "public_institution".to_owned(),
                receipt_kind: "fiscal_receipt".to_owned(),
            };
            let base = org::add_base(tx, &at, &base).await?;
            years::open_year(tx, &at, &Scope::system("test"), &code, &rules).await?;
            Ok((unit, base))
        });
        let (unit, base) = built.await.expect("a city");
        Self { test, year, unit, base }
    }

    /// Employs the `serial`th learner, who is required to study from then on.
    pub async fn learner(&self, serial: u32, name: &str) -> LearnerId {
        let raw = RawRosterRow {
            name: name.to_owned(),
            identity_number: identity_number(serial),
            phone: phone(serial),
            ..RawRosterRow::default()
        };
        let today = self.test.clock.now().business_date();
        let person = check_row(&raw, today, true, &|_| None).expect("a good row");
        let (at, unit) = (self.test.at(), self.unit);
        let added = self
            .test
            .db
            .write(async move |tx: &Tx<'_>| org::add_person(tx, &at, &Scope::system("test"), unit, &person).await);
        let learner = added.await.expect("a learner");
        require_unit(&self.test.app, unit, self.year).await.expect("standings");
        learner
    }

    /// A line of a confirmed list.
    pub fn hours(&self, learner: LearnerId, line: i64, subject: Subject, hours: i64) -> ConfirmedHours {
        let title = if subject == Subject::Public { COURSE } else { "临床护理质量管理新进展" };
        ConfirmedHours {
            learner,
            year: self.year,
            subject,
            seconds: StudySeconds::from_hours(hours, 45),
            import: ImportId::from_raw(1),
            line,
            title: title.to_owned(),
            provider: "样例市继续教育基地".to_owned(),
            happened_on: self.test.clock.now().business_date(),
        }
    }

    /// Enters a line and what follows from it, in one unit of work, as the import's job does.
    pub async fn enter(&self, hours: ConfirmedHours) {
        let at = self.test.at();
        let entered = self.test.db.write(async move |tx: &Tx<'_>| {
            let facts = enter_confirmed(tx, &at, &hours).await?;
            follow(tx, &at, facts).await
        });
        entered.await.expect("hours are entered");
    }

    /// Enters hours and waits until everything that follows is done.
    pub async fn earn(&self, learner: LearnerId, public: i64, professional: i64) {
        for (line, subject, hours) in [(1, Subject::Public, public), (2, Subject::Professional, professional)] {
            if hours > 0 {
                self.enter(self.hours(learner, line, subject, hours)).await;
            }
        }
        self.test.settle().await;
    }

    pub async fn certificates(&self, learner: LearnerId) -> Vec<StoredCertificate> {
        let read = self.test.db.read(async move |tx: &Tx<'_>| certificates_of(tx, &own(learner), learner).await);
        read.await.expect("certificates")
    }

    /// The learner's one certificate.
    pub async fn certificate(&self, learner: LearnerId) -> StoredCertificate {
        let mut found = self.certificates(learner).await;
        assert_eq!(found.len(), 1, "certificates of {learner}");
        found.remove(0)
    }

    /// How many facts of a kind stand in a learner's book.
    pub async fn facts(&self, learner: LearnerId, kind: &'static str) -> i64 {
        const FACTS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM fact WHERE kind = $1 AND book = $2";
        let book = format!("learner:{learner}");
        let read =
            self.test.db.read(async move |tx: &Tx<'_>| tx.query_value(FACTS, jixue::db::values![kind, &book]).await);
        read.await.expect("facts are counted")
    }

    /// Signs the `serial`th learner in and returns the session's token.
    pub async fn token(&self, serial: u32) -> String {
        let (visitor, phone) = (self.test.visitor(), phone(serial));
        let asked = visitor.post(self.test.url("/sign-in/codes")).form(&[("phone", &phone)]).send().await.unwrap();
        assert!(asked.status().is_success(), "asking for a code: {}", asked.status());
        let form = [("phone", &phone), ("code", &self.test.sms_code(&phone).await)];
        let answer = visitor.post(self.test.url("/session")).form(&form).send().await.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        let (_, value) = cookie.split_once('=').expect("a cookie");
        value.split(';').next().unwrap_or_default().to_owned()
    }

    /// A page as the holder of `token` reads it; `language` is `zh-CN` or `en`.
    pub async fn page(&self, token: &str, language: &str, path: &str) -> String {
        let cookie = format!("jixue_session={token}; lang={language}");
        let answer = self.test.visitor().get(self.test.url(path)).header("cookie", cookie).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// A window in which the holder of `token` is signed in; nobody for an empty one.
    pub fn window(&self, device: Device, language: Language, token: &str) -> Browser {
        let browser = Browser::start(device, language);
        browser.goto(&self.test.url("/sign-in"));
        let lang = if language == Language::English { "en" } else { "zh-CN" };
        for (name, value) in [("jixue_session", token), ("lang", lang)].iter().filter(|(_, value)| !value.is_empty()) {
            let cookie = serde_json::json!({ "cookie": { "name": name, "value": value } });
            browser.command("POST", "/cookie", cookie).expect("a cookie is taken");
        }
        browser
    }

    /// A test of the public subject with one question, both of whose answers are right, in whatever order they stand.
    pub async fn paper(&self) -> PaperId {
        let words = |text: &str| Bilingual::new(text, text);
        let question = NewQuestion {
            kind: QuestionKind::Multiple,
            stem: words("为什么要继续学习？"),
            options: vec![words("为了工作"), words("为了自己")],
            key: OptionSet(3),
            explanation: words("活到老，学到老。"),
            difficulty: 1,
            tags: Vec::new(),
        };
        let bank = FrozenBank::new(words("题库"), vec![question]).unwrap();
        let section = Section { kind: QuestionKind::Multiple, count: 1, points: 100, difficulty: None };
        let blueprint = Blueprint { sections: vec![section], partial_credit: Default::default() };
        let (at, year) = (self.test.at(), self.year);
        let made = self.test.db.write(async move |tx: &Tx<'_>| {
            let paper = NewPaper {
                bank: catalog::freeze_bank(tx, &at, &bank).await?,
                year,
                subject: Subject::Public,
                purpose: PaperPurpose::Subject,
                title: Bilingual::new("公需科目测试", "Test of the public subject"),
                blueprint: blueprint.clone(),
                minutes: 60,
                pass_score: 60,
                attempts_max: 3,
            };
            catalog::add_paper(tx, &at, &paper).await
        });
        made.await.expect("a paper")
    }

    /// Sits the test of the public subject and answers right.
    pub async fn pass(&self, learner: LearnerId, paper: PaperId) {
        let (at, year) = (self.test.at(), self.year);
        let sat = self.test.db.write(async move |tx: &Tx<'_>| {
            let opened = jixue::learning::open(tx, &at, learner, year, Subject::Public).await?;
            follow(tx, &at, opened).await?;
            let attempt = assessment::start(tx, &at, &own(learner), paper).await?;
            let bank = catalog::paper(tx, paper).await?.expect("the paper").bank;
            let question = catalog::questions_of(tx, bank).await?[0].rules.id();
            assessment::hand_in(tx, &at, &own(learner), attempt, &[(question, OptionSet(3))]).await?;
            Ok(())
        });
        sat.await.expect("the test is passed");
        self.test.settle().await;
    }
}
