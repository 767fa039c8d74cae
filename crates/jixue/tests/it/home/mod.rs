//! The learner's first page: the right number, the right words and the right button, at every point of the year.

mod browser;
mod states;
mod world;
