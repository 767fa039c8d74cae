//! Lists of the registry as spreadsheets.

use super::store::{PersonLine, UnitLine};
use super::words;
use crate::error::{Error, Result};
use crate::i18n::Texts;
use crate::keys::Keys;
use crate::org::{self, Region};
use crate::sheet::{self, Cell, Column, Table};
use jixue_core::identity_number::IdentityKind;
use jixue_core::org::TitleLevel;
use jixue_core::time::Timestamp;

/// Writes a list of units. Blocks.
pub(super) fn units(t: &Texts, lines: &[UnitLine], regions: &[Region], now: Timestamp) -> Result<Vec<u8>> {
    let titles = [
        (t.registry_name(), 34.0),
        (t.registry_code(), 24.0),
        (t.registry_reason(), 20.0),
        (t.registry_region(), 14.0),
        (t.registry_industry(), 18.0),
        (t.registry_kind(), 14.0),
        (t.registry_people(), 10.0),
        (t.registry_clerks(), 10.0),
    ];
    let row = |line: &UnitLine| {
        let texts = [
            line.name.clone(),
            line.uscc.clone().unwrap_or_default(),
            line.uscc_absent_reason.clone(),
            words::region(t, regions, &line.region_code),
            words::industry(t, &line.industry).to_owned(),
            words::kind(t, &line.kind).to_owned(),
        ];
        let numbers = [line.people, line.clerks].map(|number| Cell::Number(number as f64));
        texts.map(Cell::Text).into_iter().chain(numbers).collect()
    };
    sheet::table(&Table {
        name: t.registry_units_sheet().to_owned(),
        intro: t.registry_units_intro(lines.len(), now.china_minutes()),
        columns: titles.map(|(title, width)| Column { title: title.to_owned(), width }).to_vec(),
        rows: lines.iter().map(row).collect(),
    })
}

/// A list of people; whole numbers of identity only where the keys are given. Blocks.
pub(super) fn people(
    t: &Texts,
    lines: &[PersonLine],
    regions: &[Region],
    keys: Option<&Keys>,
    now: Timestamp,
) -> Result<Table> {
    let titles = [
        (t.org_column_name(), 14.0),
        (t.org_column_identity_number(), 24.0),
        (t.org_column_phone(), 16.0),
        (t.org_column_department(), 22.0),
        (t.org_column_title_series(), 20.0),
        (t.org_column_title_level(), 14.0),
        (t.org_column_identity_kind(), 20.0),
        (t.registry_name(), 34.0),
        (t.registry_region(), 14.0),
        (t.registry_since(), 14.0),
    ];
    let row = |line: &PersonLine| -> Result<Vec<Cell>> {
        let number = match keys {
            Some(keys) => String::from_utf8(keys.open("identity", &line.identity_sealed)?).map_err(Error::internal)?,
            None => line.identity_masked.clone(),
        };
        let series = org::titles::all().iter().find(|series| series.code == line.title_series);
        let level = TitleLevel::from_code(&line.title_level);
        let texts = [
            line.name.clone(),
            number,
            line.phone_masked.clone(),
            line.department.clone(),
            series.map(|series| series.name.say(t).to_owned()).unwrap_or_default(),
            level.map(|level| org::titles::level_word(t, level).to_owned()).unwrap_or_default(),
            IdentityKind::from_code(&line.identity_kind).map(IdentityKind::word_zh).unwrap_or_default().to_owned(),
            line.unit_name.clone(),
            words::region(t, regions, &line.region_code),
            line.since.to_string(),
        ];
        Ok(texts.map(Cell::Text).to_vec())
    };
    Ok(Table {
        name: t.registry_people_sheet().to_owned(),
        intro: t.registry_people_intro(lines.len(), now.china_minutes()),
        columns: titles.map(|(title, width)| Column { title: title.to_owned(), width }).to_vec(),
        rows: lines.iter().map(row).collect::<Result<_>>()?,
    })
}
