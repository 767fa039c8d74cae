//! Seeing what a learner sees: support opens a learner's pages for a purpose and a quarter of an hour.
//!
//! Rules: `jixue_core::learner_view`. The session keeps its account and grant; while it looks it has the learner's scope,
//! and the guard refuses whatever would change something. Each request reads the view, the grant and whether the learner
//! still lies within its reach, so that looking ends with any of them.

mod pages;
mod store;

pub use pages::routes;
pub use store::CATALOGUE;

use super::sessions::{digest, reach};
use super::store::SessionRow;
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::keys::hex;
use crate::web::{Caller, Hat, Looking};
use jixue_core::fact::Fact;
use jixue_core::id::{LearnerId, LearnerViewId};
use jixue_core::learner_view::{LearnerViewRefusal, Purpose, ends_at};
use jixue_core::refusal::Kind;
use jixue_core::role::Role;
use jixue_core::scope::Scope;

/// Lets the session of `token` look at a learner's pages. Whoever looks already looks at this learner from now on.
///
/// # Errors
/// The purpose says nothing; the learner is the asker; not found when the learner lies beyond the asker's reach.
pub async fn begin_view(
    app: &App,
    caller: &Caller,
    token: &str,
    learner: LearnerId,
    purpose: &str,
) -> Result<LearnerViewId> {
    let purpose = Purpose::parse(purpose)?;
    if caller.hat != Hat::Role(Role::Support) || caller.looking.is_some() {
        return Err(Refused::new("session.wrong_hat", Kind::Forbidden).into());
    }
    if caller.learner == Some(learner) {
        return Err(LearnerViewRefusal::Oneself.into());
    }
    let (at, caller, digest) = (app.at(), caller.clone(), digest(token));
    app.db.write(async move |tx: &Tx<'_>| begin(tx, &at, &caller, &digest, learner, &purpose).await).await
}

async fn begin(
    tx: &Tx<'_>,
    at: &At,
    caller: &Caller,
    digest: &[u8],
    learner: LearnerId,
    purpose: &Purpose,
) -> Result<LearnerViewId> {
    let found = crate::org::learner(tx, &caller.scope, learner).await?.ok_or_else(Refused::not_found)?;
    let (view, until) = (at.ids.next::<LearnerViewId>(), ends_at(at.now));
    let row = store::NewView {
        view,
        account: caller.account,
        grant: caller.grant,
        learner,
        region_code: &found.region_code,
        purpose: purpose.as_str(),
        began_at: at.now,
        ends_at: until,
    };
    store::insert(tx, row).await?;
    if !store::look(tx, digest, view).await? {
        return Err(Error::internal("a caller without a session"));
    }
    // The purpose may name somebody: in the fact it is bound by a keyed digest only.
    let purpose_digest = hex(&at.keys.blind_index("learner_view", &format!("{view} {}", purpose.as_str())));
    let account = caller.account;
    let fact = Fact::LearnerViewBegun { view, account, learner, purpose_digest, until, at: at.now };
    crate::reactions::follow(tx, at, vec![fact]).await?;
    Ok(view)
}

/// Ends looking before its time. Who does not look changes nothing.
pub async fn end_view(app: &App, caller: &Caller, token: &str) -> Result<()> {
    let Some((view, learner)) = caller.looking.as_ref().map(|looking| (looking.view, looking.learner)) else {
        return Ok(());
    };
    let (at, account, digest) = (app.at(), caller.account, digest(token));
    app.db
        .write(async move |tx: &Tx<'_>| {
            store::look(tx, &digest, LearnerViewId::from_raw(0)).await?;
            if !store::end(tx, account, view, at.now).await? {
                return Ok(());
            }
            let fact = Fact::LearnerViewEnded { view, account, learner, at: at.now };
            crate::reactions::follow(tx, &at, vec![fact]).await
        })
        .await
}

/// The pages that a session looks at now, if it does: its grant is support's and still reaches the learner.
pub(super) async fn looking(tx: &Tx<'_>, row: &SessionRow) -> Result<Option<Looking>> {
    let (Some(view), Some(Role::Support)) = (&row.view, row.role.as_deref().and_then(Role::from_code)) else {
        return Ok(None);
    };
    let Some(reach) = reach(&row.reach) else { return Ok(None) };
    let learner = crate::org::learner(tx, &Scope::granted(row.account, reach), view.learner).await?;
    Ok(learner.map(|learner| Looking { view: view.view, learner: learner.id, name: learner.name, until: view.until }))
}
