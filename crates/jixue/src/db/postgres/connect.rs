//! How PostgreSQL is reached: address, time limits, TLS.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::db::{DatabaseConfig, Failure};

/// How long a unit waits for a free connection before its caller hears "come again".
const WAIT: Duration = Duration::from_secs(5);

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// No statement of ours is slow: one that takes this long has lost its way, and its locks must go.
const STATEMENT_TIMEOUT: &str = "-c statement_timeout=60s -c idle_in_transaction_session_timeout=60s";

pub(super) fn pool(config: &DatabaseConfig) -> Result<Pool, Failure> {
    let mut address: Config = config.url.parse().map_err(|error| {
        // The driver's words quote nothing of the address, which holds a password.
        Failure::Address(Failure::Postgres(error).to_string())
    })?;
    address.connect_timeout(CONNECT);
    address.keepalives_idle(Duration::from_secs(30));
    if address.get_application_name().is_none() {
        address.application_name("jixue");
    }
    // A pooler refuses start-up options it does not know; there the limits belong to its own configuration.
    if config.statement_cache {
        let given = address.get_options().unwrap_or_default();
        let options = format!("{STATEMENT_TIMEOUT} {given}");
        address.options(options);
    }
    let recycle = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = match &config.tls_ca_file {
        Some(file) => {
            // "prefer", the driver's default, would fall back to plain text.
            address.ssl_mode(SslMode::Require);
            Manager::from_config(address, MakeRustlsConnect::new(tls(file)?), recycle)
        }
        None => Manager::from_config(address, NoTls, recycle),
    };
    let builder = Pool::builder(manager).max_size(config.pool_size.max(1)).runtime(Runtime::Tokio1);
    let limited = builder.wait_timeout(Some(WAIT)).create_timeout(Some(CONNECT)).recycle_timeout(Some(CONNECT));
    limited.build().map_err(|error| Failure::Pool(error.to_string()))
}

/// Trusts the certificates in `ca_file` and no others.
fn tls(ca_file: &Path) -> Result<rustls::ClientConfig, Failure> {
    let unusable = |why: String| Failure::Address(format!("{}: {why}", ca_file.display()));
    let mut roots = rustls::RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(ca_file).map_err(|error| unusable(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unusable("no certificate in it".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| unusable(error.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
