//! Makes ids: 41 bits of time, 8 bits of node, 14 bits of sequence (see `jixue_core::id`).

use crate::clock::Clock;
use jixue_core::id::{ID_NODE_MAX, ID_SEQUENCE_MAX, compose};
use std::sync::{Arc, Mutex};

/// A maker of ids for one node. Clones share the sequence.
#[derive(Debug, Clone)]
pub struct Ids {
    clock: Clock,
    node: i64,
    last: Arc<Mutex<(i64, i64)>>,
}

impl Ids {
    /// `node` is leased in the database, so that no two processes share one.
    pub fn new(clock: Clock, node: i64) -> Self {
        assert!((0..=ID_NODE_MAX).contains(&node), "node {node}");
        Self { clock, node, last: Arc::default() }
    }

    /// The next number. When a millisecond's 16,384 are used up, the next millisecond is borrowed.
    pub fn next_raw(&self) -> i64 {
        let now = self.clock.now().0;
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (at, sequence) = match *last {
            (at, _) if now > at => (now, 0),
            (at, sequence) if sequence < ID_SEQUENCE_MAX => (at, sequence + 1),
            (at, _) => (at + 1, 0),
        };
        *last = (at, sequence);
        compose(at, self.node, sequence)
    }

    /// The next id of a kind: `ids.next::<OrderId>()`.
    pub fn next<T: FromRaw>(&self) -> T {
        T::from_raw_number(self.next_raw())
    }
}

/// An id type that a raw number becomes.
pub trait FromRaw {
    fn from_raw_number(raw: i64) -> Self;
}

macro_rules! from_raw {
    ($($name:ident),+ $(,)?) => {$(
        impl FromRaw for jixue_core::id::$name {
            fn from_raw_number(raw: i64) -> Self {
                Self::from_raw(raw)
            }
        }
        crate::db::value_from!(jixue_core::id::$name => jixue_core::id::$name::from_raw);
    )+};
}

from_raw!(
    LearnerId,
    LearnerViewId,
    AuditEntryId,
    DataRequestId,
    AccountId,
    UnitId,
    BaseId,
    GrantId,
    FactorId,
    BindingId,
    ActivationId,
    RecoveryId,
    RegistrationId,
    SavedViewId,
    PayerId,
    OrderId,
    PaymentAttemptId,
    NotificationId,
    SuspenseId,
    LedgerEntryId,
    FeeId,
    RuleSetId,
    CourseId,
    LessonId,
    PlaySessionId,
    BankId,
    QuestionId,
    PaperId,
    ExamAttemptId,
    CreditEntryId,
    CertificateId,
    ImportId,
    SheetId,
    MergeId,
    MoveId,
    ExemptionId,
    TitleId,
    UnitMoveId,
    FactId,
    JobId,
);
crate::db::value_from! {
    jixue_core::money::Fen => jixue_core::money::Fen,
    jixue_core::time::Timestamp => jixue_core::time::Timestamp,
    jixue_core::time::BusinessDate => jixue_core::time::BusinessDate,
    jixue_core::time::Year => jixue_core::time::Year,
    jixue_core::study::StudySeconds => jixue_core::study::StudySeconds,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repeated id would overwrite somebody's row.
    #[test]
    fn ids_never_repeat() {
        let ids = Ids::new(Clock::system(), 7);
        let made: Vec<i64> = (0..100_000).map(|_| ids.next_raw()).collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
