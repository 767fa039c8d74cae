//! Questions with options, and the frozen bank they are dealt from.

use super::BankRefusal;
use crate::id::{BankId, QuestionId};
use std::fmt;
use std::str::FromStr;

/// The most options a question has: A to J.
pub const OPTIONS_MAX: u8 = 10;

/// The most questions of a frozen bank; more is a file imported by mistake.
const QUESTIONS_MAX: usize = 20_000;

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// 单选: exactly one option is right.
    Single,
    /// 多选: two options or more are right.
    Multiple,
    /// 判断: right or wrong; the two options keep their order.
    TrueFalse,
}

impl QuestionKind {
    pub const ALL: [Self; 3] = [Self::Single, Self::Multiple, Self::TrueFalse];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Multiple => "multiple",
            Self::TrueFalse => "true_false",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A set of options, one bit each: A is the lowest. Stored as its number, shown as letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct OptionSet(pub u16);

impl OptionSet {
    pub const NONE: Self = Self(0);

    /// Options given by their places from 0; places beyond `OPTIONS_MAX` are left out.
    pub fn of(places: impl IntoIterator<Item = u8>) -> Self {
        let bits = places.into_iter().filter(|place| *place < OPTIONS_MAX).map(|place| 1 << place);
        Self(bits.fold(0, |set, bit| set | bit))
    }

    pub fn has(self, place: u8) -> bool {
        place < OPTIONS_MAX && self.0 >> place & 1 == 1
    }

    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Every option of it is one of the first `options`.
    pub fn within(self, options: u8) -> bool {
        u32::from(self.0) < 1 << options
    }

    pub fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    pub fn places(self) -> impl Iterator<Item = u8> {
        (0..OPTIONS_MAX).filter(move |place| self.has(*place))
    }
}

impl fmt::Display for OptionSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.places().try_for_each(|place| write!(out, "{}", char::from(b'A' + place)))
    }
}

/// Reads letters as question lists write them: `A`, `acd`, `A,C、D`, `ＡＣ`.
impl FromStr for OptionSet {
    type Err = BankRefusal;

    fn from_str(text: &str) -> Result<Self, BankRefusal> {
        let mut places = Vec::with_capacity(4);
        for letter in text.chars().filter(|letter| !" ,，、;；".contains(*letter)) {
            let place = match letter {
                'A'..='J' => letter as u32 - 'A' as u32,
                'a'..='j' => letter as u32 - 'a' as u32,
                'Ａ'..='Ｊ' => letter as u32 - 'Ａ' as u32,
                _ => {
                    return Err(BankRefusal::KeyUnreadable { key: text.chars().take(20).collect() });
                }
            };
            places.push(place as u8);
        }
        Ok(Self::of(places))
    }
}

/// A question (试题) as rules see it: its words live in the bank's text, which no rule reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    id: QuestionId,
    kind: QuestionKind,
    options: u8,
    key: OptionSet,
    difficulty: u8,
    tags: Vec<String>,
}

impl Question {
    /// Checks that the question can be answered: 2 to 10 options, a key among them that fits the kind, a difficulty
    /// from 1 (easy) to 5.
    pub fn new(
        id: QuestionId,
        kind: QuestionKind,
        options: u8,
        key: OptionSet,
        difficulty: u8,
        tags: Vec<String>,
    ) -> Result<Self, BankRefusal> {
        let options_fit = match kind {
            QuestionKind::Single | QuestionKind::Multiple => (2..=OPTIONS_MAX).contains(&options),
            QuestionKind::TrueFalse => options == 2,
        };
        if !options_fit {
            return Err(BankRefusal::OptionsOutOfRange { question: id, options });
        }
        let key_fits = match kind {
            QuestionKind::Single | QuestionKind::TrueFalse => key.count() == 1,
            QuestionKind::Multiple => key.count() >= 2,
        };
        if !key_fits || !key.within(options) {
            return Err(BankRefusal::KeyDoesNotFit { question: id, key });
        }
        if !(1..=5).contains(&difficulty) {
            return Err(BankRefusal::DifficultyOutOfRange { question: id, difficulty });
        }
        Ok(Self { id, kind, options, key, difficulty, tags })
    }

