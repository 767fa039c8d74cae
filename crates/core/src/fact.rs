//! Facts: what happened, appended and never changed. Columns elsewhere are projections of them.
//!
//! A fact is stored as the exact bytes that are hashed: canonical JSON (RFC 8785, integers only, ids as strings) of
//! `{"v":1,"kind":…,…}`, digest `SHA-256("jixue/" ‖ kind ‖ 0 ‖ bytes)`. Personal data never stands in one: people are
//! ids here, and what must be provable about them is a salted commitment.

mod book;
mod canonical;
mod encoding;
mod words;

pub use canonical::{NotCanonical, canonical};
pub use encoding::{EncodedFact, chain, digest};
pub use words::{CertificateKind, CreditSource, SuspenseReason};

use crate::id::*;
use crate::money::Fen;
use crate::proof::Channel;
use crate::study::{StudySeconds, Subject};
use crate::time::{Timestamp, Year};
use serde::{Deserialize, Serialize};

/// Something that happened and is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    ProgrammeYearOpened {
        year: Year,
        rule_set: RuleSetId,
        at: Timestamp,
    },
    GrantGiven {
        grant: GrantId,
        account: AccountId,
        role: String,
        at: Timestamp,
    },
    /// A hat was taken away; what was done in it stays.
    GrantTaken {
        grant: GrantId,
        account: AccountId,
        role: String,
        at: Timestamp,
    },
    /// Support began to look at a learner's pages. `purpose_digest` binds the purpose, which stands beside the fact.
    LearnerViewBegun {
        view: LearnerViewId,
        account: AccountId,
        learner: LearnerId,
        purpose_digest: String,
        until: Timestamp,
        at: Timestamp,
    },
    /// It was ended before its time was over.
    LearnerViewEnded {
        view: LearnerViewId,
        account: AccountId,
        learner: LearnerId,
        at: Timestamp,
    },
    /// Somebody with a role could not sign in: a wrong password.
    SignInRefused {
        account: AccountId,
        at: Timestamp,
    },
    /// An entry of the audit trail; `digest` binds the row that tells it, in hexadecimal.
    Audited {
        entry: AuditEntryId,
        digest: String,
        at: Timestamp,
    },
    /// Entries of the audit trail made before `until` were removed, their time being over.
    AuditRemoved {
        until: Timestamp,
        entries: i64,
        at: Timestamp,
    },
    /// An authenticator app, a passkey or a UKey was added to an account.
    FactorAdded {
        account: AccountId,
        factor: FactorId,
        method: String,
        at: Timestamp,
    },
    /// A second factor was taken away by its owner.
    FactorRemoved {
        account: AccountId,
        factor: FactorId,
        at: Timestamp,
    },
    /// Somebody's WeChat, or their account with another issuer, was bound to an account: it signs in by it from now on.
    BindingAdded {
        account: AccountId,
        binding: BindingId,
        provider: String,
        at: Timestamp,
    },
    /// A binding was taken away by its owner.
    BindingRemoved {
        account: AccountId,
        binding: BindingId,
        at: Timestamp,
    },
    /// A password was set, changed or, with `has_password` false, taken away by its owner.
    PasswordChanged {
        account: AccountId,
        has_password: bool,
        at: Timestamp,
    },
    /// A request to be let in with another phone was answered by the unit or the county.
    ActivationDecided {
        learner: LearnerId,
        request: ActivationId,
        confirmed: bool,
        at: Timestamp,
    },
    /// A learner has another phone now, confirmed by the unit and proved by a code.
    PhoneReplaced {
        learner: LearnerId,
        request: ActivationId,
        at: Timestamp,
    },
    /// The second factors of an account were taken away by two who may; `opened_by` 0 is the operator's command.
    AccountRecovered {
        account: AccountId,
        recovery: RecoveryId,
        opened_by: AccountId,
        confirmed_by: AccountId,
        at: Timestamp,
    },
    /// A county accepted who asked to be registered.
    RegistrationAccepted {
        unit: UnitId,
        registration: RegistrationId,
        at: Timestamp,
    },
    RosterImported {
        import: ImportId,
        unit: UnitId,
        file_digest: String,
        people: i64,
        at: Timestamp,
    },
    /// An import was taken back within its day: these people left the unit again.
    RosterImportUndone {
        import: ImportId,
        unit: UnitId,
        people: i64,
        at: Timestamp,
    },
    ListImported {
        import: ImportId,
        rows: i64,
        at: Timestamp,
    },
    /// A list of units or employments was taken back within its day: so many of its rows.
    ListImportUndone {
        import: ImportId,
        rows: i64,
        at: Timestamp,
    },
    /// A unit that a list had brought by mistake, and on which nothing hung, left the registry.
    UnitRemoved {
        unit: UnitId,
        by: AccountId,
        at: Timestamp,
    },
    /// A unit came into the registry.
    UnitRegistered {
        unit: UnitId,
        by: AccountId,
        at: Timestamp,
    },
    /// What the registry says of a unit was changed.
    UnitChanged {
        unit: UnitId,
        by: AccountId,
        at: Timestamp,
    },
    /// A unit that was registered twice became one: what hung on `from` hangs on `into`.
    UnitsMerged {
        merge: MergeId,
        from: UnitId,
        into: UnitId,
        people: i64,
        by: AccountId,
        at: Timestamp,
    },
    /// A merge was taken back.
    UnitsParted {
        merge: MergeId,
        from: UnitId,
        into: UnitId,
        people: i64,
        by: AccountId,
        at: Timestamp,
    },
    /// A unit said that the people on its roster are its own this year.
    RosterConfirmed {
        unit: UnitId,
        year: Year,
        people: i64,
        by: AccountId,
        at: Timestamp,
    },
    /// A list of people left the house; with whole numbers only for a purpose, whose words stand in the trail's row.
    /// Facts of earlier versions hold them here: readers pass over the field.
    PeopleExported {
        by: AccountId,
        people: i64,
        unmasked: bool,
        at: Timestamp,
    },
    /// A learner went from one unit to another; the years go along.
    LearnerMoved {
        learner: LearnerId,
        from: UnitId,
        to: UnitId,
        at: Timestamp,
    },
    /// An exemption changed its state. Its reason stands in the table only: it may touch somebody's health.
    ExemptionChanged {
        learner: LearnerId,
        exemption: ExemptionId,
        sort: String,
        state: String,
        by: AccountId,
        at: Timestamp,
    },
    /// Somebody's titles changed: one was added, corrected, ended, or became the main one.
    TitlesChanged {
        learner: LearnerId,
        title: TitleId,
        change: String,
        by: AccountId,
        at: Timestamp,
    },
    /// A unit went from one county to another, with its people.
    UnitMoved {
        unit: UnitId,
        from_region: String,
        to_region: String,
        by: AccountId,
        at: Timestamp,
    },
    /// A learner left a unit.
    LearnerLeft {
        learner: LearnerId,
        unit: UnitId,
        at: Timestamp,
    },
    /// What a year required of a learner falls away: nothing was paid or studied, and no unit employs them.
    LearnerReleased {
        learner: LearnerId,
        year: Year,
        unit: UnitId,
        at: Timestamp,
    },
    /// A learner is required to study in an opened year.
    LearnerRequired {
        learner: LearnerId,
        year: Year,
        unit: UnitId,
        at: Timestamp,
    },
    /// A gateway's word, as verified; it always becomes a fact, whatever it then settles.
    MoneyReceived {
        payee: BaseId,
        channel: Channel,
        merchant: String,
        trade_no: String,
        out_trade_no: String,
        amount_fen: Fen,
        currency: String,
        paid_at: Timestamp,
        at: Timestamp,
    },
    OrderPaid {
        payee: BaseId,
        payer: PayerId,
        order: OrderId,
        attempt: PaymentAttemptId,
        amount_fen: Fen,
        at: Timestamp,
    },
    MoneySuspended {
        payee: BaseId,
        suspense: SuspenseId,
        trade_no: String,
        reason: SuspenseReason,
        amount_fen: Fen,
        at: Timestamp,
    },
    /// A paid seat: from now on this learner may study this subject of the year.
    SeatPaid {
        payer: PayerId,
        order: OrderId,
        learner: LearnerId,
        year: Year,
        subject: Subject,
        at: Timestamp,
    },
    LearningOpened {
        learner: LearnerId,
        year: Year,
        subject: Subject,
        at: Timestamp,
    },
    /// The first counted beat in a subject of the year.
    LearningStarted {
        learner: LearnerId,
        year: Year,
        subject: Subject,
        at: Timestamp,
    },
    LessonCompleted {
        learner: LearnerId,
        year: Year,
        subject: Subject,
        lesson: LessonId,
        credited_seconds: StudySeconds,
        at: Timestamp,
    },
    ExamGraded {
        learner: LearnerId,
        year: Year,
        subject: Subject,
        paper: PaperId,
        attempt: ExamAttemptId,
        score: i64,
        passed: bool,
        at: Timestamp,
    },
    HoursConfirmed {
        import: ImportId,
        file_digest: String,
        people: i64,
        at: Timestamp,
    },
    CreditEntered {
        learner: LearnerId,
        entry: CreditEntryId,
        year: Year,
        subject: Subject,
        seconds: StudySeconds,
        #[serde(flatten)]
        source: CreditSource,
        at: Timestamp,
    },
    /// An entry that takes back another, with who and why; the mistake stays readable.
    CreditReversed {
        learner: LearnerId,
        entry: CreditEntryId,
        reverses: CreditEntryId,
        reason: String,
        at: Timestamp,
    },
    RequirementMet {
        learner: LearnerId,
        year: Year,
        certificate_kind: CertificateKind,
        at: Timestamp,
    },
    CertificateIssued {
        learner: LearnerId,
        certificate: CertificateId,
        year: Year,
        certificate_kind: CertificateKind,
        number: String,
        document_sha256: String,
        at: Timestamp,
    },
    CertificateSuperseded {
        learner: LearnerId,
        certificate: CertificateId,
        by: CertificateId,
        reason: String,
        at: Timestamp,
    },
    CertificateRevoked {
        learner: LearnerId,
        certificate: CertificateId,
        reason: String,
        at: Timestamp,
    },
}
