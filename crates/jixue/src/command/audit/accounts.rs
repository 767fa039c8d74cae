//! What belongs to accounts in the temporary city: signed-in devices, second factors and saved filters, of each asker and of others.

use super::carried::Thing;
use super::places::{Asker, Node};
use super::world::World;
use super::{seed, store};
use crate::app::App;
use crate::db::Tx;
use crate::identity::{device_of, open_session};
use jixue_core::id::{AccountId, ActivationId, FactorId, GrantId, RecoveryId, RegistrationId, SavedViewId};

/// Ends every session of whoever asks.
pub(super) const EVERYWHERE: &str = "/me/devices/ending";

/// A spare device, a factor and a saved filter for everybody: those of the askers may be signed out and taken away.
pub(super) async fn make(app: &App, world: &mut World) -> anyhow::Result<()> {
    let askers: Vec<(Asker, AccountId)> =
        world.sessions.iter().map(|(asker, session)| (*asker, session.account)).collect();
    for (asker, account) in askers {
        for (thing, id) in of_account(app, account).await? {
            world.own.insert((asker, thing), id);
        }
    }
    let nodes: Vec<Node> = world.learners.keys().copied().filter(|node| *node != Node::Learner).collect();
    for node in nodes {
        let (account, _) = seed::account(app, Some(world.learner(node)), None).await?;
        for (thing, id) in of_account(app, account).await? {
            world.things.insert((thing, node), id);
        }
    }
    // The learner's own once more, for support that looks at the learner's pages.
    if let Some(account) = world.sessions.get(&Asker::Learner).map(|session| session.account) {
        for (thing, id) in of_account(app, account).await? {
            world.things.insert((thing, Node::LearnerAgain), id);
        }
    }
    activations(app, world).await?;
    registrations(app, world).await?;
    recoveries(app, world).await
}

/// A request for activation of somebody in each unit, asked long enough ago that offices see it.
async fn activations(app: &App, world: &mut World) -> anyhow::Result<()> {
    for node in [Node::Unit, Node::SisterUnit, Node::FarUnit, Node::CityUnit, Node::OtherCityUnit] {
        let (request, learner) = (app.ids.next::<ActivationId>(), world.learner(node));
        let then = app.clock.now().plus_days(-4);
        app.db.write(async move |tx: &Tx<'_>| store::insert_activation(tx, request, learner, then).await).await?;
        world.things.insert((Thing::Activation, node), request.to_string());
    }
    Ok(())
}

/// A firm that asks to be registered in each region.
async fn registrations(app: &App, world: &mut World) -> anyhow::Result<()> {
    for node in [Node::County, Node::OtherCounty, Node::City, Node::OtherCity, Node::Province] {
        let (registration, now) = (app.ids.next::<RegistrationId>(), app.clock.now());
        let (region, phone) = (node.region_code(), format!("1360000{:04}", world.things.len()));
        let sealed = app.keys.seal("phone", phone.as_bytes());
        let code = format!("91{region}MA9A{registration:09}").chars().take(18).collect::<String>();
        let write =
            async move |tx: &Tx<'_>| store::insert_registration(tx, registration, (region, &code), &sealed, now).await;
        app.db.write(write).await?;
        world.things.insert((Thing::Registration, node), registration.to_string());
    }
    Ok(())
}

/// An open recovery of somebody with a grant at each place.
async fn recoveries(app: &App, world: &mut World) -> anyhow::Result<()> {
    let held: Vec<(Node, String)> = world
        .things
        .iter()
        .filter(|((thing, _), _)| *thing == Thing::Grant)
        .map(|((_, node), grant)| (*node, grant.clone()))
        .collect();
    for (node, grant) in held {
        let (recovery, grant, now) = (app.ids.next::<RecoveryId>(), GrantId::from_raw(grant.parse()?), app.clock.now());
        app.db.write(async move |tx: &Tx<'_>| store::insert_recovery(tx, recovery, grant, now).await).await?;
        world.things.insert((Thing::Recovery, node), recovery.to_string());
    }
    Ok(())
}

async fn of_account(app: &App, account: AccountId) -> anyhow::Result<[(Thing, String); 3]> {
    let token = open_session(app, account, "audit").await?;
    let (factor, at) = (app.ids.next::<FactorId>(), app.at());
    let sealed = at.keys.seal("totp", &crate::keys::random::<20>());
    app.db.write(async move |tx: &Tx<'_>| store::insert_factor(tx, account, factor, &sealed, at.now).await).await?;
    let view = app.ids.next::<SavedViewId>();
    app.db.write(async move |tx: &Tx<'_>| store::insert_saved_view(tx, account, view).await).await?;
    Ok([(Thing::Device, device_of(&token)), (Thing::Factor, factor.to_string()), (Thing::SavedView, view.to_string())])
}
