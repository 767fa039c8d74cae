//! The check of a roster: each row is read whole, and all that is wrong with it is said at once.

use super::{PersonName, Phone, Title, TitleLevel};
use crate::identity_number::{AreaPolicy, IdentityKind, IdentityNumber, IdentityNumberRefusal};
use crate::pasted;
use crate::refusal::Refusal;
use crate::time::BusinessDate;
use std::collections::HashMap;

mod refusal;

pub use refusal::RosterRefusal;

/// Most rows of one roster: those of a whole city.
pub const ROSTER_ROWS_MAX: usize = 50_000;

const DEPARTMENT_LENGTH_MAX: usize = 60;

/// Words that say: no title yet.
const NO_TITLE: [&str; 5] = ["", "无", "无职称", "暂无", "none"];

/// A column of the roster template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    Name,
    IdentityNumber,
    Phone,
    Department,
    TitleSeries,
    TitleLevel,
    /// Which document the number is of; empty for a resident's card.
    IdentityKind,
}

impl Column {
    /// In the order of the template.
    pub const ALL: [Self; 7] = [
        Self::Name,
        Self::IdentityNumber,
        Self::Phone,
        Self::Department,
        Self::TitleSeries,
        Self::TitleLevel,
        Self::IdentityKind,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::IdentityNumber => "identity_number",
            Self::Phone => "phone",
            Self::Department => "department",
            Self::TitleSeries => "title_series",
            Self::TitleLevel => "title_level",
            Self::IdentityKind => "identity_kind",
        }
    }
}

/// A row as the file has it: the text of each cell, unjudged.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawRosterRow {
    pub name: String,
    pub identity_number: String,
    pub phone: String,
    pub department: String,
    pub title_series: String,
    pub title_level: String,
    pub identity_kind: String,
}

impl RawRosterRow {
    /// True for the empty rows that spreadsheets carry behind their last one.
    pub fn is_blank(&self) -> bool {
        Column::ALL.into_iter().all(|column| pasted::number(self.cell(column)).is_empty())
    }

    pub fn cell(&self, column: Column) -> &str {
        match column {
            Column::Name => &self.name,
            Column::IdentityNumber => &self.identity_number,
            Column::Phone => &self.phone,
            Column::Department => &self.department,
            Column::TitleSeries => &self.title_series,
            Column::TitleLevel => &self.title_level,
            Column::IdentityKind => &self.identity_kind,
        }
    }
}

/// A person as a roster names them, every part checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterPerson {
    pub name: PersonName,
    pub identity_number: IdentityNumber,
    pub phone: Phone,
    /// None when the cell is empty.
    pub department: Option<String>,
    /// None for: no title yet.
    pub title: Option<Title>,
}

/// One thing wrong with a row: where, the refusal's stable code, and the values of its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRefusal {
    pub column: Column,
    pub code: &'static str,
    pub arguments: Vec<(&'static str, String)>,
}

impl RowRefusal {
    pub fn of(column: Column, refusal: &dyn Refusal) -> Self {
        Self { column, code: refusal.code(), arguments: refusal.arguments() }
    }
}

/// Checks one row on `today`. `demo` lets in the people of the sample city; `title_series` knows the code of a
/// series by its name or code.
///
/// # Errors
/// Everything that is wrong with the row, by column, so that a clerk corrects it once.
pub fn check_row(
    raw: &RawRosterRow,
    today: BusinessDate,
    demo: bool,
    title_series: &dyn Fn(&str) -> Option<String>,
) -> Result<RosterPerson, Vec<RowRefusal>> {
    let mut refused = Vec::new();
    let areas = AreaPolicy::ANY.with_demo(demo);
    let name = noted(&mut refused, Column::Name, PersonName::parse(&raw.name));
    let kind = noted(&mut refused, Column::IdentityKind, identity_kind(&raw.identity_kind));
    let number = IdentityNumber::parse_as(kind.flatten(), &raw.identity_number, today, areas);
    let identity_number = noted(&mut refused, Column::IdentityNumber, number);
    let phone = noted(&mut refused, Column::Phone, Phone::parse(&raw.phone));
    let department = noted(&mut refused, Column::Department, department(&raw.department));
    let title = title(raw, title_series, &mut refused);
    match (name, identity_number, phone, department) {
        (Some(name), Some(identity_number), Some(phone), Some(department)) if refused.is_empty() => {
            Ok(RosterPerson { name, identity_number, phone, department, title })
        }
        _ => Err(told_as_swapped(refused, raw, today, areas)),
    }
}

/// Where each of two cells holds what belongs into the other, one refusal says so instead of two that puzzle.
fn told_as_swapped(
    mut refused: Vec<RowRefusal>,
    raw: &RawRosterRow,
    today: BusinessDate,
    areas: AreaPolicy<'_>,
) -> Vec<RowRefusal> {
    let is_name = |cell: &str| PersonName::parse(cell).is_ok();
    let is_number = |cell: &str| IdentityNumber::parse(cell, today, areas).is_ok();
    let is_phone = |cell: &str| Phone::parse(cell).is_ok();
    let (name, number, phone) = (raw.name.as_str(), raw.identity_number.as_str(), raw.phone.as_str());
    let pairs = [
        (
            Column::IdentityNumber,
            Column::Phone,
            RosterRefusal::NumberAndPhoneSwapped,
            is_phone(number) && is_number(phone),
        ),
        (Column::Name, Column::IdentityNumber, RosterRefusal::NameAndNumberSwapped, is_number(name) && is_name(number)),
        (Column::Name, Column::Phone, RosterRefusal::NameAndPhoneSwapped, is_phone(name) && is_name(phone)),
    ];
    for (one, other, refusal, _) in pairs.into_iter().filter(|(.., swapped)| *swapped) {
        refused.retain(|refused| refused.column != one && refused.column != other);
        refused.insert(0, RowRefusal::of(one, &refusal));
    }
    refused
}

