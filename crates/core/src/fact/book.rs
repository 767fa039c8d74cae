//! Which book a fact is chained in.

use super::Fact;

impl Fact {
    /// The book a fact is chained in: one per payee, one per learner, one for the bureau, one for the audit trail.
    pub fn book(&self) -> String {
        match self {
            Self::ProgrammeYearOpened { .. }
            | Self::GrantGiven { .. }
            | Self::GrantTaken { .. }
            | Self::LearnerViewBegun { .. }
            | Self::LearnerViewEnded { .. }
            | Self::SignInRefused { .. }
            | Self::FactorAdded { .. }
            | Self::FactorRemoved { .. }
            | Self::BindingAdded { .. }
            | Self::BindingRemoved { .. }
            | Self::PasswordChanged { .. }
            | Self::AccountRecovered { .. }
            | Self::RegistrationAccepted { .. }
            | Self::RosterImported { .. }
            | Self::RosterImportUndone { .. }
            | Self::ListImported { .. }
            | Self::ListImportUndone { .. }
            | Self::UnitRemoved { .. }
            | Self::UnitRegistered { .. }
            | Self::UnitChanged { .. }
            | Self::UnitsMerged { .. }
            | Self::UnitsParted { .. }
            | Self::RosterConfirmed { .. }
            | Self::PeopleExported { .. }
            | Self::UnitMoved { .. }
            | Self::HoursConfirmed { .. } => "bureau".to_owned(),
            Self::Audited { .. } | Self::AuditRemoved { .. } => "audit".to_owned(),
            Self::MoneyReceived { payee, .. } | Self::OrderPaid { payee, .. } | Self::MoneySuspended { payee, .. } => {
                format!("payee:{payee}")
            }
            Self::LearnerRequired { learner, .. }
            | Self::ActivationDecided { learner, .. }
            | Self::PhoneReplaced { learner, .. }
            | Self::LearnerLeft { learner, .. }
            | Self::LearnerMoved { learner, .. }
            | Self::ExemptionChanged { learner, .. }
            | Self::TitlesChanged { learner, .. }
            | Self::LearnerReleased { learner, .. }
            | Self::SeatPaid { learner, .. }
            | Self::LearningOpened { learner, .. }
            | Self::LearningStarted { learner, .. }
            | Self::LessonCompleted { learner, .. }
            | Self::ExamGraded { learner, .. }
            | Self::CreditEntered { learner, .. }
            | Self::CreditReversed { learner, .. }
            | Self::RequirementMet { learner, .. }
            | Self::CertificateIssued { learner, .. }
            | Self::CertificateSuperseded { learner, .. }
            | Self::CertificateRevoked { learner, .. } => format!("learner:{learner}"),
        }
    }
}
