//! Certificates: they appear without any application, are downloaded, and strangers verify them.

use super::browser::{Browser, Page};
use super::person::patiently;
use crate::world::World;
use anyhow::{Context, ensure};
use std::path::Path;

/// The beginning of what certificates of each kind are numbered: `CZ-2026-P-` and `CZ-2026-A-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    PublicSubject,
    Annual,
}

impl Kind {
    const fn letter(self) -> char {
        match self {
            Self::PublicSubject => 'P',
            Self::Annual => 'A',
        }
    }
}

/// A certificate as its holder's page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub number: String,
    /// Path of the signed document.
    document: String,
    /// `/verify/{code}`.
    pub verify_path: String,
}

/// Waits until the holder's page offers the document of a kind.
///
/// # Errors
/// When it does not come.
pub async fn until_issued(learner: &Browser, kind: Kind) -> anyhow::Result<Held> {
    patiently("a certificate", async || Ok(held(&learner.get("/certificates").await?, kind))).await
}

/// Whether the holder's page shows a certificate of a kind, signed or not.
///
/// # Errors
/// When the page is not there.
pub async fn is_shown(learner: &Browser, kind: Kind) -> anyhow::Result<bool> {
    let page = learner.get("/certificates").await?;
    Ok(articles(&page).iter().any(|article| number(article, kind).is_some()))
}

fn articles(page: &Page) -> Vec<Page> {
    let parts = page.html().split("<article").skip(1);
    parts
        .map(|part| Page { bytes: part.split("</article").next().unwrap_or_default().into(), ..page.clone() })
        .collect()
}

/// The first word that looks like a number of the kind.
fn number(article: &Page, kind: Kind) -> Option<String> {
    let mark = format!("-{}-", kind.letter());
    let words = article.words();
    let is_number = |word: &&str| word.contains(&mark) && word.split('-').count() == 5;
    words.split_whitespace().find(is_number).map(str::to_owned)
}

fn held(page: &Page, kind: Kind) -> Option<Held> {
    let articles = articles(page);
    let article = articles.iter().find(|article| number(article, kind).is_some())?;
    let document = article.links().into_iter().find(|link| link.ends_with("/document"))?;
    Some(Held { number: number(article, kind)?, document, verify_path: article.link_below("/verify/").ok()? })
}

/// Downloads the document: a signed PDF.
///
/// # Errors
/// When it is none.
pub async fn download(learner: &Browser, held: &Held, to: &Path) -> anyhow::Result<Vec<u8>> {
    let file = learner.get(&held.document).await?;
    ensure!(file.media_type.starts_with("application/pdf"), "the certificate comes as {}", file.media_type);
    ensure!(file.bytes.starts_with(b"%PDF-"), "the certificate is no PDF");
    let is_signed = file.bytes.windows(18).any(|window| window == b"ETSI.CAdES.detache");
    ensure!(is_signed, "the certificate is not signed");
    std::fs::write(to, &file.bytes).with_context(|| to.display().to_string())?;
    Ok(file.bytes)
}

/// A stranger, who is not signed in, verifies the certificate and compares the file's digest.
///
/// # Errors
/// When the page does not call it valid, says the holder's full name, or names another file.
pub async fn verify(world: &World, held: &Held, pdf: &[u8], name: &str) -> anyhow::Result<()> {
    let stranger = Browser::new(&world.base_url)?;
    let page = stranger.get(&held.verify_path).await?;
    ensure!(page.html().contains("verdict ok"), "the page does not call it valid: {}", page.words());
    page.says(&held.number)?;
    ensure!(!page.html().contains(name), "the page shows the full name");
    let digest = jixue::keys::hex(&jixue::keys::sha256(pdf));
    ensure!(page.html().contains(&digest), "the page names another file than {digest}");
    ensure!(page.bytes.len() < 30_000, "the page has {} bytes", page.bytes.len());
    let code = held.verify_path.trim_start_matches("/verify/");
    let told = stranger.get_json(&format!("/api/v1/verifications/{code}")).await?;
    ensure!(told["state"] == "valid", "the interface says {told}");
    let unknown = stranger.get_json("/api/v1/verifications/0000000000000000000000000000").await;
    ensure!(unknown.is_err() || unknown.is_ok_and(|told| told["state"] == "unknown"), "a made-up code is known");
    Ok(())
}
