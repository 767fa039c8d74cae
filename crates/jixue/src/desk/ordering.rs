//! Paying for everybody whom a filter finds, on however many pages they stand.

use super::filter::{PeopleFilter, StageChoice};
use super::overview::{outline, people};
use crate::app::App;
use crate::billing;
use crate::error::Result;
use crate::web::ClerkCaller;
use crate::web::forms::Form;
use axum::extract::State;
use axum::response::Response;
use jixue_core::billing::order::ORDER_SEATS_MAX;
use jixue_core::id::LearnerId;
use jixue_core::study::Subject;
use jixue_core::time::Year;
use serde::Deserialize;

/// The filter as it was on the page, in its own names: those of the chosen stand beside it and are not looked at.
#[derive(Debug, Deserialize)]
pub(super) struct FilterForm {
    year: i64,
    #[serde(default)]
    find: String,
    #[serde(default)]
    department: String,
    #[serde(default)]
    state: String,
}

/// Looks for everybody anew, and shows what an order for them comes to before anything is ordered.
pub(super) async fn create(
    State(app): State<App>,
    clerk: ClerkCaller,
    Form(form): Form<FilterForm>,
) -> Result<Response> {
    let (scope, year) = (&clerk.caller.scope, Year(form.year));
    let overview = outline(&app, scope, clerk.unit, Some(year)).await?;
    let filter = PeopleFilter {
        text: form.find.trim().to_owned(),
        department: form.department,
        stage: StageChoice::from_code(&form.state),
    };
    // One more than an order holds: a list that was cut must not pass for the whole.
    let most = i64::try_from(ORDER_SEATS_MAX).unwrap_or(i64::MAX).saturating_add(1);
    let found = people(&app, scope, &overview, &filter, LearnerId::from_raw(0), most).await?;
    let learners: Vec<LearnerId> = found.iter().map(|person| person.learner).collect();
    billing::confirm_found(&app, &clerk, (year, Subject::Public), learners).await
}
