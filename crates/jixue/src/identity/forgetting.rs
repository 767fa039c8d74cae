//! What is kept only for a while: sign-in codes, ended sessions, sent messages, requests that came to nothing, and what is
//! good for minutes only.

use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;

/// Days that a code, a session or a message stays after its end: long enough to answer a complaint about it.
const DAYS_KEPT: i64 = 90;
/// The same for what nobody complains about: sign-ins half done, questions, proofs that were shown.
const DAYS_KEPT_BRIEFLY: i64 = 1;

/// Removes codes, sessions and messages that ended long ago. Again, it changes nothing.
pub async fn forget(app: &App) -> Result<()> {
    let then = app.clock.now().plus_days(-DAYS_KEPT);
    let briefly = app.clock.now().plus_days(-DAYS_KEPT_BRIEFLY);
    let removed = app.db.write_bulk(async move |tx: &Tx<'_>| store::forget(tx, then, briefly).await).await?;
    let [codes, sessions, messages] = removed;
    tracing::info!(codes, sessions, messages, "removed what was kept for a while");
    Ok(())
}
