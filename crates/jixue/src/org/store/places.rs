//! Regions, bureaus, bases.

use super::super::places::{Base, NewBase, Region, RootBureau};
use crate::db::{Tx, values};
use crate::error::{Error, Result};
use jixue_core::id::BaseId;
use jixue_core::uscc::Uscc;

crate::db::statements! {
    PUT_REGION = "INSERT INTO region (code, name_zh, name_en) VALUES ($1, $2, $3)
        ON CONFLICT (code) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en";
    REGIONS = "SELECT code, name_zh, name_en FROM region ORDER BY code LIMIT 5000";
    PUT_BUREAU = "INSERT INTO bureau (region_code, name_zh, name_en, certificate_prefix, uscc) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (region_code) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en,
            certificate_prefix = excluded.certificate_prefix, uscc = excluded.uscc";
    ROOT_BUREAU = "SELECT region_code, name_zh, name_en, certificate_prefix, uscc FROM bureau
        ORDER BY region_code LIMIT 1";
    INSERT_BASE = "INSERT INTO training_base (base_id, uscc, name_zh, name_en, kind, receipt_kind)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (uscc) DO NOTHING";
    BASE_BY_USCC = "SELECT base_id FROM training_base WHERE uscc = $1";
    BASES = "SELECT base_id, uscc, name_zh, name_en, kind, receipt_kind FROM training_base ORDER BY base_id LIMIT 500";
}

pub(in super::super) async fn put_region(tx: &Tx<'_>, region: &Region) -> Result<()> {
    let row = values![&region.code, &region.name_zh, &region.name_en];
    tx.execute(PUT_REGION, row).await.map(drop)
}

pub(in super::super) async fn regions(tx: &Tx<'_>) -> Result<Vec<Region>> {
    tx.query(REGIONS, values![], |row| Ok(Region { code: row.get(0)?, name_zh: row.get(1)?, name_en: row.get(2)? }))
        .await
}

pub(in super::super) async fn put_bureau(tx: &Tx<'_>, bureau: &RootBureau) -> Result<()> {
    let row = values![
        &bureau.region_code,
        &bureau.name_zh,
        &bureau.name_en,
        &bureau.certificate_prefix,
        bureau.uscc.as_str()
    ];
    tx.execute(PUT_BUREAU, row).await.map(drop)
}

pub(in super::super) async fn root_bureau(tx: &Tx<'_>) -> Result<Option<RootBureau>> {
    tx.query_optional(ROOT_BUREAU, values![], |row| {
        Ok(RootBureau {
            region_code: row.get(0)?,
            name_zh: row.get(1)?,
            name_en: row.get(2)?,
            certificate_prefix: row.get(3)?,
            uscc: stored_uscc(&row.get::<String>(4)?)?,
        })
    })
    .await
}

fn stored_uscc(code: &str) -> Result<Uscc> {
    Uscc::parse(code).map_err(|_| Error::internal(format!("bureau {code:?}")))
}

/// False when a base of the code is there.
pub(in super::super) async fn insert_base(tx: &Tx<'_>, id: BaseId, new: &NewBase) -> Result<bool> {
    let row = values![id, new.uscc.as_str(), &new.name_zh, &new.name_en, &new.kind, &new.receipt_kind];
    Ok(tx.execute(INSERT_BASE, row).await? == 1)
}

pub(in super::super) async fn base_by_uscc(tx: &Tx<'_>, uscc: &str) -> Result<BaseId> {
    tx.query_value(BASE_BY_USCC, values![uscc]).await
}

pub(in super::super) async fn bases(tx: &Tx<'_>) -> Result<Vec<Base>> {
    tx.query(BASES, values![], |row| {
        Ok(Base {
            id: row.get(0)?,
            uscc: row.get(1)?,
            name_zh: row.get(2)?,
            name_en: row.get(3)?,
            kind: row.get(4)?,
            receipt_kind: row.get(5)?,
        })
    })
    .await
}
