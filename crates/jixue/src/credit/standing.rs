//! Standings: the projection that says where a learner is in a year, and the requirements it meets.

use super::exemption;
use super::store::{self, StandingRow};
use crate::app::App;
use crate::at::At;
use crate::catalog::years::{self, ProgrammeYear};
use crate::catalog::{self, PaperPurpose};
use crate::db::Tx;
use crate::error::Result;
use jixue_core::credit::{Relief, Standing, relieved_standing};
use jixue_core::fact::{CertificateKind, Fact};
use jixue_core::id::{LearnerId, MergeId, PaperId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::{Timestamp, Year};

/// Where a learner stands, with the year's rules beside it.
#[derive(Debug, Clone)]
pub struct LearnerStanding {
    pub programme: ProgrammeYear,
    pub unit: UnitId,
    pub standing: Standing,
    pub paid_at: Option<Timestamp>,
    pub learning_at: Option<Timestamp>,
    pub public_met_at: Option<Timestamp>,
    pub annual_met_at: Option<Timestamp>,
}

/// A learner's standing in a year; `None` when nothing is required of them in it.
pub async fn standing_of(tx: &Tx<'_>, learner: LearnerId, programme: ProgrammeYear) -> Result<Option<LearnerStanding>> {
    let Some(row) = store::standing(tx, learner, programme.year).await? else {
        return Ok(None);
    };
    let standing = relieved_standing(row.earned, &programme.rules, row.exam_passed_at.is_some(), row.relief);
    Ok(Some(LearnerStanding {
        programme,
        unit: row.unit,
        standing,
        paid_at: row.paid_at,
        learning_at: row.learning_at,
        public_met_at: row.public_met_at,
        annual_met_at: row.annual_met_at,
    }))
}

/// Makes the standing row of a learner where it is missing.
pub(super) async fn require(tx: &Tx<'_>, at: &At, learner: LearnerId, year: Year) -> Result<Vec<Fact>> {
    if !store::ensure_standing(tx, learner, year).await? {
        return Ok(Vec::new());
    }
    let unit = store::standing(tx, learner, year).await?.map_or(UnitId::from_raw(0), |row| row.unit);
    // An exemption may be older than the year's opening, or than the roster that brought the person.
    let relief = exemption::relief_of(tx, learner, year).await?;
    if relief != Relief::NONE {
        store::set_relief(tx, learner, year, relief, at.now).await?;
    }
    Ok(vec![Fact::LearnerRequired { learner, year, unit, at: at.now }])
}

/// A learner left a unit: what it required of them falls away, as far as nothing was paid, studied or entered.
pub async fn let_go(tx: &Tx<'_>, at: &At, learner: LearnerId, unit: UnitId) -> Result<Vec<Fact>> {
    let years = store::release(tx, learner, unit).await?;
    Ok(years.into_iter().map(|year| Fact::LearnerReleased { learner, year, unit, at: at.now }).collect())
}

/// The first year that a learner's present employment is answerable for: the one in which it began. Earlier years stay
/// with the unit that employed them then.
pub async fn first_year_here(tx: &Tx<'_>, at: &At, learner: LearnerId) -> Result<Year> {
    let began = store::employed_from(tx, learner).await?;
    Ok(Year(began.unwrap_or_else(|| at.now.business_date()).year()))
}

/// A learner works elsewhere now: their years since `first` go along, and what the open ones require is asked of them there.
pub async fn follow_to(tx: &Tx<'_>, at: &At, learner: LearnerId, (to, first): (UnitId, Year)) -> Result<Vec<Fact>> {
    store::move_standings(tx, learner, to, first).await?;
    let mut facts = Vec::new();
    for opened in years::open_years(tx).await? {
        if opened.is_open_on(at.now.business_date()) {
            facts.extend(require(tx, at, learner, opened.year).await?);
        }
    }
    Ok(facts)
}

/// A unit became another: the years of its people stand with that one.
pub async fn units_merged(tx: &Tx<'_>, from: UnitId, into: UnitId) -> Result<()> {
    store::merge_standings(tx, from, into).await
}

/// A unit lies in another county: the years since `first` of its people count there; earlier ones stay where they were.
pub async fn unit_moved(tx: &Tx<'_>, unit: UnitId, region_code: &str, first: Year) -> Result<()> {
    store::move_unit(tx, unit, region_code, first).await
}

/// A merge was taken back: the years of whoever went back go along.
pub async fn units_parted(tx: &Tx<'_>, merge: MergeId, from: UnitId, into: UnitId) -> Result<()> {
    store::part_standings(tx, merge, from, into).await
}

/// The subject is paid: learning is open.
pub async fn note_paid(tx: &Tx<'_>, at: &At, learner: LearnerId, year: Year) -> Result<Vec<Fact>> {
    let facts = require(tx, at, learner, year).await?;
    store::set_paid(tx, learner, year, at.now).await?;
    Ok(facts)
}

/// The first beat was counted.
pub async fn note_learning(tx: &Tx<'_>, at: &At, learner: LearnerId, year: Year) -> Result<Vec<Fact>> {
    store::set_learning(tx, learner, year, at.now).await?;
    Ok(Vec::new())
}

/// A paper is passed. Only the public subject's test is part of the requirement; a chapter's quiz is not.
pub async fn note_exam(
    tx: &Tx<'_>,
    at: &At,
    learner: LearnerId,
    (year, subject): (Year, Subject),
    paper: PaperId,
) -> Result<Vec<Fact>> {
    let paper = catalog::paper(tx, paper).await?;
    let is_test = subject == Subject::Public && paper.is_some_and(|paper| paper.purpose == PaperPurpose::Subject);
    let fits = is_test && store::set_exam_passed(tx, learner, year, at.now).await?;
    match years::year(tx, year).await? {
        Some(programme) if fits => restand(tx, at, learner, &programme).await,
        _ => Ok(Vec::new()),
    }
}

/// Sums the ledger anew, stores the projection, and says which requirements are met for the first time.
pub(super) async fn restand(tx: &Tx<'_>, at: &At, learner: LearnerId, programme: &ProgrammeYear) -> Result<Vec<Fact>> {
    let year = programme.year;
    let mut facts = require(tx, at, learner, year).await?;
    // Two that restand at once on PostgreSQL wait here, so that the later one sums what the earlier one entered.
    store::hold_standing(tx, learner, year).await?;
    let Some(row) = store::standing(tx, learner, year).await? else {
        return Ok(facts);
    };
    let earned = store::sums(tx, learner, year).await?;
    let now = relieved_standing(earned, &programme.rules, row.exam_passed_at.is_some(), row.relief);
    let met = |met: bool, since: Option<Timestamp>| since.or(met.then_some(at.now));
    let next = StandingRow {
        earned,
        public_met_at: met(now.public_met, row.public_met_at),
        annual_met_at: met(now.annual_met, row.annual_met_at),
        ..row
    };
    store::set_sums(tx, learner, year, &next).await?;
    let requirements = [
        (CertificateKind::PublicSubject, row.public_met_at, next.public_met_at),
        (CertificateKind::Annual, row.annual_met_at, next.annual_met_at),
    ];
    for (certificate_kind, before, after) in requirements {
        if before.is_none() && after.is_some() {
            facts.push(Fact::RequirementMet { learner, year, certificate_kind, at: at.now });
        }
    }
    Ok(facts)
}

/// Compares every projected sum of a year with the ledger; the learners that differ, 500 at most. Nightly and in tests.
pub async fn recount(app: &App, scope: &Scope, year: Year) -> Result<Vec<LearnerId>> {
    let scope = scope.clone();
    app.db.read_bulk(async move |tx: &Tx<'_>| store::different_sums(tx, &scope, year).await).await
}
