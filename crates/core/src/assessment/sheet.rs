//! What has been answered so far: saved on its own every few seconds, from a line that may repeat and reorder.

use super::{ExamRefusal, OptionSet, Paper, QuestionKind};
use crate::id::QuestionId;
use std::collections::BTreeMap;

/// One answer as last saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Saved {
    /// Counted by the client, upwards; the highest wins, in whatever order they arrive.
    pub revision: i64,
    /// Options as shown on the paper.
    pub chosen: OptionSet,
}

/// The answers of an attempt (作答), as shown on its paper.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct AnswerSheet {
    pub answers: BTreeMap<QuestionId, Saved>,
}

impl AnswerSheet {
    /// Saves an answer and says whether the sheet changed: an older or repeated revision changes nothing.
    ///
    /// An empty set takes an answer back. Refuses questions that are not on the paper and choices they do not offer;
    /// whether the time is up is the attempt's question (`ExamAttempt::accepts_answers`).
    pub fn save(
        &mut self,
        paper: &Paper,
        question: QuestionId,
        revision: i64,
        chosen: OptionSet,
    ) -> Result<bool, ExamRefusal> {
        let dealt = paper.question(question).ok_or(ExamRefusal::QuestionNotOnPaper { question })?;
        let most = match dealt.kind {
            QuestionKind::Single | QuestionKind::TrueFalse => 1,
            QuestionKind::Multiple => dealt.order.len() as u32,
        };
        if !chosen.within(dealt.order.len() as u8) || chosen.count() > most || revision < 0 {
            return Err(ExamRefusal::AnswerDoesNotFit { question });
        }
        let known = self.answers.get(&question);
        if known.is_some_and(|saved| saved.revision >= revision) {
            return Ok(false);
        }
        self.answers.insert(question, Saved { revision, chosen });
        Ok(true)
    }

    pub fn chosen(&self, question: QuestionId) -> OptionSet {
        self.answers.get(&question).map_or(OptionSet::NONE, |saved| saved.chosen)
    }

    /// How many questions have an answer.
    pub fn answered(&self) -> usize {
        self.answers.values().filter(|saved| !saved.chosen.is_empty()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::super::paper::tests::{bank, hundred};
    use super::super::{deal, question::OptionSet};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_the_paper_offers_is_saved() {
        let paper = deal(&hundred(), &bank(), [1; 32]).unwrap();
        let mut sheet = AnswerSheet::default();
        let (single, multiple) = (paper.questions[0].question, paper.questions[5].question);
        let unfit = |question| Err(ExamRefusal::AnswerDoesNotFit { question });
        assert_eq!(sheet.save(&paper, single, 1, OptionSet(0b0011)), unfit(single));
        assert_eq!(sheet.save(&paper, single, 1, OptionSet(0b1_0000)), unfit(single));
        assert_eq!(sheet.save(&paper, single, -1, OptionSet(1)), unfit(single));
        assert_eq!(sheet.save(&paper, multiple, 1, OptionSet(0b1_1111)), Ok(true));
        let strange = QuestionId::from_raw(999);
        assert_eq!(
            sheet.save(&paper, strange, 1, OptionSet(1)),
            Err(ExamRefusal::QuestionNotOnPaper { question: strange })
        );
        assert_eq!(sheet.save(&paper, multiple, 2, OptionSet::NONE), Ok(true));
        assert_eq!((sheet.answered(), sheet.answers.len()), (0, 1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A phone saves on a bad line: answers arrive twice and out of order, and the last one chosen must stand.
        #[test]
        fn the_highest_revision_wins_in_any_order(mut saves in proptest::collection::vec((0..20_i64, 0..4_u8), 1..30)) {
            let paper = deal(&hundred(), &bank(), [1; 32]).unwrap();
            let question = paper.questions[0].question;
            saves.sort_unstable();
            saves.dedup_by_key(|(revision, _)| *revision);
            let expected = saves.last().map(|(_, place)| OptionSet::of([*place])).unwrap();
            let middle = saves.len() / 2;
            saves.rotate_left(middle);
            let mut sheet = AnswerSheet::default();
            for (revision, place) in saves.iter().chain(saves.iter().rev()) {
                sheet.save(&paper, question, *revision, OptionSet::of([*place])).unwrap();
            }
            prop_assert_eq!(sheet.chosen(question), expected);
        }
    }
}
