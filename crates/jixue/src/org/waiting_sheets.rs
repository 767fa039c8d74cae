//! Sheets that wait for somebody to say which column is which. Whoever sent one sees it, nobody else.

use super::roster::Grid;
use super::store::waiting_sheets as store;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use jixue_core::id::{ImportId, SheetId};
use jixue_core::scope::Scope;
use jixue_core::time::Year;

/// What a sheet is to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Units,
    Employments,
    /// Hours earned elsewhere, for a programme year.
    ConfirmedHours(Year),
}

impl Purpose {
    pub(super) const fn columns(self) -> (&'static str, Year) {
        match self {
            Self::Units => ("units", Year(0)),
            Self::Employments => ("employments", Year(0)),
            Self::ConfirmedHours(year) => ("confirmed_hours", year),
        }
    }

    pub(super) fn of(code: &str, year: Year) -> Result<Self> {
        match code {
            "units" => Ok(Self::Units),
            "employments" => Ok(Self::Employments),
            "confirmed_hours" => Ok(Self::ConfirmedHours(year)),
            _ => Err(crate::error::Error::internal(format!("a sheet for {code:?}"))),
        }
    }
}

/// What became of a file that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It was read, and can be looked at.
    Import(ImportId),
    /// Its header says too little: the sheet waits.
    Waiting(SheetId),
}

/// A sheet with where it came from.
pub struct WaitingSheet {
    pub id: SheetId,
    pub purpose: Purpose,
    pub file_name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
    pub grid: Grid,
}

/// Keeps a sheet, sealed; the same file of the same officer again is the same sheet.
///
/// # Errors
/// Only of the database.
pub async fn keep_sheet(
    app: &App,
    scope: &Scope,
    purpose: Purpose,
    (file_name, digest): (&str, &str),
    grid: &Grid,
) -> Result<SheetId> {
    let (at, by, sealed) = (app.at(), scope.actor().number(), grid.seal(&app.keys)?);
    let (file_name, digest) = (super::roster::shown_file_name(file_name), digest.to_owned());
    app.db
        .write(async move |tx: &Tx<'_>| {
            let file = store::File { purpose, name: &file_name, digest: &digest, by };
            store::insert(tx, at.ids.next::<SheetId>(), &file, &sealed, at.now).await?;
            store::of_file(tx, &file).await?.ok_or_else(|| Refused::not_found().into())
        })
        .await
}

/// A sheet that the asker sent.
///
/// # Errors
/// Not found.
pub async fn waiting_sheet(app: &App, scope: &Scope, sheet: SheetId) -> Result<WaitingSheet> {
    let by = scope.actor().number();
    let found = app.db.read(async move |tx: &Tx<'_>| store::sheet(tx, sheet, by).await).await?;
    let found = found.ok_or_else(Refused::not_found)?;
    let grid = Grid::open(&app.keys, &found.sealed)?;
    Ok(WaitingSheet { id: sheet, purpose: found.purpose, file_name: found.file_name, digest: found.digest, grid })
}

/// Throws a sheet of the asker away: its rows are kept elsewhere by now.
///
/// # Errors
/// Only of the database.
pub async fn forget_sheet(app: &App, scope: &Scope, sheet: SheetId) -> Result<()> {
    let by = scope.actor().number();
    app.db.write(async move |tx: &Tx<'_>| store::remove(tx, sheet, by).await).await
}

/// Sheets for which nobody came back are kept so long.
const KEPT_DAYS: i64 = 7;

/// Throws away sheets that came more than a week ago.
///
/// # Errors
/// Only of the database.
pub(super) async fn forget(app: &App) -> Result<()> {
    let before = app.clock.now().plus_ms(-KEPT_DAYS * 24 * 3_600_000);
    app.db.write(async move |tx: &Tx<'_>| store::forget(tx, before).await).await
}
