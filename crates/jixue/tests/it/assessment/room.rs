//! A city with a test and a quiz, and learners who sit them as browsers do.

use crate::certificate::city::City;
use crate::engines::{Engine, engines};
use jixue::assessment::{self, TestState};
use jixue::catalog::{self, Bilingual, FrozenBank, NewPaper, NewQuestion, PaperPurpose};
use jixue::db::{Tx, values};
use jixue::identity::{NewAccount, open_account, open_session};
use jixue::reactions::follow;
use jixue_core::assessment::{Blueprint, OptionSet, PartialCredit, QuestionKind, Section};
use jixue_core::id::{AccountId, LearnerId, PaperId};
use jixue_core::study::Subject;
use reqwest::header::{COOKIE, HeaderMap};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// How long the test takes.
pub const MINUTES: i64 = 30;
/// How often the test may be tried.
pub const TRIES: i64 = 3;
/// What every right option begins with; what no wrong one holds.
const RIGHT: &str = "正确";
/// What every explanation begins with.
pub const BECAUSE: &str = "解析在此";

/// A city in which the public subject has a test (eight questions) and a quiz (three).
pub struct Room {
    pub city: City,
    pub test: PaperId,
    pub quiz: PaperId,
}

/// Runs a test in a fresh room on each engine.
pub async fn in_rooms(test: impl AsyncFn(&Room)) {
    for engine in engines() {
        println!("on {engine:?}"); // shown when the test fails
        test(&Room::open(engine).await).await;
    }
}

fn question(number: usize, kind: QuestionKind) -> NewQuestion {
    let (options, key) = match kind {
        QuestionKind::Single => (4, 0b0010),
        QuestionKind::Multiple => (4, 0b0101),
        QuestionKind::TrueFalse => (2, 0b01),
    };
    let option = |place: usize| match OptionSet(key).has(u8::try_from(place).unwrap()) {
        true => format!("{RIGHT} {number}-{place}"),
        false => format!("不对 {number}-{place}"),
    };
    let words = |text: String| Bilingual::new(text.clone(), text);
    NewQuestion {
        kind,
        stem: words(format!("第 {number} 题问什么？")),
        options: (0..options).map(|place| words(option(place))).collect(),
        key: OptionSet(key),
        explanation: words(format!("{BECAUSE} {number}")),
        difficulty: 2,
        tags: Vec::new(),
    }
}

/// Twelve questions with one right answer, six with two, six that are true or false.
pub fn bank() -> FrozenBank {
    let kinds = [(QuestionKind::Single, 12), (QuestionKind::Multiple, 6), (QuestionKind::TrueFalse, 6)];
    let kinds = kinds.into_iter().flat_map(|(kind, count)| std::iter::repeat_n(kind, count));
    let questions = (1..).zip(kinds).map(|(number, kind)| question(number, kind)).collect();
    FrozenBank::new(Bilingual::new("题库", "Bank"), questions).expect("a bank")
}

fn section(kind: QuestionKind, count: u16, points: u16) -> Section {
    Section { kind, count, points, difficulty: None }
}

fn blueprint(sections: Vec<Section>) -> Blueprint {
    Blueprint { sections, partial_credit: PartialCredit::None }
}

