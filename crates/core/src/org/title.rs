//! Professional titles (职称): a series of the national list and a level in it.

/// The five levels of every series, highest first.
///
/// Source: 《职称系列（专业）各层级名称》, Ministry of Human Resources and Social Security, 2021-11-02.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TitleLevel {
    /// 正高级.
    Senior,
    /// 副高级.
    DeputySenior,
    /// 中级.
    Intermediate,
    /// 助理级.
    Assistant,
    /// 员级.
    Technician,
}

/// A person's current title: the code of its series, and the level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    pub series: String,
    pub level: TitleLevel,
}

impl TitleLevel {
    pub const ALL: [Self; 5] =
        [Self::Senior, Self::DeputySenior, Self::Intermediate, Self::Assistant, Self::Technician];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Senior => "senior",
            Self::DeputySenior => "deputy_senior",
            Self::Intermediate => "intermediate",
            Self::Assistant => "assistant",
            Self::Technician => "technician",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.code() == code)
    }

    /// Reads a roster's word: 正高级, 副高级, 中级, 助理级, 员级, with or without 级, or the code.
    ///
    /// 高级 and 初级 each stand for two levels of the list, so they are not guessed at.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.strip_suffix('级').unwrap_or(word) {
            "正高" => Some(Self::Senior),
            "副高" => Some(Self::DeputySenior),
            "中" => Some(Self::Intermediate),
            "助理" => Some(Self::Assistant),
            "员" => Some(Self::Technician),
            code => Self::from_code(code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_is_read_by_word_and_code() {
        for (level, word) in TitleLevel::ALL.into_iter().zip(["正高级", "副高级", "中级", "助理级", "员级"])
        {
            assert_eq!(TitleLevel::from_word(word), Some(level));
            assert_eq!(TitleLevel::from_word(level.code()), Some(level));
        }
        assert_eq!(TitleLevel::from_word("副高"), Some(TitleLevel::DeputySenior));
    }

    /// A guess here would put a person before the wrong review board.
    #[test]
    fn words_for_two_levels_are_not_guessed() {
        for word in ["高级", "初级", "", "级", "主任"] {
            assert_eq!(TitleLevel::from_word(word), None, "{word}");
        }
    }
}
