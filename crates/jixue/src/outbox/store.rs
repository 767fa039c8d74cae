//! SQL of facts and jobs.

use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::fact::EncodedFact;
use jixue_core::id::{FactId, JobId};
use jixue_core::time::Timestamp;

crate::db::statements! {
    INSERT_FACT = "INSERT INTO fact (book, fact_id, kind, body, digest, at) VALUES ($1, $2, $3, $4, $5, $6)";
    UNSEQUENCED = "SELECT book, fact_id, digest FROM fact WHERE seq IS NULL ORDER BY fact_id LIMIT 500";
    BOOK_END = "SELECT seq, link FROM fact_book WHERE book = $1";
    SET_BOOK_END = "INSERT INTO fact_book (book, seq, link) VALUES ($1, $2, $3)
        ON CONFLICT (book) DO UPDATE SET seq = excluded.seq, link = excluded.link";
    NUMBER_FACT = "UPDATE fact SET seq = $3, link = $4 WHERE book = $1 AND fact_id = $2 AND seq IS NULL";
    BOOKS = "SELECT book FROM fact_book WHERE book > $1 ORDER BY book LIMIT 500";
    BOOK_PAGE = "SELECT seq, kind, body, digest, link FROM fact WHERE book = $1 AND seq > $2 ORDER BY seq LIMIT 500";
    INSERT_JOB = "INSERT INTO job (job_id, kind, owner_id, object_id, run_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (kind, owner_id, object_id) WHERE done_at IS NULL DO UPDATE SET
            run_at = CASE WHEN job.leased_until = 0 AND excluded.run_at < job.run_at THEN excluded.run_at ELSE job.run_at END,
            again_at = CASE WHEN job.leased_until = 0 OR job.again_at <= excluded.run_at THEN job.again_at
                ELSE excluded.run_at END";
    DUE_JOBS = "SELECT job_id, kind, owner_id, object_id, attempts FROM job
        WHERE done_at IS NULL AND run_at <= $1 AND leased_until <= $1 ORDER BY run_at, job_id LIMIT 32";
    LEASE_JOB = "UPDATE job SET leased_until = $2, attempts = attempts + 1
        WHERE job_id = $1 AND done_at IS NULL AND leased_until <= $3";
    FINISH_JOB = "UPDATE job SET done_at = CASE WHEN again_at IS NULL THEN CAST($2 AS BIGINT) END,
            run_at = COALESCE(again_at, run_at), attempts = CASE WHEN again_at IS NULL THEN attempts ELSE 0 END,
            again_at = NULL, leased_until = 0, last_error = NULL
        WHERE job_id = $1";
    RETRY_JOB = "UPDATE job SET run_at = $2, leased_until = 0, last_error = $3 WHERE job_id = $1";
    COUNT_WAITING = "SELECT CAST(COUNT(*) AS BIGINT) FROM job WHERE done_at IS NULL AND run_at <= $1";
    FORGET_DONE = "DELETE FROM job WHERE done_at IS NOT NULL AND done_at < $1";
    TAKE_LEASE = "INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE lease.until <= $4 OR lease.holder = excluded.holder";
}

pub(super) async fn insert_fact(tx: &Tx<'_>, id: FactId, fact: &EncodedFact, at: Timestamp) -> Result<()> {
    tx.execute(INSERT_FACT, values![&fact.book, id, &fact.kind, &fact.bytes, &fact.digest, at]).await.map(drop)
}

/// A fact that has no number yet.
pub(super) struct Unsequenced {
    pub book: String,
    pub fact_id: i64,
    pub digest: Vec<u8>,
}

pub(super) async fn unsequenced(tx: &Tx<'_>) -> Result<Vec<Unsequenced>> {
    tx.query(UNSEQUENCED, values![], |row| {
        Ok(Unsequenced { book: row.get(0)?, fact_id: row.get(1)?, digest: row.get(2)? })
    })
    .await
}

pub(super) async fn book_end(tx: &Tx<'_>, book: &str) -> Result<Option<(i64, Vec<u8>)>> {
    tx.query_optional(BOOK_END, values![book], |row| Ok((row.get(0)?, row.get(1)?))).await
}

pub(super) async fn set_book_end(tx: &Tx<'_>, book: &str, seq: i64, link: &[u8]) -> Result<()> {
    tx.execute(SET_BOOK_END, values![book, seq, link]).await.map(drop)
}

pub(super) async fn number_fact(tx: &Tx<'_>, fact: &Unsequenced, seq: i64, link: &[u8]) -> Result<()> {
    tx.execute(NUMBER_FACT, values![&fact.book, fact.fact_id, seq, link]).await.map(drop)
}

/// A numbered fact as stored.
pub(super) struct Linked {
    pub seq: i64,
    pub kind: String,
    pub body: Vec<u8>,
    pub digest: Vec<u8>,
    pub link: Vec<u8>,
}

pub(super) async fn book_page(tx: &Tx<'_>, book: &str, after: i64) -> Result<Vec<Linked>> {
    tx.query(BOOK_PAGE, values![book, after], |row| {
        Ok(Linked { seq: row.get(0)?, kind: row.get(1)?, body: row.get(2)?, digest: row.get(3)?, link: row.get(4)? })
    })
    .await
}

pub(super) async fn insert_job(
    tx: &Tx<'_>,
    id: JobId,
    kind: &str,
    owner_id: i64,
    object_id: i64,
    run_at: Timestamp,
) -> Result<()> {
    tx.execute(INSERT_JOB, values![id, kind, owner_id, object_id, run_at]).await.map(drop)
}

/// A job row as leased: id, kind, owner, object, tries so far.
pub(super) type JobRow = (i64, String, i64, i64, i64);

pub(super) async fn due_jobs(tx: &Tx<'_>, now: Timestamp) -> Result<Vec<JobRow>> {
    tx.query(DUE_JOBS, values![now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))).await
}

pub(super) async fn lease_job(tx: &Tx<'_>, id: i64, until: Timestamp, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(LEASE_JOB, values![id, until, now]).await? == 1)
}

pub(super) async fn finish_job(tx: &Tx<'_>, id: i64, now: Timestamp) -> Result<()> {
    tx.execute(FINISH_JOB, values![id, now]).await.map(drop)
}

pub(super) async fn retry_job(tx: &Tx<'_>, id: i64, run_at: Timestamp, error: &str) -> Result<()> {
    tx.execute(RETRY_JOB, values![id, run_at, error]).await.map(drop)
}

pub(super) async fn count_waiting(tx: &Tx<'_>, now: Timestamp) -> Result<i64> {
    tx.query_one(COUNT_WAITING, values![now], |row| row.get(0)).await
}

pub(super) async fn forget_done(tx: &Tx<'_>, before: Timestamp) -> Result<u64> {
    tx.execute(FORGET_DONE, values![before]).await
}

/// True when `holder` has the lease `name` until `until`.
pub(super) async fn take_lease(
    tx: &Tx<'_>,
    name: &str,
    holder: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(TAKE_LEASE, values![name, holder, until, now]).await? == 1)
}

/// Names of books after `after`, 500 at most.
pub(super) async fn books(tx: &Tx<'_>, after: &str) -> Result<Vec<String>> {
    tx.query(BOOKS, values![after], |row| row.get(0)).await
}
