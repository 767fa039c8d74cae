//! Instants in epoch milliseconds UTC, and China's calendar (UTC+8, no summer time) where people meet them.

use std::fmt;

/// China's offset from UTC. Fixed since 1991.
const CHINA_OFFSET_SECONDS: i32 = 8 * 3_600;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0 + ms)
    }

    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1_000)
    }

    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0 + days * 86_400_000)
    }

    /// Milliseconds from `earlier` to `self`; negative when `earlier` is later.
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    fn china(self) -> jiff::civil::DateTime {
        let offset = jiff::tz::Offset::from_seconds(CHINA_OFFSET_SECONDS).unwrap_or(jiff::tz::Offset::UTC);
        let instant = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        offset.to_datetime(instant)
    }

    /// The date in China.
    pub fn business_date(self) -> BusinessDate {
        let date = self.china().date();
        BusinessDate(i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day()))
    }

    /// The calendar year in China.
    pub fn year(self) -> Year {
        Year(i64::from(self.china().year()))
    }

    /// `2026-11-23 20:14:06` in China.
    pub fn china_seconds(self) -> String {
        self.china().strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// `2026-11-23 20:14` in China.
    pub fn china_minutes(self) -> String {
        self.china().strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// `2026-11-23T20:14:06+08:00`, RFC 3339 in China's offset, as the payment gateways write it.
    pub fn rfc3339(self) -> String {
        self.china().strftime("%Y-%m-%dT%H:%M:%S+08:00").to_string()
    }

    /// Reads RFC 3339.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|instant| Self(instant.as_millisecond()))
    }
}

impl From<Timestamp> for i64 {
    fn from(at: Timestamp) -> i64 {
        at.0
    }
}

/// A day in China as `YYYYMMDD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct BusinessDate(pub i64);

impl BusinessDate {
    /// Checks that the day exists.
    pub fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        let date =
            jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        date.ok().map(|_| Self(year * 10_000 + month * 100 + day))
    }

    /// Reads a day as people and spreadsheets write it: `2026-11-23`, `2026/11/23`, `2026.11.23`, `2026年11月23日`, `20261123`,
    /// with a time of day behind it or not.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.split_once(' ').map_or(text, |(day, _)| day);
        let parts: Vec<i64> = match text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => [&text[..4], &text[4..6], &text[6..]].iter().filter_map(|part| part.parse().ok()).collect(),
            false => {
                let parts = text.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty());
                parts.map(str::parse).collect::<Result<_, _>>().ok()?
            }
        };
        match parts[..] {
            [year, month, day] => Self::new(year, month, day).filter(|_| (1900..=2200).contains(&year)),
            _ => None,
        }
    }

    pub fn year(self) -> i64 {
        self.0 / 10_000
    }

    pub fn month(self) -> i64 {
        self.0 / 100 % 100
    }

    pub fn day(self) -> i64 {
        self.0 % 100
    }

    /// The first instant of the day in China.
    pub fn start(self) -> Timestamp {
        let civil = |part: i64| i8::try_from(part).unwrap_or(1);
        let date =
            jiff::civil::Date::new(i16::try_from(self.year()).unwrap_or(1970), civil(self.month()), civil(self.day()))
                .unwrap_or_default();
        let days =
            jiff::civil::date(1970, 1, 1).until((jiff::Unit::Day, date)).map_or(0, |span| i64::from(span.get_days()));
        Timestamp(days * 86_400_000 - i64::from(CHINA_OFFSET_SECONDS) * 1_000)
    }

    /// The first instant after the day in China.
    pub fn end(self) -> Timestamp {
        self.start().plus_days(1)
    }

    /// Whole days from `self` to `later`.
    pub fn days_until(self, later: Self) -> i64 {
        (later.start().0 - self.start().0) / 86_400_000
    }
}

impl fmt::Display for BusinessDate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

impl From<BusinessDate> for i64 {
    fn from(date: BusinessDate) -> i64 {
        date.0
    }
}

/// A programme year (年度): hours are required and counted by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Year(pub i64);

impl fmt::Display for Year {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl From<Year> for i64 {
    fn from(year: Year) -> i64 {
        year.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A payment at 23:59:59 Beijing time belongs to that day and year, whatever UTC says.
    #[test]
    fn a_day_is_read_however_it_is_written() {
        for text in ["2026-11-23", " 2026/11/23 ", "2026.11.23", "2026年11月23日", "20261123", "2026-11-23 00:00:00"]
        {
            assert_eq!(BusinessDate::parse(text), Some(BusinessDate(20_261_123)), "{text}");
        }
        for text in ["", "2026-02-30", "23-11-2026", "2026-11", "45253", "tomorrow", "2026-11-23-1"] {
            assert_eq!(BusinessDate::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_day_turns_at_midnight_in_china() {
        let last = Timestamp::from_rfc3339("2026-12-31T23:59:59+08:00").unwrap();
        assert_eq!(last.business_date(), BusinessDate(20_261_231));
        assert_eq!(last.plus_seconds(1).business_date(), BusinessDate(20_270_101));
        assert_eq!(last.year(), Year(2026));
        assert_eq!(last.rfc3339(), "2026-12-31T23:59:59+08:00");
        assert_eq!(last.china_minutes(), "2026-12-31 23:59");
    }

    #[test]
    fn a_day_knows_its_bounds() {
        let day = BusinessDate::new(2024, 2, 29).unwrap();
        assert_eq!(day.start().business_date(), day);
        assert_eq!(day.end().plus_ms(-1).business_date(), day);
        assert_eq!(day.days_until(BusinessDate::new(2024, 3, 1).unwrap()), 1);
        assert!(BusinessDate::new(2026, 2, 29).is_none());
    }
}
