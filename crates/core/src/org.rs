//! People as a roster names them: phone, name, title, and the check of a roster's rows.

mod industry;
mod person_name;
mod phone;
mod roster;
mod title;
mod unit_name;

pub use industry::Industry;
pub use person_name::{PersonName, PersonNameRefusal};
pub use phone::{Phone, PhoneRefusal};
pub use roster::{
    CheckedRoster, Column, ROSTER_ROWS_MAX, RawRosterRow, RosterPerson, RosterRefusal, RowRefusal, check_roster,
    check_row,
};
pub use title::{Title, TitleLevel};
pub use unit_name::{UnitNameRefusal, unit_name, unit_name_key};
