//! Pages of a test: before, during, after.

use super::sitting::{Sat, TestState, sat, state_of_paper};
use super::{hand_in, save_answer, start};
use crate::app::App;
use crate::catalog::{self, BankQuestion, PaperPurpose};
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::web::forms::{Form, Path, RawForm};
use crate::web::{Html, LearnerCaller, Page, Policy, Routes};
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::assessment::{DealtQuestion, ExamState, OptionSet, QuestionKind, Saved};
use jixue_core::id::{ExamAttemptId, PaperId, QuestionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/papers/{paper}", Policy::Learner, paper)
        .post("/papers/{paper}/attempts", Policy::Learner, create_attempt)
        .get("/exam-attempts/{attempt}", Policy::Learner, attempt)
        .post("/exam-attempts/{attempt}/hand-in", Policy::Learner, create_hand_in)
        .put("/api/v1/exam-attempts/{attempt}/answers", Policy::Learner, update_answer)
}

#[derive(Template)]
#[template(path = "assessment/paper.html")]
struct PaperPage {
    page: Page,
    paper: catalog::Paper,
    is_test: bool,
    state: TestState,
}

async fn paper(State(app): State<App>, me: LearnerCaller, Path(id): Path<PaperId>) -> Result<Html<PaperPage>> {
    let learner = me.learner;
    let (paper, state) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let paper = catalog::paper(tx, id).await?.ok_or_else(Refused::not_found)?;
            let state = state_of_paper(tx, learner, &paper).await?;
            Ok((paper, state))
        })
        .await?;
    let is_test = paper.purpose == PaperPurpose::Subject;
    Ok(Html(PaperPage { page: Page::of(&app, &me.caller), paper, is_test, state }))
}

async fn create_attempt(State(app): State<App>, me: LearnerCaller, Path(paper): Path<PaperId>) -> Result<Redirect> {
    let (at, scope) = (app.at(), me.caller.scope.clone());
    let attempt = app.db.write(async move |tx: &Tx<'_>| start(tx, &at, &scope, paper).await).await?;
    Ok(Redirect::to(&format!("/exam-attempts/{attempt}")))
}

/// An option as shown: its value in the choice, its words, whether it is chosen and, after the close, whether right.
struct Choice {
    value: u16,
    letter: char,
    words: String,
    chosen: bool,
    right: bool,
}

/// A question as shown.
struct Shown {
    id: QuestionId,
    number: usize,
    kind: QuestionKind,
    points: u16,
    revision: i64,
    stem: String,
    choices: Vec<Choice>,
    explanation: String,
    is_right: bool,
}

#[derive(Template)]
#[template(path = "assessment/exam.html")]
struct ExamPage {
    page: Page,
    attempt: ExamAttemptId,
    title: String,
    questions: Vec<Shown>,
    seconds_left: i64,
    ends_at: String,
}

#[derive(Template)]
#[template(path = "assessment/result.html")]
struct ResultPage {
    page: Page,
    paper: catalog::Paper,
    title: String,
    score: i64,
    passed: bool,
    tries_left: i64,
    questions: Vec<Shown>,
    shows_key: bool,
    right_count: usize,
    handed_in_at: String,
}

async fn attempt(State(app): State<App>, me: LearnerCaller, Path(id): Path<ExamAttemptId>) -> Result<Response> {
    let (learner, now) = (me.learner, app.clock.now());
    let (sat, words) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let sat = sat(tx, learner, id).await?;
            let words = catalog::questions_of(tx, sat.paper.bank).await?;
            Ok((sat, words))
        })
        .await?;
    let page = Page::of(&app, &me.caller);
    let questions = shown(&page, &sat, &words);
    let title = page.t.pick(&sat.paper.title.zh, &sat.paper.title.en).to_owned();
    Ok(match sat.attempt.state {
        ExamState::Started { until, .. } => {
            let seconds_left = (until.since_ms(now) / 1_000).max(0);
            let ends_at = until.china_minutes();
            Html(ExamPage { page, attempt: id, title, questions, seconds_left, ends_at }).into_response()
        }
        ExamState::HandedIn { at, passed, .. } => Html(ResultPage {
            page,
            title,
            score: sat.score.unwrap_or(0),
            passed,
            tries_left: (sat.paper.attempts_max - sat.number).max(0),
            shows_key: sat.shows_key(),
            right_count: questions.iter().filter(|question| question.is_right).count(),
            questions,
            handed_in_at: at.china_minutes(),
            paper: sat.paper,
        })
        .into_response(),
    })
}

