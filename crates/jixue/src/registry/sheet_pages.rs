//! A list of units, employments or hours whose header says too little: somebody says which column is which.

use crate::app::App;
use crate::credit::confirmed;
use crate::error::{Error, Refused, Result};
use crate::i18n::Texts;
use crate::org::lists::{self, ListKind};
use crate::org::{self, ColumnsForm, Laid, Purpose, Sought, Told, WaitingSheet};
use crate::web::forms::{Path, RawForm};
use crate::web::{Html, OfficerCaller, Page, Policy, Routes, problem};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::id::SheetId;
use jixue_core::refusal::Kind;

pub fn routes(routes: Routes) -> Routes {
    routes.get("/bureau/sheets/{sheet}/columns", Policy::OFFICER, show).post(
        "/bureau/sheets/{sheet}/columns",
        Policy::OFFICER,
        create,
    )
}

/// Rows that are shown.
const ROWS_SHOWN: usize = 12;

#[derive(Template)]
#[template(path = "registry/sheet_columns.html")]
struct ColumnsPage {
    page: Page,
    waiting: WaitingSheet,
    problem: String,
    columns: ColumnsForm,
}

impl ColumnsPage {
    fn action(&self) -> String {
        format!("/bureau/sheets/{}/columns", self.waiting.id)
    }

    fn back(&self) -> &'static str {
        match self.waiting.purpose {
            Purpose::Units => "/bureau/unit-imports",
            Purpose::Employments => "/bureau/employment-imports",
            Purpose::ConfirmedHours(_) => "/bureau/confirmed-hours",
        }
    }
}

/// The columns of what a sheet is to become, and what its header says of them.
fn sought(t: &Texts, waiting: &WaitingSheet) -> (Vec<Sought>, Laid) {
    match waiting.purpose {
        Purpose::Units => (lists::sought(t, ListKind::Units), lists::guess(ListKind::Units, &waiting.grid)),
        Purpose::Employments => {
            (lists::sought(t, ListKind::Employments), lists::guess(ListKind::Employments, &waiting.grid))
        }
        Purpose::ConfirmedHours(_) => (confirmed::sought(t), confirmed::guess(&waiting.grid)),
    }
}

async fn show(State(app): State<App>, officer: OfficerCaller, Path(sheet): Path<SheetId>) -> Result<Html<ColumnsPage>> {
    let waiting = org::waiting_sheet(&app, &officer.caller.scope, sheet).await?;
    Ok(page(&app, &officer, waiting, None, String::new()))
}

fn page(
    app: &App,
    officer: &OfficerCaller,
    waiting: WaitingSheet,
    told: Option<&Told>,
    problem: String,
) -> Html<ColumnsPage> {
    let page = Page::of(app, &officer.caller);
    let (sought, laid) = sought(&page.t, &waiting);
    let rows = &waiting.grid.rows[..waiting.grid.rows.len().min(ROWS_SHOWN)];
    let columns = ColumnsForm::of(&page.t, &sought, (rows, waiting.grid.columns), &laid, told);
    Html(ColumnsPage { page, waiting, problem, columns })
}

async fn create(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(sheet): Path<SheetId>,
    headers: HeaderMap,
    form: RawForm,
) -> Result<Response> {
    let waiting = org::waiting_sheet(&app, &officer.caller.scope, sheet).await?;
    let (sought, _) = sought(&officer.caller.visitor.texts(), &waiting);
    let told = Told::of(&form, sought.iter().map(|one| one.name));
    match assign(&app, &officer, &waiting, (&sought, &told)).await {
        Ok(address) => {
            org::forget_sheet(&app, &officer.caller.scope, sheet).await?;
            Ok(Redirect::to(&address).into_response())
        }
        // Something can be chosen otherwise: the form comes back with the sentence.
        Err(Error::Refused(refused))
            if refused.kind == Kind::Invalid && !problem::wants_json(&headers, &officer.caller.visitor.path) =>
        {
            let sentence = officer.caller.visitor.texts().code(refused.code, &refused.arguments);
            let status = problem::status(&Error::Refused(refused));
            Ok((status, page(&app, &officer, waiting, Some(&told), sentence)).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Takes the sheet in by what was told; the address of what it became.
///
/// # Errors
/// `columns.missing` by the label of the field; as [`Told::laid`].
async fn assign(
    app: &App,
    officer: &OfficerCaller,
    waiting: &WaitingSheet,
    (sought, told): (&[Sought], &Told),
) -> Result<String> {
    let laid = told.laid(&waiting.grid.rows, waiting.grid.columns)?;
    let missing = sought.iter().zip(&laid.places).find(|(one, place)| one.is_needed && place.is_none());
    if let Some((one, _)) = missing {
        return Err(Refused::new("columns.missing", Kind::Invalid).with("column", one.label).into());
    }
    let scope = &officer.caller.scope;
    let kind = match waiting.purpose {
        Purpose::Units => ListKind::Units,
        Purpose::Employments => ListKind::Employments,
        Purpose::ConfirmedHours(year) => {
            let import = confirmed::receive_laid(app, scope, year, waiting, laid).await?;
            return Ok(format!("/bureau/confirmed-hours/{import}"));
        }
    };
    let import = lists::receive_laid(app, scope, kind, waiting, &laid).await?;
    Ok(format!("/bureau/list-imports/{import}"))
}
