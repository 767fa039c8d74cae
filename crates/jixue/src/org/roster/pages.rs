//! Pages of rosters: sending a file, looking at what is in it, bringing it in.

use super::preview::{RosterImport, rows};
use super::row::{ImportRow, ImportState, RowState};
use super::{Progress, columns_page, error_file, template, undo_page};
use crate::app::App;
use crate::error::{Error, Result};
use crate::i18n::Texts;
use crate::sheet;
use crate::web::forms::{Path, Query, Upload};
use crate::web::{ClerkCaller, Html, Page, Policy, Routes, problem};
use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::id::ImportId;
use jixue_core::org::{Phone, ROSTER_ROWS_MAX};
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/unit/roster-template", Policy::UNIT, roster_template)
        .get("/unit/roster-imports", Policy::UNIT, imports)
        .upload("/unit/roster-imports", Policy::UNIT, create_import)
        .get("/unit/roster-imports/{import}", Policy::UNIT, import)
        .get("/unit/roster-imports/{import}/error-rows", Policy::UNIT, error_rows)
        .post("/unit/roster-imports/{import}/application", Policy::UNIT, create_application)
        .get("/unit/roster-imports/{import}/columns", Policy::UNIT, columns_page::show)
        .post("/unit/roster-imports/{import}/columns", Policy::UNIT, columns_page::create)
        .get("/unit/roster-imports/{import}/progress", Policy::UNIT, undo_page::progress)
        .get("/unit/roster-imports/{import}/undoing", Policy::UNIT, undo_page::show)
        .post("/unit/roster-imports/{import}/undoing", Policy::UNIT, undo_page::create)
}

/// People that come in while a page waits; more of them come in behind it, and the page shows how far they are.
const AT_ONCE_MAX: i64 = 500;
/// Refused rows on one page.
const ROWS_PER_PAGE: i64 = 50;
/// Rows with swapped cells by which whole columns are taken for swapped.
const SWAPPED_ROWS_MIN: usize = 3;
/// Good rows shown, so that a clerk sees whether the columns were understood.
const NEW_ROWS_SHOWN: i64 = 5;

#[derive(Template)]
#[template(path = "org/roster_imports.html")]
struct ImportsPage {
    page: Page,
    imports: Vec<RosterImport>,
    older: Option<String>,
    newest: Option<String>,
    problem: Option<String>,
    bytes_max: usize,
    rows_max: String,
}

#[derive(Debug, Default, Deserialize)]
struct ImportsQuery {
    before: Option<ImportId>,
}

async fn imports(
    State(app): State<App>,
    clerk: ClerkCaller,
    Query(query): Query<ImportsQuery>,
) -> Result<Html<ImportsPage>> {
    imports_page(&app, &clerk, query.before, None).await
}

async fn imports_page(
    app: &App,
    clerk: &ClerkCaller,
    before: Option<ImportId>,
    problem: Option<String>,
) -> Result<Html<ImportsPage>> {
    let imports = super::imports(app, &clerk.caller.scope, clerk.unit, before).await?;
    let last = imports.last().filter(|_| imports.len() == 20);
    Ok(Html(ImportsPage {
        page: Page::of(app, &clerk.caller),
        older: last.map(|import| format!("/unit/roster-imports?before={}", import.id)),
        newest: before.map(|_| "/unit/roster-imports".to_owned()),
        imports,
        problem,
        bytes_max: app.config.limits.upload_bytes_max,
        // Thousands apart, as both languages write them.
        rows_max: format!("{},{:03}", ROSTER_ROWS_MAX / 1_000, ROSTER_ROWS_MAX % 1_000),
    }))
}