impl Room {
    pub async fn open(engine: Engine) -> Self {
        let city = City::with_rules(engine, true).await;
        let (at, year) = (city.test.at(), city.year);
        let made = city.test.db.write(async move |tx: &Tx<'_>| {
            let bank = catalog::freeze_bank(tx, &at, &bank()).await?;
            let test = NewPaper {
                bank,
                year,
                subject: Subject::Public,
                purpose: PaperPurpose::Subject,
                title: Bilingual::new("公需科目测试", "Test of the public subject"),
                blueprint: blueprint(vec![
                    section(QuestionKind::Single, 4, 10),
                    section(QuestionKind::Multiple, 2, 20),
                    section(QuestionKind::TrueFalse, 2, 10),
                ]),
                minutes: MINUTES,
                pass_score: 60,
                attempts_max: TRIES,
            };
            let quiz = NewPaper {
                purpose: PaperPurpose::Chapter,
                title: Bilingual::new("第一章小测", "Quiz of chapter 1"),
                blueprint: blueprint(vec![section(QuestionKind::Single, 3, 10)]),
                minutes: 10,
                pass_score: 20,
                attempts_max: 100,
                ..test.clone()
            };
            Ok((catalog::add_paper(tx, &at, &test).await?, catalog::add_paper(tx, &at, &quiz).await?))
        });
        let (test, quiz) = made.await.expect("papers");
        Self { city, test, quiz }
    }

    /// The `serial`th learner, required and not enrolled.
    pub async fn stranger(&self, serial: u32) -> Examinee<'_> {
        let learner = self.city.learner(serial, "王小丽").await;
        let at = self.city.test.at();
        let new = NewAccount {
            name: "王小丽".to_owned(),
            phone: None,
            login: None,
            password_hash: None,
            learner: Some(learner),
        };
        let opened = self.city.test.db.write(async move |tx: &Tx<'_>| open_account(tx, &at, &new).await);
        Examinee::at_device(self, learner, opened.await.expect("an account"), "first").await
    }

    /// The `serial`th learner, enrolled in the public subject.
    pub async fn examinee(&self, serial: u32) -> Examinee<'_> {
        let examinee = self.stranger(serial).await;
        let (at, year, learner) = (self.city.test.at(), self.city.year, examinee.learner);
        let opened = self.city.test.db.write(async move |tx: &Tx<'_>| {
            let facts = jixue::learning::open(tx, &at, learner, year, Subject::Public).await?;
            follow(tx, &at, facts).await
        });
        opened.await.expect("learning is open");
        examinee
    }

    /// A number that `sql` counts for a learner.
    pub async fn count(&self, sql: &'static str, learner: LearnerId) -> i64 {
        let read = async move |tx: &Tx<'_>| tx.query_value::<i64>(sql, values![learner]).await;
        self.city.test.db.read(read).await.expect("a count")
    }

    /// Where a learner stands with the test.
    pub async fn state(&self, learner: LearnerId) -> TestState {
        let year = self.city.year;
        let read = async move |tx: &Tx<'_>| assessment::state_of(tx, learner, year, Subject::Public).await;
        self.city.test.db.read(read).await.expect("a state")
    }
}

/// A question as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub id: String,
    pub revision: i64,
    pub stem: String,
    pub is_multiple: bool,
    /// Value and words of each option, in the order shown.
    pub options: Vec<(u16, String)>,
    /// Sum of what is ticked.
    pub chosen: u16,
}

impl Asked {
    /// The sum of the right options.
    pub fn right(&self) -> u16 {
        self.options.iter().filter(|(_, words)| words.contains(RIGHT)).map(|(value, _)| value).sum()
    }

    /// One option that is wrong.
    pub fn wrong(&self) -> u16 {
        self.options.iter().find(|(_, words)| !words.contains(RIGHT)).expect("a wrong option").0
    }
}

/// A learner with one browser.
pub struct Examinee<'a> {
    pub room: &'a Room,
    pub learner: LearnerId,
    account: AccountId,
    /// The session's, as it stands in the cookie.
    pub token: String,
    client: Client,
    csrf: String,
}

