use super::*;
use crate::refusal::Kind;
use proptest::prelude::*;

const TODAY: BusinessDate = BusinessDate(20_261_123);

const DEMO_NUMBERS: [&str; 8] = [
    "431099198501010012",
    "431099199202290020",
    "431099197812310034",
    "431099200006300047",
    "431099196808150053",
    "431099199009100061",
    "431099197503057776",
    "43109919850101008X",
];

fn series(word: &str) -> Option<String> {
    matches!(word, "卫生技术" | "health").then(|| "health".to_owned())
}

fn row() -> RawRosterRow {
    RawRosterRow {
        name: "张三".to_owned(),
        identity_number: DEMO_NUMBERS[0].to_owned(),
        phone: "13800000001".to_owned(),
        department: " 心内科  护士站 ".to_owned(),
        title_series: "卫生技术".to_owned(),
        title_level: "中级".to_owned(),
        identity_kind: String::new(),
    }
}

/// A teacher from Hong Kong, a doctor from abroad: no check of a resident's card may keep them out.
#[test]
fn other_documents_are_read_by_their_kind() {
    let with = |kind: &str, number: &str| RawRosterRow {
        identity_kind: kind.to_owned(),
        identity_number: number.to_owned(),
        ..row()
    };
    assert_eq!(check(&with("护照", "E12345678")).unwrap().identity_number.revealed(), "E12345678");
    assert_eq!(codes(&with("军官证", DEMO_NUMBERS[0])), [(Column::IdentityKind, "identity_number.kind_unknown")]);
    assert_eq!(codes(&with("护照", "E-1")), [(Column::IdentityNumber, "identity_number.passport_unfit")]);
    let differs = (Column::IdentityNumber, "identity_number.kind_differs");
    assert_eq!(codes(&with("港澳台居民居住证", DEMO_NUMBERS[0])), [differs]);
    assert!(check(&with("居民身份证", DEMO_NUMBERS[0])).is_ok());
}

fn check(raw: &RawRosterRow) -> Result<RosterPerson, Vec<RowRefusal>> {
    check_row(raw, TODAY, true, &series)
}

fn codes(raw: &RawRosterRow) -> Vec<(Column, &'static str)> {
    let refused = check(raw).err().unwrap_or_default();
    refused.iter().map(|refusal| (refusal.column, refusal.code)).collect()
}

#[test]
fn a_sound_row_becomes_a_person() {
    let person = check(&row()).unwrap();
    assert_eq!(person.name.as_str(), "张三");
    assert_eq!(person.identity_number.revealed(), DEMO_NUMBERS[0]);
    assert_eq!(person.phone.revealed(), "13800000001");
    assert_eq!(person.department.as_deref(), Some("心内科 护士站"));
    let level = TitleLevel::Intermediate;
    assert_eq!(person.title, Some(Title { series: "health".to_owned(), level }));
}

/// A clerk who is told one fault at a time sends the file five times.
#[test]
fn all_faults_of_a_row_are_told_at_once() {
    let raw = RawRosterRow {
        identity_kind: String::new(),
        name: "张\u{fffd}".to_owned(),
        identity_number: "4.31E+17".to_owned(),
        phone: "1380000000".to_owned(),
        department: "科".repeat(61),
        title_series: "魔法".to_owned(),
        title_level: "高级".to_owned(),
    };
    assert_eq!(
        codes(&raw),
        [
            (Column::Name, "person_name.damaged"),
            (Column::IdentityNumber, "identity_number.damaged_by_spreadsheet"),
            (Column::Phone, "phone.wrong_length"),
            (Column::Department, "roster.department_too_long"),
            (Column::TitleSeries, "roster.title_series_unknown"),
            (Column::TitleLevel, "roster.title_level_unknown"),
        ]
    );
    let empty = codes(&RawRosterRow::default());
    let missing = ["person_name.missing", "identity_number.missing", "phone.missing"];
    assert_eq!(empty.iter().map(|(_, code)| *code).collect::<Vec<_>>(), missing);
}

#[test]
fn a_sentence_gets_its_values() {
    let mut raw = row();
    raw.phone = "138".to_owned();
    assert_eq!(check(&raw).unwrap_err()[0].arguments, [("length", "3".to_owned())]);
}

#[test]
fn a_title_is_whole_or_absent() {
    let titled = |series: &str, level: &str| RawRosterRow {
        title_series: series.to_owned(),
        title_level: level.to_owned(),
        ..row()
    };
    for (series, level) in [("", ""), ("无", ""), ("无职称", "无")] {
        assert_eq!(check(&titled(series, level)).unwrap().title, None, "{series}");
    }
    for (series, level, column, code) in [
        ("", "中级", Column::TitleSeries, "roster.title_series_missing"),
        ("卫生技术", "", Column::TitleLevel, "roster.title_level_missing"),
        ("卫生技术", "高级", Column::TitleLevel, "roster.title_level_unknown"),
        ("占卜", "中级", Column::TitleSeries, "roster.title_series_unknown"),
    ] {
        assert_eq!(codes(&titled(series, level)), [(column, code)]);
    }
}

