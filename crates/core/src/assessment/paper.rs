//! Dealing: which questions an attempt gets, and in which order their options stand.

use super::draw::Draw;
use super::{Bank, Blueprint, ExamRefusal, OptionSet, Question, QuestionKind, Section};
use crate::id::{BankId, QuestionId};

/// A question as it stands on a paper. It holds no key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DealtQuestion {
    pub question: QuestionId,
    pub kind: QuestionKind,
    pub points: u16,
    /// Place by place as shown, the option's place in the bank.
    pub order: Vec<u8>,
}

impl DealtQuestion {
    /// Options as shown, turned into options of the bank.
    pub fn in_bank_order(&self, shown: OptionSet) -> OptionSet {
        OptionSet::of(shown.places().filter_map(|place| self.order.get(usize::from(place)).copied()))
    }

    /// Options of the bank, turned into options as shown: for the review after grading.
    pub fn in_shown_order(&self, banked: OptionSet) -> OptionSet {
        let places = (0_u8..).zip(&self.order);
        OptionSet::of(places.filter(|(_, option)| banked.has(**option)).map(|(place, _)| place))
    }
}

/// A paper (试卷) as dealt to one attempt.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Paper {
    pub bank: BankId,
    pub questions: Vec<DealtQuestion>,
}

impl Paper {
    pub fn question(&self, id: QuestionId) -> Option<&DealtQuestion> {
        self.questions.iter().find(|dealt| dealt.question == id)
    }

    /// Whole points of a perfect paper.
    pub fn points(&self) -> i64 {
        self.questions.iter().map(|dealt| i64::from(dealt.points)).sum()
    }
}

/// Deals a paper: the same `bank`, `blueprint` and `seed` (`ExamKey::seed`) give the same paper, always.
///
/// No question is dealt twice. Sections that ask for a difficulty choose before those that take any, so that a bank
/// which can fill the blueprint does. Options are shuffled, except right and wrong of a 判断.
pub fn deal(blueprint: &Blueprint, bank: &Bank, seed: [u8; 32]) -> Result<Paper, ExamRefusal> {
    blueprint.check(bank)?;
    let mut draw = Draw::new(seed);
    let mut left: Vec<&Question> = bank.questions().iter().collect();
    let mut chosen: Vec<Vec<&Question>> = vec![Vec::new(); blueprint.sections.len()];
    let (picky, easy): (Vec<_>, Vec<_>) =
        blueprint.sections.iter().enumerate().partition(|(_, section)| section.difficulty.is_some());
    for (place, section) in picky.into_iter().chain(easy) {
        chosen[place] = choose(&mut draw, &mut left, section);
    }
    let mut questions = Vec::with_capacity(blueprint.question_count());
    for (section, chosen) in blueprint.sections.iter().zip(chosen) {
        for question in chosen {
            let mut order: Vec<u8> = (0..question.options()).collect();
            if section.kind != QuestionKind::TrueFalse {
                let count = order.len();
                draw.draw_to_front(&mut order, count);
            }
            let (question, kind) = (question.id(), section.kind);
            questions.push(DealtQuestion { question, kind, points: section.points, order });
        }
    }
    Ok(Paper { bank: bank.id(), questions })
}

