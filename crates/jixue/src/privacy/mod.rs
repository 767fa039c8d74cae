//! What people may know and decide about their own data, and how it is watched: the audit trail's pages, numbers shown for
//! a purpose, notices and consents, a copy of one's data, corrections. A last room: it draws on all others and is called by none.

mod consents;
mod copy;
mod correction_pages;
mod corrections;
mod disclosure;
mod disclosure_pages;
mod erasure;
mod erasure_pages;
mod jobs;
mod my_data;
mod notice_pages;
mod store;
mod trail_pages;

pub use consents::{Consent, ConsentKind, NOTICE_VERSION, acknowledge, consents_of, decide};
pub use disclosure::{Asked, Disclosed, Number, disclose};
pub use jobs::{replay as replay_erasures, returned as returned_erasures};
pub use store::CATALOGUE;
pub use store::corrections::CATALOGUE as CORRECTION_CATALOGUE;
pub use store::erasing::CATALOGUE as ERASING_CATALOGUE;
pub use store::erasure::CATALOGUE as ERASURE_CATALOGUE;

use crate::web::Routes;

pub fn routes(routes: Routes) -> Routes {
    routes
        .with(trail_pages::routes)
        .with(disclosure_pages::routes)
        .with(notice_pages::routes)
        .with(my_data::routes)
        .with(correction_pages::routes)
        .with(erasure_pages::routes)
}
