//! A OneRoster package: a ZIP archive of CSV tables, and the manifest that says which.
//!
//! Source: 1EdTech OneRoster 1.1 and 1.2, CSV tables (bulk). A table is named in the manifest as `file.orgs`; in bulk mode a
//! row without a status is active.

use super::OneRosterRefusal;
use crate::error::Result;
use crate::sheet::{self, Bounds, SheetRefusal};
use std::collections::HashMap;

const TABLES: [&str; 4] = ["manifest.csv", "orgs.csv", "users.csv", "roles.csv"];
/// Rows of one table: more staff than a city has.
const ROWS_MAX: usize = 50_000;
const COLUMNS_MAX: usize = 60;
/// A list of identifiers may be long; nothing that is read here is longer.
const CELL_CHARACTERS_MAX: usize = 400;

/// A row of a table by the names of its columns.
pub(super) struct Record {
    /// In the file, from 1.
    pub line: u32,
    cells: HashMap<&'static str, String>,
}

impl Record {
    /// Empty where the table has no such column.
    pub fn get(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// Why the row does not count, if it does not.
    pub fn ended(&self) -> Option<&'static str> {
        let is = |column: &str, word: &str| self.get(column).eq_ignore_ascii_case(word);
        if is("status", "tobedeleted") {
            Some("oneroster.skipped_deleted")
        } else if is("status", "inactive") || is("enabledUser", "false") {
            Some("oneroster.skipped_inactive")
        } else {
            None
        }
    }
}

/// The tables that are read.
pub(super) struct Package {
    pub orgs: Vec<Record>,
    pub users: Vec<Record>,
    /// Of 1.2 only: who has which role where.
    pub roles: Vec<Record>,
    pub has_roles: bool,
}

const ORG_COLUMNS: [&str; 6] = ["sourcedId", "status", "name", "type", "identifier", "parentSourcedId"];
const USER_COLUMNS: [&str; 13] = [
    "sourcedId",
    "status",
    "enabledUser",
    "orgSourcedIds",
    "role",
    "userIds",
    "givenName",
    "familyName",
    "identifier",
    "sms",
    "phone",
    "primaryOrgSourcedId",
    "middleName",
];
const ROLE_COLUMNS: [&str; 6] = ["sourcedId", "status", "userSourcedId", "roleType", "role", "orgSourcedId"];

/// Reads a package. Blocks.
///
/// # Errors
/// [`OneRosterRefusal`]; [`SheetRefusal`] for what is wrong with the archive or a table.
pub(super) fn read(bytes: &[u8]) -> Result<Package> {
    let files = sheet::archive_files(bytes, &TABLES)?;
    let manifest = files.get("manifest.csv").ok_or(OneRosterRefusal::NoManifest)?;
    let manifest = properties(manifest)?;
    let property = |name: &str| manifest.get(name).map(String::as_str).unwrap_or_default();
    let has_roles = match property("oneroster.version") {
        "1.1" => false,
        "1.2" => true,
        other => return Err(OneRosterRefusal::VersionUnknown { version: other.chars().take(12).collect() }.into()),
    };
    let table = |name: &'static str, columns: &[&'static str], needed: &[&'static str]| {
        let file = format!("{name}.csv");
        match property(&format!("file.{name}")) {
            "bulk" => {}
            "delta" => return Err(OneRosterRefusal::Delta { file }.into()),
            _ => return Err(OneRosterRefusal::FileMissing { file }.into()),
        }
        let Some(bytes) = files.get(&file) else { return Err(OneRosterRefusal::FileMissing { file }.into()) };
        records(bytes, file, columns, needed)
    };
    let orgs = table("orgs", &ORG_COLUMNS, &["sourcedId", "name", "type"])?;
    let users: &[&'static str] = match has_roles {
        true => &["sourcedId", "givenName", "familyName"],
        false => &["sourcedId", "orgSourcedIds", "role", "givenName", "familyName"],
    };
    let users = table("users", &USER_COLUMNS, users)?;
    let roles = match has_roles {
        true => table("roles", &ROLE_COLUMNS, &["userSourcedId", "role", "orgSourcedId"])?,
        false => Vec::new(),
    };
    Ok(Package { orgs, users, roles, has_roles })
}

fn table_of(bytes: &[u8]) -> Result<sheet::Sheet> {
    let bounds = Bounds { rows_max: ROWS_MAX + 1, columns_max: COLUMNS_MAX, characters_max: CELL_CHARACTERS_MAX };
    // A workbook in the place of a table is none.
    if bytes.starts_with(b"PK") {
        return Err(SheetRefusal::UnknownFormat.into());
    }
    Ok(sheet::read(bytes, bounds)?.into_iter().next().ok_or(SheetRefusal::Empty)?)
}

fn properties(bytes: &[u8]) -> Result<HashMap<String, String>> {
    let cell = |cells: &[String], at: usize| cells.get(at).map(|cell| cell.trim().to_owned()).unwrap_or_default();
    let rows = table_of(bytes)?.rows.into_iter();
    Ok(rows.map(|row| (cell(&row.cells, 0), cell(&row.cells, 1))).collect())
}

fn records(bytes: &[u8], file: String, columns: &[&'static str], needed: &[&'static str]) -> Result<Vec<Record>> {
    let table = table_of(bytes)?;
    if table.rows_filled > ROWS_MAX {
        return Err(OneRosterRefusal::TooManyRows { file, rows: table.rows_filled }.into());
    }
    let mut rows = table.rows.into_iter();
    let head = rows.next().map(|row| row.cells).unwrap_or_default();
    let place = |column: &str| head.iter().position(|cell| cell.trim().eq_ignore_ascii_case(column));
    if let Some(column) = needed.iter().find(|column| place(column).is_none()) {
        return Err(OneRosterRefusal::ColumnMissing { file, column }.into());
    }
    let places: Vec<(&'static str, usize)> =
        columns.iter().filter_map(|column| Some((*column, place(column)?))).collect();
    let cell = |cells: &[String], at: usize| cells.get(at).map(|cell| cell.trim().to_owned()).unwrap_or_default();
    Ok(rows
        .map(|row| Record {
            line: row.number,
            cells: places.iter().map(|(column, at)| (*column, cell(&row.cells, *at))).collect(),
        })
        .collect())
}
