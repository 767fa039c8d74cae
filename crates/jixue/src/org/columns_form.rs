//! The form on which somebody says which column of a sheet is which: for rosters, lists of units and employments, and hours.

use super::roster::RosterFileRefusal;
use crate::i18n::Texts;
use crate::web::forms::RawForm;
use std::collections::HashSet;

/// Rows of a sheet: number in the spreadsheet's margin, and cells from the first column.
pub type SheetRows = [(u32, Vec<String>)];

/// A column that is looked for.
pub struct Sought {
    /// Of the form's field.
    pub name: &'static str,
    /// As the reader calls it.
    pub label: &'static str,
    pub is_needed: bool,
}

/// Where rows begin in a sheet, and which column is which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Laid {
    /// The first row below the header among the sheet's filled rows, from 0.
    pub first: usize,
    /// The place of each column that is looked for, from 0; none where the sheet does not have it.
    pub places: Vec<Option<usize>>,
}

/// What somebody says of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// As the spreadsheet's margin shows it.
    pub first_row: u32,
    pub places: Vec<Option<usize>>,
}

impl Told {
    /// What a form says, its fields in the order of the columns looked for.
    pub fn of(form: &RawForm, names: impl Iterator<Item = &'static str>) -> Self {
        let number = |name: &str| form.first(name).and_then(|value| value.parse::<usize>().ok());
        let first_row = number("first_row").and_then(|row| u32::try_from(row).ok()).unwrap_or(1);
        Self { first_row, places: names.map(number).collect() }
    }

    /// The same for a sheet.
    ///
    /// # Errors
    /// `roster.column_twice` when one column is named twice, `roster.nobody_in_it` when nothing stands below. A place beyond
    /// the sheet is none.
    pub fn laid(&self, rows: &SheetRows, columns: usize) -> Result<Laid, RosterFileRefusal> {
        let places: Vec<Option<usize>> =
            self.places.iter().map(|place| place.filter(|place| *place < columns)).collect();
        let mut taken = HashSet::new();
        if !places.iter().flatten().all(|place| taken.insert(*place)) {
            return Err(RosterFileRefusal::ColumnTwice);
        }
        let first = rows.iter().position(|(number, _)| *number >= self.first_row);
        Ok(Laid { first: first.ok_or(RosterFileRefusal::NobodyInIt)?, places })
    }
}

/// One field, to be given a column of the sheet: (value, words, is chosen) for each.
pub struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub options: Vec<(String, String, bool)>,
}

/// The form, and the first rows of the sheet beside it, numbers hidden as everywhere.
pub struct ColumnsForm {
    pub fields: Vec<Field>,
    /// Where rows begin: (row number, words, is chosen).
    pub first_rows: Vec<(String, String, bool)>,
    pub letters: Vec<String>,
    pub rows: Vec<(u32, Vec<String>)>,
}

impl ColumnsForm {
    /// `rows`: the first ones of a sheet so many columns wide; `laid`: what is known or guessed; `told`: what somebody said
    /// before, which is asked again.
    pub fn of(
        t: &Texts,
        sought: &[Sought],
        (rows, columns): (&SheetRows, usize),
        laid: &Laid,
        told: Option<&Told>,
    ) -> Self {
        let cell = |cells: &[String], at: usize| cells.get(at).map(|cell| shown(cell)).unwrap_or_default();
        let masked = |cells: &[String]| (0..columns).map(|at| cell(cells, at)).collect::<Vec<_>>();
        Self {
            fields: fields(t, sought, (rows, columns), laid, told),
            first_rows: first_rows(t, rows, laid, told),
            letters: (0..columns).map(letter).collect(),
            rows: rows.iter().map(|(number, cells)| (*number, masked(cells))).collect(),
        }
    }
}

/// `A`, `B` … `Z`, `AA`: as the spreadsheet calls a column.
fn letter(column: usize) -> String {
    let of = |number: usize| char::from(b'A' + u8::try_from(number % 26).unwrap_or(0));
    if column < 26 { of(column).to_string() } else { format!("{}{}", of(column / 26 - 1), of(column)) }
}

/// A cell as it may be shown: long numbers are somebody's.
fn shown(cell: &str) -> String {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    match digits {
        15.. => jixue_core::mask::identity_number(cell.trim()),
        11.. => jixue_core::mask::phone(cell.trim()),
        _ => cell.chars().take(24).collect(),
    }
}

fn fields(
    t: &Texts,
    sought: &[Sought],
    (rows, columns): (&SheetRows, usize),
    laid: &Laid,
    told: Option<&Told>,
) -> Vec<Field> {
    let header = laid.first.checked_sub(1).and_then(|above| rows.get(above));
    let below = rows.get(laid.first);
    let cell = |row: Option<&(u32, Vec<String>)>, column: usize| {
        row.and_then(|(_, cells)| cells.get(column)).map(|cell| shown(cell)).unwrap_or_default()
    };
    let words = |column: usize| {
        let parts = [letter(column), cell(header, column), cell(below, column)];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    };
    let places = told.map_or(&laid.places, |told| &told.places);
    let field = |(one, chosen): (&Sought, &Option<usize>)| {
        let none = (String::new(), t.org_columns_none().to_owned(), chosen.is_none());
        let of_sheet = (0..columns).map(|at| (at.to_string(), words(at), *chosen == Some(at)));
        let hint = if one.is_needed { t.org_columns_needed() } else { t.org_columns_optional() };
        Field { name: one.name, label: one.label, hint, options: std::iter::once(none).chain(of_sheet).collect() }
    };
    sought.iter().zip(places).map(field).collect()
}

fn first_rows(t: &Texts, rows: &SheetRows, laid: &Laid, told: Option<&Told>) -> Vec<(String, String, bool)> {
    let known = rows.get(laid.first).map(|(number, _)| *number);
    let chosen = told.map(|told| told.first_row).or(known);
    let words = |number: u32, cells: &[String]| {
        let begin: Vec<String> = cells.iter().filter(|cell| !cell.is_empty()).take(3).map(|cell| shown(cell)).collect();
        t.org_columns_row(number, begin.join(" · "))
    };
    rows.iter().map(|(number, cells)| (number.to_string(), words(*number, cells), chosen == Some(*number))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_called_as_spreadsheets_call_them() {
        assert_eq!([0, 25, 26, 39].map(letter), ["A", "Z", "AA", "AN"]);
    }

    #[test]
    fn long_numbers_are_hidden() {
        assert_eq!(shown("431099198501010012"), "431***********0012");
        assert_eq!(shown("13800000001"), "138****0001");
        assert_eq!(shown("内科"), "内科");
    }

    /// Two fields with the same column would put one cell in two places; a column beyond the sheet is none.
    #[test]
    fn what_somebody_says_fits_the_sheet() {
        let rows = [(3, vec!["甲".to_owned()]), (7, vec!["乙".to_owned()])];
        let told = |first_row, places: &[Option<usize>]| Told { first_row, places: places.to_vec() };
        let laid = told(4, &[Some(1), None, Some(9)]).laid(&rows, 2).unwrap();
        assert_eq!(laid, Laid { first: 1, places: vec![Some(1), None, None] });
        assert_eq!(told(1, &[Some(0), Some(0)]).laid(&rows, 2), Err(RosterFileRefusal::ColumnTwice));
        assert_eq!(told(8, &[Some(0)]).laid(&rows, 2), Err(RosterFileRefusal::NobodyInIt));
    }
}
