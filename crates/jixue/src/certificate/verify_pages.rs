//! Verification for everybody: a form, a page that says one word first, and the same for machines.

use super::verification::{Answer, Shown, Successor, verify};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::web::forms::{Form, Path};
use crate::web::{Guest, Html, Page, Visitor, limits, no_index};
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::certificate::{CertificateNumber, Verification, VerificationCode};
use jixue_core::fact::CertificateKind;
use jixue_core::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longer than anything that people type as a code.
const TYPED_CHARACTERS_MAX: usize = 64;

#[derive(Template)]
#[template(path = "certificate/verify_form.html")]
struct FormPage {
    page: Page,
    host: String,
    typed: String,
    problem: String,
}

#[derive(Template)]
#[template(path = "certificate/verification.html")]
struct VerificationPage {
    page: Page,
    host: String,
    address: String,
    checked_at: String,
    state: Verification,
    shown: Option<Shown>,
}

impl VerificationPage {
    fn heading(&self, shown: &Shown) -> String {
        match shown.kind {
            CertificateKind::PublicSubject => self.page.t.certificate_kind_of_year_public(shown.year),
            CertificateKind::Annual => self.page.t.certificate_kind_of_year_annual(shown.year),
        }
    }

    /// Kind of the sign, and the word.
    fn verdict(&self) -> (&'static str, &'static str) {
        let t = &self.page.t;
        match self.state {
            Verification::Valid => ("ok", t.certificate_verdict_valid()),
            Verification::Superseded => ("superseded", t.certificate_verdict_superseded()),
            Verification::Revoked => ("revoked", t.certificate_verdict_revoked()),
            Verification::Unknown => ("unknown", t.certificate_verdict_unknown()),
        }
    }

    fn state_tag(&self, state: &Verification) -> (&'static str, &'static str) {
        let t = &self.page.t;
        match state {
            Verification::Valid => ("done", t.certificate_state_valid()),
            Verification::Superseded => ("due", t.certificate_state_superseded()),
            Verification::Revoked => ("late", t.certificate_state_revoked()),
            Verification::Unknown => ("", t.certificate_verdict_unknown()),
        }
    }

    fn hours(&self, shown: &Shown) -> String {
        let t = &self.page.t;
        match shown.kind {
            CertificateKind::PublicSubject => t.certificate_hours_public(shown.public_hours),
            CertificateKind::Annual => {
                t.certificate_hours_annual(shown.public_hours, shown.professional_hours, shown.total_hours)
            }
        }
    }
}

/// The address bar's word for us, which the page spells out so that a forged page can be told.
fn host(app: &App) -> String {
    let base_url = &app.config.base_url;
    base_url.split_once("://").map_or(base_url.as_str(), |(_, host)| host).to_owned()
}

fn allow(app: &App, visitor: &Visitor) -> Result<()> {
    app.limits.take(
        limits::VERIFICATION.with_burst(app.config.limits.verification_burst),
        &limits::network(visitor.address),
        app.clock.now(),
    )
}

fn form_page(app: &App, Guest(caller, visitor): &Guest, typed: String, problem: String) -> Html<FormPage> {
    Html(FormPage { page: Page::new(app, visitor, caller.as_ref()), host: host(app), typed, problem })
}

pub(super) async fn form(State(app): State<App>, guest: Guest) -> impl IntoResponse {
    form_page(&app, &guest, String::new(), String::new())
}

#[derive(Debug, Deserialize)]
pub(super) struct CodeForm {
    #[serde(default)]
    code: String,
}

/// Leads to the page of a code. A number leads nowhere: numbers can be counted up, and would open everybody's page.
pub(super) async fn find(State(app): State<App>, guest: Guest, Form(form): Form<CodeForm>) -> Result<Response> {
    allow(&app, &guest.1)?;
    let typed: String = form.code.trim().chars().take(TYPED_CHARACTERS_MAX).collect();
    let t = guest.1.texts();
    let problem = match typed.parse::<CertificateNumber>() {
        _ if typed.is_empty() => t.certificate_form_missing(),
        Ok(_) => t.certificate_form_number(),
        Err(_) => match typed.parse::<VerificationCode>() {
            Ok(code) => return Ok(Redirect::to(&format!("/verify/{}", code.plain())).into_response()),
            Err(refusal) => return Ok(form_page(&app, &guest, typed, t.say(refusal.code())).into_response()),
        },
    };
    Ok(form_page(&app, &guest, typed, problem.to_owned()).into_response())
}

