//! The sheet of a roster, kept sealed until its people are in, so that somebody can say which column is which.

use super::columns::Places;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::sheet::{Sheet, SheetRefusal};
use jixue_core::org::{Column, RawRosterRow};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// All cells of a sheet together. 5,000 people with thirty columns take some five million bytes.
const TEXT_BYTES_MAX: usize = 16 << 20;
/// The context in which sheets are sealed.
const SEALED_AS: &str = "roster sheet";

/// Where people begin in a sheet, and which column is which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Layout {
    /// The first row of people among the sheet's filled rows, from 0.
    pub first: usize,
    pub places: Places,
}

/// The filled rows of a sheet.
///
/// Kept sealed, it holds whatever somebody sent.
#[derive(Clone, Serialize, Deserialize)]
pub struct Grid {
    /// Number in the spreadsheet's margin, and cells from the first column.
    pub rows: Vec<(u32, Vec<String>)>,
    /// Cells merged with one above: row number, column, number of the row that holds the text.
    merged: Vec<(u32, usize, u32)>,
    /// The furthest filled column, from 1.
    pub columns: usize,
}

/// A row as it was sent, its cells by their meaning.
pub(super) struct SentRow {
    pub number: u32,
    pub raw: RawRosterRow,
    /// Cells that are merged with one above, and the row that holds their text.
    pub merged: Vec<(Column, u32)>,
}

impl Grid {
    /// # Errors
    /// When the cells hold far more text than people's names and numbers.
    pub(crate) fn of(sheet: Sheet) -> Result<Self, SheetRefusal> {
        let bytes: usize = sheet.rows.iter().flat_map(|row| &row.cells).map(String::len).sum();
        if bytes > TEXT_BYTES_MAX {
            return Err(SheetRefusal::TooMuchInside);
        }
        let merged = sheet.merged_above.into_iter().map(|((row, column), above)| (row, column, above)).collect();
        let rows = sheet.rows.into_iter().map(|row| (row.number, row.cells)).collect();
        Ok(Self { rows, merged, columns: sheet.columns_filled })
    }

    pub(in crate::org) fn seal(&self, keys: &Keys) -> Result<Vec<u8>> {
        Ok(keys.seal(SEALED_AS, &serde_json::to_vec(self).map_err(Error::internal)?))
    }

    pub(in crate::org) fn open(keys: &Keys, sealed: &[u8]) -> Result<Self> {
        serde_json::from_slice(&keys.open(SEALED_AS, sealed)?).map_err(Error::internal)
    }

    /// The rows of people.
    ///
    /// A department or a title that is merged over several rows holds for each of them; a name or a number does not.
    pub(super) fn people(&self, layout: &Layout) -> Vec<SentRow> {
        let merged: HashMap<(u32, usize), u32> =
            self.merged.iter().map(|(row, column, above)| ((*row, *column), *above)).collect();
        let by_number: HashMap<u32, &Vec<String>> = self.rows.iter().map(|(number, cells)| (*number, cells)).collect();
        let people = self.rows.iter().skip(layout.first);
        people
            .map(|(number, cells)| {
                let mut sent = SentRow { number: *number, raw: layout.places.row(cells), merged: Vec::new() };
                for (column, place) in layout.places.found() {
                    let Some(above) = merged.get(&(*number, place)).copied() else { continue };
                    let text = by_number.get(&above).and_then(|cells| cells.get(place));
                    match (column, text) {
                        (Column::Department, Some(text)) => sent.raw.department = text.clone(),
                        (Column::TitleSeries, Some(text)) => sent.raw.title_series = text.clone(),
                        (Column::TitleLevel, Some(text)) => sent.raw.title_level = text.clone(),
                        _ => sent.merged.push((column, above)),
                    }
                }
                sent
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Row;

    /// A department over three rows is theirs; a name over two is a slip, and says which row it belongs to.
    #[test]
    fn merged_cells_hold_for_departments_and_are_named_for_people() {
        let row = |number, cells: &[&str]| Row { number, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() };
        let mut sheet = Sheet {
            rows: vec![row(2, &["姓名", "科室"]), row(3, &["张三", "内科"]), row(5, &["", "", "备注"])],
            columns_filled: 3,
            ..Sheet::default()
        };
        sheet.merged_above = [((5, 0), 3), ((5, 1), 3)].into();
        let mut places = Places::default();
        places.set(Column::Name, Some(0));
        places.set(Column::Department, Some(1));
        let people = Grid::of(sheet).unwrap().people(&Layout { first: 1, places });
        assert_eq!((people[0].raw.department.as_str(), people[0].merged.len()), ("内科", 0));
        assert_eq!((people[1].raw.department.as_str(), people[1].raw.name.as_str()), ("内科", ""));
        assert_eq!(people[1].merged, [(Column::Name, 3)]);
    }
}
