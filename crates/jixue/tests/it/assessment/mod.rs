//! Tests and quizzes through HTTP, on both engines: one attempt, kept answers, one result, by the server's clock.

mod answering;
mod browser;
mod handing_in;
mod room;
mod starting;
mod what_follows;
