//! Question banks, frozen when they are made, and the papers drawn from them.

use super::store::papers as store;
use super::{Bilingual, CatalogRefusal};
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::keys::{hex, sha256};
use jixue_core::assessment::{Bank, Blueprint, OptionSet, Question, QuestionKind};
use jixue_core::id::{BankId, PaperId, QuestionId};
use jixue_core::study::Subject;
use jixue_core::time::Year;

/// A question (试题) as it is written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NewQuestion {
    pub kind: QuestionKind,
    pub stem: Bilingual,
    pub options: Vec<Bilingual>,
    /// The right options.
    pub key: OptionSet,
    pub explanation: Bilingual,
    /// From 1 (easy) to 5.
    pub difficulty: u8,
    /// What it is about, for sections that ask for it.
    pub tags: Vec<String>,
}

impl NewQuestion {
    fn rules(&self, id: QuestionId) -> Result<Question> {
        let options = u8::try_from(self.options.len()).unwrap_or(u8::MAX);
        Ok(Question::new(
            id,
            self.kind,
            options,
            self.key,
            self.difficulty,
            self.tags.clone(),
        )?)
    }
}

/// A bank (题库) whose questions are checked and whose digest is taken: ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenBank {
    pub title: Bilingual,
    pub questions: Vec<NewQuestion>,
    /// SHA-256 of the questions as canonical JSON: says whether two banks ask the same.
    pub digest: String,
}

impl FrozenBank {
    /// Refuses a question nobody could answer right.
    pub fn new(title: Bilingual, questions: Vec<NewQuestion>) -> Result<Self> {
        let numbered = (1..).zip(&questions);
        let rules = numbered.map(|(number, question)| question.rules(QuestionId::from_raw(number)));
        Bank::freeze(BankId::from_raw(1), rules.collect::<Result<_>>()?)?;
        let json = serde_json::to_value(&questions).map_err(Error::internal)?;
        let bytes =
            jixue_core::fact::canonical(&json).map_err(|_| Error::internal("questions are not canonical"))?;
        Ok(Self {
            digest: hex(&sha256(&bytes)),
            title,
            questions,
        })
    }
}

/// A question of a stored bank: what rules know of it, and its words in the bank's order of options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankQuestion {
    pub rules: Question,
    pub stem: Bilingual,
    pub options: Vec<Bilingual>,
    pub explanation: Bilingual,
}

/// What a paper is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaperPurpose {
    /// The test of the subject, which its certificate needs.
    Subject,
    /// The quiz at a chapter's end, which a lesson names.
    Chapter,
}

impl PaperPurpose {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Chapter => "chapter",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Subject, Self::Chapter]
            .into_iter()
            .find(|purpose| purpose.code() == code)
    }
}

/// A paper (试卷): from which bank, how many of what, how long, what passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    pub id: PaperId,
    pub bank: BankId,
    pub year: Year,
    pub subject: Subject,
    pub purpose: PaperPurpose,
    pub title: Bilingual,
    pub blueprint: Blueprint,
    pub minutes: i64,
    /// Points that pass, of `blueprint.points()`.
    pub pass_score: i64,
    pub attempts_max: i64,
}

/// A paper to be published.
#[derive(Debug, Clone)]
pub struct NewPaper {
    pub bank: BankId,
    pub year: Year,
    pub subject: Subject,
    pub purpose: PaperPurpose,
    pub title: Bilingual,
    pub blueprint: Blueprint,
    pub minutes: i64,
    pub pass_score: i64,
    pub attempts_max: i64,
}

impl NewPaper {
    fn check(&self, bank: &Bank) -> Result<()> {
        self.blueprint.check(bank)?;
        let checks = [
            ("minutes", (1..=600).contains(&self.minutes)),
            (
                "pass_score",
                (1..=self.blueprint.points()).contains(&self.pass_score),
            ),
            ("attempts_max", (1..=1_000).contains(&self.attempts_max)),
        ];
        match checks.into_iter().find(|(_, fits)| !fits) {
            Some((field, _)) => Err(CatalogRefusal::PaperOutOfRange { field }.into()),
            None => Ok(()),
        }
    }
}

/// Stores a bank. It has no later version: changed questions are another bank.
pub async fn freeze_bank(tx: &Tx<'_>, at: &At, frozen: &FrozenBank) -> Result<BankId> {
    let id = at.ids.next::<BankId>();
    store::insert_bank(tx, id, frozen, at.now).await?;
    for (position, question) in (1..).zip(&frozen.questions) {
        store::insert_question(tx, id, at.ids.next(), position, question).await?;
    }
    Ok(id)
}

/// Publishes a paper, once its bank can fill it: no learner shall meet that refusal.
pub async fn add_paper(tx: &Tx<'_>, at: &At, new: &NewPaper) -> Result<PaperId> {
    new.check(&bank(tx, new.bank).await?)?;
    let id = at.ids.next::<PaperId>();
    store::insert_paper(tx, id, new).await?;
    Ok(id)
}

pub async fn paper(tx: &Tx<'_>, id: PaperId) -> Result<Option<Paper>> {
    store::paper(tx, id).await
}

/// The papers of a year and subject, the subject's test before chapter quizzes, older before newer.
pub async fn papers_of(tx: &Tx<'_>, year: Year, subject: Subject) -> Result<Vec<Paper>> {
    let mut papers = store::papers_of(tx, year, subject).await?;
    papers.sort_by_key(|paper| (paper.purpose, paper.id));
    Ok(papers)
}

/// Every question of a bank, in the order it was written.
pub async fn questions_of(tx: &Tx<'_>, bank: BankId) -> Result<Vec<BankQuestion>> {
    store::questions_of(tx, bank).await
}

/// The bank as dealing and grading read it.
pub async fn bank(tx: &Tx<'_>, id: BankId) -> Result<Bank> {
    let questions = store::questions_of(tx, id).await?;
    Ok(Bank::freeze(
        id,
        questions.into_iter().map(|question| question.rules).collect(),
    )?)
}
