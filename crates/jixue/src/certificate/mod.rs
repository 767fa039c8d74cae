//! Certificates: intended when a requirement is met, signed by a job, kept by their digest, verified by anybody.
//!
//! Walk: `jobs::intend` takes a number and a code and writes down what the certificate will say (`record`); `jobs::sign`
//! draws and signs it (`document`, `issuer`) outside any transaction; `corrections` replaces and revokes; `verification`
//! answers strangers. `pages` are the holder's, `verify_pages` the public's.

mod corrections;
mod document;
mod issuer;
mod jobs;
mod pages;
mod record;
mod store;
mod stored;
mod verification;
mod verify_pages;

pub use corrections::{replace, revoke};
pub use issuer::{Issuer, make_issuer_keys};
pub use jobs::{intend, sign, sweep};
pub use store::{CATALOGUE, certificates_of};
pub use stored::StoredCertificate;
pub use verification::{Answer, Shown, Successor, verify};

use crate::web::{Policy, Routes};
use jixue_core::refusal::{Kind, Refusal};

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/certificates", Policy::Learner, pages::certificates)
        .get("/certificates/{certificate}/document", Policy::Learner, pages::document)
        .get("/verify", Policy::Public, verify_pages::form)
        .post("/verify", Policy::Public, verify_pages::find)
        .get("/verify/{code}", Policy::Public, verify_pages::verification)
        .get("/api/v1/verifications/{code}", Policy::Public, verify_pages::verification_json)
}

/// Why a certificate is not replaced or revoked, beside what the rules say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateOfficeRefusal {
    /// Only an officer of a bureau corrects certificates.
    OfficersOnly,
    /// A replacement is being made already.
    ReplacementUnderWay,
    /// Without the hours that have been taken back the requirement is no longer met: revoke instead.
    RequirementNotMet,
}

impl Refusal for CertificateOfficeRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OfficersOnly => "certificate.officers_only",
            Self::ReplacementUnderWay => "certificate.replacement_under_way",
            Self::RequirementNotMet => "certificate.requirement_not_met",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::OfficersOnly => Kind::Forbidden,
            Self::ReplacementUnderWay | Self::RequirementNotMet => Kind::Conflict,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

/// This room's part of the JSON API.
#[derive(utoipa::OpenApi)]
#[openapi(paths(verify_pages::verification_json))]
pub struct Api;
