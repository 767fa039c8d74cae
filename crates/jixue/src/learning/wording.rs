//! Lengths in words.

use crate::i18n::Texts;
use jixue_core::study::StudySeconds;

/// `3 分 28 秒`; whole minutes without seconds, less than a minute without minutes, hours from one on.
pub(super) fn duration(t: &Texts, ms: i64) -> String {
    let seconds = ms.max(0) / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, seconds) {
        (0, 0, seconds) => t.learning_seconds(seconds),
        (0, minutes, 0) => t.learning_minutes(minutes),
        (0, minutes, seconds) => t.learning_minutes_seconds(minutes, seconds),
        (hours, 0, _) => t.learning_hours(hours),
        (hours, minutes, _) => t.learning_hours_minutes(hours, minutes),
    }
}

/// `04:18`, or `1:15:00`: how a player shows a length.
pub(super) fn clock(ms: i64) -> String {
    let clock = StudySeconds(ms.max(0) / 1_000).clock();
    match clock.len() {
        4 => format!("0{clock}"),
        _ => clock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Locale;

    #[test]
    fn lengths_are_said_as_people_say_them() {
        let zh = Texts::of(Locale::ZhCn);
        for (ms, words) in [
            (0, "0 秒"),
            (56_999, "56 秒"),
            (180_000, "3 分钟"),
            (208_000, "3 分 28 秒"),
            (3_600_000, "1 小时"),
            (4_500_000, "1 小时 15 分"),
            (-5, "0 秒"),
        ] {
            assert_eq!(duration(&zh, ms), words);
        }
        assert_eq!(duration(&Texts::of(Locale::En), 4_500_000), "1 h 15 min");
        assert_eq!((clock(258_000).as_str(), clock(4_500_000).as_str()), ("04:18", "1:15:00"));
    }
}
