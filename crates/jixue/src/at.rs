//! The moment a unit of work happens at: what it may know that is not in the database.

use crate::ids::Ids;
use crate::keys::Keys;
use jixue_core::time::Timestamp;

/// One instant, with the makers of ids and of keyed values. Made before the transaction; the transaction may run twice.
#[derive(Debug, Clone)]
pub struct At {
    pub now: Timestamp,
    pub ids: Ids,
    pub keys: Keys,
}
