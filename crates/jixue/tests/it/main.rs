//! One test binary for the whole application: stores and stories on both engines, the browser, the house rules.

mod browser;
mod catalog;
mod db;
mod desk;
mod engines;
mod identity;
mod learning;
mod org;
mod test_app;
mod tidy;
