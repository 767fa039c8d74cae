//! Facts: what happened, appended and never changed. Columns elsewhere are projections of them.
//!
//! A fact is stored as the exact bytes that are hashed: canonical JSON (RFC 8785, integers only, ids as strings) of
//! `{"v":1,"kind":…,…}`, digest `SHA-256("jixue/" ‖ kind ‖ 0 ‖ bytes)`. Personal data never stands in one: people are
//! ids here, and what must be provable about them is a salted commitment.

mod canonical;

pub use canonical::{NotCanonical, canonical};

use crate::id::*;
use crate::money::Fen;
use crate::proof::Channel;
use crate::study::{StudySeconds, Subject};
use crate::time::{Timestamp, Year};
use serde::{Deserialize, Serialize};

/// Why verified money did not settle the order it named (or named none we know).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspenseReason {
    UnknownOrder,
    MerchantDiffers,
    AmountDiffers,
    CurrencyDiffers,
    PaidTwice,
    /// The order was cancelled and every seat is paid otherwise.
    NotWanted,
}

impl SuspenseReason {
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownOrder => "unknown_order",
            Self::MerchantDiffers => "merchant_differs",
            Self::AmountDiffers => "amount_differs",
            Self::CurrencyDiffers => "currency_differs",
            Self::PaidTwice => "paid_twice",
            Self::NotWanted => "not_wanted",
        }
    }
}

/// Where recognised hours come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum CreditSource {
    /// A lesson completed here, on the evidence of beats.
    Lesson { lesson: LessonId },
    /// A list imported and confirmed by an officer.
    Confirmed { import: ImportId },
}

/// What a certificate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateKind {
    /// 公需科目合格证明: the public subject is complete and its test passed.
    PublicSubject,
    /// 年度继续教育证书: the year's requirement is met.
    Annual,
}

impl CertificateKind {
    pub const fn code(self) -> &'static str {
        match self {
            Self::PublicSubject => "public_subject",
            Self::Annual => "annual",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "public_subject" => Some(Self::PublicSubject),
            "annual" => Some(Self::Annual),
            _ => None,
        }
    }
}

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

/// A fact as it is stored: its bytes, what they are, and their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedFact {
    pub book: String,
    pub kind: String,
    pub bytes: Vec<u8>,
    pub digest: [u8; 32],
}

/// The version of the fact format written today. Readers accept every earlier one.
const FACT_VERSION: i64 = 1;

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

    /// The exact bytes and their digest.
    ///
    /// # Panics
    /// Never: every field is an integer, a string or a boolean, which tests prove for each kind.
    pub fn encode(&self) -> EncodedFact {
        let mut value = serde_json::to_value(self).expect("a fact is plain JSON");
        let fields = value.as_object_mut().expect("a fact is an object");
        fields.insert("v".to_owned(), FACT_VERSION.into());
        let kind = fields["kind"].as_str().expect("a fact names its kind").to_owned();
        let bytes = canonical(&value).expect("a fact holds integers only");
        EncodedFact { book: self.book(), digest: digest(&kind, &bytes), kind, bytes }
    }

    /// Reads stored bytes of any version.
    pub fn decode(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

/// `SHA-256("jixue/" ‖ kind ‖ 0 ‖ bytes)`.
pub fn digest(kind: &str, bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    let mut hash = sha2::Sha256::new();
    hash.update(b"jixue/");
    hash.update(kind.as_bytes());
    hash.update([0]);
    hash.update(bytes);
    hash.finalize().into()
}

/// The link of a chain: `SHA-256("jixue/chain" ‖ 0 ‖ previous link ‖ digest)`.
pub fn chain(previous: &[u8; 32], digest: &[u8; 32]) -> [u8; 32] {
    use sha2::Digest;
    let mut hash = sha2::Sha256::new();
    hash.update(b"jixue/chain\0");
    hash.update(previous);
    hash.update(digest);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credit() -> Fact {
        Fact::CreditEntered {
            learner: LearnerId::from_raw(7),
            entry: CreditEntryId::from_raw(9),
            year: Year(2026),
            subject: Subject::Public,
            seconds: StudySeconds(2_700),
            source: CreditSource::Lesson { lesson: LessonId::from_raw(3) },
            at: Timestamp(1_795_000_000_000),
        }
    }

    /// The bytes are what is hashed forever; a changed order or spelling would break every chain.
    #[test]
    fn the_bytes_of_a_fact_are_pinned() {
        let encoded = credit().encode();
        let text = std::str::from_utf8(&encoded.bytes).unwrap();
        assert_eq!(
            text,
            r#"{"at":1795000000000,"entry":"9","kind":"credit_entered","learner":"7","lesson":"3","seconds":2700,"source":"lesson","subject":"public","v":1,"year":2026}"#
        );
        assert_eq!(encoded.book, "learner:7");
        assert_eq!(encoded.digest, digest("credit_entered", text.as_bytes()));
        assert_eq!(Fact::decode(&encoded.bytes).unwrap(), credit());
    }

    /// Facts of earlier versions stay readable: this one still held the free words of a purpose, which no fact does now.
    #[test]
    fn a_purpose_in_an_old_fact_is_passed_over() {
        let old = r#"{"at":1,"by":"7","kind":"people_exported","people":3,"purpose":"核对","unmasked":true,"v":1}"#;
        let read = Fact::decode(old.as_bytes()).unwrap();
        let written = Fact::PeopleExported { by: AccountId::from_raw(7), people: 3, unmasked: true, at: Timestamp(1) };
        assert_eq!(read, written);
        assert!(!String::from_utf8(written.encode().bytes).unwrap().contains("purpose"));
    }

    /// Two kinds with the same fields must not share a digest.
    #[test]
    fn the_kind_is_part_of_the_digest() {
        assert_ne!(digest("a", b"x"), digest("b", b"x"));
        assert_ne!(digest("a", b"x"), digest("ax", b""));
    }
}
