//! Two counties with people who are required to study, their officers, and lists to send.

use crate::certificate::city::rules;
use crate::engines::{Engine, engines};
use crate::org::{City, clerk, identity_number, person, roster};
use crate::test_app::TestApp;
use jixue::catalog::years;
use jixue::db::{Tx, values};
use jixue::identity::{Granting, NewAccount, give_grant, open_account, open_session};
use jixue::org::import_roster;
use jixue_core::id::LearnerId;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use jixue_core::time::Year;
use reqwest::Client;
use reqwest::header::{COOKIE, HeaderMap};
use rust_xlsxwriter::Workbook;
use serde_json::Value as Json;
use std::ops::Deref;

pub const HEAD: [&str; 7] = ["姓名", "身份证号", "科目", "学时", "内容", "培训机构", "日期"];
pub const TITLE: &str = "临床护理质量管理新进展";
/// The media type of an `.xlsx` file.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Persons 1 to 3 work in the first county (431002), person 9 in the second (431003).
pub struct Office {
    pub test: TestApp,
    pub year: Year,
    pub people: Vec<(usize, LearnerId)>,
}

impl Deref for Office {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.test
    }
}

/// Runs a test in a fresh city on each engine.
pub async fn in_offices(test: impl AsyncFn(&Office)) {
    for engine in engines() {
        println!("on {engine:?}"); // shown when the test fails
        test(&Office::open(engine).await).await;
    }
}

impl Office {
    pub async fn open(engine: Engine) -> Self {
        let test = TestApp::start(engine).await;
        let city = City::found(&test).await;
        let (at, year) = (test.at(), test.clock.now().year());
        let rules = rules(year, false);
        let opened = test
            .db
            .write(async move |tx: &Tx<'_>| years::open_year(tx, &at, &Scope::system("test"), "431000", &rules).await);
        opened.await.expect("a year");
        for (unit, numbers) in [(city.first, [1, 2, 3].as_slice()), (city.second, [9].as_slice())] {
            let rows: Vec<_> = numbers.iter().map(|number| person(*number)).collect();
            import_roster(&test, &clerk(unit), unit, "a.xlsx", roster(&rows).into()).await.expect("a roster");
        }
        test.settle().await;
        const LEARNERS: &str = "SELECT learner_id FROM employment ORDER BY unit_id, learner_id LIMIT 10";
        let read = test.db.read(async |tx: &Tx<'_>| tx.query(LEARNERS, values![], |row| row.get(0)).await);
        let learners: Vec<LearnerId> = read.await.expect("learners");
        assert_eq!(learners.len(), 4);
        let people = [1, 2, 3, 9].into_iter().zip(learners).collect();
        Self { test, year, people }
    }

    pub fn learner(&self, number: usize) -> LearnerId {
        self.people.iter().find(|(known, _)| *known == number).expect("a person of the roster").1
    }

    /// An officer of a region: of the root bureau for `431000`.
    pub async fn officer(&self, region: &str) -> Officer<'_> {
        let role = if region.ends_with("00") { Role::BureauOfficer } else { Role::CountyOfficer };
        let (at, region_code) = (self.test.at(), region.to_owned());
        let new =
            NewAccount { name: "何静".to_owned(), phone: None, login: None, password_hash: None, learner: None };
        let opened = self.test.db.write(async move |tx: &Tx<'_>| {
            let account = open_account(tx, &at, &new).await?;
            let granting =
                Granting { account, role, reach: Reach::Region { region_code: region_code.clone() }, until: None };
            give_grant(tx, &at, &Scope::system("test"), &granting).await?;
            Ok(account)
        });
        let token = open_session(&self.test.app, opened.await.expect("an officer"), "test").await.expect("a session");
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, format!("jixue_session={token}").parse().expect("a cookie"));
        let redirects = reqwest::redirect::Policy::none();
        let client = Client::builder().default_headers(headers).redirect(redirects).build().expect("an HTTP client");
        let csrf = self.test.csrf(&client).await;
        Officer { office: self, client, csrf }
    }

    /// A number that `sql` counts.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let read = async move |tx: &Tx<'_>| tx.query_value::<i64>(sql, values![]).await;
        self.test.db.read(read).await.expect("a count")
    }

    /// Seconds that a person's standing shows, and what the ledger's rows add up to, in how many rows.
    pub async fn seconds(&self, number: usize) -> (i64, i64, i64) {
        const STANDING: &str = "SELECT CAST(SUM(public_seconds + professional_seconds) AS BIGINT) FROM standing
            WHERE learner_id = $1";
        const LEDGER: &str = "SELECT CAST(COALESCE(SUM(seconds), 0) AS BIGINT) FROM credit_entry WHERE learner_id = $1";
        const ROWS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM credit_entry WHERE learner_id = $1";
        let learner = self.learner(number);
        let read = async move |tx: &Tx<'_>| {
            Ok((
                tx.query_value::<i64>(STANDING, values![learner]).await?,
                tx.query_value::<i64>(LEDGER, values![learner]).await?,
                tx.query_value::<i64>(ROWS, values![learner]).await?,
            ))
        };
        self.test.db.read(read).await.expect("sums")
    }

    /// Today, as a list writes it.
    pub fn today(&self) -> String {
        self.test.clock.now().business_date().to_string()
    }

    /// A good line of professional hours for a person.
    pub fn line(&self, number: usize, hours: &str) -> [String; 7] {
        let [name, ..] = person(number);
        let day = self.today();
        [name, identity_number(number), "专业科目".into(), hours.into(), TITLE.into(), "样例市护理学会".into(), day]
    }
}

