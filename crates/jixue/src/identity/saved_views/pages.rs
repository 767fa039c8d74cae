//! Saving a filter, naming it anew, beginning with it, deleting it and taking that back.

use super::{Listed, SavedView, change, save, set_deleted, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::web::forms::{Form, Path};
use crate::web::problem::status;
use crate::web::{Caller, Hat, Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::id::SavedViewId;
use jixue_core::refusal::Kind;
use jixue_core::role::Role;
use serde::Deserialize;

pub fn routes(routes: Routes) -> Routes {
    routes
        .post("/saved-views", Policy::REGISTRY_READING, create)
        .get("/saved-views/{view}", Policy::REGISTRY_READING, show)
        .post("/saved-views/{view}", Policy::REGISTRY_READING, update)
        .post("/saved-views/{view}/deletion", Policy::REGISTRY_READING, create_deletion)
        .post("/saved-views/{view}/restoration", Policy::REGISTRY_READING, create_restoration)
}

/// A view as its form shows it; a new one has no id yet.
#[derive(Template)]
#[template(path = "identity/saved_view.html")]
struct SavedViewPage {
    page: Page,
    id: Option<SavedViewId>,
    list: Listed,
    /// As it is, or as it was typed when it was refused.
    typed_name: String,
    filter: String,
    is_start: bool,
    is_deleted: bool,
    error: String,
}

impl SavedViewPage {
    fn of(app: &App, caller: &Caller, view: SavedView) -> Self {
        Self {
            page: Page::of(app, caller),
            id: Some(view.id),
            list: view.list,
            typed_name: view.name,
            filter: view.filter,
            is_start: view.is_start,
            is_deleted: view.is_deleted,
            error: String::new(),
        }
    }

    fn back(&self) -> String {
        self.list.address(&self.filter)
    }

    /// Where the form is sent.
    fn own_path(&self) -> String {
        self.id.map_or_else(|| "/saved-views".to_owned(), |id| format!("/saved-views/{id}"))
    }

    /// The same form again, with what is wrong in it.
    fn refused(mut self, refused: &Refused) -> Response {
        self.error = self.page.t.code(refused.code, &refused.arguments);
        (status(&Error::Refused(refused.clone())), Html(self)).into_response()
    }
}

#[derive(Debug, Deserialize)]
struct NewView {
    list: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    filter: String,
}

/// A clerk's list is the clerk's, the registry's lists are the officers'.
fn list_of(caller: &Caller, code: &str) -> Result<Listed> {
    let list = Listed::from_code(code).ok_or_else(Refused::not_found)?;
    let is_clerk = caller.hat == Hat::Role(Role::UnitClerk);
    match is_clerk == (list == Listed::UnitPeople) {
        true => Ok(list),
        false => Err(Refused::new("session.wrong_hat", Kind::Forbidden).into()),
    }
}

async fn create(State(app): State<App>, caller: Caller, Form(form): Form<NewView>) -> Result<Response> {
    let list = list_of(&caller, &form.list)?;
    match save(&app, caller.account, list, &form.name, &form.filter).await {
        Ok(view) => Ok(Redirect::to(&format!("{}&done=view_saved", list.address(&view.filter))).into_response()),
        Err(Error::Refused(refused)) if refused.kind != Kind::NotFound => {
            let (page, typed_name, filter) = (Page::of(&app, &caller), form.name, list.filter_in(&form.filter));
            let error = String::new();
            let shown =
                SavedViewPage { page, id: None, list, typed_name, filter, is_start: false, is_deleted: false, error };
            Ok(shown.refused(&refused))
        }
        Err(error) => Err(error),
    }
}

async fn show(State(app): State<App>, caller: Caller, Path(id): Path<SavedViewId>) -> Result<Html<SavedViewPage>> {
    let account = caller.account;
    let found = app.db.read(async move |tx: &Tx<'_>| store::view(tx, account, id).await).await?;
    let view = found.ok_or_else(Refused::not_found)?;
    Ok(Html(SavedViewPage::of(&app, &caller, view)))
}

#[derive(Debug, Deserialize)]
struct Changed {
    #[serde(default)]
    name: String,
    /// `yes`, or not sent.
    #[serde(default)]
    start: String,
}

async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SavedViewId>,
    Form(form): Form<Changed>,
) -> Result<Response> {
    let is_start = form.start == "yes";
    match change(&app, caller.account, id, &form.name, is_start).await {
        Ok(view) => Ok(Redirect::to(&format!("{}&done=view_saved", view.list.address(&view.filter))).into_response()),
        Err(Error::Refused(refused)) if refused.kind != Kind::NotFound => {
            let Html(shown) = show(State(app), caller, Path(id)).await?;
            Ok(SavedViewPage { typed_name: form.name, is_start, ..shown }.refused(&refused))
        }
        Err(error) => Err(error),
    }
}

async fn create_deletion(State(app): State<App>, caller: Caller, Path(id): Path<SavedViewId>) -> Result<Redirect> {
    set_deleted(&app, caller.account, id, true).await?;
    Ok(Redirect::to(&format!("/saved-views/{id}")))
}

async fn create_restoration(State(app): State<App>, caller: Caller, Path(id): Path<SavedViewId>) -> Result<Response> {
    match set_deleted(&app, caller.account, id, false).await {
        Ok(view) => Ok(Redirect::to(&format!("{}&done=view_saved", view.list.address(&view.filter))).into_response()),
        Err(Error::Refused(refused)) if refused.kind != Kind::NotFound => {
            let Html(shown) = show(State(app), caller, Path(id)).await?;
            Ok(shown.refused(&refused))
        }
        Err(error) => Err(error),
    }
}
