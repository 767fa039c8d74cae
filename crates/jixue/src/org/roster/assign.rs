//! Saying which column of a sheet is which, where its header does not, or was misunderstood.

use super::RosterFileRefusal;
use super::columns::{self, Places, Remembered};
use super::file;
use super::grid::{Grid, Layout};
use super::receive::{keep_all, rules};
use super::row::ImportState;
use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::sheet;
use jixue_core::id::{ImportId, UnitId};
use jixue_core::org::Column;
use jixue_core::scope::Scope;
use std::collections::HashSet;

/// What a clerk says of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The row of the first person, as the spreadsheet's margin shows it.
    pub first_row: u32,
    /// Each column of a roster with its place in the sheet, from 0; those that the sheet does not have are left out.
    pub places: Vec<(Column, usize)>,
}

impl Choice {
    /// # Errors
    /// When a needed column has no place, or two have the same, or one lies beyond the sheet.
    fn layout(&self, grid: &Grid) -> Result<Layout, RosterFileRefusal> {
        let mut places = Places::default();
        let mut taken = HashSet::new();
        for (column, place) in self.places.iter().filter(|(_, place)| *place < grid.columns) {
            if !taken.insert(*place) {
                return Err(RosterFileRefusal::ColumnTwice);
            }
            places.set(*column, Some(*place));
        }
        places.complete()?;
        let first = grid.rows.iter().position(|(number, _)| *number >= self.first_row);
        Ok(Layout { first: first.ok_or(RosterFileRefusal::NobodyInIt)?, places })
    }
}

/// Checks the rows of an import anew by what a clerk says of its columns, and remembers that for the unit's next file.
///
/// # Errors
/// Not found; `roster.applied_already` once its people are coming in; `roster.sheet_forgotten` after a week;
/// [`RosterFileRefusal`] for a choice that makes no roster.
pub async fn assign(app: &App, scope: &Scope, import: ImportId, choice: Choice) -> Result<()> {
    let KeptSheet { unit, sealed, .. } = sheet_of(app, scope, import).await?;
    let (keys, rules) = (app.keys.clone(), rules(app));
    let (layout, told, rows) = sheet::in_background(move || {
        let grid = Grid::open(&keys, &sealed)?;
        let layout = choice.layout(&grid)?;
        file::has_people(&grid, &layout)?;
        let rows = file::check(&grid, &layout, rules, &keys)?;
        Ok((layout, told(&grid, &layout), rows))
    })
    .await?;
    let (asker, now) = (scope.clone(), app.clock.now());
    app.db
        .write(async move |tx: &Tx<'_>| {
            if !store::columns::lay_out_again(tx, &asker, import, &layout).await? {
                return Err(RosterFileRefusal::AppliedAlready.into());
            }
            for (header, column) in &told {
                store::columns::remember(tx, &asker, unit, header, *column, now).await?;
            }
            Ok(())
        })
        .await?;
    keep_all(app, scope, unit, import, rows).await
}

/// Says which column is which by the words of the header, as the operator's command does.
///
/// # Errors
/// As [`assign`]; `roster.header_missing` when no row has these words.
pub async fn assign_by_names(app: &App, scope: &Scope, import: ImportId, names: &[(String, Column)]) -> Result<()> {
    let mut kept = sheet_of(app, scope, import).await?;
    kept.remembered.extend(names.iter().map(|(word, column)| (columns::meant(word), *column)));
    let keys = app.keys.clone();
    let choice = sheet::in_background(move || {
        let grid = Grid::open(&keys, &kept.sealed)?;
        let layout = columns::find_in(&grid, &kept.remembered)?;
        let first_row = grid.rows.get(layout.first).ok_or(RosterFileRefusal::NobodyInIt)?.0;
        Ok(Choice { first_row, places: layout.places.found().collect() })
    })
    .await?;
    assign(app, scope, import, choice).await
}

struct KeptSheet {
    unit: UnitId,
    sealed: Vec<u8>,
    layout: Option<Layout>,
    remembered: Remembered,
}

async fn sheet_of(app: &App, scope: &Scope, import: ImportId) -> Result<KeptSheet> {
    let asker = scope.clone();
    app.db
        .read(async move |tx: &Tx<'_>| {
            let found = store::import(tx, &asker, import).await?.ok_or_else(Refused::not_found)?;
            if !matches!(found.state, ImportState::Unmapped | ImportState::Checked) {
                return Err(RosterFileRefusal::AppliedAlready.into());
            }
            let sheet = store::columns::sheet(tx, &asker, import).await?;
            let (sealed, layout) = sheet.ok_or(RosterFileRefusal::SheetForgotten)?;
            let remembered = store::columns::remembered(tx, &asker, found.unit).await?;
            Ok(KeptSheet { unit: found.unit, sealed, layout, remembered })
        })
        .await
}

/// The headers of the columns, as far as there is a header, with what they were said to mean.
fn told(grid: &Grid, layout: &Layout) -> Vec<(String, Column)> {
    let header = layout.first.checked_sub(1).and_then(|above| grid.rows.get(above));
    let word = |place: usize| header.and_then(|(_, cells)| cells.get(place)).map(|cell| columns::meant(cell));
    let told = layout.places.found().filter_map(|(column, place)| Some((word(place)?, column)));
    told.filter(|(word, _)| !word.is_empty() && word.chars().count() <= 60).collect()
}

/// A sheet as somebody has to see it to say which column is which.
pub(super) struct Seen {
    pub layout: Layout,
    /// The first rows: number in the margin and cells.
    pub rows: Vec<(u32, Vec<String>)>,
    pub columns: usize,
}

/// Rows that are shown.
const ROWS_SHOWN: usize = 12;

/// The sheet of an import with what is known, or can be guessed, of its columns.
pub(super) async fn seen(app: &App, scope: &Scope, import: ImportId) -> Result<Seen> {
    let kept = sheet_of(app, scope, import).await?;
    let (keys, today) = (app.keys.clone(), app.clock.now().business_date());
    sheet::in_background(move || {
        let grid = Grid::open(&keys, &kept.sealed)?;
        let layout = kept.layout.unwrap_or_else(|| columns::guess(&grid, &kept.remembered, today));
        let columns = grid.columns.min(columns::COLUMNS_MAX);
        Ok(Seen { layout, columns, rows: grid.rows.into_iter().take(ROWS_SHOWN).collect() })
    })
    .await
}
