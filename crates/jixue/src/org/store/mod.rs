//! SQL of places, units and people.

pub(super) mod corrections;
pub(super) mod departments;
pub(super) mod merging;
pub(super) mod moving;
pub(super) mod people;
pub(super) mod person_titles;
pub(super) mod phones;
pub(super) mod places;
pub(super) mod scoped;
pub(super) mod unit_moves;
pub(super) mod unit_removal;
pub(super) mod units;
pub mod waiting_sheets;

pub use corrections::CATALOGUE as CORRECTION_CATALOGUE;
pub use departments::CATALOGUE as DEPARTMENT_CATALOGUE;
pub use merging::CATALOGUE as MERGE_CATALOGUE;
pub use moving::CATALOGUE as MOVE_CATALOGUE;
pub use people::CATALOGUE as PEOPLE_CATALOGUE;
pub use person_titles::CATALOGUE as TITLE_CATALOGUE;
pub use phones::CATALOGUE as PHONE_CATALOGUE;
pub use places::CATALOGUE as PLACE_CATALOGUE;
pub use unit_moves::CATALOGUE as UNIT_MOVE_CATALOGUE;
pub use unit_removal::CATALOGUE as UNIT_REMOVAL_CATALOGUE;
pub use units::CATALOGUE as UNIT_CATALOGUE;
