//! The departments of the clerk's own unit.

use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::org::{self, Department};
use crate::web::forms::Form;
use crate::web::{ClerkCaller, Html, Page, Policy, Routes};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/unit/departments", Policy::UNIT, index).post("/unit/departments", Policy::UNIT, update)
}

#[derive(Template)]
#[template(path = "registry/departments.html")]
struct DepartmentsPage {
    page: Page,
    departments: Vec<Department>,
}

async fn index(State(app): State<App>, clerk: ClerkCaller) -> Result<Html<DepartmentsPage>> {
    let (scope, unit) = (clerk.caller.scope.clone(), clerk.unit);
    let departments = app.db.read(async move |tx: &Tx<'_>| org::departments(tx, &scope, unit).await).await?;
    Ok(Html(DepartmentsPage { page: Page::of(&app, &clerk.caller), departments }))
}

#[derive(Debug, Deserialize)]
struct NameForm {
    from: String,
    #[serde(default)]
    name: String,
}

async fn update(State(app): State<App>, clerk: ClerkCaller, Form(form): Form<NameForm>) -> Result<Redirect> {
    let (at, scope, unit) = (app.at(), clerk.caller.scope.clone(), clerk.unit);
    app.db
        .write(async move |tx: &Tx<'_>| org::rename_department(tx, &at, &scope, unit, (&form.from, &form.name)).await)
        .await?;
    Ok(Redirect::to("/unit/departments?done=department_renamed"))
}
