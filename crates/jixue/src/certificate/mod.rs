//! Interim.
use crate::{app::App, at::At, config::Config, db::Tx, error::Result, web::Routes};
use jixue_core::{fact::{CertificateKind, Fact}, id::*, time::Year};
pub const CATALOGUE: &[(&str, &str)] = &[];
pub fn routes(routes: Routes) -> Routes { routes }
/// The signing key of certificates with its certificate chain and fonts.
pub struct Issuer;
impl Issuer { pub fn load(_config: &Config) -> anyhow::Result<Option<Self>> { Ok(None) } }
pub async fn intend(_tx: &Tx<'_>, _at: &At, _learner: LearnerId, _year: Year, _kind: CertificateKind) -> Result<Vec<Fact>> { Ok(Vec::new()) }
pub async fn sign(_app: &App, _learner: LearnerId, _certificate: CertificateId) -> Result<()> { Ok(()) }
pub async fn sweep(_app: &App) -> Result<()> { Ok(()) }

pub fn make_issuer_keys(_folder: &std::path::Path, _organisation: &str, _now: jixue_core::time::Timestamp) -> anyhow::Result<()> { Ok(()) }
