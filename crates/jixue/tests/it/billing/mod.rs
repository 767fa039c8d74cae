//! Paying: a small city with a fee, gateways that sign for real, and books that are counted at the end of every story.

mod browser;
mod cashier;
mod catcher;
mod city;
mod misfits;
mod outcomes;
mod overview;
mod races;
mod recovery;
mod refused;
mod schedule;
mod storm;
mod units;
mod window;