/// A column that was filled in the wrong order made each row say two puzzling things.
#[test]
fn two_cells_in_each_others_place_are_told_as_that() {
    let swapped = |change: fn(&mut RawRosterRow)| {
        let mut raw = row();
        change(&mut raw);
        codes(&raw)
    };
    let number_and_phone = swapped(|raw| std::mem::swap(&mut raw.identity_number, &mut raw.phone));
    assert_eq!(number_and_phone, [(Column::IdentityNumber, "roster.number_and_phone_swapped")]);
    let name_and_number = swapped(|raw| std::mem::swap(&mut raw.identity_number, &mut raw.name));
    assert_eq!(name_and_number, [(Column::Name, "roster.name_and_number_swapped")]);
    let name_and_phone = swapped(|raw| {
        std::mem::swap(&mut raw.name, &mut raw.phone);
        raw.title_level = "高级".to_owned();
    });
    let level = (Column::TitleLevel, "roster.title_level_unknown");
    assert_eq!(name_and_phone, [(Column::Name, "roster.name_and_phone_swapped"), level]);
    let only_one = swapped(|raw| raw.identity_number = raw.phone.clone());
    assert_eq!(only_one, [(Column::IdentityNumber, "identity_number.wrong_length")]);
}

/// What units paste: full-width digits, spaces, the 15 digits of an old card.
#[test]
fn numbers_are_read_however_they_were_pasted() {
    let raw = RawRosterRow {
        name: " 张三\u{3000}".to_owned(),
        identity_number: "４３１０９９８５０１０１００１ ".to_owned(),
        phone: "１３８ ００００ ０００１\t".to_owned(),
        ..row()
    };
    let person = check(&raw).unwrap();
    assert_eq!((person.name.as_str(), person.phone.revealed()), ("张三", "13800000001"));
    assert_eq!(person.identity_number.revealed(), DEMO_NUMBERS[0]);
}

#[test]
fn demo_people_stay_in_the_demo() {
    let refused = check_row(&row(), TODAY, false, &series).unwrap_err();
    assert_eq!(refused[0].code, "identity_number.area_unknown");
}

/// Two rows with one number are one person, or one mistake: the clerk decides, not the order of the file.
#[test]
fn the_second_of_two_equal_rows_is_refused_and_names_the_first() {
    let other = RawRosterRow { identity_number: DEMO_NUMBERS[1].to_owned(), ..row() };
    let rows = [(2, row()), (3, RawRosterRow::default()), (4, row()), (5, other)];
    let checked = check_roster(&rows, TODAY, true, &series).unwrap();
    assert_eq!(checked.people.len(), 1);
    let refused: Vec<_> = checked
        .refused
        .iter()
        .flat_map(|(row, refused)| refused.iter().map(move |refusal| (*row, refusal.code, refusal.arguments.clone())))
        .collect();
    let first = vec![("row", "2".to_owned())];
    assert_eq!(
        refused,
        [
            (4, "roster.identity_number_repeated", first.clone()),
            (4, "roster.phone_repeated", first.clone()),
            (5, "roster.phone_repeated", first),
        ]
    );
}

#[test]
fn a_roster_has_a_bound() {
    let rows = vec![(2, row()); ROSTER_ROWS_MAX + 1];
    let refusal = check_roster(&rows, TODAY, true, &series).unwrap_err();
    assert_eq!((refusal.code(), refusal.kind()), ("roster.too_many_rows", Kind::TooLarge));
    let mut blank = vec![(2, RawRosterRow::default()); ROSTER_ROWS_MAX + 1];
    blank.push((3, row()));
    assert_eq!(check_roster(&blank, TODAY, true, &series).unwrap().people.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No row may vanish between preview and import: each is a person, refused, or blank.
    #[test]
    fn every_filled_row_is_accounted_for(picks in proptest::collection::vec((0_usize..8, 0_u32..6, 0_u8..4), 0..24)) {
        let rows: Vec<(u32, RawRosterRow)> = (2..).zip(&picks).map(|(number, (person, phone, fault))| {
            let mut raw = row();
            raw.identity_number = DEMO_NUMBERS[*person].to_owned();
            raw.phone = format!("1380000000{phone}");
            match fault {
                0 => raw.name = String::new(),
                1 => raw = RawRosterRow::default(),
                _ => {}
            }
            (number, raw)
        }).collect();
        let checked = check_roster(&rows, TODAY, true, &series).unwrap();
        let blank = picks.iter().filter(|(_, _, fault)| *fault == 1).count();
        prop_assert_eq!(checked.people.len() + checked.refused.len() + blank, rows.len());
        let distinct = |key: fn(&RosterPerson) -> &str| {
            checked.people.iter().map(|(_, person)| key(person)).collect::<std::collections::BTreeSet<_>>().len()
        };
        prop_assert_eq!(distinct(|person| person.identity_number.revealed()), checked.people.len());
        prop_assert_eq!(distinct(|person| person.phone.revealed()), checked.people.len());
        prop_assert!(checked.refused.iter().all(|(_, refused)| !refused.is_empty()));
    }
}
