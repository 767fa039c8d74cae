//! One test binary for the whole application: stores and stories on both engines, the browser, the house rules.

mod accounts;
mod assessment;
mod audit;
mod billing;
mod browser;
mod catalog;
mod certificate;
mod credit;
mod db;
mod desk;
mod doors;
mod engines;
mod grants;
mod home;
mod identity;
mod learning;
mod org;
mod privacy;
mod registry;
mod routes;
mod sample;
mod test_app;
mod tidy;
