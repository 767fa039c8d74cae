//! The HTTP client of all gateways: rustls with ring, no redirects, bounded times.

use std::time::Duration;

/// How long opening a connection may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long one call may take from first byte sent to last byte read, repetitions included.
pub const TOTAL_TIMEOUT: Duration = Duration::from_secs(8);

/// Builds a client for addresses that the operator typed; for any other there is [`crate::outbound`].
///
/// # Errors
/// When the TLS roots of this machine cannot be read.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    builder().build()
}

/// What all clients have in common. A gateway never redirects; one that does is not the gateway.
pub(crate) fn builder() -> reqwest::ClientBuilder {
    // An error only says that the process has chosen its provider already, which is what we want.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("jixue/", env!("CARGO_PKG_VERSION")))
}

/// A fresh nonce: 32 characters of upper-case hex from the system's randomness.
pub fn nonce() -> String {
    let bytes: [u8; 16] =
        ring::rand::generate(&ring::rand::SystemRandom::new()).expect("the operating system has randomness").expose();
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
