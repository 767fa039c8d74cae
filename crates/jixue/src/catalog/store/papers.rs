//! Question banks and papers.

use super::subject;
use crate::catalog::{BankQuestion, Bilingual, FrozenBank, NewPaper, NewQuestion, Paper, PaperPurpose};
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use jixue_core::assessment::{OptionSet, Question, QuestionKind};
use jixue_core::id::{BankId, PaperId, QuestionId};
use jixue_core::study::Subject;
use jixue_core::time::{Timestamp, Year};
use serde::Serialize;
use serde::de::DeserializeOwned;

crate::db::statements! {
    INSERT_BANK = "INSERT INTO question_bank (bank_id, title_zh, title_en, digest, frozen_at) VALUES ($1, $2, $3, $4, $5)";
    INSERT_QUESTION = "INSERT INTO question (bank_id, question_id, position, kind, stem_zh, stem_en, options, answer_key,
            explanation_zh, explanation_en, difficulty, tags) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    QUESTIONS_OF = "SELECT question_id, kind, stem_zh, stem_en, options, answer_key, explanation_zh, explanation_en,
            difficulty, tags FROM question WHERE bank_id = $1 ORDER BY position LIMIT 20000";
    INSERT_PAPER = "INSERT INTO paper (paper_id, bank_id, year, subject, purpose, title_zh, title_en, blueprint, minutes,
            pass_score, attempts_max) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    PAPER = "SELECT paper_id, bank_id, year, subject, purpose, title_zh, title_en, blueprint, minutes, pass_score,
            attempts_max FROM paper WHERE paper_id = $1";
    PAPERS_OF = "SELECT paper_id, bank_id, year, subject, purpose, title_zh, title_en, blueprint, minutes, pass_score,
            attempts_max FROM paper WHERE year = $1 AND subject = $2 ORDER BY paper_id LIMIT 500";
}

pub(in crate::catalog) async fn insert_bank(tx: &Tx<'_>, id: BankId, bank: &FrozenBank, now: Timestamp) -> Result<()> {
    let row = values![id, &bank.title.zh, &bank.title.en, &bank.digest, now];
    tx.execute(INSERT_BANK, row).await.map(drop)
}

pub(in crate::catalog) async fn insert_question(
    tx: &Tx<'_>,
    bank: BankId,
    id: QuestionId,
    position: i64,
    new: &NewQuestion,
) -> Result<()> {
    let row = values![
        bank,
        id,
        position,
        new.kind.code(),
        &new.stem.zh,
        &new.stem.en,
        json(&new.options)?,
        new.key.0,
        &new.explanation.zh,
        &new.explanation.en,
        new.difficulty,
        json(&new.tags)?,
    ];
    tx.execute(INSERT_QUESTION, row).await.map(drop)
}

pub(in crate::catalog) async fn questions_of(tx: &Tx<'_>, bank: BankId) -> Result<Vec<BankQuestion>> {
    tx.query(QUESTIONS_OF, values![bank], read_question).await
}

pub(in crate::catalog) async fn insert_paper(tx: &Tx<'_>, id: PaperId, new: &NewPaper) -> Result<()> {
    let row = values![
        id,
        new.bank,
        new.year,
        new.subject.code(),
        new.purpose.code(),
        &new.title.zh,
        &new.title.en,
        json(&new.blueprint)?,
        new.minutes,
        new.pass_score,
        new.attempts_max,
    ];
    tx.execute(INSERT_PAPER, row).await.map(drop)
}

pub(in crate::catalog) async fn paper(tx: &Tx<'_>, id: PaperId) -> Result<Option<Paper>> {
    tx.query_optional(PAPER, values![id], read_paper).await
}

pub(in crate::catalog) async fn papers_of(tx: &Tx<'_>, year: Year, subject: Subject) -> Result<Vec<Paper>> {
    tx.query(PAPERS_OF, values![year, subject.code()], read_paper).await
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

fn from_json<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> Result<T> {
    let text: String = row.get(index)?;
    serde_json::from_str(&text).map_err(Error::internal)
}

fn words(row: &Row<'_>, first: usize) -> Result<Bilingual> {
    Ok(Bilingual { zh: row.get(first)?, en: row.get(first + 1)? })
}

fn read_question(row: &Row<'_>) -> Result<BankQuestion> {
    let kind: String = row.get(1)?;
    let kind = QuestionKind::from_code(&kind).ok_or_else(|| Error::internal(format!("question kind {kind:?}")))?;
    let options: Vec<Bilingual> = from_json(row, 4)?;
    let count = u8::try_from(options.len()).unwrap_or(u8::MAX);
    let key = OptionSet(row.get(5)?);
    Ok(BankQuestion {
        rules: Question::new(row.get(0)?, kind, count, key, row.get(8)?, from_json(row, 9)?)?,
        stem: words(row, 2)?,
        options,
        explanation: words(row, 6)?,
    })
}

fn read_paper(row: &Row<'_>) -> Result<Paper> {
    let purpose: String = row.get(4)?;
    Ok(Paper {
        id: row.get(0)?,
        bank: row.get(1)?,
        year: row.get(2)?,
        subject: subject(row, 3)?,
        purpose: PaperPurpose::from_code(&purpose).ok_or_else(|| Error::internal(format!("purpose {purpose:?}")))?,
        title: words(row, 5)?,
        blueprint: from_json(row, 7)?,
        minutes: row.get(8)?,
        pass_score: row.get(9)?,
        attempts_max: row.get(10)?,
    })
}
