//! A player as a browser's script is one: it keeps session, number and nonce, and sends what it likes.

use super::classroom::Classroom;
use jixue::identity::open_session;
use jixue_core::id::{AccountId, LearnerId, LessonId};
use reqwest::header::{COOKIE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// A learner with an account and one browser.
pub struct Player<'a> {
    pub room: &'a Classroom,
    pub learner: LearnerId,
    pub account: AccountId,
    /// The sign-in session's, as it stands in the cookie.
    pub token: String,
    pub client: Client,
    pub csrf: String,
    pub session: String,
    pub lesson: LessonId,
    pub sequence: i64,
    pub nonce: String,
}

impl<'a> Player<'a> {
    /// A new learner at a first device.
    pub async fn new(room: &'a Classroom) -> Self {
        let learner = room.learner().await;
        Self::of(room, learner, room.account(learner).await, "Mozilla/5.0 (Linux; Android 14)").await
    }

    /// Somebody who has not paid.
    pub async fn not_enrolled(room: &'a Classroom) -> Self {
        let learner = room.app.ids.next();
        Self::of(room, learner, room.account(learner).await, "Mozilla/5.0").await
    }

    /// The same learner signed in at another device.
    pub async fn at_device(&self, agent: &'static str) -> Player<'a> {
        Self::of(self.room, self.learner, self.account, agent).await
    }

    async fn of(room: &'a Classroom, learner: LearnerId, account: AccountId, agent: &'static str) -> Self {
        let token = open_session(&room.app, account, agent).await.expect("a session opens");
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, format!("jixue_session={token}").parse().expect("a cookie"));
        headers.insert(USER_AGENT, HeaderValue::from_static(agent));
        let redirects = reqwest::redirect::Policy::none();
        let client = Client::builder().default_headers(headers).redirect(redirects).build().expect("an HTTP client");
        let csrf = room.csrf(&client).await;
        let (session, nonce) = ("0".to_owned(), "0".repeat(32));
        Self { room, learner, account, token, client, csrf, session, lesson: room.films[0], sequence: 0, nonce }
    }

    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = self.client.post(self.room.url(path)).header("X-CSRF", &self.csrf).json(body);
        let response = request.send().await.expect("an answer");
        let status = response.status();
        let text = response.text().await.expect("a whole answer");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Opens a session on a lesson and is ready for its first beat.
    pub async fn open(&mut self, lesson: LessonId) -> Value {
        let (status, opened) = self.post("/api/v1/play-sessions", &json!({ "lesson": lesson })).await;
        assert_eq!(status, 200, "{opened}");
        self.session = opened["session"].as_str().expect("a session").to_owned();
        self.lesson = lesson;
        self.follow(&opened);
        opened
    }

    pub fn follow(&mut self, answer: &Value) {
        self.sequence = answer["sequence"].as_i64().expect("a number");
        self.nonce = answer["nonce"].as_str().expect("a nonce").to_owned();
    }

    /// The next honest beat.
    pub fn body(&self, spans: &[(i64, i64)]) -> Value {
        json!({
            "session": self.session, "lesson": self.lesson, "sequence": self.sequence + 1, "nonce": self.nonce,
            "spans": spans, "position_ms": spans.last().map_or(0, |span| span.1), "rate_percent": 100,
            "late_ms": 0, "hidden": false, "paused": false,
        })
    }

    pub async fn send(&self, body: &Value) -> (StatusCode, Value) {
        self.post("/api/v1/beats", body).await
    }

    /// Sends the next beat, which is taken.
    pub async fn beat(&mut self, spans: &[(i64, i64)]) -> Value {
        let body = self.body(spans);
        self.taken(&body).await
    }

    /// Sends a beat that is taken, and goes on from its answer.
    pub async fn taken(&mut self, body: &Value) -> Value {
        let (status, answer) = self.send(body).await;
        assert_eq!(status, 200, "{answer}");
        self.follow(&answer);
        answer
    }

    /// Sends a beat that is refused with `code`.
    pub async fn refused(&self, body: &Value, status: u16, code: &str) {
        let (found, answer) = self.send(body).await;
        assert_eq!((found.as_u16(), answer["code"].as_str()), (status, Some(code)), "{answer}");
        let sentence = answer["sentence"].as_str().expect("a sentence");
        assert!(sentence.len() > 10 && sentence != code, "{code} has no words: {sentence:?}");
    }

    /// Plays from `from_ms` to `to_ms` in real time, a beat each 15 seconds; returns the last answer.
    pub async fn play(&mut self, from_ms: i64, to_ms: i64) -> Value {
        let mut answer = Value::Null;
        let mut at = from_ms;
        while at < to_ms {
            let next = to_ms.min(at + 15_000);
            self.room.app.clock.advance_ms(next - at);
            answer = self.beat(&[(at, next)]).await;
            at = next;
        }
        answer
    }

    /// What the learner has recorded over all lessons.
    pub async fn recorded_ms(&self) -> i64 {
        self.room.recorded_ms(self.learner).await
    }

    /// The claim of every attack's test.
    pub async fn has_no_more_than_time(&self) -> i64 {
        let (recorded, elapsed) = (self.recorded_ms().await, self.room.elapsed_ms());
        assert!(recorded <= elapsed, "{recorded} ms recorded in {elapsed} ms");
        recorded
    }
}
