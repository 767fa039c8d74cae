//! One test binary for the whole application: stores and stories on both engines, the browser, the house rules.

mod billing;
mod browser;
mod db;
mod engines;
mod identity;
mod test_app;
mod tidy;
