//! Points for answers.

use super::{AnswerSheet, Bank, ExamRefusal, OptionSet, Paper, PartialCredit, Question};

/// What a paper came to. Counted in half points, since half a point can be earned and no fraction else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Score {
    pub half_points: i64,
    /// Of a perfect paper.
    pub half_points_max: i64,
}

impl Score {
    /// On the scale of a hundred that people know, rounded down: 59.9 is not 60.
    pub fn percent(self) -> i64 {
        self.half_points * 100 / self.half_points_max.max(1)
    }

    /// Whether it reaches `pass_score` of a hundred, exactly.
    pub fn reaches(self, pass_score: i64) -> bool {
        self.half_points_max > 0 && self.half_points * 100 >= pass_score * self.half_points_max
    }
}

/// Grades what `sheet` holds. Questions without an answer earn nothing and cost nothing.
///
/// Refuses a bank that does not hold the paper's questions: it is another version, and grading by it would be unjust.
pub fn grade(paper: &Paper, bank: &Bank, sheet: &AnswerSheet, partial: PartialCredit) -> Result<Score, ExamRefusal> {
    let mut half_points = 0;
    for dealt in &paper.questions {
        let question = bank.question(dealt.question).filter(|_| bank.id() == paper.bank);
        let question = question.ok_or(ExamRefusal::BankDiffers { bank: paper.bank })?;
        let chosen = dealt.in_bank_order(sheet.chosen(dealt.question));
        half_points += i64::from(dealt.points) * halves(question, chosen, partial);
    }
    Ok(Score { half_points, half_points_max: paper.points() * 2 })
}

/// 2 for right, 1 for right but incomplete where that counts, else 0.
fn halves(question: &Question, chosen: OptionSet, partial: PartialCredit) -> i64 {
    let incomplete = !chosen.is_empty() && chosen.is_subset(question.key());
    match partial {
        _ if chosen == question.key() => 2,
        PartialCredit::HalfForMissing if incomplete => 1,
        PartialCredit::HalfForMissing | PartialCredit::None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::paper::tests::{bank, hundred};
    use super::super::{QuestionKind, deal};
    use super::*;
    use proptest::prelude::*;

    fn sheet(paper: &Paper, answer: impl Fn(&Question) -> OptionSet) -> AnswerSheet {
        let mut sheet = AnswerSheet::default();
        for dealt in &paper.questions {
            let chosen = dealt.in_shown_order(answer(bank().question(dealt.question).unwrap()));
            sheet.save(paper, dealt.question, 1, chosen).unwrap();
        }
        sheet
    }

    /// However the options are shuffled, who knows everything has full marks and who knows nothing has none.
    #[test]
    fn right_is_right_in_every_order() {
        for seed in 0..20 {
            let paper = deal(&hundred(), &bank(), [seed; 32]).unwrap();
            let all = grade(&paper, &bank(), &sheet(&paper, Question::key), PartialCredit::None).unwrap();
            assert_eq!((all.percent(), all.reaches(100)), (100, true));
            let wrong = |question: &Question| {
                OptionSet::of((0..question.options()).filter(|at| !question.key().has(*at)).take(1))
            };
            for partial in [PartialCredit::None, PartialCredit::HalfForMissing] {
                let none = grade(&paper, &bank(), &sheet(&paper, wrong), partial).unwrap();
                assert_eq!(none.half_points, 0);
                assert_eq!(grade(&paper, &bank(), &AnswerSheet::default(), partial).unwrap(), none);
            }
        }
    }

    /// 多选: one of two right options is worth nothing or half, as the rule says; with a wrong one beside it, nothing.
    #[test]
    fn an_incomplete_answer_earns_what_the_rule_says() {
        let paper = deal(&hundred(), &bank(), [1; 32]).unwrap();
        let only = |options: &'static str| {
            move |question: &Question| match question.kind() {
                QuestionKind::Multiple => options.parse().unwrap(),
                QuestionKind::Single | QuestionKind::TrueFalse => OptionSet::NONE,
            }
        };
        let points =
            |options, partial| grade(&paper, &bank(), &sheet(&paper, only(options)), partial).unwrap().percent();
        assert_eq!(points("AC", PartialCredit::HalfForMissing), 50);
        assert_eq!(points("A", PartialCredit::HalfForMissing), 25);
        assert_eq!(points("A", PartialCredit::None), 0);
        assert_eq!(points("ACD", PartialCredit::HalfForMissing), 0);
        assert_eq!(points("AD", PartialCredit::HalfForMissing), 0);
    }

    /// The bank was edited while people sat: they are graded by the version they were dealt from, or not at all.
    #[test]
    fn another_version_of_the_bank_does_not_grade() {
        let paper = deal(&hundred(), &bank(), [1; 32]).unwrap();
        let newer = Bank::freeze(crate::id::BankId::from_raw(6), bank().questions().to_vec()).unwrap();
        let refusal = grade(&paper, &newer, &AnswerSheet::default(), PartialCredit::None);
        assert_eq!(refusal, Err(ExamRefusal::BankDiffers { bank: paper.bank }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The pass mark is a line, not a rounding: 59.5 of 100 is not 60.
        #[test]
        fn passing_is_judged_exactly(half_points in 0..=200_i64, pass in 0..=100_i64) {
            let score = Score { half_points, half_points_max: 200 };
            prop_assert_eq!(score.reaches(pass), half_points >= 2 * pass);
            prop_assert!(score.percent() * 2 <= half_points && half_points < score.percent() * 2 + 2);
        }
    }
}
