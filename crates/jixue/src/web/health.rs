//! For operators: alive, ready, and how it goes.

use crate::app::App;
use crate::db::{MetricsSnapshot, Tx};
use crate::error::{Refused, Result};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use jixue_core::refusal::Kind;
use std::fmt::Write;

/// The process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Migrations are done and the writer commits; before that nobody should be sent here.
pub async fn ready(State(app): State<App>) -> Result<&'static str> {
    let not_ready = || Refused::new("request.not_ready", Kind::Unavailable);
    let known = crate::db::Migration::embedded()?;
    let pending = app.db.pending(&known).await.map_err(|_| not_ready())?;
    if !pending.is_empty() {
        return Err(not_ready().into());
    }
    app.db.write(async |_: &Tx<'_>| Ok(())).await.map_err(|_| not_ready())?;
    Ok("ready\n")
}

/// Prometheus text.
pub async fn metrics(State(app): State<App>) -> Result<impl IntoResponse> {
    let mut out = String::new();
    let jobs = crate::outbox::waiting(&app).await?;
    let _ = writeln!(out, "# TYPE jixue_jobs_waiting gauge\njixue_jobs_waiting {jobs}");
    write_database(&mut out, &app.db.metrics());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], out))
}

fn write_database(out: &mut String, counted: &MetricsSnapshot) {
    let counters = [
        ("units_committed", counted.units_committed),
        ("units_failed", counted.units_failed),
        ("units_refused_busy", counted.units_refused_busy),
        ("units_run_again", counted.units_run_again),
        ("commits", counted.commits),
        ("commits_failed", counted.commits_failed),
        ("commit_micros", counted.commit_micros_sum),
        ("work_micros", counted.work_micros_sum),
        ("reads", counted.reads),
        ("reads_slow", counted.reads_slow),
    ];
    for (name, value) in counters {
        let _ = writeln!(out, "# TYPE jixue_db_{name}_total counter\njixue_db_{name}_total {value}");
    }
    for (name, value) in [("queue_interactive", counted.queue_interactive), ("queue_bulk", counted.queue_bulk)] {
        let _ = writeln!(out, "# TYPE jixue_db_{name} gauge\njixue_db_{name} {value}");
    }
}
