//! Lists of the registry as spreadsheets.

use super::store::UnitLine;
use super::words;
use crate::error::Result;
use crate::i18n::Texts;
use crate::org::Region;
use crate::sheet::{self, Cell, Column, Table};
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
