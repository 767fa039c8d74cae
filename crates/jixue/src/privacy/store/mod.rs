//! SQL of consents and of what is held about one learner.

pub(super) mod corrections;
pub(super) mod erasing;
pub(super) mod erasure;

use super::consents::{Consent, ConsentKind, NOTICE_VERSION};
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use jixue_core::id::{AccountId, LearnerId};
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

crate::db::statements! {
    CONSENTS = "SELECT kind, version, given_at, withdrawn_at FROM consent WHERE account_id = $1
        ORDER BY consent_id DESC LIMIT 100";
    GIVE = "INSERT INTO consent (account_id, consent_id, kind, version, given_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account_id, kind, version) WHERE withdrawn_at IS NULL DO NOTHING";
    WITHDRAW = "UPDATE consent SET withdrawn_at = $3 WHERE account_id = $1 AND kind = $2 AND withdrawn_at IS NULL";
    // Asked of the person, and not standing: whoever never signed in was never asked.
    HAS_WITHDRAWN = "SELECT EXISTS (
            SELECT 1 FROM account a JOIN consent n ON n.account_id = a.account_id AND n.kind = 'notice'
            WHERE a.learner_id = $1 AND NOT EXISTS (SELECT 1 FROM consent s WHERE s.account_id = a.account_id
                AND s.kind = 'sensitive' AND s.version = CAST($2 AS BIGINT) AND s.withdrawn_at IS NULL))";
    EMPLOYMENTS = "SELECT u.name, e.department, e.started_on, e.ended_on FROM employment e
        JOIN employer_unit u ON u.unit_id = e.unit_id WHERE e.learner_id = $1 ORDER BY e.employment_id LIMIT 200";
    STANDINGS = "SELECT year, public_seconds, professional_seconds, exam_passed_at, annual_met_at FROM standing
        WHERE learner_id = $1 ORDER BY year LIMIT 100";
    CREDITS = "SELECT year, subject, seconds, title, provider, happened_on, at FROM credit_entry
        WHERE learner_id = $1 ORDER BY entry_id LIMIT 10000";
    PROGRESS = "SELECT l.title_zh, p.counted_ms, p.updated_at, p.completed_at FROM lesson_progress p
        JOIN lesson l ON l.lesson_id = p.lesson_id WHERE p.learner_id = $1 ORDER BY p.lesson_id LIMIT 10000";
    EXAMS = "SELECT number, started_at, handed_in_at, score, passed FROM exam_attempt
        WHERE learner_id = $1 ORDER BY attempt_id LIMIT 1000";
    SEATS = "SELECT year, subject, paid_at FROM seat WHERE learner_id = $1 ORDER BY year, subject LIMIT 200";
    CERTIFICATES = "SELECT year, kind, number, state FROM certificate WHERE learner_id = $1
        ORDER BY certificate_id LIMIT 1000";
    SESSIONS = "SELECT s.device, s.created_at, s.expires_at FROM session s JOIN account a ON a.account_id = s.account_id
        WHERE a.learner_id = $1 ORDER BY s.created_at LIMIT 1000";
}

pub(super) async fn consents(tx: &Tx<'_>, account: AccountId) -> Result<Vec<Consent>> {
    tx.query(CONSENTS, values![account], |row| {
        let kind: String = row.get(0)?;
        let kind = ConsentKind::from_code(&kind).ok_or_else(|| Error::internal(format!("a consent {kind:?}")))?;
        Ok(Consent { kind, version: row.get(1)?, given_at: row.get(2)?, withdrawn_at: row.get(3)? })
    })
    .await
}

pub(super) async fn give(tx: &Tx<'_>, account: AccountId, id: i64, kind: ConsentKind, now: Timestamp) -> Result<()> {
    tx.execute(GIVE, values![account, id, kind.code(), NOTICE_VERSION, now]).await.map(drop)
}

pub(super) async fn withdraw(tx: &Tx<'_>, account: AccountId, kind: ConsentKind, now: Timestamp) -> Result<()> {
    tx.execute(WITHDRAW, values![account, kind.code(), now]).await.map(drop)
}

pub(super) async fn has_withdrawn(tx: &Tx<'_>, learner: LearnerId) -> Result<bool> {
    tx.query_value(HAS_WITHDRAWN, values![learner, NOTICE_VERSION]).await
}

/// A value as a copy of one's data tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    Nothing,
    Number(i64),
    Text(String),
    Instant(Timestamp),
}

/// What sort of column it is.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Number,
    Text,
    Instant,
}

/// A part of what is held: its code, the codes of its columns, and the rows.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub code: &'static str,
    pub columns: &'static [&'static str],
    pub rows: Vec<Vec<Told>>,
}

type Plan = (&'static str, &'static str, &'static [&'static str], &'static [Kind]);

const PLANS: [Plan; 8] = {
    use Kind::{Instant as I, Number as N, Text as T};
    [
        ("employments", EMPLOYMENTS, &["unit", "department", "started_on", "ended_on"], &[T, T, N, N]),
        (
            "standings",
            STANDINGS,
            &["year", "public_seconds", "professional_seconds", "exam_passed_at", "met_at"],
            &[N, N, N, I, I],
        ),
        (
            "credits",
            CREDITS,
            &["year", "subject", "seconds", "title", "provider", "happened_on", "entered_at"],
            &[N, T, N, T, T, N, I],
        ),
        ("lessons", PROGRESS, &["title", "counted_ms", "updated_at", "completed_at"], &[T, N, I, I]),
        ("exams", EXAMS, &["number", "started_at", "handed_in_at", "score", "passed"], &[N, I, I, N, N]),
        ("seats", SEATS, &["year", "subject", "paid_at"], &[N, T, I]),
        ("certificates", CERTIFICATES, &["year", "kind", "number", "state"], &[N, T, T, T]),
        ("sessions", SESSIONS, &["device", "created_at", "expires_at"], &[T, I, I]),
    ]
};

fn told(row: &Row<'_>, index: usize, kind: Kind) -> Result<Told> {
    Ok(match kind {
        Kind::Number => row.get::<Option<i64>>(index)?.map_or(Told::Nothing, Told::Number),
        Kind::Text => row.get::<Option<String>>(index)?.map_or(Told::Nothing, Told::Text),
        Kind::Instant => row.get::<Option<Timestamp>>(index)?.map_or(Told::Nothing, Told::Instant),
    })
}

/// Everything held about the one learner of a scope; nothing for a scope that is not one learner's.
pub(super) async fn everything(tx: &Tx<'_>, scope: &Scope) -> Result<Vec<Part>> {
    let learner = scope.learner().unwrap_or(LearnerId::from_raw(-1));
    let mut parts = Vec::with_capacity(PLANS.len());
    for (code, sql, columns, kinds) in PLANS {
        let read = |row: &Row<'_>| kinds.iter().enumerate().map(|(index, kind)| told(row, index, *kind)).collect();
        parts.push(Part { code, columns, rows: tx.query(sql, values![learner], read).await? });
    }
    Ok(parts)
}
