//! Reading what a gateway answered, within bounds, and naming what we do not know.

use reqwest::header::HeaderMap;
use std::fmt;

/// No answer of the calls we make is near this size.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Why the outcome of a call is not known. The call may or may not have taken effect: show it, query it, and never
/// repeat it blindly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknown {
    /// The connection could not be opened, so most likely nothing arrived.
    NotConnected,
    /// No whole answer came in time.
    TimedOut,
    /// The connection broke on the way.
    Broken,
    /// The gateway had a failure of its own.
    ServerError { status: u16 },
    /// The answer's signature is missing, stale, or not the gateway's.
    Unverified,
    /// The answer is not what this call answers with.
    Unreadable,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected => f.write_str("no connection"),
            Self::TimedOut => f.write_str("timed out"),
            Self::Broken => f.write_str("connection broke"),
            Self::ServerError { status } => write!(f, "server error {status}"),
            Self::Unverified => f.write_str("answer does not verify"),
            Self::Unreadable => f.write_str("answer is not readable"),
        }
    }
}

impl From<&reqwest::Error> for Unknown {
    fn from(error: &reqwest::Error) -> Self {
        if error.is_connect() {
            Self::NotConnected
        } else if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Broken
        }
    }
}

/// An answer as it came: bytes are kept exactly, because they are what was signed.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// Sends `request` and reads the whole answer.
    ///
    /// # Errors
    /// Says how the exchange ended when it did not end with a whole answer of bounded size.
    pub async fn to(request: reqwest::RequestBuilder) -> Result<Self, Unknown> {
        let mut response = request.send().await.map_err(|error| Unknown::from(&error))?;
        let (status, headers) = (response.status().as_u16(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Unknown::from(&error))? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(Unknown::Unreadable);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self { status, headers, body })
    }
}
