//! Words of the catalogue, in both languages.

use crate::i18n::Texts;

/// A text in Chinese and, where somebody has written it, in English; an empty English one shows the Chinese.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Bilingual {
    pub zh: String,
    #[serde(default)]
    pub en: String,
}

impl Bilingual {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The one in the reader's language.
    pub fn pick<'a>(&'a self, texts: &Texts) -> &'a str {
        texts.pick(&self.zh, &self.en)
    }
}
