//! The registry: the officers' view of units and people, over all rooms. A last room: it draws on all others and is called
//! by none; its queries are projections over their tables.

mod export;
mod filter;
mod merge_pages;
mod store;
mod unit_pages;
mod words;

pub use filter::UnitFilter;
pub use store::{CATALOGUE, UnitLine, units};

use crate::web::Routes;

pub fn routes(routes: Routes) -> Routes {
    merge_pages::routes(unit_pages::routes(routes))
}
