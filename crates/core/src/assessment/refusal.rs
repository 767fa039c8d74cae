//! How assessment says no.

use super::{OptionSet, QuestionKind};
use crate::id::{BankId, QuestionId};
use crate::refusal::{Kind, Refusal};

/// Why a question or a bank cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BankRefusal {
    OptionsOutOfRange {
        question: QuestionId,
        options: u8,
    },
    /// The key is empty, names an option that is not there, or has the wrong number of options for its kind.
    KeyDoesNotFit {
        question: QuestionId,
        key: OptionSet,
    },
    /// The key is not written in letters.
    KeyUnreadable {
        key: String,
    },
    DifficultyOutOfRange {
        question: QuestionId,
        difficulty: u8,
    },
    Duplicate {
        question: QuestionId,
    },
    TooLarge {
        most: usize,
    },
}

impl Refusal for BankRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OptionsOutOfRange { .. } => "bank.options_out_of_range",
            Self::KeyDoesNotFit { .. } => "bank.key_does_not_fit",
            Self::KeyUnreadable { .. } => "bank.key_unreadable",
            Self::DifficultyOutOfRange { .. } => "bank.difficulty_out_of_range",
            Self::Duplicate { .. } => "bank.duplicate",
            Self::TooLarge { .. } => "bank.too_large",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::OptionsOutOfRange { .. }
            | Self::KeyDoesNotFit { .. }
            | Self::KeyUnreadable { .. }
            | Self::DifficultyOutOfRange { .. }
            | Self::Duplicate { .. } => Kind::Invalid,
            Self::TooLarge { .. } => Kind::TooLarge,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::OptionsOutOfRange { question, options } => {
                vec![("question", question.to_string()), ("options", options.to_string())]
            }
            Self::KeyDoesNotFit { question, key } => {
                vec![("question", question.to_string()), ("key", key.to_string())]
            }
            Self::KeyUnreadable { key } => vec![("key", key.clone())],
            Self::DifficultyOutOfRange { question, difficulty } => {
                vec![("question", question.to_string()), ("difficulty", difficulty.to_string())]
            }
            Self::Duplicate { question } => vec![("question", question.to_string())],
            Self::TooLarge { most } => vec![("most", most.to_string())],
        }
    }
}

/// Why a paper cannot be dealt, or an attempt not be taken further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExamRefusal {
    BlueprintEmptyOrTooLong {
        most: usize,
    },
    BankTooSmall {
        kind: QuestionKind,
        wanted: usize,
        found: usize,
    },
    /// The bank given is not the version the paper was dealt from.
    BankDiffers {
        bank: BankId,
    },
    QuestionNotOnPaper {
        question: QuestionId,
    },
    /// More options than one for a single choice, or an option that is not shown.
    AnswerDoesNotFit {
        question: QuestionId,
    },
    /// The deadline and its grace are over; what was saved before is graded.
    TimeOver,
    AlreadyHandedIn,
    AlreadyPassed {
        score: i64,
    },
    AttemptsUsed {
        most: i64,
    },
    /// An earlier attempt ran out of time and has not been graded yet: hand it in first.
    EarlierAttemptOverdue,
}

impl Refusal for ExamRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BlueprintEmptyOrTooLong { .. } => "exam.blueprint_empty_or_too_long",
            Self::BankTooSmall { kind, .. } => match kind {
                QuestionKind::Single => "exam.too_few_single",
                QuestionKind::Multiple => "exam.too_few_multiple",
                QuestionKind::TrueFalse => "exam.too_few_true_false",
            },
            Self::BankDiffers { .. } => "exam.bank_differs",
            Self::QuestionNotOnPaper { .. } => "exam.question_not_on_paper",
            Self::AnswerDoesNotFit { .. } => "exam.answer_does_not_fit",
            Self::TimeOver => "exam.time_over",
            Self::AlreadyHandedIn => "exam.already_handed_in",
            Self::AlreadyPassed { .. } => "exam.already_passed",
            Self::AttemptsUsed { .. } => "exam.attempts_used",
            Self::EarlierAttemptOverdue => "exam.earlier_attempt_overdue",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::BlueprintEmptyOrTooLong { .. } | Self::AnswerDoesNotFit { .. } => Kind::Invalid,
            Self::QuestionNotOnPaper { .. } => Kind::NotFound,
            Self::BankTooSmall { .. }
            | Self::BankDiffers { .. }
            | Self::TimeOver
            | Self::AlreadyHandedIn
            | Self::AlreadyPassed { .. }
            | Self::AttemptsUsed { .. }
            | Self::EarlierAttemptOverdue => Kind::Conflict,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::BlueprintEmptyOrTooLong { most } => vec![("most", most.to_string())],
            Self::BankTooSmall { wanted, found, .. } => {
                vec![("wanted", wanted.to_string()), ("found", found.to_string())]
            }
            Self::BankDiffers { bank } => vec![("bank", bank.to_string())],
            Self::QuestionNotOnPaper { question } | Self::AnswerDoesNotFit { question } => {
                vec![("question", question.to_string())]
            }
            Self::AlreadyPassed { score } => vec![("score", score.to_string())],
            Self::AttemptsUsed { most } => vec![("most", most.to_string())],
            Self::TimeOver | Self::AlreadyHandedIn | Self::EarlierAttemptOverdue => Vec::new(),
        }
    }
}
