use super::*;
use proptest::prelude::*;

const TODAY: BusinessDate = BusinessDate(20_261_123);

/// Fictitious numbers in assigned areas, born 1900–1904.
const HISTORIC: [&str; 5] =
    ["431002190001010010", "431003190106309023", "431021190212319981", "431022190402298882", "431081190310107751"];

const DEMO: [&str; 8] = [
    "431099198501010012",
    "431099199202290020",
    "431099197812310034",
    "431099200006300047",
    "431099196808150053",
    "431099199009100061",
    "431099197503057776",
    "43109919850101008X",
];

fn any(text: &str) -> Result<IdentityNumber, IdentityNumberRefusal> {
    IdentityNumber::parse(text, TODAY, AreaPolicy::ANY)
}

fn demo(text: &str) -> Result<IdentityNumber, IdentityNumberRefusal> {
    IdentityNumber::parse(text, TODAY, AreaPolicy::ANY.with_demo(true))
}

/// A new number for any date and sequence, its check computed the slow way: by doubling, as ISO 7064 words it.
fn made(area: u32, date: BusinessDate, sequence: u32) -> String {
    let body = format!("{area:06}{:08}{sequence:03}", date.0);
    let sum = body.bytes().fold(0, |sum, byte| (sum + u32::from(byte - b'0')) * 2 % 11);
    let check = (12 - sum) % 11;
    format!("{body}{}", if check == 10 { "X".to_owned() } else { check.to_string() })
}

fn dates() -> impl Strategy<Value = BusinessDate> {
    (1900_i64..2026, 1_i64..=12, 1_i64..=28).prop_map(|(year, month, day)| BusinessDate::new(year, month, day).unwrap())
}

/// An area that is never the demo's.
fn areas() -> impl Strategy<Value = u32> {
    (110_000_u32..820_000).prop_filter("demo area", |area| *area != 431_099)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The check of the standard's table and the check by doubling must be the same arithmetic.
    #[test]
    fn every_well_made_number_is_read(area in areas(), date in dates(), sequence in 0_u32..1000) {
        let text = made(area, date, sequence);
        let number = any(&text).unwrap();
        prop_assert_eq!(number.revealed(), &text);
        prop_assert_eq!(number.birth_date(), date);
        prop_assert_eq!(number.area(), area.to_string());
    }

    /// A slip of one key would give the hours to a stranger.
    #[test]
    fn one_wrong_digit_never_passes(area in areas(), date in dates(), sequence in 0_u32..1000) {
        let text = made(area, date, sequence);
        for place in 0..18 {
            for digit in "0123456789X".chars() {
                let mut changed: Vec<char> = text.chars().collect();
                if changed[place] == digit {
                    continue;
                }
                changed[place] = digit;
                let changed: String = changed.into_iter().collect();
                prop_assert!(any(&changed).is_err(), "{} passed", changed);
            }
        }
    }

    /// Two neighbours typed in the wrong order are the second most frequent slip.
    #[test]
    fn two_swapped_neighbours_never_pass(area in areas(), date in dates(), sequence in 0_u32..1000) {
        let text = made(area, date, sequence);
        for place in 0..17 {
            let mut swapped: Vec<char> = text.chars().collect();
            swapped.swap(place, place + 1);
            let swapped: String = swapped.into_iter().collect();
            prop_assert!(swapped == text || any(&swapped).is_err(), "{} passed", swapped);
        }
    }

    /// Rosters come from strangers: whatever is in a cell, reading it must end in an answer.
    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,24}", digits in "[0-9Xx.E+]{14,19}") {
        let _ = any(&text);
        let _ = any(&digits);
    }

    /// A number cell keeps 15 digits: unless the check happens to hold, the clerk is told what the spreadsheet did.
    #[test]
    fn three_lost_digits_are_named_as_damage(area in areas(), date in dates(), sequence in 0_u32..1000) {
        let text = made(area, date, sequence);
        let lost = format!("{}000", &text[..15]);
        let expected = if lost == made(area, date, sequence / 100 * 100) {
            Ok(lost.clone())
        } else {
            Err(IdentityNumberRefusal::DamagedBySpreadsheet)
        };
        prop_assert_eq!(any(&lost).map(|number| number.revealed().to_owned()), expected);
    }
}

