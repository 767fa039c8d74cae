//! Taking a list back: what it would come to, and doing it.

use super::kept::{self, KeptRow, ListImport};
use super::undo::UndoForecast;
use super::{ListKind, pages};
use crate::app::App;
use crate::error::{Refused, Result};
use crate::web::forms::Path;
use crate::web::{Html, OfficerCaller, Page};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::id::ImportId;
use jixue_core::time::Timestamp;

#[derive(Template)]
#[template(path = "org/list_undoing.html")]
pub(super) struct UndoPage {
    page: Page,
    list: ListImport,
    applied_at: Timestamp,
    forecast: UndoForecast,
}

impl UndoPage {
    fn undone_note(&self) -> &'static str {
        match self.list.kind {
            ListKind::Units => self.page.t.lists_undo_units_note(),
            ListKind::Employments => self.page.t.lists_undo_employments_note(),
        }
    }

    fn effect(&self) -> &'static str {
        match self.list.kind {
            ListKind::Units => self.page.t.lists_undo_units_effect(),
            ListKind::Employments => self.page.t.lists_undo_employments_effect(),
        }
    }

    fn lines(&self, row: &KeptRow) -> (String, String) {
        pages::lines(self.list.kind, row)
    }
}

pub(super) async fn show(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(import): Path<ImportId>,
) -> Result<Html<UndoPage>> {
    let scope = &officer.caller.scope;
    let list = kept::list(&app, scope, import).await?;
    let applied_at = list.applied_at.filter(|_| list.can_be_undone(app.clock.now()));
    let applied_at = applied_at.ok_or_else(Refused::not_found)?;
    let forecast = super::foresee_undo(&app, scope, import).await?;
    Ok(Html(UndoPage { page: Page::of(&app, &officer.caller), list, applied_at, forecast }))
}

pub(super) async fn create(
    State(app): State<App>,
    officer: OfficerCaller,
    Path(import): Path<ImportId>,
) -> Result<Redirect> {
    let scope = &officer.caller.scope;
    if kept::list(&app, scope, import).await?.imported > pages::AT_ONCE_MAX {
        super::undo_in_background(&app, scope, import).await?;
        return Ok(Redirect::to(&format!("/bureau/list-imports/{import}")));
    }
    super::undo(&app, scope, import).await?;
    Ok(Redirect::to(&format!("/bureau/list-imports/{import}?done=list_undone")))
}
