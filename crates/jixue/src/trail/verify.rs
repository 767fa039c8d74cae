//! Whether the trail is what was written: the chain of its book, and each row against the fact that binds it.

use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::keys::hex;
use crate::outbox;
use jixue_core::audit::KEPT_DAYS_MIN;
use jixue_core::fact::Fact;
use jixue_core::time::Timestamp;

/// The first thing that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// The chain of facts, at this number.
    Chain { seq: i64 },
    /// The row that this fact binds says something else now.
    Changed { seq: i64, entry: i64 },
    /// The row that this fact binds is gone before its time.
    Missing { seq: i64, entry: i64 },
    /// A row that no fact binds.
    Stray { entry: i64 },
}

impl std::fmt::Display for Broken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Chain { seq } => write!(out, "book audit: fact {seq} is not as it was linked"),
            Self::Changed { seq, entry } => write!(out, "book audit: entry {entry} (fact {seq}) was changed"),
            Self::Missing { seq, entry } => write!(out, "book audit: entry {entry} (fact {seq}) is gone"),
            Self::Stray { entry } => write!(out, "book audit: entry {entry} was never recorded"),
        }
    }
}

/// Walks the whole trail: how many entries stand, or the first broken link.
pub async fn verify(app: &App) -> Result<Result<i64, Broken>> {
    if let Err(seq) = outbox::verify_book(app, "audit").await? {
        return Ok(Err(Broken::Chain { seq }));
    }
    let removed = app.db.read(async |tx: &Tx<'_>| store::removed(tx).await).await?;
    // Nobody may have removed what the law says is to be kept.
    let removed_until = removed.iter().filter_map(|body| honest_removal(body)).max().unwrap_or(Timestamp(0));
    let (mut after, mut standing) = (0, 0);
    loop {
        let page = app.db.read_bulk(async move |tx: &Tx<'_>| store::bound(tx, after).await).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for bound in &page {
            match judge(bound, removed_until) {
                Ok(true) => standing += 1,
                Ok(false) => {}
                Err(broken) => return Ok(Err(broken)),
            }
        }
    }
    let stray = app.db.read_bulk(async |tx: &Tx<'_>| store::stray(tx).await).await?;
    Ok(stray.map_or(Ok(standing), |entry| Err(Broken::Stray { entry })))
}

fn honest_removal(body: &[u8]) -> Option<Timestamp> {
    match Fact::decode(body) {
        Ok(Fact::AuditRemoved { until, at, .. }) if until <= at.plus_days(-KEPT_DAYS_MIN) => Some(until),
        _ => None,
    }
}

/// Whether the row stands; false when its time was over.
fn judge(bound: &store::Bound, removed_until: Timestamp) -> Result<bool, Broken> {
    let seq = bound.seq;
    let Ok(Fact::Audited { entry, digest, at }) = Fact::decode(&bound.body) else {
        return Err(Broken::Chain { seq });
    };
    let entry = entry.raw();
    match &bound.row {
        Some((row, salt)) if hex(&row.digest(salt)) == digest => Ok(true),
        Some(_) => Err(Broken::Changed { seq, entry }),
        None if at < removed_until => Ok(false),
        None => Err(Broken::Missing { seq, entry }),
    }
}
