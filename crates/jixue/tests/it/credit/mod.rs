//! Hours confirmed by lists, through HTTP and on both engines: what is no list, what is no hour, and each hour once.

mod entering;
mod lines;
pub mod office;
mod reach;
mod uploads;