#[test]
fn the_published_vectors_are_read() {
    for text in HISTORIC {
        assert_eq!(any(text).map(|number| number.revealed().to_owned()).as_deref(), Ok(text));
    }
    for text in DEMO {
        assert_eq!(demo(text).map(|number| number.revealed().to_owned()).as_deref(), Ok(text));
    }
}

/// A demo person in a production roster would be a person who does not exist.
#[test]
fn the_demo_area_is_shut_outside_the_demo() {
    let unknown = Err(IdentityNumberRefusal::AreaUnknown { area: "431099".to_owned() });
    assert_eq!(any(DEMO[0]), unknown);
    let everything = |_: &str| true;
    assert_eq!(IdentityNumber::parse(DEMO[0], TODAY, AreaPolicy::known(&everything)), unknown);
}

#[test]
fn an_area_outside_the_table_is_refused() {
    let chenzhou = |area: &str| area.starts_with("4310");
    let read = |text| IdentityNumber::parse(text, TODAY, AreaPolicy::known(&chenzhou));
    assert!(read(HISTORIC[0]).is_ok());
    let elsewhere = made(110_101, BusinessDate(19_800_101), 1);
    assert!(any(&elsewhere).is_ok());
    let area = "110101".to_owned();
    assert_eq!(read(elsewhere.as_str()), Err(IdentityNumberRefusal::AreaUnknown { area }));
}

#[test]
fn cards_of_fifteen_digits_are_brought_to_eighteen() {
    assert_eq!(demo("431099850101001").unwrap(), demo("431099198501010012").unwrap());
}

#[test]
fn a_number_is_read_as_people_paste_it() {
    for text in
        ["43109919850101008x", " 431099 19850101 008X ", "'43109919850101008X", "４３１０９９１９８５０１０１００８Ｘ"]
    {
        assert_eq!(demo(text).unwrap().revealed(), "43109919850101008X", "{text}");
    }
}

#[test]
fn each_fault_is_called_by_its_name() {
    use IdentityNumberRefusal::*;
    for (text, refusal) in [
        ("", Missing),
        (" \u{200b}", Missing),
        ("4.31E+17", DamagedBySpreadsheet),
        ("4.31002e17", DamagedBySpreadsheet),
        ("431002190001010000.0", DamagedBySpreadsheet),
        ("431002190001010000", DamagedBySpreadsheet),
        ("43100219000101001", WrongLength { length: 17 }),
        ("张三", WrongLength { length: 2 }),
        ("4310021900O1010010", WrongCharacter { position: 11 }),
        ("43100219000101001Y", WrongCharacter { position: 18 }),
        ("43100200010100X", WrongCharacter { position: 15 }),
        ("431002190001010011", CheckDiffers),
        ("431022190302298885", BirthDateNotReal),
        ("431002190013010010", BirthDateNotReal),
    ] {
        assert_eq!(any(text), Err(refusal), "{text:?}");
    }
    let tomorrow = made(431_002, BusinessDate(20_261_124), 1);
    assert_eq!(any(&tomorrow), Err(BirthDateInFuture));
    assert!(any(&made(431_002, TODAY, 1)).is_ok());
    assert_eq!(any(&made(431_002, BusinessDate(18_991_231), 1)), Err(BirthDateNotReal));
}

/// Log lines and error pages print with `{}` and `{:?}`.
#[test]
fn neither_display_nor_debug_shows_the_number() {
    let number = demo("431099198501010012").unwrap();
    assert_eq!(number.to_string(), "431***********0012");
    assert_eq!(format!("{number:?}"), "IdentityNumber(431***********0012)");
}
