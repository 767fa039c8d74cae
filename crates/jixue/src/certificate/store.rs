//! SQL of certificates.

use super::stored::{Replaced, StoredCertificate};
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use crate::keys::hex;
use crate::org::year_within;
use jixue_core::certificate::{Certificate, CertificateNumber, CertificateRecord, CertificateState, VerificationCode};
use jixue_core::fact::CertificateKind;
use jixue_core::id::{CertificateId, LearnerId};
use jixue_core::scope::Scope;
use jixue_core::time::{Timestamp, Year};

macro_rules! columns {
    () => {
        "c.learner_id, c.certificate_id, c.year, c.kind, c.state, c.number, c.verification_code, c.record,
            c.document_sha256, c.intended_at, c.issued_at, c.ended_at, c.ended_reason, c.superseded_by, c.replaces,
            c.replaces_by, c.replaces_reason"
    };
}

/// The number of columns above.
const COLUMNS: usize = 17;

crate::db::statements! {
    CLAIM = "INSERT INTO certificate (learner_id, certificate_id, year, kind, state, number, verification_code, record,
            record_sha256, intended_at)
        VALUES ($1, $2, $3, $4, 'intended', '', '', $5, '', $6)
        ON CONFLICT (learner_id, year, kind) WHERE state IN ('intended', 'issued') DO NOTHING";
    CLAIM_REPLACEMENT = "INSERT INTO certificate (learner_id, certificate_id, year, kind, state, number,
            verification_code, record, record_sha256, intended_at, replaces, replaces_by, replaces_reason)
        VALUES ($1, $2, $3, $4, 'replacing', '', '', $5, '', $6, $7, $8, $9)
        ON CONFLICT (learner_id, year, kind) WHERE state = 'replacing' DO NOTHING";
    NEXT_SERIAL = "INSERT INTO certificate_serial (year, kind, serial) VALUES ($1, $2, 1)
        ON CONFLICT (year, kind) DO UPDATE SET serial = certificate_serial.serial + 1 RETURNING serial";
    FILL = "UPDATE certificate SET number = $3, verification_code = $4, record = $5, record_sha256 = $6
        WHERE learner_id = $1 AND certificate_id = $2";
    INSERT_NUMBER = "INSERT INTO certificate_number (number, learner_id, certificate_id) VALUES ($1, $2, $3)";
    INSERT_CODE = "INSERT INTO verification_code (code, learner_id, certificate_id) VALUES ($1, $2, $3)";
    HOLDER = concat!("SELECT l.name, l.identity_masked, l.identity_sealed, l.title_series, l.title_level, u.name,
            COALESCE(u.uscc, '')
        FROM standing s JOIN learner l ON l.learner_id = s.learner_id
        LEFT JOIN employment e ON e.learner_id = l.learner_id AND e.ended_on IS NULL
        JOIN employer_unit u ON u.unit_id = COALESCE(e.unit_id, s.unit_id)
        WHERE s.learner_id = $1 AND s.year = $2 AND ", year_within!("$3", "$4", "$5"), "
            AND (CAST($6 AS BIGINT) = 0 OR s.learner_id = CAST($6 AS BIGINT))");
    CERTIFICATE = concat!("SELECT ", columns!(), "
        FROM certificate c JOIN standing s ON s.learner_id = c.learner_id AND s.year = c.year
        WHERE c.learner_id = $1 AND c.certificate_id = $2 AND c.state <> 'withdrawn'
            AND ", year_within!("$3", "$4", "$5"), "
            AND (CAST($6 AS BIGINT) = 0 OR s.learner_id = CAST($6 AS BIGINT))");
    CERTIFICATES = concat!("SELECT ", columns!(), "
        FROM certificate c JOIN standing s ON s.learner_id = c.learner_id AND s.year = c.year
        WHERE c.learner_id = $1 AND c.state <> 'withdrawn' AND ", year_within!("$2", "$3", "$4"), "
            AND (CAST($5 AS BIGINT) = 0 OR s.learner_id = CAST($5 AS BIGINT))
        ORDER BY c.year DESC, c.certificate_id DESC LIMIT 100");
    BY_CODE = concat!("SELECT ", columns!(), ", n.state, n.number, n.verification_code
        FROM verification_code v
        JOIN certificate c ON c.learner_id = v.learner_id AND c.certificate_id = v.certificate_id
        LEFT JOIN certificate n ON n.learner_id = c.learner_id AND n.certificate_id = c.superseded_by
        WHERE v.code = $1 AND c.state <> 'withdrawn'");
    ISSUE = "UPDATE certificate SET state = 'issued', document_sha256 = $3, issued_at = $4
        WHERE learner_id = $1 AND certificate_id = $2 AND state IN ('intended', 'replacing')";
    SUPERSEDE = "UPDATE certificate SET state = 'superseded', superseded_by = $3, ended_at = $4, ended_by = $5,
            ended_reason = $6
        WHERE learner_id = $1 AND certificate_id = $2 AND state = 'issued'";
    REVOKE = "UPDATE certificate SET state = 'revoked', ended_at = $3, ended_by = $4, ended_reason = $5
        WHERE learner_id = $1 AND certificate_id = $2 AND state IN ('issued', 'superseded')";
    WITHDRAW = "UPDATE certificate SET state = 'withdrawn' WHERE learner_id = $1 AND certificate_id = $2 AND state = 'replacing'";
    // A job that waits to try again is left alone: only what no job will sign is found.
    UNSIGNED = "SELECT c.learner_id, c.certificate_id FROM certificate c
        WHERE c.state IN ('intended', 'replacing') AND c.intended_at < $1 AND NOT EXISTS (
            SELECT 1 FROM job j WHERE j.kind = 'sign_certificate' AND j.owner_id = c.learner_id
                AND j.object_id = c.certificate_id AND j.done_at IS NULL)
        ORDER BY c.intended_at LIMIT 500";
}

/// Which certificate is meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Intent {
    pub learner: LearnerId,
    pub certificate: CertificateId,
    pub year: Year,
    pub kind: CertificateKind,
}

const NO_RECORD_YET: &[u8] = &[];

/// Takes the place of the learner's certificate of the year; false when it is taken.
pub(super) async fn claim(tx: &Tx<'_>, intent: Intent, now: Timestamp) -> Result<bool> {
    let Intent { learner, certificate, year, kind } = intent;
    Ok(tx.execute(CLAIM, values![learner, certificate, year, kind.code(), NO_RECORD_YET, now]).await? == 1)
}

/// Takes the place of the one replacement that may be under way.
pub(super) async fn claim_replacement(
    tx: &Tx<'_>,
    intent: Intent,
    replaced: &Replaced,
    now: Timestamp,
) -> Result<bool> {
    let Intent { learner, certificate, year, kind } = intent;
    let Replaced { certificate: old, by, reason } = replaced;
    let row = values![learner, certificate, year, kind.code(), NO_RECORD_YET, now, *old, *by, reason];
    Ok(tx.execute(CLAIM_REPLACEMENT, row).await? == 1)
}

/// The next serial of a year and kind, from 1. Whoever comes second waits for the first one's transaction.
pub(super) async fn next_serial(tx: &Tx<'_>, year: Year, kind: CertificateKind) -> Result<i64> {
    tx.query_value(NEXT_SERIAL, values![year, kind.code()]).await
}

/// Completes a claimed row: from now on number and code lead to it.
pub(super) async fn fill(
    tx: &Tx<'_>,
    intent: Intent,
    number: &CertificateNumber,
    code: &VerificationCode,
    record: &CertificateRecord,
) -> Result<()> {
    let (learner, certificate, code) = (intent.learner, intent.certificate, code.plain());
    let (bytes, digest) = (record.to_bytes(), hex(&record.digest()));
    tx.execute(FILL, values![learner, certificate, number.as_str(), &code, bytes, digest]).await?;
    tx.execute(INSERT_NUMBER, values![number.as_str(), learner, certificate]).await?;
    tx.execute(INSERT_CODE, values![&code, learner, certificate]).await.map(drop)
}

/// Who a certificate is for, at the time it is written.
pub(super) struct Holder {
    pub name: String,
    pub identity_masked: String,
    pub identity_sealed: Vec<u8>,
    pub title_series: String,
    pub title_level: String,
    pub unit_name: String,
    pub unit_uscc: String,
}

/// A learner with the unit that employs them, or that did when the year required them.
pub(super) async fn holder(tx: &Tx<'_>, scope: &Scope, learner: LearnerId, year: Year) -> Result<Option<Holder>> {
    let bounds = scope.bounds();
    let row = values![learner, year, bounds.region_from, bounds.region_until, bounds.unit, bounds.learner];
    tx.query_optional(HOLDER, row, |row| {
        Ok(Holder {
            name: row.get(0)?,
            identity_masked: row.get(1)?,
            identity_sealed: row.get(2)?,
            title_series: row.get(3)?,
            title_level: row.get(4)?,
            unit_name: row.get(5)?,
            unit_uscc: row.get(6)?,
        })
    })
    .await
}

/// One certificate within reach.
pub(super) async fn certificate(
    tx: &Tx<'_>,
    scope: &Scope,
    learner: LearnerId,
    certificate: CertificateId,
) -> Result<Option<StoredCertificate>> {
    let bounds = scope.bounds();
    let row = values![learner, certificate, bounds.region_from, bounds.region_until, bounds.unit, bounds.learner];
    tx.query_optional(CERTIFICATE, row, stored).await
}

/// A learner's certificates within reach, latest year first; at most 100.
pub async fn certificates_of(tx: &Tx<'_>, scope: &Scope, learner: LearnerId) -> Result<Vec<StoredCertificate>> {
    let bounds = scope.bounds();
    let row = values![learner, bounds.region_from, bounds.region_until, bounds.unit, bounds.learner];
    tx.query(CERTIFICATES, row, stored).await
}

/// What stands in the place of a superseded certificate.
pub(super) struct Next {
    pub state: String,
    pub number: String,
    pub code: String,
}

/// The certificate of a code. No scope: who holds the code, which nobody can guess, holds the paper.
pub(super) async fn by_code(tx: &Tx<'_>, code: &VerificationCode) -> Result<Option<(StoredCertificate, Option<Next>)>> {
    tx.query_optional(BY_CODE, values![code.plain()], |row| {
        let state: Option<String> = row.get(COLUMNS)?;
        let next = match state {
            Some(state) => Some(Next { state, number: row.get(COLUMNS + 1)?, code: row.get(COLUMNS + 2)? }),
            None => None,
        };
        Ok((stored(row)?, next))
    })
    .await
}

/// True for the first run that brings a document.
pub(super) async fn issue(tx: &Tx<'_>, of: &Certificate, document_sha256: &str, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(ISSUE, values![of.learner, of.id, document_sha256, now]).await? == 1)
}

pub(super) async fn supersede(
    tx: &Tx<'_>,
    old: &Certificate,
    by: CertificateId,
    replaced: &Replaced,
    now: Timestamp,
) -> Result<bool> {
    let row = values![old.learner, old.id, by, now, replaced.by, &replaced.reason];
    Ok(tx.execute(SUPERSEDE, row).await? == 1)
}

pub(super) async fn revoke(tx: &Tx<'_>, of: &Certificate, by: i64, reason: &str, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(REVOKE, values![of.learner, of.id, now, by, reason]).await? == 1)
}

/// A replacement that is no longer wanted.
pub(super) async fn withdraw(tx: &Tx<'_>, of: &Certificate) -> Result<()> {
    tx.execute(WITHDRAW, values![of.learner, of.id]).await.map(drop)
}

/// Certificates intended before an instant that no job will sign.
pub(super) async fn unsigned(
    tx: &Tx<'_>,
    _scope: &Scope,
    before: Timestamp,
) -> Result<Vec<(LearnerId, CertificateId)>> {
    tx.query(UNSIGNED, values![before], |row| Ok((row.get(0)?, row.get(1)?))).await
}

fn stored(row: &Row<'_>) -> Result<StoredCertificate> {
    let (kind, number, code): (String, String, String) = (row.get(3)?, row.get(5)?, row.get(6)?);
    let damaged = |what: &str| Error::internal(format!("certificate {number}: {what}"));
    let replaces: Option<CertificateId> = row.get(14)?;
    let replaces = match replaces {
        Some(certificate) => Some(Replaced { certificate, by: row.get(15)?, reason: row.get(16)? }),
        None => None,
    };
    Ok(StoredCertificate {
        certificate: Certificate {
            learner: row.get(0)?,
            id: row.get(1)?,
            year: row.get(2)?,
            kind: CertificateKind::from_code(&kind).ok_or_else(|| damaged("kind"))?,
            number: number.parse().map_err(|_| damaged("number"))?,
            state: state(row)?.ok_or_else(|| damaged("state"))?,
        },
        code: code.parse().map_err(|_| damaged("code"))?,
        record: row.get(7)?,
        intended_at: row.get(9)?,
        issued_at: row.get(10)?,
        ended_at: row.get(11)?,
        ended_reason: row.get(12)?,
        replaces,
    })
}

/// The state that columns 4, 8 and 10 to 13 spell; nothing when they contradict each other.
fn state(row: &Row<'_>) -> Result<Option<CertificateState>> {
    let word: String = row.get(4)?;
    let digest: Option<String> = row.get(8)?;
    let digest = digest.as_deref().and_then(digest_of);
    let (issued_at, ended_at): (Option<Timestamp>, Option<Timestamp>) = (row.get(10)?, row.get(11)?);
    let (reason, by): (Option<String>, Option<CertificateId>) = (row.get(12)?, row.get(13)?);
    Ok(match (word.as_str(), digest) {
        ("intended" | "replacing", None) => Some(CertificateState::Intended),
        ("issued", Some(document_sha256)) => issued_at.map(|at| CertificateState::Issued { document_sha256, at }),
        ("superseded", Some(document_sha256)) => {
            ended_at.zip(by).map(|(at, by)| CertificateState::Superseded { document_sha256, by, at })
        }
        ("revoked", Some(document_sha256)) => {
            ended_at.zip(reason).map(|(at, reason)| CertificateState::Revoked { document_sha256, reason, at })
        }
        _ => None,
    })
}

/// Reads 64 hexadecimal digits.
fn digest_of(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (place, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(digest)
}
