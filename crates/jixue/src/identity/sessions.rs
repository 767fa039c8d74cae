//! Sessions: a random 256-bit token in a cookie, its digest in the database.

use super::factors::{self, Owed};
use super::grants::{ReachColumns, grants_of};
use super::store::{self, NewSession, SessionRow};
use super::{IdentityRefusal, confirmation, hats, looking};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use crate::keys::{base64_url, hex, random, sha256};
use crate::web::{Caller, Hat, Looking, Visitor, WearableHat};
use jixue_core::id::{AccountId, BaseId, GrantId, UnitId};
use jixue_core::org::Industry;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use jixue_core::time::Timestamp;

/// The grant number that means the learner's own hat.
pub(super) const OWN_HAT: GrantId = GrantId::from_raw(0);

pub(super) fn digest(token: &str) -> [u8; 32] {
    sha256(token.as_bytes())
}

/// The token a form must carry back: derived from the session's own, which only the browser and we know.
pub fn csrf_of(token: &str) -> String {
    hex(&sha256(format!("csrf {token}").as_bytes())[..16])
}

/// Who a session token belongs to, in which hat; `None` when it is unknown, old or ended.
pub async fn caller_of(app: &App, token: &str, visitor: &Visitor) -> Result<Option<Caller>> {
    let (digest, now) = (digest(token), app.clock.now());
    let read = app.db.read(async move |tx: &Tx<'_>| {
        let Some(row) = store::session_caller(tx, &digest, now).await? else { return Ok(None) };
        let looking = looking::looking(tx, &row).await?;
        let hats = match looking {
            None if row.grants + i64::from(row.learner.is_some()) > 1 => hats::of(tx, &row, now).await?,
            _ => Vec::new(),
        };
        Ok(Some((row, looking, hats)))
    });
    let read = read.await?;
    Ok(read.and_then(|(row, looking, hats)| caller(row, looking, hats, (csrf_of(token), visitor.clone()))))
}

fn caller(
    row: SessionRow,
    looking: Option<Looking>,
    hats: Vec<WearableHat>,
    (csrf, visitor): (String, Visitor),
) -> Option<Caller> {
    let role = row.role.as_deref().and_then(Role::from_code);
    let learner = looking.as_ref().map(|looking| looking.learner).or(row.learner);
    let (hat, reach) = match (role, &looking, learner) {
        // Whoever looks sees what the learner sees, and acts under their own account.
        (_, Some(looking), _) => (Hat::Learner, Reach::Learner { learner: looking.learner }),
        (Some(role), None, _) => (Hat::Role(role), reach(&row.reach).filter(|reach| is_bound(role, reach))?),
        (None, None, Some(learner)) => (Hat::Learner, Reach::Learner { learner }),
        // The grant was taken away and there is nothing else to be.
        (None, None, None) => return None,
    };
    Some(Caller {
        account: row.account,
        name: row.name,
        hat,
        learner,
        grant: if role.is_some() { row.grant } else { OWN_HAT },
        // One hat is no choice: the others may have ended.
        hats: if hats.len() > 1 { hats } else { Vec::new() },
        looking,
        scope: Scope::granted(row.account, reach),
        csrf,
        visitor,
    })
}

impl Caller {
    /// The scope of the learner this person is, whatever the hat; None for one who studies nowhere.
    pub fn own_scope(&self) -> Option<Scope> {
        self.learner.map(|learner| Scope::granted(self.account, Reach::Learner { learner }))
    }
}

/// Whether a role is bound to an industry system where it must be, and no other is: a row that says otherwise gives nothing.
fn is_bound(role: Role, reach: &Reach) -> bool {
    (role == Role::IndustryOfficer) == matches!(reach, Reach::Industry { .. })
}

/// A grant's reach; a row that names none reaches nobody.
pub(super) fn reach(columns: &ReachColumns) -> Option<Reach> {
    if let (Some(region_code), Some(industry)) = (&columns.region_code, &columns.industry) {
        let industry = Industry::from_code(industry)?;
        return Some(Reach::Industry { region_code: region_code.clone(), industry });
    }
    match (&columns.region_code, columns.unit, columns.base) {
        (Some(region_code), None, None) => Some(Reach::Region { region_code: region_code.clone() }),
        (None, Some(unit), None) => Some(Reach::Unit { unit: UnitId::from_raw(unit) }),
        (None, None, Some(base)) => Some(Reach::Base { base: BaseId::from_raw(base) }),
        _ => None,
    }
}

