//! Who signs: the bureau's key with its certificates, and the faces that documents are set in.

use super::document;
use super::record::LANGUAGE;
use crate::config::Config;
use crate::error::{Error, Result};
use anyhow::Context;
use bytes::Bytes;
use jixue_core::certificate::{CertificateRecord, VerificationCode};
use jixue_core::time::Timestamp;
use jixue_standards::authority::make_authority;
use jixue_standards::certificate_pdf::{Fonts, render};
use jixue_standards::pades::{LocalP256Signer, SignatureMetadata, sign};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::OnceLock;

/// Below the folder of keys.
const FOLDER: &str = "certificate";
const CHAIN_FILE: &str = "signer.pem";
const KEY_FILE: &str = "signer.key";
/// How long a made authority is good for.
const AUTHORITY_DAYS: i64 = 3_653;

/// The signing key of certificates with its certificate chain and fonts.
pub struct Issuer {
    signer: LocalP256Signer,
    base_url: String,
    shows_sample_seal: bool,
    /// Read when the first certificate is drawn: a node that signs nothing does not hold them.
    fonts: OnceLock<Fonts>,
}

impl Issuer {
    /// Reads `certificate/signer.key` and `certificate/signer.pem` under the folder of keys.
    ///
    /// Without them the program runs and numbers certificates, but none is signed: the log says so. One of the two
    /// alone, a key for another certificate or an unreadable font is an error.
    pub fn load(config: &Config) -> anyhow::Result<Option<Self>> {
        let folder = config.keys.join(FOLDER);
        let (key, chain) = (folder.join(KEY_FILE), folder.join(CHAIN_FILE));
        if !key.exists() && !chain.exists() {
            let folder = folder.display();
            tracing::warn!(%folder, "no key for certificates: they wait unsigned; `jixue admin keys init` makes one");
            return Ok(None);
        }
        let read = |path: &Path| std::fs::read_to_string(path).with_context(|| path.display().to_string());
        let signer = LocalP256Signer::from_pkcs8_pem(&read(&key)?, &read(&chain)?)
            .with_context(|| folder.display().to_string())?;
        let fonts = OnceLock::new();
        if !config.certificate.font_paths.is_empty() {
            let _ = fonts.set(read_fonts(config)?);
        }
        Ok(Some(Self {
            signer,
            base_url: config.base_url.clone(),
            shows_sample_seal: config.certificate.sample_seal,
            fonts,
        }))
    }

    /// Draws and signs. Takes a core for some milliseconds: not for the threads that answer people.
    ///
    /// # Errors
    /// When a character has no glyph, a text does not fit, or the signer's certificate is not valid at `at`; the
    /// certificate stays as it was.
    pub(super) fn document(&self, record: &CertificateRecord, code: &VerificationCode, at: Timestamp) -> Result<Bytes> {
        let failed = |what: &dyn std::fmt::Display| Error::internal(format!("certificate {}: {what}", record.number));
        let page = document::page(record, code, &self.base_url, self.shows_sample_seal);
        let pdf = render(&page, self.fonts()?).map_err(|error| failed(&error))?;
        let metadata = SignatureMetadata {
            name: record.issuer_name.clone(),
            reason: LANGUAGE.certificate_signature_reason().to_owned(),
            location: String::new(),
        };
        let at = jiff::Timestamp::from_millisecond(at.0).map_err(Error::internal)?;
        let signed = sign(&pdf, &self.signer, at, &metadata).map_err(|error| failed(&error))?;
        Ok(signed.into())
    }

    fn fonts(&self) -> Result<&Fonts> {
        if let Some(fonts) = self.fonts.get() {
            return Ok(fonts);
        }
        let embedded = Fonts::embedded().map_err(Error::internal)?;
        Ok(self.fonts.get_or_init(|| embedded))
    }
}

fn read_fonts(config: &Config) -> anyhow::Result<Fonts> {
    let read = |path: &std::path::PathBuf| std::fs::read(path).with_context(|| path.display().to_string());
    let files = config.certificate.font_paths.iter().map(read).collect::<anyhow::Result<_>>()?;
    Fonts::with_extra_faces(files).context("certificate.font_paths")
}

/// Makes an authority and a signer named `organisation` under `keys`, unless there is one.
///
/// They let a deployment sign before its bureau has a certificate from a recognised authority; readers trust them only
/// after `certificate/ca.pem` is in their trust store. Both last ten years.
pub fn make_issuer_keys(keys: &Path, organisation: &str, now: Timestamp) -> anyhow::Result<()> {
    let folder = keys.join(FOLDER);
    if folder.exists() {
        return Ok(());
    }
    let at = |moment: Timestamp| jiff::Timestamp::from_millisecond(moment.0);
    // A day back, for readers whose clock is behind ours.
    let (from, until) = (at(now.plus_days(-1))?, at(now.plus_days(AUTHORITY_DAYS))?);
    let authority = make_authority(organisation, organisation, from, until)?;
    // Complete or not at all: half an authority would sign what nobody can check.
    let making = keys.join(format!("{FOLDER}.making"));
    if making.exists() {
        std::fs::remove_dir_all(&making)?;
    }
    std::fs::create_dir_all(&making).with_context(|| making.display().to_string())?;
    write(&making.join("ca.pem"), 0o644, &authority.ca_pem)?;
    write(&making.join("ca.key"), 0o600, &authority.ca_key_pem)?;
    write(&making.join(CHAIN_FILE), 0o644, &authority.signer_chain_pem)?;
    write(&making.join(KEY_FILE), 0o600, &authority.signer_key_pem)?;
    std::fs::rename(&making, &folder).with_context(|| folder.display().to_string())
}

fn write(path: &Path, mode: u32, text: &str) -> anyhow::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all().with_context(|| path.display().to_string())
}
