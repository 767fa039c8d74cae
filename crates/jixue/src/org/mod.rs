//! Regions, bureaus, employer units, training bases, people and where they work; rosters.
//!
//! The first room: everybody else asks it who a learner is and which unit they belong to.

mod columns_form;
mod corrections;
mod departments;
pub mod lists;
mod merging;
mod moving;
pub mod oneroster;
mod people;
mod person_titles;
mod phones;
mod places;
mod refusal;
pub mod roster;
mod store;
pub mod titles;
mod unit_moves;
mod unit_removal;
mod units;
mod waiting_sheets;
mod work;

pub use columns_form::{ColumnsForm, Laid, SheetRows, Sought, Told};
pub use corrections::{Correction, correct};
pub use departments::{Department, DepartmentRefusal, departments, rename_department};
pub use merging::{
    GrantKind, Likeness, Merge, MergeForecast, PARTING_DAYS, Pair, foresee_merge, given_grants, likely_pairs,
    merge_units, merges_of, note_grants, part_units, parting_hindrance, taken_grants,
};
pub use moving::{
    Answer, Asked, Employment, Move, answer_move, ask_for, employments, leave_unit, move_person, moves, withdraw_move,
};
pub(crate) use people::phone_index;
pub use people::{
    Admission, Learner, PersonRecord, add_people, add_person, hold_people, identity_index, identity_number, learner,
    learner_by_identity, learner_by_phone, learner_ever_by_identity, learner_with_identity, phone, unit_people_ids,
};
pub use person_titles::{
    NewTitle, PersonTitle, TitleRefusal, add_title, choose_main_title, correct_title, end_title, titles_of,
};
pub use phones::replace_phone;
pub use places::{Base, NewBase, Region, RootBureau, add_base, add_bureau, add_region, bases, regions, root_bureau};
pub use refusal::OrgRefusal;
pub use roster::{ImportReport, import_roster};
pub(crate) use store::scoped::{bound_unit, bounds, person_within, unit_within, year_within};
pub use store::{
    CORRECTION_CATALOGUE, DEPARTMENT_CATALOGUE, MERGE_CATALOGUE, MOVE_CATALOGUE, PEOPLE_CATALOGUE, PHONE_CATALOGUE,
    PLACE_CATALOGUE, TITLE_CATALOGUE, UNIT_CATALOGUE, UNIT_MOVE_CATALOGUE, UNIT_REMOVAL_CATALOGUE,
};
pub use unit_moves::{
    UnitMove, UnitMoveAsked, UnitMoveRefusal, answer_unit_move, ask_unit_move, counties_of, unit_moves,
    withdraw_unit_move,
};
pub use units::{
    NewUnit, Registered, UNIT_KINDS, Unit, UnitChange, add_unit, aliases, change_unit, foresee_unit, hold_unit,
    name_alias, present_unit, register_unit, unit, unit_by_name, unit_by_uscc, unit_industry, unit_region, units_page,
};

pub use store::waiting_sheets::CATALOGUE as WAITING_CATALOGUE;
pub use waiting_sheets::{Purpose, Received, WaitingSheet, forget_sheet, keep_sheet, waiting_sheet};

use crate::app::App;
use crate::error::Result;
use crate::web::Routes;

/// Routes of rosters and lists. The pages of people belong to the last rooms, which know how each of them stands.
pub fn routes(routes: Routes) -> Routes {
    lists::routes(roster::routes(routes))
}

/// Goes on with imports that lost whoever was at work on them.
pub async fn sweep(app: &App) -> Result<()> {
    roster::sweep(app).await?;
    lists::sweep(app).await
}

/// Removes the rows of lists, and the sheets, that were kept long enough.
pub async fn forget(app: &App) -> Result<()> {
    waiting_sheets::forget(app).await?;
    lists::forget(app).await
}