/// The paper as it is shown: what was right once it is handed in, the key and explanations when no further attempt
/// could use them.
fn shown(page: &Page, sat: &Sat, words: &[BankQuestion]) -> Vec<Shown> {
    let by_id: BTreeMap<QuestionId, &BankQuestion> = words.iter().map(|words| (words.rules.id(), words)).collect();
    let closed = matches!(sat.attempt.state, ExamState::HandedIn { .. });
    let shows_key = sat.shows_key();
    let numbered = sat.dealt.questions.iter().enumerate();
    numbered
        .filter_map(|(index, dealt)| {
            let words = by_id.get(&dealt.question)?;
            let chosen = sat.sheet.chosen(dealt.question);
            let key = dealt.in_shown_order(words.rules.key());
            let is_right = closed && chosen == key;
            let key = if shows_key { key } else { OptionSet::NONE };
            let explanation = page.t.pick(&words.explanation.zh, &words.explanation.en);
            Some(Shown {
                id: dealt.question,
                number: index + 1,
                kind: dealt.kind,
                points: dealt.points,
                revision: sat.sheet.answers.get(&dealt.question).map_or(0, |saved| saved.revision),
                stem: page.t.pick(&words.stem.zh, &words.stem.en).to_owned(),
                choices: choices(page, dealt, words, chosen, key),
                explanation: if shows_key { explanation.to_owned() } else { String::new() },
                is_right,
            })
        })
        .collect()
}

fn choices(page: &Page, dealt: &DealtQuestion, words: &BankQuestion, chosen: OptionSet, key: OptionSet) -> Vec<Choice> {
    let places = (0_u8..).zip(&dealt.order);
    places
        .filter_map(|(place, option)| {
            let text = words.options.get(usize::from(*option))?;
            Some(Choice {
                value: 1 << place,
                letter: char::from(b'A' + place),
                words: page.t.pick(&text.zh, &text.en).to_owned(),
                chosen: chosen.has(place),
                right: key.has(place),
            })
        })
        .collect()
}

/// An answer as the page's script keeps it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AnswerBody {
    /// The question's id.
    #[schema(value_type = String)]
    question: QuestionId,
    /// Counted upwards by the page; the highest wins.
    revision: i64,
    /// Sum of the chosen options' values: 1, 2, 4, 8 … in the order shown.
    choice: u16,
}

/// What was kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerKept {
    revision: i64,
    /// Epoch milliseconds.
    saved_at: i64,
}

#[utoipa::path(put, path = "/api/v1/exam-attempts/{attempt}/answers", tag = "assessment", request_body = AnswerBody,
    params(("attempt" = String, Path, description = "The attempt's id")),
    responses((status = 200, body = AnswerKept), (status = 404, description = "Not the caller's attempt"),
        (status = 409, description = "Handed in, or the time is over")))]
pub(crate) async fn update_answer(
    State(app): State<App>,
    me: LearnerCaller,
    Path(attempt): Path<ExamAttemptId>,
    Form(answer): Form<AnswerBody>,
) -> Result<Json<AnswerKept>> {
    let (at, scope) = (app.at(), me.caller.scope.clone());
    let saved = Saved { revision: answer.revision, chosen: OptionSet(answer.choice) };
    let kept = AnswerKept { revision: answer.revision, saved_at: at.now.0 };
    app.db.write(async move |tx: &Tx<'_>| save_answer(tx, &at, &scope, attempt, answer.question, saved).await).await?;
    Ok(Json(kept))
}

async fn create_hand_in(
    State(app): State<App>,
    me: LearnerCaller,
    Path(attempt): Path<ExamAttemptId>,
    form: RawForm,
) -> Result<Redirect> {
    let (at, scope, sent) = (app.at(), me.caller.scope.clone(), sent_answers(&form));
    app.db.write(async move |tx: &Tx<'_>| hand_in(tx, &at, &scope, attempt, &sent).await).await?;
    app.outbox.wake();
    Ok(Redirect::to(&format!("/exam-attempts/{attempt}")))
}

/// Fields named `q{question}` whose values add up to the choice; at most 500.
fn sent_answers(form: &RawForm) -> Vec<(QuestionId, OptionSet)> {
    let mut sent: BTreeMap<QuestionId, u16> = BTreeMap::new();
    for (name, value) in form.pairs().take(2_000) {
        let question = name.strip_prefix('q').and_then(|id| id.parse::<QuestionId>().ok());
        if let (Some(question), Ok(value)) = (question, value.parse::<u16>()) {
            *sent.entry(question).or_default() |= value;
        }
    }
    sent.into_iter().take(500).map(|(question, choice)| (question, OptionSet(choice))).collect()
}

impl Shown {
    fn is_multiple(&self) -> bool {
        self.kind == QuestionKind::Multiple
    }

    fn kind_code(&self) -> &'static str {
        match self.kind {
            QuestionKind::Single => "question_kind.single",
            QuestionKind::Multiple => "question_kind.multiple",
            QuestionKind::TrueFalse => "question_kind.true_false",
        }
    }
}
