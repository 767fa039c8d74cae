//! From the bytes of a file to checked rows. Pure computing: it runs beside the requests of others.

use super::row::{self, KeptRefusal};
use super::{RosterFileRefusal, columns};
use crate::error::Result;
use crate::keys::Keys;
use crate::org::{PersonRecord, titles};
use crate::sheet::{self, Bounds};
use jixue_core::org::{Column, ROSTER_ROWS_MAX, RawRosterRow, RosterPerson, RosterRefusal, check_roster, check_row};
use jixue_core::time::BusinessDate;

/// Longer cells are cut: no name, number or department is.
const CELL_CHARACTERS_MAX: usize = 120;

/// What decides whether a row is good, besides the row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub today: BusinessDate,
    /// Whether the people of the sample city are let in.
    pub demo: bool,
}

/// A row that was checked: sealed as it was sent, with the person it names or everything that is wrong with it.
pub(super) struct CheckedRow {
    pub number: i64,
    pub sealed: Vec<u8>,
    pub person: Result<PersonRecord, Vec<KeptRefusal>>,
}

/// Reads and checks a roster. Blocks.
pub(super) fn check(bytes: &[u8], rules: Rules, keys: &Keys) -> Result<Vec<CheckedRow>> {
    let sent = rows(bytes)?;
    let meant: Vec<(u32, RawRosterRow)> = sent.iter().map(|(number, raw)| (*number, understood(raw))).collect();
    let checked = check_roster(&meant, rules.today, rules.demo, &titles::code_of)?;
    let good = checked.people.into_iter().map(|(number, person)| (number, Ok(PersonRecord::of(keys, &person))));
    let bad = checked
        .refused
        .into_iter()
        .map(|(number, refusals)| (number, Err(refusals.iter().map(KeptRefusal::from).collect())));
    let mut outcome: Vec<(u32, Result<PersonRecord, Vec<KeptRefusal>>)> = good.chain(bad).collect();
    outcome.sort_by_key(|(number, _)| *number);
    let filled = sent.iter().filter(|(_, raw)| !raw.is_blank());
    filled
        .zip(outcome)
        .map(|((number, raw), (_, person))| {
            Ok(CheckedRow { number: i64::from(*number), sealed: row::seal(keys, raw)?, person })
        })
        .collect()
}

/// The person a kept row names, or what is wrong with it by today.
pub(super) fn check_again(raw: &RawRosterRow, rules: Rules, keys: &Keys) -> Result<PersonRecord, Vec<KeptRefusal>> {
    let checked: Result<RosterPerson, _> = check_row(&understood(raw), rules.today, rules.demo, &titles::code_of);
    match checked {
        Ok(person) => Ok(PersonRecord::of(keys, &person)),
        Err(refusals) => Err(refusals.iter().map(KeptRefusal::from).collect()),
    }
}

/// The rows below the header, with the numbers of the spreadsheet's margin.
fn rows(bytes: &[u8]) -> Result<Vec<(u32, RawRosterRow)>> {
    // One header and some rows above it, besides the people.
    let rows_max = ROSTER_ROWS_MAX + 32;
    let bounds = Bounds { rows_max, columns_max: columns::COLUMNS_MAX, characters_max: CELL_CHARACTERS_MAX };
    let sheets = sheet::read(bytes, bounds)?;
    let found = sheets.iter().map(|sheet| (sheet, columns::find(sheet)));
    // The first sheet that is a roster; where none is, what is wrong with the one that looks most like it.
    let mut refusal = RosterFileRefusal::HeaderMissing;
    for (sheet, outcome) in found {
        match outcome {
            Ok((header, places)) => {
                if sheet.rows_filled > sheet.rows.len() {
                    let rows = sheet.rows_filled - header - 1;
                    return Err(RosterRefusal::TooManyRows { rows }.into());
                }
                let below = sheet.rows.iter().skip(header + 1);
                let rows: Vec<_> = below.map(|row| (row.number, places.row(&row.cells))).collect();
                let nobody = rows.iter().all(|(_, raw)| raw.is_blank());
                return if nobody { Err(RosterFileRefusal::NobodyInIt.into()) } else { Ok(rows) };
            }
            Err(other) if refusal == RosterFileRefusal::HeaderMissing => refusal = other,
            Err(_) => {}
        }
    }
    Err(refusal.into())
}

/// The row with an English level, or the name of a title such as 主治医师, turned into series and level.
fn understood(raw: &RawRosterRow) -> RawRosterRow {
    let mut meant = raw.clone();
    let title = raw.cell(Column::TitleLevel).trim();
    if let Some(level) = titles::level_of(title) {
        meant.title_level = level.code().to_owned();
        return meant;
    }
    if title.is_empty() {
        return meant;
    }
    let series = Some(raw.title_series.trim()).filter(|series| !series.is_empty()).map(titles::code_of);
    let found = match series {
        None => titles::by_title_name(title, None),
        Some(Some(code)) => titles::by_title_name(title, Some(&code)),
        Some(None) => None,
    };
    if let Some((series, level)) = found {
        meant.title_series = series.to_owned();
        meant.title_level = level.code().to_owned();
    }
    meant
}
