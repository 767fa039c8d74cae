//! The list of people as a spreadsheet: what the page shows, all of it, numbers masked.

use super::overview::Overview;
use super::pages::{Line, stage_word};
use super::store::PersonStanding;
use crate::error::Result;
use crate::i18n::Texts;
use crate::org::titles;
use crate::sheet::{self, Cell, Column, Table};
use jixue_core::credit::Hours;
use jixue_core::time::Timestamp;

/// Writes the list. Blocks.
pub(super) fn write(t: &Texts, overview: &Overview, people: &[PersonStanding], now: Timestamp) -> Result<Vec<u8>> {
    let titles = [
        (t.desk_name(), 14.0),
        (t.desk_identity_number(), 22.0),
        (t.desk_phone(), 16.0),
        (t.desk_department(), 22.0),
        (t.desk_title(), 24.0),
        (t.desk_stage(), 14.0),
        (t.desk_public_hours(), 14.0),
        (t.desk_professional_hours(), 14.0),
    ];
    let year = overview.programme.as_ref().map(|programme| programme.year.to_string()).unwrap_or_default();
    sheet::table(&Table {
        name: t.desk_sheet().to_owned(),
        intro: t.desk_export_intro(&overview.unit.name, year, people.len(), now.china_minutes()),
        columns: titles.map(|(title, width)| Column { title: title.to_owned(), width }).to_vec(),
        rows: people.iter().map(|person| cells(t, overview, person)).collect(),
    })
}

fn cells(t: &Texts, overview: &Overview, person: &PersonStanding) -> Vec<Cell> {
    let line = Line::of(t, overview, person);
    let texts = [
        person.name.clone(),
        person.identity_masked.clone(),
        person.phone_masked.clone(),
        person.department.clone(),
        titles::words(t, &person.title_series, &person.title_level),
        stage_word(t, person.stage).to_owned(),
    ];
    let mut cells: Vec<Cell> = texts.map(Cell::Text).to_vec();
    for hours in [line.public, line.professional] {
        cells.push(hours.map_or_else(|| Cell::Text(String::new()), |part| number(part.earned_hours)));
    }
    cells
}

fn number(hours: Hours) -> Cell {
    Cell::Number(hours.0 as f64 / 100.0)
}
