//! What time does to an attempt: it is handed in when its time is over, by its job or by the sweep.

use super::sitting::{GRACE_SECONDS, close};
use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::id::{ExamAttemptId, LearnerId};
use jixue_core::scope::Scope;

/// Hands in what was saved when the time is over.
pub async fn close_overdue(app: &App, learner: LearnerId, attempt: ExamAttemptId) -> Result<()> {
    let at = app.at();
    app.db
        .write(async move |tx: &Tx<'_>| {
            let row = store::attempt(tx, learner, attempt).await?;
            let overdue =
                row.is_some_and(|row| row.handed_in.is_none() && row.ends_at.plus_seconds(GRACE_SECONDS) < at.now);
            if overdue { close(tx, &at, learner, attempt, &[]).await } else { Ok(()) }
        })
        .await
}

/// Finds attempts whose time is over and that no job has closed.
pub async fn sweep(app: &App) -> Result<()> {
    let before = app.clock.now().plus_seconds(-GRACE_SECONDS - 5);
    let overdue = app
        .db
        .read(async move |tx: &Tx<'_>| store::overdue(tx, &Scope::system("sweep of exams"), before).await)
        .await?;
    for (learner, attempt) in overdue {
        close_overdue(app, learner, attempt).await?;
    }
    Ok(())
}
