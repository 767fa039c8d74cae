//! Units, people and rosters: a small city for tests, and what must hold of it on both engines.

mod browser;
mod columns;
mod files;
mod formats;
mod imports;
mod people;
mod progress;
mod races;
mod story;
mod undo;
mod undo_races;
mod world;

pub use world::{
    CLERK_OF_FIRST, CLERK_OF_SECOND, City, OLD_ROSTER, clerk, identity_number, person, roster, roster_below,
};
