//! Certificates: numbers people read aloud, codes nobody guesses, the content that is signed, and what a certificate
//! can become.
//!
//! A certificate is never edited. A mistake leads to a new one that supersedes it; a fraud to a revocation. Both stay
//! visible to whoever verifies.

mod number;
mod record;
mod refusal;
mod state;
mod verification;

pub use number::CertificateNumber;
pub use record::{CertificateRecord, RecordLine, id_commitment};
pub use refusal::CertificateRefusal;
pub use state::{Certificate, CertificateState};
pub use verification::{Verification, VerificationCode};
