//! The sample's content as it is written: TOML, Markdown, films and captions, read from what the program carries.

use crate::catalog::Bilingual;
use anyhow::Context;
use bytes::Bytes;
use jixue_core::assessment::QuestionKind;
use jixue_core::catalog::LessonKind;
use jixue_core::study::Subject;
use rust_embed::RustEmbed;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(RustEmbed)]
#[folder = "src/sample/content/"]
struct Content;

#[derive(RustEmbed)]
#[folder = "media/"]
struct Media;

/// The short names of the sample's courses, in the order they are offered.
pub(super) const COURSES: [&str; 2] = ["ai-large-models", "emergency-response"];

/// A text file of the content.
pub(super) fn text(path: &str) -> anyhow::Result<String> {
    let file = Content::get(path).with_context(|| format!("content {path}"))?;
    String::from_utf8(file.data.into_owned()).with_context(|| format!("content {path}"))
}

/// A film or its captions.
pub(super) fn media(name: &str) -> anyhow::Result<Bytes> {
    let file = Media::get(name).with_context(|| format!("media {name}"))?;
    Ok(file.data.into_owned().into())
}

/// A TOML file of the content.
pub(super) fn table<T: DeserializeOwned>(path: &str) -> anyhow::Result<T> {
    toml::from_str(&text(path)?).with_context(|| format!("content {path}"))
}

#[derive(Deserialize)]
pub(super) struct Regions {
    pub bureau: Bureau,
    pub region: Vec<Region>,
}

#[derive(Deserialize)]
pub(super) struct Bureau {
    pub region: String,
    pub uscc: String,
    pub name: Bilingual,
    pub certificate_prefix: String,
}

/// A region with its share of the sample's people.
#[derive(Deserialize)]
pub(super) struct Region {
    pub code: String,
    /// `city` or `county`.
    pub level: String,
    pub name: Bilingual,
    #[serde(default)]
    pub weight: u32,
}

#[derive(Deserialize)]
pub(super) struct Bases {
    pub base: Vec<Base>,
}

#[derive(Deserialize)]
pub(super) struct Base {
    pub slug: String,
    pub kind: String,
    pub name: Bilingual,
    pub uscc: String,
    pub receipt_kind: String,
}

#[derive(Deserialize)]
pub(super) struct Fees {
    pub fee: Vec<Fee>,
}

#[derive(Deserialize)]
pub(super) struct Fee {
    pub subject: Subject,
    pub amount_fen: i64,
    /// The base that is paid.
    pub payee: String,
}

#[derive(Deserialize)]
pub(super) struct Names {
    pub surnames: Vec<Surname>,
    pub given: Vec<GivenNames>,
}

#[derive(Deserialize)]
pub(super) struct Surname {
    pub name: String,
    pub weight: u32,
}

#[derive(Deserialize)]
pub(super) struct GivenNames {
    /// `male` or `female`.
    pub sex: String,
    pub born_from: i64,
    pub born_until: i64,
    pub names: Vec<String>,
}

/// Patterns of units, and how people spread over them.
#[derive(Deserialize)]
pub(super) struct Units {
    pub ownership: Vec<Ownership>,
    pub levels: Vec<LevelShare>,
    pub stems: Vec<Bilingual>,
    pub matters: Vec<Bilingual>,
    pub kind: Vec<UnitKind>,
}

#[derive(Deserialize)]
pub(super) struct Ownership {
    /// `public` or `enterprise`.
    pub kind: String,
    pub learners: u32,
    pub size_sigma_hundredths: u32,
}

#[derive(Deserialize)]
pub(super) struct LevelShare {
    pub level: String,
    pub basis_points: u32,
}

#[derive(Deserialize)]
pub(super) struct UnitKind {
    pub slug: String,
    /// Code of the industry system.
    pub industry: String,
    pub ownership: String,
    pub uscc_prefix: String,
    pub learners_weight: u32,
    pub learners_median: u32,
    pub city_level_percent: u32,
    pub patterns: Vec<Bilingual>,
    pub departments: Vec<Bilingual>,
    pub series: Vec<SeriesShare>,
}

