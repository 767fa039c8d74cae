//! A place's rules of hours for one programme year, as data: no county, city or province stands in the code.
//!
//! Expressible: the national regulation (90 hours, two thirds professional), Hunan 2025 (90; public 30, professional
//! 60), Guangdong since 2021 (90; 30; 42, the 18 elective hours being whatever fills the total), Henan 2017 (90; 24;
//! two thirds), Chongqing 2010 (80). Not yet: requirements over several years, as in Shanghai's three-year cycle or
//! Beijing's appointment term.

use super::hours::{HourMeasure, Hours};
use super::refusal::RuleSetRefusal;
use crate::fact::CreditSource;
use crate::study::StudySeconds;
use crate::time::{BusinessDate, Year};

/// Where recognised hours may come from, for a rule that counts some and not others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A lesson completed here.
    Lesson,
    /// A list imported and confirmed by an officer.
    Confirmed,
}

impl SourceKind {
    pub const fn of(source: &CreditSource) -> Self {
        match source {
            CreditSource::Lesson { .. } => Self::Lesson,
            CreditSource::Confirmed { .. } => Self::Confirmed,
        }
    }

    pub const fn code(self) -> &'static str {
        match self {
            Self::Lesson => "lesson",
            Self::Confirmed => "confirmed",
        }
    }
}

/// A least number of hours: `60`, or a share of the year's total as an exact fraction, `{ numerator = 2,
/// denominator = 3 }` (two thirds has no basis points).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum HoursRequired {
    Hours(i64),
    ShareOfTotal { numerator: i64, denominator: i64 },
}

/// The rules of one programme year (年度).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    pub name_zh: String,
    pub name_en: String,
    pub year: Year,
    /// Hours required in all. Every recognised hour counts to it, public hours beyond their own requirement too.
    pub total_hours_min: i64,
    /// 公需科目.
    pub public_hours_min: HoursRequired,
    /// 专业科目.
    pub professional_hours_min: HoursRequired,
    /// Minutes of study in one hour.
    pub minutes_per_hour: i64,
    /// The step in which hours are counted, in hundredths of an hour; the year's sum is rounded down to it.
    pub granularity: i64,
    /// The most hours of study here on one day, if the rules set any.
    #[serde(default)]
    pub day_cap_hours: Option<i64>,
    /// Whether the public subject needs its test passed.
    pub exam_required: bool,
    /// Of a hundred.
    pub exam_pass_score: i64,
    /// Attempts within the year; as many as it takes when absent.
    #[serde(default)]
    pub exam_attempts_max: Option<i64>,
    pub counted_sources: Vec<SourceKind>,
    /// The first day on which study counts for this year.
    pub opens_on: BusinessDate,
    /// The last day; it may lie in the next year.
    pub closes_on: BusinessDate,
    pub legal_basis_zh: String,
    pub legal_basis_en: String,
}

impl RuleSet {
    /// Refuses rules nobody could meet or that contradict themselves, by the name of the field.
    pub fn check(self) -> Result<Self, RuleSetRefusal> {
        let total = Hours::whole(self.total_hours_min);
        let share_fits = |required: HoursRequired| match required {
            HoursRequired::Hours(hours) => hours >= 0 && Hours::whole(hours) <= total,
            HoursRequired::ShareOfTotal { numerator, denominator } => {
                (1..=1_000).contains(&denominator) && (0..=denominator).contains(&numerator)
            }
        };
        let text_fits = |text: &String| !text.trim().is_empty() && text.chars().count() <= 500;
        let (public, professional) = (self.public_hours_min, self.professional_hours_min);
        let parts_fit = || self.required_seconds(public).0 + self.required_seconds(professional).0;
        let seconds_per_hour = self.minutes_per_hour * 60;
        let checks = [
            ("name_zh", text_fits(&self.name_zh)),
            ("name_en", text_fits(&self.name_en)),
            ("year", (2015..=2100).contains(&self.year.0)),
            ("total_hours_min", (1..=1_000).contains(&self.total_hours_min)),
            ("minutes_per_hour", (30..=60).contains(&self.minutes_per_hour)),
            ("public_hours_min", share_fits(public)),
            ("professional_hours_min", share_fits(professional)),
            (
                "granularity",
                [10, 20, 25, 50, 100].contains(&self.granularity) && seconds_per_hour * self.granularity % 100 == 0,
            ),
            ("day_cap_hours", self.day_cap_hours.is_none_or(|hours| (1..=24).contains(&hours))),
            ("exam_pass_score", (1..=100).contains(&self.exam_pass_score)),
            ("exam_attempts_max", self.exam_attempts_max.is_none_or(|most| (1..=1_000).contains(&most))),
            ("counted_sources", !self.counted_sources.is_empty()),
            ("opens_on", self.opens_on.year() == self.year.0),
            ("closes_on", self.closes_on >= self.opens_on && self.closes_on.year() <= self.year.0 + 1),
            ("legal_basis_zh", text_fits(&self.legal_basis_zh)),
            ("legal_basis_en", text_fits(&self.legal_basis_en)),
        ];
        if let Some((field, _)) = checks.into_iter().find(|(_, fits)| !fits) {
            return Err(RuleSetRefusal::OutOfRange { field });
        }
        if parts_fit() > self.total_required().0 {
            return Err(RuleSetRefusal::PartsExceedTotal { total: self.total_hours_min });
        }
        Ok(self)
    }

    pub fn measure(&self) -> HourMeasure {
        HourMeasure { minutes_per_hour: self.minutes_per_hour, granularity: self.granularity }
    }

