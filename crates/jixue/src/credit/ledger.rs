//! Rows of the credit ledger: entered once for each source, whatever runs twice.

use super::standing::restand;
use super::store::{self, NewEntry};
use crate::at::At;
use crate::catalog;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::org;
use jixue_core::change::Change;
use jixue_core::credit::CreditEntry;
use jixue_core::fact::{CreditSource, Fact};
use jixue_core::id::{CreditEntryId, ImportId, LearnerId, LessonId};
use jixue_core::study::{StudySeconds, Subject};
use jixue_core::time::{BusinessDate, Timestamp, Year};

/// A completed lesson, as the credit ledger hears of it.
#[derive(Debug, Clone, Copy)]
pub struct CompletedLesson {
    pub learner: LearnerId,
    pub year: Year,
    pub subject: Subject,
    pub lesson: LessonId,
    pub credited: StudySeconds,
    pub at: Timestamp,
}

/// A line of a confirmed list.
#[derive(Debug, Clone)]
pub struct ConfirmedHours {
    pub learner: LearnerId,
    pub year: Year,
    pub subject: Subject,
    pub seconds: StudySeconds,
    pub import: ImportId,
    pub line: i64,
    pub title: String,
    pub provider: String,
    pub happened_on: BusinessDate,
}

/// Enters a completed lesson and says what follows.
pub async fn enter_lesson(tx: &Tx<'_>, at: &At, done: CompletedLesson) -> Result<Vec<Fact>> {
    let CompletedLesson { learner, year, subject, lesson, credited, .. } = done;
    let (title, provider) = label(tx, lesson).await?;
    let source = CreditSource::Lesson { lesson };
    let row = Row { title: &title, provider: &provider, happened_on: done.at.business_date(), line: 0 };
    enter(tx, at, learner, year, (subject, credited), source, row).await
}

/// What was studied and with whom, in Chinese, as the archive and the certificate say it.
async fn label(tx: &Tx<'_>, lesson: LessonId) -> Result<(String, String)> {
    let lesson = catalog::lesson(tx, lesson).await?.ok_or_else(Refused::not_found)?;
    let course = catalog::course(tx, lesson.course).await?.ok_or_else(Refused::not_found)?;
    let base = org::bases(tx).await?.into_iter().find(|base| base.id == course.base);
    let provider = base.map(|base| base.name_zh).unwrap_or_default();
    Ok((format!("{} · {}", course.title.zh, lesson.title.zh), provider))
}

/// Enters a confirmed line and says what follows.
pub async fn enter_confirmed(tx: &Tx<'_>, at: &At, hours: &ConfirmedHours) -> Result<Vec<Fact>> {
    let source = CreditSource::Confirmed { import: hours.import };
    let row = Row { title: &hours.title, provider: &hours.provider, happened_on: hours.happened_on, line: hours.line };
    enter(tx, at, hours.learner, hours.year, (hours.subject, hours.seconds), source, row).await
}

/// What a row shows beside its seconds.
struct Row<'a> {
    title: &'a str,
    provider: &'a str,
    happened_on: BusinessDate,
    line: i64,
}

async fn enter(
    tx: &Tx<'_>,
    at: &At,
    learner: LearnerId,
    year: Year,
    hours: (Subject, StudySeconds),
    source: CreditSource,
    row: Row<'_>,
) -> Result<Vec<Fact>> {
    let Some(programme) = catalog::years::year(tx, year).await? else {
        return Ok(Vec::new());
    };
    let entry = at.ids.next::<CreditEntryId>();
    // What the year does not count leaves the study as it is and enters nothing; the learner's page says why.
    let Ok(Change { value: entry, mut facts }) =
        CreditEntry::enter(entry, learner, hours, source, &programme.rules, at.now)
    else {
        return Ok(Vec::new());
    };
    let (source, source_id) = match source {
        CreditSource::Lesson { lesson } => ("lesson", lesson.raw()),
        CreditSource::Confirmed { import } => ("confirmed", import.raw()),
    };
    let new = NewEntry {
        learner,
        entry: entry.id,
        year,
        subject: entry.subject,
        seconds: entry.seconds,
        source,
        source_id,
        source_line: row.line,
        title: row.title,
        provider: row.provider,
        happened_on: row.happened_on,
        at: at.now,
    };
    if !store::insert_entry(tx, &new).await? {
        return Ok(Vec::new());
    }
    facts.extend(restand(tx, at, learner, &programme).await?);
    Ok(facts)
}