impl<'a> Examinee<'a> {
    async fn at_device(room: &'a Room, learner: LearnerId, account: AccountId, agent: &str) -> Self {
        let token = open_session(&room.city.test.app, account, agent).await.expect("a session opens");
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, format!("jixue_session={token}").parse().expect("a cookie"));
        let redirects = reqwest::redirect::Policy::none();
        let client = Client::builder().default_headers(headers).redirect(redirects).build().expect("an HTTP client");
        let csrf = room.city.test.csrf(&client).await;
        Self { room, learner, account, token, client, csrf }
    }

    /// The same learner signed in at another device.
    pub async fn at_another_device(&self) -> Self {
        Self::at_device(self.room, self.learner, self.account, "another").await
    }

    fn json(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("x-csrf", &self.csrf).header("accept", "application/json")
    }

    /// Sends a request; status and JSON, or what stands in `location`.
    async fn told(&self, request: RequestBuilder) -> (u16, Value) {
        let answer = self.json(request).send().await.expect("an answer");
        let status = answer.status();
        if status == StatusCode::SEE_OTHER {
            return (303, json!(answer.headers()["location"].to_str().expect("an address")));
        }
        let text = answer.text().await.expect("a whole answer");
        (status.as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Clicks Start.
    pub async fn click_start(&self, paper: &str) -> (u16, Value) {
        self.told(self.client.post(self.room.city.test.url(&format!("/papers/{paper}/attempts")))).await
    }

    /// Starts, and is led to the attempt: `/exam-attempts/{id}`.
    pub async fn start(&self, paper: PaperId) -> String {
        let (status, to) = self.click_start(&paper.to_string()).await;
        assert_eq!(status, 303, "{to}");
        to.as_str().expect("an address").to_owned()
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.client.get(self.room.city.test.url(path)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a page"))
    }

    pub async fn page(&self, path: &str) -> String {
        let (status, page) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {page}");
        page
    }

    /// The questions of an attempt that runs.
    pub async fn questions(&self, attempt: &str) -> Vec<Asked> {
        let page = self.page(attempt).await;
        page.split("<fieldset").skip(1).map(|part| asked(part.split("</fieldset").next().unwrap_or_default())).collect()
    }

    /// Keeps an answer as the page's script does.
    pub async fn save(&self, attempt: &str, question: &str, revision: i64, choice: i64) -> (u16, Value) {
        self.save_body(attempt, &json!({ "question": question, "revision": revision, "choice": choice })).await
    }

    pub async fn save_body(&self, attempt: &str, body: &Value) -> (u16, Value) {
        let address = self.room.city.test.url(&format!("/api/v1{attempt}/answers"));
        self.told(self.client.put(address).json(body)).await
    }

    /// Sends bytes of any kind to where answers are kept.
    pub async fn save_bytes(&self, attempt: &str, kind: &str, bytes: &[u8]) -> (u16, Value) {
        let address = self.room.city.test.url(&format!("/api/v1{attempt}/answers"));
        self.told(self.client.put(address).header("content-type", kind).body(bytes.to_vec())).await
    }

    /// Hands in with the form's fields.
    pub async fn hand_in(&self, attempt: &str, fields: &[(String, String)]) -> (u16, Value) {
        let address = self.room.city.test.url(&format!("{attempt}/hand-in"));
        self.told(self.client.post(address).form(fields)).await
    }

    /// Starts a paper, answers every question right or wrong, and hands in; returns the attempt.
    pub async fn sit(&self, paper: PaperId, right: bool) -> String {
        let attempt = self.start(paper).await;
        let fields = fields(&self.questions(&attempt).await, right);
        let (status, told) = self.hand_in(&attempt, &fields).await;
        assert_eq!(status, 303, "{told}");
        attempt
    }
}

/// The form's fields for right or wrong answers: one for each ticked box.
pub fn fields(questions: &[Asked], right: bool) -> Vec<(String, String)> {
    let of = |question: &Asked| {
        let sum = if right { question.right() } else { question.wrong() };
        let ticked = (0..16).map(|bit| 1_u16 << bit).filter(move |value| sum & value != 0);
        ticked.map(|value| (format!("q{}", question.id), value.to_string())).collect::<Vec<_>>()
    };
    questions.iter().flat_map(of).collect()
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start:?} in {text}"));
    rest.split(end).next().unwrap_or_default()
}

fn asked(part: &str) -> Asked {
    let labels = part.split("<label").skip(1);
    let mut chosen = 0;
    let options = labels.map(|label| {
        let value: u16 = between(label, "value=\"", "\"").parse().expect("a value");
        chosen |= if label.contains(" checked") { value } else { 0 };
        (value, between(label, "<span class=\"grow\">", "</span>")[3..].to_owned())
    });
    Asked {
        options: options.collect(),
        id: between(part, "data-question=\"", "\"").to_owned(),
        revision: between(part, "data-revision=\"", "\"").parse().expect("a revision"),
        stem: between(part, "<legend>", "</legend>").split_once(". ").expect("a number").1.to_owned(),
        is_multiple: part.contains("type=\"checkbox\""),
        chosen,
    }
}
