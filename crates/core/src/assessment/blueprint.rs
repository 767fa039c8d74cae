//! What a paper asks for, before any question is chosen.

use super::{Bank, ExamRefusal, Question, QuestionKind};

/// So many questions of one kind, so many points each.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Section {
    pub kind: QuestionKind,
    pub count: u16,
    /// Whole points for each question answered right.
    pub points: u16,
    /// Only questions of this difficulty; any when absent.
    #[serde(default)]
    pub difficulty: Option<u8>,
}

impl Section {
    pub(super) fn takes(&self, question: &Question) -> bool {
        question.kind() == self.kind && self.difficulty.is_none_or(|difficulty| question.difficulty() == difficulty)
    }
}

/// What a 多选 answer is worth that is right as far as it goes but misses some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartialCredit {
    /// Nothing: all or nothing.
    #[default]
    None,
    /// Half the points, as long as no wrong option is chosen.
    HalfForMissing,
}

/// The plan of a paper (试卷): its sections in the order they are shown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Blueprint {
    pub sections: Vec<Section>,
    #[serde(default)]
    pub partial_credit: PartialCredit,
}

/// The most questions of one paper: a page that people finish.
const PAPER_QUESTIONS_MAX: usize = 200;

impl Blueprint {
    pub fn question_count(&self) -> usize {
        self.sections.iter().map(|section| usize::from(section.count)).sum()
    }

    /// Whole points of a perfect paper.
    pub fn points(&self) -> i64 {
        self.sections.iter().map(|section| i64::from(section.count) * i64::from(section.points)).sum()
    }

    /// Whether `bank` can fill every section without asking a question twice. To be asked when a paper is published,
    /// so that no learner meets the refusal.
    pub fn check(&self, bank: &Bank) -> Result<(), ExamRefusal> {
        if self.points() == 0 || self.question_count() > PAPER_QUESTIONS_MAX {
            return Err(ExamRefusal::BlueprintEmptyOrTooLong { most: PAPER_QUESTIONS_MAX });
        }
        for kind in QuestionKind::ALL {
            let mine = || self.sections.iter().filter(|section| section.kind == kind);
            for section in mine() {
                let wanted =
                    mine().filter(|other| section.difficulty.is_none() || other.difficulty == section.difficulty);
                let wanted: usize = wanted.map(|other| usize::from(other.count)).sum();
                let found = bank.questions().iter().filter(|question| section.takes(question)).count();
                if found < wanted {
                    return Err(ExamRefusal::BankTooSmall { kind, wanted, found });
                }
            }
        }
        Ok(())
    }
}
