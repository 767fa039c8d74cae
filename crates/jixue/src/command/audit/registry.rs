//! What the registry knows of the temporary city: units that were registered twice, people on their way.

use super::carried::Thing;
use super::places::Node;
use super::store;
use super::world::World;
use crate::app::App;
use crate::db::Tx;
use crate::org::{self, NewUnit};
use anyhow::Context;
use jixue_core::id::{ExemptionId, MoveId, UnitId, UnitMoveId};
use jixue_core::scope::Scope;

/// A county or city with its units.
const PLACES: [(Node, &[Node]); 4] = [
    (Node::County, &[Node::Unit, Node::SisterUnit]),
    (Node::OtherCounty, &[Node::FarUnit]),
    (Node::City, &[Node::CityUnit]),
    (Node::OtherCity, &[Node::OtherCityUnit]),
];

/// In each place a unit that was merged into another, and for each unit one person asked for from there, one by it.
pub(super) async fn make(app: &App, world: &mut World) -> anyhow::Result<()> {
    for (office, units) in PLACES {
        let region = world.units.get(&units[0]).copied().context("a unit")?;
        let code =
            app.db.read(async move |tx: &Tx<'_>| org::unit_region(tx, region).await).await?.context("a region")?;
        let (stays, goes) = (unit(app, &code, "审计保留单位").await?, unit(app, &code, "审计重复单位").await?);
        let at = app.at();
        let merge = app.db.write(async move |tx: &Tx<'_>| {
            org::merge_units(tx, &at, &Scope::system("audit"), (goes, stays), "审计演练").await
        });
        world.things.insert((Thing::Merge, office), merge.await?.to_string());
        // The other end lies in another province, which nobody here reaches.
        for (thing, moving, ends) in [
            (Thing::UnitMoveIn, goes, ("440103", code.as_str())),
            (Thing::UnitMoveOut, stays, (code.as_str(), "440103")),
        ] {
            let (number, now) = (app.ids.next::<UnitMoveId>(), app.clock.now());
            let ends = (ends.0.to_owned(), ends.1.to_owned());
            let write =
                async move |tx: &Tx<'_>| store::seed_unit_move(tx, number, moving, (&ends.0, &ends.1), now).await;
            app.db.write(write).await?;
            world.things.insert((thing, office), number.to_string());
        }
        for node in units {
            let (unit, learner) = (world.unit(*node), world.workers[node]);
            for (thing, ends) in [(Thing::MoveOut, (unit, stays)), (Thing::MoveIn, (stays, unit))] {
                let (number, now) = (app.ids.next::<MoveId>(), app.clock.now());
                app.db.write(async move |tx: &Tx<'_>| store::seed_move(tx, number, learner, ends, now).await).await?;
                world.things.insert((thing, *node), number.to_string());
            }
            for (thing, sort, state) in
                [(Thing::Exemption, "sick_leave", "asked"), (Thing::Granted, "retiring", "granted")]
            {
                let (number, now) = (app.ids.next::<ExemptionId>(), app.clock.now());
                let write =
                    async move |tx: &Tx<'_>| store::seed_exemption(tx, number, learner, (sort, state), now).await;
                app.db.write(write).await?;
                world.things.insert((thing, *node), number.to_string());
            }
        }
    }
    Ok(())
}

async fn unit(app: &App, region: &str, name: &str) -> anyhow::Result<UnitId> {
    let new = NewUnit {
        uscc: Err("审计演练".to_owned()),
        name: name.to_owned(),
        kind: "public".to_owned(),
        region_code: region.to_owned(),
        industry: "other".to_owned(),
    };
    let at = app.at();
    Ok(app.db.write(async move |tx: &Tx<'_>| org::add_unit(tx, &at, &new).await).await?)
}
