//! From what happened to what must follow: the one file above the slices.
//!
//! A verb returns facts; `follow` appends each and calls, in the same transaction, the later rooms that it concerns,
//! which may leave facts of their own. Work that is long or leaves the database is left as a job; `run` does it after
//! the commit. `sweep` finds by query what a lost job left, and takes the same path.

use crate::app::App;
use crate::at::At;
use crate::credit::CompletedLesson;
use crate::db::Tx;
use crate::error::Result;
use crate::outbox::{self, Job, JobKind};
use crate::{assessment, billing, certificate, credit, identity, learning, org, oversight, trail};
use jixue_core::fact::Fact;
use jixue_core::id::{
    CertificateId, ExamAttemptId, ImportId, LearnerId, NotificationId, OrderId, PayerId, PaymentAttemptId, UnitId,
};
use jixue_core::time::{Timestamp, Year};
use std::collections::VecDeque;

/// Appends `facts` and everything that follows from them within this transaction.
pub async fn follow(tx: &Tx<'_>, at: &At, facts: Vec<Fact>) -> Result<()> {
    let mut queue = VecDeque::from(facts);
    while let Some(fact) = queue.pop_front() {
        outbox::append(tx, at, &fact).await?;
        trail::note(tx, at, &fact).await?;
        queue.extend(react(tx, at, &fact).await?);
        oversight::count(tx, &fact).await?;
    }
    Ok(())
}

/// What one fact means for the rooms after the one it comes from. Every kind by name: a new one must be thought about.
async fn react(tx: &Tx<'_>, at: &At, fact: &Fact) -> Result<Vec<Fact>> {
    match fact {
        Fact::ProgrammeYearOpened { year, .. } => credit::require_everybody(tx, at, *year).await,
        Fact::RosterImported { unit, .. } => credit::require_unit_in_open_years(tx, at, *unit).await,
        Fact::LearnerLeft { learner, unit, .. } => credit::let_go(tx, at, *learner, *unit).await,
        Fact::UnitMoved { unit, to_region, .. } => {
            credit::unit_moved(tx, *unit, to_region, at.now.year()).await?;
            oversight::count_units(tx, [*unit]).await?;
            Ok(Vec::new())
        }
        Fact::ExemptionChanged { learner, exemption, .. } => {
            let changed = credit::exemption::relieve(tx, at, *learner, *exemption).await?;
            for (_, unit) in &changed {
                oversight::count_units(tx, [*unit]).await?;
            }
            credit::exemption::restand_years(tx, at, *learner, &changed).await
        }
        Fact::LearnerMoved { learner, to, .. } => {
            credit::hold_years(tx, *learner).await?;
            let first = credit::first_year_here(tx, at, *learner).await?;
            oversight::move_learner(tx, *learner, *to, first).await?;
            credit::follow_to(tx, at, *learner, (*to, first)).await
        }
        Fact::UnitsMerged { merge, from, into, .. } => {
            credit::units_merged(tx, *from, *into).await?;
            oversight::count_units(tx, [*from, *into]).await?;
            identity::units_merged(tx, at, *merge, (*from, *into)).await
        }
        Fact::UnitsParted { merge, from, into, .. } => {
            credit::units_parted(tx, *merge, *from, *into).await?;
            oversight::count_units(tx, [*from, *into]).await?;
            identity::units_parted(tx, at, *merge).await
        }
        Fact::SeatPaid { learner, year, subject, .. } => learning::open(tx, at, *learner, *year, *subject).await,
        Fact::LearningOpened { learner, year, .. } => credit::note_paid(tx, at, *learner, *year).await,
        Fact::LearningStarted { learner, year, .. } => credit::note_learning(tx, at, *learner, *year).await,
        Fact::LessonCompleted { learner, year, subject, lesson, credited_seconds, at: completed_at } => {
            let done = CompletedLesson {
                learner: *learner,
                year: *year,
                subject: *subject,
                lesson: *lesson,
                credited: *credited_seconds,
                at: *completed_at,
            };
            credit::enter_lesson(tx, at, done).await
        }
        Fact::ExamGraded { learner, year, subject, paper, passed: true, .. } => {
            credit::note_exam(tx, at, *learner, (*year, *subject), *paper).await
        }
        Fact::HoursConfirmed { import, .. } => {
            outbox::enqueue(tx, at, JobKind::CreditConfirmed, 0, *import, at.now).await?;
            Ok(Vec::new())
        }
        Fact::RequirementMet { learner, year, certificate_kind, .. } => {
            certificate::intend(tx, at, *learner, *year, *certificate_kind).await
        }
        Fact::GrantGiven { .. }
        | Fact::GrantTaken { .. }
        | Fact::LearnerViewBegun { .. }
        | Fact::LearnerViewEnded { .. }
        | Fact::SignInRefused { .. }
        | Fact::Audited { .. }
        | Fact::AuditRemoved { .. }
        | Fact::FactorAdded { .. }
        | Fact::FactorRemoved { .. }
        | Fact::BindingAdded { .. }
        | Fact::BindingRemoved { .. }
        | Fact::PasswordChanged { .. }
        | Fact::ActivationDecided { .. }
        | Fact::PhoneReplaced { .. }
        | Fact::AccountRecovered { .. }
        | Fact::RegistrationAccepted { .. }
        | Fact::RosterImportUndone { .. }
        | Fact::ListImported { .. }
        | Fact::ListImportUndone { .. }
        | Fact::UnitRemoved { .. }
        | Fact::UnitRegistered { .. }
        | Fact::UnitChanged { .. }
        | Fact::RosterConfirmed { .. }
        | Fact::TitlesChanged { .. }
        | Fact::PeopleExported { .. }
        | Fact::LearnerReleased { .. }
        | Fact::LearnerRequired { .. }
        | Fact::MoneyReceived { .. }
        | Fact::OrderPaid { .. }
        | Fact::MoneySuspended { .. }
        | Fact::ExamGraded { passed: false, .. }
        | Fact::CreditEntered { .. }
        | Fact::CreditReversed { .. }
        | Fact::CertificateIssued { .. }
        | Fact::CertificateSuperseded { .. }
        | Fact::CertificateRevoked { .. } => Ok(Vec::new()),
    }
}

