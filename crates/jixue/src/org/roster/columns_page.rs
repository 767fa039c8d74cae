//! The page on which somebody says which column is which.

use super::assign::{self, Choice, Seen};
use super::columns;
use super::preview::RosterImport;
use crate::app::App;
use crate::error::{Error, Refused, Result};
use crate::i18n::Texts;
use crate::org::columns_form::{ColumnsForm, Laid, Sought, Told};
use crate::web::forms::{Path, RawForm};
use crate::web::{ClerkCaller, Html, Page, problem};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::id::ImportId;
use jixue_core::org::Column;

#[derive(Template)]
#[template(path = "org/roster_columns.html")]
pub(super) struct ColumnsPage {
    page: Page,
    import: RosterImport,
    problem: String,
    columns: ColumnsForm,
}

impl ColumnsPage {
    fn action(&self) -> String {
        format!("/unit/roster-imports/{}/columns", self.import.id)
    }
}

fn sought(t: &Texts) -> Vec<Sought> {
    let is_needed = |column| matches!(column, Column::Name | Column::IdentityNumber | Column::Phone);
    let one =
        |column: Column| Sought { name: column.code(), label: columns::word(t, column), is_needed: is_needed(column) };
    Column::ALL.into_iter().map(one).collect()
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
    told: Option<&Told>,
    problem: String,
) -> Result<Html<ColumnsPage>> {
    let scope = &clerk.caller.scope;
    let found = super::import(app, scope, import).await?;
    let Seen { layout, rows, columns } = assign::seen(app, scope, import).await?;
    let page = Page::of(app, &clerk.caller);
    let places = Column::ALL.into_iter().map(|column| layout.places.of(column)).collect();
    let laid = Laid { first: layout.first, places };
    let columns = ColumnsForm::of(&page.t, &sought(&page.t), (&rows, columns), &laid, told);
    Ok(Html(ColumnsPage { problem, columns, import: found, page }))
}

fn choice_of(told: &Told) -> Choice {
    let place = |(column, place): (Column, &Option<usize>)| Some((column, (*place)?));
    Choice { first_row: told.first_row, places: Column::ALL.into_iter().zip(&told.places).filter_map(place).collect() }
}

pub(super) async fn create(
    State(app): State<App>,
    clerk: ClerkCaller,
    Path(import): Path<ImportId>,
    headers: HeaderMap,
    form: RawForm,
) -> Result<Response> {
    let told = Told::of(&form, Column::ALL.into_iter().map(Column::code));
    match super::assign(&app, &clerk.caller.scope, import, choice_of(&told)).await {
        Ok(()) => Ok(Redirect::to(&format!("/unit/roster-imports/{import}?done=roster_columns_told")).into_response()),
        Err(Error::Refused(refused))
            if returns(&refused) && !problem::wants_json(&headers, &clerk.caller.visitor.path) =>
        {
            let sentence = clerk.caller.visitor.texts().code(refused.code, &refused.arguments);
            let status = problem::status(&Error::Refused(refused));
            Ok((status, page(&app, &clerk, import, Some(&told), sentence).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Whether the form comes back with the sentence: when something can be chosen otherwise.
fn returns(refused: &Refused) -> bool {
    refused.kind == jixue_core::refusal::Kind::Invalid
}