/// Opens a session for an account that has proved itself; no second factor is asked for.
pub async fn open_session(app: &App, account: AccountId, device: &str) -> Result<String> {
    let (at, device, lasting) = (app.at(), device.to_owned(), Lasting::of(app));
    let token = base64_url(&random::<32>());
    let given = token.clone();
    let factored_at = None;
    app.db
        .write(async move |tx: &Tx<'_>| {
            open_session_row(tx, &at, &NewToken { account, token: &token, device: &device, factored_at }, lasting).await
        })
        .await?;
    Ok(given)
}

/// When a session ends that begins now: an officer's with the working day, anybody else's after weeks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lasting {
    officers: Timestamp,
    others: Timestamp,
}

impl Lasting {
    pub(super) fn of(app: &App) -> Self {
        let (now, limits) = (app.clock.now(), &app.config.limits);
        Self {
            officers: now.plus_seconds(limits.officer_session_hours * 3_600),
            others: now.plus_days(limits.session_days),
        }
    }

    fn until(self, roles: impl IntoIterator<Item = Role>) -> Timestamp {
        if roles.into_iter().any(Role::is_office) { self.officers } else { self.others }
    }
}

/// A session to be opened.
pub(super) struct NewToken<'a> {
    pub account: AccountId,
    pub token: &'a str,
    /// The user agent.
    pub device: &'a str,
    pub factored_at: Option<Timestamp>,
}

/// Work comes first: who has a grant starts in it and can change hats. Signing in is a fresh proof.
pub(super) async fn open_session_row(tx: &Tx<'_>, at: &At, new: &NewToken<'_>, lasting: Lasting) -> Result<()> {
    let grants = grants_of(tx, new.account, at.now).await?;
    let expires_at = lasting.until(grants.iter().map(|grant| grant.role));
    let grant = grants.first().map_or(OWN_HAT, |grant| grant.grant);
    let device: String = new.device.chars().take(200).collect();
    let row = NewSession {
        digest: &digest(new.token),
        account: new.account,
        grant,
        device: &device,
        created_at: at.now,
        expires_at,
        elevated_until: confirmation::until(at.now),
        factored_at: new.factored_at,
    };
    store::insert_session(tx, row).await
}

/// Changes the hat of a session; grant 0 is the learner's own.
pub async fn wear(app: &App, caller: &Caller, token: &str, grant: i64) -> Result<()> {
    let (account, digest, own, at) = (caller.account, digest(token), caller.learner.is_some(), app.at());
    let compulsory_from = app.config.accounts.second_factor_from;
    app.db
        .write(async move |tx: &Tx<'_>| {
            let wanted = GrantId::from_raw(grant);
            let grants = grants_of(tx, account, at.now).await?;
            let found = grants.iter().find(|grant| grant.grant == wanted);
            // A hat that came after the sign-in may ask for more than the sign-in did.
            if found.is_some_and(|grant| grant.role.is_office())
                && factors::owed(tx, &at, account, compulsory_from).await? != Owed::Nothing
                && store::factored_at(tx, &digest).await?.is_none()
            {
                return Err(IdentityRefusal::FactorNeeded.into());
            }
            let has = found.is_some() || (wanted == OWN_HAT && own);
            if !has || !store::wear(tx, &digest, wanted).await? {
                return Err(IdentityRefusal::GrantMissing.into());
            }
            Ok(())
        })
        .await
}

/// Ends a session; with `others`, every other session of the account instead.
pub async fn end_session(app: &App, caller: &Caller, token: &str, others: bool) -> Result<()> {
    let (account, digest, now) = (caller.account, digest(token), app.clock.now());
    app.db
        .write(async move |tx: &Tx<'_>| match others {
            true => store::end_other_sessions(tx, account, &digest, now).await.map(drop),
            false => store::end_session(tx, &digest, now).await,
        })
        .await
}
