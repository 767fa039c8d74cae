//! Regions, bureaus, employer units, training bases, people and where they work; rosters.
//!
//! The first room: everybody else asks it who a learner is and which unit they belong to.

mod corrections;
mod people;
mod places;
mod refusal;
pub mod roster;
mod store;
pub mod titles;
mod units;

pub use corrections::{Correction, correct};
pub(crate) use people::phone_index;
pub use people::{
    Admission, Learner, PersonRecord, add_people, add_person, identity_index, identity_number, learner,
    learner_by_identity, learner_by_phone, phone, unit_people_ids,
};
pub use places::{Base, NewBase, Region, RootBureau, add_base, add_bureau, add_region, bases, regions, root_bureau};
pub use refusal::OrgRefusal;
pub use roster::{ImportReport, import_roster, sweep};
pub(crate) use store::scoped::{bounds, person_within};
pub use store::{CORRECTION_CATALOGUE, PEOPLE_CATALOGUE, PLACE_CATALOGUE, UNIT_CATALOGUE};
pub use units::{NewUnit, Unit, add_unit, unit, unit_by_uscc, unit_region, units_page};

use crate::web::Routes;

/// Routes of rosters. The pages of people belong to the last rooms, which know how each of them stands.
pub fn routes(routes: Routes) -> Routes {
    roster::routes(routes)
}
