//! A person's titles: added, corrected, ended, and which is the main one.

use super::person_pages::day;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::i18n::Texts;
use crate::org::{self, NewTitle, TitleRefusal, titles};
use crate::web::forms::{Form, Path};
use crate::web::{Caller, Policy, Routes};
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::id::{LearnerId, TitleId};
use jixue_core::org::TitleLevel;
use serde::Deserialize;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .post("/people/{learner}/titles", Policy::REGISTRY, create)
        .post("/people/{learner}/main-title", Policy::REGISTRY, update_main)
        .post("/people/{learner}/title-correction", Policy::REGISTRY, create_correction)
        .post("/people/{learner}/title-ending", Policy::REGISTRY, create_ending)
}

/// Series to choose from: code, name, chosen.
pub(super) fn series_options(t: &Texts, chosen: &str) -> Vec<(String, String, bool)> {
    let option = |series: &titles::Series| (series.code.clone(), series.name.say(t).to_owned(), series.code == chosen);
    titles::all().iter().map(option).collect()
}

/// Levels to choose from: code, word, chosen.
pub(super) fn level_options(t: &Texts, chosen: &str) -> Vec<(String, String, bool)> {
    let option =
        |level: TitleLevel| (level.code().to_owned(), titles::level_word(t, level).to_owned(), level.code() == chosen);
    TitleLevel::ALL.into_iter().map(option).collect()
}

#[derive(Debug, Deserialize)]
struct TitleForm {
    series: String,
    level: String,
    /// A day, or empty.
    #[serde(default)]
    obtained: String,
    /// `yes` for the main one.
    #[serde(default)]
    main: String,
    /// The title that is corrected.
    title: Option<TitleId>,
    #[serde(default)]
    why: String,
}

impl TitleForm {
    fn title(&self) -> Result<NewTitle> {
        let obtained_on = if self.obtained.is_empty() { None } else { Some(day(&self.obtained)?) };
        let (series, level) = (self.series.clone(), self.level.clone());
        Ok(NewTitle { series, level, obtained_on, is_main: self.main == "yes" })
    }
}

fn done(learner: LearnerId) -> Redirect {
    Redirect::to(&format!("/people/{learner}?done=titles_changed"))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(learner): Path<LearnerId>,
    Form(form): Form<TitleForm>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), caller.scope.clone());
    app.db
        .write(async move |tx: &Tx<'_>| {
            org::learner(tx, &scope, learner).await?.ok_or_else(Refused::not_found)?;
            org::add_title(tx, &at, &scope, learner, &form.title()?).await
        })
        .await?;
    Ok(done(learner))
}

#[derive(Debug, Deserialize)]
struct ChosenForm {
    title: TitleId,
    #[serde(default)]
    why: String,
}

async fn update_main(
    State(app): State<App>,
    caller: Caller,
    Path(learner): Path<LearnerId>,
    Form(form): Form<ChosenForm>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), caller.scope.clone());
    app.db.write(async move |tx: &Tx<'_>| org::choose_main_title(tx, &at, &scope, learner, form.title).await).await?;
    Ok(done(learner))
}

async fn create_correction(
    State(app): State<App>,
    caller: Caller,
    Path(learner): Path<LearnerId>,
    Form(form): Form<TitleForm>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), caller.scope.clone());
    app.db
        .write(async move |tx: &Tx<'_>| {
            org::learner(tx, &scope, learner).await?.ok_or_else(Refused::not_found)?;
            let (title, new) = (form.title.ok_or(TitleRefusal::Unknown)?, form.title()?);
            org::correct_title(tx, &at, &scope, (learner, title), (&new, &form.why)).await
        })
        .await?;
    Ok(done(learner))
}

async fn create_ending(
    State(app): State<App>,
    caller: Caller,
    Path(learner): Path<LearnerId>,
    Form(form): Form<ChosenForm>,
) -> Result<Redirect> {
    let (at, scope) = (app.at(), caller.scope.clone());
    app.db
        .write(async move |tx: &Tx<'_>| org::end_title(tx, &at, &scope, (learner, form.title), &form.why).await)
        .await?;
    Ok(done(learner))
}