/// A list as an officer's spreadsheet has it.
pub fn list(lines: &[[String; 7]]) -> Vec<u8> {
    list_below(&HEAD, lines)
}

pub fn list_below(head: &[&str], lines: &[[String; 7]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (text, column) in head.iter().zip(0_u16..) {
        sheet.write_string(0, column, *text).expect("a header");
    }
    for (line, at) in lines.iter().zip(1_u32..) {
        for (text, column) in line.iter().zip(0_u16..) {
            sheet.write_string(at, column, text).expect("a cell");
        }
    }
    workbook.save_to_buffer().expect("a workbook")
}

/// An officer with one browser.
pub struct Officer<'a> {
    pub office: &'a Office,
    pub client: Client,
    pub csrf: String,
}

/// The parts of a form with a file as browsers send it: the token first.
pub fn form(csrf: &str, year: &str, file: Option<(&str, &str, &[u8])>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in [("csrf", csrf), ("year", year)] {
        let part = format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    if let Some((name, kind, bytes)) = file {
        let head = format!(
            "--line\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--line--\r\n");
    body
}

impl Officer<'_> {
    pub async fn told(&self, request: reqwest::RequestBuilder) -> (u16, String) {
        let answer = request.header("accept", "application/json").send().await.expect("an answer");
        let status = answer.status().as_u16();
        if status == 303 {
            return (303, answer.headers()["location"].to_str().expect("an address").to_owned());
        }
        let text = answer.text().await.expect("a whole answer");
        let told: Json = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: {text}"));
        let sentence = told["sentence"].as_str().unwrap_or_default();
        assert!(sentence.chars().count() > 5 && sentence != told["code"], "no words: {told}");
        (status, told["code"].as_str().unwrap_or_default().to_owned())
    }

    /// Sends a body to where lists are received; the address of the list, or the code of the refusal.
    pub async fn send_body(&self, body: Vec<u8>) -> (u16, String) {
        let request = self.client.post(self.office.url("/bureau/confirmed-hours"));
        self.told(request.header("content-type", "multipart/form-data; boundary=line").body(body)).await
    }

    pub async fn send_as(&self, name: &str, kind: &str, bytes: &[u8]) -> (u16, String) {
        self.send_body(form(&self.csrf, &self.office.year.to_string(), Some((name, kind, bytes)))).await
    }

    /// Sends a list that is received; the address of its page.
    pub async fn send(&self, bytes: &[u8]) -> String {
        let (status, to) = self.send_as("名单.xlsx", XLSX, bytes).await;
        assert_eq!(status, 303, "{to}");
        to
    }

    pub async fn confirm(&self, list: &str) -> (u16, String) {
        let address = self.office.url(&format!("{list}/confirmation"));
        self.told(self.client.post(address).form(&[("csrf", &self.csrf)])).await
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.client.get(self.office.url(path)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a page"))
    }

    /// Good and bad lines of a list, and what is wrong with each bad one, as its row stores it.
    pub async fn lines(&self, list: &str) -> Vec<(i64, String)> {
        const LINES: &str =
            "SELECT line_no, refusals FROM confirmed_line WHERE import_id = $1 ORDER BY line_no LIMIT 100";
        let import: i64 = list.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
        let read = async move |tx: &Tx<'_>| {
            let codes = |kept: String| {
                let words =
                    kept.split_whitespace().map(|refusal| refusal.split('?').next().unwrap_or_default().to_owned());
                words.collect::<Vec<_>>().join(" ")
            };
            tx.query(LINES, values![import], |row| Ok((row.get(0)?, codes(row.get::<String>(1)?)))).await
        };
        self.office.test.db.read(read).await.expect("lines")
    }
}