async fn create_import(
    State(app): State<App>,
    clerk: ClerkCaller,
    headers: HeaderMap,
    upload: Upload,
) -> Result<Response> {
    let received = super::receive(&app, &clerk.caller.scope, clerk.unit, &upload.file_name, upload.bytes).await;
    match received {
        Ok(import) => {
            let found = super::import(&app, &clerk.caller.scope, import).await?;
            let page = if found.state == ImportState::Unmapped { "/columns" } else { "" };
            Ok(Redirect::to(&format!("/unit/roster-imports/{import}{page}")).into_response())
        }
        // Scripts show the sentence beside the file; without them the page comes back with it.
        Err(Error::Refused(refused)) if !problem::wants_json(&headers, &clerk.caller.visitor.path) => {
            let sentence = clerk.caller.visitor.texts().code(refused.code, &refused.arguments);
            let status = problem::status(&Error::Refused(refused));
            Ok((status, imports_page(&app, &clerk, None, Some(sentence)).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "org/roster_import.html")]
struct ImportPage {
    page: Page,
    import: RosterImport,
    refused: Vec<ImportRow>,
    next: Option<String>,
    first: Option<String>,
    new_rows: Vec<ImportRow>,
    stayed: Vec<ImportRow>,
    more_stayed: Option<String>,
    progress: Progress,
    can_be_undone: bool,
}

impl ImportPage {
    fn is_checked(&self) -> bool {
        self.import.state == ImportState::Checked
    }

    fn is_applied(&self) -> bool {
        self.import.state == ImportState::Applied
    }

    fn is_unmapped(&self) -> bool {
        self.import.state == ImportState::Unmapped
    }

    fn is_undoing(&self) -> bool {
        self.import.state == ImportState::Undoing
    }

    fn is_undone(&self) -> bool {
        self.import.state == ImportState::Undone
    }

    /// Many rows say that two cells stand in each other's place: whole columns may.
    fn looks_swapped(&self) -> bool {
        let is_swapped = |row: &&ImportRow| row.refusals.iter().any(|refusal| refusal.code.ends_with("_swapped"));
        self.is_checked() && self.refused.iter().filter(is_swapped).count() >= SWAPPED_ROWS_MIN
    }

    fn is_receiving(&self) -> bool {
        self.import.state == ImportState::Receiving
    }

    fn progress_url(&self) -> String {
        format!("/unit/roster-imports/{}/progress", self.import.id)
    }

    fn progress_title(&self) -> &'static str {
        let t = &self.page.t;
        if self.is_undoing() { t.org_progress_undoing() } else { t.org_progress_applying() }
    }

    fn error_rows_url(&self) -> String {
        format!("/unit/roster-imports/{}/error-rows", self.import.id)
    }

    fn refused_kind(&self) -> &'static str {
        if self.import.refused > 0 { "due" } else { "" }
    }

    fn or_none<'a>(&self, cell: &'a str) -> &'a str {
        if cell.trim().is_empty() { self.page.t.org_title_none() } else { cell }
    }

    /// An identity number as it was sent, hidden like a good one.
    fn masked(&self, number: &str) -> String {
        jixue_core::mask::identity_number(number.trim())
    }

    /// A good phone number as pages show it.
    fn masked_phone(&self, phone: &str) -> String {
        Phone::parse(phone).map_or_else(|_| jixue_core::mask::phone(phone), |phone| phone.to_string())
    }
}

#[derive(Debug, Default, Deserialize)]
struct RowsQuery {
    #[serde(default)]
    after: i64,
    #[serde(default)]
    stayed_after: i64,
}

async fn import(
    State(app): State<App>,
    clerk: ClerkCaller,
    Path(import): Path<ImportId>,
    Query(query): Query<RowsQuery>,
) -> Result<Html<ImportPage>> {
    let scope = &clerk.caller.scope;
    let found = super::import(&app, scope, import).await?;
    let refused = super::refused_rows(&app, scope, import, query.after, ROWS_PER_PAGE).await?;
    let new_rows = rows(&app, scope, import, RowState::New, 0, NEW_ROWS_SHOWN).await?.rows;
    let stayed = super::stayed_rows(&app, scope, import, query.stayed_after, ROWS_PER_PAGE).await?;
    Ok(Html(ImportPage {
        page: Page::of(&app, &clerk.caller),
        progress: super::progress(&app, scope, import).await?,
        can_be_undone: found.can_be_undone(app.clock.now()),
        import: found,
        refused: refused.rows,
        stayed: stayed.rows,
        more_stayed: stayed.next.map(|after| format!("/unit/roster-imports/{import}?stayed_after={after}")),
        next: refused.next.map(|after| format!("/unit/roster-imports/{import}?after={after}")),
        first: (query.after > 0).then(|| format!("/unit/roster-imports/{import}")),
        new_rows,
    }))
}

async fn create_application(
    State(app): State<App>,
    clerk: ClerkCaller,
    Path(import): Path<ImportId>,
) -> Result<Redirect> {
    let scope = &clerk.caller.scope;
    let found = super::import(&app, scope, import).await?;
    if found.new > AT_ONCE_MAX {
        super::apply_in_background(&app, scope, import).await?;
        return Ok(Redirect::to(&format!("/unit/roster-imports/{import}")));
    }
    super::apply(&app, scope, import).await?;
    Ok(Redirect::to(&format!("/unit/roster-imports/{import}?done=roster_applied")))
}

async fn roster_template(clerk: ClerkCaller) -> Result<Response> {
    let t = clerk.caller.visitor.texts();
    let bytes = sheet::in_background(move || template::write(&t)).await?;
    Ok(sheet::download(t.org_template_file(), bytes))
}

async fn error_rows(State(app): State<App>, clerk: ClerkCaller, Path(import): Path<ImportId>) -> Result<Response> {
    let scope = &clerk.caller.scope;
    super::import(&app, scope, import).await?;
    let all = i64::try_from(ROSTER_ROWS_MAX).map_err(Error::internal)?;
    let refused = super::refused_rows(&app, scope, import, 0, all).await?;
    let t: Texts = clerk.caller.visitor.texts();
    let bytes = sheet::in_background(move || error_file::write(&t, &refused.rows)).await?;
    Ok(sheet::download(t.org_error_rows_file(), bytes))
}