    pub fn id(&self) -> QuestionId {
        self.id
    }

    pub fn kind(&self) -> QuestionKind {
        self.kind
    }

    pub fn options(&self) -> u8 {
        self.options
    }

    /// The right options, in the order of the bank. It never leaves the server before the attempt is graded.
    pub fn key(&self) -> OptionSet {
        self.key
    }

    pub fn difficulty(&self) -> u8 {
        self.difficulty
    }

    pub fn tags(&self) -> &[String] {
        &self.tags
    }
}

/// A frozen version of a question bank (题库): editing makes a new one, so a running exam never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bank {
    id: BankId,
    /// Sorted by id, so that the order in which a store returned them deals no other paper.
    questions: Vec<Question>,
}

impl Bank {
    /// Freezes `questions`. Refuses a question that stands in it twice.
    pub fn freeze(id: BankId, mut questions: Vec<Question>) -> Result<Self, BankRefusal> {
        if questions.len() > QUESTIONS_MAX {
            return Err(BankRefusal::TooLarge { most: QUESTIONS_MAX });
        }
        questions.sort_by_key(Question::id);
        match questions.windows(2).find(|pair| pair[0].id == pair[1].id) {
            Some(pair) => Err(BankRefusal::Duplicate { question: pair[0].id }),
            None => Ok(Self { id, questions }),
        }
    }

    pub fn id(&self) -> BankId {
        self.id
    }

    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    pub fn question(&self, id: QuestionId) -> Option<&Question> {
        let place = self.questions.binary_search_by_key(&id, Question::id);
        place.ok().map(|place| &self.questions[place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: QuestionKind, options: u8, key: &str) -> Result<Question, BankRefusal> {
        Question::new(QuestionId::from_raw(1), kind, options, key.parse().unwrap(), 3, Vec::new())
    }

    /// A question nobody can answer right fails everybody who draws it.
    #[test]
    fn a_question_without_a_possible_answer_is_refused() {
        use QuestionKind::*;
        for (kind, options, key) in [(Single, 4, "A"), (Multiple, 4, "AD"), (TrueFalse, 2, "B"), (Multiple, 2, "AB")] {
            assert!(question(kind, options, key).is_ok());
        }
        for (kind, options, key) in [(Single, 4, "AB"), (Single, 4, ""), (Multiple, 4, "A"), (Single, 3, "D")] {
            let refusal = question(kind, options, key).unwrap_err();
            assert!(matches!(refusal, BankRefusal::KeyDoesNotFit { .. }), "{refusal:?}");
        }
        for (kind, options) in [(Single, 1), (Single, 11), (TrueFalse, 3)] {
            let refusal = question(kind, options, "A").unwrap_err();
            assert!(matches!(refusal, BankRefusal::OptionsOutOfRange { .. }), "{refusal:?}");
        }
        let hard = Question::new(QuestionId::from_raw(1), Single, 4, OptionSet(1), 6, Vec::new());
        assert!(matches!(hard, Err(BankRefusal::DifficultyOutOfRange { difficulty: 6, .. })));
    }

    /// Units send lists typed in every way a Chinese keyboard allows.
    #[test]
    fn keys_are_read_as_people_write_them() {
        for text in ["ACD", "acd", "A、C、D", "A, C，D", "ＡＣＤ", "DCA"] {
            assert_eq!(text.parse::<OptionSet>().unwrap().to_string(), "ACD");
        }
        assert!(matches!("对".parse::<OptionSet>(), Err(BankRefusal::KeyUnreadable { .. })));
    }

    #[test]
    fn a_bank_holds_each_question_once_and_finds_it() {
        let one = question(QuestionKind::Single, 4, "A").unwrap();
        let twice = Bank::freeze(BankId::from_raw(1), vec![one.clone(), one.clone()]);
        assert_eq!(twice, Err(BankRefusal::Duplicate { question: one.id() }));
        let bank = Bank::freeze(BankId::from_raw(1), vec![one.clone()]).unwrap();
        assert_eq!(bank.question(one.id()), Some(&one));
        assert_eq!(bank.question(QuestionId::from_raw(2)), None);
    }
}
