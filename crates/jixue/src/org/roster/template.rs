//! The template that clerks fill in: headers, what each column wants, drop-down lists, cells that stay text.

use super::columns;
use crate::error::{Error, Result};
use crate::i18n::Texts;
use crate::org::titles;
use crate::sheet::{head_format, text_format};
use jixue_core::identity_number::IdentityKind;
use jixue_core::org::{Column, ROSTER_ROWS_MAX, TitleLevel};
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, Format, Formula, Note, Workbook, Worksheet, XlsxError,
};

/// The row of headers, from 0; above it stands what to do.
const HEAD: u32 = 1;

/// Writes the template in the reader's language. Blocks.
pub(super) fn write(t: &Texts) -> Result<Vec<u8>> {
    workbook(t).map_err(|error| Error::internal(format!("writing the roster template: {error}")))
}

fn workbook(t: &Texts) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    people(workbook.add_worksheet(), t)?;
    lists(workbook.add_worksheet(), t)?;
    workbook.save_to_buffer()
}

fn people(sheet: &mut Worksheet, t: &Texts) -> Result<(), XlsxError> {
    sheet.set_name(t.org_template_sheet())?;
    let advice = Format::new().set_text_wrap();
    sheet.merge_range(0, 0, 0, 6, t.org_template_advice(), &advice)?;
    sheet.set_row_height(0, 64)?;
    sheet.set_row_height(HEAD, 24)?;
    let (head, text) = (head_format(), text_format());
    for (column, at) in Column::ALL.into_iter().zip(0_u16..) {
        sheet.set_column_format(at, &text)?;
        sheet.set_column_width(at, width(column))?;
        sheet.write_string_with_format(HEAD, at, columns::word(t, column), &head)?;
        let note = Note::new(hint(t, column)).add_author_prefix(false).set_width(260).set_height(90);
        sheet.insert_note(HEAD, at, &note)?;
    }
    let last = HEAD + u32::try_from(ROSTER_ROWS_MAX).unwrap_or(u32::MAX / 2);
    let sheet_name = t.org_template_lists();
    let choices = |list: &str, count: usize| {
        let list = format!("='{sheet_name}'!${list}$2:${list}${}", count + 1);
        DataValidation::new().allow_list_formula(Formula::new(list)).set_error_style(DataValidationErrorStyle::Warning)
    };
    sheet.add_data_validation(HEAD + 1, 4, last, 4, &choices("A", titles::all().len()))?;
    sheet.add_data_validation(HEAD + 1, 5, last, 5, &choices("B", TitleLevel::ALL.len()))?;
    sheet.add_data_validation(HEAD + 1, 6, last, 6, &choices("C", IdentityKind::ALL.len()))?;
    sheet.set_freeze_panes(HEAD + 1, 1)?;
    Ok(())
}

/// What the drop-down lists offer. The reader knows both languages.
fn lists(sheet: &mut Worksheet, t: &Texts) -> Result<(), XlsxError> {
    sheet.set_name(t.org_template_lists())?;
    sheet.set_column_width(0, 44)?;
    sheet.set_column_width(1, 20)?;
    let head = head_format();
    sheet.write_string_with_format(0, 0, t.org_column_title_series(), &head)?;
    sheet.write_string_with_format(0, 1, t.org_column_title_level(), &head)?;
    for (series, row) in titles::all().iter().zip(1_u32..) {
        sheet.write_string(row, 0, series.name.say(t))?;
    }
    for (level, row) in TitleLevel::ALL.into_iter().zip(1_u32..) {
        sheet.write_string(row, 1, titles::level_word(t, level))?;
    }
    sheet.set_column_width(2, 28)?;
    sheet.write_string_with_format(0, 2, t.org_column_identity_kind(), &head)?;
    for (kind, row) in IdentityKind::ALL.into_iter().zip(1_u32..) {
        sheet.write_string(row, 2, kind.word_zh())?;
    }
    Ok(())
}

const fn width(column: Column) -> f64 {
    match column {
        Column::Name => 14.0,
        Column::IdentityNumber => 24.0,
        Column::Phone => 16.0,
        Column::Department => 22.0,
        Column::TitleSeries => 22.0,
        Column::TitleLevel => 16.0,
        Column::IdentityKind => 20.0,
    }
}

fn hint(t: &Texts, column: Column) -> &'static str {
    match column {
        Column::Name => t.org_hint_name(),
        Column::IdentityNumber => t.org_hint_identity_number(),
        Column::Phone => t.org_hint_phone(),
        Column::Department => t.org_hint_department(),
        Column::TitleSeries => t.org_hint_title_series(),
        Column::TitleLevel => t.org_hint_title_level(),
        Column::IdentityKind => t.org_hint_identity_kind(),
    }
}
