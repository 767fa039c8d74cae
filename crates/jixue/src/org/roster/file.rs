//! From the bytes of a file to checked rows. Pure computing: it runs beside the requests of others.

use super::columns::Remembered;
use super::grid::{Grid, Layout, SentRow};
use super::row::{self, KeptRefusal};
use super::{RosterFileRefusal, columns};
use crate::error::Result;
use crate::keys::Keys;
use crate::org::{PersonRecord, titles};
use crate::sheet::{self, Bounds, Sheet};
use jixue_core::org::{
    Column, ROSTER_ROWS_MAX, RawRosterRow, RosterPerson, RosterRefusal, RowRefusal, check_roster, check_row,
};
use jixue_core::time::BusinessDate;

/// Longer cells are cut: no name, number or department is.
const CELL_CHARACTERS_MAX: usize = 120;
/// Name, identity number, phone.
const COLUMNS_NEEDED: usize = 3;

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

/// A file as far as its bytes say: the sheet, and which column is which when the header says so.
pub(super) struct ReadRoster {
    pub grid: Grid,
    pub layout: Option<Layout>,
}

/// Reads a file. Blocks.
///
/// # Errors
/// [`sheet::SheetRefusal`], [`RosterFileRefusal`], `roster.too_many_rows`. A table whose columns are not all recognised is
/// no error as long as it has as many as a roster needs: somebody can say which is which.
pub(super) fn read(bytes: &[u8], remembered: &Remembered) -> Result<ReadRoster> {
    // One header and some rows above it, besides the people.
    let rows_max = ROSTER_ROWS_MAX + 32;
    let bounds = Bounds { rows_max, columns_max: columns::COLUMNS_MAX, characters_max: CELL_CHARACTERS_MAX };
    let mut sheets = sheet::read(bytes, bounds)?;
    let layouts: Vec<_> = sheets.iter().map(|sheet| columns::find(sheet, remembered)).collect();
    if let Some(at) = layouts.iter().position(Result::is_ok) {
        let layout = layouts.into_iter().flatten().next();
        return whole(sheets.swap_remove(at), layout);
    }
    let could_be = |sheet: &Sheet| sheet.columns_filled >= COLUMNS_NEEDED && sheet.rows_filled > 1;
    match sheets.iter().position(|sheet| could_be(sheet) && columns::fits(sheet).is_ok()) {
        Some(at) => whole(sheets.swap_remove(at), None),
        None => {
            // What is wrong with the sheet that looks most like a roster.
            let refusals: Vec<_> = layouts.into_iter().filter_map(Result::err).collect();
            let telling = refusals.iter().find(|refusal| **refusal != RosterFileRefusal::HeaderMissing);
            Err(telling.copied().unwrap_or(RosterFileRefusal::HeaderMissing).into())
        }
    }
}

/// # Errors
/// When there are more rows than a roster may have, or nobody.
fn whole(sheet: Sheet, layout: Option<Layout>) -> Result<ReadRoster> {
    let above = layout.map_or(1, |layout| layout.first);
    if sheet.rows_filled > sheet.rows.len() {
        return Err(RosterRefusal::TooManyRows { rows: sheet.rows_filled - above }.into());
    }
    let grid = Grid::of(sheet)?;
    if let Some(layout) = &layout {
        has_people(&grid, layout)?;
    }
    Ok(ReadRoster { grid, layout })
}

/// # Errors
/// When no row below the header holds anything in the columns of a roster.
pub(super) fn has_people(grid: &Grid, layout: &Layout) -> Result<(), RosterFileRefusal> {
    match grid.people(layout).iter().all(|sent| sent.raw.is_blank()) {
        true => Err(RosterFileRefusal::NobodyInIt),
        false => Ok(()),
    }
}

/// Checks the people of a sheet. Blocks.
pub(super) fn check(grid: &Grid, layout: &Layout, rules: Rules, keys: &Keys) -> Result<Vec<CheckedRow>> {
    let sent: Vec<SentRow> = grid.people(layout).into_iter().filter(|sent| !sent.raw.is_blank()).collect();
    let meant: Vec<(u32, RawRosterRow)> = sent.iter().map(|row| (row.number, understood(&row.raw))).collect();
    let checked = check_roster(&meant, rules.today, rules.demo, &titles::code_of)?;
    let good = checked.people.into_iter().map(|(number, person)| (number, Ok(PersonRecord::of(keys, &person))));
    let bad = checked.refused.into_iter().map(|(number, refused)| (number, Err(refused)));
    let mut outcome: Vec<(u32, Result<PersonRecord, Vec<RowRefusal>>)> = good.chain(bad).collect();
    outcome.sort_by_key(|(number, _)| *number);
    sent.iter()
        .zip(outcome)
        .map(|(row, (_, person))| {
            let person = person.map_err(|refused| refused.iter().map(|refusal| kept(row, refusal)).collect());
            Ok(CheckedRow { number: i64::from(row.number), sealed: row::seal(keys, &row.raw)?, person })
        })
        .collect()
}

/// A refusal as it is kept; what seems to be missing in a merged cell is told as that.
fn kept(row: &SentRow, refusal: &RowRefusal) -> KeptRefusal {
    let above = row.merged.iter().find(|(column, _)| *column == refusal.column);
    match above {
        Some((column, above)) => KeptRefusal::of(*column, &RosterRefusal::CellMerged { row: *above }),
        None => KeptRefusal::from(refusal),
    }
}

/// The person a kept row names, or what is wrong with it by today.
pub(super) fn check_again(raw: &RawRosterRow, rules: Rules, keys: &Keys) -> Result<PersonRecord, Vec<KeptRefusal>> {
    let checked: Result<RosterPerson, _> = check_row(&understood(raw), rules.today, rules.demo, &titles::code_of);
    match checked {
        Ok(person) => Ok(PersonRecord::of(keys, &person)),
        Err(refusals) => Err(refusals.iter().map(KeptRefusal::from).collect()),
    }
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
