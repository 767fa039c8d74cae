//! People as a roster names them: phone, name, title, and the check of a roster's rows.

mod person_name;
mod phone;
mod roster;
mod title;

pub use person_name::{PersonName, PersonNameRefusal};
pub use phone::{Phone, PhoneRefusal};
pub use roster::{
    CheckedRoster, Column, ROSTER_ROWS_MAX, RawRosterRow, RosterPerson, RosterRefusal, RowRefusal, check_roster,
    check_row,
};
pub use title::{Title, TitleLevel};
