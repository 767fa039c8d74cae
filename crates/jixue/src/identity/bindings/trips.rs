//! Trips to another side: begun here with a random state, ended by whoever brings it back in the same browser, once.

use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::identity::browsers::{self, Browser};
use crate::keys::{base64_url, random, sha256};
use crate::web::Visitor;
use crate::web::limits::{self, Rate};

/// How long somebody may stay away.
const SECONDS: i64 = 600;

/// What is remembered of somebody on their way.
#[derive(Clone)]
pub(in super::super) struct Trip {
    pub provider: String,
    /// The session that binds, by its digest; none for who signs in.
    pub session: Option<Vec<u8>>,
    /// What the protocol keeps for the way back. Sealed in the database, open here.
    pub secret: Vec<u8>,
    /// Where to go on after signing in.
    pub back: String,
}

impl std::fmt::Debug for Trip {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Trip").field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// Counts a step of a trip: of a browser that has signed in here before, its own steps only; of a stranger, its network's.
async fn count(app: &App, visitor: &Visitor, browser: &Browser, rate: Rate) -> Result<()> {
    let now = app.clock.now();
    match browsers::is_known_at_all(app, browser).await? {
        true => app.limits.take(limits::TRIP_BROWSER, &(rate.purpose, browser.digest()), now),
        false => app.limits.take(rate, &("trip", limits::network(visitor.address)), now),
    }
}

/// Counts that somebody sets off.
///
/// # Errors
/// `request.too_often`.
pub(super) async fn count_departure(app: &App, visitor: &Visitor, browser: &Browser) -> Result<()> {
    count(app, visitor, browser, limits::TRIP_ADDRESS).await
}

/// Remembers a trip of this browser; returns the state that must come back.
pub(super) async fn begin(app: &App, browser: &Browser, trip: Trip) -> Result<String> {
    let (state, browser) = (base64_url(&random::<32>()), browser.digest());
    let (digest, until) = (sha256(state.as_bytes()), app.clock.now().plus_seconds(SECONDS));
    let trip = Trip { secret: app.keys.seal("trip", &trip.secret), ..trip };
    app.db.write(async move |tx: &Tx<'_>| store::insert_trip(tx, (&digest, &browser), &trip, until).await).await?;
    Ok(state)
}

/// Ends the trip of a state: none when it is unknown, old, used, or another browser's, which leaves the owner's alone.
/// Only who began one is counted as signing in: what strangers send here takes nothing from those who did.
///
/// # Errors
/// `request.too_often`; a trip that was found is not used up by it.
pub(super) async fn end(app: &App, visitor: &Visitor, browser: &Browser, state: &str) -> Result<Option<Trip>> {
    let (digest, name, now) = (sha256(state.as_bytes()), browser.digest(), app.clock.now());
    if !app.db.read(async move |tx: &Tx<'_>| store::knows_trip(tx, &digest, &name, now).await).await? {
        app.limits.take(limits::STRAY_ADDRESS, &limits::network(visitor.address), now)?;
        return Ok(None);
    }
    count(app, visitor, browser, limits::SIGN_IN_ADDRESS).await?;
    let write = async move |tx: &Tx<'_>| store::take_trip(tx, &digest, &name, now).await;
    let Some(trip) = app.db.write(write).await? else { return Ok(None) };
    let secret = app.keys.open("trip", &trip.secret)?;
    Ok(Some(Trip { secret, ..trip }))
}