/// A whole roster after its check. Rows keep the number they have in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckedRoster {
    pub people: Vec<(u32, RosterPerson)>,
    pub refused: Vec<(u32, Vec<RowRefusal>)>,
}

/// Checks all rows, and that no identity number or phone stands in two of them; the first of the two is kept.
///
/// # Errors
/// Only when there are more than [`ROSTER_ROWS_MAX`] rows. Blank rows do not count.
pub fn check_roster(
    rows: &[(u32, RawRosterRow)],
    today: BusinessDate,
    demo: bool,
    title_series: &dyn Fn(&str) -> Option<String>,
) -> Result<CheckedRoster, RosterRefusal> {
    let filled = || rows.iter().filter(|(_, raw)| !raw.is_blank());
    let count = filled().count();
    if count > ROSTER_ROWS_MAX {
        return Err(RosterRefusal::TooManyRows { rows: count });
    }
    let mut checked = CheckedRoster::default();
    let (mut numbers, mut phones) = (HashMap::new(), HashMap::new());
    for (row, raw) in filled() {
        let person = match check_row(raw, today, demo, title_series) {
            Ok(person) => person,
            Err(refused) => {
                checked.refused.push((*row, refused));
                continue;
            }
        };
        let mut repeated = Vec::new();
        if let Some(row) = numbers.get(&person.identity_number).copied() {
            let refusal = RosterRefusal::IdentityNumberRepeated { row };
            repeated.push(RowRefusal::of(Column::IdentityNumber, &refusal));
        }
        if let Some(row) = phones.get(&person.phone).copied() {
            repeated.push(RowRefusal::of(Column::Phone, &RosterRefusal::PhoneRepeated { row }));
        }
        if repeated.is_empty() {
            numbers.insert(person.identity_number.clone(), *row);
            phones.insert(person.phone.clone(), *row);
            checked.people.push((*row, person));
        } else {
            checked.refused.push((*row, repeated));
        }
    }
    Ok(checked)
}

/// The value, or a note of why there is none.
fn noted<T, R: Refusal>(refused: &mut Vec<RowRefusal>, column: Column, read: Result<T, R>) -> Option<T> {
    read.map_err(|refusal| refused.push(RowRefusal::of(column, &refusal))).ok()
}

/// None for an empty cell.
fn identity_kind(word: &str) -> Result<Option<IdentityKind>, IdentityNumberRefusal> {
    if pasted::number(word).is_empty() {
        return Ok(None);
    }
    let unknown = || IdentityNumberRefusal::KindUnknown { word: quoted(word.trim()) };
    IdentityKind::from_word(word).map(Some).ok_or_else(unknown)
}

fn department(text: &str) -> Result<Option<String>, RosterRefusal> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let department: String = words.join(" ").chars().filter(|mark| !pasted::is_invisible(*mark)).collect();
    let length = department.chars().count();
    if department.contains('\u{fffd}') {
        return Err(RosterRefusal::DepartmentDamaged);
    }
    if length > DEPARTMENT_LENGTH_MAX {
        return Err(RosterRefusal::DepartmentTooLong { length });
    }
    Ok(Some(department).filter(|department| !department.is_empty()))
}

/// The title: both cells, or neither.
fn title(
    raw: &RawRosterRow,
    title_series: &dyn Fn(&str) -> Option<String>,
    refused: &mut Vec<RowRefusal>,
) -> Option<Title> {
    let word = |cell: &str| Some(cell.trim().to_owned()).filter(|word| !NO_TITLE.contains(&word.as_str()));
    let (series_word, level_word) = (word(&raw.title_series), word(&raw.title_level));
    let read_series = |word: &String| {
        let refusal = || RosterRefusal::TitleSeriesUnknown { series: quoted(word) };
        title_series(word).ok_or_else(refusal)
    };
    let read_level = |word: &String| {
        let refusal = || RosterRefusal::TitleLevelUnknown { level: quoted(word) };
        TitleLevel::from_word(word).ok_or_else(refusal)
    };
    let (series, level) = match (&series_word, &level_word) {
        (None, None) => return None,
        (Some(series), Some(level)) => (read_series(series), read_level(level)),
        (Some(series), None) => (read_series(series), Err(RosterRefusal::TitleLevelMissing)),
        (None, Some(level)) => (Err(RosterRefusal::TitleSeriesMissing), read_level(level)),
    };
    let series = noted(refused, Column::TitleSeries, series);
    let level = noted(refused, Column::TitleLevel, level);
    series.zip(level).map(|(series, level)| Title { series, level })
}

/// The beginning of a cell, as far as a sentence can carry it.
fn quoted(cell: &str) -> String {
    cell.chars().filter(|mark| !pasted::is_invisible(*mark)).take(20).collect()
}

#[cfg(test)]
mod tests;