    pub fn total_required(&self) -> StudySeconds {
        StudySeconds::from_hours(self.total_hours_min, self.minutes_per_hour)
    }

    pub fn public_required(&self) -> StudySeconds {
        self.required_seconds(self.public_hours_min)
    }

    pub fn professional_required(&self) -> StudySeconds {
        self.required_seconds(self.professional_hours_min)
    }

    /// A share is rounded up to a whole second: "at least two thirds" is not met a second before.
    fn required_seconds(&self, required: HoursRequired) -> StudySeconds {
        match required {
            HoursRequired::Hours(hours) => StudySeconds::from_hours(hours, self.minutes_per_hour),
            HoursRequired::ShareOfTotal { numerator, denominator } => {
                let parts = self.total_required().0 * numerator;
                StudySeconds((parts + denominator - 1) / denominator)
            }
        }
    }

    /// The day's cap for the beat protocol, in seconds.
    pub fn day_cap_seconds(&self) -> Option<i64> {
        self.day_cap_hours.map(|hours| StudySeconds::from_hours(hours, self.minutes_per_hour).0)
    }

    /// Whether study on `day` counts for this year.
    pub fn is_open(&self, day: BusinessDate) -> bool {
        (self.opens_on..=self.closes_on).contains(&day)
    }

    pub fn counts(&self, source: &CreditSource) -> bool {
        self.counted_sources.contains(&SourceKind::of(source))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The rules in JSON with the parts that differ from place to place put in.
    pub fn rules(total: i64, public: &str, professional: &str) -> RuleSet {
        let json = format!(
            r#"{{"name_zh":"湖南省 2026 年度","name_en":"Hunan, 2026","year":2026,"total_hours_min":{total},
            "public_hours_min":{public},"professional_hours_min":{professional},"minutes_per_hour":45,"granularity":50,
            "day_cap_hours":8,"exam_required":true,"exam_pass_score":60,"counted_sources":["lesson","confirmed"],
            "opens_on":20260101,"closes_on":20270430,"legal_basis_zh":"《专业技术人员继续教育规定》（人社部令第25号）",
            "legal_basis_en":"Order 25 of the Ministry of Human Resources and Social Security, 2015"}}"#
        );
        serde_json::from_str::<RuleSet>(&json).unwrap()
    }

    /// Source: 湘人社办函〔2025〕37号 as given by Zhuzhou for 2025.
    pub fn hunan() -> RuleSet {
        rules(90, "30", "60").check().unwrap()
    }

    /// Source: Guangdong, since 2021: 90 hours, public ≥ 30, professional ≥ 42, elective ≥ 18.
    pub fn guangdong() -> RuleSet {
        rules(90, "30", "42").check().unwrap()
    }

    /// Source: Henan, 2017: 90 hours, public ≥ 24, professional at least two thirds.
    pub fn henan() -> RuleSet {
        rules(90, "24", r#"{"numerator":2,"denominator":3}"#).check().unwrap()
    }

    #[test]
    fn the_rules_of_three_provinces_are_data() {
        let required = |rules: RuleSet| {
            let hours = |seconds| rules.measure().hours(seconds).to_string();
            [rules.public_required(), rules.professional_required(), rules.total_required()].map(hours)
        };
        assert_eq!(required(hunan()), ["30", "60", "90"]);
        assert_eq!(required(guangdong()), ["30", "42", "90"]);
        assert_eq!(required(henan()), ["24", "60", "90"]);
        assert_eq!(hunan().day_cap_seconds(), Some(8 * 2_700));
    }

    /// Two thirds of 80 hours is 53⅓: nobody meets it with 53, and the seconds say exactly when.
    #[test]
    fn a_share_is_exact_to_the_second() {
        let rules = rules(80, "0", r#"{"numerator":2,"denominator":3}"#).check().unwrap();
        assert_eq!(rules.professional_required(), StudySeconds(144_000));
    }

    /// Guangdong lets the public subject run to 30 April of the next year.
    #[test]
    fn a_year_may_close_in_the_next() {
        let open = |date| hunan().is_open(BusinessDate(date));
        assert!(open(20_260_101) && open(20_261_231) && open(20_270_430));
        assert!(!open(20_251_231) && !open(20_270_501));
    }

    #[test]
    fn rules_nobody_could_meet_are_refused_by_name() {
        type Change = fn(&mut RuleSet);
        let cases: [(&str, Change); 9] = [
            ("total_hours_min", |rules| rules.total_hours_min = 0),
            ("public_hours_min", |rules| rules.public_hours_min = HoursRequired::Hours(91)),
            ("professional_hours_min", |rules| {
                rules.professional_hours_min = HoursRequired::ShareOfTotal { numerator: 2, denominator: 0 };
            }),
            ("minutes_per_hour", |rules| rules.minutes_per_hour = 0),
            ("granularity", |rules| rules.granularity = 33),
            ("counted_sources", |rules| rules.counted_sources.clear()),
            ("closes_on", |rules| rules.closes_on = BusinessDate(20_251_231)),
            ("exam_pass_score", |rules| rules.exam_pass_score = 101),
            ("legal_basis_en", |rules| rules.legal_basis_en = " ".to_owned()),
        ];
        for (field, change) in cases {
            let mut rules = hunan();
            change(&mut rules);
            assert_eq!(rules.check(), Err(RuleSetRefusal::OutOfRange { field }));
        }
        assert_eq!(rules(90, "31", "60").check(), Err(RuleSetRefusal::PartsExceedTotal { total: 90 }));
    }
}
