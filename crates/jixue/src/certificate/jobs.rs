//! From the met requirement to the signed document: an intent in the transaction that met it, a job after it, a sweep
//! for what the job lost.

use super::record::draw_up;
use super::store::{self, Intent};
use super::stored::StoredCertificate;
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::keys::sha256;
use crate::outbox::{self, JobKind};
use bytes::Bytes;
use jixue_core::fact::{CertificateKind, Fact};
use jixue_core::id::{CertificateId, LearnerId};
use jixue_core::scope::Scope;
use jixue_core::time::Year;

/// How old an intent is when the sweep looks after it.
const SWEEP_AFTER_SECONDS: i64 = 60;

/// A requirement is met: the certificate gets its number, its code and its words, and a job to sign it. However often
/// this is called, a learner has one certificate of a kind and year.
pub async fn intend(tx: &Tx<'_>, at: &At, learner: LearnerId, year: Year, kind: CertificateKind) -> Result<Vec<Fact>> {
    let scope = Scope::system("intending a certificate");
    let intent = Intent { learner, certificate: at.ids.next(), year, kind };
    if store::claim(tx, intent, at.now).await? {
        draw_up(tx, at, &scope, intent, None).await?;
        ask_for_signature(tx, at, learner, intent.certificate).await?;
    }
    Ok(Vec::new())
}

/// Leaves a job that signs.
pub(super) async fn ask_for_signature(
    tx: &Tx<'_>,
    at: &At,
    learner: LearnerId,
    certificate: CertificateId,
) -> Result<()> {
    outbox::enqueue(tx, at, JobKind::SignCertificate, learner, certificate, at.now).await
}

/// Draws, signs and keeps the document, then makes the certificate valid. Run twice, the first document stays.
///
/// # Errors
/// When the document cannot be made: the certificate stays as it was, the job is tried again, its row says why.
pub async fn sign(app: &App, learner: LearnerId, certificate: CertificateId) -> Result<()> {
    if app.issuer.is_none() {
        // Without a key there is nothing to try again; once there is one, the sweep asks for each that waits.
        return Ok(());
    }
    let found = app
        .db
        .read(async move |tx: &Tx<'_>| store::certificate(tx, &Scope::system("signing"), learner, certificate).await)
        .await?;
    let Some(found) = found.filter(StoredCertificate::is_being_made) else {
        return Ok(());
    };
    let document = draw(app, found).await?;
    let digest = sha256(&document);
    let name = app.blobs.put(document).await?;
    let at = app.at();
    app.db.write(async move |tx: &Tx<'_>| issue(tx, &at, learner, certificate, digest, &name).await).await
}

/// Off the threads that answer people: drawing takes a core for some milliseconds.
async fn draw(app: &App, found: StoredCertificate) -> Result<Bytes> {
    let (app, now) = (app.clone(), app.clock.now());
    let drawn = tokio::task::spawn_blocking(move || {
        let issuer = app.issuer.as_ref().ok_or_else(|| Error::internal("the issuer is gone"))?;
        issuer.document(&found.record()?, &found.code, now)
    });
    drawn.await.map_err(Error::internal)?
}

/// The document is kept: from this commit on the certificate is valid, and what it replaces is not.
async fn issue(
    tx: &Tx<'_>,
    at: &At,
    learner: LearnerId,
    certificate: CertificateId,
    digest: [u8; 32],
    name: &str,
) -> Result<()> {
    let scope = Scope::system("signing");
    let found = store::certificate(tx, &scope, learner, certificate).await?;
    let Some(found) = found.filter(StoredCertificate::is_being_made) else {
        return Ok(());
    };
    let mut facts = Vec::new();
    if let Some(replaced) = &found.replaces {
        let old = store::certificate(tx, &scope, learner, replaced.certificate).await?;
        let old = old.ok_or_else(|| Error::internal("a replaced certificate is gone"))?.certificate;
        let Ok(change) = old.clone().supersede(certificate, &replaced.reason, at.now) else {
            // It was revoked meanwhile: nothing may stand in its place by this way.
            return store::withdraw(tx, &found.certificate).await;
        };
        store::supersede(tx, &old, certificate, replaced, at.now).await?;
        facts.extend(change.facts);
    }
    let change = found.certificate.issue(digest, at.now)?;
    if store::issue(tx, &change.value, name, at.now).await? {
        facts.extend(change.facts);
        crate::reactions::follow(tx, at, facts).await?;
    }
    Ok(())
}

/// Finds certificates that have waited for a minute and that no job will sign, and asks for each again.
pub async fn sweep(app: &App) -> Result<()> {
    if app.issuer.is_none() {
        return Ok(());
    }
    let at = app.at();
    let before = at.now.plus_seconds(-SWEEP_AFTER_SECONDS);
    let unsigned = app
        .db
        .read(async move |tx: &Tx<'_>| store::unsigned(tx, &Scope::system("sweep of certificates"), before).await)
        .await?;
    if unsigned.is_empty() {
        return Ok(());
    }
    app.db
        .write_bulk(async move |tx: &Tx<'_>| {
            for (learner, certificate) in &unsigned {
                ask_for_signature(tx, &at, *learner, *certificate).await?;
            }
            Ok(())
        })
        .await
}