/// Takes the section's questions out of `left`.
fn choose<'a>(draw: &mut Draw, left: &mut Vec<&'a Question>, section: &Section) -> Vec<&'a Question> {
    let (mut fitting, others): (Vec<_>, Vec<_>) = left.iter().copied().partition(|question| section.takes(question));
    let count = usize::from(section.count);
    draw.draw_to_front(&mut fitting, count);
    let rest = fitting.split_off(count.min(fitting.len()));
    *left = others;
    left.extend(rest);
    fitting
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Twelve questions of each kind, difficulties 1 to 3 in turn; the key of 单选 is D, of 多选 A and C, of 判断 A.
    pub fn bank() -> Bank {
        let question = |raw: i64| {
            let (kind, options, key) = match raw / 12 {
                0 => (QuestionKind::Single, 4, "D"),
                1 => (QuestionKind::Multiple, 5, "AC"),
                _ => (QuestionKind::TrueFalse, 2, "A"),
            };
            let (id, difficulty) = (QuestionId::from_raw(raw + 1), (raw % 3) as u8 + 1);
            Question::new(id, kind, options, key.parse().unwrap(), difficulty, Vec::new()).unwrap()
        };
        Bank::freeze(BankId::from_raw(5), (0..36).rev().map(question).collect()).unwrap()
    }

    pub fn section(kind: QuestionKind, count: u16, points: u16, difficulty: Option<u8>) -> Section {
        Section { kind, count, points, difficulty }
    }

    pub fn blueprint(sections: Vec<Section>) -> Blueprint {
        Blueprint { sections, partial_credit: Default::default() }
    }

    /// Five of each kind: 4, 10 and 6 points, 100 together.
    pub fn hundred() -> Blueprint {
        blueprint(vec![
            section(QuestionKind::Single, 5, 4, None),
            section(QuestionKind::Multiple, 5, 10, None),
            section(QuestionKind::TrueFalse, 5, 6, None),
        ])
    }

    #[test]
    fn a_bank_too_small_is_refused_before_anybody_sits_down() {
        let wants = |sections| blueprint(sections).check(&bank());
        assert_eq!(wants(vec![section(QuestionKind::Single, 12, 1, None)]), Ok(()));
        let refusal = |wanted, found| Err(ExamRefusal::BankTooSmall { kind: QuestionKind::Single, wanted, found });
        assert_eq!(wants(vec![section(QuestionKind::Single, 13, 1, None)]), refusal(13, 12));
        assert_eq!(wants(vec![section(QuestionKind::Single, 5, 1, Some(2))]), refusal(5, 4));
        let together = vec![section(QuestionKind::Single, 9, 1, None), section(QuestionKind::Single, 4, 1, Some(1))];
        assert_eq!(wants(together), refusal(13, 12));
        let nothing = Err(ExamRefusal::BlueprintEmptyOrTooLong { most: 200 });
        assert_eq!(wants(Vec::new()), nothing);
        assert_eq!(wants(vec![section(QuestionKind::Single, 201, 1, None)]), nothing);
    }

    /// The general section stands first but must leave the four easy ones to the section that needs them.
    #[test]
    fn a_bank_that_can_fill_a_blueprint_does() {
        let tight =
            blueprint(vec![section(QuestionKind::Single, 8, 1, None), section(QuestionKind::Single, 4, 2, Some(1))]);
        for seed in 0..20 {
            let paper = deal(&tight, &bank(), [seed; 32]).unwrap();
            assert_eq!(paper.questions.len(), 12);
            let easy = &paper.questions[8..];
            assert!(easy.iter().all(|dealt| bank().question(dealt.question).unwrap().difficulty() == 1));
        }
    }

    /// Over many attempts each question must come up: neighbours in a room should not see the same paper.
    #[test]
    fn every_question_is_dealt_to_somebody() {
        let mut seen = std::collections::BTreeSet::new();
        let mut firsts = std::collections::BTreeSet::new();
        for seed in 0..60 {
            let paper = deal(&hundred(), &bank(), [seed; 32]).unwrap();
            seen.extend(paper.questions.iter().map(|dealt| dealt.question));
            firsts.insert(paper.questions[0].order.clone());
        }
        assert_eq!(seen.len(), 36);
        assert!(firsts.len() > 12, "{} orders of four options", firsts.len());
    }

    /// An appeal is judged on the paper dealt again; if dealing changed, every old paper would be another one.
    #[test]
    fn the_dealt_paper_is_pinned() {
        let paper = deal(&hundred(), &bank(), [1; 32]).unwrap();
        let ids: Vec<i64> = paper.questions.iter().map(|dealt| dealt.question.raw()).collect();
        assert_eq!(ids, PAPER_IDS);
        assert_eq!(paper.questions[5].order, PAPER_ORDER);
    }

    /// Computed apart, with Python's `hashlib`.
    const PAPER_IDS: [i64; 15] = [7, 3, 9, 8, 12, 18, 22, 17, 24, 23, 31, 28, 27, 26, 25];
    const PAPER_ORDER: [u8; 5] = [1, 0, 4, 3, 2];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_paper_is_what_its_blueprint_says(seed: [u8; 32], shown in 0..32_u16) {
            let paper = deal(&hundred(), &bank(), seed).unwrap();
            prop_assert_eq!(&paper, &deal(&hundred(), &bank(), seed).unwrap());
            prop_assert_eq!(paper.points(), 100);
            let ids: std::collections::BTreeSet<_> = paper.questions.iter().map(|dealt| dealt.question).collect();
            prop_assert_eq!(ids.len(), 15);
            for (place, dealt) in paper.questions.iter().enumerate() {
                let question = bank().question(dealt.question).cloned().unwrap();
                prop_assert_eq!(question.kind(), QuestionKind::ALL[place / 5]);
                let mut order = dealt.order.clone();
                order.sort_unstable();
                prop_assert_eq!(order, (0..question.options()).collect::<Vec<u8>>());
                let shown = OptionSet(shown & ((1 << question.options()) - 1));
                prop_assert_eq!(dealt.in_shown_order(dealt.in_bank_order(shown)), shown);
                prop_assert!(question.kind() != QuestionKind::TrueFalse || dealt.order == [0, 1]);
            }
        }

        /// A learner who reads the page's source must not find the answers in it.
        #[test]
        fn a_paper_holds_no_key(seed: [u8; 32]) {
            let json = serde_json::to_string(&deal(&hundred(), &bank(), seed).unwrap()).unwrap();
            prop_assert!(!json.contains("key"));
        }
    }
}
