//! Registration: small firms without a personnel office and free-lancers ask to be registered; the officer of their county
//! looks at each. Accepted, a firm is a unit whose clerk is who asked; a free-lancer is a unit of one, clerk and learner.

mod asking;
mod deciding;
mod pages;
mod request_pages;
mod store;

pub use pages::routes;
pub(super) use store::{CATALOGUE, forget};

use jixue_core::id::RegistrationId;
use jixue_core::time::Timestamp;

/// A registration as officers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Registration {
    id: RegistrationId,
    /// `firm` or `freelancer`.
    kind: String,
    uscc: Option<String>,
    unit_name: String,
    region_code: String,
    region_zh: String,
    region_en: String,
    industry: String,
    contact_name: String,
    phone_masked: String,
    phone_sealed: Vec<u8>,
    identity_masked: Option<String>,
    identity_sealed: Option<Vec<u8>>,
    state: String,
    asked_at: Timestamp,
}
