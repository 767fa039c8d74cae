//! Question banks, frozen when they are made.

use super::Bilingual;
use super::store::papers as store;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::keys::{hex, sha256};
use jixue_core::assessment::{Bank, OptionSet, Question, QuestionKind};
use jixue_core::id::{BankId, QuestionId};

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
        Ok(Question::new(id, self.kind, options, self.key, self.difficulty, self.tags.clone())?)
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
        let bytes = jixue_core::fact::canonical(&json).map_err(|_| Error::internal("questions are not canonical"))?;
        Ok(Self { digest: hex(&sha256(&bytes)), title, questions })
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

/// Stores a bank. It has no later version: changed questions are another bank.
pub async fn freeze_bank(tx: &Tx<'_>, at: &At, frozen: &FrozenBank) -> Result<BankId> {
    let id = at.ids.next::<BankId>();
    store::insert_bank(tx, id, frozen, at.now).await?;
    for (position, question) in (1..).zip(&frozen.questions) {
        store::insert_question(tx, id, at.ids.next(), position, question).await?;
    }
    Ok(id)
}

/// Every question of a bank, in the order it was written.
pub async fn questions_of(tx: &Tx<'_>, bank: BankId) -> Result<Vec<BankQuestion>> {
    store::questions_of(tx, bank).await
}

/// The bank as dealing and grading read it.
pub async fn bank(tx: &Tx<'_>, id: BankId) -> Result<Bank> {
    let questions = store::questions_of(tx, id).await?;
    Ok(Bank::freeze(id, questions.into_iter().map(|question| question.rules).collect())?)
}
