//! Taking an import back: what it would come to, and doing it. How far an import is.

use super::Progress;
use super::preview::RosterImport;
use super::undo::UndoForecast;
use crate::app::App;
use crate::error::{Refused, Result};
use crate::i18n::Texts;
use crate::web::forms::Path;
use crate::web::{ClerkCaller, Html, Page};
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::id::ImportId;
use jixue_core::time::Timestamp;
use serde::Serialize;

/// People that leave while a page waits; more of them leave behind it.
const AT_ONCE_MAX: i64 = 200;

#[derive(Template)]
#[template(path = "org/roster_undoing.html")]
pub(super) struct UndoPage {
    page: Page,
    import: RosterImport,
    applied_at: Timestamp,
    forecast: UndoForecast,
}

pub(super) async fn show(
    State(app): State<App>,
    clerk: ClerkCaller,
    Path(import): Path<ImportId>,
) -> Result<Html<UndoPage>> {
    let scope = &clerk.caller.scope;
    let found = super::import(&app, scope, import).await?;
    let applied_at = found.applied_at.filter(|_| found.can_be_undone(app.clock.now()));
    let applied_at = applied_at.ok_or_else(Refused::not_found)?;
    let forecast = super::foresee_undo(&app, scope, import).await?;
    Ok(Html(UndoPage { page: Page::of(&app, &clerk.caller), import: found, applied_at, forecast }))
}

pub(super) async fn create(
    State(app): State<App>,
    clerk: ClerkCaller,
    Path(import): Path<ImportId>,
) -> Result<Redirect> {
    let scope = &clerk.caller.scope;
    let found = super::import(&app, scope, import).await?;
    if found.imported > AT_ONCE_MAX {
        super::undo_in_background(&app, scope, import).await?;
        return Ok(Redirect::to(&format!("/unit/roster-imports/{import}")));
    }
    super::undo(&app, scope, import).await?;
    Ok(Redirect::to(&format!("/unit/roster-imports/{import}?done=roster_undone")))
}

/// How far an import is, for the page's script.
#[derive(Serialize)]
pub(in crate::org) struct ProgressView {
    state: &'static str,
    done: i64,
    all: i64,
    is_under_way: bool,
    sentence: String,
}

impl ProgressView {
    pub fn of(t: &Texts, progress: &Progress) -> Self {
        Self {
            state: progress.state.code(),
            done: progress.done,
            all: progress.all,
            is_under_way: progress.is_under_way(),
            sentence: t.org_progress_label(progress.done, progress.all),
        }
    }
}

pub(super) async fn progress(
    State(app): State<App>,
    clerk: ClerkCaller,
    Path(import): Path<ImportId>,
) -> Result<Json<ProgressView>> {
    let progress = super::progress(&app, &clerk.caller.scope, import).await?;
    Ok(Json(ProgressView::of(&clerk.caller.visitor.texts(), &progress)))
}
