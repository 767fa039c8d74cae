//! What the page is made of, on one snapshot: few questions, and none whose answer the page would not show.

use super::next_step::{NextStep, Place};
use crate::assessment::{self, TestState};
use crate::at::At;
use crate::billing::{self, Payable};
use crate::catalog::years::{self, ProgrammeYear};
use crate::certificate::{StoredCertificate, certificates_of};
use crate::credit::{self, LearnerStanding};
use crate::db::Tx;
use crate::error::Result;
use crate::learning;
use jixue_core::credit::ExamStanding;
use jixue_core::fact::CertificateKind;
use jixue_core::id::LearnerId;
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::Year;

/// Years before this one that are looked at for gaps.
const EARLIER_YEARS_MAX: usize = 3;
/// Certificates shown; the others are behind the link.
const CERTIFICATES_MAX: usize = 4;

pub(super) struct Read {
    pub year: Option<Year>,
    pub current: Option<Current>,
    pub earlier: Vec<LearnerStanding>,
    pub certificates: Vec<StoredCertificate>,
}

/// The year that counts today.
pub(super) struct Current {
    pub standing: LearnerStanding,
    /// Asked only while the public subject is not complete.
    pub payable: Option<Payable>,
    pub next: NextStep,
}

pub(super) async fn read(tx: &Tx<'_>, at: &At, scope: &Scope, learner: LearnerId) -> Result<Read> {
    let today = at.now.business_date();
    let mut programmes = years::open_years(tx).await?;
    let open = programmes.iter().position(|programme| programme.is_open_on(today)).unwrap_or(0);
    let mut earlier = programmes.split_off(programmes.len().min(open + 1));
    earlier.truncate(EARLIER_YEARS_MAX);
    let mut certificates = certificates_of(tx, scope, learner).await?;
    let programme = programmes.pop();
    let year = programme.as_ref().map(|programme| programme.year);
    let current = match programme {
        Some(programme) => current(tx, at, scope, learner, programme, &certificates).await?,
        None => None,
    };
    certificates.truncate(CERTIFICATES_MAX);
    let mut gaps = Vec::new();
    for programme in earlier {
        gaps.extend(credit::standing_of(tx, learner, programme).await?);
    }
    Ok(Read { year, current, earlier: gaps, certificates })
}

async fn current(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    learner: LearnerId,
    programme: ProgrammeYear,
    certificates: &[StoredCertificate],
) -> Result<Option<Current>> {
    let Some(standing) = credit::standing_of(tx, learner, programme).await? else {
        return Ok(None);
    };
    let (year, sums) = (standing.programme.year, standing.standing);
    let payable = match sums.public_met {
        true => None,
        false => Some(billing::payable(tx, at, scope, learner, (year, Subject::Public)).await?),
    };
    let test = match sums.exam {
        ExamStanding::Missing => assessment::state_of(tx, learner, year, Subject::Public).await?,
        ExamStanding::NotRequired | ExamStanding::Passed => TestState::NotOffered,
    };
    let lesson = if sums.annual_met { None } else { learning::continue_at(tx, learner, year).await? };
    // More of a subject whose hours are full would not bring the year to its end.
    let lesson = lesson.filter(|lesson| match lesson.subject {
        Subject::Public => !sums.public.met,
        Subject::Professional => !sums.professional.met,
    });
    let has_certificate = certificates.iter().any(|one| {
        let certificate = &one.certificate;
        certificate.year == year && certificate.kind == CertificateKind::Annual
    });
    let next = NextStep::of(Place { standing: &sums, payable, test, lesson, has_certificate });
    Ok(Some(Current { standing, payable, next }))
}
