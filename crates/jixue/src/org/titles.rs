//! The series of professional titles (职称系列): their codes, and what their levels are called.
//!
//! Source: 《职称系列（专业）各层级名称》, Ministry of Human Resources and Social Security, 2021-11-02.

use crate::i18n::{Locale, Texts};
use jixue_core::org::TitleLevel;
use serde::Deserialize;
use std::sync::OnceLock;

/// A word in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Words {
    pub zh: String,
    pub en: String,
}

impl Words {
    pub fn say(&self, t: &Texts) -> &str {
        t.pick(&self.zh, &self.en)
    }
}

/// A series with its branches.
#[derive(Debug, Clone, Deserialize)]
pub struct Series {
    /// Two digits.
    pub code: String,
    pub name: Words,
    #[serde(default, rename = "track")]
    pub tracks: Vec<Track>,
}

/// A branch of a series whose levels have names of their own, as 医疗 and 护理 have in 卫生技术.
#[derive(Debug, Clone, Deserialize)]
pub struct Track {
    pub name: Words,
    senior: Option<Words>,
    #[serde(alias = "associate_senior")]
    deputy_senior: Option<Words>,
    intermediate: Option<Words>,
    assistant: Option<Words>,
    technician: Option<Words>,
}

impl Track {
    /// What a level is called here, if the branch has it.
    pub fn level(&self, level: TitleLevel) -> Option<&Words> {
        match level {
            TitleLevel::Senior => self.senior.as_ref(),
            TitleLevel::DeputySenior => self.deputy_senior.as_ref(),
            TitleLevel::Intermediate => self.intermediate.as_ref(),
            TitleLevel::Assistant => self.assistant.as_ref(),
            TitleLevel::Technician => self.technician.as_ref(),
        }
    }
}

#[derive(Deserialize)]
struct List {
    series: Vec<Series>,
}

/// Every series of the list, by code; the entry for `no title yet` is left out.
///
/// # Panics
/// Never: the list is part of the program and a test reads it.
pub fn all() -> &'static [Series] {
    static LIST: OnceLock<Vec<Series>> = OnceLock::new();
    LIST.get_or_init(|| {
        let text = include_str!("../sample/content/title_series.toml");
        let list: List = toml::from_str(text).expect("the list of title series is well formed");
        list.series.into_iter().filter(|series| !series.tracks.is_empty()).collect()
    })
}

/// The code of a series by its code or its name in either language.
pub fn code_of(word: &str) -> Option<String> {
    let word = word.trim();
    let is_named =
        |series: &&Series| series.code == word || series.name.zh == word || series.name.en.eq_ignore_ascii_case(word);
    all().iter().find(is_named).map(|series| series.code.clone())
}

/// Series and level of the name of a title, such as 主治医师; `series` narrows the search when it is given.
///
/// Nothing when the name means several: 研究员 stands in two series.
pub fn by_title_name(title: &str, series: Option<&str>) -> Option<(&'static str, TitleLevel)> {
    let mut found = None;
    for candidate in all().iter().filter(|candidate| series.is_none_or(|code| code == candidate.code)) {
        for track in &candidate.tracks {
            for level in TitleLevel::ALL {
                let here = track.level(level).is_some_and(|name| name.zh == title);
                match found {
                    _ if !here => {}
                    None => found = Some((candidate.code.as_str(), level)),
                    Some(before) if before == (candidate.code.as_str(), level) => {}
                    Some(_) => return None,
                }
            }
        }
    }
    found
}

/// What a person's title is called on pages: `卫生技术 · 中级`; empty for none.
pub fn words(t: &Texts, series: &str, level: &str) -> String {
    let series = all().iter().find(|candidate| candidate.code == series);
    let (Some(series), Some(level)) = (series, TitleLevel::from_code(level)) else {
        return String::new();
    };
    let separator = if t.locale == Locale::En { ", " } else { " · " };
    format!("{}{separator}{}", series.name.say(t), level_word(t, level))
}

/// A level by its English name or its code; the Chinese words are the core's own.
pub fn level_of(word: &str) -> Option<TitleLevel> {
    let english = Texts::of(Locale::En);
    let is_named = |level: &TitleLevel| level_word(&english, *level).eq_ignore_ascii_case(word);
    TitleLevel::from_word(word).or_else(|| TitleLevel::ALL.into_iter().find(is_named))
}

/// The name of a level, in words.
pub fn level_word(t: &Texts, level: TitleLevel) -> &'static str {
    match level {
        TitleLevel::Senior => t.org_level_senior(),
        TitleLevel::DeputySenior => t.org_level_deputy_senior(),
        TitleLevel::Intermediate => t.org_level_intermediate(),
        TitleLevel::Assistant => t.org_level_assistant(),
        TitleLevel::Technician => t.org_level_technician(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_every_series_once_with_at_least_three_levels() {
        let mut codes: Vec<&str> = all().iter().map(|series| series.code.as_str()).collect();
        assert_eq!(codes.len(), 27);
        codes.dedup();
        assert_eq!(codes.len(), 27);
        for track in all().iter().flat_map(|series| &series.tracks) {
            let levels = TitleLevel::ALL.into_iter().filter(|level| track.level(*level).is_some()).count();
            assert!(levels >= 3, "{}", track.name.zh);
        }
    }

    #[test]
    fn a_series_is_found_by_code_and_name() {
        for word in ["04", "卫生技术", " 卫生技术 ", "health", "Health"] {
            assert_eq!(code_of(word).as_deref(), Some("04"), "{word}");
        }
        assert_eq!(code_of("00"), None);
        assert_eq!(code_of("卫生"), None);
    }

    /// Hospitals write what the contract says, 主治医师; a name of two series must not be guessed at.
    #[test]
    fn the_name_of_a_title_gives_series_and_level_when_it_means_one() {
        assert_eq!(by_title_name("主治医师", None), Some(("04", TitleLevel::Intermediate)));
        assert_eq!(by_title_name("副主任护师", Some("04")), Some(("04", TitleLevel::DeputySenior)));
        assert_eq!(by_title_name("研究员", None), None);
        assert_eq!(by_title_name("研究员", Some("03")), Some(("03", TitleLevel::Senior)));
        assert_eq!(by_title_name("主治医师", Some("03")), None);
        assert_eq!(by_title_name("", None), None);
    }
}