#[derive(Deserialize)]
pub(super) struct SeriesShare {
    pub code: String,
    pub basis_points: u32,
}

#[derive(Deserialize)]
pub(super) struct Course {
    pub slug: String,
    pub subject: Subject,
    pub training_base: String,
    pub title: Bilingual,
    pub summary: Bilingual,
    pub chapter: Vec<Chapter>,
}

#[derive(Deserialize)]
pub(super) struct Chapter {
    pub title: Bilingual,
    pub lesson: Vec<Lesson>,
}

#[derive(Deserialize)]
pub(super) struct Lesson {
    pub slug: String,
    pub kind: LessonKind,
    pub title: Bilingual,
    pub credit_seconds: i64,
    #[serde(default)]
    pub length_ms: i64,
    pub media: Option<String>,
    pub captions: Option<Bilingual>,
    #[serde(default)]
    pub captions_on: bool,
    pub text: Option<Bilingual>,
    pub picture: Option<String>,
    pub paper: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Questions {
    pub question: Vec<Question>,
}

#[derive(Deserialize)]
pub(super) struct Question {
    pub kind: QuestionKind,
    pub tags: Vec<String>,
    pub difficulty: u8,
    pub stem: Bilingual,
    pub options: Vec<Bilingual>,
    /// Places of the right options, from 0.
    pub answers: Vec<u8>,
    pub explanation: Bilingual,
}

#[derive(Deserialize)]
pub(super) struct Papers {
    pub paper: Vec<Paper>,
}

#[derive(Deserialize)]
pub(super) struct Paper {
    pub slug: String,
    /// `public_subject` or `chapter`.
    pub scope: String,
    pub title: Bilingual,
    pub minutes: i64,
    pub pass_points: i64,
    pub section: Vec<PaperSection>,
}

#[derive(Deserialize)]
pub(super) struct PaperSection {
    pub kind: QuestionKind,
    pub tag: String,
    pub count: u16,
    pub points_each: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slip in a TOML file must fail here, not on the first start of a stranger's demo.
    #[test]
    fn all_content_is_read_and_every_file_it_names_is_there() {
        assert_eq!(table::<Regions>("regions.toml").unwrap().region.len(), 12);
        assert_eq!(table::<Bases>("bases.toml").unwrap().base.len(), 2);
        assert!(!table::<Fees>("fees.toml").unwrap().fee.is_empty());
        assert!(!table::<Names>("names.toml").unwrap().given.is_empty());
        assert!(!table::<Units>("units.toml").unwrap().kind.is_empty());
        for slug in COURSES {
            let course: Course = table(&format!("courses/{slug}/course.toml")).unwrap();
            let lessons = course.chapter.iter().flat_map(|chapter| &chapter.lesson);
            for lesson in lessons {
                for name in lesson.media.iter().chain(lesson.captions.iter().flat_map(|words| [&words.zh, &words.en])) {
                    assert!(!media(name).unwrap().is_empty(), "{name}");
                }
                let texts = lesson.text.iter().flat_map(|words| [&words.zh, &words.en]);
                for name in texts.chain(&lesson.picture) {
                    assert!(!text(&format!("courses/{slug}/{name}")).unwrap().is_empty(), "{name}");
                }
            }
        }
    }

    #[test]
    fn the_banks_hold_at_least_thirty_questions_of_each_course() {
        let count = |slug| table::<Questions>(&format!("courses/{slug}/questions.toml")).unwrap().question.len();
        let counts = COURSES.map(count);
        assert!(counts.iter().sum::<usize>() >= 30, "{counts:?}");
    }

    #[test]
    fn shares_of_titles_add_up() {
        let units: Units = table("units.toml").unwrap();
        assert_eq!(units.levels.iter().map(|share| share.basis_points).sum::<u32>(), 10_000);
        for kind in &units.kind {
            assert_eq!(kind.series.iter().map(|share| share.basis_points).sum::<u32>(), 10_000, "{}", kind.slug);
        }
    }
}
