//! SQL of which column is which: the sheet of an import, what a clerk said of it, what a unit's headers mean.

use super::import_within;
use crate::db::{Tx, values};
use crate::error::{Error, Result};
use crate::org::roster::columns::Remembered;
use crate::org::roster::grid::Layout;
use crate::org::store::scoped::{bounds, unit_within};
use jixue_core::id::{ImportId, UnitId};
use jixue_core::org::Column;
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

crate::db::statements! {
    REMEMBERED = concat!(
        "SELECT h.header, h.column_code FROM roster_header h JOIN employer_unit u ON u.unit_id = h.unit_id
        WHERE h.unit_id = $1 AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6"), " ORDER BY h.told_at DESC LIMIT 500"
    );
    REMEMBER = concat!(
        "INSERT INTO roster_header (unit_id, header, column_code, told_at)
        SELECT u.unit_id, $2, $3, CAST($4 AS BIGINT) FROM employer_unit u WHERE u.unit_id = $1 AND ",
        unit_within!("$5", "$6", "$7", "$8", "$9"),
        " ON CONFLICT (unit_id, header) DO UPDATE SET column_code = excluded.column_code, told_at = excluded.told_at"
    );
    KEEP_SHEET = concat!(
        "INSERT INTO roster_import_sheet (import_id, sealed, kept_at)
        SELECT i.import_id, $2, CAST($3 AS BIGINT) FROM roster_import i JOIN employer_unit u ON u.unit_id = i.unit_id
        WHERE i.import_id = $1 AND i.state IN ('receiving', 'unmapped') AND ",
        unit_within!("$4", "$5", "$6", "$7", "$8"), " ON CONFLICT (import_id) DO NOTHING"
    );
    SHEET = concat!(
        "SELECT s.sealed, i.layout FROM roster_import_sheet s JOIN roster_import i ON i.import_id = s.import_id
        JOIN employer_unit u ON u.unit_id = i.unit_id
        WHERE s.import_id = $1 AND i.state IN ('unmapped', 'checked') AND ",
        unit_within!("$2", "$3", "$4", "$5", "$6")
    );
    FORGET_SHEET = concat!("DELETE FROM roster_import_sheet WHERE ", import_within!("$2", "$3", "$4", "$5", "$6"));
    FORGET_OLD_SHEETS = "DELETE FROM roster_import_sheet WHERE kept_at < $1";
    LAY_OUT = concat!(
        "UPDATE roster_import SET state = 'receiving', layout = $2
        WHERE state IN ('receiving', 'unmapped') AND layout IS NULL AND ",
        import_within!("$3", "$4", "$5", "$6", "$7")
    );
    LAY_OUT_AGAIN = concat!(
        "UPDATE roster_import SET state = 'receiving', layout = $2 WHERE state IN ('unmapped', 'checked') AND ",
        import_within!("$3", "$4", "$5", "$6", "$7")
    );
    WAIT_FOR_LAYOUT = concat!(
        "UPDATE roster_import SET state = 'unmapped' WHERE state = 'receiving' AND layout IS NULL AND ",
        import_within!("$2", "$3", "$4", "$5", "$6")
    );
    FORGET_ROWS = concat!("DELETE FROM roster_import_row WHERE ", import_within!("$2", "$3", "$4", "$5", "$6"));
}

fn column_of(code: &str) -> Option<Column> {
    Column::ALL.into_iter().find(|column| column.code() == code)
}

/// What a unit's own headers mean.
pub(in super::super) async fn remembered(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Remembered> {
    let read = |row: &crate::db::Row<'_>| Ok((row.get::<String>(0)?, column_of(&row.get::<String>(1)?)));
    let told = tx.query(REMEMBERED, &bounds(scope, values![unit]), read).await?;
    Ok(told.into_iter().filter_map(|(header, column)| Some((header, column?))).collect())
}

pub(in super::super) async fn remember(
    tx: &Tx<'_>,
    scope: &Scope,
    unit: UnitId,
    header: &str,
    column: Column,
    now: Timestamp,
) -> Result<()> {
    tx.execute(REMEMBER, &bounds(scope, values![unit, header, column.code(), now])).await.map(drop)
}

pub(in super::super) async fn keep_sheet(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    sealed: &[u8],
    now: Timestamp,
) -> Result<()> {
    tx.execute(KEEP_SHEET, &bounds(scope, values![import, sealed, now])).await.map(drop)
}

/// The sealed sheet of an import whose people are not in yet, and its layout when that is known.
pub(in super::super) async fn sheet(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
) -> Result<Option<(Vec<u8>, Option<Layout>)>> {
    tx.query_optional(SHEET, &bounds(scope, values![import]), |row| {
        let layout: Option<String> = row.get(1)?;
        let layout = layout.map(|text| serde_json::from_str(&text)).transpose().map_err(Error::internal)?;
        Ok((row.get(0)?, layout))
    })
    .await
}

pub(in super::super) async fn forget_sheet(tx: &Tx<'_>, scope: &Scope, import: ImportId) -> Result<()> {
    tx.execute(FORGET_SHEET, &bounds(scope, values![import])).await.map(drop)
}

/// Sheets that nobody came back for.
pub(in super::super) async fn forget_old_sheets(tx: &Tx<'_>, before: Timestamp) -> Result<()> {
    tx.execute(FORGET_OLD_SHEETS, values![before]).await.map(drop)
}

fn written(layout: &Layout) -> Result<String> {
    serde_json::to_string(layout).map_err(Error::internal)
}

/// Notes the layout of an import that has none.
pub(in super::super) async fn lay_out(tx: &Tx<'_>, scope: &Scope, import: ImportId, layout: &Layout) -> Result<()> {
    tx.execute(LAY_OUT, &bounds(scope, values![import, written(layout)?])).await.map(drop)
}

/// Notes another layout and takes back what was made by the one before; false once people are coming in.
pub(in super::super) async fn lay_out_again(
    tx: &Tx<'_>,
    scope: &Scope,
    import: ImportId,
    layout: &Layout,
) -> Result<bool> {
    if tx.execute(LAY_OUT_AGAIN, &bounds(scope, values![import, written(layout)?])).await? == 0 {
        return Ok(false);
    }
    tx.execute(FORGET_ROWS, &bounds(scope, values![import])).await?;
    Ok(true)
}

pub(in super::super) async fn wait_for_layout(tx: &Tx<'_>, scope: &Scope, import: ImportId) -> Result<()> {
    tx.execute(WAIT_FOR_LAYOUT, &bounds(scope, values![import])).await.map(drop)
}
