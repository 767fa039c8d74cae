//! Pages of lists: sending one, looking at its answers, bringing it in, the rows to mend as a file.

use super::kept::{self, KeptRow, ListImport};
use super::{LIST_ROWS_MAX, ListKind, table_file, undo_page};
use crate::app::App;
use crate::error::{Error, Result};
use crate::org::Received;
use crate::org::roster::{ImportState, Progress, ProgressView, RowState};
use crate::sheet;
use crate::web::forms::{Path, Query, Upload};
use crate::web::{Html, OfficerCaller, Page, Policy, Routes, problem};
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::id::ImportId;
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/bureau/employment-imports", Policy::OFFICER, employment_imports)
        .upload("/bureau/employment-imports", Policy::OFFICER, create_employment_import)
        .get("/bureau/list-imports/{import}", Policy::OFFICER, show)
        .post("/bureau/list-imports/{import}/application", Policy::OFFICER, create_application)
        .get("/bureau/list-imports/{import}/error-rows", Policy::OFFICER, error_rows)
        .get("/bureau/list-imports/{import}/progress", Policy::OFFICER, progress)
        .get("/bureau/list-imports/{import}/undoing", Policy::OFFICER, undo_page::show)
        .post("/bureau/list-imports/{import}/undoing", Policy::OFFICER, undo_page::create)
        .get("/bureau/unit-imports", Policy::OFFICER, unit_imports)
        .upload("/bureau/unit-imports", Policy::OFFICER, create_unit_import)
}

/// Rows that come in while a page waits; more of them come in behind it, and the page shows how far they are.
pub(super) const AT_ONCE_MAX: i64 = 200;
/// Refused rows on one page.
const ROWS_PER_PAGE: i64 = 50;
/// Good rows shown, so that an officer sees whether the columns were understood.
const NEW_ROWS_SHOWN: i64 = 5;

fn path_of(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Units => "/bureau/unit-imports",
        ListKind::Employments => "/bureau/employment-imports",
    }
}

#[derive(Template)]
#[template(path = "org/list_imports.html")]
struct ImportsPage {
    page: Page,
    kind: ListKind,
    lists: Vec<ListImport>,
    problem: Option<String>,
    bytes_max: usize,
    rows_max: String,
}

impl ImportsPage {
    fn title(&self) -> &'static str {
        title(&self.page, self.kind)
    }

    fn address(&self) -> &'static str {
        path_of(self.kind)
    }

    fn lead(&self) -> &'static str {
        match self.kind {
            ListKind::Units => self.page.t.lists_units_lead(),
            ListKind::Employments => self.page.t.lists_employments_lead(),
        }
    }

    fn columns(&self) -> &'static str {
        match self.kind {
            ListKind::Units => self.page.t.lists_units_columns(),
            ListKind::Employments => self.page.t.lists_employments_columns(),
        }
    }
}

fn title(page: &Page, kind: ListKind) -> &'static str {
    match kind {
        ListKind::Units => page.t.lists_units_title(),
        ListKind::Employments => page.t.lists_employments_title(),
    }
}

async fn unit_imports(State(app): State<App>, officer: OfficerCaller) -> Result<Html<ImportsPage>> {
    imports_page(&app, &officer, ListKind::Units, None).await
}

async fn employment_imports(State(app): State<App>, officer: OfficerCaller) -> Result<Html<ImportsPage>> {
    imports_page(&app, &officer, ListKind::Employments, None).await
}

async fn imports_page(
    app: &App,
    officer: &OfficerCaller,
    kind: ListKind,
    problem: Option<String>,
) -> Result<Html<ImportsPage>> {
    Ok(Html(ImportsPage {
        page: Page::of(app, &officer.caller),
        kind,
        lists: kept::lists(app, &officer.caller.scope, kind).await?,
        problem,
        bytes_max: app.config.limits.upload_bytes_max,
        // Thousands apart, as both languages write them.
        rows_max: format!("{},{:03}", LIST_ROWS_MAX / 1_000, LIST_ROWS_MAX % 1_000),
    }))
}

async fn create_unit_import(
    State(app): State<App>,
    officer: OfficerCaller,
    headers: HeaderMap,
    upload: Upload,
) -> Result<Response> {
    create(&app, &officer, &headers, ListKind::Units, upload).await
}

async fn create_employment_import(
    State(app): State<App>,
    officer: OfficerCaller,
    headers: HeaderMap,
    upload: Upload,
) -> Result<Response> {
    create(&app, &officer, &headers, ListKind::Employments, upload).await
}

