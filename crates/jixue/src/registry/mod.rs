//! The registry: the officers' view of units and people, over all rooms. A last room: it draws on all others and is called
//! by none; its queries are projections over their tables.

mod api;
mod batch_pages;
mod confirmation_pages;
mod department_pages;
mod exemption_pages;
mod export;
mod filter;
mod merge_pages;
mod move_pages;
mod people_pages;
mod person_pages;
mod roster_file;
mod sheet_pages;
mod store;
mod title_pages;
mod unit_files;
mod unit_move_pages;
mod unit_pages;
mod words;

pub use api::Api;
pub use filter::UnitFilter;
pub use roster_file::{RosterFile, RosterWanted, roster_file};
pub use store::{CATALOGUE, PersonLine, UnitLine, units};

use crate::web::Routes;

pub fn routes(routes: Routes) -> Routes {
    routes
        .with(unit_pages::routes)
        .with(merge_pages::routes)
        .with(people_pages::routes)
        .with(person_pages::routes)
        .with(batch_pages::routes)
        .with(move_pages::routes)
        .with(exemption_pages::routes)
        .with(department_pages::routes)
        .with(title_pages::routes)
        .with(unit_move_pages::routes)
        .with(confirmation_pages::routes)
        .with(sheet_pages::routes)
        .with(api::routes)
}
