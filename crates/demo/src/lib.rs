//! The demo: application, simulated counterparties and the sample city in one process; and the story that walks the
//! whole job in such a world.

pub mod demo;
pub mod keys;
pub mod life;
pub mod marker;
pub mod seed;
pub mod story;
pub mod words;
pub mod world;