async fn create(
    app: &App,
    officer: &OfficerCaller,
    headers: &HeaderMap,
    kind: ListKind,
    upload: Upload,
) -> Result<Response> {
    let received = super::receive(app, &officer.caller.scope, kind, &upload.file_name, upload.bytes).await;
    match received {
        Ok(Received::Import(import)) => Ok(Redirect::to(&format!("/bureau/list-imports/{import}")).into_response()),
        Ok(Received::Waiting(sheet)) => Ok(Redirect::to(&format!("/bureau/sheets/{sheet}/columns")).into_response()),
        // Scripts show the sentence beside the file; without them the page comes back with it.
        Err(Error::Refused(refused)) if !problem::wants_json(headers, &officer.caller.visitor.path) => {
            let sentence = officer.caller.visitor.texts().code(refused.code, &refused.arguments);
            let status = problem::status(&Error::Refused(refused));
            Ok((status, imports_page(app, officer, kind, Some(sentence)).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "org/list_import.html")]
struct ImportPage {
    page: Page,
    list: ListImport,
    refused: Vec<KeptRow>,
    next: Option<String>,
    first: Option<String>,
    new_rows: Vec<KeptRow>,
    stayed: Vec<KeptRow>,
    more_stayed: Option<String>,
    progress: Progress,
    can_be_undone: bool,
}

impl ImportPage {
    fn title(&self) -> &'static str {
        title(&self.page, self.list.kind)
    }

    fn back(&self) -> &'static str {
        path_of(self.list.kind)
    }

    fn is_checked(&self) -> bool {
        self.list.state == ImportState::Checked
    }

    fn is_applied(&self) -> bool {
        self.list.state == ImportState::Applied
    }

    fn is_undoing(&self) -> bool {
        self.list.state == ImportState::Undoing
    }

    fn is_undone(&self) -> bool {
        self.list.state == ImportState::Undone
    }

    fn progress_url(&self) -> String {
        format!("/bureau/list-imports/{}/progress", self.list.id)
    }

    fn progress_title(&self) -> &'static str {
        let t = &self.page.t;
        if self.is_undoing() { t.org_progress_undoing() } else { t.lists_applying() }
    }

    fn error_rows_url(&self) -> String {
        format!("/bureau/list-imports/{}/error-rows", self.list.id)
    }

    fn refused_kind(&self) -> &'static str {
        if self.list.refused > 0 { "due" } else { "" }
    }

    fn is_receiving(&self) -> bool {
        self.list.state == ImportState::Receiving
    }

    /// Answers were counted, but their rows are gone by now.
    fn is_forgotten(&self) -> bool {
        self.list.refused > 0 && self.refused.is_empty() && self.first.is_none()
    }

    fn lines(&self, row: &KeptRow) -> (String, String) {
        lines(self.list.kind, row)
    }
}

/// A row in two lines: who or what it is about, and the rest of it. Identity numbers are hidden like good ones.
pub(super) fn lines(kind: ListKind, row: &KeptRow) -> (String, String) {
    let is_hidden = |place: usize| kind == ListKind::Employments && place == 1;
    let shown = |(place, cell): (usize, &String)| match is_hidden(place) {
        true => jixue_core::mask::identity_number(cell.trim()),
        false => cell.clone(),
    };
    let mut cells = row.cells.iter().enumerate().map(shown);
    let head = cells.next().filter(|cell| !cell.is_empty()).unwrap_or_else(|| "—".to_owned());
    (head, cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" · "))
}

#[derive(Debug, Default, Deserialize)]
struct RowsQuery {
    #[serde(default)]
    after: i64,
    #[serde(default)]
    stayed_after: i64,
}

async fn show(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(import): Path<ImportId>,
    Query(query): Query<RowsQuery>,
) -> Result<Html<ImportPage>> {
    let scope = &officer.caller.scope;
    let list = kept::list(&app, scope, import).await?;
    let refused = kept::rows(&app, scope, import, RowState::Refused, (query.after, ROWS_PER_PAGE)).await?;
    let new_rows = kept::rows(&app, scope, import, RowState::New, (0, NEW_ROWS_SHOWN)).await?.rows;
    let stayed = kept::rows(&app, scope, import, RowState::Stayed, (query.stayed_after, ROWS_PER_PAGE)).await?;
    Ok(Html(ImportPage {
        page: Page::of(&app, &officer.caller),
        progress: kept::progress(&app, scope, import).await?,
        can_be_undone: list.can_be_undone(app.clock.now()),
        list,
        refused: refused.rows,
        next: refused.next.map(|after| format!("/bureau/list-imports/{import}?after={after}")),
        first: (query.after > 0).then(|| format!("/bureau/list-imports/{import}")),
        stayed: stayed.rows,
        more_stayed: stayed.next.map(|after| format!("/bureau/list-imports/{import}?stayed_after={after}")),
        new_rows,
    }))
}

async fn create_application(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(import): Path<ImportId>,
) -> Result<Redirect> {
    let scope = &officer.caller.scope;
    if kept::list(&app, scope, import).await?.new > AT_ONCE_MAX {
        super::apply_in_background(&app, scope, import).await?;
        return Ok(Redirect::to(&format!("/bureau/list-imports/{import}")));
    }
    super::apply(&app, scope, import).await?;
    Ok(Redirect::to(&format!("/bureau/list-imports/{import}?done=list_applied")))
}

async fn progress(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(import): Path<ImportId>,
) -> Result<Json<ProgressView>> {
    let progress = kept::progress(&app, &officer.caller.scope, import).await?;
    Ok(Json(ProgressView::of(&officer.caller.visitor.texts(), &progress)))
}

async fn error_rows(State(app): State<App>, officer: OfficerCaller, Path(import): Path<ImportId>) -> Result<Response> {
    let scope = &officer.caller.scope;
    let kind = kept::list(&app, scope, import).await?.kind;
    let all = i64::try_from(LIST_ROWS_MAX).map_err(Error::internal)?;
    let refused = kept::rows(&app, scope, import, RowState::Refused, (0, all)).await?;
    let t = officer.caller.visitor.texts();
    let bytes = sheet::in_background(move || table_file::write(&t, kind, &refused.rows)).await?;
    Ok(sheet::download(t.org_error_rows_file(), bytes))
}