/// What hangs on a learner since an instant, asked before they are taken off a roster again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bond {
    /// Code of why they stay, if they do.
    pub stays: Option<&'static str>,
    /// Whether they have signed in before.
    pub has_account: bool,
}

/// Asks each room that may know the learner.
pub async fn bond(tx: &Tx<'_>, learner: LearnerId, since: Timestamp) -> Result<Bond> {
    let stays = if billing::is_paid_since(tx, learner, since).await? {
        Some("roster.stays_paid")
    } else if billing::is_ordered_since(tx, learner, since).await? {
        Some("roster.stays_ordered")
    } else if learning::has_studied_since(tx, learner, since).await?
        || assessment::has_sat_since(tx, learner, since).await?
    {
        Some("roster.stays_studied")
    } else if credit::has_hours_since(tx, learner, since).await? {
        Some("roster.stays_hours")
    } else {
        None
    };
    Ok(Bond { stays, has_account: identity::has_account(tx, learner).await? })
}

/// What hangs on a unit beside its people, asked before it becomes another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnitBonds {
    pub orders: i64,
    /// Of those, the ones that wait for money.
    pub orders_open: i64,
    /// Grants that count now.
    pub grants: i64,
    /// Years of people that stand with it.
    pub years: i64,
}

/// Asks each room that may know the unit.
pub async fn unit_bonds(tx: &Tx<'_>, unit: UnitId, now: Timestamp) -> Result<UnitBonds> {
    let (orders, orders_open) = billing::orders_of_unit(tx, unit).await?;
    let grants = identity::grants_at_unit(tx, unit, now).await?;
    Ok(UnitBonds { orders, orders_open, grants, years: credit::years_of_unit(tx, unit).await? })
}

/// Does a job. It may have been done before: each verb reads again what is left to do.
pub async fn run(app: &App, job: Job) -> Result<()> {
    let (owner, object) = (job.owner, job.object);
    match job.kind {
        JobKind::SendSms => identity::send_sms(app, object).await,
        JobKind::TakeNotification => billing::take_notification(app, NotificationId::from_raw(object)).await,
        JobKind::OpenSeats => billing::open_seats(app, PayerId::from_raw(owner), OrderId::from_raw(object)).await,
        JobKind::QueryPayment => {
            billing::query_payment(app, PayerId::from_raw(owner), PaymentAttemptId::from_raw(object)).await
        }
        JobKind::ApplyRoster => org::roster::go_on_applying(app, ImportId::from_raw(object)).await,
        JobKind::ApplyList => org::lists::go_on(app, ImportId::from_raw(object)).await,
        JobKind::UndoList => org::lists::go_on_undoing(app, ImportId::from_raw(object)).await,
        JobKind::UndoRoster => org::roster::go_on_undoing(app, ImportId::from_raw(object)).await,
        JobKind::RequireUnit => credit::require_unit(app, UnitId::from_raw(owner), Year(object)).await,
        JobKind::CreditConfirmed => credit::credit_confirmed(app, ImportId::from_raw(object)).await,
        JobKind::SignCertificate => {
            certificate::sign(app, LearnerId::from_raw(owner), CertificateId::from_raw(object)).await
        }
        JobKind::CloseExam => {
            assessment::close_overdue(app, LearnerId::from_raw(owner), ExamAttemptId::from_raw(object)).await
        }
    }
}

/// Finds what lost jobs left, by query, every half minute.
pub async fn sweep(app: &App) -> Result<()> {
    crate::node::renew(app).await?;
    org::sweep(app).await?;
    billing::sweep(app).await?;
    credit::sweep(app).await?;
    assessment::sweep(app).await?;
    certificate::sweep(app).await
}

/// Removes what is kept only for a while, once a day: it reads whole tables, and nobody waits for it.
pub async fn forget(app: &App) -> Result<()> {
    // First of all: what was erased must not stay a day longer because something else failed.
    crate::privacy::replay_erasures(app).await?;
    identity::forget(app).await?;
    org::forget(app).await?;
    trail::forget(app).await?;
    trail::watch(app).await
}
