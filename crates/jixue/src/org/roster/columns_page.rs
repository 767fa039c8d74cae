//! The page on which somebody says which column is which.

use super::assign::{self, Choice, Seen};
use super::columns;
use super::preview::RosterImport;
use crate::app::App;
use crate::error::{Error, Refused, Result};
use crate::i18n::Texts;
use crate::web::forms::{Path, RawForm};
use crate::web::{ClerkCaller, Html, Page, problem};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::id::ImportId;
use jixue_core::org::Column;

/// One field of a roster, to be given a column of the sheet: (value, words, is chosen) for each.
struct Field {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    options: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "org/roster_columns.html")]
pub(super) struct ColumnsPage {
    page: Page,
    import: RosterImport,
    problem: String,
    fields: Vec<Field>,
    /// Where people begin: (row number, words, is chosen).
    first_rows: Vec<(String, String, bool)>,
    letters: Vec<String>,
    /// The first rows of the sheet, numbers hidden as everywhere.
    rows: Vec<(u32, Vec<String>)>,
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

fn hint(t: &Texts, column: Column) -> &'static str {
    match column {
        Column::Name | Column::IdentityNumber | Column::Phone => t.org_columns_needed(),
        Column::Department | Column::TitleSeries | Column::TitleLevel | Column::IdentityKind => {
            t.org_columns_optional()
        }
    }
}

fn fields(t: &Texts, seen: &Seen, choice: Option<&Choice>) -> Vec<Field> {
    let header = seen.layout.first.checked_sub(1).and_then(|above| seen.rows.get(above));
    let below = seen.rows.get(seen.layout.first);
    let cell = |row: Option<&(u32, Vec<String>)>, column: usize| {
        row.and_then(|(_, cells)| cells.get(column)).map(|cell| shown(cell)).unwrap_or_default()
    };
    let words = |column: usize| {
        let parts = [letter(column), cell(header, column), cell(below, column)];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    };
    let field = |column: Column| {
        let told = choice.map(|choice| choice.places.iter().find(|(other, _)| *other == column).map(|(_, at)| *at));
        let chosen = told.unwrap_or_else(|| seen.layout.places.of(column));
        let none = (String::new(), t.org_columns_none().to_owned(), chosen.is_none());
        let of_sheet = (0..seen.columns).map(|at| (at.to_string(), words(at), chosen == Some(at)));
        let options = std::iter::once(none).chain(of_sheet).collect();
        Field { name: column.code(), label: columns::word(t, column), hint: hint(t, column), options }
    };
    Column::ALL.into_iter().map(field).collect()
}

fn first_rows(t: &Texts, seen: &Seen, choice: Option<&Choice>) -> Vec<(String, String, bool)> {
    let known = seen.rows.get(seen.layout.first).map(|(number, _)| *number);
    let chosen = choice.map(|choice| choice.first_row).or(known);
    let words = |number: u32, cells: &[String]| {
        let begin: Vec<String> = cells.iter().filter(|cell| !cell.is_empty()).take(3).map(|cell| shown(cell)).collect();
        t.org_columns_row(number, begin.join(" · "))
    };
    seen.rows
        .iter()
        .map(|(number, cells)| (number.to_string(), words(*number, cells), chosen == Some(*number)))
        .collect()
}

pub(super) async fn show(
    State(app): State<App>,
    clerk: ClerkCaller,
    Path(import): Path<ImportId>,
) -> Result<Html<ColumnsPage>> {
    page(&app, &clerk, import, None, String::new()).await
}

async fn page(
    app: &App,
    clerk: &ClerkCaller,
    import: ImportId,
    choice: Option<&Choice>,
    problem: String,
) -> Result<Html<ColumnsPage>> {
    let scope = &clerk.caller.scope;
    let found = super::import(app, scope, import).await?;
    let seen = assign::seen(app, scope, import).await?;
    let page = Page::of(app, &clerk.caller);
    let cell = |cells: &[String], at: usize| cells.get(at).map(|cell| shown(cell)).unwrap_or_default();
    let mask = |cells: &[String]| (0..seen.columns).map(|at| cell(cells, at)).collect::<Vec<_>>();
    Ok(Html(ColumnsPage {
        problem,
        fields: fields(&page.t, &seen, choice),
        first_rows: first_rows(&page.t, &seen, choice),
        letters: (0..seen.columns).map(letter).collect(),
        rows: seen.rows.iter().map(|(number, cells)| (*number, mask(cells))).collect(),
        import: found,
        page,
    }))
}

fn choice_of(form: &RawForm) -> Choice {
    let number = |name: &str| form.first(name).and_then(|value| value.parse::<usize>().ok());
    let places = Column::ALL.into_iter().filter_map(|column| Some((column, number(column.code())?))).collect();
    let first_row = number("first_row").and_then(|row| u32::try_from(row).ok()).unwrap_or(1);
    Choice { first_row, places }
}

pub(super) async fn create(
    State(app): State<App>,
    clerk: ClerkCaller,
    Path(import): Path<ImportId>,
    headers: HeaderMap,
    form: RawForm,
) -> Result<Response> {
    let choice = choice_of(&form);
    match super::assign(&app, &clerk.caller.scope, import, choice.clone()).await {
        Ok(()) => Ok(Redirect::to(&format!("/unit/roster-imports/{import}?done=roster_columns_told")).into_response()),
        Err(Error::Refused(refused))
            if returns(&refused) && !problem::wants_json(&headers, &clerk.caller.visitor.path) =>
        {
            let sentence = clerk.caller.visitor.texts().code(refused.code, &refused.arguments);
            let status = problem::status(&Error::Refused(refused));
            Ok((status, page(&app, &clerk, import, Some(&choice), sentence).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Whether the form comes back with the sentence: when something can be chosen otherwise.
fn returns(refused: &Refused) -> bool {
    refused.kind == jixue_core::refusal::Kind::Invalid
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
}
