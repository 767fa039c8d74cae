//! Jixue 继学: continuing education for a city or province, from roster to public verification.
//!
//! The rooms in the order data walks: `org`, `identity`, `catalog`, `billing`, `learning`, `assessment`, `credit`,
//! `certificate`, `oversight`. Each is a folder: `mod.rs` holds its verbs, `store.rs` its SQL, `pages.rs` its pages. A
//! room calls the verbs of earlier rooms only; what must follow in later ones goes through `reactions`.

pub mod app;
pub mod assessment;
pub mod at;
pub mod billing;
pub mod blob;
pub mod catalog;
pub mod certificate;
pub mod clock;
pub mod command;
pub mod config;
pub mod credit;
pub mod db;
pub mod desk;
pub mod error;
pub mod home;
pub mod i18n;
pub mod identity;
pub mod ids;
pub mod keys;
pub mod learning;
pub mod node;
pub mod org;
pub mod outbox;
pub mod oversight;
pub mod privacy;
pub mod reactions;
pub mod registry;
pub mod sample;
pub mod server;
pub mod sheet;
pub mod trail;
pub mod web;

use app::App;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use web::Routes;

/// Every route with its policy.
pub fn routes(app: &App) -> Routes {
    web::routes(app)
        .with(identity::routes)
        .with(org::routes)
        .with(catalog::routes)
        .with(billing::routes)
        .with(learning::routes)
        .with(assessment::routes)
        .with(credit::routes)
        .with(certificate::routes)
        .with(oversight::routes)
        .with(desk::routes)
        .with(registry::routes)
        .with(home::routes)
        .with(privacy::routes)
}

/// The JSON API as a document; a test holds that every route below `/api/v1` is in it.
pub fn api() -> OpenApi {
    let mut document = web::Api::openapi();
    for part in [
        identity::Api::openapi(),
        billing::Api::openapi(),
        learning::Api::openapi(),
        assessment::Api::openapi(),
        certificate::Api::openapi(),
        registry::Api::openapi(),
    ] {
        document.merge(part);
    }
    document
}

/// Every SQL statement, by name; a test prepares each on both engines.
pub fn catalogue() -> Vec<(&'static str, &'static str)> {
    let parts: &[&[(&str, &str)]] = &[
        outbox::CATALOGUE,
        trail::CATALOGUE,
        node::CATALOGUE,
        db::CATALOGUE,
        identity::CATALOGUE,
        identity::GRANT_CATALOGUE,
        identity::LOOKING_CATALOGUE,
        org::PLACE_CATALOGUE,
        org::UNIT_CATALOGUE,
        org::MERGE_CATALOGUE,
        org::MOVE_CATALOGUE,
        org::PEOPLE_CATALOGUE,
        org::CORRECTION_CATALOGUE,
        org::PHONE_CATALOGUE,
        org::TITLE_CATALOGUE,
        org::DEPARTMENT_CATALOGUE,
        org::UNIT_MOVE_CATALOGUE,
        org::UNIT_REMOVAL_CATALOGUE,
        org::WAITING_CATALOGUE,
        org::roster::CATALOGUE,
        org::roster::COLUMN_CATALOGUE,
        org::roster::UNDO_CATALOGUE,
        org::lists::CATALOGUE,
        org::lists::UNDO_CATALOGUE,
        catalog::CATALOGUE,
        catalog::years::CATALOGUE,
        catalog::PAPER_CATALOGUE,
        billing::CATALOGUE,
        learning::CATALOGUE,
        learning::LIST_CATALOGUE,
        assessment::CATALOGUE,
        credit::CATALOGUE,
        credit::confirmed::CATALOGUE,
        credit::exemption::CATALOGUE,
        certificate::CATALOGUE,
        oversight::CATALOGUE,
        command::CATALOGUE,
        command::audit::CATALOGUE,
        command::rekey::CATALOGUE,
        desk::CATALOGUE,
        privacy::CATALOGUE,
        privacy::CORRECTION_CATALOGUE,
        privacy::ERASURE_CATALOGUE,
        privacy::ERASING_CATALOGUE,
        registry::CATALOGUE,
    ];
    [parts, identity::PART_CATALOGUES].concat().concat()
}
