//! Writing the city: places, units with their people in chunks, hats.

use super::city::City;
use super::content::{Bases, Regions, table};
use super::units::PlannedUnit;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::identity::{Granting, NewAccount, give_grant, open_account};
use crate::org::{self, Admission, NewBase, NewUnit, PersonRecord, Region, RootBureau};
use jixue_core::id::{BaseId, UnitId};
use jixue_core::org::Phone;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};
use jixue_core::uscc::Uscc;
use std::collections::HashMap;
use std::sync::Arc;

/// People written in one transaction.
const PEOPLE_PER_WRITE: usize = 400;

/// Regions, the root bureau and the training bases; the bases by their short names.
pub(super) async fn places(app: &App) -> anyhow::Result<HashMap<String, BaseId>> {
    let Regions { bureau, region: regions } = table("regions.toml")?;
    let bureau = RootBureau {
        region_code: bureau.region,
        uscc: checked(&bureau.uscc)?,
        name_zh: bureau.name.zh,
        name_en: bureau.name.en,
        certificate_prefix: bureau.certificate_prefix,
    };
    let mut bases = Vec::new();
    for base in table::<Bases>("bases.toml")?.base {
        let uscc = checked(&base.uscc)?;
        let (name_zh, name_en) = (base.name.zh, base.name.en);
        bases.push((base.slug, NewBase { uscc, name_zh, name_en, kind: base.kind, receipt_kind: base.receipt_kind }));
    }
    let at = app.at();
    let write = async move |tx: &Tx<'_>| {
        for region in &regions {
            let (name_zh, name_en) = (region.name.zh.clone(), region.name.en.clone());
            org::add_region(tx, &Region { code: region.code.clone(), name_zh, name_en }).await?;
        }
        org::add_bureau(tx, &bureau).await?;
        let mut added = HashMap::new();
        for (slug, base) in &bases {
            added.insert(slug.clone(), org::add_base(tx, &at, base).await?);
        }
        Ok(added)
    };
    Ok(app.db.write_bulk(write).await?)
}

fn checked(uscc: &str) -> anyhow::Result<Uscc> {
    Uscc::parse(uscc).map_err(|refusal| anyhow::anyhow!("{uscc}: {refusal:?}"))
}

/// A unit to be added, and some of its people.
type Part = (usize, NewUnit, Vec<PersonRecord>);

/// Units with their people; the ids in their order.
pub(super) async fn units(app: &App, units: &[PlannedUnit]) -> anyhow::Result<Vec<UnitId>> {
    let mut ids = vec![UnitId::from_raw(0); units.len()];
    let (mut waiting, mut people): (Vec<Part>, usize) = (Vec::new(), 0);
    for (index, unit) in units.iter().enumerate() {
        let records: Vec<PersonRecord> = unit.people.iter().map(|person| PersonRecord::of(&app.keys, person)).collect();
        let mut chunks: Vec<Vec<PersonRecord>> = records.chunks(PEOPLE_PER_WRITE).map(<[_]>::to_vec).collect();
        if chunks.is_empty() {
            chunks.push(Vec::new());
        }
        for chunk in chunks {
            if people + chunk.len() > PEOPLE_PER_WRITE {
                write(app, std::mem::take(&mut waiting), &mut ids).await?;
                people = 0;
            }
            people += chunk.len();
            waiting.push((index, new_unit(unit), chunk));
        }
    }
    write(app, waiting, &mut ids).await?;
    Ok(ids)
}

fn new_unit(unit: &PlannedUnit) -> NewUnit {
    NewUnit {
        uscc: Ok(unit.uscc.clone()),
        name: unit.name.clone(),
        kind: unit.ownership.clone(),
        region_code: unit.region_code.clone(),
        industry: unit.industry.clone(),
    }
}

async fn write(app: &App, parts: Vec<Part>, ids: &mut [UnitId]) -> Result<()> {
    let (at, parts) = (app.at(), Arc::new(parts));
    let written = parts.clone();
    let work = async move |tx: &Tx<'_>| {
        let scope = Scope::system("sample city");
        let mut ids = Vec::new();
        for (index, new, records) in written.iter() {
            // The same code and name again is the same unit.
            let unit = org::add_unit(tx, &at, new).await?;
            let admitted = org::add_people(tx, &at, &scope, unit, records).await?;
            if let Some(Admission::Refused(refusal)) = admitted.iter().find(|one| matches!(one, Admission::Refused(_)))
            {
                return Err(Error::internal(format!("{}: {refusal:?}", new.name)));
            }
            ids.push((*index, unit));
        }
        Ok(ids)
    };
    for (index, id) in app.db.write_bulk(work).await? {
        ids[index] = id;
    }
    Ok(())
}

/// Accounts and grants of officers and clerks. A clerk who is also a learner keeps one account with two hats.
pub(super) async fn hats(app: &App, city: &City) -> anyhow::Result<()> {
    let mut given = Vec::new();
    for hat in city.hats() {
        let phone = Phone::parse(&hat.contact.phone).map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
        let reach = match (hat.role, hat.unit) {
            (Role::UnitClerk, Some(unit)) => Reach::Unit { unit },
            _ => Reach::Region { region_code: hat.region_code.to_owned() },
        };
        given.push((hat.contact.name.clone(), phone, hat.role, reach));
    }
    let at = app.at();
    let write = async move |tx: &Tx<'_>| {
        for (name, phone, role, reach) in &given {
            let index = at.keys.blind_index("phone", phone.revealed());
            let learner = org::learner_by_phone(tx, &index).await?.map(|(learner, _)| learner);
            let phone = Some(phone.clone());
            let new = NewAccount { name: name.clone(), phone, login: None, password_hash: None, learner };
            let account = open_account(tx, &at, &new).await?;
            let granting = Granting { account, role: *role, reach: reach.clone(), until: None };
            give_grant(tx, &at, &Scope::system("sample city"), &granting).await?;
        }
        Ok(())
    };
    Ok(app.db.write_bulk(write).await?)
}
