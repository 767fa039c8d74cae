//! One test binary for the whole application: stores and stories on both engines, the browser, the house rules.

mod browser;
mod engines;
mod org;
mod test_app;
mod tidy;
