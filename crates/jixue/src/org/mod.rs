//! Regions, units, people and where they work.
use crate::db::Tx;
use crate::error::Result;
use crate::web::Routes;
use jixue_core::id::LearnerId;
pub const CATALOGUE: &[(&str, &str)] = &[];
pub fn routes(routes: Routes) -> Routes { routes }
/// The root bureau of this deployment.
pub struct RootBureau { pub region_code: String, pub name_zh: String, pub name_en: String, pub certificate_prefix: String }
pub async fn root_bureau(_tx: &Tx<'_>) -> Result<RootBureau> { Err(crate::error::Error::internal("interim")) }
pub async fn learner_by_phone(_tx: &Tx<'_>, _phone_index: &[u8]) -> Result<Option<(LearnerId, String)>> { Ok(None) }

pub struct Base { pub id: jixue_core::id::BaseId, pub uscc: String, pub name_zh: String, pub name_en: String, pub kind: String, pub receipt_kind: String }
pub struct Unit { pub id: jixue_core::id::UnitId }
pub async fn bases(_tx: &Tx<'_>) -> Result<Vec<Base>> { Ok(Vec::new()) }
pub async fn units_page(_tx: &Tx<'_>, _scope: &jixue_core::scope::Scope, _after: jixue_core::id::UnitId, _limit: i64) -> Result<Vec<Unit>> { Ok(Vec::new()) }
pub async fn unit_people_ids(_tx: &Tx<'_>, _scope: &jixue_core::scope::Scope, _unit: jixue_core::id::UnitId, _after: LearnerId, _limit: i64) -> Result<Vec<LearnerId>> { Ok(Vec::new()) }
