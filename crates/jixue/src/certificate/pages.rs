//! The holder's certificates: what there is, by year, and the signed files.

use super::{StoredCertificate, certificates_of, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::i18n::Texts;
use crate::keys::hex;
use crate::web::forms::{Path, Query};
use crate::web::page::encode;
use crate::web::{Html, LearnerCaller, Page};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use jixue_core::certificate::{CertificateRefusal, CertificateState};
use jixue_core::fact::CertificateKind;
use jixue_core::id::CertificateId;
use jixue_core::time::Year;
use serde::Deserialize;

/// What a kind is called.
pub(super) fn kind_words(t: &Texts, kind: CertificateKind) -> &'static str {
    match kind {
        CertificateKind::PublicSubject => t.certificate_kind_public(),
        CertificateKind::Annual => t.certificate_kind_annual(),
    }
}

/// A certificate as its holder sees it.
struct Held {
    id: CertificateId,
    title: &'static str,
    number: String,
    /// Class of the tag, and its word.
    state: (&'static str, &'static str),
    is_being_made: bool,
    /// The file can be had; also of one that is no longer valid: it is the holder's evidence.
    has_document: bool,
    is_in_force: bool,
    hours: String,
    issued_on: String,
    code: String,
    verify_path: String,
    /// When and why it ended, in words.
    ended: Option<String>,
}

#[derive(Template)]
#[template(path = "certificate/certificates.html")]
pub(super) struct CertificatesPage {
    page: Page,
    years: Vec<(Year, Vec<Held>)>,
}

pub(super) async fn certificates(State(app): State<App>, me: LearnerCaller) -> Result<Html<CertificatesPage>> {
    let (learner, scope) = (me.learner, me.caller.scope.clone());
    let found = app.db.read(async move |tx: &Tx<'_>| certificates_of(tx, &scope, learner).await).await?;
    let page = Page::of(&app, &me.caller);
    let mut years: Vec<(Year, Vec<Held>)> = Vec::new();
    for stored in &found {
        let (year, held) = (stored.certificate.year, held(&page.t, stored)?);
        match years.last_mut() {
            Some((last, list)) if *last == year => list.push(held),
            _ => years.push((year, vec![held])),
        }
    }
    Ok(Html(CertificatesPage { page, years }))
}

fn held(t: &Texts, stored: &StoredCertificate) -> Result<Held> {
    let (record, certificate) = (stored.record()?, &stored.certificate);
    let state = match certificate.state {
        CertificateState::Intended => ("now", t.certificate_state_being_made()),
        CertificateState::Issued { .. } => ("done", t.certificate_state_valid()),
        CertificateState::Superseded { .. } => ("due", t.certificate_state_superseded()),
        CertificateState::Revoked { .. } => ("late", t.certificate_state_revoked()),
    };
    let hours = match certificate.kind {
        CertificateKind::PublicSubject => t.certificate_hours_public(record.public_hours),
        CertificateKind::Annual => {
            t.certificate_hours_annual(record.public_hours, record.professional_hours, record.total_hours)
        }
    };
    Ok(Held {
        id: certificate.id,
        title: kind_words(t, certificate.kind),
        number: record.number,
        state,
        is_being_made: stored.is_being_made(),
        has_document: stored.document_sha256().is_some(),
        is_in_force: stored.is_in_force(),
        hours,
        issued_on: record.issued_at.business_date().to_string(),
        code: stored.code.to_string(),
        verify_path: format!("/verify/{}", stored.code.plain()),
        ended: ended(t, stored),
    })
}

/// When a certificate ended and why, for its holder.
fn ended(t: &Texts, stored: &StoredCertificate) -> Option<String> {
    let day = stored.ended_at?.business_date();
    let reason = stored.ended_reason.as_deref().unwrap_or_default();
    match stored.certificate.state {
        CertificateState::Superseded { .. } => Some(t.certificate_ended_superseded(day, reason)),
        CertificateState::Revoked { .. } => Some(t.certificate_ended_revoked(day, reason)),
        CertificateState::Intended | CertificateState::Issued { .. } => None,
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct DocumentQuery {
    /// Shown in the browser instead of saved.
    #[serde(default)]
    view: bool,
}

/// The signed file, byte for byte as it is stored.
pub(super) async fn document(
    State(app): State<App>,
    me: LearnerCaller,
    Path(id): Path<CertificateId>,
    Query(query): Query<DocumentQuery>,
) -> Result<impl IntoResponse> {
    let (learner, scope) = (me.learner, me.caller.scope.clone());
    let found = app.db.read(async move |tx: &Tx<'_>| store::certificate(tx, &scope, learner, id).await).await?;
    let certificate = found.ok_or_else(Refused::not_found)?;
    let number = certificate.certificate.number.to_string();
    let digest = certificate.document_sha256();
    let digest = digest.ok_or_else(|| Error::from(CertificateRefusal::NotIssued { number: number.clone() }))?;
    let bytes = app.blobs.get(&hex(&digest)).await?;
    let name = file_name(&me.caller.visitor.texts(), &certificate)?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, disposition(query.view, &number, &name)),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        // The browser's own viewer draws the file; the policy of our pages would forbid it its parts.
        (HeaderName::from_static("content-security-policy"), "frame-ancestors 'none'".to_owned()),
    ];
    Ok((headers, bytes))
}

/// `2026年度年度继续教育证书-王小丽-CZ-2026-A-00000001-01`.
fn file_name(t: &Texts, certificate: &StoredCertificate) -> Result<String> {
    let record = certificate.record()?;
    Ok(t.certificate_file_name(record.year, kind_words(t, record.kind), record.holder_name, record.number))
}

/// A name that every browser understands, and the full one for those that read UTF-8 (RFC 6266).
fn disposition(view: bool, number: &str, name: &str) -> String {
    let how = if view { "inline" } else { "attachment" };
    format!("{how}; filename=\"{number}.pdf\"; filename*=UTF-8''{}.pdf", encode(name).replace('/', "%2F"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A phone that does not know UTF-8 names must still save a PDF; one that does, with the holder's name.
    #[test]
    fn a_file_has_a_plain_and_a_full_name() {
        assert_eq!(
            disposition(false, "CZ-2026-A-00000001-01", "年度/证"),
            "attachment; filename=\"CZ-2026-A-00000001-01.pdf\"; filename*=UTF-8''%E5%B9%B4%E5%BA%A6%2F%E8%AF%81.pdf"
        );
        assert!(disposition(true, "CZ-2026-A-00000001-01", "a").starts_with("inline; "));
    }
}
