//! Words: two languages, checked when the program is built (see `build.rs`).

use jixue_core::org::Industry;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    #[default]
    ZhCn,
    En,
}

impl Locale {
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "zh-CN" => Some(Self::ZhCn),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

/// All sentences of one language; a method each, named `file_key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Texts {
    pub locale: Locale,
}

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

impl Texts {
    pub const fn of(locale: Locale) -> Self {
        Self { locale }
    }

    /// The sentence of a code (a refusal, a decision, a state), with its arguments put in.
    ///
    /// An unknown code gives the code itself: a test holds that no refusal is without words.
    pub fn code(&self, code: &str, arguments: &[(&str, String)]) -> String {
        let Ok(index) = CODES.binary_search_by(|(key, _, _)| (*key).cmp(code)) else {
            return code.to_owned();
        };
        let mut sentence = match self.locale {
            Locale::ZhCn => CODES[index].1,
            Locale::En => CODES[index].2,
        }
        .to_owned();
        for (name, value) in arguments {
            sentence = sentence.replace(&format!("{{{name}}}"), value);
        }
        sentence
    }

    /// A code without arguments; for templates.
    pub fn say(&self, code: &str) -> String {
        self.code(code, &[])
    }

    /// The name of an industry system.
    pub fn industry(&self, industry: Industry) -> &'static str {
        match industry {
            Industry::Education => self.registry_industry_education(),
            Industry::Health => self.registry_industry_health(),
            Industry::Agriculture => self.registry_industry_agriculture(),
            Industry::Construction => self.registry_industry_construction(),
            Industry::Manufacturing => self.registry_industry_manufacturing(),
            Industry::Culture => self.registry_industry_culture(),
            Industry::Services => self.registry_industry_services(),
            Industry::Government => self.registry_industry_government(),
            Industry::Other => self.registry_industry_other(),
        }
    }

    /// A place, and before it the industry system that a grant there is bound to: 卫生 · 北湖区.
    pub fn industry_at(&self, industry: Option<&str>, place: &str) -> String {
        match industry.and_then(Industry::from_code) {
            Some(industry) => format!("{} · {place}", self.industry(industry)),
            None => place.to_owned(),
        }
    }

    /// The one of two stored texts that fits the language; Chinese where English is missing.
    pub fn pick<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.locale {
            Locale::En if !en.is_empty() => en,
            _ => zh,
        }
    }

    /// True when words stand for `code`.
    pub fn knows(code: &str) -> bool {
        CODES.binary_search_by(|(key, _, _)| (*key).cmp(code)).is_ok()
    }
}
