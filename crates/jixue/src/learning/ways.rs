//! The way into a course that is not open yet: what the reader can do about it now.

use crate::billing::Payable;
use crate::i18n::Texts;
use jixue_core::study::Subject;
use jixue_core::time::Year;

/// What stands where a course is locked.
pub(super) struct WayIn {
    pub year: Year,
    pub subject: &'static str,
    pub sentence: String,
    /// The words of the button that places an order.
    pub order: Option<String>,
    /// An order that waits for its money.
    pub waiting: Option<String>,
}

impl WayIn {
    pub fn of(t: &Texts, year: Year, subject: Subject, payable: &Payable) -> Self {
        let (sentence, order, waiting) = match payable {
            Payable::Due { amount } => (t.learning_locked(), Some(t.learning_pay(amount)), None),
            Payable::Open { order } => (t.learning_locked_open(), None, Some(format!("/orders/{order}"))),
            Payable::UnitPays => (t.learning_locked_unit_pays(), None, None),
            Payable::AlreadyPaid { .. } => (t.learning_locked_opening(), None, None),
            Payable::NotOffered => (t.learning_locked_not_offered(), None, None),
        };
        Self { year, subject: subject.code(), sentence: sentence.to_owned(), order, waiting }
    }
}

/// The subject in words.
pub(super) fn subject_words(t: &Texts, subject: Subject) -> &'static str {
    match subject {
        Subject::Public => t.learning_subject_public(),
        Subject::Professional => t.learning_subject_professional(),
    }
}