async fn answer(app: &App, typed: String) -> Result<Answer> {
    let now = app.clock.now();
    app.db.read(async move |tx: &Tx<'_>| verify(tx, &typed, now).await).await
}

pub(super) async fn verification(
    State(app): State<App>,
    Guest(caller, visitor): Guest,
    Path(typed): Path<String>,
) -> Result<Response> {
    allow(&app, &visitor)?;
    let Answer { state, checked_at, shown } = answer(&app, typed).await?;
    let page = Page::new(&app, &visitor, caller.as_ref());
    let address = format!("{}{}", app.config.base_url, visitor.path);
    let checked_at = checked_at.china_seconds();
    let html = Html(VerificationPage { page, host: host(&app), address, checked_at, state, shown });
    Ok(no_index(html.into_response()))
}

/// The answer to one check, for machines.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerificationBody {
    /// `valid`, `superseded`, `revoked` or `unknown`.
    state: &'static str,
    /// RFC 3339, China's time.
    checked_at: String,
    /// Absent when the state is `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<VerifiedCertificate>,
}

/// What may be known of a certificate by whoever holds its code.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerifiedCertificate {
    number: String,
    /// `public_subject` or `annual`.
    kind: &'static str,
    year: i64,
    /// True when the holder's data was erased at their wish: name and unit are empty then, and cannot be compared.
    holder_erased: bool,
    /// Such as `欧阳*`.
    holder_name_masked: String,
    unit_name: String,
    /// Hours in hundredths, each rounded down by the year's rules.
    public_hours_hundredths: i64,
    professional_hours_hundredths: i64,
    total_hours_hundredths: i64,
    issuer_name: String,
    /// `YYYY-MM-DD`.
    issued_on: String,
    /// SHA-256 of the signed PDF file, hexadecimal.
    document_sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_on: Option<String>,
    /// The number this certificate stands in place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    supersedes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<SuccessorBody>,
}

/// The certificate that stands in the place of a superseded one.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuccessorBody {
    number: String,
    code: String,
    state: &'static str,
}

impl From<Successor> for SuccessorBody {
    fn from(next: Successor) -> Self {
        Self { number: next.number, code: next.code, state: next.state.code() }
    }
}

impl From<Shown> for VerifiedCertificate {
    fn from(shown: Shown) -> Self {
        Self {
            number: shown.number,
            kind: shown.kind.code(),
            year: shown.year.0,
            holder_erased: shown.is_erased,
            holder_name_masked: shown.holder_masked,
            unit_name: shown.unit_name,
            public_hours_hundredths: shown.public_hours.0,
            professional_hours_hundredths: shown.professional_hours.0,
            total_hours_hundredths: shown.total_hours.0,
            issuer_name: shown.issuer_name,
            issued_on: shown.issued_on.to_string(),
            document_sha256: shown.document_sha256,
            ended_on: shown.ended_on.map(|day| day.to_string()),
            supersedes: shown.supersedes,
            superseded_by: shown.successor.map(SuccessorBody::from),
        }
    }
}

#[utoipa::path(get, path = "/api/v1/verifications/{code}", tag = "certificate",
    params(("code" = String, Path, description = "The verification code, with or without dashes")),
    responses((status = 200, body = VerificationBody), (status = 429, description = "Too many checks from one address")))]
pub(crate) async fn verification_json(
    State(app): State<App>,
    visitor: Visitor,
    Path(typed): Path<String>,
) -> Result<Response> {
    allow(&app, &visitor)?;
    let Answer { state, checked_at, shown } = answer(&app, typed).await?;
    let certificate = shown.map(VerifiedCertificate::from);
    let body = VerificationBody { state: state.code(), checked_at: checked_at.rfc3339(), certificate };
    Ok(no_index(Json(body).into_response()))
}
