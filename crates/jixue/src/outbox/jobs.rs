//! Jobs: written with the change that causes them, run after it, perhaps twice.

use super::store;
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Result};
use jixue_core::id::JobId;
use jixue_core::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How long a node may work on a job before another may try.
const LEASE_MS: i64 = 60_000;
/// Waiting doubles from one second up to this.
const RETRY_MS_MAX: i64 = 15 * 60_000;
/// Finished jobs are kept this long for the curious.
const KEEP_DONE_DAYS: i64 = 7;
/// How often the table is looked at when nobody calls.
const POLL: Duration = Duration::from_millis(250);

macro_rules! job_kinds {
    ($($(#[$meta:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// What is to be done; `reactions::run` says how. The two numbers of a job mean what the kind's comment says.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum JobKind {
            $($(#[$meta])* $name),+
        }

        impl JobKind {
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code),+
                }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

job_kinds! {
    /// Owner: account or 0; object: `sms_message`.
    SendSms = "send_sms",
    /// Object: `notification_inbox` row to be taken in.
    TakeNotification = "take_notification",
    /// Owner: payer; object: order whose paid seats are to be opened in chunks.
    OpenSeats = "open_seats",
    /// Owner: payer; object: attempt whose outcome we ask the gateway for.
    QueryPayment = "query_payment",
    /// Object: a roster import whose people come in, a chunk each time.
    ApplyRoster = "apply_roster",
    /// Object: a list of units or employments whose rows come in, a chunk each time.
    ApplyList = "apply_list",
    /// Object: a list of units or employments whose rows are taken back, a chunk each time.
    UndoList = "undo_list",
    /// Object: a roster import whose people leave again, a chunk each time.
    UndoRoster = "undo_roster",
    /// Owner: unit; object: year whose standings are to be made for the unit's people.
    RequireUnit = "require_unit",
    /// Object: a confirmed list whose lines become credit entries in chunks.
    CreditConfirmed = "credit_confirmed",
    /// Owner: learner; object: certificate to be rendered, signed and stored.
    SignCertificate = "sign_certificate",
    /// Owner: learner; object: exam attempt to be handed in when its time is over.
    CloseExam = "close_exam",
}

/// A leased job.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    pub id: JobId,
    pub kind: JobKind,
    pub owner: i64,
    pub object: i64,
    pub attempts: i64,
}

/// Wakes the worker when a handler knows that it has left work.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    wake: Arc<Notify>,
}

impl Outbox {
    pub fn wake(&self) {
        self.wake.notify_one();
    }
}

/// Writes a job row in the transaction of its cause. The same job asked for twice while it waits stands once, at the
/// earlier time; asked for while it is being done, it runs once more: it may have looked before this change.
pub async fn enqueue(
    tx: &Tx<'_>,
    at: &At,
    kind: JobKind,
    owner: impl Into<i64>,
    object: impl Into<i64>,
    run_at: Timestamp,
) -> Result<()> {
    store::insert_job(tx, at.ids.next::<JobId>(), kind.code(), owner.into(), object.into(), run_at).await
}

/// Jobs that are due and not done.
pub async fn waiting(app: &App) -> Result<i64> {
    let now = app.clock.now();
    app.db.read(async move |tx: &Tx<'_>| store::count_waiting(tx, now).await).await
}

/// Leases and runs what is due; returns how many jobs were run.
pub async fn work_once(app: &App) -> Result<usize> {
    let now = app.clock.now();
    if waiting(app).await? == 0 {
        return Ok(0);
    }
    let jobs = app.db.write(async move |tx: &Tx<'_>| lease_due(tx, now).await).await?;
    let count = jobs.len();
    for job in jobs {
        let outcome = crate::reactions::run(app, job).await;
        let now = app.clock.now();
        if let Err(error) = &outcome {
            tracing::warn!(job = job.kind.code(), attempts = job.attempts, %error, "a job failed and will be tried again");
        }
        let failed = outcome.err().map(|error| error.to_string());
        app.db.write(async move |tx: &Tx<'_>| settle(tx, job, failed.as_deref(), now).await).await?;
    }
    Ok(count)
}

async fn lease_due(tx: &Tx<'_>, now: Timestamp) -> Result<Vec<Job>> {
    let mut jobs = Vec::new();
    for (id, kind, owner, object, attempts) in store::due_jobs(tx, now).await? {
        let kind = JobKind::from_code(&kind).ok_or_else(|| Error::internal(format!("job kind {kind:?}")))?;
        if store::lease_job(tx, id, now.plus_ms(LEASE_MS), now).await? {
            jobs.push(Job { id: JobId::from_raw(id), kind, owner, object, attempts: attempts + 1 });
        }
    }
    Ok(jobs)
}

async fn settle(tx: &Tx<'_>, job: Job, failed: Option<&str>, now: Timestamp) -> Result<()> {
    match failed {
        None => store::finish_job(tx, job.id.raw(), now).await,
        Some(error) => {
            let wait = 1_000_i64.checked_shl(u32::try_from(job.attempts).unwrap_or(10).min(10)).unwrap_or(RETRY_MS_MAX);
            let error: String = error.chars().take(500).collect();
            store::retry_job(tx, job.id.raw(), now.plus_ms(wait.min(RETRY_MS_MAX)), &error).await
        }
    }
}

/// Works, numbers facts and sweeps until the process ends.
pub async fn work_forever(app: App) {
    let mut sweep_at = app.clock.now();
    let mut forget_at = sweep_at;
    loop {
        let worked = round(&app).await;
        let now = app.clock.now();
        if now >= sweep_at {
            sweep_at = now.plus_seconds(30);
            if let Err(error) = sweep(&app).await {
                tracing::warn!(%error, "a sweep failed");
            }
        }
        if now >= forget_at {
            forget_at = now.plus_days(1);
            if let Err(error) = crate::reactions::forget(&app).await {
                tracing::warn!(%error, "what is kept for a while could not be removed");
            }
        }
        if !worked {
            let _ = tokio::time::timeout(POLL, app.outbox.wake.notified()).await;
        }
    }
}

/// One round of jobs and numbering; true when there may be more.
async fn round(app: &App) -> bool {
    let jobs = work_once(app).await.unwrap_or_else(|error| {
        tracing::error!(%error, "jobs could not be worked");
        0
    });
    let facts = sequence(app).await;
    jobs > 0 || facts > 0
}

async fn sequence(app: &App) -> usize {
    super::sequence_once(app).await.unwrap_or_else(|error| {
        tracing::error!(%error, "facts could not be numbered");
        0
    })
}

async fn sweep(app: &App) -> Result<()> {
    let before = app.clock.now().plus_days(-KEEP_DONE_DAYS);
    app.db.write_bulk(async move |tx: &Tx<'_>| store::forget_done(tx, before).await).await?;
    crate::reactions::sweep(app).await
}
