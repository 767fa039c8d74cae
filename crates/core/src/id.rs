//! Identities: 63 bits made by the application, each kind its own type, strings in JSON.
//!
//! Layout, high to low: 41 bits of milliseconds since 2026-01-01T00:00:00Z, 8 bits of node, 14 bits of sequence.
//! So ids sort by time of making, two nodes never collide, and JavaScript never rounds one (they travel as strings).

/// 2026-01-01T00:00:00Z in epoch milliseconds: the instant from which ids count.
pub const ID_EPOCH_MS: i64 = 1_767_225_600_000;

/// Largest sequence number within one millisecond and node.
pub const ID_SEQUENCE_MAX: i64 = (1 << 14) - 1;

/// Largest node number.
pub const ID_NODE_MAX: i64 = (1 << 8) - 1;

/// Puts an id together. `at_ms` is epoch milliseconds; instants before 2026 count as its first millisecond.
///
/// # Panics
/// When `node` or `sequence` is out of range: the generator's own arithmetic is wrong then.
pub fn compose(at_ms: i64, node: i64, sequence: i64) -> i64 {
    assert!((0..=ID_NODE_MAX).contains(&node), "node {node}");
    assert!((0..=ID_SEQUENCE_MAX).contains(&sequence), "sequence {sequence}");
    ((at_ms - ID_EPOCH_MS).max(0) << 22) | (node << 14) | sequence
}

/// The instant an id was made, in epoch milliseconds.
pub fn made_at_ms(id: i64) -> i64 {
    (id >> 22) + ID_EPOCH_MS
}

/// What was given is not a decimal id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl std::fmt::Display for NotAnId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("not an id")
    }
}

impl std::error::Error for NotAnId {}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Takes over a stored or freshly made number.
            pub const fn from_raw(raw: i64) -> Self {
                Self(raw)
            }

            /// The number as stored.
            pub const fn raw(self) -> i64 {
                self.0
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> i64 {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(out)
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let digits = !text.is_empty() && text.len() <= 19 && text.bytes().all(|byte| byte.is_ascii_digit());
                if !digits {
                    return Err(NotAnId);
                }
                text.parse().map(Self).map_err(|_| NotAnId)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// A person who studies (学员).
    LearnerId,
    /// A sign-in account (账号); a person has one, whatever hats they wear.
    AccountId,
    /// An employer unit (用人单位).
    UnitId,
    /// Two units that became one.
    MergeId,
    /// Somebody's way from one unit to another.
    MoveId,
    /// Somebody's exemption from a year or from some of its hours.
    ExemptionId,
    /// One of somebody's professional titles.
    TitleId,
    /// A unit's way from one county to another.
    UnitMoveId,
    /// A training base (施教机构); it is also a payee.
    BaseId,
    /// A role given to an account within a reach (授权).
    GrantId,
    /// One time that support looks at a learner's pages.
    LearnerViewId,
    /// An entry of the audit trail (审计记录).
    AuditEntryId,
    /// What somebody asks about their own data: to correct it or to erase it.
    DataRequestId,
    /// An authenticator app or a passkey of an account.
    FactorId,
    /// A WeChat user, or a user of another issuer, bound to an account (绑定).
    BindingId,
    /// Somebody's request to be let in with another phone number than the roster's.
    ActivationId,
    /// A recovery of an account whose second factors are lost.
    RecoveryId,
    /// A firm or free-lancer asking to be registered.
    RegistrationId,
    /// A filter of a list that somebody named for themselves.
    SavedViewId,
    /// Who pays an order: the number of a learner or of a unit.
    PayerId,
    /// An order (订单).
    OrderId,
    /// One try to pay an order through one channel (支付尝试).
    PaymentAttemptId,
    /// A gateway's raw notification in the inbox.
    NotificationId,
    /// Money that arrived and fits no order (暂收待查).
    SuspenseId,
    /// A balanced set of ledger lines (分录).
    LedgerEntryId,
    /// What a subject costs, by year and payee (收费标准).
    FeeId,
    /// A versioned set of hour rules.
    RuleSetId,
    /// A course (课程).
    CourseId,
    /// A lesson (讲).
    LessonId,
    /// One sitting in the player (学习会话).
    PlaySessionId,
    /// A frozen version of a question bank (题库).
    BankId,
    /// A question (试题).
    QuestionId,
    /// A blueprint from which papers are dealt (试卷).
    PaperId,
    /// One try at a paper (作答).
    ExamAttemptId,
    /// A row of the credit ledger (学时记录).
    CreditEntryId,
    /// A certificate (证书).
    CertificateId,
    /// One import of a file: a roster, or confirmed hours.
    ImportId,
    /// A sheet that waits for somebody to say which column is which.
    SheetId,
    /// A fact in a book.
    FactId,
    /// A job to be done after a commit.
    JobId,
}

impl From<LearnerId> for PayerId {
    fn from(learner: LearnerId) -> Self {
        Self::from_raw(learner.raw())
    }
}

impl From<UnitId> for PayerId {
    fn from(unit: UnitId) -> Self {
        Self::from_raw(unit.raw())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Ids are keys: two different makings must never meet, and later ones must sort later.
        #[test]
        fn later_ids_sort_later(at in ID_EPOCH_MS..ID_EPOCH_MS + (1 << 40), node in 0..=ID_NODE_MAX, sequence in 0..ID_SEQUENCE_MAX) {
            let id = compose(at, node, sequence);
            prop_assert!(id >= 0);
            prop_assert!(compose(at, node, sequence + 1) > id);
            prop_assert!(compose(at + 1, 0, 0) > id);
            prop_assert_eq!(made_at_ms(id), at);
        }
    }

    /// A number above 2^53 would be rounded by a browser; a string is not.
    #[test]
    fn an_id_is_a_string_in_json() {
        let id = LearnerId::from_raw(9_007_199_254_740_993);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, "\"9007199254740993\"");
        assert_eq!(serde_json::from_str::<LearnerId>(&json).unwrap(), id);
        assert!(serde_json::from_str::<LearnerId>("\"-1\"").is_err());
        assert!("".parse::<LearnerId>().is_err());
        assert!("99999999999999999999".parse::<LearnerId>().is_err());
    }
}
