//! Papers: what is drawn from a bank, how long it takes, what passes.

use super::store::papers as store;
use super::{Bilingual, CatalogRefusal, bank};
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::assessment::{Bank, Blueprint};
use jixue_core::id::{BankId, PaperId};
use jixue_core::study::Subject;
use jixue_core::time::Year;

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
        [Self::Subject, Self::Chapter].into_iter().find(|purpose| purpose.code() == code)
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
            ("pass_score", (1..=self.blueprint.points()).contains(&self.pass_score)),
            ("attempts_max", (1..=1_000).contains(&self.attempts_max)),
        ];
        match checks.into_iter().find(|(_, fits)| !fits) {
            Some((field, _)) => Err(CatalogRefusal::PaperOutOfRange { field }.into()),
            None => Ok(()),
        }
    }
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
